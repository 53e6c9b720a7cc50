/*
 * Feeds: RSS 0.91 to 2.0, RSS 1.0 (RDF), Atom. libxml2 says where items and their elements begin and end; the text between is
 * taken from the input itself, so that every octet keeps its place through references and CDATA sections.
 */
#include <string.h>
#include <strings.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "doc/rss.h"

/* ---- vocabularies --------------------------------------------------------------------------------------------------- */

enum ns { NS_RSS, NS_ATOM, NS_DC, NS_TERMS, NS_CONTENT, NS_OTHER };

/* A namespace by its name or, where a feed forgot to declare it, by the usual prefix. */
static const struct {
	const char *uri, *prefix;
	enum ns ns;
} spaces[] = {
	{ "http://www.w3.org/2005/Atom", "atom", NS_ATOM },
	{ "http://purl.org/atom/ns#", "atom03", NS_ATOM },
	{ "http://purl.org/dc/elements/1.1/", "dc", NS_DC },
	{ "http://purl.org/dc/terms/", "dcterms", NS_TERMS },
	{ "http://purl.org/rss/1.0/modules/content/", "content", NS_CONTENT },
	{ "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf", NS_OTHER },
	{ "http://www.w3.org/1999/xhtml", "xhtml", NS_OTHER },
};

static const struct {
	enum ns ns;
	const char *name;
	enum rss_slot slot;
} fields[] = {
	{ NS_RSS, "title", RSS_TITLE }, { NS_RSS, "description", RSS_SUMMARY }, { NS_RSS, "link", RSS_LINK },
	{ NS_RSS, "guid", RSS_GUID }, { NS_RSS, "author", RSS_AUTHOR }, { NS_RSS, "pubDate", RSS_DATE },
	{ NS_RSS, "language", RSS_LANG },
	{ NS_ATOM, "title", RSS_TITLE }, { NS_ATOM, "summary", RSS_SUMMARY }, { NS_ATOM, "content", RSS_CONTENT },
	{ NS_ATOM, "published", RSS_DATE }, { NS_ATOM, "issued", RSS_DATE }, { NS_ATOM, "updated", RSS_UPDATED },
	{ NS_ATOM, "modified", RSS_UPDATED },
	{ NS_DC, "creator", RSS_AUTHOR }, { NS_DC, "date", RSS_DATE }, { NS_DC, "language", RSS_LANG },
	{ NS_TERMS, "issued", RSS_DATE }, { NS_TERMS, "created", RSS_DATE }, { NS_TERMS, "modified", RSS_UPDATED },
	{ NS_CONTENT, "encoded", RSS_CONTENT },
};

static enum ns
space_of(const char *prefix, const char *uri)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(spaces); i++)
		if (uri != NULL ? strcmp(uri, spaces[i].uri) == 0 : prefix != NULL && strcmp(prefix, spaces[i].prefix) == 0)
			return spaces[i].ns;
	return prefix == NULL ? NS_RSS : NS_OTHER;
}

/* ---- the items, by libxml2 ---------------------------------------------------------------------------------------------- */

struct rss {
	struct arena *arena;
	const struct strand *src;
	xmlParserCtxtPtr x;
	size_t lead;			/* octets of src before the markup */
	struct rss_feed *feed;
	struct rss_item item;		/* the open one */
	int depth, channel, inside;	/* open elements; those when the channel, the item began (0: none is open) */
	int author;			/* ... when an author began */
	struct rss_field *open;		/* the field that is being read */
	int open_depth;
	int too_many;
	int lenient;
	int root_seen;
	size_t lines;			/* in what is before the markup */
	struct err *e;			/* of the document; not filled while it is forgiven */
	int failed;
};

static size_t
position(const struct rss *r)
{
	long at = xmlByteConsumed(r->x);
	size_t pos = r->lead + (at < 0 ? 0 : (size_t)at);

	return pos > r->src->len ? r->src->len : pos;
}

/* The "<" of the tag that ends at or behind `at`, or `from` when there is none behind it. */
static size_t
tag_start(const struct rss *r, size_t from, size_t at)
{
	const char *p = at > from ? memrchr(r->src->s + from, '<', at - from) : NULL;

	return p != NULL ? (size_t)(p - r->src->s) : from;
}

