/* The grammar of section 9: what parses, what does not and where, and that what is printed parses to the same. */
#include "tap.h"
#include "validate/pattern.h"

static const char *const good[] = {
	"[file:size = 25536]",
	"[a:b=1]REPEATS 2 TIMES",
	"[ipv4-addr:value = '198.51.100.1/32' OR ipv6-addr:value = '2001:db8::1'] REPEATS 5 TIMES WITHIN 1800.5 SECONDS",
	"([a:b = 1] AND [c:d != 2]) WITHIN 5 SECONDS FOLLOWEDBY [e:f IN (1, 2.5, -3)] OR [g:h NOT IN ()]",
	"[file:extensions.'windows-pebinary-ext'.sections[*].entropy > 7.0 AND file:name NOT LIKE 'a%']",
	"[artifact:payload_bin = b'ABI=' AND artifact:payload_bin != h'ffc3' OR EXISTS file:name AND NOT EXISTS file:size]",
	"[file:ctime >= t'2014-01-13T07:03:17.5Z'] START t'2014-01-13T07:03:17Z' STOP t'2014-01-13T07:04:00Z'",
	"[directory:path = 'C:\\\\Windows\\\\it\\'s']",
	"[a:b = true /* so */ AND a:c = false] // and no more",
	"[a:b\xe3\x80\x80=\xc2\xa0\x31]",
	"[ipv4-addr:value ISSUBSET '198.51.100.0/24' AND ipv4-addr:value NOT ISSUPERSET '198.51.100.0/27']",
	"[((a:b = 1 OR a:c <> 2) AND (a:d == .5))]",
};

/* A pattern, and the octet at which its first error stands. */
static const struct {
	const char *text;
	size_t at;
} bad[] = {
	{ "", 0 }, { "file:size = 1", 0 }, { "[file:size = ]", 13 }, { "[file.size = 1]", 5 }, { "[file:size = 1", 14 },
	{ "[file:name = \"a\"]", 13 }, { "[file:name = 'a]", 13 }, { "[file:name = 'a\\b']", 15 }, { "[a:b = 1] WITHIN -5 SECONDS", 17 },
	{ "[a:b = 1] WITHIN 0 SECONDS", 17 }, { "[a:b = 1] REPEATS 0.5 TIMES", 18 }, { "[a:b = 1] within 2 seconds", 10 },
	{ "[a:b = 1] REPEATS 2 TIMES REPEATS 3 TIMES", 26 }, { "[a:b = b'===='] ", 7 }, { "[a:b = h'abc']", 7 },
	{ "[a:b = t'2023-02-29T00:00:00Z']", 7 }, { "[a:b = t'2024-01-01T00:00:00+01:00']", 7 }, { "[a:b = null]", 7 },
	{ "[a:b LIKE 3]", 10 }, { "[a:b > true]", 7 }, { "[a:b-c = 1]", 3 }, { "[a:b[x] = 1]", 5 }, { "[a:b = 01]", 7 },
	{ "[a:b = 1]]", 9 }, { "[a:b = 1] AND", 13 }, { "([a:b = 1]", 10 }, { "[NOT a:b = 1]", 5 }, { "[a:b = 1] START t'2024-01-01T00:00:00Z'", 39 },
	{ "[a:b IN (1,)]", 11 }, { "[a:b = 1 /* ]", 9 }, { "[a:b = {}]", 7 },
};

static void
test_good(void)
{
	struct buf first = BUF_INIT(1 << 16), second = BUF_INIT(1 << 16);
	struct pattern_fault fault;
	struct pattern_node *n;
	struct arena *a;
	size_t i;

	for (i = 0; i < ARRAY_LEN(good); i++) {
		a = arena_new();
		buf_reset(&first);
		buf_reset(&second);
		if (!ok(pattern_parse(a, good[i], strlen(good[i]), &n, &fault) == 0, good[i])) {
			printf("# at %zu: %s\n", fault.at, fault.message);
			arena_free(a);
			continue;
		}
		pattern_print(n, &first);
		if (pattern_parse(a, buf_str(&first), first.len, &n, &fault) == 0)
			pattern_print(n, &second);
		is_str(buf_str(&second), buf_str(&first), "printed, it parses to the same");
		arena_free(a);
	}
	buf_free(&first);
	buf_free(&second);
}

static void
test_bad(void)
{
	struct pattern_fault fault;
	struct pattern_node *n;
	struct arena *a = arena_new();
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		memset(&fault, 0, sizeof(fault));
		if (ok(pattern_parse(a, bad[i].text, strlen(bad[i].text), &n, &fault) != 0, bad[i].text))
			is_int(fault.at, bad[i].at, fault.message);
	}
	arena_free(a);
}

static void
test_limits(void)
{
	struct buf b = BUF_INIT(LIMIT_PATTERN * 2);
	struct pattern_fault fault;
	struct pattern_node *n;
	struct arena *a = arena_new();
	int i;

	for (i = 0; i <= LIMIT_PATTERN_DEPTH; i++)
		buf_addc(&b, '(');
	ok(pattern_parse(a, b.s, b.len, &n, &fault) != 0 && fault.at == LIMIT_PATTERN_DEPTH + 1, "one parenthesis too many");
	buf_reset(&b);
	buf_adds(&b, "[a:b = 1");
	for (i = 0; i < 50000; i++)
		buf_adds(&b, " OR a:b = 1");
	buf_adds(&b, "]");
	ok(pattern_parse(a, b.s, b.len, &n, &fault) == 0, "fifty thousand comparisons");
	while (b.len <= LIMIT_PATTERN)
		buf_addc(&b, ' ');
	ok(pattern_parse(a, b.s, b.len, &n, &fault) != 0, "one octet too many");
	buf_free(&b);
	arena_free(a);
}

int
main(void)
{
	test_good();
	test_bad();
	test_limits();
	return tap_end();
}
