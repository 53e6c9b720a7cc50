/* publish: everything new in a feed folder, converted against what was published before and sent to the feed's targets. */
#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/net.h"
#include "cli/source.h"
#include "cli/summary.h"
#include "cli/watch.h"
#include "json/json.h"
#include "validate/validate.h"


/* DESIGN 7: file, disk, network, or an outcome that is open at the deadline. */
#define STATUS_COULD_NOT	3
#define STATUS_USAGE		2

static const struct cli_option options[] = {
	{ "now", 0, "TIME", "the time that is taken for new versions, and where there is no date" },
	{ "watch", 0, NULL, "stay, and do it again whenever the folder changes" },
	SEND_OPTIONS,
	{ NULL, 0, NULL, NULL }
};

struct publish {
	struct cli *c;
	const struct cli_args *a;
	struct source s;
	struct compose_options o;
	struct target {
		struct net net;
		int down;	/* it could not be reached, or gave no last word: nothing more goes there in this run */
	} *to;
	size_t nto;
	int64_t row;		/* of the outbox: how far this run is */
	int lock;		/* the feed's folder: one publish at a time; -1: not yet */
	const char *format;
	int dry_run, from_clock;
	struct ledger *ledger;
	struct published *published;
	json_t *reports;	/* report ids, to see that no two newsletters give the same */
	struct validate *v;
	const char *path;	/* what is being validated */
	struct buf bytes, notes;
	size_t fresh, sent, refused, open;
};

/* ---- one bundle --------------------------------------------------------------------------------------------------------- */

static void
on_finding(void *arg, const struct validate_finding *f)
{
	struct publish *p = arg;
	struct buf line = BUF_INIT(LIMIT_SMALL_FILE);

	if (f->severity != VALIDATE_ERROR)
		return;
	validate_text(&line, p->path, f);
	cli_error(p->c, "%s", buf_str(&line));
	buf_free(&line);
}

static int
check(struct publish *p, const char *path, const json_t *bundle, struct err *e)
{
	struct validate_result r;

	p->path = path;
	validate_begin(p->v, on_finding, p);
	validate_object(p->v, bundle);
	validate_end(p->v, &r);
	if (r.errors == 0)
		return 0;
	return err_set(e, ERR_INPUT, "%s: its bundle is not valid STIX 2.1 (%zu errors): it is not published", path, r.errors);
}

/* Makes *worst the worse of it and the outcome; 1 when the target is of no more use in this run. */
static int
push_to(struct publish *p, struct net *n, const char *path, json_t *bundle, int *worst)
{
	struct publish_receipt *r = NULL;
	struct publish_config cfg;
	struct stix_array state;
	struct stix_stream src;
	struct err e = ERR_INIT;
	int rc;

	stix_stream_array(&src, &state, bundle);
	if (net_sending(p->a, n, NULL, &cfg, &e) != 0) {
		*worst = cli_worse(*worst, cli_fail(p->c, &e));
		return 1;
	}
	cfg.ledger = p->ledger;
	if (publish_push(&n->target, path, &src, &cfg, &r, &e) == 0) {
		p->sent += r->dry_run ? r->count[PUBLISH_PLANNED] : r->objects.n - r->before;
		p->refused += r->count[PUBLISH_FAILED];
		p->open += r->dry_run ? 0 : r->count[PUBLISH_SENT] + r->count[PUBLISH_UNKNOWN] + r->count[PUBLISH_PLANNED];
		rc = net_receipt(p->c, p->a, r, p->format);
	} else {
		err_prefix(&e, "%s", n->target.name != NULL ? n->target.name : n->target.url);
		rc = cli_fail(p->c, &e);
	}
	publish_receipt_free(r);
	*worst = cli_worse(*worst, rc);
	return rc >= STATUS_COULD_NOT;
}

/* A target that is down keeps nothing from the others. */
static int
push_all(struct publish *p, const char *path, json_t *bundle)
{
	int rc = 0;
	size_t i;

	for (i = 0; i < p->nto; i++) {
		if (!p->to[i].down)
			p->to[i].down = push_to(p, &p->to[i].net, path, bundle, &rc);
		if (p->to[i].down)
			rc = cli_worse(rc, STATUS_COULD_NOT);
	}
	return rc;
}

/* ---- the outbox --------------------------------------------------------------------------------------------------------- */

/*
 * Sends what waits. An entry is done once every target has given its last word on it: what it refused (status 1) the ledger
 * keeps, for ledger --retry-failed; anything worse leaves the entry for the next run.
 */
