/* stixpress validate: files, folders, standard input; what is found in one of the forms of forms.c. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/forms.h"

/* ---- files ----------------------------------------------------------------------------------------------------------------- */

static void
found(void *arg, const struct validate_finding *f)
{
	struct forms_run *r = arg;

	r->form->finding(r, f);
}

static void
source_close(struct forms_run *r)
{
	if (r->source != NULL)
		file_in_close(r->source);
	r->source = NULL;
	r->source_line = 0;
}

/* A file that cannot be read is a finding for programs, besides the message and the exit status. */
static void
unreadable(struct forms_run *r, const char *why)
{
	struct validate_result res;
	struct validate_finding f = { .code = "unreadable", .severity = VALIDATE_ERROR, .id = "", .pointer = "", .message = why,
	    .clause = "" };

	r->status = cli_worse(r->status, ERR_SYSTEM);
	if (!r->form->machine)
		return;
	validate_begin(r->v, found, r);		/* forgets what was withheld of the file before */
	validate_end(r->v, &res);
	res.errors = 1;
	r->files++;
	r->invalid++;
	r->errors++;
	r->form->finding(r, &f);
	r->form->file(r, &res);
}

/* What a file came to. */
static void
file_done(struct forms_run *r, const struct validate_result *res)
{
	r->files++;
	r->errors += res->errors;
	r->warnings += res->warnings;
	r->objects += res->objects;
	r->invalid += !forms_valid(r, res);
	r->form->file(r, res);
	if (!forms_valid(r, res))
		r->status = cli_worse(r->status, ERR_INPUT);
}

static int
judge(struct forms_run *r, const char *path, struct validate_result *res, struct err *e)
{
	FILE *f = file_in_open(path, e);
	int rc;

	if (f == NULL)
		return -1;
	rc = validate_stream(r->v, f, found, r, res, e);
	file_in_close(f);
	return rc;
}

/* ahead: the file is the next of these; or NULL. */
static void
one_file(struct forms_run *r, const char *path, struct validate_ahead *ahead)
{
	struct validate_result res;
	struct err e = ERR_INIT;
	struct stat st;
	int is_stdin = strcmp(path, "-") == 0;

	r->path = is_stdin ? "(standard input)" : path;
	/* once more, for its lines; a pipe can be read but once */
	if (r->show && stat(path, &st) == 0 && S_ISREG(st.st_mode))
		r->source = file_in_open(path, NULL);
	if ((ahead != NULL ? validate_ahead_next(ahead, found, r, &res, &e) : judge(r, path, &res, &e)) == 0) {
		file_done(r, &res);
	} else {
		cli_error(r->c, "%s: %s", path, e.text);
		unreadable(r, e.text);
	}
	source_close(r);
}

/* ---- which files ----------------------------------------------------------------------------------------------------------- */

/* A file of which one thread judges all, unless it is larger. */
#define SMALL_FILE	(4u << 20)

/* A file, or a folder that cannot be read. */
struct source {
	char *path;
	int error;	/* errno of the folder; 0: a file */
	int small;
};

struct sources {
	struct source *v;
	size_t n, cap;
};

static void
add_source(struct sources *s, const char *path, int error, int small)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 16 : s->cap * 2;
		s->v = xrealloc(s->v, s->cap * sizeof(*s->v));
	}
	s->v[s->n++] = (struct source){ xstrdup(path), error, small };
}

static int
is_json_name(const char *name)
{
	static const char *const ends[] = { ".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz" };
	size_t i, n = strlen(name), len;

	for (i = 0; i < ARRAY_LEN(ends); i++)
		if ((len = strlen(ends[i])) < n && strcmp(name + n - len, ends[i]) == 0)
			return 1;
	return 0;
}

static void one_path(struct sources *s, const char *path, int depth);

/* The JSON files of a folder and its sub-folders, by name. */
static void
one_folder(struct sources *s, const char *dir, int depth)
{
	struct dirent **list;
	struct stat st;
	int i, n = scandir(dir, &list, NULL, alphasort);
	char *path;

	if (n < 0) {
		add_source(s, dir, errno, 0);
		return;
	}
	for (i = 0; i < n; free(list[i++])) {
		if (list[i]->d_name[0] == '.')
			continue;
		if (asprintf(&path, "%s%s%s", dir, dir[strlen(dir) - 1] == '/' ? "" : "/", list[i]->d_name) < 0)
			base_oom();
		if (stat(path, &st) == 0 && (S_ISDIR(st.st_mode) || is_json_name(path)))
			one_path(s, path, depth - 1);
		free(path);
	}
	free(list);
}

