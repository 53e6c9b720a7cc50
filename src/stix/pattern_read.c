/* Reading the plain patterns: equality comparisons joined by AND and OR. What a platform can take apart into values. */
#include <string.h>

#include "stix/stix.h"

struct reader {
	const char *p;
	struct buf type, path, value;	/* of the comparison at hand */
	int (*each)(void *ctx, const char *type, const char *path, const char *value);
	void *ctx;
	int depth;
};

static void
skip(struct reader *r)
{
	r->p += strspn(r->p, " \t\r\n");
}

static int
word(struct reader *r, const char *w)
{
	size_t n = strlen(w);

	skip(r);
	if (strncmp(r->p, w, n) != 0)
		return 0;
	r->p += n;
	return 1;
}

/* 'text' with its escapes (9.2). */
static int
quoted(struct reader *r, struct buf *out)
{
	for (r->p++; *r->p != '\''; r->p++) {
		if (*r->p == '\\' && r->p[1] != '\0')
			r->p++;
		if (*r->p == '\0')
			return -1;
		buf_addc(out, *r->p);
	}
	r->p++;
	return 0;
}

/* type:path; steps are joined by ".", "[*]" and indices are left out, quotes too. */
static int
object_path(struct reader *r)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	size_t n;

	buf_reset(&r->type);
	buf_reset(&r->path);
	skip(r);
	n = strspn(r->p, plain);
	buf_add(&r->type, r->p, n);
	r->p += n;
	if (n == 0 || *r->p++ != ':')
		return -1;
	for (;;) {
		n = strspn(r->p, plain);
		if (*r->p == '\'' ? quoted(r, &r->path) != 0 : n == 0)
			return -1;
		buf_add(&r->path, r->p, n);
		r->p += n;
		if (*r->p == '[') {
			n = strcspn(r->p, "]");
			r->p += n + (r->p[n] == ']');
		}
		if (*r->p != '.')
			return 0;
		buf_addc(&r->path, *r->p++);
	}
}

/* A string, a number or a truth value. */
static int
constant(struct reader *r)
{
	size_t n;

	buf_reset(&r->value);
	skip(r);
	if (*r->p == '\'')
		return quoted(r, &r->value);
	n = strspn(r->p, "0123456789.-abcdefghijklmnopqrstuvwxyz");
	buf_add(&r->value, r->p, n);
	r->p += n;
	return n > 0 ? 0 : -1;
}

static int
say(struct reader *r)
{
	return r->each(r->ctx, buf_str(&r->type), buf_str(&r->path), buf_str(&r->value));
}

static int
comparison(struct reader *r)
{
	if (object_path(r) != 0)
		return -1;
	if (word(r, "="))
		return constant(r) != 0 ? -1 : say(r);
	if (!word(r, "IN") || !word(r, "("))
		return -1;
	do {
		if (constant(r) != 0 || say(r) != 0)
			return -1;
	} while (word(r, ","));
	return word(r, ")") ? 0 : -1;
}

/* Comparisons, or observations in brackets, with AND, OR and parentheses between them. */
static int
expression(struct reader *r, int inside)
{
	if (++r->depth > LIMIT_PATTERN_DEPTH)
		return -1;
	do {
		if (word(r, "(")) {
			if (expression(r, inside) != 0 || !word(r, ")"))
				return -1;
		} else if (!inside && word(r, "[")) {
			if (expression(r, 1) != 0 || !word(r, "]"))
				return -1;
		} else if (!inside || comparison(r) != 0)
			return -1;
	} while (word(r, "AND") || word(r, "OR"));
	r->depth--;
	return 0;
}

int
stix_pattern_values(const char *pattern, int (*each)(void *ctx, const char *type, const char *path, const char *value), void *ctx)
{
	struct reader r = { .p = pattern, .type = BUF_INIT(LIMIT_PATTERN), .path = BUF_INIT(LIMIT_PATTERN),
	    .value = BUF_INIT(LIMIT_PATTERN), .each = each, .ctx = ctx };
	int rc = strlen(pattern) > LIMIT_PATTERN ? -1 : expression(&r, 0);

	skip(&r);
	if (*r.p != '\0')
		rc = -1;
	buf_free(&r.type);
	buf_free(&r.path);
	buf_free(&r.value);
	return rc;
}
