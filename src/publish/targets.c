/* Kinds of target, and the file that names targets. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "publish/publish_in.h"

static const struct publish_kind *const kinds[] = {
	&kind_taxii, &kind_directory, &kind_opencti, &kind_opencti_graphql, &kind_misp, &kind_misp_feed, &kind_misp_stix,
};

const struct publish_kind *
publish_kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (name == NULL || strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	return NULL;
}

int
publish_kind_known(const char *s)
{
	return publish_kind_find(s) != NULL;
}

#define TARGETS_SCHEMA	"targets.schema.json"

/* Members of a target in the file; schemas/targets.schema.json has them too. A file name is relative to the targets file. */
enum member_type { TEXT, FILE_NAME, FLAG, NUMBER };
static const struct {
	const char *name;
	enum member_type type;
	size_t at;
} members[] = {
	{ "kind", TEXT, offsetof(struct publish_target, kind) },
	{ "url", TEXT, offsetof(struct publish_target, url) },
	{ "collection", TEXT, offsetof(struct publish_target, collection) },
	{ "user", TEXT, offsetof(struct publish_target, user) },
	{ "password_file", FILE_NAME, offsetof(struct publish_target, password_file) },
	{ "token_file", FILE_NAME, offsetof(struct publish_target, token_file) },
	{ "header_file", FILE_NAME, offsetof(struct publish_target, header_file) },
	{ "cacert", FILE_NAME, offsetof(struct publish_target, cacert) },
	{ "cert", FILE_NAME, offsetof(struct publish_target, cert) },
	{ "key", FILE_NAME, offsetof(struct publish_target, key) },
	{ "galaxies", FILE_NAME, offsetof(struct publish_target, galaxies) },
	{ "distribution", TEXT, offsetof(struct publish_target, distribution) },
	{ "review", FLAG, offsetof(struct publish_target, review) },
	{ "pinnedpubkey", TEXT, offsetof(struct publish_target, pinnedpubkey) },
	{ "netrc", FLAG, offsetof(struct publish_target, netrc) },
	{ "allow_http", FLAG, offsetof(struct publish_target, allow_http) },
	{ "timeout", NUMBER, offsetof(struct publish_target, timeout) },
	{ "batch", NUMBER, offsetof(struct publish_target, batch) },
};

static const char *
file_name(const char *targets, const char *name, struct arena *a)
{
	const char *slash = strrchr(targets, '/');

	if (name[0] == '/' || slash == NULL)
		return arena_strdup(a, name);
	return arena_printf(a, "%.*s%s", (int)(slash - targets) + 1, targets, name);
}

/* The schema has seen to its type. */
static void
take_member(const char *path, const char *name, const json_t *v, struct arena *a, struct publish_target *t)
{
	size_t i = 0;
	char *to;

	while (i < ARRAY_LEN(members) && strcmp(members[i].name, name) != 0)
		i++;
	if (i == ARRAY_LEN(members))
		return;
	to = (char *)t + members[i].at;
	if (members[i].type == TEXT)
		*(const char **)(void *)to = arena_strdup(a, json_string_value(v));
	else if (members[i].type == FILE_NAME)
		*(const char **)(void *)to = file_name(path, json_string_value(v), a);
	else if (members[i].type == FLAG)
		*(int *)(void *)to = json_is_true(v);
	else
		*(long *)(void *)to = (long)json_integer_value(v);
}

static int
take_target(const char *path, struct json_text *text, const json_t *v, struct arena *a, struct publish_target *t, struct err *e)
{
	struct buf pointer = BUF_INIT(LIMIT_JSON_STRING);
	const char *name;
	json_t *member;
	int rc;

	json_pointer_add(&pointer, t->name, strlen(t->name));
	if ((rc = json_text_check(TARGETS_SCHEMA, "#/$defs/target", text, buf_str(&pointer), e)) != 0)
		err_prefix(e, "%s", path);
	buf_free(&pointer);
	if (rc == 0)
		json_object_foreach((json_t *)v, name, member)
			take_member(path, name, member, a, t);
	return rc;
}

static void
no_target(const char *path, const char *name, json_t *all, struct err *e)
{
	struct buf names = BUF_INIT(600);
	const char *key;
	json_t *v;

	json_object_foreach(all, key, v)
		buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", key);
	err_set(e, ERR_USAGE, "%s: there is no target '%s'; there is: %s", path, name, names.len > 0 ? buf_str(&names) : "none");
	buf_free(&names);
}

