#include <sqlite3.h>
#include <string.h>

#include "json/json.h"
#include "publish/push.h"
#include "tap.h"

static struct arena *arena;

static const char *
typed(const char *s)
{
	char *url = NULL;

	return taxii_url(s, arena, &url, NULL) == 0 ? url : "none";
}

static void
test_urls(void)
{
	static const char base[] = "https://a.example:8443/taxii2/";

	is_str(typed("a.example"), "https://a.example/taxii2/", "a host is its discovery resource");
	is_str(typed("https://a.example/"), "https://a.example/taxii2/", "... with a slash, too");
	is_str(typed("https://a.example/api/root"), "https://a.example/api/root/", "a slash at the end");
	is_str(typed("https://a.example/x/?limit=1"), "none", "no query");
	is_str(typed("https://a.example/x/#y"), "none", "no fragment");
	is_str(typed("ftp://a.example/x/"), "none", "no other scheme");
	is_str(taxii_root_url(base, "/root", arena), "https://a.example:8443/root/", "a relative root");
	is_str(taxii_root_url(base, "https://b.example/r/", arena), "https://b.example/r/", "an absolute one");
	ok(taxii_root_url(base, "//b.example/", arena) == NULL && taxii_root_url(base, "../r/", arena) == NULL &&
	    taxii_root_url(base, "/r/?x", arena) == NULL && taxii_root_url(base, "r/", arena) == NULL &&
	    taxii_root_url(base, "/r/../../x/", arena) == NULL && taxii_root_url(base, "", arena) == NULL, "what is no reference to a root");
}

static int
query(const char *after, const char *field, const char *value)
{
	struct taxii_match m = { field, value };
	struct taxii_query q = { .added_after = after, .match = &m, .nmatch = field != NULL };

	return taxii_query_check(&q, NULL);
}

static void
test_query(void)
{
	is_int(query("2026-01-01T00:00:00Z", "type", "a,b"), 0, "a query");
	is_int(query(NULL, "version", "all"), 0, "all versions");
	is_int(query(NULL, "version", "first,2026-01-01T00:00:00.5Z"), 0, "some versions");
	is_int(query("2026-01-01", NULL, NULL), -1, "a date is no timestamp");
	is_int(query("2026-01-01T00:00:00+01:00", NULL, NULL), -1, "nor is a time elsewhere");
	is_int(query(NULL, "version", "all,first"), -1, "\"all\" stands alone");
	is_int(query(NULL, "type", "a,,b"), -1, "an empty value");
	is_int(query(NULL, "type", ""), -1, "no value");
	is_int(query(NULL, "ty]pe", "a"), -1, "an odd field");
}

static void
test_spool(void)
{
	size_t n = LIMIT_PUBLISH_SPOOL / 3;
	char *block = xmalloc(n);
	struct buf out = BUF_INIT(2 * n);
	struct spool s;
	uint64_t at[5];
	int good = 1;

	spool_init(&s);
	for (int i = 0; i < 5; i++) {
		memset(block, 'a' + i, n);
		good &= spool_add(&s, block, n - (size_t)i, &at[i], NULL) == 0;
	}
	ok(good && s.file != NULL, "more than fits in memory goes to a file");
	for (int i = 0; i < 5; i++) {
		buf_reset(&out);
		good &= spool_get(&s, at[i], n - (size_t)i, &out, NULL) == 0 && out.len == n - (size_t)i &&
		    out.s[0] == 'a' + i && out.s[out.len - 1] == 'a' + i;
	}
	ok(good, "and comes back");
	spool_free(&s);
	buf_free(&out);
	free(block);
}

/* ---- outcomes ---------------------------------------------------------------------------------------------------------- */

static struct item three[3];
static struct item *items[3] = { &three[0], &three[1], &three[2] };

/* The states after a status, one letter each: accepted, there already, failed, unknown. */
static const char *
outcome(const char *status, int sends)
{
	static const char letters[] = { '.', '.', '.', 'a', 't', 'f', 'u' };
	static char out[4];
	struct push p = { .arena = arena };
	struct taxii_status s = TAXII_STATUS_INIT;
	json_t *v = json_loads(status, 0, NULL);

	for (int i = 0; i < 3; i++)
		three[i] = (struct item){ .id = i < 2 ? "x--1" : "x--2", .sends = (uint8_t)sends,
		    .version = i == 0 ? "2026-01-01T00:00:00.542000Z" : "2026-01-02T00:00:00.000000Z" };
	strcpy(out, "no");
	if (taxii_status_read(v, &s) == 0) {
		push_apply(&p, items, 3, &s, 0);
		for (int i = 0; i < 3; i++)
			out[i] = letters[three[i].state];
	}
	taxii_status_free(&s);
	json_decref(v);
	return out;
}

