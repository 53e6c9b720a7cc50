/*
 * Finding known names. One pass over the folded text collects candidates, type nouns and other phrases; then each candidate is
 * judged: a distinctive name stands for itself, a plain word, a short or an ambiguous name needs support (a type noun beside it,
 * quotes, a sure mention before). What is doubtful is dropped.
 */
#include <stdlib.h>
#include <string.h>

#include <unictype.h>

#include "convert/names.h"

#define MAX_HITS	16	/* names that begin at one place */
#define MAX_WAYS	6	/* rows that share a way to write them */
#define MAX_LINK	48	/* octets between a noun and its name */
#define SHORT_NAME	3	/* letters and digits of a name that is too short to stand alone */
#define MAX_GAP		8	/* octets between two characters of a name */

/* How a surface fits the text. */
enum fit { FIT_NO, FIT_LOWER, FIT_GOOD };

struct way {
	const struct known_surface *s;
	enum fit fit;
};

/* A name that may stand there. */
struct candidate {
	size_t start, end;		/* in the text */
	size_t from, to;		/* in the folded text */
	const struct known_table *t;
	uint32_t key;
	struct way way[MAX_WAYS];
	size_t nway;
	const struct known_row *noun;	/* beside it, or NULL */
	const struct known_table *noun_table;
	int direct;			/* the noun stands beside it, not beside its neighbour in a list */
	int after;			/* ... behind it */
	int plain_noun;			/* ... and does not begin with a capital, as in a headline */
	int quoted;
	const char *type;		/* decided */
	int votes;			/* nouns in the document that decided it */
	int ambiguous;
	int blocked;			/* a phrase that is no name, or a person's */
};

/* A noun, a government word, a given name. */
struct phrase {
	size_t start, end;
	const struct known_table *t;
	const struct known_row *row;
	uint32_t flag;
};

struct span {
	size_t start, end;
};

struct finder {
	const struct doc *d;
	const struct knowledge *k;
	struct arena *a;
	struct folded f;
	VEC(struct span) claimed;
	VEC(struct candidate) c;
	VEC(struct phrase) nouns, governments, given;
	VEC(struct mention) found;
};

/* ---- small things about text ---------------------------------------------------------------------------------------------- */

static int
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static int
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Octets of the character in front of `at`; 0 at the beginning. */
static size_t
back(const char *s, size_t at)
{
	size_t n = 0;

	while (n < at && n < 4) {
		n++;
		if (((unsigned char)s[at - n] & 0xc0) != 0x80)
			break;
	}
	return n;
}

static const char *
string(const struct known_table *t, uint32_t at)
{
	return t->pool + at;
}

static int
is(const struct known_table *t, uint32_t at, const char *word)
{
	return strcmp(t->pool + at, word) == 0;
}

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

/* ---- does the text write the name this way? ------------------------------------------------------------------------------------ */

/* The first punctuation in s[from..to) that means something, 0: blanks and hyphens only. */
static uint32_t
strong_gap(const char *s, size_t from, size_t to)
{
	uint32_t c;

	while (from < to) {
		int n = utf8_decode(s + from, to - from, &c);

		if (n == 0)
			return '\n';
		if (c != ' ' && c != '-' && c != '_' && c != '\'' && c != 0x2019 && c != 0x30fb && (c < 0x2010 || c > 0x2013))
			return c;
		from += (size_t)n;
	}
	return 0;
}

/* Gaps: the text may write a blank or hyphen more or less, but no other punctuation that the name has not, and no new line. */
static int
gaps_fit(const struct finder *w, const struct candidate *c, const struct folded *name, const char *written)
{
	size_t i, n = c->to - c->from, split = 0;
	const struct folded *f = &w->f;

	for (i = 1; i < n; i++) {
		size_t a = f->end[c->from + i - 1], b = f->at[c->from + i];
		uint32_t mark = b > a ? strong_gap(w->d->text, a, b) : 0;

		if (b <= a)
			continue;
		if (b - a > MAX_GAP || mark == '\n' || mark == '\r' || mark == '\t')
			return 0;
		if (name->at[i] > name->end[i - 1]) {
			if (mark != 0 && strong_gap(written, name->end[i - 1], name->at[i]) != mark)
				return 0;
		} else if (mark != 0 || is_lower(w->d->text[b]) || ++split > 2) {
			return 0;	/* "net wire" is not NetWire; "Smoke Loader" is SmokeLoader */
		}
	}
	return 1;
}

