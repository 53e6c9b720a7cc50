#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/engine.h"

/* A schema object that has a sub already. */
struct compiled {
	const json_t *schema;
	uint32_t sub;
	UT_hash_handle hh;
};

struct regex_entry {
	const char *source;
	struct regex *re;
	UT_hash_handle hh;
};

/* The subschema being compiled. */
struct compiler {
	struct schema_set *set;
	struct resource *resource;
	const json_t *schema;
	const char *pointer;
	uint32_t sub;
	unsigned row;		/* keyword at hand */
	struct err *e;
};

typedef int keyword_fn(struct compiler *c, const json_t *v);
struct keyword {
	const char *name;
	unsigned vocab;
	keyword_fn *fn;
};
static const struct keyword keywords[];

/* ---- small parts ------------------------------------------------------------------------------------------------- */

static int refuse(struct compiler *c, const char *fmt, ...) BASE_PRINTF(2, 3);

static int
refuse(struct compiler *c, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(c->e, ERR_USAGE, "%s#%s/%s: %s", c->resource->uri, c->pointer, keywords[c->row].name, text);
}

static int
emit(struct compiler *c, enum op op, uint32_t a, const void *p)
{
	struct schema_set *set = c->set;

	if (set->n_insn == set->cap_insn) {
		set->cap_insn = set->cap_insn == 0 ? 256 : set->cap_insn * 2;
		set->insn = xrealloc(set->insn, set->cap_insn * sizeof(*set->insn));
	}
	set->insn[set->n_insn++] = (struct insn){ (uint16_t)op, (uint16_t)c->row, a, p };
	set->sub[c->sub].n++;
	return 0;
}

static void *
room(struct compiler *c, size_t n)
{
	return arena_alloc(c->set->arena, n);
}

static struct name
make_name(const char *s, size_t n)
{
	return (struct name){ s, (uint32_t)n, name_hash(s, n) };
}

/* The sub of a schema at a pointer of a resource, made when there is none; it is compiled later, in its turn. */
static uint32_t
sub_of(struct schema_set *set, struct resource *r, const json_t *schema, const char *pointer)
{
	struct compiled *known;
	struct resource *own;
	struct sub *s;

	if (json_is_object(schema)) {
		HASH_FIND_PTR(set->compiled, &schema, known);
		if (known != NULL)
			return known->sub;
		HASH_FIND_PTR(set->roots, &schema, own);
		if (own != NULL) {
			r = own;
			pointer = "";
		}
		known = xcalloc(1, sizeof(*known));
		known->schema = schema;
		known->sub = (uint32_t)set->n_sub;
		HASH_ADD_PTR(set->compiled, schema, known);
	}
	if (set->n_sub == set->cap_sub) {
		set->cap_sub = set->cap_sub == 0 ? 64 : set->cap_sub * 2;
		set->sub = xrealloc(set->sub, set->cap_sub * sizeof(*set->sub));
	}
	s = &set->sub[set->n_sub];
	*s = (struct sub){ .resource = r->id, .schema = schema, .pointer = arena_strdup(set->arena, pointer) };
	s->truth = json_is_true(schema) ? TRUTH_TRUE : json_is_false(schema) ? TRUTH_FALSE : TRUTH_ASK;
	return (uint32_t)set->n_sub++;
}

/* The sub of a subschema that stands at KEYWORD, KEYWORD/name or KEYWORD/index of the schema at hand. */
static int
child(struct compiler *c, const char *keyword, const json_t *v, const char *name, size_t n, size_t index, uint32_t *out)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	int ok = json_is_object(v) || json_is_boolean(v);

	buf_printf(&b, "%s/%s", c->pointer, keyword);
	if (name != NULL)
		json_pointer_add(&b, name, n);
	else if (index != SIZE_MAX)
		json_pointer_add_index(&b, index);
	if (ok)
		*out = sub_of(c->set, c->resource, v, buf_str(&b));
	else
		err_set(c->e, ERR_USAGE, "%s#%s: a schema is an object or a boolean", c->resource->uri, buf_str(&b));
	buf_free(&b);
	return ok ? 0 : -1;
}

