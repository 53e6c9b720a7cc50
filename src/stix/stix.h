/*
 * stix: what STIX 2.1 says, read from schemas/: types, properties in the standard's order, reference targets, vocabularies,
 * triples; and the few things that the library makes itself: ids, markings, the evidence extension, patterns.
 *
 * Strings and structs given out belong to the model (borrowed) and live as long as it does. json_t: Jansson's words.
 */
#ifndef STIX_STIX_H
#define STIX_STIX_H

#include <jansson.h>

#include "base/base.h"

/* ---- the model ----------------------------------------------------------------------------------------------------- */

enum stix_category { STIX_NONE, STIX_SDO, STIX_SRO, STIX_SCO, STIX_META, STIX_BUNDLE };

/* One property of a type, as the schemas of the type and of what it refers to (allOf, $ref) say together. */
struct stix_prop {
	const char *name;
	int required;
	int list;				/* the value is a list; what follows is about its members */
	int contributes;			/* to the deterministic id of an SCO (2.9) */
	const char *const *ref_types;		/* types or categories ("sdo", "sco", ...) it may refer to; NULL: none given */
	const char *vocab;			/* its open vocabulary ("malware-type-ov"), or NULL */
};

/* A relationship that a type may be the source of. */
struct stix_rel {
	const char *type;
	const char *const *targets;		/* types or categories, "same" for the source's own type; NULL ends */
	int exception;				/* not in the standard: a named exception of this project's */
};

struct stix_type {
	const char *name;
	enum stix_category category;
	const char *clause;			/* "4.7.1" */
	const struct stix_prop *props;		/* in the standard's order: common properties first, `extensions` last */
	size_t nprop;
	const struct stix_rel *rels;
	size_t nrel;
	int has_contributing;			/* an SCO with contributing properties (process has none) */
};

struct stix_model;

/*
 * The model over the files of a table (embedded_schemas, borrowed); those below "stix/" whose file name is a type's are its
 * types. A schema is parsed at the first use of its type, so a model belongs to one thread. new: stix_model_free().
 */
struct stix_model *stix_model_new(const struct embedded *files);
void stix_model_free(struct stix_model *m);
/*
 * Adds the schema files (*.json) of a folder and its sub-folders; a type there replaces the built-in one. All of them are
 * resolved at once. Errors: ERR_SYSTEM; ERR_USAGE for a file that is no schema or refers to what is not there.
 */
int stix_model_add(struct stix_model *m, const char *dir, struct err *e) BASE_CHECKED;

/* The type of that name, or NULL when there is none. */
const struct stix_type *stix_type(struct stix_model *m, const char *name);
/* The type's property, or NULL. */
const struct stix_prop *stix_prop(const struct stix_type *t, const char *name);
/* Names of all types of the model, sorted, NULL-terminated. */
const char *const *stix_types(struct stix_model *m);
/* Is `type` one of the list (type names, or categories in lower case; "any"; "same": `self`)? */
int stix_in(struct stix_model *m, const char *const *list, const char *type, const char *self);
/* The values of an open vocabulary or enumeration (section 10), NULL-terminated; NULL when there is none of that name. */
const char *const *stix_vocab(struct stix_model *m, const char *name);

/*
 * May an object of type src have a relationship `rel` to one of type dst? 1: by the standard (the Relationships sub-section of
 * src, or section 3.7); 2: by an exception of the project's; 0: no.
 */
int stix_triple(struct stix_model *m, const char *src, const char *rel, const char *dst);

/*
 * Does OpenCTI's model have that relationship? from and to are ids or types. 1, 0. What it has not, its import refuses.
 */
int stix_opencti_relates(const char *from, const char *by, const char *to);

/* A new object with the same members (shared) in the standard's order, those of its nested types too; unknown ones after
 * the known, `extensions` last. */
json_t *stix_order(struct stix_model *m, json_t *object);

/* ---- ids (2.9, 3.4) ---------------------------------------------------------------------------------------------------- */

#define STIX_ID		(250 + 2 + UUID_TEXT)	/* the longest id and its NUL */
#define STIX_SCO_NAMESPACE	"00abedb4-aa42-466c-9c01-fed23315a9b7"
#define STIX_NAMESPACE		"8ed6085c-ed41-44cb-a197-375ee3ad7286"	/* ours, for everything that is no SCO */

/*
 * The deterministic id of an SCO from its contributing properties. 0; -1 when its type has none, or none of them is there
 * (the standard asks for a UUIDv4 then), or the type is unknown. out is untouched on failure.
 */
