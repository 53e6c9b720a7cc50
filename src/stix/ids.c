/* Ids: deterministic ones of SCOs (2.9), and the project's own (DESIGN 4). */
#include <string.h>

#include "json/json.h"
#include "stix/stix.h"

/* Of several hashes only one contributes (2.9): the first of these that is there, else the first there is. */
static const char *const hash_choice[] = { "MD5", "SHA-1", "SHA-256", "SHA-512" };

static json_t *
one_hash(json_t *hashes)
{
	json_t *out = json_object();
	const char *name = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(hash_choice) && name == NULL; i++)
		if (json_object_get(hashes, hash_choice[i]) != NULL)
			name = hash_choice[i];
	if (name == NULL)
		name = json_object_iter_key(json_object_iter(hashes));
	if (name != NULL)
		json_object_set(out, name, json_object_get(hashes, name));
	return out;
}

/* The contributing properties that are there: new. */
static json_t *
contributing(const struct stix_type *t, const json_t *sco)
{
	json_t *out = json_object(), *v;
	size_t i;

	for (i = 0; i < t->nprop; i++) {
		if (!t->props[i].contributes || (v = json_object_get(sco, t->props[i].name)) == NULL)
			continue;
		if (strcmp(t->props[i].name, "hashes") == 0 && json_is_object(v))
			json_object_set_new(out, "hashes", one_hash(v));
		else
			json_object_set(out, t->props[i].name, v);
	}
	return out;
}

int
stix_sco_id(struct stix_model *m, const json_t *sco, char out[STIX_ID])
{
	const struct stix_type *t = stix_type(m, json_string_value(json_object_get(sco, "type")));
	struct buf b = BUF_INIT(LIMIT_JSON_TEXT);
	char uuid[UUID_TEXT];
	json_t *name;
	int rc = -1;

	if (t == NULL || t->category != STIX_SCO || !t->has_contributing)
		return -1;
	name = contributing(t, sco);
	if (json_object_size(name) > 0) {
		json_canon(name, &b);
		if (!b.over) {
			uuid_v5(STIX_SCO_NAMESPACE, buf_str(&b), b.len, uuid);
			snprintf(out, STIX_ID, "%.250s--%s", t->name, uuid);
			rc = 0;
		}
	}
	buf_free(&b);
	json_decref(name);
	return rc;
}

void
stix_id(const char *type, const char *identity, const char *key, char out[STIX_ID])
{
	struct buf b = BUF_INIT(LIMIT_JSON_TEXT);
	char uuid[UUID_TEXT];

	buf_printf(&b, "%s|%s|", type, identity);
	buf_adds(&b, key);
	uuid_v5(STIX_NAMESPACE, buf_str(&b), b.len, uuid);
	snprintf(out, STIX_ID, "%.250s--%s", type, uuid);
	buf_free(&b);
}

void
stix_sco_id_derived(const json_t *sco, const char *document_sha256, char out[STIX_ID])
{
	json_t *bare = json_copy((json_t *)sco);
	struct buf b = BUF_INIT(LIMIT_JSON_TEXT);
	char uuid[UUID_TEXT];

	json_object_del(bare, "id");
	buf_printf(&b, "%s|", document_sha256);
	json_canon(bare, &b);
	uuid_v4_derived(buf_str(&b), b.len, uuid);
	snprintf(out, STIX_ID, "%.250s--%s", json_string_value(json_object_get(sco, "type")), uuid);
	buf_free(&b);
	json_decref(bare);
}

size_t
stix_id_type(const char *s)
{
	size_t n = strlen(s), i;

	if (n < 1 + 2 + UUID_TEXT - 1)
		return 0;
	n -= 2 + UUID_TEXT - 1;
	if (s[n] != '-' || s[n + 1] != '-' || !uuid_valid(s + n + 2, UUID_TEXT - 1) || s[0] < 'a' || s[0] > 'z')
		return 0;
	for (i = 0; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '-'))
			return 0;
	return n;
}

int
stix_id_is(const char *s, const char *type)
{
	size_t n = stix_id_type(s);

	return n > 0 && n == strlen(type) && memcmp(s, type, n) == 0;
}
