/*
 * A bundle as MISP's own importer takes it without loss: ids of its own for what a MISP keeps once in all its events, an indicator
 * in place of the observable that it is based on, galaxies as labels of the report, nothing that the importer cannot load.
 */
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "publish/misp.h"

struct shaper {
	const struct galaxies *g;
	struct publish_lost *lost;
	const json_t *index;		/* id -> object */
	const json_t *report;
	json_t *members;		/* id -> true */
	json_t *based;			/* id of an observable -> id of the indicator that stands for it */
	json_t *files;			/* id of an indicator -> the file that it stands for */
	json_t *ids;			/* id -> the one it has here; null where it is not here */
	json_t *tags;
	const char *uuid;		/* of the report */
};

/* What its importer has no form for. */
static int
unknown(const json_t *o)
{
	static const char *const types[] = { "extension-definition", "language-content", "infrastructure", "malware-analysis", "incident" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (stix_is(o, types[i]))
			return 1;
	return strncmp(stix_text(o, "type"), "x-", 2) == 0 || (stix_is(o, "sighting") && json_object_get(o, "where_sighted_refs") == NULL);
}

static int
is_based_on(const struct shaper *s, const json_t *o)
{
	return stix_is(o, "relationship") && strcmp(stix_text(o, "relationship_type"), "based-on") == 0 &&
	    stix_is(json_object_get(s->index, stix_text(o, "source_ref")), "indicator") &&
	    json_object_get(json_object_get(s->index, stix_text(o, "target_ref")), "modified") == NULL;
}

/* Is it in the report's bundle: listed, or what the listed ones refer to as creator and marking? */
static int
here(const struct shaper *s, const json_t *o)
{
	return o == s->report || json_object_get(s->members, stix_text(o, "id")) != NULL;
}

/* ---- which id becomes which ---- */

static void
new_id(struct shaper *s, const json_t *o)
{
	const char *id = stix_text(o, "id");
	char uuid[UUID_TEXT], other[STIX_ID];

	/* Kept once in a MISP, so of this report alone: what is seen, and what looks for it. */
	if (!stix_is(o, "indicator") && (json_object_get(o, "modified") != NULL || stix_is(o, "marking-definition")))
		return;
	uuid_v5(s->uuid, id, strlen(id), uuid);
	snprintf(other, sizeof(other), "%.200s--%s", stix_text(o, "type"), uuid);
	json_object_set_new(s->ids, id, json_string(other));
}

/* What an observable refers to stands in the indicator's pattern with it (from_ref): its importer loses the one by the other. */
static void
also_based(struct shaper *s, const char *sco, json_t *by)
{
	const json_t *o = json_object_get(s->index, sco), *to;
	const char *name, *pattern = stix_text(json_object_get(s->index, json_string_value(by)), "pattern");
	json_t *v;

	json_object_foreach((json_t *)o, name, v) {
		to = strlen(name) > 4 && strcmp(name + strlen(name) - 4, "_ref") == 0 && json_is_string(v) ?
		    json_object_get(s->index, json_string_value(v)) : NULL;
		if (to != NULL && stix_text(to, "value")[0] != '\0' && strstr(pattern, stix_text(to, "value")) != NULL &&
		    json_object_get(s->based, stix_text(to, "id")) == NULL)
			json_object_set(s->based, stix_text(to, "id"), by);
	}
}

/* Which indicator stands for which observable. */
static void
find_based(struct shaper *s, const json_t *objects)
{
	json_t *o, *direct, *by;
	const char *sco;
	size_t i;

	json_array_foreach(objects, i, o)
		if (here(s, o) && is_based_on(s, o) && !json_is_true(json_object_get(o, "revoked")) &&
		    !json_is_true(json_object_get(json_object_get(s->index, stix_text(o, "source_ref")), "revoked"))) {
			json_object_set(s->based, stix_text(o, "target_ref"), json_object_get(o, "source_ref"));
			if (stix_is(json_object_get(s->index, stix_text(o, "target_ref")), "file"))
				json_object_set(s->files, stix_text(o, "source_ref"),
				    json_object_get(s->index, stix_text(o, "target_ref")));
		}
	direct = json_copy(s->based);
	json_object_foreach(direct, sco, by)
		also_based(s, sco, by);
	json_decref(direct);
}

static void
map_ids(struct shaper *s, const json_t *objects)
{
	char what[120];
	json_t *o;
	size_t i;

	find_based(s, objects);
	json_array_foreach(objects, i, o) {
		if (!here(s, o))
			continue;
		if (unknown(o) || json_is_true(json_object_get(o, "revoked"))) {
			if (unknown(o)) {
				snprintf(what, sizeof(what), "%.80s dropped", stix_text(o, "type"));
				publish_lose(s->lost, what);
			}
			json_object_set_new(s->ids, stix_text(o, "id"), json_null());
		} else
			new_id(s, o);
	}
	/* The observable is the indicator, from everywhere. */
	json_array_foreach(objects, i, o) {
		const char *by = stix_text(s->based, stix_text(o, "id"));

		if (by[0] != '\0')
			json_object_set(s->ids, stix_text(o, "id"), json_object_get(s->ids, by));
	}
}

/* The value with every id in it changed; NULL when it is one that is not here. new */
static json_t *
mapped(const struct shaper *s, const json_t *v)
{
	json_t *to, *out, *one, *n;
	const char *name;
	size_t i;

	if (json_is_string(v)) {
		to = json_object_get(s->ids, json_string_value(v));
		return json_is_null(to) ? NULL : json_incref(to != NULL ? to : (json_t *)v);
	}
	if (json_is_array(v)) {
		out = json_array();
		json_array_foreach(v, i, one)
			if ((n = mapped(s, one)) != NULL)
				json_array_append_new(out, n);
		return out;
	}
	if (!json_is_object(v))
		return json_incref((json_t *)v);
	out = json_object();
	json_object_foreach((json_t *)v, name, one)
		if ((n = mapped(s, one)) != NULL)
			json_object_set_new(out, name, n);
	return out;
}

/* ---- what an object becomes ---- */

/* [file: every hash AND the name]: its importer makes one file object of it. */
static void
file_pattern(json_t *o, const json_t *file)
{
	struct buf b = BUF_INIT(LIMIT_PATTERN);
	const char *name, *join = "[";
	json_t *v;

	json_object_foreach(json_object_get(file, "hashes"), name, v) {
		if (!json_is_string(v))
			continue;
		buf_printf(&b, "%sfile:hashes.", join);
		stix_pattern_string(&b, name);
		buf_adds(&b, " = ");
		stix_pattern_string(&b, json_string_value(v));
		join = " AND ";
	}
	if (stix_text(file, "name")[0] != '\0') {
		buf_printf(&b, "%sfile:name = ", join);
		stix_pattern_string(&b, stix_text(file, "name"));
	}
	buf_addc(&b, ']');
	if (b.len > 1 && !b.over)
		json_object_set_new(o, "pattern", json_string(buf_str(&b)));
	buf_free(&b);
}

struct address {
	char value[300];
	int others;
};

static int
on_value(void *ctx, const char *type, const char *path, const char *value)
{
	struct address *a = ctx;

	if (strcmp(type, "network-traffic") != 0 || strcmp(path, "dst_ref.value") != 0 || strlen(value) >= sizeof(a->value) || a->value[0])
		a->others = 1;
	else
		snprintf(a->value, sizeof(a->value), "%s", value);
	return 0;
}

/* Traffic to an address alone stops its importer: the address is what is looked for. */
static void
traffic_pattern(json_t *o)
{
	struct buf b = BUF_INIT(LIMIT_PATTERN);
	struct address a = { "", 0 };

	if (stix_pattern_values(stix_text(o, "pattern"), on_value, &a) != 0 || a.others || a.value[0] == '\0')
		return;
	buf_printf(&b, "[%s:value = ", strspn(a.value, "0123456789./") == strlen(a.value) ? "ipv4-addr" :
	    strchr(a.value, ':') != NULL ? "ipv6-addr" : "domain-name");
	stix_pattern_string(&b, a.value);
	buf_addc(&b, ']');
	json_object_set_new(o, "pattern", json_string(buf_str(&b)));
	buf_free(&b);
}

static void
indicator(const struct shaper *s, const json_t *original, json_t *o)
{
	const json_t *file = json_object_get(s->files, stix_text(original, "id"));

	if (strcmp(stix_text(o, "pattern_type"), "stix") != 0)
		return;
	traffic_pattern(o);
	if (file != NULL)
		file_pattern(o, file);
}

/* A quotation mark in a name would end a tag early. */
static void
clean_name(json_t *o)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);

	for (const char *p = stix_text(o, "name"); *p != '\0'; p++)
		if (*p != '"' && (unsigned char)*p >= ' ')
			buf_addc(&b, *p);
	if (b.len > 0 && strcmp(buf_str(&b), stix_text(o, "name")) != 0)
		json_object_set_new(o, "name", json_string(buf_str(&b)));
	buf_free(&b);
}

