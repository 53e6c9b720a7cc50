/* What a status says of each object, and looking it up where it says nothing. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json/json.h"
#include "publish/push.h"

/* How servers say that they have an object already; some of them list it as a failure. */
static const char *const already_words[] = { "already", "duplicate", "exists" };

static int
says_already(const char *message)
{
	for (size_t i = 0; message != NULL && i < ARRAY_LEN(already_words); i++)
		if (strcasestr(message, already_words[i]) != NULL)
			return 1;
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	return strcmp((*(struct item *const *)a)->id, (*(struct item *const *)b)->id);
}

/* Whether the server's version is the item's, as instants (servers add or cut digits). */
static int
same_version(const char *theirs, const char *ours)
{
	struct stamp a, b;

	if (theirs == NULL)
		return 0;
	if (stamp_parse(theirs, strlen(theirs), &a) != 0 || stamp_parse(ours, strlen(ours), &b) != 0)
		return strcmp(theirs, ours) == 0;
	return stamp_cmp(a, b) == 0;
}

/* The item that an entry of a list is about: by id, and by version where an id is there twice. NULL: none of ours. */
static struct item *
find(struct item **sorted, size_t n, const char *id, const char *version)
{
	struct item key = { .id = id }, *k = &key, **hit, *first;

	if (id == NULL || (hit = bsearch(&k, sorted, n, sizeof(*sorted), by_id)) == NULL)
		return NULL;
	while (hit > sorted && strcmp(hit[-1]->id, id) == 0)
		hit--;
	first = *hit;
	for (; hit < sorted + n && strcmp((*hit)->id, id) == 0; hit++)
		if (same_version(version, (*hit)->version))
			return *hit;
	return first;
}

struct verdict {
	const char *list;		/* the status resource's member */
	enum publish_state state;
	const char *otherwise;		/* message when the server gives none */
};
static const struct verdict verdicts[] = {
	{ "successes", PUBLISH_ACCEPTED, NULL },
	{ "failures", PUBLISH_FAILED, "the server gave no reason" },
	{ "pendings", PUBLISH_UNKNOWN, "listed as pending in a status that is complete" },
};

static void
apply_entry(struct push *p, struct item *it, const struct verdict *v, const char *message, int repeated)
{
	/* A kind that takes a bundle as one says what it means in its lists. */
	int had = says_already(message) && v->state != PUBLISH_UNKNOWN &&
	    (v->state == PUBLISH_ACCEPTED || p->kind == NULL || !p->kind->whole);

	it->state = (uint8_t)v->state;
	if (had)
		it->state = it->sends > 1 || repeated ? PUBLISH_ACCEPTED : PUBLISH_ALREADY;
	it->message = message != NULL ? arena_strdup(p->arena, message) : v->otherwise;
}

/* Applies the lists; returns how many items they named. */
static size_t
apply_lists(struct push *p, struct item **sorted, size_t n, const struct taxii_status *s, int repeated)
{
	size_t named = 0, i;
	json_t *entry;

	for (size_t k = 0; k < ARRAY_LEN(verdicts); k++)
		json_array_foreach(json_object_get(s->json, verdicts[k].list), i, entry) {
			struct item *it = find(sorted, n, json_string_value(json_object_get(entry, "id")),
			    json_string_value(json_object_get(entry, "version")));

			if (it == NULL)
				continue;
			apply_entry(p, it, &verdicts[k], json_string_value(json_object_get(entry, "message")), repeated);
			named++;
		}
	return named;
}

void
push_apply(struct push *p, struct item **items, size_t n, const struct taxii_status *s, int repeated)
{
	struct item **sorted = xcalloc(n + 1, sizeof(*sorted));
	int64_t listed_failures = (int64_t)json_array_size(json_object_get(s->json, "failures"));
	int all_well = s->failure >= 0 && s->failure == listed_failures && s->pending <= 0 &&
	    (s->success < 0 || s->success + s->failure >= (int64_t)n);
	const char *why = "the server's status names neither this object nor a count that settles it";

	/* Those that no list names: fine when the counts leave no other way. */
	for (size_t i = 0; i < n; i++) {
		items[i]->state = all_well ? PUBLISH_ACCEPTED : PUBLISH_UNKNOWN;
		items[i]->message = all_well ? NULL : why;
		sorted[i] = items[i];
	}
	qsort(sorted, n, sizeof(*sorted), by_id);
	apply_lists(p, sorted, n, s, repeated);
	free(sorted);
}

/* ---- looking it up ---------------------------------------------------------------------------------------------------- */

#define LOOKUP_IDS	50	/* ids in one query: URLs have limits */

struct lookup {
	struct push *p;
	struct item **sorted;
	size_t n;
};

/* Whether the item's octets are this object. 1, 0; -1: the spool failed. */
static int
same_content(struct push *p, const struct item *it, const json_t *o, struct err *e)
{
	struct buf text = BUF_INIT(LIMIT_PUBLISH_ENVELOPE);
	struct json_text *ours = NULL;
	int rc = -1;

	if (spool_get(&p->spool, it->at, it->len, &text, e) == 0 &&
	    json_read_err(it->id, buf_str(&text), text.len, &ours, e) == 0)
		rc = json_same(json_text_root(ours), o);
	json_text_free(ours);
	buf_free(&text);
	return rc;
}

