/* Every command's row, declared once. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct cli_command cmd_complete;
extern const struct cli_command cmd_serve;

#endif
