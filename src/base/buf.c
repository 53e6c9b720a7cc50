#include <stdlib.h>
#include <string.h>

#include "base/base.h"

/* Makes room for n more octets and a NUL; 0 when the maximum forbids it. */
static int
room(struct buf *b, size_t n)
{
	size_t want;

	if (b->over || n > b->max || b->len > b->max - n) {
		b->over = 1;
		return 0;
	}
	if (b->cap - b->len > n)
		return 1;
	want = b->cap < 64 ? 128 : b->cap + b->cap / 2;
	if (want < b->len + n + 1)
		want = b->len + n + 1;
	b->s = xrealloc(b->s, want);
	b->cap = want;
	return 1;
}

void
buf_add(struct buf *b, const void *data, size_t n)
{
	if (!room(b, n))
		return;
	if (n > 0)
		memcpy(b->s + b->len, data, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	/* most often there is room */
	if (b->cap - b->len <= 1 || b->over || b->len >= b->max) {
		buf_add(b, &c, 1);
		return;
	}
	b->s[b->len++] = c;
	b->s[b->len] = '\0';
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	size_t left = b->cap - b->len;
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	/* most often it fits into what is there */
	n = vsnprintf(left > 0 ? b->s + b->len : NULL, left, fmt, ap);
	va_end(ap);
	if (n >= 0 && room(b, (size_t)n)) {
		if ((size_t)n >= left)
			vsnprintf(b->s + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	} else if (left > 0)
		b->s[b->len] = '\0';
	va_end(again);
}

const char *
buf_str(const struct buf *b)
{
	return b->s != NULL && b->len > 0 ? b->s : "";
}

char *
buf_take(struct buf *b)
{
	char *s = b->s != NULL ? b->s : xstrdup("");

	b->s = NULL;
	b->len = b->cap = 0;
	b->over = 0;
	return s;
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->over = 0;
	if (b->s != NULL)
		b->s[0] = '\0';
}

void
buf_free(struct buf *b)
{
	free(b->s);
	b->s = NULL;
	b->len = b->cap = 0;
}
