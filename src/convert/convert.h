/*
 * convert: from a document to mentions, facts and a STIX 2.1 bundle.
 *
 *	doc --scan, names--> mentions --relate--> facts --compose--> bundle
 *
 * Mentions and facts live in one arena per document; the bundle is Jansson. Nothing is asserted without evidence.
 */
#ifndef CONVERT_CONVERT_H
#define CONVERT_CONVERT_H

#include <jansson.h>

#include "base/base.h"
#include "doc/doc.h"
#include "stix/stix.h"

/* ---- mentions ------------------------------------------------------------------------------------------------------ */

/* A kind of observable: one row of src/convert/kinds.def. */
struct kind;

enum mention_class {
	MENTION_VALUE,		/* an observable value: hash, address, domain, URL, ... */
	MENTION_NAME,		/* a name: actor, malware, place, organisation, technique, ... */
};

struct mention {
	enum mention_class class;
	int confidence;		/* 0..100 */
	int refanged;		/* a value that was written defanged */
	unsigned port;		/* behind a host or an address that stands for itself; 0: none */
	size_t start, end;	/* in the view */
	size_t sent;		/* sentence index, SIZE_MAX: outside */
	const char *value;	/* canonical: lower-case hash, refanged host, canonical name */
	const char *rule;	/* why it was found: "hash.label", "name.knowledge", "ja.tracked-as" */
	/* values */
	const struct kind *kind;
	const char *host;	/* of a URL or e-mail address: the host part, refanged */
	/* names */
	const char *type;	/* STIX type: "malware", "intrusion-set", "identity", "location", ... */
	const char *class_hint;	/* identity: "organization", "class", "individual"; malware: a malware-type-ov value; or NULL */
	const char *role;	/* of an identity: "law-enforcement", "government", "vendor", "press", "platform", "publisher", "sector",
				   "person"; NULL: none of them */
	const char *ext_source;	/* "mitre-attack", "iso-3166", "cve", ... or NULL */
	const char *ext_id;	/* "S0237", "PK", "CVE-2023-20198" */
};

struct mentions {
	struct mention *v;	/* sorted by start; they do not overlap */
	size_t n, cap;		/* cap: how many there is room for, when the room is the arena's */
	int over;		/* there are more than LIMIT_MENTIONS: these are not all */
};

/* Something the reader should look at: a hash one digit short, a name of two types. */
struct notice {
	size_t at;		/* view offset */
	const char *code;	/* "near-hash", ... */
	const char *text;
};

/* ---- facts --------------------------------------------------------------------------------------------------------- */

/* A place in the input that states something (DESIGN 5), or a person who does. */
struct evidence {
	size_t start, end;	/* octets of the input, end exclusive; both 0 when `by` states it */
	const char *text;	/* the sentence as understood */
	const char *rule;
	const char *by, *at;	/* who decided, RFC 3339 date; NULL for evidence from the text */
	size_t page;		/* of a PDF, from 1; 0: there are none */
};

struct evidences {
	struct evidence *v;
	size_t n, cap;
};

struct external {
	const char *source, *id, *url;	/* id or url may be NULL */
};

/* Something with a name. */
struct entity {
	const char *id;		/* "e1": unique in the facts */
	const char *type;	/* STIX type */
	const char *name;
	VEC(const char *) aliases;	/* only those the text or the feed asserts */
	VEC(struct external) externals;
	json_t *props;		/* further STIX properties (malware_types, is_family, labels, identity_class, country, ...); owned by
				   the facts; NULL: none. Released by facts_release() */
	int confidence;		/* 0..100; -1: not stated */
	struct evidences evidence;
};

/* One observable; of a file table one row: all its hashes are one observable. */
struct observable {
	const char *id;		/* "o1" */
	const char *type;	/* SCO type: "file", "ipv4-addr", "domain-name", "url", ... */
	json_t *props;		/* the SCO's own properties: {"value": ...} or {"hashes": {...}, "name": ...}; owned by the facts */
	int indicator;		/* 1: it becomes an indicator too */
	const char *pattern;	/* own pattern, or NULL: composed from the properties */
	const char *language;	/* pattern_type of `pattern` ("yara", "suricata"); NULL: "stix" */
	const char *product;	/* of a prevalence table: what the file claims to be, or NULL */
	const char *detection;	/* detection name, or NULL */
	struct evidences evidence;
};

