/* From mentions to things and slotted sentences. */
#include <string.h>

#include <uthash.h>

#include "convert/slots.h"

/* ---- places ---------------------------------------------------------------------------------------------------------- */

int
states(const struct doc *d, size_t sent)
{
	size_t section = d->blocks[d->sents[sent].block].section;
	const struct doc_role *role = section < d->nsection ? d->sections[section].role : NULL;

	return doc_asserts(d, sent) && (role == NULL || !role->telemetry);
}

/* ---- things ---------------------------------------------------------------------------------------------------------- */

struct seen {
	const char *key;
	size_t thing;
	UT_hash_handle hh;
};

/*
 * A heading that names an organisation says whose section it is, not what happened to it; a vendor's name in front of another
 * capital letter is the beginning of a product's.
 */
static int
asserts(const struct doc *d, const struct mention *m)
{
	if (m->sent == SIZE_MAX || !states(d, m->sent))
		return 0;
	if (strcmp(m->type, "identity") != 0)
		return 1;
	if (m->role != NULL && strcmp(m->role, "vendor") == 0 && m->end + 1 < d->len && d->text[m->end] == ' ' &&
	    d->text[m->end + 1] >= 'A' && d->text[m->end + 1] <= 'Z')
		return 0;
	return d->blocks[d->sents[m->sent].block].kind != DOC_HEADING;
}

/* Blocks in which an adversary or malware is spoken of. */
static void
mark_blocks(const struct doc *d, const struct mentions *m, struct things *t)
{
	static const char *const types[] = { "campaign", "intrusion-set", "threat-actor", "malware" };
	size_t i, k;

	t->active = arena_alloc(d->arena, d->nblock + 1);
	for (i = 0; i < m->n; i++)
		for (k = 0; k < ARRAY_LEN(types) && m->v[i].class == MENTION_NAME && m->v[i].sent != SIZE_MAX; k++)
			if (strcmp(m->v[i].type, types[k]) == 0)
				t->active[d->sents[m->v[i].sent].block] = 1;
}

/* Is the mention part of what is told of an adversary: a row, an id, or a block that speaks of one? */
static int
is_near(const struct doc *d, const struct things *t, const struct mention *m)
{
	size_t block = d->sents[m->sent].block;

	return d->blocks[block].kind == DOC_ROW || strcmp(m->rule, "technique") == 0 || t->active[block];
}

/* A row that gives a technique by id and by name gives one: the mention of the id speaks for both. */
static const struct mention *
row_speaker(const struct doc *d, const struct mention *m, const struct mention *last)
{
	if (last == NULL || strcmp(m->type, "attack-pattern") != 0 || strcmp(last->type, m->type) != 0 || m->sent == SIZE_MAX ||
	    last->sent != m->sent || d->blocks[d->sents[m->sent].block].kind != DOC_ROW)
		return m;
	return last;
}

/* One thing has one key: its external id where it has one, else its folded name. */
static const char *
key_of(struct arena *a, const struct mention *m)
{
	const char *rest = m->ext_id != NULL ? m->ext_id : text_fold(a, m->value, strlen(m->value));
	size_t type = strlen(m->type), n;
	char *key;

	if (m->ext_id == NULL && *rest == '\0')
		rest = m->value;
	n = strlen(rest);
	key = arena_alloc(a, type + n + 2);
	memcpy(key, m->type, type);
	key[type] = '|';
	memcpy(key + type + 1, rest, n);
	return key;
}

int
names_adversary(const char *type)
{
	static const char *const types[] = { "campaign", "infrastructure", "intrusion-set", "malware", "threat-actor", "tool" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i], type) == 0)
			return 1;
	return 0;
}

/* How sure is the type of a mention: known by an id, known, told by a cue. */
static int
sureness(const struct mention *m)
{
	return m->ext_id != NULL ? 2 : strncmp(m->rule, "name.", 5) == 0;
}

