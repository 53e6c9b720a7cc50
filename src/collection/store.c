#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "collection/store.h"
#include "json/json.h"

/*
 * date_added is the row's number: unique, increasing, and one index fewer. AUTOINCREMENT remembers the highest number ever
 * given, so that a date does not come back after a deletion and a clock that went backwards.
 */
static const char schema[] =
	"CREATE TABLE IF NOT EXISTS collection (\n"
	"	n INTEGER PRIMARY KEY,\n"
	"	id TEXT NOT NULL UNIQUE,\n"
	"	alias TEXT UNIQUE);\n"
	"CREATE TABLE IF NOT EXISTS object (\n"
	"	added INTEGER PRIMARY KEY AUTOINCREMENT,\n"
	"	collection INTEGER NOT NULL REFERENCES collection(n),\n"
	"	id TEXT NOT NULL,\n"
	"	version_us INTEGER NOT NULL,\n"
	"	type TEXT NOT NULL,\n"
	"	version TEXT,\n"		/* NULL: the object has no date, its version is date_added */
	"	body TEXT NOT NULL);\n"
	"CREATE UNIQUE INDEX IF NOT EXISTS object_version ON object (collection, id, version_us);\n"
	"CREATE INDEX IF NOT EXISTS object_order ON object (collection);\n"	/* ... added: a row's number ends every index */
	"CREATE INDEX IF NOT EXISTS object_type ON object (collection, type);\n"
	"CREATE TABLE IF NOT EXISTS status (\n"
	"	id TEXT PRIMARY KEY,\n"
	"	at INTEGER NOT NULL,\n"
	"	body TEXT NOT NULL) WITHOUT ROWID;\n"
	"CREATE INDEX IF NOT EXISTS status_at ON status (at);\n";

enum statement {
	S_COLLECTION_SET, S_COLLECTIONS, S_COLLECTION_FIND, S_LAST_ADDED, S_VERSION, S_VERSIONS, S_INSERT, S_HAS,
	S_STATUS_ADD, S_STATUS_FORGET, S_STATUS_GET, S_COUNT
};

static const char *const statements[S_COUNT] = {
	[S_COLLECTION_SET] = "INSERT INTO collection (id, alias) VALUES (?1, ?2)"
	    " ON CONFLICT (id) DO UPDATE SET alias = excluded.alias",
	[S_COLLECTIONS] = "SELECT n, id, alias FROM collection ORDER BY n",
	[S_COLLECTION_FIND] = "SELECT n FROM collection WHERE id = ?1 OR alias = ?1 ORDER BY id <> ?1 LIMIT 1",
	[S_LAST_ADDED] = "SELECT seq FROM sqlite_sequence WHERE name = 'object'",
	[S_VERSION] = "SELECT added, body FROM object WHERE collection = ?1 AND id = ?2 AND version_us = ?3",
	[S_VERSIONS] = "SELECT added, body FROM object WHERE collection = ?1 AND id = ?2",
	[S_INSERT] = "INSERT INTO object (added, collection, id, version_us, type, version, body)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[S_HAS] = "SELECT 1 FROM object WHERE collection = ?1 AND id = ?2 LIMIT 1",
	[S_STATUS_ADD] = "INSERT INTO status (id, at, body) VALUES (?1, ?2, ?3)",
	[S_STATUS_FORGET] = "DELETE FROM status WHERE at < ?1",
	[S_STATUS_GET] = "SELECT body FROM status WHERE id = ?1",
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *st[S_COUNT];
};

static int
fail(struct store *st, struct err *e)
{
	return err_set(e, ERR_SYSTEM, "database: %s", sqlite3_errmsg(st->db));
}

int
store_open(const char *path, struct store **out, struct err *e)
{
	struct store *st = xcalloc(1, sizeof(*st));
	size_t i;

	if (db_open(path, schema, &st->db, e) != 0) {
		free(st);
		return -1;
	}
	for (i = 0; i < S_COUNT; i++)
		if (sqlite3_prepare_v3(st->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &st->st[i], NULL) != SQLITE_OK) {
			fail(st, e);
			store_close(st);
			return -1;
		}
	*out = st;
	return 0;
}

void
store_close(struct store *st)
{
	size_t i;

	if (st == NULL)
		return;
	for (i = 0; i < S_COUNT; i++)
		sqlite3_finalize(st->st[i]);
	sqlite3_close(st->db);
	free(st);
}

int
store_begin(struct store *st, struct err *e)
{
	return db_exec(st->db, "BEGIN IMMEDIATE", e);
}

int
store_commit(struct store *st, struct err *e)
{
	return db_exec(st->db, "COMMIT", e);
}

