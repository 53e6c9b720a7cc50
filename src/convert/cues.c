/* Names that the text itself introduces. */
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "convert/names.h"
#include "convert/scan.h"
#include "convert/slots.h"
#include "convert/trie.h"

#define NAME_OCTETS	80	/* a longer "name" is a phrase */
#define NOUN_NEAR	50	/* octets between a noun and what the name is called with */
#define PREFIXES_MAX	16	/* names that begin at one place, the longest ones */

struct coined {
	const char *name;
	const struct cue *cue;
	const char *type, *detail;
	int confidence;
	UT_hash_handle hh;	/* by name */
};

struct finder {
	const struct doc *d;
	const struct rules *r;
	struct mentions *m;
	VEC(struct mention) out;
	struct coined *coined;	/* in the arena */
	pcre2_match_data *md;
	uint64_t *rows;		/* bits: cues that the sentence at hand may have */
};

static int
is_stopped(const struct finder *f, const char *name, size_t n)
{
	const char *fold = text_fold(f->d->arena, name, n);
	size_t i;

	for (i = 0; i < f->r->stop.n; i++)
		if (strcmp(f->r->stop.v[i], fold) == 0)
			return 1;
	return *fold == '\0';
}

static int
is_word(const char *const *list, size_t n, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(list[i]) == len && memcmp(list[i], s, len) == 0)
			return 1;
	return 0;
}

/* "2031", "12.5": a name has a letter; a year is none. */
static int
is_number(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!(s[i] >= '0' && s[i] <= '9') && s[i] != '.' && s[i] != ',')
			return 0;
	return 1;
}

static size_t
word_length(const char *s, size_t n)
{
	const char *blank = memchr(s, ' ', n);

	return blank != NULL ? (size_t)(blank - s) : n;
}

/* What name[0..n) ends in that no name does: a kind of thing is left off, and some endings make it no name at all. */
static size_t
without_tail(const struct finder *f, const char *name, size_t n)
{
	const struct rules *r = f->r;
	size_t last, i, len;

	for (;;) {
		for (last = n; last > 0 && name[last - 1] != ' '; last--)
			;
		if (last == 0 || !is_word(r->drop_last.v, r->drop_last.n, name + last, n - last))
			break;
		n = last - 1;
	}
	for (i = 0; i < r->never_last.n; i++) {
		len = strlen(r->never_last.v[i]);
		if (len <= n && memcmp(name + n - len, r->never_last.v[i], len) == 0)
			return 0;
	}
	return n;
}

/* How much of name[0..n) is the name: nothing where it begins like a sentence, up to a date where one follows. */
static size_t
name_length(const struct finder *f, const char *name, size_t n)
{
	size_t at, len = word_length(name, n);

	if (is_word(f->r->never_first.v, f->r->never_first.n, name, len))
		return 0;
	while (n > 0 && strchr(" .,-:", name[n - 1]) != NULL)
		n--;
	for (at = 0; at < n; at += len + 1) {
		len = word_length(name + at, n - at);
		if (is_word(f->r->ends.v, f->r->ends.n, name + at, len) ||
		    (len == 4 && is_number(name + at, len) && (memcmp(name + at, "19", 2) == 0 || memcmp(name + at, "20", 2) == 0))) {
			n = at > 0 ? at - 1 : 0;
			break;
		}
	}
	return is_number(name, n) ? 0 : without_tail(f, name, n);
}

