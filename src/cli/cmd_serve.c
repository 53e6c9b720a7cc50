/* serve: the embedded TAXII 2.1 collection. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"

static const struct cli_option options[] = {
	{ "listen", 'l', "HOST:PORT", "where to listen; 127.0.0.1:0, a free port, unless given" },
	{ "db", 0, "FILE", "the SQLite database; without it nothing is kept" },
	{ "collection", 0, "ID[=ALIAS]", "a collection to serve, by its UUID; may be repeated" },
	{ "title", 0, "TEXT", "title of the server" },
	{ "root", 0, "NAME", "path of the API root; \"api\" unless given" },
	{ "read-only", 0, NULL, "nobody may add or delete" },
	{ "user", 0, "NAME", "ask for Basic credentials with this name" },
	{ "password-file", 0, "FILE", "... and the password in the first line of FILE" },
	{ "token-file", 0, "FILE", "ask for the Bearer token in the first line of FILE" },
	{ "cert", 0, "FILE", "serve over TLS with this certificate (chain), PEM" },
	{ "key", 0, "FILE", "... and its key, PEM" },
	{ "allow-http", 0, NULL, "plain HTTP on an address that is not loopback" },
	{ "port-file", 0, "FILE", "write the port number to FILE once the server listens" },
	{ "max-content-length", 0, "OCTETS", "largest body of a POST" },
	{ "page-size", 0, "N", "most objects of one answer" },
	{ NULL, 0, NULL, NULL }
};

#ifdef WITH_SERVER

#include <sys/random.h>

#include "collection/collection.h"

struct settings {
	struct collection_config cfg;
	struct collection_desc *collections;
	char *host, *password, *token, *cert, *key;
	char **ids;			/* owned texts behind collections */
};

static struct stamp
now(void *arg)
{
	struct timespec ts;
	struct stamp t;

	(void)arg;
	clock_gettime(CLOCK_REALTIME, &ts);
	t.sec = ts.tv_sec;
	t.nsec = (uint32_t)ts.tv_nsec;
	return t;
}

static void
random_octets(void *arg, uint8_t out[16])
{
	(void)arg;
	while (getrandom(out, 16, 0) != 16)
		continue;	/* only a signal can interrupt so short a read */
}

static void
log_line(void *arg, const struct collection_log *l)
{
	struct cli *c = arg;
	char *target = cli_escape(l->target);

	fprintf(c->err, "%s %s %d %zu %zu%s%s\n", l->method, target, l->status, l->received, l->sent, l->why[0] != '\0' ? " " : "",
	    l->why);
	free(target);
}

/* The first line of a small file. new */
static int
read_secret(const char *path, char **out, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_SMALL_FILE);
	size_t n;

	if (path == NULL)
		return 0;
	if (file_read(path, LIMIT_SMALL_FILE, &b, e) != 0)
		return -1;
	n = strcspn(buf_str(&b), "\r\n");
	if (n == 0)
		err_set(e, ERR_USAGE, "%s: the first line is empty", path);
	else
		*out = xstrndup(b.s, n);
	buf_free(&b);
	return n == 0 ? -1 : 0;
}

/* A small file as it is. new */
static int
read_text(const char *path, char **out, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_SMALL_FILE);

	if (path == NULL)
		return 0;
	if (file_read(path, LIMIT_SMALL_FILE, &b, e) != 0)
		return -1;
	*out = buf_take(&b);
	return 0;
}

/* "127.0.0.1:8080", "[::1]:0", "localhost:0". The port in the same new string. */
static int
split_listen(const char *text, struct settings *s, struct err *e)
{
	char *host, *colon;

	s->host = host = xstrdup(text);
	colon = strrchr(host, ':');
	if (colon == NULL || colon == host || colon[1] == '\0' || colon[1 + strspn(colon + 1, "0123456789")] != '\0')
		return err_set(e, ERR_USAGE, "--listen: '%s' is not of the form HOST:PORT", text);
	*colon = '\0';
	if (*host == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		host++;
	}
	s->cfg.host = host;
	s->cfg.port = colon + 1;
	return 0;
}

/* --collection ID[=ALIAS] */
static void
read_collections(const struct cli_args *a, struct settings *s)
{
	size_t n = 0, i;
	char *eq;

	while (cli_nth(a, "collection", (int)n) != NULL)
		n++;
	s->collections = xcalloc(n + 1, sizeof(*s->collections));
	s->ids = xcalloc(n + 1, sizeof(*s->ids));
	for (i = 0; i < n; i++) {
		s->ids[i] = xstrdup(cli_nth(a, "collection", (int)i));
		eq = strchr(s->ids[i], '=');
		if (eq != NULL)
			*eq = '\0';
		s->collections[i].id = s->ids[i];
		s->collections[i].alias = eq != NULL && eq[1] != '\0' ? eq + 1 : NULL;
	}
	s->cfg.collections = s->collections;
	s->cfg.n_collections = n;
}

