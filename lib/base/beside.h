/* What is installed with a program stands beside its own directory: PREFIX/bin, PREFIX/share. */
#ifndef OQ_BASE_BESIDE_H
#define OQ_BASE_BESIDE_H

#include <stddef.h>

#include "base/error.h"

/*
 * The path of what stands there, tail being as "share/oq/shares.csv". 0, or -1 with errno when it
 * cannot be told where the program is, or the path is longer than n.
 */
int beside(const char *tail, char *out, size_t n);

/*
 * Becomes PREFIX/libexec/NAME, the same program with more libraries, with the same arguments and
 * descriptors. Returns only when there is none to become: -1 with why.
 */
int beside_become(const char *name, char *const argv[], struct why *why);

#endif
