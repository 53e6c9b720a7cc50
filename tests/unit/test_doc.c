/* doc: encodings and the map to the input, Markdown, sections, sentences, title, date, original. */
#include <iconv.h>

#include "convert/convert.h"
#include "tap.h"

static struct phrases *phrases;
static struct arena *arena;
static struct err err;

static struct doc_options
options(void)
{
	struct doc_options o = { 0 };

	o.langs = phrases_langs(phrases);
	return o;
}

static struct doc
read_as(const char *text, size_t n, const char *format, const char *encoding)
{
	struct doc_options o = options();
	struct doc d;

	o.format = format;
	o.encoding = encoding;
	err_clear(&err);
	if (doc_read(arena, "t", text, n, &o, &d, &err) != 0) {
		printf("# doc_read: %s\n", err.text);
		memset(&d, 0, sizeof(d));
		d.text = "";
	}
	return d;
}

static struct doc
read_text(const char *s)
{
	return read_as(s, strlen(s), "text", NULL);
}

static struct doc
read_md(const char *s)
{
	return read_as(s, strlen(s), "md", NULL);
}

/* The bytes of the input that the first occurrence of `what` in the view comes from. */
static const char *
origin(const struct doc *d, const char *in, const char *what)
{
	const char *p = strstr(d->text, what);
	size_t at, a, b;

	if (p == NULL)
		return "(not in the view)";
	at = (size_t)(p - d->text);
	a = doc_input(d, at);
	b = doc_input_end(d, at + strlen(what));
	return arena_strndup(arena, in + a, b - a);
}

/* All sentences of the document, one a line. */
static const char *
sentences(const struct doc *d)
{
	struct buf b = BUF_INIT(1 << 20);
	const char *out;
	size_t i;

	for (i = 0; i < d->nsent; i++)
		buf_printf(&b, "%s%s", i > 0 ? "|" : "", doc_sentence_text(d, i));
	out = arena_strdup(arena, buf_str(&b));
	buf_free(&b);
	return out;
}

/* "kind role" of every block. */
static const char *
outline(const struct doc *d)
{
	struct buf b = BUF_INIT(1 << 20);
	const char *out;
	size_t i;

	for (i = 0; i < d->nblock; i++) {
		const struct doc_role *role = d->sections[d->blocks[i].section].role;

		buf_printf(&b, "%s%s/%s", i > 0 ? " " : "", doc_kind_name(d->blocks[i].kind), role != NULL ? role->name : "-");
	}
	out = arena_strdup(arena, buf_str(&b));
	buf_free(&b);
	return out;
}

static void
test_view(void)
{
	const char *in = "\357\273\277ＡＢＣ：１２\343\200\200x\302\240y\342\200\213z\302\255w\r\nnext\rlast";
	struct doc d = read_text(in);

	is_str(d.text, "ABC:12 x yzw\nnext\nlast", "width, blanks, zero-width characters and line ends");
	is_str(d.encoding, "UTF-8", "a byte order mark is no text");
	is_str(origin(&d, in, "B"), "Ｂ", "a folded character maps to its octets");
	is_str(origin(&d, in, "C:1"), "Ｃ：１", "several of them too");
	is_str(origin(&d, in, "yzw"), "y\342\200\213z\302\255w", "what was dropped inside a stretch belongs to it");
	is_str(origin(&d, in, "x"), "x", "what was dropped beside it does not");
	is_int(doc_input_end(&d, d.len), strlen(in), "the end is the end");
}

static void
test_residue(void)
{
	const char *in = "発表しましたpopup_icon。The Timespopup_iconPostpopup_icon による。";
	struct doc d = read_text(in);

	is_str(d.text, "発表しました。The Times Post による。", "residue is cut, words stay apart");
	is_str(origin(&d, in, "発表しました"), "発表しました", "residue behind a word is left out of its span");
	is_str(origin(&d, in, "Times Post"), "Timespopup_iconPost", "residue inside is in it");
	is_str(origin(&d, in, "Post"), "Post", "and not before it");
}

