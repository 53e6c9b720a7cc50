#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "doc/doc_int.h"

/* The formats. The last reads everything that no other claims. */
static const struct reader *const readers[] = { &reader_rss, &reader_html, &reader_markdown, &reader_pdf, &reader_text };

/* ---- language -------------------------------------------------------------------------------------------------------- */

#define LANG_OCTETS	65536	/* what the language is recognised by */

static int
letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The language that is asked for. */
static const struct doc_lang *
named_lang(const struct doc_options *opt, struct err *e)
{
	struct buf names = BUF_INIT(LIMIT_SMALL_FILE);
	const struct doc_lang *const *l;

	for (l = opt->langs; *l != NULL; l++) {
		if (strcasecmp((*l)->tag, opt->lang) == 0)
			break;
		buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", (*l)->tag);
	}
	if (*l == NULL)
		err_set(e, ERR_USAGE, "no language is called \"%s\" (%s)", opt->lang, buf_str(&names));
	buf_free(&names);
	return *l;
}

const struct doc_lang *
doc_lang_of_tag(const struct doc_lang *const *langs, const char *tag)
{
	size_t k = strcspn(tag, "-_");

	for (; *langs != NULL; langs++)
		if (strlen((*langs)->tag) == k && strncasecmp((*langs)->tag, tag, k) == 0)
			return *langs;
	return NULL;
}

#define MARKS_MAX	256	/* marks of one language that are looked at */

/* Does the mark stand in s[0..n), its last octet at `last`? As a whole word when it is ASCII. */
static int
mark_ends(const char *mark, const char *s, size_t n, size_t last)
{
	size_t k = strlen(mark);

	if (k > last + 1 || memcmp(s + last + 1 - k, mark, k) != 0)
		return 0;
	return !letter((unsigned char)mark[0]) || ((k == last + 1 || !letter((unsigned char)s[last - k])) &&
	    (last + 1 == n || !letter((unsigned char)s[last + 1])));
}

size_t
doc_lang_marks(const struct doc_lang *lang, const char *s, size_t n)
{
	uint16_t first[256] = { 0 }, next[MARKS_MAX + 1] = { 0 };	/* by last octet: 1 + index of a mark */
	size_t count = 0, i, k;

	if (n > LANG_OCTETS)
		n = LANG_OCTETS;
	for (i = 0; lang->marks != NULL && lang->marks[i] != NULL && i < MARKS_MAX; i++) {
		const char *m = lang->marks[i];
		unsigned char last = *m != '\0' ? (unsigned char)m[strlen(m) - 1] : 0;

		next[i + 1] = first[last];
		first[last] = (uint16_t)(i + 1);
	}
	for (i = 0; i < n; i++)
		for (k = first[(unsigned char)s[i]]; k > 0; k = next[k])
			count += (size_t)(lang->marks[k - 1][0] != '\0' && mark_ends(lang->marks[k - 1], s, n, i));
	return count;
}

static const struct doc_lang *
detect_lang(const struct doc_options *opt, const struct strand *src)
{
	const struct doc_lang *const *l, *best;
	size_t most = 0, count;

	if ((best = markup_lang(opt->langs, src)) != NULL)
		return best;
	best = opt->langs[0];
	for (l = opt->langs; *l != NULL; l++) {
		count = doc_lang_marks(*l, src->s, src->len);
		if (count > most) {
			most = count;
			best = *l;
		}
	}
	return best;
}

/* ---- residue --------------------------------------------------------------------------------------------------------- */

static int
ascii_alnum(unsigned char c)
{
	return letter(c) || (c >= '0' && c <= '9');
}

/* The residue word at s, or 0. */
static size_t
residue_at(const struct doc_lang *lang, const char *s, size_t n)
{
	const char *const *r;
	size_t k, best = 0;

	for (r = lang->residue; r != NULL && *r != NULL; r++) {
		k = strlen(*r);
		if (k > best && n >= k && memcmp(s, *r, k) == 0)
			best = k;
	}
	return best;
}

/* Where the next word with a first letter of some residue may stand. */
static size_t
residue_next(const unsigned char first[256], const char *s, size_t at, size_t n)
{
	while (at < n && !first[(unsigned char)s[at]])
		at++;
	return at;
}

