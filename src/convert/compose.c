/* From facts to a bundle (DESIGN 4, 5, 6): the frame; the parts are in compose_sdo.c, _sco.c, _sro.c and _report.c. */
#include <stdlib.h>
#include <string.h>

#include "convert/compose.h"

/* ---- evidence ------------------------------------------------------------------------------------------------------------- */

/* What two pieces of evidence are compared by, so that the first of equal ones is kept. */
struct once {
	const struct evidence *ev;
	size_t nr;		/* its place in the list */
};

static int
text_cmp(const char *x, const char *y)
{
	return strcmp(x ? x : "", y ? y : "");
}

/* By text, then by place. */
static int
by_text(const void *x, const void *y)
{
	const struct once *a = x, *b = y;
	int c = a->ev->text == b->ev->text ? 0 : text_cmp(a->ev->text, b->ev->text);

	return c != 0 ? c : a->nr < b->nr ? -1 : a->nr > b->nr;
}

/* By all that is told of it in the bundle, then by place. */
static int
by_record(const void *x, const void *y)
{
	const struct once *a = x, *b = y;
	const struct evidence *v = a->ev, *w = b->ev;
	int c = (v->by != NULL) - (w->by != NULL);

	if (c == 0 && v->by == NULL && (v->start != w->start || v->end != w->end))
		c = v->start != w->start ? (v->start < w->start ? -1 : 1) : v->end < w->end ? -1 : 1;
	if (c == 0 && v->text != w->text)
		c = text_cmp(v->text, w->text);
	if (c == 0 && v->by != NULL)
		c = (v->text != NULL) - (w->text != NULL);
	if (c == 0)
		c = (v->rule != NULL) - (w->rule != NULL);
	if (c == 0)
		c = text_cmp(v->rule, w->rule);
	if (c == 0 && v->by != NULL && (c = strcmp(v->by, w->by)) == 0)
		c = text_cmp(v->at, w->at);
	return c != 0 ? c : a->nr < b->nr ? -1 : a->nr > b->nr;
}

/* Leaves of v[0..n) the first of those that cmp says are equal but for their place; their order stays. Returns how many. */
static size_t
keep_once(const struct evidence **v, size_t n, int (*cmp)(const void *, const void *))
{
	struct once *sorted;
	size_t i, kept = 0;

	if (n < 2)
		return n;
	sorted = xcalloc(n, sizeof(*sorted));
	for (i = 0; i < n; i++)
		sorted[i] = (struct once){ v[i], i };
	qsort(sorted, n, sizeof(*sorted), cmp);
	for (i = 1; i < n; i++) {
		struct once a = sorted[i - 1], b = sorted[i];

		a.nr = b.nr;
		if (cmp(&a, &b) == 0)
			v[b.nr] = NULL;
	}
	for (i = 0; i < n; i++)
		if (v[i] != NULL)
			v[kept++] = v[i];
	free(sorted);
	return kept;
}

const struct evidence **
compose_places(struct composer *c, const struct evidences *ev)
{
	const struct evidence **v = arena_alloc(c->a, (ev->n + 1) * sizeof(*v));
	size_t i;

	for (i = 0; i < ev->n; i++)
		v[i] = &ev->v[i];
	return v;
}

const char *
compose_sentences(struct composer *c, const struct evidences *ev)
{
	const struct evidence **v;
	struct buf b = BUF_INIT(LIMIT_DOCUMENT);
	char *out = NULL;
	size_t i, n;

	if (ev->n == 1)
		return ev->v[0].text != NULL && ev->v[0].text[0] != '\0' ? ev->v[0].text : NULL;
	v = compose_places(c, ev);
	n = keep_once(v, ev->n, by_text);
	for (i = 0; i < n; i++) {
		if (v[i]->text == NULL || v[i]->text[0] == '\0')
			continue;
		if (b.len > 0)
			buf_addc(&b, ' ');
		buf_adds(&b, v[i]->text);
	}
	if (b.len > 0)
		out = arena_strdup(c->a, buf_str(&b));
	buf_free(&b);
	return out;
}

json_t *
compose_evidence(const struct evidence *const *ev, size_t n, const char *object_ref)
{
	json_t *out = json_array(), *o;
	const struct evidence *v;
	size_t i;

	for (i = 0; i < n; i++) {
		v = ev[i];
		json_array_append_new(out, o = json_object());
		if (v->by == NULL) {
			json_object_set_new(o, "start", json_integer((json_int_t)v->start));
			json_object_set_new(o, "end", json_integer((json_int_t)v->end));
		}
		if (v->page > 0)
			json_object_set_new(o, "page", json_integer((json_int_t)v->page));
		if (v->text != NULL || v->by == NULL)
			json_object_set_new(o, "text", json_string(v->text ? v->text : ""));
		if (v->rule != NULL)
			json_object_set_new(o, "rule", json_string(v->rule));
		if (v->by != NULL) {
			json_object_set_new(o, "by", json_string(v->by));
			json_object_set_new(o, "at", json_string(v->at ? v->at : ""));
		}
		if (object_ref != NULL)
			json_object_set_new(o, "object_ref", json_string(object_ref));
	}
	return out;
}

