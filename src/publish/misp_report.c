/* The text of an event: what a bundle states, in Markdown, each with its sentence. */
#include <string.h>

#include "publish/misp.h"

/* Text of others, on one line, with what Markdown (and MISP's @[..](..)) would take for its own escaped. */
static void
plain(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		if (strchr("\\`*_[]<>|#@!", *s) != NULL)
			buf_addc(b, '\\');
		buf_addc(b, (unsigned char)*s < ' ' ? ' ' : *s);
	}
}

static void
sentence(struct buf *b, const json_t *o)
{
	json_t *evidence = json_object_get(json_object_get(json_object_get(o, "extensions"), STIX_EVIDENCE_ID), "evidence"), *one;
	size_t i;

	if (evidence == NULL && stix_text(o, "description")[0] != '\0') {
		buf_adds(b, "\n  > ");
		plain(b, stix_text(o, "description"));
	}
	json_array_foreach(evidence, i, one) {
		buf_adds(b, "\n  > ");
		plain(b, stix_text(one, "text"));
	}
	buf_addc(b, '\n');
}

static const struct {
	const char *heading, *types;
} sections[] = {
	{ "Actors", "|intrusion-set|threat-actor|" },
	{ "Campaigns", "|campaign|" },
	{ "Malware and tools", "|malware|tool|" },
	{ "Infrastructure", "|infrastructure|" },
	{ "Vulnerabilities", "|vulnerability|" },
	{ "Techniques", "|attack-pattern|" },
	{ "Measures", "|course-of-action|" },
	{ "Organisations and places", "|identity|location|" },
	{ "Indicators", "|indicator|" },
};

static int
in_section(const json_t *o, const char *types)
{
	char type[100];

	snprintf(type, sizeof(type), "|%.90s|", stix_text(o, "type"));
	return strstr(types, type) != NULL && !json_is_true(json_object_get(o, "revoked"));
}

static void
confidence(struct buf *b, const json_t *o)
{
	json_t *c = json_object_get(o, "confidence");

	if (json_is_integer(c))
		buf_printf(b, " (confidence %d)", (int)json_integer_value(c));
}

static void
entities(struct buf *b, const json_t *objects, const char *heading, const char *types)
{
	int begun = 0;
	json_t *o;
	size_t i;

	json_array_foreach(objects, i, o) {
		/* Who only created what is here is in no sentence. */
		if (!in_section(o, types) || (strcmp(stix_text(o, "type"), "identity") == 0 && json_object_get(o, "extensions") == NULL))
			continue;
		if (!begun++)
			buf_printf(b, "\n## %s\n\n", heading);
		buf_adds(b, "- **");
		plain(b, stix_text(o, "name")[0] != '\0' ? stix_text(o, "name") : stix_text(o, "pattern"));
		buf_adds(b, "**");
		confidence(b, o);
		sentence(b, o);
	}
}

static const char *
name_of(const json_t *objects, const char *id)
{
	static const char *const names[] = { "name", "value", "path", "key", "subject", "pattern" };
	json_t *o;
	size_t i;

	json_array_foreach(objects, i, o)
		if (strcmp(stix_text(o, "id"), id) == 0)
			for (size_t k = 0; k < ARRAY_LEN(names); k++)
				if (stix_text(o, names[k])[0] != '\0')
					return stix_text(o, names[k]);
	return id;
}

static void
relationships(struct buf *b, const json_t *objects)
{
	json_t *names = json_object(), *o;
	int begun = 0;
	size_t i;

	json_array_foreach(objects, i, o)
		json_object_set_new(names, stix_text(o, "id"), json_pack("[O]", o));
	json_array_foreach(objects, i, o) {
		if (strcmp(stix_text(o, "type"), "relationship") != 0 || json_is_true(json_object_get(o, "revoked")))
			continue;
		if (!begun++)
			buf_adds(b, "\n## Relationships\n\n");
		buf_adds(b, "- **");
		plain(b, name_of(json_object_get(names, stix_text(o, "source_ref")), stix_text(o, "source_ref")));
		buf_printf(b, "** %s **", stix_text(o, "relationship_type"));
		plain(b, name_of(json_object_get(names, stix_text(o, "target_ref")), stix_text(o, "target_ref")));
		buf_adds(b, "**");
		confidence(b, o);
		sentence(b, o);
	}
	json_decref(names);
}

void
misp_report(const json_t *report, const json_t *objects, struct buf *b)
{
	char date[MISP_DATE];
	json_t *r;
	size_t i;

	buf_adds(b, "# ");
	plain(b, stix_text(report, "name"));
	buf_printf(b, "\n\n%s\n", misp_date(report, date) ? date : "");
	json_array_foreach(json_object_get(report, "external_references"), i, r) {
		buf_adds(b, "\nSource: ");
		plain(b, stix_text(r, "source_name"));
		if (stix_text(r, "description")[0] != '\0') {
			buf_adds(b, ", ");
			plain(b, stix_text(r, "description"));
		}
		if (stix_text(r, "url")[0] != '\0' && strpbrk(stix_text(r, "url"), "<> \n") == NULL)
			buf_printf(b, " <%s>", stix_text(r, "url"));
		buf_addc(b, '\n');
	}
	if (json_is_true(json_object_get(report, "revoked"))) {
		buf_adds(b, "\nThis report has been revoked.\n");
		return;
	}
	if (stix_text(report, "description")[0] != '\0') {
		buf_addc(b, '\n');
		plain(b, stix_text(report, "description"));
		buf_addc(b, '\n');
	}
	for (i = 0; i < ARRAY_LEN(sections); i++)
		entities(b, objects, sections[i].heading, sections[i].types);
	relationships(b, objects);
}
