/* What holds of every document, whichever reader made it. */
#ifndef CHECK_DOC_H
#define CHECK_DOC_H

#include "doc/doc.h"
#include "fuzz.h"

/* Blocks and sentences stand in the view, in order, and sections hold them all. */
static inline void
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

/* The map to the input never goes back, and stays in [from, to). */
static inline void
check_map(const struct doc *d, size_t from, size_t to)
{
	size_t at, in, last = 0;

	for (at = 0; at <= d->len; at++) {
		in = doc_input(d, at);
		FUZZ_CHECK(in >= last && (d->len == 0 || in >= from) && in <= to);
		FUZZ_CHECK(at == 0 || (doc_input_end(d, at) >= last && doc_input_end(d, at) <= to));
		last = in;
	}
	for (at = 0; at < d->nlink; at++) {
		FUZZ_CHECK(d->links[at].start <= d->links[at].end && d->links[at].end <= d->len);
		FUZZ_CHECK(d->links[at].in_start <= d->links[at].in_end && d->links[at].in_end <= to);
	}
}

/*
 * Each ASCII letter and digit of the view stands at its place in the UTF-8 input, or a reference or a character of full width does
 * that it was made of.
 */
static inline void
check_letters(const struct doc *d, const char *bytes)
{
	size_t at, in;

	if (strcmp(d->encoding, "UTF-8") != 0)
		return;
	for (at = 0; at < d->len; at++) {
		char c = d->text[at];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			continue;
		in = doc_input(d, at);
		FUZZ_CHECK(in < d->input_len && (bytes[in] == c || bytes[in] == '&' || (unsigned char)bytes[in] >= 0x80));
	}
}

/* All of it. */
static inline void
check_doc(const struct doc *d, const char *bytes, size_t from, size_t to)
{
	struct buf b = BUF_INIT(SIZE_MAX);

	FUZZ_CHECK(utf8_valid(d->text, d->len) == d->len && d->text[d->len] == '\0');
	check_blocks(d);
	check_map(d, from, to);
	check_letters(d, bytes);
	doc_print(d, &b);
	buf_free(&b);
}

#endif