/* Of each name of an adversary or its means the mention that is the surest: one name is one thing, of one type. */
static struct seen *
surest(struct arena *keys, struct arena *scratch, const struct mentions *m)
{
	struct seen *table = NULL, *s;
	size_t i;

	for (i = 0; i < m->n; i++) {
		const char *key;

		if (m->v[i].class != MENTION_NAME || !names_adversary(m->v[i].type))
			continue;
		arena_reset(scratch);
		key = text_fold(scratch, m->v[i].value, strlen(m->v[i].value));
		HASH_FIND_STR(table, key, s);
		if (s == NULL && *key != '\0') {
			s = xmalloc(sizeof(*s));
			s->key = arena_strdup(keys, key);
			s->thing = i;
			HASH_ADD_KEYPTR(hh, table, s->key, strlen(s->key), s);
		} else if (s != NULL && sureness(&m->v[i]) > sureness(&m->v[s->thing]))
			s->thing = i;
	}
	return table;
}

static const struct mention *
surest_of(struct arena *scratch, struct seen *table, const struct mentions *m, const struct mention *men)
{
	struct seen *s = NULL;
	const char *key;

	if (!names_adversary(men->type))
		return men;
	key = text_fold(scratch, men->value, strlen(men->value));
	HASH_FIND_STR(table, key, s);
	return s != NULL && sureness(men) < sureness(&m->v[s->thing]) ? &m->v[s->thing] : men;
}

static void
free_seen(struct seen *table)
{
	struct seen *s, *tmp;

	HASH_ITER(hh, table, s, tmp) {
		HASH_DEL(table, s);
		free(s);
	}
}

void
things_build(const struct doc *d, const struct mentions *m, struct things *out)
{
	struct arena *scratch = arena_new(), *keys = arena_new();
	struct seen *table = NULL, *names = surest(keys, scratch, m), *s;
	const struct mention *last = NULL;
	size_t i;

	memset(out, 0, sizeof(*out));
	out->arena = d->arena;
	mark_blocks(d, m, out);
	out->of = arena_alloc(d->arena, (m->n + 1) * sizeof(*out->of));
	for (i = 0; i < m->n; i++) {
		const struct mention *men = &m->v[i];
		const char *key;

		out->of[i] = SIZE_MAX;
		if (men->class != MENTION_NAME || slot_class_of(men->type, men->role) == SIZE_MAX)
			continue;
		last = row_speaker(d, men, last);
		arena_reset(scratch);
		men = surest_of(scratch, names, m, last);
		key = key_of(scratch, men);
		HASH_FIND_STR(table, key, s);
		if (s == NULL) {
			struct thing *t = vec_push(d->arena, &out->things);

			memset(t, 0, sizeof(*t));
			t->key = key = arena_strdup(d->arena, key);
			t->first = last;
			t->row = slot_class_of(men->type, men->role);
			t->same = out->things.n - 1;
			s = xmalloc(sizeof(*s));
			s->key = key;
			s->thing = out->things.n - 1;
			HASH_ADD_KEYPTR(hh, table, s->key, strlen(s->key), s);
		}
		if (asserts(d, last) && !out->things.v[s->thing].asserted) {
			out->things.v[s->thing].asserted = 1;
			out->things.v[s->thing].first = last;
		}
		if (asserts(d, last) && is_near(d, out, last))
			out->things.v[s->thing].near = 1;
		out->of[i] = s->thing;
	}
	free_seen(names);
	free_seen(table);
	arena_free(keys);
	arena_free(scratch);
}

/* ---- other names ------------------------------------------------------------------------------------------------------ */

static size_t
root_of(const struct things *t, size_t i)
{
	while (t->things.v[i].same != i)
		i = t->things.v[i].same;
	return i;
}

int
things_same(struct things *t, size_t a, size_t b)
{
	a = root_of(t, a);
	b = root_of(t, b);
	if (a == b)
		return 0;
	t->things.v[b].same = a;
	return 1;
}

void
things_join(struct things *t, size_t nmention)
{
	size_t i, k, root;

	for (i = 0; i < t->things.n; i++) {
		struct thing *from = &t->things.v[i], *to;

		root = root_of(t, i);
		to = &t->things.v[root];
		from->same = root;
		if (to == from)
			continue;
		to->asserted |= from->asserted;
		to->near |= from->near;
		to->law |= from->law;
		for (k = 0; k < from->names.n; k++)
			*vec_push(t->arena, &to->names) = from->names.v[k];
		if (from->props != NULL && to->props == NULL) {
			to->props = from->props;
			from->props = NULL;
		} else if (from->props != NULL)
			json_object_update_missing(to->props, from->props);
	}
	for (i = 0; i < nmention; i++)
		if (t->of[i] != SIZE_MAX)
			t->of[i] = t->things.v[t->of[i]].same;
}

