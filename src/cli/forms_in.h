/* What forms.c takes from forms_ci.c: the forms that CI systems read, as rows of struct form want them. */
#ifndef CLI_FORMS_IN_H
#define CLI_FORMS_IN_H

#include "cli/forms.h"

/* SARIF 2.1.0: one run, all rules, a result a finding. */
void sarif_begin(struct forms_run *r);
void sarif_finding(struct forms_run *r, const struct validate_finding *f);
void sarif_file(struct forms_run *r, const struct validate_result *res);
void sarif_end(struct forms_run *r);
/* JUnit XML: a suite with one case for each file. */
void junit_begin(struct forms_run *r);
void junit_finding(struct forms_run *r, const struct validate_finding *f);
void junit_file(struct forms_run *r, const struct validate_result *res);
void junit_end(struct forms_run *r);
/* GitHub's workflow commands: errors at once, warnings last, because it shows few of a step. */
void github_finding(struct forms_run *r, const struct validate_finding *f);
void github_file(struct forms_run *r, const struct validate_result *res);
void github_end(struct forms_run *r);
/* GitLab's code quality report. */
void gitlab_begin(struct forms_run *r);
void gitlab_finding(struct forms_run *r, const struct validate_finding *f);
void gitlab_file(struct forms_run *r, const struct validate_result *res);
void gitlab_end(struct forms_run *r);

#endif
