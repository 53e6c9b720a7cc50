#include "json/json.h"
#include "tap.h"

struct bad { const char *text, *code; unsigned line, column, offset; };

static void
test_faults(void)
{
	static const struct bad cases[] = {
		{ "", "json-empty", 1, 1, 0 },
		{ " \n ", "json-empty", 2, 2, 3 },
		{ "{\"a\":1,\n \"b\":{\"c\":1,\"c\":2}}", "json-duplicate-name", 2, 13, 20 },
		{ "{\"a\":1,\"\\u0061\":2}", "json-duplicate-name", 1, 8, 7 },
		{ "[NaN]", "json-nan", 1, 2, 1 },
		{ "[-Infinity]", "json-nan", 1, 2, 1 },
		{ "[1] x", "json-trailing", 1, 5, 4 },
		{ "[1,]", "json-syntax", 1, 4, 3 },
		{ "{\"a\":1,}", "json-syntax", 1, 8, 7 },
		{ "{a:1}", "json-syntax", 1, 2, 1 },
		{ "{'a':1}", "json-syntax", 1, 2, 1 },
		{ "[1 2]", "json-syntax", 1, 4, 3 },
		{ "// x\n1", "json-syntax", 1, 1, 0 },
		{ "[\"a\nb\"]", "json-control", 1, 4, 3 },
		{ "[\"\xc3\xa9\", \"\xff\"]", "json-utf8", 1, 8, 8 },
		{ "[\"\xed\xa0\x80\"]", "json-utf8", 1, 3, 2 },
		{ "[\"\xc0\xaf\"]", "json-utf8", 1, 3, 2 },
		{ "[\"\\ud800\"]", "json-surrogate", 1, 3, 2 },
		{ "[\"\\udc00\\ud800\"]", "json-surrogate", 1, 3, 2 },
		{ "[\"\\ud800\\u0041\"]", "json-surrogate", 1, 3, 2 },
		{ "[\"\\x\"]", "json-escape", 1, 3, 2 },
		{ "[\"\\u12g4\"]", "json-escape", 1, 3, 2 },
		{ "[01]", "json-number", 1, 2, 1 },
		{ "[1.]", "json-number", 1, 2, 1 },
		{ "[1e]", "json-number", 1, 2, 1 },
		{ "[-]", "json-number", 1, 2, 1 },
		{ "[+1]", "json-number", 1, 2, 1 },
		{ "[.5]", "json-number", 1, 2, 1 },
		{ "[1e400]", "json-real-range", 1, 2, 1 },
		{ "[-1e400]", "json-real-range", 1, 2, 1 },
		{ "[9223372036854775808]", "json-integer-range", 1, 2, 1 },
		{ "[-9223372036854775809]", "json-integer-range", 1, 2, 1 },
		{ "[1", "json-truncated", 1, 3, 2 },
		{ "{\"a\"", "json-truncated", 1, 5, 4 },
		{ "\"abc", "json-truncated", 1, 5, 4 },
		{ "tru", "json-truncated", 1, 1, 0 },
		{ "-", "json-truncated", 1, 1, 0 },
	};
	struct json_text *t = NULL;
	struct json_fault f;
	size_t i;
	char name[160];

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(name, sizeof(name), "case %zu is malformed: %s", i, cases[i].code);
		if (!ok(json_read(cases[i].text, strlen(cases[i].text), NULL, &t, &f) == -1, name))
			continue;
		is_str(f.code, cases[i].code, "code");
		is_int(f.place.line, cases[i].line, "line");
		is_int(f.place.column, cases[i].column, "column");
		is_int(f.place.offset, cases[i].offset, "offset");
	}
}

static void
test_depth(void)
{
	struct buf b = BUF_INIT(1 << 20);
	struct json_text *t;
	struct json_fault f;
	size_t i;

	for (i = 0; i < 100000; i++)
		buf_addc(&b, '[');
	ok(json_read(b.s, b.len, NULL, &t, &f) == -1, "100,000 nested arrays are refused");
	is_str(f.code, "json-too-deep", "with their own code");
	is_int(f.place.column, LIMIT_JSON_DEPTH + 1, "at the first bracket too many");
	buf_reset(&b);
	for (i = 0; i < LIMIT_JSON_DEPTH; i++)
		buf_addc(&b, '[');
	for (i = 0; i < LIMIT_JSON_DEPTH; i++)
		buf_addc(&b, ']');
	ok(json_read(b.s, b.len, NULL, &t, &f) == 0, "the deepest permitted nesting is read");
	json_text_free(t);
	buf_free(&b);
}

