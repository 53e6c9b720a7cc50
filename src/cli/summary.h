/* What a bundle holds, in a few lines on standard error. */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include "cli/cli.h"
#include "stix/stix.h"

/* With -v also each relationship and the sentence that states it. */
void summary_print(struct cli *c, struct stix_model *m, const char *path, const json_t *bundle);

#endif
