/*
 * Recorded verdicts of others (STIXPRESS_SHARED/eval/cases) against ours. A case where we differ on purpose is a row of
 * differences.tsv: FILE:LINE, a tab, the reason; any other difference fails, and so does a row that differs no more.
 */
#include "../unit/tap.h"
#include "validate/validate.h"

struct row {
	char *name, *reason;
	int used;
};

static struct row *rows;
static size_t nrows;
static size_t total, agreed, named;
static int unknown;

static void
read_rows(const char *path)
{
	char *line = NULL, *tab;
	size_t cap = 0;
	ssize_t n;
	FILE *f = fopen(path, "r");

	while (f != NULL && (n = getline(&line, &cap, f)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || (tab = strchr(line, '\t')) == NULL)
			continue;
		*tab = '\0';
		rows = xrealloc(rows, (nrows + 1) * sizeof(*rows));
		rows[nrows++] = (struct row){ xstrdup(line), xstrdup(tab + 1), 0 };
	}
	if (f != NULL)
		fclose(f);
	free(line);
}

struct verdict {
	size_t errors, warnings;
	char first[2000];	/* of what decides */
	int schema;		/* an error of the schema pass */
	int pattern;		/* a finding about the pattern, other than of its use */
	int strict;
	char id_message[400];	/* of sco-id, or of sco-uuid4 */
};

static void
found(void *arg, const struct validate_finding *f)
{
	struct verdict *v = arg;
	struct buf b = BUF_INIT(1 << 20);

	if (f->severity == VALIDATE_ERROR && strncmp(f->code, "pattern-", 8) == 0)
		v->pattern = 1;
	if (strncmp(f->code, "schema-", 7) == 0)
		v->schema = 1;
	if (strcmp(f->code, "sco-id") == 0)
		snprintf(v->id_message, sizeof(v->id_message), "%s", f->message);
	if (f->severity == VALIDATE_WARNING && !v->strict)
		return;
	validate_text(&b, "", f);
	if (strlen(v->first) + b.len + 20 < sizeof(v->first))
		sprintf(v->first + strlen(v->first), "\n#       %s", buf_str(&b));
	buf_free(&b);
}

static void
judge(struct validate *v, const json_t *instance, struct verdict *out)
{
	char *text = json_dumps(instance, JSON_ENCODE_ANY);
	struct validate_result res;
	struct err e = ERR_INIT;

	if (validate_memory(v, text, strlen(text), found, out, &res, &e) != 0)
		printf("# %s\n", e.text);
	out->errors = res.errors;
	out->warnings = res.warnings;
	free(text);
}

static void
compare(const char *file, size_t line, int want, int got, const char *what, const char *why)
{
	char name[300];
	size_t i;

	snprintf(name, sizeof(name), "%s:%zu", file, line);
	total++;
	for (i = 0; i < nrows && strcmp(rows[i].name, name) != 0; i++)
		;
	if (want == got) {
		agreed++;
		return;
	}
	if (i < nrows) {
		rows[i].used = 1;
		named++;
		return;
	}
	unknown++;
	printf("# %s: recorded %s, ours %s: %.300s%s\n", name, want ? "valid" : "invalid", got ? "valid" : "invalid", what, why);
}

/* The validator that options of stix2-validator ask for; NULL: not one that we can be. */
static struct validate *
with_options(const json_t *options, int *strict)
{
	struct validate *v = validate_new();
	struct err e = ERR_INIT;
	unsigned flags = 0;
	const json_t *item;
	size_t i;

	validate_limit(v, 0);
	*strict = json_is_true(json_object_get(options, "strict"));
	json_array_foreach(json_object_get(options, "disabled"), i, item)
		if (validate_disable(v, json_string_value(item), &e) != 0)
			printf("# %s\n", e.text);
	json_array_foreach(json_object_get(options, "enabled"), i, item)
		if (validate_enable(v, json_string_value(item), &e) != 0)
			printf("# %s\n", e.text);
	flags |= json_is_true(json_object_get(options, "enforce_refs")) ? VALIDATE_ENFORCE_REFS : 0;
	flags |= json_is_true(json_object_get(options, "strict_types")) ? VALIDATE_STRICT_TYPES : 0;
	flags |= json_is_true(json_object_get(options, "strict_properties")) ? VALIDATE_STRICT_PROPERTIES : 0;
	validate_flags(v, flags);
	if (json_is_true(json_object_get(options, "interop")) && validate_profile(v, "interop", &e) != 0)
		printf("# %s\n", e.text);
	return v;
}

static void
instance_case(const char *file, size_t line, const json_t *c)
{
	struct verdict out = { 0 };
	struct validate *v = with_options(json_object_get(c, "options"), &out.strict);
	const char *test = json_string_value(json_object_get(c, "test"));
	char *options = json_dumps(json_object_get(c, "options"), 0), what[500];

	judge(v, json_object_get(c, "instance"), &out);
	snprintf(what, sizeof(what), "%s %s", test ? test : "", options ? options : "");
	compare(file, line, json_is_true(json_object_get(c, "valid")), out.errors == 0 && !(out.strict && out.warnings > 0), what,
	    out.first);
	free(options);
	validate_free(v);
}

