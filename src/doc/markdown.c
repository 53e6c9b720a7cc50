/*
 * The reader of Markdown: what CommonMark and GitHub's tables write most of the time. Marks are dropped, not interpreted: the
 * view holds the words. Everything is linear in the length of a line.
 */
#include <stdlib.h>
#include <string.h>

#include "doc/doc_int.h"

/* ---- a line's marks, found before it is written ------------------------------------------------------------------ */

/* A place where the view differs from the source: src[from, to) becomes `with` (NULL: nothing). */
struct cut {
	size_t from, to;
	const char *with;
	size_t view;	/* once written: length of the view behind it */
};

/* A run of * or _ that may open or close emphasis. */
struct delim {
	size_t at, left;	/* the octets not yet used are [at, at + left) */
	char c;
};

/* A "[" that may turn out to open a link. */
struct bracket {
	size_t at;
	int image;
};

struct marks {
	struct arena *arena;	/* of this stretch */
	VEC(struct cut) cuts;
	VEC(struct delim) open;
	VEC(struct bracket) brackets;
	size_t last_code[9];	/* where the last run of k backquotes begins, found once */
	int know_code;
	VEC(struct doc_link) links;	/* start, end: of the text in src */
};

static void
cut(struct marks *m, size_t from, size_t to, const char *with)
{
	struct cut *c = vec_push(m->arena, &m->cuts);

	c->from = from;
	c->to = to;
	c->with = with;
}

static int
is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static int
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\0';
}

static int
is_punct(unsigned char c)
{
	return c > ' ' && c < 0x7f && !is_alnum(c);
}

/* Uses up marks on the stack that this run can close; returns how many of its octets are left. */
static size_t
emphasis_close(struct marks *m, char c, size_t at, size_t n)
{
	while (n > 0 && m->open.n > 0) {
		struct delim *o = &m->open.v[m->open.n - 1];
		size_t k = o->left < n ? o->left : n;

		if (o->c != c)
			break;
		cut(m, o->at + o->left - k, o->at + o->left, NULL);
		cut(m, at, at + k, NULL);
		o->left -= k;
		at += k;
		n -= k;
		if (o->left == 0)
			m->open.n--;
	}
	return n;
}

static size_t
emphasis(struct marks *m, const char *s, size_t from, size_t at, size_t to)
{
	size_t n = 0, left;
	unsigned char before, after;
	char c = s[at];
	int can_open, can_close;

	while (at + n < to && s[at + n] == c)
		n++;
	before = at > from ? (unsigned char)s[at - 1] : ' ';
	after = at + n < to ? (unsigned char)s[at + n] : ' ';
	can_open = !is_blank(after) && (c == '*' || !is_alnum(before));
	can_close = !is_blank(before) && (c == '*' || !is_alnum(after));
	if (n > 3)
		return n;
	left = can_close ? emphasis_close(m, c, at, n) : n;
	if (left > 0 && can_open) {
		struct delim *o = vec_push(m->arena, &m->open);

		o->at = at + n - left;
		o->left = left;
		o->c = c;
	}
	return n;
}

/* The last run of each length of backquotes, so that an unclosed one costs no second search. */
static void
know_code(struct marks *m, const char *s, size_t from, size_t to)
{
	size_t i = from, k;

	for (k = 0; k < ARRAY_LEN(m->last_code); k++)
		m->last_code[k] = SIZE_MAX;
	for (; i < to; i += k > 0 ? k : 1) {
		for (k = 0; i + k < to && s[i + k] == '`'; k++)
			;
		if (k > 0 && k < ARRAY_LEN(m->last_code))
			m->last_code[k] = i;
	}
	m->know_code = 1;
}

/* A code span that begins at `at`: its end, or the end of the backquotes when nothing closes it. */
static size_t
code_span(struct marks *m, const char *s, size_t from, size_t at, size_t to)
{
	size_t n = 0, i, k;

	while (at + n < to && s[at + n] == '`')
		n++;
	if (!m->know_code)
		know_code(m, s, from, to);
	if (n >= ARRAY_LEN(m->last_code) || m->last_code[n] == SIZE_MAX || m->last_code[n] <= at)
		return at + n;
	for (i = at + n; i < to; i += k > 0 ? k : 1) {
		for (k = 0; i + k < to && s[i + k] == '`'; k++)
			;
		if (k == n) {
			cut(m, at, at + n, NULL);
			cut(m, i, i + n, NULL);
			return i + n;
		}
	}
	return at + n;
}

