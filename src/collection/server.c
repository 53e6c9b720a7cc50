/* HTTP around the resources: one thread of libmicrohttpd, the routes, credentials, media types, bodies and their limits. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collection/reply.h"

#define BACKLOG	128

/* TLS 1.2 and 1.3 (8.2.2), without the suites that RFC 7540 Appendix A lists; 0-RTT is off unless asked for. */
static const char tls_priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-RSA:+ECDHE-ECDSA:"
	"-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM";

struct collection {
	struct face face;
	struct MHD_Daemon *daemon;
	int fd;					/* the listening socket until the daemon has it, else -1 */
	char *url;
	char *cert, *key;			/* PEM, as long as the daemon lives; NULL: plain HTTP */
	char basic[DIGEST_HEX], bearer[DIGEST_HEX];	/* of the credentials as they come in the header; "": none */
	size_t held;				/* octets of bodies being received */
	void (*log)(void *arg, const struct collection_log *line);
};

/* A request from its first line to the last octet of its answer. */
struct request {
	struct collection *c;
	struct arena *arena;
	char *raw;			/* target as it came */
	const char *method;		/* borrowed from libmicrohttpd */
	int begun, refused;		/* refused: the answer is known, the body is dropped */
	struct target target;
	struct ask ask;
	int (*answer)(struct ask *q, struct reply *r, struct err *e);
	struct buf body;
	size_t received;
	int64_t started;		/* seconds */
	struct reply reply;
	size_t sent;
};

/* ---- routes (3.1) --------------------------------------------------------------------------------------------------- */

#define ROUTE_COLLECTION	1	/* the third segment names a collection */
#define ROUTE_WRITE		2	/* needs can_write */
#define ROUTE_BODY		4	/* takes an envelope */

/* "@" is the API root, "*" any segment. */
static const struct route {
	const char *path[TARGET_SEGMENTS];
	const char *method;
	int flags;
	int (*answer)(struct ask *q, struct reply *r, struct err *e);
} routes[] = {
	{ { "taxii2" }, "GET", 0, reply_discovery },
	{ { "@" }, "GET", 0, reply_root },
	{ { "@", "status", "*" }, "GET", 0, reply_status },
	{ { "@", "collections" }, "GET", 0, reply_collections },
	{ { "@", "collections", "*" }, "GET", ROUTE_COLLECTION, reply_collection },
	{ { "@", "collections", "*", "manifest" }, "GET", ROUTE_COLLECTION, reply_manifest },
	{ { "@", "collections", "*", "objects" }, "GET", ROUTE_COLLECTION, reply_objects },
	{ { "@", "collections", "*", "objects" }, "POST", ROUTE_COLLECTION | ROUTE_WRITE | ROUTE_BODY, reply_add },
	{ { "@", "collections", "*", "objects", "*" }, "GET", ROUTE_COLLECTION, reply_object },
	{ { "@", "collections", "*", "objects", "*" }, "DELETE", ROUTE_COLLECTION | ROUTE_WRITE, reply_delete },
	{ { "@", "collections", "*", "objects", "*", "versions" }, "GET", ROUTE_COLLECTION, reply_versions },
};

static int
route_fits(const struct route *rt, const struct target *t, const char *root)
{
	size_t i;

	for (i = 0; i < TARGET_SEGMENTS && rt->path[i] != NULL; i++)
		if (i >= t->n || (rt->path[i][0] != '*' && strcmp(rt->path[i][0] == '@' ? root : rt->path[i], t->segment[i]) != 0))
			return 0;
	return i == t->n;
}

