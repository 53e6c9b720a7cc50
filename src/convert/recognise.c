/* Recognisers of hashes, file names, paths, registry keys and numbered names. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "convert/recognise.h"
#include "convert/values.h"

char *
rc_lower(struct scanner *sc, const char *s, size_t n)
{
	char *out = arena_strndup(sc->d->arena, s, n);
	size_t i;

	for (i = 0; i < n; i++)
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] + 32);
	return out;
}

/* Behind the last word before `at`: blanks and the like between are left out. */
static size_t
word_end(const struct scanner *sc, size_t at)
{
	while (at > 0 && strchr(" \t:=*\"'(|-", sc->plain.s[at - 1]) != NULL)
		at--;
	return at;
}

/* Does the text before `at` end with the word (whole, letter case aside)? */
static int
ends_with(const struct scanner *sc, size_t at, const char *word)
{
	const char *s = sc->plain.s;
	size_t n = strlen(word);

	if (at < n || ((word[n - 1] ^ s[at - 1]) & 0xdf) != 0 || strncasecmp(s + at - n, word, n) != 0)
		return 0;
	return !rc_alnum(word[0]) || at == n || !rc_alnum(s[at - n - 1]);
}

int
rc_after_word(const struct scanner *sc, size_t at, const char *const *words)
{
	at = word_end(sc, at);
	for (; at > 0 && words != NULL && *words != NULL; words++)
		if (ends_with(sc, at, *words))
			return 1;
	return 0;
}

/* ---- hashes ------------------------------------------------------------------------------------------------------------ */

static const struct { const char *name, *number; size_t digits; } algorithms[] = {
	{ "MD5", NULL, 32 }, { "SHA-1", "1", 40 }, { "SHA-224", "224", 56 }, { "SHA-256", "256", 64 }, { "SHA-384", "384", 96 },
	{ "SHA-512", "512", 128 },
};

static size_t
hex_run(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && rc_hex(s[i]))
		i++;
	return i;
}

size_t
scan_hash_at(const char *s, size_t n, const char **algorithm)
{
	size_t run = hex_run(s, n), i;

	for (i = 0; i < ARRAY_LEN(algorithms); i++)
		if (algorithms[i].digits == run) {
			*algorithm = algorithms[i].name;
			return run;
		}
	return 0;
}

/* A label glued to the front of the word ("MD5e4ac...", "sha256_..."): its octets; *digits what it announces. */
static size_t
glued_label(const char *s, size_t n, size_t *digits)
{
	size_t i, k;

	*digits = 32;
	if (n > 3 && strncasecmp(s, "md5", 3) == 0) {
		k = 3;
	} else {
		if (n < 4 || strncasecmp(s, "sha", 3) != 0)
			return 0;
		k = s[3] == '-' || s[3] == '_' ? 4 : 3;
		for (i = ARRAY_LEN(algorithms); i-- > 1;) {
			size_t len = strlen(algorithms[i].number);

			if (n - k > len && memcmp(s + k, algorithms[i].number, len) == 0 &&
			    hex_run(s + k + len + strspn(s + k + len, "-_.:"), algorithms[i].digits + 1) >= LEAST_HEX)
				break;
		}
		if (i == 0)
			return 0;
		*digits = algorithms[i].digits;
		k += strlen(algorithms[i].number);
	}
	while (k < n && strchr("-_.", s[k]) != NULL)
		k++;
	return k;
}

/* "SHA 2562d1a...": the run begins with the number of the label before it. Returns the number's digits, or 0. */
static size_t
split_label(const struct scanner *sc, size_t at, size_t run)
{
	const char *s = sc->plain.s;
	size_t b = at, i;

	while (b > 0 && at - b < 4 && (s[b - 1] == ' ' || s[b - 1] == '-'))
		b--;
	if (b < 3 || strncasecmp(s + b - 3, "sha", 3) != 0 || (b > 3 && rc_alnum(s[b - 4])))
		return 0;
	for (i = 1; i < ARRAY_LEN(algorithms); i++) {
		size_t len = strlen(algorithms[i].number);

		if (run == algorithms[i].digits + len && memcmp(s + at, algorithms[i].number, len) == 0)
			return len;
	}
	return 0;
}

/* Does a label of a hash stand before `at`? */
static int
labelled(const struct scanner *sc, size_t at)
{
	const struct label *l;

	at = word_end(sc, at);
	for (l = sc->lang->labels; at > 0 && l != NULL && l->text != NULL; l++)
		if (l->field == FIELD_HASH && ends_with(sc, at, l->text))
			return 1;
	return 0;
}

