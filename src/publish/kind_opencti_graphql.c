/*
 * Two kinds of target that talk GraphQL with an OpenCTI. "opencti-graphql": stixBundlePush, for an OpenCTI without a TAXII push
 * collection (before 6.4.6, or nobody may make one); its work is asked for until it is complete. The other stands in for all kinds
 * of OpenCTI under --review: uploadPending, a workbench, of which nothing enters before an analyst has validated it.
 */
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "publish/folder.h"

#define JSON_TYPE	"application/json"
#define BATCH		10000		/* objects: its workers take a push apart */
#define MAX_OCTETS	(8 << 20)	/* a server takes 50 MB of JSON unless its administrator says else */

/* The URL may be that of the server or of a TAXII collection on it. */
static int
graphql_open(struct dest *d, struct err *e)
{
	const char *url = d->target->url, *taxii = strstr(url, "/taxii2/");
	size_t n = taxii != NULL ? (size_t)(taxii - url) : strlen(url);

	if (strpbrk(url, "?#") != NULL)
		return err_set(e, ERR_USAGE, "%s: the address of an OpenCTI has no query", url);
	while (n > 0 && url[n - 1] == '/')
		n--;
	if (n > 8 && strncmp(url + n - 8, "/graphql", 8) == 0)
		n -= 8;
	d->url = arena_printf(d->arena, "%.*s/graphql", (int)n, url);
	d->max_octets = MAX_OCTETS;
	d->batch = d->target->batch > 0 ? (size_t)d->target->batch : BATCH;
	return 0;
}

static int
review_open(struct dest *d, struct err *e)
{
	if (graphql_open(d, e) != 0)
		return -1;
	/* For the ledger another place than the platform itself. */
	d->own = arena_strdup(d->arena, d->url);
	d->url = arena_printf(d->arena, "%s#pending", d->url);
	d->max_octets = LIMIT_PUBLISH_ENVELOPE;
	d->batch = SIZE_MAX;
	return 0;
}

/* ---- one request ---------------------------------------------------------------------------------------------------------- */

struct talk {
	struct dest *d;
	json_t *data;		/* new: of the answer, or NULL */
	struct sent *out;	/* its words; NULL: nobody's */
};

/* A name of what is wrong that is about the caller, not about the objects. */
static int
stops(const char *words)
{
	static const char *const about[] = { "logged in", "AUTH_REQUIRED", "FORBIDDEN", "not allowed", "capabilit" };

	for (size_t i = 0; i < ARRAY_LEN(about); i++)
		if (strcasestr(words, about[i]) != NULL)
			return 1;
	return 0;
}

/* GraphQL says what is wrong in "errors", with HTTP 200. */
static enum sent_how
judge(struct talk *t, const struct http_answer *a, json_t *answer, struct err *e)
{
	json_t *first = json_array_get(json_object_get(answer, "errors"), 0);
	struct buf words = BUF_INIT(2000);
	enum sent_how how;

	if (a->status >= 200 && a->status < 300 && answer != NULL && first == NULL) {
		t->data = json_incref(json_object_get(answer, "data"));
		return SENT_OK;
	}
	if (first != NULL)
		buf_printf(&words, "%s%s%s", stix_text(first, "name"), stix_text(first, "name")[0] != '\0' ? ": " : "",
		    stix_text(first, "message"));
	else
		http_words(a, &words);
	if (first != NULL && !stops(buf_str(&words)) && t->out != NULL) {
		buf_adds(&t->out->words, buf_str(&words));
		how = SENT_REFUSED;
	} else if (a->status == 413 || strcasestr(buf_str(&words), "entity too large") != NULL) {
		if (t->out != NULL)
			buf_adds(&t->out->words, buf_str(&words));
		how = SENT_TOO_LARGE;
	} else {
		if (a->status >= 200 && a->status < 300)
			err_set(e, ERR_SYSTEM, "%s: %s", a->url, words.len > 0 ? buf_str(&words) : "this is no GraphQL answer");
		else
			http_refused(a, words.len > 0 ? buf_str(&words) : NULL, e);
		how = a->status == 502 || a->status == 504 ? SENT_LOST : SENT_STOP;
	}
	buf_free(&words);
	return how;
}

