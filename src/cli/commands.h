/* Every command's row, declared once. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct cli_command cmd_extract, cmd_convert;
extern const struct cli_command cmd_complete;
extern const struct cli_command cmd_validate, cmd_pattern, cmd_schema;
extern const struct cli_command cmd_serve;
extern const struct cli_command cmd_publish, cmd_push, cmd_render, cmd_ledger;
extern const struct cli_command cmd_discover, cmd_collections, cmd_get, cmd_delete, cmd_status;

#endif
