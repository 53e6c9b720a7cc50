#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "collection/request.h"

#define TYPE_MIN	3
#define TYPE_MAX	250

int
type_valid(const char *s, size_t n)
{
	size_t i;

	if (n < TYPE_MIN || n > TYPE_MAX)
		return 0;
	for (i = 0; i < n; i++)
		if ((s[i] < 'a' || s[i] > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '-')
			return 0;
	return 1;
}

size_t
id_type(const char *id)
{
	size_t n = strlen(id), type;

	if (n < UUID_TEXT - 1 + 2)
		return 0;
	type = n - (UUID_TEXT - 1) - 2;
	if (memcmp(id + type, "--", 2) != 0 || !uuid_valid(id + type + 2, UUID_TEXT - 1) || !type_valid(id, type))
		return 0;
	return type;
}

/* ---- decoding --------------------------------------------------------------------------------------------------- */

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* s[0..n) with its percent-encoding undone, in the arena; NULL when that is broken, gives a NUL or no UTF-8. */
static char *
decode(struct arena *a, const char *s, size_t n)
{
	char *out = arena_alloc(a, n + 1);
	size_t i, o = 0;
	int hi, lo;

	for (i = 0; i < n; i++) {
		if (s[i] != '%') {
			out[o++] = s[i];
			continue;
		}
		hi = i + 1 < n ? hex(s[i + 1]) : -1;
		lo = i + 2 < n ? hex(s[i + 2]) : -1;
		if (hi < 0 || lo < 0 || hi + lo == 0)
			return NULL;
		out[o++] = (char)(hi << 4 | lo);
		i += 2;
	}
	return utf8_valid(out, o) == o ? out : NULL;
}

/* ---- parameters (3.4) ------------------------------------------------------------------------------------------- */

typedef int parse_fn(struct arena *a, const char *value, struct target *t, struct err *e);

/* Calls each() for every value of a comma-separated list; an empty one is an error. */
static int
each_value(struct arena *a, const char *name, const char *value, struct target *t,
    int (*each)(struct arena *a, const char *v, struct target *t, struct err *e), struct err *e)
{
	size_t n = 0, len;

	for (;; value += len + 1) {
		len = strcspn(value, ",");
		if (len == 0)
			return err_set(e, ERR_INPUT, "%s has an empty value", name);
		if (++n > LIMIT_COLLECTION_MATCH)
			return err_set(e, ERR_INPUT, "%s has more than %d values", name, LIMIT_COLLECTION_MATCH);
		if (each(a, arena_strndup(a, value, len), t, e) != 0)
			return -1;
		if (value[len] == '\0')
			return 0;
	}
}

static int
parse_added_after(struct arena *a, const char *value, struct target *t, struct err *e)
{
	struct stamp at;

	(void)a;
	if (stamp_parse(value, strlen(value), &at) != 0)
		return err_set(e, ERR_INPUT, "added_after has to be a timestamp like 2024-06-13T00:00:00.000000Z");
	if (store_us(at) > t->filter.after)
		t->filter.after = store_us(at);
	return 0;
}

static int
parse_limit(struct arena *a, const char *value, struct target *t, struct err *e)
{
	size_t n = 0;
	const char *p;

	(void)a;
	for (p = value; *p >= '0' && *p <= '9'; p++)
		if (n <= t->filter.limit)
			n = n * 10 + (size_t)(*p - '0');
	if (*p != '\0' || n == 0)
		return err_set(e, ERR_INPUT, "limit has to be an integer greater than zero");
	if (n < t->filter.limit)
		t->filter.limit = n;
	return 0;
}

/*
 * Ours is the letter a and the date_added of the last object seen, in microseconds. It only says where to go on: every other
 * condition of the query is applied again, so that a forged value shows nothing that the query does not.
 */
static int
parse_next(struct arena *a, const char *value, struct target *t, struct err *e)
{
	const char *p = value;
	int64_t n = 0;

	(void)a;
	if (*p++ != 'a' || *p == '\0')
		goto bad;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (n > (INT64_MAX - 9) / 10)
			goto bad;
		n = n * 10 + (*p - '0');
	}
	if (*p != '\0')
		goto bad;
	if (n > t->filter.after)
		t->filter.after = n;
	return 0;
bad:
	return err_set(e, ERR_INPUT, "next is no value of this server");
}

char *
next_format(int64_t added, char out[NEXT_TEXT])
{
	snprintf(out, NEXT_TEXT, "a%lld", (long long)added);
	return out;
}

