/*
 * Facts to bundles. A case is a folder of tests/golden/ with facts.json, bundle.json and perhaps options.json; the bundle has to
 * be the same byte for byte. GOLDEN_WRITE=1 writes the bundles instead of comparing them.
 */
#include <dirent.h>

#include "convert/convert.h"
#include "json/json.h"
#include "tap.h"

static struct stix_model *m;

static const char *
srcdir(void)
{
	const char *s = getenv("SRCDIR");

	return s ? s : "..";
}

static json_t *
load(const char *path, int must)
{
	struct json_text *t = NULL;
	struct err e = ERR_INIT;
	json_t *v = NULL;

	if (json_read_file(path, LIMIT_JSON_TEXT, &t, &e) == 0) {
		v = json_incref(json_text_root(t));
		json_text_free(t);
	} else if (must)
		printf("# %s\n", e.text);
	return v;
}

static json_t *
parse(const char *text)
{
	json_error_t err;
	json_t *v = json_loads(text, 0, &err);

	if (v == NULL) {
		printf("Bail out! bad JSON in the test: %s\n", err.text);
		exit(1);
	}
	return v;
}

/* ---- options.json --------------------------------------------------------------------------------------------------------- */

struct setup {
	struct compose_options o;
	json_t *file, *source, *markings;
};

static void
setup_init(struct setup *s, json_t *file)
{
	const char *text;
	json_t *v;
	size_t i;

	memset(s, 0, sizeof(*s));
	s->o = (struct compose_options)COMPOSE_INIT;
	s->o.model = m;
	s->file = file;
	if ((text = json_string_value(json_object_get(file, "now"))) != NULL && stamp_parse(text, strlen(text), &s->o.now) != 0)
		printf("# options.json: now\n");
	s->o.identity = json_object_get(file, "identity");
	s->o.source_name = json_string_value(json_object_get(file, "source_name"));
	s->o.report = json_object_get(file, "report");
	s->o.flags = (unsigned)json_integer_value(json_object_get(file, "flags"));
	s->o.min_confidence = (int)json_integer_value(json_object_get(file, "min_confidence"));
	if ((v = json_object_get(file, "confidence")) != NULL)
		s->o.confidence = (int)json_integer_value(v);
	if ((text = json_string_value(json_object_get(file, "source"))) != NULL)
		s->source = stix_identity(NULL, json_string_value(json_object_get(s->o.identity, "id")), text, "organization",
		    "2024-01-01T00:00:00.000Z");
	s->o.source = s->source;
	s->markings = json_array();
	json_array_foreach(json_object_get(file, "markings"), i, v)
		json_array_append_new(s->markings, stix_tlp_object(stix_tlp_find(json_string_value(v))));
	s->o.markings = s->markings;
}

static void
setup_free(struct setup *s)
{
	json_decref(s->file);
	json_decref(s->source);
	json_decref(s->markings);
}

/* ---- what holds for every bundle ----------------------------------------------------------------------------------------- */

static const char *
str(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? s : "";
}

/* The members stand in the order of the type's list. */
static int
in_order(const json_t *o)
{
	const struct stix_type *t = stix_type(m, str(o, "type"));
	const char *name;
	json_t *v;
	size_t i = 0;

	if (t == NULL)
		return 0;
	json_object_foreach((json_t *)o, name, v) {
		while (i < t->nprop && strcmp(t->props[i].name, name) != 0)
			i++;
		if (i++ == t->nprop)
			return 0;
	}
	return 1;
}

/* Every reference leads to an object of the bundle, of a type that it may have. */
static int
refs_hold(const json_t *o, json_t *ids)
{
	const struct stix_type *t = stix_type(m, str(o, "type"));
	const struct stix_prop *p;
	const char *name, *target;
	json_t *v, *one;
	size_t i;

	json_object_foreach((json_t *)o, name, v) {
		p = stix_prop(t, name);
		if (p->ref_types == NULL)
			continue;
		for (i = 0; i < (json_is_array(v) ? json_array_size(v) : 1); i++) {
			one = json_is_array(v) ? json_array_get(v, i) : v;
			target = json_string_value(json_object_get(ids, json_string_value(one)));
			if (target == NULL || !stix_in(m, p->ref_types, target, NULL)) {
				printf("# %s of %s: %s\n", name, str(o, "id"), json_string_value(one));
				return 0;
			}
		}
	}
	return 1;
}