/* What survives of it in every release: labels, the source in the text, published as the version says. */
static void
report(struct shaper *s, json_t *o)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	json_t *labels = json_array(), *refs = json_array(), *seen = json_object(), *r;
	size_t i;

	json_array_foreach(json_object_get(o, "labels"), i, r)
		json_array_append(labels, r);
	json_array_foreach(s->tags, i, r)
		json_array_append(labels, json_object_get(r, "name"));
	if (json_array_size(labels) > 0)
		json_object_set(o, "labels", labels);
	json_array_foreach(json_object_get(o, "object_refs"), i, r)
		if (json_object_get(seen, json_string_value(r)) == NULL) {
			json_object_set_new(seen, json_string_value(r), json_true());
			json_array_append(refs, r);
		}
	json_object_set(o, "object_refs", refs);
	json_object_set(o, "published", json_object_get(o, "modified"));
	json_array_foreach(json_object_get(o, "external_references"), i, r)
		if (stix_text(r, "url")[0] != '\0')
			buf_printf(&b, "[%s](%s)\n\n", stix_text(r, "source_name"), stix_text(r, "url"));
	buf_adds(&b, stix_text(o, "description"));
	if (b.len > 0)
		json_object_set_new(o, "description", json_string(buf_str(&b)));
	buf_free(&b);
	json_decref(labels);
	json_decref(refs);
	json_decref(seen);
}

