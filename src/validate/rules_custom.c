/* What the standard does not define: custom types, properties and extensions (sections 7.3 and 11). */
#include <string.h>

#include "validate/rules.h"

/* Forms of custom names: with a source and a name, and the lax one. */
static const struct {
	const char *what, *prefix;
	char sep;
	const char *form;
} customs[] = {
	[CUSTOM_TYPE] = { "object type", "x-", '-', "x-<source>-<name>" },
	[CUSTOM_PROPERTY] = { "property", "x_", '_', "x_<source>_<name>" },
	[CUSTOM_EXTENSION] = { "extension", "x-", '-', "x-<source>-<name>-ext" },
};

void
report_prefix(struct check *c, enum custom_what what, const struct at *at, const char *name)
{
	const char *rest = name + 2, *sep;
	int lax = starts_with(name, customs[what].prefix) && rest[0] != '\0';

	sep = lax ? strchr(rest + 1, customs[what].sep) : NULL;
	if (rule_on(c->v, RULE_CUSTOM_PREFIX)) {
		if (sep == NULL || sep[1] == '\0')
			report_name(c, RULE_CUSTOM_PREFIX, at, "the custom %s %s is not named %s", customs[what].what, quoted(c, name),
			    customs[what].form);
	} else if (!lax) {
		report_name(c, RULE_CUSTOM_PREFIX_LAX, at, "the custom %s %s does not begin with %s", customs[what].what,
		    quoted(c, name), customs[what].prefix);
	}
}

void
report_custom(struct check *c, enum custom_what what, const struct at *at, const char *name)
{
	static const char *const how[] = {
		[CUSTOM_TYPE] = "new-sdo, new-sco or new-sro", [CUSTOM_PROPERTY] = "property-extension or toplevel-property-extension",
		[CUSTOM_EXTENSION] = "property-extension",
	};

	if (rule_on(c->v, RULE_EXTENSIONS_USE))
		report_name(c, RULE_EXTENSIONS_USE, at, "the %s %s is custom; an extension of type %s would define it", customs[what].what,
		    quoted(c, name), how[what]);
	else
		report_prefix(c, what, at, name);
}

/* Has the object an extension, the type of which is `type` or begins so ("new-")? */
static int
has_extension(const json_t *object, const char *type)
{
	const char *key, *s;
	json_t *ext;

	json_object_foreach(json_object_get(object, "extensions"), key, ext)
		if (starts_with(key, "extension-definition--") && (s = member_string(ext, "extension_type")) != NULL &&
		    starts_with(s, type))
			return 1;
	return 0;
}

static void custom_members(struct check *c, const struct at *at, struct shape *s, const json_t *v, int covered);

static void
custom_value(struct check *c, const struct at *at, struct shape *s, const json_t *v)
{
	const json_t *item;
	size_t i;

	if (json_is_object(v) && s->kind != KIND_CONTAINER)
		custom_members(c, at, s, v, 0);
	else
		json_array_foreach(v, i, item)
			if (json_is_object(item) && shape_item(c->v, s) != NULL)
				custom_members(c, AT_INDEX(at, i), shape_item(c->v, s), item, 0);
}

/* Are the members of such a value properties, so that one without a name in the schemas is custom? */
static int
has_properties(const struct shape *s)
{
	return s->nmember > 0 && (s->kind == KIND_NONE || s->kind == KIND_KILL_CHAIN || s->kind == KIND_REFERENCE ||
	    s->kind == KIND_GRANULAR);
}

static void
custom_members(struct check *c, const struct at *at, struct shape *s, const json_t *v, int covered)
{
	const char *name;
	struct shape *m;
	json_t *member;

	json_object_foreach((json_t *)v, name, member) {
		struct at here = { at, name, 0 };

		if ((m = shape_named(c->v, s, name)) != NULL) {
			custom_value(c, &here, m, member);
		} else if (s->kind == KIND_EXTENSIONS) {
			if (!starts_with(name, "extension-definition--"))
				report_custom(c, CUSTOM_EXTENSION, &here, name);
		} else if (has_properties(s) && !covered) {
			report_custom(c, CUSTOM_PROPERTY, &here, name);
			report_name(c, RULE_STRICT_PROPERTIES, &here, "the standard has no property %s here", quoted(c, name));
		}
	}
}

void
rule_custom(struct check *c)
{
	if (c->row != NULL && !c->row->custom) {
		/* where the use of extensions is not judged (401 is off), names are all that is */
		custom_members(c, NULL, c->shape, c->object, rule_on(c->v, RULE_EXTENSIONS_USE) &&
		    has_extension(c->object, "toplevel-property-extension"));
		return;
	}
	report(c, RULE_STRICT_TYPES, AT(NULL, "type"), "the standard has no type %s", quoted(c, c->type));
	if (!rule_on(c->v, RULE_EXTENSIONS_USE) || !has_extension(c->object, "new-"))
		report_custom(c, CUSTOM_TYPE, AT(NULL, "type"), c->type);
}

/* ---- 142 ------------------------------------------------------------------------------------------------------------------- */

static void
lower_case(struct check *c, const struct at *at, const json_t *v)
{
	const char *name, *p;
	const json_t *item;
	json_t *member;
	size_t i;

	json_object_foreach((json_t *)v, name, member) {
		struct at here = { at, name, 0 };

		for (p = name; *p != '\0' && !(*p >= 'A' && *p <= 'Z'); p++)
			;
		if (*p != '\0')
			report_name(c, RULE_DICTIONARY_KEYS, &here, "the key %s is not lower case", quoted(c, name));
		lower_case(c, &here, member);
	}
	json_array_foreach(v, i, item)
		lower_case(c, AT_INDEX(at, i), item);
}

void
rule_dictionary_keys(struct check *c)
{
	struct shape *extensions = shape_named(c->v, c->shape, "extensions");
	const char *name;
	json_t *v;

	/* the dictionaries of the standard's own SCOs are spelt as their source spells them (6.6.1, 6.7.4, 6.12, 6.13) */
	if (!c->sco)
		return;
	json_object_foreach((json_t *)c->object, name, v)
		if (shape_named(c->v, c->shape, name) == NULL)
			lower_case(c, AT(NULL, name), v);
	json_object_foreach(json_object_get(c->object, "extensions"), name, v)
		if (shape_named(c->v, extensions, name) == NULL)
			lower_case(c, AT(AT(NULL, "extensions"), name), v);
}