static int
one_id(struct arena *a, const char *v, struct target *t, struct err *e)
{
	if (id_type(v) == 0)
		return err_set(e, ERR_INPUT, "match[id]: \"%.300s\" is no STIX identifier", v);
	*vec_push(a, &t->filter.ids) = v;
	return 0;
}

static int
parse_id(struct arena *a, const char *value, struct target *t, struct err *e)
{
	return each_value(a, "match[id]", value, t, one_id, e);
}

static int
one_type(struct arena *a, const char *v, struct target *t, struct err *e)
{
	size_t i;

	if (!type_valid(v, strlen(v)))
		return err_set(e, ERR_INPUT, "match[type]: \"%.300s\" is no STIX type", v);
	for (i = 0; i < t->filter.types.n; i++)
		if (strcmp(t->filter.types.v[i], v) == 0)
			return 0;
	if (i == LIMIT_COLLECTION_TYPES)
		return err_set(e, ERR_INPUT, "match[type] has more than %d types", LIMIT_COLLECTION_TYPES);
	*vec_push(a, &t->filter.types) = v;
	return 0;
}

static int
parse_type(struct arena *a, const char *value, struct target *t, struct err *e)
{
	return each_value(a, "match[type]", value, t, one_type, e);
}

static const struct {
	const char *word;
	int bit;
} version_words[] = {
	{ "last", STORE_LAST },
	{ "first", STORE_FIRST },
	{ "all", STORE_ALL },
};

static int
one_version(struct arena *a, const char *v, struct target *t, struct err *e)
{
	struct stamp at;
	size_t i;

	for (i = 0; i < ARRAY_LEN(version_words); i++)
		if (strcmp(v, version_words[i].word) == 0) {
			if (t->filter.versions & version_words[i].bit)
				return err_set(e, ERR_INPUT, "match[version]: \"%s\" occurs twice", v);
			t->filter.versions |= version_words[i].bit;
			return 0;
		}
	if (stamp_parse(v, strlen(v), &at) != 0)
		return err_set(e, ERR_INPUT, "match[version]: \"%.300s\" is neither last, first, all nor a timestamp", v);
	for (i = 0; i < t->filter.at.n; i++)
		if (t->filter.at.v[i] == store_us(at))
			return err_set(e, ERR_INPUT, "match[version]: %s occurs twice", v);
	*vec_push(a, &t->filter.at) = store_us(at);
	return 0;
}

static int
parse_version(struct arena *a, const char *value, struct target *t, struct err *e)
{
	t->given = 1;
	if (each_value(a, "match[version]", value, t, one_version, e) != 0)
		return -1;
	if (t->filter.versions & STORE_ALL && (t->filter.versions != STORE_ALL || t->filter.at.n > 0))
		return err_set(e, ERR_INPUT, "match[version]: \"all\" cannot be used with any other version");
	return 0;
}

/* Only 2.1 is stored, so this condition holds for every object or for none. */
static int
one_spec_version(struct arena *a, const char *v, struct target *t, struct err *e)
{
	size_t major = strspn(v, "0123456789"), minor = v[major] == '.' ? strspn(v + major + 1, "0123456789") : 0;

	(void)a;
	if (major == 0 || minor == 0 || v[major + 1 + minor] != '\0')
		return err_set(e, ERR_INPUT, "match[spec_version]: \"%.300s\" is no version like 2.1", v);
	if (strcmp(v, "2.1") == 0)
		t->filter.nothing = 0;
	return 0;
}

static int
parse_spec_version(struct arena *a, const char *value, struct target *t, struct err *e)
{
	t->filter.nothing = 1;
	return each_value(a, "match[spec_version]", value, t, one_spec_version, e);
}

static const struct {
	const char *name;
	parse_fn *parse;
} params[] = {
	{ "added_after", parse_added_after },
	{ "limit", parse_limit },
	{ "next", parse_next },
	{ "match[id]", parse_id },
	{ "match[type]", parse_type },
	{ "match[version]", parse_version },
	{ "match[spec_version]", parse_spec_version },
};

/* One "name=value". seen: a bit for each row of params. */
static int
parse_param(struct arena *a, const char *s, size_t n, unsigned *seen, struct target *t, struct err *e)
{
	const char *eq = memchr(s, '=', n);
	size_t name_n = eq != NULL ? (size_t)(eq - s) : n, i;
	char *name = decode(a, s, name_n), *value = eq != NULL ? decode(a, eq + 1, n - name_n - 1) : arena_strdup(a, "");

	if (name == NULL || value == NULL)
		return err_set(e, ERR_INPUT, "the query is not percent-encoded UTF-8");
	for (i = 0; i < ARRAY_LEN(params); i++) {
		if (strcmp(name, params[i].name) != 0)
			continue;
		if (*seen & 1u << i)
			return err_set(e, ERR_INPUT, "%s occurs twice", name);
		*seen |= 1u << i;
		return params[i].parse(a, value, t, e);
	}
	return 0;
}

