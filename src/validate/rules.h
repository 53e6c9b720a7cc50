/* The functions of the rows of rules.def. Each says nothing when its rule is off: report() drops it. */
#ifndef VALIDATE_RULES_H
#define VALIDATE_RULES_H

#include "validate/validate_in.h"

/* What spans the properties of one object (rules_object.c). */
/* 2.9: the id and the type agree */
void rule_id_type(struct check *c);
/* times that belong together, where the standard asks for an order */
void rule_time_order(struct check *c);
/* those where it does not */
void rule_time_sense(struct check *c);
/* 2.9: a random id where nothing contributes to it */
void rule_sco_uuid4(struct check *c);
/* 2.9: the deterministic id, recomputed */
void rule_sco_id(struct check *c);
/* 103: versions of UUIDs */
void rule_uuid_check(struct check *c);
/* 6.6: RFC 2047 in email-message */
void rule_encoded_word(struct check *c);
/* 143: product of malware-analysis */
void rule_product(struct check *c);
/* 149: priority of a Windows process */
void rule_priority(struct check *c);
void rule_http_case(struct check *c);
/* 201: definition_type */
void rule_marking_type(struct check *c);
/* 202 and based-on-observable: triples */
void rule_relationship(struct check *c);
/* 6.15: a URL; those of references are with rule_extref */
void rule_uri(struct check *c);
/* 6.4: labels of a domain name */
void rule_domain(struct check *c);
/* 7.1.1: what is translated are properties of the object, in their data types */
void rule_language_content(struct check *c);
/* a name that says nothing */
void rule_empty_name(struct check *c);
/* 301: both ports */
void rule_ports(struct check *c);
/* 303: name and description */
void rule_indicator(struct check *c);
/* 304: objects of observed-data */
void rule_deprecated(struct check *c);
/* 305: description of an extension */
void rule_extension_description(struct check *c);
/* 306: extension_properties */
void rule_extension_properties(struct check *c);
/* 7.2.1: the TLP 2.0 objects of OASIS */
void rule_tlp(struct check *c);

/* What concerns values of one data type (rules_value.c). */
/* 2.16: the day exists */
void rule_real_date(struct check *c, const struct at *at, struct shape *s, const json_t *v);
/* 7.2.3: selectors lead somewhere */
void rule_selector(struct check *c, const struct at *at, struct shape *s, const json_t *v);
/* 2.7: hashes that no schema judges */
void rule_hash_value(struct check *c, const struct at *at, struct shape *s, const json_t *v);
/* 150: length of algorithm names */
void rule_hash_length(struct check *c, const struct at *at, struct shape *s, const json_t *v);
/* 121: kill chain names */
void rule_kill_chain(struct check *c, const struct at *at, struct shape *s, const json_t *v);
/* 141 and container-ref: keys and references of a container */
void rule_object_keys(struct check *c, const struct at *at, struct shape *s, const json_t *v);
/* 302: url without hashes */
void rule_extref(struct check *c, const struct at *at, struct shape *s, const json_t *v);

/* 401, else 101, else 102, and the strict options: what the standard does not define (rules_custom.c) */
void rule_custom(struct check *c);
/* 142: keys of custom dictionaries */
void rule_dictionary_keys(struct check *c);
/* 271 to 277, character-set: names of registries (rules_names.c) */
void rule_names(struct check *c);
/* all rules about patterns (rules_pattern.c) */
void rule_pattern(struct check *c);

/* Values of open vocabularies, and hash names: called by the walk where a vocabulary is given. */
void rule_vocab(struct check *c, const struct at *at, struct shape *s, const json_t *v);
/* Is s all lower case with hyphens (no spaces, no underscores)? */
int is_vocab_form(const char *s);
/* Does s fit the algorithm? 1, 0; -1: the algorithm is not known. *want says the form. Names in any case, "-" and "_" ignored. */
int hash_fits(const char *algorithm, const char *s, const char **want);

/* Works out which rules are on; cheap when it is known. */
void rules_resolve(struct validate *v);
/* The rule that watches over a vocabulary, or RULE_COUNT. */
enum rule_id rule_of_vocab(const char *vocab);

#endif
