/* Rule files into rows: rules, cues, nouns, references back, hedges. */
#include <stdlib.h>
#include <string.h>

#include "convert/rules_in.h"

/* s with ASCII letters small: in the arena. */
static const char *
small(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s), *p;

	for (p = out; *p != '\0'; p++)
		*p = (char)lower(*p);
	return out;
}

static const char *
text_of(struct compiler *c, json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? arena_strdup(c->r->arena, s) : NULL;
}

/* A list of strings as a NULL-terminated array in the arena, or NULL when there is none. */
static const char **
list_of(struct compiler *c, json_t *list)
{
	size_t n = json_array_size(list), i;
	const char **out;

	if (n == 0)
		return NULL;
	out = arena_alloc(c->r->arena, (n + 1) * sizeof(*out));
	for (i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(list, i));

		out[i] = arena_strdup(c->r->arena, s != NULL ? s : "");
	}
	return out;
}

/* "need": words, and {N:TYPE} for the nouns of a type, {N} for all; as list_of(), ASCII letters small. */
static const char *const *
need_of(struct compiler *c, json_t *list)
{
	VEC(const char *) out = { 0 };
	size_t i, k, n;

	for (i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));

		n = s != NULL ? strlen(s) : 0;
		if (n < 3 || strncmp(s, "{N", 2) != 0 || s[n - 1] != '}') {
			*vec_push(c->r->arena, &out) = small(c->r->arena, s != NULL ? s : "");
			continue;
		}
		for (k = 0; k < c->r->nouns.n; k++)
			if (rules_noun_fits(&c->r->nouns.v[k], s + (n > 3 ? 3 : 2), n > 3 ? n - 4 : 0))
				*vec_push(c->r->arena, &out) = small(c->r->arena, c->r->nouns.v[k].text);
	}
	if (json_array_size(list) > 0)
		*vec_push(c->r->arena, &out) = NULL;
	return out.v;
}

/* Types of one end: STIX types, or names of classes and groups that stand for them. */
static int
types_of(struct compiler *c, json_t *list, const char *out[RULE_TYPES + 1])
{
	size_t i, g, k, n = 0;

	for (i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));
		const char *rows[12] = { s };

		for (g = 0; s != NULL && slot_groups[g].name != NULL; g++)
			if (strcmp(slot_groups[g].name, s) == 0)
				memcpy(rows, slot_groups[g].rows, sizeof(rows));
		for (k = 0; k < ARRAY_LEN(rows) && rows[k] != NULL; k++) {
			size_t row = slot_class_named(rows[k], strlen(rows[k]));
			const char *type = row == SIZE_MAX ? arena_strdup(c->r->arena, rows[k]) : slot_classes[row].type;
			size_t have;

			for (have = 0; have < n && strcmp(out[have], type) != 0; have++)
				;
			if (have < n)
				continue;
			if (n == RULE_TYPES)
				return err_set(c->e, ERR_USAGE, "more than %d types", RULE_TYPES);
			out[n++] = type;
		}
	}
	out[n] = NULL;
	return 0;
}

/* "law": true, false (the default), or "either". */
static int
law_of(json_t *o)
{
	json_t *law = json_object_get(o, "law");

	return json_is_string(law) ? -1 : json_is_true(law);
}

/* The rows of slot_classes that have one of the types; all of them where none is named. */
static uint32_t
rows_of(const char *const *types)
{
	uint32_t rows = 0;
	size_t i, k;

	for (i = 0; types[i] != NULL; i++)
		for (k = 0; slot_classes[k].name != NULL; k++)
			if (strcmp(slot_classes[k].type, types[i]) == 0)
				rows |= UINT32_C(1) << k;
	return types[0] != NULL ? rows : UINT32_MAX;
}

