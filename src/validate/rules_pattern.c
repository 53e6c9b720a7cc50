/* Patterns of indicators: their syntax, and whether what they ask for makes sense (section 9). */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "validate/pattern.h"
#include "validate/rules.h"

static const struct at pattern_at = { NULL, "pattern", 0 };

static void say(struct check *c, enum rule_id r, size_t octet, const char *fmt, ...) BASE_PRINTF(4, 5);

/* Line and column of an octet of the pattern. */
static void
place_in(const char *s, size_t octet, struct json_place *out)
{
	size_t i, start = 0;

	*out = (struct json_place){ octet, octet + 1, 1, 1 };
	for (i = 0; i < octet && s[i] != '\0'; i++)
		if (s[i] == '\n') {
			out->line++;
			start = i + 1;
		}
	out->column = (uint32_t)utf8_count(s + start, octet - start) + 1;
}

/* A finding in the pattern: its place in characters from 1 is told in words, unless the pattern is all there is. */
static void
say(struct check *c, enum rule_id r, size_t octet, const char *fmt, ...)
{
	const char *s = member_string(c->object, "pattern");
	char text[900];
	va_list ap;
	int n;

	if (!rule_on(c->v, r))
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(text))
		text[utf8_valid(text, sizeof(text) - 1)] = '\0';
	if (c->pattern_only) {
		place_in(s, octet, &c->place);
		report(c, r, NULL, "%s", text);
	} else {
		report(c, r, &pattern_at, "at character %zu: %s", utf8_count(s, octet) + 1, text);
	}
}

#define SAY(c, rule, at, fmt, ...)	say((c), (rule), (at), fmt, __VA_ARGS__)

/* ---- object paths ---------------------------------------------------------------------------------------------------------- */

struct path_end {
	struct shape *shape;	/* of the value at the end; NULL: not known */
	const char *type;	/* of the object it is a property of, "" when that can be several */
	const char *last;	/* its property name */
	const char *hashes;	/* the algorithm, in a dictionary of hashes */
};

/* The type that a reference property leads to: the only one, or NULL. */
static struct validate_type *
referred(struct check *c, const struct shape *s)
{
	const char *name;

	if (s->refs == NULL || json_array_size(s->refs) != 1 ||
	    (name = json_string_value(json_array_get(s->refs, 0))) == NULL)
		return NULL;
	return type_find(c->v, name);
}

/* Does one of the types that a reference property leads to have that property? */
static struct shape *
deref(struct check *c, const struct shape *s, const char *name, int *open)
{
	struct validate_type *t;
	struct shape *m;
	const json_t *item;
	size_t i;

	json_array_foreach(s->refs, i, item) {
		t = json_is_string(item) ? type_find(c->v, json_string_value(item)) : NULL;
		if (t == NULL)
			*open = 1;
		else if ((m = shape_named(c->v, t->shape, name)) != NULL)
			return m;
	}
	*open |= starts_with(name, "x_");
	return NULL;
}

/* One name of a path, from the shape before it. NULL: unknown; *open: anything may stand there. */
static struct shape *
step_into(struct check *c, struct shape *s, const char *name, int *open)
{
	struct shape *m;

	if (s->refs != NULL)
		return deref(c, s, name, open);
	if ((m = shape_member(c->v, s, name)) != NULL)
		return m;
	*open = s->nmember == 0 || (s->kind != KIND_NONE && s->kind != KIND_KILL_CHAIN) || starts_with(name, "x_");
	return NULL;
}

/* How many letters to change, add or take away to make b of a; more than 2 is 3. */
static int
distance(const char *a, const char *b, int left)
{
	int best, d;

	while (*a != '\0' && *a == *b)
		a++, b++;
	if (*a == '\0' && *b == '\0')
		return 0;
	if (left == 0)
		return 1;
	best = *a != '\0' && *b != '\0' ? distance(a + 1, b + 1, left - 1) : left;
	if (*a != '\0' && (d = distance(a + 1, b, left - 1)) < best)
		best = d;
	if (*b != '\0' && (d = distance(a, b + 1, left - 1)) < best)
		best = d;
	return best + 1;
}

