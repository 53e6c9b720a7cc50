/* From lines to blocks, sections and sentences; title, author and date. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "doc/doc_int.h"

#define HEADING_WIDTH	100	/* a heading is no wider than this on a screen */
#define TITLE_WIDTH	220
#define HEAD_LINES	TITLE_LINES	/* title, author and date stand in the first lines, or are not there */
#define TAIL_LINES	60	/* the line that names the original stands in the last ones, or in the first */
#define MAX_LEVEL	8
enum { LEVEL_SYNONYM = 2, LEVEL_ALONE = 3, LEVEL_COLON = 4 };

/* A synonym, folded once. */
struct synonym {
	const char *text;
	size_t len;
	const struct doc_role *role;
	uint32_t next;		/* 1 + the next one whose first octets have the same head, 0: none */
};

#define HEADS	1024	/* rows of the table that tells synonyms by their first octets */

struct layout {
	struct doc *d;
	struct reading *r;
	const struct doc_options *opt;
	struct arena *tmp;
	VEC(struct synonym) synonyms;
	uint32_t heads[HEADS];	/* 1 + the first synonym of that head_of(), 0: none */
	const char *const *labels[256];	/* of the language, by first octet, ASCII letters large; NULL ends */
	VEC(struct doc_block) blocks;
	VEC(struct doc_section) sections;
	VEC(struct doc_sentence) sents;
	size_t level_section[MAX_LEVEL + 1];	/* the section that a heading of that level opened last, or SIZE_MAX */
	size_t title_line, date_line;		/* SIZE_MAX: none */
};

size_t
layout_width(const char *s, size_t n)
{
	size_t i, w = 0;

	for (i = 0; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) == 0x80)
			continue;
		w += (unsigned char)s[i] < 0x80 ? 1 : 2;
	}
	return w;
}

/* ---- what a line is ------------------------------------------------------------------------------------------------- */

static const char *
line_text(const struct layout *l, const struct line *line, size_t *n)
{
	*n = line->end - line->start;
	return l->d->text + line->start;
}

/* Is s[0..n) what the pattern says: the same, letter case aside, where "*" is any text? */
static int
is_like(const char *pattern, const char *s, size_t n)
{
	const char *star = strchr(pattern, '*');
	size_t k = star != NULL ? (size_t)(star - pattern) : strlen(pattern), i;

	if (n < k || (star == NULL && n != k) || strncasecmp(s, pattern, k) != 0)
		return 0;
	for (i = k; star != NULL && i <= n; i++)
		if (star[1] == '\0' || is_like(star + 1, s + i, n - i))
			return 1;
	return star == NULL;
}

#define LIKE_OCTETS	500	/* of a line that may be boilerplate */

static int
equals_any(const char *s, size_t n, const char *const *list)
{
	if (n > LIKE_OCTETS)
		return 0;
	for (; list != NULL && *list != NULL; list++)
		if (n > 0 && ((s[0] ^ **list) & 0xdf) == 0 && is_like(*list, s, n))
			return 1;
	return 0;
}

static size_t
hex_run(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && ((s[i] >= '0' && s[i] <= '9') || ((s[i] | 32) >= 'a' && (s[i] | 32) <= 'f')))
		i++;
	return i;
}

#define LABEL_HEX	24	/* this many hexadecimal digits right behind a label need no colon */

static int
ends_sentence(const char *s, size_t n)
{
	static const char *const ends[] = { "。", "、", "｡" };
	size_t i;

	if (n == 0 || strchr(".!,;", s[n - 1]) != NULL)
		return 1;
	for (i = 0; i < ARRAY_LEN(ends); i++)
		if (n >= 3 && memcmp(s + n - 3, ends[i], 3) == 0)
			return 1;
	return 0;
}

#define BARE_WIDTH	120	/* no line that is longer is a label, a blank and a value */

enum labelled { LABEL_NONE, LABEL_BARE, LABEL_VALUE, LABEL_ALONE };

/* The row of labels for what begins as s does. */
static size_t
label_row(const char *s)
{
	return (unsigned char)(*s >= 'a' && *s <= 'z' ? *s - 32 : *s);
}

