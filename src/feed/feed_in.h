/* What the files of this folder share; not for other folders. */
#ifndef FEED_FEED_IN_H
#define FEED_FEED_IN_H

#include "feed/feed.h"

/* Checks a value against the schema in that file of schemas/. Errors: ERR_USAGE naming the JSON Pointer. */
int feed_check(const char *schema_file, const json_t *v, struct err *e) BASE_CHECKED;

/* Reads corrections.json of the feed's folder, if there is one. Errors: ERR_USAGE, ERR_SYSTEM. */
int corrections_read(struct feed *f, struct err *e) BASE_CHECKED;
/* Makes the feed's decisions on the facts of one document. */
void corrections_apply(const struct feed *f, struct facts *facts);

#endif