/* A type of a pattern that is none of the standard's SCOs. A custom one is nobody's fault; a misspelt one never matches. */
static void
check_type(struct check *c, const struct pattern_node *n, const struct validate_type *t)
{
	const char *const *name;

	if (t != NULL) {
		SAY(c, RULE_PATTERN_TYPE, n->type_at, "%s is no type of cyber-observable object", quoted(c, n->type));
		return;
	}
	if (n->type[strcspn(n->type, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")] != '\0') {
		SAY(c, RULE_PATTERN_TYPE, n->type_at, "no object has the type %s: types are lower-case letters, digits and hyphens",
		    quoted(c, n->type));
		return;
	}
	for (name = c->v->type_names; strlen(n->type) > 4 && *name != NULL; name++)
		if (distance(n->type, *name, 2) <= 2) {
			SAY(c, RULE_PATTERN_TYPE, n->type_at, "there is no type %s; is %s meant?", quoted(c, n->type), *name);
			return;
		}
}

static void
follow_path(struct check *c, const struct pattern_node *n, struct path_end *end)
{
	struct validate_type *t = type_find(c->v, n->type);
	const struct pattern_step *p;
	struct shape *s;
	int open = 0;

	memset(end, 0, sizeof(*end));
	end->type = n->type;
	for (p = n->steps; p != NULL; p = p->next)
		if (!p->index) {
			if (end->last != NULL && strcmp(end->last, "hashes") == 0)
				end->hashes = p->name;
			end->last = p->name;
		}
	if (t == NULL || strcmp(t->category, "sco") != 0) {
		check_type(c, n, t);
		if (!rule_on(c->v, RULE_EXTENSIONS_USE) && t == NULL)
			report_prefix(c, CUSTOM_TYPE, &pattern_at, n->type);
		return;
	}
	for (s = t->shape, p = n->steps; p != NULL && s != NULL; p = p->next) {
		if (p->index) {
			s = s->json_type != NULL && strcmp(s->json_type, "array") == 0 ? shape_item(c->v, s) : NULL;
			continue;
		}
		/* a list without an index: the platforms take it for any of its members */
		if (s->json_type != NULL && strcmp(s->json_type, "array") == 0 && s->refs == NULL)
			s = shape_item(c->v, s);
		if (s == NULL)
			return;
		if (s->refs != NULL && (t = referred(c, s)) != NULL)
			end->type = t->name;
		else if (s->refs != NULL)
			end->type = "";
		if ((s = step_into(c, s, p->name, &open)) == NULL && !open)
			SAY(c, RULE_PATTERN_PROPERTY, p->at, "there is no property %s here", quoted(c, p->name));
		if (s == NULL && !rule_on(c->v, RULE_EXTENSIONS_USE) && (!open || starts_with(p->name, "x_")))
			report_prefix(c, CUSTOM_PROPERTY, &pattern_at, p->name);
	}
	end->shape = s;
}

/* ---- values ------------------------------------------------------------------------------------------------------------------ */

/* May a literal be compared with a value of that shape (section 9.2)? */
static int
comparable(const struct shape *s, enum pattern_literal t)
{
	const char *json = s->json_type;

	if (s->kind == KIND_TIMESTAMP)
		return t == PATTERN_TIMESTAMP;
	if (s->kind == KIND_BINARY || s->kind == KIND_HEX)
		return t == PATTERN_STRING || t == PATTERN_BINARY || t == PATTERN_HEX;
	if (json == NULL || strcmp(json, "array") == 0 || strcmp(json, "object") == 0)
		return 1;
	if (strcmp(json, "integer") == 0 || strcmp(json, "number") == 0)
		return t == PATTERN_INTEGER || t == PATTERN_FLOAT;
	if (strcmp(json, "boolean") == 0)
		return t == PATTERN_BOOLEAN;
	return strcmp(json, "string") != 0 || t == PATTERN_STRING || t == PATTERN_BINARY || t == PATTERN_HEX;
}

/* An IP address, or a range in CIDR form with 0 to max bits. */
static int
is_cidr(const char *s, int family, long max)
{
	unsigned char bin[16];
	char text[64], *slash, *end;
	long bits;

	if (strlen(s) >= sizeof(text))
		return 0;
	strcpy(text, s);
	if ((slash = strchr(text, '/')) != NULL) {
		*slash = '\0';
		bits = strtol(slash + 1, &end, 10);
		if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits > max)
			return 0;
	}
	return inet_pton(family, text, bin) == 1;
}

static int
is_ipv4(const char *s)
{
	return is_cidr(s, AF_INET, 32);
}

static int
is_ipv6(const char *s)
{
	return is_cidr(s, AF_INET6, 128);
}

static int
is_ip(const char *s)
{
	return is_ipv4(s) || is_ipv6(s);
}

/* The form of `value` of a type, as far as a wrong one can never match. */
static const struct {
	const char *type;
	int (*ok)(const char *);
	const char *want;
} forms[] = {
	{ "ipv4-addr", is_ipv4, "an IPv4 address or range" },
	{ "ipv6-addr", is_ipv6, "an IPv6 address or range" },
};

static void
check_value(struct check *c, const struct pattern_node *n, const struct path_end *end, const struct pattern_value *v)
{
	const char *want;
	size_t i;

	if (end->hashes != NULL && v->type == PATTERN_STRING && hash_fits(end->hashes, v->text, &want) == 0)
		SAY(c, RULE_PATTERN_HASH, v->at, "%s is no %s hash: %s", quoted(c, v->text), end->hashes, want);
	if (end->shape != NULL && !comparable(end->shape, v->type))
		SAY(c, RULE_PATTERN_VALUE, v->at, "%s is compared with a value of type %s", end->last, pattern_literal_name(v->type));
	for (i = 0; i < ARRAY_LEN(forms); i++)
		if (v->type == PATTERN_STRING && strcmp(end->type, forms[i].type) == 0 && strcmp(end->last, "value") == 0 &&
		    n->op <= PATTERN_NE && !forms[i].ok(v->text))
			SAY(c, RULE_PATTERN_VALUE, v->at, "%s is not %s", quoted(c, v->text), forms[i].want);
}

/* Section 9.6.1: PCRE with DOTALL; without UNICODE for binary values. */
static void
check_regex(struct check *c, const struct pattern_node *n, const struct path_end *end)
{
	int binary = end->shape != NULL && (end->shape->kind == KIND_BINARY || end->shape->kind == KIND_HEX), code;
	pcre2_code *re;
	PCRE2_SIZE at;
	PCRE2_UCHAR why[160];

	re = pcre2_compile((PCRE2_SPTR)n->values->text, n->values->len, PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C |
	    (binary ? 0 : PCRE2_UTF), &code, &at, NULL);
	if (re == NULL) {
		pcre2_get_error_message(code, why, sizeof(why));
		SAY(c, RULE_PATTERN_REGEX, n->values->at, "%s is no regular expression: %s", quoted(c, n->values->text), (char *)why);
	}
	pcre2_code_free(re);
}

static int
is_number(enum pattern_literal t)
{
	return t == PATTERN_INTEGER || t == PATTERN_FLOAT;
}

static void
check_comparison(struct check *c, const struct pattern_node *n)
{
	const struct pattern_value *v;
	struct path_end end;

	follow_path(c, n, &end);
	if (n->op == PATTERN_MATCHES) {
		check_regex(c, n, &end);
	} else if (n->op == PATTERN_ISSUBSET || n->op == PATTERN_ISSUPERSET) {
		if (!is_ip(n->values->text))
			SAY(c, RULE_PATTERN_VALUE, n->values->at, "%s is no IP address or range", quoted(c, n->values->text));
	} else if (n->op != PATTERN_LIKE && n->op != PATTERN_EXISTS) {
		if (n->values == NULL)
			SAY(c, RULE_PATTERN_VALUE, n->at, "%s", "IN () can never hold");
		for (v = n->values; v != NULL; v = v->next) {
			check_value(c, n, &end, v);
			if (v->type != n->values->type && !(is_number(v->type) && is_number(n->values->type)))
				SAY(c, RULE_PATTERN_SET, v->at, "the values of IN are of different types, %s and %s",
				    pattern_literal_name(n->values->type), pattern_literal_name(v->type));
		}
	}
}

/* ---- what AND joins ------------------------------------------------------------------------------------------------------------ */

/* The object types that a comparison expression can hold for. */
struct types {
	const char *v[32];
	size_t n;
	int many;	/* more than fit: nothing is said */
};

static void
types_add(struct types *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (strcmp(t->v[i], name) == 0)
			return;
	if (t->n == ARRAY_LEN(t->v))
		t->many = 1;
	else
		t->v[t->n++] = name;
}

static void
types_common(struct types *t, const struct types *other)
{
	size_t i, k, n = 0;

	if (other->many)
		return;
	for (i = 0; i < t->n; i++)
		for (k = 0; k < other->n; k++)
			if (strcmp(t->v[i], other->v[k]) == 0) {
				t->v[n++] = t->v[i];
				break;
			}
	t->n = n;
}

static void check_node(struct check *c, const struct pattern_node *n, struct types *out);

static void
check_and(struct check *c, const struct pattern_node *n, struct types *out)
{
	const struct pattern_node *m;
	struct types one;

	check_node(c, n->child, out);
	for (m = n->child->next; m != NULL; m = m->next) {
		check_node(c, m, &one);
		if (out->many) {
			*out = one;
			continue;
		}
		if (out->n == 0)
			continue;
		types_common(out, &one);
		if (out->n == 0)
			SAY(c, RULE_PATTERN_AND, m->at, "%s", "no object can be of all the types that AND joins here");
	}
}

static void
check_qualifiers(struct check *c, const struct pattern_node *n)
{
	const struct pattern_qualifier *q;
	struct stamp a, b;

	for (q = n->qualifiers; q != NULL; q = q->next)
		if (q->kind == PATTERN_STARTSTOP && stamp_parse(q->first->text, q->first->len, &a) == 0 &&
		    stamp_parse(q->second->text, q->second->len, &b) == 0 && stamp_cmp(a, b) >= 0)
			SAY(c, RULE_PATTERN_WINDOW, q->at, "%s", "START is not before STOP");
}

static void
check_node(struct check *c, const struct pattern_node *n, struct types *out)
{
	const struct pattern_node *m;
	struct types one;
	size_t i;

	out->n = 0;
	out->many = 0;
	if (n->kind == PATTERN_COMPARISON) {
		check_comparison(c, n);
		types_add(out, n->type);
		return;
	}
	if (n->kind == PATTERN_AND) {
		check_and(c, n, out);
		return;
	}
	for (m = n->child; m != NULL; m = m->next) {
		check_node(c, m, &one);
		out->many |= one.many;
		for (i = 0; i < one.n; i++)
			types_add(out, one.v[i]);
	}
	check_qualifiers(c, n);
}

void
rule_pattern(struct check *c)
{
	const json_t *pattern = json_object_get(c->object, "pattern");
	const char *type = member_string(c->object, "pattern_type");
	struct pattern_fault fault;
	struct pattern_node *n;
	struct types types;

	if (type == NULL || strcmp(type, "stix") != 0 || !json_is_string(pattern))
		return;
	if (pattern_parse(c->v->scratch, json_string_value(pattern), json_string_length(pattern), &n, &fault) != 0)
		SAY(c, RULE_PATTERN_SYNTAX, fault.at, "%s", fault.message);
	else
		check_node(c, n, &types);
}