/* Cuts the language's residue words out of src, into out; 0 when there are none, and out is left alone. */
static int
cut_residue(const struct doc_lang *lang, const struct strand *src, struct strand *out)
{
	const char *const *r;
	unsigned char first[256] = { 0 };
	size_t at = 0, same = 0, k, cursor = 0;

	for (r = lang->residue; r != NULL && *r != NULL; r++)
		first[(unsigned char)(*r)[0]] = **r != '\0';
	for (;;) {
		at = residue_next(first, src->s, at, src->len);
		if (at >= src->len)
			break;
		k = residue_at(lang, src->s + at, src->len - at);
		if (k == 0) {
			at++;
			continue;
		}
		strand_copy(out, src, same, at, &cursor);
		if (out->len > 0 && ascii_alnum((unsigned char)out->s[out->len - 1]) && at + k < src->len &&
		    residue_at(lang, src->s + at + k, src->len - at - k) == 0 && ascii_alnum((unsigned char)src->s[at + k]))
			strand_glyph(out, src, at, at + k, " ", 1, &cursor);
		at += k;
		same = at;
	}
	if (same == 0)
		return 0;
	strand_copy(out, src, same, src->len, &cursor);
	return 1;
}

/* ---- reading --------------------------------------------------------------------------------------------------------- */

/* The reader of the format that is asked for. */
static const struct reader *
named_reader(const char *format, struct err *e)
{
	struct buf names = BUF_INIT(LIMIT_SMALL_FILE);
	const struct reader *found = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(readers); i++) {
		if (strcmp(readers[i]->format, format) == 0)
			found = readers[i];
		buf_printf(&names, "%s%s", i > 0 ? ", " : "", readers[i]->format);
	}
	if (found == NULL)
		err_set(e, ERR_USAGE, "no reader for the format \"%s\" (%s)", format, buf_str(&names));
	buf_free(&names);
	return found;
}

int
doc_known(const char *format, const char *encoding, struct err *e)
{
	if (format != NULL && named_reader(format, e) == NULL)
		return -1;
	return encoding != NULL ? encoding_known(encoding, e) : 0;
}

static const struct reader *
choose_reader(const char *name, const struct strand *src)
{
	size_t i, n = strlen(name);
	const char *const *s;

	for (i = 0; i < ARRAY_LEN(readers); i++)
		for (s = readers[i]->suffixes; *s != NULL; s++)
			if (readers[i]->sniff != NULL && n > strlen(*s) && strcasecmp(name + n - strlen(*s), *s) == 0)
				return readers[i];
	for (i = 0; i + 1 < ARRAY_LEN(readers); i++)
		if (readers[i]->sniff != NULL && readers[i]->sniff(src))
			return readers[i];
	return readers[ARRAY_LEN(readers) - 1];
}

/* What the reader made, into the arena. */
static void
keep(struct doc *d, struct reading *r, const struct strand *src)
{
	size_t i;
	char *text = arena_alloc(d->arena, r->view.len + 1);

	if (r->view.len > 0)
		memcpy(text, r->view.s, r->view.len);
	d->text = text;
	d->len = r->view.len;
	d->nrun = r->view.nrun;
	d->runs = arena_alloc(d->arena, (r->view.nrun + 1) * sizeof(*d->runs));
	if (r->view.nrun > 0)
		memcpy(d->runs, r->view.runs, r->view.nrun * sizeof(*d->runs));
	d->links = r->links.v;
	d->nlink = r->links.n;
	for (i = 0; i < d->nlink; i++) {
		struct doc_link *l = &d->links[i];

		l->in_start = strand_input(src->runs, src->nrun, src->len, l->in_start, 0);
		l->in_end = strand_input(src->runs, src->nrun, src->len, l->in_end, 1);
	}
}

/* What lies at the beginning of each page, and of the one behind the last, so that searches are short. */
static void
index_pages(struct doc *d)
{
	size_t n = d->len / DOC_PAGE + 2, page, run = 0, sent = 0;

	d->run_of = arena_alloc(d->arena, n * sizeof(*d->run_of));
	d->sent_of = arena_alloc(d->arena, n * sizeof(*d->sent_of));
	for (page = 0; page < n; page++) {
		while (run + 1 < d->nrun && d->runs[run + 1].view <= page * DOC_PAGE)
			run++;
		while (sent < d->nsent && d->sents[sent].end <= page * DOC_PAGE)
			sent++;
		d->run_of[page] = (uint32_t)run;
		d->sent_of[page] = (uint32_t)sent;
	}
}