/* Sorts the labels of the language into their rows; in a row they stay as they stand. */
static void
sort_labels(struct layout *l)
{
	const char *const *p;
	size_t n[256] = { 0 }, row;

	for (p = l->d->lang->labels; p != NULL && *p != NULL; p++)
		n[label_row(*p)]++;
	for (row = 0; row < ARRAY_LEN(n); row++) {
		const char **out = n[row] > 0 ? arena_alloc(l->d->arena, (n[row] + 1) * sizeof(*out)) : NULL;

		l->labels[row] = out;
		for (p = l->d->lang->labels; out != NULL && *p != NULL; p++)
			if (label_row(*p) == row)
				*out++ = *p;
	}
}

/* A labelled line: a label of the language, then a colon, a hash, or nothing. LABEL_BARE: only a blank, as other words have too. */
static enum labelled
labelled(const struct layout *l, const char *s, size_t n)
{
	enum labelled found = LABEL_NONE;
	const char *const *p;

	for (p = n > 0 ? l->labels[label_row(s)] : NULL; p != NULL && *p != NULL; p++) {
		size_t k = strlen(*p);

		if (n < k || strncasecmp(s, *p, k) != 0)
			continue;
		if (hex_run(s + k, n - k) >= LABEL_HEX)
			return LABEL_VALUE;
		while (k < n && (s[k] == ' ' || s[k] == '\t' || s[k] == '-' || s[k] == '*'))
			k++;
		if (k == n || (s[k] == ':' && k + 1 == n))
			return LABEL_ALONE;
		if (s[k] == ':' || s[k] == '=' || s[k] == '|' || hex_run(s + k, n - k) >= LABEL_HEX)
			return LABEL_VALUE;
		if (strchr(" \t", s[k - 1]) != NULL && n <= BARE_WIDTH && (s[n - 1] == '!' || !ends_sentence(s, n)))
			found = LABEL_BARE;
	}
	return found;
}

enum { HEX = 1, MARK = 2, INNER = 4, BLANK = 8 };

/* Hexadecimal digits; what an address or a path begins with; what words do not have inside; what ends a single word. */
static const unsigned char octets[256] = {
	['0'] = HEX, HEX, HEX, HEX, HEX, HEX, HEX, HEX, HEX, HEX, ['a'] = HEX, HEX, HEX, HEX, HEX, HEX,
	['A'] = HEX, HEX, HEX, HEX, HEX, HEX, ['['] = MARK, ['('] = MARK, [':'] = MARK | INNER,
	['.'] = INNER, ['/'] = INNER, ['@'] = INNER, ['\\'] = INNER, ['='] = INNER, ['_'] = INNER, [' '] = BLANK,
};

/* Something that is written to be copied, no words: an address, a hash, a path. */
static int
is_value(const char *s, size_t n)
{
	size_t i, run = 0;
	int inner = 0, word = 1;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i], what = octets[c];

		run = what & HEX ? run + 1 : 0;
		if (run >= LABEL_HEX)
			return 1;
		if (what & MARK && n - i >= 3) {
			if (c != ':' && memchr(".:", s[i + 1], 2) != NULL)
				return 1;
			if (c == ':' && (memcmp(s + i, "://", 3) == 0 || s[i + 1] == '\\'))
				return 1;
		}
		inner |= what & INNER && i > 0 && i + 1 < n;
		word &= !(what & BLANK || c >= 0x80);
	}
	/* a single word with something inside that words do not have */
	return word && inner;
}

/* A line of one word that is no word: what a list of values holds. */
static int
is_list_value(const struct layout *l, size_t i)
{
	size_t n, k;
	const char *s;

	if (i >= l->r->nline || l->r->lines[i].gap)
		return 0;
	s = line_text(l, &l->r->lines[i], &n);
	for (k = 0; k < n; k++)
		if (s[k] == ' ' || (unsigned char)s[k] >= 0x80)
			return 0;
	return n >= 7 && is_value(s, n);
}

/* The row of heads for s[0..n): by up to three octets. */
static size_t
head_of(const char *s, size_t n)
{
	unsigned h = (unsigned char)s[0];

	h = h * 31 + (n > 1 ? (unsigned char)s[1] : 0);
	return (h * 31 + (n > 2 ? (unsigned char)s[2] : 0)) % HEADS;
}

/* The role of the synonym that folded f is: of several that are the same, the first. */
static const struct doc_role *
whole_role(const struct layout *l, const char *f, size_t len)
{
	size_t i;

	for (i = l->heads[head_of(f, len)]; i > 0; i = l->synonyms.v[i - 1].next)
		if (l->synonyms.v[i - 1].len == len && memcmp(f, l->synonyms.v[i - 1].text, len) == 0)
			return l->synonyms.v[i - 1].role;
	return NULL;
}

