#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/engine.h"
#include "json/reader.h"

/* A member of an object under evaluation. */
struct member_view {
	struct name name;
	const json_t *v;
};

/* The resources entered on the way here, innermost first (Core section 7.1, dynamic scope). */
struct scope {
	const struct scope *up;
	uint32_t resource;
};

/* Which members or elements of a value have been evaluated, where unevaluated* wants to know. */
struct marks {
	uint64_t *bits;
	size_t n;
};

/* One subschema at one value. */
struct frame {
	const struct sub *s;
	struct inst *in;
	struct marks *m;	/* NULL: nobody asks */
	const struct scope *scope;
	int bad;		/* a keyword of this subschema has failed already (only while collecting) */
};

/* Memory given back in the reverse order of its taking. */
struct chunk {
	struct chunk *prev;
	size_t used, size;
	_Alignas(16) char data[];
};
#define CHUNK	(32u << 10)

struct schema_run {
	const struct schema_set *set;
	struct regex_run *regex;
	struct findings *collect;	/* NULL: the verdict is enough */
	enum schema_verdict abort;	/* SCHEMA_VALID: go on */
	unsigned depth, steps;
	struct chunk *chunk;
};

typedef int op_fn(struct schema_run *r, struct frame *f, const struct insn *i);

static int eval(struct schema_run *r, uint32_t id, struct inst *in, struct marks *out, const struct scope *up);

/* ---- memory of a run ------------------------------------------------------------------------------------------------- */

struct schema_run *
schema_run_new(struct schema_set *set)
{
	struct schema_run *r = xcalloc(1, sizeof(*r));

	r->set = set;
	r->regex = regex_run_new();
	return r;
}

static void
pool_release(struct schema_run *r, const struct chunk *chunk, size_t used)
{
	struct chunk *c;

	while (r->chunk != chunk) {
		c = r->chunk;
		/* The first chunk stays for the next value. */
		if (c->prev == NULL) {
			c->used = 0;
			return;
		}
		r->chunk = c->prev;
		free(c);
	}
	if (r->chunk != NULL)
		r->chunk->used = used;
}

void
schema_run_free(struct schema_run *run)
{
	if (run == NULL)
		return;
	pool_release(run, NULL, 0);
	free(run->chunk);
	regex_run_free(run->regex);
	free(run);
}

static void *
pool_alloc(struct schema_run *r, size_t n)
{
	struct chunk *c = r->chunk;
	size_t size;

	n = (n + 15) & ~(size_t)15;
	if (c == NULL || c->size - c->used < n) {
		size = n > CHUNK ? n : CHUNK;
		c = xmalloc(sizeof(*c) + size);
		c->prev = r->chunk;
		c->size = size;
		c->used = 0;
		r->chunk = c;
	}
	c->used += n;
	return c->data + c->used - n;
}

static void
members(struct schema_run *r, struct inst *in)
{
	void *it;
	struct member_view *m;

	if (in->view != NULL)
		return;
	m = in->view = pool_alloc(r, (json_object_size(in->v) + 1) * sizeof(*m));
	for (it = json_object_iter((json_t *)in->v); it != NULL; it = json_object_iter_next((json_t *)in->v, it), m++) {
		m->name.s = json_object_iter_key(it);
		m->name.n = (uint32_t)json_object_iter_key_len(it);
		m->name.hash = name_hash(m->name.s, m->name.n);
		m->v = json_object_iter_value(it);
	}
	in->n_view = (size_t)(m - in->view);
}

static const struct member_view *
member(struct schema_run *r, struct inst *in, const struct name *name)
{
	size_t i;

	members(r, in);
	for (i = 0; i < in->n_view; i++)
		if (in->view[i].name.hash == name->hash && in->view[i].name.n == name->n &&
		    memcmp(in->view[i].name.s, name->s, name->n) == 0)
			return &in->view[i];
	return NULL;
}

/* ---- marks ---------------------------------------------------------------------------------------------------------- */

static void
marks_init(struct schema_run *r, struct marks *m, const json_t *v)
{
	m->n = json_is_object(v) ? json_object_size(v) : json_is_array(v) ? json_array_size(v) : 0;
	m->bits = pool_alloc(r, (m->n / 64 + 1) * sizeof(*m->bits));
	memset(m->bits, 0, (m->n / 64 + 1) * sizeof(*m->bits));
}

static void
mark(struct marks *m, size_t i)
{
	if (m != NULL)
		m->bits[i / 64] |= 1ULL << (i % 64);
}

static int
is_marked(const struct marks *m, size_t i)
{
	return (m->bits[i / 64] >> (i % 64)) & 1;
}

static void
marks_join(struct marks *to, const struct marks *from)
{
	size_t i;

	for (i = 0; i < to->n / 64 + 1; i++)
		to->bits[i] |= from->bits[i];
}

/* ---- failing --------------------------------------------------------------------------------------------------------- */

static void record(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *at, int at_name,
    enum schema_verdict verdict, const char *fmt, va_list ap) BASE_PRINTF(7, 0);
static int fail(struct schema_run *r, const struct frame *f, const struct insn *i, const char *fmt, ...) BASE_PRINTF(4, 5);
static int fail_at(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *at, const char *fmt, ...)
    BASE_PRINTF(5, 6);