/* ---- stories ---------------------------------------------------------------------------------------------------------- */

size_t
story_of(const struct doc *d, size_t sent)
{
	size_t section = d->blocks[d->sents[sent].block].section, i;
	const struct doc_role *role = section < d->nsection ? d->sections[section].role : NULL;

	/* every headline is a story of its own; "why" and "advice" go on with the story before them */
	if (role != NULL && strcmp(role->name, "headlines") == 0)
		return d->nsection + d->sents[sent].block;
	for (i = section; i > 0 && i < d->nsection; i--) {
		role = d->sections[i].role;
		if (role == NULL || (strcmp(role->name, "why") != 0 && strcmp(role->name, "advice") != 0))
			break;
	}
	return i;
}

/* ---- slotted sentences ---------------------------------------------------------------------------------------------- */

static const struct {
	const char *open, *close;
} quotes[] = {
	{ "「", "」" }, { "『", "』" }, { "“", "”" }, { "\"", "\"" }, { "‘", "’" }, { "[[", "]]" }, { "**", "**" }, { "'", "'" }, { "`", "`" },
	{ 0 }
};

/* Octets of the quote that opens at s[0..n), or 0. */
static size_t
quote_octets(const char *s, size_t n)
{
	size_t i;

	for (i = 0; quotes[i].open != NULL; i++)
		if (strlen(quotes[i].open) <= n && memcmp(s, quotes[i].open, strlen(quotes[i].open)) == 0)
			return strlen(quotes[i].open);
	return 0;
}

static int
ends_with(const struct buf *b, const char *s)
{
	size_t n = strlen(s);

	return b->len >= n && memcmp(b->s + b->len - n, s, n) == 0;
}

static void
add_char(struct buf *b, uint32_t cp)
{
	char c[4];

	buf_add(b, c, (size_t)utf8_encode(cp, c));
}

#define SLOT_OCTETS	7	/* U+E0xx is three octets, U+F0xxx four */

static void
add_slot(const struct things *t, struct slotted *out, size_t thing, size_t behind)
{
	struct slot *s;

	if (out->slots.n == SLOT_MAX)
		return;
	add_char(&out->text, SLOT_CLASS + (uint32_t)t->things.v[thing].row);
	add_char(&out->text, SLOT_INDEX + (uint32_t)out->slots.n);
	s = vec_push(t->arena, &out->slots);
	s->thing = thing;
	s->behind = behind;
	s->back = 0;
	s->name = s->also = NULL;
}

/* Does a slot end at `at`? */
static int
is_slot_end(const struct slotted *s, size_t at)
{
	uint32_t cp = 0;

	return at >= SLOT_OCTETS && utf8_decode(s->text.s + at - 4, 4, &cp) == 4 && cp >= SLOT_INDEX && cp < SLOT_INDEX + SLOT_MAX;
}

size_t
slotted_within(const struct slotted *s, size_t from, size_t to, size_t *out, size_t max)
{
	size_t n = 0, i = from;
	int aside = 0;

	while (i < to && n < max) {
		uint32_t cp = 0;
		int len = utf8_decode(s->text.s + i, to - i, &cp);

		if (len == 0)
			break;
		if (cp >= SLOT_INDEX && cp < SLOT_INDEX + SLOT_MAX && !aside)
			out[n++] = cp - SLOT_INDEX;
		/* "X (also Y)" is X; a list in brackets is one where the text in question begins inside */
		if (cp == '(')
			aside = is_slot_end(s, i);
		else if (cp == ')')
			aside = 0;
		i += (size_t)len;
	}
	return n;
}

void
slotted_mask(char *text, size_t from, size_t to)
{
	char none[4];
	size_t n = (size_t)utf8_encode(SLOT_CLASS + SLOT_NONE, none), i;

	/* classes stand at U+E000 and behind: three octets, of which the first is 0xee */
	for (i = from; i + SLOT_OCTETS <= to; i++)
		if ((unsigned char)text[i] == 0xee && (unsigned char)text[i + n] == 0xf3)
			memcpy(text + i, none, n);
}