static void
one_path(struct sources *s, const char *path, int depth)
{
	struct stat st;
	int is_there = strcmp(path, "-") != 0 && stat(path, &st) == 0;

	if (is_there && S_ISDIR(st.st_mode)) {
		if (depth > 0)
			one_folder(s, path, depth);
		return;
	}
	add_source(s, path, 0, is_there && S_ISREG(st.st_mode) && st.st_size <= SMALL_FILE);
}

/* Judges the files in their order; small ones by several threads ahead of their turn. */
static void
all_files(struct forms_run *r, struct sources *s)
{
	struct validate_ahead *ahead = NULL;
	const char **paths = xcalloc(s->n > 0 ? s->n : 1, sizeof(*paths));
	size_t i, small = 0;

	for (i = 0; i < s->n; i++)
		if (s->v[i].small)
			paths[small++] = s->v[i].path;
	if (r->threads > 1 && small > 1)
		ahead = validate_ahead_new(r->v, paths, small);
	for (i = 0; i < s->n; i++) {
		const struct source *f = &s->v[i];

		if (f->error == 0) {
			one_file(r, f->path, f->small ? ahead : NULL);
			continue;
		}
		cli_error(r->c, "%s: %s", f->path, strerror(f->error));
		r->path = f->path;
		unreadable(r, strerror(f->error));
	}
	validate_ahead_free(ahead);
	for (i = 0; i < s->n; i++)
		free(s->v[i].path);
	free(s->v);
	free(paths);
}

/* ---- repairs ------------------------------------------------------------------------------------------------------------------ */

static void
fixed(void *arg, const char *pointer, const char *what)
{
	struct forms_run *r = arg;
	char *at = cli_escape(pointer), *text = cli_escape(what);

	if (!r->c->quiet)
		fprintf(r->c->err, "%s%s%s: fixed: %s\n", r->path, at[0] != '\0' ? " " : "", at, text);
	free(at);
	free(text);
}

/* Writes a file once more, repaired, and goes on with that one. */
static int
fix_file(struct forms_run *r, const char *path, const char *out, struct err *e)
{
	struct json_text *t;
	struct file_out o;
	size_t n;

	if (strcmp(path, out) == 0)
		return err_set(e, ERR_USAGE, "--fix: %s would be overwritten; name a new file", path);
	if (json_read_file(path, LIMIT_JSON_TEXT, &t, e) != 0)
		return -1;
	r->path = strcmp(path, "-") == 0 ? "(standard input)" : path;
	n = validate_fix(r->v, json_text_root(t), fixed, r);
	if (file_out_open(&o, out, e) != 0) {
		json_text_free(t);
		return -1;
	}
	if (json_write_file(json_text_root(t), o.f, JSON_PRETTY, 0, e) != 0) {
		file_out_abort(&o);
		json_text_free(t);
		return -1;
	}
	json_text_free(t);
	file_out_write(&o, "\n", 1);
	cli_note(r->c, "%s: %zu repair%s, written to %s", r->path, n, n == 1 ? "" : "s", out);
	return file_out_commit(&o, e);
}

static void
list_rules(struct cli *c)
{
	const struct validate_rule *rule;
	const char *section;
	size_t i;

	for (i = 0; (rule = validate_rule(i)) != NULL; i++) {
		section = rule->clause[0] >= '0' && rule->clause[0] <= '9' ? rule->clause : "";
		if (rule->number != 0)
			fprintf(c->out, "%3d ", rule->number);
		else
			fputs("  - ", c->out);
		fprintf(c->out, "%-32s %-8s %-7s %s%s\n", rule->name, rule->severity == VALIDATE_ERROR ? "error" : "warning", section,
		    rule->text, rule->optional ? " (off unless enabled)" : "");
	}
}

static int
choices(struct forms_run *r, const struct cli_args *a, struct err *e)
{
	const char *s;
	unsigned flags = 0;
	long limit;
	int i;

	for (i = 0; (s = cli_nth(a, "schemas", i)) != NULL; i++)
		if (validate_schemas(r->v, s, e) != 0)
			return -1;
	for (i = 0; (s = cli_nth(a, "known", i)) != NULL; i++)
		if (validate_known(r->v, s, e) != 0)
			return -1;
	for (i = 0; (s = cli_nth(a, "disable", i)) != NULL; i++)
		if (validate_disable(r->v, s, e) != 0)
			return -1;
	for (i = 0; (s = cli_nth(a, "enable", i)) != NULL; i++)
		if (validate_enable(r->v, s, e) != 0)
			return -1;
	for (i = 0; (s = cli_nth(a, "profile", i)) != NULL; i++)
		if (validate_profile(r->v, s, e) != 0)
			return -1;
	if (cli_has(a, "interop") && validate_profile(r->v, "interop", e) != 0)
		return -1;
	if (cli_number(a, "max", 0, 1000000000, VALIDATE_PER_CODE, &limit, e) != 0)
		return -1;
	validate_limit(r->v, (size_t)limit);
	if (cli_number(a, "jobs", 0, 256, 1, &limit, e) != 0)
		return -1;
	if (limit == 0 && (limit = sysconf(_SC_NPROCESSORS_ONLN)) < 1)
		limit = 1;
	r->threads = (unsigned)limit;
	validate_threads(r->v, r->threads);
	flags |= cli_has(a, "enforce-refs") ? VALIDATE_ENFORCE_REFS : 0;
	flags |= cli_has(a, "strict-types") ? VALIDATE_STRICT_TYPES : 0;
	flags |= cli_has(a, "strict-properties") ? VALIDATE_STRICT_PROPERTIES : 0;
	validate_flags(r->v, flags);
	r->strict = cli_has(a, "strict");
	return 0;
}

