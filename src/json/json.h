/*
 * json: JSON values (Jansson's json_t) with places, a strict reader (RFC 8259), one bundle object at a time, a writer,
 * JSON Pointer (RFC 6901), the canonical form (RFC 8785), and a JSON Schema 2020-12 engine.
 *
 * Ownership words as in base.h. Jansson's own rules hold for every json_t: "new" is json_decref()ed by the caller.
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <jansson.h>

#include "base/base.h"

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* Where a value or a member name stands in its text. */
struct json_place {
	uint64_t offset;	/* octets from the beginning of the input, a byte order mark included */
	uint64_t end;		/* exclusive */
	uint32_t line;		/* from 1 */
	uint32_t column;	/* code points from 1 */
};

/* ---- reading a whole text ---------------------------------------------------------------------------------------- */

/*
 * Why a text is malformed. `code` is one of these, never freed, and stable:
 *   json-empty json-syntax json-truncated json-trailing json-utf8 json-control json-escape json-surrogate json-number
 *   json-nan json-integer-range json-real-range json-duplicate-name json-too-deep json-too-long json-too-large
 *   json-too-many
 */
struct json_fault {
	const char *code;
	struct json_place place;
	char message[240];	/* UTF-8, one line: what is wrong, without the place */
};

/* Limits and choices of a reader; NULL where one is asked for means JSON_OPTIONS_INIT. */
struct json_options {
	size_t max_text;	/* octets of the text, or of one item and of the rest of a stream */
	size_t max_string;	/* octets of one string, as read */
	size_t max_values;	/* values and names of the text, or of one item of a stream */
	unsigned max_depth;	/* nested arrays and objects, at most LIMIT_JSON_DEPTH */
	unsigned flags;		/* JSON_BIG_REAL, JSON_CUT */
};
#define JSON_BIG_REAL	1u	/* an integer beyond 64 bits is read as a real instead of being refused */
#define JSON_CUT	2u	/* a stream: elements may come unread, for json_item_read() */
#define JSON_OPTIONS_INIT	{ LIMIT_JSON_TEXT, LIMIT_JSON_STRING, LIMIT_JSON_VALUES, LIMIT_JSON_DEPTH, 0 }

struct json_text;

/*
 * Reads one JSON text. An integer is a json_integer, a number with "." or "e" a json_real (1.0 stays one). A byte order
 * mark in front is accepted. Returns 0 and a new *out (json_text_free), or -1 and *fault; `text` is not needed afterwards.
 */
int json_read(const char *text, size_t len, const struct json_options *o, struct json_text **out, struct json_fault *fault)
    BASE_CHECKED;
/* json_read for callers who want a struct err: "NAME: line 3, column 7: message" with ERR_INPUT. */
int json_read_err(const char *name, const char *text, size_t len, struct json_text **out, struct err *e) BASE_CHECKED;
/* Reads a file ("-": standard input); ERR_SYSTEM when it cannot be read, ERR_INPUT when it is malformed or too large. */
int json_read_file(const char *path, size_t max, struct json_text **out, struct err *e) BASE_CHECKED;
/* Records a fault as ERR_INPUT. name may be NULL. Returns -1. */
int json_fault_err(const struct json_fault *f, const char *name, struct err *e);
void json_text_free(struct json_text *t);	/* NULL is fine */

/* The value; borrowed, lives as long as t unless json_incref()ed. Places are lost for what is added or removed in it. */
json_t *json_text_root(const struct json_text *t);
/*
 * The place of the value at a JSON Pointer ("" is the root), or with want_key of the member name there (for an array
 * element: of the element). 0, or -1 when the pointer leads nowhere.
 */
int json_text_place(struct json_text *t, const char *pointer, int want_key, struct json_place *out) BASE_CHECKED;
/* The same, falling back to the nearest enclosing value that exists. */
void json_text_place_near(struct json_text *t, const char *pointer, int want_key, struct json_place *out);
/* Integers beyond +-(2^53 - 1), which other readers may round (RFC 7493 section 2.2): how many; the place of the i-th. */
size_t json_text_unsafe(const struct json_text *t);
int json_text_unsafe_place(const struct json_text *t, size_t i, struct json_place *out) BASE_CHECKED;
/* 1 when v is an integer beyond +-(2^53 - 1). */
int json_unsafe_integer(const json_t *v);

/* ---- reading one object at a time -------------------------------------------------------------------------------- */

/*
 * A stream yields what a file holds piece by piece, so that memory stays flat:
 *   {"type":"bundle","objects":[..]}   JSON_ITEM_MEMBER per member, JSON_ITEM_ELEMENT per element of "objects" (as they
 *                                      come), then JSON_ITEM_DOCUMENT
 *   {"type":"indicator", ..}           JSON_ITEM_MEMBER per member, then JSON_ITEM_DOCUMENT, with no_objects set
 *   [ .. ]                             JSON_ITEM_ELEMENT per element, then JSON_ITEM_DOCUMENT
 *   JSON Lines                         the same for each line; `document` counts from 0
 * The text of JSON_ITEM_DOCUMENT is the whole top-level value without the elements that were yielded ("objects" is an
 * empty array there, so is a list).
 */