/* All the same digit, or no letter: nobody's hash, unless it is called one. */
static int
is_filler(const char *s, size_t n)
{
	size_t i, letters = 0, other = 0;

	for (i = 0; i < n; i++) {
		letters += rc_alpha(s[i]);
		other += s[i] != s[0];
	}
	return other == 0 || letters == 0 || letters == n;
}

#define NEAR	3	/* digits too many or too few that make a near miss */

static void
near_miss(struct scanner *sc, size_t at, size_t run)
{
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(algorithms); i++) {
		k = algorithms[i].digits;
		if (run + NEAR >= k && run <= k + NEAR && run != k && (algorithms[i].digits != 56 && algorithms[i].digits != 96)) {
			scan_notice(sc->d, sc->f, plain_view(&sc->plain, at, 0), "near-hash",
			    arena_printf(sc->d->arena, "%zu hexadecimal digits, %s has %zu", run, algorithms[i].name, k));
			return;
		}
	}
}

/* A word of hexadecimal digits that is no hash: said once, by the first of the kinds. */
static int
no_hash(struct scanner *sc, const struct kind *k, size_t at, size_t run, size_t end)
{
	const char *algorithm;

	if (k->digits == 32 && at + run == end && scan_hash_at(sc->plain.s + at, run, &algorithm) == 0 &&
	    !is_filler(sc->plain.s + at, run))
		near_miss(sc, at, run);
	return 0;
}

/* Reads a word once for all the kinds of hashes: where its digits begin, how many there are, how many belong to a label. */
static void
read_hex(struct scanner *sc, const struct word *w)
{
	const char *s = sc->plain.s;
	size_t announced, at = w->start + glued_label(s + w->start, w->end - w->start, &announced);
	size_t run = hex_run(s + at, w->end - at), skip = at == w->start ? split_label(sc, at, run) : 0;

	sc->hex.start = w->start;
	sc->hex.at = at + skip;
	sc->hex.run = run - skip;
	sc->hex.skip = skip;
}

int
find_hash(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s;
	size_t at, run;
	int is_labelled;

	if (sc->hex.start != w->start)
		read_hex(sc, w);
	if (sc->hex.run + sc->hex.skip < k->digits && sc->hex.run + sc->hex.skip + NEAR < 32)
		return 0;
	at = sc->hex.at;
	run = sc->hex.run;
	is_labelled = at > w->start;
	if (run != k->digits)
		return no_hash(sc, k, at, run, w->end);
	is_labelled = is_labelled || labelled(sc, w->start);
	/* words run into a hash only where a label says that it is one */
	if (at + run < w->end && !is_labelled)
		return 0;
	f->start = at;
	f->end = at + run;
	if (is_filler(s + at, run) && !(is_labelled && s[at] != s[at + 1]))
		return 2;
	f->value = rc_lower(sc, s + at, run);
	f->rule = is_labelled ? "hash.label" : "hash.length";
	return value_never_hash(f->value) ? 2 : 1;
}

/* ---- file names, paths, keys ------------------------------------------------------------------------------------------------ */

int
find_file_name(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s;
	size_t dot = w->end;

	(void)k;
	while (dot > w->start && s[dot - 1] != '.')
		dot--;
	if (dot <= w->start + 1 || !value_extension(s + dot, w->end - dot))
		return 0;
	f->value = arena_strndup(sc->d->arena, s + w->start, w->end - w->start);
	f->rule = "file-name";
	return 1;
}

/*
 * The end of a path whose parts a backslash divides: a part may hold blanks only when another backslash follows it in the same
 * line without a stop between ("Start Menu\Programs").
 */
#define MAX_PART	80
static size_t
backslash_path(const struct scanner *sc, size_t at)
{
	const char *s = sc->plain.s;
	size_t i = at, k;

	for (;;) {
		size_t word = i;

		while (word < sc->plain.len && (unsigned char)s[word] > ' ' && (unsigned char)s[word] < 0x80 &&
		    strchr("\"<>|,;*?`[]\\", s[word]) == NULL)
			word++;
		k = word;
		while (k < sc->plain.len && k - i < MAX_PART && (unsigned char)s[k] >= ' ' && (unsigned char)s[k] < 0x80 &&
		    strchr("\"<>|,;:*?`\\", s[k]) == NULL && !(s[k] == '.' && rc_at(sc, k + 1) == ' '))
			k++;
		if (rc_at(sc, k) == '\\' && k > i && s[k - 1] != ' ') {
			i = k + 1;
			continue;
		}
		i = word;
		break;
	}
	while (i > at && strchr(".,:)'\\", s[i - 1]) != NULL)
		i--;
	return i;
}

