#include <string.h>

#include <unictype.h>

#include "convert/names.h"

#define SCRATCH	(1u << 20)	/* octets of folded characters before the scratch arena is renewed */

/* ASCII letters and digits as they fold; all else of ASCII folds to nothing. */
static const char ascii[128] = {
	['0'] = '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',
	['A'] = 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x',
	'y', 'z',
	['a'] = 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x',
	'y', 'z',
};

/* Kana and Han that fold to themselves, when no mark follows. */
static int
plain(uint32_t c)
{
	return (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa) || c == 0x30fc || (c >= 0x4e00 && c <= 0x9fff);
}

static int
is_mark(uint32_t c)
{
	/* most characters are told by their range */
	if (c < 0x300 || plain(c) || (c >= 0x2000 && c < 0x20d0) || (c >= 0x3000 && c < 0x302a) || (c >= 0xff00 && c < 0xff9e))
		return 0;
	return c == 0xff9e || c == 0xff9f || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M);
}

/* Length of the character at s and of the marks that join it. */
static size_t
cluster(const char *s, size_t n, uint32_t *first)
{
	size_t len = (size_t)utf8_decode(s, n, first);
	uint32_t c;
	int more;

	while (len < n && (unsigned char)s[len] >= 0x80 && (more = utf8_decode(s + len, n - len, &c)) > 0 && is_mark(c))
		len += (size_t)more;
	return len;
}

void
fold_begin(struct folder *f, const char *s, size_t n)
{
	memset(f, 0, sizeof(*f));
	f->s = s;
	f->n = n;
	f->scratch = arena_new();
}

void
fold_other(struct folder *f, const char *s, size_t n)
{
	f->s = s;
	f->n = n;
}

void
fold_end(struct folder *f)
{
	arena_free(f->scratch);
	f->scratch = NULL;
}

/* Folds the characters of u, and remembers what short ones fold to. */
static void
fold_unit(struct folder *f, struct fold_unit *u)
{
	const char *s = f->s + u->start;
	size_t n = u->end - u->start;
	struct fold_known *k;
	unsigned hash = 0;
	size_t i;

	for (i = 0; i < n && i < sizeof(k->from); i++)
		hash = hash * 31 + (unsigned char)s[i];
	k = &f->known[hash * 2654435761u >> 22 & (ARRAY_LEN(f->known) - 1)];
	if (k->nfrom == n && memcmp(k->from, s, n) == 0) {
		u->s = k->to;
		u->n = k->nto;
		return;
	}
	if (arena_used(f->scratch) > SCRATCH) {
		arena_free(f->scratch);
		f->scratch = arena_new();
	}
	u->s = text_fold(f->scratch, s, n);
	u->n = strlen(u->s);
	if (n > sizeof(k->from) || u->n > sizeof(k->to))
		return;
	memcpy(k->from, s, n);
	memcpy(k->to, u->s, u->n);
	k->nfrom = (unsigned char)n;
	k->nto = (unsigned char)u->n;
}

/* Does no mark stand at `at`, or the text end there? Told by the octets where it can be: 0 is nobody knows. */
static inline int
no_mark(const struct folder *f, size_t at)
{
	const unsigned char *s = (const unsigned char *)f->s + at;

	if (at >= f->n || s[0] < 0x80 || (s[0] >= 0xe4 && s[0] <= 0xe9))
		return 1;
	if (f->n - at < 3)
		return 0;
	/* up to U+20BF, up to U+3029, kana but U+3099 and U+309A */
	if (s[0] == 0xe2)
		return s[1] <= 0x82;
	return s[0] == 0xe3 && (s[1] == 0x81 || s[1] == 0x83 || (s[1] == 0x80 && s[2] < 0xaa) ||
	    (s[1] == 0x82 && s[2] != 0x99 && s[2] != 0x9a));
}

/* Is s[at] of ASCII, and no mark behind it? */
static inline int
is_ascii(const struct folder *f, size_t at)
{
	return (unsigned char)f->s[at] < 0x80 && no_mark(f, at + 1);
}

