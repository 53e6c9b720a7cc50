/*
 * stages [-n TIMES] FILE...: what each step from a text to its bundle takes, in one process, and what memory it needs.
 *
 * A line a step: the file's octets, the step, the CPU seconds of the best of TIMES runs, and how much the step made. The last line is
 * reading to facts and the memory in KiB up to there, start-up taken off; it is the file's own when one file is measured once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "convert/convert.h"
#include "json/json.h"

enum stage { READ, SCAN, NAMES, CUES, RELATE, COMPOSE, WRITE, STAGES };
static const char *const names[STAGES] = { "doc", "scan", "names", "cues", "relate", "compose", "write" };

struct figures {
	double best[STAGES], took;	/* seconds; took: reading to facts */
	size_t made[STAGES];		/* blocks, mentions (three times), stated things, objects, octets */
	long memory;			/* KiB at the end of relate */
};

struct bench {
	struct phrases *phrases;
	struct knowledge *knowledge;
	struct stix_model *model;
	long begun;			/* KiB before anything was read */
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The most memory so far, in KiB: of this program alone, which getrusage() does not tell when a larger one has started it. */
static long
peak(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char text[256];
	long kib = 0;

	while (f != NULL && fgets(text, sizeof(text), f) != NULL)
		if (strncmp(text, "VmHWM:", 6) == 0)
			kib = strtol(text + 6, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kib;
}

static void
lap(struct figures *f, enum stage s, double *from, size_t made)
{
	double to = now(), took = to - *from;

	if (f->best[s] == 0 || took < f->best[s])
		f->best[s] = took;
	f->made[s] = made;
	*from = now();
}

static int
compose_stages(const struct bench *b, const struct facts *facts, struct figures *f, double *from, struct err *e)
{
	struct compose_options o = COMPOSE_INIT;
	struct buf text = BUF_INIT(LIMIT_JSON_TEXT);
	json_t *bundle;

	o.model = b->model;
	o.now.sec = 1700000000;
	if (compose(facts, &o, &bundle, e) != 0)
		return -1;
	lap(f, COMPOSE, from, json_array_size(json_object_get(bundle, "objects")));
	json_write(bundle, &text, 2, 0);
	lap(f, WRITE, from, text.len);
	buf_free(&text);
	json_decref(bundle);
	return 0;
}

static int
run(const struct bench *b, const char *name, const struct buf *text, struct figures *f, struct err *e)
{
	struct doc_options o = { .langs = phrases_langs(b->phrases) };
	struct arena *a = arena_new();
	struct mentions m = { 0 };
	struct facts facts = { 0 };
	struct doc d;
	double from = now(), begun = from;
	int rc = -1;

	if (doc_read(a, name, text->s, text->len, &o, &d, e) != 0)
		goto done;
	lap(f, READ, &from, d.nblock);
	facts_begin(&facts, &d);
	scan_values(&d, b->phrases, &m, &facts);
	lap(f, SCAN, &from, m.n);
	find_names(&d, b->phrases, b->knowledge, &m, &facts);
	lap(f, NAMES, &from, m.n);
	if (cue_names(&d, b->phrases, &m, &facts, e) != 0)
		goto done;
	lap(f, CUES, &from, m.n);
	if (relate(&d, b->phrases, &m, &facts, NULL, e) != 0)
		goto done;
	lap(f, RELATE, &from, facts.entities.n + facts.observables.n + facts.relations.n);
	if (f->took == 0 || from - begun < f->took)
		f->took = from - begun;
	if (f->memory == 0)
		f->memory = peak() - b->begun;
	rc = compose_stages(b, &facts, f, &from, e);
done:
	facts_release(&facts);
	arena_free(a);
	return rc;
}

static int
file(const struct bench *b, const char *name, int times, struct err *e)
{
	struct buf text = BUF_INIT(LIMIT_DOCUMENT);
	struct figures f = { 0 };
	int i, rc = file_read(name, LIMIT_DOCUMENT, &text, e);

	for (i = 0; rc == 0 && i < times; i++)
		rc = run(b, name, &text, &f, e);
	for (i = 0; rc == 0 && i < STAGES; i++)
		printf("%zu\t%s\t%.6f\t%zu\n", text.len, names[i], f.best[i], f.made[i]);
	if (rc == 0)
		printf("%zu\tfacts\t%.6f\t%ld\n", text.len, f.took, f.memory);
	buf_free(&text);
	return rc;
}

int
main(int argc, char **argv)
{
	int times = argc > 2 && strcmp(argv[1], "-n") == 0 ? atoi(argv[2]) : 1, i = argc > 2 && times > 0 && argv[1][0] == '-' ? 3 : 1;
	struct bench b = { 0 };
	struct err e = ERR_INIT;
	int rc = 0;

	base_begin();
	b.begun = peak();
	b.model = stix_model_new(embedded_schemas);
	if (phrases_load(NULL, &b.phrases, &e) != 0 || knowledge_load(NULL, NULL, &b.knowledge, &e) != 0)
		rc = 2;
	for (; rc == 0 && i < argc; i++)
		rc = file(&b, argv[i], times, &e) != 0;
	if (rc != 0)
		fprintf(stderr, "stages: %s\n", e.text);
	phrases_free(b.phrases);
	knowledge_free(b.knowledge);
	stix_model_free(b.model);
	return rc;
}
