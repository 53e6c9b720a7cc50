/* The commands, in the order in which --help lists them: a new one is its file and a row here. */
#include "cli/commands.h"

const struct cli_command *const cli_commands[] = {
	&cmd_serve,
	&cmd_complete,
	NULL
};
