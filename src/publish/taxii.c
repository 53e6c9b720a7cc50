/* TAXII 2.1 resources: asking for them, reading them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "publish/publish_in.h"

#define WORDS_MAX	600	/* octets of a server's words */

char *
taxii_string(struct arena *a, const json_t *v, const char *name)
{
	const char *s = json_string_value(json_object_get(v, name));

	return s != NULL ? arena_strdup(a, s) : NULL;
}

json_t *
taxii_json(const struct http_answer *a)
{
	const char *s = buf_str(&a->body);
	size_t n = a->body.len;
	json_t *v;

	if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
		s += 3;
		n -= 3;
	}
	v = json_loadb(s, n, 0, NULL);
	if (!json_is_object(v)) {
		json_decref(v);
		return NULL;
	}
	return v;
}

/* Adds s, cut at a code point when it is long. */
static void
add_cut(struct buf *out, const char *s)
{
	size_t n = strlen(s);

	if (n > WORDS_MAX / 2) {
		n = WORDS_MAX / 2;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
	}
	buf_add(out, s, n);
	if (s[n] != '\0')
		buf_adds(out, "...");
}

void
taxii_words(const struct http_answer *a, struct buf *out)
{
	/* TAXII's own members first; the rest is what frameworks send instead of them. */
	static const char *const first[] = { "title", "name", "error", "message" };
	static const char *const then[] = { "description", "detail", "error_description" };
	json_t *v = taxii_json(a);
	const char *s = NULL;
	size_t before = out->len;

	for (size_t i = 0; s == NULL && i < ARRAY_LEN(first); i++)
		s = json_string_value(json_object_get(v, first[i]));
	if (s != NULL)
		add_cut(out, s);
	s = NULL;
	for (size_t i = 0; s == NULL && i < ARRAY_LEN(then); i++)
		s = json_string_value(json_object_get(v, then[i]));
	if (s != NULL) {
		buf_adds(out, out->len > before ? ": " : "");
		add_cut(out, s);
	}
	json_decref(v);
	if (out->len == before)
		http_words(a, out);
}

/* Whether an answer shows a server of another TAXII version. */
static int
other_version(const struct http_answer *a)
{
	const char *type = http_header(a, "Content-Type");

	return a->status == 406 || a->status == 415 || (type != NULL && (strstr(type, "vnd.oasis.taxii") != NULL ||
	    strstr(type, "version=2.0") != NULL));
}

int
taxii_refused(const struct http_answer *a, struct err *e)
{
	struct buf words = BUF_INIT(2 * WORDS_MAX);
	struct err why = ERR_INIT;

	taxii_words(a, &words);
	http_refused(a, buf_str(&words), &why);
	buf_free(&words);
	return err_set(e, why.kind, "%s%s", why.text, other_version(a) ?
	    "; this server seems to speak another version of TAXII (2.0?), stixpress speaks 2.1" : "");
}

int
taxii_fetch(struct http *h, const char *url, int once, struct http_answer *a, json_t **out, struct err *e)
{
	struct http_request q = { .url = url, .accept = TAXII_TYPE, .repeatable = !once };
	struct buf words = BUF_INIT(2 * WORDS_MAX);
	json_t *v;

	if (http_do(h, &q, a, e) != 0)
		return -1;
	if (a->status < 200 || a->status > 299)
		return taxii_refused(a, e);
	if ((v = taxii_json(a)) != NULL) {
		*out = v;
		return 0;
	}
	http_words(a, &words);
	err_set(e, ERR_SYSTEM, "%s: the answer is %s, not TAXII%s%s%s; is this the right URL?", a->url,
	    http_is_type(a, "text/html") ? "a web page (HTML)" : a->body.len == 0 ? "empty" : "no JSON object",
	    words.len > 0 ? ": \"" : "", buf_str(&words), words.len > 0 ? "\"" : "");
	buf_free(&words);
	return -1;
}

char *
taxii_root_url(const char *base, const char *ref, struct arena *a)
{
	char origin[HTTP_ORIGIN_TEXT], *joined, *url = NULL;
	int absolute = strncasecmp(ref, "https://", 8) == 0 || strncasecmp(ref, "http://", 7) == 0;

	if (strpbrk(ref, "?#\\") != NULL || strstr(ref, "/../") != NULL)
		return NULL;
	if (!absolute && (ref[0] != '/' || ref[1] == '/'))
		return NULL;
	if ((joined = http_join(base, ref)) == NULL)
		return NULL;
	if (http_origin(joined, origin, NULL) == 0)
		url = arena_printf(a, "%s%s", joined, joined[strlen(joined) - 1] == '/' ? "" : "/");
	free(joined);
	return url;
}

