/* Talking to a MISP: one request, and what its answer means. */
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "publish/misp.h"

#define JSON_TYPE	"application/json"

int
misp_open(struct dest *d, struct err *e)
{
	struct galaxies *g = NULL;
	const char *url = d->target->url;
	size_t n = strlen(url);

	while (n > 0 && url[n - 1] == '/')
		n--;
	d->url = arena_printf(d->arena, "%.*s/", (int)n, url);
	if (strpbrk(d->url, "?#") != NULL)
		return err_set(e, ERR_USAGE, "%s: the address of a MISP has no query", url);
	if (d->target->galaxies != NULL && galaxies_load(d->target->galaxies, &g, e) != 0)
		return -1;
	d->own = g;
	d->max_octets = LIMIT_PUBLISH_ENVELOPE;
	d->batch = SIZE_MAX;
	return 0;
}

void
misp_close(struct dest *d)
{
	galaxies_free(d->own);
	d->own = NULL;
}

/* ---- one request ------------------------------------------------------------------------------------------------------------ */

static void
add_words(struct buf *out, const json_t *v)
{
	const char *name;
	json_t *one;
	size_t i;

	if (json_is_string(v) && json_string_length(v) > 0) {
		if (strstr(buf_str(out), json_string_value(v)) == NULL)
			buf_printf(out, "%s%.600s", out->len > 0 ? ": " : "", json_string_value(v));
	} else if (json_is_object(v)) {
		json_object_foreach((json_t *)v, name, one) {
			if (json_is_string(one) || json_array_size(one) > 0 || json_object_size(one) > 0)
				buf_printf(out, "%s%.60s", out->len > 0 ? ": " : "", name);
			add_words(out, one);
		}
	} else
		json_array_foreach(v, i, one)
			add_words(out, one);
}

/* What a MISP says is wrong: "errors" is a text, a list, or an object of lists by field. */
static void
words(struct misp_talk *t, const struct http_answer *a)
{
	static const char *const members[] = { "name", "message", "errors" };

	buf_reset(&t->words);
	for (size_t i = 0; t->answer != NULL && i < ARRAY_LEN(members); i++)
		add_words(&t->words, json_object_get(t->answer, members[i]));
	if (t->words.len == 0)
		http_words(a, &t->words);
	if (t->words.len == 0)
		buf_printf(&t->words, "HTTP %ld", a->status);
}

/* A page for people instead of an answer: the way to the login, or another server. */
static int
is_page(const struct http_answer *a)
{
	return strstr(a->url != NULL ? a->url : "", "/users/login") != NULL || (a->status < 300 && http_is_type(a, "text/html"));
}

static enum misp_said
understand(struct misp_talk *t, const struct http_answer *a)
{
	int about_content;

	words(t, a);
	if (is_page(a)) {
		err_set(&t->e, ERR_SYSTEM, "%s: a web page instead of an answer: this is no MISP, or the key is not one of it", a->url);
		return SAID_STOP;
	}
	if (a->status >= 200 && a->status < 300) {
		if (t->answer != NULL)
			return SAID_YES;
		err_set(&t->e, ERR_SYSTEM, "%s: the answer is no JSON: %s", a->url, buf_str(&t->words));
		return SAID_LOST;
	}
	if (a->status == 404)
		return http_header(a, "Location") != NULL || strcasestr(buf_str(&t->words), "already exists") != NULL ? SAID_THERE :
		    SAID_NOT_THERE;
	/* A refusal of the content has "errors" with more than the status in words; one of the key has not. */
	about_content = t->answer != NULL && json_object_get(t->answer, "errors") != NULL &&
	    strcasestr(buf_str(&t->words), "permission") == NULL && strcasestr(buf_str(&t->words), "authentication") == NULL;
	if (a->status == 400 || a->status == 405 || a->status == 413 || a->status == 422 || (a->status == 403 && about_content))
		return SAID_NO;
	http_refused(a, buf_str(&t->words), &t->e);
	return a->status == 500 || a->status == 502 || a->status == 504 ? SAID_LOST : SAID_STOP;
}

enum misp_said
misp_ask(struct misp_talk *t, const char *path, const json_t *body)
{
	struct buf b = BUF_INIT(LIMIT_PUBLISH_ENVELOPE * 2);
	struct http_answer a = HTTP_ANSWER_INIT;
	struct http_request q = { .accept = JSON_TYPE, .content_type = body != NULL ? JSON_TYPE : NULL, .repeatable = body == NULL };
	struct json_text *read = NULL;
	enum misp_said said;

	json_decref(t->answer);
	t->answer = NULL;
	err_clear(&t->e);
	q.url = arena_printf(t->d->arena, "%s%s", t->d->url, path);
	if (body != NULL) {
		json_write(body, &b, JSON_TIGHT, 0);
		q.body = buf_str(&b);
		q.body_len = b.len;
	}
	if (http_do(t->d->http, &q, &a, &t->e) != 0)
		said = a.lost ? SAID_LOST : SAID_STOP;
	else {
		if (json_read_err(q.url, buf_str(&a.body), a.body.len, &read, NULL) == 0 && json_is_object(json_text_root(read)))
			t->answer = json_incref(json_text_root(read));
		json_text_free(read);
		said = understand(t, &a);
	}
	http_answer_free(&a);
	buf_free(&b);
	return said;
}

void
misp_talk_end(struct misp_talk *t)
{
	json_decref(t->answer);
	buf_free(&t->words);
}
