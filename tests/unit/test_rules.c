#include "convert/rules.h"
#include "tap.h"

static json_t *
built_in(const char *path)
{
	const struct embedded *f = embedded_find(embedded_phrases, path);

	return f != NULL ? json_loadb((const char *)f->data, f->len, 0, NULL) : NULL;
}

/* Every built-in language compiles. */
static void
test_built_in(const char *tag)
{
	struct err e = ERR_INIT;
	struct rules *r = NULL;
	json_t *files[3];
	char path[64];
	size_t i;
	static const char *const names[] = { "names.json", "cues.json", "relations.json" };

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", tag, names[i]);
		files[i] = built_in(path);
	}
	if (!ok(rules_compile(tag, files[0], files[1], files[2], &r, &e) == 0, tag))
		printf("# %s\n", e.text);
	ok(r != NULL && r->rules.n > 20 && r->cues.n > 5 && r->nouns.n > 20, "the files hold rules, cues and nouns");
	rules_free(r);
	for (i = 0; i < 3; i++)
		json_decref(files[i]);
}

/* A wrong file is named with its place. */
static void
test_wrong(const char *text, const char *want)
{
	struct err e = ERR_INIT;
	struct rules *r = NULL;
	json_t *o = json_loads(text, 0, NULL);

	ok(o != NULL && rules_compile("xx", NULL, NULL, o, &r, &e) == -1 && e.kind == ERR_USAGE && strstr(e.text, want) != NULL, want);
	if (e.kind != ERR_NONE)
		printf("# %s\n", e.text);
	json_decref(o);
}

int
main(void)
{
	test_built_in("ja");
	test_built_in("en");
	test_wrong("{\"rules\":[{\"id\":\"a\",\"rel\":\"uses\",\"match\":\"{nosuch}\"}]}", "xx/relations.json: /rules/0: a: {nosuch}");
	test_wrong("{\"rules\":[{\"id\":\"a\",\"rel\":\"uses\",\"match\":\"(\"}]}", "/rules/0: a: ");
	test_wrong("{\"rules\":[{\"id\":\"a\",\"match\":\"x\"}]}", "needs \"rel\"");
	test_wrong("{\"macros\":{\"A\":\"{A}\"},\"rules\":[{\"id\":\"a\",\"rel\":\"uses\",\"match\":\"{A}\"}]}", "macros nest too deep");
	test_wrong("{\"hedges\":[{\"cap\":3}]}", "/hedges/0: a hedge needs \"match\"");
	return tap_end();
}
