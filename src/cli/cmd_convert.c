/* convert: newsletters, or facts, to STIX 2.1 bundles. */
#include <sys/stat.h>

#include <errno.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/source.h"
#include "cli/summary.h"
#include "json/json.h"

static const struct cli_option options[] = {
	{ "output", 'o', "OUT", "file for the bundle, or folder for several (<report id>.json); standard output unless given" },
	{ "date", 0, "YYYY-MM-DD", "date of the edition, instead of the one in the text" },
	{ "now", 0, "TIME", "the time that is taken where there is no date" },
	{ "previous", 0, "OLD", "bundle that was published before, or folder of them: versions follow it" },
	{ "min-confidence", 0, "N", "leave out entities and relationships below this confidence (0 to 100)" },
	{ "no-campaign", 0, NULL, "make no campaign of a law-enforcement operation" },
	{ "no-course-of-action", 0, NULL, "make no course-of-action of a law-enforcement operation" },
	SOURCE_OPTIONS,
	{ NULL, 0, NULL, NULL }
};

struct convert {
	struct cli *c;
	const struct cli_args *a;
	struct source s;
	struct compose_options o;
	int from_clock;		/* o.now is the clock's */
	int many;		/* several inputs */
	const char *folder;	/* output folder, or NULL */
	struct published *published;	/* of --previous, or NULL */
	json_t *written;	/* report ids, to see that no two inputs give the same */
	struct buf bytes, text, notes;
};

/* ---- output ----------------------------------------------------------------------------------------------------------------- */

static int
write_file(struct convert *k, const char *path, struct err *e)
{
	struct file_out o;

	if (k->text.over)
		return err_set(e, ERR_INPUT, "the bundle is larger than %zu octets", k->text.max);
	if (file_out_open(&o, path, e) != 0)
		return -1;
	file_out_write(&o, buf_str(&k->text), k->text.len);
	return file_out_commit(&o, e);
}

static const char *
report_id(const json_t *bundle)
{
	json_t *objects = json_object_get(bundle, "objects");

	return json_string_value(json_object_get(json_array_get(objects, json_array_size(objects) - 1), "id"));
}

/* A bundle that stands alone is indented; of several on standard output each is a line. */
static int
write_bundle(struct convert *k, const char *path, const json_t *bundle, struct err *e)
{
	const char *id = report_id(bundle), *other = json_string_value(json_object_get(k->written, id));
	char file[LIMIT_PATH];
	int line = k->many && k->folder == NULL;

	if (other != NULL)
		return err_set(e, ERR_INPUT, "%s and %s give the same report (%s): give them different URLs or dates", other, path, id);
	json_object_set_new(k->written, id, json_string(path));
	buf_reset(&k->text);
	json_write(bundle, &k->text, line ? JSON_TIGHT : JSON_PRETTY, 0);
	buf_addc(&k->text, '\n');
	if (k->folder == NULL)
		return write_file(k, line ? NULL : cli_get(k->a, "output"), e);
	if ((size_t)snprintf(file, sizeof(file), "%s/%s.json", k->folder, id) >= sizeof(file))
		return err_set(e, ERR_SYSTEM, "%s: the name is too long", k->folder);
	return write_file(k, file, e);
}

/* ---- one input ----------------------------------------------------------------------------------------------------------- */

static void
say_notes(struct convert *k, const char *path)
{
	const char *line = buf_str(&k->notes), *end;

	for (; *line != '\0'; line = end + (*end != '\0')) {
		end = line + strcspn(line, "\n");
		cli_note(k->c, "%s: left out: %.*s", path, (int)(end - line), line);
	}
	buf_reset(&k->notes);
}

static int
convert_facts(struct convert *k, const char *path, const struct facts *f, struct err *e)
{
	json_t *bundle;
	int rc;

	if (f->date == NULL && k->o.date == NULL && k->from_clock)
		cli_warn(k->c, "%s: no date was found; the clock's is taken (--date gives another)", path);
	if (compose(f, &k->o, &bundle, e) != 0)
		return -1;
	rc = write_bundle(k, path, bundle, e);
	if (rc == 0 && k->published != NULL)
		rc = published_add(k->published, bundle, e);
	source_notices(k->c, f);
	say_notes(k, path);
	if (rc == 0 && !k->c->quiet)
		summary_print(k->c, k->o.model, path, bundle);
	json_decref(bundle);
	return rc;
}

