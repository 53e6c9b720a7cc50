/* An event and what there was of it before: what has vanished, what is the same. */
#include <stdlib.h>
#include <string.h>

#include "publish/misp.h"

/* Servers say 0, "0", false or nothing. */
static int
true_in(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	return json_is_true(v) || (json_is_integer(v) && json_integer_value(v) != 0) ||
	    (json_is_string(v) && strcmp(json_string_value(v), "1") == 0);
}

/* uuid -> record, of all attributes, objects, references and texts of an event. new */
static void
add_all(json_t *index, const json_t *list)
{
	static const char *const inner[] = { "Attribute", "ObjectReference" };
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		json_object_set(index, stix_text(one, "uuid"), one);
		for (size_t k = 0; k < ARRAY_LEN(inner); k++)
			add_all(index, json_object_get(one, inner[k]));
	}
}

static const char *const lists[] = { "Attribute", "Object", "EventReport" };

static json_t *
index_of(const json_t *event)
{
	json_t *index = json_object(), *inside = json_object_get(event, "Event");

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		add_all(index, json_object_get(inside, lists[i]));
	return index;
}

/* Is the uuid the one that we would have given it? Analysts' own records have others. */
static int
attribute_is_ours(const char *event, const json_t *a)
{
	char uuid[UUID_TEXT];

	misp_uuid(event, stix_text(a, "type"), "", stix_text(a, "value"), uuid);
	return strcmp(uuid, stix_text(a, "uuid")) == 0;
}

static int
object_is_ours(const char *event, const json_t *o)
{
	char uuid[UUID_TEXT], kind[200];
	json_t *a;
	size_t i;

	for (const struct misp_template *t = misp_templates; t->stix != NULL; t++) {
		if (strcmp(t->name, stix_text(o, "name")) != 0)
			continue;
		snprintf(kind, sizeof(kind), "%s.%s", t->stix, t->name);
		json_array_foreach(json_object_get(o, "Attribute"), i, a) {
			misp_uuid(event, kind, stix_text(a, "object_relation"), stix_text(a, "value"), uuid);
			if (strcmp(uuid, stix_text(o, "uuid")) == 0)
				return 1;
		}
	}
	return 0;
}

static int
inner_is_ours(const json_t *object, const json_t *a)
{
	char uuid[UUID_TEXT];

	misp_uuid(stix_text(object, "event"), stix_text(object, "uuid"), stix_text(a, "object_relation"), stix_text(a, "value"), uuid);
	return strcmp(uuid, stix_text(a, "uuid")) == 0;
}

/* The record as deleted, in the members that a server needs to know it by. new */
static json_t *
deleted(const json_t *r, const json_t *event)
{
	static const char *const kept[] = { "uuid", "type", "category", "value", "to_ids", "object_relation", "name", "meta-category",
	    "description", "template_uuid", "template_version", "object_uuid", "referenced_uuid", "relationship_type", "comment",
	    "content" };
	json_t *d = json_object();

	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (json_object_get(r, kept[i]) != NULL)
			json_object_set(d, kept[i], json_object_get(r, kept[i]));
	json_object_set(d, "timestamp", json_object_get(event, "timestamp"));
	json_object_set_new(d, "deleted", json_true());
	return d;
}

struct vanish {
	json_t *event;			/* what stands in "Event" */
	const json_t *index;		/* of the event */
	size_t n;
};

/* Not there any more; or there again, which has to be said where it was deleted once. */
static int
gone(const struct vanish *v, const json_t *r)
{
	json_t *now = json_object_get(v->index, stix_text(r, "uuid"));

	if (now != NULL && true_in(r, "deleted")) {
		json_object_set_new(now, "deleted", json_false());
		json_object_set(now, "timestamp", json_object_get(v->event, "timestamp"));
	}
	return now == NULL;
}

/* What was deleted earlier stays so, with its time: who reads the event may not have seen it. */
static void
append(struct vanish *v, json_t *to, const char *list, const json_t *r)
{
	if (json_object_get(to, list) == NULL)
		json_object_set_new(to, list, json_array());
	json_array_append_new(json_object_get(to, list), true_in(r, "deleted") ? json_deep_copy(r) : deleted(r, v->event));
	v->n += !true_in(r, "deleted");
}

