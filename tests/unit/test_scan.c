/*
 * scan: the tables of tests/ioc/ (a kind each), file records, what becomes of values, and the properties that hold for any
 * text: spans inside it, values apart, a further line takes nothing away.
 */
#include <dirent.h>

#include "config.h"
#include "convert/scan.h"
#include "tap.h"

static struct phrases *phrases;
static struct arena *arena;
static struct err err;

/* A document, its mentions and facts. */
struct reading {
	struct doc d;
	struct mentions m;
	struct facts f;
};

static void
read_text(struct reading *r, const char *text, const char *format)
{
	struct doc_options o = { 0 };

	memset(r, 0, sizeof(*r));
	o.langs = phrases_langs(phrases);
	o.format = format;
	err_clear(&err);
	if (doc_read(arena, "t", text, strlen(text), &o, &r->d, &err) != 0) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
	r->f.arena = arena;
	scan_values(&r->d, phrases, &r->m, &r->f);
}

/* ---- the tables ------------------------------------------------------------------------------------------------------- */

static int
of_kind(const struct mention *m, const char *kind)
{
	if (m->kind == NULL)
		return strcmp(kind, m->type) == 0;
	if (strcmp(kind, "hash") == 0)
		return kind_is_hash(m->kind);
	return strcmp(m->kind->name, kind) == 0;
}

/* The values of a kind with | between, "-" for none. */
static const char *
values(const struct reading *r, const char *kind)
{
	struct buf b = BUF_INIT(1 << 20);
	const char *out;
	size_t i;

	for (i = 0; i < r->m.n; i++)
		if (of_kind(&r->m.v[i], kind))
			buf_printf(&b, "%s%s", b.len > 0 ? "|" : "", r->m.v[i].value);
	out = b.len > 0 ? arena_strdup(arena, buf_str(&b)) : "-";
	buf_free(&b);
	return out;
}

/* What became of the observable that holds this text among its properties or in its pattern. */
static const char *
verdict(const struct reading *r, const char *value)
{
	size_t i, n = strcspn(value, "|");
	json_t *v;
	const char *k, *s, *first = arena_strndup(arena, value, n);

	for (i = 0; i < r->f.observables.n; i++) {
		const struct observable *o = &r->f.observables.v[i];
		const char *is = o->indicator ? "indicator" : "stated";

		if (o->pattern != NULL && strstr(o->pattern, first) != NULL)
			return is;
		json_object_foreach(o->props, k, v) {
			if (json_is_integer(v) && json_integer_value(v) == atoll(first))
				return is;
			if ((s = json_string_value(v)) != NULL && strcmp(s, first) == 0)
				return is;
		}
		json_object_foreach(json_object_get(o->props, "hashes"), k, v)
			if (strcmp(json_string_value(v), first) == 0)
				return is;
	}
	return "cited";
}

/* A text of a table with its line feeds and tabs. */
static char *
plain_text(const char *s)
{
	char *out = arena_strdup(arena, s), *p;

	while ((p = strstr(out, "↵")) != NULL) {
		*p = '\n';
		memmove(p + 1, p + 3, strlen(p + 3) + 1);
	}
	while ((p = strstr(out, "⇥")) != NULL) {
		*p = '\t';
		memmove(p + 1, p + 3, strlen(p + 3) + 1);
	}
	return out;
}

static const char *
type_of_table(const char *kind)
{
	return strcmp(kind, "cve") == 0 ? "vulnerability" : strcmp(kind, "technique") == 0 ? "attack-pattern" : kind;
}

static void
check_row(const char *kind, char *row, int line)
{
	char *want = strchr(row, '\t'), *state = NULL;
	const char *name = arena_printf(arena, "%s:%d %s", kind, line, row), *got;
	struct reading r;

	if (want == NULL) {
		ok(0, name);
		return;
	}
	*want++ = '\0';
#ifndef WITH_PSL
	if (strstr(want, "xn--") != NULL) {
		printf("ok %d - %s:%d # SKIP built without libidn2\n", ++tap_n, kind, line);
		return;
	}
#endif
	if ((state = strchr(want, '\t')) != NULL)
		*state++ = '\0';
	read_text(&r, plain_text(row), "text");
	got = values(&r, type_of_table(kind));
	is_str(got, want, arena_printf(arena, "%s:%d %s", kind, line, row));
	if (state != NULL)
		is_str(verdict(&r, want), state, arena_printf(arena, "%s:%d is %s", kind, line, state));
	facts_release(&r.f);
}