static const struct doc_role *
role_of(const struct layout *l, const char *s, size_t n)
{
	const char *f = text_fold(l->tmp, s, n);
	size_t len = strlen(f), at, i, longest = 0, first = 0;
	const struct doc_role *part = whole_role(l, f, len);

	if (part != NULL)
		return part;
	/* it holds one: the longest, of equal ones the first */
	for (at = 0; len > DOC_HEADING_PART && at + DOC_HEADING_PART <= len; at++)
		for (i = l->heads[head_of(f + at, len - at)]; i > 0; i = l->synonyms.v[i - 1].next) {
			const struct synonym *y = &l->synonyms.v[i - 1];

			if (y->len < DOC_HEADING_PART || y->len >= len || y->len > len - at || y->len < longest ||
			    (y->len == longest && i > first) || memcmp(f + at, y->text, y->len) != 0)
				continue;
			part = y->role;
			longest = y->len;
			first = i;
		}
	return part;
}

/* ---- headings ------------------------------------------------------------------------------------------------------- */

struct heading {
	int level;
	const struct doc_role *role;
};

/* Does an empty line, a heading or nothing stand before line i (after: behind it)? */
static int
free_before(const struct layout *l, size_t i)
{
	return i == 0 || l->r->lines[i].gap;
}

static int
free_after(const struct layout *l, size_t i)
{
	return i + 1 >= l->r->nline || l->r->lines[i + 1].gap;
}

static void
count_sentence(void *arg, size_t start, size_t end)
{
	*(size_t *)arg += start < end;
}

/* Does a full stop or the like divide s? */
static int
divided(const struct layout *l, const struct line *line)
{
	size_t count = 0;

	sentence_split(l->d->lang, l->d->text, line->start, line->end, count_sentence, &count);
	return count > 1;
}

/* Is line i of plain words a heading? */
static int
heading_of_text(struct layout *l, size_t i, int after_heading, struct heading *h)
{
	size_t n, w;
	const char *s = line_text(l, &l->r->lines[i], &n);

	w = n > HEADING_WIDTH * 3 ? SIZE_MAX : layout_width(s, n);
	if (w > HEADING_WIDTH || ends_sentence(s, n) || is_value(s, n) || divided(l, &l->r->lines[i]))
		return 0;
	if (!free_before(l, i) && !after_heading && s[n - 1] != ':')
		return 0;
	h->role = role_of(l, s, n);
	h->level = LEVEL_SYNONYM;
	if (s[n - 1] == ':')
		h->level = LEVEL_COLON;
	else if (h->role == NULL)
		h->level = LEVEL_ALONE;
	if (h->role != NULL)
		return 1;
	if (s[n - 1] == ':')
		return w <= HEADING_WIDTH / 2;
	/* where headings have marks, a short paragraph is none */
	return free_before(l, i) && ((free_after(l, i) && !l->r->marked) || is_list_value(l, i + 1));
}

static int
heading_of(struct layout *l, size_t i, int after_heading, struct heading *h)
{
	const struct line *line = &l->r->lines[i];
	size_t n;
	const char *s = line_text(l, line, &n);

	memset(h, 0, sizeof(*h));
	switch ((enum line_hint)line->hint) {
	case LINE_HEADING:
	case LINE_BOLD:
		if (line->hint == LINE_BOLD && (is_value(s, n) || layout_width(s, n) > HEADING_WIDTH))
			return 0;
		h->level = line->level > 0 ? line->level : LEVEL_ALONE;
		h->role = role_of(l, s, n);
		return 1;
	case LINE_TEXT:
		return heading_of_text(l, i, after_heading, h);
	default:
		return 0;
	}
}

/* ---- title, author, date -------------------------------------------------------------------------------------------- */

/* The date, when the line says little else: a weekday, a time, a label. */
static int
date_line(struct layout *l, const struct line *line)
{
	size_t n, start, end;
	const char *s = line_text(l, line, &n);
	struct stamp day;

	if (n > 120 || !doc_find_date(l->d->lang, s, n, &day, &start, &end))
		return 0;
	if (layout_width(s, start) + layout_width(s + end, n - end) > 24)
		return 0;
	l->d->date = day;
	l->d->has_date = 1;
	return 1;
}

