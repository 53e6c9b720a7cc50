/*
 * dump doc|mentions|facts|bundle FILE: prints what the floors below the commands make of a document, for tests and for a look.
 * bundle: the observables alone, in the shape of a bundle, one indicator a line of those that are; ids are running numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "convert/scan.h"

static void
print_mentions(const struct doc *d, const struct mentions *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		printf("%zu-%zu %s %s %s%s\n", doc_input(d, m->v[i].start), doc_input_end(d, m->v[i].end),
		    m->v[i].kind != NULL ? m->v[i].kind->name : m->v[i].type, m->v[i].rule, m->v[i].value,
		    m->v[i].refanged ? " (defanged)" : "");
}

static void
print_facts(const struct facts *f)
{
	size_t i, k;

	for (i = 0; i < f->observables.n; i++) {
		const struct observable *o = &f->observables.v[i];
		char *s = json_dumps(o->props, JSON_SORT_KEYS | JSON_COMPACT);

		printf("%s %s %s %s\n", o->id, o->indicator ? "indicator" : "observable", o->type, s);
		if (o->pattern != NULL)
			printf("  pattern %s\n", o->pattern);
		if (o->product != NULL)
			printf("  product %s\n", o->product);
		if (o->detection != NULL)
			printf("  detection %s\n", o->detection);
		for (k = 0; k < o->evidence.n; k++)
			printf("  %zu-%zu %s: %.200s\n", o->evidence.v[k].start, o->evidence.v[k].end, o->evidence.v[k].rule,
			    o->evidence.v[k].text);
		free(s);
	}
	for (i = 0; i < f->notices.n; i++)
		printf("notice %zu %s: %s\n", f->notices.v[i].at, f->notices.v[i].code, f->notices.v[i].text);
}

static void
print_bundle(const struct facts *f)
{
	json_t *objects = json_array(), *bundle, *o;
	size_t i;

	for (i = 0; i < f->observables.n; i++) {
		o = json_copy(f->observables.v[i].props);
		json_object_set_new(o, "type", json_string(f->observables.v[i].type));
		json_array_append_new(objects, o);
		if (f->observables.v[i].pattern != NULL)
			json_array_append_new(objects, json_pack("{s:s, s:s}", "type", "indicator", "pattern",
			    f->observables.v[i].pattern));
	}
	bundle = json_pack("{s:s, s:o}", "type", "bundle", "objects", objects);
	json_dumpf(bundle, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(bundle);
}

static int
dump(const char *mode, const struct doc *d, const struct phrases *p)
{
	struct mentions m = { 0 };
	struct facts f = { 0 };
	struct buf out = BUF_INIT(SIZE_MAX);

	if (strcmp(mode, "doc") == 0) {
		doc_print(d, &out);
		fputs(buf_str(&out), stdout);
		buf_free(&out);
		return 0;
	}
	f.arena = d->arena;
	scan_values(d, p, &m, &f);
	if (strcmp(mode, "mentions") == 0)
		print_mentions(d, &m);
	else if (strcmp(mode, "facts") == 0)
		print_facts(&f);
	else
		print_bundle(&f);
	facts_release(&f);
	return 0;
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct buf in = BUF_INIT(LIMIT_DOCUMENT);
	struct arena *a = arena_new();
	struct phrases *p = NULL;
	struct doc_options opt = { 0 };
	struct doc d;
	int rc;

	if (argc != 3) {
		fprintf(stderr, "usage: dump doc|mentions|facts|bundle FILE\n");
		return 2;
	}
	rc = phrases_load(NULL, &p, &e);
	if (rc == 0)
		opt.langs = phrases_langs(p);
	if (rc == 0)
		rc = file_read(argv[2], LIMIT_DOCUMENT, &in, &e);
	if (rc == 0)
		rc = doc_read(a, argv[2], buf_str(&in), in.len, &opt, &d, &e);
	if (rc == 0)
		rc = dump(argv[1], &d, p);
	else
		fprintf(stderr, "dump: %s\n", e.text);
	buf_free(&in);
	phrases_free(p);
	arena_free(a);
	return rc == 0 ? 0 : (int)e.kind;
}
