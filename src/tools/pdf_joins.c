/* stixpress-pdf: what the end of a row is: of a paragraph, between words, or inside one. */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "tools/pdf.h"

int
pdf_is_hex(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && isxdigit((unsigned char)s[i]); i++)
		;
	return n > 0 && i == n;
}

size_t
pdf_last_word(const char *s, size_t n)
{
	size_t k = 0;

	while (k < n && !pdf_is_space(s[n - 1 - k]))
		k++;
	return k;
}

size_t
pdf_first_word(const char *s, size_t n)
{
	size_t k = 0;

	while (k < n && !pdf_is_space(s[k]))
		k++;
	return k;
}

/* Something written to be copied: a hash, an address, a path; not a word. */
static int
is_value(const char *s, size_t n)
{
	size_t i;

	if (n >= 24 && pdf_is_hex(s, n))
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
int
pdf_hash_goes_on(const char *s, size_t n, const char *label, const struct row *b)
{
	size_t k = pdf_last_word(s, n), m = pdf_first_word(b->s, b->n);

	if (k < 8 || m < 1 || !pdf_is_hex(s + n - k, k) || !pdf_is_hex(b->s, m) || !hash_length(k + m))
		return 0;
	return (!hash_length(k) && !hash_length(m)) || (!hash_length(k) && m < 24) || labels_hash(label, strlen(label), k + m);
}

/* An address that cannot end where the row does: "hxxps://evil[.]example/a-" */
int
pdf_address_goes_on(const char *s, size_t n, const struct row *b)
{
	size_t k = pdf_last_word(s, n);
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
void
pdf_count_words(void)
{
	size_t i, k, at;

	doc.words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (i = 0; i < doc.nrow; i++)
		for (at = 0; at < doc.rows[i].n; at += k + 1) {
			const char *s = doc.rows[i].s + at;
			size_t n;

			k = pdf_first_word(s, doc.rows[i].n - at);
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

/* What a hyphen at the end of a row is: part of the word, or of the row. */
static enum join
hyphen(const char *s, size_t n, const struct row *b)
{
	size_t k = pdf_last_word(s, n) - 1, m = letters(b->s, b->n);
	const char *w = s + n - 1 - k;

	if (k == 0 || m == 0)
		return k > 0 && isalnum((unsigned char)b->s[0]) ? JOIN_GLUE : JOIN_BLANK;
	if (m < b->n && !pdf_is_space(b->s[m]) && strchr(".,;:)!?", b->s[m]) == NULL)
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

int
pdf_wide(const char *s)
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
enum join
pdf_follows(const char *out, size_t n, size_t a, const struct row *b)
{
	const struct row *r = &doc.rows[a];
	size_t word = pdf_last_word(out, n);
	char *before;
	int hash, turned = r->page != b->page || b->y1 < r->y1;

	if (n > 0 && !r->table && !b->table && pdf_same_row(r, b))
		return JOIN_BLANK;
	if (n == 0 || r->table || b->table || !same_block(r, b) || is_bullet(b))
		return JOIN_NOT;
	before = g_strndup(r->s, r->n);
	hash = pdf_hash_goes_on(out, n, before, b);
	g_free(before);
	if (hash || pdf_address_goes_on(out, n, b))
		return JOIN_GLUE;
	if (r->level > 0)
		return turned ? JOIN_NOT : pdf_wide(b->s) ? JOIN_GLUE : JOIN_BLANK;
	/* rows that are values are a list */
	if ((word == n && is_value(out, n)) || (pdf_first_word(b->s, b->n) == b->n && is_value(b->s, b->n)))
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
	return pdf_wide(b->s) || (unsigned char)out[n - 1] >= 0xe0 || pdf_wide(g_utf8_prev_char(out + n)) ? JOIN_GLUE : JOIN_BLANK;
}
