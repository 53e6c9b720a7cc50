/* What a value implies: other observables that the text does not spell, and what is read out of a value. */
#include <arpa/inet.h>

#include "convert/observe.h"

/* A value that the text does not spell: stated by the place of the mention that implies it. The observable's index. */
static size_t
observe_implied(struct observer *ob, const struct mention *m, const char *type, const char *value, const char *rule)
{
	struct known *k = observe_key(ob, type, value);
	struct mention place = *m;
	struct observable *o;
	size_t index = k != NULL ? k->index : ob->f->observables.n;

	place.rule = rule;
	if (k == NULL) {
		o = observe_new(ob, type);
		json_object_set_new(o->props, "value", json_string(value));
		observe_add_key(ob, type, value, index);
	}
	observe_mention_evidence(ob, &ob->f->observables.v[index], &place);
	return index;
}

static const char *
address_type(const char *host)
{
	unsigned char raw[16];

	return inet_pton(AF_INET, host, raw) == 1 ? "ipv4-addr" : inet_pton(AF_INET6, host, raw) == 1 ? "ipv6-addr" : NULL;
}

/* Ports that say what is spoken there (RFC 9110 4.2). */
static const struct { unsigned port; const char *scheme; } web_ports[] = { { 80, "http" }, { 443, "https" } };

/* The scheme of the server at a listed address, by its port, else by a URL on it; NULL: not known. */
static const char *
scheme_at(struct observer *ob, const struct mention *m)
{
	struct known *k;
	size_t i;

	/* in a list of ports an address has its own; among URLs it is one that was written short */
	for (i = 0; i < ARRAY_LEN(web_ports); i++)
		if (m->port == web_ports[i].port)
			return ob->urls > ob->web ? web_ports[i].scheme : NULL;
	if (m->port != 0 || (k = observe_key(ob, "host", m->value)) == NULL)
		return NULL;
	return strncmp(k->url->value, "https:", 6) == 0 ? "https" : strncmp(k->url->value, "http:", 5) == 0 ? "http" : NULL;
}

/* "192.0.2.1:8443" is traffic to a port as well (6.12); dst_ref is a key of `keys` until all have ids. */
static void
observe_port(struct observer *ob, const struct mention *m)
{
	const char *type = address_type(m->host), *to = arena_printf(ob->d->arena, "%s|%s", type != NULL ? type : "domain-name", m->host);
	const char *name = arena_printf(ob->d->arena, "%s:%u", m->host, m->port);
	struct known *k = observe_key(ob, "network-traffic", name);
	struct mention place = *m;
	struct observable *o;

	place.rule = "host.port";
	if (k == NULL) {
		observe_add_key(ob, "network-traffic", name, ob->f->observables.n);
		o = observe_new(ob, "network-traffic");
		json_object_set_new(o->props, "dst_ref", json_string(to));
		json_object_set_new(o->props, "dst_port", json_integer((json_int_t)m->port));
		json_object_set_new(o->props, "protocols", type == NULL ? json_pack("[s]", "tcp") :
		    json_pack("[ss]", strncmp(type, "ipv4", 4) == 0 ? "ipv4" : "ipv6", "tcp"));
	} else
		o = &ob->f->observables.v[k->index];
	observe_mention_evidence(ob, o, &place);
}

/* The first URL on each address among the indicators: in `keys`, as "host|ADDRESS". */
void
implied_server(struct observer *ob, const struct mention *m)
{
	size_t i;

	ob->urls += strcmp(m->kind->name, "url") == 0;
	for (i = 0; m->kind->host == HOST_ADDRESS && i < ARRAY_LEN(web_ports); i++)
		ob->web += m->port == web_ports[i].port;
	if (m->host == NULL || strcmp(m->rule, "url") != 0 || address_type(m->host) == NULL ||
	    observe_key(ob, "host", m->host) != NULL)
		return;
	observe_add_key(ob, "host", m->host, SIZE_MAX);
	observe_key(ob, "host", m->host)->url = m;
}

/*
 * Of a URL on an address, the address; of an address in a list whose port or whose URLs say that a web server is there, the
 * server's root; of a host with a port, the traffic. These are observables, never indicators: the text does not spell them.
 */
