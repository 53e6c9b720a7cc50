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

/* A place in each of many members and elements. */
static void
test_wide_places(void)
{
	struct buf b = BUF_INIT(4 << 20);
	struct json_text *t = NULL;
	struct json_place p;
	char pointer[40];
	size_t i, n = 20000, bad = 0;

	buf_adds(&b, "{\"list\":[");
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s\n[%zu]", i > 0 ? "," : "", i);
	buf_adds(&b, "]");
	for (i = 0; i < n; i++)
		buf_printf(&b, ",\n\"m%zu\":{\"x\":%zu}", i, i);
	buf_adds(&b, "}");
	if (!ok(json_read(b.s, b.len, NULL, &t, NULL) == 0, "a wide text is read"))
		return;
	for (i = 0; i < n; i++) {
		snprintf(pointer, sizeof(pointer), "/list/%zu/0", i);
		bad += json_text_place(t, pointer, 0, &p) != 0 || p.line != i + 2 || p.column != 2;
		snprintf(pointer, sizeof(pointer), "/m%zu", i);
		bad += json_text_place(t, pointer, 1, &p) != 0 || p.line != n + i + 2 || p.column != 1;
		bad += json_text_place(t, pointer, 0, &p) != 0 || b.s[p.offset] != '{' || b.s[p.end - 1] != '}';
	}
	is_int(bad, 0, "every place in it is right");
	json_text_free(t);
	buf_free(&b);
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

/* Reads an element that came unread, from a copy that has exactly as many octets as were promised. */
static int
read_later(struct json_item *item, struct json_fault *f)
{
	size_t n = (size_t)(item->place.end - item->place.offset) + item->ahead;
	char *copy = memcpy(xmalloc(n), item->octets, n);
	int r = json_item_read(item, copy, NULL, NULL, f);

	free(copy);
	return r;
}

/* One line per item of a stream: kind, document, index, pointer, value, place; or the fault. */
static char *
trace(struct json_stream *s)
{
	static const char *const kinds[] = { "member", "element", "document" };
	struct buf b = BUF_INIT(1 << 24);
	struct json_item i;
	struct json_fault f;
	struct err e = ERR_INIT;
	int r, later;

	while ((r = json_stream_next(s, &i, &f, &e)) == 1) {
		later = i.value == NULL;
		if (later && (r = read_later(&i, &f)) < 0)
			break;
		buf_printf(&b, "%s %zu %zu %s", kinds[i.kind], i.document, i.index, i.pointer);
		if (i.kind == JSON_ITEM_MEMBER)
			buf_printf(&b, "%.*s=", (int)i.name_len, i.name);
		json_write(i.value, &b, JSON_TIGHT, 0);
		buf_printf(&b, " %u:%u%s\n", i.place.line, i.place.column, i.no_objects ? " plain" : "");
		if (later)
			json_text_free(i.text);
	}
	if (r < 0)
		buf_printf(&b, "%s %u:%u\n", f.code, f.place.line, f.place.column);
	json_stream_free(s);
	return buf_take(&b);
}

static const struct json_options cut = { LIMIT_JSON_TEXT, LIMIT_JSON_STRING, LIMIT_JSON_VALUES, LIMIT_JSON_DEPTH, JSON_CUT };

static void
is_trace(const char *text, const char *want, const char *what)
{
	char *got = trace(json_stream_memory(text, strlen(text), NULL));
	FILE *f = tmpfile();

	is_str(got, want, what);
	free(got);
	got = trace(json_stream_memory(text, strlen(text), &cut));
	is_str(got, want, "the same with elements read later");
	free(got);
	if (f == NULL || fwrite(text, 1, strlen(text), f) != strlen(text)) {
		ok(0, "a temporary file");
		return;
	}
	rewind(f);
	got = trace(json_stream_file(f, NULL));
	is_str(got, want, "the same from a file");
	free(got);
	fclose(f);
}

static void
test_stream(void)
{
	is_trace("{\"type\":\"bundle\",\n \"objects\":[{\"a\":1},\n 2], \"id\":\"x\"}\n",
	    "member 0 0 type=\"bundle\" 1:9\nelement 0 0 /objects/0{\"a\":1} 2:13\nelement 0 1 /objects/12 3:2\n"
	    "member 0 2 id=\"x\" 3:11\ndocument 0 2 {\"type\":\"bundle\",\"objects\":[],\"id\":\"x\"} 1:1\n", "a bundle");
	is_trace("[1,[]]", "element 0 0 /01 1:2\nelement 0 1 /1[] 1:4\ndocument 0 2 [] 1:1\n", "a list");
	is_trace("{\"objects\":[]}", "document 0 0 {\"objects\":[]} 1:1\n", "an empty bundle");
	is_trace("{\"objects\":{}}", "member 0 0 objects={} 1:12\ndocument 0 0 {\"objects\":{}} 1:1 plain\n",
	    "objects that is no array");
	is_trace(" 12 ", "document 0 0 12 1:2\n", "a scalar");
	is_trace("{\"a\":1}\n{\"b\":2}\n", "member 0 0 a=1 1:6\ndocument 0 0 {\"a\":1} 1:1 plain\nmember 1 0 b=2 2:6\n"
	    "document 1 0 {\"b\":2} 2:1 plain\n", "JSON Lines");
	is_trace("{\"a\":1} {\"b\":2}", "member 0 0 a=1 1:6\ndocument 0 0 {\"a\":1} 1:1 plain\njson-trailing 1:9\n", "trailing");
	is_trace("{\"a\":1,\"a\":2}", "member 0 0 a=1 1:6\njson-duplicate-name 1:8\n", "a duplicate name at the top");
	is_trace("{\"objects\":[1],\"objects\":[2]}", "element 0 0 /objects/01 1:13\njson-duplicate-name 1:16\n",
	    "objects twice");
	is_trace("{\"objects\":[1,]}", "element 0 0 /objects/01 1:13\njson-syntax 1:15\n", "a comma too many");
	is_trace("{\"objects\":[1", "element 0 0 /objects/01 1:13\njson-truncated 1:14\n", "cut in a list");
	is_trace("{\"objects\":[{\"a", "json-truncated 1:16\n", "cut in an element");
	is_trace("", "json-empty 1:1\n", "nothing");
}

/* Elements that straddle the reader's window, one of them larger than it, with characters of every width. */
static void
test_windows(const struct json_options *o)
{
	struct buf b = BUF_INIT(16 << 20);
	struct json_stream *s;
	struct json_item item;
	struct json_fault f;
	struct json_place place;
	struct err e = ERR_INIT;
	FILE *file = tmpfile();
	size_t i, n = 0, bad = 0, cuts = 0;
	int r, later;

	buf_adds(&b, "{\"objects\":[");
	for (i = 0; i < 9000; i++) {
		buf_printf(&b, "%s\n{\"n\":%zu,\"s\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\\ud83d\\ude00", i > 0 ? "," : "", i);
		for (r = 0; r < (i == 5000 ? 1000000 : (int)(i % 90)); r++)
			buf_addc(&b, 'x');
		buf_adds(&b, "\",\"x\":1.5e3}");
	}
	buf_adds(&b, "]}");
	if (!ok(file != NULL && fwrite(b.s, 1, b.len, file) == b.len, "a temporary file"))
		return;
	rewind(file);
	s = json_stream_file(file, o);
	while ((r = json_stream_next(s, &item, &f, &e)) == 1) {
		if (item.kind != JSON_ITEM_ELEMENT)
			continue;
		later = item.value == NULL;
		cuts += (size_t)later;
		if (later && (r = read_later(&item, &f)) < 0)
			break;
		bad += json_integer_value(json_object_get(item.value, "n")) != (json_int_t)n++;
		bad += item.place.line != n + 1 || item.place.column != 1 || b.s[item.place.offset] != '{';
		bad += json_text_place(item.text, "/x", 0, &place) != 0 || memcmp(b.s + place.offset, "1.5e3", 5) != 0;
		if (later)
			json_text_free(item.text);
	}
	is_int(cuts, o == NULL ? 0 : 8999, "elements that come unread: those that fit into the window");
	is_int(r, 0, "the whole file is read");
	is_int(n, 9000, "every element");
	is_int(bad, 0, "every element and place is right");
	is_int(json_stream_shape(s), JSON_SHAPE_OBJECT, "shape");
	json_stream_free(s);
	fclose(file);
	buf_free(&b);
}

static void
test_stream_windows(void)
{
	test_windows(NULL);
	test_windows(&cut);
}

/* What is wrong inside an element is said in the same words at the same place when it is read later. */
static void
test_cut_faults(void)
{
	static const char *const bad[] = {
		"{\"a\":1,\n \"b\":{\"c\":1,\"c\":2}}", "[NaN]", "[1,]", "{a:1}", "{'a':'}'}", "[1 2]", "[\"a\nb\"]", "[\"\xc3\xa9\", \"\xff\"]",
		"[\"\xed\xa0\x80\"]", "[\"\\ud800\"]", "[\"\\u12\"]", "[\"\\u\"]", "[\"\\x\"]", "[\"\\ud800\\udc\"]", "[\"\\\\\",\"\\\"]", "[01]", "[tru]",
		"[nul", "{\"a\":1]", "[{\"a\":[}]]", "[\"x]", "[\\]", "{\"a\" 1}", "{\"a\":}", "{\"objects\":[\"\xe6\x97\xa5\\\"]\"]",
		"{\"\xe6\x97\xa5\xe6\x9c\xac\":\n\"\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\", \"b\": 01}",
	};
	struct buf b = BUF_INIT(1 << 16);
	char *one, *two;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		buf_reset(&b);
		buf_printf(&b, "{\"type\":\"bundle\",\n\"objects\":[{\"a\":\"\xe6\x97\xa5\xe6\x9c\xac{[\\\"}\"}, {\"b\":[]}, %s, {\"c\":1}]}", bad[i]);
		one = trace(json_stream_memory(b.s, b.len, NULL));
		two = trace(json_stream_memory(b.s, b.len, &cut));
		ok(strstr(one, "json-") != NULL, bad[i]);
		is_str(two, one, "the same fault when it is read later");
		free(one);
		free(two);
	}
	buf_free(&b);
}

