/*
 * Any JSON as a bundle, and as what a MISP answers: what a target gets is the same each time; an event has each uuid once, is the
 * same as itself and has lost nothing of itself; of what somebody else says it was before, it loses only what is not in it.
 */
#include "fuzz.h"
#include "json/json.h"
#include "publish/misp.h"

static const char *const kinds[] = { "opencti", "misp", "misp-feed", "misp-stix" };

static char *
rendered(const char *kind, const json_t *bundle)
{
	struct publish_target t = { .kind = kind };
	struct publish_lost lost = { 0 };
	struct buf b = BUF_INIT(LIMIT_JSON_TEXT);
	struct err e = ERR_INIT;
	json_t *out = NULL;

	if (publish_render(&t, bundle, &out, &lost, &e) == 0) {
		FUZZ_CHECK(out != NULL);
		json_write(out, &b, JSON_TIGHT, 0);
	} else
		FUZZ_CHECK(e.kind == ERR_INPUT && out == NULL);
	json_decref(out);
	publish_lost_free(&lost);
	return buf_take(&b);
}

static void
once(json_t *seen, const json_t *list)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		const char *uuid = json_string_value(json_object_get(one, "uuid"));

		FUZZ_CHECK(uuid != NULL && uuid_valid(uuid, strlen(uuid)) && json_object_get(seen, uuid) == NULL);
		json_object_set_new(seen, uuid, json_true());
		once(seen, json_object_get(one, "Attribute"));
	}
}

static void
check_event(const json_t *event, const json_t *other)
{
	const json_t *inside = json_object_get(event, "Event");
	json_t *seen = json_object(), *copy = json_deep_copy(event);

	once(seen, json_object_get(inside, "Attribute"));
	once(seen, json_object_get(inside, "Object"));
	FUZZ_CHECK(misp_event_same(event, event));
	FUZZ_CHECK(misp_event_vanish(copy, event) == 0 && json_equal(copy, event));
	misp_event_vanish(copy, other);
	misp_event_same(event, other);
	json_decref(copy);
	json_decref(seen);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct publish_lost lost = { 0 };
	struct misp_events events;
	struct json_text *t = NULL;
	struct err e = ERR_INIT;
	const json_t *root;

	if (json_read_err("input", (const char *)data, size, &t, &e) != 0)
		return 0;
	root = json_text_root(t);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		char *first = rendered(kinds[i], root), *second = rendered(kinds[i], root);

		FUZZ_CHECK(strcmp(first, second) == 0);
		free(first);
		free(second);
	}
	if (misp_events_make(json_object_get(root, "objects"), NULL, &lost, &events, &e) == 0) {
		for (size_t i = 0; i < events.n; i++)
			check_event(events.v[i].event, json_object_get(root, "earlier") != NULL ? json_object_get(root, "earlier") : root);
		misp_events_free(&events);
	}
	publish_lost_free(&lost);
	json_text_free(t);
	return 0;
}
