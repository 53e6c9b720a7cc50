/* Compiles rule files: macros into PCRE2, types into rows. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "convert/rules.h"

#define MATCH_LIMIT	200000	/* steps of one match: a sentence that needs more is left alone */
#define PATTERN_MAX	(256u << 10)	/* octets of one expanded expression */
#define MACRO_DEPTH	8
#define ASIDE_MAX	60	/* characters in brackets behind a name */

const struct slot_class slot_classes[] = {
	{ "campaign", "campaign", NULL, KEEP_NAMED },
	{ "intrusion-set", "intrusion-set", NULL, KEEP_NAMED },
	{ "threat-actor", "threat-actor", NULL, KEEP_NAMED },
	{ "malware", "malware", NULL, KEEP_NAMED },
	{ "tool", "tool", NULL, KEEP_NAMED },
	{ "attack-pattern", "attack-pattern", NULL, KEEP_NEAR },
	{ "vulnerability", "vulnerability", NULL, KEEP_NAMED },
	{ "infrastructure", "infrastructure", NULL, KEEP_NAMED },
	{ "location", "location", NULL, KEEP_RELATED },
	{ "software", "software", NULL, KEEP_RELATED },
	{ "incident", "incident", NULL, KEEP_NAMED },
	{ "law-enforcement", "identity", "law-enforcement", KEEP_NAMED },
	{ "government", "identity", "government", KEEP_NAMED },
	{ "vendor", "identity", "vendor", KEEP_NAMED },
	{ "press", "identity", "press", KEEP_NEVER },
	{ "platform", "identity", "platform", KEEP_RELATED },
	{ "publisher", "identity", "publisher", KEEP_NAMED },
	{ "sector", "identity", "sector", KEEP_RELATED },
	{ "person", "identity", "person", KEEP_NEVER },
	{ "organization", "identity", NULL, KEEP_NAMED },
	{ 0 }
};

/* Classes that stand for several rows. */
static const struct {
	const char *name, *rows[12];
} groups[] = {
	{ "actor", { "intrusion-set", "threat-actor" } },
	{ "adversary", { "intrusion-set", "threat-actor", "campaign" } },
	{ "code", { "malware", "tool" } },
	{ "means", { "malware", "tool", "attack-pattern" } },
	{ "botnet", { "malware", "infrastructure" } },
	{ "victim", { "organization", "government", "sector", "platform", "vendor", "location" } },
	{ "identity", { "law-enforcement", "government", "vendor", "press", "platform", "publisher", "sector", "organization" } },
	{ "prey", { "organization", "government", "sector", "location" } },
	{ "org", { "organization", "platform", "vendor", "government" } },
	{ 0 }
};

static size_t
row_named(const char *name, size_t n)
{
	size_t i;

	for (i = 0; slot_classes[i].name != NULL; i++)
		if (strlen(slot_classes[i].name) == n && memcmp(slot_classes[i].name, name, n) == 0)
			return i;
	return SIZE_MAX;
}

size_t
slot_class_of(const char *type, const char *role)
{
	size_t i, plain = SIZE_MAX;

	for (i = 0; slot_classes[i].name != NULL; i++) {
		if (strcmp(slot_classes[i].type, type) != 0)
			continue;
		if (role != NULL && slot_classes[i].role != NULL && strcmp(slot_classes[i].role, role) == 0)
			return i;
		if (slot_classes[i].role == NULL)
			plain = i;
	}
	return plain;
}

/* ---- expressions ------------------------------------------------------------------------------------------------- */

struct compiler {
	struct rules *r;
	const char *file;
	json_t *macros;		/* borrowed; NULL: none */
	struct err *e;
};

static void
add_index(struct buf *b)
{
	buf_printf(b, "[\\x{%x}-\\x{%x}]", SLOT_INDEX, SLOT_INDEX + SLOT_MAX);
}

/*
 * The number of a slot, and what a writer without blanks puts in brackets behind a name: how it is read, what it is short for.
 * The quote that was closed there stands behind it.
 */
static void
add_tail(const struct compiler *c, struct buf *b)
{
	add_index(b);
	if (!c->r->spaces)
		buf_printf(b, "(?:\\([^()。]{1,%d}\\)[」』”]?)?", ASIDE_MAX);
}

