/* The compiler of schemas: from subschemas to programs; what each keyword adds is in keywords.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/compile.h"

/* A schema object that has a sub already. */
struct compiled {
	const json_t *schema;
	uint32_t sub;
	UT_hash_handle hh;
};

struct regex_entry {
	const char *source;
	struct regex *re;
	UT_hash_handle hh;
};

/* ---- small parts ------------------------------------------------------------------------------------------------- */

int
compile_refuse(struct compiler *c, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(c->e, ERR_USAGE, "%s#%s/%s: %s", c->resource->uri, c->pointer, keywords[c->row].name, text);
}

int
compile_emit(struct compiler *c, enum op op, uint32_t a, const void *p)
{
	struct schema_set *set = c->set;

	if (set->n_insn == set->cap_insn) {
		set->cap_insn = set->cap_insn == 0 ? 256 : set->cap_insn * 2;
		set->insn = xrealloc(set->insn, set->cap_insn * sizeof(*set->insn));
	}
	set->insn[set->n_insn++] = (struct insn){ (uint16_t)op, (uint16_t)c->row, a, p };
	set->sub[c->sub].n++;
	return 0;
}

void *
compile_room(struct compiler *c, size_t n)
{
	return arena_alloc(c->set->arena, n);
}

struct name
compile_name(const char *s, size_t n)
{
	return (struct name){ s, (uint32_t)n, name_hash(s, n) };
}

/* The sub of a schema at a pointer of a resource, made when there is none; it is compiled later, in its turn. */
uint32_t
compile_sub_of(struct schema_set *set, struct resource *r, const json_t *schema, const char *pointer)
{
	struct compiled *known;
	struct resource *own;
	struct sub *s;

	if (json_is_object(schema)) {
		HASH_FIND_PTR(set->compiled, &schema, known);
		if (known != NULL)
			return known->sub;
		HASH_FIND_PTR(set->roots, &schema, own);
		if (own != NULL) {
			r = own;
			pointer = "";
		}
		known = xcalloc(1, sizeof(*known));
		known->schema = schema;
		known->sub = (uint32_t)set->n_sub;
		HASH_ADD_PTR(set->compiled, schema, known);
	}
	if (set->n_sub == set->cap_sub) {
		set->cap_sub = set->cap_sub == 0 ? 64 : set->cap_sub * 2;
		set->sub = xrealloc(set->sub, set->cap_sub * sizeof(*set->sub));
	}
	s = &set->sub[set->n_sub];
	*s = (struct sub){ .resource = r->id, .schema = schema, .pointer = arena_strdup(set->arena, pointer) };
	s->truth = json_is_true(schema) ? TRUTH_TRUE : json_is_false(schema) ? TRUTH_FALSE : TRUTH_ASK;
	return (uint32_t)set->n_sub++;
}

/* The sub of a subschema that stands at KEYWORD, KEYWORD/name or KEYWORD/index of the schema at hand. */
int
compile_child(struct compiler *c, const char *keyword, const json_t *v, const char *name, size_t n, size_t index, uint32_t *out)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	int ok = json_is_object(v) || json_is_boolean(v);

	buf_printf(&b, "%s/%s", c->pointer, keyword);
	if (name != NULL)
		json_pointer_add(&b, name, n);
	else if (index != SIZE_MAX)
		json_pointer_add_index(&b, index);
	if (ok)
		*out = compile_sub_of(c->set, c->resource, v, buf_str(&b));
	else
		err_set(c->e, ERR_USAGE, "%s#%s: a schema is an object or a boolean", c->resource->uri, buf_str(&b));
	buf_free(&b);
	return ok ? 0 : -1;
}

int
compile_child_here(struct compiler *c, const char *keyword, const json_t *v, uint32_t *out)
{
	return compile_child(c, keyword, v, NULL, 0, SIZE_MAX, out);
}

/* A list of subschemas. */
int
compile_child_list(struct compiler *c, const char *keyword, const json_t *v, struct sub_list *out)
{
	size_t i;

	if (!json_is_array(v) || json_array_size(v) == 0)
		return compile_refuse(c, "want a list of schemas that is not empty");
	out->sub = compile_room(c, json_array_size(v) * sizeof(*out->sub));
	for (i = 0; i < json_array_size(v); i++)
		if (compile_child(c, keyword, json_array_get(v, i), NULL, 0, i, &out->sub[i]) < 0)
			return -1;
	out->n = i;
	return 0;
}

