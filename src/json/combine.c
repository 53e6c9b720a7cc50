#include <string.h>

#include "json/run.h"

/* ---- references and combinations ---------------------------------------------------------------------------------------- */

int
op_ref(struct schema_run *r, struct frame *f, const struct insn *i)
{
	return schema_eval(r, i->a, f->in, f->m, f->scope);
}

int
op_dynamic_ref(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct dynamic *d = i->p;
	const struct scope *s;
	uint32_t sub = i->a;
	size_t k;

	/* The outermost resource that declares the anchor wins. */
	for (s = f->scope; s != NULL; s = s->up)
		for (k = 0; k < d->to.n; k++)
			if (d->to.v[k].resource == s->resource)
				sub = d->to.v[k].sub;
	return schema_eval(r, sub, f->in, f->m, f->scope);
}

int
op_all_of(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct sub_list *l = i->p;
	size_t k;
	int ok = 1;

	for (k = 0; k < l->n && (ok || r->collect != NULL) && r->abort == SCHEMA_VALID; k++)
		if (!schema_eval(r, l->sub[k], f->in, f->m, f->scope))
			ok = 0;
	return ok;
}

/* How near a branch that failed came to matching. */
struct nearness {
	int wrong_kind;		/* the value itself has the wrong type, or is none of the values wanted */
	int wrong_choice;	/* so has one of its members: probably another branch is meant */
	size_t depth, n;	/* deepest finding; number of findings */
};

static struct nearness
nearness_of(const struct findings *list, size_t depth)
{
	struct nearness near = { .n = list->n };
	const struct finding *f;
	size_t i;
	int picks;

	for (i = 0; i < list->n; i++) {
		f = &list->v[i];
		picks = strcmp(f->f.keyword, "const") == 0 || strcmp(f->f.keyword, "enum") == 0;
		if (f->depth <= depth && (picks || strcmp(f->f.keyword, "type") == 0 || f->f.keyword[0] == '\0'))
			near.wrong_kind = 1;
		if (f->depth == depth + 1 && picks)
			near.wrong_choice = 1;
		if (f->depth > near.depth)
			near.depth = f->depth;
	}
	return near;
}

static int
is_nearer(struct nearness a, struct nearness b)
{
	if (a.wrong_kind != b.wrong_kind)
		return a.wrong_kind < b.wrong_kind;
	if (a.wrong_choice != b.wrong_choice)
		return a.wrong_choice < b.wrong_choice;
	if (a.depth != b.depth)
		return a.depth > b.depth;
	return a.n < b.n;
}

/* The types that a subschema asks for by "type", or 0. */
static unsigned
types_of(const struct schema_set *set, uint32_t sub)
{
	const struct sub *s = &set->sub[sub];
	const struct insn *i = &set->insn[s->first];

	return s->n > 0 && i->op == OP_TYPE ? i->a : 0;
}

/* Every branch has the wrong kind of value: one finding for all. */
static void
fail_kind(struct schema_run *r, struct frame *f, const struct insn *i, const struct sub_list *l)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	unsigned mask = 0, one;
	char room[400];
	size_t k;

	for (k = 0; k < l->n; k++) {
		one = types_of(r->set, l->sub[k]);
		if (one == 0 || (one & op_type_mask(f->in->v)))
			break;
		mask |= one;
	}
	if (k == l->n) {
		say_types(&b, mask);
		op_fail(r, f, i, "got %s, want %s", say_type(f->in->v), buf_str(&b));
	} else {
		op_fail(r, f, i, "%s has none of the %zu permitted forms", op_show(r, f->in->v, room), l->n);
	}
	buf_free(&b);
}

/* No branch matches: reports what is wrong with the nearest one. */
static void
explain_branches(struct schema_run *r, struct frame *f, const struct insn *i, const struct sub_list *l)
{
	struct findings *collect = r->collect, best = { 0 };
	struct nearness near, nearest = { 0 };
	const struct inst *in;
	size_t k, depth = 0;

	for (in = f->in; in->up != NULL; in = in->up)
		depth++;
	for (k = 0; k < l->n; k++) {
		struct findings branch = { .max = collect->max };

		r->collect = &branch;
		schema_eval(r, l->sub[k], f->in, NULL, f->scope);
		near = nearness_of(&branch, depth);
		if (branch.n > 0 && (best.n == 0 || is_nearer(near, nearest))) {
			findings_release(&best);
			best = branch;
			nearest = near;
		} else {
			findings_release(&branch);
		}
	}
	r->collect = collect;
	if (best.n == 0 || (nearest.wrong_kind && l->n > 1))
		fail_kind(r, f, i, l);
	else
		findings_move(collect, &best);
	findings_release(&best);
}