/* Whether a list of strings has one that begins with `prefix`. */
static int
lists(const json_t *list, const char *prefix)
{
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v)
		if (json_is_string(v) && strncasecmp(json_string_value(v), prefix, strlen(prefix)) == 0)
			return 1;
	return 0;
}

static int
read_root(const char *url, const json_t *v, struct arena *a, struct taxii_root *out, struct err *e)
{
	const json_t *versions = json_object_get(v, "versions");
	size_t i;
	json_t *s;

	if (!json_is_array(versions))
		return err_set(e, ERR_SYSTEM, "%s: this is no TAXII 2.1 API root: it has no \"versions\" (TAXII 4.2.1)", url);
	out->url = arena_strdup(a, url);
	out->title = taxii_string(a, v, "title");
	out->description = taxii_string(a, v, "description");
	out->max_content_length = json_integer_value(json_object_get(v, "max_content_length"));
	if (out->max_content_length < 0)
		out->max_content_length = 0;
	out->v21 = 0;
	json_array_foreach(versions, i, s) {
		const char *text = json_string_value(s);

		/* The text of the standard has two spellings: the media type, and "taxii-2.1" in older drafts. */
		if (text != NULL && (strstr(text, "version=2.1") != NULL || strcmp(text, "taxii-2.1") == 0))
			out->v21 = 1;
	}
	return 0;
}

int
taxii_root(struct http *h, const char *url, struct arena *a, struct taxii_root *out, struct err *e)
{
	struct http_answer ans = HTTP_ANSWER_INIT;
	struct taxii_root root = { 0 };
	json_t *v = NULL;
	int rc = taxii_fetch(h, url, 0, &ans, &v, e);

	if (rc == 0)
		rc = read_root(url, v, a, &root, e);
	if (rc == 0)
		*out = root;
	json_decref(v);
	http_answer_free(&ans);
	return rc;
}

static int
read_discovery(const char *url, const json_t *v, struct arena *a, struct taxii_discovery *out, struct err *e)
{
	const json_t *roots = json_object_get(v, "api_roots"), *s;
	const char *fallback = json_string_value(json_object_get(v, "default"));
	size_t i;

	if (!json_is_string(json_object_get(v, "title")) && roots == NULL)
		return err_set(e, ERR_SYSTEM, "%s: this is no TAXII discovery resource: neither \"title\" nor \"api_roots\" "
		    "(TAXII 4.1.1)", url);
	out->url = arena_strdup(a, url);
	out->title = taxii_string(a, v, "title");
	out->description = taxii_string(a, v, "description");
	out->contact = taxii_string(a, v, "contact");
	if (fallback != NULL && (out->fallback = taxii_root_url(url, fallback, a)) != NULL)
		*vec_push(a, &out->roots) = out->fallback;
	for (i = 0; i < json_array_size(roots); i++) {
		char *one = (s = json_array_get(roots, i), json_is_string(s)) ?
		    taxii_root_url(url, json_string_value(s), a) : NULL;

		if (one == NULL)
			out->bad_roots++;
		else if (out->fallback == NULL || strcmp(one, out->fallback) != 0)
			*vec_push(a, &out->roots) = one;
	}
	return 0;
}

int
taxii_discover(struct http *h, const char *url, struct arena *a, struct taxii_discovery *out, struct err *e)
{
	struct http_answer ans = HTTP_ANSWER_INIT;
	struct taxii_discovery d = { 0 };
	json_t *v = NULL;
	int rc = taxii_fetch(h, url, 0, &ans, &v, e);

	if (rc == 0)
		rc = read_discovery(ans.url, v, a, &d, e);
	if (rc == 0)
		*out = d;
	json_decref(v);
	http_answer_free(&ans);
	return rc;
}

int
taxii_roots(struct http *h, const char *url, struct arena *a, struct taxii_discovery *out, struct err *e)
{
	struct http_answer ans = HTTP_ANSWER_INIT;
	struct taxii_discovery d = { 0 };
	json_t *v = NULL;
	int rc = taxii_fetch(h, url, 0, &ans, &v, e);

	if (rc == 0 && json_is_array(json_object_get(v, "versions"))) {
		d.url = arena_strdup(a, url);
		*vec_push(a, &d.roots) = arena_strdup(a, url);
	} else if (rc == 0)
		rc = read_discovery(ans.url, v, a, &d, e);
	if (rc == 0)
		*out = d;
	json_decref(v);
	http_answer_free(&ans);
	return rc;
}