static int
send_waiting(struct publish *p)
{
	struct outbox_entry one = { .row = p->row };
	struct err e = ERR_INIT;
	int rc = 0, now, got;

	while ((got = outbox_next(p->published, p->s.feed->name, &one, &e)) == 1) {
		now = push_all(p, one.source, one.bundle);
		if (now <= 1 && !p->dry_run && outbox_done(p->published, one.row, &e) != 0)
			now = cli_fail(p->c, &e);
		rc = cli_worse(rc, now);
	}
	p->row = one.row;
	json_decref(one.bundle);
	return got < 0 ? cli_worse(rc, cli_fail(p->c, &e)) : rc;
}

/* ---- one newsletter ----------------------------------------------------------------------------------------------------- */

static int
only_once(struct publish *p, const char *path, const json_t *bundle, struct err *e)
{
	json_t *objects = json_object_get(bundle, "objects");
	const char *id = json_string_value(json_object_get(json_array_get(objects, json_array_size(objects) - 1), "id"));
	const char *other = json_string_value(json_object_get(p->reports, id));

	if (other != NULL)
		return err_set(e, ERR_INPUT, "%s and %s give the same report (%s): give them different URLs or dates", other, path, id);
	json_object_set_new(p->reports, id, json_string(path));
	return 0;
}

/*
 * Noted first, with its bundle in the outbox, then sent from there: should this process die in between, the same versions
 * and revocations go out in the next run. What is not new goes to the targets too, of which one may be: the ledger tells.
 */
static int
publish_bundle(struct publish *p, const char *path, json_t *bundle)
{
	struct err e = ERR_INIT;
	int fresh = 0;

	if (only_once(p, path, bundle, &e) != 0 || check(p, path, bundle, &e) != 0 ||
	    (p->dry_run ? outbox_fresh(p->published, bundle, &fresh, &e) :
	    outbox_put(p->published, p->s.feed->name, path, bundle, &fresh, &e)) != 0)
		return cli_fail(p->c, &e);
	p->fresh += (size_t)fresh;
	if (fresh && !p->c->quiet)
		summary_print(p->c, p->o.model, path, bundle);
	return fresh && !p->dry_run ? send_waiting(p) : push_all(p, path, bundle);
}

static int
publish_facts(struct publish *p, const char *path, const struct facts *f)
{
	struct err e = ERR_INIT;
	json_t *bundle;
	int rc;

	if (f->date == NULL && p->from_clock) {
		err_set(&e, ERR_INPUT,
		    "%s: no date was found, and the clock's makes another report each time (--now gives one)", path);
		return cli_fail(p->c, &e);
	}
	if (compose(f, &p->o, &bundle, &e) != 0)
		return cli_fail(p->c, &e);
	buf_reset(&p->notes);
	rc = publish_bundle(p, path, bundle);
	json_decref(bundle);
	return rc;
}

static int
publish_part(struct publish *p, const struct pipeline_input *in)
{
	struct arena *arena = arena_new();
	struct err e = ERR_INIT;
	struct facts f;
	int rc;

	if (pipeline_facts(p->s.pipeline, in, arena, &f, &e) != 0)
		rc = cli_fail(p->c, &e);
	else {
		rc = publish_facts(p, f.name, &f);
		facts_release(&f);
	}
	arena_free(arena);
	return rc;
}

static int
publish_file(struct publish *p, const char *path)
{
	struct pipeline_parts parts;
	struct pipeline_input in, part;
	struct err e = ERR_INIT;
	size_t i;
	int rc = 0;

	if (source_read(p->a, &p->s, path, &p->bytes, &in, &e) != 0 || pipeline_split(p->s.pipeline, &in, &parts, &e) != 0)
		return cli_fail(p->c, &e);
	for (i = 0; i < parts.n; i++) {
		pipeline_part(&parts, i, &part);
		rc = cli_worse(rc, publish_part(p, &part));
	}
	pipeline_parts_free(&parts);
	return rc;
}

/* ---- the command ------------------------------------------------------------------------------------------------------- */

/* --to, any number of them, stands in for the feed's targets. */
static const char *
target_name(const struct publish *p, size_t i)
{
	if (cli_get(p->a, "to") != NULL)
		return cli_nth(p->a, "to", (int)i);
	return i < p->s.feed->targets.n ? p->s.feed->targets.v[i] : NULL;
}

static int
open_targets(struct publish *p, struct err *e)
{
	const char *name;
	size_t n = 0;

	while (target_name(p, n) != NULL)
		n++;
	if (n == 0)
		return err_set(e, ERR_USAGE, "%s/feed.json names no targets: --to TARGET|URL gives one", p->s.feed->dir);
	p->to = xcalloc(n, sizeof(*p->to));
	while (p->nto < n) {
		name = target_name(p, p->nto);
		if (net_open(p->c, p->a, name, &p->to[p->nto++].net, e) != 0)
			return -1;
	}
	return 0;
}

