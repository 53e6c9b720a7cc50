#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "convert/values.h"

#define WORD_MAX	64	/* no row is longer */

static int
row_cmp(const void *key, const void *row)
{
	return strcmp(key, ((const struct value_row *)row)->word);
}

/* The row of s[0..n) in lower case, or NULL. */
static const struct value_row *
find(const struct value_row *table, size_t count, const char *s, size_t n)
{
	char key[WORD_MAX];
	size_t i;

	if (n == 0 || n >= sizeof(key))
		return NULL;
	for (i = 0; i < n; i++)
		key[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i];
	key[n] = '\0';
	return bsearch(key, table, count, sizeof(*table), row_cmp);
}

int
value_tld(const char *s, size_t n)
{
	const struct value_row *r = find(value_tlds, value_tlds_count, s, n);

	return r == NULL ? 0 : r->more[0] != '\0' ? 2 : 1;
}

int
value_extension(const char *s, size_t n)
{
	return find(value_extensions, value_extensions_count, s, n) != NULL;
}

static int
never_cmp(const void *x, const void *y)
{
	const struct value_row *a = x, *b = y;
	int c = (unsigned char)a->word[0] - (unsigned char)b->word[0];

	if (c == 0)
		c = strcmp(a->word, b->word);
	return c != 0 ? c : strcmp(a->more, b->more);
}

/* Is it a line of the list of what is never published? Its lines are sorted. */
static int
is_never(const char *word, const char *more)
{
	const struct value_row key = { word, more };

	return bsearch(&key, value_never, value_never_count, sizeof(key), never_cmp) != NULL;
}

int
value_never_hash(const char *hash)
{
	return is_never("hash", hash);
}

/* The host, or what it is below, that the list has as that kind; NULL when there is none. */
static const char *
never_above(const char *kind, const char *host)
{
	const char *dot;

	for (; !is_never(kind, host); host = dot + 1)
		if ((dot = strchr(host, '.')) == NULL)
			return NULL;
	return host;
}

int
value_never_host(const char *host)
{
	const char *shared;

	if (never_above("host", host) != NULL)
		return 1;
	shared = never_above("shared", host);
	if (shared == NULL)
		return 0;
	return shared == host || (shared == host + 4 && strncmp(host, "www.", 4) == 0) ? 3 : 2;
}

/* Splits "ADDRESS/BITS"; returns the octets of the address (4, 16), 0 when it is none. */
static int
parse_network(const char *s, unsigned char out[16], int *bits)
{
	char text[INET6_ADDRSTRLEN + 1];
	size_t n = strcspn(s, "/");
	int size;

	if (n >= sizeof(text))
		return 0;
	memcpy(text, s, n);
	text[n] = '\0';
	size = inet_pton(AF_INET, text, out) == 1 ? 4 : inet_pton(AF_INET6, text, out) == 1 ? 16 : 0;
	*bits = s[n] == '/' ? atoi(s + n + 1) : size * 8;
	return size;
}

static int
same_bits(const unsigned char *a, const unsigned char *b, int bits)
{
	int whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, (size_t)whole) != 0)
		return 0;
	return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

/* Quickly: networks of a whole octet and more begin as the addresses in them do. */
static int
may_hold(const char *network, const char *address)
{
	size_t n = strcspn(network, ".");
	const char *slash = strchr(network, '/');

	/* most are told by their first digit */
	if (network[0] != address[0] && network[n] == '.' && slash != NULL && (slash[2] != '\0' || slash[1] >= '8'))
		return 0;
	if ((strchr(network, ':') != NULL) != (strchr(address, ':') != NULL))
		return 0;
	return network[n] != '.' || slash == NULL || atoi(slash + 1) < 8 || strncmp(network, address, n + 1) == 0;
}

int
value_in_network(const char *address, const char *network)
{
	unsigned char a[16], net[16];
	int size, bits, netbits;

	size = parse_network(address, a, &bits);
	return size > 0 && parse_network(network, net, &netbits) == size && netbits >= 0 && netbits <= bits && bits <= size * 8 &&
	    same_bits(a, net, netbits);
}

int
value_never_address(const char *address)
{
	unsigned char a[16], net[16];
	int size, bits, netbits;
	size_t i;

	size = parse_network(address, a, &bits);
	for (i = 0; size > 0 && i < value_never_count; i++)
		if (value_never[i].word[0] == 'n' && may_hold(value_never[i].more, address) &&
		    parse_network(value_never[i].more, net, &netbits) == size &&
		    netbits <= bits && same_bits(a, net, netbits))
			return 1;
	return 0;
}
