/*
 * mkknowledge FILE...: writes the C source of the built-in knowledge from STIX bundles (feeds/knowledge) and the name phrases of
 * the languages (feeds/phrases/TAG/names.json, known.json). The build runs it; it is not installed.
 */
#include <stdio.h>

#include "convert/convert.h"

int
main(int argc, char **argv)
{
	struct buf out = BUF_INIT(LIMIT_KNOWLEDGE);
	struct err e = ERR_INIT;
	int rc = argc < 2;

	if (knowledge_compile((const char *const *)argv + 1, &out, &e) != 0) {
		fprintf(stderr, "mkknowledge: %s\n", e.text);
		rc = 1;
	}
	fwrite(buf_str(&out), 1, out.len, stdout);
	buf_free(&out);
	return fflush(stdout) != 0 || ferror(stdout) || rc;
}
