/* stixpress-pdf: tables, told by pieces that stand in columns. */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "tools/pdf.h"

#define CELL_LONG	45	/* octets: with several words, a line of text rather than a cell */
#define ALIGNED		4	/* points: cells of one column begin no further apart */
#define COLUMNS		16

/* Pieces of a page that stand beside one another. */
struct level_line {
	size_t first, n;	/* in the list of pieces, from left to right */
	double top, bottom;
};

/* A table as far as it is known: where its columns begin, the widest of their pieces, the rows. */
struct table {
	double x[COLUMNS], edge[COLUMNS];
	int ncol;
	GPtrArray *cells[COLUMNS];	/* of the row at hand: struct row */
	char *head[COLUMNS];		/* the cells of the first row */
};

static int
from_top(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
	double cx = x->y1 + x->y2, cy = y->y1 + y->y2;

	return cx < cy ? -1 : cx > cy ? 1 : x->x1 < y->x1 ? -1 : x->x1 > y->x1;
}

static int
from_left(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;

	return x->x1 < y->x1 ? -1 : x->x1 > y->x1;
}

static int
is_line_of_text(const struct row *r)
{
	size_t i, blanks = 0;

	for (i = 0; i < r->n; i++)
		blanks += r->s[i] == ' ';
	return r->n > CELL_LONG && (blanks >= 4 || pdf_wide(r->s));
}

/* Could this be a row of a table: pieces side by side, one line of text among them at most? */
static int
is_tabular(struct row **v, const struct level_line *l)
{
	size_t i, text = 0;

	for (i = 0; i < l->n; i++)
		text += is_line_of_text(v[l->first + i]) != 0;
	return l->n >= 2 && l->n <= COLUMNS && text <= 1;
}

static int
column_of(const struct table *t, const struct row *r)
{
	int i;

	for (i = 0; i < t->ncol; i++)
		if (r->x1 > t->x[i] - ALIGNED && r->x1 < t->x[i] + ALIGNED)
			return i;
	return -1;
}

/* How many pieces of the line stand in columns of the table. */
static size_t
aligned(const struct table *t, struct row **v, const struct level_line *l)
{
	size_t i, n = 0;

	for (i = 0; i < l->n; i++)
		n += column_of(t, v[l->first + i]) >= 0;
	return n;
}

/* The column that a piece is in, a new one if it begins where none does. */
static int
put_column(struct table *t, const struct row *r)
{
	int i = column_of(t, r), k;

	if (i < 0 && t->ncol < COLUMNS) {
		for (i = t->ncol; i > 0 && t->x[i - 1] > r->x1; i--)
			;
		for (k = t->ncol++; k > i; k--) {
			t->x[k] = t->x[k - 1];
			t->edge[k] = t->edge[k - 1];
		}
		t->x[i] = r->x1;
		t->edge[i] = r->x2;
	}
	if (i >= 0 && r->x2 > t->edge[i])
		t->edge[i] = r->x2;
	return i;
}

/* An address that fills its cell goes on in the next piece, if that is no address by itself. */
static int
cell_goes_on(const GString *g, const struct table *t, int column, const char *before, const struct row *a, const struct row *b)
{
	size_t k = pdf_last_word(g->str, g->len), m = pdf_first_word(b->s, b->n);
	const char *word = g->str + g->len - k;
	char *next;
	int own;

	if (pdf_hash_goes_on(g->str, g->len, before, b) || pdf_address_goes_on(g->str, g->len, b) ||
	    (t->head[column] != NULL && pdf_hash_goes_on(g->str, g->len, t->head[column], b)))
		return 1;
	if (strstr(word, "://") == NULL || m != b->n || a->x2 + a->size * 1.5 < t->edge[column])
		return 0;
	next = g_strndup(b->s, m);
	own = strstr(next, "://") != NULL || strstr(next, "[.]") != NULL || pdf_is_hex(next, m);
	g_free(next);
	return !own;
}

