#include <string.h>

#include <unictype.h>

#include "convert/names.h"

struct folding {
	struct arena *a;
	struct folded *out;
	size_t cap;
};

static void
put(struct folding *f, const char *s, size_t n, size_t at, size_t end)
{
	struct folded *o = f->out;

	if (o->n + n > f->cap) {
		size_t cap = f->cap * 2 + n;
		char *t = arena_alloc(f->a, cap + 1);
		uint32_t *x = arena_alloc(f->a, cap * sizeof(*x)), *y = arena_alloc(f->a, cap * sizeof(*y));

		memcpy(t, o->s, o->n);
		memcpy(x, o->at, o->n * sizeof(*x));
		memcpy(y, o->end, o->n * sizeof(*y));
		o->s = t;
		o->at = x;
		o->end = y;
		f->cap = cap;
	}
	memcpy(o->s + o->n, s, n);
	for (; n > 0; n--, o->n++) {
		o->at[o->n] = (uint32_t)at;
		o->end[o->n] = (uint32_t)end;
	}
}

/* Kana and Han that fold to themselves, when no mark follows. */
static int
plain(uint32_t c)
{
	return (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa) || c == 0x30fc || (c >= 0x4e00 && c <= 0x9fff);
}

static int
is_mark(uint32_t c)
{
	return c >= 0x300 && (c == 0xff9e || c == 0xff9f || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M));
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
fold_map(struct arena *a, const char *s, size_t n, struct folded *out)
{
	struct folding f = { a, out, n + 16 };
	size_t i = 0;

	memset(out, 0, sizeof(*out));
	out->s = arena_alloc(a, f.cap + 1);
	out->at = arena_alloc(a, f.cap * sizeof(*out->at));
	out->end = arena_alloc(a, f.cap * sizeof(*out->end));
	while (i < n) {
		unsigned char c = (unsigned char)s[i];
		uint32_t cp;
		size_t len;

		if (c < 0x80 && (i + 1 == n || (unsigned char)s[i + 1] < 0x80)) {
			char low = c >= 'A' && c <= 'Z' ? (char)(c + 32) : (char)c;

			if ((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9'))
				put(&f, &low, 1, i, i + 1);
			i++;
			continue;
		}
		len = cluster(s + i, n - i, &cp);
		if (len == 0)
			break;
		if (plain(cp) && len == 3) {
			put(&f, s + i, 3, i, i + 3);
		} else {
			const char *t = text_fold(a, s + i, len);

			put(&f, t, strlen(t), i, i + len);
		}
		i += len;
	}
	out->s[out->n] = '\0';
}

size_t
fold_find(const struct folded *f, size_t at)
{
	size_t lo = 0, hi = f->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->at[mid] < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
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
	uint32_t left = before(s, at);
	enum script here = script_of(after(s, n, at)), there = script_of(left);

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

/* Blanks and hyphens mean nothing inside a name; other punctuation does. */
static int
weak_gap(const char *s, size_t from, size_t to)
{
	uint32_t c;

	for (; from < to; from += (size_t)utf8_decode(s + from, to - from, &c)) {
		if (utf8_decode(s + from, to - from, &c) == 0)
			return 0;
		if (c != ' ' && c != '-' && c != '_' && c != '\'' && c != 0x2019 && c != 0x30fb && (c < 0x2010 || c > 0x2013))
			return 0;
	}
	return 1;
}

size_t
name_phrase_at(const struct folded *f, const char *s, size_t i, const char *phrase)
{
	size_t n = strlen(phrase), k;

	if (n == 0 || n > f->n - i || memcmp(f->s + i, phrase, n) != 0)
		return 0;
	for (k = i + 1; k < i + n; k++)
		if (f->at[k] != f->at[k - 1] && !weak_gap(s, f->end[k - 1], f->at[k]))
			return 0;
	return f->end[i + n - 1];
}
