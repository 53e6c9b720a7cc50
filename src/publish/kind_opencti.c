/*
 * The kind of target "opencti": an OpenCTI "TAXII Push" collection. Its talk is TAXII; what it gets is rendered: OpenCTI drops
 * what it does not know without a word, and refuses relationships that its own model does not have.
 */
#include <stdlib.h>
#include <string.h>

#include "publish/publish_in.h"

/* The octets of an id's type. */
static size_t
type_len(const char *id)
{
	const char *dashes = strstr(id, "--");

	return dashes != NULL ? (size_t)(dashes - id) : strlen(id);
}

/* ---- what is dropped ----------------------------------------------------------------------------------------------------- */

static int
is_dropped_type(const char *id)
{
	return strncmp(id, "x-", 2) == 0 || strncmp(id, "extension-definition", 20) == 0;
}

/* OpenCTI's own extensions; it drops all others. */
static const char *const own_extensions[] = {
	"extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba",
	"extension-definition--f93e2c80-4231-4f9a-af8b-95c9bd566a82",
};

static void
extensions(json_t *o, struct publish_lost *lost)
{
	json_t *all = json_object_get(o, "extensions"), *kept = json_object(), *v;
	const char *name;

	json_object_foreach(all, name, v) {
		if (strcmp(name, own_extensions[0]) == 0 || strcmp(name, own_extensions[1]) == 0)
			json_object_set(kept, name, v);
		else
			publish_lose(lost, strcmp(name, STIX_EVIDENCE_ID) == 0 ? "evidence extension dropped" : "extension dropped");
	}
	if (json_object_size(kept) > 0)
		json_object_set(o, "extensions", kept);
	else if (all != NULL)
		json_object_del(o, "extensions");
	json_decref(kept);
}

/* References with neither URL nor id of their own vanish there; one whose text has a date would date the relationship. */
static void
external_references(json_t *o, struct publish_lost *lost)
{
	int relation = strcmp(stix_text(o, "type"), "relationship") == 0;
	json_t *all = json_object_get(o, "external_references"), *kept = json_array(), *r;
	size_t i;

	json_array_foreach(all, i, r) {
		if (!relation && (*stix_text(r, "url") != '\0' || *stix_text(r, "external_id") != '\0'))
			json_array_append(kept, r);
		else
			publish_lose(lost, "external reference dropped");
	}
	if (json_array_size(kept) > 0)
		json_object_set(o, "external_references", kept);
	else if (all != NULL)
		json_object_del(o, "external_references");
	json_decref(kept);
}

/* OpenCTI has no language-content: its text is a note on the same object, under an id that follows from its own. */
static void
note_id(const char *language_content, char out[STIX_ID])
{
	stix_id("note", "", language_content, out);
}

static void
references(json_t *o)
{
	json_t *all = json_object_get(o, "object_refs"), *kept = json_array(), *r;
	char note[STIX_ID];
	size_t i;

	json_array_foreach(all, i, r) {
		if (json_is_string(r) && stix_id_is(json_string_value(r), "language-content")) {
			note_id(json_string_value(r), note);
			json_array_append_new(kept, json_string(note));
		} else if (!json_is_string(r) || !is_dropped_type(json_string_value(r)))
			json_array_append(kept, r);
	}
	if (all != NULL)
		json_object_set(o, "object_refs", kept);
	json_decref(kept);
}

/* The texts of one language, a paragraph each, lists as lists. */
static void
paragraphs(const json_t *contents, struct buf *b)
{
	const char *name;
	json_t *v, *one;
	size_t i;

	json_object_foreach((json_t *)contents, name, v) {
		if (json_is_string(v))
			buf_printf(b, "%s**%s:** %s", b->len > 0 ? "\n\n" : "", name, json_string_value(v));
		json_array_foreach(v, i, one)
			if (json_is_string(one))
				buf_printf(b, "%s**%s:** %s", b->len > 0 ? "\n\n" : "", name, json_string_value(one));
	}
}

