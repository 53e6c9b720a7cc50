/*
 * The grammar of section 9 by recursive descent. ANTLR's grammar of the OASIS validator is followed where the standard's text
 * leaves a choice (comments, "==", "<>", ".5"), so that both accept the same patterns.
 */
#include <string.h>

#include "validate/pattern_in.h"

static struct pattern_node *comparison_or(struct parser *);
static struct pattern_node *followedby(struct parser *);

/* Says what was expected in place of the token ahead. */
static void
expected(struct parser *p, const char *what)
{
	char found[48];
	size_t n = p->t.end - p->t.at;

	if (p->failed)
		return;
	if (p->t.kind == T_END) {
		pattern_fail(p, p->t.at, p->t.end, "the pattern ends where %s is expected", what);
		return;
	}
	snprintf(found, sizeof(found), "%.*s", (int)(n < 40 ? n : 40), p->s + p->t.at);
	found[utf8_valid(found, strlen(found))] = '\0';
	pattern_fail(p, p->t.at, p->t.end, "%s is expected here, not %s%s", what, found, n < 40 ? "" : "...");
}

static int
accept_key(struct parser *p, enum keyword key)
{
	if (p->failed || p->t.kind != T_KEYWORD || p->t.key != key)
		return 0;
	pattern_advance(p);
	return 1;
}

static void
need(struct parser *p, enum token_kind kind, const char *what)
{
	if (p->t.kind != kind)
		expected(p, what);
	else
		pattern_advance(p);
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
	pattern_advance(p);
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
	pattern_advance(p);
	return s;
}

static struct pattern_step *
path_index(struct parser *p)
{
	struct pattern_step *s = arena_alloc(p->a, sizeof(*s));

	s->at = p->t.at;
	s->index = 1;
	pattern_advance(p);
	if (p->t.kind != T_STAR && !(p->t.kind == T_VALUE && p->t.literal == PATTERN_INTEGER)) {
		expected(p, "a list index or \"*\"");
		return s;
	}
	s->len = p->t.end - p->t.at;
	s->name = arena_strndup(p->a, p->s + p->t.at, s->len);
	pattern_advance(p);
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
	pattern_advance(p);
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
			pattern_advance(p);
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
		pattern_advance(p);
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
		pattern_advance(p);
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
		pattern_advance(p);
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
	pattern_fail(p, p->t.at, p->t.end, "more than %d parentheses are open (LIMIT_PATTERN_DEPTH)", LIMIT_PATTERN_DEPTH);
	return 0;
}

static struct pattern_node *
comparison_primary(struct parser *p)
{
	struct pattern_node *n;

	if (p->t.kind != T_OPEN) {
		n = comparison(p);
	} else {
		pattern_advance(p);
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
		pattern_advance(p);
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
		pattern_fail(p, q->first->at, q->first->end, "%s needs a positive number",
		    q->kind == PATTERN_WITHIN ? "WITHIN" : "REPEATS");
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
			pattern_fail(p, at, end, "an observation expression has a qualifier of one kind only once");
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
		pattern_advance(p);
		n = node_new(p, PATTERN_OBSERVATION, at);
		n->child = comparison_or(p);
		need(p, T_RBRACK, "\"]\", AND or OR");
	} else if (p->t.kind == T_OPEN) {
		pattern_advance(p);
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
		pattern_fail(&p, 0, 0, "the pattern is longer than %u octets (LIMIT_PATTERN)", (unsigned)LIMIT_PATTERN);
		return -1;
	}
	pattern_advance(&p);
	n = followedby(&p);
	if (!p.failed && p.t.kind != T_END)
		expected(&p, "AND, OR, FOLLOWEDBY, a qualifier or the end");
	if (p.failed)
		return -1;
	*out = n;
	return 0;
}
