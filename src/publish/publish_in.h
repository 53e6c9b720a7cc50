/* publish: what its own files share. */
#ifndef PUBLISH_PUBLISH_IN_H
#define PUBLISH_PUBLISH_IN_H

#include "publish/publish.h"

/* ---- TAXII answers ---- */

/*
 * GET of a TAXII resource: *out is the JSON object (new), *a its answer (http_answer_free; headers wanted by paging). Any
 * failure is ERR_SYSTEM in plain words; *a is filled even then when there was an answer. once: not repeated after a lost answer.
 */
int taxii_fetch(struct http *h, const char *url, int once, struct http_answer *a, json_t **out, struct err *e) BASE_CHECKED;
/* Reads an answer's body as a JSON object: new, or NULL. */
json_t *taxii_json(const struct http_answer *a);
/* The words of an error answer: title and description of a TAXII error (3.6.1), its look-alikes, else the text. Appended. */
void taxii_words(const struct http_answer *a, struct buf *out);
/* Records a refused request, with a hint where another TAXII version is the likely cause. Returns -1. */
int taxii_refused(const struct http_answer *a, struct err *e);
/* A string member in the arena; NULL when absent or no string. */
char *taxii_string(struct arena *a, const json_t *v, const char *name);

/* ---- the plan ---- */

/* One object on its way. */
struct item {
	const char *id, *version;	/* in the run's arena; version with microseconds, or "" */
	uint64_t at;			/* in the spool */
	uint32_t len;
	int64_t content;		/* row of the ledger; without one a hash of id and version */
	uint64_t print;			/* the beginning of the content's digest; without a ledger 0 */
	uint8_t rank;			/* order of sending */
	uint8_t state;			/* enum publish_state */
	uint8_t before;			/* settled by an earlier push */
	uint8_t sends;			/* how often it was in a request, at most 255 */
	uint8_t there;			/* it was read back */
	uint8_t drop;			/* the same as another one */
	const char *message;		/* in the run's arena */
};

/* Octets of objects: in memory up to a limit, then in an unlinked temporary file. */
struct spool {
	struct buf mem;
	FILE *file;
	uint64_t len;
};
void spool_init(struct spool *s);
void spool_free(struct spool *s);
int spool_add(struct spool *s, const char *data, size_t n, uint64_t *at, struct err *e) BASE_CHECKED;
/* Appends n octets from `at` to out. */
int spool_get(struct spool *s, uint64_t at, size_t n, struct buf *out, struct err *e) BASE_CHECKED;

/* The order in which types are sent: 0 first. */
uint8_t plan_rank(const char *type);
#define PLAN_RANKS	4
/* id, type, version of an object; ERR_INPUT when it has none or is a bundle. version: in the arena, "" when it has none. */
int plan_identify(const json_t *o, struct arena *a, struct item *it, struct err *e) BASE_CHECKED;

/* ---- the ledger ---- */

/* One transaction around several changes: begin, then commit or rollback. ERR_SYSTEM: the database. */
int ledger_begin(struct ledger *l, struct err *e) BASE_CHECKED;
int ledger_commit(struct ledger *l, struct err *e) BASE_CHECKED;
void ledger_rollback(struct ledger *l);

struct ledger_place {
	int64_t row;
	int64_t learned;	/* octets of an envelope that a 413 taught; 0: none */
};
int ledger_place(struct ledger *l, const char *url, const char *name, struct ledger_place *out, struct err *e) BASE_CHECKED;
int ledger_learn(struct ledger *l, int64_t place, int64_t octets, struct err *e) BASE_CHECKED;
/*
 * Enters an object for a place. Fills it->content, and it->state and it->before from an earlier push (PLANNED when it is to be
 * sent). *conflict is 1 when (id, version) was published with another digest.
 */
int ledger_enter(struct ledger *l, int64_t place, const char *digest, struct item *it, int *conflict, struct err *e) BASE_CHECKED;
int ledger_run_begin(struct ledger *l, int64_t place, const char *source, int64_t now_ms, int64_t *run, struct err *e) BASE_CHECKED;
int ledger_run_end(struct ledger *l, int64_t run, int64_t now_ms, const char *outcome, struct err *e) BASE_CHECKED;
/* An envelope with these items is about to be sent. */
int ledger_envelope(struct ledger *l, int64_t place, int64_t run, struct item **items, size_t n, int64_t now_ms, int64_t *row,
    struct err *e) BASE_CHECKED;
