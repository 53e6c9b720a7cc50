/* From mentions to entities and relationships: runs the rules of the language over every sentence that states facts. */
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "convert/headings.h"

#define LABEL_LAW	"law-enforcement-operation"	/* DESIGN 6 */
#define AGAIN_MAX	5	/* times that a rule looks for further targets of one subject */
#define ENDS_MAX	64	/* slots that one group of one match may hold */

/* A piece of a slotted sentence. */
struct range {
	size_t from, to;
};

/* One statement found: before merging. */
struct edge {
	size_t s, t;		/* things */
	const char *rel;
	const struct rule *rule;
	int confidence;
	size_t sent, behind[2];	/* where it is stated, and what it refers back to (SIZE_MAX: nothing) */
	int dropped;
};

/* Something found before, in the document's arena: a pair of things, a relationship, a place that is evidence already. */
struct met {
	const char *key;
	size_t nr;
	UT_hash_handle hh;
};

struct work {
	const struct doc *d;
	const struct mentions *m;
	const struct rules *r;
	struct things things;
	struct facts *f;
	struct buf *explain;
	pcre2_match_data *md, *aside;	/* of the rule at hand; of what is asked while that one is needed */
	uint64_t *rows;		/* bits: rules that the sentence at hand may have */
	VEC(struct edge) edges;
	struct heading_links lists;
	struct met *pairs;	/* joined more precisely than by related-to */
	struct met *relations;	/* nr: index into the facts' relationships */
	struct met *quoted;	/* sentences that are evidence of a relationship */
	struct met *general;	/* ids of techniques of which a kind is spoken of */
	const char **texts;	/* per sentence: its text once it is asked for */
};

/* What was met under a key, or NULL; the key is the arena's. */
static struct met *
met_find(struct met *table, const char *key)
{
	struct met *m;

	HASH_FIND_STR(table, key, m);
	return m;
}

static void
met_add(struct work *w, struct met **table, const char *key, size_t nr)
{
	struct met *m = arena_alloc(w->d->arena, sizeof(*m));

	m->key = key;
	m->nr = nr;
	HASH_ADD_KEYPTR(hh, *table, m->key, strlen(m->key), m);
}

static void
explain(struct work *w, const struct rule *rule, size_t sent, const char *verdict, const struct thing *s, const struct thing *t)
{
	if (w->explain == NULL)
		return;
	buf_printf(w->explain, "%zu\t%s\t%s\t%s %s\t%s %s\t%s\n", doc_input(w->d, w->d->sents[sent].start), rule->id, verdict,
	    s ? slot_classes[s->row].type : "-", s ? s->first->value : "-", rule->rel ? rule->rel : "has", t ? t->first->value : "-",
	    doc_sentence_text(w->d, sent));
}

/* ---- what a sentence states -------------------------------------------------------------------------------------- */

static int
has_type(const char *const *types, const char *type)
{
	for (; *types != NULL; types++)
		if (strcmp(*types, type) == 0)
			return 1;
	return 0;
}

/* What stands between the semicolons around s[from..to): hedges elsewhere are about something else. */
static struct range
clause_of(const struct slotted *s, size_t from, size_t to)
{
	const char *text = buf_str(&s->text);

	while (from > 0 && text[from - 1] != ';')
		from--;
	while (to < s->text.len && text[to] != ';')
		to++;
	return (struct range){ from, to };
}

/* The confidence that the hedges of a clause leave: 0 when it denies or only supposes. */
static int
hedged(const struct work *w, const struct slotted *s, struct range clause, int confidence)
{
	size_t i;
	int cap = 100;

	for (i = 0; i < w->r->hedges.n; i++) {
		const struct hedge *h = &w->r->hedges.v[i];

		if (rules_run(h->match, buf_str(&s->text) + clause.from, clause.to - clause.from, 0, w->aside) != 1)
			continue;
		if (h->floor > 0)
			confidence = h->floor;
		if (h->cap < cap)
			cap = h->cap;
	}
	return confidence < cap ? confidence : cap;
}

