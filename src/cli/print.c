/* What the program says, and what it knows of the world. */
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"

/* Characters that could forge or reorder a line of a terminal or a log. */
static int
is_unsafe(uint32_t cp)
{
	return (cp < 0x20 && cp != '\t') || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x202a && cp <= 0x202e) ||
	    (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e || cp == 0x200f || cp == 0x2028 || cp == 0x2029 || cp == 0xfeff;
}

char *
cli_escape(const char *s)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2);
	size_t n = strlen(s), i = 0;

	while (i < n) {
		uint32_t cp;
		int len = utf8_decode(s + i, n - i, &cp);

		if (len == 0) {
			buf_printf(&b, "\\x%02x", (unsigned char)s[i]);
			len = 1;
		} else if (is_unsafe(cp))
			buf_printf(&b, "\\u%04x", cp);
		else
			buf_add(&b, s + i, (size_t)len);
		i += (size_t)len;
	}
	return buf_take(&b);
}

static void
say(struct cli *c, const char *before, const char *fmt, va_list ap)
{
	char *text = NULL, *safe;

	if (vasprintf(&text, fmt, ap) < 0)
		base_oom();
	safe = cli_escape(text);
	fflush(c->out);		/* whoever reads both gets them in order */
	fprintf(c->err, "%s%s\n", before, safe);
	free(safe);
	free(text);
}

void
cli_error(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(c, "stixpress: ", fmt, ap);
	va_end(ap);
}

void
cli_warn(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(c, "stixpress: warning: ", fmt, ap);
	va_end(ap);
}

void
cli_note(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->quiet)
		return;
	va_start(ap, fmt);
	say(c, "", fmt, ap);
	va_end(ap);
}

int
cli_fail(struct cli *c, const struct err *e)
{
	cli_error(c, "%s", e->text);
	c->out_told |= ferror(c->out) != 0;
	return e->kind == ERR_NONE ? ERR_SYSTEM : (int)e->kind;
}

int
cli_usage(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(c, "stixpress: ", fmt, ap);
	va_end(ap);
	return ERR_USAGE;
}

int
cli_worse(int a, int b)
{
	if (a == ERR_USAGE || b == ERR_USAGE)
		return ERR_USAGE;
	return a > b ? a : b;
}

int
cli_now(const char *now, struct stamp *out, int *from_clock, struct err *e)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end;

	*from_clock = 0;
	if (now != NULL) {
		if (stamp_parse(now, strlen(now), out) == 0)
			return 0;
		return err_set(e, ERR_USAGE, "--now: '%s' is not a time such as 2024-06-13T00:00:00Z", now);
	}
	if (epoch != NULL && *epoch != '\0') {
		errno = 0;
		out->sec = strtoll(epoch, &end, 10);
		out->nsec = 0;
		if (*end == '\0' && errno == 0 && out->sec >= 0 && out->sec < 253402300800)
			return 0;
		return err_set(e, ERR_USAGE, "SOURCE_DATE_EPOCH: '%s' is not a number of seconds", epoch);
	}
	out->sec = time(NULL);
	out->nsec = 0;
	*from_clock = 1;
	return 0;
}

/* $VARIABLE/stixpress/NAME, else $HOME/FALLBACK/stixpress/NAME. */
static char *
user_path(const char *variable, const char *fallback, const char *name, int create)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	struct buf b = BUF_INIT(LIMIT_PATH);
	size_t i;

	if (base != NULL && base[0] == '/')
		buf_printf(&b, "%s/stixpress/%s", base, name);
	else
		buf_printf(&b, "%s/%s/stixpress/%s", home != NULL ? home : ".", fallback, name);
	for (i = 1; create && i < b.len; i++) {
		if (b.s[i] != '/')
			continue;
		b.s[i] = '\0';
		mkdir(b.s, 0700);
		b.s[i] = '/';
	}
	return buf_take(&b);
}

char *
cli_config_path(const char *name)
{
	return user_path("XDG_CONFIG_HOME", ".config", name, 0);
}

char *
cli_state_path(const char *name)
{
	return user_path("XDG_STATE_HOME", ".local/state", name, 1);
}
