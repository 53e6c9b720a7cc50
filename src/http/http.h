/*
 * http: the one transfer policy over libcurl, for readers and targets: TLS 1.2 or later with verified certificates,
 * credentials bound to an origin, redirects, deadlines, bounded repetition, bounded answers, errors in plain words.
 *
 * Nothing here reads a clock, sleeps or draws random numbers by itself: struct http_env brings them. (libcurl itself honours
 * the proxy variables of the environment, except towards loopback, which is always reached directly.)
 * Ownership words as in base.h.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/base.h"

/* ---- the session ------------------------------------------------------------------------------------------------- */

/* What the outside world gives. All but trace are needed. */
struct http_env {
	void *ctx;
	int64_t (*now_ms)(void *ctx);			/* milliseconds since 1970-01-01T00:00:00Z */
	void (*sleep_ms)(void *ctx, int64_t ms);
	uint32_t (*random)(void *ctx);
	void (*trace)(void *ctx, const char *line);	/* NULL, or: one line a transfer, never with credentials */
};

/* Choices of a session. Strings are borrowed until http_new returns; NULL or 0 means the default. */
struct http_config {
	const char *user_agent;		/* default "stixpress/VERSION" */
	const char *cacert;		/* PEM file of trusted authorities; default: the system's */
	const char *cert, *key;		/* PEM files of a client certificate and its key */
	const char *pin;		/* the server's public key: a file (PEM, DER), or "sha256//BASE64" joined by ";" */
	int netrc;			/* for an origin without other credentials what ~/.netrc has for its host */
	int allow_http;			/* plain http to any host, not only loopback */
	int64_t connect_ms;		/* default 15 s */
	int64_t idle_ms;		/* no octet in either direction for so long ends a transfer; default 60 s */
	int64_t total_ms;		/* a whole http_do, repetitions and waits included; default 120 s */
	int64_t wait_max_ms;		/* the longest single wait, Retry-After included; default 60 s */
	unsigned tries;			/* transfers for one http_do, redirects not counted; default 4 */
	size_t body_max;		/* octets of an answer after decoding; default LIMIT_HTTP_BODY */
};

struct http;
/* new: http_free. Errors: ERR_USAGE for a file that cannot be read, ERR_SYSTEM when libcurl cannot start. */
int http_new(const struct http_config *c, const struct http_env *env, struct http **out, struct err *e) BASE_CHECKED;
/* Another session with the same choices and credentials, for another thread; the environment is called from there. new; NULL. */
struct http *http_copy(const struct http *h, struct err *e);
void http_free(struct http *h);		/* NULL is fine; wipes the credentials */
/*
 * From now on the end of the validity of servers' certificates is kept; http_certificate_end gives that of the last server a
 * connection was made to, as OpenSSL prints it, borrowed; NULL: none was made, or without TLS.
 */
void http_keep_certificate(struct http *h);
const char *http_certificate_end(const struct http *h);
/* The clock and the sleep of the session's environment, for callers that poll. */
int64_t http_now_ms(const struct http *h);
void http_sleep_ms(const struct http *h, int64_t ms);

enum http_cred_kind {
	HTTP_BASIC,	/* RFC 7617: user, secret = password */
	HTTP_BEARER,	/* RFC 6750: secret = token */
	HTTP_HEADER,	/* secret = a whole header line "Name: value" */
};
struct http_cred {
	enum http_cred_kind kind;
	const char *user;
	const char *secret;
};
/*
 * From now on requests to the origin (scheme, host, port) of url carry these credentials, and no other origin's do. A second
 * call for the same origin adds a header (a client certificate and Basic and an API key may come together). Copied.
 * ERR_USAGE when a user name holds ":" or a value holds a control character.
 */
int http_login(struct http *h, const char *url, const struct http_cred *c, struct err *e) BASE_CHECKED;

/* ---- a request --------------------------------------------------------------------------------------------------- */

struct http_request {
	const char *method;		/* NULL: GET, or POST with a body */
	const char *url;
	const char *accept;		/* value of Accept; NULL: any */
	const char *content_type;
	const char *body;		/* borrowed; NULL: none */
	size_t body_len;
	int repeatable;			/* doing it twice does no harm, so it is repeated after an unknown outcome too */
	unsigned tries;			/* 0: the session's */
};

