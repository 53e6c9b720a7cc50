/* What the commands that talk to a server share. */
#include <sys/random.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/net.h"
#include "json/json.h"

static int64_t
now_ms(void *ctx)
{
	struct timespec t;

	(void)ctx;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
sleep_ms(void *ctx, int64_t ms)
{
	struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	(void)ctx;
	nanosleep(&t, NULL);
}

static uint32_t
draw(void *ctx)
{
	uint32_t n = 0;

	(void)ctx;
	if (getrandom(&n, sizeof(n), 0) != (ssize_t)sizeof(n))
		n = (uint32_t)now_ms(NULL);
	return n;
}

static void
trace(void *ctx, const char *line)
{
	cli_note(ctx, "%s", line);
}

static int
target_by_name(const struct cli_args *a, const char *name, struct net *n, struct err *e)
{
	char *path = cli_get(a, "targets") != NULL ? xstrdup(cli_get(a, "targets")) : cli_config_path("targets.json");
	int rc;

	if (strpbrk(name, ".:/") != NULL && (access(path, R_OK) != 0 || publish_target_load(path, name, n->arena, &n->target, NULL) != 0)) {
		/* No target, but it looks like a host. */
		n->target.url = arena_printf(n->arena, "https://%s", name);
		rc = 0;
	} else if (cli_get(a, "targets") == NULL && access(path, R_OK) != 0)
		rc = err_set(e, ERR_USAGE, "'%s' is neither a URL (https://...) nor a target: there is no %s", name, path);
	else
		rc = publish_target_load(path, name, n->arena, &n->target, e);
	free(path);
	return rc;
}

static void
override(const struct cli_args *a, const char *option, const char **to)
{
	if (cli_get(a, option) != NULL)
		*to = cli_get(a, option);
}

static const char *
variable(const char *name)
{
	const char *s = getenv(name);

	return s != NULL && s[0] != '\0' ? s : NULL;
}

/* Options go before the targets file, the environment after it. */
static int
credentials(const struct cli_args *a, struct publish_target *t, struct err *e)
{
	long timeout;

	override(a, "user", &t->user);
	override(a, "password-file", &t->password_file);
	override(a, "token-file", &t->token_file);
	override(a, "header-file", &t->header_file);
	override(a, "cacert", &t->cacert);
	override(a, "cert", &t->cert);
	override(a, "key", &t->key);
	t->allow_http |= cli_has(a, "allow-http");
	if (cli_number(a, "timeout", 1, 86400, t->timeout, &timeout, e) != 0)
		return -1;
	t->timeout = timeout;
	if (t->user == NULL && t->token_file == NULL && t->header_file == NULL) {
		t->token = variable("STIXPRESS_TOKEN");
		if (t->token == NULL)
			t->user = variable("STIXPRESS_USER");
	}
	if (t->user != NULL && t->password_file == NULL)
		t->password = variable("STIXPRESS_PASSWORD");
	return 0;
}

int
net_open(struct cli *c, const struct cli_args *a, const char *to, struct net *n, struct err *e)
{
	struct http_env env = { c, now_ms, sleep_ms, draw, c->verbose ? trace : NULL };

	memset(n, 0, sizeof(*n));
	n->arena = arena_new();
	n->cli = c;
	if (strstr(to, "://") != NULL)
		n->target.url = to;
	else if (target_by_name(a, to, n, e) != 0)
		return -1;
	if (n->target.url != NULL && strncmp(n->target.url, "file://", 7) == 0)
		n->target.kind = "directory";
	override(a, "collection", &n->target.collection);
	override(a, "kind", &n->target.kind);
	if (credentials(a, &n->target, e) != 0)
		return -1;
	return publish_target_open(&n->target, &env, &n->http, e);
}

void
net_close(struct net *n)
{
	http_free(n->http);
	arena_free(n->arena);
}

int
net_ledger(const struct cli_args *a, struct ledger **out, struct err *e)
{
	const char *given = cli_get(a, "ledger");
	char *path;
	int rc;

	if (given != NULL)
		return ledger_open(strcmp(given, "none") == 0 ? ":memory:" : given, out, e);
	path = cli_state_path("ledger.db");
	rc = ledger_open(path, out, e);
	free(path);
	return rc;
}

int
net_format(const struct cli_args *a, const char *const *known, const char **out, struct err *e)
{
	const char *given = cli_get(a, "format");

	if (given == NULL) {
		*out = known[0];
		return 0;
	}
	for (size_t i = 0; known[i] != NULL; i++)
		if (strcmp(known[i], given) == 0) {
			*out = known[i];
			return 0;
		}
	return err_set(e, ERR_USAGE, "--format: '%s' is not one of %s, %s", given, known[0], known[1]);
}

/* ---- the receipt -------------------------------------------------------------------------------------------------------- */

static json_t *
receipt_json(const struct publish_receipt *r)
{
	json_t *v = json_object(), *counts = json_object(), *objects = json_array(), *statuses = json_array();

	json_object_set_new(v, "target", json_string(r->target));
	json_object_set_new(v, "source", json_string(r->source));
	json_object_set_new(v, "dry_run", json_boolean(r->dry_run));
	json_object_set_new(v, "envelopes", json_integer((json_int_t)r->envelopes));
	json_object_set_new(v, "requests", json_integer((json_int_t)r->requests));
	json_object_set_new(v, "octets", json_integer((json_int_t)r->octets));
	json_object_set_new(v, "before", json_integer((json_int_t)r->before));
	for (int s = 0; s < PUBLISH_STATES; s++)
		json_object_set_new(counts, publish_state_name((enum publish_state)s), json_integer((json_int_t)r->count[s]));
	json_object_set_new(v, "counts", counts);
	if (r->stop.kind != ERR_NONE)
		json_object_set_new(v, "error", json_string(r->stop.text));
	for (size_t i = 0; i < r->statuses.n; i++)
		json_array_append_new(statuses, json_string(r->statuses.v[i]));
	json_object_set_new(v, "statuses", statuses);
	for (size_t i = 0; i < r->objects.n; i++) {
		const struct publish_outcome *o = &r->objects.v[i];
		json_t *one = json_object();

		json_object_set_new(one, "id", json_string(o->id));
		if (o->version[0] != '\0')
			json_object_set_new(one, "version", json_string(o->version));
		json_object_set_new(one, "state", json_string(publish_state_name(o->state)));
		json_object_set_new(one, "before", json_boolean(o->before));
		if (o->message != NULL)
			json_object_set_new(one, "message", json_string(o->message));
		json_array_append_new(objects, one);
	}
	json_object_set_new(v, "objects", objects);
	return v;
}

static void
receipt_text(struct cli *c, const struct publish_receipt *r)
{
	const char *sep = ": ";
	char *safe;

	for (size_t i = 0; i < r->objects.n; i++) {
		const struct publish_outcome *o = &r->objects.v[i];

		if (!c->verbose && (o->state == PUBLISH_ACCEPTED || o->state == PUBLISH_ALREADY || o->state == PUBLISH_PLANNED))
			continue;
		safe = cli_escape(o->message != NULL ? o->message : "");
		fprintf(c->out, "%-13s  %s  %s%s%s\n", publish_state_name(o->state), o->id, o->version, safe[0] != '\0' ? "  " : "",
		    safe);
		free(safe);
	}
	for (size_t i = 0; c->verbose && i < r->statuses.n; i++) {
		safe = cli_escape(r->statuses.v[i]);
		fprintf(c->out, "status         %s\n", safe);
		free(safe);
	}
	if (c->quiet)
		return;
	fprintf(c->out, "%s: %zu object%s", r->target, r->objects.n, r->objects.n == 1 ? "" : "s");
	for (int s = 0; s < PUBLISH_STATES; s++)
		if (r->count[s] > 0) {
			fprintf(c->out, "%s%zu %s", sep, r->count[s], publish_state_name((enum publish_state)s));
			sep = ", ";
		}
	if (r->before > 0)
		fprintf(c->out, " (%zu by an earlier push)", r->before);
	fprintf(c->out, "; %zu envelope%s, %llu octets%s\n", r->envelopes, r->envelopes == 1 ? "" : "s",
	    (unsigned long long)r->octets, r->dry_run ? " would be sent" : "");
}

int
net_receipt(struct cli *c, const struct publish_receipt *r, int json)
{
	struct err e = ERR_INIT;
	int rc = publish_receipt_exit(r);
	json_t *v;

	if (r->stop.kind != ERR_NONE)
		cli_error(c, "%s", r->stop.text);
	if (json) {
		v = receipt_json(r);
		if (json_write_file(v, c->out, JSON_PRETTY, 0, &e) != 0)
			rc = cli_fail(c, &e);
		fputc('\n', c->out);
		json_decref(v);
	} else
		receipt_text(c, r);
	return rc;
}

/* ---- sending ---------------------------------------------------------------------------------------------------------------- */

static void
on_warn(void *ctx, const char *text)
{
	cli_warn(ctx, "%s", text);
}

static void
on_progress(void *ctx, size_t done, size_t total)
{
	struct cli *c = ctx;

	if (c->tty && !c->quiet && total > 0)
		fprintf(c->err, "\r%zu of %zu objects%s", done, total, done == total ? "\n" : "");
}

int
net_sending(const struct cli_args *a, struct net *n, const struct stix_check *check, struct publish_config *cfg, struct err *e)
{
	long wait, batch;

	if (cli_number(a, "wait", 0, 604800, 300, &wait, e) != 0 ||
	    cli_number(a, "batch", 1, 1000000, n->target.batch, &batch, e) != 0)
		return -1;
	n->target.batch = batch;
	*cfg = (struct publish_config){ .http = n->http, .dry_run = cli_has(a, "dry-run"), .wait_ms = wait > 0 ? wait * 1000 : 1,
	    .check = check, .ctx = n->cli, .progress = on_progress, .warn = on_warn };
	return 0;
}
