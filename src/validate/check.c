/* The check of one object: the walk over its values, and what becomes of findings. */
#include <stdlib.h>
#include <string.h>

#include "validate/rules.h"

const char *
member_string(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

int
starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

const char *
quoted(struct check *c, const char *s)
{
	size_t n = strlen(s);

	if (n <= 80)
		return arena_printf(c->v->scratch, "'%s'", s);
	for (n = 72; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
		;
	return arena_printf(c->v->scratch, "'%.*s...'", (int)n, s);
}

/* ---- reporting -------------------------------------------------------------------------------------------------------- */

static void
at_pointer(const struct at *at, struct buf *b)
{
	if (at == NULL)
		return;
	at_pointer(at->up, b);
	if (at->key != NULL)
		json_pointer_add(b, at->key, strlen(at->key));
	else
		json_pointer_add_index(b, at->index);
}

/* Is p the value at q, or inside it? */
static int
is_inside(const char *p, const char *q)
{
	size_t n = strlen(q);

	return strncmp(p, q, n) == 0 && (p[n] == '\0' || p[n] == '/');
}

/* One fault, one finding: what the schema has refused is not judged again by the rules. */
static int
is_known(const struct validate *v, const char *pointer)
{
	size_t i;

	for (i = 0; i < v->nbad; i++) {
		const struct pending *p = &v->pending.v[i];

		if (p->pointer[0] != '\0' && is_inside(pointer, p->pointer))
			return 1;
	}
	return 0;
}

/* Messages of these rules are about names and types alone. */
static int
tells_values(enum rule_id r)
{
	return r != RULE_SCHEMA_REQUIRED && r != RULE_SCHEMA_TYPE && r != RULE_SCHEMA_ABSENT && r != RULE_SCHEMA_CHOICE;
}

static void
add(struct check *c, enum rule_id r, const char *pointer, int at_name, const char *clause, const char *fmt, va_list ap)
{
	struct validate *v = c->v;
	struct pending *p;
	char text[1024];
	int n;

	if (v->quiet || !rule_on(v, r) || (v->nbad > 0 && is_known(v, pointer)))
		return;
	n = vsnprintf(text, sizeof(text), fmt, ap);
	if (n >= (int)sizeof(text))
		text[utf8_valid(text, sizeof(text) - 1)] = '\0';
	p = vec_push(v->scratch, &v->pending);
	p->rule = r;
	p->pointer = arena_strdup(v->scratch, pointer);
	p->message = v->mask && tells_values(r) ? rules[r].pub.text : arena_strdup(v->scratch, text);
	p->clause = clause != NULL ? arena_strdup(v->scratch, clause) : rules[r].pub.clause;
	p->place = c->place;
	if (c->text != NULL)
		json_text_place_near(c->text, pointer, at_name, &p->place);
}

static void
add_at(struct check *c, enum rule_id r, const struct at *at, int at_name, const char *fmt, va_list ap)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);

	if (!rule_on(c->v, r))
		return;
	at_pointer(c->container, &b);
	at_pointer(at, &b);
	add(c, r, buf_str(&b), at_name, NULL, fmt, ap);
	buf_free(&b);
}

void
report(struct check *c, enum rule_id r, const struct at *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_at(c, r, at, 0, fmt, ap);
	va_end(ap);
}

void
report_name(struct check *c, enum rule_id r, const struct at *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_at(c, r, at, 1, fmt, ap);
	va_end(ap);
}

void
report_pointer(struct check *c, enum rule_id r, const char *pointer, int at_name, const char *clause, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(c, r, pointer, at_name, clause, fmt, ap);
	va_end(ap);
}

void
report_fix(struct check *c, enum rule_id r, const char *fix)
{
	struct pending *p = c->v->pending.n > 0 ? &c->v->pending.v[c->v->pending.n - 1] : NULL;

	if (p != NULL && p->rule == r)
		p->fix = arena_strdup(c->v->scratch, fix);
}

void
report_schema(struct check *c, enum rule_id r, const char *pointer, int at_name, const char *clause, const char *schema,
    const char *message)
{
	size_t n = c->v->pending.n;

	report_pointer(c, r, pointer, at_name, clause, "%s", message);
	if (c->v->pending.n > n)
		c->v->pending.v[n].schema = schema;
}

