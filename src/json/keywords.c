/* Keywords of JSON Schema as instructions: a function and a row each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/compile.h"

/* ---- keywords for any instance ------------------------------------------------------------------------------------- */

static const struct { const char *name; unsigned bit; } types[] = {
	{ "null", T_NULL }, { "boolean", T_BOOLEAN }, { "object", T_OBJECT }, { "array", T_ARRAY }, { "number", T_NUMBER },
	{ "string", T_STRING }, { "integer", T_INTEGER },
};

static int
one_type(struct compiler *c, const json_t *v, uint32_t *mask)
{
	const char *s = json_string_value(v);
	size_t i;

	for (i = 0; s != NULL && i < ARRAY_LEN(types); i++) {
		if (strcmp(types[i].name, s) == 0) {
			*mask |= types[i].bit;
			return 0;
		}
	}
	return compile_refuse(c, "\"%s\" is no type", s != NULL ? s : "?");
}

static int
kw_type(struct compiler *c, const json_t *v)
{
	uint32_t mask = 0;
	size_t i;

	if (!json_is_array(v))
		return one_type(c, v, &mask) < 0 ? -1 : compile_emit(c, OP_TYPE, mask, NULL);
	for (i = 0; i < json_array_size(v); i++)
		if (one_type(c, json_array_get(v, i), &mask) < 0)
			return -1;
	return mask == 0 ? compile_refuse(c, "the list of types is empty") : compile_emit(c, OP_TYPE, mask, NULL);
}

static int
kw_const(struct compiler *c, const json_t *v)
{
	return compile_emit(c, OP_CONST, 0, v);
}

static void
table_init(struct compiler *c, struct name_table *t, size_t n)
{
	size_t slots = 4;

	while (slots < 2 * n)
		slots *= 2;
	t->mask = slots - 1;
	t->slot = compile_room(c, slots * sizeof(*t->slot));
	t->key = compile_room(c, (n + 1) * sizeof(*t->key));
	t->value = compile_room(c, (n + 1) * sizeof(*t->value));
}

static void
table_add(struct name_table *t, const char *s, size_t n, uint32_t value)
{
	struct name name = compile_name(s, n);
	size_t i;

	if (table_find(t, s, n, name.hash) != NO_SUB)
		return;
	for (i = name.hash & t->mask; t->slot[i] != 0; i = (i + 1) & t->mask)
		;
	t->key[t->n] = name;
	t->value[t->n] = value;
	t->slot[i] = (uint32_t)++t->n;
}

static int
kw_enum(struct compiler *c, const json_t *v)
{
	struct name_table *t;
	const json_t *s;
	size_t i;

	if (!json_is_array(v))
		return compile_refuse(c, "want a list of values");
	for (i = 0; i < json_array_size(v) && json_is_string(json_array_get(v, i)); i++)
		;
	if (i < json_array_size(v))
		return compile_emit(c, OP_ENUM, 0, v);
	t = compile_room(c, sizeof(*t));
	table_init(c, t, i);
	for (i = 0; i < json_array_size(v); i++) {
		s = json_array_get(v, i);
		table_add(t, json_string_value(s), json_string_length(s), 0);
	}
	return compile_emit(c, OP_ENUM_STRINGS, 0, t);
}

/* ---- numbers and strings ------------------------------------------------------------------------------------------- */

static int
number_limit(struct compiler *c, const json_t *v, enum op op)
{
	return json_is_number(v) ? compile_emit(c, op, 0, v) : compile_refuse(c, "want a number");
}

static int
kw_minimum(struct compiler *c, const json_t *v)
{
	return number_limit(c, v, OP_MINIMUM);
}

static int
kw_maximum(struct compiler *c, const json_t *v)
{
	return number_limit(c, v, OP_MAXIMUM);
}

static int
kw_exclusive_minimum(struct compiler *c, const json_t *v)
{
	return number_limit(c, v, OP_EXCLUSIVE_MINIMUM);
}

static int
kw_exclusive_maximum(struct compiler *c, const json_t *v)
{
	return number_limit(c, v, OP_EXCLUSIVE_MAXIMUM);
}

static int
kw_multiple_of(struct compiler *c, const json_t *v)
{
	if (!json_is_number(v) || json_number_value(v) <= 0)
		return compile_refuse(c, "want a number greater than 0");
	return compile_emit(c, OP_MULTIPLE_OF, 0, v);
}

