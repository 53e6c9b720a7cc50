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

#include <poppler.h>

#include "base/limits.h"

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

/* ---- what a page holds ---------------------------------------------------------------------------------------------- */

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

static struct {
	struct paper *pages;
	int npage;
	struct row *rows;
	size_t nrow, cap;
	size_t octets;		/* of all texts */
	double body;		/* size of most of the text */
	GHashTable *words;	/* that stand in the text, small letters: how often */
} doc;

static void
fail(int status, const char *what, const char *more)
{
	fprintf(stderr, "stixpress-pdf: %s%s%s\n", what, more != NULL ? ": " : "", more != NULL ? more : "");
	exit(status);
}

static int
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
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
		if (i >= nr || is_space(*p)) {
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
	while (row.n > 0 && is_space(*row.s)) {
		row.s++;
		row.n--;
	}
	while (row.n > 0 && is_space(row.s[row.n - 1]))
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
		if (i >= nr || is_space(*p))
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

static void
read_page(PopplerDocument *pdf, int n)
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
		fail(3, "there is more text than " G_STRINGIFY(LIMIT_PDF_TEXT) " octets (LIMIT_PDF_TEXT)", NULL);
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
static int
same_row(const struct row *a, const struct row *b)
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

static void
drop_margins(void)
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
				r->drop = count >= least || (page_number(s) && !(i + 1 < doc.nrow && same_row(r, r + 1)));
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

static void
find_headings(void)
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
		    !(i + 1 < doc.nrow && same_row(r, r + 1)))
			r->level = 0;
	}
}

/* ---- how rows go on ------------------------------------------------------------------------------------------------- */

static int
is_hex(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && isxdigit((unsigned char)s[i]); i++)
		;
	return n > 0 && i == n;
}

static size_t
last_word(const char *s, size_t n)
{
	size_t k = 0;

	while (k < n && !is_space(s[n - 1 - k]))
		k++;
	return k;
}

static size_t
first_word(const char *s, size_t n)
{
	size_t k = 0;

	while (k < n && !is_space(s[k]))
		k++;
	return k;
}

/* Something written to be copied: a hash, an address, a path; not a word. */
static int
is_value(const char *s, size_t n)
{
	size_t i;

	if (n >= 24 && is_hex(s, n))
		return 1;
	for (i = 1; i + 1 < n; i++)
		if (strchr("./:@\\[", s[i]) != NULL && (unsigned char)s[i + 1] > ' ')
			return 1;
	return 0;
}

static int
hash_length(size_t n)
{
	return n == 32 || n == 40 || n == 56 || n == 64 || n == 96 || n == 128;
}

/* Does the text name a kind of hash that has `digits` digits ("SHA256: ..."), and not MD5, two of which make a SHA-256's? */
static int
labels_hash(const char *s, size_t n, size_t digits)
{
	static const struct { const char *label; size_t n; } labels[] = {
		{ "sha1", 40 }, { "sha-1", 40 }, { "sha256", 64 }, { "sha-256", 64 }, { "sha384", 96 }, { "sha-384", 96 },
		{ "sha512", 128 }, { "sha-512", 128 },
	};
	char *low = g_ascii_strdown(s, (gssize)n);
	int yes = 0;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(labels); i++)
		yes |= labels[i].n == digits && strstr(low, labels[i].label) != NULL;
	yes = yes && strstr(low, "md5") == NULL;
	g_free(low);
	return yes;
}

/*
 * Two halves of one hash: neither is one by itself and both together are; or they stand behind the name of what both are. What
 * could be two hashes stays two.
 */
static int
hash_goes_on(const char *s, size_t n, const char *label, const struct row *b)
{
	size_t k = last_word(s, n), m = first_word(b->s, b->n);

	if (k < 8 || m < 1 || !is_hex(s + n - k, k) || !is_hex(b->s, m) || !hash_length(k + m))
		return 0;
	return (!hash_length(k) && !hash_length(m)) || (!hash_length(k) && m < 24) || labels_hash(label, strlen(label), k + m);
}

