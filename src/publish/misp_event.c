/* A bundle as native MISP events. */
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "publish/misp.h"

struct maker {
	const struct galaxies *g;
	struct publish_lost *lost;
	const json_t *index;		/* id -> object, of all objects */
	const json_t *report;
	json_t *event;			/* what stands in "Event" */
	json_t *attributes, *objects, *tags;
	json_t *made;			/* STIX id -> its record */
	json_t *records;		/* uuid -> attribute or object */
	json_t *based;			/* id of an indicator -> list of the relationships that base it on something */
	json_t *busy;			/* ids of creators, true where a relationship has them at an end */
	json_t *origin, *members;
	int64_t newest;			/* seconds */
	char uuid[UUID_TEXT];
};

int64_t
misp_seconds(const json_t *o)
{
	const char *s = stix_text(o, "modified");
	struct stamp t;

	if (s[0] == '\0')
		s = stix_text(o, "created");
	return stamp_parse(s, strlen(s), &t) == 0 && t.sec > 0 ? t.sec : 0;
}

int
misp_date(const json_t *o, char out[MISP_DATE])
{
	static const char *const from[] = { "published", "created" };
	struct stamp t;

	snprintf(out, MISP_DATE, "%s", "1970-01-01");
	for (size_t i = 0; i < ARRAY_LEN(from); i++) {
		const char *s = stix_text(o, from[i]);

		if (stamp_parse(s, strlen(s), &t) == 0) {
			snprintf(out, MISP_DATE, "%.10s", s);
			return 1;
		}
	}
	return 0;
}

void
misp_uuid(const char *event, const char *kind, const char *relation, const char *value, char out[UUID_TEXT])
{
	struct buf key = BUF_INIT(LIMIT_JSON_STRING * 2);

	/* Servers fold the case of hosts and hashes. */
	buf_printf(&key, "%s|%s|%s", kind, relation, value);
	for (size_t i = 0; i < key.len; i++)
		if (key.s[i] >= 'A' && key.s[i] <= 'Z')
			key.s[i] = (char)(key.s[i] - 'A' + 'a');
	uuid_v5(event, buf_str(&key), key.len, out);
	buf_free(&key);
}

static void
set_seconds(json_t *record, int64_t seconds)
{
	char at[24];

	snprintf(at, sizeof(at), "%lld", (long long)seconds);
	json_object_set_new(record, "timestamp", json_string(at));
}

/* A record that is made of one more object is as new as the newest of them. */
static void
freshen(struct maker *m, json_t *record, int64_t seconds)
{
	if (seconds > strtoll(stix_text(record, "timestamp"), NULL, 10))
		set_seconds(record, seconds);
	if (seconds > m->newest)
		m->newest = seconds;
}

/* ---- values ---------------------------------------------------------------------------------------------------------------- */

struct walk {
	int (*each)(void *ctx, const char *value);
	void *ctx;
	const json_t *index;
};

static int walk(const struct walk *w, const json_t *v, const char *path);

static int
scalar(const struct walk *w, const json_t *v)
{
	char number[64];

	if (json_is_string(v))
		return json_string_length(v) > 0 ? w->each(w->ctx, json_string_value(v)) : 0;
	if (json_is_integer(v))
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		snprintf(number, sizeof(number), "%.10g", json_real_value(v));
	else if (json_is_boolean(v))
		snprintf(number, sizeof(number), "%d", json_is_true(v));
	else
		return 0;
	return w->each(w->ctx, number);
}

static int
step(const struct walk *w, const json_t *v, const char *path)
{
	size_t n = strcspn(path, ".");
	const char *rest = path + n + (path[n] == '.');
	char name[64];
	json_t *next;

	snprintf(name, sizeof(name), "%.*s", (int)(n < 63 ? n : 63), path);
	next = json_object_get(v, name);
	n = strlen(name);
	/* From a reference to what it refers to. */
	if (*rest != '\0' && n > 4 && strcmp(name + n - 4, "_ref") == 0 && json_is_string(next))
		next = json_object_get(w->index, json_string_value(next));
	return walk(w, next, rest);
}