static int
load_rule(struct compiler *c, json_t *o)
{
	struct rule r = { 0 };
	const char *match = json_string_value(json_object_get(o, "match"));
	const char *unless = json_string_value(json_object_get(o, "unless"));

	r.id = text_of(c, o, "id");
	r.rel = text_of(c, o, "rel");
	r.set = json_object_get(o, "set");
	r.noun_to = text_of(c, o, "noun_to");
	r.year_to = text_of(c, o, "year_to");
	r.until_to = text_of(c, o, "until_to");
	r.effect = json_is_true(json_object_get(o, "same")) ? RULE_SAME : r.rel != NULL ? RULE_EDGE : RULE_SET;
	r.confidence = (int)json_integer_value(json_object_get(o, "confidence"));
	r.instead = json_object_get(o, "instead");
	r.again = json_is_true(json_object_get(o, "again"));
	r.law = law_of(o);
	r.once = json_is_true(json_object_get(o, "once"));
	if (r.id == NULL || match == NULL)
		return err_set(c->e, ERR_USAGE, "a rule needs \"id\" and \"match\"");
	if (r.effect == RULE_SET && r.set == NULL && r.noun_to == NULL && r.year_to == NULL)
		return err_set(c->e, ERR_USAGE, "%s: a rule needs \"rel\", \"set\", \"noun_to\", \"year_to\" or \"same\"", r.id);
	r.need = need_of(c, json_object_get(o, "need"));
	if (types_of(c, json_object_get(o, "source"), r.source) != 0 || types_of(c, json_object_get(o, "target"), r.target) != 0 ||
	    (r.match = rules_expression(c, match)) == NULL || (unless != NULL && (r.unless = rules_expression(c, unless)) == NULL)) {
		pcre2_code_free(r.match);
		err_prefix(c->e, "%s", r.id);
		return -1;
	}
	r.source_rows = rows_of(r.source);
	r.target_rows = r.effect == RULE_EDGE ? rows_of(r.target) : UINT32_MAX;
	*vec_push(c->r->arena, &c->r->rules) = r;
	return 0;
}

static int
load_anaphor(struct compiler *c, json_t *o)
{
	const char *after = json_string_value(json_object_get(o, "after"));
	json_t *texts = json_object_get(o, "text");
	const char **texts_of = list_of(c, texts);
	struct anaphor a = { 0 };
	size_t i;

	a.reach = (int)json_integer_value(json_object_get(o, "reach"));
	a.as = text_of(c, o, "as");
	a.law = law_of(o);
	a.first = json_is_true(json_object_get(o, "first"));
	a.alone = json_is_true(json_object_get(o, "alone"));
	if (types_of(c, json_object_get(o, "types"), a.types) != 0 || types_of(c, json_object_get(o, "else"), a.otherwise) != 0)
		return -1;
	for (i = 0; i < json_array_size(texts); i++) {
		a.text = texts_of[i];
		a.len = strlen(a.text);
		/* each row owns its expression, so that they are freed alike */
		if (after != NULL && (a.after = rules_expression(c, after)) == NULL)
			return -1;
		*vec_push(c->r->arena, &c->r->anaphora) = a;
	}
	return 0;
}

/* {"after": of the sentence before, "unless": of the sentence itself, "as": text put behind the slot} */
static int
load_unsaid(struct compiler *c, json_t *o)
{
	const char *after = json_string_value(json_object_get(o, "after")), *unless = json_string_value(json_object_get(o, "unless"));

	if (o == NULL)
		return 0;
	c->r->unsaid.as = text_of(c, o, "as");
	if (after == NULL || unless == NULL || c->r->unsaid.as == NULL)
		return err_set(c->e, ERR_USAGE, "\"after\", \"unless\" and \"as\" are needed");
	c->r->unsaid.unless = rules_expression(c, unless);
	c->r->unsaid.after = rules_expression(c, after);
	return c->r->unsaid.unless != NULL && c->r->unsaid.after != NULL ? 0 : -1;
}

static int
load_hedge(struct compiler *c, json_t *o)
{
	const char *match = json_string_value(json_object_get(o, "match"));
	struct hedge h = { 0 };
	json_t *cap = json_object_get(o, "cap");

	if (match == NULL)
		return err_set(c->e, ERR_USAGE, "a hedge needs \"match\"");
	h.cap = cap != NULL ? (int)json_integer_value(cap) : 100;
	h.floor = (int)json_integer_value(json_object_get(o, "sets"));
	if ((h.match = rules_expression(c, match)) == NULL)
		return -1;
	*vec_push(c->r->arena, &c->r->hedges) = h;
	return 0;
}

