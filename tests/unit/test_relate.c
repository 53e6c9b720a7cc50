/* The tables in tests/relate/: a text, and the relationships it states. */
#include "convert/phrases.h"
#include "convert/rules.h"
#include "tap.h"

static struct phrases *phrases;
static struct knowledge *knowledge;
static struct buf fired = BUF_INIT(1 << 24);	/* what the rules said of all texts of a table */

static const char *
name_of(const struct facts *f, const char *id)
{
	size_t i;

	for (i = 0; i < f->entities.n; i++)
		if (strcmp(f->entities.v[i].id, id) == 0)
			return f->entities.v[i].name;
	for (i = 0; i < f->observables.n; i++) {
		const json_t *props = f->observables.v[i].props, *value = json_object_get(props, "value");

		if (strcmp(f->observables.v[i].id, id) == 0)
			return json_string_value(value != NULL ? value : json_object_get(json_object_get(props, "hashes"), "MD5"));
	}
	return "?";
}

/* One property as the tables write it. */
static void
add_property(struct buf *b, const struct entity *en, const char *key, const json_t *v)
{
	size_t i;

	if (json_is_string(v))
		buf_printf(b, ";%s|%s|%s", en->name, key, json_string_value(v));
	for (i = 0; i < json_array_size(v); i++)
		add_property(b, en, key, json_array_get(v, i));
}

/* The entities and what is said of each. */
static const char *
described(struct arena *a, const struct facts *f)
{
	struct buf b = BUF_INIT(1 << 16);
	const char *key, *out;
	json_t *v;
	size_t i, k;

	for (i = 0; i < f->entities.n; i++) {
		const struct entity *en = &f->entities.v[i];

		buf_printf(&b, ";%s|%s", en->name, en->type);
		for (k = 0; k < en->aliases.n; k++)
			buf_printf(&b, ";%s|aliases|%s", en->name, en->aliases.v[k]);
		json_object_foreach(en->props, key, v)
			add_property(&b, en, key, v);
	}
	out = arena_strdup(a, b.len > 0 ? buf_str(&b) + 1 : "-");
	buf_free(&b);
	return out;
}

/* The relationships of a text as the tables write them, "-" for none; entities: what described() says. */
static const char *
stated(struct arena *a, const char *tag, const char *text, const char **entities)
{
	struct doc_options opt = { .langs = phrases_langs(phrases), .lang = tag, .format = "text" };
	struct mentions m = { 0 };
	struct facts f = { .arena = a };
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT(1 << 16);
	struct doc d;
	size_t i;

	if (doc_read(a, "table", text, strlen(text), &opt, &d, &e) != 0)
		return *entities = arena_strdup(a, e.text);
	scan_values(&d, phrases, &m, &f);
	find_names(&d, phrases, knowledge, &m, &f);
	if (cue_names(&d, phrases, &m, &f, &e) != 0 || relate(&d, phrases, &m, &f, &fired, &e) != 0)
		return *entities = arena_strdup(a, e.text);
	for (i = 0; i < f.relations.n; i++)
		buf_printf(&b, "%s%s|%s|%s", i ? ";" : "", name_of(&f, f.relations.v[i].source), f.relations.v[i].type,
		    name_of(&f, f.relations.v[i].target));
	text = arena_strdup(a, f.relations.n > 0 ? buf_str(&b) : "-");
	*entities = described(a, &f);
	buf_free(&b);
	facts_release(&f);
	return text;
}

/* In a table a line feed is written as ↵. */
static char *
with_lines(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s), *p;

	while ((p = strstr(out, "↵")) != NULL) {
		*p = '\n';
		memmove(p + 1, p + strlen("↵"), strlen(p + strlen("↵")) + 1);
	}
	return out;
}

/* Every wanted statement is there, and nothing else. */
static int
same(const char *got, const char *want)
{
	const char *p, *end;

	if (strlen(got) != strlen(want))
		return 0;
	for (p = want; *p != '\0'; p = *end ? end + 1 : end) {
		char one[400];

		end = strchr(p, ';');
		if (end == NULL)
			end = p + strlen(p);
		snprintf(one, sizeof(one), "%.*s", (int)(end - p), p);
		if (strstr(got, one) == NULL)
			return 0;
	}
	return 1;
}

