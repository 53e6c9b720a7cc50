/* What was published before, in SQLite: the ledger's file, or memory for convert --previous. */
#include <dirent.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "feed/feed_in.h"
#include "json/json.h"

struct published {
	sqlite3 *db;
	int owned;
	sqlite3_stmt *find, *own, *only;
	struct compose_previous previous;
	json_t *latest, *mine;	/* what find gave out last */
};

/* `published`: the latest version of each object. `stated`: what each report stated last, as it was then. */
static const char schema[] =
    "create table if not exists published (id text primary key, created text not null, modified text not null,"
    " revoked integer not null, object text not null) without rowid;"
    "create table if not exists stated (report text not null, id text not null, modified text not null, object text not null,"
    " primary key (report, id)) without rowid;"
    "create index if not exists stated_id on stated (id);";

/* ---- asking ---------------------------------------------------------------------------------------------------------------- */

static json_t *
column_json(sqlite3_stmt *s, int i)
{
	return json_loadb((const char *)sqlite3_column_text(s, i), (size_t)sqlite3_column_bytes(s, i), JSON_DECODE_ANY, NULL);
}

/* Runs a statement with its texts bound; 1: there is a row (reset it after use), 0: none. */
static int
ask(sqlite3_stmt *s, const char *a, const char *b)
{
	sqlite3_reset(s);
	sqlite3_bind_text(s, 1, a, -1, SQLITE_TRANSIENT);
	if (b != NULL)
		sqlite3_bind_text(s, 2, b, -1, SQLITE_TRANSIENT);
	return sqlite3_step(s) == SQLITE_ROW;
}

static const char *
str(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? s : "";
}

static void
version_of(const json_t *o, struct previous_version *out)
{
	out->created = str(o, "created");
	out->modified = str(o, "modified");
	out->revoked = json_is_true(json_object_get(o, "revoked"));
	out->object = o;
}

static int
find(void *ctx, const char *report, const char *id, struct previous_version *latest, struct previous_version *own)
{
	struct published *p = ctx;

	memset(latest, 0, sizeof(*latest));
	memset(own, 0, sizeof(*own));
	json_decref(p->latest);
	json_decref(p->mine);
	p->latest = ask(p->find, id, NULL) ? column_json(p->find, 0) : NULL;
	p->mine = p->latest != NULL && ask(p->own, report, id) ? column_json(p->own, 0) : NULL;
	sqlite3_reset(p->find);
	sqlite3_reset(p->own);
	if (p->latest == NULL)
		return 0;
	version_of(p->latest, latest);
	if (p->mine != NULL)
		version_of(p->mine, own);
	return 1;
}

static json_t *
only(void *ctx, const char *report)
{
	struct published *p = ctx;
	json_t *out = json_array(), *o;

	for (ask(p->only, report, NULL); sqlite3_data_count(p->only) > 0; sqlite3_step(p->only))
		if ((o = column_json(p->only, 0)) != NULL)
			json_array_append_new(out, o);
	sqlite3_reset(p->only);
	return out;
}

/* ---- opening --------------------------------------------------------------------------------------------------------------- */

static int
prepare(struct published *p, const char *sql, sqlite3_stmt **out, struct err *e)
{
	if (sqlite3_prepare_v2(p->db, sql, -1, out, NULL) == SQLITE_OK)
		return 0;
	return err_set(e, ERR_SYSTEM, "the ledger cannot be read: %s", sqlite3_errmsg(p->db));
}

static int
open_db(struct published *p, struct err *e)
{
	if (p->db == NULL) {
		p->owned = 1;
		if (db_open(":memory:", schema, &p->db, e) != 0)
			return -1;
	} else if (db_exec(p->db, schema, e) != 0)
		return -1;
	if (db_exec(p->db, outbox_schema, e) != 0)
		return -1;
	if (prepare(p, "select object from published where id = ?", &p->find, e) != 0 ||
	    prepare(p, "select object from stated where report = ? and id = ?", &p->own, e) != 0)
		return -1;
	return prepare(p, "select published.object from stated join published using (id) where report = ?1 and revoked = 0 and"
	    " not exists (select 1 from stated other where other.id = published.id and other.report <> ?1) order by published.id",
	    &p->only, e);
}

int
published_open(struct sqlite3 *db, struct published **out, struct err *e)
{
	struct published *p = xcalloc(1, sizeof(*p));

	p->db = db;
	p->previous = (struct compose_previous){ find, only, p };
	if (open_db(p, e) != 0) {
		published_close(p);
		return -1;
	}
	*out = p;
	return 0;
}

