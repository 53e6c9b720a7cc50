/*
 * batch: what extract and convert share: any number of inputs, each of one or more documents, each made into one text by the
 * command, on any number of threads. What is written, said and returned does not depend on how many.
 */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include "cli/source.h"

#define BATCH_NAME	200	/* octets of the file name of a result */

#define BATCH_OPTIONS \
	{ "since", 0, "YYYY-MM-DD", "leave out the items of a feed that are older" }, \
	{ "jobs", 'j', "N", "read N inputs at a time; 0: as many as there are processors; 1 unless given" }

/* What one thread works with. */
struct batch_work {
	struct cli cli;			/* what is said is shown when the document's turn comes */
	struct source s;
	struct buf bytes;		/* of the input at hand */
	void *state;			/* the command's own */
};

/* A command's part. Everything but begin() in its first call may run in any thread, each with a batch_work of its own. */
struct batch_command {
	size_t state;			/* octets of a work's state, zeroed */
	int (*begin)(const struct cli_args *a, struct batch_work *w, void *arg, struct err *e);
	void (*end)(struct batch_work *w);
	/*
	 * The result of one document in `text`, and in name what its file in a folder is called. line: on standard output it is one of
	 * several. n: how many documents came before it in its input; SIZE_MAX: the input is one document.
	 */
	int (*make)(struct batch_work *w, const struct pipeline_input *in, size_t n, int line, struct buf *text,
	    char name[BATCH_NAME], struct err *e);
	/* Says of two documents that their results have one name (ERR_INPUT); NULL says it plainly. */
	void (*clash)(const char *one, const char *other, const char *name, struct err *e);
	int serial;			/* 1: each document needs the ones before it: one thread whatever is asked for */
};

/* Runs the command over its arguments; the exit status. arg: for begin(). */
int batch_run(struct cli *c, const struct cli_args *a, const struct batch_command *cmd, void *arg);

#endif
