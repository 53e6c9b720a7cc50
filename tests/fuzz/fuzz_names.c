/*
 * A text: the names found in it stand in it, in order and apart, begin and end between characters, and say what they are; and a
 * further line, which says nothing about them, takes none of them away.
 */
#include "convert/names.h"
#include "fuzz.h"

#define MORE	"\n\nFurther words stand here.\n"

static struct knowledge *knowledge;

static void
check_names(const struct doc *d, const struct mentions *m)
{
	size_t i, last = 0;

	for (i = 0; i < m->n; i++) {
		const struct mention *x = &m->v[i];

		FUZZ_CHECK(x->start >= last && x->end > x->start && x->end <= d->len);
		FUZZ_CHECK(((unsigned char)d->text[x->start] & 0xc0) != 0x80 && ((unsigned char)d->text[x->end] & 0xc0) != 0x80);
		FUZZ_CHECK(x->class == MENTION_NAME && x->kind == NULL && x->value != NULL && x->value[0] != '\0');
		FUZZ_CHECK(x->type != NULL && x->rule != NULL && x->confidence > 0 && x->confidence <= 100);
		FUZZ_CHECK((x->ext_id == NULL) == (x->ext_source == NULL));
		last = x->end;
	}
}

static void
find(struct arena *a, const char *text, size_t n, struct mentions *m)
{
	struct doc d = { .arena = a, .text = text, .len = n };

	memset(m, 0, sizeof(*m));
	find_names(&d, NULL, knowledge, m, NULL);
	check_names(&d, m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mentions one, two;
	struct arena *a;
	size_t i;
	char *text;

	if (knowledge == NULL && knowledge_load(NULL, NULL, &knowledge, NULL) != 0)
		return 0;
	if (memchr(data, '\0', size) != NULL || utf8_valid((const char *)data, size) != size)
		return 0;
	a = arena_new();
	text = arena_alloc(a, size + sizeof(MORE));
	memcpy(text, data, size);
	find(a, text, size, &one);
	memcpy(text + size, MORE, sizeof(MORE));
	find(a, text, size + sizeof(MORE) - 1, &two);
	FUZZ_CHECK(two.n >= one.n);
	for (i = 0; i < one.n; i++)
		FUZZ_CHECK(one.v[i].start == two.v[i].start && strcmp(one.v[i].value, two.v[i].value) == 0);
	arena_free(a);
	return 0;
}
