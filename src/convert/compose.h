/* What the files compose*.c share; not for other folders. */
#ifndef CONVERT_COMPOSE_H
#define CONVERT_COMPOSE_H

#include "convert/convert.h"

/* An object of the bundle and its place among the others. */
struct made {
	json_t *object;		/* owned */
	size_t first;		/* where the input first states it; SIZE_MAX: a person does */
	size_t order;		/* as made: decides between equals */
	int link;		/* an SRO: they come after all others */
	VEC(const struct evidence *) evidence;	/* borrowed from the facts; laid on the object at the end, each once */
};

/* What a fact became; ids are borrowed from the objects, NULL: nothing. */
struct became {
	struct made *object;	/* SDO or SCO */
	struct made *indicator;
	struct made *action;	/* the course-of-action of a law-enforcement operation */
	int busy;		/* it is being made: a reference to itself is none */
};

struct composer {
	const struct facts *f;
	const struct compose_options *o;
	struct stix_model *m;
	struct arena *a;
	const char *creator;		/* id of the identity that runs the feed */
	const char *report;		/* id of the report; it comes first, for what was published depends on it */
	char when[STAMP_TEXT];		/* created, modified, valid_from, published */
	json_t *index;			/* fact id -> number: entities first, then observables */
	json_t *ids;			/* object id -> number in made */
	json_t *uuids;			/* UUID -> the id that has it */
	struct became *became;
	VEC(struct made *) made;
	json_t *report_evidence;	/* of observables that are no indicators */
};

/* ---- compose.c: what all of them need -------------------------------------------------------------------------------- */

/* "text" members of evidence, each once, joined by blanks: in the composer's arena; NULL when there is none. */
const char *compose_sentences(struct composer *c, const struct evidences *ev);
/* All of a list, as a list of places in it: in the composer's arena. */
const struct evidence **compose_places(struct composer *c, const struct evidences *ev);
/* A list for the evidence extension: new. object_ref: NULL, or what the evidence is of (in the report). */
json_t *compose_evidence(const struct evidence *const *ev, size_t n, const char *object_ref);
/* The id of something that is no SCO by its key: another one when the one it had is revoked, for that is permanent (3.6). */
void compose_key_id(struct composer *c, const char *type, const char *key, char out[STIX_ID]);
/* A new SDO or SRO with the common properties; confidence -1: the feed's. */
json_t *compose_object(struct composer *c, const char *type, const char *id, int confidence);
/* Notes what the object's evidence extension will hold. */
void compose_attest(struct composer *c, struct made *m, const struct evidences *ev);
/* The object with that id, or NULL. */
struct made *compose_find(struct composer *c, const char *id);
/* Takes the object (steals it) into the bundle; its evidence decides the place. link: it is an SRO. */
struct made *compose_add(struct composer *c, json_t *object, const struct evidences *ev, int link);
const char *compose_id(const struct made *m);
const char *compose_type(const struct made *m);
/* Says what was left out and why, for whoever asks. */
void compose_note(struct composer *c, const char *fmt, ...) BASE_PRINTF(2, 3);

/* ---- the parts ------------------------------------------------------------------------------------------------------- */

void compose_entities(struct composer *c);		/* compose_sdo.c */
void compose_observables(struct composer *c);		/* compose_sco.c */
void compose_relations(struct composer *c);		/* compose_sro.c */
/* A relationship; `related-to` where the standard has no such triple. NULL when it is one of a thing with itself. */
struct made *compose_link(struct composer *c, struct made *from, const char *type, struct made *to, int confidence,
    const struct evidences *ev);
json_t *compose_report(struct composer *c);		/* compose_report.c: new */
/* Of the report's id: what stays when title and text are corrected (DESIGN 4). */
const char *compose_report_key(struct composer *c);
/* Gives the objects of a bundle (the report among them) the versions they have to have, and adds what is revoked. */
void compose_settle(struct composer *c, const char *report, json_t *objects);	/* compose_previous.c */
int compose_is_operation(const struct entity *en);	/* a law-enforcement operation (DESIGN 6) */

#endif
