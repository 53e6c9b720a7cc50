/*
 * base: what every floor stands on: memory, growing buffers, errors, files, UTF-8, digests, UUIDs, time, SQLite opening.
 *
 * Words: "new" (the caller frees), "borrowed" (belongs to somebody else), "steals" (takes the caller's), "in the arena"
 * (lives until arena_free). Running out of memory ends the process here with one line (base_oom); nothing else in the
 * library prints or exits. Fallible functions return 0 or -1 and fill a struct err; outputs stay untouched on failure.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))
#define BASE_PRINTF(f, a)	__attribute__((format(printf, f, a)))
#define BASE_CHECKED	__attribute__((warn_unused_result))

/* ---- errors ------------------------------------------------------------------------------------------------- */

/* What went wrong, in the classes that decide the exit status of the program. */
enum err_kind {
	ERR_NONE = 0,
	ERR_INPUT = 1,		/* the input is malformed or invalid: exit status 1 */
	ERR_USAGE = 2,		/* usage, or a wrong feed, target or schema file: exit status 2 */
	ERR_SYSTEM = 3,		/* file, disk, network, TLS, access: exit status 3 */
};

struct err {
	enum err_kind kind;
	char text[1200];	/* UTF-8, one line, no final newline */
};

#define ERR_INIT	{ ERR_NONE, "" }

/* Records an error unless one is recorded already (the first wins); e may be NULL. Returns -1, so callers can return it. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...) BASE_PRINTF(3, 4);
/* Puts "what: " in front of a recorded error's text. */
void err_prefix(struct err *e, const char *fmt, ...) BASE_PRINTF(2, 3);
/* Forgets the error. */
void err_clear(struct err *e);

/* ---- memory --------------------------------------------------------------------------------------------------- */

/* For main(), first: large pieces of memory are given back when they are freed, which malloc() else stops doing after a while. */
void base_begin(void);
/* Prints "out of memory" on standard error and ends the process with status 3. */
void base_oom(void) __attribute__((noreturn));
/* malloc, calloc, realloc, strdup, strndup that never return NULL. The caller frees. */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);

/* An arena: many allocations, one release. */
struct arena;
struct arena *arena_new(void);				/* new */
void arena_free(struct arena *a);			/* NULL is fine */
void arena_reset(struct arena *a);			/* nothing is in it any more; it keeps a chunk for what comes */
void *arena_alloc(struct arena *a, size_t n);		/* zeroed, aligned for any type, in the arena */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) BASE_PRINTF(2, 3);
size_t arena_used(const struct arena *a);		/* octets handed out */

/*
 * A growing array in an arena. VEC(struct x) v = {0}; *vec_push(a, &v) = value; v.v[i], v.n. What is pushed is zeroed. Growing moves
 * the array: pointers into it hold until the next vec_push().
 */
#define VEC(type)	struct { type *v; size_t n, cap; }
#define vec_push(a, vec) \
	((vec)->n == (vec)->cap ? \
	    ((vec)->v = arena_grow((a), (vec)->v, sizeof(*(vec)->v), &(vec)->cap), (void)0) : (void)0, \
	    memset(&(vec)->v[(vec)->n], 0, sizeof(*(vec)->v)), \
	    &(vec)->v[(vec)->n++])
/* Room for more than *cap elements of that size, the first *cap those of old (NULL: none), the rest as it comes; *cap the new number. */
void *arena_grow(struct arena *a, void *old, size_t size, size_t *cap);

/* ---- growing text --------------------------------------------------------------------------------------------- */

/*
 * A buffer that grows up to a maximum set at its beginning. s is NUL-terminated after any addition; an addition that would
 * pass the maximum adds nothing and sets `over`.
 */
struct buf {
	char *s;
	size_t len, cap, max;
	int over;
};

#define BUF_INIT(max)	{ NULL, 0, 0, (max), 0 }
void buf_add(struct buf *b, const void *data, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) BASE_PRINTF(2, 3);
const char *buf_str(const struct buf *b);	/* borrowed; "" when empty */
char *buf_take(struct buf *b);			/* new: the text; the buffer is empty afterwards */
void buf_reset(struct buf *b);			/* length 0, room kept */
void buf_free(struct buf *b);

/* ---- files ------------------------------------------------------------------------------------------------------ */

/* Reads a whole file ("-": standard input) of at most max octets into b. Errors: ERR_SYSTEM; ERR_INPUT when it is larger. */
int file_read(const char *path, size_t max, struct buf *b, struct err *e) BASE_CHECKED;

/*
 * Opens a file to be read as a stream ("-": standard input); what gzip has compressed is read as what is in it. new:
 * file_in_close(). NULL: ERR_SYSTEM without the name. A damaged file is a read error (ENODATA: cut off, EBADMSG).
 */
FILE *file_in_open(const char *path, struct err *e);
void file_in_close(FILE *f);	/* NULL and standard input, which stays open, are fine */

/*
 * Output that appears whole or not at all: written to a temporary file in the same folder, then renamed. "-" and NULL mean
 * standard output; a path that exists and is no regular file (/dev/null, a pipe) is written directly.
 */
