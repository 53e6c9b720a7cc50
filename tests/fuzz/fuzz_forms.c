/*
 * Any octets as a file, and the findings in every form of output: those that are JSON are JSON, XML has no character that XML has
 * not, a line is a line; nobody's text becomes a command. What --fix writes can be read, and needs nothing more.
 */
#include "cli/forms.h"
#include "fuzz.h"

static struct forms_run run;

static void
found(void *arg, const struct validate_finding *f)
{
	(void)arg;
	run.form->finding(&run, f);
}

static char *
written(const char *form, const uint8_t *data, size_t size, size_t *n)
{
	struct cli c = { .quiet = 1 };
	struct validate_result res;
	struct err e = ERR_INIT;
	char *text = NULL;

	run.c = &c;
	c.out = c.err = open_memstream(&text, n);
	run.form = form_find(form);
	run.path = "a\n::error \xe2\x80\xae<&\"'%.json";
	run.files = 1;
	run.invalid = run.errors = run.warnings = run.objects = run.written = run.same = 0;
	run.print[0] = '\0';
	buf_reset(&run.findings);
	buf_reset(&run.notes);
	if (run.form->begin != NULL)
		run.form->begin(&run);
	FUZZ_CHECK(validate_memory(run.v, (const char *)data, size, found, NULL, &res, &e) == 0);
	run.form->file(&run, &res);
	if (run.form->end != NULL)
		run.form->end(&run);
	fclose(c.out);
	return text;
}

static void
check_json(const char *text, size_t n)
{
	struct json_fault fault;
	struct json_text *t;

	FUZZ_CHECK(json_read(text, n, NULL, &t, &fault) == 0);
	json_text_free(t);
}

/* No control character but line ends, no direction of writing turned; lines begin as they must. */
static void
check_text(const char *text, size_t n, const char *begin)
{
	size_t i;

	FUZZ_CHECK(utf8_valid(text, n) == n);
	for (i = 0; i < n; i++) {
		FUZZ_CHECK((unsigned char)text[i] >= 0x20 || text[i] == '\n' || text[i] == '\t');
		if (begin != NULL && (i == 0 || text[i - 1] == '\n'))
			FUZZ_CHECK(strncmp(text + i, begin, strlen(begin)) == 0);
	}
	FUZZ_CHECK(n == 0 || strstr(text, "\xe2\x80\xae") == NULL);
}

static void
nothing(void *arg, const char *pointer, const char *what)
{
	(void)arg;
	FUZZ_CHECK(pointer != NULL && what[0] != '\0');
}

static void
check_fix(const uint8_t *data, size_t size)
{
	struct buf b = BUF_INIT(256u << 20);
	struct json_fault fault;
	struct json_text *t;

	if (json_read((const char *)data, size, NULL, &t, &fault) != 0)
		return;
	validate_fix(run.v, json_text_root(t), nothing, NULL);
	json_write(json_text_root(t), &b, JSON_PRETTY, 0);
	json_text_free(t);
	FUZZ_CHECK(json_read(buf_str(&b), b.len, NULL, &t, &fault) == 0);
	FUZZ_CHECK(validate_fix(run.v, json_text_root(t), nothing, NULL) == 0);
	json_text_free(t);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct { const char *form; int json; const char *begin; } forms[] = {
		{ "jsonl", 1, NULL }, { "json", 1, NULL }, { "sarif", 1, NULL }, { "gitlab", 1, NULL }, { "flag", 1, NULL },
		{ "basic", 1, NULL }, { "junit", 0, NULL }, { "github", 0, "::" }, { "text", 0, NULL },
	};
	size_t i, n;
	char *text;

	if (run.v == NULL) {
		run.v = validate_new();
		run.strict = 1;
		run.line = run.findings = run.notes = (struct buf)BUF_INIT(LIMIT_JSON_TEXT);
	}
	for (i = 0; i < ARRAY_LEN(forms); i++) {
		text = written(forms[i].form, data, size, &n);
		if (forms[i].json)
			check_json(text, n);
		else
			check_text(text, n, forms[i].begin);
		free(text);
	}
	check_fix(data, size);
	return 0;
}
