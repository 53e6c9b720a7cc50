/* Facts as JSON and back (schemas/facts.schema.json), so that an analyst can see them, correct them and convert again. */
#include <string.h>

#include "convert/convert.h"
#include "json/json.h"

#define FACTS_SCHEMA	"https://stixpress.example/schemas/2.1/facts.schema.json"

void
facts_release(struct facts *f)
{
	size_t i;

	for (i = 0; i < f->entities.n; i++) {
		json_decref(f->entities.v[i].props);
		f->entities.v[i].props = NULL;
	}
	for (i = 0; i < f->observables.n; i++) {
		json_decref(f->observables.v[i].props);
		f->observables.v[i].props = NULL;
	}
}

static size_t
quoted(const struct evidences *list)
{
	size_t i, n = 0;

	for (i = 0; i < list->n; i++)
		n += list->v[i].text != NULL ? strlen(list->v[i].text) : 0;
	return n;
}

int
facts_bounded(const struct facts *f, struct err *e)
{
	size_t n = f->entities.n + f->observables.n + f->relations.n, octets = 0, i;

	if (n > LIMIT_STATED)
		return err_set(e, ERR_INPUT, "it states %zu things; the limit is %d of one document (LIMIT_STATED)", n, LIMIT_STATED);
	for (i = 0; i < f->entities.n; i++)
		octets += quoted(&f->entities.v[i].evidence);
	for (i = 0; i < f->observables.n; i++)
		octets += quoted(&f->observables.v[i].evidence);
	for (i = 0; i < f->relations.n; i++)
		octets += quoted(&f->relations.v[i].evidence);
	if (octets > LIMIT_QUOTED)
		return err_set(e, ERR_INPUT, "the sentences that are evidence have %zu octets; the limit is %u MiB (LIMIT_QUOTED)", octets,
		    LIMIT_QUOTED >> 20);
	return 0;
}

static const char *
date_text(struct arena *a, int has, struct stamp t)
{
	char text[STAMP_TEXT];

	return has ? arena_strndup(a, stamp_format(t, 0, text), 10) : NULL;
}

void
facts_begin(struct facts *f, const struct doc *d)
{
	memset(f, 0, sizeof(*f));
	f->arena = d->arena;
	f->name = d->name;
	f->title = d->title;
	f->lang = d->lang->tag;
	f->url = d->url;
	f->sha256 = arena_strdup(d->arena, d->sha256);
	f->bytes = d->input_len;
	f->date = date_text(d->arena, d->has_date, d->date);
	f->orig_title = d->orig_title;
	f->orig_publisher = d->orig_publisher;
	f->orig_url = d->orig_url;
	f->orig_date = date_text(d->arena, d->has_orig_date, d->orig_date);
}

static void
pages_of(struct evidences *list, const size_t *breaks, size_t n)
{
	size_t i, lo, hi, mid;

	for (i = 0; i < list->n; i++) {
		if (list->v[i].by != NULL)
			continue;
		for (lo = 0, hi = n; lo < hi;) {
			mid = lo + (hi - lo) / 2;
			if (breaks[mid] < list->v[i].start)
				lo = mid + 1;
			else
				hi = mid;
		}
		list->v[i].page = lo + 1;
	}
}

void
facts_pages(struct facts *f, const size_t *breaks, size_t n)
{
	size_t i;

	for (i = 0; i < f->entities.n; i++)
		pages_of(&f->entities.v[i].evidence, breaks, n);
	for (i = 0; i < f->observables.n; i++)
		pages_of(&f->observables.v[i].evidence, breaks, n);
	for (i = 0; i < f->relations.n; i++)
		pages_of(&f->relations.v[i].evidence, breaks, n);
}

/* ---- to JSON ------------------------------------------------------------------------------------------------------------- */

/* Members without a value are left out. */
static void
put(json_t *o, const char *name, const char *s)
{
	if (s != NULL)
		json_object_set_new(o, name, json_string(s));
}

static void
put_number(json_t *o, const char *name, size_t n)
{
	json_object_set_new(o, name, json_integer((json_int_t)n));
}

static json_t *
evidences_out(const struct evidences *list)
{
	json_t *out = json_array(), *o;
	const struct evidence *ev;
	size_t i;

	for (i = 0; i < list->n; i++) {
		ev = &list->v[i];
		o = json_object();
		if (ev->by == NULL) {
			put_number(o, "start", ev->start);
			put_number(o, "end", ev->end);
		}
		if (ev->page > 0)
			put_number(o, "page", ev->page);
		put(o, "by", ev->by);
		put(o, "at", ev->at);
		put(o, "text", ev->text);
		put(o, "rule", ev->rule);
		json_array_append_new(out, o);
	}
	return out;
}

