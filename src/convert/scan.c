/* The one pass over a document that finds values, in the plain form of its view. */
#include <stdlib.h>
#include <string.h>

#include "convert/recognise.h"

/* The numbers of local rules begin with a million; which one this is does not matter, but it stays. */
#define RULE_JA3(buffer)	"alert tls any any -> any any (msg:\"" buffer " %s\"; " buffer "; content:\"%s\"; sid:%u; rev:1;)"
#define KIND(name, needs, find, take, sco, path, digits, host, pattern, language) \
	{ name, needs, find, take, sco, path, digits, host, pattern, language },
const struct kind kinds[] = {
#include "convert/kinds.def"
};
#undef KIND
const size_t kinds_count = ARRAY_LEN(kinds);

const struct kind *
kind_named(const char *name)
{
	size_t i;

	for (i = 0; i < kinds_count; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

int
kind_is_hash(const struct kind *k)
{
	return k->path != NULL && strcmp(k->sco, "file") == 0 && strncmp(k->path, "hashes.", 7) == 0;
}

void
scan_notice(const struct doc *d, struct facts *f, size_t at, const char *code, const char *text)
{
	struct notice *n = vec_push(d->arena, &f->notices);

	n->at = doc_input(d, at);
	n->code = code;
	n->text = text;
}

/* ---- words -------------------------------------------------------------------------------------------------------------- */

/* The octets of a letter beyond ASCII that goes with ASCII letters in a word: Latin, Greek, Cyrillic; else 0. */
static size_t
wide_letter(const char *s, size_t n)
{
	unsigned char c = (unsigned char)s[0];
	uint32_t cp;

	if (c < 0xc3 || c > 0xd4 || n < 2)
		return 0;
	cp = (uint32_t)(c & 0x1f) << 6 | ((unsigned char)s[1] & 0x3f);
	return (cp >= 0xc0 && cp <= 0x24f && cp != 0xd7 && cp != 0xf7) || (cp >= 0x370 && cp <= 0x52f) ? 2 : 0;
}

/* What the characters around the word add. */
static unsigned
around(const struct scanner *sc, const struct word *w)
{
	unsigned has = 0;
	char next = rc_at(sc, w->end), prev = w->start > 0 ? sc->plain.s[w->start - 1] : ' ';

	has |= next == ':' ? BEFORE_COLON : 0;
	has |= next == '@' || next == '+' || (next == '%' && prev != '%') ? BEFORE_AT : 0;
	has |= next == '\\' ? BEFORE_BACKSLASH : 0;
	has |= prev == '%' ? AFTER_PERCENT : 0;
	if (prev == '/' && next == '/' && (w->start == 1 || (unsigned char)sc->plain.s[w->start - 2] >= 0x80 ||
	    strchr(" \t\n\"'(=`", sc->plain.s[w->start - 2]) != NULL))
		has |= AFTER_SLASH;
	return has;
}

/*
 * A label in a script that is written without blanks, before the dot before `at`, belongs to the word only when something other
 * than text divides it from what stands before: "「日本語.jp」", not "通信先は日本語.jp", where は may be a word of the sentence.
 * Returns where the word begins.
 */
#define MAX_WIDE	60	/* octets of such labels */
static size_t
wide_start(const struct scanner *sc, size_t at)
{
	const char *s = sc->plain.s;
	size_t i = at, k;
	uint32_t cp = 0;
	int kana = 0;

	if (at < 4 || s[at - 1] != '.' || (unsigned char)s[at - 2] < 0x80)
		return at;
	while (i > sc->from && at - i < MAX_WIDE && ((unsigned char)s[i - 1] >= 0x80 || s[i - 1] == '.')) {
		for (k = i - 1; k > sc->from && ((unsigned char)s[k] & 0xc0) == 0x80; k--)
			;
		if (utf8_decode(s + k, i - k, &cp) == 0 || cp == 0x300c || cp == 0x300e || cp == 0x201c)
			break;
		if (cp >= 0x2000 && cp < 0x3040 && cp != 0x3005)
			return at;
		kana |= cp >= 0x3041 && cp <= 0x3096;
		i = k;
	}
	if (s[i] == '.' || at - i >= MAX_WIDE || (i == sc->from && i > 0))
		return at;
	if (i > 0 && (unsigned char)s[i - 1] < 0x80)
		return kana || strchr(" \t\n\"'(=,|/", s[i - 1]) == NULL ? at : i;
	return i == 0 && kana ? at : i;
}

/* Reads the word that begins at `at`. */
static void
read_word(const struct scanner *sc, size_t at, struct word *w)
{
	const char *s = sc->plain.s;
	size_t i = at, hex = 0, wide;

	w->start = at;
	w->has = 0;
	while (i < sc->plain.len) {
		char c = s[i];

		if (rc_alnum(c)) {
			if (rc_digit(c))
				w->has |= HAS_DIGIT;
			hex = rc_hex(c) ? hex + 1 : 0;
			if (hex == LEAST_HEX)
				w->has |= HAS_HEX;
			i++;
		} else if (c == '.' || c == '-' || c == '_') {
			w->has |= c == '.' ? HAS_DOT : c == '-' ? HAS_DASH : 0;
			hex = 0;
			i++;
		} else if ((wide = wide_letter(s + i, sc->plain.len - i)) > 0) {
			hex = 0;
			i += wide;
		} else
			break;
	}
	while (i > at + 1 && (s[i - 1] == '.' || s[i - 1] == '-' || s[i - 1] == '_'))
		i--;
	w->end = i;
	if (w->has & HAS_DOT && memchr(s + at, '.', i - at) == NULL)
		w->has &= ~(unsigned)HAS_DOT;
	w->has |= around(sc, w);
}

/* ---- mentions ------------------------------------------------------------------------------------------------------------ */

static struct mention *
push_mention(struct scanner *sc)
{
	struct mention *m;

	if (sc->out->n == sc->out->cap)
		sc->out->v = arena_grow(sc->d->arena, sc->out->v, sizeof(*sc->out->v), &sc->out->cap);
	m = &sc->out->v[sc->out->n++];
	memset(m, 0, sizeof(*m));
	return m;
}

/* The sentence that holds view offset `at`, or SIZE_MAX; values come in order. */
static size_t
sentence_of(struct scanner *sc, size_t at)
{
	const struct doc *d = sc->d;

	while (sc->sent < d->nsent && d->sents[sc->sent].end <= at)
		sc->sent++;
	return sc->sent < d->nsent && d->sents[sc->sent].start <= at ? sc->sent : SIZE_MAX;
}

static void
add_mention(struct scanner *sc, const struct kind *k, const struct found *f)
{
	struct mention *m;

	if (sc->out->n == LIMIT_MENTIONS) {
		sc->out->over = 1;
		return;
	}
	m = push_mention(sc);
	m->start = plain_view(&sc->plain, f->start, 0);
	m->end = plain_view(&sc->plain, f->end, 1);
	m->sent = sentence_of(sc, m->start);
	m->value = f->value;
	m->rule = f->rule;
	m->refanged = plain_edited(&sc->plain, f->start, f->end);
	m->host = f->host;
	m->port = f->port;
	m->confidence = 100;
	if (f->type != NULL) {
		m->class = MENTION_NAME;
		m->type = f->type;
		m->ext_source = f->ext_source;
		m->ext_id = f->value;
	} else {
		m->class = MENTION_VALUE;
		m->kind = k;
	}
}

/* Tries the kinds on a word; returns where to go on. */
static size_t
claim(struct scanner *sc, const struct word *w)
{
	size_t i;

	for (i = 0; i < kinds_count; i++) {
		struct found f;
		int hit;

		if ((w->has & kinds[i].needs) == 0)
			continue;
		memset(&f, 0, sizeof(f));
		f.start = w->start;
		f.end = w->end;
		hit = kinds[i].find(sc, w, &kinds[i], &f);
		if (hit == 0)
			continue;
		if (hit == 1)
			add_mention(sc, f.kind != NULL ? f.kind : &kinds[i], &f);
		return f.end > w->end ? f.end : w->end;
	}
	return w->end;
}

#define TAKEN_NONE	SIZE_MAX

/* The end of the taken stretch that holds view offset `at`, or TAKEN_NONE. *next: the first stretch not yet passed. */
static size_t
taken_until(const struct spans *taken, size_t *next, size_t at)
{
	while (*next < taken->n && taken->v[*next].end <= at)
		(*next)++;
	return *next < taken->n && taken->v[*next].start <= at ? taken->v[*next].end : TAKEN_NONE;
}

/* What an octet is where words are looked for. */
enum octet {
	BETWEEN,	/* none of a word, and says nothing about one */
	LETTER,		/* of ASCII */
	TELLS,		/* a digit, or what may stand in a value or beside it */
	WIDE,		/* may begin a letter beyond ASCII that goes with ASCII in a word */
};

static const unsigned char octets[256] = {
	['A'] = LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
	['N'] = LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
	['a'] = LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
	['n'] = LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
	['0'] = TELLS, TELLS, TELLS, TELLS, TELLS, TELLS, TELLS, TELLS, TELLS, TELLS,
	['.'] = TELLS, ['-'] = TELLS, ['_'] = TELLS, [':'] = TELLS, ['@'] = TELLS, ['+'] = TELLS, ['%'] = TELLS, ['/'] = TELLS,
	['\\'] = TELLS,
	[0xc3] = WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE,
};

/* The end of a word of letters at `at` that stands between blanks and the like, as most words do; `at` when it is another. */
static size_t
mere_word(const struct scanner *sc, size_t at)
{
	const unsigned char *s = (const unsigned char *)sc->plain.s;
	size_t i = at;

	if (at > 0 && octets[s[at - 1]] != BETWEEN)
		return at;
	while (octets[s[i]] == LETTER)	/* the text ends with a NUL */
		i++;
	if (i - at >= LEAST_HEX)
		return at;
	if (octets[s[i]] == BETWEEN || (s[i] == '.' && (s[i + 1] == ' ' || s[i + 1] == '\n')))
		return i;
	return at;
}

static void
scan(struct scanner *sc, const struct spans *taken)
{
	const char *s = sc->plain.s;
	size_t i = 0, next = 0, end, wide;
	struct word w;

	while (i < sc->plain.len) {
		if (octets[(unsigned char)s[i]] == BETWEEN || (!rc_alnum(s[i]) && wide_letter(s + i, sc->plain.len - i) == 0)) {
			i++;
			continue;
		}
		if ((end = mere_word(sc, i)) > i) {
			i = sc->from = end;
			continue;
		}
		wide = wide_start(sc, i);
		read_word(sc, i, &w);
		if (wide < w.start) {
			w.start = wide;
			w.has |= HAS_DOT;
		}
		i = sc->from = w.end;
		/* most words are words */
		if ((w.has & ~(unsigned)HAS_DASH) == 0 && (w.has == 0 || w.end - w.start < 13))
			continue;
		plain_near(&sc->plain, w.start);
		end = taken_until(taken, &next, plain_view(&sc->plain, w.start, 0));
		if (end == TAKEN_NONE)
			i = sc->from = claim(sc, &w);
	}
}

static int
by_start(const void *a, const void *b)
{
	const struct mention *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* What stands behind a label that says its kind, and texts that are values as a whole. */
static void
add_labelled(struct scanner *sc, const struct spans *taken)
{
	size_t i, had = sc->out->n;

	for (i = 0; i < taken->n && sc->out->n < LIMIT_MENTIONS; i++) {
		const struct span *x = &taken->v[i];
		const char *s = sc->d->text + x->start, *value;
		struct mention *m;

		if (x->kind == NULL || x->kind->sco == NULL)
			continue;
		value = x->kind->take != NULL ? x->kind->take(sc->d->arena, s, x->end - x->start) : x->value;
		if (value == NULL)
			continue;
		m = push_mention(sc);
		m->class = MENTION_VALUE;
		m->kind = x->kind;
		m->start = x->start;
		m->end = x->end;
		m->sent = doc_sentence_at(sc->d, m->start);
		m->value = value;
		m->rule = x->kind->take != NULL ? "label" : "rule";
		m->confidence = 100;
	}
	if (sc->out->n > had)
		qsort(sc->out->v, sc->out->n, sizeof(*sc->out->v), by_start);
}

void
scan_values(const struct doc *d, const struct phrases *p, struct mentions *m, struct facts *f)
{
	const struct layout_lang *lang = phrases_layout(p, d->lang->tag);
	struct spans taken = { 0 }, columns = { 0 };
	struct scanner sc;

	memset(&sc, 0, sizeof(sc));
	sc.d = d;
	sc.lang = lang;
	sc.f = f;
	sc.out = m;
	sc.hex.start = SIZE_MAX;
	hosts_begin(&sc);
	detections_find(d, &taken);
	records_read(d, lang, f, &taken, &columns);
	plain_make(&sc.plain, d->text, d->len);
	scan(&sc, &taken);
	add_labelled(&sc, &taken);
	plain_free(&sc.plain);
	observe(d, lang, m, &columns, f);
}
