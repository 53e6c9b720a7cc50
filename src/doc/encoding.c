#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "doc/doc_int.h"

#define REPLACEMENT	"\357\277\275"	/* U+FFFD */
#define NO_CHAR		UINT32_MAX
#define MAX_CHAR	8		/* octets of one character in any encoding we ask iconv about */

/* An encoding: its names, and how iconv calls it (NULL: decoded here). */
struct encoding {
	const char *name;
	const char *aliases[6];
	const char *iconv;
	int wide;	/* UTF-16: 1 little, 2 big end first */
	int shifts;	/* ISO-2022-JP: escapes say what the octets behind them are */
};

/* Shift_JIS and EUC-JP as they are found in the field: with the extensions of Windows. */
static const struct encoding encodings[] = {
	{ "UTF-8", { "utf8", "us-ascii", "ascii" }, NULL, 0, 0 },
	{ "UTF-16LE", { "utf-16", "utf16", "utf16le" }, NULL, 1, 0 },
	{ "UTF-16BE", { "utf16be" }, NULL, 2, 0 },
	{ "Shift_JIS", { "shift-jis", "sjis", "cp932", "windows-31j", "ms_kanji", "x-sjis" }, "CP932", 0, 0 },
	{ "EUC-JP", { "eucjp", "euc_jp", "cp51932", "x-euc-jp" }, "EUC-JP-MS", 0, 0 },
	{ "ISO-2022-JP", { "iso2022jp", "iso2022-jp", "jis", "csiso2022jp", "cp50221", "iso-2022-jp-1" }, "EUC-JP-MS", 0, 1 },
	{ "windows-1252", { "cp1252", "iso-8859-1", "latin1", "iso8859-1" }, "CP1252", 0, 0 },
};
enum { ENC_UTF8, ENC_UTF16LE, ENC_UTF16BE, ENC_SJIS, ENC_EUC, ENC_JIS };

/* ---- what a character becomes in the view ------------------------------------------------------------------------- */

uint32_t
encoding_fold(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e)
		return c - 0xff01 + '!';
	if (c == 0x3000 || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == '\f' || c == '\v')
		return ' ';
	if (c == 0x2028 || c == 0x2029 || c == '\r')
		return '\n';
	if (c == 0xad || c == 0xfeff || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x2064) || (c >= 0x2066 && c <= 0x2069))
		return 0;
	return c;
}

/* Adds one character that the input spells with these n octets. last: the character before it. */
static void
add_char(struct strand *out, uint32_t c, const char *raw, size_t n, size_t in, uint32_t last)
{
	uint32_t f = c == '\n' && last == '\r' ? 0 : encoding_fold(c);
	char u[4];
	size_t k;

	if (f == 0)
		return;
	k = (size_t)utf8_encode(f, u);
	if (k == n && memcmp(u, raw, n) == 0)
		strand_same(out, raw, n, in);
	else
		strand_unit(out, u, k, in, n);
}

/* ---- UTF-8 ------------------------------------------------------------------------------------------------------------- */

static int
plain_ascii(unsigned char c)
{
	return c < 0x80 && c != '\r' && c != '\f' && c != '\v';
}

/*
 * Octets from b[i] on that stay as they are, told without decoding them: eight of ASCII that are no control characters, or kana or
 * Han. 0: look.
 */
static size_t
plain_octets(const unsigned char *b, size_t i, size_t n)
{
	uint64_t word;

	if (n - i >= 8 && (memcpy(&word, b + i, 8), ((word | (word - 0x2020202020202020u)) & 0x8080808080808080u) == 0))
		return 8;
	if (n - i >= 3 && ((b[i] >= 0xe4 && b[i] <= 0xe9) || (b[i] == 0xe3 && b[i + 1] >= 0x81 && b[i + 1] <= 0x83)) &&
	    (b[i + 1] & 0xc0) == 0x80 && (b[i + 2] & 0xc0) == 0x80)
		return 3;
	return 0;
}

