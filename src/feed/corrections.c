/* corrections.json: an analyst's decisions, made again each time a text of the feed is converted. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "feed/feed_in.h"
#include "json/json.h"

#define CORRECTIONS_SCHEMA	"corrections.schema.json"
#define RULE			"decision"	/* what evidence of a decision says found it */

int
corrections_read(struct feed *f, struct err *e)
{
	const char *path = arena_printf(f->arena, "%s/corrections.json", f->dir);
	struct json_text *t = NULL;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return 0;
	if (json_read_file(path, LIMIT_SMALL_FILE, &t, e) != 0) {
		if (e != NULL && e->kind == ERR_INPUT)
			e->kind = ERR_USAGE;
		return -1;
	}
	if (json_text_check(CORRECTIONS_SCHEMA, "", t, "", e) != 0) {
		err_prefix(e, "%s", path);
		json_text_free(t);
		return -1;
	}
	f->corrections = json_incref(json_object_get(json_text_root(t), "corrections"));
	json_text_free(t);
	return 0;
}

/* ---- what a decision is about ------------------------------------------------------------------------------------------ */

/* One decision on one document. */
struct decision {
	struct facts *f;
	const json_t *what;	/* the thing decided on */
	const json_t *all;	/* the whole decision */
};

static const char *
text_of(const struct decision *d, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? arena_strdup(d->f->arena, s) : NULL;
}

static int
same_name(struct arena *a, const char *x, const char *y)
{
	return strcmp(text_fold(a, x, strlen(x)), text_fold(a, y, strlen(y))) == 0;
}

/* The entity that ref means, or NULL. */
static struct entity *
entity_of(const struct decision *d, const json_t *ref)
{
	const char *type = json_string_value(json_object_get(ref, "type")), *name = json_string_value(json_object_get(ref, "name"));
	size_t i;

	for (i = 0; i < d->f->entities.n; i++) {
		struct entity *en = &d->f->entities.v[i];

		if ((type == NULL || strcmp(type, en->type) == 0) && same_name(d->f->arena, name, en->name))
			return en;
	}
	return NULL;
}

static struct relation *
relation_of(const struct decision *d)
{
	const struct entity *s = entity_of(d, json_object_get(d->what, "source"));
	const struct entity *t = entity_of(d, json_object_get(d->what, "target"));
	const char *type = json_string_value(json_object_get(d->what, "relationship"));
	size_t i;

	for (i = 0; s != NULL && t != NULL && i < d->f->relations.n; i++) {
		struct relation *r = &d->f->relations.v[i];

		if (strcmp(r->source, s->id) == 0 && strcmp(r->target, t->id) == 0 && strcmp(r->type, type) == 0)
			return r;
	}
	return NULL;
}

static int
is_entity(const struct decision *d)
{
	return json_object_get(d->what, "name") != NULL;
}

/* Who decided is evidence beside what the text says. */
static void
attest(const struct decision *d, struct evidences *list)
{
	struct evidence ev = { .rule = RULE, .by = text_of(d, d->all, "by"), .at = text_of(d, d->all, "at") };

	if (list->n == list->cap)
		list->v = arena_grow(d->f->arena, list->v, sizeof(*list->v), &list->cap);
	list->v[list->n++] = ev;
}

/* ---- the decisions --------------------------------------------------------------------------------------------------- */

static void
drop_relation(struct facts *f, size_t i)
{
	memmove(&f->relations.v[i], &f->relations.v[i + 1], (f->relations.n - i - 1) * sizeof(*f->relations.v));
	f->relations.n--;
}

static void
drop_entity(struct facts *f, struct entity *en)
{
	const char *id = en->id;
	size_t i;

	json_decref(en->props);
	i = (size_t)(en - f->entities.v);
	memmove(en, en + 1, (f->entities.n - i - 1) * sizeof(*en));
	f->entities.n--;
	for (i = f->relations.n; i-- > 0;)
		if (strcmp(f->relations.v[i].source, id) == 0 || strcmp(f->relations.v[i].target, id) == 0)
			drop_relation(f, i);
}