static int
can_be_title(struct layout *l, size_t i)
{
	const struct line *line = &l->r->lines[i];
	size_t n, k;
	const char *s = line_text(l, line, &n);

	if (line->hint == LINE_ROW || line->hint == LINE_CODE || line->hint == LINE_NOISE || line->item || n > TITLE_WIDTH * 3 ||
	    layout_width(s, n) > TITLE_WIDTH || is_value(s, n) || labelled(l, s, n) > LABEL_BARE || role_of(l, s, n) != NULL ||
	    equals_any(s, n, l->d->lang->boilerplate) || s[n - 1] == ':')
		return 0;
	for (k = 0; k < n && s[k] != ' ' && (unsigned char)s[k] < 0x80; k++)
		;
	return k < n;	/* more than one word, or a script without blanks */
}

/* "By NAME": the author; returns 1 when the line is that. */
static int
byline(struct layout *l, size_t i)
{
	const char *const *p;
	size_t n, k;
	const char *s = line_text(l, &l->r->lines[i], &n);

	for (p = l->d->lang->bylines; p != NULL && *p != NULL; p++) {
		k = strlen(*p);
		if (n <= k || n > k + 80 || strncasecmp(s, *p, k) != 0)
			continue;
		while (k < n && (s[k] == ' ' || s[k] == ':'))
			k++;
		if (l->d->author == NULL && k < n)
			l->d->author = arena_strndup(l->d->arena, s + k, n - k);
		return 1;
	}
	return 0;
}

/* A line between empty lines, with text below it, that is no sentence or only one. */
static int
stands_alone(struct layout *l, size_t i)
{
	const struct line *line = &l->r->lines[i];
	size_t n;
	const char *s = line_text(l, line, &n);

	if (l->r->nline < 2 || !free_before(l, i) || !free_after(l, i) || byline(l, i) || (ends_sentence(s, n) && s[n - 1] != '!'))
		return 0;
	return !divided(l, line);
}

/* "Weekly digest (August 29, 2031): what happened": a line that is no sentence, with a date in it. */
static int
dated_head(struct layout *l, size_t i, struct stamp *day)
{
	size_t n, start, end;
	const char *s = line_text(l, &l->r->lines[i], &n);

	return !ends_sentence(s, n) && doc_find_date(l->d->lang, s, n, day, &start, &end);
}

/*
 * The title: the first heading of level 1; else the line over the date (the author's may stand between); else the first line, when
 * it stands alone or holds the date.
 */
static size_t
find_title(struct layout *l, size_t head)
{
	struct stamp day;
	size_t i, n;
	const char *s;

	for (i = 0; i < head; i++)
		if (l->r->lines[i].hint == LINE_HEADING && l->r->lines[i].level == 1)
			return i;
	for (i = l->date_line; i != SIZE_MAX && i-- > 0;) {
		if (byline(l, i))
			continue;
		if (can_be_title(l, i))
			return i;
		break;
	}
	for (i = 0; i < head; i++) {
		s = line_text(l, &l->r->lines[i], &n);
		if (!equals_any(s, n, l->d->lang->boilerplate))
			return can_be_title(l, i) && (stands_alone(l, i) || (!l->d->has_date && dated_head(l, i, &day))) ? i : SIZE_MAX;
	}
	return SIZE_MAX;
}

static void
front_date(struct layout *l)
{
	size_t start, end;
	const char *s = l->r->date;

	if (s != NULL && doc_find_date(l->d->lang, s, strlen(s), &l->d->date, &start, &end))
		l->d->has_date = 1;
}

static void
find_head(struct layout *l)
{
	size_t i, n, head = l->r->nline < HEAD_LINES ? l->r->nline : HEAD_LINES;
	const char *s;

	l->title_line = l->date_line = SIZE_MAX;
	l->d->url = l->r->url;
	l->d->author = l->r->author;
	front_date(l);
	for (i = 0; i < head && !l->d->has_date; i++)
		if (date_line(l, &l->r->lines[i]))
			l->date_line = i;
	l->title_line = find_title(l, head);
	if (l->title_line != SIZE_MAX) {
		s = line_text(l, &l->r->lines[l->title_line], &n);
		l->d->title = arena_strndup(l->d->arena, s, n);
		if (!l->d->has_date)
			l->d->has_date = dated_head(l, l->title_line, &l->d->date);
	}
	if (l->r->title != NULL)
		l->d->title = l->r->title;
}

/* ---- blocks ---------------------------------------------------------------------------------------------------------- */

static void
open_section(struct layout *l, size_t heading, const struct doc_role *role)
{
	struct doc_section *sec = vec_push(l->d->arena, &l->sections);

	sec->role = role;
	sec->heading = heading;
	sec->block = l->blocks.n;
	sec->nblock = 0;
}

