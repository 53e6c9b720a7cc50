#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "convert/phrases.h"
#include "convert/rules.h"
#include "json/json.h"

/* A file of a language, parsed. */
struct phrase_file {
	char *path;		/* "ja/layout.json" */
	char *name;		/* for messages: where it came from */
	struct json_text *text;
	int given;		/* by the user: not the built-in one */
};

/* The compiled rules of one language: made when first asked for. */
struct ruleset {
	const char *tag;
	struct rules *rules;
};

struct phrases {
	struct arena *arena;
	struct ruleset *rulesets;		/* one per language, behind a pointer: a cache */
	VEC(struct phrase_file) files;
	int giving;				/* what is read now is the user's */
	VEC(const struct doc_lang *) langs;	/* NULL-terminated */
	VEC(struct layout_lang *) layouts;
};

/* ---- files ------------------------------------------------------------------------------------------------------------ */

/* Parses one file; a later one of the same path takes the place of the earlier. */
static int
add_file(struct phrases *p, const char *path, const char *name, const char *data, size_t len, struct err *e)
{
	struct phrase_file *f = NULL;
	struct json_text *text;
	struct json_fault fault;
	size_t i;

	if (json_read(data, len, NULL, &text, &fault) != 0) {
		json_fault_err(&fault, name, e);
		if (e != NULL)
			e->kind = ERR_USAGE;
		return -1;
	}
	if (!json_is_object(json_text_root(text))) {
		json_text_free(text);
		return err_set(e, ERR_USAGE, "%s: a phrase file is an object", name);
	}
	for (i = 0; i < p->files.n; i++)
		if (strcmp(p->files.v[i].path, path) == 0)
			f = &p->files.v[i];
	if (f == NULL)
		f = vec_push(p->arena, &p->files);
	else
		json_text_free(f->text);
	f->path = arena_strdup(p->arena, path);
	f->name = arena_strdup(p->arena, name);
	f->text = text;
	f->given = p->giving;
	return 0;
}

static int
add_embedded(struct phrases *p, struct err *e)
{
	const struct embedded *x;

	for (x = embedded_phrases; x->path != NULL; x++) {
		const char *name = arena_printf(p->arena, "feeds/phrases/%s", x->path);

		if (add_file(p, x->path, name, (const char *)x->data, x->len, e) != 0)
			return -1;
	}
	return 0;
}

static int
name_cmp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder, sorted, without those that begin with a dot. */
static int
list_folder(struct arena *a, const char *path, const char ***names, size_t *n, struct err *e)
{
	VEC(const char *) v = { 0 };
	struct dirent *de;
	DIR *dir = opendir(path);

	if (dir == NULL)
		return err_set(e, ERR_USAGE, "%s: %s", path, strerror(errno));
	while ((de = readdir(dir)) != NULL && v.n < LIMIT_SCHEMA_FILES)
		if (de->d_name[0] != '.')
			*vec_push(a, &v) = arena_strdup(a, de->d_name);
	closedir(dir);
	if (v.n > 0)
		qsort(v.v, v.n, sizeof(*v.v), name_cmp);
	*names = v.v;
	*n = v.n;
	return 0;
}

/* The *.json of one language's folder. */
static int
add_language(struct phrases *p, const char *folder, const char *tag, struct err *e)
{
	const char *path = arena_printf(p->arena, "%s/%s", folder, tag), **names;
	size_t i, n, k;

	if (list_folder(p->arena, path, &names, &n, e) != 0)
		return -1;
	for (i = 0; i < n; i++) {
		const char *name = arena_printf(p->arena, "%s/%s", path, names[i]);
		struct buf b = BUF_INIT(LIMIT_SMALL_FILE);
		int rc;

		k = strlen(names[i]);
		if (k < 6 || strcmp(names[i] + k - 5, ".json") != 0)
			continue;
		rc = file_read(name, LIMIT_SMALL_FILE, &b, e);
		if (rc == 0)
			rc = add_file(p, arena_printf(p->arena, "%s/%s", tag, names[i]), name, buf_str(&b), b.len, e);
		buf_free(&b);
		if (rc != 0)
			return -1;
	}
	return 0;
}

static int
add_folder(struct phrases *p, const char *folder, struct err *e)
{
	const char **tags;
	size_t i, n;

	if (list_folder(p->arena, folder, &tags, &n, e) != 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (strchr(tags[i], '.') != NULL)	/* a file: what it is about, no language */
			continue;
		if (add_language(p, folder, tags[i], e) != 0)
			return -1;
	}
	return 0;
}

/* ---- reading layout.json ---------------------------------------------------------------------------------------------- */

