/* The embedded collection: its store, its reading of requests, and the server over HTTP. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collection/collection.h"
#include "collection/request.h"
#include "json/json.h"
#include "tap.h"

#define TAXII		"application/taxii+json;version=2.1"
#define POST_TAXII	"Content-Type: " TAXII
#define UUID(n)		"00000000-0000-4000-8000-00000000000" n
#define COLL		"91a7b528-80eb-42ed-a74d-c6fbd5a26116"
#define OBJECTS		"/api/collections/" COLL "/objects/"
#define MANIFEST	"/api/collections/" COLL "/manifest/"
#define T0		1718236800	/* 2024-06-13T00:00:00Z */

static struct stamp clock_now = { T0, 0 };
static uint8_t counter;

static struct stamp
fake_now(void *arg)
{
	(void)arg;
	return clock_now;
}

static void
fake_random(void *arg, uint8_t out[16])
{
	(void)arg;
	memset(out, 0, 16);
	out[15] = ++counter;
}

/* ---- the store ---------------------------------------------------------------------------------------------------- */

static int64_t added_at;

/* Adds an object given as text with its key; returns the outcome. */
static int
put(struct store *st, int64_t coll, const char *id, const char *version, const char *body, int64_t now)
{
	struct store_key k = { .id = id, .type = "indicator", .version = version };
	struct err e = ERR_INIT;
	enum store_outcome how;
	struct json_text *t;
	struct stamp at;
	int rc;

	if (version != NULL && stamp_parse(version, strlen(version), &at) == 0)
		k.version_us = store_us(at);
	if (json_read_err("test", body, strlen(body), &t, &e) != 0)
		return -2;
	rc = store_add(st, coll, &k, json_text_root(t), body, strlen(body), now, &how, &added_at, &e);
	json_text_free(t);
	return rc != 0 ? -1 : (int)how;
}

static int
gather(void *arg, const struct store_row *row)
{
	struct buf *b = arg;

	if (b->len > 0)
		buf_addc(b, ' ');
	buf_printf(b, "%.*s@%s", (int)row->n, row->body, row->version);
	return 0;
}

static const char *
list(struct store *st, int64_t coll, const char *query, struct buf *b)
{
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct target t;

	buf_reset(b);
	if (target_parse(a, query, 100, &t, &e) != 0 || store_list(st, coll, &t.filter, gather, b, &e) != 0)
		buf_adds(b, e.text);
	arena_free(a);
	return buf_str(b);
}

static void
test_store_adding(void)
{
	struct buf b = BUF_INIT(4096);
	struct err e = ERR_INIT;
	struct store *st;
	int64_t one, two, first;

	ok(store_open(":memory:", &st, &e) == 0, "store: opens");
	ok(store_collection_set(st, COLL, "news", &e) == 0 && store_collection_set(st, "x", NULL, &e) == 0, "store: collections");
	ok(store_collection_set(st, "y", "news", &e) != 0 && e.kind == ERR_USAGE, "store: an alias is unique");
	one = store_collection_find(st, COLL, &e);
	two = store_collection_find(st, "x", &e);
	ok(one > 0 && two > 0 && one != two, "store: found by id");
	is_int(store_collection_find(st, "news", &e), one, "store: found by alias");
	is_int(store_collection_find(st, "nobody", &e), 0, "store: not found");
	is_int(put(st, one, "i--1", "2024-01-01T00:00:00.000Z", "{\"v\":1}", 1000), STORE_ADDED, "store: added");
	is_int(added_at, 1000, "store: date_added is the time given");
	first = added_at;
	is_int(put(st, one, "i--1", "2024-01-01T00:00:00.000Z", "{\"v\":1}", 2000), STORE_ALREADY, "store: already there");
	is_int(added_at, first, "store: ... at its first date");
	is_int(put(st, one, "i--1", "2024-01-01T00:00:00Z", "{ \"v\": 1.0 }", 2000), STORE_ALREADY,
	    "store: another spelling of version and value is the same");
	is_int(put(st, one, "i--1", "2024-01-01T00:00:00.000Z", "{\"v\":2}", 2000), STORE_CONFLICT, "store: other content conflicts");
	is_int(put(st, one, "i--1", "2024-01-03T00:00:00.000Z", "{\"v\":3}", 500), STORE_ADDED, "store: a newer version");
	is_int(added_at, 1001, "store: a clock that goes backwards does not take the date back");
	is_int(put(st, one, "i--1", "2024-01-02T00:00:00.000Z", "{\"v\":2}", 1001), STORE_ADDED, "store: a version in between");
	is_int(added_at, 1002, "store: the same instant gives the next microsecond");
	is_int(put(st, two, "i--1", "2024-01-02T00:00:00.000Z", "{\"v\":9}", 1), STORE_ADDED, "store: collections are apart");
	is_int(put(st, two, "o--1", NULL, "{\"a\":1}", 5000), STORE_ADDED, "store: an object without a date");
	is_int(put(st, two, "o--1", NULL, "{\"a\":2}", 6000), STORE_ADDED, "store: other content is a further version");
	is_int(put(st, two, "o--1", NULL, "{\"a\":1}", 7000), STORE_ALREADY, "store: the old content is still known");
	is_int(added_at, 5000, "store: ... at its date");
	is_str(list(st, one, "/?match%5Bversion%5D=all", &b), "{\"v\":1}@2024-01-01T00:00:00.000Z {\"v\":3}@2024-01-03T00:00:00.000Z "
	    "{\"v\":2}@2024-01-02T00:00:00.000Z", "store: all versions by date_added");
	is_str(list(st, one, "/", &b), "{\"v\":3}@2024-01-03T00:00:00.000Z", "store: the last version is the one modified last");
	is_str(list(st, one, "/?match[version]=first,last", &b), "{\"v\":1}@2024-01-01T00:00:00.000Z {\"v\":3}@2024-01-03T00:00:00.000Z",
	    "store: first and last");
	is_str(list(st, one, "/?match[version]=2024-01-02T00:00:00Z", &b), "{\"v\":2}@2024-01-02T00:00:00.000Z",
	    "store: a version by instant");
	is_str(list(st, two, "/?added_after=1970-01-01T00:00:00.005000Z", &b), "{\"a\":2}@1970-01-01T00:00:00.006000Z",
	    "store: without a date the version is date_added; added_after excludes its own instant");
	is_str(list(st, one, "/?match[spec_version]=2.0", &b), "", "store: nothing of STIX 2.0");
	buf_free(&b);
	store_close(st);
}

