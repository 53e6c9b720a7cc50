/*
 * publish: MISP's galaxies: which cluster an object is. A tag links only when it holds a cluster's value to the letter, so names and
 * aliases are looked up in the cluster files (misp-galaxy, clusters/NAME.json) where they are given.
 */
#ifndef PUBLISH_GALAXY_H
#define PUBLISH_GALAXY_H

#include "publish/publish_in.h"

struct galaxies;
/* Reads a folder of cluster files, of which those that a STIX type may be in are taken, or one file: new. ERR_SYSTEM, ERR_USAGE. */
int galaxies_load(const char *path, struct galaxies **out, struct err *e) BASE_CHECKED;
void galaxies_free(struct galaxies *g);		/* NULL is fine */
/*
 * Appends the tags of an object to a list of tags ({"name": ..}), each once. By ATT&CK id, else by name, else by an alias that is of
 * one cluster only. Without cluster files (g NULL) only ATT&CK's, made of name and id. How many.
 */
size_t galaxies_tags(const struct galaxies *g, const json_t *object, json_t *tags);
/* 1 when objects of the type may be clusters of a galaxy. */
int galaxies_has(const char *type);
/* Appends a tag to a list of tags unless it is there; without what breaks a tag: quotation marks inside it, control characters. */
void tag_add(json_t *tags, const char *name);

#endif
