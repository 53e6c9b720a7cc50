/* What a list of indicators is about: see headings.h. */
#include <stdlib.h>
#include <string.h>

#include "convert/headings.h"

#define MAX_DEPTH	8	/* headings within headings */
#define MAX_WORDS	8	/* words of a heading besides the name */
#define MAX_BESIDE	3	/* words of a row besides the name and the values */
#define LINE_LEVEL	7	/* of a line that is a heading by what it says and where it stands: below all others */
#define MAX_PROSE	120	/* octets of a block without a value: more is a story, and what follows is no list under the heading */
#define SEVERAL		(SIZE_MAX - 1)

/* An indicator and a block that shows it. */
struct place {
	size_t block, observable;
};

/* A heading that is open: the thing that it names or stands below, SIZE_MAX: none. */
struct over {
	int level;
	size_t thing, said;
	int values;	/* a list stood right under it */
	int adopts;	/* level of the headings ("Hashes") that divide its list though they are not below it; 0: none */
};

struct walk {
	const struct doc *d;
	const struct layout_lang *lang;
	const struct mentions *m;
	const struct things *t;
	const struct facts *f;
	struct heading_links *out;
	VEC(struct place) places;
	size_t place;		/* the first not yet passed */
	size_t mention;		/* ditto */
	struct over open[MAX_DEPTH];
	size_t depth;
};

/* ---- places ---------------------------------------------------------------------------------------------------------- */

static int
place_cmp(const void *x, const void *y)
{
	const struct place *a = x, *b = y;

	if (a->block != b->block)
		return a->block < b->block ? -1 : 1;
	return a->observable < b->observable ? -1 : a->observable > b->observable;
}

/* The block that holds octet `at` of the input; starts: where each begins there. */
static size_t
block_at(const size_t *starts, size_t n, size_t at)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (starts[mid] <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 ? lo - 1 : 0;
}

static void
find_places(struct walk *w)
{
	const struct doc *d = w->d;
	size_t *starts = xmalloc((d->nblock + 1) * sizeof(*starts)), i, k;

	for (i = 0; i < d->nblock; i++)
		starts[i] = doc_input(d, d->blocks[i].start);
	for (i = 0; i < w->f->observables.n; i++) {
		const struct observable *o = &w->f->observables.v[i];

		for (k = 0; o->indicator && k < o->evidence.n; k++) {
			struct place p = { block_at(starts, d->nblock, o->evidence.v[k].start), i };

			*vec_push(d->arena, &w->places) = p;
		}
	}
	free(starts);
	if (w->places.n > 0)
		qsort(w->places.v, w->places.n, sizeof(*w->places.v), place_cmp);
}

/* ---- names ----------------------------------------------------------------------------------------------------------- */

/* What an indicator may indicate (4.7.2) and a heading may be about. */
static int
is_subject(const struct mention *m)
{
	static const char *const types[] = { "malware", "tool", "intrusion-set", "threat-actor", "campaign" };
	size_t i;

	for (i = 0; m->class == MENTION_NAME && i < ARRAY_LEN(types); i++)
		if (strcmp(types[i], m->type) == 0)
			return 1;
	return 0;
}

static int
is_code(const struct mention *m)
{
	return strcmp(m->type, "malware") == 0 || strcmp(m->type, "tool") == 0;
}

/* Nothing but blanks, quotes and the ends of a field around s[from, to) of a block? */
static int
fills_field(const char *s, const struct doc_block *b, size_t from, size_t to)
{
	while (from > b->start && strchr(" \"'`*", s[from - 1]) != NULL)
		from--;
	while (to < b->end && strchr(" \"'`*", s[to]) != NULL)
		to++;
	return (from == b->start || strchr("|\t,;", s[from - 1]) != NULL) && (to == b->end || strchr("|\t,;", s[to]) != NULL);
}

