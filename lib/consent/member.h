/* The member `consent` of a record, and what it says for people who read records. */
#ifndef OQ_CONSENT_MEMBER_H
#define OQ_CONSENT_MEMBER_H

#include "base/buf.h"
#include "consent/dialogue.h"
#include "trust/consent.h"

/* A member of our own making: of a receipt, of a word of mouth, or of nothing that was answered. */
struct consent_member {
	const char *receipt, *code; /* NULL: there is none */
	const struct purpose_list *asked;
	struct consent_purposes said;
	const char *unsaid;		 /* the decision of what stands in neither set */
	int64_t at, expires;		 /* 0: nothing was answered, or nothing that ends */
	const struct consent_text *text; /* NULL: nothing was shown or read out */
	const char *origin;		 /* NULL: nothing was answered */
};

/* Appends it as JSON. 0, or -1 when out has failed. */
int member_write(struct buf *out, const struct consent_member *);

#endif
