/* discover, collections, get, status: the reading half of TAXII 2.1. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/net.h"
#include "json/json.h"

static const char *const formats[] = { "text", "json", NULL };

static const struct cli_option options[] = {
	{ "format", 0, "text|json", "how the answer is printed" },
	NET_OPTIONS,
	{ NULL, 0, NULL, NULL }
};

static int
print_json(struct cli *c, json_t *v, struct err *e)
{
	int rc = json_write_file(v, c->out, JSON_PRETTY, 0, e);

	fputc('\n', c->out);
	return rc;
}

/* Prints "label text" unless there is no text. */
static void
line(struct cli *c, const char *label, const char *text)
{
	char *safe;

	if (text == NULL)
		return;
	safe = cli_escape(text);
	fprintf(c->out, "%s%s\n", label, safe);
	free(safe);
}

/* One connection, one function, one exit status. */
static int
with_net(struct cli *c, const struct cli_args *a, int (*f)(struct cli *, const struct cli_args *, struct net *, int, struct err *))
{
	struct net n = { 0 };
	struct err e = ERR_INIT;
	const char *format;
	int rc;

	if (net_format(a, formats, &format, &e) != 0)
		return cli_fail(c, &e);
	if (net_open(c, a, cli_argv(a, 0), &n, &e) != 0)
		rc = cli_fail(c, &e);
	else if ((rc = f(c, a, &n, strcmp(format, "json") == 0, &e)) < 0)
		rc = cli_fail(c, &e);
	net_close(&n);
	return rc;
}

/* ---- discover -------------------------------------------------------------------------------------------------------------- */

static json_t *
root_json(const char *url, const struct taxii_root *r, const struct err *why)
{
	json_t *v = json_object();

	net_add_text(v, "url", url);
	if (why->kind != ERR_NONE) {
		net_add_text(v, "error", why->text);
		return v;
	}
	net_add_text(v, "title", r->title);
	net_add_text(v, "description", r->description);
	json_object_set_new(v, "taxii_2_1", json_boolean(r->v21));
	if (r->max_content_length > 0)
		json_object_set_new(v, "max_content_length", json_integer(r->max_content_length));
	return v;
}

static void
root_text(struct cli *c, const char *url, const struct taxii_root *r, const struct err *why)
{
	line(c, "API root  ", url);
	if (why->kind != ERR_NONE) {
		line(c, "          not readable: ", why->text);
		return;
	}
	line(c, "          ", r->title);
	line(c, "          ", r->description);
	if (!r->v21)
		line(c, "          ", "does not speak TAXII 2.1");
	if (r->max_content_length > 0)
		fprintf(c->out, "          takes envelopes below %lld octets\n", (long long)r->max_content_length);
}

static int
discover(struct cli *c, const struct cli_args *a, struct net *n, int json, struct err *e)
{
	struct taxii_discovery d;
	json_t *v, *roots;
	char *url;
	int rc = 0;

	(void)a;
	if (taxii_url(n->target.url, n->arena, &url, e) != 0 || taxii_roots(n->http, url, n->arena, &d, e) != 0)
		return -1;
	if (d.bad_roots > 0)
		cli_warn(c, "%s: %zu API roots are no valid reference (TAXII 4.1.1)", url, d.bad_roots);
	v = json_object();
	json_object_set_new(v, "api_roots", roots = json_array());
	net_add_text(v, "url", d.url);
	net_add_text(v, "title", d.title);
	net_add_text(v, "description", d.description);
	net_add_text(v, "contact", d.contact);
	net_add_text(v, "default", d.fallback);
	if (!json) {
		line(c, "", d.title);
		line(c, "", d.description);
		line(c, "contact   ", d.contact);
	}
	for (size_t i = 0; i < d.roots.n; i++) {
		struct taxii_root r = { 0 };
		struct err why = ERR_INIT;

		if (taxii_root(n->http, d.roots.v[i], n->arena, &r, &why) != 0)
			rc = ERR_SYSTEM;
		if (json)
			json_array_append_new(roots, root_json(d.roots.v[i], &r, &why));
		else
			root_text(c, d.roots.v[i], &r, &why);
	}
	if (json && print_json(c, v, e) != 0)
		rc = -1;
	json_decref(v);
	return rc;
}

