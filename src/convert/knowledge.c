#include <stdlib.h>
#include <string.h>

#include "convert/names.h"
#include "convert/phrases.h"
#include "json/json.h"

static int
load_extra(struct known_builder *b, const char *path, struct err *e)
{
	struct json_text *text;
	int rc;

	if (json_read_file(path, LIMIT_JSON_TEXT, &text, e) != 0)
		return -1;
	rc = known_add_bundle(b, json_text_root(text), e);
	if (rc != 0)
		err_prefix(e, "%s", path);
	json_text_free(text);
	return rc;
}

/* The type nouns and the like of the user's phrase files. How many files there are, or -1. */
static int
load_given(struct known_builder *b, const struct phrases *p, struct err *e)
{
	static const char *const files[] = { "names.json", "known.json" };
	const char *name;
	size_t i, at;
	json_t *j;
	int n = 0;

	for (i = 0; p != NULL && i < ARRAY_LEN(files); i++)
		for (at = 0; (j = phrases_given(p, files[i], &at, &name)) != NULL; n++)
			if (known_add_phrases(b, j, e) != 0) {
				err_prefix(e, "%s", name);
				return -1;
			}
	return n;
}

int
knowledge_load(const char *const *extra, const struct phrases *p, struct knowledge **out, struct err *e)
{
	struct knowledge *k = xcalloc(1, sizeof(*k));
	size_t i;
	int n;

	k->extra = known_new();
	n = load_given(k->extra, p, e);
	for (; n >= 0 && extra != NULL && *extra != NULL; extra++)
		n = load_extra(k->extra, *extra, e) == 0 ? n + 1 : -1;
	if (n < 0) {
		knowledge_free(k);
		return -1;
	}
	if (n > 0)
		k->table[k->ntable++] = known_finish(k->extra);
	k->table[k->ntable++] = &known_builtin;
	for (i = 0; i < k->ntable; i++)
		trie_filter_add(&k->table[i]->trie, 0, &k->filter);
	*out = k;
	return 0;
}

void
knowledge_free(struct knowledge *k)
{
	if (k == NULL)
		return;
	known_free(k->extra);
	free(k);
}

static const char *
string(const struct known_table *t, uint32_t at)
{
	return at == 0 ? NULL : t->pool + at;
}

void
known_row_strings(const struct known_table *t, uint32_t row, struct known *out)
{
	const struct known_row *r = &t->row[row];

	out->name = string(t, r->name);
	out->type = string(t, r->type);
	out->source = string(t, r->source);
	out->id = string(t, r->id);
	out->role = string(t, r->role);
	out->hint = string(t, r->hint);
	out->sector = string(t, r->sector);
	out->country = string(t, r->country);
	out->region = string(t, r->region);
	out->part = string(t, r->part);
}

static int
compare_id(const struct known_table *t, uint32_t row, const char *source, const char *id)
{
	int c = strcmp(t->pool + t->row[row].source, source);

	return c != 0 ? c : strcmp(t->pool + t->row[row].id, id);
}

int
knowledge_by_id(const struct knowledge *k, const char *source, const char *id, struct known *out)
{
	size_t i;

	for (i = 0; i < k->ntable; i++) {
		const struct known_table *t = k->table[i];
		size_t lo = 0, hi = t->nby_id;

		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;

			if (compare_id(t, t->by_id[mid], source, id) < 0)
				lo = mid + 1;
			else
				hi = mid;
		}
		if (lo < t->nby_id && compare_id(t, t->by_id[lo], source, id) == 0) {
			known_row_strings(t, t->by_id[lo], out);
			return 1;
		}
	}
	return 0;
}

/* The surfaces of the key that is all of s; 0: none. */
static size_t
surfaces(const struct known_table *t, const char *folded, const struct known_surface **out)
{
	struct trie_hit hit[1];
	size_t n = strlen(folded);

	if (trie_prefixes(&t->trie, folded, n, hit, 1) == 0 || hit[0].len != n)
		return 0;
	*out = t->surface + t->first[hit[0].key];
	return t->first[hit[0].key + 1] - t->first[hit[0].key];
}

int
knowledge_by_name(const struct knowledge *k, const char *type, const char *name, struct known *out)
{
	struct arena *a = arena_new();
	const char *folded = text_fold(a, name, strlen(name));
	const struct known_surface *s = NULL;
	size_t i, j, n;
	int found = 0;

	for (i = 0; i < k->ntable && !found; i++) {
		n = surfaces(k->table[i], folded, &s);
		for (j = 0; j < n && !found; j++) {
			if (s[j].flags & KNOWN_NO_NAME)
				continue;
			known_row_strings(k->table[i], s[j].row, out);
			found = type == NULL || strcmp(type, out->type) == 0;
		}
	}
	arena_free(a);
	return found;
}
