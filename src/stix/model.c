/* The model: types, properties, vocabularies and triples, read from the schema files. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "json/json.h"
#include "stix/stix_in.h"

struct stix_model *
stix_model_new(const struct embedded *files)
{
	struct arena *a = arena_new();
	struct stix_model *m = arena_alloc(a, sizeof(*m));
	struct schema_file *f;

	m->arena = a;
	for (; files->path != NULL; files++) {
		f = *vec_push(a, &m->files) = arena_alloc(a, sizeof(*f));
		f->path = files->path;
		f->text = (const char *)files->data;
		f->len = files->len;
	}
	model_index(m);
	return m;
}

void
stix_model_free(struct stix_model *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->files.n; i++)
		json_decref(m->files.v[i]->root);
	arena_free(m->arena);
}

/* The file's schema, parsed at the first call; NULL when it is no JSON object. */
json_t *
model_root(struct schema_file *f, struct err *e)
{
	struct json_text *t;

	if (f->root != NULL || f->bad)
		return f->root;
	if (json_read_err(f->path, f->text, f->len, &t, e) != 0) {
		f->bad = 1;
		return NULL;
	}
	if (json_is_object(json_text_root(t)))
		f->root = json_incref(json_text_root(t));
	else
		f->bad = 1;
	json_text_free(t);
	return f->root;
}

/* ---- references ---------------------------------------------------------------------------------------------------- */

/* path joined to the folder of `from`, with "." and ".." taken out. */
static char *
path_join(struct arena *a, const char *from, const char *path, size_t n)
{
	const char *slash = strrchr(from, '/');
	char *out = arena_printf(a, "%.*s%.*s", slash ? (int)(slash - from + 1) : 0, from, (int)n, path);
	char *p, *q;

	while ((p = strstr(out, "/./")) != NULL)
		memmove(p, p + 2, strlen(p + 2) + 1);
	while ((p = strstr(out, "/../")) != NULL && p != out) {
		for (q = p; q > out && q[-1] != '/'; q--)
			;
		memmove(q, p + 4, strlen(p + 4) + 1);
	}
	return out;
}

static struct schema_file *
file_by_path(struct stix_model *m, const char *path)
{
	size_t i;

	for (i = m->files.n; i-- > 0;)
		if (strcmp(m->files.v[i]->path, path) == 0)
			return m->files.v[i];
	return NULL;
}

/* The file whose $id is the URL. Parses files until it is found: only what a user's folder refers to comes here. */
static struct schema_file *
file_by_id(struct stix_model *m, const char *id, size_t n)
{
	const char *s;
	size_t i;

	for (i = m->files.n; i-- > 0;) {
		s = json_string_value(json_object_get(model_root(m->files.v[i], NULL), "$id"));
		if (s != NULL && strlen(s) == n && memcmp(s, id, n) == 0)
			return m->files.v[i];
	}
	return NULL;
}

/* Where a $ref in the file `from` leads: a path relative to the file or to its $id, an $id, a pointer into the file itself. */
int
model_follow(struct stix_model *m, struct place from, const char *ref, struct place *out)
{
	const char *hash = strchr(ref, '#');
	size_t n = hash ? (size_t)(hash - ref) : strlen(ref);
	struct schema_file *f = from.file;
	const char *id;
	json_t *node;

	if (n > 0 && memchr(ref, ':', n) != NULL)
		f = file_by_id(m, ref, n);
	else if (n > 0 && (f = file_by_path(m, path_join(m->arena, from.file->path, ref, n))) == NULL &&
	    (id = json_string_value(json_object_get(model_root(from.file, NULL), "$id"))) != NULL) {
		id = path_join(m->arena, id, ref, n);
		f = file_by_id(m, id, strlen(id));
	}
	if (f == NULL || (node = model_root(f, NULL)) == NULL)
		return -1;
	if (hash != NULL && (node = json_pointer_get(node, hash + 1)) == NULL)
		return -1;
	out->file = f;
	out->node = node;
	return 0;
}

/* ---- properties -------------------------------------------------------------------------------------------------------- */

struct member *
model_member(struct members *list, const char *name)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (strcmp(list->v[i].name, name) == 0)
			return &list->v[i];
	return NULL;
}