/* Letters and digits alone, of plain ASCII; other characters stay. */
static size_t
letters(const char *s, size_t n, char *out, size_t max)
{
	size_t i, k = 0;

	for (i = 0; i < n && k < max; i++)
		if ((unsigned char)s[i] >= 0x80 || is_upper(s[i]) || is_lower(s[i]) || is_digit(s[i]))
			out[k++] = s[i];
	return k;
}

static int
has(const char *s, size_t n, int (*kind)(char))
{
	size_t i;

	for (i = 0; i < n; i++)
		if (kind(s[i]))
			return 1;
	return 0;
}

/* Upper and lower case: an abbreviation has to be written as it is, a name as a name. */
static enum fit
case_fits(const char *text, size_t tn, const char *name, size_t nn, int prose)
{
	char t[2 * LIMIT_NAME], s[2 * LIMIT_NAME];
	size_t a = letters(text, tn, t, sizeof(t)), b = letters(name, nn, s, sizeof(s));

	if (a == b && memcmp(t, s, a) == 0)
		return FIT_GOOD;
	if (!has(s, b, is_upper) && !has(t, a, is_upper))
		return FIT_GOOD;
	if (b <= SHORT_NAME && has(s, b, is_upper))
		return FIT_NO;
	if (b <= 5 && !has(s, b, is_lower) && has(t, a, is_lower))
		return prose ? FIT_NO : is_upper(t[0]) ? FIT_GOOD : FIT_NO;
	if (prose)
		return FIT_GOOD;
	return has(t, 1, is_lower) ? FIT_LOWER : FIT_GOOD;
}

/* An acronym is written in capitals: of a place or organisation "Us" and "Fbi" are none. */
static enum fit
surface_fits(const struct finder *w, const struct candidate *c, const struct known_surface *s)
{
	const struct known_row *r = &c->t->row[s->row];
	const char *name = string(c->t, s->text), *type = string(c->t, r->type);
	int place = strcmp(type, "location") == 0 || strcmp(type, "identity") == 0;
	int prose = strcmp(type, "attack-pattern") == 0 || is(c->t, r->role, "sector");
	size_t n = strlen(name);
	struct folded folded;
	enum fit fit;

	fold_map(w->a, name, n, &folded);
	if (folded.n != c->to - c->from || !gaps_fit(w, c, &folded, name))
		return FIT_NO;
	fit = case_fits(w->d->text + c->start, c->end - c->start, name, n, prose);
	if (place && !prose && (fit == FIT_LOWER || (!has(name, n, is_lower) && has(w->d->text + c->start, c->end - c->start, is_lower))))
		return FIT_NO;
	return fit;
}

/* ---- collecting -------------------------------------------------------------------------------------------------------------------- */

static void
add_phrase(struct finder *w, const struct candidate *c, const struct known_surface *s)
{
	struct phrase p = { c->start, c->end, c->t, &c->t->row[s->row], s->flags };

	if (s->flags & KNOWN_NOUN)
		*vec_push(w->a, &w->nouns) = p;
	if (s->flags & KNOWN_GOVERNMENT)
		*vec_push(w->a, &w->governments) = p;
	if (s->flags & KNOWN_GIVEN && is_upper(w->d->text[c->start]))
		*vec_push(w->a, &w->given) = p;
}

/* One Han character stands for a country (米) only in front of another script or another name. */
static int
single_han_fits(const struct finder *w, size_t start, size_t end)
{
	const char *s = w->d->text;
	size_t n = back(s, start);
	uint32_t left = 0, right = 0;

	if (n > 0)
		utf8_decode(s + start - n, n, &left);
	if (end < w->d->len)
		utf8_decode(s + end, w->d->len - end, &right);
	if ((left >= 0x30a0 && left <= 0x30ff && left != 0x30fb) || (left >= 0x3400 && left <= 0x9fff) || left == 0x3005)
		return 0;
	return (right < 0x80 && (is_upper((char)right))) || (right >= 0x30a1 && right <= 0x30fa);
}