/* The ")" that ends the address of a link whose "(" stands at `at`, or 0. */
static size_t
link_end(const char *s, size_t at, size_t to)
{
	size_t i, depth = 0;

	for (i = at + 1; i < to; i++) {
		if (s[i] == '(')
			depth++;
		else if (s[i] == ')' && depth-- == 0)
			return i;
		else if (s[i] == '\\' && i + 1 < to)
			i++;
		else if (s[i] == ']' && i + 1 < to && s[i + 1] == '(')
			return 0;
	}
	return 0;
}

/* A "]" at `at`: a link, an image, a wiki link, or nothing. Returns where to go on. */
static size_t
bracket_close(struct marks *m, const char *s, size_t at, size_t to)
{
	struct bracket b;
	struct doc_link *l;
	size_t end, a, z;

	if (m->brackets.n == 0)
		return at + 1;
	b = m->brackets.v[--m->brackets.n];
	if (at + 1 < to && s[at + 1] == ']' && m->brackets.n > 0 && m->brackets.v[m->brackets.n - 1].at + 1 == b.at) {
		m->brackets.n--;
		cut(m, b.at - 1, b.at + 1, NULL);
		cut(m, at, at + 2, NULL);
		return at + 2;
	}
	if (at + 1 >= to || s[at + 1] != '(' || (end = link_end(s, at + 1, to)) == 0)
		return at + 1;
	if (b.image) {
		cut(m, b.at - 1, end + 1, NULL);
		return end + 1;
	}
	cut(m, b.at, b.at + 1, NULL);
	cut(m, at, end + 1, NULL);
	/* the address ends at a blank: a title may follow it */
	for (a = at + 2; a < end && (is_blank((unsigned char)s[a]) || s[a] == '<'); a++)
		;
	for (z = a; z < end && !is_blank((unsigned char)s[z]) && s[z] != '>'; z++)
		;
	l = vec_push(m->arena, &m->links);
	l->start = b.at + 1;
	l->end = at;
	l->in_start = a;
	l->in_end = z;
	return end + 1;
}

static const struct { const char *name, *text; } entities[] = {
	{ "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&#39;", "'" }, { "&nbsp;", " " },
	{ "<br>", " " }, { "<br/>", " " }, { "<br />", " " },
};

/* An entity or a line break at `at`: where it ends, or at + 1. */
static size_t
entity(struct marks *m, const char *s, size_t at, size_t to)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(entities); i++) {
		size_t n = strlen(entities[i].name);

		if (to - at >= n && memcmp(s + at, entities[i].name, n) == 0) {
			cut(m, at, at + n, entities[i].text);
			return at + n;
		}
	}
	return at + 1;
}

/* Finds the marks of src[from, to). */
static void
find_marks(struct marks *m, const char *s, size_t from, size_t to)
{
	size_t i = from;

	while (i < to) {
		struct bracket *b;

		switch (s[i]) {
		case '\\':
			if (i + 1 < to && is_punct((unsigned char)s[i + 1])) {
				cut(m, i, i + 1, NULL);
				i++;
			}
			i++;
			break;
		case '`':
			i = code_span(m, s, from, i, to);
			break;
		case '*':
		case '_':
			i += emphasis(m, s, from, i, to);
			break;
		case '[':
			b = vec_push(m->arena, &m->brackets);
			b->at = i;
			b->image = i > from && s[i - 1] == '!';
			i++;
			break;
		case ']':
			i = bracket_close(m, s, i, to);
			break;
		case '&':
		case '<':
			i = entity(m, s, i, to);
			break;
		default:
			i++;
		}
	}
}

