/*
 * A feed: refused, or items that stand in it in order, each a document whose places are inside its item and whose letters stand
 * where its map says (check_doc.h). What is whole is read without leniency as with it.
 */
#include "convert/convert.h"
#include "check_doc.h"

static struct phrases *phrases;

static void
check_items(const struct doc_items *items, const struct doc_options *o, const char *feed, size_t size)
{
	const struct doc_item *x;
	struct err e = ERR_INIT;
	struct arena *a;
	size_t i, last = 0;
	struct doc d;

	for (i = 0; i < doc_items_count(items); i++) {
		x = doc_items_at(items, i);
		FUZZ_CHECK(x->start >= last && x->end >= x->start && x->end <= size);
		last = x->end;
		a = arena_new();
		if (doc_items_read(items, i, a, o, &d, &e) == 0) {
			FUZZ_CHECK(d.input_len == size);
			check_doc(&d, feed, x->start, x->end);
		} else
			FUZZ_CHECK(e.kind == ERR_INPUT && e.text[0] != '\0');
		err_clear(&e);
		arena_free(a);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct doc_options o = { .format = "rss", .encoding = "UTF-8", .lenient = 1 };
	struct doc_items *items, *strict;
	struct err e = ERR_INIT;

	if (size == 0 || (phrases == NULL && phrases_load(NULL, &phrases, NULL) != 0))
		return 0;
	o.langs = phrases_langs(phrases);
	if (doc_items_open("fuzz", (const char *)data, size, &o, &items, &e) != 0) {
		FUZZ_CHECK((e.kind == ERR_INPUT || e.kind == ERR_USAGE) && e.text[0] != '\0');
		return 0;
	}
	FUZZ_CHECK(items != NULL);
	check_items(items, &o, (const char *)data, size);
	o.lenient = 0;
	if (doc_items_open("fuzz", (const char *)data, size, &o, &strict, &e) == 0) {
		FUZZ_CHECK(doc_items_count(strict) == doc_items_count(items));
		doc_items_close(strict);
	}
	doc_items_close(items);
	return 0;
}