int
publish_target_load(const char *path, const char *name, struct arena *a, struct publish_target *out, struct err *e)
{
	struct publish_target t = { .name = arena_strdup(a, name) };
	struct json_text *text = NULL;
	json_t *root, *v;
	int rc = -1;

	if (json_read_file(path, LIMIT_SMALL_FILE, &text, e) != 0) {
		if (e != NULL && e->kind == ERR_INPUT)
			e->kind = ERR_USAGE;
		return -1;
	}
	root = json_text_root(text);
	if (!json_is_object(root))
		err_set(e, ERR_USAGE, "%s: a targets file is an object of targets by name", path);
	else if ((v = json_object_get(root, name)) == NULL)
		no_target(path, name, root, e);
	else if ((rc = take_target(path, text, v, a, &t, e)) == 0)
		*out = t;
	json_text_free(text);
	return rc;
}

/* ---- the session ---------------------------------------------------------------------------------------------------- */

/* The first line of a file that holds a secret. */
static int
read_secret(const char *path, struct buf *out, struct err *e)
{
	struct err why = ERR_INIT;

	if (file_read(path, LIMIT_SMALL_FILE, out, &why) != 0)
		return err_set(e, ERR_USAGE, "%s", why.text);
	out->len = strcspn(buf_str(out), "\r\n");
	if (out->len == 0)
		return err_set(e, ERR_USAGE, "%s: the file is empty; it should hold one line", path);
	out->s[out->len] = '\0';
	return 0;
}

static void
forget(struct buf *b)
{
	if (b->s != NULL)
		explicit_bzero(b->s, b->cap);
	buf_free(b);
}

/* prefix: NULL, or what stands before the secret in its header line. */
static int
login(struct http *h, const struct publish_target *t, enum http_cred_kind kind, const char *prefix, const char *text, const char *path,
    struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_SMALL_FILE), line = BUF_INIT(LIMIT_SMALL_FILE * 2);
	struct http_cred c = { kind, t->user, text };
	int rc = 0;

	if (path != NULL) {
		rc = read_secret(path, &b, e);
		c.secret = buf_str(&b);
	}
	if (rc == 0 && prefix != NULL) {
		buf_printf(&line, "%s%s", prefix, c.secret);
		c.secret = buf_str(&line);
	}
	if (rc == 0)
		rc = http_login(h, t->url, &c, e);
	forget(&b);
	forget(&line);
	return rc;
}

static int
log_in(struct http *h, const struct publish_target *t, const char *token_header, struct err *e)
{
	enum http_cred_kind token = token_header != NULL ? HTTP_HEADER : HTTP_BEARER;

	if (t->user != NULL && t->password_file == NULL && t->password == NULL)
		return err_set(e, ERR_USAGE, "a user name without a password: give a password file");
	if (t->user == NULL && t->password_file != NULL)
		return err_set(e, ERR_USAGE, "a password file without a user name");
	if (t->user != NULL && login(h, t, HTTP_BASIC, NULL, t->password, t->password_file, e) != 0)
		return -1;
	if ((t->token != NULL || t->token_file != NULL) && login(h, t, token, token_header, t->token, t->token_file, e) != 0)
		return -1;
	return t->header_file != NULL ? login(h, t, HTTP_HEADER, NULL, NULL, t->header_file, e) : 0;
}

int
publish_target_open(const struct publish_target *t, const struct http_env *env, struct http **out, struct err *e)
{
	const struct publish_kind *kind = publish_kind_find(t->kind);
	struct http_config c = { .cacert = t->cacert, .cert = t->cert, .key = t->key, .pin = t->pinnedpubkey, .netrc = t->netrc,
	    .allow_http = t->allow_http,
	    .total_ms = t->timeout * 1000 };
	struct http *h;

	if (kind == NULL)
		return err_set(e, ERR_USAGE, "there is no kind of target '%s'", t->kind);
	c.idle_ms = kind->idle_ms;
	if (c.total_ms == 0)
		c.total_ms = kind->total_ms;
	if (http_new(&c, env, &h, e) != 0)
		return -1;
	if (!kind->local && log_in(h, t, kind->token_header, e) != 0) {
		http_free(h);
		return -1;
	}
	*out = h;
	return 0;
}

void
publish_try(const struct publish_target *t, struct http *h, struct arena *a, struct publish_trial *out)
{
	const struct publish_kind *kind = publish_kind_find(t->kind);
	struct publish_lost lost = { NULL };
	struct dest d = { .target = t, .http = h, .arena = a, .lost = &lost };
	struct err why = ERR_INIT;

	memset(out, 0, sizeof(*out));
	http_keep_certificate(h);
	if (kind == NULL)
		err_set(&why, ERR_USAGE, "there is no kind of target '%s'", t->kind);
	else if (kind->open(&d, &why) == 0)
		out->url = d.url;
	out->place = d.place;
	if (http_certificate_end(h) != NULL)
		out->expires = arena_strdup(a, http_certificate_end(h));
	out->max_octets = d.max_octets;
	out->batch = d.batch;
	out->problem = why;
	publish_lost_free(&lost);
}