static int
cut_cmp(const void *a, const void *b)
{
	const struct cut *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* ---- writing a line ------------------------------------------------------------------------------------------------ */

/* Writes src[from, to) without the cuts; those that were applied stay in m->cuts. */
static void
write_cuts(struct reading *r, struct marks *m, const struct strand *src, size_t from, size_t to)
{
	size_t i, n = 0, at = from;

	if (m->cuts.n > 0)
		qsort(m->cuts.v, m->cuts.n, sizeof(*m->cuts.v), cut_cmp);
	for (i = 0; i < m->cuts.n; i++) {
		struct cut c = m->cuts.v[i];

		if (c.from < at)	/* inside an image that is gone as a whole */
			continue;
		strand_copy(&r->view, src, at, c.from, &r->cursor);
		if (c.with != NULL)
			strand_glyph(&r->view, src, c.from, c.to, c.with, strlen(c.with), &r->cursor);
		at = c.to;
		c.view = r->view.len;
		m->cuts.v[n++] = c;
	}
	m->cuts.n = n;
	strand_copy(&r->view, src, at, to, &r->cursor);
}

/* Where src offset `at` stands in the view: from, view are the beginning of what m's cuts were applied to. */
static size_t
placed(const struct marks *m, size_t from, size_t view, size_t at)
{
	size_t lo = 0, hi = m->cuts.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (m->cuts.v[mid].to <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0)
		return view + (at - from);
	return m->cuts.v[lo - 1].view + (at - m->cuts.v[lo - 1].to);
}

#define SEGMENT	65536	/* octets whose marks are held at a time: emphasis and links do not reach over a longer stretch */

/* Where a stretch that begins at `from` ends: the line's end, or a blank. */
static size_t
segment_end(const char *s, size_t from, size_t to)
{
	size_t end = from + SEGMENT;

	if (to - from <= SEGMENT)
		return to;
	while (end > from + SEGMENT / 2 && s[end - 1] != ' ')
		end--;
	if (s[end - 1] != ' ')
		end = from + SEGMENT;
	while (((unsigned char)s[end] & 0xc0) == 0x80)
		end--;
	return end;
}

/* Writes src[from, to) of one line without its marks. */
static void
write_inline(struct reading *r, const struct strand *src, size_t from, size_t to)
{
	static const unsigned char mark[256] = {
		['\0'] = 1, ['\\'] = 1, ['`'] = 1, ['*'] = 1, ['_'] = 1, ['['] = 1, [']'] = 1, ['&'] = 1, ['<'] = 1,
	};
	size_t i, end, view;

	for (; from < to; from = end) {
		struct marks m = { .arena = r->scratch };

		end = segment_end(src->s, from, to);
		for (i = from; i < end && !mark[(unsigned char)src->s[i]]; i++)
			;
		view = r->view.len;
		if (i == end) {
			strand_copy(&r->view, src, from, end, &r->cursor);
			continue;
		}
		find_marks(&m, src->s, from, end);
		write_cuts(r, &m, src, from, end);
		for (i = 0; i < m.links.n; i++) {
			struct doc_link *l = vec_push(r->arena, &r->links);

			*l = m.links.v[i];
			l->start = placed(&m, from, view, l->start);
			l->end = placed(&m, from, view, l->end);
			l->url = arena_strndup(r->arena, src->s + l->in_start, l->in_end - l->in_start);
		}
		arena_reset(m.arena);
	}
}

/* ---- lines ------------------------------------------------------------------------------------------------------------ */

/* What the lines before say about this one. */
struct context {
	int gap;		/* an empty line or a rule was before */
	int table;		/* a row of a table was before */
	char fence;		/* inside a code block: its mark, else 0 */
};

/* Only these characters, and at least `least` of c. */
static int
only(const char *s, size_t n, const char *set, char c, size_t least)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++) {
		if (s[i] == '\0' || strchr(set, s[i]) == NULL)
			return 0;
		count += s[i] == c;
	}
	return count >= least;
}

/* The row of dashes below the head of a table. */
static int
is_delimiter_row(const char *s, size_t n)
{
	return only(s, n, "|-: \t", '-', 2) && memchr(s, '|', n) != NULL;
}

/* Writes one row: the bars at both ends are dropped, those between cells stay. */
static int
write_row(struct reading *r, const struct strand *src, size_t from, size_t to, const struct context *c)
{
	size_t start = r->view.len;

	if (src->s[from] == '|')
		from++;
	if (to > from && src->s[to - 1] == '|')
		to--;
	write_inline(r, src, from, to);
	return reading_line(r, start, r->view.len, LINE_ROW, 0, c->gap);
}

