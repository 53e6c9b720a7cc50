/*
 * jobs: the objects of a file, judged by several threads. One thread, the caller's, cuts the file into objects and makes batches of
 * them; all threads read and judge batches, each with a validator of its own; the caller's finishes them in the order of the file, so
 * that what is found is the same whatever the number of threads.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "validate/rules.h"

#define BATCH	64	/* objects */
#define BATCH_OCTETS	(64u << 10)	/* or fewer, when they have that many octets together */

struct job {
	struct json_item item;
	size_t at;		/* of an object that came unread: in the batch's octets */
	struct json_text *own;	/* of one that came read, or NULL */
	struct json_fault fault;	/* code not NULL: it cannot be read */
	struct check check;
	struct pending *pending;
	size_t npending, cap, nbad;
};

/* The texts of a batch. They go back to the thread that made them: memory that another thread gives back is dear. */
struct texts {
	struct json_text *v[BATCH];
	struct texts *next;
	struct thread *owner;
};

struct thread {
	struct jobs *jobs;
	struct texts *spare;	/* under the lock */
	pthread_t id;
};

enum batch_state { EMPTY, READY, BUSY, DONE };

struct batch {
	enum batch_state state;
	struct arena *arena;	/* of the findings */
	struct job job[BATCH];
	struct texts *texts;	/* that were made from octets */
	struct buf octets;
	size_t n;
};

struct jobs {
	pthread_mutex_t lock;
	pthread_cond_t ready, done;
	struct batch *ring;	/* batches head to tail are not EMPTY */
	size_t size, head, tail, next;	/* next: the first that nobody has taken; all three only grow */
	const struct validate *v;
	struct thread *thread;	/* the caller's and nthread others */
	size_t nthread;
	int end;
	int failed;		/* the file was malformed up to here: nothing behind it counts */
};

/* Reads an object that came unread. -1: it is malformed. */
static int
read_job(struct batch *b, size_t i)
{
	struct job *j = &b->job[i];
	struct json_text *spare = b->texts->v[i];

	j->fault.code = NULL;
	if (j->item.text != NULL)
		return 0;
	b->texts->v[i] = NULL;
	if (json_item_read(&j->item, b->octets.s + j->at, NULL, spare, &j->fault) != 0)
		return -1;
	b->texts->v[i] = j->item.text;
	return 0;
}

static void
judge(struct validate *v, struct batch *b)
{
	struct arena *own = v->scratch;
	size_t i;

	v->scratch = b->arena;
	for (i = 0; i < b->n; i++) {
		struct job *j = &b->job[i];

		if (read_job(b, i) != 0)
			break;
		j->check = (struct check){ .object = j->item.value, .text = j->item.text, .base = j->item.pointer, .place = j->item.place };
		check_judge(v, &j->check, j->item.pointer[0] != '\0' && j->item.pointer[1] == 'o');
		j->pending = v->pending.v;
		j->npending = v->pending.n;
		j->cap = v->pending.cap;
		j->nbad = v->nbad;
	}
	v->scratch = own;
}

/* Takes the next batch that nobody has taken and judges it. The lock is held before and after. */
static void
take_one(struct thread *t, struct validate *v)
{
	struct jobs *j = t->jobs;
	struct batch *b = &j->ring[j->next++ % j->size];
	struct texts *texts = t->spare;

	if (texts != NULL)
		t->spare = texts->next;
	b->state = BUSY;
	pthread_mutex_unlock(&j->lock);
	if (texts == NULL) {
		texts = xcalloc(1, sizeof(*texts));
		texts->owner = t;
	}
	b->texts = texts;
	judge(v, b);
	pthread_mutex_lock(&j->lock);
	b->state = DONE;
}

