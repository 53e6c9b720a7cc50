/*
 * Finding known names. One pass over the folded text collects candidates, type nouns and other phrases; then each candidate is
 * judged: a distinctive name stands for itself, a plain word, a short or an ambiguous name needs support (a type noun beside it,
 * quotes, a sure mention before). What is doubtful is dropped.
 */
#include <stdlib.h>
#include <string.h>

#include <unictype.h>

#include "convert/finder.h"

/* ---- judging ------------------------------------------------------------------------------------------------------------------------ */

/* The way that was meant: the first of the type. */
static const struct way *
meant(const struct candidate *c)
{
	size_t i;

	for (i = 0; i < c->nway; i++)
		if (finder_compatible(known_text(c->t, c->t->row[c->way[i].s->row].type), c->type))
			return &c->way[i];
	/* malware by whose name the text calls a group */
	for (i = 0; i < c->nway && strcmp(c->type, "intrusion-set") == 0; i++)
		if (known_is(c->t, c->t->row[c->way[i].s->row].type, "malware"))
			return &c->way[i];
	return NULL;
}

/* Does the name stand inside a sentence, so that its capital means something? */
static int
mid_sentence(const struct finder *w, size_t start)
{
	const char *s = w->d->text;

	while (start > 0 && s[start - 1] == ' ')
		start--;
	if (start >= 3 && (unsigned char)s[start - 1] >= 0x80)
		return quote_at(s + start - 3, 3) == 0 && memcmp(s + start - 3, "。", 3) != 0;
	return start > 0 && (is_lower(s[start - 1]) || is_digit(s[start - 1]) || s[start - 1] == ',' || s[start - 1] == '(');
}

/* Of a plain word with a capital: does the capital tell that it is a name? In Japanese any Latin letter does. */
static int
capital_counts(const struct finder *w, const struct candidate *c)
{
	return mid_sentence(w, c->start) || (unsigned char)w->d->text[c->end] >= 0x80;
}

static int
given_at(const struct finder *w, size_t start, size_t end)
{
	size_t i, lo = 0, hi = w->given.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->given.v[mid].end < end)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (i = lo; i < w->given.n && w->given.v[i].end == end; i++)
		if (start == SIZE_MAX || w->given.v[i].start == start)
			return 1;
	return 0;
}

/* Is the word in front a name too, such as a given name that is not known? It has a capital, and does not begin a line. */
static int
capital_before(const struct finder *w, size_t start)
{
	const char *s = w->d->text;
	size_t i = start > 0 ? start - 1 : 0;

	if (i == 0 || s[i] != ' ')
		return 0;
	while (i > 0 && (is_lower(s[i - 1]) || is_upper(s[i - 1])))
		i--;
	return start - 1 - i > 3 && is_upper(s[i]) && is_lower(s[i + 1]) && i > 0 && s[i - 1] == ' ';
}

/* "Kevin Beaumont": a given name in front of a surname, or a surname behind a given name. */
static int
person(const struct finder *w, const struct candidate *c)
{
	const char *s = w->d->text;
	size_t end = c->end, n;

	if (memchr(s + c->start, ' ', end - c->start) != NULL || !is_upper(s[c->start]))
		return 0;
	if (end + 2 < w->d->len && s[end] == ' ' && is_upper(s[end + 1]) && is_lower(s[end + 2]) && given_at(w, c->start, end)) {
		n = finder_noun_from(w, end);
		return n == w->nouns.n || w->nouns.v[n].start != end + 1;
	}
	if (given_at(w, c->start, end) && capital_before(w, c->start))
		return 1;
	return c->start > 1 && s[c->start - 1] == ' ' && given_at(w, SIZE_MAX, c->start - 1);
}

/* Does an ATT&CK id stand in the same line, close by? */
static int
id_beside(const struct finder *w, const struct candidate *c)
{
	const char *s = w->d->text;
	size_t from = c->start > MAX_LINK ? c->start - MAX_LINK : 0, i;

	for (i = c->start; i > from && s[i - 1] != '\n'; i--)
		;
	for (; i + 5 < c->start; i++)
		if (s[i] == 'T' && is_digit(s[i + 1]) && is_digit(s[i + 2]) && is_digit(s[i + 3]) && is_digit(s[i + 4]))
			return 1;
	return 0;
}

