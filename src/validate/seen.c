/* What a file remembers of its objects: versions, references, markings, extensions; and the rules that need it. */
#include <stdlib.h>
#include <string.h>

#include "validate/objects.h"
#include "validate/rules.h"
#include "validate/seen.h"

void
file_start(struct validate *v)
{
	file_free(v);
	v->seen = xcalloc(1, sizeof(*v->seen));
	v->seen->a = arena_new();
	v->seen->objects = objects_new(v->seen->a);
}

void
file_free(struct validate *v)
{
	struct seen *s = v->seen;

	if (s == NULL)
		return;
	objects_free(s->objects);
	arena_free(s->a);
	free(s);
	v->seen = NULL;
}

/* ---- digests of content -------------------------------------------------------------------------------------------------- */

static uint64_t
mix(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	return h ^ h >> 32;
}

uint64_t
digest_octets(uint64_t seed, const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t h = seed ^ 0xcbf29ce484222325u, w;

	for (; n >= 8; n -= 8, p += 8) {
		memcpy(&w, p, 8);
		h = mix(h ^ w) * 0x100000001b3u;
	}
	for (w = n; n > 0; n--)
		w = w << 8 | *p++;
	return mix(h ^ w);
}

/* One number for equal values: members in any order, 1 equals 1.0. Not for adversaries: a collision hides a duplicate. */
uint64_t
digest_value(const json_t *v)
{
	uint64_t h = (uint64_t)json_typeof(v) + 1;
	const json_t *item;
	const char *name;
	json_t *member;
	double d;
	size_t i;

	switch (json_typeof(v)) {
	case JSON_STRING:
		return digest_octets(h, json_string_value(v), json_string_length(v));
	case JSON_INTEGER:
	case JSON_REAL:
		d = json_number_value(v);
		return digest_octets(JSON_REAL, &d, sizeof(d));
	case JSON_ARRAY:
		json_array_foreach(v, i, item)
			h = mix(h * 31 + digest_value(item));
		return h;
	case JSON_OBJECT:
		json_object_foreach((json_t *)v, name, member)
			h += mix(digest_octets(0, name, strlen(name)) * 3 + digest_value(member));
		return mix(h);
	default:
		return mix(h);
	}
}

/* ---- versions and duplicates ----------------------------------------------------------------------------------------------- */

int
stamp_member(const json_t *object, const char *name, struct stamp *out)
{
	const json_t *t = json_object_get(object, name);

	return json_is_string(t) && stamp_parse(json_string_value(t), json_string_length(t), out) == 0;
}

static const char *
before(struct check *c, const struct version *old)
{
	return old->line != 0 ? arena_printf(c->v->scratch, "line %u", old->line) : "an earlier object";
}

/* The same id and modified once more. */
static void
report_same(struct check *c, const struct object *o, const struct version *old, const struct version *new)
{
	if (old->digest == new->digest)
		report(c, RULE_DUPLICATE_IDS, AT(NULL, "id"), "this object is there already, at %s", before(c, old));
	else if (o->sco && !new->dated)
		report(c, RULE_DUPLICATE_IDS, AT(NULL, "id"), "%s has the same id and other properties", before(c, old));
	else
		report(c, RULE_VERSION_CONTENT, AT(NULL, "id"), "%s has the same id%s and other content", before(c, old),
		    new->dated ? ", the same modified" : "");
}

/* One number for the instant that created is; 0: there is none. */
static uint64_t
created_digest(struct check *c)
{
	struct stamp t;

	if (!stamp_member(c->object, "created", &t))
		return 0;
	return mix((uint64_t)t.sec * 1000000007u ^ mix(t.nsec + 1)) | 1;
}

void
content_take(struct check *c)
{
	const char *creator = member_string(c->object, "created_by_ref");

	c->digest = digest_value(c->object);
	c->created = created_digest(c);
	c->creator = creator != NULL ? digest_octets(0, creator, strlen(creator)) : 0;
	memset(&c->modified, 0, sizeof(c->modified));
	c->dated = stamp_member(c->object, "modified", &c->modified) != 0;
	c->revoked = json_is_true(json_object_get(c->object, "revoked")) != 0;
	c->lists = language_has_lists(c) != 0;
	c->extended = json_is_object(json_object_get(c->object, "extensions"));
}