static int undecided(struct schema_run *r, const struct frame *f, const char *keyword, enum schema_verdict why);

static void
record(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *at, int at_name,
    enum schema_verdict verdict, const char *fmt, va_list ap)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	char text[4096];

	vsnprintf(text, sizeof(text), fmt, ap);
	buf_adds(&b, text);
	findings_add(r->collect, r->set, f->s, keyword, f->in, at, at_name, verdict, buf_take(&b));
}

/* The value at hand fails keyword i. Returns 0. */
static int
fail(struct schema_run *r, const struct frame *f, const struct insn *i, const char *fmt, ...)
{
	va_list ap;

	if (r->collect == NULL)
		return 0;
	va_start(ap, fmt);
	record(r, f, keyword_name(i->keyword), NULL, 0, SCHEMA_INVALID, fmt, ap);
	va_end(ap);
	return 0;
}

/* Member `at` of the value at hand should not be there, or not under that name. Returns 0. */
static int
fail_at(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *at, const char *fmt, ...)
{
	va_list ap;

	if (r->collect == NULL)
		return 0;
	va_start(ap, fmt);
	record(r, f, keyword, at, 1, SCHEMA_INVALID, fmt, ap);
	va_end(ap);
	return 0;
}

static void
say_undecided(struct schema_run *r, const struct frame *f, const char *keyword, enum schema_verdict why, const char *fmt, ...)
    BASE_PRINTF(5, 6);
static void
say_undecided(struct schema_run *r, const struct frame *f, const char *keyword, enum schema_verdict why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(r, f, keyword, NULL, 0, why, fmt, ap);
	va_end(ap);
}

/*
 * There is no verdict here. That ends the evaluation; but while collecting, a costly pattern is only noted. Returns what the
 * operation returns.
 */
static int
undecided(struct schema_run *r, const struct frame *f, const char *keyword, enum schema_verdict why)
{
	int pattern = why == SCHEMA_COSTLY && r->steps < LIMIT_SCHEMA_STEPS;

	r->abort = why;
	if (r->collect == NULL)
		return 0;
	if (pattern)
		r->abort = SCHEMA_VALID;
	say_undecided(r, f, keyword, why, why == SCHEMA_TOO_DEEP ? "nested too deeply to be checked" :
	    "checking this takes too long, so it is left undecided");
	return pattern;
}

/* Evaluates a subschema whose failures are nobody's concern. -1: no verdict. */
static int
quietly(struct schema_run *r, struct frame *f, const char *keyword, uint32_t sub, struct inst *in, struct marks *m)
{
	struct findings *collect = r->collect;
	int ok;

	r->collect = NULL;
	ok = eval(r, sub, in, m, f->scope);
	r->collect = collect;
	if (r->abort != SCHEMA_VALID) {
		undecided(r, f, keyword, r->abort);
		return -1;
	}
	return ok;
}

/* A value as a message shows it. */
static const char *
show(struct schema_run *r, const json_t *v, char room[400])
{
	struct buf b = BUF_INIT(399);

	room[0] = '\0';
	if (r->collect == NULL)
		return room;
	say_value(&b, v);
	snprintf(room, 400, "%s", buf_str(&b));
	buf_free(&b);
	return room;
}

static const char *
show_name(struct schema_run *r, const struct name *name, char room[400])
{
	struct buf b = BUF_INIT(399);

	room[0] = '\0';
	if (r->collect == NULL)
		return room;
	say_text(&b, name->s, name->n);
	/* A name stands without quotes. */
	if (b.len >= 2)
		snprintf(room, 400, "%.*s", (int)b.len - 2, b.s + 1);
	if (name->n == 0)
		snprintf(room, 400, "''");
	buf_free(&b);
	return room;
}

/*
 * The next three keep their texts off the stack of the operations that call eval(). fail_shown: the value at
 * hand, and what is wrong with it.
 */
static int fail_shown(struct schema_run *r, const struct frame *f, const struct insn *i, const char *what) __attribute__((noinline));
static int
fail_shown(struct schema_run *r, const struct frame *f, const struct insn *i, const char *what)
{
	char room[400];

	return fail(r, f, i, "%s %s", show(r, f->in->v, room), what);
}

/* Member `name` should not be there. */
static int not_permitted(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *name)
    __attribute__((noinline));
static int
not_permitted(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *name)
{
	char room[400];

	return fail_at(r, f, keyword, name, "%s is not permitted here", show_name(r, name, room));
}

/* Both branches of a oneOf hold. */
static int fail_both(struct schema_run *r, const struct frame *f, const struct insn *i, const size_t which[2]) __attribute__((noinline));
static int
fail_both(struct schema_run *r, const struct frame *f, const struct insn *i, const size_t which[2])
{
	char room[400];

	return fail(r, f, i, "%s has more than one of the forms that exclude each other (numbers %zu and %zu)",
	    show(r, f->in->v, room), which[0], which[1]);
}

/* ---- any value --------------------------------------------------------------------------------------------------------- */

static unsigned
type_mask(const json_t *v)
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

