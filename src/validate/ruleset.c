/* The table of rules, and which are on. */
#include <stdlib.h>
#include <string.h>

#include "validate/profile.h"
#include "validate/rules.h"

const struct rule_row rules[RULE_COUNT] = {
#define RULE(id, name, number, severity, optional, clause, text, ...) \
	[RULE_##id] = { .pub = { name, number, VALIDATE_##severity, clause, text, optional }, __VA_ARGS__ },
#define VOCAB(id, name, number, vocabulary, clause) \
	[RULE_##id] = { .pub = { name, number, VALIDATE_WARNING, clause, "values come from " vocabulary, 0 }, .vocab = vocabulary },
#include "validate/rules.def"
#undef RULE
#undef VOCAB
};

const struct validate_rule *
validate_rule(size_t i)
{
	return i < RULE_COUNT ? &rules[i].pub : NULL;
}

/* Groups of rules by the numbers of their members. */
static const struct {
	const char *name, *number;
	int first, last;	/* last 0: every rule */
} groups[] = {
	{ "all", "0", 0, 0 }, { "format-checks", "1", 100, 199 }, { "approved-values", "2", 200, 299 },
	{ "all-vocabs", "210", 211, 245 }, { "all-external-sources", "270", 271, 277 },
};

static int
is_name(const char *want, size_t n, const char *name)
{
	return strlen(name) == n && memcmp(want, name, n) == 0;
}

/* Marks the rules of one name, number or group. Returns how many there are. */
static size_t
choose(struct validate *v, const char *want, size_t n, signed char on)
{
	char number[12];
	size_t i, k, found = 0;

	for (i = 0; i < RULE_COUNT; i++) {
		snprintf(number, sizeof(number), "%d", rules[i].pub.number);
		int hit = is_name(want, n, rules[i].pub.name) || (rules[i].pub.number != 0 && is_name(want, n, number));

		for (k = 0; k < ARRAY_LEN(groups) && !hit; k++)
			hit = (is_name(want, n, groups[k].name) || is_name(want, n, groups[k].number)) &&
			    ((groups[k].last == 0 && !rules[i].pub.optional) ||
			    (rules[i].pub.number >= groups[k].first && rules[i].pub.number <= groups[k].last));
		if (hit) {
			v->chosen[i] = on;
			found++;
		}
	}
	return found;
}

static int
choose_list(struct validate *v, const char *names, signed char on, struct err *e)
{
	size_t n;

	for (;; names += n + 1) {
		n = strcspn(names, ",");
		if (n > 0 && choose(v, names, n, on) == 0)
			return err_set(e, ERR_USAGE, "there is no rule '%.*s'", (int)(n < 80 ? n : 80), names);
		if (names[n] == '\0')
			return 0;
	}
}

int
validate_disable(struct validate *v, const char *names, struct err *e)
{
	v->resolved = 0;
	v->any_off = 1;
	return choose_list(v, names, -1, e);
}

int
validate_enable(struct validate *v, const char *names, struct err *e)
{
	v->resolved = 0;
	v->any_on = 1;
	return choose_list(v, names, 1, e);
}

int
validate_profile(struct validate *v, const char *name, struct err *e)
{
	static const char *const names[] = { [PROFILE_INTEROP] = "interop", [PROFILE_OPENCTI] = "opencti", [PROFILE_MISP] = "misp" };
	size_t i;

	for (i = PROFILE_INTEROP; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0) {
			v->profiles |= 1u << i;
			v->resolved = 0;
			return 0;
		}
	return err_set(e, ERR_USAGE, "there is no profile '%.80s'; there are interop, opencti and misp", name);
}

static int
wanted(const struct validate *v, size_t i)
{
	const struct rule_row *r = &rules[i];

	if (v->chosen[i] != 0)
		return v->chosen[i] > 0;
	if (i == RULE_DANGLING_REF && v->flags & VALIDATE_ENFORCE_REFS)
		return 1;
	if (i == RULE_STRICT_TYPES && v->flags & VALIDATE_STRICT_TYPES)
		return 1;
	if (i == RULE_STRICT_PROPERTIES && v->flags & VALIDATE_STRICT_PROPERTIES)
		return 1;
	if (r->profile != PROFILE_NONE)
		return (v->profiles & 1u << r->profile) != 0;
	if (r->pub.optional || (v->any_on && !v->any_off && r->pub.severity == VALIDATE_WARNING))
		return 0;
	/* a substitute is on once all that it stands in for are off by name */
	for (; r->after != 0; r = &rules[r->after])
		if (v->chosen[r->after] >= 0)
			return 0;
	return 1;
}

void
rules_resolve(struct validate *v)
{
	size_t i, k;

	if (v->resolved)
		return;
	v->resolved = 1;
	memset(v->by_kind, 0, sizeof(v->by_kind));
	v->nobject = 0;
	v->profile_rules = 0;
	types_forget_rules(v);
	for (i = 0; i < RULE_COUNT; i++) {
		v->on[i] = (char)wanted(v, i);
		if (rules[i].profile != PROFILE_NONE && !v->on[i])
			continue;
		v->profile_rules |= rules[i].profile != PROFILE_NONE;
		/* a row's function may report other rows too: it runs unless none of them can be on, which it finds out itself */
		for (k = 0; k < v->nobject && v->object_rules[k] != rules[i].object; k++)
			;
		if (rules[i].object != NULL && k == v->nobject) {
			v->object_types[v->nobject] = rules[i].type;
			v->object_rules[v->nobject++] = rules[i].object;
		}
		for (k = 0; rules[i].value != NULL && k < RULES_PER_KIND; k++)
			if (v->by_kind[rules[i].kind][k] == NULL) {
				v->by_kind[rules[i].kind][k] = rules[i].value;
				break;
			}
	}
}

int
rule_on(const struct validate *v, enum rule_id r)
{
	return v->on[r];
}

enum rule_id
rule_of_vocab(const char *vocab)
{
	size_t i;

	for (i = 0; i < RULE_COUNT; i++)
		if (rules[i].vocab != NULL && strcmp(rules[i].vocab, vocab) == 0)
			return (enum rule_id)i;
	return RULE_COUNT;
}