enum json_item_kind { JSON_ITEM_MEMBER, JSON_ITEM_ELEMENT, JSON_ITEM_DOCUMENT };
enum json_shape { JSON_SHAPE_NONE, JSON_SHAPE_OBJECT, JSON_SHAPE_LIST, JSON_SHAPE_SCALAR, JSON_SHAPE_LINES };

struct json_item {
	enum json_item_kind kind;
	size_t document;	/* which top-level value, from 0 */
	size_t index;		/* of the element; for JSON_ITEM_DOCUMENT: how many elements there were */
	int no_objects;		/* JSON_ITEM_DOCUMENT: an object that has no array "objects": a plain object */
	char pointer[32];	/* of the element in its document: "/objects/7", "/7"; "" otherwise */
	const char *name;	/* JSON_ITEM_MEMBER: the member's name, borrowed */
	size_t name_len;
	json_t *value;		/* borrowed, until the next call unless json_incref()ed */
	struct json_text *text;	/* borrowed, until the next call: places of value; of the envelope for a member */
	struct json_place place;	/* of value */
	const char *octets;	/* JSON_ITEM_ELEMENT: the value as it stands in the input; borrowed, until the next call */
	size_t ahead;		/* JSON_CUT: how many octets of the input stand behind those of the value, which its reader looks at */
};
/* Appends JSON text (well-formed) without the white space between its tokens. */
void json_squeeze(const char *s, size_t n, struct buf *out);

struct json_stream;

/* Reads from f (borrowed, not closed), or from memory (borrowed while the stream lives). new: json_stream_free. */
struct json_stream *json_stream_file(FILE *f, const struct json_options *o);
struct json_stream *json_stream_memory(const char *text, size_t len, const struct json_options *o);
void json_stream_free(struct json_stream *s);	/* NULL is fine */
/*
 * The next item: 1; 0 at the end; -1 when the input is malformed (*fault, kind ERR_INPUT) or cannot be read (fault->code
 * NULL, ERR_SYSTEM). After 0 or -1 the stream gives nothing more.
 */
int json_stream_next(struct json_stream *s, struct json_item *item, struct json_fault *fault, struct err *e) BASE_CHECKED;
/*
 * Makes the text of the item that json_stream_next() gave last the caller's (new: json_text_free), with item->text and
 * item->value in it; only for JSON_ITEM_ELEMENT and JSON_ITEM_DOCUMENT. `spare`: a text that is used no more, which is taken
 * over and its memory used again; or NULL.
 */
void json_item_take(struct json_item *item, struct json_text *spare);
/*
 * With JSON_CUT an element may come unread: value and text are NULL. This reads it, in any thread, from a copy of its octets with the
 * `ahead` behind them: 0 with item->text (new: json_text_free) and item->value in it, or -1 and the *fault that json_stream_next()
 * would have given. `spare` as above; it is taken over in both cases, and after -1 freed.
 */
int json_item_read(struct json_item *item, const char *octets, const struct json_options *o, struct json_text *spare,
    struct json_fault *fault) BASE_CHECKED;
/* What the top level is, as far as is known; JSON_SHAPE_LINES from the second top-level value on. */
enum json_shape json_stream_shape(const struct json_stream *s);

/* ---- writing ----------------------------------------------------------------------------------------------------- */

#define JSON_TIGHT	0	/* indent: no white space at all */
#define JSON_PRETTY	2	/* indent: two spaces a level, LF, ": " */

/*
 * Appends a value: members in insertion order, UTF-8 unescaped, reals in the shortest form that reads back as the same
 * real. `level`: how deep the value stands already (its first line is not indented, its last one is, by level). No final
 * newline. When out's maximum is passed, out->over is set.
 */
void json_write(const json_t *v, struct buf *out, int indent, int level);
/* The same into a file, piece by piece. ERR_SYSTEM when writing fails. */
int json_write_file(const json_t *v, FILE *f, int indent, int level, struct err *e) BASE_CHECKED;
/* Appends a string literal with its quotes, or a number. */
void json_write_string(const char *s, size_t n, struct buf *out);
void json_write_real(double d, struct buf *out);
/* Appends the canonical form of RFC 8785 (integers beyond +-2^53 as the double nearest to them, as ECMAScript would). */
void json_canon(const json_t *v, struct buf *out);
/* 1 when both are the same JSON value: numbers by value (1 equals 1.0), members in any order. */
int json_same(const json_t *a, const json_t *b);

/* ---- JSON Pointer (RFC 6901) ------------------------------------------------------------------------------------- */

/* The value at pointer, borrowed; NULL when there is none or the pointer is no pointer. */
json_t *json_pointer_get(const json_t *root, const char *pointer);
/* Appends "/name" with "~" and "/" escaped (a NUL becomes U+FFFD), or "/index". */
void json_pointer_add(struct buf *out, const char *name, size_t n);
void json_pointer_add_index(struct buf *out, size_t index);

/* ---- JSON Schema 2020-12 ----------------------------------------------------------------------------------------- */