static void
test_store_deleting(void)
{
	struct buf b = BUF_INIT(4096);
	struct err e = ERR_INIT;
	struct store_filter f = { .versions = STORE_LAST, .after = INT64_MIN };
	struct store *st;
	size_t n = 9;
	int64_t c;

	ok(store_open(":memory:", &st, &e) == 0 && store_collection_set(st, COLL, NULL, &e) == 0, "deleting: opens");
	c = store_collection_find(st, COLL, &e);
	put(st, c, "i--1", "2024-01-01T00:00:00Z", "{\"v\":1}", 10);
	put(st, c, "i--1", "2024-01-02T00:00:00Z", "{\"v\":2}", 20);
	put(st, c, "i--1", "2024-01-03T00:00:00Z", "{\"v\":3}", 30);
	ok(store_delete(st, c, &f, &n, &e) == 0, "deleting: works");
	is_int(n, 1, "deleting the last version does not make the one before it the last on the way");
	is_str(list(st, c, "/?match[version]=all", &b), "{\"v\":1}@2024-01-01T00:00:00Z {\"v\":2}@2024-01-02T00:00:00Z",
	    "deleting: the others stay");
	is_int(put(st, c, "i--2", "2024-01-03T00:00:00Z", "{}", 5), STORE_ADDED, "deleting: adds again");
	is_int(added_at, 31, "deleting: a date that was given does not come back");
	f.versions = STORE_ALL;
	ok(store_delete(st, c, &f, &n, &e) == 0 && n == 3, "deleting: everything");
	is_int(store_has(st, c, "i--1", &e), 0, "deleting: nothing left");
	ok(store_status_add(st, "s1", 1000, "{}", 2, &e) == 0, "status: kept");
	buf_reset(&b);
	ok(store_status_get(st, "s1", &b, &e) == 1 && strcmp(buf_str(&b), "{}") == 0, "status: found");
	ok(store_status_add(st, "s2", (int64_t)LIMIT_COLLECTION_STATUS * 1000000 + 1000, "{}", 2, &e) == 0, "status: another");
	is_int(store_status_get(st, "s1", &b, &e), 1, "status: still there at the limit");
	ok(store_status_add(st, "s3", (int64_t)LIMIT_COLLECTION_STATUS * 1000000 + 1001, "{}", 2, &e) == 0, "status: a third");
	is_int(store_status_get(st, "s1", &b, &e), 0, "status: forgotten after it");
	buf_free(&b);
	store_close(st);
}

static void
test_store_dates(void)
{
	char out[STAMP_TEXT];
	struct stamp t;

	is_str(store_date(1718236800000001, out), "2024-06-13T00:00:00.000001Z", "dates: six digits");
	is_str(store_date(-1, out), "1969-12-31T23:59:59.999999Z", "dates: before 1970");
	ok(stamp_parse("1969-12-31T23:59:59.999999Z", 27, &t) == 0 && store_us(t) == -1, "dates: and back");
}

/* ---- requests ------------------------------------------------------------------------------------------------------ */

static void
test_queries(void)
{
	static const struct { const char *raw; int good; } rows[] = {
		{ "/a/", 1 }, { "/a/?", 1 }, { "/a/?&&", 1 }, { "/a/?unknown=1&unknown=2", 1 }, { "/a/?match[tlp]=red", 1 },
		{ "/a/?limit=1", 1 }, { "/a/?limit=99999999999999999999999", 1 }, { "/a/?limit=0", 0 }, { "/a/?limit=", 0 },
		{ "/a/?limit", 0 }, { "/a/?limit=-1", 0 }, { "/a/?limit=1.5", 0 }, { "/a/?limit=+1", 0 }, { "/a/?limit=0x1", 0 },
		{ "/a/?limit=1&limit=1", 0 }, { "/a/?limit=1&%6cimit=1", 0 },
		{ "/a/?added_after=2024-06-13T00:00:00.000000Z", 1 }, { "/a/?added_after=2024-06-13T00%3A00%3A00Z", 1 },
		{ "/a/?added_after=2024-06-13", 0 }, { "/a/?added_after=2024-02-30T00:00:00Z", 0 },
		{ "/a/?added_after=2024-06-13T00:00:00.000000+00:00", 0 }, { "/a/?added_after=", 0 },
		{ "/a/?added_after=2024-06-13T00:00:00Z,2024-06-14T00:00:00Z", 0 },
		{ "/a/?next=a1", 1 }, { "/a/?next=1", 0 }, { "/a/?next=a", 0 }, { "/a/?next=a1x", 0 }, { "/a/?next=", 0 },
		{ "/a/?next=a99999999999999999999", 0 }, { "/a/?next=a-5", 0 },
		{ "/a/?match[id]=indicator--" UUID("1"), 1 }, { "/a/?match[id]=indicator--1", 0 },
		{ "/a/?match[id]=indicator--" UUID("1") ",malware--" UUID("2"), 1 },
		{ "/a/?match[id]=indicator--" UUID("1") ",", 0 }, { "/a/?match[id]=", 0 }, { "/a/?match[id]=" UUID("1"), 0 },
		{ "/a/?match[type]=indicator,x-foo-2", 1 }, { "/a/?match[type]=Indicator", 0 }, { "/a/?match[type]=a,%20b", 0 },
		{ "/a/?match[type]=indicator&match[type]=malware", 0 }, { "/a/?match[type]=indicator&match%5Btype%5D=malware", 0 },
		{ "/a/?match[version]=all", 1 }, { "/a/?match[version]=first,2018-03-02T01:01:01.123Z,last", 1 },
		{ "/a/?match[version]=all,last", 0 }, { "/a/?match[version]=2018-03-02T01:01:01.123Z,all", 0 },
		{ "/a/?match[version]=last,last", 0 }, { "/a/?match[version]=newest", 0 }, { "/a/?match[version]=", 0 },
		{ "/a/?match[version]=2018-03-02T01:01:01.123Z,2018-03-02T01:01:01.123000Z", 0 },
		{ "/a/?match[spec_version]=2.1", 1 }, { "/a/?match[spec_version]=2.0,2.1", 1 }, { "/a/?match[spec_version]=2", 0 },
		{ "/a/?match[spec_version]=2.", 0 }, { "/a/?match[spec_version]=latest", 0 }, { "/a/?match[spec_version]=2.1.1", 0 },
		{ "/a%2/", 0 }, { "/a%zz/", 0 }, { "/a%00/", 0 }, { "/%ff/", 0 }, { "/a/?x=%", 0 }, { "/a/?x=%80", 0 },
		{ "/%e6%97%a5/", 1 },
	};
	struct arena *a = arena_new();
	struct target t;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;

		ok((target_parse(a, rows[i].raw, 100, &t, &e) == 0) == rows[i].good, rows[i].raw);
		if (!rows[i].good)
			ok(e.kind == ERR_INPUT && e.text[0] != '\0', "... and says why");
	}
	arena_free(a);
}