static int
is_content(const json_t *o)
{
	const struct stix_type *t = stix_type(m, str(o, "type"));

	return strcmp(str(o, "type"), "report") != 0 &&
	    (t->category == STIX_SDO || t->category == STIX_SCO || t->category == STIX_SRO);
}

static int
triple_holds(const json_t *o, json_t *ids)
{
	return strcmp(str(o, "type"), "relationship") != 0 ||
	    stix_triple(m, json_string_value(json_object_get(ids, str(o, "source_ref"))), str(o, "relationship_type"),
	    json_string_value(json_object_get(ids, str(o, "target_ref")))) != 0;
}

static void
check_bundle(const json_t *bundle, const char *what)
{
	json_t *objects = json_object_get(bundle, "objects"), *ids = json_object(), *uuids = json_object(), *o;
	int order = 1, refs = 1, unique = 1, triples = 1;
	size_t i, content = 0, listed;
	char text[400];

	json_array_foreach(objects, i, o) {
		unique &= json_object_get(uuids, strstr(str(o, "id"), "--")) == NULL;
		json_object_set(uuids, strstr(str(o, "id"), "--"), o);
		json_object_set(ids, str(o, "id"), json_object_get(o, "type"));
		content += is_content(o);
	}
	json_array_foreach(objects, i, o) {
		order &= in_order(o);
		refs &= refs_hold(o, ids);
		triples &= triple_holds(o, ids);
	}
	o = json_array_get(objects, json_array_size(objects) - 1);
	listed = json_array_size(json_object_get(o, "object_refs"));
	snprintf(text, sizeof(text), "%s: the report comes last and lists every SDO, SCO and SRO", what);
	ok(strcmp(str(o, "type"), "report") == 0 && listed == content, text);
	snprintf(text, sizeof(text), "%s: members in the standard's order, none unknown", what);
	ok(order, text);
	snprintf(text, sizeof(text), "%s: references lead somewhere, to a permitted type", what);
	ok(refs, text);
	snprintf(text, sizeof(text), "%s: no two objects share a UUID (2.9)", what);
	ok(unique, text);
	snprintf(text, sizeof(text), "%s: only triples of the standard and the one exception", what);
	ok(triples, text);
	json_decref(ids);
	json_decref(uuids);
}

/* Gives the engine the schemas of the program. */
static int
schema_file(void *arg, const char *uri, struct buf *text, struct err *e)
{
	static const char root[] = "https://stixpress.example/schemas/2.1/";
	const struct embedded *f = strncmp(uri, root, sizeof(root) - 1) == 0 ? embedded_find(embedded_schemas, uri + sizeof(root) - 1) :
	    NULL;

	(void)arg;
	(void)e;
	if (f != NULL)
		buf_add(text, f->data, f->len);
	return f != NULL;
}

static void
schema_says(void *arg, const struct schema_finding *f)
{
	printf("# %s%s: %s\n", (const char *)arg, f->instance, f->message);
}

/* Is the object valid by the schema at stix/PATH.json? */
static int
by_schema(struct schema_set *set, struct schema_run *run, const char *folder, const char *name, const json_t *o)
{
	const struct schema *schema;
	struct err e = ERR_INIT;
	char uri[600];

	snprintf(uri, sizeof(uri), "https://stixpress.example/schemas/2.1/stix/%s%s.json", folder, name);
	if (schema_compile(set, uri, &schema, &e) != 0) {
		printf("# %s\n", e.text);
		return 0;
	}
	return schema_explain(run, schema, o, 3, schema_says, (void *)(uintptr_t)str(o, "id")) == SCHEMA_VALID;
}