/* The route of a request, or NULL with 404 or 405 in the reply. */
static const struct route *
route_find(struct request *rq)
{
	const char *root = rq->c->face.root;
	char *allow = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(routes); i++) {
		if (!route_fits(&routes[i], &rq->target, root))
			continue;
		if (!rq->target.slash) {
			reply_error(&rq->reply, 404, "the path of a TAXII endpoint ends in \"/\" (3.1)");
			return NULL;
		}
		if (strcmp(routes[i].method, rq->method) == 0)
			return &routes[i];
		allow = arena_printf(rq->arena, "%s%s%s", allow != NULL ? allow : "", allow != NULL ? ", " : "", routes[i].method);
	}
	if (allow == NULL) {
		reply_error(&rq->reply, 404, "there is nothing here; the server describes itself at /taxii2/");
		return NULL;
	}
	reply_error(&rq->reply, 405, "this endpoint takes %s", allow);
	rq->reply.allow = allow;
	return NULL;
}

/* ---- credentials ------------------------------------------------------------------------------------------------------ */

static const char *
header(struct MHD_Connection *conn, const char *name)
{
	return MHD_lookup_connection_value(conn, MHD_HEADER_KIND, name);
}

/* Compares digests, so that the time taken tells nothing about the secret. */
static int
same_secret(const char *digest, const char *value)
{
	char got[DIGEST_HEX];

	digest_sha256(value, strlen(value), got);
	return CRYPTO_memcmp(got, digest, DIGEST_HEX - 1) == 0;
}

static int
let_in(const struct collection *c, const char *authorization)
{
	const struct { const char *scheme, *digest; } ways[] = { { "Basic ", c->basic }, { "Bearer ", c->bearer } };
	size_t i, n;

	if (c->basic[0] == '\0' && c->bearer[0] == '\0')
		return 1;
	for (i = 0; authorization != NULL && i < ARRAY_LEN(ways); i++) {
		n = strlen(ways[i].scheme);
		if (ways[i].digest[0] != '\0' && strncasecmp(authorization, ways[i].scheme, n) == 0)
			return same_secret(ways[i].digest, authorization + n + strspn(authorization + n, " "));
	}
	return 0;
}

/* ---- before the body -------------------------------------------------------------------------------------------------- */

struct joined {
	struct arena *arena;
	const char *all;		/* NULL: there is no such header */
};

static enum MHD_Result
join_accept(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct joined *j = arg;

	(void)kind;
	if (strcasecmp(name, "Accept") == 0 && value != NULL)
		j->all = j->all != NULL ? arena_printf(j->arena, "%s,%s", j->all, value) : value;
	return MHD_YES;
}

/* What the headers of an envelope have to say. */
static int
check_body_headers(struct request *rq, struct MHD_Connection *conn)
{
	const char *type = header(conn, "Content-Type"), *coding = header(conn, "Content-Encoding");
	const char *length = header(conn, "Content-Length");

	if (!media_taxii(type)) {
		reply_error(&rq->reply, 415, "Content-Type has to be " COLLECTION_MEDIA);
		return -1;
	}
	if (coding != NULL && strcasecmp(coding, "identity") != 0) {
		reply_error(&rq->reply, 415, "compressed bodies (Content-Encoding) are not taken");
		return -1;
	}
	if (length != NULL && strtoull(length, NULL, 10) > rq->c->face.max_content_length) {
		reply_error(&rq->reply, 413, "the body has more than max_content_length = %zu octets",
		    rq->c->face.max_content_length);
		return -1;
	}
	return 0;
}