struct relation {
	const char *source, *target;	/* ids of entities or observables */
	const char *type;		/* relationship_type */
	int confidence;			/* -1: not stated */
	struct evidences evidence;
};

struct facts {
	struct arena *arena;		/* where they live; borrowed */
	/* the document */
	const char *title, *lang, *url, *feed;
	const char *name;		/* name of the input, for messages only: not part of any id */
	const char *sha256;
	size_t bytes;
	const char *date;		/* "2024-06-26" or NULL */
	const char *orig_title, *orig_publisher, *orig_url, *orig_date;
	/* what it states */
	VEC(struct entity) entities;
	VEC(struct observable) observables;
	VEC(struct relation) relations;
	VEC(struct notice) notices;	/* at: input offset here */
};

/* Refuses what is past LIMIT_STATED or LIMIT_QUOTED: such a bundle would fill any memory. Errors: ERR_INPUT. */
int facts_bounded(const struct facts *f, struct err *e) BASE_CHECKED;
/* Drops the Jansson references the facts hold (the arena is the caller's). */
void facts_release(struct facts *f);
/* Empty facts of a document: what it is called, its date, language, digest, original. Strings are in the document's arena. */
void facts_begin(struct facts *f, const struct doc *d);

/*
 * Drops the observables that one of the n entries means, and what states nothing without them. An entry is a domain (with all
 * below it, in URLs and mailboxes too), an address or a network (CIDR; those in it, and URLs there), or any other value, a hash
 * or a URL as it is.
 */
void never_apply(struct facts *f, const char *const *entries, size_t n);
/* Can it be an entry: is what has a slash, and is no URL, a network? */
int never_valid(const char *entry);

/* ---- phrases: what a language knows, read from feeds/phrases/<tag>.json ------------------------------------------------ */

struct phrases;		/* all languages; see phrases.h */
/* Reads the built-in phrase files, then those of the folder `extra` (or NULL) on top. new: phrases_free(). */
int phrases_load(const char *extra, struct phrases **out, struct err *e) BASE_CHECKED;
void phrases_free(struct phrases *p);
/* The layout tables for doc_read(): NULL-terminated, borrowed. */
const struct doc_lang *const *phrases_langs(const struct phrases *p);

/* ---- knowledge: names the converter knows -------------------------------------------------------------------------------- */

struct knowledge;
/*
 * The built-in tables; the STIX bundle files in `extra` (NULL-terminated list or NULL); and what the user's own files of p (NULL:
 * none) say of names, which adds to the built-in ones. new: knowledge_free().
 */
int knowledge_load(const char *const *extra, const struct phrases *p, struct knowledge **out, struct err *e) BASE_CHECKED;
void knowledge_free(struct knowledge *k);
/*
 * For the build (src/tools/mkknowledge.c): the built-in tables as C source, from bundles and from the name phrases of the
 * languages; NULL-terminated list of files. Errors name the file.
 */
int knowledge_compile(const char *const *files, struct buf *out, struct err *e) BASE_CHECKED;

/* ---- the steps ---------------------------------------------------------------------------------------------------------- */

/* Finds observable values (scan.c) and labelled file records; appends to m, in the document's arena. */
void scan_values(const struct doc *d, const struct phrases *p, struct mentions *m, struct facts *f);
/* Finds known names (names.c); appends to m and sorts it. */
void find_names(const struct doc *d, const struct phrases *p, const struct knowledge *k, struct mentions *m, struct facts *f);
/* Finds names that the text itself introduces ("tracked as X", 「X」という…), by the cues of its language (cues.c); a new name that
   spans known ones replaces them. Every later and earlier occurrence of it becomes a mention too. Keeps m sorted. */