/* May the name end there? A plural s behind a noun is nothing. */
static int
ends(const struct finder *w, const struct candidate *c, uint32_t flags)
{
	const char *s = w->d->text;
	size_t end = c->end;

	if (name_may_end(s, w->d->len, end))
		return 1;
	return (flags & KNOWN_NOUN) && end < w->d->len && s[end] == 's' && name_may_end(s, w->d->len, end + 1);
}

/* "PeppyRAT": behind the name, without a gap, stands just a noun in capitals or with a capital. */
static size_t
glued_noun(const struct finder *w, const struct candidate *c, struct phrase *noun)
{
	struct trie_hit hit[MAX_HITS];
	size_t i, k, n;

	if (c->end >= w->d->len || !is_upper(w->d->text[c->end]) || is_upper(w->d->text[c->end - 1]))
		return 0;
	for (i = 0; i < w->k->ntable; i++) {
		const struct known_table *t = w->k->table[i];

		n = trie_prefixes(&t->trie, w->f.s + c->to, w->f.n - c->to, hit, MAX_HITS);
		while (n-- > 0) {
			size_t to = c->to + hit[n].len;

			if (w->f.end[to - 1] - c->end != hit[n].len || !name_may_end(w->d->text, w->d->len, w->f.end[to - 1]))
				continue;
			for (k = t->first[hit[n].key]; k < t->first[hit[n].key + 1]; k++)
				if (t->surface[k].flags & KNOWN_NOUN && is(t, t->row[t->surface[k].row].type, "malware")) {
					noun->t = t;
					noun->row = &t->row[t->surface[k].row];
					return to;
				}
		}
	}
	return 0;
}

/* Judges one key at one place: fills the ways it may be meant. 1: it stands there, as a name or as a phrase that is none. */
static int
look(struct finder *w, struct candidate *c, int phrases)
{
	const struct known_table *t = c->t;
	struct phrase glued = { 0 };
	size_t k, to = 0;

	c->nway = 0;
	for (k = t->first[c->key]; k < t->first[c->key + 1]; k++) {
		const struct known_surface *s = &t->surface[k];
		enum fit fit;

		if (!ends(w, c, s->flags)) {
			if (s->flags & KNOWN_NO_NAME || !is(t, t->row[s->row].type, "malware"))
				continue;
			to = glued_noun(w, c, &glued);
			if (to == 0)
				continue;
		}
		if (s->flags & KNOWN_NO_NAME) {
			if (phrases)
				add_phrase(w, c, s);
			c->blocked |= (s->flags & KNOWN_NOT) != 0;
			continue;
		}
		if (c->end - c->start == 3 && (unsigned char)w->d->text[c->start] >= 0xe4 && !single_han_fits(w, c->start, c->end))
			continue;
		fit = surface_fits(w, c, s);
		if (fit != FIT_NO && c->nway < MAX_WAYS) {
			c->way[c->nway].s = s;
			c->way[c->nway++].fit = fit;
		}
	}
	if (to != 0 && c->nway > 0) {
		c->noun = glued.row;
		c->noun_table = glued.t;
		c->direct = c->after = 1;
		c->to = to;
		c->end = w->f.end[to - 1];
	}
	return c->blocked || c->nway > 0;
}

/* Is what stands behind the name such that it is none of that type (中国 + 語)? */
static int
voided(const struct finder *w, size_t to, size_t end, const char *type)
{
	struct trie_hit hit[MAX_HITS];
	size_t i, k, n;

	if (to >= w->f.n || w->f.at[to] - end > 1 || (w->f.at[to] - end == 1 && w->d->text[end] != ' ' && w->d->text[end] != '-'))
		return 0;
	for (i = 0; i < w->k->ntable; i++) {
		const struct known_table *t = w->k->table[i];

		n = trie_prefixes(&t->trie, w->f.s + to, w->f.n - to, hit, MAX_HITS);
		while (n-- > 0)
			for (k = t->first[hit[n].key]; k < t->first[hit[n].key + 1]; k++)
				if (t->surface[k].flags & KNOWN_VOIDS && is(t, t->row[t->surface[k].row].type, type) &&
				    name_may_end(w->d->text, w->d->len, w->f.end[to + hit[n].len - 1]))
					return 1;
	}
	return 0;
}