static const struct { const char *written, *full; } hives[] = {
	{ "HKEY_LOCAL_MACHINE", "HKEY_LOCAL_MACHINE" }, { "HKEY_CURRENT_USER", "HKEY_CURRENT_USER" },
	{ "HKEY_CLASSES_ROOT", "HKEY_CLASSES_ROOT" }, { "HKEY_USERS", "HKEY_USERS" },
	{ "HKEY_CURRENT_CONFIG", "HKEY_CURRENT_CONFIG" }, { "HKLM", "HKEY_LOCAL_MACHINE" }, { "HKCU", "HKEY_CURRENT_USER" },
	{ "HKCR", "HKEY_CLASSES_ROOT" }, { "HKU", "HKEY_USERS" }, { "HKCC", "HKEY_CURRENT_CONFIG" },
};

int
find_registry(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s;
	size_t i, at = w->end;

	(void)k;
	if (rc_at(sc, at) == ':')
		at++;
	if (rc_at(sc, at) != '\\')
		return 0;
	for (i = 0; i < ARRAY_LEN(hives); i++) {
		if (strlen(hives[i].written) != w->end - w->start || strncasecmp(s + w->start, hives[i].written, w->end - w->start) != 0)
			continue;
		f->end = backslash_path(sc, at + 1);
		if (f->end <= at + 1)
			return 0;
		f->value = arena_printf(sc->d->arena, "%s\\%.*s", hives[i].full, (int)(f->end - at - 1), s + at + 1);
		f->rule = "registry-key";
		return 1;
	}
	return 0;
}

int
find_windows_path(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s;
	size_t at = w->end + 1;

	(void)k;
	if (w->has & AFTER_PERCENT && rc_at(sc, w->end) == '%')
		f->start = w->start - 1;
	else if (w->end - w->start != 1 || !rc_alpha(s[w->start]) || rc_at(sc, w->end) != ':')
		return 0;
	if (rc_at(sc, at) != '\\')
		return 0;
	f->end = backslash_path(sc, at + 1);
	f->value = arena_strndup(sc->d->arena, s + f->start, f->end - f->start);
	f->rule = "windows-path";
	return 1;
}

int
find_unix_path(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	size_t i = w->start, slashes = 0;

	(void)k;
	while (rc_alnum(rc_at(sc, i)) || (rc_at(sc, i) != '\0' && strchr("/._-+%~", rc_at(sc, i)) != NULL)) {
		slashes += rc_at(sc, i) == '/';
		i++;
	}
	while (i > w->start && strchr("./-", sc->plain.s[i - 1]) != NULL)
		i--;
	if (slashes == 0 || i <= w->end)
		return 0;
	f->start = w->start - 1;
	f->end = i;
	f->value = arena_strndup(sc->d->arena, sc->plain.s + f->start, f->end - f->start);
	f->rule = "unix-path";
	return 1;
}

/* ---- numbered names ----------------------------------------------------------------------------------------------------------- */

int
find_cve(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s + w->start;
	size_t n = w->end - w->start, i;
	char *v;

	(void)k;
	if (n < 13 || strncasecmp(s, "CVE-", 4) != 0 || s[8] != '-')
		return 0;
	for (i = 4; i < n && (i == 8 || rc_digit(s[i])); i++)
		;
	if (i < 13 || (i < n && rc_alnum(s[i])))
		return 0;
	v = arena_strndup(sc->d->arena, s, i);
	memcpy(v, "CVE", 3);
	f->end = w->start + i;
	f->value = v;
	f->rule = "cve";
	f->type = "vulnerability";
	f->ext_source = "cve";
	return 1;
}

/* ATT&CK: T and four digits, the first 0 or 1, and perhaps a dot and three. */
int
find_technique(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s + w->start;
	size_t n = w->end - w->start, i;

	(void)k;
	if ((n != 5 && n != 9) || s[0] != 'T' || (s[1] != '0' && s[1] != '1'))
		return 0;
	for (i = 1; i < n; i++)
		if (i == 5 ? s[i] != '.' : !rc_digit(s[i]))
			return 0;
	f->value = arena_strndup(sc->d->arena, s, n);
	f->rule = "technique";
	f->type = "attack-pattern";
	f->ext_source = "mitre-attack";
	return 1;
}

int
find_asn(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s + w->start;
	size_t n = w->end - w->start, i;

	(void)k;
	if (n < 6 || n > 12 || strncmp(s, "AS", 2) != 0)
		return 0;
	i = s[2] == 'N' ? 3 : 2;
	if (s[i] == '0')
		return 0;
	f->value = arena_strndup(sc->d->arena, s + i, n - i);
	for (; i < n; i++)
		if (!rc_digit(s[i]))
			return 0;
	f->rule = "asn";
	return strtoull(f->value, NULL, 10) <= UINT32_MAX;
}