static void
test_outcome(void)
{
	is_str(outcome("{\"status\":\"complete\",\"total_count\":3,\"success_count\":3,\"failure_count\":0,\"pending_count\":0}", 1),
	    "aaa", "counts alone, all well");
	is_str(outcome("{\"status\":\"complete\",\"failure_count\":0}", 1), "aaa", "no failure is enough");
	is_str(outcome("{\"status\":\"complete\",\"total_count\":3,\"success_count\":2,\"failure_count\":1,\"pending_count\":0}", 1),
	    "uuu", "one failed, nobody knows which");
	is_str(outcome("{\"status\":\"complete\",\"total_count\":2,\"success_count\":2,\"failure_count\":0,\"pending_count\":0}", 1),
	    "uuu", "one is missing from the count");
	is_str(outcome("{\"status\":\"complete\",\"total_count\":null,\"failure_count\":null}", 1), "uuu", "null counts");
	is_str(outcome("{\"status\":\"complete\",\"success_count\":2,\"failure_count\":1,\"failures\":[{\"id\":\"x--1\","
	    "\"version\":\"2026-01-02T00:00:00Z\",\"message\":\"bad\"}]}", 1), "afa", "by id and version");
	is_str(outcome("{\"status\":\"complete\",\"success_count\":2,\"failure_count\":1,\"failures\":[{\"id\":\"x--1\","
	    "\"version\":\"2026-01-01T00:00:00.542Z\",\"message\":\"bad\"}]}", 1), "faa", "versions are instants");
	is_str(outcome("{\"status\":\"complete\",\"success_count\":2,\"failure_count\":1,\"failures\":[{\"id\":\"x--2\","
	    "\"message\":\"Object already exists\"}]}", 1), "aat", "a failure that is none");
	is_str(outcome("{\"status\":\"complete\",\"success_count\":3,\"failure_count\":0,\"successes\":[{\"id\":\"x--2\","
	    "\"message\":\"Object already added\"}]}", 2), "aaa", "already there through an earlier try of ours");
	is_str(outcome("{\"status\":\"complete\",\"success_count\":3,\"failure_count\":0,\"successes\":[7,{\"id\":8},{\"id\":\"y--1\"}],"
	    "\"failures\":\"none\"}", 1), "aaa", "lists of nonsense");
	is_str(outcome("{\"id\":\"x\"}", 1), "no", "no status");
	is_str(outcome("{\"status\":7}", 1), "no", "a status that is no text");
}

/* ---- the ledger ---------------------------------------------------------------------------------------------------------- */

static struct ledger *l;
static struct ledger_place place;

static struct item
object(const char *id, const char *version)
{
	return (struct item){ .id = id, .version = version };
}

/* Enters an object: its state, with "!" for a conflict, "=" for settled before. */
static const char *
enter(struct item *it, const char *digest)
{
	static char out[40];
	int conflict = 0;

	if (ledger_enter(l, place.row, digest, it, &conflict, NULL) != 0)
		return "error";
	snprintf(out, sizeof(out), "%s%s%s", conflict ? "!" : "", it->before ? "=" : "", publish_state_name((enum publish_state)it->state));
	return out;
}

static void
settle(struct item *it, enum publish_state s)
{
	it->state = (uint8_t)s;
	ok(ledger_settle(l, place.row, it, "body", 4, 1000, NULL) == 0, "an outcome is written down");
}

static int
keep(void *ctx, struct item *it, struct err *e)
{
	(void)e;
	*(struct item *)ctx = *it;
	return 0;
}