static void
add_props(struct thing *t, const char *key, json_t *value)
{
	json_t *have;
	size_t i, k;

	if (t->props == NULL)
		t->props = json_object();
	have = json_object_get(t->props, key);
	if (have == NULL || !json_is_array(value) || !json_is_array(have)) {
		json_object_set(t->props, key, value);
		return;
	}
	for (i = 0; i < json_array_size(value); i++) {
		for (k = 0; k < json_array_size(have); k++)
			if (json_equal(json_array_get(have, k), json_array_get(value, i)))
				break;
		if (k == json_array_size(have))
			json_array_append(have, json_array_get(value, i));
	}
}

/* The month that a name or number means, 1 when it is none. */
static unsigned
month_of(const struct work *w, const char *s, size_t n)
{
	const char *const *months = w->d->lang->months;
	unsigned long number = n > 0 && *s >= '0' && *s <= '9' ? strtoul(s, NULL, 10) : 0;
	unsigned i;

	if (number >= 1 && number <= 12)
		return (unsigned)number;
	for (i = 0; months != NULL && i < 24 && months[i] != NULL; i++)
		if (strlen(months[i]) == n && strncasecmp(months[i], s, n) == 0)
			return i % 12 + 1;
	return 1;
}

/*
 * The time in two groups of the match: "2018" becomes the beginning of that year, or of its month that is given, as timestamps want it
 * (STIX 2.16). Of several the earliest (sign -1) or the latest (1) stands.
 */
static void
set_time(struct work *w, const struct rule *rule, const struct slotted *s, struct thing *t, const char *key, const char *year,
    const char *month, int sign)
{
	size_t from, to, a, b;
	const char *have;
	json_t *value;
	char text[40];
	unsigned m = 1;

	if (rules_group(rule->match, w->md, year, &from, &to) != 0 || to - from != 4)
		return;
	if (rules_group(rule->match, w->md, month, &a, &b) == 0)
		m = month_of(w, s->text.s + a, b - a);
	snprintf(text, sizeof(text), "%.4s-%02u-01T00:00:00.000Z", s->text.s + from, m);
	have = json_string_value(json_object_get(t->props, key));
	if (have != NULL && strcmp(text, have) * sign <= 0)
		return;
	value = json_string(text);
	add_props(t, key, value);
	json_decref(value);
}

static void
apply_set(struct work *w, const struct rule *rule, const struct slotted *s, struct thing *t)
{
	size_t from, to;
	const char *key;
	const struct noun *noun;
	json_t *value;

	json_object_foreach(rule->set, key, value) {
		json_t *copy = json_deep_copy(value);

		add_props(t, key, copy);
		json_decref(copy);
	}
	if (rule->noun_to != NULL && rules_group(rule->match, w->md, "N", &from, &to) == 0 &&
	    (noun = rules_noun(w->r, s->text.s + from, to - from, 1)) != NULL && noun->detail != NULL &&
	    strcmp(noun->type, slot_classes[t->row].type) == 0) {
		value = json_pack("[s]", noun->detail);
		add_props(t, rule->noun_to, value);
		json_decref(value);
	}
	if (rule->year_to != NULL)
		set_time(w, rule, s, t, rule->year_to, "Y", "M", -1);
	if (rule->until_to != NULL)
		set_time(w, rule, s, t, rule->until_to, "Z", "N", 1);
	value = json_object_get(rule->set, "labels");
	if (value != NULL && json_array_size(value) > 0 && strcmp(json_string_value(json_array_get(value, 0)), LABEL_LAW) == 0)
		t->law = 1;
}

static void
add_edge(struct work *w, const struct rule *rule, const struct slotted *s, size_t sent, size_t a, size_t b, int confidence)
{
	struct edge *edge;
	const struct slot *x = &s->slots.v[a], *y = &s->slots.v[b];
	const char *type = slot_classes[w->things.things.v[x->thing].row].type;
	const char *instead = json_string_value(json_object_get(rule->instead, type));

	if (x->thing == y->thing)
		return;
	edge = vec_push(w->d->arena, &w->edges);
	memset(edge, 0, sizeof(*edge));
	edge->s = x->thing;
	edge->t = y->thing;
	edge->rel = instead != NULL ? instead : rule->rel;
	edge->rule = rule;
	edge->confidence = confidence;
	edge->sent = sent;
	edge->behind[0] = x->behind;
	edge->behind[1] = y->behind != x->behind ? y->behind : SIZE_MAX;
}

