/*
 * Every rule against its samples: tests/stix/valid/RULE.json breaks it not, tests/stix/invalid/RULE.json does, and breaks no
 * other MUST. A rule without samples fails.
 */
#include "tap.h"
#include "validate/validate.h"

struct seen {
	const char *rule;
	int hits, other_errors;
	char other[400];
};

static void
found(void *arg, const struct validate_finding *f)
{
	struct seen *s = arg;

	if (strcmp(f->code, s->rule) == 0) {
		s->hits++;
		return;
	}
	if (f->severity == VALIDATE_ERROR) {
		s->other_errors++;
		snprintf(s->other, sizeof(s->other), "%s %s: %s", f->code, f->pointer, f->message);
	}
}

static const char *
schema_dir(void)
{
	static char path[LIMIT_PATH];

	snprintf(path, sizeof(path), "%s/tests/stix/schemas", getenv("SRCDIR") ? getenv("SRCDIR") : ".");
	return path;
}

/* Rules that need another one off, or something on, before they speak. */
static struct validate *
validator_for(const struct validate_rule *r)
{
	struct validate *v = validate_new();
	struct err e = ERR_INIT;
	int bad = 0;

	if (strcmp(r->name, "schema-costly") == 0)
		bad = validate_schemas(v, schema_dir(), &e);
	else if (r->number == 101)
		bad = validate_disable(v, "extensions-use", &e);
	else if (r->number == 102)
		bad = validate_disable(v, "401,custom-prefix", &e);
	else if (r->optional)
		bad = validate_enable(v, r->name, &e);
	if (bad)
		printf("# %s\n", e.text);
	return v;
}

static void
sample(const struct validate_rule *r, const char *kind, struct seen *out)
{
	struct validate *v = validator_for(r);
	struct buf b = BUF_INIT(LIMIT_SMALL_FILE);
	struct validate_result res;
	struct err e = ERR_INIT;
	char path[LIMIT_PATH];

	memset(out, 0, sizeof(*out));
	out->rule = r->name;
	snprintf(path, sizeof(path), "%s/tests/stix/%s/%s.json", getenv("SRCDIR") ? getenv("SRCDIR") : ".", kind, r->name);
	if (file_read(path, LIMIT_SMALL_FILE, &b, &e) != 0 || validate_memory(v, b.s, b.len, found, out, &res, &e) != 0) {
		printf("# %s\n", e.text);
		out->hits = -1;
	}
	buf_free(&b);
	validate_free(v);
}

static void
test_samples(void)
{
	const struct validate_rule *r;
	struct seen s;
	char what[120];
	size_t i;

	for (i = 0; (r = validate_rule(i)) != NULL; i++) {
		sample(r, "valid", &s);
		snprintf(what, sizeof(what), "%s: the valid sample is valid", r->name);
		if (!ok(s.hits == 0 && s.other_errors == 0, what))
			printf("# %d findings of the rule, %d others: %s\n", s.hits, s.other_errors, s.other);
		sample(r, "invalid", &s);
		snprintf(what, sizeof(what), "%s: the invalid sample breaks it and nothing else", r->name);
		if (!ok(s.hits > 0 && s.other_errors == 0, what))
			printf("# %d findings of the rule, %d others: %s\n", s.hits, s.other_errors, s.other);
	}
}

/* ---- what is on ------------------------------------------------------------------------------------------------------------- */

static void
count(void *arg, const struct validate_finding *f)
{
	struct seen *s = arg;

	s->hits += s->rule[0] == '\0' || strcmp(f->code, s->rule) == 0;
}

static int
findings(struct validate *v, const char *text, const char *rule)
{
	struct seen s = { rule, 0, 0, "" };
	struct validate_result res;
	struct err e = ERR_INIT;

	if (validate_memory(v, text, strlen(text), count, &s, &res, &e) != 0)
		return -1;
	return s.hits;
}

