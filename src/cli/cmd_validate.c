/* stixpress validate: files, folders, standard input; findings as text, JSON Lines or JSON. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "validate/validate.h"

struct run;
/* A form of output: what is written before all files, for each finding, after each file, at the end. */
struct format {
	const char *name;
	void (*begin)(struct run *r);
	void (*finding)(struct run *r, const struct validate_finding *f);
	void (*file)(struct run *r, const struct validate_result *res);
	void (*end)(struct run *r);
};

struct run {
	struct cli *c;
	struct validate *v;
	const struct format *format;
	const char *path;		/* of the file at hand, as given */
	int strict;
	int show;			/* the line of a finding too: -v, or somebody is reading */
	struct buf line;		/* text of one line */
	struct buf findings;		/* of the file, for formats that tell the verdict first */
	size_t files, invalid, errors, warnings, objects;
	FILE *source;			/* the file once more, to show lines of it; or NULL */
	uint32_t source_line;
	char *source_text;
	size_t source_cap;
	int status;
};

static int
is_valid(const struct run *r, const struct validate_result *res)
{
	return res->errors == 0 && !(r->strict && res->warnings > 0);
}

/* ---- text ---------------------------------------------------------------------------------------------------------------- */

/* The line of that number; findings come in the order of the text but for the last ones, so the file is read once or twice. */
static const char *
source_line(struct run *r, uint32_t line)
{
	if (r->source == NULL || line == 0)
		return NULL;
	if (line < r->source_line) {
		rewind(r->source);
		r->source_line = 0;
	}
	while (r->source_line < line) {
		if (getline(&r->source_text, &r->source_cap, r->source) < 0)
			return NULL;
		r->source_line++;
	}
	return r->source_text;
}

#define SHOWN	100	/* characters of a source line that are shown */

/* Copies the part of a line around a column, control characters blanked; *column becomes the column in the copy. */
static char *
source_part(const char *line, uint32_t *column)
{
	struct buf b = BUF_INIT(SHOWN * 4 + 16);
	size_t n = strcspn(line, "\r\n"), i = 0, first = *column > 60 ? *column - 60 : 1, col = 1;
	char *out, *safe;
	uint32_t cp;
	int len;

	for (; i < n && col < first + SHOWN; i += (size_t)len, col++) {
		if ((len = utf8_decode(line + i, n - i, &cp)) == 0) {
			len = 1;
			cp = 0;
		}
		if (col < first)
			continue;
		if (cp < 0x20)
			buf_addc(&b, ' ');
		else
			buf_add(&b, line + i, (size_t)len);
	}
	*column -= (uint32_t)(first - 1);
	out = buf_take(&b);
	safe = cli_escape(out);
	free(out);
	return safe;
}

static void
show_source(struct run *r, const struct validate_finding *f)
{
	const char *line = source_line(r, f->place.line);
	uint32_t column = f->place.column, width = (uint32_t)(f->place.end - f->place.offset), i;
	char *part;

	if (line == NULL)
		return;
	part = source_part(line, &column);
	fprintf(r->c->out, "%6u | %s\n       | ", f->place.line, part);
	for (i = 1; i < column; i++)
		fputc(' ', r->c->out);
	for (i = 0; i < width && column + i < SHOWN && (i == 0 || f->place.end - f->place.offset < 200); i++)
		fputc('^', r->c->out);
	fputc('\n', r->c->out);
	free(part);
}

static void
text_finding(struct run *r, const struct validate_finding *f)
{
	buf_reset(&r->line);
	validate_text(&r->line, r->path, f);
	fprintf(r->c->out, "%s\n", buf_str(&r->line));
	if (r->show)
		show_source(r, f);
}

