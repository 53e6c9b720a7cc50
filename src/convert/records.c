/*
 * File records: what labelled lines ("MD5: ...", "Typical Filename: ...") and tables ("FILENAME | SHA1") say about one file each.
 * A state machine over the blocks: a field that the record at hand has already begins a new one.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "convert/scan.h"

#define MAX_COLUMNS	24
#define MAX_FIELD	300	/* octets of a value on a line of its own */
#define MAX_EVIDENCE	16

/* One file, as far as it was read. */
struct record {
	struct { const char *algorithm, *value; } hashes[6];
	size_t nhash;
	const char *name, *product, *detection;
	size_t sents[MAX_EVIDENCE];
	size_t nsent;
};

struct column {
	enum field field;
	const char *algorithm;
};

struct reader {
	const struct doc *d;
	const struct layout_lang *lang;
	struct facts *f;
	struct spans *taken, *columns;
	struct record rec;
	struct column col[MAX_COLUMNS];
	size_t ncol;
	struct column pending;	/* a label whose value is to come; its line */
	size_t pending_sent;
};

/* ---- a finished record -------------------------------------------------------------------------------------------------- */

/* A table of files is about indicators unless its section says that it is not. */
static int
role_of(const struct reader *r, size_t sent, int *indicators)
{
	const struct doc_block *b = &r->d->blocks[r->d->sents[sent].block];
	const struct doc_role *role = r->d->sections[b->section].role;

	*indicators = role == NULL || role->indicators || role->asserts;
	return role == NULL || role->asserts;
}

static void
finish(struct reader *r)
{
	struct record *rec = &r->rec;
	struct observable *o;
	json_t *hashes;
	size_t i;
	int indicators;

	if (rec->nhash > 0 && role_of(r, rec->sents[0], &indicators)) {
		o = vec_push(r->d->arena, &r->f->observables);
		memset(o, 0, sizeof(*o));
		o->type = "file";
		o->props = json_object();
		hashes = json_object();
		for (i = 0; i < rec->nhash; i++)
			json_object_set_new(hashes, rec->hashes[i].algorithm, json_string(rec->hashes[i].value));
		json_object_set_new(o->props, "hashes", hashes);
		if (rec->name != NULL)
			json_object_set_new(o->props, "name", json_string(rec->name));
		o->product = rec->product;
		o->detection = rec->detection;
		o->indicator = indicators;
		for (i = 0; i < rec->nsent; i++)
			observe_evidence(r->d, r->f, &o->evidence, rec->sents[i], "file.record");
	}
	memset(rec, 0, sizeof(*rec));
}

static void
cite(struct record *rec, size_t sent)
{
	if (rec->nsent < MAX_EVIDENCE && (rec->nsent == 0 || rec->sents[rec->nsent - 1] != sent))
		rec->sents[rec->nsent++] = sent;
}

/* ---- fields -------------------------------------------------------------------------------------------------------------- */

static void
add_span(struct reader *r, struct spans *v, struct span x, enum field what)
{
	struct span *s = vec_push(r->d->arena, v);

	*s = x;
	s->field = what;
	s->kind = NULL;
}

/* Cuts blanks, quotation marks and emphasis at both ends. */
static struct span
trim(const char *s, struct span x)
{
	while (x.start < x.end && strchr(" \t\"'`*", s[x.start]) != NULL)
		x.start++;
	while (x.end > x.start && strchr(" \t\"'`*", s[x.end - 1]) != NULL)
		x.end--;
	return x;
}

/* "N/A", "なし": nothing. So is what has no letter or digit. */
static int
is_none(const struct reader *r, const char *s, size_t n)
{
	const char *folded = text_fold(r->d->arena, s, n);
	const char *const *w;

	if (*folded == '\0')
		return 1;
	for (w = r->lang->none; w != NULL && *w != NULL; w++)
		if (strcmp(*w, folded) == 0)
			return 1;
	return 0;
}