static int
convert_file(struct convert *k, const char *path)
{
	struct arena *arena = arena_new();
	struct pipeline_input in;
	struct err e = ERR_INIT;
	struct facts f;
	int rc = 0;

	if (source_read(k->a, &k->s, path, &k->bytes, &in, &e) != 0 || pipeline_facts(k->s.pipeline, &in, arena, &f, &e) != 0)
		rc = cli_fail(k->c, &e);
	else {
		if (convert_facts(k, path, &f, &e) != 0)
			rc = cli_fail(k->c, &e);
		facts_release(&f);
	}
	arena_free(arena);
	return rc;
}

/* ---- the command -------------------------------------------------------------------------------------------------------- */

/* Several inputs need a folder, or none at all; one may have either. */
static int
choose_folder(struct convert *k, struct err *e)
{
	const char *out = cli_get(k->a, "output");
	struct stat st;

	if (out == NULL || strcmp(out, "-") == 0)
		return 0;
	if (stat(out, &st) == 0) {
		if (k->many && !S_ISDIR(st.st_mode))
			return err_set(e, ERR_USAGE, "-o %s: several inputs need a folder, and this is none", out);
		k->folder = S_ISDIR(st.st_mode) ? out : NULL;
		return 0;
	}
	if (!k->many)
		return 0;
	if (mkdir(out, 0777) != 0)
		return err_set(e, ERR_SYSTEM, "%s: %s", out, strerror(errno));
	k->folder = out;
	return 0;
}

static int
date_valid(const char *date)
{
	struct stamp t;
	char text[32];

	snprintf(text, sizeof(text), "%.20sT00:00:00Z", date);
	return strlen(date) == 10 && stamp_parse(text, strlen(text), &t) == 0;
}

static int
choose_previous(struct convert *k, struct err *e)
{
	const char *old = cli_get(k->a, "previous");

	if (old == NULL)
		return 0;
	if (published_open(NULL, &k->published, e) != 0 || published_read(k->published, old, e) != 0)
		return -1;
	k->o.previous = published_previous(k->published);
	return 0;
}

static int
choose(struct convert *k, struct err *e)
{
	long least;

	if (source_open(k->a, &k->s, e) != 0)
		return -1;
	k->o.model = pipeline_model(k->s.pipeline);
	k->o.notes = &k->notes;
	k->o.date = cli_get(k->a, "date");
	feed_compose_options(k->s.feed, &k->o);
	if (cli_number(k->a, "min-confidence", 0, 100, k->o.min_confidence, &least, e) != 0 ||
	    cli_now(cli_get(k->a, "now"), &k->o.now, &k->from_clock, e) != 0)
		return -1;
	k->o.min_confidence = (int)least;
	k->o.flags |= cli_has(k->a, "no-campaign") ? COMPOSE_NO_CAMPAIGN : 0;
	k->o.flags |= cli_has(k->a, "no-course-of-action") ? COMPOSE_NO_ACTION : 0;
	if ((k->o.flags & (COMPOSE_NO_CAMPAIGN | COMPOSE_NO_ACTION)) == (COMPOSE_NO_CAMPAIGN | COMPOSE_NO_ACTION))
		return err_set(e, ERR_USAGE, "a law-enforcement operation has to become something: a campaign or a course-of-action");
	if (k->o.date != NULL && !date_valid(k->o.date))
		return err_set(e, ERR_USAGE, "--date: '%s' is not a day such as 2024-06-13", k->o.date);
	return choose_previous(k, e) != 0 ? -1 : choose_folder(k, e);
}

static int
run_convert(struct cli *c, const struct cli_args *a)
{
	struct convert k = { .c = c, .a = a, .o = COMPOSE_INIT, .bytes = BUF_INIT(LIMIT_JSON_TEXT),
	    .text = BUF_INIT(LIMIT_JSON_TEXT), .notes = BUF_INIT(LIMIT_JSON_TEXT) };
	struct err e = ERR_INIT;
	int i, rc = 0;

	k.many = cli_argc(a) > 1;
	k.written = json_object();
	if (choose(&k, &e) != 0)
		rc = cli_fail(c, &e);
	else
		for (i = 0; i < cli_argc(a); i++)
			rc = cli_worse(rc, convert_file(&k, cli_argv(a, i)));
	source_close(&k.s);
	published_close(k.published);
	json_decref(k.written);
	buf_free(&k.bytes);
	buf_free(&k.text);
	buf_free(&k.notes);
	return rc;
}

const struct cli_command cmd_convert = {
	.name = "convert", .args = "FILE...", .summary = "turn newsletters, or facts, into STIX 2.1 bundles",
	.options = options, .min = 1, .max = -1, .run = run_convert,
};
