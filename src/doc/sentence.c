/* Where sentences end, in Japanese and English. */
#include <string.h>
#include <strings.h>

#include "doc/doc_int.h"

#define NPAIR	3	/* 「」, 『』, (); the folded full-width parentheses are ASCII ones */

struct splitter {
	const struct doc_lang *lang;
	const char *s;
	size_t start, end;
	int use[NPAIR];		/* 0: the brackets of this kind do not match in this block: they are ignored */
	int depth[NPAIR];
	int inside;		/* the sum of depth: where a full stop ends nothing */
};

enum { STOP = 1, BRACKET };

/* Octets at which a bracket or a stop may stand: E3 begins 。 and the Japanese brackets, EF the half-width 。 */
static const unsigned char tells[256] = {
	['('] = BRACKET, [')'] = BRACKET, [0xe3] = BRACKET, ['.'] = STOP, ['!'] = STOP, ['?'] = STOP, [0xef] = STOP,
};

static int
here(const struct splitter *sp, size_t at, const char *what)
{
	size_t n = strlen(what);

	return sp->end - at >= n && memcmp(sp->s + at, what, n) == 0;
}

/* The kind of the bracket at `at`, from 1 on, below 0 when it is a closing one; 0: there is none. */
static int
bracket_at(const struct splitter *sp, size_t at)
{
	const unsigned char *s = (const unsigned char *)sp->s + at;

	if (*s == '(' || *s == ')')
		return *s == '(' ? NPAIR : -NPAIR;
	/* U+300C to U+300F */
	if (*s != 0xe3 || sp->end - at < 3 || s[1] != 0x80 || s[2] < 0x8c || s[2] > 0x8f)
		return 0;
	return (s[2] & 1) == 0 ? (s[2] - 0x8c) / 2 + 1 : -((s[2] - 0x8d) / 2 + 1);
}

/* Counts a bracket at `at` into depth. */
static void
bracket(struct splitter *sp, size_t at)
{
	int kind = bracket_at(sp, at), i = (kind < 0 ? -kind : kind) - 1;

	if (kind == 0 || !sp->use[i] || (kind < 0 && sp->depth[i] == 0))
		return;
	sp->depth[i] += kind > 0 ? 1 : -1;
	sp->inside += kind > 0 ? 1 : -1;
}

/* Brackets that are not all closed in the block count for nothing: one slip must not swallow the rest. */
static void
check_brackets(struct splitter *sp)
{
	size_t i, at;

	for (i = 0; i < NPAIR; i++)
		sp->use[i] = 1;
	for (at = sp->start; at < sp->end; at++)
		if (tells[(unsigned char)sp->s[at]] == BRACKET)
			bracket(sp, at);
	for (i = 0; i < NPAIR; i++) {
		sp->use[i] = sp->depth[i] == 0;
		sp->depth[i] = 0;
	}
	sp->inside = 0;
}

/* Is s[0..n), which ends with a full stop, this abbreviation? digit: one follows. */
static int
is_abbreviation(const char *a, const char *s, size_t n, int digit)
{
	size_t k = strlen(a);

	if (k > 0 && a[k - 1] == '#') {
		if (!digit)
			return 0;
		k--;
	}
	return k == n && strncasecmp(a, s, n) == 0;
}

/* Does the word that ends with the full stop at `at` end no sentence: an abbreviation, an initial? */
static int
abbreviated(const struct splitter *sp, size_t at)
{
	size_t w = at;
	int digit = at + 2 < sp->end && sp->s[at + 2] >= '0' && sp->s[at + 2] <= '9';
	const char *const *a;

	while (w > sp->start && sp->s[w - 1] != ' ' && sp->s[w - 1] != '(' && at - w < 32)
		w--;
	if (at - w == 1 && sp->s[w] >= 'A' && sp->s[w] <= 'Z')
		return 1;
	for (a = sp->lang->abbreviations; a != NULL && *a != NULL; a++)
		if (is_abbreviation(*a, sp->s + w, at + 1 - w, digit))
			return 1;
	/* the number of a list item */
	if (w == sp->start && at - w <= 3) {
		for (; w < at && sp->s[w] >= '0' && sp->s[w] <= '9'; w++)
			;
		return w == at;
	}
	return 0;
}

/* Behind the closing quotation marks and brackets at `at`. */
static size_t
closers(const struct splitter *sp, size_t at)
{
	static const char *const marks[] = { "\"", "'", ")", "]", "”", "’", "»", "」", "』" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(marks); i++)
		if (at < sp->end && sp->s[at] == marks[i][0] && here(sp, at, marks[i])) {
			at += strlen(marks[i]);
			i = (size_t)-1;
		}
	return at;
}

/* 。 (U+3002), and the same of half the width (U+FF61)? */
static int
wide_stop(const struct splitter *sp, size_t at)
{
	const unsigned char *s = (const unsigned char *)sp->s + at;

	return sp->end - at >= 3 && ((s[0] == 0xe3 && s[1] == 0x80 && s[2] == 0x82) || (s[0] == 0xef && s[1] == 0xbd && s[2] == 0xa1));
}

/* An ASCII stop at `at` that ends a sentence: where the sentence ends, else 0. */
static size_t
ascii_stop(const struct splitter *sp, size_t at)
{
	size_t next, i = at + 1;
	char c = sp->s[at];

	while (i < sp->end && (sp->s[i] == '.' || sp->s[i] == '!' || sp->s[i] == '?'))
		i++;
	i = closers(sp, i);
	if (i >= sp->end)
		return i;
	if (sp->s[i] != ' ' && sp->s[i] != '\n' && sp->s[i] != '\t') {
		/* Japanese puts no blank behind its stops */
		int wide = (unsigned char)sp->s[i] >= 0x80 && at > sp->start && (unsigned char)sp->s[at - 1] >= 0x80;

		return wide || (c != '.' && (unsigned char)sp->s[i] >= 0x80) ? i : 0;
	}
	if (c == '.' && abbreviated(sp, at))
		return 0;
	for (next = i; next < sp->end && (sp->s[next] == ' ' || sp->s[next] == '\n'); next++)
		;
	if (next < sp->end && sp->s[next] >= 'a' && sp->s[next] <= 'z')
		return 0;
	return i;
}

static void
give(const struct splitter *sp, size_t start, size_t end, void (*found)(void *, size_t, size_t), void *arg)
{
	while (start < end && (unsigned char)sp->s[start] <= ' ')
		start++;
	while (end > start && (unsigned char)sp->s[end - 1] <= ' ')
		end--;
	if (start < end)
		found(arg, start, end);
}

void
sentence_split(const struct doc_lang *lang, const char *text, size_t start, size_t end,
    void (*found)(void *arg, size_t start, size_t end), void *arg)
{
	struct splitter sp = { .lang = lang, .s = text, .start = start, .end = end };
	size_t at, from = start, stop;

	check_brackets(&sp);
	for (at = start; at < end; at++) {
		unsigned char c = (unsigned char)text[at];

		if (!tells[c])
			continue;
		if (tells[c] == BRACKET)
			bracket(&sp, at);
		if (sp.inside > 0)
			continue;
		stop = 0;
		if (c == '.' || c == '!' || c == '?')
			stop = ascii_stop(&sp, at);
		else if (wide_stop(&sp, at))
			stop = closers(&sp, at + 3);
		if (stop == 0)
			continue;
		give(&sp, from, stop, found, arg);
		from = stop;
		at = stop - 1;
	}
	give(&sp, from, end, found, arg);
}