/* What an option refuses; a text one past its limit, and the same at it. */
static void
test_options(void)
{
	static const struct { struct json_options o; const char *text, *code; } cases[] = {
		{ { 10, 100, 100, 9, 0 }, "[1,2,3,4,5]", "json-too-large" }, { { 11, 100, 100, 9, 0 }, "[1,2,3,4,5]", NULL },
		{ { 100, 3, 100, 9, 0 }, "{\"abcd\":1}", "json-too-long" }, { { 100, 4, 100, 9, 0 }, "{\"abcd\":1}", NULL },
		{ { 100, 100, 3, 9, 0 }, "[1,2,3]", "json-too-many" }, { { 100, 100, 4, 9, 0 }, "[1,2,3]", NULL },
		{ { 100, 100, 100, 2, 0 }, "[{\"a\":[]}]", "json-too-deep" }, { { 100, 100, 100, 3, 0 }, "[{\"a\":[]}]", NULL },
		{ { 100, 100, 100, 9, 0 }, "123456789012345678901", "json-integer-range" },
		{ { 100, 100, 100, 9, JSON_BIG_REAL }, "123456789012345678901", NULL },
	};
	struct json_text *t;
	struct json_fault f;
	size_t i;
	int r;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		t = NULL;
		r = json_read(cases[i].text, strlen(cases[i].text), &cases[i].o, &t, &f);
		ok(cases[i].code == NULL ? r == 0 : r == -1 && strcmp(f.code, cases[i].code) == 0, cases[i].text);
		json_text_free(t);
	}
}

