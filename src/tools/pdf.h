/* stixpress-pdf: the rows of a document's pages, and what is found of them, one step after the other. */
#ifndef TOOLS_PDF_H
#define TOOLS_PDF_H

#include <stddef.h>

#include <poppler.h>

struct row {
	const char *s;		/* in the page's text; n octets, blanks at both ends left out */
	size_t n;
	double x1, y1, x2, y2;	/* from the upper left corner */
	double size;		/* of most of its characters; 0: none is known */
	double first;		/* width of its first word */
	int bold, drop, page;
	int table;		/* the row of a table, made of its cells */
	int level;		/* of a heading, or 0 */
};

struct paper {
	char *text;
	double height;
};

/* The document at hand: the program reads one. */
struct pdf {
	struct paper *pages;
	int npage;
	struct row *rows;
	size_t nrow, cap;
	size_t octets;		/* of all texts */
	double body;		/* size of most of the text */
	GHashTable *words;	/* that stand in the text, small letters: how often */
};
extern struct pdf doc;

/* Ends the program with a line on standard error. */
void pdf_fail(int status, const char *what, const char *more) __attribute__((noreturn));

static inline int
pdf_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* ---- pdf_pages.c: what the pages hold ---- */

/* Appends the rows of page n. */
void pdf_read_page(PopplerDocument *document, int n);
/* Pieces of one row, further apart than words are: of justified text, or behind a wide blank. */
int pdf_same_row(const struct row *a, const struct row *b);
/* Marks running heads and page numbers to be dropped. */
void pdf_drop_margins(void);
/* Gives rows that are headings their level, by the size and the weight of their type. */
void pdf_find_headings(void);

/* ---- pdf_joins.c: how rows go on ---- */

enum join { JOIN_NOT, JOIN_BLANK, JOIN_GLUE, JOIN_DROP_HYPHEN };
/* How row b follows what was written of the paragraph, out[0..n), whose last row is number a. */
enum join pdf_follows(const char *out, size_t n, size_t a, const struct row *b);
/* Counts the words of small letters of the text: to know what a hyphen at the end of a row is. */
void pdf_count_words(void);
/* Is s[0..n) of hexadecimal digits, as many as a hash has? */
int pdf_is_hex(const char *s, size_t n);
/* Octets of the last, the first word of s[0..n). */
size_t pdf_last_word(const char *s, size_t n);
size_t pdf_first_word(const char *s, size_t n);
/*
 * Two halves of one hash: neither is one by itself and both together are; or they stand behind the name of what both are. What
 * could be two hashes stays two.
 */
int pdf_hash_goes_on(const char *s, size_t n, const char *label, const struct row *b);
/* An address that cannot end where the row does: "hxxps://evil[.]example/a-" */
int pdf_address_goes_on(const char *s, size_t n, const struct row *b);
/* Does s begin with a wide character? */
int pdf_wide(const char *s);

/* ---- pdf_tables.c ---- */

/* Puts the cells of tables together: each row of a table becomes one row. */
void pdf_find_tables(void);

#endif