static int
read_collection(const char *url, const json_t *v, struct arena *a, struct taxii_collection *out, struct err *e)
{
	const json_t *types = json_object_get(v, "media_types");

	if (!json_is_string(json_object_get(v, "id")))
		return err_set(e, ERR_SYSTEM, "%s: this is no TAXII collection resource: it has no \"id\" (TAXII 5.2.1)", url);
	out->id = taxii_string(a, v, "id");
	out->title = taxii_string(a, v, "title");
	out->description = taxii_string(a, v, "description");
	out->alias = taxii_string(a, v, "alias");
	out->can_read = json_is_true(json_object_get(v, "can_read"));
	out->can_write = json_is_true(json_object_get(v, "can_write"));
	out->stix21 = !json_is_array(types) || json_array_size(types) == 0 || lists(types, "application/stix+json") ||
	    lists(types, "application/vnd.oasis.stix+json");
	out->url = arena_strdup(a, url);
	return 0;
}

static char *
collection_url(struct arena *a, const char *root_url, const char *id)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	char *url;

	http_quote(id, &b);
	url = arena_printf(a, "%scollections/%s/", root_url, buf_str(&b));
	buf_free(&b);
	return url;
}

int
taxii_collections(struct http *h, const char *root_url, struct arena *a, struct taxii_collections *out, struct err *e)
{
	struct http_answer ans = HTTP_ANSWER_INIT;
	struct taxii_collections all = { 0 };
	char *url = arena_printf(a, "%scollections/", root_url);
	json_t *v = NULL, *one;
	size_t i;
	int rc = taxii_fetch(h, url, 0, &ans, &v, e);

	if (rc == 0)
		json_array_foreach(json_object_get(v, "collections"), i, one) {
			const char *id = json_string_value(json_object_get(one, "id"));
			struct taxii_collection c = { 0 };

			if (id != NULL && read_collection(collection_url(a, root_url, id), one, a, &c, NULL) == 0)
				*vec_push(a, &all.all) = c;
		}
	if (rc == 0)
		*out = all;
	json_decref(v);
	http_answer_free(&ans);
	return rc;
}

/* ---- status -------------------------------------------------------------------------------------------------------- */

void
taxii_status_free(struct taxii_status *s)
{
	struct taxii_status empty = TAXII_STATUS_INIT;

	free(s->id);
	json_decref(s->json);
	*s = empty;
}

static int64_t
count(const json_t *v, const char *name)
{
	const json_t *n = json_object_get(v, name);

	return json_is_integer(n) && json_integer_value(n) >= 0 ? json_integer_value(n) : -1;
}

int
taxii_status_read(json_t *v, struct taxii_status *out)
{
	const char *id = json_string_value(json_object_get(v, "id")), *word = json_string_value(json_object_get(v, "status"));
	struct taxii_status s = TAXII_STATUS_INIT;

	if (!json_is_object(v) || word == NULL)
		return -1;
	s.id = id != NULL ? xstrdup(id) : NULL;
	s.complete = strcmp(word, "complete") == 0;
	s.total = count(v, "total_count");
	s.success = count(v, "success_count");
	s.failure = count(v, "failure_count");
	s.pending = count(v, "pending_count");
	s.json = json_incref(v);
	*out = s;
	return 0;
}

int
taxii_status_get(struct http *h, const char *root_url, const char *id, struct taxii_status *out, int *gone, struct err *e)
{
	struct http_answer ans = HTTP_ANSWER_INIT;
	struct buf url = BUF_INIT(LIMIT_JSON_STRING);
	json_t *v = NULL;
	int rc;

	*gone = 0;
	buf_printf(&url, "%sstatus/", root_url);
	http_quote(id, &url);
	buf_addc(&url, '/');
	rc = taxii_fetch(h, buf_str(&url), 0, &ans, &v, e);
	if (rc != 0)
		*gone = ans.status == 404 || ans.status == 410;
	else if (taxii_status_read(v, out) != 0)
		rc = err_set(e, ERR_SYSTEM, "%s: this is no TAXII status resource: it has no \"status\" (TAXII 4.3.1)",
		    buf_str(&url));
	json_decref(v);
	http_answer_free(&ans);
	buf_free(&url);
	return rc;
}

/* ---- finding a collection ---------------------------------------------------------------------------------------------- */

int
taxii_url(const char *typed, struct arena *a, char **out, struct err *e)
{
	char origin[HTTP_ORIGIN_TEXT];
	const char *path, *scheme = strstr(typed, "://");
	char *url = arena_printf(a, "%s%s", scheme != NULL ? "" : "https://", typed);

	if (strpbrk(url, "?#") != NULL)
		return err_set(e, ERR_USAGE, "%s: a TAXII URL has no query and no fragment", typed);
	if (http_origin(url, origin, e) != 0)
		return -1;
	path = strchr(strstr(url, "://") + 3, '/');
	if (path == NULL || path[1] == '\0')
		*out = arena_printf(a, "%s%staxii2/", url, path == NULL ? "/" : "");
	else
		*out = arena_printf(a, "%s%s", url, url[strlen(url) - 1] == '/' ? "" : "/");
	return 0;
}

