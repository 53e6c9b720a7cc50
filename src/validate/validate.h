/*
 * validate: is this STIX 2.1? Three passes over one object at a time: reading (malformed text), the JSON Schema of its type, the
 * rules of rules.def; and what spans objects of a file. What is wrong is a finding, which is data, never an error: errors
 * (struct err) are files that cannot be read and schema folders that cannot be used.
 */
#ifndef VALIDATE_VALIDATE_H
#define VALIDATE_VALIDATE_H

#include <jansson.h>

#include "base/base.h"
#include "json/json.h"
#include "stix/stix.h"

enum validate_severity { VALIDATE_WARNING, VALIDATE_ERROR };

/* One finding. All text is borrowed and lives until the callback returns. */
struct validate_finding {
	const char *code;		/* the rule's name, or the reader's: "time-order", "json-utf8"; stable */
	int number;			/* stix2-validator's number of the same check, or 0 */
	enum validate_severity severity;
	const char *id;			/* of the object; "" when it has none */
	const char *pointer;		/* RFC 6901, from the top of the document; "" is the top */
	struct json_place place;	/* line 0: not known */
	const char *message;		/* UTF-8, one line, untrusted text quoted in it */
	const char *schema;		/* URI and pointer of the schema keyword that failed; NULL: a rule */
	const char *fix;		/* the value that ought to stand there, where that is certain; NULL: it is not */
	const char *clause;		/* section of STIX 2.1 that says so, or where a platform's behaviour is told; or "" */
};
typedef void validate_found_fn(void *arg, const struct validate_finding *f);

/* What one file came to. */
struct validate_result {
	size_t objects;
	size_t errors, warnings;	/* those past the limit per code included */
};

struct validate;

/*
 * A validator with the built-in schemas. new: validate_free(). It keeps nothing from one file to the next. One thread at a
 * time.
 */
struct validate *validate_new(void);
void validate_free(struct validate *v);		/* NULL is fine */

/* ---- choices, before the first file ---------------------------------------------------------------------------------- */

/*
 * Adds a schema file, or the schemas (*.json) of a folder and its sub-folders: <type>.json replaces the built-in schema of a type or
 * gives one to a custom type, <extension-definition id>.json is applied to objects with that extension. Errors: ERR_SYSTEM;
 * ERR_USAGE for a file that is no JSON or no schema.
 */
int validate_schemas(struct validate *v, const char *dir, struct err *e) BASE_CHECKED;
/*
 * Turns rules off, or on: names, numbers and groups (all, format-checks or 1, approved-values or 2, all-vocabs or 210,
 * all-external-sources or 270), separated by commas. Off takes away what it names and nothing else. On, without any off,
 * leaves of the rules with severity warning only those that are named. Errors: ERR_USAGE for an unknown name.
 */
int validate_disable(struct validate *v, const char *names, struct err *e) BASE_CHECKED;
int validate_enable(struct validate *v, const char *names, struct err *e) BASE_CHECKED;

#define VALIDATE_ENFORCE_REFS		1u	/* a reference to what is not in the file is an error */
#define VALIDATE_STRICT_TYPES		2u	/* a type that the standard does not define is an error */
#define VALIDATE_STRICT_PROPERTIES	4u	/* a property that the standard does not define is an error */
void validate_flags(struct validate *v, unsigned flags);
/*
 * Adds the rules of a profile: "interop" (the STIX interoperability tests of OASIS), "opencti" or "misp" (what that platform's
 * import would refuse, an error, or lose without a word, a warning). Errors: ERR_USAGE for another name.
 */
int validate_profile(struct validate *v, const char *name, struct err *e) BASE_CHECKED;
/* 1: messages show no values of the file, only ids, names and places (feeds may be confidential). */
void validate_mask(struct validate *v, int mask);
/* How many threads check the objects of a file; 1 unless set. What is found, and its order, is the same. */
void validate_threads(struct validate *v, unsigned n);
/*
 * Objects that are known from elsewhere: a file of earlier publications. Versions are compared with them and references lead to them;
 * they are not judged. Read again for every file that is checked. Errors: ERR_SYSTEM when it cannot be read.
 */
int validate_known(struct validate *v, const char *path, struct err *e) BASE_CHECKED;
/* How many findings of one code are given out per file; 0: all. Default VALIDATE_PER_CODE. */
#define VALIDATE_PER_CODE	20
void validate_limit(struct validate *v, size_t per_code);

/* ---- validating ------------------------------------------------------------------------------------------------------- */

