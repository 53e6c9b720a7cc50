/*
 * The ledger: what was published where, and what became of it. One content per (id, version); one delivery per place and
 * content; envelopes that are under way, so that a run that was killed can ask for their outcome.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "publish/publish_in.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS content("
    " n INTEGER PRIMARY KEY, id TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL, UNIQUE(id, version));"
    "CREATE TABLE IF NOT EXISTS place("
    " n INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, name TEXT, learned INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE IF NOT EXISTS run("
    " n INTEGER PRIMARY KEY, place INTEGER NOT NULL REFERENCES place, source TEXT NOT NULL, begun TEXT NOT NULL,"
    " ended TEXT, outcome TEXT);"
    "CREATE TABLE IF NOT EXISTS envelope("
    " n INTEGER PRIMARY KEY, place INTEGER NOT NULL REFERENCES place, run INTEGER NOT NULL REFERENCES run,"
    " status_id TEXT, sent TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS delivery("
    " place INTEGER NOT NULL REFERENCES place, content INTEGER NOT NULL REFERENCES content, state INTEGER NOT NULL,"
    " envelope INTEGER, changed TEXT, message TEXT, body BLOB, PRIMARY KEY(place, content)) WITHOUT ROWID;";

/* Statements in use for many objects, prepared once. */
enum {
	NEW_CONTENT, GET_CONTENT, NEW_DIGEST, WAS_OUT, NEW_DELIVERY, GET_DELIVERY, SENDING, SETTLE, STATEMENTS
};
static const char *const sql[STATEMENTS] = {
	[NEW_CONTENT] = "INSERT OR IGNORE INTO content(id, version, digest) VALUES(?1, ?2, ?3)",
	[GET_CONTENT] = "SELECT n, digest FROM content WHERE id = ?1 AND version = ?2",
	[NEW_DIGEST] = "UPDATE content SET digest = ?2 WHERE n = ?1",
	/* States that a reader may have seen: sending 1, sent 2, accepted 3, already 4, unknown 6. */
	[WAS_OUT] = "SELECT 1 FROM place JOIN delivery ON place = place.n WHERE content = ?1 AND state IN (1, 2, 3, 4, 6)",
	[NEW_DELIVERY] = "INSERT OR IGNORE INTO delivery(place, content, state) VALUES(?1, ?2, 0)",
	[GET_DELIVERY] = "SELECT state, message FROM delivery WHERE place = ?1 AND content = ?2",
	[SENDING] = "UPDATE delivery SET state = 1, envelope = ?3, changed = ?4 WHERE place = ?1 AND content = ?2",
	[SETTLE] = ("UPDATE delivery SET state = ?3, message = ?4, changed = ?6, body = coalesce(?5, CASE WHEN ?3 IN (3, 4) THEN NULL "
	    "ELSE body END) WHERE place = ?1 AND content = ?2"),
};

struct ledger {
	struct sqlite3 *db;
	sqlite3_stmt *st[STATEMENTS];
};

static const char *const state_names[PUBLISH_STATES] = {
	[PUBLISH_PLANNED] = "planned", [PUBLISH_SENDING] = "sending", [PUBLISH_SENT] = "pending",
	[PUBLISH_ACCEPTED] = "accepted", [PUBLISH_ALREADY] = "already there", [PUBLISH_FAILED] = "failed",
	[PUBLISH_UNKNOWN] = "unknown",
};

const char *
publish_state_name(enum publish_state s)
{
	return state_names[s];
}

static int
failed(struct ledger *l, struct err *e)
{
	return err_set(e, ERR_SYSTEM, "ledger: %s", sqlite3_errmsg(l->db));
}

int
ledger_open(const char *path, struct ledger **out, struct err *e)
{
	struct ledger *l = xcalloc(1, sizeof(*l));

	if (db_open(path, schema, &l->db, e) != 0) {
		free(l);
		return -1;
	}
	for (size_t i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(l->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &l->st[i], NULL) != SQLITE_OK) {
			err_set(e, ERR_SYSTEM, "%s: this is no ledger: %s", path, sqlite3_errmsg(l->db));
			ledger_close(l);
			return -1;
		}
	*out = l;
	return 0;
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(l->st[i]);
	sqlite3_close(l->db);
	free(l);
}

