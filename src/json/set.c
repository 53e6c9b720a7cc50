#include <stdlib.h>
#include <string.h>

#include "json/engine.h"

struct known_uri {
	const char *uri;
	struct resource *r;
	UT_hash_handle hh;
};

/* A schema object whose "$id"s and anchors have been noted. */
struct known_schema {
	const json_t *v;
	UT_hash_handle hh;
};

/* Where subschemas stand: the value of the keyword is one, a list of them, or an object of them. */
static const struct { const char *keyword; enum { ONE, LIST, MAP } kind; } holders[] = {
	{ "$defs", MAP }, { "definitions", MAP }, { "properties", MAP }, { "patternProperties", MAP },
	{ "dependentSchemas", MAP }, { "dependencies", MAP }, { "allOf", LIST }, { "anyOf", LIST }, { "oneOf", LIST },
	{ "prefixItems", LIST }, { "items", ONE }, { "contains", ONE }, { "not", ONE }, { "if", ONE }, { "then", ONE }, { "else", ONE },
	{ "additionalProperties", ONE }, { "propertyNames", ONE }, { "unevaluatedProperties", ONE },
	{ "unevaluatedItems", ONE }, { "contentSchema", ONE },
};

struct schema_set *
schema_set_new(unsigned flags)
{
	struct schema_set *set = xcalloc(1, sizeof(*set));

	set->flags = flags;
	set->arena = arena_new();
	return set;
}

void
schema_set_free(struct schema_set *set)
{
	struct known_schema *k, *k_next;
	struct known_uri *u, *u_next;
	size_t i;

	if (set == NULL)
		return;
	compile_release(set);
	HASH_CLEAR(hh, set->roots);
	HASH_ITER(hh, set->scanned, k, k_next) {
		HASH_DEL(set->scanned, k);
		free(k);
	}
	HASH_ITER(hh, set->uris, u, u_next) {
		HASH_DEL(set->uris, u);
		free(u);
	}
	for (i = 0; i < set->doc.n; i++)
		json_decref(set->doc.v[i]);
	arena_free(set->arena);
	free(set);
}

void
schema_set_loader(struct schema_set *set, schema_load_fn *load, void *arg)
{
	set->load = load;
	set->load_arg = arg;
}

/* ---- scanning ---------------------------------------------------------------------------------------------------- */

static int
know_uri(struct schema_set *set, const char *uri, struct resource *r, struct err *e)
{
	struct known_uri *u;

	HASH_FIND_STR(set->uris, uri, u);
	if (u != NULL && u->r == r)
		return 0;
	if (u != NULL)
		return err_set(e, ERR_USAGE, "%s: the schema is declared twice, the second time in %s", uri, r->doc_uri);
	u = xcalloc(1, sizeof(*u));
	u->uri = uri;
	u->r = r;
	HASH_ADD_KEYPTR(hh, set->uris, u->uri, strlen(u->uri), u);
	return 0;
}

/* Makes a resource of schema; base: what its "$id" is relative to. */
static struct resource *
new_resource(struct schema_set *set, const char *base, const char *doc_uri, const json_t *schema, struct err *e)
{
	const json_t *id = json_object_get(schema, "$id");
	struct resource *r = arena_alloc(set->arena, sizeof(*r));
	char *uri, *fragment;

	if (id != NULL && !json_is_string(id)) {
		err_set(e, ERR_USAGE, "%s: \"$id\" is no string", base);
		return NULL;
	}
	uri = uri_resolve(base, id != NULL ? json_string_value(id) : "");
	fragment = uri_cut_fragment(uri);
	r->uri = arena_strdup(set->arena, uri);
	r->doc_uri = doc_uri;
	r->schema = schema;
	r->id = (unsigned)set->resource.n;
	free(uri);
	if (fragment != NULL && fragment[0] != '\0' && id != NULL) {
		err_set(e, ERR_USAGE, "%s: an \"$id\" has no fragment (an \"$anchor\" names a place)", json_string_value(id));
		free(fragment);
		return NULL;
	}
	free(fragment);
	if (know_uri(set, r->uri, r, e) < 0)
		return NULL;
	*vec_push(set->arena, &set->resource) = r;
	if (json_is_object(schema))
		HASH_ADD_PTR(set->roots, schema, r);
	return r;
}

static int
note_anchor(struct schema_set *set, struct resource *r, const json_t *schema, const char *pointer, const char *keyword,
    struct err *e)
{
	const json_t *v = json_object_get(schema, keyword);
	struct anchor *a;