/* A line underneath a text that makes it a heading. */
static int
underline(struct reading *r, const char *s, size_t n, const struct context *c)
{
	struct line *last = r->nline > 0 ? &r->lines[r->nline - 1] : NULL;

	if (last == NULL || c->gap || last->hint != LINE_TEXT)
		return 0;
	if (!only(s, n, "=", '=', 3) && !only(s, n, "-", '-', 3))
		return 0;
	last->hint = LINE_HEADING;
	last->level = s[0] == '=' ? 1 : 2;
	return 1;
}

/* Is src[from, to) one bold text, marks at both ends and none inside? */
static int
is_bold(const char *s, size_t n)
{
	size_t i;

	if (n < 5 || memcmp(s, "**", 2) != 0 || memcmp(s + n - 2, "**", 2) != 0)
		return 0;
	for (i = 2; i + 2 < n; i++)
		if (s[i] == '*')
			return 0;
	return 1;
}

/* A line of words: heading, item or text. from: behind blanks and quote marks. */
static int
write_words(struct reading *r, const struct strand *src, size_t from, size_t to, const struct context *c)
{
	const char *s = src->s;
	size_t level = 0, mark, start = r->view.len;
	enum line_hint hint = LINE_TEXT;
	int added;

	while (from + level < to && s[from + level] == '#')
		level++;
	if (level > 0 && level <= 6 && from + level < to && s[from + level] == ' ') {
		hint = LINE_HEADING;
		from += level;
		while (to > from && (s[to - 1] == '#' || s[to - 1] == ' '))
			to--;
	} else {
		level = 0;
		mark = reading_bullet(s + from, to - from);
		if (mark > 0 && mark < to - from) {
			from += mark;
			hint = LINE_ITEM;
		}
		if (is_bold(s + from, to - from)) {
			level = hint == LINE_ITEM ? 4 : 3;
			hint = LINE_BOLD;
		}
	}
	write_inline(r, src, from, to);
	added = reading_line(r, start, r->view.len, hint, (int)level, c->gap);
	if (added)
		r->lines[r->nline - 1].item = hint == LINE_ITEM || (hint == LINE_BOLD && level == 4);
	return added;
}

/* A code block's fence: its character, or 0. */
static char
fence_of(const char *s, size_t n)
{
	if (n >= 3 && (memcmp(s, "```", 3) == 0 || memcmp(s, "~~~", 3) == 0))
		return s[0];
	return 0;
}

/* One line src[from, to); c->gap and the rest are brought up to date. */
static void
markdown_line(struct reading *r, const struct strand *src, size_t from, size_t to, struct context *c)
{
	const char *s = src->s;
	size_t start = r->view.len;
	char fence;
	int added = 0;

	while (from < to && (s[from] == ' ' || s[from] == '\t' || (s[from] == '>' && !c->fence)))
		from++;
	while (to > from && (s[to - 1] == ' ' || s[to - 1] == '\t'))
		to--;
	fence = fence_of(s + from, to - from);
	if (c->fence) {
		if (fence == c->fence) {
			c->fence = 0;
		} else {
			strand_copy(&r->view, src, from, to, &r->cursor);
			added = reading_line(r, start, r->view.len, LINE_CODE, 0, c->gap);
		}
	} else if (fence) {
		c->fence = fence;
	} else if (is_delimiter_row(s + from, to - from)) {
		if (!c->gap && r->nline > 0)
			r->lines[r->nline - 1].hint = LINE_ROW;
		c->table = 1;
		return;
	} else if (from < to && ((s[from] == '|' && to - from > 2) ||
	    (c->table && !c->gap && memchr(s + from, '|', to - from) != NULL))) {
		added = write_row(r, src, from, to, c);
	} else if (underline(r, s + from, to - from, c) || only(s + from, to - from, "-*_ ", s[from], 3)) {
		added = 0;
	} else if (from < to)
		added = write_words(r, src, from, to, c);
	c->gap = !added;
	if (!added || r->lines[r->nline - 1].hint != LINE_ROW)
		c->table = 0;
}

/* ---- front matter --------------------------------------------------------------------------------------------------------- */

