#include "json/json.h"
#include "tap.h"

#define URI	"https://test.invalid/s"

static void
print_finding(void *arg, const struct schema_finding *f)
{
	struct buf *b = arg;

	buf_printf(b, "%s%s %s%s: %s\n", f->at_name ? "name " : "", f->instance, f->verdict == SCHEMA_INVALID ? "" : "undecided ",
	    f->keyword, f->message);
}

/* What is said of an instance: "valid", the findings, or why the schema is refused. new */
static char *
said(const char *schema, const char *instance, unsigned flags)
{
	struct schema_set *set = schema_set_new(flags);
	struct buf b = BUF_INIT(1 << 20);
	struct schema_run *run;
	const struct schema *s;
	struct json_text *t = NULL;
	struct err e = ERR_INIT;

	if (schema_set_add_text(set, URI, schema, strlen(schema), &e) < 0 || schema_compile(set, URI, &s, &e) < 0) {
		buf_printf(&b, "refused: %s", e.text);
	} else if (json_read_err("instance", instance, strlen(instance), &t, &e) < 0) {
		buf_printf(&b, "malformed: %s", e.text);
	} else {
		run = schema_run_new(set);
		if (schema_explain(run, s, json_text_root(t), 20, print_finding, &b) == SCHEMA_VALID)
			buf_adds(&b, "valid");
		schema_run_free(run);
	}
	json_text_free(t);
	schema_set_free(set);
	return buf_take(&b);
}

struct message { const char *schema, *instance, *want; };

static void
test_messages(void)
{
	static const struct message cases[] = {
		{ "{\"type\":\"string\"}", "1", " type: got an integer, want a string\n" },
		{ "{\"type\":[\"string\",\"null\",\"array\"]}", "1.5", " type: got a number, want a string, a list or null\n" },
		{ "{\"type\":\"integer\"}", "1.0", "valid" },
		{ "{\"required\":[\"a\",\"b\"]}", "{}", " required: a is required\n required: b is required\n" },
		{ "{\"properties\":{\"x\":{\"enum\":[\"a\",\"b\",1]}}}", "{\"x\":\"c\"}", "/x enum: 'c' is not one of: a, b, 1\n" },
		{ "{\"const\":{\"a\":1}}", "[1]", " const: got a list, want an object\n" },
		{ "{\"items\":{\"minimum\":3}}", "[3,2]", "/1 minimum: got 2, want at least 3\n" },
		{ "{\"exclusiveMaximum\":1}", "1.0", " exclusiveMaximum: got 1.0, want less than 1\n" },
		{ "{\"multipleOf\":0.01}", "4.351", " multipleOf: 4.351 is no multiple of 0.01\n" },
		{ "{\"multipleOf\":0.01}", "4.35", "valid" },
		{ "{\"minLength\":3}", "\"\\u00e9\\u00e9\"", " minLength: the text has 2 characters, want at least 3\n" },
		{ "{\"maxLength\":1}", "\"\\ud83d\\ude00\"", "valid" },
		{ "{\"pattern\":\"^a$\"}", "\"a\\n\"", " pattern: 'a\\u000a' does not match the pattern ^a$\n" },
		{ "{\"additionalProperties\":false,\"properties\":{\"a\":true}}", "{\"a\":1,\"b/~\":2}",
		    "name /b~1~0 additionalProperties: b/~ is not permitted here\n" },
		{ "{\"propertyNames\":{\"pattern\":\"^[a-z]+$\"}}", "{\"a\":1,\"B\":2}",
		    "name /B pattern: 'B' does not match the pattern ^[a-z]+$\n" },
		{ "{\"properties\":{\"a\":false}}", "{\"a\":1}", "name /a : a is not permitted here\n" },
		{ "{\"uniqueItems\":true}", "[1,{\"a\":1,\"b\":0},2,{\"b\":0.0,\"a\":1.0}]",
		    " uniqueItems: elements 1 and 3 are equal (an object)\n" },
		{ "{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1}", " dependentRequired: b is required where a is present\n" },
		{ "{\"unevaluatedProperties\":false,\"allOf\":[{\"properties\":{\"a\":{\"type\":\"string\"}}}]}", "{\"a\":1,\"b\":1}",
		    "/a type: got an integer, want a string\n" },
		{ "{\"unevaluatedProperties\":false,\"allOf\":[{\"properties\":{\"a\":{\"type\":\"string\"}}}]}", "{\"a\":\"\",\"b\":1}",
		    "name /b unevaluatedProperties: b is not permitted here\n" },
		{ "{\"contains\":{\"type\":\"string\"},\"minContains\":2}", "[1,\"a\"]",
		    " contains: 1 of the list's elements is as wanted, want at least 2\n" },
		{ "{\"not\":{\"required\":[\"a\"]}}", "{\"a\":1}", "name /a not: a is not permitted here\n" },
		{ "{\"not\":{\"anyOf\":[{\"required\":[\"x\"]},{\"required\":[\"a\",\"b\"]}]}}", "{\"a\":1,\"b\":2}",
		    "name /b not: b is not permitted together with a\n" },
		{ "{\"not\":{\"maxProperties\":0}}", "{}", " not: {} has a form that is not permitted\n" },
		{ "{\"allOf\":[{\"pattern\":\"^x\"},{\"enum\":[\"xy\"]}]}", "\"a\"", " enum: 'a' is not one of: xy\n" },
		{ "{\"allOf\":[{\"enum\":[\"xy\"]},{\"type\":\"string\"}]}", "1", " type: got an integer, want a string\n" },
		{ "{\"items\":{\"$ref\":\"#/$defs/t\"},\"$defs\":{\"t\":{\"type\":\"string\"}}}", "[0]",
		    "/0 type: got an integer, want a string\n" },
		{ "{\"allOf\":[{\"required\":[\"a\"]},{\"required\":[\"a\"]}]}", "{}", " required: a is required\n" },
		{ "{\"pattern\":\"^\\u001b$\"}", "\"a\"", " pattern: 'a' does not match the pattern ^\\u001b$\n" },
		{ "{\"enum\":[\"\\u202e\"]}", "\"\\u001b[31m\\u202e\"", " enum: '\\u001b[31m\\u202e' is not one of: \\u202e\n" },
	};
	size_t i;
	char *got;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		got = said(cases[i].schema, cases[i].instance, 0);
		is_str(got, cases[i].want, cases[i].schema);
		free(got);
	}
}

