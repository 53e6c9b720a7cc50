#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

static int
read_all(int fd, const char *name, size_t max, struct buf *b, struct err *e)
{
	struct buf in = BUF_INIT(max);
	char *chunk = xmalloc(1u << 16);
	ssize_t n;
	int rc = -1;

	for (;;) {
		n = read(fd, chunk, 1u << 16);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buf_add(&in, chunk, (size_t)n);
		if (in.over) {
			err_set(e, ERR_INPUT, "%s: larger than %zu octets", name, max);
			goto out;
		}
	}
	if (n < 0) {
		err_set(e, ERR_SYSTEM, "%s: %s", name, strerror(errno));
		goto out;
	}
	in.max = b->max;
	buf_free(b);
	*b = in;
	memset(&in, 0, sizeof(in));
	rc = 0;
out:
	free(chunk);
	buf_free(&in);
	return rc;
}

int
file_read(const char *path, size_t max, struct buf *b, struct err *e)
{
	int fd, rc;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, "standard input", max, b, e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	rc = read_all(fd, path, max, b, e);
	close(fd);
	return rc;
}

/* umask() tells the mask only by setting another. */
static mode_t
mask_of(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return mask;
}

int
file_out_open(struct file_out *o, const char *path, struct err *e)
{
	struct stat st;
	int fd;

	memset(o, 0, sizeof(*o));
	if (path == NULL || strcmp(path, "-") == 0) {
		o->f = stdout;
		o->direct = 1;
		o->path = xstrdup("standard output");
		return 0;
	}
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		o->direct = 1;
		o->f = S_ISDIR(st.st_mode) ? (errno = EISDIR, NULL) : fopen(path, "we");
		if (o->f == NULL)
			return err_set(e, ERR_SYSTEM, "%s: %s", path, strerror(errno));
		o->path = xstrdup(path);
		return 0;
	}
	o->path = xstrdup(path);
	o->tmp = xmalloc(strlen(path) + 16);
	sprintf(o->tmp, "%s.XXXXXX", path);
	fd = mkostemp(o->tmp, O_CLOEXEC);
	if (fd < 0 || fchmod(fd, 0666 & ~mask_of()) != 0 || (o->f = fdopen(fd, "w")) == NULL) {
		err_set(e, ERR_SYSTEM, "%s: %s", path, strerror(errno));
		if (fd >= 0) {
			close(fd);
			unlink(o->tmp);
		}
		free(o->path);
		free(o->tmp);
		memset(o, 0, sizeof(*o));
		return -1;
	}
	return 0;
}

static void
release(struct file_out *o)
{
	free(o->path);
	free(o->tmp);
	memset(o, 0, sizeof(*o));
}

void
file_out_write(struct file_out *o, const void *data, size_t n)
{
	errno = 0;
	if (fwrite(data, 1, n, o->f) != n && o->error == 0)
		o->error = errno != 0 ? errno : EIO;
}

int
file_out_commit(struct file_out *o, struct err *e)
{
	int bad = o->error;

	if (!bad && ferror(o->f))
		bad = EIO;
	if (fflush(o->f) != 0 && !bad)
		bad = errno;
	if (!o->direct && !bad && fsync(fileno(o->f)) != 0)
		bad = errno;
	if (o->f != stdout && fclose(o->f) != 0 && !bad)
		bad = errno;
	o->f = NULL;
	if (!bad && !o->direct && rename(o->tmp, o->path) != 0)
		bad = errno;
	if (bad) {
		err_set(e, ERR_SYSTEM, "%s: %s", o->path, strerror(bad));
		file_out_abort(o);
		return -1;
	}
	release(o);
	return 0;
}

void
file_out_abort(struct file_out *o)
{
	if (o->path == NULL)
		return;
	if (o->f != NULL && o->f != stdout)
		fclose(o->f);
	if (o->tmp != NULL)
		unlink(o->tmp);
	release(o);
}

const struct embedded *
embedded_find(const struct embedded *table, const char *path)
{
	for (; table->path != NULL; table++)
		if (strcmp(table->path, path) == 0)
			return table;
	return NULL;
}