static int
op_type(struct schema_run *r, struct frame *f, const struct insn *i)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);

	if (i->a & type_mask(f->in->v))
		return 1;
	if (r->collect != NULL) {
		say_types(&b, i->a);
		fail(r, f, i, "got %s, want %s", say_type(f->in->v), buf_str(&b));
		buf_free(&b);
	}
	return 0;
}

static int
op_const(struct schema_run *r, struct frame *f, const struct insn *i)
{
	char got[400], want[400];

	return json_same(f->in->v, i->p) || fail(r, f, i, "got %s, want %s", show(r, f->in->v, got), show(r, i->p, want));
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
	buf_printf(&b, "%s is not one of: ", show(r, f->in->v, room));
	for (k = 0; k < n && k < 12; k++) {
		v = json_array_get(list, k);
		if (k > 0)
			buf_adds(&b, ", ");
		show(r, v, room);
		if (json_is_string(v) && strlen(room) > 2)
			buf_add(&b, room + 1, strlen(room) - 2);
		else
			buf_adds(&b, room);
	}
	if (k < n)
		buf_printf(&b, ", .. (%zu in all)", n);
	fail(r, f, i, "%s", buf_str(&b));
	buf_free(&b);
	return 0;
}

static int
op_enum(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t k;

	for (k = 0; k < json_array_size(i->p); k++)
		if (json_same(f->in->v, json_array_get(i->p, k)))
			return 1;
	return fail_enum(r, f, i);
}

static int
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
	return (c >= low && c <= high) || fail(r, f, i, "got %s, want %s %s", show(r, f->in->v, got), what, show(r, i->p, want));
}

static int
op_minimum(struct schema_run *r, struct frame *f, const struct insn *i)
{
	return limit(r, f, i, 0, 1, "at least");
}

static int
op_maximum(struct schema_run *r, struct frame *f, const struct insn *i)
{
	return limit(r, f, i, -1, 0, "at most");
}

static int
op_exclusive_minimum(struct schema_run *r, struct frame *f, const struct insn *i)
{
	return limit(r, f, i, 1, 1, "more than");
}

static int
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

static int
op_multiple_of(struct schema_run *r, struct frame *f, const struct insn *i)
{
	char got[400], want[400];

	return !json_is_number(f->in->v) || is_multiple(f->in->v, i->p) ||
	    fail(r, f, i, "%s is no multiple of %s", show(r, f->in->v, got), show(r, i->p, want));
}

/* ---- strings ----------------------------------------------------------------------------------------------------------- */

/* "1 character", "2 characters". */
#define COUNTED(n, one)	(size_t)(n), (n) == 1 ? one : one "s"

static int
op_min_length(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t octets = json_string_length(f->in->v), n;

	/* A character has at most four octets. */
	if (!json_is_string(f->in->v) || octets / 4 >= i->a)
		return 1;
	n = utf8_count(json_string_value(f->in->v), octets);
	return n >= i->a || fail(r, f, i, "the text has %zu %s, want at least %u", COUNTED(n, "character"), (unsigned)i->a);
}

static int
op_max_length(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t octets = json_string_length(f->in->v), n;

	if (!json_is_string(f->in->v) || octets <= i->a)
		return 1;
	n = utf8_count(json_string_value(f->in->v), octets);
	return n <= i->a || fail(r, f, i, "the text has %zu %s, want at most %u", COUNTED(n, "character"), (unsigned)i->a);
}

static int
op_pattern(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct pattern_plan *p = i->p;
	char got[400];
	int m;

	if (!json_is_string(f->in->v))
		return 1;
	m = regex_search(p->re, r->regex, json_string_value(f->in->v), json_string_length(f->in->v));
	if (m < 0)
		return undecided(r, f, "pattern", SCHEMA_COSTLY);
	return m || fail(r, f, i, "%s does not match the pattern %s", show(r, f->in->v, got), p->source);
}

static int
op_format(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct format_plan *p = i->p;
	char got[400];

	return !json_is_string(f->in->v) || p->fn(json_string_value(f->in->v), json_string_length(f->in->v)) ||
	    fail(r, f, i, "%s is not in the form \"%s\"", show(r, f->in->v, got), p->name);
}

/* ---- objects ----------------------------------------------------------------------------------------------------------- */

static int
op_required(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct name_list *l = i->p;
	char room[400];
	size_t k;
	int ok = 1;

	if (!json_is_object(f->in->v))
		return 1;
	for (k = 0; k < l->n && (ok || r->collect != NULL); k++)
		if (member(r, f->in, &l->name[k]) == NULL)
			ok = fail(r, f, i, "%s is required", show_name(r, &l->name[k], room));
	return ok;
}

static int
op_dependent_required(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct name_list *l;
	char room[400], when[400];
	size_t k;
	int ok = 1;

	if (!json_is_object(f->in->v))
		return 1;
	for (l = i->p; l != NULL && (ok || r->collect != NULL); l = l->next) {
		if (member(r, f->in, &l->when) == NULL)
			continue;
		for (k = 0; k < l->n && (ok || r->collect != NULL); k++)
			if (member(r, f->in, &l->name[k]) == NULL)
				ok = fail(r, f, i, "%s is required where %s is present", show_name(r, &l->name[k], room),
				    show_name(r, &l->when, when));
	}
	return ok;
}

