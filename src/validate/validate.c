/* A file: its objects one by one, and what is remembered of them for what spans objects. */
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "validate/pattern.h"
#include "validate/rules.h"

struct validate *
validate_new(void)
{
	struct validate *v = xcalloc(1, sizeof(*v));

	v->arena = arena_new();
	v->scratch = arena_new();
	v->per_code = VALIDATE_PER_CODE;
	types_start(v);
	return v;
}

void
validate_free(struct validate *v)
{
	if (v == NULL)
		return;
	jobs_free(v->jobs);
	file_free(v);
	types_end(v);
	arena_free(v->scratch);
	arena_free(v->arena);
	free(v);
}

void
validate_flags(struct validate *v, unsigned flags)
{
	v->flags = flags;
	v->resolved = 0;
}

void
validate_limit(struct validate *v, size_t per_code)
{
	v->per_code = per_code;
}

void
validate_mask(struct validate *v, int mask)
{
	v->mask = mask;
}

void
validate_threads(struct validate *v, unsigned n)
{
	v->threads = n;
}

struct validate *
validate_twin(const struct validate *v)
{
	struct validate *t = validate_new();
	size_t i;

	/* the folders have been read once, and are not judged here */
	for (i = 0; i < v->folders.n; i++)
		if (validate_schemas(t, v->folders.v[i], NULL) != 0)
			break;
	for (i = 0; i < v->known.n; i++)
		*vec_push(t->arena, &t->known) = arena_strdup(t->arena, v->known.v[i]);
	memcpy(t->chosen, v->chosen, sizeof(t->chosen));
	t->any_on = v->any_on;
	t->any_off = v->any_off;
	t->flags = v->flags;
	t->mask = v->mask;
	t->per_code = v->per_code;
	t->profiles = v->profiles;
	t->run = schema_run_new(t->set);
	rules_resolve(t);
	return t;
}

size_t
validate_withheld(const struct validate *v, size_t i, const char **code)
{
	size_t r;

	for (r = 0; v->per_code != 0 && r < RULE_COUNT; r++) {
		if (v->count[r] <= v->per_code || i-- > 0)
			continue;
		*code = rules[r].pub.name;
		return v->count[r] - v->per_code;
	}
	return 0;
}

/* ---- values ------------------------------------------------------------------------------------------------------------- */

/* Reads the objects of a file for their ids and versions. What is wrong with it is somebody else's business. */
static int
know(struct validate *v, const char *path, struct err *e)
{
	FILE *f = file_in_open(path, e);
	struct json_fault fault = { 0 };
	struct json_stream *s;
	struct json_item item;
	int got;

	if (f == NULL) {
		err_prefix(e, "%s", path);
		return -1;
	}
	s = json_stream_file(f, NULL);
	while ((got = json_stream_next(s, &item, &fault, e)) > 0)
		if (v->seen != NULL && (item.kind == JSON_ITEM_ELEMENT || (item.kind == JSON_ITEM_DOCUMENT && item.no_objects)))
			file_know(v, item.value);
	json_stream_free(s);
	file_in_close(f);
	if (got < 0)
		err_prefix(e, "%s", path);
	return got;
}

int
validate_known(struct validate *v, const char *path, struct err *e)
{
	/* once without effect, to find out whether it can be read */
	if (know(v, path, e) != 0)
		return -1;
	*vec_push(v->arena, &v->known) = arena_strdup(v->arena, path);
	return 0;
}

void
validate_begin(struct validate *v, validate_found_fn *found, void *arg)
{
	v->found = found;
	v->arg = arg;
	memset(&v->result, 0, sizeof(v->result));
	memset(v->count, 0, sizeof(v->count));
	rules_resolve(v);
	if (v->run == NULL)
		v->run = schema_run_new(v->set);
	file_start(v);
	for (size_t i = 0; i < v->known.n; i++)
		if (know(v, v->known.v[i], NULL) != 0)
			break;
}

void
validate_object(struct validate *v, const json_t *object)
{
	const json_t *list = json_object_get(object, "objects"), *item;
	const char *type = member_string(object, "type");
	struct json_place none = { 0, 0, 0, 0 };
	char base[32];
	size_t i;

	check_object(v, object, NULL, "", none, 0);
	if (type == NULL || strcmp(type, "bundle") != 0)
		return;
	json_array_foreach(list, i, item) {
		snprintf(base, sizeof(base), "/objects/%zu", i);
		check_object(v, item, NULL, base, none, 1);
	}
}

void
validate_end(struct validate *v, struct validate_result *out)
{
	file_end(v);
	*out = v->result;
	file_free(v);
	v->found = NULL;
}

/* ---- a pattern by itself ---------------------------------------------------------------------------------------------------- */

int
validate_pattern(struct validate *v, const char *text, size_t len, validate_found_fn *found, void *arg,
    struct validate_result *out, struct err *e)
{
	json_t *s = json_stringn(text, len), *indicator;

