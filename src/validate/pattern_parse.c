/*
 * The grammar of section 9 by recursive descent. ANTLR's grammar of the OASIS validator is followed where the standard's text
 * leaves a choice (comments, "==", "<>", ".5"), so that both accept the same patterns.
 */
#include <ctype.h>
#include <string.h>

#include "validate/pattern.h"

enum token_kind {
	T_END, T_BAD, T_WORD, T_HYPHENED, T_VALUE, T_COLON, T_DOT, T_COMMA, T_OPEN, T_CLOSE, T_LBRACK, T_RBRACK, T_STAR, T_OP,
	T_KEYWORD,
};

enum keyword {
	K_NONE, K_AND, K_OR, K_NOT, K_FOLLOWEDBY, K_LIKE, K_MATCHES, K_ISSUPERSET, K_ISSUBSET, K_EXISTS, K_IN, K_START, K_STOP,
	K_SECONDS, K_WITHIN, K_REPEATS, K_TIMES,
};

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

static const char *const op_texts[] = {
	[PATTERN_EQ] = "=", [PATTERN_NE] = "!=", [PATTERN_GT] = ">", [PATTERN_LT] = "<", [PATTERN_GE] = ">=", [PATTERN_LE] = "<=",
	[PATTERN_IN] = "IN", [PATTERN_LIKE] = "LIKE", [PATTERN_MATCHES] = "MATCHES", [PATTERN_ISSUBSET] = "ISSUBSET",
	[PATTERN_ISSUPERSET] = "ISSUPERSET", [PATTERN_EXISTS] = "EXISTS",
};

struct token {
	enum token_kind kind;
	enum keyword key;
	int op;			/* of T_OP, and of keywords that compare; else -1 */
	enum pattern_literal literal;
	size_t at, end;		/* octets in the text */
};

struct parser {
	struct arena *a;
	const char *s;
	size_t len, pos;
	struct token t;		/* the token ahead */
	unsigned depth;
	int failed;
	struct pattern_fault *fault;
};

static void fail(struct parser *, size_t, size_t, const char *, ...) BASE_PRINTF(4, 5);
static struct pattern_node *comparison_or(struct parser *);
static struct pattern_node *followedby(struct parser *);

const char *
pattern_literal_name(enum pattern_literal t)
{
	static const char *const names[] = {
		"", "integer", "float", "string", "boolean", "binary", "hex", "timestamp",
	};

	return names[t];
}

static void
fail(struct parser *p, size_t at, size_t end, const char *fmt, ...)
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
		fail(p, p->pos, p->pos + 1, "in a string, \"\\\" is followed by \"'\" or \"\\\"; write \"\\\\\" for a backslash");
		return -1;
	}
	fail(p, at, at + 1, "a string has no closing \"'\"");
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
		fail(p, at, p->pos, "a %s constant holds %s", pattern_literal_name(prefixed[row].literal), prefixed[row].want);
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
		fail(p, at, p->pos, "a number has digits after its sign");
	else if (i > 1 && p->s[digits] == '0' && !is_float)
		fail(p, at, p->pos, "an integer has no leading zeros");
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
		fail(p, p->pos, p->pos + 1, "strings stand between \"'\", not between '\"'");
	else if (p->s[p->pos] == '/')
		fail(p, p->pos, p->pos + 1, "\"/\" begins nothing here, or a comment that has no end");
	else
		fail(p, p->pos, p->pos + (n > 0 ? n : 1), "this character (U+%04X) has no place in a pattern", n > 0 ? c : 0xfffd);
}

/* Reads the token ahead. */
static void
advance(struct parser *p)
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

/* ---- the tree --------------------------------------------------------------------------------------------------- */

/* Says what was expected in place of the token ahead. */
static void
expected(struct parser *p, const char *what)
{
	char found[48];
	size_t n = p->t.end - p->t.at;

	if (p->failed)
		return;
	if (p->t.kind == T_END) {
		fail(p, p->t.at, p->t.end, "the pattern ends where %s is expected", what);
		return;
	}
	snprintf(found, sizeof(found), "%.*s", (int)(n < 40 ? n : 40), p->s + p->t.at);
	found[utf8_valid(found, strlen(found))] = '\0';
	fail(p, p->t.at, p->t.end, "%s is expected here, not %s%s", what, found, n < 40 ? "" : "...");
}