/* Appends what the schema at p says about members: allOf and $ref first, its own properties then (the standard's order). */
int
model_gather(struct stix_model *m, struct arena *a, struct place p, struct members *out, int depth)
{
	const char *ref = json_string_value(json_object_get(p.node, "$ref")), *name;
	struct member *mb;
	struct place q;
	json_t *v;
	size_t i;

	if (depth > LIMIT_SCHEMA_NESTING)
		return -1;
	json_array_foreach(json_object_get(p.node, "allOf"), i, v) {
		q = (struct place){ p.file, v };
		if (model_gather(m, a, q, out, depth + 1) != 0)
			return -1;
	}
	if (ref != NULL && (model_follow(m, p, ref, &q) != 0 || model_gather(m, a, q, out, depth + 1) != 0))
		return -1;
	json_object_foreach(json_object_get(p.node, "properties"), name, v) {
		if ((mb = model_member(out, name)) == NULL) {
			mb = vec_push(a, out);
			mb->name = arena_strdup(a, name);
		}
		*vec_push(a, &mb->places) = (struct place){ p.file, v };
	}
	json_array_foreach(json_object_get(p.node, "required"), i, v)
		if (json_is_string(v) && (mb = model_member(out, json_string_value(v))) != NULL)
			mb->required = 1;
	return 0;
}

static const char *const *
strings_of(struct arena *a, const json_t *list)
{
	const char **out = arena_alloc(a, (json_array_size(list) + 1) * sizeof(*out));
	size_t i, n = 0;
	json_t *v;

	json_array_foreach(list, i, v)
		if (json_is_string(v))
			out[n++] = arena_strdup(a, json_string_value(v));
	return out;
}

/* Reads the annotations of one property's schema, what it refers to first. */
static int
prop_describe(struct stix_model *m, struct place p, struct stix_prop *out, int depth)
{
	const char *s = json_string_value(json_object_get(p.node, "$ref"));
	json_t *v;
	struct place q;

	if (depth > LIMIT_SCHEMA_NESTING)
		return -1;
	if (s != NULL && (model_follow(m, p, s, &q) != 0 || prop_describe(m, q, out, depth + 1) != 0))
		return -1;
	if ((s = json_string_value(json_object_get(p.node, "type"))) != NULL && strcmp(s, "array") == 0)
		out->list = 1;
	if ((s = json_string_value(json_object_get(p.node, "stix:openVocab"))) != NULL)
		out->vocab = arena_strdup(m->arena, s);
	if ((v = json_object_get(p.node, "stix:refTypes")) != NULL)
		out->ref_types = strings_of(m->arena, v);
	return 0;
}

/* `extensions` comes last in every object that this project writes (DESIGN 4). */
static void
extensions_last(struct members *list)
{
	struct member *mb = model_member(list, "extensions"), keep;

	if (mb == NULL)
		return;
	keep = *mb;
	memmove(mb, mb + 1, (size_t)(list->v + list->n - (mb + 1)) * sizeof(*mb));
	list->v[list->n - 1] = keep;
}

static int
type_props(struct stix_model *m, struct type_entry *t)
{
	json_t *contributing = json_object_get(t->root.node, "stix:idContributing"), *v;
	struct stix_prop *props;
	size_t i, k;

	if (model_gather(m, m->arena, t->root, &t->members, 0) != 0)
		return -1;
	extensions_last(&t->members);
	props = arena_alloc(m->arena, (t->members.n + 1) * sizeof(*props));
	for (i = 0; i < t->members.n; i++) {
		props[i].name = t->members.v[i].name;
		props[i].required = t->members.v[i].required;
		for (k = 0; k < t->members.v[i].places.n; k++)
			if (prop_describe(m, t->members.v[i].places.v[k], &props[i], 0) != 0)
				return -1;
		json_array_foreach(contributing, k, v)
			if (json_is_string(v) && strcmp(json_string_value(v), props[i].name) == 0)
				props[i].contributes = t->type.has_contributing = 1;
	}
	t->type.props = props;
	t->type.nprop = t->members.n;
	return 0;
}

static void
type_rels(struct stix_model *m, struct type_entry *t)
{
	json_t *list = json_object_get(t->root.node, "stix:relationships"), *v;
	struct stix_rel *rels = arena_alloc(m->arena, (json_array_size(list) + 1) * sizeof(*rels));
	const char *s;
	size_t i;

	json_array_foreach(list, i, v) {
		if ((s = json_string_value(json_object_get(v, "type"))) == NULL)
			continue;
		rels[t->type.nrel].type = arena_strdup(m->arena, s);
		rels[t->type.nrel].targets = strings_of(m->arena, json_object_get(v, "targets"));
		rels[t->type.nrel].exception = json_is_true(json_object_get(v, "exception"));
		t->type.nrel++;
	}
	t->type.rels = rels;
}

/* ---- types --------------------------------------------------------------------------------------------------------------- */

static const char *const category_names[] = { "", "sdo", "sro", "sco", "meta", "bundle" };

static enum stix_category
category_of(const char *s)
{
	size_t i;

	for (i = 1; s != NULL && i < ARRAY_LEN(category_names); i++)
		if (strcmp(s, category_names[i]) == 0)
			return (enum stix_category)i;
	return STIX_NONE;
}

