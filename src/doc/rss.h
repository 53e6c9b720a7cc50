/* rss: what the reader of feeds finds in one: its items, and what each says about itself. */
#ifndef DOC_RSS_H
#define DOC_RSS_H

#include "doc/doc_int.h"

/* How the content of an element is to be understood. */
enum rss_form {
	RSS_HTML,	/* markup, escaped or in CDATA sections; text without any is text */
	RSS_TEXT,	/* text: what looks like markup is none */
	RSS_XHTML,	/* markup as it stands */
};

enum rss_slot {
	RSS_TITLE, RSS_SUMMARY, RSS_CONTENT, RSS_LINK, RSS_GUID, RSS_AUTHOR, RSS_DATE, RSS_UPDATED, RSS_LANG, RSS_SLOTS
};

/* An element's content: src[from, to); from == to: none, or nothing in it. */
struct rss_field {
	size_t from, to;
	enum rss_form form;
};

struct rss_item {
	size_t start, end;		/* in src */
	struct rss_field field[RSS_SLOTS];
	const char *href, *about, *lang;	/* of attributes; or NULL */
	int guid_is_no_link;
};

struct rss_feed {
	struct rss_item channel;	/* what holds for all */
	VEC(struct rss_item) items;
};

/* Finds the items of the feed src; in the arena. Errors: ERR_INPUT (malformed, the line is named), ERR_USAGE without libxml2. */
int rss_parse(struct arena *a, const struct strand *src, int lenient, struct rss_feed *out, struct err *e) BASE_CHECKED;
/* Adds the markup that the item is: its title as a heading, its text. The caller frees. *title_last: the title comes last. */
void rss_markup(const struct strand *src, const struct rss_item *item, struct strand *out, int *title_last);
/* The text of a field, references resolved, blanks at both ends cut: in the arena, or NULL when there is none. */
const char *rss_text(struct arena *a, const struct strand *src, const struct rss_field *f);
/* The day that a date of RFC 822 section 5, RFC 2822 or RFC 3339 names, as it is written there. 1, or 0 when it is none. */
int rss_date(const char *s, struct stamp *day);

#endif