/* Does the text so far end in a slot? Its number, or SIZE_MAX. */
static size_t
last_slot(const struct slotted *s, size_t end)
{
	size_t nr;

	if (end < SLOT_OCTETS || slotted_within(s, end - 4, end, &nr, 1) != 1)
		return SIZE_MAX;
	return nr;
}

/* Behind a mention that ends at `end`: brackets, and right behind them the closing quote? */
static int
closed_behind_brackets(const struct doc *d, size_t end, size_t limit, const char *close)
{
	const char *p = end < limit && d->text[end] == '(' ? memchr(d->text + end, ')', limit - end) : NULL;
	size_t n = strlen(close), at = p != NULL ? (size_t)(p - d->text) + 1 : limit;

	return at + n <= limit && memcmp(d->text + at, close, n) == 0;
}

/*
 * "X グループは": what X is, said right behind it, is a part of the name. Returns where the text goes on: behind that noun where
 * a word or mark that ends a phrase follows, else at end.
 */
static size_t
behind_noun(const struct doc *d, const struct things *t, const struct rules *r, size_t thing, size_t end, size_t limit)
{
	size_t at = end < limit && d->text[end] == ' ' ? end + 1 : end, i, n;
	const struct noun *noun = r->noun_ends == NULL ? NULL : rules_noun(r, d->text + at, limit - at, 0);
	const char *type = slot_classes[t->things.v[thing].row].type;

	if (noun == NULL || (strcmp(noun->type, type) != 0 && (strcmp(noun->type, "intrusion-set") != 0 ||
	    (strcmp(type, "malware") != 0 && strcmp(type, "threat-actor") != 0))))
		return end;
	at += strlen(noun->text);
	for (i = 0; r->noun_ends[i] != NULL && at < limit; i++) {
		n = strlen(r->noun_ends[i]);
		if (limit - at >= n && memcmp(d->text + at, r->noun_ends[i], n) == 0)
			return at;
	}
	return at == limit ? at : end;
}

/* A mention: its slot, the quotes around it dropped, "X (X)" made X. Returns where the text goes on. */
static size_t
put_mention(const struct doc *d, const struct things *t, const struct rules *r, struct slotted *out, size_t thing,
    const struct mention *men, size_t limit)
{
	size_t q, before, end = men->end < limit ? men->end : limit;

	/* the last mark of an abbreviation is no end of anything: "U.S. banks" */
	if (end + 1 < limit && d->text[end] == '.' && d->text[end + 1] == ' ' && end > men->start + 1 && d->text[end - 2] == '.')
		end++;

	for (q = 0; quotes[q].open != NULL; q++) {
		size_t n = strlen(quotes[q].close);

		if (ends_with(&out->text, quotes[q].open) && end + n <= limit && memcmp(d->text + end, quotes[q].close, n) == 0) {
			out->text.len -= strlen(quotes[q].open);
			end += n;
			break;
		}
		if (ends_with(&out->text, quotes[q].open) && closed_behind_brackets(d, end, limit, quotes[q].close)) {
			out->text.len -= strlen(quotes[q].open);
			break;
		}
	}
	if (ends_with(&out->text, "(") && end < limit && d->text[end] == ')') {
		size_t at = out->text.len - 1;

		while (at > 0 && out->text.s[at - 1] == ' ')
			at--;
		before = last_slot(out, at);
		if (before != SIZE_MAX && out->slots.v[before].thing == thing) {
			out->text.len = at;
			out->slots.v[before].also = men->value;
			return end + 1;
		}
	}
	add_slot(t, out, thing, SIZE_MAX);
	if (out->slots.n > 0)
		out->slots.v[out->slots.n - 1].name = men->value;
	return behind_noun(d, t, r, thing, end, limit);
}

static void
remember(const struct things *t, const struct rules *rules, struct recall *r, size_t thing, size_t sent)
{
	size_t row = t->things.v[thing].row;

	if (r->thing[row] != SIZE_MAX && r->thing[row] != thing && r->sent[row] == sent) {
		r->several[row] = sent;
		if (rules->first)
			return;
	}
	r->thing[row] = thing;
	r->sent[row] = r->named[row] = sent;
}

