#include <stdlib.h>
#include <string.h>

#include "json/reader.h"

#define WIDE	64	/* an array or object larger than this gets a table when a place in it is asked for */

/* ---- JSON Pointer ------------------------------------------------------------------------------------------------ */

/* Decodes the reference token at *p (behind its "/") into b and moves on. -1: a "~" that is no escape. */
static int
token(const char **p, struct buf *b)
{
	const char *s = *p;

	buf_reset(b);
	for (; *s != '\0' && *s != '/'; s++) {
		if (*s != '~') {
			buf_addc(b, *s);
			continue;
		}
		s++;
		if (*s != '0' && *s != '1')
			return -1;
		buf_addc(b, *s == '0' ? '~' : '/');
	}
	*p = s;
	return 0;
}

/* An array index as RFC 6901 section 4 has it: digits without a leading zero. */
static int
array_index(const struct buf *b, size_t *out)
{
	size_t i, v = 0;

	if (b->len == 0 || b->len > 18 || (b->s[0] == '0' && b->len > 1))
		return -1;
	for (i = 0; i < b->len; i++) {
		if (b->s[i] < '0' || b->s[i] > '9')
			return -1;
		v = v * 10 + (size_t)(b->s[i] - '0');
	}
	*out = v;
	return 0;
}

static json_t *
step(const json_t *v, const struct buf *b)
{
	size_t i;

	if (json_is_object(v))
		return json_object_getn(v, buf_str(b), b->len);
	if (json_is_array(v) && array_index(b, &i) == 0)
		return json_array_get(v, i);
	return NULL;
}

json_t *
json_pointer_get(const json_t *root, const char *pointer)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	const json_t *v = root;

	while (v != NULL && *pointer != '\0') {
		if (*pointer++ != '/' || token(&pointer, &b) < 0)
			v = NULL;
		else
			v = step(v, &b);
	}
	buf_free(&b);
	return (json_t *)v;
}

void
json_pointer_add(struct buf *out, const char *name, size_t n)
{
	size_t i;

	buf_addc(out, '/');
	for (i = 0; i < n; i++) {
		if (name[i] == '~')
			buf_adds(out, "~0");
		else if (name[i] == '/')
			buf_adds(out, "~1");
		else if (name[i] == '\0')
			buf_adds(out, "\xef\xbf\xbd");
		else
			buf_addc(out, name[i]);
	}
}

