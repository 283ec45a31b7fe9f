/*
 * A My Number Card as far as a reader sees it: the JPKI application, its files, PINs and keys
 * (facts: my-number-card.md 2 to 6). One card lies in one directory:
 *
 *	auth.der auth.key	the user-authentication certificate and key (key: PEM)
 *	auth-ca.der		the authority's, as the card carries it
 *	sign.der sign.key sign-ca.der	the same for signatures; may be absent
 *	pin password		the two secrets
 *	label			the token label, JPKIAPICCTOKEN2 where there is no such file
 *	tries			attempts left, "3 5": written at every change
 */
#ifndef OQ_TESTS_VCARD_CARD_H
#define OQ_TESTS_VCARD_CARD_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#define CARD_ANSWER_MAX 1024
#define CARD_FILE_MAX	16384

struct card_file {
	uint16_t id;
	uint8_t *bytes; /* NULL: the card has no such file */
	size_t len;
};

enum { PIN_AUTH, PIN_SIGN, PINS };

enum card_app { APP_NONE, APP_JPKI, APP_MANAGER };

struct card {
	const char *dir;
	struct card_file files[6];
	EVP_PKEY *keys[PINS];
	char pins[PINS][17];
	int tries[PINS];
	int verified[PINS]; /* outlives a reset and a new selection of the same application */
	enum card_app app;
	uint16_t current; /* file identifier, 0: none */
};

/* 0, or -1 with a message on stderr. */
int card_load(struct card *, const char *dir);
void card_free(struct card *);

/* Loses its power: everything but the attempts left is forgotten. */
void card_power_off(struct card *);
/* A warm reset: no application selected, but a verified PIN stays so. */
void card_reset(struct card *);

/* Answers a command; out holds CARD_ANSWER_MAX bytes. Returns their number, status word included. */
size_t card_answer(struct card *, const uint8_t *command, size_t n, uint8_t *out);

#endif
