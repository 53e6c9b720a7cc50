/* markup: what the files of the HTML reader share with one another. */
#ifndef DOC_MARKUP_H
#define DOC_MARKUP_H

#include "doc/doc_int.h"

/* ---- elements ----------------------------------------------------------------------------------------------------- */

enum element_kind {
	EL_INLINE,	/* what has no row: it changes nothing */
	EL_DROP,	/* its text is none of the document's */
	EL_BLOCK,	/* begins and ends a line */
	EL_HEADING,
	EL_ITEM,
	EL_PRE,
	EL_TABLE, EL_ROW, EL_CELL,
	EL_BREAK,
	EL_BOLD,
	EL_LINK,
	EL_TITLE, EL_META, EL_REL, EL_SCRIPT, EL_TIME,
};

struct element {
	const char *name;
	enum element_kind kind;
	int level;	/* of a heading */
	int scope;	/* 1: may hold the text of the page; 2: where its class or id says so */
	int judged;	/* 1: its class or id may say that it is no text; 2: it is none unless it holds most of the text */
};

/* The row of an element (lower case); never NULL. */
const struct element *element_find(const char *name);
/* Do the attributes (name, value, ..., NULL; a value may be NULL) say navigation, share bar, advertisement or hidden? */
int element_residue(const char *const *atts);
/* May the element be the one that holds the text of the page? */
int element_content(const struct element *el, const char *const *atts);
/* The value of that attribute, or NULL. borrowed */
const char *element_attr(const char *const *atts, const char *name);

/* ---- the view, written word by word ------------------------------------------------------------------------------------- */

struct writer {
	struct reading *r;
	const struct strand *src;
	size_t end;		/* of what was written last, in src */
	size_t start;		/* of the line, in the view */
	size_t text, bold;	/* octets of words in the line; those in bold type */
	size_t blank;		/* a blank is to come: where in src; SIZE_MAX: none */
	int open;		/* a line is begun */
	int gap;		/* an empty line stands before it */
	int item;		/* it begins a list item */
	int bolds, pre, level;	/* open elements; level of the heading, or 0 */
	int row, cells;		/* inside the row of a table; its cells so far */
};

/* A writer of the empty view of r, from src. */
void writer_begin(struct writer *w, struct reading *r, const struct strand *src);
/* The text src[from, to). Calls go forward through src. */
void writer_text(struct writer *w, size_t from, size_t to);
/* The UTF-8 text s[0..n), which src[from, to) stands for. */
void writer_glyphs(struct writer *w, const char *s, size_t n, size_t from, size_t to);
/* Ends the line, if one is begun. */
void writer_line(struct writer *w);
/* A cell of a row begins at src offset `at`. */
void writer_cell(struct writer *w, size_t at);

#endif
