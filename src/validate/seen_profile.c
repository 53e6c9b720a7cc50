/* Rules of profiles that look at several objects of a file: creators, markings, reports. */
#include <string.h>

#include "validate/rules.h"
#include "validate/seen.h"

static int
is_tlp2(const char *id)
{
	const struct stix_tlp *t = starts_with(id, "marking-definition--") ? stix_tlp_find(id) : NULL;

	return t != NULL && t->version == 2;
}

/* The first reference to each TLP 2.0 marking; there are five. */
static void
remember_tlp(struct check *c)
{
	struct seen *s = c->v->seen;
	const json_t *item;
	const char *id;
	size_t i, k;

	json_array_foreach(json_object_get(c->object, "object_marking_refs"), i, item) {
		if ((id = json_string_value(item)) == NULL || !is_tlp2(id))
			continue;
		for (k = 0; k < s->tlps.n && strcmp(s->tlps.v[k].to, id) != 0; k++)
			;
		if (k == s->tlps.n)
			*vec_push(s->a, &s->tlps) = ref_make(c, arena_printf(c->v->scratch, "/object_marking_refs/%zu", i), id);
	}
}

static void
remember_creator(struct check *c)
{
	const char *id = member_string(c->object, "created_by_ref");

	if (id != NULL && strcmp(c->type, "identity") != 0)
		*vec_push(c->v->seen->a, &c->v->seen->creators) = ref_make(c, "/created_by_ref", id);
}

void
profile_remember(struct check *c)
{
	struct seen *s = c->v->seen;

	s->nobject++;
	if (rule_on(c->v, RULE_OPENCTI_MARKING) || rule_on(c->v, RULE_MISP_MARKING))
		remember_tlp(c);
	/* one object alone has its creator elsewhere */
	if (rule_on(c->v, RULE_INTEROP_CREATOR) && c->base[0] != '\0')
		remember_creator(c);
	if (rule_on(c->v, RULE_MISP_REPORT) && (strcmp(c->type, "report") == 0 || strcmp(c->type, "grouping") == 0) && ++s->reports == 2)
		s->second = ref_make(c, "/id", c->id);
}

/* The identity is there, and has a creator itself: the producer. */
static void
end_creators(struct validate *v)
{
	const struct object *o;
	const struct ref *r;
	size_t i;

	for (i = 0; i < v->seen->creators.n; i++) {
		r = &v->seen->creators.v[i];
		if ((o = objects_find(v->seen->objects, r->to)) == NULL)
			report_late(v, RULE_INTEROP_CREATOR, r->from, r->pointer, r->place, "%.120s is not in this file", r->to);
		else if (o->creator == 0)
			report_late(v, RULE_INTEROP_CREATOR, r->from, r->pointer, r->place, "%.120s has no created_by_ref itself", r->to);
	}
}

static void
end_markings(struct validate *v)
{
	const struct ref *r;
	size_t i;

	for (i = 0; i < v->seen->tlps.n; i++) {
		r = &v->seen->tlps.v[i];
		if (objects_find(v->seen->objects, r->to) != NULL)
			continue;
		report_late(v, RULE_OPENCTI_MARKING, r->from, r->pointer, r->place, "%s is not in this file: nothing arrives marked",
		    stix_tlp_find(r->to)->name);
		report_late(v, RULE_MISP_MARKING, r->from, r->pointer, r->place, "%s is not in this file: older servers lose the marking",
		    stix_tlp_find(r->to)->name);
	}
}

void
profile_end(struct validate *v)
{
	const struct seen *s = v->seen;
	struct json_place none = { 0, 0, 0, 0 };

	end_creators(v);
	end_markings(v);
	if (s->reports == 0 && s->nobject > 1)
		report_late(v, RULE_MISP_REPORT, "", "", none, "there is no report: the event gets the bundle's id and a made title");
	if (s->reports > 1)
		report_late(v, RULE_MISP_REPORT, s->second.from, s->second.pointer, s->second.place,
		    "there are %zu reports and groupings: their texts, labels and markings are lost", s->reports);
}
