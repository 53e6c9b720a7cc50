/*
 * Repairs that are certain: UUIDs in lower case, fractions of created and modified, deterministic ids of SCOs with every reference to
 * them. Where it is not beyond doubt what was meant, nothing is changed.
 */
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "validate/validate_in.h"

#define ROUNDS	16	/* SCOs whose ids contribute to the ids of others, one behind the other */

struct renamed {
	char *old;		/* new */
	char id[STIX_ID];
	int unsure;		/* several objects have the id, and not all get the same one */
	size_t refs;
	UT_hash_handle hh;
};

struct fix {
	struct validate *v;
	validate_fixed_fn *fixed;
	void *arg;
	struct renamed *ids;
	struct buf path;	/* of the value at hand */
	size_t n;
};

static void tell(struct fix *x, const char *fmt, ...) BASE_PRINTF(2, 3);

static void
tell(struct fix *x, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	x->n++;
	x->fixed(x->arg, buf_str(&x->path), text);
}

static void
back_to(struct buf *b, size_t len)
{
	b->len = len;
	if (b->s != NULL)
		b->s[len] = '\0';
}

/* Does f to each object of a bundle or list, or to the one there is; x->path is the object's. */
static void
each_object(struct fix *x, json_t *root, void (*f)(struct fix *x, json_t *object))
{
	json_t *list = json_is_array(root) ? root : json_object_get(root, "objects"), *item;
	size_t i;

	back_to(&x->path, 0);
	if (json_is_object(root))
		f(x, root);
	json_array_foreach(list, i, item) {
		if (!json_is_object(item))
			continue;
		if (list != root)
			buf_adds(&x->path, "/objects");
		json_pointer_add_index(&x->path, i);
		f(x, item);
		back_to(&x->path, 0);
	}
}

/* ---- ids wherever they stand ---------------------------------------------------------------------------------------------------- */

static int
is_ref_name(const char *name)
{
	size_t n = strlen(name);

	return (n > 4 && strcmp(name + n - 4, "_ref") == 0) || (n > 5 && strcmp(name + n - 5, "_refs") == 0);
}

/* What takes the place of an id: new, or NULL. */
typedef char *change_fn(struct fix *x, const char *id, int is_own);

static void each_id(struct fix *x, json_t *v, int top, change_fn *change);

static void
list_of_ids(struct fix *x, json_t *list, change_fn *change)
{
	size_t i, len = x->path.len;
	json_t *item;
	char *to;

	json_array_foreach(list, i, item) {
		json_pointer_add_index(&x->path, i);
		if (json_is_string(item) && (to = change(x, json_string_value(item), 0)) != NULL) {
			json_array_set_new(list, i, json_string(to));
			free(to);
		}
		back_to(&x->path, len);
	}
}

/* The id of the object itself (top), and all that stand in properties _ref and _refs, at any depth. */
static void
each_id(struct fix *x, json_t *v, int top, change_fn *change)
{
	size_t i, len = x->path.len;
	const char *name;
	json_t *member;
	int own;
	char *to;

	json_object_foreach(v, name, member) {
		/* the objects of a bundle have their own turn; those of a container refer to its keys */
		if (top && strcmp(name, "objects") == 0)
			continue;
		own = top && strcmp(name, "id") == 0;
		json_pointer_add(&x->path, name, strlen(name));
		if (json_is_string(member) && (own || is_ref_name(name)) && (to = change(x, json_string_value(member), own)) != NULL) {
			json_object_set_new(v, name, json_string(to));
			free(to);
		} else if (json_is_array(member) && is_ref_name(name)) {
			list_of_ids(x, member, change);
		} else if (json_is_array(member) || json_is_object(member)) {
			each_id(x, member, 0, change);
		}
		back_to(&x->path, len);
	}
	json_array_foreach(v, i, member) {
		json_pointer_add_index(&x->path, i);
		each_id(x, member, 0, change);
		back_to(&x->path, len);
	}
}

/* ---- UUIDs and fractions -------------------------------------------------------------------------------------------------------- */

