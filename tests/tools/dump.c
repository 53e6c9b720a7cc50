/*
 * dump MODE FILE: prints what the floors below the commands make of a document. MODE: doc. For tests and for a look.
 */
#include <stdlib.h>
#include <string.h>

#include "convert/phrases.h"

static int
fail(const struct err *e)
{
	fprintf(stderr, "dump: %s\n", e->text);
	return (int)e->kind;
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct buf in = BUF_INIT(LIMIT_DOCUMENT), out = BUF_INIT(SIZE_MAX);
	struct arena *a = arena_new();
	struct phrases *p = NULL;
	struct doc_options opt = { 0 };
	struct doc d;
	int rc;

	if (argc != 3 || strcmp(argv[1], "doc") != 0) {
		fprintf(stderr, "usage: dump doc FILE\n");
		return 2;
	}
	rc = phrases_load(NULL, &p, &e);
	if (rc == 0)
		opt.langs = phrases_langs(p);
	if (rc == 0)
		rc = file_read(argv[2], LIMIT_DOCUMENT, &in, &e);
	if (rc == 0)
		rc = doc_read(a, argv[2], buf_str(&in), in.len, &opt, &d, &e);
	if (rc == 0) {
		doc_print(&d, &out);
		fputs(buf_str(&out), stdout);
	}
	buf_free(&out);
	buf_free(&in);
	phrases_free(p);
	arena_free(a);
	return rc == 0 ? 0 : fail(&e);
}