/* The object as it is sent: new; NULL when it is not. */
static json_t *
shaped(struct shaper *s, const json_t *o)
{
	json_t *id = json_object_get(s->ids, stix_text(o, "id")), *out;

	if (json_is_null(id) || json_object_get(s->based, stix_text(o, "id")) != NULL || is_based_on(s, o))
		return NULL;
	if (stix_is(o, "relationship") && (json_is_null(json_object_get(s->ids, stix_text(o, "source_ref"))) ||
	    json_is_null(json_object_get(s->ids, stix_text(o, "target_ref"))))) {
		publish_lose(s->lost, "relationship dropped");
		return NULL;
	}
	out = mapped(s, o);
	if (!stix_is(o, "marking-definition") && json_object_del(out, "extensions") == 0)
		publish_lose(s->lost, "extension dropped");
	if (stix_is(o, "indicator"))
		indicator(s, o, out);
	if (json_is_array(json_object_get(out, "sample_refs")) && json_array_size(json_object_get(out, "sample_refs")) == 0)
		json_object_del(out, "sample_refs");
	if (!stix_is(o, "report"))
		clean_name(out);
	return out;
}

/* ---- the bundle ---- */

/* sample_refs lead to observables; where one has become an indicator there is none any more. */
static void
drop_samples(json_t *o)
{
	json_t *kept = json_array(), *r;
	size_t i;

	json_array_foreach(json_object_get(o, "sample_refs"), i, r)
		if (!stix_id_is(json_string_value(r), "indicator"))
			json_array_append(kept, r);
	if (json_array_size(kept) > 0)
		json_object_set(o, "sample_refs", kept);
	else
		json_object_del(o, "sample_refs");
	json_decref(kept);
}

