/* recognise: the recognisers of kinds.def. See struct kind in scan.h for what they return. Private to convert/. */
#ifndef CONVERT_RECOGNISE_H
#define CONVERT_RECOGNISE_H

#include "convert/scan.h"

#define RECOGNISER(f)	int f(struct scanner *sc, const struct word *w, const struct kind *k, struct found *out)

/* hosts.c */
RECOGNISER(find_url);
RECOGNISER(find_email);
RECOGNISER(find_mac);
RECOGNISER(find_ipv6);
RECOGNISER(find_ipv4);
RECOGNISER(find_domain);
/* names of files, hashes, keys, numbers: recognise.c */
RECOGNISER(find_registry);
RECOGNISER(find_windows_path);
RECOGNISER(find_unix_path);
RECOGNISER(find_cve);
RECOGNISER(find_technique);
RECOGNISER(find_asn);
RECOGNISER(find_hash);
RECOGNISER(find_file_name);

static inline int
rc_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline int
rc_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline int
rc_alnum(char c)
{
	return rc_digit(c) || rc_alpha(c);
}

static inline int
rc_hex(char c)
{
	return rc_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The character at `at`, 0 behind the end. */
static inline char
rc_at(const struct scanner *sc, size_t at)
{
	return at < sc->plain.len ? sc->plain.s[at] : '\0';
}

/* s[0..n) in lower case (ASCII letters), in the arena. */
char *rc_lower(struct scanner *sc, const char *s, size_t n);
/* Does the text before `at`, blanks and the like left out, end with one of the words (whole, letter case aside)? */
int rc_after_word(const struct scanner *sc, size_t at, const char *const *words);

#endif