struct hit {
	const struct known_table *t;
	struct trie_hit h;
};

static int
longer(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;

	return a->h.len != b->h.len ? (a->h.len < b->h.len ? 1 : -1) : 0;
}

/* Everything that begins at octet i of the folded text. */
static void
collect_at(struct finder *w, size_t i)
{
	struct trie_hit hits[MAX_HITS];
	struct hit all[2 * MAX_HITS];
	size_t n = 0, k, j;
	int named = 0, noun = 0;

	for (j = 0; j < w->k->ntable; j++) {
		size_t found = trie_prefixes(&w->k->table[j]->trie, w->f.s + i, w->f.n - i, hits, MAX_HITS);

		for (k = 0; k < found; k++, n++) {
			all[n].t = w->k->table[j];
			all[n].h = hits[k];
		}
	}
	if (n > 1)
		qsort(all, n, sizeof(*all), longer);
	for (k = 0; k < n; k++) {
		struct candidate c = { .from = i, .to = i + all[k].h.len, .t = all[k].t, .key = all[k].h.key };
		size_t nouns = w->nouns.n;

		c.start = w->f.at[i];
		c.end = w->f.end[c.to - 1];
		/* not in the middle of a character */
		if (c.to < w->f.n && w->f.at[c.to] == w->f.at[c.to - 1])
			continue;
		if (look(w, &c, !noun) && !named) {
			*vec_push(w->a, &w->c) = c;
			named = 1;
		}
		noun |= w->nouns.n > nouns;
	}
}

static int
by_start(const void *x, const void *y)
{
	const struct span *a = x, *b = y;

	return a->start != b->start ? (a->start < b->start ? -1 : 1) : 0;
}

/* What is a value already, and addresses: no names are looked for in them. */
static void
claim(struct finder *w, const struct mentions *m)
{
	const char *s = w->d->text, *p = s;
	size_t i;

	for (i = 0; i < m->n; i++)
		*vec_push(w->a, &w->claimed) = (struct span){ m->v[i].start, m->v[i].end };
	while ((p = memmem(p, w->d->len - (size_t)(p - s), "://", 3)) != NULL) {
		size_t from = (size_t)(p - s), to = from + 3;

		while (from > 0 && (is_lower(s[from - 1]) || is_upper(s[from - 1]) || s[from - 1] == '[' || s[from - 1] == ':'))
			from--;
		while (to < w->d->len && (unsigned char)s[to] > ' ' && (unsigned char)s[to] < 0x7f && strchr("\"<>|`", s[to]) == NULL)
			to++;
		*vec_push(w->a, &w->claimed) = (struct span){ from, to };
		p = s + to;
	}
	if (w->claimed.n > 1)
		qsort(w->claimed.v, w->claimed.n, sizeof(struct span), by_start);
}

static void
collect(struct finder *w)
{
	size_t i, taken = 0, until = 0;

	for (i = 0; i < w->f.n; i++) {
		size_t at = w->f.at[i];

		if (i > 0 && at == w->f.at[i - 1])
			continue;
		for (; taken < w->claimed.n && w->claimed.v[taken].start <= at; taken++)
			until = w->claimed.v[taken].end > until ? w->claimed.v[taken].end : until;
		if (at < until || !name_may_begin(w->d->text, w->d->len, at))
			continue;
		collect_at(w, i);
	}
}

/* A candidate that runs into a claimed span is none. */
static int
runs_into_claim(const struct finder *w, const struct candidate *c)
{
	size_t lo = 0, hi = w->claimed.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->claimed.v[mid].start < c->start)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < w->claimed.n && w->claimed.v[lo].start < c->end;
}

/* ---- support ---------------------------------------------------------------------------------------------------------------------- */

static const char *const quotes[] = { "「", "」", "『", "』", "“", "”", "‘", "’", "\"", "'", "[", "]", "(", ")", "（", "）", "《", "》",
    "【", "】", "`", "*", NULL };

