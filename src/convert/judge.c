/* Where a value stands, and what that says about it. */
#include <strings.h>

#include "convert/observe.h"
#include "convert/values.h"

/* ---- where a value stands ----------------------------------------------------------------------------------------------- */

size_t
judge_block(const struct doc *d, const struct mention *m)
{
	return m->sent < d->nsent ? d->sents[m->sent].block : SIZE_MAX;
}

/* Nothing but punctuation between values? */
int
judge_marks(const char *s, size_t from, size_t to)
{
	static const char *const wide[] = { "–", "—", "、", "・", "→", "•", "‐", "−", "※", "「", "」", "『", "』", "（", "）", "【", "】",
		"：", "；", "，", "。", "●", "○", "■", "□", "◆", "▪", "‣", "⇒", "“", "”" };
	size_t i, k;

	for (; from < to; from++) {
		unsigned char c = (unsigned char)s[from];

		if (c < 0x80) {
			if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
				return 0;
			continue;
		}
		for (i = 0; i < ARRAY_LEN(wide); i++) {
			k = strlen(wide[i]);
			if (to - from >= k && memcmp(s + from, wide[i], k) == 0)
				break;
		}
		if (i == ARRAY_LEN(wide))
			return 0;
		from += k - 1;
	}
	return 1;
}

/*
 * Does the mention fill a field of a line of fields ("domain,bad.example,C2")? A mark that divides fields stands on one side
 * at least, without a blank behind it.
 */
static int
is_field(const struct doc *d, size_t b, const struct mention *m)
{
	const struct doc_block *blk = &d->blocks[b];
	const char *s = d->text;
	size_t from = m->start, to = m->end;
	int before, behind;

	if (from > blk->start && strchr("\"'", s[from - 1]) != NULL)
		from--;
	if (to < blk->end && strchr("\"'", s[to]) != NULL)
		to++;
	before = from > blk->start && strchr(",;|\t", s[from - 1]) != NULL;
	behind = to < blk->end && strchr(",;|\t", s[to]) != NULL && s[to + 1] != ' ';
	return (before || behind) && (before || from == blk->start) && (behind || to == blk->end);
}

/* A line of fields, one of them a value, or a line that begins with a hash, or with a value and what is said of it. */
static int
is_led(const struct doc *d, size_t b, const struct mention *m)
{
	size_t at = m->end;

	if (m->class != MENTION_VALUE || d->blocks[b].kind == DOC_HEADING)
		return 0;
	if (judge_marks(d->text, d->blocks[b].start, m->start)) {
		if (kind_is_hash(m->kind))
			return 1;
		while (at < d->blocks[b].end && d->text[at] == ' ')
			at++;
		if ((at > m->end || d->text[at] == '#') &&
		    (strchr("-(#/|:=>[", d->text[at]) != NULL || strncmp(d->text + at, "\342\200\223", 3) == 0))
			return 1;
	}
	return d->blocks[b].nsent <= 1 && is_field(d, b, m);
}

void
judge_lists(struct observer *ob)
{
	const struct doc *d = ob->d;
	size_t i = 0, b, at;

	ob->listed = xcalloc(d->nblock + 1, 1);
	ob->sure = xcalloc(d->nblock + 1, 1);
	while (i < ob->m->n) {
		const struct mention *m = &ob->m->v[i];
		int good = 1;

		b = judge_block(d, m);
		if (b == SIZE_MAX) {
			i++;
			continue;
		}
		for (at = d->blocks[b].start; i < ob->m->n && judge_block(d, &ob->m->v[i]) == b; i++) {
			m = &ob->m->v[i];
			ob->sure[b] |= m->class == MENTION_VALUE &&
			    (kind_is_hash(m->kind) || m->kind->host == HOST_ADDRESS || m->refanged);
			if (ob->listed[b] == 0 && is_led(d, b, m))
				ob->listed[b] = LED;
			good &= m->class == MENTION_VALUE && judge_marks(d->text, at, m->start);
			at = m->end;
		}
		if (good && judge_marks(d->text, at, d->blocks[b].end))
			ob->listed[b] = LISTED;
	}
	/* what holds for a line holds for its neighbours in the list */
	for (b = 1; b < d->nblock; b++)
		ob->sure[b] |= ob->listed[b] && ob->listed[b - 1] && ob->sure[b - 1];
	for (b = d->nblock; b-- > 1;)
		ob->sure[b - 1] |= ob->listed[b] && ob->listed[b - 1] && ob->sure[b];
}

