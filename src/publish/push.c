/* A push: plan, send (send.c), wait for outcomes, keep the ledger. */
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "publish/push.h"

void
push_warn(struct push *p, const char *fmt, ...)
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

void
push_tell(const struct push *p, const struct publish_event *event)
{
	if (p->c->event != NULL)
		p->c->event(p->c->ctx, event);
}

int
push_stop(struct push *p, const struct err *why)
{
	if (p->receipt->stop.kind == ERR_NONE)
		err_set(&p->receipt->stop, why->kind, "%s", why->text);
	return 1;
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
 * Writes the object, as the target takes it, into the spool (in its own octets where it is taken as it is and src has them). Before
 * it stands the digest of what it is here: for the ledger it is one object with one content for all targets (enter_all).
 */
static int
plan_rendered(struct push *p, const json_t *o, const json_t *rendered, const struct stix_stream *src, struct err *e)
{
	char digest[DIGEST_HEX];
	const char *octets = NULL;
	struct item it = { 0 };
	size_t n = 0;

	if (plan_identify(o, p->arena, &it, e) != 0)
		return -1;
	if (p->kind->whole)
		it.rank = 0;	/* as it came */
	if (books_digest(p, o, digest) && spool_add(&p->spool, digest, DIGEST_HEX, &it.at, e) != 0)
		return -1;
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
	return add_item(p, &it, e);
}

/* Enters what was read in the ledger, which tells what an earlier push came to. */
static int
enter_all(struct push *p, struct err *e)
{
	struct buf digest = BUF_INIT(DIGEST_HEX + 1);
	int rc = 0;

	for (size_t r = 0; r < PLAN_RANKS; r++)
		for (size_t i = 0; rc == 0 && i < p->ranks[r].n; i++) {
			struct item *it = p->ranks[r].v[i];

			buf_reset(&digest);
			if (p->c->ledger != NULL)
				rc = spool_get(&p->spool, it->at - DIGEST_HEX, DIGEST_HEX, &digest, e);
			if (rc == 0)
				rc = books_enter(p, buf_str(&digest), it, e);
			if (it->state != PUBLISH_PLANNED && !p->kind->whole)
				it->len = 0;	/* it is not sent */
		}
	buf_free(&digest);
	return rc;
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
		push_warn(p, "%s does not take everything: %s", p->kind->name, buf_str(&line));
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
		rc = push_close(p, o->row, o->items.v, o->items.n, PUBLISH_UNKNOWN, "the server does not know its status any more", e);
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
			rc = push_close(p, all[i].row, all[i].items.v, all[i].items.n, PUBLISH_UNKNOWN,
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
find_kind(struct push *p, const struct publish_target *t, struct err *e)
{
	if ((p->kind = publish_kind_find(t->kind)) == NULL)
		return err_set(e, ERR_USAGE, "there is no kind of target '%s'", t->kind);
	if (t->review && p->kind->review != NULL)
		p->kind = p->kind->review;
	return 0;
}

static int
open_push(struct push *p, const struct publish_target *t, struct err *e)
{
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

/* Everything after reading up to the first request with objects. In a dry run the ledger is left as it was. */
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
		rc = src != NULL ? 0 : books_letters(p, p->kind->whole ? add_letter : add_item, e);
	if (rc == 0 && (src != NULL || p->kind->whole))
		rc = enter_all(p, e);
	if (rc == 0)
		rc = put_in_order(p, e);
	if (rc == 0 && !p->c->dry_run)
		rc = books_run_begin(p, e);
	if (rc == 0 && !p->c->dry_run)
		rc = books_commit(p, e);
	books_rollback(p);
	return rc;
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

	/* What cannot be read, or is not valid, is said before anybody is asked for anything. */
	if (find_kind(p, t, e) != 0 || (src != NULL && plan_source(p, src, e) != 0) || open_push(p, t, e) != 0 ||
	    prepare(p, t, src, e) != 0)
		return -1;
	choose(p);
	if (!p->kind->whole)
		say_lost(p);
	if (p->c->dry_run) {
		push_look_ahead(p);
		push_rehearse(p);
		return finish(p, e);
	}
	push_tell(p, &(struct publish_event){ .target = p->dest.url, .what = "plan", .objects = p->nsend });
	/* From here on something may have been sent: whatever happens, there is a receipt. */
	rc = push_send(p, &why);
	if (p->kind->whole)
		say_lost(p);
	if (p->open.n > 0 && push_wait(p, &why) != 0)
		rc = -1;
	if (rc < 0)
		push_stop(p, &why);
	if (p->nsend > 0 && p->receipt->stop.kind == ERR_NONE)
		push_verify(p, &why);
	err_clear(&why);
	if (p->c->verify && p->receipt->stop.kind == ERR_NONE && push_read_back(p, &why) != 0)
		push_stop(p, &why);
	if (p->c->verify)
		push_tell(p, &(struct publish_event){ .target = p->dest.url, .what = "read back", .objects = p->receipt->verified });
	err_clear(&why);
	if (finish(p, &why) != 0)
		push_stop(p, &why);
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
