/*
 * ECMA-262 regular expressions (flag u) on PCRE2: the pattern is parsed and written again in PCRE2's words, so that nothing
 * has a meaning that ECMA-262 does not give it. Of Annex B, escaped punctuation and a literal brace are accepted, since
 * published schemas use them. What only Perl or PCRE2 know is refused.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "json/engine.h"

#define JIT_AFTER	16	/* searches after which compiling to machine code pays */
#define COSTLY		3	/* searches past the limit after which a pattern is known for it */
#define DFA_TEXT	8192	/* octets of a text that the DFA matcher is tried on: it is slow, but never exponential */
#define DFA_WORKSPACE	20000	/* ints */

struct regex {
	pcre2_code *code;
	_Atomic(pcre2_code *) jit;	/* a copy of code with machine code, once made */
	atomic_uint uses, costly;	/* searches; those that went past the limit */
	pthread_mutex_t lock;
};

struct regex_run {
	pcre2_match_data *match;
	pcre2_match_context *context;
	int *workspace;			/* of the DFA matcher, made at first need */
};

/* White space and line terminators of ECMA-262 (\s), and everything else (\S), as contents of a class. */
#define SPACE	"\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}"
#define NO_SPACE "\\x00-\\x08\\x0e-\\x1f!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}" \
	"\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

/* ---- translation ------------------------------------------------------------------------------------------------------- */

struct group_name {
	const char *s;
	size_t n;
	unsigned number;
};

struct translator {
	const char *s, *p, *end;
	struct buf out;
	struct group_name *name;
	size_t n_name;
	unsigned groups;	/* capturing groups in the whole pattern */
	char *open;		/* stack of open groups: 'g' group or look-behind, 'l' look-ahead */
	size_t n_open;
	int repeatable;		/* a quantifier may follow */
	struct err *e;
};

static int
bad(struct translator *t, const char *why)
{
	return err_set(t->e, ERR_USAGE, "no ECMA-262 regular expression, %s (at character %zu): %.*s", why,
	    utf8_count(t->s, (size_t)(t->p - t->s)) + 1, (int)((t->end - t->s) > 200 ? 200 : t->end - t->s), t->s);
}

static int
at(const struct translator *t, const char *what)
{
	size_t n = strlen(what);

	return (size_t)(t->end - t->p) >= n && memcmp(t->p, what, n) == 0;
}

static int
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void
put_char(struct translator *t, uint32_t cp)
{
	if (cp < 0x80 && is_alnum((char)cp))
		buf_addc(&t->out, (char)cp);
	else
		buf_printf(&t->out, "\\x{%x}", (unsigned)cp);
}

/* The length of the group name at s, up to its ">"; 0 when there is none. */
static size_t
name_length(const struct translator *t, const char *s)
{
	const char *q = s;

	while (q < t->end && (is_alnum(*q) || *q == '_' || *q == '$' || (unsigned char)*q >= 0x80))
		q++;
	return q < t->end && *q == '>' && !(*s >= '0' && *s <= '9') ? (size_t)(q - s) : 0;
}

/* The number of the group with a name; 0 when there is none. */
static unsigned
group_number(const struct translator *t, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < t->n_name; i++)
		if (t->name[i].n == n && memcmp(t->name[i].s, s, n) == 0)
			return t->name[i].number;
	return 0;
}

/* First pass: counts the capturing groups and notes their names, as a \k may stand before its group. */
static int
find_groups(struct translator *t)
{
	size_t n;
	int in_class = 0;

	t->name = xcalloc((size_t)(t->end - t->s) / 4 + 1, sizeof(*t->name));
	for (t->p = t->s; t->p < t->end; t->p++) {
		if (*t->p == '\\') {
			t->p++;
			continue;
		}
		in_class = *t->p == '[' ? 1 : *t->p == ']' ? 0 : in_class;
		if (in_class || *t->p != '(')
			continue;
		if (!at(t, "(?")) {
			t->groups++;
		} else if (at(t, "(?<") && !at(t, "(?<=") && !at(t, "(?<!")) {
			n = name_length(t, t->p + 3);
			if (n == 0 || group_number(t, t->p + 3, n) != 0)
				return bad(t, n == 0 ? "a group name is missing" : "a group name is given twice");
			t->name[t->n_name++] = (struct group_name){ t->p + 3, n, ++t->groups };
		}
	}
	t->p = t->s;
	return 0;
}