/* A heading nobody knows belongs to what stands above it. */
static const struct doc_role *
inherited(const struct layout *l, int level)
{
	int i;

	for (i = level - 1; i >= 0; i--)
		if (l->level_section[i] != SIZE_MAX)
			return l->sections.v[l->level_section[i]].role;
	return NULL;
}

static void
open_heading(struct layout *l, const struct heading *h)
{
	int level = h->level < MAX_LEVEL ? h->level : MAX_LEVEL, i;

	open_section(l, l->blocks.n, h->role != NULL ? h->role : inherited(l, level));
	for (i = level; i <= MAX_LEVEL; i++)
		l->level_section[i] = SIZE_MAX;
	l->level_section[level] = l->sections.n - 1;
}

static void
sentence_found(void *arg, size_t start, size_t end)
{
	struct layout *l = arg;
	struct doc_sentence *s = vec_push(l->d->arena, &l->sents);

	s->start = (uint32_t)start;
	s->end = (uint32_t)end;
	s->block = (uint32_t)l->blocks.n - 1;
}

static void
add_block(struct layout *l, const struct line *line, enum doc_kind kind, int level)
{
	struct doc_block *b = vec_push(l->d->arena, &l->blocks);

	b->kind = kind;
	b->level = level;
	b->start = line->start;
	b->end = line->end;
	b->section = (uint32_t)l->sections.n - 1;
	l->sections.v[b->section].nblock++;
}

/* The sentences of the block that was added last: a row or a heading is one. */
static void
close_block(struct layout *l)
{
	struct doc_block *b;

	if (l->blocks.n == 0)
		return;
	b = &l->blocks.v[l->blocks.n - 1];
	b->sent = (uint32_t)l->sents.n;
	if (b->kind == DOC_PARA || b->kind == DOC_ITEM)
		sentence_split(l->d->lang, l->d->text, b->start, b->end, sentence_found, l);
	else
		sentence_found(l, b->start, b->end);
	b->nsent = (uint32_t)l->sents.n - b->sent;
}

/*
 * A line that goes on in the next one: no stop at its end, and a small letter begins the next. So a paragraph that a mail
 * program wrapped is one again, and a list of short lines stays a list.
 */
#define WRAP_WIDTH	45

/* Does the line begin a row of its own: is its first field a value, with a mark and no blank behind it ("bad.example,C2")? */
static int
begins_row(const char *s, size_t n)
{
	size_t field = 0;

	while (field < n && strchr(",;|\t ", s[field]) == NULL)
		field++;
	return field + 1 < n && s[field] != ' ' && s[field + 1] != ' ' && is_value(s, field);
}

static int
continues(const struct layout *l, const struct line *line)
{
	const struct doc_block *b = l->blocks.n > 0 ? &l->blocks.v[l->blocks.n - 1] : NULL;
	const char *s = l->d->text;
	size_t last;

	if (b == NULL || line->gap || line->item || line->hint != LINE_TEXT || (b->kind != DOC_PARA && b->kind != DOC_ITEM))
		return 0;
	if (s[line->start] < 'a' || s[line->start] > 'z' || is_value(s + line->start, line->end - line->start) ||
	    begins_row(s + line->start, line->end - line->start))
		return 0;
	for (last = b->end; last > b->start && s[last - 1] != '\n'; last--)
		;
	return b->end - last >= WRAP_WIDTH && !ends_sentence(s + b->end - 1, 1) && s[b->end - 1] != ':';
}

static enum doc_kind
kind_of(struct layout *l, size_t i, const struct heading *h)
{
	const struct line *line = &l->r->lines[i];
	enum labelled label;
	size_t n;
	const char *s = line_text(l, line, &n);

	if (i == l->title_line)
		return DOC_TITLE;
	if (i == l->date_line || line->hint == LINE_NOISE || equals_any(s, n, l->d->lang->boilerplate))
		return DOC_NOISE;
	/* what stands over the title is the name of the site and the like */
	if (l->title_line != SIZE_MAX && i < l->title_line && line->hint == LINE_TEXT && !is_value(s, n))
		return DOC_NOISE;
	if (l->date_line != SIZE_MAX && i < l->date_line && byline(l, i))
		return DOC_NOISE;
	if (l->d->orig_title == NULL && !l->d->has_orig_date && (i < HEAD_LINES || i + TAIL_LINES > l->r->nline) &&
	    meta_source(l->d, s, n))
		return DOC_NOISE;
	if (line->hint == LINE_CODE)
		return DOC_CODE;
	label = labelled(l, s, n);
	/* "URLs" alone is a heading where it stands as one; "MD5" alone has its value on the next line */
	if (line->hint == LINE_ROW || label == LABEL_VALUE)
		return DOC_ROW;
	if (label == LABEL_ALONE && (h == NULL || (h->role == NULL && line->hint != LINE_BOLD)))
		return DOC_ROW;
	if (h != NULL)
		return DOC_HEADING;
	/* "Filename  a.exe" right below a line with a colon or a hash is one more of its kind */
	if (label == LABEL_BARE && !line->gap && l->blocks.n > 0 && l->blocks.v[l->blocks.n - 1].kind == DOC_ROW)
		return DOC_ROW;
	return line->item ? DOC_ITEM : DOC_PARA;
}

