/* A pattern, a line feed, a text: the pattern is refused or searched for within its limits. */
#include "fuzz.h"
#include "json/engine.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data, *text = memchr(s, '\n', size);
	struct regex_run *run;
	struct regex *re;
	size_t n = text != NULL ? (size_t)(text - s) : size;
	int r;

	if (utf8_valid(s, size) != size)
		return 0;
	re = regex_new(s, n, NULL);
	if (re == NULL)
		return 0;
	run = regex_run_new();
	r = text != NULL ? regex_search(re, run, text + 1, size - n - 1) : 0;
	FUZZ_CHECK(r >= -1 && r <= 1);
	regex_run_free(run);
	regex_free(re);
	return 0;
}
