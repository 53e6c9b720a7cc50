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

/*
 * All keys that s[0..n) begins with, shortest first; of more than max the shortest are left out. Returns how many.
 * At most the octets of the longest key are looked at.
 */
size_t trie_prefixes(const struct trie *t, const char *s, size_t n, struct trie_hit *hits, size_t max);

/*
 * Builds the double array over nkey sorted, distinct, non-empty keys (pool + key[i], NUL-terminated). *base and *check are new
 * (free()); returns their size.
 */
size_t trie_build(const char *pool, const uint32_t *key, size_t nkey, int32_t **base, int32_t **check);

#endif
