/* What is to be sent, in which order, and where its octets wait. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "publish/publish_in.h"

void
spool_init(struct spool *s)
{
	struct spool empty = { BUF_INIT(LIMIT_PUBLISH_SPOOL), NULL, 0 };

	*s = empty;
}

void
spool_free(struct spool *s)
{
	buf_free(&s->mem);
	if (s->file != NULL)
		fclose(s->file);
}

/* Moves what is in memory to a file that has no name. */
static int
to_file(struct spool *s, struct err *e)
{
	if ((s->file = tmpfile()) == NULL || fwrite(buf_str(&s->mem), 1, s->mem.len, s->file) != s->mem.len)
		return err_set(e, ERR_SYSTEM, "a temporary file for the objects could not be written");
	buf_free(&s->mem);
	return 0;
}

int
spool_add(struct spool *s, const char *data, size_t n, uint64_t *at, struct err *e)
{
	if (s->file == NULL && s->mem.len + n >= s->mem.max && to_file(s, e) != 0)
		return -1;
	if (s->file == NULL)
		buf_add(&s->mem, data, n);
	else if (fwrite(data, 1, n, s->file) != n)
		return err_set(e, ERR_SYSTEM, "the temporary file for the objects could not be written");
	*at = s->len;
	s->len += n;
	return 0;
}

int
spool_get(struct spool *s, uint64_t at, size_t n, struct buf *out, struct err *e)
{
	char part[8192];

	if (s->file == NULL) {
		buf_add(out, s->mem.s + at, n);
		return 0;
	}
	if (fflush(s->file) != 0)
		return err_set(e, ERR_SYSTEM, "the temporary file for the objects could not be written");
	while (n > 0) {
		ssize_t k = pread(fileno(s->file), part, n < sizeof(part) ? n : sizeof(part), (off_t)at);

		if (k <= 0)
			return err_set(e, ERR_SYSTEM, "the temporary file for the objects could not be read");
		buf_add(out, part, (size_t)k);
		at += (uint64_t)k;
		n -= (size_t)k;
	}
	return 0;
}

/* Types that must come before, or after, the rest: what is referred to goes first (platforms drop dangling references). */
static const struct {
	const char *type;
	uint8_t rank;
} ranks[] = {
	{ "identity", 0 },
	{ "marking-definition", 0 },
	{ "extension-definition", 0 },
	{ "relationship", 2 },
	{ "sighting", 2 },
	{ "report", 3 },
	{ "grouping", 3 },
	{ "note", 3 },
	{ "opinion", 3 },
	{ "language-content", 3 },
};
#define RANK_OTHER	1

uint8_t
plan_rank(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(ranks); i++)
		if (strcmp(ranks[i].type, type) == 0)
			return ranks[i].rank;
	return RANK_OTHER;
}

/* The version in one spelling, so that .5Z and .500000Z are the same instant; a text that is no time stays as it is. */
static const char *
version_text(const char *v, struct arena *a)
{
	char text[STAMP_TEXT];
	struct stamp t;

	if (stamp_parse(v, strlen(v), &t) != 0)
		return arena_strdup(a, v);
	return arena_strdup(a, stamp_format(t, 6, text));
}

int
plan_identify(const json_t *o, struct arena *a, struct item *it, struct err *e)
{
	const char *id = json_string_value(json_object_get(o, "id"));
	const char *type = json_string_value(json_object_get(o, "type"));
	const char *version = json_string_value(json_object_get(o, "modified"));

	if (id == NULL || type == NULL || id[0] == '\0')
		return err_set(e, ERR_INPUT, "%s: this is no STIX object: it has no \"%s\" (STIX 2.1 section 3.1)",
		    id != NULL ? id : type != NULL ? type : "an object", type == NULL ? "type" : "id");
	if (strcmp(type, "bundle") == 0)
		return err_set(e, ERR_INPUT, "%s: a bundle inside a bundle: servers would store it as one unknown object", id);
	if (version == NULL)
		version = json_string_value(json_object_get(o, "created"));
	it->id = arena_strdup(a, id);
	it->version = version != NULL ? version_text(version, a) : "";
	it->rank = plan_rank(type);
	return 0;
}
