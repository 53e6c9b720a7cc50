/* Entities: domain objects (section 4; DESIGN 6). */
#include <string.h>

#include "convert/compose.h"

#define OPERATION_LABEL	"law-enforcement-operation"
#define ISO_COUNTRIES	"iso-3166"

int
compose_is_operation(const struct entity *en)
{
	json_t *v;
	size_t i;

	if (strcmp(en->type, "campaign") != 0)
		return 0;
	json_array_foreach(json_object_get(en->props, "labels"), i, v)
		if (json_is_string(v) && strcmp(json_string_value(v), OPERATION_LABEL) == 0)
			return 1;
	return 0;
}

/* ---- keys of ids (DESIGN 4) ----------------------------------------------------------------------------------------------- */

static const char *
folded(struct composer *c, const char *s)
{
	const char *key = text_fold(c->a, s, strlen(s));

	/* a name without a letter or digit stays as it is */
	return key[0] != '\0' ? key : s;
}

/* Sources whose ids name a thing better than its name does. */
static const char *const id_sources[] = { "mitre-attack", "mitre-mobile-attack", "mitre-ics-attack", "cve", ISO_COUNTRIES };

static const char *
external_key(const struct entity *en)
{
	size_t i, k;

	for (i = 0; i < en->externals.n; i++)
		for (k = 0; k < ARRAY_LEN(id_sources); k++)
			if (en->externals.v[i].id != NULL && strcmp(en->externals.v[i].source, id_sources[k]) == 0)
				return en->externals.v[i].id;
	return NULL;
}

/* A country is named by its code; what lies within one is not. */
static const char *
location_key(struct composer *c, const struct entity *en)
{
	static const char *const within[] = { "city", "administrative_area", "street_address", "postal_code", "latitude" };
	const char *country = json_string_value(json_object_get(en->props, "country"));
	size_t i;

	for (i = 0; i < ARRAY_LEN(within); i++)
		if (json_object_get(en->props, within[i]) != NULL)
			return folded(c, en->name);
	return country ? country : folded(c, en->name);
}

static const char *
entity_key(struct composer *c, const struct entity *en)
{
	const char *key = external_key(en);

	if (key != NULL)
		return key;
	return strcmp(en->type, "location") == 0 ? location_key(c, en) : folded(c, en->name);
}

/* ---- properties ----------------------------------------------------------------------------------------------------------- */

/* What a type gets when the facts do not say: rows of type, property, JSON value. */
static const struct {
	const char *type, *prop, *value;
} defaults[] = {
	{ "malware", "is_family", "true" },
	{ "identity", "identity_class", "\"unspecified\"" },
};

static void
add_defaults(const struct entity *en, json_t *o)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(defaults); i++)
		if (strcmp(defaults[i].type, en->type) == 0 && json_object_get(o, defaults[i].prop) == NULL)
			json_object_set_new(o, defaults[i].prop, json_loads(defaults[i].value, JSON_DECODE_ANY, NULL));
}

static void
add_props(struct composer *c, const struct stix_type *t, const struct entity *en, json_t *o)
{
	const char *name;
	json_t *v;

	json_object_foreach(en->props, name, v) {
		if (stix_prop(t, name) == NULL && strncmp(name, "x_", 2) != 0)
			compose_note(c, "%s %s: the type has no property %s", en->type, en->name, name);
		else if (!(json_is_array(v) && json_array_size(v) == 0))
			json_object_set(o, name, v);
	}
}

static void
add_unique(json_t *o, const char *name, json_t *v)
{
	json_t *list = json_object_get(o, name), *w;
	size_t i;

	if (list == NULL)
		json_object_set_new(o, name, list = json_array());
	json_array_foreach(list, i, w)
		if (json_equal(v, w))
			break;
	if (i == json_array_size(list))
		json_array_append(list, v);
	json_decref(v);
}

static void
add_names(const struct stix_type *t, const struct entity *en, json_t *o)
{
	const struct external *x;
	json_t *v;
	size_t i;

	for (i = 0; stix_prop(t, "aliases") != NULL && i < en->aliases.n; i++)
		add_unique(o, "aliases", json_string(en->aliases.v[i]));
	for (i = 0; i < en->externals.n; i++) {
		x = &en->externals.v[i];
		if ((x->id == NULL && x->url == NULL) || strcmp(x->source, ISO_COUNTRIES) == 0)
			continue;	/* a code is the country's own property */
		v = json_pack("{s:s}", "source_name", x->source);
		if (x->url != NULL)
			json_object_set_new(v, "url", json_string(x->url));
		if (x->id != NULL)
			json_object_set_new(v, "external_id", json_string(x->id));
		add_unique(o, "external_references", v);
	}
}