/* What a query finds in an empty store. */
static const char *
list_of(const char *query)
{
	static struct buf b = BUF_INIT(4096);
	struct store *st;

	if (store_open(":memory:", &st, NULL) != 0)
		return "cannot be opened";
	list(st, 1, query, &b);
	store_close(st);
	return buf_str(&b);
}

static void
test_targets(void)
{
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct buf many = BUF_INIT(1u << 20);
	struct target t;
	size_t i;

	ok(target_parse(a, "/api/collections/x%2Fy/objects/?limit=7&match[spec_version]=2.0", 100, &t, &e) == 0, "target: reads");
	is_int(t.n, 4, "target: segments");
	is_str(t.segment[2], "x/y", "target: an encoded slash does not separate");
	is_int(t.slash, 1, "target: final slash");
	is_int(t.filter.limit, 7, "target: limit");
	is_int(t.filter.nothing, 1, "target: another spec_version passes nothing");
	ok(target_parse(a, "/api?limit=500", 100, &t, &e) == 0 && t.n == 1 && !t.slash, "target: without the slash");
	is_int(t.filter.limit, 100, "target: the page is the most");
	ok(target_parse(a, "/", 100, &t, &e) == 0 && t.n == 0, "target: the top");
	ok(target_parse(a, "//api//", 100, &t, &e) == 0 && t.n != 1, "target: empty segments count");
	ok(target_parse(a, "/1/2/3/4/5/6/7/8/9/", 100, &t, &e) == 0 && t.n == TARGET_SEGMENTS + 1, "target: too many segments");
	buf_adds(&many, "/?match[version]=2024-06-13T00:00:00.0000Z");
	for (i = 1; i < LIMIT_COLLECTION_MATCH; i++)
		buf_printf(&many, ",2024-06-13T00:00:00.%04zuZ", i);
	ok(target_parse(a, buf_str(&many), 100, &t, &e) == 0 && t.filter.at.n == LIMIT_COLLECTION_MATCH, "target: as many values as allowed");
	buf_adds(&many, ",2024-06-13T00:00:00.1000Z");
	ok(target_parse(a, buf_str(&many), 100, &t, &e) != 0, "target: one more");
	buf_reset(&many);
	buf_adds(&many, "/?match[type]=t00");
	for (i = 0; i < LIMIT_COLLECTION_TYPES; i++)
		buf_printf(&many, ",t%02zu", i);
	ok(target_parse(a, buf_str(&many), 100, &t, &e) == 0 && t.filter.types.n == LIMIT_COLLECTION_TYPES,
	    "target: as many types as allowed, a repeated one counts once");
	ok(strcmp(list_of(buf_str(&many)), "") == 0, "target: so many are a query still");
	buf_adds(&many, "&match[version]=last,first,2024-06-13T00:00:00Z");
	for (i = 1; i < LIMIT_COLLECTION_MATCH - 2; i++)
		buf_printf(&many, ",2024-06-13T00:00:00.%04zuZ", i);
	buf_adds(&many, "&match[id]=url--" UUID("1"));
	for (i = 1; i < LIMIT_COLLECTION_MATCH; i++)
		buf_adds(&many, ",url--" UUID("1"));
	ok(strcmp(list_of(buf_str(&many)), "") == 0, "target: as much of everything as allowed is a query still");
	*strstr(many.s, "&match[id]") = '\0';
	ok(strcmp(list_of(many.s), "") == 0, "target: ... without ids too");
	*strstr(many.s, "&match[version]") = '\0';
	many.len = strlen(many.s);
	buf_adds(&many, ",t100");
	ok(target_parse(a, buf_str(&many), 100, &t, &e) != 0, "target: one more type");
	buf_free(&many);
	arena_free(a);
}

static void
test_media(void)
{
	static const struct { const char *accept; int good; } rows[] = {
		{ "application/taxii+json;version=2.1", 1 }, { "application/taxii+json", 1 }, { "application/taxii+json; version=2.1", 1 },
		{ "application/taxii+json ; version = 2.1", 1 }, { "Application/TAXII+json;Version=\"2.1\"", 1 }, { "*/*", 1 },
		{ "application/*", 1 }, { "text/html, application/taxii+json;version=2.1;q=0.9", 1 },
		{ "application/taxii+json;version=2.1,application/stix+json;version=2.1", 1 },
		{ "application/taxii+json;version=2.0, application/taxii+json;version=2.1", 1 },
		{ "application/taxii+json;version=2.0", 0 }, { "application/vnd.oasis.taxii+json", 0 }, { "application/json", 0 },
		{ "text/html", 0 }, { "", 0 }, { "*/*;q=0", 0 }, { "*/*;q=0.001", 1 },
		{ "application/taxii+json;q=0, */*", 0 }, { "application/taxii+json;version=2.1, */*;q=0", 1 },
		{ "application/stix+json;version=2.1", 0 }, { ",,;;=\"", 0 }, { "*/*,", 1 }, { "application/taxii+jsonx", 0 },
	};
	static const struct { const char *type; int good; } types[] = {
		{ "application/taxii+json;version=2.1", 1 }, { "application/taxii+json", 1 }, { "application/taxii+json; version=2.1", 1 },
		{ "application/taxii+json;version=2.1; charset=utf-8", 1 }, { "application/taxii+json;version=2.0", 0 },
		{ "application/json", 0 }, { "*/*", 0 }, { "application/stix+json;version=2.1", 0 }, { NULL, 0 }, { "", 0 },
		{ "application/taxii+json, text/html", 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		ok(media_accepted(rows[i].accept) == rows[i].good, rows[i].accept);
	ok(media_accepted(NULL), "no Accept");
	for (i = 0; i < ARRAY_LEN(types); i++)
		ok(media_taxii(types[i].type) == types[i].good, types[i].type != NULL ? types[i].type : "no Content-Type");
}

/* ---- the server ------------------------------------------------------------------------------------------------------ */

struct got {
	long status;
	struct buf head, body;
	json_t *json;			/* borrowed from text */
	struct json_text *text;
};

static CURL *curl;
static struct got g = { .head = BUF_INIT(1u << 20), .body = BUF_INIT(64u << 20) };
static char base[128];
static struct collection *server;

static size_t
take(char *p, size_t size, size_t n, void *arg)
{
	buf_add(arg, p, size * n);
	return size * n;
}

/* Sends a request; headers separated by newlines. The answer is in g. Returns the status, 0 when there is none. */
static long
ask_n(const char *method, const char *path, const char *headers, const char *body, size_t n)
{
	struct curl_slist *list = NULL;
	char url[4096], line[1024];
	size_t len;

	json_text_free(g.text);
	g.text = NULL;
	g.json = NULL;
	g.status = 0;
	buf_reset(&g.head);
	buf_reset(&g.body);
	snprintf(url, sizeof(url), "%s%s", base, path);
	for (; headers != NULL && *headers != '\0'; headers += len + (headers[len] != '\0')) {
		len = strcspn(headers, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, headers);
		list = curl_slist_append(list, line);
	}
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &g.body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &g.head);
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	if (body != NULL) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)n);
	}
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	if (curl_easy_perform(curl) == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &g.status);
	curl_slist_free_all(list);
	if (g.body.len > 0 && json_read(g.body.s, g.body.len, NULL, &g.text, NULL) == 0)
		g.json = json_text_root(g.text);
	return g.status;
}

