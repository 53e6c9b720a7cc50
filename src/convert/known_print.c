#include <stdlib.h>
#include <string.h>

#include "convert/names.h"

static void
numbers(struct buf *out, const char *type, const char *name, const void *v, size_t n)
{
	size_t i;

	buf_printf(out, "static const %s %s[] = {", type, name);
	for (i = 0; i < n; i++)
		buf_printf(out, "%s%d,", i % 24 == 0 ? "\n" : "", ((const int32_t *)v)[i]);
	buf_adds(out, "0 };\n");
}

/* The pool as string literals: a fraction of the size of a list of numbers, and quick to compile. */
static void
pool_text(struct buf *out, const struct known_table *t, size_t len)
{
	size_t i, line = 0;

	buf_adds(out, "static const char pool[] =\n\"");
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)t->pool[i];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '?')
			buf_printf(out, "\\%03o", c);
		else
			buf_addc(out, (char)c);
		if (out->len - line > 120) {
			buf_adds(out, "\"\n\"");
			line = out->len;
		}
	}
	buf_adds(out, "\";\n");
}

/* No string of the table begins behind the greatest offset. */
static size_t
pool_length(const struct known_table *t)
{
	size_t i, k, max = 0;

	for (i = 0; i < t->nrow; i++) {
		const uint32_t *field = &t->row[i].name;

		for (k = 0; k < sizeof(*t->row) / sizeof(uint32_t); k++)
			max = field[k] > max ? field[k] : max;
	}
	for (i = 0; i < t->nsurface; i++)
		max = t->surface[i].text > max ? t->surface[i].text : max;
	for (i = 0; i < t->trie.nkey; i++)
		max = t->trie.key[i] > max ? t->trie.key[i] : max;
	return max + strlen(t->pool + max);
}

void
known_print(const struct known_table *t, struct buf *out)
{
	size_t i;

	buf_adds(out, "/* made by src/tools/mkknowledge.c */\n#include \"convert/names.h\"\n\n");
	pool_text(out, t, pool_length(t));
	buf_adds(out, "static const struct known_row row[] = {\n");
	for (i = 0; i < t->nrow; i++) {
		const struct known_row *r = &t->row[i];

		buf_printf(out, "{%u,%u,%u,%u,%u,%u,%u,%u,%u,%u},\n", r->name, r->type, r->source, r->id, r->role, r->hint, r->sector,
		    r->country, r->region, r->part);
	}
	buf_adds(out, "{0} };\nstatic const struct known_surface surface[] = {\n");
	for (i = 0; i < t->nsurface; i++)
		buf_printf(out, "{%u,%u,%u},%s", t->surface[i].text, t->surface[i].row, t->surface[i].flags, i % 8 == 7 ? "\n" : "");
	buf_adds(out, "{0} };\n");
	numbers(out, "uint32_t", "first", t->first, t->trie.nkey + 1);
	numbers(out, "uint32_t", "key", t->trie.key, t->trie.nkey);
	numbers(out, "uint32_t", "by_id", t->by_id, t->nby_id);
	numbers(out, "int32_t", "base", t->trie.base, t->trie.size);
	numbers(out, "int32_t", "check", t->trie.check, t->trie.size);
	buf_printf(out, "const struct known_table known_builtin = { pool, row, %zu, surface, %zu, first,\n"
	    "    { base, check, %zu, key, %zu, pool }, by_id, %zu };\n",
	    t->nrow, t->nsurface, t->trie.size, t->trie.nkey, t->nby_id);
}

int
knowledge_compile(const char *const *files, struct buf *out, struct err *e)
{
	struct known_builder *b = known_new();
	int rc = 0;

	for (; *files != NULL && rc == 0; files++) {
		json_error_t fault;
		json_t *j = json_load_file(*files, JSON_REJECT_DUPLICATES, &fault);

		if (j == NULL)
			rc = err_set(e, ERR_INPUT, "line %d: %s", fault.line, fault.text);
		else
			rc = json_object_get(j, "objects") != NULL ? known_add_bundle(b, j, e) : known_add_phrases(b, j, e);
		json_decref(j);
		if (rc != 0)
			err_prefix(e, "%s", *files);
	}
	if (rc == 0)
		known_print(known_finish(b), out);
	known_free(b);
	return rc;
}