static int
op_min_properties(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t n = json_object_size(f->in->v);

	return !json_is_object(f->in->v) || n >= i->a ||
	    fail(r, f, i, "the object has %zu %s, want at least %u", COUNTED(n, "member"), (unsigned)i->a);
}

static int
op_max_properties(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t n = json_object_size(f->in->v);

	return !json_is_object(f->in->v) || n <= i->a ||
	    fail(r, f, i, "the object has %zu %s, want at most %u", COUNTED(n, "member"), (unsigned)i->a);
}

/* Evaluates a subschema at a member of the value at hand. */
static int
at_member(struct schema_run *r, struct frame *f, uint32_t sub, const struct member_view *m)
{
	struct inst child = { .v = m->v, .up = f->in, .name = m->name.s, .index = m->name.n };
	const struct sub *s = &r->set->sub[sub];
	const struct chunk *chunk = r->chunk;
	size_t used = chunk != NULL ? chunk->used : 0;
	int ok;

	if (s->truth == TRUTH_TRUE)
		return 1;
	if (s->truth == TRUTH_FALSE) {
		struct frame there = { .s = s, .in = f->in };

		return not_permitted(r, &there, "", &m->name);
	}
	ok = eval(r, sub, &child, NULL, f->scope);
	pool_release(r, chunk, used);
	return ok;
}

/* Evaluates what patternProperties says of a member; *known is set when a pattern matches its name. */
static int
at_patterns(struct schema_run *r, struct frame *f, const struct object_plan *p, const struct member_view *m, int *known)
{
	int ok = 1, hit;
	size_t k;

	for (k = 0; k < p->n_pattern && (ok || r->collect != NULL); k++) {
		hit = regex_search(p->pattern[k].re, r->regex, m->name.s, m->name.n);
		if (hit < 0)
			return undecided(r, f, "patternProperties", SCHEMA_COSTLY);
		if (hit == 0)
			continue;
		*known = 1;
		if (!at_member(r, f, p->pattern[k].sub, m))
			ok = 0;
	}
	return ok;
}

static int
op_object(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct object_plan *p = i->p;
	const struct member_view *m;
	uint32_t sub;
	size_t k;
	int ok = 1, known;

	if (!json_is_object(f->in->v))
		return 1;
	members(r, f->in);
	for (k = 0; k < f->in->n_view && (ok || r->collect != NULL) && r->abort == SCHEMA_VALID; k++) {
		m = &f->in->view[k];
		sub = table_find(&p->table, m->name.s, m->name.n, m->name.hash);
		known = sub != NO_SUB;
		if (known && !at_member(r, f, sub, m))
			ok = 0;
		if (p->n_pattern > 0 && !at_patterns(r, f, p, m, &known))
			ok = 0;
		if (!known && p->additional != NO_SUB) {
			known = 1;
			if (r->set->sub[p->additional].truth == TRUTH_FALSE)
				ok = not_permitted(r, f, "additionalProperties", &m->name);
			else if (!at_member(r, f, p->additional, m))
				ok = 0;
		}
		if (known)
			mark(f->m, k);
	}
	return ok;
}

static int
op_property_names(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct member_view *m;
	struct inst child;
	json_t *name;
	size_t k;
	int ok = 1;

	if (!json_is_object(f->in->v))
		return 1;
	members(r, f->in);
	for (k = 0; k < f->in->n_view && (ok || r->collect != NULL); k++) {
		m = &f->in->view[k];
		name = json_stringn_nocheck(m->name.s, m->name.n);
		if (name == NULL)
			base_oom();
		child = (struct inst){ .v = name, .up = f->in, .name = m->name.s, .index = m->name.n, .is_name = 1 };
		if (!eval(r, i->a, &child, NULL, f->scope))
			ok = 0;
		json_decref(name);
	}
	return ok;
}

static int
op_dependent_schemas(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct dependent_schemas *d = i->p;
	size_t k;
	int ok = 1;

	if (!json_is_object(f->in->v))
		return 1;
	for (k = 0; k < d->n && (ok || r->collect != NULL); k++)
		if (member(r, f->in, &d->dep[k].when) != NULL && !eval(r, d->dep[k].sub, f->in, f->m, f->scope))
			ok = 0;
	return ok;
}

static int
op_unevaluated_properties(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct member_view *m;
	size_t k;
	int ok = 1;

	/* After another failure it is not known what has been evaluated. */
	if (!json_is_object(f->in->v) || f->bad)
		return 1;
	members(r, f->in);
	for (k = 0; k < f->in->n_view && (ok || r->collect != NULL); k++) {
		if (is_marked(f->m, k))
			continue;
		m = &f->in->view[k];
		if (r->set->sub[i->a].truth == TRUTH_FALSE)
			ok = not_permitted(r, f, "unevaluatedProperties", &m->name);
		else if (!at_member(r, f, i->a, m))
			ok = 0;
		mark(f->m, k);
	}
	return ok;
}

/* ---- arrays ------------------------------------------------------------------------------------------------------------ */

static int
op_min_items(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t n = json_array_size(f->in->v);

	return !json_is_array(f->in->v) || n >= i->a ||
	    fail(r, f, i, "the list has %zu %s, want at least %u", COUNTED(n, "element"), (unsigned)i->a);
}

