/* Arguments: the rows of a command's options decide what is accepted. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"

const struct cli_option cli_common[] = {
	{ "quiet", 'q', NULL, "no summary on standard error" },
	{ "verbose", 'v', NULL, "say more on standard error" },
	{ "help", 'h', NULL, "show this help" },
	{ 0 }
};

static const struct cli_option *
find_in(const struct cli_option *o, const char *name, size_t n, char letter)
{
	for (; o != NULL && o->name != NULL; o++)
		if (name != NULL ? strlen(o->name) == n && memcmp(o->name, name, n) == 0 : o->letter == letter)
			return o;
	return NULL;
}

static const struct cli_option *
find(const struct cli_command *cmd, const char *name, size_t n, char letter)
{
	const struct cli_option *o = find_in(cmd->options, name, n, letter);

	return o != NULL ? o : find_in(cli_common, name, n, letter);
}

static void
take(struct cli_args *a, const struct cli_option *o, const char *value)
{
	a->given = xrealloc(a->given, (a->ngiven + 1) * sizeof(*a->given));
	a->given[a->ngiven].option = o;
	a->given[a->ngiven++].value = value;
}

/* One long option; *i moves on when its value is the next word. */
static int
long_option(const struct cli_command *cmd, int argc, char **argv, int *i, struct cli_args *a, struct err *e)
{
	const char *name = argv[*i] + 2, *eq = strchr(name, '=');
	size_t n = eq != NULL ? (size_t)(eq - name) : strlen(name);
	const struct cli_option *o = find(cmd, name, n, 0);

	if (o == NULL)
		return err_set(e, ERR_USAGE, "unknown option --%.*s", (int)n, name);
	if (o->arg == NULL) {
		if (eq != NULL)
			return err_set(e, ERR_USAGE, "--%s takes no value", o->name);
		take(a, o, "");
		return 0;
	}
	if (eq != NULL) {
		take(a, o, eq + 1);
		return 0;
	}
	if (*i + 1 >= argc)
		return err_set(e, ERR_USAGE, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
	take(a, o, argv[++*i]);
	return 0;
}

/* A word of short options: flags may stand together, the last may have its value glued or in the next word. */
static int
short_options(const struct cli_command *cmd, int argc, char **argv, int *i, struct cli_args *a, struct err *e)
{
	const char *p;

	for (p = argv[*i] + 1; *p != '\0'; p++) {
		const struct cli_option *o = find(cmd, NULL, 0, *p);

		if (o == NULL)
			return err_set(e, ERR_USAGE, "unknown option -%c", *p);
		if (o->arg == NULL) {
			take(a, o, "");
			continue;
		}
		if (p[1] != '\0')
			take(a, o, p + 1);
		else if (*i + 1 < argc)
			take(a, o, argv[++*i]);
		else
			return err_set(e, ERR_USAGE, "-%c needs a value: -%c %s", *p, *p, o->arg);
		break;
	}
	return 0;
}

int
args_parse(const struct cli_command *cmd, int argc, char **argv, struct cli_args *a, struct err *e)
{
	int i, only_words = 0, rc = 0;

	memset(a, 0, sizeof(*a));
	a->words = xcalloc((size_t)argc + 1, sizeof(*a->words));
	for (i = 0; i < argc && rc == 0; i++) {
		if (only_words || argv[i][0] != '-' || argv[i][1] == '\0')
			a->words[a->nwords++] = argv[i];
		else if (strcmp(argv[i], "--") == 0)
			only_words = 1;
		else if (argv[i][1] == '-')
			rc = long_option(cmd, argc, argv, &i, a, e);
		else
			rc = short_options(cmd, argc, argv, &i, a, e);
	}
	if (rc != 0 || cli_has(a, "help"))
		return rc;
	if (a->nwords < cmd->min)
		return err_set(e, ERR_USAGE, "%s needs %s", cmd->name, cmd->args);
	if (cmd->max >= 0 && a->nwords > cmd->max)
		return err_set(e, ERR_USAGE, "too many arguments: '%s'", a->words[cmd->max]);
	return 0;
}

void
args_free(struct cli_args *a)
{
	free(a->given);
	free(a->words);
	memset(a, 0, sizeof(*a));
}

const char *
cli_nth(const struct cli_args *a, const char *option, int nth)
{
	size_t i;

	for (i = 0; i < a->ngiven; i++)
		if (strcmp(a->given[i].option->name, option) == 0 && nth-- == 0)
			return a->given[i].value;
	return NULL;
}

const char *
cli_get(const struct cli_args *a, const char *option)
{
	size_t i;

	for (i = a->ngiven; i-- > 0;)
		if (strcmp(a->given[i].option->name, option) == 0)
			return a->given[i].value;
	return NULL;
}

int
cli_has(const struct cli_args *a, const char *option)
{
	return cli_get(a, option) != NULL;
}

int
cli_number(const struct cli_args *a, const char *option, long min, long max, long other, long *out, struct err *e)
{
	const char *s = cli_get(a, option);
	char *end;
	long n;

	if (s == NULL) {
		*out = other;
		return 0;
	}
	errno = 0;
	n = strtol(s, &end, 10);
	if (end == s || *end != '\0' || errno != 0 || n < min || n > max)
		return err_set(e, ERR_USAGE, "--%s: '%s' is not a whole number from %ld to %ld", option, s, min, max);
	*out = n;
	return 0;
}

int
cli_argc(const struct cli_args *a)
{
	return a->nwords;
}

const char *
cli_argv(const struct cli_args *a, int i)
{
	return i >= 0 && i < a->nwords ? a->words[i] : NULL;
}
