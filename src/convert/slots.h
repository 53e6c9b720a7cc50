/*
 * slots: a sentence with its mentions and references back as slots, and the things the mentions are of.
 */
#ifndef CONVERT_SLOTS_H
#define CONVERT_SLOTS_H

#include "convert/rules.h"

/* One thing that the document names: all mentions of it. */
struct thing {
	const char *key;	/* type and folded name or external id */
	const struct mention *first;	/* its first mention where the text states facts, else its first */
	size_t row;		/* of slot_classes */
	int law;		/* a law-enforcement operation */
	int asserted;		/* some mention stands where the text states facts */
	int near;		/* named in a row or by its id, or in a block where an adversary or malware is spoken of */
	int related;		/* an end of a relationship */
	json_t *props;		/* what the text states of it: new, or NULL */
	const char *id;		/* of its entity once it has one */
	size_t same;		/* index of the thing of which this is another name; its own: of none */
	VEC(const char *) names;	/* what the text says it is called, too */
};

struct slot {
	size_t thing;		/* index into things */
	size_t behind;		/* sentence that names it when this is a reference back, else SIZE_MAX */
	int back;		/* a reference back, not a name */
	const char *name;	/* the name that stands there; NULL: a reference back */
	const char *also;	/* another name of the same thing in brackets behind it, or NULL */
};

/* A sentence as the rules see it. */
struct slotted {
	struct buf text;
	VEC(struct slot) slots;
};

/* What was named last, per class, to resolve references back. */
struct recall {
	size_t thing[32];	/* per row of slot_classes; SIZE_MAX: none */
	size_t sent[32];	/* where it was last spoken of, by name or by a reference back */
	size_t named[32];	/* where it was last named */
	size_t several[32];	/* a sentence that names more than one of the class; SIZE_MAX: none */
};

struct things {
	struct arena *arena;
	VEC(struct thing) things;
	unsigned char *active;	/* per block: an adversary or malware is spoken of */
	size_t *of;		/* per mention: index into things, or SIZE_MAX */
};

/* Is it a type of adversaries, of what they do it with, or of what they do? */
int names_adversary(const char *type);
/* Groups the mentions of names into things; in the document's arena. */
void things_build(const struct doc *d, const struct mentions *m, struct things *out);
/* The text gives thing b as another name of thing a, or of what a is another name of. 1: it was news. */
int things_same(struct things *t, size_t a, size_t b);
/* What is said of a thing under another name is said of it: of[] of nmention mentions, properties, marks. */
void things_join(struct things *t, size_t nmention);
/* Does the sentence state facts about the things it names? Not in events, share bars, and tables of telemetry. */
int states(const struct doc *d, size_t sent);
/* The story a sentence belongs to: references back do not leave it. */
size_t story_of(const struct doc *d, size_t sent);
/*
 * Builds sentence `sent` into out (emptied first) and moves recall on. `before`: the sentence before it as the rules saw it, or
 * NULL. next: index of the first mention not before the sentence, kept between calls.
 */
void slotted_build(const struct doc *d, const struct mentions *m, const struct things *t, const struct rules *r, size_t sent,
    const struct slotted *before, struct recall *recall, size_t *next, struct slotted *out);
void slotted_free(struct slotted *s);
/*
 * The slots within text[from..to) of s, but for those in brackets behind a slot: appends their numbers to out (at most max) and
 * returns how many.
 */
size_t slotted_within(const struct slotted *s, size_t from, size_t to, size_t *out, size_t max);

/* Makes the slots in text[from..to) ones of no class. */
void slotted_mask(char *text, size_t from, size_t to);

#endif