/* An address that cannot end where the row does: "hxxps://evil[.]example/a-" */
static int
address_goes_on(const char *s, size_t n, const struct row *b)
{
	size_t k = last_word(s, n);
	const char *w = s + n - k;
	char *word;
	int is_address;

	if (k < 6 || b->n == 0 || (unsigned char)b->s[0] >= 0x80 || !(isalnum((unsigned char)b->s[0]) || strchr("/%?&=_.[", b->s[0])))
		return 0;
	word = g_strndup(w, k);
	is_address = strstr(word, "://") != NULL || strstr(word, "[.]") != NULL || strstr(word, "[:]") != NULL;
	g_free(word);
	return is_address && strchr("/-_=&?%[", w[k - 1]) != NULL;
}

/* Words of small letters in the text: to know what a hyphen at the end of a row is. */
static void
count_words(void)
{
	size_t i, k, at;

	doc.words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (i = 0; i < doc.nrow; i++)
		for (at = 0; at < doc.rows[i].n; at += k + 1) {
			const char *s = doc.rows[i].s + at;
			size_t n;

			k = first_word(s, doc.rows[i].n - at);
			/* the word at the end of a row may be half of one */
			if (at + k == doc.rows[i].n && k > 0 && s[k - 1] == '-')
				continue;
			for (n = k; n > 0 && strchr(".,;:)!?\"'", s[n - 1]) != NULL; n--)
				;
			if (n > 1)
				g_hash_table_add(doc.words, g_ascii_strdown(s, (gssize)n));
		}
}

static int
is_word(const char *a, size_t n, const char *between, const char *b, size_t m)
{
	char *s = g_strdup_printf("%.*s%s%.*s", (int)n, a, between, (int)m, b), *low = g_ascii_strdown(s, -1);
	int yes = g_hash_table_contains(doc.words, low);

	g_free(low);
	g_free(s);
	return yes;
}

static size_t
letters(const char *s, size_t n)
{
	size_t k = 0;

	while (k < n && islower((unsigned char)s[k]))
		k++;
	return k;
}

enum join { JOIN_NOT, JOIN_BLANK, JOIN_GLUE, JOIN_DROP_HYPHEN };

/* What a hyphen at the end of a row is: part of the word, or of the row. */
static enum join
hyphen(const char *s, size_t n, const struct row *b)
{
	size_t k = last_word(s, n) - 1, m = letters(b->s, b->n);
	const char *w = s + n - 1 - k;

	if (k == 0 || m == 0)
		return k > 0 && isalnum((unsigned char)b->s[0]) ? JOIN_GLUE : JOIN_BLANK;
	if (m < b->n && !is_space(b->s[m]) && strchr(".,;:)!?", b->s[m]) == NULL)
		return JOIN_GLUE;
	if (is_word(w, k, "", b->s, m))
		return JOIN_DROP_HYPHEN;
	if (is_word(w, k, "-", b->s, m) || letters(w + 1, k - 1) != k - 1)
		return JOIN_GLUE;
	return is_word(w, k, "", "", 0) && is_word("", 0, "", b->s, m) ? JOIN_GLUE : JOIN_DROP_HYPHEN;
}

static int
is_bullet(const struct row *r)
{
	static const char *const marks[] = { "•", "・", "●", "◦", "▪", "■", "‣", "►", "–", "—", "- ", "* ", "o " };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(marks); i++)
		if (r->n > strlen(marks[i]) && memcmp(r->s, marks[i], strlen(marks[i])) == 0)
			return 1;
	for (i = 0; i < r->n && i < 3 && isdigit((unsigned char)r->s[i]); i++)
		;
	return i > 0 && i + 1 < r->n && strchr(".)", r->s[i]) != NULL && r->s[i + 1] == ' ';
}

static int
wide(const char *s)
{
	return g_unichar_iswide(g_utf8_get_char(s));
}

/* Are two rows that follow one another of one block: same type, one below the other? */
static int
same_block(const struct row *a, const struct row *b)
{
	double pitch = b->y1 - a->y1, size = a->size > 0 ? a->size : 10;

	if (a->size > b->size * 1.06 || b->size > a->size * 1.06 || a->level != b->level)
		return 0;
	if (a->page != b->page)
		return 1;
	/* the top of the next column */
	if (pitch < 0 && b->x1 > a->x2)
		return 1;
	return pitch > size * 0.5 && pitch < size * 2.1 && b->x1 < a->x2 && a->x1 < b->x2;
}