/* The confidence of what a match states; 0 when the words behind it deny it, or its clause does. */
static int
confidence_of(const struct work *w, const struct rule *rule, const struct slotted *s, struct range match)
{
	if (w->r->denied != NULL && rules_run(w->r->denied, buf_str(&s->text), s->text.len, match.to, w->aside) == 1)
		return 0;
	return hedged(w, s, clause_of(s, match.from, match.to), rule->confidence);
}

/*
 * Is what the match would set said at all? Of a group that "is not financially motivated", or that "no evidence" shows to be so, it is
 * not. What stands behind the match is about something else.
 */
static int
is_said(const struct work *w, const struct slotted *s, struct range match)
{
	const struct range before = { clause_of(s, match.from, match.to).from, match.to };

	if (w->r->negated != NULL &&
	    rules_run(w->r->negated, buf_str(&s->text) + match.from, match.to - match.from, 0, w->aside) == 1)
		return 0;
	return hedged(w, s, before, 100) > 0;
}

/* May two things be one? They are of one type, or both are actors, or both code. */
static int
may_be_same(const struct thing *t, const struct thing *u)
{
	static const char *const alike[][3] = { { "intrusion-set", "threat-actor", NULL }, { "malware", "tool", NULL } };
	const char *x = slot_classes[t->row].type, *y = slot_classes[u->row].type;
	size_t i;

	for (i = 0; i < ARRAY_LEN(alike); i++)
		if (has_type(alike[i], x) && has_type(alike[i], y))
			return 1;
	return strcmp(x, y) == 0 && t->row == u->row && (strcmp(x, "campaign") == 0 || strcmp(x, "infrastructure") == 0);
}

/* The names in T are other names of the one in S; a reference back is no name. */
static void
take_names(struct work *w, const struct rule *rule, const struct slotted *s, size_t sent)
{
	size_t src[ENDS_MAX], dst[ENDS_MAX], ns, nt, from, to, i;

	if (rules_group(rule->match, w->md, "S", &from, &to) != 0)
		return;
	ns = slotted_within(s, from, to, src, ENDS_MAX);
	if (ns == 0 || s->slots.v[src[ns - 1]].back || rules_group(rule->match, w->md, "T", &from, &to) != 0)
		return;
	nt = slotted_within(s, from, to, dst, ENDS_MAX);
	for (i = 0; i < nt; i++) {
		const struct slot *x = &s->slots.v[src[ns - 1]], *y = &s->slots.v[dst[i]];
		struct thing *t = &w->things.things.v[x->thing], *u = &w->things.things.v[y->thing];

		if (y->back || !may_be_same(t, u))
			continue;
		*vec_push(w->d->arena, &t->names) = y->name;
		things_same(&w->things, x->thing, y->thing);
		explain(w, rule, sent, "set", t, u);
	}
}

/* "X (Y)" of two names that are known to be of one thing. */
static void
take_brackets(struct work *w, const struct slotted *s)
{
	size_t i;

	for (i = 0; i < s->slots.n; i++) {
		struct thing *t = &w->things.things.v[s->slots.v[i].thing];

		if (s->slots.v[i].also != NULL && may_be_same(t, t))
			*vec_push(w->d->arena, &t->names) = s->slots.v[i].also;
	}
}

/* One match: every source in group S with every target in group T. */
static void
take_match(struct work *w, const struct rule *rule, const struct slotted *s, size_t sent)
{
	size_t src[ENDS_MAX], dst[ENDS_MAX], ns, nt = 0, from, to, i, k;
	const struct range match = { pcre2_get_ovector_pointer(w->md)[0], pcre2_get_ovector_pointer(w->md)[1] };
	int confidence, said;

	if (rules_group(rule->match, w->md, "S", &from, &to) != 0)
		return;
	said = rule->effect == RULE_EDGE || is_said(w, s, match);
	if (rule->effect == RULE_SAME) {
		if (said)
			take_names(w, rule, s, sent);
		return;
	}
	ns = slotted_within(s, from, to, src, ENDS_MAX);
	if (rules_group(rule->match, w->md, "T", &from, &to) == 0)
		nt = slotted_within(s, from, to, dst, ENDS_MAX);
	for (i = 0; i < ns; i++) {
		struct thing *t = &w->things.things.v[s->slots.v[src[i]].thing];

		if (!has_type(rule->source, slot_classes[t->row].type))
			continue;
		if (rule->effect == RULE_SET) {
			if (said)
				apply_set(w, rule, s, t);
			explain(w, rule, sent, said ? "set" : "veto: denied", t, NULL);
			continue;
		}
		confidence = confidence_of(w, rule, s, match);
		for (k = 0; k < nt; k++) {
			struct thing *u = &w->things.things.v[s->slots.v[dst[k]].thing];

			if (!has_type(rule->target, slot_classes[u->row].type))
				continue;
			if (confidence > 0)
				add_edge(w, rule, s, sent, src[i], dst[k], confidence);
			explain(w, rule, sent, confidence > 0 ? "states" : "veto: denied or supposed", t, u);
		}
	}
}