static int
run_discover(struct cli *c, const struct cli_args *a)
{
	return with_net(c, a, discover);
}

const struct cli_command cmd_discover = {
	.name = "discover", .args = "URL|TARGET", .summary = "show what a TAXII server offers", .options = options,
	.min = 1, .max = 1, .run = run_discover,
};

/* ---- collections ----------------------------------------------------------------------------------------------------------- */

static json_t *
collection_json(const struct taxii_collection *k)
{
	json_t *v = json_object();

	net_add_text(v, "id", k->id);
	net_add_text(v, "title", k->title);
	net_add_text(v, "description", k->description);
	net_add_text(v, "alias", k->alias);
	json_object_set_new(v, "can_read", json_boolean(k->can_read));
	json_object_set_new(v, "can_write", json_boolean(k->can_write));
	net_add_text(v, "url", k->url);
	return v;
}

static void
collection_text(struct cli *c, const struct taxii_collection *k)
{
	char *title = cli_escape(k->title != NULL ? k->title : "");

	fprintf(c->out, "%s  %-4s  %-5s  %s%s%s%s\n", k->id, k->can_read ? "read" : "-", k->can_write ? "write" : "-", title,
	    k->alias != NULL ? " (" : "", k->alias != NULL ? k->alias : "", k->alias != NULL ? ")" : "");
	if (c->verbose)
		line(c, "    ", k->description);
	free(title);
}

static int
collections(struct cli *c, const struct cli_args *a, struct net *n, int json, struct err *e)
{
	struct taxii_discovery d;
	json_t *list = json_array();
	char *url;
	int rc = 0;

	(void)a;
	if (taxii_url(n->target.url, n->arena, &url, e) != 0 || taxii_roots(n->http, url, n->arena, &d, e) != 0)
		rc = -1;
	for (size_t i = 0; rc == 0 && i < d.roots.n; i++) {
		struct taxii_collections all = { 0 };

		if (taxii_collections(n->http, d.roots.v[i], n->arena, &all, e) != 0)
			rc = -1;
		for (size_t k = 0; rc == 0 && k < all.all.n; k++)
			if (json)
				json_array_append_new(list, collection_json(&all.all.v[k]));
			else
				collection_text(c, &all.all.v[k]);
	}
	if (rc == 0 && json)
		rc = print_json(c, list, e);
	json_decref(list);
	return rc;
}

static int
run_collections(struct cli *c, const struct cli_args *a)
{
	return with_net(c, a, collections);
}

const struct cli_command cmd_collections = {
	.name = "collections", .args = "URL|TARGET", .summary = "list the collections of a TAXII server", .options = options,
	.min = 1, .max = 1, .run = run_collections,
};

/* ---- status ------------------------------------------------------------------------------------------------------------------ */

static int
status_text(struct cli *c, const struct taxii_status *s)
{
	static const char *const lists[] = { "failures", "pendings" };
	const struct { int64_t n; const char *word; } counts[] = {
		{ s->total, "objects" }, { s->success, "accepted" }, { s->failure, "failed" }, { s->pending, "pending" },
	};
	json_t *o;
	size_t i;

	fprintf(c->out, "%s: %s", s->id != NULL ? s->id : "status", s->complete ? "complete" : "pending");
	for (i = 0; i < ARRAY_LEN(counts); i++)
		if (counts[i].n >= 0)
			fprintf(c->out, "%s %lld %s", i == 0 ? ";" : ",", (long long)counts[i].n, counts[i].word);
	fputc('\n', c->out);
	for (size_t k = 0; k < ARRAY_LEN(lists); k++)
		json_array_foreach(json_object_get(s->json, lists[k]), i, o) {
			line(c, lists[k][0] == 'f' ? "failed   " : "pending  ", json_string_value(json_object_get(o, "id")));
			line(c, "         ", json_string_value(json_object_get(o, "message")));
		}
	return 0;
}