	if (v == NULL)
		return 0;
	if (!json_is_string(v))
		return err_set(e, ERR_USAGE, "%s#%s/%s is no string", r->uri, pointer, keyword);
	for (a = r->anchors; a != NULL; a = a->next)
		if (strcmp(a->name, json_string_value(v)) == 0 && a->schema != schema)
			return err_set(e, ERR_USAGE, "%s#%s/%s: the anchor \"%s\" is declared twice", r->uri, pointer, keyword,
			    a->name);
	a = arena_alloc(set->arena, sizeof(*a));
	a->name = json_string_value(v);
	a->schema = schema;
	a->pointer = pointer;
	a->dynamic = strcmp(keyword, "$dynamicAnchor") == 0;
	a->next = r->anchors;
	r->anchors = a;
	return 0;
}

static const char *
pointer_down(struct schema_set *set, const char *pointer, const char *keyword, const char *name, size_t n, size_t index)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	const char *s;

	buf_printf(&b, "%s/%s", pointer, keyword);
	if (name != NULL)
		json_pointer_add(&b, name, n);
	else if (index != SIZE_MAX)
		json_pointer_add_index(&b, index);
	s = arena_strdup(set->arena, buf_str(&b));
	buf_free(&b);
	return s;
}

/* Notes every "$id" and anchor at and below a schema that stands at pointer in r. */
static int
scan(struct schema_set *set, struct resource *r, const json_t *schema, const char *pointer, unsigned depth, struct err *e)
{
	struct known_schema *known;
	struct resource *own;
	const json_t *v, *child;
	void *it;
	size_t i, k;
	int bad = 0;

	HASH_FIND_PTR(set->scanned, &schema, known);
	if (!json_is_object(schema) || known != NULL)
		return 0;
	if (depth > LIMIT_JSON_DEPTH)
		return err_set(e, ERR_USAGE, "%s: nested deeper than %d levels", r->uri, LIMIT_JSON_DEPTH);
	known = xcalloc(1, sizeof(*known));
	known->v = schema;
	HASH_ADD_PTR(set->scanned, v, known);
	if (json_object_get(schema, "$id") != NULL && schema != r->schema) {
		own = new_resource(set, r->uri, r->doc_uri, schema, e);
		if (own == NULL)
			return -1;
		own->parent = r;
		r = own;
		pointer = "";
	}
	if (note_anchor(set, r, schema, pointer, "$anchor", e) < 0 || note_anchor(set, r, schema, pointer, "$dynamicAnchor", e) < 0)
		return -1;
	for (i = 0; i < ARRAY_LEN(holders) && !bad; i++) {
		v = json_object_get(schema, holders[i].keyword);
		if (v == NULL)
			continue;
		if (holders[i].kind == ONE)
			bad = scan(set, r, v, pointer_down(set, pointer, holders[i].keyword, NULL, 0, SIZE_MAX), depth + 1, e);
		if (holders[i].kind == LIST)
			for (k = 0; (child = json_array_get(v, k)) != NULL && !bad; k++)
				bad = scan(set, r, child, pointer_down(set, pointer, holders[i].keyword, NULL, 0, k), depth + 1, e);
		if (holders[i].kind == MAP && json_is_object(v))
			for (it = json_object_iter((json_t *)v); it != NULL && !bad; it = json_object_iter_next((json_t *)v, it))
				bad = scan(set, r, json_object_iter_value(it), pointer_down(set, pointer, holders[i].keyword,
				    json_object_iter_key(it), json_object_iter_key_len(it), 0), depth + 1, e);
	}
	return bad;
}

/* ---- documents --------------------------------------------------------------------------------------------------- */

/* Adds a document; steals root. */
static int
add_document(struct schema_set *set, const char *uri, json_t *root, struct resource **out, struct err *e)
{
	const json_t *id = json_object_get(root, "$id");
	const char *base = uri != NULL ? uri : json_string_value(id);
	struct resource *r;

	*vec_push(set->arena, &set->doc) = root;
	if (!json_is_object(root) && !json_is_boolean(root))
		return err_set(e, ERR_USAGE, "%s: a schema is an object or a boolean", uri != NULL ? uri : "(schema)");
	if (base == NULL || !uri_is_absolute(base))
		return err_set(e, ERR_USAGE, "%s: a schema needs an absolute URI", base != NULL ? base : "(schema)");
	base = arena_strdup(set->arena, base);
	r = new_resource(set, base, base, root, e);
	if (r == NULL || (uri != NULL && know_uri(set, base, r, e) < 0) || scan(set, r, root, "", 0, e) < 0)
		return -1;
	if (out != NULL)
		*out = r;
	return 0;
}

int
schema_set_add(struct schema_set *set, const char *uri, const json_t *schema, struct err *e)
{
	json_t *copy = json_deep_copy(schema);

	if (copy == NULL)
		base_oom();
	return add_document(set, uri, copy, NULL, e);
}