/*
 * Every match of a rule in a sentence. What is said of one subject may go on: "uses A, and deploys B". A rule of that kind (again)
 * is tried once more from the same place, the targets that it has put out of sight.
 */
static void
run_rule(struct work *w, const struct rule *rule, const struct slotted *s, size_t sent)
{
	const char *text = buf_str(&s->text);
	size_t n = s->text.len, at = 0, from, to;
	char *masked = NULL;
	int rc, rounds = 0;

	if (rule->unless != NULL && rules_run(rule->unless, text, n, 0, w->md) == 1) {
		if (rules_run(rule->match, text, n, 0, w->md) == 1)
			explain(w, rule, sent, "veto: unless", NULL, NULL);
		return;
	}
	while (at < n && (rc = rules_run(rule->match, text, n, at, w->md)) != 0) {
		PCRE2_SIZE start;

		if (rc < 0) {
			explain(w, rule, sent, "too costly", NULL, NULL);
			return;
		}
		/* the next match may begin inside this one: hedges use the match data, so note the place first */
		start = pcre2_get_ovector_pointer(w->md)[rule->once ? 1 : 0];
		rc = rule->again && rules_group(rule->match, w->md, "T", &from, &to) == 0;
		take_match(w, rule, s, sent);
		if (rc && ++rounds < AGAIN_MAX) {
			if (masked == NULL)
				masked = arena_strndup(w->d->arena, text, n);
			slotted_mask(masked, from, to);
			text = masked;
			continue;
		}
		rounds = 0;
		text = buf_str(&s->text);
		if (masked != NULL)
			memcpy(masked, text, n);
		at = (start > at ? start : at) + 1;
		while (at < n && ((unsigned char)text[at] & 0xc0) == 0x80)
			at++;
	}
}

/* The rules that the words and the slots of a sentence allow. */
static void
run_rules(struct work *w, const struct slotted *s, size_t sent)
{
	uint32_t present = 0;
	size_t i;

	for (i = 0; i < s->slots.n; i++)
		present |= UINT32_C(1) << w->things.things.v[s->slots.v[i].thing].row;
	for (i = 0; present != 0 && i < w->r->rules.n; i++) {
		const struct rule *rule = &w->r->rules.v[i];

		if (w->rows[i / 64] >> i % 64 & 1 && rule->source_rows & present && rule->target_rows & present &&
		    (s->slots.n > 1 || rule->effect == RULE_SET))
			run_rule(w, rule, s, sent);
	}
}

static void
run_sentences(struct work *w)
{
	struct slotted pair[2] = { { .text = BUF_INIT(LIMIT_DOCUMENT) }, { .text = BUF_INIT(LIMIT_DOCUMENT) } };
	struct slotted *cur = &pair[0], *before = NULL;
	struct recall recall;
	size_t sent, next = 0, story = SIZE_MAX;

	memset(recall.thing, 0xff, sizeof(recall.thing));
	memset(recall.sent, 0, sizeof(recall.sent));
	memset(recall.named, 0, sizeof(recall.named));
	memset(recall.several, 0xff, sizeof(recall.several));
	for (sent = 0; sent < w->d->nsent; sent++) {
		if (!states(w->d, sent) || w->d->sents[sent].end - w->d->sents[sent].start > LIMIT_SENTENCE)
			continue;
		if (story_of(w->d, sent) != story) {
			memset(recall.thing, 0xff, sizeof(recall.thing));
			story = story_of(w->d, sent);
			before = NULL;
		}
		slotted_build(w->d, w->m, &w->things, w->r, sent, before, &recall, &next, cur);
		if (cur->slots.n > 0)
			rules_needed(&w->r->rules_need, buf_str(&cur->text), cur->text.len, w->rows);
		run_rules(w, cur, sent);
		take_brackets(w, cur);
		before = cur;
		cur = cur == &pair[0] ? &pair[1] : &pair[0];
	}
	slotted_free(&pair[0]);
	slotted_free(&pair[1]);
}

