/* The forms of output of stixpress validate: a row each. Text and JSON are here, those of CI systems in forms_ci.c. */
#include <string.h>

#include "cli/forms_in.h"

int
forms_valid(const struct forms_run *r, const struct validate_result *res)
{
	return res->errors == 0 && !(r->strict && res->warnings > 0);
}

/* ---- text ---------------------------------------------------------------------------------------------------------------- */

/* The line of that number; findings come in the order of the text but for the last ones, so the file is read once or twice. */
static const char *
source_line(struct forms_run *r, uint32_t line)
{
	if (r->source == NULL || line == 0)
		return NULL;
	if (line < r->source_line) {
		file_in_close(r->source);		/* one that is compressed cannot be rewound */
		r->source = file_in_open(r->path, NULL);
		r->source_line = 0;
		if (r->source == NULL)
			return NULL;
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
show_source(struct forms_run *r, const struct validate_finding *f)
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
text_finding(struct forms_run *r, const struct validate_finding *f)
{
	buf_reset(&r->line);
	validate_text(&r->line, r->path, f);
	fprintf(r->c->out, "%s\n", buf_str(&r->line));
	if (r->show)
		show_source(r, f);
}

static void
text_file(struct forms_run *r, const struct validate_result *res)
{
	const char *code;
	char *path = cli_escape(r->path);
	size_t i, n;

	for (i = 0; (n = validate_withheld(r->v, i, &code)) > 0; i++)
		fprintf(r->c->out, "%s: and %zu more of %s\n", path, n, code);
	fflush(r->c->out);
	if (!r->c->quiet)
		fprintf(r->c->err, "%s: %s: %zu object%s, %zu error%s, %zu warning%s\n", path, forms_valid(r, res) ? "valid" : "invalid",
		    res->objects, res->objects == 1 ? "" : "s", res->errors, res->errors == 1 ? "" : "s", res->warnings,
		    res->warnings == 1 ? "" : "s");
	free(path);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------------ */

static void
json_finding(struct forms_run *r, const struct validate_finding *f)
{
	if (r->findings.len > 0)
		buf_addc(&r->findings, ',');
	validate_json(&r->findings, f);
}

static void
json_file(struct forms_run *r, const struct validate_result *res)
{
	const char *code;
	size_t i, n;

	buf_reset(&r->line);
	buf_adds(&r->line, "{\"file\":");
	json_write_string(r->path, strlen(r->path), &r->line);
	fprintf(r->c->out, "%s,\"valid\":%s,\"objects\":%zu,\"errors\":%zu,\"warnings\":%zu,\"findings\":[%s]", buf_str(&r->line),
	    forms_valid(r, res) ? "true" : "false", res->objects, res->errors, res->warnings, buf_str(&r->findings));
	for (i = 0; (n = validate_withheld(r->v, i, &code)) > 0; i++)
		fprintf(r->c->out, "%s\"%s\":%zu", i == 0 ? ",\"withheld\":{" : ",", code, n);
	fputs(i > 0 ? "}}" : "}", r->c->out);
	buf_reset(&r->findings);
}

static void
jsonl_file(struct forms_run *r, const struct validate_result *res)
{
	json_file(r, res);
	fputc('\n', r->c->out);
}

static void
json_begin(struct forms_run *r)
{
	fputs("[", r->c->out);
}

static void
json_array_file(struct forms_run *r, const struct validate_result *res)
{
	fputs(r->files > 1 ? ",\n" : "\n", r->c->out);
	json_file(r, res);
}

static void
json_end(struct forms_run *r)
{
	fputs("\n]\n", r->c->out);
}

/* ---- flag and basic of JSON Schema ---------------------------------------------------------------------------------------- */

static void
basic_member(struct buf *out, const char *name, const char *s)
{
	buf_printf(out, ",\"%s\":", name);
	json_write_string(s, strlen(s), out);
}

void
form_basic_error(struct buf *out, const char *keyword, const char *uri, const char *instance, const char *message)
{
	buf_adds(out, out->len > 0 ? ",{\"valid\":false" : "{\"valid\":false");
	basic_member(out, "keywordLocation", keyword);
	if (uri != NULL)
		basic_member(out, "absoluteKeywordLocation", uri);
	basic_member(out, "instanceLocation", instance);
	basic_member(out, "error", message);
	buf_addc(out, '}');
}

void
form_verdict(FILE *f, int basic, int valid, const char *errors)
{
	fprintf(f, "{\"valid\":%s", valid ? "true" : "false");
	if (basic)
		fputs(",\"keywordLocation\":\"\",\"instanceLocation\":\"\"", f);
	if (basic && !valid)
		fprintf(f, ",\"errors\":[%s]", errors);
	fputs("}\n", f);
}

/* A rule has no keyword in a schema: it is told as a member of "stix:rules". */
static void
basic_finding(struct forms_run *r, const struct validate_finding *f)
{
	const char *hash = f->schema != NULL ? strchr(f->schema, '#') : NULL;
	char rule[80];

	if (f->severity == VALIDATE_WARNING && !r->strict)
		return;
	snprintf(rule, sizeof(rule), "/stix:rules/%s", f->code);
	form_basic_error(&r->findings, hash != NULL ? hash + 1 : rule, f->schema, f->pointer, f->message);
}

static void
basic_file(struct forms_run *r, const struct validate_result *res)
{
	form_verdict(r->c->out, 1, forms_valid(r, res), buf_str(&r->findings));
	buf_reset(&r->findings);
}

static void
flag_finding(struct forms_run *r, const struct validate_finding *f)
{
	(void)r;
	(void)f;
}

static void
flag_file(struct forms_run *r, const struct validate_result *res)
{
	form_verdict(r->c->out, 0, forms_valid(r, res), "");
}

static const struct form forms[] = {
	{ "text", 0, NULL, text_finding, text_file, NULL },
	{ "jsonl", 1, NULL, json_finding, jsonl_file, NULL },
	{ "json", 1, json_begin, json_finding, json_array_file, json_end },
	{ "flag", 1, NULL, flag_finding, flag_file, NULL }, { "basic", 1, NULL, basic_finding, basic_file, NULL },
	{ "sarif", 1, sarif_begin, sarif_finding, sarif_file, sarif_end },
	{ "junit", 1, junit_begin, junit_finding, junit_file, junit_end },
	{ "github", 1, NULL, github_finding, github_file, github_end },
	{ "gitlab", 1, gitlab_begin, gitlab_finding, gitlab_file, gitlab_end },
};

const struct form *
form_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(forms); i++)
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	return NULL;
}