static void
text_file(struct run *r, const struct validate_result *res)
{
	const char *code;
	char *path = cli_escape(r->path);
	size_t i, n;

	for (i = 0; (n = validate_withheld(r->v, i, &code)) > 0; i++)
		fprintf(r->c->out, "%s: and %zu more of %s\n", path, n, code);
	fflush(r->c->out);
	if (!r->c->quiet)
		fprintf(r->c->err, "%s: %s: %zu object%s, %zu error%s, %zu warning%s\n", path, is_valid(r, res) ? "valid" : "invalid",
		    res->objects, res->objects == 1 ? "" : "s", res->errors, res->errors == 1 ? "" : "s", res->warnings,
		    res->warnings == 1 ? "" : "s");
	free(path);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------------ */

static void
json_finding(struct run *r, const struct validate_finding *f)
{
	if (r->findings.len > 0)
		buf_addc(&r->findings, ',');
	validate_json(&r->findings, f);
}

static void
json_file(struct run *r, const struct validate_result *res)
{
	const char *code;
	size_t i, n;

	buf_reset(&r->line);
	buf_adds(&r->line, "{\"file\":");
	json_write_string(r->path, strlen(r->path), &r->line);
	fprintf(r->c->out, "%s,\"valid\":%s,\"objects\":%zu,\"errors\":%zu,\"warnings\":%zu,\"findings\":[%s]", buf_str(&r->line),
	    is_valid(r, res) ? "true" : "false", res->objects, res->errors, res->warnings, buf_str(&r->findings));
	for (i = 0; (n = validate_withheld(r->v, i, &code)) > 0; i++)
		fprintf(r->c->out, "%s\"%s\":%zu", i == 0 ? ",\"withheld\":{" : ",", code, n);
	fputs(i > 0 ? "}}" : "}", r->c->out);
	buf_reset(&r->findings);
}

static void
jsonl_file(struct run *r, const struct validate_result *res)
{
	json_file(r, res);
	fputc('\n', r->c->out);
}

static void
json_begin(struct run *r)
{
	fputs("[", r->c->out);
}

static void
json_array_file(struct run *r, const struct validate_result *res)
{
	fputs(r->files > 1 ? ",\n" : "\n", r->c->out);
	json_file(r, res);
}

static void
json_end(struct run *r)
{
	fputs("\n]\n", r->c->out);
}

static const struct format formats[] = {
	{ "text", NULL, text_finding, text_file, NULL },
	{ "jsonl", NULL, json_finding, jsonl_file, NULL },
	{ "json", json_begin, json_finding, json_array_file, json_end },
};

/* ---- files ----------------------------------------------------------------------------------------------------------------- */

static void
found(void *arg, const struct validate_finding *f)
{
	struct run *r = arg;

	r->format->finding(r, f);
}

static void
source_close(struct run *r)
{
	if (r->source != NULL)
		fclose(r->source);
	r->source = NULL;
	r->source_line = 0;
}

static void
one_file(struct run *r, const char *path)
{
	struct validate_result res;
	struct err e = ERR_INIT;
	int is_stdin = strcmp(path, "-") == 0;
	FILE *f = is_stdin ? stdin : fopen(path, "rb");

	r->path = is_stdin ? "(standard input)" : path;
	if (f == NULL) {
		cli_error(r->c, "%s: %s", path, strerror(errno));
		r->status = cli_worse(r->status, ERR_SYSTEM);
		return;
	}
	if (r->show && !is_stdin)
		r->source = fopen(path, "rb");
	if (validate_stream(r->v, f, found, r, &res, &e) != 0) {
		err_prefix(&e, "%s: ", path);
		r->status = cli_worse(r->status, cli_fail(r->c, &e));
		buf_reset(&r->findings);
	} else {
		r->files++;
		r->errors += res.errors;
		r->warnings += res.warnings;
		r->objects += res.objects;
		r->invalid += !is_valid(r, &res);
		r->format->file(r, &res);
		if (!is_valid(r, &res))
			r->status = cli_worse(r->status, ERR_INPUT);
	}
	source_close(r);
	if (!is_stdin)
		fclose(f);
}

static void one_path(struct run *r, const char *path, int depth);

static int
is_json_name(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && (strcmp(dot, ".json") == 0 || strcmp(dot, ".jsonl") == 0 || strcmp(dot, ".ndjson") == 0);
}

/* The JSON files of a folder and its sub-folders, by name. */
static void
one_folder(struct run *r, const char *dir, int depth)
{
	struct dirent **list;
	struct stat st;
	int i, n = scandir(dir, &list, NULL, alphasort);
	char *path;

	if (n < 0) {
		cli_error(r->c, "%s: %s", dir, strerror(errno));
		r->status = cli_worse(r->status, ERR_SYSTEM);
		return;
	}
	for (i = 0; i < n; free(list[i++])) {
		if (list[i]->d_name[0] == '.')
			continue;
		if (asprintf(&path, "%s%s%s", dir, dir[strlen(dir) - 1] == '/' ? "" : "/", list[i]->d_name) < 0)
			base_oom();
		if (stat(path, &st) == 0 && (S_ISDIR(st.st_mode) || is_json_name(path)))
			one_path(r, path, depth - 1);
		free(path);
	}
	free(list);
}

static void
one_path(struct run *r, const char *path, int depth)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (depth > 0)
			one_folder(r, path, depth);
		return;
	}
	one_file(r, path);
}

