/* What the files of src/stix/ share; not for other folders. */
#ifndef STIX_STIX_IN_H
#define STIX_STIX_IN_H

#include "stix/stix.h"

struct schema_file {
	const char *path;	/* below schemas/, or as found in the user's folder */
	const char *text;
	size_t len;
	json_t *root;		/* NULL until it is needed */
	int bad;		/* it is no JSON object */
	int added;		/* from the user's folder */
};

/* A schema: a node of a file. */
struct place {
	struct schema_file *file;
	json_t *node;
};

/* A member that objects of some schema may have, and the schemas that describe it. */
struct member {
	const char *name;
	int required;
	VEC(struct place) places;
	struct members *inside[2];	/* of its value, of the elements of its value: NULL until somebody asks (order.c) */
};

struct members {
	struct member *v;
	size_t n, cap;
};

struct type_entry {
	const char *name;
	struct schema_file *file;
	int loaded;
	struct place root;
	struct members members;	/* as type.props */
	struct stix_type type;	/* name NULL: it could not be read */
};

struct vocab {
	const char *name;
	const char *const *values;
};

struct stix_model {
	struct arena *arena;
	VEC(struct schema_file *) files;
	VEC(struct type_entry *) types;
	VEC(struct vocab) vocabs;
	const struct stix_rel *common;	/* relationships of every type (3.7) */
	size_t ncommon;
	int common_loaded;
};

void model_index(struct stix_model *m);
json_t *model_root(struct schema_file *f, struct err *e);	/* borrowed */
struct type_entry *model_entry(struct stix_model *m, const char *name);
int model_follow(struct stix_model *m, struct place from, const char *ref, struct place *out);
/* 0, or -1 when a $ref leads nowhere or the nesting is too deep. */
int model_gather(struct stix_model *m, struct arena *a, struct place p, struct members *out, int depth);
struct member *model_member(struct members *list, const char *name);

#endif
