/* The words of the patterning language: literals, names, operators, keywords, comments. */
#include <ctype.h>
#include <string.h>

#include "validate/pattern_in.h"

/* Reserved words, which are no names of types or properties; op: the comparison operator, or -1. */
static const struct {
	const char *word;
	enum keyword key;
	int op;
} keywords[] = {
	{ "AND", K_AND, -1 }, { "OR", K_OR, -1 }, { "NOT", K_NOT, -1 }, { "FOLLOWEDBY", K_FOLLOWEDBY, -1 },
	{ "LIKE", K_LIKE, PATTERN_LIKE }, { "MATCHES", K_MATCHES, PATTERN_MATCHES },
	{ "ISSUPERSET", K_ISSUPERSET, PATTERN_ISSUPERSET }, { "ISSUBSET", K_ISSUBSET, PATTERN_ISSUBSET },
	{ "EXISTS", K_EXISTS, -1 }, { "IN", K_IN, PATTERN_IN }, { "START", K_START, -1 }, { "STOP", K_STOP, -1 },
	{ "SECONDS", K_SECONDS, -1 }, { "WITHIN", K_WITHIN, -1 }, { "REPEATS", K_REPEATS, -1 }, { "TIMES", K_TIMES, -1 },
};

void
pattern_fail(struct parser *p, size_t at, size_t end, const char *fmt, ...)
{
	va_list ap;

	if (p->failed)
		return;
	p->failed = 1;
	p->fault->at = at;
	p->fault->end = end > at ? end : at;
	va_start(ap, fmt);
	vsnprintf(p->fault->message, sizeof(p->fault->message), fmt, ap);
	va_end(ap);
	/* a cut must not leave half a character behind */
	p->fault->message[utf8_valid(p->fault->message, strlen(p->fault->message))] = '\0';
	p->t.kind = T_BAD;
}

/* ---- tokens --------------------------------------------------------------------------------------------------- */

/* Unicode's White_Space property (section 9.4). */
static int
is_space(uint32_t c)
{
	return (c >= 9 && c <= 13) || c == 32 || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	    c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* Skips white space and comments. */
static void
skip_space(struct parser *p)
{
	uint32_t c;
	int n;

	while (p->pos < p->len && (n = utf8_decode(p->s + p->pos, p->len - p->pos, &c)) > 0) {
		if (is_space(c)) {
			p->pos += n;
		} else if (c == '/' && p->pos + 1 < p->len && p->s[p->pos + 1] == '/') {
			while (p->pos < p->len && p->s[p->pos] != '\n' && p->s[p->pos] != '\r')
				p->pos++;
		} else if (c == '/' && p->pos + 1 < p->len && p->s[p->pos + 1] == '*') {
			const char *e = memmem(p->s + p->pos + 2, p->len - p->pos - 2, "*/", 2);

			if (e == NULL)
				return;
			p->pos = e - p->s + 2;
		} else {
			return;
		}
	}
}

/* Moves past the string that opens at pos. */
static int
scan_string(struct parser *p)
{
	size_t at = p->pos;

	for (p->pos++; p->pos < p->len; p->pos++) {
		if (p->s[p->pos] == '\'') {
			p->pos++;
			return 0;
		}
		if (p->s[p->pos] != '\\')
			continue;
		if (p->pos + 1 < p->len && (p->s[p->pos + 1] == '\'' || p->s[p->pos + 1] == '\\')) {
			p->pos++;
			continue;
		}
		pattern_fail(p, p->pos, p->pos + 1, "in a string, \"\\\" is followed by \"'\" or \"\\\"; write \"\\\\\" for a backslash");
		return -1;
	}
	pattern_fail(p, at, at + 1, "a string has no closing \"'\"");
	return -1;
}

static int
hex_ok(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isxdigit((unsigned char)s[i]))
			return 0;
	return n % 2 == 0;
}

/* RFC 4648 base64 with padding; line feeds are ignored (section 9.2). */
static int
base64_ok(const char *s, size_t n)
{
	size_t i, chars = 0, pad = 0;

	for (i = 0; i < n; i++) {
		if (s[i] == '\n' || s[i] == '\r')
			continue;
		chars++;
		if (s[i] == '=') {
			if (++pad > 2)
				return 0;
		} else if (pad != 0 || !(isalnum((unsigned char)s[i]) || s[i] == '+' || s[i] == '/')) {
			return 0;
		}
	}
	return chars % 4 == 0;
}

static int
timestamp_ok(const char *s, size_t n)
{
	struct stamp t;

	return stamp_parse(s, n, &t) == 0;
}

/* h'..', b'..', t'..': the prefix, what it is, its form. */
static const struct {
	char prefix;
	enum pattern_literal literal;
	int (*ok)(const char *, size_t);
	const char *want;
} prefixed[] = {
	{ 'h', PATTERN_HEX, hex_ok, "an even number of hexadecimal digits" },
	{ 'b', PATTERN_BINARY, base64_ok, "base64" },
	{ 't', PATTERN_TIMESTAMP, timestamp_ok, "a real date and time in the form YYYY-MM-DDTHH:mm:ss[.s+]Z" },
};

static void
scan_prefixed(struct parser *p, size_t row)
{
	size_t at = p->pos;

	p->pos++;
	if (scan_string(p) != 0)
		return;
	p->t = (struct token){ T_VALUE, K_NONE, -1, prefixed[row].literal, at, p->pos };
	if (!prefixed[row].ok(p->s + at + 2, p->pos - at - 3))
		pattern_fail(p, at, p->pos, "a %s constant holds %s", pattern_literal_name(prefixed[row].literal), prefixed[row].want);
}