/* The thing a reference back means: of the types the one named last, within reach. */
static size_t
resolve(const struct things *t, const struct anaphor *a, const char *const *types, const struct recall *r, size_t sent, size_t *behind)
{
	size_t best = SIZE_MAX, i, row;

	for (i = 0; types[i] != NULL; i++)
		for (row = 0; slot_classes[row].name != NULL; row++) {
			if (strcmp(slot_classes[row].type, types[i]) != 0 || r->thing[row] == SIZE_MAX ||
			    sent - r->sent[row] > (size_t)a->reach || (a->alone && r->several[row] == r->sent[row]) ||
			    (a->law >= 0 && t->things.v[r->thing[row]].law != a->law))
				continue;
			if (best == SIZE_MAX || r->sent[row] > r->sent[best])
				best = row;
		}
	if (best == SIZE_MAX)
		return SIZE_MAX;
	*behind = r->named[best];
	return r->thing[best];
}

/* The thing in the slot that group S of a condition catches in the sentence before. */
static size_t
resolve_after(const pcre2_code *after, const struct slotted *before)
{
	pcre2_match_data *md;
	size_t from, to, nr, thing = SIZE_MAX;

	if (before == NULL)
		return SIZE_MAX;
	md = pcre2_match_data_create_from_pattern(after, NULL);
	if (md == NULL)
		base_oom();
	if (rules_run(after, buf_str(&before->text), before->text.len, 0, md) == 1 &&
	    rules_group(after, md, "S", &from, &to) == 0 && slotted_within(before, from, to, &nr, 1) == 1)
		thing = before->slots.v[nr].thing;
	pcre2_match_data_free(md);
	return thing;
}

static int
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The longest of a row of references back that stands at s; ASCII ones are whole words in any case. */
static const struct anaphor *
longest_at(const struct rules *r, uint32_t row, const char *s, size_t n, const struct slotted *cur, const struct slotted *before)
{
	const struct anaphor *best = NULL;
	size_t longest = 0;

	for (; row > 0; row = r->anaphora.v[row - 1].next) {
		const struct anaphor *a = &r->anaphora.v[row - 1];

		if (a->len > n || a->len <= longest || strncasecmp(s, a->text, a->len) != 0)
			continue;
		if (is_letter(s[0]) && a->len < n && is_letter(s[a->len]))
			continue;
		if ((a->first && cur->text.len > 0) || (a->after != NULL && resolve_after(a->after, before) == SIZE_MAX))
			continue;
		best = a;
		longest = a->len;
	}
	return best;
}

static const struct anaphor *
anaphor_at(const struct rules *r, const char *s, size_t n, const struct slotted *cur, const struct slotted *before)
{
	int after_letter = cur->text.len > 0 && is_letter(cur->text.s[cur->text.len - 1]);
	const struct anaphor *best = NULL;

	if (((unsigned char)s[0] & 0xc0) == 0x80 || (after_letter && is_letter(s[0])))
		return NULL;
	if (n >= 3)
		best = longest_at(r, r->heads[rules_head(s)], s, n, cur, before);
	return best != NULL ? best : longest_at(r, r->shorts, s, n, cur, before);
}

/* "the group Amber Heron": the words stand before a name, which says who is meant. n: octets up to the next name. */
static int
stands_before(const struct anaphor *a, const char *s, size_t n)
{
	size_t i, q;

	if (a->as != NULL || a->after != NULL || memchr(a->text, ' ', a->len) == NULL || a->len >= n)
		return 0;
	for (i = a->len; i < n; i += q)
		if ((q = s[i] == ' ' ? 1 : quote_octets(s + i, n - i)) == 0)
			return 0;
	return 1;
}

/* A reference back at s: its slot when it can be resolved. Returns the octets it takes, 0 when there is none. */
static size_t
put_anaphor(const struct things *t, const struct rules *r, const char *s, size_t n, size_t sent, const struct slotted *before,
    struct recall *recall, struct slotted *out)
{
	const struct anaphor *a = anaphor_at(r, s, n, out, before);
	size_t thing, behind = SIZE_MAX;

	if (a == NULL || (r->spaces && stands_before(a, s, n)))
		return 0;
	if (a->after != NULL) {
		thing = resolve_after(a->after, before);
		behind = sent - 1;
	} else {
		thing = resolve(t, a, a->types, recall, sent, &behind);
		if (thing == SIZE_MAX)
			thing = resolve(t, a, a->otherwise, recall, sent, &behind);
	}
	if (thing == SIZE_MAX)
		return 0;
	add_slot(t, out, thing, behind != sent ? behind : SIZE_MAX);
	if (out->slots.n > 0)
		out->slots.v[out->slots.n - 1].back = 1;
	if (recall->thing[t->things.v[thing].row] == thing)
		recall->sent[t->things.v[thing].row] = sent;
	if (a->as != NULL)
		buf_adds(&out->text, a->as);
	return a->len;
}

