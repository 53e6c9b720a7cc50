/* The text of a PDF, by the program stixpress-pdf: found, fed, read and, when it takes too long, ended. */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/source.h"

#define PROGRAM	"stixpress-pdf"
#define MAGIC	1024	/* octets in which "%PDF-" stands */

extern char **environ;

int
pdf_is(const struct buf *b)
{
	return b->len > 5 && memmem(b->s, b->len < MAGIC ? b->len : MAGIC, "%PDF-", 5) != NULL;
}

/* Where the program is: as told, beside this one, or where it is installed. */
static int
find_program(char path[LIMIT_PATH])
{
	const char *told = getenv("STIXPRESS_PDF");
	ssize_t n;

	if (told != NULL && *told != '\0') {
		snprintf(path, LIMIT_PATH, "%s", told);
		return access(path, X_OK) == 0;
	}
	n = readlink("/proc/self/exe", path, LIMIT_PATH - sizeof(PROGRAM) - 1);
	while (n > 0 && path[n - 1] != '/')
		n--;
	if (n > 0) {
		memcpy(path + n, PROGRAM, sizeof(PROGRAM));
		if (access(path, X_OK) == 0)
			return 1;
	}
	snprintf(path, LIMIT_PATH, "%s/%s", PKGLIBEXECDIR, PROGRAM);
	return access(path, X_OK) == 0;
}

/* The program at work. */
struct helper {
	pid_t pid;
	int in, out, err;	/* our ends */
	const char *feed;	/* what it has not been given yet */
	size_t left;
	struct buf text, said;
};

static int
open_pipes(int p[3][2], struct err *e)
{
	int i, saved;

	for (i = 0; i < 3; i++)
		if (pipe2(p[i], O_CLOEXEC) != 0) {
			saved = errno;
			while (i-- > 0) {
				close(p[i][0]);
				close(p[i][1]);
			}
			return err_set(e, ERR_SYSTEM, "no pipe to %s: %s", PROGRAM, strerror(saved));
		}
	return 0;
}

