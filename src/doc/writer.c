/* The view of a document with markup, written word by word: blanks folded as a browser does, lines where blocks end. */
#include <string.h>

#include "doc/markup.h"

void
writer_begin(struct writer *w, struct reading *r, const struct strand *src)
{
	memset(w, 0, sizeof(*w));
	w->r = r;
	w->src = src;
	w->blank = SIZE_MAX;
	w->gap = 1;
}

/* One character of the view for src[from, to), which may be nothing or lie at the end: the map never goes back. */
static void
glyph(struct writer *w, const char *c, size_t from, size_t to)
{
	if (from < w->end)
		from = w->end;
	if (from >= w->src->len)
		from = w->src->len - 1;
	if (to <= from)
		to = from + 1;
	strand_glyph(&w->r->view, w->src, from, to, c, strlen(c), &w->r->cursor);
	w->end = from > w->end ? from : w->end;
}

static void
open_line(struct writer *w)
{
	if (w->open)
		return;
	if (w->r->view.len > 0)
		glyph(w, "\n", w->end, w->end + 1);
	w->start = w->r->view.len;
	w->open = 1;
	w->blank = SIZE_MAX;
	w->text = w->bold = 0;
}

/* The blank between two words; a line break of the source between two wide characters is none. */
static void
write_blank(struct writer *w, unsigned char next)
{
	const struct strand *v = &w->r->view;
	int wide = next >= 0xe0 && v->len > 0 && (unsigned char)v->s[v->len - 1] >= 0x80;

	if (w->blank != SIZE_MAX && w->open && v->len > w->start && v->s[v->len - 1] != ' ' && !(wide && w->src->s[w->blank] == '\n'))
		glyph(w, " ", w->blank, w->blank + 1);
	w->blank = SIZE_MAX;
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static void
written(struct writer *w, size_t n, size_t to)
{
	w->text += n;
	w->bold += w->bolds > 0 ? n : 0;
	w->end = to;
}

/* A word, or a stretch of preformatted text without a line break. */
static void
write_word(struct writer *w, size_t from, size_t to)
{
	if (from < w->end)
		from = w->end;
	if (from >= to)
		return;
	open_line(w);
	write_blank(w, (unsigned char)w->src->s[from]);
	strand_copy(&w->r->view, w->src, from, to, &w->r->cursor);
	written(w, to - from, to);
}

static void
blank(struct writer *w, size_t at)
{
	if (w->blank == SIZE_MAX || w->src->s[at] != '\n')
		w->blank = at;
}

void
writer_text(struct writer *w, size_t from, size_t to)
{
	const char *s = w->src->s;
	size_t end;

	for (; from < to; from = end) {
		end = from;
		if (w->pre > 0) {
			while (end < to && s[end] != '\n')
				end++;
			write_word(w, from, end);
			if (end < to) {
				writer_line(w);
				end++;
			}
			continue;
		}
		if (is_blank(s[from])) {
			blank(w, from);
			end++;
			continue;
		}
		while (end < to && !is_blank(s[end]))
			end++;
		write_word(w, from, end);
	}
}

void
writer_glyphs(struct writer *w, const char *s, size_t n, size_t from, size_t to)
{
	size_t i;
	uint32_t c;
	char u[5];
	int k;

	for (i = 0; i < n; i += (size_t)k) {
		k = utf8_decode(s + i, n - i, &c);
		if (k == 0)
			return;
		c = encoding_fold(c);
		if (c == 0 || (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0))
			continue;
		if (c == ' ' || c == '\t' || c == '\n') {
			if (from < w->src->len && w->open)
				w->blank = from;
			continue;
		}
		open_line(w);
		write_blank(w, (unsigned char)s[i]);
		u[utf8_encode(c, u)] = '\0';
		glyph(w, u, from, to);
		written(w, (size_t)k, to);
	}
}

static enum line_hint
hint_of(const struct writer *w)
{
	if (w->level > 0)
		return LINE_HEADING;
	if (w->row && w->cells > 1)
		return LINE_ROW;
	if (w->pre > 0)
		return LINE_CODE;
	if (w->text > 0 && w->bold == w->text)
		return LINE_BOLD;
	return w->item ? LINE_ITEM : LINE_TEXT;
}

#define LEVEL_BOLD	7	/* a bold line is below every heading that is marked as one */

void
writer_line(struct writer *w)
{
	enum line_hint hint = hint_of(w);
	int level = hint == LINE_BOLD ? LEVEL_BOLD : w->level;

	w->blank = SIZE_MAX;
	if (!w->open)
		return;
	w->open = 0;
	if (w->text == 0 || !reading_line(w->r, w->start, w->r->view.len, hint, level, w->gap))
		return;
	w->r->lines[w->r->nline - 1].item = w->item && hint != LINE_HEADING && hint != LINE_ROW;
	w->item = 0;
	w->gap = 0;
}

void
writer_cell(struct writer *w, size_t at)
{
	w->blank = SIZE_MAX;
	if (w->cells++ == 0)
		return;
	open_line(w);
	glyph(w, " | ", at, at + 1);
}
