/* Times of certificates. */
#ifndef OQ_TRUST_WHEN_H
#define OQ_TRUST_WHEN_H

#include <stdint.h>

#include <openssl/asn1.h>

/* Unix seconds. 1, or 0 if the time cannot be read. */
int when_read(const ASN1_TIME *, int64_t *);

#endif