#define HEAD	"{\"type\":\"malware\",\"spec_version\":\"2.1\",\"id\":\"malware--2f1c5d1e-0b7a-5c3d-9e58-000000000001\"," \
		"\"created\":\"2024-06-13T00:00:00.000Z\",\"modified\":\"2024-06-13T00:00:00.000Z\",\"is_family\":false"

#define HEAD4	"{\"type\":\"malware\",\"spec_version\":\"2.1\",\"id\":\"malware--2f1c5d1e-0b7a-4c3d-9e58-000000000001\"," \
		"\"created\":\"2024-06-13T00:00:00.000Z\",\"modified\":\"2024-06-13T00:00:00.000Z\",\"is_family\":false"

static void
test_choices(void)
{
	static const char text[] = HEAD ",\"malware_types\":[\"odd\"],\"x_rank\":3}";
	struct validate *v = validate_new();
	struct err e = ERR_INIT;

	is_int(findings(v, text, ""), 3, "103, 216 and 401 as delivered");
	ok(validate_disable(v, "103,malware-types", &e) == 0, "numbers and names, with commas");
	is_int(findings(v, text, ""), 1, "what is named is off");
	ok(findings(v, text, "extensions-use") == 1, "and nothing else");
	ok(validate_disable(v, "extensions-use", &e) == 0, "401 off");
	is_int(findings(v, text, "custom-prefix"), 1, "101 stands in for 401");
	ok(validate_disable(v, "custom-prefix", &e) == 0, "101 off");
	is_int(findings(v, text, ""), 0, "102 stands in for 101, and x_rank is right for it");
	ok(validate_disable(v, "no-such-rule", &e) != 0 && e.kind == ERR_USAGE, "an unknown rule is a usage error");
	validate_free(v);
	v = validate_new();
	err_clear(&e);
	ok(validate_enable(v, "all-vocabs", &e) == 0, "a group");
	is_int(findings(v, text, ""), 1, "only what is enabled warns");
	is_int(findings(v, "{\"type\":\"malware\"}", "schema-required"), 4, "and errors stay");
	validate_free(v);
}

static void
test_limit(void)
{
	struct validate *v = validate_new();
	struct buf b = BUF_INIT(LIMIT_SMALL_FILE);
	const char *code = NULL;
	int i;

	buf_adds(&b, "[");
	for (i = 0; i < 50; i++)
		buf_printf(&b, "%s{\"type\":\"malware\",\"spec_version\":\"2.1\",\"id\":\"malware--2f1c5d1e-0b7a-4c3d-9e58-0000000000%02d\","
		    "\"created\":\"2024-06-13T00:00:00.000Z\",\"modified\":\"2024-06-13T00:00:00.000Z\"}", i ? "," : "", i);
	buf_adds(&b, "]");
	validate_limit(v, 7);
	is_int(findings(v, b.s, ""), 0, "fifty without a fault");
	buf_reset(&b);
	buf_adds(&b, "[");
	for (i = 0; i < 50; i++)
		buf_adds(&b, i ? ",{\"type\":7}" : "{\"type\":7}");
	buf_adds(&b, "]");
	is_int(findings(v, b.s, "schema-type"), 7, "seven of fifty are told");
	is_int(validate_withheld(v, 0, &code), 43, "the rest is counted");
	is_str(code, "schema-type", "by code");
	validate_limit(v, 0);
	is_int(findings(v, b.s, "schema-type"), 50, "0: no limit");
	buf_free(&b);
	validate_free(v);
}

/* ---- the top level, places -------------------------------------------------------------------------------------------------- */

struct first {
	struct validate_finding f;
	char code[40], id[80], pointer[80], message[300];
};

static void
keep_first(void *arg, const struct validate_finding *f)
{
	struct first *k = arg;

	if (k->code[0] != '\0')
		return;
	k->f = *f;
	snprintf(k->code, sizeof(k->code), "%s", f->code);
	snprintf(k->id, sizeof(k->id), "%s", f->id);
	snprintf(k->pointer, sizeof(k->pointer), "%s", f->pointer);
	snprintf(k->message, sizeof(k->message), "%s", f->message);
}

