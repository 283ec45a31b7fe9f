/*
 * The seccomp program of each set of what a profile may do (the bits of restrain.h): generated when
 * oq is built (generate/filters.c), for the machine that it is built for.
 */
#ifndef OQ_BASE_FILTERS_H
#define OQ_BASE_FILTERS_H

#include <linux/filter.h>

#include "base/restrain.h"

/* Set `may` has the steps from filter_start[may] up to filter_start[may + 1]. */
extern const struct sock_filter filter_steps[];
extern const unsigned filter_start[MAY_SETS + 1];

#endif