static void
hash_field(struct reader *r, const struct column *c, const char *s, size_t n, struct span at, size_t sent)
{
	struct record *rec = &r->rec;
	const char *algorithm;
	size_t i, run = scan_hash_at(s, n, &algorithm);
	char *value;

	if (run == 0)
		return;	/* the scan says what is odd about it */
	if (c->algorithm != NULL && strcmp(c->algorithm, algorithm) != 0)
		scan_notice(r->d, r->f, at.start, "hash-label", arena_printf(r->d->arena, "called %s, as long as %s", c->algorithm,
		    algorithm));
	value = arena_strndup(r->d->arena, s, run);
	for (i = 0; i < run; i++)
		if (value[i] >= 'A' && value[i] <= 'F')
			value[i] = (char)(value[i] + 32);
	for (i = 0; i < rec->nhash; i++)
		if (strcmp(rec->hashes[i].algorithm, algorithm) == 0)
			break;
	if (i < rec->nhash && strcmp(rec->hashes[i].value, value) != 0) {
		finish(r);
		i = 0;
	}
	cite(rec, sent);
	if (i < rec->nhash || rec->nhash == ARRAY_LEN(rec->hashes))
		return;
	rec->hashes[rec->nhash].algorithm = algorithm;
	rec->hashes[rec->nhash++].value = value;
}

static void
text_field(struct reader *r, const char **slot, const char *s, size_t n, size_t sent)
{
	const char *value = arena_strndup(r->d->arena, s, n);

	if (*slot != NULL && strcmp(*slot, value) != 0)
		finish(r);
	*slot = value;
	cite(&r->rec, sent);
}

/* A value whose label says its kind: the scan makes a mention of it. */
static void
add_kind(struct reader *r, const struct column *c, struct span x)
{
	const struct kind *k = kind_named(c->algorithm);

	if (k == NULL || k->take == NULL || k->take(r->d->arena, r->d->text + x.start, x.end - x.start) == NULL)
		return;
	add_span(r, r->taken, x, FIELD_KIND);
	r->taken->v[r->taken->n - 1].kind = k;
}

/* A value under a label or in a column. */
static void
field(struct reader *r, const struct column *c, struct span x, size_t sent)
{
	const char *s = r->d->text;
	int none;

	x = trim(s, x);
	none = x.start == x.end || is_none(r, s + x.start, x.end - x.start);
	switch (c->field) {
	case FIELD_HASH:
		if (!none)
			hash_field(r, c, s + x.start, x.end - x.start, x, sent);
		return;
	case FIELD_VALUE:
	case FIELD_NONE:
		add_span(r, r->columns, x, c->field);
		return;
	case FIELD_NAME:
	case FIELD_PRODUCT:
	case FIELD_DETECTION:
	case FIELD_LINK:
		if (x.start < x.end)
			add_span(r, r->taken, x, c->field);
		if (none)
			cite(&r->rec, sent);
		else if (c->field != FIELD_LINK)
			text_field(r, c->field == FIELD_NAME ? &r->rec.name : c->field == FIELD_PRODUCT ? &r->rec.product :
			    &r->rec.detection, s + x.start, x.end - x.start, sent);
		return;
	case FIELD_KIND:
		if (!none)
			add_kind(r, c, x);
		return;
	case FIELD_COUNT:
		return;
	}
}

/* ---- lines -------------------------------------------------------------------------------------------------------------- */

#define MAX_BARE	120	/* octets of a value that only a blank parts from its label */

/* May s[0..n) be the value of a label without colon? A short line that is no sentence. */
static int
bare_value(const struct label *l, const char *s, size_t n)
{
	static const char stop[] = "\343\200\202";	/* 。 */

	if (l->field != FIELD_NAME && l->field != FIELD_PRODUCT && l->field != FIELD_DETECTION)
		return 0;
	while (n > 0 && strchr(" \t", s[n - 1]) != NULL)
		n--;
	return n > 0 && n <= MAX_BARE && s[n - 1] != '.' && memmem(s, n, stop, sizeof(stop) - 1) == NULL;
}