static json_t *
document_out(const struct facts *f)
{
	json_t *o = json_object(), *original = json_object();

	put(o, "title", f->title);
	put(o, "date", f->date);
	put(o, "lang", f->lang);
	put(o, "url", f->url);
	if (f->sha256 != NULL) {
		put(o, "sha256", f->sha256);
		put_number(o, "bytes", f->bytes);
	}
	put(o, "feed", f->feed);
	put(original, "title", f->orig_title);
	put(original, "date", f->orig_date);
	put(original, "publisher", f->orig_publisher);
	put(original, "url", f->orig_url);
	if (json_object_size(original) > 0)
		json_object_set(o, "original", original);
	json_decref(original);
	return o;
}

static json_t *
entity_out(const struct entity *en)
{
	json_t *o = json_object(), *list, *x;
	size_t i;

	put(o, "id", en->id);
	put(o, "type", en->type);
	put(o, "name", en->name);
	if (en->aliases.n > 0) {
		json_object_set_new(o, "aliases", list = json_array());
		for (i = 0; i < en->aliases.n; i++)
			json_array_append_new(list, json_string(en->aliases.v[i]));
	}
	if (en->externals.n > 0) {
		json_object_set_new(o, "external", list = json_array());
		for (i = 0; i < en->externals.n; i++) {
			json_array_append_new(list, x = json_object());
			put(x, "source", en->externals.v[i].source);
			put(x, "id", en->externals.v[i].id);
			put(x, "url", en->externals.v[i].url);
		}
	}
	if (en->confidence >= 0)
		put_number(o, "confidence", (size_t)en->confidence);
	if (json_object_size(en->props) > 0)
		json_object_set(o, "properties", en->props);
	json_object_set_new(o, "evidence", evidences_out(&en->evidence));
	return o;
}

static json_t *
observable_out(const struct observable *ob)
{
	json_t *o = json_object();

	put(o, "id", ob->id);
	put(o, "type", ob->type);
	if (ob->props != NULL)
		json_object_set(o, "properties", ob->props);
	if (ob->indicator)
		json_object_set_new(o, "indicator", json_true());
	put(o, "pattern", ob->pattern);
	put(o, "pattern_type", ob->language);
	put(o, "product", ob->product);
	put(o, "detection", ob->detection);
	json_object_set_new(o, "evidence", evidences_out(&ob->evidence));
	return o;
}

static json_t *
relation_out(const struct relation *r)
{
	json_t *o = json_object();

	put(o, "source", r->source);
	put(o, "type", r->type);
	put(o, "target", r->target);
	if (r->confidence >= 0)
		put_number(o, "confidence", (size_t)r->confidence);
	json_object_set_new(o, "evidence", evidences_out(&r->evidence));
	return o;
}

json_t *
facts_to_json(const struct facts *f)
{
	json_t *out = json_object(), *list, *o;
	size_t i;

	put_number(out, "stixpress_facts", 1);
	json_object_set_new(out, "document", document_out(f));
	json_object_set_new(out, "entities", list = json_array());
	for (i = 0; i < f->entities.n; i++)
		json_array_append_new(list, entity_out(&f->entities.v[i]));
	json_object_set_new(out, "observables", list = json_array());
	for (i = 0; i < f->observables.n; i++)
		json_array_append_new(list, observable_out(&f->observables.v[i]));
	json_object_set_new(out, "relationships", list = json_array());
	for (i = 0; i < f->relations.n; i++)
		json_array_append_new(list, relation_out(&f->relations.v[i]));
	if (f->notices.n > 0)
		json_object_set_new(out, "notices", list = json_array());
	for (i = 0; i < f->notices.n; i++) {
		json_array_append_new(list, o = json_object());
		put_number(o, "at", f->notices.v[i].at);
		put(o, "code", f->notices.v[i].code);
		put(o, "text", f->notices.v[i].text);
	}
	return out;
}

/* ---- from JSON: the schema has checked the shape before anything is read ---------------------------------------------- */

static const char *
text_in(struct arena *a, const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? arena_strdup(a, s) : NULL;
}

static size_t
number_in(const json_t *o, const char *name)
{
	return (size_t)json_number_value(json_object_get(o, name));
}

static int
confidence_in(const json_t *o)
{
	json_t *v = json_object_get(o, "confidence");

	return v ? (int)json_number_value(v) : -1;
}

