/* The summary of a bundle: how many of what, and their names. */
#include <string.h>

#include "cli/summary.h"

/* The lines of the summary. Clusters and the people behind them stand together (DESIGN 6). NULL ends a list of types. */
static const struct line {
	const char *title;
	const char *types[4];
} lines[] = {
	{ "Actors", { "intrusion-set", "threat-actor" } },
	{ "Campaigns", { "campaign", "incident" } },
	{ "Malware", { "malware" } },
	{ "Tools", { "tool" } },
	{ "Infrastructure", { "infrastructure" } },
	{ "Techniques", { "attack-pattern" } },
	{ "Weaknesses", { "vulnerability" } },
	{ "Organisations", { "identity" } },
	{ "Places", { "location" } },
	{ "Measures", { "course-of-action" } },
	{ "Indicators", { "indicator" } },
	{ "Observables", { "sco" } },
	{ "Relationships", { "relationship" } },
};

static const char *
str(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? s : "";
}

/* What is called by its name in a summary: entities made from the text, not observables. */
static int
is_named(const json_t *o)
{
	return json_object_get(json_object_get(o, "extensions"), STIX_EVIDENCE_ID) != NULL && *str(o, "name") != '\0';
}

#define NAMES_WIDTH	160	/* octets of names on a line; the rest is counted */

static void
print_line(struct cli *c, struct stix_model *m, const struct line *l, json_t *objects)
{
	struct buf names = BUF_INIT(1 << 16);
	size_t i, n = 0;
	json_t *o;

	json_array_foreach(objects, i, o) {
		if (!stix_in(m, l->types, str(o, "type"), NULL))
			continue;
		if (strcmp(str(o, "type"), "identity") == 0 && !is_named(o))
			continue;	/* the feed's own */
		n++;
		if (names.len < NAMES_WIDTH && is_named(o))
			buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", str(o, "name"));
	}
	if (n > 0)
		cli_note(c, "  %-14s %4zu%s%s%s", l->title, n, names.len > 0 ? "  " : "", buf_str(&names),
		    names.len >= NAMES_WIDTH ? ", ..." : "");
	buf_free(&names);
}

/* "Emotet", an observable's value, or its id: what a person calls it. */
static const char *
called(json_t *ids, const char *id)
{
	const json_t *o = json_object_get(ids, id);
	const char *s = str(o, "name");

	if (*s == '\0')
		s = str(o, "value");
	return *s != '\0' ? s : id;
}

static void
print_relationships(struct cli *c, json_t *objects)
{
	json_t *ids = json_object(), *o;
	size_t i;

	json_array_foreach(objects, i, o)
		json_object_set(ids, str(o, "id"), o);
	json_array_foreach(objects, i, o)
		if (strcmp(str(o, "type"), "relationship") == 0)
			cli_note(c, "  %s %s %s: \"%s\"", called(ids, str(o, "source_ref")), str(o, "relationship_type"),
			    called(ids, str(o, "target_ref")), str(o, "description"));
	json_decref(ids);
}

void
summary_print(struct cli *c, struct stix_model *m, const char *path, const json_t *bundle)
{
	json_t *objects = json_object_get(bundle, "objects");
	const json_t *report = json_array_get(objects, json_array_size(objects) - 1);
	size_t i;

	cli_note(c, "%s: %s (%.10s), %zu objects", path, str(report, "name"), str(report, "published"), json_array_size(objects));
	for (i = 0; i < ARRAY_LEN(lines); i++)
		print_line(c, m, &lines[i], objects);
	if (c->verbose)
		print_relationships(c, objects);
}
