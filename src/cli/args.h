/* Parsed arguments of one command; for main.c and the tests. */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "cli/cli.h"

struct cli_args {
	struct {
		const struct cli_option *option;
		const char *value;	/* "" for a flag */
	} *given;
	size_t ngiven;
	const char **words;		/* positional arguments */
	int nwords;
};

/* Sorts argv (without the command's name) into options and words; borrowed from argv. Errors: ERR_USAGE. */
int args_parse(const struct cli_command *cmd, int argc, char **argv, struct cli_args *a, struct err *e) BASE_CHECKED;
void args_free(struct cli_args *a);

#endif
