/*
 * headings: what a list of indicators is about, where its heading or its row says so: the name of one malware or one actor over
 * hashes and hosts, or beside them in a table. Private to convert/.
 */
#ifndef CONVERT_HEADINGS_H
#define CONVERT_HEADINGS_H

#include "convert/phrases.h"
#include "convert/slots.h"

/* Observable `observable` (index into the facts) indicates thing `thing`: sentence `said` names the one, `shown` has the other. */
struct heading_link {
	size_t observable, thing;
	size_t said, shown;
	int row;	/* the row says so itself: said and shown are one */
};
struct heading_links {
	struct heading_link *v;
	size_t n, cap;
};

/*
 * Finds them for the indicators among the observables of f; in the order of the text, in the document's arena. A heading counts
 * for the list right under it and for the headings below it, never for the next section; one that names several says nothing.
 */
void headings_find(const struct doc *d, const struct layout_lang *lang, const struct mentions *m, const struct things *t,
    const struct facts *f, struct heading_links *out);

#endif