static json_t *
note(const json_t *o)
{
	static const char *const kept[] = { "created_by_ref", "created", "modified", "revoked", "labels", "confidence",
	    "object_marking_refs" };
	json_t *n = json_pack("{s:s, s:s}", "type", "note", "spec_version", "2.1"), *contents;
	struct buf text_of = BUF_INIT(LIMIT_JSON_STRING), languages = BUF_INIT(LIMIT_JSON_STRING);
	char id[STIX_ID];
	const char *tag;

	note_id(stix_text(o, "id"), id);
	json_object_set_new(n, "id", json_string(id));
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (json_object_get(o, kept[i]) != NULL)
			json_object_set(n, kept[i], json_object_get(o, kept[i]));
	json_object_foreach(json_object_get(o, "contents"), tag, contents) {
		buf_printf(&languages, "%s%s", languages.len > 0 ? ", " : "", tag);
		paragraphs(contents, &text_of);
	}
	json_object_set_new(n, "abstract", json_string(buf_str(&languages)));
	json_object_set_new(n, "content", json_string(buf_str(&text_of)));
	json_object_set_new(n, "object_refs", json_pack("[s]", stix_text(o, "object_ref")));
	buf_free(&text_of);
	buf_free(&languages);
	return n;
}

/* What it drops for lack of a property that STIX does not ask for. */
static void
fill_in(json_t *o)
{
	const char *type = stix_text(o, "type");

	if (strcmp(type, "malware-analysis") == 0 && json_object_get(o, "result_name") == NULL)
		json_object_set(o, "result_name", json_object_get(o, stix_text(o, "result")[0] != '\0' ? "result" : "product"));
	if (strcmp(type, "grouping") == 0 && json_object_get(o, "name") == NULL)
		json_object_set(o, "name", json_object_get(o, "context"));
}

/* ---- markings ------------------------------------------------------------------------------------------------------------ */

/* OpenCTI has the TLP 1 objects from the start, and this one, which is no object of a standard. */
#define AMBER_STRICT	"marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"

static const char *
marking_id(const char *id)
{
	const struct stix_tlp *t = stix_tlp_find(id);

	if (t == NULL || t->version != 2)
		return id;
	return t->sibling != NULL ? t->sibling : AMBER_STRICT;
}

static json_t *
marking(const json_t *o)
{
	const struct stix_tlp *t = stix_tlp_find(stix_text(o, "id"));

	if (t == NULL || t->version != 2)
		return json_copy((json_t *)o);
	if (t->sibling != NULL)
		return stix_tlp_object(stix_tlp_find(t->sibling));
	return json_pack("{s:s, s:s, s:s, s:O, s:s, s:s, s:{s:s}}", "type", "marking-definition", "spec_version", "2.1", "id",
	    AMBER_STRICT, "created", json_object_get(o, "created"), "name", t->name, "definition_type", "tlp", "definition", "tlp",
	    t->level);
}

static void
marking_refs(json_t *o)
{
	json_t *all = json_object_get(o, "object_marking_refs"), *mapped = json_array(), *r;
	size_t i;

	json_array_foreach(all, i, r)
		json_array_append_new(mapped, json_string(marking_id(json_string_value(r) != NULL ? json_string_value(r) : "")));
	if (all != NULL)
		json_object_set(o, "object_marking_refs", mapped);
	json_decref(mapped);
}