/*
 * from: octets of a byte order mark. Characters that stay as they are are gathered and added together.
 */
static int
decode_utf8(const char *name, const char *b, size_t n, size_t from, int lenient, struct strand *out, struct err *e)
{
	size_t i = from, same = from;
	uint32_t c, last = 0;

	while (i < n) {
		size_t plain = plain_octets((const unsigned char *)b, i, n);
		int k;

		if (plain > 0) {
			last = ' ';	/* or another that asks for nothing */
			i += plain;
			continue;
		}
		if (plain_ascii((unsigned char)b[i]) && !(b[i] == '\n' && last == '\r')) {
			last = (unsigned char)b[i++];
			continue;
		}
		k = utf8_decode(b + i, n - i, &c);
		if (k > 0 && encoding_fold(c) == c && !(c == '\n' && last == '\r')) {
			last = c;
			i += (size_t)k;
			continue;
		}
		strand_same(out, b + same, i - same, same);
		if (k == 0 && !lenient)
			return err_set(e, ERR_INPUT, "%s: not valid UTF-8 at byte offset %zu (0x%02x)", name, i, (unsigned char)b[i]);
		if (k == 0) {
			strand_unit(out, REPLACEMENT, 3, i, 1);
			k = 1;
			c = 0xfffd;
		} else
			add_char(out, c, b + i, (size_t)k, i, last);
		last = c;
		i += (size_t)k;
		same = i;
	}
	strand_same(out, b + same, n - same, same);
	return 0;
}

/* ---- UTF-16 ------------------------------------------------------------------------------------------------------------ */

static uint32_t
unit16(const char *s, int big)
{
	const unsigned char *u = (const unsigned char *)s;

	return big ? (uint32_t)(u[0] << 8 | u[1]) : (uint32_t)(u[1] << 8 | u[0]);
}

/* One character of UTF-16; returns its octets, *c NO_CHAR when they are no character. */
static size_t
char16(const char *s, size_t n, int big, uint32_t *c)
{
	uint32_t lo;

	*c = NO_CHAR;
	if (n < 2)
		return n;
	*c = unit16(s, big);
	if (*c < 0xd800 || *c > 0xdfff)
		return 2;
	lo = *c < 0xdc00 && n >= 4 ? unit16(s + 2, big) : 0;
	if (lo < 0xdc00 || lo > 0xdfff) {
		*c = NO_CHAR;
		return 2;
	}
	*c = 0x10000 + ((*c - 0xd800) << 10) + (lo - 0xdc00);
	return 4;
}

/* ---- encodings that iconv knows --------------------------------------------------------------------------------------- */

struct decoder {
	iconv_t cd;
	int wide;
	int shifts;
	const struct shift *shift;	/* in force */
	uint32_t *one, *two;	/* what one octet, two octets are: 0 not asked yet, NO_CHAR nothing */
};

/* Asks iconv for the character of exactly n octets: NO_CHAR when they are invalid, 0 when they are only its beginning. */
static uint32_t
ask(iconv_t cd, const char *s, size_t n)
{
	char *in = (char *)(uintptr_t)s;	/* iconv does not write there */
	unsigned char u[4];
	char *o = (char *)u;
	size_t left = n, room_left = sizeof(u);

	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &in, &left, &o, &room_left) == (size_t)-1)
		return errno == EINVAL ? 0 : NO_CHAR;
	if (left != 0 || room_left != 0)
		return NO_CHAR;
	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static uint32_t
lookup(struct decoder *dec, const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t *slot = n == 1 ? &dec->one[u[0]] : n == 2 ? &dec->two[u[0] << 8 | u[1]] : NULL;
	uint32_t c;

	if (slot != NULL && *slot != 0)
		return *slot;
	c = ask(dec->cd, s, n);
	if (slot != NULL && c != 0)
		*slot = c;
	return c;
}