/* What a reader of one file carries along. */
struct reading {
	struct phrases *p;
	const char *name;	/* of the file */
	struct layout_lang *out;
	struct err *e;
};

static int
bad(const struct reading *r, const char *pointer, const char *what)
{
	return err_set(r->e, ERR_USAGE, "%s: %s: %s", r->name, pointer, what);
}

/* A list of strings at key: absent is empty. */
static int
strings(const struct reading *r, json_t *in, const char *pointer, const char *const **out)
{
	size_t i, n = json_array_size(in);
	const char **v;

	if (in != NULL && !json_is_array(in))
		return bad(r, pointer, "must be a list of strings");
	v = arena_alloc(r->p->arena, (n + 1) * sizeof(*v));
	for (i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(in, i));

		if (s == NULL || *s == '\0')
			return bad(r, arena_printf(r->p->arena, "%s/%zu", pointer, i), "must be a string that is not empty");
		v[i] = arena_strdup(r->p->arena, s);
	}
	*out = v;
	return 0;
}

/* The list folded, in place of what it was. */
static void
fold_list(struct reading *r, const char *const **list)
{
	const char **folded;
	size_t i, n;

	for (n = 0; (*list)[n] != NULL; n++)
		;
	folded = arena_alloc(r->p->arena, (n + 1) * sizeof(*folded));
	for (i = 0; i < n; i++)
		folded[i] = text_fold(r->p->arena, (*list)[i], strlen((*list)[i]));
	*list = folded;
}

/* The lists of layout.json that go to the floor below as they are. */
static int
read_lists(struct reading *r, json_t *root)
{
	struct doc_lang *d = &r->out->doc;
	struct { const char *key; const char *const **slot; } lists[] = {
		{ "marks", &d->marks }, { "residue", &d->residue }, { "abbreviations", &d->abbreviations },
		{ "dates", &d->dates }, { "boilerplate", &d->boilerplate }, { "sources", &d->sources },
		{ "bylines", &d->bylines }, { "versions", &r->out->versions }, { "none", &r->out->none },
		{ "months", &d->months }, { "addresses", &r->out->addresses },
		{ "versions_after", &r->out->versions_after }, { "not_about", &r->out->not_about },
		{ "legitimate", &r->out->legitimate }, { "taken_over", &r->out->taken_over }, { "ports", &r->out->ports },
		{ "openings", &r->out->openings }, { "joins", &r->out->joins },
	};
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(lists); i++)
		if (strings(r, json_object_get(root, lists[i].key), arena_printf(r->p->arena, "/%s", lists[i].key),
		    lists[i].slot) != 0)
			return -1;
	n = json_array_size(json_object_get(root, "months"));
	if (n == 0)
		d->months = NULL;
	else if (n != 24)
		return bad(r, "/months", "must hold 12 names and then 12 short names");
	fold_list(r, &r->out->none);
	fold_list(r, &r->out->not_about);
	return 0;
}

static int
flag(json_t *o, const char *key, int otherwise)
{
	json_t *v = json_object_get(o, key);

	return v == NULL ? otherwise : json_is_true(v);
}

/* One role and its headings. */
static int
read_role(struct reading *r, const char *name, json_t *o, struct doc_heading **next)
{
	const char *pointer = arena_printf(r->p->arena, "/roles/%s/headings", name);
	const char *const *texts;
	struct doc_role *role = arena_alloc(r->p->arena, sizeof(*role));
	size_t i;

	role->name = arena_strdup(r->p->arena, name);
	role->asserts = flag(o, "asserts", 1);
	role->victims = flag(o, "victims", 0);
	role->indicators = flag(o, "indicators", 0);
	role->telemetry = flag(o, "telemetry", 0);
	if (strings(r, json_object_get(o, "headings"), pointer, &texts) != 0)
		return -1;
	for (i = 0; texts[i] != NULL; i++) {
		(*next)->text = texts[i];
		(*next)->role = role;
		(*next)++;
	}
	return 0;
}

static int
read_roles(struct reading *r, json_t *root)
{
	json_t *roles = json_object_get(root, "roles"), *o;
	struct doc_heading *h, *next;
	const char *name;
	size_t n = 1;

	if (roles != NULL && !json_is_object(roles))
		return bad(r, "/roles", "must be an object");
	json_object_foreach(roles, name, o) {
		if (!json_is_object(o))
			return bad(r, arena_printf(r->p->arena, "/roles/%s", name), "must be an object");
		n += json_array_size(json_object_get(o, "headings"));
	}
	h = next = arena_alloc(r->p->arena, n * sizeof(*h));
	json_object_foreach(roles, name, o)
		if (read_role(r, name, o, &next) != 0)
			return -1;
	r->out->doc.headings = h;
	return 0;
}

