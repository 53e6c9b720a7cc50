/*
 * ahead: many files, judged by several threads, each file by one of them, and given out in the order of the files, as one thread
 * would have. The caller's thread judges too while it waits for the file whose turn it is.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "validate/rules.h"

#define AHEAD_FILES	64	/* a thread: how many files may be judged before their turn */
#define AHEAD_RUN	8	/* and how many are taken at once */

/* What was found in a file. */
struct kept {
	struct arena *a;
	VEC(struct validate_finding) findings;
	struct validate_result result;
	size_t count[RULE_COUNT];
	struct err e;
	int rc;
};

struct validate_ahead {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct validate *v, *own;	/* the caller's; for the caller's thread */
	const char *const *paths;
	struct kept **kept;		/* NULL: not done */
	size_t n, next, head, window;	/* next: the first that nobody has taken; head: the one whose turn it is */
	pthread_t *thread;
	size_t nthread, waiting;
	int end;
};

static void
keep(void *arg, const struct validate_finding *f)
{
	struct kept *k = arg;
	struct validate_finding *mine = vec_push(k->a, &k->findings);

	*mine = *f;	/* the code and the clause of a rule are constants, but a clause may come from a schema */
	mine->id = arena_strdup(k->a, f->id);
	mine->pointer = arena_strdup(k->a, f->pointer);
	mine->message = arena_strdup(k->a, f->message);
	mine->clause = arena_strdup(k->a, f->clause);
	mine->schema = f->schema != NULL ? arena_strdup(k->a, f->schema) : NULL;
	mine->fix = f->fix != NULL ? arena_strdup(k->a, f->fix) : NULL;
}

static struct kept *
judge_file(struct validate *v, const char *path)
{
	struct kept *k = xcalloc(1, sizeof(*k));
	FILE *f;

	k->a = arena_new();
	k->rc = -1;
	if ((f = file_in_open(path, &k->e)) == NULL)
		return k;
	k->rc = validate_stream(v, f, keep, k, &k->result, &k->e);
	file_in_close(f);
	memcpy(k->count, v->count, sizeof(k->count));
	return k;
}

static void
kept_free(struct kept *k)
{
	if (k == NULL)
		return;
	arena_free(k->a);
	free(k);
}

/* Is there a file to take? */
static int
is_more(const struct validate_ahead *a)
{
	return a->next < a->n && a->next - a->head < a->window;
}

/* Takes the next files and judges them. The lock is held before and after. */
static void
take_some(struct validate_ahead *a, struct validate *v)
{
	size_t from = a->next, n = (a->n - from) / (2 * (a->nthread + 1)), i;
	struct kept *k[AHEAD_RUN];

	n = n < 1 ? 1 : n > AHEAD_RUN ? AHEAD_RUN : n;
	a->next += n;
	pthread_mutex_unlock(&a->lock);
	for (i = 0; i < n; i++)
		k[i] = judge_file(v, a->paths[from + i]);
	pthread_mutex_lock(&a->lock);
	memcpy(a->kept + from, k, n * sizeof(k[0]));
	if (a->waiting > 0)
		pthread_cond_broadcast(&a->changed);
}

/* Until files have been judged, or given out. */
static void
wait_for_others(struct validate_ahead *a)
{
	a->waiting++;
	pthread_cond_wait(&a->changed, &a->lock);
	a->waiting--;
}

static void *
work(void *arg)
{
	struct validate_ahead *a = arg;
	struct validate *v = validate_twin(a->v);

	pthread_mutex_lock(&a->lock);
	while (!a->end && a->next < a->n) {
		if (is_more(a))
			take_some(a, v);
		else
			wait_for_others(a);
	}
	pthread_mutex_unlock(&a->lock);
	validate_free(v);
	return NULL;
}

struct validate_ahead *
validate_ahead_new(struct validate *v, const char *const *paths, size_t n)
{
	struct validate_ahead *a = xcalloc(1, sizeof(*a));

	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	a->v = v;
	a->own = validate_twin(v);
	a->paths = paths;
	a->n = n;
	a->kept = xcalloc(n > 0 ? n : 1, sizeof(struct kept *));
	a->window = AHEAD_FILES * (size_t)(v->threads > 0 ? v->threads : 1);
	a->thread = xcalloc(v->threads > 0 ? v->threads : 1, sizeof(*a->thread));
	/* a thread that cannot be had is done without */
	pthread_mutex_lock(&a->lock);
	while (a->nthread + 1 < v->threads && a->nthread + 1 < n && pthread_create(&a->thread[a->nthread], NULL, work, a) == 0)
		a->nthread++;
	pthread_mutex_unlock(&a->lock);
	return a;
}

void
validate_ahead_free(struct validate_ahead *a)
{
	size_t i;

	if (a == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	a->end = 1;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	for (i = 0; i < a->nthread; i++)
		pthread_join(a->thread[i], NULL);
	for (i = 0; i < a->n; i++)
		kept_free(a->kept[i]);
	pthread_mutex_destroy(&a->lock);
	pthread_cond_destroy(&a->changed);
	validate_free(a->own);
	free(a->thread);
	free(a->kept);
	free(a);
}

int
validate_ahead_next(struct validate_ahead *a, validate_found_fn *found, void *arg, struct validate_result *out, struct err *e)
{
	struct kept *k;
	size_t i;
	int rc;

	pthread_mutex_lock(&a->lock);
	while ((k = a->kept[a->head]) == NULL) {
		if (is_more(a))
			take_some(a, a->own);
		else
			wait_for_others(a);
	}
	a->kept[a->head++] = NULL;
	if (a->waiting > 0 && a->head % AHEAD_RUN == 0)
		pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	for (i = 0; i < k->findings.n; i++)
		found(arg, &k->findings.v[i]);
	memcpy(a->v->count, k->count, sizeof(k->count));
	rc = k->rc;
	if (rc == 0)
		*out = k->result;
	else
		err_set(e, k->e.kind, "%s", k->e.text);
	kept_free(k);
	return rc;
}
