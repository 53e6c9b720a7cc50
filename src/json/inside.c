#include <stdlib.h>
#include <string.h>

#include "json/run.h"

/* ---- objects ----------------------------------------------------------------------------------------------------------- */

int
op_required(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct name_list *l = i->p;
	char room[400];
	size_t k;
	int ok = 1;

	if (!json_is_object(f->in->v))
		return 1;
	for (k = 0; k < l->n && (ok || r->collect != NULL); k++)
		if (run_member(r, f->in, &l->name[k]) == NULL)
			ok = op_fail(r, f, i, "%s is required", op_show_name(r, &l->name[k], room));
	return ok;
}

int
op_dependent_required(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct name_list *l;
	char room[400], when[400];
	size_t k;
	int ok = 1;

	if (!json_is_object(f->in->v))
		return 1;
	for (l = i->p; l != NULL && (ok || r->collect != NULL); l = l->next) {
		if (run_member(r, f->in, &l->when) == NULL)
			continue;
		for (k = 0; k < l->n && (ok || r->collect != NULL); k++)
			if (run_member(r, f->in, &l->name[k]) == NULL)
				ok = op_fail(r, f, i, "%s is required where %s is present", op_show_name(r, &l->name[k], room),
				    op_show_name(r, &l->when, when));
	}
	return ok;
}

int
op_min_properties(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t n = json_object_size(f->in->v);

	return !json_is_object(f->in->v) || n >= i->a ||
	    op_fail(r, f, i, "the object has %zu %s, want at least %u", COUNTED(n, "member"), (unsigned)i->a);
}

int
op_max_properties(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t n = json_object_size(f->in->v);

	return !json_is_object(f->in->v) || n <= i->a ||
	    op_fail(r, f, i, "the object has %zu %s, want at most %u", COUNTED(n, "member"), (unsigned)i->a);
}

/* Evaluates a subschema at a member of the value at hand. */
static int
at_member(struct schema_run *r, struct frame *f, uint32_t sub, const struct member_view *m)
{
	struct inst child = { .v = m->v, .up = f->in, .name = m->name.s, .index = m->name.n };
	const struct sub *s = &r->set->sub[sub];
	const struct chunk *chunk = r->chunk;
	size_t used = chunk != NULL ? chunk->used : 0;
	int ok;

	if (s->truth == TRUTH_TRUE)
		return 1;
	if (s->truth == TRUTH_FALSE) {
		struct frame there = { .s = s, .in = f->in };

		return op_not_permitted(r, &there, "", &m->name);
	}
	ok = schema_eval(r, sub, &child, NULL, f->scope);
	run_release(r, chunk, used);
	return ok;
}

/* Evaluates what patternProperties says of a member; *known is set when a pattern matches its name. */
static int
at_patterns(struct schema_run *r, struct frame *f, const struct object_plan *p, const struct member_view *m, int *known)
{
	int ok = 1, hit;
	size_t k;

	for (k = 0; k < p->n_pattern && (ok || r->collect != NULL); k++) {
		hit = regex_search(p->pattern[k].re, r->regex, m->name.s, m->name.n);
		if (hit < 0)
			return op_undecided(r, f, "patternProperties", SCHEMA_COSTLY);
		if (hit == 0)
			continue;
		*known = 1;
		if (!at_member(r, f, p->pattern[k].sub, m))
			ok = 0;
	}
	return ok;
}

int
op_object(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct object_plan *p = i->p;
	const struct member_view *m;
	uint32_t sub;
	size_t k;
	int ok = 1, known;

	if (!json_is_object(f->in->v))
		return 1;
	run_members(r, f->in);
	for (k = 0; k < f->in->n_view && (ok || r->collect != NULL) && r->abort == SCHEMA_VALID; k++) {
		m = &f->in->view[k];
		sub = table_find(&p->table, m->name.s, m->name.n, m->name.hash);
		known = sub != NO_SUB;
		if (known && !at_member(r, f, sub, m))
			ok = 0;
		if (p->n_pattern > 0 && !at_patterns(r, f, p, m, &known))
			ok = 0;
		if (!known && p->additional != NO_SUB) {
			known = 1;
			if (r->set->sub[p->additional].truth == TRUTH_FALSE)
				ok = op_not_permitted(r, f, "additionalProperties", &m->name);
			else if (!at_member(r, f, p->additional, m))
				ok = 0;
		}
		if (known)
			marks_set(f->m, k);
	}
	return ok;
}