static int
evidences_in(struct arena *a, const json_t *o, struct evidences *out, const char *at, struct err *e)
{
	struct evidence *ev;
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(o, "evidence"), i, v) {
		ev = vec_push(a, out);
		ev->start = number_in(v, "start");
		ev->page = number_in(v, "page");
		ev->end = number_in(v, "end");
		ev->text = text_in(a, v, "text");
		ev->rule = text_in(a, v, "rule");
		ev->by = text_in(a, v, "by");
		ev->at = text_in(a, v, "at");
		if (ev->end < ev->start)
			return err_set(e, ERR_INPUT, "%s/evidence/%zu/end: before start", at, i);
	}
	return 0;
}

static void
document_in(struct arena *a, const json_t *o, struct facts *f)
{
	json_t *original = json_object_get(o, "original");

	f->title = text_in(a, o, "title");
	f->date = text_in(a, o, "date");
	f->lang = text_in(a, o, "lang");
	f->url = text_in(a, o, "url");
	f->sha256 = text_in(a, o, "sha256");
	f->bytes = number_in(o, "bytes");
	f->feed = text_in(a, o, "feed");
	f->orig_title = text_in(a, original, "title");
	f->orig_date = text_in(a, original, "date");
	f->orig_publisher = text_in(a, original, "publisher");
	f->orig_url = text_in(a, original, "url");
}

static int
entity_in(struct arena *a, json_t *o, struct entity *en, const char *at, struct err *e)
{
	json_t *v;
	size_t i;

	en->id = text_in(a, o, "id");
	en->type = text_in(a, o, "type");
	en->name = text_in(a, o, "name");
	json_array_foreach(json_object_get(o, "aliases"), i, v)
		*vec_push(a, &en->aliases) = arena_strdup(a, json_string_value(v));
	json_array_foreach(json_object_get(o, "external"), i, v)
		*vec_push(a, &en->externals) = (struct external){ text_in(a, v, "source"), text_in(a, v, "id"), text_in(a, v, "url") };
	en->confidence = confidence_in(o);
	en->props = json_incref(json_object_get(o, "properties"));
	return evidences_in(a, o, &en->evidence, at, e);
}

static int
observable_in(struct arena *a, json_t *o, struct observable *ob, const char *at, struct err *e)
{
	ob->id = text_in(a, o, "id");
	ob->type = text_in(a, o, "type");
	ob->props = json_incref(json_object_get(o, "properties"));
	ob->indicator = json_is_true(json_object_get(o, "indicator"));
	ob->pattern = text_in(a, o, "pattern");
	ob->language = text_in(a, o, "pattern_type");
	ob->product = text_in(a, o, "product");
	ob->detection = text_in(a, o, "detection");
	return evidences_in(a, o, &ob->evidence, at, e);
}

static int
relation_in(struct arena *a, json_t *o, struct relation *r, const char *at, struct err *e)
{
	r->source = text_in(a, o, "source");
	r->type = text_in(a, o, "type");
	r->target = text_in(a, o, "target");
	r->confidence = confidence_in(o);
	return evidences_in(a, o, &r->evidence, at, e);
}

static int
lists_in(struct arena *a, json_t *in, struct facts *f, struct err *e)
{
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(in, "entities"), i, v)
		if (entity_in(a, v, vec_push(a, &f->entities), arena_printf(a, "/entities/%zu", i), e) != 0)
			return -1;
	json_array_foreach(json_object_get(in, "observables"), i, v)
		if (observable_in(a, v, vec_push(a, &f->observables), arena_printf(a, "/observables/%zu", i), e) != 0)
			return -1;
	json_array_foreach(json_object_get(in, "relationships"), i, v)
		if (relation_in(a, v, vec_push(a, &f->relations), arena_printf(a, "/relationships/%zu", i), e) != 0)
			return -1;
	json_array_foreach(json_object_get(in, "notices"), i, v)
		*vec_push(a, &f->notices) = (struct notice){ number_in(v, "at"), text_in(a, v, "code"), text_in(a, v, "text") };
	return 0;
}

/* ---- what the schema cannot say: ids are unique, relationships end somewhere ------------------------------------------ */

