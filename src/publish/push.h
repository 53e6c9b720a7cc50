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

/*
 * Gives each of the items its state from a complete status (TAXII 4.3.1): from the lists where they are there, else from the
 * counts, else UNKNOWN. `repeated`: the request may have reached the server twice, so "already there" may be our own doing.
 */
void push_apply(struct push *p, struct item **items, size_t n, const struct taxii_status *s, int repeated);
/* Writes the items' states into the ledger. */
int push_write_down(struct push *p, struct item **items, size_t n, struct err *e) BASE_CHECKED;
/* Asks for the open envelopes until none is left or the deadline has come (those left stay open). -1: could not be asked. */
int push_wait(struct push *p, struct err *e) BASE_CHECKED;
/*
 * Looks up, where the collection may be read, objects whose outcome is unknown, and refused ones: some servers refuse what they
 * have already, without saying so. Failing to read changes nothing.
 */
void push_verify(struct push *p, struct err *e);
/*
 * Asks the collection's manifest (TAXII 5.3) for every item that is accepted or already there, and makes those UNKNOWN that it
 * does not list with their version. -1: it could not be asked.
 */
int push_read_back(struct push *p, struct err *e) BASE_CHECKED;

#endif