/* Counts the branches that match, up to most; their marks are joined. -1: no verdict. *which: the first two. */
static int
count_branches(struct schema_run *r, struct frame *f, const struct insn *i, int most, size_t which[2])
{
	const struct sub_list *l = i->p;
	struct marks own;
	size_t k;
	int hits = 0, ok;

	for (k = 0; k < l->n && (hits < most || f->m != NULL); k++) {
		if (f->m != NULL)
			marks_init(r, &own, f->in->v);
		ok = op_quietly(r, f, keyword_name(i->keyword), l->sub[k], f->in, f->m != NULL ? &own : NULL);
		if (ok < 0)
			return -1;
		if (!ok)
			continue;
		if (hits < 2)
			which[hits] = k;
		hits++;
		if (f->m != NULL)
			marks_join(f->m, &own);
	}
	return hits;
}

int
op_any_of(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t which[2];
	int hits = count_branches(r, f, i, 1, which);

	if (hits < 0)
		return r->abort == SCHEMA_VALID;
	if (hits == 0 && r->collect != NULL)
		explain_branches(r, f, i, i->p);
	return hits > 0;
}

int
op_one_of(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t which[2] = { 0, 0 };
	int hits = count_branches(r, f, i, 2, which);

	if (hits < 0)
		return r->abort == SCHEMA_VALID;
	if (hits == 0 && r->collect != NULL)
		explain_branches(r, f, i, i->p);
	if (hits > 1)
		return op_fail_both(r, f, i, which);
	return hits == 1;
}

/* The names whose presence alone a "not" forbids: its "required", or that of a branch of its "anyOf". NULL: another reason. */
static const json_t *
forbidden_names(const json_t *schema, const json_t *v)
{
	const json_t *names = json_object_get(schema, "required"), *found;
	size_t i;

	if (json_object_size(schema) != 1)
		return NULL;
	for (i = 0; names == NULL && i < json_array_size(json_object_get(schema, "anyOf")); i++) {
		found = json_array_get(json_object_get(schema, "anyOf"), i);
		if (json_object_get(found, "required") != NULL && forbidden_names(found, v) != NULL)
			return json_object_get(found, "required");
	}
	for (i = 0; i < json_array_size(names); i++)
		if (json_object_get(v, json_string_value(json_array_get(names, i))) == NULL)
			return NULL;
	return names;
}

/* The value at hand has the form that a "not" forbids. */
static int fail_not(struct schema_run *r, const struct frame *f, const struct insn *i) __attribute__((noinline));
static int
fail_not(struct schema_run *r, const struct frame *f, const struct insn *i)
{
	const json_t *names = forbidden_names(json_object_get(f->s->schema, "not"), f->in->v), *last;
	struct buf b = BUF_INIT(3000);
	struct name name;
	char room[400];
	size_t k, n = json_array_size(names);

	if (r->collect == NULL)
		return 0;
	if (!json_is_object(f->in->v) || n == 0)
		return op_fail_shown(r, f, i, "has a form that is not permitted");
	last = json_array_get(names, n - 1);
	name = (struct name){ json_string_value(last), (uint32_t)json_string_length(last), 0 };
	if (n == 1)
		return op_not_permitted(r, f, "not", &name);
	for (k = 0; k + 1 < n; k++)
		buf_printf(&b, "%s%s", k > 0 ? ", " : "", json_string_value(json_array_get(names, k)));
	op_fail_at(r, f, "not", &name, "%s is not permitted together with %s", op_show_name(r, &name, room), buf_str(&b));
	buf_free(&b);
	return 0;
}

int
op_not(struct schema_run *r, struct frame *f, const struct insn *i)
{
	struct marks own;
	int ok;

	/* Marks inside "not" count for unevaluated* inside it only. */
	if (f->m != NULL)
		marks_init(r, &own, f->in->v);
	ok = op_quietly(r, f, "not", i->a, f->in, f->m != NULL ? &own : NULL);
	if (ok < 0)
		return r->abort == SCHEMA_VALID;
	return !ok || fail_not(r, f, i);
}

int
op_if(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct if_plan *p = i->p;
	struct marks own;
	uint32_t next;
	int ok;

	if (f->m != NULL)
		marks_init(r, &own, f->in->v);
	ok = op_quietly(r, f, "if", p->if_sub, f->in, f->m != NULL ? &own : NULL);
	if (ok < 0)
		return r->abort == SCHEMA_VALID;
	if (ok && f->m != NULL)
		marks_join(f->m, &own);
	next = ok ? p->then_sub : p->else_sub;
	return next == NO_SUB || schema_eval(r, next, f->in, f->m, f->scope);
}
