/* The schema pass: the JSON Schema of the object's type, in words of the standard. */
#include <string.h>

#include "validate/rules.h"

#define SCHEMA_FINDINGS	100	/* of one object and schema */

/* Keywords, and the rule that their failure is a finding of. Those not named here are SCHEMA_CHOICE. */
static const struct {
	const char *keyword;
	enum rule_id rule;
} keywords[] = {
	{ "required", RULE_SCHEMA_REQUIRED }, { "dependentRequired", RULE_SCHEMA_REQUIRED },
	{ "type", RULE_SCHEMA_TYPE },
	{ "const", RULE_SCHEMA_VALUE }, { "enum", RULE_SCHEMA_VALUE }, { "pattern", RULE_SCHEMA_VALUE }, { "format", RULE_SCHEMA_VALUE },
	{ "minimum", RULE_SCHEMA_VALUE }, { "maximum", RULE_SCHEMA_VALUE }, { "exclusiveMinimum", RULE_SCHEMA_VALUE },
	{ "exclusiveMaximum", RULE_SCHEMA_VALUE }, { "multipleOf", RULE_SCHEMA_VALUE },
	{ "propertyNames", RULE_SCHEMA_NAME }, { "additionalProperties", RULE_SCHEMA_NAME },
	{ "unevaluatedProperties", RULE_SCHEMA_NAME },
	{ "minItems", RULE_SCHEMA_SIZE }, { "maxItems", RULE_SCHEMA_SIZE }, { "minProperties", RULE_SCHEMA_SIZE },
	{ "maxProperties", RULE_SCHEMA_SIZE }, { "minLength", RULE_SCHEMA_SIZE }, { "maxLength", RULE_SCHEMA_SIZE },
	{ "uniqueItems", RULE_SCHEMA_SIZE },
	{ "", RULE_SCHEMA_ABSENT },
};

/*
 * Where an anyOf or oneOf asks for one of several properties, its branches (borrowed), else NULL: the engine lets the nearest
 * branch speak, which would sound as if that one property were required.
 */
static const json_t *
alternatives(struct check *c, const struct schema_finding *f)
{
	const char *p = strstr(f->pointer, "/anyOf/");
	const json_t *list, *item;
	size_t i;

	if (p == NULL)
		p = strstr(f->pointer, "/oneOf/");
	if (p == NULL || strcmp(f->keyword, "required") != 0)
		return NULL;
	list = json_pointer_get(schema_document(c->v->set, f->uri, NULL), arena_strndup(c->v->scratch, f->pointer,
	    (size_t)(p - f->pointer) + 6));
	json_array_foreach(list, i, item)
		if (!json_is_array(json_object_get(item, "required")))
			return NULL;
	return list;
}

static enum rule_id
rule_of(struct check *c, const struct schema_finding *f)
{
	const char *keyword = f->keyword;
	size_t i;

	if (f->verdict != SCHEMA_INVALID)
		return RULE_SCHEMA_COSTLY;
	/* propertyNames fails in the schema of names */
	if (f->at_name && (strcmp(keyword, "pattern") == 0 || strcmp(keyword, "not") == 0))
		return RULE_SCHEMA_NAME;
	if (alternatives(c, f) != NULL)
		return RULE_SCHEMA_CHOICE;
	for (i = 0; i < ARRAY_LEN(keywords); i++)
		if (strcmp(keywords[i].keyword, keyword) == 0)
			return keywords[i].rule;
	return RULE_SCHEMA_CHOICE;
}

/* The shape of the value at a pointer of the object. */
static struct shape *
shape_at(struct check *c, const char *pointer)
{
	struct shape *s = c->shape;
	char name[256];
	size_t n;

	while (s != NULL && *pointer == '/') {
		n = strcspn(++pointer, "/");
		if (n >= sizeof(name))
			return NULL;
		memcpy(name, pointer, n);
		name[n] = '\0';
		pointer += n;
		s = s->json_type != NULL && strcmp(s->json_type, "array") == 0 ? shape_item(c->v, s) : shape_member(c->v, s, name);
	}
	return s;
}

static const char *
last_name(const char *pointer)
{
	const char *slash = strrchr(pointer, '/');

	return slash != NULL ? slash + 1 : pointer;
}

/* What a value is called: the name of its property, "object_refs[2]" for an element of a list. */
static const char *
value_name(struct check *c, const char *pointer)
{
	const char *last = last_name(pointer), *list = last - 1;

	if (last[strspn(last, "0123456789")] != '\0' || *last == '\0' || list <= pointer)
		return last;
	while (list > pointer && list[-1] != '/')
		list--;
	return arena_printf(c->v->scratch, "%.*s[%s]", (int)(last - 1 - list), list, last);
}

/* "identity, or malware": what a reference may point to. */
static const char *
ref_words(struct check *c, const json_t *refs)
{
	struct buf b = BUF_INIT(4096);
	const json_t *item;
	const char *out;
	size_t i;

	json_array_foreach(refs, i, item)
		buf_printf(&b, "%s%s", i == 0 ? "" : i + 1 == json_array_size(refs) ? " or " : ", ",
		    json_is_string(item) ? json_string_value(item) : "?");
	out = arena_strdup(c->v->scratch, buf_str(&b));
	buf_free(&b);
	return out;
}

/* What the schema says in words about the form it asks for; NULL when it says nothing. */
static const char *
described(struct check *c, const struct schema_finding *f, const char *what)
{
	const char *text = member_string(f->schema, "description");
	size_t n;

	if (text == NULL || (n = strlen(text)) == 0)
		return NULL;
	return arena_printf(c->v->scratch, "%s has not the right form: %.*s", what, (int)(n - (text[n - 1] == '.')), text);
}