static const char *
attribute(struct rss *r, const char *name, const char *prefix, int n, const xmlChar **atts)
{
	int i;

	for (i = 0; i < n; i++, atts += 5)
		if (strcmp((const char *)atts[0], name) == 0 &&
		    (prefix == NULL ? atts[1] == NULL : atts[1] != NULL && strcmp((const char *)atts[1], prefix) == 0))
			return arena_strndup(r->arena, (const char *)atts[3], (size_t)(atts[4] - atts[3]));
	return NULL;
}

/* How Atom says what the content is (RFC 4287 3.1.1, 4.1.3.1); everything else is markup. */
static enum rss_form
form_of(struct rss *r, enum ns ns, int n, const xmlChar **atts)
{
	const char *type = ns == NS_ATOM ? attribute(r, "type", NULL, n, atts) : "html";

	if (type == NULL || strcasecmp(type, "text") == 0 || strcasecmp(type, "text/plain") == 0)
		return RSS_TEXT;
	return strcasestr(type, "xhtml") != NULL ? RSS_XHTML : RSS_HTML;
}

static void
open_field(struct rss *r, struct rss_field *f, enum rss_form form)
{
	size_t at = position(r);

	/* the first of its kind counts, unless nothing is in it */
	if (f->to > f->from)
		return;
	while (at < r->src->len && r->src->s[at] != '>')
		at++;
	f->from = f->to = at < r->src->len ? at + 1 : at;
	f->form = form;
	r->open = f;
	r->open_depth = r->depth;
}

/* An element of an item or of the channel. */
static void
start_member(struct rss *r, struct rss_item *item, enum ns ns, const char *name, int n, const xmlChar **atts)
{
	const char *rel, *v;
	size_t i;

	if (ns == NS_ATOM && strcmp(name, "link") == 0) {
		rel = attribute(r, "rel", NULL, n, atts);
		if (item->href == NULL && (rel == NULL || strcmp(rel, "alternate") == 0))
			item->href = attribute(r, "href", NULL, n, atts);
		return;
	}
	if (ns == NS_ATOM && strcmp(name, "author") == 0)
		r->author = r->depth;
	for (i = 0; i < ARRAY_LEN(fields); i++) {
		if (fields[i].ns != ns || strcmp(fields[i].name, name) != 0)
			continue;
		if (fields[i].slot == RSS_GUID && (v = attribute(r, "isPermaLink", NULL, n, atts)) != NULL)
			item->guid_is_no_link = strcasecmp(v, "false") == 0;
		open_field(r, &item->field[fields[i].slot], form_of(r, ns, n, atts));
		return;
	}
}

static void
start_item(struct rss *r, int n, const xmlChar **atts)
{
	memset(&r->item, 0, sizeof(r->item));
	r->inside = r->depth;
	r->item.start = tag_start(r, 0, position(r));
	r->item.about = attribute(r, "about", "rdf", n, atts);
	r->item.lang = attribute(r, "lang", "xml", n, atts);
}

static void
on_start(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int nns, const xmlChar **nss, int n,
    int ndefault, const xmlChar **atts)
{
	struct rss *r = user;
	const char *name = (const char *)local;
	enum ns ns = space_of((const char *)prefix, (const char *)uri);
	int item;

	(void)nns;
	(void)nss;
	(void)ndefault;
	r->depth++;
	if (r->open != NULL)
		return;
	if (r->depth == 1)
		r->feed->channel.lang = attribute(r, "lang", "xml", n, atts);
	item = (ns == NS_RSS && strcmp(name, "item") == 0) || (ns == NS_ATOM && strcmp(name, "entry") == 0);
	if (item && r->inside == 0)
		start_item(r, n, atts);
	else if (r->inside > 0 && r->depth == r->inside + 1)
		start_member(r, &r->item, ns, name, n, atts);
	else if (r->inside > 0 && r->author > 0 && r->depth == r->author + 1 && strcmp(name, "name") == 0)
		open_field(r, &r->item.field[RSS_AUTHOR], RSS_TEXT);
	else if (r->inside == 0 && (strcmp(name, "channel") == 0 || (ns == NS_ATOM && r->depth == 1)))
		r->channel = r->depth;
	else if (r->inside == 0 && r->channel > 0 && r->depth == r->channel + 1)
		start_member(r, &r->feed->channel, ns, name, n, atts);
	else if (r->inside == 0 && r->author > 0 && r->depth == r->author + 1 && strcmp(name, "name") == 0)
		open_field(r, &r->feed->channel.field[RSS_AUTHOR], RSS_TEXT);
}

