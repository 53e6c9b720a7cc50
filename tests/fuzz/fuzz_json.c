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

/* Elements that are read later, from copies, are the same, and so is the fault. */
static void
check_cut(const char *s, size_t n)
{
	struct json_options o = JSON_OPTIONS_INIT;
	struct json_stream *plain = json_stream_memory(s, n, NULL), *cut;
	struct json_item a, b;
	struct json_fault f, g;
	struct err e = ERR_INIT, e2 = ERR_INIT;
	char *copy;
	size_t len;
	int r, q;

	o.flags = JSON_CUT;
	cut = json_stream_memory(s, n, &o);
	do {
		r = json_stream_next(plain, &a, &f, &e);
		q = json_stream_next(cut, &b, &g, &e2);
		copy = NULL;
		if (q > 0 && b.value == NULL) {
			len = (size_t)(b.place.end - b.place.offset) + b.ahead;
			copy = memcpy(malloc(len), b.octets, len);
			if (json_item_read(&b, copy, NULL, NULL, &g) < 0)
				q = -1;
		}
		FUZZ_CHECK(r == q);
		if (r > 0)
			FUZZ_CHECK(a.kind == b.kind && memcmp(&a.place, &b.place, sizeof(a.place)) == 0 && json_same(a.value, b.value));
		if (r < 0)
			FUZZ_CHECK(strcmp(f.code, g.code) == 0 && memcmp(&f.place, &g.place, sizeof(f.place)) == 0 &&
			    strcmp(f.message, g.message) == 0);
		if (copy != NULL && r > 0)
			json_text_free(b.text);
		free(copy);
	} while (r > 0);
	json_stream_free(plain);
	json_stream_free(cut);
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
	check_cut(s, size);
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
