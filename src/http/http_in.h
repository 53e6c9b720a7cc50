/* http: what its own files share. */
#ifndef HTTP_HTTP_IN_H
#define HTTP_HTTP_IN_H

#include <curl/curl.h>

#include "http/http.h"

/* A header line that goes to one origin only. */
struct http_secret {
	char origin[HTTP_ORIGIN_TEXT];
	char *line;			/* owned; wiped before it is freed */
	struct http_secret *next;
};

struct http {
	CURL *curl;			/* one handle, so that connections are kept alive */
	struct http_env env;
	struct http_secret *secrets;
	int allow_http, netrc;
	int64_t connect_ms, idle_ms, total_ms, wait_max_ms;
	unsigned tries;
	size_t body_max;
	char *certificate_end;		/* owned */
	char errbuf[CURL_ERROR_SIZE];
};

/* What one transfer came to: an HTTP answer (0), or a failure that did (-1) or did not (-2) reach the server. */
#define HTTP_DONE	0
#define HTTP_BROKEN	-1
#define HTTP_NOT_SENT	-2
#define HTTP_FATAL	-3	/* no repetition will help: TLS, limits, a file */

/*
 * One transfer to url within left_ms. Returns one of the above; fills a or e. `e` is filled anew at each call (a repetition
 * replaces the error of the one before).
 */
int http_transfer(struct http *h, const struct http_request *q, const char *url, int64_t left_ms, struct http_answer *a,
    struct err *e);

/* After a transfer: keeps the end of the server's certificate, where it is known. */
void http_note_certificate(struct http *h);

/* Whether url may be asked for at all: http only towards loopback unless allowed. 0, or -1 with ERR_USAGE. */
int http_allowed(const struct http *h, const char *url, struct err *e) BASE_CHECKED;
/*
 * Where a 3xx answer leads under the policy of http_do: *out new (NULL: it is no redirect). -1: it may not be followed.
 */
int http_redirect(const struct http *h, const struct http_request *q, const struct http_answer *a, char **out, struct err *e)
    BASE_CHECKED;
/* How long to wait before try number `done` + 1: exponential with jitter, at most wait_max_ms. */
int64_t http_backoff(const struct http *h, unsigned done);
/* The credentials that url's origin gets, put in front of list. */
struct curl_slist *http_secret_lines(const struct http *h, const char *url, struct curl_slist *list);
/* Plain words for a libcurl failure, and what it means for a repetition (HTTP_BROKEN, HTTP_NOT_SENT, HTTP_FATAL). */
int http_failed(struct http *h, CURLcode code, const char *url, const struct http_answer *a, struct err *e);

#endif
