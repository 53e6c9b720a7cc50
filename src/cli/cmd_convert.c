/* convert: newsletters, or facts, to STIX 2.1 bundles. */
#include <string.h>

#include "cli/batch.h"
#include "cli/commands.h"
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
	BATCH_OPTIONS,
	SOURCE_OPTIONS,
	{ NULL, 0, NULL, NULL }
};

/* A thread's part. */
struct convert {
	struct compose_options o;
	int from_clock;		/* o.now is the clock's */
	struct published *published;	/* of --previous, or NULL */
	struct buf notes;
};

static const char *
report_id(const json_t *bundle)
{
	json_t *objects = json_object_get(bundle, "objects");

	return json_string_value(json_object_get(json_array_get(objects, json_array_size(objects) - 1), "id"));
}

static void
say_notes(struct cli *c, struct buf *notes, const char *path)
{
	const char *line = buf_str(notes), *end;

	for (; *line != '\0'; line = end + (*end != '\0')) {
		end = line + strcspn(line, "\n");
		cli_note(c, "%s: left out: %.*s", path, (int)(end - line), line);
	}
	buf_reset(notes);
}

/* A bundle that stands alone is indented; of several on standard output each is a line. */
static int
convert_facts(struct batch_work *w, const struct facts *f, int line, struct buf *text, char name[BATCH_NAME], struct err *e)
{
	struct convert *k = w->state;
	json_t *bundle;
	int rc = 0;

	if (f->date == NULL && k->o.date == NULL && k->from_clock)
		cli_warn(&w->cli, "%s: no date was found; the clock's is taken (--date gives another)", f->name);
	if (compose(f, &k->o, &bundle, e) != 0)
		return -1;
	if (k->published != NULL)
		rc = published_add(k->published, bundle, e);
	snprintf(name, BATCH_NAME, "%s.json", report_id(bundle));
	json_write(bundle, text, line ? JSON_TIGHT : JSON_PRETTY, 0);
	buf_addc(text, '\n');
	source_notices(&w->cli, f);
	say_notes(&w->cli, &k->notes, f->name);
	if (rc == 0 && !w->cli.quiet)
		summary_print(&w->cli, k->o.model, f->name, bundle);
	json_decref(bundle);
	return rc;
}

static int
convert_make(struct batch_work *w, const struct pipeline_input *in, size_t n, int line, struct buf *text, char name[BATCH_NAME],
    struct err *e)
{
	struct arena *arena = arena_new();
	struct facts f;
	int rc;

	(void)n;
	rc = pipeline_facts(w->s.pipeline, in, arena, &f, e);
	if (rc == 0) {
		rc = convert_facts(w, &f, line, text, name, e);
		facts_release(&f);
	}
	arena_free(arena);
	return rc;
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
choose_previous(const struct cli_args *a, struct convert *k, struct err *e)
{
	const char *old = cli_get(a, "previous");

	if (old == NULL)
		return 0;
	if (published_open(NULL, &k->published, e) != 0 || published_read(k->published, old, e) != 0)
		return -1;
	k->o.previous = published_previous(k->published);
	return 0;
}

static int
convert_begin(const struct cli_args *a, struct batch_work *w, void *arg, struct err *e)
{
	struct convert *k = w->state;
	long least;

	(void)arg;
	k->o = (struct compose_options)COMPOSE_INIT;
	k->notes = (struct buf)BUF_INIT(LIMIT_JSON_TEXT);
	k->o.model = pipeline_model(w->s.pipeline);
	k->o.notes = &k->notes;
	k->o.date = cli_get(a, "date");
	feed_compose_options(w->s.feed, &k->o);
	if (cli_number(a, "min-confidence", 0, 100, k->o.min_confidence, &least, e) != 0 ||
	    cli_now(cli_get(a, "now"), &k->o.now, &k->from_clock, e) != 0)
		return -1;
	k->o.min_confidence = (int)least;
	k->o.flags |= cli_has(a, "no-campaign") ? COMPOSE_NO_CAMPAIGN : 0;
	k->o.flags |= cli_has(a, "no-course-of-action") ? COMPOSE_NO_ACTION : 0;
	if ((k->o.flags & (COMPOSE_NO_CAMPAIGN | COMPOSE_NO_ACTION)) == (COMPOSE_NO_CAMPAIGN | COMPOSE_NO_ACTION))
		return err_set(e, ERR_USAGE, "a law-enforcement operation has to become something: a campaign or a course-of-action");
	if (k->o.date != NULL && !date_valid(k->o.date))
		return err_set(e, ERR_USAGE, "--date: '%s' is not a day such as 2024-06-13", k->o.date);
	return choose_previous(a, k, e);
}

static void
convert_end(struct batch_work *w)
{
	struct convert *k = w->state;

	published_close(k->published);
	buf_free(&k->notes);
}

static void
same_report(const char *one, const char *other, const char *name, struct err *e)
{
	err_set(e, ERR_INPUT, "%s and %s give the same report (%.*s): give them different URLs or dates", one, other,
	    (int)strcspn(name, "."), name);
}

static int
run_convert(struct cli *c, const struct cli_args *a)
{
	struct batch_command cmd = { .state = sizeof(struct convert), .begin = convert_begin, .end = convert_end, .make = convert_make,
	    .clash = same_report };

	/* versions follow one another */
	cmd.serial = cli_has(a, "previous");
	return batch_run(c, a, &cmd, NULL);
}

const struct cli_command cmd_convert = {
	.name = "convert", .args = "FILE...", .summary = "turn newsletters, or facts, into STIX 2.1 bundles",
	.options = options, .min = 1, .max = -1, .run = run_convert,
};
