/*
 * collection: an embedded TAXII 2.1 collection server. The data is in SQLite, the protocol in libmicrohttpd, in one thread of
 * its own, so that the process around it stays free. The clauses cited are those of TAXII 2.1 (OASIS Standard, 2021-06-10).
 *
 * What is settled here because the standard leaves it open:
 * - Every version of every object is kept. date_added is unique and strictly increasing (microseconds) over the database, so
 *   `next` and `added_after` both page without loss; `next` is stateless and works on manifests and versions too.
 * - An envelope is one transaction. Objects are judged one by one: what is not storable is a failure in the status, the rest is
 *   stored. The same object again is a success with the message "already there". Another content under the same id and
 *   `modified` is a failure (STIX 3.6: a version has one content for ever).
 * - An object without `modified` and `created` (an observable) gets its date_added as version; other content under its id is
 *   a further version.
 * - A STIX bundle that is posted counts as an envelope: its other properties are custom properties that are ignored (7.1.1).
 * - Only STIX 2.1 is stored. An envelope without objects is 422, a body that is not JSON 400, a compressed one 415.
 * - DELETE without match[version] removes all versions, since the object has to be gone afterwards (5.7).
 * - A path without its final slash is 404 with an explanation (3.1).
 */
#ifndef COLLECTION_COLLECTION_H
#define COLLECTION_COLLECTION_H

#include "base/base.h"

#define COLLECTION_MEDIA	"application/taxii+json;version=2.1"
#define COLLECTION_STIX_MEDIA	"application/stix+json;version=2.1"

/* One collection to be served; a row with the same id in the database is updated. All strings borrowed. */
struct collection_desc {
	const char *id;			/* a UUID (5.2.1) */
	const char *alias;		/* 5.2.1; NULL: none */
};

/* One line of the log, on the server's thread. The target is as it came: any octets but NUL. All strings borrowed. */
struct collection_log {
	const char *method, *target;
	int status;			/* 0: the client went away before the answer */
	size_t received, sent;		/* octets of the two bodies */
	const char *why;		/* description of the error, or "" */
};

/* All strings borrowed until collection_start returns. */
struct collection_config {
	const char *db;			/* SQLite file; ":memory:" keeps nothing */
	const char *title;		/* of the server and the API root */
	const char *root;		/* path of the API root: letters, digits, '-', '_' (not "taxii2") */
	const char *host, *port;	/* numeric address or "localhost"; port "0" takes a free one */
	const char *cert, *key;		/* PEM: the certificate chain and its key (8.2.2: TLS 1.2 and 1.3); NULL: plain HTTP */
	int allow_http;			/* plain HTTP on an address that is not loopback */
	int read_only;			/* can_write is false, POST and DELETE are 403 */
	size_t max_content_length;	/* 4.2.1; 0: LIMIT_COLLECTION_BODY */
	size_t page;			/* objects of one answer at most; 0: LIMIT_COLLECTION_PAGE */
	const char *user, *password;	/* Basic (8.2.2); NULL: none */
	const char *token;		/* Bearer; NULL: none. With neither every request is let in */
	const struct collection_desc *collections;
	size_t n_collections;		/* 0: what the database holds; if that is none, a new one: "default" */

	struct stamp (*now)(void *arg);			/* called on the server's thread */
	void (*random)(void *arg, uint8_t out[16]);	/* for identifiers (UUID version 4); likewise */
	void (*log)(void *arg, const struct collection_log *line);	/* NULL: no log */
	void *arg;
};

struct collection;
/*
 * Opens the database, binds the address and begins to serve. new: collection_stop(). Errors: ERR_USAGE for a config that
 * makes no sense (host, root, id, certificate, plain HTTP beyond loopback), ERR_SYSTEM for the database and the network.
 */
int collection_start(const struct collection_config *cfg, struct collection **out, struct err *e) BASE_CHECKED;
/* "http://127.0.0.1:49152/taxii2/", or https. Borrowed from the server. */
const char *collection_url(const struct collection *c);
/* Finishes the answer at hand, closes every connection and the database. NULL is fine. */
void collection_stop(struct collection *c);

#endif
