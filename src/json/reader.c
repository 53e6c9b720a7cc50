#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "json/reader.h"

#define SAFE_INTEGER	9007199254740991LL	/* 2^53 - 1: RFC 7493 section 2.2 */

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void
make_c_locale(void)
{
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (c_locale == (locale_t)0)
		base_oom();
}

/* strtod() that does not depend on the locale of the program. */
static double
to_double(const char *s)
{
	pthread_once(&c_locale_once, make_c_locale);
	return strtod_l(s, NULL, c_locale);
}

/* ---- faults ------------------------------------------------------------------------------------------------------ */

static uint64_t
here(const struct parser *p)
{
	return p->base + (uint64_t)(p->p - p->s);
}

void
parser_here(const struct parser *p, size_t n, struct json_place *out)
{
	out->offset = here(p);
	out->end = out->offset + n;
	out->line = p->line;
	out->column = (uint32_t)(out->offset - p->column_base) + 1;
}

int
parser_fail(struct parser *p, const char *code, size_t n, const char *fmt, ...)
{
	va_list ap;

	p->fault->code = code;
	parser_here(p, n, &p->fault->place);
	va_start(ap, fmt);
	vsnprintf(p->fault->message, sizeof(p->fault->message), fmt, ap);
	va_end(ap);
	return -1;
}

int
parser_unexpected(struct parser *p, const char *want)
{
	size_t left = (size_t)(p->end - p->p);
	uint32_t cp;
	int n;

	if (left == 0)
		return parser_fail(p, "json-truncated", 0, "the text ends where %s is expected", want);
	n = utf8_decode(p->p, left, &cp);
	if (n == 0)
		return parser_fail(p, "json-utf8", 1, "octet 0x%02x is not valid UTF-8%s", (unsigned char)*p->p,
		    here(p) == 0 && left > 1 && ((unsigned char)p->p[0] | (unsigned char)p->p[1]) == 0xff ?
		    " (the text seems to be UTF-16)" : "");
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa1) || cp > 0x2000)
		return parser_fail(p, "json-syntax", (size_t)n, "U+%04X stands where %s is expected", (unsigned)cp, want);
	return parser_fail(p, "json-syntax", (size_t)n, "\"%.*s\" stands where %s is expected", n, p->p, want);
}