struct sqlite3 *
ledger_db(struct ledger *l)
{
	return l->db;
}

int
ledger_begin(struct ledger *l, struct err *e)
{
	return db_exec(l->db, "BEGIN IMMEDIATE", e);
}

int
ledger_commit(struct ledger *l, struct err *e)
{
	return db_exec(l->db, "COMMIT", e);
}

void
ledger_rollback(struct ledger *l)
{
	if (!sqlite3_get_autocommit(l->db))
		sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Runs a statement to its end; returns 1 when it gave a row (still bound to it), 0 when not, -1 on failure. */
static int
step(struct ledger *l, sqlite3_stmt *s, struct err *e)
{
	switch (sqlite3_step(s)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return failed(l, e);
	}
}

static int
run(struct ledger *l, sqlite3_stmt *s, struct err *e)
{
	int rc = step(l, s, e);

	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

static void
bind_text(sqlite3_stmt *s, int i, const char *text)
{
	sqlite3_bind_text(s, i, text, -1, SQLITE_STATIC);
}

/* A statement used once. NULL with e set. */
static sqlite3_stmt *
prepare(struct ledger *l, const char *text, struct err *e)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(l->db, text, -1, &s, NULL) != SQLITE_OK)
		failed(l, e);
	return s;
}

static int
run_once(struct ledger *l, sqlite3_stmt *s, struct err *e)
{
	int rc = step(l, s, e);

	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

static char *
when(int64_t ms, char out[STAMP_TEXT])
{
	struct stamp t = { ms / 1000, (uint32_t)(ms % 1000) * 1000000 };

	return stamp_format(t, 3, out);
}

int
ledger_place(struct ledger *l, const char *url, const char *name, struct ledger_place *out, struct err *e)
{
	sqlite3_stmt *s = prepare(l, "INSERT INTO place(url, name) VALUES(?1, ?2) ON CONFLICT(url) DO UPDATE"
	    " SET name = coalesce(excluded.name, name)", e);
	int rc = -1;

	if (s == NULL)
		return -1;
	bind_text(s, 1, url);
	bind_text(s, 2, name);
	if (run_once(l, s, e) != 0 || (s = prepare(l, "SELECT n, learned FROM place WHERE url = ?1", e)) == NULL)
		return -1;
	bind_text(s, 1, url);
	if (step(l, s, e) == 1) {
		out->row = sqlite3_column_int64(s, 0);
		out->learned = sqlite3_column_int64(s, 1);
		rc = 0;
	}
	sqlite3_finalize(s);
	return rc;
}

int
ledger_learn(struct ledger *l, int64_t place, int64_t octets, struct err *e)
{
	sqlite3_stmt *s = prepare(l, "UPDATE place SET learned = ?2 WHERE n = ?1", e);

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, place);
	sqlite3_bind_int64(s, 2, octets);
	return run_once(l, s, e);
}

/* ---- objects ---------------------------------------------------------------------------------------------------------- */

/* Whether a content was, or may have been, published anywhere. */
static int
was_out(struct ledger *l, int64_t content, struct err *e)
{
	sqlite3_stmt *s = l->st[WAS_OUT];
	int rc;

	sqlite3_bind_int64(s, 1, content);
	rc = step(l, s, e);
	sqlite3_reset(s);
	return rc;
}

/* The content is known under it->content, with `known` as its digest; now it comes with another one. */
static int
other_digest(struct ledger *l, const char *digest, struct item *it, int *conflict, struct err *e)
{
	sqlite3_stmt *s = l->st[NEW_DIGEST];
	int out = it->version[0] == '\0' ? 0 : was_out(l, it->content, e);

	if (out < 0)
		return -1;
	if (out) {
		*conflict = 1;
		return 0;
	}
	sqlite3_bind_int64(s, 1, it->content);
	bind_text(s, 2, digest);
	return run(l, s, e);
}

