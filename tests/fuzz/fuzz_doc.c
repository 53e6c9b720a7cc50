/*
 * The first octet chooses format, encoding and leniency, the rest is a document: refused, or a view of valid UTF-8 whose blocks
 * and sentences stand in it in order and whose map to the input never goes back.
 */
#include "convert/convert.h"
#include "fuzz.h"

static struct phrases *phrases;

static void
check_blocks(const struct doc *d)
{
	size_t i, k, last = 0, sent = 0;

	for (i = 0; i < d->nblock; i++) {
		const struct doc_block *b = &d->blocks[i];

		FUZZ_CHECK(b->start >= last && b->end > b->start && b->end <= d->len);
		FUZZ_CHECK(b->section < d->nsection && b->sent == sent);
		for (k = b->sent; k < b->sent + b->nsent; k++) {
			FUZZ_CHECK(k < d->nsent && d->sents[k].block == i);
			FUZZ_CHECK(d->sents[k].start >= last && d->sents[k].end > d->sents[k].start && d->sents[k].end <= b->end);
			FUZZ_CHECK(doc_sentence_at(d, d->sents[k].start) == k);
			last = d->sents[k].end;
		}
		sent += b->nsent;
		last = b->end;
	}
	FUZZ_CHECK(sent == d->nsent);
	for (i = k = 0; i < d->nsection; i++) {
		FUZZ_CHECK(d->sections[i].block == k);
		k += d->sections[i].nblock;
	}
	FUZZ_CHECK(k == d->nblock);
}

static void
check_map(const struct doc *d)
{
	size_t at, in, last = 0;

	for (at = 0; at <= d->len; at++) {
		in = doc_input(d, at);
		FUZZ_CHECK(in >= last && in <= d->input_len);
		FUZZ_CHECK(at == 0 || (doc_input_end(d, at) >= last && doc_input_end(d, at) <= d->input_len));
		last = in;
	}
	for (at = 0; at < d->nlink; at++) {
		FUZZ_CHECK(d->links[at].start <= d->links[at].end && d->links[at].end <= d->len);
		FUZZ_CHECK(d->links[at].in_start <= d->links[at].in_end && d->links[at].in_end <= d->input_len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const formats[] = { NULL, "text", "md", "html" };
	static const char *const encodings[] = { NULL, NULL, "UTF-16", "Shift_JIS" };
	struct doc_options o = { 0 };
	struct buf b = BUF_INIT(SIZE_MAX);
	struct err e = ERR_INIT;
	struct arena *a;
	struct doc d;

	if (size == 0 || (phrases == NULL && phrases_load(NULL, &phrases, NULL) != 0))
		return 0;
	o.langs = phrases_langs(phrases);
	o.format = formats[data[0] & 3];
	o.encoding = encodings[data[0] >> 2 & 3];
	o.lenient = data[0] >> 4 & 1;
	a = arena_new();
	if (doc_read(a, "fuzz", (const char *)data + 1, size - 1, &o, &d, &e) == 0) {
		FUZZ_CHECK(utf8_valid(d.text, d.len) == d.len && d.text[d.len] == '\0');
		check_blocks(&d);
		check_map(&d);
		doc_print(&d, &b);
	} else
		FUZZ_CHECK((e.kind == ERR_INPUT || e.kind == ERR_USAGE) && e.text[0] != '\0');	/* usage: built without HTML */
	buf_free(&b);
	arena_free(a);
	return 0;
}
