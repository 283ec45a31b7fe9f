/* Where state is kept (PROTOCOL 6). */
#ifndef OQ_BASE_STATE_H
#define OQ_BASE_STATE_H

#include "base/error.h"

/*
 * The path of a file in the state directory: the one named, else /var/lib/oq for root, else below
 * $XDG_STATE_HOME or ~/.local/state. Makes the directory (0700) with what is missing above it. With
 * file NULL the directory itself. The caller's, or NULL with why.
 */
char *state_path(const char *state, const char *file, struct why *);

#endif
