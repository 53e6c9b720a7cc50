/*
 * rules: how a language states relationships, as data: feeds/phrases/<tag>/relations.json and cues.json, compiled once.
 *
 * A rule is a regular expression over a *slotted* sentence: every mention and every reference back ("this campaign") is one
 * slot, two private-use characters of which the first tells the class and the second the number. In a rule
 *
 *	{malware} {actor} {any} ...	stand for one slot of that class (rows of slot_classes in rules.c)
 *	{no:malware}			stands for a character that neither ends a clause (. ;) nor begins such a slot
 *	{N:malware}			stands for any type noun of that class (names.json, "nouns")
 *	{ANY} {LIST} ...		are the file's own macros
 *
 * A rule of effect RULE_SAME ("same": true) says that the names in T are other names of what S names.
 *
 * The named groups S and T hold the slots that are source and target: every slot in them of the rule's types counts, so
 * a list that shares one verb gives one edge each. Texts are matched with limits; a rule that is too costly for a sentence
 * does not match it and is reported.
 */
#ifndef CONVERT_RULES_H
#define CONVERT_RULES_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "convert/convert.h"
#include "convert/trie.h"

#define RULE_TYPES	10	/* types a rule may name for one end */

/* Two characters for one slot: the class at SLOT_CLASS + row, the number at SLOT_INDEX + n. */
#define SLOT_CLASS	0xe000u
#define SLOT_NONE	0xffu	/* no class */
#define SLOT_INDEX	0xf0000u
#define SLOT_MAX	2000u

/* What becomes of a mentioned thing that no statement is about. */
enum slot_keep {
	KEEP_NAMED,		/* being named where the text states facts is enough */
	KEEP_NEAR,		/* named in a row or by its id, or where an adversary or malware is spoken of */
	KEEP_RELATED,		/* kept only at the end of a relationship */
	KEEP_NEVER,		/* serves the rules only */
};

struct slot_class {
	const char *name;	/* in rules: "malware", "law-enforcement" */
	const char *type;	/* STIX type */
	const char *role;	/* of an identity, or NULL */
	enum slot_keep keep;
};
extern const struct slot_class slot_classes[];	/* name NULL ends */
/* The row for a type and role. */
size_t slot_class_of(const char *type, const char *role);

/* A type noun: "ransomware", 攻撃者グループ. */
struct noun {
	const char *text;
	const char *type;	/* STIX type; "": of things that are no objects, so that what they are called is no name */
	const char *detail;	/* malware-type-ov, infrastructure-type-ov, ... or NULL */
	size_t len;		/* of the text */
	uint32_t next[2];	/* 1 + the next one of its row of noun_rows[0], [1]; 0: none */
};

enum rule_effect {
	RULE_EDGE,	/* S rel T */
	RULE_SET,	/* properties on S */
	RULE_SAME,	/* T are other names of S */
};

struct rule {
	const char *id;
	enum rule_effect effect;
	const char *rel;
	const char *source[RULE_TYPES + 1], *target[RULE_TYPES + 1];	/* STIX types; NULL ends */
	const char *const *need;	/* one of these has to stand in the sentence; NULL: nothing needed */
	pcre2_code *match, *unless;	/* unless: NULL, or vetoes when it matches the sentence */
	int confidence;
	json_t *set;			/* RULE_SET: properties; borrowed */
	const char *noun_to;		/* RULE_SET: the property that gets the detail of the noun in group N */
	const char *year_to;		/* RULE_SET: the property that gets the year in group Y (the month in M) as a timestamp */
	const char *until_to;		/* RULE_SET: the same of groups Z and N; of several the latest counts, of year_to the earliest */
	json_t *instead;		/* {source type: relationship type} where it differs; borrowed */
	uint32_t source_rows, target_rows;	/* bits: rows of slot_classes that either end may be of */
	int once;		/* what a match covers is not looked at again */
	int again;			/* several targets of one subject, each in its clause */
	int law;			/* 1: a campaign at an end has to be a law-enforcement operation; 0: must not; -1: either */
};

/* A phrase that stands for something said before. */
struct anaphor {
	const char *text;
	size_t len;
	const char *types[RULE_TYPES + 1];
	const char *otherwise[RULE_TYPES + 1];	/* where nothing of those types is within reach; none: [0] is NULL */
	int reach;		/* sentences to look back */
	pcre2_code *after;	/* NULL, or: the sentence before has to match, and its slot S is meant */
	int first;		/* only as the first words of a sentence */
	const char *as;		/* text put behind the slot, or NULL */
	int law;		/* 1: means a law-enforcement operation; 0: never one; -1: either */
	int alone;		/* means nothing where the sentence that names it names another of its class */
	uint32_t next;		/* 1 + the next one in its row of heads; 0: none */
};

