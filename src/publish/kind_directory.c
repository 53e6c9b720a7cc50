/* The kind of target "directory": a folder that gets each envelope as a bundle, whole or not at all. */
#include <sys/stat.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "publish/publish_in.h"

static int
directory_open(struct dest *d, struct err *e)
{
	const char *path = d->target->url;
	struct stat st;
	char *full;

	if (strncmp(path, "file://", 7) == 0)
		path += 7;
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_SYSTEM, "%s: there is no such folder", path);
	if ((full = realpath(path, NULL)) == NULL)
		return err_set(e, ERR_SYSTEM, "%s: the folder cannot be found", path);
	d->url = arena_printf(d->arena, "file://%s/", full);
	free(full);
	d->max_octets = LIMIT_PUBLISH_ENVELOPE;
	d->batch = d->target->batch > 0 ? (size_t)d->target->batch : SIZE_MAX;
	return 0;
}

static enum sent_how
directory_send(struct dest *d, const char *envelope, size_t n, int again, struct sent *out, struct err *e)
{
	char id[UUID_TEXT];
	char *path;
	struct file_out f;

	(void)again;
	uuid_v4_derived(envelope, n, id);
	path = arena_printf(d->arena, "%sbundle--%s.json", d->url + strlen("file://"), id);
	if (file_out_open(&f, path, e) != 0)
		return SENT_STOP;
	/* The envelope is {"objects":[..]}: its members go on after ours. */
	fprintf(f.f, "{\"type\":\"bundle\",\"id\":\"bundle--%s\",", id);
	file_out_write(&f, envelope + 1, n - 1);
	fputc('\n', f.f);
	if (file_out_commit(&f, e) != 0)
		return SENT_STOP;
	out->status.json = json_object();
	out->status.complete = 1;
	out->status.failure = out->status.pending = 0;
	out->tries = 1;
	return SENT_OK;
}

const struct publish_kind kind_directory = { "directory", directory_open, directory_send, NULL, 1, NULL };
