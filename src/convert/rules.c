/* Rules at work: expressions over sentences, the words that they need, nouns. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "convert/rules_in.h"

#define MATCH_LIMIT	200000	/* steps of one match: a sentence that needs more is left alone */

/* One for all threads, as pcre2api(3) allows where it is never changed. */
static pcre2_match_context *ctx;
static pthread_once_t ctx_once = PTHREAD_ONCE_INIT;

static void
make_ctx(void)
{
	ctx = pcre2_match_context_create(NULL);
	if (ctx == NULL)
		base_oom();
	pcre2_set_match_limit(ctx, MATCH_LIMIT);
}

int
rules_run(const pcre2_code *re, const char *s, size_t n, size_t from, pcre2_match_data *md)
{
	int rc;

	pthread_once(&ctx_once, make_ctx);
	rc = pcre2_match(re, (PCRE2_SPTR)s, n, from, PCRE2_NO_UTF_CHECK, md, ctx);
	return rc >= 0 ? 1 : rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

int
rules_group(const pcre2_code *re, pcre2_match_data *md, const char *name, size_t *from, size_t *to)
{
	PCRE2_SIZE *ov = pcre2_get_ovector_pointer(md);
	int n = pcre2_substring_number_from_name(re, (PCRE2_SPTR)name);

	if (n < 0 || (uint32_t)n >= pcre2_get_ovector_count(md) || ov[2 * n] == PCRE2_UNSET)
		return -1;
	*from = ov[2 * n];
	*to = ov[2 * n + 1];
	return 0;
}

size_t
rules_head(const char s[3])
{
	/* | 32 makes ASCII letters one case; that it makes others one, too, is no harm */
	return (((unsigned)(s[0] & 255) | 32) * 961 + ((unsigned)(s[1] & 255) | 32) * 31 + ((unsigned)(s[2] & 255) | 32)) % RULES_HEADS;
}

void
rules_needed(const struct needs *need, const char *s, size_t n, uint64_t *out)
{
	struct trie_state st;
	size_t at, i, k;
	uint32_t key;

	memcpy(out, need->always, need->words * sizeof(*out));
	for (at = 0; need->trie.size > 0 && at < n; at++) {
		if (!trie_may(&need->filter, s + at, n - at))
			continue;
		st = trie_start(&need->trie);
		for (i = at; i < n && s[i] != '\0' && trie_step(&need->trie, &st, lower(s[i])); i++)
			for (k = 0; trie_ends(&need->trie, &st, &key) && k < need->words; k++)
				out[k] |= need->of[key * need->words + k];
	}
}

static int
by_word(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
rules_needs_build(struct arena *a, const char *const *const *lists, size_t n, struct needs *out)
{
	struct buf pool = BUF_INIT(UINT32_MAX);
	VEC(const char *) all = { 0 };
	VEC(uint32_t) key = { 0 };
	size_t i, k, row;

	out->words = (n + 63) / 64;
	out->always = arena_alloc(a, (out->words + 1) * sizeof(*out->always));
	for (row = 0; row < n; row++) {
		if (lists[row] == NULL)
			out->always[row / 64] |= 1ull << row % 64;
		for (i = 0; lists[row] != NULL && lists[row][i] != NULL; i++)
			*vec_push(a, &all) = lists[row][i];
	}
	if (all.n > 1)
		qsort(all.v, all.n, sizeof(*all.v), by_word);
	for (i = k = 0; i < all.n; i++) {
		/* the empty word stands in any text */
		if (all.v[i][0] == '\0' || (k > 0 && strcmp(all.v[k - 1], all.v[i]) == 0))
			continue;
		*vec_push(a, &key) = (uint32_t)pool.len;
		buf_add(&pool, all.v[i], strlen(all.v[i]) + 1);
		all.v[k++] = all.v[i];
	}
	out->of = arena_alloc(a, (k + 1) * (out->words + 1) * sizeof(*out->of));
	for (row = 0; row < n; row++)
		for (i = 0; lists[row] != NULL && lists[row][i] != NULL; i++) {
			const char *const *at = bsearch(&lists[row][i], all.v, k, sizeof(*all.v), by_word);
			uint64_t *bits = at != NULL ? out->of + (size_t)(at - (const char *const *)all.v) * out->words : out->always;

			bits[row / 64] |= 1ull << row % 64;
		}
	out->trie = (struct trie){ .key = key.v, .nkey = key.n, .pool = arena_alloc(a, pool.len + 1) };
	memcpy((char *)(uintptr_t)out->trie.pool, buf_str(&pool), pool.len);
	out->trie.size = trie_build(out->trie.pool, key.v, key.n, &out->base, &out->check);
	out->trie.base = out->base;
	out->trie.check = out->check;
	trie_filter_add(&out->trie, 1, &out->filter);
	buf_free(&pool);
}

static int
both_letters(char a, char b)
{
	return ((a | 32) >= 'a' && (a | 32) <= 'z') && ((b | 32) >= 'a' && (b | 32) <= 'z');
}

const struct noun *
rules_noun(const struct rules *r, const char *s, size_t n, int at_end)
{
	uint32_t i;

	at_end = at_end != 0;
	for (i = n > 0 ? r->noun_rows[at_end][s[at_end ? n - 1 : 0] & 0xdf] : 0; i > 0; i = r->nouns.v[i - 1].next[at_end]) {
		const struct noun *noun = &r->nouns.v[i - 1];
		size_t len = noun->len;

		if (len > n || ((noun->text[len - 1] ^ s[at_end ? n - 1 : len - 1]) & 0xdf) != 0 ||
		    strncasecmp(at_end ? s + n - len : s, noun->text, len) != 0)
			continue;
		/* a whole word where letters are ASCII; plurals are nouns too */
		if (at_end ? len < n && both_letters(s[n - len - 1], s[n - len]) :
		    len < n && both_letters(s[len - 1], s[len]) && s[len] != 's')
			continue;
		return noun;
	}
	return NULL;
}

static int
in_word(const char *s, size_t i)
{
	return both_letters(s[i], 'a') || (unsigned char)s[i] >= 0x80;
}

/* A capital in front of small letters, behind other words: part of a name ("Operation Long Net"). */
static int
is_title(const char *s, size_t at)
{
	return at > 0 && s[at] >= 'A' && s[at] <= 'Z' && s[at + 1] >= 'a' && s[at + 1] <= 'z';
}

const struct noun *
rules_last_noun(const struct rules *r, const char *s, size_t n, size_t near)
{
	size_t end, stem;

	for (end = n; end > 0 && n - end <= near; end--) {
		if (!in_word(s, end - 1) || (end < n && in_word(s, end)))
			continue;
		/* as it is, or without a plural s */
		for (stem = end; stem + 1 >= end && stem > 0; stem--) {
			const struct noun *noun = stem == end || s[stem] == 's' ? rules_noun(r, s, stem, 1) : NULL;

			if (noun != NULL && !is_title(s, stem - strlen(noun->text)))
				return noun;
		}
	}
	return NULL;
}