/* Converts UTF-8 to another encoding for the tests below. */
static size_t
recode(const char *to, const char *s, char *out, size_t room)
{
	iconv_t cd = iconv_open(to, "UTF-8");
	char *in = (char *)(uintptr_t)s, *o = out;
	size_t n = strlen(s), left = room;

	if (cd == (iconv_t)-1 || iconv(cd, &in, &n, &o, &left) == (size_t)-1)
		return 0;
	iconv_close(cd);
	return room - left;
}

static void
test_encodings(void)
{
	static const struct { const char *iconv, *name, *bom; } rows[] = {
		{ "CP932", "Shift_JIS", "" }, { "EUC-JP", "EUC-JP", "" }, { "ISO-2022-JP", "ISO-2022-JP", "" }, { "UTF-16LE", "UTF-16LE", "\377\376" },
		{ "UTF-16BE", "UTF-16BE", "\376\377" },
	};
	const char *text = "ボットネットの解体について、ｗｅｂ で発表がありました。対象は Fuzz です。";
	const char *view = "ボットネットの解体について、web で発表がありました。対象は Fuzz です。";
	char raw[1000], back[1000], again[1000];
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = strlen(rows[i].bom), a, b;
		struct doc d;

		memcpy(raw, rows[i].bom, n);
		n += recode(rows[i].iconv, text, raw + n, sizeof(raw) - n);
		d = read_as(raw, n, NULL, NULL);
		is_str(d.text, view, rows[i].iconv);
		is_str(d.encoding, rows[i].name, "is recognised");
		a = doc_input(&d, (size_t)(strstr(d.text, "発表") - d.text));
		b = doc_input_end(&d, (size_t)(strstr(d.text, "発表") - d.text) + strlen("発表"));
		n = recode(rows[i].iconv, "発表", back, sizeof(back));
		if (back[0] == '\033') {
			/* the escape before it belongs to no character */
			n -= 3;
			memmove(back, back + 3, n);
		}
		memcpy(again, raw + a, b - a);
		ok(b - a == n && memcmp(again, back, n) == 0, "its octets are found again");
	}
	is_str(read_as("\033$B4A;z\033(I\066\061\033$(D\060\041\033(J X\n", 24, NULL, NULL).text, "漢字ｶｱ丂 X\n",
	    "all sets of ISO-2022-JP");
	i = recode("CP932", "表示", raw, sizeof(raw));
	is_str(read_as(raw, i, NULL, "sjis").text, "表示", "an encoding told by name");
}

static void
test_refusals(void)
{
	struct doc_options o = options();
	struct doc d;
	char *big;

	err_clear(&err);
	is_int(doc_read(arena, "t", "", 0, &o, &d, &err), -1, "empty");
	is_int(err.kind, ERR_INPUT, "is an error of the input");
	err_clear(&err);
	is_int(doc_read(arena, "t", "abc\0def", 7, &o, &d, &err), -1, "binary");
	err_clear(&err);
	is_int(doc_read(arena, "t", "abc \377 def", 9, &o, &d, &err), -1, "invalid UTF-8");
	ok(strstr(err.text, "offset 4") != NULL, "names the offset");
	o.lenient = 1;
	err_clear(&err);
	is_int(doc_read(arena, "t", "abc \377 def", 9, &o, &d, &err), 0, "lenient reads on");
	is_str(d.text, "abc \357\277\275 def", "with U+FFFD");
	is_int(doc_input(&d, 8), 6, "and the map stays right");
	o.encoding = "klingon";
	err_clear(&err);
	is_int(doc_read(arena, "t", "abc", 3, &o, &d, &err), -1, "an encoding nobody knows");
	is_int(err.kind, ERR_USAGE, "is a usage error");
	o.encoding = NULL;
	big = xcalloc(LIMIT_DOCUMENT + 1, 1);
	memset(big, 'a', LIMIT_DOCUMENT + 1);
	err_clear(&err);
	is_int(doc_read(arena, "t", big, LIMIT_DOCUMENT + 1, &o, &d, &err), -1, "one past the limit");
	ok(strstr(err.text, "LIMIT_DOCUMENT") != NULL, "names the limit");
	free(big);
}

