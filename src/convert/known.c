#include <stdlib.h>
#include <string.h>

#include "convert/names.h"

/* An interned string: every string stands in the pool once. */
struct known_builder {
	struct arena *a;
	struct buf pool;
	uint32_t *hash;		/* open addressing: pool offset, 0 free */
	size_t nhash, nstring;
	VEC(struct known_row) rows;
	VEC(struct known_surface) surfaces;	/* folded key in `key`, same index */
	VEC(uint32_t) key;
	VEC(uint32_t) words, common;	/* folded */
	int32_t *base, *check;
	struct known_table table;
};

struct known_builder *
known_new(void)
{
	struct known_builder *b = xcalloc(1, sizeof(*b));

	b->a = arena_new();
	b->pool.max = LIMIT_KNOWLEDGE;
	buf_addc(&b->pool, '\0');
	return b;
}

void
known_free(struct known_builder *b)
{
	if (b == NULL)
		return;
	arena_free(b->a);
	buf_free(&b->pool);
	free(b->hash);
	free(b->base);
	free(b->check);
	free(b);
}

/* ---- strings ---------------------------------------------------------------------------------------------------------- */

static size_t
hash_of(const char *s)
{
	size_t h = 14695981039346656037u;

	while (*s != '\0')
		h = (h ^ (unsigned char)*s++) * 1099511628211u;
	return h;
}

static uint32_t *
slot_of(struct known_builder *b, const char *s)
{
	size_t i = hash_of(s) & (b->nhash - 1);

	while (b->hash[i] != 0 && strcmp(b->pool.s + b->hash[i], s) != 0)
		i = (i + 1) & (b->nhash - 1);
	return &b->hash[i];
}

static void
grow(struct known_builder *b)
{
	uint32_t *old = b->hash;
	size_t i, n = b->nhash;

	b->nhash = n ? n * 2 : 4096;
	b->hash = xcalloc(b->nhash, sizeof(*b->hash));
	for (i = 0; i < n; i++)
		if (old[i] != 0)
			*slot_of(b, b->pool.s + old[i]) = old[i];
	free(old);
}

/* The pool offset of s; 0 for NULL and "". */
static uint32_t
intern(struct known_builder *b, const char *s)
{
	uint32_t *slot;

	if (s == NULL || *s == '\0')
		return 0;
	if (b->nstring * 2 >= b->nhash)
		grow(b);
	slot = slot_of(b, s);
	if (*slot == 0) {
		*slot = (uint32_t)b->pool.len;
		b->nstring++;
		buf_add(&b->pool, s, strlen(s) + 1);
	}
	return *slot;
}

static uint32_t
intern_folded(struct known_builder *b, const char *s)
{
	return intern(b, text_fold(b->a, s, strlen(s)));
}

/* ---- rows and surfaces ------------------------------------------------------------------------------------------------- */

static void
add_surface(struct known_builder *b, uint32_t row, const char *text, uint32_t flags)
{
	struct known_surface s;
	size_t n;

	if (text == NULL || (n = strlen(text)) == 0 || n > LIMIT_NAME || utf8_valid(text, n) != n)
		return;
	s.text = intern(b, text);
	s.row = row;
	s.flags = flags;
	n = intern_folded(b, text);
	if (n == 0 || strlen(b->pool.s + n) > LIMIT_NAME)
		return;
	*vec_push(b->a, &b->surfaces) = s;
	*vec_push(b->a, &b->key) = (uint32_t)n;
}

static uint32_t
add_row(struct known_builder *b, const struct known_row *r)
{
	*vec_push(b->a, &b->rows) = *r;
	return (uint32_t)b->rows.n - 1;
}