static int
ids_check(const struct facts *f, struct err *e)
{
	json_t *seen = json_object();
	const struct relation *r;
	size_t i;
	int rc = 0;

	for (i = 0; i < f->entities.n && rc == 0; i++) {
		if (json_object_get(seen, f->entities.v[i].id) != NULL)
			rc = err_set(e, ERR_INPUT, "/entities/%zu/id: '%s' is used twice", i, f->entities.v[i].id);
		json_object_set_new(seen, f->entities.v[i].id, json_true());
	}
	for (i = 0; i < f->observables.n && rc == 0; i++) {
		if (json_object_get(seen, f->observables.v[i].id) != NULL)
			rc = err_set(e, ERR_INPUT, "/observables/%zu/id: '%s' is used twice", i, f->observables.v[i].id);
		json_object_set_new(seen, f->observables.v[i].id, json_true());
	}
	for (i = 0; i < f->relations.n && rc == 0; i++) {
		r = &f->relations.v[i];
		if (json_object_get(seen, r->source) == NULL)
			rc = err_set(e, ERR_INPUT, "/relationships/%zu/source: nothing here has the id '%s'", i, r->source);
		else if (json_object_get(seen, r->target) == NULL)
			rc = err_set(e, ERR_INPUT, "/relationships/%zu/target: nothing here has the id '%s'", i, r->target);
		else if (strcmp(r->source, r->target) == 0)
			rc = err_set(e, ERR_INPUT, "/relationships/%zu: source and target are the same", i);
	}
	json_decref(seen);
	return rc;
}

/* ---- the schema ------------------------------------------------------------------------------------------------------------ */

/* Gives the engine our schemas under their URIs. */
static int
schema_load(void *arg, const char *uri, struct buf *text, struct err *e)
{
	static const char root[] = "https://stixpress.example/schemas/2.1/";
	const struct embedded *file;

	(void)arg;
	(void)e;
	if (strncmp(uri, root, sizeof(root) - 1) != 0 || (file = embedded_find(embedded_schemas, uri + sizeof(root) - 1)) == NULL)
		return 0;
	buf_add(text, file->data, file->len);
	return 1;
}

static void
schema_failure(void *arg, const struct schema_finding *f)
{
	err_set(arg, ERR_INPUT, "%s: %s", f->instance[0] ? f->instance : "/", f->message);
}

static int
shape_check(const json_t *in, struct err *e)
{
	struct schema_set *set = schema_set_new(0);
	struct schema_run *run = NULL;
	const struct schema *schema;
	int rc = -1;

	schema_set_loader(set, schema_load, NULL);
	if (schema_compile(set, FACTS_SCHEMA, &schema, e) == 0) {
		run = schema_run_new(set);
		if (schema_check(run, schema, in) == SCHEMA_VALID)
			rc = 0;
		else if (schema_explain(run, schema, in, 1, schema_failure, e) != SCHEMA_VALID)
			err_set(e, ERR_INPUT, "these are no facts");
	}
	schema_run_free(run);
	schema_set_free(set);
	return rc;
}

int
facts_from_json(struct arena *a, json_t *in, struct facts *out, struct err *e)
{
	struct facts f;

	memset(&f, 0, sizeof(f));
	f.arena = a;
	if (shape_check(in, e) != 0)
		return -1;
	document_in(a, json_object_get(in, "document"), &f);
	if (lists_in(a, in, &f, e) != 0 || ids_check(&f, e) != 0) {
		facts_release(&f);
		return -1;
	}
	*out = f;
	return 0;
}

/* ---- against the model ---------------------------------------------------------------------------------------------------- */

static int
props_check(const struct stix_type *t, const json_t *props, const char *at, struct err *e)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)props, name, v)
		if (stix_prop(t, name) == NULL && strncmp(name, "x_", 2) != 0)
			return err_set(e, ERR_INPUT, "%s/properties/%s: %s has no such property", at, name, t->name);
	return 0;
}

static int
entity_check(const struct entity *en, struct stix_model *m, const char *at, struct err *e)
{
	const struct stix_type *t = stix_type(m, en->type);

	if (t == NULL || t->category != STIX_SDO)
		return err_set(e, ERR_INPUT, "%s/type: '%s' is no type of domain object", at, en->type);
	return props_check(t, en->props, at, e);
}

static int
observable_check(const struct observable *ob, struct stix_model *m, const char *at, struct err *e)
{
	const struct stix_type *t = stix_type(m, ob->type);

	if (t == NULL && ob->pattern != NULL)
		return 0;	/* only its indicator will be made */
	if (t == NULL || t->category != STIX_SCO)
		return err_set(e, ERR_INPUT, "%s/type: '%s' is no type of cyber-observable object", at, ob->type);
	return props_check(t, ob->props, at, e);
}

int
facts_check(const struct facts *f, struct stix_model *m, struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < f->entities.n && rc == 0; i++)
		rc = entity_check(&f->entities.v[i], m, arena_printf(f->arena, "/entities/%zu", i), e);
	for (i = 0; i < f->observables.n && rc == 0; i++)
		rc = observable_check(&f->observables.v[i], m, arena_printf(f->arena, "/observables/%zu", i), e);
	return rc;
}