static int
child_here(struct compiler *c, const char *keyword, const json_t *v, uint32_t *out)
{
	return child(c, keyword, v, NULL, 0, SIZE_MAX, out);
}

/* A list of subschemas. */
static int
child_list(struct compiler *c, const char *keyword, const json_t *v, struct sub_list *out)
{
	size_t i;

	if (!json_is_array(v) || json_array_size(v) == 0)
		return refuse(c, "want a list of schemas that is not empty");
	out->sub = room(c, json_array_size(v) * sizeof(*out->sub));
	for (i = 0; i < json_array_size(v); i++)
		if (child(c, keyword, json_array_get(v, i), NULL, 0, i, &out->sub[i]) < 0)
			return -1;
	out->n = i;
	return 0;
}

/* A count: a non-negative integer, 2.0 included. Counts beyond 32 bits are never reached and stay at the end. */
static int
count(struct compiler *c, const json_t *v, uint32_t *out)
{
	double d = json_number_value(v);

	if (!json_is_number(v) || d < 0 || d != floor(d))
		return refuse(c, "want a non-negative integer");
	*out = d > UINT32_MAX ? UINT32_MAX : (uint32_t)d;
	return 0;
}

static int
name_list(struct compiler *c, const json_t *v, struct name_list *out)
{
	const json_t *s;
	size_t i;

	if (!json_is_array(v))
		return refuse(c, "want a list of member names");
	out->name = room(c, (json_array_size(v) + 1) * sizeof(*out->name));
	for (i = 0; i < json_array_size(v); i++) {
		s = json_array_get(v, i);
		if (!json_is_string(s))
			return refuse(c, "want a list of member names");
		out->name[out->n++] = make_name(json_string_value(s), json_string_length(s));
	}
	return 0;
}

static int
pattern_of(struct compiler *c, const char *s, size_t n, struct regex **out)
{
	struct regex_entry *entry;
	struct err e = ERR_INIT;
	struct regex *re;

	HASH_FIND(hh, c->set->regexes, s, n, entry);
	if (entry == NULL) {
		re = regex_new(s, n, &e);
		if (re == NULL)
			return refuse(c, "%s", e.text);
		entry = xcalloc(1, sizeof(*entry));
		entry->source = s;
		entry->re = re;
		HASH_ADD_KEYPTR(hh, c->set->regexes, entry->source, n, entry);
	}
	*out = entry->re;
	return 0;
}

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
	return refuse(c, "\"%s\" is no type", s != NULL ? s : "?");
}

static int
kw_type(struct compiler *c, const json_t *v)
{
	uint32_t mask = 0;
	size_t i;

	if (!json_is_array(v))
		return one_type(c, v, &mask) < 0 ? -1 : emit(c, OP_TYPE, mask, NULL);
	for (i = 0; i < json_array_size(v); i++)
		if (one_type(c, json_array_get(v, i), &mask) < 0)
			return -1;
	return mask == 0 ? refuse(c, "the list of types is empty") : emit(c, OP_TYPE, mask, NULL);
}

static int
kw_const(struct compiler *c, const json_t *v)
{
	return emit(c, OP_CONST, 0, v);
}

static void
table_init(struct compiler *c, struct name_table *t, size_t n)
{
	size_t slots = 4;

	while (slots < 2 * n)
		slots *= 2;
	t->mask = slots - 1;
	t->slot = room(c, slots * sizeof(*t->slot));
	t->key = room(c, (n + 1) * sizeof(*t->key));
	t->value = room(c, (n + 1) * sizeof(*t->value));
}

static void
table_add(struct name_table *t, const char *s, size_t n, uint32_t value)
{
	struct name name = make_name(s, n);
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
		return refuse(c, "want a list of values");
	for (i = 0; i < json_array_size(v) && json_is_string(json_array_get(v, i)); i++)
		;
	if (i < json_array_size(v))
		return emit(c, OP_ENUM, 0, v);
	t = room(c, sizeof(*t));
	table_init(c, t, i);
	for (i = 0; i < json_array_size(v); i++) {
		s = json_array_get(v, i);
		table_add(t, json_string_value(s), json_string_length(s), 0);
	}
	return emit(c, OP_ENUM_STRINGS, 0, t);
}

