/*
 * cut: where an object or array ends, found without reading it: only strings, brackets and lines are looked at, so that one thread can
 * hand out values to others that read them. What it cannot vouch for is left to the reader, which says what is wrong there.
 */
#include <string.h>

#include "json/reader.h"

/* What an octet outside a string means here. */
enum outside { NOTHING, NEWLINE, QUOTE, OPEN, CLOSE };

static const unsigned char outside[256] = {
	['\n'] = NEWLINE, ['"'] = QUOTE, ['{'] = OPEN, ['['] = OPEN, ['}'] = CLOSE, [']'] = CLOSE,
};

/* Octets of w that continue a character of UTF-8 (10xxxxxx). */
static inline unsigned
continuations(uint64_t w)
{
	return (unsigned)__builtin_popcountll(w & ~(w << 1) & WORD_HIGH);
}

/* From behind a string's quote to behind the other one. NULL: it does not end in front of `end`. *wide: continuation octets. */
static const char *
skip_string(const char *q, const char *end, uint64_t *wide)
{
	uint64_t w;

	for (;;) {
		for (; end - q >= 8; q += 8) {
			memcpy(&w, q, 8);
			if ((word_has(w, '"') | word_has(w, '\\')) != 0)
				break;
			if ((w & WORD_HIGH) != 0)
				*wide += continuations(w);
		}
		for (; q < end && *q != '"' && *q != '\\'; q++)
			*wide += ((unsigned char)*q & 0xc0) == 0x80;
		if (q == end)
			return NULL;
		if (*q++ == '"')
			return q;
		if (q++ == end)
			return NULL;
	}
}

int
parser_cut(struct parser *p)
{
	const char *q = p->p, *line = NULL;
	uint64_t wide = 0;
	uint32_t lines = 0;
	unsigned depth = 0;

	for (; q < p->end; q++) {
		switch (outside[(unsigned char)*q]) {
		case QUOTE:
			if ((q = skip_string(q + 1, p->end, &wide)) == NULL)
				return -1;
			q--;
			break;
		case NEWLINE:
			lines++;
			line = q + 1;
			wide = 0;
			break;
		case OPEN:
			if (++depth + p->around > p->o.max_depth)
				return -1;
			break;
		case CLOSE:
			if (--depth > 0)
				break;
			p->p = q + 1;
			p->line += lines;
			p->column_base = wide + (line != NULL ? p->base + (uint64_t)(line - p->s) : p->column_base);
			return 0;
		default:
			break;
		}
	}
	return -1;
}