static int
add_text(struct schema_set *set, const char *uri, const char *text, size_t len, struct resource **out, struct err *e)
{
	struct json_text *t;
	json_t *root;

	if (json_read_err(uri != NULL ? uri : "schema", text, len, &t, e) < 0) {
		if (e != NULL)
			e->kind = ERR_USAGE;
		return -1;
	}
	root = json_incref(json_text_root(t));
	json_text_free(t);
	return add_document(set, uri, root, out, e);
}

int
schema_set_add_text(struct schema_set *set, const char *uri, const char *text, size_t len, struct err *e)
{
	return add_text(set, uri, text, len, NULL, e);
}

int
set_resource(struct schema_set *set, const char *uri, struct resource **out, struct err *e)
{
	struct buf text = BUF_INIT(LIMIT_SCHEMA_TEXT);
	const char *own = meta_text(uri);
	struct known_uri *u;
	int r;

	HASH_FIND_STR(set->uris, uri, u);
	if (u != NULL) {
		*out = u->r;
		return 1;
	}
	if (own != NULL)
		return add_text(set, uri, own, strlen(own), out, e) < 0 ? -1 : 1;
	r = set->load != NULL ? set->load(set->load_arg, uri, &text, e) : 0;
	if (r > 0 && text.over)
		r = err_set(e, ERR_USAGE, "%s: a schema of more than %u octets", uri, LIMIT_SCHEMA_TEXT);
	if (r > 0)
		r = add_text(set, uri, buf_str(&text), text.len, out, e) < 0 ? -1 : 1;
	buf_free(&text);
	return r;
}

const json_t *
schema_document(struct schema_set *set, const char *uri, struct err *e)
{
	struct resource *r;
	int found = set_resource(set, uri, &r, e);

	if (found == 0)
		err_set(e, ERR_USAGE, "%s: there is no such schema", uri);
	return found > 0 ? r->schema : NULL;
}

/* ---- references -------------------------------------------------------------------------------------------------- */

/* Follows a JSON Pointer from the root of t->resource, into embedded resources too. */
static int
follow_pointer(struct schema_set *set, const char *pointer, struct target *t, struct err *e)
{
	struct buf at = BUF_INIT(SIZE_MAX / 2), step = BUF_INIT(SIZE_MAX / 2);
	struct resource *own;
	const char *s = pointer;
	int r = 0;

	t->schema = t->resource->schema;
	while (*s != '\0' && r == 0) {
		buf_reset(&step);
		buf_addc(&step, *s++);
		for (; *s != '\0' && *s != '/'; s++)
			buf_addc(&step, *s);
		t->schema = json_pointer_get(t->schema, step.s);
		buf_add(&at, step.s, step.len);
		HASH_FIND_PTR(set->roots, &t->schema, own);
		if (own != NULL) {
			t->resource = own;
			buf_reset(&at);
		}
		if (t->schema == NULL)
			r = err_set(e, ERR_USAGE, "%s#%s leads nowhere", t->resource->uri, pointer);
	}
	if (r == 0) {
		t->pointer = buf_take(&at);
		r = scan(set, t->resource, t->schema, arena_strdup(set->arena, t->pointer), 0, e);
	}
	buf_free(&at);
	buf_free(&step);
	return r;
}

static int
follow_fragment(struct schema_set *set, const char *fragment, struct target *t, struct err *e)
{
	const struct anchor *a;

	t->schema = t->resource->schema;
	t->anchor = NULL;
	if (fragment == NULL || fragment[0] == '\0' || fragment[0] == '/')
		return follow_pointer(set, fragment != NULL ? fragment : "", t, e);
	for (a = t->resource->anchors; a != NULL && strcmp(a->name, fragment) != 0; a = a->next)
		;
	if (a == NULL)
		return err_set(e, ERR_USAGE, "%s has no anchor \"%s\"", t->resource->uri, fragment);
	t->anchor = a;
	t->schema = a->schema;
	t->pointer = xstrdup(a->pointer);
	return 0;
}

int
set_target(struct schema_set *set, struct resource *from, const char *ref, struct target *out, struct err *e)
{
	const char *bases[] = { from->uri, from->doc_uri };
	struct target t = { 0 };
	char *uri = NULL, *fragment = NULL;
	size_t i;
	int found = 0;

	for (i = 0; i < ARRAY_LEN(bases) && found == 0; i++) {
		free(uri);
		free(fragment);
		uri = uri_resolve(bases[i], ref);
		fragment = uri_cut_fragment(uri);
		found = set_resource(set, uri, &t.resource, e);
		if (strcmp(bases[0], bases[1]) == 0)
			break;
	}
	if (found == 0)
		err_set(e, ERR_USAGE, "there is no schema %s", uri);
	if (found > 0 && follow_fragment(set, fragment, &t, e) < 0)
		found = -1;
	free(uri);
	free(fragment);
	if (found <= 0)
		return -1;
	*out = t;
	return 0;
}

