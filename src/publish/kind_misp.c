/*
 * The kind of target "misp": a MISP, by its own interface. Each report is an event: added, or edited where it is there with what
 * has vanished as deleted; then published, since an edit unpublishes. What became of a request whose answer was lost is looked
 * up, so nothing is there twice.
 */
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "publish/misp.h"

#define JSON_TYPE	"application/json"
#define SLOW_MS		300000		/* MISP answers when all is done */

static const char *
text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

static int
misp_open(struct dest *d, struct err *e)
{
	struct galaxies *g = NULL;
	const char *url = d->target->url;
	size_t n = strlen(url);

	while (n > 0 && url[n - 1] == '/')
		n--;
	d->url = arena_printf(d->arena, "%.*s/", (int)n, url);
	if (strpbrk(d->url, "?#") != NULL)
		return err_set(e, ERR_USAGE, "%s: the address of a MISP has no query", url);
	if (d->target->galaxies != NULL && galaxies_load(d->target->galaxies, &g, e) != 0)
		return -1;
	d->own = g;
	d->max_octets = LIMIT_PUBLISH_ENVELOPE;
	d->batch = SIZE_MAX;
	return 0;
}

static void
misp_close(struct dest *d)
{
	galaxies_free(d->own);
	d->own = NULL;
}

/* ---- one request ------------------------------------------------------------------------------------------------------------ */

enum said {
	SAID_YES,		/* 2xx with JSON */
	SAID_THERE,		/* an event of that uuid is there */
	SAID_NOT_THERE,		/* nothing of that name */
	SAID_NO,		/* it does not like the content: words is filled */
	SAID_STOP,		/* nothing more is to be had from it: e is set */
	SAID_LOST,		/* it may have done it: e is set */
};

struct talk {
	struct dest *d;
	json_t *answer;		/* new, or NULL */
	struct buf words;	/* the server's */
	struct err e;
};

static void
add_words(struct buf *out, const json_t *v)
{
	const char *name;
	json_t *one;
	size_t i;

	if (json_is_string(v) && json_string_length(v) > 0) {
		if (strstr(buf_str(out), json_string_value(v)) == NULL)
			buf_printf(out, "%s%.600s", out->len > 0 ? ": " : "", json_string_value(v));
	} else if (json_is_object(v)) {
		json_object_foreach((json_t *)v, name, one) {
			if (json_is_string(one) || json_array_size(one) > 0 || json_object_size(one) > 0)
				buf_printf(out, "%s%.60s", out->len > 0 ? ": " : "", name);
			add_words(out, one);
		}
	} else
		json_array_foreach(v, i, one)
			add_words(out, one);
}

/* What a MISP says is wrong: "errors" is a text, a list, or an object of lists by field. */
static void
words(struct talk *t, const struct http_answer *a)
{
	static const char *const members[] = { "name", "message", "errors" };

	buf_reset(&t->words);
	for (size_t i = 0; t->answer != NULL && i < ARRAY_LEN(members); i++)
		add_words(&t->words, json_object_get(t->answer, members[i]));
	if (t->words.len == 0)
		http_words(a, &t->words);
	if (t->words.len == 0)
		buf_printf(&t->words, "HTTP %ld", a->status);
}

/* A page for people instead of an answer: the way to the login, or another server. */
static int
is_page(const struct http_answer *a)
{
	return strstr(a->url != NULL ? a->url : "", "/users/login") != NULL || (a->status < 300 && http_is_type(a, "text/html"));
}