/* Every object is valid by the schema of its type, and its evidence by that of the extension. */
static void
check_schemas(const json_t *bundle, const char *what)
{
	struct schema_set *set = schema_set_new(SCHEMA_FORMAT);
	struct schema_run *run = schema_run_new(set);
	json_t *o, *ext;
	int valid = 1;
	char text[400];
	size_t i;

	schema_set_loader(set, schema_file, NULL);
	valid &= by_schema(set, run, "", "bundle", bundle);
	json_array_foreach(json_object_get(bundle, "objects"), i, o) {
		valid &= by_schema(set, run, stix_type(m, str(o, "type"))->category == STIX_SCO ? "observables/" : "", str(o, "type"), o);
		if ((ext = json_object_get(json_object_get(o, "extensions"), STIX_EVIDENCE_ID)) != NULL)
			valid &= by_schema(set, run, "extensions/", STIX_EVIDENCE_ID, ext);
	}
	snprintf(text, sizeof(text), "%s: every object is valid by the schema of its type", what);
	ok(valid, text);
	schema_run_free(run);
	schema_set_free(set);
}

/* ---- golden cases --------------------------------------------------------------------------------------------------------- */

static void
compare(const char *path, const json_t *bundle, const char *what)
{
	struct buf got = BUF_INIT(LIMIT_JSON_TEXT), want = BUF_INIT(LIMIT_JSON_TEXT);
	struct file_out out;
	struct err e = ERR_INIT;

	json_write(bundle, &got, JSON_PRETTY, 0);
	buf_addc(&got, '\n');
	if (getenv("GOLDEN_WRITE") != NULL) {
		ok(file_out_open(&out, path, &e) == 0 && fwrite(buf_str(&got), 1, got.len, out.f) == got.len &&
		    file_out_commit(&out, &e) == 0, "written");
	} else if (file_read(path, LIMIT_JSON_TEXT, &want, &e) != 0)
		ok(0, e.text);
	else
		ok(got.len == want.len && memcmp(buf_str(&got), buf_str(&want), got.len) == 0, what);
	buf_free(&got);
	buf_free(&want);
}

static void
test_case(const char *dir, const char *name)
{
	char path[2048], what[400];
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct setup s;
	struct facts f;
	json_t *in, *again, *bundle = NULL;

	snprintf(path, sizeof(path), "%s/%s/options.json", dir, name);
	setup_init(&s, load(path, 0));
	snprintf(path, sizeof(path), "%s/%s/facts.json", dir, name);
	in = load(path, 1);
	snprintf(what, sizeof(what), "%s: facts read", name);
	if (ok(facts_from_json(a, in, &f, &e) == 0, what)) {
		again = facts_to_json(&f);
		snprintf(what, sizeof(what), "%s: facts written are the facts read", name);
		ok(json_equal(in, again), what);
		json_decref(again);
		snprintf(what, sizeof(what), "%s: composed", name);
		ok(compose(&f, &s.o, &bundle, &e) == 0, what);
		check_bundle(bundle, name);
		check_schemas(bundle, name);
		snprintf(path, sizeof(path), "%s/%s/bundle.json", dir, name);
		snprintf(what, sizeof(what), "%s: the bundle is the expected one, byte for byte", name);
		compare(path, bundle, what);
		json_decref(bundle);
		facts_release(&f);
	} else
		printf("# %s\n", e.text);
	json_decref(in);
	setup_free(&s);
	arena_free(a);
}