static const char *
front_value(struct reading *r, const char *line, size_t n, const char *key)
{
	size_t k = strlen(key);

	if (n <= k + 1 || memcmp(line, key, k) != 0 || line[k] != ':')
		return NULL;
	line += k + 1;
	n -= k + 1;
	while (n > 0 && strchr(" \t\"'", *line) != NULL) {
		line++;
		n--;
	}
	while (n > 0 && strchr(" \t\"'", line[n - 1]) != NULL)
		n--;
	return n > 0 ? arena_strndup(r->arena, line, n) : NULL;
}

/* The lines between two "---" at the beginning say what the document is. Returns where the text begins. */
static size_t
front_matter(struct reading *r, const struct strand *src)
{
	struct { const char *key; const char **slot; } keys[] = {
		{ "title", &r->title }, { "date", &r->date }, { "author", &r->author }, { "url", &r->url },
		{ "canonical_url", &r->url },
	};
	const char *end, *p, *nl;
	size_t i;

	if (src->len < 8 || memcmp(src->s, "---\n", 4) != 0 || (end = strstr(src->s + 3, "\n---\n")) == NULL)
		return 0;
	for (p = src->s + 4; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end + 1 - p));
		for (i = 0; i < ARRAY_LEN(keys); i++) {
			const char *v = front_value(r, p, (size_t)(nl - p), keys[i].key);

			if (v != NULL)
				*keys[i].slot = v;
		}
	}
	return (size_t)(end + 5 - src->s);
}

static int
markdown_read(struct reading *r, const struct strand *src, struct err *e)
{
	struct context c = { 1, 0, 0 };
	size_t at = front_matter(r, src), i;

	(void)e;
	r->marked = 1;
	r->scratch = arena_new();
	for (i = 0; i < at; i++)	/* the lines stay lines */
		if (src->s[i] == '\n')
			strand_copy(&r->view, src, i, i + 1, &r->cursor);
	while (at < src->len) {
		const char *nl = memchr(src->s + at, '\n', src->len - at);
		size_t end = nl != NULL ? (size_t)(nl - src->s) : src->len;

		markdown_line(r, src, at, end, &c);
		if (nl != NULL)
			strand_copy(&r->view, src, end, end + 1, &r->cursor);
		at = end + 1;
	}
	arena_free(r->scratch);
	return 0;
}

/* ---- is it Markdown? ---------------------------------------------------------------------------------------------------- */

#define SNIFF_OCTETS	65536	/* what is looked at */
#define SNIFF_SIGNS	2	/* lines that only Markdown has */

/* A line that plain text would hardly hold. */
static int
sign(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] == '#')
		i++;
	if (i > 0 && i <= 6 && i < n && s[i] == ' ')
		return 1;
	if (fence_of(s, n) != 0 || is_delimiter_row(s, n) || (n > 4 && s[0] == '|' && s[n - 1] == '|'))
		return 1;
	for (i = 0; i + 1 < n; i++) {
		if (s[i] == '*' && s[i + 1] == '*' && i + 4 < n && !is_blank((unsigned char)s[i + 2]) && s[i + 2] != '*')
			return 1;
		if (s[i] == ']' && s[i + 1] == '(' && n - i > 6 && (memcmp(s + i + 2, "http", 4) == 0 || s[i + 2] == '/'))
			return 1;
	}
	return 0;
}

static int
markdown_sniff(const struct strand *src)
{
	size_t at = 0, len = src->len < SNIFF_OCTETS ? src->len : SNIFF_OCTETS;
	int signs = 0;

	if (len > 4 && memcmp(src->s, "---\n", 4) == 0)
		signs++;
	while (at < len && signs < SNIFF_SIGNS) {
		const char *nl = memchr(src->s + at, '\n', len - at);
		size_t end = nl != NULL ? (size_t)(nl - src->s) : len;

		while (at < end && src->s[at] == ' ')
			at++;
		signs += sign(src->s + at, end - at);
		at = end + 1;
	}
	return signs >= SNIFF_SIGNS;
}

static const char *const markdown_suffixes[] = { ".md", ".markdown", ".mkd", NULL };
const struct reader reader_markdown = { "md", markdown_suffixes, markdown_sniff, markdown_read };