static int
run(struct cli *c, const struct cli_args *a)
{
	struct forms_run r = { .c = c, .line = BUF_INIT(LIMIT_JSON_TEXT), .findings = BUF_INIT(LIMIT_JSON_TEXT),
	    .notes = BUF_INIT(LIMIT_JSON_TEXT) };
	const char *form = cli_get(a, "format"), *fix = cli_get(a, "fix");
	struct sources files = { 0 };
	struct err e = ERR_INIT;
	int i;

	if (cli_has(a, "list-rules")) {
		list_rules(c);
		return 0;
	}
	r.v = validate_new();
	r.show = !cli_has(a, "mask") && (c->verbose || isatty(fileno(c->out)));
	validate_mask(r.v, cli_has(a, "mask"));
	if ((r.form = form_find(form != NULL ? form : "text")) == NULL)
		err_set(&e, ERR_USAGE, "--format: there is no format '%s'", form);
	if (fix != NULL && (cli_argc(a) > 1 || strcmp(fix, "-") == 0))
		err_set(&e, ERR_USAGE, "--fix makes one file of one file");
	if (e.kind != ERR_NONE || choices(&r, a, &e) != 0 ||
	    (fix != NULL && fix_file(&r, cli_argc(a) > 0 ? cli_argv(a, 0) : "-", fix, &e) != 0)) {
		validate_free(r.v);
		return cli_fail(c, &e);
	}
	if (r.form->begin != NULL)
		r.form->begin(&r);
	for (i = 0; i < cli_argc(a); i++)
		one_path(&files, fix != NULL ? fix : cli_argv(a, i), 32);
	if (cli_argc(a) == 0)
		one_path(&files, fix != NULL ? fix : "-", 0);
	all_files(&r, &files);
	if (r.form->end != NULL)
		r.form->end(&r);
	if (r.files > 1)
		cli_note(c, "%zu files, %zu invalid, %zu objects, %zu errors, %zu warnings", r.files, r.invalid, r.objects, r.errors,
		    r.warnings);
	buf_free(&r.line);
	buf_free(&r.findings);
	buf_free(&r.notes);
	free(r.source_text);
	validate_free(r.v);
	return r.status;
}

static const struct cli_option options[] = {
	{ "schemas", 's', "DIR|FILE", "schemas of custom types and extensions, or to replace built-in ones" },
	{ "disable", 'd', "RULES", "rules to leave out: names or numbers, separated by commas" },
	{ "enable", 'e', "RULES", "of the rules that warn, only these (with --disable: these too)" },
	{ "strict", 0, NULL, "warnings fail too" },
	{ "profile", 'p', "PROFILE", "add the rules of opencti, misp (what they refuse or lose) or interop" },
	{ "interop", 0, NULL, "the same as --profile interop" },
	{ "known", 0, "FILE", "objects published before: versions are compared with them, references lead to them" },
	{ "enforce-refs", 0, NULL, "a reference to an object that is not in the file is an error" },
	{ "strict-types", 0, NULL, "custom types are errors" },
	{ "strict-properties", 0, NULL, "custom properties are errors" },
	{ "format", 'f', "FORMAT", "text (default), jsonl (a line a file), json, flag, basic, sarif, junit, github or gitlab" },
	{ "fix", 0, "OUT", "write the file with its certain repairs to OUT, and check that" },
	{ "mask", 0, NULL, "show no values of the file in messages" },
	{ "jobs", 'j', "N", "check with N threads; 0: as many as there are processors" },
	{ "max", 0, "N", "findings of one code that are shown per file (default 20, 0: all)" },
	{ "list-rules", 0, NULL, "list the rules" },
	{ 0 }
};

const struct cli_command cmd_validate = {
	"validate", "[FILE|DIR...]", "check STIX 2.1 files against schemas and rules", options, 0, -1, run,
};
