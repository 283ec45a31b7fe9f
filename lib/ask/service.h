/*
 * What can be asked, a row each: all in which asking for the insurance and asking for medical
 * information differ.
 */
#ifndef OQ_ASK_SERVICE_H
#define OQ_ASK_SERVICE_H

#include "ask/ask.h"
#include "ask/line.h"
#include "base/buf.h"
#include "pipe/tally.h"
#include "route/route.h"

/* An answer line, and what only we know of it. */
struct answer {
	const char *line;
	size_t len;
	const char *asked_at, *route;
	int reused;	   /* an equal line has it already */
	const json_t *own; /* what decide() left for it */
};

struct service {
	const char *name;    /* the path's end over https */
	const char *member;  /* of a record, that it writes */
	const char *beside;  /* one of the answer that is taken over as it came; NULL: none */
	size_t lines, bytes; /* of one request, at most */
	size_t question_max; /* bytes of one question line */
	/*
	 * What the record's member says to what would be asked: whoever asks for what is unknown only
	 * has the rest already. VERDICT_UNKNOWN where it does not say.
	 */
	enum verdict (*known)(const struct ask_options *, const json_t *record);
	/* What is to be done with the record, which has no `error` (line.h). */
	enum way (*decide)(const struct ask_options *, const struct route *, struct decision *);
	/* Adds the question line, which begins with the ask. 0, or -1 when out has failed. */
	int (*write)(struct buf *out, const char *ask, const struct decision *);
	/* Leaves the verdict as the note, or why the other side gives no answer. */
	answer_reader *read;
	/*
	 * value becomes the JSON text of the member; *verdict comes in as the reader left it. 0, or -1
	 * without memory.
	 */
	int (*value)(const struct answer *, struct buf *value, enum verdict *);
};

extern const struct service service_verify, service_query, service_self, service_reference;

#endif