static int
parse_query(struct arena *a, const char *s, struct target *t, struct err *e)
{
	unsigned seen = 0;
	size_t n;

	for (; *s != '\0'; s += n + (s[n] != '\0')) {
		n = strcspn(s, "&");
		if (n > 0 && parse_param(a, s, n, &seen, t, e) != 0)
			return -1;
	}
	if (t->filter.versions == 0 && t->filter.at.n == 0)
		t->filter.versions = STORE_LAST;
	return 0;
}

int
target_parse(struct arena *a, const char *raw, size_t page, struct target *t, struct err *e)
{
	size_t path = strcspn(raw, "?"), n;
	const char *s = raw, *end = raw + path;

	memset(t, 0, sizeof(*t));
	t->filter.after = INT64_MIN;
	t->filter.limit = page;
	t->slash = path > 0 && end[-1] == '/';
	while (s < end) {
		s += *s == '/';
		for (n = 0; s + n < end && s[n] != '/'; n++)
			continue;
		if (n == 0 && s == end)
			break;
		if (t->n < TARGET_SEGMENTS && (t->segment[t->n] = decode(a, s, n)) == NULL)
			return err_set(e, ERR_INPUT, "the path is not percent-encoded UTF-8");
		if (t->n <= TARGET_SEGMENTS)
			t->n++;
		s += n;
	}
	return parse_query(a, *end == '?' ? end + 1 : end, t, e);
}

/* ---- media types (1.6.8, RFC 7231 5.3.2) --------------------------------------------------------------------------- */

/* How closely a media range names TAXII 2.1. */
enum { RANGE_NOT = 0, RANGE_ANY, RANGE_APPLICATION, RANGE_TAXII, RANGE_TAXII_21 };

static const char *
blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* The length of a token or quoted string at s; *n: octets of its content, *v: where that begins. */
static size_t
word(const char *s, const char **v, size_t *n)
{
	if (*s == '"') {
		*v = s + 1;
		*n = strcspn(s + 1, "\"");
		return *n + 1 + (s[*n + 1] == '"');
	}
	*v = s;
	*n = strcspn(s, " \t;,=\"");
	return *n;
}

static int
is_word(const char *v, size_t n, const char *what)
{
	return strlen(what) == n && strncasecmp(v, what, n) == 0;
}

/* 1 when a q parameter means "not at all": 0, 0.0, 0.00, 0.000. */
static int
is_zero(const char *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i] != '0' && v[i] != '.')
			return 0;
	return n > 0;
}

/* Reads one media range with its parameters; returns where it ended (at ',' or the end). */
static const char *
media_range(const char *s, int *how, int *refused)
{
	static const struct { const char *name; int how; } names[] = {
		{ "*/*", RANGE_ANY }, { "application/*", RANGE_APPLICATION }, { "application/taxii+json", RANGE_TAXII },
	};
	const char *v, *pv;
	size_t n, pn, i;

	*how = RANGE_NOT;
	*refused = 0;
	s = blanks(s);
	s += word(s, &v, &n);
	for (i = 0; i < ARRAY_LEN(names); i++)
		if (is_word(v, n, names[i].name))
			*how = names[i].how;
	while (*(s = blanks(s)) == ';') {
		s = blanks(s + 1);
		s += word(s, &v, &n);
		pn = 0;
		if (*(s = blanks(s)) == '=') {
			s = blanks(s + 1);
			s += word(s, &pv, &pn);
		}
		if (pn == 0)
			continue;
		if (is_word(v, n, "q"))
			*refused = is_zero(pv, pn);
		else if (is_word(v, n, "version") && *how >= RANGE_TAXII)
			*how = is_word(pv, pn, "2.1") ? RANGE_TAXII_21 : RANGE_NOT;
	}
	return s + strcspn(s, ",");
}

int
media_accepted(const char *accept)
{
	int how, refused, best = RANGE_NOT, good = 0;

	if (accept == NULL)
		return 1;
	for (;;) {
		accept = media_range(accept, &how, &refused);
		if (how > best || (how == best && how != RANGE_NOT && !refused)) {
			best = how;
			good = !refused;
		}
		if (*accept == '\0')
			return good;
		accept++;
	}
}

int
media_taxii(const char *type)
{
	int how, refused;

	return type != NULL && *media_range(type, &how, &refused) == '\0' && how >= RANGE_TAXII;
}
