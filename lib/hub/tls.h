/* TLS as PROTOCOL 1 has it: 1.3 only, and who has no certificate of the authority does not get in. */
#ifndef OQ_HUB_TLS_H
#define OQ_HUB_TLS_H

#include <openssl/ssl.h>

#include "base/error.h"
#include "store/people.h"

/* The context of dir's server certificate and authority. NULL with why. */
SSL_CTX *tls_context(const char *dir, struct why *);

/* The same with a certificate nobody should trust, made here: for --faults. NULL with why. */
SSL_CTX *tls_wrong_context(const char *dir, struct why *);

/* SHA-256 of the other side's certificate. 1, or 0 if there is none. */
int tls_fingerprint(const SSL *, unsigned char fingerprint[static CREDENTIAL_SIZE]);

#endif
