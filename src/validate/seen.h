/* seen: what a file remembers besides its objects (objects.h), for rules that look at several of them at its end. */
#ifndef VALIDATE_SEEN_H
#define VALIDATE_SEEN_H

#include "validate/objects.h"

struct use {
	struct ref ref;
	const char *type;
};

struct translation {
	struct ref ref;
	struct stamp modified;
};

/* How long a list of an object is; all but the length are digests. */
struct list_length {
	uint64_t object, modified;
	uint32_t name, n;
};

struct translated_list {
	struct ref ref;
	struct list_length list;	/* of the object that is translated, with the length of the translation */
};

struct seen {
	struct arena *a;
	struct objects *objects;
	VEC(struct ref) refs;
	VEC(struct use) uses;
	VEC(struct translation) translations;
	VEC(struct list_length) lists;
	VEC(struct translated_list) translated;
	/* of profiles */
	VEC(struct ref) creators, tlps;
	size_t nobject, reports;
	struct ref second;		/* the second report; from NULL: there is none */
};

/* A reference from the object at hand, at that pointer of it, to an id; all of it is kept with the file. */
struct ref ref_make(struct check *c, const char *pointer, const char *to);
/* One number for n octets. */
uint64_t digest_octets(uint64_t seed, const void *data, size_t n);
/* 1 and the time in *out when the object has that member and it is one. */
int stamp_member(const json_t *object, const char *name, struct stamp *out);
/* What translations need of an object, what a language-content says of another, and what is said at the end (seen_language.c). */
int language_has_lists(struct check *c);
void language_remember_lists(struct check *c);
void language_remember(struct check *c);
void language_end(struct validate *v);
/* What rules of profiles keep of an object, and what they say at the end of the file (seen_profile.c). */
void profile_remember(struct check *c);
void profile_end(struct validate *v);

#endif
