/*
 * What records.csv cannot say in a cell: which member holds which object, and when a member
 * without "?" may be absent all the same.
 */
#ifndef OQ_GENERATE_SHAPE_H
#define OQ_GENERATE_SHAPE_H

#include <stddef.h>

enum holding {
	HOLDS_ONE,   /* the object itself */
	HOLDS_ARRAY, /* an array of it */
	HOLDS_MAP,   /* an object whose keys are the members of `purpose` */
};

struct link {
	const char *object, *member;
	enum holding holding;
	const char *target;
	const char *ja, *note; /* for members that are no row of their own, else NULL */
};
extern const struct link links[];
extern const size_t n_links;

/* The link of a member, or NULL. */
const struct link *link_find(const char *object, const char *member);

enum presence {
	PRESENT,	  /* always */
	PRESENT_ANSWERED, /* where the question was answered: eligibility not "not-asked" or "pending" */
	MAYBE_ABSENT,
};

/* When does the member stand in its object? type is the cell of records.csv. */
enum presence member_presence(const char *object, const char *member, const char *type);

#endif