static int
add_class(const struct compiler *c, struct buf *b, const char *name, size_t n)
{
	size_t row = row_named(name, n), i, k;

	if (n == 3 && memcmp(name, "any", 3) == 0) {
		buf_printf(b, "[\\x{%x}-\\x{%x}]", SLOT_CLASS, SLOT_CLASS + 0xff);
		add_index(b);
		return 1;
	}
	if (row != SIZE_MAX) {
		buf_printf(b, "\\x{%zx}", SLOT_CLASS + row);
		add_tail(c, b);
		return 1;
	}
	for (i = 0; groups[i].name != NULL; i++) {
		if (strlen(groups[i].name) != n || memcmp(groups[i].name, name, n) != 0)
			continue;
		buf_addc(b, '[');
		for (k = 0; k < ARRAY_LEN(groups[i].rows) && groups[i].rows[k] != NULL; k++)
			buf_printf(b, "\\x{%zx}", SLOT_CLASS + row_named(groups[i].rows[k], strlen(groups[i].rows[k])));
		buf_addc(b, ']');
		add_tail(c, b);
		return 1;
	}
	return 0;
}

/* {no:CLASS}: any character that neither ends a clause nor begins such a slot. */
static int
add_other(struct buf *b, const char *name, size_t n)
{
	size_t row = row_named(name, n), i, k;

	buf_adds(b, "[^.;");
	if (row != SIZE_MAX)
		buf_printf(b, "\\x{%zx}", SLOT_CLASS + row);
	for (i = 0; groups[i].name != NULL; i++) {
		if (strlen(groups[i].name) != n || memcmp(groups[i].name, name, n) != 0)
			continue;
		for (k = 0; k < ARRAY_LEN(groups[i].rows) && groups[i].rows[k] != NULL; k++)
			buf_printf(b, "\\x{%zx}", SLOT_CLASS + row_named(groups[i].rows[k], strlen(groups[i].rows[k])));
		row = i;
	}
	buf_addc(b, ']');
	return row != SIZE_MAX;
}

static void
add_literal(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		if (strchr("\\^$.[]|()?*+{}#", *s) != NULL)
			buf_addc(b, '\\');
		buf_addc(b, *s);
	}
}

/* Is the noun of the type, or of the group of types, name[0..n)? "" is all types. */
static int
noun_fits(const struct noun *noun, const char *name, size_t n)
{
	size_t k, g, row = row_named(name, n);
	int fits = (n == 0 && noun->type[0] != '\0') || (row != SIZE_MAX && strcmp(noun->type, slot_classes[row].type) == 0);

	for (g = 0; !fits && groups[g].name != NULL; g++) {
		if (strlen(groups[g].name) != n || memcmp(groups[g].name, name, n) != 0)
			continue;
		for (k = 0; k < ARRAY_LEN(groups[g].rows) && groups[g].rows[k] != NULL; k++)
			fits |= strcmp(groups[g].rows[k], noun->type) == 0;
	}
	return fits;
}

/* The octets of the first character of s; *c: that character, *any: with ASCII letters small. */
static size_t
first_char(const char *s, uint32_t *c, uint32_t *any)
{
	int n = utf8_decode(s, strlen(s), c);

	*any = *c >= 'A' && *c <= 'Z' ? *c + 32 : *c;
	return n > 0 ? (size_t)n : 1;
}

/* The nouns from v on that begin with its first character, in any case, as one alternative: "m(?:alware|iner)". They become NULL. */
static void
add_branch(struct buf *b, const char **v, size_t n)
{
	uint32_t c, d, any, other;
	size_t i, len = first_char(v[0], &c, &any), some = 0;
	int same = 1;

	for (i = 0; i < n; i++)
		if (v[i] != NULL && (first_char(v[i], &d, &other), other == any))
			same &= c == d;
	if (same)
		buf_add(b, v[0], len);
	buf_adds(b, "(?:");
	for (i = 0; i < n; i++) {
		if (v[i] == NULL || (first_char(v[i], &d, &other), other != any))
			continue;
		if (some++ > 0)
			buf_addc(b, '|');
		add_literal(b, v[i] + (same ? len : 0));
		v[i] = NULL;
	}
	buf_addc(b, ')');
}

/*
 * {N:TYPE}: every noun of the type, or of the group of types, longest first; {N} every noun. At most places no noun begins: what they
 * begin with stands in front, and those that begin alike stand together. Their order among themselves stays, so it is the same.
 */
