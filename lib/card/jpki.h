/*
 * The authentication side of the JPKI application (facts: my-number-card.md 2 to 7). Nothing else
 * on the card is ever selected, and nothing that needs the My Number or the signature password.
 *
 * Each function returns 0, or -1 with why. A card that answers as if fresh from the power-up in
 * the middle of a session is told apart: another one (card-swapped), or the same one, reset.
 */
#ifndef OQ_CARD_JPKI_H
#define OQ_CARD_JPKI_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "card/apdu.h"
#include "trust/alg.h"

#define PIN_DIGITS     4
#define TRIES_UNKNOWN  (-1)
#define JPKI_CERT_MAX  8192 /* real ones have about 1.3 KB */
#define JPKI_SIGNATURE 512

/* card-foreign where the application is not there. */
int jpki_select(struct channel *, struct why *);

/* Is it a My Number Card? card-kind-unsupported names the old card and phones. */
int jpki_label(struct channel *, struct why *);

/* The user-authentication certificate, without filler; out is empty before. */
int jpki_certificate(struct channel *, struct buf *out, struct why *);

/* Selects the PIN and asks how many tries are left: TRIES_UNKNOWN where the card does not say. */
int jpki_tries(struct channel *, const struct buf *certificate, int *tries, struct why *);

/*
 * Asks again, so that a card which was laid down meanwhile never gets the PIN of another; then
 * compares the PIN, once. pin-wrong says how many tries are left.
 */
int jpki_verify(struct channel *, const struct buf *certificate, int tries,
    const char pin[static PIN_DIGITS], struct why *);

/* Signs a digest. The signature is as a token has it; *n: room, then length. */
int jpki_sign(struct channel *, const struct buf *certificate, const struct alg *,
    const uint8_t *digest, size_t digest_len, uint8_t *signature, size_t *n, struct why *);

/* Can cards with keys of that algorithm sign? 1, or 0 with why (card-key-unsupported). */
int jpki_can(const struct alg *, struct why *);

/* Drops what was verified: another application is selected. What the card says is ignored; the
 * caller takes the power away in any case. */
void jpki_drop(struct channel *);

#endif
