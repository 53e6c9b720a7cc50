/* Dates, and the line that names the original of a translation or digest. */
#include <string.h>
#include <strings.h>

#include "doc/doc_int.h"

/* ---- dates ------------------------------------------------------------------------------------------------------------ */

struct day {
	int year, month, day;
};

static size_t
blanks(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && (s[i] == ' ' || s[i] == '\t'))
		i++;
	return i;
}

/* least..most digits at s; returns their number, 0 when there are fewer, or more follow. */
static size_t
digits(const char *s, size_t n, size_t least, size_t most, int *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < n && i < most && s[i] >= '0' && s[i] <= '9'; i++)
		*value = *value * 10 + (s[i] - '0');
	if (i < least || (i < n && s[i] >= '0' && s[i] <= '9'))
		return 0;
	return i;
}

/* The longest name of a month at s; returns its octets (an abbreviation's full stop included) and the month. */
static size_t
month_name(const struct doc_lang *lang, const char *s, size_t n, int *month)
{
	size_t i, best = 0;

	for (i = 0; lang->months != NULL && i < 24 && lang->months[i] != NULL; i++) {
		size_t k = strlen(lang->months[i]);

		if (k <= best || k > n || strncasecmp(s, lang->months[i], k) != 0)
			continue;
		best = k;
		*month = (int)(i % 12) + 1;
	}
	if (best > 0 && best < n && s[best] == '.')
		best++;
	return best;
}

/* One letter of a date pattern against s: the octets taken, SIZE_MAX when it does not fit. */
static size_t
date_part(const struct doc_lang *lang, char c, const char *s, size_t n, struct day *d)
{
	size_t k;

	switch (c) {
	case '_':
		return blanks(s, n);
	case 'Y':
		k = digits(s, n, 4, 4, &d->year);
		break;
	case 'M':
		k = digits(s, n, 1, 2, &d->month);
		break;
	case 'D':
		k = digits(s, n, 1, 2, &d->day);
		break;
	case 'N':
		k = month_name(lang, s, n, &d->month);
		break;
	default:
		return n > 0 && s[0] == c ? 1 : SIZE_MAX;
	}
	return k == 0 ? SIZE_MAX : k;
}

static int
date_pattern(const struct doc_lang *lang, const char *pattern, const char *s, size_t n, struct stamp *day, size_t *len)
{
	struct day d = { 0, 0, 0 };
	size_t at = 0, k;

	for (; *pattern != '\0'; pattern++, at += k) {
		k = date_part(lang, *pattern, s + at, n - at, &d);
		if (k == SIZE_MAX)
			return 0;
	}
	if (d.year < 1970 || stamp_date(d.year, d.month, d.day, day) != 0)
		return 0;
	*len = at;
	return 1;
}

int
meta_date_at(const struct doc_lang *lang, const char *s, size_t n, struct stamp *day, size_t *len)
{
	const char *const *p;

	for (p = lang->dates; p != NULL && *p != NULL; p++)
		if (date_pattern(lang, *p, s, n, day, len))
			return 1;
	return 0;
}