static struct first
first_of(const char *text)
{
	struct validate *v = validate_new();
	struct first k = { 0 };
	struct validate_result res;
	struct err e = ERR_INIT;

	if (validate_memory(v, text, strlen(text), keep_first, &k, &res, &e) != 0)
		snprintf(k.code, sizeof(k.code), "error");
	validate_free(v);
	return k;
}

static void
test_shapes(void)
{
	struct first k = first_of("{\"type\":\"bundle\",\"id\":\"bundle--2f1c5d1e-0b7a-4c3d-9e58-000000000001\",\n \"objects\": [\n  7]}");

	is_str(k.code, "schema-type", "a number in a bundle");
	is_str(k.pointer, "/objects/0", "its pointer");
	ok(k.f.place.line == 3 && k.f.place.column == 3, "its place");
	k = first_of("{\"type\":\"bundle\",\"id\":\"bundle--2f1c5d1e-0b7a-4c3d-9e58-000000000001\",\"objects\":[]}");
	ok(strcmp(k.code, "schema-size") == 0 && strcmp(k.pointer, "/objects") == 0, "an empty bundle");
	k = first_of("{\"type\":\"bundle\",\"id\":\"bundle--2f1c5d1e-0b7a-4c3d-9e58-000000000001\","
	    "\"objects\":[{\"type\":\"bundle\",\"id\":\"bundle--2f1c5d1e-0b7a-4c3d-9e58-000000000002\"}]}");
	ok(strcmp(k.code, "schema-type") == 0 && strcmp(k.pointer, "/objects/0/type") == 0, "a bundle in a bundle");
	k = first_of("[{\"type\":\"x-a\"},\n{\"type\":\"x-b\"}]");
	is_str(k.pointer, "/0", "a list of objects");
	k = first_of("{\"type\":\"x-abc\"}\n{\"type\":null}\n");
	ok(k.f.place.line == 1, "JSON Lines");
	is_str(first_of("[]").code, "schema-size", "an empty list");
	is_str(first_of("").code, "json-empty", "nothing at all");
	is_str(first_of("{\"type\":\"x\",\"type\":\"y\"}").code, "json-duplicate-name", "a name twice");
	is_str(first_of("{\"a\":\"\xff\"}").code, "json-utf8", "octets that are no UTF-8");
	is_str(first_of("{\"a\":NaN}").code, "json-nan", "NaN");
	is_str(first_of("3").code, "schema-type", "a number");
}

static void
test_messages(void)
{
	struct first k = first_of(HEAD4 ",\"created_by_ref\":\"tool--2f1c5d1e-0b7a-4c3d-9e58-000000000001\"}");
	struct buf b = BUF_INIT(4096);

	is_str(k.message, "created_by_ref refers to tool; it may refer to identity only", "a reference of a wrong type");
	k = first_of("{\"type\":\"malware\",\"spec_version\":\"2.1\",\"id\":\"malware--2f1c5d1e-0b7a-4c3d-9e58-000000000001\","
	    "\"created\":\"2024-06-13T00:00:00.000Z\",\"modified\":\"2024-06-13T00:00:00.000Z\",\"is_family\":true}");
	is_str(k.message, "name is required", "a missing property");
	k.f.id = "x\x1b[31m";
	k.f.message = "a\xe2\x80\xae\xc2\x85\nb";
	k.f.pointer = "/p";
	k.f.clause = "2.9";
	validate_text(&b, "f\n.json", &k.f);
	is_str(buf_str(&b), "f\\u000a.json:1:1: error[schema-required] x\\u001b[31m /p: a\\u202e\\u0085\\u000ab (STIX 2.1 section 2.9)",
	    "nothing in it can forge a line");
	buf_free(&b);
}