static void
scan_number(struct parser *p)
{
	size_t at = p->pos, digits, i;
	int is_float = 0;

	if (p->s[p->pos] == '-' || p->s[p->pos] == '+')
		p->pos++;
	for (digits = p->pos; p->pos < p->len && isdigit((unsigned char)p->s[p->pos]); p->pos++)
		;
	i = p->pos - digits;
	if (p->pos + 1 < p->len && p->s[p->pos] == '.' && isdigit((unsigned char)p->s[p->pos + 1])) {
		is_float = 1;
		for (p->pos++; p->pos < p->len && isdigit((unsigned char)p->s[p->pos]); p->pos++)
			;
	}
	p->t = (struct token){ T_VALUE, K_NONE, -1, is_float ? PATTERN_FLOAT : PATTERN_INTEGER, at, p->pos };
	if (i == 0 && !is_float)
		pattern_fail(p, at, p->pos, "a number has digits after its sign");
	else if (i > 1 && p->s[digits] == '0' && !is_float)
		pattern_fail(p, at, p->pos, "an integer has no leading zeros");
}

static void
scan_word(struct parser *p)
{
	size_t at = p->pos, i;
	int hyphen = 0;

	while (p->pos < p->len && (isalnum((unsigned char)p->s[p->pos]) || p->s[p->pos] == '_' || p->s[p->pos] == '-')) {
		hyphen |= p->s[p->pos] == '-';
		p->pos++;
	}
	p->t = (struct token){ hyphen ? T_HYPHENED : T_WORD, K_NONE, -1, 0, at, p->pos };
	if (p->pos - at == 4 && memcmp(p->s + at, "true", 4) == 0)
		p->t.kind = T_VALUE, p->t.literal = PATTERN_BOOLEAN;
	else if (p->pos - at == 5 && memcmp(p->s + at, "false", 5) == 0)
		p->t.kind = T_VALUE, p->t.literal = PATTERN_BOOLEAN;
	for (i = 0; i < ARRAY_LEN(keywords); i++)
		if (strlen(keywords[i].word) == p->pos - at && memcmp(p->s + at, keywords[i].word, p->pos - at) == 0) {
			p->t.kind = T_KEYWORD;
			p->t.key = keywords[i].key;
			p->t.op = keywords[i].op;
		}
}

static void
scan_sign(struct parser *p)
{
	static const struct {
		const char *text;
		enum token_kind kind;
		int op;
	} signs[] = {
		{ "==", T_OP, PATTERN_EQ }, { "=", T_OP, PATTERN_EQ }, { "!=", T_OP, PATTERN_NE }, { "<>", T_OP, PATTERN_NE },
		{ ">=", T_OP, PATTERN_GE }, { "<=", T_OP, PATTERN_LE }, { ">", T_OP, PATTERN_GT }, { "<", T_OP, PATTERN_LT },
		{ ":", T_COLON, -1 }, { ".", T_DOT, -1 }, { ",", T_COMMA, -1 }, { "(", T_OPEN, -1 }, { ")", T_CLOSE, -1 },
		{ "[", T_LBRACK, -1 }, { "]", T_RBRACK, -1 }, { "*", T_STAR, -1 },
	};
	uint32_t c;
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(signs); i++) {
		n = strlen(signs[i].text);
		if (p->len - p->pos >= n && memcmp(p->s + p->pos, signs[i].text, n) == 0) {
			p->t = (struct token){ signs[i].kind, K_NONE, signs[i].op, 0, p->pos, p->pos + n };
			p->pos += n;
			return;
		}
	}
	n = utf8_decode(p->s + p->pos, p->len - p->pos, &c);
	if (p->s[p->pos] == '"')
		pattern_fail(p, p->pos, p->pos + 1, "strings stand between \"'\", not between '\"'");
	else if (p->s[p->pos] == '/')
		pattern_fail(p, p->pos, p->pos + 1, "\"/\" begins nothing here, or a comment that has no end");
	else
		pattern_fail(p, p->pos, p->pos + (n > 0 ? n : 1), "this character (U+%04X) has no place in a pattern", n > 0 ? c : 0xfffd);
}

/* Reads the token ahead. */
void
pattern_advance(struct parser *p)
{
	unsigned char c;
	size_t i;

	if (p->failed)
		return;
	skip_space(p);
	if (p->pos >= p->len) {
		p->t = (struct token){ T_END, K_NONE, -1, 0, p->len, p->len };
		return;
	}
	c = p->s[p->pos];
	for (i = 0; i < ARRAY_LEN(prefixed); i++)
		if (c == prefixed[i].prefix && p->pos + 1 < p->len && p->s[p->pos + 1] == '\'') {
			scan_prefixed(p, i);
			return;
		}
	if (c == '\'') {
		size_t at = p->pos;

		if (scan_string(p) == 0)
			p->t = (struct token){ T_VALUE, K_NONE, -1, PATTERN_STRING, at, p->pos };
	} else if (isdigit(c) || c == '-' || c == '+' ||
	    (c == '.' && p->pos + 1 < p->len && isdigit((unsigned char)p->s[p->pos + 1]))) {
		scan_number(p);
	} else if (isalpha(c) || c == '_') {
		scan_word(p);
	} else {
		scan_sign(p);
	}
}