static int
op_max_items(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t n = json_array_size(f->in->v);

	return !json_is_array(f->in->v) || n <= i->a ||
	    fail(r, f, i, "the list has %zu %s, want at most %u", COUNTED(n, "element"), (unsigned)i->a);
}

static uint64_t
hash_octets(uint64_t h, const void *p, size_t n)
{
	const unsigned char *s = p;

	while (n-- > 0)
		h = (h ^ *s++) * 1099511628211u;
	return h;
}

/* A hash that is the same for the same JSON value. */
static uint64_t
hash_value(const json_t *v, unsigned depth)
{
	uint64_t h = 14695981039346656037u + (uint64_t)(json_is_number(v) ? JSON_REAL : json_typeof(v)), sum = 0;
	double d = json_number_value(v);
	void *it;
	size_t i;

	if (depth > LIMIT_JSON_DEPTH)
		return h;
	if (d == 0)
		d = 0;	/* -0.0 is 0 */
	if (json_is_number(v))
		return hash_octets(h, &d, sizeof(d));
	if (json_is_string(v))
		return hash_octets(h, json_string_value(v), json_string_length(v));
	for (i = 0; i < json_array_size(v); i++)
		h = (h ^ hash_value(json_array_get(v, i), depth + 1)) * 1099511628211u;
	it = json_is_object(v) ? json_object_iter((json_t *)v) : NULL;
	for (; it != NULL; it = json_object_iter_next((json_t *)v, it))
		sum += hash_octets(hash_value(json_object_iter_value(it), depth + 1), json_object_iter_key(it),
		    json_object_iter_key_len(it));
	return h + sum;
}

struct hashed {
	uint64_t hash;
	size_t i;
};

static int
by_hash(const void *left, const void *right)
{
	const struct hashed *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->i > b->i) - (a->i < b->i);
}

/* Finds two equal elements; 0 when there are none. */
static int
find_equal(const json_t *v, size_t *one, size_t *other)
{
	size_t n = json_array_size(v), i, k;
	struct hashed *h = xcalloc(n + 1, sizeof(*h));
	int found = 0;

	for (i = 0; i < n; i++)
		h[i] = (struct hashed){ hash_value(json_array_get(v, i), 0), i };
	qsort(h, n, sizeof(*h), by_hash);
	for (i = 0; i < n && !found; i++) {
		for (k = i + 1; k < n && h[k].hash == h[i].hash && !found; k++) {
			found = json_same(json_array_get(v, h[i].i), json_array_get(v, h[k].i));
			*one = h[i].i;
			*other = h[k].i;
		}
	}
	free(h);
	return found;
}

static int
op_unique(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t one = 0, other = 0;
	char room[400];

	if (!json_is_array(f->in->v) || json_array_size(f->in->v) < 2 || !find_equal(f->in->v, &one, &other))
		return 1;
	return fail(r, f, i, "elements %zu and %zu are equal (%s)", one, other, show(r, json_array_get(f->in->v, one), room));
}

static int
at_element(struct schema_run *r, struct frame *f, uint32_t sub, size_t index)
{
	struct inst child = { .v = json_array_get(f->in->v, index), .up = f->in, .index = index };
	const struct chunk *chunk = r->chunk;
	size_t used = chunk != NULL ? chunk->used : 0;
	int ok = eval(r, sub, &child, NULL, f->scope);

	pool_release(r, chunk, used);
	return ok;
}

static int
op_items(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct items_plan *p = i->p;
	size_t n = json_array_size(f->in->v), k;
	uint32_t sub;
	int ok = 1;

	if (!json_is_array(f->in->v))
		return 1;
	for (k = 0; k < n && (ok || r->collect != NULL) && r->abort == SCHEMA_VALID; k++) {
		sub = k < p->prefix.n ? p->prefix.sub[k] : p->items;
		if (sub == NO_SUB)
			break;
		if (!at_element(r, f, sub, k))
			ok = 0;
		mark(f->m, k);
	}
	return ok;
}

static int
op_contains(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct contains_plan *p = i->p;
	struct findings *collect = r->collect;
	size_t n = json_array_size(f->in->v), k, hits = 0;

	if (!json_is_array(f->in->v))
		return 1;
	for (k = 0; k < n && (f->m != NULL || hits < p->min || p->max != SIZE_MAX); k++) {
		r->collect = NULL;
		if (at_element(r, f, p->sub, k)) {
			hits++;
			mark(f->m, k);
		}
		r->collect = collect;
		if (r->abort != SCHEMA_VALID)
			return undecided(r, f, "contains", r->abort);
	}
	if (hits < p->min)
		return fail(r, f, i, "%zu of the list's elements %s as wanted, want at least %zu", hits, hits == 1 ? "is" : "are",
		    p->min);
	return hits <= p->max ||
	    fail(r, f, i, "%zu of the list's elements are as described, want at most %zu", hits, p->max);
}

static int
op_unevaluated_items(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t n = json_array_size(f->in->v), k;
	int ok = 1;

	if (!json_is_array(f->in->v) || f->bad)
		return 1;
	for (k = 0; k < n && (ok || r->collect != NULL); k++) {
		if (is_marked(f->m, k))
			continue;
		if (!at_element(r, f, i->a, k))
			ok = 0;
		mark(f->m, k);
	}
	return ok;
}

