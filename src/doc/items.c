/* A feed's items, each read as a document. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "doc/rss.h"

struct doc_items {
	struct arena *arena;
	const char *name, *bytes, *encoding;
	size_t len;
	struct strand src;
	struct rss_feed feed;
	struct doc_item *items;
};

/* The day of a field, or 0. */
static int
day_of(struct doc_items *l, const struct rss_field *f, struct stamp *day)
{
	const char *s = f->to > f->from ? rss_text(l->arena, &l->src, f) : NULL;

	return s != NULL && rss_date(s, day);
}

static void
describe(struct doc_items *l, size_t i)
{
	const struct rss_item *it = &l->feed.items.v[i];
	struct doc_item *x = &l->items[i];

	x->start = strand_input(l->src.runs, l->src.nrun, l->src.len, it->start, 0);
	x->end = strand_input(l->src.runs, l->src.nrun, l->src.len, it->end, 1);
	x->has_date = day_of(l, &it->field[RSS_DATE], &x->date) || day_of(l, &it->field[RSS_UPDATED], &x->date);
}

static int
is_feed(const char *name, const struct doc_options *opt, const struct strand *src)
{
	const char *const *s;
	size_t n = strlen(name);

	if (opt->format != NULL)
		return strcmp(opt->format, reader_rss.format) == 0;
	for (s = reader_rss.suffixes; *s != NULL; s++)
		if (n > strlen(*s) && strcasecmp(name + n - strlen(*s), *s) == 0)
			return 1;
	return reader_rss.sniff(src);
}

/* What is no text at all is for doc_read() to refuse. */
static int
may_be_feed(const char *bytes, size_t n, const struct doc_options *opt)
{
	size_t i;

	if (opt->format != NULL)
		return strcmp(opt->format, reader_rss.format) == 0;
	for (i = 0; i < n && i < 256; i++)
		if (bytes[i] == '<')
			return 1;
	return 0;
}

int
doc_items_open(const char *name, const char *bytes, size_t n, const struct doc_options *opt, struct doc_items **out,
    struct err *e)
{
	struct doc_items *l;
	size_t i;

	if (!may_be_feed(bytes, n, opt)) {
		*out = NULL;
		return 0;
	}
	l = xcalloc(1, sizeof(*l));
	l->arena = arena_new();
	l->name = arena_strdup(l->arena, name);
	l->bytes = bytes;
	l->len = n;
	if (doc_open(name, bytes, n, opt, &l->src, &l->encoding, e) != 0) {
		doc_items_close(l);
		return -1;
	}
	if (!is_feed(name, opt, &l->src)) {
		doc_items_close(l);
		*out = NULL;
		return 0;
	}
	if (rss_parse(l->arena, &l->src, opt->lenient, &l->feed, e) != 0) {
		err_prefix(e, "%s", name);
		doc_items_close(l);
		return -1;
	}
	l->items = arena_alloc(l->arena, (l->feed.items.n + 1) * sizeof(*l->items));
	for (i = 0; i < l->feed.items.n; i++)
		describe(l, i);
	*out = l;
	return 0;
}

void
doc_items_close(struct doc_items *l)
{
	if (l == NULL)
		return;
	strand_free(&l->src);
	arena_free(l->arena);
	free(l);
}

size_t
doc_items_count(const struct doc_items *l)
{
	return l->feed.items.n;
}

const struct doc_item *
doc_items_at(const struct doc_items *l, size_t i)
{
	return &l->items[i];
}

/* ---- one of them ------------------------------------------------------------------------------------------------------------ */

static const char *
text_of(const struct doc_items *l, struct arena *a, size_t i, enum rss_slot slot)
{
	const struct rss_field *f = &l->feed.items.v[i].field[slot], *all = &l->feed.channel.field[slot];
	const char *s = f->to > f->from ? rss_text(a, &l->src, f) : NULL;

	return s == NULL && all->to > all->from ? rss_text(a, &l->src, all) : s;
}

/* "jo@lab.example (Jo Doe)": the name. */
static const char *
author_of(const struct doc_items *l, struct arena *a, size_t i)
{
	const char *s = text_of(l, a, i, RSS_AUTHOR), *open, *close;

	if (s == NULL || (open = strchr(s, '(')) == NULL || memchr(s, '@', (size_t)(open - s)) == NULL)
		return s;
	close = strchr(open, ')');
	return close != NULL && close > open + 1 ? arena_strndup(a, open + 1, (size_t)(close - open - 1)) : s;
}

static int
is_address(const char *s)
{
	return s != NULL && (strncasecmp(s, "http://", 7) == 0 || strncasecmp(s, "https://", 8) == 0) && strpbrk(s, " \t\n<>\"") == NULL;
}

/* Where the item is published. */
static const char *
url_of(const struct doc_items *l, struct arena *a, size_t i)
{
	const struct rss_item *it = &l->feed.items.v[i];
	const char *said[4];
	size_t k;

	said[0] = it->href;
	said[1] = rss_text(a, &l->src, &it->field[RSS_LINK]);
	said[2] = it->guid_is_no_link ? NULL : rss_text(a, &l->src, &it->field[RSS_GUID]);
	said[3] = it->about;
	for (k = 0; k < ARRAY_LEN(said); k++)
		if (is_address(said[k]))
			return arena_strdup(a, said[k]);
	return NULL;
}

/* The language that is stated, unless the text has not one mark of it and has those of another: programs state what they like. */
static const struct doc_lang *
lang_of(const struct doc_items *l, struct arena *a, size_t i, const struct doc_options *opt, const struct strand *markup)
{
	const struct rss_item *it = &l->feed.items.v[i];
	const char *tag = it->lang != NULL ? it->lang : text_of(l, a, i, RSS_LANG);
	const struct doc_lang *said, *const *other;

	if (tag == NULL)
		tag = l->feed.channel.lang;
	said = tag != NULL ? doc_lang_of_tag(opt->langs, tag) : NULL;
	if (said == NULL || doc_lang_marks(said, markup->s, markup->len) > 0)
		return said;
	for (other = opt->langs; *other != NULL; other++)
		if (doc_lang_marks(*other, markup->s, markup->len) > 0)
			return NULL;
	return said;
}

int
doc_items_read(const struct doc_items *l, size_t i, struct arena *a, const struct doc_options *opt, struct doc *out, struct err *e)
{
	const struct doc_item *x = &l->items[i];
	const struct doc_lang *lang;
	struct reading known;
	struct strand markup;
	struct doc d;
	int title_last, rc;

	memset(&d, 0, sizeof(d));
	memset(&known, 0, sizeof(known));
	d.arena = a;
	d.name = arena_printf(a, "%s, item %zu", l->name, i + 1);
	d.encoding = l->encoding;
	d.input_len = l->len;
	d.has_date = x->has_date;
	d.date = x->date;
	digest_sha256(l->bytes + x->start, x->end - x->start, d.sha256);
	known.url = url_of(l, a, i);
	known.author = author_of(l, a, i);
	rss_markup(&l->src, &l->feed.items.v[i], &markup, &title_last);
	if (title_last)
		known.title = rss_text(a, &l->src, &l->feed.items.v[i].field[RSS_TITLE]);
	lang = lang_of(l, a, i, opt, &markup);
	rc = doc_build(&d, opt, &markup, &reader_html, lang, &known, e);
	strand_free(&markup);
	if (rc != 0)
		return -1;
	d.format = reader_rss.format;
	*out = d;
	return 0;
}
