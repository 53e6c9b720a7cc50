/*
 * The reader of HTML: libxml2 says what the elements are, and where it stands when it says so, which is how each word keeps its
 * place. The page is run through twice: first it is seen which tables hold data and where the text stands, then it is written.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "doc/markup.h"

#define SCRIPT_OCTETS	(256u << 10)	/* of a page's JSON-LD that is looked at */
#define TITLE_OCTETS	2000
#define ENTITY_OCTETS	64		/* no character reference is longer */

/* What the first run learns about a table, or about an element that may be no text. */
struct table {
	int data;
	int heads;		/* it has head cells: no page is arranged with those */
	int nested;		/* a table is in it */
	size_t cells;		/* of its longest row */
};
/* An element that may be the one the text is in. */
struct content {
	size_t text, clean;	/* as above; what is in nothing that may be no text */
	size_t parent;		/* the one around it, or SIZE_MAX */
	size_t titles;		/* headings of level 1 before it, and inside */
	size_t titles_inside;
};
struct judged {
	size_t text;		/* octets of its text; while it is open: of the page before it */
};

struct open {
	const char *name;	/* of libxml2's dictionary */
	const struct element *el;
	size_t table;		/* the table that was around it */
	size_t judged;		/* its row, or SIZE_MAX */
	size_t content, around;	/* its row, or SIZE_MAX; that of the element around it */
	int dropped, passes;
	size_t link;		/* where its text begins in the view */
	const char *href;
	size_t href_from, href_to;
};

struct html {
	struct writer w;
	htmlParserCtxtPtr x;
	int second;			/* the run */
	VEC(struct open) open;
	VEC(struct table) tables;	/* in the order they begin */
	VEC(struct judged) judged;
	VEC(struct content) contents;
	size_t ntable, njudged, ncontent, ntitle;	/* begun so far in this run */
	size_t content;			/* the innermost open one, or SIZE_MAX */
	size_t table;			/* the innermost open one, or SIZE_MAX */
	size_t row_cells;
	size_t text, clean;		/* octets of text: all; in nothing that is judged */
	int suspect;			/* open elements that are */
	int dropped;			/* open elements whose text is dropped */
	size_t scope;			/* the content that the text has to be in, or SIZE_MAX */
	int in_scope;			/* it is open, or a title that belongs to it */
	size_t at;			/* src offset behind the text, comment or link that came last */
	int too_deep;
	int in_title, in_json;
	struct buf title, json;
	const char *og_title, *page_url, *site;
};

static size_t
position(const struct html *h)
{
	long at = xmlByteConsumed(h->x);

	return at < 0 ? h->at : (size_t)at > h->w.src->len ? h->w.src->len : (size_t)at;
}

static int
silent(const struct html *h)
{
	return h->dropped > 0 || (h->second && h->scope != SIZE_MAX && h->in_scope == 0);
}

/* ---- what the head says -------------------------------------------------------------------------------------------------- */

static void
keep(struct html *h, const char **slot, const char *v)
{
	if (*slot == NULL && v != NULL && *v != '\0')
		*slot = arena_strdup(h->w.r->arena, v);
}

static void
on_meta(struct html *h, const char *const *atts)
{
	const char *name = element_attr(atts, "property"), *v = element_attr(atts, "content");
	struct reading *r = h->w.r;
	struct { const char *name; const char **slot; } rows[] = {
		{ "og:title", &h->og_title }, { "og:url", &h->page_url }, { "author", &r->author }, { "article:author", &r->author },
		{ "dc.creator", &r->author }, { "article:published_time", &r->date }, { "date", &r->date }, { "dc.date", &r->date },
		{ "datepublished", &r->date }, { "pubdate", &r->date }, { "publish_date", &r->date }, { "publish-date", &r->date },
		{ "og:article:published_time", &r->date }, { "parsely-pub-date", &r->date }, { "sailthru.date", &r->date },
		{ "dcterms.issued", &r->date }, { "dcterms.created", &r->date }, { "dcterms.date", &r->date },
		{ "dcterms.creator", &r->author }, { "parsely-author", &r->author }, { "og:site_name", &h->site },
	};
	size_t i;

	if (name == NULL)
		name = element_attr(atts, "name");
	if (name == NULL)
		name = element_attr(atts, "itemprop");
	for (i = 0; name != NULL && v != NULL && i < ARRAY_LEN(rows); i++)
		if (strcasecmp(name, rows[i].name) == 0 && !(rows[i].slot == &r->author && strstr(v, "://") != NULL))
			keep(h, rows[i].slot, v);
}