/* Counts a finding and gives it out unless its code has had its share. */
void
give_out(struct validate *v, enum rule_id r, const char *id, const char *pointer, struct json_place place, const char *message,
    const struct pending *p)
{
	struct validate_finding f;

	if (rules[r].pub.severity == VALIDATE_ERROR)
		v->result.errors++;
	else
		v->result.warnings++;
	if (v->count[r]++ >= v->per_code && v->per_code != 0)
		return;
	f = (struct validate_finding){ rules[r].pub.name, rules[r].pub.number, rules[r].pub.severity, id, pointer, place, message,
	    p != NULL ? p->schema : NULL, p != NULL && !v->mask ? p->fix : NULL, p != NULL ? p->clause : rules[r].pub.clause };
	if (v->found != NULL)
		v->found(v->arg, &f);
}

void
report_late(struct validate *v, enum rule_id r, const char *id, const char *pointer, struct json_place place, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	if (!rule_on(v, r))
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(text))
		text[utf8_valid(text, sizeof(text) - 1)] = '\0';
	give_out(v, r, id, pointer, place, v->mask ? rules[r].pub.text : text, NULL);
}

static int
by_place(const void *a, const void *b)
{
	const struct pending *x = a, *y = b;

	if (x->place.offset != y->place.offset)
		return x->place.offset < y->place.offset ? -1 : 1;
	return x->rule != y->rule ? (x->rule < y->rule ? -1 : 1) : strcmp(x->pointer, y->pointer);
}

/* Gives out what was found in the object, in the order of the text. */
static void
flush(struct check *c)
{
	struct validate *v = c->v;
	size_t i;

	if (v->pending.n > 1)
		qsort(v->pending.v, v->pending.n, sizeof(*v->pending.v), by_place);
	for (i = 0; i < v->pending.n; i++) {
		const struct pending *p = &v->pending.v[i];

		give_out(v, p->rule, c->id, c->base[0] != '\0' ? arena_printf(v->scratch, "%s%s", c->base, p->pointer) : p->pointer,
		    p->place, p->message, p);
	}
}

/* ---- the walk -------------------------------------------------------------------------------------------------------- */

static void walk(struct check *c, const struct at *at, struct shape *s, const json_t *v);

/* An object in an observed-data container (2.13): judged like one at the top, but for ids. */
static void
walk_contained(struct check *c, const struct at *at, const json_t *v)
{
	struct check inner = *c;
	const char *type = member_string(v, "type");

	inner.object = v;
	inner.id = "";	/* those it may have are local or deterministic ones; 2.13 asks nothing of them */
	inner.type = type != NULL ? type : "";
	inner.row = type_find(c->v, inner.type);
	inner.sco = 1;
	inner.container = at;
	inner.shape = inner.row != NULL ? inner.row->shape : NULL;
	pass_rules(&inner);
}

static void
walk_members(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	const char *name;
	json_t *member;

	json_object_foreach((json_t *)v, name, member) {
		struct at here = { at, name, 0 };

		if (s->kind == KIND_CONTAINER && json_is_object(member))
			walk_contained(c, &here, member);
		else
			walk(c, &here, shape_member(c->v, s, name), member);
	}
}

static void
walk(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	const json_t *item;
	size_t i;

	if (s == NULL)
		return;
	if (s->vocab != NULL && (json_is_string(v) || s->kind == KIND_HASHES))
		rule_vocab(c, at, s, v);
	for (i = 0; i < RULES_PER_KIND && c->v->by_kind[s->kind][i] != NULL; i++)
		c->v->by_kind[s->kind][i](c, at, s, v);
	if (json_is_object(v))
		walk_members(c, at, s, v);
	else
		json_array_foreach(v, i, item)
			walk(c, AT_INDEX(at, i), shape_item(c->v, s), item);
}

static void
list_rules(struct validate *v, struct validate_type *t)
{
	size_t i;

	t->rules = arena_alloc(v->arena, (v->nobject + 1) * sizeof(*t->rules));
	t->nrule = 0;
	for (i = 0; i < v->nobject; i++)
		if (v->object_types[i] == NULL || strcmp(v->object_types[i], t->name) == 0)
			t->rules[t->nrule++] = v->object_rules[i];
}

void
pass_rules(struct check *c)
{
	size_t i;

	/* a type that no schema knows has no list of its own */
	if (c->row == NULL)
		for (i = 0; i < c->v->nobject; i++)
			if (c->v->object_types[i] == NULL || strcmp(c->v->object_types[i], c->type) == 0)
				c->v->object_rules[i](c);
	if (c->row != NULL && c->row->rules == NULL)
		list_rules(c->v, c->row);
	for (i = 0; c->row != NULL && i < c->row->nrule; i++)
		c->row->rules[i](c);
	if (c->shape != NULL)
		walk_members(c, NULL, c->shape, c->object);
}

