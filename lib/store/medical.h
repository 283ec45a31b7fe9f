/*
 * The hub's store of medical information and disaster windows, DIR/medical.db, apart from the
 * people so that nothing here slows a question by number.
 *
 * Synthetic people have no rows: what was invented of them is worked out from the seed
 * (hub/history.h). The tables drug and checkup hold what agencies and insurers registered, rows
 * closed, never overwritten, so that what was answered at a moment can be answered again.
 *
 * A handle belongs to one thread.
 */
#ifndef OQ_STORE_MEDICAL_H
#define OQ_STORE_MEDICAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct medical;

/* seed and number of the synthetic people: persons 1 to n. 0, or -1 with why. */
int medical_create(const char *dir, uint64_t seed, int64_t people, struct why *);

enum medical_mode { MEDICAL_READ, MEDICAL_WRITE };

/* MEDICAL_WRITE makes an empty one where an older hub has none. NULL with why. */
struct medical *medical_open(const char *dir, enum medical_mode, struct why *);
void medical_close(struct medical *);

/* Is the person a synthetic one? 1 and the seed, or 0. */
int medical_seed(const struct medical *, int64_t person, uint64_t *seed);

/*
 * Call each() with the JSON of what had been registered of the person before that moment and not
 * been closed by then, newest first, until it returns other than 0. Drugs from a month on (year *
 * 12 + month - 1). 0, what each() returned, or -1 with why.
 */
typedef int medical_each(const char *json, size_t, void *);
int medical_drugs(struct medical *, int64_t person, int64_t from_month, int64_t before,
    medical_each *, void *, struct why *);
int medical_checkups(
    struct medical *, int64_t person, int64_t before, medical_each *, void *, struct why *);

/* Where facilities are: the municipality, as whoever admits them says. 0, or -1 with why. */
int medical_set_place(
    struct medical *, const char *facility, const char *municipality, struct why *);
/* 1 and the place, 0 if it is not known, or -1 with why. */
int medical_place(struct medical *, const char *facility, char *out, size_t, struct why *);

/* A disaster in which medical information is given without a card. */
#define WINDOW_TEXT_SIZE  512
#define WINDOW_KINDS_SIZE 64

struct window {
	int64_t id;
	char event[WINDOW_TEXT_SIZE],
	    area[WINDOW_TEXT_SIZE];	/* area: as the ministry words it (hub/area.h) */
	char kinds[WINDOW_KINDS_SIZE];	/* words of hub/area.h with blanks; "": all */
	uint32_t from, to;		/* day.h, both inclusive; 0: not known */
	int64_t recorded_at, closed_at; /* 0: not closed */
};

/* 0 and its id, or -1 with why. */
int window_add(struct medical *, struct window *, struct why *);
/* 1, 0 if there is no such window that is not closed, or -1 with why. */
int window_close(struct medical *, int64_t id, int64_t now, struct why *);
/* Calls each() for every window by id, as above. */
int window_each(struct medical *, int (*each)(const struct window *, void *), void *, struct why *);

#endif
