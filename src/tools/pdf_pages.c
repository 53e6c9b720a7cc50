/* stixpress-pdf: the rows of pages; running heads and page numbers; headings. */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "tools/pdf.h"

/* ---- what a page holds ---------------------------------------------------------------------------------------------- */

void
pdf_fail(int status, const char *what, const char *more)
{
	fprintf(stderr, "stixpress-pdf: %s%s%s\n", what, more != NULL ? ": " : "", more != NULL ? more : "");
	exit(status);
}

/* Size and weight of the characters [from, to) of a page. */
static void
weigh(GList *attributes, int from, int to, struct row *row)
{
	int bold = 0, all = 0, most = 0;
	GList *l;

	for (l = attributes; l != NULL; l = l->next) {
		const PopplerTextAttributes *a = l->data;
		int begin = a->start_index > from ? a->start_index : from, end = a->end_index + 1 < to ? a->end_index + 1 : to;

		if (begin >= end)
			continue;
		all += end - begin;
		if (a->font_name != NULL && (strstr(a->font_name, "Bold") || strstr(a->font_name, "Black") ||
		    strstr(a->font_name, "Heavy") || strstr(a->font_name, "Demi")))
			bold += end - begin;
		if (end - begin > most) {
			most = end - begin;
			row->size = a->font_size;
		}
	}
	row->bold = all > 0 && bold * 10 > all * 9;
}

static void
widen(struct row *row, const PopplerRectangle *r)
{
	/* in the layout, y1 is the upper edge */
	double top = r->y1 < r->y2 ? r->y1 : r->y2, bottom = r->y1 < r->y2 ? r->y2 : r->y1;

	if (row->x2 < row->x1) {
		row->x1 = r->x1;
		row->x2 = r->x2;
		row->y1 = top;
		row->y2 = bottom;
		return;
	}
	row->x1 = r->x1 < row->x1 ? r->x1 : row->x1;
	row->x2 = r->x2 > row->x2 ? r->x2 : row->x2;
	row->y1 = top < row->y1 ? top : row->y1;
	row->y2 = bottom > row->y2 ? bottom : row->y2;
}

/* Text as people type it: ligatures are letters, hyphens are "-", and there are no control characters. New; *n: its octets. */
static char *
plain(const char *s, size_t *n)
{
	static const char *const ligatures[] = { "ff", "fi", "fl", "ffi", "ffl", "st", "st" };	/* from U+FB00 */
	GString *g = g_string_sized_new(*n + 8);
	const char *p;

	for (p = s; p < s + *n; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c >= 0xfb00 && c <= 0xfb06)
			g_string_append(g, ligatures[c - 0xfb00]);
		else if (c == 0x2010 || c == 0x2011)
			g_string_append_c(g, '-');
		else if (c == '\t' || c == 0xa0)
			g_string_append_c(g, ' ');
		else if (c >= 0x20 && !(c >= 0x7f && c < 0xa0))
			g_string_append_unichar(g, c);
	}
	*n = g->len;
	return g_string_free(g, FALSE);
}

/* A piece of a row of a page: s[0..n), whose first character is number `at` of the page. */
static void
add_piece(int page, const char *s, size_t n, guint at, const PopplerRectangle *r, guint nr, GList *attributes)
{
	struct row row = { .s = s, .n = n, .x1 = 1, .x2 = 0, .page = page };
	int in_first = 1;
	const char *p;
	guint i = at;

	for (p = s; p < s + n; p = g_utf8_next_char(p), i++) {
		if (i >= nr || pdf_is_space(*p)) {
			in_first = in_first && row.x2 < row.x1;
			continue;
		}
		widen(&row, &r[i]);
		/* a script without blanks has words of one character */
		if (in_first || row.first == 0)
			row.first = row.x2 - row.x1;
		in_first = in_first && (unsigned char)*p < 0x80;
	}
	weigh(attributes, (int)at, (int)i, &row);
	while (row.n > 0 && pdf_is_space(*row.s)) {
		row.s++;
		row.n--;
	}
	while (row.n > 0 && pdf_is_space(row.s[row.n - 1]))
		row.n--;
	row.s = plain(row.s, &row.n);
	if (row.n == 0) {
		g_free((char *)row.s);
		return;
	}
	if (doc.nrow == doc.cap) {
		doc.cap = doc.cap * 2 + 256;
		doc.rows = g_realloc_n(doc.rows, doc.cap, sizeof(*doc.rows));
	}
	doc.rows[doc.nrow++] = row;
}