/* An object that is there: an unknown one has arrived; a refused one may be refused because it is there. */
static int
found(void *ctx, json_t *o, struct err *e)
{
	struct lookup *l = ctx;
	const char *version = json_string_value(json_object_get(o, "modified"));
	struct item *it;
	int same;

	if (version == NULL)
		version = json_string_value(json_object_get(o, "created"));
	it = find(l->sorted, l->n, json_string_value(json_object_get(o, "id")), version);
	if (it == NULL || (it->version[0] != '\0' && !same_version(version, it->version)))
		return 0;
	if (it->state == PUBLISH_UNKNOWN) {
		it->state = PUBLISH_ACCEPTED;
		it->message = "found by reading the collection";
		return 0;
	}
	if ((same = same_content(l->p, it, o, e)) < 0)
		return -1;
	if (same)
		it->state = it->sends > 1 ? PUBLISH_ACCEPTED : PUBLISH_ALREADY;
	else
		it->message = arena_printf(l->p->arena, "%s (the collection has it with other content)",
		    it->message != NULL ? it->message : "");
	return 0;
}

/* Calls each() for all versions of these items that the collection holds; for records of its manifest when `manifest`. */
static int
look_up(struct push *p, struct item **items, size_t n, int manifest, int (*each)(void *, json_t *, struct err *), struct err *e)
{
	struct lookup l = { p, xcalloc(n + 1, sizeof(*l.sorted)), n };
	struct buf ids = BUF_INIT(LIMIT_JSON_STRING);
	struct taxii_match match[] = { { "id", NULL }, { "version", "all" } };
	struct taxii_query q = { .match = match, .nmatch = ARRAY_LEN(match), .limit = 100, .manifest = manifest };
	struct taxii_read sum;
	int rc;

	memcpy(l.sorted, items, n * sizeof(*items));
	qsort(l.sorted, n, sizeof(*l.sorted), by_id);
	for (size_t i = 0; i < n; i++)
		buf_printf(&ids, "%s%s", i > 0 ? "," : "", items[i]->id);
	match[0].value = buf_str(&ids);
	rc = taxii_read(p->dest.http, &p->dest.place, &q, each, &l, &sum, e);
	free(l.sorted);
	buf_free(&ids);
	return rc;
}

void
push_verify(struct push *p, struct err *e)
{
	struct item **doubtful = xcalloc(p->nsend + 1, sizeof(*doubtful));
	size_t n = 0;

	for (size_t i = 0; i < p->nsend; i++)
		if (p->send[i]->state == PUBLISH_UNKNOWN || p->send[i]->state == PUBLISH_FAILED)
			doubtful[n++] = p->send[i];
	if (p->kind->ask != NULL && p->dest.place.collection.can_read)
		for (size_t i = 0; i < n; i += LOOKUP_IDS) {
			size_t k = n - i < LOOKUP_IDS ? n - i : LOOKUP_IDS;

			if (look_up(p, doubtful + i, k, 0, found, e) != 0 || books_write_down(p, doubtful + i, k, e) != 0)
				break;
		}
	free(doubtful);
}

/* ---- reading back ------------------------------------------------------------------------------------------------------- */

/* The item that a record of the manifest is about, or NULL. An object without a version has the time of its adding (TAXII 5.3.1). */
static struct item *
recorded(const struct lookup *l, const json_t *record)
{
	const char *version = json_string_value(json_object_get(record, "version"));
	struct item *it = find(l->sorted, l->n, json_string_value(json_object_get(record, "id")), version);

	return it != NULL && (it->version[0] == '\0' || same_version(version, it->version)) ? it : NULL;
}

static int
listed(void *ctx, json_t *record, struct err *e)
{
	struct item *it = recorded(ctx, record);

	(void)e;
	if (it != NULL)
		it->there = 1;
	return 0;
}

static int
there_already(void *ctx, json_t *record, struct err *e)
{
	struct item *it = recorded(ctx, record);

	(void)e;
	if (it != NULL)
		it->state = PUBLISH_ALREADY;
	return 0;
}

void
push_look_ahead(struct push *p)
{
	struct err why = ERR_INIT;
	size_t left = 0;

	if (p->kind->ask == NULL || p->kind->whole || !p->dest.place.collection.can_read)
		return;
	for (size_t i = 0; i < p->nsend; i += LOOKUP_IDS) {
		size_t k = p->nsend - i < LOOKUP_IDS ? p->nsend - i : LOOKUP_IDS;

		if (look_up(p, p->send + i, k, 1, there_already, &why) != 0) {
			push_warn(p, "what is there already could not be asked for, so all is counted as new: %s", why.text);
			break;
		}
	}
	for (size_t i = 0; i < p->nsend; i++)
		if (p->send[i]->state == PUBLISH_PLANNED)
			p->send[left++] = p->send[i];
	p->nsend = left;
}

int
push_read_back(struct push *p, struct err *e)
{
	const char *missing = "the server took it, but its manifest does not list it";
	struct item **due = xcalloc(p->nitems + 1, sizeof(*due));
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < p->nitems; i++)
		if (p->items[i]->state == PUBLISH_ACCEPTED || p->items[i]->state == PUBLISH_ALREADY)
			due[n++] = p->items[i];
	for (size_t i = 0; rc == 0 && i < n; i += LOOKUP_IDS)
		rc = look_up(p, due + i, n - i < LOOKUP_IDS ? n - i : LOOKUP_IDS, 1, listed, e);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		p->receipt->verified += due[i]->there;
		if (due[i]->there)
			continue;
		due[i]->state = PUBLISH_UNKNOWN;
		due[i]->message = missing;
		rc = books_write_down(p, due + i, 1, e);
	}
	free(due);
	return rc;
}
