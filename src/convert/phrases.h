/*
 * phrases: what the program knows about a language, read from feeds/phrases/<tag>/: data, not code.
 *
 * layout.json (read here) says how documents look: residue, headings and their roles, dates, labels of records, words for
 * "none". The other files of a language are parsed and kept for their own readers: phrases_json().
 */
#ifndef CONVERT_PHRASES_H
#define CONVERT_PHRASES_H

#include <jansson.h>

#include "convert/convert.h"

/* What a field of a record is. */
enum field {
	FIELD_NONE,
	FIELD_HASH,	/* with the algorithm, or NULL: told by its length */
	FIELD_NAME,	/* file name */
	FIELD_PRODUCT,	/* what the file claims to be */
	FIELD_DETECTION,
	FIELD_LINK,	/* a page about it: nothing */
	FIELD_VALUE,	/* a network value: domain, address, URL */
	FIELD_KIND,	/* a value of the kind (kinds.def) that `algorithm` names */
	FIELD_COUNT
};

/* A label of a labelled line, or the head of a column. */
struct label {
	const char *text;	/* as in the file */
	const char *folded;	/* text_fold() of it */
	enum field field;
	const char *algorithm;	/* FIELD_HASH: "MD5", "SHA-256", ... or NULL; FIELD_KIND: the kind's name */
};

/* The layout of one language. */
struct layout_lang {
	struct doc_lang doc;
	const struct label *labels;	/* text NULL ends; the longest first */
	const char *const *none;	/* folded words that mean "nothing": "なし", "na"; NULL ends */
	const char *const *versions;	/* words before a version number: "version", "バージョン"; NULL ends */
	const char *const *versions_after;	/* words behind one: "or later", "以降"; NULL ends */
	const char *const *legitimate;	/* before a host: it is not the attackers': "legitimate"; NULL ends */
	const char *const *taken_over;	/* ... but they use it: "compromised"; NULL ends */
	const char *const *ports;	/* between a host and the number of its port: "on port"; NULL ends */
	const char *const *not_about;	/* folded; a heading with one is not what its list is about: "victims"; NULL ends */
	const char *const *openings;	/* between a noun and a list of its kind: " including ", ": "; NULL ends */
	const char *const *joins;	/* between the last two of a list: " and "; NULL ends */
	const char *const *addresses;	/* words that stand before an address and are no product: "Server"; NULL ends */
};

/* The layout of the language with that tag, or NULL. Borrowed. */
const struct layout_lang *phrases_layout(const struct phrases *p, const char *tag);
/* A parsed file of a language ("ja", "relations.json"), or NULL when there is none. Borrowed. */
json_t *phrases_json(const struct phrases *p, const char *tag, const char *file);
/*
 * The files of that name ("names.json") that the user gave, of all languages: the next one from *from on, 0 at first, and in *name
 * what messages call it; NULL when there is no more. Borrowed.
 */
json_t *phrases_given(const struct phrases *p, const char *file, size_t *from, const char **name);

struct rules;
/* The rules of a language, compiled at the first call; borrowed. A language without rules has empty ones. Errors: ERR_USAGE. */
int phrases_rules(const struct phrases *p, const char *tag, const struct rules **out, struct err *e) BASE_CHECKED;

#endif