void
store_rollback(struct store *st)
{
	if (!sqlite3_get_autocommit(st->db))
		sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Binds by letter: s a string that stays (NULL: null), i an int64_t, t text and its size_t. */
static void
bind(sqlite3_stmt *s, const char *letters, ...)
{
	const char *text;
	va_list ap;
	int i;

	va_start(ap, letters);
	for (i = 1; *letters != '\0'; letters++, i++) {
		if (*letters == 'i') {
			sqlite3_bind_int64(s, i, va_arg(ap, int64_t));
			continue;
		}
		text = va_arg(ap, const char *);
		sqlite3_bind_text64(s, i, text, *letters == 't' ? va_arg(ap, size_t) : text != NULL ? strlen(text) : 0,
		    SQLITE_STATIC, SQLITE_UTF8);
	}
	va_end(ap);
}

static void
done(sqlite3_stmt *s)
{
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
}

/* Steps once: 1 a row, 0 none, -1 an error. */
static int
step(struct store *st, sqlite3_stmt *s, struct err *e)
{
	switch (sqlite3_step(s)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return fail(st, e);
	}
}

/* ---- collections ---------------------------------------------------------------------------------------------- */

int
store_collection_set(struct store *st, const char *id, const char *alias, struct err *e)
{
	sqlite3_stmt *s = st->st[S_COLLECTION_SET];
	int r;

	bind(s, "ss", id, alias);
	r = sqlite3_step(s);
	if (r == SQLITE_CONSTRAINT)
		err_set(e, ERR_USAGE, "collection %s: another collection has the alias \"%s\"", id, alias);
	else if (r != SQLITE_DONE)
		fail(st, e);
	done(s);
	return r == SQLITE_DONE ? 0 : -1;
}

int
store_collections(struct store *st, int (*each)(void *arg, const struct store_collection *c), void *arg, struct err *e)
{
	sqlite3_stmt *s = st->st[S_COLLECTIONS];
	struct store_collection c;
	int r;

	while ((r = step(st, s, e)) > 0) {
		c.n = sqlite3_column_int64(s, 0);
		c.id = (const char *)sqlite3_column_text(s, 1);
		c.alias = (const char *)sqlite3_column_text(s, 2);
		if (each(arg, &c) != 0) {
			r = 0;
			break;
		}
	}
	done(s);
	return r;
}

int64_t
store_collection_find(struct store *st, const char *name, struct err *e)
{
	sqlite3_stmt *s = st->st[S_COLLECTION_FIND];
	int64_t n = 0;
	int r;

	bind(s, "s", name);
	if ((r = step(st, s, e)) > 0)
		n = sqlite3_column_int64(s, 0);
	done(s);
	return r < 0 ? -1 : n;
}

/* ---- adding --------------------------------------------------------------------------------------------------- */

/* 1 when the row at hand has the content of o; the quick answer first, since a feed sends the same text again. */
static int
same_body(sqlite3_stmt *s, int column, const json_t *o, const char *body, size_t n)
{
	const char *old = (const char *)sqlite3_column_text(s, column);
	size_t old_n = (size_t)sqlite3_column_bytes(s, column);
	struct json_text *t;
	int same;

	if (old == NULL)
		return 0;
	if (old_n == n && memcmp(old, body, n) == 0)
		return 1;
	if (json_read(old, old_n, NULL, &t, NULL) != 0)
		return 0;
	same = json_same(json_text_root(t), o);
	json_text_free(t);
	return same;
}

/* Looks for what is there already. 1: how and *added are settled; 0: nothing in the way; -1. */
static int
find_same(struct store *st, int64_t collection, const struct store_key *k, const json_t *o, const char *body, size_t n,
    enum store_outcome *how, int64_t *added, struct err *e)
{
	sqlite3_stmt *s = st->st[k->version != NULL ? S_VERSION : S_VERSIONS];
	int r, found = 0;

	if (k->version != NULL)
		bind(s, "isi", collection, k->id, k->version_us);
	else
		bind(s, "is", collection, k->id);
	while (!found && (r = step(st, s, e)) != 0) {
		if (r < 0) {
			done(s);
			return -1;
		}
		if (same_body(s, 1, o, body, n)) {
			*how = STORE_ALREADY;
			*added = sqlite3_column_int64(s, 0);
			found = 1;
		} else if (k->version != NULL) {
			*how = STORE_CONFLICT;
			found = 1;
		}
	}
	done(s);
	return found;
}

/* The date_added for the next object: now, or just after the latest one ever given. */
static int
next_added(struct store *st, int64_t now_us, int64_t *out, struct err *e)
{
	sqlite3_stmt *s = st->st[S_LAST_ADDED];
	int64_t last;
	int r;

	if ((r = step(st, s, e)) > 0) {
		last = sqlite3_column_int64(s, 0);
		if (now_us <= last)
			now_us = last + 1;
	}
	done(s);
	if (r >= 0)
		*out = now_us;
	return r < 0 ? -1 : 0;
}

int
store_add(struct store *st, int64_t collection, const struct store_key *k, const json_t *o, const char *body, size_t n,
    int64_t now_us, enum store_outcome *how, int64_t *added, struct err *e)
{
	sqlite3_stmt *s = st->st[S_INSERT];
	int64_t at;
	int r;

	r = find_same(st, collection, k, o, body, n, how, added, e);
	if (r != 0)
		return r < 0 ? -1 : 0;
	if (next_added(st, now_us, &at, e) != 0)
		return -1;
	bind(s, "iisisst", at, collection, k->id, k->version != NULL ? k->version_us : at, k->type, k->version, body, n);
	r = step(st, s, e);
	done(s);
	if (r < 0)
		return -1;
	*how = STORE_ADDED;
	*added = at;
	return 0;
}

/* ---- listing and deleting --------------------------------------------------------------------------------------- */

#define FILTER_SQL	(1u << 20)

/* A query while it is put together: its text, and the values in the order of their question marks. */
struct query {
	struct buf sql;
	struct { const char *text; int64_t n; } value[4 * LIMIT_COLLECTION_MATCH];
	size_t n;
};

static void
add_text(struct query *q, const char *sql, const char *value)
{
	buf_adds(&q->sql, sql);
	if (q->n < ARRAY_LEN(q->value))
		q->value[q->n++].text = value;
}

static void
add_number(struct query *q, const char *sql, int64_t value)
{
	buf_adds(&q->sql, sql);
	if (q->n < ARRAY_LEN(q->value))
		q->value[q->n++].n = value;
}

static void
add_texts(struct query *q, const char *column, const char *const *v, size_t n)
{
	size_t i;

	buf_printf(&q->sql, " AND %s IN (", column);
	for (i = 0; i < n; i++)
		add_text(q, i == 0 ? "?" : ",?", v[i]);
	buf_addc(&q->sql, ')');
}

/* The versions asked for are alternatives (3.4.1). */
static void
add_versions(struct query *q, const struct store_filter *f)
{
	static const struct { int bit; const char *sql; } ends[] = {
		{ STORE_LAST, "b.version_us > a.version_us" }, { STORE_FIRST, "b.version_us < a.version_us" },
	};
	size_t i;

	if (f->versions & STORE_ALL)
		return;
	buf_adds(&q->sql, " AND (0");
	for (i = 0; i < ARRAY_LEN(ends); i++)
		if (f->versions & ends[i].bit)
			buf_printf(&q->sql, " OR NOT EXISTS (SELECT 1 FROM object b WHERE b.collection = a.collection"
			    " AND b.id = a.id AND %s)", ends[i].sql);
	for (i = 0; i < f->at.n; i++)
		add_number(q, i == 0 ? " OR a.version_us IN (?" : ",?", f->at.v[i]);
	buf_adds(&q->sql, f->at.n > 0 ? "))" : ")");
}

/* head FROM object with the conditions of the filter; of the types only this one, NULL: all of them. */
static void
add_select(struct query *q, const char *head, int64_t collection, const struct store_filter *f, const char *type)
{
	const char *index = f->ids.n > 0 ? "object_version" : type != NULL ? "object_type" : "object_order";

	buf_printf(&q->sql, "%s FROM object a INDEXED BY %s", head, index);
	add_number(q, " WHERE a.collection = ?", collection);
	add_number(q, " AND a.added > ?", f->after);
	if (f->ids.n > 0)
		add_texts(q, "a.id", f->ids.v, f->ids.n);
	if (type != NULL)
		add_text(q, " AND a.type = ?", type);
	else if (f->types.n > 0)
		add_texts(q, "a.type", f->types.v, f->types.n);
	add_versions(q, f);
}

/* Prepares what was put together. Frees the text. */
static sqlite3_stmt *
prepare(struct store *st, struct query *q, struct err *e)
{
	sqlite3_stmt *s = NULL;
	size_t i;

	if (q->sql.over || q->n == ARRAY_LEN(q->value))
		err_set(e, ERR_SYSTEM, "database: the query is too long");
	else if (sqlite3_prepare_v2(st->db, buf_str(&q->sql), -1, &s, NULL) != SQLITE_OK)
		fail(st, e);
	for (i = 0; s != NULL && i < q->n; i++)
		if (q->value[i].text != NULL)
			sqlite3_bind_text(s, (int)i + 1, q->value[i].text, -1, SQLITE_STATIC);
		else
			sqlite3_bind_int64(s, (int)i + 1, q->value[i].n);
	buf_free(&q->sql);
	return s;
}

/*
 * The rows that pass, oldest first, without sorting: every index has date_added as its last column. Several types are as many
 * queries, whose rows SQLite merges while they are read; not with versions asked for by instant, which would be bound for each.
 */
static sqlite3_stmt *
prepare_list(struct store *st, int64_t collection, const struct store_filter *f, struct err *e)
{
	static const char head[] = "SELECT a.added, a.id, a.version, a.body";
	struct query *q = xcalloc(1, sizeof(*q));
	sqlite3_stmt *s;
	size_t i;

	q->sql.max = FILTER_SQL;
	if (f->ids.n > 0 || f->types.n == 0 || f->at.n > 0)
		add_select(q, head, collection, f, NULL);
	else
		for (i = 0; i < f->types.n; i++) {
			if (i > 0)
				buf_adds(&q->sql, " UNION ALL ");
			add_select(q, head, collection, f, f->types.v[i]);
		}
	add_number(q, " ORDER BY added LIMIT ?", f->limit > INT64_MAX ? INT64_MAX : (int64_t)f->limit);
	s = prepare(st, q, e);
	free(q);
	return s;
}

int
store_list(struct store *st, int64_t collection, const struct store_filter *f,
    int (*each)(void *arg, const struct store_row *row), void *arg, struct err *e)
{
	struct store_row row;
	char date[STAMP_TEXT];
	sqlite3_stmt *s;
	int r;

	if (f->nothing || f->limit == 0)
		return 0;
	s = prepare_list(st, collection, f, e);
	if (s == NULL)
		return -1;
	while ((r = step(st, s, e)) > 0) {
		row.added = sqlite3_column_int64(s, 0);
		row.id = (const char *)sqlite3_column_text(s, 1);
		row.version = (const char *)sqlite3_column_text(s, 2);
		if (row.version == NULL)
			row.version = store_date(row.added, date);
		row.body = (const char *)sqlite3_column_text(s, 3);
		row.n = (size_t)sqlite3_column_bytes(s, 3);
		if (each(arg, &row) != 0) {
			r = 0;
			break;
		}
	}
	sqlite3_finalize(s);
	return r;
}

int
store_delete(struct store *st, int64_t collection, const struct store_filter *f, size_t *n, struct err *e)
{
	struct query *q;
	sqlite3_stmt *s;
	int r;

	if (f->nothing) {
		*n = 0;
		return 0;
	}
	/* The rows are chosen before the first one goes: "last" must not come to mean the one before it. */
	q = xcalloc(1, sizeof(*q));
	q->sql.max = FILTER_SQL;
	add_select(q, "DELETE FROM object WHERE added IN (SELECT a.added", collection, f, NULL);
	buf_addc(&q->sql, ')');
	s = prepare(st, q, e);
	free(q);
	if (s == NULL)
		return -1;
	r = step(st, s, e);
	sqlite3_finalize(s);
	if (r < 0)
		return -1;
	*n = (size_t)sqlite3_changes64(st->db);
	return 0;
}

int
store_has(struct store *st, int64_t collection, const char *id, struct err *e)
{
	sqlite3_stmt *s = st->st[S_HAS];
	int r;

	bind(s, "is", collection, id);
	r = step(st, s, e);
	done(s);
	return r;
}

/* ---- statuses ------------------------------------------------------------------------------------------------- */

int
store_status_add(struct store *st, const char *id, int64_t now_us, const char *body, size_t n, struct err *e)
{
	sqlite3_stmt *add = st->st[S_STATUS_ADD], *forget = st->st[S_STATUS_FORGET];
	int r;

	bind(forget, "i", now_us - (int64_t)LIMIT_COLLECTION_STATUS * 1000000);
	r = step(st, forget, e);
	done(forget);
	if (r < 0)
		return -1;
	bind(add, "sit", id, now_us, body, n);
	r = step(st, add, e);
	done(add);
	return r < 0 ? -1 : 0;
}

int
store_status_get(struct store *st, const char *id, struct buf *b, struct err *e)
{
	sqlite3_stmt *s = st->st[S_STATUS_GET];
	int r;

	bind(s, "s", id);
	if ((r = step(st, s, e)) > 0)
		buf_add(b, sqlite3_column_text(s, 0), (size_t)sqlite3_column_bytes(s, 0));
	done(s);
	return r;
}

/* ---- dates ------------------------------------------------------------------------------------------------------ */

int64_t
store_us(struct stamp t)
{
	return t.sec * 1000000 + t.nsec / 1000;
}

char *
store_date(int64_t us, char out[STAMP_TEXT])
{
	struct stamp t;

	t.sec = us / 1000000;
	if (us % 1000000 < 0)
		t.sec--;
	t.nsec = (uint32_t)(us - t.sec * 1000000) * 1000;
	return stamp_format(t, 6, out);
}
