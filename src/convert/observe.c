/*
 * From values to observables: which of them the text reports, which are indicators, which only cite. One value is one
 * observable, with the evidence of every place.
 */
#include <arpa/inet.h>

#include "convert/observe.h"
#include "convert/values.h"

/* ---- evidence ------------------------------------------------------------------------------------------------------------ */

void
observe_evidence(const struct doc *d, struct facts *f, struct evidences *v, size_t sent, const char *rule)
{
	struct evidence *e;
	size_t start, end;
	const struct evidence *last = v->n > 0 ? &v->v[v->n - 1] : NULL;

	(void)f;
	if (sent >= d->nsent)
		return;
	start = doc_input(d, d->sents[sent].start);
	end = doc_input_end(d, d->sents[sent].end);
	if (last != NULL && last->start == start && last->end == end)
		return;
	e = vec_push(d->arena, v);
	memset(e, 0, sizeof(*e));
	e->start = start;
	e->end = end;
	e->text = doc_sentence_text(d, sent);
	e->rule = rule;
}

/* Is something in octets start to end evidence already? */
static int
has_evidence(const struct evidences *v, size_t start, size_t end)
{
	size_t i;

	for (i = v->n; i > 0 && v->n - i < 32; i--)
		if (v->v[i - 1].start >= start && v->v[i - 1].end <= end)
			return 1;
	return 0;
}

/* The same, with the text of one sentence shared by all values in it. */
void
observe_mention_evidence(struct observer *ob, struct observable *o, const struct mention *m)
{
	struct evidence *e;
	const struct doc *d = ob->d;
	const struct doc_sentence *s;
	size_t from, to;

	if (m->sent >= d->nsent)
		return;
	s = &d->sents[m->sent];
	if (has_evidence(&o->evidence, doc_input(d, s->start), doc_input_end(d, s->end)))
		return;
	doc_quote(d, m->sent, m->start, m->end, &from, &to);
	if (ob->text == NULL || ob->text_sent != m->sent || to - from < s->end - s->start) {
		ob->text = doc_span_text(d, from, to);
		ob->text_sent = to - from < s->end - s->start ? SIZE_MAX : m->sent;
	}
	e = vec_push(d->arena, &o->evidence);
	memset(e, 0, sizeof(*e));
	e->start = doc_input(d, from);
	e->end = doc_input_end(d, to);
	e->text = ob->text;
	e->rule = m->rule;
}

/* ---- keys ----------------------------------------------------------------------------------------------------------------- */

struct known *
observe_find(struct observer *ob, const char *key)
{
	struct known *k;

	HASH_FIND_STR(ob->keys, key, k);
	return k;
}

struct known *
observe_key(struct observer *ob, const char *type, const char *value)
{
	buf_reset(&ob->key);
	buf_adds(&ob->key, type);
	buf_addc(&ob->key, '|');
	buf_adds(&ob->key, value);
	return observe_find(ob, buf_str(&ob->key));
}

void
observe_add_key(struct observer *ob, const char *type, const char *value, size_t index)
{
	struct known *k = xcalloc(1, sizeof(*k));

	k->key = arena_printf(ob->d->arena, "%s|%s", type, value);
	k->index = index;
	HASH_ADD_KEYPTR(hh, ob->keys, k->key, strlen(k->key), k);
}

static void
drop_keys(struct observer *ob)
{
	struct known *k, *next;

	HASH_ITER(hh, ob->keys, k, next) {
		HASH_DEL(ob->keys, k);
		free(k);
	}
	buf_free(&ob->key);
}

/* ---- making observables -------------------------------------------------------------------------------------------------------- */

/* A string for a STIX pattern, backslashes and quotes escaped (STIX 9.2). */
const char *
observe_quoted(struct arena *a, const char *s)
{
	char *out = arena_alloc(a, strlen(s) * 2 + 1), *p = out;

	for (; *s != '\0'; s++) {
		if (*s == '\\' || *s == '\'')
			*p++ = '\\';
		*p++ = *s;
	}
	return out;
}