/* 、。「」『』, and no mark behind it: it folds to nothing. */
static inline int
is_nothing(const struct folder *f, size_t at)
{
	const unsigned char *s = (const unsigned char *)f->s + at;

	return f->n - at >= 3 && s[0] == 0xe3 && s[1] == 0x80 && (s[2] == 0x81 || s[2] == 0x82 || (s[2] >= 0x8c && s[2] <= 0x8f)) &&
	    no_mark(f, at + 3);
}

/* Kana or Han that folds to itself, and what follows is no mark: told by the octets, as most of Japanese can be. */
static inline int
is_plain(const struct folder *f, size_t at)
{
	const unsigned char *s = (const unsigned char *)f->s + at;
	int han = f->n - at >= 3 && ((s[0] > 0xe4 && s[0] <= 0xe9) || (s[0] == 0xe4 && s[1] >= 0xb8));
	int kana = f->n - at >= 3 && s[0] == 0xe3 && ((s[1] == 0x81 && s[2] > 0x80) ||
	    (s[1] == 0x82 && (s[2] < 0x97 || s[2] > 0xa0)) || (s[1] == 0x83 && (s[2] < 0xbb || s[2] == 0xbc)));

	return (han || kana) && no_mark(f, at + 3);
}

int
fold_next(struct folder *f, size_t at, struct fold_unit *u)
{
	const char *s = f->s;
	uint32_t cp;

	for (; at < f->n; at = u->end) {
		if (is_ascii(f, at)) {
			u->end = at + 1;
			if (ascii[(unsigned char)s[at]] == '\0')
				continue;
			u->s = &ascii[(unsigned char)s[at]];
			u->n = 1;
		} else if (is_plain(f, at)) {
			u->end = at + 3;
			u->s = s + at;
			u->n = 3;
		} else if (is_nothing(f, at)) {
			u->end = at + 3;
			continue;
		} else {
			u->start = at;
			u->end = at + cluster(s + at, f->n - at, &cp);
			if (u->end == at)
				return 0;
			fold_unit(f, u);
			if (u->n == 0)
				continue;
		}
		u->start = at;
		return 1;
	}
	return 0;
}

/* May a key begin with the folded octets of s[at] and s[at + 1], both of ASCII? When the second is no letter or digit, nobody knows. */
static inline int
may_ascii(const struct trie_filter *filter, const unsigned char *s)
{
	char two[2] = { ascii[s[0]], ascii[s[1]] };

	return two[1] == '\0' || trie_may(filter, two, 2);
}

int
fold_start(struct folder *f, const struct trie_filter *filter, size_t at, struct fold_unit *u)
{
	const unsigned char *s = (const unsigned char *)f->s;

	while (at < f->n) {
		if (is_ascii(f, at)) {
			/* behind a letter or digit of ASCII another one begins nothing */
			if (ascii[s[at]] != '\0' && (at == 0 || s[at - 1] >= 0x80 || ascii[s[at - 1]] == '\0') &&
			    (at + 1 == f->n || !is_ascii(f, at + 1) || may_ascii(filter, s + at)))
				return fold_next(f, at, u);
			at++;
		} else if (is_plain(f, at)) {
			if (trie_may(filter, f->s + at, 3))
				return fold_next(f, at, u);
			at += 3;
		} else if (is_nothing(f, at)) {
			at += 3;
		} else
			return fold_next(f, at, u);
	}
	return 0;
}

size_t
fold_prefixes(struct folder *f, const struct trie *t, size_t at, struct fold_hit *hits, size_t max)
{
	struct trie_state st;
	struct fold_unit u;
	size_t found = 0, i;
	uint32_t key;

	if (t->size == 0 || max == 0)
		return 0;
	for (st = trie_start(t); at < f->n; at = u.end) {
		if (is_ascii(f, at)) {
			u.end = at + 1;
			if (ascii[(unsigned char)f->s[at]] == '\0')
				continue;
			if (!trie_step(t, &st, (unsigned char)ascii[(unsigned char)f->s[at]]))
				return found;
		} else {
			if (!fold_next(f, at, &u))
				return found;
			for (i = 0; i < u.n; i++)
				if (!trie_step(t, &st, (unsigned char)u.s[i]))
					return found;
		}
		if (!trie_ends(t, &st, &key))
			continue;
		if (found == max)
			memmove(hits, hits + 1, --found * sizeof(*hits));
		hits[found++] = (struct fold_hit){ st.depth, u.end, key };
	}
	return found;
}

