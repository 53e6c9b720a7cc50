/*
 * Fuzz targets. tests/fuzz/fuzz_NAME.c defines the function below, which aborts by FUZZ_CHECK when a property does not hold;
 * its corpus is tests/fuzz/corpus/NAME/. `make check` replays the corpora (replay_main.c); `make fuzz` in a tree configured
 * with CC=clang --enable-fuzzing searches with libFuzzer for FUZZ_SECONDS a target.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(cond) do { \
	if (!(cond)) { \
		fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #cond); \
		abort(); \
	} \
} while (0)

#endif
