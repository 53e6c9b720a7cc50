#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "http/http_in.h"

static int
clean(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return 0;
	return 1;
}

/* RFC 7617 section 2: base64 of user:password in UTF-8. */
static int
basic_line(const struct http_cred *c, struct buf *line, struct err *e)
{
	struct buf pair = BUF_INIT(LIMIT_HTTP_SECRET);
	char *b64;

	if (c->user == NULL || strchr(c->user, ':') != NULL)
		return err_set(e, ERR_USAGE, "a user name for HTTP Basic must not hold a colon (RFC 7617)");
	buf_printf(&pair, "%s:%s", c->user, c->secret);
	b64 = xmalloc(pair.len / 3 * 4 + 5);
	EVP_EncodeBlock((unsigned char *)b64, (const unsigned char *)buf_str(&pair), (int)pair.len);
	buf_printf(line, "Authorization: Basic %s", b64);
	OPENSSL_cleanse(b64, strlen(b64));
	free(b64);
	OPENSSL_cleanse(pair.s, pair.len);
	buf_free(&pair);
	return 0;
}

static int
bearer_line(const struct http_cred *c, struct buf *line, struct err *e)
{
	(void)e;
	buf_printf(line, "Authorization: Bearer %s", c->secret);
	return 0;
}

static int
header_line(const struct http_cred *c, struct buf *line, struct err *e)
{
	const char *colon = strchr(c->secret, ':');

	if (colon == NULL || colon == c->secret || strcspn(c->secret, " \t") < (size_t)(colon - c->secret))
		return err_set(e, ERR_USAGE, "a credential header must be one line \"Name: value\"");
	buf_adds(line, c->secret);
	return 0;
}

/* Indexed by enum http_cred_kind. */
static int (*const writers[])(const struct http_cred *, struct buf *, struct err *) = {
	[HTTP_BASIC] = basic_line,
	[HTTP_BEARER] = bearer_line,
	[HTTP_HEADER] = header_line,
};

int
http_login(struct http *h, const char *url, const struct http_cred *c, struct err *e)
{
	struct buf line = BUF_INIT(2 * LIMIT_HTTP_SECRET);
	struct http_secret *s;
	char origin[HTTP_ORIGIN_TEXT];

	if (http_origin(url, origin, e) != 0)
		return -1;
	if (c->secret == NULL || c->secret[0] == '\0' || !clean(c->secret) || (c->user != NULL && !clean(c->user)))
		return err_set(e, ERR_USAGE, "credentials must be one line of text without control characters");
	if (strlen(c->secret) + (c->user != NULL ? strlen(c->user) : 0) >= LIMIT_HTTP_SECRET)
		return err_set(e, ERR_USAGE, "credentials longer than %u octets", LIMIT_HTTP_SECRET);
	if (writers[c->kind](c, &line, e) != 0) {
		buf_free(&line);
		return -1;
	}
	s = xcalloc(1, sizeof(*s));
	memcpy(s->origin, origin, sizeof(origin));
	s->line = buf_take(&line);
	s->next = h->secrets;
	h->secrets = s;
	return 0;
}

struct curl_slist *
http_secret_lines(const struct http *h, const char *url, struct curl_slist *list)
{
	char origin[HTTP_ORIGIN_TEXT];

	if (http_origin(url, origin, NULL) != 0)
		return list;
	for (const struct http_secret *s = h->secrets; s != NULL; s = s->next)
		if (strcmp(s->origin, origin) == 0 && (list = curl_slist_append(list, s->line)) == NULL)
			base_oom();
	return list;
}
