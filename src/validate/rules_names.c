/* Names that come from registries outside the standard: schemas/stix/common/registries.json has them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "validate/rules.h"

/* Where a name of a registry stands, and whose finding it is when it is none. */
static const struct name_row {
	enum rule_id rule;
	const char *type;		/* of the object; NULL: any SCO */
	const char *path[4];		/* member names from the object */
	enum { VALUE, LIST, KEYS } what;	/* the value there, the strings of its list, the keys of its dictionary */
	const char *registry;
	int exact;			/* the spelling counts */
	const char *message;
} name_rows[] = {
	{ RULE_CHARACTER_SET, NULL, { "name_enc" }, VALUE, "character-sets", 0, "%s is no character set registered with IANA" },
	{ RULE_CHARACTER_SET, NULL, { "path_enc" }, VALUE, "character-sets", 0, "%s is no character set registered with IANA" },
	{ RULE_MIME_TYPE, "file", { "mime_type" }, VALUE, "media-types", 0, "%s is no media type registered with IANA" },
	{ RULE_MIME_TYPE, "artifact", { "mime_type" }, VALUE, "media-types", 0, "%s is no media type registered with IANA" },
	{ RULE_PROTOCOLS, "network-traffic", { "protocols" }, LIST, "protocols", 0, "%s is no service name registered with IANA" },
	{ RULE_IPFIX, "network-traffic", { "ipfix" }, KEYS, "ipfix-elements", 1, "%s is no IPFIX element registered with IANA" },
	{ RULE_HTTP_HEADERS, "network-traffic", { "extensions", "http-request-ext", "request_header" }, KEYS, "http-request-headers", 0,
	    "%s is no registered HTTP request header" },
	{ RULE_SOCKET_OPTIONS, "network-traffic", { "extensions", "socket-ext", "options" }, KEYS, "socket-options", 1,
	    "%s is no socket option" },
	{ RULE_PDF_DOC_INFO, "file", { "extensions", "pdf-ext", "document_info_dict" }, KEYS, "pdf-document-info", 1,
	    "%s is no entry of a PDF document information dictionary" },
	{ RULE_COUNTRIES, "location", { "country" }, VALUE, "countries", 0, "%s is no country code of ISO 3166-1 alpha-2" },
};

/* Is the name in the registry? Its list is sorted without regard to case. */
static int
registered(struct check *c, const struct name_row *row, const char *name)
{
	const json_t *list = registry_list(c->v, row->registry);
	size_t low = 0, high = json_array_size(list), mid;
	const char *there;
	int cmp;

	while (low < high) {
		mid = (low + high) / 2;
		there = json_string_value(json_array_get(list, mid));
		if ((cmp = strcasecmp(name, there)) == 0)
			return !row->exact || strcmp(name, there) == 0;
		if (cmp < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return 0;
}

static void
judge_name(struct check *c, const struct name_row *row, const struct at *at, const char *name)
{
	/* every message has one %s */
	if (!registered(c, row, name)) {
		const char *text = arena_printf(c->v->scratch, "%.*s%s%s", (int)(strstr(row->message, "%s") - row->message), row->message,
		    quoted(c, name), strstr(row->message, "%s") + 2);

		if (row->what == KEYS)
			report_name(c, row->rule, at, "%s", text);
		else
			report(c, row->rule, at, "%s", text);
	}
}

static void
judge_row(struct check *c, const struct name_row *row)
{
	struct at way[ARRAY_LEN(row->path)];
	const json_t *v = c->object, *item;
	const char *name;
	json_t *member;
	size_t i;

	for (i = 0; i < ARRAY_LEN(row->path) && row->path[i] != NULL; i++) {
		if ((v = json_object_get(v, row->path[i])) == NULL)
			return;
		way[i] = (struct at){ i > 0 ? &way[i - 1] : NULL, row->path[i], 0 };
	}
	if (row->what == VALUE && json_is_string(v))
		judge_name(c, row, &way[i - 1], json_string_value(v));
	if (row->what == KEYS)
		json_object_foreach((json_t *)v, name, member)
			judge_name(c, row, AT(&way[i - 1], name), name);
	if (row->what == LIST) {
		size_t k;

		json_array_foreach(v, k, item)
			if (json_is_string(item))
				judge_name(c, row, AT_INDEX(&way[i - 1], k), json_string_value(item));
	}
}

void
rule_names(struct check *c)
{
	const struct name_row *row;

	for (row = name_rows; row < name_rows + ARRAY_LEN(name_rows); row++)
		if (rule_on(c->v, row->rule) && (row->type != NULL ? strcmp(row->type, c->type) == 0 : c->sco))
			judge_row(c, row);
}
