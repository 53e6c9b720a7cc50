#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "http/http_in.h"

#define DEFAULT_CONNECT_MS	15000
#define DEFAULT_IDLE_MS		60000
#define DEFAULT_TOTAL_MS	120000
#define DEFAULT_WAIT_MS		60000
#define DEFAULT_TRIES		4
#define BACKOFF_FIRST_MS	500

/* TLS 1.2 suites outside the list that RFC 7540 appendix A forbids (TAXII 2.1 section 8.5.1); OpenSSL's spelling. */
#define TLS12_CIPHERS	"ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20"

static int64_t
or_default(int64_t v, int64_t d)
{
	return v > 0 ? v : d;
}

static int
readable(const char *what, const char *path, struct err *e)
{
	if (path != NULL && access(path, R_OK) != 0)
		return err_set(e, ERR_USAGE, "%s: the %s cannot be read", path, what);
	return 0;
}

static void
set_tls(CURL *c, const struct http_config *cfg)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	if (v->ssl_version != NULL && strncmp(v->ssl_version, "OpenSSL", 7) == 0)
		curl_easy_setopt(c, CURLOPT_SSL_CIPHER_LIST, TLS12_CIPHERS);
	if (cfg->cacert != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, cfg->cacert);
	if (cfg->pin != NULL)
		curl_easy_setopt(c, CURLOPT_PINNEDPUBLICKEY, cfg->pin);
	if (cfg->cert != NULL)
		curl_easy_setopt(c, CURLOPT_SSLCERT, cfg->cert);
	if (cfg->key != NULL)
		curl_easy_setopt(c, CURLOPT_SSLKEY, cfg->key);
}

int
http_new(const struct http_config *cfg, const struct http_env *env, struct http **out, struct err *e)
{
	struct http *h;
	CURL *c;

	if (cfg->pin != NULL && strncmp(cfg->pin, "sha256//", 8) != 0 && readable("public key", cfg->pin, e) != 0)
		return -1;
	if (readable("file of trusted authorities", cfg->cacert, e) != 0 || readable("client certificate", cfg->cert, e) != 0 ||
	    readable("client key", cfg->key, e) != 0)
		return -1;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (c = curl_easy_init()) == NULL)
		return err_set(e, ERR_SYSTEM, "libcurl could not be started");
	h = xcalloc(1, sizeof(*h));
	h->curl = c;
	h->env = *env;
	h->allow_http = cfg->allow_http;
	h->total_ms = or_default(cfg->total_ms, DEFAULT_TOTAL_MS);
	h->connect_ms = or_default(cfg->connect_ms, DEFAULT_CONNECT_MS);
	h->idle_ms = or_default(cfg->idle_ms, DEFAULT_IDLE_MS);
	h->wait_max_ms = or_default(cfg->wait_max_ms, DEFAULT_WAIT_MS);
	h->tries = cfg->tries > 0 ? cfg->tries : DEFAULT_TRIES;
	h->body_max = cfg->body_max > 0 ? cfg->body_max : LIMIT_HTTP_BODY;
	set_tls(c, cfg);
	curl_easy_setopt(c, CURLOPT_USERAGENT, cfg->user_agent != NULL ? cfg->user_agent : PACKAGE_NAME "/" PACKAGE_VERSION);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	h->netrc = cfg->netrc;
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->errbuf);
	*out = h;
	return 0;
}

struct http *
http_copy(const struct http *from, struct err *e)
{
	struct http *h;
	CURL *c = curl_easy_duphandle(from->curl);

	if (c == NULL) {
		err_set(e, ERR_SYSTEM, "libcurl could not be started");
		return NULL;
	}
	h = xcalloc(1, sizeof(*h));
	*h = *from;
	h->curl = c;
	h->certificate_end = NULL;
	h->secrets = NULL;
	for (const struct http_secret *s = from->secrets; s != NULL; s = s->next) {
		struct http_secret *copy = xcalloc(1, sizeof(*copy));

		*copy = *s;
		copy->line = xstrdup(s->line);
		copy->next = h->secrets;
		h->secrets = copy;
	}
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->errbuf);
	return h;
}

void
http_free(struct http *h)
{
	struct http_secret *s;

	if (h == NULL)
		return;
	while ((s = h->secrets) != NULL) {
		h->secrets = s->next;
		OPENSSL_cleanse(s->line, strlen(s->line));
		free(s->line);
		free(s);
	}
	curl_easy_cleanup(h->curl);
	free(h->certificate_end);
	free(h);
}

void
http_keep_certificate(struct http *h)
{
	curl_easy_setopt(h->curl, CURLOPT_CERTINFO, 1L);
}

