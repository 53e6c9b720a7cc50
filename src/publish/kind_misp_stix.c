/*
 * The kind of target "misp-stix": a MISP's own importer of STIX, for who wants what it makes of a bundle. Then the event's date, which
 * the importer does not set, and publishing. A MISP of before the middle of 2025 does not take a further version of a report.
 */
#include <string.h>

#include "json/json.h"
#include "publish/misp.h"

#define SLOW_MS		300000		/* the importer is slow */
#define UPLOAD		"events/upload_stix/2"

static const json_t *
report_of(const json_t *bundle)
{
	json_t *o;
	size_t i;

	json_array_foreach(json_object_get(bundle, "objects"), i, o)
		if (strcmp(stix_text(o, "type"), "report") == 0)
			return o;
	return NULL;
}

/* The date, then publishing. 0, or -1 with the words of what refused. */
static int
complete(struct misp_talk *t, const char *uuid, const char *date)
{
	struct dest *d = t->d;
	json_t *change = json_pack("{s:{s:s}}", "Event", "date", date), *nothing = json_object();
	enum misp_said said;

	said = misp_ask(t, arena_printf(d->arena, "events/edit/%s", uuid), change);
	if (said == SAID_YES && !d->target->review)
		said = misp_ask(t, arena_printf(d->arena, "events/publish/%s", uuid), nothing);
	json_decref(change);
	json_decref(nothing);
	if (said == SAID_STOP || said == SAID_LOST) {
		buf_reset(&t->words);
		buf_adds(&t->words, t->e.text);
	}
	return said == SAID_YES ? 0 : -1;
}

static void
entry(json_t *list, const json_t *report, const char *before, const char *words)
{
	struct buf b = BUF_INIT(5000);

	buf_printf(&b, "%s%s", before, words);
	json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "id", stix_text(report, "id"), "version", stix_text(report, "modified"),
	    "message",
	    buf_str(&b)));
	buf_free(&b);
}

struct lists {
	json_t *failures, *pendings;
};

/* date: of the newsletter; the report that is sent has its version's. */
static enum sent_how
upload(struct dest *d, const json_t *bundle, const char *date, struct lists *l, struct err *e)
{
	struct misp_talk t = MISP_TALK_INIT(d);
	const json_t *report = report_of(bundle);
	const char *uuid = stix_text(report, "id") + strlen("report--");
	enum misp_said said = misp_ask(&t, UPLOAD, bundle);
	enum sent_how how = SENT_OK;
	struct err why = t.e;

	if (said == SAID_LOST && (said = misp_ask(&t, arena_printf(d->arena, "events/view/%s", uuid), NULL)) != SAID_YES)
		said = SAID_LOST;
	if (said == SAID_STOP || said == SAID_LOST) {
		err_set(e, why.kind, "%s", why.text);
		how = said == SAID_STOP ? SENT_STOP : SENT_LOST;
	} else if (said != SAID_YES)
		entry(l->failures, report, strcasestr(buf_str(&t.words), "same UUID") != NULL ?
		    "this MISP does not update an event by an upload (the kind misp does): " : "", buf_str(&t.words));
	else if (complete(&t, uuid, date) != 0)
		entry(l->pendings, report, "stored but not published: ", buf_str(&t.words));
	misp_talk_end(&t);
	return how;
}

/* The date of the report of that id among the objects as they came. */
static const char *
date_of(struct dest *d, const json_t *objects, const char *id)
{
	char date[MISP_DATE];
	json_t *o;
	size_t i;

	json_array_foreach(objects, i, o)
		if (strcmp(stix_text(o, "id"), id) == 0) {
			misp_date(o, date);
			return arena_strdup(d->arena, date);
		}
	return "";
}

static enum sent_how
stix_send(struct dest *d, const char *envelope, size_t n, int again, struct sent *out, struct err *e)
{
	struct lists l = { json_array(), json_array() };
	struct json_text *t = NULL;
	struct err why = ERR_INIT;
	enum sent_how how = SENT_STOP;
	json_t *bundles = NULL, *one, *objects;
	size_t i;

	(void)again;
	if (json_read_err("the bundle", envelope, n, &t, e) == 0) {
		objects = json_object_get(json_text_root(t), "objects");
		how = SENT_OK;
		if ((bundles = misp_stix_bundles(objects, d->own, d->lost, &why)) == NULL) {
			buf_adds(&out->words, why.text);
			how = SENT_REFUSED;
		}
		json_array_foreach(bundles, i, one)
			if (how == SENT_OK)
				how = upload(d, one, date_of(d, objects, stix_text(report_of(one), "id")), &l, e);
	}
	/* One report, one answer: what it refused is all that was sent. */
	if (how == SENT_OK && json_array_size(bundles) == 1 && json_array_size(l.failures) == 1) {
		buf_adds(&out->words, stix_text(json_array_get(l.failures, 0), "message"));
		how = SENT_REFUSED;
	}
	out->tries = 1;
	out->status.complete = 1;
	out->status.failure = (int64_t)json_array_size(l.failures);
	out->status.pending = 0;
	out->status.json = json_pack("{s:o, s:o}", "failures", l.failures, "pendings", l.pendings);
	json_decref(bundles);
	json_text_free(t);
	return how;
}

static int
stix_render(const struct publish_target *t, const json_t *objects, json_t **out, struct publish_lost *lost, struct err *e)
{
	struct galaxies *g = NULL;
	json_t *all;

	if (t->galaxies != NULL && galaxies_load(t->galaxies, &g, e) != 0)
		return -1;
	all = misp_stix_bundles(objects, g, lost, e);
	galaxies_free(g);
	if (all == NULL)
		return -1;
	*out = json_array_size(all) == 1 ? json_incref(json_array_get(all, 0)) : json_incref(all);
	json_decref(all);
	return 0;
}

const struct publish_kind kind_misp_stix = {
	.name = "misp-stix", .open = misp_open, .close = misp_close, .send = stix_send, .whole = 1, .render_bundle = stix_render,
	.token_header = "Authorization: ", .idle_ms = SLOW_MS, .total_ms = 2 * SLOW_MS,
};