/*
 * A file: a bundle, an object, a list of objects, or JSON Lines of these; f is read to its end, one object in memory at a time.
 * Findings come object by object, in each by place. 0, or -1 when f cannot be read (ERR_SYSTEM).
 */
int validate_stream(struct validate *v, FILE *f, validate_found_fn *found, void *arg, struct validate_result *out, struct err *e)
    BASE_CHECKED;
/* The same from memory. */
int validate_memory(struct validate *v, const char *text, size_t len, validate_found_fn *found, void *arg,
    struct validate_result *out, struct err *e) BASE_CHECKED;
/*
 * Many files, by the threads that were asked for: each is judged by one of them, perhaps ahead of its turn. The paths are borrowed.
 * new: validate_ahead_free(), in front of v. validate_ahead_next() gives out, n times, what is found in the next of the files, as
 * validate_stream() would for it: 0, or -1 when it cannot be opened or read (ERR_SYSTEM). v may judge others in between.
 */
struct validate_ahead;
struct validate_ahead *validate_ahead_new(struct validate *v, const char *const *paths, size_t n);
int validate_ahead_next(struct validate_ahead *a, validate_found_fn *found, void *arg, struct validate_result *out, struct err *e)
    BASE_CHECKED;
void validate_ahead_free(struct validate_ahead *a);	/* NULL is fine */
/*
 * Objects that are values already, as publish has them: begin, any number of objects (a bundle object too, with or without its
 * objects), end. Places are unknown; pointers start at the object.
 */
void validate_begin(struct validate *v, validate_found_fn *found, void *arg);
void validate_object(struct validate *v, const json_t *object);
/* The same of an item of a stream, with its places: an element, or the document around the elements (its objects have been then). */
void validate_item(struct validate *v, const struct json_item *item);
void validate_end(struct validate *v, struct validate_result *out);

/*
 * One STIX pattern (section 9) by itself, with the rules pattern-*. Findings have no pointer; their places are in the pattern.
 * 0, or -1 when the text is no UTF-8 (ERR_INPUT).
 */
int validate_pattern(struct validate *v, const char *text, size_t len, validate_found_fn *found, void *arg,
    struct validate_result *out, struct err *e) BASE_CHECKED;
/* Appends what a pattern says as a tree, a node a line, or on one line in one fixed form. -1 when it has faults (ERR_INPUT). */
int validate_pattern_tree(const char *text, size_t len, struct buf *out, struct err *e) BASE_CHECKED;
int validate_pattern_print(const char *text, size_t len, struct buf *out, struct err *e) BASE_CHECKED;

/*
 * Makes the certain repairs in a bundle, a list of objects or an object: UUIDs in lower case, three digits of fraction in created and
 * modified, deterministic ids of SCOs (2.9) with every reference to them. Each is told: the pointer of the value ("" when it is about
 * several), what it was and is. Returns how many.
 */
typedef void validate_fixed_fn(void *arg, const char *pointer, const char *what);
size_t validate_fix(struct validate *v, json_t *root, validate_fixed_fn *fixed, void *arg);

/* After a file: the i-th code of which findings were withheld, and how many. 0 when there is none. */
size_t validate_withheld(const struct validate *v, size_t i, const char **code);

/* ---- the rules ----------------------------------------------------------------------------------------------------------- */

struct validate_rule {
	const char *name;
	int number;			/* stix2-validator's, or 0 */
	enum validate_severity severity;
	const char *clause;
	const char *text;		/* one line: what it asks for */
	int optional;			/* off unless enabled */
};
/* The i-th rule, for manual, tests and --list; NULL past the end. */
const struct validate_rule *validate_rule(size_t i);

/* ---- writing findings ------------------------------------------------------------------------------------------------ */

/*
 * Appends the finding on one line, without its end: "file:line:col: error[code] id pointer: message (STIX 2.1 section 2.9)".
 * Control and bidirectional characters are escaped.
 */
void validate_text(struct buf *out, const char *file, const struct validate_finding *f);
/* Appends the clause as it stands behind a message: " (STIX 2.1 section 2.9)", " (MISP issue 10541)"; nothing for "". */
void validate_clause(struct buf *out, const char *clause);
/* Appends s with control and bidirectional characters, non-characters, and what is no UTF-8, escaped (\uXXXX, \xXX). */
void validate_escape(struct buf *out, const char *s);
/* Appends the finding as a JSON object on one line. */
void validate_json(struct buf *out, const struct validate_finding *f);

#endif