static void
reject(const struct decision *d)
{
	struct entity *en;
	struct relation *r;

	if (is_entity(d)) {
		if ((en = entity_of(d, d->what)) != NULL)
			drop_entity(d->f, en);
	} else if ((r = relation_of(d)) != NULL)
		drop_relation(d->f, (size_t)(r - d->f->relations.v));
}

static int
decided_confidence(const struct decision *d)
{
	json_t *n = json_object_get(d->all, "confidence");

	return n != NULL ? (int)json_number_value(n) : 100;
}

static void
accept(const struct decision *d)
{
	struct entity *en = is_entity(d) ? entity_of(d, d->what) : NULL;
	struct relation *r = is_entity(d) ? NULL : relation_of(d);

	if (en != NULL) {
		en->confidence = decided_confidence(d);
		attest(d, &en->evidence);
	}
	if (r != NULL) {
		r->confidence = decided_confidence(d);
		attest(d, &r->evidence);
	}
}

static void
rename_entity(const struct decision *d)
{
	struct entity *en = entity_of(d, d->what);

	if (en == NULL)
		return;
	en->name = text_of(d, d->all, "to");
	attest(d, &en->evidence);
}

/* Properties of the old type say nothing of the new one. */
static void
retype_entity(const struct decision *d)
{
	struct entity *en = entity_of(d, d->what);

	if (en == NULL)
		return;
	en->type = text_of(d, d->all, "to");
	json_decref(en->props);
	en->props = NULL;
	attest(d, &en->evidence);
}

/* A number no entity has yet: rejected ones leave gaps. */
static const char *
free_id(struct facts *f)
{
	unsigned long max = 0, n;
	size_t i;

	for (i = 0; i < f->entities.n; i++)
		if (f->entities.v[i].id[0] == 'e' && (n = strtoul(f->entities.v[i].id + 1, NULL, 10)) > max)
			max = n;
	return arena_printf(f->arena, "e%lu", max + 1);
}

static void
add_entity(const struct decision *d)
{
	struct entity en = { .type = text_of(d, d->what, "type"), .name = text_of(d, d->what, "name") };

	if (en.type == NULL || entity_of(d, d->what) != NULL)
		return;
	en.id = free_id(d->f);
	en.confidence = decided_confidence(d);
	attest(d, &en.evidence);
	*vec_push(d->f->arena, &d->f->entities) = en;
}

static void
add(const struct decision *d)
{
	const struct entity *s, *t;
	struct relation r = { .type = text_of(d, d->what, "relationship"), .confidence = decided_confidence(d) };

	if (is_entity(d)) {
		add_entity(d);
		return;
	}
	s = entity_of(d, json_object_get(d->what, "source"));
	t = entity_of(d, json_object_get(d->what, "target"));
	if (s == NULL || t == NULL || relation_of(d) != NULL)
		return;
	r.source = s->id;
	r.target = t->id;
	attest(d, &r.evidence);
	*vec_push(d->f->arena, &d->f->relations) = r;
}

static const struct {
	const char *key;
	void (*decide)(const struct decision *d);
} decisions[] = {
	{ "reject", reject },
	{ "accept", accept },
	{ "rename", rename_entity },
	{ "retype", retype_entity },
	{ "add", add },
};

void
corrections_apply(const struct feed *f, struct facts *facts)
{
	size_t i, k;

	for (i = 0; i < json_array_size(f->corrections); i++) {
		struct decision d = { .f = facts, .all = json_array_get(f->corrections, i) };
		const char *date = json_string_value(json_object_get(d.all, "date"));

		if (date != NULL && (facts->date == NULL || strcmp(date, facts->date) != 0))
			continue;
		for (k = 0; k < ARRAY_LEN(decisions); k++)
			if ((d.what = json_object_get(d.all, decisions[k].key)) != NULL)
				decisions[k].decide(&d);
	}
}
