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
#define LIMIT_JSON_VALUES	(32u << 20)	/* values and member names of one JSON text; 512 MB of bundle have 25 million */
#define LIMIT_PATTERN		(1u << 20)	/* octets of one STIX pattern */
#define LIMIT_PATTERN_DEPTH	64		/* open parentheses of a STIX pattern */
#define LIMIT_VERSIONS		1000		/* versions of one object that are compared with each other in one file */
#define LIMIT_SMALL_FILE	(1u << 20)	/* octets of a feed, targets, password or token file */
#define LIMIT_SCHEMA_TEXT	(16u << 20)	/* octets of one schema document */
#define LIMIT_SCHEMA_DEPTH	2048		/* subschemas entered within each other while one value is evaluated */
#define LIMIT_SCHEMA_STEPS	50000000	/* subschemas entered for one value, members and branches counted */
#define LIMIT_SCHEMA_FINDINGS	2000		/* failures that are told of one value */
#define LIMIT_REGEX_TEXT	65536		/* octets of a regular expression */
#define LIMIT_REGEX_MATCH	1000000		/* PCRE2's match limit for one text; past it the DFA matcher is tried */
#define LIMIT_SCHEMA_FILES	10000		/* files of a schema folder */
#define LIMIT_SCHEMA_NESTING	32		/* $refs that follow one another in a schema, folders in folders */
#define LIMIT_HTTP_BODY		(256u << 20)	/* octets of an answer that is read whole, after decoding */
#define LIMIT_HTTP_HEADERS	(256u << 10)	/* octets of all headers of an answer */
#define LIMIT_HTTP_REDIRECTS	5		/* redirects of one request */
#define LIMIT_HTTP_SECRET	(16u << 10)	/* octets of a password, token or credential header */
#define LIMIT_PUBLISH_SPOOL	(4u << 20)	/* octets of objects that wait in memory; more wait in a file */
#define LIMIT_PUBLISH_ENVELOPE	(64u << 20)	/* octets of one envelope */
#define LIMIT_PUBLISH_LEAST	1024		/* octets that an envelope is never made smaller than after a 413 */
#define LIMIT_PUBLISH_JOBS	32		/* envelopes under way at a time */
#define LIMIT_PUBLISH_REFUSALS	32		/* objects refused one by one, none accepted, before a push gives up */
#define LIMIT_NAME		200		/* octets of a name the converter knows; longer ones are left out */
#define LIMIT_KNOWLEDGE		(256u << 20)	/* octets of all strings of the knowledge */
#define LIMIT_RULE		(64u << 10)	/* octets of a rule of YARA, Sigma, Snort or Suricata that a text shows */
#define LIMIT_SENTENCE		(4u << 10)	/* octets of a sentence that rules look at; what is longer is no sentence */
#define LIMIT_MENTIONS		2000000		/* values and names found in one document */
#define LIMIT_STATED		100000		/* entities, observables and relationships of one document */
#define LIMIT_QUOTED		(128u << 20)	/* octets of all sentences that are evidence in one document */
#define LIMIT_HTML_DEPTH	512		/* elements of a page that are open within each other */
#define LIMIT_FEED_ITEMS	20000		/* items of one RSS or Atom feed; real ones have 10 to 500 */
#define LIMIT_JOBS		256		/* inputs that are read at a time */
#define LIMIT_PDF_TEXT		67108864	/* octets of the text of one PDF; written out, for messages */
#define LIMIT_PDF_PAGES		10000		/* pages of one PDF */
#define LIMIT_PDF_MEMORY	2147483648	/* octets that the reader of PDFs may take */
#define LIMIT_PDF_SECONDS	60		/* of processor time for one PDF */
#define LIMIT_PDF_WAIT		120		/* seconds that are waited for one */
#define LIMIT_PATH		4096		/* octets of a file name */

/* the embedded collection */
#define LIMIT_COLLECTION_BODY	(10u << 20)	/* octets of one POST unless told otherwise: max_content_length */
#define LIMIT_COLLECTION_BODY_MAX	(256u << 20)	/* ... and what an operator may raise it to */
#define LIMIT_COLLECTION_DRAIN	(64u << 20)	/* octets of a refused body read and dropped so that the client sees the answer */
#define LIMIT_COLLECTION_HELD	(512u << 20)	/* octets of all bodies being received at one time */
#define LIMIT_COLLECTION_OBJECTS	200000	/* objects of one envelope: bounds the status resource */
#define LIMIT_COLLECTION_HEADERS	(64u << 10)	/* octets of a request's line and headers */
#define LIMIT_COLLECTION_CONNECTIONS	128	/* open connections */
#define LIMIT_COLLECTION_IDLE	30		/* seconds a connection may say nothing */
#define LIMIT_COLLECTION_REQUEST	300	/* seconds a request body may take to arrive */
#define LIMIT_COLLECTION_PAGE	1000		/* objects of one answer */
#define LIMIT_COLLECTION_PAGE_TEXT	(32u << 20)	/* octets of one answer, once it holds an object */
#define LIMIT_COLLECTION_MATCH	1000		/* values of one match parameter */
#define LIMIT_COLLECTION_TYPES	100		/* ... different ones of match[type]; STIX 2.1 has 43 */
#define LIMIT_COLLECTION_STATUS	(7u * 86400)	/* seconds a status resource is kept; TAXII 4.3 asks for a day */

#endif
