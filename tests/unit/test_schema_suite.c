/*
 * Runs the official JSON Schema test suite, draft 2020-12, where it is installed: the Debian package
 * libtest-json-schema-acceptance-perl, or a checkout named by JSON_SCHEMA_TEST_SUITE. With "format" as an argument those tests
 * too, for the record.
 */
#include <dirent.h>
#include <errno.h>

#include "json/json.h"
#include "tap.h"

#define PACKAGE	"libtest-json-schema-acceptance-perl"

struct tally { size_t run, failed; };

static char suite[LIMIT_PATH];

/* The folder that holds tests/ and remotes/. */
static int
find_suite(void)
{
	const char *set = getenv("JSON_SCHEMA_TEST_SUITE"), *end;
	char line[LIMIT_PATH];
	FILE *f;

	if (set != NULL) {
		snprintf(suite, sizeof(suite), "%s", set);
		return 0;
	}
	f = popen("dpkg-query -L " PACKAGE " 2>/dev/null", "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		end = strstr(line, "/tests/draft2020-12\n");
		if (end != NULL)
			snprintf(suite, sizeof(suite), "%.*s", (int)(end - line), line);
	}
	if (f != NULL)
		pclose(f);
	return suite[0] != '\0' ? 0 : -1;
}

static int
load_remote(void *arg, const char *uri, struct buf *text, struct err *e)
{
	static const char base[] = "http://localhost:1234/";
	char path[2 * LIMIT_PATH];
	FILE *f;

	(void)arg;
	if (strncmp(uri, base, sizeof(base) - 1) != 0 || strstr(uri, "..") != NULL)
		return 0;
	snprintf(path, sizeof(path), "%s/remotes/%s", suite, uri + sizeof(base) - 1);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	fclose(f);
	return file_read(path, LIMIT_SCHEMA_TEXT, text, e) < 0 ? -1 : 1;
}

/* What the validator says: 1 valid, 0 invalid, -1 no verdict or the schema is refused. */
static int
judge(const json_t *schema, const json_t *data, unsigned flags, struct err *e)
{
	struct schema_set *set = schema_set_new(flags);
	const struct schema *s;
	struct schema_run *run;
	enum schema_verdict v;
	int r = -1;

	schema_set_loader(set, load_remote, NULL);
	if (schema_set_add(set, "https://test.invalid/schema", schema, e) == 0 &&
	    schema_compile(set, "https://test.invalid/schema", &s, e) == 0) {
		run = schema_run_new(set);
		v = schema_check(run, s, data);
		r = v == SCHEMA_VALID ? 1 : v == SCHEMA_INVALID ? 0 : -1;
		schema_run_free(run);
	}
	schema_set_free(set);
	return r;
}

static void
run_group(const json_t *group, const char *file, unsigned flags, struct tally *t)
{
	const json_t *test, *list = json_object_get(group, "tests");
	struct err e;
	size_t i;
	int got;

	for (i = 0; (test = json_array_get(list, i)) != NULL; i++) {
		err_clear(&e);
		got = judge(json_object_get(group, "schema"), json_object_get(test, "data"), flags, &e);
		t->run++;
		if (got == json_is_true(json_object_get(test, "valid")))
			continue;
		t->failed++;
		printf("# %s: %s: %s: %s %s\n", file, json_string_value(json_object_get(group, "description")),
		    json_string_value(json_object_get(test, "description")), got < 0 ? "refused" : got ? "valid" : "invalid", e.text);
	}
}

static void
run_file(const char *path, const char *name, unsigned flags, struct tally *all)
{
	struct json_options o = JSON_OPTIONS_INIT;
	struct tally t = { 0, 0 };
	struct buf b = BUF_INIT(LIMIT_SCHEMA_TEXT);
	struct json_text *text;
	struct json_fault f;
	struct err e = ERR_INIT;
	char what[300];
	size_t i;

	o.flags = JSON_BIG_REAL;
	if (file_read(path, LIMIT_SCHEMA_TEXT, &b, &e) < 0 || json_read(b.s, b.len, &o, &text, &f) < 0) {
		ok(0, name);
		buf_free(&b);
		return;
	}
	for (i = 0; i < json_array_size(json_text_root(text)); i++)
		run_group(json_array_get(json_text_root(text), i), name, flags, &t);
	json_text_free(text);
	buf_free(&b);
	snprintf(what, sizeof(what), "%s: %zu tests", name, t.run);
	if (all == NULL)
		ok(t.failed == 0, what);
	else {
		printf("# %s, failed: %zu\n", what, t.failed);
		all->run += t.run;
		all->failed += t.failed;
	}
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Runs the files of a folder of the suite; `all` NULL: each is a test of ours. Returns how many there were. */
static int
run_folder(const char *folder, unsigned flags, struct tally *all)
{
	char path[2 * LIMIT_PATH];
	struct dirent **list;
	int n, i, files = 0;

	snprintf(path, sizeof(path), "%s/%s", suite, folder);
	n = scandir(path, &list, NULL, by_name);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", suite, folder, list[i]->d_name);
		if (strlen(path) > 5 && strcmp(path + strlen(path) - 5, ".json") == 0) {
			run_file(path, list[i]->d_name, flags, all);
			files++;
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return files;
}

int
main(int argc, char **argv)
{
	struct tally t = { 0, 0 };

	if (find_suite() < 0)
		skip_all("the JSON Schema test suite is not installed (apt-get install " PACKAGE ")");
	ok(run_folder("tests/draft2020-12", 0, NULL) > 40, "the required tests of draft 2020-12 are all there");
	/* tests/README.md says which two are left; one newer than these may bring others */
	run_folder("tests/draft2020-12/optional", 0, &t);
	ok(t.run > 140 && t.failed <= 2 + (t.run > 145 ? t.run - 145 : 0), "the optional ones but for two");
	printf("# optional: %zu of %zu\n", t.run - t.failed, t.run);
	if (argc > 1 && strcmp(argv[1], "format") == 0) {
		t = (struct tally){ 0, 0 };
		run_folder("tests/draft2020-12/optional/format", SCHEMA_FORMAT, &t);
		printf("# format: %zu of %zu\n", t.run - t.failed, t.run);
	}
	return tap_end();
}
