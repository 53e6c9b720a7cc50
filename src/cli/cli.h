/*
 * cli: the program: one file per command, options as rows, printing. Only this floor prints, exits, and reads the clock, the
 * environment and the terminal.
 *
 * A command is one struct cli_command in its own file and one row in commands.c. Its options are rows; parsing, --help,
 * completion and the test that compares them with the manual all read these rows.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdio.h>

#include "base/base.h"

struct cli {
	FILE *out, *err;
	int quiet;		/* -q: no summaries */
	int verbose;		/* -v: more of them */
	int tty;		/* standard error is a terminal */
	int out_told;		/* an error was told after standard output failed */
};

struct cli_option {
	const char *name;	/* long name without dashes; NULL ends the table */
	char letter;		/* short form, or 0 */
	const char *arg;	/* what its value is called in --help ("FILE"), or NULL: a flag */
	const char *help;	/* one line; "" hides it from --help */
};

struct cli_args;

struct cli_command {
	const char *name;
	const char *args;	/* positional arguments as --help shows them: "FILE..." */
	const char *summary;	/* one line, lower case, no full stop */
	const struct cli_option *options;	/* besides those every command has: -q, -v, --help */
	int min, max;		/* positional arguments; max -1: any number */
	int (*run)(struct cli *c, const struct cli_args *a);	/* the exit status */
};

/* Rows of commands.c; name NULL ends. */
extern const struct cli_command *const cli_commands[];
/* Options that every command has. */
extern const struct cli_option cli_common[];

/* ---- what a command asks of its arguments ---------------------------------------------------------------------------- */

int cli_has(const struct cli_args *a, const char *option);
/* The last value given, or NULL. borrowed */
const char *cli_get(const struct cli_args *a, const char *option);
/* The i-th value of a repeated option, or NULL past the end. */
const char *cli_nth(const struct cli_args *a, const char *option, int i);
/* A whole number between min and max, or `other` when not given. -1 after a usage message in e. */
int cli_number(const struct cli_args *a, const char *option, long min, long max, long other, long *out, struct err *e) BASE_CHECKED;
int cli_argc(const struct cli_args *a);
const char *cli_argv(const struct cli_args *a, int i);	/* NULL past the end */

/* ---- printing ----------------------------------------------------------------------------------------------------------- */

/* "stixpress: message" on standard error; control and bidirectional characters are escaped. */
void cli_error(struct cli *c, const char *fmt, ...) BASE_PRINTF(2, 3);
void cli_warn(struct cli *c, const char *fmt, ...) BASE_PRINTF(2, 3);
/* Informs on standard error unless -q. */
void cli_note(struct cli *c, const char *fmt, ...) BASE_PRINTF(2, 3);
/* Prints the error and returns its exit status (1, 2 or 3). */
int cli_fail(struct cli *c, const struct err *e);
/* A usage message for a command, with a hint at --help; returns 2. */
int cli_usage(struct cli *c, const char *fmt, ...) BASE_PRINTF(2, 3);
/* The worse of two exit statuses (DESIGN 7: the highest but 2, which stops before any work). */
int cli_worse(int a, int b);
/* s with control and bidirectional characters escaped, for terminals: new, the caller frees. */
char *cli_escape(const char *s);

/* ---- the world -------------------------------------------------------------------------------------------------------- */

/* The time for dates: --now TEXT when given, else SOURCE_DATE_EPOCH, else the clock (*from_clock = 1). */
int cli_now(const char *now, struct stamp *out, int *from_clock, struct err *e) BASE_CHECKED;
/* The file NAME in the user's config folder (XDG_CONFIG_HOME/stixpress) or state folder (XDG_STATE_HOME/stixpress; created): new. */
char *cli_config_path(const char *name);
char *cli_state_path(const char *name);

#endif