/* The string that follows a member's name ("datePublished": "...") at p, in the arena; or NULL. */
static const char *
json_string_after(struct html *h, const char *p, const char *name)
{
	size_t k;

	p += strlen(name);
	p += strspn(p, " \t\n:");
	k = *p == '"' ? strcspn(p + 1, "\"") : 0;
	return k > 0 && memchr(p + 1, '\\', k) == NULL ? arena_strndup(h->w.r->arena, p + 1, k) : NULL;
}

#define NEAR_AUTHOR	300	/* octets in which an author has its name */

/* What JSON-LD says of date and author: its place in the tree says nothing more. */
static void
json_heads(struct html *h)
{
	const char *s = buf_str(&h->json), *p, *q;
	struct reading *r = h->w.r;

	if (r->date == NULL && (p = strstr(s, "\"datePublished\"")) != NULL)
		r->date = json_string_after(h, p, "\"datePublished\"");
	if (r->author != NULL || (p = strstr(s, "\"author\"")) == NULL)
		return;
	r->author = json_string_after(h, p, "\"author\"");
	q = strstr(p, "\"name\"");
	if (r->author == NULL && q != NULL && q - p < NEAR_AUTHOR)
		r->author = json_string_after(h, q, "\"name\"");
}

/* ---- links -------------------------------------------------------------------------------------------------------------------- */

/* Where the address of the link stands whose start tag ends at `to`: between what came before it and there. */
static void
find_href(struct html *h, struct open *o, size_t to)
{
	const char *s = h->w.src->s;
	size_t i, tag = to, k;

	for (i = h->at; i + 2 < to; i++)
		if (s[i] == '<' && (s[i + 1] | 32) == 'a' && memchr(" \t\n/", s[i + 2], 4) != NULL)
			tag = i;
	o->href_from = tag;
	o->href_to = to;
	for (i = tag; i + 5 < to; i++) {
		if (strncasecmp(s + i, "href", 4) != 0 || memchr(" \t\n\"'/", s[i - (i > 0)], 6) == NULL)
			continue;
		for (k = i + 4; k < to && memchr(" \t\n=\"'", s[k], 6) != NULL; k++)
			;
		o->href_from = k;
		while (k < to && memchr(" \t\n\"'>", s[k], 6) == NULL)
			k++;
		o->href_to = k;
		return;
	}
}

static void
end_link(struct html *h, const struct open *o)
{
	struct reading *r = h->w.r;
	struct doc_link *l;
	size_t start = o->link;

	if (!h->second || o->href == NULL || *o->href == '#' || *o->href == '\0' || silent(h))
		return;
	while (start < r->view.len && memchr(" \n", r->view.s[start], 2) != NULL)
		start++;
	if (start >= r->view.len)
		return;
	l = vec_push(r->arena, &r->links);
	l->start = start;
	l->end = r->view.len;
	l->url = o->href;
	l->in_start = o->href_from;
	l->in_end = o->href_to;
}

/* ---- elements ------------------------------------------------------------------------------------------------------------------ */

/* Does this table hold data, as far as is known in this run? */
static int
in_data(const struct html *h)
{
	return h->second && h->table != SIZE_MAX && h->tables.v[h->table].data;
}

/* What is no cell of data makes the tables around it ones that arrange the page. */
static void
arranged(struct html *h)
{
	if (!h->second && h->table != SIZE_MAX)
		h->tables.v[h->table].data = 0;
}

static void
start_table(struct html *h)
{
	arranged(h);
	if (!h->second && h->table != SIZE_MAX)
		h->tables.v[h->table].nested = 1;
	if (!h->second) {
		struct table *t = vec_push(h->w.r->arena, &h->tables);

		memset(t, 0, sizeof(*t));
		t->data = !silent(h);
	}
	/* counted in both runs, whatever is left out in the second */
	h->table = h->ntable++;
	if (silent(h))
		return;
	writer_line(&h->w);
	h->w.gap = 1;
}

