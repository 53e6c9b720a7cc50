/* Recognisers of addresses of cryptocurrencies. Each has a checksum: what fails it is no address. */
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "convert/recognise.h"

/* ---- base58 ------------------------------------------------------------------------------------------------------------ */

static const char base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* s[0..n) as a number of exactly `octets` octets, the highest first. 0: it is none. */
static int
decode58(const char *s, size_t n, unsigned char *out, size_t octets)
{
	size_t i, k;

	memset(out, 0, octets);
	for (i = 0; i < n; i++) {
		const char *p = memchr(base58, s[i], sizeof(base58) - 1);
		unsigned carry;

		if (p == NULL)
			return 0;
		carry = (unsigned)(p - base58);
		for (k = octets; k-- > 0;) {
			carry += out[k] * 58u;
			out[k] = (unsigned char)carry;
			carry >>= 8;
		}
		if (carry != 0)
			return 0;
	}
	return 1;
}

/* ---- Bitcoin ----------------------------------------------------------------------------------------------------------- */

#define LEGACY_OCTETS	25	/* version, 20 of a hash, 4 of a checksum */

/* Base58check: the first four octets of the doubled SHA-256 stand at the end. */
static int
is_legacy(const char *s, size_t n)
{
	unsigned char raw[LEGACY_OCTETS], once[EVP_MAX_MD_SIZE], twice[EVP_MAX_MD_SIZE];

	if (n < 26 || n > 35 || (s[0] != '1' && s[0] != '3') || !decode58(s, n, raw, sizeof(raw)) || (raw[0] != 0 && raw[0] != 5))
		return 0;
	if (EVP_Digest(raw, LEGACY_OCTETS - 4, once, NULL, EVP_sha256(), NULL) != 1 ||
	    EVP_Digest(once, 32, twice, NULL, EVP_sha256(), NULL) != 1)
		base_oom();
	return memcmp(twice, raw + LEGACY_OCTETS - 4, 4) == 0;
}

static uint32_t
bech32_step(uint32_t check, uint32_t value)
{
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = check >> 25;
	size_t i;

	check = (check & 0x1ffffff) << 5 ^ value;
	for (i = 0; i < ARRAY_LEN(generator); i++)
		check ^= (top >> i & 1) != 0 ? generator[i] : 0;
	return check;
}

#define BECH32		1u		/* BIP 173: witness version 0 */
#define BECH32M		0x2bc830a3u	/* BIP 350: later ones */

static int
is_segwit(const char *s, size_t n)
{
	static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l", prefix[] = { 3, 3, 0, 2, 3 };
	uint32_t check = 1, version = 0;
	const char *p;
	size_t i;

	if (n < 14 || n > 74 || strncasecmp(s, "bc1", 3) != 0)
		return 0;
	for (i = 0; i < sizeof(prefix); i++)
		check = bech32_step(check, (uint32_t)prefix[i]);
	for (i = 3; i < n; i++) {
		/* all small or all capital */
		if ((s[i] >= 'A' && s[i] <= 'Z') != (s[0] == 'B') && rc_alpha(s[i]))
			return 0;
		p = memchr(alphabet, s[i] | (rc_alpha(s[i]) ? 32 : 0), sizeof(alphabet) - 1);
		if (p == NULL)
			return 0;
		version = i == 3 ? (uint32_t)(p - alphabet) : version;
		check = bech32_step(check, (uint32_t)(p - alphabet));
	}
	return version <= 16 && check == (version == 0 ? BECH32 : BECH32M);
}

int
find_bitcoin(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s + w->start;
	size_t n = w->end - w->start;

	(void)k;
	if (n < 14 || n > 74 || (!is_legacy(s, n) && !is_segwit(s, n)))
		return 0;
	f->value = s[0] == 'b' || s[0] == 'B' ? rc_lower(sc, s, n) : arena_strndup(sc->d->arena, s, n);
	f->rule = "bitcoin";
	return 1;
}

/* ---- Keccak ------------------------------------------------------------------------------------------------------------ */

/*
 * Keccak-256 as it was before it became SHA3-256: the padding differs. OpenSSL has it only from 3.2 on, and what is an address
 * must not depend on that.
 */
#define RATE	136

static uint64_t
turn(uint64_t x, unsigned n)
{
	return n == 0 ? x : x << n | x >> (64 - n);
}

