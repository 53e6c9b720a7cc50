/*
 * Findings as CI systems read them. All text from a file is untrusted: it is escaped for people first (validate_escape), then for
 * the form.
 */
#include <string.h>

#include "cli/forms_in.h"
#include "config.h"
#include "json/json.h"

/* Appends s, safe to look at, as a JSON string. */
static void
json_safe(struct buf *out, const char *s)
{
	struct buf safe = BUF_INIT(LIMIT_JSON_TEXT);

	validate_escape(&safe, s);
	json_write_string(buf_str(&safe), safe.len, out);
	buf_free(&safe);
}

/* The pointer from the object on, when the object has a name of its own: "/objects/7/pattern" would change with every insertion. */
static const char *
own_pointer(const struct validate_finding *f)
{
	static const char objects[] = "/objects/";
	const char *p = f->pointer;

	if (f->id[0] == '\0' || strncmp(p, objects, strlen(objects)) != 0)
		return p;
	p += strlen(objects);
	return p + strcspn(p, "/");
}

/*
 * A name for the finding that is the same in the next run: of file (may be ""), rule, object and property. Not of the message, which
 * may have line numbers; several of one property, which follow one another, are counted.
 */
static void
fingerprint(struct forms_run *r, const char *file, const struct validate_finding *f, char out[DIGEST_HEX])
{
	const char *parts[] = { file, f->code, f->id, own_pointer(f) };
	struct buf b = BUF_INIT(LIMIT_JSON_TEXT);
	size_t i;

	for (i = 0; i < ARRAY_LEN(parts); i++)
		buf_add(&b, parts[i], strlen(parts[i]) + 1);
	digest_sha256(buf_str(&b), b.len, out);
	r->same = strcmp(r->print, out) == 0 ? r->same + 1 : 0;
	memcpy(r->print, out, DIGEST_HEX);
	if (r->same > 0) {
		buf_printf(&b, "%zu", r->same);
		digest_sha256(buf_str(&b), b.len, out);
	}
	buf_free(&b);
}

static const char *
severity(const struct validate_finding *f)
{
	return f->severity == VALIDATE_ERROR ? "error" : "warning";
}

static const char *
separator(struct forms_run *r)
{
	return r->written++ > 0 ? ",\n" : "\n";
}

/* ---- SARIF 2.1.0 ----------------------------------------------------------------------------------------------------------- */

static void
sarif_rules(struct buf *out)
{
	const struct validate_rule *rule;
	size_t i;

	for (i = 0; (rule = validate_rule(i)) != NULL; i++) {
		buf_printf(out, "%s{\"id\":", i > 0 ? ",\n" : "\n");
		json_safe(out, rule->name);
		buf_adds(out, ",\"shortDescription\":{\"text\":");
		json_safe(out, rule->text);
		buf_printf(out, "},\"defaultConfiguration\":{\"level\":\"%s\",\"enabled\":%s},\"properties\":{\"clause\":",
		    rule->severity == VALIDATE_ERROR ? "error" : "warning", rule->optional ? "false" : "true");
		json_safe(out, rule->clause);
		if (rule->number != 0)
			buf_printf(out, ",\"number\":%d", rule->number);
		buf_adds(out, "}}");
	}
}

void
sarif_begin(struct forms_run *r)
{
	buf_reset(&r->line);
	sarif_rules(&r->line);
	fprintf(r->c->out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
	    "\"tool\":{\"driver\":{\"name\":\"stixpress\",\"version\":\"%s\",\"rules\":[%s]}},\"columnKind\":\"unicodeCodePoints\","
	    "\"results\":[", PACKAGE_VERSION, buf_str(&r->line));
}

/* Appends the file name as the URI reference that RFC 3986 makes of it. */
static void
uri(struct buf *out, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

	if (path[0] == '/')
		buf_adds(out, "file://");
	for (; *path != '\0'; path++) {
		if (strchr(plain, *path) != NULL)
			buf_addc(out, *path);
		else
			buf_printf(out, "%%%02X", (unsigned char)*path);
	}
}