static void
test_branches(void)
{
	static const char two[] = "{\"anyOf\":[{\"properties\":{\"type\":{\"const\":\"a\"},\"n\":{\"type\":\"number\"}}},"
	    "{\"properties\":{\"type\":{\"const\":\"b\"},\"m\":{\"type\":\"number\"}},\"required\":[\"m\"]}]}";
	static const char deep[] = "{\"oneOf\":[{\"required\":[\"x\"]},{\"properties\":{\"y\":{\"properties\":{\"z\":{\"type\":\"null\"}}}}}]}";
	char *got;

	got = said(two, "{\"type\":\"b\",\"m\":\"x\"}", 0);
	is_str(got, "/m type: got a string, want a number\n", "the branch whose type is meant speaks");
	free(got);
	got = said(two, "{\"type\":\"b\"}", 0);
	is_str(got, " required: m is required\n", "also when the other fails at the same depth");
	free(got);
	got = said(deep, "{\"y\":{\"z\":1}}", 0);
	is_str(got, "/y/z type: got an integer, want null\n", "otherwise the deepest branch");
	free(got);
	got = said("{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}", "[]", 0);
	is_str(got, " anyOf: got a list, want a string or an integer\n", "branches of other types are one finding");
	free(got);
	got = said("{\"oneOf\":[{\"minimum\":1},true,{\"maximum\":9}]}", "5", 0);
	is_str(got, " oneOf: 5 has more than one of the forms that exclude each other (numbers 0 and 1)\n", "two branches hold");
	free(got);
}

