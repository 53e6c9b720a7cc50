#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/base.h"

#ifndef ARENA_CHUNK
#define ARENA_CHUNK	(64u << 10)	/* octets; small in a build that looks for pointers into arrays that have moved */
#endif
#define OWN_CHUNK	(ARENA_CHUNK / 64)	/* an array that has grown past so many octets has a chunk of its own */
#define LARGE	(1u << 20)	/* octets of what is asked of the system, not of the heap */
#define ALIGN	16u

struct chunk {
	struct chunk *next, *prev;
	size_t used, cap;
	_Alignas(16) unsigned char data[];
};

struct arena {
	struct chunk *head;	/* the one being filled */
	size_t used;
};

void
base_begin(void)
{
#ifdef M_MMAP_THRESHOLD
	mallopt(M_MMAP_THRESHOLD, LARGE);
#endif
}

void
base_oom(void)
{
	fputs("stixpress: out of memory\n", stderr);
	exit(3);
}

void *
xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (p == NULL)
		base_oom();
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (p == NULL)
		base_oom();
	return p;
}

void *
xrealloc(void *old, size_t n)
{
	void *p = realloc(old, n ? n : 1);

	if (p == NULL)
		base_oom();
	return p;
}

char *
xstrndup(const char *s, size_t n)
{
	char *p = xmalloc(n + 1);

	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

struct arena *
arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void
arena_free(struct arena *a)
{
	struct chunk *c, *next;

	if (a == NULL)
		return;
	for (c = a->head; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

void
arena_reset(struct arena *a)
{
	struct chunk *c, *next;

	if (a->used == 0)
		return;
	for (c = a->head->next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	a->head->next = NULL;
	a->head->used = a->used = 0;
}

/* Makes the neighbours of c know where it is. */
static void
chunk_link(struct arena *a, struct chunk *c)
{
	if (c->next != NULL)
		c->next->prev = c;
	if (c->prev != NULL)
		c->prev->next = c;
	else
		a->head = c;
}

/* own: nothing else gets into it. */
static struct chunk *
chunk_add(struct arena *a, size_t n, int own)
{
	size_t cap = own || n > ARENA_CHUNK ? n : ARENA_CHUNK;
	struct chunk *c;

	if (n > SIZE_MAX - sizeof(*c) - ALIGN)
		base_oom();
	c = xmalloc(sizeof(*c) + cap);
	c->used = 0;
	c->cap = cap;
	/* a large piece gets a chunk of its own behind the one being filled */
	c->prev = a->head != NULL && cap != ARENA_CHUNK ? a->head : NULL;
	c->next = c->prev != NULL ? c->prev->next : a->head;
	chunk_link(a, c);
	return c;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct chunk *c = a->head;
	void *p;

	if (n > SIZE_MAX - ALIGN)
		base_oom();
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (c == NULL || c->cap - c->used < n)
		c = chunk_add(a, n, 0);
	p = c->data + c->used;
	c->used += n;
	a->used += n;
	return memset(p, 0, n);
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	memcpy(p, s, n);
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	struct chunk *c = a->head;
	size_t room = c != NULL ? c->cap - c->used : 0;
	va_list ap;
	char *p;
	int n;

	/* most texts fit into what is left of the chunk */
	va_start(ap, fmt);
	n = vsnprintf(c != NULL ? (char *)c->data + c->used : NULL, room, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < room) {
		room = ((size_t)n + 1 + ALIGN - 1) & ~(size_t)(ALIGN - 1);
		p = (char *)c->data + c->used;
		c->used += room;
		a->used += room;
		return p;
	}
	p = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)(n < 0 ? 0 : n) + 1, fmt, ap);
	va_end(ap);
	return p;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

/* A piece that has a chunk of its own grows where it is, or moves as a whole; nothing of it is left behind. */
static void *
grow_large(struct arena *a, void *old, size_t had, size_t want)
{
	struct chunk *c = (struct chunk *)(void *)((unsigned char *)old - offsetof(struct chunk, data));

	if (want > SIZE_MAX - sizeof(*c) - ALIGN)
		base_oom();
	want = (want + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	c = xrealloc(c, sizeof(*c) + want);
	c->used = c->cap = want;
	chunk_link(a, c);
	a->used += want - had;
	return c->data;
}

/* Room for an array, in a chunk of its own when it is large. */
static void *
array_new(struct arena *a, size_t n)
{
	struct chunk *c;

	if (n <= OWN_CHUNK)
		return arena_alloc(a, n);
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	c = chunk_add(a, n, 1);
	c->used = n;
	a->used += n;
	return c->data;
}

void *
arena_grow(struct arena *a, void *old, size_t size, size_t *cap)
{
	size_t had = (*cap * size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	size_t want = *cap == 0 ? 8 : had > OWN_CHUNK ? *cap + *cap / 2 : *cap * 2;
	void *p;

	if (want > SIZE_MAX / size)
		base_oom();
	if (old != NULL && had > OWN_CHUNK) {
		p = grow_large(a, old, had, want * size);
	} else {
		p = array_new(a, want * size);
		if (old != NULL)
			memcpy(p, old, *cap * size);
	}
	*cap = want;
	return p;
}