#define NEAR	60	/* rows before and after one that are looked at for the edge of its column */
#define NARROW	20	/* times the size of the type: no block of text is */

/* The right edge of the rows around row i that begin where it does: of its block, unless that is narrow, else of its column. */
static double
right_edge(size_t i)
{
	const struct row *r = &doc.rows[i];
	double block = r->x2, column = r->x2, em = r->size > 0 ? r->size : 10;
	size_t k, from = i > NEAR ? i - NEAR : 0, to = i + NEAR < doc.nrow ? i + NEAR : doc.nrow;

	for (k = from; k < to; k++) {
		const struct row *o = &doc.rows[k];

		if (o->page == r->page && o->x1 < r->x2 && o->x1 > r->x1 - 3 * em && o->x1 < r->x1 + 3 * em && o->x2 > column)
			column = o->x2;
	}
	for (k = i; k > from && same_block(&doc.rows[k - 1], &doc.rows[k]) && doc.rows[k - 1].page == r->page; k--)
		block = doc.rows[k - 1].x2 > block ? doc.rows[k - 1].x2 : block;
	for (k = i + 1; k < to && same_block(&doc.rows[k - 1], &doc.rows[k]) && doc.rows[k].page == r->page; k++)
		block = doc.rows[k].x2 > block ? doc.rows[k].x2 : block;
	return block - r->x1 > NARROW * em ? block : column;
}

/* Would the first word of row b have found room in row a? */
static int
is_full(size_t a, const struct row *b)
{
	const struct row *r = &doc.rows[a];

	return r->x2 + b->first + r->size * 0.2 > right_edge(a) - r->size * 0.1;
}

/* How row b follows what was written of the paragraph, out[0..n), whose last row is number a. */
static enum join
follows(const char *out, size_t n, size_t a, const struct row *b)
{
	const struct row *r = &doc.rows[a];
	size_t word = last_word(out, n);
	char *before;
	int hash, turned = r->page != b->page || b->y1 < r->y1;

	if (n > 0 && !r->table && !b->table && same_row(r, b))
		return JOIN_BLANK;
	if (n == 0 || r->table || b->table || !same_block(r, b) || is_bullet(b))
		return JOIN_NOT;
	before = g_strndup(r->s, r->n);
	hash = hash_goes_on(out, n, before, b);
	g_free(before);
	if (hash || address_goes_on(out, n, b))
		return JOIN_GLUE;
	if (r->level > 0)
		return turned ? JOIN_NOT : wide(b->s) ? JOIN_GLUE : JOIN_BLANK;
	/* rows that are values are a list */
	if ((word == n && is_value(out, n)) || (first_word(b->s, b->n) == b->n && is_value(b->s, b->n)))
		return JOIN_NOT;
	if (turned && (strchr(".!?:", out[n - 1]) != NULL || (n >= 3 && memcmp(out + n - 3, "。", 3) == 0)))
		return JOIN_NOT;
	if (out[n - 1] == '-' && word > 2 && !is_value(out + n - word, word - 1) && letters(b->s, b->n) > 0)
		return hyphen(out, n, b);
	if (!is_full(a, b) || out[n - 1] == ':')
		return JOIN_NOT;
	if (out[n - 1] == '-' && word > 1)
		return is_value(out + n - word, word - 1) ? JOIN_BLANK : hyphen(out, n, b);
	if (n > 2 && memcmp(out + n - 2, "\302\255", 2) == 0)
		return JOIN_GLUE;
	return wide(b->s) || (unsigned char)out[n - 1] >= 0xe0 || wide(g_utf8_prev_char(out + n)) ? JOIN_GLUE : JOIN_BLANK;
}

/* ---- tables --------------------------------------------------------------------------------------------------------- */

#define CELL_LONG	45	/* octets: with several words, a line of text rather than a cell */
#define ALIGNED		4	/* points: cells of one column begin no further apart */
#define COLUMNS		16

/* Pieces of a page that stand beside one another. */
struct level_line {
	size_t first, n;	/* in the list of pieces, from left to right */
	double top, bottom;
};

