/* The reader of plain text: lines, list marks, rows between bars. */
#include <string.h>

#include "doc/doc_int.h"

int
reading_line(struct reading *r, size_t start, size_t end, enum line_hint hint, int level, int gap)
{
	const char *s = r->view.s;
	struct line *l;

	while (start < end && (s[start] == ' ' || s[start] == '\t'))
		start++;
	while (end > start && (s[end - 1] == ' ' || s[end - 1] == '\t'))
		end--;
	if (start == end)
		return 0;
	if (r->nline == r->linecap) {
		r->linecap = r->linecap == 0 ? 256 : r->linecap + r->linecap / 2;
		r->lines = xrealloc(r->lines, r->linecap * sizeof(*r->lines));
	}
	l = &r->lines[r->nline++];
	memset(l, 0, sizeof(*l));
	l->start = (uint32_t)start;
	l->end = (uint32_t)end;
	l->hint = (uint8_t)hint;
	l->level = (uint8_t)level;
	l->gap = (uint8_t)(gap != 0);
	return 1;
}

/* Marks that need no blank behind them, and marks that do. */
static const char *const marks_glued[] = { "・", "•", "●", "◦", "‣", "▪", "►" };

size_t
reading_bullet(const char *s, size_t n)
{
	size_t i, k = 0;

	for (i = 0; i < ARRAY_LEN(marks_glued); i++) {
		size_t len = strlen(marks_glued[i]);

		if (n > len && memcmp(s, marks_glued[i], len) == 0)
			k = len;
	}
	if (k == 0 && n >= 2 && strchr("-*+", s[0]) != NULL && (s[1] == ' ' || s[1] == '\t'))
		k = 1;
	if (k == 0) {
		for (i = 0; i < n && i < 3 && s[i] >= '0' && s[i] <= '9'; i++)
			;
		if (i > 0 && i + 1 < n && (s[i] == '.' || s[i] == ')') && s[i + 1] == ' ')
			k = i + 1;
	}
	if (k == 0)
		return 0;
	while (k < n && (s[k] == ' ' || s[k] == '\t'))
		k++;
	return k;
}

/* One line of plain text, which the view keeps as it is. */
static int
plain_line(struct reading *r, size_t start, size_t end, int gap)
{
	const char *s = r->view.s;
	enum line_hint hint = LINE_TEXT;
	size_t mark;

	while (start < end && (s[start] == ' ' || s[start] == '\t'))
		start++;
	while (end > start && (s[end - 1] == ' ' || s[end - 1] == '\t'))
		end--;
	mark = reading_bullet(s + start, end - start);
	if (mark > 0 && mark < end - start) {
		start += mark;
		hint = LINE_ITEM;
	} else if (end - start > 2 && s[start] == '|' && s[end - 1] == '|') {
		start++;
		end--;
		hint = LINE_ROW;
	} else if (start < end && memchr(s + start, '\t', end - start) != NULL)
		hint = LINE_ROW;
	if (!reading_line(r, start, end, hint, 0, gap))
		return 0;
	r->lines[r->nline - 1].item = hint == LINE_ITEM;
	return 1;
}

#define RULE_LEAST	4	/* characters of a rule */
#define UNDERLINED	80	/* octets of a heading that a rule underlines */

/* The character that a line is made of, when it is a rule ("====="), else 0. */
static char
rule_of(const char *s, size_t n)
{
	size_t i;

	while (n > 0 && strchr(" \t", s[n - 1]) != NULL)
		n--;
	if (n < RULE_LEAST || strchr("=-~+_*#", s[0]) == NULL)
		return 0;
	for (i = 1; i < n && s[i] == s[0]; i++)
		;
	return i == n ? s[0] : 0;
}

/* A rule under a short line that stands alone makes a heading of it; a value is none. */
static void
underline(struct reading *r, char rule)
{
	struct line *l = r->nline > 0 ? &r->lines[r->nline - 1] : NULL;
	const char *s = l != NULL ? r->view.s + l->start : "";
	size_t n = l != NULL ? l->end - l->start : 0, i;

	if (l == NULL || l->hint != LINE_TEXT || !l->gap || n > UNDERLINED || s[n - 1] == '.')
		return;
	for (i = 0; i + 1 < n; i++)
		if ((s[i] == '.' || s[i] == ':') && s[i + 1] != ' ')
			return;
	if (memchr(s, ' ', n) == NULL && n >= 32)
		return;
	l->hint = LINE_HEADING;
	l->level = rule == '=' || rule == '#' ? 2 : 3;
}

static int
text_read(struct reading *r, const struct strand *src, struct err *e)
{
	size_t at = 0;
	int gap = 1;

	(void)e;
	strand_copy(&r->view, src, 0, src->len, &r->cursor);
	while (at < r->view.len) {
		const char *nl = memchr(r->view.s + at, '\n', r->view.len - at);
		size_t end = nl != NULL ? (size_t)(nl - r->view.s) : r->view.len;

		char rule = rule_of(r->view.s + at, end - at);

		if (rule != 0 && !gap)
			underline(r, rule);
		gap = rule != 0 || !plain_line(r, at, end, gap);
		at = end + 1;
	}
	return 0;
}

/* What stixpress-pdf wrote: a line is a paragraph, and "## " begins a heading. */
static int
pdf_read(struct reading *r, const struct strand *src, struct err *e)
{
	size_t i, k;

	if (text_read(r, src, e) != 0)
		return -1;
	for (i = 0; i < r->nline; i++) {
		struct line *l = &r->lines[i];
		const char *s = r->view.s + l->start;

		k = strspn(s, "#");
		if (k == 0 || k > 4 || s[k] != ' ' || l->start + k + 1 >= l->end)
			continue;
		l->start += (uint32_t)k + 1;
		l->hint = LINE_HEADING;
		l->level = (uint8_t)k;
		l->item = 0;
		r->marked = 1;
		/* the text's own title is better than what the program was told that made the PDF */
		if (k == 1 && i < TITLE_LINES)
			r->title = NULL;
	}
	return 0;
}

static const char *const pdf_suffixes[] = { NULL };
const struct reader reader_pdf = { "pdf", pdf_suffixes, NULL, pdf_read };
static const char *const text_suffixes[] = { ".txt", ".text", NULL };
const struct reader reader_text = { "text", text_suffixes, NULL, text_read };
