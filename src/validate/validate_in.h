/* validate, inside: the validator, the check of one object, shapes, rules. */
#ifndef VALIDATE_VALIDATE_IN_H
#define VALIDATE_VALIDATE_IN_H

#include "stix/stix.h"
#include "validate/validate.h"

/* ---- shapes: what the schemas say of a value, at any depth ------------------------------------------------------------- */

/* The data types that rules ask about (stix:type). */
enum shape_kind {
	KIND_NONE, KIND_IDENTIFIER, KIND_TIMESTAMP, KIND_INTEGER, KIND_BINARY, KIND_HEX, KIND_LANGUAGE, KIND_DICTIONARY, KIND_HASHES,
	KIND_KILL_CHAIN, KIND_REFERENCE, KIND_GRANULAR, KIND_EXTENSIONS, KIND_CONTAINER,
};

struct shape;
struct shape_member {
	const char *name;
	struct shape *shape;
};

struct shape {
	enum shape_kind kind;
	const char *json_type;			/* "string", "array" ..; NULL: not said */
	const char *vocab;			/* open vocabulary; of a list: of its members too */
	unsigned watched;			/* the rule that watches over it + 1; 0: not looked for yet */
	const json_t *refs;			/* stix:refTypes: types and categories; of a list: of its members too; or NULL */
	const char *clause;			/* or NULL */
	struct shape_member *members;
	size_t nmember;
	uint16_t *slots;			/* by hash of the name: index + 1 in members, 0 for none; a power of two of them */
	size_t nslot;
	struct shape *item, *rest;		/* of list members; of members without a name here; or NULL */
	struct { struct { const char *base; const json_t *node; } *v; size_t n, cap; } places;
	int complete;				/* members, item and rest are there */
};

struct check;
struct at;
typedef void object_rule_fn(struct check *c);
typedef void value_rule_fn(struct check *c, const struct at *at, struct shape *s, const json_t *v);

struct validate_type {
	const char *name;
	const char *uri;
	const struct schema *schema, *core;	/* core: applied besides a user's schema that does not extend it; or NULL */
	struct shape *shape;
	const char *category;			/* "sdo", "sro", "sco", "meta", "bundle", "extension"; "" of a user's own */
	const char *extension_type;		/* of an extension's schema, or NULL */
	const json_t *document;
	object_rule_fn **rules;			/* those on that look at the type; NULL: not known yet */
	size_t nrule;
	int custom;				/* not of the standard */
	int state;				/* 0 not loaded, 1 loaded, -1 cannot be used */
	struct validate_type *next;
};

/* The type's row, loaded, or NULL when no schema has that name. */
struct validate_type *type_find(struct validate *v, const char *name);
/* The core of types without a schema: with versions (created, modified), or an SCO's. */
struct validate_type *type_core(struct validate *v, int sco);
/* Is the type one of the list (names, categories)? A type that no schema knows fits every category. */
int type_in(struct validate *v, const json_t *list, const char *type, size_t n);
/* Is s in that vocabulary of section 10? 1, 0; -1 when there is no such vocabulary. */
int vocab_has(struct validate *v, const char *vocab, const char *s);
/* The names of a registry, sorted without regard to case; NULL when there is none of that name. */
const json_t *registry_list(struct validate *v, const char *registry);
/* The shape of a member, or NULL when the schemas say nothing of it. */
struct shape *shape_member(struct validate *v, struct shape *s, const char *name);
/* Only members with their own name in the schemas. */
struct shape *shape_named(struct validate *v, struct shape *s, const char *name);
struct shape *shape_item(struct validate *v, struct shape *s);
/* Which rules look at a type has changed. */
void types_forget_rules(struct validate *v);
void types_start(struct validate *v);
void types_end(struct validate *v);

/* ---- the check of one object --------------------------------------------------------------------------------------------- */

enum rule_id {
#define RULE(id, ...)	RULE_##id,
#define VOCAB(id, ...)	RULE_##id,
#include "validate/rules.def"
#undef RULE
#undef VOCAB
	RULE_COUNT
};

