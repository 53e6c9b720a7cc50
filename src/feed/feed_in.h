/* What the files of this folder share; not for other folders. */
#ifndef FEED_FEED_IN_H
#define FEED_FEED_IN_H

#include "feed/feed.h"
#include "json/json.h"

/* Reads corrections.json of the feed's folder, if there is one. Errors: ERR_USAGE, ERR_SYSTEM. */
int corrections_read(struct feed *f, struct err *e) BASE_CHECKED;
/* Makes the feed's decisions on the facts of one document. */
void corrections_apply(const struct feed *f, struct facts *facts);

/* The database of p, borrowed, and the table that the outbox needs there. */
struct sqlite3 *published_db(struct published *p);
extern const char outbox_schema[];

#endif
