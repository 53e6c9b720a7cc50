/* The formats of JSON Schema Validation section 7.3. Each check reads s[0..n), valid UTF-8, and returns 1 or 0. */
#include <string.h>

#include "json/engine.h"

/* What is left to read. */
struct rest {
	const char *s, *end;
};

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
is_hex(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static int
is_alnum(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static int
take(struct rest *r, char c)
{
	if (r->s == r->end || *r->s != c)
		return 0;
	r->s++;
	return 1;
}

static int
take_any(struct rest *r, const char *set)
{
	if (r->s == r->end || *r->s == '\0' || strchr(set, *r->s) == NULL)
		return 0;
	r->s++;
	return 1;
}

/* Exactly n digits. */
static int
number(struct rest *r, int n, int *out)
{
	*out = 0;
	for (; n > 0; n--) {
		if (r->s == r->end || !is_digit(*r->s))
			return 0;
		*out = *out * 10 + (*r->s++ - '0');
	}
	return 1;
}

/* One digit or more. */
static int
digits(struct rest *r)
{
	const char *from = r->s;

	while (r->s < r->end && is_digit(*r->s))
		r->s++;
	return r->s > from;
}

/* ---- times (RFC 3339) ---------------------------------------------------------------------------------------------------- */

static int
read_date(struct rest *r)
{
	struct stamp t;
	int y, m, d;

	return number(r, 4, &y) && take(r, '-') && number(r, 2, &m) && take(r, '-') && number(r, 2, &d) &&
	    m >= 1 && m <= 12 && d >= 1 && d <= 31 && stamp_date(y == 0 ? 400 : y, m, d, &t) == 0;
}

static int
read_time(struct rest *r)
{
	int h, m, s, oh = 0, om = 0, sign = 0;

	if (!number(r, 2, &h) || !take(r, ':') || !number(r, 2, &m) || !take(r, ':') || !number(r, 2, &s) || h > 23 || m > 59 ||
	    s > 60 || (take(r, '.') && !digits(r)))
		return 0;
	if (!take_any(r, "zZ")) {
		sign = take(r, '+') ? 1 : take(r, '-') ? -1 : 0;
		if (sign == 0 || !number(r, 2, &oh) || !take(r, ':') || !number(r, 2, &om) || oh > 23 || om > 59)
			return 0;
	}
	/* Section 5.7: a leap second ends a day of UTC. */
	return s < 60 || ((h * 60 + m) - sign * (oh * 60 + om) + 2880) % 1440 == 1439;
}

static int
is_date(const char *s, size_t n)
{
	struct rest r = { s, s + n };

	return read_date(&r) && r.s == r.end;
}

static int
is_time(const char *s, size_t n)
{
	struct rest r = { s, s + n };

	return read_time(&r) && r.s == r.end;
}

static int
is_date_time(const char *s, size_t n)
{
	struct rest r = { s, s + n };

	return read_date(&r) && take_any(&r, "tT") && read_time(&r) && r.s == r.end;
}

/* Units in their order, each at most once, no gap between the first and the last (RFC 3339 appendix A). */
static int
read_units(struct rest *r, const char *units)
{
	const char *u;
	int n = 0;

	while (r->s < r->end && is_digit(*r->s)) {
		digits(r);
		u = r->s < r->end ? strchr(units, *r->s) : NULL;
		if (u == NULL || *r->s == '\0' || (n > 0 && u != units))
			return -1;
		r->s++;
		units = u + 1;
		n++;
	}
	return n;
}

static int
is_duration(const char *s, size_t n)
{
	struct rest r = { s, s + n }, week;
	int date, time = 0;

	if (!take(&r, 'P'))
		return 0;
	week = r;
	if (digits(&week) && take(&week, 'W'))
		return week.s == week.end;
	date = read_units(&r, "YMD");
	if (date >= 0 && take(&r, 'T')) {
		time = read_units(&r, "HMS");
		if (time == 0)
			return 0;
	}
	return date >= 0 && time >= 0 && date + time > 0 && r.s == r.end;
}

/* ---- addresses ------------------------------------------------------------------------------------------------------------ */

static int
is_ipv4(const char *s, size_t n)
{
	struct rest r = { s, s + n };
	const char *from;
	int i, v;

	for (i = 0; i < 4; i++) {
		if (i > 0 && !take(&r, '.'))
			return 0;
		from = r.s;
		for (v = 0; r.s < r.end && is_digit(*r.s) && r.s - from < 3; r.s++)
			v = v * 10 + (*r.s - '0');
		if (r.s == from || v > 255 || (*from == '0' && r.s - from > 1))
			return 0;
	}
	return r.s == r.end;
}

static int
is_ipv6(const char *s, size_t n)
{
	struct rest r = { s, s + n };
	const char *from;
	int groups = 0, gap = 0;

	if (n >= 2 && s[0] == ':' && s[1] != ':')
		return 0;
	while (r.s < r.end) {
		if (r.end - r.s >= 2 && r.s[0] == ':' && r.s[1] == ':') {
			if (gap++)
				return 0;
			r.s += 2;
			continue;
		}
		if (groups > 0 && r.s[-1] != ':' && !take(&r, ':'))
			return 0;
		if (groups <= 6 && is_ipv4(r.s, (size_t)(r.end - r.s))) {
			groups += 2;
			r.s = r.end;
			break;
		}
		for (from = r.s; r.s < r.end && is_hex(*r.s) && r.s - from < 4; r.s++)
			;
		if (r.s == from)
			return 0;
		groups++;
	}
	return gap ? groups <= 7 : groups == 8;
}

static int
is_label(const char *s, size_t n)
{
	size_t i;

	if (n < 1 || n > 63 || s[0] == '-' || s[n - 1] == '-')
		return 0;
	for (i = 0; i < n; i++)
		if (!is_alnum(s[i]) && s[i] != '-')
			return 0;
	return 1;
}

/* RFC 1123 section 2.1. */
static int
is_hostname(const char *s, size_t n)
{
	const char *end = s + n, *dot;

	if (n > 253)
		return 0;
	for (;;) {
		dot = memchr(s, '.', (size_t)(end - s));
		if (dot == NULL)
			return is_label(s, (size_t)(end - s));
		if (!is_label(s, (size_t)(dot - s)))
			return 0;
		s = dot + 1;
	}
}

/* A label with letters of any script: not a full IDNA 2008 check, but none of ASCII's other characters, no hyphen outside. */
static int
is_idn_label(const char *s, size_t n)
{
	size_t i;

	if (n < 1 || utf8_count(s, n) > 63 || s[0] == '-' || s[n - 1] == '-')
		return 0;
	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x80 && !is_alnum(s[i]) && s[i] != '-')
			return 0;
	return n < 4 || s[2] != '-' || s[3] != '-' || is_label(s, n);
}

/* The dots of UTS 46 separate labels too. */
static int
is_idn_hostname(const char *s, size_t n)
{
	const char *end = s + n, *from = s;
	uint32_t cp;
	int len;

	for (; s < end; s += len) {
		len = utf8_decode(s, (size_t)(end - s), &cp);
		if (len == 0)
			return 0;
		if (cp != '.' && cp != 0x3002 && cp != 0xff0e && cp != 0xff61)
			continue;
		if (!is_idn_label(from, (size_t)(s - from)))
			return 0;
		from = s + len;
	}
	return is_idn_label(from, (size_t)(end - from)) && n <= 1012;
}

/* RFC 5321 section 4.1.2; wide: RFC 6531, letters of any script. */
static int
mailbox(const char *s, size_t n, int wide)
{
	static const char atext[] = "!#$%&'*+/=?^_`{|}~-";
	const char *at = n > 0 ? memrchr(s, '@', n) : NULL, *p;
	size_t rest;

	if (at == NULL || at == s || at - s > 64 * (wide ? 4 : 1))
		return 0;
	if (s[0] == '"') {
		for (p = s + 1; p < at - 1; p++)
			if ((*p == '\\' && ++p == at - 1) || *p == '"' || (unsigned char)*p < 0x20 || (!wide && (unsigned char)*p > 0x7e))
				return 0;
		if (p != at - 1 || *p != '"')
			return 0;
	} else {
		for (p = s; p < at; p++)
			if (*p == '.' ? p == s || p == at - 1 || p[1] == '.' : !is_alnum(*p) && !strchr(atext, *p) &&
			    !(wide && (unsigned char)*p >= 0x80))
				return 0;
	}
	rest = n - (size_t)(at + 1 - s);
	if (rest > 2 && at[1] == '[' && at[rest] == ']') {
		if (rest > 7 && strncasecmp(at + 2, "IPv6:", 5) == 0)
			return is_ipv6(at + 7, rest - 7);
		return is_ipv4(at + 2, rest - 2);
	}
	return wide ? is_idn_hostname(at + 1, rest) : is_hostname(at + 1, rest);
}

static int
is_email(const char *s, size_t n)
{
	return mailbox(s, n, 0);
}

static int
is_idn_email(const char *s, size_t n)
{
	return mailbox(s, n, 1);
}

/* ---- URIs (RFC 3986, RFC 3987) ---------------------------------------------------------------------------------------------- */

/* Characters of a URI part: unreserved, escapes, those in `more`; wide: letters beyond ASCII. */
static int
uri_part(const char *s, const char *end, const char *more, int wide)
{
	for (; s < end; s++) {
		if (*s == '%') {
			if (end - s < 3 || !is_hex(s[1]) || !is_hex(s[2]))
				return 0;
			s += 2;
		} else if ((unsigned char)*s >= 0x80) {
			if (!wide)
				return 0;
		} else if (!is_alnum(*s) && (*s == '\0' || (strchr("-._~", *s) == NULL && strchr(more, *s) == NULL))) {
			return 0;
		}
	}
	return 1;
}

static int
authority(const char *s, const char *end, int wide)
{
	const char *at = memchr(s, '@', (size_t)(end - s)), *port;

	if (at != NULL && !uri_part(s, at, "!$&'()*+,;=:", wide))
		return 0;
	s = at != NULL ? at + 1 : s;
	if (s < end && *s == '[') {
		port = memchr(s, ']', (size_t)(end - s));
		if (port == NULL || (!is_ipv6(s + 1, (size_t)(port - s - 1)) &&
		    !(s[1] == 'v' && uri_part(s + 1, port, "!$&'()*+,;=:", 0))))
			return 0;
		s = port + 1;
		if (s < end && *s != ':')
			return 0;
	}
	port = memchr(s, ':', (size_t)(end - s));
	if (!uri_part(s, port != NULL ? port : end, "!$&'()*+,;=", wide))
		return 0;
	for (port = port != NULL ? port + 1 : end; port < end; port++)
		if (!is_digit(*port))
			return 0;
	return 1;
}

static const char *
first_of(const char *s, const char *end, const char *set)
{
	while (s < end && (*s == '\0' || strchr(set, *s) == NULL))
		s++;
	return s;
}

static int
uri_reference(const char *s, size_t n, int absolute, int wide)
{
	const char *end = s + n, *p = first_of(s, end, ":/?#");
	int scheme = 0;

	if (p < end && *p == ':' && p > s) {
		if (is_digit(*s) || !is_alnum(*s) || !uri_part(s, p, "+", 0) || memchr(s, '_', (size_t)(p - s)) != NULL ||
		    memchr(s, '~', (size_t)(p - s)) != NULL || memchr(s, '%', (size_t)(p - s)) != NULL)
			return 0;
		s = p + 1;
		scheme = 1;
	} else if (p < end && *p == ':') {
		return 0;
	}
	if (absolute && !scheme)
		return 0;
	if (end - s >= 2 && s[0] == '/' && s[1] == '/') {
		p = first_of(s + 2, end, "/?#");
		if (!authority(s + 2, p, wide))
			return 0;
		s = p;
	}
	p = first_of(s, end, "?#");
	if (!uri_part(s, p, "!$&'()*+,;=:@/", wide))
		return 0;
	if (p < end && *p == '?') {
		s = p + 1;
		p = first_of(s, end, "#");
		if (!uri_part(s, p, "!$&'()*+,;=:@/?", wide))
			return 0;
	}
	return p == end || uri_part(p + 1, end, "!$&'()*+,;=:@/?", wide);
}

static int
is_uri(const char *s, size_t n)
{
	return uri_reference(s, n, 1, 0);
}

static int
is_uri_reference(const char *s, size_t n)
{
	return uri_reference(s, n, 0, 0);
}

static int
is_iri(const char *s, size_t n)
{
	return uri_reference(s, n, 1, 1);
}

static int
is_iri_reference(const char *s, size_t n)
{
	return uri_reference(s, n, 0, 1);
}

/* A variable of RFC 6570 section 2.3 with its modifier. */
static int
template_variable(struct rest *r)
{
	const char *from = r->s;
	int n;

	while (r->s < r->end && (is_alnum(*r->s) || *r->s == '_' || (*r->s == '.' && r->s > from) || *r->s == '%')) {
		if (*r->s == '%' && (r->end - r->s < 3 || !is_hex(r->s[1]) || !is_hex(r->s[2])))
			return 0;
		r->s += *r->s == '%' ? 3 : 1;
	}
	if (r->s == from || r->s[-1] == '.')
		return 0;
	if (take(r, ':')) {
		for (n = 0; r->s < r->end && is_digit(*r->s); n++)
			r->s++;
		return n >= 1 && n <= 4;
	}
	take(r, '*');
	return 1;
}

static int
is_uri_template(const char *s, size_t n)
{
	struct rest r = { s, s + n };

	while (r.s < r.end) {
		if (take(&r, '{')) {
			take_any(&r, "+#./;?&=,!@|");
			do {
				if (!template_variable(&r))
					return 0;
			} while (take(&r, ','));
			if (!take(&r, '}'))
				return 0;
		} else if (*r.s == '%') {
			if (r.end - r.s < 3 || !is_hex(r.s[1]) || !is_hex(r.s[2]))
				return 0;
			r.s += 3;
		} else if ((unsigned char)*r.s <= 0x20 || strchr("\"'<>\\^`|}", *r.s) != NULL) {
			return 0;
		} else {
			r.s++;
		}
	}
	return 1;
}

/* ---- the rest ----------------------------------------------------------------------------------------------------------- */

static int
is_json_pointer(const char *s, size_t n)
{
	size_t i;

	if (n > 0 && s[0] != '/')
		return 0;
	for (i = 0; i < n; i++)
		if (s[i] == '~' && (i + 1 == n || (s[i + 1] != '0' && s[i + 1] != '1')))
			return 0;
	return 1;
}

static int
is_relative_json_pointer(const char *s, size_t n)
{
	struct rest r = { s, s + n };

	if (!digits(&r) || (s[0] == '0' && r.s - s > 1))
		return 0;
	if (take(&r, '#'))
		return r.s == r.end;
	return is_json_pointer(r.s, (size_t)(r.end - r.s));
}

static int
is_regex(const char *s, size_t n)
{
	struct regex *re = regex_new(s, n, NULL);

	regex_free(re);
	return re != NULL;
}

static const struct { const char *name; format_fn *fn; } formats[] = {
	{ "date-time", is_date_time }, { "date", is_date }, { "time", is_time }, { "duration", is_duration },
	{ "email", is_email }, { "idn-email", is_idn_email }, { "hostname", is_hostname }, { "idn-hostname", is_idn_hostname },
	{ "ipv4", is_ipv4 }, { "ipv6", is_ipv6 }, { "uri", is_uri }, { "uri-reference", is_uri_reference }, { "iri", is_iri },
	{ "iri-reference", is_iri_reference }, { "uuid", uuid_valid }, { "uri-template", is_uri_template },
	{ "json-pointer", is_json_pointer }, { "relative-json-pointer", is_relative_json_pointer }, { "regex", is_regex },
};

format_fn *
format_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			return formats[i].fn;
	return NULL;
}

int
json_format(const char *format, const char *s, size_t n)
{
	format_fn *fn = format_find(format);

	return fn != NULL ? fn(s, n) : -1;
}