static long
ask(const char *method, const char *path, const char *headers, const char *body)
{
	return ask_n(method, path, headers, body, body != NULL ? strlen(body) : 0);
}

static long
get(const char *path)
{
	return ask("GET", path, NULL, NULL);
}

static long
post(const char *body)
{
	return ask("POST", OBJECTS, POST_TAXII "\nExpect:", body);
}

/* A header of the answer, or NULL. */
static const char *
head(const char *name)
{
	static char out[256];
	const char *p = buf_str(&g.head);
	size_t n = strlen(name), len;

	for (; p != NULL && *p != '\0'; p = strchr(p, '\n') != NULL ? strchr(p, '\n') + 1 : NULL)
		if (strncasecmp(p, name, n) == 0 && p[n] == ':') {
			p += n + 1 + strspn(p + n + 1, " ");
			len = strcspn(p, "\r\n");
			snprintf(out, sizeof(out), "%.*s", (int)len, p);
			return out;
		}
	return NULL;
}

static const char *
str(const char *pointer)
{
	return json_string_value(json_pointer_get(g.json, pointer));
}

static long long
num(const char *pointer)
{
	const json_t *v = json_pointer_get(g.json, pointer);

	return json_is_integer(v) ? json_integer_value(v) : -99;
}

static size_t
count(const char *pointer)
{
	return json_array_size(json_pointer_get(g.json, pointer));
}

/* An error answer as 3.6.1 has it. */
static void
is_error(long status, const char *what)
{
	char text[16];

	snprintf(text, sizeof(text), "%ld", status);
	is_int(g.status, status, what);
	is_str(head("Content-Type"), TAXII, "... with the media type");
	is_str(str("/http_status"), text, "... with its status in the body");
	ok(str("/title") != NULL && str("/description") != NULL, "... with title and description");
}

static const struct collection_desc descs[] = { { COLL, "news" }, { UUID("b"), NULL } };

static struct collection_config
config(void)
{
	struct collection_config cfg = { .db = ":memory:", .title = "A \"test\"", .root = "api", .host = "127.0.0.1", .port = "0",
		.collections = descs, .n_collections = 2, .now = fake_now, .random = fake_random };

	return cfg;
}

