/*
 * The evaluator's inner parts: run.c holds memory, marks and failures; value.c, inside.c and combine.c the operations on a
 * value, on what is in it, and on other subschemas; eval.c runs them.
 */
#ifndef JSON_RUN_H
#define JSON_RUN_H

#include "json/engine.h"

/* A member of an object under evaluation. */
struct member_view {
	struct name name;
	const json_t *v;
};

/* The resources entered on the way here, innermost first (Core section 7.1, dynamic scope). */
struct scope {
	const struct scope *up;
	uint32_t resource;
};

/* Which members or elements of a value have been evaluated, where unevaluated* wants to know. */
struct marks {
	uint64_t *bits;
	size_t n;
};

/* One subschema at one value. */
struct frame {
	const struct sub *s;
	struct inst *in;
	struct marks *m;	/* NULL: nobody asks */
	const struct scope *scope;
	int bad;		/* a keyword of this subschema has failed already (only while collecting) */
};

/* Memory given back in the reverse order of its taking. */
struct chunk {
	struct chunk *prev;
	size_t used, size;
	_Alignas(16) char data[];
};
#define CHUNK	(32u << 10)

/* A member name that a subschema of propertyNames has passed: objects of a feed have the same thirty names over and over. */
struct passed_name {
	uint32_t sub, hash;
	uint32_t n;		/* 0: nothing yet */
	char s[52];
};
#define PASSED_NAMES	256

struct schema_run {
	struct passed_name passed[PASSED_NAMES];	/* by sub and hash; the newer one takes the place */
	const struct schema_set *set;
	struct regex_run *regex;
	struct findings *collect;	/* NULL: the verdict is enough */
	enum schema_verdict abort;	/* SCHEMA_VALID: go on */
	unsigned depth, steps;
	struct chunk *chunk;
};

typedef int op_fn(struct schema_run *r, struct frame *f, const struct insn *i);


/* ---- eval.c ------------------------------------------------------------------------------------------------------------ */

/*
 * Evaluates subschema id at in: 1, or 0 when it fails or there is no verdict (r->abort). What it evaluates of in's members or
 * elements is marked in out, unless that is NULL.
 */
int schema_eval(struct schema_run *r, uint32_t id, struct inst *in, struct marks *out, const struct scope *up);

/* ---- run.c ------------------------------------------------------------------------------------------------------------- */

/* Memory until run_release() of what the top was before: r->chunk and its `used`, or NULL and 0. */
void *run_alloc(struct schema_run *r, size_t n);
void run_release(struct schema_run *r, const struct chunk *chunk, size_t used);
/* Makes in->view. */
void run_members(struct schema_run *r, struct inst *in);
/* The member of an object by name; NULL. Borrowed. */
const struct member_view *run_member(struct schema_run *r, struct inst *in, const struct name *name);

/* Marks for the members or elements of v, none set. */
void marks_init(struct schema_run *r, struct marks *m, const json_t *v);
/* Sets mark i; m may be NULL. */
static inline void
marks_set(struct marks *m, size_t i)
{
	if (m != NULL)
		m->bits[i / 64] |= 1ULL << (i % 64);
}
/* 1 when mark i is set. */
static inline int
marks_has(const struct marks *m, size_t i)
{
	return (m->bits[i / 64] >> (i % 64)) & 1;
}
/* Sets in `to` what is set in `from`. */
void marks_join(struct marks *to, const struct marks *from);

/* The value at hand fails keyword i. Returns 0. */
int op_fail(struct schema_run *r, const struct frame *f, const struct insn *i, const char *fmt, ...) BASE_PRINTF(4, 5);
/* Member `at` of the value at hand should not be there, or not under that name. Returns 0. */
int op_fail_at(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *at, const char *fmt, ...)
    BASE_PRINTF(5, 6);
/*
 * The next three keep their texts off the stack of the operations that evaluate further. The value at hand, and what is wrong
 * with it; member `name` should not be there; branches which[0] and which[1] of a oneOf hold. All return 0.
 */
int op_fail_shown(struct schema_run *r, const struct frame *f, const struct insn *i, const char *what);
int op_not_permitted(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *name);
int op_fail_both(struct schema_run *r, const struct frame *f, const struct insn *i, const size_t which[2]);
/*
 * There is no verdict here. That ends the evaluation; but while collecting, a costly pattern is only noted. Returns what the
 * operation returns.
 */
int op_undecided(struct schema_run *r, const struct frame *f, const char *keyword, enum schema_verdict why);
/* Evaluates a subschema whose failures are nobody's concern: 1, 0, -1 when there is no verdict. */
int op_quietly(struct schema_run *r, struct frame *f, const char *keyword, uint32_t sub, struct inst *in, struct marks *m);
/* A value, or a member name, as a message shows it; "" while nothing is collected. Returns room. */
const char *op_show(struct schema_run *r, const json_t *v, char room[400]);
const char *op_show_name(struct schema_run *r, const struct name *name, char room[400]);

/* "1 character", "2 characters". */
#define COUNTED(n, one)	(size_t)(n), (n) == 1 ? one : one "s"

/* ---- operations: 1 when the value at hand passes, 0 --------------------------------------------------------------------- */

/* The type bits of a value. */
unsigned op_type_mask(const json_t *v);
/* value.c, inside.c, combine.c: one for each enum op. */
op_fn op_all_of;
op_fn op_any_of;
op_fn op_const;
op_fn op_contains;
op_fn op_dependent_required;
op_fn op_dependent_schemas;
op_fn op_dynamic_ref;
op_fn op_enum;
op_fn op_enum_strings;
op_fn op_exclusive_maximum;
op_fn op_exclusive_minimum;
op_fn op_format;
op_fn op_if;
op_fn op_items;
op_fn op_max_items;
op_fn op_max_length;
op_fn op_max_properties;
op_fn op_maximum;
op_fn op_min_items;
op_fn op_min_length;
op_fn op_min_properties;
op_fn op_minimum;
op_fn op_multiple_of;
op_fn op_not;
op_fn op_object;
op_fn op_one_of;
op_fn op_pattern;
op_fn op_property_names;
op_fn op_ref;
op_fn op_required;
op_fn op_type;
op_fn op_unevaluated_items;
op_fn op_unevaluated_properties;
op_fn op_unique;

#endif
