/* rules: what its own files share. */
#ifndef CONVERT_RULES_IN_H
#define CONVERT_RULES_IN_H

#include "convert/rules.h"

/* The compilation of a language's files, which goes from one to the next. */
struct compiler {
	struct rules *r;
	const char *file;
	json_t *macros;		/* borrowed; NULL: none */
	struct err *e;
};

/* The expression of a rule, expanded and compiled: new, pcre2_code_free(); NULL: ERR_USAGE in c->e. */
pcre2_code *rules_expression(struct compiler *c, const char *text);
/* Is the noun of the type, or of the group of types, name[0..n)? "" is all types. */
int rules_noun_fits(const struct noun *noun, const char *name, size_t n);
/* lists[i]: the words of row i, NULL-terminated, or NULL. Everything but the double array is in the arena. */
void rules_needs_build(struct arena *a, const char *const *const *lists, size_t n, struct needs *out);

/* A name that stands for several rows of slot_classes; name NULL ends. */
struct slot_group {
	const char *name, *rows[12];
};
extern const struct slot_group slot_groups[];
/* The row of slot_classes with that name, n octets, or SIZE_MAX. */
size_t slot_class_named(const char *name, size_t n);

/* An ASCII letter small. */
static inline unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

#endif
