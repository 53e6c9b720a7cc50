#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "convert/trie.h"

size_t
trie_prefixes(const struct trie *t, const char *s, size_t n, struct trie_hit *hits, size_t max)
{
	struct trie_state st;
	size_t found = 0, i;
	uint32_t key;

	if (t->size == 0 || max == 0)
		return 0;
	st = trie_start(t);
	for (i = 0; i < n && s[i] != '\0' && trie_step(t, &st, (unsigned char)s[i]); i++) {
		if (!trie_ends(t, &st, &key))
			continue;
		if (found == max)
			memmove(hits, hits + 1, --found * sizeof(*hits));
		hits[found].len = i + 1;
		hits[found++].key = key;
	}
	return found;
}

static void
set_bit(unsigned char *bits, unsigned i)
{
	bits[i >> 3] |= (unsigned char)(1u << (i & 7));
}

/* Both octets as they are, and as capitals. */
static void
set_two(struct trie_filter *out, unsigned a, unsigned b, int any_case)
{
	unsigned x = any_case && a >= 'a' && a <= 'z' ? a - 32 : a, y = any_case && b >= 'a' && b <= 'z' ? b - 32 : b;

	set_bit(out->two, a << 8 | b);
	set_bit(out->two, a << 8 | y);
	set_bit(out->two, x << 8 | b);
	set_bit(out->two, x << 8 | y);
}

/* Of the keys that begin with octet a, of which st has been read, the second octets, or the rest of the character. */
static void
filter_octet(const struct trie *t, struct trie_state st, unsigned a, int any_case, struct trie_filter *out)
{
	int all = trie_ends(t, &st, &(uint32_t){ 0 });	/* a key of one octet goes with any second one */
	unsigned b, c;

	for (b = 0; b < 256; b++) {
		struct trie_state two = st, three;

		if (!all && (b == 0 || !trie_step(t, &two, (unsigned char)b)))
			continue;
		if (a < 0xe0 || a >= 0xf0) {
			set_two(out, a, b, any_case);
			continue;
		}
		for (c = 0x80; c < 0xc0; c++) {
			three = two;
			if (trie_step(t, &three, (unsigned char)c))
				set_bit(out->wide, (a & 0xfu) << 12 | (b & 0x3fu) << 6 | (c & 0x3fu));
		}
	}
}

void
trie_filter_add(const struct trie *t, int any_case, struct trie_filter *out)
{
	unsigned a;

	for (a = 1; t->size > 0 && a < 256; a++) {
		struct trie_state st = trie_start(t);

		if (trie_step(t, &st, (unsigned char)a))
			filter_octet(t, st, a, any_case, out);
	}
}

/* ---- building -------------------------------------------------------------------------------------------------------- */

struct builder {
	const char *pool;
	const uint32_t *key;
	int32_t *base, *check;
	size_t size, used;	/* room; slots in use end below `used` */
	size_t free;		/* no slot from FIRST_FREE to it is free */
	size_t wide;		/* below it, several children are no longer tried to fit between others */
};

#define FIRST_FREE	256	/* whatever the child's octet, its base is above 0 */
#define PROBES_MAX	256	/* more places tried for one state: what lies below them is too full to be tried again */

static void
room(struct builder *b, size_t size)
{
	size_t i, want = b->size;

	if (size <= b->size)
		return;
	while (want < size)
		want = want ? want * 2 : 1024;
	b->base = xrealloc(b->base, want * sizeof(*b->base));
	b->check = xrealloc(b->check, want * sizeof(*b->check));
	for (i = b->size; i < want; i++) {
		b->base[i] = 0;
		b->check[i] = -1;
	}
	b->size = want;
}

/* The lowest base at which all the children (octets in ascending order) fall on free slots. */
static int32_t
place(struct builder *b, const unsigned char *child, size_t n)
{
	size_t at, i, from, probes;

	while (room(b, b->free + 1), b->check[b->free] != -1)
		b->free++;
	if (b->wide < b->free)
		b->wide = b->free;
	from = n > 1 ? b->wide : b->free;
	for (at = from - child[0], probes = 0;; at++, probes++) {
		room(b, at + 256);
		for (i = 0; i < n && b->check[at + child[i]] == -1; i++)
			;
		if (i < n)
			continue;
		if (n > 1 && probes > PROBES_MAX)
			b->wide = at + child[0];
		return (int32_t)at;
	}
}

/* Fills state `at` for the keys lo..hi, which are equal in their first depth octets. */
static void
fill(struct builder *b, int32_t at, size_t lo, size_t hi, size_t depth)
{
	unsigned char child[256];
	size_t from[257], n = 0, i;
	int32_t base;

	if (hi - lo == 1) {
		b->base[at] = -(int32_t)lo - 1;
		return;
	}
	for (i = lo; i < hi; i++) {
		unsigned char c = (unsigned char)b->pool[b->key[i] + depth];

		if (n == 0 || child[n - 1] != c) {
			child[n] = c;
			from[n++] = i;
		}
	}
	from[n] = hi;
	base = place(b, child, n);
	b->base[at] = base;
	for (i = 0; i < n; i++) {
		b->check[base + child[i]] = at;
		if ((size_t)base + child[i] >= b->used)
			b->used = (size_t)base + child[i] + 1;
	}
	for (i = 0; i < n; i++)
		fill(b, base + child[i], from[i], from[i + 1], depth + 1);
}

size_t
trie_build(const char *pool, const uint32_t *key, size_t nkey, int32_t **base, int32_t **check)
{
	struct builder b = { pool, key, NULL, NULL, 0, 1, FIRST_FREE, FIRST_FREE };

	*base = *check = NULL;
	if (nkey == 0)
		return 0;
	room(&b, 1);
	b.check[0] = 0;
	fill(&b, 0, 0, nkey, 0);
	*base = b.base;
	*check = b.check;
	return b.used;
}