static int
accept_key(struct parser *p, enum keyword key)
{
	if (p->failed || p->t.kind != T_KEYWORD || p->t.key != key)
		return 0;
	advance(p);
	return 1;
}

static void
need(struct parser *p, enum token_kind kind, const char *what)
{
	if (p->t.kind != kind)
		expected(p, what);
	else
		advance(p);
}

static void
need_key(struct parser *p, enum keyword key, const char *what)
{
	if (!accept_key(p, key))
		expected(p, what);
}

static struct pattern_node *
node_new(struct parser *p, enum pattern_kind kind, size_t at)
{
	struct pattern_node *n = arena_alloc(p->a, sizeof(*n));

	n->kind = kind;
	n->at = at;
	return n;
}

/* The text of a string token without quotes and escapes. */
static const char *
string_text(struct parser *p, size_t at, size_t end, size_t *len)
{
	char *out = arena_alloc(p->a, end - at);
	size_t i, n = 0;

	for (i = at + 1; i + 1 < end; i++) {
		if (p->s[i] == '\\')
			i++;
		out[n++] = p->s[i];
	}
	out[n] = '\0';
	*len = n;
	return out;
}

static struct pattern_value *
value_take(struct parser *p)
{
	struct pattern_value *v = arena_alloc(p->a, sizeof(*v));
	size_t at = p->t.at;

	v->type = p->t.literal;
	v->at = at;
	v->end = p->t.end;
	if (v->type == PATTERN_BINARY || v->type == PATTERN_HEX || v->type == PATTERN_TIMESTAMP)
		at++;
	if (p->s[at] == '\'') {
		v->text = string_text(p, at, v->end, &v->len);
	} else {
		v->text = arena_strndup(p->a, p->s + at, v->end - at);
		v->len = v->end - at;
	}
	advance(p);
	return v;
}

static struct pattern_value *
need_value(struct parser *p, unsigned types, const char *what)
{
	if (p->t.kind != T_VALUE || (types >> p->t.literal & 1) == 0) {
		expected(p, what);
		return NULL;
	}
	return value_take(p);
}

/* One step of an object path: a name, or an index between brackets. */
static struct pattern_step *
path_name(struct parser *p)
{
	struct pattern_step *s = arena_alloc(p->a, sizeof(*s));

	s->at = p->t.at;
	s->end = p->t.end;
	if (p->t.kind == T_WORD) {
		s->name = arena_strndup(p->a, p->s + s->at, s->end - s->at);
		s->len = s->end - s->at;
	} else if (p->t.kind == T_VALUE && p->t.literal == PATTERN_STRING) {
		s->name = string_text(p, s->at, s->end, &s->len);
	} else {
		expected(p, p->t.kind == T_HYPHENED ? "a property name without a hyphen, or one between \"'\"," :
		    "a property name");
		return s;
	}
	advance(p);
	return s;
}

static struct pattern_step *
path_index(struct parser *p)
{
	struct pattern_step *s = arena_alloc(p->a, sizeof(*s));

	s->at = p->t.at;
	s->index = 1;
	advance(p);
	if (p->t.kind != T_STAR && !(p->t.kind == T_VALUE && p->t.literal == PATTERN_INTEGER)) {
		expected(p, "a list index or \"*\"");
		return s;
	}
	s->len = p->t.end - p->t.at;
	s->name = arena_strndup(p->a, p->s + p->t.at, s->len);
	advance(p);
	s->end = p->t.end;
	need(p, T_RBRACK, "\"]\"");
	return s;
}

static void
object_path(struct parser *p, struct pattern_node *n)
{
	struct pattern_step **tail = &n->steps;

	if (p->t.kind != T_WORD && p->t.kind != T_HYPHENED) {
		expected(p, "an object path such as ipv4-addr:value");
		return;
	}
	n->type_at = p->t.at;
	n->type_end = p->t.end;
	n->type = arena_strndup(p->a, p->s + p->t.at, p->t.end - p->t.at);
	advance(p);
	if (p->t.kind == T_DOT) {
		expected(p, "\":\" after the object type");
		return;
	}
	need(p, T_COLON, "\":\" after the object type");
	if (p->failed)
		return;
	*tail = path_name(p);
	tail = &(*tail)->next;
	while (!p->failed && (p->t.kind == T_DOT || p->t.kind == T_LBRACK)) {
		if (p->t.kind == T_DOT) {
			advance(p);
			*tail = path_name(p);
		} else {
			*tail = path_index(p);
		}
		tail = &(*tail)->next;
	}
}