static int
hex_digits(const char *s, const char *end, int n, uint32_t *out)
{
	uint32_t v = 0;
	int i;

	for (i = 0; i < n; i++) {
		if (s + i >= end || !is_alnum(s[i]) || (s[i] | 0x20) > 'f')
			return -1;
		v = v * 16 + (uint32_t)(s[i] <= '9' ? s[i] - '0' : (s[i] | 0x20) - 'a' + 10);
	}
	*out = v;
	return 0;
}

/* \uXXXX, a surrogate pair of them, \u{X..}; the cursor is on the u. */
static int
unicode_escape(struct translator *t, uint32_t *cp)
{
	const char *q;
	uint32_t low;
	int n;

	if (at(t, "u{")) {
		q = t->p + 2;
		for (n = 0; q + n < t->end && q[n] != '}'; n++)
			;
		if (n == 0 || n > 8 || q + n >= t->end || hex_digits(q, t->end, n, cp) < 0 || *cp > 0x10ffff)
			return bad(t, "\\u{} is wrong");
		t->p = q + n + 1;
	} else {
		if (hex_digits(t->p + 1, t->end, 4, cp) < 0)
			return bad(t, "\\u is not followed by four hexadecimal digits");
		t->p += 5;
		if (*cp >= 0xd800 && *cp < 0xdc00 && at(t, "\\u") && hex_digits(t->p + 2, t->end, 4, &low) == 0 &&
		    low >= 0xdc00 && low < 0xe000) {
			*cp = 0x10000 + ((*cp & 0x3ff) << 10) + (low & 0x3ff);
			t->p += 6;
		}
	}
	return *cp >= 0xd800 && *cp < 0xe000 ? bad(t, "half of a surrogate pair") : 0;
}

/*
 * An escape that stands for one character; the cursor is behind the backslash. 1 with *cp, 0 when it is another kind of
 * escape, -1.
 */
static int
char_escape(struct translator *t, uint32_t *cp)
{
	static const char from[] = "tnvfr", to[] = "\t\n\v\f\r";
	const char *q;
	char c;

	if (t->p == t->end)
		return bad(t, "a backslash ends it");
	c = *t->p;
	q = memchr(from, c, 5);
	if (q != NULL) {
		*cp = (uint32_t)to[q - from];
	} else if (c == '0' && !(t->p + 1 < t->end && t->p[1] >= '0' && t->p[1] <= '9')) {
		*cp = 0;
	} else if (c == 'c' && t->p + 1 < t->end && is_alnum(t->p[1]) && t->p[1] > '9') {
		*cp = (uint32_t)t->p[1] & 31;
		t->p++;
	} else if (c == 'x') {
		if (hex_digits(t->p + 1, t->end, 2, cp) < 0)
			return bad(t, "\\x is not followed by two hexadecimal digits");
		t->p += 2;
	} else if (c == 'u') {
		return unicode_escape(t, cp) < 0 ? -1 : 1;
	} else if ((unsigned char)c < 0x80 && !is_alnum(c)) {
		*cp = (unsigned char)c;
	} else {
		return 0;
	}
	t->p++;
	return 1;
}

/* General categories: ECMA-262 knows both names, PCRE2 only the short one. */
static const char *const categories[][2] = {
	{ "Letter", "L" }, { "Cased_Letter", "L&" }, { "LC", "L&" }, { "Uppercase_Letter", "Lu" }, { "Lowercase_Letter", "Ll" },
	{ "Titlecase_Letter", "Lt" }, { "Modifier_Letter", "Lm" }, { "Other_Letter", "Lo" }, { "Mark", "M" },
	{ "Combining_Mark", "M" }, { "Nonspacing_Mark", "Mn" }, { "Spacing_Mark", "Mc" }, { "Enclosing_Mark", "Me" },
	{ "Number", "N" }, { "Decimal_Number", "Nd" }, { "digit", "Nd" }, { "Letter_Number", "Nl" }, { "Other_Number", "No" },
	{ "Punctuation", "P" }, { "punct", "P" }, { "Connector_Punctuation", "Pc" }, { "Dash_Punctuation", "Pd" },
	{ "Open_Punctuation", "Ps" }, { "Close_Punctuation", "Pe" }, { "Initial_Punctuation", "Pi" },
	{ "Final_Punctuation", "Pf" }, { "Other_Punctuation", "Po" }, { "Symbol", "S" }, { "Math_Symbol", "Sm" },
	{ "Currency_Symbol", "Sc" }, { "Modifier_Symbol", "Sk" }, { "Other_Symbol", "So" }, { "Separator", "Z" },
	{ "Space_Separator", "Zs" }, { "Line_Separator", "Zl" }, { "Paragraph_Separator", "Zp" }, { "Other", "C" },
	{ "Control", "Cc" }, { "cntrl", "Cc" }, { "Format", "Cf" }, { "Surrogate", "Cs" }, { "Private_Use", "Co" },
	{ "Unassigned", "Cn" },
};

