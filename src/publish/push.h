/* publish: the state of one push, shared by push.c and outcome.c. */
#ifndef PUBLISH_PUSH_H
#define PUBLISH_PUSH_H

#include "publish/publish_in.h"

struct push {
	const struct publish_config *c;
	const struct publish_kind *kind;
	struct dest dest;
	struct ledger_place place;
	struct publish_lost lost;	/* by rendering */
	int64_t run;			/* row of the ledger */
	int64_t learned;		/* octets that a 413 taught; 0: none */
	struct arena *arena;		/* the receipt's */
	struct spool spool;
	struct buf text;		/* scratch: the object at hand, then the envelope at hand */
	VEC(struct item *) ranks[PLAN_RANKS];
	struct item **items;		/* all, in the order of sending */
	size_t nitems;
	struct item **send;		/* those to be sent */
	size_t nsend;
	VEC(struct open_envelope) open;	/* taken, outcome still to come */
	unsigned refusals;		/* lone objects refused in a row */
	struct publish_receipt *receipt;
};

/* Tells whoever asked (publish_config): a warning, an event. */
void push_warn(struct push *p, const char *fmt, ...) BASE_PRINTF(2, 3);
void push_tell(const struct push *p, const struct publish_event *event);
/* Notes what ends the run early, unless something has already: 1. */
int push_stop(struct push *p, const struct err *why);
/*
 * Sends the items of p->send in the order of their ranks; before what refers to others, the others' outcome is waited for. 0: all
 * were sent; 1: the run was stopped (p->receipt->stop); -1: the ledger or the spool failed.
 */
int push_send(struct push *p, struct err *e) BASE_CHECKED;
/* Closes the envelope of that row of the ledger: its items get the state and the message (copied; NULL: none). */
int push_close(struct push *p, int64_t row, struct item **items, size_t n, enum publish_state state, const char *message, struct err *e)
    BASE_CHECKED;
/* Counts in the receipt the envelopes that would be sent, and their octets. */
void push_rehearse(struct push *p);

/*
 * Gives each of the items its state from a complete status (TAXII 4.3.1): from the lists where they are there, else from the
 * counts, else UNKNOWN. `repeated`: the request may have reached the server twice, so "already there" may be our own doing.
 */
void push_apply(struct push *p, struct item **items, size_t n, const struct taxii_status *s, int repeated);
/* The envelope {"objects":[..]} of these items, instead of what is in out. */
int push_build(struct push *p, struct item **items, size_t n, struct buf *out, struct err *e) BASE_CHECKED;
/* Asks for the open envelopes until none is left or the deadline has come (those left stay open). -1: could not be asked. */
int push_wait(struct push *p, struct err *e) BASE_CHECKED;
/*
 * Looks up, where the collection may be read, objects whose outcome is unknown, and refused ones: some servers refuse what they
 * have already, without saying so. Failing to read changes nothing.
 */
void push_verify(struct push *p, struct err *e);
/*
 * For a dry run: asks the manifest, where the collection may be read, which items of p->send it lists with their version, and takes
 * these out of it as ALREADY. A manifest that cannot be read is a warning.
 */
void push_look_ahead(struct push *p);
/*
 * Asks the collection's manifest (TAXII 5.3) for every item that is accepted or already there, and makes those UNKNOWN that it
 * does not list with their version. -1: it could not be asked.
 */
int push_read_back(struct push *p, struct err *e) BASE_CHECKED;

/*
 * ---- books.c: the ledger as a push sees it. Without a ledger nothing is known from before and nothing is kept: all of these are
 * 0 then. Errors: ERR_SYSTEM, the database, unless said otherwise. ----
 */
int books_begin(struct push *p, struct err *e) BASE_CHECKED;
int books_commit(struct push *p, struct err *e) BASE_CHECKED;
void books_rollback(struct push *p);
/* The target's row, and what a 413 taught about it. name: of the target, or NULL. */
int books_place(struct push *p, const char *name, struct err *e) BASE_CHECKED;
int books_learn(struct push *p, struct err *e) BASE_CHECKED;
/* The digest that books_enter wants of an object: 1; 0 when there is no ledger to want it. p->text is scratch. */
int books_digest(struct push *p, const json_t *o, char digest[DIGEST_HEX]);
/*
 * Enters an object: fills it->content, print, and state and before from an earlier push. ERR_INPUT when its version was
 * published with other content (STIX 2.1 section 3.6).
 */
int books_enter(struct push *p, const char *digest, struct item *it, struct err *e) BASE_CHECKED;
/* Whether two items of one id and version have one content: 1, 0, -1. */
int books_same(struct push *p, const struct item *a, const struct item *b, struct err *e) BASE_CHECKED;
int books_open_envelopes(struct push *p, struct open_envelope **out, size_t *n, struct err *e) BASE_CHECKED;
/* What is kept for a retry: each() as in ledger_letters. */
int books_letters(struct push *p, int (*each)(void *ctx, struct item *it, struct err *e), struct err *e) BASE_CHECKED;
int books_run_begin(struct push *p, struct err *e) BASE_CHECKED;
int books_run_end(struct push *p, const char *outcome, struct err *e) BASE_CHECKED;
/* The state that an item has by now, with its message. */
int books_state(struct push *p, struct item *it, struct err *e) BASE_CHECKED;
/* A request with these items begins. */
int books_sending(struct push *p, struct item **items, size_t n, int64_t *row, struct err *e) BASE_CHECKED;
/* It was taken, and its outcome is still to come; its items are written down. */
int books_sent(struct push *p, int64_t row, struct item **items, size_t n, const char *status_id, struct err *e) BASE_CHECKED;
/* It is over: its items are written down as they are now. */
int books_close(struct push *p, int64_t row, struct item **items, size_t n, struct err *e) BASE_CHECKED;
/* Writes the items' states into the ledger, failed and unknown ones with their octets. */
int books_write_down(struct push *p, struct item **items, size_t n, struct err *e) BASE_CHECKED;

#endif
