/*
 * The rules between a raw record and a record: where an answer stands, what counts as an answer,
 * consents once for all policies, flat lists of drugs. record_finish() and record_prepare() are
 * each other's inverse.
 */
#ifndef OQ_OQS_RECORD_H
#define OQ_OQS_RECORD_H

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"
#include "oqs/table.h"

struct oqs_judge {
	const char *tool;     /* for error.tool */
	const char *facility; /* our institution code, to tell our own drugs; NULL: unknown */
	int64_t at;	      /* grants are judged at this moment, Unix seconds */
};

/*
 * Makes a record of the raw record, in place. in_unit: it is one unit of a bulk result.
 * distrust: a reason (an error) to set the answer aside, or ERR_NONE. 0, or -1 without memory.
 */
int oqs_record_finish(json_t *record, const struct oqs_message *, int in_unit,
    const struct oqs_judge *, enum error_id distrust);

/*
 * Makes a raw record of a copy of the record. *unpadded: the insurer number came without the blanks
 * that belong before six digits. The caller's, or NULL without memory, or when `policies`
 * holds something that is no object.
 */
json_t *oqs_record_prepare(const json_t *record, const struct oqs_message *, int *unpadded);

/* consents.c: eligibility.consents from what each policy said, and back. */
int oqs_consents_gather(json_t *eligibility, int all, int64_t at);
int oqs_consents_scatter(json_t *eligibility);

/* medical.c: flat lists from months and dates, and back. */
int oqs_medical_flatten(json_t *medical, const char *facility);
int oqs_medical_fold(json_t *medical);

#endif
