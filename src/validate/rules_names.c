/* Names that come from registries outside the standard. */
#include <ctype.h>
#include <string.h>

#include "validate/rules.h"

static int
in_list(const char *const *list, const char *s, size_t n, int (*cmp)(const char *, const char *, size_t))
{
	for (; *list != NULL; list++)
		if (strlen(*list) == n && cmp(*list, s, n) == 0)
			return 1;
	return 0;
}

/* The dictionary at extensions.EXT.NAME, or NULL. */
static json_t *
extension_dictionary(const struct check *c, const char *ext, const char *name)
{
	return json_object_get(json_object_get(json_object_get(c->object, "extensions"), ext), name);
}

/* Request headers registered with IANA for HTTP, and those in wide use. Names are compared without case (RFC 9110). */
static const char *const http_headers[] = {
	"A-IM", "Accept", "Accept-Charset", "Accept-Datetime", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Headers",
	"Access-Control-Request-Method", "Authorization", "Cache-Control", "Connection", "Content-Encoding", "Content-Length",
	"Content-MD5", "Content-Type", "Cookie", "DNT", "Date", "Early-Data", "Expect", "Forwarded", "From", "Front-End-Https",
	"HTTP2-Settings", "Host", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Keep-Alive",
	"Max-Forwards", "Origin", "Pragma", "Prefer", "Priority", "Proxy-Authorization", "Proxy-Connection", "Range", "Referer",
	"Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site",
	"Sec-Fetch-User", "Sec-GPC", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol",
	"Sec-WebSocket-Version", "Save-Data", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Upgrade-Insecure-Requests",
	"User-Agent", "Via", "Warning", "X-ATT-DeviceId", "X-Correlation-ID", "X-Csrf-Token", "X-Forwarded-For",
	"X-Forwarded-Host", "X-Forwarded-Proto", "X-Http-Method-Override", "X-Request-ID", "X-Requested-With", "X-UIDH",
	"X-Wap-Profile", NULL
};

void
rule_http_headers(struct check *c)
{
	const struct at top = { NULL, "extensions", 0 }, ext = { &top, "http-request-ext", 0 }, here = { &ext, "request_header", 0 };
	const char *name;
	json_t *value;

	json_object_foreach(extension_dictionary(c, "http-request-ext", "request_header"), name, value)
		if (!in_list(http_headers, name, strlen(name), strncasecmp))
			report_name(c, RULE_HTTP_HEADERS, AT(&here, name), "%s is no registered HTTP request header", quoted(c, name));
}

/* What the names of socket options begin with: setsockopt() levels of POSIX, Linux, BSD and Windows. */
static const char *const socket_prefixes[] = {
	"SO_", "ICMP_", "ICMP6_", "IP_", "IPV6_", "MCAST_", "TCP_", "IRLMP_", "UDP_", "SCTP_", NULL
};

void
rule_socket_options(struct check *c)
{
	const struct at top = { NULL, "extensions", 0 }, ext = { &top, "socket-ext", 0 }, here = { &ext, "options", 0 };
	const char *name;
	json_t *value;
	size_t i;

	json_object_foreach(extension_dictionary(c, "socket-ext", "options"), name, value) {
		for (i = 0; socket_prefixes[i] != NULL && !starts_with(name, socket_prefixes[i]); i++)
			;
		if (socket_prefixes[i] == NULL)
			report_name(c, RULE_SOCKET_OPTIONS, AT(&here, name), "%s is no socket option", quoted(c, name));
	}
}

/* Entries of the document information dictionary of ISO 32000. */
static const char *const pdf_entries[] = {
	"Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate", "Trapped", NULL
};

void
rule_pdf_info(struct check *c)
{
	const struct at top = { NULL, "extensions", 0 }, ext = { &top, "pdf-ext", 0 }, here = { &ext, "document_info_dict", 0 };
	const char *name;
	json_t *value;

	json_object_foreach(extension_dictionary(c, "pdf-ext", "document_info_dict"), name, value)
		if (!in_list(pdf_entries, name, strlen(name), strncmp))
			report_name(c, RULE_PDF_DOC_INFO, AT(&here, name), "%s is no entry of a PDF document information dictionary",
			    quoted(c, name));
}

/* ISO 3166-1 alpha-2, officially assigned codes, 2024. */
static const char countries[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF "
    "CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH "
    "GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW "
    "KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG "
    "NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN "
    "SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT "
    "ZA ZM ZW ";

void
rule_country(struct check *c)
{
	const char *s = member_string(c->object, "country");
	char want[4];

	if (s == NULL || strcmp(c->type, "location") != 0)
		return;
	/* the standard's own example has it in lower case (4.10) */
	snprintf(want, sizeof(want), "%c%c ", toupper((unsigned char)s[0]), s[0] != '\0' ? toupper((unsigned char)s[1]) : 0);
	if (strlen(s) != 2 || !isalpha((unsigned char)s[0]) || !isalpha((unsigned char)s[1]) || strstr(countries, want) == NULL)
		report(c, RULE_COUNTRIES, AT(NULL, "country"), "%s is no country code of ISO 3166-1 alpha-2", quoted(c, s));
}