/* What an object that is still there has lost: values, references. */
static void
vanish_inside(struct vanish *v, const char *event, const json_t *before, json_t *now)
{
	json_t *r, *owner = json_pack("{s:s, s:s}", "event", event, "uuid", stix_text(now, "uuid"));
	size_t i;

	json_array_foreach(json_object_get(before, "Attribute"), i, r)
		if (gone(v, r) && inner_is_ours(owner, r))
			append(v, now, "Attribute", r);
	json_array_foreach(json_object_get(before, "ObjectReference"), i, r)
		if (gone(v, r) && strlen(stix_text(r, "uuid")) == UUID_TEXT - 1 && stix_text(r, "uuid")[14] == '5')
			append(v, now, "ObjectReference", r);
	json_decref(owner);
}

static void
vanish_object(struct vanish *v, const char *event, const json_t *o)
{
	json_t *d, *inner, *a;
	size_t i;

	if (!gone(v, o) || !object_is_ours(event, o))
		return;
	append(v, v->event, "Object", o);
	if (true_in(o, "deleted"))
		return;
	d = json_array_get(json_object_get(v->event, "Object"), json_array_size(json_object_get(v->event, "Object")) - 1);
	json_object_set_new(d, "Attribute", inner = json_array());
	json_array_foreach(json_object_get(o, "Attribute"), i, a)
		json_array_append_new(inner, deleted(a, v->event));
}

size_t
misp_event_vanish(json_t *event, const json_t *earlier)
{
	struct vanish v = { json_object_get(event, "Event"), index_of(event), 0 };
	const json_t *before = json_object_get(earlier, "Event");
	const char *uuid = stix_text(v.event, "uuid");
	json_t *r, *now;
	size_t i;

	json_array_foreach(json_object_get(before, "Attribute"), i, r)
		if (gone(&v, r) && attribute_is_ours(uuid, r))
			append(&v, v.event, "Attribute", r);
	json_array_foreach(json_object_get(before, "Object"), i, r) {
		vanish_object(&v, uuid, r);
		if ((now = json_object_get(v.index, stix_text(r, "uuid"))) != NULL)
			vanish_inside(&v, uuid, r, now);
	}
	json_decref((json_t *)v.index);
	return v.n;
}

/* Members in which two forms of a record may differ; others are the server's. */
static int
same_record(const json_t *ours, const json_t *theirs)
{
	static const char *const members[] = { "type", "category", "value", "object_relation", "name", "comment", "relationship_type",
	    "referenced_uuid", "content" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (strcmp(stix_text(ours, members[i]), stix_text(theirs, members[i])) != 0)
			return 0;
	return true_in(ours, "to_ids") == true_in(theirs, "to_ids") && true_in(ours, "deleted") == true_in(theirs, "deleted");
}

static int
has_tags(const json_t *ours, const json_t *theirs)
{
	json_t *t, *other;
	size_t i, k;

	json_array_foreach(json_object_get(ours, "Tag"), i, t) {
		json_array_foreach(json_object_get(theirs, "Tag"), k, other)
			if (strcmp(stix_text(t, "name"), stix_text(other, "name")) == 0)
				break;
		if (k == json_array_size(json_object_get(theirs, "Tag")))
			return 0;
	}
	return 1;
}

int
misp_event_same(const json_t *event, const json_t *there)
{
	const json_t *a = json_object_get(event, "Event"), *b = json_object_get(there, "Event");
	json_t *mine = index_of(event), *theirs = index_of(there), *r, *copy;
	int same = strcmp(stix_text(a, "info"), stix_text(b, "info")) == 0 && strcmp(stix_text(a, "date"), stix_text(b, "date")) == 0 &&
	    has_tags(a, b);
	const char *uuid;

	json_object_foreach(mine, uuid, r)
		same = same && json_object_get(theirs, uuid) != NULL && same_record(r, json_object_get(theirs, uuid)) &&
		    has_tags(r, json_object_get(theirs, uuid));
	if (same) {
		copy = json_deep_copy(event);
		same = misp_event_vanish(copy, there) == 0;
		json_decref(copy);
	}
	json_decref(mine);
	json_decref(theirs);
	return same;
}
