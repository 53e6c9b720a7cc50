/* The forms in which stixpress validate says what it found. */
#ifndef CLI_FORMS_H
#define CLI_FORMS_H

#include "cli/cli.h"
#include "validate/validate.h"

struct forms_run;
/*
 * A form of output: what is written before all files, for each finding, after each file, at the end; NULL: nothing. One that is
 * for programs is told of a file that could not be read by a finding with the code "unreadable".
 */
struct form {
	const char *name;
	int machine;
	void (*begin)(struct forms_run *r);
	void (*finding)(struct forms_run *r, const struct validate_finding *f);
	void (*file)(struct forms_run *r, const struct validate_result *res);
	void (*end)(struct forms_run *r);
};

/* One run of the command; zeroed but for what is said. */
struct forms_run {
	struct cli *c;
	struct validate *v;
	const struct form *form;
	const char *path;		/* of the file at hand, as given */
	int strict;
	unsigned threads;
	int show;			/* the line of a finding too: -v, or somebody is reading */
	struct buf line;		/* text of one line; with a maximum */
	struct buf findings;		/* what a form keeps for later: of the file, or of all files; with a maximum */
	struct buf notes;		/* ... and what is no finding; with a maximum */
	size_t files, invalid, errors, warnings, objects;
	size_t written;			/* findings or files that a list has so far */
	char print[DIGEST_HEX];		/* what names the last finding, and how many had that before */
	size_t same;
	FILE *source;			/* the file once more, to show lines of it; or NULL */
	uint32_t source_line;
	char *source_text;
	size_t source_cap;
	int status;
};

/*
 * JSON Schema's output formats (Core, section 12): appends an error unit, after a comma where there is one already; writes the
 * verdict on a line, `flag` alone or `basic` with the error units.
 */
void form_basic_error(struct buf *out, const char *keyword, const char *uri, const char *instance, const char *message);
void form_verdict(FILE *f, int basic, int valid, const char *errors);

/* The form of that name, or NULL. */
const struct form *form_find(const char *name);
/* Is the file valid, as the user wants it? */
int forms_valid(const struct forms_run *r, const struct validate_result *res);

#endif
