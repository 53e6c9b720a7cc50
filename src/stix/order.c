/* The order of an object's members: that of the standard's tables, as the schemas give it. */
#include <string.h>

#include "stix/stix_in.h"

static json_t *order_value(struct stix_model *m, struct member *how, json_t *value, int depth);

/* A new object: first what the list names, in its order, then the rest as it came, `extensions` last. */
static json_t *
order_object(struct stix_model *m, struct members *list, json_t *object, int depth)
{
	json_t *out = json_object(), *last = NULL, *v;
	size_t i, left = json_object_size(object);
	const char *name;

	for (i = 0; i < list->n && left > 0; i++) {
		if ((v = json_object_get(object, list->v[i].name)) == NULL)
			continue;
		left--;
		v = order_value(m, &list->v[i], v, depth);
		if (strcmp(list->v[i].name, "extensions") == 0)
			last = v;
		else
			json_object_set_new_nocheck(out, list->v[i].name, v);
	}
	if (left > 0)
		json_object_foreach(object, name, v)
			if (model_member(list, name) == NULL)
				json_object_set_nocheck(out, name, v);
	if (last != NULL)
		json_object_set_new_nocheck(out, "extensions", last);
	return out;
}

/* What the schemas say about the members of an object, or of a list's elements; $refs that fail say nothing. */
static struct members *
gather_all(struct stix_model *m, struct member *how, int elements)
{
	struct members *list = how->inside[elements];
	struct place p, q;
	const char *ref;
	size_t i;
	int steps;

	if (list != NULL)
		return list;
	list = how->inside[elements] = arena_alloc(m->arena, sizeof(*list));
	for (i = 0; i < how->places.n; i++) {
		p = how->places.v[i];
		for (steps = 0; elements && json_object_get(p.node, "items") == NULL && steps < LIMIT_SCHEMA_NESTING; steps++) {
			if ((ref = json_string_value(json_object_get(p.node, "$ref"))) == NULL ||
			    model_follow(m, p, ref, &q) != 0)
				break;
			p = q;
		}
		if (elements)
			p.node = json_object_get(p.node, "items");
		if (p.node != NULL)
			(void)model_gather(m, m->arena, p, list, 0);
	}
	return list;
}

static json_t *
order_value(struct stix_model *m, struct member *how, json_t *value, int depth)
{
	struct members *list;
	json_t *out, *v;
	size_t i;

	if (depth > LIMIT_SCHEMA_NESTING || (!json_is_object(value) && !json_is_array(value)))
		return json_incref(value);
	list = gather_all(m, how, json_is_array(value));
	if (list->n == 0)
		return json_incref(value);
	if (json_is_object(value))
		return order_object(m, list, value, depth + 1);
	out = json_array();
	json_array_foreach(value, i, v)
		json_array_append_new(out, json_is_object(v) ? order_object(m, list, v, depth + 1) : json_incref(v));
	return out;
}

json_t *
stix_order(struct stix_model *m, json_t *object)
{
	struct type_entry *t = model_entry(m, json_string_value(json_object_get(object, "type")));

	return t == NULL ? json_copy(object) : order_object(m, &t->members, object, 0);
}