static void
test_values(void)
{
	json_t *bundle = json_loads("{\"type\":\"bundle\",\"id\":\"bundle--2f1c5d1e-0b7a-4c3d-9e58-000000000001\",\"objects\":[" HEAD "}," HEAD
	    "}]}", 0, NULL);
	struct seen s = { "duplicate-ids", 0, 0, "" };
	struct validate *v = validate_new();
	struct validate_result res;

	validate_begin(v, count, &s);
	validate_object(v, bundle);
	validate_end(v, &res);
	ok(s.hits == 1 && res.objects == 3, "objects in memory are one file");
	validate_begin(v, count, &s);
	validate_object(v, json_array_get(json_object_get(bundle, "objects"), 0));
	validate_end(v, &res);
	is_int(s.hits, 1, "and nothing is kept for the next");
	json_decref(bundle);
	validate_free(v);
}

static void
test_schemas(void)
{
	static const char ship[] = "{\"type\":\"x-example-ship\",\"spec_version\":\"2.1\","
	    "\"id\":\"x-example-ship--2f1c5d1e-0b7a-4c3d-9e58-000000000001\",\"created\":\"2024-06-13T00:00:00.000Z\","
	    "\"modified\":\"2024-06-13T00:00:00.000Z\",\"launched\":\"2023-02-29T00:00:00Z\",\"extensions\":{"
	    "\"extension-definition--2f1c5d1e-0b7a-4c3d-9e58-000000000001\":{\"extension_type\":\"property-extension\",\"rating\":9}}}";
	struct validate *v = validate_new();
	struct err e = ERR_INIT;

	is_int(findings(v, ship, "schema-required"), 0, "a custom type without a schema");
	ok(validate_schemas(v, schema_dir(), &e) == 0, "a folder of schemas");
	is_int(findings(v, ship, "schema-required"), 1, "its own required property");
	is_int(findings(v, ship, "real-date"), 1, "rules see the data types in it");
	is_int(findings(v, ship, "schema-value"), 1, "the schema of an extension is applied to its content");
	ok(validate_schemas(v, "/nonexistent", &e) != 0 && e.kind == ERR_SYSTEM, "a folder that is not there");
	validate_free(v);
}

/* ---- what other validators get wrong, and texts that mean no good: tests/stix/probes.jsonl ----------------------------------- */

static void
probe(const json_t *p)
{
	const char *code = json_string_value(json_object_get(p, "code")), *raw = json_string_value(json_object_get(p, "text"));
	char *text = raw != NULL ? xstrdup(raw) : json_dumps(json_object_get(p, "instance"), 0);
	struct seen s = { code != NULL ? code : "", 0, 0, "" };
	struct validate *v = validate_new();
	struct validate_result res;
	struct err e = ERR_INIT;
	int good, strict = json_is_true(json_object_get(p, "strict"));

	validate_flags(v, json_is_true(json_object_get(p, "enforce_refs")) ? VALIDATE_ENFORCE_REFS : 0);
	if (validate_memory(v, text, strlen(text), found, &s, &res, &e) != 0)
		good = 0;
	else if (code != NULL)
		good = s.hits > 0 && (res.errors > 0 || (strict && res.warnings > 0));
	else
		good = res.errors == 0;
	if (!ok(good, json_string_value(json_object_get(p, "what"))))
		printf("# %s: %d; %s\n", code != NULL ? code : "valid", s.hits, s.other);
	free(text);
	validate_free(v);
}

static void
test_probes(void)
{
	char path[LIMIT_PATH], *line = NULL;
	size_t cap = 0, n = 0;
	json_t *p;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/stix/probes.jsonl", getenv("SRCDIR") ? getenv("SRCDIR") : ".");
	f = fopen(path, "r");
	while (f != NULL && getline(&line, &cap, f) > 0) {
		p = json_loads(line, 0, NULL);
		probe(p);
		json_decref(p);
		n++;
	}
	ok(n > 80, "there are probes");
	free(line);
	if (f != NULL)
		fclose(f);
}

int
main(void)
{
	test_samples();
	test_choices();
	test_limit();
	test_shapes();
	test_messages();
	test_values();
	test_schemas();
	test_probes();
	return tap_end();
}