void
http_note_certificate(struct http *h)
{
	static const char field[] = "Expire date:";
	struct curl_certinfo *info = NULL;

	/* None for a connection that was open before. */
	if (curl_easy_getinfo(h->curl, CURLINFO_CERTINFO, &info) != CURLE_OK || info == NULL || info->num_of_certs < 1)
		return;
	for (const struct curl_slist *l = info->certinfo[0]; l != NULL; l = l->next)
		if (strncmp(l->data, field, sizeof(field) - 1) == 0) {
			free(h->certificate_end);
			h->certificate_end = xstrdup(l->data + sizeof(field) - 1);
		}
}

const char *
http_certificate_end(const struct http *h)
{
	return h->certificate_end;
}

int64_t
http_now_ms(const struct http *h)
{
	return h->env.now_ms(h->env.ctx);
}

void
http_sleep_ms(const struct http *h, int64_t ms)
{
	if (ms > 0)
		h->env.sleep_ms(h->env.ctx, ms);
}

int64_t
http_backoff(const struct http *h, unsigned done)
{
	int64_t ms = BACKOFF_FIRST_MS;

	while (done-- > 1 && ms < h->wait_max_ms)
		ms *= 2;
	if (ms > h->wait_max_ms)
		ms = h->wait_max_ms;
	/* Half fixed, half drawn, so that many clients of one overloaded server do not come back together. */
	return ms / 2 + (int64_t)(h->env.random(h->env.ctx) % (uint64_t)(ms / 2 + 1));
}

/* Whether an answer is one of "not now", which may be asked again. */
static int
not_now(const struct http_request *q, long status)
{
	if (status == 429 || status == 503)
		return 1;
	return q->repeatable && (status == 500 || status == 502 || status == 504);
}

/* Whether the server may have carried the request out, though this try does not say so. */
static int
may_be_done(int rc, long status)
{
	return rc == HTTP_BROKEN || (rc == HTTP_DONE && (status == 500 || status == 502 || status == 504));
}

/* The wait before another try after outcome rc; -1 when there is none to be made. */
static int64_t
next_wait(const struct http *h, const struct http_request *q, int rc, const struct http_answer *a, unsigned done, int64_t until)
{
	int64_t now = http_now_ms(h), ms;

	if (done >= (q->tries > 0 ? q->tries : h->tries))
		return -1;
	if (rc == HTTP_FATAL || (rc == HTTP_BROKEN && !q->repeatable) || (rc == HTTP_DONE && !not_now(q, a->status)))
		return -1;
	ms = http_backoff(h, done);
	if (rc == HTTP_DONE) {
		int64_t asked = http_retry_after(a, now);

		if (asked > h->wait_max_ms)
			return -1;
		if (asked >= 0)
			ms = asked;
	}
	return now + ms < until ? ms : -1;
}

/* One try, and the redirects it leads to. */
static int
try_once(struct http *h, const struct http_request *q, int64_t until, struct http_answer *a, struct err *e)
{
	char *url = xstrdup(q->url), *to = NULL;
	int rc = HTTP_FATAL;

	for (unsigned hops = 0;; hops++) {
		if (http_allowed(h, url, e) != 0)
			break;
		rc = http_transfer(h, q, url, until - http_now_ms(h), a, e);
		if (rc != HTTP_DONE)
			break;
		if (http_redirect(h, q, a, &to, e) != 0) {
			rc = HTTP_FATAL;
			break;
		}
		if (to == NULL)
			break;
		free(url);
		url = to;
		if (hops >= LIMIT_HTTP_REDIRECTS) {
			err_set(e, ERR_SYSTEM, "%s: more than %d redirects", q->url, LIMIT_HTTP_REDIRECTS);
			rc = HTTP_FATAL;
			break;
		}
	}
	free(url);
	return rc;
}

int
http_do(struct http *h, const struct http_request *q, struct http_answer *a, struct err *e)
{
	struct http_answer got = HTTP_ANSWER_INIT;
	int64_t until = http_now_ms(h) + h->total_ms, ms;
	struct err why = ERR_INIT;
	unsigned done = 0;
	int rc, lost = 0;

	for (;;) {
		err_clear(&why);
		rc = try_once(h, q, until, &got, &why);
		lost |= may_be_done(rc, got.status);
		if ((ms = next_wait(h, q, rc, &got, ++done, until)) < 0)
			break;
		http_sleep_ms(h, ms);
	}
	got.tries = done;
	got.lost = lost;
	if (rc == HTTP_DONE) {
		*a = got;
		return 0;
	}
	http_answer_free(&got);
	a->tries = done;
	a->lost = lost;
	if (done > 1)
		return err_set(e, why.kind, "%s (%u tries)", why.text, done);
	return err_set(e, why.kind, "%s", why.text);
}