static enum sent_how
post(struct talk *t, const char *type, const struct buf *body, int repeatable, struct err *e)
{
	struct http_answer a = HTTP_ANSWER_INIT;
	struct http_request q = { .url = t->d->own != NULL ? t->d->own : t->d->url, .accept = JSON_TYPE, .content_type = type,
	    .body = buf_str(body), .body_len = body->len, .repeatable = repeatable };
	struct json_text *read = NULL;
	enum sent_how how;

	json_decref(t->data);
	t->data = NULL;
	if (http_do(t->d->http, &q, &a, e) != 0)
		how = a.lost ? SENT_LOST : SENT_STOP;
	else {
		json_t *answer = NULL;

		if (json_read_err(q.url, buf_str(&a.body), a.body.len, &read, NULL) == 0 && json_is_object(json_text_root(read)))
			answer = json_text_root(read);
		how = judge(t, &a, answer, e);
		json_text_free(read);
	}
	if (t->out != NULL)
		t->out->tries += a.tries;
	http_answer_free(&a);
	return how;
}

/* A query with its variables (stolen). */
static enum sent_how
query(struct talk *t, const char *words, json_t *variables, int repeatable, struct err *e)
{
	json_t *v = json_pack("{s:s, s:o}", "query", words, "variables", variables);
	struct buf body = BUF_INIT(LIMIT_PUBLISH_ENVELOPE * 2);
	enum sent_how how;

	json_write(v, &body, JSON_TIGHT, 0);
	json_decref(v);
	how = post(t, JSON_TYPE, &body, repeatable, e);
	buf_free(&body);
	return how;
}

/* The envelope's objects as a bundle, which both mutations want as text. */
static void
bundle_text(const char *envelope, size_t n, struct buf *out)
{
	char uuid[UUID_TEXT];

	uuid_v4_derived(envelope, n, uuid);
	buf_printf(out, "{\"type\":\"bundle\",\"id\":\"bundle--%s\",", uuid);
	buf_add(out, envelope + 1, n - 1);
}

/* ---- stixBundlePush --------------------------------------------------------------------------------------------------------- */

static const char register_connector[] = "mutation($input: RegisterConnectorInput!){registerConnector(input:$input){id}}";
static const char work_add[] = "mutation($id: String!, $name: String){workAdd(connectorId:$id, friendlyName:$name){id}}";
static const char expect_one[] = "mutation($id: ID!){workEdit(id:$id){addExpectations(expectations:1)}}";
static const char bundle_push[] =
    "mutation($id: String!, $bundle: String!, $work: String){stixBundlePush(connectorId:$id, bundle:$bundle, work_id:$work)}";
static const char work_of[] =
    "query($id: ID!){work(id:$id){status errors{message} tracking{import_expected_number import_processed_number}}}";

/* A connector of a fixed id, made known again each time; then a work to ask for. *work: in the run's arena. */
static enum sent_how
new_work(struct talk *t, const char *connector, size_t objects, const char **work, struct err *e)
{
	enum sent_how how = query(t, register_connector, json_pack("{s:{s:s, s:s, s:s, s:[s]}}", "input", "id", connector, "name",
	    "stixpress", "type", "EXTERNAL_IMPORT", "scope", "stixpress"), 1, e);

	if (how == SENT_OK)
		how = query(t, work_add, json_pack("{s:s, s:s}", "id", connector, "name", "stixpress"), 0, e);
	if (how != SENT_OK)
		return how == SENT_LOST ? SENT_STOP : how;	/* nothing of the objects has gone out */
	*work = arena_strdup(t->d->arena, stix_text(json_object_get(t->data, "workAdd"), "id"));
	/* A bundle of one is not taken apart, so nobody says that one is to come. */
	if (objects == 1)
		how = query(t, expect_one, json_pack("{s:s}", "id", *work), 0, e);
	return how == SENT_LOST ? SENT_STOP : how;
}

static size_t
count_objects(const char *envelope, size_t n)
{
	struct json_text *t = NULL;
	size_t objects = 0;

	if (json_read_err("", envelope, n, &t, NULL) == 0)
		objects = json_array_size(json_object_get(json_text_root(t), "objects"));
	json_text_free(t);
	return objects;
}

static enum sent_how
graphql_send(struct dest *d, const char *envelope, size_t n, int again, struct sent *out, struct err *e)
{
	struct talk t = { d, NULL, out };
	struct buf bundle = BUF_INIT(LIMIT_PUBLISH_ENVELOPE * 2);
	char connector[UUID_TEXT];
	const char *work = "";
	enum sent_how how;

	(void)again;
	uuid_v5(STIX_NAMESPACE, "connector|stixpress", strlen("connector|stixpress"), connector);
	how = new_work(&t, connector, count_objects(envelope, n), &work, e);
	if (how == SENT_OK) {
		bundle_text(envelope, n, &bundle);
		how = query(&t, bundle_push, json_pack("{s:s, s:s, s:s}", "id", connector, "bundle", buf_str(&bundle), "work", work), 0, e);
	}
	if (how == SENT_OK) {
		out->status.id = xstrdup(work);
		out->status.json = json_object();
	}
	json_decref(t.data);
	buf_free(&bundle);
	return how;
}

