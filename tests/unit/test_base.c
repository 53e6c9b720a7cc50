#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "tap.h"

static void
test_memory(void)
{
	struct arena *a = arena_new();
	VEC(int) v = { 0 };
	char *big;
	int i, good = 1;

	for (i = 0; i < 10000; i++)
		*vec_push(a, &v) = i;
	for (i = 0; i < 10000; i++)
		good &= v.v[i] == i;
	ok(good && v.n == 10000, "a vector keeps its values while it grows");
	big = arena_alloc(a, 1 << 20);
	ok(big[0] == 0 && big[(1 << 20) - 1] == 0, "large pieces are zeroed");
	is_str(arena_printf(a, "%s-%d", "x", 7), "x-7", "arena_printf");
	arena_free(a);
}

static void
test_buf(void)
{
	struct buf b = BUF_INIT(8);

	buf_adds(&b, "12345678");
	ok(!b.over && b.len == 8, "a buffer fills to its maximum");
	buf_addc(&b, '9');
	ok(b.over && b.len == 8, "one octet past the maximum sets over and adds nothing");
	buf_free(&b);
}

static void
test_text(void)
{
	struct arena *a = arena_new();

	is_int(utf8_valid("a\xe3\x81\x82", 4), 4, "valid UTF-8");
	is_int(utf8_valid("ab\xc0\x80", 4), 2, "an overlong form is invalid at its offset");
	is_int(utf8_valid("abcdefgh\xed\xa0\x80", 11), 8, "a surrogate is invalid");
	is_int(utf8_valid("\xf4\x90\x80\x80", 4), 0, "beyond U+10FFFF is invalid");
	is_str(text_fold(a, "Smoke Loader-2", 14), "smokeloader2", "fold: case, spaces, punctuation");
	is_str(text_fold(a, "\xef\xbc\xb2\xef\xbc\xa1\xef\xbc\xb4", 9), "rat", "fold: full width");
	is_str(text_fold(a, "Kraków", 7), "kraków", "fold keeps letters beyond ASCII");
	arena_free(a);
}

static void
test_ids(void)
{
	char id[UUID_TEXT], hex[DIGEST_HEX];
	const char *file = "{\"hashes\":{\"MD5\":\"d3ee270a07df8e87246305187d471f68\"},\"name\":\"iptray.exe\"}";

	uuid_v5("00abedb4-aa42-466c-9c01-fed23315a9b7", file, strlen(file), id);
	is_str(id, "65f97560-3c52-5d0d-9471-2fc3016c647c", "UUIDv5 in the namespace of STIX 2.9");
	digest_sha256("abc", 3, hex);
	is_str(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "SHA-256");
	uuid_v4_derived("abc", 3, id);
	ok(id[14] == '4' && strchr("89ab", id[19]) != NULL, "a derived v4 has version and variant");
	ok(uuid_valid(id, 36) && !uuid_valid(id, 35) && !uuid_valid("g0abedb4-aa42-466c-9c01-fed23315a9b7", 36), "uuid_valid");
}

static void
test_stamp(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "2024-06-13T00:00:00Z", "2024-06-13T00:00:00.000Z" },
		{ "1970-01-01T00:00:00.5Z", "1970-01-01T00:00:00.500Z" },
		{ "2000-02-29T23:59:59.999999Z", "2000-02-29T23:59:59.999Z" },
		{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z" },
		{ "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z" },
		{ "2023-02-29T00:00:00Z", NULL }, { "2024-06-13T24:00:00Z", NULL }, { "2024-06-13 00:00:00Z", NULL },
		{ "2024-06-13T00:00:00.Z", NULL }, { "2024-06-13T00:00:00+00:00", NULL }, { "2024-06-13", NULL },
	};
	char text[STAMP_TEXT];
	struct stamp t;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		int rc = stamp_parse(rows[i].in, strlen(rows[i].in), &t);

		if (rows[i].out == NULL)
			ok(rc == -1, rows[i].in);
		else
			is_str(rc == 0 ? stamp_format(t, 3, text) : "(refused)", rows[i].out, rows[i].in);
	}
}

static void
test_file(void)
{
	char dir[] = "/tmp/stixpress-test.XXXXXX", path[64];
	struct buf b = BUF_INIT(100);
	struct file_out o;
	struct stat st;
	struct err e = ERR_INIT;

	if (mkdtemp(dir) == NULL)
		return;
	snprintf(path, sizeof(path), "%s/out", dir);
	umask(027);
	ok(file_out_open(&o, path, &e) == 0, "open");
	fputs("hello", o.f);
	ok(access(path, F_OK) != 0, "nothing stands at the path before commit");
	ok(file_out_commit(&o, &e) == 0, "commit");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0640, "its mode is what the umask leaves");
	ok(file_read(path, 100, &b, &e) == 0 && strcmp(buf_str(&b), "hello") == 0, "read back");
	ok(file_read(path, 4, &b, &e) == -1 && e.kind == ERR_INPUT, "a file past its limit is refused");
	err_clear(&e);
	ok(file_out_open(&o, path, &e) == 0, "open again");
	fputs("half", o.f);
	file_out_abort(&o);
	ok(file_read(path, 100, &b, &e) == 0 && strcmp(buf_str(&b), "hello") == 0, "an abort leaves the old file");
	ok(file_out_open(&o, "/nonexistent/x", &e) == -1 && e.kind == ERR_SYSTEM, "a missing folder is an error");
	unlink(path);
	is_int(rmdir(dir), 0, "no temporary file is left");
	buf_free(&b);
}

int
main(void)
{
	test_memory();
	test_buf();
	test_text();
	test_ids();
	test_stamp();
	test_file();
	return tap_end();
}