static void
keccak_f(uint64_t a[25])
{
	static const unsigned turns[25] = { 0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14 };
	uint64_t b[25], c[5], lfsr = 1;
	unsigned round, x, y, i;

	for (round = 0; round < 24; round++) {
		for (x = 0; x < 5; x++)
			c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
		for (i = 0; i < 25; i++)
			a[i] ^= c[(i + 4) % 5] ^ turn(c[(i + 1) % 5], 1);
		for (y = 0; y < 5; y++)
			for (x = 0; x < 5; x++)
				b[y + (2 * x + 3 * y) % 5 * 5] = turn(a[x + 5 * y], turns[x + 5 * y]);
		for (i = 0; i < 25; i++)
			a[i] = b[i] ^ (~b[i / 5 * 5 + (i + 1) % 5] & b[i / 5 * 5 + (i + 2) % 5]);
		for (i = 0; i < 7; i++) {
			if (lfsr & 1)
				a[0] ^= (uint64_t)1 << ((1u << i) - 1);
			lfsr = lfsr & 0x80 ? (lfsr << 1 ^ 0x171) : lfsr << 1;
		}
	}
}

static void
keccak256(const unsigned char *in, size_t n, unsigned char out[32])
{
	uint64_t a[25] = { 0 };
	size_t i, at = 0;

	for (i = 0; i < n; i++) {
		a[at / 8] ^= (uint64_t)in[i] << at % 8 * 8;
		if (++at == RATE) {
			keccak_f(a);
			at = 0;
		}
	}
	a[at / 8] ^= (uint64_t)1 << at % 8 * 8;
	a[RATE / 8 - 1] ^= (uint64_t)0x80 << 56;
	keccak_f(a);
	for (i = 0; i < 32; i++)
		out[i] = (unsigned char)(a[i / 8] >> i % 8 * 8);
}

/* ---- Ethereum ---------------------------------------------------------------------------------------------------------- */

#define ETHEREUM_DIGITS	40

/* EIP-55: which letters are capital is a checksum. All small or all capital: there is none. */
static int
is_checked(const char *digits, const char *lower)
{
	unsigned char md[32];
	size_t i, small = 0, capital = 0;

	for (i = 0; i < ETHEREUM_DIGITS; i++) {
		small += digits[i] >= 'a';
		capital += digits[i] >= 'A' && digits[i] <= 'Z';
	}
	if (small == 0 || capital == 0)
		return small + capital > 0;
	keccak256((const unsigned char *)lower, ETHEREUM_DIGITS, md);
	for (i = 0; i < ETHEREUM_DIGITS; i++)
		if (rc_alpha(digits[i]) && ((md[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15) > 7) != (digits[i] < 'a'))
			return 0;
	return 1;
}

int
find_ethereum(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s + w->start;
	size_t i, other = 0;
	char *lower;

	(void)k;
	if (w->end - w->start != ETHEREUM_DIGITS + 2 || s[0] != '0' || s[1] != 'x')
		return 0;
	for (i = 2; i < ETHEREUM_DIGITS + 2; i++) {
		if (!rc_hex(s[i]))
			return 0;
		other += s[i] != s[2];
	}
	lower = rc_lower(sc, s, ETHEREUM_DIGITS + 2);
	if (other < 8 || !is_checked(s + 2, lower + 2))
		return 0;
	f->value = lower;
	f->rule = "ethereum";
	return 1;
}

/* ---- Monero ------------------------------------------------------------------------------------------------------------- */

#define MONERO_PLAIN	69	/* octets: network, two keys, checksum; with a payment id 8 more */
#define MONERO_LONG	77

/* Eleven digits are eight octets; the last block is shorter. */
static int
decode_monero(const char *s, size_t n, unsigned char *out, size_t octets)
{
	static const size_t digits[] = { 0, 2, 3, 5, 6, 7, 9, 10, 11 };
	size_t at = 0, done = 0, take;

	while (done < octets) {
		take = octets - done < 8 ? octets - done : 8;
		if (at + digits[take] > n || !decode58(s + at, digits[take], out + done, take))
			return 0;
		at += digits[take];
		done += take;
	}
	return at == n;
}

int
find_monero(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s + w->start;
	size_t n = w->end - w->start, octets = n == 95 ? MONERO_PLAIN : n == 106 ? MONERO_LONG : 0;
	unsigned char raw[MONERO_LONG], md[32];

	(void)k;
	if (octets == 0 || (s[0] != '4' && s[0] != '8') || !decode_monero(s, n, raw, octets))
		return 0;
	keccak256(raw, octets - 4, md);
	if (memcmp(md, raw + octets - 4, 4) != 0)
		return 0;
	f->value = arena_strndup(sc->d->arena, s, n);
	f->rule = "monero";
	return 1;
}
