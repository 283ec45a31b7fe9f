/*
 * What a patient is asked and told, in the patient's language: a dated table, so that a consent can
 * say under which words it was given. Columns id, version and lang name a wording; `part` is a
 * purpose, or intro, given, refused, slip, slip-...; `name` is short, `text` a sentence.
 */
#ifndef OQ_CONSENT_WORDING_H
#define OQ_CONSENT_WORDING_H

#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "model/purposes.h"
#include "trust/consent.h"

struct wording;

/*
 * The wording in force on the day in that language, from a file or (NULL) the installed table.
 * purposes: those that must have one. NULL with why: wording-missing, or what is wrong with the
 * table.
 */
struct wording *wording_open(
    const char *path, const char *lang, struct date day, uint16_t purposes, struct why *);
void wording_close(struct wording *);

const struct consent_text *wording_which(const struct wording *);

/* Name and sentence of a part; "" where the table has none. */
const char *wording_name(const struct wording *, const char *part);
const char *wording_text(const struct wording *, const char *part);

#endif
