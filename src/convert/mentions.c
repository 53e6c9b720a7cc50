/* Mentions as a person reads them: extract --stop=mentions. */
#include "convert/names.h"
#include "convert/scan.h"

void
mentions_add(struct arena *a, struct mentions *m, const struct mention *v, size_t n)
{
	if (m->cap < m->n) {	/* the caller's own array */
		const struct mentions own = *m;

		*m = (struct mentions){ .over = own.over };
		mentions_add(a, m, own.v, own.n);
	}
	while (m->cap < m->n + n)
		m->v = arena_grow(a, m->v, sizeof(*m->v), &m->cap);
	if (n > 0)
		memcpy(m->v + m->n, v, n * sizeof(*v));
	m->n += n;
}

static const char *
type_of(const struct mention *m)
{
	if (m->class == MENTION_NAME)
		return m->type;
	return m->kind != NULL ? m->kind->name : "value";
}

void
mentions_print(const struct doc *d, const struct mentions *m, struct buf *out)
{
	const struct mention *x;
	const char *p;
	size_t i;

	for (i = 0; i < m->n; i++) {
		x = &m->v[i];
		buf_printf(out, "%zu-%zu\t%s\t", doc_input(d, x->start), doc_input_end(d, x->end), type_of(x));
		for (p = x->value; *p != '\0'; p++)
			buf_addc(out, (unsigned char)*p < ' ' ? ' ' : *p);	/* a rule has many lines */
		buf_printf(out, "\t%s", x->rule ? x->rule : "-");
		if (x->ext_id != NULL)
			buf_printf(out, "\t%s %s", x->ext_source ? x->ext_source : "-", x->ext_id);
		if (x->class_hint != NULL)
			buf_printf(out, "\t%s", x->class_hint);
		if (x->refanged)
			buf_adds(out, "\trefanged");
		if (x->sent == SIZE_MAX || !doc_asserts(d, x->sent))
			buf_adds(out, "\tstates nothing");
		buf_addc(out, '\n');
	}
}