static void
start_cell(struct html *h, const struct element *el)
{
	struct table *t = h->table != SIZE_MAX ? &h->tables.v[h->table] : NULL;

	h->row_cells++;
	if (t != NULL)
		t->heads |= strcmp(el->name, "th") == 0;
	if (!h->second && t != NULL && h->row_cells > t->cells)
		t->cells = h->row_cells;
	if (in_data(h) && !silent(h))
		writer_cell(&h->w, position(h));
	else if (!in_data(h))
		writer_line(&h->w);
}

static int
in_row(const struct html *h)
{
	return in_data(h) && h->w.row;
}

/* A block begins or ends: in a cell of data it divides words only. */
static void
divide(struct html *h, int gap)
{
	if (in_row(h)) {
		if (h->w.open)
			h->w.blank = h->w.end < h->w.src->len ? h->w.end : SIZE_MAX;
		return;
	}
	writer_line(&h->w);
	h->w.gap |= gap;
}

static void
start_known(struct html *h, const struct element *el)
{
	switch (el->kind) {
	case EL_HEADING:
		arranged(h);
		divide(h, 1);
		h->w.level = in_row(h) ? 0 : el->level;
		break;
	case EL_ITEM:
		arranged(h);
		divide(h, 0);
		h->w.item = !in_row(h);
		break;
	case EL_PRE:
		arranged(h);
		divide(h, 1);
		h->w.pre += !in_row(h);
		break;
	case EL_ROW:
		writer_line(&h->w);
		h->row_cells = 0;
		h->w.row = in_data(h);
		h->w.cells = 0;
		break;
	case EL_CELL:
		start_cell(h, el);
		break;
	case EL_BREAK:
		divide(h, strcmp(el->name, "hr") == 0);
		break;
	case EL_BLOCK:
		divide(h, 1);
		break;
	case EL_BOLD:
		h->w.bolds++;
		break;
	default:
		break;
	}
}

/* Is the element no part of the text? The first run finds how much of the text it holds. */
static int
is_dropped(struct html *h, struct open *o, const char *const *atts)
{
	/* the button that opens a section has its heading */
	if (o->el->kind == EL_DROP && h->w.level > 0 && strcmp(o->el->name, "button") == 0)
		return 0;
	if (o->el->kind == EL_DROP || o->el->kind == EL_SCRIPT || o->el->kind == EL_TITLE)
		return 1;
	if (o->el->judged == 0 || (o->el->judged == 1 && !element_residue(atts)))
		return 0;
	o->judged = h->njudged++;
	if (!h->second)
		vec_push(h->w.r->arena, &h->judged)->text = h->text;
	return h->second && h->judged.v[o->judged].text * 2 < h->text;
}

/* Is the text of the page in there, or is it the title that stands before it? The first run finds how much text it holds. */
static void
enter_content(struct html *h, struct open *o, const char *const *atts)
{
	struct content *c;

	o->content = SIZE_MAX;
	o->around = h->content;
	if (o->el->kind == EL_HEADING && o->el->level == 1) {
		h->ntitle++;
		o->passes = h->dropped == 0 && h->second && h->scope != SIZE_MAX && h->contents.v[h->scope].titles_inside == 0 &&
		    h->ntitle == h->contents.v[h->scope].titles;
	}
	if (element_content(o->el, atts)) {
		o->content = h->ncontent++;
		if (!h->second) {
			c = vec_push(h->w.r->arena, &h->contents);
			memset(c, 0, sizeof(*c));
			c->text = h->text;
			c->clean = h->clean;
			c->parent = h->content;
			c->titles = h->ntitle;
		}
		h->content = o->content;
		o->passes = h->second && o->content == h->scope;
	}
	h->in_scope += o->passes;
}

static void
leave_content(struct html *h, const struct open *o)
{
	struct content *c = o->content != SIZE_MAX && !h->second ? &h->contents.v[o->content] : NULL;

	if (c != NULL) {
		c->text = h->text - c->text;
		c->clean = h->clean - c->clean;
		c->titles_inside = h->ntitle - c->titles;
	}
	h->in_scope -= o->passes;
	h->content = o->around;
}

