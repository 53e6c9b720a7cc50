#include <stdlib.h>
#include <string.h>

#include "json/engine.h"

/* The parts of a URI reference (RFC 3986 appendix B); a NULL part is absent. */
struct uri {
	const char *scheme, *authority, *path, *query, *fragment;
	size_t n_scheme, n_authority, n_path, n_query, n_fragment;
};

static int
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int
uri_is_absolute(const char *s)
{
	if (!is_alpha(*s))
		return 0;
	while (is_alpha(*s) || (*s >= '0' && *s <= '9') || (*s != '\0' && strchr("+-.", *s) != NULL))
		s++;
	return *s == ':';
}

static void
split(const char *s, struct uri *u)
{
	memset(u, 0, sizeof(*u));
	if (uri_is_absolute(s)) {
		u->scheme = s;
		u->n_scheme = strcspn(s, ":");
		s += u->n_scheme + 1;
	}
	if (s[0] == '/' && s[1] == '/') {
		u->authority = s + 2;
		u->n_authority = strcspn(u->authority, "/?#");
		s = u->authority + u->n_authority;
	}
	u->path = s;
	u->n_path = strcspn(s, "?#");
	s += u->n_path;
	if (*s == '?') {
		u->query = s + 1;
		u->n_query = strcspn(u->query, "#");
		s = u->query + u->n_query;
	}
	if (*s == '#') {
		u->fragment = s + 1;
		u->n_fragment = strlen(u->fragment);
	}
}

/* RFC 3986 section 5.2.4, in place; returns the new length. */
static size_t
remove_dots(char *s, size_t n)
{
	size_t in = 0, out = 0, len;

	while (in < n) {
		for (len = 1; in + len < n && s[in + len] != '/'; len++)
			;
		if (len <= 3 && strncmp(s + in, "/..", len) == 0 && len > 1) {
			if (len == 3)
				while (out > 0 && s[--out] != '/')
					;
			if (in + len == n)
				s[out++] = '/';
		} else {
			memmove(s + out, s + in, len);
			out += len;
		}
		in += len;
	}
	return out;
}

static void
add_path(struct buf *b, const struct uri *base, const struct uri *ref)
{
	struct buf p = BUF_INIT(SIZE_MAX / 2);
	size_t keep;

	if (ref->n_path > 0 && ref->path[0] != '/') {
		for (keep = base->n_path; keep > 0 && base->path[keep - 1] != '/'; keep--)
			;
		if (base->authority != NULL && base->n_path == 0)
			buf_addc(&p, '/');
		buf_add(&p, base->path, keep);
	}
	buf_add(&p, ref->path, ref->n_path);
	if (p.len > 0 && p.s[0] == '/')
		p.len = remove_dots(p.s, p.len);
	buf_add(b, buf_str(&p), p.len);
	buf_free(&p);
}

static void
add_part(struct buf *b, const char *before, const char *s, size_t n, const char *after)
{
	if (s == NULL)
		return;
	buf_adds(b, before);
	buf_add(b, s, n);
	buf_adds(b, after);
}

char *
uri_resolve(const char *base_text, const char *ref_text)
{
	static const struct uri none = { .path = "" };
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	struct uri base, ref;

	split(base_text, &base);
	split(ref_text, &ref);
	if (ref.scheme == NULL) {
		ref.scheme = base.scheme;
		ref.n_scheme = base.n_scheme;
	} else {
		base = none;
	}
	if (ref.authority != NULL)
		base = none;
	add_part(&b, "", ref.scheme, ref.n_scheme, ":");
	if (ref.authority != NULL)
		add_part(&b, "//", ref.authority, ref.n_authority, "");
	else
		add_part(&b, "//", base.authority, base.n_authority, "");
	if (ref.n_path == 0 && ref.authority == NULL) {
		buf_add(&b, base.path, base.n_path);
		if (ref.query == NULL) {
			ref.query = base.query;
			ref.n_query = base.n_query;
		}
	} else {
		add_path(&b, &base, &ref);
	}
	add_part(&b, "?", ref.query, ref.n_query, "");
	add_part(&b, "#", ref.fragment, ref.n_fragment, "");
	return buf_take(&b);
}

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char *
uri_cut_fragment(char *uri)
{
	char *s = strchr(uri, '#'), *out, *to;

	if (s == NULL)
		return NULL;
	*s++ = '\0';
	out = to = xmalloc(strlen(s) + 1);
	for (; *s != '\0'; s++) {
		if (*s == '%' && hex(s[1]) >= 0 && hex(s[2]) >= 0 && (hex(s[1]) | hex(s[2])) != 0) {
			*to++ = (char)(hex(s[1]) << 4 | hex(s[2]));
			s += 2;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
	return out;
}