/* "one of region, country or latitude and longitude is required" */
static const char *
alternative_words(struct check *c, const json_t *list)
{
	struct buf b = BUF_INIT(4096);
	const json_t *item, *name;
	const char *out;
	size_t i, k;

	json_array_foreach(list, i, item) {
		buf_adds(&b, i == 0 ? "one of " : i + 1 == json_array_size(list) ? " or " : ", ");
		json_array_foreach(json_object_get(item, "required"), k, name)
			buf_printf(&b, "%s%s", k > 0 ? " and " : "", json_is_string(name) ? json_string_value(name) : "?");
	}
	buf_adds(&b, " is required");
	out = arena_strdup(c->v->scratch, buf_str(&b));
	buf_free(&b);
	return out;
}

/* Words for what a regular expression would say; NULL where the engine's own are the best. */
static const char *
words(struct check *c, const struct schema_finding *f)
{
	const char *s = json_string_value(f->value);
	const struct shape *shape;
	const json_t *list;
	const char *name;
	size_t n;

	if ((list = alternatives(c, f)) != NULL)
		return alternative_words(c, list);
	if (strcmp(f->keyword, "pattern") != 0 && strcmp(f->keyword, "not") != 0)
		return NULL;
	if (f->at_name)
		return described(c, f, arena_printf(c->v->scratch, "the name %s", quoted(c, last_name(f->instance))));
	if (s == NULL)
		return NULL;
	shape = shape_at(c, f->instance);
	name = value_name(c, f->instance);
	n = stix_id_type(s);
	if (n == 0 && ((shape != NULL && shape->refs != NULL) || strcmp(f->instance, "/id") == 0))
		return arena_printf(c->v->scratch, "%s %s is no identifier: an object type, two hyphens and a UUID", name, quoted(c, s));
	if (shape != NULL && shape->refs != NULL && json_array_size(shape->refs) > 0 && !strstr(f->pointer, "/$defs/identifier/"))
		return arena_printf(c->v->scratch, "%s refers to %.*s; it may refer to %s only", name, (int)n, s,
		    ref_words(c, shape->refs));
	if (strcmp(f->instance, "/id") == 0 && !(strlen(c->type) == n && memcmp(s, c->type, n) == 0))
		return arena_printf(c->v->scratch, "id is %s; an id begins with the type of the object, %s--", quoted(c, s), c->type);
	return described(c, f, arena_printf(c->v->scratch, "%s %s", name, quoted(c, s)));
}

/* The nearest section of the standard: that of the schema at fault, else of the document it stands in. */
static const char *
clause_of(struct check *c, const struct schema_finding *f)
{
	const char *clause = member_string(f->schema, "stix:clause");
	const struct shape *s;

	if (clause == NULL)
		clause = member_string(schema_document(c->v->set, f->uri, NULL), "stix:clause");
	if (clause == NULL && (s = shape_at(c, f->instance)) != NULL)
		clause = s->clause;
	return clause != NULL ? clause : "";
}

struct pass {
	struct check *c;
	const char *prefix;	/* of pointers, when only a part of the object is judged */
};

static void
found(void *arg, const struct schema_finding *f)
{
	struct pass *p = arg;
	struct check *c = p->c;
	enum rule_id r = rule_of(c, f);
	const char *pointer = arena_printf(c->v->scratch, "%s%s", p->prefix, f->instance), *text = words(c, f);
	struct pending *q;
	size_t i;

	if (text == NULL)
		text = f->message;
	for (i = 0; i < c->v->pending.n; i++) {
		q = &c->v->pending.v[i];
		if (q->rule != r || strcmp(q->pointer, pointer) != 0)
			continue;
		/* of what several schemas want of one value the narrowest says it */
		if (r == RULE_SCHEMA_TYPE && strlen(text) < strlen(q->message))
			q->message = arena_strdup(c->v->scratch, text);
		if (r == RULE_SCHEMA_TYPE || strcmp(q->message, text) == 0)
			return;
	}
	report_schema(c, r, pointer, f->at_name, clause_of(c, f), arena_printf(c->v->scratch, "%s#%s", f->uri, f->pointer), text);
}

static void
run(struct check *c, const struct schema *schema, const json_t *value, const char *prefix)
{
	struct pass p = { c, prefix };

	if (schema != NULL && schema_check(c->v->run, schema, value) != SCHEMA_VALID)
		schema_explain(c->v->run, schema, value, SCHEMA_FINDINGS, found, &p);
}

/* Schemas of extensions, by the ids that the object's extensions have (7.3). */
static void
run_extensions(struct check *c)
{
	struct validate_type *t;
	const char *key;
	json_t *value;

	json_object_foreach(json_object_get(c->object, "extensions"), key, value) {
		if ((t = type_find(c->v, key)) == NULL)
			continue;
		if (t->extension_type != NULL && strcmp(t->extension_type, "property-extension") == 0) {
			struct buf b = BUF_INIT(4096);

			buf_adds(&b, "/extensions");
			json_pointer_add(&b, key, strlen(key));
			run(c, t->schema, value, buf_str(&b));
			buf_free(&b);
		} else {
			run(c, t->schema, c->object, "");
		}
	}
}

void
pass_schema(struct check *c)
{
	struct validate *v = c->v;
	struct validate_type *core;

	if (c->row != NULL)
		run(c, c->row->schema, c->object, "");
	/* a type without a schema of ours, or with one of the user's that may say nothing of what all objects share */
	if ((c->row == NULL || (c->row->custom && c->row->category[0] == '\0')) && (core = type_core(v, c->sco)) != NULL)
		run(c, core->schema, c->object, "");
	if (json_is_object(json_object_get(c->object, "extensions")))
		run_extensions(c);
	v->nbad = v->pending.n;
}
