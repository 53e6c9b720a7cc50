/*
 * Rules of detection that a text shows: YARA, Sigma, Snort, Suricata. A rule is one value, and nothing in it is one: what it
 * looks for is no statement of the text.
 */
#include <string.h>

#include "convert/scan.h"

/* Does a line of the text begin with the word, and a blank or the end behind it? */
static int
begins(const char *s, size_t n, const char *word)
{
	size_t k = strlen(word);

	return n > k && memcmp(s, word, k) == 0 && strchr(" \t", s[k]) != NULL;
}

static size_t
blank_end(const char *s, size_t n, size_t i)
{
	while (i < n && strchr(" \t\n", s[i]) != NULL)
		i++;
	return i;
}

/* ---- YARA ---------------------------------------------------------------------------------------------------------------- */

/* Where the brace of a rule stands whose head begins a line, 0: it is none. */
static size_t
yara_head(const char *s, size_t n)
{
	static const char *const before[] = { "private", "global" };
	size_t i = 0, k, at;

	for (k = 0; k < 2 * ARRAY_LEN(before); k++)
		if (begins(s + i, n - i, before[k % ARRAY_LEN(before)]))
			i = blank_end(s, n, i + strlen(before[k % ARRAY_LEN(before)]));
	if (!begins(s + i, n - i, "rule"))
		return 0;
	at = i = blank_end(s, n, i + 4);
	while (i < n && (s[i] == '_' || (s[i] >= '0' && s[i] <= '9') || ((s[i] | 32) >= 'a' && (s[i] | 32) <= 'z')))
		i++;
	if (i == at)
		return 0;
	while (i < n && i - at < LIMIT_NAME && strchr("{\"=;(", s[i]) == NULL)
		i++;
	return i < n && s[i] == '{' ? i : 0;
}

/* Behind a string, a comment or a regular expression at s[i]; i when there is none. */
static size_t
skip_quoted(const char *s, size_t n, size_t i)
{
	size_t from = i;
	char end = s[i];

	if (s[i] == '/' && i + 1 < n && (s[i + 1] == '/' || s[i + 1] == '*')) {
		const char *p = s[i + 1] == '/' ? memchr(s + i, '\n', n - i) : memmem(s + i + 2, n - i - 2, "*/", 2);

		return p == NULL ? n : (size_t)(p - s) + (s[i + 1] == '/' ? 0 : 2);
	}
	/* a slash is the beginning of an expression behind "=" or "matches" only */
	if (s[i] != '"' && (s[i] != '/' || i < 2 || s[i - 1] != ' ' || strchr("=s", s[i - 2]) == NULL))
		return i;
	for (i++; i < n && s[i] != end && s[i] != '\n'; i++)
		if (s[i] == '\\')
			i++;
	return i < n && s[i] == end ? i + 1 : from;
}

/* The end of the rule of YARA at s[0..n), 0: there is none. It does not go on behind the head of another. */
static size_t
yara_end(const char *s, size_t n)
{
	size_t i = yara_head(s, n), depth = 0, next;
	int line = 0;

	n = n > LIMIT_RULE ? LIMIT_RULE : n;
	for (; i > 0 && i < n; i++) {
		next = skip_quoted(s, n, i);
		if (next > i) {
			i = next - 1;
			line = 0;
			continue;
		}
		if (line && yara_head(s + i, n - i) > 0)
			return 0;
		line = s[i] == '\n';
		if (s[i] == '{')
			depth++;
		else if (s[i] == '}' && --depth == 0)
			return memmem(s, i, "condition:", 10) != NULL ? i + 1 : 0;
	}
	return 0;
}

/* ---- Sigma ---------------------------------------------------------------------------------------------------------------- */

/* Is s[0..n) a line that goes on the document of YAML: indented, empty, a comment, an item or "key:"? */
static int
goes_on(const char *s, size_t n)
{
	size_t i = 0;

	if (n == 0 || strchr(" \t#", s[0]) != NULL || (n > 1 && s[0] == '-' && s[1] == ' '))
		return 1;
	while (i < n && ((s[i] >= 'a' && s[i] <= 'z') || s[i] == '_' || s[i] == '-'))
		i++;
	return i > 1 && i < n && s[i] == ':' && (i + 1 == n || s[i + 1] == ' ');
}

/* The end of the rule of Sigma at s[0..n), which begins with its title; what is below `detection` has to be indented. */
static size_t
sigma_end(const char *s, size_t n)
{
	size_t i = 0, end = 0, line;
	int source = 0, detection = 0, condition = 0;

	n = n > LIMIT_RULE ? LIMIT_RULE : n;
	while (i < n) {
		const char *p = memchr(s + i, '\n', n - i);

		line = p != NULL ? (size_t)(p - s) - i : n - i;
		if (!goes_on(s + i, line))
			break;
		source |= strncmp(s + i, "logsource:", 10) == 0;
		if (strncmp(s + i, "detection:", 10) == 0)
			detection = i + line + 1 < n && s[i + line + 1] == ' ';
		condition |= memmem(s + i, line, "condition:", 10) != NULL;
		end = strspn(s + i, " \t") < line ? i + line : end;
		i += line + 1;
	}
	return source && detection && condition ? end : 0;
}

/* ---- Snort, Suricata ------------------------------------------------------------------------------------------------------- */

static int
begins_one(const char *s, size_t n, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (begins(s, n, words[i]))
			return 1;
	return 0;
}

