/* What knowledge says of the place or sector that an entity is, so that its object is complete (4.10.1, 10.11). */
#include <string.h>

#include "convert/names.h"

static void
fill(struct entity *en, const char *prop, const char *value, int list)
{
	if (value == NULL || value[0] == '\0' || json_object_get(en->props, prop) != NULL)
		return;
	if (en->props == NULL)
		en->props = json_object();
	json_object_set_new(en->props, prop, list ? json_pack("[s]", value) : json_string(value));
}

/* A country is its code; a city or area is in one; a region is a word of region-ov. */
static void
fill_place(struct entity *en, const struct known *k)
{
	fill(en, "region", k->region, 0);
	fill(en, "country", k->country, 0);
	if (k->part != NULL && strcmp(k->part, "city") == 0)
		fill(en, "city", k->name, 0);
	else if (k->part != NULL && strcmp(k->part, "area") == 0)
		fill(en, "administrative_area", k->name, 0);
}

/* Only of what is a sector as a whole: what business a single organisation is in, the text has to say. */
static void
fill_sector(struct entity *en, const struct known *k)
{
	const char *cls = json_string_value(json_object_get(en->props, "identity_class"));

	if (cls != NULL && strcmp(cls, "class") == 0)
		fill(en, "sectors", k->sector, 1);
}

static const struct {
	const char *type;
	void (*fill)(struct entity *en, const struct known *k);
} fillers[] = {
	{ "location", fill_place },
	{ "identity", fill_sector },
};

void
facts_complete(struct facts *f, const struct knowledge *k)
{
	struct entity *en;
	struct known known;
	size_t i, n;

	for (i = 0; i < f->entities.n; i++) {
		en = &f->entities.v[i];
		for (n = 0; n < ARRAY_LEN(fillers); n++)
			if (strcmp(en->type, fillers[n].type) == 0 && knowledge_by_name(k, en->type, en->name, &known))
				fillers[n].fill(en, &known);
	}
}
