/* cli: waiting for a feed folder to change. */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "base/base.h"

/* From now on the first SIGINT or SIGTERM asks for the end, which watch_stopped() tells; the second one ends the process. */
void watch_signals(void);
int watch_stopped(void);
/* What a feed folder looks like: its files and its newsletters, by name, size and time. */
void watch_look(const char *feed, char out[DIGEST_HEX]);
/* Waits until it looks other than it did (seen) and has stood still for a second; with `again` at most five minutes; or for the end. */
void watch_wait(const char *feed, const char *seen, int again);

#endif