static int
load_cue(struct compiler *c, json_t *o)
{
	const char *match = json_string_value(json_object_get(o, "match"));
	const char *then = json_string_value(json_object_get(o, "then"));
	struct cue q = { 0 };

	q.id = text_of(c, o, "id");
	q.type = text_of(c, o, "type");
	q.detail = text_of(c, o, "detail");
	q.role = text_of(c, o, "role");
	q.need = need_of(c, json_object_get(o, "need"));
	q.confidence = (int)json_integer_value(json_object_get(o, "confidence"));
	if (q.id == NULL || match == NULL)
		return err_set(c->e, ERR_USAGE, "a cue needs \"id\" and \"match\"");
	if ((q.match = rules_expression(c, match)) == NULL || (then != NULL && (q.then = rules_expression(c, then)) == NULL)) {
		pcre2_code_free(q.match);
		err_prefix(c->e, "%s", q.id);
		return -1;
	}
	*vec_push(c->r->arena, &c->r->cues) = q;
	return 0;
}

static int
load_noun(struct compiler *c, json_t *o)
{
	struct noun n = { 0 };

	n.text = text_of(c, o, "text");
	n.type = text_of(c, o, "type");
	n.detail = text_of(c, o, "detail");
	if (n.detail == NULL)
		n.detail = text_of(c, o, "malware_type");
	if (n.text == NULL || n.type == NULL)
		return err_set(c->e, ERR_USAGE, "a noun needs \"text\" and \"type\"");
	*vec_push(c->r->arena, &c->r->nouns) = n;
	return 0;
}

/* Runs load over the list `key` of a file. */
static int
each(struct compiler *c, json_t *file, const char *key, int (*load)(struct compiler *, json_t *))
{
	json_t *list = json_object_get(file, key);
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (load(c, json_array_get(list, i)) != 0) {
			err_prefix(c->e, "%s: /%s/%zu", c->file, key, i);
			return -1;
		}
	return 0;
}

/* An expression that stands alone in a file, where it does. */
static int
load_alone(struct compiler *c, const json_t *file, const char *key, pcre2_code **out)
{
	const char *text = json_string_value(json_object_get(file, key));

	if (text == NULL || (*out = rules_expression(c, text)) != NULL)
		return 0;
	err_prefix(c->e, "%s: /%s", c->file, key);
	return -1;
}

/* Puts the nouns into their rows, each row in their order. */
static void
build_noun_rows(struct rules *r)
{
	size_t i;
	int end;

	for (i = r->nouns.n; i > 0; i--) {
		struct noun *noun = &r->nouns.v[i - 1];

		noun->len = strlen(noun->text);
		for (end = 0; end < 2 && noun->len > 0; end++) {
			uint32_t *row = &r->noun_rows[end][noun->text[end ? noun->len - 1 : 0] & 0xdf];

			noun->next[end] = *row;
			*row = (uint32_t)i;
		}
	}
}

static int
longer_first(const void *a, const void *b)
{
	size_t x = strlen(((const struct noun *)a)->text), y = strlen(((const struct noun *)b)->text);

	return x != y ? (x < y ? 1 : -1) : strcmp(((const struct noun *)a)->text, ((const struct noun *)b)->text);
}

/* The strings of a list, folded or as they are. */
#define LOAD_WORDS(r, list, out, folded) do {							\
	json_t *item_;										\
	size_t i_;										\
												\
	json_array_foreach(list, i_, item_)							\
		if (json_is_string(item_))							\
			*vec_push((r)->arena, out) = load_word(r, json_string_value(item_), folded);	\
} while (0)

static const char *
load_word(struct rules *r, const char *s, int folded)
{
	return folded ? text_fold(r->arena, s, strlen(s)) : arena_strdup(r->arena, s);
}

/* What is called something and is no object. */
static void
load_others(struct rules *r, json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (json_is_string(item))
			*vec_push(r->arena, &r->nouns) = (struct noun){ .text = load_word(r, json_string_value(item), 0), .type = "" };
}

/* Puts the anaphora into their rows, each row in the order of the file. */
static void
build_heads(struct rules *r)
{
	size_t i;

	for (i = r->anaphora.n; i > 0; i--) {
		struct anaphor *a = &r->anaphora.v[i - 1];
		uint32_t *head = a->len < 3 ? &r->shorts : &r->heads[rules_head(a->text)];

		a->next = *head;
		*head = (uint32_t)i;
	}
}