void
published_close(struct published *p)
{
	if (p == NULL)
		return;
	sqlite3_finalize(p->find);
	sqlite3_finalize(p->own);
	sqlite3_finalize(p->only);
	if (p->owned)
		sqlite3_close(p->db);
	json_decref(p->latest);
	json_decref(p->mine);
	free(p);
}

struct sqlite3 *
published_db(struct published *p)
{
	return p->db;
}

const struct compose_previous *
published_previous(struct published *p)
{
	return &p->previous;
}

/* ---- recording ------------------------------------------------------------------------------------------------------------- */

static int
put(struct published *p, const char *sql, const char *const *texts, int n, struct err *e)
{
	sqlite3_stmt *s;
	int i, rc;

	if (prepare(p, sql, &s, e) != 0)
		return -1;
	for (i = 0; i < n; i++)
		sqlite3_bind_text(s, i + 1, texts[i], -1, SQLITE_TRANSIENT);
	rc = sqlite3_step(s);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : err_set(e, ERR_SYSTEM, "the ledger cannot be written: %s", sqlite3_errmsg(p->db));
}

/* Objects without `modified` (markings, observables) have no versions. */
static int
put_object(struct published *p, const char *report, const json_t *o, int stated, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	const char *const row[] = { str(o, "id"), str(o, "created"), str(o, "modified"),
	    json_is_true(json_object_get(o, "revoked")) ? "1" : "0", NULL };
	const char *texts[5];
	int rc = 0;

	if (*str(o, "modified") == '\0')
		return 0;
	json_write(o, &b, JSON_TIGHT, 0);
	memcpy(texts, row, sizeof(row));
	texts[4] = buf_str(&b);
	rc = put(p, "insert into published (id, created, modified, revoked, object) values (?, ?, ?, ?, ?) on conflict (id) do update"
	    " set modified = excluded.modified, revoked = excluded.revoked, object = excluded.object"
	    " where excluded.modified > published.modified", texts, 5, e);
	if (rc == 0 && stated) {
		const char *const mine[] = { report, str(o, "id"), str(o, "modified"), buf_str(&b) };

		rc = put(p, "insert or replace into stated (report, id, modified, object) values (?, ?, ?, ?)", mine, 4, e);
	}
	buf_free(&b);
	return rc;
}

static const json_t *
report_of(const json_t *objects)
{
	json_t *o;
	size_t i;

	json_array_foreach(objects, i, o)
		if (strcmp(str(o, "type"), "report") == 0)
			return o;
	return NULL;
}

static int
put_bundle(struct published *p, const json_t *objects, const json_t *report, struct err *e)
{
	json_t *stated = json_object(), *v;
	const char *id = str(report, "id");
	size_t i;
	int rc = put(p, "delete from stated where report = ?", &id, 1, e);

	json_object_set_new(stated, id, json_true());
	json_array_foreach(json_object_get(report, "object_refs"), i, v)
		if (json_is_string(v))
			json_object_set_new(stated, json_string_value(v), json_true());
	json_array_foreach(objects, i, v)
		if (rc == 0)
			rc = put_object(p, id, v, json_object_get(stated, str(v, "id")) != NULL, e);
	json_decref(stated);
	return rc;
}

int
published_add(struct published *p, const json_t *bundle, struct err *e)
{
	const json_t *objects = json_object_get(bundle, "objects"), *report = report_of(objects);
	int rc;

	if (report == NULL)
		return err_set(e, ERR_INPUT, "it is no bundle with a report");
	if (db_exec(p->db, "savepoint published", e) != 0)
		return -1;
	rc = put_bundle(p, objects, report, e);
	if (rc != 0 && db_exec(p->db, "rollback to published", e) != 0)
		rc = -1;
	return db_exec(p->db, "release published", e) != 0 ? -1 : rc;
}

/* ---- files ------------------------------------------------------------------------------------------------------------------ */

static int
read_file(struct published *p, const char *path, struct err *e)
{
	struct json_text *t;
	int rc;

	if (json_read_file(path, LIMIT_JSON_TEXT, &t, e) != 0)
		return -1;
	if ((rc = published_add(p, json_text_root(t), e)) != 0)
		err_prefix(e, "%s", path);
	json_text_free(t);
	return rc;
}

static int
is_json(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 5 && strcmp(d->d_name + n - 5, ".json") == 0;
}

int
published_read(struct published *p, const char *path, struct err *e)
{
	struct dirent **list;
	char file[LIMIT_PATH];
	struct stat st;
	int i, n, rc = 0;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return read_file(p, path, e);
	if ((n = scandir(path, &list, is_json, alphasort)) < 0)
		return err_set(e, ERR_SYSTEM, "%s: the folder cannot be read", path);
	for (i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, list[i]->d_name);
		if (rc == 0)
			rc = read_file(p, file, e);
		free(list[i]);
	}
	free(list);
	return rc;
}