/* What the escapes of ISO-2022-JP (RFC 1468) and of its kin in the field announce; EUC-JP has the same sets with the high bit set. */
static const struct shift {
	const char *escape;	/* behind ESC */
	size_t width;		/* octets of a character */
	const char *single;	/* what EUC-JP puts before it */
} shifts[] = {
	{ "(B", 0, "" },	/* ASCII, also what holds at the beginning */
	{ "(J", 0, "" },	/* JIS X 0201 Roman: two characters of it differ, and nobody means them */
	{ "$@", 2, "" }, { "$B", 2, "" },
	{ "$(D", 2, "\217" },	/* JIS X 0212 */
	{ "(I", 1, "\216" },	/* katakana of half width */
};

/* One character of ISO-2022-JP, or an escape (*c 0); returns its octets. */
static size_t
char_shift(struct decoder *dec, const char *s, size_t n, uint32_t *c)
{
	const struct shift *sh = dec->shift;
	char euc[4];
	size_t i, k;

	*c = (unsigned char)*s;
	if (*c == 033) {
		for (i = 0; i < ARRAY_LEN(shifts); i++) {
			k = strlen(shifts[i].escape);
			if (n <= k || memcmp(s + 1, shifts[i].escape, k) != 0)
				continue;
			dec->shift = &shifts[i];
			*c = 0;
			return k + 1;
		}
		return 1;
	}
	if (*c >= 0x80)
		*c = NO_CHAR;
	/* controls and blanks are themselves in every set; a line that ends without the escape back is in what it was in */
	if (*c == NO_CHAR || sh->width == 0 || *c <= 0x20 || *c == 0x7f)
		return 1;
	*c = NO_CHAR;
	if (n < sh->width)
		return n;
	k = strlen(sh->single);
	memcpy(euc, sh->single, k);
	for (i = 0; i < sh->width; i++) {
		if (s[i] <= 0x20 || s[i] == 0x7f || (unsigned char)s[i] >= 0x80)
			return 1;
		euc[k + i] = (char)(s[i] | 0x80);
	}
	*c = lookup(dec, euc, k + i);
	if (*c == 0)
		*c = NO_CHAR;
	return sh->width;
}

/* One character; returns its octets. */
static size_t
char_next(struct decoder *dec, const char *s, size_t n, uint32_t *c)
{
	size_t k;

	if (dec->wide != 0)
		return char16(s, n, dec->wide == 2, c);
	if (dec->shifts)
		return char_shift(dec, s, n, c);
	if ((unsigned char)*s < 0x80) {
		*c = (unsigned char)*s;
		return 1;
	}
	for (k = 1; k <= n && k <= MAX_CHAR; k++) {
		*c = lookup(dec, s, k);
		if (*c == NO_CHAR)
			return 1;
		if (*c != 0)
			return k;
	}
	*c = NO_CHAR;
	return 1;
}

static int
decoder_open(struct decoder *dec, const struct encoding *enc, struct err *e)
{
	memset(dec, 0, sizeof(*dec));
	dec->wide = enc->wide;
	dec->shifts = enc->shifts;
	dec->shift = &shifts[0];
	dec->cd = (iconv_t)-1;
	if (enc->wide != 0)
		return 0;
	dec->cd = iconv_open("UTF-32BE", enc->iconv);
	if (dec->cd == (iconv_t)-1)
		return err_set(e, ERR_SYSTEM, "this system's iconv has no %s", enc->iconv);
	dec->one = xcalloc(256, sizeof(*dec->one));
	dec->two = xcalloc(65536, sizeof(*dec->two));
	return 0;
}

static void
decoder_close(struct decoder *dec)
{
	if (dec->cd != (iconv_t)-1)
		iconv_close(dec->cd);
	free(dec->one);
	free(dec->two);
}

static int
decode_other(const char *name, const struct encoding *enc, const char *b, size_t n, size_t from, int lenient,
    struct strand *out, struct err *e)
{
	struct decoder dec;
	size_t i, k;
	uint32_t c, last = 0;
	int rc = 0;

