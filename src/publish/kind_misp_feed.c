/*
 * The kind of target "misp-feed": a folder that any MISP can subscribe to: an event a file, hashes.csv to look values up without
 * fetching events, manifest.json, which says what is new. The manifest is written last: it never tells of what is not there.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json/json.h"
#include "publish/folder.h"
#include "publish/misp.h"

#define MANIFEST	"manifest.json"
#define HASHES		"hashes.csv"

static int
feed_open(struct dest *d, struct err *e)
{
	struct galaxies *g = NULL;

	if (d->target->galaxies != NULL && galaxies_load(d->target->galaxies, &g, e) != 0)
		return -1;
	d->own = g;
	return folder_open(d, e);
}

static void
feed_close(struct dest *d)
{
	galaxies_free(d->own);
	d->own = NULL;
}

/* ---- the event --------------------------------------------------------------------------------------------------------------- */

/* MISP's colours; the rules by which a MISP picks events go by the names. */
static const struct {
	const char *name, *colour;
} colours[] = {
	{ "tlp:amber", "#FFC000" }, { "tlp:clear", "#FFFFFF" }, { "tlp:green", "#339900" }, { "tlp:red", "#CC0033" },
	{ "misp-galaxy:", "#0088CC" }, { "", "#FFFFFF" },
};

static json_t *
coloured(const json_t *tags)
{
	json_t *out = json_array(), *t;
	size_t i, k;

	json_array_foreach(tags, i, t)
		for (k = 0; k < ARRAY_LEN(colours); k++)
			if (strncmp(stix_text(t, "name"), colours[k].name, strlen(colours[k].name)) == 0) {
				json_array_append_new(out, json_pack("{s:s, s:s}", "name", stix_text(t, "name"), "colour",
				    colours[k].colour));
				break;
			}
	return out;
}

/* Who may see it is the subscriber's to say. */
static void
no_distribution(json_t *v)
{
	const char *name;
	json_t *one;
	size_t i;

	json_object_del(v, "distribution");
	json_array_foreach(v, i, one)
		no_distribution(one);
	json_object_foreach(v, name, one)
		no_distribution(one);
}

/* As a feed has it: published unless somebody is to look first, with colours, with what it had before as deleted. new */
static json_t *
as_in_feed(const struct publish_target *t, const struct misp_event *m, const json_t *earlier)
{
	json_t *event = json_deep_copy(m->event), *inside = json_object_get(event, "Event");

	no_distribution(event);
	json_object_set_new(inside, "Tag", coloured(json_object_get(inside, "Tag")));
	json_object_set_new(inside, "published", json_boolean(!t->review));
	if (earlier != NULL)
		misp_event_vanish(event, earlier);
	return event;
}

static json_t *
manifest_row(const json_t *event)
{
	static const char *const members[] = { "Orgc", "Tag", "info", "date", "analysis", "threat_level_id" };
	const json_t *inside = json_object_get(event, "Event");
	json_t *row = json_object();

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		json_object_set(row, members[i], json_object_get(inside, members[i]));
	json_object_set_new(row, "timestamp", json_integer(strtoll(stix_text(inside, "timestamp"), NULL, 10)));
	return row;
}

/* ---- hashes.csv --------------------------------------------------------------------------------------------------------------- */

/* A line for each value; a composite one counts by its halves. */
static void
hash_attributes(const json_t *list, const char *uuid, struct buf *out)
{
	char digest[DIGEST_HEX];
	json_t *a;
	size_t i;

	json_array_foreach(list, i, a) {
		const char *value = stix_text(a, "value"), *bar;

		if (json_is_true(json_object_get(a, "deleted")))
			continue;
		bar = strchr(stix_text(a, "type"), '|') != NULL ? strchr(value, '|') : NULL;
		digest_md5(value, bar != NULL ? (size_t)(bar - value) : strlen(value), digest);
		buf_printf(out, "%s,%s\n", digest, uuid);
		if (bar != NULL) {
			digest_md5(bar + 1, strlen(bar + 1), digest);
			buf_printf(out, "%s,%s\n", digest, uuid);
		}
	}
}

/* The lines of other events stay as they are. */
static void
other_lines(const char *old, const char *uuid, struct buf *out)
{
	size_t n, k = strlen(uuid);

	for (; *old != '\0'; old += n + (old[n] == '\n')) {
		n = strcspn(old, "\n");
		if (n > k && strncmp(old + n - k, uuid, k) != 0) {
			buf_add(out, old, n);
			buf_addc(out, '\n');
		}
	}
}