/* Calls each() for the values that a path leads to, all of a list; ends when it returns other than 0. */
static int
walk(const struct walk *w, const json_t *v, const char *path)
{
	json_t *one;
	size_t i;
	int rc = 0;

	if (json_is_array(v)) {
		json_array_foreach(v, i, one) {
			if (*path != '\0' && json_is_string(one) && json_object_get(w->index, json_string_value(one)) != NULL)
				one = json_object_get(w->index, json_string_value(one));
			if (rc == 0)
				rc = walk(w, one, path);
		}
		return rc;
	}
	return *path != '\0' ? step(w, v, path) : scalar(w, v);
}

/* ---- records ---------------------------------------------------------------------------------------------------------------- */

/* Where a value goes: the template, or the list of attributes; and what it is said by. */
struct put {
	struct maker *m;
	const json_t *o;
	const struct misp_template *template;
	const struct misp_plain *plain;
	const struct misp_field *field;
	json_t *object;			/* borrowed; NULL until the first value names it */
	json_t *record;			/* borrowed: the last attribute */
	int64_t seconds;
	int ids;			/* an indicator says so */
};

static void
keep(struct put *p, json_t *list, const char *uuid, json_t *r)
{
	json_array_append_new(list, r);
	json_object_set(p->m->records, uuid, r);
	json_object_set_new(p->m->origin, uuid, json_string(stix_text(p->o, "id")));
}

/* An attribute of the list, made unless it is there: borrowed. */
static json_t *
attribute(struct put *p, json_t *list, const char *uuid, const char *type, const char *category, const char *value, int ids)
{
	json_t *a = json_object_get(p->m->records, uuid);

	if (a == NULL) {
		a = json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "uuid", uuid, "type", type, "category", category, "value", value, "to_ids",
		    ids, "distribution", "5");
		keep(p, list, uuid, a);
	} else if (ids)
		json_object_set_new(a, "to_ids", json_true());
	freshen(p->m, a, p->seconds);
	p->record = a;
	return a;
}

static int
plain_value(void *ctx, const char *value)
{
	struct put *p = ctx;
	const struct misp_plain *r = p->plain;
	struct buf whole = BUF_INIT(LIMIT_JSON_STRING);
	char uuid[UUID_TEXT];

	if (r->start != NULL && strncmp(value, r->start, strlen(r->start)) != 0)
		return 0;
	buf_printf(&whole, "%s%s", r->prefix, value);
	misp_uuid(p->m->uuid, r->type, "", buf_str(&whole), uuid);
	attribute(p, p->m->attributes, uuid, r->type, r->category, buf_str(&whole), p->ids && r->ids);
	buf_free(&whole);
	return 0;
}

/* "ip-dst" and "hostname" stand for one property of STIX: each takes what it is for. */
static int
fits(const char *type, const char *value)
{
	int address = strspn(value, "0123456789abcdefABCDEF.:/") == strlen(value) && strpbrk(value, ".:") != NULL;

	if (strcmp(type, "hostname") == 0)
		return !address;
	return strncmp(type, "ip-", 3) != 0 || address;
}

static json_t *
new_object(struct put *p, const char *value)
{
	const struct misp_template *t = p->template;
	struct buf kind = BUF_INIT(1000);
	char uuid[UUID_TEXT];
	json_t *o;

	buf_printf(&kind, "%s.%s", t->stix, t->name);
	misp_uuid(p->m->uuid, buf_str(&kind), p->field->relation, value, uuid);
	buf_free(&kind);
	if ((o = json_object_get(p->m->records, uuid)) != NULL)
		return o;
	o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[], s:[]}", "uuid", uuid, "name", t->name, "meta-category", t->meta,
	    "description", t->description, "template_uuid", t->uuid, "template_version", t->version, "distribution", "5", "Attribute",
	    "ObjectReference");
	keep(p, p->m->objects, uuid, o);
	return o;
}