static void
test_refusals(void)
{
	static const struct { const char *schema, *part; } cases[] = {
		{ "{\"$ref\":\"#\"}", "runs in a circle" },
		{ "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/b\"}]},\"b\":{\"$ref\":\"#/$defs/a\"}}}",
		    "runs in a circle" },
		{ "{\"$ref\":\"#/$defs/none\"}", "#/$ref: https://test.invalid/s#/$defs/none leads nowhere" },
		{ "{\"$ref\":\"other.json\"}", "there is no schema https://test.invalid/other.json" },
		{ "{\"$ref\":\"#here\"}", "has no anchor \"here\"" },
		{ "{\"$ref\":\"#/type\",\"type\":\"object\"}", "is no schema" },
		{ "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}", "this engine reads draft 2020-12" },
		{ "{\"$schema\":\"https://else.invalid/\"}", "dialect" },
		{ "{\"properties\":{\"a\":{\"type\":\"strin\"}}}", "#/properties/a/type: \"strin\" is no type" },
		{ "{\"minLength\":-1}", "#/minLength: want a non-negative integer" },
		{ "{\"required\":\"a\"}", "#/required: want a list" },
		{ "{\"items\":[true]}", "prefixItems" },
		{ "{\"allOf\":[]}", "#/allOf: want a list of schemas" },
		{ "{\"not\":1}", "#/not: a schema is an object or a boolean" },
		{ "{\"multipleOf\":0}", "#/multipleOf: want a number greater than 0" },
		{ "{\"pattern\":\"(?i)a\"}", "#/pattern: no ECMA-262 regular expression" },
		{ "{\"pattern\":\"a++\"}", "nothing to repeat" },
		{ "{\"pattern\":\"\\\\Aa\"}", "an escape that ECMA-262 does not know" },
		{ "{\"patternProperties\":{\"(\":true}}", "#/patternProperties: no ECMA-262" },
		{ "{\"$defs\":{\"a\":{\"$id\":\"x\"},\"b\":{\"$id\":\"x\"}}}", "declared twice" },
		{ "{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$anchor\":\"x\"}}}", "the anchor \"x\" is declared twice" },
		{ "{\"$id\":\"https://a.invalid/#x\"}", "has no fragment" },
		{ "{\"a\":1,\"a\":2}", "occurs twice" },
		{ "[]", "a schema is an object or a boolean" },
	};
	size_t i;
	char *got;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		got = said(cases[i].schema, "{}", 0);
		if (!ok(strncmp(got, "refused: ", 9) == 0 && strstr(got, cases[i].part) != NULL, cases[i].schema))
			printf("#  got: %s\n# want: %s\n", got, cases[i].part);
		free(got);
	}
}

/* A loader of two documents; counts how often it is asked. */
static int
load(void *arg, const char *uri, struct buf *text, struct err *e)
{
	int *asked = arg;

	(*asked)++;
	if (strcmp(uri, "file:///folder/sub/b.json") == 0) {
		buf_adds(text, "{\"$id\":\"https://elsewhere.invalid/x/b.json\",\"type\":\"object\",\"properties\":"
		    "{\"$ref\":{\"$ref\":\"#/definitions/t\"},\"c\":{\"$ref\":\"c.json\"}},\"definitions\":{\"t\":{\"type\":\"string\"}}}");
		return 1;
	}
	if (strcmp(uri, "file:///folder/sub/c.json") == 0) {
		buf_adds(text, "{\"type\":\"null\",\"x:note\":[1]}");
		return 1;
	}
	if (strcmp(uri, "file:///folder/broken.json") == 0)
		return err_set(e, ERR_SYSTEM, "the disk is on fire");
	return 0;
}

