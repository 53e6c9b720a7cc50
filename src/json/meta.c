/*
 * The metaschemas of draft 2020-12, so that "$ref" and "$schema" can lead to them without a network. They say what the
 * specification says of each keyword's value, in the project's own wording.
 */
#include <string.h>

#include "json/engine.h"

#define HEAD(name)	"{\"$id\":\"https://json-schema.org/draft/2020-12/" name "\",\"$schema\":\"" DIALECT "\"," \
	"\"$dynamicAnchor\":\"meta\",\"type\":[\"object\",\"boolean\"],"
#define VOCABULARY(name) "\"https://json-schema.org/draft/2020-12/vocab/" name "\":true"
#define META		"{\"$dynamicRef\":\"#meta\"}"
#define META_MAP	"{\"type\":\"object\",\"additionalProperties\":" META "}"
#define META_LIST	"{\"type\":\"array\",\"minItems\":1,\"items\":" META "}"
#define TEXT		"{\"type\":\"string\"}"
#define FLAG		"{\"type\":\"boolean\"}"
#define COUNT		"{\"type\":\"integer\",\"minimum\":0}"
#define NUMBER		"{\"type\":\"number\"}"
#define NAMES		"{\"type\":\"array\",\"uniqueItems\":true,\"items\":" TEXT "}"
#define URI		"{\"type\":\"string\",\"format\":\"uri\"}"
#define URI_REFERENCE	"{\"type\":\"string\",\"format\":\"uri-reference\"}"
#define ANCHOR		"{\"type\":\"string\",\"pattern\":\"^[A-Za-z_][-A-Za-z0-9._]*$\"}"
#define TYPE_NAME	"{\"enum\":[\"array\",\"boolean\",\"integer\",\"null\",\"number\",\"object\",\"string\"]}"

static const struct { const char *uri, *text; } metas[] = {
	{ DIALECT, HEAD("schema")
	    "\"$vocabulary\":{" VOCABULARY("core") "," VOCABULARY("applicator") "," VOCABULARY("unevaluated") ","
	    VOCABULARY("validation") "," VOCABULARY("meta-data") "," VOCABULARY("format-annotation") "," VOCABULARY("content") "},"
	    "\"allOf\":[{\"$ref\":\"meta/core\"},{\"$ref\":\"meta/applicator\"},{\"$ref\":\"meta/unevaluated\"},"
	    "{\"$ref\":\"meta/validation\"},{\"$ref\":\"meta/meta-data\"},{\"$ref\":\"meta/format-annotation\"},"
	    "{\"$ref\":\"meta/content\"}],"
	    "\"properties\":{\"definitions\":" META_MAP ",\"dependencies\":{\"type\":\"object\",\"additionalProperties\":"
	    "{\"anyOf\":[" META "," NAMES "]}},\"$recursiveAnchor\":" ANCHOR ",\"$recursiveRef\":" URI_REFERENCE "}}" },
	{ "https://json-schema.org/draft/2020-12/meta/core", HEAD("meta/core")
	    "\"properties\":{\"$id\":{\"type\":\"string\",\"format\":\"uri-reference\",\"pattern\":\"^[^#]*#?$\"},"
	    "\"$schema\":" URI ",\"$ref\":" URI_REFERENCE ",\"$dynamicRef\":" URI_REFERENCE ",\"$anchor\":" ANCHOR ","
	    "\"$dynamicAnchor\":" ANCHOR ",\"$vocabulary\":{\"type\":\"object\",\"propertyNames\":" URI ","
	    "\"additionalProperties\":" FLAG "},\"$comment\":" TEXT ",\"$defs\":" META_MAP "}}" },
	{ "https://json-schema.org/draft/2020-12/meta/applicator", HEAD("meta/applicator")
	    "\"properties\":{\"prefixItems\":" META_LIST ",\"items\":" META ",\"contains\":" META ",\"additionalProperties\":" META ","
	    "\"properties\":" META_MAP ",\"patternProperties\":{\"type\":\"object\",\"additionalProperties\":" META ","
	    "\"propertyNames\":{\"format\":\"regex\"}},\"dependentSchemas\":" META_MAP ",\"propertyNames\":" META ","
	    "\"if\":" META ",\"then\":" META ",\"else\":" META ",\"allOf\":" META_LIST ",\"anyOf\":" META_LIST ","
	    "\"oneOf\":" META_LIST ",\"not\":" META "}}" },
	{ "https://json-schema.org/draft/2020-12/meta/unevaluated", HEAD("meta/unevaluated")
	    "\"properties\":{\"unevaluatedItems\":" META ",\"unevaluatedProperties\":" META "}}" },
	{ "https://json-schema.org/draft/2020-12/meta/validation", HEAD("meta/validation")
	    "\"properties\":{\"type\":{\"anyOf\":[" TYPE_NAME ",{\"type\":\"array\",\"minItems\":1,\"uniqueItems\":true,"
	    "\"items\":" TYPE_NAME "}]},\"const\":true,\"enum\":{\"type\":\"array\"},"
	    "\"multipleOf\":{\"type\":\"number\",\"exclusiveMinimum\":0},\"maximum\":" NUMBER ",\"exclusiveMaximum\":" NUMBER ","
	    "\"minimum\":" NUMBER ",\"exclusiveMinimum\":" NUMBER ",\"maxLength\":" COUNT ",\"minLength\":" COUNT ","
	    "\"pattern\":{\"type\":\"string\",\"format\":\"regex\"},\"maxItems\":" COUNT ",\"minItems\":" COUNT ","
	    "\"uniqueItems\":" FLAG ",\"maxContains\":" COUNT ",\"minContains\":" COUNT ",\"maxProperties\":" COUNT ","
	    "\"minProperties\":" COUNT ",\"required\":" NAMES ",\"dependentRequired\":{\"type\":\"object\","
	    "\"additionalProperties\":" NAMES "}}}" },
	{ "https://json-schema.org/draft/2020-12/meta/meta-data", HEAD("meta/meta-data")
	    "\"properties\":{\"title\":" TEXT ",\"description\":" TEXT ",\"default\":true,\"deprecated\":" FLAG ","
	    "\"readOnly\":" FLAG ",\"writeOnly\":" FLAG ",\"examples\":{\"type\":\"array\"}}}" },
	{ "https://json-schema.org/draft/2020-12/meta/format-annotation", HEAD("meta/format-annotation")
	    "\"properties\":{\"format\":" TEXT "}}" },
	{ "https://json-schema.org/draft/2020-12/meta/format-assertion", HEAD("meta/format-assertion")
	    "\"properties\":{\"format\":" TEXT "}}" },
	{ "https://json-schema.org/draft/2020-12/meta/content", HEAD("meta/content")
	    "\"properties\":{\"contentEncoding\":" TEXT ",\"contentMediaType\":" TEXT ",\"contentSchema\":" META "}}" },
};

const char *
meta_text(const char *uri)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(metas); i++)
		if (strcmp(metas[i].uri, uri) == 0)
			return metas[i].text;
	return NULL;
}
