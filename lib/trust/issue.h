/*
 * An authority of one's own: makes the certificates of a hub, its facilities and its insurers.
 *
 * Everything lies in one directory (0700): ca.pem and ca.key first, then NAME.pem and NAME.key for
 * each certificate, keys 0600. Keys are P-256. A certificate only says who; what its holder may do
 * stands in the hub's store (DESIGN 5).
 */
#ifndef OQ_TRUST_ISSUE_H
#define OQ_TRUST_ISSUE_H

#include <stdint.h>

#include "base/error.h"

#define FINGERPRINT_SIZE 32 /* SHA-256 of a certificate's DER */

enum issue_use {
	ISSUE_SERVER, /* names are its SAN entries: IP addresses or DNS names */
	ISSUE_CLIENT,
};

struct issue {
	const char *file;	 /* "facility": FILE.pem and FILE.key */
	const char *common_name; /* "4719999999", "localhost" */
	const char *unit;	 /* OU: the role in words, for people; NULL: none */
	enum issue_use use;
	const char *const *names; /* NULL-terminated; NULL for clients */
};

/* Makes ca.pem and ca.key, good for ten years. 0, or -1 with why. */
int issue_authority(const char *dir, const char *name, struct why *);

/*
 * Makes a key and a certificate signed by dir's authority, good for 825 days. An existing pair of
 * that name is replaced. 0 and the fingerprint, or -1 with why.
 */
int issue_certificate(const char *dir, const struct issue *,
    unsigned char fingerprint[static FINGERPRINT_SIZE], struct why *);

/*
 * An authority of cards for rehearsals, in dir beside the other: card-ca.pem and card-ca.key. Its
 * certificates are as a My Number Card's (idcert.h), but for the name: nobody takes it for the JPKI's.
 * 0, or -1 with why.
 */
int issue_card_authority(const char *dir, const char *name, struct why *);

/*
 * Makes a card from dir's authority, in `out` (0700, which is there): auth.key, auth.der,
 * auth-ca.der, and a PIN of its own in the file pin. Its certificate ends at not_after. 0, or -1
 * with why. What the certificate says, idcert_read() tells of auth.der.
 */
int issue_card(const char *dir, const char *out, int64_t not_after, struct why *);

#endif
