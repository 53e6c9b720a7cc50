#include <stdio.h>
#include <string.h>

#include "base/base.h"

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void
date_of(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

int
stamp_date(int year, int month, int day, struct stamp *out)
{
	if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 || day > month_days(year, month))
		return -1;
	out->sec = days_of(year, month, day) * 86400;
	out->nsec = 0;
	return 0;
}

/* The digits that stand for d in shape; everything else has to be the same octet. */
static int
shape(const char *s, const char *shape)
{
	for (; *shape != '\0'; s++, shape++)
		if (*shape == 'd' ? *s < '0' || *s > '9' : *s != *shape)
			return 0;
	return 1;
}

static int
num(const char *s, int digits)
{
	int n = 0;

	while (digits-- > 0)
		n = n * 10 + (*s++ - '0');
	return n;
}

int
stamp_parse(const char *s, size_t n, struct stamp *out)
{
	struct stamp t;
	uint32_t scale = 100000000;
	int h, m, sec;
	size_t i;

	if (n < 20 || !shape(s, "dddd-dd-ddTdd:dd:dd") || s[n - 1] != 'Z')
		return -1;
	if (stamp_date(num(s, 4), num(s + 5, 2), num(s + 8, 2), &t) != 0)
		return -1;
	h = num(s + 11, 2);
	m = num(s + 14, 2);
	sec = num(s + 17, 2);
	if (h > 23 || m > 59 || sec > 60 || (sec == 60 && (h != 23 || m != 59)))
		return -1;
	t.sec += h * 3600 + m * 60 + sec;
	if (n > 20) {
		if (s[19] != '.' || n == 21)
			return -1;
		for (i = 20; i < n - 1; i++, scale /= 10) {
			if (s[i] < '0' || s[i] > '9')
				return -1;
			t.nsec += (uint32_t)(s[i] - '0') * scale;
		}
	}
	*out = t;
	return 0;
}

int
stamp_cmp(struct stamp a, struct stamp b)
{
	if (a.sec != b.sec)
		return a.sec < b.sec ? -1 : 1;
	return a.nsec < b.nsec ? -1 : a.nsec > b.nsec;
}

char *
stamp_format(struct stamp t, int digits, char out[STAMP_TEXT])
{
	int64_t days = t.sec / 86400, rest = t.sec % 86400;
	int y, m, d, n;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	date_of(days, &y, &m, &d);
	n = snprintf(out, STAMP_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", y, m, d, (int)(rest / 3600), (int)(rest / 60 % 60),
	    (int)(rest % 60));
	if (digits == 3)
		snprintf(out + n, STAMP_TEXT - (size_t)n, ".%03uZ", t.nsec / 1000000);
	else if (digits == 6)
		snprintf(out + n, STAMP_TEXT - (size_t)n, ".%06uZ", t.nsec / 1000);
	else
		snprintf(out + n, STAMP_TEXT - (size_t)n, "Z");
	return out;
}
