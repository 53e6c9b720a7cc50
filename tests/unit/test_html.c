/* HTML: what is text, what the page says about itself, and the octets that each block comes from. */
#include "convert/convert.h"
#include "tap.h"

static struct phrases *phrases;
static struct arena *arena;
static struct err err;

static const char page[] =
    "<!DOCTYPE html><html lang='en-GB'><head><meta charset=utf-8><title>Quiet Harbor | Example Lab</title>"
    "<link rel=canonical href='https://lab.example/posts/1'><meta name=author content='Jo Doe'>"
    "<script>var x = '<p>evil.example.com</p>';</script>"
    "<script type='application/ld+json'>{\"datePublished\": \"2024-06-13T10:00:00Z\"}</script></head>\n"
    "<body><nav><a href='/'>Home</a></nav><div class='share-bar'>Tweet this</div><article>"
    "<h1>Quiet Harbor uses <em>RustyNail</em> again</h1>\n"
    "<p>They use&nbsp;<b>Nail</b> &mdash; see <a href='https://ref.example/?a=1&amp;b=2'>the\n report</a>, AT&T said.</p>\n"
    "<h2>Indicators</h2><ul><li>bad&#46;example</ul>"
    "<table><tr><th>File<th>MD5<tr><td><td><p>b</p></table><pre>one &amp;\n  two</pre></article>"
    "<footer>Contact</footer></body></html>";

static int
read_page(const char *s, size_t n, struct doc *d)
{
	struct doc_options o = { .format = "html", .langs = phrases_langs(phrases) };

	err_clear(&err);
	return doc_read(arena, "t", s, n, &o, d, &err);
}

/* "kind text" of every block, one a line. */
static const char *
blocks(const struct doc *d)
{
	struct buf b = BUF_INIT(1 << 20);
	const char *out;
	size_t i;

	for (i = 0; i < d->nblock; i++)
		buf_printf(&b, "%s %.*s\n", doc_kind_name(d->blocks[i].kind), (int)(d->blocks[i].end - d->blocks[i].start),
		    d->text + d->blocks[i].start);
	out = arena_strdup(arena, buf_str(&b));
	buf_free(&b);
	return out;
}

/* The octets of the input that the first occurrence of `what` in the view comes from. */
static const char *
origin(const struct doc *d, const char *in, const char *what)
{
	const char *p = strstr(d->text, what);
	size_t a, b;

	if (p == NULL)
		return "(not in the view)";
	a = doc_input(d, (size_t)(p - d->text));
	b = doc_input_end(d, (size_t)(p - d->text) + strlen(what));
	return arena_strndup(arena, in + a, b - a);
}

static void
test_page(void)
{
	struct doc d;

	is_int(read_page(page, sizeof(page) - 1, &d), 0, "a page is read");
	is_str(blocks(&d), "title Quiet Harbor uses RustyNail again\npara They use Nail — see the report, AT&T said.\n"
	    "heading Indicators\nitem bad.example\nrow File | MD5\nrow | b\ncode one &\ncode two\n",
	    "its text, without scripts, navigation, share bar and footer");
	is_str(d.title, "Quiet Harbor uses RustyNail again", "title");
	is_str(d.author, "Jo Doe", "author");
	is_str(d.url, "https://lab.example/posts/1", "canonical URL");
	is_str(d.lang->tag, "en", "language");
	is_int(d.has_date && d.date.sec == 1718236800, 1, "date");
	is_int(d.nlink, 1, "a link");
	is_str(d.links[0].url, "https://ref.example/?a=1&b=2", "its target");
	is_str(arena_strndup(arena, page + d.links[0].in_start, d.links[0].in_end - d.links[0].in_start),
	    "https://ref.example/?a=1&amp;b=2", "where it stands");
	is_str(origin(&d, page, "RustyNail again"), "RustyNail</em> again", "a place with a tag in it");
	is_str(origin(&d, page, "use Nail —"), "use&nbsp;<b>Nail</b> &mdash;", "a place with entities");
	is_str(origin(&d, page, "AT&T"), "AT&T", "an ampersand alone");
	is_str(origin(&d, page, "bad.example"), "bad&#46;example", "a numeric reference");
	is_str(origin(&d, page, "&\n  two"), "&amp;\n  two", "preformatted text");
}

static void
test_encodings(void)
{
	static const char latin[] = "<html><head><meta charset=\"iso-8859-1\"></head><body><p>caf\xe9 <b>x</b> evil.example</p></body></html>";
	struct doc d;

	is_int(read_page(latin, sizeof(latin) - 1, &d), 0, "the encoding that a page names");
	is_str(d.encoding, "windows-1252", "is taken");
	ok(strstr(d.text, "café x") != NULL, "and decoded");
	is_str(origin(&d, latin, "café"), "caf\xe9", "to the octet");
	is_str(origin(&d, latin, "evil.example"), "evil.example", "also behind it");
}

static void
test_depth(void)
{
	struct buf b = BUF_INIT(1 << 20);
	struct doc d;
	int i;

	for (i = 0; i < 2000; i++)
		buf_adds(&b, "<b>");
	is_int(read_page(buf_str(&b), b.len, &d), -1, "elements without end are refused");
	ok(strstr(err.text, "LIMIT_HTML_DEPTH") != NULL, "by the name of the limit");
	buf_free(&b);
}

int
main(void)
{
	arena = arena_new();
	if (phrases_load(NULL, &phrases, &err) != 0) {
		printf("Bail out! %s\n", err.text);
		return 1;
	}
	test_page();
	test_encodings();
	test_depth();
	phrases_free(phrases);
	arena_free(arena);
	return tap_end();
}