static int
known_delivery(struct ledger *l, int64_t place, struct item *it, struct arena *a, struct err *e)
{
	sqlite3_stmt *s = l->st[GET_DELIVERY];
	int rc;

	sqlite3_bind_int64(s, 1, place);
	sqlite3_bind_int64(s, 2, it->content);
	rc = step(l, s, e);
	if (rc == 1) {
		it->state = (uint8_t)sqlite3_column_int(s, 0);
		if (a != NULL && sqlite3_column_type(s, 1) == SQLITE_TEXT)
			it->message = arena_strdup(a, (const char *)sqlite3_column_text(s, 1));
	}
	sqlite3_reset(s);
	return rc;
}

int
ledger_state(struct ledger *l, int64_t place, struct item *it, struct arena *a, struct err *e)
{
	return known_delivery(l, place, it, a, e) < 0 ? -1 : 0;
}

static int
new_delivery(struct ledger *l, int64_t place, struct item *it, struct err *e)
{
	sqlite3_stmt *s = l->st[NEW_DELIVERY];

	it->state = PUBLISH_PLANNED;
	sqlite3_bind_int64(s, 1, place);
	sqlite3_bind_int64(s, 2, it->content);
	return run(l, s, e);
}

/* Finds the content of an object that is in the ledger already; *same tells whether its digest is this one. */
static int
known_content(struct ledger *l, const char *digest, struct item *it, int *same, struct err *e)
{
	sqlite3_stmt *s = l->st[GET_CONTENT];
	int rc;

	bind_text(s, 1, it->id);
	bind_text(s, 2, it->version);
	rc = step(l, s, e);
	if (rc == 1) {
		it->content = sqlite3_column_int64(s, 0);
		*same = strcmp((const char *)sqlite3_column_text(s, 1), digest) == 0;
	}
	sqlite3_reset(s);
	return rc == 1 ? 0 : rc < 0 ? -1 : err_set(e, ERR_SYSTEM, "ledger: a row has vanished");
}

int
ledger_enter(struct ledger *l, int64_t place, const char *digest, struct item *it, int *conflict, struct err *e)
{
	sqlite3_stmt *s = l->st[NEW_CONTENT];
	int same = 1, rc;

	*conflict = 0;
	bind_text(s, 1, it->id);
	bind_text(s, 2, it->version);
	bind_text(s, 3, digest);
	if (run(l, s, e) != 0)
		return -1;
	if (sqlite3_changes(l->db) == 1) {
		it->content = sqlite3_last_insert_rowid(l->db);
		return new_delivery(l, place, it, e);
	}
	if (known_content(l, digest, it, &same, e) != 0 || (!same && other_digest(l, digest, it, conflict, e) != 0))
		return -1;
	if (*conflict)
		return 0;
	if ((rc = known_delivery(l, place, it, NULL, e)) < 0)
		return -1;
	if (rc == 0)
		return new_delivery(l, place, it, e);
	it->before = same && (it->state == PUBLISH_ACCEPTED || it->state == PUBLISH_ALREADY);
	if (!it->before && !(same && it->state == PUBLISH_SENT))
		it->state = PUBLISH_PLANNED;
	return 0;
}

int
ledger_settle(struct ledger *l, int64_t place, const struct item *it, const char *body, size_t n, int64_t now_ms, struct err *e)
{
	sqlite3_stmt *s = l->st[SETTLE];
	char at[STAMP_TEXT];

	sqlite3_bind_int64(s, 1, place);
	sqlite3_bind_int64(s, 2, it->content);
	sqlite3_bind_int(s, 3, it->state);
	bind_text(s, 4, it->message);
	if (body != NULL)
		sqlite3_bind_blob64(s, 5, body, n, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, 5);
	bind_text(s, 6, when(now_ms, at));
	return run(l, s, e);
}

/* ---- runs and envelopes ------------------------------------------------------------------------------------------------- */

int
ledger_run_begin(struct ledger *l, int64_t place, const char *source, int64_t now_ms, int64_t *row, struct err *e)
{
	sqlite3_stmt *s = prepare(l, "INSERT INTO run(place, source, begun) VALUES(?1, ?2, ?3)", e);
	char at[STAMP_TEXT];

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, place);
	bind_text(s, 2, source);
	bind_text(s, 3, when(now_ms, at));
	if (run_once(l, s, e) != 0)
		return -1;
	*row = sqlite3_last_insert_rowid(l->db);
	return 0;
}

