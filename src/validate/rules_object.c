/* Rules that span the properties of one object. */
#include <string.h>

#include "validate/rules.h"

static int
is_type(const struct check *c, const char *type)
{
	return strcmp(c->type, type) == 0;
}

/* The version digit of the UUID in an id, or 0 when it is no id. */
static int
uuid_version(const char *id)
{
	size_t n = stix_id_type(id);

	return n > 0 && strlen(id) == n + 2 + UUID_TEXT - 1 && uuid_valid(id + n + 2, UUID_TEXT - 1) ? id[n + 16] - '0' : 0;
}

void
rule_id_type(struct check *c)
{
	size_t n = stix_id_type(c->id);

	if (n > 0 && (strlen(c->type) != n || memcmp(c->id, c->type, n) != 0))
		report(c, RULE_ID_TYPE, AT(NULL, "id"), "id is %s; an id begins with the type of the object, %s--", quoted(c, c->id),
		    c->type);
}

/* ---- times ------------------------------------------------------------------------------------------------------------- */

/* Two times of an object that belong together; type NULL: of any. strict: the later one is after, not at, the earlier. */
static const struct time_pair {
	const char *type, *earlier, *later;
	int strict;
	enum rule_id rule;
	const char *clause;
} time_pairs[] = {
	{ NULL, "created", "modified", 0, RULE_TIME_ORDER, "3.2" },
	{ NULL, "first_seen", "last_seen", 0, RULE_TIME_ORDER, NULL },
	{ NULL, "valid_from", "valid_until", 1, RULE_TIME_ORDER, "4.7.1" },
	{ "observed-data", "first_observed", "last_observed", 0, RULE_TIME_ORDER, "4.14.1" },
	{ "relationship", "start_time", "stop_time", 1, RULE_TIME_ORDER, "5.1.2" },
	{ "network-traffic", "start", "end", 0, RULE_TIME_ORDER, "6.12.1" },
	{ "malware-analysis", "analysis_started", "analysis_ended", 0, RULE_TIME_SENSE, "4.12.1" },
	{ "x509-certificate", "validity_not_before", "validity_not_after", 0, RULE_TIME_SENSE, "6.18.1" },
	{ "user-account", "account_first_login", "account_last_login", 0, RULE_TIME_SENSE, "6.16.1" },
};

static int
stamp_of(const json_t *object, const char *name, struct stamp *out)
{
	const json_t *t = json_object_get(object, name);

	return json_is_string(t) ? stamp_parse(json_string_value(t), json_string_length(t), out) : -1;
}

static void
times(struct check *c, enum rule_id rule)
{
	const struct time_pair *p;
	struct stamp a, b;
	const char *clause;

	for (p = time_pairs; p < time_pairs + ARRAY_LEN(time_pairs); p++) {
		if (p->rule != rule || (p->type != NULL && !is_type(c, p->type)) || stamp_of(c->object, p->earlier, &a) != 0 ||
		    stamp_of(c->object, p->later, &b) != 0 || stamp_cmp(b, a) >= p->strict)
			continue;
		clause = p->clause != NULL ? p->clause : c->shape != NULL ? c->shape->clause : NULL;
		report_pointer(c, rule, arena_printf(c->v->scratch, "/%s", p->later), 0, clause, "%s %s is %s %s %s", p->later,
		    member_string(c->object, p->later), p->strict ? "not after" : "before", p->earlier,
		    member_string(c->object, p->earlier));
	}
}

void
rule_time_order(struct check *c)
{
	times(c, RULE_TIME_ORDER);
}

void
rule_time_sense(struct check *c)
{
	times(c, RULE_TIME_SENSE);
}

/* ---- ids of SCOs and others --------------------------------------------------------------------------------------------- */

void
rule_sco_uuid4(struct check *c)
{
	char want[STIX_ID];
	int version = uuid_version(c->id);

	if (!c->sco || c->row == NULL || c->row->custom || c->container != NULL || version == 0 || version == 4 ||
	    c->v->nbad > 0)
		return;
	if (stix_sco_id(c->v->model, c->object, want) != 0)
		report(c, RULE_SCO_UUID4, AT(NULL, "id"), "%s has no property that contributes to the id: its UUID is a random one, "
		    "version 4, not version %d", c->type, version);
}

void
rule_sco_id(struct check *c)
{
	char want[STIX_ID];

	/* an id of another version follows no rule that could be recomputed; what it breaks is said by 103 */
	if (!c->sco || c->row == NULL || c->container != NULL || uuid_version(c->id) != 5)
		return;
	if (stix_sco_id(c->v->model, c->object, want) == 0 && strcmp(want, c->id) != 0) {
		report(c, RULE_SCO_ID, AT(NULL, "id"), "the deterministic id of this object is %s", want);
		report_fix(c, RULE_SCO_ID, want);
	}
}

