#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/http_in.h"

/* Takes one part of a parsed URL; "" when it has none. new: curl_free. */
static char *
part(CURLU *u, CURLUPart what, unsigned flags)
{
	char *s = NULL;

	return curl_url_get(u, what, &s, flags) == CURLUE_OK ? s : NULL;
}

static int
plain_text(const char *url)
{
	for (const unsigned char *p = (const unsigned char *)url; *p != '\0'; p++)
		if (*p <= ' ' || *p == 0x7f)
			return 0;
	return 1;
}

static CURLU *
parse(const char *url, struct err *e)
{
	CURLU *u = curl_url();
	char *secret = NULL;

	if (u == NULL)
		base_oom();
	if (!plain_text(url) || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK) {
		err_set(e, ERR_USAGE, "%s: this is no absolute URL (https://host/path)", url);
		goto bad;
	}
	if ((secret = part(u, CURLUPART_PASSWORD, 0)) != NULL || (secret = part(u, CURLUPART_USER, 0)) != NULL) {
		/* Never repeated in the message: it is a secret. */
		err_set(e, ERR_USAGE, "a URL must not hold a user name or password; give them apart, the password in a file");
		goto bad;
	}
	return u;
bad:
	curl_free(secret);
	curl_url_cleanup(u);
	return NULL;
}

int
http_origin(const char *url, char out[HTTP_ORIGIN_TEXT], struct err *e)
{
	CURLU *u = parse(url, e);
	char *scheme, *host, *port;
	int rc = -1;

	if (u == NULL)
		return -1;
	scheme = part(u, CURLUPART_SCHEME, 0);
	host = part(u, CURLUPART_HOST, 0);
	port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	if (scheme == NULL || host == NULL || port == NULL || host[0] == '\0' ||
	    (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0))
		err_set(e, ERR_USAGE, "%s: only https (and http) URLs can be asked for", url);
	else if (strlen(host) > HTTP_ORIGIN_TEXT - 20)
		err_set(e, ERR_USAGE, "%.60s...: the host name is too long", url);
	else {
		snprintf(out, HTTP_ORIGIN_TEXT, "%s://%s:%s", scheme, host, port);
		for (char *p = out; *p != '\0'; p++)
			*p = (char)tolower((unsigned char)*p);
		rc = 0;
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(u);
	return rc;
}

int
http_same_origin(const char *a, const char *b)
{
	char oa[HTTP_ORIGIN_TEXT], ob[HTTP_ORIGIN_TEXT];

	return http_origin(a, oa, NULL) == 0 && http_origin(b, ob, NULL) == 0 && strcmp(oa, ob) == 0;
}

int
http_loopback(const char *url)
{
	char origin[HTTP_ORIGIN_TEXT], *host, *port;
	unsigned a, b, c, d;
	char end;

	if (http_origin(url, origin, NULL) != 0)
		return 0;
	host = strstr(origin, "://") + 3;
	port = strrchr(host, ':');
	*port = '\0';
	if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return 1;
	return sscanf(host, "%u.%u.%u.%u%c", &a, &b, &c, &d, &end) == 4 && a == 127;
}

int
http_allowed(const struct http *h, const char *url, struct err *e)
{
	char origin[HTTP_ORIGIN_TEXT];

	if (http_origin(url, origin, e) != 0)
		return -1;
	if (strncmp(origin, "http://", 7) == 0 && !h->allow_http && !http_loopback(url))
		return err_set(e, ERR_USAGE, "%s: plain http is only for loopback (TAXII 2.1 section 8.5.1); "
		    "use https, or --allow-http", url);
	return 0;
}

char *
http_join(const char *base, const char *ref)
{
	CURLU *u = curl_url();
	char *s = NULL, *copy = NULL;

	if (u == NULL)
		base_oom();
	if (curl_url_set(u, CURLUPART_URL, base, 0) == CURLUE_OK && curl_url_set(u, CURLUPART_URL, ref, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_URL, &s, 0) == CURLUE_OK)
		copy = xstrdup(s);
	curl_free(s);
	curl_url_cleanup(u);
	return copy;
}

void
http_quote(const char *s, struct buf *out)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x80 && (isalnum(c) || strchr("-._~", c) != NULL))
			buf_addc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

/* Redirects that keep the method; 303 says "look there with a GET", so it fits a GET only. */
static int
is_redirect(const struct http_request *q, long status)
{
	return status == 301 || status == 302 || status == 307 || status == 308 || (status == 303 && q->body == NULL);
}

int
http_redirect(const struct http *h, const struct http_request *q, const struct http_answer *a, char **out, struct err *e)
{
	const char *where = http_header(a, "Location");
	char *to;

	*out = NULL;
	if (!is_redirect(q, a->status) || where == NULL)
		return 0;
	if ((to = http_join(a->url, where)) == NULL)
		return err_set(e, ERR_SYSTEM, "%s: HTTP %ld redirects to something that is no URL: %.200s", a->url, a->status, where);
	if (!http_same_origin(a->url, to) && (a->with_login || q->body != NULL)) {
		err_set(e, ERR_SYSTEM, "%s: HTTP %ld redirects to another server, which gets neither credentials nor objects; "
		    "if it is the right one, use its URL: %s", a->url, a->status, to);
		goto bad;
	}
	if (http_allowed(h, to, e) != 0 || (strncmp(a->url, "https:", 6) == 0 && strncmp(to, "http:", 5) == 0)) {
		err_clear(e);
		err_set(e, ERR_SYSTEM, "%s: HTTP %ld redirects to %s, which is plain http: not followed", a->url, a->status, to);
		goto bad;
	}
	*out = to;
	return 0;
bad:
	free(to);
	return -1;
}
