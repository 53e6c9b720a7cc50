/* What is known about HTML without reading it: its elements, what it looks like, the language it names. */
#include <string.h>
#include <strings.h>

#include "config.h"

#include "doc/markup.h"
#include "doc/rss.h"

/* ---- elements ----------------------------------------------------------------------------------------------------- */

static const struct element elements[] = {
	{ "a", EL_LINK, 0, 0, 1 },
	{ "address", EL_BLOCK, 0, 0, 1 },
	{ "article", EL_BLOCK, 0, 1, 1 },
	{ "aside", EL_BLOCK, 0, 0, 2 },
	{ "audio", EL_DROP, 0, 0, 0 },
	{ "b", EL_BOLD, 0, 0, 0 },
	{ "blockquote", EL_BLOCK, 0, 0, 0 },
	{ "body", EL_BLOCK, 0, 0, 0 },
	{ "br", EL_BREAK, 0, 0, 0 },
	{ "button", EL_DROP, 0, 0, 0 },
	{ "canvas", EL_DROP, 0, 0, 0 },
	{ "caption", EL_BLOCK, 0, 0, 0 },
	{ "center", EL_BLOCK, 0, 0, 0 },
	{ "dd", EL_BLOCK, 0, 0, 0 },
	{ "details", EL_BLOCK, 0, 0, 0 },
	{ "dialog", EL_DROP, 0, 0, 0 },
	{ "div", EL_BLOCK, 0, 2, 1 },
	{ "dl", EL_BLOCK, 0, 0, 0 },
	{ "dt", EL_BLOCK, 0, 0, 0 },
	{ "fieldset", EL_BLOCK, 0, 0, 0 },
	{ "figcaption", EL_BLOCK, 0, 0, 0 },
	{ "figure", EL_BLOCK, 0, 0, 0 },
	{ "footer", EL_BLOCK, 0, 0, 2 },
	{ "form", EL_BLOCK, 0, 0, 1 },
	{ "h1", EL_HEADING, 1, 0, 0 },
	{ "h2", EL_HEADING, 2, 0, 0 },
	{ "h3", EL_HEADING, 3, 0, 0 },
	{ "h4", EL_HEADING, 4, 0, 0 },
	{ "h5", EL_HEADING, 5, 0, 0 },
	{ "h6", EL_HEADING, 6, 0, 0 },
	{ "header", EL_BLOCK, 0, 0, 1 },
	{ "hgroup", EL_BLOCK, 0, 0, 0 },
	{ "hr", EL_BREAK, 0, 0, 0 },
	{ "html", EL_BLOCK, 0, 0, 0 },
	{ "iframe", EL_DROP, 0, 0, 0 },
	{ "label", EL_DROP, 0, 0, 0 },
	{ "li", EL_ITEM, 0, 0, 1 },
	{ "link", EL_REL, 0, 0, 0 },
	{ "main", EL_BLOCK, 0, 1, 0 },
	{ "meta", EL_META, 0, 0, 0 },
	{ "nav", EL_DROP, 0, 0, 0 },
	{ "noscript", EL_DROP, 0, 0, 0 },
	{ "object", EL_DROP, 0, 0, 0 },
	{ "ol", EL_BLOCK, 0, 0, 1 },
	{ "option", EL_DROP, 0, 0, 0 },
	{ "p", EL_BLOCK, 0, 0, 1 },
	{ "pre", EL_PRE, 0, 0, 0 },
	{ "script", EL_SCRIPT, 0, 0, 0 },
	{ "section", EL_BLOCK, 0, 2, 1 },
	{ "select", EL_DROP, 0, 0, 0 },
	{ "span", EL_INLINE, 0, 0, 1 },
	{ "strong", EL_BOLD, 0, 0, 0 },
	{ "style", EL_DROP, 0, 0, 0 },
	{ "summary", EL_BLOCK, 0, 0, 0 },
	{ "sup", EL_DROP, 0, 0, 0 },	/* the number of a note would be glued to a name */
	{ "svg", EL_DROP, 0, 0, 0 },
	{ "table", EL_TABLE, 0, 0, 1 },
	{ "td", EL_CELL, 0, 2, 1 },
	{ "template", EL_DROP, 0, 0, 0 },
	{ "textarea", EL_DROP, 0, 0, 0 },
	{ "th", EL_CELL, 0, 0, 0 },
	{ "time", EL_TIME, 0, 0, 0 },
	{ "title", EL_TITLE, 0, 0, 0 },
	{ "tr", EL_ROW, 0, 0, 0 },
	{ "ul", EL_BLOCK, 0, 0, 1 },
	{ "video", EL_DROP, 0, 0, 0 },
};
static const struct element unknown = { "", EL_INLINE, 0, 0, 0 };

