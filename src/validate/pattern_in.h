/* pattern, inside: the parser's state and its tokens (pattern_scan.c), which pattern_parse.c makes a tree of. */
#ifndef VALIDATE_PATTERN_IN_H
#define VALIDATE_PATTERN_IN_H

#include "validate/pattern.h"

enum token_kind {
	T_END, T_BAD, T_WORD, T_HYPHENED, T_VALUE, T_COLON, T_DOT, T_COMMA, T_OPEN, T_CLOSE, T_LBRACK, T_RBRACK, T_STAR, T_OP,
	T_KEYWORD,
};

enum keyword {
	K_NONE, K_AND, K_OR, K_NOT, K_FOLLOWEDBY, K_LIKE, K_MATCHES, K_ISSUPERSET, K_ISSUBSET, K_EXISTS, K_IN, K_START, K_STOP,
	K_SECONDS, K_WITHIN, K_REPEATS, K_TIMES,
};

struct token {
	enum token_kind kind;
	enum keyword key;
	int op;			/* of T_OP, and of keywords that compare; else -1 */
	enum pattern_literal literal;
	size_t at, end;		/* octets in the text */
};

struct parser {
	struct arena *a;
	const char *s;
	size_t len, pos;
	struct token t;		/* the token ahead */
	unsigned depth;
	int failed;
	struct pattern_fault *fault;
};

/* Records the first fault, at those octets; from then on all is T_BAD. */
void pattern_fail(struct parser *p, size_t at, size_t end, const char *fmt, ...) BASE_PRINTF(4, 5);
/* Reads the next token into p->t. */
void pattern_advance(struct parser *p);
/* How an operator is written. */
const char *pattern_op_name(enum pattern_op op);

#endif
