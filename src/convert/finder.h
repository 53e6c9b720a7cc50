/*
 * finder: how names are found in a text (names.c), in steps:
 *
 *	collect.c	one pass over the folded text: what may be a name, type nouns, other phrases
 *	support.c	what stands beside each candidate, and what type each name has in this document
 *	names.c		which candidates are believed, and as what they are mentioned
 */
#ifndef CONVERT_FINDER_H
#define CONVERT_FINDER_H

#include <string.h>

#include "convert/names.h"
#include "convert/phrases.h"

#define MAX_HITS	16	/* names that begin at one place */
#define MAX_WAYS	6	/* rows that share a way to write them */
#define MAX_LINK	48	/* octets between a noun and its name, or between two names of a list */
#define LIST_REACH	120	/* octets between a sector and the noun at the end of its list */
#define SHORT_NAME	3	/* letters and digits of a name that is too short to stand alone */
#define MAX_GAP		8	/* octets between two characters of a name */

/* How a surface fits the text. */
enum fit { FIT_NO, FIT_LOWER, FIT_GOOD };

struct way {
	const struct known_surface *s;
	enum fit fit;
};

/* A name that may stand there. */
struct candidate {
	size_t start, end;		/* in the text */
	const struct known_table *t;
	uint32_t key;
	uint32_t glued;			/* octets of a noun that is part of the name and not of the key: "PeppyRAT" */
	struct way *way;
	size_t nway;
	const struct known_row *noun;	/* beside it, or NULL */
	const struct known_table *noun_table;
	int direct;			/* the noun stands beside it, not beside its neighbour in a list */
	int after;			/* ... behind it */
	int plain_noun;			/* ... and does not begin with a capital, as in a headline */
	int quoted;
	const char *type;		/* decided */
	size_t group;			/* candidates of the same name, in the whole document */
	int ambiguous;
	int blocked;			/* a phrase that is no name, or a person's */
};

/* A noun, a government word, a given name. */
struct phrase {
	size_t start, end;
	const struct known_table *t;
	const struct known_row *row;
	uint32_t flag;
};

struct span {
	size_t start, end;
};

struct finder {
	const struct doc *d;
	const struct layout_lang *lang;
	const struct knowledge *k;
	struct arena *a;
	struct arena *kept;		/* for what is found */
	struct arena *scratch;		/* for what is looked at once; see finder_scratch() */
	struct folder f, names;		/* over the text, over a name */
	VEC(struct span) claimed;	/* values and addresses: sorted, apart */
	VEC(struct candidate) c;	/* sorted by start; they may overlap */
	unsigned char *sure;		/* per group: it was mentioned for sure */
	VEC(struct phrase) nouns, governments, given;
	VEC(struct mention) found;
	int over;			/* there are more candidates than LIMIT_MENTIONS */
};

/* ---- text ---------------------------------------------------------------------------------------------------------- */

int is_upper(char c);
int is_lower(char c);
int is_digit(char c);
/* Does one of s[0..n) satisfy kind? */
int has_kind(const char *s, size_t n, int (*kind)(char));
/* Octets of the character in front of `at`; 0 at the beginning. */
size_t char_before(const char *s, size_t at);
/* Length of the quote or bracket that s[0..n) begins with, or 0. */
size_t quote_at(const char *s, size_t n);

/* A string of a table's pool. */
static inline const char *
known_text(const struct known_table *t, uint32_t at)
{
	return t->pool + at;
}

static inline int
known_is(const struct known_table *t, uint32_t at, const char *word)
{
	return strcmp(t->pool + at, word) == 0;
}

/* ---- the steps ------------------------------------------------------------------------------------------------------- */

/* Fills claimed, c, nouns, governments and given. */
void finder_collect(struct finder *w, const struct mentions *m);
/* Does a claimed span overlap start..end? */
int finder_is_claimed(const struct finder *w, size_t start, size_t end);
/* Is what stands behind a name that ends at text offset `end` such that it is none of that type (中国 + 語)? */
int finder_voided(struct finder *w, size_t end, const char *type);
/* An arena for what nobody needs after the next call of this. */
struct arena *finder_scratch(struct finder *w);
/* Fills noun, quoted, type, ambiguous of every candidate. */
void finder_support(struct finder *w);
/* Index of the first noun that begins at text offset `at` or later. */
size_t finder_noun_from(const struct finder *w, size_t at);
/* Can a noun of that type say what a thing of this type is? */
int finder_compatible(const char *noun, const char *type);
/* Places and organisations: what a name means unless a noun says otherwise. */
int finder_plain_type(const char *type);

#endif
