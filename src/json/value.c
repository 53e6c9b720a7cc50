#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/reader.h"
#include "json/run.h"

/* ---- any value --------------------------------------------------------------------------------------------------------- */

unsigned
op_type_mask(const json_t *v)
{
	static const uint8_t bits[] = {
		[JSON_OBJECT] = T_OBJECT, [JSON_ARRAY] = T_ARRAY, [JSON_STRING] = T_STRING, [JSON_INTEGER] = T_INTEGER | T_NUMBER,
		[JSON_REAL] = T_NUMBER, [JSON_TRUE] = T_BOOLEAN, [JSON_FALSE] = T_BOOLEAN, [JSON_NULL] = T_NULL,
	};

	/* Validation section 6.1.1: 1.0 is an integer. */
	if (json_is_real(v) && json_real_value(v) == floor(json_real_value(v)))
		return T_NUMBER | T_INTEGER;
	return bits[json_typeof(v)];
}

int
op_type(struct schema_run *r, struct frame *f, const struct insn *i)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);

	if (i->a & op_type_mask(f->in->v))
		return 1;
	if (r->collect != NULL) {
		say_types(&b, i->a);
		op_fail(r, f, i, "got %s, want %s", say_type(f->in->v), buf_str(&b));
		buf_free(&b);
	}
	return 0;
}

int
op_const(struct schema_run *r, struct frame *f, const struct insn *i)
{
	char got[400], want[400];

	return json_same(f->in->v, i->p) || op_fail(r, f, i, "got %s, want %s", op_show(r, f->in->v, got), op_show(r, i->p, want));
}

static int
fail_enum(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const json_t *list = json_object_get(f->s->schema, "enum"), *v;
	struct buf b = BUF_INIT(3000);
	char room[400];
	size_t k, n = json_array_size(list);

	if (r->collect == NULL)
		return 0;
	buf_printf(&b, "%s is not one of: ", op_show(r, f->in->v, room));
	for (k = 0; k < n && k < 12; k++) {
		v = json_array_get(list, k);
		if (k > 0)
			buf_adds(&b, ", ");
		op_show(r, v, room);
		if (json_is_string(v) && strlen(room) > 2)
			buf_add(&b, room + 1, strlen(room) - 2);
		else
			buf_adds(&b, room);
	}
	if (k < n)
		buf_printf(&b, ", .. (%zu in all)", n);
	op_fail(r, f, i, "%s", buf_str(&b));
	buf_free(&b);
	return 0;
}

int
op_enum(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t k;

	for (k = 0; k < json_array_size(i->p); k++)
		if (json_same(f->in->v, json_array_get(i->p, k)))
			return 1;
	return fail_enum(r, f, i);
}

int
op_enum_strings(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const char *s = json_string_value(f->in->v);
	size_t n = json_string_length(f->in->v);

	return (s != NULL && table_find(i->p, s, n, name_hash(s, n)) != NO_SUB) || fail_enum(r, f, i);
}

/* ---- numbers ----------------------------------------------------------------------------------------------------------- */

/* Compares an integer with a real exactly. */
static int
compare_mixed(json_int_t i, double d)
{
	json_int_t whole;

	if (d >= 0x1p63)
		return -1;
	if (d < -0x1p63)
		return 1;
	whole = (json_int_t)d;
	if (i != whole)
		return i < whole ? -1 : 1;
	return (double)whole < d ? -1 : (double)whole > d;
}

static int
compare(const json_t *a, const json_t *b)
{
	double x, y;

	if (json_is_integer(a) && json_is_integer(b))
		return (json_integer_value(a) > json_integer_value(b)) - (json_integer_value(a) < json_integer_value(b));
	if (json_is_integer(a))
		return compare_mixed(json_integer_value(a), json_real_value(b));
	if (json_is_integer(b))
		return -compare_mixed(json_integer_value(b), json_real_value(a));
	x = json_real_value(a);
	y = json_real_value(b);
	return (x > y) - (x < y);
}

