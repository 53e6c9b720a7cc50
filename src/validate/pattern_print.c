/* A pattern as text in one fixed form, and as a tree for people. */
#include <string.h>

#include "validate/pattern_in.h"

const char *
pattern_literal_name(enum pattern_literal t)
{
	static const char *const names[] = {
		"", "integer", "float", "string", "boolean", "binary", "hex", "timestamp",
	};

	return names[t];
}

const char *
pattern_op_name(enum pattern_op op)
{
	static const char *const names[] = {
		[PATTERN_EQ] = "=", [PATTERN_NE] = "!=", [PATTERN_GT] = ">", [PATTERN_LT] = "<", [PATTERN_GE] = ">=", [PATTERN_LE] = "<=",
		[PATTERN_IN] = "IN", [PATTERN_LIKE] = "LIKE", [PATTERN_MATCHES] = "MATCHES", [PATTERN_ISSUBSET] = "ISSUBSET",
		[PATTERN_ISSUPERSET] = "ISSUPERSET", [PATTERN_EXISTS] = "EXISTS",
	};

	return names[op];
}

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
	buf_printf(b, "%s %s ", n->negated ? " NOT" : "", pattern_op_name(n->op));
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

/* ---- the tree ------------------------------------------------------------------------------------------------------------- */

static void
print_tree(const struct pattern_node *n, struct buf *out, unsigned level)
{
	static const char *const names[] = {
		[PATTERN_AND] = "AND", [PATTERN_OR] = "OR", [PATTERN_OBSERVATION] = "observation", [PATTERN_OBS_AND] = "AND",
		[PATTERN_OBS_OR] = "OR", [PATTERN_FOLLOWEDBY] = "FOLLOWEDBY", [PATTERN_GROUP] = "group",
	};
	const struct pattern_node *c;
	unsigned i;

	for (i = 0; i < level; i++)
		buf_adds(out, "  ");
	if (n->kind == PATTERN_COMPARISON)
		print_comparison(out, n);
	else
		buf_adds(out, names[n->kind]);
	print_qualifiers(out, n->qualifiers);
	buf_addc(out, '\n');
	for (c = n->child; c != NULL; c = c->next)
		print_tree(c, out, level + 1);
}

void
pattern_print_tree(const struct pattern_node *n, struct buf *out)
{
	print_tree(n, out, 0);
}
