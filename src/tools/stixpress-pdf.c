/*
 * stixpress-pdf: the text of a PDF (standard input) as paragraphs in reading order, by poppler. A program of its own, started by
 * stixpress when a PDF comes, so that poppler is neither linked into stixpress nor trusted by it: it has limits of memory and time.
 *
 * Output: lines "Title: ...", "Author: ...", "Date: YYYY-MM-DD" where the PDF states them, an empty line, and the text: a line
 * is a paragraph, "# " (to "#### ") before it makes it a heading, a form feed begins each page but the first (and stands
 * behind a paragraph that two pages share). Offsets in evidence
 * count in the text. What a line of the page broke is joined only where it is sure how; running heads and page numbers are gone.
 *
 * Exit status: 0; 1 with a line "stixpress-pdf: ..." on standard error: broken, encrypted, without text; 3: too large, system.
 */
#include <sys/resource.h>

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "tools/pdf.h"

#ifdef __has_feature
#define CLANG_ADDRESS __has_feature(address_sanitizer)
#else
#define CLANG_ADDRESS 0
#endif
#if defined(__SANITIZE_ADDRESS__) || CLANG_ADDRESS
#define SANITIZED
/* The process ends with its text: it gives back nothing that it takes, and leaks are not looked for. */
int __lsan_is_turned_off(void);
int
__lsan_is_turned_off(void)
{
	return 1;
}
#endif

struct pdf doc;

/* ---- output --------------------------------------------------------------------------------------------------------- */

/* Does an empty line stand between them? */
static int
is_gap(const struct row *a, const struct row *b)
{
	if (a->table && b->table)
		return 0;
	return a->level > 0 || b->level > 0 || a->page != b->page || b->y1 - a->y2 > b->size * 0.6 || b->y1 < a->y1;
}

static void
write_rows(void)
{
	GString *g = g_string_new(NULL);
	size_t i, start = 0, last = SIZE_MAX;
	int page = 0, gap;
	enum join j;

	for (i = 0; i < doc.nrow; i++) {
		const struct row *r = &doc.rows[i];

		if (r->drop)
			continue;
		j = last == SIZE_MAX ? JOIN_NOT : pdf_follows(g->str + start, g->len - start, last, r);
		gap = last != SIZE_MAX && is_gap(&doc.rows[last], r);
		if (j == JOIN_DROP_HYPHEN)
			g_string_truncate(g, g->len - 1);
		if (j == JOIN_NOT && last != SIZE_MAX)
			g_string_append(g, gap ? "\n\n" : "\n");
		/* a paragraph that two pages share is on the one where it begins */
		for (; j == JOIN_NOT && page < r->page; page++)
			g_string_append_c(g, '\f');
		if (j == JOIN_BLANK)
			g_string_append_c(g, ' ');
		if (j == JOIN_NOT) {
			start = g->len;
			g_string_append(g, r->level > 0 ? &"#### "[4 - r->level] : "");
		}
		g_string_append_len(g, r->s, (gssize)r->n);
		last = i;
	}
	g_string_append_c(g, '\n');
	if (fwrite(g->str, 1, g->len, stdout) != g->len || fflush(stdout) != 0)
		pdf_fail(3, "the text could not be written", NULL);
	g_string_free(g, TRUE);
}

/* "Name: value" in one line; what programs put there instead of a title is left out. */
static void
write_head(const char *name, char *value)
{
	static const char *const junk[] = { "Microsoft Word", "Microsoft PowerPoint", "untitled", "Untitled", ".doc", ".indd", ".pdf",
	    ".ppt" };
	size_t i;

	for (i = 0; value != NULL && i < G_N_ELEMENTS(junk); i++)
		if (strstr(value, junk[i]) != NULL)
			value[0] = '\0';
	if (value != NULL && *g_strstrip(value) != '\0' && g_utf8_validate(value, -1, NULL)) {
		g_strdelimit(value, "\r\n\t\f", ' ');
		printf("%s: %s\n", name, value);
	}
	g_free(value);
}

static void
write_heads(PopplerDocument *pdf)
{
	GDateTime *t = poppler_document_get_creation_date_time(pdf);

	write_head("Title", poppler_document_get_title(pdf));
	write_head("Author", poppler_document_get_author(pdf));
	if (t != NULL)
		write_head("Date", g_date_time_format(t, "%Y-%m-%d"));
	putchar('\n');
}

/* ---- the program ---------------------------------------------------------------------------------------------------- */

static void
limit(int what, rlim_t most)
{
	struct rlimit r = { most, most };

	if (setrlimit(what, &r) != 0)
		pdf_fail(3, "a limit of the system could not be set", NULL);
}

static GBytes *
read_all(void)
{
	GByteArray *all = g_byte_array_new();
	guint8 part[65536];
	size_t n;

	while ((n = fread(part, 1, sizeof(part), stdin)) > 0) {
		g_byte_array_append(all, part, (guint)n);
		if (all->len > LIMIT_DOCUMENT)
			pdf_fail(1, "the PDF is larger than 64 MiB (LIMIT_DOCUMENT)", NULL);
	}
	return g_byte_array_free_to_bytes(all);
}

int
main(void)
{
	GError *e = NULL;
	PopplerDocument *pdf;
	GBytes *bytes;
	int i;

#ifndef SANITIZED
	limit(RLIMIT_AS, (rlim_t)LIMIT_PDF_MEMORY);
#endif
	limit(RLIMIT_CPU, LIMIT_PDF_SECONDS);
	limit(RLIMIT_CORE, 0);
	bytes = read_all();
	pdf = poppler_document_new_from_bytes(bytes, NULL, &e);
	if (pdf == NULL && g_error_matches(e, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED))
		pdf_fail(1, "the PDF is encrypted: it needs a password", NULL);
	if (pdf == NULL)
		pdf_fail(1, "this is no PDF that can be read", e->message);
	doc.npage = poppler_document_get_n_pages(pdf);
	if (doc.npage > LIMIT_PDF_PAGES)
		pdf_fail(1, "there are more than " G_STRINGIFY(LIMIT_PDF_PAGES) " pages (LIMIT_PDF_PAGES)", NULL);
	if (doc.npage < 1)
		pdf_fail(1, "the PDF has no pages", NULL);
	doc.pages = g_new0(struct paper, doc.npage);
	for (i = 0; i < doc.npage; i++)
		pdf_read_page(pdf, i);
	if (doc.nrow == 0)
		pdf_fail(1, "there is no text in the PDF: its pages are images, or empty", NULL);
	pdf_drop_margins();
	pdf_find_headings();
	pdf_count_words();
	pdf_find_tables();
	write_heads(pdf);
	write_rows();
	return 0;
}