static void
test_set(void)
{
	static const char a[] = "{\"items\":{\"$ref\":\"sub/b.json\"}}";
	struct schema_set *set = schema_set_new(0);
	const struct schema *s = NULL, *again = NULL, *bad = NULL;
	struct schema_run *run;
	struct err e = ERR_INIT;
	const json_t *doc;
	char *base = NULL;
	json_t *v;
	int asked = 0;

	schema_set_loader(set, load, &asked);
	ok(schema_set_add_text(set, "file:///folder/a.json", a, strlen(a), &e) == 0, "a document is added");
	is_int(asked, 0, "and nothing loaded yet");
	ok(schema_compile(set, "file:///folder/a.json", &s, &e) == 0, "it compiles");
	is_str(e.text, "", "without complaint");
	is_int(asked, 3, "what it refers to is loaded, by \"$id\" first, then by the folder");
	ok(schema_compile(set, "file:///folder/a.json", &again, &e) == 0 && again == s && asked == 3, "once");
	run = schema_run_new(set);
	v = json_pack("[{s:s,s:n}]", "$ref", "text", "c");
	is_int(schema_check(run, s, v), SCHEMA_VALID, "a property named $ref is a property");
	json_decref(v);
	v = json_pack("[{s:i}]", "$ref", 1);
	is_int(schema_check(run, s, v), SCHEMA_INVALID, "and is checked");
	json_decref(v);
	ok(schema_compile(set, "file:///folder/broken.json", &bad, &e) == -1, "a loader's failure is told");
	is_str(e.text, "the disk is on fire", "in its words");
	err_clear(&e);
	doc = schema_document(set, "file:///folder/sub/c.json", &e);
	ok(json_is_array(json_object_get(doc, "x:note")), "annotations can be read");
	doc = schema_resolve(set, "https://elsewhere.invalid/x/b.json", "#/definitions/t", &base, &e);
	ok(doc != NULL && json_is_string(json_object_get(doc, "type")), "a reference is followed");
	is_str(base, "https://elsewhere.invalid/x/b.json", "with its base");
	free(base);
	ok(schema_resolve(set, "file:///folder/a.json", "#/none", &base, &e) == NULL, "one that leads nowhere is not");
	schema_run_free(run);
	schema_set_free(set);
}

/* A compilation that fails leaves the set as fit as before. */
static void
test_failed_compile(void)
{
	struct schema_set *set = schema_set_new(0);
	static const char good[] = "{\"$defs\":{\"t\":{\"type\":\"string\"},\"u\":{\"$ref\":\"#/$defs/t\",\"allOf\":[{\"pattern\":\"(\"}]}},"
	    "\"items\":{\"$ref\":\"#/$defs/t\"}}";
	const struct schema *s = NULL;
	struct schema_run *run;
	struct err e = ERR_INIT;
	json_t *v = json_pack("[i]", 1);

	ok(schema_set_add_text(set, URI, good, strlen(good), &e) == 0, "added");
	ok(schema_compile(set, URI "#/$defs/u", &s, &e) == -1 && s == NULL, "a wrong part is refused");
	err_clear(&e);
	ok(schema_compile(set, URI, &s, &e) == 0, "the rest compiles");
	run = schema_run_new(set);
	is_int(schema_check(run, s, v), SCHEMA_INVALID, "and judges");
	schema_run_free(run);
	json_decref(v);
	schema_set_free(set);
}

static void
test_limits(void)
{
	static const char redos[] = "{\"pattern\":\"^([a-z][a-z0-9]*)+(-[a-z0-9]+)*\\\\-?$\"}";
	static const char backref[] = "{\"pattern\":\"^(a|a)+\\\\1[bd]$\"}";
	struct buf b = BUF_INIT(1 << 20);
	char *got;
	int i;

	got = said(redos, "\"abcdefghijabcdefghijabcdefghijabcdefghij\"", 0);
	is_str(got, "valid", "an exponential pattern that matches");
	free(got);
	got = said(redos, "\"abcdefghijabcdefghijabcdefghijabcdefghij!\"", 0);
	ok(strstr(got, " pattern: ") != NULL && strstr(got, "undecided") == NULL, "one that does not is decided without backtracking");
	free(got);
	got = said(backref, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac\"", 0);
	is_str(got, " undecided pattern: checking this takes too long, so it is left undecided\n", "too costly is no \"no match\"");
	free(got);
	got = said("{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}", "1", 0);
	ok(strstr(got, "undecided") != NULL && strstr(got, "too deeply") != NULL, "a reference that runs in a circle at last");
	free(got);
	for (i = 0; i < LIMIT_JSON_DEPTH; i++)
		buf_adds(&b, "[");
	for (i = 0; i < LIMIT_JSON_DEPTH; i++)
		buf_adds(&b, "]");
	got = said("{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"items\":{\"allOf\":[{\"anyOf\":[{\"$ref\":\"#/$defs/a\"}]}]}}}}", b.s, 0);
	is_str(got, "valid", "the deepest data is checked");
	free(got);
	buf_free(&b);
}