/* \p{..} or \P{..}; the cursor is on the p. */
static int
property_escape(struct translator *t)
{
	static const struct { const char *prefix, *pcre; } kinds[] = {
		{ "General_Category=", "" }, { "gc=", "" }, { "Script=", "sc:" }, { "sc=", "sc:" },
		{ "Script_Extensions=", "scx:" }, { "scx=", "scx:" },
	};
	const char *q = memchr(t->p, '}', (size_t)(t->end - t->p)), *kind = "";
	char name[64], p = *t->p;
	size_t i, n;

	if (!(t->p + 1 < t->end && t->p[1] == '{') || q == NULL || q - t->p - 2 > 60 || q == t->p + 2)
		return bad(t, "\\p is not followed by a property in braces");
	t->p += 2;
	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!at(t, kinds[i].prefix))
			continue;
		t->p += strlen(kinds[i].prefix);
		kind = kinds[i].pcre;
		break;
	}
	n = (size_t)(q - t->p);
	memcpy(name, t->p, n);
	name[n] = '\0';
	if (strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") != n || n == 0)
		return bad(t, "\\p is not followed by a property in braces");
	for (i = 0; kind[0] == '\0' && i < ARRAY_LEN(categories); i++)
		if (strcmp(categories[i][0], name) == 0)
			strcpy(name, categories[i][1]);
	buf_printf(&t->out, "\\%c{%s%s}", p, kind, name);
	t->p = q + 1;
	return 0;
}

/* \d \D \w \W \s \S \p \P, in a class or not; the cursor is behind the backslash. 1, 0 when it is none of them, -1. */
static int
set_escape(struct translator *t, int in_class)
{
	char c = t->p < t->end ? *t->p : '\0';

	if (c == 'p' || c == 'P')
		return property_escape(t) < 0 ? -1 : 1;
	if (c == 's' || c == 'S')
		buf_printf(&t->out, "%s%s%s", in_class ? "" : "[", c == 's' ? SPACE : NO_SPACE, in_class ? "" : "]");
	else if (c == 'd' || c == 'D' || c == 'w' || c == 'W')
		buf_printf(&t->out, "\\%c", c);
	else
		return 0;
	t->p++;
	return 1;
}

/* One end of a class range: 1 a character in *cp, 0 a set (already written), -1. */
static int
class_atom(struct translator *t, uint32_t *cp)
{
	int n, r;

	if (*t->p != '\\') {
		n = utf8_decode(t->p, (size_t)(t->end - t->p), cp);
		t->p += n;
		return n > 0 ? 1 : bad(t, "not UTF-8");
	}
	t->p++;
	r = char_escape(t, cp);
	if (r != 0)
		return r;
	if (*t->p == 'b') {
		t->p++;
		*cp = 8;
		return 1;
	}
	r = set_escape(t, 1);
	return r > 0 ? 0 : r < 0 ? -1 : bad(t, "an escape that ECMA-262 does not know");
}

/* [...]; the cursor is on the bracket. */
static int
class(struct translator *t)
{
	uint32_t from, to;
	int one, other;

	buf_addc(&t->out, '[');
	t->p++;
	if (at(t, "^")) {
		buf_addc(&t->out, '^');
		t->p++;
	}
	while (t->p < t->end && *t->p != ']') {
		one = class_atom(t, &from);
		if (one < 0)
			return -1;
		if (one > 0)
			put_char(t, from);
		if (!(t->p + 1 < t->end && t->p[0] == '-' && t->p[1] != ']'))
			continue;
		t->p++;
		if (one == 0)
			buf_adds(&t->out, "\\-");
		else
			buf_addc(&t->out, '-');
		other = class_atom(t, &to);
		if (other < 0)
			return -1;
		if (one > 0 && other == 0)
			return bad(t, "a range to a set");
		if (one > 0 && to < from)
			return bad(t, "a range out of order");
		if (other > 0)
			put_char(t, to);
	}
	if (t->p == t->end)
		return bad(t, "a bracket is not closed");
	buf_addc(&t->out, ']');
	t->p++;
	t->repeatable = 1;
	return 0;
}