void
json_pointer_add_index(struct buf *out, size_t index)
{
	buf_printf(out, "/%zu", index);
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

json_t *
json_text_root(const struct json_text *t)
{
	return t->root;
}

/* The node of element i of the array at `node`. */
static size_t
element_node(struct json_text *t, size_t node, size_t size, size_t i)
{
	size_t k, at = node + 1;

	if (size <= WIDE) {
		for (k = 0; k < i && at < t->n; k++)
			at += t->node[at].skip;
		return at;
	}
	if (t->n_wide != size || t->wide != node) {
		t->wide_child = xrealloc(t->wide_child, size * sizeof(*t->wide_child));
		for (k = 0; k < size; k++) {
			t->wide_child[k] = at;
			at += at < t->n ? t->node[at].skip : 0;
		}
		t->wide = node;
		t->n_wide = size;
	}
	return t->wide_child[i];
}

static uint64_t
hash_of(const char *s, size_t n)
{
	uint64_t h = 14695981039346656037u;

	while (n-- > 0)
		h = (h ^ (unsigned char)*s++) * 1099511628211u;
	return h;
}

static int
by_hash(const void *left, const void *right)
{
	const struct named_node *a = left, *b = right;

	return (a->hash > b->hash) - (a->hash < b->hash);
}

/* Makes the table of a wide object. Members stand in the text as in the object. */
static void
index_names(struct json_text *t, size_t node, const json_t *v)
{
	void *it = json_object_iter((json_t *)v);
	size_t at = node + 1, n = 0;

	t->wide_name = xrealloc(t->wide_name, json_object_size(v) * sizeof(*t->wide_name));
	for (; it != NULL && at + 1 < t->n; it = json_object_iter_next((json_t *)v, it)) {
		t->wide_name[n++] = (struct named_node){ hash_of(json_object_iter_key(it), json_object_iter_key_len(it)), at };
		at += 1 + t->node[at + 1].skip;
	}
	qsort(t->wide_name, n, sizeof(*t->wide_name), by_hash);
	t->wide_object = node;
	t->n_wide_name = n;
}

/* The node of the name of member b, which is there, of the object at `node`. */
static size_t
name_node(struct json_text *t, size_t node, const json_t *v, const struct buf *b)
{
	struct named_node want = { hash_of(buf_str(b), b->len), 0 }, *found;
	void *it;
	size_t at = node + 1;

	if (json_object_size(v) > WIDE) {
		if (t->n_wide_name == 0 || t->wide_object != node)
			index_names(t, node, v);
		found = bsearch(&want, t->wide_name, t->n_wide_name, sizeof(want), by_hash);
		return found != NULL ? found->node : t->n;
	}
	for (it = json_object_iter((json_t *)v); it != NULL && at + 1 < t->n; it = json_object_iter_next((json_t *)v, it)) {
		if (json_object_iter_key_len(it) == b->len && memcmp(json_object_iter_key(it), buf_str(b), b->len) == 0)
			return at;
		at += 1 + t->node[at + 1].skip;
	}
	return t->n;
}

/* One step down from the value *v at *node, to b. 0, or -1 when there is no such member or element. */
static int
step_node(struct json_text *t, const struct buf *b, const json_t **v, size_t *node, size_t *key)
{
	const json_t *child = step(*v, b);
	size_t i, at;

	if (child == NULL)
		return -1;
	if (json_is_array(*v)) {
		if (array_index(b, &i) < 0)
			return -1;
		at = element_node(t, *node, json_array_size(*v), i);
		*key = at;
	} else {
		*key = name_node(t, *node, *v, b);
		at = *key + 1;
	}
	if (at >= t->n)
		return -1;
	*node = at;
	*v = child;
	return 0;
}

/* Follows the pointer as far as it leads; 1 when to its end. *node: the value, *key: its name, or itself. */
static int
find_node(struct json_text *t, const char *pointer, size_t *node, size_t *key)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	const json_t *v = t->root;
	int found = 1;

	*node = *key = 0;
	while (found && *pointer != '\0')
		found = *pointer++ == '/' && token(&pointer, &b) == 0 && step_node(t, &b, &v, node, key) == 0;
	buf_free(&b);
	return found;
}

static void
node_place(const struct json_text *t, size_t node, struct json_place *out)
{
	const struct json_node *n = &t->node[node];

	*out = (struct json_place){ n->offset, n->offset + n->len, n->line, n->column };
}

int
json_text_place(struct json_text *t, const char *pointer, int want_key, struct json_place *out)
{
	size_t node, key;

	if (!find_node(t, pointer, &node, &key))
		return -1;
	node_place(t, want_key ? key : node, out);
	return 0;
}

void
json_text_place_near(struct json_text *t, const char *pointer, int want_key, struct json_place *out)
{
	size_t node, key;
	int found = find_node(t, pointer, &node, &key);

	node_place(t, found && want_key ? key : node, out);
}

size_t
json_text_unsafe(const struct json_text *t)
{
	return t->n_unsafe;
}

int
json_text_unsafe_place(const struct json_text *t, size_t i, struct json_place *out)
{
	if (i >= t->n_unsafe)
		return -1;
	node_place(t, t->unsafe[i], out);
	return 0;
}

int
json_unsafe_integer(const json_t *v)
{
	return json_is_integer(v) && (json_integer_value(v) > 9007199254740991LL || json_integer_value(v) < -9007199254740991LL);
}