static void
start(const struct collection_config *cfg)
{
	struct err e = ERR_INIT;
	size_t n;

	if (collection_start(cfg, &server, &e) != 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	n = strlen(collection_url(server)) - strlen("/taxii2/");
	snprintf(base, sizeof(base), "%.*s", (int)n, collection_url(server));
}

static void
stop(void)
{
	collection_stop(server);
	server = NULL;
}

static void
test_information(void)
{
	is_int(get("/taxii2/"), 200, "discovery");
	is_str(head("Content-Type"), TAXII, "discovery: media type");
	is_str(str("/title"), "A \"test\"", "discovery: title");
	is_str(str("/default"), "/api/", "discovery: default root");
	is_str(str("/api_roots/0"), "/api/", "discovery: roots");
	is_int(get("/api/"), 200, "root");
	is_str(str("/versions/0"), TAXII, "root: versions");
	is_int(num("/max_content_length"), LIMIT_COLLECTION_BODY, "root: max_content_length");
	is_int(get("/api/collections/"), 200, "collections");
	is_int(count("/collections"), 2, "collections: both");
	is_str(str("/collections/0/id"), COLL, "collections: in order");
	is_str(str("/collections/0/alias"), "news", "collections: alias");
	ok(json_is_true(json_pointer_get(g.json, "/collections/0/can_write")), "collections: can_write");
	is_str(str("/collections/1/title"), "A \"test\"", "collections: every one has a title");
	is_int(get("/api/collections/news/"), 200, "collection by alias");
	is_str(str("/id"), COLL, "... is the same");
	is_str(str("/media_types/0"), "application/stix+json;version=2.1", "collection: media types");
	is_int(get("/api/collections/" COLL "/"), 200, "collection by id");
}

static void
test_errors(void)
{
	get("/");
	is_error(404, "nothing at the top");
	get("/taxii2");
	is_error(404, "a path without its slash");
	ok(strstr(str("/description"), "ends in \"/\"") != NULL, "... says so");
	get("/api/collections/nobody/");
	is_error(404, "no such collection");
	get("/other/collections/");
	is_error(404, "no such root");
	get("/api/status/" UUID("9") "/");
	is_error(404, "no such status");
	get(OBJECTS "indicator--" UUID("9") "/");
	is_error(404, "no such object");
	get(OBJECTS "indicator--" UUID("9") "/versions/");
	is_error(404, "no versions of no object");
	get(OBJECTS "?limit=0");
	is_error(400, "a malformed query");
	get("/api/%ff/");
	is_error(400, "a malformed path");
	ask("GET", "/taxii2/", "Accept: application/json", NULL);
	is_error(406, "another media type");
	ask("GET", "/taxii2/", "Accept: text/html\nAccept: application/taxii+json", NULL);
	is_int(g.status, 200, "two Accept headers are one list");
	ask("GET", "/taxii2/", "Accept:\nUser-Agent:", NULL);
	is_int(g.status, 200, "no Accept, no User-Agent");
	ask("PUT", OBJECTS, POST_TAXII, "{}");
	is_error(405, "PUT");
	is_str(head("Allow"), "GET, POST", "... says what there is");
	ask("DELETE", "/api/", NULL, NULL);
	is_error(405, "DELETE of a root");
	is_int(ask("HEAD", "/taxii2/", NULL, NULL), 405, "HEAD");
	is_int(g.body.len, 0, "... without a body");
	ask("OPTIONS", "/taxii2/", NULL, NULL);
	is_error(405, "OPTIONS");
}

#define INDICATOR(n, day) "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--" UUID(n) "\"," \
	"\"created\":\"2024-01-01T00:00:00.000Z\",\"modified\":\"2024-01-" day "T00:00:00.000Z\",\"x\":0.1,\"name\":\"\xe6\x97\xa5\"}"
#define ADDRESS	"{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--" UUID("a") "\",\"value\":\"192.0.2.1\"}"
#define ENVELOPE(x)	"{\"objects\":[" x "]}"

static void
test_adding(void)
{
	char id[64], path[128];

	clock_now.sec = T0;
	is_int(post(ENVELOPE(INDICATOR("1", "01") "," INDICATOR("2", "01") "," ADDRESS)), 202, "adding: accepted");
	is_str(head("Content-Type"), TAXII, "adding: media type");
	is_str(str("/status"), "complete", "adding: complete");
	is_str(str("/request_timestamp"), "2024-06-13T00:00:00.000000Z", "adding: request_timestamp");
	is_int(num("/total_count"), 3, "adding: total");
	is_int(num("/success_count"), 3, "adding: successes");
	is_int(num("/failure_count") + num("/pending_count"), 0, "adding: nothing else");
	ok(json_pointer_get(g.json, "/failures") == NULL, "adding: no empty list");
	is_str(str("/successes/0/version"), "2024-01-01T00:00:00.000Z", "adding: version");
	ok(json_pointer_get(g.json, "/successes/0/message") == NULL, "adding: no message");
	is_str(str("/successes/2/version"), "2024-06-13T00:00:00.000002Z", "adding: version of what has none");
	snprintf(id, sizeof(id), "%s", str("/id"));
	ok(uuid_valid(id, strlen(id)) && id[14] == '4' && strchr("89ab", id[19]) != NULL, "adding: the status has a UUID version 4");
	snprintf(path, sizeof(path), "/api/status/%s/", id);
	is_int(get(path), 200, "status: found");
	is_str(str("/id"), id, "status: its id");
	is_int(num("/success_count"), 3, "status: the same");
	clock_now.sec++;
	is_int(post(ENVELOPE(INDICATOR("1", "01") "," ADDRESS)), 202, "again: accepted");
	is_int(num("/success_count"), 2, "again: successes");
	is_str(str("/successes/0/message"), "already there", "again: said");
	is_str(str("/successes/1/version"), "2024-06-13T00:00:00.000002Z", "again: the version it had");
	is_int(get(OBJECTS), 200, "again: read");
	is_int(count("/objects"), 3, "again: not doubled");
	ok(strstr(g.body.s, INDICATOR("1", "01")) != NULL, "adding: the object comes back as it was sent");
}

/* What cannot be stored is a failure of its own; the rest is stored. */
static void
test_failures(void)
{
	static const struct { const char *object, *id, *version, *message; } rows[] = {
		{ "5", "/objects/0", "2024-06-13T00:00:10.000000Z", "not a JSON object" },
		{ "{}", "/objects/1", "2024-06-13T00:00:10.000000Z", "\"type\" is missing" },
		{ "{\"type\":\"indicator\"}", "/objects/2", "2024-06-13T00:00:10.000000Z", "\"id\" is missing" },
		{ "{\"type\":\"indicator\",\"id\":\"indicator--x\"}", "indicator--x", "2024-06-13T00:00:10.000000Z", "type--UUID" },
		{ "{\"type\":\"indicator\",\"id\":7}", "/objects/4", "2024-06-13T00:00:10.000000Z", "type--UUID" },
		{ "{\"type\":\"malware\",\"id\":\"indicator--" UUID("1") "\"}", "indicator--" UUID("1"), "2024-06-13T00:00:10.000000Z",
		    "does not begin with" },
		{ "{\"type\":\"Indicator\",\"id\":\"Indicator--" UUID("1") "\"}", "Indicator--" UUID("1"), "2024-06-13T00:00:10.000000Z",
		    "no name of a STIX type" },
		{ "{\"type\":\"bundle\",\"id\":\"bundle--" UUID("1") "\",\"objects\":[]}", "bundle--" UUID("1"),
		    "2024-06-13T00:00:10.000000Z", "a bundle is no object" },
		{ "{\"type\":\"indicator\",\"id\":\"indicator--" UUID("1") "\",\"created\":\"2024-01-01T00:00:00Z\"}",
		    "indicator--" UUID("1"), "2024-01-01T00:00:00Z", "\"spec_version\" is missing" },
		{ "{\"type\":\"indicator\",\"id\":\"indicator--" UUID("1") "\",\"spec_version\":\"2.0\"}", "indicator--" UUID("1"),
		    "2024-06-13T00:00:10.000000Z", "only spec_version 2.1" },
		{ "{\"type\":\"indicator\",\"id\":\"indicator--" UUID("1") "\",\"modified\":\"yesterday\"}", "indicator--" UUID("1"),
		    "2024-06-13T00:00:10.000000Z", "no timestamp" },
		{ "{\"type\":\"indicator\",\"id\":\"indicator--" UUID("1") "\",\"modified\":\"2024-01-01T00:00:00Z\",\"created\":0}",
		    "indicator--" UUID("1"), "2024-01-01T00:00:00Z", "no timestamp" },
		{ "{\"type\":\"indicator\",\"id\":\"indicator--\\u0000\"}", "/objects/12", "2024-06-13T00:00:10.000000Z", "type--UUID" },
		{ "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--" UUID("1") "\","
		    "\"modified\":\"2024-01-01T00:00:00Z\",\"name\":\"other\"}", "indicator--" UUID("1"), "2024-01-01T00:00:00Z",
		    "another content" },
	};
	struct buf b = BUF_INIT(1u << 20);
	char pointer[64];
	const char *message;
	size_t i;

	clock_now.sec = T0 + 10;
	buf_adds(&b, "{\"objects\":[");
	for (i = 0; i < ARRAY_LEN(rows); i++)
		buf_printf(&b, "%s,", rows[i].object);
	buf_adds(&b, INDICATOR("3", "01") "]}");
	is_int(post(buf_str(&b)), 202, "failures: accepted");
	is_int(num("/total_count"), ARRAY_LEN(rows) + 1, "failures: total");
	is_int(num("/failure_count"), ARRAY_LEN(rows), "failures: all counted");
	is_int(num("/success_count"), 1, "failures: the good one is stored");
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(pointer, sizeof(pointer), "/failures/%zu/id", i);
		is_str(str(pointer), rows[i].id, rows[i].object);
		snprintf(pointer, sizeof(pointer), "/failures/%zu/version", i);
		is_str(str(pointer), rows[i].version, "... version");
		snprintf(pointer, sizeof(pointer), "/failures/%zu/message", i);
		message = str(pointer);
		ok(message != NULL && strstr(message, rows[i].message) != NULL, rows[i].message);
	}
	is_int(get(OBJECTS "indicator--" UUID("3") "/"), 200, "failures: the good one is there");
	buf_free(&b);
}