/* What of one element's text the one inside it has to hold, per cent, to be taken instead; and what of all text the outermost. */
#define INNER_SHARE	70
#define OUTER_SHARE	50

/* The element that the text is in: the largest, and the largest in that, as long as they hold nearly all. */
static void
choose_scope(struct html *h)
{
	size_t i, best, all, share = OUTER_SHARE;
	int clean = h->clean * 2 >= h->text;

	h->scope = SIZE_MAX;
	all = clean ? h->clean : h->text;
	for (i = 0; i < h->contents.n && clean; i++)
		h->contents.v[i].text = h->contents.v[i].clean;
	do {
		best = SIZE_MAX;
		for (i = 0; i < h->contents.n; i++)
			if (h->contents.v[i].parent == h->scope && (best == SIZE_MAX || h->contents.v[i].text > h->contents.v[best].text))
				best = i;
		if (best == SIZE_MAX || h->contents.v[best].text == 0 || h->contents.v[best].text * 100 < all * share)
			return;
		h->scope = best;
		all = h->contents.v[best].text;
		share = INNER_SHARE;
	} while (1);
}

static void
start_element(void *user, const xmlChar *name, const xmlChar **atts)
{
	struct html *h = user;
	const char *const *a = (const char *const *)(uintptr_t)atts;
	const char *v;
	struct open *o;

	if (h->open.n == LIMIT_HTML_DEPTH) {
		h->too_deep = 1;
		xmlStopParser(h->x);
	}
	if (h->too_deep)
		return;
	o = vec_push(h->w.r->arena, &h->open);
	memset(o, 0, sizeof(*o));
	o->name = (const char *)name;
	o->el = element_find(o->name);
	o->table = h->table;
	o->judged = SIZE_MAX;
	o->dropped = is_dropped(h, o, a);
	h->dropped += o->dropped;
	h->suspect += o->judged != SIZE_MAX;
	enter_content(h, o, a);
	o->link = h->w.r->view.len;
	if (o->el->kind == EL_LINK && (v = element_attr(a, "href")) != NULL) {
		o->href = h->second ? arena_strdup(h->w.r->arena, v) : NULL;
		find_href(h, o, position(h));
		h->at = position(h);
	}
	v = element_attr(a, "type");
	h->in_title += o->el->kind == EL_TITLE;
	h->in_json += o->el->kind == EL_SCRIPT && v != NULL && strcasecmp(v, "application/ld+json") == 0;
	if (h->second && o->el->kind == EL_META)
		on_meta(h, a);
	if (h->second && o->el->kind == EL_REL && (v = element_attr(a, "rel")) != NULL && strcasecmp(v, "canonical") == 0)
		keep(h, &h->w.r->url, element_attr(a, "href"));
	if (h->second && o->el->kind == EL_TIME && (!silent(h) || (h->dropped == 0 && h->ntitle > 0)))
		keep(h, &h->w.r->date, element_attr(a, "datetime"));
	if (o->el->kind == EL_TABLE)
		start_table(h);
	else if (!silent(h))
		start_known(h, o->el);
}

static void
end_known(struct html *h, const struct open *o)
{
	switch (o->el->kind) {
	case EL_HEADING:
		divide(h, 1);
		h->w.level = 0;
		break;
	case EL_ITEM:
		divide(h, 0);
		h->w.item = 0;
		break;
	case EL_PRE:
		divide(h, 1);
		h->w.pre -= h->w.pre > 0;
		break;
	case EL_ROW:
		writer_line(&h->w);
		h->w.row = h->w.cells = 0;
		break;
	case EL_TABLE:
		writer_line(&h->w);
		h->w.row = h->w.cells = 0;
		h->w.gap = 1;
		break;
	case EL_CELL:
		if (!in_data(h))
			writer_line(&h->w);
		break;
	case EL_BLOCK:
		divide(h, 1);
		break;
	case EL_BOLD:
		h->w.bolds -= h->w.bolds > 0;
		break;
	default:
		break;
	}
}

