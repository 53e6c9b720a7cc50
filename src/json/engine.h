/*
 * The inner parts of the JSON Schema engine. uri.c resolves URIs; set.c keeps documents, resources and anchors; compile.c
 * turns schemas into a flat program; eval.c runs it (run.h); say.c words findings; ecma.c translates regular expressions; format.c
 * knows formats; meta.c holds the 2020-12 metaschemas.
 */
#ifndef JSON_ENGINE_H
#define JSON_ENGINE_H

#include "json/json.h"

#define uthash_fatal(msg) base_oom()
#include <uthash.h>

/* ---- uri.c ------------------------------------------------------------------------------------------------------- */

/* 1 when s begins with a scheme. */
int uri_is_absolute(const char *s);
/* RFC 3986 section 5.2: ref relative to base, with ref's fragment. new. */
char *uri_resolve(const char *base, const char *ref);
/* Cuts the fragment off uri and returns it percent-decoded (new), or NULL when there is none. */
char *uri_cut_fragment(char *uri);

/* ---- ecma.c: ECMA-262 regular expressions on PCRE2 ----------------------------------------------------------------- */

struct regex;
struct regex_run;	/* match memory, one per thread */

/* Compiles an ECMA-262 pattern (flag u, with the Annex B identity escapes). NULL: *e (ERR_USAGE). new: regex_free. */
struct regex *regex_new(const char *pattern, size_t n, struct err *e);
void regex_free(struct regex *re);
struct regex_run *regex_run_new(void);
void regex_run_free(struct regex_run *run);
/* Does re match somewhere in s (valid UTF-8)? 1, 0, or -1: past the limit, no verdict. */
int regex_search(const struct regex *re, struct regex_run *run, const char *s, size_t n);

/* ---- format.c ---------------------------------------------------------------------------------------------------- */

typedef int format_fn(const char *s, size_t n);
/* The check behind a format's name; NULL when there is no such format. */
format_fn *format_find(const char *name);

/* ---- meta.c ------------------------------------------------------------------------------------------------------ */

#define DIALECT	"https://json-schema.org/draft/2020-12/schema"
/* The text of a 2020-12 metaschema; NULL when uri is none. */
const char *meta_text(const char *uri);

/* ---- set.c: documents, resources, anchors -------------------------------------------------------------------------- */

enum vocabulary {
	VOCAB_CORE = 1, VOCAB_APPLICATOR = 2, VOCAB_UNEVALUATED = 4, VOCAB_VALIDATION = 8, VOCAB_META = 16, VOCAB_FORMAT = 32,
	VOCAB_FORMAT_ASSERTION = 64, VOCAB_CONTENT = 128,
};

struct anchor {
	const char *name;
	const json_t *schema;
	const char *pointer;	/* in its resource */
	int dynamic;
	struct anchor *next;
};

/* A schema resource: a document's root, or a subschema with an "$id". */
struct resource {
	const char *uri;	/* absolute, no fragment */
	const char *doc_uri;	/* what its document was loaded as */
	const json_t *schema;
	struct resource *parent;	/* the resource around it; NULL for a root */
	struct anchor *anchors;
	unsigned id, vocab;	/* vocab 0: not known yet */
	UT_hash_handle hh;	/* by schema */
};

/* Where a reference leads. */
struct target {
	struct resource *resource;
	const json_t *schema;
	char *pointer;			/* new: in the resource */
	const struct anchor *anchor;	/* NULL when the fragment is no anchor */
};

struct known_uri;
struct known_schema;
struct sub;
struct insn;

struct schema_set {
	unsigned flags;
	schema_load_fn *load;
	void *load_arg;
	struct arena *arena;
	struct known_uri *uris;
	struct known_schema *scanned;
	struct resource *roots;		/* hash by schema */
	VEC(struct resource *) resource;
	VEC(json_t *) doc;
	/* compile.c */
	struct sub *sub;
	size_t n_sub, cap_sub;
	struct insn *insn;
	size_t n_insn, cap_insn;
	struct compiled *compiled;	/* hash: schema object -> sub */
	struct schema *handles;		/* hash: uri -> schema */
	struct regex_entry *regexes;	/* hash: pattern -> regex */
	struct dynamic *dynamics;
};

/* The resource at an absolute URI without fragment, loaded when need be. 1, 0 when nobody has it, -1. */
int set_resource(struct schema_set *set, const char *uri, struct resource **out, struct err *e) BASE_CHECKED;
/* Follows a reference from a resource. */
int set_target(struct schema_set *set, struct resource *from, const char *ref, struct target *out, struct err *e) BASE_CHECKED;
/* The vocabularies by which a resource is read; -1 when its "$schema" is not for us. */
int set_vocabulary(struct schema_set *set, struct resource *r, struct err *e) BASE_CHECKED;

/* ---- compile.c: the program ---------------------------------------------------------------------------------------- */

#define NO_SUB	UINT32_MAX

enum truth { TRUTH_ASK, TRUTH_TRUE, TRUTH_FALSE };

/* A subschema: instructions first..first+n-1, all of which must hold. */
struct sub {
	uint32_t first, n;
	uint32_t resource;
	uint8_t truth;
	uint8_t watches;	/* has unevaluatedProperties or unevaluatedItems */
	const json_t *schema;
	const char *pointer;	/* in its resource */
};

