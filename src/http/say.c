#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "http/http_in.h"

#define WORDS_MAX	200	/* octets of a server's words in a message */

/* libcurl's failures in plain words, and whether the request may have reached the server. */
static const struct {
	CURLcode code;
	int outcome;
	const char *words;
} failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, HTTP_NOT_SENT, "the host name does not resolve" },
	{ CURLE_COULDNT_RESOLVE_PROXY, HTTP_NOT_SENT, "the proxy's host name does not resolve" },
	{ CURLE_COULDNT_CONNECT, HTTP_NOT_SENT, "no connection" },
	{ CURLE_OPERATION_TIMEDOUT, HTTP_BROKEN, "the server did not answer in time" },
	{ CURLE_GOT_NOTHING, HTTP_BROKEN, "the server closed the connection without an answer" },
	{ CURLE_PARTIAL_FILE, HTTP_BROKEN, "the answer ended before its announced length" },
	{ CURLE_RECV_ERROR, HTTP_BROKEN, "the connection broke while receiving" },
	{ CURLE_SEND_ERROR, HTTP_BROKEN, "the connection broke while sending" },
	{ CURLE_HTTP2, HTTP_BROKEN, "the HTTP/2 connection broke" },
	{ CURLE_HTTP2_STREAM, HTTP_BROKEN, "the HTTP/2 connection broke" },
	{ CURLE_BAD_CONTENT_ENCODING, HTTP_BROKEN, "the answer's compression is broken" },
	{ CURLE_WEIRD_SERVER_REPLY, HTTP_FATAL, "what answers there does not speak HTTP" },
	{ CURLE_UNSUPPORTED_PROTOCOL, HTTP_FATAL, "what answers there does not speak HTTP" },
	{ CURLE_PEER_FAILED_VERIFICATION, HTTP_FATAL, "the server's certificate is not trusted" },
	{ CURLE_SSL_CONNECT_ERROR, HTTP_FATAL, "TLS could not be agreed on (1.2 or later is needed)" },
	{ CURLE_SSL_CACERT_BADFILE, HTTP_FATAL, "the file of trusted authorities cannot be used" },
	{ CURLE_SSL_CERTPROBLEM, HTTP_FATAL, "the client certificate cannot be used" },
	{ CURLE_SSL_CIPHER, HTTP_FATAL, "no TLS cipher in common" },
};

int
http_failed(struct http *h, CURLcode code, const char *url, const struct http_answer *a, struct err *e)
{
	const char *words = NULL, *detail = h->errbuf;
	int outcome = HTTP_FATAL;
	long os = 0;

	if (a->body.over || a->headers.over) {
		err_set(e, ERR_SYSTEM, "%s: the answer's %s more than %zu octets", url, a->body.over ? "body has" : "headers have",
		    a->body.over ? a->body.max : a->headers.max);
		return HTTP_FATAL;
	}
	for (size_t i = 0; i < ARRAY_LEN(failures); i++)
		if (failures[i].code == code) {
			words = failures[i].words;
			outcome = failures[i].outcome;
		}
	if (curl_easy_getinfo(h->curl, CURLINFO_OS_ERRNO, &os) == CURLE_OK && os != 0 && code == CURLE_COULDNT_CONNECT)
		detail = strerror((int)os);
	if (words == NULL)
		words = curl_easy_strerror(code);
	err_set(e, ERR_SYSTEM, "%s: %s%s%s", url, words, detail[0] != '\0' ? ": " : "", detail);
	return outcome;
}

/* What a status means to the person who runs the program. */
static const struct {
	long status;
	const char *words;
} meanings[] = {
	{ 400, "the server cannot read the request" },
	{ 401, "the server does not accept the credentials" },
	{ 403, "no permission" },
	{ 404, "not there, or no access (a TAXII server may hide what one may not see)" },
	{ 405, "the server does not allow this here" },
	{ 406, "the server does not offer what was asked for" },
	{ 407, "the proxy wants credentials" },
	{ 408, "the server gave up waiting" },
	{ 413, "too large for the server" },
	{ 415, "the server does not take this content type" },
	{ 416, "the server does not know this range" },
	{ 422, "the server cannot process the content" },
	{ 429, "too many requests" },
	{ 500, "the server failed" },
	{ 501, "the server does not do this" },
	{ 502, "a server behind the server failed" },
	{ 503, "the server is overloaded or closed" },
	{ 504, "a server behind the server did not answer" },
};

static const char *
meaning(long status)
{
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
		if (meanings[i].status == status)
			return meanings[i].words;
	return status >= 300 && status < 400 ? "a redirect that cannot be followed" : "an unexpected answer";
}

/* Length of the part of an HTML text that is no text: a tag, or a whole script or style element. */
static size_t
skip_markup(const char *s, size_t n)
{
	static const char *const blocks[] = { "script", "style", "title" };
	const char *end = memchr(s, '>', n);
	size_t len = end != NULL ? (size_t)(end - s) + 1 : n;

	for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
		size_t k = strlen(blocks[i]);

		if (n < k + 2 || strncasecmp(s + 1, blocks[i], k) != 0 || isalnum((unsigned char)s[k + 1]))
			continue;
		for (size_t at = len; at + k + 2 < n; at++)
			if (s[at] == '<' && s[at + 1] == '/' && strncasecmp(s + at + 2, blocks[i], k) == 0)
				return at;
	}
	return len;
}

void
http_words(const struct http_answer *a, struct buf *out)
{
	const char *s = buf_str(&a->body);
	size_t n = a->body.len, start = out->len, i = 0;
	int html = http_is_type(a, "text/html") || strncasecmp(s, "<!doctype", 9) == 0 || strncasecmp(s, "<html", 5) == 0;
	int gap = 0;
	uint32_t cp;

	while (i < n && out->len - start < WORDS_MAX) {
		int k = utf8_decode(s + i, n - i, &cp);

		if (html && s[i] == '<') {
			i += skip_markup(s + i, n - i);
			gap = 1;
			continue;
		}
		if (k == 0 || cp == 0)
			break;
		if (cp <= ' ' || (cp >= 0x7f && cp < 0xa0))
			gap = 1;
		else {
			if (gap && out->len > start)
				buf_addc(out, ' ');
			gap = 0;
			buf_add(out, s + i, (size_t)k);
		}
		i += (size_t)k;
	}
	if (i < n && out->len - start >= WORDS_MAX)
		buf_adds(out, "...");
}

int
http_refused(const struct http_answer *a, const char *words, struct err *e)
{
	struct buf said = BUF_INIT(2 * WORDS_MAX);
	const char *ask = http_header(a, "WWW-Authenticate"), *after = http_header(a, "Retry-After");

	if (words == NULL)
		http_words(a, &said);
	err_set(e, ERR_SYSTEM, "%s: HTTP %ld: %s%s%s%.120s%s%.80s%s%s%s", a->url, a->status, meaning(a->status),
	    (a->status == 401 || a->status == 403 || a->status == 404) && !a->with_login ? " (no credentials were sent)" : "",
	    a->status == 401 && ask != NULL ? "; it asks for " : "", a->status == 401 && ask != NULL ? ask : "",
	    after != NULL ? "; it says to come back after: " : "", after != NULL ? after : "",
	    said.len > 0 || words != NULL ? ": \"" : "", words != NULL ? words : buf_str(&said),
	    said.len > 0 || words != NULL ? "\"" : "");
	buf_free(&said);
	return -1;
}
