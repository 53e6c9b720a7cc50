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
	return p->knowledge == NULL ? knowledge_load(p->o.knowledge, &p->knowledge, e) : 0;
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

int
pipeline_doc(struct pipeline *p, const struct pipeline_input *in, struct arena *a, struct doc *out, struct err *e)
{
	struct doc_options o = { .format = in->format, .encoding = in->encoding, .lenient = in->lenient, .lang = in->language };

	if (load(p, e) != 0)
		return -1;
	if (o.lang == NULL && in->feed != NULL)
		o.lang = in->feed->language;
	o.langs = phrases_langs(p->phrases);
	return doc_read(a, in->name, in->bytes, in->len, &o, out, e);
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
