/* Files to read as streams, those compressed with gzip as what is in them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "config.h"

#ifdef WITH_ZLIB

#include <zlib.h>

#define INPUT	(64u << 10)

struct gz {
	FILE *in;
	int close;
	z_stream z;
	int end, more;		/* a member has ended; the one after it may begin */
	unsigned char buf[INPUT];
};

static int
fill(struct gz *g)
{
	g->z.next_in = g->buf;
	g->z.avail_in = (unsigned)fread(g->buf, 1, sizeof(g->buf), g->in);
	return g->z.avail_in > 0;
}

/* gzip joins files by putting one behind the other. */
static ssize_t
gz_read(void *cookie, char *out, size_t n)
{
	struct gz *g = cookie;
	int rc;

	g->z.next_out = (unsigned char *)out;
	g->z.avail_out = (unsigned)(n > 1u << 30 ? 1u << 30 : n);
	while (g->z.avail_out > 0) {
		if (g->z.avail_in == 0 && !fill(g)) {
			if (ferror(g->in))
				return -1;
			if (g->end)
				break;
			errno = ENODATA;	/* cut off */
			return -1;
		}
		if (g->end && inflateReset(&g->z) != Z_OK)
			break;
		g->end = 0;
		if ((rc = inflate(&g->z, Z_NO_FLUSH)) == Z_STREAM_END) {
			g->end = 1;
		} else if (rc != Z_OK && rc != Z_BUF_ERROR) {
			errno = EBADMSG;
			return -1;
		}
	}
	return (ssize_t)((unsigned char *)g->z.next_out - (unsigned char *)out);
}

static int
gz_close(void *cookie)
{
	struct gz *g = cookie;

	inflateEnd(&g->z);
	if (g->close)
		fclose(g->in);
	free(g);
	return 0;
}

static FILE *
unpack(FILE *in, int close)
{
	struct gz *g = xcalloc(1, sizeof(*g));

	g->in = in;
	g->close = close;
	if (inflateInit2(&g->z, 16 + MAX_WBITS) != Z_OK)
		base_oom();
	return fopencookie(g, "rb", (cookie_io_functions_t){ .read = gz_read, .close = gz_close });
}

#else

static FILE *
unpack(FILE *in, int close)
{
	if (close)
		fclose(in);
	errno = ENOTSUP;
	return NULL;
}

#endif

FILE *
file_in_open(const char *path, struct err *e)
{
	int is_stdin = strcmp(path, "-") == 0, c;
	FILE *f = is_stdin ? stdin : fopen(path, "rb"), *out;

	if (f == NULL) {
		err_set(e, ERR_SYSTEM, "%s", strerror(errno));
		return NULL;
	}
	/* no text begins with that control character */
	if ((c = getc(f)) != EOF)
		ungetc(c, f);
	if (c != 0x1f)
		return f;
	if ((out = unpack(f, !is_stdin)) == NULL)
		err_set(e, ERR_SYSTEM, "compressed, and this program was built without zlib");
	return out;
}

void
file_in_close(FILE *f)
{
	if (f != NULL && f != stdin)
		fclose(f);
}
