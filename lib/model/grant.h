/*
 * A grant: what one consent is worth at a moment (oqs-interface.md 5). Given, refused, expired,
 * unobtainable, absent and invalid are six answers and stay so.
 */
#ifndef OQ_MODEL_GRANT_H
#define OQ_MODEL_GRANT_H

#include <jansson.h>
#include <stdint.h>

/*
 * Sets `usable` and, where there are any, `flags` of a grant that has `decision` and perhaps
 * `given_at` and `expires_at`. timed: this purpose has an end (limit_certificate and
 * specific_diseases have none). malformed: a time could not be read. contradicted: policies said
 * different things; the decision is then invalid. at: Unix seconds of the judging.
 * 0, or -1 without memory.
 */
int grant_judge(json_t *grant, int timed, int malformed, int contradicted, int64_t at);

#endif