static int
add_nouns(struct compiler *c, struct buf *b, const char *name, size_t n)
{
	const char **v = arena_alloc(c->r->arena, (c->r->nouns.n + 1) * sizeof(*v));
	size_t i, some = 0;
	uint32_t first, any;

	for (i = 0; i < c->r->nouns.n; i++)
		if (noun_fits(&c->r->nouns.v[i], name, n) && c->r->nouns.v[i].text[0] != '\0')
			v[some++] = c->r->nouns.v[i].text;
	if (some == 0) {
		buf_adds(b, "(?!)");
		return 1;
	}
	buf_adds(b, "(?:(?=[");
	for (i = 0; i < some; i++)
		buf_add(b, v[i], first_char(v[i], &first, &any));
	buf_adds(b, "])(?:");
	for (i = 0; i < some; i++) {
		if (v[i] == NULL)
			continue;
		if (i > 0)
			buf_addc(b, '|');
		add_branch(b, v + i, some - i);
	}
	buf_adds(b, "))");
	return 1;
}

static int expand(struct compiler *c, const char *s, struct buf *b, int depth);

static int
add_macro(struct compiler *c, const char *name, size_t n, struct buf *b, int depth)
{
	char key[64];
	const char *text;

	if (n >= sizeof(key))
		return 0;
	memcpy(key, name, n);
	key[n] = '\0';
	text = json_string_value(json_object_get(c->macros, key));
	if (text == NULL)
		return 0;
	buf_adds(b, "(?:");
	if (expand(c, text, b, depth + 1) != 0)
		return -1;
	buf_addc(b, ')');
	return 1;
}

static int
expand(struct compiler *c, const char *s, struct buf *b, int depth)
{
	if (depth > MACRO_DEPTH)
		return err_set(c->e, ERR_USAGE, "macros nest too deep");
	for (; *s != '\0'; s++) {
		const char *end = *s == '{' ? strchr(s, '}') : NULL;
		size_t n = end != NULL ? (size_t)(end - s) - 1 : 0;
		int done;

		/* \{, \x{..}, \p{..} and repeat counts are PCRE2's own */
		if (*s == '\\' && s[1] != '\0') {
			buf_add(b, s, 2);
			if (strchr("xpPNgko", s[1]) != NULL && s[2] == '{' && (end = strchr(s, '}')) != NULL) {
				buf_add(b, s + 2, (size_t)(end - s) - 1);
				s = end;
			} else
				s++;
			continue;
		}
		if (end == NULL || n == 0 || !((s[1] >= 'a' && s[1] <= 'z') || (s[1] >= 'A' && s[1] <= 'Z'))) {
			buf_addc(b, *s);
			continue;
		}
		if (s[1] == 'N' && (n == 1 || s[2] == ':'))
			done = add_nouns(c, b, n == 1 ? s + 2 : s + 3, n == 1 ? 0 : n - 2);
		else if (n > 3 && memcmp(s + 1, "no:", 3) == 0)
			done = add_other(b, s + 4, n - 3);
		else if ((done = add_class(c, b, s + 1, n)) == 0)
			done = add_macro(c, s + 1, n, b, depth);
		if (done < 0)
			return -1;
		if (done == 0)
			return err_set(c->e, ERR_USAGE, "{%.*s} is neither a class nor a macro", (int)n, s + 1);
		s = end;
	}
	return 0;
}

static pcre2_code *
compile(struct compiler *c, const char *text)
{
	struct buf b = BUF_INIT(PATTERN_MAX);
	PCRE2_UCHAR msg[160];
	PCRE2_SIZE at;
	pcre2_code *re = NULL;
	int code;

	if (expand(c, text, &b, 0) == 0 && !b.over) {
		re = pcre2_compile((PCRE2_SPTR)buf_str(&b), b.len, PCRE2_UTF | PCRE2_UCP, &code, &at, NULL);
		if (re != NULL)
			pcre2_jit_compile(re, PCRE2_JIT_COMPLETE);
		else if (pcre2_get_error_message(code, msg, sizeof(msg)) > 0)
			err_set(c->e, ERR_USAGE, "%s at octet %zu of its expansion", msg, (size_t)at);
	}
	if (re == NULL)
		err_set(c->e, ERR_USAGE, "the expression is too long");
	buf_free(&b);
	return re;
}

/* One for all threads, as pcre2api(3) allows where it is never changed. */
static pcre2_match_context *ctx;
static pthread_once_t ctx_once = PTHREAD_ONCE_INIT;

static void
make_ctx(void)
{
	ctx = pcre2_match_context_create(NULL);
	if (ctx == NULL)
		base_oom();
	pcre2_set_match_limit(ctx, MATCH_LIMIT);
}