/* What the keys of "labels" mean. */
static const struct {
	const char *key;
	enum field field;
	const char *algorithm;
} label_keys[] = {
	{ "MD5", FIELD_HASH, "MD5" },
	{ "SHA-1", FIELD_HASH, "SHA-1" },
	{ "SHA-224", FIELD_HASH, "SHA-224" },
	{ "SHA-256", FIELD_HASH, "SHA-256" },
	{ "SHA-384", FIELD_HASH, "SHA-384" },
	{ "SHA-512", FIELD_HASH, "SHA-512" },
	{ "hash", FIELD_HASH, NULL },
	{ "name", FIELD_NAME, NULL },
	{ "product", FIELD_PRODUCT, NULL },
	{ "detection", FIELD_DETECTION, NULL },
	{ "link", FIELD_LINK, NULL },
	{ "value", FIELD_VALUE, NULL },
	{ "ssdeep", FIELD_KIND, "ssdeep" },
	{ "tlsh", FIELD_KIND, "tlsh" },
	{ "sha3-256", FIELD_KIND, "sha3-256" },
	{ "sha3-512", FIELD_KIND, "sha3-512" },
	{ "imphash", FIELD_KIND, "imphash" },
	{ "ja3", FIELD_KIND, "ja3" },
	{ "ja3s", FIELD_KIND, "ja3s" },
	{ "no-hash", FIELD_KIND, "no-hash" },
	{ "certificate", FIELD_KIND, "certificate" },
	{ "serial", FIELD_KIND, "serial" },
	{ "mutex", FIELD_KIND, "mutex" },
	{ "user-agent", FIELD_KIND, "user-agent" },
	{ "package", FIELD_KIND, "package" },
};

static int
longer_label(const void *a, const void *b)
{
	const struct label *x = a, *y = b;
	size_t n = strlen(x->text), m = strlen(y->text);

	return n != m ? (n < m ? 1 : -1) : strcmp(x->text, y->text);
}

/* Makes room for all labels, and fills those of one key. */
static int
read_label(struct reading *r, json_t *labels, size_t key, struct label *v, size_t *n)
{
	const char *pointer = arena_printf(r->p->arena, "/labels/%s", label_keys[key].key);
	const char *const *texts;
	size_t i;

	if (strings(r, json_object_get(labels, label_keys[key].key), pointer, &texts) != 0)
		return -1;
	for (i = 0; texts[i] != NULL; i++) {
		struct label *l = &v[(*n)++];

		l->text = texts[i];
		l->folded = text_fold(r->p->arena, l->text, strlen(l->text));
		l->field = label_keys[key].field;
		l->algorithm = label_keys[key].algorithm;
		if (*l->folded == '\0')
			return bad(r, arena_printf(r->p->arena, "%s/%zu", pointer, i), "must hold a letter or digit");
	}
	return 0;
}

static int
read_labels(struct reading *r, json_t *root)
{
	json_t *labels = json_object_get(root, "labels"), *v;
	const char *key, **texts;
	struct label *l;
	size_t i, n = 0, room = 1;

	if (labels != NULL && !json_is_object(labels))
		return bad(r, "/labels", "must be an object");
	json_object_foreach(labels, key, v) {
		for (i = 0; i < ARRAY_LEN(label_keys) && strcmp(label_keys[i].key, key) != 0; i++)
			;
		if (i == ARRAY_LEN(label_keys))
			return bad(r, arena_printf(r->p->arena, "/labels/%s", key), "no field is called that");
		room += json_array_size(v);
	}
	l = arena_alloc(r->p->arena, room * sizeof(*l));
	for (i = 0; i < ARRAY_LEN(label_keys); i++)
		if (read_label(r, labels, i, l, &n) != 0)
			return -1;
	qsort(l, n, sizeof(*l), longer_label);
	texts = arena_alloc(r->p->arena, (n + 1) * sizeof(*texts));
	for (i = 0; i < n; i++)
		texts[i] = l[i].text;
	r->out->labels = l;
	r->out->doc.labels = texts;
	return 0;
}

static const char *const known_keys[] = {
	"marks", "residue", "abbreviations", "dates", "months", "boilerplate", "sources", "bylines", "versions", "none", "roles",
	"labels", "addresses", "versions_after", "not_about", "legitimate", "taken_over", "ports", "openings",
	"joins", "comment",
};

