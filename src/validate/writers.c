/* Findings as text and as JSON. */
#include <string.h>

#include "validate/validate_in.h"

/* So that a finding cannot forge another. */
void
validate_escape(struct buf *out, const char *s)
{
	size_t n = strlen(s), i = 0;
	uint32_t cp;
	int len;

	for (; i < n; i += (size_t)len) {
		len = utf8_decode(s + i, n - i, &cp);
		if (len == 0) {
			buf_printf(out, "\\x%02x", (unsigned char)s[i]);
			len = 1;
		} else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e || cp == 0x200f ||
		    (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff ||
		    cp == 0xfffe || cp == 0xffff)
			buf_printf(out, "\\u%04x", cp);
		else
			buf_add(out, s + i, (size_t)len);
	}
}

void
validate_clause(struct buf *out, const char *clause)
{
	if (clause[0] != '\0')
		buf_printf(out, clause[0] >= '0' && clause[0] <= '9' ? " (STIX 2.1 section %s)" : " (%s)", clause);
}

void
validate_text(struct buf *out, const char *file, const struct validate_finding *f)
{
	validate_escape(out, file);
	if (f->place.line != 0)
		buf_printf(out, ":%u:%u", f->place.line, f->place.column);
	buf_printf(out, ": %s[%s]", f->severity == VALIDATE_ERROR ? "error" : "warning", f->code);
	if (f->id[0] != '\0') {
		buf_addc(out, ' ');
		validate_escape(out, f->id);
	}
	if (f->pointer[0] != '\0') {
		buf_addc(out, ' ');
		validate_escape(out, f->pointer);
	}
	buf_adds(out, ": ");
	validate_escape(out, f->message);
	validate_clause(out, f->clause);
}

static void
string_member(struct buf *out, const char *name, const char *s)
{
	buf_printf(out, ",\"%s\":", name);
	json_write_string(s, strlen(s), out);
}

void
validate_json(struct buf *out, const struct validate_finding *f)
{
	buf_adds(out, "{\"code\":");
	json_write_string(f->code, strlen(f->code), out);
	if (f->number != 0)
		buf_printf(out, ",\"number\":%d", f->number);
	string_member(out, "severity", f->severity == VALIDATE_ERROR ? "error" : "warning");
	string_member(out, "id", f->id);
	string_member(out, "pointer", f->pointer);
	if (f->place.line != 0)
		buf_printf(out, ",\"line\":%u,\"column\":%u", f->place.line, f->place.column);
	string_member(out, "message", f->message);
	string_member(out, "clause", f->clause);
	if (f->schema != NULL)
		string_member(out, "schema", f->schema);
	if (f->fix != NULL) {
		buf_adds(out, ",\"fix\":[{\"op\":\"replace\"");
		string_member(out, "path", f->pointer);
		string_member(out, "value", f->fix);
		buf_adds(out, "}]");
	}
	buf_addc(out, '}');
}