int
rules_run(const pcre2_code *re, const char *s, size_t n, size_t from, pcre2_match_data *md)
{
	int rc;

	pthread_once(&ctx_once, make_ctx);
	rc = pcre2_match(re, (PCRE2_SPTR)s, n, from, PCRE2_NO_UTF_CHECK, md, ctx);
	return rc >= 0 ? 1 : rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

int
rules_group(const pcre2_code *re, pcre2_match_data *md, const char *name, size_t *from, size_t *to)
{
	PCRE2_SIZE *ov = pcre2_get_ovector_pointer(md);
	int n = pcre2_substring_number_from_name(re, (PCRE2_SPTR)name);

	if (n < 0 || (uint32_t)n >= pcre2_get_ovector_count(md) || ov[2 * n] == PCRE2_UNSET)
		return -1;
	*from = ov[2 * n];
	*to = ov[2 * n + 1];
	return 0;
}

size_t
rules_head(const char s[3])
{
	/* | 32 makes ASCII letters one case; that it makes others one, too, is no harm */
	return (((unsigned)(s[0] & 255) | 32) * 961 + ((unsigned)(s[1] & 255) | 32) * 31 + ((unsigned)(s[2] & 255) | 32)) % RULES_HEADS;
}

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* s with ASCII letters small: in the arena. */
static const char *
small(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s), *p;

	for (p = out; *p != '\0'; p++)
		*p = (char)lower(*p);
	return out;
}

void
rules_needed(const struct needs *need, const char *s, size_t n, uint64_t *out)
{
	struct trie_state st;
	size_t at, i, k;
	uint32_t key;

	memcpy(out, need->always, need->words * sizeof(*out));
	for (at = 0; need->trie.size > 0 && at < n; at++) {
		if (!trie_may(&need->filter, s + at, n - at))
			continue;
		st = trie_start(&need->trie);
		for (i = at; i < n && s[i] != '\0' && trie_step(&need->trie, &st, lower(s[i])); i++)
			for (k = 0; trie_ends(&need->trie, &st, &key) && k < need->words; k++)
				out[k] |= need->of[key * need->words + k];
	}
}

static int
by_word(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* lists[i]: the words of row i, NULL-terminated, or NULL. Everything but the double array is in the arena. */
static void
needs_build(struct arena *a, const char *const *const *lists, size_t n, struct needs *out)
{
	struct buf pool = BUF_INIT(UINT32_MAX);
	VEC(const char *) all = { 0 };
	VEC(uint32_t) key = { 0 };
	size_t i, k, row;

	out->words = (n + 63) / 64;
	out->always = arena_alloc(a, (out->words + 1) * sizeof(*out->always));
	for (row = 0; row < n; row++) {
		if (lists[row] == NULL)
			out->always[row / 64] |= 1ull << row % 64;
		for (i = 0; lists[row] != NULL && lists[row][i] != NULL; i++)
			*vec_push(a, &all) = lists[row][i];
	}
	if (all.n > 1)
		qsort(all.v, all.n, sizeof(*all.v), by_word);
	for (i = k = 0; i < all.n; i++) {
		/* the empty word stands in any text */
		if (all.v[i][0] == '\0' || (k > 0 && strcmp(all.v[k - 1], all.v[i]) == 0))
			continue;
		*vec_push(a, &key) = (uint32_t)pool.len;
		buf_add(&pool, all.v[i], strlen(all.v[i]) + 1);
		all.v[k++] = all.v[i];
	}
	out->of = arena_alloc(a, (k + 1) * (out->words + 1) * sizeof(*out->of));
	for (row = 0; row < n; row++)
		for (i = 0; lists[row] != NULL && lists[row][i] != NULL; i++) {
			const char *const *at = bsearch(&lists[row][i], all.v, k, sizeof(*all.v), by_word);
			uint64_t *bits = at != NULL ? out->of + (size_t)(at - (const char *const *)all.v) * out->words : out->always;

			bits[row / 64] |= 1ull << row % 64;
		}
	out->trie = (struct trie){ .key = key.v, .nkey = key.n, .pool = arena_alloc(a, pool.len + 1) };
	memcpy((char *)(uintptr_t)out->trie.pool, buf_str(&pool), pool.len);
	out->trie.size = trie_build(out->trie.pool, key.v, key.n, &out->base, &out->check);
	out->trie.base = out->base;
	out->trie.check = out->check;
	trie_filter_add(&out->trie, 1, &out->filter);
	buf_free(&pool);
}

static int
both_letters(char a, char b)
{
	return ((a | 32) >= 'a' && (a | 32) <= 'z') && ((b | 32) >= 'a' && (b | 32) <= 'z');
}

const struct noun *
rules_noun(const struct rules *r, const char *s, size_t n, int at_end)
{
	uint32_t i;

	at_end = at_end != 0;
	for (i = n > 0 ? r->noun_rows[at_end][s[at_end ? n - 1 : 0] & 0xdf] : 0; i > 0; i = r->nouns.v[i - 1].next[at_end]) {
		const struct noun *noun = &r->nouns.v[i - 1];
		size_t len = noun->len;

		if (len > n || ((noun->text[len - 1] ^ s[at_end ? n - 1 : len - 1]) & 0xdf) != 0 ||
		    strncasecmp(at_end ? s + n - len : s, noun->text, len) != 0)
			continue;
		/* a whole word where letters are ASCII; plurals are nouns too */
		if (at_end ? len < n && both_letters(s[n - len - 1], s[n - len]) :
		    len < n && both_letters(s[len - 1], s[len]) && s[len] != 's')
			continue;
		return noun;
	}
	return NULL;
}

static int
in_word(const char *s, size_t i)
{
	return both_letters(s[i], 'a') || (unsigned char)s[i] >= 0x80;
}

/* A capital in front of small letters, behind other words: part of a name ("Operation Long Net"). */
static int
is_title(const char *s, size_t at)
{
	return at > 0 && s[at] >= 'A' && s[at] <= 'Z' && s[at + 1] >= 'a' && s[at + 1] <= 'z';
}

const struct noun *
rules_last_noun(const struct rules *r, const char *s, size_t n, size_t near)
{
	size_t end, stem;

	for (end = n; end > 0 && n - end <= near; end--) {
		if (!in_word(s, end - 1) || (end < n && in_word(s, end)))
			continue;
		/* as it is, or without a plural s */
		for (stem = end; stem + 1 >= end && stem > 0; stem--) {
			const struct noun *noun = stem == end || s[stem] == 's' ? rules_noun(r, s, stem, 1) : NULL;

			if (noun != NULL && !is_title(s, stem - strlen(noun->text)))
				return noun;
		}
	}
	return NULL;
}

/* ---- files -------------------------------------------------------------------------------------------------------- */

static const char *
text_of(struct compiler *c, json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? arena_strdup(c->r->arena, s) : NULL;
}

/* A list of strings as a NULL-terminated array in the arena, or NULL when there is none. */
static const char **
list_of(struct compiler *c, json_t *list)
{
	size_t n = json_array_size(list), i;
	const char **out;

	if (n == 0)
		return NULL;
	out = arena_alloc(c->r->arena, (n + 1) * sizeof(*out));
	for (i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(list, i));

		out[i] = arena_strdup(c->r->arena, s != NULL ? s : "");
	}
	return out;
}