/* ---- numbers and strings ------------------------------------------------------------------------------------------- */

static int
number_limit(struct compiler *c, const json_t *v, enum op op)
{
	return json_is_number(v) ? emit(c, op, 0, v) : refuse(c, "want a number");
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
		return refuse(c, "want a number greater than 0");
	return emit(c, OP_MULTIPLE_OF, 0, v);
}

static int
count_limit(struct compiler *c, const json_t *v, enum op op)
{
	uint32_t n;

	return count(c, v, &n) < 0 ? -1 : emit(c, op, n, NULL);
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
	struct pattern_plan *p = room(c, sizeof(*p));

	if (!json_is_string(v))
		return refuse(c, "want a regular expression in a string");
	p->source = json_string_value(v);
	if (pattern_of(c, json_string_value(v), json_string_length(v), &p->re) < 0)
		return -1;
	return emit(c, OP_PATTERN, 0, p);
}

static int
kw_format(struct compiler *c, const json_t *v)
{
	struct format_plan *f = room(c, sizeof(*f));
	unsigned vocab = c->resource->vocab;

	if (!json_is_string(v))
		return refuse(c, "want the name of a format");
	f->name = json_string_value(v);
	f->fn = format_find(f->name);
	if (f->fn == NULL && (vocab & VOCAB_FORMAT_ASSERTION))
		return refuse(c, "the dialect asserts formats, and \"%s\" is not known", f->name);
	if (f->fn == NULL || !((vocab & VOCAB_FORMAT_ASSERTION) || (c->set->flags & SCHEMA_FORMAT)))
		return 0;
	return emit(c, OP_FORMAT, 0, f);
}

/* ---- objects ------------------------------------------------------------------------------------------------------- */

static int
kw_required(struct compiler *c, const json_t *v)
{
	struct name_list *l = room(c, sizeof(*l));

	return name_list(c, v, l) < 0 ? -1 : emit(c, OP_REQUIRED, 0, l);
}

