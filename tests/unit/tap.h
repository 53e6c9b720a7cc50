/* Test Anything Protocol for our unit tests: ok(), is_str(), is_int(), skip_all(), then return tap_end(). */
#ifndef TAP_H
#define TAP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_n, tap_bad;

static inline int
tap_ok(int good, const char *what, const char *file, int line)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_n, what);
	if (!good) {
		tap_bad++;
		printf("# at %s:%d\n", file, line);
	}
	fflush(stdout);
	return good;
}

#define ok(cond, what)	tap_ok((cond) != 0, (what), __FILE__, __LINE__)
#define is_str(got, want, what) do { \
	const char *g_ = (got), *w_ = (want); \
	if (!tap_ok(g_ != NULL && w_ != NULL && strcmp(g_, w_) == 0, (what), __FILE__, __LINE__)) \
		printf("#  got: %s\n# want: %s\n", g_ ? g_ : "(null)", w_ ? w_ : "(null)"); \
} while (0)
#define is_int(got, want, what) do { \
	long long g_ = (long long)(got), w_ = (long long)(want); \
	if (!tap_ok(g_ == w_, (what), __FILE__, __LINE__)) \
		printf("#  got: %lld\n# want: %lld\n", g_, w_); \
} while (0)
#define skip_all(why) do { printf("1..0 # SKIP %s\n", (why)); return 0; } while (0)

static inline int
tap_end(void)
{
	printf("1..%d\n", tap_n);
	return tap_bad != 0;
}

#endif