/* Reads the schema of a type. 0, or -1 when it is none or refers to what is not there. */
static int
type_load(struct stix_model *m, struct type_entry *t, struct err *e)
{
	const char *clause;

	t->loaded = 1;
	t->root.file = t->file;
	if ((t->root.node = model_root(t->file, e)) == NULL)
		return err_set(e, ERR_USAGE, "%s: no JSON object", t->file->path);
	t->type.category = category_of(json_string_value(json_object_get(t->root.node, "stix:category")));
	if (t->type.category == STIX_NONE)
		return err_set(e, ERR_USAGE, "%s: no stix:category", t->file->path);
	clause = json_string_value(json_object_get(t->root.node, "stix:clause"));
	t->type.clause = arena_strdup(m->arena, clause ? clause : "");
	if (type_props(m, t) != 0) {
		t->type.category = STIX_NONE;
		return err_set(e, ERR_USAGE, "%s: a $ref leads nowhere, or in circles", t->file->path);
	}
	type_rels(m, t);
	t->type.name = t->name;
	return 0;
}

struct type_entry *
model_entry(struct stix_model *m, const char *name)
{
	struct type_entry *t;
	size_t i;

	for (i = 0; name != NULL && i < m->types.n; i++) {
		t = m->types.v[i];
		if (strcmp(t->name, name) != 0)
			continue;
		if (!t->loaded && type_load(m, t, NULL) != 0)
			return NULL;
		return t->type.name != NULL ? t : NULL;
	}
	return NULL;
}

const struct stix_type *
stix_type(struct stix_model *m, const char *name)
{
	struct type_entry *t = model_entry(m, name);

	return t ? &t->type : NULL;
}

const struct stix_prop *
stix_prop(const struct stix_type *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->nprop; i++)
		if (strcmp(t->props[i].name, name) == 0)
			return &t->props[i];
	return NULL;
}

static struct type_entry *
entry_named(struct stix_model *m, const char *name)
{
	struct type_entry *t;
	size_t i;

	for (i = 0; i < m->types.n; i++)
		if (strcmp(m->types.v[i]->name, name) == 0)
			return m->types.v[i];
	t = *vec_push(m->arena, &m->types) = arena_alloc(m->arena, sizeof(*t));
	t->name = name;
	return t;
}

/* Types by file name: below stix/, those in common/ and extensions/ are no types. Nothing is parsed. */
void
model_index(struct stix_model *m)
{
	const char *path, *base;
	size_t i;

	for (i = 0; i < m->files.n; i++) {
		path = m->files.v[i]->path;
		base = strrchr(path, '/');
		if (strncmp(path, "stix/", 5) != 0 || strncmp(path, "stix/common/", 12) == 0 ||
		    strncmp(path, "stix/extensions/", 16) == 0 || strlen(base) < 7)
			continue;
		entry_named(m, arena_strndup(m->arena, base + 1, strlen(base + 1) - 5))->file = m->files.v[i];
	}
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *
stix_types(struct stix_model *m)
{
	const char **out = arena_alloc(m->arena, (m->types.n + 1) * sizeof(*out));
	size_t i;

	for (i = 0; i < m->types.n; i++)
		out[i] = m->types.v[i]->name;
	qsort(out, m->types.n, sizeof(*out), by_name);
	return out;
}

int
stix_in(struct stix_model *m, const char *const *list, const char *type, const char *self)
{
	const struct stix_type *t = NULL;

	for (; *list != NULL; list++) {
		if (strcmp(*list, type) == 0 || strcmp(*list, "any") == 0)
			return 1;
		if (strcmp(*list, "same") == 0 && self != NULL && strcmp(self, type) == 0)
			return 1;
		if (category_of(*list) == STIX_NONE)
			continue;
		if (t == NULL && (t = stix_type(m, type)) == NULL)
			return 0;
		if (t->category == category_of(*list))
			return 1;
	}
	return 0;
}

const char *const *
stix_vocab(struct stix_model *m, const char *name)
{
	struct schema_file *f = file_by_path(m, "stix/common/vocab.json");
	json_t *list;
	size_t i;

	for (i = 0; i < m->vocabs.n; i++)
		if (strcmp(m->vocabs.v[i].name, name) == 0)
			return m->vocabs.v[i].values;
	if (f == NULL)
		return NULL;
	list = json_object_get(json_object_get(json_object_get(model_root(f, NULL), "$defs"), name), "enum");
	if (list == NULL)
		return NULL;
	*vec_push(m->arena, &m->vocabs) = (struct vocab){ arena_strdup(m->arena, name), strings_of(m->arena, list) };
	return m->vocabs.v[m->vocabs.n - 1].values;
}

/* ---- triples ------------------------------------------------------------------------------------------------------------- */

static int
rel_allows(struct stix_model *m, const struct stix_rel *rels, size_t n, const char *src, const char *rel,
    const char *dst)
{
	int best = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(rels[i].type, rel) == 0 && stix_in(m, rels[i].targets, dst, src)) {
			if (!rels[i].exception)
				return 1;
			best = 2;
		}
	return best;
}

