#include <ctype.h>
#include <string.h>

#include <openssl/evp.h>
#include <uuid/uuid.h>

#include "base/base.h"

/* Returns its length in octets. */
static unsigned int
digest(const EVP_MD *how, const void *data, size_t n, unsigned char out[EVP_MAX_MD_SIZE])
{
	unsigned int len = 0;

	if (EVP_Digest(data, n, out, &len, how, NULL) != 1)
		base_oom();
	return len;
}

static void
digest_hex(const EVP_MD *how, const void *data, size_t n, char out[DIGEST_HEX])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int i, len = digest(how, data, n, md);

	for (i = 0; i < len; i++) {
		out[2 * i] = hex[md[i] >> 4];
		out[2 * i + 1] = hex[md[i] & 15];
	}
	out[2 * len] = '\0';
}

void
digest_sha256(const void *data, size_t n, char out[DIGEST_HEX])
{
	digest_hex(EVP_sha256(), data, n, out);
}

void
digest_md5(const void *data, size_t n, char out[DIGEST_HEX])
{
	digest_hex(EVP_md5(), data, n, out);
}

void
uuid_v5(const char *ns, const void *name, size_t n, char out[UUID_TEXT])
{
	uuid_t base, id;

	if (uuid_parse(ns, base) != 0)
		uuid_clear(base);
	uuid_generate_sha1(id, base, name, n);
	uuid_unparse_lower(id, out);
}

void
uuid_v4_derived(const void *name, size_t n, char out[UUID_TEXT])
{
	unsigned char md[EVP_MAX_MD_SIZE];

	digest(EVP_sha256(), name, n, md);
	md[6] = (unsigned char)((md[6] & 0x0f) | 0x40);
	md[8] = (unsigned char)((md[8] & 0x3f) | 0x80);
	uuid_unparse_lower(md, out);
}

/* By hand: uuid_parse() reads five numbers, and this is asked for every id and reference of every object. */
int
uuid_valid(const char *s, size_t n)
{
	size_t i;

	if (n != UUID_TEXT - 1)
		return 0;
	for (i = 0; i < n; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s[i] != '-' : !isxdigit((unsigned char)s[i]))
			return 0;
	return 1;
}
