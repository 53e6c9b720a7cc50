/* Observables: cyber-observable objects, indicators over them, and the malware that a detection name gives (DESIGN 6). */
#include <string.h>

#include "convert/compose.h"

#define DETECTION_CONFIDENCE	50	/* a detection name says little: "Med" of Appendix A */

static struct made *make_sco(struct composer *c, size_t i);

/* ---- references among observables ------------------------------------------------------------------------------------- */

/* The SCO of another observable of these facts, made now if need be. NULL: there is none, or it is the one in the making. */
static struct made *
sco_of(struct composer *c, const char *fact)
{
	json_t *n = json_object_get(c->index, fact);
	size_t i = (size_t)json_integer_value(n);

	if (n == NULL || i < c->f->entities.n || c->became[i].busy)
		return NULL;
	return make_sco(c, i - c->f->entities.n);
}

/* A reference by fact id becomes one by object id; an object id stays; anything else is dropped: new, or NULL. */
static json_t *
resolve_one(struct composer *c, const json_t *v)
{
	const char *s = json_string_value(v);
	struct made *m;

	if (s == NULL)
		return NULL;
	if (stix_id_type(s) > 0)
		return json_string(s);
	m = sco_of(c, s);
	return m ? json_string(compose_id(m)) : NULL;
}

static json_t *
resolve(struct composer *c, const struct stix_prop *p, json_t *v)
{
	json_t *out, *one;
	size_t i;

	if (p == NULL || p->ref_types == NULL)
		return json_incref(v);
	if (!json_is_array(v))
		return resolve_one(c, v);
	out = json_array();
	json_array_foreach(v, i, one)
		if ((one = resolve_one(c, one)) != NULL)
			json_array_append_new(out, one);
	if (json_array_size(out) > 0)
		return out;
	json_decref(out);
	return NULL;
}

static json_t *
deref(void *ctx, const char *id)
{
	struct made *m = compose_find(ctx, id);

	return m ? m->object : NULL;
}

/* ---- the object ----------------------------------------------------------------------------------------------------------- */

/* Gives it its id: the deterministic one, or a derived one where there is none or its UUID is taken (DESIGN 4). */
static void
sco_id(struct composer *c, json_t *o, char id[STIX_ID])
{
	const char *sha = c->f->sha256 ? c->f->sha256 : "", *uuid, *taken;

	if (stix_sco_id(c->m, o, id) != 0)
		stix_sco_id_derived(o, sha, id);
	uuid = id + strlen(id) - (UUID_TEXT - 1);
	taken = json_string_value(json_object_get(c->uuids, uuid));
	if (taken != NULL && strcmp(taken, id) != 0)
		stix_sco_id_derived(o, sha, id);
	json_object_set_new(c->uuids, id + strlen(id) - (UUID_TEXT - 1), json_string(id));
	json_object_set_new(o, "id", json_string(id));
}

/* What another observable says of the same object is added, hashes too. */
static void
merge(json_t *into, json_t *o)
{
	json_t *hashes = json_object_get(into, "hashes");

	if (hashes != NULL && json_object_get(o, "hashes") != NULL) {
		json_object_set_new(into, "hashes", hashes = json_copy(hashes));
		json_object_update_missing(hashes, json_object_get(o, "hashes"));
	}
	json_object_update_missing(into, o);
}

static json_t *
sco_object(struct composer *c, const struct stix_type *t, const struct observable *ob)
{
	json_t *o = compose_object(c, ob->type, "", -1), *v;
	const char *name;

	json_object_foreach(ob->props, name, v) {
		if (stix_prop(t, name) == NULL && strncmp(name, "x_", 2) != 0)
			compose_note(c, "%s %s: the type has no property %s", ob->type, ob->id, name);
		else if ((v = resolve(c, stix_prop(t, name), v)) != NULL)
			json_object_set_new(o, name, v);
	}
	return o;
}

static int
has_required(struct composer *c, const struct stix_type *t, const struct observable *ob, const json_t *o)
{
	size_t i;

	for (i = 0; i < t->nprop; i++)
		if (t->props[i].required && json_object_get(o, t->props[i].name) == NULL) {
			compose_note(c, "%s %s: it has no %s", ob->type, ob->id, t->props[i].name);
			return 0;
		}
	return 1;
}