/* Is it in a list: its line holds values, and so does one beside it, or the line before it ends with a colon? */
static int
in_list(const struct observer *ob, const struct mention *m, size_t b)
{
	const struct doc *d = ob->d;

	if (!ob->listed[b] || (ob->listed[b] == LED && !ob->sure[b] && !is_field(d, b, m)))
		return 0;
	if (ob->listed[b] == LED && !is_field(d, b, m) && !judge_marks(d->text, d->blocks[b].start, m->start))
		return 0;
	if (b + 1 < d->nblock && ob->listed[b + 1])
		return 1;
	return b > 0 && (ob->listed[b - 1] || d->text[d->blocks[b - 1].end - 1] == ':');
}

/* What a table's column says: 1 it holds values, -1 it holds something else and the value stands among words there. */
static int
in_column(struct observer *ob, const struct mention *m)
{
	const struct spans *c = ob->columns;
	const struct span *x;

	while (ob->column < c->n && c->v[ob->column].end <= m->start)
		ob->column++;
	x = ob->column < c->n && c->v[ob->column].start <= m->start ? &c->v[ob->column] : NULL;
	if (x == NULL || (x->field == FIELD_NONE && x->start == m->start && x->end == m->end))
		return 0;
	return x->field == FIELD_VALUE ? 1 : -1;
}

static int
in_link(struct observer *ob, const struct mention *m)
{
	const struct doc *d = ob->d;

	while (ob->link < d->nlink && d->links[ob->link].end <= m->start)
		ob->link++;
	return ob->link < d->nlink && d->links[ob->link].start <= m->start;
}

#define PROSE_LEAST	24	/* octets of a line that may be one of running text */

/* Does the value that is all of block b end a sentence of the line above ("The story is told at", and then the address)? */
static int
ends_sentence(const struct observer *ob, size_t b)
{
	const struct doc *d = ob->d;
	const struct doc_block *above = b > 0 ? &d->blocks[b - 1] : NULL;
	size_t i, words = 0;

	if (above == NULL || above->kind != DOC_PARA || d->blocks[b].kind != DOC_PARA || ob->listed[b - 1] ||
	    above->end - above->start < PROSE_LEAST || d->blocks[b].start != above->end + 1)
		return 0;
	for (i = above->start; i < above->end; i++)
		words += d->text[i] == ' ';
	return words >= 3 && d->text[above->end - 1] >= 'a' && d->text[above->end - 1] <= 'z';
}

/* Does one of the words stand in s[from, at), letter case aside? */
static int
says(const char *s, size_t from, size_t at, const char *const *words)
{
	size_t i, n;

	for (; words != NULL && *words != NULL; words++)
		for (n = strlen(*words), i = from; i + n <= at; i++)
			if (strncasecmp(s + i, *words, n) == 0)
				return 1;
	return 0;
}

#define BESIDE	40	/* octets before a value in which a word about it stands */

/* Is it called legitimate right before, and not taken over? */
static int
is_legitimate(const struct observer *ob, const struct mention *m)
{
	const struct doc *d = ob->d;
	size_t start = m->sent < d->nsent ? d->sents[m->sent].start : m->start;
	size_t from = m->start - start > BESIDE ? m->start - BESIDE : start;

	return ob->listed[judge_block(d, m)] == 0 && says(d->text, from, m->start, ob->lang->legitimate) &&
	    !says(d->text, from > start + BESIDE ? from - BESIDE : start, m->start, ob->lang->taken_over);
}

/* Does it stand where indicators are listed? */
static int
in_indicators(const struct observer *ob, size_t b, int column)
{
	const struct doc_block *blk = &ob->d->blocks[b];
	const struct doc_role *role = ob->d->sections[blk->section].role;

	return role != NULL && role->indicators &&
	    (column > 0 || ob->listed[b] || blk->kind == DOC_ROW || blk->kind == DOC_ITEM || blk->kind == DOC_CODE);
}

