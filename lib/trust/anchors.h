/* The authorities that certificates are checked against, as idcert.c sees them. */
#ifndef OQ_TRUST_ANCHORS_H
#define OQ_TRUST_ANCHORS_H

#include <openssl/x509.h>

#include "trust/idcert.h"

/*
 * The authority that issued and signed this certificate, valid at that time. Borrowed; NULL if it
 * is none of these.
 */
X509 *anchors_issuer(const struct anchors *, X509 *, int64_t at);

#endif
