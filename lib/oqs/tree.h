/*
 * The table of one message, unfolded: a node for every place an element can stand. It carries what
 * a walk over a document has to count, so a tree serves one walk at a time.
 */
#ifndef OQ_OQS_TREE_H
#define OQ_OQS_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "oqs/table.h"

#define OQS_STEPS 4 /* names in a member path, most */

/* Places known for one member: the first is where it is written. */
struct oqs_place {
	const struct oqs_node *first, *used;
	uint64_t used_in; /* the walk's: the record in which `used` was */
};

/* What a survey of a bulk result looks for (conflicts.h). */
enum oqs_role { ROLE_ANSWER, ROLE_ID, ROLE_KEY, ROLE_RESULT };

struct oqs_node {
	const struct oqs_row *row; /* NULL: XmlMsg itself */
	const char *name;
	char *path; /* below XmlMsg, and below the unit inside one: ResultList/... */
	struct oqs_node *parent, *child, *next;
	int repeats;		      /* the member is an array */
	int absolute;		      /* the member path begins at the record */
	const char *steps[OQS_STEPS]; /* the member path, without its last "*" */
	size_t n_steps;
	char *members; /* what steps point into */
	enum oqs_role role;
	struct oqs_place *place, own_place;
	const void *name_key;	  /* the walk's: where its reader keeps this name */
	uint64_t count_in, count; /* the walk's: the instance counted in, and how many */
};

struct oqs_tree {
	const struct oqs_message *message;
	struct oqs_node *root;
	struct oqs_node *unit; /* NULL when a file is one record */
};

/* Unfolds. NULL without memory; oqs_tree_free() takes NULL too. */
struct oqs_tree *oqs_tree_new(const struct oqs_message *);
void oqs_tree_free(struct oqs_tree *);

/* The next node in document order of the table, children before siblings; NULL after the last. */
struct oqs_node *oqs_tree_next(const struct oqs_node *);

/* The last step of the member path: the name by which flags speak of it. "" for a wrapper. */
const char *oqs_node_member(const struct oqs_node *);

#endif