/* What every SDO and SCO may have (3.7) stands in the relationship's own schema. */
static void
common_load(struct stix_model *m)
{
	struct type_entry *t = model_entry(m, "relationship"), common;

	if (m->common_loaded || t == NULL)
		return;
	memset(&common, 0, sizeof(common));
	common.root.file = t->file;
	common.root.node = json_pack("{s:O}", "stix:relationships",
	    json_object_get(t->root.node, "stix:commonRelationships"));
	type_rels(m, &common);
	json_decref(common.root.node);
	m->common = common.type.rels;
	m->ncommon = common.type.nrel;
	m->common_loaded = 1;
}

int
stix_triple(struct stix_model *m, const char *src, const char *rel, const char *dst)
{
	const struct stix_type *s = stix_type(m, src), *d = stix_type(m, dst);

	common_load(m);
	if (s == NULL || d == NULL || (s->category != STIX_SDO && s->category != STIX_SCO) ||
	    (d->category != STIX_SDO && d->category != STIX_SCO))
		return 0;
	if (rel_allows(m, m->common, m->ncommon, src, rel, dst) == 1)
		return 1;
	return rel_allows(m, s->rels, s->nrel, src, rel, dst);
}

/* ---- the user's folder ----------------------------------------------------------------------------------------------------- */

static int
file_add(struct stix_model *m, const char *path, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_SMALL_FILE);
	struct schema_file *f;

	if (m->files.n >= LIMIT_SCHEMA_FILES)
		return err_set(e, ERR_USAGE, "%s: more than %d schema files", path, LIMIT_SCHEMA_FILES);
	if (file_read(path, LIMIT_SMALL_FILE, &b, e) != 0) {
		buf_free(&b);
		return -1;
	}
	f = *vec_push(m->arena, &m->files) = arena_alloc(m->arena, sizeof(*f));
	f->path = arena_strdup(m->arena, path);
	f->text = arena_strndup(m->arena, buf_str(&b), b.len);
	f->len = b.len;
	f->added = 1;
	buf_free(&b);
	return 0;
}

static int
no_dot(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* The files of a folder in the order of their names, so that what replaces what does not depend on the disk. */
static int
folder_add(struct stix_model *m, const char *dir, int depth, struct err *e)
{
	struct dirent **list;
	struct stat st;
	const char *path;
	int i, n, rc = 0;
	size_t len;

	if (depth > LIMIT_SCHEMA_NESTING || (n = scandir(dir, &list, no_dot, alphasort)) < 0)
		return err_set(e, ERR_SYSTEM, "%s: the folder cannot be read", dir);
	for (i = 0; i < n; i++) {
		path = arena_printf(m->arena, "%s/%s", dir, list[i]->d_name);
		len = strlen(path);
		if (rc == 0 && stat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				rc = folder_add(m, path, depth + 1, e);
			else if (len > 5 && strcmp(path + len - 5, ".json") == 0)
				rc = file_add(m, path, e);
		}
		free(list[i]);
	}
	free(list);
	return rc;
}

int
stix_model_add(struct stix_model *m, const char *dir, struct err *e)
{
	size_t i, first = m->files.n;
	struct schema_file *f;
	struct type_entry *t;
	const char *name;
	json_t *type;

	if (folder_add(m, dir, 0, e) != 0)
		return -1;
	for (i = first; i < m->files.n; i++) {
		f = m->files.v[i];
		if (model_root(f, e) == NULL) {
			if (e != NULL)
				e->kind = ERR_USAGE;
			return err_set(e, ERR_USAGE, "%s: no JSON object", f->path);
		}
		if (category_of(json_string_value(json_object_get(f->root, "stix:category"))) == STIX_NONE)
			continue;	/* an extension, or what other schemas refer to */
		type = json_object_get(json_object_get(f->root, "properties"), "type");
		if ((name = json_string_value(json_object_get(type, "const"))) == NULL)
			return err_set(e, ERR_USAGE, "%s: /properties/type has no const", f->path);
		t = entry_named(m, arena_strdup(m->arena, name));
		*t = (struct type_entry){ .name = t->name, .file = f };
	}
	for (i = 0; i < m->types.n; i++)
		if (m->types.v[i]->file->added && !m->types.v[i]->loaded && type_load(m, m->types.v[i], e) != 0)
			return -1;
	return 0;
}