int
ledger_run_end(struct ledger *l, int64_t row, int64_t now_ms, const char *outcome, struct err *e)
{
	sqlite3_stmt *s = prepare(l, "UPDATE run SET ended = ?2, outcome = ?3 WHERE n = ?1", e);
	char at[STAMP_TEXT];

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, row);
	bind_text(s, 2, when(now_ms, at));
	bind_text(s, 3, outcome);
	return run_once(l, s, e);
}

int
ledger_envelope(struct ledger *l, int64_t place, int64_t of_run, struct item **items, size_t n, int64_t now_ms, int64_t *row,
    struct err *e)
{
	sqlite3_stmt *s = prepare(l, "INSERT INTO envelope(place, run, sent) VALUES(?1, ?2, ?3)", e);
	char at[STAMP_TEXT];

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, place);
	sqlite3_bind_int64(s, 2, of_run);
	bind_text(s, 3, when(now_ms, at));
	if (run_once(l, s, e) != 0)
		return -1;
	*row = sqlite3_last_insert_rowid(l->db);
	s = l->st[SENDING];
	for (size_t i = 0; i < n; i++) {
		sqlite3_bind_int64(s, 1, place);
		sqlite3_bind_int64(s, 2, items[i]->content);
		sqlite3_bind_int64(s, 3, *row);
		bind_text(s, 4, at);
		if (run(l, s, e) != 0)
			return -1;
	}
	return 0;
}

int
ledger_envelope_sent(struct ledger *l, int64_t row, const char *status_id, struct err *e)
{
	sqlite3_stmt *s = prepare(l, "UPDATE envelope SET status_id = ?2 WHERE n = ?1", e);

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, row);
	bind_text(s, 2, status_id);
	return run_once(l, s, e);
}

int
ledger_envelope_done(struct ledger *l, int64_t row, struct err *e)
{
	sqlite3_stmt *s = prepare(l, "DELETE FROM envelope WHERE n = ?1", e);

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, row);
	return run_once(l, s, e);
}

static int
open_items(struct ledger *l, int64_t place, struct arena *a, struct open_envelope *o, struct err *e)
{
	sqlite3_stmt *s = prepare(l, "SELECT id, version, content, state FROM delivery JOIN content ON content = content.n"
	    " WHERE place = ?1 AND envelope = ?2 AND state IN (1, 2)", e);
	int rc;

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, place);
	sqlite3_bind_int64(s, 2, o->row);
	while ((rc = step(l, s, e)) == 1) {
		struct item *it = arena_alloc(a, sizeof(*it));

		it->id = arena_strdup(a, (const char *)sqlite3_column_text(s, 0));
		it->version = arena_strdup(a, (const char *)sqlite3_column_text(s, 1));
		it->content = sqlite3_column_int64(s, 2);
		it->state = (uint8_t)sqlite3_column_int(s, 3);
		*vec_push(a, &o->items) = it;
	}
	sqlite3_finalize(s);
	return rc;
}

int
ledger_open_envelopes(struct ledger *l, int64_t place, struct arena *a, struct open_envelope **out, size_t *n, struct err *e)
{
	sqlite3_stmt *s = prepare(l, "SELECT n, coalesce(status_id, '') FROM envelope WHERE place = ?1 ORDER BY n", e);
	VEC(struct open_envelope) all = { 0 };
	int rc;

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, place);
	while ((rc = step(l, s, e)) == 1) {
		struct open_envelope o = { .row = sqlite3_column_int64(s, 0) };

		o.status_id = arena_strdup(a, (const char *)sqlite3_column_text(s, 1));
		*vec_push(a, &all) = o;
	}
	sqlite3_finalize(s);
	for (size_t i = 0; rc == 0 && i < all.n; i++)
		rc = open_items(l, place, a, &all.v[i], e);
	if (rc != 0)
		return -1;
	*out = all.v;
	*n = all.n;
	return 0;
}