static void
fold_synonyms(struct layout *l)
{
	const struct doc_lang *const *lang;
	const struct doc_heading *h;
	size_t i;

	for (lang = l->opt->langs; *lang != NULL; lang++)
		for (h = (*lang)->headings; h != NULL && h->text != NULL; h++) {
			struct synonym *y = vec_push(l->d->arena, &l->synonyms);

			y->text = text_fold(l->d->arena, h->text, strlen(h->text));
			y->len = strlen(y->text);
			y->role = h->role;
		}
	/* from the last to the first, so that the first stands first in its row */
	for (i = l->synonyms.n; i > 0; i--) {
		struct synonym *y = &l->synonyms.v[i - 1];
		uint32_t *head = &l->heads[head_of(y->text, y->len)];

		y->next = *head;
		*head = (uint32_t)i;
	}
}

/*
 * What a title says of all that stands below it: "IOCs", or "The Heron case - Indicators of compromise". Only lists of
 * indicators have their name there; another heading's words in a title are those of a story.
 */
static const struct doc_role *
title_role(struct layout *l)
{
	static const char *const marks[] = { ": ", " - ", " -- ", " | ", "\342\200\223 ", "\342\200\224 ", "\357\274\232" };
	const struct doc_role *role;
	const char *s, *at, *folded;
	size_t n, i;

	if (l->title_line == SIZE_MAX)
		return NULL;
	s = line_text(l, &l->r->lines[l->title_line], &n);
	for (i = 0; i <= ARRAY_LEN(marks); i++) {
		at = i == 0 ? s : memmem(s, n, marks[i - 1], strlen(marks[i - 1]));
		if (at == NULL)
			continue;
		at += i == 0 ? 0 : strlen(marks[i - 1]);
		folded = text_fold(l->tmp, at, n - (size_t)(at - s));
		role = whole_role(l, folded, strlen(folded));
		if (role != NULL && role->indicators && !role->telemetry)
			return role;
	}
	return NULL;
}

static void
build_blocks(struct layout *l)
{
	size_t i;
	int after_heading = 0;

	open_section(l, SIZE_MAX, title_role(l));
	l->level_section[0] = 0;
	for (i = 1; i <= MAX_LEVEL; i++)
		l->level_section[i] = SIZE_MAX;
	for (i = 0; i < l->r->nline; i++) {
		const struct line *line = &l->r->lines[i];
		struct heading h = { 0, NULL };
		enum doc_kind kind;

		if (continues(l, line)) {
			l->blocks.v[l->blocks.n - 1].end = line->end;
			continue;
		}
		close_block(l);
		kind = kind_of(l, i, heading_of(l, i, after_heading, &h) ? &h : NULL);
		if (kind == DOC_HEADING)
			open_heading(l, &h);
		add_block(l, line, kind, kind == DOC_HEADING ? h.level : 0);
		after_heading = kind == DOC_HEADING;
		arena_reset(l->tmp);
	}
	close_block(l);
}

void
layout_build(struct doc *d, struct reading *r, const struct doc_options *opt)
{
	struct layout l;

	memset(&l, 0, sizeof(l));
	l.d = d;
	l.r = r;
	l.opt = opt;
	l.tmp = arena_new();
	fold_synonyms(&l);
	sort_labels(&l);
	find_head(&l);
	build_blocks(&l);
	d->blocks = l.blocks.v;
	d->nblock = l.blocks.n;
	d->sections = l.sections.v;
	d->nsection = l.sections.n;
	d->sents = l.sents.v;
	d->nsent = l.sents.n;
	arena_free(l.tmp);
}
