/* Cards through the system's PC/SC daemon. */
#ifndef OQ_CARD_PCSC_H
#define OQ_CARD_PCSC_H

#include "card/transport.h"

/* Makes no call until open(). NULL self: no memory. The caller frees self with free(). */
struct way pcsc_way(void);

#endif