static void
report_versions(struct check *c, const struct object *o, const struct version *new)
{
	const struct version *old;

	for (old = &o->first; old != NULL; old = objects_next(c->v->seen->objects, old)) {
		if (old->dated == new->dated && stamp_cmp(old->modified, new->modified) == 0) {
			report_same(c, o, old, new);
			return;
		}
		if (old->revoked && stamp_cmp(new->modified, old->modified) > 0)
			report(c, RULE_VERSION, AT(NULL, "modified"), "%s has revoked this object; no version may follow", before(c, old));
		else if (new->revoked && stamp_cmp(old->modified, new->modified) > 0)
			report(c, RULE_VERSION, AT(NULL, "revoked"), "%s is a later version; none may follow a revocation", before(c, old));
	}
	if (o->created != 0 && c->created != 0 && c->created != o->created)
		report(c, RULE_VERSION, AT(NULL, "created"), "created differs from that of %s; versions of an object share it",
		    before(c, &o->first));
	if (c->creator != o->creator)
		report(c, RULE_VERSION, AT(NULL, c->creator != 0 ? "created_by_ref" : "id"),
		    "the creator differs from that of %s; only the creator makes new versions", before(c, &o->first));
}

struct object *
remember_object(struct check *c)
{
	struct seen *s = c->v->seen;
	struct object *o = objects_find(s->objects, c->id);
	const struct object *twin;
	struct version new = { .line = c->place.line & 0x3fffffff, .modified = c->modified, .digest = c->digest, .dated = c->dated,
	    .revoked = c->revoked };

	if (c->lists)
		language_remember_lists(c);
	if (o != NULL) {
		report_versions(c, o, &new);
		if (o->nversion < LIMIT_VERSIONS)
			objects_add_version(s->objects, o, &new);
		return o;
	}
	o = objects_add(s->objects, c->id, &twin);
	o->first = new;
	o->sco = c->sco != 0;
	o->created = c->created;
	o->creator = c->creator;
	/* SCOs of two types with equal values have one UUID by the rule of section 2.9 itself */
	if (twin != NULL && !(twin->sco && o->sco))
		report(c, RULE_UUID_REUSE, AT(NULL, "id"), "%s has the same UUID", objects_id(twin, c->v->scratch));
	return o;
}

/* ---- references ------------------------------------------------------------------------------------------------------------ */

struct ref
ref_make(struct check *c, const char *pointer, const char *to)
{
	struct arena *a = c->v->seen->a;
	struct ref r = { arena_strdup(a, c->id), arena_strdup(a, to), arena_printf(a, "%s%s", c->base, pointer), c->place };

	if (c->text != NULL)
		json_text_place_near(c->text, pointer, 0, &r.place);
	return r;
}

static int
is_ref_name(const char *name)
{
	size_t n = strlen(name);

	return (n > 4 && strcmp(name + n - 4, "_ref") == 0) || (n > 5 && strcmp(name + n - 5, "_refs") == 0);
}

/* Remembers every id in a property that ends in _ref or _refs; path is the pointer so far. */
static void
remember_refs(struct check *c, const json_t *v, struct buf *path, int in_ref)
{
	size_t len = path->len, i;
	const json_t *item;
	const char *name;
	json_t *member;

	if (json_is_string(v) && in_ref)
		*vec_push(c->v->seen->a, &c->v->seen->refs) = ref_make(c, buf_str(path), json_string_value(v));
	json_array_foreach(v, i, item) {
		json_pointer_add_index(path, i);
		remember_refs(c, item, path, in_ref);
		path->s[path->len = len] = '\0';
	}
	json_object_foreach((json_t *)v, name, member) {
		json_pointer_add(path, name, strlen(name));
		/* what a container holds refers to keys of the container */
		if (len > 0 || strcmp(name, "objects") != 0)
			remember_refs(c, member, path, is_ref_name(name));
		path->s[path->len = len] = '\0';
	}
}

/* ---- markings, extensions ------------------------------------------------------------------------------------------------ */

static void
remember_mark(struct check *c, struct object *o, const json_t *to, const char *pointer)
{
	struct object_more *more;
	struct mark *m;

	if (!json_is_string(to))
		return;
	m = arena_alloc(c->v->seen->a, sizeof(*m));
	m->ref = ref_make(c, pointer, json_string_value(to));
	more = objects_more(c->v->seen->objects, o);
	m->next = more->marks;
	more->marks = more->next_mark = m;
}

static void
remember_marks(struct check *c, struct object *o)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(c->object, "object_marking_refs"), i, item)
		remember_mark(c, o, item, arena_printf(c->v->scratch, "/object_marking_refs/%zu", i));
	json_array_foreach(json_object_get(c->object, "granular_markings"), i, item)
		remember_mark(c, o, json_object_get(item, "marking_ref"),
		    arena_printf(c->v->scratch, "/granular_markings/%zu/marking_ref", i));
}