/* 4.19.1: a vulnerability is known by its CVE id. */
static void
add_cve(const struct entity *en, json_t *o)
{
	if (strcmp(en->type, "vulnerability") == 0 && strncmp(en->name, "CVE-", 4) == 0 &&
	    json_object_get(o, "external_references") == NULL)
		add_unique(o, "external_references", json_pack("{s:s, s:s}", "source_name", "cve", "external_id", en->name));
}

/* ISO 3166 codes come as external ids too. */
static void
add_country(const struct entity *en, json_t *o)
{
	size_t i;

	if (strcmp(en->type, "location") != 0 || json_object_get(o, "country") != NULL)
		return;
	for (i = 0; i < en->externals.n; i++)
		if (strcmp(en->externals.v[i].source, ISO_COUNTRIES) == 0 && en->externals.v[i].id != NULL)
			json_object_set_new(o, "country", json_string(en->externals.v[i].id));
}

/* 4.10.1: a location has a region, a country or coordinates; other types have what their schema requires. */
static int
is_complete(struct composer *c, const struct stix_type *t, const struct entity *en, json_t *o)
{
	size_t i;

	if (strcmp(en->type, "location") == 0 && json_object_get(o, "country") == NULL && json_object_get(o, "region") == NULL &&
	    json_object_get(o, "latitude") == NULL) {
		compose_note(c, "location %s: neither country nor region is known", en->name);
		return 0;
	}
	for (i = 0; i < t->nprop; i++)
		if (t->props[i].required && json_object_get(o, t->props[i].name) == NULL) {
			compose_note(c, "%s %s: it has no %s", en->type, en->name, t->props[i].name);
			return 0;
		}
	return 1;
}

static int
fits(struct composer *c, const struct stix_type *t, const struct entity *en)
{
	if (t == NULL || t->category != STIX_SDO) {
		compose_note(c, "%s %s: there is no such type of domain object", en->type, en->name);
		return 0;
	}
	if (en->confidence >= 0 && en->confidence < c->o->min_confidence) {
		compose_note(c, "%s %s: confidence %d", en->type, en->name, en->confidence);
		return 0;
	}
	return 1;
}

/* NULL when it would not be a valid object. */
static struct made *
make_entity(struct composer *c, const struct entity *en, const char *type)
{
	const struct stix_type *t = stix_type(c->m, type);
	struct made *m;
	char id[STIX_ID];
	json_t *o;

	compose_key_id(c, type, entity_key(c, en), id);
	if ((m = compose_find(c, id)) == NULL) {
		o = compose_object(c, type, id, en->confidence);
		json_object_set_new(o, "name", json_string(en->name));
		add_props(c, t, en, o);
		json_object_set_new(o, "name", json_string(en->name));
		add_defaults(en, o);
		add_country(en, o);
		if (!is_complete(c, t, en, o)) {
			json_decref(o);
			return NULL;
		}
		m = compose_add(c, o, &en->evidence, 0);
	}
	add_names(t, en, m->object);
	add_cve(en, m->object);
	compose_attest(c, m, &en->evidence);
	return m;
}

/* The course-of-action of a law-enforcement operation: its name and evidence, none of the campaign's properties. */
static struct made *
make_action(struct composer *c, const struct entity *en)
{
	struct entity bare = *en;

	bare.type = "course-of-action";
	bare.props = NULL;
	return make_entity(c, &bare, bare.type);
}

void
compose_entities(struct composer *c)
{
	const struct entity *en;
	struct became *b;
	size_t i;

	for (i = 0; i < c->f->entities.n; i++) {
		en = &c->f->entities.v[i];
		b = &c->became[i];
		if (!fits(c, stix_type(c->m, en->type), en))
			continue;
		if (!compose_is_operation(en)) {
			b->object = make_entity(c, en, en->type);
			continue;
		}
		if (!(c->o->flags & COMPOSE_NO_CAMPAIGN))
			b->object = make_entity(c, en, en->type);
		if (!(c->o->flags & COMPOSE_NO_ACTION))
			b->action = make_action(c, en);
		if (b->object == NULL)
			b->object = b->action;
	}
}
