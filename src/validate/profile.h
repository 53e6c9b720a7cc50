/* The functions of the rows of profiles: each runs only where its row is on. */
#ifndef VALIDATE_PROFILE_H
#define VALIDATE_PROFILE_H

#include "validate/validate_in.h"

/* the interoperability profile of OASIS (profile_interop.c): properties asked for; one TLP marking */
void interop_required(struct check *c);
void interop_tlp(struct check *c);

/* OpenCTI's import (profile_opencti.c) */
/* types that vanish */
void opencti_type(struct check *c);
/* names too short */
void opencti_name(struct check *c);
/* kinds of pattern */
void opencti_pattern_type(struct check *c);
/* scores of 0 to 100 */
void opencti_score(struct check *c);
/* references that vanish */
void opencti_reference(struct check *c);
/* properties that vanish */
void opencti_property(struct check *c);
/* properties that are orders to the platform */
void opencti_command(struct check *c);
/* relationships that its model does not have */
void opencti_triple(struct check *c);
/* relationships that end at a report */
void opencti_cycle(struct check *c);
/* relationships that get their dates from a reference */
void opencti_dates(struct check *c);
/* sightings without a place */
void opencti_sighting(struct check *c);
/* analyses without a result_name */
void opencti_result(struct check *c);
/* objects that count as certain */
void opencti_confidence(struct check *c);
/* e-mail addresses beyond ASCII */
void opencti_email(struct check *c);

/* MISP's import (profile_misp.c) */
/* spec_version of a bundle */
void misp_bundle(struct check *c);
/* a report that becomes a published event */
void misp_published(struct check *c);
/* labels of MISP's own converter */
void misp_label(struct check *c);
/* malware without is_family */
void misp_family(struct check *c);
/* types that vanish */
void misp_type(struct check *c);
/* properties that vanish */
void misp_property(struct check *c);
/* relationships that vanish */
void misp_relationship(struct check *c);
/* sightings without a place */
void misp_sighting(struct check *c);
/* all rules about patterns */
void misp_pattern(struct check *c);

/* A property that a platform loses; type NULL: of every object. */
struct lost_property {
	const char *type, *name, *why;
};
/* Reports those of the rows that the object has. */
void report_lost(struct check *c, enum rule_id r, const struct lost_property *rows, size_t n);

#endif