static int
name_passes(struct schema_run *r, struct frame *f, uint32_t sub, const struct name *n)
{
	struct passed_name *p = &r->passed[(n->hash ^ sub * 31) % PASSED_NAMES];
	struct inst child;
	json_t *name;
	int ok;

	if (p->sub == sub && p->hash == n->hash && p->n == n->n && n->n > 0 && memcmp(p->s, n->s, n->n) == 0)
		return 1;
	name = json_stringn_nocheck(n->s, n->n);
	if (name == NULL)
		base_oom();
	child = (struct inst){ .v = name, .up = f->in, .name = n->s, .index = n->n, .is_name = 1 };
	ok = schema_eval(r, sub, &child, NULL, f->scope);
	json_decref(name);
	/* with a $dynamicRef somewhere the verdict may depend on the way here */
	if (ok && r->abort == SCHEMA_VALID && r->set->dynamics == NULL && n->n <= sizeof(p->s)) {
		p->sub = sub;
		p->hash = n->hash;
		p->n = n->n;
		memcpy(p->s, n->s, n->n);
	}
	return ok;
}

int
op_property_names(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t k;
	int ok = 1;

	if (!json_is_object(f->in->v))
		return 1;
	run_members(r, f->in);
	for (k = 0; k < f->in->n_view && (ok || r->collect != NULL); k++)
		if (!name_passes(r, f, i->a, &f->in->view[k].name))
			ok = 0;
	return ok;
}

int
op_dependent_schemas(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct dependent_schemas *d = i->p;
	size_t k;
	int ok = 1;

	if (!json_is_object(f->in->v))
		return 1;
	for (k = 0; k < d->n && (ok || r->collect != NULL); k++)
		if (run_member(r, f->in, &d->dep[k].when) != NULL && !schema_eval(r, d->dep[k].sub, f->in, f->m, f->scope))
			ok = 0;
	return ok;
}

int
op_unevaluated_properties(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct member_view *m;
	size_t k;
	int ok = 1;

	/* After another failure it is not known what has been evaluated. */
	if (!json_is_object(f->in->v) || f->bad)
		return 1;
	run_members(r, f->in);
	for (k = 0; k < f->in->n_view && (ok || r->collect != NULL); k++) {
		if (marks_has(f->m, k))
			continue;
		m = &f->in->view[k];
		if (r->set->sub[i->a].truth == TRUTH_FALSE)
			ok = op_not_permitted(r, f, "unevaluatedProperties", &m->name);
		else if (!at_member(r, f, i->a, m))
			ok = 0;
		marks_set(f->m, k);
	}
	return ok;
}

/* ---- arrays ------------------------------------------------------------------------------------------------------------ */

int
op_min_items(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t n = json_array_size(f->in->v);

	return !json_is_array(f->in->v) || n >= i->a ||
	    op_fail(r, f, i, "the list has %zu %s, want at least %u", COUNTED(n, "element"), (unsigned)i->a);
}

int
op_max_items(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t n = json_array_size(f->in->v);

	return !json_is_array(f->in->v) || n <= i->a ||
	    op_fail(r, f, i, "the list has %zu %s, want at most %u", COUNTED(n, "element"), (unsigned)i->a);
}

static uint64_t
hash_octets(uint64_t h, const void *p, size_t n)
{
	const unsigned char *s = p;

	while (n-- > 0)
		h = (h ^ *s++) * 1099511628211u;
	return h;
}

/* A hash that is the same for the same JSON value. */
static uint64_t
hash_value(const json_t *v, unsigned depth)
{
	uint64_t h = 14695981039346656037u + (uint64_t)(json_is_number(v) ? JSON_REAL : json_typeof(v)), sum = 0;
	double d = json_number_value(v);
	void *it;
	size_t i;

	if (depth > LIMIT_JSON_DEPTH)
		return h;
	if (d == 0)
		d = 0;	/* -0.0 is 0 */
	if (json_is_number(v))
		return hash_octets(h, &d, sizeof(d));
	if (json_is_string(v))
		return hash_octets(h, json_string_value(v), json_string_length(v));
	for (i = 0; i < json_array_size(v); i++)
		h = (h ^ hash_value(json_array_get(v, i), depth + 1)) * 1099511628211u;
	it = json_is_object(v) ? json_object_iter((json_t *)v) : NULL;
	for (; it != NULL; it = json_object_iter_next((json_t *)v, it))
		sum += hash_octets(hash_value(json_object_iter_value(it), depth + 1), json_object_iter_key(it),
		    json_object_iter_key_len(it));
	return h + sum;
}

