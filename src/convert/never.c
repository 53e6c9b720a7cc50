/* What a feed never publishes, whatever its texts list: its publisher's own hosts, the addresses of its own network. */
#include <string.h>
#include <strings.h>

#include "convert/convert.h"
#include "convert/values.h"
#include "json/json.h"

int
never_valid(const char *entry)
{
	const char *slash = strchr(entry, '/');

	if (slash == NULL || strstr(entry, "://") != NULL)
		return 1;
	return slash[1] != '\0' && slash[1 + strspn(slash + 1, "0123456789")] == '\0' && value_in_network(entry, entry);
}

/* The host in a URL or behind the '@' of a mailbox, or all of a host's or an address's value; in the arena, or the value's own end. */
static const char *
host_of(struct arena *a, const char *type, const char *value)
{
	const char *s = value, *at;
	size_t n;

	if (strcmp(type, "url") == 0) {
		if ((s = strstr(value, "://")) == NULL)
			return NULL;
		s += 3;
		at = memchr(s, '@', strcspn(s, "/?#"));
		s = at != NULL ? at + 1 : s;
		n = *s == '[' ? strcspn(++s, "]") : strcspn(s, ":/?#");
		return arena_strndup(a, s, n);
	}
	if (strcmp(type, "email-addr") == 0) {
		if ((s = strrchr(value, '@')) == NULL)
			return NULL;
		s++;
	} else if (strcmp(type, "domain-name") != 0 && strcmp(type, "ipv4-addr") != 0 && strcmp(type, "ipv6-addr") != 0)
		return NULL;
	return s;
}

/* Does the entry mean this observable, by its value, by its host (NULL: none), or by one of its hashes? */
static int
means(const struct observable *o, const char *value, const char *host, const char *entry)
{
	const char *algorithm;
	json_t *hash;

	json_object_foreach(json_object_get(o->props, "hashes"), algorithm, hash)
		if (strcasecmp(json_string_value(hash), entry) == 0)
			return 1;
	if (value == NULL)
		return 0;
	/* a URL's path is told by letter case */
	if (strcmp(o->type, "url") == 0 ? strcmp(value, entry) == 0 : strcasecmp(value, entry) == 0)
		return 1;
	return host != NULL && (value_in_network(host, entry) || (strchr(entry, '.') != NULL && host_in_domain(host, strlen(host), entry)));
}

static int
is_meant(struct arena *a, const struct observable *o, const char *const *entries, size_t n)
{
	const char *value = json_string_value(json_object_get(o->props, "value"));
	const char *host = value != NULL ? host_of(a, o->type, value) : NULL;

	for (size_t k = 0; k < n; k++)
		if (means(o, value, host, entries[k]))
			return 1;
	return 0;
}

/* Is v the id of something dropped? */
static int
is_dropped(const json_t *gone, const json_t *v)
{
	return json_is_string(v) && json_object_get(gone, json_string_value(v)) != NULL;
}

/* Takes the references to what is gone out of props; 1: what has them says nothing without. */
static int
forget(const char *type, json_t *props, const json_t *gone)
{
	const char *name;
	json_t *v;
	void *next;
	size_t i;

	json_object_foreach_safe(props, next, name, v) {
		if (strstr(name, "_ref") == NULL)
			continue;
		if (is_dropped(gone, v)) {
			if (strcmp(type, "network-traffic") == 0)
				return 1;
			json_object_del(props, name);
			continue;
		}
		for (i = json_array_size(v); i-- > 0;)
			if (is_dropped(gone, json_array_get(v, i)))
				json_array_remove(v, i);
		if (json_is_array(v) && json_array_size(v) == 0)
			json_object_del(props, name);
	}
	return 0;
}

/* Drops the observables whose ids are in gone, and their relations. */
static void
sweep(struct facts *f, const json_t *gone)
{
	size_t i, kept = 0;

	for (i = 0; i < f->observables.n; i++)
		if (json_object_get(gone, f->observables.v[i].id) != NULL)
			json_decref(f->observables.v[i].props);
		else
			f->observables.v[kept++] = f->observables.v[i];
	f->observables.n = kept;
	for (i = kept = 0; i < f->relations.n; i++)
		if (json_object_get(gone, f->relations.v[i].source) == NULL && json_object_get(gone, f->relations.v[i].target) == NULL)
			f->relations.v[kept++] = f->relations.v[i];
	f->relations.n = kept;
}

void
never_apply(struct facts *f, const char *const *entries, size_t n)
{
	json_t *gone = json_object();
	size_t i, before;

	for (i = 0; n > 0 && i < f->observables.n; i++)
		if (is_meant(f->arena, &f->observables.v[i], entries, n))
			json_object_set_new(gone, f->observables.v[i].id, json_true());
	/* what states nothing without these goes too, and what states nothing without that */
	do {
		before = json_object_size(gone);
		for (i = 0; before > 0 && i < f->observables.n; i++)
			if (json_object_get(gone, f->observables.v[i].id) == NULL &&
			    forget(f->observables.v[i].type, f->observables.v[i].props, gone))
				json_object_set_new(gone, f->observables.v[i].id, json_true());
	} while (json_object_size(gone) > before);
	for (i = 0; json_object_size(gone) > 0 && i < f->entities.n; i++)
		forget(f->entities.v[i].type, f->entities.v[i].props, gone);
	if (json_object_size(gone) > 0)
		sweep(f, gone);
	json_decref(gone);
}