void
implied_by(struct observer *ob, const struct mention *m, size_t b)
{
	const char *type = m->host != NULL ? address_type(m->host) : NULL, *scheme;

	if (strcmp(m->kind->name, "url") == 0 && type != NULL)
		observe_implied(ob, m, type, m->host, "url.host");
	if (strcmp(m->rule, "url.no-scheme") == 0 || m->host == NULL)
		return;
	if (m->port != 0)
		observe_port(ob, m);
	if (m->kind->host == HOST_ADDRESS && ob->listed[b] && strchr(m->value, '/') == NULL && (scheme = scheme_at(ob, m)) != NULL)
		observe_implied(ob, m, "url", arena_printf(ob->d->arena, strchr(m->value, ':') != NULL ? "%s://[%s]/" : "%s://%s/", scheme,
		    m->value), "address.server");
}


/* ---- paths ------------------------------------------------------------------------------------------------------------------ */

/* Gives the file of a path its directory; the reference is a key of `keys` until all have ids. */
static const char *
directory_of(struct observer *ob, const struct mention *m, const char *path, size_t n)
{
	const char *dir = arena_strndup(ob->d->arena, path, n), *key = arena_printf(ob->d->arena, "directory|%s", dir);
	struct known *k = observe_find(ob, key);
	struct observable *o;

	if (k == NULL) {
		observe_add_key(ob, "directory", dir, ob->f->observables.n);
		o = observe_new(ob, "directory");
		json_object_set_new(o->props, "path", json_string(dir));
	} else
		o = &ob->f->observables.v[k->index];
	observe_mention_evidence(ob, o, m);
	return key;
}

void
implied_path(struct observer *ob, const struct mention *m, int indicator)
{
	struct arena *a = ob->d->arena;
	char mark = strchr(m->value, '\\') != NULL ? '\\' : '/';
	const char *last = strrchr(m->value, mark), *key, *dir;
	struct known *k;
	struct observable *o;

	if (last == NULL)
		return;
	key = directory_of(ob, m, m->value, last > m->value ? (size_t)(last - m->value) : 1);
	/* what has no suffix is a directory on Windows; elsewhere programs have none */
	if (last[1] == '\0' || (mark == '\\' && strchr(last, '.') == NULL))
		return;
	k = observe_key(ob, "path", m->value);
	if (k == NULL) {
		observe_add_key(ob, "path", m->value, ob->f->observables.n);
		o = observe_new(ob, "file");
		dir = strchr(key, '|') + 1;
		json_object_set_new(o->props, "name", json_string(last + 1));
		json_object_set_new(o->props, "parent_directory_ref", json_string(key));
		o->pattern = arena_printf(a, "[file:name = '%s' AND file:parent_directory_ref.path = '%s']", observe_quoted(a, last + 1),
		    observe_quoted(a, dir));
	} else
		o = &ob->f->observables.v[k->index];
	o->indicator |= indicator;
	observe_mention_evidence(ob, o, m);
}

/* ---- software ---------------------------------------------------------------------------------------------------------------- */

/* Part nr of a name that colons divide, "_" as blanks; NULL: there is none, or it says any. */
static const char *
cpe_part(struct arena *a, const char *cpe, size_t nr)
{
	char *out, *p;

	for (; nr > 0 && cpe != NULL; nr--)
		if ((cpe = strchr(cpe, ':')) != NULL)
			cpe++;
	if (cpe == NULL)
		return NULL;
	out = arena_strndup(a, cpe, strcspn(cpe, ":"));
	for (p = out; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
	return *out == '\0' || strcmp(out, "*") == 0 || strcmp(out, "-") == 0 ? NULL : out;
}

void
implied_cpe(struct arena *a, json_t *props, const char *cpe)
{
	const char *vendor = cpe_part(a, cpe, 3), *product = cpe_part(a, cpe, 4), *version = cpe_part(a, cpe, 5);

	json_object_set_new(props, "name", json_string(product != NULL ? product : vendor != NULL ? vendor : cpe));
	json_object_set_new(props, "cpe", json_string(cpe));
	if (vendor != NULL)
		json_object_set_new(props, "vendor", json_string(vendor));
	if (version != NULL)
		json_object_set_new(props, "version", json_string(version));
}
