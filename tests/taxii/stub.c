/*
 * A scripted TAXII peer on loopback: stub PORT-FILE SCRIPT. Plays a script (tests/taxii/README) in order and judges what arrives.
 * Exit status: 0 when every exchange took place as written, 1 when not (it says why), 2 when it could not start.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LINES_MAX	4000
#define TEXT_MAX	(4 << 20)
#define LIFE_SECONDS	60	/* a script that hangs ends here */

static char *script[LINES_MAX];
static size_t nscript, at;	/* lines; the next one to play */
static int port;
static char request[TEXT_MAX];	/* head, NUL, body */
static size_t body_at, body_len;
static const char *doing = "starting";

static void
fail(const char *why, const char *what)
{
	fprintf(stderr, "# stub: line %zu: %s: %s\n", at, why, what);
	exit(1);
}

static void
on_signal(int sig)
{
	static const char text[] = "# stub: ended before its script was: ";

	if (write(2, text, sizeof(text) - 1) < 0 || write(2, doing, strlen(doing)) < 0 || write(2, "\n", 1) < 0)
		_exit(2);
	_exit(sig == SIGALRM ? 2 : 1);
}

/* ---- the script ------------------------------------------------------------------------------------------------------ */

/* A copy with @PORT@ replaced. */
static char *
expand(const char *s)
{
	char *out = calloc(1, strlen(s) + 8 * 20 + 1), *o = out;
	const char *hit;

	while ((hit = strstr(s, "@PORT@")) != NULL) {
		memcpy(o, s, (size_t)(hit - s));
		o += hit - s;
		o += sprintf(o, "%d", port);
		s = hit + 6;
	}
	strcpy(o, s);
	return out;
}

/* Reads a script; a line "@NAME" stands for the lines of that file in the same folder. */
static void
load(const char *path)
{
	char line[65536], other[4096];
	const char *slash = strrchr(path, '/');
	FILE *f = fopen(path, "r");

	if (f == NULL)
		fail("cannot be read", path);
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '@') {
			snprintf(other, sizeof(other), "%.*s%.200s", (int)(slash != NULL ? slash - path + 1 : 0), path, line + 1);
			load(other);
		} else if (line[0] != '#' && line[0] != '!' && line[0] != '\0' && nscript < LINES_MAX)
			script[nscript++] = expand(line);
	}
	fclose(f);
}

/* ---- a request --------------------------------------------------------------------------------------------------------- */

/* Reads a whole request into `request`; 0 when the client closed the connection instead. */
static int
read_request(int fd)
{
	size_t n = 0, need = 0;
	char *end = NULL, *length;
	ssize_t k;

	for (;;) {
		if (end != NULL && n >= need)
			return 1;
		if ((k = read(fd, request + n, sizeof(request) - n - 1)) <= 0)
			return 0;
		n += (size_t)k;
		request[n] = '\0';
		if (end == NULL && (end = strstr(request, "\r\n\r\n")) != NULL) {
			*end = '\0';
			body_at = (size_t)(end - request) + 4;
			length = strcasestr(request, "\r\nContent-Length:");
			body_len = length != NULL ? strtoul(length + 17, NULL, 10) : 0;
			need = body_at + body_len;
		}
	}
}

/* One ">" line against the request. */
static void
judge(const char *want)
{
	const char *body = request + body_at, *line;
	size_t n = strlen(want);

	if (strncmp(want, "body ", 5) == 0) {
		if (strcmp(body, want + 5) != 0)
			fail("the body is another one", body);
	} else if (strncmp(want, "has ", 4) == 0) {
		if (strstr(body, want + 4) == NULL)
			fail("the body lacks something", want + 4);
	} else if (strncmp(want, "hasnt ", 6) == 0) {
		if (strstr(body, want + 6) != NULL)
			fail("the body has what it should not", want + 6);
	} else if (strncmp(want, "octets ", 7) == 0) {
		if (body_len != strtoul(want + 7, NULL, 10)) {
			fprintf(stderr, "# %zu octets\n", body_len);
			fail("the body has another length", want + 7);
		}
	} else if (want[0] == '!') {
		char name[200];

		snprintf(name, sizeof(name), "\r\n%.180s:", want + 1);
		if (strcasestr(request, name) != NULL)
			fail("a header that should not be there", want + 1);
	} else if ((line = strstr(request, want)) == NULL || (line != request && line[-1] != '\n') ||
	    (line[n] != '\r' && line[n] != '\0' && strncmp(line + n, " HTTP/1.1", 9) != 0))
		fail("the request lacks a line", want);
}

