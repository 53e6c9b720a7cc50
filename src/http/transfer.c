#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/http_in.h"

static size_t
on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct http_answer *a = ctx;

	(void)size;
	buf_add(&a->body, data, n);
	return a->body.over ? 0 : n;
}

static size_t
on_header(char *data, size_t size, size_t n, void *ctx)
{
	struct http_answer *a = ctx;
	size_t len = n;

	(void)size;
	if (n >= 5 && strncmp(data, "HTTP/", 5) == 0) {
		/* A new head: what came before was a 1xx answer. */
		buf_reset(&a->headers);
		return n;
	}
	while (len > 0 && (data[len - 1] == '\r' || data[len - 1] == '\n'))
		len--;
	if (len == 0)
		return n;
	buf_add(&a->headers, data, len);
	buf_addc(&a->headers, '\0');
	return a->headers.over ? 0 : n;
}

static struct curl_slist *
add_line(struct curl_slist *list, const char *name, const char *value)
{
	struct buf line = BUF_INIT(LIMIT_HTTP_HEADERS);

	if (value == NULL)
		return list;
	buf_printf(&line, "%s: %s", name, value);
	if ((list = curl_slist_append(list, buf_str(&line))) == NULL)
		base_oom();
	buf_free(&line);
	return list;
}

static struct curl_slist *
head_lines(const struct http *h, const struct http_request *q, const char *url, int *with_login)
{
	struct curl_slist *list = http_secret_lines(h, url, NULL);

	*with_login = list != NULL;
	list = add_line(list, "Accept", q->accept != NULL ? q->accept : "*/*");
	list = add_line(list, "Content-Type", q->content_type);
	/* libcurl would ask for "100 Continue" first and wait a second where a server does not know it. */
	if (q->body != NULL && (list = curl_slist_append(list, "Expect:")) == NULL)
		base_oom();
	return list;
}

static void
set_method(CURL *c, const struct http_request *q)
{
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, NULL);
	if (q->body != NULL) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body_len);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, q->body);
	} else
		curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	if (q->method != NULL && strcmp(q->method, q->body != NULL ? "POST" : "GET") != 0)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method);
}

static void
set_times(const struct http *h, CURL *c, int64_t left)
{
	int64_t idle = h->idle_ms < left ? h->idle_ms : left;

	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)left);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)(h->connect_ms < left ? h->connect_ms : left));
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)((idle + 999) / 1000));
}

static void
trace(const struct http *h, const struct http_request *q, const char *url, CURLcode code, const struct http_answer *a)
{
	char line[512];

	if (h->env.trace == NULL)
		return;
	if (code == CURLE_OK)
		snprintf(line, sizeof(line), "%s %.300s -> %ld, %zu octets out, %zu in",
		    q->method != NULL ? q->method : q->body != NULL ? "POST" : "GET", url, a->status, q->body_len, a->body.len);
	else
		snprintf(line, sizeof(line), "%s %.300s -> %s", q->method != NULL ? q->method : q->body != NULL ? "POST" : "GET",
		    url, curl_easy_strerror(code));
	h->env.trace(h->env.ctx, line);
}

int
http_transfer(struct http *h, const struct http_request *q, const char *url, int64_t left, struct http_answer *a, struct err *e)
{
	struct curl_slist *lines;
	CURL *c = h->curl;
	CURLcode code;

	if (left <= 0) {
		err_set(e, ERR_SYSTEM, "%s: no time left", url);
		return HTTP_FATAL;
	}
	http_answer_free(a);
	a->headers.max = LIMIT_HTTP_HEADERS;
	a->body.max = h->body_max;
	a->url = xstrdup(url);
	lines = head_lines(h, q, url, &a->with_login);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)(h->netrc && !a->with_login ? CURL_NETRC_OPTIONAL : CURL_NETRC_IGNORED));
	a->with_login |= h->netrc;	/* as far as redirects go */
	h->errbuf[0] = '\0';
	set_method(c, q);
	set_times(h, c, left);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROXY, http_loopback(url) ? "" : NULL);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, lines);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, a);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, a);
	code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &a->status);
	http_note_certificate(h);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(lines);
	trace(h, q, url, code, a);
	return code == CURLE_OK ? HTTP_DONE : http_failed(h, code, url, a, e);
}

void
http_answer_free(struct http_answer *a)
{
	struct http_answer empty = HTTP_ANSWER_INIT;

	free(a->url);
	buf_free(&a->headers);
	buf_free(&a->body);
	*a = empty;
}

const char *
http_header(const struct http_answer *a, const char *name)
{
	const char *p = a->headers.s, *found = NULL;
	size_t n = strlen(name);

	if (a->headers.len == 0)
		return NULL;
	for (const char *end = p + a->headers.len; p < end; p += strlen(p) + 1)
		if (strncasecmp(p, name, n) == 0 && p[n] == ':')
			found = p + n + 1 + strspn(p + n + 1, " \t");
	return found;
}

int
http_is_type(const struct http_answer *a, const char *type)
{
	const char *v = http_header(a, "Content-Type");
	size_t n = strlen(type);

	return v != NULL && strncasecmp(v, type, n) == 0 && strchr("; \t", v[n]) != NULL;
}

int64_t
http_retry_after(const struct http_answer *a, int64_t now_ms)
{
	const char *v = http_header(a, "Retry-After");
	int64_t at;

	if (v == NULL || v[0] == '\0')
		return -1;
	if (v[strspn(v, "0123456789")] == '\0')
		return strlen(v) > 9 ? INT64_MAX : strtoll(v, NULL, 10) * 1000;
	if ((at = (int64_t)curl_getdate(v, NULL)) < 0)
		return -1;
	return at * 1000 > now_ms ? at * 1000 - now_ms : 0;
}
