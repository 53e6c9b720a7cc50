/* A pattern is refused with a place inside it, or is printed so that it parses to the same print. */
#include "fuzz.h"
#include "validate/pattern.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf first = BUF_INIT(64u << 20), second = BUF_INIT(64u << 20);
	struct arena *a = arena_new();
	struct pattern_fault fault;
	struct pattern_node *n, *m;
	const char *text = arena_strndup(a, size > 0 ? (const char *)data : "", size);

	if (utf8_valid(text, size) == size && pattern_parse(a, text, size, &n, &fault) != 0) {
		FUZZ_CHECK(fault.at <= size && fault.end <= size && fault.message[0] != '\0');
		FUZZ_CHECK(utf8_valid(fault.message, strlen(fault.message)) == strlen(fault.message));
	} else if (utf8_valid(text, size) == size) {
		pattern_print(n, &first);
		FUZZ_CHECK(pattern_parse(a, buf_str(&first), first.len, &m, &fault) == 0);
		pattern_print(m, &second);
		FUZZ_CHECK(strcmp(buf_str(&first), buf_str(&second)) == 0);
	}
	buf_free(&first);
	buf_free(&second);
	arena_free(a);
	return 0;
}