/* Where in the object: a member (key) or a list element (index) of what `up` says; NULL: the object itself. */
struct at {
	const struct at *up;
	const char *key;	/* NULL: an index */
	size_t index;
};
#define AT(up, key)	(&(const struct at){ (up), (key), 0 })
#define AT_INDEX(up, i)	(&(const struct at){ (up), NULL, (i) })

struct check {
	struct validate *v;
	const json_t *object;
	const char *id, *type;		/* "" when absent or no string */
	struct validate_type *row;	/* of the type; NULL: unknown to the schemas */
	struct shape *shape;		/* of the object; the core's for an unknown type */
	int sco;
	struct json_text *text;		/* for places; NULL: unknown */
	const char *base;		/* pointer of the object in its document */
	struct json_place place;	/* of the object */
	/* what the file wants to know of it, for the thread that gives out findings: content_take() */
	uint64_t digest, created, creator;	/* digests of the content, of created and created_by_ref; 0: none */
	struct stamp modified;
	unsigned dated:1, revoked:1, lists:1, extended:1;	/* has a modified; is revoked; has lists to translate; extensions */
	int judged;			/* a STIX object, whatever is wrong with it */
	int pattern_only;		/* the object stands for its pattern alone: places are in that */
	const struct at *container;	/* in an observed-data container: its place, else NULL */
};

enum profile { PROFILE_NONE, PROFILE_INTEROP, PROFILE_OPENCTI, PROFILE_MISP };

struct rule_row {
	struct validate_rule pub;
	object_rule_fn *object;		/* runs on every object, or on those of one type */
	const char *type;
	value_rule_fn *value;		/* runs on every value of that kind */
	enum shape_kind kind;
	enum rule_id after;		/* stands in for this rule: on only where that is disabled; 0: for none */
	const char *vocab;
	enum profile profile;		/* on where the profile is chosen; 0: belongs to none */
};
extern const struct rule_row rules[RULE_COUNT];

/* Is the rule on? */
int rule_on(const struct validate *v, enum rule_id r);
/* Reports a finding at a place of the object. `name`: the fault is the member's being there, or its name. */
void report(struct check *c, enum rule_id r, const struct at *at, const char *fmt, ...) BASE_PRINTF(4, 5);
void report_name(struct check *c, enum rule_id r, const struct at *at, const char *fmt, ...) BASE_PRINTF(4, 5);
/* The same at a pointer (relative to the object), with a clause of its own. */
void report_pointer(struct check *c, enum rule_id r, const char *pointer, int at_name, const char *clause, const char *fmt, ...)
    BASE_PRINTF(6, 7);
/* Says of what was reported last which value ought to stand there (in the arena of the object). Nothing when it was not reported. */
void report_fix(struct check *c, enum rule_id r, const char *fix);
/* What a keyword of a schema (URI and pointer) says at a pointer. */
void report_schema(struct check *c, enum rule_id r, const char *pointer, int at_name, const char *clause, const char *schema,
    const char *message);
/* A finding about an object met before: what was kept of it. */
void report_late(struct validate *v, enum rule_id r, const char *id, const char *pointer, struct json_place place,
    const char *fmt, ...) BASE_PRINTF(6, 7);
/* A string cut and quoted for a message, in the arena of the object. */
const char *quoted(struct check *c, const char *s);

/* Checks one object in all passes and gives out what is found. base: its pointer; text may be NULL. */
void check_object(struct validate *v, const json_t *object, struct json_text *text, const char *base, struct json_place place,
    int in_bundle);
/* The rules about patterns on one pattern, and nothing else. */
void check_pattern(struct validate *v, const json_t *indicator);
/*
 * The same in two steps, which two threads may do, each with a validator of its own: judge, what the object alone shows, with the
 * findings in v->pending and v->nbad; finish, the file's memory, and all findings given out. The caller sets object, text, base
 * and place before.
 */
void check_judge(struct validate *v, struct check *c, int in_bundle);
void check_finish(struct validate *v, struct check *c);
/* One number for equal values. */
uint64_t digest_value(const json_t *v);
struct pending;
/* Counts a finding and gives it out, with what p (NULL: nothing) says of schema, fix and clause, unless its code has had its share. */
void give_out(struct validate *v, enum rule_id r, const char *id, const char *pointer, struct json_place place, const char *message,
    const struct pending *p);