/* Words that lower (or set) the confidence of what a sentence states, or deny it. */
struct hedge {
	pcre2_code *match;
	int cap;		/* at most this confidence; 0: the sentence asserts nothing */
	int floor;		/* sets this confidence when > 0 */
};

/* A new name and what it is. */
struct cue {
	const char *id;
	pcre2_code *match;	/* groups: name; np (its type noun ends there), before (its type noun is the last one in it), */
				/* or like (the name is one more of the thing that is named at its end) */
	pcre2_code *then;	/* NULL, or: the next name (group name) of a list, right behind the one before */
	const char *type;	/* NULL: by the type noun */
	const char *detail, *role;
	const char *const *need;
	int confidence;
};

#define RULES_HEADS	4096

/* Which rows of a list can match a text at all: the words that they need are looked for in one pass over it. */
struct needs {
	struct trie trie;
	struct trie_filter filter;
	int32_t *base, *check;
	size_t words;		/* of 64 bits, one a row */
	uint64_t *always;	/* rows that need nothing */
	uint64_t *of;		/* per key: rows that need it */
};

struct rules {
	struct arena *arena;
	int spaces;			/* 0: blanks next to letters beyond ASCII or slots mean nothing */
	const char *const *noun_ends;	/* NULL, or what stands behind a type noun that is a part of the name in front of it */
	int first;			/* 1: of those that a sentence names, the first is what the next one speaks of; 0: the last */
	pcre2_code *negated;		/* NULL, or: in what a match covers it means that what it would set is not so */
	pcre2_code *denied;		/* NULL, or: right behind a match it means that the match is denied */
	struct {
		pcre2_code *after, *unless;	/* after NULL: what is meant is always said */
		const char *as;
	} unsaid;			/* what the sentence before is about (its slot S), where this one does not say of whom it speaks */
	VEC(struct rule) rules;
	VEC(struct anaphor) anaphora;
	uint32_t heads[RULES_HEADS];	/* per rules_head() 1 + the first anaphor that begins with such octets; 0: none */
	uint32_t shorts;		/* the same of those that have fewer than three octets */
	VEC(struct hedge) hedges;
	VEC(struct cue) cues;
	struct needs rules_need, cues_need;
	VEC(struct noun) nouns;		/* longest first */
	uint32_t noun_rows[2][256];	/* per first [0] and last [1] octet & 0xdf: 1 + the first such noun, 0: none */
	VEC(const char *) stop;		/* never a coined name: platforms, nationalities, plain words (folded) */
	VEC(const char *) never_first;	/* no coined name begins with these words */
	VEC(const char *) ends;		/* a coined name ends in front of these words: months */
	VEC(const char *) drop_last;	/* words that are left off at its end: what it is, not what it is called */
	VEC(const char *) never_last;	/* ends of words that no coined name ends with */
};

/*
 * Compiles the rules of one language from its parsed files (any may be NULL). `name` stands in messages. new: rules_free().
 * Errors (ERR_USAGE) name file and JSON Pointer.
 */
int rules_compile(const char *tag, json_t *nouns, json_t *cues, json_t *relations, struct rules **out, struct err *e) BASE_CHECKED;
void rules_free(struct rules *r);

/* The row of heads for a text that begins with these three octets, ASCII letters in any case. */
size_t rules_head(const char s[3]);
/* Runs a compiled expression over s[from..n): 1 match, 0 none, -1 too costly. ovector belongs to md. */
int rules_run(const pcre2_code *re, const char *s, size_t n, size_t from, pcre2_match_data *md);
/* Group `name` of the last match as offsets; 0 when it took part, -1 otherwise. */
int rules_group(const pcre2_code *re, pcre2_match_data *md, const char *name, size_t *from, size_t *to);
/* Which rows may match s[0..n): need->words words of bits into out. */
void rules_needed(const struct needs *need, const char *s, size_t n, uint64_t *out);
/* The longest noun that ends at the end (at_end) or begins at the beginning of s[0..n), or NULL. */
const struct noun *rules_noun(const struct rules *r, const char *s, size_t n, int at_end);
/* The last noun in s[0..n) that ends at most `near` octets before its end, or NULL. */
const struct noun *rules_last_noun(const struct rules *r, const char *s, size_t n, size_t near);

#endif