static void
test_patterns(void)
{
	static const struct { const char *pattern, *text; int want; } cases[] = {
		{ "^\\\\d+$", "\xd9\xa1", 0 },		/* an Arabic-Indic digit is no \d */
		{ "^\\\\w$", "\xc3\xa9", 0 },
		{ "^\\\\s$", "\xe3\x80\x80", 1 },	/* an ideographic space is \s */
		{ "^[\\\\S]$", "\xe3\x80\x80", 0 },
		{ "^[^\\\\s]$", "\xef\xbb\xbf", 0 },
		{ "^.$", "\xe2\x80\xa8", 0 },		/* a line separator is no . */
		{ "^.$", "\xf0\x9f\x98\x80", 1 },
		{ "^a$", "a\\n", 0 },
		{ "b", "abc", 1 },			/* searched for, not matched */
		{ "^a|b$", "axx", 1 },
		{ "^[a-z\\\\-]+$", "a-b", 1 },
		{ "^a\\\\-b$", "a-b", 1 },		/* Annex B */
		{ "^{x}$", "{x}", 1 },
		{ "^\\\\p{Letter}\\\\p{Lu}\\\\p{Script=Greek}$", "aA\xce\xb1", 1 },
		{ "^\\\\cA\\\\x41\\\\u0042\\\\u{1f600}\\\\ud83d\\\\ude00$", "\\u0001AB\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 1 },
		{ "^(?<a_long_name_that_pcre_would_not_take_as_a_name>x)\\\\k<a_long_name_that_pcre_would_not_take_as_a_name>$", "xx", 1 },
		{ "^(?:(a)|b)\\\\1$", "b", 1 },		/* a group that took no part matches nothing */
		{ "[^]", "\\n", 1 },
		{ "[]", "a", 0 },
		{ "^[[:alpha:]]$", "a]", 1 },		/* no POSIX class */
		{ "(?<=a)b(?!c)(?=d)", "abd", 1 },
		{ "^a{2}b{1,}c{0,1}?$", "aabb", 1 },
		{ "\\\\bfoo\\\\b", "a foo b", 1 },
		{ "^\\\\/$", "/", 1 },
	};
	char schema[400], instance[100], *got;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(schema, sizeof(schema), "{\"pattern\":\"%s\"}", cases[i].pattern);
		snprintf(instance, sizeof(instance), "\"%s\"", cases[i].text);
		got = said(schema, instance, 0);
		if (!ok((strcmp(got, "valid") == 0) == cases[i].want && strncmp(got, "refused", 7) != 0, cases[i].pattern))
			printf("# %s: %s\n", cases[i].text, got);
		free(got);
	}
}

static void
test_formats(void)
{
	char *got = said("{\"format\":\"date-time\"}", "\"2024-02-30T00:00:00Z\"", 0);

	is_str(got, "valid", "a format is an annotation");
	free(got);
	got = said("{\"format\":\"date-time\"}", "\"2024-02-30T00:00:00Z\"", SCHEMA_FORMAT);
	is_str(got, " format: '2024-02-30T00:00:00Z' is not in the form \"date-time\"\n", "asserted on request");
	free(got);
	is_int(json_format("ipv6", "::ffff:192.0.2.1", 16), 1, "an IPv4-mapped address");
	is_int(json_format("date-time", "1998-12-31T23:59:60Z", 20), 1, "a leap second");
	is_int(json_format("date-time", "1998-12-31T12:59:60Z", 20), 0, "none at noon");
	is_int(json_format("no-such-format", "", 0), -1, "an unknown format");
}

int
main(void)
{
	test_messages();
	test_branches();
	test_refusals();
	test_set();
	test_failed_compile();
	test_limits();
	test_patterns();
	test_formats();
	return tap_end();
}