/*
 * The label that s[0..n) begins with: *rest where its value begins. NULL when it is no labelled line. `open`: a file is being read, so
 * that a blank is enough behind what says more of it.
 */
static const struct label *
label_at(const struct layout_lang *lang, const char *s, size_t n, int open, size_t *rest)
{
	const struct label *l;
	const char *algorithm;

	for (l = lang->labels; l != NULL && l->text != NULL; l++) {
		size_t k = strlen(l->text);

		if (n < k || ((s[0] ^ l->text[0]) & 0xdf) != 0 || strncasecmp(s, l->text, k) != 0)
			continue;
		while (k < n && strchr(" \t-*", s[k]) != NULL)
			k++;
		if (k < n && (s[k] == ':' || s[k] == '='))
			k++;
		else if (k < n && (l->field != FIELD_HASH || scan_hash_at(s + k, n - k, &algorithm) == 0) &&
		    !(open && strchr(" \t", s[k - 1]) != NULL && bare_value(l, s + k, n - k)))
			continue;
		*rest = k;
		return l;
	}
	return NULL;
}

#define MAX_LINE	4000	/* octets of a line that is searched for further labels */

/* Where the next label after `from` begins, for lines that hold a whole record; x.end when there is none. */
static size_t
next_label(const struct reader *r, struct span x)
{
	const char *s = r->d->text;
	size_t i, rest;

	if (x.end - x.start > MAX_LINE)
		return x.end;
	for (i = x.start + 1; i < x.end; i++)
		if (strchr(" \t,;/", s[i - 1]) != NULL && strchr(" \t", s[i]) == NULL &&
		    label_at(r->lang, s + i, x.end - i, 0, &rest) != NULL)
			return i;
	return x.end;
}

/* The fields of a labelled line. */
static void
labelled(struct reader *r, const struct label *l, struct span x, size_t sent)
{
	const char *s = r->d->text;
	size_t end, rest;

	while (l != NULL) {
		struct column c = { l->field, l->algorithm };
		struct span value = x;

		end = next_label(r, x);
		value.end = end;
		while (end < x.end && value.end > value.start && strchr(" \t,;/", s[value.end - 1]) != NULL)
			value.end--;
		field(r, &c, value, sent);
		if (end == x.end)
			return;
		l = label_at(r->lang, s + end, x.end - end, 0, &rest);
		x.start = end + rest;
	}
}

/* The label that is all of s[0..n). */
static const struct label *
label_of(const struct reader *r, const char *s, size_t n)
{
	const struct label *l;
	const char *folded;

	if (n == 0 || n > MAX_FIELD)
		return NULL;
	folded = text_fold(r->d->arena, s, n);

	for (l = r->lang->labels; *folded != '\0' && l != NULL && l->text != NULL; l++)
		if (l->folded[0] == folded[0] && strcmp(l->folded, folded) == 0)
			return l;
	return NULL;
}

/* Splits a row into cells. Returns their number; at most `max` are written. */
static size_t
cells(const char *s, struct span row, struct span *out, size_t max)
{
	size_t i, n = 0, from = row.start;
	char bar = memchr(s + row.start, '|', row.end - row.start) != NULL ? '|' : '\t';

	for (i = row.start; i <= row.end; i++) {
		if (i < row.end && s[i] != bar)
			continue;
		if (n < max) {
			out[n].start = from;
			out[n].end = i;
			out[n] = trim(s, out[n]);
		}
		n++;
		from = i + 1;
	}
	return n < max ? n : max;
}

/* Does a dot stand within a word of the cell? No column is called so, most values are written so. */
static int
holds_value(const char *s, struct span cell)
{
	size_t i;

	for (i = cell.start + 1; i + 1 < cell.end; i++)
		if (s[i] == '.' && strchr(" \t", s[i - 1]) == NULL && strchr(" \t", s[i + 1]) == NULL)
			return 1;
	return 0;
}