/* ---- references and combinations ---------------------------------------------------------------------------------------- */

static int
op_ref(struct schema_run *r, struct frame *f, const struct insn *i)
{
	return eval(r, i->a, f->in, f->m, f->scope);
}

static int
op_dynamic_ref(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct dynamic *d = i->p;
	const struct scope *s;
	uint32_t sub = i->a;
	size_t k;

	/* The outermost resource that declares the anchor wins. */
	for (s = f->scope; s != NULL; s = s->up)
		for (k = 0; k < d->to.n; k++)
			if (d->to.v[k].resource == s->resource)
				sub = d->to.v[k].sub;
	return eval(r, sub, f->in, f->m, f->scope);
}

static int
op_all_of(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct sub_list *l = i->p;
	size_t k;
	int ok = 1;

	for (k = 0; k < l->n && (ok || r->collect != NULL) && r->abort == SCHEMA_VALID; k++)
		if (!eval(r, l->sub[k], f->in, f->m, f->scope))
			ok = 0;
	return ok;
}

/* How near a branch that failed came to matching. */
struct nearness {
	int wrong_kind;		/* the value itself has the wrong type, or is none of the values wanted */
	int wrong_choice;	/* so has one of its members: probably another branch is meant */
	size_t depth, n;	/* deepest finding; number of findings */
};

static struct nearness
nearness_of(const struct findings *list, size_t depth)
{
	struct nearness near = { .n = list->n };
	const struct finding *f;
	size_t i;
	int picks;

	for (i = 0; i < list->n; i++) {
		f = &list->v[i];
		picks = strcmp(f->f.keyword, "const") == 0 || strcmp(f->f.keyword, "enum") == 0;
		if (f->depth <= depth && (picks || strcmp(f->f.keyword, "type") == 0 || f->f.keyword[0] == '\0'))
			near.wrong_kind = 1;
		if (f->depth == depth + 1 && picks)
			near.wrong_choice = 1;
		if (f->depth > near.depth)
			near.depth = f->depth;
	}
	return near;
}

static int
is_nearer(struct nearness a, struct nearness b)
{
	if (a.wrong_kind != b.wrong_kind)
		return a.wrong_kind < b.wrong_kind;
	if (a.wrong_choice != b.wrong_choice)
		return a.wrong_choice < b.wrong_choice;
	if (a.depth != b.depth)
		return a.depth > b.depth;
	return a.n < b.n;
}

/* The types that a subschema asks for by "type", or 0. */
static unsigned
types_of(const struct schema_set *set, uint32_t sub)
{
	const struct sub *s = &set->sub[sub];
	const struct insn *i = &set->insn[s->first];

	return s->n > 0 && i->op == OP_TYPE ? i->a : 0;
}

/* Every branch has the wrong kind of value: one finding for all. */
static void
fail_kind(struct schema_run *r, struct frame *f, const struct insn *i, const struct sub_list *l)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	unsigned mask = 0, one;
	char room[400];
	size_t k;

	for (k = 0; k < l->n; k++) {
		one = types_of(r->set, l->sub[k]);
		if (one == 0 || (one & type_mask(f->in->v)))
			break;
		mask |= one;
	}
	if (k == l->n) {
		say_types(&b, mask);
		fail(r, f, i, "got %s, want %s", say_type(f->in->v), buf_str(&b));
	} else {
		fail(r, f, i, "%s has none of the %zu permitted forms", show(r, f->in->v, room), l->n);
	}
	buf_free(&b);
}

/* No branch matches: reports what is wrong with the nearest one. */
static void
explain_branches(struct schema_run *r, struct frame *f, const struct insn *i, const struct sub_list *l)
{
	struct findings *collect = r->collect, best = { 0 };
	struct nearness near, nearest = { 0 };
	const struct inst *in;
	size_t k, depth = 0;

	for (in = f->in; in->up != NULL; in = in->up)
		depth++;
	for (k = 0; k < l->n; k++) {
		struct findings branch = { .max = collect->max };

		r->collect = &branch;
		eval(r, l->sub[k], f->in, NULL, f->scope);
		near = nearness_of(&branch, depth);
		if (branch.n > 0 && (best.n == 0 || is_nearer(near, nearest))) {
			findings_release(&best);
			best = branch;
			nearest = near;
		} else {
			findings_release(&branch);
		}
	}
	r->collect = collect;
	if (best.n == 0 || (nearest.wrong_kind && l->n > 1))
		fail_kind(r, f, i, l);
	else
		findings_move(collect, &best);
	findings_release(&best);
}

/* Counts the branches that match, up to most; their marks are joined. -1: no verdict. *which: the first two. */
static int
count_branches(struct schema_run *r, struct frame *f, const struct insn *i, int most, size_t which[2])
{
	const struct sub_list *l = i->p;
	struct marks own;
	size_t k;
	int hits = 0, ok;

	for (k = 0; k < l->n && (hits < most || f->m != NULL); k++) {
		if (f->m != NULL)
			marks_init(r, &own, f->in->v);
		ok = quietly(r, f, keyword_name(i->keyword), l->sub[k], f->in, f->m != NULL ? &own : NULL);
		if (ok < 0)
			return -1;
		if (!ok)
			continue;
		if (hits < 2)
			which[hits] = k;
		hits++;
		if (f->m != NULL)
			marks_join(f->m, &own);
	}
	return hits;
}

