/* Recognisers of what has a host: URLs, e-mail addresses, domain names, addresses. */
#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#ifdef WITH_PSL
#include <idn2.h>
#endif

#include "convert/recognise.h"
#include "convert/values.h"

#define MAX_HOST	253	/* RFC 1035 2.3.4, without the final dot */
#define MAX_LABEL	63
#define MAX_LOCAL	64	/* RFC 5321 4.5.3.1.1 */

/* ---- hosts ------------------------------------------------------------------------------------------------------------ */

struct host {
	size_t start, end;
	size_t labels;
	size_t last;		/* where the last label begins */
	size_t before_last;	/* where the one before it begins */
	int wide;		/* characters beyond ASCII */
	int under;		/* '_' in one of the last two labels */
};

static int
label_char(char c)
{
	return rc_alnum(c) || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

/* Splits s[start, end), all of it, into labels. 0 when it cannot be a host. */
static int
host_split(const char *s, size_t start, size_t end, struct host *h)
{
	size_t i, label = start;

	memset(h, 0, sizeof(*h));
	h->start = start;
	h->end = end;
	if (end <= start || end - start > MAX_HOST)
		return 0;
	for (i = start; i <= end; i++) {
		if (i < end && s[i] != '.') {
			if (!label_char(s[i]))
				return 0;
			h->wide |= (unsigned char)s[i] >= 0x80;
			continue;
		}
		if (i == label || i - label > MAX_LABEL || s[label] == '-' || s[i - 1] == '-')
			return 0;
		h->before_last = h->last;
		h->last = label;
		h->labels++;
		label = i + 1;
	}
	h->under = h->labels >= 2 && memchr(s + h->before_last, '_', end - h->before_last) != NULL;
	return 1;
}

/* Is s[0..n) a top-level domain in its own script? */
static int
wide_tld(const char *s, size_t n)
{
#ifdef WITH_PSL
	char label[MAX_LABEL * 4 + 1], *ace = NULL;
	int is;

	if (n >= sizeof(label))
		return 0;
	memcpy(label, s, n);
	label[n] = '\0';
	if (idn2_to_ascii_8z(label, &ace, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
		return 0;
	is = value_tld(ace, strlen(ace));
	idn2_free(ace);
	return is;
#else
	(void)s;
	(void)n;
	return 0;
#endif
}

/* Is the host a name in the domain name system? 2: its last label also ends file names. */
static int
host_is_domain(const char *s, const struct host *h)
{
	if (h->labels < 2 || h->under)
		return 0;
	return (unsigned char)s[h->last] >= 0x80 ? wide_tld(s + h->last, h->end - h->last) : value_tld(s + h->last, h->end - h->last);
}

/* Its canonical form: lower case, A-labels; NULL when there is none. */
static const char *
host_canonical(struct scanner *sc, const struct host *h)
{
	const char *s = rc_lower(sc, sc->plain.s + h->start, h->end - h->start);
#ifdef WITH_PSL
	char *ace = NULL;

	if (!h->wide)
		return s;
	if (idn2_to_ascii_8z(s, &ace, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
		return NULL;
	s = arena_strdup(sc->d->arena, ace);
	idn2_free(ace);
	return s;
#else
	return h->wide ? NULL : s;
#endif
}

/* Four numbers of 0..255 without leading zeros, all of s[start, end). */
static int
is_ipv4(const char *s, size_t start, size_t end)
{
	size_t i = start, k;
	int part, v;

	for (part = 0; part < 4; part++) {
		for (v = 0, k = i; k < end && k - i < 3 && rc_digit(s[k]); k++)
			v = v * 10 + (s[k] - '0');
		if (k == i || v > 255 || (s[i] == '0' && k - i > 1))
			return 0;
		i = k;
		if (part < 3 && (i >= end || s[i++] != '.'))
			return 0;
	}
	return i == end;
}

/* The end of a port at `at` (":8080"), or `at`. */
static size_t
port_end(const struct scanner *sc, size_t at)
{
	size_t i = at + 1;

	if (rc_at(sc, at) != ':')
		return at;
	while (rc_digit(rc_at(sc, i)) && i - at <= 6)
		i++;
	return i > at + 1 && i - at <= 6 && !rc_alnum(rc_at(sc, i)) ? i : at;
}

/* ---- what follows a host ------------------------------------------------------------------------------------------------ */

enum { NO_PATH = 1, BRACKET = 2 };

/* Of the visible characters of ASCII those that no path or query holds unescaped (RFC 3986 2), and brackets. */
static const unsigned char odd[256] = {
	['<'] = NO_PATH, ['>'] = NO_PATH, ['"'] = NO_PATH, ['`'] = NO_PATH, ['|'] = NO_PATH, ['\\'] = NO_PATH, ['^'] = NO_PATH,
	['{'] = NO_PATH | BRACKET, ['}'] = NO_PATH | BRACKET, ['['] = NO_PATH | BRACKET, [']'] = NO_PATH | BRACKET,
	['('] = BRACKET, [')'] = BRACKET,
};

static int
path_char(char c)
{
	return (unsigned char)c > ' ' && (unsigned char)c < 0x7f && !(odd[(unsigned char)c] & NO_PATH);
}

/* Cuts what belongs to the sentence off the end of a URL. */
static size_t
trim_path(const char *s, size_t start, size_t end)
{
	static const char opening[] = "([{", shutting[] = ")]}";
	size_t i, open[3] = { 0 }, shut[3] = { 0 };
	const char *p;

	for (i = start; i < end; i++) {
		if (!(odd[(unsigned char)s[i]] & BRACKET))
			continue;
		if ((p = strchr(opening, s[i])) != NULL)
			open[p - opening]++;
		else
			shut[strchr(shutting, s[i]) - shutting]++;
	}
	while (end > start) {
		char c = s[end - 1];

		if ((p = strchr(shutting, c)) != NULL && shut[p - shutting] > open[p - shutting])
			shut[p - shutting]--;
		else if ((p = strchr(opening, c)) != NULL)
			open[p - opening]--;
		else if (strchr(".,;:!?'*~", c) == NULL)
			break;
		end--;
	}
	return end;
}

/* The end of path, query and fragment that begin at `at`, or `at`. */
static size_t
path_end(const struct scanner *sc, size_t at)
{
	const char *s = sc->plain.s;
	size_t i = at;
	int query = 0;

	if (strchr("/?#", rc_at(sc, at)) == NULL || rc_at(sc, at) == '\0')
		return at;
	for (; i < sc->plain.len && (path_char(s[i]) || (query && odd[(unsigned char)s[i]] & BRACKET)); i++) {
		query |= s[i] == '?';
		if ((s[i] == ',' || s[i] == ';') && i > at && strncasecmp(s + i + 1, "http", 4) == 0)
			break;
	}
	return trim_path(sc->plain.s, at, i);
}

/*
 * In a line of fields ("url,http://bad.example/a,C2") a comma ends the address that begins at `start` and would end at `end`.
 * Where it begins the line, only what cannot go on an address says that it is one of fields: a blank, more commas, one plain word.
 */
static size_t
cut_field(const struct scanner *sc, size_t start, size_t path, size_t end)
{
	const char *s = sc->plain.s, *comma = end > path ? memchr(s + path, ',', end - path) : NULL;
	size_t at = comma != NULL ? (size_t)(comma - s) : end, i = at + 1;
	char before = start > 0 ? s[start - 1] : '\n';

	if (comma == NULL || (before != ',' && before != '\n'))
		return end;
	while (rc_alnum(rc_at(sc, i)) && rc_alpha(rc_at(sc, at + 1)))
		i++;
	if (before == ',' || rc_at(sc, i) == ' ' || rc_at(sc, i) == ',' || (i > at + 2 && strchr("\n", rc_at(sc, i)) != NULL))
		return trim_path(s, path, at);
	return end;
}

/* An address that a quote stands before ends at the next one: get('http://bad.example/a')&run. */
static size_t
cut_quote(const struct scanner *sc, size_t start, size_t path, size_t end)
{
	const char *s = sc->plain.s, *quote = NULL;

	if (start > 0 && s[start - 1] == '\'' && end > path)
		quote = memchr(s + path, '\'', end - path);
	return quote != NULL ? trim_path(s, path, (size_t)(quote - s)) : end;
}

/* "a.example/b.example" names two hosts. */
static int
path_is_host(const struct scanner *sc, size_t at, size_t end)
{
	const char *s = sc->plain.s;
	struct host h;

	return end > at + 1 && (is_ipv4(s, at + 1, end) || (host_split(s, at + 1, end, &h) && host_is_domain(s, &h) == 1));
}

/* What follows a host, as RFC 3986 3.3 to 3.5 have it: what may not stand there ('%' without digits, a second '#') is encoded. */
static const char *
tail_text(struct scanner *sc, size_t from, size_t to)
{
	const char *s = sc->plain.s;
	const char *fragment = memchr(s + from, '#', to - from);
	char *out = arena_alloc(sc->d->arena, (to - from) * 3 + 1), *p = out;

	for (; from < to; from++)
		if (strchr("[]{}", s[from]) != NULL || (s[from] == '#' && s + from != fragment) ||
		    (s[from] == '%' && !(from + 2 < to && rc_hex(s[from + 1]) && rc_hex(s[from + 2]))))
			p += sprintf(p, "%%%02X", (unsigned)s[from]);
		else
			*p++ = s[from];
	*p = '\0';
	return out;
}

/* "192.0.2.1 on port 8080": the port that words behind `at` give, 0: none. */
static unsigned
worded_port(const struct scanner *sc, size_t at)
{
	const char *const *w;
	size_t from, k;

	while (rc_at(sc, at) == ' ' || rc_at(sc, at) == '(' || rc_at(sc, at) == ',')
		at++;
	for (w = sc->lang->ports; w != NULL && *w != NULL; w++) {
		if (strncasecmp(sc->plain.s + at, *w, strlen(*w)) != 0)
			continue;
		for (from = at + strlen(*w); rc_at(sc, from) == ' ' || rc_at(sc, from) == ':'; from++)
			;
		for (k = from; rc_digit(rc_at(sc, k)) && k - from < 6; k++)
			;
		if (k > from && k - from < 6 && !rc_alnum(rc_at(sc, k)) && atoi(sc->plain.s + from) <= UINT16_MAX)
			return (unsigned)atoi(sc->plain.s + from);
	}
	return 0;
}

/* A host that stands for itself, its port and path behind it: fills value, end and rule. */
static void
bare_host(struct scanner *sc, struct found *f, const char *host, const char *rule)
{
	size_t port = port_end(sc, f->end), path = rc_at(sc, port) == '#' ? port : cut_field(sc, f->start, port, path_end(sc, port));

	f->host = host;
	f->value = host;
	f->rule = rule;
	if (port > f->end && atoi(sc->plain.s + f->end + 1) <= UINT16_MAX)
		f->port = (unsigned)atoi(sc->plain.s + f->end + 1);
	if (path > port + 1 && !path_is_host(sc, port, path)) {
		f->value = arena_printf(sc->d->arena, "%s%s", host, tail_text(sc, f->end, path));
		f->rule = "url.no-scheme";
		f->end = path;
	} else if (path == port + 1 && rc_at(sc, port) == '/')
		f->end = path;
	else
		f->end = port;
	if (f->port == 0 && f->value == host)
		f->port = worded_port(sc, f->end);
}

/* ---- URLs ------------------------------------------------------------------------------------------------------------------ */

static const char *const schemes[] = {
	"https", "http", "ftps", "ftp", "sftp", "wss", "ws", "tcp", "udp", "ldaps", "ldap", "smb", "rtsp", "irc", "ssh", "socks5",
	"stratum",
};

/* The scheme that the word ends with; glued to words before it only when it is one of HTTP. */
static const char *
scheme_of(const char *s, const struct word *w)
{
	size_t i, n, len = w->end - w->start;

	for (i = 0; i < ARRAY_LEN(schemes); i++) {
		n = strlen(schemes[i]);
		if (len >= n && strncasecmp(s + w->end - n, schemes[i], n) == 0 && (len == n || i < 2 || !rc_alnum(s[w->end - n - 1])))
			return schemes[i];
	}
	return NULL;
}

/*
 * The end of the host that begins at `at`. A label is of one script: "例え.example" is a host, in "a.exampleを" the host ends
 * before を. Letters of the Latin, Greek and Cyrillic alphabets go with ASCII.
 */
static size_t
url_host_end(const struct scanner *sc, size_t at)
{
	const char *s = sc->plain.s;
	size_t i = at, label = at;
	uint32_t cp = 0;

	while (i < sc->plain.len && i - at <= MAX_HOST * 4) {
		int n = utf8_decode(s + i, sc->plain.len - i, &cp);

		if (n == 0)
			break;
		if (s[i] == '.') {
			label = i + 1;
		} else if (cp >= 0x80) {
			int alphabet = (cp >= 0xc0 && cp <= 0x24f) || (cp >= 0x370 && cp <= 0x52f);
			int letter = alphabet || (cp >= 0x530 && cp < 0x2000) || (cp >= 0x3041 && cp <= 0x3096) ||
			    (cp >= 0x30a1 && cp <= 0x30fe) || (cp >= 0x3400 && cp <= 0x9fff) || (cp >= 0xac00 && cp <= 0xd7a3);

			if (!letter || (!alphabet && i > label && (unsigned char)s[label] < 0x80))
				break;
		} else if (!label_char(s[i]) || (i > label && (unsigned char)s[label] >= 0xe0))
			break;
		i += (size_t)n;
	}
	/* what follows a dot and is no ASCII is the sentence, when the host is complete without it */
	while (i > at && (s[i - 1] == '.' || s[i - 1] == '-' || s[i - 1] == '_'))
		i--;
	return i;
}

/* Where user:password@ ends, or at. */
static size_t
userinfo_end(const struct scanner *sc, size_t at)
{
	size_t i;

	for (i = at; i - at < 128 && path_char(rc_at(sc, i)) && strchr("/?#", rc_at(sc, i)) == NULL; i++)
		if (rc_at(sc, i) == '@')
			return i + 1;
	return at;
}

/* The host of a URL at `at`: canonical, *end behind it; NULL when it is none that anybody could visit. */
static const char *
url_host(struct scanner *sc, size_t at, size_t *end)
{
	const char *s = sc->plain.s;
	struct in6_addr a6;
	struct host h;
	char *text;
	size_t z;

	if (rc_at(sc, at) == '[') {
		for (z = at + 1; z - at < INET6_ADDRSTRLEN && (rc_hex(rc_at(sc, z)) || strchr(":.", rc_at(sc, z)) != NULL) &&
		    rc_at(sc, z) != '\0'; z++)
			;
		text = rc_lower(sc, s + at + 1, z - at - 1);
		if (rc_at(sc, z) != ']' || inet_pton(AF_INET6, text, &a6) != 1)
			return NULL;
		*end = z + 1;
		return value_never_address(text) ? NULL : text;
	}
	z = url_host_end(sc, at);
	*end = z;
	if (is_ipv4(s, at, z)) {
		text = rc_lower(sc, s + at, z - at);
		return value_never_address(text) ? NULL : text;
	}
	/* what ends in digits and is no address is no host (RFC 1123 2.1) */
	if (!host_split(s, at, z, &h) || strspn(s + h.last, "0123456789") >= h.end - h.last)
		return NULL;
	/* somebody pasted a URL behind a scheme that was there already: as it was published */
	if (h.labels == 1)
		return strncmp(s + z, "://", 3) == 0 && rc_alnum(rc_at(sc, z + 3)) ? host_canonical(sc, &h) : NULL;
	return host_canonical(sc, &h);
}

static size_t
url_tail(const struct scanner *sc, size_t host_end)
{
	size_t end = port_end(sc, host_end), i = host_end;

	if (rc_at(sc, host_end) != ':' || end > host_end)
		return path_end(sc, end);
	if (strncmp(sc->plain.s + host_end, "://", 3) != 0)
		return host_end;
	while (path_char(rc_at(sc, i)))
		i++;
	return trim_path(sc->plain.s, host_end, i);
}

int
find_url(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s, *scheme = scheme_of(s, w), *host, *user;
	size_t at = w->end + 3, host_end = at, host_start;

	(void)k;
	if (scheme == NULL || strncmp(s + w->end, "://", 3) != 0)
		return 0;
	f->start = w->end - strlen(scheme);
	host_start = userinfo_end(sc, at);
	host = url_host(sc, host_start, &host_end);
	f->end = cut_quote(sc, f->start, host_end, cut_field(sc, f->start, host_end, url_tail(sc, host_end)));
	if (host == NULL || value_never_host(host) == 1) {
		for (; path_char(rc_at(sc, f->end)); f->end++)
			;
		return 2;
	}
	user = arena_strndup(sc->d->arena, s + at, host_start - at);
	f->host = host;
	f->rule = "url";
	f->value = arena_printf(sc->d->arena, "%s://%s%s%s%s%s", scheme, user, s[host_start] == '[' ? "[" : "", host,
	    s[host_start] == '[' ? "]" : "", tail_text(sc, host_end, f->end));
	if (strncmp(s + host_end, "://", 3) == 0)
		scan_notice(sc->d, sc->f, plain_view(&sc->plain, f->start, 0), "double-scheme", "a URL with two schemes");
	return 1;
}

/* ---- e-mail ---------------------------------------------------------------------------------------------------------------- */

int
find_email(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s;
	size_t at = w->end, end;
	struct host h;

	(void)k;
	while (at - w->start <= MAX_LOCAL && (rc_alnum(rc_at(sc, at)) || strchr("._%+-", rc_at(sc, at)) != NULL) && rc_at(sc, at) != '\0')
		at++;
	if (rc_at(sc, at) != '@' || at - w->start > MAX_LOCAL)
		return 0;
	for (end = at + 1; rc_alnum(rc_at(sc, end)) || rc_at(sc, end) == '.' || rc_at(sc, end) == '-'; end++)
		;
	while (end > at + 1 && !rc_alnum(s[end - 1]))
		end--;
	if (rc_at(sc, end) == '@' || !host_split(s, at + 1, end, &h) || host_is_domain(s, &h) == 0)
		return 0;
	f->end = end;
	f->host = host_canonical(sc, &h);
	if (f->host == NULL || value_never_host(f->host) == 1)
		return 2;
	f->value = arena_printf(sc->d->arena, "%.*s@%s", (int)(at - w->start), s + w->start, f->host);
	f->rule = "email";
	return 1;
}

/* ---- addresses --------------------------------------------------------------------------------------------------------------- */

/* Do digits and a colon stand before the word? Then it is the rest of something longer. */
static int
goes_on(const struct scanner *sc, const struct word *w)
{
	return w->start >= 2 && sc->plain.s[w->start - 1] == ':' && rc_alnum(sc->plain.s[w->start - 2]);
}

int
find_mac(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s;
	char sep = s[w->start + 2 < sc->plain.len ? w->start + 2 : w->start];
	char *v;
	size_t i;

	(void)k;
	if ((sep != ':' && sep != '-') || w->start + 17 > sc->plain.len || goes_on(sc, w))
		return 0;
	for (i = 0; i < 17; i++)
		if (i % 3 == 2 ? s[w->start + i] != sep : !rc_hex(s[w->start + i]))
			return 0;
	f->end = w->start + 17;
	if (rc_alnum(rc_at(sc, f->end)) || rc_at(sc, f->end) == sep)
		return 0;
	v = rc_lower(sc, s + w->start, 17);
	for (i = 2; i < 17; i += 3)
		v[i] = ':';
	f->value = v;
	f->rule = "mac";
	return 1;
}

/* "[2001:db8::1]:443" (RFC 3986 3.2.2): takes brackets and port into f. */
static void
bracketed_port(const struct scanner *sc, const struct word *w, struct found *f)
{
	size_t end;

	if (w->start == 0 || sc->plain.s[w->start - 1] != '[' || rc_at(sc, f->end) != ']')
		return;
	end = port_end(sc, f->end + 1);
	if (end == f->end + 1 || atoi(sc->plain.s + f->end + 2) > UINT16_MAX)
		return;
	f->host = f->value;
	f->port = (unsigned)atoi(sc->plain.s + f->end + 2);
	f->start = w->start - 1;
	f->end = end;
}

int
find_ipv6(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s;
	size_t i = w->start, groups = 0;
	struct in6_addr a;
	char text[INET6_ADDRSTRLEN];
	char *raw;

	(void)k;
	while (i - w->start < INET6_ADDRSTRLEN && (rc_hex(rc_at(sc, i)) || rc_at(sc, i) == ':' || rc_at(sc, i) == '.'))
		i++;
	while (i > w->start && (s[i - 1] == '.' || (s[i - 1] == ':' && (i < w->start + 2 || s[i - 2] != ':'))))
		i--;
	if (i < w->end || rc_alnum(rc_at(sc, i)) || goes_on(sc, w) || i - w->start >= INET6_ADDRSTRLEN)
		return 0;
	raw = rc_lower(sc, s + w->start, i - w->start);
	if (inet_pton(AF_INET6, raw, &a) != 1)
		return 0;
	for (f->end = w->start; f->end < i; f->end++)
		groups += s[f->end] != ':' && (f->end == w->start || s[f->end - 1] == ':');
	/* "ad::be" is no address that anybody writes: a global one begins with 2 or 3 and four digits, or is long */
	if (groups < 3 && !((raw[0] == '2' || raw[0] == '3') && strcspn(raw, ":") == 4))
		return 0;
	inet_ntop(AF_INET6, &a, text, sizeof(text));
	f->end = i;
	f->value = arena_strdup(sc->d->arena, text);
	f->rule = "ipv6";
	if (rc_at(sc, i) == '/' && rc_digit(rc_at(sc, i + 1))) {
		size_t z = i + 1;

		while (rc_digit(rc_at(sc, z)) && z - i < 4)
			z++;
		if (atoi(s + i + 1) <= 128 && !rc_alnum(rc_at(sc, z))) {
			if (atoi(s + i + 1) < 128)
				f->value = arena_printf(sc->d->arena, "%s/%d", text, atoi(s + i + 1));
			f->rule = "ipv6.network";
			f->end = z;
		}
	} else
		bracketed_port(sc, w, f);
	return value_never_address(f->value) ? 2 : 1;
}

/* Do blanks and one of the words stand at `at`? */
static int
before_word(const struct scanner *sc, size_t at, const char *const *words)
{
	while (rc_at(sc, at) == ' ' || rc_at(sc, at) == ',')
		at++;
	for (; words != NULL && *words != NULL; words++)
		if (strncasecmp(sc->plain.s + at, *words, strlen(*words)) == 0)
			return 1;
	return 0;
}

#define LOOK_BACK	160	/* octets of the line before a number that may call it a version */

#define SURE_WORD	7	/* octets of a word that speaks of versions wherever it stands in front of a number */

static int
is_sure_word(const char *word)
{
	return strlen(word) >= SURE_WORD && strchr(word, ' ') == NULL;
}

void
hosts_begin(struct scanner *sc)
{
	const char *const *w;

	for (w = sc->lang->versions; w != NULL && *w != NULL; w++)
		if (is_sure_word(*w))
			sc->version_octets[(unsigned char)**w & 0xdf] = 1;
}

/* Is the talk of versions before `at`, in its line? Only words long enough to be sure count. */
static int
after_version(const struct scanner *sc, size_t at)
{
	const char *s = sc->plain.s;
	const char *const *w;
	size_t i;

	for (i = at; i > 0 && at - i < LOOK_BACK && s[i - 1] != '\n'; i--) {
		if (!sc->version_octets[(unsigned char)s[i - 1] & 0xdf] || (i > 1 && rc_alnum(s[i - 2])))
			continue;
		for (w = sc->lang->versions; *w != NULL; w++)
			if (is_sure_word(*w) && strlen(*w) <= at - i + 1 && strncasecmp(s + i - 1, *w, strlen(*w)) == 0)
				return 1;
	}
	return 0;
}

/* Numbers of a version or a section: behind a word that says so, behind a product's name, before a heading's words. */
static int
is_version(const struct scanner *sc, const struct word *w)
{
	const char *s = sc->plain.s;
	size_t i = w->start, b;
	int small = 1, v = 0;

	if (rc_after_word(sc, w->start, sc->lang->versions) || before_word(sc, w->end, sc->lang->versions_after) || after_version(sc, i))
		return 1;
	if (i >= 2 && s[i - 1] == ' ' && rc_alnum(s[i - 2]) && !rc_after_word(sc, i, sc->lang->addresses)) {
		for (b = i - 1; b > 0 && (rc_alnum(s[b - 1]) || s[b - 1] == '-' || s[b - 1] == '.'); b--)
			;
		if (s[b] >= 'A' && s[b] <= 'Z')
			return 1;
	}
	for (b = i; b < w->end; b++) {
		v = rc_digit(s[b]) ? v * 10 + (s[b] - '0') : 0;
		small &= v < 32;
	}
	return small && (i == 0 || s[i - 1] == '\n') && rc_at(sc, w->end) == ' ' && rc_alpha(rc_at(sc, w->end + 1));
}

/* "192.0.2.9-192.0.2.20" is one word. */
static int
find_range(struct scanner *sc, const struct word *w, struct found *f)
{
	const char *s = sc->plain.s, *dash = memchr(s + w->start, '-', w->end - w->start);
	size_t at = dash != NULL ? (size_t)(dash - s) : 0;
	unsigned char from[4], to[4];
	const char *a, *b;

	if (dash == NULL || !is_ipv4(s, w->start, at) || !is_ipv4(s, at + 1, w->end))
		return 0;
	a = arena_strndup(sc->d->arena, s + w->start, at - w->start);
	b = arena_strndup(sc->d->arena, dash + 1, w->end - at - 1);
	if (inet_pton(AF_INET, a, from) != 1 || inet_pton(AF_INET, b, to) != 1 || memcmp(from, to, sizeof(from)) >= 0)
		return 0;
	if (value_never_address(a) || value_never_address(b) || (!plain_edited(&sc->plain, w->start, w->end) && is_version(sc, w)))
		return 2;
	f->value = arena_printf(sc->d->arena, "%s-%s", a, b);
	f->rule = "ipv4.range";
	return 1;
}

int
find_ipv4(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s, *ip;
	size_t z;

	(void)k;
	if (!rc_digit(s[w->start]))
		return 0;
	if (w->has & HAS_DASH)
		return find_range(sc, w, f);
	if (!is_ipv4(s, w->start, w->end))
		return 0;
	ip = arena_strndup(sc->d->arena, s + w->start, w->end - w->start);
	if (!plain_edited(&sc->plain, w->start, w->end) && is_version(sc, w))
		return 2;
	for (z = w->end + 1; rc_digit(rc_at(sc, z)) && z - w->end < 3; z++)
		;
	if (rc_at(sc, w->end) == '/' && z > w->end + 1 && !rc_alnum(rc_at(sc, z)) && rc_at(sc, z) != '.' && rc_at(sc, z) != '/' &&
	    atoi(s + w->end + 1) <= 32) {
		f->value = atoi(s + w->end + 1) == 32 ? ip : arena_printf(sc->d->arena, "%s/%d", ip, atoi(s + w->end + 1));
		f->rule = "ipv4.network";
		f->host = f->value == ip ? ip : NULL;
		f->end = z;
		return value_never_address(f->value) ? 2 : 1;
	}
	bare_host(sc, f, ip, "ipv4");
	return value_never_address(ip) ? 2 : 1;
}

/* ---- domain names --------------------------------------------------------------------------------------------------------------- */

/* What the names of detections begin with. */
static const char *const detection_heads[] = {
	"win", "w32", "w64", "win32", "win64", "gen", "generic", "trojan", "backdoor", "heur", "pua", "pup", "html", "js", "vbs", "doc",
	"xls", "pdf", "rtf", "andr", "android", "osx", "unix", "linux", "java", "txt", "auto", "behaveslike", "malware", "artemis",
	"variant", "email", "ole", "xml", "php", "ps1", "lnk", "img", "worm", "ransom", "adware", "application", "packed", "exploit",
};

static int
is_detection(const char *s, const struct host *h)
{
	size_t i, n = 0;

	if (s[h->start] < 'A' || s[h->start] > 'Z' || h->labels < 3)
		return 0;
	while (s[h->start + n] != '.')
		n++;
	for (i = 0; i < ARRAY_LEN(detection_heads); i++)
		if (strlen(detection_heads[i]) == n && strncasecmp(s + h->start, detection_heads[i], n) == 0)
			return 1;
	return 0;
}

/*
 * Is it the top of names outside the domain name system (RFC 7686 2, and roots that malware uses)? All but the first are words or
 * ends of file names too: they have to be written defanged.
 */
static int
other_root(const char *s, size_t n, int edited)
{
	static const char *const roots[] = { "onion", "i2p", "bazar", "bit", "coin", "emc", "eth", "lib", "loki" };
	size_t i;

	for (i = 0; i < (edited ? ARRAY_LEN(roots) : 1); i++)
		if (strlen(roots[i]) == n && strncasecmp(s, roots[i], n) == 0)
			return 1;
	return 0;
}

int
find_domain(struct scanner *sc, const struct word *w, const struct kind *k, struct found *f)
{
	const char *s = sc->plain.s, *host;
	struct host h;
	int tld, edited;

	(void)k;
	if (!host_split(s, w->start, w->end, &h))
		return 0;
	edited = plain_edited(&sc->plain, w->start, w->end);
	tld = host_is_domain(s, &h);
	if (tld == 0 && h.labels >= 2)
		tld = other_root(s + h.last, h.end - h.last, edited);
	if (tld == 0 || (tld == 2 && h.labels == 2 && !edited))
		return 0;
	if (!edited && (is_detection(s, &h) || rc_at(sc, w->end) == '(' || rc_at(sc, w->end) == '\\' ||
	    (w->start > 0 && strchr("/\\@$", s[w->start - 1]) != NULL)))
		return 2;
	/* "joe%40bad.example": its first two octets are those of another character */
	if (w->start > 0 && s[w->start - 1] == '%' && rc_hex(s[w->start]) && rc_hex(s[w->start + 1]))
		return 2;
	host = host_canonical(sc, &h);
	if (host == NULL)
		return 0;
	/* a name of a service: "_dmarc.bad.example" */
	if (w->start > 0 && s[w->start - 1] == '_' && (w->start == 1 || strchr(" \t\n\"'`|,;", s[w->start - 2]) != NULL)) {
		host = arena_printf(sc->d->arena, "_%s", host);
		f->start--;
	}
	bare_host(sc, f, host, "domain");
	return value_never_host(host) == 1 ? 2 : 1;
}
