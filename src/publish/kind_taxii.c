/* The kind of target "taxii": a collection that objects are added to (TAXII 5.5). */
#include <string.h>
#include <strings.h>

#include "publish/publish_in.h"

#define ENVELOPE_DEFAULT	(8 << 20)	/* octets when nothing smaller is known: servers advertise more than their parsers take */
#define BATCH_DEFAULT		1000		/* objects: where throughput stops growing with size */

static int
usable(const struct taxii_place *p, struct err *e)
{
	if (!p->root.v21)
		return err_set(e, ERR_SYSTEM, "%s: this API root does not speak TAXII 2.1 (\"versions\", TAXII 4.2.1)", p->root.url);
	if (!p->collection.can_write)
		return err_set(e, ERR_SYSTEM, "%s: you may not write to this collection (can_write is false, TAXII 5.2.1)",
		    p->collection.url);
	if (!p->collection.stix21)
		return err_set(e, ERR_SYSTEM, "%s: this collection does not take STIX (media_types, TAXII 5.2.1)", p->collection.url);
	return 0;
}

static int
taxii_open(struct dest *d, struct err *e)
{
	struct buf id = BUF_INIT(LIMIT_JSON_STRING);

	if (taxii_locate(d->http, d->target->url, d->target->collection, d->arena, &d->place, e) != 0 || usable(&d->place, e) != 0)
		return -1;
	/* One spelling for the ledger, however the person named the collection. */
	http_quote(d->place.collection.id, &id);
	d->url = arena_printf(d->arena, "%scollections/%s/", d->place.root.url, buf_str(&id));
	buf_free(&id);
	d->max_octets = ENVELOPE_DEFAULT;
	/* Only a body smaller than max_content_length is promised to pass (TAXII 4.2.1). */
	if (d->place.root.max_content_length > 0 && d->place.root.max_content_length - 1 < d->max_octets)
		d->max_octets = d->place.root.max_content_length - 1;
	d->batch = d->target->batch > 0 ? (size_t)d->target->batch : BATCH_DEFAULT;
	return 0;
}

/* What a refusal means for the objects in the envelope. Statuses not listed stop the run, nothing taken. */
static const struct {
	long status;
	enum sent_how how;
} meanings[] = {
	{ 400, SENT_REFUSED },
	{ 409, SENT_REFUSED },
	{ 413, SENT_TOO_LARGE },
	{ 422, SENT_REFUSED },
	{ 500, SENT_REFUSED },
	{ 502, SENT_LOST },
	{ 504, SENT_LOST },
};

static enum sent_how
refusal(const struct http_answer *a, struct sent *out, struct err *e)
{
	enum sent_how how = SENT_STOP;

	for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
		if (meanings[i].status == a->status)
			how = meanings[i].how;
	taxii_words(a, &out->words);
	/* Some servers say it with a 500. */
	if (a->status == 500 && strcasestr(buf_str(&out->words), "too large") != NULL)
		how = SENT_TOO_LARGE;
	if (out->words.len == 0)
		buf_printf(&out->words, "HTTP %ld", a->status);
	/* Refused now, but an earlier try may have got through. */
	if (how == SENT_STOP && a->lost)
		how = SENT_LOST;
	if (how == SENT_STOP || how == SENT_LOST)
		taxii_refused(a, e);
	return how;
}

static enum sent_how
taxii_send(struct dest *d, const char *envelope, size_t n, int again, struct sent *out, struct err *e)
{
	struct buf url = BUF_INIT(LIMIT_JSON_STRING);
	/* Adding an object twice does no harm (TAXII 5.5), so it may be repeated; not while looking for the one that a server chokes on. */
	struct http_request q = { .accept = TAXII_TYPE, .content_type = TAXII_TYPE, .body = envelope, .body_len = n,
	    .repeatable = !again };
	struct http_answer a = HTTP_ANSWER_INIT;
	enum sent_how how = SENT_OK;
	json_t *v;

	buf_printf(&url, "%sobjects/", d->place.collection.url);
	q.url = buf_str(&url);
	if (http_do(d->http, &q, &a, e) != 0)
		how = a.lost ? SENT_LOST : SENT_STOP;
	else if (a.status < 200 || a.status > 299)
		how = refusal(&a, out, e);
	else if ((v = taxii_json(&a)) != NULL) {
		if (taxii_status_read(v, &out->status) != 0)
			taxii_status_free(&out->status);
		json_decref(v);
	}
	out->tries = a.tries;
	http_answer_free(&a);
	buf_free(&url);
	return how;
}

static int
taxii_ask(struct dest *d, const char *id, struct taxii_status *out, int *gone, struct err *e)
{
	return taxii_status_get(d->http, d->place.root.url, id, out, gone, e);
}

const struct publish_kind kind_taxii = {
	.name = "taxii", .open = taxii_open, .send = taxii_send, .ask = taxii_ask, .beside = 1,
};
