/* extract: what was understood of a newsletter, as facts JSON; or the stages before. */
#include <string.h>

#include "cli/commands.h"
#include "cli/source.h"
#include "json/json.h"

static const struct cli_option options[] = {
	{ "stop", 0, "doc|mentions", "print the text as it was read, or what was found in it, instead of the facts" },
	{ "explain", 0, NULL, "say on standard error of every candidate for a relationship why it is one or is none" },
	{ "output", 'o', "FILE", "where to write; standard output unless given" },
	SOURCE_OPTIONS,
	{ NULL, 0, NULL, NULL }
};

/* ---- the stages: each prints itself ---------------------------------------------------------------------------------------- */

struct extract {
	struct cli *c;
	struct source s;
	struct pipeline_input in;
	struct arena *arena;	/* of the document */
	struct buf out;
};

static int
print_doc(struct extract *x, struct err *e)
{
	struct doc d;

	if (pipeline_doc(x->s.pipeline, &x->in, x->arena, &d, e) != 0)
		return -1;
	doc_print(&d, &x->out);
	return 0;
}

static int
print_mentions(struct extract *x, struct err *e)
{
	struct mentions m;
	struct facts f;
	struct doc d;

	if (pipeline_doc(x->s.pipeline, &x->in, x->arena, &d, e) != 0 ||
	    pipeline_mentions(x->s.pipeline, &d, &m, &f, e) != 0)
		return -1;
	mentions_print(&d, &m, &x->out);
	source_notices(x->c, &f);
	facts_release(&f);
	return 0;
}

static int
print_facts(struct extract *x, struct err *e)
{
	struct facts f;
	json_t *json;

	if (pipeline_facts(x->s.pipeline, &x->in, x->arena, &f, e) != 0)
		return -1;
	json = facts_to_json(&f);
	json_write(json, &x->out, JSON_PRETTY, 0);
	buf_addc(&x->out, '\n');
	json_decref(json);
	source_notices(x->c, &f);
	facts_release(&f);
	return 0;
}

static const struct stage {
	const char *name;
	int (*print)(struct extract *x, struct err *e);
} stages[] = {
	{ "facts", print_facts },
	{ "mentions", print_mentions },
	{ "doc", print_doc },
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

static int
write_out(const char *path, const struct buf *b, struct err *e)
{
	struct file_out o;

	if (b->over)
		return err_set(e, ERR_INPUT, "the result is larger than %zu octets", b->max);
	if (file_out_open(&o, path, e) != 0)
		return -1;
	file_out_write(&o, buf_str(b), b->len);
	return file_out_commit(&o, e);
}

/* ---- the command ------------------------------------------------------------------------------------------------------------ */

static int
run_extract(struct cli *c, const struct cli_args *a)
{
	struct extract x = { .c = c, .out = BUF_INIT(LIMIT_JSON_TEXT) };
	struct buf bytes = BUF_INIT(LIMIT_JSON_TEXT), explain = BUF_INIT(LIMIT_JSON_TEXT);
	const struct stage *stage = stage_of(cli_get(a, "stop") ? cli_get(a, "stop") : "facts");
	struct err e = ERR_INIT;
	int rc = 0;

	if (stage == NULL)
		return cli_usage(c, "--stop is doc or mentions");
	x.arena = arena_new();
	if (source_open(a, &x.s, &e) != 0 || source_read(a, &x.s, cli_argv(a, 0), &bytes, &x.in, &e) != 0)
		rc = cli_fail(c, &e);
	else {
		x.in.explain = cli_has(a, "explain") ? &explain : NULL;
		if (stage->print(&x, &e) != 0 || write_out(cli_get(a, "output"), &x.out, &e) != 0)
			rc = cli_fail(c, &e);
	}
	fputs(buf_str(&explain), c->err);
	source_close(&x.s);
	arena_free(x.arena);
	buf_free(&x.out);
	buf_free(&bytes);
	buf_free(&explain);
	return rc;
}

const struct cli_command cmd_extract = {
	.name = "extract", .args = "FILE", .summary = "show what a newsletter states: facts that can be corrected and converted",
	.options = options, .min = 1, .max = 1, .run = run_extract,
};
