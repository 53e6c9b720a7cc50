/* feed.json: what it becomes, and what is refused. */
#include <sys/stat.h>
#include <unistd.h>

#include "feed/feed.h"
#include "tap.h"

static const char *
str(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? s : "";
}

static void
test_talos(void)
{
	const char *src = getenv("SRCDIR");
	struct compose_options o = COMPOSE_INIT;
	struct err e = ERR_INIT;
	struct feed *f = NULL;
	char dir[1024];

	snprintf(dir, sizeof(dir), "%s/feeds/talos", src ? src : "..");
	if (!ok(feed_open(dir, &f, &e) == 0, "the feed of the digests opens")) {
		printf("# %s\n", e.text);
		return;
	}
	is_str(f->name, "talos", "its name");
	ok(stix_id_is(str(f->identity, "id"), "identity"), "its identity has an id made from its name");
	is_str(str(f->source, "created_by_ref"), str(f->identity, "id"), "the source is an identity of the feed's");
	is_str(str(json_array_get(f->markings, 0), "name"), "TLP:CLEAR", "it is marked");
	feed_compose_options(f, &o);
	is_str(o.source_name, "Cisco Talos Threat Source newsletter", "references carry the source's name");
	ok(o.identity == f->identity && o.markings == f->markings && o.confidence == 70, "composing gets all that");
	feed_close(f);
}

/* What feed_open() says of a feed.json with this text. */
static void
refused(const char *text, const char *want)
{
	char dir[] = "/tmp/stixpress-feed.XXXXXX", path[64];
	struct err e = ERR_INIT;
	struct feed *f = NULL;
	FILE *out;

	if (mkdtemp(dir) == NULL)
		return;
	snprintf(path, sizeof(path), "%s/feed.json", dir);
	if (text != NULL && (out = fopen(path, "w")) != NULL) {
		fputs(text, out);
		fclose(out);
	}
	ok(feed_open(dir, &f, &e) == -1 && f == NULL, want);
	ok(strstr(e.text, want) != NULL && strncmp(e.text, path, strlen(path)) == 0, "the message names file, place and reason");
	is_int(e.kind, text != NULL ? ERR_USAGE : ERR_SYSTEM, "its kind");
	if (strstr(e.text, want) == NULL)
		printf("# %s\n", e.text);
	unlink(path);
	rmdir(dir);
}

#define IDENTITY	"\"name\":\"x\",\"identity\":{\"name\":\"A\",\"class\":\"system\",\"created\":\"2024-01-01\"}"

static void
test_refused(void)
{
	refused(NULL, "No such file");
	refused("{", "line 1");
	refused("{\"name\":\"x\"}", "identity is required");
	refused("{" IDENTITY ",\"sauce\":{}}", "sauce is not permitted here");
	refused("{" IDENTITY ",\"confidence\":101}", "/confidence: ");
	refused("{" IDENTITY ",\n \"targets\":[\"a\", 1]}", "line 2, column 18: /targets/1: ");
	refused("{" IDENTITY ",\n \"targets\":[]}", "line 2, column 12: /targets: ");
	refused("{" IDENTITY ",\"markings\":[\"TLP:PINK\"]}", "/markings/0: there is no marking 'TLP:PINK'");
	refused("{" IDENTITY ",\"never_publish\":[\"10.0.0.0/8\",\"10.0.0.0/x\"]}", "/never_publish/1: '10.0.0.0/x'");
	refused("{" IDENTITY ",\"never_publish\":[\"10.0.0.0/33\"]}", "/never_publish/0: ");
	refused("{" IDENTITY ",\"never_publish\":[\"example.org/8\"]}", "/never_publish/0: ");
	refused("{" IDENTITY ",\"law_enforcement\":{\"campaign\":false,\"course_of_action\":false}}", "/law_enforcement: ");
}

static void
test_facts_format(void)
{
	static const char facts[] = "\n{\"stixpress_facts\": 1}", bundle[] = "{\"type\": \"bundle\"}";
	struct pipeline_input in = { .name = "x", .bytes = facts, .len = sizeof(facts) - 1 };

	ok(pipeline_is_facts(&in), "facts are told by being a JSON object");
	in.format = "text";
	ok(!pipeline_is_facts(&in), "unless they are to be read as text");
	in = (struct pipeline_input){ .name = "x", .bytes = bundle, .len = sizeof(bundle) - 1 };
	ok(pipeline_is_facts(&in), "a bundle is taken for facts, and refused by name");
	in = (struct pipeline_input){ .name = "x", .bytes = facts, .len = 0 };
	ok(!pipeline_is_facts(&in), "nothing is none");
}

int
main(void)
{
	test_talos();
	test_refused();
	test_facts_format();
	return tap_end();
}
