/*
 * The kind of target "misp": a MISP, by its own interface. Each report is an event: added, or edited where it is there with what
 * has vanished as deleted; then published, since an edit unpublishes. What became of a request whose answer was lost is looked
 * up, so nothing is there twice.
 */
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "publish/misp.h"

#define SLOW_MS		300000		/* MISP answers when all is done */

/* ---- one event -------------------------------------------------------------------------------------------------------------- */

/* What became of an event. */
enum became { STORED, SAME, REFUSED, UNPUBLISHED, STOPPED, LOST };

struct stored {
	struct misp_talk t;
	const struct misp_event *event;
	json_t *there;		/* new: the event as the server has it, or NULL */
	json_t *missing;	/* STIX id -> true: it has no record of that */
	int added;		/* the event is new there */
};

static const char *
uuid_of(const struct misp_event *event)
{
	return stix_text(json_object_get(event->event, "Event"), "uuid");
}

static void
take_answer(struct stored *s)
{
	json_decref(s->there);
	s->there = json_incref(s->t.answer);
}

static enum misp_said
view(struct stored *s)
{
	enum misp_said said = misp_ask(&s->t, arena_printf(s->t.d->arena, "events/view/%s", uuid_of(s->event)), NULL);

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
	enum misp_said said;

	if (s->t.d->target->review || (otherwise == SAME && published(s->there)))
		return otherwise;
	nothing = json_object();
	said = misp_ask(&s->t, arena_printf(s->t.d->arena, "events/publish/%s", uuid_of(s->event)), nothing);
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
			json_object_set_new(kept, stix_text(r, "uuid"), json_true());
			/* An analyst's own record of the same value keeps ours out. */
			json_object_set_new(kept, stix_text(r, "value"), json_true());
			json_array_foreach(json_object_get(r, "Attribute"), k, a)
				json_object_set_new(kept, stix_text(a, "uuid"), json_true());
		}
	}
	json_array_foreach(json_object_get(json_object_get(s->there, "Event"), "EventReport"), i, r)
		json_object_set_new(kept, stix_text(r, "uuid"), json_true());
	json_array_foreach(json_object_get(json_object_get(s->event->event, "Event"), "Attribute"), i, a)
		if (json_object_get(kept, stix_text(a, "value")) != NULL)
			json_object_set_new(kept, stix_text(a, "uuid"), json_true());
	json_object_foreach(s->event->origin, uuid, id)
		if (json_object_get(kept, uuid) == NULL)
			json_object_set_new(s->missing, json_string_value(id), json_true());
	json_decref(kept);
}

static enum became
edit(struct stored *s)
{
	json_t *change = json_deep_copy(s->event->event), *event = json_object_get(change, "Event");
	int64_t theirs = strtoll(stix_text(json_object_get(s->there, "Event"), "timestamp"), NULL, 10);
	enum misp_said said;

	misp_event_vanish(change, s->there);
	/* An analyst has edited it since: without a time of its own the edit is taken all the same. */
	if (theirs >= strtoll(stix_text(event, "timestamp"), NULL, 10))
		json_object_del(event, "timestamp");
	said = misp_ask(&s->t, arena_printf(s->t.d->arena, "events/edit/%s", uuid_of(s->event)), change);
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
	enum misp_said said = view(s);

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
	enum misp_said said = misp_ask(&s->t, "events/add", s->event->event);
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
	json_array_append_new(to, json_pack("{s:s, s:s, s:s}", "id", stix_text(o, "id"), "version", stix_text(o, "modified"), "message",
	    message));
}

/* What became of the objects of one event; with a single event all that was sent is of it. */
static void
tell(const struct stored *s, enum became became, const json_t *objects, int only, struct lists *l)
{
	static const char lost[] = "MISP has not kept all that it becomes there";
	json_t *o;
	size_t i;

	json_array_foreach(objects, i, o) {
		const char *id = stix_text(o, "id");
		int missing = json_object_get(s->missing, id) != NULL;

		if (!only && json_object_get(s->event->members, id) == NULL)
			continue;
		if (became == REFUSED || (missing && s->added))
			list(l->failures, o, became == REFUSED ? buf_str(&s->t.words) : lost);
		else if (became == UNPUBLISHED && strcmp(id, stix_text(s->event->report, "id")) == 0)
			list(l->pendings, o, arena_printf(s->t.d->arena, "stored but not published: %s", buf_str(&s->t.words)));
		else if (became == LOST)
			list(l->pendings, o, s->t.e.text);
		else if (became == SAME)
			list(l->successes, o, "already there");
		else if (missing)
			list(l->successes, o, "not in the event: deleted there by hand, or not kept");
	}
}

/* MISP's numbers are the places in this list. */
static void
distribute(const char *to, const json_t *event)
{
	static const char *const levels[] = { "organisation", "community", "connected", "all" };
	char number[2] = "0";

	for (size_t i = 0; to != NULL && i < ARRAY_LEN(levels); i++, number[0]++)
		if (strcmp(to, levels[i]) == 0)
			json_object_set_new(json_object_get(event, "Event"), "distribution", json_string(number));
}

static enum sent_how
put_all(struct dest *d, const json_t *objects, const struct misp_events *events, struct lists *l, struct err *e)
{
	enum sent_how how = SENT_OK;

	for (size_t i = 0; i < events->n && how == SENT_OK; i++) {
		struct stored s = { .t = MISP_TALK_INIT(d), .event = &events->v[i], .missing = json_object() };
		enum became became;

		distribute(d->target->distribution, s.event->event);
		became = put(&s);

		if (became == STOPPED || became == LOST) {
			err_set(e, s.t.e.kind, "%s", s.t.e.text);
			how = became == STOPPED && i == 0 ? SENT_STOP : SENT_LOST;
		}
		tell(&s, became, objects, events->n == 1, l);
		json_decref(s.there);
		json_decref(s.missing);
		misp_talk_end(&s.t);
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
		for (size_t i = 0; i < events.n; i++)
			distribute(t->distribution, events.v[i].event);
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