static void
test_long_line(void)
{
	static const char unit[] = "マルウェア evil[.]example を検出しました。 ";
	size_t n = 0, room = 16u << 20;
	char *s = xmalloc(room + sizeof(unit));
	struct doc d;

	while (n < room) {
		memcpy(s + n, unit, sizeof(unit) - 1);
		n += sizeof(unit) - 1;
	}
	d = read_as(s, n, "text", NULL);
	is_int(d.nsent, n / (sizeof(unit) - 1), "a line of 16 MiB has all its sentences");
	ok(d.nrun < 8, "and a map of a few runs");
	free(s);
}

static void
test_markdown(void)
{
	const char *in = "# Title\n\nSee **the _big_ post** at [our site](https://a.example/x_(y)) on my\\_file\\_name.exe and `a*b*c`.\n"
	    "![](https://a.example/p.png)\n- item *one*\n| **NAME** | SHA1 |\n|---|---|\n| a\\_b.dll | 00 |\n```\nx **y**\n```\n"
	    "2 * 3 * 4 and h**p and snake_case_name [[Wiki]] &amp; *.exe\n";
	struct doc d = read_md(in);
	size_t line, col;

	ok(strstr(d.text, "See the big post at our site on my_file_name.exe and a*b*c.") != NULL, "marks are dropped");
	ok(strstr(d.text, "\nitem one\n") != NULL || strstr(d.text, "item one") != NULL, "a list mark too");
	ok(strstr(d.text, "p.png") == NULL, "an image is no text");
	ok(strstr(d.text, "x **y**") != NULL, "code stays");
	ok(strstr(d.text, "2 * 3 * 4 and h**p and snake_case_name Wiki & *.exe") != NULL, "marks that are none stay");
	is_int(d.nlink, 1, "a link");
	is_str(d.links[0].url, "https://a.example/x_(y)", "its address");
	is_str(arena_strndup(arena, d.text + d.links[0].start, d.links[0].end - d.links[0].start), "our site", "its text");
	is_str(arena_strndup(arena, in + d.links[0].in_start, d.links[0].in_end - d.links[0].in_start), "https://a.example/x_(y)",
	    "its place in the input");
	is_str(origin(&d, in, "my_file_name.exe"), "my\\_file\\_name.exe", "an escape belongs to the span");
	is_str(origin(&d, in, "the big post"), "the _big_ post", "marks around it do not");
	is_str(outline(&d), "title/- para/- item/- row/- row/- code/- para/-", "its blocks");
	is_str(d.title, "Title", "its title");
	doc_line(&d, (size_t)(strstr(d.text, "x **y**") - d.text), &line, &col);
	is_int(line, 10, "lines of the view are lines of the input");
}

static void
test_sentences(void)
{
	struct doc d = read_text("一つ目です。「これは。まだ」二つ目(途中。です)です。三つ目！はい");

	is_str(sentences(&d), "一つ目です。|「これは。まだ」二つ目(途中。です)です。|三つ目!|はい", "Japanese");
	d = read_text("Dr. Who of the U.S. agency said no. \"Stop it.\" He left, e.g. by car. Version 3.5.1 of a.example is out! Ok? yes");
	is_str(sentences(&d), "Dr. Who of the U.S. agency said no.|\"Stop it.\"|He left, e.g. by car.|Version 3.5.1 of a.example is out!|"
	    "Ok? yes", "English");
	d = read_text("これは(閉じない括弧です。次の文です。");
	is_str(sentences(&d), "これは(閉じない括弧です。|次の文です。", "a bracket that is never closed swallows nothing");
	d = read_text("A paragraph that a mail program has wrapped in the middle\nof a sentence. Then more.\nshort\nlines");
	is_str(sentences(&d), "A paragraph that a mail program has wrapped in the middle of a sentence.|Then more.|short|lines",
	    "a wrapped paragraph is one, a list of short lines is not");
}