static int
count_limit(struct compiler *c, const json_t *v, enum op op)
{
	uint32_t n;

	return compile_count(c, v, &n) < 0 ? -1 : compile_emit(c, op, n, NULL);
}

static int
kw_min_length(struct compiler *c, const json_t *v)
{
	return count_limit(c, v, OP_MIN_LENGTH);
}

static int
kw_max_length(struct compiler *c, const json_t *v)
{
	return count_limit(c, v, OP_MAX_LENGTH);
}

static int
kw_pattern(struct compiler *c, const json_t *v)
{
	struct pattern_plan *p = compile_room(c, sizeof(*p));

	if (!json_is_string(v))
		return compile_refuse(c, "want a regular expression in a string");
	p->source = json_string_value(v);
	if (compile_regex(c, json_string_value(v), json_string_length(v), &p->re) < 0)
		return -1;
	return compile_emit(c, OP_PATTERN, 0, p);
}

static int
kw_format(struct compiler *c, const json_t *v)
{
	struct format_plan *f = compile_room(c, sizeof(*f));
	unsigned vocab = c->resource->vocab;

	if (!json_is_string(v))
		return compile_refuse(c, "want the name of a format");
	f->name = json_string_value(v);
	f->fn = format_find(f->name);
	if (f->fn == NULL && (vocab & VOCAB_FORMAT_ASSERTION))
		return compile_refuse(c, "the dialect asserts formats, and \"%s\" is not known", f->name);
	if (f->fn == NULL || !((vocab & VOCAB_FORMAT_ASSERTION) || (c->set->flags & SCHEMA_FORMAT)))
		return 0;
	return compile_emit(c, OP_FORMAT, 0, f);
}

/* ---- objects ------------------------------------------------------------------------------------------------------- */

static int
kw_required(struct compiler *c, const json_t *v)
{
	struct name_list *l = compile_room(c, sizeof(*l));

	return compile_names(c, v, l) < 0 ? -1 : compile_emit(c, OP_REQUIRED, 0, l);
}

/* The members of v whose values are lists, or with `all` every member: names that are required where that one is there. */
static int
dependent_names(struct compiler *c, const json_t *v, int all)
{
	struct name_list *first = NULL, **tail = &first;
	void *it;

	if (!json_is_object(v))
		return compile_refuse(c, "want an object of lists of member names");
	for (it = json_object_iter((json_t *)v); it != NULL; it = json_object_iter_next((json_t *)v, it)) {
		if (!all && !json_is_array(json_object_iter_value(it)))
			continue;
		*tail = compile_room(c, sizeof(**tail));
		(*tail)->when = compile_name(json_object_iter_key(it), json_object_iter_key_len(it));
		if (compile_names(c, json_object_iter_value(it), *tail) < 0)
			return -1;
		tail = (struct name_list **)&(*tail)->next;
	}
	return first == NULL && !all ? 0 : compile_emit(c, OP_DEPENDENT_REQUIRED, 0, first);
}

static int
kw_dependent_required(struct compiler *c, const json_t *v)
{
	return dependent_names(c, v, 1);
}

/* Core, appendix: what earlier drafts had for both of the keywords that came of it; its lists here, its schemas below. */
static int
kw_dependencies_names(struct compiler *c, const json_t *v)
{
	return dependent_names(c, v, 0);
}

static int
kw_min_properties(struct compiler *c, const json_t *v)
{
	return count_limit(c, v, OP_MIN_PROPERTIES);
}

static int
kw_max_properties(struct compiler *c, const json_t *v)
{
	return count_limit(c, v, OP_MAX_PROPERTIES);
}

static int
plan_properties(struct compiler *c, const json_t *v, struct object_plan *p)
{
	uint32_t sub;
	void *it;

	if (v == NULL)
		return 0;
	if (!json_is_object(v))
		return compile_refuse(c, "want an object of schemas");
	table_init(c, &p->table, json_object_size(v));
	for (it = json_object_iter((json_t *)v); it != NULL; it = json_object_iter_next((json_t *)v, it)) {
		if (compile_child(c, "properties", json_object_iter_value(it), json_object_iter_key(it), json_object_iter_key_len(it), 0,
		    &sub) < 0)
			return -1;
		table_add(&p->table, json_object_iter_key(it), json_object_iter_key_len(it), sub);
	}
	return 0;
}