int
parser_duplicate(struct parser *p, size_t node, const char *name, size_t n)
{
	const struct json_node *k = &p->t->node[node];
	struct json_fault *f = p->fault;
	size_t cut = n > 100 ? 100 : n;

	while (cut < n && cut > 0 && ((unsigned char)name[cut] & 0xc0) == 0x80)
		cut--;
	f->code = "json-duplicate-name";
	f->place = (struct json_place){ k->offset, k->offset + k->len, k->line, k->column };
	snprintf(f->message, sizeof(f->message), "the member name \"%.*s%s\" occurs twice in one object", (int)cut, name,
	    cut < n ? "..." : "");
	return -1;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

int
parser_node(struct parser *p, size_t *out)
{
	struct json_text *t = p->t;
	struct json_node *n;

	if (t->n == t->cap) {
		if (t->n >= p->o.max_values)
			return parser_fail(p, "json-too-many", 1, "more than %zu values and names", p->o.max_values);
		t->cap = t->cap == 0 ? 64 : t->cap * 2;
		if (t->cap > p->o.max_values)
			t->cap = p->o.max_values;
		t->node = xrealloc(t->node, t->cap * sizeof(*t->node));
	}
	n = &t->node[t->n];
	n->offset = here(p);
	n->line = p->line;
	n->column = (uint32_t)(n->offset - p->column_base) + 1;
	n->len = n->skip = 1;
	*out = t->n++;
	return 0;
}

void
parser_close(struct parser *p, size_t node)
{
	struct json_node *n = &p->t->node[node];

	n->len = (uint32_t)(here(p) - n->offset);
	n->skip = (uint32_t)(p->t->n - node);
}

static void
note_unsafe(struct json_text *t, size_t node)
{
	if (t->n_unsafe == t->cap_unsafe) {
		t->cap_unsafe = t->cap_unsafe == 0 ? 8 : t->cap_unsafe * 2;
		t->unsafe = xrealloc(t->unsafe, t->cap_unsafe * sizeof(*t->unsafe));
	}
	t->unsafe[t->n_unsafe++] = node;
}

void
text_truncate(struct json_text *t, size_t n)
{
	t->n = n;
	while (t->n_unsafe > 0 && t->unsafe[t->n_unsafe - 1] >= n)
		t->n_unsafe--;
	t->n_wide = t->n_wide_name = 0;
}

void
text_release(struct json_text *t)
{
	json_decref(t->root);
	free(t->node);
	free(t->unsafe);
	free(t->wide_child);
	free(t->wide_name);
}

/* ---- white space, strings ---------------------------------------------------------------------------------------- */

int
parser_space(struct parser *p)
{
	while (p->p < p->end) {
		switch (*p->p) {
		case '\n':
			p->p++;
			p->line++;
			p->column_base = here(p);
			break;
		case ' ':
		case '\t':
		case '\r':
			p->p++;
			break;
		default:
			return 1;
		}
	}
	return 0;
}

static int
hex4(const char *s)
{
	int i, v = 0;

	for (i = 0; i < 4; i++) {
		v <<= 4;
		if (s[i] >= '0' && s[i] <= '9')
			v |= s[i] - '0';
		else if (s[i] >= 'a' && s[i] <= 'f')
			v |= s[i] - 'a' + 10;
		else if (s[i] >= 'A' && s[i] <= 'F')
			v |= s[i] - 'A' + 10;
		else
			return -1;
	}
	return v;
}

/* A \u escape, or two that make one character; the cursor is on the backslash. */
static int
unicode_escape(struct parser *p, struct buf *out)
{
	char utf8[4];
	size_t left = (size_t)(p->end - p->p);
	int high, low;

	high = left >= 6 ? hex4(p->p + 2) : -1;
	if (high < 0)
		return parser_fail(p, left < 6 ? "json-truncated" : "json-escape", left < 6 ? left : 6,
		    "\\u is not followed by four hexadecimal digits");
	if (high < 0xd800 || high > 0xdfff) {
		buf_add(out, utf8, (size_t)utf8_encode((uint32_t)high, utf8));
		p->p += 6;
		return 0;
	}
	low = high < 0xdc00 && left >= 12 && p->p[6] == '\\' && p->p[7] == 'u' ? hex4(p->p + 8) : -1;
	if (low < 0xdc00 || low > 0xdfff)
		return parser_fail(p, "json-surrogate", 6, "\\u%.4s is half of a surrogate pair, its other half is missing",
		    p->p + 2);
	buf_add(out, utf8, (size_t)utf8_encode(0x10000 + (((uint32_t)high & 0x3ff) << 10) + ((uint32_t)low & 0x3ff), utf8));
	p->p += 12;
	return 0;
}

static int
escape(struct parser *p, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;

	if (p->end - p->p < 2)
		return parser_fail(p, "json-truncated", 1, "the text ends inside a string");
	if (p->p[1] == 'u')
		return unicode_escape(p, out);
	at = p->p[1] != '\0' ? strchr(from, p->p[1]) : NULL;
	if (at == NULL)
		return parser_fail(p, "json-escape", 2, "a backslash is followed by none of \" \\ / b f n r t u");
	buf_addc(out, to[at - from]);
	p->p += 2;
	return 0;
}

/* Octets that a string may contain as they are, ASCII only. */
static inline int
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Moves the cursor over a run of unescaped characters. 0 at a quote or backslash. */
static int
plain_run(struct parser *p)
{
	uint32_t cp;
	unsigned char c;
	int n;

	for (;;) {
		while (p->p < p->end && is_plain((unsigned char)*p->p))
			p->p++;
		if (p->p == p->end)
			return parser_fail(p, "json-truncated", 0, "the text ends inside a string");
		c = (unsigned char)*p->p;
		if (c == '"' || c == '\\')
			return 0;
		if (c < 0x20)
			return parser_fail(p, "json-control", 1, "control character U+%04X inside a string is not escaped", c);
		n = utf8_decode(p->p, (size_t)(p->end - p->p), &cp);
		if (n == 0)
			return parser_unexpected(p, "a character");
		p->p += n;
		p->column_base += (uint64_t)n - 1;
	}
}

/* Reads the string at the cursor; *s points into the text, or into room where there were escapes. */
static int
string(struct parser *p, struct buf *room, const char **s, size_t *n)
{
	const char *from = ++p->p;

	if (plain_run(p) < 0)
		return -1;
	if (*p->p == '"') {
		*s = from;
		*n = (size_t)(p->p - from);
	} else {
		buf_reset(room);
		for (;;) {
			buf_add(room, from, (size_t)(p->p - from));
			if (*p->p == '"')
				break;
			if (escape(p, room) < 0)
				return -1;
			from = p->p;
			if (plain_run(p) < 0)
				return -1;
		}
		*s = buf_str(room);
		*n = room->len;
	}
	p->p++;
	if (*n > p->o.max_string)
		return parser_fail(p, "json-too-long", 0, "a string of %zu octets; at most %zu are read", *n, p->o.max_string);
	return 0;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* What a number's characters say: value = digits * 10^exp, exactly, as long as `exact`. */
struct number {
	uint64_t digits;
	int64_t exp;
	int exact, real, negative;
};

static inline int
is_digit(const struct parser *p, const char *q)
{
	return q < p->end && *q >= '0' && *q <= '9';
}

static const char *
take_digits(const struct parser *p, const char *q, struct number *n)
{
	for (; is_digit(p, q); q++) {
		if (n->digits > (UINT64_MAX - 9) / 10)
			n->exact = 0;
		else
			n->digits = n->digits * 10 + (uint64_t)(*q - '0');
	}
	return q;
}

static const char *
take_exponent(struct parser *p, const char *q, struct number *n)
{
	int negative = 0;
	int64_t e = 0;

	q++;
	if (q < p->end && (*q == '+' || *q == '-'))
		negative = *q++ == '-';
	if (!is_digit(p, q)) {
		parser_fail(p, q == p->end ? "json-truncated" : "json-number", (size_t)(q - p->p), "an exponent without digits");
		return NULL;
	}
	for (; is_digit(p, q); q++)
		if (e < 100000)
			e = e * 10 + (*q - '0');
	n->exp += negative ? -e : e;
	return q;
}

/* Scans a number; returns behind it, or NULL with the fault set. */
static const char *
scan_number(struct parser *p, struct number *n)
{
	const char *q = p->p, *frac;

	*n = (struct number){ .exact = 1, .negative = *q == '-' };
	q += n->negative;
	if (!is_digit(p, q)) {
		if (q < p->end && (*q == 'I' || *q == 'N'))
			parser_fail(p, "json-nan", (size_t)(q + 1 - p->p), "NaN and Infinity are no JSON numbers");
		else
			parser_fail(p, q == p->end ? "json-truncated" : "json-number", 1, "a minus sign without digits");
		return NULL;
	}
	if (*q == '0' && is_digit(p, q + 1)) {
		parser_fail(p, "json-number", (size_t)(q + 2 - p->p), "a number with a leading zero");
		return NULL;
	}
	q = take_digits(p, q, n);
	if (q < p->end && *q == '.') {
		n->real = 1;
		frac = ++q;
		q = take_digits(p, q, n);
		n->exp -= q - frac;
		if (q == frac) {
			parser_fail(p, q == p->end ? "json-truncated" : "json-number", (size_t)(q - p->p),
			    "a decimal point without digits behind it");
			return NULL;
		}
	}
	if (q < p->end && (*q == 'e' || *q == 'E')) {
		n->real = 1;
		q = take_exponent(p, q, n);
	}
	return q;
}

static double
real_value(const struct number *n, const char *s, size_t len)
{
	static const double ten[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
	    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	char small[64], *copy = small;
	double d;

	/* Both operands are exact doubles here, so one correctly rounded operation gives the right result. */
	if (n->exact && n->digits <= (1ULL << 53) && n->exp >= -22 && n->exp <= 22) {
		d = n->exp < 0 ? (double)n->digits / ten[-n->exp] : (double)n->digits * ten[n->exp];
		return n->negative ? -d : d;
	}
	if (len >= sizeof(small))
		copy = xmalloc(len + 1);
	memcpy(copy, s, len);
	copy[len] = '\0';
	d = to_double(copy);
	if (copy != small)
		free(copy);
	return d;
}

static int
number(struct parser *p, size_t node, json_t **out)
{
	struct number n;
	const char *from = p->p, *q = scan_number(p, &n);
	size_t len;
	double d;

	if (q == NULL)
		return -1;
	len = (size_t)(q - from);
	if (!n.real && n.exact && n.digits <= (uint64_t)INT64_MAX + (n.negative ? 1 : 0)) {
		*out = json_integer((json_int_t)(n.negative ? 0 - n.digits : n.digits));
		if (n.digits > SAFE_INTEGER)
			note_unsafe(p->t, node);
	} else if (!n.real && !(p->o.flags & JSON_BIG_REAL)) {
		return parser_fail(p, "json-integer-range", len, "the integer %.*s%s does not fit in 64 bits",
		    (int)(len > 40 ? 40 : len), from, len > 40 ? "..." : "");
	} else {
		d = real_value(&n, from, len);
		if (isinf(d))
			return parser_fail(p, "json-real-range", len, "the number %.*s%s is beyond the range of a double",
			    (int)(len > 40 ? 40 : len), from, len > 40 ? "..." : "");
		*out = json_real(d);
	}
	p->p = q;
	return 0;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static int
literal(struct parser *p, json_t **out)
{
	static const struct { const char *word; json_t *(*make)(void); const char *code, *why; } words[] = {
		{ "true", json_true, NULL, NULL },
		{ "false", json_false, NULL, NULL },
		{ "null", json_null, NULL, NULL },
		{ "NaN", NULL, "json-nan", "NaN and Infinity are no JSON numbers" },
		{ "Infinity", NULL, "json-nan", "NaN and Infinity are no JSON numbers" },
		{ "'", NULL, "json-syntax", "strings stand in double quotes, not single ones" },
		{ "//", NULL, "json-syntax", "JSON has no comments" },
		{ "/*", NULL, "json-syntax", "JSON has no comments" },
		{ "+", NULL, "json-number", "a number does not begin with a plus sign" },
		{ ".", NULL, "json-number", "a number does not begin with a decimal point" },
	};
	size_t i, n, left = (size_t)(p->end - p->p);

	for (i = 0; i < ARRAY_LEN(words); i++) {
		n = strlen(words[i].word);
		if (left < n && left > 0 && memcmp(p->p, words[i].word, left) == 0)
			return parser_fail(p, "json-truncated", left, "the text ends inside \"%s\"", words[i].word);
		if (left < n || memcmp(p->p, words[i].word, n) != 0)
			continue;
		if (words[i].make == NULL)
			return parser_fail(p, words[i].code, n, "%s", words[i].why);
		*out = words[i].make();
		p->p += n;
		return 0;
	}
	return parser_unexpected(p, "a value");
}

/* A container in progress. */
struct frame {
	json_t *v;	/* borrowed: it hangs in its parent already */
	size_t node;
};

/* Reads a scalar, or opens a container (the cursor is then behind its bracket). */
static int
begin_value(struct parser *p, size_t *node, json_t **out)
{
	const char *s;
	size_t n;

	if (parser_node(p, node) < 0)
		return -1;
	if (p->p < p->end && *p->p == '"') {
		if (string(p, &p->scratch, &s, &n) < 0)
			return -1;
		*out = json_stringn_nocheck(s, n);
	} else if (p->p < p->end && (*p->p == '{' || *p->p == '[')) {
		*out = *p->p++ == '{' ? json_object() : json_array();
	} else if (p->p < p->end && (*p->p == '-' || (*p->p >= '0' && *p->p <= '9'))) {
		if (number(p, *node, out) < 0)
			return -1;
	} else if (literal(p, out) < 0) {
		return -1;
	}
	if (*out == NULL)
		base_oom();
	parser_close(p, *node);
	return 0;
}

int
parser_name(struct parser *p, const char **s, size_t *n)
{
	size_t node;

	parser_space(p);
	if (p->p == p->end || *p->p != '"')
		return parser_unexpected(p, "a member name in double quotes");
	if (parser_node(p, &node) < 0 || string(p, &p->key, s, n) < 0)
		return -1;
	parser_close(p, node);
	parser_space(p);
	if (p->p == p->end || *p->p != ':')
		return parser_unexpected(p, "a colon");
	p->p++;
	return 0;
}

/* Reads one value of container f (for an object with its name) into it. *out is borrowed. */
static int
add_child(struct parser *p, const struct frame *f, size_t *node, json_t **out)
{
	const char *name = NULL;
	size_t n = 0, key = p->t->n, size;

	if (json_is_object(f->v) && parser_name(p, &name, &n) < 0)
		return -1;
	parser_space(p);
	if (begin_value(p, node, out) < 0)
		return -1;
	if (name == NULL) {
		if (json_array_append_new(f->v, *out) != 0)
			base_oom();
		return 0;
	}
	size = json_object_size(f->v);
	if (json_object_setn_new_nocheck(f->v, name, n, *out) != 0)
		base_oom();
	return json_object_size(f->v) == size ? parser_duplicate(p, key, name, n) : 0;
}

/* After a value: 1 when another follows in the innermost container, 0 when the outermost value is complete. */
static int
after_value(struct parser *p, struct frame *stack, unsigned *depth)
{
	char closer;

	while (*depth > 0) {
		closer = json_is_object(stack[*depth - 1].v) ? '}' : ']';
		parser_space(p);
		if (p->p < p->end && *p->p == ',') {
			p->p++;
			parser_space(p);
			if (p->p < p->end && *p->p == closer)
				return parser_fail(p, "json-syntax", 1, "a comma stands in front of \"%c\"", closer);
			return 1;
		}
		if (p->p == p->end || *p->p != closer)
			return parser_unexpected(p, closer == '}' ? "a comma or \"}\"" : "a comma or \"]\"");
		p->p++;
		parser_close(p, stack[--*depth].node);
	}
	return 0;
}

/* Enters the container v that has just been opened: 1 when it has contents. */
static int
enter(struct parser *p, struct frame *stack, unsigned *depth, json_t *v, size_t node)
{
	if (*depth + p->around >= p->o.max_depth) {
		p->p--;
		return parser_fail(p, "json-too-deep", 1, "arrays and objects are nested deeper than %u levels", p->o.max_depth);
	}
	parser_space(p);
	if (p->p < p->end && *p->p == (json_is_object(v) ? '}' : ']')) {
		p->p++;
		parser_close(p, node);
		return 0;
	}
	stack[(*depth)++] = (struct frame){ v, node };
	return 1;
}

int
parser_value(struct parser *p, json_t **out)
{
	struct frame stack[LIMIT_JSON_DEPTH];
	json_t *root = NULL, *v;
	unsigned depth = 0;
	size_t node;
	int more;

	parser_space(p);
	if (begin_value(p, &node, &root) < 0)
		return -1;
	v = root;
	for (;;) {
		more = 0;
		if (json_is_object(v) || json_is_array(v))
			more = enter(p, stack, &depth, v, node);
		if (more == 0)
			more = after_value(p, stack, &depth);
		if (more == 0)
			break;
		if (more < 0 || add_child(p, &stack[depth - 1], &node, &v) < 0) {
			json_decref(root);
			return -1;
		}
	}
	*out = root;
	return 0;
}

/* ---- whole texts ------------------------------------------------------------------------------------------------- */

void
parser_init(struct parser *p, const char *s, size_t n, const struct json_options *o, struct json_fault *fault)
{
	static const struct json_options normal = JSON_OPTIONS_INIT;

	memset(p, 0, sizeof(*p));
	p->s = p->p = s != NULL ? s : "";
	p->end = p->s + n;
	p->line = 1;
	p->o = o != NULL ? *o : normal;
	if (p->o.max_depth > LIMIT_JSON_DEPTH)
		p->o.max_depth = LIMIT_JSON_DEPTH;
	p->fault = fault;
	p->key = (struct buf)BUF_INIT(SIZE_MAX / 2);
	p->scratch = (struct buf)BUF_INIT(SIZE_MAX / 2);
}

void
parser_release(struct parser *p)
{
	buf_free(&p->key);
	buf_free(&p->scratch);
}

static int
whole_text(struct parser *p)
{
	if (p->end - p->p >= 3 && memcmp(p->p, "\xef\xbb\xbf", 3) == 0) {
		p->p += 3;
		p->column_base = 3;
	}
	if (!parser_space(p))
		return parser_fail(p, "json-empty", 0, "the text is empty");
	if (parser_value(p, &p->t->root) < 0)
		return -1;
	if (parser_space(p))
		return parser_fail(p, "json-trailing", 1, "something follows the end of the JSON text");
	return 0;
}

int
json_read(const char *text, size_t len, const struct json_options *o, struct json_text **out, struct json_fault *fault)
{
	struct json_fault unused;
	struct parser p;
	struct json_text *t = xcalloc(1, sizeof(*t));
	int r;

	parser_init(&p, text, len, o, fault != NULL ? fault : &unused);
	p.t = t;
	if (len > p.o.max_text || len > UINT32_MAX)
		r = parser_fail(&p, "json-too-large", 0, "the text has %zu octets; at most %zu are read", len, p.o.max_text);
	else
		r = whole_text(&p);
	parser_release(&p);
	if (r < 0) {
		json_text_free(t);
		return -1;
	}
	*out = t;
	return 0;
}

int
json_fault_err(const struct json_fault *f, const char *name, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s%sline %u, column %u: %s", name != NULL ? name : "", name != NULL ? ": " : "",
	    (unsigned)f->place.line, (unsigned)f->place.column, f->message);
}

int
json_read_err(const char *name, const char *text, size_t len, struct json_text **out, struct err *e)
{
	struct json_fault f;

	return json_read(text, len, NULL, out, &f) < 0 ? json_fault_err(&f, name, e) : 0;
}

int
json_read_file(const char *path, size_t max, struct json_text **out, struct err *e)
{
	struct buf b = BUF_INIT(max);
	int r;

	r = file_read(path, max, &b, e);
	if (r == 0)
		r = json_read_err(path, buf_str(&b), b.len, out, e);
	buf_free(&b);
	return r;
}

void
json_text_free(struct json_text *t)
{
	if (t == NULL)
		return;
	text_release(t);
	free(t);
}