/* Appends what the list does not hold yet. */
static void
extend(json_t *list, json_t *more)
{
	json_t *v, *w;
	size_t i, k;

	json_array_foreach(more, i, v) {
		json_array_foreach(list, k, w)
			if (json_equal(v, w))
				break;
		if (k == json_array_size(list))
			json_array_append(list, v);
	}
}

static size_t
first_of(const struct evidences *ev)
{
	size_t first = SIZE_MAX, i;

	for (i = 0; i < ev->n; i++)
		if (ev->v[i].by == NULL && ev->v[i].start < first)
			first = ev->v[i].start;
	return first;
}

void
compose_attest(struct composer *c, struct made *m, const struct evidences *ev)
{
	size_t i;

	for (i = 0; i < ev->n; i++)
		*vec_push(c->a, &m->evidence) = &ev->v[i];
	if (first_of(ev) < m->first)
		m->first = first_of(ev);
}

/* Lays the evidence on the object: the extension, or more records of one that the facts' properties have brought. */
static void
lay_evidence(struct made *m)
{
	json_t *ext = json_object_get(json_object_get(m->object, "extensions"), STIX_EVIDENCE_ID), *list;

	m->evidence.n = keep_once(m->evidence.v, m->evidence.n, by_record);
	if (m->evidence.n == 0)
		return;
	list = compose_evidence(m->evidence.v, m->evidence.n, NULL);
	if (ext != NULL)
		extend(json_object_get(ext, "evidence"), list);
	else
		json_object_set_new(m->object, "extensions", json_pack("{s:{s:s, s:O}}", STIX_EVIDENCE_ID, "extension_type",
		    "property-extension", "evidence", list));
	json_decref(list);
}

/* ---- objects -------------------------------------------------------------------------------------------------------------- */

static void
mark(struct composer *c, json_t *object)
{
	json_t *refs = json_array(), *v;
	size_t i;

	json_array_foreach(c->o->markings, i, v)
		json_array_append(refs, json_object_get(v, "id"));
	if (i > 0)
		json_object_set(object, "object_marking_refs", refs);
	json_decref(refs);
}

void
compose_key_id(struct composer *c, const char *type, const char *key, char out[STIX_ID])
{
	const struct compose_previous *p = c->o->previous;
	struct previous_version latest, own;
	int n;

	stix_id(type, c->creator, key, out);
	for (n = 2; p != NULL && p->find(p->ctx, c->report ? c->report : out, out, &latest, &own) && latest.revoked; n++)
		stix_id(type, c->creator, arena_printf(c->a, "%s#%d", key, n), out);
}

json_t *
compose_object(struct composer *c, const char *type, const char *id, int confidence)
{
	const struct stix_type *t = stix_type(c->m, type);
	json_t *o = json_pack("{s:s, s:s, s:s}", "type", type, "spec_version", "2.1", "id", id);

	if (confidence < 0)
		confidence = c->o->confidence;
	if (t != NULL && t->category != STIX_SCO) {
		json_object_set_new(o, "created_by_ref", json_string(c->creator));
		json_object_set_new(o, "created", json_string(c->when));
		json_object_set_new(o, "modified", json_string(c->when));
		if (confidence >= 0)
			json_object_set_new(o, "confidence", json_integer(confidence));
		if (c->f->lang != NULL)
			json_object_set_new(o, "lang", json_string(c->f->lang));
	}
	mark(c, o);
	return o;
}

const char *
compose_id(const struct made *m)
{
	return json_string_value(json_object_get(m->object, "id"));
}

const char *
compose_type(const struct made *m)
{
	return json_string_value(json_object_get(m->object, "type"));
}

struct made *
compose_find(struct composer *c, const char *id)
{
	json_t *n = json_object_get(c->ids, id);

	return n ? c->made.v[json_integer_value(n)] : NULL;
}

struct made *
compose_add(struct composer *c, json_t *object, const struct evidences *ev, int link)
{
	struct made *m = arena_alloc(c->a, sizeof(*m));

	m->object = object;
	m->first = first_of(ev);
	m->order = c->made.n;
	m->link = link;
	*vec_push(c->a, &c->made) = m;
	json_object_set_new(c->ids, compose_id(m), json_integer((json_int_t)m->order));
	return m;
}

