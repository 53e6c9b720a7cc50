/*
 * publish: sends a stream of STIX objects to a target and keeps books: a TAXII 2.1 client, targets, the ledger, the receipt.
 *
 * "TAXII" and section numbers mean the OASIS Standard of 10 June 2021. All talk goes through src/http (its policy: TLS,
 * credentials, repetition, deadlines). Nothing here validates: the caller's check callback does. Ownership words as in base.h.
 */
#ifndef PUBLISH_PUBLISH_H
#define PUBLISH_PUBLISH_H

#include <jansson.h>

#include "base/base.h"
#include "http/http.h"
#include "stix/stix.h"

/* The one media type: byte for byte what strict servers compare with (no blank, no q; TAXII 1.6.8, 3.1). */
#define TAXII_TYPE	"application/taxii+json;version=2.1"

/* ---- TAXII resources (TAXII 4, 5); every string is in the arena, NULL when absent --------------------------------------- */

struct taxii_root {
	char *url;		/* absolute, ends in "/" */
	char *title, *description;
	int v21;		/* "versions" names TAXII 2.1 (4.2.1) */
	int64_t max_content_length;	/* octets; 0: not stated */
};
struct taxii_discovery {
	char *url, *title, *description, *contact;
	char *fallback;		/* "default", absolute */
	VEC(char *) roots;	/* absolute; those that are no valid reference (4.1.1) are left out and counted */
	size_t bad_roots;
};
struct taxii_collection {
	char *url;		/* absolute, ends in "/" */
	char *id, *title, *description, *alias;
	int can_read, can_write;
	int stix21;		/* media_types (absent: yes) has a STIX 2.1 range */
};
struct taxii_collections {
	VEC(struct taxii_collection) all;
};

/*
 * A URL as a person types it, made ready: https:// in front when there is no scheme, "/" at the end (TAXII 3.1), "/taxii2/"
 * when there is no path (8.2.1). ERR_USAGE for a query, a fragment, or no URL.
 */
int taxii_url(const char *typed, struct arena *a, char **out, struct err *e) BASE_CHECKED;
/*
 * What a discovery resource says of a root (TAXII 4.1.1): an absolute URL, or a reference with exactly one leading "/", no
 * query; resolved against base. In the arena; NULL when it is neither.
 */
char *taxii_root_url(const char *base, const char *ref, struct arena *a);
/* GET of one resource. ERR_SYSTEM: not reachable, refused, or no such resource. */
int taxii_discover(struct http *h, const char *url, struct arena *a, struct taxii_discovery *out, struct err *e) BASE_CHECKED;
int taxii_root(struct http *h, const char *url, struct arena *a, struct taxii_root *out, struct err *e) BASE_CHECKED;
int taxii_collections(struct http *h, const char *root_url, struct arena *a, struct taxii_collections *out, struct err *e)
    BASE_CHECKED;

/* One collection and the root it is in. */
struct taxii_place {
	struct taxii_root root;
	struct taxii_collection collection;
};
/*
 * Finds a collection: url (as typed) is a collection, an API root or a discovery resource; with the latter two `name` is the
 * collection's id or alias (NULL: the only one there is). ERR_USAGE when url and name do not lead to one collection, with the
 * choice in the text.
 */
int taxii_locate(struct http *h, const char *url, const char *name, struct arena *a, struct taxii_place *out, struct err *e)
    BASE_CHECKED;
/* The roots that url leads to: those of a discovery resource (default first), or itself. Roots that fail are warned of. */
int taxii_roots(struct http *h, const char *url, struct arena *a, struct taxii_discovery *out, struct err *e) BASE_CHECKED;

/* A status resource (TAXII 4.3.1), read leniently: counts may be null, lists may be missing. */
struct taxii_status {
	char *id;		/* new; NULL when absent */
	int complete;
	int64_t total, success, failure, pending;	/* -1: not stated */
	json_t *json;		/* new: the resource, for its lists */
};
#define TAXII_STATUS_INIT	{ NULL, 0, -1, -1, -1, -1, NULL }
void taxii_status_free(struct taxii_status *s);
/* Reads the resource out of a JSON value (borrowed). -1 when it is no status at all. */
int taxii_status_read(json_t *v, struct taxii_status *out) BASE_CHECKED;
/* GET {root}/status/{id}/. *gone is 1 when the server does not know it (any more); the error says so then. */
int taxii_status_get(struct http *h, const char *root_url, const char *id, struct taxii_status *out, int *gone, struct err *e)
    BASE_CHECKED;

/* ---- reading a collection (TAXII 3.4, 3.5, 5.3, 5.4) ------------------------------------------------------------------- */

