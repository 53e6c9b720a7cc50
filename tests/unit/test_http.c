#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "http/http_in.h"
#include "tap.h"

/* ---- a world that stands still: time passes by sleeping only ---- */

struct world {
	int64_t now, slept[16];
	size_t n;
	uint32_t draw;
};

static int64_t
now_ms(void *ctx)
{
	return ((struct world *)ctx)->now;
}

static void
sleep_ms(void *ctx, int64_t ms)
{
	struct world *w = ctx;

	w->now += ms;
	if (w->n < ARRAY_LEN(w->slept))
		w->slept[w->n++] = ms;
}

static uint32_t
draw(void *ctx)
{
	return ((struct world *)ctx)->draw;
}

static struct http *
session(struct world *w, const struct http_config *c)
{
	struct http_env env = { w, now_ms, sleep_ms, draw, NULL };
	struct err e = ERR_INIT;
	struct http *h = NULL;

	ok(http_new(c, &env, &h, &e) == 0, "a session");
	return h;
}

static const char *
origin(const char *url)
{
	static char text[HTTP_ORIGIN_TEXT];

	return http_origin(url, text, NULL) == 0 ? text : "none";
}

static void
test_urls(void)
{
	struct buf b = BUF_INIT(1000);
	struct err e = ERR_INIT;
	char *s;

	is_str(origin("https://Example.ORG/a/b"), "https://example.org:443", "an origin: lower case, with its port");
	is_str(origin("http://[::1]:8080/"), "http://[::1]:8080", "... of an IPv6 address");
	is_str(origin("ftp://example.org/"), "none", "... only of http and https");
	is_str(origin("example.org/taxii2/"), "none", "... only of an absolute URL");
	is_str(origin("https://exa mple.org/"), "none", "... without blanks");
	is_str(origin("https://example.org/\nx"), "none", "... without control characters");
	ok(http_origin("https://u:secret@example.org/", (char[HTTP_ORIGIN_TEXT]){ 0 }, &e) == -1 && e.kind == ERR_USAGE,
	    "a password in a URL is refused");
	ok(strstr(e.text, "secret") == NULL, "... and not repeated");
	ok(http_same_origin("https://a.example/x", "https://A.example:443/y"), "the default port is the same origin");
	ok(!http_same_origin("https://a.example/", "http://a.example/"), "another scheme is not");
	ok(!http_same_origin("https://a.example/", "https://a.example:8443/"), "another port is not");
	ok(http_loopback("http://127.9.9.9:1/") && http_loopback("http://localhost/") && http_loopback("http://[::1]/"), "loopback");
	ok(!http_loopback("http://127.0.0.1.example.org/") && !http_loopback("http://localhost.example.org/") &&
	    !http_loopback("http://10.0.0.1/"), "no loopback");
	http_quote("a b/\xc3\xa9?&=+~-._Z9", &b);
	is_str(buf_str(&b), "a%20b%2F%C3%A9%3F%26%3D%2B~-._Z9", "percent-encoding");
	buf_free(&b);
	s = http_join("https://a.example/x/y/", "/z/");
	is_str(s, "https://a.example/z/", "a reference is resolved");
	free(s);
}

static void
set_headers(struct http_answer *a, const char *lines, size_t n)
{
	struct http_answer empty = { .status = 429, .headers = BUF_INIT(10000), .body = BUF_INIT(10000) };

	*a = empty;
	a->url = xstrdup("https://a.example/");
	buf_add(&a->headers, lines, n);
}
#define HEADERS(a, s)	set_headers((a), s, sizeof(s))

