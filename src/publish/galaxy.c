/* MISP's galaxies: which cluster an object is. */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json/json.h"
#include "publish/galaxy.h"

/* The galaxies that objects of a type are looked for in; "attack" is the one whose clusters are called "Name - ID". */
static const struct {
	const char *type, *attack, *others;
} table[] = {
	{ "attack-pattern", "mitre-attack-pattern", "" },
	{ "campaign", "mitre-campaign", "" },
	{ "course-of-action", "mitre-course-of-action", "" },
	{ "identity", NULL, "sector producer" },
	{ "intrusion-set", "mitre-intrusion-set", "threat-actor" },
	{ "location", NULL, "country" },
	{ "malware", "mitre-malware", "ransomware rat stealer botnet backdoor banker malpedia tool" },
	{ "threat-actor", "mitre-intrusion-set", "threat-actor" },
	{ "tool", "mitre-tool", "tool" },
};

struct galaxies {
	struct arena *arena;
	/* galaxy -> { "value": { folded: value }, "alias": { folded: value, "" when of several }, "id": { ATT&CK id: value } } */
	json_t *by_name;
};

int
galaxies_has(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (strcmp(table[i].type, type) == 0)
			return 1;
	return 0;
}

void
tag_add(json_t *tags, const char *name)
{
	struct buf clean = BUF_INIT(LIMIT_JSON_STRING);
	const char *open = strstr(name, "=\"");
	json_t *t;
	size_t i;

	for (const char *p = name; *p != '\0'; p++)
		if ((unsigned char)*p >= ' ' && *p != 127 && (*p != '"' || (open != NULL && (p == open + 1 || p[1] == '\0'))))
			buf_addc(&clean, *p);
	json_array_foreach(tags, i, t)
		if (strcmp(stix_text(t, "name"), buf_str(&clean)) == 0)
			break;
	if (i == json_array_size(tags) && clean.len > 0)
		json_array_append_new(tags, json_pack("{s:s}", "name", buf_str(&clean)));
	buf_free(&clean);
}

/* ---- cluster files ------------------------------------------------------------------------------------------------------- */

static void
add_alias(struct galaxies *g, json_t *aliases, const char *alias, const char *value)
{
	const char *key = text_fold(g->arena, alias, strlen(alias)), *there = json_string_value(json_object_get(aliases, key));

	if (there == NULL || strcmp(there, value) == 0)
		json_object_set_new(aliases, key, json_string(value));
	else
		json_object_set_new(aliases, key, json_string(""));	/* of several: tells nothing */
}

static void
add_cluster(struct galaxies *g, json_t *galaxy, const json_t *cluster)
{
	const char *value = stix_text(cluster, "value"), *id;
	json_t *meta = json_object_get(cluster, "meta"), *s;
	size_t i;

	if (value[0] == '\0')
		return;
	json_object_set_new(json_object_get(galaxy, "value"), text_fold(g->arena, value, strlen(value)), json_string(value));
	json_array_foreach(json_object_get(meta, "synonyms"), i, s)
		if (json_is_string(s))
			add_alias(g, json_object_get(galaxy, "alias"), json_string_value(s), value);
	if ((id = stix_text(meta, "external_id"))[0] != '\0')
		json_object_set_new(json_object_get(galaxy, "id"), id, json_string(value));
}

static int
load_file(struct galaxies *g, const char *path, struct err *e)
{
	struct json_text *t = NULL;
	json_t *root, *galaxy, *c;
	const char *type;
	size_t i;
	int rc = 0;

	if (json_read_file(path, LIMIT_JSON_TEXT, &t, e) != 0) {
		if (e != NULL && e->kind == ERR_INPUT)
			e->kind = ERR_USAGE;
		return -1;
	}
	root = json_text_root(t);
	type = stix_text(root, "type");
	if (type[0] == '\0' || !json_is_array(json_object_get(root, "values")))
		rc = err_set(e, ERR_USAGE, "%s: this is no cluster file of misp-galaxy: it has no \"type\" and \"values\"", path);
	else {
		galaxy = json_pack("{s:{}, s:{}, s:{}}", "value", "alias", "id");
		json_array_foreach(json_object_get(root, "values"), i, c)
			add_cluster(g, galaxy, c);
		json_object_set_new(g->by_name, type, galaxy);
	}
	json_text_free(t);
	return rc;
}

