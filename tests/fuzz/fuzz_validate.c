/* Any octets as a file: findings are whole, counts agree, and the same file gives the same findings again, to two threads. */
#include "fuzz.h"
#include "validate/validate.h"

struct tally {
	size_t errors, warnings;
	struct buf text;
};

static void
found(void *arg, const struct validate_finding *f)
{
	struct tally *t = arg;

	t->errors += f->severity == VALIDATE_ERROR;
	t->warnings += f->severity == VALIDATE_WARNING;
	FUZZ_CHECK(f->code[0] != '\0' && f->message[0] != '\0');
	FUZZ_CHECK(utf8_valid(f->message, strlen(f->message)) == strlen(f->message));
	FUZZ_CHECK(utf8_valid(f->pointer, strlen(f->pointer)) == strlen(f->pointer));
	validate_json(&t->text, f);
	FUZZ_CHECK(strchr(buf_str(&t->text), '\n') == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct validate *v;
	struct tally t[2];
	struct validate_result res;
	struct err e = ERR_INIT;
	int i;

	if (v == NULL) {
		v = validate_new();
		validate_limit(v, 0);
		validate_flags(v, VALIDATE_ENFORCE_REFS | VALIDATE_STRICT_TYPES | VALIDATE_STRICT_PROPERTIES);
	}
	for (i = 0; i < 2; i++) {
		memset(&t[i], 0, sizeof(t[i]));
		t[i].text.max = 256u << 20;
		validate_threads(v, (unsigned)i + 1);
		FUZZ_CHECK(validate_memory(v, (const char *)data, size, found, &t[i], &res, &e) == 0);
		FUZZ_CHECK(res.errors == t[i].errors && res.warnings == t[i].warnings);
	}
	FUZZ_CHECK(strcmp(buf_str(&t[0].text), buf_str(&t[1].text)) == 0);
	buf_free(&t[0].text);
	buf_free(&t[1].text);
	return 0;
}
