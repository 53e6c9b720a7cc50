/* extract: what was understood of a newsletter, as facts JSON; or the stages before. */
#include <string.h>

#include "cli/batch.h"
#include "cli/commands.h"
#include "json/json.h"

static const struct cli_option options[] = {
	{ "stop", 0, "doc|mentions", "print the text as it was read, or what was found in it, instead of the facts" },
	{ "explain", 0, NULL, "say on standard error of every candidate for a relationship why it is one or is none" },
	{ "output", 'o', "OUT", "file to write, or folder for several; standard output unless given" },
	BATCH_OPTIONS,
	SOURCE_OPTIONS,
	{ NULL, 0, NULL, NULL }
};

/* ---- the stages: each prints itself ---------------------------------------------------------------------------------------- */

/* A document on its way. */
struct extract {
	struct batch_work *w;
	const struct pipeline_input *in;
	struct arena *arena;	/* of the document */
	struct buf *out;
	int line;		/* facts are to be one line */
};

static int
print_doc(struct extract *x, struct err *e)
{
	struct doc d;

	if (pipeline_doc(x->w->s.pipeline, x->in, x->arena, &d, e) != 0)
		return -1;
	/* the text of a PDF itself: places count in it (DESIGN 5) */
	if (x->in->origin != NULL)
		buf_add(x->out, x->in->bytes, x->in->len);
	else
		doc_print(&d, x->out);
	return 0;
}

static int
print_mentions(struct extract *x, struct err *e)
{
	struct mentions m;
	struct facts f;
	struct doc d;

	if (pipeline_doc(x->w->s.pipeline, x->in, x->arena, &d, e) != 0 ||
	    pipeline_mentions(x->w->s.pipeline, &d, &m, &f, e) != 0)
		return -1;
	mentions_print(&d, &m, x->out);
	source_notices(&x->w->cli, &f);
	facts_release(&f);
	return 0;
}

static int
print_facts(struct extract *x, struct err *e)
{
	struct facts f;
	json_t *json;

	if (pipeline_facts(x->w->s.pipeline, x->in, x->arena, &f, e) != 0)
		return -1;
	json = facts_to_json(&f);
	json_write(json, x->out, x->line ? JSON_TIGHT : JSON_PRETTY, 0);
	buf_addc(x->out, '\n');
	json_decref(json);
	source_notices(&x->w->cli, &f);
	facts_release(&f);
	return 0;
}

static const struct stage {
	const char *name, *suffix;	/* of a file in a folder */
	int (*print)(struct extract *x, struct err *e);
} stages[] = {
	{ "facts", ".facts.json", print_facts },
	{ "mentions", ".mentions.tsv", print_mentions },
	{ "doc", ".doc.txt", print_doc },
};

static const struct stage *
stage_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(stages); i++)
		if (strcmp(stages[i].name, name) == 0)
			return &stages[i];
	return NULL;
}

/* What is asked of each document. */
struct asked {
	const struct stage *stage;
	int explain;
};

/* "FOLDER/name.txt" becomes "name.facts.json"; the third document of "feed.xml", "feed-3.facts.json". */
static int
name_of(const struct pipeline_input *in, size_t n, const char *suffix, char name[BATCH_NAME], struct err *e)
{
	const char *base = strrchr(in->name, '/') ? strrchr(in->name, '/') + 1 : in->name, *dot;
	size_t k = strlen(base);
	char number[32] = "";

	/* ", item 3" and ", line 3" are ours */
	while (n != SIZE_MAX && k > 0 && base[k] != ',')
		k--;
	dot = memrchr(base, '.', k);
	if (dot != NULL && dot > base)
		k = (size_t)(dot - base);
	if (strncmp(base, "standard input", 14) == 0)
		k = strlen("standard");
	if (n != SIZE_MAX)
		snprintf(number, sizeof(number), "-%zu", n + 1);
	if ((size_t)snprintf(name, BATCH_NAME, "%.*s%s%s", (int)k, base, number, suffix) >= BATCH_NAME)
		return err_set(e, ERR_SYSTEM, "%s: the name is too long for a file beside others", in->name);
	return 0;
}

static int
extract_make(struct batch_work *w, const struct pipeline_input *in, size_t n, int line, struct buf *text, char name[BATCH_NAME],
    struct err *e)
{
	const struct asked *asked = w->state;
	const struct stage *stage = asked->stage;
	struct extract x = { .w = w, .out = text, .line = line };
	struct buf explain = BUF_INIT(LIMIT_JSON_TEXT);
	struct pipeline_input mine = *in;
	int rc;

	mine.explain = asked->explain ? &explain : NULL;
	x.in = &mine;
	x.arena = arena_new();
	/* what tells one text of several from the next, as head(1) does */
	if (line && stage->print != print_facts)
		buf_printf(text, "==> %s <==\n", in->name);
	rc = name_of(in, n, stage->suffix, name, e);
	if (rc == 0)
		rc = stage->print(&x, e);
	fputs(buf_str(&explain), w->cli.err);
	buf_free(&explain);
	arena_free(x.arena);
	return rc;
}

static int
extract_begin(const struct cli_args *a, struct batch_work *w, void *arg, struct err *e)
{
	struct asked *asked = w->state;

	(void)e;
	asked->stage = arg;
	asked->explain = cli_has(a, "explain");
	return 0;
}

static void
extract_end(struct batch_work *w)
{
	(void)w;
}

static int
run_extract(struct cli *c, const struct cli_args *a)
{
	struct batch_command cmd = { .state = sizeof(struct asked), .begin = extract_begin, .end = extract_end, .make = extract_make };
	const struct stage *stage = stage_of(cli_get(a, "stop") ? cli_get(a, "stop") : "facts");

	if (stage == NULL)
		return cli_usage(c, "--stop is doc or mentions");
	return batch_run(c, a, &cmd, (void *)(uintptr_t)stage);
}

const struct cli_command cmd_extract = {
	.name = "extract", .args = "FILE...", .summary = "show what newsletters state: facts that can be corrected and converted",
	.options = options, .min = 1, .max = -1, .run = run_extract,
};
