/* parse FILE: what Jansson alone takes to read a file, nothing done with it. */
#include <jansson.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	json_error_t error;
	json_t *value = argc == 2 ? json_load_file(argv[1], 0, &error) : NULL;

	if (value == NULL) {
		fputs("parse: no JSON\n", stderr);
		return 1;
	}
	json_decref(value);
	return 0;
}
