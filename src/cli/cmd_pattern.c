/* stixpress pattern: STIX patterns by themselves, checked, or printed as a tree or in one form. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "validate/validate.h"

enum pattern_task { CHECK, TREE, PRINT };

struct pattern_run {
	struct cli *c;
	struct validate *v;
	enum pattern_task task;
	int strict, status;
	const char *name;		/* of the file, or "pattern" */
	const char *text;		/* the pattern at hand */
	size_t len;
	uint32_t line;			/* lines of the file before it */
	struct buf out;			/* with a maximum */
};

/* The line of the pattern that a finding is in, and a mark below it. */
static void
show(struct pattern_run *r, uint32_t line, uint32_t column)
{
	const char *s = r->text;
	char *part, *safe;
	size_t i, n;

	for (; line > 1 && (s = strchr(s, '\n')) != NULL; line--)
		s++;
	n = strcspn(s, "\r\n");
	part = xstrdup(s);
	part[n] = '\0';
	for (i = 0; i < n; i++)
		if ((unsigned char)part[i] < 0x20)
			part[i] = ' ';
	safe = cli_escape(part);
	fprintf(r->c->out, "  %s\n  ", safe);
	for (i = 1; i < column; i++)
		fputc(' ', r->c->out);
	fputs("^\n", r->c->out);
	free(safe);
	free(part);
}

static void
found(void *arg, const struct validate_finding *f)
{
	struct pattern_run *r = arg;
	struct validate_finding own = *f;

	own.place.line += r->line;
	buf_reset(&r->out);
	validate_text(&r->out, r->name, &own);
	fprintf(r->c->out, "%s\n", buf_str(&r->out));
	if (!r->c->quiet)
		show(r, f->place.line, f->place.column);
}

static void
one_pattern(struct pattern_run *r, const char *text, size_t len)
{
	struct validate_result res = { 0 };
	struct err e = ERR_INIT;
	int rc;

	r->text = text;
	r->len = len;
	rc = validate_pattern(r->v, text, len, found, r, &res, &e);
	if (rc != 0) {
		err_prefix(&e, "%s", r->name);
		r->status = cli_worse(r->status, cli_fail(r->c, &e));
		return;
	}
	if (res.errors > 0 || (r->strict && res.warnings > 0))
		r->status = cli_worse(r->status, ERR_INPUT);
	if (r->task == CHECK || res.errors > 0)
		return;
	buf_reset(&r->out);
	rc = r->task == TREE ? validate_pattern_tree(text, len, &r->out, &e) : validate_pattern_print(text, len, &r->out, &e);
	if (rc != 0)
		r->status = cli_worse(r->status, cli_fail(r->c, &e));
	else
		fprintf(r->c->out, r->task == TREE ? "%s" : "%s\n", buf_str(&r->out));
}

/* A pattern a line; empty lines are passed over. */
static void
one_file(struct pattern_run *r, const char *path)
{
	struct buf b = BUF_INIT(LIMIT_DOCUMENT);
	struct err e = ERR_INIT;
	size_t n, at;

	if (file_read(path, LIMIT_DOCUMENT, &b, &e) != 0) {
		r->status = cli_worse(r->status, cli_fail(r->c, &e));
		buf_free(&b);
		return;
	}
	buf_adds(&b, "");
	r->name = strcmp(path, "-") == 0 ? "(standard input)" : path;
	for (at = 0; at < b.len; at += n + 1, r->line++) {
		for (n = 0; at + n < b.len && b.s[at + n] != '\n'; n++)
			;
		b.s[at + n] = '\0';
		if (n > 0 && b.s[at + n - 1] == '\r')
			b.s[at + n - 1] = '\0';
		if (strspn(b.s + at, " \t") != strlen(b.s + at) || strlen(b.s + at) + 1 < n)
			one_pattern(r, b.s + at, n > 0 && b.s[at + n - 1] == '\0' ? n - 1 : n);
	}
	r->line = 0;
	buf_free(&b);
}

static int
run(struct cli *c, const struct cli_args *a)
{
	struct pattern_run r = { .c = c, .out = BUF_INIT(LIMIT_JSON_TEXT), .strict = cli_has(a, "strict") };
	const char *s;
	int i;

	if (cli_argc(a) == 0 && !cli_has(a, "file"))
		return cli_usage(c, "a pattern, or --file FILE, is missing");
	r.task = cli_has(a, "tree") ? TREE : cli_has(a, "print") ? PRINT : CHECK;
	r.v = validate_new();
	validate_limit(r.v, 0);
	for (i = 0; i < cli_argc(a); i++) {
		s = cli_argv(a, i);
		r.name = "pattern";
		if (strcmp(s, "-") == 0)
			one_file(&r, s);
		else
			one_pattern(&r, s, strlen(s));
	}
	for (i = 0; (s = cli_nth(a, "file", i)) != NULL; i++)
		one_file(&r, s);
	validate_free(r.v);
	buf_free(&r.out);
	return r.status;
}

static const struct cli_option options[] = {
	{ "file", 'f', "FILE", "check the patterns in FILE, one a line" },
	{ "tree", 0, NULL, "print the tree of each pattern" },
	{ "print", 0, NULL, "print each pattern in one fixed form" },
	{ "strict", 0, NULL, "warnings fail too" },
	{ 0 }
};

const struct cli_command cmd_pattern = {
	"pattern", "[PATTERN...]", "check STIX patterns, or print their trees", options, 0, -1, run,
};
