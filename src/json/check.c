/* A file of ours against its schema, which is compiled in: the first thing that is wrong, with its place. */
#include <stdio.h>
#include <string.h>

#include "json/json.h"

#define SCHEMA_ROOT	"https://stixpress.example/schemas/2.1/"

struct checked {
	struct json_text *t;
	const char *pointer;
	struct err *e;
};

static void
failure(void *arg, const struct schema_finding *f)
{
	struct buf whole = BUF_INIT(LIMIT_JSON_STRING);
	struct checked *c = arg;
	struct json_place at;

	buf_printf(&whole, "%s%s", c->pointer, f->instance);
	json_text_place_near(c->t, buf_str(&whole), f->at_name, &at);
	err_set(c->e, ERR_USAGE, "line %u, column %u: %s: %s", at.line, at.column, whole.len > 0 ? buf_str(&whole) : "/", f->message);
	buf_free(&whole);
}

int
json_text_check(const char *schema_file, const char *fragment, struct json_text *t, const char *pointer, struct err *e)
{
	const struct embedded *file = embedded_find(embedded_schemas, schema_file);
	json_t *v = json_pointer_get(json_text_root(t), pointer);
	struct schema_set *set = schema_set_new(0);
	struct checked c = { t, pointer, e };
	struct schema_run *run = NULL;
	const struct schema *schema;
	char uri[300], whole[400];
	int rc = -1;

	snprintf(uri, sizeof(uri), SCHEMA_ROOT "%s", schema_file);
	snprintf(whole, sizeof(whole), "%s%s", uri, fragment);
	if (v != NULL && schema_set_add_text(set, uri, (const char *)file->data, file->len, e) == 0 &&
	    schema_compile(set, whole, &schema, e) == 0) {
		run = schema_run_new(set);
		rc = schema_explain(run, schema, v, 1, failure, &c) == SCHEMA_VALID ? 0 : -1;
	}
	schema_run_free(run);
	schema_set_free(set);
	return rc;
}