#define ORDERABLE	(1u << PATTERN_INTEGER | 1u << PATTERN_FLOAT | 1u << PATTERN_STRING | 1u << PATTERN_BINARY | \
			    1u << PATTERN_HEX | 1u << PATTERN_TIMESTAMP)
#define PRIMITIVE	(ORDERABLE | 1u << PATTERN_BOOLEAN)

static void
set_literal(struct parser *p, struct pattern_node *n)
{
	struct pattern_value **tail = &n->values;

	need(p, T_OPEN, "\"(\" and a list of values");
	if (!p->failed && p->t.kind == T_CLOSE) {
		advance(p);
		return;
	}
	while (!p->failed) {
		*tail = need_value(p, PRIMITIVE, "a value");
		if (p->failed)
			return;
		tail = &(*tail)->next;
		if (p->t.kind != T_COMMA) {
			need(p, T_CLOSE, "\",\" or \")\"");
			return;
		}
		advance(p);
	}
}

/* The right side of a comparison, by its operator. */
static void
operand(struct parser *p, struct pattern_node *n)
{
	if (n->op == PATTERN_IN)
		set_literal(p, n);
	else if (n->op >= PATTERN_LIKE)
		n->values = need_value(p, 1u << PATTERN_STRING, "a string between \"'\"");
	else if (n->op >= PATTERN_GT)
		n->values = need_value(p, ORDERABLE, "a number, string, binary, hex or timestamp value");
	else
		n->values = need_value(p, PRIMITIVE, "a value (a string stands between \"'\")");
}

static struct pattern_node *
comparison(struct parser *p)
{
	struct pattern_node *n = node_new(p, PATTERN_COMPARISON, p->t.at);

	n->negated = accept_key(p, K_NOT);
	if (accept_key(p, K_EXISTS)) {
		n->op = PATTERN_EXISTS;
		object_path(p, n);
	} else if (n->negated) {
		expected(p, "EXISTS");
	} else {
		object_path(p, n);
		if (!p->failed)
			n->negated = accept_key(p, K_NOT);
		if (p->t.op < 0) {
			expected(p, "a comparison operator");
			return n;
		}
		n->op = p->t.op;
		advance(p);
		if (!p->failed)
			operand(p, n);
	}
	return n;
}

static int
deeper(struct parser *p)
{
	if (++p->depth <= LIMIT_PATTERN_DEPTH)
		return 1;
	fail(p, p->t.at, p->t.end, "more than %d parentheses are open (LIMIT_PATTERN_DEPTH)", LIMIT_PATTERN_DEPTH);
	return 0;
}

static struct pattern_node *
comparison_primary(struct parser *p)
{
	struct pattern_node *n;

	if (p->t.kind != T_OPEN) {
		n = comparison(p);
	} else {
		advance(p);
		n = deeper(p) ? comparison_or(p) : NULL;
		p->depth--;
		need(p, T_CLOSE, "\")\"");
	}
	if (n != NULL)
		n->end = p->t.at;
	return n;
}

/* A chain of operands joined by one operator: the operand itself when there is only one. */
static struct pattern_node *
chain(struct parser *p, enum keyword key, enum pattern_kind kind, struct pattern_node *(*operand_of)(struct parser *))
{
	size_t at = p->t.at;
	struct pattern_node *n, *first = operand_of(p), **tail;

	if (p->failed || p->t.kind != T_KEYWORD || p->t.key != key)
		return first;
	n = node_new(p, kind, at);
	n->child = first;
	tail = &first->next;
	while (accept_key(p, key)) {
		*tail = operand_of(p);
		if (p->failed)
			break;
		tail = &(*tail)->next;
	}
	n->end = p->t.at;
	return n;
}

static struct pattern_node *
comparison_and(struct parser *p)
{
	return chain(p, K_AND, PATTERN_AND, comparison_primary);
}

static struct pattern_node *
comparison_or(struct parser *p)
{
	return chain(p, K_OR, PATTERN_OR, comparison_and);
}