/*
 * A set of schema documents, known by URI: by the one they were added or loaded under and by their "$id"s. A document is
 * parsed when it is first needed; schema_compile() compiles what is reachable from one schema. All keywords of the
 * 2020-12 vocabularies are evaluated; unknown keywords are annotations. A schema of another draft, a wrong keyword value, a
 * "$ref" that leads nowhere and a pattern that is no ECMA-262 regular expression are refused, naming URI and pointer.
 * Errors about schemas are ERR_USAGE.
 */
struct schema_set;

#define SCHEMA_FORMAT	1u	/* "format" is asserted; otherwise it is an annotation */

/*
 * Asks for the document at an absolute URI without fragment: 1 and its text appended to *text, 0 when the loader has none,
 * -1 on failure.
 */
typedef int schema_load_fn(void *arg, const char *uri, struct buf *text, struct err *e);

struct schema_set *schema_set_new(unsigned flags);		/* new: schema_set_free */
void schema_set_free(struct schema_set *set);			/* NULL is fine */
void schema_set_loader(struct schema_set *set, schema_load_fn *load, void *arg);
/* Adds a document under a URI (absolute; NULL: its "$id" alone). The value is copied. Refuses a URI or "$id" known already. */
int schema_set_add(struct schema_set *set, const char *uri, const json_t *schema, struct err *e) BASE_CHECKED;
int schema_set_add_text(struct schema_set *set, const char *uri, const char *text, size_t len, struct err *e) BASE_CHECKED;
/* The document at uri, loaded when need be, with all its annotations; borrowed, lives as long as the set. NULL: *e. */
const json_t *schema_document(struct schema_set *set, const char *uri, struct err *e);
/*
 * What a "$ref" of a schema whose base URI is `base` leads to; borrowed. *base_out (new) is the base URI there, for the
 * references inside. NULL: *e.
 */
const json_t *schema_resolve(struct schema_set *set, const char *base, const char *ref, char **base_out, struct err *e);

struct schema;	/* a compiled schema; belongs to its set */

/* Compiles the schema at uri (a fragment may follow: a pointer or an anchor). The same uri gives the same *out. */
int schema_compile(struct schema_set *set, const char *uri, const struct schema **out, struct err *e) BASE_CHECKED;

/*
 * The memory of evaluations; one per thread. Several runs may evaluate compiled schemas of one set at the same time as long
 * as nobody adds to it or compiles in it.
 */
struct schema_run;
struct schema_run *schema_run_new(struct schema_set *set);	/* new: schema_run_free, before the set */
void schema_run_free(struct schema_run *run);			/* NULL is fine */

enum schema_verdict {
	SCHEMA_VALID,
	SCHEMA_INVALID,
	SCHEMA_COSTLY,		/* no verdict: a pattern or the whole evaluation went past its limit */
	SCHEMA_TOO_DEEP,	/* no verdict: nested past LIMIT_SCHEMA_DEPTH (a "$ref" that runs in a circle, or deep data) */
};

/* Is the instance valid? Stops at the first failure. */
enum schema_verdict schema_check(struct schema_run *run, const struct schema *schema, const json_t *instance);

/* One failure. All pointers are borrowed and live until the callback returns. */
struct schema_finding {
	enum schema_verdict verdict;	/* SCHEMA_INVALID, or why there is no verdict here */
	const char *instance;		/* JSON Pointer of the value, or of the member at fault */
	int at_name;			/* the fault is the member's being there, or its name: want_key of json_text_place */
	const char *keyword;		/* "required", "pattern", .. ; "" for a schema that is false */
	const char *uri;		/* of the schema resource */
	const char *pointer;		/* of the keyword in it */
	const json_t *schema;		/* the object the keyword stands in, with its annotations; NULL for false */
	const json_t *value;		/* the value at fault; NULL where it is missing */
	const char *message;		/* plain words: "pattern_type is required", "got a number, want a string" */
};
typedef void schema_finding_fn(void *arg, const struct schema_finding *f);

/*
 * Why the instance is invalid: at most max findings (and LIMIT_SCHEMA_FINDINGS), each once, in the order of evaluation; none
 * when it is valid. Where an anyOf or oneOf fails, the nearest branch speaks for it; what follows from a wrong type at the
 * same place is not told. Returns the verdict.
 */
enum schema_verdict schema_explain(struct schema_run *run, const struct schema *schema, const json_t *instance, size_t max,
    schema_finding_fn *found, void *arg);

/*
 * Checks the value at a JSON Pointer of a text ("": all of it) against the schema in that file of schemas/, or a part of it
 * ("#/$defs/x"; ""). ERR_USAGE naming line, column, pointer and what is wrong.
 */
int json_text_check(const char *schema_file, const char *fragment, struct json_text *t, const char *pointer, struct err *e)
    BASE_CHECKED;
/*
 * 1 when s is in the named format of JSON Schema ("date-time", "uri", ..: all of Validation section 7.3), 0 when not, -1 when
 * there is no such format. "idn-hostname" is judged by its characters and lengths, not by all the rules of IDNA 2008.
 */
int json_format(const char *format, const char *s, size_t n);

#endif
