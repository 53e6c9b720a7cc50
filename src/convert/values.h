/*
 * values: the lists of feeds/values/ that the build compiles in, and the questions asked of them.
 */
#ifndef CONVERT_VALUES_H
#define CONVERT_VALUES_H

#include <stddef.h>

/* A line of a list: its first two words ("" where there is no second). Sorted; a row of NULL ends a table. */
struct value_row {
	const char *word, *more;
};
extern const struct value_row value_tlds[], value_extensions[], value_never[];
extern const size_t value_tlds_count, value_extensions_count, value_never_count;

/* Is s[0..n) a name at the top of the domain name system (ASCII letters of either case)? 2: also the end of file names. */
int value_tld(const char *s, size_t n);
/* Is s[0..n) the end of a file name, without its dot? */
int value_extension(const char *s, size_t n);
/*
 * Is the lower-case hash, or the host, or the address (IPv4 or IPv6, a prefix length may follow) one that is never published? Of a
 * host 2: it is a shared platform's (feeds/values/never.txt); 3: the platform itself.
 */
int value_never_hash(const char *hash);
int value_never_host(const char *host);
int value_never_address(const char *address);
/* Is the address, or the network, in that network (CIDR), or the address itself? 0 where either cannot be read as one. */
int value_in_network(const char *address, const char *network);

#endif
