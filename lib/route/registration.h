/* What tells one registration of a bulk request from the others: its echo has no identifier of ours. */
#ifndef OQ_ROUTE_REGISTRATION_H
#define OQ_ROUTE_REGISTRATION_H

#include <jansson.h>

#include "route/bulk.h"

/*
 * The item of an `insured` with its reference_number: two are the same where every text of them is. "" when
 * it cannot be made.
 */
void registration_item(const json_t *insured, char out[static BULK_ITEM_SIZE]);

#endif
