/*
 * doc: from the bytes of a newsletter to readable text in blocks and sentences, every byte mapped back to the input.
 *
 * The *view* is the text that everything after this floor looks at: valid UTF-8 in which the input's encoding is decoded,
 * full-width ASCII is folded to ASCII, U+3000, U+00A0 and the other wide and narrow blanks are a blank, zero-width and
 * direction characters and soft hyphens are gone, CR LF and CR are LF, a Markdown link [X](url) is X (the address stands in
 * the list of links), and the language's residue words ("popup_icon") are gone: between two ASCII letters or digits a blank
 * takes their place, elsewhere nothing. Markup of the format is gone too (emphasis, escapes, list and heading marks, rows of
 * dashes, images), but every line of a text input is a line of the view. Nothing else is changed (no NFKC).
 *
 * Everything lives in the document's arena. Offsets and lengths are octets; ends are exclusive.
 */
#ifndef DOC_DOC_H
#define DOC_DOC_H

#include "base/base.h"

/* ---- what a language knows about layout: plain tables, filled by the caller from feeds/phrases/ ------------------ */

/* The role of a section: what its heading says it is. Roles are data; the program asks only for the flags. */
struct doc_role {
	const char *name;	/* "lead", "why", "advice", "headlines", "events", "malware-table", "ioc-list", "share", ... */
	int asserts;		/* 1: its text states facts; 0: events, share bars and references give no objects */
	int indicators;		/* 1: values listed here are indicators */
	int telemetry;		/* 1: a table unrelated to the stories around it */
	int victims;		/* 1: hosts, addresses and mailboxes listed here are those of victims */
};

struct doc_heading {
	const char *text;	/* compared with text_fold(); a heading matches when it equals it, or contains it and it is
				   DOC_HEADING_PART octets long or longer when folded ("IPs" is not in "Tips") */
	const struct doc_role *role;
};

#define DOC_HEADING_PART	10

/*
 * Dates are patterns of literal text, Y (4 digits), M (1-2 digits), N (month name), D (1-2 digits), _ (blanks or none).
 * Sources are patterns of literal text (letter case and kind of quotation mark do not count), _, {DATE}, {PUBLISHER}, {TITLE}
 * and {ANY}; the last three take the shortest text up to what follows them.
 */
struct doc_lang {
	const char *tag;		/* BCP 47: "ja", "en" */
	const char *const *marks;	/* frequent short words or letters by which the language is recognised; NULL ends */
	const char *const *residue;	/* cut from the view; NULL ends */
	const struct doc_heading *headings;	/* text NULL ends */
	const char *const *abbreviations;	/* "e.g.", "U.S.": a full stop here ends no sentence; with # at the end ("no.#")
						   only before a digit; NULL ends */
	const char *const *dates;		/* date patterns, as above; NULL ends */
	const char *const *months;		/* 12 names and then 12 short names, or NULL */
	const char *const *boilerplate;		/* whole lines that are no text: "Share", "The post * appeared first on *"; NULL ends */
	const char *const *sources;		/* patterns of the line that names the original; NULL ends */
	const char *const *labels;		/* what a labelled line begins with: "MD5", "Detection Name"; NULL ends */
	const char *const *bylines;		/* what the line of the author begins with: "By "; NULL ends */
};

/* ---- the document ------------------------------------------------------------------------------------------------- */

enum doc_kind {
	DOC_TITLE,	/* the document's title */
	DOC_HEADING,
	DOC_PARA,
	DOC_ITEM,	/* a list item */
	DOC_ROW,	/* one row of a table, or one labelled line ("MD5: ...") */
	DOC_CODE,
	DOC_NOISE,	/* share bars, tag lines, the date line, the line that names the original: no text */
};

struct doc_block {
	enum doc_kind kind;
	int level;		/* of a heading: 1.. */
	uint32_t start, end;	/* in the view */
	uint32_t section;	/* index into sections */
	uint32_t sent, nsent;	/* its sentences: index of the first, number */
};

struct doc_section {
	const struct doc_role *role;	/* NULL: nothing is known about it */
	size_t heading;			/* block index, or SIZE_MAX for the text before the first heading */
	size_t block, nblock;		/* its blocks (heading included) */
};

struct doc_sentence {
	uint32_t start, end;	/* in the view, blanks trimmed */
	uint32_t block;
};

/* A link target, kept apart from the text. */
struct doc_link {
	size_t start, end;	/* the link's text in the view */
	const char *url;
	size_t in_start, in_end;	/* the address in the input */
};

/*
 * The map from the view to the input: from `view` on, up to the next run, units of vstep octets stand for units of istep
 * octets of the input. Input between two runs has no place in the view.
 */
struct doc_run {
	uint32_t view, in;
	uint16_t vstep, istep;
};