static int
plan_patterns(struct compiler *c, const json_t *v, struct object_plan *p)
{
	struct pattern_sub *s;
	void *it;

	if (v == NULL)
		return 0;
	if (!json_is_object(v))
		return compile_refuse(c, "want an object of schemas");
	p->pattern = compile_room(c, (json_object_size(v) + 1) * sizeof(*p->pattern));
	for (it = json_object_iter((json_t *)v); it != NULL; it = json_object_iter_next((json_t *)v, it)) {
		s = &p->pattern[p->n_pattern++];
		if (compile_regex(c, json_object_iter_key(it), json_object_iter_key_len(it), &s->re) < 0 ||
		    compile_child(c, "patternProperties", json_object_iter_value(it), json_object_iter_key(it),
		    json_object_iter_key_len(it), 0, &s->sub) < 0)
			return -1;
	}
	return 0;
}

/* properties, patternProperties, additionalProperties: one instruction, made by the first of them that is there. */
static int
kw_object(struct compiler *c, const json_t *v)
{
	const json_t *props = json_object_get(c->schema, "properties"), *extra = json_object_get(c->schema, "additionalProperties");
	const json_t *patterns = json_object_get(c->schema, "patternProperties");
	struct object_plan *p;

	if (v != (props != NULL ? props : patterns != NULL ? patterns : extra))
		return 0;
	p = compile_room(c, sizeof(*p));
	p->additional = NO_SUB;
	if (plan_properties(c, props, p) < 0 || plan_patterns(c, patterns, p) < 0 ||
	    (extra != NULL && compile_child_here(c, "additionalProperties", extra, &p->additional) < 0))
		return -1;
	return compile_emit(c, OP_OBJECT, 0, p);
}

static int
kw_property_names(struct compiler *c, const json_t *v)
{
	uint32_t sub;

	return compile_child_here(c, "propertyNames", v, &sub) < 0 ? -1 : compile_emit(c, OP_PROPERTY_NAMES, sub, NULL);
}

static int
dependent_subschemas(struct compiler *c, const json_t *v, const char *keyword)
{
	struct dependent_schemas *d = compile_room(c, sizeof(*d));
	struct dependent_schema *one;
	void *it;

	if (!json_is_object(v))
		return compile_refuse(c, "want an object of schemas");
	d->dep = compile_room(c, (json_object_size(v) + 1) * sizeof(*d->dep));
	for (it = json_object_iter((json_t *)v); it != NULL; it = json_object_iter_next((json_t *)v, it)) {
		if (strcmp(keyword, "dependencies") == 0 && json_is_array(json_object_iter_value(it)))
			continue;
		one = &d->dep[d->n++];
		one->when = compile_name(json_object_iter_key(it), json_object_iter_key_len(it));
		if (compile_child(c, keyword, json_object_iter_value(it), one->when.s, one->when.n, 0, &one->sub) < 0)
			return -1;
	}
	return compile_emit(c, OP_DEPENDENT_SCHEMAS, 0, d);
}

static int
kw_dependent_schemas(struct compiler *c, const json_t *v)
{
	return dependent_subschemas(c, v, "dependentSchemas");
}

static int
kw_dependencies_schemas(struct compiler *c, const json_t *v)
{
	return dependent_subschemas(c, v, "dependencies");
}

/* ---- arrays -------------------------------------------------------------------------------------------------------- */

static int
kw_min_items(struct compiler *c, const json_t *v)
{
	return count_limit(c, v, OP_MIN_ITEMS);
}

static int
kw_max_items(struct compiler *c, const json_t *v)
{
	return count_limit(c, v, OP_MAX_ITEMS);
}

static int
kw_unique_items(struct compiler *c, const json_t *v)
{
	if (!json_is_boolean(v))
		return compile_refuse(c, "want true or false");
	return json_is_true(v) ? compile_emit(c, OP_UNIQUE, 0, NULL) : 0;
}