static void
test_answers(void)
{
	struct http_answer a;
	struct buf b = BUF_INIT(1000);
	struct err e = ERR_INIT;

	HEADERS(&a, "Content-Type: text/HTML; charset=x\0Retry-After:  7\0X: 1\0x: 2");
	is_str(http_header(&a, "x"), "2", "a header: by name whatever the case, the last one");
	ok(http_header(&a, "Content") == NULL, "... not by the beginning of its name");
	ok(http_is_type(&a, "text/html") && !http_is_type(&a, "text/htm"), "a media type");
	is_int(http_retry_after(&a, 0), 7000, "Retry-After: seconds");
	buf_adds(&a.body, "<html><head><title>T</title><style>p{}</style></head><body><p>Not&nbsp;here</p>\n\t<b>\xe3\x81\x82</b></body>");
	http_words(&a, &b);
	is_str(buf_str(&b), "Not&nbsp;here \xe3\x81\x82", "the words of a page");
	ok(http_refused(&a, NULL, &e) == -1 && e.kind == ERR_SYSTEM, "a refused request");
	is_str(e.text, "https://a.example/: HTTP 429: too many requests; it says to come back after: 7: \"Not&nbsp;here \xe3\x81\x82\"",
	    "... says why");
	http_answer_free(&a);
	buf_reset(&b);
	HEADERS(&a, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT");
	is_int(http_retry_after(&a, 1445412479000), 1000, "Retry-After: a date");
	is_int(http_retry_after(&a, 1445412481000), 0, "... that has passed");
	for (int i = 0; i < 1000; i++)
		buf_adds(&a.body, "\xe3\x81\x82");
	http_words(&a, &b);
	ok(b.len < 210 && utf8_valid(buf_str(&b), b.len) == b.len, "long words are cut, never inside a character");
	http_answer_free(&a);
	HEADERS(&a, "Retry-After: soon");
	is_int(http_retry_after(&a, 0), -1, "Retry-After: nonsense");
	http_answer_free(&a);
	HEADERS(&a, "Retry-After: 99999999999999999999");
	ok(http_retry_after(&a, 0) > (int64_t)1 << 60, "Retry-After: for ever");
	http_answer_free(&a);
	buf_free(&b);
}

static void
test_login(void)
{
	struct world w = { .now = 0 };
	struct http *h = session(&w, &(struct http_config){ 0 });
	struct err e = ERR_INIT;
	struct curl_slist *l;

	ok(http_login(h, "https://a.example/x", &(struct http_cred){ HTTP_BASIC, "Aladdin", "open sesame" }, &e) == 0 &&
	    http_login(h, "https://a.example/", &(struct http_cred){ HTTP_HEADER, NULL, "X-Api-Key: k" }, &e) == 0 &&
	    http_login(h, "https://b.example/", &(struct http_cred){ HTTP_BEARER, NULL, "t" }, &e) == 0, "three logins");
	l = http_secret_lines(h, "https://a.example:443/other", NULL);
	ok(l != NULL && l->next != NULL && l->next->next == NULL, "an origin gets its own");
	is_str(l != NULL && l->next != NULL ? l->next->data : NULL, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "RFC 7617's example");
	curl_slist_free_all(l);
	ok(http_secret_lines(h, "http://a.example/", NULL) == NULL && http_secret_lines(h, "https://a.example:444/", NULL) == NULL,
	    "another scheme or port gets nothing");
	ok(http_login(h, "https://a.example/", &(struct http_cred){ HTTP_BASIC, "a:b", "c" }, NULL) == -1, "a colon in a user name");
	ok(http_login(h, "https://a.example/", &(struct http_cred){ HTTP_BEARER, NULL, "a\r\nHost: x" }, NULL) == -1, "a line break in a token");
	ok(http_login(h, "https://a.example/", &(struct http_cred){ HTTP_HEADER, NULL, "no colon" }, NULL) == -1, "a header without a colon");
	ok(http_login(h, "https://a.example/", &(struct http_cred){ HTTP_BEARER, NULL, "" }, NULL) == -1, "an empty token");
	http_free(h);
}

static void
test_repeating(void)
{
	struct world w = { .now = 1000000, .draw = 0 };
	struct http *h = session(&w, &(struct http_config){ .total_ms = 60000, .wait_max_ms = 3000 });
	struct http_request q = { .url = "http://127.0.0.1:1/" };
	struct http_answer a = HTTP_ANSWER_INIT;
	struct err e = ERR_INIT;

	is_int(http_backoff(h, 1), 250, "backoff: half of it is fixed");
	is_int(http_backoff(h, 3), 1000, "... and it doubles");
	is_int(http_backoff(h, 30), 1500, "... up to the longest wait");
	w.draw = UINT32_MAX;
	ok(http_backoff(h, 1) >= 250 && http_backoff(h, 1) <= 500, "... the other half is drawn");
	w.draw = 0;
	ok(http_do(h, &q, &a, &e) == -1 && e.kind == ERR_SYSTEM, "nobody listens");
	is_int(w.n, 3, "a connection that never was is tried again, three times");
	ok(w.slept[0] == 250 && w.slept[1] == 500 && w.slept[2] == 1000, "... with growing waits");
	ok(!a.lost && a.tries == 4, "... and nothing has reached the server");
	ok(strstr(e.text, "Connection refused (4 tries)") != NULL, "... says so");
	err_clear(&e);
	q.url = "http://192.0.2.1/";
	ok(http_do(h, &q, &a, &e) == -1 && e.kind == ERR_USAGE, "plain http to the world is refused");
	http_free(h);
}

/* ---- a server in a child process: one canned answer a connection ---- */

struct canned {
	const char *text;
	size_t n;
};
#define CANNED(s)	{ s, sizeof(s) - 1 }

/* Starts it; returns its port. The child ends after the last answer. */
static int
serve(const struct canned *answers, size_t n, size_t repeat)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0), c;
	char in[4096];

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 || listen(fd, 8) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		return -1;
	if (fork() != 0) {
		close(fd);
		return ntohs(a.sin_port);
	}
	signal(SIGPIPE, SIG_IGN);
	alarm(20);
	for (size_t i = 0; i < n && (c = accept(fd, NULL, NULL)) >= 0; i++) {
		if (read(c, in, sizeof(in)) > 0)
			for (size_t k = 0; k < repeat; k++)
				if (write(c, answers[i].text, answers[i].n) < 0)
					break;
		shutdown(c, SHUT_WR);
		while (read(c, in, sizeof(in)) > 0)
			;
		close(c);
	}
	_exit(0);
}