/* A table as far as it is known: where its columns begin, the widest of their pieces, the rows. */
struct table {
	double x[COLUMNS], edge[COLUMNS];
	int ncol;
	GPtrArray *cells[COLUMNS];	/* of the row at hand: struct row */
	char *head[COLUMNS];		/* the cells of the first row */
};

static int
from_top(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
	double cx = x->y1 + x->y2, cy = y->y1 + y->y2;

	return cx < cy ? -1 : cx > cy ? 1 : x->x1 < y->x1 ? -1 : x->x1 > y->x1;
}

static int
from_left(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;

	return x->x1 < y->x1 ? -1 : x->x1 > y->x1;
}

static int
is_line_of_text(const struct row *r)
{
	size_t i, blanks = 0;

	for (i = 0; i < r->n; i++)
		blanks += r->s[i] == ' ';
	return r->n > CELL_LONG && (blanks >= 4 || wide(r->s));
}

/* Could this be a row of a table: pieces side by side, one line of text among them at most? */
static int
is_tabular(struct row **v, const struct level_line *l)
{
	size_t i, text = 0;

	for (i = 0; i < l->n; i++)
		text += is_line_of_text(v[l->first + i]) != 0;
	return l->n >= 2 && l->n <= COLUMNS && text <= 1;
}

static int
column_of(const struct table *t, const struct row *r)
{
	int i;

	for (i = 0; i < t->ncol; i++)
		if (r->x1 > t->x[i] - ALIGNED && r->x1 < t->x[i] + ALIGNED)
			return i;
	return -1;
}

/* How many pieces of the line stand in columns of the table. */
static size_t
aligned(const struct table *t, struct row **v, const struct level_line *l)
{
	size_t i, n = 0;

	for (i = 0; i < l->n; i++)
		n += column_of(t, v[l->first + i]) >= 0;
	return n;
}

/* The column that a piece is in, a new one if it begins where none does. */
static int
put_column(struct table *t, const struct row *r)
{
	int i = column_of(t, r), k;

	if (i < 0 && t->ncol < COLUMNS) {
		for (i = t->ncol; i > 0 && t->x[i - 1] > r->x1; i--)
			;
		for (k = t->ncol++; k > i; k--) {
			t->x[k] = t->x[k - 1];
			t->edge[k] = t->edge[k - 1];
		}
		t->x[i] = r->x1;
		t->edge[i] = r->x2;
	}
	if (i >= 0 && r->x2 > t->edge[i])
		t->edge[i] = r->x2;
	return i;
}

/* An address that fills its cell goes on in the next piece, if that is no address by itself. */
static int
cell_goes_on(const GString *g, const struct table *t, int column, const char *before, const struct row *a, const struct row *b)
{
	size_t k = last_word(g->str, g->len), m = first_word(b->s, b->n);
	const char *word = g->str + g->len - k;
	char *next;
	int own;

	if (hash_goes_on(g->str, g->len, before, b) || address_goes_on(g->str, g->len, b) ||
	    (t->head[column] != NULL && hash_goes_on(g->str, g->len, t->head[column], b)))
		return 1;
	if (strstr(word, "://") == NULL || m != b->n || a->x2 + a->size * 1.5 < t->edge[column])
		return 0;
	next = g_strndup(b->s, m);
	own = strstr(next, "://") != NULL || strstr(next, "[.]") != NULL || is_hex(next, m);
	g_free(next);
	return !own;
}

/* Writes the cells of the row at hand, and forgets them. */
static char *
take_row(struct table *t)
{
	GString *row = g_string_new("|"), *g = g_string_new(NULL);
	int i;
	guint k;

	for (i = 0; i < t->ncol; i++) {
		g_string_truncate(g, 0);
		for (k = 0; k < t->cells[i]->len; k++) {
			const struct row *b = g_ptr_array_index(t->cells[i], k);
			const struct row *a = k > 0 ? g_ptr_array_index(t->cells[i], k - 1) : NULL;

			if (a != NULL && !cell_goes_on(g, t, i, row->str, a, b) && !wide(b->s))
				g_string_append_c(g, ' ');
			g_string_append_len(g, b->s, (gssize)b->n);
		}
		g_string_append_printf(row, " %s |", g->str);
		if (t->head[i] == NULL)
			t->head[i] = g_strdup(g->str);
		g_ptr_array_set_size(t->cells[i], 0);
	}
	g_string_free(g, TRUE);
	return g_string_free(row, FALSE);
}

