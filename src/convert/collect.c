#include <stdlib.h>
#include <string.h>

#include "convert/finder.h"

/* ---- small things about text ---------------------------------------------------------------------------------------------- */

int
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

int
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

#define SCRATCH	(1u << 20)	/* octets of what is looked at once before the scratch arena is renewed */

struct arena *
finder_scratch(struct finder *w)
{
	if (w->scratch == NULL || arena_used(w->scratch) > SCRATCH) {
		arena_free(w->scratch);
		w->scratch = arena_new();
	}
	return w->scratch;
}

/* Octets of the character in front of `at`; 0 at the beginning. */
size_t
char_before(const char *s, size_t at)
{
	size_t n = 0;

	while (n < at && n < 4) {
		n++;
		if (((unsigned char)s[at - n] & 0xc0) != 0x80)
			break;
	}
	return n;
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

/* Does the name have punctuation that the text leaves out? "AT&T" is not ATT. */
static int
drops_mark(const struct folded *text, const struct folded *name, const char *written)
{
	size_t i;

	for (i = 1; i < name->n; i++)
		if (text->at[i] == text->end[i - 1] && name->at[i] > name->end[i - 1] &&
		    strong_gap(written, name->end[i - 1], name->at[i]) != 0)
			return 1;
	return 0;
}

/* Gaps: the text may write a blank or hyphen more or less, but no other punctuation that the name has not, and no new line. */
static int
gaps_fit(const struct finder *w, const struct folded *text, const struct folded *name, const char *written)
{
	size_t i, split = 0;

	for (i = 1; i < name->n; i++) {
		size_t a = text->end[i - 1], b = text->at[i];
		uint32_t mark = b > a ? strong_gap(w->d->text, a, b) : 0;

		if (b <= a)
			continue;
		if (b - a > MAX_GAP || mark == '\n' || mark == '\r' || mark == '\t')
			return 0;
		if (name->at[i] > name->end[i - 1]) {
			if (mark != 0 && strong_gap(written, name->end[i - 1], name->at[i]) != mark)
				return 0;
		} else if (mark != 0 || ++split > 2 || (is_lower(w->d->text[b]) && w->d->text[a] != '-')) {
			return 0;	/* "net wire" is not NetWire; "Smoke Loader" is SmokeLoader, "e-mail" email */
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

int
has_kind(const char *s, size_t n, int (*kind)(char))
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
	if (!has_kind(s, b, is_upper) && !has_kind(t, a, is_upper))
		return FIT_GOOD;
	if (b <= SHORT_NAME && has_kind(s, b, is_upper))
		return FIT_NO;
	if (b <= 5 && !has_kind(s, b, is_lower) && has_kind(t, a, is_lower))
		return prose ? FIT_NO : is_upper(t[0]) ? FIT_GOOD : FIT_NO;
	if (prose)
		return FIT_GOOD;
	return has_kind(t, 1, is_lower) ? FIT_LOWER : FIT_GOOD;
}

/* An acronym is written in capitals: of a place or organisation "Us" and "Fbi" are none. */
static enum fit
surface_fits(struct finder *w, const struct candidate *c, const struct known_surface *s)
{
	const struct known_row *r = &c->t->row[s->row];
	const char *name = known_text(c->t, s->text), *type = known_text(c->t, r->type);
	int place = strcmp(type, "location") == 0 || strcmp(type, "identity") == 0;
	int prose = strcmp(type, "attack-pattern") == 0 || known_is(c->t, r->role, "sector");
	size_t n = strlen(name);
	struct folded folded, text;
	enum fit fit;

	if (n == c->end - c->start && memcmp(w->d->text + c->start, name, n) == 0)
		return FIT_GOOD;
	finder_scratch(w);
	fold_other(&w->names, name, n);
	fold_span(&w->names, w->scratch, 0, n, &folded);
	fold_span(&w->f, w->scratch, c->start, c->end, &text);
	if (folded.n != text.n || !gaps_fit(w, &text, &folded, name) ||
	    (folded.n <= SHORT_NAME + 1 && drops_mark(&text, &folded, name)))
		return FIT_NO;
	fit = case_fits(w->d->text + c->start, c->end - c->start, name, n, prose);
	if (!place || prose || fit == FIT_NO)
		return fit;
	if (fit == FIT_LOWER || (!has_kind(name, n, is_lower) && has_kind(w->d->text + c->start, c->end - c->start, is_lower)))
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
	size_t n = char_before(s, start);
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

/* "PeppyRAT": behind the name, without a gap, stands just a noun in capitals or with a capital. Returns its octets, or 0. */
static size_t
glued_noun(struct finder *w, const struct candidate *c, struct phrase *noun)
{
	struct fold_hit hit[MAX_HITS];
	size_t i, k, n;

	if (c->end >= w->d->len || !is_upper(w->d->text[c->end]) || is_upper(w->d->text[c->end - 1]))
		return 0;
	for (i = 0; i < w->k->ntable; i++) {
		const struct known_table *t = w->k->table[i];

		n = fold_prefixes(&w->f, &t->trie, c->end, hit, MAX_HITS);
		while (n-- > 0) {
			if (hit[n].end - c->end != hit[n].len || !name_may_end(w->d->text, w->d->len, hit[n].end))
				continue;
			for (k = t->first[hit[n].key]; k < t->first[hit[n].key + 1]; k++)
				if (t->surface[k].flags & KNOWN_NOUN && known_is(t, t->row[t->surface[k].row].type, "malware")) {
					noun->t = t;
					noun->row = &t->row[t->surface[k].row];
					return hit[n].len;
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
	size_t k, glue = 0;

	c->nway = 0;
	for (k = t->first[c->key]; k < t->first[c->key + 1]; k++) {
		const struct known_surface *s = &t->surface[k];
		enum fit fit;

		if (!ends(w, c, s->flags)) {
			if (s->flags & KNOWN_NO_NAME || !known_is(t, t->row[s->row].type, "malware"))
				continue;
			glue = glued_noun(w, c, &glued);
			if (glue == 0)
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
	if (glue != 0 && c->nway > 0) {
		c->noun = glued.row;
		c->noun_table = glued.t;
		c->direct = c->after = 1;
		c->glued = (uint32_t)glue;
		c->end += glue;
	}
	return c->blocked || c->nway > 0;
}

int
finder_voided(struct finder *w, size_t end, const char *type)
{
	struct fold_hit hit[MAX_HITS];
	struct fold_unit u;
	size_t i, k, n;

	if (!fold_next(&w->f, end, &u) || u.start - end > 1 ||
	    (u.start - end == 1 && w->d->text[end] != ' ' && w->d->text[end] != '-'))
		return 0;
	for (i = 0; i < w->k->ntable; i++) {
		const struct known_table *t = w->k->table[i];

		n = fold_prefixes(&w->f, &t->trie, u.start, hit, MAX_HITS);
		while (n-- > 0)
			for (k = t->first[hit[n].key]; k < t->first[hit[n].key + 1]; k++)
				if (t->surface[k].flags & KNOWN_VOIDS && known_is(t, t->row[t->surface[k].row].type, type) &&
				    name_may_end(w->d->text, w->d->len, hit[n].end))
					return 1;
	}
	return 0;
}

struct hit {
	const struct known_table *t;
	struct fold_hit h;
};

/* Everything that begins at text offset `start`, the beginning of a unit: the longest name first. */
static void
collect_at(struct finder *w, size_t start)
{
	struct way way[MAX_WAYS];
	struct fold_hit hits[MAX_HITS];
	struct hit all[2 * MAX_HITS];
	size_t n = 0, k, j, at;
	int named = 0, noun = 0;

	for (j = 0; j < w->k->ntable; j++)
		for (k = fold_prefixes(&w->f, &w->k->table[j]->trie, start, hits, MAX_HITS); k > 0; k--, n++) {
			for (at = n; at > 0 && all[at - 1].h.len < hits[k - 1].len; at--)
				all[at] = all[at - 1];
			all[at] = (struct hit){ w->k->table[j], hits[k - 1] };
		}
	for (k = 0; k < n; k++) {
		struct candidate c = { .start = start, .end = all[k].h.end, .t = all[k].t, .key = all[k].h.key, .way = way };
		size_t nouns = w->nouns.n;

		if (look(w, &c, !noun) && !named) {
			if (w->c.n == LIMIT_MENTIONS) {
				w->over = 1;
				return;
			}
			c.way = arena_alloc(w->a, (c.nway + 1) * sizeof(*c.way));
			memcpy(c.way, way, c.nway * sizeof(*c.way));
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

/* Sorted and apart, so that one step of a binary search answers finder_is_claimed(). */
static void
coalesce(struct finder *w)
{
	struct span *v = w->claimed.v;
	size_t i, n = 0;

	if (w->claimed.n > 1)
		qsort(v, w->claimed.n, sizeof(*v), by_start);
	for (i = 0; i < w->claimed.n; i++) {
		if (n > 0 && v[i].start < v[n - 1].end)
			v[n - 1].end = v[i].end > v[n - 1].end ? v[i].end : v[n - 1].end;
		else
			v[n++] = v[i];
	}
	w->claimed.n = n;
}

int
finder_is_claimed(const struct finder *w, size_t start, size_t end)
{
	size_t lo = 0, hi = w->claimed.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->claimed.v[mid].end <= start)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < w->claimed.n && w->claimed.v[lo].start < end;
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
	coalesce(w);
}

void
finder_collect(struct finder *w, const struct mentions *m)
{
	size_t at = 0, taken = 0, until = 0;
	struct fold_unit u;

	claim(w, m);
	while (fold_start(&w->f, &w->k->filter, at, &u)) {
		for (; taken < w->claimed.n && w->claimed.v[taken].start <= u.start; taken++)
			until = w->claimed.v[taken].end;
		at = u.end;
		if (u.start >= until && name_may_begin(w->d->text, w->d->len, u.start))
			collect_at(w, u.start);
	}
}