/* Letters and digits that a reader sees. */
static size_t
visible(const struct candidate *c)
{
	const char *key = known_text(c->t, c->t->trie.key[c->key]);

	return utf8_count(key, strlen(key)) + c->glued;
}

/* Does a noun support a plain word? Of a very plain one only a noun that says exactly what it is, and a capital that means something. */
static int
noun_supports(const struct finder *w, const struct candidate *c, const struct way *way)
{
	const char *s = w->d->text;
	int exact = c->noun != NULL && c->noun->hint != 0;

	if (c->noun == NULL)
		return 0;
	if (way->fit == FIT_LOWER && way->s->flags & KNOWN_WORD)
		return 0;
	if (way->s->flags & KNOWN_COMMON)
		return c->direct && exact && (c->quoted || (c->after && c->plain_noun && mid_sentence(w, c->start)));
	if (way->s->flags & KNOWN_WORD && (unsigned char)s[c->start] < 0x80)
		return is_upper(s[c->start]) && (exact || c->quoted || mid_sentence(w, c->start));
	return 1;
}

struct verdict {
	const char *rule;
	int confidence;
};

/* Of a place or an organisation. */
static struct verdict
judge_plain(const struct finder *w, const struct candidate *c, const struct way *way)
{
	int sector = known_is(c->t, c->t->row[way->s->row].role, "sector");

	if (way->s->flags & KNOWN_WORD && c->noun == NULL && (sector || !mid_sentence(w, c->start)))
		return (struct verdict){ NULL, 0 };
	return (struct verdict){ "name.knowledge", sector ? 60 : way->s->flags & KNOWN_WORD ? 70 : 90 };
}

static struct verdict
judge(const struct finder *w, const struct candidate *c, const struct way *way)
{
	int weak = (way->s->flags & KNOWN_WORD) || way->fit == FIT_LOWER;
	int technique = strcmp(c->type, "attack-pattern") == 0;
	int alias = (way->s->flags & KNOWN_ALIAS) != 0;

	if (finder_plain_type(c->type))
		return judge_plain(w, c, way);
	if (visible(c) <= SHORT_NAME && !technique)
		weak = 1;
	if (!weak && !c->ambiguous)
		return (struct verdict){ c->direct ? "name.noun" : "name.knowledge", c->direct ? 95 : alias ? 80 : 90 };
	if (noun_supports(w, c, way))
		return (struct verdict){ "name.noun", 85 };
	if (technique)
		return !(way->s->flags & KNOWN_COMMON) && id_beside(w, c) ? (struct verdict){ "name.beside-id", 90 } :
		    (struct verdict){ NULL, 0 };
	if (way->s->flags & KNOWN_COMMON)
		return (struct verdict){ NULL, 0 };
	if (c->quoted && way->fit == FIT_GOOD && has_kind(w->d->text + c->start, c->end - c->start, is_upper))
		return (struct verdict){ "name.quoted", 70 };
	if (w->sure[c->group] && way->fit == FIT_GOOD && (!(way->s->flags & KNOWN_WORD) || capital_counts(w, c)))
		return (struct verdict){ "name.again", 75 };
	return (struct verdict){ NULL, 0 };
}

/* ---- mentions ------------------------------------------------------------------------------------------------------------------------ */

/* The name as the text writes it, blanks folded. */
static const char *
as_written(const struct finder *w, size_t start, size_t end)
{
	char *out = arena_alloc(w->d->arena, end - start + 1);
	size_t i, n = 0;

	for (i = start; i < end; i++)
		if (w->d->text[i] != ' ' || (n > 0 && out[n - 1] != ' '))
			out[n++] = w->d->text[i];
	return out;
}