static void
build_needs(struct rules *r)
{
	const char *const **lists = arena_alloc(r->arena, (r->rules.n + r->cues.n + 1) * sizeof(*lists));
	size_t i;

	for (i = 0; i < r->rules.n; i++)
		lists[i] = r->rules.v[i].need;
	rules_needs_build(r->arena, lists, r->rules.n, &r->rules_need);
	for (i = 0; i < r->cues.n; i++)
		lists[i] = r->cues.v[i].need;
	rules_needs_build(r->arena, lists, r->cues.n, &r->cues_need);
}

int
rules_compile(const char *tag, json_t *nouns, json_t *cues, json_t *relations, struct rules **out, struct err *e)
{
	struct arena *a = arena_new();
	struct rules *r = arena_alloc(a, sizeof(*r));
	struct compiler c = { .r = r, .e = e };

	r->arena = a;
	r->spaces = !json_is_false(json_object_get(relations, "spaces"));
	r->first = json_is_true(json_object_get(relations, "first_is_topic"));
	c.file = arena_printf(a, "%s/names.json", tag);
	if (each(&c, nouns, "nouns", load_noun) != 0)
		goto fail;
	load_others(r, json_object_get(cues, "others"));
	if (r->nouns.n > 1)
		qsort(r->nouns.v, r->nouns.n, sizeof(*r->nouns.v), longer_first);
	build_noun_rows(r);
	c.file = arena_printf(a, "%s/cues.json", tag);
	c.macros = json_object_get(cues, "macros");
	if (each(&c, cues, "cues", load_cue) != 0)
		goto fail;
	LOAD_WORDS(r, json_object_get(cues, "stop"), &r->stop, 1);
	LOAD_WORDS(r, json_object_get(cues, "never_first"), &r->never_first, 0);
	LOAD_WORDS(r, json_object_get(cues, "ends"), &r->ends, 0);
	LOAD_WORDS(r, json_object_get(cues, "drop_last"), &r->drop_last, 0);
	LOAD_WORDS(r, json_object_get(cues, "never_last"), &r->never_last, 0);
	c.file = arena_printf(a, "%s/relations.json", tag);
	c.macros = json_object_get(relations, "macros");
	r->noun_ends = list_of(&c, json_object_get(relations, "noun_ends"));
	if (load_alone(&c, relations, "denied", &r->denied) != 0 || load_alone(&c, relations, "negated", &r->negated) != 0)
		goto fail;
	if (load_unsaid(&c, json_object_get(relations, "unsaid")) != 0) {
		err_prefix(e, "%s: /unsaid", c.file);
		goto fail;
	}
	if (each(&c, relations, "anaphora", load_anaphor) != 0 || each(&c, relations, "hedges", load_hedge) != 0 ||
	    each(&c, relations, "rules", load_rule) != 0)
		goto fail;
	build_heads(r);
	build_needs(r);
	*out = r;
	return 0;
fail:
	rules_free(r);
	return -1;
}

void
rules_free(struct rules *r)
{
	size_t i;

	if (r == NULL)
		return;
	pcre2_code_free(r->denied);
	pcre2_code_free(r->negated);
	pcre2_code_free(r->unsaid.after);
	pcre2_code_free(r->unsaid.unless);
	for (i = 0; i < r->rules.n; i++) {
		pcre2_code_free(r->rules.v[i].match);
		pcre2_code_free(r->rules.v[i].unless);
	}
	for (i = 0; i < r->anaphora.n; i++)
		pcre2_code_free(r->anaphora.v[i].after);
	for (i = 0; i < r->hedges.n; i++)
		pcre2_code_free(r->hedges.v[i].match);
	for (i = 0; i < r->cues.n; i++) {
		pcre2_code_free(r->cues.v[i].match);
		pcre2_code_free(r->cues.v[i].then);
	}
	free(r->rules_need.base);
	free(r->rules_need.check);
	free(r->cues_need.base);
	free(r->cues_need.check);
	arena_free(r->arena);
}
