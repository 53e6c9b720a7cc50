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

/* A name like "example.com": no address, no port, no path. */
static int
is_domain(const char *s)
{
	size_t n = strlen(s);

	return strpbrk(s, ":/") == NULL && strchr(s, '.') != NULL && !(s[n - 1] >= '0' && s[n - 1] <= '9');
}

/* *domain: the name, when it is a domain and no target's. */
static int
target_by_name(const struct cli_args *a, const char *name, struct net *n, const char **domain, struct err *e)
{
	char *path = cli_get(a, "targets") != NULL ? xstrdup(cli_get(a, "targets")) : cli_config_path("targets.json");
	int rc;

	if (strpbrk(name, ".:/") != NULL && (access(path, R_OK) != 0 || publish_target_load(path, name, n->arena, &n->target, NULL) != 0)) {
		/* No target, but it looks like a host. */
		n->target.url = arena_printf(n->arena, "https://%s", name);
		if (is_domain(name))
			*domain = name;
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
	override(a, "pinnedpubkey", &t->pinnedpubkey);
	t->netrc |= cli_has(a, "netrc");
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

/* Does something at the target's URL speak HTTP? */
static int
answers(struct net *n, const struct http_env *env)
{
	struct http_request q = { .url = n->target.url, .accept = TAXII_TYPE, .tries = 1 };
	struct http_answer answer = HTTP_ANSWER_INIT;
	struct err why = ERR_INIT;
	struct http *h;
	int rc;

	if (publish_target_open(&n->target, env, &h, &why) != 0)
		return 0;
	rc = http_do(h, &q, &answer, &why);
	http_answer_free(&answer);
	http_free(h);
	if (rc != 0 && env->trace != NULL)
		env->trace(env->ctx, why.text);
	return rc == 0;
}

/*
 * The server that a domain's SRV records name (TAXII 2.1, 8.4.2); where there are none, the domain itself. What a name server says
 * is not proven: credentials go to another domain only when somebody has typed its URL.
 */
static int
server_of(const struct cli_args *a, const char *domain, const struct http_env *env, struct net *n, struct err *e)
{
	const struct publish_target *t = &n->target;
	int secrets = t->user != NULL || t->token != NULL || t->token_file != NULL || t->header_file != NULL || t->cert != NULL ||
	    t->netrc;
	struct http_services found = { 0 };
	struct err why = ERR_INIT;

	if (http_services_find(arena_printf(n->arena, "_taxii2._tcp.%s", domain), cli_get(a, "dns-server"), env, n->arena, &found,
	    &why) != 0) {
		if (why.kind == ERR_USAGE)
			return err_set(e, ERR_USAGE, "--dns-server: %s", why.text);
		if (n->cli->verbose)
			cli_note(n->cli, "%s; trying %s itself", why.text, domain);
	}
	if (found.none)
		return err_set(e, ERR_SYSTEM, "%s says that it has no TAXII server (an SRV record with the target \".\")", domain);
	for (size_t i = 0; i < found.all.n; i++) {
		const struct http_service *s = &found.all.v[i];

		n->target.url = arena_printf(n->arena, "https://%s:%u/taxii2/", s->host, s->port);
		if (secrets && !host_in_domain(s->host, strlen(s->host), domain))
			return err_set(e, ERR_USAGE, "%s has its TAXII server in another domain, at %s: credentials go there only when that"
			    " is given as the URL", domain, n->target.url);
		if (n->cli->verbose)
			cli_note(n->cli, "%s has its TAXII server at %s", domain, n->target.url);
		if (i + 1 == found.all.n || answers(n, env))
			return 0;
	}
	return 0;
}

int
net_open(struct cli *c, const struct cli_args *a, const char *to, struct net *n, struct err *e)
{
	struct http_env env = { c, now_ms, sleep_ms, draw, c->verbose ? trace : NULL };
	const char *domain = NULL;

	memset(n, 0, sizeof(*n));
	n->arena = arena_new();
	n->cli = c;
	if (strstr(to, "://") != NULL)
		n->target.url = to;
	else if (target_by_name(a, to, n, &domain, e) != 0)
		return -1;
	if (n->target.kind == NULL && n->target.url != NULL && strncmp(n->target.url, "file://", 7) == 0)
		n->target.kind = "directory";
	override(a, "collection", &n->target.collection);
	override(a, "kind", &n->target.kind);
	override(a, "galaxies", &n->target.galaxies);
	n->target.review |= cli_has(a, "review");
	if (credentials(a, &n->target, e) != 0)
		return -1;
	if (domain != NULL && (n->target.kind == NULL || strcmp(n->target.kind, "taxii") == 0) && server_of(a, domain, &env, n, e) != 0)
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
	struct buf names = BUF_INIT(200);

	if (given == NULL) {
		*out = known[0];
		return 0;
	}
	for (size_t i = 0; known[i] != NULL; i++)
		if (strcmp(known[i], given) == 0) {
			*out = known[i];
			return 0;
		}
	for (size_t i = 0; known[i] != NULL; i++)
		buf_printf(&names, "%s%s", i > 0 ? ", " : "", known[i]);
	err_set(e, ERR_USAGE, "--format: '%s' is not one of %s", given, buf_str(&names));
	buf_free(&names);
	return -1;
}

/* ---- the receipt -------------------------------------------------------------------------------------------------------- */

const char *const net_receipt_formats[] = { "text", "json", "jsonl", NULL };

void
net_add_text(json_t *v, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0')
		json_object_set_new(v, name, json_string(text));
}

static json_t *
outcome_json(const struct publish_outcome *o)
{
	json_t *one = json_object();

	net_add_text(one, "id", o->id);
	net_add_text(one, "version", o->version);
	net_add_text(one, "state", publish_state_name(o->state));
	json_object_set_new(one, "before", json_boolean(o->before));
	net_add_text(one, "message", o->message);
	return one;
}

/* The receipt without its objects. */
static json_t *
summary_json(const struct publish_receipt *r, int verify)
{
	json_t *v = json_object(), *counts = json_object(), *statuses = json_array();

	net_add_text(v, "target", r->target);
	net_add_text(v, "source", r->source);
	json_object_set_new(v, "dry_run", json_boolean(r->dry_run));
	json_object_set_new(v, "envelopes", json_integer((json_int_t)r->envelopes));
	json_object_set_new(v, "requests", json_integer((json_int_t)r->requests));
	json_object_set_new(v, "octets", json_integer((json_int_t)r->octets));
	json_object_set_new(v, "before", json_integer((json_int_t)r->before));
	if (verify)
		json_object_set_new(v, "verified", json_integer((json_int_t)r->verified));
	for (int s = 0; s < PUBLISH_STATES; s++)
		json_object_set_new(counts, publish_state_name((enum publish_state)s), json_integer((json_int_t)r->count[s]));
	json_object_set_new(v, "counts", counts);
	if (r->stop.kind != ERR_NONE)
		net_add_text(v, "error", r->stop.text);
	for (size_t i = 0; i < r->statuses.n; i++)
		json_array_append_new(statuses, json_string(r->statuses.v[i]));
	json_object_set_new(v, "statuses", statuses);
	return v;
}

static int
write_line(struct cli *c, json_t *v, struct err *e)
{
	int rc = json_write_file(v, c->out, JSON_TIGHT, 0, e);

	fputc('\n', c->out);
	json_decref(v);
	return rc;
}

static int
receipt_lines(struct cli *c, const struct publish_receipt *r, int verify, struct err *e)
{
	json_t *v, *end = json_object(), *summary = summary_json(r, verify);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->objects.n; i++) {
		v = json_object();
		net_add_text(v, "event", "object");
		net_add_text(v, "target", r->target);
		json_object_update_new(v, outcome_json(&r->objects.v[i]));
		rc = write_line(c, v, e);
	}
	net_add_text(end, "event", "end");
	json_object_update_new(end, summary);
	if (rc == 0)
		return write_line(c, end, e);
	json_decref(end);
	return rc;
}

static int
receipt_json(struct cli *c, const struct publish_receipt *r, int verify, struct err *e)
{
	json_t *v = summary_json(r, verify), *objects = json_array();
	int rc;

	for (size_t i = 0; i < r->objects.n; i++)
		json_array_append_new(objects, outcome_json(&r->objects.v[i]));
	json_object_set_new(v, "objects", objects);
	rc = json_write_file(v, c->out, JSON_PRETTY, 0, e);
	fputc('\n', c->out);
	json_decref(v);
	return rc;
}

static void
receipt_text(struct cli *c, const struct publish_receipt *r, int verify)
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
	if (verify)
		fprintf(c->out, ", %zu read back", r->verified);
	fprintf(c->out, "; %zu envelope%s, %llu octets%s\n", r->envelopes, r->envelopes == 1 ? "" : "s",
	    (unsigned long long)r->octets, r->dry_run ? " would be sent" : "");
}