/* "192.0.2.9-192.0.2.20" in the networks that it is made of: no network ends within another, so there are 62 at most. */
static const char *
range_pattern(struct arena *a, const char *range)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	unsigned char octet[4];
	uint64_t from, last, size;
	const char *dash = strchr(range, '-'), *out;
	int bits;

	inet_pton(AF_INET, arena_strndup(a, range, (size_t)(dash - range)), octet);
	from = (uint64_t)octet[0] << 24 | (uint64_t)octet[1] << 16 | (uint64_t)octet[2] << 8 | octet[3];
	inet_pton(AF_INET, dash + 1, octet);
	last = (uint64_t)octet[0] << 24 | (uint64_t)octet[1] << 16 | (uint64_t)octet[2] << 8 | octet[3];
	while (from <= last) {
		for (bits = 32, size = 1; bits > 0 && from % (size * 2) == 0 && from + size * 2 - 1 <= last; bits--)
			size *= 2;
		buf_printf(&b, "%sipv4-addr:value ISSUBSET '%u.%u.%u.%u/%d'", b.len > 0 ? " OR " : "[", (unsigned)(from >> 24),
		    (unsigned)(from >> 16 & 255), (unsigned)(from >> 8 & 255), (unsigned)(from & 255), bits);
		from += size;
	}
	out = arena_printf(a, "%s]", buf_str(&b));
	buf_free(&b);
	return out;
}

#define LOCAL_SIDS	1000000	/* from here on the numbers of rules are everybody's own */

/* The kind's pattern: %s is the value, %u a number for the rule that stays the same. */
static const char *
fill_pattern(struct arena *a, const struct kind *k, const char *value)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	const char *p, *out;

	for (p = k->pattern; *p != '\0'; p++)
		if (*p != '%')
			buf_addc(&b, *p);
		else if (*++p == 's')
			buf_adds(&b, strcmp(k->language, "stix") == 0 ? observe_quoted(a, value) : value);
		else
			buf_printf(&b, "%lu", LOCAL_SIDS + strtoul(arena_strndup(a, value, 5), NULL, 16));
	out = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/*
 * Names that are in use but that no host name may have (RFC 5890 2.3.1, RFC 1034 3.5): with '_', with two hyphens where those of
 * A-labels stand. No SCO can hold one.
 */
static int
is_odd_name(const char *host)
{
	const char *label = host;

	for (;; label++) {
		size_t n = strcspn(label, ".");

		if (memchr(label, '_', n) != NULL || (n > 3 && label[2] == '-' && label[3] == '-' && strncmp(label, "xn", 2) != 0))
			return 1;
		label += n;
		if (*label == '\0')
			return 0;
	}
}

/* Where one comparison with the value says too little: a network, an address without scheme. *value: of the SCO, NULL: none. */
static const char *
own_pattern(struct observer *ob, const struct mention *m, const char **value)
{
	struct arena *a = ob->d->arena;
	const char *slash = strchr(m->value, '/');

	if (m->kind->pattern != NULL)
		return fill_pattern(a, m->kind, m->value);
	if (strcmp(m->rule, "url.no-scheme") == 0) {
		*value = is_odd_name(m->host) ? NULL : m->host;
		return arena_printf(a, "[url:value = 'http://%s' OR url:value = 'https://%s']", observe_quoted(a, m->value),
		    observe_quoted(a, m->value));
	}
	if (m->kind == ob->domain && is_odd_name(m->value)) {
		*value = NULL;
		return arena_printf(a, "[domain-name:value = '%s']", m->value);
	}
	if (strcmp(m->rule, "ipv4.range") == 0) {
		*value = NULL;
		return range_pattern(a, m->value);
	}
	if (slash != NULL && m->kind->host == HOST_ADDRESS)
		return arena_printf(a, "[%s:value ISSUBSET '%s']", m->kind->sco, m->value);
	return NULL;
}