/* The server took it; status_id NULL: no more is to come. */
int ledger_envelope_sent(struct ledger *l, int64_t row, const char *status_id, struct err *e) BASE_CHECKED;
int ledger_envelope_done(struct ledger *l, int64_t row, struct err *e) BASE_CHECKED;
/* Writes an item's state and message; body (with n octets) is kept for a retry unless NULL. */
int ledger_settle(struct ledger *l, int64_t place, const struct item *it, const char *body, size_t n, int64_t now_ms,
    struct err *e) BASE_CHECKED;
int ledger_state(struct ledger *l, int64_t place, struct item *it, struct arena *a, struct err *e) BASE_CHECKED;
/* Envelopes of a place whose outcome is open: calls each with row and status id ("" when the request was never answered). */
struct open_envelope {
	int64_t row;
	char *status_id;
	VEC(struct item *) items;
};
int ledger_open_envelopes(struct ledger *l, int64_t place, struct arena *a, struct open_envelope **out, size_t *n, struct err *e)
    BASE_CHECKED;
/* Objects whose octets the ledger kept for a retry: appended to items with their octets in the spool. */
int ledger_letters(struct ledger *l, int64_t place, struct arena *a, struct spool *s,
    int (*each)(void *ctx, struct item *it, struct err *e), void *ctx, struct err *e) BASE_CHECKED;

/* ---- kinds of target ---- */

/* What became of one request with objects. */
enum sent_how {
	SENT_OK,		/* taken: status is filled, or has json NULL when the server said nothing usable */
	SENT_TOO_LARGE,		/* 413: smaller ones may go */
	SENT_REFUSED,		/* an object in it is not liked: 400, 422, 500 */
	SENT_STOP,		/* nothing of it was taken, and going on is useless; e is set */
	SENT_LOST,		/* it may have been taken; e is set */
};
struct sent {
	enum sent_how how;
	struct taxii_status status;
	unsigned tries;		/* transfers it took */
	struct buf words;	/* the server's, when refused */
};

struct dest {
	const struct publish_target *target;
	struct http *http;
	struct arena *arena;
	const char *url;		/* what the ledger knows the place by */
	struct taxii_place place;	/* kind taxii */
	int64_t max_octets;		/* the largest envelope */
	size_t batch;			/* objects an envelope */
	struct publish_lost *lost;	/* for send of a kind that takes a bundle as one */
	void *own;			/* the kind's; close() releases it */
};

struct publish_kind {
	const char *name;
	/* Makes the target ready: fills url, max_octets, batch; refuses early what cannot work. */
	int (*open)(struct dest *d, struct err *e);
	/*
	 * Sends one envelope {"objects":[..]}; `again`: in search of the object that an earlier one was refused for. Returns how;
	 * e only for SENT_STOP, SENT_LOST.
	 */
	enum sent_how (*send)(struct dest *d, const char *envelope, size_t n, int again, struct sent *out, struct err *e);
	/* Asks for a status again; *gone when it is not known any more. NULL: the kind has none. */
	int (*ask)(struct dest *d, const char *id, struct taxii_status *out, int *gone, struct err *e);
	int local;			/* needs no login and no URL */
	int beside;			/* send() may be called for several envelopes at a time, each with a session of its own */
	/*
	 * Takes a bundle as one: when one object of it is to be sent, all go in one request, as they are, and a refusal is about all
	 * of them. What became of an object that is an exception stands in the lists of the status that send() makes up.
	 */
	int whole;
	/*
	 * The object as the target takes it: new, or NULL when it takes none of it; what is lost is told. A pure function. NULL:
	 * the target takes every object as it is.
	 */
	json_t *(*render)(const json_t *object, struct publish_lost *lost);
	/*
	 * The same for what takes a bundle as one: *out, new, is all that is sent of these objects. A pure function of them and of the
	 * files that the target names.
	 */
	int (*render_bundle)(const struct publish_target *t, const json_t *objects, json_t **out, struct publish_lost *lost,
	    struct err *e);
	void (*close)(struct dest *d);	/* NULL: nothing to release */
	const struct publish_kind *review;	/* what stands in for it when somebody is to look first; NULL: itself */
	const char *token_header;	/* what stands before a token in its header line; NULL: it is a Bearer token */
	int64_t idle_ms, total_ms;	/* how long it may be silent, how long a request may take; 0: the session's */
};
/* The row of that name; NULL: the first one. */
const struct publish_kind *publish_kind_find(const char *name);
extern const struct publish_kind kind_taxii, kind_directory, kind_opencti, kind_misp, kind_misp_feed, kind_misp_stix,
    kind_opencti_graphql, kind_opencti_review;
/* What OpenCTI takes of an object: the render() of the kinds that lead there. */
json_t *opencti_render(const json_t *object, struct publish_lost *lost);
/* Counts one more of what is lost. */
void publish_lose(struct publish_lost *lost, const char *what);

#endif