struct doc {
	struct arena *arena;
	const char *name;	/* as given: file name or "standard input", for messages */
	const char *format;	/* the reader that was used: "text", "md", "html", ... */
	const char *encoding;	/* "UTF-8", "Shift_JIS", ... */
	const struct doc_lang *lang;	/* never NULL */
	const char *title;	/* NULL when none was found */
	const char *url;	/* canonical URL, or NULL */
	const char *author;	/* or NULL */
	int has_date;
	struct stamp date;	/* date of this edition, 00:00:00Z */
	/* a translation or digest names its original */
	const char *orig_title, *orig_publisher, *orig_url;
	int has_orig_date;
	struct stamp orig_date;
	char sha256[DIGEST_HEX];	/* of the input */
	size_t input_len;
	const char *text;	/* the view; NUL-terminated */
	size_t len;
	struct doc_block *blocks;
	size_t nblock;
	struct doc_section *sections;
	size_t nsection;
	struct doc_sentence *sents;
	size_t nsent;
	struct doc_link *links;
	size_t nlink;
	struct doc_run *runs;
	size_t nrun;
	/* per DOC_PAGE octets of the view, from the first of them: the last run that begins, the first sentence that ends behind it.
	   NULL: searches go through all */
	uint32_t *run_of, *sent_of;
};

#define DOC_PAGE	1024

/* What a text was made from by another program (a PDF): its digest and size are the input's, places count in the text. */
struct doc_origin {
	char sha256[DIGEST_HEX];
	size_t len;
	char title[400], author[200];	/* "" when it states none; taken where the text has none */
	int has_date;
	struct stamp date;		/* it was made; taken where the text has none */
};

struct doc_options {
	const char *format;	/* "text", "md", ...; NULL: by content and name */
	const char *encoding;	/* NULL: by BOM, then UTF-8, then detection */
	int lenient;		/* replace invalid bytes by U+FFFD instead of refusing them */
	const struct doc_lang *const *langs;	/* NULL ends; the first is the fallback */
	const char *lang;	/* tag; NULL: detect */
	const struct doc_origin *origin;	/* NULL: the bytes are the input */
};

/* Is there a reader and an encoding of these names (NULL: not asked for)? ERR_USAGE, with the names there are. */
int doc_known(const char *format, const char *encoding, struct err *e) BASE_CHECKED;
/*
 * Reads the bytes of one document into doc (in the arena a, which the caller owns). Errors (ERR_INPUT): empty, binary, larger
 * than LIMIT_DOCUMENT, invalid in its encoding (the message names the offset).
 */
int doc_read(struct arena *a, const char *name, const char *bytes, size_t n, const struct doc_options *opt, struct doc *out,
    struct err *e) BASE_CHECKED;

/*
 * A feed (RSS, Atom) is no document: each of its items is one. doc_items_open() sets *out to NULL when the input is no feed, by
 * its content or as opt->format says; else new: doc_items_close(); bytes stay the caller's and have to outlive it. Errors as
 * doc_read()'s, and malformed XML. Offsets of an item's document are those of the whole input; its digest is the item's alone, so
 * that it is the same however the feed grows.
 */
struct doc_items;

struct doc_item {
	int has_date;
	struct stamp date;	/* day it was published, else updated; 00:00:00Z */
	size_t start, end;	/* in the input */
};

int doc_items_open(const char *name, const char *bytes, size_t n, const struct doc_options *opt, struct doc_items **out,
    struct err *e) BASE_CHECKED;
void doc_items_close(struct doc_items *items);	/* NULL is fine */
size_t doc_items_count(const struct doc_items *items);
const struct doc_item *doc_items_at(const struct doc_items *items, size_t i);	/* borrowed */
/* Item i as a document in the arena a: doc_read() for it. */
int doc_items_read(const struct doc_items *items, size_t i, struct arena *a, const struct doc_options *opt, struct doc *out,
    struct err *e) BASE_CHECKED;

/* The input offset of view offset `at` (0..len), as the start of something. */
size_t doc_input(const struct doc *d, size_t at);
/* The input offset at which something that ends at view offset `at` ends (residue behind it is left out). */
size_t doc_input_end(const struct doc *d, size_t at);
/* Line (from 1) and column (code points, from 1) in the view's terms of the input of view offset at: for messages. */
void doc_line(const struct doc *d, size_t at, size_t *line, size_t *column);
/* Index of the sentence that holds view offset `at`, or SIZE_MAX. */
size_t doc_sentence_at(const struct doc *d, size_t at);
/* Text of a sentence, residue cut and blanks folded to one (in the arena). */
const char *doc_sentence_text(const struct doc *d, size_t sent);
/*
 * What is quoted of a sentence for something in it, view [start, end): all of it; of what is longer than LIMIT_SENTENCE, the words
 * around.
 */
void doc_quote(const struct doc *d, size_t sent, size_t start, size_t end, size_t *from, size_t *to);
/* Text of view [start, end), blanks folded to one (in the arena). */
const char *doc_span_text(const struct doc *d, size_t start, size_t end);
/* Does the sentence (or block) stand where the text states facts (role->asserts, not noise)? */
int doc_asserts(const struct doc *d, size_t sent);
/* Printable form for --stop=doc: one line a block, sentences numbered with their input offsets. */
void doc_print(const struct doc *d, struct buf *out);
/* The name of a kind of block: "title", "heading", "para", "item", "row", "code", "noise". */
const char *doc_kind_name(enum doc_kind kind);
/*
 * Finds the first date in s[0..n) written as one of the language's patterns say. 1 and *day (00:00:00Z), *start, *end (octets
 * of s); 0 when there is none.
 */
int doc_find_date(const struct doc_lang *lang, const char *s, size_t n, struct stamp *day, size_t *start, size_t *end);

#endif
