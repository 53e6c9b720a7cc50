/* feed.json: read, checked by its schema, made into the objects that every bundle of the feed gets. */
#include <string.h>

#include "feed/feed_in.h"
#include "json/json.h"

#define FEED_SCHEMA	"feed.schema.json"

static const char *
text_of(struct feed *f, const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? arena_strdup(f->arena, s) : NULL;
}

/* An identity object from its few lines in feed.json. creator: NULL for the feed's own. */
static json_t *
identity_of(struct feed *f, const json_t *v, const char *creator)
{
	const char *created = arena_printf(f->arena, "%sT00:00:00.000Z", text_of(f, v, "created"));
	json_t *o = stix_identity(text_of(f, v, "id"), creator, text_of(f, v, "name"), text_of(f, v, "class"), created), *x;

	if ((x = json_object_get(v, "description")) != NULL)
		json_object_set(o, "description", x);
	if ((x = json_object_get(v, "contact")) != NULL)
		json_object_set(o, "contact_information", x);
	return o;
}

/* A statement marking has no name to make its id from: the text is it, and another text is another marking (7.2.1). */
static json_t *
statement(struct feed *f, const char *text)
{
	const char *creator = json_string_value(json_object_get(f->identity, "id"));
	char id[STIX_ID];

	stix_id("marking-definition", creator, text, id);
	return json_pack("{s:s, s:s, s:s, s:s, s:O, s:s, s:{s:s}}", "type", "marking-definition", "spec_version", "2.1", "id", id,
	    "created_by_ref", creator, "created", json_object_get(f->identity, "created"), "definition_type", "statement",
	    "definition", "statement", text);
}

static int
markings(struct feed *f, const json_t *v, struct err *e)
{
	const struct stix_tlp *tlp;
	const char *text;
	json_t *one;
	size_t i;

	f->markings = json_array();
	json_array_foreach(json_object_get(v, "markings"), i, one) {
		if ((tlp = stix_tlp_find(json_string_value(one))) == NULL)
			return err_set(e, ERR_USAGE, "/markings/%zu: there is no marking '%s'", i, json_string_value(one));
		json_array_append_new(f->markings, stix_tlp_object(tlp));
	}
	if ((text = json_string_value(json_object_get(v, "statement"))) != NULL)
		json_array_append_new(f->markings, statement(f, text));
	return 0;
}

static void
lists(struct feed *f, const json_t *v)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(v, "knowledge"), i, one)
		*vec_push(f->arena, &f->knowledge) = arena_printf(f->arena, "%s/%s", f->dir, json_string_value(one));
	json_array_foreach(json_object_get(v, "targets"), i, one)
		*vec_push(f->arena, &f->targets) = arena_strdup(f->arena, json_string_value(one));
}

static int
never_publish(struct feed *f, const json_t *v, struct err *e)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(v, "never_publish"), i, one) {
		if (!never_valid(json_string_value(one)))
			return err_set(e, ERR_USAGE, "/never_publish/%zu: '%s' is neither a URL nor a network", i, json_string_value(one));
		*vec_push(f->arena, &f->never) = arena_strdup(f->arena, json_string_value(one));
	}
	return 0;
}

static int
confidence_of(const json_t *v, const char *name, int other)
{
	json_t *n = json_object_get(v, name);

	return n ? (int)json_number_value(n) : other;
}

static int
fill(struct feed *f, const json_t *v, struct err *e)
{
	json_t *source = json_object_get(v, "source"), *law = json_object_get(v, "law_enforcement");

	f->name = text_of(f, v, "name");
	f->language = text_of(f, v, "language");
	f->identity = identity_of(f, json_object_get(v, "identity"), NULL);
	if (source != NULL) {
		f->source = identity_of(f, source, json_string_value(json_object_get(f->identity, "id")));
		f->source_name = text_of(f, source, "name");
	}
	f->report = json_incref(json_object_get(v, "report"));
	f->confidence = confidence_of(v, "confidence", -1);
	f->min_confidence = confidence_of(v, "min_confidence", 0);
	f->compose_flags |= json_is_false(json_object_get(law, "campaign")) ? COMPOSE_NO_CAMPAIGN : 0;
	f->compose_flags |= json_is_false(json_object_get(law, "course_of_action")) ? COMPOSE_NO_ACTION : 0;
	lists(f, v);
	if (never_publish(f, v, e) != 0)
		return -1;
	return markings(f, v, e);
}

int
feed_open(const char *dir, struct feed **out, struct err *e)
{
	struct arena *a = arena_new();
	const char *path = arena_printf(a, "%s/feed.json", dir);
	struct feed *f = arena_alloc(a, sizeof(*f));
	struct json_text *t = NULL;
	int rc = -1;

	f->arena = a;
	f->dir = arena_strdup(a, dir);
	if (json_read_file(path, LIMIT_SMALL_FILE, &t, e) != 0) {
		if (e != NULL && e->kind == ERR_INPUT)
			e->kind = ERR_USAGE;
	} else if (json_text_check(FEED_SCHEMA, "", t, "", e) != 0 || fill(f, json_text_root(t), e) != 0)
		err_prefix(e, "%s", path);
	else
		rc = corrections_read(f, e);
	json_text_free(t);
	if (rc == 0)
		*out = f;
	else
		feed_close(f);
	return rc;
}

void
feed_close(struct feed *f)
{
	if (f == NULL)
		return;
	json_decref(f->identity);
	json_decref(f->source);
	json_decref(f->markings);
	json_decref(f->report);
	json_decref(f->corrections);
	arena_free(f->arena);
}

void
feed_compose_options(const struct feed *f, struct compose_options *o)
{
	if (f == NULL)
		return;
	o->identity = f->identity;
	o->source = f->source;
	o->source_name = f->source_name;
	o->markings = f->markings;
	o->report = f->report;
	o->confidence = f->confidence;
	o->min_confidence = f->min_confidence;
	o->flags |= f->compose_flags;
}