struct taxii_match {
	const char *field, *value;	/* value: comma-joined alternatives */
};
struct taxii_query {
	const char *added_after;	/* RFC 3339 UTC, or NULL */
	long limit;			/* objects a page; 0: 1000 */
	long max_pages;			/* 0: all of them */
	int manifest;			/* records of the manifest instead of objects */
	const struct taxii_match *match;
	size_t nmatch;
};
struct taxii_read {
	size_t pages, objects;
	size_t repeated;		/* objects that came twice and were dropped */
	int cut;			/* max_pages ended it */
	char last[STAMP_TEXT];		/* X-TAXII-Date-Added-Last as the server wrote it; "" when it did not */
};
/* Checks a query against TAXII 3.4: a timestamp, each field once, "all" alone, no twice-said version. ERR_USAGE. */
int taxii_query_check(const struct taxii_query *q, struct err *e) BASE_CHECKED;
/*
 * Reads pages until the end and calls each() for every object once. Follows "next" with the same query; without it, or when it
 * has expired, goes on from the date of the last object, one microsecond back, dropping what came before. ERR_SYSTEM when pages
 * bring nothing new for ever. each() returns 0 to go on, -1 after setting e.
 */
int taxii_read(struct http *h, const struct taxii_place *p, const struct taxii_query *q,
    int (*each)(void *ctx, json_t *object, struct err *e), void *ctx, struct taxii_read *sum, struct err *e) BASE_CHECKED;

/*
 * DELETE of one object (TAXII 5.7): the versions that the query's match fields "version" and "spec_version" name, else what the
 * server takes its absence for. ERR_INPUT: the collection has not got it; ERR_USAGE: another match field, an empty id; ERR_SYSTEM:
 * it may not be read and written, or the server refuses.
 */
int taxii_delete(struct http *h, const struct taxii_place *p, const char *id, const struct taxii_query *q, struct err *e) BASE_CHECKED;

/* ---- targets ------------------------------------------------------------------------------------------------------------- */

/* Where to send, and how to log in. Strings are in the arena of whoever filled it. */
struct publish_target {
	const char *name;		/* NULL when a URL was given */
	const char *kind;		/* a row of publish_kinds; NULL: "taxii" */
	const char *url;		/* of a collection, root, discovery resource; of a folder for kind "directory" */
	const char *collection;		/* id or alias, or NULL */
	const char *user, *password_file, *token_file, *header_file;
	const char *password, *token;	/* when not in a file */
	const char *galaxies;		/* kinds misp, misp-feed: cluster files of misp-galaxy, a folder or one file; NULL: none */
	const char *distribution;	/* kind misp: "organisation", "community", "connected", "all"; NULL: the server's */
	int review;			/* for an analyst to look at first: events unpublished, a workbench of OpenCTI */
	const char *cacert, *cert, *key, *pinnedpubkey;
	int netrc, allow_http;
	long timeout, batch;		/* seconds; objects an envelope; 0: default */
};
/*
 * Reads target `name` of a targets file: a JSON object, name -> members as above (file names relative to the file). ERR_USAGE
 * when there is none of the name (the text lists them), or it is not as schemas/targets.schema.json says (line, column, JSON Pointer,
 * what is wrong); ERR_SYSTEM: not readable.
 */
int publish_target_load(const char *path, const char *name, struct arena *a, struct publish_target *out, struct err *e)
    BASE_CHECKED;
/* A session for the target: its TLS files and deadlines, its credentials for its origin. new: http_free. */
int publish_target_open(const struct publish_target *t, const struct http_env *env, struct http **out, struct err *e) BASE_CHECKED;
/* 1 when s is the name of a kind of target. */
int publish_kind_known(const char *s);

/* What is found out about a target without sending it anything. */
struct publish_trial {
	const char *url;		/* what the ledger would know it by; NULL: not found */
	struct taxii_place place;	/* of a TAXII collection; place.collection.url is NULL for others */
	const char *expires;		/* when the server's certificate ends, as OpenSSL prints it; NULL: no TLS */
	int64_t max_octets;		/* the largest request */
	size_t batch;			/* the most objects in one; 0: not limited */
	struct err problem;		/* why nothing could be sent; kind ERR_NONE: it could */
};
/* Opens the target as a push would, and goes no further. In the arena. */
void publish_try(const struct publish_target *t, struct http *h, struct arena *a, struct publish_trial *out);

/* ---- rendering ----------------------------------------------------------------------------------------------------------- */

/* What a target does not take: how often by what ("evidence extension dropped"), an object or NULL. */
struct publish_lost {
	json_t *counts;
};
void publish_lost_free(struct publish_lost *lost);
/*
 * A bundle as a target gets it: of t its kind (NULL: the first), and the files that it names to render by. *out is new; lost
 * (filled or empty before) is added to. ERR_USAGE for a kind that is not known, ERR_INPUT for what is no bundle, or not one that
 * the kind has a form for.
 */
int publish_render(const struct publish_target *t, const json_t *bundle, json_t **out, struct publish_lost *lost, struct err *e)
    BASE_CHECKED;

/* ---- the ledger ---------------------------------------------------------------------------------------------------------- */