/* \1, \k<name>; the cursor is behind the backslash. 1, 0 when it is neither, -1. */
static int
back_reference(struct translator *t)
{
	unsigned n = 0;
	size_t len;

	if (t->p < t->end && *t->p >= '1' && *t->p <= '9') {
		for (; t->p < t->end && *t->p >= '0' && *t->p <= '9' && n < 100000; t->p++)
			n = n * 10 + (unsigned)(*t->p - '0');
	} else if (at(t, "k<")) {
		len = name_length(t, t->p + 2);
		n = len > 0 ? group_number(t, t->p + 2, len) : 0;
		t->p += len > 0 ? len + 3 : 0;
	} else {
		return 0;
	}
	if (n == 0 || n > t->groups)
		return bad(t, "a reference to a group that is not there");
	buf_printf(&t->out, "\\g{%u}", n);
	return 1;
}

static int
escape(struct translator *t)
{
	uint32_t cp;
	int r;

	t->p++;
	t->repeatable = 1;
	r = char_escape(t, &cp);
	if (r > 0)
		put_char(t, cp);
	if (r == 0)
		r = set_escape(t, 0);
	if (r == 0)
		r = back_reference(t);
	if (r == 0 && (*t->p == 'b' || *t->p == 'B')) {
		buf_printf(&t->out, "\\%c", *t->p++);
		t->repeatable = 0;
		r = 1;
	}
	return r > 0 ? 0 : r < 0 ? -1 : bad(t, "an escape that ECMA-262 does not know");
}

static int
open_group(struct translator *t)
{
	static const struct { const char *pattern; char kind; } heads[] = {
		{ "(?:", 'g' }, { "(?=", 'l' }, { "(?!", 'l' }, { "(?<=", 'l' }, { "(?<!", 'l' },
	};
	size_t i;
	char kind = 'g';

	for (i = 0; i < ARRAY_LEN(heads) && !at(t, heads[i].pattern); i++)
		;
	if (i < ARRAY_LEN(heads)) {
		buf_adds(&t->out, heads[i].pattern);
		t->p += strlen(heads[i].pattern);
		kind = heads[i].kind;
	} else if (at(t, "(?<")) {
		if (name_length(t, t->p + 3) == 0)
			return bad(t, "a group name is missing");
		buf_addc(&t->out, '(');
		t->p += name_length(t, t->p + 3) + 4;
	} else if (at(t, "(?") || at(t, "(*")) {
		return bad(t, "a group that ECMA-262 does not know");
	} else {
		buf_addc(&t->out, '(');
		t->p++;
	}
	t->open[t->n_open++] = kind;
	t->repeatable = 0;
	return 0;
}

/* {n}, {n,}, {n,m} at the cursor: its length, or 0. */
static size_t
braces(const struct translator *t)
{
	const char *q = t->p + 1, *digits = q;

	while (q < t->end && *q >= '0' && *q <= '9')
		q++;
	if (q == digits)
		return 0;
	if (q < t->end && *q == ',')
		for (q++; q < t->end && *q >= '0' && *q <= '9'; q++)
			;
	return q < t->end && *q == '}' ? (size_t)(q + 1 - t->p) : 0;
}

static int
quantifier(struct translator *t, size_t n)
{
	if (!t->repeatable)
		return bad(t, "nothing to repeat");
	buf_add(&t->out, t->p, n);
	t->p += n;
	if (at(t, "?")) {
		buf_addc(&t->out, '?');
		t->p++;
	}
	t->repeatable = 0;
	return 0;
}

static int
literal(struct translator *t)
{
	uint32_t cp;
	int n = utf8_decode(t->p, (size_t)(t->end - t->p), &cp);

	if (n == 0)
		return bad(t, "not UTF-8");
	put_char(t, cp);
	t->p += n;
	t->repeatable = 1;
	return 0;
}

static int
term(struct translator *t)
{
	size_t n;

	switch (*t->p) {
	case '\\':
		return escape(t);
	case '[':
		return class(t);
	case '(':
		return open_group(t);
	case ')':
		if (t->n_open == 0)
			return bad(t, "a parenthesis too many");
		buf_addc(&t->out, ')');
		t->p++;
		t->repeatable = t->open[--t->n_open] == 'g';
		return 0;
	case '.':
		buf_adds(&t->out, "[^\\n\\r\\x{2028}\\x{2029}]");
		t->p++;
		t->repeatable = 1;
		return 0;
	case '^':
	case '$':
	case '|':
		buf_addc(&t->out, *t->p++);
		t->repeatable = 0;
		return 0;
	case '*':
	case '+':
	case '?':
		return quantifier(t, 1);
	case '{':
		n = braces(t);
		return n > 0 ? quantifier(t, n) : literal(t);
	default:
		return literal(t);
	}
}