static enum said
understand(struct talk *t, const struct http_answer *a)
{
	int about_content;

	words(t, a);
	if (is_page(a)) {
		err_set(&t->e, ERR_SYSTEM, "%s: a web page instead of an answer: this is no MISP, or the key is not one of it", a->url);
		return SAID_STOP;
	}
	if (a->status >= 200 && a->status < 300) {
		if (t->answer != NULL)
			return SAID_YES;
		err_set(&t->e, ERR_SYSTEM, "%s: the answer is no JSON: %s", a->url, buf_str(&t->words));
		return SAID_LOST;
	}
	if (a->status == 404)
		return http_header(a, "Location") != NULL || strcasestr(buf_str(&t->words), "already exists") != NULL ? SAID_THERE :
		    SAID_NOT_THERE;
	/* A refusal of the content has "errors" with more than the status in words; one of the key has not. */
	about_content = t->answer != NULL && json_object_get(t->answer, "errors") != NULL &&
	    strcasestr(buf_str(&t->words), "permission") == NULL && strcasestr(buf_str(&t->words), "authentication") == NULL;
	if (a->status == 400 || a->status == 405 || a->status == 413 || a->status == 422 || (a->status == 403 && about_content))
		return SAID_NO;
	http_refused(a, buf_str(&t->words), &t->e);
	return a->status == 500 || a->status == 502 || a->status == 504 ? SAID_LOST : SAID_STOP;
}

/* Asks for a path below the MISP: with a body a POST, else a GET. */
static enum said
ask(struct talk *t, const char *path, const json_t *body)
{
	struct buf b = BUF_INIT(LIMIT_PUBLISH_ENVELOPE * 2);
	struct http_answer a = HTTP_ANSWER_INIT;
	struct http_request q = { .accept = JSON_TYPE, .content_type = body != NULL ? JSON_TYPE : NULL, .repeatable = body == NULL };
	struct json_text *read = NULL;
	enum said said;

	json_decref(t->answer);
	t->answer = NULL;
	err_clear(&t->e);
	q.url = arena_printf(t->d->arena, "%s%s", t->d->url, path);
	if (body != NULL) {
		json_write(body, &b, JSON_TIGHT, 0);
		q.body = buf_str(&b);
		q.body_len = b.len;
	}
	if (http_do(t->d->http, &q, &a, &t->e) != 0)
		said = a.lost ? SAID_LOST : SAID_STOP;
	else {
		if (json_read_err(q.url, buf_str(&a.body), a.body.len, &read, NULL) == 0 && json_is_object(json_text_root(read)))
			t->answer = json_incref(json_text_root(read));
		json_text_free(read);
		said = understand(t, &a);
	}
	http_answer_free(&a);
	buf_free(&b);
	return said;
}

/* ---- one event -------------------------------------------------------------------------------------------------------------- */

/* What became of an event. */
enum became { STORED, SAME, REFUSED, UNPUBLISHED, STOPPED, LOST };

struct stored {
	struct talk t;
	const struct misp_event *event;
	json_t *there;		/* new: the event as the server has it, or NULL */
	json_t *missing;	/* STIX id -> true: it has no record of that */
	int added;		/* the event is new there */
};

static const char *
uuid_of(const struct misp_event *event)
{
	return text(json_object_get(event->event, "Event"), "uuid");
}

static void
take_answer(struct stored *s)
{
	json_decref(s->there);
	s->there = json_incref(s->t.answer);
}

static enum said
view(struct stored *s)
{
	enum said said = ask(&s->t, arena_printf(s->t.d->arena, "events/view/%s", uuid_of(s->event)), NULL);

	if (said == SAID_YES)
		take_answer(s);
	return said;
}

static int
published(const json_t *event)
{
	const json_t *v = json_object_get(json_object_get(event, "Event"), "published");

	return json_is_true(v) || json_integer_value(v) == 1 || strcmp(json_is_string(v) ? json_string_value(v) : "", "1") == 0;
}

static enum became
publish(struct stored *s, enum became otherwise)
{
	json_t *nothing;
	enum said said;

	if (s->t.d->target->review || (otherwise == SAME && published(s->there)))
		return otherwise;
	nothing = json_object();
	said = ask(&s->t, arena_printf(s->t.d->arena, "events/publish/%s", uuid_of(s->event)), nothing);
	json_decref(nothing);
	if (said == SAID_YES)
		return STORED;
	if (said == SAID_STOP || said == SAID_LOST) {
		buf_reset(&s->t.words);
		buf_adds(&s->t.words, s->t.e.text);
	}
	return UNPUBLISHED;
}