static int
read_layout(struct phrases *p, const struct phrase_file *f, struct err *e)
{
	json_t *root = json_text_root(f->text), *v;
	struct layout_lang *out = arena_alloc(p->arena, sizeof(*out));
	struct reading r = { p, f->name, out, e };
	const char *key;
	size_t i;

	json_object_foreach(root, key, v) {
		for (i = 0; i < ARRAY_LEN(known_keys) && strcmp(known_keys[i], key) != 0; i++)
			;
		if (i == ARRAY_LEN(known_keys))
			return bad(&r, arena_printf(p->arena, "/%s", key), "nothing is called that in a layout file");
	}
	out->doc.tag = arena_strndup(p->arena, f->path, strcspn(f->path, "/"));
	if (read_lists(&r, root) != 0 || read_roles(&r, root) != 0 || read_labels(&r, root) != 0)
		return -1;
	*vec_push(p->arena, &p->layouts) = out;
	*vec_push(p->arena, &p->langs) = &out->doc;
	return 0;
}

/* The first language is what a document is taken for that shows none: English where it is there. */
static int
tag_cmp(const void *a, const void *b)
{
	const struct phrase_file *x = a, *y = b;
	int ex = strncmp(x->path, "en/", 3) != 0, ey = strncmp(y->path, "en/", 3) != 0;

	return ex != ey ? ex - ey : strcmp(x->path, y->path);
}

/* ---- the door ----------------------------------------------------------------------------------------------------------- */

static int
build(struct phrases *p, const char *extra, struct err *e)
{
	size_t i, n;

	if (add_embedded(p, e) != 0)
		return -1;
	p->giving = 1;
	if (extra != NULL && add_folder(p, extra, e) != 0)
		return -1;
	if (p->files.n > 0)
		qsort(p->files.v, p->files.n, sizeof(*p->files.v), tag_cmp);
	for (i = 0; i < p->files.n; i++) {
		const char *path = p->files.v[i].path;

		n = strlen(path);
		if (n > 12 && strcmp(path + n - 12, "/layout.json") == 0 && read_layout(p, &p->files.v[i], e) != 0)
			return -1;
	}
	if (p->langs.n == 0)
		return err_set(e, ERR_USAGE, "no language has a layout.json");
	p->rulesets = arena_alloc(p->arena, (p->langs.n + 1) * sizeof(*p->rulesets));
	for (i = 0; i < p->langs.n; i++)
		p->rulesets[i].tag = p->langs.v[i]->tag;
	*vec_push(p->arena, &p->langs) = NULL;
	return 0;
}

int
phrases_load(const char *extra, struct phrases **out, struct err *e)
{
	struct arena *a = arena_new();
	struct phrases *p = arena_alloc(a, sizeof(*p));

	p->arena = a;
	if (build(p, extra, e) != 0) {
		phrases_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

void
phrases_free(struct phrases *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; p->rulesets != NULL && p->rulesets[i].tag != NULL; i++)
		rules_free(p->rulesets[i].rules);
	for (i = 0; i < p->files.n; i++)
		json_text_free(p->files.v[i].text);
	arena_free(p->arena);
}

const struct doc_lang *const *
phrases_langs(const struct phrases *p)
{
	return p->langs.v;
}

const struct layout_lang *
phrases_layout(const struct phrases *p, const char *tag)
{
	size_t i;

	for (i = 0; i < p->layouts.n; i++)
		if (strcasecmp(p->layouts.v[i]->doc.tag, tag) == 0)
			return p->layouts.v[i];
	return NULL;
}

json_t *
phrases_given(const struct phrases *p, const char *file, size_t *from, const char **name)
{
	for (; *from < p->files.n; ++*from) {
		const struct phrase_file *f = &p->files.v[*from];
		const char *slash = strchr(f->path, '/');

		if (!f->given || slash == NULL || strcmp(slash + 1, file) != 0)
			continue;
		++*from;
		*name = f->name;
		return json_text_root(f->text);
	}
	return NULL;
}

json_t *
phrases_json(const struct phrases *p, const char *tag, const char *file)
{
	size_t i, n = strlen(tag);

	for (i = 0; i < p->files.n; i++) {
		const char *path = p->files.v[i].path;

		if (strncasecmp(path, tag, n) == 0 && path[n] == '/' && strcmp(path + n + 1, file) == 0)
			return json_text_root(p->files.v[i].text);
	}
	return NULL;
}

int
phrases_rules(const struct phrases *p, const char *tag, const struct rules **out, struct err *e)
{
	struct ruleset *set;

	for (set = p->rulesets; set->tag != NULL && strcasecmp(set->tag, tag) != 0; set++)
		;
	if (set->tag == NULL)
		return err_set(e, ERR_USAGE, "there are no phrase files for the language '%s'", tag);
	if (set->rules == NULL && rules_compile(set->tag, phrases_json(p, tag, "names.json"), phrases_json(p, tag, "cues.json"),
	    phrases_json(p, tag, "relations.json"), &set->rules, e) != 0)
		return -1;
	*out = set->rules;
	return 0;
}
