/* Objects, and streams over them, in memory. */
#include <string.h>

#include "stix/stix.h"

const char *
stix_text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

int
stix_is(const json_t *o, const char *type)
{
	return strcmp(stix_text(o, "type"), type) == 0;
}

static int
array_next(void *ctx, json_t **object, struct err *e)
{
	struct stix_array *s = ctx;
	json_t *list = json_is_object(s->root) ? json_object_get(s->root, "objects") : s->root;

	(void)e;
	if (json_is_object(s->root) && !stix_is_bundle(s->root)) {
		if (s->i++ > 0)
			return 0;
		*object = s->root;
		return 1;
	}
	if (s->i >= json_array_size(list))
		return 0;
	*object = json_array_get(list, s->i++);
	return 1;
}

static int
array_rewind(void *ctx, struct err *e)
{
	struct stix_array *s = ctx;

	(void)e;
	s->i = 0;
	return 0;
}

int
stix_is_bundle(const json_t *v)
{
	const char *type = json_string_value(json_object_get(v, "type"));

	return type != NULL && strcmp(type, "bundle") == 0;
}

void
stix_stream_array(struct stix_stream *s, struct stix_array *state, json_t *root)
{
	state->root = root;
	state->i = 0;
	*s = (struct stix_stream){ array_next, array_rewind, state, NULL };
}
