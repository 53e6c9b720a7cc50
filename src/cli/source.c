/* How the commands that read newsletters get at them. */
#include <string.h>

#include "cli/source.h"

/* The bundles of --knowledge, then the feed's; NULL ends. */
static const char *const *
knowledge_files(const struct cli_args *a, struct source *s)
{
	VEC(const char *) list = { 0 };
	const char *file;
	size_t k;
	int i;

	for (i = 0; (file = cli_nth(a, "knowledge", i)) != NULL; i++)
		*vec_push(s->arena, &list) = file;
	for (k = 0; s->feed != NULL && k < s->feed->knowledge.n; k++)
		*vec_push(s->arena, &list) = s->feed->knowledge.v[k];
	*vec_push(s->arena, &list) = NULL;
	return list.v;
}

int
source_open_feed(const struct cli_args *a, const char *dir, struct source *s, struct err *e)
{
	struct pipeline_options o = { .schemas = cli_get(a, "schemas"), .phrases = cli_get(a, "phrases") };

	const char *as = cli_get(a, "as");

	memset(s, 0, sizeof(*s));
	s->arena = arena_new();
	if (doc_known(as != NULL && strcmp(as, "facts") != 0 ? as : NULL, cli_get(a, "encoding"), e) != 0)
		return -1;
	if (dir != NULL && feed_open(dir, &s->feed, e) != 0)
		return -1;
	o.knowledge = knowledge_files(a, s);
	return pipeline_new(&o, &s->pipeline, e);
}

int
source_open(const struct cli_args *a, struct source *s, struct err *e)
{
	return source_open_feed(a, cli_get(a, "feed"), s, e);
}

void
source_close(struct source *s)
{
	pipeline_free(s->pipeline);
	feed_close(s->feed);
	arena_free(s->arena);
}

int
source_read(const struct cli_args *a, struct source *s, const char *path, struct buf *b, struct pipeline_input *in,
    struct err *e)
{
	memset(in, 0, sizeof(*in));
	buf_reset(b);
	if (file_read(path, b->max, b, e) != 0)
		return -1;
	in->name = strcmp(path, "-") == 0 ? "standard input" : path;
	in->format = cli_get(a, "as");
	if (in->format != NULL ? strcmp(in->format, "pdf") == 0 : pdf_is(b)) {
		if (pdf_text(b, &s->origin, e) != 0) {
			err_prefix(e, "%s", in->name);
			return -1;
		}
		in->origin = &s->origin;
		in->format = "pdf";
	}
	in->bytes = buf_str(b);
	in->len = b->len;
	in->encoding = in->origin != NULL ? NULL : cli_get(a, "encoding");
	in->language = cli_get(a, "language");
	in->lenient = cli_has(a, "lenient");
	in->feed = s->feed;
	return 0;
}

void
source_notices(struct cli *c, const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->notices.n; i++)
		cli_note(c, "%s: octet %zu: %s (%s)", f->name, f->notices.v[i].at, f->notices.v[i].text, f->notices.v[i].code);
}
