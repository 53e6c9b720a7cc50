#include <string.h>

#include "json/run.h"

/* ---- evaluating ---------------------------------------------------------------------------------------------------------- */

static op_fn *const ops[OP_COUNT] = {
	[OP_TYPE] = op_type, [OP_CONST] = op_const, [OP_ENUM] = op_enum, [OP_ENUM_STRINGS] = op_enum_strings,
	[OP_MINIMUM] = op_minimum, [OP_MAXIMUM] = op_maximum, [OP_EXCLUSIVE_MINIMUM] = op_exclusive_minimum,
	[OP_EXCLUSIVE_MAXIMUM] = op_exclusive_maximum, [OP_MULTIPLE_OF] = op_multiple_of, [OP_MIN_LENGTH] = op_min_length,
	[OP_MAX_LENGTH] = op_max_length, [OP_PATTERN] = op_pattern, [OP_FORMAT] = op_format, [OP_REQUIRED] = op_required,
	[OP_MIN_PROPERTIES] = op_min_properties, [OP_MAX_PROPERTIES] = op_max_properties,
	[OP_DEPENDENT_REQUIRED] = op_dependent_required, [OP_MIN_ITEMS] = op_min_items, [OP_MAX_ITEMS] = op_max_items,
	[OP_UNIQUE] = op_unique, [OP_REF] = op_ref, [OP_DYNAMIC_REF] = op_dynamic_ref, [OP_ALL_OF] = op_all_of,
	[OP_ANY_OF] = op_any_of, [OP_ONE_OF] = op_one_of, [OP_NOT] = op_not, [OP_IF] = op_if, [OP_OBJECT] = op_object,
	[OP_PROPERTY_NAMES] = op_property_names, [OP_DEPENDENT_SCHEMAS] = op_dependent_schemas, [OP_ITEMS] = op_items,
	[OP_CONTAINS] = op_contains, [OP_UNEVALUATED_PROPERTIES] = op_unevaluated_properties,
	[OP_UNEVALUATED_ITEMS] = op_unevaluated_items,
};

static int
run_instructions(struct schema_run *r, struct frame *f)
{
	const struct insn *i = &r->set->insn[f->s->first], *end = i + f->s->n;

	for (; i < end; i++) {
		if (ops[i->op](r, f, i))
			continue;
		f->bad = 1;
		if (r->collect == NULL || r->abort != SCHEMA_VALID)
			return 0;
	}
	return !f->bad;
}

/* Evaluates subschema id at in. What it evaluates of in's members or elements is marked in out, unless that is NULL. */
int
schema_eval(struct schema_run *r, uint32_t id, struct inst *in, struct marks *out, const struct scope *up)
{
	const struct sub *s = &r->set->sub[id];
	struct scope here = { up, s->resource };
	struct frame f = { s, in, out, up, 0 };
	struct marks own;
	int ok;

	if (s->truth == TRUTH_TRUE)
		return 1;
	if (s->truth == TRUTH_FALSE)
		return op_fail_at(r, &f, "", NULL, "nothing is permitted here");
	if (r->abort != SCHEMA_VALID)
		return 0;
	if (r->steps >= LIMIT_SCHEMA_STEPS || r->depth >= LIMIT_SCHEMA_DEPTH)
		return op_undecided(r, &f, "", r->depth >= LIMIT_SCHEMA_DEPTH ? SCHEMA_TOO_DEEP : SCHEMA_COSTLY);
	r->steps++;
	r->depth++;
	if (up == NULL || up->resource != s->resource)
		f.scope = &here;
	if (s->watches) {
		marks_init(r, &own, in->v);
		f.m = &own;
	}
	ok = run_instructions(r, &f);
	if (ok && s->watches && out != NULL)
		marks_join(out, &own);
	r->depth--;
	return ok;
}

static enum schema_verdict
evaluate(struct schema_run *r, const struct schema *schema, const json_t *instance, struct findings *collect)
{
	struct inst root = { .v = instance };
	int ok;

	r->collect = collect;
	r->abort = SCHEMA_VALID;
	r->depth = r->steps = 0;
	ok = schema_eval(r, schema->sub, &root, NULL, NULL);
	run_release(r, NULL, 0);
	r->collect = NULL;
	return r->abort != SCHEMA_VALID ? r->abort : ok ? SCHEMA_VALID : SCHEMA_INVALID;
}

enum schema_verdict
schema_check(struct schema_run *run, const struct schema *schema, const json_t *instance)
{
	return evaluate(run, schema, instance, NULL);
}

/* Whether a finding is a consequence of another one at the same place: a value of the wrong type has no wrong length. */
static int
is_hidden(const struct findings *list, const struct finding *f)
{
	static const char *const forms[] = { "pattern", "format", "minLength", "maxLength" };
	const struct finding *other;
	size_t i;
	int is_form = 0;

	for (i = 0; i < ARRAY_LEN(forms); i++)
		is_form |= strcmp(f->f.keyword, forms[i]) == 0;
	for (i = 0; i < list->n; i++) {
		other = &list->v[i];
		if (other->place != f->place || other->f.at_name != f->f.at_name || other == f)
			continue;
		if (strcmp(other->f.keyword, "type") == 0 && strcmp(f->f.keyword, "type") != 0)
			return 1;
		if (is_form && (strcmp(other->f.keyword, "enum") == 0 || strcmp(other->f.keyword, "const") == 0))
			return 1;
	}
	return 0;
}

enum schema_verdict
schema_explain(struct schema_run *run, const struct schema *schema, const json_t *instance, size_t max, schema_finding_fn *found,
    void *arg)
{
	enum schema_verdict verdict = schema_check(run, schema, instance);
	struct findings list = { .max = max < LIMIT_SCHEMA_FINDINGS ? max : LIMIT_SCHEMA_FINDINGS };
	size_t i;

	if (verdict == SCHEMA_VALID)
		return verdict;
	evaluate(run, schema, instance, &list);
	for (i = 0; i < list.n; i++) {
		if (list.v[i].f.verdict == SCHEMA_INVALID)
			verdict = SCHEMA_INVALID;
		if (!is_hidden(&list, &list.v[i]))
			found(arg, &list.v[i].f);
	}
	findings_release(&list);
	return verdict;
}