/* prefixItems and items: one instruction, made by the first of them that is there. */
static int
kw_items(struct compiler *c, const json_t *v)
{
	const json_t *prefix = json_object_get(c->schema, "prefixItems"), *items = json_object_get(c->schema, "items");
	struct items_plan *p;

	if (strcmp(keywords[c->row].name, prefix != NULL ? "prefixItems" : "items") != 0)
		return 0;
	if (json_is_array(items))
		return compile_refuse(c, "\"items\" is one schema; a list of them is \"prefixItems\" in draft 2020-12");
	p = compile_room(c, sizeof(*p));
	p->items = NO_SUB;
	if ((prefix != NULL && compile_child_list(c, "prefixItems", v, &p->prefix) < 0) ||
	    (items != NULL && compile_child_here(c, "items", items, &p->items) < 0))
		return -1;
	return compile_emit(c, OP_ITEMS, 0, p);
}

static int
kw_contains(struct compiler *c, const json_t *v)
{
	struct contains_plan *p = compile_room(c, sizeof(*p));
	const json_t *min = json_object_get(c->schema, "minContains"), *max = json_object_get(c->schema, "maxContains");
	uint32_t n;

	p->min = 1;
	p->max = SIZE_MAX;
	if (!(c->resource->vocab & VOCAB_VALIDATION))
		min = max = NULL;
	if (compile_child_here(c, "contains", v, &p->sub) < 0)
		return -1;
	if (min != NULL) {
		if (compile_count(c, min, &n) < 0)
			return -1;
		p->min = n;
	}
	if (max != NULL) {
		if (compile_count(c, max, &n) < 0)
			return -1;
		p->max = n;
	}
	return compile_emit(c, OP_CONTAINS, 0, p);
}

/* ---- references and combinations ----------------------------------------------------------------------------------- */

static int
reference(struct compiler *c, const json_t *v, struct target *t, uint32_t *sub)
{
	struct err e = ERR_INIT;

	if (!json_is_string(v))
		return compile_refuse(c, "want a URI reference in a string");
	if (set_target(c->set, c->resource, json_string_value(v), t, &e) < 0)
		return compile_refuse(c, "%s", e.text);
	if (!json_is_object(t->schema) && !json_is_boolean(t->schema)) {
		free(t->pointer);
		return compile_refuse(c, "%s is no schema", json_string_value(v));
	}
	*sub = compile_sub_of(c->set, t->resource, t->schema, t->pointer);
	free(t->pointer);
	return 0;
}

static int
kw_ref(struct compiler *c, const json_t *v)
{
	struct target t;
	uint32_t sub;

	return reference(c, v, &t, &sub) < 0 ? -1 : compile_emit(c, OP_REF, sub, NULL);
}

static struct dynamic *
dynamic_of(struct schema_set *set, const char *name)
{
	struct dynamic *d;

	for (d = set->dynamics; d != NULL; d = d->next)
		if (strcmp(d->name, name) == 0)
			return d;
	d = arena_alloc(set->arena, sizeof(*d));
	d->name = name;
	d->next = set->dynamics;
	set->dynamics = d;
	return d;
}

/* Core section 8.2.3.2: dynamic only when the place it leads to at first was made by a $dynamicAnchor. */
static int
kw_dynamic_ref(struct compiler *c, const json_t *v)
{
	struct target t;
	uint32_t sub;

	if (reference(c, v, &t, &sub) < 0)
		return -1;
	if (t.anchor == NULL || !t.anchor->dynamic)
		return compile_emit(c, OP_REF, sub, NULL);
	return compile_emit(c, OP_DYNAMIC_REF, sub, dynamic_of(c->set, t.anchor->name));
}

static int
combine(struct compiler *c, const json_t *v, enum op op)
{
	struct sub_list *l = compile_room(c, sizeof(*l));

	return compile_child_list(c, keywords[c->row].name, v, l) < 0 ? -1 : compile_emit(c, op, 0, l);
}

static int
kw_all_of(struct compiler *c, const json_t *v)
{
	return combine(c, v, OP_ALL_OF);
}

static int
kw_any_of(struct compiler *c, const json_t *v)
{
	return combine(c, v, OP_ANY_OF);
}

static int
kw_one_of(struct compiler *c, const json_t *v)
{
	return combine(c, v, OP_ONE_OF);
}

static int
kw_not(struct compiler *c, const json_t *v)
{
	uint32_t sub;

	return compile_child_here(c, "not", v, &sub) < 0 ? -1 : compile_emit(c, OP_NOT, sub, NULL);
}

