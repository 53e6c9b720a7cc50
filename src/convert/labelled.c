/* Recognisers of what a label or its own form tells: fuzzy hashes, fingerprints, names of software. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "convert/recognise.h"

/* ---- what a label calls so ----------------------------------------------------------------------------------------------- */

#define MAX_TEXT	300	/* octets of a mutex, a user agent */

const char *
take_text(struct arena *a, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && (unsigned char)s[i] >= ' '; i++)
		;
	return n > 0 && n <= MAX_TEXT && i == n ? arena_strndup(a, s, n) : NULL;
}

static char *
lower(struct arena *a, const char *s, size_t n)
{
	char *out = arena_strndup(a, s, n), *p;

	for (p = out; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	return out;
}

const char *
take_hex(struct arena *a, const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && rc_hex(s[i]))
		i++;
	return i == n && (n == 32 || n == 64 || n == 128) ? lower(a, s, n) : NULL;
}

/* Hexadecimal digits without the colons or blanks between pairs; NULL when there is something else. */
static char *
pairs(struct arena *a, const char *s, size_t n)
{
	char *out = arena_alloc(a, n + 1);
	size_t i, k = 0;

	for (i = 0; i < n; i++)
		if (rc_hex(s[i]))
			out[k++] = s[i];
		else if ((s[i] != ':' && s[i] != ' ') || k % 2 != 0)
			return NULL;
	out[k] = '\0';
	return out;
}

const char *
take_fingerprint(struct arena *a, const char *s, size_t n)
{
	char *digits = pairs(a, s, n);
	size_t k = digits != NULL ? strlen(digits) : 0;

	return k == 32 || k == 40 || k == 64 ? lower(a, digits, k) : NULL;
}

#define MAX_SERIAL	40	/* digits: RFC 5280 4.1.2.2 allows 20 octets */

const char *
take_serial(struct arena *a, const char *s, size_t n)
{
	char *digits;
	size_t k;

	if (n > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		s += 2;
		n -= 2;
	}
	digits = pairs(a, s, n);
	k = digits != NULL ? strlen(digits) : 0;
	return k >= 8 && k <= MAX_SERIAL ? lower(a, digits, k) : NULL;
}

const char *
take_tlsh(struct arena *a, const char *s, size_t n)
{
	size_t i = n == 72 && (s[0] | 32) == 't' && s[1] == '1' ? 2 : 0, from = i;
	char *out;

	if (n - from != 70)
		return NULL;
	for (; i < n; i++)
		if (!rc_hex(s[i]))
			return NULL;
	/* without the mark of its version, as the vocabulary's check of hashes wants it */
	out = arena_strndup(a, s + from, n - from);
	for (i = 0; out[i] != '\0'; i++)
		if (out[i] >= 'a' && out[i] <= 'z')
			out[i] = (char)(out[i] - 32);
	return out;
}

static int
is_base64(char c)
{
	return rc_alnum(c) || c == '+' || c == '/';
}

#define SSDEEP_PART	64	/* characters of each half */

/* The end of a fuzzy hash of ssdeep at s[0..n) ("96:Abc...:Def..."): the block size is 3 times a power of 2. */
static size_t
ssdeep_end(const char *s, size_t n)
{
	size_t i = 0, part, half, whole = 0;
	uint64_t size = 0;

	while (i < n && i < 12 && rc_digit(s[i]))
		size = size * 10 + (uint64_t)(s[i++] - '0');
	if (size < 3 || size % 3 != 0 || (size / 3 & (size / 3 - 1)) != 0)
		return 0;
	for (half = 0; half < 2; half++) {
		if (i >= n || s[i] != ':')
			return 0;
		for (part = ++i; i < n && is_base64(s[i]); i++)
			;
		if (i - part < 3 || i - part > SSDEEP_PART)
			return 0;
		whole += i - part;
	}
	return whole >= 20 ? i : 0;
}

const char *
take_ssdeep(struct arena *a, const char *s, size_t n)
{
	size_t end = ssdeep_end(s, n);

	/* ssdeep itself prints a comma and the file's name behind it */
	return end > 0 && (end == n || s[end] == ',') ? arena_strndup(a, s, end) : NULL;
}

/* ---- told by their form ---------------------------------------------------------------------------------------------------- */

int
find_ssdeep(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s + w->start;
	size_t end;

	(void)k;
	if (!rc_digit(s[0]) || (end = ssdeep_end(s, sc->plain.len - w->start)) == 0 || rc_alnum(s[end]) || s[end] == ':')
		return 0;
	f->end = w->start + end;
	f->value = arena_strndup(sc->d->arena, s, end);
	f->rule = "ssdeep";
	return 1;
}

int
find_tlsh(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s + w->start;

	(void)k;
	if (w->end - w->start != 72 || s[0] != 'T' || s[1] != '1')
		return 0;
	f->value = take_tlsh(sc->d->arena, s, 72);
	f->rule = "tlsh";
	return f->value != NULL;
}

