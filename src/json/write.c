#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "json/reader.h"

#define CHUNK	(64u << 10)	/* octets gathered before they are written to a file */

/* ---- real numbers ------------------------------------------------------------------------------------------------ */

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void
make_c_locale(void)
{
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (c_locale == (locale_t)0)
		base_oom();
}

/* Writes d in scientific form with p + 1 digits such that it may read back as d. */
static double
try_digits(double d, int p, char text[40])
{
	double back;
	char *last;
	int e;

	snprintf(text, 40, "%.*e", p, d);
	back = strtod(text, NULL);
	/* Below a power of two doubles stand twice as close: the nearest decimal may fail there and the next one up fit. */
	if (back < d && frexp(d, &e) == 0.5) {
		last = strchr(text, 'e') - 1;
		if (*last >= '0' && *last < '9') {
			(*last)++;
			back = strtod(text, NULL);
		}
	}
	return back;
}

int
real_digits(double d, char digits[24], int *n)
{
	locale_t before;
	char text[40];
	int p, i, len;

	pthread_once(&c_locale_once, make_c_locale);
	before = uselocale(c_locale);
	/* 15 digits tell all shorter decimals apart, but not where doubles have lost precision. */
	for (p = d < 1e-300 ? 0 : 14; try_digits(d, p, text) != d && p < 16; p++)
		;
	uselocale(before);
	for (i = len = 0; text[i] != 'e'; i++)
		if (text[i] != '.')
			digits[len++] = text[i];
	while (len > 1 && digits[len - 1] == '0')
		len--;
	digits[len] = '\0';
	*n = atoi(text + i + 1) + 1;
	return len;
}

/* ECMA-262 Number::toString. */
static void
ecma_number(double d, struct buf *out)
{
	char digits[24];
	int k, n;

	if (d == 0) {
		buf_addc(out, '0');
		return;
	}
	if (d < 0)
		buf_addc(out, '-');
	k = real_digits(fabs(d), digits, &n);
	if (k <= n && n <= 21) {
		buf_add(out, digits, (size_t)k);
		for (; k < n; k++)
			buf_addc(out, '0');
	} else if (n > 0 && n <= 21) {
		buf_printf(out, "%.*s.%s", n, digits, digits + n);
	} else if (n > -6 && n <= 0) {
		buf_adds(out, "0.");
		for (; n < 0; n++)
			buf_addc(out, '0');
		buf_adds(out, digits);
	} else {
		buf_addc(out, digits[0]);
		if (k > 1)
			buf_printf(out, ".%s", digits + 1);
		buf_printf(out, "e%+d", n - 1);
	}
}

void
json_write_real(double d, struct buf *out)
{
	size_t from = out->len;

	if (d == 0) {
		buf_adds(out, signbit(d) ? "-0.0" : "0.0");
		return;
	}
	ecma_number(d, out);
	if (!out->over && strpbrk(out->s + from, ".e") == NULL)
		buf_adds(out, ".0");
}

/* ---- strings ----------------------------------------------------------------------------------------------------- */

/* How many octets of s[0..n) stand as they are: a multiple of eight. */
static size_t
plain_octets(const char *s, size_t n)
{
	uint64_t word;
	size_t i;

	for (i = 0; n - i >= 8; i += 8) {
		memcpy(&word, s + i, 8);
		if (((word - 0x20 * WORD_ONES) & ~word & WORD_HIGH) != 0 ||
		    word_has(word, '"') != 0 || word_has(word, '\\') != 0)
			break;
	}
	return i;
}

void
json_write_string(const char *s, size_t n, struct buf *out)
{
	static const char named[32] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r' };
	size_t i, from = 0;
	unsigned char c;

	buf_addc(out, '"');
	for (i = 0; i < n; i++) {
		i += plain_octets(s + i, n - i);
		if (i == n)
			break;
		c = (unsigned char)s[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, s + from, i - from);
		from = i + 1;
		if (c >= 0x20 || named[c] != 0) {
			buf_addc(out, '\\');
			buf_addc(out, c >= 0x20 ? (char)c : named[c]);
		} else {
			buf_printf(out, "\\u%04x", c);
		}
	}
	buf_add(out, s + from, n - from);
	buf_addc(out, '"');
}

/* ---- walking a value --------------------------------------------------------------------------------------------- */

/* A member of an object in canonical order. */
struct member {
	const char *name;
	size_t n;
	json_t *v;
};

/* An array or object in progress. */
struct level {
	const json_t *v;
	void *it;		/* next member */
	size_t i;		/* next element, or next sorted member */
	struct member *sorted;	/* canonical form only */
};

struct writer {
	struct buf *out;
	FILE *f;		/* NULL: into out alone */
	int indent, base, canon, failed;
	struct level *stack;
	size_t depth, cap;
};

static void
scalar(struct writer *w, const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_STRING:
		json_write_string(json_string_value(v), json_string_length(v), w->out);
		break;
	case JSON_INTEGER:
		if (w->canon && json_unsafe_integer(v))
			ecma_number((double)json_integer_value(v), w->out);
		else
			buf_printf(w->out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		break;
	case JSON_REAL:
		if (w->canon)
			ecma_number(json_real_value(v), w->out);
		else
			json_write_real(json_real_value(v), w->out);
		break;
	case JSON_TRUE:
		buf_adds(w->out, "true");
		break;
	case JSON_FALSE:
		buf_adds(w->out, "false");
		break;
	default:
		buf_adds(w->out, "null");
		break;
	}
}