static int
kw_dependent_required(struct compiler *c, const json_t *v)
{
	struct name_list *first = NULL, **tail = &first;
	void *it;

	if (!json_is_object(v))
		return refuse(c, "want an object of lists of member names");
	for (it = json_object_iter((json_t *)v); it != NULL; it = json_object_iter_next((json_t *)v, it)) {
		*tail = room(c, sizeof(**tail));
		(*tail)->when = make_name(json_object_iter_key(it), json_object_iter_key_len(it));
		if (name_list(c, json_object_iter_value(it), *tail) < 0)
			return -1;
		tail = (struct name_list **)&(*tail)->next;
	}
	return emit(c, OP_DEPENDENT_REQUIRED, 0, first);
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
		return refuse(c, "want an object of schemas");
	table_init(c, &p->table, json_object_size(v));
	for (it = json_object_iter((json_t *)v); it != NULL; it = json_object_iter_next((json_t *)v, it)) {
		if (child(c, "properties", json_object_iter_value(it), json_object_iter_key(it), json_object_iter_key_len(it), 0,
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
		return refuse(c, "want an object of schemas");
	p->pattern = room(c, (json_object_size(v) + 1) * sizeof(*p->pattern));
	for (it = json_object_iter((json_t *)v); it != NULL; it = json_object_iter_next((json_t *)v, it)) {
		s = &p->pattern[p->n_pattern++];
		if (pattern_of(c, json_object_iter_key(it), json_object_iter_key_len(it), &s->re) < 0 ||
		    child(c, "patternProperties", json_object_iter_value(it), json_object_iter_key(it),
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
	p = room(c, sizeof(*p));
	p->additional = NO_SUB;
	if (plan_properties(c, props, p) < 0 || plan_patterns(c, patterns, p) < 0 ||
	    (extra != NULL && child_here(c, "additionalProperties", extra, &p->additional) < 0))
		return -1;
	return emit(c, OP_OBJECT, 0, p);
}

static int
kw_property_names(struct compiler *c, const json_t *v)
{
	uint32_t sub;

	return child_here(c, "propertyNames", v, &sub) < 0 ? -1 : emit(c, OP_PROPERTY_NAMES, sub, NULL);
}

static int
kw_dependent_schemas(struct compiler *c, const json_t *v)
{
	struct dependent_schemas *d = room(c, sizeof(*d));
	struct dependent_schema *one;
	void *it;

	if (!json_is_object(v))
		return refuse(c, "want an object of schemas");
	d->dep = room(c, (json_object_size(v) + 1) * sizeof(*d->dep));
	for (it = json_object_iter((json_t *)v); it != NULL; it = json_object_iter_next((json_t *)v, it)) {
		one = &d->dep[d->n++];
		one->when = make_name(json_object_iter_key(it), json_object_iter_key_len(it));
		if (child(c, "dependentSchemas", json_object_iter_value(it), one->when.s, one->when.n, 0, &one->sub) < 0)
			return -1;
	}
	return emit(c, OP_DEPENDENT_SCHEMAS, 0, d);
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
		return refuse(c, "want true or false");
	return json_is_true(v) ? emit(c, OP_UNIQUE, 0, NULL) : 0;
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
		return refuse(c, "\"items\" is one schema; a list of them is \"prefixItems\" in draft 2020-12");
	p = room(c, sizeof(*p));
	p->items = NO_SUB;
	if ((prefix != NULL && child_list(c, "prefixItems", v, &p->prefix) < 0) ||
	    (items != NULL && child_here(c, "items", items, &p->items) < 0))
		return -1;
	return emit(c, OP_ITEMS, 0, p);
}

static int
kw_contains(struct compiler *c, const json_t *v)
{
	struct contains_plan *p = room(c, sizeof(*p));
	const json_t *min = json_object_get(c->schema, "minContains"), *max = json_object_get(c->schema, "maxContains");
	uint32_t n;

	p->min = 1;
	p->max = SIZE_MAX;
	if (!(c->resource->vocab & VOCAB_VALIDATION))
		min = max = NULL;
	if (child_here(c, "contains", v, &p->sub) < 0)
		return -1;
	if (min != NULL) {
		if (count(c, min, &n) < 0)
			return -1;
		p->min = n;
	}
	if (max != NULL) {
		if (count(c, max, &n) < 0)
			return -1;
		p->max = n;
	}
	return emit(c, OP_CONTAINS, 0, p);
}

/* ---- references and combinations ----------------------------------------------------------------------------------- */

static int
reference(struct compiler *c, const json_t *v, struct target *t, uint32_t *sub)
{
	struct err e = ERR_INIT;

	if (!json_is_string(v))
		return refuse(c, "want a URI reference in a string");
	if (set_target(c->set, c->resource, json_string_value(v), t, &e) < 0)
		return refuse(c, "%s", e.text);
	if (!json_is_object(t->schema) && !json_is_boolean(t->schema)) {
		free(t->pointer);
		return refuse(c, "%s is no schema", json_string_value(v));
	}
	*sub = sub_of(c->set, t->resource, t->schema, t->pointer);
	free(t->pointer);
	return 0;
}

static int
kw_ref(struct compiler *c, const json_t *v)
{
	struct target t;
	uint32_t sub;

	return reference(c, v, &t, &sub) < 0 ? -1 : emit(c, OP_REF, sub, NULL);
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
		return emit(c, OP_REF, sub, NULL);
	return emit(c, OP_DYNAMIC_REF, sub, dynamic_of(c->set, t.anchor->name));
}

static int
combine(struct compiler *c, const json_t *v, enum op op)
{
	struct sub_list *l = room(c, sizeof(*l));

	return child_list(c, keywords[c->row].name, v, l) < 0 ? -1 : emit(c, op, 0, l);
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

	return child_here(c, "not", v, &sub) < 0 ? -1 : emit(c, OP_NOT, sub, NULL);
}

static int
kw_if(struct compiler *c, const json_t *v)
{
	const json_t *yes = json_object_get(c->schema, "then"), *no = json_object_get(c->schema, "else");
	struct if_plan *p = room(c, sizeof(*p));

	p->then_sub = p->else_sub = NO_SUB;
	if (child_here(c, "if", v, &p->if_sub) < 0 || (yes != NULL && child_here(c, "then", yes, &p->then_sub) < 0) ||
	    (no != NULL && child_here(c, "else", no, &p->else_sub) < 0))
		return -1;
	return emit(c, OP_IF, 0, p);
}

static int
kw_unevaluated_properties(struct compiler *c, const json_t *v)
{
	uint32_t sub;

	if (child_here(c, "unevaluatedProperties", v, &sub) < 0)
		return -1;
	c->set->sub[c->sub].watches = 1;
	return emit(c, OP_UNEVALUATED_PROPERTIES, sub, NULL);
}

static int
kw_unevaluated_items(struct compiler *c, const json_t *v)
{
	uint32_t sub;

	if (child_here(c, "unevaluatedItems", v, &sub) < 0)
		return -1;
	c->set->sub[c->sub].watches = 1;
	return emit(c, OP_UNEVALUATED_ITEMS, sub, NULL);
}

/* ---- the keyword table: rows in the order of evaluation --------------------------------------------------------------- */

static const struct keyword keywords[] = {
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
	{ "if", VOCAB_APPLICATOR, kw_if },
	{ "anyOf", VOCAB_APPLICATOR, kw_any_of },
	{ "oneOf", VOCAB_APPLICATOR, kw_one_of },
	{ "not", VOCAB_APPLICATOR, kw_not },
	{ "unevaluatedProperties", VOCAB_UNEVALUATED, kw_unevaluated_properties },
	{ "unevaluatedItems", VOCAB_UNEVALUATED, kw_unevaluated_items },
};

const char *
keyword_name(unsigned row)
{
	return keywords[row].name;
}

/* ---- compiling ----------------------------------------------------------------------------------------------------- */

static int
compile_sub(struct schema_set *set, uint32_t id, struct err *e)
{
	struct sub *s = &set->sub[id];
	struct compiler c = { set, set->resource.v[s->resource], s->schema, s->pointer, id, 0, e };
	const json_t *v;

	s->first = (uint32_t)set->n_insn;
	if (s->truth != TRUTH_ASK)
		return 0;
	if (set_vocabulary(set, c.resource, e) < 0)
		return -1;
	for (c.row = 0; c.row < ARRAY_LEN(keywords); c.row++) {
		v = json_object_get(c.schema, keywords[c.row].name);
		if (v != NULL && (c.resource->vocab & keywords[c.row].vocab) && keywords[c.row].fn(&c, v) < 0)
			return -1;
	}
	if (set->sub[id].n == 0)
		set->sub[id].truth = TRUTH_TRUE;
	return 0;
}

/* Gives every $dynamicRef the places that resources known by now declare. */
static void
add_dynamic_targets(struct schema_set *set)
{
	struct dynamic *d;
	struct anchor *a;
	struct resource *r;
	uint32_t sub;
	size_t i, k;

	for (d = set->dynamics; d != NULL; d = d->next) {
		for (i = 0; i < set->resource.n; i++) {
			r = set->resource.v[i];
			for (a = r->anchors; a != NULL && !(a->dynamic && strcmp(a->name, d->name) == 0); a = a->next)
				;
			for (k = 0; a != NULL && k < d->to.n && d->to.v[k].resource != r->id; k++)
				;
			if (a == NULL || k < d->to.n)
				continue;
			sub = sub_of(set, r, a->schema, a->pointer);
			*vec_push(set->arena, &d->to) = (struct dynamic_target){ r->id, sub };
		}
	}
}

/* The i-th subschema that sub applies to the same value whatever the value is. NO_SUB: no more. */
static uint32_t
same_place(const struct schema_set *set, const struct sub *s, size_t i)
{
	const struct sub_list *l;
	const struct insn *in;
	uint32_t k;

	for (k = 0; k < s->n; k++) {
		in = &set->insn[s->first + k];
		if (in->op == OP_REF && i-- == 0)
			return in->a;
		if (in->op != OP_ALL_OF)
			continue;
		l = in->p;
		if (i < l->n)
			return l->sub[i];
		i -= l->n;
	}
	return NO_SUB;
}

/* Refuses references that run in a circle without ever going down in the instance, by depth-first search from sub `from`. */
static int
find_circle(struct schema_set *set, uint8_t *seen, uint32_t from, struct err *e)
{
	struct { uint32_t sub; size_t i; } *path = xcalloc(set->n_sub + 1, sizeof(*path));
	const struct sub *s;
	size_t n = 0;
	uint32_t next;
	int r = 0;

	path[n++].sub = from;
	seen[from] = 1;
	while (n > 0 && r == 0) {
		s = &set->sub[path[n - 1].sub];
		next = same_place(set, s, path[n - 1].i++);
		if (next == NO_SUB) {
			seen[path[--n].sub] = 2;
		} else if (seen[next] == 1) {
			r = err_set(e, ERR_USAGE, "%s#%s: \"$ref\" runs in a circle", set->resource.v[s->resource]->uri, s->pointer);
		} else if (seen[next] == 0) {
			seen[next] = 1;
			path[n].sub = next;
			path[n++].i = 0;
		}
	}
	free(path);
	return r;
}

static int
compile_from(struct schema_set *set, size_t from, struct err *e)
{
	uint8_t *seen;
	size_t next = from, i;
	int r = 0;

	while (next < set->n_sub) {
		if (compile_sub(set, (uint32_t)next++, e) < 0)
			return -1;
		if (next == set->n_sub)
			add_dynamic_targets(set);
	}
	seen = xcalloc(set->n_sub + 1, 1);
	for (i = from; i < set->n_sub && r == 0; i++)
		if (seen[i] == 0)
			r = find_circle(set, seen, (uint32_t)i, e);
	free(seen);
	return r;
}

/* Forgets what a compilation that failed had begun. */
static void
roll_back(struct schema_set *set, size_t n_sub, size_t n_insn)
{
	struct compiled *c, *next;
	struct dynamic *d;

	HASH_ITER(hh, set->compiled, c, next) {
		if (c->sub < n_sub)
			continue;
		HASH_DEL(set->compiled, c);
		free(c);
	}
	for (d = set->dynamics; d != NULL; d = d->next)
		while (d->to.n > 0 && d->to.v[d->to.n - 1].sub >= n_sub)
			d->to.n--;
	set->n_sub = n_sub;
	set->n_insn = n_insn;
}

int
schema_compile(struct schema_set *set, const char *uri, const struct schema **out, struct err *e)
{
	size_t n_sub = set->n_sub, n_insn = set->n_insn;
	struct resource nowhere = { .uri = "", .doc_uri = "" };
	struct target t;
	struct schema *s;
	uint32_t sub;

	HASH_FIND_STR(set->handles, uri, s);
	if (s == NULL) {
		if (set_target(set, &nowhere, uri, &t, e) < 0)
			return -1;
		if (!json_is_object(t.schema) && !json_is_boolean(t.schema)) {
			free(t.pointer);
			return err_set(e, ERR_USAGE, "%s is no schema", uri);
		}
		sub = sub_of(set, t.resource, t.schema, t.pointer);
		free(t.pointer);
		if (compile_from(set, n_sub, e) < 0) {
			roll_back(set, n_sub, n_insn);
			return -1;
		}
		s = arena_alloc(set->arena, sizeof(*s));
		s->set = set;
		s->uri = arena_strdup(set->arena, uri);
		s->sub = sub;
		HASH_ADD_KEYPTR(hh, set->handles, s->uri, strlen(s->uri), s);
	}
	*out = s;
	return 0;
}

void
compile_release(struct schema_set *set)
{
	struct compiled *c, *c_next;
	struct regex_entry *r, *r_next;

	HASH_CLEAR(hh, set->handles);
	HASH_ITER(hh, set->compiled, c, c_next) {
		HASH_DEL(set->compiled, c);
		free(c);
	}
	HASH_ITER(hh, set->regexes, r, r_next) {
		HASH_DEL(set->regexes, r);
		regex_free(r->re);
		free(r);
	}
	free(set->sub);
	free(set->insn);
}
