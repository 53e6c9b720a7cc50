/* What the commands that read newsletters share: their options, the feed, the pipeline. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include "cli/cli.h"
#include "feed/feed.h"

#define SOURCE_OPTIONS \
	{ "feed", 0, "DIR", "the feed that the document belongs to: a folder with feed.json" }, \
	{ "as", 0, "FORMAT", "how the input is read: text, md, html, rss, pdf, facts; told from it unless given" }, \
	{ "encoding", 0, "NAME", "character encoding of the input; told from it unless given" }, \
	{ "language", 0, "TAG", "language of the input (ja, en); told from it unless given" }, \
	{ "lenient", 0, NULL, "take U+FFFD for octets that are wrong in the encoding, instead of refusing them" }, \
	{ "schemas", 0, "DIR", "further schemas, on top of the built-in ones" }, \
	{ "phrases", 0, "DIR", "further phrase files, on top of the built-in ones" }, \
	{ "knowledge", 0, "FILE", "a STIX bundle of further names; may be repeated" }

struct source {
	struct feed *feed;		/* NULL: none */
	struct pipeline *pipeline;
	struct arena *arena;		/* of what lives as long as this */
	struct doc_origin origin;	/* of the input that was read last */
};

/* Opens the feed and the pipeline that the options ask for. */
int source_open(const struct cli_args *a, struct source *s, struct err *e) BASE_CHECKED;
/* The same for the feed of a folder (NULL: none). */
int source_open_feed(const struct cli_args *a, const char *dir, struct source *s, struct err *e) BASE_CHECKED;
void source_close(struct source *s);
/* One input, read whole; in->bytes is b's, and in->origin s's: until the next one is read. Of a PDF, the bytes are its text. */
int source_read(const struct cli_args *a, struct source *s, const char *path, struct buf *b, struct pipeline_input *in,
    struct err *e) BASE_CHECKED;
/* Does it look like a PDF? */
int pdf_is(const struct buf *b);
/*
 * Replaces the PDF in b by its text, which the program stixpress-pdf makes, and tells what the PDF states of itself. Errors:
 * ERR_INPUT (broken, encrypted, no text), ERR_SYSTEM (no such program here, out of time).
 */
int pdf_text(struct buf *b, struct doc_origin *from, struct err *e) BASE_CHECKED;
/* What a reader of the facts should look at, on standard error. */
void source_notices(struct cli *c, const struct facts *f);

#endif