static void
line_break(struct writer *w)
{
	static const char blanks[] = "                                ";
	size_t n = (w->depth + (size_t)w->base) * (size_t)w->indent, some;

	if (w->indent == 0)
		return;
	buf_addc(w->out, '\n');
	for (; n > 0; n -= some) {
		some = n < sizeof(blanks) - 1 ? n : sizeof(blanks) - 1;
		buf_add(w->out, blanks, some);
	}
}

/* RFC 8785 section 3.2.3: names are sorted by their UTF-16 code units. */
static int
by_utf16(const void *left, const void *right)
{
	const struct member *a = left, *b = right;
	size_t i, n = a->n < b->n ? a->n : b->n;
	unsigned char x, y;

	for (i = 0; i < n && a->name[i] == b->name[i]; i++)
		;
	if (i == n)
		return (a->n > b->n) - (a->n < b->n);
	x = (unsigned char)a->name[i];
	y = (unsigned char)b->name[i];
	/* Surrogates (lead octet 0xf0 and up) sort before U+E000..U+FFFF (lead octets 0xee, 0xef). */
	if ((x >= 0xf0) != (y >= 0xf0) && x >= 0xee && y >= 0xee)
		return x >= 0xf0 ? -1 : 1;
	return x < y ? -1 : 1;
}

static struct member *
sort_members(const json_t *v)
{
	struct member *m = xcalloc(json_object_size(v) + 1, sizeof(*m));
	void *it = json_object_iter((json_t *)v);
	size_t n = 0;

	for (; it != NULL; it = json_object_iter_next((json_t *)v, it))
		m[n++] = (struct member){ json_object_iter_key(it), json_object_iter_key_len(it), json_object_iter_value(it) };
	qsort(m, n, sizeof(*m), by_utf16);
	return m;
}

static void
push(struct writer *w, const json_t *v)
{
	struct level *l;

	if (w->depth == w->cap) {
		w->cap = w->cap == 0 ? 16 : w->cap * 2;
		w->stack = xrealloc(w->stack, w->cap * sizeof(*w->stack));
	}
	l = &w->stack[w->depth++];
	*l = (struct level){ .v = v };
	if (json_is_array(v))
		return;
	if (w->canon)
		l->sorted = sort_members(v);
	else
		l->it = json_object_iter((json_t *)v);
}

/* The next member or element of l, its name written; NULL at the end. */
static const json_t *
next_child(struct writer *w, struct level *l)
{
	struct member m = { NULL, 0, NULL };

	if (l->i >= (json_is_array(l->v) ? json_array_size(l->v) : json_object_size(l->v)))
		return NULL;
	if (l->i > 0)
		buf_addc(w->out, ',');
	line_break(w);
	if (json_is_array(l->v))
		return json_array_get(l->v, l->i++);
	if (l->sorted != NULL) {
		m = l->sorted[l->i];
	} else {
		m = (struct member){ json_object_iter_key(l->it), json_object_iter_key_len(l->it), json_object_iter_value(l->it) };
		l->it = json_object_iter_next((json_t *)l->v, l->it);
	}
	l->i++;
	json_write_string(m.name, m.n, w->out);
	buf_adds(w->out, w->indent > 0 ? ": " : ":");
	return m.v;
}

static void
drain(struct writer *w, size_t at_least)
{
	if (w->f == NULL || w->out->len < at_least)
		return;
	if (fwrite(w->out->s, 1, w->out->len, w->f) != w->out->len)
		w->failed = 1;
	buf_reset(w->out);
}

/* Writes v; the stack of open containers is on the heap, so that no depth is too much. */
static void
write_value(struct writer *w, const json_t *v)
{
	struct level *l;
	int array;

	for (;;) {
		array = json_is_array(v);
		if (!array && !json_is_object(v)) {
			scalar(w, v);
		} else if ((array ? json_array_size(v) : json_object_size(v)) == 0) {
			buf_adds(w->out, array ? "[]" : "{}");
		} else {
			buf_addc(w->out, array ? '[' : '{');
			push(w, v);
		}
		drain(w, CHUNK);
		v = NULL;
		while (w->depth > 0 && (v = next_child(w, l = &w->stack[w->depth - 1])) == NULL) {
			array = json_is_array(l->v);
			free(l->sorted);
			w->depth--;
			line_break(w);
			buf_addc(w->out, array ? ']' : '}');
		}
		if (v == NULL)
			break;
	}
	free(w->stack);
}

void
json_write(const json_t *v, struct buf *out, int indent, int level)
{
	struct writer w = { .out = out, .indent = indent, .base = level };

	write_value(&w, v);
}

int
json_write_file(const json_t *v, FILE *f, int indent, int level, struct err *e)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	struct writer w = { .out = &b, .f = f, .indent = indent, .base = level };

	write_value(&w, v);
	drain(&w, 1);
	buf_free(&b);
	return w.failed ? err_set(e, ERR_SYSTEM, "writing failed") : 0;
}

void
json_canon(const json_t *v, struct buf *out)
{
	struct writer w = { .out = out, .canon = 1 };

	write_value(&w, v);
}

/* The end of a string that begins behind its quotation mark: behind the closing one. */
static const char *
string_end(const char *s, const char *end)
{
	for (; s < end && *s != '"'; s++)
		if (*s == '\\')
			s++;
	return s < end ? s + 1 : end;
}

void
json_squeeze(const char *s, size_t n, struct buf *out)
{
	const char *end = s + n, *from = s;

	while (s < end)
		if (*s == '"')
			s = string_end(s + 1, end);
		else if (*s == ' ' || *s == '\n' || *s == '\t' || *s == '\r') {
			buf_add(out, from, (size_t)(s - from));
			while (s < end && (*s == ' ' || *s == '\n' || *s == '\t' || *s == '\r'))
				s++;
			from = s;
		} else
			s++;
	buf_add(out, from, (size_t)(end - from));
}