static void
close_one(struct html *h)
{
	struct open *o = &h->open.v[--h->open.n];

	if (!silent(h))
		end_known(h, o);
	if (o->el->kind == EL_LINK)
		end_link(h, o);
	if (o->el->kind == EL_TABLE)
		h->table = o->table;
	if (o->judged != SIZE_MAX && !h->second)
		h->judged.v[o->judged].text = h->text - h->judged.v[o->judged].text;
	h->dropped -= o->dropped;
	h->suspect -= o->judged != SIZE_MAX;
	leave_content(h, o);
	h->in_title -= o->el->kind == EL_TITLE && h->in_title > 0;
	h->in_json -= o->el->kind == EL_SCRIPT && h->in_json > 0;
}

static void
end_element(void *user, const xmlChar *name)
{
	struct html *h = user;
	size_t i = h->open.n;

	while (i > 0 && strcmp(h->open.v[i - 1].name, (const char *)name) != 0)
		i--;
	while (i > 0 && h->open.n >= i)
		close_one(h);
}

/* ---- text ----------------------------------------------------------------------------------------------------------------------- */

/* The "&" of the reference that ends at `to`: what libxml2 says of "&" alone comes when the name behind it is read too. */
static size_t
reference(const struct html *h, const char *s, size_t n, size_t *to)
{
	const char *src = h->w.src->s;
	size_t at = *to;

	while (at > h->at && *to - at < ENTITY_OCTETS && src[at - 1] != '&')
		at--;
	if (at == h->at || src[at - 1] != '&')
		return SIZE_MAX;
	at--;
	if (n == 1 && s[0] == '&' && strncmp(src + at + 1, "amp", 3) != 0 && src[at + 1] != '#')
		*to = at + 1;
	return at;
}

/* Where the text s begins that ends at src offset `to`, if characters that libxml2 passes over stand in it; else SIZE_MAX. */
static size_t
passed_over(const struct html *h, const char *s, size_t n, size_t to)
{
	const char *src = h->w.src->s;

	while (n > 0 && to > h->at) {
		unsigned char c = (unsigned char)src[to - 1];

		if (c == (unsigned char)s[n - 1]) {
			n--;
			to--;
		} else if (c < 0x20 || c == 0x7f)
			to--;
		else if (to >= h->at + 3 && memcmp(src + to - 3, "\357\277", 2) == 0 && c >= 0xbe)
			to -= 3;	/* U+FFFE, U+FFFF */
		else
			break;
	}
	return n == 0 ? to : SIZE_MAX;
}

static void
write_text(struct html *h, const char *s, size_t n)
{
	size_t to = position(h), from;

	from = to >= n && to - n >= h->at && memcmp(h->w.src->s + to - n, s, n) == 0 ? to - n : passed_over(h, s, n, to);
	if (from != SIZE_MAX) {
		h->at = to;
		if (h->second && !silent(h))
			writer_text(&h->w, from, to);
		return;
	}
	from = reference(h, s, n, &to);
	if (from == SIZE_MAX)
		return;
	h->at = to;
	if (h->second && !silent(h))
		writer_glyphs(&h->w, s, n, from, to);
}

static void
on_text(void *user, const xmlChar *ch, int len)
{
	struct html *h = user;
	const char *s = (const char *)ch;
	size_t n = (size_t)len, i, words = 0;

	if (h->too_deep)
		return;
	if (h->in_title && h->second)
		buf_add(&h->title, s, n);
	if (h->in_json && h->second)
		buf_add(&h->json, s, n);
	if (!silent(h)) {
		for (i = 0; i < n; i++)
			words += (unsigned char)s[i] > ' ';
		h->text += h->second ? 0 : words;
		h->clean += h->second || h->suspect > 0 ? 0 : words;
	}
	write_text(h, s, n);
}

static void
on_comment(void *user, const xmlChar *text)
{
	struct html *h = user;

	(void)text;
	h->at = position(h);
}

/* ---- both runs ------------------------------------------------------------------------------------------------------------------- */

/* libxml2 makes itself ready once, before threads ask it for anything. */
static pthread_once_t ready = PTHREAD_ONCE_INIT;

void
html_ready(void)
{
	pthread_once(&ready, xmlInitParser);
}

