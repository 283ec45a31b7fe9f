/* For whom a token is: the hub's name, as the way out names it. */
#ifndef OQ_TRUST_AUDIENCE_H
#define OQ_TRUST_AUDIENCE_H

#include <stddef.h>

/*
 * hub where it is given (not NULL), else the host of https://HOST/ in lower case. 0, or -1 if via is no
 * such way, or the name does not fit.
 */
int token_audience(const char *via, const char *hub, char *out, size_t n);

#endif
