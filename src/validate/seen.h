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

struct seen {
	struct arena *a;
	struct objects *objects;
	VEC(struct ref) refs;
	VEC(struct use) uses;
	VEC(struct translation) translations;
	/* of profiles */
	VEC(struct ref) creators, tlps;
	size_t nobject, reports;
	struct ref second;		/* the second report; from NULL: there is none */
};

/* A reference from the object at hand, at that pointer of it, to an id; all of it is kept with the file. */
struct ref ref_make(struct check *c, const char *pointer, const char *to);
/* What rules of profiles keep of an object, and what they say at the end of the file (seen_profile.c). */
void profile_remember(struct check *c);
void profile_end(struct validate *v);

#endif
