#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json/reader.h"

#define WINDOW	(256u << 10)	/* octets read at once; the window grows when one item is larger */
#define NEAR_END	16	/* a fault this near to the window's end may be nothing but a cut */

enum state { AT_BEGIN, AT_MEMBER, IN_OBJECTS, IN_LIST, AT_CLOSE, AT_NEXT, AT_END };

struct json_stream {
	FILE *f;		/* NULL: memory */
	char *window;		/* NULL: memory */
	size_t cap;
	int eof;
	struct parser p;
	enum state state;
	enum json_shape shape;
	struct json_text env, item;
	struct buf name;
	size_t document, index, list_node;
	size_t env_octets;
	int first, seen_objects;	/* no member or element yet; this document has an array "objects" */
	uint32_t last_line;	/* where the document ended */
	struct err *e;
};

static struct json_stream *
stream_new(const char *text, size_t len, const struct json_options *o)
{
	struct json_stream *s = xcalloc(1, sizeof(*s));

	parser_init(&s->p, text, len, o, NULL);
	s->name = (struct buf)BUF_INIT(SIZE_MAX / 2);
	return s;
}

struct json_stream *
json_stream_memory(const char *text, size_t len, const struct json_options *o)
{
	struct json_stream *s = stream_new(text, len, o);

	s->eof = 1;
	return s;
}

struct json_stream *
json_stream_file(FILE *f, const struct json_options *o)
{
	struct json_stream *s = stream_new("", 0, o);

	s->f = f;
	s->cap = WINDOW;
	s->window = xmalloc(s->cap);
	s->p.s = s->p.p = s->p.end = s->window;
	return s;
}

static void
text_clear(struct json_text *t)
{
	text_truncate(t, 0);
	json_decref(t->root);
	t->root = NULL;
}

void
json_stream_free(struct json_stream *s)
{
	if (s == NULL)
		return;
	text_release(&s->env);
	text_release(&s->item);
	parser_release(&s->p);
	buf_free(&s->name);
	free(s->window);
	free(s);
}

/* ---- the window -------------------------------------------------------------------------------------------------- */

/* Reads more behind what is unread. 1, 0 at the end of the input, -1. */
static int
refill(struct json_stream *s)
{
	struct parser *p = &s->p;
	size_t left = (size_t)(p->end - p->p), got;

	if (s->eof)
		return 0;
	if (left >= p->o.max_text)
		return parser_fail(p, "json-too-large", 0, "one value has more than %zu octets", p->o.max_text);
	p->base += (uint64_t)(p->p - p->s);
	memmove(s->window, p->p, left);
	if (s->cap - left < s->cap / 2) {
		s->cap *= 2;
		s->window = xrealloc(s->window, s->cap);
	}
	got = fread(s->window + left, 1, s->cap - left, s->f);
	p->s = p->p = s->window;
	p->end = s->window + left + got;
	if (got < s->cap - left) {
		if (ferror(s->f)) {
			p->fault->code = NULL;
			return err_set(s->e, ERR_SYSTEM, "cannot read: %s", strerror(errno));
		}
		s->eof = 1;
	}
	return got > 0;
}

/* Skips white space: 1 when a character follows, 0 at the end of the input, -1. */
static int
peek(struct json_stream *s)
{
	int r;

	while (!parser_space(&s->p)) {
		r = refill(s);
		if (r <= 0)
			return r;
	}
	return 1;
}

/* A member name and its colon, or (out not NULL) a value: what parser_name and parser_value read. */
static int
read_part(struct json_stream *s, json_t **out)
{
	const char *name;
	size_t n;

	if (out != NULL)
		return parser_value(&s->p, out);
	if (parser_name(&s->p, &name, &n) < 0)
		return -1;
	buf_reset(&s->name);
	buf_add(&s->name, name, n);
	return 0;
}

/* read_part into text t, again with a larger window as long as the window's end may be what is wrong. */
static int
complete_part(struct json_stream *s, struct json_text *t, json_t **out)
{
	struct parser *p = &s->p, mark;
	size_t nodes = t->n;
	int r;

	p->around = s->state == IN_OBJECTS ? 2 : s->state == IN_LIST || s->state == AT_MEMBER;
	for (;;) {
		p->t = t;
		mark = *p;
		r = read_part(s, out);
		if (s->eof || (r == 0 ? p->p < p->end : p->end - p->p > NEAR_END))
			return r;
		if (r == 0 && out != NULL)
			json_decref(*out);
		text_truncate(t, nodes);
		p->p = mark.p;
		p->line = mark.line;
		p->column_base = mark.column_base;
		if (refill(s) < 0)
			return -1;
	}
}

/* ---- states: each returns 1 with an item, 0 to go on, -1 ----------------------------------------------------------- */

static int
item_common(struct json_stream *s, struct json_item *item, enum json_item_kind kind, struct json_text *t, json_t *v)
{
	memset(item, 0, sizeof(*item));
	item->kind = kind;
	item->document = s->document;
	item->index = s->index;
	item->text = t;
	item->value = v;
	return 1;
}

