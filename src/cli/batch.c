#include <sys/stat.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/batch.h"

#define AHEAD	4	/* inputs a thread that a result waits for, for the ones before it, at most */

/* The result of one document. */
struct result {
	struct result *next;
	char *path, *text, *said, *error;	/* error: instead of a text */
	size_t len;
	char name[BATCH_NAME];
	int over;		/* the text is larger than it may be */
	int status;
};

struct input {
	struct result *first, **last;
	int done;
};

struct batch {
	struct cli *c;
	const struct cli_args *a;
	const struct batch_command *cmd;
	void *arg;
	const char *folder;	/* output folder, or NULL */
	int many;		/* several results may come */
	int has_since;
	struct stamp since;
	int jobs;
	json_t *written;	/* names, to see that no two documents give the same */
	int status;
	/* inputs, taken by threads in their order */
	pthread_mutex_t lock;
	pthread_cond_t turn;
	struct input *inputs;
	size_t n, taken, shown;
};

/* ---- output -------------------------------------------------------------------------------------------------------------- */

static int
write_text(const struct result *r, const char *path, struct err *e)
{
	struct file_out o;

	if (r->over)
		return err_set(e, ERR_INPUT, "%s: the result is larger than %u octets", r->path, LIMIT_JSON_TEXT);
	if (file_out_open(&o, path, e) != 0)
		return -1;
	file_out_write(&o, r->text, r->len);
	return file_out_commit(&o, e);
}

/* A name for which there is a result already is refused, wherever results go. */
static int
only_once(struct batch *b, const struct result *r, struct err *e)
{
	const char *other = json_string_value(json_object_get(b->written, r->name));

	if (r->name[0] == '\0')
		return 0;
	if (other == NULL) {
		/* names of files need not be UTF-8 */
		json_object_set_new_nocheck(b->written, r->name, json_string_nocheck(r->path));
		return 0;
	}
	if (b->cmd->clash != NULL)
		b->cmd->clash(other, r->path, r->name, e);
	else
		err_set(e, ERR_INPUT, "%s and %s would both be %s/%s", other, r->path, b->folder, r->name);
	return -1;
}

static int
write_result(struct batch *b, const struct result *r, struct err *e)
{
	char file[LIMIT_PATH];

	if ((b->folder != NULL || b->cmd->clash != NULL) && only_once(b, r, e) != 0)
		return -1;
	if (b->folder == NULL)
		return write_text(r, b->many ? NULL : cli_get(b->a, "output"), e);
	if ((size_t)snprintf(file, sizeof(file), "%s/%s", b->folder, r->name) >= sizeof(file))
		return err_set(e, ERR_SYSTEM, "%s: the name is too long", b->folder);
	return write_text(r, file, e);
}

/* Writes and says what came of a document, and frees it. */
static void
show(struct batch *b, struct result *r)
{
	struct err e = ERR_INIT;

	if (r->error == NULL && r->status == 0 && r->text != NULL && write_result(b, r, &e) != 0)
		b->status = cli_worse(b->status, cli_fail(b->c, &e));
	else {
		fflush(b->c->out);
		fputs(r->said, b->c->err);
		if (r->error != NULL)
			cli_error(b->c, "%s", r->error);
		b->status = cli_worse(b->status, r->status);
	}
	free(r->path);
	free(r->text);
	free(r->said);
	free(r->error);
	free(r);
}

/* ---- one input ------------------------------------------------------------------------------------------------------------ */

/* Where the results of one input go: shown at once by a single thread, else kept until the input's turn comes. */
static void
hand_over(struct batch *b, struct input *to, struct result *r)
{
	if (b->jobs == 1) {
		show(b, r);
		return;
	}
	*to->last = r;
	to->last = &r->next;
}

static void
failed(struct result *r, const struct err *e)
{
	r->error = xstrdup(e->text);
	r->status = e->kind == ERR_NONE ? ERR_SYSTEM : (int)e->kind;
}

/* A result that is to be filled: what the work says goes to r->said. */
static struct result *
result_new(struct batch_work *w, const char *path, size_t *len)
{
	struct result *r = xcalloc(1, sizeof(*r));

	r->path = xstrdup(path);
	w->cli.err = open_memstream(&r->said, len);
	if (w->cli.err == NULL)
		base_oom();
	return r;
}

static void
said(struct batch_work *w)
{
	fclose(w->cli.err);
	w->cli.err = NULL;
}

static void
run_part(struct batch *b, struct batch_work *w, struct input *to, const struct pipeline_input *in, size_t n)
{
	struct buf text = BUF_INIT(LIMIT_JSON_TEXT);
	struct err e = ERR_INIT;
	size_t len;
	struct result *r = result_new(w, in->name, &len);

	if (b->cmd->make(w, in, n, b->many && b->folder == NULL, &text, r->name, &e) != 0)
		failed(r, &e);
	said(w);
	r->over = text.over;
	r->len = text.len;
	r->text = buf_take(&text);
	hand_over(b, to, r);
}

