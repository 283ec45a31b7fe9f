/* How large type may be, so that a list stands on one page of A4 (html.h). */
#ifndef OQ_LIST_FIT_H
#define OQ_LIST_FIT_H

#include "view/sheet.h"

struct fit {
	struct sheet *large; /* read first; its column `wraps` may go over several lines */
	size_t wraps;
	struct sheet *small; /* several of its rows stand beside each other */
	double taken;	     /* millimetres of paper that something else needs */
};

/*
 * Sets size of type and rows beside each other: the largest type with which all fits, or the
 * smallest that can be read, with which the list then goes on to another page.
 */
void fit_page(const struct fit *);

/* The millimetres that a line of running text takes, with those it wraps to. */
double fit_line(const char *text);

#endif