/* The types of extension that the definition with that id gives, or NULL. */
static const json_t *
types_of(const struct seen *s, const char *id)
{
	const struct object *o = objects_find(s->objects, id);
	const struct object_more *more = o != NULL ? objects_has_more(s->objects, o) : NULL;

	return more != NULL ? more->types : NULL;
}

static int
has_type(const json_t *types, const char *type)
{
	const json_t *item;
	size_t i;

	json_array_foreach(types, i, item)
		if (json_is_string(item) && strcmp(json_string_value(item), type) == 0)
			return 1;
	return 0;
}

static void
remember_uses(struct check *c)
{
	const char *key, *type;
	json_t *ext;

	json_object_foreach(json_object_get(c->object, "extensions"), key, ext) {
		if (!starts_with(key, "extension-definition--") || (type = member_string(ext, "extension_type")) == NULL)
			continue;
		if (has_type(types_of(c->v->seen, key), type))
			continue;
		*vec_push(c->v->seen->a, &c->v->seen->uses) = (struct use){
		    ref_make(c, arena_printf(c->v->scratch, "/extensions/%s/extension_type", key), key),
		    arena_strdup(c->v->seen->a, type) };
	}
}

static void
remember_types(struct check *c, struct object *o)
{
	struct object_more *more = objects_more(c->v->seen->objects, o);

	if (more->types == NULL)
		more->types = json_incref(json_object_get(c->object, "extension_types"));
}

void
pass_file(struct check *c)
{
	struct buf path = BUF_INIT(1 << 20);
	struct object *o;

	if (strcmp(c->type, "bundle") == 0 || c->id[0] == '\0')
		return;
	o = remember_object(c);
	if (c->extended)
		remember_uses(c);
	if (strcmp(c->type, "marking-definition") == 0)
		remember_marks(c, o);
	if (strcmp(c->type, "extension-definition") == 0)
		remember_types(c, o);
	if (strcmp(c->type, "language-content") == 0)
		language_remember(c);
	if (c->v->profile_rules)
		profile_remember(c);
	if (rule_on(c->v, RULE_DANGLING_REF)) {
		buf_adds(&path, "");
		remember_refs(c, c->object, &path, 0);
	}
	buf_free(&path);
}

/* ---- the end ----------------------------------------------------------------------------------------------------------------- */

static void
end_refs(struct validate *v)
{
	const struct ref *r;
	size_t i;

	for (i = 0; i < v->seen->refs.n; i++) {
		r = &v->seen->refs.v[i];
		if (objects_find(v->seen->objects, r->to) == NULL && stix_tlp_find(r->to) == NULL)
			report_late(v, RULE_DANGLING_REF, r->from, r->pointer, r->place, "%.120s is not in this file", r->to);
	}
}

/* Searches from one marking-definition on, without recursion: chains may be long. A mark to what is on the way closes a loop. */
static void
search_marks(struct validate *v, struct object *start)
{
	VEC(struct object *) way = { 0 };
	struct object_more *more;
	struct object *o, *to;
	struct mark *m;

	*vec_push(v->seen->a, &way) = start;
	start->state = 1;
	while (way.n > 0) {
		o = way.v[way.n - 1];
		more = objects_has_more(v->seen->objects, o);
		if (more == NULL || (m = more->next_mark) == NULL) {
			o->state = 2;
			way.n--;
			continue;
		}
		more->next_mark = m->next;
		to = objects_find(v->seen->objects, m->ref.to);
		if (to != NULL && to->state == 1)
			report_late(v, RULE_MARKING_LOOP, m->ref.from, m->ref.pointer, m->ref.place, "%s", to == o ?
			    "a marking-definition marks itself" : "this marking leads back to the marking-definition itself");
		if (to == NULL || to->state != 0)
			continue;
		to->state = 1;
		*vec_push(v->seen->a, &way) = to;
	}
}

static void
end_marks(struct validate *v)
{
	struct object_more *more;
	size_t i;

	for (i = 0; (more = objects_nth_more(v->seen->objects, i)) != NULL; i++)
		if (more->marks != NULL && more->object->state == 0)
			search_marks(v, more->object);
}

static void
end_uses(struct validate *v)
{
	const struct use *u;
	const json_t *types;
	size_t i;

	for (i = 0; i < v->seen->uses.n; i++) {
		u = &v->seen->uses.v[i];
		if ((types = types_of(v->seen, u->ref.to)) != NULL && !has_type(types, u->type))
			report_late(v, RULE_EXTENSION_TYPE, u->ref.from, u->ref.pointer, u->ref.place,
			    "the definition of this extension has no type %.120s", u->type);
	}
}

void
file_end(struct validate *v)
{
	end_refs(v);
	end_marks(v);
	end_uses(v);
	language_end(v);
	if (v->profile_rules)
		profile_end(v);
}