/* low, high: the comparisons of value and limit that are permitted lie between them. */
static int
limit(struct schema_run *r, struct frame *f, const struct insn *i, int low, int high, const char *what)
{
	char got[400], want[400];
	int c;

	if (!json_is_number(f->in->v))
		return 1;
	c = compare(f->in->v, i->p);
	return (c >= low && c <= high) || op_fail(r, f, i, "got %s, want %s %s", op_show(r, f->in->v, got), what, op_show(r, i->p, want));
}

int
op_minimum(struct schema_run *r, struct frame *f, const struct insn *i)
{
	return limit(r, f, i, 0, 1, "at least");
}

int
op_maximum(struct schema_run *r, struct frame *f, const struct insn *i)
{
	return limit(r, f, i, -1, 0, "at most");
}

int
op_exclusive_minimum(struct schema_run *r, struct frame *f, const struct insn *i)
{
	return limit(r, f, i, 1, 1, "more than");
}

int
op_exclusive_maximum(struct schema_run *r, struct frame *f, const struct insn *i)
{
	return limit(r, f, i, -1, -1, "less than");
}

/* |v| = digits * 10^exp, from the decimal form of v. */
static uint64_t
decimal(const json_t *v, int *exp)
{
	json_int_t i = json_integer_value(v);
	char digits[24];
	int k, n;

	*exp = 0;
	if (json_is_integer(v))
		return i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
	if (json_real_value(v) == 0)
		return 0;
	k = real_digits(fabs(json_real_value(v)), digits, &n);
	*exp = n - k;
	return strtoull(digits, NULL, 10);
}

/* Whether a is a multiple of b > 0, exactly, as the decimal numbers that were written. */
static int
is_multiple(const json_t *a, const json_t *b)
{
	int x, y;
	uint64_t p = decimal(a, &x), q = decimal(b, &y);
	unsigned __int128 rest, unit;

	if (p == 0)
		return 1;
	rest = p % q;
	for (; x > y && rest != 0; x--)
		rest = rest * 10 % q;
	if (x >= y)
		return rest == 0;
	for (unit = q; x < y && unit <= p; x++)
		unit *= 10;
	return unit <= p && p % unit == 0;
}

int
op_multiple_of(struct schema_run *r, struct frame *f, const struct insn *i)
{
	char got[400], want[400];

	return !json_is_number(f->in->v) || is_multiple(f->in->v, i->p) ||
	    op_fail(r, f, i, "%s is no multiple of %s", op_show(r, f->in->v, got), op_show(r, i->p, want));
}

/* ---- strings ----------------------------------------------------------------------------------------------------------- */

int
op_min_length(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t octets = json_string_length(f->in->v), n;

	/* A character has at most four octets. */
	if (!json_is_string(f->in->v) || octets / 4 >= i->a)
		return 1;
	n = utf8_count(json_string_value(f->in->v), octets);
	return n >= i->a || op_fail(r, f, i, "the text has %zu %s, want at least %u", COUNTED(n, "character"), (unsigned)i->a);
}

int
op_max_length(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t octets = json_string_length(f->in->v), n;

	if (!json_is_string(f->in->v) || octets <= i->a)
		return 1;
	n = utf8_count(json_string_value(f->in->v), octets);
	return n <= i->a || op_fail(r, f, i, "the text has %zu %s, want at most %u", COUNTED(n, "character"), (unsigned)i->a);
}

int
op_pattern(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct pattern_plan *p = i->p;
	char got[400];
	int m;

	if (!json_is_string(f->in->v))
		return 1;
	m = regex_search(p->re, r->regex, json_string_value(f->in->v), json_string_length(f->in->v));
	if (m < 0)
		return op_undecided(r, f, "pattern", SCHEMA_COSTLY);
	return m || op_fail(r, f, i, "%s does not match the pattern %s", op_show(r, f->in->v, got), p->source);
}

int
op_format(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct format_plan *p = i->p;
	char got[400];

	return !json_is_string(f->in->v) || p->fn(json_string_value(f->in->v), json_string_length(f->in->v)) ||
	    op_fail(r, f, i, "%s is not in the form \"%s\"", op_show(r, f->in->v, got), p->name);
}
