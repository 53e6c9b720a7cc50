/* Objects that are always the same: the project's identity, its extension-definition, TLP markings. */
#include <string.h>
#include <strings.h>

#include "stix/stix.h"

#define PROJECT_CREATED	"2026-11-22T00:00:00.000Z"

json_t *
stix_identity(const char *id, const char *creator, const char *name, const char *cls, const char *created)
{
	struct arena *a = arena_new();
	char derived[STIX_ID];
	json_t *o = json_object();

	if (id == NULL) {
		stix_id("identity", creator ? creator : "", text_fold(a, name, strlen(name)), derived);
		id = derived;
	}
	json_object_set_new(o, "type", json_string("identity"));
	json_object_set_new(o, "spec_version", json_string("2.1"));
	json_object_set_new(o, "id", json_string(id));
	if (creator != NULL)
		json_object_set_new(o, "created_by_ref", json_string(creator));
	json_object_set_new(o, "created", json_string(created));
	json_object_set_new(o, "modified", json_string(created));
	json_object_set_new(o, "name", json_string(name));
	if (cls != NULL)
		json_object_set_new(o, "identity_class", json_string(cls));
	arena_free(a);
	return o;
}

json_t *
stix_project_identity(void)
{
	return stix_identity(STIX_PROJECT_ID, NULL, "stixpress", "system", PROJECT_CREATED);
}

static const char evidence_description[] =
    "Says where an object or relationship comes from: the places in the source document that state it, or the person who did.";

/* The normative definition (7.3.1: "plain text explaining the definition"); schemas/extensions/ holds it as a JSON Schema. */
static const char evidence_schema[] =
    "A property extension of SDOs and SROs with one property. evidence (required): a list of one or more objects. An object from a "
    "text has start and end (integers: the octets of the document before any decoding that state it, end exclusive; of what the "
    "text of a PDF document prints to, with page, an integer from 1), text (string: the sentence as understood) and rule (string: "
    "the name of what found it). An object without a place in a text has by (string: the person or decision file that states it) "
    "and at (string: RFC 3339 date or timestamp), and may have text and rule. In a report, object_ref (identifier) names the "
    "cyber-observable object that the evidence is about.";

json_t *
stix_evidence_definition(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[s]}",
	    "type", "extension-definition",
	    "spec_version", "2.1",
	    "id", STIX_EVIDENCE_ID,
	    "created_by_ref", STIX_PROJECT_ID,
	    "created", PROJECT_CREATED,
	    "modified", PROJECT_CREATED,
	    "name", "evidence",
	    "description", evidence_description,
	    "schema", evidence_schema,
	    "version", "1.0.0",
	    "extension_types", "property-extension");
}

/* ---- TLP -------------------------------------------------------------------------------------------------------------------- */

#define MARKING	"marking-definition--"
static const struct stix_tlp tlps[] = {
	{ "TLP:CLEAR", 2, "clear", MARKING "94868c89-83c2-464b-929b-a1a8aa3c8487", MARKING "613f2e26-407d-48c7-9eca-b8e91df99dc9" },
	{ "TLP:GREEN", 2, "green", MARKING "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", MARKING "34098fce-860f-48ae-8e50-ebd3cc5e41da" },
	{ "TLP:AMBER", 2, "amber", MARKING "55d920b0-5e8b-4f79-9ee9-91f868d9b421", MARKING "f88d31f6-486f-44da-b317-01333bde0b82" },
	{ "TLP:AMBER+STRICT", 2, "amber+strict", MARKING "939a9414-2ddd-4d32-a0cd-375ea402b003", NULL },
	{ "TLP:RED", 2, "red", MARKING "e828b379-4e03-4974-9ac4-e53a884c97c1", MARKING "5e57c739-391a-4eb3-b6be-7d15ca92d5ed" },
	{ "TLP:WHITE", 1, "white", MARKING "613f2e26-407d-48c7-9eca-b8e91df99dc9", MARKING "94868c89-83c2-464b-929b-a1a8aa3c8487" },
	{ "TLP:GREEN", 1, "green", MARKING "34098fce-860f-48ae-8e50-ebd3cc5e41da", MARKING "bab4a63c-aed9-4cf5-a766-dfca5abac2bb" },
	{ "TLP:AMBER", 1, "amber", MARKING "f88d31f6-486f-44da-b317-01333bde0b82", MARKING "55d920b0-5e8b-4f79-9ee9-91f868d9b421" },
	{ "TLP:RED", 1, "red", MARKING "5e57c739-391a-4eb3-b6be-7d15ca92d5ed", MARKING "e828b379-4e03-4974-9ac4-e53a884c97c1" },
};

const struct stix_tlp *
stix_tlp_find(const char *s)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(tlps); i++)
		if (strcmp(s, tlps[i].id) == 0 || strcasecmp(s, tlps[i].name) == 0 || strcasecmp(s, tlps[i].level) == 0)
			return &tlps[i];
	return NULL;
}

json_t *
stix_tlp_object(const struct stix_tlp *t)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "type", "marking-definition", "spec_version", "2.1", "id", t->id, "created",
	    t->version == 2 ? "2022-10-01T00:00:00.000Z" : "2017-01-20T00:00:00.000Z");

	json_object_set_new(o, "name", json_string(t->name));
	if (t->version == 1) {
		json_object_set_new(o, "definition_type", json_string("tlp"));
		json_object_set_new(o, "definition", json_pack("{s:s}", "tlp", t->level));
	} else
		json_object_set_new(o, "extensions", json_pack("{s:{s:s, s:s}}", STIX_TLP2_EXTENSION, "extension_type",
		    "property-extension", "tlp_2_0", t->level));
	return o;
}
