/*
 * objects: what a file remembers of each of its objects, in 80 octets and a few of the table: a feed has hundreds of thousands. Ids
 * are kept as the type, which many share, and the 16 octets of the UUID; those that have not that form as they are.
 */
#ifndef VALIDATE_OBJECTS_H
#define VALIDATE_OBJECTS_H

#include "validate/validate_in.h"

struct version {
	struct stamp modified;
	uint64_t digest;	/* of the content, members in any order */
	uint32_t next;		/* for objects_next() */
	uint32_t line:30, dated:1, revoked:1;
};

struct object {
	const char *type;	/* NULL: id.text is the whole id */
	union {
		unsigned char uuid[16];
		const char *text;
	} id;
	struct version first;	/* and the others behind it */
	uint64_t created;	/* digests of created and created_by_ref; 0: none */
	uint64_t creator;
	uint32_t more;		/* index + 1 of what few objects have, for objects_more() */
	uint16_t nversion;
	unsigned char sco:1;
	unsigned char state:2;	/* in the search for marking loops: 0 new, 1 on the way, 2 done */
};

/* A reference, kept for the end. Pointers are into the file. */
struct ref {
	const char *from, *to, *pointer;
	struct json_place place;
};

/* A marking that a marking-definition carries. */
struct mark {
	struct ref ref;
	struct mark *next;
};

/* What only marking-definitions and extension-definitions have. */
struct object_more {
	struct object *object;
	struct mark *marks, *next_mark;		/* its own markings; the next to look at */
	json_t *types;		/* extension_types, new */
};

struct objects;

/* Empty; the arena is the caller's and outlives it. new: objects_free(). */
struct objects *objects_new(struct arena *a);
void objects_free(struct objects *o);		/* NULL is fine */
/* The object with that id, or NULL. borrowed */
struct object *objects_find(const struct objects *o, const char *id);
/*
 * Enters an object whose id is not there yet. In the arena, zeroed but for the id. *twin: the first object of another type with the
 * same UUID, or NULL.
 */
struct object *objects_add(struct objects *o, const char *id, const struct object **twin);
/* The id as text, in the arena a. */
const char *objects_id(const struct object *object, struct arena *a);
/* The version behind that one, or NULL; borrowed until the next is added. */
const struct version *objects_next(const struct objects *o, const struct version *version);
/* Puts a version behind the first of an object. */
void objects_add_version(struct objects *o, struct object *object, const struct version *version);
/* What few objects have of this object: zeroed when asked for the first time; borrowed until the next is asked for. */
struct object_more *objects_more(struct objects *o, struct object *object);
/* The same, or NULL when nobody asked for it. */
struct object_more *objects_has_more(const struct objects *o, const struct object *object);
/* The i-th of these in the order of the file, or NULL past the end. */
struct object_more *objects_nth_more(const struct objects *o, size_t i);

#endif
