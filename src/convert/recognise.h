/* recognise: the recognisers of kinds.def. See struct kind in scan.h for what they return. Private to convert/. */
#ifndef CONVERT_RECOGNISE_H
#define CONVERT_RECOGNISE_H

#include "convert/scan.h"

/* hosts.c: what has a host, and addresses. hosts_begin() goes first: it takes what the recognisers need from the language. */
void hosts_begin(struct scanner *sc);
int find_url(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_email(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_mac(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_ipv6(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_ipv4(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_domain(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);

/* recognise.c: hashes, file names, paths, registry keys, numbered names. */
int find_registry(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_windows_path(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_unix_path(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_cve(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_technique(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_asn(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_hash(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_file_name(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);

/* labelled.c: what a label or its own form tells. */
int find_ssdeep(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_tlsh(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_labelled(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_cpe(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_package(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_weakness(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
/* Labelled values: see struct kind. */
const char *take_text(struct arena *a, const char *s, size_t n);
const char *take_hex(struct arena *a, const char *s, size_t n);
const char *take_fingerprint(struct arena *a, const char *s, size_t n);
const char *take_serial(struct arena *a, const char *s, size_t n);
const char *take_tlsh(struct arena *a, const char *s, size_t n);
const char *take_ssdeep(struct arena *a, const char *s, size_t n);

/* wallets.c: addresses of cryptocurrencies, told by their checksums. */
int find_bitcoin(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_ethereum(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);
int find_monero(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f);

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