const struct element *
element_find(const char *name)
{
	size_t lo = 0, hi = ARRAY_LEN(elements);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(name, elements[mid].name);

		if (c == 0)
			return &elements[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return &unknown;
}

const char *
element_attr(const char *const *atts, const char *name)
{
	for (; atts != NULL && *atts != NULL; atts += 2)
		if (strcmp(*atts, name) == 0)
			return atts[1] != NULL ? atts[1] : "";
	return NULL;
}

/* Words of class and id attributes: between blanks, "-", "_", and where a capital follows a small letter. */
static const char *const residue_words[] = {
	"ad", "ads", "advert", "advertisement", "breadcrumb", "breadcrumbs", "comments", "consent", "cookie", "cookies",
	"disqus", "footer", "gdpr", "gutter", "linenos", "menu", "nav", "navbar", "navigation", "newsletter", "outbrain",
	"pager", "pagination", "popup", "promo", "recommended", "related", "respond", "share", "sharedaddy", "sharing",
	"sidebar", "signup", "skip", "social", "sponsor", "sponsored", "subscribe", "taboola", "tags", "toc", "toolbar",
};
/* Whole names of classes and ids: what is not shown, and what has words that mean something else alone. */
static const char *const residue_names[] = {
	"addtoany", "author-bio", "author-box", "comment-list", "comment-respond", "d-none", "is-hidden", "sr-only",
	"screen-reader-text", "visually-hidden", "visuallyhidden", "widget", "widget-area", "widgets",
};
/* Words that may stand beside those in an id: with others, an id is the heading of a section ("related-malware"). */
static const char *const neutral_words[] = {
	"area", "articles", "banner", "bar", "block", "bottom", "box", "buttons", "container", "global", "header", "icons", "js",
	"left", "links", "list", "main", "notice", "onetrust", "page", "post", "posts", "right", "sdk", "section", "site", "top",
	"wp", "wrap", "wrapper",
};
static const char *const residue_roles[] = { "banner", "complementary", "contentinfo", "dialog", "menu", "navigation", "search" };
/* Names of what holds the text of a page, without "-" and "_". */
static const char *const content_names[] = {
	"articlebody", "articlecontent", "blogcontent", "blogpost", "blogpostcontent", "content", "contentbody", "contents",
	"entry", "entrybody", "entrycontent", "hentry", "main", "maincolumn", "maincontent", "markdownbody", "post",
	"postbody", "postcontent", "primary", "richtext", "singlecontent", "storybody",
};

static int
one_of(const char *s, size_t n, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(list[i]) == n && strncasecmp(s, list[i], n) == 0)
			return 1;
	return 0;
}

static int
small(char c)
{
	return c >= 'a' && c <= 'z';
}

/* The octets of the word that begins at v: up to what divides words. */
static size_t
name_word(const char *v)
{
	size_t k = strcspn(v, " \t\r\n-_"), i;

	for (i = 1; i < k; i++)
		if (small(v[i - 1]) && v[i] >= 'A' && v[i] <= 'Z')
			return i;
	return k;
}

static int
says_residue(const char *v, int is_id)
{
	const char *s;
	size_t k;
	int yes = 0;

	for (s = v; s != NULL && *s != '\0'; s += k + (s[k] != '\0')) {
		k = strcspn(s, " \t\r\n");
		if (one_of(s, k, residue_names, ARRAY_LEN(residue_names)))
			return 1;
	}
	for (s = v; s != NULL && *s != '\0'; s += k + (s[k] != '\0' && strchr(" \t\r\n-_", s[k]) != NULL)) {
		k = name_word(s);
		if (one_of(s, k, residue_words, ARRAY_LEN(residue_words)))
			yes = 1;
		else if (is_id && k > 0 && !one_of(s, k, neutral_words, ARRAY_LEN(neutral_words)))
			return 0;
	}
	return yes;
}

/* Does a style say that the element is not shown? */
static int
is_unseen(const char *style)
{
	const char *p;

	for (p = style; p != NULL && (p = strcasestr(p, "display")) != NULL; p++)
		if (strncasecmp(p + 7 + strspn(p + 7, ": "), "none", 4) == 0)
			return 1;
	p = style != NULL ? strcasestr(style, "visibility") : NULL;
	return p != NULL && strncasecmp(p + 10 + strspn(p + 10, ": "), "hidden", 6) == 0;
}

int
element_residue(const char *const *atts)
{
	const char *role = element_attr(atts, "role"), *hidden = element_attr(atts, "aria-hidden");

	if (role != NULL && one_of(role, strlen(role), residue_roles, ARRAY_LEN(residue_roles)))
		return 1;
	if (element_attr(atts, "hidden") != NULL || (hidden != NULL && strcmp(hidden, "true") == 0) ||
	    is_unseen(element_attr(atts, "style")))
		return 1;
	return says_residue(element_attr(atts, "class"), 0) || says_residue(element_attr(atts, "id"), 1);
}

/* Does one of the names in v, without what divides its words, say that the text is in there? */
static int
says_content(const char *v)
{
	char name[32];
	size_t i, k, n;

	for (; v != NULL && *v != '\0'; v += k + (v[k] != '\0')) {
		k = strcspn(v, " \t\r\n");
		for (i = n = 0; i < k && n < sizeof(name); i++)
			if (v[i] != '-' && v[i] != '_')
				name[n++] = v[i];
		if (i == k && one_of(name, n, content_names, ARRAY_LEN(content_names)))
			return 1;
	}
	return 0;
}