/*
 * Splits {root}collections/{id}/ (objects/ or manifest/ after it are dropped): 1 with both in the arena, 0 when url is no
 * collection's.
 */
static int
split_collection(const char *url, struct arena *a, char **root, char **collection)
{
	static const char mark[] = "/collections/";
	const char *at = NULL, *id, *end;

	for (const char *p = strstr(url, mark); p != NULL; p = strstr(p + 1, mark))
		at = p;
	if (at == NULL || (id = at + sizeof(mark) - 1)[0] == '\0' || (end = strchr(id, '/')) == NULL)
		return 0;
	if (end[1] != '\0' && strcmp(end, "/objects/") != 0 && strcmp(end, "/manifest/") != 0)
		return 0;
	*root = arena_strndup(a, url, (size_t)(at - url) + 1);
	*collection = arena_strndup(a, url, (size_t)(end - url) + 1);
	return 1;
}

/* The one of `all` called name (id or alias), or the only one; NULL with the choice in e. */
static const struct taxii_collection *
choose(const struct taxii_collections *all, const char *root_url, const char *name, struct err *e)
{
	struct buf list = BUF_INIT(700);
	size_t i;

	for (i = 0; name != NULL && i < all->all.n; i++)
		if (strcmp(all->all.v[i].id, name) == 0 ||
		    (all->all.v[i].alias != NULL && strcmp(all->all.v[i].alias, name) == 0))
			return &all->all.v[i];
	if (name == NULL && all->all.n == 1)
		return &all->all.v[0];
	for (i = 0; i < all->all.n; i++)
		buf_printf(&list, "%s%s%s%s%s", i > 0 ? ", " : "", all->all.v[i].id, all->all.v[i].title != NULL ? " (" : "",
		    all->all.v[i].title != NULL ? all->all.v[i].title : "", all->all.v[i].title != NULL ? ")" : "");
	if (all->all.n == 0)
		err_set(e, ERR_USAGE, "%s has no collection that you may see", root_url);
	else if (name == NULL)
		err_set(e, ERR_USAGE, "%s has several collections, name one: %s%s", root_url, buf_str(&list),
		    list.over ? ", ..." : "");
	else
		err_set(e, ERR_USAGE, "%s has no collection '%s'; it has: %s%s", root_url, name, buf_str(&list),
		    list.over ? ", ..." : "");
	buf_free(&list);
	return NULL;
}

static int
locate_direct(struct http *h, const char *root_url, const char *url, struct arena *a, struct taxii_place *out, struct err *e)
{
	struct http_answer ans = HTTP_ANSWER_INIT;
	struct taxii_place p = { 0 };
	struct err why = ERR_INIT;
	json_t *v = NULL;
	int rc = taxii_fetch(h, url, 0, &ans, &v, e);

	if (rc == 0)
		rc = read_collection(url, v, a, &p.collection, e);
	json_decref(v);
	http_answer_free(&ans);
	if (rc != 0)
		return -1;
	/* A root that hides itself is no reason not to use its collection; the limit is then learned from a 413. */
	if (taxii_root(h, root_url, a, &p.root, &why) != 0) {
		p.root.url = arena_strdup(a, root_url);
		p.root.v21 = 1;
	}
	*out = p;
	return 0;
}

int
taxii_locate(struct http *h, const char *typed, const char *name, struct arena *a, struct taxii_place *out, struct err *e)
{
	struct taxii_discovery d;
	struct err first = ERR_INIT;
	char *url, *root_url, *direct;

	if (taxii_url(typed, a, &url, e) != 0)
		return -1;
	if (split_collection(url, a, &root_url, &direct)) {
		if (name != NULL)
			return err_set(e, ERR_USAGE, "%s names a collection already; leave '%s' out, or give the API root", url, name);
		return locate_direct(h, root_url, direct, a, out, e);
	}
	if (taxii_roots(h, url, a, &d, e) != 0)
		return -1;
	for (size_t i = 0; i < d.roots.n; i++) {
		struct taxii_place p = { 0 };
		struct taxii_collections all;
		const struct taxii_collection *c;

		if (taxii_root(h, d.roots.v[i], a, &p.root, &first) != 0 ||
		    taxii_collections(h, d.roots.v[i], a, &all, &first) != 0 ||
		    (c = choose(&all, d.roots.v[i], name, &first)) == NULL)
			continue;
		p.collection = *c;
		*out = p;
		return 0;
	}
	if (first.kind == ERR_NONE)
		return err_set(e, ERR_SYSTEM, "%s: the discovery resource names no usable API root", url);
	return err_set(e, first.kind, "%s", first.text);
}