static void
check_table(const char *folder, const char *file)
{
	struct buf b = BUF_INIT(1 << 20);
	char *kind = arena_strndup(arena, file, strlen(file) - strlen(".tsv")), *line, *next;
	int nr = 0;

	if (file_read(arena_printf(arena, "%s/%s", folder, file), 1 << 20, &b, &err) != 0) {
		ok(0, err.text);
		return;
	}
	for (line = b.s; line != NULL && *line != '\0'; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		nr++;
		if (*line != '#' && *line != '\0')
			check_row(kind, line, nr);
	}
	buf_free(&b);
}

static int
is_table(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && strcmp(d->d_name + n - 4, ".tsv") == 0;
}

static void
test_tables(void)
{
	const char *top = getenv("SRCDIR"), *folder = arena_printf(arena, "%s/tests/ioc", top != NULL ? top : ".");
	struct dirent **list;
	int i, n = scandir(folder, &list, is_table, alphasort);

	ok(n > 10, "there are tables");
	for (i = 0; i < n; i++) {
		check_table(folder, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

/* ---- records ------------------------------------------------------------------------------------------------------------ */

#define MD5_A	"5e8ff9bf55ba3508199d22e984129be6"
#define MD5_B	"6b64ef0d9ed0c3f4ac6a44b2c0e93a1d"
#define SHA1_A	"8151325dcdbae9e0ff95f9f9658432dbedfdb209"
#define SHA1_B	"5d5a8b0e3b0e7fd2c6a41d5c0c7aab8f9e3c1d27"
#define SHA256_A "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"
#define SHA256_B "c0a1fd5f7be39a1b60a4d35d4e5a7e1d1c0f9b6e2d3a48576c6b5a4f3e2d1c0b"

/* "hashes name product detection" of all files, one in each pair of brackets; * marks an indicator. */
static const char *
files(const struct reading *r)
{
	struct buf b = BUF_INIT(1 << 20);
	const char *out;
	size_t i;

	for (i = 0; i < r->f.observables.n; i++) {
		const struct observable *o = &r->f.observables.v[i];
		const char *alg, *name = json_string_value(json_object_get(o->props, "name"));
		json_t *v;

		buf_printf(&b, "%s%s[", i > 0 ? " " : "", o->indicator ? "*" : "");
		json_object_foreach(json_object_get(o->props, "hashes"), alg, v)
			buf_printf(&b, "%s=%.8s ", alg, json_string_value(v));
		buf_printf(&b, "%s/%s/%s]", name != NULL ? name : "-", o->product != NULL ? o->product : "-",
		    o->detection != NULL ? o->detection : "-");
	}
	out = arena_strdup(arena, buf_str(&b));
	buf_free(&b);
	return out;
}

static void
records_are(const char *text, const char *format, const char *want, const char *what)
{
	struct reading r;

	read_text(&r, text, format);
	is_str(files(&r), want, what);
	facts_release(&r.f);
}

static void
test_records(void)
{
	records_are("Most prevalent malware files\n\nSHA 256: " SHA256_A "\nMD5: " MD5_A "\nVirusTotal: https://www.virustotal.com/gui/file/"
	    SHA256_A "\nTypical Filename: a b.exe\nClaimed Product: N/A\nDetection Name: Win.Test.Sample::1201\n\nSHA 256:" SHA256_B
	    "\nMD5: " MD5_B "\nTypical Filename: n/a\nClaimed Product: setup.com\nDetection Name: W32.Test.Sample\n", "text",
	    "*[SHA-256=af2bdbe1 MD5=5e8ff9bf a b.exe/-/Win.Test.Sample::1201] *[SHA-256=c0a1fd5f MD5=6b64ef0d -/setup.com/W32.Test.Sample]",
	    "labelled lines: two files, no values of their fields");
	records_are("最も多く確認されたマルウェアファイル\n\nSHA 256" SHA256_A "popup_icon\nMD5" MD5_A "\302\240\n一般的なファイル名：x.exe\n"
	    "偽装名：なし\n検出名：Gen:Variant.Test.1\n\nSHA 256：" SHA256_B "\n一般的なファイル名: なし\n", "text",
	    "*[SHA-256=af2bdbe1 MD5=5e8ff9bf x.exe/-/Gen:Variant.Test.1] *[SHA-256=c0a1fd5f -/-/-]", "Japanese, labels glued to hashes");
	records_are("最も多く確認されたマルウェアファイル\n\nＳＨＡ２５６：" SHA256_A "\nＭＤ５：" MD5_A "\n一般的なファイル名　x.exe\n偽装名　Self Made!\n"
	    "検出名　Gen:Variant.Test.1\n\nSHA 256: " SHA256_B "\n検出 の話は、いずれまた。\n", "text",
	    "*[SHA-256=af2bdbe1 MD5=5e8ff9bf x.exe/Self Made!/Gen:Variant.Test.1] *[SHA-256=c0a1fd5f -/-/-]",
	    "a wide blank behind the label, and a sentence");
	records_are("MD5: " MD5_A "\nSHA1: " SHA1_A "\nFilename: a.exe\nMD5: " MD5_B "\nSHA1: " SHA1_B "\nFilename: b.exe\n", "text",
	    "*[MD5=5e8ff9bf SHA-1=8151325d a.exe/-/-] *[MD5=6b64ef0d SHA-1=5d5a8b0e b.exe/-/-]", "a field that is there already begins a new file");
	records_are("Filename: a.exe\nMD5: " MD5_A "\nFilename: b.exe\nMD5: " MD5_B "\n", "text",
	    "*[MD5=5e8ff9bf a.exe/-/-] *[MD5=6b64ef0d b.exe/-/-]", "name first");
	records_are("SHA 256: " SHA256_A " MD5: " MD5_A " Typical Filename: a.exe Claimed Product: N/A Detection Name: W32.Test\n"
	    "SHA256=" SHA256_B ", MD5=" MD5_B "\n", "text", "*[SHA-256=af2bdbe1 MD5=5e8ff9bf a.exe/-/W32.Test] "
	    "*[SHA-256=c0a1fd5f MD5=6b64ef0d -/-/-]", "a record on one line");
	records_are("SHA256\n" SHA256_A "\nTypical Filename\nx y.exe\n", "text", "*[SHA-256=af2bdbe1 x y.exe/-/-]", "values on the next line");
	records_are("**SHA 256:** " SHA256_A "\n**MD5: " MD5_A "**\n**Typical Filename:** my\\_x.exe\n", "md",
	    "*[SHA-256=af2bdbe1 MD5=5e8ff9bf my_x.exe/-/-]", "Markdown marks");
	records_are("## IOC\n\n| File name | SHA1 | Note |\n|---|---|---|\n| a\\_b.exe | " SHA1_A " | loader |\n| N/A | " SHA1_B " | see x.com |\n", "md",
	    "*[SHA-1=8151325d a_b.exe/-/-] *[SHA-1=5d5a8b0e -/-/-]", "a table by its head");
	records_are("IOCs\n\nMD5\tSHA256\n" MD5_A "\t" SHA256_A "\n" MD5_B "\t" SHA256_B "\n", "text",
	    "*[MD5=5e8ff9bf SHA-256=af2bdbe1 -/-/-] *[MD5=6b64ef0d SHA-256=c0a1fd5f -/-/-]", "a table with tabs");
	records_are("IOCs\n" SHA256_A " a.exe\n" SHA256_B " - b.exe\n", "text", "*[SHA-256=af2bdbe1 a.exe/-/-] *[SHA-256=c0a1fd5f b.exe/-/-]",
	    "a list of hashes and names");
	records_are("The file (a.exe – " MD5_A ") is one.\n\n## IOC\n\n| FILENAME | SHA1 |\n|--|--|\n| a.exe | " SHA1_A " |\n", "md",
	    "*[SHA-1=8151325d MD5=5e8ff9bf a.exe/-/-]", "a file named in a sentence and in a table is one");
	records_are("IOCs\n\n| FILENAME | SHA1 |\n|--|--|\n| a.exe | " SHA1_A " |\n| a.exe | " SHA1_B " |\n", "md",
	    "*[SHA-1=8151325d a.exe/-/-] *[SHA-1=5d5a8b0e a.exe/-/-]", "two files of one name stay two");
	records_are("Upcoming events\n\nMD5: " MD5_A "\n", "text", "", "a section that states nothing");
}

static void
test_evidence(void)
{
	const char *text = "The host bad-host[.]ru is one. It is bad-host[.]ru again.\n\nIOCs\nbad-host.ru\n";
	struct reading r;

	read_text(&r, text, "text");
	is_int(r.f.observables.n, 1, "one value is one observable");
	is_int(r.f.observables.v[0].evidence.n, 3, "with every place");
	is_int(r.f.observables.v[0].evidence.v[1].start, 31, "a sentence begins");
	is_int(r.f.observables.v[0].evidence.v[1].end, 57, "and ends");
	is_str(r.f.observables.v[0].evidence.v[2].text, "bad-host.ru", "its text");
	is_str(r.f.observables.v[0].id, "o1", "its id");
	is_int(r.m.v[0].refanged, 1, "written defanged");
	is_int(r.m.v[2].refanged, 0, "or not");
	is_str(arena_strndup(arena, r.d.text + r.m.v[0].start, r.m.v[0].end - r.m.v[0].start), "bad-host[.]ru", "the span in the view");
	facts_release(&r.f);
	read_text(&r, "45.77.12[.]0/24\n\nbad-host[.]ru/it's\n", "text");
	is_str(r.f.observables.v[0].pattern, "[ipv4-addr:value ISSUBSET '45.77.12.0/24']", "a network's pattern");
	is_str(r.f.observables.v[1].pattern, "[url:value = 'http://bad-host.ru/it\\'s' OR url:value = 'https://bad-host.ru/it\\'s']",
	    "an address without scheme: no scheme is invented");
	is_str(r.f.observables.v[1].type, "domain-name", "its host is what was observed");
	facts_release(&r.f);
	read_text(&r, "IOCs\n45.77.12.9-45.77.12.20\n", "text");
	is_str(r.f.observables.v[0].pattern, "[ipv4-addr:value ISSUBSET '45.77.12.9/32' OR ipv4-addr:value ISSUBSET '45.77.12.10/31' OR "
	    "ipv4-addr:value ISSUBSET '45.77.12.12/30' OR ipv4-addr:value ISSUBSET '45.77.12.16/30' OR ipv4-addr:value ISSUBSET "
	    "'45.77.12.20/32']", "a range in its networks");
	is_int(json_object_size(r.f.observables.v[0].props), 0, "there is no SCO for one");
	facts_release(&r.f);
}

/* "type value" of all observables in their order, * marks an indicator; traffic as "network-traffic ID:PORT". */
static const char *
observed(const char *text)
{
	struct buf b = BUF_INIT(1 << 20);
	struct reading r;
	const char *out;
	size_t i;

	read_text(&r, text, "text");
	for (i = 0; i < r.f.observables.n; i++) {
		const struct observable *o = &r.f.observables.v[i];
		const char *v = json_string_value(json_object_get(o->props, "value")), *to = json_string_value(json_object_get(o->props, "dst_ref"));

		buf_printf(&b, "%s%s%s %s", i > 0 ? " | " : "", o->indicator ? "*" : "", o->type, v != NULL ? v : to != NULL ? to : "-");
		if (to != NULL)
			buf_printf(&b, ":%d", (int)json_integer_value(json_object_get(o->props, "dst_port")));
	}
	out = arena_strdup(arena, buf_str(&b));
	buf_free(&b);
	facts_release(&r.f);
	return out;
}

static void
test_implied(void)
{
	is_str(observed("IOCs\n45.77.12.9\n45.77.12.10\n"), "*ipv4-addr 45.77.12.9 | *ipv4-addr 45.77.12.10", "addresses are addresses");
	is_str(observed("IOCs\nhttp://45.77.12.9/a.php\n45.77.12.10\n"),
	    "*url http://45.77.12.9/a.php | ipv4-addr 45.77.12.9 | *ipv4-addr 45.77.12.10", "of a URL on an address the address is stated");
	is_str(observed("IOCs\n45.77.12.9\nhxxps://45.77.12[.]9/a.php\n"),
	    "*ipv4-addr 45.77.12.9 | url https://45.77.12.9/ | *url https://45.77.12.9/a.php",
	    "an address with URLs on it is a web server; its scheme is theirs");
	is_str(observed("IOCs\n45.77.12.9:443\n45.77.12.10:8443\n"),
	    "*ipv4-addr 45.77.12.9 | network-traffic o1:443 | *ipv4-addr 45.77.12.10 | network-traffic o3:8443", "a port is traffic");
	is_str(observed("IOCs\n45.77.12.9:443\nhttp://bad-host[.]ru/a\nhttp://bad-host[.]ru/b\n"),
	    "*ipv4-addr 45.77.12.9 | network-traffic o1:443 | url https://45.77.12.9/ | *url http://bad-host.ru/a | *url http://bad-host.ru/b",
	    "among URLs a port of HTTP is a server's");
	is_str(observed("IOCs\n[2a01:4f8::1]:443\n"), "*ipv6-addr 2a01:4f8::1 | network-traffic o1:443", "an address in brackets");
	is_str(observed("It calls 45.77.12[.]9 on port 4444, then 45.77.12[.]10.\n"),
	    "*ipv4-addr 45.77.12.9 | network-traffic o1:4444 | *ipv4-addr 45.77.12.10", "a port in words");
	is_str(observed("IOCs\nbad-host[.]ru:8080\n"), "*domain-name bad-host.ru | network-traffic o1:8080", "so is a name's port");
	is_str(observed("The bot asks 45.77.12.9 and 45.77.12[.]10:443 for orders.\n"),
	    "ipv4-addr 45.77.12.9 | *ipv4-addr 45.77.12.10 | network-traffic o2:443", "in prose no server is made up");
}

/* The pattern of the observable that is an indicator, the last where there are several. */
static const char *
pattern_of(const char *text)
{
	const char *out = "-";
	struct reading r;
	size_t i;

	read_text(&r, text, "text");
	for (i = 0; i < r.f.observables.n; i++)
		if (r.f.observables.v[i].indicator && r.f.observables.v[i].pattern != NULL)
			out = r.f.observables.v[i].pattern;
	facts_release(&r.f);
	return out;
}

static void
test_patterns(void)
{
	is_str(pattern_of("IOCs\nC:\\Users\\Public\\it's.exe\n"),
	    "[file:name = 'it\\'s.exe' AND file:parent_directory_ref.path = 'C:\\\\Users\\\\Public']", "a file at its place");
	is_str(pattern_of("IOCs\n/tmp/.x/miner\n"), "[file:name = 'miner' AND file:parent_directory_ref.path = '/tmp/.x']", "so elsewhere");
	is_str(pattern_of("IOCs\nC:\\Users\\Public\n"), "-", "a directory is no indicator");
	is_str(pattern_of("IOCs\na_b.bad-host[.]ru\n"), "[domain-name:value = 'a_b.bad-host.ru']", "a name that no host may have has no SCO");
	is_str(pattern_of("IOCs\nr1---x.bad-host[.]ru\n"), "[domain-name:value = 'r1---x.bad-host.ru']", "nor one with hyphens like an A-label");
	is_str(pattern_of("JA3: 72a589da586844d7f0818ce684948eea\n"), "alert tls any any -> any any (msg:\"ja3.hash "
	    "72a589da586844d7f0818ce684948eea\"; ja3.hash; content:\"72a589da586844d7f0818ce684948eea\"; sid:1469592; rev:1;)",
	    "JA3 as a rule of Suricata");
	is_str(pattern_of("User-Agent: it's Bot/1.0\n"), "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = "
	    "'it\\'s Bot/1.0']", "a user agent");
	is_str(pattern_of("Imphash: f34d5f2d4577ed6d9ceec516c1f5a744\n"),
	    "[file:extensions.'windows-pebinary-ext'.imphash = 'f34d5f2d4577ed6d9ceec516c1f5a744']", "a hash of imports");
}

#define YARA	"rule Bad_One : loader\n{\n    meta:\n        hash = \"" MD5_A "\"\n    strings:\n        $a = \"http://bad-host.ru/}\" // }\n" \
	"        $b = { 4D 5A ?? }\n        $c = /x{2}}/\n    condition:\n        all of them\n}"
#define SIGMA	"title: Bad one\nlogsource:\n    product: windows\ndetection:\n    selection:\n        Image: 'bad-host.exe'\n" \
	"    condition: selection\nlevel: high"
#define SNORT	"alert tcp any any -> any 443 (msg:\"Bad one\"; content:\"bad-host.ru\"; sid:1000010; rev:1;)"
#define SURICATA "alert dns any any -> any any (msg:\"Bad one\"; dns.query; content:\"bad-host.ru\"; sid:1000011; rev:1;)"

/* The one observable of a text is this rule. */
static void
rule_is(const char *text, const char *format, const char *language, const char *rule, const char *name)
{
	struct reading r;

	read_text(&r, text, format);
	is_int(r.f.observables.n, 1, arena_printf(arena, "%s in %s: nothing in it is a value", language, format));
	if (r.f.observables.n == 1) {
		is_str(r.f.observables.v[0].pattern, rule, "... its text as it was");
		is_str(r.f.observables.v[0].language, language, "... its language");
		is_str(json_string_value(json_object_get(r.f.observables.v[0].props, "name")), name, "... its name");
		is_int(r.f.observables.v[0].indicator, 1, "... an indicator");
	}
	facts_release(&r.f);
}

static void
test_detections(void)
{
	rule_is("It is found so:\n\n" YARA "\n", "text", "yara", YARA, "Bad_One");
	rule_is("It is found so:\n\n```\n" YARA "\n```\n", "md", "yara", YARA, "Bad_One");
	rule_is("It is found so:\n\n" SIGMA "\n\nThat was it.\n", "text", "sigma", SIGMA, "Bad one");
	rule_is("It is found so:\n\n```yaml\n" SIGMA "\n```\n", "md", "sigma", SIGMA, "Bad one");
	rule_is("It is found so:\n\n" SNORT "\n", "text", "snort", SNORT, "Bad one");
	rule_is("It is found so:\n\n" SURICATA "\n", "text", "suricata", SURICATA, "Bad one");
	is_str(observed("rule of thumb: {never} open it\n"), "", "no rule of YARA");
	is_str(observed("title: Bad one\nlogsource: that\ndetection: this\n"), "", "no rule of Sigma");
	is_str(observed("alert the owner (sid: 5) -> him\n"), "", "no rule of Snort");
	is_str(observed("rule one {\n  strings:\n    $a = \"x\"\nrule two {\n  condition:\n    true\n}\n"), "*yara -", "one that does not end");
}

static void
test_notices(void)
{
	struct reading r;

	read_text(&r, "MD5: 5e8ff9bf55ba3508199d22e984129be\n", "text");
	is_int(r.f.notices.n, 1, "a hash one digit short is reported");
	is_str(r.f.notices.v[0].code, "near-hash", "as that");
	is_int(r.f.notices.v[0].at, 5, "with its place");
	is_int(r.f.observables.n, 0, "and not guessed");
	facts_release(&r.f);
	read_text(&r, "MD5: " SHA1_A "\n", "text");
	is_str(r.f.notices.n > 0 ? r.f.notices.v[0].code : "", "hash-label", "a label of another algorithm is reported");
	is_str(files(&r), "*[SHA-1=8151325d -/-/-]", "the length decides");
	facts_release(&r.f);
}

/* ---- speed and memory ------------------------------------------------------------------------------------------------------ */

/* One line of hostile text of some size must not take time that grows faster: these would take minutes. */
static void
test_linear(void)
{
	static const char *const units[] = { "[[", "a.", "1.", "http://", "a@", "::", "hxxp[", "\\\\", "../", "a[.]", "%A%\\", "HKLM\\a b ", "0a",
		"rule a {\n", "rule a {\"\n", "title: a\nlogsource:\n", "alert tcp -> (", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb ", "3:abcdefgh:", "cpe:/",
		"45.77.12.9 ", "http://45.77.12.9/\n", "C:\\a.exe\n" };
	size_t i, k, n = 1u << 20;
	char *s = xmalloc(n + 1);

	for (i = 0; i < ARRAY_LEN(units); i++) {
		struct arena *keep = arena;
		struct reading r;

		for (k = 0; k < n; k++)
			s[k] = units[i][k % strlen(units[i])];
		s[n] = '\0';
		arena = arena_new();
		read_text(&r, s, "text");
		ok(arena_used(arena) < 64 * n, units[i]);
		facts_release(&r.f);
		arena_free(arena);
		arena = keep;
	}
	free(s);
}

int
main(void)
{
	arena = arena_new();
	if (phrases_load(NULL, &phrases, &err) != 0) {
		printf("Bail out! %s\n", err.text);
		return 1;
	}
	test_tables();
	test_records();
	test_evidence();
	test_implied();
	test_patterns();
	test_detections();
	test_notices();
	test_linear();
	phrases_free(phrases);
	arena_free(arena);
	return tap_end();
}