void pass_schema(struct check *c);
/* Visits every value of the object; runs the rules of their kinds. */
void pass_rules(struct check *c);
struct object;
/* Tells the file's memory of ids about the object; reports duplicates and versions. */
void pass_file(struct check *c);
/* The part of it that is about ids and versions; borrowed, of the file. The object has an id. */
struct object *remember_object(struct check *c);
/* Remembers an object that is known from elsewhere. */
void file_know(struct validate *v, const json_t *object);
/* Takes from the object what pass_file() wants to know of every one. */
void content_take(struct check *c);
/* What can be said only at the end: dangling references, marking loops, translations. */
void file_end(struct validate *v);
void file_start(struct validate *v);
void file_free(struct validate *v);

/* The string member, or NULL. */
const char *member_string(const json_t *object, const char *name);
int starts_with(const char *s, const char *prefix);
/* A custom type, property or extension name that no extension covers: rules 401, else 101, else 102. */
enum custom_what { CUSTOM_TYPE, CUSTOM_PROPERTY, CUSTOM_EXTENSION };
void report_custom(struct check *c, enum custom_what what, const struct at *at, const char *name);
/* Its name alone: 101, else 102. */
void report_prefix(struct check *c, enum custom_what what, const struct at *at, const char *name);

/* A finding of the object at hand, not given out yet. */
struct pending {
	enum rule_id rule;
	const char *pointer, *message, *schema, *fix, *clause;
	struct json_place place;
};

#define RULES_PER_KIND	4

struct jobs;
struct seen;
struct validate {
	struct arena *arena;			/* for the validator's life */
	struct arena *scratch;			/* for one object */
	struct stix_model *model;
	const char *const *type_names;		/* of the standard */
	struct schema_set *set;
	struct schema_run *run;
	struct validate_type *types[256];	/* by hash of the name */
	struct validate_type *core, *sco_core;
	signed char chosen[RULE_COUNT];		/* 1 enabled, -1 disabled by name */
	char on[RULE_COUNT];
	object_rule_fn *object_rules[RULE_COUNT];
	const char *object_types[RULE_COUNT];	/* NULL: every type */
	size_t nobject;
	value_rule_fn *by_kind[KIND_CONTAINER + 1][RULES_PER_KIND];
	int resolved, any_on, any_off;
	unsigned profiles;			/* bits by enum profile */
	int profile_rules;			/* one of their rules is on */
	unsigned flags;
	size_t per_code;
	/* of the file at hand */
	validate_found_fn *found;
	void *arg;
	struct validate_result result;
	size_t count[RULE_COUNT];
	VEC(struct pending) pending;		/* of the object at hand; in scratch */
	size_t nbad;				/* pending findings of the schema pass: what stands there is not judged again */
	struct seen *seen;
	VEC(const char *) known;		/* files of objects known from elsewhere */
	int quiet;				/* they are being read: nothing is reported */
	VEC(const char *) folders;		/* of the user's schemas, for other threads' validators */
	unsigned threads;
	int mask;
	struct jobs *jobs;			/* NULL: none are at work */
};

/* A validator with the choices of v, for another thread; new: validate_free(). */
struct validate *validate_twin(const struct validate *v);

/* ---- several threads (jobs.c) ---------------------------------------------------------------------------------------------- */

/* A file begins. */
void jobs_begin(struct validate *v);
/*
 * Reads and judges an item of a stream in some thread; findings come in the order of the items. Takes the item's text, or copies its
 * octets. -1: an item that was added is malformed, which has been reported; no more of the file is wanted.
 */
int jobs_add(struct validate *v, struct json_item *item) BASE_CHECKED;
/* Finishes what has been added. -1 as above. */
int jobs_drain(struct validate *v) BASE_CHECKED;
/* Reports what makes a text malformed. */
void malformed(struct validate *v, const struct json_fault *fault);
void jobs_free(struct jobs *j);		/* NULL is fine */

#endif