/* The first piece of a row of a table becomes the row; the others are in it. */
static void
make_row(struct table *t, struct row *first)
{
	guint k;
	int i;

	for (i = 0; i < t->ncol; i++)
		for (k = 0; k < t->cells[i]->len; k++)
			((struct row *)g_ptr_array_index(t->cells[i], k))->drop = 1;
	first->s = take_row(t);
	first->n = strlen(first->s);
	first->drop = 0;
	first->table = 1;
	first->level = 0;
}

/*
 * Lines [from, to) are a table. A line with a piece in the first column begins a row; one without belongs to the row that it is
 * nearer to.
 */
static void
make_table(struct table *t, struct row **v, const struct level_line *lines, size_t from, size_t to, GPtrArray *order)
{
	struct row *first = NULL;
	size_t i, k;
	int c;

	for (c = 0; c < t->ncol; c++)
		t->cells[c] = g_ptr_array_new();
	for (i = from; i < to; i++) {
		int leads = column_of(t, v[lines[i].first]) == 0;

		if (!leads && first != NULL && i + 1 < to && column_of(t, v[lines[i + 1].first]) == 0 &&
		    lines[i].top - lines[i - 1].bottom > lines[i + 1].top - lines[i].bottom + 1)
			leads = 1;
		/* the line that leads was begun by one above it */
		if (leads && i > from && first != NULL && t->cells[0]->len == 0 && lines[i].top - lines[i - 1].bottom < 3)
			leads = 0;
		if (leads && first != NULL) {
			make_row(t, first);
			g_ptr_array_add(order, first);
			first = NULL;
		}
		if (first == NULL)
			first = v[lines[i].first];
		for (k = 0; k < lines[i].n; k++)
			if ((c = column_of(t, v[lines[i].first + k])) >= 0)
				g_ptr_array_add(t->cells[c], v[lines[i].first + k]);
	}
	make_row(t, first);
	g_ptr_array_add(order, first);
	for (c = 0; c < t->ncol; c++) {
		g_ptr_array_free(t->cells[c], TRUE);
		g_free(t->head[c]);
	}
}

/* Are the columns those of a page of text, side by side? */
static int
is_columns_of_text(const struct table *t, struct row **v, const struct level_line *from, const struct level_line *to)
{
	size_t octets[COLUMNS] = { 0 }, blanks[COLUMNS] = { 0 }, pieces[COLUMNS] = { 0 }, i, k;
	int c;

	for (; from < to; from++)
		for (i = 0; i < from->n; i++) {
			const struct row *r = v[from->first + i];

			if ((c = column_of(t, r)) < 0)
				continue;
			pieces[c]++;
			octets[c] += r->n;
			/* a script without blanks: as many words as it has characters, nearly */
			blanks[c] += wide(r->s) ? r->n / 6 : 0;
			for (k = 0; k < r->n; k++)
				blanks[c] += r->s[k] == ' ';
		}
	for (c = 0; c < t->ncol; c++)
		if (octets[c] < 24 * pieces[c] || blanks[c] < 3 * pieces[c])
			return 0;
	return 1;
}

/* How far what looks like a table goes that begins with line `from`: the line behind its last; *yes: it is one. */
static size_t
table_end(struct table *t, struct row **v, const struct level_line *lines, size_t n, size_t from, int *yes)
{
	size_t i, k, rows = 0, end = from + 1;

	memset(t, 0, sizeof(*t));
	*yes = 0;
	for (i = from; i < n; i++) {
		double high = lines[i].bottom - lines[i].top;

		if (i > from && lines[i].top - lines[i - 1].bottom > 3 * high)
			break;
		if (is_tabular(v, &lines[i]) && (i == from || aligned(t, v, &lines[i]) >= 2))
			rows++;
		else if (i == from || aligned(t, v, &lines[i]) != lines[i].n || column_of(t, v[lines[i].first]) == 0)
			break;
		for (k = 0; k < lines[i].n; k++)
			if (put_column(t, v[lines[i].first + k]) < 0)
				return end;
		end = i + 1;
	}
	*yes = rows >= 2 && !is_columns_of_text(t, v, lines + from, lines + end);
	return end;
}

