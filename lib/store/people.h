/*
 * The hub's store of people, covers and credentials: DIR/people.db.
 *
 * A cover stands under a 63-bit keyed hash of its key (insurer number, symbol, number, birth date,
 * all folded). Several covers of one hash stand in the slots that follow, and a row says with
 * `more` whether to look further; the real key is always compared.
 *
 * A handle belongs to one thread. Between people_begin() and people_end() everything read is of
 * one moment.
 */
#ifndef OQ_STORE_PEOPLE_H
#define OQ_STORE_PEOPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/cover.h"

#define CREDENTIAL_SIZE 32 /* SHA-256 of a certificate's DER */
#define CODE_SIZE	17 /* of a facility or an insurer, and its NUL */
#define ROLE_SIZE	16
#define CANDIDATES_MAX	16 /* covers of one key, or of one person, that are looked at */
#define CARD_HASH_SIZE	32
#define SERIAL_SIZE	41 /* 20 octets (RFC 5280 4.1.2.2) in hex, and its NUL */

struct people;

/* 0, or -1 with why. NAME is the hub's name, as /v1/hello gives it. */
int people_create(const char *dir, const char *name, struct why *);

enum people_mode { PEOPLE_READ, PEOPLE_WRITE };

/* NULL with why (store-newer, store-unusable). */
struct people *people_open(const char *dir, enum people_mode, struct why *);
void people_close(struct people *);

/* The hub's name. Borrowed. */
const char *people_name(const struct people *);
/* How many covers there are, or -1 with why. Slow. */
int64_t people_covers(struct people *, struct why *);

/*
 * Looks covers up on the shelf (NULL: in the file) from the next people_begin() on, as long as the
 * shelf is of the file's generation. The shelf stays the caller's and must outlive the handle.
 */
struct shelf;
void people_use_shelf(struct people *, const struct shelf *);

/* One moment for all that is read. 0, or -1 with why. */
int people_begin(struct people *, struct why *);
void people_end(struct people *);

/* Insurers */
struct insurer {
	struct text number; /* 6 or 8 digits */
	struct text name;
	int plain; /* the name needs no escape in JSON */
};
/* NULL if there is no such row, or it could not be read. Lives as long as the handle. */
const struct insurer *people_insurer(struct people *, uint32_t insurer);

/* Covers */
struct cover_key {
	struct text insurer_number; /* folded: without padding and leading zeros */
	struct text symbol, number; /* folded */
	uint32_t birth_date;	    /* day.h */
	int64_t slot;		    /* where its covers begin: set by people_locate() */
};

struct candidates {
	size_t n;
	struct cover covers[CANDIDATES_MAX];
	unsigned char docs[CANDIDATES_MAX * COVER_PACKED_MAX]; /* what their texts point into */
	size_t used;
};

/* Sets key->slot. */
void people_locate(const struct people *, struct cover_key *);
/*
 * Has the memory fetched. With some work between this, people_expect_row() and people_find(),
 * nobody waits for it. Said of several keys one after the other, with nothing between: an address
 * must be translated before the processor goes on, and it translates several at a time if it sees
 * them together.
 */
void people_expect(const struct people *, const struct cover_key *);
void people_expect_row(const struct people *, const struct cover_key *);

/* Finds the covers of the key that are not replaced. 0 and the candidates, or -1 with why. */
int people_find(struct people *, const struct cover_key *, struct candidates *, struct why *);

/* The cover of a slot, also a replaced one, as the only candidate. 1, 0 if there is none, -1 with why. */
int people_get(struct people *, int64_t slot, struct candidates *, struct why *);

/* The covers of these slots, also replaced ones, in that order. 0, or -1 with why. */
int people_slots(
    struct people *, const int64_t *slots, size_t n, struct candidates *, struct why *);

/*
 * The person's covers that are not replaced, in the order of registration. From the file, since
 * the shelf knows no persons: slower than people_find(). 0, or -1 with why.
 */
int people_of(struct people *, int64_t person, struct candidates *, struct why *);

/* Has the person of this cover any cover on that day? 1, 0, or -1 with why. */
int people_covered(struct people *, const struct cover *, uint32_t day, struct why *);

/*
 * Calls each() for every cover of those born on that day, by person, until it returns other than
 * 0: from the file. 0, what each() returned, or -1 with why.
 */
int people_born(struct people *, uint32_t birth_date, int (*each)(const struct cover *, void *),
    void *, struct why *);

/*
 * Calls each() for every cover in the order of persons, then of registration, until it returns
 * other than 0. 0, what each() returned, or -1 with why.
 */
int people_each(struct people *, int (*each)(const struct cover *, void *), void *, struct why *);

/*
 * Loading many at once into a store that has none yet; if it fails, the store is to be made anew.
 * Memory: 200 bytes a cover.
 */
struct loading;
struct loading *loading_begin(struct people *, struct why *);
/* A new row of insurers. 0 and *insurer, or -1 with why. */
int loading_insurer(
    struct loading *, const char *number, const char *name, uint32_t *insurer, struct why *);
int loading_cover(struct loading *, const struct cover *, struct why *);
/* Writes all and frees, also when it fails. 0, or -1 with why. */
int loading_end(struct loading *, struct why *);
/* Frees without writing. */
void loading_drop(struct loading *);

/* Credentials: what the holder of a certificate may do */
struct credential {
	unsigned char fingerprint[CREDENTIAL_SIZE];
	char role[ROLE_SIZE]; /* facility insurer agency kiosk admin */
	char code[CODE_SIZE];
	int may_attest;
	int64_t added_at, revoked_at; /* 0: not revoked */
};

/* 1, 0 if the hub does not know it, or -1 with why. */
int credential_find(struct people *, const unsigned char fingerprint[static CREDENTIAL_SIZE],
    struct credential *, struct why *);
int credential_add(struct people *, const struct credential *, struct why *);
/* How many were revoked (all that the code had), or -1 with why. */
int credential_revoke(struct people *, const char *code, int64_t now, struct why *);
int credential_each(
    struct people *, int (*each)(const struct credential *, void *), void *, struct why *);

/* Cards: whose the certificate of a card is */
struct card {
	unsigned char certificate[CARD_HASH_SIZE]; /* of issuer and serial: card.certificate */
	unsigned char fingerprint[CARD_HASH_SIZE]; /* SHA-256 of the certificate's DER */
	char serial[SERIAL_SIZE];
	int64_t person;
	int64_t not_after, added_at, revoked_at; /* 0: not revoked */
};

/* A card that signed is found by its certificate, one that was looked at by the fingerprint. */
enum card_key { CARD_BY_CERTIFICATE, CARD_BY_FINGERPRINT };

/* The hash that 64 hexadecimal digits in lower case write. */
void card_hash(const char *digits, unsigned char out[static CARD_HASH_SIZE]);

/* 1, 0 if the hub does not know it, or -1 with why. */
int card_find(struct people *, enum card_key, const unsigned char hash[static CARD_HASH_SIZE],
    struct card *, struct why *);
int card_add(struct people *, const struct card *, struct why *);
/* How many were revoked (0: it was already, or there is none), or -1 with why. */
int card_revoke(struct people *, const char *serial, int64_t now, struct why *);
int card_each(struct people *, int (*each)(const struct card *, void *), void *, struct why *);

#endif