/* Writes what was refused, and why: a line {"id", "version", "target", "message", "object"} each. */
static int
write_dead_letters(const char *path, const struct publish_receipt *r, struct err *e)
{
	struct buf line = BUF_INIT(LIMIT_PUBLISH_ENVELOPE);
	struct file_out o;

	if (file_out_open(&o, path, e) != 0)
		return -1;
	for (size_t i = 0; i < r->objects.n; i++) {
		json_t *v;

		if (r->objects.v[i].state != PUBLISH_FAILED)
			continue;
		v = outcome_json(&r->objects.v[i]);
		json_object_del(v, "state");
		json_object_del(v, "before");
		net_add_text(v, "target", r->target);
		if (r->objects.v[i].object != NULL)
			json_object_set_new(v, "object", json_loads(r->objects.v[i].object, 0, NULL));
		buf_reset(&line);
		json_write(v, &line, JSON_TIGHT, 0);
		buf_addc(&line, '\n');
		file_out_write(&o, buf_str(&line), line.len);
		json_decref(v);
	}
	buf_free(&line);
	return file_out_commit(&o, e);
}

int
net_receipt(struct cli *c, const struct cli_args *a, const struct publish_receipt *r, const char *format)
{
	int rc = publish_receipt_exit(r), failed = 0, verify = cli_has(a, "verify");
	struct err e = ERR_INIT;

	if (r->stop.kind != ERR_NONE)
		cli_error(c, "%s", r->stop.text);
	if (strcmp(format, "json") == 0)
		failed = receipt_json(c, r, verify, &e);
	else if (strcmp(format, "jsonl") == 0)
		failed = receipt_lines(c, r, verify, &e);
	else
		receipt_text(c, r, verify);
	if (failed == 0 && cli_get(a, "dead-letter") != NULL && r->count[PUBLISH_FAILED] > 0)
		failed = write_dead_letters(cli_get(a, "dead-letter"), r, &e);
	return failed != 0 ? cli_fail(c, &e) : rc;
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

static void
on_event(void *ctx, const struct publish_event *event)
{
	struct err e = ERR_INIT;
	json_t *v = json_object();

	net_add_text(v, "event", event->what);
	net_add_text(v, "target", event->target);
	json_object_set_new(v, "objects", json_integer((json_int_t)event->objects));
	if (event->octets > 0)
		json_object_set_new(v, "octets", json_integer((json_int_t)event->octets));
	net_add_text(v, "outcome", event->outcome);
	net_add_text(v, "status", event->status_id);
	net_add_text(v, "message", event->message);
	if (write_line(ctx, v, &e) != 0)
		err_clear(&e);	/* the lines of the receipt will fail likewise, and say so */
	fflush(((struct cli *)ctx)->out);
}

int
net_sending(const struct cli_args *a, struct net *n, const struct stix_check *check, struct publish_config *cfg, struct err *e)
{
	long wait, batch, jobs;

	if (cli_number(a, "jobs", 1, LIMIT_PUBLISH_JOBS, 1, &jobs, e) != 0 ||
	    cli_number(a, "wait", 0, 604800, 300, &wait, e) != 0 ||
	    cli_number(a, "batch", 1, 1000000, n->target.batch, &batch, e) != 0)
		return -1;
	if (cli_has(a, "dry-run") && cli_has(a, "verify"))
		return err_set(e, ERR_USAGE, "--dry-run sends nothing, so --verify has nothing to read back");
	n->target.batch = batch;
	*cfg = (struct publish_config){ .http = n->http, .dry_run = cli_has(a, "dry-run"), .wait_ms = wait > 0 ? wait * 1000 : 1,
	    .check = check, .ctx = n->cli, .progress = on_progress, .warn = on_warn,
	    .verify = cli_has(a, "verify"), .jobs = (unsigned)jobs };
	if (cli_get(a, "format") != NULL && strcmp(cli_get(a, "format"), "jsonl") == 0)
		cfg->event = on_event;
	return 0;
}