static int
field_value(void *ctx, const char *value)
{
	struct put *p = ctx;
	char uuid[UUID_TEXT];
	json_t *a;

	if (!fits(p->field->type, value))
		return 0;
	if (p->object == NULL)
		p->object = new_object(p, value);
	freshen(p->m, p->object, p->seconds);
	misp_uuid(p->m->uuid, stix_text(p->object, "uuid"), p->field->relation, value, uuid);
	a = attribute(p, json_object_get(p->object, "Attribute"), uuid, p->field->type, p->field->category, value,
	    p->ids && (p->field->flags & MISP_IDS));
	json_object_set_new(a, "object_relation", json_string(p->field->relation));
	return (p->field->flags & MISP_ONE) != 0;
}

/* The record of an object: borrowed, an attribute or an object; NULL when it has nothing that MISP takes. */
static json_t *
record(struct maker *m, const json_t *o, int64_t seconds, int ids)
{
	struct put p = { .m = m, .o = o, .seconds = seconds, .ids = ids };
	struct walk w = { plain_value, &p, m->index };

	for (p.plain = misp_plains; p.plain->stix != NULL && p.record == NULL; p.plain++)
		if (stix_is(o, p.plain->stix))
			walk(&w, o, p.plain->from);
	if (p.record != NULL)
		return p.record;
	w.each = field_value;
	for (p.template = misp_templates; p.template->stix != NULL && p.object == NULL; p.template++) {
		if (!stix_is(o, p.template->stix) ||
		    (p.template->when != NULL && strcmp(stix_text(o, p.template->when), p.template->is) != 0))
			continue;
		for (p.field = p.template->fields; p.field->from != NULL; p.field++)
			walk(&w, o, p.field->from);
	}
	return p.object;
}

/* A comment, or what is added to it; each text once. */
static void
comment(json_t *r, const char *words)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	const char *there = stix_text(r, "comment");

	if (words[0] == '\0' || strstr(there, words) != NULL)
		return;
	buf_printf(&b, "%s%s%s", there, there[0] != '\0' ? "; " : "", words);
	json_object_set_new(r, "comment", json_string(buf_str(&b)));
	buf_free(&b);
}

/* ---- markings and tags ------------------------------------------------------------------------------------------------------- */

/* Adds the tags of an object's markings: of the event all, of a record those that the event has not. */
static void
markings(struct maker *m, const json_t *o, json_t *tags)
{
	char tag[64];
	json_t *id;
	size_t i;

	json_array_foreach(json_object_get(o, "object_marking_refs"), i, id) {
		const struct stix_tlp *t = json_is_string(id) ? stix_tlp_find(json_string_value(id)) : NULL;
		const json_t *marking = json_is_string(id) ? json_object_get(m->index, json_string_value(id)) : NULL;

		if (t != NULL) {
			snprintf(tag, sizeof(tag), "tlp:%s", t->level);
			if (strcmp(tag, "tlp:white") == 0)
				strcpy(tag, "tlp:clear");	/* of TLP 2, which MISP's taxonomy has */
			tag_add(tags, tag);
		} else if (marking != NULL)
			publish_lose(m->lost, "statement marking dropped");
	}
}

static void
tag_record(json_t *r, const json_t *event_tags, const json_t *tags)
{
	json_t *list = json_object_get(r, "Tag"), *inner, *t, *a;
	size_t i, k;

	/* An object has no tags of its own: its attributes have. */
	if ((inner = json_object_get(r, "Attribute")) != NULL) {
		json_array_foreach(inner, k, a)
			tag_record(a, event_tags, tags);
		return;
	}
	json_array_foreach(tags, i, t) {
		json_t *e;

		json_array_foreach(event_tags, k, e)
			if (strcmp(stix_text(e, "name"), stix_text(t, "name")) == 0)
				break;
		if (k < json_array_size(event_tags))
			continue;
		if (list == NULL)
			json_object_set_new(r, "Tag", list = json_array());
		tag_add(list, stix_text(t, "name"));
	}
}