static int64_t
number(const json_t *o, const char *name)
{
	json_t *v = json_object_get(o, name);

	return json_is_integer(v) ? json_integer_value(v) : -1;
}

static int
graphql_ask(struct dest *d, const char *id, struct taxii_status *out, int *gone, struct err *e)
{
	struct talk t = { d, NULL, NULL };
	json_t *work, *tracking;

	*gone = 0;
	if (query(&t, work_of, json_pack("{s:s}", "id", id), 1, e) != SENT_OK) {
		json_decref(t.data);
		return -1;
	}
	work = json_object_get(t.data, "work");
	tracking = json_object_get(work, "tracking");
	if (!json_is_object(work)) {
		*gone = 1;
		json_decref(t.data);
		return err_set(e, ERR_SYSTEM, "%s: there is no work %s any more", d->url, id);
	}
	out->json = json_object();
	out->complete = strcmp(stix_text(work, "status"), "complete") == 0;
	out->total = number(tracking, "import_expected_number");
	out->failure = (int64_t)json_array_size(json_object_get(work, "errors"));
	out->pending = 0;
	/* What was dropped when it was taken apart is in none of the counts. */
	out->success = out->total >= 0 ? out->total - out->failure : -1;
	json_decref(t.data);
	return 0;
}

const struct publish_kind kind_opencti_graphql = {
	.name = "opencti-graphql", .open = graphql_open, .send = graphql_send, .ask = graphql_ask, .render = opencti_render,
	.review = &kind_opencti_review,
};

/* ---- uploadPending ----------------------------------------------------------------------------------------------------------- */

static const char upload_pending[] = "mutation($file: Upload!){uploadPending(file:$file){id name}}";

/* A part of a form (RFC 7578). */
static void
part(struct buf *b, const char *boundary, const char *name, const char *more, const char *data, size_t n)
{
	buf_printf(b, "--%s\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n", boundary, name, more);
	buf_add(b, data, n);
	buf_adds(b, "\r\n");
}

/* The report's id names the file, else what is in it does. */
static const char *
file_name(struct dest *d, const char *envelope, size_t n)
{
	struct json_text *t = NULL;
	const char *name = NULL;
	char uuid[UUID_TEXT];
	json_t *o;
	size_t i;

	if (json_read_err("", envelope, n, &t, NULL) == 0)
		json_array_foreach(json_object_get(json_text_root(t), "objects"), i, o)
			if (stix_id_is(stix_text(o, "id"), "report"))
				name = arena_printf(d->arena, "%s.json", stix_text(o, "id"));
	json_text_free(t);
	uuid_v4_derived(envelope, n, uuid);
	return name != NULL ? name : arena_printf(d->arena, "bundle--%s.json", uuid);
}

static enum sent_how
review_send(struct dest *d, const char *envelope, size_t n, int again, struct sent *out, struct err *e)
{
	struct buf body = BUF_INIT(LIMIT_PUBLISH_ENVELOPE * 2), bundle = BUF_INIT(LIMIT_PUBLISH_ENVELOPE * 2);
	json_t *operations = json_pack("{s:s, s:{s:n}}", "query", upload_pending, "variables", "file");
	struct buf words = BUF_INIT(LIMIT_SMALL_FILE);
	struct talk t = { d, NULL, out };
	char boundary[UUID_TEXT];
	enum sent_how how;

	(void)again;
	uuid_v4_derived(envelope, n, boundary);
	json_write(operations, &words, JSON_TIGHT, 0);
	bundle_text(envelope, n, &bundle);
	part(&body, boundary, "operations", "", buf_str(&words), words.len);
	part(&body, boundary, "map", "", "{\"0\":[\"variables.file\"]}", strlen("{\"0\":[\"variables.file\"]}"));
	part(&body, boundary, "0", arena_printf(d->arena, "; filename=\"%s\"\r\nContent-Type: " JSON_TYPE, file_name(d, envelope, n)),
	    buf_str(&bundle), bundle.len);
	buf_printf(&body, "--%s--\r\n", boundary);
	how = post(&t, arena_printf(d->arena, "multipart/form-data; boundary=%s", boundary), &body, 0, e);
	if (how == SENT_OK)
		folder_taken(out, NULL);
	json_decref(operations);
	json_decref(t.data);
	buf_free(&words);
	buf_free(&bundle);
	buf_free(&body);
	return how;
}

const struct publish_kind kind_opencti_review = {
	.name = "opencti-review", .open = review_open, .send = review_send, .whole = 1, .render = opencti_render,
};