enum publish_state {
	PUBLISH_PLANNED,	/* to be sent */
	PUBLISH_SENDING,	/* a request with it was begun */
	PUBLISH_SENT,		/* taken; the server has not said what became of it */
	PUBLISH_ACCEPTED,
	PUBLISH_ALREADY,	/* the server had it */
	PUBLISH_FAILED,		/* the server refused it */
	PUBLISH_UNKNOWN,	/* sent, but what became of it cannot be found out */
	PUBLISH_STATES
};
/* "planned", "sending", "pending", "accepted", "already there", "failed", "unknown" */
const char *publish_state_name(enum publish_state s);

struct ledger;
/* Opens (creates) a ledger file, ":memory:" for none. new: ledger_close. */
int ledger_open(const char *path, struct ledger **out, struct err *e) BASE_CHECKED;
void ledger_close(struct ledger *l);		/* NULL is fine */
struct sqlite3 *ledger_db(struct ledger *l);	/* borrowed: for tables of other floors */

struct ledger_target {		/* strings borrowed until the callback returns */
	const char *url, *name;
	int64_t objects[PUBLISH_STATES];
	const char *last_run, *last_source, *last_outcome;	/* NULL: never */
};
struct ledger_failure {
	const char *url, *id, *version, *message, *when;
	enum publish_state state;
};
/* Calls each() for every target, or failed or unknown object (of one target: url, or NULL for all). */
int ledger_targets(struct ledger *l, const char *url, void (*each)(void *, const struct ledger_target *), void *ctx, struct err *e)
    BASE_CHECKED;
int ledger_failures(struct ledger *l, const char *url, void (*each)(void *, const struct ledger_failure *), void *ctx,
    struct err *e) BASE_CHECKED;

/* ---- pushing ------------------------------------------------------------------------------------------------------------- */

/* What happens while a push runs, for whoever wants to follow it. */
struct publish_event {
	const char *target;	/* as in the receipt */
	const char *what;	/* "plan": known what is to be sent; "request": one with objects is over; "read back" */
	size_t objects;		/* to be sent; in the request; read back */
	size_t octets;		/* of the envelope; 0 for the others */
	const char *outcome;	/* of a request: "taken", "too large", "refused", "stopped", "lost"; else NULL */
	const char *status_id;	/* the server's status resource, or NULL */
	const char *message;	/* the server's words, or NULL */
};

struct publish_config {
	struct http *http;
	struct ledger *ledger;	/* NULL: nothing is known from before and nothing is kept */
	int dry_run;		/* plan only: the target is asked for its limits and for what it has, nothing is sent, the ledger stays */
	int verify;		/* at the end read back, by id and version, what is accepted or already there */
	unsigned jobs;		/* envelopes under way at a time, where the kind can; 0: 1 */
	int64_t wait_ms;	/* how long pending answers are waited for; 0: five minutes */
	const struct stix_check *check;		/* asked for every object before anything is sent; NULL: none */
	void *ctx;		/* of the callbacks, any of which may be NULL */
	void (*progress)(void *ctx, size_t done, size_t total);
	void (*warn)(void *ctx, const char *text);
	void (*event)(void *ctx, const struct publish_event *e);
};

struct publish_outcome {
	const char *id, *version;	/* version: "modified", else "created", else "" */
	enum publish_state state;
	int before;			/* state is from an earlier push; nothing was sent now */
	const char *message;		/* the server's words, or NULL */
	const char *object;		/* of a failed one its JSON as it was sent; else NULL */
};
struct publish_receipt {
	struct arena *arena;
	const char *target;		/* the collection's URL, or the folder */
	const char *source;
	VEC(struct publish_outcome) objects;	/* in the order in which they were sent */
	size_t count[PUBLISH_STATES];
	size_t before;			/* of these: settled by an earlier push */
	VEC(char *) statuses;		/* ids of the servers' status resources, in the order of sending */
	size_t envelopes, requests;
	size_t verified;		/* objects that were read back */
	uint64_t octets;		/* of envelopes that were taken (dry run: that would be sent) */
	int dry_run;
	struct err stop;		/* what ended the run early, if anything did */
};
void publish_receipt_free(struct publish_receipt *r);	/* NULL is fine */
/* 0: all there; 1: an object was refused; 3: stopped early, or an outcome is open (DESIGN 7). */
int publish_receipt_exit(const struct publish_receipt *r);

/*
 * Pushes every object of src that the target does not have, identities and markings first, reports last. All of src is
 * read, and checked, before the target is asked for anything; then first for outcomes that an earlier, interrupted push left open.
 * Sends nothing at all when the check says no, or an object is in the
 * ledger with the same id and version but other content (STIX 2.1 section 3.6): -1 with ERR_INPUT. Returns 0 and a new receipt
 * once sending has begun, whatever came of it; -1 when it could not begin. source: a name for messages and the ledger.
 */
int publish_push(const struct publish_target *t, const char *source, const struct stix_stream *src, const struct publish_config *c,
    struct publish_receipt **out, struct err *e) BASE_CHECKED;
/* Sends again what the ledger holds as failed or unknown for the target, with the octets that it kept. Same results. */
int publish_retry(const struct publish_target *t, const struct publish_config *c, struct publish_receipt **out, struct err *e)
    BASE_CHECKED;

#endif