/* Everything that can be settled from the request line and the headers. 0, or -1 with an error in the reply. */
static int
check_head(struct request *rq, struct MHD_Connection *conn, struct err *e)
{
	struct joined accept = { rq->arena, NULL };
	const struct route *rt;
	int rc;

	if (!let_in(rq->c, header(conn, "Authorization"))) {
		reply_error(&rq->reply, 401, "credentials are needed");
		return -1;
	}
	rc = target_parse(rq->arena, rq->raw, rq->c->face.page, &rq->target, e);
	if (rc != 0) {
		reply_error(&rq->reply, 400, "%s", e->text);
		return -1;
	}
	if ((rt = route_find(rq)) == NULL)
		return -1;
	MHD_get_connection_values(conn, MHD_HEADER_KIND, join_accept, &accept);
	if (!media_accepted(accept.all)) {
		reply_error(&rq->reply, 406, "the server answers in " COLLECTION_MEDIA " only");
		return -1;
	}
	rq->ask = (struct ask){ .face = &rq->c->face, .arena = rq->arena, .target = &rq->target };
	rq->ask.name = rq->target.segment[2];
	rq->ask.object = rq->target.segment[4];
	if (rt->flags & ROUTE_COLLECTION && (rc = reply_find(&rq->ask, &rq->reply, e)) <= 0) {
		if (rc < 0)
			reply_error(&rq->reply, 500, "%s", e->text);
		return -1;
	}
	if (rt->flags & ROUTE_WRITE && rq->c->face.read_only) {
		reply_error(&rq->reply, 403, "the collection is read-only (can_write is false)");
		return -1;
	}
	if (rt->flags & ROUTE_BODY && check_body_headers(rq, conn) != 0)
		return -1;
	rq->answer = rt->answer;
	return 0;
}

/* ---- the body ----------------------------------------------------------------------------------------------------------- */

static void
drop_body(struct request *rq)
{
	rq->c->held -= rq->body.len;
	buf_free(&rq->body);
}

/* Takes octets of the body; a refused one is read and dropped, since a client that is still writing would not see the answer. */
static enum MHD_Result
take_body(struct request *rq, const char *data, size_t n)
{
	struct collection *c = rq->c;

	rq->received += n;
	if (rq->received > c->face.max_content_length + LIMIT_COLLECTION_DRAIN ||
	    c->face.now(c->face.arg).sec - rq->started > LIMIT_COLLECTION_REQUEST)
		return MHD_NO;
	if (rq->refused)
		return MHD_YES;
	if (rq->received > c->face.max_content_length)
		reply_error(&rq->reply, 413, "the body has more than max_content_length = %zu octets", c->face.max_content_length);
	else if (n > LIMIT_COLLECTION_HELD - c->held) {
		reply_error(&rq->reply, 503, "too many envelopes are arriving at once");
		rq->reply.retry = 1;
	} else {
		buf_add(&rq->body, data, n);
		c->held += n;
		return MHD_YES;
	}
	rq->refused = 1;
	drop_body(rq);
	return MHD_YES;
}

/* ---- the answer -------------------------------------------------------------------------------------------------------- */

static void
add_headers(struct MHD_Response *resp, const struct collection *c, const struct reply *r)
{
	char date[STAMP_TEXT];

	MHD_add_response_header(resp, "Content-Type", COLLECTION_MEDIA);
	if (r->dated) {
		MHD_add_response_header(resp, "X-TAXII-Date-Added-First", store_date(r->first, date));
		MHD_add_response_header(resp, "X-TAXII-Date-Added-Last", store_date(r->last, date));
	}
	if (r->allow != NULL)
		MHD_add_response_header(resp, "Allow", r->allow);
	if (r->retry > 0) {
		snprintf(date, sizeof(date), "%d", r->retry);
		MHD_add_response_header(resp, "Retry-After", date);
	}
	if (r->status == 401 && c->basic[0] != '\0')
		MHD_add_response_header(resp, "WWW-Authenticate", "Basic realm=\"TAXII\", charset=\"UTF-8\"");
	if (r->status == 401 && c->bearer[0] != '\0')
		MHD_add_response_header(resp, "WWW-Authenticate", "Bearer realm=\"TAXII\"");
}

