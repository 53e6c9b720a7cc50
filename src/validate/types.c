/* Types and shapes: which schema judges what, and what the schemas' annotations say of every value. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "validate/validate_in.h"

#define SCHEMA_ROOT	"https://stixpress.example/schemas/2.1/"
#define SHAPE_DEPTH	64	/* nested allOf and $ref */

/* ---- types ------------------------------------------------------------------------------------------------------- */

static unsigned
bucket_of(const char *name)
{
	unsigned h = 5381;

	for (; *name != '\0'; name++)
		h = h * 33 + (unsigned char)*name;
	return h % ARRAY_LEN(((struct validate *)NULL)->types);
}

static struct validate_type *
type_row(struct validate *v, const char *name)
{
	struct validate_type *t;

	for (t = v->types[bucket_of(name)]; t != NULL; t = t->next)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

static struct validate_type *
type_add(struct validate *v, const char *name, const char *uri)
{
	struct validate_type *t = type_row(v, name);
	unsigned b = bucket_of(name);

	if (t == NULL) {
		t = arena_alloc(v->arena, sizeof(*t));
		t->name = name;
		t->next = v->types[b];
		v->types[b] = t;
	}
	t->uri = uri;
	return t;
}

static int
embedded_load(void *arg, const char *uri, struct buf *text, struct err *e)
{
	const struct embedded *f;

	(void)arg;
	(void)e;
	if (!starts_with(uri, SCHEMA_ROOT) || (f = embedded_find(embedded_schemas, uri + strlen(SCHEMA_ROOT))) == NULL)
		return 0;
	buf_add(text, f->data, f->len);
	return 1;
}

/*
 * The name of the type that a schema file is for: its own without ".json". NULL: a file of common parts, which stand in a
 * folder of that name. OASIS keeps the meta objects there too, under the names that are types already.
 */
static const char *
type_of_path(struct validate *v, const char *path)
{
	const char *base = strrchr(path, '/');
	size_t n;

	base = base != NULL ? base + 1 : path;
	n = strlen(base);
	if (n < 6 || strcmp(base + n - 5, ".json") != 0)
		return NULL;
	base = arena_strndup(v->arena, base, n - 5);
	return strstr(path, "/common/") == NULL || type_row(v, base) != NULL ? base : NULL;
}

void
types_start(struct validate *v)
{
	const struct embedded *f;
	const char *name;

	v->model = stix_model_new(embedded_schemas);
	v->type_names = stix_types(v->model);
	v->set = schema_set_new(0);
	schema_set_loader(v->set, embedded_load, NULL);
	for (f = embedded_schemas; f->path != NULL; f++)
		if (starts_with(f->path, "stix/") && (name = type_of_path(v, f->path)) != NULL)
			type_add(v, name, arena_printf(v->arena, SCHEMA_ROOT "%s", f->path));
	v->core = arena_alloc(v->arena, sizeof(*v->core));
	v->core->name = "";
	v->core->uri = SCHEMA_ROOT "stix/common/core.json";
	v->sco_core = arena_alloc(v->arena, sizeof(*v->sco_core));
	v->sco_core->name = "";
	v->sco_core->uri = SCHEMA_ROOT "stix/common/observable-core.json";
}

void
types_forget_rules(struct validate *v)
{
	struct validate_type *t;
	size_t i;

	for (i = 0; i < ARRAY_LEN(v->types); i++)
		for (t = v->types[i]; t != NULL; t = t->next)
			t->rules = NULL;
}

void
types_end(struct validate *v)
{
	schema_run_free(v->run);
	schema_set_free(v->set);
	stix_model_free(v->model);
}

static struct shape *
shape_new(struct validate *v)
{
	return arena_alloc(v->arena, sizeof(struct shape));
}

static void shape_add(struct validate *v, struct shape *s, const char *base, const json_t *node, int depth);

/* Parses and compiles the row's schema. A row that cannot be used counts as unknown; validate_schemas() has told why. */
static int
type_load(struct validate *v, struct validate_type *t, struct err *e)
{
	const char *category;
	struct err mine = ERR_INIT;

	if (t->state != 0)
		return t->state == 1 ? 0 : -1;
	if (e == NULL)
		e = &mine;
	t->state = -1;
	t->document = schema_document(v->set, t->uri, e);
	if (t->document == NULL || schema_compile(v->set, t->uri, &t->schema, e) != 0)
		return -1;
	category = json_string_value(json_object_get(t->document, "stix:category"));
	t->category = category != NULL ? category : "";
	t->extension_type = json_string_value(json_object_get(t->document, "stix:extensionType"));
	t->shape = shape_new(v);
	shape_add(v, t->shape, t->uri, t->document, 0);
	t->state = 1;
	return 0;
}

struct validate_type *
type_find(struct validate *v, const char *name)
{
	struct validate_type *t = type_row(v, name);

	return t != NULL && type_load(v, t, NULL) == 0 ? t : NULL;
}

struct validate_type *
type_core(struct validate *v, int sco)
{
	struct validate_type *t = sco ? v->sco_core : v->core;

	return type_load(v, t, NULL) == 0 ? t : NULL;
}

int
type_in(struct validate *v, const json_t *list, const char *type, size_t n)
{
	char name[256];
	const struct validate_type *t;
	const char *want;
	const json_t *item;
	size_t i;

	if (n >= sizeof(name))
		return 1;
	memcpy(name, type, n);
	name[n] = '\0';
	t = type_find(v, name);
	json_array_foreach(list, i, item) {
		want = json_string_value(item);
		if (want == NULL || strcmp(want, name) == 0 || strcmp(want, "any") == 0)
			return 1;
		if (strcmp(want, "sdo") != 0 && strcmp(want, "sco") != 0 && strcmp(want, "sro") != 0 && strcmp(want, "meta") != 0)
			continue;
		if (t == NULL || t->category[0] == '\0' || strcmp(t->category, want) == 0)
			return 1;
	}
	return 0;
}

int
vocab_has(struct validate *v, const char *vocab, const char *s)
{
	const char *const *list = stix_vocab(v->model, vocab);

	if (list == NULL)
		return -1;
	for (; *list != NULL; list++)
		if (strcmp(*list, s) == 0)
			return 1;
	return 0;
}

const json_t *
registry_list(struct validate *v, const char *registry)
{
	return json_object_get(json_object_get(json_object_get(schema_document(v->set, SCHEMA_ROOT "stix/common/registries.json",
	    NULL), "$defs"), registry), "enum");
}

/* ---- a folder of schemas ----------------------------------------------------------------------------------------- */

static int
folder_file(struct validate *v, const char *path, struct err *e)
{
	struct json_text *text;
	struct validate_type *t;
	const char *name, *id, *uri = arena_printf(v->arena, "file://%s", path);
	struct err clash = ERR_INIT;
	json_t *root;
	int rc;

	if (json_read_file(path, LIMIT_SMALL_FILE, &text, e) != 0) {
		if (e->kind == ERR_INPUT)
			e->kind = ERR_USAGE;
		return -1;
	}
	root = json_text_root(text);
	id = json_string_value(json_object_get(root, "$id"));
	rc = schema_set_add(v->set, uri, root, &clash);
	if (rc != 0 && id != NULL) {
		/* an "$id" that is taken, by the built-in file or by another of the folder: this one is known by its path alone */
		root = json_copy(root);
		json_object_del(root, "$id");
		rc = schema_set_add(v->set, uri, root, e);
		json_decref(root);
	} else if (rc != 0) {
		*e = clash;
	}
	json_text_free(text);
	if (rc == 0 && (name = type_of_path(v, path)) != NULL) {
		t = type_row(v, name);
		int custom = t == NULL || t->custom;

		t = type_add(v, name, uri);
		t->custom = custom;
		t->state = 0;
	}
	return rc;
}

static int
folder_walk(struct validate *v, const char *dir, size_t *files, int depth, struct err *e)
{
	struct dirent **list;
	struct stat st;
	int i, n = scandir(dir, &list, NULL, alphasort), rc = 0;
	const char *path;
	size_t len;

	if (n < 0)
		return err_set(e, ERR_SYSTEM, "%s: %s", dir, strerror(errno));
	for (i = 0; i < n; free(list[i++])) {
		len = strlen(list[i]->d_name);
		if (rc != 0 || list[i]->d_name[0] == '.')
			continue;
		path = arena_printf(v->arena, "%s/%s", dir, list[i]->d_name);
		if (stat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth > 0)
			rc = folder_walk(v, path, files, depth - 1, e);
		else if (S_ISREG(st.st_mode) && len > 5 && strcmp(list[i]->d_name + len - 5, ".json") == 0)
			rc = ++*files > LIMIT_SCHEMA_FILES ?
			    err_set(e, ERR_USAGE, "%s: more than %d schema files (LIMIT_SCHEMA_FILES)", dir, LIMIT_SCHEMA_FILES) :
			    folder_file(v, path, e);
	}
	free(list);
	return rc;
}

int
validate_schemas(struct validate *v, const char *dir, struct err *e)
{
	char real[PATH_MAX];
	struct stat st;
	struct validate_type *t;
	size_t files = 0, i;

	if (realpath(dir, real) == NULL)
		return err_set(e, ERR_SYSTEM, "%s: %s", dir, strerror(errno));
	if (stat(real, &st) == 0 && S_ISREG(st.st_mode) ? folder_file(v, arena_strdup(v->arena, real), e) != 0 :
	    folder_walk(v, arena_strdup(v->arena, real), &files, 16, e) != 0)
		return -1;
	*vec_push(v->arena, &v->folders) = arena_strdup(v->arena, real);
	/* only when all files are there can their references be followed */
	for (i = 0; i < ARRAY_LEN(v->types); i++)
		for (t = v->types[i]; t != NULL; t = t->next)
			if (t->state == 0 && starts_with(t->uri, "file:") && type_load(v, t, e) != 0)
				return -1;
	return 0;
}

/* ---- shapes ------------------------------------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	enum shape_kind kind;
} kinds[] = {
	{ "identifier", KIND_IDENTIFIER }, { "timestamp", KIND_TIMESTAMP }, { "integer", KIND_INTEGER }, { "binary", KIND_BINARY },
	{ "hex", KIND_HEX }, { "language-tag", KIND_LANGUAGE }, { "dictionary", KIND_DICTIONARY }, { "hashes", KIND_HASHES },
	{ "kill-chain-phase", KIND_KILL_CHAIN }, { "external-reference", KIND_REFERENCE }, { "granular-marking", KIND_GRANULAR },
	{ "extensions", KIND_EXTENSIONS }, { "observable-container", KIND_CONTAINER },
};

/* Takes the annotations of one schema object; what came before is nearer to the value and stays. */
static void
shape_describe(struct shape *s, const json_t *node)
{
	const char *t;
	size_t i;

	if (s->kind == KIND_NONE && (t = json_string_value(json_object_get(node, "stix:type"))) != NULL)
		for (i = 0; i < ARRAY_LEN(kinds); i++)
			if (strcmp(t, kinds[i].name) == 0)
				s->kind = kinds[i].kind;
	if (s->json_type == NULL)
		s->json_type = json_string_value(json_object_get(node, "type"));
	if (s->vocab == NULL)
		s->vocab = json_string_value(json_object_get(node, "stix:openVocab"));
	if (s->refs == NULL)
		s->refs = json_object_get(node, "stix:refTypes");
	if (s->clause == NULL)
		s->clause = json_string_value(json_object_get(node, "stix:clause"));
}

/* Adds a schema object that judges the value, and those it refers to. */
static void
shape_add(struct validate *v, struct shape *s, const char *base, const json_t *node, int depth)
{
	const char *ref;
	const json_t *item;
	char *there;
	size_t i;

	if (!json_is_object(node) || depth > SHAPE_DEPTH)
		return;
	shape_describe(s, node);
	*vec_push(v->arena, &s->places) = (typeof(*s->places.v)){ base, node };
	if ((ref = json_string_value(json_object_get(node, "$ref"))) != NULL &&
	    (item = schema_resolve(v->set, base, ref, &there, NULL)) != NULL) {
		shape_add(v, s, arena_strdup(v->arena, there), item, depth + 1);
		free(there);
	}
	json_array_foreach(json_object_get(node, "allOf"), i, item)
		if (json_object_get(item, "if") == NULL)
			shape_add(v, s, base, item, depth + 1);
}

/* Names of one shape differ in their length and their ends, nearly always. */
static size_t
slot_of(const struct shape *s, const char *name)
{
	size_t n = strlen(name);

	return (n == 0 ? 0 : n * 37 + (unsigned char)name[0] * 11 + (unsigned char)name[n - 1] * 5 + (unsigned char)name[n / 2]) &
	    (s->nslot - 1);
}

/* Puts the members into slots, at least twice as many. */
static void
fill_slots(struct validate *v, struct shape *s)
{
	size_t i, k;

	for (s->nslot = 8; s->nslot < s->nmember * 2; s->nslot *= 2)
		;
	s->slots = arena_alloc(v->arena, s->nslot * sizeof(*s->slots));
	for (i = 0; i < s->nmember && i < UINT16_MAX; i++) {
		for (k = slot_of(s, s->members[i].name); s->slots[k] != 0; k = (k + 1) & (s->nslot - 1))
			;
		s->slots[k] = (uint16_t)(i + 1);
	}
}

static struct shape *
child(struct validate *v, struct shape **slot, const char *base, const json_t *node)
{
	if (*slot == NULL)
		*slot = shape_new(v);
	shape_add(v, *slot, base, node, 0);
	return *slot;
}

static void
complete_members(struct validate *v, struct shape *s)
{
	VEC(struct shape_member) list = { 0 };
	const char *name;
	json_t *node;
	size_t i, k;

	for (i = 0; i < s->places.n; i++)
		json_object_foreach(json_object_get(s->places.v[i].node, "properties"), name, node) {
			for (k = 0; k < list.n && strcmp(list.v[k].name, name) != 0; k++)
				;
			if (k == list.n)
				*vec_push(v->arena, &list) = (struct shape_member){ name, NULL };
			child(v, &list.v[k].shape, s->places.v[i].base, node);
		}
	s->members = list.v;
	s->nmember = list.n;
	fill_slots(v, s);
}

/* Fills in what is below, at the first question for it: shapes may contain themselves. */
static void
complete(struct validate *v, struct shape *s)
{
	const json_t *node;
	const char *base;
	size_t i;

	if (s->complete)
		return;
	s->complete = 1;
	complete_members(v, s);
	for (i = 0; i < s->places.n; i++) {
		base = s->places.v[i].base;
		if (json_is_object(node = json_object_get(s->places.v[i].node, "items")))
			child(v, &s->item, base, node);
		if (json_is_object(node = json_object_get(s->places.v[i].node, "additionalProperties")))
			child(v, &s->rest, base, node);
	}
	/* annotations of a list stand on the property, not on its items */
	if (s->item != NULL) {
		if (s->item->vocab == NULL && s->kind != KIND_HASHES)
			s->item->vocab = s->vocab;
		if (s->item->refs == NULL)
			s->item->refs = s->refs;
	}
}

struct shape *
shape_named(struct validate *v, struct shape *s, const char *name)
{
	size_t k;

	if (s == NULL)
		return NULL;
	complete(v, s);
	if (s->nmember == 0)
		return NULL;
	for (k = slot_of(s, name); s->slots[k] != 0; k = (k + 1) & (s->nslot - 1))
		if (strcmp(s->members[s->slots[k] - 1].name, name) == 0)
			return s->members[s->slots[k] - 1].shape;
	return NULL;
}

struct shape *
shape_member(struct validate *v, struct shape *s, const char *name)
{
	struct shape *m = shape_named(v, s, name);
	struct validate_type *t;

	if (m != NULL || s == NULL)
		return m;
	if (s->kind == KIND_EXTENSIONS && (t = type_find(v, name)) != NULL && t->extension_type != NULL &&
	    strcmp(t->extension_type, "property-extension") == 0)
		return t->shape;
	return s->kind == KIND_NONE ? NULL : s->rest;
}

struct shape *
shape_item(struct validate *v, struct shape *s)
{
	if (s == NULL)
		return NULL;
	complete(v, s);
	return s->item;
}
