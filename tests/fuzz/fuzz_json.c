/* Whatever is read is written and read again as the same value; the stream reader agrees with the reader of whole texts. */
#include "fuzz.h"
#include "json/json.h"

static void
check_place(struct json_place p, size_t n)
{
	FUZZ_CHECK(p.offset <= n && p.end >= p.offset && p.line >= 1 && p.column >= 1);
}

static void
check_again(const json_t *v, int indent)
{
	struct buf b = BUF_INIT(1 << 28), canon = BUF_INIT(1 << 28), twice = BUF_INIT(1 << 28);
	struct json_options o = JSON_OPTIONS_INIT;
	struct json_text *t;

	o.flags = JSON_BIG_REAL;	/* the canonical form of 1e20 is an integer */
	json_write(v, &b, indent, 0);
	FUZZ_CHECK(json_read(b.s, b.len, NULL, &t, NULL) == 0);
	FUZZ_CHECK(json_same(v, json_text_root(t)));
	json_text_free(t);
	json_canon(v, &canon);
	FUZZ_CHECK(json_read(canon.s, canon.len, &o, &t, NULL) == 0);
	json_canon(json_text_root(t), &twice);
	FUZZ_CHECK(canon.len == twice.len && memcmp(canon.s, twice.s, canon.len) == 0);
	json_text_free(t);
	buf_free(&b);
	buf_free(&canon);
	buf_free(&twice);
}

static void
check_stream(const char *s, size_t n, int readable)
{
	struct json_stream *stream = json_stream_memory(s, n, NULL);
	struct json_item item;
	struct json_fault f;
	struct err e = ERR_INIT;
	size_t documents = 0;
	int r;

	while ((r = json_stream_next(stream, &item, &f, &e)) == 1) {
		documents += item.kind == JSON_ITEM_DOCUMENT;
		check_place(item.place, n);
	}
	if (r < 0)
		check_place(f.place, n);
	FUZZ_CHECK(!readable || (r == 0 && documents == 1));
	FUZZ_CHECK(readable || r < 0 || json_stream_shape(stream) == JSON_SHAPE_LINES);
	json_stream_free(stream);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	struct json_text *t = NULL;
	struct json_fault f;
	struct json_place p;
	size_t i;
	int r = json_read(s, size, NULL, &t, &f);

	check_stream(s, size, r == 0);
	if (r < 0) {
		check_place(f.place, size);
		return 0;
	}
	FUZZ_CHECK(json_text_place(t, "", 0, &p) == 0);
	check_place(p, size);
	for (i = 0; i < json_text_unsafe(t); i++) {
		FUZZ_CHECK(json_text_unsafe_place(t, i, &p) == 0);
		check_place(p, size);
	}
	check_again(json_text_root(t), JSON_TIGHT);
	check_again(json_text_root(t), JSON_PRETTY);
	json_text_free(t);
	return 0;
}