#define FAR	1.6	/* times the height of a character: between words there is less */

/* Does character b stand elsewhere than behind character a? */
static int
jumps(const PopplerRectangle *a, const PopplerRectangle *b)
{
	double high = a->y2 > a->y1 ? a->y2 - a->y1 : a->y1 - a->y2;

	return b->x1 - a->x2 > high * FAR || b->x1 < a->x1 - high * FAR || b->y1 - a->y1 > high || a->y1 - b->y1 > high;
}

/* A row as poppler has it: cells that it put together are told apart by their places. */
static void
add_row(int page, const char *s, size_t n, guint at, const PopplerRectangle *r, guint nr, GList *attributes)
{
	const char *p, *from = s;
	guint i = at, begin = at, last = 0;
	int any = 0;

	for (p = s; p < s + n; p = g_utf8_next_char(p), i++) {
		if (i >= nr || pdf_is_space(*p))
			continue;
		if (any && jumps(&r[last], &r[i])) {
			add_piece(page, from, (size_t)(p - from), begin, r, nr, attributes);
			from = p;
			begin = i;
		}
		any = 1;
		last = i;
	}
	add_piece(page, from, (size_t)(s + n - from), begin, r, nr, attributes);
}

void
pdf_read_page(PopplerDocument *pdf, int n)
{
	PopplerPage *page = poppler_document_get_page(pdf, n);
	PopplerRectangle *r = NULL;
	GList *attributes;
	guint nr = 0, at = 0;
	char *s, *nl;
	double width;

	if (page == NULL)
		return;
	poppler_page_get_size(page, &width, &doc.pages[n].height);
	doc.pages[n].text = s = poppler_page_get_text(page);
	poppler_page_get_text_layout(page, &r, &nr);
	attributes = poppler_page_get_text_attributes(page);
	doc.octets += s != NULL ? strlen(s) : 0;
	if (doc.octets > LIMIT_PDF_TEXT)
		pdf_fail(3, "there is more text than " G_STRINGIFY(LIMIT_PDF_TEXT) " octets (LIMIT_PDF_TEXT)", NULL);
	for (; s != NULL && *s != '\0'; s = nl + (*nl != '\0')) {
		nl = strchrnul(s, '\n');
		add_row(n, s, (size_t)(nl - s), at, r, nr, attributes);
		at += (guint)g_utf8_strlen(s, nl - s) + 1;
	}
	poppler_page_free_text_attributes(attributes);
	g_free(r);
	g_object_unref(page);
}

#define NEAR_PIECE	4	/* times the size of the type: pieces of a row that are no further apart are one text */

/* Pieces of one row, further apart than words are: of justified text, or behind a wide blank. */
int
pdf_same_row(const struct row *a, const struct row *b)
{
	double size = a->size > 0 ? a->size : 10, off = b->y1 - a->y1;

	return a->page == b->page && off < size * 0.3 && off > -size * 0.3 && b->x1 > a->x2 && b->x1 - a->x2 < size * NEAR_PIECE;
}

/* ---- running heads and page numbers --------------------------------------------------------------------------------- */

#define MARGIN	0.12	/* of the page's height: what is repeated there is no text */

static int
in_margin(const struct row *r)
{
	double h = doc.pages[r->page].height;

	return h > 0 && (r->y2 < h * MARGIN || r->y1 > h * (1 - MARGIN));
}