static void
pattern_case(const char *file, size_t line, const json_t *c)
{
	static struct validate *v;
	struct verdict out = { 0 };
	const char *pattern = json_string_value(json_object_get(c, "pattern"));
	json_t *o;

	if (c == NULL) {
		validate_free(v);
		v = NULL;
		return;
	}
	o = json_pack("{ssssssssssssssss}", "type", "indicator", "spec_version", "2.1", "id",
	    "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", "created", "2016-04-06T20:03:48.000Z", "modified",
	    "2016-04-06T20:03:48.000Z", "valid_from", "2016-04-06T20:03:48.000Z", "pattern_type", "stix", "pattern", pattern);

	if (v == NULL)
		v = validate_new();
	judge(v, o, &out);
	compare(file, line, json_is_true(json_object_get(c, "valid")), !out.pattern, pattern, out.first);
	json_decref(o);
}

static void
id_case(const char *file, size_t line, const json_t *c)
{
	struct validate *v = validate_new();
	const char *want = json_string_value(json_object_get(c, "expected_id"));
	json_t *o = json_copy(json_object_get(c, "object"));
	struct verdict out = { 0 };
	char id[400];

	/* with another UUIDv5, the message names the right id; with the right one there is none */
	snprintf(id, sizeof(id), "%s--00000000-0000-5000-8000-000000000000", json_string_value(json_object_get(c, "type")));
	json_object_set_new(o, "id", json_string(id));
	judge(v, o, &out);
	compare(file, line, 1, want != NULL ? strstr(out.id_message, want) != NULL : out.id_message[0] == '\0',
	    want != NULL ? want : "no id", out.id_message);
	json_decref(o);
	validate_free(v);
}

/* One instance and one schema of the OASIS set, which OASIS_SCHEMAS names where it is (stix2-validator ships it). */
static void
mutant_case(const char *file, size_t line, const json_t *c)
{
	static struct validate *v;
	struct verdict out = { 0 };
	struct err e = ERR_INIT;

	if (c == NULL) {
		validate_free(v);
		v = NULL;
		return;
	}
	if (v == NULL) {
		v = validate_new();
		if (validate_schemas(v, getenv("OASIS_SCHEMAS"), &e) != 0)
			printf("# %s\n", e.text);
	}
	judge(v, json_object_get(c, "instance"), &out);
	compare(file, line, json_is_true(json_object_get(c, "valid")), !out.schema, json_string_value(json_object_get(c, "mutation")),
	    out.first);
}

static const struct {
	const char *file;
	void (*run)(const char *, size_t, const json_t *);
} files[] = {
	{ "stix2-validator-v21-valid.jsonl", instance_case }, { "stix2-validator-v21-invalid.jsonl", instance_case },
	{ "python-stix2-v21-built.jsonl", instance_case }, { "python-stix2-v21-parsed.jsonl", instance_case },
	{ "oasis-examples.jsonl", instance_case }, { "field-attack-capec.jsonl", instance_case },
	{ "field-misp-stix.jsonl", instance_case }, { "pattern-cases.jsonl", pattern_case },
	{ "sco-deterministic-ids.jsonl", id_case }, { "oasis-schema-mutants.jsonl", mutant_case },
	{ "oasis-schema-mutants-ecma-dollar.jsonl", mutant_case },
};

static void
run_file(const char *dir, size_t i)
{
	char path[LIMIT_PATH], *line = NULL;
	size_t cap = 0, n = 0, before = total, good = agreed, chosen = named;
	int bad = unknown;
	json_t *c;
	FILE *f;

	snprintf(path, sizeof(path), "%s/eval/cases/%s", dir, files[i].file);
	if (files[i].run == mutant_case && getenv("OASIS_SCHEMAS") == NULL) {
		printf("ok %d - %s # SKIP OASIS_SCHEMAS names no folder of the schemas of OASIS\n", ++tap_n, files[i].file);
		return;
	}
	if ((f = fopen(path, "r")) == NULL)
		return;
	while (getline(&line, &cap, f) > 0) {
		n++;
		if ((c = json_loads(line, 0, NULL)) != NULL)
			files[i].run(files[i].file, n, c);
		json_decref(c);
	}
	fclose(f);
	free(line);
	printf("# %s: %zu cases, %zu agree, %zu differ on purpose\n", files[i].file, total - before, agreed - good, named - chosen);
	ok(unknown == bad, files[i].file);
}

int
main(void)
{
	const char *shared = getenv("STIXPRESS_SHARED"), *src = getenv("SRCDIR");
	char path[LIMIT_PATH];
	size_t i, stale = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/eval/cases/pattern-cases.jsonl", shared != NULL ? shared : "../shared");
	if ((f = fopen(path, "r")) == NULL)
		skip_all("the recorded cases are not here (STIXPRESS_SHARED)");
	fclose(f);
	snprintf(path, sizeof(path), "%s/tests/eval/differences.tsv", src != NULL ? src : ".");
	read_rows(path);
	for (i = 0; i < ARRAY_LEN(files); i++)
		run_file(shared != NULL ? shared : "../shared", i);
	pattern_case(NULL, 0, NULL);
	mutant_case(NULL, 0, NULL);
	for (i = 0; i < nrows; i++)
		if (!rows[i].used && !(getenv("OASIS_SCHEMAS") == NULL && strncmp(rows[i].name, "oasis-schema-", 13) == 0)) {
			printf("# %s differs no more: %s\n", rows[i].name, rows[i].reason);
			stale++;
		}
	ok(stale == 0, "every row of differences.tsv still differs");
	printf("# %zu cases, %zu agree, %zu differ on purpose, %d differ\n", total, agreed, named, unknown);
	for (i = 0; i < nrows; i++) {
		free(rows[i].name);
		free(rows[i].reason);
	}
	free(rows);
	return tap_end();
}
