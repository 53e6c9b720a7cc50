/*
 * Every size that comes from outside has its limit here, by name, with its reason.
 * A value past its limit is an error that names the limit, never a cut.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define LIMIT_DOCUMENT		(64u << 20)	/* octets of one newsletter or report */
#define LIMIT_JSON_TEXT		(512u << 20)	/* octets of one JSON file that is read whole */
#define LIMIT_JSON_DEPTH	256		/* nested arrays and objects; STIX needs about 10 */
#define LIMIT_JSON_STRING	(64u << 20)	/* octets of one JSON string */
#define LIMIT_JSON_VALUES	(32u << 20)	/* values and member names of one JSON text; a full 512 MB bundle has about 25 million */
#define LIMIT_SMALL_FILE	(1u << 20)	/* octets of a feed, targets, password or token file */
#define LIMIT_SCHEMA_TEXT	(16u << 20)	/* octets of one schema document */
#define LIMIT_SCHEMA_DEPTH	2048		/* subschemas entered within each other while one value is evaluated */
#define LIMIT_SCHEMA_STEPS	100000000	/* subschemas entered for one value, members and branches counted */
#define LIMIT_REGEX_MATCH	1000000		/* PCRE2's match limit for one text; past it the DFA matcher is tried */
#define LIMIT_SCHEMA_FILES	10000		/* files of a schema folder */
#define LIMIT_HTTP_BODY		(256u << 20)	/* octets of an answer that is read whole, after decoding */
#define LIMIT_HTTP_HEADERS	(256u << 10)	/* octets of all headers of an answer */
#define LIMIT_HTTP_REDIRECTS	5		/* redirects of one request */
#define LIMIT_HTTP_SECRET	(16u << 10)	/* octets of a password, token or credential header */
#define LIMIT_PATH		4096		/* octets of a file name */

#endif
