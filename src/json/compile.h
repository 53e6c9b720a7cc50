/* compile: what the functions of keywords (keywords.c) take from compile.c to add to the program of a schema. */
#ifndef JSON_COMPILE_H
#define JSON_COMPILE_H

#include "json/engine.h"

/* The subschema being compiled. */
struct compiler {
	struct schema_set *set;
	struct resource *resource;
	const json_t *schema;
	const char *pointer;
	uint32_t sub;
	unsigned row;		/* keyword at hand */
	struct err *e;
};

/* Compiles the keyword's value: 0, or -1 with c->e. Unknown values are refused. */
typedef int keyword_fn(struct compiler *c, const json_t *v);
struct keyword {
	const char *name;
	unsigned vocab;
	keyword_fn *fn;
};
/* In the order of evaluation. */
extern const struct keyword keywords[];
extern const size_t keyword_count;

/* Records what is wrong with the value of the keyword at hand. -1 */
int compile_refuse(struct compiler *c, const char *fmt, ...) BASE_PRINTF(2, 3);
/* Appends an instruction to the subschema at hand. 0 */
int compile_emit(struct compiler *c, enum op op, uint32_t a, const void *p);
/* Memory of the set's life. */
void *compile_room(struct compiler *c, size_t n);
struct name compile_name(const char *s, size_t n);
/* The sub of a schema at a pointer of a resource, made when there is none; it is compiled later, in its turn. */
uint32_t compile_sub_of(struct schema_set *set, struct resource *r, const json_t *schema, const char *pointer);
/* The sub of a subschema that stands at KEYWORD, KEYWORD/name or KEYWORD/index of the schema at hand. 0, -1 */
int compile_child(struct compiler *c, const char *keyword, const json_t *v, const char *name, size_t n, size_t index, uint32_t *out);
int compile_child_here(struct compiler *c, const char *keyword, const json_t *v, uint32_t *out);
/* A list of subschemas. 0, -1 */
int compile_child_list(struct compiler *c, const char *keyword, const json_t *v, struct sub_list *out);
/* A count: a non-negative integer, 2.0 included. Counts beyond 32 bits are never reached and stay at the end. 0, -1 */
int compile_count(struct compiler *c, const json_t *v, uint32_t *out);
/* A list of member names. 0, -1 */
int compile_names(struct compiler *c, const json_t *v, struct name_list *out);
/* The regular expression, compiled once a set. 0, -1 */
int compile_regex(struct compiler *c, const char *s, size_t n, struct regex **out);

#endif