static void
test_dated_title(void)
{
	struct doc d = read_text("週刊ダイジェスト(2031年8月29日): 静かな一週間\nMossGate が見つかった。\n");

	is_str(d.title, "週刊ダイジェスト(2031年8月29日): 静かな一週間", "a title with its day, and no empty line below");
	is_int(d.has_date, 1, "the day is there");
	is_int(d.date.sec, 1945728000, "the title's");
	d = read_text("On 29 August 2031 the loader MossGate was found for the first time.\nIt is a loader.\n");
	ok(d.title == NULL && !d.has_date, "a sentence with a day is neither");
}

static void
test_sections(void)
{
	struct doc d = read_text("Site name\nShare\n\nA title of this text\n\nBy Jo Doe\n\nJune 13, 2024\n\nSome words stand here.\n\n"
	    "Upcoming events\n\nExample Con 2024\n\nMost prevalent malware files of the week\n\nMD5: 00112233445566778899aabbccddeeff\n"
	    "Typical Filename: x.exe\n\nIndicators of Compromise\nbad.example\n");

	is_str(d.title, "A title of this text", "title");
	is_str(d.author, "Jo Doe", "author");
	is_int(d.has_date, 1, "date");
	is_int(d.date.sec, 1718236800, "of the edition");
	is_str(outline(&d), "noise/- noise/- title/- noise/- noise/- para/- heading/events heading/events heading/malware-table "
	    "row/malware-table row/malware-table heading/ioc-list para/ioc-list", "headings open sections");
	is_int(doc_asserts(&d, 5), 1, "text states facts");
	is_int(doc_asserts(&d, 7), 0, "events do not");
	is_int(doc_asserts(&d, 0), 0, "noise does not");
	is_int(doc_sentence_at(&d, (size_t)(strstr(d.text, "words") - d.text)), 5, "the sentence at a place");
	ok(doc_sentence_at(&d, (size_t)(strstr(d.text, "\n\nA title") - d.text)) == SIZE_MAX, "between sentences there is none");
	d = read_md("Text.\n\n**INDICATORS OF COMPROMISE:**\nFILES:\n| x | y |\n\n## Tips\n\nText.\n- **URL**\nhttps://x.example/\n");
	is_str(outline(&d), "para/- heading/ioc-list heading/ioc-list row/ioc-list heading/- para/- heading/references para/references",
	    "an unknown heading belongs to the one above it; \"IPs\" is not in \"Tips\"");
}

static void
test_origin(void)
{
	struct doc d = read_text("見出しです\n\n2024年6月26日\n\n本文です。\n\n本稿は 2024 年 06 月 13 日にExample Lab のブログに投稿された「A tale of two"
	    " bots」の抄訳です。\n");
	struct stamp day;
	size_t a, b;

	is_str(d.lang->tag, "ja", "language");
	is_str(d.orig_title, "A tale of two bots", "title of the original");
	is_str(d.orig_publisher, "Example Lab", "its publisher");
	is_int(d.has_orig_date, 1, "its date");
	is_int(d.orig_date.sec, 1718236800, "to the day");
	is_int(d.date.sec, 1719360000, "the edition has its own");
	d = read_text("The text.\n\nThis post was originally published by Example Lab on June 13, 2024.\n");
	is_str(d.orig_publisher, "Example Lab", "English: publisher");
	is_int(d.orig_date.sec, 1718236800, "English: date");
	is_str(d.lang->tag, "en", "English: language");
	is_int(doc_find_date(d.lang, "on Feb. 30, 2024", 16, &day, &a, &b), 0, "no such day");
	is_int(doc_find_date(d.lang, "on 3 Sept. 2024", 15, &day, &a, &b), 1, "a short name of a month");
}

int
main(void)
{
	arena = arena_new();
	if (phrases_load(NULL, &phrases, &err) != 0) {
		printf("Bail out! %s\n", err.text);
		return 1;
	}
	test_view();
	test_residue();
	test_encodings();
	test_refusals();
	test_long_line();
	test_markdown();
	test_sentences();
	test_dated_title();
	test_sections();
	test_origin();
	phrases_free(phrases);
	arena_free(arena);
	return tap_end();
}