/* The documents in w->bytes. */
static void
run_parts(struct batch *b, struct batch_work *w, struct input *to, const struct pipeline_parts *parts)
{
	struct pipeline_input part;
	struct result *r;
	size_t i, len, old = 0;

	for (i = 0; i < parts->n; i++) {
		if (b->has_since && pipeline_part_older(parts, i, b->since)) {
			old++;
			continue;
		}
		pipeline_part(parts, i, &part);
		run_part(b, w, to, &part, parts->many ? i : SIZE_MAX);
	}
	if (parts->items == NULL)
		return;
	r = result_new(w, parts->in->name, &len);
	if (parts->n == 0)
		cli_note(&w->cli, "%s: the feed has no items", parts->in->name);
	else if (old > 0)
		cli_note(&w->cli, "%s: %zu item%s older than --since left out", parts->in->name, old, old == 1 ? "" : "s");
	said(w);
	hand_over(b, to, r);
}

static int
open_input(struct batch *b, struct batch_work *w, const char *path, struct pipeline_input *in, struct pipeline_parts *parts,
    struct err *e)
{
	return source_read(b->a, &w->s, path, &w->bytes, in, e) != 0 ? -1 : pipeline_split(w->s.pipeline, in, parts, e);
}

static void
run_input(struct batch *b, struct batch_work *w, size_t i)
{
	const char *path = cli_argv(b->a, (int)i);
	struct pipeline_parts parts;
	struct pipeline_input in;
	struct err e = ERR_INIT;
	struct result *r;
	size_t len;

	if (open_input(b, w, path, &in, &parts, &e) == 0) {
		run_parts(b, w, &b->inputs[i], &parts);
		pipeline_parts_free(&parts);
		return;
	}
	r = result_new(w, path, &len);
	said(w);
	failed(r, &e);
	hand_over(b, &b->inputs[i], r);
}

/* ---- threads ---------------------------------------------------------------------------------------------------------------- */

static int
work_open(struct batch *b, struct batch_work *w, struct err *e)
{
	memset(w, 0, sizeof(*w));
	w->cli = *b->c;
	w->bytes = (struct buf)BUF_INIT(LIMIT_JSON_TEXT);
	w->state = xcalloc(1, b->cmd->state);
	return source_open(b->a, &w->s, e) != 0 ? -1 : b->cmd->begin(b->a, w, b->arg, e);
}

static void
work_close(struct batch *b, struct batch_work *w)
{
	if (w->state != NULL)
		b->cmd->end(w);
	free(w->state);
	source_close(&w->s);
	buf_free(&w->bytes);
}

/* The next input that a thread may take: not too far before the one whose turn it is to be shown. */
static int
take(struct batch *b, size_t *i)
{
	pthread_mutex_lock(&b->lock);
	while (b->taken < b->n && b->taken >= b->shown + (size_t)b->jobs * AHEAD)
		pthread_cond_wait(&b->turn, &b->lock);
	*i = b->taken;
	b->taken += *i < b->n;
	pthread_mutex_unlock(&b->lock);
	return *i < b->n;
}

struct thread {
	struct batch *b;
	struct batch_work w;
	pthread_t id;
};

static void *
thread_main(void *arg)
{
	struct thread *t = arg;
	struct batch *b = t->b;
	size_t i;

	while (take(b, &i)) {
		run_input(b, &t->w, i);
		pthread_mutex_lock(&b->lock);
		b->inputs[i].done = 1;
		pthread_cond_broadcast(&b->turn);
		pthread_mutex_unlock(&b->lock);
	}
	return NULL;
}

/* Shows the inputs in their order, as they become ready. */
static void
show_all(struct batch *b)
{
	struct result *r, *next;

	for (; b->shown < b->n;) {
		pthread_mutex_lock(&b->lock);
		while (!b->inputs[b->shown].done)
			pthread_cond_wait(&b->turn, &b->lock);
		pthread_mutex_unlock(&b->lock);
		for (r = b->inputs[b->shown].first; r != NULL; r = next) {
			next = r->next;
			show(b, r);
		}
		pthread_mutex_lock(&b->lock);
		b->shown++;
		pthread_cond_broadcast(&b->turn);
		pthread_mutex_unlock(&b->lock);
	}
}

