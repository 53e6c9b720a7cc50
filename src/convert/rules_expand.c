/* The expressions of rule files: classes of slots and macros into PCRE2. */
#include <stdlib.h>
#include <string.h>

#include "convert/rules_in.h"

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

const struct slot_group slot_groups[] = {
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

size_t
slot_class_named(const char *name, size_t n)
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
	size_t row = slot_class_named(name, n), i, k;

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
	for (i = 0; slot_groups[i].name != NULL; i++) {
		if (strlen(slot_groups[i].name) != n || memcmp(slot_groups[i].name, name, n) != 0)
			continue;
		buf_addc(b, '[');
		for (k = 0; k < ARRAY_LEN(slot_groups[i].rows) && slot_groups[i].rows[k] != NULL; k++)
			buf_printf(b, "\\x{%zx}", SLOT_CLASS + slot_class_named(slot_groups[i].rows[k], strlen(slot_groups[i].rows[k])));
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
	size_t row = slot_class_named(name, n), i, k;

	buf_adds(b, "[^.;");
	if (row != SIZE_MAX)
		buf_printf(b, "\\x{%zx}", SLOT_CLASS + row);
	for (i = 0; slot_groups[i].name != NULL; i++) {
		if (strlen(slot_groups[i].name) != n || memcmp(slot_groups[i].name, name, n) != 0)
			continue;
		for (k = 0; k < ARRAY_LEN(slot_groups[i].rows) && slot_groups[i].rows[k] != NULL; k++)
			buf_printf(b, "\\x{%zx}", SLOT_CLASS + slot_class_named(slot_groups[i].rows[k], strlen(slot_groups[i].rows[k])));
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

int
rules_noun_fits(const struct noun *noun, const char *name, size_t n)
{
	size_t k, g, row = slot_class_named(name, n);
	int fits = (n == 0 && noun->type[0] != '\0') || (row != SIZE_MAX && strcmp(noun->type, slot_classes[row].type) == 0);

	for (g = 0; !fits && slot_groups[g].name != NULL; g++) {
		if (strlen(slot_groups[g].name) != n || memcmp(slot_groups[g].name, name, n) != 0)
			continue;
		for (k = 0; k < ARRAY_LEN(slot_groups[g].rows) && slot_groups[g].rows[k] != NULL; k++)
			fits |= strcmp(slot_groups[g].rows[k], noun->type) == 0;
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
		if (rules_noun_fits(&c->r->nouns.v[i], name, n) && c->r->nouns.v[i].text[0] != '\0')
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

pcre2_code *
rules_expression(struct compiler *c, const char *text)
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
