#include <stdlib.h>
#include <string.h>

#include "json/engine.h"

#define SHOWN	60	/* characters of a text that a message shows */

/* Characters that could garble a terminal or forge a line: controls, and those that turn the writing direction. */
static int
is_treacherous(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x061c || cp == 0x200e || cp == 0x200f ||
	    (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

/* Appends the character at s[0..n), escaped when it is treacherous; returns its length. */
static size_t
say_char(struct buf *out, const char *s, size_t n)
{
	uint32_t cp;
	int len = utf8_decode(s, n, &cp);

	if (len == 0)
		buf_adds(out, "\\ufffd");
	else if (is_treacherous(cp))
		buf_printf(out, "\\u%04x", (unsigned)cp);
	else
		buf_add(out, s, (size_t)len);
	return len > 0 ? (size_t)len : 1;
}

void
say_plain(struct buf *out, const char *s, size_t n)
{
	size_t i = 0;

	while (i < n)
		i += say_char(out, s + i, n - i);
}

void
say_text(struct buf *out, const char *s, size_t n)
{
	size_t i = 0, shown;

	buf_addc(out, '\'');
	for (shown = 0; i < n && shown < SHOWN; shown++)
		i += say_char(out, s + i, n - i);
	buf_adds(out, i < n ? "...'" : "'");
}

static const struct { unsigned bit; const char *say; } type_words[] = {
	{ T_STRING, "a string" }, { T_INTEGER, "an integer" }, { T_NUMBER, "a number" }, { T_OBJECT, "an object" },
	{ T_ARRAY, "a list" }, { T_BOOLEAN, "a boolean" }, { T_NULL, "null" },
};

const char *
say_type(const json_t *v)
{
	static const char *const words[] = {
		[JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list", [JSON_STRING] = "a string", [JSON_INTEGER] = "an integer",
		[JSON_REAL] = "a number", [JSON_TRUE] = "a boolean", [JSON_FALSE] = "a boolean", [JSON_NULL] = "null",
	};

	return words[json_typeof(v)];
}

void
say_types(struct buf *out, unsigned mask)
{
	size_t i;
	int left;

	if (mask & T_NUMBER)
		mask &= ~(unsigned)T_INTEGER;
	for (i = 0; i < ARRAY_LEN(type_words); i++) {
		if (!(mask & type_words[i].bit))
			continue;
		mask &= ~type_words[i].bit;
		left = __builtin_popcount(mask);
		buf_printf(out, "%s%s", type_words[i].say, left > 1 ? ", " : left == 1 ? " or " : "");
	}
}

void
say_value(struct buf *out, const json_t *v)
{
	if (json_is_string(v))
		say_text(out, json_string_value(v), json_string_length(v));
	else if (json_is_object(v) || json_is_array(v))
		buf_adds(out, (json_is_object(v) ? json_object_size(v) : json_array_size(v)) == 0 ?
		    (json_is_object(v) ? "{}" : "[]") : say_type(v));
	else
		json_write(v, out, JSON_TIGHT, 0);
}

/* ---- findings ------------------------------------------------------------------------------------------------------ */

static size_t
depth_of(const struct inst *in)
{
	size_t n = 0;

	for (; in->up != NULL; in = in->up)
		n++;
	return n;
}

static void
pointer_of(const struct inst *in, struct buf *out)
{
	size_t n = depth_of(in), i;
	const struct inst **way = xcalloc(n + 1, sizeof(const struct inst *));

	for (i = n; i > 0; i--, in = in->up)
		way[i - 1] = in;
	for (i = 0; i < n; i++) {
		if (way[i]->name != NULL)
			json_pointer_add(out, way[i]->name, way[i]->index);
		else
			json_pointer_add_index(out, way[i]->index);
	}
	free((void *)way);
}

/* FNV-1a, 64 bits. */
static uint64_t
mix(uint64_t h, const char *s)
{
	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h;
}

static void
finding_release(struct finding *f)
{
	free((char *)f->f.instance);
	free((char *)f->f.pointer);
	free((char *)f->f.message);
}

void
findings_add(struct findings *list, const struct schema_set *set, const struct sub *s, const char *keyword,
    const struct inst *in, const struct name *member, int at_name, enum schema_verdict verdict, char *message)
{
	struct buf where = BUF_INIT(SIZE_MAX / 2), pointer = BUF_INIT(SIZE_MAX / 2);
	struct finding new = { .depth = depth_of(in) + (member != NULL) };
	size_t i;

	pointer_of(in, &where);
	new.f.value = in->v;
	if (member != NULL) {
		json_pointer_add(&where, member->s, member->n);
		new.f.value = json_object_getn(in->v, member->s, member->n);
	}
	buf_adds(&pointer, s->pointer);
	if (keyword[0] != '\0')
		buf_printf(&pointer, "/%s", keyword);
	new.f.at_name = at_name || in->is_name;
	new.f.verdict = verdict;
	new.f.keyword = keyword;
	new.f.uri = set->resource.v[s->resource]->uri;
	new.f.schema = json_is_object(s->schema) ? s->schema : NULL;
	new.f.message = message;
	new.f.instance = buf_take(&where);
	new.f.pointer = buf_take(&pointer);
	new.place = mix(14695981039346656037u, new.f.instance);
	new.hash = mix(new.place, message) + (uint64_t)new.f.at_name;
	for (i = 0; i < list->n && list->v[i].hash != new.hash; i++)
		;
	if (i < list->n || list->n >= list->max) {
		finding_release(&new);
		return;
	}
	if (list->n == list->cap) {
		list->cap = list->cap == 0 ? 8 : list->cap * 2;
		list->v = xrealloc(list->v, list->cap * sizeof(*list->v));
	}
	list->v[list->n++] = new;
}

void
findings_release(struct findings *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		finding_release(&list->v[i]);
	free(list->v);
	list->v = NULL;
	list->n = list->cap = 0;
}

void
findings_move(struct findings *to, struct findings *from)
{
	size_t i, k;

	for (i = 0; i < from->n; i++) {
		for (k = 0; k < to->n && to->v[k].hash != from->v[i].hash; k++)
			;
		if (k < to->n || to->n >= to->max) {
			finding_release(&from->v[i]);
			continue;
		}
		if (to->n == to->cap) {
			to->cap = to->cap == 0 ? 8 : to->cap * 2;
			to->v = xrealloc(to->v, to->cap * sizeof(*to->v));
		}
		to->v[to->n++] = from->v[i];
	}
	free(from->v);
	from->v = NULL;
	from->n = from->cap = 0;
}
