/* The reader's inner parts, shared by reader.c (whole texts), place.c and stream.c (one item at a time). */
#ifndef JSON_READER_H
#define JSON_READER_H

#include "json/json.h"

/*
 * One value or member name. Nodes stand in the order of the text: a container, then its contents (a name before each
 * member's value); skip is how many nodes the value has, itself included, so its next sibling is node + skip.
 */
struct json_node {
	uint64_t offset;
	uint32_t len, skip, line, column;
};

struct named_node {
	uint64_t hash;
	size_t node;
};

struct json_text {
	json_t *root;
	struct json_node *node;
	size_t n, cap;
	size_t *unsafe;			/* nodes of integers beyond 2^53 - 1 */
	size_t n_unsafe, cap_unsafe;
	size_t wide, *wide_child, n_wide;	/* the last wide array asked for: its node, its elements' nodes */
	struct named_node *wide_name;		/* the last wide object: its members by the hash of their names */
	size_t wide_object, n_wide_name;
};

struct parser {
	const char *s, *p, *end;	/* the text, the cursor, behind the text */
	uint64_t base;			/* offset of s in the input */
	uint64_t column_base;		/* offset at which column 1 would stand if the line had no wide characters */
	uint32_t line;
	unsigned around;		/* containers around the value that is read */
	struct json_options o;
	struct json_text *t;		/* where nodes go */
	struct json_fault *fault;
	struct buf key, scratch;	/* decoded name, decoded string */
};

/* Sets up a parser over s[0..n). The caller sets t. */
void parser_init(struct parser *p, const char *s, size_t n, const struct json_options *o, struct json_fault *fault);
void parser_release(struct parser *p);
/* Skips white space. 1 when something is left. */
int parser_space(struct parser *p);
/* Reads the value at the cursor (after white space): its nodes are appended to t, *out is new. -1: *fault is set. */
int parser_value(struct parser *p, json_t **out);
/* Reads a member name and its colon; the name is in *s, *n until the next call. -1: *fault is set. */
int parser_name(struct parser *p, const char **s, size_t *n);
/*
 * cut.c: moves the cursor behind the object or array that begins there, with line and column, without reading it: 0. -1, and nothing is
 * moved, when it does not end in the text or is nested too deep. Where it is malformed its end may be wrong, but the reader then finds
 * the fault in front of it.
 */
int parser_cut(struct parser *p);
/* The place of n octets at the cursor. */
void parser_here(const struct parser *p, size_t n, struct json_place *out);
/* Reports a fault at the cursor, n octets long. Returns -1. */
int parser_fail(struct parser *p, const char *code, size_t n, const char *fmt, ...) BASE_PRINTF(4, 5);
/* Reports an unexpected character at the cursor, or the end of the text. Returns -1. */
int parser_unexpected(struct parser *p, const char *want);
/* Reports that the name of node `node` occurs twice. Returns -1. */
int parser_duplicate(struct parser *p, size_t node, const char *name, size_t n);
/* Appends a node that begins at the cursor; -1 when there are too many. */
int parser_node(struct parser *p, size_t *out);
/* Sets a node's end to the cursor. */
void parser_close(struct parser *p, size_t node);
/*
 * write.c: the fewest digits (no point; returns how many) that read back as d > 0, and n with d = 0.DIGITS * 10^n, as
 * Number::toString of ECMA-262 asks.
 */
int real_digits(double d, char digits[24], int *n);
/* Releases what t holds, not t itself. */
void text_release(struct json_text *t);
/* Forgets all nodes from n on. */
void text_truncate(struct json_text *t, size_t n);

/* ---- eight octets at a time ---- */

#define WORD_ONES	UINT64_C(0x0101010101010101)
#define WORD_HIGH	UINT64_C(0x8080808080808080)

/* Not 0 exactly when one of the octets of the word has the value c. */
static inline uint64_t
word_has(uint64_t word, unsigned char c)
{
	word ^= c * WORD_ONES;
	return (word - WORD_ONES) & ~word & WORD_HIGH;
}

#endif