/* "need": words, and {N:TYPE} for the nouns of a type, {N} for all; as list_of(), ASCII letters small. */
static const char *const *
need_of(struct compiler *c, json_t *list)
{
	VEC(const char *) out = { 0 };
	size_t i, k, n;

	for (i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));

		n = s != NULL ? strlen(s) : 0;
		if (n < 3 || strncmp(s, "{N", 2) != 0 || s[n - 1] != '}') {
			*vec_push(c->r->arena, &out) = small(c->r->arena, s != NULL ? s : "");
			continue;
		}
		for (k = 0; k < c->r->nouns.n; k++)
			if (noun_fits(&c->r->nouns.v[k], s + (n > 3 ? 3 : 2), n > 3 ? n - 4 : 0))
				*vec_push(c->r->arena, &out) = small(c->r->arena, c->r->nouns.v[k].text);
	}
	if (json_array_size(list) > 0)
		*vec_push(c->r->arena, &out) = NULL;
	return out.v;
}

/* Types of one end: STIX types, or names of classes and groups that stand for them. */
static int
types_of(struct compiler *c, json_t *list, const char *out[RULE_TYPES + 1])
{
	size_t i, g, k, n = 0;

	for (i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));
		const char *rows[12] = { s };

		for (g = 0; s != NULL && groups[g].name != NULL; g++)
			if (strcmp(groups[g].name, s) == 0)
				memcpy(rows, groups[g].rows, sizeof(rows));
		for (k = 0; k < ARRAY_LEN(rows) && rows[k] != NULL; k++) {
			size_t row = row_named(rows[k], strlen(rows[k]));
			const char *type = row == SIZE_MAX ? arena_strdup(c->r->arena, rows[k]) : slot_classes[row].type;
			size_t have;

			for (have = 0; have < n && strcmp(out[have], type) != 0; have++)
				;
			if (have < n)
				continue;
			if (n == RULE_TYPES)
				return err_set(c->e, ERR_USAGE, "more than %d types", RULE_TYPES);
			out[n++] = type;
		}
	}
	out[n] = NULL;
	return 0;
}