void
rule_uuid_check(struct check *c)
{
	char want[STIX_ID];
	int version = uuid_version(c->id);

	if (version == 0 || c->container != NULL)
		return;
	if (!c->sco) {
		if (version != 4)
			report(c, RULE_UUID_CHECK, AT(NULL, "id"), "the UUID is of version %d; a random one, version 4, is recommended",
			    version);
	} else if (version != 5 && c->row != NULL && stix_sco_id(c->v->model, c->object, want) == 0) {
		report(c, RULE_UUID_CHECK, AT(NULL, "id"), "the UUID is of version %d; the deterministic id of this object is %s", version,
		    want);
	}
}

/* ---- single types --------------------------------------------------------------------------------------------------------- */

/* =?charset?B or Q?text?= */
static int
has_encoded_word(const char *s)
{
	const char *p = strstr(s, "=?"), *q;

	for (; p != NULL; p = strstr(p + 2, "=?"))
		if ((q = strchr(p + 2, '?')) != NULL && q > p + 2 && q[1] != '\0' && strchr("BbQq", q[1]) != NULL && q[2] == '?' &&
		    strstr(q + 3, "?=") != NULL && (size_t)(q - p) < 40)
			return 1;
	return 0;
}

void
rule_encoded_word(struct check *c)
{
	const char *subject;

	if ((subject = member_string(c->object, "subject")) != NULL && has_encoded_word(subject))
		report(c, RULE_ENCODED_WORD, AT(NULL, "subject"), "subject is encoded (RFC 2047): %s; it stands here as decoded text",
		    quoted(c, subject));
}

/* What is written so that nobody clicks it is judged by nobody. */
static int
is_defanged(const struct check *c)
{
	return json_is_true(json_object_get(c->object, "defanged"));
}

void
rule_uri(struct check *c)
{
	const char *s = member_string(c->object, "value");

	if (s != NULL && !is_defanged(c) && json_format("uri", s, strlen(s)) == 0)
		report_pointer(c, RULE_URI, "/value", 0, "6.15.1", "%s is no URL of RFC 3986", quoted(c, s));
}

void
rule_domain(struct check *c)
{
	const char *s = member_string(c->object, "value"), *p;
	size_t n;

	for (p = s; p != NULL && *p != '\0' && !is_defanged(c); p += n + (p[n] == '.')) {
		n = strcspn(p, ".");
		if (n > 0 && (p[0] == '-' || p[n - 1] == '-' || memchr(p, '_', n) != NULL)) {
			report(c, RULE_DOMAIN_FORM, AT(NULL, "value"), "%s has a label that no host name has: %.*s", quoted(c, s),
			    (int)n, p);
			return;
		}
	}
}

/* Does the translation have the data type that the schemas of the object's type ask for? */
static void
translation(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	const char *want = s != NULL ? s->json_type : NULL, *name;
	const json_t *item;
	json_t *member;
	size_t i;

	/* times, references and the like are not translated, and are ignored */
	if (want == NULL || (s->kind != KIND_NONE && s->kind != KIND_DICTIONARY && s->kind != KIND_KILL_CHAIN && s->kind != KIND_REFERENCE))
		return;
	if ((strcmp(want, "string") == 0 && !json_is_string(v)) || (strcmp(want, "array") == 0 && !json_is_array(v)) ||
	    (strcmp(want, "object") == 0 && !json_is_object(v))) {
		report(c, RULE_LANGUAGE_CONTENT, at, "what is translated here is %s, and its translation is one too",
		    strcmp(want, "string") == 0 ? "a text" : strcmp(want, "array") == 0 ? "a list" : "an object");
		return;
	}
	json_array_foreach(v, i, item)
		translation(c, AT_INDEX(at, i), shape_item(c->v, s), item);
	json_object_foreach((json_t *)v, name, member)
		translation(c, AT(at, name), shape_member(c->v, s, name), member);
}

void
rule_language_content(struct check *c)
{
	const char *target = member_string(c->object, "object_ref"), *tag, *name;
	size_t n = target != NULL ? stix_id_type(target) : 0;
	struct validate_type *t = n > 0 ? type_find(c->v, arena_strndup(c->v->scratch, target, n)) : NULL;
	json_t *lang, *v;

	if (t == NULL)
		return;
	json_object_foreach(json_object_get(c->object, "contents"), tag, lang)
		json_object_foreach(lang, name, v) {
			const struct at contents = { NULL, "contents", 0 }, in = { &contents, tag, 0 }, at = { &in, name, 0 };

			translation(c, &at, shape_named(c->v, t->shape, name), v);
		}
}

void
rule_empty_name(struct check *c)
{
	const char *name = member_string(c->object, "name");

	if (name != NULL && name[strspn(name, " \t\n")] == '\0')
		report(c, RULE_EMPTY_NAME, AT(NULL, "name"), "the name is empty");
}

void
rule_product(struct check *c)
{
	const char *product;

	if ((product = member_string(c->object, "product")) != NULL && !is_vocab_form(product))
		report(c, RULE_MALWARE_PRODUCT, AT(NULL, "product"), "%s is not all lower case with hyphens", quoted(c, product));
}

