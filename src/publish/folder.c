/* A folder that others read, while it is written: each file whole, one writer at a time. */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json/json.h"
#include "publish/folder.h"

#define SCHEME	"file://"

int
folder_open(struct dest *d, struct err *e)
{
	const char *path = d->target->url;
	struct stat st;
	char *full;

	if (strncmp(path, SCHEME, strlen(SCHEME)) == 0)
		path += strlen(SCHEME);
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_SYSTEM, "%s: there is no such folder", path);
	if ((full = realpath(path, NULL)) == NULL)
		return err_set(e, ERR_SYSTEM, "%s: the folder cannot be found", path);
	d->url = arena_printf(d->arena, SCHEME "%s/", full);
	free(full);
	d->max_octets = LIMIT_PUBLISH_ENVELOPE;
	d->batch = SIZE_MAX;
	return 0;
}

char *
folder_path(const struct dest *d, const char *name)
{
	return arena_printf(d->arena, "%s%s", d->url + strlen(SCHEME), name);
}

int
folder_lock(const struct dest *d, int *lock, struct err *e)
{
	const char *path = folder_path(d, "");
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX) != 0) {
		err_set(e, ERR_SYSTEM, "%s: the folder cannot be locked: %s", path, strerror(errno));
		close(fd);
		return -1;
	}
	*lock = fd;
	return 0;
}

void
folder_unlock(int lock)
{
	close(lock);
}

int
folder_read(const struct dest *d, const char *name, json_t **out, struct err *e)
{
	const char *path = folder_path(d, name);
	struct json_text *t = NULL;
	int rc = 0;

	*out = NULL;
	if (access(path, F_OK) != 0)
		return 0;
	if (json_read_file(path, LIMIT_JSON_TEXT, &t, e) != 0)
		return -1;
	if (json_is_object(json_text_root(t)))
		*out = json_incref(json_text_root(t));
	else
		rc = err_set(e, ERR_USAGE, "%s: this is no JSON object, so it is not ours to write on", path);
	json_text_free(t);
	return rc;
}

int
folder_write(const struct dest *d, const char *name, const json_t *v, struct err *e)
{
	struct file_out f;

	if (file_out_open(&f, folder_path(d, name), e) != 0)
		return -1;
	if (json_write_file(v, f.f, JSON_PRETTY, 0, e) != 0) {
		file_out_abort(&f);
		return -1;
	}
	fputc('\n', f.f);
	return file_out_commit(&f, e);
}

void
folder_taken(struct sent *out, json_t *failures)
{
	out->status.json = json_object();
	out->status.complete = 1;
	out->status.failure = (int64_t)json_array_size(failures);
	out->status.pending = 0;
	out->tries = 1;
	if (failures != NULL)
		json_object_set_new(out->status.json, "failures", failures);
}