/* "law": true, false (the default), or "either". */
static int
law_of(json_t *o)
{
	json_t *law = json_object_get(o, "law");

	return json_is_string(law) ? -1 : json_is_true(law);
}

/* The rows of slot_classes that have one of the types; all of them where none is named. */
static uint32_t
rows_of(const char *const *types)
{
	uint32_t rows = 0;
	size_t i, k;

	for (i = 0; types[i] != NULL; i++)
		for (k = 0; slot_classes[k].name != NULL; k++)
			if (strcmp(slot_classes[k].type, types[i]) == 0)
				rows |= UINT32_C(1) << k;
	return types[0] != NULL ? rows : UINT32_MAX;
}

static int
load_rule(struct compiler *c, json_t *o)
{
	struct rule r = { 0 };
	const char *match = json_string_value(json_object_get(o, "match"));
	const char *unless = json_string_value(json_object_get(o, "unless"));

	r.id = text_of(c, o, "id");
	r.rel = text_of(c, o, "rel");
	r.set = json_object_get(o, "set");
	r.noun_to = text_of(c, o, "noun_to");
	r.year_to = text_of(c, o, "year_to");
	r.until_to = text_of(c, o, "until_to");
	r.effect = json_is_true(json_object_get(o, "same")) ? RULE_SAME : r.rel != NULL ? RULE_EDGE : RULE_SET;
	r.confidence = (int)json_integer_value(json_object_get(o, "confidence"));
	r.instead = json_object_get(o, "instead");
	r.again = json_is_true(json_object_get(o, "again"));
	r.law = law_of(o);
	r.once = json_is_true(json_object_get(o, "once"));
	if (r.id == NULL || match == NULL)
		return err_set(c->e, ERR_USAGE, "a rule needs \"id\" and \"match\"");
	if (r.effect == RULE_SET && r.set == NULL && r.noun_to == NULL && r.year_to == NULL)
		return err_set(c->e, ERR_USAGE, "%s: a rule needs \"rel\", \"set\", \"noun_to\", \"year_to\" or \"same\"", r.id);
	r.need = need_of(c, json_object_get(o, "need"));
	if (types_of(c, json_object_get(o, "source"), r.source) != 0 || types_of(c, json_object_get(o, "target"), r.target) != 0 ||
	    (r.match = compile(c, match)) == NULL || (unless != NULL && (r.unless = compile(c, unless)) == NULL)) {
		pcre2_code_free(r.match);
		err_prefix(c->e, "%s", r.id);
		return -1;
	}
	r.source_rows = rows_of(r.source);
	r.target_rows = r.effect == RULE_EDGE ? rows_of(r.target) : UINT32_MAX;
	*vec_push(c->r->arena, &c->r->rules) = r;
	return 0;
}

static int
load_anaphor(struct compiler *c, json_t *o)
{
	const char *after = json_string_value(json_object_get(o, "after"));
	json_t *texts = json_object_get(o, "text");
	const char **texts_of = list_of(c, texts);
	struct anaphor a = { 0 };
	size_t i;

	a.reach = (int)json_integer_value(json_object_get(o, "reach"));
	a.as = text_of(c, o, "as");
	a.law = law_of(o);
	a.first = json_is_true(json_object_get(o, "first"));
	a.alone = json_is_true(json_object_get(o, "alone"));
	if (types_of(c, json_object_get(o, "types"), a.types) != 0 || types_of(c, json_object_get(o, "else"), a.otherwise) != 0)
		return -1;
	for (i = 0; i < json_array_size(texts); i++) {
		a.text = texts_of[i];
		a.len = strlen(a.text);
		/* each row owns its expression, so that they are freed alike */
		if (after != NULL && (a.after = compile(c, after)) == NULL)
			return -1;
		*vec_push(c->r->arena, &c->r->anaphora) = a;
	}
	return 0;
}

/* {"after": of the sentence before, "unless": of the sentence itself, "as": text put behind the slot} */
static int
load_unsaid(struct compiler *c, json_t *o)
{
	const char *after = json_string_value(json_object_get(o, "after")), *unless = json_string_value(json_object_get(o, "unless"));

	if (o == NULL)
		return 0;
	c->r->unsaid.as = text_of(c, o, "as");
	if (after == NULL || unless == NULL || c->r->unsaid.as == NULL)
		return err_set(c->e, ERR_USAGE, "\"after\", \"unless\" and \"as\" are needed");
	c->r->unsaid.unless = compile(c, unless);
	c->r->unsaid.after = compile(c, after);
	return c->r->unsaid.unless != NULL && c->r->unsaid.after != NULL ? 0 : -1;
}