static int
read_strand(struct doc *d, const struct doc_options *opt, const struct reader *reader, const struct reading *known,
    const struct strand *src, struct err *e)
{
	struct reading r;
	int rc;

	if (known != NULL)
		r = *known;
	else
		memset(&r, 0, sizeof(r));
	r.arena = d->arena;
	r.lang = d->lang;
	rc = reader->read(&r, src, e);
	if (rc == 0) {
		d->format = reader->format;
		keep(d, &r, src);
		layout_build(d, &r, opt);
		index_pages(d);
	} else
		err_prefix(e, "%s", d->name);
	strand_free(&r.view);
	free(r.lines);
	return rc;
}

int
doc_build(struct doc *d, const struct doc_options *opt, const struct strand *decoded, const struct reader *reader,
    const struct doc_lang *lang, const struct reading *known, struct err *e)
{
	struct strand clean = { 0 };
	const struct strand *src;
	int rc;

	d->lang = opt->lang != NULL ? named_lang(opt, e) : lang != NULL ? lang : detect_lang(opt, decoded);
	if (d->lang == NULL)
		return -1;
	src = cut_residue(d->lang, decoded, &clean) ? &clean : decoded;
	if (reader == NULL)
		reader = opt->format != NULL ? named_reader(opt->format, e) : choose_reader(d->name, src);
	rc = reader != NULL ? read_strand(d, opt, reader, known, src, e) : -1;
	strand_free(&clean);
	return rc;
}

int
doc_open(const char *name, const char *bytes, size_t n, const struct doc_options *opt, struct strand *decoded,
    const char **encoding, struct err *e)
{
	if (n == 0)
		return err_set(e, ERR_INPUT, "%s: the document is empty", name);
	if (n > LIMIT_DOCUMENT)
		return err_set(e, ERR_INPUT, "%s: the document has %zu octets; the limit is %u MiB (LIMIT_DOCUMENT)", name, n,
		    LIMIT_DOCUMENT >> 20);
	if (encoding_decode(name, bytes, n, opt, decoded, encoding, e) != 0)
		return -1;
	if (decoded->len > 0)
		return 0;
	strand_free(decoded);
	return err_set(e, ERR_INPUT, "%s: the document is empty", name);
}

int
doc_read(struct arena *a, const char *name, const char *bytes, size_t n, const struct doc_options *opt, struct doc *out,
    struct err *e)
{
	const struct doc_origin *from = opt->origin;
	struct reading known;
	struct strand decoded;
	struct doc d;
	int rc;

	memset(&d, 0, sizeof(d));
	memset(&known, 0, sizeof(known));
	d.arena = a;
	d.name = arena_strdup(a, name);
	d.input_len = n;
	if (doc_open(name, bytes, n, opt, &decoded, &d.encoding, e) != 0)
		return -1;
	digest_sha256(bytes, n, d.sha256);
	if (from != NULL) {
		memcpy(d.sha256, from->sha256, sizeof(d.sha256));
		d.input_len = from->len;
		known.title = from->title[0] != '\0' ? arena_strdup(a, from->title) : NULL;
		known.author = from->author[0] != '\0' ? arena_strdup(a, from->author) : NULL;
	}
	rc = doc_build(&d, opt, &decoded, NULL, NULL, &known, e);
	strand_free(&decoded);
	if (rc != 0)
		return -1;
	if (!d.has_date && from != NULL) {
		d.has_date = from->has_date;
		d.date = from->date;
	}
	*out = d;
	return 0;
}

/* ---- asking ----------------------------------------------------------------------------------------------------------- */

static size_t
input_of(const struct doc *d, size_t at, int end)
{
	size_t from = 0, to = d->nrun;

	/* an end is told by the octet before it */
	if (d->run_of != NULL && at <= d->len && to > 0) {
		from = d->run_of[(at > 0 ? at - 1 : 0) / DOC_PAGE];
		to = d->run_of[at / DOC_PAGE + 1] + 1;
	}
	return strand_input(d->runs + from, to - from, d->len, at, end);
}

size_t
doc_input(const struct doc *d, size_t at)
{
	return input_of(d, at, 0);
}

size_t
doc_input_end(const struct doc *d, size_t at)
{
	return input_of(d, at, 1);
}

void
doc_line(const struct doc *d, size_t at, size_t *line, size_t *column)
{
	const char *p = d->text, *end = d->text + (at < d->len ? at : d->len), *nl;

	for (*line = 1; (nl = memchr(p, '\n', (size_t)(end - p))) != NULL; p = nl + 1)
		(*line)++;
	*column = utf8_count(p, (size_t)(end - p)) + 1;
}

