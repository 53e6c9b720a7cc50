/*
 * A page: refused, or a document whose letters stand where its map says, in order (check_doc.h); and the same page with a
 * comment before and behind it is the same document, as far into the input as the comment is long.
 */
#include "convert/convert.h"
#include "check_doc.h"

#define BEFORE	"<!-- before -->"

static struct phrases *phrases;

static void
check_moved(struct arena *a, const struct doc *d, const struct doc_options *o, const char *page, size_t n)
{
	struct buf b = BUF_INIT(SIZE_MAX);
	struct err e = ERR_INIT;
	struct doc moved;
	size_t i;

	buf_adds(&b, BEFORE);
	buf_add(&b, page, n);
	/* a declaration has to come first: behind a comment it is another page */
	if (memmem(page, n, "<?", 2) == NULL && memmem(page, n, "<!", 2) == NULL && doc_read(a, "moved", b.s, b.len, o, &moved, &e) == 0 &&
	    moved.lang == d->lang) {
		FUZZ_CHECK(moved.len == d->len && memcmp(moved.text, d->text, d->len) == 0 && moved.nsent == d->nsent);
		for (i = 0; i < d->nsent; i++)
			FUZZ_CHECK(doc_input(&moved, d->sents[i].start) == doc_input(d, d->sents[i].start) + strlen(BEFORE));
	}
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct doc_options o = { .format = "html", .encoding = "UTF-8", .lenient = 1 };
	const char *page = (const char *)data;
	struct err e = ERR_INIT;
	struct arena *a;
	struct doc d;

	if (size == 0 || (phrases == NULL && phrases_load(NULL, &phrases, NULL) != 0))
		return 0;
	o.langs = phrases_langs(phrases);
	a = arena_new();
	if (doc_read(a, "fuzz", page, size, &o, &d, &e) == 0) {
		check_doc(&d, page, 0, size);
		/* a byte order mark is one at the beginning only */
		if (size < 3 || memcmp(page, "\357\273\277", 3) != 0)
			check_moved(a, &d, &o, page, size);
	} else
		FUZZ_CHECK((e.kind == ERR_INPUT || e.kind == ERR_USAGE) && e.text[0] != '\0');
	arena_free(a);
	return 0;
}