static int
load_hedge(struct compiler *c, json_t *o)
{
	const char *match = json_string_value(json_object_get(o, "match"));
	struct hedge h = { 0 };
	json_t *cap = json_object_get(o, "cap");

	if (match == NULL)
		return err_set(c->e, ERR_USAGE, "a hedge needs \"match\"");
	h.cap = cap != NULL ? (int)json_integer_value(cap) : 100;
	h.floor = (int)json_integer_value(json_object_get(o, "sets"));
	if ((h.match = compile(c, match)) == NULL)
		return -1;
	*vec_push(c->r->arena, &c->r->hedges) = h;
	return 0;
}

static int
load_cue(struct compiler *c, json_t *o)
{
	const char *match = json_string_value(json_object_get(o, "match"));
	const char *then = json_string_value(json_object_get(o, "then"));
	struct cue q = { 0 };

	q.id = text_of(c, o, "id");
	q.type = text_of(c, o, "type");
	q.detail = text_of(c, o, "detail");
	q.role = text_of(c, o, "role");
	q.need = need_of(c, json_object_get(o, "need"));
	q.confidence = (int)json_integer_value(json_object_get(o, "confidence"));
	if (q.id == NULL || match == NULL)
		return err_set(c->e, ERR_USAGE, "a cue needs \"id\" and \"match\"");
	if ((q.match = compile(c, match)) == NULL || (then != NULL && (q.then = compile(c, then)) == NULL)) {
		pcre2_code_free(q.match);
		err_prefix(c->e, "%s", q.id);
		return -1;
	}
	*vec_push(c->r->arena, &c->r->cues) = q;
	return 0;
}

static int
load_noun(struct compiler *c, json_t *o)
{
	struct noun n = { 0 };

	n.text = text_of(c, o, "text");
	n.type = text_of(c, o, "type");
	n.detail = text_of(c, o, "detail");
	if (n.detail == NULL)
		n.detail = text_of(c, o, "malware_type");
	if (n.text == NULL || n.type == NULL)
		return err_set(c->e, ERR_USAGE, "a noun needs \"text\" and \"type\"");
	*vec_push(c->r->arena, &c->r->nouns) = n;
	return 0;
}

/* Runs load over the list `key` of a file. */
static int
each(struct compiler *c, json_t *file, const char *key, int (*load)(struct compiler *, json_t *))
{
	json_t *list = json_object_get(file, key);
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (load(c, json_array_get(list, i)) != 0) {
			err_prefix(c->e, "%s: /%s/%zu", c->file, key, i);
			return -1;
		}
	return 0;
}

/* An expression that stands alone in a file, where it does. */
static int
load_alone(struct compiler *c, const json_t *file, const char *key, pcre2_code **out)
{
	const char *text = json_string_value(json_object_get(file, key));

	if (text == NULL || (*out = compile(c, text)) != NULL)
		return 0;
	err_prefix(c->e, "%s: /%s", c->file, key);
	return -1;
}

/* Puts the nouns into their rows, each row in their order. */
static void
build_noun_rows(struct rules *r)
{
	size_t i;
	int end;

	for (i = r->nouns.n; i > 0; i--) {
		struct noun *noun = &r->nouns.v[i - 1];

		noun->len = strlen(noun->text);
		for (end = 0; end < 2 && noun->len > 0; end++) {
			uint32_t *row = &r->noun_rows[end][noun->text[end ? noun->len - 1 : 0] & 0xdf];

			noun->next[end] = *row;
			*row = (uint32_t)i;
		}
	}
}

static int
longer_first(const void *a, const void *b)
{
	size_t x = strlen(((const struct noun *)a)->text), y = strlen(((const struct noun *)b)->text);

	return x != y ? (x < y ? 1 : -1) : strcmp(((const struct noun *)a)->text, ((const struct noun *)b)->text);
}

/* The strings of a list, folded or as they are. */
#define LOAD_WORDS(r, list, out, folded) do {							\
	json_t *item_;										\
	size_t i_;										\
												\
	json_array_foreach(list, i_, item_)							\
		if (json_is_string(item_))							\
			*vec_push((r)->arena, out) = load_word(r, json_string_value(item_), folded);	\
} while (0)

static const char *
load_word(struct rules *r, const char *s, int folded)
{
	return folded ? text_fold(r->arena, s, strlen(s)) : arena_strdup(r->arena, s);
}

