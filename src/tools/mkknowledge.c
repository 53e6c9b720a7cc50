/*
 * mkknowledge FILE...: writes the C source of known_builtin (convert/names.h) from STIX bundles (feeds/knowledge) and the name
 * phrases of the languages (feeds/phrases/TAG/names.json, known.json). The build runs it; it is not installed.
 */
#include <stdio.h>
#include <string.h>

#include "convert/names.h"

static int
load(struct known_builder *b, const char *path)
{
	json_error_t fault;
	struct err e = ERR_INIT;
	json_t *j = json_load_file(path, JSON_REJECT_DUPLICATES, &fault);
	int rc;

	if (j == NULL) {
		fprintf(stderr, "%s:%d: %s\n", path, fault.line, fault.text);
		return -1;
	}
	rc = json_object_get(j, "objects") != NULL ? known_add_bundle(b, j, &e) : known_add_phrases(b, j, &e);
	if (rc != 0)
		fprintf(stderr, "%s: %s\n", path, e.text);
	json_decref(j);
	return rc;
}

static void
numbers(const char *type, const char *name, const void *v, size_t n)
{
	size_t i;

	printf("static const %s %s[] = {", type, name);
	for (i = 0; i < n; i++)
		printf("%s%d,", i % 24 == 0 ? "\n" : "", ((const int32_t *)v)[i]);
	puts("0 };");
}

/* The pool as string literals: a fraction of the size of a list of numbers, and quick to compile. */
static void
pool_text(const struct known_table *t, size_t len)
{
	size_t i, col = 0;

	printf("static const char pool[] =\n\"");
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)t->pool[i];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '?')
			col += (size_t)printf("\\%03o", c);
		else
			col += (size_t)printf("%c", c);
		if (col > 110) {
			printf("\"\n\"");
			col = 0;
		}
	}
	puts("\";");
}

/* Every string of the table ends before the greatest offset's string does. */
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

static void
print_table(const struct known_table *t)
{
	size_t i;

	puts("/* made by src/tools/mkknowledge.c */\n#include \"convert/names.h\"\n");
	pool_text(t, pool_length(t));
	puts("static const struct known_row row[] = {");
	for (i = 0; i < t->nrow; i++) {
		const struct known_row *r = &t->row[i];

		printf("{%u,%u,%u,%u,%u,%u,%u,%u,%u,%u},\n", r->name, r->type, r->source, r->id, r->role, r->hint, r->sector,
		    r->country, r->region, r->part);
	}
	puts("{0} };\nstatic const struct known_surface surface[] = {");
	for (i = 0; i < t->nsurface; i++)
		printf("{%u,%u,%u},%s", t->surface[i].text, t->surface[i].row, t->surface[i].flags, i % 8 == 7 ? "\n" : "");
	puts("{0} };");
	numbers("uint32_t", "first", t->first, t->trie.nkey + 1);
	numbers("uint32_t", "key", t->trie.key, t->trie.nkey);
	numbers("uint32_t", "by_id", t->by_id, t->nby_id);
	numbers("int32_t", "base", t->trie.base, t->trie.size);
	numbers("int32_t", "check", t->trie.check, t->trie.size);
	printf("const struct known_table known_builtin = { pool, row, %zu, surface, %zu, first,\n"
	    "    { base, check, %zu, key, %zu, pool }, by_id, %zu };\n",
	    t->nrow, t->nsurface, t->trie.size, t->trie.nkey, t->nby_id);
}

int
main(int argc, char **argv)
{
	struct known_builder *b = known_new();
	int i;

	for (i = 1; i < argc; i++)
		if (load(b, argv[i]) != 0)
			return 1;
	print_table(known_finish(b));
	known_free(b);
	return fflush(stdout) != 0 || ferror(stdout);
}