static int
translate(struct translator *t)
{
	int r = find_groups(t);

	t->open = xcalloc((size_t)(t->end - t->s) + 1, 1);
	while (r == 0 && t->p < t->end)
		r = term(t);
	if (r == 0 && t->n_open > 0)
		r = bad(t, "a parenthesis is not closed");
	return r;
}

/* ---- compiling and matching ----------------------------------------------------------------------------------------------- */

static struct regex *
compile(struct translator *t)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	PCRE2_UCHAR why[120];
	struct regex *re = NULL;
	pcre2_code *code;
	PCRE2_SIZE where;
	int error;

	if (context == NULL)
		base_oom();
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	code = pcre2_compile((PCRE2_SPTR)buf_str(&t->out), t->out.len, PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF |
	    PCRE2_ALLOW_EMPTY_CLASS | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_UTF_CHECK, &error, &where, context);
	pcre2_compile_context_free(context);
	if (code == NULL) {
		pcre2_get_error_message(error, why, sizeof(why));
		bad(t, (const char *)why);
		return NULL;
	}
	re = xcalloc(1, sizeof(*re));
	re->code = code;
	pthread_mutex_init(&re->lock, NULL);
	return re;
}

struct regex *
regex_new(const char *pattern, size_t n, struct err *e)
{
	struct translator t = { .s = pattern, .p = pattern, .end = pattern + n, .out = BUF_INIT(64 * LIMIT_REGEX_TEXT), .e = e };
	struct regex *re = NULL;

	if (n > LIMIT_REGEX_TEXT)
		err_set(e, ERR_USAGE, "a regular expression of more than %d octets", LIMIT_REGEX_TEXT);
	else if (translate(&t) == 0)
		re = compile(&t);
	buf_free(&t.out);
	free(t.name);
	free(t.open);
	return re;
}

void
regex_free(struct regex *re)
{
	if (re == NULL)
		return;
	pcre2_code_free(atomic_load(&re->jit));
	pcre2_code_free(re->code);
	pthread_mutex_destroy(&re->lock);
	free(re);
}

struct regex_run *
regex_run_new(void)
{
	struct regex_run *run = xcalloc(1, sizeof(*run));

	run->match = pcre2_match_data_create(1, NULL);
	run->context = pcre2_match_context_create(NULL);
	if (run->match == NULL || run->context == NULL)
		base_oom();
	pcre2_set_match_limit(run->context, LIMIT_REGEX_MATCH);
	return run;
}

void
regex_run_free(struct regex_run *run)
{
	if (run == NULL)
		return;
	pcre2_match_data_free(run->match);
	pcre2_match_context_free(run->context);
	free(run->workspace);
	free(run);
}

/* The code to match with. Machine code goes into a copy, as other threads may be using the original. */
static const pcre2_code *
code_of(const struct regex *constant)
{
	struct regex *re = (struct regex *)constant;
	pcre2_code *jit = atomic_load(&re->jit), *copy;

	if (jit != NULL)
		return jit;
	if (atomic_fetch_add(&re->uses, 1) != JIT_AFTER)
		return re->code;
	pthread_mutex_lock(&re->lock);
	copy = pcre2_code_copy(re->code);
	if (copy != NULL) {
		pcre2_jit_compile(copy, PCRE2_JIT_COMPLETE);
		atomic_store(&re->jit, copy);
	}
	pthread_mutex_unlock(&re->lock);
	return copy != NULL ? copy : re->code;
}

/* Past the limit of backtracking: the other matcher tries all ways at once. */
static int
search_without_backtracking(const struct regex *re, struct regex_run *run, const char *s, size_t n)
{
	int rc;

	if (n > DFA_TEXT)
		return -1;
	if (run->workspace == NULL)
		run->workspace = xmalloc(DFA_WORKSPACE * sizeof(*run->workspace));
	rc = pcre2_dfa_match(re->code, (PCRE2_SPTR)s, n, 0, PCRE2_NO_UTF_CHECK | PCRE2_DFA_SHORTEST, run->match, run->context,
	    run->workspace, DFA_WORKSPACE);
	return rc >= 0 ? 1 : rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

int
regex_search(const struct regex *re, struct regex_run *run, const char *s, size_t n)
{
	int rc;

	if (n <= DFA_TEXT && atomic_load(&re->costly) >= COSTLY) {
		rc = search_without_backtracking(re, run, s, n);
		if (rc >= 0)
			return rc;
	}
	rc = pcre2_match(code_of(re), (PCRE2_SPTR)s, n, 0, PCRE2_NO_UTF_CHECK, run->match, run->context);
	if (rc >= 0)
		return 1;
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	atomic_fetch_add(&((struct regex *)re)->costly, 1);
	return search_without_backtracking(re, run, s, n);
}