/* ---- techniques that a table lists ------------------------------------------------------------------------------------- */

#define ROLE_TECHNIQUES	"techniques"	/* the role of a section that lists what was seen, by ATT&CK */

/* A text about one actor, or else one campaign, or else one malware: that one; SIZE_MAX when there are several, or none. */
static size_t
only_subject(const struct work *w)
{
	static const char *const kinds[][3] = { { "intrusion-set", "threat-actor" }, { "campaign" }, { "malware" } };
	size_t i, k, found;

	for (k = 0; k < ARRAY_LEN(kinds); k++) {
		size_t n = 0;

		for (i = 0, found = SIZE_MAX; i < w->things.things.n; i++) {
			const struct thing *t = &w->things.things.v[i];

			if (t->same == i && t->asserted && !t->law && has_type(kinds[k], slot_classes[t->row].type)) {
				found = i;
				n++;
			}
		}
		if (n > 0)
			return n == 1 ? found : SIZE_MAX;
	}
	return SIZE_MAX;
}

/* The techniques in a section of that role are those of the one that the text is about. */
static void
add_listed(struct work *w)
{
	static const struct rule rule = { .id = "techniques.listed", .rel = "uses" };
	size_t subject = only_subject(w), i;

	for (i = 0; subject != SIZE_MAX && i < w->m->n; i++) {
		const struct mention *m = &w->m->v[i];
		const struct doc_role *role;
		struct edge *edge;
		size_t section;

		if (w->things.of[i] == SIZE_MAX || strcmp(m->type, "attack-pattern") != 0 || m->sent == SIZE_MAX ||
		    !states(w->d, m->sent))
			continue;
		section = w->d->blocks[w->d->sents[m->sent].block].section;
		role = section < w->d->nsection ? w->d->sections[section].role : NULL;
		if (role == NULL || strcmp(role->name, ROLE_TECHNIQUES) != 0)
			continue;
		edge = vec_push(w->d->arena, &w->edges);
		*edge = (struct edge){ .s = subject, .t = w->things.of[i], .rel = rule.rel, .rule = &rule, .confidence = 75,
		    .sent = m->sent, .behind = { SIZE_MAX, SIZE_MAX } };
		explain(w, &rule, m->sent, "states", &w->things.things.v[subject], &w->things.things.v[edge->t]);
	}
}

/* ---- other names ------------------------------------------------------------------------------------------------------- */

/* Of two names of one thing statements become statements about that one. */
static void
join_names(struct work *w)
{
	size_t i;

	things_join(&w->things, w->m->n);
	for (i = 0; i < w->edges.n; i++) {
		struct edge *edge = &w->edges.v[i];

		edge->s = w->things.things.v[edge->s].same;
		edge->t = w->things.things.v[edge->t].same;
		edge->dropped |= edge->s == edge->t;
	}
}

/* What else an entity is called, each name once, however it is written. */
static void
add_aliases(struct work *w, const struct thing *t, struct entity *en)
{
	struct met *table = NULL;
	size_t i;

	met_add(w, &table, text_fold(w->d->arena, en->name, strlen(en->name)), 0);
	for (i = 0; i < t->names.n; i++) {
		const char *key = text_fold(w->d->arena, t->names.v[i], strlen(t->names.v[i]));

		if (met_find(table, key) != NULL)
			continue;
		met_add(w, &table, key, i);
		*vec_push(w->f->arena, &en->aliases) = t->names.v[i];
	}
	HASH_CLEAR(hh, table);
}

/* ---- what the document states --------------------------------------------------------------------------------------- */

/* A law-enforcement operation is no adversary, and an adversary's campaign is not treated as one (DESIGN 6). */
static void
check_law(struct work *w)
{
	size_t i;

	for (i = 0; i < w->edges.n; i++) {
		struct edge *edge = &w->edges.v[i];
		const struct thing *s = &w->things.things.v[edge->s], *t = &w->things.things.v[edge->t];
		int law = s->law || t->law;

		if (edge->rule->law < 0 || edge->rule->law == law)
			continue;
		edge->dropped = 1;
		explain(w, edge->rule, edge->sent, law ? "veto: law enforcement" : "veto: no law enforcement", s, t);
	}
}