static void
test_ledger(void)
{
	struct item a = object("malware--1", "v1"), sco = object("file--1", ""), letter = { 0 };
	struct item *one = &a;
	struct open_envelope *open;
	struct spool s;
	struct err e = ERR_INIT;
	int64_t run = 0, row = 0;
	size_t n;

	ok(ledger_open(":memory:", &l, &e) == 0 && ledger_place(l, "https://x/", "x", &place, &e) == 0, "a ledger, a place");
	is_str(enter(&a, "d1"), "planned", "a new object is to be sent");
	is_str(enter(&a, "d2"), "planned", "... and may change while nobody has it");
	settle(&a, PUBLISH_FAILED);
	is_str(enter(&a, "d3"), "planned", "... and when it was refused");
	settle(&a, PUBLISH_ACCEPTED);
	is_str(enter(&a, "d3"), "=accepted", "once accepted it is settled");
	ok(strchr(enter(&a, "d4"), '!') != NULL, "... and has one content");
	is_str(enter(&sco, "d1"), "planned", "an observable");
	settle(&sco, PUBLISH_ACCEPTED);
	is_str(enter(&sco, "d2"), "planned", "... has no version: new content is sent");
	settle(&sco, PUBLISH_FAILED);
	spool_init(&s);
	ok(ledger_letters(l, place.row, arena, &s, keep, &letter, &e) == 0, "what failed is kept");
	is_str(letter.id, "file--1", "... by its id");
	is_int(letter.len, 4, "... with its octets");
	spool_free(&s);
	ok(ledger_run_begin(l, place.row, "src", 0, &run, &e) == 0 && ledger_envelope(l, place.row, run, &one, 1, 0, &row, &e) == 0,
	    "an envelope");
	ok(ledger_open_envelopes(l, place.row, arena, &open, &n, &e) == 0 && n == 1 && open[0].status_id[0] == '\0' &&
	    open[0].items.n == 1, "... is open, without an answer");
	is_str(enter(&a, "d3"), "planned", "... its object is sent again");
	ok(ledger_envelope_sent(l, row, "s1", &e) == 0, "... then it is taken");
	settle(&a, PUBLISH_SENT);
	is_str(enter(&a, "d3"), "pending", "... and its object is waited for");
	ok(ledger_open_envelopes(l, place.row, arena, &open, &n, &e) == 0 && n == 1 && strcmp(open[0].status_id, "s1") == 0,
	    "... under its status");
	ok(ledger_envelope_done(l, row, &e) == 0 && ledger_open_envelopes(l, place.row, arena, &open, &n, &e) == 0 && n == 0,
	    "... then it is over");
	ok(ledger_learn(l, place.row, 777, &e) == 0 && ledger_place(l, "https://x/", NULL, &place, &e) == 0 && place.learned == 777,
	    "a place remembers what was too large");
	is_str(publish_state_name(PUBLISH_ALREADY), "already there", "a state has a name");
	ledger_close(l);
}

static void
test_identify(void)
{
	static const struct { const char *text, *version; int rank; } cases[] = {
		{ "{\"type\":\"identity\",\"id\":\"identity--1\",\"created\":\"2026-01-01T00:00:00Z\"}", "2026-01-01T00:00:00.000000Z", 0 },
		{ "{\"type\":\"x-mine\",\"id\":\"x-mine--1\",\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-01T00:00:00.5Z\"}",
		    "2026-01-01T00:00:00.500000Z", 1 },
		{ "{\"type\":\"relationship\",\"id\":\"relationship--1\",\"modified\":\"some day\"}", "some day", 2 },
		{ "{\"type\":\"report\",\"id\":\"report--1\"}", "", 3 },
	};
	static const char *const bad[] = { "{\"type\":\"bundle\",\"id\":\"bundle--1\"}", "{\"id\":\"x--1\"}", "{\"type\":\"x\"}", "[]", "7" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		json_t *v = json_loads(cases[i].text, JSON_DECODE_ANY, NULL);
		struct item it = { 0 };

		ok(plan_identify(v, arena, &it, NULL) == 0 && it.rank == cases[i].rank, cases[i].text);
		is_str(it.version, cases[i].version, "... its version");
		json_decref(v);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		json_t *v = json_loads(bad[i], JSON_DECODE_ANY, NULL);
		struct err e = ERR_INIT;
		struct item it = { 0 };

		ok(plan_identify(v, arena, &it, &e) == -1 && e.kind == ERR_INPUT, bad[i]);
		json_decref(v);
	}
}

int
main(void)
{
	arena = arena_new();
	test_urls();
	test_query();
	test_spool();
	test_outcome();
	test_identify();
	test_ledger();
	arena_free(arena);
	return tap_end();
}