/* A count: a non-negative integer, 2.0 included. Counts beyond 32 bits are never reached and stay at the end. */
int
compile_count(struct compiler *c, const json_t *v, uint32_t *out)
{
	double d = json_number_value(v);

	if (!json_is_number(v) || d < 0 || d != floor(d))
		return compile_refuse(c, "want a non-negative integer");
	*out = d > UINT32_MAX ? UINT32_MAX : (uint32_t)d;
	return 0;
}

int
compile_names(struct compiler *c, const json_t *v, struct name_list *out)
{
	const json_t *s;
	size_t i;

	if (!json_is_array(v))
		return compile_refuse(c, "want a list of member names");
	out->name = compile_room(c, (json_array_size(v) + 1) * sizeof(*out->name));
	for (i = 0; i < json_array_size(v); i++) {
		s = json_array_get(v, i);
		if (!json_is_string(s))
			return compile_refuse(c, "want a list of member names");
		out->name[out->n++] = compile_name(json_string_value(s), json_string_length(s));
	}
	return 0;
}

int
compile_regex(struct compiler *c, const char *s, size_t n, struct regex **out)
{
	struct regex_entry *entry;
	struct err e = ERR_INIT;
	struct regex *re;

	HASH_FIND(hh, c->set->regexes, s, n, entry);
	if (entry == NULL) {
		re = regex_new(s, n, &e);
		if (re == NULL)
			return compile_refuse(c, "%s", e.text);
		entry = xcalloc(1, sizeof(*entry));
		entry->source = s;
		entry->re = re;
		HASH_ADD_KEYPTR(hh, c->set->regexes, entry->source, n, entry);
	}
	*out = entry->re;
	return 0;
}

/* ---- compiling ----------------------------------------------------------------------------------------------------- */

static int
compile_sub(struct schema_set *set, uint32_t id, struct err *e)
{
	struct sub *s = &set->sub[id];
	struct compiler c = { set, set->resource.v[s->resource], s->schema, s->pointer, id, 0, e };
	const json_t *v;

	s->first = (uint32_t)set->n_insn;
	if (s->truth != TRUTH_ASK)
		return 0;
	if (set_vocabulary(set, c.resource, e) < 0)
		return -1;
	for (c.row = 0; c.row < keyword_count; c.row++) {
		v = json_object_get(c.schema, keywords[c.row].name);
		if (v != NULL && (c.resource->vocab & keywords[c.row].vocab) && keywords[c.row].fn(&c, v) < 0)
			return -1;
	}
	if (set->sub[id].n == 0)
		set->sub[id].truth = TRUTH_TRUE;
	return 0;
}

/* Gives every $dynamicRef the places that resources known by now declare. */
static void
add_dynamic_targets(struct schema_set *set)
{
	struct dynamic *d;
	struct anchor *a;
	struct resource *r;
	uint32_t sub;
	size_t i, k;

	for (d = set->dynamics; d != NULL; d = d->next) {
		for (i = 0; i < set->resource.n; i++) {
			r = set->resource.v[i];
			for (a = r->anchors; a != NULL && !(a->dynamic && strcmp(a->name, d->name) == 0); a = a->next)
				;
			for (k = 0; a != NULL && k < d->to.n && d->to.v[k].resource != r->id; k++)
				;
			if (a == NULL || k < d->to.n)
				continue;
			sub = compile_sub_of(set, r, a->schema, a->pointer);
			*vec_push(set->arena, &d->to) = (struct dynamic_target){ r->id, sub };
		}
	}
}

/* The i-th subschema that sub applies to the same value whatever the value is. NO_SUB: no more. */
static uint32_t
same_place(const struct schema_set *set, const struct sub *s, size_t i)
{
	const struct sub_list *l;
	const struct insn *in;
	uint32_t k;

	for (k = 0; k < s->n; k++) {
		in = &set->insn[s->first + k];
		if (in->op == OP_REF && i-- == 0)
			return in->a;
		if (in->op != OP_ALL_OF)
			continue;
		l = in->p;
		if (i < l->n)
			return l->sub[i];
		i -= l->n;
	}
	return NO_SUB;
}