/* What is called something and is no object. */
static void
load_others(struct rules *r, json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (json_is_string(item))
			*vec_push(r->arena, &r->nouns) = (struct noun){ .text = load_word(r, json_string_value(item), 0), .type = "" };
}

/* Puts the anaphora into their rows, each row in the order of the file. */
static void
build_heads(struct rules *r)
{
	size_t i;

	for (i = r->anaphora.n; i > 0; i--) {
		struct anaphor *a = &r->anaphora.v[i - 1];
		uint32_t *head = a->len < 3 ? &r->shorts : &r->heads[rules_head(a->text)];

		a->next = *head;
		*head = (uint32_t)i;
	}
}

static void
build_needs(struct rules *r)
{
	const char *const **lists = arena_alloc(r->arena, (r->rules.n + r->cues.n + 1) * sizeof(*lists));
	size_t i;

	for (i = 0; i < r->rules.n; i++)
		lists[i] = r->rules.v[i].need;
	needs_build(r->arena, lists, r->rules.n, &r->rules_need);
	for (i = 0; i < r->cues.n; i++)
		lists[i] = r->cues.v[i].need;
	needs_build(r->arena, lists, r->cues.n, &r->cues_need);
}

int
rules_compile(const char *tag, json_t *nouns, json_t *cues, json_t *relations, struct rules **out, struct err *e)
{
	struct arena *a = arena_new();
	struct rules *r = arena_alloc(a, sizeof(*r));
	struct compiler c = { .r = r, .e = e };

	r->arena = a;
	r->spaces = !json_is_false(json_object_get(relations, "spaces"));
	r->first = json_is_true(json_object_get(relations, "first_is_topic"));
	c.file = arena_printf(a, "%s/names.json", tag);
	if (each(&c, nouns, "nouns", load_noun) != 0)
		goto fail;
	load_others(r, json_object_get(cues, "others"));
	if (r->nouns.n > 1)
		qsort(r->nouns.v, r->nouns.n, sizeof(*r->nouns.v), longer_first);
	build_noun_rows(r);
	c.file = arena_printf(a, "%s/cues.json", tag);
	c.macros = json_object_get(cues, "macros");
	if (each(&c, cues, "cues", load_cue) != 0)
		goto fail;
	LOAD_WORDS(r, json_object_get(cues, "stop"), &r->stop, 1);
	LOAD_WORDS(r, json_object_get(cues, "never_first"), &r->never_first, 0);
	LOAD_WORDS(r, json_object_get(cues, "ends"), &r->ends, 0);
	LOAD_WORDS(r, json_object_get(cues, "drop_last"), &r->drop_last, 0);
	LOAD_WORDS(r, json_object_get(cues, "never_last"), &r->never_last, 0);
	c.file = arena_printf(a, "%s/relations.json", tag);
	c.macros = json_object_get(relations, "macros");
	r->noun_ends = list_of(&c, json_object_get(relations, "noun_ends"));
	if (load_alone(&c, relations, "denied", &r->denied) != 0 || load_alone(&c, relations, "negated", &r->negated) != 0)
		goto fail;
	if (load_unsaid(&c, json_object_get(relations, "unsaid")) != 0) {
		err_prefix(e, "%s: /unsaid", c.file);
		goto fail;
	}
	if (each(&c, relations, "anaphora", load_anaphor) != 0 || each(&c, relations, "hedges", load_hedge) != 0 ||
	    each(&c, relations, "rules", load_rule) != 0)
		goto fail;
	build_heads(r);
	build_needs(r);
	*out = r;
	return 0;
fail:
	rules_free(r);
	return -1;
}

void
rules_free(struct rules *r)
{
	size_t i;

	if (r == NULL)
		return;
	pcre2_code_free(r->denied);
	pcre2_code_free(r->negated);
	pcre2_code_free(r->unsaid.after);
	pcre2_code_free(r->unsaid.unless);
	for (i = 0; i < r->rules.n; i++) {
		pcre2_code_free(r->rules.v[i].match);
		pcre2_code_free(r->rules.v[i].unless);
	}
	for (i = 0; i < r->anaphora.n; i++)
		pcre2_code_free(r->anaphora.v[i].after);
	for (i = 0; i < r->hedges.n; i++)
		pcre2_code_free(r->hedges.v[i].match);
	for (i = 0; i < r->cues.n; i++) {
		pcre2_code_free(r->cues.v[i].match);
		pcre2_code_free(r->cues.v[i].then);
	}
	free(r->rules_need.base);
	free(r->rules_need.check);
	free(r->cues_need.base);
	free(r->cues_need.check);
	arena_free(r->arena);
}