static void
test_places(void)
{
	static const char text[] = "\xef\xbb\xbf{\"\xc3\xa9\xf0\x9f\x98\x80\": [1, {\"x\": \"y\"}],\n  \"b~/\": 1.0,\n"
	    " \"\": 9007199254740992, \"n\": [[], {}]}";
	struct json_text *t = NULL;
	struct json_fault f;
	struct json_place p;

	if (!ok(json_read(text, sizeof(text) - 1, NULL, &t, &f) == 0, "a text with a byte order mark is read"))
		return;
	ok(json_text_place(t, "", 0, &p) == 0 && p.offset == 3 && p.column == 1 && p.end == sizeof(text) - 1, "root");
	ok(json_text_place(t, "/\xc3\xa9\xf0\x9f\x98\x80/1/x", 0, &p) == 0 && p.offset == 24 && p.column == 18 && p.end == 27,
	    "columns count code points, offsets octets");
	ok(json_text_place(t, "/b~0~1", 1, &p) == 0 && p.line == 2 && p.column == 3, "place of a name");
	ok(json_text_place(t, "/b~0~1", 0, &p) == 0 && p.line == 2 && p.column == 10 && p.end - p.offset == 3, "of its value");
	ok(json_text_place(t, "/n/1", 0, &p) == 0 && p.line == 3 && p.column == 34, "an empty object");
	ok(json_text_place(t, "/n/2", 0, &p) == -1, "no such element");
	ok(json_text_place(t, "/none", 0, &p) == -1, "no such member");
	ok(json_text_place(t, "n", 0, &p) == -1, "no pointer");
	json_text_place_near(t, "/n/1/deep/down", 0, &p);
	ok(p.line == 3 && p.column == 34, "the nearest value that exists");
	ok(json_is_real(json_pointer_get(json_text_root(t), "/b~0~1")), "1.0 stays a real");
	is_int(json_text_unsafe(t), 1, "an integer beyond 2^53 - 1 is noted");
	ok(json_text_unsafe_place(t, 0, &p) == 0 && p.line == 3 && p.column == 6, "with its place");
	json_text_free(t);
}

/* What a text becomes when it is written again. */
static char *
again(const char *text, int indent, int canon)
{
	struct buf b = BUF_INIT(1 << 20);
	struct json_text *t;

	if (json_read(text, strlen(text), NULL, &t, NULL) < 0)
		return xstrdup("malformed");
	if (canon)
		json_canon(json_text_root(t), &b);
	else
		json_write(json_text_root(t), &b, indent, 0);
	json_text_free(t);
	return buf_take(&b);
}

static void
is_again(const char *text, int indent, int canon, const char *want, const char *what)
{
	char *got = again(text, indent, canon);

	is_str(got, want, what);
	free(got);
}

static void
test_write(void)
{
	is_again("{\"b\":[1,2.50,{}],\"a\":{\"x\":[]}}", JSON_PRETTY, 0,
	    "{\n  \"b\": [\n    1,\n    2.5,\n    {}\n  ],\n  \"a\": {\n    \"x\": []\n  }\n}", "pretty form");
	is_again(" { \"b\" : [ true , false , null ] } ", JSON_TIGHT, 0, "{\"b\":[true,false,null]}", "compact form");
	is_again("[\"\\u00e9\\/\\u007f\\u0000\\n\\\"\\\\\\u2028\"]", JSON_TIGHT, 0,
	    "[\"\xc3\xa9/\x7f\\u0000\\n\\\"\\\\\xe2\x80\xa8\"]", "only what must be is escaped");
	is_again("[1.0,-0.0,-0,1e2,1e21,1e22,0.1,1e-7,123456789012345680.0,5e-324,1.7976931348623157e308,0.000001]",
	    JSON_TIGHT, 0,
	    "[1.0,-0.0,0,100.0,1e+21,1e+22,0.1,1e-7,123456789012345680.0,5e-324,1.7976931348623157e+308,0.000001]",
	    "reals in their shortest form, still reals");
	is_again("{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\u20ac\":3,\"1\":4,\"\\r\":5,\"\\u0080\":6,\"\\u00f6\":7}", 0, 1,
	    "{\"\\r\":5,\"1\":4,\"\xc2\x80\":6,\"\xc3\xb6\":7,\"\xe2\x82\xac\":3,\"\xf0\x9f\x98\x80\":2,\"\xef\xac\xb3\":1}",
	    "RFC 8785 section 3.2.3: the order of its example");
	is_again("[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001,56.0,-0.0]", 0, 1,
	    "[333333333.3333333,1e+30,4.5,0.002,1e-27,56,0]", "RFC 8785 section 3.2.2: the numbers of its example");
}

int
main(void)
{
	test_faults();
	test_depth();
	test_places();
	test_write();
	return tap_end();
}
