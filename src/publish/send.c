/* Sends what is planned: envelopes of the right size, several at a time where asked, and the objects that a server refuses found. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "publish/push.h"

/* ---- envelopes ---------------------------------------------------------------------------------------------------------- */

static const char head[] = "{\"objects\":[";
static const char tail[] = "]}";
#define FRAME	(sizeof(head) - 1 + sizeof(tail) - 1)

static int64_t
limit(const struct push *p)
{
	return p->learned > 0 && p->learned < p->dest.max_octets ? p->learned : p->dest.max_octets;
}

/* How many of the n items go into one envelope; 0 when the first alone is too large. */
static size_t
fit(const struct push *p, struct item **items, size_t n)
{
	int64_t octets = (int64_t)FRAME;
	size_t k = 0;

	for (; k < n && k < p->dest.batch; k++) {
		octets += items[k]->len + (k > 0 ? 1 : 0);
		if (octets > limit(p))
			break;
	}
	return k;
}

int
push_build(struct push *p, struct item **items, size_t n, struct buf *out, struct err *e)
{
	buf_reset(out);
	buf_adds(out, head);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		if (spool_get(&p->spool, items[i]->at, items[i]->len, out, e) != 0)
			return -1;
	}
	buf_adds(out, tail);
	return out->over ? err_set(e, ERR_SYSTEM, "an envelope larger than %u octets", LIMIT_PUBLISH_ENVELOPE) : 0;
}

/* Gives items a state and writes them down; failed ones with their octets, for a retry. */
static int
settle_all(struct push *p, struct item **items, size_t n, enum publish_state state, const char *message, struct err *e)
{
	const char *kept = message != NULL ? arena_strdup(p->arena, message) : NULL;

	for (size_t i = 0; i < n; i++) {
		items[i]->state = (uint8_t)state;
		items[i]->message = kept;
	}
	return books_write_down(p, items, n, e);
}

/* The server took it and will say later what became of it. */
static int
leave_open(struct push *p, int64_t row, struct item **items, size_t n, const char *id, struct err *e)
{
	struct open_envelope o = { .row = row, .status_id = arena_strdup(p->arena, id) };

	for (size_t i = 0; i < n; i++) {
		items[i]->state = PUBLISH_SENT;
		items[i]->message = NULL;
		*vec_push(p->arena, &o.items) = items[i];
	}
	*vec_push(p->arena, &p->open) = o;
	return books_sent(p, row, items, n, id, e);
}

static int
taken(struct push *p, int64_t row, struct item **items, size_t n, const struct sent *s, struct err *e)
{
	p->receipt->envelopes++;
	p->receipt->octets += p->text.len;
	p->refusals = 0;
	if (s->status.id != NULL)
		*vec_push(p->arena, &p->receipt->statuses) = arena_strdup(p->arena, s->status.id);
	if (s->status.json != NULL && !s->status.complete && s->status.id != NULL && p->kind->ask != NULL)
		return leave_open(p, row, items, n, s->status.id, e);
	if (s->status.json != NULL && s->status.complete)
		push_apply(p, items, n, &s->status, s->tries > 1);
	else
		for (size_t i = 0; i < n; i++) {
			items[i]->state = PUBLISH_UNKNOWN;
			items[i]->message = "the server took it but sent no usable status";
		}
	return books_close(p, row, items, n, e);
}

int
push_close(struct push *p, int64_t row, struct item **items, size_t n, enum publish_state state, const char *message, struct err *e)
{
	const char *kept = message != NULL ? arena_strdup(p->arena, message) : NULL;

	for (size_t i = 0; i < n; i++) {
		items[i]->state = (uint8_t)state;
		items[i]->message = kept;
	}
	return books_close(p, row, items, n, e);
}

static int send_range(struct push *p, struct item **items, size_t n, int again, struct err *e);