/* ---- an answer ----------------------------------------------------------------------------------------------------------- */

static void
put(int fd, const char *s, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, s, n);

		if (k <= 0)
			return;	/* the client may go at any time */
		s += k;
		n -= (size_t)k;
	}
}

/* Waits until the client closes the connection. */
static void
wait_close(int fd)
{
	char c;

	while (read(fd, &c, 1) > 0)
		;
}

/* Plays the answer at `at`. Returns 0 when the connection is over. */
static int
answer(int fd)
{
	static char out[TEXT_MAX], body[TEXT_MAX];
	const char *how = script[at++] + 2;
	int status = atoi(how), keep = 1;
	size_t len = 0, said;
	char *o = out;

	if (strcmp(how, "silence") == 0)
		return wait_close(fd), 0;
	if (strcmp(how, "close") == 0)
		return 0;
	o += sprintf(o, "HTTP/1.1 %d X\r\n", status);
	while (at < nscript && script[at][0] == '<')
		o += sprintf(o, "%s\r\n", script[at++] + 2);
	while (at < nscript && script[at][0] == '|')
		len += (size_t)sprintf(body + len, "%s\n", script[at++] + 1);
	said = len;
	if (strstr(how, "half") != NULL) {	/* says more than it sends */
		said = len * 2;
		keep = 0;
	} else if (strstr(how, "longer") != NULL) {	/* sends more than it says */
		said = len / 2;
		keep = 0;
	}
	o += sprintf(o, "Content-Length: %zu\r\n\r\n", said);
	memcpy(o, body, len);
	put(fd, out, (size_t)(o - out) + len);
	return keep;
}

/* Plays one exchange. Returns 0 when the connection is over. */
static int
exchange(int fd)
{
	size_t first = at;
	int times = 1, keep;

	if (!read_request(fd))
		return 0;
	if (at >= nscript)
		fail("a request after the end", request);
	doing = script[at];
	if (script[at][0] == '*')
		times = atoi(script[at++] + 1);
	while (at < nscript && script[at][0] == '>')
		judge(script[at++] + 2);
	if (at >= nscript || script[at][0] != '<')
		fail("a \"<\" line should be here", at < nscript ? script[at] : "the end");
	keep = answer(fd);
	if (--times > 0) {
		sprintf(script[first], "*%d", times);
		at = first;
	}
	return keep;
}

/* Serves connections as they come: a client may keep several alive. */
static void
serve(int listener)
{
	struct pollfd fds[16] = { { .fd = listener, .events = POLLIN } };
	nfds_t n = 1;
	int one = 1, c;

	while (at < nscript && poll(fds, n, -1) > 0) {
		for (nfds_t i = 1; i < n && at < nscript; i++)
			if (fds[i].revents != 0 && !exchange(fds[i].fd)) {
				shutdown(fds[i].fd, SHUT_WR);
				close(fds[i].fd);
				fds[i--] = fds[--n];
			}
		if (at < nscript && (fds[0].revents & POLLIN) && n < 16 && (c = accept(listener, NULL, NULL)) >= 0) {
			setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
			fds[n++] = (struct pollfd){ .fd = c, .events = POLLIN };
		}
	}
}

int
main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	FILE *f;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGALRM, on_signal);
	signal(SIGTERM, on_signal);
	alarm(LIFE_SECONDS);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (argc != 3 || fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, 16) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		return 2;
	port = ntohs(a.sin_port);
	load(argv[2]);
	if ((f = fopen(argv[1], "w")) == NULL || fprintf(f, "%d\n", port) < 0 || fclose(f) != 0)
		return 2;
	serve(fd);
	return 0;
}