static int
status(struct cli *c, const struct cli_args *a, struct net *n, int json, struct err *e)
{
	struct taxii_status s = TAXII_STATUS_INIT;
	struct taxii_discovery d;
	struct err why = ERR_INIT;
	char *url, *cut;
	int gone, rc = -1;

	if (taxii_url(n->target.url, n->arena, &url, e) != 0)
		return -1;
	/* The URL of a collection will do: its root has the status. */
	if ((cut = strstr(url, "/collections/")) != NULL)
		cut[1] = '\0';
	if (taxii_roots(n->http, url, n->arena, &d, e) != 0)
		return -1;
	for (size_t i = 0; rc != 0 && i < d.roots.n; i++)
		rc = taxii_status_get(n->http, d.roots.v[i], cli_argv(a, 1), &s, &gone, &why);
	if (rc != 0)
		return err_set(e, ERR_SYSTEM, "%s", why.kind != ERR_NONE ? why.text : "the server names no API root");
	rc = json ? print_json(c, s.json, e) : status_text(c, &s);
	if (rc == 0)
		rc = !s.complete ? ERR_SYSTEM : s.failure > 0 ? ERR_INPUT : 0;
	taxii_status_free(&s);
	return rc;
}

static int
run_status(struct cli *c, const struct cli_args *a)
{
	return with_net(c, a, status);
}

const struct cli_command cmd_status = {
	.name = "status", .args = "URL|TARGET ID", .summary = "show what became of an earlier TAXII request", .options = options,
	.min = 2, .max = 2, .run = run_status,
};

/* ---- get ----------------------------------------------------------------------------------------------------------------------- */

static const char *const get_formats[] = { "bundle", "jsonl", NULL };

static const struct cli_option get_options[] = {
	{ "output", 'o', "FILE", "where to write; standard output unless given" },
	{ "collection", 0, "ID", "the collection by id or alias, where the URL does not name it" },
	{ "added-after", 0, "TIME", "only what the server got after this time" },
	{ "since-checkpoint", 0, "FILE", "only what the server got since the time in FILE, which then takes the new one" },
	{ "match", 'm', "FIELD=VALUE", "only what matches: id, type, version, spec_version; commas mean or" },
	{ "limit", 0, "N", "objects a page; 1000 unless given" },
	{ "max-pages", 0, "N", "stop after so many pages; all of them unless given" },
	{ "manifest", 0, NULL, "the manifest's records instead of the objects (format jsonl)" },
	{ "format", 0, "bundle|jsonl", "one bundle, or an object a line" },
	NET_OPTIONS,
	{ NULL, 0, NULL, NULL }
};

struct getting {
	FILE *f;		/* what has come so far: nothing is written before all of it is there */
	int lines;
	size_t n;
};

static int
on_object(void *ctx, json_t *o, struct err *e)
{
	struct getting *g = ctx;
	int rc;

	if (!g->lines)
		fputs(g->n > 0 ? ",\n    " : "\n    ", g->f);
	g->n++;
	rc = json_write_file(o, g->f, g->lines ? JSON_TIGHT : JSON_PRETTY, g->lines ? 0 : 2, e);
	if (g->lines)
		fputc('\n', g->f);
	return rc;
}

/* The bundle's id stands for the request and what came of it. */
static void
bundle_head(FILE *f, const struct taxii_place *p, const struct taxii_query *q, const struct taxii_read *sum)
{
	struct buf key = BUF_INIT(LIMIT_SMALL_FILE);
	char id[UUID_TEXT];

	buf_printf(&key, "%s|%s|%zu|%s", p->collection.url, q->added_after != NULL ? q->added_after : "", sum->objects, sum->last);
	for (size_t i = 0; i < q->nmatch; i++)
		buf_printf(&key, "|%s=%s", q->match[i].field, q->match[i].value);
	uuid_v4_derived(buf_str(&key), key.len, id);
	buf_free(&key);
	fprintf(f, "{\n  \"type\": \"bundle\",\n  \"id\": \"bundle--%s\"", id);
}

