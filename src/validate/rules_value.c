/* Rules about values of one data type, wherever they stand. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "validate/rules.h"

void
rule_real_date(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	struct stamp t;

	(void)s;
	if (json_is_string(v) && stamp_parse(json_string_value(v), json_string_length(v), &t) != 0)
		report(c, RULE_REAL_DATE, at, "%s is no real date and time in UTC", quoted(c, json_string_value(v)));
}

/* ---- hashes -------------------------------------------------------------------------------------------------------------- */

/* Algorithms by folded name: digits of their hexadecimal form; 0: another form, see fits_other(). */
static const struct {
	const char *name;
	int digits[6];
	const char *want;
} algorithms[] = {
	{ "MD5", { 32 }, "32 hexadecimal digits" }, { "SHA1", { 40 }, "40 hexadecimal digits" },
	{ "SHA224", { 56 }, "56 hexadecimal digits" }, { "SHA256", { 64 }, "64 hexadecimal digits" },
	{ "SHA384", { 96 }, "96 hexadecimal digits" }, { "SHA512", { 128 }, "128 hexadecimal digits" },
	{ "SHA3224", { 56 }, "56 hexadecimal digits" }, { "SHA3256", { 64 }, "64 hexadecimal digits" },
	{ "SHA3384", { 96 }, "96 hexadecimal digits" }, { "SHA3512", { 128 }, "128 hexadecimal digits" },
	{ "RIPEMD160", { 40 }, "40 hexadecimal digits" }, { "WHIRLPOOL", { 128 }, "128 hexadecimal digits" },
	{ "MD6", { 32, 40, 56, 64, 96, 128 }, "32, 40, 56, 64, 96 or 128 hexadecimal digits" },
	{ "SSDEEP", { 0 }, "a block size and two base64 strings, joined by colons" },
	{ "TLSH", { 70, 0 }, "70 hexadecimal digits, with or without T1 before them" },
};

static int
is_hex(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isxdigit((unsigned char)s[i]))
			return 0;
	return 1;
}

static int
is_ssdeep(const char *s)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = strspn(s, "0123456789");

	if (n == 0 || s[n] != ':')
		return 0;
	s += n + 1;
	n = strspn(s, base64);
	if (n > 64 || s[n] != ':')
		return 0;
	s += n + 1;
	n = strspn(s, base64);
	return n <= 64 && s[n] == '\0';
}

/* "SHA-256", "sha256", "SHA_256" are one name. */
static int
same_algorithm(const char *name, const char *folded)
{
	for (; *name != '\0'; name++) {
		if (*name == '-' || *name == '_')
			continue;
		if (toupper((unsigned char)*name) != *folded++)
			return 0;
	}
	return *folded == '\0';
}

int
hash_fits(const char *algorithm, const char *s, const char **want)
{
	size_t i, k, n = strlen(s);

	for (i = 0; i < ARRAY_LEN(algorithms) && !same_algorithm(algorithm, algorithms[i].name); i++)
		;
	if (i == ARRAY_LEN(algorithms))
		return -1;
	*want = algorithms[i].want;
	if (strcmp(algorithms[i].name, "SSDEEP") == 0)
		return is_ssdeep(s);
	if (strcmp(algorithms[i].name, "TLSH") == 0 && n == 72 && toupper((unsigned char)s[0]) == 'T' && s[1] == '1')
		return is_hex(s + 2, 70);
	for (k = 0; k < ARRAY_LEN(algorithms[i].digits); k++)
		if (algorithms[i].digits[k] != 0 && (size_t)algorithms[i].digits[k] == n)
			return is_hex(s, n);
	return 0;
}

void
rule_hash_value(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	const char *name, *want;
	json_t *value;

	json_object_foreach((json_t *)v, name, value) {
		/* those that the schema has by name, it has judged */
		if (json_is_string(value) && shape_named(c->v, s, name) == NULL &&
		    hash_fits(name, json_string_value(value), &want) == 0)
			report(c, RULE_HASH_VALUE, AT(at, name), "%s is no %s hash: %s", quoted(c, json_string_value(value)), name, want);
	}
}

void
rule_hash_length(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	const char *name;
	json_t *value;

	(void)s;
	json_object_foreach((json_t *)v, name, value)
		if (strlen(name) > 30)
			report_name(c, RULE_HASH_LENGTH, AT(at, name), "the algorithm name %s is longer than 30 characters",
			    quoted(c, name));
}

/* ---- vocabularies ---------------------------------------------------------------------------------------------------------- */

int
is_vocab_form(const char *s)
{
	for (; *s != '\0'; s++)
		if (isupper((unsigned char)*s) || *s == ' ' || *s == '_')
			return 0;
	return 1;
}

static void
vocab_value(struct check *c, const struct at *at, struct shape *s, const char *value)
{
	if (s->watched == 0)
		s->watched = (unsigned)rule_of_vocab(s->vocab) + 1;
	if (s->watched == RULE_COUNT + 1 || vocab_has(c->v, s->vocab, value) != 0)
		return;
	report(c, (enum rule_id)(s->watched - 1), at, "%s is not in %s", quoted(c, value), s->vocab);
	if (!is_vocab_form(value))
		report(c, RULE_OPEN_VOCAB_FORMAT, at, "%s is not all lower case with hyphens", quoted(c, value));
}

