/* stixpress schema: the built-in schemas, and any JSON Schema of draft 2020-12: is it one, and is data valid by it? */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/forms.h"
#include "json/json.h"

#define SCHEMA_ROOT	"https://stixpress.example/schemas/2.1/"
#define DATA_FINDINGS	1000	/* that are told of one file */

/* ---- what is built in ------------------------------------------------------------------------------------------------------ */

/* A file's name as people give it: "indicator" for stix/indicator.json, "envelope" for taxii's, "feed" for feed.schema.json. */
static int
is_called(const char *path, const char *name)
{
	const char *base = strrchr(path, '/');
	size_t n = strlen(name);

	if (strcmp(path, name) == 0)
		return 1;
	base = base != NULL ? base + 1 : path;
	return strncmp(base, name, n) == 0 && (strcmp(base + n, ".json") == 0 || strcmp(base + n, ".schema.json") == 0);
}

static int
show(struct cli *c, const char *name)
{
	const struct embedded *f;

	for (f = embedded_schemas; f->path != NULL; f++)
		if (is_called(f->path, name)) {
			fwrite(f->data, 1, f->len, c->out);
			return 0;
		}
	cli_error(c, "there is no schema '%s' (--list lists them)", name);
	return ERR_USAGE;
}

static const char *
member(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

static int
list(struct cli *c)
{
	const struct embedded *f;
	struct json_text *t;
	struct err e = ERR_INIT;
	const json_t *root;

	for (f = embedded_schemas; f->path != NULL; f++) {
		if (json_read_err(f->path, (const char *)f->data, f->len, &t, &e) != 0)
			return cli_fail(c, &e);
		root = json_text_root(t);
		fprintf(c->out, "%-52s %-9s %-7s %s\n", f->path, member(root, "stix:category"), *member(root, "stix:clause") != '\0' ?
		    member(root, "stix:clause") : member(root, "taxii:clause"), member(root, "title"));
		json_text_free(t);
	}
	return 0;
}

/* ---- a schema of somebody's -------------------------------------------------------------------------------------------------- */

/* Where a schema's references are looked for: its own folder, by path and below the folder of its "$id"; the built-in files. */
struct place {
	char dir[PATH_MAX];
	char base[1024];	/* folder of "$id", or "" */
};

static int
load(void *arg, const char *uri, struct buf *text, struct err *e)
{
	const struct place *p = arg;
	const struct embedded *f;
	char path[PATH_MAX + 2048];
	FILE *there;

	if (strncmp(uri, SCHEMA_ROOT, strlen(SCHEMA_ROOT)) == 0 &&
	    (f = embedded_find(embedded_schemas, uri + strlen(SCHEMA_ROOT))) != NULL) {
		buf_add(text, f->data, f->len);
		return 1;
	}
	if (strncmp(uri, "file://", 7) == 0)
		snprintf(path, sizeof(path), "%s", uri + 7);
	else if (p->base[0] != '\0' && strncmp(uri, p->base, strlen(p->base)) == 0)
		snprintf(path, sizeof(path), "%s/%s", p->dir, uri + strlen(p->base));
	else
		return 0;
	if ((there = fopen(path, "rb")) == NULL)
		return 0;
	fclose(there);
	return file_read(path, LIMIT_SCHEMA_TEXT, text, e) == 0 ? 1 : -1;
}

static struct schema_set *
read_schema(const char *path, struct place *p, const struct schema **out, struct err *e)
{
	struct schema_set *set = schema_set_new(SCHEMA_FORMAT);
	struct json_text *t = NULL;
	const char *id, *slash;
	char real[PATH_MAX], uri[PATH_MAX + 8];

	memset(p, 0, sizeof(*p));
	if (realpath(path, real) == NULL)
		snprintf(real, sizeof(real), "%s", path);
	snprintf(p->dir, sizeof(p->dir), "%s", real);
	if (strrchr(p->dir, '/') != NULL)
		*strrchr(p->dir, '/') = '\0';
	snprintf(uri, sizeof(uri), "file://%s", real);
	schema_set_loader(set, load, p);
	if (json_read_file(path, LIMIT_SCHEMA_TEXT, &t, e) == 0) {
		id = member(json_text_root(t), "$id");
		if ((slash = strrchr(id, '/')) != NULL && (size_t)(slash - id) + 2 < sizeof(p->base))
			snprintf(p->base, sizeof(p->base), "%.*s", (int)(slash - id) + 1, id);
		if (schema_set_add(set, uri, json_text_root(t), e) == 0 && schema_compile(set, uri, out, e) == 0) {
			json_text_free(t);
			return set;
		}
		if (e->kind == ERR_USAGE)
			e->kind = ERR_INPUT;	/* here a schema is what is judged */
		err_prefix(e, "%s", path);
	}
	json_text_free(t);
	schema_set_free(set);
	return NULL;
}

struct data_run {
	struct cli *c;
	const char *path, *form;
	struct json_text *text;
	struct buf line, errors;
	size_t n;
};

static void
found(void *arg, const struct schema_finding *f)
{
	struct data_run *d = arg;
	struct json_place at;
	struct buf uri = BUF_INIT(LIMIT_JSON_TEXT);

	d->n++;
	buf_printf(&uri, "%s#%s", f->uri, f->pointer);
	json_text_place_near(d->text, f->instance, f->at_name, &at);
	if (strcmp(d->form, "basic") == 0) {
		form_basic_error(&d->errors, f->pointer, buf_str(&uri), f->instance, f->message);
	} else if (strcmp(d->form, "text") == 0) {
		buf_reset(&d->line);
		validate_escape(&d->line, d->path);
		buf_printf(&d->line, ":%u:%u: error[%s] ", at.line, at.column, f->keyword[0] != '\0' ? f->keyword : "false");
		validate_escape(&d->line, f->instance);
		buf_adds(&d->line, ": ");
		validate_escape(&d->line, f->message);
		buf_adds(&d->line, " (");
		validate_escape(&d->line, buf_str(&uri));
		fprintf(d->c->out, "%s)\n", buf_str(&d->line));
	}
	buf_free(&uri);
}

/* One file of data. The exit status. */
static int
judge(struct data_run *d, struct schema_set *set, const struct schema *schema, const char *path)
{
	struct schema_run *run = schema_run_new(set);
	struct err e = ERR_INIT;
	enum schema_verdict verdict;

	d->path = path;
	d->n = 0;
	buf_reset(&d->errors);
	if (json_read_file(path, LIMIT_JSON_TEXT, &d->text, &e) != 0) {
		schema_run_free(run);
		return cli_fail(d->c, &e);
	}
	verdict = schema_check(run, schema, json_text_root(d->text));
	if (verdict != SCHEMA_VALID)
		verdict = schema_explain(run, schema, json_text_root(d->text), DATA_FINDINGS, found, d);
	if (strcmp(d->form, "text") != 0)
		form_verdict(d->c->out, strcmp(d->form, "basic") == 0, verdict == SCHEMA_VALID, buf_str(&d->errors));
	else
		cli_note(d->c, "%s: %s", path, verdict == SCHEMA_VALID ? "valid" : "invalid");
	json_text_free(d->text);
	schema_run_free(run);
	return verdict == SCHEMA_VALID ? 0 : ERR_INPUT;
}

static int
check(struct cli *c, const struct cli_args *a, const char *path)
{
	struct data_run d = { .c = c, .form = cli_get(a, "format"), .line = BUF_INIT(LIMIT_JSON_TEXT),
	    .errors = BUF_INIT(LIMIT_JSON_TEXT) };
	const struct schema *schema;
	struct err e = ERR_INIT;
	struct schema_set *set;
	struct place p;
	int i, status = 0;

	if (d.form == NULL)
		d.form = "text";
	if (strcmp(d.form, "text") != 0 && strcmp(d.form, "flag") != 0 && strcmp(d.form, "basic") != 0)
		return cli_usage(c, "--format: there is no format '%s'", d.form);
	if ((set = read_schema(path, &p, &schema, &e)) == NULL)
		return cli_fail(c, &e);
	if (cli_argc(a) == 0)
		cli_note(c, "%s: a schema of draft 2020-12", path);
	for (i = 0; i < cli_argc(a); i++)
		status = cli_worse(status, judge(&d, set, schema, cli_argv(a, i)));
	schema_set_free(set);
	buf_free(&d.line);
	buf_free(&d.errors);
	return status;
}

static int
run(struct cli *c, const struct cli_args *a)
{
	const char *s;
	int i, status = 0;

	if (cli_has(a, "list"))
		return list(c);
	if ((s = cli_get(a, "show")) != NULL)
		return show(c, s);
	if (cli_get(a, "check") == NULL)
		return cli_usage(c, "one of --check FILE, --list and --show TYPE is missing");
	for (i = 0; (s = cli_nth(a, "check", i)) != NULL; i++)
		status = cli_worse(status, check(c, a, s));
	return status;
}

static const struct cli_option options[] = {
	{ "check", 0, "FILE", "say whether FILE is a schema, and whether the data files are valid by it" },
	{ "list", 0, NULL, "list the built-in schemas" },
	{ "show", 0, "TYPE", "print the built-in schema of a type, a resource or a file of ours" },
	{ "format", 'f', "FORMAT", "for data: text (default), or flag or basic of JSON Schema" },
	{ 0 }
};

const struct cli_command cmd_schema = {
	"schema", "[DATA...]", "show the built-in JSON Schemas, or check others", options, 0, -1, run,
};