/* A lock on the folder itself leaves nothing behind, and ends with the process. */
static int
lock_feed(struct publish *p, struct err *e)
{
	if ((p->lock = open(p->s.feed->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return err_set(e, ERR_SYSTEM, "%s: %s", p->s.feed->dir, strerror(errno));
	if (flock(p->lock, LOCK_EX | LOCK_NB) != 0)
		return err_set(e, ERR_SYSTEM, errno == EWOULDBLOCK ? "%s: another publish is at work on this feed" :
		    "%s: the folder cannot be locked", p->s.feed->dir);
	return 0;
}

static int
choose(struct publish *p, struct feed_files *files, struct err *e)
{
	const char *ledger = cli_get(p->a, "ledger");

	p->dry_run = cli_has(p->a, "dry-run");
	if (!p->dry_run && ledger != NULL && strcmp(ledger, "none") == 0)
		return err_set(e, ERR_USAGE, "--ledger none: publish needs a ledger, or it would publish everything anew each time");
	if (net_format(p->a, net_receipt_formats, &p->format, e) != 0 || source_open_feed(p->a, cli_argv(p->a, 0), &p->s, e) != 0)
		return -1;
	p->o.model = pipeline_model(p->s.pipeline);
	p->o.notes = &p->notes;
	feed_compose_options(p->s.feed, &p->o);
	if (cli_now(cli_get(p->a, "now"), &p->o.now, &p->from_clock, e) != 0 || feed_newsletters(p->s.feed, files, e) != 0 ||
	    open_targets(p, e) != 0 || lock_feed(p, e) != 0 || net_ledger(p->a, &p->ledger, e) != 0 ||
	    published_open(ledger_db(p->ledger), &p->published, e) != 0)
		return -1;
	p->o.previous = published_previous(p->published);
	return 0;
}

static void
say_end(struct publish *p, size_t n)
{
	char trouble[120] = "";

	if (p->refused + p->open > 0)
		snprintf(trouble, sizeof(trouble), "; %zu refused, %zu with an open outcome", p->refused, p->open);
	cli_note(p->c, "%s: %zu newsletter%s, %zu with something new; %zu object%s %s to %zu target%s%s", p->s.feed->name, n,
	    n == 1 ? "" : "s", p->fresh, p->sent, p->sent == 1 ? "" : "s",
	    p->dry_run ? "would go" : "went", p->nto, p->nto == 1 ? "" : "s", trouble);
}

static int
publish_once(struct cli *c, const struct cli_args *a)
{
	struct publish p = { .c = c, .a = a, .o = COMPOSE_INIT, .lock = -1, .bytes = BUF_INIT(LIMIT_JSON_TEXT),
	    .notes = BUF_INIT(LIMIT_JSON_TEXT) };
	struct feed_files files = { 0 };
	struct err e = ERR_INIT;
	size_t i;
	int rc;

	p.reports = json_object();
	p.v = validate_new();
	if (choose(&p, &files, &e) != 0)
		rc = cli_fail(c, &e);
	else {
		rc = send_waiting(&p);
		for (i = 0; i < files.n && !watch_stopped(); i++)
			rc = cli_worse(rc, publish_file(&p, files.v[i]));
		say_end(&p, files.n);
	}
	published_close(p.published);
	ledger_close(p.ledger);
	for (i = 0; i < p.nto; i++)
		net_close(&p.to[i].net);
	free(p.to);
	source_close(&p.s);
	if (p.lock >= 0)
		close(p.lock);
	validate_free(p.v);
	json_decref(p.reports);
	buf_free(&p.bytes);
	buf_free(&p.notes);
	return rc;
}

/* Each time from the beginning, so that a changed feed.json or targets file counts; the folder is locked only meanwhile. */
static int
run_publish(struct cli *c, const struct cli_args *a)
{
	const char *feed = cli_argv(a, 0);
	char seen[DIGEST_HEX];
	int rc;

	if (!cli_has(a, "watch"))
		return publish_once(c, a);
	if (cli_get(a, "now") != NULL || cli_has(a, "dry-run"))
		return cli_usage(c, "--watch goes with neither --now nor --dry-run");
	watch_signals();
	do {
		watch_look(feed, seen);
		rc = publish_once(c, a);
		fflush(c->out);
		if (rc == STATUS_USAGE)
			break;
		watch_wait(feed, seen, rc >= STATUS_COULD_NOT);
	} while (!watch_stopped());
	return rc;
}

const struct cli_command cmd_publish = {
	.name = "publish", .args = "FEED_DIR", .summary = "convert what is new in a feed folder and send it to the feed's targets",
	.options = options, .min = 1, .max = 1, .run = run_publish,
};