/* ---- indicators ---------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *type, *theirs;
} main_types[] = {
	{ "autonomous-system", "Autonomous-System" }, { "domain-name", "Domain-Name" }, { "email-addr", "Email-Addr" },
	{ "file", "StixFile" }, { "ipv4-addr", "IPv4-Addr" }, { "ipv6-addr", "IPv6-Addr" }, { "mutex", "Mutex" }, { "url", "Url" },
	{ "windows-registry-key", "Windows-Registry-Key" },
};

/* The score is the confidence unless it is stated; the main type is that of the pattern's first comparison. */
static void
indicator(json_t *o)
{
	const char *p = stix_text(o, "pattern");
	json_t *confidence = json_object_get(o, "confidence");
	size_t i, n;

	if (json_is_integer(confidence) && json_object_get(o, "x_opencti_score") == NULL)
		json_object_set(o, "x_opencti_score", confidence);
	if (strcmp(stix_text(o, "pattern_type"), "stix") != 0 || json_object_get(o, "x_opencti_main_observable_type") != NULL)
		return;
	p += strspn(p, "[( ");
	n = strcspn(p, ":");
	for (i = 0; i < ARRAY_LEN(main_types); i++)
		if (strlen(main_types[i].type) == n && strncmp(main_types[i].type, p, n) == 0)
			json_object_set_new(o, "x_opencti_main_observable_type", json_string(main_types[i].theirs));
}

/* ---- the kind -------------------------------------------------------------------------------------------------------------- */

static int
relationship(json_t *o, struct publish_lost *lost)
{
	const char *from = stix_text(o, "source_ref"), *to = stix_text(o, "target_ref"), *by = stix_text(o, "relationship_type");
	char what[160];

	if (is_dropped_type(from) || is_dropped_type(to) || strcmp(from, to) == 0) {
		publish_lose(lost, "relationship dropped");
		return -1;
	}
	if (stix_opencti_relates(from, by, to))
		return 0;
	snprintf(what, sizeof(what), "%.*s %.40s %.*s sent as related-to", (int)(type_len(from) < 40 ? type_len(from) : 40), from, by,
	    (int)(type_len(to) < 40 ? type_len(to) : 40), to);
	publish_lose(lost, what);
	json_object_set_new(o, "relationship_type", json_string("related-to"));
	return 0;
}

json_t *
opencti_render(const json_t *object, struct publish_lost *lost)
{
	const char *type = stix_text(object, "type");
	char what[100];
	json_t *o;

	if (is_dropped_type(type) || (strcmp(type, "sighting") == 0 && json_object_get(object, "where_sighted_refs") == NULL)) {
		snprintf(what, sizeof(what), "%.80s dropped", type);
		publish_lose(lost, what);
		return NULL;
	}
	if (strcmp(type, "language-content") == 0) {
		publish_lose(lost, "language-content sent as note");
		o = note(object);
	} else
		o = strcmp(type, "marking-definition") == 0 ? marking(object) : json_copy((json_t *)object);
	fill_in(o);
	extensions(o, lost);
	external_references(o, lost);
	references(o);
	marking_refs(o);
	if (json_object_del(o, "granular_markings") == 0)
		publish_lose(lost, "granular markings dropped");
	if (strcmp(type, "indicator") == 0)
		indicator(o);
	if (strcmp(type, "relationship") != 0 || relationship(o, lost) == 0)
		return o;
	json_decref(o);
	return NULL;
}

/* Its workers take a POST apart, and import what refers to an object that is not in it without the reference. */
#define BATCH	10000

static int
opencti_open(struct dest *d, struct err *e)
{
	if (kind_taxii.open(d, e) != 0) {
		if (e != NULL && strstr(e->text, "404") != NULL)
			err_prefix(e, "OpenCTI shows a TAXII push collection only when it is started and shared with this user");
		return -1;
	}
	if (d->target->batch == 0)
		d->batch = BATCH;
	return 0;
}

static enum sent_how
opencti_send(struct dest *d, const char *envelope, size_t n, int again, struct sent *out, struct err *e)
{
	return kind_taxii.send(d, envelope, n, again, out, e);
}

static int
opencti_ask(struct dest *d, const char *id, struct taxii_status *out, int *gone, struct err *e)
{
	return kind_taxii.ask(d, id, out, gone, e);
}

const struct publish_kind kind_opencti = {
	.name = "opencti", .open = opencti_open, .send = opencti_send, .ask = opencti_ask, .render = opencti_render, .beside = 1,
	.review = &kind_opencti_review,
};