enum op {
	OP_TYPE, OP_CONST, OP_ENUM, OP_ENUM_STRINGS, OP_MINIMUM, OP_MAXIMUM, OP_EXCLUSIVE_MINIMUM, OP_EXCLUSIVE_MAXIMUM,
	OP_MULTIPLE_OF, OP_MIN_LENGTH, OP_MAX_LENGTH, OP_PATTERN, OP_FORMAT, OP_REQUIRED, OP_MIN_PROPERTIES,
	OP_MAX_PROPERTIES, OP_DEPENDENT_REQUIRED, OP_MIN_ITEMS, OP_MAX_ITEMS, OP_UNIQUE, OP_REF, OP_DYNAMIC_REF, OP_ALL_OF,
	OP_ANY_OF, OP_ONE_OF, OP_NOT, OP_IF, OP_OBJECT, OP_PROPERTY_NAMES, OP_DEPENDENT_SCHEMAS, OP_ITEMS, OP_CONTAINS,
	OP_UNEVALUATED_PROPERTIES, OP_UNEVALUATED_ITEMS, OP_COUNT
};

/* p, a, b: what the operation needs, see the op's function in eval.c. */
struct insn {
	uint16_t op;
	uint16_t keyword;	/* row of the keyword table */
	uint32_t a;
	const void *p;
};

enum type_bit { T_NULL = 1, T_BOOLEAN = 2, T_OBJECT = 4, T_ARRAY = 8, T_NUMBER = 16, T_STRING = 32, T_INTEGER = 64 };

struct name {
	const char *s;
	uint32_t n, hash;
};

/* required; dependentRequired as a list of them with `when`. */
struct name_list {
	size_t n;
	struct name *name;
	struct name when;
	const struct name_list *next;
};

/* A hash table of names: slot 0 is empty, otherwise an index into key + 1. */
struct name_table {
	size_t n, mask;
	uint32_t *slot;
	struct name *key;
	uint32_t *value;
};

struct pattern_sub {
	struct regex *re;
	uint32_t sub;
};

/* properties, patternProperties, additionalProperties of one subschema. */
struct object_plan {
	struct name_table table;	/* value: sub */
	struct pattern_sub *pattern;
	size_t n_pattern;
	uint32_t additional;
};

struct sub_list {
	size_t n;
	uint32_t *sub;
};

struct dependent_schema {
	struct name when;
	uint32_t sub;
};
struct dependent_schemas {
	size_t n;
	struct dependent_schema *dep;
};

struct if_plan {
	uint32_t if_sub, then_sub, else_sub;
};
struct items_plan {
	struct sub_list prefix;
	uint32_t items;
};
struct contains_plan {
	uint32_t sub;
	size_t min, max;
};
struct format_plan {
	const char *name;
	format_fn *fn;
};
struct pattern_plan {
	struct regex *re;
	const char *source;
};

/* The subschemas a $dynamicRef may lead to, by the resource that declares the anchor. */
struct dynamic_target {
	uint32_t resource, sub;
};
struct dynamic {
	const char *name;
	VEC(struct dynamic_target) to;
	struct dynamic *next;
};

struct schema {
	struct schema_set *set;
	const char *uri;
	uint32_t sub;
	UT_hash_handle hh;
};

/* The name of a row of the keyword table. */
const char *keyword_name(unsigned row);
/* Releases what compile.c allocated. */
void compile_release(struct schema_set *set);

static inline uint32_t
name_hash(const char *s, size_t n)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h;
}

/* The value of key s in the table, or NO_SUB. */
static inline uint32_t
table_find(const struct name_table *t, const char *s, size_t n, uint32_t hash)
{
	size_t i;
	const struct name *k;

	if (t->n == 0)
		return NO_SUB;
	for (i = hash & t->mask; t->slot[i] != 0; i = (i + 1) & t->mask) {
		k = &t->key[t->slot[i] - 1];
		if (k->hash == hash && k->n == n && memcmp(k->s, s, n) == 0)
			return t->value[t->slot[i] - 1];
	}
	return NO_SUB;
}

/* ---- eval.c, say.c ------------------------------------------------------------------------------------------------ */

/* A value under evaluation and the way down to it. */
struct inst {
	const json_t *v;
	const struct inst *up;
	const char *name;	/* member name; NULL: element `index` */
	size_t index;		/* or the name's length */
	int is_name;		/* v is the member's name (propertyNames) */
	struct member_view *view;	/* of an object, made at first need */
	size_t n_view;
};

struct finding {
	struct schema_finding f;	/* its strings are ours */
	uint64_t place, hash;	/* of the instance pointer; of that and the message */
	size_t depth;
};
struct findings {
	struct finding *v;
	size_t n, cap, max;
};

/*
 * Adds a finding to list: keyword of sub s at instance in; for at_name the member `name` of in, which may be missing. The
 * message is steal-ed.
 */
void findings_add(struct findings *list, const struct schema_set *set, const struct sub *s, const char *keyword,
    const struct inst *in, const struct name *member, int at_name, enum schema_verdict verdict, char *message);
void findings_release(struct findings *list);
/* Moves all of `from` to the end of `to`. */
void findings_move(struct findings *to, struct findings *from);
/* Appends a value as a message shows it: shortened, without control characters. */
void say_value(struct buf *out, const json_t *v);
/* Appends text with control characters, and those that turn the writing direction, escaped. */
void say_plain(struct buf *out, const char *s, size_t n);
/* The same, shortened and in single quotes. */
void say_text(struct buf *out, const char *s, size_t n);
/* "a string", "an object", .. of a value; of a type mask "a string or null". */
const char *say_type(const json_t *v);
void say_types(struct buf *out, unsigned mask);

#endif
