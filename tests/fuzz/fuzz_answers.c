/*
 * Whatever servers answer: a push to each kind of target that is reached over HTTP ends, with each object in one state; a reading
 * and a discovery end; what is said of it is a text. So does the reading of what a name server answers (kind 255, then the message).
 * Else the input is the kind (one octet), then answers in the order in which they are asked for, each "STATUS", header lines, an empty
 * line and a body, with a line "--" between them. This file stands in for src/http/session.c: its clock goes on by a second a look.
 */
#include "fuzz.h"
#include "http/http_in.h"
#include "json/json.h"
#include "publish/publish.h"

#define ORIGIN	"https://server.example"

static const char *rest;
static const char *input_end;
static int64_t now;
static size_t asked;

/* The next line without its end; NULL at the end of the input. */
static const char *
next_line(size_t *n)
{
	const char *line = rest, *lf;

	if (rest == input_end)
		return NULL;
	lf = memchr(rest, '\n', (size_t)(input_end - rest));
	*n = (size_t)((lf != NULL ? lf : input_end) - line);
	rest = lf != NULL ? lf + 1 : input_end;
	return line;
}

int
http_do(struct http *h, const struct http_request *q, struct http_answer *a, struct err *e)
{
	const char *line;
	char status[9];
	size_t n;

	(void)h;
	http_answer_free(a);
	a->headers = a->body = (struct buf)BUF_INIT(1u << 20);
	a->url = xstrdup(q->url);
	a->tries = 1;
	/* Nobody asks for ever. */
	FUZZ_CHECK(++asked < 5000);
	if ((line = next_line(&n)) == NULL) {
		a->lost = 1;
		return err_set(e, ERR_SYSTEM, "%s: no answer", q->url);
	}
	snprintf(status, sizeof(status), "%.*s", (int)(n < 8 ? n : 8), line);
	a->status = strtol(status, NULL, 10) % 600;
	while ((line = next_line(&n)) != NULL && n > 0) {
		buf_add(&a->headers, line, n);
		buf_addc(&a->headers, '\0');
	}
	while ((line = next_line(&n)) != NULL && !(n == 2 && memcmp(line, "--", 2) == 0)) {
		buf_add(&a->body, line, n);
		buf_addc(&a->body, '\n');
	}
	return 0;
}

int64_t
http_now_ms(const struct http *h)
{
	(void)h;
	return now += 1000;
}

void
http_sleep_ms(const struct http *h, int64_t ms)
{
	(void)h;
	now += ms;
}

int
http_new(const struct http_config *c, const struct http_env *env, struct http **out, struct err *e)
{
	(void)c, (void)env, (void)out;
	return err_set(e, ERR_SYSTEM, "there is no network here");
}

struct http *
http_copy(const struct http *h, struct err *e)
{
	(void)h;
	err_set(e, ERR_SYSTEM, "there is no network here");
	return NULL;
}

void
http_free(struct http *h)
{
	(void)h;
}

void
http_keep_certificate(struct http *h)
{
	(void)h;
}

void
http_note_certificate(struct http *h)
{
	(void)h;
}

const char *
http_certificate_end(const struct http *h)
{
	(void)h;
	return NULL;
}

static const char objects[] = "{\"type\":\"bundle\",\"id\":\"bundle--00000000-0000-4000-8000-000000000001\",\"objects\":["
    "{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"identity--00000000-0000-4000-8000-000000000001\",\"name\":\"A\","
    "\"created\":\"2024-01-01T00:00:00.000Z\",\"modified\":\"2024-01-01T00:00:00.000Z\"},"
    "{\"type\":\"domain-name\",\"spec_version\":\"2.1\",\"id\":\"domain-name--00000000-0000-5000-8000-000000000001\","
    "\"value\":\"1.example\"},"
    "{\"type\":\"report\",\"spec_version\":\"2.1\",\"id\":\"report--00000000-0000-4000-8000-000000000001\",\"name\":\"R\","
    "\"created\":\"2024-01-01T00:00:00.000Z\",\"modified\":\"2024-01-01T00:00:00.000Z\",\"published\":\"2024-01-01T00:00:00.000Z\","
    "\"object_refs\":[\"domain-name--00000000-0000-5000-8000-000000000001\"]}]}";