static int
copy_all(FILE *from, struct file_out *to, struct err *e)
{
	char part[65536];
	size_t k;

	rewind(from);
	while (to->error == 0 && (k = fread(part, 1, sizeof(part), from)) > 0)
		file_out_write(to, part, k);
	return ferror(from) ? err_set(e, ERR_SYSTEM, "a temporary file could not be read") : 0;
}

static int
write_out(const struct cli_args *a, struct getting *g, const struct taxii_place *p, const struct taxii_query *q,
    const struct taxii_read *sum, struct err *e)
{
	struct file_out out;

	if (file_out_open(&out, cli_get(a, "output"), e) != 0)
		return -1;
	if (!g->lines) {
		bundle_head(out.f, p, q, sum);
		if (g->n > 0)
			fputs(",\n  \"objects\": [", out.f);
	}
	if (copy_all(g->f, &out, e) != 0) {
		file_out_abort(&out);
		return -1;
	}
	if (!g->lines)
		fputs(g->n > 0 ? "\n  ]\n}\n" : "\n}\n", out.f);
	return file_out_commit(&out, e);
}

/*
 * The checkpoint of an earlier run: the time as the server wrote it (cut or rounded it would bring the same objects again
 * and again, or lose some). No file yet: everything is wanted.
 */
static int
read_checkpoint(const char *path, struct arena *a, const char **after, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_SMALL_FILE);
	int rc = 0;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return 0;
	if ((rc = file_read(path, LIMIT_SMALL_FILE, &b, e)) == 0) {
		*after = arena_strndup(a, buf_str(&b), strcspn(buf_str(&b), "\r\n"));
		if ((*after)[0] == '\0')
			rc = err_set(e, ERR_INPUT, "%s: the checkpoint is empty; without the file all is read", path);
	}
	buf_free(&b);
	return rc;
}

static int
matches(const struct cli_args *a, struct net *n, struct taxii_query *q, struct err *e)
{
	VEC(struct taxii_match) all = { 0 };
	const char *s, *eq;

	for (int i = 0; (s = cli_nth(a, "match", i)) != NULL; i++) {
		struct taxii_match m;

		if ((eq = strchr(s, '=')) == NULL)
			return err_set(e, ERR_USAGE, "--match: '%s' is not FIELD=VALUE", s);
		m.field = arena_strndup(n->arena, s, (size_t)(eq - s));
		m.value = eq + 1;
		*vec_push(n->arena, &all) = m;
	}
	q->match = all.v;
	q->nmatch = all.n;
	return 0;
}

static int
read_query(const struct cli_args *a, struct net *n, struct taxii_query *q, struct err *e)
{
	if (matches(a, n, q, e) != 0)
		return -1;
	q->added_after = cli_get(a, "added-after");
	if (cli_get(a, "since-checkpoint") != NULL && q->added_after != NULL)
		return err_set(e, ERR_USAGE, "--added-after and --since-checkpoint both say since when");
	if (cli_get(a, "since-checkpoint") != NULL &&
	    read_checkpoint(cli_get(a, "since-checkpoint"), n->arena, &q->added_after, e) != 0)
		return -1;
	q->manifest = cli_has(a, "manifest");
	if (cli_number(a, "limit", 1, 1000000, 0, &q->limit, e) != 0 ||
	    cli_number(a, "max-pages", 1, 1000000000, 0, &q->max_pages, e) != 0)
		return -1;
	return taxii_query_check(q, e);
}

static int
write_checkpoint(const char *path, const char *last, struct err *e)
{
	struct file_out o;

	if (file_out_open(&o, path, e) != 0)
		return -1;
	file_out_write(&o, last, strlen(last));
	file_out_write(&o, "\n", 1);
	return file_out_commit(&o, e);
}

static int
go_on_from(struct cli *c, const struct cli_args *a, const struct taxii_read *sum, struct err *e)
{
	const char *path = cli_get(a, "since-checkpoint");

	if (path == NULL && sum->last[0] != '\0')
		cli_note(c, "to go on from here: --added-after %s", sum->last);
	/* Nothing new: the old one stays. */
	return path == NULL || sum->last[0] == '\0' ? 0 : write_checkpoint(path, sum->last, e);
}