/* ---- one object --------------------------------------------------------------------------------------------------------------- */

static int
in_event(const struct maker *m, const char *id)
{
	return json_object_get(m->members, id) != NULL;
}

/* The creators of the objects are no news: they are in it for what they created. */
static int
only_creator(const struct maker *m, const json_t *o)
{
	return json_is_false(json_object_get(m->busy, stix_text(o, "id")));
}

/* What the event says nowhere but in its text, or not at all. */
static void
tell_lost(struct maker *m, const json_t *o)
{
	static const char *const counted[] = { "kill_chain_phases", "granular_markings", "first_seen", "last_seen", "valid_until",
	    "resolves_to_refs", "belongs_to_refs", "contains_refs", "parent_directory_ref", "content_ref" };
	char what[120];
	const char *name;
	json_t *v;

	for (size_t i = 0; i < ARRAY_LEN(counted); i++)
		if (json_object_get(o, counted[i]) != NULL) {
			snprintf(what, sizeof(what), "%s dropped", counted[i]);
			publish_lose(m->lost, what);
		}
	if (json_object_get(o, "labels") != NULL && o != m->report)
		publish_lose(m->lost, "labels dropped");
	json_object_foreach(json_object_get(o, "extensions"), name, v)
		publish_lose(m->lost, strcmp(name, STIX_EVIDENCE_ID) == 0 ? "evidence extension dropped (its sentences are in the report)" :
		    "extension dropped");
}

/* Links of an object become the event's; ids of ATT&CK are in tags and objects. */
static void
links(struct maker *m, const json_t *o)
{
	static const struct misp_plain link = { NULL, NULL, NULL, "link", "External analysis", "", 0 };
	struct put p = { .m = m, .o = o, .plain = &link, .seconds = misp_seconds(o) };
	json_t *r;
	size_t i;

	json_array_foreach(json_object_get(o, "external_references"), i, r) {
		if (strncmp(stix_text(r, "source_name"), "mitre-", 6) == 0)
			continue;
		if (strstr(stix_text(r, "url"), "://") != NULL) {
			plain_value(&p, stix_text(r, "url"));
			comment(p.record,
			    stix_text(r, "description")[0] != '\0' ? stix_text(r, "description") : stix_text(r, "source_name"));
		} else if (stix_text(r, "external_id")[0] == '\0' && o != m->report)
			publish_lose(m->lost, "external reference dropped");
	}
}

static void
entity(struct maker *m, const json_t *o)
{
	const char *type = stix_text(o, "type");
	json_t *tags, *r;
	char what[120];

	if (stix_is(o, "identity") && only_creator(m, o))
		return;
	if ((r = record(m, o, json_object_get(o, "modified") != NULL ? misp_seconds(o) : misp_seconds(m->report), 0)) == NULL) {
		snprintf(what, sizeof(what), "%.80s dropped", type);
		publish_lose(m->lost, what);
		return;
	}
	json_object_set(m->made, stix_text(o, "id"), r);
	if (json_object_get(r, "Attribute") == NULL)
		comment(r, stix_text(o, "description"));
	tags = json_array();
	markings(m, o, tags);
	tag_record(r, m->tags, tags);
	json_decref(tags);
	if (galaxies_tags(m->g, o, m->tags) == 0 && m->g != NULL && galaxies_has(type)) {
		snprintf(what, sizeof(what), "%.80s in no galaxy: without a tag", type);
		publish_lose(m->lost, what);
	}
	links(m, o);
	tell_lost(m, o);
}

/* ---- indicators ----------------------------------------------------------------------------------------------------------------- */