/* The two ends, whichever of them is the source. */
static const char *
pair_key(struct work *w, const struct edge *edge)
{
	return arena_printf(w->d->arena, "%zu %zu", edge->s < edge->t ? edge->s : edge->t, edge->s < edge->t ? edge->t : edge->s);
}

/* related-to says nothing where a more precise relationship joins the same two. */
static void
check_related(struct work *w)
{
	size_t i;

	for (i = 0; i < w->edges.n; i++) {
		const struct edge *edge = &w->edges.v[i];
		const char *key = pair_key(w, edge);

		if (!edge->dropped && strcmp(edge->rel, "related-to") != 0 && met_find(w->pairs, key) == NULL)
			met_add(w, &w->pairs, key, i);
	}
	for (i = 0; i < w->edges.n; i++) {
		struct edge *edge = &w->edges.v[i];

		if (!edge->dropped && strcmp(edge->rel, "related-to") == 0)
			edge->dropped = met_find(w->pairs, pair_key(w, edge)) != NULL;
	}
}

/* The sentence's text, one copy for all that it is evidence of. */
static const char *
text_of(struct work *w, size_t sent)
{
	if (w->texts == NULL)
		w->texts = arena_alloc(w->d->arena, (w->d->nsent + 1) * sizeof(*w->texts));
	if (w->texts[sent] == NULL)
		w->texts[sent] = doc_sentence_text(w->d, sent);
	return w->texts[sent];
}

/* A sentence is evidence once of one thing, which stands at start; here, where it comes twice, it comes twice in a row. */
static void
add_evidence(struct work *w, struct evidences *list, size_t sent, size_t start, size_t end, const char *rule)
{
	const struct doc_sentence *s = &w->d->sents[sent];
	const struct evidence *last = list->n > 0 ? &list->v[list->n - 1] : NULL;
	struct evidence ev = { .rule = rule };
	size_t from, to;

	if (last != NULL && last->start >= doc_input(w->d, s->start) && last->end <= doc_input_end(w->d, s->end))
		return;
	doc_quote(w->d, sent, start, end, &from, &to);
	ev.start = doc_input(w->d, from);
	ev.end = doc_input_end(w->d, to);
	ev.text = to - from == s->end - s->start ? text_of(w, sent) : doc_span_text(w->d, from, to);
	if (list->n == list->cap)
		list->v = arena_grow(w->d->arena, list->v, sizeof(*list->v), &list->cap);
	list->v[list->n++] = ev;
}

/* The techniques of which a kind (T1566.001 of T1566) is spoken of. */
static void
find_general(struct work *w)
{
	size_t i;

	for (i = 0; i < w->things.things.n; i++) {
		const struct thing *t = &w->things.things.v[i];
		const char *id = t->first->ext_id, *dot = id != NULL ? strchr(id, '.') : NULL;
		const char *key;

		if (dot == NULL || !t->asserted || !(t->near || t->related))
			continue;
		key = arena_strndup(w->d->arena, id, (size_t)(dot - id));
		if (met_find(w->general, key) == NULL)
			met_add(w, &w->general, key, i);
	}
}

/* Is another thing a kind of this technique? Then it says more. */
static int
is_outdone(const struct work *w, const struct thing *t)
{
	return strcmp(t->first->type, "attack-pattern") == 0 && t->first->ext_id != NULL &&
	    met_find(w->general, t->first->ext_id) != NULL;
}

static int
is_kept(const struct work *w, const struct thing *t)
{
	enum slot_keep keep = slot_classes[t->row].keep;

	if (t->asserted && keep == KEEP_NEAR && !t->related && is_outdone(w, t))
		return 0;
	return t->asserted && keep != KEEP_NEVER && (keep == KEEP_NAMED || t->related || (keep == KEEP_NEAR && t->near));
}

/* last_seen is not before first_seen (STIX 4.4.1 and others): then one of them is about something else. */
static void
check_times(struct thing *t)
{
	const char *first = json_string_value(json_object_get(t->props, "first_seen"));
	const char *last = json_string_value(json_object_get(t->props, "last_seen"));

	if (first != NULL && last != NULL && strcmp(first, last) > 0)
		json_object_del(t->props, "last_seen");
}