static int
send_halves(struct push *p, struct item **items, size_t n, struct err *e)
{
	int rc = send_range(p, items, n / 2, 1, e);

	return rc != 0 ? rc : send_range(p, items + n / 2, n - n / 2, 1, e);
}

/* A 413: remembers that this many octets were too many. */
static int
too_large(struct push *p, int64_t row, struct item **items, size_t n, const struct sent *s, struct err *e)
{
	int64_t half = (int64_t)p->text.len / 2;

	if (n == 1 || p->kind->whole)
		return push_close(p, row, items, n, PUBLISH_FAILED, buf_str(&s->words), e);
	if (push_close(p, row, items, n, PUBLISH_PLANNED, NULL, e) != 0)
		return -1;
	if (p->learned == 0 || half < p->learned) {
		p->learned = half > LIMIT_PUBLISH_LEAST ? half : LIMIT_PUBLISH_LEAST;
		if (books_learn(p, e) != 0)
			return -1;
		push_warn(p, "%s: %zu octets were too many for the server; from now on at most %lld", p->dest.url, p->text.len,
		    (long long)p->learned);
	}
	return send_halves(p, items, n, e);
}

/* An object in it is refused: halves it until that object is alone. */
static int
refused(struct push *p, int64_t row, struct item **items, size_t n, const struct sent *s, struct err *e)
{
	struct err why = ERR_INIT;

	if (n > 1 && !p->kind->whole)
		return push_close(p, row, items, n, PUBLISH_PLANNED, NULL, e) != 0 ? -1 : send_halves(p, items, n, e);
	if (push_close(p, row, items, n, PUBLISH_FAILED, buf_str(&s->words), e) != 0)
		return -1;
	if (++p->refusals < LIMIT_PUBLISH_REFUSALS || p->receipt->envelopes > 0)
		return 0;
	err_set(&why, ERR_INPUT, "%s: the server refused each of the first %u objects, so the rest was not tried: %s", p->dest.url,
	    p->refusals, buf_str(&s->words));
	return push_stop(p, &why);
}

/* ---- one request with objects ------------------------------------------------------------------------------------------ */

/* An envelope on its way. */
struct lane {
	const struct publish_kind *kind;
	struct dest *dest;
	struct buf text;
	struct item **items;
	size_t n;
	int64_t row;			/* of the ledger */
	int again;
	struct sent sent;
	struct err why;
	pthread_t thread;
	int apart;			/* the thread sends it */
	struct dest own;		/* with a session of its own, for a lane beside others */
};

static const char *const sent_names[] = {
	[SENT_OK] = "taken", [SENT_TOO_LARGE] = "too large", [SENT_REFUSED] = "refused", [SENT_STOP] = "stopped", [SENT_LOST] = "lost",
};