/* One qualifier, the keyword of which is ahead. */
static struct pattern_qualifier *
qualifier(struct parser *p)
{
	struct pattern_qualifier *q = arena_alloc(p->a, sizeof(*q));

	q->at = p->t.at;
	if (accept_key(p, K_WITHIN)) {
		q->kind = PATTERN_WITHIN;
		q->first = need_value(p, 1u << PATTERN_INTEGER | 1u << PATTERN_FLOAT, "a number of seconds");
		need_key(p, K_SECONDS, "SECONDS");
	} else if (accept_key(p, K_REPEATS)) {
		q->kind = PATTERN_REPEATS;
		q->first = need_value(p, 1u << PATTERN_INTEGER, "how many times");
		need_key(p, K_TIMES, "TIMES");
	} else {
		advance(p);
		q->kind = PATTERN_STARTSTOP;
		q->first = need_value(p, 1u << PATTERN_TIMESTAMP, "a timestamp t'...'");
		need_key(p, K_STOP, "STOP");
		q->second = need_value(p, 1u << PATTERN_TIMESTAMP, "a timestamp t'...'");
	}
	q->end = p->t.at;
	if (p->failed)
		return q;
	/* section 9.5.1: x is positive */
	if (q->kind != PATTERN_STARTSTOP && (q->first->text[0] == '-' || strspn(q->first->text, "0.+") == q->first->len))
		fail(p, q->first->at, q->first->end, "%s needs a positive number", q->kind == PATTERN_WITHIN ? "WITHIN" : "REPEATS");
	return q;
}

static void
qualifiers(struct parser *p, struct pattern_node *n)
{
	struct pattern_qualifier **tail = &n->qualifiers;
	unsigned seen = 0;
	size_t at, end;

	while (!p->failed && p->t.kind == T_KEYWORD &&
	    (p->t.key == K_WITHIN || p->t.key == K_REPEATS || p->t.key == K_START)) {
		at = p->t.at;
		end = p->t.end;
		*tail = qualifier(p);
		/* section 9.5.1: not more than one qualifier of a kind */
		if (!p->failed && (seen >> (*tail)->kind & 1))
			fail(p, at, end, "an observation expression has a qualifier of one kind only once");
		seen |= 1u << (*tail)->kind;
		tail = &(*tail)->next;
	}
}

static struct pattern_node *
observation(struct parser *p)
{
	struct pattern_node *n = NULL;
	size_t at = p->t.at;

	if (p->t.kind == T_LBRACK) {
		advance(p);
		n = node_new(p, PATTERN_OBSERVATION, at);
		n->child = comparison_or(p);
		need(p, T_RBRACK, "\"]\", AND or OR");
	} else if (p->t.kind == T_OPEN) {
		advance(p);
		n = node_new(p, PATTERN_GROUP, at);
		if (deeper(p))
			n->child = followedby(p);
		p->depth--;
		need(p, T_CLOSE, "\")\", AND, OR or FOLLOWEDBY");
	} else {
		expected(p, "\"[\" (an observation expression stands between square brackets)");
		return NULL;
	}
	qualifiers(p, n);
	n->end = p->t.at;
	return n;
}

static struct pattern_node *
observation_and(struct parser *p)
{
	return chain(p, K_AND, PATTERN_OBS_AND, observation);
}

static struct pattern_node *
observation_or(struct parser *p)
{
	return chain(p, K_OR, PATTERN_OBS_OR, observation_and);
}

static struct pattern_node *
followedby(struct parser *p)
{
	return chain(p, K_FOLLOWEDBY, PATTERN_FOLLOWEDBY, observation_or);
}

int
pattern_parse(struct arena *a, const char *text, size_t len, struct pattern_node **out, struct pattern_fault *fault)
{
	struct parser p = { a, text, len, 0, { T_END, K_NONE, -1, 0, 0, 0 }, 0, 0, fault };
	struct pattern_node *n;

	if (len > LIMIT_PATTERN) {
		fail(&p, 0, 0, "the pattern is longer than %u octets (LIMIT_PATTERN)", (unsigned)LIMIT_PATTERN);
		return -1;
	}
	advance(&p);
	n = followedby(&p);
	if (!p.failed && p.t.kind != T_END)
		expected(&p, "AND, OR, FOLLOWEDBY, a qualifier or the end");
	if (p.failed)
		return -1;
	*out = n;
	return 0;
}

