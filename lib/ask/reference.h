/* Registering reference numbers (照会番号): what one by one and in bulk have in common. */
#ifndef OQ_ASK_REFERENCE_H
#define OQ_ASK_REFERENCE_H

#include "ask/service.h"

/* Of a registration.status. */
enum verdict reference_verdict(const char *status);

/* As struct service has it. */
int reference_value(const struct answer *, struct buf *value, enum verdict *);

#endif
