/* stixpress: finds the command, parses its options, runs it. */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/args.h"
#include "config.h"

static const struct cli_command *
command_find(const char *name)
{
	size_t i;

	for (i = 0; cli_commands[i] != NULL; i++)
		if (strcmp(cli_commands[i]->name, name) == 0)
			return cli_commands[i];
	return NULL;
}

static void
help_program(FILE *f)
{
	size_t i;

	fputs("usage: stixpress COMMAND [OPTION...] [ARGUMENT...]\n\n", f);
	for (i = 0; cli_commands[i] != NULL; i++)
		if (cli_commands[i]->summary[0] != '\0')
			fprintf(f, "  %-12s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
	fputs("\nstixpress COMMAND --help shows the options of a command; man stixpress has the whole manual.\n", f);
}

static void
help_options(FILE *f, const struct cli_option *o)
{
	char left[64];

	for (; o != NULL && o->name != NULL; o++) {
		if (o->help[0] == '\0')
			continue;
		snprintf(left, sizeof(left), "%s%c%s--%s%s%s", o->letter ? "-" : " ", o->letter ? o->letter : ' ',
		    o->letter ? ", " : "  ", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
		fprintf(f, "  %-30s %s\n", left, o->help);
	}
}

static void
help_command(FILE *f, const struct cli_command *cmd)
{
	fprintf(f, "usage: stixpress %s [OPTION...] %s\n\n%c%s.\n\n", cmd->name, cmd->args,
	    cmd->summary[0] - (cmd->summary[0] >= 'a' && cmd->summary[0] <= 'z' ? 32 : 0), cmd->summary + 1);
	help_options(f, cmd->options);
	help_options(f, cli_common);
}

static int
run_command(struct cli *c, const struct cli_command *cmd, int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct cli_args a;
	int rc;

	if (args_parse(cmd, argc, argv, &a, &e) != 0) {
		cli_error(c, "%s", e.text);
		fprintf(c->err, "usage: stixpress %s [OPTION...] %s   (--help shows the options)\n", cmd->name, cmd->args);
		args_free(&a);
		return ERR_USAGE;
	}
	c->quiet = cli_has(&a, "quiet");
	c->verbose = cli_has(&a, "verbose");
	if (cli_has(&a, "help")) {
		help_command(c->out, cmd);
		rc = 0;
	} else
		rc = cmd->run(c, &a);
	args_free(&a);
	return rc;
}

static int
is_word(const char *s, const char *a, const char *b)
{
	return strcmp(s, a) == 0 || strcmp(s, b) == 0;
}

static int
dispatch(struct cli *c, int argc, char **argv)
{
	const struct cli_command *cmd;
	const char *asked;

	if (argc < 2) {
		help_program(c->err);
		return ERR_USAGE;
	}
	if (is_word(argv[1], "--version", "-V")) {
		fprintf(c->out, "%s\n", PACKAGE_STRING);
		return 0;
	}
	if (is_word(argv[1], "--help", "-h") || (strcmp(argv[1], "help") == 0 && argc == 2)) {
		help_program(c->out);
		return 0;
	}
	asked = strcmp(argv[1], "help") == 0 ? argv[2] : argv[1];
	cmd = command_find(asked);
	if (cmd == NULL) {
		cli_error(c, "there is no command '%s'", asked);
		help_program(c->err);
		return ERR_USAGE;
	}
	if (asked == argv[2]) {
		help_command(c->out, cmd);
		return 0;
	}
	return run_command(c, cmd, argc - 2, argv + 2);
}

/*
 * A reader of our output that has seen enough (| head) ends us as it ends any filter; a server that goes away is an error of
 * its own, told by whoever talks to it.
 */
static void
on_pipe(int sig)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	if (poll(&out, 1, 0) != 1 || (out.revents & POLLERR) == 0)
		return;
	signal(sig, SIG_DFL);
	raise(sig);
}

int
main(int argc, char **argv)
{
	struct cli c = { .out = stdout, .err = stderr };
	int rc;

	base_begin();
	setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGPIPE, on_pipe);
	c.tty = isatty(STDERR_FILENO);
	rc = dispatch(&c, argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (!c.out_told)
			cli_error(&c, "standard output could not be written");
		rc = cli_worse(rc, ERR_SYSTEM);
	}
	return rc;
}
