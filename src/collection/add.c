/* Add Objects (5.5): from an envelope to a status resource (4.3.1). */
#include <stdlib.h>
#include <string.h>

#include "collection/reply.h"
#include "json/json.h"

#define SPEC_VERSION	"2.1"

/* One member of the envelope on its way. */
struct entry {
	const json_t *o;
	struct store_key key;
	struct arena *arena;
	const char *failure;		/* why it is not stored, or NULL */
};

/* Whether a text can be stored and shown: JSON strings may hold U+0000, SQLite's and ours end there. */
static int
clean(const json_t *s)
{
	return json_is_string(s) && strlen(json_string_value(s)) == json_string_length(s);
}

/* The version (4.3.1): `modified`, else `created`. */
static int
read_version(struct entry *en)
{
	static const char *const names[] = { "modified", "created" };
	const json_t *v;
	struct stamp at;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		v = json_object_get(en->o, names[i]);
		if (v == NULL)
			continue;
		if (!clean(v) || stamp_parse(json_string_value(v), json_string_length(v), &at) != 0) {
			en->failure = arena_printf(en->arena, "\"%s\" is no timestamp like 2024-06-13T00:00:00.000Z (STIX 3.2)",
			    names[i]);
			return -1;
		}
		if (en->key.version == NULL) {
			en->key.version = json_string_value(v);
			en->key.version_us = store_us(at);
		}
	}
	return 0;
}

static int
refuse(struct entry *en, const char *why)
{
	en->failure = why;
	return -1;
}

/* Type and id, which have to agree. */
static int
read_identity(struct entry *en)
{
	const json_t *type = json_object_get(en->o, "type"), *id = json_object_get(en->o, "id");
	size_t n;

	if (type == NULL)
		return refuse(en, "\"type\" is missing (STIX 3.2)");
	if (!clean(type) || !type_valid(json_string_value(type), json_string_length(type)))
		return refuse(en, "\"type\" is no name of a STIX type (STIX 3.1)");
	en->key.type = json_string_value(type);
	if (strcmp(en->key.type, "bundle") == 0)
		return refuse(en, "a bundle is no object: send its objects in the envelope (TAXII 3.7)");
	if (id == NULL)
		return refuse(en, "\"id\" is missing (STIX 3.2)");
	if (!clean(id) || (n = id_type(json_string_value(id))) == 0)
		return refuse(en, "\"id\" is not of the form type--UUID (STIX 2.9)");
	if (n != json_string_length(type) || memcmp(json_string_value(id), en->key.type, n) != 0)
		return refuse(en, "\"id\" does not begin with the object's type (STIX 2.9)");
	return 0;
}

/* Fills the key of an object, or says why it cannot be stored. What the store can do without is left to `validate`. */
static int
read_entry(struct entry *en)
{
	const json_t *id = json_object_get(en->o, "id"), *spec = json_object_get(en->o, "spec_version");

	if (!json_is_object(en->o))
		return refuse(en, "not a JSON object");
	if (clean(id))
		en->key.id = json_string_value(id);	/* for the report, whatever it is */
	if (read_version(en) != 0 || read_identity(en) != 0)
		return -1;
	if (spec == NULL && en->key.version != NULL)
		return refuse(en, "\"spec_version\" is missing; only STIX 2.1 is stored here");
	if (spec != NULL && (!json_is_string(spec) || strcmp(json_string_value(spec), SPEC_VERSION) != 0))
		return refuse(en, "only spec_version 2.1 is stored here");
	return 0;
}

/* The lists of the status while they grow. */
struct report {
	struct buf successes, failures;
	size_t good, bad;
};

static void
add_detail(struct buf *b, size_t n, const char *id, const char *version, const char *message)
{
	buf_adds(b, n == 0 ? "{\"id\":" : ",{\"id\":");
	json_write_string(id, strlen(id), b);
	buf_adds(b, ",\"version\":");
	json_write_string(version, strlen(version), b);
	if (message != NULL) {
		buf_adds(b, ",\"message\":");
		json_write_string(message, strlen(message), b);
	}
	buf_addc(b, '}');
}

static const char *const outcome_message[] = {
	[STORE_ADDED] = NULL,
	[STORE_ALREADY] = "already there",
	[STORE_CONFLICT] = "another content is already there under this id and version (STIX 3.6)",
};