static int
write_hashes(const struct dest *d, const json_t *event, struct err *e)
{
	const json_t *inside = json_object_get(event, "Event");
	struct buf old = BUF_INIT(LIMIT_JSON_TEXT), lines = BUF_INIT(LIMIT_JSON_TEXT);
	const char *path = folder_path(d, HASHES);
	struct file_out f;
	json_t *o;
	size_t i;
	int rc = 0;

	if (access(path, F_OK) == 0)
		rc = file_read(path, LIMIT_JSON_TEXT, &old, e);
	other_lines(buf_str(&old), stix_text(inside, "uuid"), &lines);
	hash_attributes(json_object_get(inside, "Attribute"), stix_text(inside, "uuid"), &lines);
	json_array_foreach(json_object_get(inside, "Object"), i, o)
		hash_attributes(json_object_get(o, "Attribute"), stix_text(inside, "uuid"), &lines);
	if (rc == 0 && lines.over)
		rc = err_set(e, ERR_SYSTEM, "%s: larger than %zu octets", path, lines.max);
	if (rc == 0 && (rc = file_out_open(&f, path, e)) == 0) {
		file_out_write(&f, buf_str(&lines), lines.len);
		rc = file_out_commit(&f, e);
	}
	buf_free(&old);
	buf_free(&lines);
	return rc;
}

/* ---- sending ------------------------------------------------------------------------------------------------------------------- */

static int
put(struct dest *d, const struct misp_event *m, json_t *manifest, struct err *e)
{
	const char *uuid = stix_text(json_object_get(m->event, "Event"), "uuid"), *file = arena_printf(d->arena, "%s.json", uuid);
	json_t *earlier = NULL, *event;
	int rc;

	if (folder_read(d, file, &earlier, e) != 0)
		return -1;
	event = as_in_feed(d->target, m, earlier);
	rc = folder_write(d, file, event, e) != 0 || write_hashes(d, event, e) != 0 ? -1 : 0;
	if (rc == 0)
		json_object_set_new(manifest, uuid, manifest_row(event));
	json_decref(event);
	json_decref(earlier);
	return rc;
}

static int
put_all(struct dest *d, const struct misp_events *events, struct err *e)
{
	json_t *manifest = NULL;
	int lock, rc;

	if (folder_lock(d, &lock, e) != 0)
		return -1;
	rc = folder_read(d, MANIFEST, &manifest, e);
	if (manifest == NULL)
		manifest = json_object();
	for (size_t i = 0; rc == 0 && i < events->n; i++)
		rc = put(d, &events->v[i], manifest, e);
	if (rc == 0)
		rc = folder_write(d, MANIFEST, manifest, e);
	json_decref(manifest);
	folder_unlock(lock);
	return rc;
}

static enum sent_how
feed_send(struct dest *d, const char *envelope, size_t n, int again, struct sent *out, struct err *e)
{
	struct misp_events events = { 0 };
	struct json_text *t = NULL;
	struct err why = ERR_INIT;
	enum sent_how how = SENT_STOP;

	(void)again;
	if (json_read_err("the bundle", envelope, n, &t, e) != 0)
		return SENT_STOP;
	if (misp_events_make(json_object_get(json_text_root(t), "objects"), d->own, d->lost, &events, &why) != 0) {
		buf_adds(&out->words, why.text);
		how = SENT_REFUSED;
	} else if (put_all(d, &events, e) == 0) {
		folder_taken(out, NULL);
		how = SENT_OK;
	}
	misp_events_free(&events);
	json_text_free(t);
	return how;
}

static int
feed_render(const struct publish_target *t, const json_t *objects, json_t **out, struct publish_lost *lost, struct err *e)
{
	struct misp_events events;
	struct galaxies *g = NULL;
	json_t *event;
	int rc;

	if (t->galaxies != NULL && galaxies_load(t->galaxies, &g, e) != 0)
		return -1;
	if ((rc = misp_events_make(objects, g, lost, &events, e)) == 0) {
		for (size_t i = 0; i < events.n; i++) {
			event = as_in_feed(t, &events.v[i], NULL);
			json_decref(events.v[i].event);
			events.v[i].event = event;
		}
		*out = misp_events_json(&events);
		misp_events_free(&events);
	}
	galaxies_free(g);
	return rc;
}

const struct publish_kind kind_misp_feed = {
	.name = "misp-feed", .open = feed_open, .close = feed_close, .send = feed_send, .local = 1, .whole = 1,
	.render_bundle = feed_render,
};