/* Is the row the head of a table? Then its columns are set. */
static int
head_row(struct reader *r, const struct span *cell, size_t n)
{
	struct column col[MAX_COLUMNS];
	size_t i, known = 0;

	memset(col, 0, sizeof(col));
	for (i = 0; i < n; i++) {
		const struct label *l = label_of(r, r->d->text + cell[i].start, cell[i].end - cell[i].start);

		if (holds_value(r->d->text, cell[i]))
			return 0;
		if (l == NULL)
			continue;
		col[i].field = l->field;
		col[i].algorithm = l->algorithm;
		known++;
	}
	if (known == 0 || (n > 2 && known == 1 && col[0].field == FIELD_NONE && col[1].field == FIELD_NONE && n > 6))
		return 0;
	memcpy(r->col, col, sizeof(col));
	r->ncol = n;
	return 1;
}

static void
row(struct reader *r, const struct doc_block *b)
{
	const char *s = r->d->text;
	struct span cell[MAX_COLUMNS], all = { b->start, b->end, FIELD_NONE, NULL, NULL };
	size_t n = cells(s, all, cell, MAX_COLUMNS), rest, i;
	const struct label *l;

	if (head_row(r, cell, n)) {
		if (n == 1)
			r->pending = r->col[0];
		else
			finish(r);
		r->pending_sent = b->sent;
		return;
	}
	l = label_at(r->lang, s + b->start, b->end - b->start, r->rec.nhash > 0, &rest);
	if (l != NULL && (n == 1 || r->ncol < 2)) {
		struct span x = { b->start + rest, b->end, FIELD_NONE, NULL, NULL };

		if (n > 1 && x.start < x.end && s[x.start] == '|')
			x.start++;
		r->ncol = 0;
		r->pending.field = FIELD_NONE;
		labelled(r, l, x, b->sent);
		return;
	}
	for (i = 0; i < n && i < r->ncol; i++)
		field(r, &r->col[i], cell[i], b->sent);
	if (r->ncol > 0)
		finish(r);
	if (r->pending.field != FIELD_NONE && r->ncol <= 1)
		cite(&r->rec, r->pending_sent);
	r->pending.field = FIELD_NONE;
}

/* A line that is no row: the value of the label before it, or the end of the record. */
static void
words(struct reader *r, const struct doc_block *b)
{
	struct span x = { b->start, b->end, FIELD_NONE, NULL, NULL };

	if (r->pending.field == FIELD_NONE || x.end - x.start > MAX_FIELD) {
		finish(r);
		r->ncol = 0;
		r->pending.field = FIELD_NONE;
		return;
	}
	cite(&r->rec, r->pending_sent);
	field(r, &r->pending, x, b->sent);
	r->pending.field = FIELD_NONE;
}

static int
span_cmp(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

void
records_read(const struct doc *d, const struct layout_lang *lang, struct facts *f, struct spans *taken, struct spans *columns)
{
	struct reader r;
	size_t i, rule = 0, rules = taken->n;

	memset(&r, 0, sizeof(r));
	r.d = d;
	r.lang = lang;
	r.f = f;
	r.taken = taken;
	r.columns = columns;
	for (i = 0; i < d->nblock; i++) {
		const struct doc_block *b = &d->blocks[i];

		while (rule < rules && taken->v[rule].end <= b->start)
			rule++;
		if (b->kind == DOC_NOISE || (rule < rules && taken->v[rule].start <= b->start))
			continue;
		if (b->kind == DOC_ROW) {
			row(&r, b);
		} else if (b->kind == DOC_HEADING || b->kind == DOC_TITLE) {
			finish(&r);
			r.ncol = 0;
			r.pending.field = FIELD_NONE;
		} else
			words(&r, b);
	}
	finish(&r);
	if (rules > 0)
		qsort(taken->v, taken->n, sizeof(*taken->v), span_cmp);
}