/* Objects as they would be observed, out of a pattern's comparisons. */
struct observed {
	json_t *all;
	json_t *last;
};

static int
on_value(void *ctx, const char *type, const char *path, const char *value)
{
	struct observed *w = ctx;
	json_t *at, *next;
	const char *p = path;
	char name[64];
	size_t n;

	if (w->last == NULL || strcmp(stix_text(w->last, "type"), type) != 0)
		json_array_append_new(w->all, w->last = json_pack("{s:s}", "type", type));
	for (at = w->last;; at = next, p += n + 1) {
		n = strcspn(p, ".");
		if (n >= sizeof(name))
			return -1;
		snprintf(name, sizeof(name), "%.*s", (int)n, p);
		if (p[n] == '\0')
			break;
		if ((next = json_object_get(at, name)) == NULL)
			json_object_set_new(at, name, next = json_object());
		if (!json_is_object(next))
			return -1;
	}
	/* The same property again: another object. */
	if (json_object_get(at, name) != NULL) {
		w->last = NULL;
		return on_value(ctx, type, path, value);
	}
	json_object_set_new(at, name, json_string(value));
	return 0;
}

static json_t *
rule(struct maker *m, const json_t *o)
{
	static const struct {
		const char *pattern;
		struct misp_plain plain;
	} rules[] = {
		{ "stix", { NULL, NULL, NULL, "stix2-pattern", "Payload installation", "", 1 } },
		{ "yara", { NULL, NULL, NULL, "yara", "Payload installation", "", 1 } },
		{ "sigma", { NULL, NULL, NULL, "sigma", "Payload installation", "", 1 } },
		{ "snort", { NULL, NULL, NULL, "snort", "Network activity", "", 1 } },
		{ "suricata", { NULL, NULL, NULL, "snort", "Network activity", "", 1 } },
	};
	struct put p = { .m = m, .o = o, .seconds = misp_seconds(o), .ids = 1 };

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (strcmp(rules[i].pattern, stix_text(o, "pattern_type")) == 0) {
			p.plain = &rules[i].plain;
			plain_value(&p, stix_text(o, "pattern"));
		}
	return p.record;
}

/* What an indicator looks for: its values, or the pattern as it stands. Borrowed, NULL when MISP has no such rule. */
static json_t *
looked_for(struct maker *m, const json_t *o)
{
	struct observed w = { json_array(), NULL };
	json_t *one, *r, *first = NULL;
	size_t i;
	int bad = strcmp(stix_text(o, "pattern_type"), "stix") != 0 || stix_pattern_values(stix_text(o, "pattern"), on_value, &w) != 0;

	json_array_foreach(w.all, i, one) {
		json_object_set(one, "id", json_object_get(o, "id"));
		if (bad || (r = record(m, one, misp_seconds(o), 1)) == NULL)
			break;
		if (first == NULL)
			first = r;
	}
	json_decref(w.all);
	return first != NULL ? first : rule(m, o);
}

/* The observables that an indicator is based on become worth detecting by. Borrowed, the first; NULL: none. */
static json_t *
based_on(struct maker *m, const json_t *o)
{
	json_t *rel, *sco, *first = NULL;
	size_t i;

	json_array_foreach(json_object_get(m->based, stix_text(o, "id")), i, rel) {
		sco = json_object_get(m->index, stix_text(rel, "target_ref"));
		if (sco == NULL || json_object_get(m->made, stix_text(sco, "id")) == NULL)
			continue;
		sco = record(m, sco, misp_seconds(o), 1);
		if (first == NULL)
			first = sco;
	}
	return first;
}

static void
indicator(struct maker *m, const json_t *o)
{
	json_t *r = based_on(m, o), *tags;

	if (r == NULL)
		r = looked_for(m, o);
	if (r == NULL) {
		publish_lose(m->lost, "indicator of a kind of pattern that MISP does not have dropped");
		return;
	}
	json_object_set(m->made, stix_text(o, "id"), r);
	comment(r, stix_text(o, "description")[0] != '\0' ? stix_text(o, "description") : stix_text(o, "name"));
	tags = json_array();
	markings(m, o, tags);
	tag_record(r, m->tags, tags);
	json_decref(tags);
	links(m, o);
	tell_lost(m, o);
}

