/* render: a bundle as a target gets it, without sending; what is lost on standard error. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/net.h"
#include "json/json.h"

static const struct cli_option options[] = {
	{ "to", 't', "TARGET|KIND",
	    "a target's name, or a kind of target: taxii, directory, opencti, opencti-graphql, misp, misp-feed, misp-stix" },
	{ "targets", 0, "FILE", "file of named targets; else targets.json in the configuration folder" },
	{ "galaxies", 0, "PATH", "kinds of MISP: cluster files of misp-galaxy, a folder or one file" },
	{ NULL, 0, NULL, NULL }
};

/* A kind's name means the kind, unless the targets file has a target of that name. */
static int
choose(const struct cli_args *a, struct arena *arena, struct publish_target *out, struct err *e)
{
	const char *to = cli_get(a, "to");
	char *path = cli_get(a, "targets") != NULL ? xstrdup(cli_get(a, "targets")) : cli_config_path("targets.json");
	int rc = 0;

	if (publish_kind_known(to) && (access(path, R_OK) != 0 || publish_target_load(path, to, arena, out, NULL) != 0))
		out->kind = to;
	else
		rc = publish_target_load(path, to, arena, out, e);
	if (cli_get(a, "galaxies") != NULL)
		out->galaxies = cli_get(a, "galaxies");
	free(path);
	return rc;
}

static int
render(struct cli *c, const char *path, const struct publish_target *target, struct err *e)
{
	struct publish_lost lost = { 0 };
	struct json_text *t;
	json_t *out = NULL, *n;
	const char *what;
	int rc;

	if (json_read_file(path, LIMIT_JSON_TEXT, &t, e) != 0)
		return -1;
	if ((rc = publish_render(target, json_text_root(t), &out, &lost, e)) != 0)
		err_prefix(e, "%s", path);
	else if ((rc = json_write_file(out, c->out, JSON_PRETTY, 0, e)) == 0)
		fputc('\n', c->out);
	json_object_foreach(lost.counts, what, n)
		cli_note(c, "%s: %lld %s", path, (long long)json_integer_value(n), what);
	publish_lost_free(&lost);
	json_decref(out);
	json_text_free(t);
	return rc;
}

static int
run_render(struct cli *c, const struct cli_args *a)
{
	struct arena *arena = arena_new();
	struct err e = ERR_INIT;
	struct publish_target target = { 0 };
	int rc = 0;

	if (cli_get(a, "to") == NULL)
		rc = cli_usage(c, "--to TARGET|KIND is missing");
	else if (choose(a, arena, &target, &e) != 0 || render(c, cli_argv(a, 0), &target, &e) != 0)
		rc = cli_fail(c, &e);
	arena_free(arena);
	return rc;
}

const struct cli_command cmd_render = {
	.name = "render", .args = "FILE", .summary = "print a bundle as a target would get it, and what is lost",
	.options = options, .min = 1, .max = 1, .run = run_render,
};
