/* Rendering: what a target takes of a bundle, and what is lost on the way. */
#include <string.h>

#include "publish/publish_in.h"

void
publish_lose(struct publish_lost *lost, const char *what)
{
	json_t *n = json_object_get(lost->counts, what);

	if (lost->counts == NULL)
		lost->counts = json_object();
	json_object_set_new(lost->counts, what, json_integer(json_integer_value(n) + 1));
}

void
publish_lost_free(struct publish_lost *lost)
{
	json_decref(lost->counts);
	lost->counts = NULL;
}

int
publish_render(const struct publish_target *t, const json_t *bundle, json_t **out, struct publish_lost *lost, struct err *e)
{
	const struct publish_kind *k = publish_kind_find(t->kind);
	json_t *objects, *o, *one;
	size_t i;

	if (k == NULL)
		return err_set(e, ERR_USAGE, "there is no kind of target '%s'", t->kind);
	if (!stix_is_bundle(bundle))
		return err_set(e, ERR_INPUT, "it is no bundle");
	if (k->render_bundle != NULL)
		return k->render_bundle(t, json_object_get(bundle, "objects"), out, lost, e);
	*out = json_copy((json_t *)bundle);
	if (k->render == NULL)
		return 0;
	objects = json_array();
	json_array_foreach(json_object_get(bundle, "objects"), i, o)
		if ((one = k->render(o, lost)) != NULL)
			json_array_append_new(objects, one);
	json_object_set_new(*out, "objects", objects);
	return 0;
}