static int
is_text(const char *s)
{
	return s != NULL && s[0] != '\0';
}

static void
push(const char *kind)
{
	struct publish_target t = { .kind = kind, .url = ORIGIN "/api/", .batch = 2, .token = "secret" };
	struct publish_config c = { .http = (struct http *)(void *)&now, .wait_ms = 60000, .verify = 0 };
	struct publish_receipt *r = NULL;
	struct stix_stream src;
	struct stix_array state;
	struct json_text *text = NULL;
	struct err e = ERR_INIT;
	size_t sum = 0;

	FUZZ_CHECK(json_read_err("objects", objects, sizeof(objects) - 1, &text, &e) == 0);
	stix_stream_array(&src, &state, json_text_root(text));
	if (publish_push(&t, "fuzz", &src, &c, &r, &e) != 0)
		FUZZ_CHECK(e.kind != ERR_NONE && is_text(e.text));
	else {
		for (size_t i = 0; i < r->objects.n; i++)
			sum += (size_t)r->objects.v[i].state < PUBLISH_STATES;
		FUZZ_CHECK(sum == r->objects.n);
		sum = 0;
		for (size_t s = 0; s < PUBLISH_STATES; s++)
			sum += r->count[s];
		FUZZ_CHECK(sum == r->objects.n && sum <= 3);
		FUZZ_CHECK(publish_receipt_exit(r) == 0 || r->count[PUBLISH_ACCEPTED] + r->count[PUBLISH_ALREADY] < 3 ||
		    is_text(r->stop.text));
	}
	publish_receipt_free(r);
	json_text_free(text);
}

static int
count(void *ctx, json_t *object, struct err *e)
{
	(void)object, (void)e;
	++*(size_t *)ctx;
	return 0;
}

static void
look(void)
{
	struct http *h = (struct http *)(void *)&now;
	struct arena *a = arena_new();
	struct taxii_status status = TAXII_STATUS_INIT;
	struct taxii_query q = { .limit = 2 };
	struct taxii_collections all;
	struct taxii_discovery d;
	struct taxii_place p;
	struct taxii_read sum;
	struct err e = ERR_INIT;
	size_t n = 0;
	int gone;

	if (taxii_discover(h, ORIGIN "/taxii2/", a, &d, &e) == 0 && d.roots.n > 0 &&
	    taxii_collections(h, d.roots.v[0], a, &all, &e) == 0 &&
	    taxii_locate(h, ORIGIN "/taxii2/", NULL, a, &p, &e) == 0 && taxii_read(h, &p, &q, count, &n, &sum, &e) == 0)
		FUZZ_CHECK(n == sum.objects);
	err_clear(&e);
	if (taxii_status_get(h, ORIGIN "/api/", "s1", &status, &gone, &e) != 0)
		FUZZ_CHECK(is_text(e.text));
	taxii_status_free(&status);
	arena_free(a);
}

static uint32_t
dice(void *ctx)
{
	(void)ctx;
	return 12345;
}

/* A name server's answer: what it names can stand in a URL, in the order of its priorities. */
static void
services(const uint8_t *data, size_t n)
{
	struct http_env env = { .random = dice };
	struct http_services found;
	struct arena *a = arena_new();
	struct err e = ERR_INIT;

	if (http_services_read(data, n, &env, a, &found, &e) == 0)
		for (size_t i = 0; i < found.all.n; i++) {
			char origin[HTTP_ORIGIN_TEXT];
			const struct http_service *s = &found.all.v[i];

			FUZZ_CHECK(http_origin(arena_printf(a, "https://%s:%u/", s->host, s->port), origin, &e) == 0);
			FUZZ_CHECK(i == 0 || found.all.v[i - 1].priority <= s->priority);
		}
	else
		FUZZ_CHECK(e.kind == ERR_SYSTEM);
	arena_free(a);
}

#define DNS	0xff	/* the kind of a name server */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = { "taxii", "opencti", "misp", "misp-stix" };

	if (size < 1)
		return 0;
	rest = (const char *)data + 1;
	input_end = (const char *)data + size;
	now = 1700000000000;
	asked = 0;
	if (data[0] == DNS)
		services(data + 1, size - 1);
	else if (data[0] % 5 == 4)
		look();
	else
		push(kinds[data[0] % 5]);
	return 0;
}