static void
test_refused_envelopes(void)
{
	struct buf b = BUF_INIT(64u << 20);
	size_t i;

	post("{\"objects\":[}");
	is_error(400, "a body that is no JSON");
	ok(strstr(str("/description"), "line 1, column 13") != NULL, "... says where");
	post("{\"objects\":[{\"a\":1,\"a\":2}]}");
	is_error(400, "a name twice");
	post("");
	is_error(400, "an empty body");
	post("[]");
	is_error(422, "a list");
	post("{}");
	is_error(422, "an envelope without objects");
	post("{\"objects\":[]}");
	is_error(422, "an empty envelope");
	buf_adds(&b, "{\"objects\":[0");
	for (i = 0; i < LIMIT_COLLECTION_OBJECTS; i++)
		buf_adds(&b, ",0");
	buf_adds(&b, "]}");
	post(buf_str(&b));
	is_error(422, "too many objects");
	ask("POST", OBJECTS, "Content-Type: application/json", ENVELOPE(ADDRESS));
	is_error(415, "another media type");
	ask("POST", OBJECTS, "Content-Type:", ENVELOPE(ADDRESS));
	is_error(415, "no media type");
	ask("POST", OBJECTS, POST_TAXII "\nContent-Encoding: gzip", ENVELOPE(ADDRESS));
	is_error(415, "a compressed body");
	ask("POST", "/api/collections/nobody/objects/", POST_TAXII, ENVELOPE(ADDRESS));
	is_error(404, "no such collection");
	ask("POST", OBJECTS, POST_TAXII "\nAccept: text/html", ENVELOPE(ADDRESS));
	is_error(406, "an answer we cannot give");
	ask("POST", OBJECTS, "Content-Type: application/taxii+json; version=2.1\nTransfer-Encoding: chunked", ENVELOPE(ADDRESS));
	is_int(g.status, 202, "a chunked body is taken");
	post("{\"type\":\"bundle\",\"id\":\"bundle--" UUID("1") "\",\"objects\":[" ADDRESS "]}");
	is_int(g.status, 202, "a bundle is an envelope with custom properties");
	buf_free(&b);
}

static void
test_versions(void)
{
	clock_now.sec = T0 + 20;
	is_int(post(ENVELOPE(INDICATOR("1", "03") "," INDICATOR("1", "02"))), 202, "versions: two more");
	is_int(get(OBJECTS "indicator--" UUID("1") "/versions/"), 200, "versions");
	is_int(count("/versions"), 3, "versions: all");
	is_str(str("/versions/1"), "2024-01-03T00:00:00.000Z", "versions: by date added");
	is_str(head("X-TAXII-Date-Added-First"), "2024-06-13T00:00:00.000000Z", "versions: first date");
	is_str(head("X-TAXII-Date-Added-Last"), "2024-06-13T00:00:20.000001Z", "versions: last date");
	is_int(get(OBJECTS "indicator--" UUID("1") "/"), 200, "an object");
	is_int(count("/objects"), 1, "an object: one version");
	is_str(str("/objects/0/modified"), "2024-01-03T00:00:00.000Z", "an object: the latest");
	is_int(get(OBJECTS "indicator--" UUID("1") "/?match[version]=all&limit=2"), 200, "an object: all versions");
	is_int(count("/objects"), 2, "an object: limited");
	ok(json_is_true(json_pointer_get(g.json, "/more")), "an object: more");
	is_int(get(OBJECTS "indicator--" UUID("1") "/?match[version]=2020-01-01T00:00:00Z"), 200, "an object: no such version");
	is_str(buf_str(&g.body), "{}", "... is an empty envelope");
	ok(head("X-TAXII-Date-Added-First") == NULL, "... without dates");
	is_int(get(MANIFEST "?match[version]=all&match[type]=indicator"), 200, "manifest");
	is_int(count("/objects"), 5, "manifest: every version");
	is_str(str("/objects/0/id"), "indicator--" UUID("1"), "manifest: id");
	is_str(str("/objects/0/date_added"), "2024-06-13T00:00:00.000000Z", "manifest: date_added");
	is_str(str("/objects/0/version"), "2024-01-01T00:00:00.000Z", "manifest: version");
	is_str(str("/objects/0/media_type"), "application/stix+json;version=2.1", "manifest: media type");
	is_int(get(OBJECTS "?match[type]=malware,ipv4-addr,indicator,ipv4-addr&match[version]=all"), 200, "several types");
	is_int(count("/objects"), 6, "several types: every object once");
	is_str(str("/objects/0/id"), "indicator--" UUID("1"), "several types: by date added");
	is_str(str("/objects/2/id"), "ipv4-addr--" UUID("a"), "several types: mixed");
	is_str(str("/objects/5/modified"), "2024-01-02T00:00:00.000Z", "several types: to the end");
	is_int(get(OBJECTS "?match[id]=indicator--" UUID("1") ",ipv4-addr--" UUID("a") "&match[type]=ipv4-addr,malware"), 200, "matches");
	is_int(count("/objects"), 1, "matches: alternatives inside a field, all fields together");
	get(OBJECTS "indicator--" UUID("1") "/?match[id]=indicator--" UUID("2"));
	is_str(buf_str(&g.body), "{}", "an object that the query excludes");
	get(OBJECTS "?match[spec_version]=2.0");
	is_str(buf_str(&g.body), "{}", "no STIX 2.0");
	get(OBJECTS "?added_after=2024-06-13T00:00:20.000000Z");
	is_str(buf_str(&g.body), "{}", "added_after: what is newest by modified was added before");
	get(OBJECTS "?added_after=2024-06-13T00:00:19.999999Z");
	is_int(count("/objects"), 1, "added_after: exclusive");
}