int
ledger_letters(struct ledger *l, int64_t place, struct arena *a, struct spool *sp,
    int (*each)(void *ctx, struct item *it, struct err *e), void *ctx, struct err *e)
{
	sqlite3_stmt *s = prepare(l, "SELECT id, version, content, body FROM delivery JOIN content ON content = content.n"
	    " WHERE place = ?1 AND state NOT IN (2, 3, 4) AND body IS NOT NULL ORDER BY content", e);
	int rc;

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, place);
	while ((rc = step(l, s, e)) == 1) {
		struct item it = { .state = PUBLISH_PLANNED };
		const char *dash;

		it.id = arena_strdup(a, (const char *)sqlite3_column_text(s, 0));
		it.version = arena_strdup(a, (const char *)sqlite3_column_text(s, 1));
		it.content = sqlite3_column_int64(s, 2);
		it.len = (uint32_t)sqlite3_column_bytes(s, 3);
		dash = strstr(it.id, "--");
		it.rank = plan_rank(arena_strndup(a, it.id, dash != NULL ? (size_t)(dash - it.id) : strlen(it.id)));
		if (spool_add(sp, sqlite3_column_blob(s, 3), it.len, &it.at, e) != 0 || each(ctx, &it, e) != 0) {
			rc = -1;
			break;
		}
	}
	sqlite3_finalize(s);
	return rc;
}

/* ---- what the ledger tells a person -------------------------------------------------------------------------------------- */

static const char *
column(sqlite3_stmt *s, int i)
{
	return (const char *)sqlite3_column_text(s, i);
}

/* url NULL: every place; else the one of that URL or name. */
#define WHERE_PLACE " (?1 IS NULL OR place.url = ?1 OR place.name = ?1) "

static int
state_counts(struct ledger *l, int64_t place, int64_t counts[PUBLISH_STATES], struct err *e)
{
	sqlite3_stmt *s = prepare(l, "SELECT state, count(*) FROM delivery WHERE place = ?1 GROUP BY state", e);
	int rc;

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, place);
	while ((rc = step(l, s, e)) == 1)
		if (sqlite3_column_int(s, 0) >= 0 && sqlite3_column_int(s, 0) < PUBLISH_STATES)
			counts[sqlite3_column_int(s, 0)] = sqlite3_column_int64(s, 1);
	sqlite3_finalize(s);
	return rc;
}

int
ledger_targets(struct ledger *l, const char *url, void (*each)(void *, const struct ledger_target *), void *ctx, struct err *e)
{
	sqlite3_stmt *s = prepare(l, "SELECT place.n, url, name, begun, source, outcome FROM place LEFT JOIN run ON run.n ="
	    " (SELECT max(n) FROM run WHERE place = place.n) WHERE" WHERE_PLACE "ORDER BY url", e);
	int rc;

	if (s == NULL)
		return -1;
	bind_text(s, 1, url);
	while ((rc = step(l, s, e)) == 1) {
		struct ledger_target t = { .url = column(s, 1), .name = column(s, 2), .last_run = column(s, 3),
		    .last_source = column(s, 4), .last_outcome = column(s, 5) };

		if (state_counts(l, sqlite3_column_int64(s, 0), t.objects, e) != 0) {
			rc = -1;
			break;
		}
		each(ctx, &t);
	}
	sqlite3_finalize(s);
	return rc;
}

int
ledger_failures(struct ledger *l, const char *url, void (*each)(void *, const struct ledger_failure *), void *ctx, struct err *e)
{
	sqlite3_stmt *s = prepare(l, "SELECT url, id, version, message, changed, state FROM place JOIN delivery ON place = place.n"
	    " JOIN content ON content = content.n WHERE" WHERE_PLACE "AND state NOT IN (3, 4) ORDER BY url, id, version", e);
	int rc;

	if (s == NULL)
		return -1;
	bind_text(s, 1, url);
	while ((rc = step(l, s, e)) == 1) {
		struct ledger_failure f = { column(s, 0), column(s, 1), column(s, 2), column(s, 3), column(s, 4),
		    (enum publish_state)sqlite3_column_int(s, 5) };

		each(ctx, &f);
	}
	sqlite3_finalize(s);
	return rc;
}
