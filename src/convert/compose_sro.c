/* Relationships (section 5.1): only triples of the standard, everything else is related-to (DESIGN 6). */
#include <string.h>

#include "convert/compose.h"

struct made *
compose_link(struct composer *c, struct made *from, const char *type, struct made *to, int confidence, const struct evidences *ev)
{
	const char *text;
	struct made *m;
	char id[STIX_ID];
	json_t *o;

	if (from == to)
		return NULL;
	if (stix_triple(c->m, compose_type(from), type, compose_type(to)) == 0)
		type = "related-to";
	compose_key_id(c, "relationship", arena_printf(c->a, "%s|%s|%s", compose_id(from), type, compose_id(to)), id);
	if ((m = compose_find(c, id)) == NULL) {
		o = compose_object(c, "relationship", id, confidence);
		json_object_set_new(o, "relationship_type", json_string(type));
		if ((text = compose_sentences(c, ev)) != NULL)
			json_object_set_new(o, "description", json_string(text));
		json_object_set_new(o, "source_ref", json_string(compose_id(from)));
		json_object_set_new(o, "target_ref", json_string(compose_id(to)));
		m = compose_add(c, o, ev, 1);
	}
	compose_attest(c, m, ev);
	return m;
}

static struct became *
became(struct composer *c, const char *fact)
{
	json_t *n = json_object_get(c->index, fact);

	return n ? &c->became[json_integer_value(n)] : NULL;
}

/* An observable may stand for its SCO or for its indicator: the one that the standard lets have the relationship. */
static void
ends(struct composer *c, const char *type, const struct became *s, const struct became *t, struct made **from, struct made **to)
{
	struct made *const sources[] = { s->object, s->indicator }, *const targets[] = { t->object, t->indicator };
	size_t i, k;

	for (i = 0; i < 2; i++)
		for (k = 0; k < 2; k++)
			if (sources[i] != NULL && targets[k] != NULL &&
			    stix_triple(c->m, compose_type(sources[i]), type, compose_type(targets[k])) != 0) {
				*from = sources[i];
				*to = targets[k];
				return;
			}
	*from = s->object ? s->object : s->indicator;
	*to = t->object ? t->object : t->indicator;
}

/* The course-of-action of an operation mitigates the malware that the operation disrupted. 1: said so. */
static int
link_action(struct composer *c, const struct relation *r, const struct became *s, const struct became *t)
{
	if (s->action == NULL || t->object == NULL || strcmp(r->type, "related-to") != 0 ||
	    strcmp(compose_type(t->object), "malware") != 0)
		return 0;
	compose_link(c, s->action, "mitigates", t->object, r->confidence, &r->evidence);
	return 1;
}

static void
link_operations(struct composer *c)
{
	struct became *b;
	size_t i;

	for (i = 0; i < c->f->entities.n; i++) {
		b = &c->became[i];
		if (b->action != NULL && b->object != NULL && b->action != b->object)
			compose_link(c, b->action, "related-to", b->object, c->f->entities.v[i].confidence,
			    &c->f->entities.v[i].evidence);
	}
}

static void
link_relation(struct composer *c, const struct relation *r)
{
	struct became *s = became(c, r->source), *t = became(c, r->target);
	struct made *from, *to;

	if (s == NULL || t == NULL)
		return;
	if (r->confidence >= 0 && r->confidence < c->o->min_confidence) {
		compose_note(c, "%s %s %s: confidence %d", r->source, r->type, r->target, r->confidence);
		return;
	}
	/* related-to adds nothing where the action takes the campaign's place */
	if (link_action(c, r, s, t) + link_action(c, r, t, s) > 0 && (s->action == s->object || t->action == t->object))
		return;
	ends(c, r->type, s, t, &from, &to);
	if (from == NULL || to == NULL)
		compose_note(c, "%s %s %s: one of them was left out", r->source, r->type, r->target);
	else
		compose_link(c, from, r->type, to, r->confidence, &r->evidence);
}

void
compose_relations(struct composer *c)
{
	size_t i;

	link_operations(c);
	for (i = 0; i < c->f->relations.n; i++)
		link_relation(c, &c->f->relations.v[i]);
}