struct observable *
observe_new(struct observer *ob, const char *type)
{
	struct observable *o = vec_push(ob->d->arena, &ob->f->observables);

	memset(o, 0, sizeof(*o));
	o->type = type;
	o->props = json_object();
	return o;
}

static const char *
algorithm_of(const struct kind *k)
{
	return k->path + strlen("hashes.");
}

/* The file that a hash of this block belongs to: the one of the hash before it, when that has another algorithm. */
static struct observable *
same_file(struct observer *ob, const struct mention *m, size_t b)
{
	struct observable *o;

	if (ob->file_block != b || (ob->listed[b] == 0 && ob->d->blocks[b].kind != DOC_ROW))
		return NULL;
	o = &ob->f->observables.v[ob->file];
	return json_object_get(json_object_get(o->props, "hashes"), algorithm_of(m->kind)) == NULL ? o : NULL;
}

/* A file name right beside the hash at index i, nothing but marks between: the file's name. */
static const char *
name_beside(const struct observer *ob, size_t i, size_t b)
{
	const struct mention *v = ob->m->v, *m = &v[i];
	const struct mention *sides[2] = { i > 0 ? &v[i - 1] : NULL, i + 1 < ob->m->n ? &v[i + 1] : NULL };
	size_t k, from, to;

	for (k = 0; k < 2; k++) {
		const struct mention *x = sides[k];

		if (x == NULL || x->class != MENTION_VALUE || strcmp(x->kind->name, "file-name") != 0 || judge_block(ob->d, x) != b)
			continue;
		from = k == 0 ? x->end : m->end;
		to = k == 0 ? m->start : x->start;
		if (to - from <= 8 && to > from && judge_marks(ob->d->text, from, to))
			return x->value;
	}
	return NULL;
}

static void
observe_hash(struct observer *ob, size_t i, size_t b, int indicator)
{
	const struct mention *m = &ob->m->v[i];
	struct known *k = observe_key(ob, "file", m->value);
	struct observable *o = k != NULL ? &ob->f->observables.v[k->index] : same_file(ob, m, b);
	const char *name = name_beside(ob, i, b);

	if (o == NULL) {
		o = observe_new(ob, "file");
		json_object_set_new(o->props, "hashes", json_object());
	}
	if (k == NULL) {
		json_object_set_new(json_object_get(o->props, "hashes"), algorithm_of(m->kind), json_string(m->value));
		observe_add_key(ob, "file", m->value, (size_t)(o - ob->f->observables.v));
	}
	if (name != NULL && json_object_get(o->props, "name") == NULL)
		json_object_set_new(o->props, "name", json_string(name));
	o->indicator |= indicator;
	ob->file_block = b;
	ob->file = (size_t)(o - ob->f->observables.v);
	observe_mention_evidence(ob, o, m);
}

/* The name of a rule ("rule x {", "title: x", msg:"x"), for its indicator's. */
static const char *
rule_name(struct arena *a, const char *rule)
{
	static const struct { const char *before, *end; } names[] = { { "msg:\"", "\"" }, { "title:", "\n" }, { "rule ", " :{\n" } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		const char *p = strstr(rule, names[i].before);

		if (p == NULL || (i > 0 && p != rule && p[-1] != '\n' && p[-1] != ' '))
			continue;
		p += strlen(names[i].before);
		p += strspn(p, " \"'");
		return arena_strndup(a, p, strcspn(p, names[i].end));
	}
	return arena_strndup(a, rule, strcspn(rule, "\n"));
}

