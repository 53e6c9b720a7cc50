/* Versions (3.6; DESIGN 4): what an object has to carry when it was published before. */
#include <string.h>

#include "convert/compose.h"

static void
set(json_t *o, const char *name, const char *value)
{
	json_object_set_new(o, name, json_string(value));
}

/* The later of now and a moment after the version before. */
static void
next_version(struct composer *c, const char *before, char out[STAMP_TEXT])
{
	struct stamp now = c->o->now, t;

	now.nsec -= now.nsec % 1000000;
	if (stamp_parse(before, strlen(before), &t) == 0) {
		t.nsec += 1000000 - t.nsec % 1000000;
		t.sec += t.nsec / 1000000000;
		t.nsec %= 1000000000;
		if (stamp_cmp(now, t) < 0)
			now = t;
	}
	stamp_format(now, 3, out);
}

/* Is this the version v, with v's dates taken over? */
static int
is_version(json_t *o, const struct previous_version *v)
{
	if (v->object == NULL)
		return 0;
	set(o, "modified", v->modified);
	return json_equal(o, v->object);
}

/* An indicator is valid from when it was first published; the order of members stays. */
static void
keep_dates(json_t *o, const struct previous_version *latest)
{
	json_t *from = json_object_get(latest->object, "valid_from");

	set(o, "created", latest->created);
	if (from != NULL)
		json_object_set(o, "valid_from", from);
}

static void
settle_one(struct composer *c, const char *report, json_t *o)
{
	const struct compose_previous *p = c->o->previous;
	const char *id = json_string_value(json_object_get(o, "id"));
	struct previous_version latest = { 0 }, own = { 0 };
	char modified[STAMP_TEXT];

	if (json_object_get(o, "modified") == NULL || !p->find(p->ctx, report, id, &latest, &own))
		return;
	keep_dates(o, &latest);
	if (is_version(o, &own) || is_version(o, &latest))
		return;
	next_version(c, latest.modified, modified);
	set(o, "modified", modified);
}

/* Entities, observables and markings are shared and stay; what states something about them does not (DESIGN 4). */
static const char *const revocable[] = { "relationship", "indicator" };

static int
is_revocable(const json_t *o)
{
	const char *type = json_string_value(json_object_get(o, "type"));
	size_t i;

	for (i = 0; i < ARRAY_LEN(revocable); i++)
		if (type != NULL && strcmp(type, revocable[i]) == 0)
			return 1;
	return 0;
}

static json_t *
revoked(struct composer *c, json_t *o)
{
	json_t *out = json_copy(o), *ordered;
	char modified[STAMP_TEXT];

	next_version(c, json_string_value(json_object_get(o, "modified")), modified);
	set(out, "modified", modified);
	json_object_set_new(out, "revoked", json_true());
	ordered = stix_order(c->m, out);
	json_decref(out);
	return ordered;
}

void
compose_settle(struct composer *c, const char *report, json_t *objects)
{
	json_t *ids = json_object(), *before = c->o->previous->only(c->o->previous->ctx, report), *o;
	size_t i, n = json_array_size(objects);

	json_array_foreach(objects, i, o) {
		settle_one(c, report, o);
		json_object_set_new(ids, json_string_value(json_object_get(o, "id")), json_true());
	}
	json_array_foreach(before, i, o)
		if (is_revocable(o) && json_object_get(ids, json_string_value(json_object_get(o, "id"))) == NULL)
			json_array_insert_new(objects, n++ - 1, revoked(c, o));
	json_decref(before);
	json_decref(ids);
}
