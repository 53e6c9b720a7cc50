/* push: sends the objects of a bundle to a target. ledger: what was sent where. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/net.h"
#include "json/json.h"
#include "validate/validate.h"

static const char *const formats[] = { "text", "json", NULL };

/* ---- a bundle file as a stream of objects, and the check that each of them is valid ------------------------------------- */

struct file_stream {
	struct cli *c;
	const char *path;
	FILE *f;
	struct json_stream *s;
	struct json_item item;		/* the last object */
	struct validate *v;		/* NULL: nothing is validated */
};

static void
on_finding(void *arg, const struct validate_finding *f)
{
	struct file_stream *fs = arg;
	struct buf line = BUF_INIT(LIMIT_SMALL_FILE);

	if (f->severity != VALIDATE_ERROR)
		return;
	validate_text(&line, fs->path, f);
	fprintf(fs->c->err, "%s\n", buf_str(&line));
	buf_free(&line);
}

/* Findings are shown as they come; the verdict is given at the end, so that all of them are seen. */
static int
check_object(void *ctx, const json_t *object, struct err *e)
{
	struct file_stream *fs = ctx;

	(void)object, (void)e;
	validate_item(fs->v, &fs->item);
	return 0;
}

static int
check_end(void *ctx, struct err *e)
{
	struct file_stream *fs = ctx;
	struct validate_result r;

	validate_end(fs->v, &r);
	if (r.errors == 0)
		return 0;
	return err_set(e, ERR_INPUT, "%s: %zu error%s, not valid STIX 2.1: nothing was sent (--no-validate sends it all the same)",
	    fs->path, r.errors, r.errors == 1 ? "" : "s");
}

/* An element of a bundle or list, or an object that stands alone; an empty bundle is none. */
static int
is_object(const struct json_item *i)
{
	return i->kind == JSON_ITEM_ELEMENT || (i->kind == JSON_ITEM_DOCUMENT && i->no_objects && !stix_is_bundle(i->value));
}

/* What is around the objects is not sent, but has to be right too. */
static int
file_next(void *ctx, json_t **object, struct err *e)
{
	struct file_stream *fs = ctx;
	struct json_fault fault;
	int rc;

	while ((rc = json_stream_next(fs->s, &fs->item, &fault, e)) == 1 && !is_object(&fs->item))
		if (fs->v != NULL && json_is_object(fs->item.value))
			validate_item(fs->v, &fs->item);
	if (rc == 1)
		*object = fs->item.value;
	else if (rc < 0)
		err_prefix(e, "%s", fs->path);
	return rc;
}

static const char *
file_octets(void *ctx, size_t *n)
{
	struct file_stream *fs = ctx;

	*n = (size_t)(fs->item.place.end - fs->item.place.offset);
	return fs->item.octets;
}