/* Refuses references that run in a circle without ever going down in the instance, by depth-first search from sub `from`. */
static int
find_circle(struct schema_set *set, uint8_t *seen, uint32_t from, struct err *e)
{
	struct { uint32_t sub; size_t i; } *path = xcalloc(set->n_sub + 1, sizeof(*path));
	const struct sub *s;
	size_t n = 0;
	uint32_t next;
	int r = 0;

	path[n++].sub = from;
	seen[from] = 1;
	while (n > 0 && r == 0) {
		s = &set->sub[path[n - 1].sub];
		next = same_place(set, s, path[n - 1].i++);
		if (next == NO_SUB) {
			seen[path[--n].sub] = 2;
		} else if (seen[next] == 1) {
			r = err_set(e, ERR_USAGE, "%s#%s: \"$ref\" runs in a circle", set->resource.v[s->resource]->uri, s->pointer);
		} else if (seen[next] == 0) {
			seen[next] = 1;
			path[n].sub = next;
			path[n++].i = 0;
		}
	}
	free(path);
	return r;
}

static int
compile_from(struct schema_set *set, size_t from, struct err *e)
{
	uint8_t *seen;
	size_t next = from, i;
	int r = 0;

	while (next < set->n_sub) {
		if (compile_sub(set, (uint32_t)next++, e) < 0)
			return -1;
		if (next == set->n_sub)
			add_dynamic_targets(set);
	}
	seen = xcalloc(set->n_sub + 1, 1);
	for (i = from; i < set->n_sub && r == 0; i++)
		if (seen[i] == 0)
			r = find_circle(set, seen, (uint32_t)i, e);
	free(seen);
	return r;
}

/* Forgets what a compilation that failed had begun. */
static void
roll_back(struct schema_set *set, size_t n_sub, size_t n_insn)
{
	struct compiled *c, *next;
	struct dynamic *d;

	HASH_ITER(hh, set->compiled, c, next) {
		if (c->sub < n_sub)
			continue;
		HASH_DEL(set->compiled, c);
		free(c);
	}
	for (d = set->dynamics; d != NULL; d = d->next)
		while (d->to.n > 0 && d->to.v[d->to.n - 1].sub >= n_sub)
			d->to.n--;
	set->n_sub = n_sub;
	set->n_insn = n_insn;
}

int
schema_compile(struct schema_set *set, const char *uri, const struct schema **out, struct err *e)
{
	size_t n_sub = set->n_sub, n_insn = set->n_insn;
	struct resource nowhere = { .uri = "", .doc_uri = "" };
	struct target t;
	struct schema *s;
	uint32_t sub;

	HASH_FIND_STR(set->handles, uri, s);
	if (s == NULL) {
		if (set_target(set, &nowhere, uri, &t, e) < 0)
			return -1;
		if (!json_is_object(t.schema) && !json_is_boolean(t.schema)) {
			free(t.pointer);
			return err_set(e, ERR_USAGE, "%s is no schema", uri);
		}
		sub = compile_sub_of(set, t.resource, t.schema, t.pointer);
		free(t.pointer);
		if (compile_from(set, n_sub, e) < 0) {
			roll_back(set, n_sub, n_insn);
			return -1;
		}
		s = arena_alloc(set->arena, sizeof(*s));
		s->set = set;
		s->uri = arena_strdup(set->arena, uri);
		s->sub = sub;
		HASH_ADD_KEYPTR(hh, set->handles, s->uri, strlen(s->uri), s);
	}
	*out = s;
	return 0;
}

void
compile_release(struct schema_set *set)
{
	struct compiled *c, *c_next;
	struct regex_entry *r, *r_next;

	HASH_CLEAR(hh, set->handles);
	HASH_ITER(hh, set->compiled, c, c_next) {
		HASH_DEL(set->compiled, c);
		free(c);
	}
	HASH_ITER(hh, set->regexes, r, r_next) {
		HASH_DEL(set->regexes, r);
		regex_free(r->re);
		free(r);
	}
	free(set->sub);
	free(set->insn);
}
