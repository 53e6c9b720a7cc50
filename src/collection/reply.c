#include <stdlib.h>
#include <string.h>

#include "collection/reply.h"
#include "json/json.h"

void
reply_init(struct reply *r)
{
	memset(r, 0, sizeof(*r));
	r->status = 200;
	r->body.max = SIZE_MAX;
}

void
reply_free(struct reply *r)
{
	buf_free(&r->body);
}

static void
add_string(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "\"%s\":", name);
	json_write_string(value, strlen(value), b);
}

static const struct {
	int status;
	const char *title;
} titles[] = {
	{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
	{ 405, "Method Not Allowed" }, { 406, "Not Acceptable" }, { 413, "Payload Too Large" },
	{ 415, "Unsupported Media Type" }, { 422, "Unprocessable Entity" }, { 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
};

void
reply_error(struct reply *r, int status, const char *fmt, ...)
{
	const char *title = "Error";
	va_list ap;
	size_t i;

	va_start(ap, fmt);
	vsnprintf(r->why, sizeof(r->why), fmt, ap);
	va_end(ap);
	r->why[utf8_valid(r->why, strlen(r->why))] = '\0';	/* vsnprintf may have cut a character in two */
	for (i = 0; i < ARRAY_LEN(titles); i++)
		if (titles[i].status == status)
			title = titles[i].title;
	r->status = status;
	r->dated = 0;
	buf_reset(&r->body);
	buf_addc(&r->body, '{');
	add_string(&r->body, "title", title);
	buf_addc(&r->body, ',');
	add_string(&r->body, "description", r->why);
	buf_printf(&r->body, ",\"http_status\":\"%d\"}", status);
}

char *
uuid_random(const struct face *f, char out[UUID_TEXT])
{
	uint8_t b[16];
	size_t i, o = 0;

	f->random(f->arg, b);
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
	for (i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[o++] = '-';
		snprintf(out + o, 3, "%02x", b[i]);
		o += 2;
	}
	return out;
}

/* ---- the server (section 4) ------------------------------------------------------------------------------------- */

/* A relative API root (4.1.1 allows it) is right behind any proxy and name. */
int
reply_discovery(struct ask *q, struct reply *r, struct err *e)
{
	const struct face *f = q->face;

	(void)e;
	buf_addc(&r->body, '{');
	add_string(&r->body, "title", f->title);
	buf_printf(&r->body, ",\"default\":\"/%s/\",\"api_roots\":[\"/%s/\"]}", f->root, f->root);
	return 0;
}

int
reply_root(struct ask *q, struct reply *r, struct err *e)
{
	const struct face *f = q->face;

	(void)e;
	buf_addc(&r->body, '{');
	add_string(&r->body, "title", f->title);
	buf_printf(&r->body, ",\"versions\":[\"" COLLECTION_MEDIA "\"],\"max_content_length\":%zu}", f->max_content_length);
	return 0;
}

int
reply_status(struct ask *q, struct reply *r, struct err *e)
{
	int found = store_status_get(q->face->store, q->target->segment[2], &r->body, e);

	if (found == 0)
		reply_error(r, 404, "there is no such status, or it is no longer kept");
	return found < 0 ? -1 : 0;
}

/* ---- collections (5.1, 5.2) ---------------------------------------------------------------------------------------- */

struct listing {
	const struct face *face;
	struct buf *b;
	int64_t only;			/* 0: all */
	size_t n;
};

static int
add_collection(void *arg, const struct store_collection *c)
{
	struct listing *l = arg;

	if (l->only != 0 && l->only != c->n)
		return 0;
	if (l->n++ > 0)
		buf_addc(l->b, ',');
	buf_addc(l->b, '{');
	add_string(l->b, "id", c->id);
	buf_addc(l->b, ',');
	add_string(l->b, "title", c->alias != NULL ? c->alias : l->face->title);
	if (c->alias != NULL) {
		buf_addc(l->b, ',');
		add_string(l->b, "alias", c->alias);
	}
	buf_printf(l->b, ",\"can_read\":true,\"can_write\":%s,\"media_types\":[\"" COLLECTION_STIX_MEDIA "\"]}",
	    l->face->read_only ? "false" : "true");
	return 0;
}

int
reply_collections(struct ask *q, struct reply *r, struct err *e)
{
	struct listing l = { q->face, &r->body, 0, 0 };

	buf_adds(&r->body, "{\"collections\":[");
	if (store_collections(q->face->store, add_collection, &l, e) != 0)
		return -1;
	buf_adds(&r->body, "]}");
	return 0;
}

int
reply_find(struct ask *q, struct reply *r, struct err *e)
{
	q->collection = store_collection_find(q->face->store, q->name, e);
	if (q->collection == 0)
		reply_error(r, 404, "there is no collection \"%.200s\"", q->name);
	return q->collection < 0 ? -1 : q->collection > 0;
}

int
reply_collection(struct ask *q, struct reply *r, struct err *e)
{
	struct listing l = { q->face, &r->body, q->collection, 0 };

	return store_collections(q->face->store, add_collection, &l, e);
}

/* ---- objects, manifests, versions (5.3, 5.4, 5.6, 5.8) ----------------------------------------------------------------- */

struct page {
	struct reply *r;
	const char *list;		/* name of the list */
	void (*add)(struct buf *b, const struct store_row *row);
	struct buf rows;
	size_t n, max;
	int more;
};

static void
add_body(struct buf *b, const struct store_row *row)
{
	buf_add(b, row->body, row->n);
}

static void
add_manifest(struct buf *b, const struct store_row *row)
{
	char date[STAMP_TEXT];

	buf_addc(b, '{');
	add_string(b, "id", row->id);
	buf_printf(b, ",\"date_added\":\"%s\",", store_date(row->added, date));
	add_string(b, "version", row->version);
	buf_adds(b, ",\"media_type\":\"" COLLECTION_STIX_MEDIA "\"}");
}

static void
add_version(struct buf *b, const struct store_row *row)
{
	json_write_string(row->version, strlen(row->version), b);
}

static int
add_row(void *arg, const struct store_row *row)
{
	struct page *p = arg;

	if (p->n == p->max || (p->n > 0 && p->rows.len + row->n > LIMIT_COLLECTION_PAGE_TEXT)) {
		p->more = 1;
		return 1;
	}
	if (p->n++ > 0)
		buf_addc(&p->rows, ',');
	else
		p->r->first = row->added;
	p->r->last = row->added;
	p->add(&p->rows, row);
	return 0;
}

/* One page of what the filter passes: {"more":true,"next":"a1","objects":[...]}, or {} (empty lists are forbidden, section 2). */
static int
page_of(struct ask *q, const struct store_filter *filter, const char *list,
    void (*add)(struct buf *b, const struct store_row *row), struct reply *r, struct err *e)
{
	struct page p = { .r = r, .list = list, .add = add, .rows = BUF_INIT(SIZE_MAX), .max = filter->limit };
	struct store_filter f = *filter;
	char next[NEXT_TEXT];
	int rc;

	f.limit++;		/* one more shows whether there is more */
	rc = store_list(q->face->store, q->collection, &f, add_row, &p, e);
	if (rc == 0) {
		r->dated = p.n > 0;
		buf_addc(&r->body, '{');
		if (p.more)
			buf_printf(&r->body, "\"more\":true,\"next\":\"%s\",", next_format(r->last, next));
		if (p.n > 0) {
			buf_printf(&r->body, "\"%s\":[", list);
			buf_add(&r->body, p.rows.s, p.rows.len);
			buf_addc(&r->body, ']');
		}
		buf_addc(&r->body, '}');
	}
	buf_free(&p.rows);
	return rc;
}

int
reply_objects(struct ask *q, struct reply *r, struct err *e)
{
	return page_of(q, &q->target->filter, "objects", add_body, r, e);
}

int
reply_manifest(struct ask *q, struct reply *r, struct err *e)
{
	return page_of(q, &q->target->filter, "objects", add_manifest, r, e);
}

/*
 * The filter of the query, for the one object of the path. 1; 0 when nothing of it is left to list: then a 404 is in r, or the
 * filter passes nothing because match[id] names others; -1.
 */
static int
only_object(struct ask *q, struct store_filter *f, struct reply *r, struct err *e)
{
	int has = store_has(q->face->store, q->collection, q->object, e);
	size_t i;

	if (has == 0)
		reply_error(r, 404, "there is no object \"%.200s\" in this collection", q->object);
	if (has <= 0)
		return has;
	*f = q->target->filter;
	for (i = 0; i < f->ids.n && strcmp(f->ids.v[i], q->object) != 0; i++)
		continue;
	if (f->ids.n > 0 && i == f->ids.n)
		f->nothing = 1;
	memset(&f->ids, 0, sizeof(f->ids));
	*vec_push(q->arena, &f->ids) = q->object;
	return 1;
}

int
reply_object(struct ask *q, struct reply *r, struct err *e)
{
	struct store_filter f;
	int rc = only_object(q, &f, r, e);

	return rc <= 0 ? rc : page_of(q, &f, "objects", add_body, r, e);
}

int
reply_versions(struct ask *q, struct reply *r, struct err *e)
{
	struct store_filter f;
	int rc = only_object(q, &f, r, e);

	if (rc <= 0)
		return rc;
	if (!q->target->given)
		f.versions = STORE_ALL;
	return page_of(q, &f, "versions", add_version, r, e);
}

/* The body of a DELETE's answer is empty (5.7). */
int
reply_delete(struct ask *q, struct reply *r, struct err *e)
{
	struct store_filter f;
	size_t n;
	int rc = only_object(q, &f, r, e);

	if (rc <= 0)
		return rc;
	if (!q->target->given)
		f.versions = STORE_ALL;
	if (store_delete(q->face->store, q->collection, &f, &n, e) != 0)
		return -1;
	if (n == 0)
		reply_error(r, 404, "there is no such version of the object in this collection");
	return 0;
}
