/* publish: a feed folder to its targets: every newsletter converted against what was published before, checked, pushed. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/net.h"
#include "cli/source.h"
#include "cli/summary.h"
#include "validate/validate.h"

#define NEWSLETTERS	"newsletters"	/* the folder of a feed that holds them */

static const char *const formats[] = { "text", "json", NULL };

static const struct cli_option options[] = {
	{ "now", 0, "TIME", "the time that new versions get, and documents without a date" },
	SEND_OPTIONS,
	{ NULL, 0, NULL, NULL }
};

struct publishing {
	struct cli *c;
	const struct cli_args *a;
	struct source s;
	struct compose_options o;
	struct ledger *ledger;
	struct published *published;
	const char *const *targets;	/* names or URLs; NULL ends */
	const char *format;
	struct buf bytes, notes;
};

/* ---- one bundle ------------------------------------------------------------------------------------------------------------ */

/* What a finding is said of. */
struct checked {
	struct cli *c;
	const char *path;
};

static void
on_finding(void *arg, const struct validate_finding *f)
{
	struct checked *k = arg;
	struct buf line = BUF_INIT(LIMIT_SMALL_FILE);

	if (f->severity == VALIDATE_ERROR) {
		validate_text(&line, k->path, f);
		fprintf(k->c->err, "%s\n", buf_str(&line));
	}
	buf_free(&line);
}

static int
check_bundle(struct publishing *p, const char *path, const json_t *bundle, struct err *e)
{
	json_t *objects = json_object_get(bundle, "objects");
	struct validate *v = validate_new();
	struct validate_result r;
	struct checked k = { p->c, path };
	size_t i;

	validate_begin(v, on_finding, &k);
	for (i = 0; i < json_array_size(objects); i++)
		validate_object(v, json_array_get(objects, i));
	validate_end(v, &r);
	validate_free(v);
	if (r.errors == 0)
		return 0;
	return err_set(e, ERR_INPUT, "%s: its bundle is not valid: nothing of it was sent", path);
}

/* Pushes a bundle to one target: the exit status. */
static int
push_one(struct publishing *p, const char *path, json_t *bundle, const char *to)
{
	struct publish_receipt *r = NULL;
	struct publish_config cfg = { 0 };
	struct stix_stream stream;
	struct stix_array array;
	struct net n = { 0 };
	struct err e = ERR_INIT;
	int rc;

	stix_stream_array(&stream, &array, bundle);
	if (net_open(p->c, p->a, to, &n, &e) != 0 || net_sending(p->a, &n, NULL, &cfg, &e) != 0)
		rc = cli_fail(p->c, &e);
	else {
		cfg.ledger = p->ledger;
		rc = publish_push(&n.target, path, &stream, &cfg, &r, &e) != 0 ? cli_fail(p->c, &e) :
		    net_receipt(p->c, r, strcmp(p->format, "json") == 0);
	}
	publish_receipt_free(r);
	net_close(&n);
	return rc;
}

/*
 * The versions are written down before anything is sent: a run that is cut off sends the same ones again, and never another
 * content under a version that a reader may have seen (3.6).
 */
static int
push_bundle(struct publishing *p, const char *path, json_t *bundle)
{
	struct err e = ERR_INIT;
	size_t i;
	int rc = 0;

	if (check_bundle(p, path, bundle, &e) != 0 || (!cli_has(p->a, "dry-run") && published_add(p->published, bundle, &e) != 0))
		return cli_fail(p->c, &e);
	for (i = 0; p->targets[i] != NULL; i++)
		rc = cli_worse(rc, push_one(p, path, bundle, p->targets[i]));
	return rc;
}