/* The SCO of observable i; NULL when its type is none of an SCO (a wallet: only its indicator is made) or it is incomplete. */
static struct made *
make_sco(struct composer *c, size_t i)
{
	const struct observable *ob = &c->f->observables.v[i];
	struct became *b = &c->became[c->f->entities.n + i];
	const struct stix_type *t = stix_type(c->m, ob->type);
	char id[STIX_ID];
	struct made *m;
	json_t *o;

	if (b->object != NULL || t == NULL || t->category != STIX_SCO || json_object_size(ob->props) == 0)
		return b->object;
	b->busy = 1;
	o = sco_object(c, t, ob);
	b->busy = 0;
	if (!has_required(c, t, ob, o)) {
		json_decref(o);
		return NULL;
	}
	sco_id(c, o, id);
	if ((m = compose_find(c, id)) != NULL) {
		merge(m->object, o);
		json_decref(o);
	} else
		m = compose_add(c, o, &ob->evidence, 0);
	return b->object = m;
}

/* ---- the indicator -------------------------------------------------------------------------------------------------------- */

/* How the table of prevalent files names its columns, for the indicator's description. The first row is for other languages. */
static const struct {
	const char *lang, *product, *detection, *between;
} words[] = {
	{ "en", "Claimed product: ", "Detection name: ", "; " },
	{ "ja", "偽装名: ", "検出名: ", "、" },
};

static const char *
description(struct composer *c, const struct observable *ob)
{
	const char *lang = c->f->lang ? c->f->lang : "";
	size_t i, row = 0;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (strncmp(words[i].lang, lang, 2) == 0)
			row = i;
	if (ob->product == NULL && ob->detection == NULL)
		return compose_sentences(c, &ob->evidence);
	return arena_printf(c->a, "%s%s%s%s%s", ob->product ? words[row].product : "", ob->product ? ob->product : "",
	    ob->product && ob->detection ? words[row].between : "", ob->detection ? words[row].detection : "",
	    ob->detection ? ob->detection : "");
}

/* Properties by which an observable is called, the best first. */
static const char *const naming[] = { "name", "value", "key", "path", "account_login", "user_id", "display_name", "serial_number",
	"subject" };
static const char *const naming_hash[] = { "SHA-256", "SHA-1", "MD5", "SHA-512" };

/* "192.0.2.1:443" for traffic to a known address; NULL for anything else. */
static const char *
calling_traffic(struct composer *c, const struct made *sco)
{
	json_t *port = sco ? json_object_get(sco->object, "dst_port") : NULL;
	const char *id = sco ? json_string_value(json_object_get(sco->object, "dst_ref")) : NULL;
	const struct made *to = id ? compose_find(c, id) : NULL;
	const char *value = to ? json_string_value(json_object_get(to->object, "value")) : NULL;

	if (value == NULL || !json_is_integer(port))
		return value;
	return arena_printf(c->a, strchr(value, ':') ? "[%s]:%d" : "%s:%d", value, (int)json_integer_value(port));
}

static const char *
calling(struct composer *c, const struct observable *ob, const struct made *sco, const char *pattern)
{
	const char *s;
	json_t *v;
	size_t i;

	for (i = 0; i < ARRAY_LEN(naming); i++)
		if (json_is_string(v = json_object_get(ob->props, naming[i])) && json_string_length(v) > 0)
			return json_string_value(v);
	if (ob->detection != NULL)
		return ob->detection;
	for (i = 0; i < ARRAY_LEN(naming_hash); i++)
		if (json_is_string(v = json_object_get(json_object_get(ob->props, "hashes"), naming_hash[i])))
			return json_string_value(v);
	if (json_is_integer(v = json_object_get(ob->props, "number")))
		return arena_printf(c->a, "AS%" JSON_INTEGER_FORMAT, json_integer_value(v));
	s = calling_traffic(c, sco);
	return s ? s : pattern;
}

/* The pattern: the fact's own, or over the SCO. A file name alone is none: clean software has it too (DESIGN 6). */
static const char *
pattern_of(struct composer *c, const struct observable *ob, const struct made *sco)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	const char *out = ob->pattern;

	if (out != NULL || sco == NULL || (strcmp(ob->type, "file") == 0 && json_object_get(sco->object, "hashes") == NULL))
		return out;
	if (stix_pattern(c->m, sco->object, deref, c, &b) == 0)
		out = arena_strdup(c->a, buf_str(&b));
	buf_free(&b);
	return out;
}

