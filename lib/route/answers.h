/* The lines of an answer and the questions they answer: matched by `ask` (PROTOCOL 1). */
#ifndef OQ_ROUTE_ANSWERS_H
#define OQ_ROUTE_ANSWERS_H

#include "route/route.h"

/*
 * Gives the lines in window.answers from byte `at` on to the n questions from `first` on. A line
 * that comes twice with the same bytes counts once. 0 when every line was one of ours and every
 * question got one; else -1 with why (hub-failed), and those that did get one keep it.
 */
int answers_match(struct window *, size_t first, size_t n, size_t at, struct why *);

/* Takes the answers of these questions away again. */
void answers_forget(struct window *, size_t first, size_t n);

#endif