static void *
work(void *arg)
{
	struct thread *t = arg;
	struct jobs *j = t->jobs;
	struct validate *v = validate_twin(j->v);

	pthread_mutex_lock(&j->lock);
	for (;;) {
		while (!j->end && j->next == j->tail)
			pthread_cond_wait(&j->ready, &j->lock);
		if (j->end)
			break;
		take_one(t, v);
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
	for (i = 0; i < j->size; i++) {
		j->ring[i].arena = arena_new();
		j->ring[i].octets = (struct buf)BUF_INIT(LIMIT_JSON_TEXT);
	}
	j->v = v;
	j->thread = xcalloc(v->threads, sizeof(*j->thread));
	for (i = 0; i < v->threads; i++)
		j->thread[i].jobs = j;
	/* a thread that cannot be had is done without */
	while (j->nthread + 1 < v->threads && pthread_create(&j->thread[j->nthread + 1].id, NULL, work, &j->thread[j->nthread + 1]) == 0)
		j->nthread++;
	return j;
}

static void
texts_free(struct texts *t)
{
	struct texts *next;
	size_t i;

	for (; t != NULL; t = next) {
		next = t->next;
		for (i = 0; i < BATCH; i++)
			json_text_free(t->v[i]);
		free(t);
	}
}

void
jobs_free(struct jobs *j)
{
	size_t i;

	if (j == NULL)
		return;
	pthread_mutex_lock(&j->lock);
	j->end = 1;
	pthread_cond_broadcast(&j->ready);
	pthread_mutex_unlock(&j->lock);
	for (i = 0; i <= j->nthread; i++) {
		if (i > 0)
			pthread_join(j->thread[i].id, NULL);
		texts_free(j->thread[i].spare);
	}
	for (i = 0; i < j->size; i++) {
		arena_free(j->ring[i].arena);
		buf_free(&j->ring[i].octets);
	}
	pthread_mutex_destroy(&j->lock);
	pthread_cond_destroy(&j->ready);
	pthread_cond_destroy(&j->done);
	free(j->thread);
	free(j->ring);
	free(j);
}

/* Gives out what was found in a batch, as long as the file is well-formed. */
static void
finish(struct validate *v, struct batch *b)
{
	struct arena *own = v->scratch;
	size_t i;

	v->scratch = b->arena;
	for (i = 0; i < b->n && !v->jobs->failed; i++) {
		struct job *job = &b->job[i];

		if (job->fault.code != NULL) {
			malformed(v, &job->fault);
			v->jobs->failed = 1;
			break;
		}
		v->pending.v = job->pending;
		v->pending.n = job->npending;
		v->pending.cap = job->cap;
		v->nbad = job->nbad;
		check_finish(v, &job->check);
	}
	v->scratch = own;
	v->pending.v = NULL;
	v->pending.n = v->pending.cap = 0;
	for (i = 0; i < b->n; i++)
		json_text_free(b->job[i].own);
	b->n = 0;
	buf_reset(&b->octets);
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
	struct batch *b = &j->ring[j->head % j->size];

	pthread_mutex_lock(&j->lock);
	while (b->state != DONE) {
		if (j->next == j->tail)
			pthread_cond_wait(&j->done, &j->lock);
		else
			take_one(&j->thread[0], v);
	}
	pthread_mutex_unlock(&j->lock);
	finish(v, b);
	pthread_mutex_lock(&j->lock);
	b->texts->next = b->texts->owner->spare;
	b->texts->owner->spare = b->texts;
	b->texts = NULL;
	b->state = EMPTY;
	j->head++;
	pthread_mutex_unlock(&j->lock);
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
jobs_begin(struct validate *v)
{
	if (v->jobs != NULL)
		v->jobs->failed = 0;
}

int
jobs_add(struct validate *v, struct json_item *item)
{
	struct jobs *j;
	struct batch *b;
	struct job *job;

	if (v->jobs == NULL)
		v->jobs = jobs_new(v);
	j = v->jobs;
	/* the batch at the tail is being filled: it is nobody else's */
	b = &j->ring[j->tail % j->size];
	job = &b->job[b->n];
	job->at = b->octets.len;
	job->own = NULL;
	if (item->value == NULL) {
		buf_add(&b->octets, item->octets, (size_t)(item->place.end - item->place.offset) + item->ahead);
	} else {
		json_item_take(item, NULL);
		job->own = item->text;
	}
	job->item = *item;
	if (++b->n == BATCH || b->octets.len >= BATCH_OCTETS) {
		close_batch(j);
		while (j->tail - j->head >= j->size)
			finish_first(v);
	}
	return j->failed ? -1 : 0;
}

int
jobs_drain(struct validate *v)
{
	struct jobs *j = v->jobs;

	if (j == NULL)
		return 0;
	if (j->ring[j->tail % j->size].n > 0)
		close_batch(j);
	while (j->head < j->tail)
		finish_first(v);
	return j->failed ? -1 : 0;
}