static int
get(struct cli *c, const struct cli_args *a, struct net *n, int lines, struct err *e)
{
	struct getting g = { tmpfile(), lines, 0 };
	struct taxii_query q = { 0 };
	struct taxii_place p;
	struct taxii_read sum;
	int rc = -1;

	if (g.f == NULL)
		return err_set(e, ERR_SYSTEM, "a temporary file could not be made: %s", strerror(errno));
	if (read_query(a, n, &q, e) == 0 && taxii_locate(n->http, n->target.url, n->target.collection, n->arena, &p, e) == 0 &&
	    taxii_read(n->http, &p, &q, on_object, &g, &sum, e) == 0 && write_out(a, &g, &p, &q, &sum, e) == 0) {
		cli_note(c, "%s: %zu object%s in %zu page%s%s", p.collection.url, sum.objects, sum.objects == 1 ? "" : "s", sum.pages,
		    sum.pages == 1 ? "" : "s", sum.cut ? "; there is more" : "");
		rc = go_on_from(c, a, &sum, e);
	}
	fclose(g.f);
	return rc;
}

static int
run_get(struct cli *c, const struct cli_args *a)
{
	struct net n = { 0 };
	struct err e = ERR_INIT;
	const char *format;
	int rc = 0;

	if (net_format(a, get_formats, &format, &e) != 0 || net_open(c, a, cli_argv(a, 0), &n, &e) != 0 ||
	    get(c, a, &n, cli_has(a, "manifest") || strcmp(format, "jsonl") == 0, &e) != 0)
		rc = cli_fail(c, &e);
	net_close(&n);
	return rc;
}

const struct cli_command cmd_get = {
	.name = "get", .args = "URL|TARGET", .summary = "read a TAXII collection into a bundle", .options = get_options,
	.min = 1, .max = 1, .run = run_get,
};

/* ---- delete -------------------------------------------------------------------------------------------------------------------- */

static const struct cli_option delete_options[] = {
	{ "collection", 0, "ID", "the collection by id or alias, where the URL does not name it" },
	{ "match", 'm', "FIELD=VALUE", "which versions: version=all, first, last or a time; spec_version; else all of them" },
	{ "dry-run", 'n', NULL, "show what would be deleted, delete nothing" },
	NET_OPTIONS,
	{ NULL, 0, NULL, NULL }
};

/* Each id by itself: one that is not there does not keep the others. */
static int
delete(struct cli *c, const struct cli_args *a, struct net *n, struct err *e)
{
	struct taxii_query q = { 0 };
	struct taxii_place p;
	int rc = 0;

	if (matches(a, n, &q, e) != 0 || taxii_query_check(&q, e) != 0 ||
	    taxii_locate(n->http, n->target.url, n->target.collection, n->arena, &p, e) != 0)
		return -1;
	for (int i = 1; cli_argv(a, i) != NULL; i++) {
		struct err why = ERR_INIT;

		if (!cli_has(a, "dry-run") && taxii_delete(n->http, &p, cli_argv(a, i), &q, &why) != 0) {
			int status = cli_fail(c, &why);

			if (status != ERR_INPUT)
				return status;
			rc = status;
		} else
			line(c, cli_has(a, "dry-run") ? "would be deleted  " : "deleted  ", cli_argv(a, i));
	}
	return rc;
}

static int
run_delete(struct cli *c, const struct cli_args *a)
{
	struct net n = { 0 };
	struct err e = ERR_INIT;
	int rc;

	if (net_open(c, a, cli_argv(a, 0), &n, &e) != 0 || (rc = delete(c, a, &n, &e)) < 0)
		rc = cli_fail(c, &e);
	net_close(&n);
	return rc;
}

const struct cli_command cmd_delete = {
	.name = "delete", .args = "URL|TARGET ID...", .summary = "delete objects from a TAXII collection", .options = delete_options,
	.min = 2, .max = -1, .run = run_delete,
};