static void
sarif_place(struct buf *out, const char *path, const struct validate_finding *f)
{
	buf_adds(out, "{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
	uri(out, path);
	buf_adds(out, "\"}");
	if (f->place.line != 0)
		buf_printf(out, ",\"region\":{\"startLine\":%u,\"startColumn\":%u}", f->place.line, f->place.column);
	buf_adds(out, "}");
	if (f->id[0] != '\0') {
		buf_adds(out, ",\"logicalLocations\":[{\"name\":");
		json_safe(out, f->id);
		buf_adds(out, ",\"fullyQualifiedName\":");
		json_safe(out, f->pointer);
		buf_adds(out, ",\"kind\":\"object\"}]");
	}
	buf_addc(out, '}');
}

void
sarif_finding(struct forms_run *r, const struct validate_finding *f)
{
	char print[DIGEST_HEX];

	fingerprint(r, "", f, print);
	buf_reset(&r->line);
	buf_adds(&r->line, "{\"ruleId\":");
	json_safe(&r->line, f->code);
	buf_printf(&r->line, ",\"level\":\"%s\",\"message\":{\"text\":", severity(f));
	json_safe(&r->line, f->message);
	buf_adds(&r->line, "},\"locations\":[");
	sarif_place(&r->line, r->path, f);
	buf_printf(&r->line, "],\"partialFingerprints\":{\"stixpress/v1\":\"%s\"}}", print);
	fprintf(r->c->out, "%s%s", separator(r), buf_str(&r->line));
}

/* What was withheld is a note of the run. */
void
sarif_file(struct forms_run *r, const struct validate_result *res)
{
	const char *code;
	size_t i, n;

	(void)res;
	for (i = 0; (n = validate_withheld(r->v, i, &code)) > 0; i++) {
		buf_reset(&r->line);
		buf_printf(&r->line, "%s: and %zu more of %s", r->path, n, code);
		buf_printf(&r->notes, "%s{\"level\":\"note\",\"message\":{\"text\":", r->notes.len > 0 ? ",\n" : "\n");
		json_safe(&r->notes, buf_str(&r->line));
		buf_adds(&r->notes, "}}");
	}
}

void
sarif_end(struct forms_run *r)
{
	fprintf(r->c->out, "\n],\"invocations\":[{\"executionSuccessful\":%s,\"exitCode\":%d,\"toolExecutionNotifications\":[%s]}]}]}\n",
	    r->status == ERR_SYSTEM ? "false" : "true", r->status, buf_str(&r->notes));
}

/* ---- JUnit ------------------------------------------------------------------------------------------------------------------- */

/* Appends s, safe to look at, as text or attribute of XML 1.0; what XML cannot hold is escaped already. */
static void
xml_safe(struct buf *out, const char *s)
{
	static const struct { char c; const char *entity; } named[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&apos;" },
	};
	struct buf safe = BUF_INIT(LIMIT_JSON_TEXT);
	const char *p;
	size_t i;

	validate_escape(&safe, s);
	for (p = buf_str(&safe); *p != '\0'; p++) {
		for (i = 0; i < ARRAY_LEN(named) && named[i].c != *p; i++)
			;
		if (i < ARRAY_LEN(named))
			buf_adds(out, named[i].entity);
		else
			buf_addc(out, *p);
	}
	buf_free(&safe);
}

void
junit_begin(struct forms_run *r)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"stixpress validate\">\n", r->c->out);
}

void
junit_finding(struct forms_run *r, const struct validate_finding *f)
{
	buf_reset(&r->line);
	validate_text(&r->line, r->path, f);
	xml_safe(&r->findings, buf_str(&r->line));
	buf_addc(&r->findings, '\n');
}

/* A valid file may have warnings: what the case printed, not why it failed. */
void
junit_file(struct forms_run *r, const struct validate_result *res)
{
	int bad = !forms_valid(r, res);
	const char *code;
	size_t i, n;

	for (i = 0; (n = validate_withheld(r->v, i, &code)) > 0; i++)
		buf_printf(&r->findings, "and %zu more of %s\n", n, code);
	buf_reset(&r->line);
	xml_safe(&r->line, r->path);
	fprintf(r->c->out, "<testsuite name=\"%s\" tests=\"1\" failures=\"%d\" errors=\"0\">\n"
	    "<testcase classname=\"stixpress.validate\" name=\"%s\">\n", buf_str(&r->line), bad, buf_str(&r->line));
	if (bad)
		fprintf(r->c->out, "<failure type=\"invalid\" message=\"%zu errors, %zu warnings\">%s</failure>\n", res->errors,
		    res->warnings, buf_str(&r->findings));
	else if (r->findings.len > 0)
		fprintf(r->c->out, "<system-out>%s</system-out>\n", buf_str(&r->findings));
	fputs("</testcase>\n</testsuite>\n", r->c->out);
	buf_reset(&r->findings);
}

void
junit_end(struct forms_run *r)
{
	fputs("</testsuites>\n", r->c->out);
}

/* ---- GitHub ------------------------------------------------------------------------------------------------------------------ */

/* Appends s as the message of a workflow command, or as a property of one, where ':' and ',' have a meaning too. */
static void
command_text(struct buf *out, const char *s, int property)
{
	for (; *s != '\0'; s++)
		if (*s == '%' || *s == '\r' || *s == '\n' || (property && (*s == ':' || *s == ',')))
			buf_printf(out, "%%%02X", (unsigned char)*s);
		else
			buf_addc(out, *s);
}