int cue_names(const struct doc *d, const struct phrases *p, struct mentions *m, struct facts *f, struct err *e) BASE_CHECKED;
/* One line a mention: octets of the input, class and type, canonical value, rule, what else is known. */
void mentions_print(const struct doc *d, const struct mentions *m, struct buf *out);
/*
 * Gives each piece of evidence its page: pages begin behind the octets of the input at breaks[0..n), which ascend; the first is
 * before them.
 */
void facts_pages(struct facts *f, const size_t *breaks, size_t n);

/* From mentions to entities, observables and relationships with evidence (relate.c). `explain`: NULL, or receives one line a candidate. */
int relate(const struct doc *d, const struct phrases *p, const struct mentions *m, struct facts *f, struct buf *explain,
    struct err *e) BASE_CHECKED;

/* Fills in what knowledge says of places and sectors (country, region, city, sectors), where the facts have none. */
void facts_complete(struct facts *f, const struct knowledge *k);

/* ---- facts as JSON, and facts to a bundle --------------------------------------------------------------------------------- */

/* Facts as JSON (schemas/facts.schema.json): new. */
json_t *facts_to_json(const struct facts *f);
/* Facts from JSON, checked; the strings are copied into the arena. Errors: ERR_INPUT naming the JSON Pointer. */
int facts_from_json(struct arena *a, json_t *in, struct facts *out, struct err *e) BASE_CHECKED;
/*
 * Are the types and properties of the facts those of the model? What an analyst wrote is asked this. Of what is incomplete (a
 * location without a country) compose() says that it was left out. Errors: ERR_INPUT naming the JSON Pointer.
 */
int facts_check(const struct facts *f, struct stix_model *m, struct err *e) BASE_CHECKED;

#define COMPOSE_NO_ACTION	1u	/* no course-of-action for a law-enforcement operation (DESIGN 6) */
#define COMPOSE_NO_CAMPAIGN	2u	/* no campaign for one: the course-of-action takes its place */

/* A version of an object that was published before. */
struct previous_version {
	const char *created, *modified;
	int revoked;
	const json_t *object;		/* as it was published; NULL: not known */
};
/* What was published before (DESIGN 4). What the callbacks give is borrowed until the next call. */
struct compose_previous {
	/* The latest version of an object; *own: the version that this report stated last. 0: it was never published. */
	int (*find)(void *ctx, const char *report, const char *id, struct previous_version *latest, struct previous_version *own);
	/* A new list of the objects (as published, not revoked) that this report stated last and no other report states. */
	json_t *(*only)(void *ctx, const char *report);
	void *ctx;
};

/* What compose() needs besides the facts; COMPOSE_INIT, then set what is known. Everything is borrowed. */
struct compose_options {
	struct stix_model *model;
	const json_t *identity;		/* identity object of who runs the feed; NULL: the project's */
	const json_t *source;		/* identity object of whose newsletter it is; NULL: none */
	const char *source_name;	/* of references to the document; NULL: by its publisher or host */
	const json_t *markings;		/* list of marking-definition objects that apply to all; NULL: none */
	const json_t *report;		/* properties laid over the report's (report_types, labels); NULL: none */
	int confidence;			/* of what states none; -1: stays unstated */
	int min_confidence;		/* entities and relationships below it are left out */
	const char *date;		/* "2024-06-13": instead of the document's date; NULL: the document's */
	struct stamp now;		/* taken when there is no date at all */
	unsigned flags;			/* COMPOSE_ */
	const struct compose_previous *previous;	/* NULL: this is the first publication */
	struct buf *notes;		/* receives a line for everything left out; NULL: nobody asks */
};
#define COMPOSE_INIT	{ .confidence = -1 }

/*
 * The bundle of the facts (DESIGN 4, 5, 6): new. The same facts and options give the same bytes. With o->previous objects keep
 * `created`, and `modified` as long as their content is the same (3.6); relationships and indicators that nobody states any more
 * are in it as revoked. Errors: ERR_INPUT for a date that is none.
 */
int compose(const struct facts *f, const struct compose_options *o, json_t **bundle, struct err *e) BASE_CHECKED;

#endif