/* Every record of ours that the server's event lacks, by the STIX object it comes from. */
static void
note_missing(struct stored *s)
{
	json_t *kept = json_object(), *list, *r, *a, *id;
	const char *uuid;
	size_t i, k;

	for (int objects = 0; objects < 2; objects++) {
		list = json_object_get(json_object_get(s->there, "Event"), objects ? "Object" : "Attribute");
		json_array_foreach(list, i, r) {
			json_object_set_new(kept, text(r, "uuid"), json_true());
			/* An analyst's own record of the same value keeps ours out. */
			json_object_set_new(kept, text(r, "value"), json_true());
			json_array_foreach(json_object_get(r, "Attribute"), k, a)
				json_object_set_new(kept, text(a, "uuid"), json_true());
		}
	}
	json_array_foreach(json_object_get(json_object_get(s->there, "Event"), "EventReport"), i, r)
		json_object_set_new(kept, text(r, "uuid"), json_true());
	json_array_foreach(json_object_get(json_object_get(s->event->event, "Event"), "Attribute"), i, a)
		if (json_object_get(kept, text(a, "value")) != NULL)
			json_object_set_new(kept, text(a, "uuid"), json_true());
	json_object_foreach(s->event->origin, uuid, id)
		if (json_object_get(kept, uuid) == NULL)
			json_object_set_new(s->missing, json_string_value(id), json_true());
	json_decref(kept);
}

static enum became
edit(struct stored *s)
{
	json_t *change = json_deep_copy(s->event->event), *event = json_object_get(change, "Event");
	int64_t theirs = strtoll(text(json_object_get(s->there, "Event"), "timestamp"), NULL, 10);
	enum said said;

	misp_event_vanish(change, s->there);
	/* An analyst has edited it since: without a time of its own the edit is taken all the same. */
	if (theirs >= strtoll(text(event, "timestamp"), NULL, 10))
		json_object_del(event, "timestamp");
	said = ask(&s->t, arena_printf(s->t.d->arena, "events/edit/%s", uuid_of(s->event)), change);
	json_decref(change);
	if (said == SAID_LOST) {
		struct err why = s->t.e;

		if (view(s) == SAID_YES && misp_event_same(s->event->event, s->there))
			return publish(s, STORED);
		s->t.e = why;
		return LOST;
	}
	if (said == SAID_STOP)
		return STOPPED;
	if (said != SAID_YES)
		return REFUSED;
	take_answer(s);
	note_missing(s);
	return publish(s, STORED);
}

/* It is there: from an earlier push, from one whose answer was lost, or somebody else's. */
static enum became
settle(struct stored *s)
{
	enum said said = view(s);

	if (said == SAID_STOP || said == SAID_LOST)
		return said == SAID_STOP ? STOPPED : LOST;
	if (said != SAID_YES) {
		buf_printf(&s->t.words, "%sthe event is there, but this key may not see it", s->t.words.len > 0 ? ": " : "");
		return REFUSED;
	}
	if (misp_event_same(s->event->event, s->there))
		return publish(s, SAME);
	return edit(s);
}

static enum became
put(struct stored *s)
{
	enum said said = ask(&s->t, "events/add", s->event->event);
	struct err why = s->t.e;

	switch (said) {
	case SAID_YES:
		s->added = 1;
		take_answer(s);
		note_missing(s);
		return publish(s, STORED);
	case SAID_THERE:
		return settle(s);
	case SAID_LOST:
		said = view(s);
		if (said == SAID_YES)
			return misp_event_same(s->event->event, s->there) ? publish(s, STORED) : edit(s);
		/* It was not done; a 500 is about this event, then. */
		s->t.e = why;
		return LOST;
	case SAID_STOP:
		return STOPPED;
	default:
		return REFUSED;
	}
}

/* ---- a bundle ---------------------------------------------------------------------------------------------------------------- */

struct lists {
	json_t *successes, *failures, *pendings;
};

