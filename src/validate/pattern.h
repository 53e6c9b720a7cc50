/*
 * pattern: the STIX patterning language (STIX 2.1 section 9) as a tree with places. Syntax only: whether types, properties
 * and values make sense is judged by rules_pattern.c.
 */
#ifndef VALIDATE_PATTERN_H
#define VALIDATE_PATTERN_H

#include "base/base.h"

enum pattern_kind {
	PATTERN_COMPARISON,	/* ipv4-addr:value = '192.0.2.1' */
	PATTERN_AND,		/* of comparisons; children */
	PATTERN_OR,
	PATTERN_OBSERVATION,	/* [ .. ]: one child */
	PATTERN_OBS_AND,	/* of observation expressions; children */
	PATTERN_OBS_OR,
	PATTERN_FOLLOWEDBY,
	PATTERN_GROUP,		/* ( .. ) of observation expressions: one child */
};

enum pattern_op {
	PATTERN_EQ, PATTERN_NE, PATTERN_GT, PATTERN_LT, PATTERN_GE, PATTERN_LE, PATTERN_IN, PATTERN_LIKE, PATTERN_MATCHES,
	PATTERN_ISSUBSET, PATTERN_ISSUPERSET, PATTERN_EXISTS,
};

enum pattern_literal {
	PATTERN_INTEGER = 1, PATTERN_FLOAT, PATTERN_STRING, PATTERN_BOOLEAN, PATTERN_BINARY, PATTERN_HEX, PATTERN_TIMESTAMP,
};

/* Places are octets from the beginning of the pattern; `end` is exclusive. */
struct pattern_value {
	enum pattern_literal type;
	const char *text;	/* without quotes and prefix; a string without its escapes; NUL-terminated */
	size_t len;
	size_t at, end;
	struct pattern_value *next;
};

struct pattern_step {
	const char *name;	/* the text of a name, or of an index: "0", "*" */
	size_t len;
	int index;		/* a list index between brackets */
	size_t at, end;
	struct pattern_step *next;
};

enum pattern_qualifier_kind { PATTERN_WITHIN, PATTERN_REPEATS, PATTERN_STARTSTOP };

struct pattern_qualifier {
	enum pattern_qualifier_kind kind;
	struct pattern_value *first, *second;	/* second: STOP */
	size_t at, end;
	struct pattern_qualifier *next;
};

struct pattern_node {
	enum pattern_kind kind;
	size_t at, end;
	struct pattern_node *child, *next;	/* first child, next sibling */
	struct pattern_qualifier *qualifiers;	/* of PATTERN_OBSERVATION and PATTERN_GROUP */
	/* of PATTERN_COMPARISON: */
	const char *type;
	size_t type_at, type_end;
	struct pattern_step *steps;		/* at least one, the first is a name */
	enum pattern_op op;
	int negated;
	struct pattern_value *values;		/* one; any number with IN; none with EXISTS */
};

struct pattern_fault {
	size_t at, end;
	char message[200];	/* UTF-8, one line, without the place */
};

/*
 * Parses text[0..len), valid UTF-8. Returns 0 and *out in the arena, or -1 and *fault: the first error. Limits:
 * LIMIT_PATTERN, LIMIT_PATTERN_DEPTH.
 */
int pattern_parse(struct arena *a, const char *text, size_t len, struct pattern_node **out, struct pattern_fault *fault)
    BASE_CHECKED;
/* Appends the pattern in one fixed form; what it prints parses to the same tree. */
void pattern_print(const struct pattern_node *n, struct buf *out);
/* Appends the tree, a node a line, two spaces a level; comparisons and qualifiers as pattern_print has them. */
void pattern_print_tree(const struct pattern_node *n, struct buf *out);
/* The word for a literal's type: "string", "integer" ... */
const char *pattern_literal_name(enum pattern_literal t);

#endif