/* ---- relationships ---------------------------------------------------------------------------------------------------------------- */

static void
refer(struct maker *m, const json_t *rel, json_t *from, const json_t *to, const char *by)
{
	char uuid[UUID_TEXT];
	json_t *r;

	misp_uuid(m->uuid, "reference", stix_text(from, "uuid"), stix_text(rel, "id"), uuid);
	r = json_pack("{s:s, s:s, s:s, s:s, s:s}", "uuid", uuid, "object_uuid", stix_text(from, "uuid"), "referenced_uuid",
	    stix_text(to, "uuid"), "relationship_type", by, "comment", stix_text(rel, "description"));
	set_seconds(r, misp_seconds(rel));
	json_array_append_new(json_object_get(from, "ObjectReference"), r);
	freshen(m, from, misp_seconds(rel));
}

/* Malware that an indicator is of is a tag of what is looked for. */
static void
tag_indicated(struct maker *m, json_t *from, const json_t *target)
{
	json_t *tags = json_array(), *none = json_array();

	if (galaxies_tags(m->g, target, tags) > 0)
		tag_record(from, none, tags);
	json_decref(tags);
	json_decref(none);
}

static void
relationship(struct maker *m, const json_t *o)
{
	json_t *from = json_object_get(m->made, stix_text(o, "source_ref")), *to = json_object_get(m->made, stix_text(o, "target_ref"));
	const char *by = stix_text(o, "relationship_type"), *back = misp_opposite(by);
	char what[160];

	/* The indicator and its observable are one record. */
	if (from == to && from != NULL)
		return;
	tell_lost(m, o);
	if (from == NULL || to == NULL) {
		publish_lose(m->lost, "relationship with an end that is not there dropped");
		return;
	}
	if (strcmp(by, "indicates") == 0)
		tag_indicated(m, from, json_object_get(m->index, stix_text(o, "target_ref")));
	if (json_object_get(from, "ObjectReference") != NULL)
		refer(m, o, from, to, by);
	else if (json_object_get(to, "ObjectReference") != NULL) {
		/* Only objects refer to others: from the other end, then. */
		if (back == NULL) {
			snprintf(what, sizeof(what), "%.60s from an attribute sent as related-to", by);
			publish_lose(m->lost, what);
		}
		refer(m, o, to, from, back != NULL ? back : "related-to");
	} else
		publish_lose(m->lost, "relationship between attributes dropped (it is in the report)");
}

/* ---- the event ---------------------------------------------------------------------------------------------------------------------- */

enum part { SCO, ENTITY, INDICATOR, RELATIONSHIP, DROPPED, NOTHING };

/* What to make of a type: observables first, then what they are seen from. */
static enum part
part(const json_t *o)
{
	static const char *const nothing[] = { "marking-definition", "extension-definition", "report", "grouping" };
	static const char *const dropped[] = { "language-content", "note", "opinion", "observed-data", "sighting", "malware-analysis" };

	for (size_t i = 0; i < ARRAY_LEN(nothing); i++)
		if (stix_is(o, nothing[i]))
			return NOTHING;
	for (size_t i = 0; i < ARRAY_LEN(dropped); i++)
		if (stix_is(o, dropped[i]))
			return DROPPED;
	if (stix_is(o, "indicator"))
		return INDICATOR;
	if (stix_is(o, "relationship"))
		return RELATIONSHIP;
	return json_object_get(o, "modified") == NULL ? SCO : ENTITY;
}

