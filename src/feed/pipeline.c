/* From the bytes of one input to its facts: the stages in their order, and what they need, loaded when it is first needed. */
#include <stdlib.h>
#include <string.h>

#include "feed/feed_in.h"
#include "json/json.h"

struct pipeline {
	struct pipeline_options o;
	struct stix_model *model;
	struct phrases *phrases;
	struct knowledge *knowledge;
};

int
pipeline_new(const struct pipeline_options *o, struct pipeline **out, struct err *e)
{
	struct pipeline *p = xcalloc(1, sizeof(*p));

	p->o = *o;
	p->model = stix_model_new(embedded_schemas);
	if (o->schemas != NULL && stix_model_add(p->model, o->schemas, e) != 0) {
		pipeline_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

void
pipeline_free(struct pipeline *p)
{
	if (p == NULL)
		return;
	knowledge_free(p->knowledge);
	phrases_free(p->phrases);
	stix_model_free(p->model);
	free(p);
}

struct stix_model *
pipeline_model(struct pipeline *p)
{
	return p->model;
}

/* Facts JSON need neither phrases nor names. */
static int
load(struct pipeline *p, struct err *e)
{
	if (p->phrases == NULL && phrases_load(p->o.phrases, &p->phrases, e) != 0)
		return -1;
	return p->knowledge == NULL ? knowledge_load(p->o.knowledge, p->phrases, &p->knowledge, e) : 0;
}

#define FACTS_MARK	"stixpress_facts"

/* Where what is no white space of JSON begins. */
static size_t
skip_space(const struct pipeline_input *in, size_t i)
{
	while (i < in->len && memchr(" \t\r\n", in->bytes[i], 4) != NULL)
		i++;
	return i;
}

/* Any JSON object is: what is none of ours is refused by name, and not read as if it were a newsletter. */
int
pipeline_is_facts(const struct pipeline_input *in)
{
	size_t i;

	if (in->format != NULL)
		return strcmp(in->format, "facts") == 0;
	i = skip_space(in, 0);
	if (i == in->len || in->bytes[i] != '{')
		return 0;
	i = skip_space(in, i + 1);
	return i < in->len && (in->bytes[i] == '"' || in->bytes[i] == '}');
}

static void
doc_options_of(struct pipeline *p, const struct pipeline_input *in, struct doc_options *o)
{
	memset(o, 0, sizeof(*o));
	o->format = in->format;
	o->encoding = in->encoding;
	o->lenient = in->lenient;
	o->origin = in->origin;
	o->lang = in->language;
	if (o->lang == NULL && in->feed != NULL)
		o->lang = in->feed->language;
	o->langs = phrases_langs(p->phrases);
}

int
pipeline_doc(struct pipeline *p, const struct pipeline_input *in, struct arena *a, struct doc *out, struct err *e)
{
	struct doc_options o;

	if (load(p, e) != 0)
		return -1;
	doc_options_of(p, in, &o);
	if (in->items != NULL)
		return doc_items_read(in->items, in->item, a, &o, out, e);
	return doc_read(a, in->name, in->bytes, in->len, &o, out, e);
}

/* Lines that are JSON objects each, as `extract` prints of several documents. */
static void
split_lines(struct pipeline_parts *l)
{
	const char *s = l->in->bytes, *end = s + l->in->len, *nl;
	struct pipeline_input *part;
	size_t line;

	nl = memchr(s, '\n', l->in->len);
	if (nl == NULL || nl == s || nl[-1] != '}')
		return;
	for (line = 1; s < end; s = nl + 1, line++) {
		nl = memchr(s, '\n', (size_t)(end - s));
		if (nl == NULL)
			nl = end;
		if (nl == s)
			continue;
		part = vec_push(l->arena, &l->lines);
		*part = *l->in;
		part->name = arena_printf(l->arena, "%s, line %zu", l->in->name, line);
		part->bytes = s;
		part->len = (size_t)(nl - s);
	}
	l->many = l->lines.n > 1;
}

int
pipeline_split(struct pipeline *p, const struct pipeline_input *in, struct pipeline_parts *out, struct err *e)
{
	struct pipeline_parts l = { .in = in, .n = 1 };
	struct doc_options o;

	if (!pipeline_is_facts(in) && load(p, e) != 0)
		return -1;
	l.arena = arena_new();
	if (pipeline_is_facts(in)) {
		split_lines(&l);
		if (l.many)
			l.n = l.lines.n;
		*out = l;
		return 0;
	}
	doc_options_of(p, in, &o);
	if (doc_items_open(in->name, in->bytes, in->len, &o, &l.items, e) != 0) {
		arena_free(l.arena);
		return -1;
	}
	l.many = l.items != NULL;
	if (l.many)
		l.n = doc_items_count(l.items);
	*out = l;
	return 0;
}

void
pipeline_part(const struct pipeline_parts *l, size_t i, struct pipeline_input *out)
{
	*out = l->many && l->items == NULL ? l->lines.v[i] : *l->in;
	out->explain = l->in->explain;
	if (l->items != NULL)
		out->name = arena_printf(l->arena, "%s, item %zu", l->in->name, i + 1);
	out->items = l->items;
	out->item = i;
}

int
pipeline_part_older(const struct pipeline_parts *l, size_t i, struct stamp day)
{
	const struct doc_item *x = l->items != NULL ? doc_items_at(l->items, i) : NULL;

	return x != NULL && x->has_date && stamp_cmp(x->date, day) < 0;
}

void
pipeline_parts_free(struct pipeline_parts *l)
{
	doc_items_close(l->items);
	arena_free(l->arena);
	memset(l, 0, sizeof(*l));
}

int
pipeline_mentions(struct pipeline *p, const struct doc *d, struct mentions *m, struct facts *f, struct err *e)
{
	facts_begin(f, d);
	memset(m, 0, sizeof(*m));
	scan_values(d, p->phrases, m, f);
	find_names(d, p->phrases, p->knowledge, m, f);
	if (cue_names(d, p->phrases, m, f, e) == 0 && !m->over)
		return 0;
	if (m->over)
		err_set(e, ERR_INPUT, "%s: there are more than %d values and names in it (LIMIT_MENTIONS)", d->name, LIMIT_MENTIONS);
	facts_release(f);
	return -1;
}

static int
facts_of_json(struct pipeline *p, const struct pipeline_input *in, struct arena *a, struct facts *out, struct err *e)
{
	struct json_text *t;
	struct facts f;
	int rc;

	if (json_read_err(in->name, in->bytes, in->len, &t, e) != 0)
		return -1;
	if (in->format == NULL && json_object_get(json_text_root(t), FACTS_MARK) == NULL)
		rc = err_set(e, ERR_INPUT, "this is JSON but no facts: there is no \"" FACTS_MARK "\" (--as text reads it as a text)");
	else if ((rc = facts_from_json(a, json_text_root(t), &f, e)) == 0 && (rc = facts_check(&f, p->model, e)) != 0)
		facts_release(&f);
	json_text_free(t);
	if (rc != 0)
		err_prefix(e, "%s", in->name);
	else
		*out = f;
	return rc;
}

/* The pages of a text that was made from a PDF begin behind form feeds. */
static void
number_pages(const struct pipeline_input *in, struct arena *a, struct facts *f)
{
	VEC(size_t) breaks = { 0 };
	const char *s = in->bytes, *end = s + in->len;

	for (; (s = memchr(s, '\f', (size_t)(end - s))) != NULL; s++)
		*vec_push(a, &breaks) = (size_t)(s - in->bytes);
	facts_pages(f, breaks.v, breaks.n);
}

static int
facts_of_text(struct pipeline *p, const struct pipeline_input *in, struct arena *a, struct facts *out, struct err *e)
{
	struct mentions m;
	struct facts f;
	struct doc d;

	if (pipeline_doc(p, in, a, &d, e) != 0 || pipeline_mentions(p, &d, &m, &f, e) != 0)
		return -1;
	if (relate(&d, p->phrases, &m, &f, in->explain, e) != 0) {
		facts_release(&f);
		return -1;
	}
	if (in->origin != NULL)
		number_pages(in, a, &f);
	if (in->feed != NULL)
		corrections_apply(in->feed, &f);
	facts_complete(&f, p->knowledge);
	*out = f;
	return 0;
}

int
pipeline_facts(struct pipeline *p, const struct pipeline_input *in, struct arena *a, struct facts *out, struct err *e)
{
	struct facts f;

	if ((pipeline_is_facts(in) ? facts_of_json(p, in, a, &f, e) : facts_of_text(p, in, a, &f, e)) != 0)
		return -1;
	if (in->feed != NULL)
		never_apply(&f, in->feed->never.v, in->feed->never.n);
	if (facts_bounded(&f, e) != 0) {
		err_prefix(e, "%s", in->name);
		facts_release(&f);
		return -1;
	}
	if (f.feed == NULL && in->feed != NULL)
		f.feed = arena_strdup(a, in->feed->name);
	f.name = arena_strdup(a, in->name);
	*out = f;
	return 0;
}