static void
set_place(struct json_item *item, const struct json_node *n)
{
	item->place = (struct json_place){ n->offset, n->offset + n->len, n->line, n->column };
}

static int
begin_document(struct json_stream *s)
{
	struct parser *p = &s->p;
	size_t node;
	char c;

	text_clear(&s->env);
	s->index = s->env_octets = 0;
	s->first = 1;
	s->seen_objects = 0;
	p->t = &s->env;
	c = *p->p;
	if (c != '{' && c != '[') {
		s->shape = JSON_SHAPE_SCALAR;
		s->state = AT_CLOSE;
		return complete_part(s, &s->env, &s->env.root);
	}
	if (parser_node(p, &node) < 0)
		return -1;
	p->p++;
	s->env.root = c == '{' ? json_object() : json_array();
	if (s->env.root == NULL)
		base_oom();
	if (s->document == 0)
		s->shape = c == '{' ? JSON_SHAPE_OBJECT : JSON_SHAPE_LIST;
	s->list_node = node;
	s->state = c == '{' ? AT_MEMBER : IN_LIST;
	return 0;
}

static int
at_begin(struct json_stream *s)
{
	struct parser *p = &s->p;
	int r;

	while (p->end - p->p < 3 && (r = refill(s)) != 0)
		if (r < 0)
			return -1;
	if (p->end - p->p >= 3 && memcmp(p->p, "\xef\xbb\xbf", 3) == 0) {
		p->p += 3;
		p->column_base = 3;
	}
	r = peek(s);
	if (r == 0)
		return parser_fail(p, "json-empty", 0, "the text is empty");
	return r < 0 ? -1 : begin_document(s);
}

/* In front of a member or element: 1 when there is one, 0 when the container has been closed, -1. */
static int
next_in_container(struct json_stream *s, char closer)
{
	struct parser *p = &s->p;
	int r = peek(s);

	if (r > 0 && *p->p == closer) {
		p->p++;
		return 0;
	}
	if (s->first && r >= 0) {
		s->first = 0;
		return 1;
	}
	if (r >= 0 && (r == 0 || *p->p != ','))
		return parser_unexpected(p, closer == '}' ? "a comma or \"}\"" : "a comma or \"]\"");
	if (r > 0) {
		p->p++;
		r = peek(s);
	}
	if (r > 0 && *p->p == closer)
		return parser_fail(p, "json-syntax", 1, "a comma stands in front of \"%c\"", closer);
	return r < 0 ? -1 : 1;
}

/* Puts a member into the envelope; its name's node is `node`. */
static int
add_member(struct json_stream *s, size_t node, json_t *v)
{
	size_t size = json_object_size(s->env.root);

	if (json_object_setn_new_nocheck(s->env.root, buf_str(&s->name), s->name.len, v) != 0)
		base_oom();
	if (json_object_size(s->env.root) == size)
		return parser_duplicate(&s->p, node, buf_str(&s->name), s->name.len);
	s->env_octets += s->env.node[node].len + s->env.node[node + 1].len;
	if (s->env_octets > s->p.o.max_text)
		return parser_fail(&s->p, "json-too-large", 0, "the members beside \"objects\" have more than %zu octets",
		    s->p.o.max_text);
	return 0;
}

static int
at_member(struct json_stream *s, struct json_item *item)
{
	struct parser *p = &s->p;
	size_t node = s->env.n;
	json_t *v;
	int r = next_in_container(s, '}');

	if (r <= 0) {
		s->state = AT_CLOSE;
		if (r == 0)
			parser_close(p, 0);
		return r;
	}
	if (complete_part(s, &s->env, NULL) < 0)
		return -1;
	r = peek(s);
	if (r <= 0)
		return r < 0 ? -1 : parser_unexpected(p, "a value");
	if (*p->p == '[' && s->name.len == 7 && memcmp(s->name.s, "objects", 7) == 0) {
		if (parser_node(p, &s->list_node) < 0 || (v = json_array()) == NULL || add_member(s, node, v) < 0)
			return -1;
		p->p++;
		s->state = IN_OBJECTS;
		s->first = s->seen_objects = 1;
		return 0;
	}
	if (complete_part(s, &s->env, &v) < 0 || add_member(s, node, v) < 0)
		return -1;
	item_common(s, item, JSON_ITEM_MEMBER, &s->env, v);
	item->name = buf_str(&s->name);
	item->name_len = s->name.len;
	set_place(item, &s->env.node[node + 1]);
	return 1;
}

