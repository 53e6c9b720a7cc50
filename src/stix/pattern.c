/* Composing patterns (section 9) from the properties of a cyber-observable object. */
#include <string.h>

#include "json/json.h"
#include "stix/stix.h"

void
stix_pattern_string(struct buf *b, const char *text)
{
	buf_addc(b, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *text);
	}
	buf_addc(b, '\'');
}

/* A property name or key in an object path; one with other characters than these has to be quoted (9.7). */
static void
step(struct buf *b, const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	if (name[strspn(name, plain)] != '\0' || (name[0] >= '0' && name[0] <= '9'))
		stix_pattern_string(b, name);
	else
		buf_adds(b, name);
}

struct composer {
	struct stix_model *m;
	json_t *(*deref)(void *ctx, const char *id);
	void *ctx;
	struct buf *out;
	const char *join;
	int n;			/* comparisons written */
};

static int value(struct composer *c, const char *path, const json_t *v, int depth);

static int
object(struct composer *c, const char *path, const json_t *v, int depth)
{
	const char *name;
	json_t *member;
	int n = 0;

	json_object_foreach((json_t *)v, name, member) {
		struct buf b = BUF_INIT(LIMIT_JSON_STRING);

		buf_printf(&b, "%s.", path);
		step(&b, name);
		n += value(c, buf_str(&b), member, depth + 1);
		buf_free(&b);
	}
	return n;
}

static int
list(struct composer *c, const char *path, const json_t *v, int depth)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	json_t *element;
	size_t i;
	int n = 0;

	buf_printf(&b, "%s[*]", path);
	json_array_foreach(v, i, element)
		n += value(c, buf_str(&b), element, depth + 1);
	buf_free(&b);
	return n;
}

static void
comparison(struct composer *c, const char *path, const json_t *v)
{
	struct buf *b = c->out;

	if (c->n++ > 0)
		buf_adds(b, c->join);
	buf_printf(b, "%s = ", path);
	if (json_is_string(v))
		stix_pattern_string(b, json_string_value(v));
	else if (json_is_integer(v))
		buf_printf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		json_write_real(json_real_value(v), b);
	else
		buf_adds(b, json_is_true(v) ? "true" : "false");
}

/* Writes comparisons for a value; how many. */
static int
value(struct composer *c, const char *path, const json_t *v, int depth)
{
	if (depth > LIMIT_SCHEMA_NESTING || json_is_null(v))
		return 0;
	if (json_is_object(v))
		return object(c, path, v, depth);
	if (json_is_array(v))
		return list(c, path, v, depth);
	comparison(c, path, v);
	return 1;
}

/* Hashes in the order in which they are worth testing; others follow. */
static const char *const hash_order[] = { "SHA-256", "SHA-512", "SHA-1", "MD5" };

static void
hashes(struct composer *c, const char *type, const json_t *v)
{
	json_t *sorted = json_object();
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	size_t i;

	for (i = 0; i < ARRAY_LEN(hash_order); i++)
		if (json_object_get(v, hash_order[i]) != NULL)
			json_object_set(sorted, hash_order[i], json_object_get(v, hash_order[i]));
	json_object_update_missing(sorted, (json_t *)v);
	buf_printf(&b, "%s:hashes", type);
	c->join = " OR ";
	object(c, buf_str(&b), sorted, 0);
	buf_free(&b);
	json_decref(sorted);
}

/* Tests for what an id refers to: the contributing properties of that object, one step deep (9.7.4). */
static void
reference(struct composer *c, const char *path, const char *id)
{
	json_t *target = c->deref != NULL ? c->deref(c->ctx, id) : NULL;
	const struct stix_type *t = stix_type(c->m, json_string_value(json_object_get(target, "type")));
	size_t i;

	for (i = 0; t != NULL && i < t->nprop; i++) {
		struct buf b = BUF_INIT(LIMIT_JSON_STRING);
		json_t *v = json_object_get(target, t->props[i].name);

		if (t->props[i].contributes && t->props[i].ref_types == NULL && v != NULL) {
			buf_printf(&b, "%s.%s", path, t->props[i].name);
			value(c, buf_str(&b), v, 0);
		}
		buf_free(&b);
	}
}

static void
property(struct composer *c, const char *type, const struct stix_prop *p, const json_t *v)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	json_t *one;
	size_t i;

	buf_printf(&b, "%s:%s", type, p->name);
	if (p->ref_types == NULL)
		value(c, buf_str(&b), v, 0);
	else if (json_is_string(v))
		reference(c, buf_str(&b), json_string_value(v));
	else {
		buf_adds(&b, "[*]");
		json_array_foreach(v, i, one)
			if (json_is_string(one))
				reference(c, buf_str(&b), json_string_value(one));
	}
	buf_free(&b);
}

int
stix_pattern(struct stix_model *m, const json_t *sco, json_t *(*deref)(void *ctx, const char *id), void *ctx, struct buf *out)
{
	const struct stix_type *t = stix_type(m, json_string_value(json_object_get(sco, "type")));
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	struct composer c = { m, deref, ctx, &b, " AND ", 0 };
	json_t *v;
	size_t i;

	if (t == NULL || t->category != STIX_SCO)
		return -1;
	buf_addc(&b, '[');
	if (json_object_size(json_object_get(sco, "hashes")) > 0)
		hashes(&c, t->name, json_object_get(sco, "hashes"));
	else
		for (i = 0; i < t->nprop; i++)
			if (t->props[i].contributes && (v = json_object_get(sco, t->props[i].name)) != NULL)
				property(&c, t->name, &t->props[i], v);
	buf_addc(&b, ']');
	if (c.n > 0 && !b.over)
		buf_add(out, buf_str(&b), b.len);
	buf_free(&b);
	return c.n > 0 ? 0 : -1;
}