/* What the value is in the properties of its observable. */
static void
set_value(struct observer *ob, struct observable *o, const struct kind *k, const char *value)
{
	static const struct { size_t digits; const char *algorithm; } prints[] = { { 32, "MD5" }, { 40, "SHA-1" }, { 64, "SHA-256" } };
	size_t i;

	if (strcmp(k->path, "number") == 0)
		json_object_set_new(o->props, k->path, json_integer(strtoll(value, NULL, 10)));
	else if (strcmp(k->path, "cpe") == 0)
		implied_cpe(ob->d->arena, o->props, value);
	else if (k->language != NULL && strcmp(k->pattern, "%s") == 0)
		json_object_set_new(o->props, k->path, json_string(rule_name(ob->d->arena, value)));
	else if (strcmp(k->path, "hashes") != 0)
		json_object_set_new(o->props, k->path, json_string(value));
	for (i = 0; i < ARRAY_LEN(prints) && strcmp(k->path, "hashes") == 0; i++)
		if (strlen(value) == prints[i].digits)
			json_object_set_new(o->props, k->path, json_pack("{ss}", prints[i].algorithm, value));
}

void
observe_value(struct observer *ob, const struct mention *m, int indicator)
{
	const char *value = m->value, *pattern = own_pattern(ob, m, &value), *id = pattern != NULL ? pattern : value;
	struct known *k = observe_key(ob, m->kind->sco, id);
	struct observable *o;

	if (k == NULL) {
		o = observe_new(ob, m->kind->sco);
		if (value != NULL)
			set_value(ob, o, m->kind, value);
		o->pattern = pattern;
		if (m->kind->language != NULL && strcmp(m->kind->language, "stix") != 0)
			o->language = m->kind->language;
		observe_add_key(ob, m->kind->sco, id, (size_t)(o - ob->f->observables.v));
	} else
		o = &ob->f->observables.v[k->index];
	o->indicator |= indicator;
	observe_mention_evidence(ob, o, m);
}

/* ---- files with one name --------------------------------------------------------------------------------------------------------- */

static int
shares_algorithm(const struct observable *a, const struct observable *b)
{
	const char *key;
	json_t *v;

	json_object_foreach(json_object_get(a->props, "hashes"), key, v)
		if (json_object_get(json_object_get(b->props, "hashes"), key) != NULL)
			return 1;
	return 0;
}

/* Takes `from` into `into`. */
static void
join(struct observer *ob, struct observable *into, struct observable *from)
{
	size_t i;

	json_object_update(json_object_get(into->props, "hashes"), json_object_get(from->props, "hashes"));
	into->indicator |= from->indicator;
	if (into->product == NULL)
		into->product = from->product;
	if (into->detection == NULL)
		into->detection = from->detection;
	for (i = 0; i < from->evidence.n; i++)
		*vec_push(ob->d->arena, &into->evidence) = from->evidence.v[i];
	json_decref(from->props);
	from->props = NULL;
}

/*
 * Two files of one name, one with its MD5 and the other with its SHA-1, are one file that is mentioned twice; three of a name,
 * or two with hashes of the same algorithm, are different files.
 */
static void
join_names(struct observer *ob)
{
	struct observer names = *ob;
	size_t i, n = 0;

	names.keys = NULL;
	names.key = (struct buf)BUF_INIT(LIMIT_JSON_STRING);
	for (i = 0; i < ob->f->observables.n; i++) {
		struct observable *o = &ob->f->observables.v[i], *first;
		const char *name = json_string_value(json_object_get(o->props, "name"));
		struct known *k;

		if (name == NULL)
			continue;
		k = observe_key(&names, "name", name);
		if (k == NULL) {
			observe_add_key(&names, "name", name, i);
			continue;
		}
		first = k->index == SIZE_MAX ? NULL : &ob->f->observables.v[k->index];
		if (first == NULL || first->props == NULL || shares_algorithm(first, o))
			k->index = SIZE_MAX;
		else
			join(ob, first, o);
	}
	drop_keys(&names);
	for (i = 0; i < ob->f->observables.n; i++)
		if (ob->f->observables.v[i].props != NULL)
			ob->f->observables.v[n++] = ob->f->observables.v[i];
	ob->f->observables.n = n;
}

