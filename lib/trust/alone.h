/* A child that has nothing of its parent but what it is to work with. */
#ifndef OQ_TRUST_ALONE_H
#define OQ_TRUST_ALONE_H

#include <stddef.h>

/*
 * Call it in a fresh child: closes every descriptor but standard error and the n named (-1 is
 * none), leaves the signals of the terminal to the parent, and never writes a core. 0 or -1.
 */
int alone(const int *keep, size_t n);

#endif