static int
run_threads(struct batch *b, struct err *e)
{
	struct thread *threads = xcalloc((size_t)b->jobs, sizeof(*threads));
	int i, started = 0, rc = 0;

	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->turn, NULL);
	for (i = 0; i < b->jobs && rc == 0; i++) {
		threads[i].b = b;
		rc = work_open(b, &threads[i].w, e);
	}
	for (; started < b->jobs && rc == 0; started++)
		if (pthread_create(&threads[started].id, NULL, thread_main, &threads[started]) != 0)
			break;
	if (rc == 0 && started == 0)
		rc = err_set(e, ERR_SYSTEM, "no thread could be started");
	if (rc == 0)
		show_all(b);
	for (i = 0; i < started; i++)
		pthread_join(threads[i].id, NULL);
	for (i = 0; i < b->jobs; i++)
		if (threads[i].b != NULL)
			work_close(b, &threads[i].w);
	pthread_cond_destroy(&b->turn);
	pthread_mutex_destroy(&b->lock);
	free(threads);
	return rc;
}

/* ---- one thread: the inputs in their order ------------------------------------------------------------------------------------ */

/* Several results need a folder, or none at all; one may have either. */
static int
choose_folder(struct batch *b, struct err *e)
{
	const char *out = cli_get(b->a, "output");
	struct stat st;

	if (out == NULL || strcmp(out, "-") == 0)
		return 0;
	if (stat(out, &st) == 0) {
		if (b->many && !S_ISDIR(st.st_mode))
			return err_set(e, ERR_USAGE, "-o %s: several inputs need a folder, and this is none", out);
		b->folder = S_ISDIR(st.st_mode) ? out : NULL;
		return 0;
	}
	if (!b->many)
		return 0;
	if (mkdir(out, 0777) != 0)
		return err_set(e, ERR_SYSTEM, "%s: %s", out, strerror(errno));
	b->folder = out;
	return 0;
}

/* One input: whether it holds several documents is seen when it is read. */
static int
run_single(struct batch *b, struct err *e)
{
	struct pipeline_parts parts = { 0 };
	struct batch_work w = { 0 };
	struct pipeline_input in;
	int rc;

	rc = work_open(b, &w, e) != 0 || open_input(b, &w, cli_argv(b->a, 0), &in, &parts, e) != 0;
	b->many = parts.many;
	if (rc == 0)
		rc = choose_folder(b, e);
	if (rc == 0)
		run_parts(b, &w, &b->inputs[0], &parts);
	pipeline_parts_free(&parts);
	work_close(b, &w);
	return rc;
}

static int
run_serial(struct batch *b, struct err *e)
{
	struct batch_work w;
	size_t i;
	int rc = work_open(b, &w, e);

	for (i = 0; i < b->n && rc == 0; i++)
		run_input(b, &w, i);
	work_close(b, &w);
	return rc;
}

/* ---- the command --------------------------------------------------------------------------------------------------------------- */

static int
choose(struct batch *b, struct err *e)
{
	const char *since = cli_get(b->a, "since");
	long jobs, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	char text[32];
	size_t i, stdins = 0;

	if (since != NULL) {
		snprintf(text, sizeof(text), "%.20sT00:00:00Z", since);
		if (strlen(since) != 10 || stamp_parse(text, strlen(text), &b->since) != 0)
			return err_set(e, ERR_USAGE, "--since: '%s' is not a day such as 2024-06-13", since);
		b->has_since = 1;
	}
	if (cli_number(b->a, "jobs", 0, LIMIT_JOBS, 1, &jobs, e) != 0)
		return -1;
	if (jobs == 0)
		jobs = cpus < 1 ? 1 : cpus > LIMIT_JOBS ? LIMIT_JOBS : cpus;
	if ((size_t)jobs > b->n)
		jobs = (long)b->n;
	b->jobs = b->cmd->serial ? 1 : (int)jobs;
	for (i = 0; i < b->n; i++)
		stdins += strcmp(cli_argv(b->a, (int)i), "-") == 0;
	if (stdins > 1)
		return err_set(e, ERR_USAGE, "standard input (-) can be read once");
	return 0;
}

int
batch_run(struct cli *c, const struct cli_args *a, const struct batch_command *cmd, void *arg)
{
	struct batch b = { .c = c, .a = a, .cmd = cmd, .arg = arg };
	struct err e = ERR_INIT;
	size_t i;
	int rc;

	b.n = (size_t)cli_argc(a);
	b.many = b.n > 1;
	b.written = json_object();
	b.inputs = xcalloc(b.n, sizeof(*b.inputs));
	for (i = 0; i < b.n; i++)
		b.inputs[i].last = &b.inputs[i].first;
	rc = choose(&b, &e);
	if (rc == 0 && b.n == 1)
		rc = run_single(&b, &e);
	else if (rc == 0)
		rc = choose_folder(&b, &e) != 0 ? -1 : b.jobs == 1 ? run_serial(&b, &e) : run_threads(&b, &e);
	if (rc != 0)
		b.status = cli_worse(b.status, cli_fail(c, &e));
	json_decref(b.written);
	free(b.inputs);
	return b.status;
}
