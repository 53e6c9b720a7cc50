/*
 * trie: a read-only set of octet strings, searched in one step an octet: a double array, with the ends of strings that are
 * unique kept apart as plain text. Built once (by the build for the built-in names, at run time for --knowledge files).
 */
#ifndef CONVERT_TRIE_H
#define CONVERT_TRIE_H

#include <stddef.h>
#include <stdint.h>

struct trie {
	const int32_t *base;	/* >= 0: where the children begin; < 0: a leaf, of key -base - 1 */
	const int32_t *check;	/* parent state, -1: free */
	size_t size;		/* of both arrays; 0: an empty set */
	const uint32_t *key;	/* offset of key i in the pool */
	size_t nkey;
	const char *pool;
};

struct trie_hit {
	size_t len;	/* octets of the text */
	uint32_t key;
};

/* A place in the set: what was read so far is the beginning of some key. */
struct trie_state {
	int32_t at;
	uint32_t depth;		/* octets read */
	const char *rest;	/* of the only key that is left, or NULL: there are several */
};

/* The beginning; nothing is read. Of an empty set there is none: trie_step() must not be called. */
static inline struct trie_state
trie_start(const struct trie *t)
{
	int32_t base = t->base[0];

	return (struct trie_state){ 0, 0, base < 0 ? t->pool + t->key[-base - 1] : NULL };
}

/* Reads octet c, which is not 0. 0 when no key goes on with it: the state is spent. */
static inline int
trie_step(const struct trie *t, struct trie_state *st, unsigned char c)
{
	size_t next;
	int32_t base;

	st->depth++;
	if (st->rest != NULL)
		return (unsigned char)*st->rest++ == c;
	next = (size_t)t->base[st->at] + c;
	if (next >= t->size || t->check[next] != st->at)
		return 0;
	st->at = (int32_t)next;
	base = t->base[next];
	if (base < 0)
		st->rest = t->pool + t->key[-base - 1] + st->depth;
	return 1;
}

/* Is what was read a key? Then *key is which. */
static inline int
trie_ends(const struct trie *t, const struct trie_state *st, uint32_t *key)
{
	int32_t base = t->base[st->at];

	if (st->rest != NULL) {
		*key = (uint32_t)(-base - 1);
		return *st->rest == '\0';
	}
	/* a key that ends here has a child for its NUL */
	if ((size_t)base >= t->size || t->check[base] != st->at || st->depth == 0)
		return 0;
	*key = (uint32_t)(-t->base[base] - 1);
	return 1;
}

/*
 * All keys that s[0..n) begins with, shortest first; of more than max the shortest are left out. Returns how many.
 * At most the octets of the longest key are looked at.
 */
size_t trie_prefixes(const struct trie *t, const char *s, size_t n, struct trie_hit *hits, size_t max);

/*
 * What tells most places of a text at which no key begins: of three-octet characters (kana, Han) the first, else the first two
 * octets.
 */
struct trie_filter {
	unsigned char wide[8192], two[8192];
};
/* Lets the keys of t pass too; a zeroed filter lets none. any_case: they have small letters, the text may have others (ASCII). */
void trie_filter_add(const struct trie *t, int any_case, struct trie_filter *out);

/* May a key begin at s[0..n), n > 0? */
static inline int
trie_may(const struct trie_filter *f, const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned i;

	if (u[0] >= 0xe0 && u[0] < 0xf0 && n >= 3) {
		i = (u[0] & 0xfu) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
		return f->wide[i >> 3] >> (i & 7) & 1;
	}
	i = (unsigned)u[0] << 8 | (n > 1 ? u[1] : 0);
	return f->two[i >> 3] >> (i & 7) & 1;
}

/*
 * Builds the double array over nkey sorted, distinct, non-empty keys (pool + key[i], NUL-terminated). *base and *check are new
 * (free()); returns their size.
 */
size_t trie_build(const char *pool, const uint32_t *key, size_t nkey, int32_t **base, int32_t **check);

#endif