/* The answer is one buffer, which libmicrohttpd sends with its headers in one write. */
static enum MHD_Result
send_reply(struct request *rq, struct MHD_Connection *conn)
{
	struct reply *r = &rq->reply;
	struct MHD_Response *resp;
	enum MHD_Result rc;

	rq->sent = r->body.len;
	resp = MHD_create_response_from_buffer(rq->sent, rq->sent > 0 ? buf_take(&r->body) : NULL,
	    rq->sent > 0 ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	if (resp == NULL)
		return MHD_NO;
	add_headers(resp, rq->c, r);
	rc = MHD_queue_response(conn, (unsigned int)r->status, resp);
	MHD_destroy_response(resp);
	return rc;
}

static enum MHD_Result
begin(struct request *rq, struct MHD_Connection *conn, const char *method)
{
	struct collection *c = rq->c;
	struct err e = ERR_INIT;
	const char *expect;

	rq->begun = 1;
	rq->method = method;
	rq->started = c->face.now(c->face.arg).sec;
	rq->refused = check_head(rq, conn, &e) != 0;
	/* A client that waits for "100 Continue" gets the refusal instead; others are still writing their body. */
	expect = header(conn, "Expect");
	if (rq->refused && expect != NULL && strcasecmp(expect, "100-continue") == 0)
		return send_reply(rq, conn);
	return MHD_YES;
}

/* libmicrohttpd calls this after the headers, for every piece of the body, and at its end. */
static enum MHD_Result
on_request(void *arg, struct MHD_Connection *conn, const char *url, const char *method, const char *version,
    const char *data, size_t *n, void **state)
{
	struct request *rq = *state;
	struct err e = ERR_INIT;
	enum MHD_Result rc;

	(void)arg;
	(void)url;
	(void)version;
	if (rq == NULL)
		return MHD_NO;
	if (!rq->begun)
		return begin(rq, conn, method);
	if (*n > 0) {
		rc = take_body(rq, data, *n);
		*n = 0;
		return rc;
	}
	if (!rq->refused) {
		rq->ask.body = buf_str(&rq->body);
		rq->ask.body_n = rq->body.len;
		if (rq->answer(&rq->ask, &rq->reply, &e) != 0)
			reply_error(&rq->reply, 500, "%s", e.text);
		drop_body(rq);
	}
	return send_reply(rq, conn);
}

static void *
on_target(void *arg, const char *raw, struct MHD_Connection *conn)
{
	struct request *rq = xcalloc(1, sizeof(*rq));

	(void)conn;
	rq->c = arg;
	rq->arena = arena_new();
	rq->raw = arena_strdup(rq->arena, raw);
	rq->body.max = SIZE_MAX;	/* take_body counts */
	reply_init(&rq->reply);
	return rq;
}

static void
on_end(void *arg, struct MHD_Connection *conn, void **state, enum MHD_RequestTerminationCode code)
{
	struct request *rq = *state;
	struct collection_log line;

	(void)arg;
	(void)conn;
	if (rq == NULL)
		return;
	if (rq->c->log != NULL && rq->begun) {
		line.method = rq->method;
		line.target = rq->raw;
		line.status = code == MHD_REQUEST_TERMINATED_COMPLETED_OK ? rq->reply.status : 0;
		line.received = rq->received;
		line.sent = rq->sent;
		line.why = rq->reply.why;
		rq->c->log(rq->c->face.arg, &line);
	}
	drop_body(rq);
	reply_free(&rq->reply);
	arena_free(rq->arena);
	free(rq);
	*state = NULL;
}

/* ---- starting and stopping ------------------------------------------------------------------------------------------------ */

static int
is_loopback(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)sa)->sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)sa)->sin6_addr);
}

static int
bind_socket(const struct addrinfo *ai, struct err *e)
{
	int fd, on = 1;

	fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, ai->ai_protocol);
	if (fd == -1)
		return err_set(e, ERR_SYSTEM, "socket: %m");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
	    bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
		err_set(e, ERR_SYSTEM, "the address cannot be listened on: %m");
		close(fd);
		return -1;
	}
	return fd;
}

