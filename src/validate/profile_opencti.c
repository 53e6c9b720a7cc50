/* The profile opencti: what OpenCTI's import refuses, or loses without a word. */
#include <string.h>

#include "validate/profile.h"

#define OPENCTI_SDO	"extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba"
#define OPENCTI_SCO	"extension-definition--f93e2c80-4231-4f9a-af8b-95c9bd566a82"

static int
is_type(const struct check *c, const char *type)
{
	return strcmp(c->type, type) == 0;
}

static int
among(const char *s, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n && strcmp(list[i], s) != 0; i++)
		;
	return i < n;
}

void
report_lost(struct check *c, enum rule_id r, const struct lost_property *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((rows[i].type == NULL || is_type(c, rows[i].type)) && json_object_get(c->object, rows[i].name) != NULL)
			report_name(c, r, AT(NULL, rows[i].name), "%s is lost%s", rows[i].name, rows[i].why);
}

void
opencti_type(struct check *c)
{
	if (c->row == NULL || c->row->custom || is_type(c, "language-content") || is_type(c, "extension-definition"))
		report(c, RULE_OPENCTI_TYPE, AT(NULL, "type"), "objects of the type %s are dropped", quoted(c, c->type));
}

void
opencti_name(struct check *c)
{
	static const char *const named[] = { "attack-pattern", "campaign", "course-of-action", "grouping", "incident", "infrastructure",
	    "intrusion-set", "malware", "report", "threat-actor", "tool", "vulnerability" };
	const char *name = member_string(c->object, "name");
	size_t n;

	if (name == NULL && among(c->type, named, ARRAY_LEN(named)))
		report(c, RULE_OPENCTI_NAME, NULL, "%s without a name", c->type);
	if (name == NULL || (!among(c->type, named, ARRAY_LEN(named)) && !is_type(c, "identity") && !is_type(c, "location")))
		return;
	for (; *name == ' ' || *name == '\t' || *name == '\n'; name++)
		;
	for (n = strlen(name); n > 0 && (name[n - 1] == ' ' || name[n - 1] == '\t' || name[n - 1] == '\n'); n--)
		;
	if (utf8_count(name, n) < 2)
		report(c, RULE_OPENCTI_NAME, AT(NULL, "name"), "the name has fewer than two characters");
}

void
opencti_pattern_type(struct check *c)
{
	static const char *const known[] = { "eql", "pcre", "shodan", "sigma", "snort", "spl", "stix", "suricata", "tanium-signal",
	    "yara" };
	const char *s = member_string(c->object, "pattern_type");

	if (s != NULL && !among(s, known, ARRAY_LEN(known)))
		report(c, RULE_OPENCTI_PATTERN_TYPE, AT(NULL, "pattern_type"), "%s is no pattern_type that OpenCTI has from the start",
		    quoted(c, s));
}

void
opencti_score(struct check *c)
{
	static const struct { const char *extension, *name; } where[] = { { NULL, "x_opencti_score" }, { OPENCTI_SDO, "score" },
	    { OPENCTI_SCO, "score" } };
	const json_t *from, *v;
	size_t i;

	for (i = 0; i < ARRAY_LEN(where); i++) {
		const struct at extensions = { NULL, "extensions", 0 }, key = { &extensions, where[i].extension, 0 };

		from = where[i].extension == NULL ? c->object : json_object_get(json_object_get(c->object, "extensions"),
		    where[i].extension);
		if ((v = json_object_get(from, where[i].name)) != NULL &&
		    (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > 100))
			report(c, RULE_OPENCTI_SCORE, AT(where[i].extension != NULL ? &key : NULL, where[i].name),
			    "the score is no whole number from 0 to 100");
	}
}

void
opencti_reference(struct check *c)
{
	const json_t *r;
	size_t i;

	json_array_foreach(json_object_get(c->object, "external_references"), i, r)
		if (json_is_object(r) && json_object_get(r, "url") == NULL && json_object_get(r, "external_id") == NULL)
			report(c, RULE_OPENCTI_REFERENCE, AT_INDEX(AT(NULL, "external_references"), i),
			    "a reference with neither url nor external_id is dropped");
}

