/* The profile misp: what MISP's import (misp-stix) refuses, with it the whole upload, or loses without a word. */
#include <string.h>

#include "validate/pattern.h"
#include "validate/profile.h"

static int
is_type(const struct check *c, const char *type)
{
	return strcmp(c->type, type) == 0;
}

void
misp_bundle(struct check *c)
{
	if (json_object_get(c->object, "spec_version") != NULL)
		report_name(c, RULE_MISP_BUNDLE, AT(NULL, "spec_version"), "a bundle with spec_version is taken for STIX 2.0 and refused");
}

void
misp_published(struct check *c)
{
	const char *published = member_string(c->object, "published"), *modified = member_string(c->object, "modified");
	struct stamp a, b;

	if (published != NULL && modified != NULL && stamp_parse(published, strlen(published), &a) == 0 &&
	    stamp_parse(modified, strlen(modified), &b) == 0 && stamp_cmp(a, b) != 0)
		report(c, RULE_MISP_PUBLISHED, AT(NULL, "published"), "published differs from modified: the event goes out at once");
}

void
misp_label(struct check *c)
{
	const json_t *label;
	const char *s;
	size_t i;

	json_array_foreach(json_object_get(c->object, "labels"), i, label)
		if ((s = json_string_value(label)) != NULL && starts_with(s, "misp:tool="))
			report(c, RULE_MISP_LABEL, AT_INDEX(AT(NULL, "labels"), i), "%s makes MISP read every object as one of its own",
			    quoted(c, s));
}

void
misp_family(struct check *c)
{
	if (json_object_get(c->object, "is_family") == NULL)
		report(c, RULE_MISP_FAMILY, NULL, "malware without is_family is refused, and the whole upload with it");
}

void
misp_type(struct check *c)
{
	if (c->row == NULL || c->row->custom || is_type(c, "language-content"))
		report(c, RULE_MISP_TYPE, AT(NULL, "type"), "objects of the type %s are dropped", quoted(c, c->type));
}

void
misp_property(struct check *c)
{
	static const struct lost_property rows[] = {
		{ "report", "external_references", ": a source stands in the description" }, { "report", "report_types", "" },
		{ "report", "lang", "" }, { "grouping", "external_references", "" }, { "sighting", "count", "" },
		{ "sighting", "first_seen", "" },
	};

	report_lost(c, RULE_MISP_PROPERTY, rows, ARRAY_LEN(rows));
}

/* Objects that become records (attributes and objects of an event), between which MISP keeps relationships. */
static int
is_record(const struct check *c, const char *ref)
{
	size_t n = stix_id_type(ref);
	const struct validate_type *t = n > 0 ? type_find(c->v, arena_strndup(c->v->scratch, ref, n)) : NULL;

	return t == NULL || strcmp(t->category, "sco") == 0 || strcmp(t->name, "indicator") == 0 ||
	    strcmp(t->name, "observed-data") == 0;
}

void
misp_relationship(struct check *c)
{
	const char *src = member_string(c->object, "source_ref"), *dst = member_string(c->object, "target_ref");

	/* malware that is no family is an object too; what is at the other end of an id is not known here, so it has the doubt */
	if (src != NULL && dst != NULL && !is_record(c, src) && !starts_with(src, "malware--"))
		report(c, RULE_MISP_RELATIONSHIP, NULL, "a relationship that does not begin at an indicator or an observable is lost");
}

void
misp_sighting(struct check *c)
{
	if (json_object_get(c->object, "where_sighted_refs") == NULL)
		report(c, RULE_MISP_SIGHTING, NULL, "a sighting without where_sighted_refs is lost");
}

/* ---- patterns -------------------------------------------------------------------------------------------------------------- */

struct use {
	size_t comparisons, files, traffic, traffic_ends;	/* of these, that are src_ref or dst_ref */
	const struct pattern_node *like, *end;
};

static void
count_uses(const struct pattern_node *n, struct use *u)
{
	const struct pattern_node *m;

	for (m = n->child; m != NULL; m = m->next)
		count_uses(m, u);
	if (n->kind != PATTERN_COMPARISON)
		return;
	u->comparisons++;
	u->files += strcmp(n->type, "file") == 0;
	if (n->op == PATTERN_LIKE)
		u->like = n;
	if (strcmp(n->type, "network-traffic") != 0)
		return;
	u->traffic++;
	if (strcmp(n->steps->name, "src_ref") == 0 || strcmp(n->steps->name, "dst_ref") == 0) {
		u->traffic_ends++;
		u->end = n;
	}
}

void
misp_pattern(struct check *c)
{
	const json_t *pattern = json_object_get(c->object, "pattern");
	const char *type = member_string(c->object, "pattern_type"), *text = json_string_value(pattern);
	struct pattern_fault fault;
	struct pattern_node *n;
	struct use u = { 0 };

	if (type == NULL || strcmp(type, "stix") != 0 || text == NULL ||
	    pattern_parse(c->v->scratch, text, json_string_length(pattern), &n, &fault) != 0)
		return;
	count_uses(n, &u);
	if (u.traffic > 0 && u.traffic == u.traffic_ends)
		report(c, RULE_MISP_TRAFFIC, AT(NULL, "pattern"), "at character %zu: network-traffic with nothing but its ends is refused, "
		    "and the whole upload with it", utf8_count(text, u.end->at) + 1);
	if (u.like != NULL)
		report(c, RULE_MISP_LIKE, AT(NULL, "pattern"), "at character %zu: the value of LIKE becomes an attribute as it stands, "
		    "its wildcards included", utf8_count(text, u.like->at) + 1);
	if (u.comparisons > 1 && u.files == u.comparisons &&
	    (json_object_get(c->object, "name") != NULL || json_object_get(c->object, "description") != NULL))
		report(c, RULE_MISP_FILE, AT(NULL, "pattern"), "several properties of a file become one object, without the indicator's "
		    "name and description");
}