/* The URL of the discovery endpoint, with the port that was given to us. */
static char *
make_url(int fd, int tls)
{
	char host[NI_MAXHOST], port[NI_MAXSERV], *url;
	struct sockaddr_storage ss;
	socklen_t n = sizeof(ss);
	size_t room;
	int v6;

	if (getsockname(fd, (struct sockaddr *)&ss, &n) != 0 || getnameinfo((struct sockaddr *)&ss, n, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return NULL;
	v6 = ss.ss_family == AF_INET6;
	room = strlen(host) + strlen(port) + sizeof("https://[]:/taxii2/");
	url = xmalloc(room);
	snprintf(url, room, "%s://%s%s%s:%s/taxii2/", tls ? "https" : "http", v6 ? "[" : "", host, v6 ? "]" : "", port);
	return url;
}

static int
listen_on(struct collection *c, const struct collection_config *cfg, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *ai;
	const char *host = strcmp(cfg->host, "localhost") == 0 ? "127.0.0.1" : cfg->host;
	int rc;

	rc = getaddrinfo(host, cfg->port, &hints, &ai);
	if (rc != 0)
		return err_set(e, ERR_USAGE, "%s: no numeric address and port: %s", host, gai_strerror(rc));
	if (c->key == NULL && !cfg->allow_http && !is_loopback(ai->ai_addr))
		err_set(e, ERR_USAGE, "%s: plain HTTP is for loopback only (TAXII 8.2.2)", host);
	else
		c->fd = bind_socket(ai, e);
	freeaddrinfo(ai);
	if (c->fd == -1)
		return -1;
	c->url = make_url(c->fd, c->key != NULL);
	return c->url != NULL ? 0 : err_set(e, ERR_SYSTEM, "the address cannot be shown");
}

/* poll rather than epoll: with the latter libmicrohttpd 0.9.75 overlooks a client that closes right after its request. */
static int
start_daemon(struct collection *c, struct err *e)
{
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, c->cert },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, c->key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities },
		{ MHD_OPTION_END, 0, NULL },
	}, none = { MHD_OPTION_END, 0, NULL };
	unsigned int flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC | (c->key != NULL ? MHD_USE_TLS : 0);

	if (c->key != NULL && MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
		return err_set(e, ERR_USAGE, "libmicrohttpd was built without TLS here");
	c->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, c,
	    MHD_OPTION_LISTEN_SOCKET, c->fd,
	    MHD_OPTION_URI_LOG_CALLBACK, on_target, c,
	    MHD_OPTION_NOTIFY_COMPLETED, on_end, c,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_COLLECTION_HEADERS,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned int)LIMIT_COLLECTION_CONNECTIONS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)LIMIT_COLLECTION_IDLE,
	    MHD_OPTION_ARRAY, c->key != NULL ? tls : &none,
	    MHD_OPTION_END);
	if (c->daemon == NULL && c->key != NULL)
		return err_set(e, ERR_USAGE, "the certificate and its key cannot be used");
	if (c->daemon == NULL)
		return err_set(e, ERR_SYSTEM, "the HTTP server could not be started: %m");
	c->fd = -1;
	return 0;
}

static int
first_collection(void *arg, const struct store_collection *sc)
{
	(void)sc;
	*(int *)arg = 1;
	return 1;
}

static int
set_collections(struct collection *c, const struct collection_config *cfg, struct err *e)
{
	const struct collection_desc *d;
	char id[UUID_TEXT];
	int any = 0;
	size_t i;

	for (i = 0; i < cfg->n_collections; i++) {
		d = &cfg->collections[i];
		if (!uuid_valid(d->id, strlen(d->id)))
			return err_set(e, ERR_USAGE, "collection \"%s\": its id has to be a UUID (TAXII 5.2.1)", d->id);
		if (store_collection_set(c->face.store, d->id, d->alias, e) != 0)
			return -1;
	}
	if (store_collections(c->face.store, first_collection, &any, e) != 0)
		return -1;
	return any ? 0 : store_collection_set(c->face.store, uuid_random(&c->face, id), "default", e);
}