/* The one id that the name has: of the row that is meant, else of the only other row of the type. Several: whose name is it? */
static void
find_id(const struct candidate *c, const struct way *way, struct mention *m)
{
	const struct known_row *r = &c->t->row[way->s->row];
	int alias = (way->s->flags & KNOWN_ALIAS) != 0;
	size_t i;

	if (!finder_compatible(known_text(c->t, r->type), c->type))
		return;
	for (i = 0; i < c->nway; i++) {
		const struct known_row *other = &c->t->row[c->way[i].s->row];

		if (other->id == 0 || (r->id != 0 && other->id == r->id) || strcmp(known_text(c->t, other->type), c->type) != 0)
			continue;
		if (r->id != 0 && alias)
			return;
		if (r->id == 0)
			r = other;
	}
	if (r->id != 0) {
		m->ext_source = known_text(c->t, r->source);
		m->ext_id = known_text(c->t, r->id);
	}
}

/* Sort of malware, by the noun beside it, else by what is known, if all rows agree. */
static const char *
find_hint(const struct candidate *c, const struct way *way)
{
	uint32_t hint = c->t->row[way->s->row].hint;
	size_t i;

	if (strcmp(c->type, "malware") == 0 && c->noun != NULL && c->noun->hint != 0 && known_is(c->noun_table, c->noun->type, "malware"))
		return known_text(c->noun_table, c->noun->hint);
	for (i = 0; i < c->nway; i++)
		if (c->t->row[c->way[i].s->row].hint != hint && known_is(c->t, c->t->row[c->way[i].s->row].type, "malware"))
			hint = 0;
	return hint == 0 || !finder_compatible(known_text(c->t, c->t->row[way->s->row].type), c->type) ? NULL : known_text(c->t, hint);
}

static int
keeps_alias(const char *type)
{
	return !finder_plain_type(type) && strcmp(type, "attack-pattern") != 0;
}

static void
mention(struct finder *w, const struct candidate *c, const struct way *way, struct verdict v)
{
	struct mention *m = vec_push(w->kept, &w->found);
	struct known known;

	known_row_strings(c->t, way->s->row, &known);
	memset(m, 0, sizeof(*m));
	m->class = MENTION_NAME;
	m->start = c->start;
	m->end = c->end;
	m->value = known.name;
	/* some lists have all names in small letters */
	if (keeps_alias(c->type) && (way->s->flags & KNOWN_ALIAS || c->glued != 0 || !has_kind(m->value, strlen(m->value), is_upper)))
		m->value = as_written(w, c->start, c->end);
	m->rule = v.rule;
	m->confidence = v.confidence;
	m->type = c->type;
	m->role = known.role;
	m->class_hint = find_hint(c, way);
	find_id(c, way, m);
}

static void
accept(struct finder *w)
{
	size_t i, covered = 0;

	for (i = 0; i < w->c.n; i++) {
		const struct candidate *c = &w->c.v[i];
		const struct way *way;
		struct verdict v;

		if (c->start < covered)
			continue;
		if (c->blocked) {
			covered = c->end;
			continue;
		}
		way = c->nway > 0 ? meant(c) : NULL;
		if (way == NULL || finder_is_claimed(w, c->start, c->end) || finder_voided(w, c->end, c->type))
			continue;
		v = judge(w, c, way);
		if (v.rule == NULL || ((!(way->s->flags & KNOWN_ALIAS) || way->s->flags & KNOWN_WORD) && person(w, c)))
			continue;
		mention(w, c, way, v);
		w->sure[c->group] |= strcmp(v.rule, "name.again") != 0;
		covered = c->end;
	}
}

/* ---- governments, ids --------------------------------- */

/* Of the mentions before index n, sorted and apart, the first that ends behind `at`. */
static size_t
found_from(const struct finder *w, size_t n, size_t at)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->found.v[mid].end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int
is_country(const struct mention *m)
{
	return m->ext_source != NULL && strcmp(m->ext_source, "iso-3166") == 0;
}