/* Passes over an element that may be read later. 1; 0 when it is to be read now (it is large, or something is wrong with it); -1. */
static int
cut_part(struct json_stream *s)
{
	struct parser *p = &s->p, mark = *p;
	int again;

	if (!(p->o.flags & JSON_CUT) || p->p == p->end || (*p->p != '{' && *p->p != '['))
		return 0;
	p->around = s->state == IN_OBJECTS ? 2 : 1;
	for (again = 0;; again = 1) {
		if (parser_cut(p) == 0 && (s->eof || p->end - p->p >= NEAR_END))
			return 1;
		p->p = p->s + (mark.p - mark.s);
		p->line = mark.line;
		p->column_base = mark.column_base;
		if (s->eof || again)
			return 0;
		if (refill(s) < 0)
			return -1;
		mark = *p;
	}
}

static void
unread_item(struct json_stream *s, struct json_item *item, const struct json_place *from)
{
	struct parser *p = &s->p;
	size_t left = (size_t)(p->end - p->p);

	item_common(s, item, JSON_ITEM_ELEMENT, NULL, NULL);
	item->place = *from;
	item->place.end = p->base + (uint64_t)(p->p - p->s);
	item->octets = p->p - (item->place.end - from->offset);
	item->ahead = left < NEAR_END ? left : NEAR_END;
}

static int
in_elements(struct json_stream *s, struct json_item *item)
{
	struct json_place from;
	int r;

	text_clear(&s->item);
	r = next_in_container(s, ']');
	if (r <= 0) {
		if (r == 0) {
			s->p.t = &s->env;
			parser_close(&s->p, s->list_node);
			s->first = 0;
			s->state = s->state == IN_LIST ? AT_CLOSE : AT_MEMBER;
		}
		return r;
	}
	parser_here(&s->p, 0, &from);
	r = cut_part(s);
	if (r < 0 || (r == 0 && complete_part(s, &s->item, &s->item.root) < 0))
		return -1;
	if (r > 0) {
		unread_item(s, item, &from);
	} else {
		item_common(s, item, JSON_ITEM_ELEMENT, &s->item, s->item.root);
		set_place(item, &s->item.node[0]);
		item->octets = s->p.p - s->item.node[0].len;
	}
	snprintf(item->pointer, sizeof(item->pointer), "%s/%zu", s->state == IN_LIST ? "" : "/objects", s->index++);
	return 1;
}

static int
at_close(struct json_stream *s, struct json_item *item)
{
	s->state = AT_NEXT;
	s->last_line = s->p.line;
	item_common(s, item, JSON_ITEM_DOCUMENT, &s->env, s->env.root);
	item->no_objects = json_is_object(s->env.root) && !s->seen_objects;
	set_place(item, &s->env.node[0]);
	return 1;
}

/* After a document: the end, or on a later line another one (JSON Lines). */
static int
at_next(struct json_stream *s)
{
	int r = peek(s);

	if (r <= 0) {
		s->state = AT_END;
		return r;
	}
	if (s->p.line == s->last_line || (*s->p.p != '{' && *s->p.p != '['))
		return parser_fail(&s->p, "json-trailing", 1, "something follows the end of the JSON text");
	s->document++;
	s->shape = JSON_SHAPE_LINES;
	return begin_document(s);
}

int
json_stream_next(struct json_stream *s, struct json_item *item, struct json_fault *fault, struct err *e)
{
	struct json_item next;
	int r = 0;

	s->p.fault = fault;
	s->e = e;
	while (r == 0 && s->state != AT_END) {
		switch (s->state) {
		case AT_BEGIN:
			r = at_begin(s);
			break;
		case AT_MEMBER:
			r = at_member(s, &next);
			break;
		case IN_OBJECTS:
		case IN_LIST:
			r = in_elements(s, &next);
			break;
		case AT_CLOSE:
			r = at_close(s, &next);
			break;
		default:
			r = at_next(s);
			break;
		}
	}
	if (r > 0)
		*item = next;
	if (r < 0) {
		s->state = AT_END;
		if (fault->code != NULL)
			json_fault_err(fault, NULL, e);
	}
	return r;
}

void
json_item_take(struct json_item *item, struct json_text *spare)
{
	struct json_text *own = item->text, taken = *own;

	if (spare == NULL)
		spare = xcalloc(1, sizeof(*spare));
	text_clear(spare);
	*own = *spare;
	*spare = taken;
	item->text = spare;
}

int
json_item_read(struct json_item *item, const char *octets, const struct json_options *o, struct json_text *spare,
    struct json_fault *fault)
{
	size_t n = (size_t)(item->place.end - item->place.offset) + item->ahead;
	struct parser p;
	int r;

	parser_init(&p, octets, n, o, fault);
	p.base = item->place.offset;
	p.line = item->place.line;
	p.column_base = p.base + 1 - item->place.column;
	p.around = item->pointer[1] == 'o' ? 2 : 1;
	if (spare == NULL)
		spare = xcalloc(1, sizeof(*spare));
	text_clear(spare);
	p.t = spare;
	r = parser_value(&p, &spare->root);
	parser_release(&p);
	if (r < 0) {
		json_text_free(spare);
		return -1;
	}
	item->text = spare;
	item->value = spare->root;
	return 0;
}

enum json_shape
json_stream_shape(const struct json_stream *s)
{
	return s->shape;
}
