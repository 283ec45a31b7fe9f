/* Files only below what a profile names (Landlock, Linux 5.13 and later). */
#ifndef OQ_BASE_LANDLOCK_H
#define OQ_BASE_LANDLOCK_H

#include "base/restrain.h"

/*
 * Enters the file rules of the profile; no_new_privs must be set. 0 also where the kernel has no
 * Landlock or has it switched off; -1 with errno where it refused.
 */
int landlock_enter(const struct profile *);

#endif