void
rule_vocab(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	const char *name;
	json_t *value;

	if (s->kind != KIND_HASHES) {
		vocab_value(c, at, s, json_string_value(v));
		return;
	}
	/* names of one's own begin with x_, as 241 has always taken them */
	json_object_foreach((json_t *)v, name, value)
		if (!starts_with(name, "x_") && vocab_has(c->v, s->vocab, name) == 0)
			report_name(c, RULE_V_HASH, AT(at, name), "%s is not in %s and does not begin with x_", quoted(c, name), s->vocab);
}

void
rule_kill_chain(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	static const char *const names[] = { "kill_chain_name", "phase_name" };
	const char *value;
	size_t i;

	(void)s;
	for (i = 0; i < ARRAY_LEN(names); i++)
		if ((value = member_string(v, names[i])) != NULL && (value[0] == '\0' || !is_vocab_form(value)))
			report(c, RULE_KILL_CHAIN_NAMES, AT(at, names[i]), "%s %s is not all lower case with hyphens", names[i],
			    quoted(c, value));
}

/* ---- containers, references, markings -------------------------------------------------------------------------------------- */

static int
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* One reference of an object in a container: a key of the container, to an object of a permitted type (2.13). */
static void
container_ref(struct check *c, const struct at *at, const json_t *container, const struct shape *s, const json_t *ref)
{
	const char *key = json_string_value(ref), *type;
	const json_t *target;

	if (key == NULL)
		return;
	if ((target = json_object_get(container, key)) == NULL) {
		report(c, RULE_CONTAINER_REF, at, "%s is no key of this container", quoted(c, key));
		return;
	}
	type = member_string(target, "type");
	if (type != NULL && s != NULL && s->refs != NULL && !type_in(c->v, s->refs, type, strlen(type)))
		report(c, RULE_CONTAINER_REF, at, "%s is of type %s, which this property does not refer to", quoted(c, key), type);
}

static void
container_refs(struct check *c, const struct at *at, const json_t *container, struct shape *s, const json_t *v)
{
	const char *name;
	json_t *member;
	const json_t *item;
	size_t i;

	json_object_foreach((json_t *)v, name, member) {
		struct at here = { at, name, 0 };
		struct shape *m = shape_member(c->v, s, name);

		if (ends_with(name, "_ref") && json_is_string(member))
			container_ref(c, &here, container, m, member);
		else if (ends_with(name, "_refs") && json_is_array(member))
			json_array_foreach(member, i, item)
				container_ref(c, AT_INDEX(&here, i), container, m, item);
		else if (json_is_object(member))
			container_refs(c, &here, container, m, member);
		else
			json_array_foreach(member, i, item)
				if (json_is_object(item))
					container_refs(c, AT_INDEX(&here, i), container, shape_item(c->v, m), item);
	}
}

void
rule_object_keys(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	const char *name, *type;
	struct validate_type *t;
	json_t *member;

	(void)s;
	json_object_foreach((json_t *)v, name, member) {
		struct at here = { at, name, 0 };

		if (strspn(name, "0123456789") != strlen(name))
			report_name(c, RULE_OBJECT_KEYS, &here, "the key %s is no whole number", quoted(c, name));
		type = member_string(member, "type");
		t = type != NULL ? type_find(c->v, type) : NULL;
		if (json_is_object(member))
			container_refs(c, &here, v, t != NULL ? t->shape : NULL, member);
	}
}

void
rule_extref(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	const char *source = member_string(v, "source_name"), *url = member_string(v, "url");

	(void)s;
	if (url != NULL && json_format("uri", url, strlen(url)) == 0)
		report(c, RULE_URI, AT(at, "url"), "%s is no URL of RFC 3986", quoted(c, url));
	if (json_object_get(v, "url") != NULL && json_object_get(v, "hashes") == NULL)
		report(c, RULE_EXTREF_HASHES, at, "the external reference %s has a url and no hashes",
		    quoted(c, source != NULL ? source : ""));
}

/* Follows a selector of section 7.2.3 through the object. NULL when it leads nowhere. */
static const json_t *
select_value(const json_t *v, const char *selector)
{
	char name[256];
	size_t n;

	for (; v != NULL; selector += n + 1) {
		n = strcspn(selector, ".");
		if (n == 0 || n >= sizeof(name))
			return NULL;
		memcpy(name, selector, n);
		name[n] = '\0';
		if (name[0] == '[')
			v = json_is_array(v) && strspn(name + 1, "0123456789") == n - 2 && n < 12 ?
			    json_array_get(v, (size_t)strtoul(name + 1, NULL, 10)) : NULL;
		else
			v = json_object_get(v, name);
		if (selector[n] == '\0')
			return v;
	}
	return NULL;
}

void
rule_selector(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	const json_t *item;
	size_t i;

	(void)s;
	json_array_foreach(json_object_get(v, "selectors"), i, item)
		if (json_is_string(item) && select_value(c->object, json_string_value(item)) == NULL)
			report(c, RULE_SELECTOR, AT_INDEX(AT(at, "selectors"), i), "the selector %s leads to nothing in this object",
			    quoted(c, json_string_value(item)));
}