static void
end_item(struct rss *r)
{
	r->inside = 0;
	r->item.end = position(r);
	if (r->feed->items.n == LIMIT_FEED_ITEMS) {
		r->too_many = 1;
		xmlStopParser(r->x);
		return;
	}
	*vec_push(r->arena, &r->feed->items) = r->item;
}

static void
on_end(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct rss *r = user;

	(void)local;
	(void)prefix;
	(void)uri;
	if (r->open != NULL && r->depth == r->open_depth) {
		r->open->to = tag_start(r, r->open->from, position(r));
		r->open = NULL;
	}
	if (r->author == r->depth)
		r->author = 0;
	if (r->inside > 0 && r->depth == r->inside)
		end_item(r);
	if (r->channel == r->depth)
		r->channel = 0;
	r->depth--;
}

/* Nobody needs entities of their own in a feed, but those who want to make one grow. */
static void
on_entity(void *user, const xmlChar *name, int type, const xmlChar *public_id, const xmlChar *system_id, xmlChar *content)
{
	struct rss *r = user;

	(void)type;
	(void)public_id;
	(void)system_id;
	(void)content;
	if (!r->failed)
		err_set(r->e, ERR_INPUT, "the feed declares an entity (%.40s): that is not read", (const char *)name);
	r->failed = 1;
	xmlStopParser(r->x);
}

/* What feeds in the field get wrong without harm: HTML's names for characters, "&" alone, prefixes nobody declared. */
static int
harmless(const xmlError *x)
{
	static const int codes[] = { XML_ERR_UNDECLARED_ENTITY, XML_WAR_UNDECLARED_ENTITY, XML_ERR_ENTITYREF_SEMICOL_MISSING,
	    XML_ERR_NAME_REQUIRED, XML_ERR_INVALID_CHAR, XML_ERR_INVALID_CHARREF, XML_ERR_USER_STOP };
	size_t i;

	if (x->level < XML_ERR_FATAL)
		return 1;
	for (i = 0; i < ARRAY_LEN(codes); i++)
		if (x->code == codes[i])
			return 1;
	return 0;
}

static void
on_error(void *user, xmlErrorPtr x)
{
	struct rss *r = user;

	if (r->lenient || r->failed || harmless(x))
		return;
	r->failed = 1;
	err_set(r->e, ERR_INPUT, "malformed XML in line %zu: %.*s", r->lines + (size_t)x->line,
	    (int)strcspn(x->message != NULL ? x->message : "", "\n"), x->message != NULL ? x->message : "");
	xmlStopParser(r->x);
}

static void
parse(struct rss *r)
{
	xmlSAXHandler sax;

	html_ready();
	memset(&sax, 0, sizeof(sax));
	sax.initialized = XML_SAX2_MAGIC;
	sax.startElementNs = on_start;
	sax.endElementNs = on_end;
	sax.entityDecl = on_entity;
	sax.serror = on_error;
	r->x = xmlCreateMemoryParserCtxt(r->src->s + r->lead, (int)(r->src->len - r->lead));
	if (r->x == NULL)
		base_oom();
	*r->x->sax = sax;
	r->x->userData = r;
	xmlCtxtUseOptions(r->x, XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET | XML_PARSE_HUGE |
	    XML_PARSE_IGNORE_ENC);
	xmlSwitchEncoding(r->x, XML_CHAR_ENCODING_UTF8);
	xmlParseDocument(r->x);
	if (r->x->myDoc != NULL)
		xmlFreeDoc(r->x->myDoc);
	xmlFreeParserCtxt(r->x);
}

int
rss_parse(struct arena *a, const struct strand *src, int lenient, struct rss_feed *out, struct err *e)
{
	struct rss r = { .arena = a, .src = src, .lenient = lenient, .feed = out, .e = e };

	memset(out, 0, sizeof(*out));
	while (r.lead < src->len && memchr(" \t\n", src->s[r.lead], 3) != NULL)
		r.lines += src->s[r.lead++] == '\n';
	if (r.lead == src->len)
		return err_set(e, ERR_INPUT, "there is no XML in it");
	parse(&r);
	if (r.failed)
		return -1;
	if (r.too_many)
		return err_set(e, ERR_INPUT, "the feed has more than %d items (LIMIT_FEED_ITEMS)", LIMIT_FEED_ITEMS);
	return 0;
}