/* What the mentions first..end of block b name: one thing, SIZE_MAX: none, SEVERAL. An actor beside its malware stands back. */
static size_t
named(const struct walk *w, size_t first, size_t end, const struct doc_block *b, int fields)
{
	size_t i, code = SIZE_MAX, other = SIZE_MAX;

	for (i = first; i < end; i++) {
		const struct mention *m = &w->m->v[i];
		size_t thing = w->t->of[i], *slot;

		if (thing == SIZE_MAX || !is_subject(m) || (fields && !fills_field(w->d->text, b, m->start, m->end)))
			continue;
		slot = is_code(m) ? &code : &other;
		*slot = *slot == SIZE_MAX || *slot == thing ? thing : SEVERAL;
	}
	return code != SIZE_MAX ? code : other;
}

/* Words of block b outside its mentions first..end. */
static size_t
words_beside(const struct walk *w, size_t first, size_t end, const struct doc_block *b)
{
	const char *s = w->d->text;
	size_t at = b->start, n = 0;
	int in_word = 0;

	while (at < b->end) {
		if (first < end && w->m->v[first].start <= at) {
			at = w->m->v[first].end > at ? w->m->v[first].end : at;
			first++;
			in_word = 0;
			continue;
		}
		if ((s[at] | 32) >= 'a' && (s[at] | 32) <= 'z') {
			n += !in_word;
			in_word = 1;
		} else if ((unsigned char)s[at] < 0x80) {
			in_word = 0;
		} else if (((unsigned char)s[at] & 0xc0) == 0xc0) {
			n += !in_word || (unsigned char)s[at] >= 0xe3;	/* kana and Han: a few of them make a word */
			in_word = 1;
		}
		at++;
	}
	return n;
}

/* Does the heading say that its list is something else: victims, what is legitimate, what others wrote? */
static int
is_stopped(const struct walk *w, const struct doc_block *b)
{
	const char *text = text_fold(w->d->arena, w->d->text + b->start, b->end - b->start);
	const char *const *x;

	for (x = w->lang->not_about; x != NULL && *x != NULL; x++)
		if (strstr(text, *x) != NULL)
			return 1;
	return 0;
}

/* ---- headings ---------------------------------------------------------------------------------------------------------- */

static const struct doc_role *
role_of(const struct walk *w, const struct doc_block *b)
{
	return b->section < w->d->nsection ? w->d->sections[b->section].role : NULL;
}

/* A heading is open from here on: it closes those of its level and below. */
static void
open_heading(struct walk *w, const struct doc_block *b, int level, size_t first, size_t end)
{
	const struct doc_role *role = role_of(w, b);
	struct over *top = w->depth > 0 ? &w->open[w->depth - 1] : NULL, over = { level, SIZE_MAX, b->sent, 0, 0 };
	size_t thing = named(w, first, end, b, 0);
	int stopped = is_stopped(w, b) || (role != NULL && (!role->asserts || role->telemetry));

	/* "Sample", then "Hashes": where headings have no levels the second is below the first, and so are the next like it */
	if (thing == SIZE_MAX && !stopped && top != NULL && top->thing < SEVERAL && role != NULL && role->indicators &&
	    level <= top->level && (top->adopts == level || (top->adopts == 0 && !top->values))) {
		top->adopts = level;
		return;
	}
	while (w->depth > 0 && w->open[w->depth - 1].level >= level)
		w->depth--;
	if (thing == SIZE_MAX && w->depth > 0) {
		over.thing = w->open[w->depth - 1].thing;
		over.said = w->open[w->depth - 1].said;
	} else if (words_beside(w, first, end, b) <= MAX_WORDS)
		over.thing = thing;
	if (stopped)
		over.thing = SIZE_MAX;
	if (w->depth < MAX_DEPTH)
		w->open[w->depth++] = over;
}

/*
 * "MossGate", a line of its own between the values of a section of indicators: a heading of what follows it, unless values without
 * a name over them come first (the name may then be of what stands above it).
 */
