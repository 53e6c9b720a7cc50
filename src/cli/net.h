/* cli: what the commands that talk to a server share: options, the world for src/http, the target. */
#ifndef CLI_NET_H
#define CLI_NET_H

#include "cli/cli.h"
#include "publish/publish.h"

/* Rows of an option table. Secrets come from files or the environment, never from the command line. */
#define NET_OPTIONS \
	{ "user", 'u', "NAME", "user name for HTTP Basic; else STIXPRESS_USER" }, \
	{ "password-file", 0, "FILE", "file with its password in the first line; else STIXPRESS_PASSWORD" }, \
	{ "token-file", 0, "FILE", "file with a Bearer token; else STIXPRESS_TOKEN" }, \
	{ "header-file", 0, "FILE", "file with a header line \"Name: value\" to send along" }, \
	{ "cacert", 0, "FILE", "PEM file of the authorities to trust instead of the system's" }, \
	{ "cert", 0, "FILE", "PEM file of a client certificate" }, \
	{ "key", 0, "FILE", "PEM file of its key" }, \
	{ "pinnedpubkey", 0, "FILE|HASHES", "the server's public key: a PEM file, or sha256//BASE64" }, \
	{ "netrc", 0, NULL, "name and password from ~/.netrc where no others are given" }, \
	{ "dns-server", 0, "ADDRESS[:PORT]", "the name server to ask where a domain's TAXII server is; else the system's" }, \
	{ "allow-http", 0, NULL, "plain http to any host, not only loopback" }, \
	{ "timeout", 0, "SECONDS", "longest time for one request with its repetitions; 120 unless given" }, \
	{ "targets", 0, "FILE", "file of named targets; else targets.json in the configuration folder" }

/* Rows for the commands that send. */
#define SEND_OPTIONS \
	{ "to", 't', "TARGET|URL", "a target's name, or the URL of a collection, API root or discovery resource" }, \
	{ "collection", 0, "ID", "the collection by id or alias, where the URL does not name it" }, \
	{ "kind", 0, "KIND", \
	    "what a URL leads to: taxii, directory, opencti, opencti-graphql, misp, misp-feed, misp-stix; taxii unless given" }, \
	{ "galaxies", 0, "PATH", "kinds of MISP: cluster files of misp-galaxy, a folder or one file" }, \
	{ "review", 0, NULL, "for an analyst to look at first: events of a MISP are left unpublished, OpenCTI gets a workbench" }, \
	{ "ledger", 0, "FILE", "the books of what was sent; \"none\" keeps none; else ledger.db in the state folder" }, \
	{ "wait", 0, "SECONDS", "how long an outcome is waited for; 300 unless given" }, \
	{ "batch", 0, "N", "most objects in one request; 1000 unless given" }, \
	{ "jobs", 'j', "N", "requests under way at a time (kinds taxii, opencti); 1 unless given" }, \
	{ "dry-run", 'n', NULL, "show what would be sent and what is there already, send nothing" }, \
	{ "verify", 0, NULL, "at the end read back, by id and version, what the target should have" }, \
	{ "dead-letter", 0, "FILE", "write refused objects, with the server's words, to FILE as JSON Lines" }, \
	{ "format", 0, "text|json|jsonl", "how the receipt is printed; jsonl: each event as it happens, a line" }, \
	NET_OPTIONS

/* A connection as the options describe it. */
struct net {
	struct arena *arena;
	struct publish_target target;
	struct http *http;
	struct cli *cli;
};
/* Fills n for `to`, a target's name or a URL. net_close in any case. Errors as publish_target_load, publish_target_open. */
int net_open(struct cli *c, const struct cli_args *a, const char *to, struct net *n, struct err *e) BASE_CHECKED;
void net_close(struct net *n);
/* The ledger of --ledger FILE, else ledger.db in the state folder; "none": one that is forgotten. new: ledger_close. */
int net_ledger(const struct cli_args *a, struct ledger **out, struct err *e) BASE_CHECKED;
/* How to send, as the options say, over an open connection; without a ledger yet. check: NULL or borrowed. ERR_USAGE. */
int net_sending(const struct cli_args *a, struct net *n, const struct stix_check *check, struct publish_config *cfg, struct err *e)
    BASE_CHECKED;
/* Whether --format is `name`; the first of `known` (NULL-ended) when not given. ERR_USAGE for one that is not known. */
int net_format(const struct cli_args *a, const char *const *known, const char **out, struct err *e) BASE_CHECKED;
/* Sets a string member, unless the text is NULL or empty. */
void net_add_text(json_t *v, const char *name, const char *text);
/* How a receipt is printed. */
extern const char *const net_receipt_formats[];
/*
 * Prints a receipt on standard output: as text (with -v every object), as JSON, or as the last lines of JSON Lines; writes
 * --dead-letter. Returns the exit status.
 */
int net_receipt(struct cli *c, const struct cli_args *a, const struct publish_receipt *r, const char *format);

#endif
