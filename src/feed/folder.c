/* The newsletters of a feed folder. */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "feed/feed.h"

static int
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && strcmp(s + n - k, end) == 0;
}

/* All but hidden files and the JSON that stands beside them, unless it is facts that an analyst edited. */
static int
is_newsletter(const struct dirent *d)
{
	return d->d_name[0] != '.' && (!ends_with(d->d_name, ".json") || ends_with(d->d_name, ".facts.json"));
}

int
feed_newsletters(struct feed *f, struct feed_files *out, struct err *e)
{
	const char *dir = arena_printf(f->arena, "%s/newsletters", f->dir), *path;
	struct feed_files files = { 0 };
	struct dirent **list;
	struct stat st;
	int i, n;

	if ((n = scandir(dir, &list, is_newsletter, alphasort)) < 0)
		return err_set(e, ERR_SYSTEM, "%s: the folder cannot be read: %s", dir, strerror(errno));
	for (i = 0; i < n; i++) {
		path = arena_printf(f->arena, "%s/%s", dir, list[i]->d_name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			*vec_push(f->arena, &files) = path;
		free(list[i]);
	}
	free(list);
	*out = files;
	return 0;
}
