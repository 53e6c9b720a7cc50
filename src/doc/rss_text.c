/* What stands in the elements of a feed: references and CDATA sections resolved, each octet with its place in the input. */
#include <string.h>
#include <strings.h>

#include "doc/rss.h"

#define REFERENCE_OCTETS	12	/* no reference that is resolved here is longer */

struct resolver {
	const struct strand *src;
	struct strand *out;
	size_t cursor;
	enum rss_form form;
	int lines;	/* text: each line is one */
};

/* Adds s, which stands for src[from, to). */
static void
put(struct resolver *v, const char *s, size_t n, size_t from, size_t to)
{
	strand_glyph(v->out, v->src, from, to, s, n, &v->cursor);
}

/* Adds one character of the content; in a text, what HTML would take for markup is written for HTML. */
static void
put_char(struct resolver *v, uint32_t c, size_t from, size_t to)
{
	char u[4];

	c = encoding_fold(c);
	if (c == 0 || (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0) || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return;
	if (c == '<' && v->form == RSS_TEXT)
		put(v, "&lt;", 4, from, to);
	else if (c == '&' && v->form == RSS_TEXT)
		put(v, "&amp;", 5, from, to);
	else if (c == '\n' && v->lines) {
		int empty = v->out->len >= 4 && memcmp(v->out->s + v->out->len - 4, "<br>", 4) == 0;

		put(v, empty ? "<p>" : "<br>", empty ? 3 : 4, from, to);
	} else
		put(v, u, (size_t)utf8_encode(c, u), from, to);
}

/* The character that the reference s ("&lt;", "&#38;") stands for; its octets, or 0: none that XML knows. */
static size_t
reference(const char *s, size_t n, uint32_t *c)
{
	static const struct { const char *name; char c; } known[] = {
		{ "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' }, { "&apos;", '\'' },
	};
	size_t i, k;
	int hex;

	for (i = 0; i < ARRAY_LEN(known); i++) {
		k = strlen(known[i].name);
		*c = (unsigned char)known[i].c;
		if (n >= k && memcmp(s, known[i].name, k) == 0)
			return k;
	}
	if (n < 4 || s[1] != '#')
		return 0;
	hex = s[2] == 'x' || s[2] == 'X';
	*c = 0;
	for (i = hex ? 3 : 2; i < n && i < REFERENCE_OCTETS && s[i] != ';'; i++) {
		k = s[i] >= '0' && s[i] <= '9' ? (size_t)(s[i] - '0') : 99;
		if (hex && (s[i] | 32) >= 'a' && (s[i] | 32) <= 'f')
			k = (size_t)((s[i] | 32) - 'a') + 10;
		if (k == 99 || *c > 0x10ffff)
			return 0;
		*c = *c * (hex ? 16 : 10) + (uint32_t)k;
	}
	return i < n && s[i] == ';' ? i + 1 : 0;
}

/* Octets of what begins at s with `begin` and ends with `end`: all of s when it does not end, 0 when it is no such thing. */
static size_t
bracketed(const char *s, size_t n, const char *begin, const char *end)
{
	size_t k = strlen(begin);
	const char *p;

	if (n < k || memcmp(s, begin, k) != 0)
		return 0;
	p = memmem(s + k, n - k, end, strlen(end));
	return p != NULL ? (size_t)(p - s) + strlen(end) : n;
}

/* A character as it stands in a CDATA section or between references. */
static void
literal(struct resolver *v, size_t *at, size_t to)
{
	const char *s = v->src->s;
	size_t i = *at;
	uint32_t c;

	/* what needs no look goes over as a stretch */
	while (i < to && s[i] != '<' && s[i] != '&' && s[i] != ']' && !(s[i] == '\n' && v->lines))
		i++;
	if (i > *at) {
		strand_copy(v->out, v->src, *at, i, &v->cursor);
		*at = i;
		return;
	}
	c = (unsigned char)s[i];
	put_char(v, c, i, i + 1);
	*at = i + 1;
}

static void
resolve_cdata(struct resolver *v, size_t from, size_t to)
{
	while (from < to)
		literal(v, &from, to);
}

static void
resolve(struct resolver *v, size_t from, size_t to)
{
	const char *s = v->src->s;
	uint32_t c;
	size_t k, at;

	while (from < to) {
		if ((k = bracketed(s + from, to - from, "<![CDATA[", "]]>")) > 0) {
			at = from + k;
			resolve_cdata(v, from + strlen("<![CDATA["), k >= 12 && memcmp(s + at - 3, "]]>", 3) == 0 ? at - 3 : at);
			from = at;
		} else if ((k = bracketed(s + from, to - from, "<!--", "-->")) > 0)
			from += k;
		else if (s[from] == '&' && (k = reference(s + from, to - from, &c)) > 0) {
			put_char(v, c, from, from + k);
			from += k;
		} else if (s[from] == '&' && v->form == RSS_TEXT) {
			/* a name of HTML's, or an ampersand alone: HTML reads both as they are meant */
			strand_copy(v->out, v->src, from, from + 1, &v->cursor);
			from++;
		} else
			literal(v, &from, to);
	}
}

/* Does the content hold a tag, as it stands or when its references are resolved? */
static int
has_tags(const struct strand *src, const struct rss_field *f)
{
	const char *s = src->s;
	size_t i, k;

	for (i = f->from; i + 1 < f->to; i++) {
		k = s[i] == '<' ? 1 : s[i] == '&' && f->to - i > 4 && memcmp(s + i, "&lt;", 4) == 0 ? 4 : 0;
		if (k > 0 && ((s[i + k] | 32) >= 'a' && (s[i + k] | 32) <= 'z'))
			return 1;
	}
	return 0;
}

static void
add_field(struct resolver *v, const struct rss_field *f, int lines, const char *before, const char *after)
{
	size_t last = f->to > f->from ? f->to - 1 : f->from;

	if (f->to == f->from)
		return;
	v->form = f->form;
	v->lines = lines && (f->form == RSS_TEXT || (f->form == RSS_HTML && !has_tags(v->src, f)));
	put(v, before, strlen(before), f->from, f->from + 1);
	if (f->form == RSS_XHTML)
		strand_copy(v->out, v->src, f->from, f->to, &v->cursor);
	else
		resolve(v, f->from, f->to);
	/* what closes it stands for its last octet: the map never goes back */
	put(v, after, strlen(after), last, last + 1);
}

static int
blank(const struct strand *src, const struct rss_field *f)
{
	size_t i;

	for (i = f->from; i < f->to && memchr(" \t\n", src->s[i], 3) != NULL; i++)
		;
	return i == f->to;
}

void
rss_markup(const struct strand *src, const struct rss_item *item, struct strand *out, int *title_last)
{
	struct resolver v = { .src = src, .out = out };
	const struct rss_field *title = &item->field[RSS_TITLE], *text = &item->field[RSS_CONTENT];

	memset(out, 0, sizeof(*out));
	if (blank(src, text))
		text = &item->field[RSS_SUMMARY];
	*title_last = text->to > text->from && title->from > text->from;
	if (!*title_last)
		add_field(&v, title, 0, "<h1>", "</h1>");
	add_field(&v, text, 1, "<div>", "</div>");
	if (*title_last)
		add_field(&v, title, 0, "<p>", "</p>");
	if (out->len == 0)
		put(&v, "<p>", 3, item->start, item->start + 1);
}

const char *
rss_text(struct arena *a, const struct strand *src, const struct rss_field *f)
{
	struct strand st = { 0 };
	struct resolver v = { .src = src, .out = &st, .form = RSS_HTML };
	const char *s, *out = NULL;
	size_t n;

	resolve(&v, f->from, f->to);
	s = st.s;
	n = st.len;
	while (n > 0 && memchr(" \t\n", *s, 3) != NULL) {
		s++;
		n--;
	}
	while (n > 0 && memchr(" \t\n", s[n - 1], 3) != NULL)
		n--;
	if (n > 0)
		out = arena_strndup(a, s, n);
	strand_free(&st);
	return out;
}

/* ---- dates ---------------------------------------------------------------------------------------------------------------- */

static size_t
number(const char *s, int *value)
{
	size_t k;

	*value = 0;
	for (k = 0; k < 4 && s[k] >= '0' && s[k] <= '9'; k++)
		*value = *value * 10 + (s[k] - '0');
	return k;
}

/* "13 Jun 2024", "6 June 24" at s */
static int
mail_date(const char *s, struct stamp *day)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	int d, m, y;
	size_t k = number(s, &d);

	if (k == 0 || k > 2)
		return 0;
	s += k;
	s += strspn(s, " -\t");
	for (m = 0; m < 12 && strncasecmp(s, months + 3 * m, 3) != 0; m++)
		;
	if (m == 12)
		return 0;
	while ((*s | 32) >= 'a' && (*s | 32) <= 'z')
		s++;
	s += strspn(s, " -\t.,");
	k = number(s, &y);
	if (k != 4 && k != 2)
		return 0;
	if (k == 2)
		y += y < 70 ? 2000 : 1900;
	return stamp_date(y, m + 1, d, day) == 0;
}

int
rss_date(const char *s, struct stamp *day)
{
	int y, m, d;
	size_t k;

	while (*s != '\0' && (*s < '0' || *s > '9'))
		s++;
	k = number(s, &y);
	if (k != 4 || s[4] != '-')
		return mail_date(s, day);
	k = number(s + 5, &m);
	if (k != 2)
		return 0;
	/* W3C's profile allows a month alone: its first day */
	if (s[7] != '-')
		return stamp_date(y, m, 1, day) == 0;
	return number(s + 8, &d) == 2 && stamp_date(y, m, d, day) == 0;
}
