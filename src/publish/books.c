/* The ledger as a push sees it; without one, nothing is known from before and nothing is kept. */
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "publish/push.h"

int
books_begin(struct push *p, struct err *e)
{
	return p->c->ledger != NULL ? ledger_begin(p->c->ledger, e) : 0;
}

int
books_commit(struct push *p, struct err *e)
{
	return p->c->ledger != NULL ? ledger_commit(p->c->ledger, e) : 0;
}

void
books_rollback(struct push *p)
{
	if (p->c->ledger != NULL)
		ledger_rollback(p->c->ledger);
}

int
books_place(struct push *p, const char *name, struct err *e)
{
	if (p->c->ledger != NULL && ledger_place(p->c->ledger, p->dest.url, name, &p->place, e) != 0)
		return -1;
	p->learned = p->place.learned;
	return 0;
}

int
books_learn(struct push *p, struct err *e)
{
	return p->c->ledger != NULL ? ledger_learn(p->c->ledger, p->place.row, p->learned, e) : 0;
}

/* ---- objects ------------------------------------------------------------------------------------------------------------ */

/* FNV-1a over both texts with their ends. */
static int64_t
hash(const char *id, const char *version)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i <= strlen(id); i++)
		h = (h ^ (unsigned char)id[i]) * 0x100000001b3u;
	for (; *version != '\0'; version++)
		h = (h ^ (unsigned char)*version) * 0x100000001b3u;
	return (int64_t)h;
}

int
books_digest(struct push *p, const json_t *o, char digest[DIGEST_HEX])
{
	if (p->c->ledger == NULL)
		return 0;
	buf_reset(&p->text);
	json_canon(o, &p->text);
	digest_sha256(buf_str(&p->text), p->text.len, digest);
	return 1;
}

int
books_enter(struct push *p, const char *digest, struct item *it, struct err *e)
{
	char prefix[17] = "";
	int conflict = 0;

	if (p->c->ledger == NULL) {
		it->content = hash(it->id, it->version);
		return 0;
	}
	it->print = strtoull(memcpy(prefix, digest, 16), NULL, 16);
	if (ledger_enter(p->c->ledger, p->place.row, digest, it, &conflict, e) != 0)
		return -1;
	if (conflict)
		return err_set(e, ERR_INPUT, "%s of %s was published before with other content; what changes needs a new "
		    "\"modified\" (STIX 2.1 section 3.6)", it->id, it->version);
	return 0;
}

static int
read_back(struct push *p, const struct item *it, struct json_text **out, struct err *e)
{
	struct buf text = BUF_INIT(LIMIT_PUBLISH_ENVELOPE);
	int rc = spool_get(&p->spool, it->at, it->len, &text, e);

	if (rc == 0)
		rc = json_read_err(it->id, buf_str(&text), text.len, out, e);
	buf_free(&text);
	return rc;
}

int
books_same(struct push *p, const struct item *a, const struct item *b, struct err *e)
{
	struct json_text *x = NULL, *y = NULL;
	int rc = -1;

	if (p->c->ledger != NULL)
		return a->print == b->print;
	if (read_back(p, a, &x, e) == 0 && read_back(p, b, &y, e) == 0)
		rc = json_same(json_text_root(x), json_text_root(y));
	json_text_free(x);
	json_text_free(y);
	return rc;
}

int
books_state(struct push *p, struct item *it, struct err *e)
{
	return p->c->ledger != NULL ? ledger_state(p->c->ledger, p->place.row, it, p->arena, e) : 0;
}

/* A bundle that is taken as one is kept as one, with the first of its objects that failed. */
static int
letter(struct push *p, struct item **items, size_t n, size_t i, struct buf *out, struct err *e)
{
	buf_reset(out);
	return p->kind->whole ? push_build(p, items, n, out, e) : spool_get(&p->spool, items[i]->at, items[i]->len, out, e);
}

int
books_write_down(struct push *p, struct item **items, size_t n, struct err *e)
{
	struct buf body = BUF_INIT(LIMIT_PUBLISH_ENVELOPE);
	int rc = 0, kept = 0;

	if (p->c->ledger == NULL)
		return 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		int keep = items[i]->len > 0 && (items[i]->state == PUBLISH_FAILED || items[i]->state == PUBLISH_UNKNOWN) &&
		    !(kept && p->kind->whole);

		buf_reset(&body);
		kept |= keep;
		if (keep)
			rc = letter(p, items, n, i, &body, e);
		if (rc == 0)
			rc = ledger_settle(p->c->ledger, p->place.row, items[i], keep ? buf_str(&body) : NULL, body.len,
			    http_now_ms(p->c->http), e);
	}
	buf_free(&body);
	return rc;
}

int
books_letters(struct push *p, int (*each)(void *ctx, struct item *it, struct err *e), struct err *e)
{
	return p->c->ledger != NULL ? ledger_letters(p->c->ledger, p->place.row, p->arena, &p->spool, each, p, e) : 0;
}

/* ---- runs and requests -------------------------------------------------------------------------------------------------- */

int
books_run_begin(struct push *p, struct err *e)
{
	return p->c->ledger != NULL ?
	    ledger_run_begin(p->c->ledger, p->place.row, p->receipt->source, http_now_ms(p->c->http), &p->run, e) : 0;
}

int
books_run_end(struct push *p, const char *outcome, struct err *e)
{
	return p->c->ledger != NULL ? ledger_run_end(p->c->ledger, p->run, http_now_ms(p->c->http), outcome, e) : 0;
}

int
books_open_envelopes(struct push *p, struct open_envelope **out, size_t *n, struct err *e)
{
	*n = 0;
	return p->c->ledger != NULL ? ledger_open_envelopes(p->c->ledger, p->place.row, p->arena, out, n, e) : 0;
}

/* The end of a transaction. */
static int
end(struct push *p, int rc, struct err *e)
{
	if (rc == 0)
		rc = books_commit(p, e);
	if (rc != 0)
		books_rollback(p);
	return rc;
}

int
books_sending(struct push *p, struct item **items, size_t n, int64_t *row, struct err *e)
{
	struct ledger *l = p->c->ledger;

	*row = 0;
	if (l == NULL)
		return 0;
	if (books_begin(p, e) != 0)
		return -1;
	return end(p, ledger_envelope(l, p->place.row, p->run, items, n, http_now_ms(p->c->http), row, e), e);
}

int
books_sent(struct push *p, int64_t row, struct item **items, size_t n, const char *status_id, struct err *e)
{
	int rc;

	if (p->c->ledger == NULL)
		return 0;
	if (books_begin(p, e) != 0)
		return -1;
	if ((rc = books_write_down(p, items, n, e)) == 0)
		rc = ledger_envelope_sent(p->c->ledger, row, status_id, e);
	return end(p, rc, e);
}

int
books_close(struct push *p, int64_t row, struct item **items, size_t n, struct err *e)
{
	int rc;

	if (p->c->ledger == NULL)
		return 0;
	if (books_begin(p, e) != 0)
		return -1;
	if ((rc = books_write_down(p, items, n, e)) == 0)
		rc = ledger_envelope_done(p->c->ledger, row, e);
	return end(p, rc, e);
}