static void
add_entity(struct work *w, struct thing *t)
{
	const struct mention *m = t->first;
	struct entity *en = vec_push(w->f->arena, &w->f->entities);

	memset(en, 0, sizeof(*en));
	en->id = t->id = arena_printf(w->f->arena, "e%zu", w->f->entities.n);
	en->type = slot_classes[t->row].type;
	en->name = m->value;
	en->confidence = -1;
	check_times(t);
	en->props = t->props;
	t->props = NULL;
	add_aliases(w, t, en);
	if (strcmp(en->type, "identity") == 0 && m->class_hint != NULL) {
		if (en->props == NULL)
			en->props = json_object();
		json_object_set_new(en->props, "identity_class", json_string(m->class_hint));
	}
}

/* Entities in the order of their first mention; each mention that states something is evidence. */
static void
build_entities(struct work *w)
{
	size_t i;

	for (i = 0; i < w->m->n; i++) {
		const struct mention *m = &w->m->v[i];
		struct thing *t;
		struct entity *en;

		if (w->things.of[i] == SIZE_MAX || m->sent == SIZE_MAX || !states(w->d, m->sent))
			continue;
		t = &w->things.things.v[w->things.of[i]];
		if (!is_kept(w, t))
			continue;
		if (t->id == NULL)
			add_entity(w, t);
		en = &w->f->entities.v[strtoul(t->id + 1, NULL, 10) - 1];
		if (m->ext_id != NULL && en->externals.n == 0) {
			struct external x = { .source = m->ext_source, .id = m->ext_id };

			*vec_push(w->f->arena, &en->externals) = x;
		}
		add_evidence(w, &en->evidence, m->sent, m->start, m->end, m->rule);
	}
}

#define TYPE_WEAKNESS	"weakness"	/* of a mention: no type of STIX has it, what has the weakness gets its id */

#define WEAKNESS_REACH	256	/* mentions at the beginning of a sentence among which the vulnerability is looked for */
#define WEAKNESSES_MAX	16	/* kinds of one vulnerability */

/* A sentence that names one vulnerability and a kind of weakness (CWE-79) says of which kind that is. */
static void
add_weaknesses(struct work *w)
{
	size_t i, k, first = 0;

	for (i = 0; i < w->m->n; i++) {
		const struct mention *m = &w->m->v[i];
		const struct thing *only = NULL;
		struct entity *en;
		int several = 0;

		while (first < i && w->m->v[first].sent != m->sent)
			first++;
		if (m->class != MENTION_NAME || strcmp(m->type, TYPE_WEAKNESS) != 0 || m->sent == SIZE_MAX)
			continue;
		for (k = first; k < w->m->n && k - first < WEAKNESS_REACH && w->m->v[k].sent == m->sent; k++) {
			const struct thing *t = w->things.of[k] != SIZE_MAX ? &w->things.things.v[w->things.of[k]] : NULL;

			if (t == NULL || t->id == NULL || strcmp(slot_classes[t->row].type, "vulnerability") != 0)
				continue;
			several |= only != NULL && only != t;
			only = t;
		}
		if (only == NULL || several)
			continue;
		en = &w->f->entities.v[strtoul(only->id + 1, NULL, 10) - 1];
		for (k = 0; k < en->externals.n && strcmp(en->externals.v[k].id, m->ext_id) != 0; k++)
			;
		if (k == en->externals.n && k <= WEAKNESSES_MAX)
			*vec_push(w->f->arena, &en->externals) = (struct external){ .source = m->ext_source, .id = m->ext_id };
	}
}

static struct relation *
relation_of(struct work *w, const char *s, const char *rel, const char *t)
{
	const char *key = arena_printf(w->d->arena, "%s %s %s", s, rel, t);
	const struct met *m = met_find(w->relations, key);
	struct relation *r;

	if (m != NULL)
		return &w->f->relations.v[m->nr];
	met_add(w, &w->relations, key, w->f->relations.n);
	r = vec_push(w->f->arena, &w->f->relations);
	memset(r, 0, sizeof(*r));
	r->source = s;
	r->target = t;
	r->type = rel;
	return r;
}