/* ---- the door --------------------------------------------------------------------------------------------------------------------- */

static int
first_cmp(const void *a, const void *b)
{
	const struct observable *x = a, *y = b;
	size_t p = x->evidence.n > 0 ? x->evidence.v[0].start : SIZE_MAX, q = y->evidence.n > 0 ? y->evidence.v[0].start : SIZE_MAX;

	if (p != q)
		return p < q ? -1 : 1;
	/* several in one sentence: as they were found */
	return x->id < y->id ? -1 : x->id > y->id;
}

static int
evidence_cmp(const void *a, const void *b)
{
	const struct evidence *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void
number(struct observer *ob)
{
	struct facts *f = ob->f;
	/* ids in the order of finding, one after the other in memory, so that the order can be told by their addresses */
	char *ids = arena_alloc(ob->d->arena, f->observables.n + 1);
	size_t i;

	for (i = 0; i < f->observables.n; i++) {
		struct observable *o = &f->observables.v[i];

		o->id = ids + i;
		if (o->evidence.n > 1)
			qsort(o->evidence.v, o->evidence.n, sizeof(*o->evidence.v), evidence_cmp);
	}
	if (f->observables.n > 0)
		qsort(f->observables.v, f->observables.n, sizeof(*f->observables.v), first_cmp);
	for (i = 0; i < f->observables.n; i++)
		f->observables.v[i].id = arena_printf(ob->d->arena, "o%zu", i + 1);
}

/* References are keys so far: gives them the ids of what they name. */
static void
refer(struct observer *ob)
{
	static const char *const members[] = { "dst_ref", "parent_directory_ref" };
	struct observer all = *ob;
	size_t i, k;

	all.keys = NULL;
	all.key = (struct buf)BUF_INIT(LIMIT_JSON_STRING);
	for (i = 0; i < ob->f->observables.n; i++) {
		const struct observable *o = &ob->f->observables.v[i];
		const char *value = json_string_value(json_object_get(o->props, strcmp(o->type, "directory") == 0 ? "path" : "value"));

		if (value != NULL && observe_key(&all, o->type, value) == NULL)
			observe_add_key(&all, o->type, value, i);
	}
	for (i = 0; i < ob->f->observables.n; i++)
		for (k = 0; k < ARRAY_LEN(members); k++) {
			const struct observable *o = &ob->f->observables.v[i];
			const char *to = json_string_value(json_object_get(o->props, members[k]));
			struct known *at = to != NULL ? observe_find(&all, to) : NULL;

			if (at != NULL)
				json_object_set_new(o->props, members[k], json_string(ob->f->observables.v[at->index].id));
		}
	drop_keys(&all);
}

#define DOUBLES_MAX	32	/* such names in a row over which a domain is looked for */

/* The name of a file that could be one of a host: "update.sh". */
static int
is_double(const struct mention *m)
{
	const char *dot = m->class == MENTION_VALUE && strcmp(m->kind->name, "file-name") == 0 ? strrchr(m->value, '.') : NULL;

	return dot != NULL && value_tld(dot + 1, strlen(dot + 1)) != 0 &&
	    strspn(m->value, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(m->value);
}

/* Are two values alone in lines that follow each other? */
static int
is_next_line(const struct observer *ob, const struct mention *m, const struct mention *next)
{
	size_t b = judge_block(ob->d, m);

	return m->class == MENTION_VALUE && next->class == MENTION_VALUE && b != SIZE_MAX && judge_block(ob->d, next) == b + 1 &&
	    ob->listed[b] == LISTED && ob->listed[b + 1] == LISTED;
}

/*
 * "update.sh" alone in its line between the lines of domains is one: the mention as that. Elsewhere it is the name of a file,
 * and *m is left alone.
 */
static int
is_listed_domain(const struct observer *ob, size_t i, size_t b, struct mention *m)
{
	const struct mention *v = ob->m->v;
	size_t k, beside = 0;

	if (!is_double(&v[i]) || ob->listed[b] != LISTED)
		return 0;
	/* the nearest lines above and below that are no such names have to be domains, one of them at least */
	for (k = i; k > 0 && i - k < DOUBLES_MAX && is_next_line(ob, &v[k - 1], &v[k]); k--)
		if (!is_double(&v[k - 1])) {
			if (v[k - 1].kind != ob->domain)
				return 0;
			beside++;
			break;
		}
	for (k = i; k + 1 < ob->m->n && k - i < DOUBLES_MAX && is_next_line(ob, &v[k], &v[k + 1]); k++)
		if (!is_double(&v[k + 1])) {
			if (v[k + 1].kind != ob->domain)
				return 0;
			beside++;
			break;
		}
	if (beside == 0)
		return 0;
	*m = v[i];
	m->kind = ob->domain;
	m->host = m->value;
	m->rule = "domain.list";
	return 1;
}

/* Makes an observable of mention i, or marks what it says of others. */
static void
observe_mention(struct observer *ob, size_t i, size_t b, enum verdict v)
{
	const struct mention *m = &ob->m->v[i];

	if (kind_is_hash(m->kind)) {
		observe_hash(ob, i, b, v == INDICATOR);
		return;
	}
	if (strncmp(m->rule + strcspn(m->rule, "-"), "-path", 5) == 0) {
		implied_path(ob, m, v == INDICATOR);
		return;
	}
	observe_value(ob, m, v == INDICATOR);
	if (v == INDICATOR)
		implied_by(ob, m, b);
}

void
observe(const struct doc *d, const struct layout_lang *lang, const struct mentions *m, const struct spans *columns, struct facts *f)
{
	struct observer ob;
	enum verdict *verdicts = xcalloc(m->n + 1, sizeof(*verdicts));
	size_t i, b;

	memset(&ob, 0, sizeof(ob));
	ob.key = (struct buf)BUF_INIT(LIMIT_JSON_STRING);
	ob.d = d;
	ob.lang = lang;
	ob.f = f;
	ob.m = m;
	ob.columns = columns;
	ob.file_block = SIZE_MAX;
	for (i = 0; i < f->observables.n; i++) {
		const char *algorithm;
		json_t *v;

		json_object_foreach(json_object_get(f->observables.v[i].props, "hashes"), algorithm, v)
			if (observe_key(&ob, "file", json_string_value(v)) == NULL)
				observe_add_key(&ob, "file", json_string_value(v), i);
	}
	for (i = 0; ob.domain == NULL; i++)
		if (strcmp(kinds[i].name, "domain") == 0)
			ob.domain = &kinds[i];
	judge_lists(&ob);
	for (i = 0; i < m->n; i++) {
		if (m->v[i].class == MENTION_VALUE && (b = judge_block(d, &m->v[i])) != SIZE_MAX)
			verdicts[i] = judge(&ob, &m->v[i], b);
		if (verdicts[i] == INDICATOR)
			implied_server(&ob, &m->v[i]);
	}
	for (i = 0; i < m->n; i++) {
		struct mention listed;

		if (m->v[i].class == MENTION_VALUE && (b = judge_block(d, &m->v[i])) != SIZE_MAX && is_listed_domain(&ob, i, b, &listed)) {
			if (judge(&ob, &listed, b) == INDICATOR)
				observe_value(&ob, &listed, 1);
		} else if (verdicts[i] != CITED)
			observe_mention(&ob, i, judge_block(d, &m->v[i]), verdicts[i]);
	}
	join_names(&ob);
	number(&ob);
	refer(&ob);
	free(verdicts);
	drop_keys(&ob);
	free(ob.listed);
	free(ob.sure);
}
