/*
 * feed: a feed folder (feed.json), and the way from a newsletter's bytes to its facts and its bundle, for the commands
 * extract, convert and publish.
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "convert/convert.h"
#include "doc/doc.h"
#include "stix/stix.h"

/* ---- feed.json ------------------------------------------------------------------------------------------------------------ */

/* A feed, as its feed.json says (schemas/feed.schema.json). Strings live in its arena. */
struct feed {
	struct arena *arena;
	const char *dir, *name;
	json_t *identity;		/* identity object of who runs it */
	json_t *source;			/* of whose newsletter it is, or NULL */
	json_t *markings;		/* list of marking-definition objects */
	json_t *corrections;		/* list of decisions (corrections.json, schemas/corrections.schema.json), or NULL */
	json_t *report;			/* properties of every report, or NULL */
	const char *source_name;	/* or NULL */
	const char *language;		/* or NULL: told from the text */
	int confidence, min_confidence;	/* -1: not stated; 0 */
	unsigned compose_flags;		/* COMPOSE_ */
	VEC(const char *) never;	/* values, domains and networks that never_apply() drops */
	VEC(const char *) knowledge;	/* paths */
	VEC(const char *) targets;
};

/*
 * Reads DIR/feed.json, and DIR/corrections.json if there is one: new, feed_close(). Errors: ERR_USAGE (line, column,
 * JSON Pointer and what is wrong), ERR_SYSTEM.
 */
int feed_open(const char *dir, struct feed **out, struct err *e) BASE_CHECKED;
void feed_close(struct feed *f);	/* NULL is fine */
/* The newsletters of DIR/newsletters, by name: all but hidden files and *.json; *.facts.json are. In the feed's arena. */
struct feed_files {
	const char **v;
	size_t n, cap;
};
int feed_newsletters(struct feed *f, struct feed_files *out, struct err *e) BASE_CHECKED;
/* Sets in o what the feed says; nothing when f is NULL. */
void feed_compose_options(const struct feed *f, struct compose_options *o);

/* ---- what was published before (DESIGN 4) --------------------------------------------------------------------------------- */

/* The versions that reports stated, in a database: so that the next bundle of a report keeps, follows or revokes them. */
struct published;

/* In the tables `published` and `stated` of db (borrowed: the ledger's), or in memory (NULL). new: published_close(). */
int published_open(struct sqlite3 *db, struct published **out, struct err *e) BASE_CHECKED;
void published_close(struct published *p);	/* NULL is fine */
/* Takes note of a bundle that compose() made: all of it or, on failure, nothing. ERR_INPUT when it has no report. */
int published_add(struct published *p, const json_t *bundle, struct err *e) BASE_CHECKED;
/* The same for a bundle file, or for all *.json of a folder. */
int published_read(struct published *p, const char *path, struct err *e) BASE_CHECKED;
/* For compose(): borrowed. */
const struct compose_previous *published_previous(struct published *p);

/*
 * The outbox, in the same database: bundles that have not reached every target. outbox_put() notes a bundle that states
 * something new as published and puts it there, both or neither (*fresh 1); one that states nothing new it leaves alone
 * (*fresh 0). source: the newsletter, for messages.
 */
int outbox_put(struct published *p, const char *feed, const char *source, const json_t *bundle, int *fresh, struct err *e)
    BASE_CHECKED;
/* Only *fresh: does the bundle hold a version that is later than what is published of its object? */
int outbox_fresh(struct published *p, const json_t *bundle, int *fresh, struct err *e) BASE_CHECKED;
struct outbox_entry {
	int64_t row;			/* 0 to begin with */
	json_t *bundle;			/* new; the next call drops it */
	char source[LIMIT_PATH];
};
/* The oldest entry of the feed after io->row: 1, or 0 when there is none, -1. */
int outbox_next(struct published *p, const char *feed, struct outbox_entry *io, struct err *e) BASE_CHECKED;
/* It reached every target. */
int outbox_done(struct published *p, int64_t row, struct err *e) BASE_CHECKED;

/* ---- the pipeline --------------------------------------------------------------------------------------------------------- */

/* What the program knows: model, phrases, names. Loaded once, used for any number of documents, by one thread. */
struct pipeline;

struct pipeline_options {
	const char *schemas, *phrases;		/* folders on top of the built-in ones, or NULL */
	const char *const *knowledge;		/* bundle files on top of the built-in names; NULL ends; or NULL */
};

/* new: pipeline_free(). Errors: ERR_USAGE, ERR_SYSTEM. Phrases and names are loaded when the first text comes. */
int pipeline_new(const struct pipeline_options *o, struct pipeline **out, struct err *e) BASE_CHECKED;
void pipeline_free(struct pipeline *p);		/* NULL is fine */
struct stix_model *pipeline_model(struct pipeline *p);	/* borrowed */

/* How one input is read. */
struct pipeline_input {
	const char *name;		/* for messages and to tell the format: a file name, or "standard input" */
	const char *bytes;
	size_t len;
	const char *format;		/* "text", "md", ..., "facts"; NULL: by content and name */
	const char *encoding;		/* NULL: detect */
	const char *language;		/* NULL: the feed's, else detect */
	int lenient;
	const struct feed *feed;	/* or NULL */
	struct buf *explain;		/* NULL, or gets a line for each candidate of a relationship */
	const struct doc_origin *origin;	/* NULL, or what bytes were made from: a PDF (doc.h) */
	const struct doc_items *items;	/* NULL, or bytes are a feed, */
	size_t item;			/* ... and this item is what is read */
};

/* The documents in one input: a feed's items, lines of facts, or the input itself. */
struct pipeline_parts {
	const struct pipeline_input *in;	/* borrowed */
	struct arena *arena;
	struct doc_items *items;		/* of a feed, else NULL */
	VEC(struct pipeline_input) lines;	/* of facts */
	size_t n;
	int many;				/* the form allows for any number, whatever it is here */
};

/* pipeline_parts_free(), unless it fails; parts of `in`, which has to outlive them. Errors of doc_items_open(). */
int pipeline_split(struct pipeline *p, const struct pipeline_input *in, struct pipeline_parts *out, struct err *e) BASE_CHECKED;
/* Part i, to be given to the functions below; it lives as long as the parts. */
void pipeline_part(const struct pipeline_parts *l, size_t i, struct pipeline_input *out);
/* Is it an item of a feed with a date before that day? */
int pipeline_part_older(const struct pipeline_parts *l, size_t i, struct stamp day);
void pipeline_parts_free(struct pipeline_parts *l);	/* zeroed is fine */

/* Is this to be read as facts: by its format, or because it is a JSON object? */
int pipeline_is_facts(const struct pipeline_input *in);
/* The document of a text; errors of doc_read(). Lives in the arena. */
int pipeline_doc(struct pipeline *p, const struct pipeline_input *in, struct arena *a, struct doc *out, struct err *e) BASE_CHECKED;
/* Its mentions, and what the scan makes of file records (in facts: facts_release()). */
int pipeline_mentions(struct pipeline *p, const struct doc *d, struct mentions *m, struct facts *f, struct err *e) BASE_CHECKED;
/* The facts of a text, or of facts JSON: in the arena; facts_release(). Errors: ERR_INPUT, ERR_USAGE (phrases, names). */
int pipeline_facts(struct pipeline *p, const struct pipeline_input *in, struct arena *a, struct facts *out, struct err *e)
    BASE_CHECKED;

#endif
