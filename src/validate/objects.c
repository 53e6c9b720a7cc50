/* The objects of a file by id: an open table of indices into chunks of objects, by the hash of the UUID. */
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "validate/objects.h"

#define CHUNK	512		/* objects allocated at a time */

/* A type in front of "--", once for all objects that have it. */
struct word {
	UT_hash_handle hh;
	char text[];
};

struct objects {
	struct arena *a;
	struct word *words;
	VEC(struct object *) chunks;
	VEC(struct object_more) more;
	VEC(struct version) versions;	/* those that are no object's first */
	uint32_t *slots;	/* index + 1 of an object; 0: free */
	size_t nslot, n;	/* nslot is a power of two */
};

/* An id as it is looked for. */
struct key {
	const char *id;
	size_t type;		/* octets in front of "--"; 0: not an id of that form */
	int packed;		/* uuid is the UUID */
	unsigned char uuid[16];
	uint64_t hash;
};

struct objects *
objects_new(struct arena *a)
{
	struct objects *o = xcalloc(1, sizeof(*o));

	o->a = a;
	o->nslot = 64;
	o->slots = xcalloc(o->nslot, sizeof(*o->slots));
	return o;
}

void
objects_free(struct objects *o)
{
	struct word *w, *tmp;
	size_t i;

	if (o == NULL)
		return;
	for (i = 0; i < o->more.n; i++)
		json_decref(o->more.v[i].types);
	HASH_ITER(hh, o->words, w, tmp) {
		HASH_DEL(o->words, w);
		free(w);
	}
	free(o->slots);
	free(o);
}

static struct object *
object_at(const struct objects *o, size_t i)
{
	return &o->chunks.v[i / CHUNK][i % CHUNK];
}

/* ---- ids ------------------------------------------------------------------------------------------------------------------- */

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The octets of a UUID in lower case. -1: it has another form. */
static int
pack(const char *s, unsigned char out[16])
{
	size_t i, k = 0;
	int hi, lo;

	if (strlen(s) != UUID_TEXT - 1)
		return -1;
	for (i = 0; i < UUID_TEXT - 1; i += 2) {
		if (i == 8 || i == 13 || i == 18 || i == 23)
			if (s[i++] != '-')
				return -1;
		if ((hi = hex_value(s[i])) < 0 || (lo = hex_value(s[i + 1])) < 0)
			return -1;
		out[k++] = (unsigned char)(hi << 4 | lo);
	}
	return 0;
}

static uint64_t
hash(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t h = n, w;

	for (; n > 0; n -= n < 8 ? n : 8, p += 8) {
		w = 0;
		memcpy(&w, p, n < 8 ? n : 8);
		h = (h ^ w) * 0xd6e8feb86659fd93u;
		h ^= h >> 32;
	}
	return h;
}

static void
key_make(const char *id, struct key *k)
{
	const char *uuid;

	k->id = id;
	k->type = stix_id_type(id);
	uuid = k->type != 0 ? id + k->type + 2 : id;
	k->packed = k->type != 0 && pack(uuid, k->uuid) == 0;
	k->hash = k->packed ? hash(k->uuid, sizeof(k->uuid)) : hash(uuid, strlen(uuid));
}

static int
same_uuid(const struct object *o, const struct key *k)
{
	size_t type;

	if (k->packed || o->type != NULL)
		return k->packed && o->type != NULL && memcmp(o->id.uuid, k->uuid, sizeof(k->uuid)) == 0;
	type = stix_id_type(o->id.text);
	return k->type != 0 && type != 0 && strcmp(o->id.text + type + 2, k->id + k->type + 2) == 0;
}

static int
same_id(const struct object *o, const struct key *k)
{
	if (k->packed)
		return same_uuid(o, k) && strncmp(o->type, k->id, k->type) == 0 && o->type[k->type] == '\0';
	return o->type == NULL && strcmp(o->id.text, k->id) == 0;
}

