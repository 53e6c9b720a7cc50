/*
 * jobs: the objects of a file, judged by several threads. One thread, the caller's, reads the file and makes batches of objects; all
 * threads judge batches, each with a validator of its own; the caller's finishes them in the order of the file, so that what is
 * found is the same whatever the number of threads.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "validate/rules.h"

#define BATCH	32	/* objects */

struct job {
	struct json_item item;
	struct check check;
	struct pending *pending;
	size_t npending, cap, nbad;
};

enum batch_state { EMPTY, READY, BUSY, DONE };

struct batch {
	enum batch_state state;
	struct arena *arena;	/* of the findings */
	struct job job[BATCH];
	struct json_text *text[BATCH];	/* of the jobs; kept for their memory */
	size_t n;
};

struct jobs {
	pthread_mutex_t lock;
	pthread_cond_t ready, done;
	struct batch *ring;	/* batches head to tail are not EMPTY */
	size_t size, head, tail, next;	/* next: the first that nobody has taken; all three only grow */
	struct validate *own;	/* for judging in the caller's thread */
	const struct validate *v;
	pthread_t *thread;
	size_t nthread;
	int end;
};

/* A validator with the choices of v. */
static struct validate *
twin(const struct validate *v)
{
	struct validate *t = validate_new();
	size_t i;

	/* the folders have been read once, and are not judged here */
	for (i = 0; i < v->folders.n; i++)
		if (validate_schemas(t, v->folders.v[i], NULL) != 0)
			break;
	memcpy(t->chosen, v->chosen, sizeof(t->chosen));
	t->any_on = v->any_on;
	t->any_off = v->any_off;
	t->flags = v->flags;
	t->mask = v->mask;
	t->profiles = v->profiles;
	t->run = schema_run_new(t->set);
	rules_resolve(t);
	return t;
}

static void
judge(struct validate *v, struct batch *b)
{
	struct arena *own = v->scratch;
	size_t i;

	v->scratch = b->arena;
	for (i = 0; i < b->n; i++) {
		struct job *j = &b->job[i];

		j->check = (struct check){ .object = j->item.value, .text = j->item.text, .base = j->item.pointer, .place = j->item.place };
		check_judge(v, &j->check, j->item.pointer[0] != '\0' && j->item.pointer[1] == 'o');
		j->pending = v->pending.v;
		j->npending = v->pending.n;
		j->cap = v->pending.cap;
		j->nbad = v->nbad;
	}
	v->scratch = own;
}

static void *
work(void *arg)
{
	struct jobs *j = arg;
	struct validate *v = twin(j->v);
	struct batch *b;

	pthread_mutex_lock(&j->lock);
	for (;;) {
		while (!j->end && j->next == j->tail)
			pthread_cond_wait(&j->ready, &j->lock);
		if (j->end)
			break;
		b = &j->ring[j->next++ % j->size];
		b->state = BUSY;
		pthread_mutex_unlock(&j->lock);
		judge(v, b);
		pthread_mutex_lock(&j->lock);
		b->state = DONE;
		pthread_cond_signal(&j->done);
	}
	pthread_mutex_unlock(&j->lock);
	validate_free(v);
	return NULL;
}

/* ---- the caller's side ------------------------------------------------------------------------------------------------------- */

static struct jobs *
jobs_new(struct validate *v)
{
	struct jobs *j = xcalloc(1, sizeof(*j));
	size_t i;

	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->ready, NULL);
	pthread_cond_init(&j->done, NULL);
	j->size = 4 * (size_t)v->threads;
	j->ring = xcalloc(j->size, sizeof(*j->ring));
	for (i = 0; i < j->size; i++)
		j->ring[i].arena = arena_new();
	j->v = v;
	j->own = twin(v);
	j->thread = xcalloc(v->threads, sizeof(*j->thread));
	/* a thread that cannot be had is done without */
	while (j->nthread + 1 < v->threads && pthread_create(&j->thread[j->nthread], NULL, work, j) == 0)
		j->nthread++;
	return j;
}

void
jobs_free(struct jobs *j)
{
	size_t i, k;

	if (j == NULL)
		return;
	pthread_mutex_lock(&j->lock);
	j->end = 1;
	pthread_cond_broadcast(&j->ready);
	pthread_mutex_unlock(&j->lock);
	for (i = 0; i < j->nthread; i++)
		pthread_join(j->thread[i], NULL);
	for (i = 0; i < j->size; i++) {
		arena_free(j->ring[i].arena);
		for (k = 0; k < BATCH; k++)
			json_text_free(j->ring[i].text[k]);
	}
	pthread_mutex_destroy(&j->lock);
	pthread_cond_destroy(&j->ready);
	pthread_cond_destroy(&j->done);
	validate_free(j->own);
	free(j->thread);
	free(j->ring);
	free(j);
}

/* Gives out what was found in a batch. */
static void
finish(struct validate *v, struct batch *b)
{
	struct arena *own = v->scratch;
	size_t i;

	v->scratch = b->arena;
	for (i = 0; i < b->n; i++) {
		struct job *job = &b->job[i];

		v->pending.v = job->pending;
		v->pending.n = job->npending;
		v->pending.cap = job->cap;
		v->nbad = job->nbad;
		check_finish(v, &job->check);
	}
	v->scratch = own;
	v->pending.v = NULL;
	v->pending.n = v->pending.cap = 0;
	b->n = 0;
	if (arena_used(b->arena) > 64 << 10) {
		arena_free(b->arena);
		b->arena = arena_new();
	}
}

/* Finishes the first batch: waits for it, and judges batches that nobody has taken in the meantime. */
static void
finish_first(struct validate *v)
{
	struct jobs *j = v->jobs;
	struct batch *b = &j->ring[j->head % j->size], *other;

	pthread_mutex_lock(&j->lock);
	while (b->state != DONE) {
		if (j->next == j->tail) {
			pthread_cond_wait(&j->done, &j->lock);
			continue;
		}
		other = &j->ring[j->next++ % j->size];
		other->state = BUSY;
		pthread_mutex_unlock(&j->lock);
		judge(j->own, other);
		pthread_mutex_lock(&j->lock);
		other->state = DONE;
	}
	b->state = EMPTY;
	j->head++;
	pthread_mutex_unlock(&j->lock);
	finish(v, b);
}

/* Makes the batch at hand, which has jobs, one that anybody may take. */
static void
close_batch(struct jobs *j)
{
	pthread_mutex_lock(&j->lock);
	j->ring[j->tail++ % j->size].state = READY;
	pthread_cond_signal(&j->ready);
	pthread_mutex_unlock(&j->lock);
}

void
jobs_add(struct validate *v, struct json_item *item)
{
	struct jobs *j;
	struct batch *b;

	if (v->jobs == NULL)
		v->jobs = jobs_new(v);
	j = v->jobs;
	/* the batch at the tail is being filled: it is nobody else's */
	b = &j->ring[j->tail % j->size];
	json_item_take(item, b->text[b->n]);
	b->text[b->n] = item->text;
	b->job[b->n++].item = *item;
	if (b->n < BATCH)
		return;
	close_batch(j);
	while (j->tail - j->head >= j->size)
		finish_first(v);
}

void
jobs_drain(struct validate *v)
{
	struct jobs *j = v->jobs;

	if (j == NULL)
		return;
	if (j->ring[j->tail % j->size].n > 0)
		close_batch(j);
	while (j->head < j->tail)
		finish_first(v);
}