static void
find_members(struct shaper *s, const json_t *objects)
{
	static const char *const of[] = { "created_by_ref" };
	json_t *r, *o;
	size_t i, k;

	json_array_foreach(json_object_get(s->report, "object_refs"), i, r)
		if (json_is_string(r))
			json_object_set_new(s->members, json_string_value(r), json_true());
	json_array_foreach(objects, i, o) {
		if (!here(s, o))
			continue;
		for (k = 0; k < ARRAY_LEN(of); k++)
			if (stix_text(o, of[k])[0] != '\0')
				json_object_set_new(s->members, stix_text(o, of[k]), json_true());
		json_array_foreach(json_object_get(o, "object_marking_refs"), k, r)
			if (json_is_string(r))
				json_object_set_new(s->members, json_string_value(r), json_true());
	}
}

static json_t *
bundle_of(struct shaper *s, const json_t *objects)
{
	json_t *list = json_array(), *out = NULL, *o, *one;
	struct buf key = BUF_INIT(LIMIT_JSON_STRING);
	char id[STIX_ID];
	size_t i;

	find_members(s, objects);
	map_ids(s, objects);
	json_array_foreach(objects, i, o)
		if (here(s, o) && o != s->report)
			galaxies_tags(s->g, o, s->tags);
	json_array_foreach(objects, i, o) {
		if (!here(s, o) || json_object_get(s->index, stix_text(o, "id")) != o || (one = shaped(s, o)) == NULL)
			continue;
		drop_samples(one);
		if (o == s->report)
			report(s, one);
		json_array_append_new(list, one);
	}
	buf_printf(&key, "%s|%s|misp", stix_text(s->report, "id"), stix_text(s->report, "modified"));
	stix_id("bundle", stix_text(s->report, "created_by_ref"), buf_str(&key), id);
	buf_free(&key);
	out = json_pack("{s:s, s:s, s:o}", "type", "bundle", "id", id, "objects", list);
	return out;
}

json_t *
misp_stix_bundles(const json_t *objects, const struct galaxies *g, struct publish_lost *lost, struct err *e)
{
	json_t *index = json_object(), *all = json_array(), *o;
	size_t i;

	json_array_foreach(objects, i, o)
		if (json_object_get(index, stix_text(o, "id")) == NULL ||
		    strcmp(stix_text(json_object_get(index, stix_text(o, "id")), "modified"), stix_text(o, "modified")) < 0)
			json_object_set(index, stix_text(o, "id"), o);
	json_array_foreach(objects, i, o) {
		struct shaper s = { .g = g, .lost = lost, .index = index, .report = o };

		if (!stix_is(o, "report") || !stix_id_is(stix_text(o, "id"), "report") || json_object_get(index, stix_text(o, "id")) != o ||
		    json_is_true(json_object_get(o, "revoked")))
			continue;
		s.uuid = stix_text(o, "id") + strlen("report--");
		s.members = json_object();
		s.based = json_object();
		s.files = json_object();
		s.ids = json_object();
		s.tags = json_array();
		json_array_append_new(all, bundle_of(&s, objects));
		json_decref(s.members);
		json_decref(s.based);
		json_decref(s.files);
		json_decref(s.ids);
		json_decref(s.tags);
	}
	json_decref(index);
	if (json_array_size(all) > 0)
		return all;
	json_decref(all);
	err_set(e, ERR_INPUT, "there is no report in it: an event of MISP is made of a report");
	return NULL;
}