/* The same of untrusted text. The line ends of a property, which is a file name, stay what they are, so that the file is found. */
static void
command_safe(struct buf *out, const char *s, int property)
{
	struct buf safe = BUF_INIT(LIMIT_JSON_TEXT), part = BUF_INIT(LIMIT_JSON_TEXT);
	size_t n;

	for (; *s != '\0'; s += n) {
		if ((n = property ? strcspn(s, "\r\n") : strlen(s)) == 0) {
			buf_addc(&safe, *s);
			n = 1;
			continue;
		}
		buf_reset(&part);
		buf_add(&part, s, n);
		validate_escape(&safe, buf_str(&part));
	}
	command_text(out, buf_str(&safe), property);
	buf_free(&safe);
	buf_free(&part);
}

static void
command_begin(struct buf *out, const char *level, const char *path)
{
	buf_printf(out, "::%s file=", level);
	command_safe(out, path, 1);
}

void
github_finding(struct forms_run *r, const struct validate_finding *f)
{
	struct buf *out = f->severity == VALIDATE_ERROR ? &r->line : &r->findings;

	buf_reset(&r->line);
	command_begin(out, severity(f), r->path);
	if (f->place.line != 0)
		buf_printf(out, ",line=%u,col=%u", f->place.line, f->place.column);
	buf_adds(out, ",title=");
	command_safe(out, f->code, 1);
	buf_adds(out, "::");
	if (f->id[0] != '\0') {
		command_safe(out, f->id, 0);
		buf_addc(out, ' ');
	}
	if (f->pointer[0] != '\0') {
		command_safe(out, f->pointer, 0);
		buf_adds(out, ": ");
	}
	command_safe(out, f->message, 0);
	validate_clause(out, f->clause);
	buf_addc(out, '\n');
	fputs(buf_str(&r->line), r->c->out);
}

void
github_file(struct forms_run *r, const struct validate_result *res)
{
	const char *code;
	size_t i, n;

	(void)res;
	for (i = 0; (n = validate_withheld(r->v, i, &code)) > 0; i++) {
		command_begin(&r->notes, "notice", r->path);
		buf_printf(&r->notes, "::and %zu more of %s\n", n, code);
	}
}

void
github_end(struct forms_run *r)
{
	fputs(buf_str(&r->findings), r->c->out);
	fputs(buf_str(&r->notes), r->c->out);
}

/* ---- GitLab ------------------------------------------------------------------------------------------------------------------ */

void
gitlab_begin(struct forms_run *r)
{
	fputc('[', r->c->out);
}

static void
gitlab_row(struct forms_run *r, const struct validate_finding *f, const char *level)
{
	const char *path = strncmp(r->path, "./", 2) == 0 ? r->path + 2 : r->path;
	struct buf text = BUF_INIT(LIMIT_JSON_TEXT);
	char print[DIGEST_HEX];

	fingerprint(r, path, f, print);
	buf_printf(&text, "%s%s%s%s%s", f->id, f->id[0] != '\0' ? " " : "", own_pointer(f), own_pointer(f)[0] != '\0' ? ": " : "",
	    f->message);
	validate_clause(&text, f->clause);
	buf_reset(&r->line);
	buf_adds(&r->line, "{\"description\":");
	json_safe(&r->line, buf_str(&text));
	buf_adds(&r->line, ",\"check_name\":");
	json_safe(&r->line, f->code);
	buf_printf(&r->line, ",\"fingerprint\":\"%s\",\"severity\":\"%s\",\"location\":{\"path\":", print, level);
	json_safe(&r->line, path);
	buf_printf(&r->line, ",\"lines\":{\"begin\":%u}}}", f->place.line != 0 ? f->place.line : 1);
	fprintf(r->c->out, "%s%s", separator(r), buf_str(&r->line));
	buf_free(&text);
}

void
gitlab_finding(struct forms_run *r, const struct validate_finding *f)
{
	gitlab_row(r, f, f->severity == VALIDATE_ERROR ? "major" : "minor");
}

void
gitlab_file(struct forms_run *r, const struct validate_result *res)
{
	struct validate_finding f = { .id = "", .pointer = "", .clause = "" };
	char text[80];
	size_t i, n;

	(void)res;
	for (i = 0; (n = validate_withheld(r->v, i, &f.code)) > 0; i++) {
		snprintf(text, sizeof(text), "and %zu more of this rule", n);
		f.message = text;
		gitlab_row(r, &f, "info");
	}
}

void
gitlab_end(struct forms_run *r)
{
	fputs("\n]\n", r->c->out);
}