static int
run(struct html *h, struct err *e)
{
	const struct strand *src = h->w.src;
	htmlSAXHandler sax;

	html_ready();
	memset(&sax, 0, sizeof(sax));
	sax.startElement = start_element;
	sax.endElement = end_element;
	sax.characters = sax.ignorableWhitespace = sax.cdataBlock = on_text;
	sax.comment = on_comment;
	h->x = htmlCreateMemoryParserCtxt(src->s, (int)src->len);
	if (h->x == NULL)
		base_oom();
	*h->x->sax = sax;
	h->x->userData = h;
	htmlCtxtUseOptions(h->x,
	    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
	xmlSwitchEncoding(h->x, XML_CHAR_ENCODING_UTF8);
	h->at = h->open.n = h->ntable = h->njudged = h->ncontent = h->ntitle = 0;
	h->table = h->content = SIZE_MAX;
	htmlParseDocument(h->x);
	while (h->open.n > 0)
		close_one(h);
	writer_line(&h->w);
	htmlFreeParserCtxt(h->x);
	if (h->too_deep)
		return err_set(e, ERR_INPUT, "more than %d elements are open within each other (LIMIT_HTML_DEPTH)", LIMIT_HTML_DEPTH);
	return 0;
}

/* A title without the name of the site behind it: "Title | Site"; in the arena. */
static const char *
without_site(struct html *h, const char *title)
{
	size_t n = title != NULL ? strlen(title) : 0, k = h->site != NULL ? strlen(h->site) : 0;

	if (k == 0 || n <= k + 3 || strcmp(title + n - k, h->site) != 0)
		return title;
	n -= k;
	while (n > 0 && (title[n - 1] == ' ' || strchr("|-:", title[n - 1]) != NULL))
		n--;
	/* "–" and "—" */
	if (n > 3 && memcmp(title + n - 3, "\342\200", 2) == 0)
		n -= 3;
	while (n > 0 && title[n - 1] == ' ')
		n--;
	return n > 0 ? arena_strndup(h->w.r->arena, title, n) : title;
}

/* The heading of level 1 in the first lines, or NULL. */
static const struct line *
title_line(const struct reading *r)
{
	size_t i;

	for (i = 0; i < r->nline && i < TITLE_LINES; i++)
		if (r->lines[i].hint == LINE_HEADING && r->lines[i].level == 1)
			return &r->lines[i];
	return NULL;
}

/* The title that the head states, unless a heading says it. */
static void
choose_title(struct html *h)
{
	struct reading *r = h->w.r;
	const struct line *l = title_line(r);
	const char *s = buf_str(&h->title);
	size_t n = strlen(s);

	if (r->title != NULL)
		return;
	if (h->og_title != NULL && l != NULL && memmem(h->og_title, strlen(h->og_title), r->view.s + l->start, l->end - l->start) != NULL)
		return;
	r->title = without_site(h, h->og_title);
	if (r->title != NULL || l != NULL)
		return;
	while (n > 0 && strchr(" \t\n", *s) != NULL) {
		s++;
		n--;
	}
	while (n > 0 && strchr(" \t\n", s[n - 1]) != NULL)
		n--;
	if (n > 0)
		r->title = without_site(h, arena_strndup(r->arena, s, n));
}

int
html_read(struct reading *r, const struct strand *src, struct err *e)
{
	struct html h;
	size_t i;
	int rc;

	r->marked = 1;
	if (src->len == 0)
		return 0;
	memset(&h, 0, sizeof(h));
	h.title = (struct buf)BUF_INIT(TITLE_OCTETS);
	h.json = (struct buf)BUF_INIT(SCRIPT_OCTETS);
	writer_begin(&h.w, r, src);
	rc = run(&h, e);
	for (i = 0; i < h.tables.n; i++) {
		struct table *t = &h.tables.v[i];

		t->data = t->cells > 1 && (t->data || (t->heads && !t->nested));
	}
	choose_scope(&h);
	h.second = 1;
	if (rc == 0)
		rc = run(&h, e);
	if (rc == 0) {
		choose_title(&h);
		json_heads(&h);
		if (r->url == NULL)
			r->url = h.page_url;
	}
	buf_free(&h.title);
	buf_free(&h.json);
	return rc;
}
