/* What STIX types become in MISP. Templates as in misp-objects; types and categories as in MISP's describeTypes. */
#include <string.h>

#include "publish/misp.h"

#define HASHES \
	{ "hashes.SHA-256", "sha256", "sha256", "Payload delivery", MISP_IDS }, \
	{ "hashes.SHA-512", "sha512", "sha512", "Payload delivery", MISP_IDS }, \
	{ "hashes.SHA-1", "sha1", "sha1", "Payload delivery", MISP_IDS }, { "hashes.MD5", "md5", "md5", "Payload delivery", MISP_IDS }, \
	{ "hashes.SSDEEP", "ssdeep", "ssdeep", "Payload delivery", MISP_IDS }, \
	{ "hashes.TLSH", "tlsh", "tlsh", "Payload delivery", MISP_IDS }
#define TEXT(from, relation)	{ from, relation, "text", "Other", 0 }
#define ONE(from, relation)	{ from, relation, "text", "Other", MISP_ONE }
#define END	{ NULL, NULL, NULL, NULL, 0 }

const struct misp_template misp_templates[] = {
	{ "file", NULL, NULL, "file", "688c46fb-5edb-40a3-8273-1af7923e2215", "25", "file",
	    "File object describing a file with meta-information", { HASHES,
	    { "name", "filename", "filename", "Payload delivery", 0 }, { "size", "size-in-bytes", "size-in-bytes", "Other", 0 },
	    { "mime_type", "mimetype", "mime-type", "Artifacts dropped", 0 }, END } },
	{ "artifact", NULL, NULL, "file", "688c46fb-5edb-40a3-8273-1af7923e2215", "25", "file",
	    "File object describing a file with meta-information", { HASHES,
	    { "mime_type", "mimetype", "mime-type", "Artifacts dropped", 0 }, END } },
	{ "malware", NULL, NULL, "malware", "e5ad1d64-4b4e-44f5-9e00-88a705a67f9d", "1", "misc",
	    "Malware is a type of TTP that represents malicious code.", { TEXT("name", "name"),
	    { "is_family", "is_family", "boolean", "Other", 0 }, TEXT("malware_types", "malware_type"), TEXT("aliases", "alias"),
	    TEXT("description", "description"), TEXT("implementation_languages", "implementation_language"),
	    TEXT("architecture_execution_envs", "architecture_execution_env"), TEXT("capabilities", "capability"), END } },
	{ "tool", NULL, NULL, "software", "b1b5dc0e-73fe-443c-8d9d-0e208de3951e", "1", "misc",
	    "The Software object represents high-level properties associated with software, including software products.",
	    { TEXT("name", "name"), TEXT("tool_version", "version"), END } },
	{ "software", NULL, NULL, "software", "b1b5dc0e-73fe-443c-8d9d-0e208de3951e", "1", "misc",
	    "The Software object represents high-level properties associated with software, including software products.",
	    { TEXT("name", "name"), TEXT("version", "version"), TEXT("vendor", "vendor"), TEXT("languages", "language"),
	    { "cpe", "cpe", "cpe", "External analysis", 0 }, TEXT("swid", "swid"), END } },
	{ "intrusion-set", NULL, NULL, "intrusion-set", "bfe96eae-e37a-4ecf-8012-1cdb478571a5", "1", "misc",
	    "A object template describing an Intrusion Set as defined in STIX 2.1.", { TEXT("name", "name"),
	    TEXT("aliases", "aliases"), TEXT("description", "description"), TEXT("goals", "goals"),
	    TEXT("resource_level", "resource_level"), TEXT("primary_motivation", "primary-motivation"),
	    ONE("secondary_motivations", "secondary-motivation"), END } },
	{ "attack-pattern", NULL, NULL, "attack-pattern", "35928348-56be-4d7f-9752-a80927936351", "1", "vulnerability",
	    "Attack pattern describing a common attack pattern enumeration and classification.", { TEXT("name", "name"),
	    ONE("external_references.external_id", "id"), TEXT("description", "summary"), END } },
	{ "course-of-action", NULL, NULL, "course-of-action", "3d1c2c06-68a9-4394-8c8d-258d115f796f", "1", "misc",
	    "An object describing a specific measure taken to prevent or respond to an attack.", { TEXT("name", "name"),
	    TEXT("description", "description"), END } },
	{ "infrastructure", NULL, NULL, "infrastructure", "39d64bd7-1264-4b2e-bdd1-31d1c4b38e6c", "1", "misc",
	    "The Infrastructure object represents a type of TTP and describes any systems, software services and associated resources.",
	    { TEXT("name", "name"), TEXT("infrastructure_types", "infrastructure_type"), TEXT("description", "description"),
	    ONE("aliases", "alias"), END } },
	{ "identity", "identity_class", "organization", "organization", "f750e12b-127a-432c-b022-b3f9153c4e2a", "9", "misc",
	    "An object which describes an organization.", { TEXT("name", "name"), TEXT("description", "description"),
	    TEXT("sectors", "sector"), TEXT("roles", "role"), TEXT("contact_information", "contact_information"), END } },
	{ "identity", NULL, NULL, "identity", "ae85b960-b507-4de2-a32c-9cfb8f25f990", "1", "misc",
	    "Identities can represent actual individuals, organizations, or groups.", { TEXT("name", "name"),
	    TEXT("identity_class", "identity_class"), TEXT("description", "description"), TEXT("sectors", "sectors"),
	    TEXT("roles", "roles"), TEXT("contact_information", "contact_information"), END } },
	{ "location", NULL, NULL, "geolocation", "cd6f2238-ba55-4888-82c4-104e6e1acf21", "8", "misc",
	    "An object to describe a geographic location.", { TEXT("country", "countrycode"), TEXT("region", "region"),
	    TEXT("city", "city"), TEXT("name", "text"), TEXT("administrative_area", "address"),
	    { "latitude", "latitude", "float", "Other", 0 }, { "longitude", "longitude", "float", "Other", 0 }, END } },
	{ "vulnerability", NULL, NULL, "vulnerability", "81650945-f186-437b-8945-9f31715d32da", "12", "vulnerability",
	    "Vulnerability object describing a common vulnerability enumeration.", { TEXT("name", "summary"),
	    TEXT("description", "description"), END } },
	{ "network-traffic", NULL, NULL, "network-connection", "af16764b-f8e5-4603-9de1-de34d272f80b", "7", "network",
	    "A local or remote network connection.", {
	    { "dst_ref.value", "ip-dst", "ip-dst", "Network activity", MISP_IDS },
	    { "dst_ref.value", "hostname-dst", "hostname", "Network activity", MISP_IDS },
	    { "dst_port", "dst-port", "port", "Network activity", 0 },
	    { "src_ref.value", "ip-src", "ip-src", "Network activity", MISP_IDS },
	    { "src_ref.value", "hostname-src", "hostname", "Network activity", MISP_IDS },
	    { "src_port", "src-port", "port", "Network activity", 0 }, TEXT("protocols", "layer7-protocol"), END } },
	{ "email-message", NULL, NULL, "email", "a0c666e0-fc65-4be8-b48f-3423d788b552", "19", "network",
	    "Email object describing an email with meta-information", {
	    { "message_id", "message-id", "email-message-id", "Payload delivery", 0 },
	    { "subject", "subject", "email-subject", "Payload delivery", 0 },
	    { "from_ref.value", "from", "email-src", "Payload delivery", MISP_IDS },
	    { "to_refs.value", "to", "email-dst", "Network activity", 0 },
	    END } },
	{ "windows-registry-key", NULL, NULL, "registry-key", "8b3228ad-6d82-4fe6-b2ae-05426308f1d5", "5", "file",
	    "Registry key object describing a Windows registry key with value and last-modified timestamp", {
	    { "key", "key", "regkey", "Persistence mechanism", MISP_IDS }, ONE("values.name", "name"), ONE("values.data", "data"),
	    ONE("values.data_type", "data-type"), END } },
	{ "user-account", NULL, NULL, "user-account", "49606b06-22f0-4ac8-8eee-2f12ad46f3d3", "6", "misc",
	    "User-account object, defining aspects of user identification, authentication, privileges and other relevant data points.",
	    { TEXT("account_login", "username"), TEXT("user_id", "user-id"), TEXT("account_type", "account-type"),
	    TEXT("display_name", "display-name"), END } },
	{ "x509-certificate", NULL, NULL, "x509", "d1ab756a-26b5-4349-9f43-765630f0911c", "14", "network",
	    "x509 object describing a X.509 certificate", {
	    { "hashes.SHA-256", "x509-fingerprint-sha256", "x509-fingerprint-sha256", "Network activity", MISP_IDS },
	    { "hashes.SHA-1", "x509-fingerprint-sha1", "x509-fingerprint-sha1", "Network activity", MISP_IDS },
	    { "hashes.MD5", "x509-fingerprint-md5", "x509-fingerprint-md5", "Network activity", MISP_IDS },
	    TEXT("serial_number", "serial-number"), TEXT("issuer", "issuer"), TEXT("subject", "subject"), END } },
	{ "directory", NULL, NULL, "directory", "23ac6a02-1017-4ea6-a4df-148ed563988d", "1", "file",
	    "Directory object describing a directory with meta-information", { TEXT("path", "path"), END } },
	{ "process", NULL, NULL, "process", "02aeef94-ac23-455c-addb-731757ceafb5", "10", "misc", "Object describing a system process.",
	    { TEXT("command_line", "command-line"), TEXT("pid", "pid"), TEXT("cwd", "current-directory"), END } },
	{ NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { END } },
};