/* Stores one member of the envelope and reports on it. text: room for its JSON. */
static int
add_entry(struct ask *q, struct arena *a, const json_t *o, size_t index, int64_t now, struct buf *text, struct report *rep,
    struct err *e)
{
	struct entry en = { .o = o, .arena = a };
	enum store_outcome how = STORE_ADDED;
	char date[STAMP_TEXT], at[STAMP_TEXT];
	int64_t added = now;

	if (read_entry(&en) == 0) {
		buf_reset(text);
		json_write(o, text, JSON_TIGHT, 0);
		if (store_add(q->face->store, q->collection, &en.key, o, text->s, text->len, now, &how, &added, e) != 0)
			return -1;
		en.failure = how == STORE_CONFLICT ? outcome_message[how] : NULL;
	}
	/* What has no id is named by its place in the envelope. */
	snprintf(at, sizeof(at), "/objects/%zu", index);
	if (en.failure != NULL)
		add_detail(&rep->failures, rep->bad++, en.key.id != NULL ? en.key.id : at,
		    en.key.version != NULL ? en.key.version : store_date(now, date), en.failure);
	else
		add_detail(&rep->successes, rep->good++, en.key.id,
		    en.key.version != NULL ? en.key.version : store_date(added, date), outcome_message[how]);
	return 0;
}

static void
write_status(const struct report *rep, const char *id, int64_t now, struct buf *b)
{
	char date[STAMP_TEXT];

	buf_printf(b, "{\"id\":\"%s\",\"status\":\"complete\",\"request_timestamp\":\"%s\",\"total_count\":%zu,"
	    "\"success_count\":%zu,", id, store_date(now, date), rep->good + rep->bad, rep->good);
	if (rep->good > 0) {
		buf_adds(b, "\"successes\":[");
		buf_add(b, rep->successes.s, rep->successes.len);
		buf_adds(b, "],");
	}
	buf_printf(b, "\"failure_count\":%zu,", rep->bad);
	if (rep->bad > 0) {
		buf_adds(b, "\"failures\":[");
		buf_add(b, rep->failures.s, rep->failures.len);
		buf_adds(b, "],");
	}
	buf_adds(b, "\"pending_count\":0}");
}

/* The whole envelope in one transaction, its status included. */
static int
add_all(struct ask *q, const json_t *objects, struct reply *r, struct err *e)
{
	struct report rep = { BUF_INIT(SIZE_MAX), BUF_INIT(SIZE_MAX), 0, 0 };
	struct buf text = BUF_INIT(SIZE_MAX);
	struct arena *a = arena_new();
	int64_t now = store_us(q->face->now(q->face->arg));
	char id[UUID_TEXT];
	size_t i;
	int rc;

	rc = store_begin(q->face->store, e);
	for (i = 0; rc == 0 && i < json_array_size(objects); i++)
		rc = add_entry(q, a, json_array_get(objects, i), i, now, &text, &rep, e);
	if (rc == 0) {
		write_status(&rep, uuid_random(q->face, id), now, &r->body);
		rc = store_status_add(q->face->store, id, now, r->body.s, r->body.len, e);
	}
	if (rc == 0)
		rc = store_commit(q->face->store, e);
	if (rc != 0)
		store_rollback(q->face->store);
	else
		r->status = 202;
	arena_free(a);
	buf_free(&text);
	buf_free(&rep.successes);
	buf_free(&rep.failures);
	return rc;
}

int
reply_add(struct ask *q, struct reply *r, struct err *e)
{
	struct json_fault fault;
	struct json_text *t;
	const json_t *objects;
	int rc = 0;

	if (json_read(q->body, q->body_n, NULL, &t, &fault) != 0) {
		reply_error(r, 400, "the body is no JSON: line %u, column %u: %s", fault.place.line, fault.place.column, fault.message);
		return 0;
	}
	objects = json_object_get(json_text_root(t), "objects");
	if (!json_is_array(objects))
		reply_error(r, 422, "the body is no TAXII envelope: a list \"objects\" is missing (3.7)");
	else if (json_array_size(objects) == 0)
		reply_error(r, 422, "the envelope has no objects");
	else if (json_array_size(objects) > LIMIT_COLLECTION_OBJECTS)
		reply_error(r, 422, "the envelope has more than %d objects", LIMIT_COLLECTION_OBJECTS);
	else
		rc = add_all(q, objects, r, e);
	json_text_free(t);
	return rc;
}
