/* A push: plan, send in envelopes, find the objects that a server refuses, wait for outcomes, keep the ledger. */
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "publish/push.h"

static void
warn(struct push *p, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	if (p->c->warn == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->c->warn(p->c->ctx, text);
}

static void
tell(const struct push *p, const struct publish_event *event)
{
	if (p->c->event != NULL)
		p->c->event(p->c->ctx, event);
}

/* ---- the plan --------------------------------------------------------------------------------------------------------- */

static int
add_item(void *ctx, struct item *it, struct err *e)
{
	struct push *p = ctx;
	struct item *copy = arena_alloc(p->arena, sizeof(*copy));

	(void)e;
	*copy = *it;
	*vec_push(p->arena, &p->ranks[it->rank]) = copy;
	return 0;
}

/*
 * Writes the object, as the target takes it, into the spool (in its own octets where it is taken as it is and src has them), and
 * enters it in the ledger as it is: there it is one object with one content for all targets.
 */
static int
plan_rendered(struct push *p, const json_t *o, const json_t *rendered, const struct stix_stream *src, struct err *e)
{
	const char *octets = NULL;
	size_t n = 0;

	struct item it = { 0 };

	if (plan_identify(o, p->arena, &it, e) != 0)
		return -1;
	if (p->kind->whole)
		it.rank = 0;	/* as it came */
	if (books_enter(p, o, &it, e) != 0)
		return -1;
	if (it.state == PUBLISH_PLANNED || p->kind->whole) {
		buf_reset(&p->text);
		if (o == rendered && src != NULL && src->octets != NULL)
			octets = src->octets(src->ctx, &n);
		if (octets != NULL)
			json_squeeze(octets, n, &p->text);
		else
			json_write(rendered, &p->text, JSON_TIGHT, 0);
		if (p->text.over || p->text.len > UINT32_MAX / 2)
			return err_set(e, ERR_INPUT, "%s is larger than any server takes", it.id);
		it.len = (uint32_t)p->text.len;
		if (spool_add(&p->spool, buf_str(&p->text), p->text.len, &it.at, e) != 0)
			return -1;
	}
	return add_item(p, &it, e);
}

static int
plan_object(struct push *p, const json_t *o, const struct stix_stream *src, struct err *e)
{
	json_t *rendered;
	int rc;

	if (p->kind->render == NULL)
		return plan_rendered(p, o, o, src, e);
	if ((rendered = p->kind->render(o, &p->lost)) == NULL)
		return 0;
	rc = plan_rendered(p, o, rendered, src, e);
	json_decref(rendered);
	return rc;
}

/* What a kind that takes a bundle as one failed with before: all that was in the request (books_write_down). */
static int
add_letter(void *ctx, struct item *it, struct err *e)
{
	struct buf text = BUF_INIT(LIMIT_PUBLISH_ENVELOPE);
	struct push *p = ctx;
	struct json_text *t = NULL;
	json_t *objects, *o;
	size_t i;
	int rc;

	rc = spool_get(&p->spool, it->at, it->len, &text, e) != 0 || json_read_err(it->id, buf_str(&text), text.len, &t, e) != 0 ? -1 : 0;
	objects = rc == 0 ? json_object_get(json_text_root(t), "objects") : NULL;
	if (rc == 0 && objects == NULL)
		rc = plan_object(p, json_text_root(t), NULL, e);
	json_array_foreach(objects, i, o)
		if (rc == 0)
			rc = plan_object(p, o, NULL, e);
	json_text_free(t);
	buf_free(&text);
	return rc;
}

/* Nothing is lost silently. */
static void
say_lost(struct push *p)
{
	struct buf line = BUF_INIT(500);
	const char *what;
	json_t *n;

	json_object_foreach(p->lost.counts, what, n)
		buf_printf(&line, "%s%lld %s", line.len > 0 ? ", " : "", (long long)json_integer_value(n), what);
	if (line.len > 0 && p->nsend > 0)
		warn(p, "%s does not take everything: %s", p->kind->name, buf_str(&line));
	buf_free(&line);
}

static int
plan_source(struct push *p, const struct stix_stream *src, struct err *e)
{
	const struct stix_check *check = p->c->check;
	json_t *o;
	int got;

	while ((got = src->next(src->ctx, &o, e)) == 1)
		if ((check != NULL && check->object(check->ctx, o, e) != 0) || plan_object(p, o, src, e) != 0)
			return -1;
	if (got == 0 && check != NULL && check->end != NULL && check->end(check->ctx, e) != 0)
		return -1;
	return got;
}

static int
by_content(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
	int order = x->content < y->content ? -1 : x->content > y->content;

	if (order == 0)
		order = strcmp(x->id, y->id);
	return order != 0 ? order : strcmp(x->version, y->version);
}

/* The same version twice is once enough, unless the contents differ. */
static int
drop_doubles(struct push *p, struct err *e)
{
	struct item **sorted = xcalloc(p->nitems + 1, sizeof(*sorted));
	const struct item *twice = NULL;
	size_t left = 0;
	int same = 1;

	memcpy(sorted, p->items, p->nitems * sizeof(*sorted));
	qsort(sorted, p->nitems, sizeof(*sorted), by_content);
	for (size_t i = 1; same >= 0 && i < p->nitems; i++) {
		if (by_content(&sorted[i], &sorted[i - 1]) != 0)
			continue;
		if ((same = books_same(p, sorted[i], sorted[i - 1], e)) == 0)
			twice = sorted[i];
		sorted[i - 1]->drop = 1;
	}
	free(sorted);
	if (same < 0)
		return -1;
	if (twice != NULL)
		return err_set(e, ERR_INPUT, "%s%s%s is there twice with different content (STIX 2.1 section 3.6)", twice->id,
		    twice->version[0] != '\0' ? " of " : "", twice->version);
	for (size_t i = 0; i < p->nitems; i++)
		if (!p->items[i]->drop)
			p->items[left++] = p->items[i];
	p->nitems = left;
	return 0;
}

/* Puts the items in the order of sending. */
static int
put_in_order(struct push *p, struct err *e)
{
	size_t n = 0;

	for (size_t r = 0; r < PLAN_RANKS; r++)
		n += p->ranks[r].n;
	p->items = arena_alloc(p->arena, (n + 1) * sizeof(*p->items));
	for (size_t r = 0; r < PLAN_RANKS; r++)
		for (size_t i = 0; i < p->ranks[r].n; i++)
			p->items[p->nitems++] = p->ranks[r].v[i];
	return drop_doubles(p, e);
}

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

static int
back_to(struct push *p, int64_t row, struct item **items, size_t n, enum publish_state state, const char *message, struct err *e)
{
	const char *kept = message != NULL ? arena_strdup(p->arena, message) : NULL;

	for (size_t i = 0; i < n; i++) {
		items[i]->state = (uint8_t)state;
		items[i]->message = kept;
	}
	return books_close(p, row, items, n, e);
}

/* Notes what ends the run early. */
static int
stop(struct push *p, const struct err *why)
{
	err_set(&p->receipt->stop, why->kind, "%s", why->text);
	return 1;
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
		return back_to(p, row, items, n, PUBLISH_FAILED, buf_str(&s->words), e);
	if (back_to(p, row, items, n, PUBLISH_PLANNED, NULL, e) != 0)
		return -1;
	if (p->learned == 0 || half < p->learned) {
		p->learned = half > LIMIT_PUBLISH_LEAST ? half : LIMIT_PUBLISH_LEAST;
		if (books_learn(p, e) != 0)
			return -1;
		warn(p, "%s: %zu octets were too many for the server; from now on at most %lld", p->dest.url, p->text.len,
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
		return back_to(p, row, items, n, PUBLISH_PLANNED, NULL, e) != 0 ? -1 : send_halves(p, items, n, e);
	if (back_to(p, row, items, n, PUBLISH_FAILED, buf_str(&s->words), e) != 0)
		return -1;
	if (++p->refusals < LIMIT_PUBLISH_REFUSALS || p->receipt->envelopes > 0)
		return 0;
	err_set(&why, ERR_INPUT, "%s: the server refused each of the first %u objects, so the rest was not tried: %s", p->dest.url,
	    p->refusals, buf_str(&s->words));
	return stop(p, &why);
}

static int
begin_envelope(struct push *p, struct item **items, size_t n, int64_t *row, struct err *e)
{
	if (books_sending(p, items, n, row, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		items[i]->state = PUBLISH_SENDING;
		items[i]->sends += items[i]->sends < UINT8_MAX;
	}
	return 0;
}

static const char *const sent_names[] = {
	[SENT_OK] = "taken", [SENT_TOO_LARGE] = "too large", [SENT_REFUSED] = "refused", [SENT_STOP] = "stopped", [SENT_LOST] = "lost",
};

static void
tell_sent(const struct push *p, size_t n, const struct sent *s, const struct err *why)
{
	tell(p, &(struct publish_event){ p->dest.url, "request", n, p->text.len, sent_names[s->how], s->status.id,
	    s->words.len > 0 ? buf_str(&s->words) : why->kind != ERR_NONE ? why->text : NULL });
}

/* Sends n items that fit one envelope. 0: go on; 1: the run is stopped; -1: the ledger failed. */
static int
send_one(struct push *p, struct item **items, size_t n, int again, struct err *e)
{
	struct sent s = { .status = TAXII_STATUS_INIT, .words = BUF_INIT(2000) };
	struct err why = ERR_INIT;
	int64_t row;
	int rc = -1;

	if (push_build(p, items, n, &p->text, e) != 0 || begin_envelope(p, items, n, &row, e) != 0)
		return -1;
	p->receipt->requests++;
	s.how = p->kind->send(&p->dest, buf_str(&p->text), p->text.len, again, &s, &why);
	tell_sent(p, n, &s, &why);
	switch (s.how) {
	case SENT_OK:
		rc = taken(p, row, items, n, &s, e);
		break;
	case SENT_TOO_LARGE:
		rc = too_large(p, row, items, n, &s, e);
		break;
	case SENT_REFUSED:
		rc = refused(p, row, items, n, &s, e);
		break;
	case SENT_STOP:
		rc = back_to(p, row, items, n, PUBLISH_PLANNED, NULL, e) != 0 ? -1 : stop(p, &why);
		break;
	case SENT_LOST:
		rc = back_to(p, row, items, n, PUBLISH_UNKNOWN, why.text, e) != 0 ? -1 : stop(p, &why);
		break;
	}
	taxii_status_free(&s.status);
	buf_free(&s.words);
	return rc;
}

/* Sends a range of items in as many envelopes as the limits ask for. */
static int
send_range(struct push *p, struct item **items, size_t n, int again, struct err *e)
{
	size_t done = 0;
	int rc = 0;

	while (rc == 0 && done < n) {
		size_t k = fit(p, items + done, n - done);
		char text[120];

		if (k == 0) {
			snprintf(text, sizeof(text), "%u octets, more than the server takes in one envelope (%lld)",
			    items[done]->len, (long long)limit(p));
			rc = settle_all(p, items + done, 1, PUBLISH_FAILED, text, e);
			k = 1;
		} else
			rc = send_one(p, items + done, k, again, e);
		done += k;
		if (p->c->progress != NULL && !again)
			p->c->progress(p->c->ctx, done, n);
	}
	return rc;
}

/* ---- outcomes that come later ------------------------------------------------------------------------------------------- */

/* Asks for one open envelope. 1: it is settled; 0: still pending; -1: could not be asked. */
static int
ask(struct push *p, struct open_envelope *o, struct err *e)
{
	struct taxii_status st = TAXII_STATUS_INIT;
	struct err why = ERR_INIT;
	int gone = 0, rc;

	if (p->kind->ask(&p->dest, o->status_id, &st, &gone, &why) != 0) {
		if (!gone)
			return err_set(e, why.kind, "%s", why.text);
		rc = back_to(p, o->row, o->items.v, o->items.n, PUBLISH_UNKNOWN, "the server does not know its status any more", e);
	} else if (!st.complete)
		return taxii_status_free(&st), 0;
	else {
		push_apply(p, o->items.v, o->items.n, &st, 0);
		rc = books_close(p, o->row, o->items.v, o->items.n, e);
	}
	taxii_status_free(&st);
	return rc != 0 ? -1 : 1;
}

#define ASK_FIRST_MS	200
#define ASK_LAST_MS	10000
#define WAIT_DEFAULT_MS	300000

int
push_wait(struct push *p, struct err *e)
{
	int64_t until = http_now_ms(p->c->http) + (p->c->wait_ms > 0 ? p->c->wait_ms : WAIT_DEFAULT_MS), pause = ASK_FIRST_MS;
	size_t left;

	for (;;) {
		left = 0;
		for (size_t i = 0; i < p->open.n; i++) {
			int rc = ask(p, &p->open.v[i], e);

			if (rc < 0)
				return -1;
			if (rc == 0)
				p->open.v[left++] = p->open.v[i];
		}
		p->open.n = left;
		if (left == 0)
			return 0;
		if (http_now_ms(p->c->http) + pause > until)
			break;
		http_sleep_ms(p->c->http, pause);
		pause = pause * 3 / 2 < ASK_LAST_MS ? pause * 3 / 2 : ASK_LAST_MS;
	}
	return 0;
}

/* What an earlier run left open: asked for once; what was never answered counts as unknown, so it is sent again. */
static int
take_up(struct push *p, struct err *e)
{
	struct open_envelope *all;
	size_t n;

	if (books_open_envelopes(p, &all, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int rc;

		if (all[i].status_id[0] == '\0' || p->kind->ask == NULL)
			rc = back_to(p, all[i].row, all[i].items.v, all[i].items.n, PUBLISH_UNKNOWN,
			    "an earlier push was cut off before the answer", e);
		else if ((rc = ask(p, &all[i], e)) == 0)
			*vec_push(p->arena, &p->open) = all[i];
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* ---- the run ------------------------------------------------------------------------------------------------------------ */

static int
open_push(struct push *p, const struct publish_target *t, struct err *e)
{
	if ((p->kind = publish_kind_find(t->kind)) == NULL)
		return err_set(e, ERR_USAGE, "there is no kind of target '%s'", t->kind);
	if (t->review && p->kind->review != NULL)
		p->kind = p->kind->review;
	p->dest = (struct dest){ .target = t, .http = p->c->http, .arena = p->arena, .lost = &p->lost };
	if (p->kind->open(&p->dest, e) != 0)
		return -1;
	if (p->c->verify && (p->kind->ask == NULL || !p->dest.place.collection.can_read))
		return err_set(e, ERR_USAGE, "%s: %s, so nothing can be verified", p->dest.url,
		    p->kind->ask == NULL ? "this kind of target is not read" : "you may not read this collection");
	p->receipt->target = p->dest.url;
	p->receipt->dry_run = p->c->dry_run;
	return 0;
}

/* Everything up to the first request with objects. In a dry run the ledger is left as it was. */
static int
prepare(struct push *p, const struct publish_target *t, const struct stix_stream *src, struct err *e)
{
	int rc;

	if (books_begin(p, e) != 0)
		return -1;
	rc = books_place(p, t->name, e);
	if (rc == 0 && !p->c->dry_run) {
		if ((rc = books_commit(p, e)) == 0 && (rc = take_up(p, e)) == 0)
			rc = books_begin(p, e);
	}
	if (rc == 0)
		rc = src != NULL ? plan_source(p, src, e) : books_letters(p, p->kind->whole ? add_letter : add_item, e);
	if (rc == 0)
		rc = put_in_order(p, e);
	if (rc == 0 && !p->c->dry_run)
		rc = books_run_begin(p, e);
	if (rc == 0 && !p->c->dry_run)
		rc = books_commit(p, e);
	books_rollback(p);
	return rc;
}

/* The envelopes that would be sent, counted. */
static void
rehearse(struct push *p)
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

/* What is to be sent. A kind that takes a bundle as one gets all of it when anything is. */
static void
choose(struct push *p)
{
	int any = 0;

	p->send = arena_alloc(p->arena, (p->nitems + 1) * sizeof(*p->send));
	for (size_t i = 0; i < p->nitems; i++)
		any |= p->items[i]->state == PUBLISH_PLANNED;
	for (size_t i = 0; i < p->nitems; i++)
		if (p->items[i]->state == PUBLISH_PLANNED || (any && p->kind->whole)) {
			p->items[i]->state = PUBLISH_PLANNED;
			p->items[i]->before = 0;
			p->send[p->nsend++] = p->items[i];
		}
}

/* Sends in the order of ranks; before what refers to others, the others' outcome is waited for. */
static int
send_all(struct push *p, struct err *e)
{
	size_t refer = 0;
	int rc;

	while (refer < p->nsend && p->send[refer]->rank < 2)
		refer++;
	/* All in one envelope: nothing to wait for in between. */
	if (fit(p, p->send, p->nsend) == p->nsend)
		refer = p->nsend;
	rc = send_range(p, p->send, refer, 0, e);
	if (rc == 0 && refer < p->nsend && p->open.n > 0)
		rc = push_wait(p, e);
	if (rc == 0)
		rc = send_range(p, p->send + refer, p->nsend - refer, 0, e);
	return rc;
}

/* The octets of a failed object, in the receipt's arena; NULL when they are not at hand. */
static const char *
octets_of(struct push *p, const struct item *it)
{
	struct buf text = BUF_INIT(LIMIT_PUBLISH_ENVELOPE);
	struct err why = ERR_INIT;
	const char *kept = NULL;

	if (it->state == PUBLISH_FAILED && it->len > 0 && spool_get(&p->spool, it->at, it->len, &text, &why) == 0)
		kept = arena_strndup(p->receipt->arena, buf_str(&text), text.len);
	buf_free(&text);
	return kept;
}

static int
finish(struct push *p, struct err *e)
{
	struct publish_receipt *r = p->receipt;
	char outcome[200];

	for (size_t i = 0; i < p->nitems; i++) {
		struct item *it = p->items[i];
		struct publish_outcome o;

		/* Settled by an envelope of an earlier run: the ledger knows how. */
		if (it->state == PUBLISH_SENT && it->sends == 0 && books_state(p, it, e) != 0)
			return -1;
		o = (struct publish_outcome){ it->id, it->version, (enum publish_state)it->state, it->before, it->message,
		    octets_of(p, it) };
		*vec_push(r->arena, &r->objects) = o;
		r->count[it->state]++;
		r->before += it->before;
	}
	snprintf(outcome, sizeof(outcome), "%zu accepted, %zu already there, %zu failed, %zu open%s", r->count[PUBLISH_ACCEPTED],
	    r->count[PUBLISH_ALREADY], r->count[PUBLISH_FAILED],
	    r->count[PUBLISH_SENT] + r->count[PUBLISH_UNKNOWN] + r->count[PUBLISH_PLANNED] + r->count[PUBLISH_SENDING],
	    r->stop.kind != ERR_NONE ? "; stopped early" : "");
	return p->c->dry_run ? 0 : books_run_end(p, outcome, e);
}

static int
run(struct push *p, const struct publish_target *t, const struct stix_stream *src, struct err *e)
{
	struct err why = ERR_INIT;
	int rc;

	if (open_push(p, t, e) != 0 || prepare(p, t, src, e) != 0)
		return -1;
	choose(p);
	if (!p->kind->whole)
		say_lost(p);
	if (p->c->dry_run) {
		rehearse(p);
		return finish(p, e);
	}
	tell(p, &(struct publish_event){ .target = p->dest.url, .what = "plan", .objects = p->nsend });
	/* From here on something may have been sent: whatever happens, there is a receipt. */
	rc = send_all(p, &why);
	if (p->kind->whole)
		say_lost(p);
	if (p->open.n > 0 && push_wait(p, &why) != 0)
		rc = -1;
	if (rc < 0)
		stop(p, &why);
	if (p->nsend > 0 && p->receipt->stop.kind == ERR_NONE)
		push_verify(p, &why);
	err_clear(&why);
	if (p->c->verify && p->receipt->stop.kind == ERR_NONE && push_read_back(p, &why) != 0)
		stop(p, &why);
	if (p->c->verify)
		tell(p, &(struct publish_event){ .target = p->dest.url, .what = "read back", .objects = p->receipt->verified });
	err_clear(&why);
	if (finish(p, &why) != 0)
		stop(p, &why);
	return 0;
}

static int
push(const struct publish_target *t, const char *source, const struct stix_stream *src, const struct publish_config *c,
    struct publish_receipt **out, struct err *e)
{
	struct publish_receipt *r = xcalloc(1, sizeof(*r));
	struct push p = { .c = c, .text = BUF_INIT(LIMIT_PUBLISH_ENVELOPE), .receipt = r };
	int rc;

	r->arena = p.arena = arena_new();
	r->source = arena_strdup(r->arena, source);
	spool_init(&p.spool);
	rc = run(&p, t, src, e);
	if (p.kind != NULL && p.kind->close != NULL)
		p.kind->close(&p.dest);
	spool_free(&p.spool);
	publish_lost_free(&p.lost);
	buf_free(&p.text);
	if (rc == 0)
		*out = r;
	else
		publish_receipt_free(r);
	return rc;
}

int
publish_push(const struct publish_target *t, const char *source, const struct stix_stream *src, const struct publish_config *c,
    struct publish_receipt **out, struct err *e)
{
	return push(t, source, src, c, out, e);
}

int
publish_retry(const struct publish_target *t, const struct publish_config *c, struct publish_receipt **out, struct err *e)
{
	return push(t, "(retry)", NULL, c, out, e);
}

void
publish_receipt_free(struct publish_receipt *r)
{
	if (r == NULL)
		return;
	arena_free(r->arena);
	free(r);
}

int
publish_receipt_exit(const struct publish_receipt *r)
{
	int rc = r->stop.kind != ERR_NONE ? (int)r->stop.kind : 0;

	if (r->count[PUBLISH_FAILED] > 0 && rc == 0)
		rc = ERR_INPUT;
	if (!r->dry_run && r->count[PUBLISH_SENT] + r->count[PUBLISH_UNKNOWN] > 0)
		rc = ERR_SYSTEM;
	return rc;
}