static int
file_open(struct file_stream *fs, const char *path, int validated, struct err *e)
{
	fs->path = strcmp(path, "-") == 0 ? "standard input" : path;
	fs->f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	if (fs->f == NULL)
		return err_set(e, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	fs->s = json_stream_file(fs->f, NULL);
	if (validated) {
		fs->v = validate_new();
		validate_begin(fs->v, on_finding, fs);
	}
	return 0;
}

static void
file_close(struct file_stream *fs)
{
	json_stream_free(fs->s);
	validate_free(fs->v);
	if (fs->f != NULL && fs->f != stdin)
		fclose(fs->f);
}

/* ---- push ---------------------------------------------------------------------------------------------------------------- */

static const struct cli_option push_options[] = {
	SEND_OPTIONS,
	{ "check", 0, NULL, "send nothing: show whether the target would take something, and what its limits are" },
	{ "no-validate", 0, NULL, "send even what is not valid STIX" },
	{ NULL, 0, NULL, NULL }
};

/* --ledger none, for one push, is no ledger at all. */
static int
keeps_books(const struct cli_args *a)
{
	return cli_get(a, "ledger") == NULL || strcmp(cli_get(a, "ledger"), "none") != 0;
}

/* Pushes a file (path NULL: what failed before) to --to. */
static int
push_to(struct cli *c, const struct cli_args *a, const char *path)
{
	struct file_stream fs = { .c = c };
	struct stix_stream src = { file_next, NULL, &fs, file_octets };
	struct stix_check check = { check_object, check_end, &fs };
	struct publish_config cfg = { 0 };
	struct publish_receipt *r = NULL;
	struct net n = { 0 };
	struct err e = ERR_INIT;
	const char *format;
	int rc;

	if (cli_get(a, "to") == NULL)
		return cli_usage(c, "--to TARGET|URL is missing");
	if (net_format(a, net_receipt_formats, &format, &e) != 0 ||
	    (path != NULL && file_open(&fs, path, !cli_has(a, "no-validate"), &e) != 0) ||
	    net_open(c, a, cli_get(a, "to"), &n, &e) != 0 || net_sending(a, &n, fs.v != NULL ? &check : NULL, &cfg, &e) != 0 ||
	    (keeps_books(a) && net_ledger(a, &cfg.ledger, &e) != 0))
		rc = cli_fail(c, &e);
	else if ((path != NULL ? publish_push(&n.target, fs.path, &src, &cfg, &r, &e) :
	    publish_retry(&n.target, &cfg, &r, &e)) != 0)
		rc = cli_fail(c, &e);
	else
		rc = net_receipt(c, a, r, format);
	publish_receipt_free(r);
	ledger_close(cfg.ledger);
	net_close(&n);
	file_close(&fs);
	return rc;
}

static const char *
yes_or_no(int yes)
{
	return yes ? "may" : "may not";
}

static void
trial_text(struct cli *c, const struct publish_trial *t)
{
	const struct taxii_collection *l = &t->place.collection;
	char *title = cli_escape(t->place.root.title != NULL ? t->place.root.title : "");
	char *name = cli_escape(l->title != NULL ? l->title : l->id != NULL ? l->id : "");

	if (t->expires != NULL)
		fprintf(c->out, "certificate  trusted, until %s\n", t->expires);
	if (t->place.root.url != NULL)
		fprintf(c->out, "API root     %s%s%s, %s TAXII 2.1\n", t->place.root.url, title[0] != '\0' ? " " : "", title,
		    t->place.root.v21 ? "speaks" : "does not speak");
	if (t->place.root.max_content_length > 0)
		fprintf(c->out, "limit        %lld octets a request\n", (long long)t->place.root.max_content_length);
	if (l->url != NULL)
		fprintf(c->out, "collection   %s: you %s read, %s write; %s STIX 2.1\n", name, yes_or_no(l->can_read),
		    yes_or_no(l->can_write), l->stix21 ? "takes" : "does not take");
	if (t->url != NULL)
		fprintf(c->out, "ready        %s\n", t->url);
	free(title);
	free(name);
}

static int
trial_json(struct cli *c, const struct publish_trial *t, struct err *e)
{
	const struct taxii_place *p = &t->place;
	json_t *v = json_object();
	int rc;

	json_object_set_new(v, "ready", json_boolean(t->url != NULL));
	net_add_text(v, "target", t->url);
	net_add_text(v, "error", t->problem.kind != ERR_NONE ? t->problem.text : NULL);
	net_add_text(v, "certificate_until", t->expires);
	net_add_text(v, "api_root", p->root.url);
	if (p->root.max_content_length > 0)
		json_object_set_new(v, "max_content_length", json_integer(p->root.max_content_length));
	net_add_text(v, "collection", p->collection.id);
	if (p->collection.url != NULL) {
		json_object_set_new(v, "can_read", json_boolean(p->collection.can_read));
		json_object_set_new(v, "can_write", json_boolean(p->collection.can_write));
		json_object_set_new(v, "takes_stix21", json_boolean(p->collection.stix21));
	}
	rc = json_write_file(v, c->out, JSON_PRETTY, 0, e);
	fputc('\n', c->out);
	json_decref(v);
	return rc;
}

/* push --check: what would meet a push. */
static int
check_target(struct cli *c, const struct cli_args *a)
{
	struct publish_trial t;
	struct net n = { 0 };
	struct err e = ERR_INIT;
	const char *format;
	int rc = 0;

	if (cli_get(a, "to") == NULL)
		return cli_usage(c, "--to TARGET|URL is missing");
	if (net_format(a, net_receipt_formats, &format, &e) != 0 || net_open(c, a, cli_get(a, "to"), &n, &e) != 0) {
		net_close(&n);
		return cli_fail(c, &e);
	}
	publish_try(&n.target, n.http, n.arena, &t);
	if (strcmp(format, "text") == 0)
		trial_text(c, &t);
	else
		rc = trial_json(c, &t, &e);
	if (rc == 0 && t.problem.kind != ERR_NONE)
		rc = err_set(&e, t.problem.kind, "%s", t.problem.text);
	net_close(&n);
	return rc != 0 ? cli_fail(c, &e) : 0;
}

static int
run_push(struct cli *c, const struct cli_args *a)
{
	if (cli_has(a, "check") != (cli_argv(a, 0) == NULL))
		return cli_usage(c, cli_has(a, "check") ? "--check sends nothing: leave the FILE out" : "push needs FILE");
	if (cli_has(a, "check"))
		return check_target(c, a);
	return push_to(c, a, cli_argv(a, 0));
}

const struct cli_command cmd_push = {
	.name = "push", .args = "[FILE]", .summary = "send the objects of a bundle to a TAXII collection or another target",
	.options = push_options, .min = 0, .max = 1, .run = run_push,
};

/* ---- ledger -------------------------------------------------------------------------------------------------------------- */

static const struct cli_option ledger_options[] = {
	{ "retry-failed", 0, NULL, "send again what failed or has no known outcome at --to" },
	SEND_OPTIONS,
	{ NULL, 0, NULL, NULL }
};

struct listing {
	struct cli *c;
	json_t *targets, *failures;	/* NULL: print text */
};

static void
target_json(struct listing *l, const struct ledger_target *t)
{
	json_t *v = json_object(), *counts = json_object();

	net_add_text(v, "target", t->url);
	net_add_text(v, "name", t->name);
	for (int s = 0; s < PUBLISH_STATES; s++)
		json_object_set_new(counts, publish_state_name((enum publish_state)s), json_integer(t->objects[s]));
	json_object_set_new(v, "counts", counts);
	net_add_text(v, "last_run", t->last_run);
	net_add_text(v, "last_source", t->last_source);
	net_add_text(v, "last_outcome", t->last_outcome);
	json_array_append_new(l->targets, v);
}

static void
target_text(struct listing *l, const struct ledger_target *t)
{
	fprintf(l->c->out, "%s%s%s%s\n", t->url, t->name != NULL ? " (" : "", t->name != NULL ? t->name : "",
	    t->name != NULL ? ")" : "");
	for (int s = 0; s < PUBLISH_STATES; s++)
		if (t->objects[s] > 0)
			fprintf(l->c->out, "  %lld %s\n", (long long)t->objects[s], publish_state_name((enum publish_state)s));
	if (t->last_run != NULL)
		fprintf(l->c->out, "  last push %s, %s: %s\n", t->last_run, t->last_source,
		    t->last_outcome != NULL ? t->last_outcome : "was cut off");
}

static void
on_target(void *ctx, const struct ledger_target *t)
{
	struct listing *l = ctx;

	if (l->targets != NULL)
		target_json(l, t);
	else
		target_text(l, t);
}

static void
on_failure(void *ctx, const struct ledger_failure *f)
{
	struct listing *l = ctx;
	char *safe;
	json_t *v;

	if (l->failures == NULL) {
		safe = cli_escape(f->message != NULL ? f->message : "");
		fprintf(l->c->out, "%-13s  %s  %s  %s  %s\n", publish_state_name(f->state), f->id, f->version, f->url, safe);
		free(safe);
		return;
	}
	v = json_object();
	net_add_text(v, "target", f->url);
	net_add_text(v, "id", f->id);
	net_add_text(v, "version", f->version);
	net_add_text(v, "state", publish_state_name(f->state));
	net_add_text(v, "message", f->message);
	net_add_text(v, "when", f->when);
	json_array_append_new(l->failures, v);
}

static int
print_lists(struct cli *c, struct listing *l, struct err *e)
{
	json_t *all;
	int rc;

	if (l->targets == NULL)
		return 0;
	all = json_object();
	json_object_set(all, "targets", l->targets);
	json_object_set(all, "open", l->failures);
	rc = json_write_file(all, c->out, JSON_PRETTY, 0, e);
	fputc('\n', c->out);
	json_decref(all);
	return rc;
}

static int
run_ledger(struct cli *c, const struct cli_args *a)
{
	struct listing l = { c, NULL, NULL };
	struct ledger *led = NULL;
	struct err e = ERR_INIT;
	const char *format, *to = cli_get(a, "to");
	int rc = 0;

	if (cli_has(a, "retry-failed"))
		return push_to(c, a, NULL);
	if (net_format(a, formats, &format, &e) != 0)
		return cli_fail(c, &e);
	if (strcmp(format, "json") == 0) {
		l.targets = json_array();
		l.failures = json_array();
	}
	if (net_ledger(a, &led, &e) != 0 || ledger_targets(led, to, on_target, &l, &e) != 0 ||
	    ledger_failures(led, to, on_failure, &l, &e) != 0 || print_lists(c, &l, &e) != 0)
		rc = cli_fail(c, &e);
	ledger_close(led);
	json_decref(l.targets);
	json_decref(l.failures);
	return rc;
}

const struct cli_command cmd_ledger = {
	.name = "ledger", .args = "", .summary = "show what was sent where, and send again what failed",
	.options = ledger_options, .min = 0, .max = 0, .run = run_ledger,
};