/* One request to a new server: 0 and the body, or -1 and the error's text. */
static int
ask(const struct canned *answer, size_t repeat, const char **text)
{
	static char out[2000];
	struct world w = { .now = 0 };
	struct http_env env = { &w, now_ms, sleep_ms, draw, NULL };
	struct http_config c = { .body_max = 10000, .tries = 1 };
	struct http_answer a = HTTP_ANSWER_INIT;
	struct http_request q = { .repeatable = 1 };
	struct err e = ERR_INIT;
	struct http *h;
	char url[100];
	int rc;

	if (http_new(&c, &env, &h, &e) != 0)
		return -2;
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", serve(answer, 1, repeat));
	q.url = url;
	rc = http_do(h, &q, &a, &e);
	snprintf(out, sizeof(out), "%s", rc == 0 ? buf_str(&a.body) : e.text);
	*text = out;
	http_answer_free(&a);
	http_free(h);
	return rc;
}

#define HEAD		"HTTP/1.1 200 OK\r\nConnection: close\r\n"
#define GZIP		HEAD "Content-Encoding: gzip\r\n\r\n"
#define FLOOD		"X-Filler: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n"

static void
test_limits(void)
{
	static const struct canned gzip = CANNED(GZIP
	    "\037\213\010\000\000\000\000\000\002\003\253\126\112\124\262\062\254\005\000\257\254\033\126\007\000"
	    "\000\000");
	static const struct canned bomb = CANNED(GZIP
	    "\037\213\010\000\000\000\000\000\002\003\355\301\061\001\000\000\000\302\240\254\353\137\302\032\036"
	    "\100\001\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
	    "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
	    "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
	    "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\257\006"
	    "\207\372\342\033\240\206\001\000");
	static const struct canned broken = CANNED(GZIP "\037\213\010\000no gzip at all");
	static const struct canned half = CANNED(HEAD "Content-Length: 100\r\n\r\nhalf");
	static const struct canned filler = CANNED(FLOOD FLOOD FLOOD FLOOD FLOOD FLOOD FLOOD FLOOD FLOOD FLOOD);
	static const struct canned large = CANNED("0123456789");
	static const struct canned other = CANNED("SSH-2.0-Something\r\n");
	const char *text = "";
	char *flood;
	struct canned long_one;

	ok(ask(&gzip, 1, &text) == 0, "a compressed answer");
	is_str(text, "{\"a\":1}", "... is decoded");
	ok(ask(&bomb, 1, &text) == -1 && strstr(text, "the answer's body has more than 10000 octets") != NULL,
	    "the limit counts what is decoded");
	ok(ask(&broken, 1, &text) == -1, "broken compression is an error");
	ok(ask(&half, 1, &text) == -1 && strstr(text, "ended before its announced length") != NULL, "half an answer is an error");
	ok(ask(&other, 1, &text) == -1, "another protocol is an error");
	/* Headers beyond their limit, then a body of the limit and one octet more. */
	flood = xmalloc(filler.n * 1000 + 100);
	long_one.text = flood;
	long_one.n = (size_t)sprintf(flood, HEAD);
	for (int i = 0; i < 400; i++, long_one.n += filler.n)
		memcpy(flood + long_one.n, filler.text, filler.n);
	ok(ask(&long_one, 1, &text) == -1, "headers without end are an error");
	long_one.n = (size_t)sprintf(flood, HEAD "\r\n");
	for (int i = 0; i < 1000; i++, long_one.n += large.n)
		memcpy(flood + long_one.n, large.text, large.n);
	ok(ask(&long_one, 1, &text) == 0, "a body of just the limit");
	flood[long_one.n++] = 'x';
	ok(ask(&long_one, 1, &text) == -1, "one octet more is an error");
	free(flood);
}

