/* Reading a collection page by page, losing and doubling nothing. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "publish/publish_in.h"

#define PAGE_DEFAULT	1000	/* objects a page, asked for always: some servers send everything otherwise */
#define PAGE_LARGEST	100000	/* how far a page is widened when its objects share one date */
#define IDLE_PAGES	3	/* pages without anything new before reading gives up */
#define KEY_OCTETS	16

/* The objects seen, as digests: an open hash table. */
struct seen {
	unsigned char (*keys)[KEY_OCTETS];
	size_t n, room;
};

struct reading {
	struct http *http;
	const struct taxii_place *place;
	const struct taxii_query *q;
	struct seen seen;
	struct taxii_read sum;
	char *next;			/* new, or NULL */
	char after[STAMP_TEXT];		/* added_after of the next request; "" for none */
	long limit;
	unsigned idle;			/* pages in a row without anything new */
	int restarted;			/* an expired "next" was left once already */
	int more;
	int (*each)(void *, json_t *, struct err *);
	void *ctx;
};

static int
hex(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Finds the slot of a key: where it is, or where it would go. */
static size_t
slot(const struct seen *s, const unsigned char key[KEY_OCTETS])
{
	static const unsigned char none[KEY_OCTETS];
	uint64_t h;
	size_t i;

	memcpy(&h, key, sizeof(h));
	for (i = h & (s->room - 1); memcmp(s->keys[i], none, KEY_OCTETS) != 0; i = (i + 1) & (s->room - 1))
		if (memcmp(s->keys[i], key, KEY_OCTETS) == 0)
			break;
	return i;
}

static void
widen(struct seen *s)
{
	static const unsigned char none[KEY_OCTETS];
	struct seen old = *s;

	s->room = old.room > 0 ? old.room * 2 : 1024;
	s->keys = xcalloc(s->room, KEY_OCTETS);
	for (size_t i = 0; i < old.room; i++)
		if (memcmp(old.keys[i], none, KEY_OCTETS) != 0)
			memcpy(s->keys[slot(s, old.keys[i])], old.keys[i], KEY_OCTETS);
	free(old.keys);
}

/* Notes an object: 1 when it is new. By its whole content: an observable has no version, yet may come with two contents. */
static int
is_new(struct seen *s, const json_t *o)
{
	struct buf b = BUF_INIT(LIMIT_HTTP_BODY);
	unsigned char key[KEY_OCTETS];
	char digest[DIGEST_HEX];
	size_t at;

	json_canon(o, &b);
	digest_sha256(buf_str(&b), b.len, digest);
	buf_free(&b);
	for (size_t i = 0; i < KEY_OCTETS; i++)
		key[i] = (unsigned char)(hex(digest[2 * i]) << 4 | hex(digest[2 * i + 1]));
	if (2 * s->n >= s->room)
		widen(s);
	at = slot(s, key);
	if (memcmp(s->keys[at], key, KEY_OCTETS) == 0)
		return 0;
	memcpy(s->keys[at], key, KEY_OCTETS);
	s->n++;
	return 1;
}

/* ---- the query ------------------------------------------------------------------------------------------------------ */

static int
check_match(const struct taxii_match *m, struct err *e)
{
	size_t words = 1;
	int all = 0;

	if (m->field[0] == '\0' || m->field[strspn(m->field, "abcdefghijklmnopqrstuvwxyz_0123456789")] != '\0')
		return err_set(e, ERR_USAGE, "'%s' is no field name for a match (id, type, version, spec_version; TAXII 3.4.1)", m->field);
	for (const char *p = m->value;; p++) {
		size_t n = strcspn(p, ",");

		if (n == 0)
			return err_set(e, ERR_USAGE, "match %s: an empty value", m->field);
		all |= strcmp(m->field, "version") == 0 && n == 3 && strncmp(p, "all", 3) == 0;
		if (p[n] == '\0')
			break;
		words++;
		p += n;
	}
	if (all && words > 1)
		return err_set(e, ERR_USAGE, "match version: \"all\" stands alone (TAXII 3.4.1)");
	return 0;
}

int
taxii_query_check(const struct taxii_query *q, struct err *e)
{
	struct stamp t;

	if (q->added_after != NULL && stamp_parse(q->added_after, strlen(q->added_after), &t) != 0)
		return err_set(e, ERR_USAGE, "'%s' is no timestamp such as 2024-06-13T00:00:00.000000Z (TAXII 2)", q->added_after);
	if (q->limit < 0)
		return err_set(e, ERR_USAGE, "a limit is at least 1 (TAXII 3.4)");
	for (size_t i = 0; i < q->nmatch; i++) {
		if (check_match(&q->match[i], e) != 0)
			return -1;
		for (size_t k = 0; k < i; k++)
			if (strcmp(q->match[i].field, q->match[k].field) == 0)
				return err_set(e, ERR_USAGE, "match %s is given twice; join its values with commas (TAXII 3.4)",
				    q->match[i].field);
	}
	return 0;
}

/* "match[FIELD]=VALUE" of each field, behind `before` or "&". */
static void
add_matches(const struct taxii_query *q, char before, struct buf *url)
{
	for (size_t i = 0; i < q->nmatch; i++, before = '&') {
		buf_printf(url, "%cmatch%%5B%s%%5D=", before, q->match[i].field);
		http_quote(q->match[i].value, url);
	}
}

static void
build_url(const struct reading *r, struct buf *url)
{
	buf_printf(url, "%s%s/?limit=%ld", r->place->collection.url, r->q->manifest ? "manifest" : "objects", r->limit);
	add_matches(r->q, '&', url);
	if (r->after[0] != '\0') {
		buf_adds(url, "&added_after=");
		http_quote(r->after, url);
	}
	if (r->next != NULL) {
		buf_adds(url, "&next=");
		http_quote(r->next, url);
	}
}

/* ---- going on ---------------------------------------------------------------------------------------------------------- */

/* The date to go on from: one microsecond before the last one, as objects may share it. */
static int
date_step(struct reading *r, struct err *e)
{
	struct stamp t;

	if (r->sum.last[0] == '\0' || stamp_parse(r->sum.last, strlen(r->sum.last), &t) != 0)
		return err_set(e, ERR_SYSTEM, "%s: the server has more objects but says neither \"next\" nor a usable "
		    "X-TAXII-Date-Added-Last (TAXII 3.5): they cannot be read", r->place->collection.url);
	if (t.nsec >= 1000)
		t.nsec -= 1000;
	else {
		t.sec--;
		t.nsec += 999999000;
	}
	stamp_format(t, 6, r->after);
	free(r->next);
	r->next = NULL;
	return 0;
}

/* Decides how the next page is asked for, after a page that brought `fresh` new objects. */
static int
step(struct reading *r, const json_t *page, size_t fresh, struct err *e)
{
	const char *next = json_string_value(json_object_get(page, "next"));

	r->idle = fresh > 0 ? 0 : r->idle + 1;
	if (next != NULL && next[0] != '\0') {
		if (r->idle >= IDLE_PAGES)
			goto stuck;
		free(r->next);
		r->next = xstrdup(next);
		return 0;
	}
	/* All of a page has one date: only a larger page leads past it. */
	if (r->idle > 0) {
		if (r->limit >= PAGE_LARGEST)
			goto stuck;
		r->limit = r->limit * 4 < PAGE_LARGEST ? r->limit * 4 : PAGE_LARGEST;
		if (r->idle >= 2 * IDLE_PAGES)
			goto stuck;
	}
	return date_step(r, e);
stuck:
	return err_set(e, ERR_SYSTEM, "%s: the server says there is more but keeps sending the same objects; stopped after %zu pages",
	    r->place->collection.url, r->sum.pages);
}

static int
take_page(struct reading *r, const struct http_answer *a, const json_t *page, size_t *fresh, struct err *e)
{
	const char *last = http_header(a, "X-TAXII-Date-Added-Last");
	const json_t *objects = json_object_get(page, "objects");
	json_t *o;
	size_t i;

	if (objects != NULL && !json_is_array(objects))
		return err_set(e, ERR_SYSTEM, "%s: \"objects\" is no list (TAXII 3.7)", a->url);
	*fresh = 0;
	json_array_foreach(objects, i, o) {
		if (!is_new(&r->seen, o)) {
			r->sum.repeated++;
			continue;
		}
		(*fresh)++;
		r->sum.objects++;
		if (r->each(r->ctx, o, e) != 0)
			return -1;
	}
	if (last != NULL && strlen(last) < sizeof(r->sum.last))
		snprintf(r->sum.last, sizeof(r->sum.last), "%s", last);
	r->sum.pages++;
	/* An empty page ends the reading whatever "more" says (TAXII 3.5). */
	r->more = json_is_true(json_object_get(page, "more")) && json_array_size(objects) > 0;
	return 0;
}

/* A "next" that the server does not know any more, or whose page got lost: from the last date, once. */
static int
next_expired(struct reading *r, const struct http_answer *a)
{
	int refused = a->status == 400 || a->status == 404 || a->status == 410 || a->status == 416 ||
	    a->status == 500 || a->lost;

	if (r->next == NULL || r->restarted || !refused || r->sum.last[0] == '\0')
		return 0;
	r->restarted = 1;
	return date_step(r, NULL) == 0;
}

static int
read_page(struct reading *r, struct err *e)
{
	struct http_answer a = HTTP_ANSWER_INIT;
	struct buf url = BUF_INIT(LIMIT_JSON_STRING);
	struct err why = ERR_INIT;
	json_t *page = NULL;
	size_t fresh = 0;
	int rc;

	build_url(r, &url);
	/* Some servers hand out a page of "next" once only: asking again after a lost answer would skip it. */
	rc = taxii_fetch(r->http, buf_str(&url), r->next != NULL, &a, &page, &why);
	if (rc != 0 && next_expired(r, &a))
		rc = 0;
	else if (rc != 0)
		err_set(e, why.kind, "%s", why.text);
	else if ((rc = take_page(r, &a, page, &fresh, e)) == 0 && r->more) {
		if (r->q->max_pages > 0 && r->sum.pages >= (size_t)r->q->max_pages) {
			r->sum.cut = 1;
			r->more = 0;
		} else
			rc = step(r, page, fresh, e);
	}
	json_decref(page);
	http_answer_free(&a);
	buf_free(&url);
	return rc;
}

/* TAXII 2 wants six digits. More stay: cut off, they would bring the same objects again and again. */
static void
start_at(const char *text, struct stamp t, char out[STAMP_TEXT])
{
	const char *dot = strchr(text, '.');

	if (dot != NULL && strspn(dot + 1, "0123456789") > 6 && strlen(text) < STAMP_TEXT)
		strcpy(out, text);
	else
		stamp_format(t, 6, out);
}

int
taxii_read(struct http *h, const struct taxii_place *p, const struct taxii_query *q,
    int (*each)(void *ctx, json_t *object, struct err *e), void *ctx, struct taxii_read *sum, struct err *e)
{
	struct reading r = { .http = h, .place = p, .q = q, .each = each, .ctx = ctx, .more = 1 };
	struct stamp t;
	int rc = 0;

	if (taxii_query_check(q, e) != 0)
		return -1;
	if (!p->collection.can_read)
		return err_set(e, ERR_SYSTEM, "%s: you may not read this collection (can_read is false)", p->collection.url);
	r.limit = q->limit > 0 ? q->limit : PAGE_DEFAULT;
	if (q->added_after != NULL && stamp_parse(q->added_after, strlen(q->added_after), &t) == 0)
		start_at(q->added_after, t, r.after);
	while (rc == 0 && r.more)
		rc = read_page(&r, e);
	free(r.seen.keys);
	free(r.next);
	if (rc == 0)
		*sum = r.sum;
	return rc;
}

/* ---- deleting ------------------------------------------------------------------------------------------------------------ */

int
taxii_delete(struct http *h, const struct taxii_place *p, const char *id, const struct taxii_query *q, struct err *e)
{
	struct http_request request = { .method = "DELETE", .accept = TAXII_TYPE, .repeatable = 1 };
	struct http_answer a = HTTP_ANSWER_INIT;
	struct buf url = BUF_INIT(LIMIT_SMALL_FILE);
	int rc = -1;

	if (id[0] == '\0')
		return err_set(e, ERR_USAGE, "an object's id is empty");
	for (size_t i = 0; i < q->nmatch; i++)
		if (strcmp(q->match[i].field, "version") != 0 && strcmp(q->match[i].field, "spec_version") != 0)
			return err_set(e, ERR_USAGE, "match %s does not go with one object: version and spec_version do (TAXII 5.7)",
			    q->match[i].field);
	if (!p->collection.can_read || !p->collection.can_write)
		return err_set(e, ERR_SYSTEM, "%s: only who may read and write here may delete (can_read, can_write, TAXII 5.7)",
		    p->collection.url);
	buf_printf(&url, "%sobjects/", p->collection.url);
	http_quote(id, &url);
	buf_adds(&url, "/");
	add_matches(q, '?', &url);
	request.url = buf_str(&url);
	if (http_do(h, &request, &a, e) != 0)
		;
	else if (a.status >= 200 && a.status <= 299)
		rc = 0;
	else if (a.status == 404 && a.tries > 1)
		rc = 0;		/* an earlier try, whose answer was lost, has done it */
	else if (a.status == 404)
		err_set(e, ERR_INPUT, "%s: not in %s", id, p->collection.url);
	else
		taxii_refused(&a, e);
	http_answer_free(&a);
	buf_free(&url);
	return rc;
}
