#include <stdlib.h>
#include <string.h>

#include "convert/finder.h"

/* The flags of the entries that are exactly the folded text from..to. */
static uint32_t
entry_flags(const struct finder *w, const char *s, size_t n)
{
	struct trie_hit hit[1];
	uint32_t flags = 0;
	size_t i, k;

	for (i = 0; i < w->k->ntable; i++) {
		const struct known_table *t = w->k->table[i];

		if (trie_prefixes(&t->trie, s, n, hit, 1) == 0 || hit[0].len != n)
			continue;
		for (k = t->first[hit[0].key]; k < t->first[hit[0].key + 1]; k++)
			flags |= t->surface[k].flags;
	}
	return flags;
}

/* ---- support ---------------------------------------------------------------------------------------------------------------------- */

static const char *const quotes[] = { "「", "」", "『", "』", "“", "”", "‘", "’", "\"", "'", "[", "]", "(", ")", "（", "）", "《", "》",
    "【", "】", "`", "*", NULL };

size_t
quote_at(const char *s, size_t n)
{
	size_t i;

	for (i = 0; quotes[i] != NULL; i++)
		if (strlen(quotes[i]) <= n && memcmp(s, quotes[i], strlen(quotes[i])) == 0)
			return strlen(quotes[i]);
	return 0;
}

/* Does nothing but blanks, quotes and a link word stand between from and to? */
static int
linked(struct finder *w, size_t from, size_t to)
{
	const char *s = w->d->text;
	struct folded word;
	size_t q;

	if (to - from > MAX_LINK || memchr(s + from, '\n', to - from) != NULL)
		return 0;
	fold_span(&w->f, finder_scratch(w), from, to, &word);
	if (word.n > 0 && !(entry_flags(w, word.s, word.n) & KNOWN_LINK))
		return 0;
	while (from < to) {
		if (s[from] == ' ' || s[from] == '-')
			from++;
		else if ((q = quote_at(s + from, to - from)) > 0)
			from += q;
		else if (word.n > 0 && word.at[0] == from)
			from = word.end[word.n - 1];
		else
			return 0;
	}
	return 1;
}

int
finder_compatible(const char *noun, const char *type)
{
	static const char *const pairs[][2] = { { "malware", "tool" }, { "tool", "malware" }, { "intrusion-set", "threat-actor" },
	    { "threat-actor", "intrusion-set" }, { "infrastructure", "malware" } };
	size_t i;

	if (strcmp(noun, type) == 0)
		return 1;
	for (i = 0; i < ARRAY_LEN(pairs); i++)
		if (strcmp(pairs[i][0], noun) == 0 && strcmp(pairs[i][1], type) == 0)
			return 1;
	return 0;
}

/*
 * What the candidate is where that noun stands beside it, or NULL. "The Royal ransomware group": malware, if no group is known by
 * that name; but a noun that only a group has makes it one.
 */
static const char *
type_by_noun(const struct candidate *c, const struct known_table *t, const struct known_row *row)
{
	const char *malware = NULL, *noun = known_text(t, row->type);
	size_t i;

	for (i = 0; i < c->nway; i++) {
		const char *type = known_text(c->t, c->t->row[c->way[i].s->row].type);

		if (finder_compatible(noun, type))
			return type;
		if (strcmp(type, "malware") == 0)
			malware = type;
	}
	if (strcmp(noun, "intrusion-set") != 0)
		return NULL;
	return malware != NULL && known_is(t, row->role, "group") ? "intrusion-set" : malware;
}

static void
take_noun(struct candidate *c, const struct known_table *t, const struct known_row *noun, int direct, int after)
{
	if (c->noun != NULL || type_by_noun(c, t, noun) == NULL)
		return;
	c->noun = noun;
	c->noun_table = t;
	c->direct = direct;
	c->after = after;
}