	if (decoder_open(&dec, enc, e) != 0)
		return -1;
	for (i = from; i < n && rc == 0; i += k, last = c != 0 ? c : last) {
		k = char_next(&dec, b + i, n - i, &c);
		if (c == 0)
			continue;
		if (c != NO_CHAR)
			add_char(out, c, b + i, k, i, last);
		else if (lenient)
			strand_unit(out, REPLACEMENT, 3, i, k);
		else
			rc = err_set(e, ERR_INPUT, "%s: not valid %s at byte offset %zu (0x%02x)", name, enc->name, i,
			    (unsigned char)b[i]);
	}
	decoder_close(&dec);
	return rc;
}

/* ---- which encoding ------------------------------------------------------------------------------------------------------ */

/*
 * How much of a text is Japanese when read in that encoding: 0 when it is not valid, else per cent of its characters beyond
 * ASCII that are kana of full width. Japanese writes every second character in kana; what is read in the wrong encoding has few.
 */
static int
kana_share(const struct encoding *enc, const char *b, size_t n)
{
	struct decoder dec;
	size_t i, k, all = 0, kana = 0;
	uint32_t c;

	if (decoder_open(&dec, enc, NULL) != 0)
		return 0;
	for (i = 0; i < n; i += k) {
		k = char_next(&dec, b + i, n - i, &c);
		if (c == NO_CHAR)
			break;
		all += c >= 0x80;
		kana += c >= 0x3041 && c <= 0x30fe;
	}
	decoder_close(&dec);
	return i < n || all == 0 ? 0 : (int)(kana * 100 / all);
}

#define KANA_LEAST	20	/* per cent: below it, we do not call a text Japanese */
#define DECLARED_OCTETS	4096	/* a document with markup names its encoding in these */

static const struct encoding *find_name(const char *name);

/* What markup says of its encoding: <meta charset="...">, <?xml encoding="...">; NULL when it says nothing that we know. */
static const struct encoding *
declared(const char *b, size_t n)
{
	static const char *const keys[] = { "charset=", "encoding=" };
	char head[DECLARED_OCTETS + 1], name[32];
	const char *p;
	size_t i, k;

	n = n < DECLARED_OCTETS ? n : DECLARED_OCTETS;
	memcpy(head, b, n);
	head[n] = '\0';
	if (head[strspn(head, " \t\r\n")] != '<')
		return NULL;
	for (i = 0; i < ARRAY_LEN(keys); i++) {
		p = strcasestr(head, keys[i]);
		if (p == NULL)
			continue;
		p += strlen(keys[i]);
		p += strspn(p, "\"' ");
		k = strcspn(p, "\"' />;?");
		if (k >= sizeof(name))
			continue;
		memcpy(name, p, k);
		name[k] = '\0';
		return find_name(name);
	}
	return NULL;
}

/* Seven bits, and an escape that puts Japanese behind it. */
static int
has_shifts(const char *b, size_t n)
{
	const char *p, *end = b + n;
	size_t i;

	for (p = b; (p = memchr(p, 033, (size_t)(end - p))) != NULL; p++)
		if (end - p > 2 && (memcmp(p + 1, "$B", 2) == 0 || memcmp(p + 1, "$@", 2) == 0 || memcmp(p + 1, "(I", 2) == 0))
			break;
	if (p == NULL)
		return 0;
	for (i = 0; i < n && (unsigned char)b[i] < 0x80; i++)
		;
	return i == n;
}

