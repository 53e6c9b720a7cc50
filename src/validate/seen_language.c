/* What a file remembers for translations (7.1): versions and the lengths of lists of what is translated, which may come later. */
#include <stdlib.h>
#include <string.h>

#include "validate/rules.h"
#include "validate/seen.h"

static uint64_t
digest_text(const char *s)
{
	return digest_octets(0, s, strlen(s));
}

static uint64_t
digest_stamp(const struct stamp *t)
{
	const uint64_t w[2] = { (uint64_t)t->sec, t->nsec };

	return digest_octets(1, w, sizeof(w));
}

/* May the elements of that list be translated? Those of vocabularies and references are not. */
static int
is_translatable(struct check *c, const char *name, const json_t *list)
{
	struct validate_type *t;
	struct shape *s;

	if (!json_is_array(list) || strcmp(name, "granular_markings") == 0)
		return 0;
	/* the check's own shape may be another thread's */
	t = type_find(c->v, c->type);
	s = t != NULL ? shape_named(c->v, t->shape, name) : NULL;
	return s == NULL || (s->vocab == NULL && s->refs == NULL);
}

int
language_has_lists(struct check *c)
{
	const char *name;
	json_t *list;

	if (c->sco || strcmp(c->type, "language-content") == 0)
		return 0;
	json_object_foreach((json_t *)c->object, name, list)
		if (is_translatable(c, name, list))
			return 1;
	return 0;
}

void
language_remember_lists(struct check *c)
{
	struct list_length l = { .object = digest_text(c->id) };
	const char *name;
	json_t *list;

	if (c->dated)
		l.modified = digest_stamp(&c->modified);
	json_object_foreach((json_t *)c->object, name, list) {
		if (!is_translatable(c, name, list))
			continue;
		l.name = (uint32_t)digest_text(name);
		l.n = (uint32_t)json_array_size(list);
		*vec_push(c->v->seen->a, &c->v->seen->lists) = l;
	}
}

void
language_remember(struct check *c)
{
	struct seen *s = c->v->seen;
	const char *target = member_string(c->object, "object_ref"), *tag, *name;
	struct translated_list *t;
	struct translation tr;
	json_t *lang, *list;

	if (target == NULL || !stamp_member(c->object, "object_modified", &tr.modified))
		return;
	tr.ref = ref_make(c, "/object_modified", target);
	*vec_push(s->a, &s->translations) = tr;
	json_object_foreach(json_object_get(c->object, "contents"), tag, lang)
		json_object_foreach(lang, name, list) {
			struct buf at = BUF_INIT(LIMIT_JSON_STRING);

			if (!json_is_array(list))
				continue;
			buf_adds(&at, "/contents");
			json_pointer_add(&at, tag, strlen(tag));
			json_pointer_add(&at, name, strlen(name));
			t = vec_push(s->a, &s->translated);
			t->ref = ref_make(c, buf_str(&at), target);
			t->list = (struct list_length){ digest_text(target), digest_stamp(&tr.modified), (uint32_t)digest_text(name),
			    (uint32_t)json_array_size(list) };
			buf_free(&at);
		}
}

static int
by_list(const void *a, const void *b)
{
	const struct list_length *x = a, *y = b;

	if (x->object != y->object)
		return x->object < y->object ? -1 : 1;
	if (x->modified != y->modified)
		return x->modified < y->modified ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

/* 7.1.1: a translated list is as long as the list. */
static void
end_lists(struct validate *v)
{
	struct seen *s = v->seen;
	const struct translated_list *t;
	const struct list_length *l;
	size_t i;

	if (s->translated.n == 0 || s->lists.n == 0)
		return;
	qsort(s->lists.v, s->lists.n, sizeof(*s->lists.v), by_list);
	for (i = 0; i < s->translated.n; i++) {
		t = &s->translated.v[i];
		l = bsearch(&t->list, s->lists.v, s->lists.n, sizeof(*s->lists.v), by_list);
		if (l != NULL && l->n != t->list.n)
			report_late(v, RULE_LANGUAGE_CONTENT, t->ref.from, t->ref.pointer, t->ref.place, "the list of the object has %u "
			    "element%s, its translation %u; what is not translated is an empty string", (unsigned)l->n,
			    l->n == 1 ? "" : "s", (unsigned)t->list.n);
	}
}

static void
end_translations(struct validate *v)
{
	const struct translation *t;
	const struct version *old;
	struct object *o;
	size_t i;

	for (i = 0; i < v->seen->translations.n; i++) {
		t = &v->seen->translations.v[i];
		if ((o = objects_find(v->seen->objects, t->ref.to)) == NULL)
			continue;
		for (old = &o->first; old != NULL && !(old->dated && stamp_cmp(old->modified, t->modified) == 0);
		    old = objects_next(v->seen->objects, old))
			;
		if (old == NULL)
			report_late(v, RULE_LANGUAGE_CONTENT, t->ref.from, t->ref.pointer, t->ref.place,
			    "the object in this file has no version with that modified time");
	}
}

void
language_end(struct validate *v)
{
	end_translations(v);
	end_lists(v);
}