/* The row with each number as "#"; new. */
static char *
shape(const struct row *r)
{
	GString *g = g_string_new(NULL);
	size_t i;

	for (i = 0; i < r->n; i++)
		if (!isdigit((unsigned char)r->s[i]))
			g_string_append_c(g, r->s[i]);
		else if (g->len == 0 || g->str[g->len - 1] != '#')
			g_string_append_c(g, '#');
	return g_string_free(g, FALSE);
}

/* "3", "- 3 -", "3 / 12", "Page 3 of 12", "3 ページ" */
static int
page_number(const char *shape)
{
	static const char *const words[] = { "#", "page", "Page", "PAGE", "p.", "of", "/", "-", "|", "ページ", "頁", "(", ")", " " };
	int digits = 0;
	size_t i, k;

	while (*shape != '\0') {
		for (i = k = 0; i < G_N_ELEMENTS(words) && k == 0; i++)
			k = g_str_has_prefix(shape, words[i]) ? strlen(words[i]) : 0;
		if (k == 0)
			return 0;
		digits += *shape == '#';
		shape += k;
	}
	return digits == 1 || digits == 2;
}

void
pdf_drop_margins(void)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	int turn, count, least = doc.npage / 3 > 2 ? doc.npage / 3 : 2;
	size_t i;

	for (turn = 0; turn < 2; turn++)
		for (i = 0; i < doc.nrow; i++) {
			struct row *r = &doc.rows[i];
			char *s;

			if (!in_margin(r))
				continue;
			s = shape(r);
			count = GPOINTER_TO_INT(g_hash_table_lookup(seen, s));
			if (turn == 1)
				r->drop = count >= least || (page_number(s) && !(i + 1 < doc.nrow && pdf_same_row(r, r + 1)));
			if (turn == 0)
				g_hash_table_insert(seen, s, GINT_TO_POINTER(count + 1));
			else
				g_free(s);
		}
	g_hash_table_destroy(seen);
}

/* ---- headings ------------------------------------------------------------------------------------------------------- */

#define LARGER	1.15	/* than the text: a heading */
#define SIZES	64	/* sizes of type that are told apart, in half points */

static int
half_points(double size)
{
	int k = (int)(size * 2 + 0.5);

	return k < 0 ? 0 : k >= 2 * SIZES ? 2 * SIZES - 1 : k;
}

void
pdf_find_headings(void)
{
	size_t count[2 * SIZES] = { 0 }, i, most = 0;
	int level[2 * SIZES] = { 0 }, k, next = 1;

	for (i = 0; i < doc.nrow; i++)
		count[half_points(doc.rows[i].size)] += doc.rows[i].drop ? 0 : doc.rows[i].n;
	for (k = 1; k < 2 * SIZES; k++)
		if (count[k] > most) {
			most = count[k];
			doc.body = k / 2.0;
		}
	for (k = 2 * SIZES - 1; k > 0 && k / 2.0 > doc.body * LARGER; k--)
		if (count[k] > 0)
			level[k] = next < 3 ? next++ : 3;
	for (i = 0; i < doc.nrow; i++) {
		struct row *r = &doc.rows[i];

		r->level = level[half_points(r->size)];
		/* bold type of the text's own size: short, and no sentence */
		if (r->level == 0 && r->bold && r->n < 100 && r->n > 1 && strchr(".,;", r->s[r->n - 1]) == NULL &&
		    (r->n < 3 || memcmp(r->s + r->n - 3, "。", 3) != 0))
			r->level = 4;
		/* a number or a mark set large is no heading, unless one follows it */
		if (r->level > 0 && !g_unichar_isalpha(g_utf8_get_char(r->s)) && r->n < 4 &&
		    !(i + 1 < doc.nrow && pdf_same_row(r, r + 1)))
			r->level = 0;
	}
}