struct http_answer {
	long status;
	char *url;			/* where it came from, after redirects */
	struct buf headers;		/* "Name: value" lines, each NUL-terminated */
	struct buf body;		/* decoded */
	int with_login;			/* the request carried credentials */
	unsigned tries;			/* transfers it took; set on failure too */
	int lost;			/* the server may have carried it out in a try without an answer, or with 500, 502, 504 */
};
#define HTTP_ANSWER_INIT	{ 0, NULL, BUF_INIT(0), BUF_INIT(0), 0, 0, 0 }

/*
 * Does a request and fills *a (http_answer_free), whatever its status: 0. Repeats, with exponential backoff and jitter or after
 * Retry-After, what is safe to repeat: no connection, 429, 503; and when q->repeatable also a broken or silent connection,
 * 500, 502, 504. A Retry-After beyond wait_max_ms or the deadline is not waited for. Follows 301, 302, 307, 308 inside the
 * origin with the same method and body, and 303 for a GET; to another origin only a GET without credentials. Else -1, ERR_SYSTEM,
 * naming URL and cause (ERR_USAGE: a URL that may not be asked for).
 */
int http_do(struct http *h, const struct http_request *q, struct http_answer *a, struct err *e) BASE_CHECKED;
void http_answer_free(struct http_answer *a);
/* The value of a header (the last one of that name); borrowed; NULL when absent. */
const char *http_header(const struct http_answer *a, const char *name);
/* 1 when the media type of Content-Type is `type` ("text/html"), parameters and case aside. */
int http_is_type(const struct http_answer *a, const char *type);
/*
 * The words of an answer's body for a person: HTML tags dropped, white space folded, cut to about 200 octets. Appended; nothing
 * when the body is empty or no text.
 */
void http_words(const struct http_answer *a, struct buf *out);
/*
 * Records the error that a refused request is (ERR_SYSTEM): URL, status, its meaning, words (NULL: http_words), a hint about
 * credentials. Returns -1.
 */
int http_refused(const struct http_answer *a, const char *words, struct err *e);
/* Milliseconds that Retry-After asks for (seconds or a date, against now_ms); -1 when absent or unreadable. */
int64_t http_retry_after(const struct http_answer *a, int64_t now_ms);

/* ---- where a domain's service is ------------------------------------------------------------------------------------- */

struct http_service {
	unsigned priority, weight, port;
	char host[256];			/* lower case, without a dot at its end */
};
struct http_services {
	VEC(struct http_service) all;	/* in the order to try them (RFC 2782): by priority, then drawn by weight */
	int none;			/* the domain says that it has no such service (a target of ".") */
};
/*
 * Asks for the SRV records of `name` ("_taxii2._tcp.example.com"; TAXII 2.1, 8.4.2): the name servers of the system, or `server`
 * ("ADDRESS" or "ADDRESS:PORT", IPv4). No such records: 0 and an empty list. ERR_SYSTEM: no name server answers, or not as it
 * should; ERR_USAGE: `server` is no address. In the arena.
 */
int http_services_find(const char *name, const char *server, const struct http_env *env, struct arena *a, struct http_services *out,
    struct err *e) BASE_CHECKED;
/* The same of a name server's answer, n octets as they came. Targets that no URL can have as a host are left out. ERR_SYSTEM. */
int http_services_read(const uint8_t *answer, size_t n, const struct http_env *env, struct arena *a, struct http_services *out,
    struct err *e) BASE_CHECKED;

/* ---- URLs -------------------------------------------------------------------------------------------------------- */

#define HTTP_ORIGIN_TEXT	320
/* "https://host:port", lower case, port always there. ERR_USAGE when url is no absolute http(s) URL or holds a password. */
int http_origin(const char *url, char out[HTTP_ORIGIN_TEXT], struct err *e) BASE_CHECKED;
int http_same_origin(const char *a, const char *b);
/* 1 when the host is localhost, 127.0.0.0/8 or ::1. */
int http_loopback(const char *url);
/* Resolves a reference against an absolute URL (RFC 3986 section 5). new, or NULL. */
char *http_join(const char *base, const char *ref);
/* Appends s with everything but unreserved characters (RFC 3986 section 2.3) percent-encoded. */
void http_quote(const char *s, struct buf *out);

#endif
