#include <stdlib.h>
#include <string.h>

#include "json/run.h"

/* ---- memory of a run ------------------------------------------------------------------------------------------------- */

struct schema_run *
schema_run_new(struct schema_set *set)
{
	struct schema_run *r = xcalloc(1, sizeof(*r));

	r->set = set;
	r->regex = regex_run_new();
	return r;
}

void
run_release(struct schema_run *r, const struct chunk *chunk, size_t used)
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
	run_release(run, NULL, 0);
	free(run->chunk);
	regex_run_free(run->regex);
	free(run);
}

void *
run_alloc(struct schema_run *r, size_t n)
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

void
run_members(struct schema_run *r, struct inst *in)
{
	void *it;
	struct member_view *m;

	if (in->view != NULL)
		return;
	m = in->view = run_alloc(r, (json_object_size(in->v) + 1) * sizeof(*m));
	for (it = json_object_iter((json_t *)in->v); it != NULL; it = json_object_iter_next((json_t *)in->v, it), m++) {
		m->name.s = json_object_iter_key(it);
		m->name.n = (uint32_t)json_object_iter_key_len(it);
		m->name.hash = name_hash(m->name.s, m->name.n);
		m->v = json_object_iter_value(it);
	}
	in->n_view = (size_t)(m - in->view);
}

const struct member_view *
run_member(struct schema_run *r, struct inst *in, const struct name *name)
{
	size_t i;

	run_members(r, in);
	for (i = 0; i < in->n_view; i++)
		if (in->view[i].name.hash == name->hash && in->view[i].name.n == name->n &&
		    memcmp(in->view[i].name.s, name->s, name->n) == 0)
			return &in->view[i];
	return NULL;
}

/* ---- marks ---------------------------------------------------------------------------------------------------------- */

void
marks_init(struct schema_run *r, struct marks *m, const json_t *v)
{
	m->n = json_is_object(v) ? json_object_size(v) : json_is_array(v) ? json_array_size(v) : 0;
	m->bits = run_alloc(r, (m->n / 64 + 1) * sizeof(*m->bits));
	memset(m->bits, 0, (m->n / 64 + 1) * sizeof(*m->bits));
}

void
marks_join(struct marks *to, const struct marks *from)
{
	size_t i;

	for (i = 0; i < to->n / 64 + 1; i++)
		to->bits[i] |= from->bits[i];
}

/* ---- failing --------------------------------------------------------------------------------------------------------- */

static void record(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *at, int at_name,
    enum schema_verdict verdict, const char *fmt, va_list ap) BASE_PRINTF(7, 0);

static void
record(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *at, int at_name,
    enum schema_verdict verdict, const char *fmt, va_list ap)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	char text[4096];

	vsnprintf(text, sizeof(text), fmt, ap);
	/* What a cut has left of a character, or a pattern brings along, must not reach a terminal. */
	say_plain(&b, text, utf8_valid(text, strlen(text)));
	findings_add(r->collect, r->set, f->s, keyword, f->in, at, at_name, verdict, buf_take(&b));
}

int
op_fail(struct schema_run *r, const struct frame *f, const struct insn *i, const char *fmt, ...)
{
	va_list ap;

	if (r->collect == NULL)
		return 0;
	va_start(ap, fmt);
	record(r, f, keyword_name(i->keyword), NULL, 0, SCHEMA_INVALID, fmt, ap);
	va_end(ap);
	return 0;
}

int
op_fail_at(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *at, const char *fmt, ...)
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

int
op_undecided(struct schema_run *r, const struct frame *f, const char *keyword, enum schema_verdict why)
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

int
op_quietly(struct schema_run *r, struct frame *f, const char *keyword, uint32_t sub, struct inst *in, struct marks *m)
{
	struct findings *collect = r->collect;
	int ok;

	r->collect = NULL;
	ok = schema_eval(r, sub, in, m, f->scope);
	r->collect = collect;
	if (r->abort != SCHEMA_VALID) {
		op_undecided(r, f, keyword, r->abort);
		return -1;
	}
	return ok;
}

const char *
op_show(struct schema_run *r, const json_t *v, char room[400])
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

const char *
op_show_name(struct schema_run *r, const struct name *name, char room[400])
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

int
op_fail_shown(struct schema_run *r, const struct frame *f, const struct insn *i, const char *what)
{
	char room[400];

	return op_fail(r, f, i, "%s %s", op_show(r, f->in->v, room), what);
}

int
op_not_permitted(struct schema_run *r, const struct frame *f, const char *keyword, const struct name *name)
{
	char room[400];

	return op_fail_at(r, f, keyword, name, "%s is not permitted here", op_show_name(r, name, room));
}

int
op_fail_both(struct schema_run *r, const struct frame *f, const struct insn *i, const size_t which[2])
{
	char room[400];

	return op_fail(r, f, i, "%s has more than one of the forms that exclude each other (numbers %zu and %zu)",
	    op_show(r, f->in->v, room), which[0], which[1]);
}