struct hashed {
	uint64_t hash;
	size_t i;
};

static int
by_hash(const void *left, const void *right)
{
	const struct hashed *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->i > b->i) - (a->i < b->i);
}

/* Finds two equal elements; 0 when there are none. */
static int
find_equal(const json_t *v, size_t *one, size_t *other)
{
	size_t n = json_array_size(v), i, k;
	struct hashed *h = xcalloc(n + 1, sizeof(*h));
	int found = 0;

	for (i = 0; i < n; i++)
		h[i] = (struct hashed){ hash_value(json_array_get(v, i), 0), i };
	qsort(h, n, sizeof(*h), by_hash);
	for (i = 0; i < n && !found; i++) {
		for (k = i + 1; k < n && h[k].hash == h[i].hash && !found; k++) {
			found = json_same(json_array_get(v, h[i].i), json_array_get(v, h[k].i));
			*one = h[i].i;
			*other = h[k].i;
		}
	}
	free(h);
	return found;
}

int
op_unique(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t one = 0, other = 0;
	char room[400];

	if (!json_is_array(f->in->v) || json_array_size(f->in->v) < 2 || !find_equal(f->in->v, &one, &other))
		return 1;
	return op_fail(r, f, i, "elements %zu and %zu are equal (%s)", one, other, op_show(r, json_array_get(f->in->v, one), room));
}

static int
at_element(struct schema_run *r, struct frame *f, uint32_t sub, size_t index)
{
	struct inst child = { .v = json_array_get(f->in->v, index), .up = f->in, .index = index };
	const struct chunk *chunk = r->chunk;
	size_t used = chunk != NULL ? chunk->used : 0;
	int ok = schema_eval(r, sub, &child, NULL, f->scope);

	run_release(r, chunk, used);
	return ok;
}

int
op_items(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct items_plan *p = i->p;
	size_t n = json_array_size(f->in->v), k;
	uint32_t sub;
	int ok = 1;

	if (!json_is_array(f->in->v))
		return 1;
	for (k = 0; k < n && (ok || r->collect != NULL) && r->abort == SCHEMA_VALID; k++) {
		sub = k < p->prefix.n ? p->prefix.sub[k] : p->items;
		if (sub == NO_SUB)
			break;
		if (!at_element(r, f, sub, k))
			ok = 0;
		marks_set(f->m, k);
	}
	return ok;
}

int
op_contains(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct contains_plan *p = i->p;
	struct findings *collect = r->collect;
	size_t n = json_array_size(f->in->v), k, hits = 0;

	if (!json_is_array(f->in->v))
		return 1;
	for (k = 0; k < n && (f->m != NULL || hits < p->min || p->max != SIZE_MAX); k++) {
		r->collect = NULL;
		if (at_element(r, f, p->sub, k)) {
			hits++;
			marks_set(f->m, k);
		}
		r->collect = collect;
		if (r->abort != SCHEMA_VALID)
			return op_undecided(r, f, "contains", r->abort);
	}
	if (hits < p->min)
		return op_fail(r, f, i, "%zu of the list's elements %s as wanted, want at least %zu", hits, hits == 1 ? "is" : "are",
		    p->min);
	return hits <= p->max ||
	    op_fail(r, f, i, "%zu of the list's elements are as described, want at most %zu", hits, p->max);
}

int
op_unevaluated_items(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t n = json_array_size(f->in->v), k;
	int ok = 1;

	if (!json_is_array(f->in->v) || f->bad)
		return 1;
	for (k = 0; k < n && (ok || r->collect != NULL); k++) {
		if (marks_has(f->m, k))
			continue;
		if (!at_element(r, f, i->a, k))
			ok = 0;
		marks_set(f->m, k);
	}
	return ok;
}