/* RFC 8785 appendix B. */
static void
test_canon_numbers(void)
{
	static const struct { uint64_t bits; const char *want; } cases[] = {
		{ 0x0000000000000000, "0" }, { 0x8000000000000000, "0" }, { 0x0000000000000001, "5e-324" },
		{ 0x8000000000000001, "-5e-324" }, { 0x7fefffffffffffff, "1.7976931348623157e+308" },
		{ 0xffefffffffffffff, "-1.7976931348623157e+308" }, { 0x4340000000000000, "9007199254740992" },
		{ 0xc340000000000000, "-9007199254740992" }, { 0x4430000000000000, "295147905179352830000" },
		{ 0x44b52d02c7e14af5, "9.999999999999997e+22" }, { 0x44b52d02c7e14af6, "1e+23" },
		{ 0x44b52d02c7e14af7, "1.0000000000000001e+23" }, { 0x444b1ae4d6e2ef4e, "999999999999999700000" },
		{ 0x444b1ae4d6e2ef4f, "999999999999999900000" }, { 0x444b1ae4d6e2ef50, "1e+21" },
		{ 0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7" }, { 0x3eb0c6f7a0b5ed8d, "0.000001" },
		{ 0x41b3de4355555553, "333333333.3333332" }, { 0x41b3de4355555554, "333333333.33333325" },
		{ 0x41b3de4355555555, "333333333.3333333" }, { 0x41b3de4355555556, "333333333.3333334" },
		{ 0x41b3de4355555557, "333333333.33333343" }, { 0xbecbf647612f3696, "-0.0000033333333333333333" },
		{ 0x43143ff3c1cb0959, "1424953923781206.2" },
	};
	struct buf b = BUF_INIT(100);
	json_t *v;
	double d;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		memcpy(&d, &cases[i].bits, sizeof(d));
		v = json_real(d);
		buf_reset(&b);
		json_canon(v, &b);
		is_str(b.s, cases[i].want, "RFC 8785 appendix B");
		json_decref(v);
	}
	buf_free(&b);
}

