/*
 * names: what the converter knows by name, and how a text is searched for it.
 *
 * All names of all types, and the nouns that say what a name is, stand in one table that is searched in one pass over the
 * folded text. The built-in table is compiled in (src/tools/mkknowledge.c) and needs no work at start; the bundles of
 * --knowledge make a second one.
 */
#ifndef CONVERT_NAMES_H
#define CONVERT_NAMES_H

#include "convert/convert.h"
#include "convert/trie.h"

/* ---- the table ---------------------------------------------------------------------------------------------------- */

/* One thing that is known. Everything is an offset into the pool; 0 is the empty string: not there. */
struct known_row {
	uint32_t name, type;		/* canonical name, STIX type */
	uint32_t source, id;		/* "mitre-attack", "S0367" */
	uint32_t role;			/* of an identity */
	uint32_t hint;			/* identity_class, or a malware-type-ov value; of a noun its detail */
	uint32_t sector;		/* of an identity: industry-sector-ov */
	uint32_t country, region;	/* of a location: ISO 3166-1 alpha-2, region-ov */
	uint32_t part;			/* of a location in a country: "city" or "area" */
};

enum known_flag {
	KNOWN_ALIAS = 1,	/* not the canonical name */
	KNOWN_WORD = 2,		/* also a plain word: counts only with support */
	KNOWN_COMMON = 4,	/* so common a word that only quotes support it */
	/* entries that are no names */
	KNOWN_NOUN = 8,		/* a type noun: the row has type and hint */
	KNOWN_NOT = 16,		/* a phrase that contains a name but is none */
	KNOWN_VOIDS = 32,	/* what stands in front of it is no name of the row's type: 語 after 中国 */
	KNOWN_GIVEN = 64,	/* a given name: what follows is a person's */
	KNOWN_GOVERNMENT = 128,	/* with a country it is that country's government */
	KNOWN_LINK = 256,	/* may stand between a noun and a name: という, "called" */
	KNOWN_LIST = 512,	/* may stand between two names of a list: と, "and" */
};
#define KNOWN_NO_NAME	(KNOWN_NOUN | KNOWN_NOT | KNOWN_VOIDS | KNOWN_GIVEN | KNOWN_GOVERNMENT | KNOWN_LINK | KNOWN_LIST)

/* One way to write a name. */
struct known_surface {
	uint32_t text;		/* pool */
	uint32_t row;
	uint32_t flags;
};

struct known_table {
	const char *pool;
	const struct known_row *row;
	size_t nrow;
	const struct known_surface *surface;	/* grouped by key, the better row first */
	size_t nsurface;
	const uint32_t *first;			/* surfaces of key i: first[i] .. first[i + 1] */
	struct trie trie;			/* over the folded surfaces */
	const uint32_t *by_id;			/* rows with an external id, sorted by source and id */
	size_t nby_id;
};

extern const struct known_table known_builtin;	/* made by src/tools/mkknowledge.c */

/* ---- making a table (known.c) --------------------------------------------------------------------------------------- */

struct known_builder;
struct known_builder *known_new(void);			/* new: known_free() */
void known_free(struct known_builder *b);
/* Takes over the objects of a parsed STIX 2.1 bundle. Errors (ERR_USAGE): it is none. */
int known_add_bundle(struct known_builder *b, json_t *bundle, struct err *e) BASE_CHECKED;
/* Takes over a names.json or known.json of feeds/phrases/: nouns, links, words. Errors (ERR_USAGE): a member of a wrong kind. */
int known_add_phrases(struct known_builder *b, json_t *names, struct err *e) BASE_CHECKED;
/* The table; it lives as long as the builder. Nothing may be added afterwards. */
const struct known_table *known_finish(struct known_builder *b);

/* The table as C source, the definition of known_builtin (known_print.c). */
void known_print(const struct known_table *t, struct buf *out);

/* ---- asking (knowledge.c) -------------------------------------------------------------------------------------------- */

struct knowledge {
	const struct known_table *table[2];	/* what the user gave first, then the built-in one */
	size_t ntable;
	struct trie_filter filter;		/* of all tables: of what names begin with */
	struct known_builder *extra;
};

/* What is known under one name; strings are borrowed from the tables, NULL where there is none. */
struct known {
	const char *name, *type, *source, *id, *role, *hint, *sector, *country, *region, *part;
};
/* The strings of a row. */
void known_row_strings(const struct known_table *t, uint32_t row, struct known *out);
/* By external id ("mitre-attack", "T1566.001"). 1 when there is one. */
int knowledge_by_id(const struct knowledge *k, const char *source, const char *id, struct known *out);
/* By name and type, compared folded; aliases count. type NULL: any. 1 when there is one. */
int knowledge_by_name(const struct knowledge *k, const char *type, const char *name, struct known *out);

/* ---- folded text (fold.c) --------------------------------------------------------------------------------------------- */

/*
 * A text is compared as text_fold() gives it, but never folded as a whole: a walk folds the characters that it comes to, and so
 * knows where each stands. A character and the marks behind it are a unit; what folds to nothing is passed over.
 */
struct fold_unit {
	size_t start, end;	/* of its characters in the text */
	const char *s;		/* its n folded octets, n > 0; borrowed until the next call */
	size_t n;
};

/* What characters fold to that take some work. */
struct fold_known {
	char from[8], to[8];
	unsigned char nfrom, nto;
};

struct folder {
	const char *s;		/* borrowed */
	size_t n;
	struct arena *scratch;
	struct fold_known known[1024];
};

/* A walk over s[0..n), valid UTF-8; the caller frees with fold_end(). */
void fold_begin(struct folder *f, const char *s, size_t n);
/* The walk is over another text from now on; what is known stays. */
void fold_other(struct folder *f, const char *s, size_t n);
void fold_end(struct folder *f);
/* The first unit that begins at `at` (the beginning of a character) or later: 1; 0 when there is none. */
int fold_next(struct folder *f, size_t at, struct fold_unit *u);

/* A key that stands at some place of a text, the ends of which are ends of units. */
struct fold_hit {
	size_t len;		/* octets of the key */
	size_t end;		/* in the text */
	uint32_t key;
};
/* As fold_next(), but what no key that the filter lets pass begins with may be passed over, and the inside of words of ASCII is. */
int fold_start(struct folder *f, const struct trie_filter *filter, size_t at, struct fold_unit *u);
/* All keys that the folded text begins with from `at` on, shortest first; of more than max the shortest are left out. */
size_t fold_prefixes(struct folder *f, const struct trie *t, size_t at, struct fold_hit *hits, size_t max);

/* A short text folded, every octet mapped back. */
struct folded {
	char *s;
	uint32_t *at, *end;	/* of the unit that octet i belongs to */
	size_t n;
};
/* Folds s[from..to) of f, to being the end of a unit. In the arena. */
void fold_span(struct folder *f, struct arena *a, size_t from, size_t to, struct folded *out);

/*
 * May a name begin (end) at offset at of s[0..n)? Between two characters of one script it may not, except between two Han
 * characters; nor inside what looks like a host, file or e-mail name.
 */
int name_may_begin(const char *s, size_t n, size_t at);
int name_may_end(const char *s, size_t n, size_t at);
/* Appends v[0..n) to m, which grows in the arena (mentions.c). */
void mentions_add(struct arena *a, struct mentions *m, const struct mention *v, size_t n);

#endif