int
element_content(const struct element *el, const char *const *atts)
{
	const char *role = element_attr(atts, "role"), *prop = element_attr(atts, "itemprop");

	if (el->scope != 2)
		return el->scope;
	if ((role != NULL && strcmp(role, "main") == 0) || (prop != NULL && strcasecmp(prop, "articleBody") == 0))
		return 1;
	return says_content(element_attr(atts, "class")) || says_content(element_attr(atts, "id"));
}

/* ---- what it looks like ------------------------------------------------------------------------------------------------ */

#define HEAD_OCTETS	2048	/* what is looked at */

/* The beginning of the document, NUL-terminated: where markup begins in it, or NULL when none does. */
static const char *
head_of(const struct strand *src, char head[HEAD_OCTETS + 1])
{
	size_t n = src->len < HEAD_OCTETS ? src->len : HEAD_OCTETS, at;

	memcpy(head, src->s, n);
	head[n] = '\0';
	at = strspn(head, " \t\n");
	return head[at] == '<' ? head + at : NULL;
}

/* The name of the element at p ("<name"): its octets. */
static size_t
name_at(const char *p, char name[32])
{
	size_t k = 0;

	for (p++; k < 31 && *p != '\0' && strchr(" \t\n/>", *p) == NULL; p++)
		name[k++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	name[k] = '\0';
	return k;
}

/* The first element: behind declarations, processing instructions and comments; or NULL. */
static const char *
first_element(const char *p)
{
	while (p != NULL && *p == '<' && (p[1] == '!' || p[1] == '?')) {
		const char *end = strncmp(p, "<!--", 4) == 0 ? strstr(p, "-->") : strchr(p, '>');

		/* a document type with declarations of its own */
		if (p[1] == '!' && p[2] != '-' && end != NULL && memchr(p, '[', (size_t)(end - p)) != NULL)
			end = strstr(p, "]>");
		if (end == NULL)
			return NULL;
		p = strchr(end, '>') + 1;
		p += strspn(p, " \t\n");
	}
	return p != NULL && *p == '<' ? p : NULL;
}

static int
html_sniff(const struct strand *src)
{
	char head[HEAD_OCTETS + 1], name[32];
	const char *p = head_of(src, head);

	if (p != NULL && strncasecmp(p, "<!doctype html", 14) == 0)
		return 1;
	p = first_element(p);
	if (p == NULL || name_at(p, name) == 0)
		return 0;
	return strcmp(name, "head") == 0 || element_find(name) != &unknown;
}

static int
rss_sniff(const struct strand *src)
{
	static const char *const roots[] = { "rss", "rdf:rdf", "feed", "atom:feed" };
	char head[HEAD_OCTETS + 1], name[32];
	const char *p = first_element(head_of(src, head));
	size_t i;

	if (p == NULL || name_at(p, name) == 0)
		return 0;
	for (i = 0; i < ARRAY_LEN(roots) && strcmp(name, roots[i]) != 0; i++)
		;
	return i < ARRAY_LEN(roots);
}

const struct doc_lang *
markup_lang(const struct doc_lang *const *langs, const struct strand *src)
{
	char head[HEAD_OCTETS + 1], tag[16];
	const char *v;
	size_t k;

	if (!html_sniff(src))
		return NULL;
	v = strcasestr(head_of(src, head), "lang=");
	if (v == NULL || (v[-1] != ' ' && v[-1] != ':'))
		return NULL;
	v += strlen("lang=");
	v += strspn(v, "\"' ");
	k = strcspn(v, "\"' >");
	if (k >= sizeof(tag))
		return NULL;
	memcpy(tag, v, k);
	tag[k] = '\0';
	return doc_lang_of_tag(langs, tag);
}

/* ---- rows -------------------------------------------------------------------------------------------------------------------- */

#ifndef WITH_HTML
int
html_read(struct reading *r, const struct strand *src, struct err *e)
{
	(void)r;
	(void)src;
	return err_set(e, ERR_USAGE, "this stixpress was built without the reader of HTML (configure --without-html)");
}
#endif

#ifndef WITH_HTML
int
rss_parse(struct arena *a, const struct strand *src, int lenient, struct rss_feed *out, struct err *e)
{
	(void)a;
	(void)src;
	(void)lenient;
	(void)out;
	return err_set(e, ERR_USAGE, "this stixpress was built without the reader of RSS and Atom (configure --without-html)");
}
#endif

/* Who gets here asked for one document. */
static int
rss_read(struct reading *r, const struct strand *src, struct err *e)
{
	(void)r;
	(void)src;
	return err_set(e, ERR_INPUT, "this is a feed (RSS or Atom): each of its items is a document of its own");
}

static const char *const rss_suffixes[] = { ".rss", ".atom", ".rdf", NULL };
const struct reader reader_rss = { "rss", rss_suffixes, rss_sniff, rss_read };
static const char *const html_suffixes[] = { ".html", ".htm", ".xhtml", NULL };
const struct reader reader_html = { "html", html_suffixes, html_sniff, html_read };