/* Finds the tables among the pieces rows[from, to) of one page, and puts their rows where the first piece of each stood. */
static void
find_tables(size_t from, size_t to)
{
	size_t n = to - from, i, k, nline = 0, end, at;
	struct row **v = g_new(struct row *, n + 1), *copy;
	struct level_line *lines = g_new0(struct level_line, n + 1);
	GPtrArray *order = g_ptr_array_new();
	struct table t;
	int yes;

	for (i = k = 0; i < n; i++)
		if (!doc.rows[from + i].drop)
			v[k++] = &doc.rows[from + i];
	n = k;
	qsort(v, n, sizeof(*v), from_top);
	for (i = 0; i < n; i++) {
		struct level_line *l = nline > 0 ? &lines[nline - 1] : NULL;
		double middle = (v[i]->y1 + v[i]->y2) / 2;

		if (l == NULL || middle > l->bottom || (v[i]->y1 + l->bottom) / 2 > l->bottom - (l->bottom - l->top) * 0.25) {
			l = &lines[nline++];
			l->first = i;
			l->top = v[i]->y1;
			l->bottom = v[i]->y2;
		}
		l->n = i + 1 - l->first;
	}
	for (i = 0; i < nline; i++)
		qsort(v + lines[i].first, lines[i].n, sizeof(*v), from_left);
	for (i = 0; i < nline; i = end) {
		end = table_end(&t, v, lines, nline, i, &yes);
		if (!yes)
			continue;
		/* behind what stands before the first piece of the table in the order of poppler */
		for (at = SIZE_MAX, k = lines[i].first; k < lines[end - 1].first + lines[end - 1].n; k++)
			at = (size_t)(v[k] - doc.rows) < at ? (size_t)(v[k] - doc.rows) : at;
		g_ptr_array_set_size(order, 0);
		make_table(&t, v, lines, i, end, order);
		copy = g_new(struct row, order->len);
		for (k = 0; k < order->len; k++) {
			copy[k] = *(struct row *)g_ptr_array_index(order, k);
			((struct row *)g_ptr_array_index(order, k))->drop = 1;
		}
		/* as many places as there are rows, from the first: those in between that are no cells keep theirs */
		for (k = 0; k < order->len && at < to; at++)
			if (doc.rows[at].drop)
				doc.rows[at] = copy[k++];
		g_free(copy);
	}
	g_ptr_array_free(order, TRUE);
	g_free(lines);
	g_free(v);
}

static void
find_all_tables(void)
{
	size_t i, from;

	for (i = from = 0; i <= doc.nrow; i++)
		if (i == doc.nrow || doc.rows[i].page != doc.rows[from].page) {
			if (i > from)
				find_tables(from, i);
			from = i;
		}
}

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
		j = last == SIZE_MAX ? JOIN_NOT : follows(g->str + start, g->len - start, last, r);
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
		fail(3, "the text could not be written", NULL);
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
		fail(3, "a limit of the system could not be set", NULL);
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
			fail(1, "the PDF is larger than 64 MiB (LIMIT_DOCUMENT)", NULL);
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
		fail(1, "the PDF is encrypted: it needs a password", NULL);
	if (pdf == NULL)
		fail(1, "this is no PDF that can be read", e->message);
	doc.npage = poppler_document_get_n_pages(pdf);
	if (doc.npage > LIMIT_PDF_PAGES)
		fail(1, "there are more than " G_STRINGIFY(LIMIT_PDF_PAGES) " pages (LIMIT_PDF_PAGES)", NULL);
	if (doc.npage < 1)
		fail(1, "the PDF has no pages", NULL);
	doc.pages = g_new0(struct paper, doc.npage);
	for (i = 0; i < doc.npage; i++)
		read_page(pdf, i);
	if (doc.nrow == 0)
		fail(1, "there is no text in the PDF: its pages are images, or empty", NULL);
	drop_margins();
	find_headings();
	count_words();
	find_all_tables();
	write_heads(pdf);
	write_rows();
	return 0;
}