/* Reads NAME.json of the folder for each of the names; one that is not there is passed over. */
static int
load_named(struct galaxies *g, const char *dir, const char *names, struct err *e)
{
	for (const char *p = names; *p != '\0'; p += strcspn(p, " "), p += *p == ' ') {
		char *name = arena_strndup(g->arena, p, strcspn(p, " ")), *path = arena_printf(g->arena, "%s/%s.json", dir, name);

		if (json_object_get(g->by_name, name) == NULL && access(path, F_OK) == 0 && load_file(g, path, e) != 0)
			return -1;
	}
	return 0;
}

int
galaxies_load(const char *path, struct galaxies **out, struct err *e)
{
	struct galaxies *g = xcalloc(1, sizeof(*g));
	struct stat st;
	int rc = 0;

	g->arena = arena_new();
	g->by_name = json_object();
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		for (size_t i = 0; rc == 0 && i < ARRAY_LEN(table); i++)
			if (table[i].attack == NULL || (rc = load_named(g, path, table[i].attack, e)) == 0)
				rc = load_named(g, path, table[i].others, e);
		if (rc == 0 && json_object_size(g->by_name) == 0)
			rc = err_set(e, ERR_USAGE, "%s: there is no cluster file in this folder (misp-galaxy's folder clusters has them)",
			    path);
	} else
		rc = load_file(g, path, e);
	if (rc == 0)
		*out = g;
	else
		galaxies_free(g);
	return rc;
}

void
galaxies_free(struct galaxies *g)
{
	if (g == NULL)
		return;
	json_decref(g->by_name);
	arena_free(g->arena);
	free(g);
}

/* ---- looking up ------------------------------------------------------------------------------------------------------------ */

/* The object's ATT&CK id, or "". */
static const char *
attack_id(const json_t *o)
{
	json_t *r;
	size_t i;

	json_array_foreach(json_object_get(o, "external_references"), i, r)
		if (strncmp(stix_text(r, "source_name"), "mitre-", 6) == 0 && stix_text(r, "external_id")[0] != '\0')
			return stix_text(r, "external_id");
	return "";
}

static size_t
add(json_t *tags, const char *galaxy, const char *value)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);

	buf_printf(&b, "misp-galaxy:%s=\"%s\"", galaxy, value);
	tag_add(tags, buf_str(&b));
	buf_free(&b);
	return 1;
}

/* The value of a cluster of the galaxy by the object's name, or by an alias. NULL: none. */
static const char *
find(const struct galaxies *g, const char *galaxy, const char *name)
{
	json_t *rows = json_object_get(g->by_name, galaxy);
	struct arena *a = arena_new();
	const char *key = text_fold(a, name, strlen(name)), *hit;

	hit = json_string_value(json_object_get(json_object_get(rows, "value"), key));
	if (hit == NULL)
		hit = json_string_value(json_object_get(json_object_get(rows, "alias"), key));
	arena_free(a);
	return hit != NULL && hit[0] != '\0' ? hit : NULL;
}

static size_t
by_attack(const struct galaxies *g, const char *galaxy, const json_t *o, json_t *tags)
{
	const char *id = attack_id(o), *value;
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	size_t n = 0;

	if (id[0] == '\0')
		return 0;
	value = g != NULL ? json_string_value(json_object_get(json_object_get(json_object_get(g->by_name, galaxy), "id"), id)) : NULL;
	buf_printf(&b, "%s - %s", stix_text(o, "name"), id);
	if (value != NULL || g == NULL || json_object_get(g->by_name, galaxy) == NULL)
		n = add(tags, galaxy, value != NULL ? value : buf_str(&b));
	buf_free(&b);
	return n;
}

size_t
galaxies_tags(const struct galaxies *g, const json_t *object, json_t *tags)
{
	const char *value, *type = stix_text(object, "type"), *p = "";
	size_t n = 0, i;
	char name[64];

	for (i = 0; i < ARRAY_LEN(table) && strcmp(table[i].type, type) != 0; i++)
		;
	if (i == ARRAY_LEN(table))
		return 0;
	if (table[i].attack != NULL)
		n = by_attack(g, table[i].attack, object, tags);
	for (p = table[i].others; g != NULL && *p != '\0'; p += strcspn(p, " "), p += *p == ' ') {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(p, " "), p);
		if ((value = find(g, name, stix_text(object, "name"))) != NULL)
			n += add(tags, name, value);
	}
	return n;
}