/* Writes the cells of the row at hand, and forgets them. */
static char *
take_row(struct table *t)
{
	GString *row = g_string_new("|"), *g = g_string_new(NULL);
	int i;
	guint k;

	for (i = 0; i < t->ncol; i++) {
		g_string_truncate(g, 0);
		for (k = 0; k < t->cells[i]->len; k++) {
			const struct row *b = g_ptr_array_index(t->cells[i], k);
			const struct row *a = k > 0 ? g_ptr_array_index(t->cells[i], k - 1) : NULL;

			if (a != NULL && !cell_goes_on(g, t, i, row->str, a, b) && !pdf_wide(b->s))
				g_string_append_c(g, ' ');
			g_string_append_len(g, b->s, (gssize)b->n);
		}
		g_string_append_printf(row, " %s |", g->str);
		if (t->head[i] == NULL)
			t->head[i] = g_strdup(g->str);
		g_ptr_array_set_size(t->cells[i], 0);
	}
	g_string_free(g, TRUE);
	return g_string_free(row, FALSE);
}

/* The first piece of a row of a table becomes the row; the others are in it. */
static void
make_row(struct table *t, struct row *first)
{
	guint k;
	int i;

	for (i = 0; i < t->ncol; i++)
		for (k = 0; k < t->cells[i]->len; k++)
			((struct row *)g_ptr_array_index(t->cells[i], k))->drop = 1;
	first->s = take_row(t);
	first->n = strlen(first->s);
	first->drop = 0;
	first->table = 1;
	first->level = 0;
}

/*
 * Lines [from, to) are a table. A line with a piece in the first column begins a row; one without belongs to the row that it is
 * nearer to.
 */
static void
make_table(struct table *t, struct row **v, const struct level_line *lines, size_t from, size_t to, GPtrArray *order)
{
	struct row *first = NULL;
	size_t i, k;
	int c;

	for (c = 0; c < t->ncol; c++)
		t->cells[c] = g_ptr_array_new();
	for (i = from; i < to; i++) {
		int leads = column_of(t, v[lines[i].first]) == 0;

		if (!leads && first != NULL && i + 1 < to && column_of(t, v[lines[i + 1].first]) == 0 &&
		    lines[i].top - lines[i - 1].bottom > lines[i + 1].top - lines[i].bottom + 1)
			leads = 1;
		/* the line that leads was begun by one above it */
		if (leads && i > from && first != NULL && t->cells[0]->len == 0 && lines[i].top - lines[i - 1].bottom < 3)
			leads = 0;
		if (leads && first != NULL) {
			make_row(t, first);
			g_ptr_array_add(order, first);
			first = NULL;
		}
		if (first == NULL)
			first = v[lines[i].first];
		for (k = 0; k < lines[i].n; k++)
			if ((c = column_of(t, v[lines[i].first + k])) >= 0)
				g_ptr_array_add(t->cells[c], v[lines[i].first + k]);
	}
	make_row(t, first);
	g_ptr_array_add(order, first);
	for (c = 0; c < t->ncol; c++) {
		g_ptr_array_free(t->cells[c], TRUE);
		g_free(t->head[c]);
	}
}

/* Are the columns those of a page of text, side by side? */
static int
is_columns_of_text(const struct table *t, struct row **v, const struct level_line *from, const struct level_line *to)
{
	size_t octets[COLUMNS] = { 0 }, blanks[COLUMNS] = { 0 }, pieces[COLUMNS] = { 0 }, i, k;
	int c;

	for (; from < to; from++)
		for (i = 0; i < from->n; i++) {
			const struct row *r = v[from->first + i];

			if ((c = column_of(t, r)) < 0)
				continue;
			pieces[c]++;
			octets[c] += r->n;
			/* a script without blanks: as many words as it has characters, nearly */
			blanks[c] += pdf_wide(r->s) ? r->n / 6 : 0;
			for (k = 0; k < r->n; k++)
				blanks[c] += r->s[k] == ' ';
		}
	for (c = 0; c < t->ncol; c++)
		if (octets[c] < 24 * pieces[c] || blanks[c] < 3 * pieces[c])
			return 0;
	return 1;
}