static int
publish_file(struct publishing *p, const char *path)
{
	struct arena *arena = arena_new();
	struct pipeline_input in;
	struct err e = ERR_INIT;
	json_t *bundle = NULL;
	struct facts f;
	int rc;

	buf_reset(&p->notes);
	if (source_read(p->a, &p->s, path, &p->bytes, &in, &e) != 0 || pipeline_facts(p->s.pipeline, &in, arena, &f, &e) != 0)
		rc = cli_fail(p->c, &e);
	else {
		if (compose(&f, &p->o, &bundle, &e) != 0)
			rc = cli_fail(p->c, &e);
		else {
			if (p->c->verbose)
				summary_print(p->c, p->o.model, path, bundle);
			rc = push_bundle(p, path, bundle);
		}
		facts_release(&f);
	}
	json_decref(bundle);
	arena_free(arena);
	return rc;
}

/* ---- the folder ------------------------------------------------------------------------------------------------------------- */

/* Newsletters are all files but hidden ones and what stands beside them as JSON. */
static int
is_newsletter(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && !(n > 5 && strcmp(d->d_name + n - 5, ".json") == 0);
}

/* In the order of their names, which begin with their dates. */
static int
publish_folder(struct publishing *p, const char *dir)
{
	const char *folder = arena_printf(p->s.arena, "%s/%s", dir, NEWSLETTERS);
	struct dirent **list;
	int i, n = scandir(folder, &list, is_newsletter, alphasort), rc = 0;

	if (n < 0) {
		cli_error(p->c, "%s: %s", folder, strerror(errno));
		return ERR_SYSTEM;
	}
	for (i = 0; i < n; i++) {
		rc = cli_worse(rc, publish_file(p, arena_printf(p->s.arena, "%s/%s", folder, list[i]->d_name)));
		free(list[i]);
	}
	free(list);
	if (n == 0)
		cli_note(p->c, "%s: no newsletters", folder);
	return rc;
}

static int
choose_targets(struct publishing *p, struct err *e)
{
	VEC(const char *) list = { 0 };
	const char *to;
	size_t k;
	int i;

	for (i = 0; (to = cli_nth(p->a, "to", i)) != NULL; i++)
		*vec_push(p->s.arena, &list) = to;
	for (k = 0; i == 0 && k < p->s.feed->targets.n; k++)
		*vec_push(p->s.arena, &list) = p->s.feed->targets.v[k];
	if (list.n == 0)
		return err_set(e, ERR_USAGE, "%s/feed.json names no targets: --to TARGET|URL gives one", p->s.feed->dir);
	*vec_push(p->s.arena, &list) = NULL;
	p->targets = list.v;
	return 0;
}

static int
choose(struct publishing *p, struct err *e)
{
	int from_clock;

	if (source_open_feed(p->a, cli_argv(p->a, 0), &p->s, e) != 0 || choose_targets(p, e) != 0 ||
	    net_format(p->a, formats, &p->format, e) != 0)
		return -1;
	p->o.model = pipeline_model(p->s.pipeline);
	p->o.notes = &p->notes;
	feed_compose_options(p->s.feed, &p->o);
	if (cli_now(cli_get(p->a, "now"), &p->o.now, &from_clock, e) != 0 || net_ledger(p->a, &p->ledger, e) != 0 ||
	    published_open(ledger_db(p->ledger), &p->published, e) != 0)
		return -1;
	p->o.previous = published_previous(p->published);
	return 0;
}

static int
run(struct cli *c, const struct cli_args *a)
{
	struct publishing p = { .c = c, .a = a, .o = COMPOSE_INIT, .bytes = BUF_INIT(LIMIT_JSON_TEXT), .notes = BUF_INIT(LIMIT_JSON_TEXT) };
	struct err e = ERR_INIT;
	int rc = choose(&p, &e) != 0 ? cli_fail(c, &e) : publish_folder(&p, cli_argv(a, 0));

	published_close(p.published);
	ledger_close(p.ledger);
	source_close(&p.s);
	buf_free(&p.bytes);
	buf_free(&p.notes);
	return rc;
}

const struct cli_command cmd_publish = {
	.name = "publish", .args = "FEED_DIR", .summary = "convert what is new in a feed folder and push it to the feed's targets",
	.options = options, .min = 1, .max = 1, .run = run,
};
