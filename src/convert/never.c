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

/* Is the host the domain, or a name below it? */
static int
is_below(const char *host, size_t n, const char *domain)
{
	size_t d = strlen(domain);

	return n >= d && strncasecmp(host + n - d, domain, d) == 0 && (n == d || host[n - d - 1] == '.');
}

/* Is s[0..n) a host that the entry means: an address of its network, its domain or a name below it? */
static int
means_host(struct arena *a, const char *s, size_t n, const char *entry)
{
	const char *host = arena_strndup(a, s, n);

	return value_in_network(host, entry) || (strchr(entry, '.') != NULL && is_below(host, n, entry));
}

/* The host in a URL or behind the '@' of a mailbox, or all of a host's or an address's value; *n: its octets. */
static const char *
host_of(const char *type, const char *value, size_t *n)
{
	const char *s = value, *at;

	if (strcmp(type, "url") == 0) {
		if ((s = strstr(value, "://")) == NULL)
			return NULL;
		s += 3;
		at = memchr(s, '@', strcspn(s, "/?#"));
		s = at != NULL ? at + 1 : s;
		*n = *s == '[' ? strcspn(++s, "]") : strcspn(s, ":/?#");
		return s;
	}
	if (strcmp(type, "email-addr") == 0) {
		if ((s = strrchr(value, '@')) == NULL)
			return NULL;
		s++;
	} else if (strcmp(type, "domain-name") != 0 && strcmp(type, "ipv4-addr") != 0 && strcmp(type, "ipv6-addr") != 0)
		return NULL;
	*n = strlen(s);
	return s;
}

/* Does the entry mean this observable, by its value, by its host, or by one of its hashes? */
static int
means(struct arena *a, const struct observable *o, const char *entry)
{
	const char *value = json_string_value(json_object_get(o->props, "value")), *host, *algorithm;
	json_t *hash;
	size_t n;

	json_object_foreach(json_object_get(o->props, "hashes"), algorithm, hash)
		if (strcasecmp(json_string_value(hash), entry) == 0)
			return 1;
	if (value == NULL)
		return 0;
	/* a URL's path is told by letter case */
	if (strcmp(o->type, "url") == 0 ? strcmp(value, entry) == 0 : strcasecmp(value, entry) == 0)
		return 1;
	return (host = host_of(o->type, value, &n)) != NULL && means_host(a, host, n, entry);
}

/* Takes the references to id out of props; 1: what has them says nothing without. */
static int
forget(const char *type, json_t *props, const char *id)
{
	const char *name;
	json_t *v, *one;
	void *next;
	size_t i;

	json_object_foreach_safe(props, next, name, v) {
		if (json_is_string(v) && strcmp(json_string_value(v), id) == 0 && strstr(name, "_ref") != NULL) {
			if (strcmp(type, "network-traffic") == 0)
				return 1;
			json_object_del(props, name);
			continue;
		}
		if (!json_is_array(v) || strstr(name, "_refs") == NULL)
			continue;
		for (i = json_array_size(v); i-- > 0;)
			if ((one = json_array_get(v, i)) != NULL && json_is_string(one) && strcmp(json_string_value(one), id) == 0)
				json_array_remove(v, i);
		if (json_array_size(v) == 0)
			json_object_del(props, name);
	}
	return 0;
}

/* Drops observable i, what states nothing without it, and the relations of both. */
static void
drop(struct facts *f, size_t i)
{
	const char *id = f->observables.v[i].id;
	size_t k, kept = 0;

	json_decref(f->observables.v[i].props);
	memmove(&f->observables.v[i], &f->observables.v[i + 1], (f->observables.n - i - 1) * sizeof(*f->observables.v));
	f->observables.n--;
	for (k = 0; k < f->relations.n; k++)
		if (strcmp(f->relations.v[k].source, id) != 0 && strcmp(f->relations.v[k].target, id) != 0)
			f->relations.v[kept++] = f->relations.v[k];
	f->relations.n = kept;
	for (k = 0; k < f->entities.n; k++)
		forget(f->entities.v[k].type, f->entities.v[k].props, id);
	for (k = f->observables.n; k-- > 0;)
		if (k < f->observables.n && forget(f->observables.v[k].type, f->observables.v[k].props, id))
			drop(f, k);
}

void
never_apply(struct facts *f, const char *const *entries, size_t n)
{
	size_t i, k;

	for (i = f->observables.n; n > 0 && i-- > 0;)
		for (k = 0; i < f->observables.n && k < n; k++)
			if (means(f->arena, &f->observables.v[i], entries[k])) {
				drop(f, i);
				break;
			}
}
