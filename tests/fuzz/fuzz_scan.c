/*
 * A text: the values found in it stand inside it, in order and apart; evidence is one sentence of it; and a further line takes
 * nothing away of what was found before.
 */
#include "convert/scan.h"
#include "fuzz.h"

static struct phrases *phrases;

#define MORE	"\n\nFurther words stand here.\n"

struct reading {
	struct doc d;
	struct mentions m;
	struct facts f;
};

static int
read_text(struct arena *a, const char *s, size_t n, struct reading *r)
{
	struct doc_options o = { 0 };

	memset(r, 0, sizeof(*r));
	o.langs = phrases_langs(phrases);
	o.format = "text";
	o.encoding = "UTF-8";
	o.lang = "ja";
	o.lenient = 1;
	if (doc_read(a, "fuzz", s, n, &o, &r->d, NULL) != 0)
		return -1;
	r->f.arena = a;
	scan_values(&r->d, phrases, &r->m, &r->f);
	return 0;
}

static void
check_places(const struct reading *r)
{
	size_t i, k, last = 0;

	for (i = 0; i < r->m.n; i++) {
		const struct mention *m = &r->m.v[i];

		FUZZ_CHECK(m->start >= last && m->end > m->start && m->end <= r->d.len);
		FUZZ_CHECK(m->value != NULL && m->value[0] != '\0' && m->rule != NULL);
		FUZZ_CHECK((m->class == MENTION_VALUE) == (m->kind != NULL));
		last = m->end;
	}
	for (i = 0; i < r->f.observables.n; i++) {
		const struct observable *o = &r->f.observables.v[i];

		FUZZ_CHECK(o->evidence.n > 0 && o->id != NULL && (json_object_size(o->props) > 0 || o->pattern != NULL));
		for (k = 0; k < o->evidence.n; k++) {
			size_t s;

			for (s = 0; s < r->d.nsent && doc_input(&r->d, r->d.sents[s].start) != o->evidence.v[k].start; s++)
				;
			FUZZ_CHECK(s < r->d.nsent && doc_input_end(&r->d, r->d.sents[s].end) == o->evidence.v[k].end);
		}
	}
}

/* All that was found in the shorter text is found in the longer one, in the same place. */
static void
check_more(const struct reading *a, const struct reading *b)
{
	size_t i;

	FUZZ_CHECK(b->m.n >= a->m.n);
	for (i = 0; i < a->m.n; i++) {
		FUZZ_CHECK(a->m.v[i].start == b->m.v[i].start && a->m.v[i].end == b->m.v[i].end);
		FUZZ_CHECK(a->m.v[i].kind == b->m.v[i].kind && strcmp(a->m.v[i].value, b->m.v[i].value) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading one, two;
	struct arena *a;
	char *more;

	if (phrases == NULL && phrases_load(NULL, &phrases, NULL) != 0)
		return 0;
	a = arena_new();
	if (read_text(a, (const char *)data, size, &one) == 0) {
		check_places(&one);
		more = arena_alloc(a, size + sizeof(MORE));
		memcpy(more, data, size);
		memcpy(more + size, MORE, sizeof(MORE) - 1);
		if (read_text(a, more, size + sizeof(MORE) - 1, &two) == 0) {
			check_more(&one, &two);
			facts_release(&two.f);
		}
		facts_release(&one.f);
	}
	arena_free(a);
	return 0;
}