static int
start(struct helper *h, struct err *e)
{
	char path[LIMIT_PATH], *argv[] = { path, NULL };
	posix_spawn_file_actions_t acts;
	int p[3][2], rc;

	if (!find_program(path))
		return err_set(e, ERR_SYSTEM, "this is a PDF, and the program that reads them, %s, is not here (configure --with-pdf)",
		    PROGRAM);
	if (open_pipes(p, e) != 0)
		return -1;
	posix_spawn_file_actions_init(&acts);
	posix_spawn_file_actions_adddup2(&acts, p[0][0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&acts, p[1][1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&acts, p[2][1], STDERR_FILENO);
	rc = posix_spawn(&h->pid, path, &acts, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&acts);
	close(p[0][0]);
	close(p[1][1]);
	close(p[2][1]);
	h->in = p[0][1];
	h->out = p[1][0];
	h->err = p[2][0];
	if (rc == 0) {
		fcntl(h->in, F_SETFL, O_NONBLOCK);
		return 0;
	}
	close(h->in);
	close(h->out);
	close(h->err);
	return err_set(e, ERR_SYSTEM, "%s: %s", path, strerror(rc));
}

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Gives what it takes; at the end, or when it wants no more, closes. */
static void
feed_it(struct helper *h)
{
	ssize_t n = write(h->in, h->feed, h->left);

	if (n > 0) {
		h->feed += n;
		h->left -= (size_t)n;
	}
	if (h->left == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		shut(&h->in);
}

static void
take_from(int *fd, struct buf *b)
{
	char part[65536];
	ssize_t n = read(*fd, part, sizeof(part));

	if (n > 0)
		buf_add(b, part, (size_t)n);
	else if (n == 0 || errno != EINTR)
		shut(fd);
}

static int
seconds_left(const struct timespec *begun)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return LIMIT_PDF_WAIT - (int)(now.tv_sec - begun->tv_sec);
}

/* Until it has said all; 0 when it is out of time, or says too much. */
static int
talk(struct helper *h)
{
	struct timespec begun;
	int left;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	while (h->out >= 0 || h->err >= 0) {
		struct pollfd fds[3] = { { .fd = h->in, .events = POLLOUT }, { .fd = h->out, .events = POLLIN },
		    { .fd = h->err, .events = POLLIN } };

		left = seconds_left(&begun);
		if (left <= 0 || h->text.over)
			return 0;
		if (poll(fds, 3, left * 1000) < 0 && errno != EINTR)
			return 0;
		if (h->in >= 0 && fds[0].revents != 0)
			feed_it(h);
		if (h->out >= 0 && fds[1].revents != 0)
			take_from(&h->out, &h->text);
		if (h->err >= 0 && fds[2].revents != 0)
			take_from(&h->err, &h->said);
	}
	return 1;
}

/* Its last words about the PDF, or NULL. */
static char *
last_words(struct helper *h)
{
	char *s = buf_take(&h->said), *p = s, *words = NULL;

	for (; p != NULL && (p = strstr(p, PROGRAM ": ")) != NULL; p++)
		words = p + strlen(PROGRAM ": ");
	words = words != NULL ? xstrndup(words, strcspn(words, "\n")) : NULL;
	free(s);
	return words;
}

static int
finish(struct helper *h, int in_time, struct err *e)
{
	int status = 0;
	char *words;

	shut(&h->in);
	shut(&h->out);
	shut(&h->err);
	if (!in_time)
		kill(h->pid, SIGKILL);
	while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (h->text.over)
		return err_set(e, ERR_INPUT, "the text of the PDF is larger than %u octets (LIMIT_PDF_TEXT)", LIMIT_PDF_TEXT);
	if (!in_time || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
		return err_set(e, ERR_SYSTEM, "%s was ended: it took too long (LIMIT_PDF_SECONDS)", PROGRAM);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	words = last_words(h);
	if (words != NULL && WIFEXITED(status))
		err_set(e, WEXITSTATUS(status) == 1 ? ERR_INPUT : ERR_SYSTEM, "%s", words);
	else
		err_set(e, ERR_INPUT, "%s could not read this PDF (it ended with %s %d)", PROGRAM,
		    WIFSIGNALED(status) ? "signal" : "status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	free(words);
	return -1;
}

/* One line of what the PDF states of itself; a value that is too long is left out. */
static void
take_head(struct doc_origin *from, const char *s, size_t n)
{
	char day[32];

	if (n > 7 && memcmp(s, "Title: ", 7) == 0 && n - 7 < sizeof(from->title))
		memcpy(from->title, s + 7, n - 7);
	if (n > 8 && memcmp(s, "Author: ", 8) == 0 && n - 8 < sizeof(from->author))
		memcpy(from->author, s + 8, n - 8);
	if (n == 16 && memcmp(s, "Date: ", 6) == 0) {
		snprintf(day, sizeof(day), "%.10sT00:00:00Z", s + 6);
		from->has_date = stamp_parse(day, strlen(day), &from->date) == 0;
	}
}

int
pdf_text(struct buf *b, struct doc_origin *from, struct err *e)
{
	struct helper h = { .text = BUF_INIT(LIMIT_PDF_TEXT), .said = BUF_INIT(LIMIT_SMALL_FILE) };
	const char *s, *nl;
	int rc;

	memset(from, 0, sizeof(*from));
	from->len = b->len;
	digest_sha256(buf_str(b), b->len, from->sha256);
	h.feed = buf_str(b);
	h.left = b->len;
	rc = start(&h, e);
	if (rc == 0)
		rc = finish(&h, talk(&h), e);
	if (rc == 0) {
		for (s = buf_str(&h.text); (nl = strchr(s, '\n')) != NULL && nl > s; s = nl + 1)
			take_head(from, s, (size_t)(nl - s));
		buf_reset(b);
		buf_adds(b, nl != NULL ? nl + 1 : s);
	}
	buf_free(&h.text);
	buf_free(&h.said);
	return rc;
}