static void
list(json_t *to, const json_t *o, const char *message)
{
	json_array_append_new(to, json_pack("{s:s, s:s, s:s}", "id", text(o, "id"), "version", text(o, "modified"), "message", message));
}

/* What became of the objects of one event; with a single event all that was sent is of it. */
static void
tell(const struct stored *s, enum became became, const json_t *objects, int only, struct lists *l)
{
	static const char lost[] = "MISP has not kept all that it becomes there";
	json_t *o;
	size_t i;

	json_array_foreach(objects, i, o) {
		const char *id = text(o, "id");
		int missing = json_object_get(s->missing, id) != NULL;

		if (!only && json_object_get(s->event->members, id) == NULL)
			continue;
		if (became == REFUSED || (missing && s->added))
			list(l->failures, o, became == REFUSED ? buf_str(&s->t.words) : lost);
		else if (became == UNPUBLISHED && strcmp(id, text(s->event->report, "id")) == 0)
			list(l->pendings, o, arena_printf(s->t.d->arena, "stored but not published: %s", buf_str(&s->t.words)));
		else if (became == LOST)
			list(l->pendings, o, s->t.e.text);
		else if (became == SAME)
			list(l->successes, o, "already there");
		else if (missing)
			list(l->successes, o, "not in the event: deleted there by hand, or not kept");
	}
}

static enum sent_how
put_all(struct dest *d, const json_t *objects, const struct misp_events *events, struct lists *l, struct err *e)
{
	enum sent_how how = SENT_OK;

	for (size_t i = 0; i < events->n && how == SENT_OK; i++) {
		struct stored s = { .t = { .d = d, .words = BUF_INIT(4000) }, .event = &events->v[i], .missing = json_object() };
		enum became became = put(&s);

		if (became == STOPPED || became == LOST) {
			err_set(e, s.t.e.kind, "%s", s.t.e.text);
			how = became == STOPPED && i == 0 ? SENT_STOP : SENT_LOST;
		}
		tell(&s, became, objects, events->n == 1, l);
		json_decref(s.there);
		json_decref(s.missing);
		json_decref(s.t.answer);
		buf_free(&s.t.words);
	}
	return how;
}

static enum sent_how
misp_send(struct dest *d, const char *envelope, size_t n, int again, struct sent *out, struct err *e)
{
	struct lists l = { json_array(), json_array(), json_array() };
	struct misp_events events = { 0 };
	struct json_text *t = NULL;
	struct err why = ERR_INIT;
	enum sent_how how = SENT_STOP;
	json_t *objects;

	(void)again;
	out->tries = 1;
	if (json_read_err("the bundle", envelope, n, &t, e) == 0) {
		objects = json_object_get(json_text_root(t), "objects");
		if (misp_events_make(objects, d->own, d->lost, &events, &why) != 0) {
			buf_adds(&out->words, why.text);
			how = SENT_REFUSED;
		} else
			how = put_all(d, objects, &events, &l, e);
	}
	out->status.complete = 1;
	out->status.failure = (int64_t)json_array_size(l.failures);
	out->status.pending = 0;
	out->status.json = json_pack("{s:o, s:o, s:o}", "successes", l.successes, "failures", l.failures, "pendings", l.pendings);
	misp_events_free(&events);
	json_text_free(t);
	return how;
}

static int
misp_render(const struct publish_target *t, const json_t *objects, json_t **out, struct publish_lost *lost, struct err *e)
{
	struct misp_events events;
	struct galaxies *g = NULL;
	int rc = -1;

	if (t->galaxies != NULL && galaxies_load(t->galaxies, &g, e) != 0)
		return -1;
	if ((rc = misp_events_make(objects, g, lost, &events, e)) == 0) {
		*out = misp_events_json(&events);
		misp_events_free(&events);
	}
	galaxies_free(g);
	return rc;
}

const struct publish_kind kind_misp = {
	.name = "misp", .open = misp_open, .close = misp_close, .send = misp_send, .whole = 1, .render_bundle = misp_render,
	.token_header = "Authorization: ", .idle_ms = SLOW_MS, .total_ms = 2 * SLOW_MS,
};
