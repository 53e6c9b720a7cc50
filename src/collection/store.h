/*
 * The storage behind the collection: objects and statuses in SQLite. Used by one thread; another process may have the same
 * file open.
 */
#ifndef COLLECTION_STORE_H
#define COLLECTION_STORE_H

#include <jansson.h>

#include "base/base.h"

struct store;

/* Opens the database. new: store_close(). */
int store_open(const char *path, struct store **out, struct err *e) BASE_CHECKED;
void store_close(struct store *st);		/* NULL is fine */

/* One BEGIN IMMEDIATE ... COMMIT; store_rollback is fine when none is open. */
int store_begin(struct store *st, struct err *e) BASE_CHECKED;
int store_commit(struct store *st, struct err *e) BASE_CHECKED;
void store_rollback(struct store *st);

/* ---- collections ---------------------------------------------------------------------------------------------- */

struct store_collection {
	int64_t n;		/* key inside the database */
	const char *id;		/* borrowed inside the callback */
	const char *alias;	/* likewise; NULL: none */
};
/* Adds a collection, or gives the one with this id another alias. ERR_USAGE when another collection has the alias. */
int store_collection_set(struct store *st, const char *id, const char *alias, struct err *e) BASE_CHECKED;
/* Calls each() for every collection in the order in which they were added; what is not 0 ends it. */
int store_collections(struct store *st, int (*each)(void *arg, const struct store_collection *c), void *arg, struct err *e)
    BASE_CHECKED;
/* The collection with this id, else the one with this alias: its key, 0 when there is none, -1 on error. */
int64_t store_collection_find(struct store *st, const char *name, struct err *e);

/* ---- objects -------------------------------------------------------------------------------------------------- */

/* What an object is filed under. All borrowed. */
struct store_key {
	const char *id, *type;
	const char *version;	/* `modified`, else `created`, as written; NULL: it has neither */
	int64_t version_us;	/* the same instant in microseconds since 1970; unused without version */
};

enum store_outcome { STORE_ADDED, STORE_ALREADY, STORE_CONFLICT };
/*
 * Files one object inside a transaction: added (at *added, which is at least now and later than everything before it), already
 * there, or conflict (another content under this id and version). *added is set for the first two. body: o as JSON text.
 */
int store_add(struct store *st, int64_t collection, const struct store_key *k, const json_t *o, const char *body, size_t n,
    int64_t now_us, enum store_outcome *how, int64_t *added, struct err *e) BASE_CHECKED;

#define STORE_LAST	1	/* versions wanted; 0: only those listed */
#define STORE_FIRST	2
#define STORE_ALL	4

/*
 * Which objects (3.4); all conditions hold together. Lists in the caller's arena, of at
 * most LIMIT_COLLECTION_MATCH ids and versions and LIMIT_COLLECTION_TYPES types, no type twice; an empty list is no condition.
 */
struct store_filter {
	VEC(const char *) ids, types;
	int versions;			/* STORE_... */
	VEC(int64_t) at;		/* versions asked for by instant */
	int nothing;			/* another condition excludes every object */
	int64_t after;			/* date_added later than this; INT64_MIN: from the beginning */
	size_t limit;			/* rows at most */
};

struct store_row {
	int64_t added;			/* microseconds since 1970 */
	const char *id, *version;	/* borrowed inside the callback; version is never NULL */
	const char *body;		/* JSON text, likewise */
	size_t n;			/* octets of body */
};
/* Calls each() for every object that passes, by date_added, oldest first (3.3); what is not 0 ends it. */
int store_list(struct store *st, int64_t collection, const struct store_filter *f,
    int (*each)(void *arg, const struct store_row *row), void *arg, struct err *e) BASE_CHECKED;
/* 1 when the collection holds any version of the object, 0, or -1 on error. */
int store_has(struct store *st, int64_t collection, const char *id, struct err *e);
/* Removes what passes (limit ignored); *n: how many versions. */
int store_delete(struct store *st, int64_t collection, const struct store_filter *f, size_t *n, struct err *e) BASE_CHECKED;

/* ---- statuses ------------------------------------------------------------------------------------------------- */

/* Keeps a status resource and forgets those older than LIMIT_COLLECTION_STATUS. */
int store_status_add(struct store *st, const char *id, int64_t now_us, const char *body, size_t n, struct err *e) BASE_CHECKED;
/* Appends the status resource to b: 1; 0 when there is none; -1 on error. */
int store_status_get(struct store *st, const char *id, struct buf *b, struct err *e);

/* "2024-06-13T00:00:00.000000Z", a TAXII timestamp (section 2). Returns out. */
char *store_date(int64_t us, char out[STAMP_TEXT]);
/* Microseconds since 1970; finer digits are cut. */
int64_t store_us(struct stamp t);

#endif
