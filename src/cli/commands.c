/* The commands, in the order in which --help lists them: a new one is its file and a row here. */
#include "cli/commands.h"

const struct cli_command *const cli_commands[] = {
	&cmd_extract,
	&cmd_convert,
	&cmd_push,
	&cmd_render,
	&cmd_publish,
	&cmd_ledger,
	&cmd_discover,
	&cmd_collections,
	&cmd_get,
	&cmd_delete,
	&cmd_status,
	&cmd_serve,
	&cmd_validate,
	&cmd_pattern,
	&cmd_schema,
	&cmd_complete,
	NULL
};