/* ---- the command ------------------------------------------------------------------------------------------------------------- */

static void
list_rules(struct cli *c)
{
	const struct validate_rule *rule;
	size_t i;

	for (i = 0; (rule = validate_rule(i)) != NULL; i++) {
		if (rule->number != 0)
			fprintf(c->out, "%3d ", rule->number);
		else
			fputs("  - ", c->out);
		fprintf(c->out, "%-32s %-8s %-7s %s%s\n", rule->name, rule->severity == VALIDATE_ERROR ? "error" : "warning",
		    rule->clause, rule->text, rule->optional ? " (off unless enabled)" : "");
	}
}

static int
choices(struct run *r, const struct cli_args *a, struct err *e)
{
	const char *s;
	unsigned flags = 0;
	long limit;
	int i;

	for (i = 0; (s = cli_nth(a, "schemas", i)) != NULL; i++)
		if (validate_schemas(r->v, s, e) != 0)
			return -1;
	for (i = 0; (s = cli_nth(a, "disable", i)) != NULL; i++)
		if (validate_disable(r->v, s, e) != 0)
			return -1;
	for (i = 0; (s = cli_nth(a, "enable", i)) != NULL; i++)
		if (validate_enable(r->v, s, e) != 0)
			return -1;
	if (cli_number(a, "max", 0, 1000000000, VALIDATE_PER_CODE, &limit, e) != 0)
		return -1;
	validate_limit(r->v, (size_t)limit);
	flags |= cli_has(a, "enforce-refs") ? VALIDATE_ENFORCE_REFS : 0;
	flags |= cli_has(a, "strict-types") ? VALIDATE_STRICT_TYPES : 0;
	flags |= cli_has(a, "strict-properties") ? VALIDATE_STRICT_PROPERTIES : 0;
	validate_flags(r->v, flags);
	r->strict = cli_has(a, "strict");
	return 0;
}

static int
find_format(struct run *r, const char *name, struct err *e)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(formats[i].name, name) == 0) {
			r->format = &formats[i];
			return 0;
		}
	return err_set(e, ERR_USAGE, "--format: there is no format '%s'", name);
}

static int
run(struct cli *c, const struct cli_args *a)
{
	struct run r = { .c = c, .line = BUF_INIT(LIMIT_JSON_TEXT), .findings = BUF_INIT(LIMIT_JSON_TEXT) };
	const char *format = cli_get(a, "format");
	struct err e = ERR_INIT;
	int i;

	if (cli_has(a, "list-rules")) {
		list_rules(c);
		return 0;
	}
	r.v = validate_new();
	r.show = c->verbose || isatty(fileno(c->out));
	if (find_format(&r, format != NULL ? format : "text", &e) != 0 || choices(&r, a, &e) != 0) {
		validate_free(r.v);
		return cli_fail(c, &e);
	}
	if (r.format->begin != NULL)
		r.format->begin(&r);
	for (i = 0; i < cli_argc(a); i++)
		one_path(&r, cli_argv(a, i), 32);
	if (cli_argc(a) == 0)
		one_path(&r, "-", 0);
	if (r.format->end != NULL)
		r.format->end(&r);
	if (r.files > 1)
		cli_note(c, "%zu files, %zu invalid, %zu objects, %zu errors, %zu warnings", r.files, r.invalid, r.objects, r.errors,
		    r.warnings);
	buf_free(&r.line);
	buf_free(&r.findings);
	free(r.source_text);
	validate_free(r.v);
	return r.status;
}

static const struct cli_option options[] = {
	{ "schemas", 's', "DIR", "schemas of custom types and extensions, or to replace built-in ones" },
	{ "disable", 'd', "RULES", "rules to leave out: names or numbers, separated by commas" },
	{ "enable", 'e', "RULES", "of the rules that warn, only these (with --disable: these too)" },
	{ "strict", 0, NULL, "warnings fail too" },
	{ "enforce-refs", 0, NULL, "a reference to an object that is not in the file is an error" },
	{ "strict-types", 0, NULL, "custom types are errors" },
	{ "strict-properties", 0, NULL, "custom properties are errors" },
	{ "format", 'f', "FORMAT", "text (default), jsonl (a line a file) or json" },
	{ "max", 0, "N", "findings of one code that are shown per file (default 20, 0: all)" },
	{ "list-rules", 0, NULL, "list the rules" },
	{ 0 }
};

const struct cli_command cmd_validate = {
	"validate", "[FILE|DIR...]", "check STIX 2.1 files against schemas and rules", options, 0, -1, run,
};