/* The end of the rule of a network sensor at s[0..n): one line, an action, a direction, options. *suricata: whose it is. */
static size_t
sensor_end(const char *s, size_t n, int *suricata)
{
	static const char *const actions[] = { "alert", "drop", "reject", "pass", "log" };
	static const char *const plain[] = { "tcp", "udp", "icmp", "ip", "file" };
	static const char *const theirs[] = { "http", "http1", "http2", "tls", "dns", "ssh", "smb", "ftp", "smtp", "quic", "tcp-pkt",
		"ftp-data", "tcp-stream", "krb5", "rdp", "snmp", "dcerpc", "nfs", "mqtt" };
	static const char *const words[] = { "http.", "dns.query", "dns_query", "tls.", "tls_sni", "ja3", "file.data", "bsize:",
		"ssh.", "smb.", "app-layer" };
	const char *eol = memchr(s, '\n', n), *options;
	size_t i, end = eol != NULL ? (size_t)(eol - s) : n;

	if (!begins_one(s, n, actions, ARRAY_LEN(actions)) || end > LIMIT_RULE)
		return 0;
	i = blank_end(s, end, strcspn(s, " \t"));
	*suricata = begins_one(s + i, end - i, theirs, ARRAY_LEN(theirs));
	if (!*suricata && !begins_one(s + i, end - i, plain, ARRAY_LEN(plain)))
		return 0;
	while (end > 0 && s[end - 1] != ')')
		end--;
	options = memchr(s, '(', end);
	if (options == NULL || memmem(options, end - (size_t)(options - s), "sid:", 4) == NULL ||
	    (memmem(s, (size_t)(options - s), "->", 2) == NULL && memmem(s, (size_t)(options - s), "<>", 2) == NULL))
		return 0;
	for (i = 0; i < ARRAY_LEN(words) && !*suricata; i++)
		*suricata = memmem(options, end - (size_t)(options - s), words[i], strlen(words[i])) != NULL;
	return end;
}

/* ---- as it was written ------------------------------------------------------------------------------------------------------- */

#define MAX_INDENT	200

/* Blanks in front of the line at view offset `at` that the view has not: of plain text and Markdown it leaves out nothing else there. */
static size_t
lost_indent(const struct doc *d, size_t at)
{
	size_t from = doc_input_end(d, at), to = doc_input(d, at);

	if ((strcmp(d->format, "text") != 0 && strcmp(d->format, "md") != 0) || strcmp(d->encoding, "UTF-8") != 0 || to <= from ||
	    to - from > MAX_INDENT)
		return 0;
	return to - from;
}

/*
 * View [start, end) with its indentation, in the arena; less by what the first line has. Ends before a further line that begins
 * with `stop`, when that is not NULL.
 */
static const char *
restored(const struct doc *d, size_t start, size_t end, const char *stop)
{
	struct buf b = BUF_INIT(2 * LIMIT_RULE);
	size_t at = start, base = lost_indent(d, start), indent;
	const char *out;

	while (at < end) {
		const char *eol = memchr(d->text + at, '\n', end - at);
		size_t next = eol != NULL ? (size_t)(eol - d->text) + 1 : end;

		if (stop != NULL && at > start && strncmp(d->text + at, stop, strlen(stop)) == 0)
			break;
		for (indent = at > start ? lost_indent(d, at) : base; indent > base; indent--)
			buf_addc(&b, ' ');
		buf_add(&b, d->text + at, next - at);
		at = next;
	}
	out = arena_strndup(d->arena, buf_str(&b), b.len);
	buf_free(&b);
	return out;
}

/* A rule of Sigma at view offset `at`; its end there, 0: there is none. */
static size_t
sigma_at(const struct doc *d, size_t at, const char **value)
{
	size_t end = d->len - at > LIMIT_RULE ? at + LIMIT_RULE : d->len, n, i, lines = 0;
	const char *text;

	text = restored(d, at, end, "title:");
	n = sigma_end(text, strlen(text));
	if (n == 0)
		return 0;
	for (i = 0; i < n; i++)
		lines += text[i] == '\n';
	*value = arena_strndup(d->arena, text, n);
	for (; lines > 0; at++)
		lines -= d->text[at] == '\n';
	return at + strcspn(d->text + at, "\n");
}

/* ---- the door ----------------------------------------------------------------------------------------------------------------- */

/* The rule that begins at view offset `at`: where it ends, its kind, its text; 0: there is none. */
static size_t
rule_at(const struct doc *d, size_t at, const char **kind, const char **value)
{
	const char *s = d->text + at;
	size_t n = d->len - at, end = 0;
	int suricata = 0;

	switch (s[0]) {
	case 't':
		*kind = "sigma";
		return strncmp(s, "title:", 6) == 0 ? sigma_at(d, at, value) : 0;
	case 'r':
	case 'p':
	case 'g':
		*kind = "yara";
		end = yara_end(s, n);
		break;
	case 'a':
	case 'd':
	case 'l':
		break;
	default:
		return 0;
	}
	if (end == 0 && (end = sensor_end(s, n, &suricata)) > 0)
		*kind = suricata ? "suricata" : "snort";
	*value = end > 0 ? restored(d, at, at + end, NULL) : NULL;
	return end > 0 ? at + end : 0;
}

void
detections_find(const struct doc *d, struct spans *out)
{
	const char *kind = NULL, *value = NULL;
	size_t i, until = 0, end;

	for (i = 0; i < d->nblock; i++) {
		const struct doc_block *b = &d->blocks[i];
		struct span *x;

		if (b->start < until || b->kind == DOC_NOISE || b->start == b->end)
			continue;
		end = rule_at(d, b->start, &kind, &value);
		if (end == 0)
			continue;
		until = end;
		x = vec_push(d->arena, out);
		x->start = b->start;
		x->end = end;
		x->field = FIELD_KIND;
		x->kind = kind_named(kind);
		x->value = value;
	}
}