const json_t *
schema_resolve(struct schema_set *set, const char *base, const char *ref, char **base_out, struct err *e)
{
	char *uri = uri_resolve(base, "");
	struct resource *from;
	struct target t;
	int found;

	free(uri_cut_fragment(uri));
	found = set_resource(set, uri, &from, e);
	if (found == 0)
		err_set(e, ERR_USAGE, "%s: there is no such schema", uri);
	free(uri);
	if (found <= 0 || set_target(set, from, ref, &t, e) < 0)
		return NULL;
	free(t.pointer);
	*base_out = xstrdup(t.resource->uri);
	return t.schema;
}

/* ---- vocabularies ------------------------------------------------------------------------------------------------ */

static const struct { const char *uri; unsigned bit; } vocabularies[] = {
	{ "https://json-schema.org/draft/2020-12/vocab/core", VOCAB_CORE },
	{ "https://json-schema.org/draft/2020-12/vocab/applicator", VOCAB_APPLICATOR },
	{ "https://json-schema.org/draft/2020-12/vocab/unevaluated", VOCAB_UNEVALUATED },
	{ "https://json-schema.org/draft/2020-12/vocab/validation", VOCAB_VALIDATION },
	{ "https://json-schema.org/draft/2020-12/vocab/meta-data", VOCAB_META },
	{ "https://json-schema.org/draft/2020-12/vocab/format-annotation", VOCAB_FORMAT },
	{ "https://json-schema.org/draft/2020-12/vocab/format-assertion", VOCAB_FORMAT_ASSERTION },
	{ "https://json-schema.org/draft/2020-12/vocab/content", VOCAB_CONTENT },
};
#define VOCAB_ALL	(VOCAB_CORE | VOCAB_APPLICATOR | VOCAB_UNEVALUATED | VOCAB_VALIDATION | VOCAB_META | VOCAB_FORMAT | VOCAB_CONTENT)

static int
read_vocabulary(const json_t *meta, const char *dialect, unsigned *out, struct err *e)
{
	json_t *list = json_object_get(meta, "$vocabulary");
	unsigned bits = VOCAB_CORE;
	void *it;
	size_t i;

	if (!json_is_object(list)) {
		*out = VOCAB_ALL;
		return 0;
	}
	for (it = json_object_iter(list); it != NULL; it = json_object_iter_next(list, it)) {
		for (i = 0; i < ARRAY_LEN(vocabularies); i++)
			if (strcmp(vocabularies[i].uri, json_object_iter_key(it)) == 0)
				break;
		if (i < ARRAY_LEN(vocabularies))
			bits |= vocabularies[i].bit;
		else if (json_is_true(json_object_iter_value(it)))
			return err_set(e, ERR_USAGE, "%s requires the unknown vocabulary %s", dialect, json_object_iter_key(it));
	}
	*out = bits;
	return 0;
}

int
set_vocabulary(struct schema_set *set, struct resource *r, struct err *e)
{
	const json_t *dialect = json_object_get(r->schema, "$schema");
	const char *name = json_string_value(dialect);
	struct resource *meta;
	char *uri;
	int found;

	if (r->vocab != 0)
		return 0;
	if (dialect == NULL && r->parent != NULL) {
		if (set_vocabulary(set, r->parent, e) < 0)
			return -1;
		r->vocab = r->parent->vocab;
		return 0;
	}
	if (dialect == NULL || (name != NULL && strcmp(name, DIALECT) == 0)) {
		r->vocab = VOCAB_ALL;
		return 0;
	}
	if (name == NULL || !uri_is_absolute(name))
		return err_set(e, ERR_USAGE, "%s: \"$schema\" is no absolute URI", r->uri);
	uri = xstrdup(name);
	free(uri_cut_fragment(uri));
	if (strcmp(uri, DIALECT) == 0) {
		r->vocab = VOCAB_ALL;
		found = 1;
	} else if (strstr(uri, "//json-schema.org/") != NULL) {
		found = err_set(e, ERR_USAGE, "%s: \"$schema\" is %s; this engine reads draft 2020-12", r->uri, name);
	} else {
		found = set_resource(set, uri, &meta, e);
		if (found == 0)
			found = err_set(e, ERR_USAGE, "%s: the dialect %s is not known", r->uri, name);
		if (found > 0)
			found = read_vocabulary(meta->schema, name, &r->vocab, e);
	}
	free(uri);
	return found < 0 ? -1 : 0;
}
