/* doc_int: what the files of src/doc/ share with one another and with nobody else. */
#ifndef DOC_DOC_INT_H
#define DOC_DOC_INT_H

#include "doc/doc.h"

/* ---- strand.c: a text and its map to the input ------------------------------------------------------------------- */

/* Text that grows at its end, with the map to the input. The caller frees with strand_free(). */
struct strand {
	char *s;		/* NUL-terminated once anything was added */
	size_t len, cap;
	struct doc_run *runs;
	size_t nrun, runcap;
};

void strand_free(struct strand *st);
/* Adds n octets that are the same n octets of the input at `in`. */
void strand_same(struct strand *st, const char *s, size_t n, size_t in);
/* Adds vn octets that stand for the in_n octets of the input at `in` (both 1..65535). */
void strand_unit(struct strand *st, const char *s, size_t vn, size_t in, size_t in_n);
/*
 * Adds src[from, to), its map with it. *cursor: index of the run of src where the last call ended, 0 at first; calls go
 * forward through src.
 */
void strand_copy(struct strand *st, const struct strand *src, size_t from, size_t to, size_t *cursor);
/* Adds one character in the place of src[from, to). */
void strand_glyph(struct strand *st, const struct strand *src, size_t from, size_t to, const char *s, size_t n, size_t *cursor);
/* The input offset of place `at` in a text of len octets with that map, as a start, or (end not 0) as an end. */
size_t strand_input(const struct doc_run *runs, size_t nrun, size_t len, size_t at, int end);

/* ---- encoding.c: bytes to UTF-8 ------------------------------------------------------------------------------------ */

/*
 * Decodes the input, folds width and blanks (doc.h). Fills out (the caller frees) and the name of the encoding. Errors:
 * ERR_INPUT binary, or invalid with the offset; ERR_USAGE an encoding nobody knows.
 */
int encoding_decode(const char *name, const char *bytes, size_t n, const struct doc_options *opt, struct strand *out,
    const char **encoding, struct err *e) BASE_CHECKED;

/* 0, or -1 with ERR_USAGE: nobody knows an encoding of that name. */
int encoding_known(const char *name, struct err *e) BASE_CHECKED;
/* What stands for a character in the view (doc.h): 0 when it has no place there. */
uint32_t encoding_fold(uint32_t c);

/* ---- readers --------------------------------------------------------------------------------------------------------- */

/* What a reader says about one line. */
enum line_hint {
	LINE_TEXT,
	LINE_HEADING,	/* with its level */
	LINE_BOLD,	/* a line that is one bold text: a heading, unless it is a labelled line */
	LINE_ITEM,
	LINE_ROW,
	LINE_CODE,
	LINE_NOISE,
};

struct line {
	uint32_t start, end;	/* in the view, trimmed, list mark left out; never empty */
	uint8_t hint;
	uint8_t level;		/* of a heading; 0: not known */
	uint8_t gap;		/* an empty line or a rule stands before it */
	uint8_t item;		/* it began with a list mark */
};

/* What a reader fills: the view, its lines, links, and what it knows about the document. */
struct reading {
	struct arena *arena;
	struct arena *scratch;	/* the reader's own, while it reads */
	const struct doc_lang *lang;
	int marked;		/* the format has marks for headings */
	struct strand view;
	size_t cursor;		/* of strand_copy() */
	struct line *lines;	/* malloc */
	size_t nline, linecap;
	VEC(struct doc_link) links;	/* in_start, in_end: of the text before the reader; doc.c turns them into input offsets */
	const char *title, *url, *author, *date;	/* front matter; NULL */
};

/*
 * The document d, whose input is decoded, in the language `lang` (NULL: as opt says, else told from the text), by a reader
 * (NULL: as opt says, else told from the text). known: what is known about it beforehand, or NULL.
 */
struct reader;
int doc_build(struct doc *d, const struct doc_options *opt, const struct strand *decoded, const struct reader *reader,
    const struct doc_lang *lang, const struct reading *known, struct err *e) BASE_CHECKED;
/* The input, decoded: the caller frees. Errors of doc_read() that do not ask for a reader. */
int doc_open(const char *name, const char *bytes, size_t n, const struct doc_options *opt, struct strand *decoded,
    const char **encoding, struct err *e) BASE_CHECKED;
/* The language of langs that a tag names ("ja", "ja-JP"), or NULL. */
const struct doc_lang *doc_lang_of_tag(const struct doc_lang *const *langs, const char *tag);
/* How often marks of the language stand at the beginning of s. */
size_t doc_lang_marks(const struct doc_lang *lang, const char *s, size_t n);

#define TITLE_LINES	14	/* a heading of level 1 in the first lines is the title */

/* A format: how it is recognised, how it is read. */
struct reader {
	const char *format;		/* "text", "md" */
	const char *const *suffixes;	/* of file names; NULL ends */
	int (*sniff)(const struct strand *src);	/* 1: the content says so; NULL: never */
	int (*read)(struct reading *r, const struct strand *src, struct err *e);	/* ERR_INPUT, ERR_USAGE */
};
extern const struct reader reader_rss;	/* says that a feed is no document; items.c reads it */
extern const struct reader reader_html;
extern const struct reader reader_markdown;
extern const struct reader reader_text;
extern const struct reader reader_pdf;	/* of the text that stixpress-pdf makes of one */

/*
 * The language that markup says its text is in (<html lang="ja">): NULL when it says none of langs. Only what stands
 * at the beginning is looked at.
 */
const struct doc_lang *markup_lang(const struct doc_lang *const *langs, const struct strand *src);
/* Before anything is asked of libxml2, in any thread. */
void html_ready(void);
/* The reader of HTML itself; markup.c holds its row. */
int html_read(struct reading *r, const struct strand *src, struct err *e) BASE_CHECKED;
/* Adds a line of the view; blanks at both ends are cut; nothing when it is empty. Returns 1 when it was added. */
int reading_line(struct reading *r, size_t start, size_t end, enum line_hint hint, int level, int gap);
/* The octets of a list mark and the blanks after it at the beginning of s[0..n), or 0. */
size_t reading_bullet(const char *s, size_t n);

/* ---- layout.c: lines to blocks, sections, sentences --------------------------------------------------------------------- */

/* Makes blocks, sections and sentences of r's lines, and finds title, author and date. */
void layout_build(struct doc *d, struct reading *r, const struct doc_options *opt);
/* The width of a text on a screen: an ASCII character is 1, others 2. */
size_t layout_width(const char *s, size_t n);

/* ---- sentence.c ---------------------------------------------------------------------------------------------------------- */

/* Calls back for each sentence of text[start, end), blanks trimmed. */
void sentence_split(const struct doc_lang *lang, const char *text, size_t start, size_t end,
    void (*found)(void *arg, size_t start, size_t end), void *arg);

/* ---- meta.c: dates and originals ------------------------------------------------------------------------------------------ */

/* A date at s, not further on: 1 and its octets. */
int meta_date_at(const struct doc_lang *lang, const char *s, size_t n, struct stamp *day, size_t *len);
/* The line s names the document's original: fills orig_*, returns 1. */
int meta_source(struct doc *d, const char *s, size_t n);

#endif