size_t
doc_sentence_at(const struct doc *d, size_t at)
{
	size_t lo = 0, hi = d->nsent;

	if (d->sent_of != NULL && at <= d->len) {
		lo = d->sent_of[at / DOC_PAGE];
		hi = d->sent_of[at / DOC_PAGE + 1];
	}
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (d->sents[mid].end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < d->nsent && d->sents[lo].start <= at ? lo : SIZE_MAX;
}

#define QUOTE_AROUND	200	/* octets on either side of what is quoted of a sentence that is too long */

void
doc_quote(const struct doc *d, size_t sent, size_t start, size_t end, size_t *from, size_t *to)
{
	const struct doc_sentence *s = &d->sents[sent];

	*from = s->start;
	*to = s->end;
	if (s->end - s->start <= LIMIT_SENTENCE)
		return;
	if (start - s->start > QUOTE_AROUND) {
		*from = start - QUOTE_AROUND;
		while (*from < start && d->text[*from - 1] != ' ' && (*from + QUOTE_AROUND / 2 < start ||
		    ((unsigned char)d->text[*from] & 0xc0) == 0x80))
			++*from;
	}
	if (s->end > end && s->end - end > QUOTE_AROUND) {
		*to = end + QUOTE_AROUND;
		while (*to > end && d->text[*to] != ' ' && (*to > end + QUOTE_AROUND / 2 ||
		    ((unsigned char)d->text[*to] & 0xc0) == 0x80))
			--*to;
	}
}

const char *
doc_sentence_text(const struct doc *d, size_t sent)
{
	return doc_span_text(d, d->sents[sent].start, d->sents[sent].end);
}

const char *
doc_span_text(const struct doc *d, size_t start, size_t end)
{
	char *out = arena_alloc(d->arena, end - start + 1);
	size_t i, n = 0;

	for (i = start; i < end; i++) {
		int blank = d->text[i] == ' ' || d->text[i] == '\t' || d->text[i] == '\n';

		if (!blank)
			out[n++] = d->text[i];
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	return out;
}

int
doc_asserts(const struct doc *d, size_t sent)
{
	const struct doc_block *b;
	const struct doc_role *role;

	if (sent >= d->nsent)
		return 0;
	b = &d->blocks[d->sents[sent].block];
	role = d->sections[b->section].role;
	return b->kind != DOC_NOISE && (role == NULL || role->asserts);
}

const char *
doc_kind_name(enum doc_kind kind)
{
	static const char *const names[] = { "title", "heading", "para", "item", "row", "code", "noise" };

	return names[kind];
}

static void
print_head(const struct doc *d, struct buf *out)
{
	char t[STAMP_TEXT];

	buf_printf(out, "format %s, encoding %s, language %s\n", d->format, d->encoding, d->lang->tag);
	if (d->title != NULL)
		buf_printf(out, "title: %s\n", d->title);
	if (d->author != NULL)
		buf_printf(out, "author: %s\n", d->author);
	if (d->url != NULL)
		buf_printf(out, "url: %s\n", d->url);
	if (d->has_date)
		buf_printf(out, "date: %.10s\n", stamp_format(d->date, 0, t));
	if (d->orig_title != NULL)
		buf_printf(out, "original title: %s\n", d->orig_title);
	if (d->orig_publisher != NULL)
		buf_printf(out, "original publisher: %s\n", d->orig_publisher);
	if (d->orig_url != NULL)
		buf_printf(out, "original url: %s\n", d->orig_url);
	if (d->has_orig_date)
		buf_printf(out, "original date: %.10s\n", stamp_format(d->orig_date, 0, t));
}

void
doc_print(const struct doc *d, struct buf *out)
{
	size_t i, s;

	print_head(d, out);
	for (i = 0; i < d->nblock; i++) {
		const struct doc_block *b = &d->blocks[i];
		const struct doc_role *role = d->sections[b->section].role;

		buf_printf(out, "%s", doc_kind_name(b->kind));
		if (b->level > 0)
			buf_printf(out, " %d", b->level);
		buf_printf(out, " [%s]\n", role != NULL ? role->name : "-");
		for (s = b->sent; s < b->sent + b->nsent; s++)
			buf_printf(out, "  s%zu %zu-%zu %s\n", s + 1, doc_input(d, d->sents[s].start),
			    doc_input_end(d, d->sents[s].end), doc_sentence_text(d, s));
	}
}