/* A stream that cannot be read, an item that is too large, members in odd order. */
static void
test_stream_limits(void)
{
	struct json_options o = JSON_OPTIONS_INIT;
	struct json_stream *s;
	struct json_item item;
	struct json_fault f = { .code = "none" };
	struct err e = ERR_INIT;
	FILE *file = fopen("/", "r");
	char *got;

	s = json_stream_file(file, NULL);
	ok(json_stream_next(s, &item, &f, &e) == -1 && f.code == NULL && e.kind == ERR_SYSTEM, "what cannot be read is no malformed text");
	ok(json_stream_next(s, &item, &f, &e) == 0, "and there is no more");
	json_stream_free(s);
	fclose(file);
	file = tmpfile();
	fprintf(file, "[\"%0300000d\"]", 1);
	rewind(file);
	o.max_text = 100000;
	got = trace(json_stream_file(file, &o));
	ok(strncmp(got, "json-too-large", 14) == 0, "an item that is too large");
	free(got);
	fclose(file);
	o.max_depth = 5;
	got = trace(json_stream_memory("{\"objects\":[[[[]]]]}", 20, &o));
	ok(strstr(got, "document") != NULL, "depth counts from the top");
	free(got);
	o.max_depth = 4;
	got = trace(json_stream_memory("{\"objects\":[[[[]]]]}", 20, &o));
	ok(strncmp(got, "json-too-deep 1:15", 18) == 0, "and is limited there");
	free(got);
}

/* Names of all sorts, in any order, in both forms of a pointer. */
static void
test_pointer(void)
{
	static const char text[] = "{\"\":{\"\":1},\"__proto__\":2,\"a/b\":{\"m~n\":[5,6]},\"a\\u0000b\":3}";
	struct buf b = BUF_INIT(100);
	struct json_text *t = NULL;
	json_t *root;

	if (!ok(json_read(text, sizeof(text) - 1, NULL, &t, NULL) == 0, "read"))
		return;
	root = json_text_root(t);
	ok(json_pointer_get(root, "") == root, "the root");
	is_int(json_integer_value(json_pointer_get(root, "//")), 1, "empty names");
	is_int(json_integer_value(json_pointer_get(root, "/__proto__")), 2, "a name like any other");
	is_int(json_integer_value(json_pointer_get(root, "/a~1b/m~0n/1")), 6, "escapes and an index");
	ok(json_pointer_get(root, "/a~1b/m~0n/01") == NULL && json_pointer_get(root, "/a~1b/m~0n/-") == NULL, "no index");
	ok(json_pointer_get(root, "/a~2b") == NULL && json_pointer_get(root, "a") == NULL, "no pointer");
	json_pointer_add(&b, "a/b", 3);
	json_pointer_add(&b, "m~n", 3);
	json_pointer_add_index(&b, 0);
	is_str(b.s, "/a~1b/m~0n/0", "a pointer is made");
	is_int(json_object_size(root), 4, "a name with a NUL is a name");
	buf_reset(&b);
	json_write(root, &b, JSON_TIGHT, 0);
	ok(strstr(b.s, "\"a\\u0000b\":3") != NULL, "and is written again");
	buf_free(&b);
	json_text_free(t);
}

int
main(void)
{
	test_options();
	test_canon_numbers();
	test_stream_limits();
	test_pointer();
	test_wide_places();
	test_stream();
	test_stream_windows();
	test_cut_faults();
	test_faults();
	test_depth();
	test_places();
	test_write();
	return tap_end();
}