/* ---- printing --------------------------------------------------------------------------------------------------- */

static void
print_quoted(struct buf *b, const char *s, size_t n)
{
	size_t i;

	buf_addc(b, '\'');
	for (i = 0; i < n; i++) {
		if (s[i] == '\'' || s[i] == '\\')
			buf_addc(b, '\\');
		buf_addc(b, s[i]);
	}
	buf_addc(b, '\'');
}

static void
print_value(struct buf *b, const struct pattern_value *v)
{
	static const char prefix[] = { 0, 0, 0, 0, 0, 'b', 'h', 't' };

	if (prefix[v->type] != 0)
		buf_addc(b, prefix[v->type]);
	if (v->type == PATTERN_STRING || prefix[v->type] != 0)
		print_quoted(b, v->text, v->len);
	else
		buf_add(b, v->text, v->len);
}

static void
print_comparison(struct buf *b, const struct pattern_node *n)
{
	const struct pattern_step *s;
	const struct pattern_value *v;

	if (n->op == PATTERN_EXISTS)
		buf_adds(b, n->negated ? "NOT EXISTS " : "EXISTS ");
	buf_printf(b, "%s:", n->type);
	for (s = n->steps; s != NULL; s = s->next) {
		if (s->index) {
			buf_printf(b, "[%s]", s->name);
			continue;
		}
		if (s != n->steps)
			buf_addc(b, '.');
		print_quoted(b, s->name, s->len);
	}
	if (n->op == PATTERN_EXISTS)
		return;
	buf_printf(b, "%s %s ", n->negated ? " NOT" : "", op_texts[n->op]);
	if (n->op == PATTERN_IN)
		buf_addc(b, '(');
	for (v = n->values; v != NULL; v = v->next) {
		print_value(b, v);
		if (v->next != NULL)
			buf_adds(b, ", ");
	}
	if (n->op == PATTERN_IN)
		buf_addc(b, ')');
}

static void
print_qualifiers(struct buf *b, const struct pattern_qualifier *q)
{
	for (; q != NULL; q = q->next) {
		buf_adds(b, q->kind == PATTERN_WITHIN ? " WITHIN " : q->kind == PATTERN_REPEATS ? " REPEATS " : " START ");
		print_value(b, q->first);
		if (q->kind == PATTERN_STARTSTOP) {
			buf_adds(b, " STOP ");
			print_value(b, q->second);
		} else {
			buf_adds(b, q->kind == PATTERN_WITHIN ? " SECONDS" : " TIMES");
		}
	}
}

void
pattern_print(const struct pattern_node *n, struct buf *out)
{
	static const char *const joins[] = {
		[PATTERN_AND] = " AND ", [PATTERN_OR] = " OR ", [PATTERN_OBS_AND] = " AND ", [PATTERN_OBS_OR] = " OR ",
		[PATTERN_FOLLOWEDBY] = " FOLLOWEDBY ", [PATTERN_GROUP] = "", [PATTERN_OBSERVATION] = "",
	};
	const struct pattern_node *c;
	int nested;

	if (n->kind == PATTERN_COMPARISON) {
		print_comparison(out, n);
		return;
	}
	if (n->kind == PATTERN_OBSERVATION || n->kind == PATTERN_GROUP)
		buf_addc(out, n->kind == PATTERN_OBSERVATION ? '[' : '(');
	for (c = n->child; c != NULL; c = c->next) {
		/* parentheses inside an observation leave no node of their own */
		nested = (n->kind == PATTERN_AND || n->kind == PATTERN_OR) && (c->kind == PATTERN_AND || c->kind == PATTERN_OR);
		if (nested)
			buf_addc(out, '(');
		pattern_print(c, out);
		if (nested)
			buf_addc(out, ')');
		if (c->next != NULL)
			buf_adds(out, joins[n->kind]);
	}
	if (n->kind == PATTERN_OBSERVATION || n->kind == PATTERN_GROUP)
		buf_addc(out, n->kind == PATTERN_OBSERVATION ? ']' : ')');
	print_qualifiers(out, n->qualifiers);
}