static const char *
member(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static const char *
first_of(const json_t *o, const char *key)
{
	return json_string_value(json_array_get(json_object_get(o, key), 0));
}

/* Types that a knowledge bundle is read for. */
static const char *const types[] = { "attack-pattern", "campaign", "identity", "infrastructure", "intrusion-set", "location",
    "malware", "threat-actor", "tool", "vulnerability", NULL };

static void
add_external(struct known_builder *b, const json_t *o, struct known_row *r)
{
	const json_t *refs = json_object_get(o, "external_references");
	size_t i;

	for (i = 0; i < json_array_size(refs) && r->id == 0; i++) {
		const json_t *ref = json_array_get(refs, i);

		r->id = intern(b, member(ref, "external_id"));
		if (r->id != 0)
			r->source = intern(b, member(ref, "source_name"));
	}
	if (r->id == 0 && r->country != 0 && r->part == 0) {
		r->source = intern(b, "iso-3166");
		r->id = r->country;
	}
}

/*
 * Names in the property extension of feeds/knowledge: {"names": {"en": [...], "ja": [...]}}. Of what has a proper name these are
 * that name in other letters, no alias.
 */
static void
add_extension_names(struct known_builder *b, const json_t *o, uint32_t row, uint32_t flags)
{
	json_t *extension, *list;
	const char *id, *tag;
	size_t i;

	json_object_foreach(json_object_get(o, "extensions"), id, extension) {
		json_object_foreach(json_object_get(extension, "names"), tag, list)
			for (i = 0; i < json_array_size(list); i++)
				add_surface(b, row, json_string_value(json_array_get(list, i)), flags);
	}
}

static void
add_object(struct known_builder *b, const json_t *o, const char *type)
{
	const json_t *aliases = json_object_get(o, "aliases");
	const char *name = member(o, "name");
	struct known_row r = { 0 };
	uint32_t row;
	size_t i;

	if (name == NULL && strcmp(type, "location") == 0)
		name = member(o, "country");
	if (name == NULL || (member(o, "identity_class") != NULL && strcmp(member(o, "identity_class"), "system") == 0))
		return;
	r.name = intern(b, name);
	r.type = intern(b, type);
	r.role = intern(b, first_of(o, "roles"));
	r.hint = intern(b, strcmp(type, "identity") == 0 ? member(o, "identity_class") : first_of(o, "malware_types"));
	r.sector = intern(b, first_of(o, "sectors"));
	r.country = intern(b, member(o, "country"));
	r.region = intern(b, member(o, "region"));
	r.part = intern(b, member(o, "city") != NULL ? "city" : member(o, "administrative_area") != NULL ? "area" : NULL);
	add_external(b, o, &r);
	row = add_row(b, &r);
	add_surface(b, row, name, 0);
	for (i = 0; i < json_array_size(aliases); i++)
		add_surface(b, row, json_string_value(json_array_get(aliases, i)), KNOWN_ALIAS);
	add_extension_names(b, o, row, strcmp(type, "location") == 0 || strcmp(type, "identity") == 0 ? KNOWN_ALIAS : 0);
}

int
known_add_bundle(struct known_builder *b, json_t *bundle, struct err *e)
{
	const json_t *objects = json_object_get(bundle, "objects");
	size_t i, k;

	if (member(bundle, "type") == NULL || strcmp(member(bundle, "type"), "bundle") != 0 || !json_is_array(objects))
		return err_set(e, ERR_USAGE, "no STIX 2.1 bundle: \"type\" is not \"bundle\", or \"objects\" is no list");
	for (i = 0; i < json_array_size(objects); i++) {
		const json_t *o = json_array_get(objects, i);
		const char *type = member(o, "type");

		for (k = 0; type != NULL && types[k] != NULL; k++)
			if (strcmp(types[k], type) == 0)
				add_object(b, o, type);
	}
	return b->pool.over ? err_set(e, ERR_USAGE, "the knowledge is larger than %u octets", LIMIT_KNOWLEDGE) : 0;
}

/* ---- what a language says about names ------------------------------------------------------------------------------------ */

/* The string lists of known.json and what their entries are. */
static const struct {
	const char *key;
	uint32_t flag;
	const char *hint;
} lists[] = {
	{ "links", KNOWN_LINK, NULL },
	{ "lists", KNOWN_LIST, NULL },
	{ "not_names", KNOWN_NOT, NULL },
	{ "given_names", KNOWN_GIVEN, NULL },
	{ "governments", KNOWN_GOVERNMENT, NULL },	/* behind a country's name */
	{ "governments_of", KNOWN_GOVERNMENT, "of" },	/* in front of it */
};

static void
add_entry(struct known_builder *b, const char *text, const char *type, const char *hint, const char *role, uint32_t flag)
{
	struct known_row r = { 0 };

	r.name = intern(b, text);
	r.type = intern(b, type);
	r.hint = intern(b, hint);
	r.role = intern(b, role);
	add_surface(b, add_row(b, &r), text, flag);
}

static int
add_voids(struct known_builder *b, json_t *voids, struct err *e)
{
	const char *type;
	json_t *list;
	size_t i;

	if (voids != NULL && !json_is_object(voids))
		return err_set(e, ERR_USAGE, "/voids is no object");
	json_object_foreach(voids, type, list)
		for (i = 0; i < json_array_size(list); i++)
			add_entry(b, json_string_value(json_array_get(list, i)), type, NULL, NULL, KNOWN_VOIDS);
	return 0;
}

int
known_add_phrases(struct known_builder *b, json_t *names, struct err *e)
{
	const json_t *nouns = json_object_get(names, "nouns");
	const json_t *words = json_object_get(names, "words"), *common = json_object_get(names, "common_words");
	size_t i, k;

	for (i = 0; i < json_array_size(nouns); i++) {
		const json_t *o = json_array_get(nouns, i);

		if (member(o, "text") == NULL || member(o, "type") == NULL)
			return err_set(e, ERR_USAGE, "/nouns/%zu needs \"text\" and \"type\"", i);
		add_entry(b, member(o, "text"), member(o, "type"), member(o, "detail"), member(o, "role"), KNOWN_NOUN);
	}
	for (k = 0; k < ARRAY_LEN(lists); k++) {
		const json_t *list = json_object_get(names, lists[k].key);

		for (i = 0; i < json_array_size(list); i++) {
			if (!json_is_string(json_array_get(list, i)))
				return err_set(e, ERR_USAGE, "/%s/%zu is no string", lists[k].key, i);
			add_entry(b, json_string_value(json_array_get(list, i)), NULL, lists[k].hint, NULL, lists[k].flag);
		}
	}
	for (i = 0; i < json_array_size(words); i++)
		*vec_push(b->a, &b->words) = intern_folded(b, json_string_value(json_array_get(words, i)));
	for (i = 0; i < json_array_size(common); i++)
		*vec_push(b->a, &b->common) = intern_folded(b, json_string_value(json_array_get(common, i)));
	return add_voids(b, json_object_get(names, "voids"), e);
}

/* ---- the finished table ---------------------------------------------------------------------------------------------------- */

struct entry {
	struct known_surface s;
	const char *key;
	size_t nr;
	int rank;
};

/*
 * The better of two rows that share a way to write them comes first: canonical before alias, with an ATT&CK id before without.
 * Techniques come in the order of their bundle: former names of Enterprise techniques are names of Mobile ones.
 */
static int
rank_of(const struct known_builder *b, const struct known_surface *s)
{
	const struct known_row *r = &b->rows.v[s->row];

	if (strcmp(b->pool.s + r->type, "attack-pattern") == 0)
		return 0;
	return (s->flags & KNOWN_ALIAS ? 2 : 0) + (r->id == 0);
}

static int
by_key(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int c = strcmp(a->key, b->key);

	if (c == 0)
		c = a->rank - b->rank;
	return c != 0 ? c : a->nr < b->nr ? -1 : a->nr > b->nr;
}

static int
by_offset(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

static int
holds(const uint32_t *sorted, size_t n, uint32_t key)
{
	return n > 0 && bsearch(&key, sorted, n, sizeof(key), by_offset) != NULL;
}

/* A plain word as a name, and how plain. The adjective of a place is none, whatever else has its name. */
static uint32_t
word_flags(const struct known_builder *b, uint32_t key, const struct known_surface *s)
{
	if (s->flags & KNOWN_NO_NAME || strcmp(b->pool.s + b->rows.v[s->row].type, "location") == 0)
		return 0;
	return (holds(b->words.v, b->words.n, key) ? KNOWN_WORD : 0) |
	    (holds(b->common.v, b->common.n, key) ? KNOWN_WORD | KNOWN_COMMON : 0);
}

static struct entry *
sorted_entries(struct known_builder *b)
{
	struct entry *v = xcalloc(b->surfaces.n + 1, sizeof(*v));
	size_t i;

	if (b->words.n > 0)
		qsort(b->words.v, b->words.n, sizeof(uint32_t), by_offset);
	if (b->common.n > 0)
		qsort(b->common.v, b->common.n, sizeof(uint32_t), by_offset);
	for (i = 0; i < b->surfaces.n; i++) {
		v[i].s = b->surfaces.v[i];
		v[i].s.flags |= word_flags(b, b->key.v[i], &b->surfaces.v[i]);
		v[i].key = b->pool.s + b->key.v[i];
		v[i].nr = i;
		v[i].rank = rank_of(b, &v[i].s);
	}
	qsort(v, b->surfaces.n, sizeof(*v), by_key);
	return v;
}

static const struct known_builder *sorting;	/* for by_external, qsort() passes no context */

static int
by_external(const void *x, const void *y)
{
	const struct known_row *a = &sorting->rows.v[*(const uint32_t *)x], *b = &sorting->rows.v[*(const uint32_t *)y];
	int c = strcmp(sorting->pool.s + a->source, sorting->pool.s + b->source);

	if (c == 0)
		c = strcmp(sorting->pool.s + a->id, sorting->pool.s + b->id);
	return c != 0 ? c : by_offset(x, y);
}

static void
finish_ids(struct known_builder *b)
{
	VEC(uint32_t) ids = { 0 };
	size_t i;

	for (i = 0; i < b->rows.n; i++)
		if (b->rows.v[i].id != 0)
			*vec_push(b->a, &ids) = (uint32_t)i;
	sorting = b;
	if (ids.n > 0)
		qsort(ids.v, ids.n, sizeof(uint32_t), by_external);
	b->table.by_id = ids.v;
	b->table.nby_id = ids.n;
}

const struct known_table *
known_finish(struct known_builder *b)
{
	struct entry *v = sorted_entries(b);
	struct known_surface *surface = arena_alloc(b->a, (b->surfaces.n + 1) * sizeof(*surface));
	uint32_t *first = arena_alloc(b->a, (b->surfaces.n + 2) * sizeof(*first));
	uint32_t *key = arena_alloc(b->a, (b->surfaces.n + 1) * sizeof(*key));
	struct known_table *t = &b->table;
	size_t i, n = 0;

	for (i = 0; i < b->surfaces.n; i++) {
		if (i == 0 || strcmp(v[i].key, v[i - 1].key) != 0) {
			key[n] = (uint32_t)(v[i].key - b->pool.s);
			first[n++] = (uint32_t)i;
		}
		surface[i] = v[i].s;
	}
	first[n] = (uint32_t)b->surfaces.n;
	free(v);
	finish_ids(b);
	t->pool = b->pool.s;
	t->row = b->rows.v;
	t->nrow = b->rows.n;
	t->surface = surface;
	t->nsurface = b->surfaces.n;
	t->first = first;
	t->trie.size = trie_build(b->pool.s, key, n, &b->base, &b->check);
	t->trie.base = b->base;
	t->trie.check = b->check;
	t->trie.key = key;
	t->trie.nkey = n;
	t->trie.pool = b->pool.s;
	return t;
}
