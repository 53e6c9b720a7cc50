#include <sqlite3.h>

#include "base/base.h"

#define BUSY_MS	10000

int
db_exec(struct sqlite3 *db, const char *sql, struct err *e)
{
	char *msg = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &msg) == SQLITE_OK)
		return 0;
	err_set(e, ERR_SYSTEM, "database: %s", msg != NULL ? msg : sqlite3_errmsg(db));
	sqlite3_free(msg);
	return -1;
}

int
db_open(const char *path, const char *schema, struct sqlite3 **out, struct err *e)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
		err_set(e, ERR_SYSTEM, "%s: %s", path, db != NULL ? sqlite3_errmsg(db) : "could not be opened");
		goto fail;
	}
	sqlite3_busy_timeout(db, BUSY_MS);
	if (db_exec(db, "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL;", e) != 0 ||
	    (schema != NULL && db_exec(db, schema, e) != 0)) {
		err_prefix(e, "%s", path);
		goto fail;
	}
	*out = db;
	return 0;
fail:
	sqlite3_close(db);
	return -1;
}