/* Length of the quote or bracket at s. */
static size_t
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
linked(const struct finder *w, size_t from, size_t to)
{
	const char *s = w->d->text;
	size_t a, b, q;

	if (to - from > MAX_LINK || memchr(s + from, '\n', to - from) != NULL)
		return 0;
	a = fold_find(&w->f, from);
	b = fold_find(&w->f, to);
	if (a < b && !(entry_flags(w, w->f.s + a, b - a) & KNOWN_LINK))
		return 0;
	while (from < to) {
		if (s[from] == ' ' || s[from] == '-')
			from++;
		else if ((q = quote_at(s + from, to - from)) > 0)
			from += q;
		else if (a < b && w->f.at[a] <= from)
			from = w->f.end[b - 1];
		else
			return 0;
	}
	return 1;
}

/* Can a noun of that type say what a thing of this type is? */
static int
compatible(const char *noun, const char *type)
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

static int
noun_fits(const struct candidate *c, const struct known_table *t, const struct known_row *noun)
{
	size_t i;

	for (i = 0; i < c->nway; i++)
		if (compatible(string(t, noun->type), string(c->t, c->t->row[c->way[i].s->row].type)))
			return 1;
	return 0;
}

static void
take_noun(struct candidate *c, const struct known_table *t, const struct known_row *noun, int direct, int after)
{
	if (c->noun != NULL || !noun_fits(c, t, noun))
		return;
	c->noun = noun;
	c->noun_table = t;
	c->direct = direct;
	c->after = after;
}

/* Index of the first noun that begins at `at` or later. */
static size_t
noun_from(const struct finder *w, size_t at)
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
	size_t i = noun_from(w, c->end), k, q;

	if (i < w->nouns.n && linked(w, c->end, w->nouns.v[i].start))
		take_noun(c, w->nouns.v[i].t, w->nouns.v[i].row, 1, 1);
	c->plain_noun = c->after && i < w->nouns.n && (!is_upper(s[w->nouns.v[i].start]) || is_upper(s[w->nouns.v[i].start + 1]));
	/* in front: of the nouns that end where the nearest one ends the longest */
	for (k = noun_from(w, c->start), i = w->nouns.n; k > 0 && c->start - w->nouns.v[k - 1].start < 2 * MAX_LINK; k--) {
		const struct phrase *p = &w->nouns.v[k - 1];

		if (p->end <= c->start && (i == w->nouns.n ? linked(w, p->end, c->start) : p->end == w->nouns.v[i].end))
			i = k - 1;
	}
	if (i < w->nouns.n)
		take_noun(c, w->nouns.v[i].t, w->nouns.v[i].row, 1, 0);
	q = back(s, c->start);
	c->quoted = q > 0 && quote_at(s + c->start - q, q) == q && s[c->start - 1] != '(' && s[c->start - 1] != '*' &&
	    quote_at(s + c->end, w->d->len - c->end) > 0;
}