/* A blank that means nothing: where the language writes none, next to a slot or a letter beyond ASCII. */
static int
idle_blank(const struct rules *r, const struct slotted *out, const char *next, size_t n)
{
	return !r->spaces && (out->text.len == 0 || (unsigned char)out->text.s[out->text.len - 1] >= 0x80 || n == 0 ||
	    (unsigned char)*next >= 0x80);
}

/*
 * Of whom does a sentence speak that names nobody? Where the language leaves that out, of what the sentence before in the same
 * paragraph was about: its slot is put in front.
 */
static void
put_unsaid(const struct doc *d, const struct things *t, const struct rules *r, size_t sent, const struct slotted *before,
    struct slotted *out)
{
	struct buf rest = BUF_INIT(LIMIT_DOCUMENT);
	pcre2_match_data *md;
	size_t thing;
	int said;

	if (r->unsaid.after == NULL || before == NULL || out->slots.n == 0 || sent == 0 ||
	    d->sents[sent - 1].block != d->sents[sent].block)
		return;
	md = pcre2_match_data_create_from_pattern(r->unsaid.unless, NULL);
	if (md == NULL)
		base_oom();
	said = rules_run(r->unsaid.unless, buf_str(&out->text), out->text.len, 0, md) != 0;
	pcre2_match_data_free(md);
	thing = said ? SIZE_MAX : resolve_after(r->unsaid.after, before);
	if (thing == SIZE_MAX)
		return;
	buf_add(&rest, out->text.s, out->text.len);
	buf_reset(&out->text);
	add_slot(t, out, thing, sent - 1);
	buf_adds(&out->text, r->unsaid.as);
	buf_add(&out->text, rest.s, rest.len);
	buf_free(&rest);
}

/* The octets at s, behind another, that go into the text as they are: no reference back begins there, and no blank may be idle. */
static size_t
mere_text(const struct rules *r, const char *s, size_t n)
{
	size_t i;

	for (i = 0; n >= 3 && i < n - 2 && (r->spaces || s[i] != ' '); i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80 && !(is_letter(s[i]) && is_letter(*(s + i - 1))) &&
		    (r->shorts != 0 || r->heads[rules_head(s + i)] != 0))
			break;
	return i;
}

void
slotted_build(const struct doc *d, const struct mentions *m, const struct things *t, const struct rules *r, size_t sent,
    const struct slotted *before, struct recall *recall, size_t *next, struct slotted *out)
{
	const struct doc_sentence *s = &d->sents[sent];
	size_t i = s->start, used;

	buf_reset(&out->text);
	out->slots.n = 0;
	while (*next < m->n && m->v[*next].start < s->start)
		++*next;
	while (i < s->end) {
		size_t limit = *next < m->n && m->v[*next].start < s->end ? m->v[*next].start : s->end;

		if (i == limit && limit < s->end) {
			const struct mention *men = &m->v[*next];
			size_t thing = t->of[*next], end = men->end < s->end ? men->end : s->end;

			++*next;
			if (thing != SIZE_MAX) {
				while (!r->spaces && ends_with(&out->text, " "))
					out->text.len--;
				i = put_mention(d, t, r, out, thing, men, s->end);
				remember(t, r, recall, thing, sent);
				continue;
			}
			buf_add(&out->text, d->text + i, end - i);
			i = end;
			continue;
		}
		used = put_anaphor(t, r, d->text + i, limit - i, sent, before, recall, out);
		if (used > 0) {
			i += used;
			continue;
		}
		if (d->text[i] == ' ' && idle_blank(r, out, d->text + i + 1, s->end - i - 1)) {
			i++;
			continue;
		}
		used = 1 + mere_text(r, d->text + i + 1, limit - i - 1);
		buf_add(&out->text, d->text + i, used);
		i += used;
	}
	put_unsaid(d, t, r, sent, before, out);
}

void
slotted_free(struct slotted *s)
{
	buf_free(&s->text);
}
