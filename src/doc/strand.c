#include <stdlib.h>
#include <string.h>

#include "doc/doc_int.h"

void
strand_free(struct strand *st)
{
	free(st->s);
	free(st->runs);
	memset(st, 0, sizeof(*st));
}

static void
room(struct strand *st, size_t n)
{
	if (st->cap - st->len > n)
		return;
	st->cap = (st->cap + n + 1) + (st->cap + n) / 2;
	st->s = xrealloc(st->s, st->cap);
}

static void
add(struct strand *st, const char *s, size_t n)
{
	room(st, n);
	memcpy(st->s + st->len, s, n);
	st->len += n;
	st->s[st->len] = '\0';
}

/* Makes sure that what is added next has a run with these steps: the last one when it goes on there, else a new one. */
static void
run(struct strand *st, size_t in, size_t vstep, size_t istep)
{
	struct doc_run *last = st->nrun > 0 ? &st->runs[st->nrun - 1] : NULL;

	if (last != NULL && last->vstep == vstep && last->istep == istep &&
	    last->in + (st->len - last->view) / vstep * istep == in)
		return;
	if (st->nrun == st->runcap) {
		st->runcap = st->runcap == 0 ? 64 : st->runcap + st->runcap / 2;
		st->runs = xrealloc(st->runs, st->runcap * sizeof(*st->runs));
	}
	st->runs[st->nrun].view = (uint32_t)st->len;
	st->runs[st->nrun].in = (uint32_t)in;
	st->runs[st->nrun].vstep = (uint16_t)vstep;
	st->runs[st->nrun++].istep = (uint16_t)istep;
}

void
strand_same(struct strand *st, const char *s, size_t n, size_t in)
{
	if (n == 0)
		return;
	run(st, in, 1, 1);
	add(st, s, n);
}

void
strand_unit(struct strand *st, const char *s, size_t vn, size_t in, size_t in_n)
{
	run(st, in, vn, in_n > UINT16_MAX ? UINT16_MAX : in_n);
	add(st, s, vn);
}

static size_t
run_end(const struct strand *src, size_t i)
{
	return i + 1 < src->nrun ? src->runs[i + 1].view : src->len;
}

void
strand_copy(struct strand *st, const struct strand *src, size_t from, size_t to, size_t *cursor)
{
	size_t i = *cursor;

	while (from < to) {
		const struct doc_run *r;
		size_t end, unit, n;

		while (run_end(src, i) <= from)
			i++;
		r = &src->runs[i];
		end = run_end(src, i);
		if (end > to)
			end = to;
		n = end - from;
		unit = (from - r->view) / r->vstep;
		run(st, r->vstep == 1 && r->istep == 1 ? r->in + (from - r->view) : r->in + unit * r->istep, r->vstep, r->istep);
		add(st, src->s + from, n);
		from = end;
	}
	*cursor = i;
}

void
strand_glyph(struct strand *st, const struct strand *src, size_t from, size_t to, const char *s, size_t n, size_t *cursor)
{
	size_t a = strand_input(src->runs, src->nrun, src->len, from, 0);
	size_t b = strand_input(src->runs, src->nrun, src->len, to, 1);

	while (*cursor < src->nrun && run_end(src, *cursor) <= from)
		(*cursor)++;
	strand_unit(st, s, n, a, b > a ? b - a : 1);
}

/* The last run that begins at or before `at`. */
static const struct doc_run *
run_at(const struct doc_run *runs, size_t nrun, size_t at)
{
	size_t lo = 0, hi = nrun;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (runs[mid].view <= at)
			lo = mid;
		else
			hi = mid;
	}
	return &runs[lo];
}

size_t
strand_input(const struct doc_run *runs, size_t nrun, size_t len, size_t at, int end)
{
	const struct doc_run *r;
	size_t unit;

	if (nrun == 0)
		return 0;
	if (at > len)
		at = len;
	if (at == len && len > 0)
		end = 1;
	if (end && at > 0) {
		r = run_at(runs, nrun, at - 1);
		unit = (at - 1 - r->view) / r->vstep + 1;
	} else {
		r = run_at(runs, nrun, at);
		unit = (at - r->view) / r->vstep;
	}
	return r->in + unit * r->istep;
}