static int
word_char(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int
doc_find_date(const struct doc_lang *lang, const char *s, size_t n, struct stamp *day, size_t *start, size_t *end)
{
	size_t i, len;

	for (i = 0; i < n; i++) {
		if (!word_char((unsigned char)s[i]) || (i > 0 && word_char((unsigned char)s[i - 1])))
			continue;
		if (!meta_date_at(lang, s + i, n - i, day, &len))
			continue;
		*start = i;
		*end = i + len;
		return 1;
	}
	return 0;
}

/* ---- the original ------------------------------------------------------------------------------------------------------ */

#define SOURCE_LINE	2000	/* octets of a line that may name the original */

struct span {
	size_t start, end;
};

/* What the placeholders of a source pattern took. */
struct original {
	struct span publisher, title;
	int has_date;
	struct stamp date;
};

static const char *const quotes[] = { "\"", "“", "”", "「", "」", "『", "』", "'", "‘", "’" };

static size_t
quote_at(const char *s, size_t n)
{
	size_t i;

	/* asked at every character of a line for every pattern: all but the ASCII ones begin with E2 80 or E3 80 */
	if (n == 0 || (s[0] != '"' && s[0] != '\'' && (n < 3 || ((unsigned char)s[0] | 1) != 0xe3 || (unsigned char)s[1] != 0x80)))
		return 0;
	for (i = 0; i < ARRAY_LEN(quotes); i++) {
		size_t k = strlen(quotes[i]);

		if (n >= k && memcmp(s, quotes[i], k) == 0)
			return k;
	}
	return 0;
}

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

/* One character of literal text against s: octets taken of both, 0 when they differ. */
static size_t
literal(const char *p, const char *s, size_t n, size_t *taken)
{
	size_t k = quote_at(p, strlen(p)), m = quote_at(s, n);

	if (k > 0 || m > 0) {
		*taken = m;
		return k > 0 && m > 0 ? k : 0;
	}
	*taken = 1;
	return n > 0 && lower(*p) == lower(*s) ? 1 : 0;
}

/* The literal text and blanks up to the next placeholder against s; returns 1, the rest of the pattern, octets taken. */
static int
literals(const char **pattern, const char *s, size_t n, size_t *taken)
{
	const char *p = *pattern;
	size_t at = 0, k, t;

	while (*p != '\0' && *p != '{') {
		if (*p == '_' || *p == ' ') {
			at += blanks(s + at, n - at);
			p++;
			continue;
		}
		k = literal(p, s + at, n - at, &t);
		if (k == 0)
			return 0;
		p += k;
		at += t;
	}
	*pattern = p;
	*taken = at;
	return 1;
}

static void
trim(const char *s, struct span *x)
{
	while (x->start < x->end && (s[x->start] == ' ' || s[x->start] == '\t'))
		x->start++;
	while (x->end > x->start && (s[x->end - 1] == ' ' || s[x->end - 1] == '\t'))
		x->end--;
}

/* A text placeholder: takes the shortest text up to what follows it in the pattern. Returns octets taken, or SIZE_MAX. */
static size_t
take_text(const struct doc_lang *lang, const char **pattern, const char *s, size_t n, struct span *out)
{
	size_t i, t;
	struct stamp day;

	for (i = 0; i <= n; i++) {
		const char *rest = *pattern;

		if (*rest == '\0')
			i = n;
		if (!literals(&rest, s + i, n - i, &t))
			continue;
		if (strncmp(rest, "{DATE}", 6) == 0) {
			size_t len;

			if (!meta_date_at(lang, s + i + t, n - i - t, &day, &len))
				continue;
		} else if (rest == *pattern && *rest != '\0')
			continue;
		out->start = 0;
		out->end = i;
		*pattern = rest;
		return i + t;
	}
	return SIZE_MAX;
}

/* The pattern against s, not further on. */
static int
source_at(const struct doc_lang *lang, const char *p, const char *s, size_t n, struct original *o)
{
	size_t at, t;

	if (!literals(&p, s, n, &at))
		return 0;
	while (*p != '\0') {
		struct span x, any, *slot = strncmp(p, "{TITLE}", 7) == 0 ? &o->title :
		    strncmp(p, "{PUBLISHER}", 11) == 0 ? &o->publisher : &any;
		int date = strncmp(p, "{DATE}", 6) == 0;

		p = strchr(p, '}');
		if (p == NULL)
			return 0;
		p++;
		if (date) {
			if (!meta_date_at(lang, s + at, n - at, &o->date, &t))
				return 0;
			o->has_date = 1;
			at += t;
			if (!literals(&p, s + at, n - at, &t))
				return 0;
		} else {
			t = take_text(lang, &p, s + at, n - at, &x);
			if (t == SIZE_MAX)
				return 0;
			slot->start = at + x.start;
			slot->end = at + x.end;
		}
		at += t;
	}
	return 1;
}

static const char *
part(struct doc *d, const char *s, struct span x)
{
	trim(s, &x);
	return x.end > x.start ? arena_strndup(d->arena, s + x.start, x.end - x.start) : NULL;
}

/* The address of the link whose text holds the title. */
static const char *
link_over(const struct doc *d, const char *at)
{
	size_t i, place = (size_t)(at - d->text);

	for (i = 0; i < d->nlink; i++)
		if (d->links[i].start <= place && place < d->links[i].end)
			return d->links[i].url;
	return NULL;
}

/* The longest stretch of the pattern that stands so in what it matches, letter case aside: *n octets. */
static const char *
longest_literal(const char *p, size_t *n)
{
	const char *best = p, *end = p + strlen(p);
	size_t k;

	for (*n = 0; p < end; p += k > 0 ? k : 1) {
		if (*p == '{') {
			k = strcspn(p, "}");
			continue;
		}
		for (k = 0; p + k < end && p[k] != '{' && p[k] != '}' && p[k] != '_' && p[k] != ' ' &&
		    quote_at(p + k, (size_t)(end - p) - k) == 0; k++)
			;
		if (k > *n) {
			best = p;
			*n = k;
		}
	}
	return best;
}

/* Does s hold word[0..k), letter case aside? */
static int
holds(const char *s, size_t n, const char *word, size_t k)
{
	size_t i;

	for (i = 0; i + k <= n; i++)
		if (lower(s[i + k - 1]) == lower(word[k - 1]) && strncasecmp(s + i, word, k) == 0)
			return 1;
	return 0;
}

int
meta_source(struct doc *d, const char *s, size_t n)
{
	const char *const *p;
	size_t i, k;

	if (n > SOURCE_LINE)
		return 0;
	for (p = d->lang->sources; p != NULL && *p != NULL; p++) {
		const char *word = longest_literal(*p, &k);

		if (k > 0 && !holds(s, n, word, k))
			continue;
		for (i = 0; i < n; i++) {
			struct original o;

			if (((unsigned char)s[i] & 0xc0) == 0x80)
				continue;
			memset(&o, 0, sizeof(o));
			if (!source_at(d->lang, *p, s + i, n - i, &o))
				continue;
			d->orig_publisher = part(d, s + i, o.publisher);
			d->orig_title = part(d, s + i, o.title);
			d->has_orig_date = o.has_date;
			d->orig_date = o.date;
			if (o.title.end > o.title.start)
				d->orig_url = link_over(d, s + i + o.title.start);
			return 1;
		}
	}
	return 0;
}