static struct made *
make_indicator(struct composer *c, const struct observable *ob, const struct made *sco, const char *pattern)
{
	const char *text = description(c, ob);
	char id[STIX_ID];
	struct made *m;
	json_t *o;

	compose_key_id(c, "indicator", pattern, id);
	if ((m = compose_find(c, id)) == NULL) {
		o = compose_object(c, "indicator", id, -1);
		json_object_set_new(o, "name", json_string(calling(c, ob, sco, pattern)));
		if (text != NULL)
			json_object_set_new(o, "description", json_string(text));
		json_object_set_new(o, "indicator_types", json_pack("[s]", "malicious-activity"));
		json_object_set_new(o, "pattern", json_string(pattern));
		json_object_set_new(o, "pattern_type", json_string(ob->language ? ob->language : "stix"));
		if (ob->language == NULL)
			json_object_set_new(o, "pattern_version", json_string("2.1"));
		json_object_set_new(o, "valid_from", json_string(c->when));
		m = compose_add(c, o, &ob->evidence, 0);
	}
	compose_attest(c, m, &ob->evidence);
	return m;
}

/* ---- the detection name --------------------------------------------------------------------------------------------------- */

/*
 * The malware of a detection name. sample_refs stays away when several files share the name: all samples of what is no family
 * have to be the same binary (4.11.1). A name that the text has as a family is another thing: its key gets the pattern.
 */
static struct made *
make_detection(struct composer *c, const struct observable *ob, const struct made *file, const char *pattern)
{
	const char *key = text_fold(c->a, ob->detection, strlen(ob->detection));
	char id[STIX_ID];
	struct made *m;
	json_t *o, *refs;

	if (key[0] == '\0')
		key = ob->detection;
	compose_key_id(c, "malware", key, id);
	if ((m = compose_find(c, id)) != NULL && !json_is_false(json_object_get(m->object, "is_family"))) {
		compose_key_id(c, "malware", arena_printf(c->a, "%s|%s", key, pattern), id);
		m = compose_find(c, id);
	}
	if (m == NULL) {
		o = compose_object(c, "malware", id, DETECTION_CONFIDENCE);
		json_object_set_new(o, "name", json_string(ob->detection));
		json_object_set_new(o, "is_family", json_false());
		if (file != NULL)
			json_object_set_new(o, "sample_refs", json_pack("[s]", compose_id(file)));
		m = compose_add(c, o, &ob->evidence, 0);
	} else if ((refs = json_object_get(m->object, "sample_refs")) != NULL &&
	    (file == NULL || strcmp(json_string_value(json_array_get(refs, 0)), compose_id(file)) != 0))
		json_object_del(m->object, "sample_refs");
	compose_attest(c, m, &ob->evidence);
	return m;
}

/* An observable that is no indicator has its evidence in the report: SCOs carry no extension (DESIGN 5). */
static void
report_evidence(struct composer *c, const struct observable *ob, const struct made *sco)
{
	json_t *list = compose_evidence(compose_places(c, &ob->evidence), ob->evidence.n, compose_id(sco));

	json_array_extend(c->report_evidence, list);
	json_decref(list);
}

void
compose_observables(struct composer *c)
{
	const struct observable *ob;
	struct made *sco, *detection;
	struct became *b;
	const char *pattern;
	size_t i;

	for (i = 0; i < c->f->observables.n; i++) {
		ob = &c->f->observables.v[i];
		b = &c->became[c->f->entities.n + i];
		sco = make_sco(c, i);
		pattern = ob->indicator ? pattern_of(c, ob, sco) : NULL;
		if (pattern == NULL) {
			if (sco != NULL)
				report_evidence(c, ob, sco);
			else if (stix_type(c->m, ob->type) == NULL)
				compose_note(c, "%s %s: there is no such type of observable, and no pattern", ob->type, ob->id);
			continue;
		}
		b->indicator = make_indicator(c, ob, sco, pattern);
		if (sco != NULL)
			compose_link(c, b->indicator, "based-on", sco, -1, &ob->evidence);
		if (ob->detection != NULL) {
			detection = make_detection(c, ob, sco, pattern);
			compose_link(c, b->indicator, "indicates", detection, DETECTION_CONFIDENCE, &ob->evidence);
		}
	}
}