/* How far what looks like a table goes that begins with line `from`: the line behind its last; *yes: it is one. */
static size_t
table_end(struct table *t, struct row **v, const struct level_line *lines, size_t n, size_t from, int *yes)
{
	size_t i, k, rows = 0, end = from + 1;

	memset(t, 0, sizeof(*t));
	*yes = 0;
	for (i = from; i < n; i++) {
		double high = lines[i].bottom - lines[i].top;

		if (i > from && lines[i].top - lines[i - 1].bottom > 3 * high)
			break;
		if (is_tabular(v, &lines[i]) && (i == from || aligned(t, v, &lines[i]) >= 2))
			rows++;
		else if (i == from || aligned(t, v, &lines[i]) != lines[i].n || column_of(t, v[lines[i].first]) == 0)
			break;
		for (k = 0; k < lines[i].n; k++)
			if (put_column(t, v[lines[i].first + k]) < 0)
				return end;
		end = i + 1;
	}
	*yes = rows >= 2 && !is_columns_of_text(t, v, lines + from, lines + end);
	return end;
}

/* Finds the tables among the pieces rows[from, to) of one page, and puts their rows where the first piece of each stood. */
static void
find_tables(size_t from, size_t to)
{
	size_t n = to - from, i, k, nline = 0, end, at;
	struct row **v = g_new(struct row *, n + 1), *copy;
	struct level_line *lines = g_new0(struct level_line, n + 1);
	GPtrArray *order = g_ptr_array_new();
	struct table t;
	int yes;

	for (i = k = 0; i < n; i++)
		if (!doc.rows[from + i].drop)
			v[k++] = &doc.rows[from + i];
	n = k;
	qsort(v, n, sizeof(*v), from_top);
	for (i = 0; i < n; i++) {
		struct level_line *l = nline > 0 ? &lines[nline - 1] : NULL;
		double middle = (v[i]->y1 + v[i]->y2) / 2;

		if (l == NULL || middle > l->bottom || (v[i]->y1 + l->bottom) / 2 > l->bottom - (l->bottom - l->top) * 0.25) {
			l = &lines[nline++];
			l->first = i;
			l->top = v[i]->y1;
			l->bottom = v[i]->y2;
		}
		l->n = i + 1 - l->first;
	}
	for (i = 0; i < nline; i++)
		qsort(v + lines[i].first, lines[i].n, sizeof(*v), from_left);
	for (i = 0; i < nline; i = end) {
		end = table_end(&t, v, lines, nline, i, &yes);
		if (!yes)
			continue;
		/* behind what stands before the first piece of the table in the order of poppler */
		for (at = SIZE_MAX, k = lines[i].first; k < lines[end - 1].first + lines[end - 1].n; k++)
			at = (size_t)(v[k] - doc.rows) < at ? (size_t)(v[k] - doc.rows) : at;
		g_ptr_array_set_size(order, 0);
		make_table(&t, v, lines, i, end, order);
		copy = g_new(struct row, order->len);
		for (k = 0; k < order->len; k++) {
			copy[k] = *(struct row *)g_ptr_array_index(order, k);
			((struct row *)g_ptr_array_index(order, k))->drop = 1;
		}
		/* as many places as there are rows, from the first: those in between that are no cells keep theirs */
		for (k = 0; k < order->len && at < to; at++)
			if (doc.rows[at].drop)
				doc.rows[at] = copy[k++];
		g_free(copy);
	}
	g_ptr_array_free(order, TRUE);
	g_free(lines);
	g_free(v);
}

void
pdf_find_tables(void)
{
	size_t i, from;

	for (i = from = 0; i <= doc.nrow; i++)
		if (i == doc.nrow || doc.rows[i].page != doc.rows[from].page) {
			if (i > from)
				find_tables(from, i);
			from = i;
		}
}
