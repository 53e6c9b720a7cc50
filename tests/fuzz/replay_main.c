/*
 * Replays a fuzz target over its corpus, with any compiler: each file whole, then cut at some places and with an octet
 * changed here and there. Without arguments the corpus is the one of the program's name; arguments are files to replay.
 */
#include <dirent.h>

#include "fuzz.h"

#define CUTS	48	/* how often a file is cut and changed */

/* Gives the target its own copy, so that a read past the end is one. */
static void
feed(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, data, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static int
replay(const char *path)
{
	static uint8_t data[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t n, i, at;
	uint8_t was;

	if (f == NULL)
		return -1;
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	feed(data, n);
	for (i = 0; i < CUTS && n > 0; i++) {
		at = n * i / CUTS;
		feed(data, at);
		was = data[at];
		data[at] = (uint8_t)(was ^ (1u << (i % 8)));
		feed(data, n);
		data[at] = was;
	}
	return 0;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
	const char *top = getenv("SRCDIR"), *name = strrchr(argv[0], '/');
	char folder[2048], path[4096];
	struct dirent **list;
	int n, i, bad = 0;

	for (i = 1; i < argc; i++)
		bad += replay(argv[i]) < 0;
	if (argc > 1)
		return bad != 0;
	name = name != NULL ? name + 1 : argv[0];
	name = strncmp(name, "fuzz_", 5) == 0 ? name + 5 : name;
	snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", top != NULL ? top : ".", name);
	n = scandir(folder, &list, visible, by_name);
	if (n <= 0) {
		printf("1..1\nnot ok 1 - the corpus %s is missing\n", folder);
		return 1;
	}
	printf("1..%d\n", n);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, list[i]->d_name);
		printf("%sok %d - %s\n", replay(path) < 0 ? "not " : "", i + 1, list[i]->d_name);
		fflush(stdout);
		free(list[i]);
	}
	free(list);
	return 0;
}
