/*
 * What OpenCTI's model allows: relationships that it does not have are refused one by one when they are imported (not so related-to
 * and revoked-by, which go between anything). From its source, schema and modules of 2025 and 2026.
 */
#include <string.h>

#include "stix/stix.h"

#define VICTIMS	"identity location"
#define HOSTS	"domain-name ipv4-addr ipv6-addr"
#define SCOS	"artifact autonomous-system directory domain-name email-addr email-message file ipv4-addr ipv6-addr mac-addr mutex " \
		"network-traffic process software url user-account windows-registry-key x509-certificate"

/* From any of these types, by this relationship, to any of those. */
static const struct {
	const char *from, *by, *to;
} triples[] = {
	{ "intrusion-set threat-actor", "uses", "attack-pattern malware tool infrastructure file" },
	{ "intrusion-set threat-actor", "targets", VICTIMS " vulnerability" },
	{ "intrusion-set threat-actor", "compromises hosts owns", "infrastructure" },
	{ "intrusion-set", "attributed-to", "threat-actor" },
	{ "intrusion-set campaign malware", "originates-from", "location" },
	{ "threat-actor", "attributed-to impersonates", "identity" },
	{ "threat-actor infrastructure", "located-at", "location" },
	{ "threat-actor", "participates-in", "campaign" },
	{ "threat-actor", "part-of cooperates-with", "threat-actor" },
	{ "campaign", "attributed-to", "intrusion-set threat-actor" },
	{ "campaign", "uses", "attack-pattern malware tool infrastructure" },
	{ "campaign", "targets", VICTIMS " vulnerability" },
	{ "campaign", "compromises", "infrastructure" },
	{ "malware", "uses", "attack-pattern infrastructure malware tool" },
	{ "malware tool", "targets", VICTIMS " infrastructure vulnerability" },
	{ "malware", "exploits", "vulnerability" },
	{ "malware", "drops downloads", "malware tool file" },
	{ "malware", "communicates-with", HOSTS " url" },
	{ "malware", "beacons-to exfiltrates-to", "infrastructure" },
	{ "malware", "authored-by", "intrusion-set threat-actor" },
	{ "malware", "variant-of controls", "malware" },
	{ "tool", "uses", "attack-pattern infrastructure" },
	{ "tool", "drops delivers", "malware" },
	{ "tool infrastructure software", "has", "vulnerability" },
	{ "attack-pattern", "uses", "malware tool" },
	{ "attack-pattern", "delivers", "malware" },
	{ "attack-pattern", "targets", VICTIMS " vulnerability" },
	{ "attack-pattern", "subtechnique-of", "attack-pattern" },
	{ "indicator", "indicates",
	    "attack-pattern campaign incident infrastructure intrusion-set malware threat-actor tool vulnerability" },
	{ "indicator", "based-on", SCOS " observed-data" },
	{ "indicator", "derived-from", "indicator" },
	{ "infrastructure", "consists-of", SCOS },
	{ "infrastructure", "communicates-with", HOSTS " url infrastructure" },
	{ "infrastructure", "hosts", "malware tool" },
	{ "infrastructure", "delivers controls", "malware" },
	{ "domain-name", "resolves-to", HOSTS },
	{ "ipv4-addr ipv6-addr", "belongs-to", "autonomous-system identity" },
	{ "ipv4-addr ipv6-addr", "located-at", "location" },
	{ "file", "drops downloads", "file" },
	{ "file", "communicates-with", HOSTS },
	{ "file", "uses", "attack-pattern" },
	{ "course-of-action", "mitigates", "attack-pattern indicator malware tool vulnerability" },
	{ "course-of-action", "remediates", "malware vulnerability" },
};

/* Is the word (of n octets) one of the list? */
static int
listed(const char *list, const char *word, size_t n)
{
	const char *p = list;

	for (; *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
		if (strcspn(p, " ") == n && strncmp(p, word, n) == 0)
			return 1;
	return 0;
}

static size_t
type_len(const char *id)
{
	const char *dashes = strstr(id, "--");

	return dashes != NULL ? (size_t)(dashes - id) : strlen(id);
}

int
stix_opencti_relates(const char *from, const char *by, const char *to)
{
	for (size_t i = 0; i < ARRAY_LEN(triples); i++)
		if (listed(triples[i].from, from, type_len(from)) && listed(triples[i].by, by, strlen(by)) &&
		    listed(triples[i].to, to, type_len(to)))
			return 1;
	return strcmp(by, "related-to") == 0 || strcmp(by, "revoked-by") == 0;
}