struct file_out {
	FILE *f;
	char *path, *tmp;
	int direct;
	int error;	/* errno of the first file_out_write() that failed */
};
int file_out_open(struct file_out *o, const char *path, struct err *e) BASE_CHECKED;
/* fwrite() to o->f; file_out_commit() tells why it failed. */
void file_out_write(struct file_out *o, const void *data, size_t n);
int file_out_commit(struct file_out *o, struct err *e) BASE_CHECKED;	/* flush, fsync, rename; on failure the old file stays */
void file_out_abort(struct file_out *o);				/* removes the temporary file; fine after commit */

/* ---- files compiled in ---------------------------------------------------------------------------------------- */

/* A file that the build put into the program: its path below its root, its bytes (a NUL follows them). */
struct embedded {
	const char *path;	/* NULL ends a table */
	const unsigned char *data;
	size_t len;
};
extern const struct embedded embedded_schemas[];	/* schemas/, paths such as "stix/indicator.json" */
extern const struct embedded embedded_phrases[];	/* feeds/phrases/, paths such as "ja/layout.json" */
/* The row with that path, or NULL. */
const struct embedded *embedded_find(const struct embedded *table, const char *path);

/* ---- text ------------------------------------------------------------------------------------------------------- */

/* Decodes one code point at s (n > 0 octets left). Returns its length 1..4, or 0 when the bytes are not valid UTF-8. */
int utf8_decode(const char *s, size_t n, uint32_t *cp);
/* Writes cp as UTF-8; returns the length 1..4. */
int utf8_encode(uint32_t cp, char out[4]);
/* Length of the valid UTF-8 prefix of s: n when all of it is valid. */
size_t utf8_valid(const char *s, size_t n);
/* Code points in valid UTF-8. */
size_t utf8_count(const char *s, size_t n);
/* 1 when the host s[0..n) is the domain or below it, letter case aside: "a.example.com" is in "example.com". */
int host_in_domain(const char *s, size_t n, const char *domain);
/*
 * The folded form by which names are compared (DESIGN 4): NFKC, case-folded, letters and digits only. In the arena. Invalid
 * UTF-8 gives "".
 */
char *text_fold(struct arena *a, const char *s, size_t n);
/* NFKC alone. In the arena; a copy of the input when it is not valid UTF-8. */
char *text_nfkc(struct arena *a, const char *s, size_t n);

/* ---- digests, UUIDs ------------------------------------------------------------------------------------------ */

#define DIGEST_HEX	65	/* a SHA-256 in hexadecimal and its NUL */
#define UUID_TEXT	37	/* a UUID in text form and its NUL */
void digest_sha256(const void *data, size_t n, char out[DIGEST_HEX]);
/* MD5 in hexadecimal, for formats that look values up by it; no protection. */
void digest_md5(const void *data, size_t n, char out[DIGEST_HEX]);
/* The name-based UUID of RFC 4122 section 4.3 with SHA-1 (version 5), lower case. ns: a UUID in text form. */
void uuid_v5(const char *ns, const void *name, size_t n, char out[UUID_TEXT]);
/* The digest-based UUID in the form of version 4 (DESIGN 4, where the standard demands v4): first 16 octets of SHA-256(name). */
void uuid_v4_derived(const void *name, size_t n, char out[UUID_TEXT]);
/* 1 when s[0..n) is a UUID in text form (any version; upper case allowed). */
int uuid_valid(const char *s, size_t n);

/* ---- time --------------------------------------------------------------------------------------------------------- */

#define STAMP_TEXT	40
struct stamp {
	int64_t sec;		/* since 1970-01-01T00:00:00Z; a leap second :60 counts as the next second */
	uint32_t nsec;
};
/* RFC 3339 in UTC with "Z" (STIX 2.16, TAXII 2), any number of fractional digits (beyond nine ignored). 0, or -1. */
int stamp_parse(const char *s, size_t n, struct stamp *out) BASE_CHECKED;
/* A calendar date, 00:00:00Z. 0, or -1 when there is no such day. */
int stamp_date(int year, int month, int day, struct stamp *out) BASE_CHECKED;
int stamp_cmp(struct stamp a, struct stamp b);
/* "2024-06-13T00:00:00.000Z" with 0, 3 or 6 fractional digits. Returns out. */
char *stamp_format(struct stamp t, int digits, char out[STAMP_TEXT]);

/* ---- SQLite ------------------------------------------------------------------------------------------------------ */

struct sqlite3;
/*
 * Opens (creates) a database with the settings that all of ours share: WAL, foreign keys, full synchronous, 10 s busy
 * timeout; then runs `schema` (idempotent SQL: create table if not exists). path ":memory:" is fine. new: sqlite3_close().
 */
int db_open(const char *path, const char *schema, struct sqlite3 **out, struct err *e) BASE_CHECKED;
/* Runs SQL without results. */
int db_exec(struct sqlite3 *db, const char *sql, struct err *e) BASE_CHECKED;

#endif