/* Every rule of the language states something in its table. */
static void
covered(const char *tag)
{
	const struct rules *r;
	struct err e = ERR_INIT;
	char line[128];
	size_t i;

	if (!ok(phrases_rules(phrases, tag, &r, &e) == 0, tag))
		return;
	for (i = 0; i < r->rules.n; i++) {
		const struct rule *rule = &r->rules.v[i];

		snprintf(line, sizeof(line), "\t%s\t%s\t", rule->id, rule->effect == RULE_EDGE ? "states" : "set");
		ok(strstr(buf_str(&fired), line) != NULL, rule->id);
	}
	buf_reset(&fired);
}

static void
table(const char *tag)
{
	const char *dir = getenv("SRCDIR");
	struct buf b = BUF_INIT(1 << 20);
	struct err e = ERR_INIT;
	char path[LIMIT_PATH];
	char *line, *next, *want;

	snprintf(path, sizeof(path), "%s/tests/relate/%s.tsv", dir ? dir : ".", tag);
	if (!ok(file_read(path, 1 << 20, &b, &e) == 0, path))
		return;
	for (line = b.s; line != NULL && *line != '\0'; line = next) {
		struct arena *a = arena_new();
		const char *got, *entities;
		char *more;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		want = strchr(line, '\t');
		if (*line != '#' && want != NULL) {
			*want++ = '\0';
			more = strchr(want, '\t');
			if (more != NULL)
				*more++ = '\0';
			got = stated(a, tag, with_lines(a, line), &entities);
			if (!ok(same(got, want) && (more == NULL || same(entities, more)), line)) {
				printf("#  got: %s\n# want: %s\n", got, want);
				if (more != NULL)
					printf("#  got: %s\n# want: %s\n", entities, more);
			}
		}
		arena_free(a);
	}
	buf_free(&b);
	covered(tag);
}

/* The external ids of the first entity of a text, "," between. */
static const char *
externals(struct arena *a, const char *text)
{
	struct doc_options opt = { .langs = phrases_langs(phrases), .lang = "en", .format = "text" };
	struct mentions m = { 0 };
	struct facts f = { .arena = a };
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT(1 << 10);
	struct doc d;
	size_t i;

	if (doc_read(a, "text", text, strlen(text), &opt, &d, &e) != 0)
		return arena_strdup(a, e.text);
	scan_values(&d, phrases, &m, &f);
	if (relate(&d, phrases, &m, &f, NULL, &e) != 0 || f.entities.n == 0)
		return arena_strdup(a, e.text);
	for (i = 0; i < f.entities.v[0].externals.n; i++)
		buf_printf(&b, "%s%s", i > 0 ? "," : "", f.entities.v[0].externals.v[i].id);
	text = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	facts_release(&f);
	return text;
}

static void
weaknesses(void)
{
	struct arena *a = arena_new();

	is_str(externals(a, "CVE-2031-12345 is a CWE-787, and CWE-787 is known.\n"), "CVE-2031-12345,CWE-787", "a vulnerability's kind");
	is_str(externals(a, "CVE-2031-12345 and CVE-2031-12346 are CWE-787.\n"), "CVE-2031-12345", "of two it is not said which");
	is_str(externals(a, "CVE-2031-12345 is old. CWE-787 is older.\n"), "CVE-2031-12345", "nor in another sentence");
	arena_free(a);
}

int
main(void)
{
	struct err e = ERR_INIT;

	if (phrases_load(NULL, &phrases, &e) != 0 || knowledge_load(NULL, NULL, &knowledge, &e) != 0) {
		ok(0, e.text);
		return tap_end();
	}
	table("ja");
	table("en");
	weaknesses();
	buf_free(&fired);
	phrases_free(phrases);
	knowledge_free(knowledge);
	return tap_end();
}