/* Integers that other readers may round (2.10), where no schema has said so. */
static void
unsafe_integers(struct check *c)
{
	struct validate *v = c->v;
	struct json_place place;
	struct pending *p;
	size_t i, k;

	for (i = 0; c->text != NULL && i < json_text_unsafe(c->text); i++) {
		if (json_text_unsafe_place(c->text, i, &place) != 0 || !rule_on(v, RULE_INTEGER_RANGE))
			continue;
		for (k = 0; k < v->pending.n && v->pending.v[k].place.offset != place.offset; k++)
			;
		if (k < v->pending.n)
			continue;
		p = vec_push(v->scratch, &v->pending);
		*p = (struct pending){ RULE_INTEGER_RANGE, "", "an integer is beyond -(2^53)+1 to (2^53)-1", NULL, NULL, "2.10", place };
	}
}

/* ---- one object -------------------------------------------------------------------------------------------------------- */

/* Finds out what the object is. 0; -1 when it has no type to judge it by, which is reported. */
static int
identify(struct check *c)
{
	const json_t *type = json_object_get(c->object, "type");

	c->id = member_string(c->object, "id");
	if (c->id == NULL)
		c->id = "";
	if (!json_is_object(c->object)) {
		report(c, RULE_SCHEMA_TYPE, NULL, "a STIX object is expected here");
		return -1;
	}
	if (type == NULL) {
		report(c, RULE_SCHEMA_REQUIRED, NULL, "type is required");
		return -1;
	}
	if (!json_is_string(type)) {
		report(c, RULE_SCHEMA_TYPE, AT(NULL, "type"), "type is a string");
		return -1;
	}
	c->type = json_string_value(type);
	c->row = type_find(c->v, c->type);
	if (c->row != NULL && strcmp(c->row->category, "extension") == 0)
		c->row = NULL;
	/* the standard's way to tell (7.3): an SDO or SRO has versions */
	c->sco = c->row != NULL && c->row->category[0] != '\0' ? strcmp(c->row->category, "sco") == 0 :
	    json_object_get(c->object, "created") == NULL && json_object_get(c->object, "modified") == NULL;
	c->shape = c->row != NULL ? c->row->shape : type_core(c->v, c->sco)->shape;
	return 0;
}

static void
forget(struct validate *v)
{
	rules_resolve(v);
	v->pending.v = NULL;
	v->pending.n = v->pending.cap = 0;
	v->nbad = 0;
}

void
check_pattern(struct validate *v, const json_t *indicator)
{
	struct check c = { .v = v, .object = indicator, .id = "", .type = "indicator", .base = "", .pattern_only = 1 };

	forget(v);
	v->result.objects++;
	rule_pattern(&c);
	flush(&c);
}

void
file_know(struct validate *v, const json_t *object)
{
	struct check c = { .v = v, .object = object, .id = "", .type = "", .base = "" };

	forget(v);
	v->quiet = 1;
	if (identify(&c) == 0 && c.id[0] != '\0' && strcmp(c.type, "bundle") != 0) {
		content_take(&c);
		remember_object(&c);
	}
	v->quiet = 0;
}

void
check_judge(struct validate *v, struct check *c, int in_bundle)
{
	c->v = v;
	c->id = c->type = "";
	forget(v);
	if (identify(c) != 0)
		return;
	if (in_bundle && strcmp(c->type, "bundle") == 0) {
		report(c, RULE_SCHEMA_TYPE, AT(NULL, "type"), "a bundle holds STIX objects, and a bundle is none");
		return;
	}
	pass_schema(c);
	unsafe_integers(c);
	pass_rules(c);
	content_take(c);
	c->judged = 1;
}

void
check_finish(struct validate *v, struct check *c)
{
	c->v = v;
	v->result.objects++;
	if (c->judged)
		pass_file(c);
	flush(c);
}

void
check_object(struct validate *v, const json_t *object, struct json_text *text, const char *base, struct json_place place,
    int in_bundle)
{
	struct check c = { .object = object, .text = text, .base = base, .place = place };

	check_judge(v, &c, in_bundle);
	check_finish(v, &c);
	if (arena_used(v->scratch) > 64 << 10) {
		arena_free(v->scratch);
		v->scratch = arena_new();
	}
}
