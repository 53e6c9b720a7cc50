/* Where sentences end, in Japanese and English. */
#include <string.h>
#include <strings.h>

#include "doc/doc_int.h"

/* Brackets inside which a full stop ends nothing. The folded full-width parentheses are ASCII ones. */
static const struct { const char *open, *close; } pairs[] = {
	{ "「", "」" }, { "『", "』" }, { "(", ")" },
};
#define NPAIR	ARRAY_LEN(pairs)

struct splitter {
	const struct doc_lang *lang;
	const char *s;
	size_t start, end;
	int use[NPAIR];		/* 0: the brackets of this kind do not match in this block: they are ignored */
	int depth[NPAIR];
};

static int
is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static int
here(const struct splitter *sp, size_t at, const char *what)
{
	size_t n = strlen(what);

	return sp->end - at >= n && memcmp(sp->s + at, what, n) == 0;
}

/* Counts a bracket at `at` into depth. */
static void
bracket(struct splitter *sp, size_t at)
{
	unsigned char c = (unsigned char)sp->s[at];
	size_t i;

	/* most characters are none: U+300C to U+300F begin with E3 80 */
	if (c != '(' && c != ')' && (c != 0xe3 || at + 1 == sp->end || (unsigned char)sp->s[at + 1] != 0x80))
		return;
	for (i = 0; i < NPAIR; i++) {
		if (!sp->use[i])
			continue;
		if (here(sp, at, pairs[i].open))
			sp->depth[i]++;
		else if (sp->depth[i] > 0 && here(sp, at, pairs[i].close))
			sp->depth[i]--;
	}
}

static int
inside(const struct splitter *sp)
{
	size_t i;

	for (i = 0; i < NPAIR; i++)
		if (sp->depth[i] > 0)
			return 1;
	return 0;
}

/* Brackets that are not all closed in the block count for nothing: one slip must not swallow the rest. */
static void
check_brackets(struct splitter *sp)
{
	size_t i, at;

	for (i = 0; i < NPAIR; i++)
		sp->use[i] = 1;
	memset(sp->depth, 0, sizeof(sp->depth));
	for (at = sp->start; at < sp->end; at++)
		if (!is_letter((unsigned char)sp->s[at]) || (unsigned char)sp->s[at] == 0xe3)
			bracket(sp, at);
	for (i = 0; i < NPAIR; i++) {
		sp->use[i] = sp->depth[i] == 0;
		sp->depth[i] = 0;
	}
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
		if (at < sp->end && here(sp, at, marks[i])) {
			at += strlen(marks[i]);
			i = (size_t)-1;
		}
	return at;
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
	struct splitter sp = { lang, text, start, end, { 0 }, { 0 } };
	size_t at, from = start, stop;

	check_brackets(&sp);
	for (at = start; at < end; at++) {
		unsigned char c = (unsigned char)text[at];

		if (is_letter(c) && c < 0x80)
			continue;
		bracket(&sp, at);
		if (inside(&sp))
			continue;
		stop = 0;
		if (here(&sp, at, "。"))
			stop = closers(&sp, at + 3);
		else if (here(&sp, at, "｡"))
			stop = closers(&sp, at + 3);
		else if (c == '.' || c == '!' || c == '?')
			stop = ascii_stop(&sp, at);
		if (stop == 0)
			continue;
		give(&sp, from, stop, found, arg);
		from = stop;
		at = stop - 1;
	}
	give(&sp, from, end, found, arg);
}
