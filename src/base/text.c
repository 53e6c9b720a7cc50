#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/base.h"

int
utf8_decode(const char *str, size_t n, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)str;
	uint32_t c = s[0];
	int len, i;

	if (c < 0x80) {
		*cp = c;
		return 1;
	}
	len = c >= 0xf0 && c < 0xf8 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
	if (len == 0 || (size_t)len > n)
		return 0;
	c &= 0x7fu >> len;
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*cp = c;
	return len;
}

int
utf8_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

size_t
utf8_valid(const char *s, size_t n)
{
	size_t i = 0;
	uint32_t cp;
	int len;

	while (i < n) {
		uint64_t word;

		/* eight ASCII octets at a time */
		if (n - i >= 8 && (memcpy(&word, s + i, 8), (word & 0x8080808080808080u) == 0)) {
			i += 8;
			continue;
		}
		/* U+1000 to U+CFFF: nothing to look at but the form */
		if (n - i >= 3 && (unsigned char)s[i] >= 0xe1 && (unsigned char)s[i] <= 0xec &&
		    ((unsigned char)s[i + 1] & 0xc0) == 0x80 && ((unsigned char)s[i + 2] & 0xc0) == 0x80) {
			i += 3;
			continue;
		}
		len = utf8_decode(s + i, n - i, &cp);
		if (len == 0)
			break;
		i += (size_t)len;
	}
	return i;
}

size_t
utf8_count(const char *s, size_t n)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80;
	return count;
}

int
host_in_domain(const char *s, size_t n, const char *domain)
{
	size_t d = strlen(domain);

	return n >= d && strncasecmp(s + n - d, domain, d) == 0 && (n == d || s[n - d - 1] == '.');
}

enum simple { NOT_SIMPLE, SIMPLE_LETTER, SIMPLE_MARK };

/*
 * Three octets that need no tables: kana and Han fold to themselves, the marks of a sentence and quotation marks to nothing. What
 * joins one of them (U+3099, U+309A, the half-width marks) is none of these, so it never stands behind one.
 */
static enum simple
simple_wide(const unsigned char *s, size_t n)
{
	uint32_t c;

	if (n < 3 || s[0] < 0xe2 || s[0] > 0xe9 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80)
		return NOT_SIMPLE;
	c = (uint32_t)(s[0] & 0xf) << 12 | (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
	if ((c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa) || c == 0x30fc || (c >= 0x4e00 && c <= 0x9fef))
		return SIMPLE_LETTER;
	return c == 0x2013 || c == 0x2014 || c == 0x2018 || c == 0x2019 || c == 0x201c || c == 0x201d || c == 0x3001 || c == 0x3002 ||
	    (c >= 0x300c && c <= 0x300f) || c == 0x30fb ? SIMPLE_MARK : NOT_SIMPLE;
}

/* Folds what needs no tables; NULL when some of it does. */
static char *
fold_simple(struct arena *a, const char *s, size_t n)
{
	char *out = arena_alloc(a, n + 1);
	size_t i, k = 0;

	for (i = 0; i < n; i++) {
		char c = s[i];

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[k++] = c;
		else if (c >= 'A' && c <= 'Z')
			out[k++] = (char)(c + 32);
		else if ((unsigned char)c >= 0x80) {
			enum simple wide = simple_wide((const unsigned char *)s + i, n - i);

			if (wide == NOT_SIMPLE)
				return NULL;
			if (wide == SIMPLE_LETTER) {
				memcpy(out + k, s + i, 3);
				k += 3;
			}
			i += 2;
		}
	}
	out[k] = '\0';
	return out;
}

char *
text_fold(struct arena *a, const char *s, size_t n)
{
	uint8_t *folded;
	size_t len = 0, i, k = 0;
	char *out;

	if ((out = fold_simple(a, s, n)) != NULL)
		return out;
	if (utf8_valid(s, n) != n)
		return arena_strdup(a, "");
	folded = u8_casefold((const uint8_t *)s, n, NULL, UNINORM_NFKC, NULL, &len);
	if (folded == NULL)
		base_oom();
	out = arena_alloc(a, len + 1);
	for (i = 0; i < len;) {
		uint32_t cp;
		int c = utf8_decode((char *)folded + i, len - i, &cp);

		if (c == 0)
			break;
		if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_M)) {
			memcpy(out + k, folded + i, (size_t)c);
			k += (size_t)c;
		}
		i += (size_t)c;
	}
	free(folded);
	out[k] = '\0';
	return out;
}

char *
text_nfkc(struct arena *a, const char *s, size_t n)
{
	uint8_t *norm;
	size_t len = 0;
	char *out;

	if (utf8_valid(s, n) != n)
		return arena_strndup(a, s, n);
	norm = u8_normalize(UNINORM_NFKC, (const uint8_t *)s, n, NULL, &len);
	if (norm == NULL)
		base_oom();
	out = arena_strndup(a, (char *)norm, len);
	free(norm);
	return out;
}