/* First mention that ends after `at`. */
static size_t
mention_after(const struct mentions *m, size_t at)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (m->v[mid].end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* May [start, end) become a mention? Known names inside it give way, anything else does not. */
static int
is_free(const struct mentions *m, size_t start, size_t end)
{
	size_t i;

	for (i = mention_after(m, start); i < m->n && m->v[i].start < end; i++)
		if (m->v[i].class == MENTION_VALUE || m->v[i].start < start || m->v[i].end > end ||
		    (m->v[i].start == start && m->v[i].end == end))
			return 0;
	return 1;
}

static void
coin(struct finder *f, const struct cue *cue, const char *name, size_t n, const char *type, const char *detail)
{
	struct coined *c;

	HASH_FIND(hh, f->coined, name, n, c);
	if (c != NULL && c->confidence >= cue->confidence)
		return;
	if (c == NULL) {
		c = arena_alloc(f->d->arena, sizeof(*c));
		c->name = arena_strndup(f->d->arena, name, n);
		HASH_ADD_KEYPTR(hh, f->coined, c->name, n, c);
	}
	c->cue = cue;
	c->type = type;
	c->detail = detail;
	c->confidence = cue->confidence;
}

/* What one match of a cue says the name is. */
struct kind_of {
	const char *type, *detail;	/* type NULL: nothing */
};

/* What is named at the end of text[from..to): a mention, or a name that another cue found there. */
static struct kind_of
kind_like(const struct finder *f, const char *text, size_t from, size_t to, size_t base)
{
	size_t i = mention_after(f->m, base + to - 1);
	struct coined *c;

	if (i < f->m->n && f->m->v[i].class == MENTION_NAME && f->m->v[i].start < base + to && f->m->v[i].end == base + to)
		return (struct kind_of){ names_adversary(f->m->v[i].type) ? f->m->v[i].type : NULL, NULL };
	for (; from < to; from++) {
		HASH_FIND(hh, f->coined, text + from, to - from, c);
		if (c != NULL)
			return (struct kind_of){ c->type, NULL };
		while (from < to && text[from] != ' ')
			from++;
	}
	return (struct kind_of){ NULL, NULL };
}

/* One match of a cue in text[from..): the name it introduces. */
static struct kind_of
take_match(struct finder *f, const struct cue *cue, const char *text, size_t base)
{
	struct kind_of kind = { cue->type, cue->detail };
	const struct noun *noun = NULL;
	size_t from, to, a, b;

	if (rules_group(cue->match, f->md, "name", &from, &to) != 0)
		return kind;
	to = from + name_length(f, text + from, to - from);
	if (rules_group(cue->match, f->md, "like", &a, &b) == 0)
		kind = kind_like(f, text, a, b, base);
	if (rules_group(cue->match, f->md, "before", &a, &b) == 0)
		noun = rules_last_noun(f->r, text + a, b - a, NOUN_NEAR);
	else if (rules_group(cue->match, f->md, "np", &a, &b) == 0)
		noun = rules_noun(f->r, text + a, b - a, 1);
	if (noun != NULL && noun->type[0] != '\0') {
		if (kind.type == NULL)
			kind.type = noun->type;
		if (kind.detail == NULL && strcmp(kind.type, noun->type) == 0)
			kind.detail = noun->detail;
	}
	if (kind.type == NULL || to - from < 2 || to - from > NAME_OCTETS || is_stopped(f, text + from, to - from) ||
	    !is_free(f->m, base + from, base + to))
		return kind;
	coin(f, cue, text + from, to - from, kind.type, kind.detail);
	return kind;
}

/* The names of a list behind a name that ends at `at`: what the cue says of the first holds for them. Returns where they end. */
static size_t
take_list(struct finder *f, const struct cue *cue, struct kind_of kind, const char *text, size_t n, size_t at, size_t base)
{
	size_t from, to, len;

	while (cue->then != NULL && rules_run(cue->then, text, n, at, f->md) == 1 &&
	    rules_group(cue->then, f->md, "name", &from, &to) == 0 && to > at) {
		len = name_length(f, text + from, to - from);
		if (kind.type != NULL && len > 1 && !is_stopped(f, text + from, len) && is_free(f->m, base + from, base + from + len))
			coin(f, cue, text + from, len, kind.type, kind.detail);
		at = to;
	}
	return at;
}

/* All that one cue finds in text[0..n), which stands at `base`. */
static void
run_cue(struct finder *f, const struct cue *cue, const char *text, size_t n, size_t base)
{
	size_t at = 0, from, to;

	while (at < n && rules_run(cue->match, text, n, at, f->md) == 1) {
		PCRE2_SIZE *ov = pcre2_get_ovector_pointer(f->md);
		struct kind_of kind = take_match(f, cue, text, base);

		/* go on behind the name, so that the next one is found */
		at = rules_group(cue->match, f->md, "name", &from, &to) == 0 && to > at ? to : ov[1] > at ? ov[1] : at + 1;
		at = take_list(f, cue, kind, text, n, at, base);
		while (at < n && ((unsigned char)text[at] & 0xc0) == 0x80)
			at++;
	}
}

static void
run_cues(struct finder *f, size_t sent)
{
	size_t base = f->d->sents[sent].start, n = f->d->sents[sent].end - base, i;

	if (n > LIMIT_SENTENCE)
		return;
	rules_needed(&f->r->cues_need, f->d->text + base, n, f->rows);
	for (i = 0; i < f->r->cues.n; i++)
		if (f->rows[i / 64] >> i % 64 & 1)
			run_cue(f, &f->r->cues.v[i], f->d->text + base, n, base);
}

static int
same_word(char a, char b)
{
	return ((a >= '0' && a <= '9') || ((a | 32) >= 'a' && (a | 32) <= 'z')) &&
	    ((b >= '0' && b <= '9') || ((b | 32) >= 'a' && (b | 32) <= 'z'));
}

/* An occurrence of a coined name: a mention, unless it is a part of a word or something else is there. */
static void
take_place(struct finder *f, const struct coined *c, size_t start, size_t end)
{
	const char *text = f->d->text;
	struct mention *m;

	if ((start > 0 && same_word(text[start - 1], text[start])) ||
	    (end < f->d->len && same_word(text[end - 1], text[end])) || !is_free(f->m, start, end))
		return;
	if (f->out.n == LIMIT_MENTIONS) {
		f->m->over = 1;
		return;
	}
	m = vec_push(f->d->arena, &f->out);
	memset(m, 0, sizeof(*m));
	m->class = MENTION_NAME;
	m->start = start;
	m->end = end;
	m->sent = doc_sentence_at(f->d, start);
	m->value = c->name;
	m->rule = c->cue->id;
	m->type = c->type;
	m->class_hint = c->detail;
	m->role = c->cue->role;
	m->confidence = c->confidence;
}

static int
by_name(const void *pa, const void *pb)
{
	return strcmp((*(struct coined *const *)pa)->name, (*(struct coined *const *)pb)->name);
}

/* Every occurrence of a coined name is a mention; all names are looked for at once. */
static void
spread(struct finder *f)
{
	size_t n = HASH_COUNT(f->coined), i = 0, k, at, found;
	struct coined **sorted = xcalloc(n + 1, sizeof(*sorted)), *c;
	uint32_t *key = xcalloc(n + 1, sizeof(*key));
	struct buf pool = BUF_INIT(UINT32_MAX);	/* key[] has 32 bits */
	struct trie_hit hits[PREFIXES_MAX];
	struct trie t = { .key = key };
	struct trie_filter filter;
	int32_t *base, *check;

	for (c = f->coined; c != NULL; c = c->hh.next)
		sorted[i++] = c;
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (i = 0; i < n && !pool.over; i++) {
		key[i] = (uint32_t)pool.len;
		buf_add(&pool, sorted[i]->name, strlen(sorted[i]->name) + 1);
	}
	n = pool.over ? i - 1 : i;
	t.pool = buf_str(&pool);
	t.nkey = n;
	t.size = trie_build(t.pool, key, n, &base, &check);
	t.base = base;
	t.check = check;
	memset(&filter, 0, sizeof(filter));
	trie_filter_add(&t, 0, &filter);
	for (at = 0; n > 0 && at < f->d->len; at++) {
		if (!trie_may(&filter, f->d->text + at, f->d->len - at) || (at > 0 && same_word(f->d->text[at - 1], f->d->text[at])))
			continue;
		found = trie_prefixes(&t, f->d->text + at, f->d->len - at, hits, PREFIXES_MAX);
		for (k = 0; k < found; k++)
			take_place(f, sorted[hits[k].key], at, at + hits[k].len);
	}
	free(base);
	free(check);
	free(key);
	free(sorted);
	buf_free(&pool);
}

/* By start; of two that begin together the longer first. */
static int
by_place(const void *pa, const void *pb)
{
	const struct mention *a = pa, *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->end == b->end ? 0 : a->end > b->end ? -1 : 1;
}

/* Puts the new mentions among the old; what a longer one covers goes. */
static void
merge(struct finder *f)
{
	size_t n = f->m->n + f->out.n, i, k = 0, end = 0;
	struct mention *v;

	mentions_add(f->d->arena, f->m, f->out.v, f->out.n);
	v = f->m->v;
	if (n > 1)
		qsort(v, n, sizeof(*v), by_place);
	for (i = 0; i < n; i++)
		if (k == 0 || v[i].start >= end) {
			end = v[i].end;
			v[k++] = v[i];
		}
	f->m->n = k;
}

/* ---- names that stand over hashes ------------------------------------------------------------------------------------- */

#define COINED_LEAST	6	/* letters of such a name */
#define COINED_MOST	24

/* "MossGate": one word in which a capital follows a small letter. "LNKs", "Archives" and "JS" are kinds of files. */
static int
is_coined_word(const char *s, size_t n)
{
	size_t i, humps = 0;

	if (n < COINED_LEAST || n > COINED_MOST || s[0] < 'A' || s[0] > 'Z')
		return 0;
	for (i = 0; i < n; i++) {
		if (!((s[i] >= '0' && s[i] <= '9') || ((s[i] | 32) >= 'a' && (s[i] | 32) <= 'z')))
			return 0;
		humps += i > 0 && s[i] >= 'A' && s[i] <= 'Z' && s[i - 1] >= 'a' && s[i - 1] <= 'z';
	}
	return humps > 0;
}

/* Does block b hold a hash at its beginning? */
static int
begins_with_hash(const struct finder *f, const struct doc_block *b)
{
	size_t i = mention_after(f->m, b->start);

	return i < f->m->n && f->m->v[i].start < b->end && f->m->v[i].class == MENTION_VALUE &&
	    kind_is_hash(f->m->v[i].kind) && f->m->v[i].start - b->start <= 4;
}

/* A heading that is such a word over a list of hashes calls them samples of that malware. */
static void
heading_names(struct finder *f)
{
	static const struct cue cue = { .id = "heading.name", .confidence = 80 };
	const struct doc *d = f->d;
	size_t i;

	for (i = 0; i + 1 < d->nblock; i++) {
		const struct doc_block *b = &d->blocks[i];
		size_t n = b->end - b->start;

		while (n > 0 && strchr(": *", d->text[b->start + n - 1]) != NULL)
			n--;
		if (b->kind == DOC_HEADING && states(d, b->sent) && is_coined_word(d->text + b->start, n) &&
		    begins_with_hash(f, &d->blocks[i + 1]) && !is_stopped(f, d->text + b->start, n) &&
		    is_free(f->m, b->start, b->start + n))
			coin(f, &cue, d->text + b->start, n, "malware", NULL);
	}
}

int
cue_names(const struct doc *d, const struct phrases *p, struct mentions *m, struct facts *facts, struct err *e)
{
	struct finder f = { .d = d, .m = m };
	size_t i;

	(void)facts;
	if (phrases_rules(p, d->lang->tag, &f.r, e) != 0)
		return -1;
	f.md = pcre2_match_data_create(32, NULL);
	if (f.md == NULL)
		base_oom();
	f.rows = arena_alloc(d->arena, (f.r->cues_need.words + 1) * sizeof(*f.rows));
	for (i = 0; i < d->nsent; i++)
		if (states(d, i))
			run_cues(&f, i);
	heading_names(&f);
	spread(&f);
	merge(&f);
	HASH_CLEAR(hh, f.coined);
	pcre2_match_data_free(f.md);
	return 0;
}