/* Both ways of going on (3.5) see every object once, with one date for the whole envelope on the server's clock. */
static void
test_paging(void)
{
	struct buf b = BUF_INIT(1u << 20);
	char path[256], last[64] = "", other[64];
	size_t i, seen, pages;

	clock_now.sec = T0 + 100;
	buf_adds(&b, "{\"objects\":[");
	for (i = 0; i < 25; i++)
		buf_printf(&b, "%s{\"type\":\"url\",\"id\":\"url--00000000-0000-5000-8000-%012zu\",\"value\":\"http://x/%zu\"}", i ? "," : "", i, i);
	buf_adds(&b, "]}");
	is_int(ask("POST", "/api/collections/" UUID("b") "/objects/", POST_TAXII, buf_str(&b)), 202, "paging: 25 objects");
	buf_free(&b);
	snprintf(path, sizeof(path), "/api/collections/" UUID("b") "/objects/?limit=10");
	for (seen = pages = 0; pages < 9; pages++) {
		get(path);
		seen += count("/objects");
		if (!json_is_true(json_pointer_get(g.json, "/more")))
			break;
		snprintf(path, sizeof(path), "/api/collections/" UUID("b") "/objects/?limit=10&next=%s", str("/next"));
	}
	is_int(seen, 25, "paging by next: every object once");
	is_int(pages, 2, "paging by next: three pages");
	snprintf(path, sizeof(path), "/api/collections/" UUID("b") "/manifest/?limit=10");
	for (seen = pages = 0; pages < 9; pages++) {
		get(path);
		seen += count("/objects");
		snprintf(other, sizeof(other), "%s", head("X-TAXII-Date-Added-First"));
		ok(strcmp(other, last) > 0, "paging by date: forward");
		snprintf(last, sizeof(last), "%s", head("X-TAXII-Date-Added-Last"));
		if (!json_is_true(json_pointer_get(g.json, "/more")))
			break;
		snprintf(path, sizeof(path), "/api/collections/" UUID("b") "/manifest/?limit=10&added_after=%s", last);
	}
	is_int(seen, 25, "paging by date: every object once");
	get("/api/collections/" UUID("b") "/objects/?next=a0");
	is_int(count("/objects"), 25, "a forged next shows what the query shows, and no other collection");
	get("/api/collections/" UUID("b") "/objects/?next=a9000000000000000");
	is_str(buf_str(&g.body), "{}", "a next beyond the end");
}

static void
test_deleting(void)
{
	is_int(ask("DELETE", OBJECTS "indicator--" UUID("1") "/?match[version]=2024-01-02T00:00:00.000Z", NULL, NULL), 200, "delete a version");
	is_int(g.body.len, 0, "delete: no body");
	is_str(head("Content-Type"), TAXII, "delete: media type");
	get(OBJECTS "indicator--" UUID("1") "/versions/");
	is_int(count("/versions"), 2, "delete: the others stay");
	ask("DELETE", OBJECTS "indicator--" UUID("1") "/?match[version]=2024-01-02T00:00:00.000Z", NULL, NULL);
	is_error(404, "delete: the version is gone");
	is_int(ask("DELETE", OBJECTS "indicator--" UUID("1") "/", NULL, NULL), 200, "delete an object");
	get(OBJECTS "indicator--" UUID("1") "/");
	is_error(404, "delete: gone with all its versions");
	ask("DELETE", OBJECTS "indicator--" UUID("1") "/", NULL, NULL);
	is_error(404, "delete: there is nothing left");
	get(MANIFEST "?match[version]=all&match[id]=indicator--" UUID("1"));
	is_str(buf_str(&g.body), "{}", "delete: gone from the manifest");
	is_int(get(OBJECTS "indicator--" UUID("2") "/"), 200, "delete: others stay");
}

static void
test_read_only(void)
{
	struct collection_config cfg = config();

	cfg.read_only = 1;
	start(&cfg);
	get("/api/collections/news/");
	ok(json_is_false(json_pointer_get(g.json, "/can_write")), "read-only: can_write is false");
	post(ENVELOPE(ADDRESS));
	is_error(403, "read-only: POST");
	ask("DELETE", OBJECTS "ipv4-addr--" UUID("a") "/", NULL, NULL);
	is_error(403, "read-only: DELETE");
	is_int(get(OBJECTS), 200, "read-only: GET");
	stop();
}

static void
test_credentials(void)
{
	struct collection_config cfg = config();
	char basic[] = "Authorization: Basic YW5uZTpww6Rzc3c6cmQ=";	/* anne:pässw:rd */

	cfg.user = "anne";
	cfg.password = "p\xc3\xa4ssw:rd";
	cfg.token = "s3cret-t0ken";
	start(&cfg);
	get("/taxii2/");
	is_error(401, "credentials: none");
	ok(strstr(buf_str(&g.head), "WWW-Authenticate: Basic realm=\"TAXII\"") != NULL, "credentials: asks for Basic");
	ok(strstr(buf_str(&g.head), "WWW-Authenticate: Bearer") != NULL, "credentials: asks for Bearer");
	post(ENVELOPE(ADDRESS));
	is_error(401, "credentials: POST");
	get("/nowhere/");
	is_error(401, "credentials: before anything else is said");
	is_int(ask("GET", "/taxii2/", basic, NULL), 200, "credentials: Basic");
	basic[15] = 'b';
	is_int(ask("GET", "/taxii2/", basic, NULL), 200, "credentials: the scheme in any case");
	basic[24] = 'x';
	is_int(ask("GET", "/taxii2/", basic, NULL), 401, "credentials: a wrong one");
	is_int(ask("GET", "/taxii2/", "Authorization: Bearer s3cret-t0ken", NULL), 200, "credentials: Bearer");
	is_int(ask("GET", "/taxii2/", "Authorization: Bearer s3cret-t0ke", NULL), 401, "credentials: a wrong token");
	is_int(ask("GET", "/taxii2/", "Authorization: Bearer ", NULL), 401, "credentials: an empty token");
	is_int(ask("GET", "/taxii2/", "Authorization: Basic s3cret-t0ken", NULL), 401, "credentials: the right token, another scheme");
	stop();
}

/* Sends octets as they are, closes its half, and returns what came back. */
static const char *
raw(const char *text, size_t n)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct timeval tv = { 20, 0 };
	char piece[4096];
	ssize_t k;
	int fd;

	buf_reset(&g.body);
	sin.sin_port = htons((uint16_t)atoi(strrchr(base, ':') + 1));
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == 0 && send(fd, text, n, MSG_NOSIGNAL) == (ssize_t)n) {
		shutdown(fd, SHUT_WR);
		while ((k = recv(fd, piece, sizeof(piece), 0)) > 0)
			buf_add(&g.body, piece, (size_t)k);
	}
	close(fd);
	return buf_str(&g.body);
}

static const char *
raw_text(const char *text)
{
	return raw(text, strlen(text));
}