static const struct encoding *
detect(const char *b, size_t n, size_t *bom)
{
	const struct encoding *said;
	int sjis, euc;

	*bom = 0;
	if (n >= 3 && memcmp(b, "\357\273\277", 3) == 0) {
		*bom = 3;
		return &encodings[ENC_UTF8];
	}
	if (n >= 2 && (memcmp(b, "\377\376", 2) == 0 || memcmp(b, "\376\377", 2) == 0)) {
		*bom = 2;
		return &encodings[b[0] == '\377' ? ENC_UTF16LE : ENC_UTF16BE];
	}
	if (has_shifts(b, n))
		return &encodings[ENC_JIS];
	if (memchr(b, '\0', n) != NULL || utf8_valid(b, n) == n)
		return &encodings[ENC_UTF8];
	said = declared(b, n);
	if (said != NULL && said != &encodings[ENC_UTF8] && said->wide == 0)
		return said;
	sjis = kana_share(&encodings[ENC_SJIS], b, n);
	euc = kana_share(&encodings[ENC_EUC], b, n);
	if (sjis < KANA_LEAST && euc < KANA_LEAST)
		return &encodings[ENC_UTF8];
	return &encodings[sjis > euc ? ENC_SJIS : ENC_EUC];
}

static const struct encoding *
find_name(const char *name)
{
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(encodings); i++) {
		const struct encoding *enc = &encodings[i];
		int hit = strcasecmp(enc->name, name) == 0;

		for (k = 0; k < ARRAY_LEN(enc->aliases) && enc->aliases[k] != NULL; k++)
			hit |= strcasecmp(enc->aliases[k], name) == 0;
		if (hit)
			return enc;
	}
	return NULL;
}

static const struct encoding *
named(const char *name, const char *b, size_t n, size_t *bom)
{
	const struct encoding *seen = detect(b, n, bom), *enc = find_name(name);

	/* "utf-16" with a mark: the mark says which end comes first */
	if (enc != NULL && enc->wide != 0 && seen->wide != 0)
		return seen;
	if (enc != seen)
		*bom = 0;
	return enc;
}

/* Control characters that no text has; a NUL is enough. */
static int
binary(const struct strand *st)
{
	size_t i, bad = 0;

	if (st->len > 0 && memchr(st->s, '\0', st->len) != NULL)
		return 1;
	for (i = 0; i < st->len; i++)
		if ((unsigned char)st->s[i] < 0x20)
			bad += st->s[i] != '\t' && st->s[i] != '\n' && st->s[i] != '\033';
	return bad > 8 && bad > st->len / 100;
}

int
encoding_known(const char *name, struct err *e)
{
	struct buf names = BUF_INIT(LIMIT_SMALL_FILE);
	size_t i;
	int rc;

	if (find_name(name) != NULL)
		return 0;
	for (i = 0; i < ARRAY_LEN(encodings); i++)
		buf_printf(&names, "%s%s", i > 0 ? ", " : "", encodings[i].name);
	rc = err_set(e, ERR_USAGE, "no encoding is called \"%s\" (%s)", name, buf_str(&names));
	buf_free(&names);
	return rc;
}

int
encoding_decode(const char *name, const char *bytes, size_t n, const struct doc_options *opt, struct strand *out,
    const char **encoding, struct err *e)
{
	const struct encoding *enc;
	size_t bom;
	int rc;

	memset(out, 0, sizeof(*out));
	if (opt->encoding != NULL)
		enc = named(opt->encoding, bytes, n, &bom);
	else
		enc = detect(bytes, n, &bom);
	if (enc == NULL)
		return encoding_known(opt->encoding, e);
	/* a NUL makes it binary whatever else it is; said before a complaint about its encoding */
	if (enc->wide == 0 && memchr(bytes, '\0', n) != NULL)
		return err_set(e, ERR_INPUT, "%s: this is binary, not text (a NUL octet)", name);
	if (enc == &encodings[ENC_UTF8])
		rc = decode_utf8(name, bytes, n, bom, opt->lenient, out, e);
	else
		rc = decode_other(name, enc, bytes, n, bom, opt->lenient, out, e);
	if (rc == 0 && binary(out))
		rc = err_set(e, ERR_INPUT, "%s: this is binary, not text (control characters)", name);
	if (rc != 0) {
		strand_free(out);
		return -1;
	}
	*encoding = enc->name;
	return 0;
}