/* Only the digest of the credentials stays, in the form in which they come: Basic is base64 of "user:password". */
static void
keep_credentials(struct collection *c, const struct collection_config *cfg)
{
	struct buf pair = BUF_INIT(LIMIT_SMALL_FILE * 2);
	char *text;
	int n;

	if (cfg->user != NULL && cfg->password != NULL) {
		buf_printf(&pair, "%s:%s", cfg->user, cfg->password);
		text = xmalloc((pair.len + 2) / 3 * 4 + 1);
		n = EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)buf_str(&pair), (int)pair.len);
		digest_sha256(text, (size_t)n, c->basic);
		OPENSSL_cleanse(text, (size_t)n);
		OPENSSL_cleanse(pair.s, pair.len);
		free(text);
		buf_free(&pair);
	}
	if (cfg->token != NULL)
		digest_sha256(cfg->token, strlen(cfg->token), c->bearer);
}

static int
check_config(const struct collection_config *cfg, struct err *e)
{
	const char *root = cfg->root;

	if (root[0] == '\0' || root[strspn(root, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] != '\0' ||
	    strcmp(root, "taxii2") == 0)
		return err_set(e, ERR_USAGE, "API root \"%s\": letters, digits, '-' and '_' only, and not \"taxii2\"", root);
	if (cfg->max_content_length > LIMIT_COLLECTION_BODY_MAX)
		return err_set(e, ERR_USAGE, "max_content_length may be %u octets at most", LIMIT_COLLECTION_BODY_MAX);
	if ((cfg->cert == NULL) != (cfg->key == NULL))
		return err_set(e, ERR_USAGE, "a certificate needs its key");
	if ((cfg->user == NULL) != (cfg->password == NULL))
		return err_set(e, ERR_USAGE, "a user needs a password");
	if (cfg->user != NULL && strchr(cfg->user, ':') != NULL)
		return err_set(e, ERR_USAGE, "a user name with ':' cannot be sent (RFC 7617)");
	return 0;
}

int
collection_start(const struct collection_config *cfg, struct collection **out, struct err *e)
{
	struct collection *c;

	if (check_config(cfg, e) != 0)
		return -1;
	c = xcalloc(1, sizeof(*c));
	c->fd = -1;
	c->log = cfg->log;
	c->face.title = xstrdup(cfg->title);
	c->face.root = xstrdup(cfg->root);
	c->face.max_content_length = cfg->max_content_length > 0 ? cfg->max_content_length : LIMIT_COLLECTION_BODY;
	c->face.page = cfg->page > 0 && cfg->page < LIMIT_COLLECTION_PAGE ? cfg->page : LIMIT_COLLECTION_PAGE;
	c->face.read_only = cfg->read_only;
	c->face.now = cfg->now;
	c->face.random = cfg->random;
	c->face.arg = cfg->arg;
	c->cert = cfg->cert != NULL ? xstrdup(cfg->cert) : NULL;
	c->key = cfg->key != NULL ? xstrdup(cfg->key) : NULL;
	keep_credentials(c, cfg);
	if (store_open(cfg->db, &c->face.store, e) != 0 || set_collections(c, cfg, e) != 0 || listen_on(c, cfg, e) != 0 ||
	    start_daemon(c, e) != 0) {
		collection_stop(c);
		return -1;
	}
	*out = c;
	return 0;
}

const char *
collection_url(const struct collection *c)
{
	return c->url;
}

void
collection_stop(struct collection *c)
{
	if (c == NULL)
		return;
	if (c->daemon != NULL)
		MHD_stop_daemon(c->daemon);
	if (c->fd != -1)
		close(c->fd);
	store_close(c->face.store);
	if (c->key != NULL)
		OPENSSL_cleanse(c->key, strlen(c->key));
	free(c->key);
	free(c->cert);
	free(c->url);
	free(c->face.title);
	free(c->face.root);
	free(c);
}