static int
op_any_of(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t which[2];
	int hits = count_branches(r, f, i, 1, which);

	if (hits < 0)
		return r->abort == SCHEMA_VALID;
	if (hits == 0 && r->collect != NULL)
		explain_branches(r, f, i, i->p);
	return hits > 0;
}

static int
op_one_of(struct schema_run *r, struct frame *f, const struct insn *i)
{
	size_t which[2] = { 0, 0 };
	int hits = count_branches(r, f, i, 2, which);

	if (hits < 0)
		return r->abort == SCHEMA_VALID;
	if (hits == 0 && r->collect != NULL)
		explain_branches(r, f, i, i->p);
	if (hits > 1)
		return fail_both(r, f, i, which);
	return hits == 1;
}

/* The names whose presence alone a "not" forbids: its "required", or that of a branch of its "anyOf". NULL: another reason. */
static const json_t *
forbidden_names(const json_t *schema, const json_t *v)
{
	const json_t *names = json_object_get(schema, "required"), *found;
	size_t i;

	if (json_object_size(schema) != 1)
		return NULL;
	for (i = 0; names == NULL && i < json_array_size(json_object_get(schema, "anyOf")); i++) {
		found = json_array_get(json_object_get(schema, "anyOf"), i);
		if (json_object_get(found, "required") != NULL && forbidden_names(found, v) != NULL)
			return json_object_get(found, "required");
	}
	for (i = 0; i < json_array_size(names); i++)
		if (json_object_get(v, json_string_value(json_array_get(names, i))) == NULL)
			return NULL;
	return names;
}

/* The value at hand has the form that a "not" forbids. */
static int fail_not(struct schema_run *r, const struct frame *f, const struct insn *i) __attribute__((noinline));
static int
fail_not(struct schema_run *r, const struct frame *f, const struct insn *i)
{
	const json_t *names = forbidden_names(json_object_get(f->s->schema, "not"), f->in->v), *last;
	struct buf b = BUF_INIT(3000);
	struct name name;
	char room[400];
	size_t k, n = json_array_size(names);

	if (r->collect == NULL)
		return 0;
	if (!json_is_object(f->in->v) || n == 0)
		return fail_shown(r, f, i, "has a form that is not permitted");
	last = json_array_get(names, n - 1);
	name = (struct name){ json_string_value(last), (uint32_t)json_string_length(last), 0 };
	if (n == 1)
		return not_permitted(r, f, "not", &name);
	for (k = 0; k + 1 < n; k++)
		buf_printf(&b, "%s%s", k > 0 ? ", " : "", json_string_value(json_array_get(names, k)));
	fail_at(r, f, "not", &name, "%s is not permitted together with %s", show_name(r, &name, room), buf_str(&b));
	buf_free(&b);
	return 0;
}

static int
op_not(struct schema_run *r, struct frame *f, const struct insn *i)
{
	struct marks own;
	int ok;

	/* Marks inside "not" count for unevaluated* inside it only. */
	if (f->m != NULL)
		marks_init(r, &own, f->in->v);
	ok = quietly(r, f, "not", i->a, f->in, f->m != NULL ? &own : NULL);
	if (ok < 0)
		return r->abort == SCHEMA_VALID;
	return !ok || fail_not(r, f, i);
}

static int
op_if(struct schema_run *r, struct frame *f, const struct insn *i)
{
	const struct if_plan *p = i->p;
	struct marks own;
	uint32_t next;
	int ok;

	if (f->m != NULL)
		marks_init(r, &own, f->in->v);
	ok = quietly(r, f, "if", p->if_sub, f->in, f->m != NULL ? &own : NULL);
	if (ok < 0)
		return r->abort == SCHEMA_VALID;
	if (ok && f->m != NULL)
		marks_join(f->m, &own);
	next = ok ? p->then_sub : p->else_sub;
	return next == NO_SUB || eval(r, next, f->in, f->m, f->scope);
}

/* ---- evaluating ---------------------------------------------------------------------------------------------------------- */