const char *
objects_id(const struct object *o, struct arena *a)
{
	const unsigned char *u = o->id.uuid;

	if (o->type == NULL)
		return o->id.text;
	return arena_printf(a, "%s--%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", o->type, u[0], u[1], u[2],
	    u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}

/* ---- the table ------------------------------------------------------------------------------------------------------------- */

struct object *
objects_find(const struct objects *o, const char *id)
{
	struct key k;
	size_t i;

	key_make(id, &k);
	for (i = k.hash & (o->nslot - 1); o->slots[i] != 0; i = (i + 1) & (o->nslot - 1))
		if (same_id(object_at(o, o->slots[i] - 1), &k))
			return object_at(o, o->slots[i] - 1);
	return NULL;
}

static uint64_t
hash_of(const struct object *o)
{
	struct key k;

	if (o->type != NULL)
		return hash(o->id.uuid, sizeof(o->id.uuid));
	key_make(o->id.text, &k);
	return k.hash;
}

static void
put(struct objects *o, size_t index, uint64_t h)
{
	size_t i = h & (o->nslot - 1);

	while (o->slots[i] != 0)
		i = (i + 1) & (o->nslot - 1);
	o->slots[i] = (uint32_t)index + 1;
}

/* Objects are entered in their order, so that of those with the same hash the first is found first, before as after. */
static void
grow(struct objects *o)
{
	size_t i;

	free(o->slots);
	o->nslot *= 2;
	o->slots = xcalloc(o->nslot, sizeof(*o->slots));
	for (i = 0; i < o->n; i++)
		put(o, i, hash_of(object_at(o, i)));
}

static const char *
word(struct objects *o, const char *s, size_t n)
{
	struct word *w;

	HASH_FIND(hh, o->words, s, n, w);
	if (w == NULL) {
		w = xcalloc(1, sizeof(*w) + n + 1);
		memcpy(w->text, s, n);
		HASH_ADD_KEYPTR(hh, o->words, w->text, n, w);
	}
	return w->text;
}

struct object *
objects_add(struct objects *o, const char *id, const struct object **twin)
{
	struct object *new;
	struct key k;
	size_t i;

	key_make(id, &k);
	*twin = NULL;
	for (i = k.hash & (o->nslot - 1); o->slots[i] != 0 && *twin == NULL; i = (i + 1) & (o->nslot - 1))
		if (same_uuid(object_at(o, o->slots[i] - 1), &k))
			*twin = object_at(o, o->slots[i] - 1);
	if (o->n == UINT32_MAX - 1)
		base_oom();
	if (o->n / CHUNK == o->chunks.n)
		*vec_push(o->a, &o->chunks) = arena_alloc(o->a, CHUNK * sizeof(*new));
	new = object_at(o, o->n);
	if (k.packed) {
		new->type = word(o, id, k.type);
		memcpy(new->id.uuid, k.uuid, sizeof(k.uuid));
	} else
		new->id.text = arena_strdup(o->a, id);
	if (3 * o->n++ > 2 * o->nslot)
		grow(o);
	else
		put(o, o->n - 1, k.hash);
	return new;
}

const struct version *
objects_next(const struct objects *o, const struct version *version)
{
	return version->next != 0 ? &o->versions.v[version->next - 1] : NULL;
}

void
objects_add_version(struct objects *o, struct object *object, const struct version *version)
{
	struct version *v = vec_push(o->a, &o->versions);

	*v = *version;
	v->next = object->first.next;
	object->first.next = (uint32_t)o->versions.n;
	object->nversion++;
}

/* ---- what few have ----------------------------------------------------------------------------------------------------------- */

struct object_more *
objects_has_more(const struct objects *o, const struct object *object)
{
	return object->more != 0 ? &o->more.v[object->more - 1] : NULL;
}

struct object_more *
objects_more(struct objects *o, struct object *object)
{
	struct object_more *m = objects_has_more(o, object);

	if (m != NULL)
		return m;
	m = vec_push(o->a, &o->more);
	memset(m, 0, sizeof(*m));
	m->object = object;
	object->more = (uint32_t)o->more.n;
	return m;
}

struct object_more *
objects_nth_more(const struct objects *o, size_t i)
{
	return i < o->more.n ? &o->more.v[i] : NULL;
}
