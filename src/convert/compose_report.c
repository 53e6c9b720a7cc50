/* The report: one a document (4.16; DESIGN 4). */
#include <string.h>

#include "convert/compose.h"

/* The part of a URL that names the host, for a reference whose source has no other name. */
static const char *
host_of(struct composer *c, const char *url)
{
	const char *s = strstr(url, "://");

	s = s ? s + 3 : url;
	return arena_strndup(c->a, s, strcspn(s, "/?#"));
}

static const char *
source_name(struct composer *c)
{
	if (c->o->source_name != NULL)
		return c->o->source_name;
	return c->f->url != NULL ? host_of(c, c->f->url) : NULL;
}

const char *
compose_report_key(struct composer *c)
{
	const struct facts *f = c->f;
	const char *date = c->o->date ? c->o->date : f->date;

	if (f->url != NULL)
		return f->url;
	if (f->feed != NULL && date != NULL)
		return arena_printf(c->a, "%s|%s", f->feed, date);
	if (f->title != NULL && date != NULL)
		return arena_printf(c->a, "%s|%s", f->title, date);
	return f->sha256 ? f->sha256 : "";
}

static const char *
report_name(struct composer *c)
{
	const struct facts *f = c->f;

	if (f->title != NULL && f->title[0] != '\0')
		return f->title;
	if (f->url != NULL)
		return f->url;
	if (f->orig_title != NULL)
		return f->orig_title;
	return arena_printf(c->a, "%s %.10s", f->feed ? f->feed : "Report", c->when);
}

/* source_name, description, url in the standard's order; NULL when there is nothing to point at (2.5.2). */
static json_t *
reference(const char *source, const char *text, const char *url)
{
	json_t *o;

	if (source == NULL || source[0] == '\0' || (text == NULL && url == NULL))
		return NULL;
	o = json_pack("{s:s}", "source_name", source);
	if (text != NULL)
		json_object_set_new(o, "description", json_string(text));
	if (url != NULL)
		json_object_set_new(o, "url", json_string(url));
	return o;
}

/* What a translation or digest was made from. */
static json_t *
original(struct composer *c)
{
	const struct facts *f = c->f;
	const char *source = f->orig_publisher, *text = f->orig_title;

	if (source == NULL)
		source = source_name(c);
	if (source == NULL && f->orig_url != NULL)
		source = host_of(c, f->orig_url);
	if (text == NULL)
		text = f->orig_date;
	else if (f->orig_date != NULL)
		text = arena_printf(c->a, "%s (%s)", text, f->orig_date);
	return reference(source, text, f->orig_url);
}

static json_t *
references(struct composer *c)
{
	json_t *out = json_array(), *made_from = original(c), *self;

	/* without a URL it leads nowhere, so it is there only for the source's name */
	self = c->f->url != NULL || made_from == NULL ? reference(source_name(c), c->f->title, c->f->url) : NULL;
	if (self != NULL)
		json_array_append_new(out, self);
	if (made_from != NULL)
		json_array_append_new(out, made_from);
	return out;
}

json_t *
compose_report(struct composer *c)
{
	json_t *o, *refs = references(c);

	o = compose_object(c, "report", c->report, -1);
	if (json_array_size(refs) > 0)
		json_object_set(o, "external_references", refs);
	json_decref(refs);
	json_object_set_new(o, "name", json_string(report_name(c)));
	json_object_set_new(o, "report_types", json_pack("[s]", "threat-report"));
	if (c->o->report != NULL)
		json_object_update(o, (json_t *)c->o->report);
	json_object_set_new(o, "published", json_string(c->when));
	if (json_array_size(c->report_evidence) > 0)
		json_object_set_new(o, "extensions", json_pack("{s:{s:s, s:O}}", STIX_EVIDENCE_ID, "extension_type",
		    "property-extension", "evidence", c->report_evidence));
	return o;
}