static const char *
or_else(const char *value, const char *other)
{
	return value != NULL ? value : other;
}

static int
read_settings(struct cli *c, const struct cli_args *a, struct settings *s, struct err *e)
{
	long length, page;

	memset(s, 0, sizeof(*s));
	if (cli_number(a, "max-content-length", 1, LIMIT_COLLECTION_BODY_MAX, LIMIT_COLLECTION_BODY, &length, e) != 0 ||
	    cli_number(a, "page-size", 1, LIMIT_COLLECTION_PAGE, LIMIT_COLLECTION_PAGE, &page, e) != 0 ||
	    split_listen(or_else(cli_get(a, "listen"), "127.0.0.1:0"), s, e) != 0)
		return -1;
	if (cli_has(a, "user") != cli_has(a, "password-file"))
		return err_set(e, ERR_USAGE, "--user and --password-file go together");
	if (read_secret(cli_get(a, "password-file"), &s->password, e) != 0 ||
	    read_secret(cli_get(a, "token-file"), &s->token, e) != 0 ||
	    read_text(cli_get(a, "cert"), &s->cert, e) != 0 || read_text(cli_get(a, "key"), &s->key, e) != 0)
		return -1;
	read_collections(a, s);
	s->cfg.db = or_else(cli_get(a, "db"), ":memory:");
	s->cfg.title = or_else(cli_get(a, "title"), "stixpress");
	s->cfg.root = or_else(cli_get(a, "root"), "api");
	s->cfg.cert = s->cert;
	s->cfg.key = s->key;
	s->cfg.allow_http = cli_has(a, "allow-http");
	s->cfg.read_only = cli_has(a, "read-only");
	s->cfg.max_content_length = (size_t)length;
	s->cfg.page = (size_t)page;
	s->cfg.user = cli_get(a, "user");
	s->cfg.password = s->password;
	s->cfg.token = s->token;
	s->cfg.now = now;
	s->cfg.random = random_octets;
	s->cfg.log = c->verbose ? log_line : NULL;
	s->cfg.arg = c;
	return 0;
}

static void
free_settings(struct settings *s)
{
	size_t i;

	for (i = 0; s->ids != NULL && s->ids[i] != NULL; i++)
		free(s->ids[i]);
	free(s->ids);
	free(s->collections);
	free(s->host);
	free(s->password);
	free(s->token);
	free(s->cert);
	free(s->key);
}

/* The port in its file, then the URL on standard output at once: whoever started us waits for one of them. */
static int
announce(struct cli *c, const char *url, const char *port_file, struct err *e)
{
	struct file_out o;
	const char *port = strrchr(url, ':') + 1;

	if (port_file != NULL) {
		if (file_out_open(&o, port_file, e) != 0)
			return -1;
		fprintf(o.f, "%.*s\n", (int)strcspn(port, "/"), port);
		if (file_out_commit(&o, e) != 0)
			return -1;
	}
	fprintf(c->out, "%s\n", url);
	return fflush(c->out) == 0 ? 0 : err_set(e, ERR_SYSTEM, "standard output: %s", strerror(errno));
}

static int
run(struct cli *c, const struct cli_args *a)
{
	struct err e = ERR_INIT;
	struct collection *server = NULL;
	struct settings s;
	sigset_t stop;
	int sig, rc = 0;

	/* Blocked before the server's thread begins, so that the signal comes to sigwait and nowhere else. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	signal(SIGPIPE, SIG_IGN);	/* whoever read the URL may be gone */
	if (read_settings(c, a, &s, &e) != 0 || collection_start(&s.cfg, &server, &e) != 0 ||
	    announce(c, collection_url(server), cli_get(a, "port-file"), &e) != 0)
		rc = cli_fail(c, &e);
	else
		sigwait(&stop, &sig);
	collection_stop(server);
	free_settings(&s);
	return rc;
}

#else

static int
run(struct cli *c, const struct cli_args *a)
{
	(void)a;
	return cli_usage(c, "this program was built without the server (--without-server)");
}

#endif

const struct cli_command cmd_serve = {
	.name = "serve", .args = "", .summary = "serve a TAXII 2.1 collection", .options = options, .min = 0, .max = 0, .run = run,
};