static op_fn *const ops[OP_COUNT] = {
	[OP_TYPE] = op_type, [OP_CONST] = op_const, [OP_ENUM] = op_enum, [OP_ENUM_STRINGS] = op_enum_strings,
	[OP_MINIMUM] = op_minimum, [OP_MAXIMUM] = op_maximum, [OP_EXCLUSIVE_MINIMUM] = op_exclusive_minimum,
	[OP_EXCLUSIVE_MAXIMUM] = op_exclusive_maximum, [OP_MULTIPLE_OF] = op_multiple_of, [OP_MIN_LENGTH] = op_min_length,
	[OP_MAX_LENGTH] = op_max_length, [OP_PATTERN] = op_pattern, [OP_FORMAT] = op_format, [OP_REQUIRED] = op_required,
	[OP_MIN_PROPERTIES] = op_min_properties, [OP_MAX_PROPERTIES] = op_max_properties,
	[OP_DEPENDENT_REQUIRED] = op_dependent_required, [OP_MIN_ITEMS] = op_min_items, [OP_MAX_ITEMS] = op_max_items,
	[OP_UNIQUE] = op_unique, [OP_REF] = op_ref, [OP_DYNAMIC_REF] = op_dynamic_ref, [OP_ALL_OF] = op_all_of,
	[OP_ANY_OF] = op_any_of, [OP_ONE_OF] = op_one_of, [OP_NOT] = op_not, [OP_IF] = op_if, [OP_OBJECT] = op_object,
	[OP_PROPERTY_NAMES] = op_property_names, [OP_DEPENDENT_SCHEMAS] = op_dependent_schemas, [OP_ITEMS] = op_items,
	[OP_CONTAINS] = op_contains, [OP_UNEVALUATED_PROPERTIES] = op_unevaluated_properties,
	[OP_UNEVALUATED_ITEMS] = op_unevaluated_items,
};

static int
run_instructions(struct schema_run *r, struct frame *f)
{
	const struct insn *i = &r->set->insn[f->s->first], *end = i + f->s->n;

	for (; i < end; i++) {
		if (ops[i->op](r, f, i))
			continue;
		f->bad = 1;
		if (r->collect == NULL || r->abort != SCHEMA_VALID)
			return 0;
	}
	return !f->bad;
}

/* Evaluates subschema id at in. What it evaluates of in's members or elements is marked in out, unless that is NULL. */
static int
eval(struct schema_run *r, uint32_t id, struct inst *in, struct marks *out, const struct scope *up)
{
	const struct sub *s = &r->set->sub[id];
	struct scope here = { up, s->resource };
	struct frame f = { s, in, out, up, 0 };
	struct marks own;
	int ok;

	if (s->truth == TRUTH_TRUE)
		return 1;
	if (s->truth == TRUTH_FALSE)
		return fail_at(r, &f, "", NULL, "nothing is permitted here");
	if (r->abort != SCHEMA_VALID)
		return 0;
	if (r->steps >= LIMIT_SCHEMA_STEPS || r->depth >= LIMIT_SCHEMA_DEPTH)
		return undecided(r, &f, "", r->depth >= LIMIT_SCHEMA_DEPTH ? SCHEMA_TOO_DEEP : SCHEMA_COSTLY);
	r->steps++;
	r->depth++;
	if (up == NULL || up->resource != s->resource)
		f.scope = &here;
	if (s->watches) {
		marks_init(r, &own, in->v);
		f.m = &own;
	}
	ok = run_instructions(r, &f);
	if (ok && s->watches && out != NULL)
		marks_join(out, &own);
	r->depth--;
	return ok;
}

static enum schema_verdict
evaluate(struct schema_run *r, const struct schema *schema, const json_t *instance, struct findings *collect)
{
	struct inst root = { .v = instance };
	int ok;

	r->collect = collect;
	r->abort = SCHEMA_VALID;
	r->depth = r->steps = 0;
	ok = eval(r, schema->sub, &root, NULL, NULL);
	pool_release(r, NULL, 0);
	r->collect = NULL;
	return r->abort != SCHEMA_VALID ? r->abort : ok ? SCHEMA_VALID : SCHEMA_INVALID;
}

enum schema_verdict
schema_check(struct schema_run *run, const struct schema *schema, const json_t *instance)
{
	return evaluate(run, schema, instance, NULL);
}

/* Whether a finding is a consequence of another one at the same place: a value of the wrong type has no wrong length. */
static int
is_hidden(const struct findings *list, const struct finding *f)
{
	static const char *const forms[] = { "pattern", "format", "minLength", "maxLength" };
	const struct finding *other;
	size_t i;
	int is_form = 0;

	for (i = 0; i < ARRAY_LEN(forms); i++)
		is_form |= strcmp(f->f.keyword, forms[i]) == 0;
	for (i = 0; i < list->n; i++) {
		other = &list->v[i];
		if (other->place != f->place || other->f.at_name != f->f.at_name || other == f)
			continue;
		if (strcmp(other->f.keyword, "type") == 0 && strcmp(f->f.keyword, "type") != 0)
			return 1;
		if (is_form && (strcmp(other->f.keyword, "enum") == 0 || strcmp(other->f.keyword, "const") == 0))
			return 1;
	}
	return 0;
}

enum schema_verdict
schema_explain(struct schema_run *run, const struct schema *schema, const json_t *instance, size_t max, schema_finding_fn *found,
    void *arg)
{
	enum schema_verdict verdict = schema_check(run, schema, instance);
	struct findings list = { .max = max < LIMIT_SCHEMA_FINDINGS ? max : LIMIT_SCHEMA_FINDINGS };
	size_t i;

	if (verdict == SCHEMA_VALID)
		return verdict;
	evaluate(run, schema, instance, &list);
	for (i = 0; i < list.n; i++) {
		if (list.v[i].f.verdict == SCHEMA_INVALID)
			verdict = SCHEMA_INVALID;
		if (!is_hidden(&list, &list.v[i]))
			found(arg, &list.v[i].f);
	}
	findings_release(&list);
	return verdict;
}