size_t
finder_noun_from(const struct finder *w, size_t at)
{
	size_t lo = 0, hi = w->nouns.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->nouns.v[mid].start < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void
support(struct finder *w, struct candidate *c)
{
	const char *s = w->d->text;
	size_t i = finder_noun_from(w, c->end), k, q;

	if (i < w->nouns.n && linked(w, c->end, w->nouns.v[i].start))
		take_noun(c, w->nouns.v[i].t, w->nouns.v[i].row, 1, 1);
	c->plain_noun = c->after && i < w->nouns.n && (!is_upper(s[w->nouns.v[i].start]) || is_upper(s[w->nouns.v[i].start + 1]));
	/* in front: of the nouns that end where the nearest one ends the longest */
	for (k = finder_noun_from(w, c->start), i = w->nouns.n; k > 0 && c->start - w->nouns.v[k - 1].start < 2 * MAX_LINK; k--) {
		const struct phrase *p = &w->nouns.v[k - 1];

		if (p->end <= c->start && (i == w->nouns.n ? linked(w, p->end, c->start) : p->end == w->nouns.v[i].end))
			i = k - 1;
	}
	if (i < w->nouns.n)
		take_noun(c, w->nouns.v[i].t, w->nouns.v[i].row, 1, 0);
	q = char_before(s, c->start);
	c->quoted = q > 0 && quote_at(s + c->start - q, q) == q && s[c->start - 1] != '(' && s[c->start - 1] != '*' &&
	    quote_at(s + c->end, w->d->len - c->end) > 0;
}

/* Do two neighbours stand in one list: "A, B and C"? */
static int
listed(struct finder *w, const struct candidate *x, const struct candidate *y)
{
	const char *s = w->d->text;
	size_t from = x->end, to = y->start;
	struct folded word;

	if (to <= from || to - from > MAX_LINK || memchr(s + from, '\n', to - from) != NULL ||
	    memchr(s + from, '.', to - from) != NULL || memmem(s + from, to - from, "。", 3) != NULL)
		return 0;
	fold_span(&w->f, finder_scratch(w), from, to, &word);
	if (word.n > 0)
		return (entry_flags(w, word.s, word.n) & KNOWN_LIST) != 0;
	return memchr(s + from, ',', to - from) != NULL || memmem(s + from, to - from, "、", 3) != NULL ||
	    memchr(s + from, '/', to - from) != NULL;
}

/* The text of the list with which s begins, or NULL. */
static const char *
which(const char *const *list, const char *s)
{
	for (; list != NULL && *list != NULL; list++)
		if (strncmp(s, *list, strlen(*list)) == 0)
			return *list;
	return NULL;
}

/*
 * "healthcare, x, and y industries": the noun at the end of a list of words is that of a sector in it, whether or not what stands
 * between is known.
 */
static void
noun_of_list(const struct finder *w, struct candidate *c)
{
	const char *s = w->d->text;
	size_t i, n, words = 0;
	int separated = 0;

	for (i = c->end; i < w->d->len && i - c->end < LIST_REACH; i++) {
		if (s[i] == ',') {
			separated = 1;
			words = 0;
		} else if (s[i] == ' ' && i + 1 < w->d->len) {
			n = finder_noun_from(w, i + 1);
			if (separated && n < w->nouns.n && w->nouns.v[n].start == i + 1 &&
			    known_is(w->nouns.v[n].t, w->nouns.v[n].row->type, "identity"))
				take_noun(c, w->nouns.v[n].t, w->nouns.v[n].row, 0, 1);
			if (c->noun != NULL || ++words > 3)
				return;
			separated |= which(w->lang->joins, s + i) != NULL;
		} else if (!is_lower(s[i]) && !is_upper(s[i]) && s[i] != '-' && s[i] != '/')
			return;
	}
}

/* "verticals including x, healthcare": the noun in front of a list of words is that of a sector in it. */
static void
noun_before_list(const struct finder *w, struct candidate *c)
{
	const char *s = w->d->text, *opening;
	size_t i, at;

	for (i = finder_noun_from(w, c->start); i > 0 && c->start - w->nouns.v[i - 1].start < 2 * LIST_REACH; i--) {
		const struct phrase *p = &w->nouns.v[i - 1];

		at = p->end + (s[p->end] == 's');
		if ((opening = which(w->lang->openings, s + at)) == NULL || at >= c->start || !known_is(p->t, p->row->type, "identity"))
			continue;
		for (at += strlen(opening); at < c->start; at++)
			if (!is_lower(s[at]) && !is_upper(s[at]) && strchr(" ,-/", s[at]) == NULL)
				return;
		take_noun(c, p->t, p->row, 0, 0);
		return;
	}
}

/* A noun holds for the whole list that stands beside it. */
static void
spread(struct finder *w)
{
	size_t i;

	for (i = 1; i < w->c.n; i++)
		if (w->c.v[i - 1].noun != NULL && w->c.v[i].noun == NULL && listed(w, &w->c.v[i - 1], &w->c.v[i]))
			take_noun(&w->c.v[i], w->c.v[i - 1].noun_table, w->c.v[i - 1].noun, 0, 0);
	for (i = w->c.n; i > 1; i--)
		if (w->c.v[i - 1].noun != NULL && w->c.v[i - 2].noun == NULL && listed(w, &w->c.v[i - 2], &w->c.v[i - 1]))
			take_noun(&w->c.v[i - 2], w->c.v[i - 1].noun_table, w->c.v[i - 1].noun, 0, 0);
	for (i = 0; i < w->c.n; i++) {
		struct candidate *c = &w->c.v[i];

		if (c->noun == NULL && c->nway > 0 && known_is(c->t, c->t->row[c->way[0].s->row].role, "sector"))
			noun_of_list(w, c);
		if (c->noun == NULL && c->nway > 0 && known_is(c->t, c->t->row[c->way[0].s->row].role, "sector"))
			noun_before_list(w, c);
	}
}

/* ---- deciding the type: one name, one type a document ----------------------------------------------------------------------------- */

static int
by_key(const void *x, const void *y)
{
	const struct candidate *a = *(struct candidate *const *)x, *b = *(struct candidate *const *)y;

	if (a->t != b->t)
		return a->t < b->t ? -1 : 1;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

static int
alias_rank(const struct candidate *c, const struct way *way)
{
	return (way->s->flags & KNOWN_ALIAS ? 2 : 0) + (c->t->row[way->s->row].id == 0);
}

int
finder_plain_type(const char *type)
{
	return strcmp(type, "location") == 0 || strcmp(type, "identity") == 0;
}

/* What the name means where no noun says it, and whether that is open. */
static const char *
usual_type(const struct candidate *c, int *ambiguous)
{
	const char *type = known_text(c->t, c->t->row[c->way[0].s->row].type);
	size_t i;

	*ambiguous = 0;
	for (i = 0; i < c->nway; i++) {
		const char *other = known_text(c->t, c->t->row[c->way[i].s->row].type);

		if (finder_plain_type(other)) {
			*ambiguous = 0;
			return other;
		}
		if (!finder_compatible(other, type) && alias_rank(c, &c->way[i]) == alias_rank(c, &c->way[0]))
			*ambiguous = 1;
	}
	return type;
}

/* The type that most nouns say, or NULL. */
static const char *
voted_type(struct candidate *const *group, size_t n)
{
	const char *type[MAX_WAYS], *best = NULL;
	int votes[MAX_WAYS] = { 0 }, most = 0;
	size_t i, k, known = 0;

	for (i = 0; i < n; i++) {
		const char *t = group[i]->noun == NULL ? NULL :
		    type_by_noun(group[i], group[i]->noun_table, group[i]->noun);

		for (k = 0; t != NULL && k < known && strcmp(type[k], t) != 0; k++)
			;
		if (t == NULL || k == MAX_WAYS)
			continue;
		if (k == known)
			type[known++] = t;
		if (++votes[k] > most) {
			most = votes[k];
			best = t;
		}
	}
	return best;
}

/* A tool that the text calls malware is malware. */
static const char *
as_called(struct candidate *const *group, size_t n, const char *type)
{
	size_t i;

	if (strcmp(type, "tool") != 0)
		return type;
	for (i = 0; i < n; i++)
		if (group[i]->noun != NULL && group[i]->direct && known_is(group[i]->noun_table, group[i]->noun->type, "malware"))
			return "malware";
	return type;
}

/*
 * Of a name that is also that of a place or organisation: what it is at this one place. Only a noun that says exactly what it is
 * ("Cuba ransomware") makes it something else, and never an adjective ("Russian hackers", "Turkish ransomware").
 */
static const char *
type_beside_plain(const struct candidate *c, const char *usual)
{
	const char *type = NULL;
	size_t i;

	for (i = 0; i < c->nway; i++)
		if (known_is(c->t, c->t->row[c->way[i].s->row].type, "location") && c->way[i].s->flags & KNOWN_ALIAS)
			return usual;
	if (c->noun != NULL && c->noun->hint != 0 && c->direct)
		type = type_by_noun(c, c->noun_table, c->noun);
	return type != NULL ? type : usual;
}

/* Decides the type of all candidates of one name. */
static void
decide_group(struct candidate **group, size_t n, size_t nr)
{
	int ambiguous = 0;
	const char *voted = voted_type(group, n), *usual = usual_type(group[0], &ambiguous), *type = voted;
	size_t i;

	if (voted == NULL)
		type = usual;
	else
		ambiguous = 0;
	type = as_called(group, n, type);
	for (i = 0; i < n; i++) {
		group[i]->type = finder_plain_type(usual) ? type_beside_plain(group[i], usual) : type;
		group[i]->ambiguous = ambiguous;
		group[i]->group = nr;
	}
}

static void
decide(struct finder *w)
{
	struct candidate **v = arena_alloc(w->a, (w->c.n + 1) * sizeof(struct candidate *));
	size_t i, k, n, group = 0;

	for (i = n = 0; i < w->c.n; i++)
		if (w->c.v[i].nway > 0)
			v[n++] = &w->c.v[i];
	if (n > 1)
		qsort(v, n, sizeof(*v), by_key);
	for (i = 0; i < n; i = k) {
		for (k = i + 1; k < n && v[k]->t == v[i]->t && v[k]->key == v[i]->key; k++)
			;
		decide_group(v + i, k - i, group++);
	}
}

void
finder_support(struct finder *w)
{
	size_t i;

	for (i = 0; i < w->c.n; i++)
		if (w->c.v[i].nway > 0)
			support(w, &w->c.v[i]);
	spread(w);
	decide(w);
	w->sure = arena_alloc(w->a, w->c.n + 1);
}