static void
one_part(struct maker *m, const json_t *objects, enum part now)
{
	char what[120];
	json_t *o;
	size_t i;

	json_array_foreach(objects, i, o) {
		if (part(o) != now || !in_event(m, stix_text(o, "id")) || json_object_get(m->index, stix_text(o, "id")) != o ||
		    json_is_true(json_object_get(o, "revoked")))
			continue;
		if (now == INDICATOR)
			indicator(m, o);
		else if (now == RELATIONSHIP)
			relationship(m, o);
		else if (now != DROPPED)
			entity(m, o);
		else {
			snprintf(what, sizeof(what), "%.80s dropped", stix_text(o, "type"));
			publish_lose(m->lost, what);
		}
	}
}

static void
event_report(struct maker *m, const json_t *objects)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	json_t *mine = json_array(), *r, *o;
	char uuid[UUID_TEXT];
	size_t i;

	json_array_foreach(objects, i, o)
		if (in_event(m, stix_text(o, "id")) && json_object_get(m->index, stix_text(o, "id")) == o)
			json_array_append(mine, o);
	misp_report(m->report, mine, &b);
	misp_uuid(m->uuid, "report", "", stix_text(m->report, "id"), uuid);
	r = json_pack("{s:s, s:s, s:s, s:s}", "uuid", uuid, "name", stix_text(m->report, "name"), "content", buf_str(&b), "distribution",
	    "5");
	set_seconds(r, m->newest);
	json_object_set_new(m->event, "EventReport", json_pack("[o]", r));
	json_object_set_new(m->origin, uuid, json_string(stix_text(m->report, "id")));
	json_decref(mine);
	buf_free(&b);
}

/* Who made it; a static feed needs one, a server puts its own in place unless the key may synchronise. */
static json_t *
creator(struct maker *m)
{
	const json_t *o = json_object_get(m->index, stix_text(m->report, "created_by_ref"));
	const char *id = stix_text(o, "id"), *dashes = strstr(id, "--");

	if (o == NULL || dashes == NULL)
		return json_pack("{s:s, s:s}", "name", "stixpress", "uuid", strstr(STIX_PROJECT_ID, "--") + 2);
	return json_pack("{s:s, s:s}", "name", stix_text(o, "name"), "uuid", dashes + 2);
}

static void
event_head(struct maker *m)
{
	const char *id = stix_text(m->report, "id");
	char date[MISP_DATE];
	json_t *label;
	size_t i;

	misp_date(m->report, date);
	/* Versions that MISP's own check of a UUID takes. */
	if (strlen(id) > 36 && strchr("12345", id[strlen(id) - 22]) != NULL)
		snprintf(m->uuid, sizeof(m->uuid), "%s", id + strlen(id) - 36);
	else
		uuid_v5(STIX_NAMESPACE, id, strlen(id), m->uuid);
	m->event = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "uuid", m->uuid, "info",
	    stix_text(m->report, "name")[0] != '\0' ? stix_text(m->report, "name") : id, "date", date, "threat_level_id", "4", "analysis",
	    "2", "published", 0);
	json_object_set_new(m->event, "Orgc", creator(m));
	m->tags = json_array();
	markings(m, m->report, m->tags);
	json_array_foreach(json_object_get(m->report, "labels"), i, label)
		if (json_is_string(label))
			tag_add(m->tags, json_string_value(label));
	m->newest = misp_seconds(m->report);
}

/* The report, what it lists, and what that refers to as its creator or marking. */
static void
members(struct maker *m)
{
	json_t *ref;
	size_t i;

	m->members = json_object();
	json_object_set_new(m->members, stix_text(m->report, "id"), json_true());
	json_array_foreach(json_object_get(m->report, "object_refs"), i, ref)
		if (json_is_string(ref))
			json_object_set_new(m->members, json_string_value(ref), json_true());
}

