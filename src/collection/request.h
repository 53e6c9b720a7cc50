/*
 * What a request asks for: its path, its query (3.4), its media types (1.6.8). No I/O.
 */
#ifndef COLLECTION_REQUEST_H
#define COLLECTION_REQUEST_H

#include "collection/store.h"

#define TARGET_SEGMENTS	6	/* {root}/collections/{id}/objects/{object-id}/versions */

/* The target of a request, taken apart; everything decoded, valid UTF-8, in the arena. */
struct target {
	const char *segment[TARGET_SEGMENTS];
	size_t n;		/* segments; TARGET_SEGMENTS + 1 when there are more */
	int slash;		/* the path ends in '/' (3.1) */
	struct store_filter filter;
	int given;		/* match[version] was among the parameters */
};

/*
 * Reads "/api/collections/x/objects/?limit=10". page: the most objects of an answer. Errors: ERR_INPUT, to be answered with
 * 400: broken percent-encoding, a parameter that is malformed or occurs twice. Unknown parameters are ignored, as 3.4 allows.
 */
int target_parse(struct arena *a, const char *raw, size_t page, struct target *t, struct err *e) BASE_CHECKED;

/* The value for `next` that continues after the object added at this date. Returns out. */
#define NEXT_TEXT	24
char *next_format(int64_t added, char out[NEXT_TEXT]);

/* 1 when an Accept header (all its values joined by commas) lets us answer in TAXII 2.1; NULL, no header, accepts all. */
int media_accepted(const char *accept);
/* 1 when a Content-Type is TAXII's, without a version or with version 2.1. */
int media_taxii(const char *type);

/* Length of the type of a STIX identifier "type--UUID" (STIX 2.9), 0 when id is none. */
size_t id_type(const char *id);
/* 1 when s[0..n) can be the name of a STIX type (STIX 3.1, 11.2: a-z, 0-9, hyphen; 3 to 250). */
int type_valid(const char *s, size_t n);

#endif
