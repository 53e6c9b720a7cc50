/*
 * embed NAME ROOT FILE...: writes a C source with the table NAME of struct embedded: each file's bytes under its path below
 * ROOT. The build runs it; it is not installed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
emit(int nr, const char *path)
{
	FILE *f = fopen(path, "rb");
	unsigned char b[1 << 16];
	size_t n, i, total = 0;

	if (f == NULL) {
		perror(path);
		return -1;
	}
	printf("static const unsigned char file_%d[] = {", nr);
	while ((n = fread(b, 1, sizeof(b), f)) > 0)
		for (i = 0; i < n; i++, total++)
			printf("%s%u,", total % 24 == 0 ? "\n" : "", b[i]);
	puts("0 };");
	if (ferror(f) || fclose(f) != 0) {
		perror(path);
		return -1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	int i;

	if (argc < 3)
		return 2;
	puts("/* made by src/tools/embed.c */\n#include \"base/base.h\"\n");
	for (i = 3; i < argc; i++)
		if (emit(i, argv[i]) != 0)
			return 1;
	printf("extern const struct embedded %s[];\nconst struct embedded %s[] = {\n", argv[1], argv[1]);
	for (i = 3; i < argc; i++) {
		size_t root = strlen(argv[2]);
		const char *p = argv[i];

		if (strncmp(p, argv[2], root) == 0)
			p += root;
		while (*p == '/')
			p++;
		printf("\t{ \"%s\", file_%d, sizeof(file_%d) - 1 },\n", p, i, i);
	}
	puts("\t{ 0 }\n};");
	return fflush(stdout) != 0 || ferror(stdout);
}