void
compose_note(struct composer *c, const char *fmt, ...)
{
	char line[600];
	va_list ap;

	if (c->o->notes == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_printf(c->o->notes, "%s\n", line);
}

/* ---- the frame ---------------------------------------------------------------------------------------------------------- */

/* The date of the edition, or now (DESIGN 4). */
static int
when_of(struct composer *c, struct err *e)
{
	const char *date = c->o->date ? c->o->date : c->f->date;
	char text[32];
	struct stamp t = c->o->now;

	if (date != NULL) {
		snprintf(text, sizeof(text), "%sT00:00:00Z", date);
		if (strlen(date) != 10 || stamp_parse(text, strlen(text), &t) != 0)
			return err_set(e, ERR_INPUT, "'%.40s' is no date; want YYYY-MM-DD", date);
	}
	stamp_format(t, 3, c->when);
	return 0;
}

static void
index_facts(struct composer *c)
{
	const struct facts *f = c->f;
	size_t i;

	c->became = arena_alloc(c->a, (f->entities.n + f->observables.n + 1) * sizeof(*c->became));
	for (i = 0; i < f->entities.n; i++)
		json_object_set_new(c->index, f->entities.v[i].id, json_integer((json_int_t)i));
	for (i = 0; i < f->observables.n; i++)
		json_object_set_new(c->index, f->observables.v[i].id, json_integer((json_int_t)(f->entities.n + i)));
}

static int
by_evidence(const void *x, const void *y)
{
	const struct made *a = *(struct made *const *)x, *b = *(struct made *const *)y;

	if (a->link != b->link)
		return a->link - b->link;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* SDOs and SCOs by first evidence, then the SROs (DESIGN 4); the bundle has their contents from here on. */
static void
append_made(struct composer *c, json_t *objects)
{
	size_t n = c->made.n, i;
	struct made **v = arena_alloc(c->a, (n + 1) * sizeof(*v));

	for (i = 0; i < n; i++)
		v[i] = c->made.v[i];
	qsort(v, n, sizeof(*v), by_evidence);
	for (i = 0; i < n; i++) {
		lay_evidence(v[i]);
		json_array_append_new(objects, stix_order(c->m, v[i]->object));
		json_decref(v[i]->object);
		v[i]->object = NULL;
	}
}

/* Who made all this, and what the markings and the extension mean. */
static void
append_constants(struct composer *c, json_t *objects)
{
	json_t *project = stix_project_identity(), *v;
	const char *source = json_string_value(json_object_get(c->o->source, "id"));
	size_t i;

	json_array_append_new(objects, project);
	if (c->o->identity != NULL && strcmp(c->creator, STIX_PROJECT_ID) != 0)
		json_array_append_new(objects, stix_order(c->m, (json_t *)c->o->identity));
	/* a source that the text speaks of is among its objects already */
	if (source != NULL && strcmp(source, c->creator) != 0 && compose_find(c, source) == NULL)
		json_array_append_new(objects, stix_order(c->m, (json_t *)c->o->source));
	json_array_foreach(c->o->markings, i, v)
		json_array_append_new(objects, stix_order(c->m, v));
	json_array_append_new(objects, stix_evidence_definition());
}

/* What the report lists: every SDO, SCO and SRO (DESIGN 4). */
static json_t *
content_refs(struct composer *c, json_t *objects)
{
	json_t *refs = json_array(), *v;
	const struct stix_type *t;
	size_t i;

	json_array_foreach(objects, i, v) {
		t = stix_type(c->m, json_string_value(json_object_get(v, "type")));
		if (t != NULL && (t->category == STIX_SDO || t->category == STIX_SCO || t->category == STIX_SRO))
			json_array_append(refs, json_object_get(v, "id"));
	}
	return refs;
}

static json_t *
bundle_of(struct composer *c)
{
	json_t *objects = json_array(), *report = compose_report(c);
	char id[STIX_ID];
	const char *key;

	append_constants(c, objects);
	append_made(c, objects);
	json_object_set_new(report, "object_refs", content_refs(c, objects));
	json_array_append_new(objects, stix_order(c->m, report));
	json_decref(report);
	if (c->o->previous != NULL)
		compose_settle(c, c->report, objects);
	report = json_array_get(objects, json_array_size(objects) - 1);
	key = arena_printf(c->a, "%s|%s", c->report, json_string_value(json_object_get(report, "modified")));
	stix_id("bundle", c->creator, key, id);
	return json_pack("{s:s, s:s, s:o}", "type", "bundle", "id", id, "objects", objects);
}

static void
composer_free(struct composer *c)
{
	size_t i;

	for (i = 0; i < c->made.n; i++)
		json_decref(c->made.v[i]->object);
	json_decref(c->index);
	json_decref(c->ids);
	json_decref(c->uuids);
	json_decref(c->report_evidence);
	arena_free(c->a);
}

int
compose(const struct facts *f, const struct compose_options *o, json_t **bundle, struct err *e)
{
	struct composer c = { .f = f, .o = o, .m = o->model };
	char report[STIX_ID];
	int rc;

	c.a = arena_new();
	c.creator = o->identity ? json_string_value(json_object_get(o->identity, "id")) : STIX_PROJECT_ID;
	c.index = json_object();
	c.ids = json_object();
	c.uuids = json_object();
	c.report_evidence = json_array();
	if ((rc = when_of(&c, e)) == 0) {
		index_facts(&c);
		compose_key_id(&c, "report", compose_report_key(&c), report);
		c.report = report;
		compose_entities(&c);
		compose_observables(&c);
		compose_relations(&c);
		*bundle = bundle_of(&c);
	}
	composer_free(&c);
	return rc;
}