static void
test_limits(void)
{
	struct collection_config cfg = config();
	struct buf b = BUF_INIT(64u << 20);
	const char *body = ENVELOPE(ADDRESS);

	cfg.max_content_length = strlen(body);
	cfg.page = 2;
	start(&cfg);
	get("/api/");
	is_int(num("/max_content_length"), strlen(body), "limits: the body's is announced");
	is_int(post(body), 202, "limits: a body as large as allowed");
	ask_n("POST", OBJECTS, POST_TAXII "\nExpect:", ENVELOPE(ADDRESS) " ", strlen(body) + 1);
	is_error(413, "limits: one octet more");
	ask_n("POST", OBJECTS, POST_TAXII "\nExpect:\nTransfer-Encoding: chunked", ENVELOPE(ADDRESS) " ", strlen(body) + 1);
	is_error(413, "limits: one octet more, chunked");
	while (b.len < 4u << 20)
		buf_adds(&b, ENVELOPE(ADDRESS));
	ask_n("POST", OBJECTS, POST_TAXII "\nExpect:", b.s, b.len);
	is_error(413, "limits: a client that writes everything first sees the answer");
	ask_n("POST", OBJECTS, POST_TAXII "\nExpect: 100-continue", b.s, b.len);
	is_error(413, "limits: a client that asks first sees it too");
	ok(strstr(buf_str(&g.head), "100 Continue") == NULL, "limits: ... without being told to go on");
	ask_n("POST", OBJECTS, POST_TAXII "\nExpect:\nTransfer-Encoding: chunked", b.s, b.len);
	is_error(413, "limits: a large chunked body");
	is_int(get(OBJECTS), 200, "limits: the server goes on");
	buf_reset(&b);
	buf_adds(&b, "GET /taxii2/ HTTP/1.1\r\nHost: x\r\nX: ");
	while (b.len < LIMIT_COLLECTION_HEADERS + 1000)
		buf_adds(&b, "0123456789");
	buf_adds(&b, "\r\n\r\n");
	ok(strncmp(raw(b.s, b.len), "HTTP/1.1 431", 12) == 0, "limits: headers that are too large");
	ok(strstr(raw_text("POST " OBJECTS " HTTP/1.1\r\nHost: x\r\nContent-Type: " TAXII "\r\nContent-Length: 60\r\n\r\n" ENVELOPE("")),
	    "422") == NULL, "limits: a body that ends too early is not judged");
	is_str(raw("\x16\x03\x01\x02", 4), "", "limits: what is not HTTP gets no answer");
	raw_text("GET /taxii2/ HTTP/1.1\r\nHost: x\r\n\r\nGET /api/ HTTP/1.1\r\nHost: x\r\n\r\n");
	ok(strstr(buf_str(&g.body), "\"api_roots\"") != NULL && strstr(buf_str(&g.body), "\"versions\"") != NULL, "two requests at once");
	is_int(get("/taxii2/"), 200, "limits: the server still goes on");
	buf_free(&b);
	stop();
}

static void
test_keeping(void)
{
	char path[] = "/tmp/test_collection.XXXXXX", file[64], id[64];
	struct collection_config cfg = config();

	ok(mkdtemp(path) != NULL, "keeping: a folder");
	snprintf(file, sizeof(file), "%s/db", path);
	cfg.db = file;
	cfg.n_collections = 0;
	clock_now.sec = T0 + 1000;
	start(&cfg);
	is_int(get("/api/collections/default/"), 200, "keeping: a collection of its own making");
	snprintf(id, sizeof(id), "%s", str("/id"));
	is_int(ask("POST", "/api/collections/default/objects/", POST_TAXII, ENVELOPE(ADDRESS)), 202, "keeping: adds");
	stop();
	clock_now.sec = T0;
	start(&cfg);
	is_int(get("/api/collections/default/"), 200, "keeping: again");
	is_str(str("/id"), id, "keeping: the same collection");
	is_int(get("/api/collections/default/objects/"), 200, "keeping: reads");
	is_int(count("/objects"), 1, "keeping: the object is there");
	is_str(head("X-TAXII-Date-Added-First"), "2024-06-13T00:16:40.000000Z", "keeping: its date too");
	ask("POST", "/api/collections/default/objects/", POST_TAXII, ENVELOPE(INDICATOR("1", "01")));
	get("/api/collections/default/objects/?match[type]=indicator");
	is_str(head("X-TAXII-Date-Added-First"), "2024-06-13T00:16:40.000001Z", "keeping: dates go on after a restart");
	stop();
	cfg.collections = descs;
	cfg.n_collections = 1;
	start(&cfg);
	get("/api/collections/");
	is_int(count("/collections"), 2, "keeping: a further collection");
	stop();
	unlink(file);
	rmdir(path);
}

static void
test_refused_configs(void)
{
	static const struct collection_desc bad[] = { { "news", NULL } }, twice[] = { { COLL, "a" }, { UUID("b"), "a" } };
	struct collection_config cfg;
	struct collection *c = NULL;
	size_t i;

	for (i = 0; i < 9; i++) {
		struct err e = ERR_INIT;

		cfg = config();
		cfg.root = i == 0 ? "a/b" : i == 1 ? "" : i == 2 ? "taxii2" : "api";
		cfg.host = i == 3 ? "0.0.0.0" : i == 4 ? "example.org" : "127.0.0.1";
		if (i == 5 || i == 6) {
			cfg.collections = i == 5 ? bad : twice;
			cfg.n_collections = i == 5 ? 1 : 2;
		}
		cfg.user = i == 7 ? "anne" : i == 8 ? "an:ne" : NULL;
		cfg.password = i == 8 ? "x" : NULL;
		ok(collection_start(&cfg, &c, &e) != 0 && e.kind == ERR_USAGE && e.text[0] != '\0' && c == NULL, "a config that makes no sense");
	}
	cfg = config();
	cfg.db = "/nowhere/at/all";
	ok(collection_start(&cfg, &c, NULL) != 0, "a database that cannot be opened");
	collection_stop(NULL);
}

int
main(void)
{
	struct collection_config cfg = config();

	curl_global_init(CURL_GLOBAL_DEFAULT);
	curl = curl_easy_init();
	test_store_adding();
	test_store_deleting();
	test_store_dates();
	test_queries();
	test_targets();
	test_media();
	test_refused_configs();
	start(&cfg);
	test_information();
	test_errors();
	test_adding();
	test_failures();
	test_refused_envelopes();
	test_versions();
	test_paging();
	test_deleting();
	stop();
	test_read_only();
	test_credentials();
	test_limits();
	test_keeping();
	curl_easy_cleanup(curl);
	curl_global_cleanup();
	json_text_free(g.text);
	buf_free(&g.head);
	buf_free(&g.body);
	return tap_end();
}