static int
kw_if(struct compiler *c, const json_t *v)
{
	const json_t *yes = json_object_get(c->schema, "then"), *no = json_object_get(c->schema, "else");
	struct if_plan *p = compile_room(c, sizeof(*p));

	p->then_sub = p->else_sub = NO_SUB;
	if (compile_child_here(c, "if", v, &p->if_sub) < 0 || (yes != NULL && compile_child_here(c, "then", yes, &p->then_sub) < 0) ||
	    (no != NULL && compile_child_here(c, "else", no, &p->else_sub) < 0))
		return -1;
	return compile_emit(c, OP_IF, 0, p);
}

static int
kw_unevaluated_properties(struct compiler *c, const json_t *v)
{
	uint32_t sub;

	if (compile_child_here(c, "unevaluatedProperties", v, &sub) < 0)
		return -1;
	c->set->sub[c->sub].watches = 1;
	return compile_emit(c, OP_UNEVALUATED_PROPERTIES, sub, NULL);
}

static int
kw_unevaluated_items(struct compiler *c, const json_t *v)
{
	uint32_t sub;

	if (compile_child_here(c, "unevaluatedItems", v, &sub) < 0)
		return -1;
	c->set->sub[c->sub].watches = 1;
	return compile_emit(c, OP_UNEVALUATED_ITEMS, sub, NULL);
}

/* ---- the keyword table: rows in the order of evaluation --------------------------------------------------------------- */

const struct keyword keywords[] = {
	{ "type", VOCAB_VALIDATION, kw_type },
	{ "const", VOCAB_VALIDATION, kw_const },
	{ "enum", VOCAB_VALIDATION, kw_enum },
	{ "required", VOCAB_VALIDATION, kw_required },
	{ "minimum", VOCAB_VALIDATION, kw_minimum },
	{ "maximum", VOCAB_VALIDATION, kw_maximum },
	{ "exclusiveMinimum", VOCAB_VALIDATION, kw_exclusive_minimum },
	{ "exclusiveMaximum", VOCAB_VALIDATION, kw_exclusive_maximum },
	{ "multipleOf", VOCAB_VALIDATION, kw_multiple_of },
	{ "minLength", VOCAB_VALIDATION, kw_min_length },
	{ "maxLength", VOCAB_VALIDATION, kw_max_length },
	{ "pattern", VOCAB_VALIDATION, kw_pattern },
	{ "format", VOCAB_FORMAT | VOCAB_FORMAT_ASSERTION, kw_format },
	{ "minProperties", VOCAB_VALIDATION, kw_min_properties },
	{ "maxProperties", VOCAB_VALIDATION, kw_max_properties },
	{ "dependentRequired", VOCAB_VALIDATION, kw_dependent_required },
	{ "dependencies", VOCAB_VALIDATION, kw_dependencies_names },
	{ "minItems", VOCAB_VALIDATION, kw_min_items },
	{ "maxItems", VOCAB_VALIDATION, kw_max_items },
	{ "uniqueItems", VOCAB_VALIDATION, kw_unique_items },
	{ "$ref", VOCAB_CORE, kw_ref },
	{ "$dynamicRef", VOCAB_CORE, kw_dynamic_ref },
	{ "allOf", VOCAB_APPLICATOR, kw_all_of },
	{ "properties", VOCAB_APPLICATOR, kw_object },
	{ "patternProperties", VOCAB_APPLICATOR, kw_object },
	{ "additionalProperties", VOCAB_APPLICATOR, kw_object },
	{ "propertyNames", VOCAB_APPLICATOR, kw_property_names },
	{ "prefixItems", VOCAB_APPLICATOR, kw_items },
	{ "items", VOCAB_APPLICATOR, kw_items },
	{ "contains", VOCAB_APPLICATOR, kw_contains },
	{ "dependentSchemas", VOCAB_APPLICATOR, kw_dependent_schemas },
	{ "dependencies", VOCAB_APPLICATOR, kw_dependencies_schemas },
	{ "if", VOCAB_APPLICATOR, kw_if },
	{ "anyOf", VOCAB_APPLICATOR, kw_any_of },
	{ "oneOf", VOCAB_APPLICATOR, kw_one_of },
	{ "not", VOCAB_APPLICATOR, kw_not },
	{ "unevaluatedProperties", VOCAB_UNEVALUATED, kw_unevaluated_properties },
	{ "unevaluatedItems", VOCAB_UNEVALUATED, kw_unevaluated_items },
};

const size_t keyword_count = ARRAY_LEN(keywords);

const char *
keyword_name(unsigned row)
{
	return keywords[row].name;
}