/* "JA3 e7d7...", "imphash: f34d...": a digest that a label calls something else than the hash of a file. */
int
find_labelled(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const struct label *l;
	const char *one[2] = { NULL, NULL };

	(void)k;
	if (w->start == 0 || sc->plain.s[w->start - 1] == '\n')
		return 0;
	for (l = sc->lang->labels; l != NULL && l->text != NULL; l++) {
		one[0] = l->text;
		if ((l->field != FIELD_KIND && l->field != FIELD_HASH) || !rc_after_word(sc, w->start, one))
			continue;
		f->kind = l->field == FIELD_KIND ? kind_named(l->algorithm) : NULL;
		if (f->kind == NULL || f->kind->take == NULL)
			return 0;
		f->value = f->kind->take(sc->d->arena, sc->plain.s + w->start, w->end - w->start);
		f->rule = "label.text";
		return f->value == NULL ? 0 : f->kind->sco == NULL ? 2 : 1;
	}
	return 0;
}

#define CPE_FIELDS	11	/* of a name of CPE 2.3, behind "cpe:2.3:" */

/* The name of CPE 2.3 for the fields s[0..n), colons between; of a URI the rest is any. NULL: it is none. */
static const char *
cpe_name(struct arena *a, const char *s, size_t n, int uri)
{
	struct buf b = BUF_INIT(LIMIT_JSON_STRING);
	const char *out = NULL;
	size_t fields = 1, i, field = 0;

	buf_adds(&b, "cpe:2.3:");
	for (i = 0; i <= n; i++) {
		if (i < n && s[i] != ':') {
			buf_addc(&b, s[i]);
			continue;
		}
		/* behind a backslash a colon is part of a field; a field that says nothing says any */
		if (i > field && s[i - 1] == '\\' && i < n) {
			buf_addc(&b, s[i]);
			continue;
		}
		if (i == field)
			buf_addc(&b, '*');
		field = i + 1;
		if (i < n) {
			buf_addc(&b, ':');
			fields++;
		}
	}
	for (; uri && fields < CPE_FIELDS; fields++)
		buf_adds(&b, ":*");
	if (fields == CPE_FIELDS && n > 1 && s[1] == ':' && strchr("aho", s[0]) != NULL)
		out = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* "cpe:2.3:a:vendor:product:1.0:*:*:*:*:*:*:*", "cpe:/a:vendor:product:1.0". */
int
find_cpe(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s;
	size_t i = w->end, from;
	int uri = strncmp(s + w->end, ":/", 2) == 0;

	(void)k;
	if (w->end - w->start != 3 || strncasecmp(s + w->start, "cpe", 3) != 0 || (!uri && strncmp(s + w->end, ":2.3:", 5) != 0))
		return 0;
	from = w->end + (uri ? 2 : 5);
	for (i = from; rc_alnum(rc_at(sc, i)) || (rc_at(sc, i) != '\0' && strchr(":._-*\\!?&+", rc_at(sc, i)) != NULL); i++)
		;
	while (i > from && strchr(".:", s[i - 1]) != NULL)
		i--;
	f->value = cpe_name(sc->d->arena, rc_lower(sc, s + from, i - from), i - from, uri);
	f->end = i;
	f->rule = "cpe";
	return f->value != NULL;
}

/* The name of a package of Android: a domain the other way round, three labels or more of small letters. */
int
find_package(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	static const char *const heads[] = { "com.", "org.", "net.", "io.", "android.", "me.", "co.", "app." };
	const char *s = sc->plain.s + w->start;
	size_t n = w->end - w->start, i, dots = 0;

	(void)k;
	for (i = 0; i < ARRAY_LEN(heads); i++)
		if (n > strlen(heads[i]) && strncmp(s, heads[i], strlen(heads[i])) == 0)
			break;
	if (i == ARRAY_LEN(heads) || plain_edited(&sc->plain, w->start, w->end) || (w->start > 0 && strchr("/@", s[-1]) != NULL))
		return 0;
	for (i = 0; i < n; i++) {
		if (!rc_alnum(s[i]) && s[i] != '.' && s[i] != '_')
			return 0;
		dots += s[i] == '.';
		if (s[i] == '.' && (s[i + 1] == '.' || rc_digit(s[i + 1])))
			return 0;
	}
	/* a host at "com.br" and the like has its own last label; "com.name.app" is no host */
	if (dots < 2 || rc_at(sc, w->end) == ':' || rc_at(sc, w->end) == '/')
		return 0;
	f->value = arena_strndup(sc->d->arena, s, n);
	f->rule = "package";
	return 1;
}

/* "CWE-79": what kind of weakness a vulnerability is. */
int
find_weakness(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s + w->start;
	size_t n = w->end - w->start, i;

	(void)k;
	if (n < 5 || n > 8 || strncmp(s, "CWE-", 4) != 0 || s[4] == '0')
		return 0;
	for (i = 4; i < n; i++)
		if (!rc_digit(s[i]))
			return 0;
	f->value = arena_strndup(sc->d->arena, s, n);
	f->rule = "weakness";
	f->type = "weakness";
	f->ext_source = "cwe";
	return 1;
}