/* Asked before the templates. */
const struct misp_plain misp_plains[] = {
	{ "domain-name", "value", NULL, "domain", "Network activity", "", 1 },
	{ "ipv4-addr", "value", NULL, "ip-dst", "Network activity", "", 1 },
	{ "ipv6-addr", "value", NULL, "ip-dst", "Network activity", "", 1 },
	{ "url", "value", NULL, "url", "Network activity", "", 1 },
	{ "email-addr", "value", NULL, "email", "Payload delivery", "", 1 },
	{ "mac-addr", "value", NULL, "mac-address", "Network activity", "", 0 },
	{ "autonomous-system", "number", NULL, "AS", "Network activity", "AS", 0 },
	{ "mutex", "name", NULL, "mutex", "Artifacts dropped", "", 1 },
	{ "vulnerability", "name", "CVE-", "vulnerability", "External analysis", "", 0 },
	{ "threat-actor", "name", NULL, "threat-actor", "Attribution", "", 0 },
	{ "campaign", "name", NULL, "campaign-name", "Attribution", "", 0 },
	{ "x-cryptocurrency-wallet", "value", "1", "btc", "Financial fraud", "", 1 },
	{ "x-cryptocurrency-wallet", "value", "3", "btc", "Financial fraud", "", 1 },
	{ "x-cryptocurrency-wallet", "value", "bc1", "btc", "Financial fraud", "", 1 },
	{ "x-cryptocurrency-wallet", "value", NULL, "other", "Financial fraud", "", 1 },
	{ NULL, NULL, NULL, NULL, NULL, NULL, 0 },
};

static const struct {
	const char *relation, *opposite;
} opposites[] = {
	{ "authored-by", "is-author-of" }, { "controls", "controlled-by" }, { "delivers", "delivered-by" }, { "drops", "dropped-by" },
	{ "hosts", "hosted-by" }, { "indicates", "indicated-by" }, { "owns", "owned-by" }, { "related-to", "related-to" },
	{ "targets", "targeted-by" }, { "uses", "used-by" },
};

const char *
misp_opposite(const char *relation)
{
	for (size_t i = 0; i < ARRAY_LEN(opposites); i++)
		if (strcmp(opposites[i].relation, relation) == 0)
			return opposites[i].opposite;
	return NULL;
}
