/* The words that can follow, one a line: what the shells' completion files ask for. Hidden from --help. */
#include <string.h>

#include "cli/commands.h"

static void
options(struct cli *c, const struct cli_option *o)
{
	for (; o != NULL && o->name != NULL; o++)
		fprintf(c->out, "--%s%s\n", o->name, o->arg != NULL ? "=" : "");
}

static int
run(struct cli *c, const struct cli_args *a)
{
	const char *name = cli_argv(a, 0);
	size_t i;

	for (i = 0; cli_commands[i] != NULL; i++) {
		const struct cli_command *cmd = cli_commands[i];

		if (cmd->summary[0] == '\0')
			continue;
		if (name == NULL)
			fprintf(c->out, "%s\n", cmd->name);
		else if (strcmp(name, cmd->name) == 0) {
			options(c, cmd->options);
			options(c, cli_common);
		}
	}
	return 0;
}

const struct cli_command cmd_complete = {
	.name = "__complete", .args = "[COMMAND]", .summary = "", .min = 0, .max = 1, .run = run,
};