static int
is_name_line(const struct walk *w, size_t block, size_t first, size_t end)
{
	const struct doc_block *b = &w->d->blocks[block];
	const struct doc_role *role = role_of(w, b);
	const struct over *top = w->depth > 0 ? &w->open[w->depth - 1] : NULL;

	return role != NULL && role->indicators && b->kind == DOC_PARA && w->place < w->places.n &&
	    w->places.v[w->place].block == block + 1 && (top == NULL || !top->values || top->level == LINE_LEVEL || top->thing < SEVERAL) &&
	    named(w, first, end, b, 0) < SEVERAL && words_beside(w, first, end, b) <= 1;
}

/* Text between a heading and its list ends the heading's say, outside a section of indicators. */
static void
pass_text(struct walk *w, const struct doc_block *b)
{
	const struct doc_role *role = role_of(w, b);
	size_t i;

	/* a name that is not known, for all one can tell */
	if (b->kind == DOC_PARA && w->depth > 0 && w->open[w->depth - 1].level == LINE_LEVEL)
		w->open[w->depth - 1].thing = SIZE_MAX;
	if ((role != NULL && role->indicators) || b->kind != DOC_PARA || b->end - b->start <= MAX_PROSE)
		return;
	for (i = 0; i < w->depth; i++)
		w->open[i].thing = SIZE_MAX;
}

static void
add_link(struct walk *w, size_t observable, size_t thing, size_t said, size_t shown, int row)
{
	struct heading_link *l = vec_push(w->d->arena, w->out);

	l->observable = observable;
	l->thing = thing;
	l->said = said;
	l->shown = shown;
	l->row = row;
}

static int
has_word(const char *s, size_t from, size_t to)
{
	while (from < to && !((s[from] | 32) >= 'a' && (s[from] | 32) <= 'z') && (unsigned char)s[from] < 0xe3)
		from++;
	return from < to;
}

/* Indicators in block b, whose mentions are first..end. */
static void
pass_values(struct walk *w, size_t block, size_t first, size_t end)
{
	const struct doc_block *b = &w->d->blocks[block];
	const struct doc_role *role = role_of(w, b);
	struct over *top = w->depth > 0 ? &w->open[w->depth - 1] : NULL;
	size_t thing = named(w, first, end, b, 1), words = words_beside(w, first, end, b);
	int lines = b->kind == DOC_ROW || b->kind == DOC_CODE || b->kind == DOC_ITEM || (role != NULL && role->indicators) ||
	    (words <= MAX_BESIDE && first < end && !has_word(w->d->text, b->start, w->m->v[first].start));

	if (top != NULL)
		top->values = 1;
	if (thing == SIZE_MAX && words <= MAX_BESIDE)
		thing = named(w, first, end, b, 0);
	if (!states(w->d, b->sent) || !lines || b->nsent > 2)
		return;
	for (; w->place < w->places.n && w->places.v[w->place].block == block; w->place++) {
		size_t o = w->places.v[w->place].observable;

		if (thing < SEVERAL)
			add_link(w, o, thing, b->sent, b->sent, 1);
		else if (top != NULL && top->thing < SEVERAL)
			add_link(w, o, top->thing, top->said, b->sent, 0);
	}
}

void
headings_find(const struct doc *d, const struct layout_lang *lang, const struct mentions *m, const struct things *t,
    const struct facts *f, struct heading_links *out)
{
	struct walk w = { .d = d, .lang = lang, .m = m, .t = t, .f = f, .out = out };
	size_t i, first;

	find_places(&w);
	for (i = 0; i < d->nblock && w.places.n > 0; i++) {
		const struct doc_block *b = &d->blocks[i];

		while (w.mention < m->n && m->v[w.mention].start < b->start)
			w.mention++;
		first = w.mention;
		while (w.mention < m->n && m->v[w.mention].start < b->end)
			w.mention++;
		while (w.place < w.places.n && w.places.v[w.place].block < i)
			w.place++;
		if (b->kind == DOC_HEADING)
			open_heading(&w, b, b->level, first, w.mention);
		else if (is_name_line(&w, i, first, w.mention))
			open_heading(&w, b, LINE_LEVEL, first, w.mention);
		else if (w.place < w.places.n && w.places.v[w.place].block == i)
			pass_values(&w, i, first, w.mention);
		else
			pass_text(&w, b);
	}
}