/*
 * A host or an address that was defanged, or stands in a list of indicators, is one. Plain in prose a host only cites; an
 * address is stated. So is what is called legitimate.
 */
static enum verdict
judge_host(const struct observer *ob, const struct mention *m, size_t b, int linked, int column)
{
	int shared = m->kind->host == HOST_NAME && m->host != NULL ? value_never_host(m->host) : 0;

	if (m->refanged) {
		if (shared == 3 && strcmp(m->rule, "domain") == 0 && !in_indicators(ob, b, column))
			return STATED;
		return is_legitimate(ob, m) ? STATED : INDICATOR;
	}
	if (column < 0)
		return m->kind->host == HOST_NAME ? CITED : STATED;
	if (ob->listed[b] == LISTED && ends_sentence(ob, b))
		return m->kind->host == HOST_NAME ? CITED : STATED;
	if (in_indicators(ob, b, column))
		return INDICATOR;
	if (linked || (shared && !ob->sure[b]))
		return CITED;
	if (in_list(ob, m, b))
		return INDICATOR;
	return m->kind->host == HOST_NAME ? CITED : STATED;
}

/* Of these a list says that they are there, not that whoever has them is attacked. */
static int
is_context(const struct kind *k)
{
	static const char *const types[] = { "autonomous-system", "software" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i], k->sco) == 0)
			return 1;
	return strcmp(k->name, "file-name") == 0;
}

/* Is it a place in the file system of a Unix, not on a web server ("/panel/gate.php")? */
static int
has_root(const char *path)
{
	static const char *const roots[] = { "Applications", "Library", "System", "Users", "Volumes", "bin", "boot", "data", "dev", "etc",
		"home", "lib", "lib64", "media", "mnt", "opt", "private", "proc", "root", "run", "sbin", "sdcard", "srv", "storage", "sys",
		"system", "tmp", "usr", "var", "vendor" };
	size_t i, n = strcspn(path + 1, "/");

	for (i = 0; i < ARRAY_LEN(roots); i++)
		if (strlen(roots[i]) == n && strncmp(path + 1, roots[i], n) == 0)
			return 1;
	return 0;
}

/*
 * The rest is a fact of a list of indicators, or where a label or a rule says what it is, and only there. A file has its name in
 * a line of its own there.
 */
static enum verdict
judge_rest(const struct observer *ob, const struct mention *m, size_t b, int iocs)
{
	if (strcmp(m->rule, "label") == 0 || strcmp(m->rule, "rule") == 0)
		return is_context(m->kind) ? STATED : INDICATOR;
	if (m->value[0] == '/' && !has_root(m->value))
		return CITED;
	if (strcmp(m->kind->sco, "file") == 0 && (!iocs || (ob->listed[b] != LISTED && !is_field(ob->d, b, m))))
		return CITED;
	if (iocs || in_list(ob, m, b))
		return is_context(m->kind) ? STATED : INDICATOR;
	return CITED;
}

/* Is it one of a list of whom it hit? A file there is still the attacker's. */
static int
is_victims(const struct observer *ob, const struct mention *m, size_t b)
{
	const struct doc_block *blk = &ob->d->blocks[b];
	const struct doc_role *role = ob->d->sections[blk->section].role;

	return role != NULL && role->victims && !kind_is_hash(m->kind) && strcmp(m->kind->sco, "file") != 0 &&
	    (ob->listed[b] || blk->kind == DOC_ROW || blk->kind == DOC_ITEM || blk->kind == DOC_CODE);
}

enum verdict
judge(struct observer *ob, const struct mention *m, size_t b)
{
	const struct doc_block *blk = &ob->d->blocks[b];
	const struct doc_role *role = ob->d->sections[blk->section].role;
	int iocs = role != NULL && role->indicators, linked = in_link(ob, m), column = in_column(ob, m);

	if (m->kind->sco == NULL || !doc_asserts(ob->d, m->sent) || is_victims(ob, m, b))
		return CITED;
	if (kind_is_hash(m->kind))
		return iocs || blk->kind == DOC_ROW || ob->listed[b] ? INDICATOR : STATED;
	if (m->kind->host != HOST_NONE)
		return judge_host(ob, m, b, linked, column);
	return judge_rest(ob, m, b, iocs);
}
