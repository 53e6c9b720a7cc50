/*
 * Values are written so that nobody clicks them by mistake: evil[.]example, hxxps[:]//, user(at)host. Here is the one table of
 * these styles. The view is rewritten once, in one pass; what is not part of a value does no harm, nobody looks at it there.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "convert/scan.h"

/* What stands between brackets, and what it means. The longest first. */
static const struct { const char *inside, *plain; int blanks; } bracketed[] = {
	{ "://", "://", 0 }, { "https", "https", 0 }, { "http", "http", 0 }, { "hxxps", "https", 0 }, { "hxxp", "http", 0 },
	{ "punkt", ".", 1 }, { "point", ".", 1 }, { "dot", ".", 1 }, { "d0t", ".", 1 }, { "at", "@", 1 },
	{ ":/", ":/", 0 }, { "//", "//", 0 }, { "www", "www", 0 }, { ".", ".", 1 }, { "@", "@", 1 }, { ":", ":", 0 }, { "/", "/", 0 },
	{ "。", ".", 0 }, { "-", "-", 0 }, { "_", "_", 0 },
	{ "d", ".", 0 },
};

/* Schemes as they are written, in front of ":" or of a bracket. Letter case does not count. The longest first. */
static const struct { const char *written, *plain; } schemes[] = {
	{ "hxxxps", "https" }, { "hxxxp", "http" }, { "hxxxs", "https" }, { "hxxx", "http" }, { "htttps", "https" }, { "htttp", "http" },
	{ "hxxps", "https" }, { "hxxp", "http" }, { "hxtps", "https" }, { "hxtp", "http" },
	{ "htxps", "https" }, { "htxp", "http" }, { "h**ps", "https" }, { "h**p", "http" }, { "h__ps", "https" }, { "h__p", "http" },
	{ "httxs", "https" }, { "httx", "http" }, { "hzzps", "https" }, { "hzzp", "http" }, { "meows", "https" }, { "meow", "http" },
	{ "ttps", "https" }, { "ttp", "http" }, { "sfxp", "sftp" }, { "fxps", "ftps" }, { "fxp", "ftp" }, { "fxxp", "ftp" },
};

#define LONGEST_SCHEME	6	/* of those in the table */

static int
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void
add(struct plain *p, const char *s, size_t n)
{
	if (p->cap - p->len <= n) {
		p->cap = p->cap + p->cap / 2 + n + 64;
		p->s = xrealloc(p->s, p->cap);
	}
	memcpy(p->s + p->len, s, n);
	p->len += n;
	p->s[p->len] = '\0';
}

static void
edit(struct plain *p, const char *s, size_t n, size_t view, size_t view_n)
{
	struct edit *e;

	if (p->nedit == p->capedit) {
		p->capedit = p->capedit == 0 ? 64 : p->capedit * 2;
		p->edits = xrealloc(p->edits, p->capedit * sizeof(*p->edits));
	}
	e = &p->edits[p->nedit++];
	e->at = p->len;
	e->n = n;
	e->view = view;
	e->view_n = view_n;
	add(p, s, e->n);
}

static size_t
blanks(const char *v, size_t i, size_t len)
{
	size_t n = 0;

	while (i + n < len && v[i + n] == ' ' && n < 4)
		n++;
	return n;
}

/* A rewriting of the view at i: how many octets before i and from i on it takes, and the plain text. */
struct rewrite {
	size_t before, n;
	const char *plain;
	size_t plain_n;		/* octets of it; 0: all up to its end */
};

/* Does a host go on at v: small letters and digits up to a bracket, a slash or the end of a field? */
static int
goes_on(const char *v, size_t len)
{
	size_t i = 0;

	while (i < len && i < 64 && ((v[i] >= 'a' && v[i] <= 'z') || (v[i] >= '0' && v[i] <= '9') || v[i] == '-'))
		i++;
	return i > 1 && (i == len || strchr("[/:,\n", v[i]) != NULL);
}

/* Brackets around a dot may have blanks around them: "example [.] com". */
static void
swallow_blanks(const char *v, size_t i, size_t len, struct rewrite *r)
{
	size_t b = 0, a = blanks(v, i + r->n, len);

	while (b < i && b < 4 && v[i - b - 1] == ' ')
		b++;
	if (a == 0 || b == i || i == 0 || !is_alnum(v[i - b - 1]) || i + r->n + a >= len || !is_alnum(v[i + r->n + a]))
		return;
	/* "host[.] example" too, where a host goes on and no sentence begins */
	if (b == 0 && (a > 1 || !goes_on(v + i + r->n + a, len - i - r->n - a)))
		return;
	r->before = b;
	r->n += a;
}