/* Do two neighbours stand in one list: "A, B and C"? */
static int
listed(const struct finder *w, const struct candidate *x, const struct candidate *y)
{
	const char *s = w->d->text;
	size_t from = x->end, to = y->start, a, b;

	if (to <= from || to - from > MAX_LINK || memchr(s + from, '\n', to - from) != NULL ||
	    memchr(s + from, '.', to - from) != NULL || memmem(s + from, to - from, "。", 3) != NULL)
		return 0;
	a = fold_find(&w->f, from);
	b = fold_find(&w->f, to);
	if (a < b)
		return (entry_flags(w, w->f.s + a, b - a) & KNOWN_LIST) != 0;
	return memchr(s + from, ',', to - from) != NULL || memmem(s + from, to - from, "、", 3) != NULL ||
	    memchr(s + from, '/', to - from) != NULL;
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

/* A place or an organisation of that name is the usual meaning; a noun may say otherwise. */
static int
plain_type(const char *type)
{
	return strcmp(type, "location") == 0 || strcmp(type, "identity") == 0;
}

/* What the name means where no noun says it, and whether that is open. */
static const char *
usual_type(const struct candidate *c, int *ambiguous)
{
	const char *type = string(c->t, c->t->row[c->way[0].s->row].type);
	size_t i;

	*ambiguous = 0;
	for (i = 0; i < c->nway; i++) {
		const char *other = string(c->t, c->t->row[c->way[i].s->row].type);

		if (plain_type(other)) {
			*ambiguous = 0;
			return other;
		}
		if (!compatible(other, type) && alias_rank(c, &c->way[i]) == alias_rank(c, &c->way[0]))
			*ambiguous = 1;
	}
	return type;
}

static const char *
voted_type(struct candidate *const *group, size_t n, int *votes)
{
	const struct candidate *c = group[0];
	const char *best = NULL;
	size_t i, k;

	*votes = 0;
	for (k = 0; k < c->nway; k++) {
		const char *type = string(c->t, c->t->row[c->way[k].s->row].type);
		int count = 0;

		for (i = 0; i < n; i++)
			count += group[i]->noun != NULL &&
			    compatible(string(group[i]->noun_table, group[i]->noun->type), type);
		if (count > *votes) {
			*votes = count;
			best = type;
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
		if (group[i]->noun != NULL && group[i]->direct && is(group[i]->noun_table, group[i]->noun->type, "malware"))
			return "malware";
	return type;
}

static void
decide(struct finder *w)
{
	struct candidate **v = arena_alloc(w->a, (w->c.n + 1) * sizeof(struct candidate *));
	size_t i, k, n;

	for (i = n = 0; i < w->c.n; i++)
		if (w->c.v[i].nway > 0)
			v[n++] = &w->c.v[i];
	if (n > 1)
		qsort(v, n, sizeof(*v), by_key);
	for (i = 0; i < n; i = k) {
		int ambiguous, votes;
		const char *type;

		for (k = i + 1; k < n && v[k]->t == v[i]->t && v[k]->key == v[i]->key; k++)
			;
		type = voted_type(v + i, k - i, &votes);
		if (type != NULL)
			ambiguous = 0;
		else
			type = usual_type(v[i], &ambiguous);
		type = as_called(v + i, k - i, type);
		for (; i < k; i++) {
			v[i]->type = type;
			v[i]->votes = votes;
			v[i]->ambiguous = ambiguous;
		}
	}
}

/* ---- judging ------------------------------------------------------------------------------------------------------------------------ */

/* The way that was meant: the first of the type. */
static const struct way *
meant(const struct candidate *c)
{
	size_t i;

	for (i = 0; i < c->nway; i++)
		if (compatible(string(c->t, c->t->row[c->way[i].s->row].type), c->type))
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
	return start > 0 && ((unsigned char)s[start - 1] >= 0x80 ? quote_at(s + start - 3, 3) == 0 && memcmp(s + start - 3, "。", 3) != 0 :
	    is_lower(s[start - 1]) || is_digit(s[start - 1]) || s[start - 1] == ',' || s[start - 1] == '(');
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

/* "Kevin Beaumont": a given name in front of a surname, or a surname behind a given name. */
static int
person(const struct finder *w, const struct candidate *c)
{
	const char *s = w->d->text;
	size_t end = c->end, n;

	if (memchr(s + c->start, ' ', end - c->start) != NULL || !is_upper(s[c->start]))
		return 0;
	if (end + 2 < w->d->len && s[end] == ' ' && is_upper(s[end + 1]) && is_lower(s[end + 2]) && given_at(w, c->start, end)) {
		n = noun_from(w, end);
		return n == w->nouns.n || w->nouns.v[n].start != end + 1;
	}
	return c->start > 1 && s[c->start - 1] == ' ' && given_at(w, SIZE_MAX, c->start - 1);
}

static int
said_before(const struct finder *w, const struct candidate *c, const struct way *way)
{
	const char *name = string(c->t, c->t->row[way->s->row].name);
	size_t i;

	for (i = w->found.n; i > 0; i--) {
		const struct mention *m = &w->found.v[i - 1];

		if (m->end - m->start == c->end - c->start && strcmp(m->type, c->type) == 0 && strcmp(m->rule, "name.again") != 0 &&
		    memcmp(w->d->text + m->start, w->d->text + c->start, c->end - c->start) == 0)
			return 1;
		(void)name;
	}
	return 0;
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
visible(const struct finder *w, const struct candidate *c)
{
	return utf8_count(w->f.s + c->from, c->to - c->from);
}

/* Does a noun support a plain word? Of a very plain one only a noun that says exactly what it is, and a capital that means something. */
static int
noun_supports(const struct finder *w, const struct candidate *c, const struct way *way)
{
	const char *s = w->d->text;
	int exact = c->noun != NULL && c->noun->hint != 0;

	if (c->noun == NULL || !compatible(string(c->noun_table, c->noun->type), c->type))
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
	int sector = is(c->t, c->t->row[way->s->row].role, "sector");

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

	if (plain_type(c->type))
		return judge_plain(w, c, way);
	if (visible(w, c) <= SHORT_NAME && !technique)
		weak = 1;
	if (!weak && !c->ambiguous)
		return (struct verdict){ c->direct ? "name.noun" : "name.knowledge", c->direct ? 95 : alias ? 80 : 90 };
	if (noun_supports(w, c, way))
		return (struct verdict){ "name.noun", 85 };
	if (technique)
		return id_beside(w, c) ? (struct verdict){ "name.beside-id", 90 } : (struct verdict){ NULL, 0 };
	if (way->s->flags & KNOWN_COMMON)
		return (struct verdict){ NULL, 0 };
	if (c->quoted && way->fit == FIT_GOOD && has(w->d->text + c->start, c->end - c->start, is_upper))
		return (struct verdict){ "name.quoted", 70 };
	if (said_before(w, c, way))
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

/* Do several rows own the alias? Then nobody knows whose id it is. */
static int
disputed(const struct candidate *c, const struct way *way)
{
	size_t i;

	if (!(way->s->flags & KNOWN_ALIAS))
		return 0;
	for (i = 0; i < c->nway; i++) {
		const struct known_row *r = &c->t->row[c->way[i].s->row];

		if (c->way[i].s->row != way->s->row && strcmp(string(c->t, r->type), c->type) == 0 && r->id != 0 &&
		    r->id != c->t->row[way->s->row].id)
			return 1;
	}
	return 0;
}

static int
keeps_alias(const char *type)
{
	return !plain_type(type) && strcmp(type, "attack-pattern") != 0;
}

static void
mention(struct finder *w, const struct candidate *c, const struct way *way, struct verdict v)
{
	struct mention *m = vec_push(w->a, &w->found);
	struct known known;

	known_row_strings(c->t, way->s->row, &known);
	memset(m, 0, sizeof(*m));
	m->class = MENTION_NAME;
	m->start = c->start;
	m->end = c->end;
	m->value = known.name;
	if (keeps_alias(c->type) && (way->s->flags & KNOWN_ALIAS || c->to - c->from != strlen(string(c->t, c->t->trie.key[c->key]))))
		m->value = as_written(w, c->start, c->end);
	m->rule = v.rule;
	m->confidence = v.confidence;
	m->type = c->type;
	m->role = known.role;
	m->country = known.country;
	m->region = known.region;
	m->part = known.part;
	m->class_hint = known.hint;
	if (c->noun != NULL && c->noun->hint != 0 && !plain_type(c->type) && is(c->noun_table, c->noun->type, "malware") &&
	    strcmp(c->type, "malware") == 0)
		m->class_hint = string(c->noun_table, c->noun->hint);
	if (!disputed(c, way)) {
		m->ext_source = known.source;
		m->ext_id = known.id;
	}
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
		if (way == NULL || runs_into_claim(w, c) || voided(w, c->to, c->end, c->type))
			continue;
		v = judge(w, c, way);
		if (v.rule == NULL || ((!(way->s->flags & KNOWN_ALIAS) || way->s->flags & KNOWN_WORD) && person(w, c)))
			continue;
		mention(w, c, way, v);
		covered = c->end;
	}
}

/* ---- governments, ids --------------------------------- */

/* The country that stands in front of (台湾政府, "Taiwanese government") or behind ("government of Taiwan") a government word. */
static const struct mention *
country_of(const struct finder *w, const struct phrase *p)
{
	const char *s = w->d->text;
	size_t i;

	for (i = 0; i < w->found.n; i++) {
		const struct mention *m = &w->found.v[i];
		size_t gap;

		if (m->ext_source == NULL || strcmp(m->ext_source, "iso-3166") != 0)
			continue;
		gap = p->start - m->end;
		if (m->end <= p->start && (gap == 0 || (gap == 1 && s[m->end] == ' ') || (gap == 3 && memcmp(s + m->end, "の", 3) == 0)))
			return m;
		if (m->start == p->end + 1 && s[p->end] == ' ' && s[p->end - 1] != 't' && s[p->end - 1] != 's')
			return m;
	}
	return NULL;
}

static void
add_governments(struct finder *w)
{
	size_t i, k, n = w->found.n;

	for (i = 0; i < w->governments.n; i++) {
		const struct phrase *p = &w->governments.v[i];
		const struct mention *country = country_of(w, p);
		struct mention m = { .class = MENTION_NAME, .start = p->start, .end = p->end, .type = "identity",
		    .class_hint = "organization", .role = "government", .rule = "name.government", .confidence = 85 };

		if (country == NULL || voided(w, fold_find(&w->f, p->end), p->end, "government"))
			continue;
		for (k = 0; k < n && (w->found.v[k].end <= m.start || w->found.v[k].start >= m.end); k++)
			;
		if (k < n)
			continue;
		m.value = arena_printf(w->d->arena, "Government of %s", country->value);
		*vec_push(w->a, &w->found) = m;
	}
}

/* T1566.001 and the like. Returns its length, 0: there is none. */
static size_t
technique_id(const char *s, size_t n)
{
	size_t i, len = 5;

	if (n < 5 || s[0] != 'T')
		return 0;
	for (i = 1; i < 5; i++)
		if (!is_digit(s[i]))
			return 0;
	if (n >= 9 && s[5] == '.' && is_digit(s[6]) && is_digit(s[7]) && is_digit(s[8]))
		len = 9;
	return len < n && (is_digit(s[len]) || is_lower(s[len]) || is_upper(s[len])) ? 0 : len;
}

static int
is_claimed(const struct finder *w, size_t start, size_t end)
{
	size_t i;

	for (i = 0; i < w->claimed.n && w->claimed.v[i].start < end; i++)
		if (w->claimed.v[i].end > start)
			return 1;
	return 0;
}

static void
add_ids(struct finder *w)
{
	const char *s = w->d->text, *p = s;

	while ((p = memchr(p, 'T', w->d->len - (size_t)(p - s))) != NULL) {
		size_t at = (size_t)(p - s), n = technique_id(p, w->d->len - at);
		struct known known;

		p++;
		if (n == 0 || !name_may_begin(s, w->d->len, at) || is_claimed(w, at, at + n) ||
		    !knowledge_by_id(w->k, "mitre-attack", arena_strndup(w->a, s + at, n), &known))
			continue;
		*vec_push(w->a, &w->found) = (struct mention){ .class = MENTION_NAME, .start = at, .end = at + n, .value = known.name,
		    .rule = "name.attack-id", .type = known.type, .ext_source = known.source, .ext_id = known.id, .confidence = 95 };
		p += n - 1;
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
	struct mention *v = arena_alloc(w->d->arena, (m->n + w->found.n + 1) * sizeof(*v));
	size_t i, s = 0, n = m->n + w->found.n;

	if (m->n > 0)
		memcpy(v, m->v, m->n * sizeof(*v));
	if (w->found.n > 0)
		memcpy(v + m->n, w->found.v, w->found.n * sizeof(*v));
	for (i = m->n; i < n; i++)
		v[i].sent = SIZE_MAX;
	if (n > 1)
		qsort(v, n, sizeof(*v), mention_order);
	for (i = 0; i < n; i++) {
		while (s < w->d->nsent && w->d->sents[s].end <= v[i].start)
			s++;
		if (v[i].class == MENTION_NAME && v[i].sent == SIZE_MAX && s < w->d->nsent && w->d->sents[s].start <= v[i].start)
			v[i].sent = s;
	}
	m->v = v;
	m->n = n;
}

void
find_names(const struct doc *d, const struct phrases *p, const struct knowledge *k, struct mentions *m, struct facts *f)
{
	struct finder w = { .d = d, .k = k, .a = arena_new() };
	size_t i;

	(void)p;
	(void)f;
	fold_map(w.a, d->text, d->len, &w.f);
	claim(&w, m);
	collect(&w);
	for (i = 0; i < w.c.n; i++)
		if (w.c.v[i].nway > 0)
			support(&w, &w.c.v[i]);
	spread(&w);
	decide(&w);
	accept(&w);
	add_governments(&w);
	add_ids(&w);
	join(&w, m);
	arena_free(w.a);
}
