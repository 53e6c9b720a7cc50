/* Waiting for a feed folder to change, by looking: it works on every file system, and what is half written is not taken. */
#include <sys/stat.h>

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/watch.h"

#define LOOK_MS		1000		/* between two looks */
#define AGAIN_MS	300000		/* what could not be reached is tried again after */

static volatile sig_atomic_t stopped;

static void
on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

void
watch_signals(void)
{
	/* The second one ends the process. */
	struct sigaction s = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	sigemptyset(&s.sa_mask);
	sigaction(SIGINT, &s, NULL);
	sigaction(SIGTERM, &s, NULL);
}

int
watch_stopped(void)
{
	return stopped;
}

/* Names, sizes and times of the files of a folder. */
static void
look_in(const char *dir, struct buf *out)
{
	struct dirent **list;
	struct stat st;
	int i, n = scandir(dir, &list, NULL, alphasort);

	for (i = 0; i < n; i++) {
		struct buf path = BUF_INIT(LIMIT_PATH);

		buf_printf(&path, "%s/%s", dir, list[i]->d_name);
		if (list[i]->d_name[0] != '.' && stat(buf_str(&path), &st) == 0 && S_ISREG(st.st_mode))
			buf_printf(out, "%s %lld %lld.%09ld\n", list[i]->d_name, (long long)st.st_size, (long long)st.st_mtim.tv_sec,
			    st.st_mtim.tv_nsec);
		buf_free(&path);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

void
watch_look(const char *feed, char out[DIGEST_HEX])
{
	struct buf all = BUF_INIT(LIMIT_DOCUMENT), newsletters = BUF_INIT(LIMIT_PATH);

	buf_printf(&newsletters, "%s/newsletters", feed);
	look_in(feed, &all);
	buf_addc(&all, '\n');
	look_in(buf_str(&newsletters), &all);
	digest_sha256(buf_str(&all), all.len, out);
	buf_free(&all);
	buf_free(&newsletters);
}

void
watch_wait(const char *feed, const char *seen, int again)
{
	struct timespec pause = { LOOK_MS / 1000, (LOOK_MS % 1000) * 1000000L };
	char now[DIGEST_HEX], before[DIGEST_HEX];
	int64_t waited = 0;

	strcpy(before, seen);
	for (;;) {
		nanosleep(&pause, NULL);
		if (stopped || (again && (waited += LOOK_MS) >= AGAIN_MS))
			return;
		watch_look(feed, now);
		/* Changed, and not changing any more. */
		if (strcmp(now, seen) != 0 && strcmp(now, before) == 0)
			return;
		strcpy(before, now);
	}
}