/* Builds the envelope and enters it in the ledger, before anything of it is sent. */
static int
begin(struct push *p, struct lane *l, struct item **items, size_t n, int again, struct err *e)
{
	if (push_build(p, items, n, &l->text, e) != 0 || books_sending(p, items, n, &l->row, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		items[i]->state = PUBLISH_SENDING;
		items[i]->sends += items[i]->sends < UINT8_MAX;
	}
	l->items = items;
	l->n = n;
	l->again = again;
	l->sent = (struct sent){ .status = TAXII_STATUS_INIT, .words = BUF_INIT(2000) };
	err_clear(&l->why);
	p->receipt->requests++;
	return 0;
}

static void *
transmit(void *arg)
{
	struct lane *l = arg;

	l->sent.how = l->kind->send(l->dest, buf_str(&l->text), l->text.len, l->again, &l->sent, &l->why);
	return NULL;
}

/* What became of it; p->text holds the envelope. 0: go on; 1: the run is stopped; -1: the ledger failed. */
static int
end(struct push *p, struct lane *l, struct err *e)
{
	const struct sent *s = &l->sent;
	int rc = -1;

	push_tell(p, &(struct publish_event){ p->dest.url, "request", l->n, p->text.len, sent_names[s->how], s->status.id,
	    s->words.len > 0 ? buf_str(&s->words) : l->why.kind != ERR_NONE ? l->why.text : NULL });
	switch (s->how) {
	case SENT_OK:
		rc = taken(p, l->row, l->items, l->n, s, e);
		break;
	case SENT_TOO_LARGE:
		rc = too_large(p, l->row, l->items, l->n, s, e);
		break;
	case SENT_REFUSED:
		rc = refused(p, l->row, l->items, l->n, s, e);
		break;
	case SENT_STOP:
		rc = push_close(p, l->row, l->items, l->n, PUBLISH_PLANNED, NULL, e) != 0 ? -1 : push_stop(p, &l->why);
		break;
	case SENT_LOST:
		rc = push_close(p, l->row, l->items, l->n, PUBLISH_UNKNOWN, l->why.text, e) != 0 ? -1 : push_stop(p, &l->why);
		break;
	}
	taxii_status_free(&l->sent.status);
	buf_free(&l->sent.words);
	return rc;
}

/* Sends n items that fit one envelope. Results as of end(). */
static int
send_one(struct push *p, struct item **items, size_t n, int again, struct err *e)
{
	struct lane l = { .kind = p->kind, .dest = &p->dest, .text = p->text };
	int rc;

	p->text = (struct buf)BUF_INIT(LIMIT_PUBLISH_ENVELOPE);
	if ((rc = begin(p, &l, items, n, again, e)) == 0)
		transmit(&l);
	p->text = l.text;
	return rc != 0 ? rc : end(p, &l, e);
}

/* The first item alone does not fit. */
static int
too_long(struct push *p, struct item **items, struct err *e)
{
	char text[120];

	snprintf(text, sizeof(text), "%u octets, more than the server takes in one envelope (%lld)", items[0]->len, (long long)limit(p));
	return settle_all(p, items, 1, PUBLISH_FAILED, text, e);
}

static void
tell_progress(const struct push *p, size_t done, size_t n)
{
	if (p->c->progress != NULL)
		p->c->progress(p->c->ctx, done, n);
}

/* Sends a range of items in as many envelopes as the limits ask for, one after the other. */
static int
send_range(struct push *p, struct item **items, size_t n, int again, struct err *e)
{
	size_t done = 0;
	int rc = 0;

	while (rc == 0 && done < n) {
		size_t k = fit(p, items + done, n - done);

		rc = k == 0 ? too_long(p, items + done, e) : send_one(p, items + done, k, again, e);
		done += k > 0 ? k : 1;
		if (!again)
			tell_progress(p, done, n);
	}
	return rc;
}

/* ---- several at a time ------------------------------------------------------------------------------------------------------ */

/* Lanes in a ring: those under way are v[first], v[first + 1], ... in the order of sending. */
struct lanes {
	struct lane *v;
	size_t n, first, under_way;
};

static void
close_lanes(struct lanes *ring)
{
	for (size_t i = 0; i < ring->n; i++) {
		http_free(ring->v[i].own.http);
		buf_free(&ring->v[i].text);
	}
	free(ring->v);
}

static int
open_lanes(struct push *p, struct lanes *ring, struct err *e)
{
	ring->v = xcalloc(p->c->jobs, sizeof(*ring->v));
	for (; ring->n < p->c->jobs; ring->n++) {
		struct lane *l = &ring->v[ring->n];

		l->kind = p->kind;
		l->text = (struct buf)BUF_INIT(LIMIT_PUBLISH_ENVELOPE);
		l->own = p->dest;
		l->dest = &l->own;
		if ((l->own.http = http_copy(p->dest.http, e)) == NULL)
			return -1;
	}
	return 0;
}

/*
 * The outcome of the envelope that has been under way for longest. halt: the run has ended with it already, so that nothing of what
 * it leaves is sent.
 */
static int
take_in(struct push *p, struct lanes *ring, int halt, struct err *e)
{
	struct lane *l = &ring->v[ring->first];
	struct buf text = l->text;

	if (l->apart)
		pthread_join(l->thread, NULL);
	ring->first = (ring->first + 1) % ring->n;
	ring->under_way--;
	l->text = p->text;
	p->text = text;
	if (halt && (l->sent.how == SENT_TOO_LARGE || l->sent.how == SENT_REFUSED)) {
		l->sent.how = SENT_STOP;
		err_set(&l->why, ERR_SYSTEM, "stopped");
	}
	return end(p, l, e);
}

/* May an envelope that ends with `last` go beside those under way? What it may refer to has to be there first. */
static int
may_go(const struct lanes *ring, const struct item *last)
{
	return ring->under_way == 0 || (ring->under_way < ring->n && last->rank <= ring->v[ring->first].items[0]->rank);
}

/* Puts the next k items under way. */
static int
put_out(struct push *p, struct lanes *ring, struct item **items, size_t k, struct err *e)
{
	struct lane *l = &ring->v[(ring->first + ring->under_way) % ring->n];

	if (begin(p, l, items, k, 0, e) != 0)
		return -1;
	ring->under_way++;
	if (!(l->apart = pthread_create(&l->thread, NULL, transmit, l) == 0))
		transmit(l);
	return 0;
}

/* As send_range, with up to p->c->jobs envelopes under way; outcomes are taken in in the order of sending. */
static int
send_beside(struct push *p, struct item **items, size_t n, struct err *e)
{
	struct lanes ring = { 0 };
	struct err more = ERR_INIT;
	size_t done = 0;
	int rc = open_lanes(p, &ring, e);

	while (rc == 0 && (done < n || ring.under_way > 0)) {
		size_t k = done < n ? fit(p, items + done, n - done) : 0;

		if (done < n && k == 0) {
			rc = too_long(p, items + done++, e);
		} else if (done < n && may_go(&ring, items[done + k - 1])) {
			rc = put_out(p, &ring, items + done, k, e);
			done += k;
		} else
			rc = take_in(p, &ring, 0, e);
		tell_progress(p, done, n);
	}
	/* What is under way comes to its end, whatever ended the run. */
	if (rc < 0)
		push_stop(p, e);
	while (ring.under_way > 0)
		if (take_in(p, &ring, 1, &more) < 0 && rc >= 0) {
			rc = -1;
			*e = more;
		}
	close_lanes(&ring);
	return rc;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------------- */

void
push_rehearse(struct push *p)
{
	size_t done = 0;

	while (done < p->nsend) {
		size_t k = fit(p, p->send + done, p->nsend - done);

		p->receipt->envelopes += k > 0;
		for (size_t i = 0; i < k; i++)
			p->receipt->octets += p->send[done + i]->len + (i > 0);
		p->receipt->octets += k > 0 ? FRAME : 0;
		done += k > 0 ? k : 1;
	}
}

static int
send_planned(struct push *p, struct item **items, size_t n, struct err *e)
{
	return p->c->jobs > 1 && p->kind->beside && fit(p, items, n) < n ? send_beside(p, items, n, e) : send_range(p, items, n, 0, e);
}

/* Sends in the order of ranks; before what refers to others, the others' outcome is waited for. */
int
push_send(struct push *p, struct err *e)
{
	size_t refer = 0;
	int rc;

	while (refer < p->nsend && p->send[refer]->rank < 2)
		refer++;
	/* All in one envelope: nothing to wait for in between. */
	if (fit(p, p->send, p->nsend) == p->nsend)
		refer = p->nsend;
	rc = send_planned(p, p->send, refer, e);
	if (rc == 0 && refer < p->nsend && p->open.n > 0)
		rc = push_wait(p, e);
	if (rc == 0)
		rc = send_planned(p, p->send + refer, p->nsend - refer, e);
	return rc;
}