/* Who is at the ends of the relationships, and which are about what an indicator is based on. */
static void
look_around(struct maker *m)
{
	const char *id, *end, *ends[] = { "source_ref", "target_ref" };
	json_t *o, *list;

	m->busy = json_object();
	m->based = json_object();
	json_object_foreach((json_t *)m->index, id, o)
		if ((end = stix_text(o, "created_by_ref"))[0] != '\0' && json_object_get(m->busy, end) == NULL)
			json_object_set_new(m->busy, end, json_false());
	json_object_foreach(m->members, id, o) {
		o = json_object_get(m->index, id);
		if (!stix_is(o, "relationship") || json_is_true(json_object_get(o, "revoked")))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(ends); i++)
			json_object_set_new(m->busy, stix_text(o, ends[i]), json_true());
		if (strcmp(stix_text(o, "relationship_type"), "based-on") != 0)
			continue;
		if ((list = json_object_get(m->based, stix_text(o, "source_ref"))) == NULL)
			json_object_set_new(m->based, stix_text(o, "source_ref"), list = json_array());
		json_array_append(list, o);
	}
}

static void
make(struct maker *m, const json_t *objects, struct misp_event *out)
{
	m->records = json_object();
	m->attributes = json_array();
	m->objects = json_array();
	m->made = json_object();
	m->origin = json_object();
	event_head(m);
	members(m);
	look_around(m);
	tell_lost(m, m->report);
	/* A revoked report is an event that says so, and nothing else. */
	if (!json_is_true(json_object_get(m->report, "revoked"))) {
		links(m, m->report);
		for (int p = SCO; p <= DROPPED; p++)
			one_part(m, objects, (enum part)p);
	}
	event_report(m, objects);
	set_seconds(m->event, m->newest);
	json_object_set_new(m->event, "Tag", m->tags);
	json_object_set_new(m->event, "Attribute", m->attributes);
	json_object_set_new(m->event, "Object", m->objects);
	json_decref(m->made);
	json_decref(m->records);
	json_decref(m->based);
	json_decref(m->busy);
	*out = (struct misp_event){ json_pack("{s:o}", "Event", m->event), m->origin, m->report, m->members };
}

/* id -> object, of several versions the latest. new */
static json_t *
index_of(const json_t *objects)
{
	json_t *index = json_object(), *o, *other;
	size_t i;

	json_array_foreach(objects, i, o)
		if ((other = json_object_get(index, stix_text(o, "id"))) == NULL ||
		    strcmp(stix_text(other, "modified"), stix_text(o, "modified")) < 0)
			json_object_set(index, stix_text(o, "id"), o);
	return index;
}

int
misp_events_make(const json_t *objects, const struct galaxies *g, struct publish_lost *lost, struct misp_events *out, struct err *e)
{
	json_t *index = index_of(objects), *o;
	size_t i;

	memset(out, 0, sizeof(*out));
	out->v = xcalloc(json_array_size(objects) + 1, sizeof(*out->v));
	json_array_foreach(objects, i, o) {
		struct maker m = { .g = g, .lost = lost, .index = index, .report = o };

		if ((stix_is(o, "report") || stix_is(o, "grouping")) && json_object_get(index, stix_text(o, "id")) == o)
			make(&m, objects, &out->v[out->n++]);
	}
	json_decref(index);
	if (out->n > 0)
		return 0;
	misp_events_free(out);
	return err_set(e, ERR_INPUT, "there is no report in it: an event of MISP is made of a report");
}

void
misp_events_free(struct misp_events *m)
{
	for (size_t i = 0; i < m->n; i++) {
		json_decref(m->v[i].event);
		json_decref(m->v[i].origin);
		json_decref(m->v[i].members);
	}
	free(m->v);
	memset(m, 0, sizeof(*m));
}

json_t *
misp_events_json(const struct misp_events *m)
{
	json_t *list;

	if (m->n == 1)
		return json_incref(m->v[0].event);
	list = json_array();
	for (size_t i = 0; i < m->n; i++)
		json_array_append(list, m->v[i].event);
	return json_pack("{s:o}", "response", list);
}