/* Does v at i hold a word of the table, in brackets? */
static int
in_brackets(const char *v, size_t i, size_t len, struct rewrite *r)
{
	size_t at = i + 1, k, n;

	at += blanks(v, at, len);
	/* what begins none of the table's words is the rule */
	if (at >= len || ((unsigned char)v[at] < 0x80 && strchr("dDpPaAhHwW:/.@-_", v[at]) == NULL))
		return 0;
	for (k = 0; k < ARRAY_LEN(bracketed); k++) {
		if (((bracketed[k].inside[0] ^ v[at]) & 0xdf) != 0)
			continue;
		n = strlen(bracketed[k].inside);
		if (len - at < n || strncasecmp(v + at, bracketed[k].inside, n) != 0)
			continue;
		n += blanks(v, at + n, len);
		if (at + n >= len || strchr("])}>", v[at + n]) == NULL || v[at + n] == '\0')
			continue;
		/* one letter means a dot between labels only: "example[d]com", not "a[d]=1" or "3(d)" */
		if (n == 1 && is_alnum(v[at]) && (v[i] != '[' || i == 0 || !is_alnum(v[i - 1]) || at + 2 >= len || !is_alnum(v[at + 2])))
			continue;
		r->n = at + n + 1 - i;
		r->plain = bracketed[k].plain;
		if (bracketed[k].blanks)
			swallow_blanks(v, i, len, r);
		return 1;
	}
	return 0;
}

/* "hxxp[s]://", "http(s)://": the scheme has its s. */
static int
secure(const char *v, size_t i, size_t len, struct rewrite *r)
{
	if (i == 0 || len - i < 4 || (v[i - 1] | 32) != 'p' || (v[i + 1] | 32) != 's' || strchr("])}", v[i + 2]) == NULL ||
	    strchr(":[({", v[i + 3]) == NULL || v[i + 2] == '\0' || v[i + 3] == '\0')
		return 0;
	r->n = 3;
	r->plain = "s";
	return 1;
}

#define MAX_INSIDE	64	/* octets of the rest of a host between brackets */

/* "example[.com]": the whole of it. */
static int
dotted_inside(const char *v, size_t i, size_t len, struct rewrite *r)
{
	size_t k = i + 2;

	while (k < len && k - i < MAX_INSIDE && (is_alnum(v[k]) || v[k] == '-' || v[k] == '.'))
		k++;
	if (k >= len || strchr("])}", v[k]) == NULL || !is_alnum(v[k - 1]))
		return 0;
	r->n = k + 1 - i;
	r->plain = v + i + 1;
	r->plain_n = k - i - 1;
	return 1;
}

/* A bracket that was left open or shut: "example[.com", "example.]com", "http[:]]//". */
static int
half_bracket(const char *v, size_t i, size_t len, struct rewrite *r)
{
	if (i == 0 || i + 2 >= len || !is_alnum(v[i - 1]))
		return 0;
	if (strchr("[({", v[i]) != NULL && v[i + 1] == '.' && is_alnum(v[i + 2])) {
		if (dotted_inside(v, i, len, r))
			return 1;
		r->n = 2;
		r->plain = ".";
		return 1;
	}
	if (v[i] == '.' && strchr("])}", v[i + 1]) != NULL && v[i + 1] != '\0' && is_alnum(v[i + 2])) {
		r->n = 2;
		r->plain = ".";
		return 1;
	}
	return 0;
}

/* A backslash in front of a dot or a slash: "example\.com", "http:\/\/", "http:\\". */
static int
backslash(const char *v, size_t i, size_t len, struct rewrite *r)
{
	size_t k;

	if (i == 0 || i + 1 >= len)
		return 0;
	if (v[i + 1] == '.' && i + 2 < len && is_alnum(v[i - 1]) && is_alnum(v[i + 2])) {
		/* not in a Windows path: look a label back */
		for (k = i; k > 0 && i - k < 64 && (is_alnum(v[k - 1]) || v[k - 1] == '-' || v[k - 1] == '.' ||
		    (v[k - 1] == '\\' && v[k] == '.')); k--)
			;
		if (k > 0 && (v[k - 1] == '\\' || v[k - 1] == ':' || v[k - 1] == '%'))
			return 0;
		r->n = 2;
		r->plain = ".";
		return 1;
	}
	if (v[i + 1] == '/') {
		r->n = 2;
		r->plain = "/";
		return 1;
	}
	if (v[i + 1] == '\\' && i >= 8 && memcmp(v + i - 3, "[:]", 3) == 0 && strchr("pPsS", v[i - 4]) != NULL) {
		r->n = 2;
		r->plain = "//";
		return 1;
	}
	if (v[i + 1] == '\\' && v[i - 1] == ':' && i >= 5 && (strncasecmp(v + i - 5, "http", 4) == 0 ||
	    strncasecmp(v + i - 5, "ttps", 4) == 0 || strncasecmp(v + i - 5, "xxps", 4) == 0 || strncasecmp(v + i - 5, "hxxp", 4) == 0)) {
		r->n = 2;
		r->plain = "//";
		return 1;
	}
	return 0;
}