/* Sentences that are referred back to come in any order. */
static void
add_statement(struct work *w, struct relation *r, size_t sent, const char *rule)
{
	const char *key = arena_printf(w->d->arena, "%zu %zu", (size_t)(r - w->f->relations.v), sent);

	if (met_find(w->quoted, key) != NULL)
		return;
	met_add(w, &w->quoted, key, sent);
	add_evidence(w, &r->evidence, sent, w->d->sents[sent].start, w->d->sents[sent].start, rule);
}

static void
build_relations(struct work *w)
{
	size_t i, k;

	for (i = 0; i < w->edges.n; i++) {
		const struct edge *edge = &w->edges.v[i];
		const struct thing *s = &w->things.things.v[edge->s], *t = &w->things.things.v[edge->t];
		struct relation *r;

		if (edge->dropped || s->id == NULL || t->id == NULL)
			continue;
		r = relation_of(w, s->id, edge->rel, t->id);
		if (edge->confidence > r->confidence)
			r->confidence = edge->confidence;
		add_statement(w, r, edge->sent, edge->rule->id);
		for (k = 0; k < 2; k++)
			if (edge->behind[k] != SIZE_MAX)
				add_statement(w, r, edge->behind[k], edge->rule->id);
	}
}

/* ---- lists under a name ------------------------------------------------------------------------------------------------ */

#define LISTED_CONFIDENCE	80	/* a heading is an editor's word for what stands below it */

static void
find_listed(struct work *w, const struct phrases *p)
{
	size_t i;

	headings_find(w->d, phrases_layout(p, w->d->lang->tag), w->m, &w->things, w->f, &w->lists);
	for (i = 0; i < w->lists.n; i++) {
		const struct heading_link *l = &w->lists.v[i];
		struct thing *t = &w->things.things.v[l->thing];

		t->related = 1;
		if (w->explain != NULL)
			buf_printf(w->explain, "%zu\t%s\tstates\t%s indicates %s %s\t%s\n", doc_input(w->d, w->d->sents[l->shown].start),
			    l->row ? "list.row" : "list.heading", w->f->observables.v[l->observable].id, slot_classes[t->row].type,
			    t->first->value, doc_sentence_text(w->d, l->said));
	}
}

static void
build_listed(struct work *w)
{
	size_t i;

	for (i = 0; i < w->lists.n; i++) {
		const struct heading_link *l = &w->lists.v[i];
		const struct thing *t = &w->things.things.v[l->thing];
		const char *rule = l->row ? "list.row" : "list.heading";
		struct relation *r;

		if (t->id == NULL)
			continue;
		r = relation_of(w, w->f->observables.v[l->observable].id, "indicates", t->id);
		r->confidence = LISTED_CONFIDENCE;
		add_statement(w, r, l->said, rule);
		add_statement(w, r, l->shown, rule);
	}
}

int
relate(const struct doc *d, const struct phrases *p, const struct mentions *m, struct facts *f, struct buf *explain_to, struct err *e)
{
	struct work w = { .d = d, .m = m, .f = f, .explain = explain_to };
	size_t i;

	if (phrases_rules(p, d->lang->tag, &w.r, e) != 0)
		return -1;
	w.md = pcre2_match_data_create(64, NULL);
	w.aside = pcre2_match_data_create(64, NULL);
	if (w.md == NULL || w.aside == NULL)
		base_oom();
	w.rows = arena_alloc(d->arena, (w.r->rules_need.words + 1) * sizeof(*w.rows));
	things_build(d, m, &w.things);
	run_sentences(&w);
	join_names(&w);
	add_listed(&w);
	check_law(&w);
	check_related(&w);
	find_listed(&w, p);
	for (i = 0; i < w.edges.n; i++)
		if (!w.edges.v[i].dropped)
			w.things.things.v[w.edges.v[i].s].related = w.things.things.v[w.edges.v[i].t].related = 1;
	find_general(&w);
	build_entities(&w);
	add_weaknesses(&w);
	build_relations(&w);
	build_listed(&w);
	for (i = 0; i < w.things.things.n; i++)
		json_decref(w.things.things.v[i].props);
	HASH_CLEAR(hh, w.pairs);
	HASH_CLEAR(hh, w.relations);
	HASH_CLEAR(hh, w.quoted);
	HASH_CLEAR(hh, w.general);
	pcre2_match_data_free(w.md);
	pcre2_match_data_free(w.aside);
	return 0;
}