void
opencti_property(struct check *c)
{
	static const struct lost_property rows[] = {
		{ NULL, "granular_markings", "" }, { "identity", "sectors", "" }, { "malware", "operating_system_refs", "" },
		{ "artifact", "payload_bin", ": files are attached with x_opencti_files" },
	};
	const char *name;
	json_t *v;

	report_lost(c, RULE_OPENCTI_PROPERTY, rows, ARRAY_LEN(rows));
	if (is_type(c, "extension-definition") || is_type(c, "marking-definition"))
		return;
	json_object_foreach(json_object_get(c->object, "extensions"), name, v)
		if (strcmp(name, OPENCTI_SDO) != 0 && strcmp(name, OPENCTI_SCO) != 0)
			report_name(c, RULE_OPENCTI_PROPERTY, AT(AT(NULL, "extensions"), name), "the extension is lost");
}

void
opencti_command(struct check *c)
{
	static const char *const orders[] = { "opencti_operation", "opencti_upsert_operations", "x_opencti_granted_refs",
	    "x_opencti_id", "x_opencti_workflow_id" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(orders); i++)
		if (json_object_get(c->object, orders[i]) != NULL)
			report_name(c, RULE_OPENCTI_COMMAND, AT(NULL, orders[i]), "%s is an order to the platform, not content", orders[i]);
}

void
opencti_triple(struct check *c)
{
	const char *src = member_string(c->object, "source_ref"), *dst = member_string(c->object, "target_ref");
	const char *rel = member_string(c->object, "relationship_type");

	if (src == NULL || dst == NULL || rel == NULL || stix_id_type(src) == 0 || stix_id_type(dst) == 0)
		return;
	if (strcmp(src, dst) == 0)
		report(c, RULE_OPENCTI_TRIPLE, AT(NULL, "target_ref"), "the relationship leads from an object to itself");
	else if (!stix_opencti_relates(src, rel, dst))
		report(c, RULE_OPENCTI_TRIPLE, AT(NULL, "relationship_type"), "OpenCTI has no %.*s %s %.*s", (int)stix_id_type(src), src,
		    quoted(c, rel), (int)stix_id_type(dst), dst);
}

void
opencti_cycle(struct check *c)
{
	static const char *const ends[] = { "source_ref", "target_ref" };
	const char *ref;
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends); i++)
		if ((ref = member_string(c->object, ends[i])) != NULL && starts_with(ref, "report--"))
			report(c, RULE_OPENCTI_CYCLE, AT(NULL, ends[i]), "a report that lists a relationship of its own loses it");
}

void
opencti_dates(struct check *c)
{
	if (json_object_get(c->object, "external_references") != NULL &&
	    (json_object_get(c->object, "start_time") == NULL || json_object_get(c->object, "stop_time") == NULL))
		report_name(c, RULE_OPENCTI_DATES, AT(NULL, "external_references"),
		    "a date in the text of a reference becomes start_time and stop_time, which are not there");
}

void
opencti_sighting(struct check *c)
{
	if (json_object_get(c->object, "where_sighted_refs") == NULL)
		report(c, RULE_OPENCTI_SIGHTING, NULL, "a sighting without where_sighted_refs is dropped");
}

void
opencti_result(struct check *c)
{
	if (json_object_get(c->object, "result_name") == NULL)
		report(c, RULE_OPENCTI_RESULT, NULL, "a malware-analysis without result_name is dropped");
}

void
opencti_confidence(struct check *c)
{
	if (c->row != NULL && (strcmp(c->row->category, "sdo") == 0 || strcmp(c->row->category, "sro") == 0) &&
	    json_object_get(c->object, "confidence") == NULL)
		report(c, RULE_OPENCTI_CONFIDENCE, NULL, "without confidence the object counts as certain (100)");
}

void
opencti_email(struct check *c)
{
	const char *s = member_string(c->object, "value"), *p;

	if (s == NULL)
		return;
	for (p = s; *p != '\0' && (unsigned char)*p < 0x80; p++)
		;
	if (*p != '\0')
		report(c, RULE_OPENCTI_EMAIL, AT(NULL, "value"), "%s has characters beyond ASCII", quoted(c, s));
}