static int
scheme(const char *v, size_t i, size_t len, struct rewrite *r)
{
	size_t k, n;

	if (i > 0 && (is_alnum(v[i - 1])))
		return 0;
	for (k = 0; k < ARRAY_LEN(schemes); k++) {
		n = strlen(schemes[k].written);
		if (len - i <= n + 2 || strncasecmp(v + i, schemes[k].written, n) != 0)
			continue;
		if (strchr(":[({", v[i + n]) == NULL || v[i + n] == '\0' || (v[i + n] == ':' && memchr("/[\\(", v[i + n + 1], 4) == NULL))
			continue;
		r->n = n;
		r->plain = schemes[k].plain;
		return 1;
	}
	return 0;
}

/*
 * A scheme that ends at `end`, in front of ":" or a bracket, and begins at `from` or later: of several the one that begins first.
 * r->before is its octets.
 */
static int
scheme_before(const char *v, size_t from, size_t end, size_t len, struct rewrite *r)
{
	size_t n;

	if (end - from < 3 || strchr("spxwSPXW", v[end - 1]) == NULL)
		return 0;
	for (n = end - from < LONGEST_SCHEME ? end - from : LONGEST_SCHEME; n >= 3; n--)
		if (strchr("hHmMtTfFsS", v[end - n]) != NULL && scheme(v, end - n, len, r) && r->n == n) {
			r->before = n;
			r->n = r->plain_n = 0;
			return 1;
		}
	return 0;
}

/* "hxxp:///host": a slash too many. */
static int
slashes(const char *v, size_t i, size_t len, struct rewrite *r)
{
	if (i < 4 || len - i < 5 || memcmp(v + i, ":///", 4) != 0 || !is_alnum(v[i + 4]) ||
	    ((v[i - 1] | 32) != 'p' && ((v[i - 1] | 32) != 's' || (v[i - 2] | 32) != 'p')))
		return 0;
	r->n = 4;
	r->plain = "://";
	return 1;
}

static int
rewrite_at(const char *v, size_t i, size_t len, struct rewrite *r)
{
	r->before = r->plain_n = 0;
	switch (v[i]) {
	case '[':
	case '(':
	case '{':
		return in_brackets(v, i, len, r) || half_bracket(v, i, len, r) || secure(v, i, len, r);
	case '<':
		return in_brackets(v, i, len, r);
	case '.':
		return half_bracket(v, i, len, r);
	case '\\':
		return backslash(v, i, len, r);
	case ':':
		return slashes(v, i, len, r);
	default:
		return 0;
	}
}

/* Does what r, found at i, and writes what stands before it; returns where to go on. */
static size_t
apply(struct plain *p, const char *view, size_t same, size_t i, const struct rewrite *r)
{
	add(p, view + same, i - r->before - same);
	edit(p, r->plain, r->plain_n > 0 ? r->plain_n : strlen(r->plain), i - r->before, r->before + r->n);
	return i + r->n;
}

void
plain_make(struct plain *p, const char *view, size_t len)
{
	/* everything that is written defanged has one of these; a scheme stands in front of one */
	static const unsigned char stop[256] = { ['['] = 1, ['('] = 1, ['{'] = 1, ['<'] = 1, ['.'] = 1, ['\\'] = 1, [':'] = 1 };
	struct rewrite r;
	size_t i, same = 0;

	memset(p, 0, sizeof(*p));
	p->cap = len + 64;
	p->s = xmalloc(p->cap);
	p->s[0] = '\0';
	for (i = 0; i < len; i++) {
		if (!stop[(unsigned char)view[i]])
			continue;
		if (scheme_before(view, same, i, len, &r))
			same = apply(p, view, same, i, &r);
		if (rewrite_at(view, i, len, &r) && i - r.before >= same)
			i = (same = apply(p, view, same, i, &r)) - 1;
	}
	add(p, view + same, len - same);
}

void
plain_free(struct plain *p)
{
	free(p->s);
	free(p->edits);
	memset(p, 0, sizeof(*p));
}

void
plain_near(struct plain *p, size_t at)
{
	while (p->near < p->nedit && p->edits[p->near].at < at)
		p->near++;
}

#define STEPS	8	/* edits that are looked at one by one */

/* How many edits begin before `at`. */
static size_t
edits_before(const struct plain *p, size_t at)
{
	size_t lo = 0, hi = p->nedit, k = p->near, step;

	for (step = 0; step < STEPS; step++) {
		if (k > 0 && p->edits[k - 1].at >= at)
			k--;
		else if (k < p->nedit && p->edits[k].at < at)
			k++;
		else
			return k;
	}
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->edits[mid].at < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t
plain_view(const struct plain *p, size_t at, int end)
{
	size_t k = edits_before(p, at);
	const struct edit *e = k > 0 ? &p->edits[k - 1] : NULL;

	/* two edits may begin at one place only when the first is empty, which none is */
	if (e == NULL)
		return at;
	if (at < e->at + e->n)
		return end ? e->view + e->view_n : e->view;
	return e->view + e->view_n + (at - e->at - e->n);
}

int
plain_edited(const struct plain *p, size_t from, size_t to)
{
	size_t k = edits_before(p, to);

	return k > 0 && p->edits[k - 1].at + p->edits[k - 1].n > from;
}
