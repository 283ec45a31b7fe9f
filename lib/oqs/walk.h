/*
 * A walk over a document: libxml2's streaming reader (no document type, no entities, no network)
 * along the tree of the message. What it meets is told to a sink, value by value.
 */
#ifndef OQ_OQS_WALK_H
#define OQ_OQS_WALK_H

#include <jansson.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "oqs/input.h"
#include "oqs/tree.h"

#define OQS_DEPTH     32
#define OQS_VALUE_MAX ((size_t)1 << 20)

/* An element that is open. */
struct oqs_frame {
	struct oqs_node *node; /* NULL: not in the table */
	const char *name;      /* one address for one name during a walk */
	struct oqs_node *last; /* the child that came last */
	int has_child;
	uint64_t instance; /* the sink's: 0 until its first value */
	uint64_t ordinal;  /* the sink's: among those of its name that hold anything, from 1 */
	json_t *base;	   /* the sink's: the object its children write to, borrowed */
};

struct oqs_walk {
	struct oqs_tree *tree;
	struct oqs_input *in;
	struct oqs_frame frames[OQS_DEPTH]; /* 0 is XmlMsg */
	size_t depth;			    /* open elements */
	size_t unit_depth;		    /* frames[unit_depth] is the unit; 0: outside one */
	const struct oqs_sink *sink;
	void *arg;
	struct why *why;
	struct buf text; /* of the innermost element */
	struct _xmlTextReader *reader;
	int line, column; /* of an error of the reader, else 0 */
	char where[192];  /* and the elements that were open there, as far as known */
};

/*
 * Each returns 0 to go on or -1 with walk->why. A value is the text of the innermost open element, or,
 * with suffix "#text", text beside its child elements, or with "@name" an attribute. Empty
 * and blank texts are not told: they are as good as absent.
 */
struct oqs_sink {
	int (*value)(struct oqs_walk *, const char *suffix, const char *text);
	int (*unit_begin)(struct oqs_walk *); /* these may be NULL: not told */
	int (*unit_end)(struct oqs_walk *);
	int (*open)(struct oqs_walk *);	 /* an element began: the innermost frame */
	int (*close)(struct oqs_walk *); /* it ends */
};

/*
 * Walks the whole document. 0, or -1 with why, which names file, line and the innermost known
 * element, never a value.
 */
int oqs_walk(
    struct oqs_tree *, struct oqs_input *, const struct oqs_sink *, void *arg, struct why *);

/* Fills walk->why: where the walk is, as far as the table knows it, and what is wrong. Returns -1. */
int oqs_walk_refuse(struct oqs_walk *, enum error_id, const char *what);

#endif
