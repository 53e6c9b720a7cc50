/*
 * The kind of target "directory": a folder that gets each bundle as it is, in a file named after it, and an index of them, for a
 * web server or git. A bundle file never changes: a new version of a report is another bundle.
 */
#include <string.h>

#include "json/json.h"
#include "publish/folder.h"

#define INDEX	"index.json"

/* The id that the bundle of a report has when it is composed (DESIGN 4); of what has no report or several, one of its content. */
static void
bundle_id(const json_t *objects, const char *envelope, size_t n, char out[STIX_ID])
{
	struct buf key = BUF_INIT(LIMIT_JSON_STRING);
	const json_t *report = NULL;
	size_t i, reports = 0;
	char uuid[UUID_TEXT];
	json_t *o;

	json_array_foreach(objects, i, o)
		if (strcmp(stix_text(o, "type"), "report") == 0) {
			report = o;
			reports++;
		}
	if (reports == 1) {
		buf_printf(&key, "%s|%s", stix_text(report, "id"), stix_text(report, "modified"));
		stix_id("bundle", stix_text(report, "created_by_ref"), buf_str(&key), out);
	} else {
		uuid_v4_derived(envelope, n, uuid);
		snprintf(out, STIX_ID, "bundle--%s", uuid);
	}
	buf_free(&key);
}

/* Its row of the index: enough to choose by without opening it. */
static json_t *
row(const json_t *objects, const char *id, const char *file, const char *digest)
{
	static const char *const kept[] = { "id", "name", "published", "modified", "revoked" };
	json_t *reports = json_array(), *o, *one;
	size_t i;

	json_array_foreach(objects, i, o) {
		if (strcmp(stix_text(o, "type"), "report") != 0)
			continue;
		json_array_append_new(reports, one = json_object());
		for (size_t k = 0; k < ARRAY_LEN(kept); k++)
			if (json_object_get(o, kept[k]) != NULL)
				json_object_set(one, kept[k], json_object_get(o, kept[k]));
	}
	return json_pack("{s:s, s:s, s:s, s:I, s:o}", "id", id, "file", file, "sha256", digest, "objects",
	    (json_int_t)json_array_size(objects), "reports", reports);
}

/* What rows are sorted by: the newest version first, then the id. */
static int
comes_before(const json_t *a, const json_t *b)
{
	const char *x = stix_text(json_array_get(json_object_get(a, "reports"), 0), "modified");
	const char *y = stix_text(json_array_get(json_object_get(b, "reports"), 0), "modified");
	int c = strcmp(y, x);

	return (c != 0 ? c : strcmp(stix_text(a, "id"), stix_text(b, "id"))) < 0;
}

/* The index with the row in its place: new. */
static json_t *
index_with(const json_t *old, json_t *one)
{
	json_t *rows = json_array(), *r;
	int placed = 0;
	size_t i;

	json_array_foreach(json_object_get(old, "bundles"), i, r) {
		if (strcmp(stix_text(r, "id"), stix_text(one, "id")) == 0)
			continue;
		if (!placed && comes_before(one, r)) {
			json_array_append(rows, one);
			placed = 1;
		}
		json_array_append(rows, r);
	}
	if (!placed)
		json_array_append(rows, one);
	return json_pack("{s:o}", "bundles", rows);
}

/* The bundle first: an index never names a file that is not there. */
static int
put(struct dest *d, const json_t *objects, const char *id, struct err *e)
{
	const char *file = arena_printf(d->arena, "%s.json", id);
	struct buf whole = BUF_INIT(LIMIT_PUBLISH_ENVELOPE * 2);
	json_t *bundle = json_pack("{s:s, s:s, s:O}", "type", "bundle", "id", id, "objects", objects), *index = NULL, *one, *next;
	char digest[DIGEST_HEX];
	int lock, rc;

	json_write(bundle, &whole, JSON_PRETTY, 0);
	buf_addc(&whole, '\n');
	digest_sha256(buf_str(&whole), whole.len, digest);
	rc = whole.over ? err_set(e, ERR_INPUT, "%s: larger than %zu octets", id, whole.max) : folder_write(d, file, bundle, e);
	buf_free(&whole);
	json_decref(bundle);
	if (rc != 0 || folder_lock(d, &lock, e) != 0)
		return -1;
	if ((rc = folder_read(d, INDEX, &index, e)) == 0) {
		one = row(objects, id, file, digest);
		next = index_with(index, one);
		rc = folder_write(d, INDEX, next, e);
		json_decref(one);
		json_decref(next);
	}
	json_decref(index);
	folder_unlock(lock);
	return rc;
}

static enum sent_how
directory_send(struct dest *d, const char *envelope, size_t n, int again, struct sent *out, struct err *e)
{
	struct json_text *t = NULL;
	json_t *objects;
	char id[STIX_ID];
	int rc;

	(void)again;
	if (json_read_err("the bundle", envelope, n, &t, e) != 0)
		return SENT_STOP;
	objects = json_object_get(json_text_root(t), "objects");
	bundle_id(objects, envelope, n, id);
	rc = put(d, objects, id, e);
	json_text_free(t);
	if (rc != 0)
		return SENT_STOP;
	folder_taken(out, NULL);
	return SENT_OK;
}

const struct publish_kind kind_directory = {
	.name = "directory", .open = folder_open, .send = directory_send, .local = 1, .whole = 1,
};