int stix_sco_id(struct stix_model *m, const json_t *sco, char out[STIX_ID]) BASE_CHECKED;
/* The id of something that is no SCO: UUIDv5 in our namespace over "type|identity|key". */
void stix_id(const char *type, const char *identity, const char *key, char out[STIX_ID]);
/* The id for an SCO where the standard asks for UUIDv4, or where two would share a UUID: from the document's digest and itself. */
void stix_sco_id_derived(const json_t *sco, const char *document_sha256, char out[STIX_ID]);
/* The type part of a well-formed id: its length, or 0 when s is no id (type, "--", UUID). */
size_t stix_id_type(const char *s);
/* Is s an id of that type? */
int stix_id_is(const char *s, const char *type);

/* ---- objects that are always the same ------------------------------------------------------------------------------- */

#define STIX_PROJECT_ID		"identity--f68e335a-30c9-502c-96bf-fa57e8131c06"
#define STIX_EVIDENCE_ID	"extension-definition--24c12298-26e8-4a95-8639-544f4a386410"
#define STIX_TLP2_EXTENSION	"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

/* The project's own identity (class "system"): creator of the evidence extension, and of everything where no feed says else. */
json_t *stix_project_identity(void);		/* new */
/* The definition of the evidence extension (DESIGN 5; 7.3). */
json_t *stix_evidence_definition(void);		/* new */
/* An identity object: created = modified = `created`. id NULL: stix_id() over the name; cls or creator may be NULL. new */
json_t *stix_identity(const char *id, const char *creator, const char *name, const char *cls, const char *created);

/* A TLP marking: version 2 (OASIS common objects) or 1 (7.2.1, the four fixed objects). */
struct stix_tlp {
	const char *name;	/* "TLP:CLEAR" */
	int version;		/* 2 or 1 */
	const char *level;	/* "clear" */
	const char *id;
	const char *sibling;	/* id of the other version's, or NULL */
};
/* By name ("TLP:CLEAR", "clear", any case; TLP 2 first, "TLP:WHITE" is of version 1) or by id. NULL: there is none. */
const struct stix_tlp *stix_tlp_find(const char *name_or_id);
/* Its marking-definition object. new */
json_t *stix_tlp_object(const struct stix_tlp *t);

/* ---- patterns (9) ------------------------------------------------------------------------------------------------------- */

/* Appends 'text' as a string constant: apostrophes and backslashes escaped (9.2). */
void stix_pattern_string(struct buf *b, const char *text);
/*
 * Appends the pattern that finds an SCO: its hashes joined by OR, else its contributing properties by AND. `deref` gives the
 * object an id in the SCO refers to (borrowed, or NULL for "not known"). 0; -1 when there is nothing to test for.
 */
int stix_pattern(struct stix_model *m, const json_t *sco, json_t *(*deref)(void *ctx, const char *id), void *ctx, struct buf *b)
    BASE_CHECKED;

/*
 * The values of a plain pattern: one made of equality comparisons (=, IN) that AND and OR join. Calls each() for every one, in
 * order, with the type, the path ("hashes.SHA-256"; no list steps, no quotes) and the value as text; each() returns 0 to go on.
 * 0; -1 when the pattern is not of that kind (each() may have been called then), or each() said so.
 */
int stix_pattern_values(const char *pattern, int (*each)(void *ctx, const char *type, const char *path, const char *value), void *ctx)
    BASE_CHECKED;

/* ---- streams of objects ------------------------------------------------------------------------------------------------ */

/*
 * Where objects come from. next() gives 1 and an object (borrowed, until the next call), 0 at the end, -1 with an error.
 * rewind() starts again (NULL: cannot). octets() gives the octets of the last object as they stand in the input (NULL, or an
 * answer of NULL: not at hand; borrowed like the object). The maker of a stream keeps its state in ctx and releases it.
 */
struct stix_stream {
	int (*next)(void *ctx, json_t **object, struct err *e);
	int (*rewind)(void *ctx, struct err *e);
	void *ctx;
	const char *(*octets)(void *ctx, size_t *n);
};
/* What looks at every object before it goes out: 0, or -1 with the reason it must not. end() is asked once, after the last. */
struct stix_check {
	int (*object)(void *ctx, const json_t *object, struct err *e);
	int (*end)(void *ctx, struct err *e);	/* may be NULL */
	void *ctx;
};
/* The string member of that name, borrowed; "" when there is none. Of an object of any kind, or of NULL. */
const char *stix_text(const json_t *o, const char *name);
/* Is the object of this type? */
int stix_is(const json_t *o, const char *type);
/* Is v a bundle: an object of the type "bundle"? */
int stix_is_bundle(const json_t *v);
/* A stream over the objects of a bundle (or a list of objects, or one object) in memory; can be rewound. */
struct stix_array {
	json_t *root;		/* borrowed */
	size_t i;
};
void stix_stream_array(struct stix_stream *s, struct stix_array *state, json_t *root);

#endif
