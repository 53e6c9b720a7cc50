/* {"schema": .., "instance": ..}: compiled or refused; a verdict and its explanation agree, and findings lead somewhere. */
#include "fuzz.h"
#include "json/json.h"

struct tally {
	const json_t *instance;
	size_t n;
};

static void
found(void *arg, const struct schema_finding *f)
{
	struct tally *t = arg;

	t->n++;
	FUZZ_CHECK(f->message[0] != '\0');
	FUZZ_CHECK(utf8_valid(f->message, strlen(f->message)) == strlen(f->message));
	FUZZ_CHECK(f->value == NULL || strstr(f->instance, "\xef\xbf\xbd") != NULL ||
	    json_pointer_get(t->instance, f->instance) != NULL);
}

static void
judge(struct schema_set *set, const struct schema *s, const json_t *instance)
{
	struct schema_run *run = schema_run_new(set);
	struct tally t = { instance, 0 };
	enum schema_verdict quick = schema_check(run, s, instance), full;

	full = schema_explain(run, s, instance, 100, found, &t);
	FUZZ_CHECK((quick == SCHEMA_VALID) == (full == SCHEMA_VALID));
	FUZZ_CHECK((quick == SCHEMA_VALID) == (t.n == 0));
	FUZZ_CHECK(quick != SCHEMA_INVALID || full == SCHEMA_INVALID);
	schema_run_free(run);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct schema_set *set;
	const struct schema *s;
	const json_t *root, *schema;
	struct json_text *t;
	struct err e = ERR_INIT;

	if (json_read((const char *)data, size, NULL, &t, NULL) < 0)
		return 0;
	root = json_text_root(t);
	schema = json_object_get(root, "schema");
	if (schema != NULL) {
		set = schema_set_new(SCHEMA_FORMAT);
		if (schema_set_add(set, "https://fuzz.invalid/s", schema, &e) == 0 &&
		    schema_compile(set, "https://fuzz.invalid/s", &s, &e) == 0 && json_object_get(root, "instance") != NULL)
			judge(set, s, json_object_get(root, "instance"));
		schema_set_free(set);
	}
	json_text_free(t);
	return 0;
}