/* ---- SRV records ---- */

#define DNS_HEAD(answers)	"\x12\x34\x81\x80\0\1\0" answers "\0\0\0\0\4moss\7example\0\0\x21\0\1"
#define DNS_SRV(length, priority, weight, port)	"\xc0\x0c\0\x21\0\1\0\0\0\x3c\0" length "\0" priority "\0" weight port

/* The hosts of the answer, in their order. */
static const char *
hosts(const char *answer, size_t n, uint32_t drawn, struct http_services *out)
{
	static char text[400];
	struct world w = { .draw = drawn };
	struct http_env env = { .ctx = &w, .random = draw };
	struct arena *a = arena_new();
	struct err e = ERR_INIT;

	text[0] = '\0';
	if (http_services_read((const uint8_t *)answer, n, &env, a, out, &e) != 0)
		snprintf(text, sizeof(text), "%s", e.text);
	else
		for (size_t i = 0; i < out->all.n; i++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s:%u ", out->all.v[i].host, out->all.v[i].port);
	arena_free(a);
	return text;
}

static void
test_services(void)
{
	static const char three[] = DNS_HEAD("\3") DNS_SRV("\xa", "\x14", "\0", "\x1\xbb") "\1A\xc0\x0c" DNS_SRV("\xa", "\xa", "\1", "\x20\xfb")
	    "\1b\xc0\x0c" DNS_SRV("\xa", "\xa", "\x3", "\x20\xfc") "\1c\xc0\x0c";
	static const char nothing[] = DNS_HEAD("\1") DNS_SRV("\x7", "\0", "\0", "\0\0") "";
	static const char odd[] = DNS_HEAD("\1") DNS_SRV("\xc", "\0", "\0", "\x1\xbb") "\3a/b\xc0\x0c";
	static const char loop[] = DNS_HEAD("\1") DNS_SRV("\x8", "\0", "\0", "\x1\xbb") "\xc0\x30";
	struct http_services found;
	size_t cut;

	is_str(hosts(three, sizeof(three) - 1, 0, &found), "b.moss.example:8443 c.moss.example:8444 a.moss.example:443 ",
	    "by priority, whatever their order");
	is_str(hosts(three, sizeof(three) - 1, 3, &found), "c.moss.example:8444 b.moss.example:8443 a.moss.example:443 ",
	    "by weight, as drawn");
	is_str(hosts(nothing, sizeof(nothing), 0, &found), "", "no host");
	is_int(found.none, 1, "the root as the target says that there is none");
	is_str(hosts(odd, sizeof(odd) - 1, 0, &found), "", "no host of a URL");
	is_int(found.none, 0, "but no word that there is none");
	ok(strstr(hosts(loop, sizeof(loop) - 1, 0, &found), "broken name") != NULL, "a name that points to itself is an error");
	for (cut = 0; cut < sizeof(three) - 1 && strstr(hosts(three, cut, 0, &found), "name server's answer") != NULL; cut++)
		;
	is_int((long)cut, (long)sizeof(three) - 1, "what is cut off is an error");
}

int
main(void)
{
	test_services();
	test_limits();
	test_urls();
	test_answers();
	test_login();
	test_repeating();
	return tap_end();
}
