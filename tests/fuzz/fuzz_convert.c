/*
 * The whole way of a text: evidence stands inside the input and quotes it in order; the bundle has no errors, and no warnings but
 * those that are explained below; facts that are written and read again are the same and give the same bundle. Of facts that
 * somebody wrote (a JSON object), only that what is composed of them can be written.
 */
#include "feed/feed.h"
#include "fuzz.h"
#include "json/json.h"
#include "validate/validate.h"

/* Two that .ci/run disables too; SHA-224 and SHA-384 have no other name, and the vocabulary, which is open, has none for them. */
#define EXPLAINED	"uuid-check,based-on-observable,hash-algo,network-traffic-ports"

static struct pipeline *pipeline;
static struct validate *validate;

static void
check_evidence(const struct evidences *list, size_t size)
{
	size_t i;

	FUZZ_CHECK(list->n > 0);
	for (i = 0; i < list->n; i++) {
		const struct evidence *e = &list->v[i];

		FUZZ_CHECK(e->start < e->end && e->end <= size);
		FUZZ_CHECK(e->text != NULL && e->text[0] != '\0' && e->rule != NULL);
		FUZZ_CHECK(utf8_valid(e->text, strlen(e->text)) == strlen(e->text));
	}
}

static void
check_facts(const struct facts *f, size_t size)
{
	size_t i;

	for (i = 0; i < f->entities.n; i++)
		check_evidence(&f->entities.v[i].evidence, size);
	for (i = 0; i < f->observables.n; i++)
		check_evidence(&f->observables.v[i].evidence, size);
	for (i = 0; i < f->relations.n; i++)
		check_evidence(&f->relations.v[i].evidence, size);
}

static void
found(void *arg, const struct validate_finding *f)
{
	const char *bundle = arg;

	fprintf(stderr, "%s %s: %s [%s]\n%.4000s\n", f->id, f->pointer, f->message, f->code, bundle);
}

/* The bundle of the facts as text. */
static char *
bundle_of(const struct facts *f)
{
	struct compose_options o = COMPOSE_INIT;
	struct buf text = BUF_INIT(LIMIT_JSON_TEXT);
	json_t *bundle;

	o.model = pipeline_model(pipeline);
	o.now = (struct stamp){ 1700000000, 0 };
	if (compose(f, &o, &bundle, NULL) != 0)
		return NULL;
	json_write(bundle, &text, JSON_PRETTY, 0);
	json_decref(bundle);
	return buf_take(&text);
}

static char *
text_of(const struct facts *f)
{
	struct buf text = BUF_INIT(LIMIT_JSON_TEXT);
	json_t *json = facts_to_json(f);

	json_write(json, &text, JSON_PRETTY, 0);
	json_decref(json);
	return buf_take(&text);
}

static void
check_round(struct arena *a, const struct facts *f, const char *bundle)
{
	char *text = text_of(f), *again, *second;
	struct pipeline_input in = { .name = "facts", .bytes = text, .len = strlen(text), .format = "facts" };
	struct err e = ERR_INIT;
	struct facts g;

	if (pipeline_facts(pipeline, &in, a, &g, &e) != 0) {
		fprintf(stderr, "%s\n%.4000s\n", e.text, text);
		FUZZ_CHECK(!"the facts can be read again");
	}
	again = text_of(&g);
	FUZZ_CHECK(strcmp(text, again) == 0);
	second = bundle_of(&g);
	FUZZ_CHECK(second != NULL && strcmp(bundle, second) == 0);
	free(second);
	free(again);
	free(text);
	facts_release(&g);
}

static void
setup(void)
{
	struct pipeline_options o = { NULL, NULL, NULL };

	FUZZ_CHECK(pipeline_new(&o, &pipeline, NULL) == 0);
	validate = validate_new();
	FUZZ_CHECK(validate_disable(validate, EXPLAINED, NULL) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pipeline_input in = { .name = "fuzz", .bytes = (const char *)data, .len = size, .lenient = 1 };
	struct validate_result res;
	struct arena *a;
	struct facts f;
	char *bundle;
	int written;

	if (pipeline == NULL)
		setup();
	a = arena_new();
	written = pipeline_is_facts(&in);
	if (pipeline_facts(pipeline, &in, a, &f, NULL) == 0) {
		bundle = bundle_of(&f);
		if (!written) {
			check_facts(&f, size);
			FUZZ_CHECK(bundle != NULL);
			FUZZ_CHECK(validate_memory(validate, bundle, strlen(bundle), found, bundle, &res, NULL) == 0);
			FUZZ_CHECK(res.errors + res.warnings == 0);
			check_round(a, &f, bundle);
		}
		free(bundle);
		facts_release(&f);
	}
	arena_free(a);
	return 0;
}