void
rule_priority(struct check *c)
{
	const json_t *ext = json_object_get(json_object_get(c->object, "extensions"), "windows-process-ext");
	const char *s = member_string(ext, "priority");
	size_t n = s != NULL ? strlen(s) : 0;

	if (s != NULL && (n < 6 || strcmp(s + n - 6, "_CLASS") != 0))
		report(c, RULE_PRIORITY_FORMAT, AT(AT(AT(NULL, "extensions"), "windows-process-ext"), "priority"),
		    "priority %s does not end in _CLASS", quoted(c, s));
}

void
rule_http_case(struct check *c)
{
	static const char *const names[] = { "request_method", "request_version" };
	const json_t *ext = json_object_get(json_object_get(c->object, "extensions"), "http-request-ext");
	const char *s;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if ((s = member_string(ext, names[i])) != NULL && s[strcspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0')
			report(c, RULE_HTTP_CASE, AT(AT(AT(NULL, "extensions"), "http-request-ext"), names[i]),
			    "%s %s is not in lower case", names[i], quoted(c, s));
}

void
rule_marking_type(struct check *c)
{
	const char *s;

	if ((s = member_string(c->object, "definition_type")) != NULL &&
	    strcmp(s, "statement") != 0 && strcmp(s, "tlp") != 0)
		report(c, RULE_MARKING_TYPE, AT(NULL, "definition_type"), "definition_type is %s; other markings than statement and tlp "
		    "are made with an extension", quoted(c, s));
}

void
rule_tlp(struct check *c)
{
	const json_t *ext = json_object_get(json_object_get(c->object, "extensions"), STIX_TLP2_EXTENSION);
	const char *level = member_string(ext, "tlp_2_0");
	const struct stix_tlp *tlp;

	if (level == NULL)
		return;
	tlp = stix_tlp_find(level);
	if (tlp != NULL && tlp->version == 2 && strcmp(tlp->id, c->id) != 0)
		report(c, RULE_TLP_LEVEL, AT(NULL, "id"), "%s has an object of its own: %s", tlp->name, tlp->id);
}

void
rule_relationship(struct check *c)
{
	const char *rel = member_string(c->object, "relationship_type"), *src = member_string(c->object, "source_ref");
	const char *dst = member_string(c->object, "target_ref"), *a, *b;
	size_t na, nb;
	int known;

	/* ends that no relationship may have are the schema's finding */
	if (c->v->nbad > 0 || rel == NULL || src == NULL || dst == NULL || (na = stix_id_type(src)) == 0 ||
	    (nb = stix_id_type(dst)) == 0)
		return;
	a = arena_strndup(c->v->scratch, src, na);
	b = arena_strndup(c->v->scratch, dst, nb);
	known = stix_triple(c->v->model, a, rel, b);
	if (known == 2)
		report(c, RULE_BASED_ON, AT(NULL, "relationship_type"), "%s %s %s is not in the standard: an indicator is based-on "
		    "observed-data", a, rel, b);
	else if (known == 0)
		report(c, RULE_RELATIONSHIP_TYPES, AT(NULL, "relationship_type"), "%s %s %s is no relationship of the standard", a,
		    quoted(c, rel), b);
}

void
rule_ports(struct check *c)
{
	if ((json_object_get(c->object, "src_port") == NULL ||
	    json_object_get(c->object, "dst_port") == NULL))
		report(c, RULE_TRAFFIC_PORTS, NULL, "src_port and dst_port belong to network-traffic");
}

void
rule_indicator(struct check *c)
{
	int name = json_object_get(c->object, "name") != NULL, description = json_object_get(c->object, "description") != NULL;

	if (!(name && description))
		report(c, RULE_INDICATOR_PROPERTIES, NULL, "the indicator has no %s", name ? "description" : description ? "name" :
		    "name and no description");
}

void
rule_deprecated(struct check *c)
{
	if (json_object_get(c->object, "objects") != NULL)
		report_name(c, RULE_DEPRECATED, AT(NULL, "objects"), "objects is deprecated; refer to the objects with object_refs");
}

void
rule_extension_description(struct check *c)
{
	if (json_object_get(c->object, "description") == NULL)
		report(c, RULE_EXTENSION_DESCRIPTION, NULL, "the extension-definition has no description");
}

void
rule_extension_properties(struct check *c)
{
	const json_t *item;
	size_t i;

	if (json_object_get(c->object, "extension_properties") != NULL)
		return;
	json_array_foreach(json_object_get(c->object, "extension_types"), i, item)
		if (json_is_string(item) && strcmp(json_string_value(item), "toplevel-property-extension") == 0)
			report(c, RULE_EXTENSION_PROPERTIES, AT_INDEX(AT(NULL, "extension_types"), i),
			    "extension_properties is missing: a toplevel-property-extension names its properties");
}
