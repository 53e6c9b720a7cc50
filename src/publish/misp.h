/*
 * publish: what a bundle becomes in MISP: native events, as /events/add takes them and as a static feed has them. A pure function.
 *
 * An event is a report (or grouping). Every uuid in it is a UUIDv5 in the event's own: of type and value for an attribute, of
 * template and first value for an object; so the same report gives the same event, and two reports never share a record, which
 * a MISP would keep in one of them only. Every timestamp is the "modified" of what it is made of, in seconds.
 */
#ifndef PUBLISH_MISP_H
#define PUBLISH_MISP_H

#include "publish/galaxy.h"

/* ---- tables ---- */

/* A property as an attribute of an object. from: names joined by "."; lists are gone through, NAME_ref leads to its object. */
struct misp_field {
	const char *from, *relation, *type, *category;
	int flags;
};
#define MISP_IDS	1	/* worth detecting by, where an indicator says so */
#define MISP_ONE	2	/* the template has it once */
/* An object template: what a STIX type becomes. */
struct misp_template {
	const char *stix;		/* type */
	const char *when, *is;		/* only where the property has this value; NULL: always */
	const char *name, *uuid, *version, *meta, *description;
	struct misp_field fields[16];	/* from NULL ends; the first that is there names the object */
};
/* A STIX type that becomes an attribute of the event. */
struct misp_plain {
	const char *stix, *from, *start;	/* start: what the value begins with, or NULL */
	const char *type, *category;
	const char *prefix;			/* put before the value */
	int ids;
};
extern const struct misp_template misp_templates[];	/* stix NULL ends */
extern const struct misp_plain misp_plains[];		/* stix NULL ends */
/* What a relationship is called from its other end; NULL: no name is known. The same for related-to. */
const char *misp_opposite(const char *relation);

/* ---- events ---- */

struct misp_event {
	json_t *event;		/* new: {"Event": {..}} */
	json_t *origin;		/* new: uuid of an attribute or object -> id of the STIX object it comes from */
	const json_t *report;	/* borrowed from the objects */
	json_t *members;	/* new: ids of the STIX objects that it is made of */
};
struct misp_events {
	struct misp_event *v;
	size_t n;
};
/*
 * The events of a list of objects, one for each report: misp_events_free. What is lost is told. ERR_INPUT when there is no report.
 */
int misp_events_make(const json_t *objects, const struct galaxies *g, struct publish_lost *lost, struct misp_events *out, struct err *e)
    BASE_CHECKED;
void misp_events_free(struct misp_events *m);
/* What they print as: the one event, or {"response": [..]}. new */
json_t *misp_events_json(const struct misp_events *m);
/*
 * Adds to an event what was in an earlier form of it (borrowed) and has vanished, as deleted: only records whose uuid says that
 * they are ours. How many.
 */
size_t misp_event_vanish(json_t *event, const json_t *earlier);
/* 1 when all records of the event are in the other one with the same content, and nothing of ours is there besides. */
int misp_event_same(const json_t *event, const json_t *there);
/* The text of an event's report in Markdown, appended: what the bundle states, with its sentences. */
void misp_report(const json_t *report, const json_t *objects, struct buf *out);
/* Seconds of an object's "modified", else its "created", else 0. */
int64_t misp_seconds(const json_t *object);
/* The day of an object's "published", else its "created": 1; else 0 and 1970-01-01. Only what is a timestamp has one (STIX 2.1, 2.16). */
#define MISP_DATE 11
int misp_date(const json_t *object, char out[MISP_DATE]);
/* The octets of the key that a record's uuid is made of; in UUIDv5 of the event. */
void misp_uuid(const char *event, const char *kind, const char *relation, const char *value, char out[UUID_TEXT]);

/* ---- bundles for MISP's importer ---- */

/*
 * For each report of the objects a bundle in the form that MISP's importer loses least of: a new list; NULL with ERR_INPUT when there
 * is no report. What is lost is told.
 */
json_t *misp_stix_bundles(const json_t *objects, const struct galaxies *g, struct publish_lost *lost, struct err *e);

/* ---- talking to a MISP ---- */

enum misp_said {
	SAID_YES,		/* 2xx with JSON */
	SAID_THERE,		/* an event of that uuid is there */
	SAID_NOT_THERE,		/* nothing of that name */
	SAID_NO,		/* it does not like the content: words is filled */
	SAID_STOP,		/* nothing more is to be had from it: e is set */
	SAID_LOST,		/* it may have done it: e is set */
};
struct misp_talk {
	struct dest *d;
	json_t *answer;		/* new, or NULL */
	struct buf words;	/* the server's */
	struct err e;
};
#define MISP_TALK_INIT(dest)	{ (dest), NULL, BUF_INIT(4000), ERR_INIT }
void misp_talk_end(struct misp_talk *t);
/* open() and close() of a kind that talks to one: its address, its galaxies. */
int misp_open(struct dest *d, struct err *e) BASE_CHECKED;
void misp_close(struct dest *d);
/* Asks for a path below the MISP: with a body a POST, which is not repeated, else a GET. Fills answer and words. */
enum misp_said misp_ask(struct misp_talk *t, const char *path, const json_t *body);

#endif