void
fold_span(struct folder *f, struct arena *a, size_t from, size_t to, struct folded *out)
{
	struct fold_unit u;
	size_t at, n = 0;

	for (at = from; at < to && fold_next(f, at, &u) && u.end <= to; at = u.end)
		n += u.n;
	memset(out, 0, sizeof(*out));
	out->s = arena_alloc(a, n + 1);
	out->at = arena_alloc(a, (n + 1) * sizeof(*out->at));
	out->end = arena_alloc(a, (n + 1) * sizeof(*out->end));
	for (at = from; at < to && fold_next(f, at, &u) && u.end <= to; at = u.end) {
		memcpy(out->s + out->n, u.s, u.n);
		for (; u.n > 0; u.n--, out->n++) {
			out->at[out->n] = (uint32_t)u.start;
			out->end[out->n] = (uint32_t)u.end;
		}
	}
}

/* ---- where a name may begin and end ---------------------------------------------------------------------------------- */

enum script { NONE, LATIN, HIRAGANA, KATAKANA, HAN, OTHER };

static enum script
script_of(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ? LATIN : NONE;
	if (c < 0x250)
		return c >= 0xc0 && c != 0xd7 && c != 0xf7 ? LATIN : NONE;
	if (c >= 0x3041 && c <= 0x309f)
		return HIRAGANA;
	if ((c >= 0x30a1 && c <= 0x30ff && c != 0x30fb) || (c >= 0xff66 && c <= 0xff9f) || (c >= 0x31f0 && c <= 0x31ff))
		return KATAKANA;
	if ((c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || c == 0x3005 || c >= 0x20000)
		return HAN;
	return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_M) ? OTHER : NONE;
}

/* The character in front of `at`, 0 at the beginning. */
static uint32_t
before(const char *s, size_t at)
{
	size_t i = at;
	uint32_t c = 0;

	if (at == 0)
		return 0;
	do
		i--;
	while (i > 0 && ((unsigned char)s[i] & 0xc0) == 0x80);
	return utf8_decode(s + i, at - i, &c) > 0 ? c : 0;
}

static uint32_t
after(const char *s, size_t n, size_t at)
{
	uint32_t c;

	return at < n && utf8_decode(s + at, n - at, &c) > 0 ? c : 0;
}

int
name_may_begin(const char *s, size_t n, size_t at)
{
	uint32_t left;
	enum script here, there;

	/* what most places are: a word behind a blank; Han, before and behind anything */
	if ((at > 0 && (s[at - 1] == ' ' || s[at - 1] == '\n') && (unsigned char)s[at] < 0x80) ||
	    ((unsigned char)s[at] >= 0xe4 && (unsigned char)s[at] <= 0xe9))
		return 1;
	left = before(s, at);
	here = script_of(after(s, n, at));
	there = script_of(left);
	if (here == there && here != NONE && here != HAN)
		return 0;
	if (here == LATIN && at >= 2 && (left == '.' || left == '_' || left == '@' || left == '\\' || left == ':'))
		return script_of((unsigned char)s[at - 2]) != LATIN && left != '@';
	return !(here == LATIN && (left == '@' || left == '$' || left == '%'));
}

int
name_may_end(const char *s, size_t n, size_t at)
{
	uint32_t right = after(s, n, at);
	enum script here = script_of(before(s, at)), there = script_of(right);

	if (here == there && here != NONE && here != HAN)
		return 0;
	if (here == LATIN && (right == '.' || right == '_' || right == '@' || right == '\\'))
		return at + 1 >= n || script_of((unsigned char)s[at + 1]) != LATIN;
	return 1;
}
