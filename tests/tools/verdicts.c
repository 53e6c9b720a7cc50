/*
 * verdicts BASE SCHEMA-FOLDER CASES...: our JSON Schema engine on the schemas of a folder, whose URIs begin with BASE. Each case
 * is a line {"schema": "sdos/x.json", "instance": .., "valid": ..}; TAP, one test a file of cases, a comment for each verdict
 * that differs.
 */
#include "json/json.h"
#include "../unit/tap.h"

struct schemas {
	const char *base, *folder;
};

static int
load(void *arg, const char *uri, struct buf *text, struct err *e)
{
	const struct schemas *from = arg;
	char path[2 * LIMIT_PATH];
	FILE *f;

	if (strncmp(uri, from->base, strlen(from->base)) != 0 || strstr(uri, "..") != NULL)
		return 0;
	snprintf(path, sizeof(path), "%s/%s", from->folder, uri + strlen(from->base));
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	fclose(f);
	return file_read(path, LIMIT_SCHEMA_TEXT, text, e) < 0 ? -1 : 1;
}

/* 1 when our verdict on a case is the recorded one. */
static int
agrees(struct schema_set *set, struct schema_run *run, const char *base, const json_t *one, const char *file, uint64_t line)
{
	int want = json_is_true(json_object_get(one, "valid"));
	const struct schema *s;
	enum schema_verdict got;
	struct err e = ERR_INIT;
	char uri[400];

	snprintf(uri, sizeof(uri), "%s%s", base, json_string_value(json_object_get(one, "schema")));
	if (schema_compile(set, uri, &s, &e) < 0) {
		printf("# %s:%llu: %s\n", file, (unsigned long long)line, e.text);
		return 0;
	}
	got = schema_check(run, s, json_object_get(one, "instance"));
	if (got == (want ? SCHEMA_VALID : SCHEMA_INVALID))
		return 1;
	printf("# %s:%llu: %s: want %s\n", file, (unsigned long long)line, uri, want ? "valid" : "invalid");
	return 0;
}

static void
run_file(struct schema_set *set, struct schema_run *run, const char *base, const char *path)
{
	FILE *f = fopen(path, "r");
	struct json_stream *s;
	struct json_item item;
	struct json_fault fault;
	struct err e = ERR_INIT;
	char what[LIMIT_PATH + 40];
	size_t n = 0, same = 0;
	int r;

	if (f == NULL) {
		ok(0, path);
		return;
	}
	s = json_stream_file(f, NULL);
	while ((r = json_stream_next(s, &item, &fault, &e)) == 1) {
		if (item.kind != JSON_ITEM_DOCUMENT)
			continue;
		n++;
		same += (size_t)agrees(set, run, base, item.value, path, item.place.line);
	}
	json_stream_free(s);
	fclose(f);
	snprintf(what, sizeof(what), "%s: the same verdict on %zu cases", path, n);
	ok(r == 0 && n > 0 && same == n, what);
}

int
main(int argc, char **argv)
{
	struct schemas from;
	struct schema_set *set;
	struct schema_run *run;
	int i;

	if (argc < 4) {
		fputs("verdicts BASE SCHEMA-FOLDER CASES...\n", stderr);
		return 2;
	}
	from.base = argv[1];
	from.folder = argv[2];
	set = schema_set_new(0);
	run = schema_run_new(set);
	schema_set_loader(set, load, &from);
	for (i = 3; i < argc; i++)
		run_file(set, run, from.base, argv[i]);
	schema_run_free(run);
	schema_set_free(set);
	return tap_end();
}