static int
visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void
test_golden(void)
{
	char dir[1024], path[2048];
	struct dirent **list;
	int i, n, cases = 0;
	FILE *f;

	snprintf(dir, sizeof(dir), "%s/tests/golden", srcdir());
	n = scandir(dir, &list, visible, alphasort);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s/facts.json", dir, list[i]->d_name);
		if ((f = fopen(path, "r")) != NULL) {
			fclose(f);
			test_case(dir, list[i]->d_name);
			cases++;
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	ok(cases >= 3, "there are golden cases");
}

/* ---- single rules --------------------------------------------------------------------------------------------------------- */

#define EVIDENCE	"\"evidence\":[{\"start\":10,\"end\":20,\"text\":\"A sentence.\",\"rule\":\"r\"}]"
#define FACTS(doc, entities, observables, relationships) \
	"{\"stixpress_facts\":1,\"document\":{\"lang\":\"en\"" doc "},\"entities\":[" entities "],\"observables\":[" observables \
	"],\"relationships\":[" relationships "]}"

/* Composes facts given as text; *notes gets what was left out. */
static json_t *
bundle_of(const char *text, struct compose_options *o, struct err *e)
{
	struct arena *a = arena_new();
	struct facts f;
	json_t *in = parse(text), *bundle = NULL;

	o->model = m;
	if (facts_from_json(a, in, &f, e) == 0) {
		if (compose(&f, o, &bundle, e) != 0)
			bundle = NULL;
		facts_release(&f);
	}
	json_decref(in);
	arena_free(a);
	return bundle;
}

/* The n-th object of a type (borrowed), or NULL. */
static json_t *
nth(const json_t *bundle, const char *type, int n)
{
	json_t *o;
	size_t i;

	json_array_foreach(json_object_get(bundle, "objects"), i, o)
		if (strcmp(str(o, "type"), type) == 0 && n-- == 0)
			return o;
	return NULL;
}

static const char operation[] = FACTS(",\"title\":\"T\",\"date\":\"2024-06-13\"",
    "{\"id\":\"e1\",\"type\":\"campaign\",\"name\":\"Operation Endgame\",\"properties\":{\"labels\":[\"law-enforcement-operation\"]},"
    EVIDENCE "},{\"id\":\"e2\",\"type\":\"malware\",\"name\":\"IcedID\"," EVIDENCE "},"
    "{\"id\":\"e3\",\"type\":\"identity\",\"name\":\"Europol\"," EVIDENCE "}", "",
    "{\"source\":\"e1\",\"type\":\"related-to\",\"target\":\"e2\"," EVIDENCE "},"
    "{\"source\":\"e3\",\"type\":\"related-to\",\"target\":\"e1\"," EVIDENCE "}");

static void
count_links(const json_t *bundle, const char *want, const char *what)
{
	char got[400] = "";
	json_t *r;
	int i;

	for (i = 0; (r = nth(bundle, "relationship", i)) != NULL; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%.*s %s %.*s;", (int)stix_id_type(str(r, "source_ref")),
		    str(r, "source_ref"), str(r, "relationship_type"), (int)stix_id_type(str(r, "target_ref")), str(r, "target_ref"));
	is_str(got, want, what);
}

static void
test_operation(void)
{
	struct compose_options o = COMPOSE_INIT;
	struct err e = ERR_INIT;
	json_t *b = bundle_of(operation, &o, &e);

	count_links(b, "course-of-action related-to campaign;course-of-action mitigates malware;campaign related-to malware;"
	    "identity related-to campaign;", "an operation: campaign and course-of-action");
	json_decref(b);
	o.flags = COMPOSE_NO_ACTION;
	b = bundle_of(operation, &o, &e);
	count_links(b, "campaign related-to malware;identity related-to campaign;", "without the course-of-action");
	ok(nth(b, "course-of-action", 0) == NULL, "there is none");
	json_decref(b);
	o.flags = COMPOSE_NO_CAMPAIGN;
	b = bundle_of(operation, &o, &e);
	count_links(b, "course-of-action mitigates malware;identity related-to course-of-action;", "without the campaign");
	ok(nth(b, "campaign", 0) == NULL, "there is none");
	json_decref(b);
}

static void
test_dates(void)
{
	static const char dated[] = FACTS(",\"title\":\"T\",\"date\":\"2024-06-13\"", "", "", "");
	static const char undated[] = FACTS(",\"title\":\"T\"", "", "", "");
	struct compose_options o = COMPOSE_INIT;
	struct err e = ERR_INIT;
	json_t *b;

	o.now.sec = 1700000000;
	b = bundle_of(dated, &o, &e);
	is_str(str(nth(b, "report", 0), "published"), "2024-06-13T00:00:00.000Z", "the date of the edition");
	json_decref(b);
	b = bundle_of(undated, &o, &e);
	is_str(str(nth(b, "report", 0), "created"), "2023-11-14T22:13:20.000Z", "no date: now");
	json_decref(b);
	o.date = "2024-01-02";
	b = bundle_of(dated, &o, &e);
	is_str(str(nth(b, "report", 0), "modified"), "2024-01-02T00:00:00.000Z", "the date asked for comes first");
	json_decref(b);
	o.date = "2024-02-30";
	ok(bundle_of(dated, &o, &e) == NULL && e.kind == ERR_INPUT, "a day that does not exist is refused");
}

/* The same facts give the same ids from whoever runs the same feed, others from another. */
static void
test_ids(void)
{
	struct compose_options o = COMPOSE_INIT;
	struct err e = ERR_INIT;
	json_t *a = bundle_of(operation, &o, &e), *b = bundle_of(operation, &o, &e), *c;
	json_t *identity = stix_identity(NULL, NULL, "Somebody Else", "organization", "2024-01-01T00:00:00.000Z");
	char id[STIX_ID];

	ok(json_equal(a, b), "twice the same");
	stix_id("malware", STIX_PROJECT_ID, "icedid", id);
	is_str(str(nth(a, "malware", 0), "id"), id, "id of a malware: type|identity|folded name");
	stix_id("report", STIX_PROJECT_ID, "T|2024-06-13", id);
	is_str(str(nth(a, "report", 0), "id"), id, "id of a report without URL and feed: title|date");
	o.identity = identity;
	c = bundle_of(operation, &o, &e);
	ok(strcmp(str(nth(a, "malware", 0), "id"), str(nth(c, "malware", 0), "id")) != 0, "another feed, other ids");
	is_str(str(nth(c, "malware", 0), "created_by_ref"), str(identity, "id"), "made by the feed's identity");
	is_str(str(nth(c, "extension-definition", 0), "created_by_ref"), STIX_PROJECT_ID, "the extension is still the project's");
	json_decref(a);
	json_decref(b);
	json_decref(c);
	json_decref(identity);
}

/* Two facts of one thing become one object with the evidence of both. */
static void
test_merge(void)
{
	static const char twice[] = FACTS("",
	    "{\"id\":\"e1\",\"type\":\"malware\",\"name\":\"Some RAT\"," EVIDENCE "},{\"id\":\"e2\",\"type\":\"malware\","
	    "\"name\":\"SomeRAT\",\"evidence\":[{\"start\":5,\"end\":9,\"text\":\"Another.\",\"rule\":\"r\"}]}", "", "");
	struct compose_options o = COMPOSE_INIT;
	struct err e = ERR_INIT;
	json_t *b = bundle_of(twice, &o, &e), *x = nth(b, "malware", 0);

	ok(x != NULL && nth(b, "malware", 1) == NULL, "one object");
	is_int(json_array_size(json_object_get(json_object_get(json_object_get(x, "extensions"), STIX_EVIDENCE_ID), "evidence")), 2,
	    "with the evidence of both");
	json_decref(b);
}

/* What cannot be a valid object is left out, and said to be. */
static void
test_left_out(void)
{
	static const char text[] = FACTS("", "{\"id\":\"e1\",\"type\":\"location\",\"name\":\"Nowhere\"," EVIDENCE "},"
	    "{\"id\":\"e2\",\"type\":\"malware\",\"name\":\"M\"," EVIDENCE "}",
	    "{\"id\":\"o1\",\"type\":\"network-traffic\",\"properties\":{\"dst_port\":1}," EVIDENCE "}",
	    "{\"source\":\"e2\",\"type\":\"targets\",\"target\":\"e1\"," EVIDENCE "}");
	struct compose_options o = COMPOSE_INIT;
	struct buf notes = BUF_INIT(1 << 16);
	struct err e = ERR_INIT;
	json_t *b;

	o.notes = &notes;
	b = bundle_of(text, &o, &e);
	ok(nth(b, "location", 0) == NULL && nth(b, "network-traffic", 0) == NULL && nth(b, "relationship", 0) == NULL,
	    "a location without a place, traffic without protocols, what ends there");
	is_str(buf_str(&notes), "location Nowhere: neither country nor region is known\nnetwork-traffic o1: it has no protocols\n"
	    "e2 targets e1: one of them was left out\n", "and what is left out is said");
	buf_free(&notes);
	json_decref(b);
}

/* Places and sectors get what knowledge says of them, and nothing else does. */
static void
test_complete(void)
{
	static const char text[] = FACTS("",
	    "{\"id\":\"e1\",\"type\":\"location\",\"name\":\"London\"," EVIDENCE "},"
	    "{\"id\":\"e2\",\"type\":\"location\",\"name\":\"Southeast Asia\"," EVIDENCE "},"
	    "{\"id\":\"e3\",\"type\":\"location\",\"name\":\"Japan\"," EVIDENCE "},"
	    "{\"id\":\"e4\",\"type\":\"identity\",\"name\":\"Energy\",\"properties\":{\"identity_class\":\"class\"}," EVIDENCE "},"
	    "{\"id\":\"e5\",\"type\":\"intrusion-set\",\"name\":\"Volt Typhoon\"," EVIDENCE "}", "", "");
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct knowledge *k = NULL;
	struct facts f;
	json_t *in = parse(text);

	if (!ok(knowledge_load(NULL, NULL, &k, &e) == 0 && facts_from_json(a, in, &f, &e) == 0, "knowledge and facts"))
		return;
	facts_complete(&f, k);
	is_str(str(f.entities.v[0].props, "country"), "GB", "a city is in its country");
	is_str(str(f.entities.v[0].props, "city"), "London", "and is a city");
	is_str(str(f.entities.v[1].props, "region"), "south-eastern-asia", "a region");
	ok(json_object_get(f.entities.v[1].props, "country") == NULL, "is no country");
	is_str(str(f.entities.v[2].props, "country"), "JP", "a country");
	is_str(json_string_value(json_array_get(json_object_get(f.entities.v[3].props, "sectors"), 0)), "energy", "a sector");
	ok(f.entities.v[4].props == NULL, "an actor gets no country");
	facts_release(&f);
	knowledge_free(k);
	json_decref(in);
	arena_free(a);
}

static void
refused(const char *text, const char *want)
{
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct facts f;
	json_t *in = parse(text);
	int rc = facts_from_json(a, in, &f, &e);

	if (rc == 0) {
		rc = facts_check(&f, m, &e);
		facts_release(&f);
	}
	ok(rc == -1 && e.kind == ERR_INPUT, "wrong facts are refused");
	is_str(e.text, want, "and the place is named");
	json_decref(in);
	arena_free(a);
}

static void
test_refused(void)
{
	refused(FACTS("", "{\"id\":\"e1\",\"type\":\"malware\"," EVIDENCE "}", "", ""),
	    "/entities/0: name is required");
	refused(FACTS("", "{\"id\":\"e1\",\"type\":\"malware\",\"name\":\"x\",\"evidence\":[]}", "", ""),
	    "/entities/0/evidence: the list has 0 elements, want at least 1");
	refused(FACTS("", "{\"id\":\"e1\",\"type\":\"malware\",\"nmae\":\"x\",\"name\":\"x\"," EVIDENCE "}", "", ""),
	    "/entities/0/nmae: nmae is not permitted here");
	refused(FACTS("", "{\"id\":\"e1\",\"type\":\"malware\",\"name\":\"x\"," EVIDENCE "},"
	    "{\"id\":\"e1\",\"type\":\"malware\",\"name\":\"y\"," EVIDENCE "}", "", ""), "/entities/1/id: 'e1' is used twice");
	refused(FACTS("", "", "", "{\"source\":\"e1\",\"type\":\"uses\",\"target\":\"e2\"," EVIDENCE "}"),
	    "/relationships/0/source: nothing here has the id 'e1'");
	refused(FACTS("", "{\"id\":\"e1\",\"type\":\"malwear\",\"name\":\"x\"," EVIDENCE "}", "", ""),
	    "/entities/0/type: 'malwear' is no type of domain object");
	refused(FACTS("", "{\"id\":\"e1\",\"type\":\"tool\",\"name\":\"x\",\"properties\":{\"is_family\":true},"
	    EVIDENCE "}", "", ""),
	    "/entities/0/properties/is_family: tool has no such property");
	refused(FACTS("", "", "{\"id\":\"o1\",\"type\":\"ipv4-addr\",\"properties\":{\"valeu\":\"192.0.2.1\"}," EVIDENCE "}", ""),
	    "/observables/0/properties/valeu: ipv4-addr has no such property");
	refused(FACTS("", "{\"id\":\"e1\",\"type\":\"tool\",\"name\":\"x\",\"evidence\":[{\"start\":9,\"end\":3,\"text\":\"\"}]}", "", ""),
	    "/entities/0/evidence/0/end: before start");
}

int
main(void)
{
	m = stix_model_new(embedded_schemas);
	test_golden();
	test_operation();
	test_dates();
	test_ids();
	test_merge();
	test_left_out();
	test_complete();
	test_refused();
	stix_model_free(m);
	return tap_end();
}
