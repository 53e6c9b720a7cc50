/*
 * The outbox: bundles that were composed and noted as published, and have not reached every target. A version and a revocation
 * are made once; a run that was cut off leaves them here, and the next one sends these octets and not new ones.
 */
#include <sqlite3.h>
#include <string.h>

#include "feed/feed_in.h"
#include "json/json.h"

const char outbox_schema[] =
    "create table if not exists outbox (row integer primary key autoincrement, feed text not null, source text not null,"
    " bundle text not null);";

static int
failed(sqlite3 *db, struct err *e)
{
	return err_set(e, ERR_SYSTEM, "the ledger cannot be used: %s", sqlite3_errmsg(db));
}

static const char *
member(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

int
outbox_fresh(struct published *p, const json_t *bundle, int *fresh, struct err *e)
{
	sqlite3 *db = published_db(p);
	sqlite3_stmt *s;
	json_t *o;
	size_t i;
	int rc = SQLITE_ROW, found = 0;

	if (sqlite3_prepare_v2(db, "select 1 from published where id = ? and modified >= ?", -1, &s, NULL) != SQLITE_OK)
		return failed(db, e);
	json_array_foreach(json_object_get(bundle, "objects"), i, o) {
		if (*member(o, "modified") == '\0')
			continue;
		sqlite3_reset(s);
		sqlite3_bind_text(s, 1, member(o, "id"), -1, SQLITE_TRANSIENT);
		sqlite3_bind_text(s, 2, member(o, "modified"), -1, SQLITE_TRANSIENT);
		rc = sqlite3_step(s);
		found |= rc == SQLITE_DONE;
		if (rc != SQLITE_ROW)
			break;
	}
	sqlite3_finalize(s);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return failed(db, e);
	*fresh = found;
	return 0;
}

static int
put(sqlite3 *db, const char *feed, const char *source, const json_t *bundle, struct err *e)
{
	struct buf text = BUF_INIT(LIMIT_JSON_TEXT);
	sqlite3_stmt *s = NULL;
	int rc = 0;

	json_write(bundle, &text, JSON_TIGHT, 0);
	if (text.over)
		rc = err_set(e, ERR_INPUT, "%s: the bundle is larger than %zu octets", source, text.max);
	else if (sqlite3_prepare_v2(db, "insert into outbox (feed, source, bundle) values (?, ?, ?)", -1, &s, NULL) != SQLITE_OK)
		rc = failed(db, e);
	else {
		sqlite3_bind_text(s, 1, feed, -1, SQLITE_TRANSIENT);
		sqlite3_bind_text(s, 2, source, -1, SQLITE_TRANSIENT);
		sqlite3_bind_text(s, 3, buf_str(&text), (int)text.len, SQLITE_TRANSIENT);
		if (sqlite3_step(s) != SQLITE_DONE)
			rc = failed(db, e);
	}
	sqlite3_finalize(s);
	buf_free(&text);
	return rc;
}

int
outbox_put(struct published *p, const char *feed, const char *source, const json_t *bundle, int *fresh, struct err *e)
{
	sqlite3 *db = published_db(p);
	int is_new = 0, rc;

	if (db_exec(db, "savepoint outbox", e) != 0)
		return -1;
	rc = outbox_fresh(p, bundle, &is_new, e);
	if (rc == 0 && is_new)
		rc = published_add(p, bundle, e) != 0 || put(db, feed, source, bundle, e) != 0 ? -1 : 0;
	if (rc != 0 && db_exec(db, "rollback to outbox", NULL) != 0)
		rc = -1;
	if (db_exec(db, "release outbox", e) != 0)
		rc = -1;
	if (rc == 0)
		*fresh = is_new;
	return rc;
}

int
outbox_next(struct published *p, const char *feed, struct outbox_entry *io, struct err *e)
{
	sqlite3 *db = published_db(p);
	sqlite3_stmt *s;
	int rc = 0, got;

	json_decref(io->bundle);
	io->bundle = NULL;
	if (sqlite3_prepare_v2(db, "select row, source, bundle from outbox where feed = ? and row > ? order by row limit 1", -1, &s,
	    NULL) != SQLITE_OK)
		return failed(db, e);
	sqlite3_bind_text(s, 1, feed, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 2, io->row);
	if ((got = sqlite3_step(s)) == SQLITE_ROW) {
		io->row = sqlite3_column_int64(s, 0);
		snprintf(io->source, sizeof(io->source), "%s", (const char *)sqlite3_column_text(s, 1));
		io->bundle = json_loadb((const char *)sqlite3_column_text(s, 2), (size_t)sqlite3_column_bytes(s, 2), 0, NULL);
		rc = io->bundle != NULL ? 1 : err_set(e, ERR_SYSTEM, "the ledger is damaged: outbox row %lld is no bundle",
		    (long long)io->row);
	} else if (got != SQLITE_DONE)
		rc = failed(db, e);
	sqlite3_finalize(s);
	return rc;
}

int
outbox_done(struct published *p, int64_t row, struct err *e)
{
	sqlite3 *db = published_db(p);
	sqlite3_stmt *s;
	int rc;

	if (sqlite3_prepare_v2(db, "delete from outbox where row = ?", -1, &s, NULL) != SQLITE_OK)
		return failed(db, e);
	sqlite3_bind_int64(s, 1, row);
	rc = sqlite3_step(s);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : failed(db, e);
}
