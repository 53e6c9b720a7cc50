/* observe: what observe.c and judge.c share. Private to them. */
#ifndef CONVERT_OBSERVE_H
#define CONVERT_OBSERVE_H

#include <stdlib.h>
#include <string.h>

#include "convert/scan.h"

#define uthash_fatal(msg)	base_oom()
#include <uthash.h>

/* A key ("url|https://...") and its observable; the first URL on a host ("host|192.0.2.1"). */
struct known {
	char *key;
	size_t index;
	const struct mention *url;
	UT_hash_handle hh;
};

struct observer {
	const struct doc *d;
	const struct layout_lang *lang;
	struct facts *f;
	const struct mentions *m;
	const struct spans *columns;
	size_t column;		/* the first of them not yet passed */
	size_t link;		/* the first link not yet passed */
	unsigned char *listed;	/* LISTED, LED, or 0: each block */
	unsigned char *sure;	/* its list holds hashes, addresses or what is written defanged, as no list of links does: each block */
	struct known *keys;
	struct buf key;		/* room to look one up */
	size_t urls, web;	/* indicators that are URLs; addresses with a port of HTTP */
	const struct kind *domain;
	/* the file that the block at hand is about, when it is a row or a list line */
	size_t file_block, file;
	/* sentence texts are made once */
	size_t text_sent;
	const char *text;
};

/* What the place of a value says about it. */
enum verdict { CITED, STATED, INDICATOR };

/* A block that holds values and nothing else; one of fields, or that begins with a hash. */
enum { LISTED = 1, LED = 2 };

/* ---- observe.c ---------------------------------------------------------------------------------------------------------- */

/* What is known under "TYPE|VALUE", or NULL. */
struct known *observe_find(struct observer *ob, const char *key);
struct known *observe_key(struct observer *ob, const char *type, const char *value);
void observe_add_key(struct observer *ob, const char *type, const char *value, size_t index);
/* A new observable without properties. */
struct observable *observe_new(struct observer *ob, const char *type);
/* The place of m is evidence of o. */
void observe_mention_evidence(struct observer *ob, struct observable *o, const struct mention *m);
/* Makes an observable of what is no hash of a file, or adds to the one there is. */
void observe_value(struct observer *ob, const struct mention *m, int indicator);
/* A string for a STIX pattern, backslashes and quotes escaped (STIX 9.2); in the arena. */
const char *observe_quoted(struct arena *a, const char *s);

/* ---- implied.c ---------------------------------------------------------------------------------------------------------- */

/* Keeps the first URL on each address among the indicators, and counts: to be called for each of them before the others. */
void implied_server(struct observer *ob, const struct mention *m);
/*
 * Of a URL on an address, the address; of an address in a list whose port or whose URLs say that a web server is there, the
 * server's root; of a host with a port, the traffic. These are observables, never indicators: the text does not spell them.
 */
void implied_by(struct observer *ob, const struct mention *m, size_t b);
/* A path: its file and its directory. indicator: the file at that place is one. */
void implied_path(struct observer *ob, const struct mention *m, int indicator);
/* What a CPE name says of the software: name, vendor, version, cpe. */
void implied_cpe(struct arena *a, json_t *props, const char *cpe);

/* ---- judge.c ------------------------------------------------------------------------------------------------------------ */

/* The block of a mention, or SIZE_MAX. */
size_t judge_block(const struct doc *d, const struct mention *m);
/* Is s[from..to) nothing but marks: no letter, no digit? */
int judge_marks(const char *s, size_t from, size_t to);
/* Fills listed and sure: malloc. */
void judge_lists(struct observer *ob);
/* What the place of mention m, in block b, says about it; mentions are asked for in their order. */
enum verdict judge(struct observer *ob, const struct mention *m, size_t b);

#endif
