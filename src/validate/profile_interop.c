/* The interoperability profile: what its schemas ask for beyond the standard, their misspellings put right. */
#include <string.h>

#include "validate/profile.h"

void
interop_required(struct check *c)
{
	const json_t *name;
	size_t i;

	if (c->row == NULL)
		return;
	json_array_foreach(json_object_get(c->row->document, "stix:interopRequired"), i, name)
		if (json_is_string(name) && json_object_get(c->object, json_string_value(name)) == NULL)
			report(c, RULE_INTEROP_REQUIRED, NULL, "%s is required by the interoperability profile", json_string_value(name));
}

void
interop_tlp(struct check *c)
{
	const json_t *ref;
	size_t i, n = 0;

	json_array_foreach(json_object_get(c->object, "object_marking_refs"), i, ref)
		if (json_is_string(ref) && starts_with(json_string_value(ref), "marking-definition--") &&
		    stix_tlp_find(json_string_value(ref)) != NULL && n++ > 0)
			report(c, RULE_INTEROP_TLP, AT_INDEX(AT(NULL, "object_marking_refs"), i), "the object has a TLP marking already");
}
