/*
 * What the server answers: the resources of TAXII 2.1 sections 3.6, 4 and 5, built from the store. No HTTP.
 */
#ifndef COLLECTION_REPLY_H
#define COLLECTION_REPLY_H

#include "collection/collection.h"
#include "collection/request.h"

/* The server as the resources show it. */
struct face {
	char *title, *root;
	size_t max_content_length;
	size_t page;
	int read_only;
	struct store *store;
	struct stamp (*now)(void *arg);
	void (*random)(void *arg, uint8_t out[16]);
	void *arg;
};

struct reply {
	int status;			/* HTTP */
	struct buf body;
	int dated;			/* first and last are set */
	int64_t first, last;		/* date_added, for the headers of 3.2 */
	const char *allow;		/* for 405; borrowed */
	int retry;			/* for 503: Retry-After in seconds, 0: none */
	char why[400];			/* description of an error, else "" */
};

/* A request as the resources need it. All borrowed. */
struct ask {
	const struct face *face;
	struct arena *arena;
	const struct target *target;
	const char *name, *object;	/* {id} and {object-id} of the path, NULL where the endpoint has none */
	int64_t collection;		/* key of {id}, once found */
	const char *body;		/* POST */
	size_t body_n;
};

void reply_init(struct reply *r);
void reply_free(struct reply *r);
/* An error resource (3.6.1) in place of whatever the reply held. */
void reply_error(struct reply *r, int status, const char *fmt, ...) BASE_PRINTF(3, 4);

/*
 * The endpoints. Each fills the reply and returns 0, or returns -1 with an error that is the server's own fault: 500. Those with
 * `object` in the name and those of a collection find ask->name first (404).
 */
int reply_discovery(struct ask *q, struct reply *r, struct err *e);		/* 4.1 */
int reply_root(struct ask *q, struct reply *r, struct err *e);			/* 4.2 */
int reply_status(struct ask *q, struct reply *r, struct err *e);		/* 4.3 */
int reply_collections(struct ask *q, struct reply *r, struct err *e);		/* 5.1 */
int reply_collection(struct ask *q, struct reply *r, struct err *e);		/* 5.2 */
int reply_manifest(struct ask *q, struct reply *r, struct err *e);		/* 5.3 */
int reply_objects(struct ask *q, struct reply *r, struct err *e);		/* 5.4 */
int reply_add(struct ask *q, struct reply *r, struct err *e);			/* 5.5 */
int reply_object(struct ask *q, struct reply *r, struct err *e);		/* 5.6 */
int reply_delete(struct ask *q, struct reply *r, struct err *e);		/* 5.7 */
int reply_versions(struct ask *q, struct reply *r, struct err *e);		/* 5.8 */

/* Sets ask->collection from ask->name: 1, 0 after a 404 in r, -1. */
int reply_find(struct ask *q, struct reply *r, struct err *e);

/* A UUID of version 4 (section 2, identifier) from 16 random octets. Returns out. */
char *uuid_random(const struct face *f, char out[UUID_TEXT]);

#endif