static char *
to_lower(struct fix *x, const char *id, int is_own)
{
	const char *uuid = strstr(id, "--");
	char *out, *p;

	(void)is_own;
	if (uuid == NULL || strlen(uuid + 2) != UUID_TEXT - 1 || !uuid_valid(uuid + 2, UUID_TEXT - 1) || strpbrk(uuid, "ABCDEF") == NULL)
		return NULL;
	out = xstrdup(id);
	for (p = out + (uuid - id); *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'F')
			*p = (char)(*p - 'A' + 'a');
	tell(x, "%.120s in lower case", id);
	return out;
}

static void
fraction(struct fix *x, json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name)), *dot;
	size_t n = s != NULL ? strlen(s) : 0, len = x->path.len, digits;
	struct stamp t;
	char text[STAMP_TEXT];

	if (n == 0 || n >= sizeof(text) - 4 || stamp_parse(s, n, &t) != 0 || s[n - 1] != 'Z')
		return;
	dot = strchr(s, '.');
	digits = dot != NULL ? strlen(dot + 1) - 1 : 0;
	if (digits >= 3)
		return;
	snprintf(text, sizeof(text), "%.*s%s%.*sZ", (int)(n - 1), s, dot == NULL ? "." : "", (int)(3 - digits), "000");
	json_pointer_add(&x->path, name, strlen(name));
	tell(x, "%s is now %s", s, text);
	back_to(&x->path, len);
	json_object_set_new(object, name, json_string(text));
}

static void
fix_forms(struct fix *x, json_t *object)
{
	each_id(x, object, 1, to_lower);
	fraction(x, object, "created");
	fraction(x, object, "modified");
}

/* ---- deterministic ids (2.9) ---------------------------------------------------------------------------------------------------- */

static struct renamed *
find(struct fix *x, const char *id)
{
	struct renamed *r;

	HASH_FIND_STR(x->ids, id, r);
	return r;
}

/* Notes what the object's id would be; objects that are no SCOs, or have random ids, keep theirs. */
static void
note_id(struct fix *x, json_t *object)
{
	const char *id = member_string(object, "id");
	size_t n = id != NULL ? stix_id_type(id) : 0;
	char want[STIX_ID];
	struct renamed *r;

	if (n == 0)
		return;
	if (strlen(id) != n + 2 + UUID_TEXT - 1 || id[n + 16] != '5' || stix_sco_id(x->v->model, object, want) != 0)
		snprintf(want, sizeof(want), "%s", id);
	if ((r = find(x, id)) != NULL) {
		r->unsure |= strcmp(r->id, want) != 0;
		return;
	}
	r = xcalloc(1, sizeof(*r));
	r->old = xstrdup(id);
	strcpy(r->id, want);
	HASH_ADD_KEYPTR(hh, x->ids, r->old, strlen(r->old), r);
}

static char *
to_right(struct fix *x, const char *id, int is_own)
{
	struct renamed *r = find(x, id);

	if (r == NULL || r->unsure || strcmp(r->old, r->id) == 0)
		return NULL;
	r->refs += !is_own;
	return xstrdup(r->id);
}

static void
fix_ids(struct fix *x, json_t *object)
{
	each_id(x, object, 1, to_right);
}

/* One round. Returns whether an id has changed. */
static int
rename_all(struct fix *x, json_t *root)
{
	struct renamed *r, *next;
	int changed = 0;

	each_object(x, root, note_id);
	for (r = x->ids; r != NULL; r = r->hh.next)
		changed |= !r->unsure && strcmp(r->old, r->id) != 0;
	if (changed)
		each_object(x, root, fix_ids);
	back_to(&x->path, 0);
	HASH_ITER(hh, x->ids, r, next) {
		if (!r->unsure && strcmp(r->old, r->id) != 0)
			tell(x, "%s is now %s, and %zu reference%s to it", r->old, r->id, r->refs, r->refs == 1 ? "" : "s");
		HASH_DEL(x->ids, r);
		free(r->old);
		free(r);
	}
	return changed;
}

size_t
validate_fix(struct validate *v, json_t *root, validate_fixed_fn *fixed, void *arg)
{
	struct fix x = { .v = v, .fixed = fixed, .arg = arg, .path = BUF_INIT(LIMIT_JSON_TEXT) };
	unsigned i;

	buf_adds(&x.path, "");
	each_object(&x, root, fix_forms);
	for (i = 0; i < ROUNDS && rename_all(&x, root); i++)
		;
	buf_free(&x.path);
	return x.n;
}
