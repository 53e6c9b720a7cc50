/*
 * run REPORT COMMAND...: runs the command and writes "wall-seconds cpu-seconds peak-KiB status" into the file REPORT. A program of
 * its own, because the kernel counts the memory of whoever forks as the child's until it has executed: a script would be measured
 * too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
	struct timespec begun, ended;
	struct rusage used;
	int status;
	pid_t pid;
	FILE *f;

	if (argc < 3) {
		fputs("usage: run REPORT COMMAND...\n", stderr);
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &begun);
	if ((pid = fork()) == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		return 3;
	clock_gettime(CLOCK_MONOTONIC, &ended);
	if ((f = fopen(argv[1], "w")) == NULL)
		return 3;
	fprintf(f, "%.6f %.6f %ld %d\n", (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9,
	    seconds(&used.ru_utime) + seconds(&used.ru_stime), used.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
	return fclose(f) == 0 ? 0 : 3;
}