	if (s == NULL)
		return err_set(e, ERR_INPUT, "the pattern is not UTF-8 at octet %zu", utf8_valid(text, len));
	indicator = json_pack("{ssssso}", "type", "indicator", "pattern_type", "stix", "pattern", s);
	validate_begin(v, found, arg);
	check_pattern(v, indicator);
	validate_end(v, out);
	json_decref(indicator);
	return 0;
}

static int
print_pattern(const char *text, size_t len, void (*print)(const struct pattern_node *, struct buf *), struct buf *out, struct err *e)
{
	struct arena *a = arena_new();
	struct pattern_fault fault;
	struct pattern_node *n;
	int rc = 0;

	if (utf8_valid(text, len) != len)
		rc = err_set(e, ERR_INPUT, "the pattern is not UTF-8 at octet %zu", utf8_valid(text, len));
	else if (pattern_parse(a, arena_strndup(a, text, len), len, &n, &fault) != 0)
		rc = err_set(e, ERR_INPUT, "%zu: %s", utf8_count(text, fault.at) + 1, fault.message);
	else
		print(n, out);
	arena_free(a);
	return rc;
}

int
validate_pattern_tree(const char *text, size_t len, struct buf *out, struct err *e)
{
	return print_pattern(text, len, pattern_print_tree, out, e);
}

int
validate_pattern_print(const char *text, size_t len, struct buf *out, struct err *e)
{
	return print_pattern(text, len, pattern_print, out, e);
}

/* ---- text ------------------------------------------------------------------------------------------------------------------ */

void
malformed(struct validate *v, const struct json_fault *fault)
{
	struct validate_finding f = { fault->code, 0, VALIDATE_ERROR, "", "", fault->place, fault->message, NULL, NULL, "" };

	v->result.errors++;
	if (v->found != NULL)
		v->found(v->arg, &f);
}

/* The top of a document: a bundle without its objects, an object, or nothing more to say (a list). */
static void
document(struct validate *v, const struct json_item *item)
{
	struct json_place place = item->place;
	json_t *envelope;

	if (json_is_array(item->value)) {
		if (item->index == 0)
			report_late(v, RULE_SCHEMA_SIZE, "", "", place, "there are no objects in the list");
		return;
	}
	if (item->no_objects || item->index == 0) {
		check_object(v, item->value, item->text, "", place, 0);
		return;
	}
	/* the objects have been judged; an empty list in their place would look like a fault */
	envelope = json_copy(item->value);
	json_object_del(envelope, "objects");
	check_object(v, envelope, item->text, "", place, 0);
	json_decref(envelope);
}

void
validate_item(struct validate *v, const struct json_item *item)
{
	if (item->kind == JSON_ITEM_ELEMENT)
		check_object(v, item->value, item->text, item->pointer, item->place, item->pointer[1] == 'o');
	else if (item->kind == JSON_ITEM_DOCUMENT)
		document(v, item);
}

/* Judges an item of the file. 1: another thread has found that the file is malformed. */
static int
one_item(struct validate *v, struct json_item *item)
{
	if (v->threads > 1 && (item->kind == JSON_ITEM_ELEMENT || (item->kind == JSON_ITEM_DOCUMENT && item->no_objects)))
		return jobs_add(v, item) != 0;
	if (item->kind == JSON_ITEM_DOCUMENT && jobs_drain(v) != 0)
		return 1;
	validate_item(v, item);
	return 0;
}

static int
stream(struct validate *v, struct json_stream *s, validate_found_fn *found, void *arg, struct validate_result *out, struct err *e)
{
	struct json_fault fault;
	struct json_item item;
	int got, stop = 0;

	validate_begin(v, found, arg);
	jobs_begin(v);
	fault.code = NULL;
	while (!stop && (got = json_stream_next(s, &item, &fault, e)) > 0)
		stop = one_item(v, &item);
	/* what another thread has found stands in front of what stopped the reader */
	if (jobs_drain(v) != 0) {
		err_clear(e);
		got = 0;
	} else if (got < 0 && fault.code != NULL) {
		err_clear(e);
		malformed(v, &fault);
		got = 0;
	}
	validate_end(v, out);
	json_stream_free(s);
	return got;
}

static struct json_options
stream_options(const struct validate *v)
{
	struct json_options o = JSON_OPTIONS_INIT;

	o.flags |= v->threads > 1 ? JSON_CUT : 0;
	return o;
}

int
validate_stream(struct validate *v, FILE *f, validate_found_fn *found, void *arg, struct validate_result *out, struct err *e)
{
	const struct json_options o = stream_options(v);

	return stream(v, json_stream_file(f, &o), found, arg, out, e);
}

int
validate_memory(struct validate *v, const char *text, size_t len, validate_found_fn *found, void *arg,
    struct validate_result *out, struct err *e)
{
	const struct json_options o = stream_options(v);

	return stream(v, json_stream_memory(text, len, &o), found, arg, out, e);
}