/* The country in front of a government word (台湾政府, "Taiwanese government"), or behind it ("government of Taiwan"). */
static const struct mention *
country_of(const struct finder *w, const struct phrase *p, size_t next, size_t n)
{
	const struct mention *m = next > 0 ? &w->found.v[next - 1] : NULL;
	const char *s = w->d->text;

	if (p->row->hint != 0) {
		m = next < n ? &w->found.v[next] : NULL;
		return m != NULL && is_country(m) && m->start == p->end + 1 && s[p->end] == ' ' ? m : NULL;
	}
	if (m != NULL && is_country(m)) {
		size_t gap = p->start - m->end;

		if (gap == 0 || (gap == 1 && s[m->end] == ' ') || (gap == 3 && memcmp(s + m->end, "の", 3) == 0))
			return m;
	}
	return NULL;
}

static void
add_governments(struct finder *w)
{
	size_t i, n = w->found.n;

	for (i = 0; i < w->governments.n; i++) {
		const struct phrase *p = &w->governments.v[i];
		size_t next = found_from(w, n, p->start);
		const struct mention *country = country_of(w, p, next, n);
		struct mention m = { .class = MENTION_NAME, .start = p->start, .end = p->end, .type = "identity",
		    .class_hint = "organization", .role = "government", .rule = "name.government", .confidence = 85 };

		/* "U.S. government of the United States": one word of the two readings is enough. */
		if (country == NULL || (next < n && w->found.v[next].start < p->end) ||
		    (w->found.n > n && w->found.v[w->found.n - 1].end > p->start) ||
		    finder_voided(w, p->end, "government"))
			continue;
		m.value = arena_printf(w->d->arena, "Government of %s", country->value);
		*vec_push(w->kept, &w->found) = m;
	}
}

/* A technique that the scan found by its id has a name. */
static void
name_ids(const struct knowledge *k, struct mentions *m)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		struct mention *x = &m->v[i];
		struct known known;

		if (x->class == MENTION_NAME && x->ext_source != NULL && x->ext_id != NULL &&
		    knowledge_by_id(k, x->ext_source, x->ext_id, &known) && strcmp(known.type, x->type) == 0)
			x->value = known.name;
	}
}

static int
mention_order(const void *x, const void *y)
{
	const struct mention *a = x, *b = y;

	return a->start != b->start ? (a->start < b->start ? -1 : 1) : 0;
}

/* Joins what was found to m, sorted, with the sentence each stands in. */
static void
join(const struct finder *w, struct mentions *m)
{
	size_t i, s = 0, had = m->n, n = m->n + w->found.n;
	struct mention *v;

	mentions_add(w->d->arena, m, w->found.v, w->found.n);
	v = m->v;
	for (i = had; i < n; i++)
		v[i].sent = SIZE_MAX;
	if (n > 1)
		qsort(v, n, sizeof(*v), mention_order);
	for (i = 0; i < n; i++) {
		while (s < w->d->nsent && w->d->sents[s].end <= v[i].start)
			s++;
		if (v[i].class == MENTION_NAME && v[i].sent == SIZE_MAX && s < w->d->nsent && w->d->sents[s].start <= v[i].start)
			v[i].sent = s;
	}
}

void
find_names(const struct doc *d, const struct phrases *p, const struct knowledge *k, struct mentions *m, struct facts *f)
{
	static const struct layout_lang none;
	const struct layout_lang *lang = p != NULL ? phrases_layout(p, d->lang->tag) : NULL;
	struct finder w = { .d = d, .lang = lang != NULL ? lang : &none, .k = k, .a = arena_new(), .kept = arena_new() };

	(void)f;
	fold_begin(&w.f, d->text, d->len);
	fold_begin(&w.names, "", 0);
	finder_collect(&w, m);
	finder_support(&w);
	accept(&w);
	add_governments(&w);
	name_ids(k, m);
	arena_free(w.a);	/* the most of it is needed no more, and the mentions take some room */
	join(&w, m);
	m->over |= w.over;
	fold_end(&w.f);
	fold_end(&w.names);
	arena_free(w.scratch);
	arena_free(w.kept);
}
