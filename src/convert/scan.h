/*
 * scan: the parts that find values in a document: the defanged view made readable (refang.c), the kinds and their
 * recognisers (kinds.def, recognise.c), file records (records.c), and what becomes of it (observe.c). Private to convert/.
 */
#ifndef CONVERT_SCAN_H
#define CONVERT_SCAN_H

#include "convert/convert.h"
#include "convert/phrases.h"

/* ---- refang.c ---------------------------------------------------------------------------------------------------------- */

/* A stretch of the plain text that does not stand so in the view. */
struct edit {
	size_t at, n;		/* in the plain text */
	size_t view, view_n;	/* in the view */
};

/* The view with everything that was written defanged in its plain form. */
struct plain {
	char *s;		/* NUL-terminated; malloc */
	size_t len, cap;
	struct edit *edits;	/* sorted; malloc */
	size_t nedit, capedit;
	size_t near;		/* how many of them begin before the place that is being read */
};

void plain_make(struct plain *p, const char *view, size_t len);
void plain_free(struct plain *p);
/* Reading has come to place `at`: questions about places near it are quick. */
void plain_near(struct plain *p, size_t at);
/* The view offset of place `at`, as a start or (end not 0) as an end. */
size_t plain_view(const struct plain *p, size_t at, int end);
/* Was part of [from, to) written defanged? */
int plain_edited(const struct plain *p, size_t from, size_t to);

/* ---- kinds -------------------------------------------------------------------------------------------------------------- */

/* What a word must have for a kind to be tried on it. */
enum {
	HAS_DOT = 1 << 0,		/* inside */
	HAS_DIGIT = 1 << 1,
	HAS_HEX = 1 << 2,		/* LEAST_HEX hexadecimal digits in a row */
	HAS_DASH = 1 << 3,
	BEFORE_COLON = 1 << 4,		/* ':' follows */
	BEFORE_AT = 1 << 5,		/* '@' follows, or another character of a local part */
	BEFORE_BACKSLASH = 1 << 6,
	AFTER_SLASH = 1 << 7,		/* one slash stands before it, and no word before that */
	AFTER_PERCENT = 1 << 8,
};
#define LEAST_HEX	20

/* A word: ASCII letters, digits, '.', '-', '_' and letters of other alphabets, in plain text. */
struct word {
	size_t start, end;
	unsigned has;
};

struct scanner;
struct found;

struct kind {
	const char *name;
	unsigned needs;		/* one of these must be there */
	/* 1: found, all of *f that differs from the default filled; 2: it is something that nobody wants, up to f->end; else 0 */
	int (*find)(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
	/* The canonical form of s[0..n), which a label calls so, in the arena; NULL: it is none. NULL: no label calls it so. */
	const char *(*take)(struct arena *a, const char *s, size_t n);
	const char *sco;	/* type of observable: of an SCO, or one that only patterns know; NULL: none */
	const char *path;	/* of the value: "value", or "hashes.MD5" */
	size_t digits;		/* of a hash */
	enum { HOST_NONE, HOST_NAME, HOST_ADDRESS } host;	/* what its value is or has; plain in prose, a name only cites */
	const char *pattern;	/* with %s for the value, quoted as the language has it; NULL: the SCO gives it */
	const char *language;	/* pattern_type of pattern */
};
extern const struct kind kinds[];
extern const size_t kinds_count;

/* The kind of that name, or NULL. */
const struct kind *kind_named(const char *name);
/* Is its value a hash of a file? */
int kind_is_hash(const struct kind *k);

struct found {
	size_t start, end;	/* in plain text */
	const char *value;	/* canonical; in the arena */
	const char *rule;
	const char *host;	/* lower case, or NULL */
	unsigned port;		/* behind a host that stands for itself; 0: none */
	const char *type, *ext_source;	/* of a name */
	const struct kind *kind;	/* another one than was asked for; NULL: that */
};

struct scanner {
	const struct doc *d;
	const struct layout_lang *lang;
	struct plain plain;
	size_t from;		/* before it everything is taken */
	size_t sent;		/* the first sentence that ends behind the last value */
	unsigned char version_octets[256];	/* & 0xdf: of words of versions, see hosts_begin() */
	struct { size_t start, at, run, skip; } hex;	/* what find_hash() has read of the word that begins at start */
	struct facts *f;
	struct mentions *out;
};

/* Puts "notice" for the reader's eye. at: view offset. */
void scan_notice(const struct doc *d, struct facts *f, size_t at, const char *code, const char *text);
/* The hash at the beginning of s[0..n): its digits; *algorithm by their number ("MD5"); 0 when there is none. */
size_t scan_hash_at(const char *s, size_t n, const char **algorithm);

/* ---- detections.c -------------------------------------------------------------------------------------------------------- */

/* Stretches of the view, sorted: see below. */
struct spans;
/* Finds the rules of YARA, Sigma, Snort and Suricata that blocks begin with; linear. */
void detections_find(const struct doc *d, struct spans *out);

/* ---- records.c ----------------------------------------------------------------------------------------------------------- */

/* Stretches of the view, sorted: a product or a detection name, a cell of a table, a rule. */
struct span {
	size_t start, end;
	enum field field;
	const struct kind *kind;	/* FIELD_KIND: what its label says it is */
	const char *value;	/* of a rule: its text as it was written */
};
struct spans {
	struct span *v;
	size_t n, cap;
};

/*
 * Reads labelled lines and tables into observables of f. taken: where no value is looked for, or (FIELD_KIND) what stands there;
 * in front of what it holds already no line is read. columns: the cells of columns of
 * values (FIELD_VALUE), and of those that a table's head calls something else (FIELD_NONE).
 */
void records_read(const struct doc *d, const struct layout_lang *lang, struct facts *f, struct spans *taken,
    struct spans *columns);

/* ---- observe.c ------------------------------------------------------------------------------------------------------------ */

/* Makes observables of the values among the mentions; gives all observables their ids. columns: see records_read(). */
void observe(const struct doc *d, const struct layout_lang *lang, const struct mentions *m, const struct spans *columns,
    struct facts *f);
/* Adds the evidence of sentence `sent` unless it is there. */
void observe_evidence(const struct doc *d, struct facts *f, struct evidences *v, size_t sent, const char *rule);

#endif
