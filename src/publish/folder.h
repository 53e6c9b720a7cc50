/* publish: what the kinds of target share that write into a folder for others to read. */
#ifndef PUBLISH_FOLDER_H
#define PUBLISH_FOLDER_H

#include "publish/publish_in.h"

/* The open() of such a kind: the folder must be there; fills url, max_octets, batch. */
int folder_open(struct dest *d, struct err *e) BASE_CHECKED;
/* The path of a file in the folder, in the run's arena. */
char *folder_path(const struct dest *d, const char *name);
/* Locks the folder for one writer, until folder_unlock(): what is read in between is what it was. -1: ERR_SYSTEM. */
int folder_lock(const struct dest *d, int *lock, struct err *e) BASE_CHECKED;
void folder_unlock(int lock);
/* A JSON file of the folder: *out new; NULL when there is none. ERR_SYSTEM: cannot be read; ERR_USAGE: it is no JSON object. */
int folder_read(const struct dest *d, const char *name, json_t **out, struct err *e) BASE_CHECKED;
/* Writes a JSON file of the folder, whole or not at all. */
int folder_write(const struct dest *d, const char *name, const json_t *v, struct err *e) BASE_CHECKED;
/* The answer of a request that ended well, with what its lists say (failures: new list, or NULL). */
void folder_taken(struct sent *out, json_t *failures);

#endif
