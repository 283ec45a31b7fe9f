/*
 * The steps of a check-in, from this machine's configuration to the hub's answer, and what was found
 * at each of them; stages in the code, where a card's session has steps. Each is a row of
 * stage_rows; what looks at it stands in the file of its group.
 */
#ifndef OQ_READINESS_STAGE_H
#define OQ_READINESS_STAGE_H

#include <stdint.h>

#include "base/error.h"

enum stage {
	STAGE_CONFIGURATION,
	STAGE_CARD_SERVICE,
	STAGE_CARD_PERMISSION,
	STAGE_READER,
	STAGE_CARD,
	STAGE_AUTHORITY,
	STAGE_CERTIFICATE,
	STAGE_KEY,
	STAGE_NAME,
	STAGE_CONNECTION,
	STAGE_TLS,
	STAGE_HUB,
	STAGE_FOLDER,
	STAGE_REQUESTS,
	STAGE_SPACE,
	STAGE_NEWEST,
	STAGE_LINE,
	STAGE_TERMINAL_CERTIFICATE,
	STAGE_SIGN_IN,
	STAGE_CLOCK,
	STAGE_JOURNAL,
	STAGES
};

/* In the order of their weight: the worst is the verdict. */
enum found { FOUND_OK, FOUND_NOTICE, FOUND_UNKNOWN, FOUND_FAIL, FOUNDS };
extern const char *const found_words[FOUNDS]; /* as in records.csv */

enum way_out { WAY_HTTPS = 1, WAY_TERMINAL = 2, WAY_NONE = 4 }; /* NONE: no --via */

struct stage_row {
	const char *name;  /* in records: "tls" */
	const char *label; /* N_(): for people */
	unsigned ways;	   /* on which of them it is a step at all */
};
extern const struct stage_row stage_rows[STAGES];

/* The step of that name, STAGES if there is none. */
enum stage stage_find(const char *name);

struct finding {
	int looked; /* 0: nothing got there */
	enum found found;
	struct why why; /* ERR_NONE where all is well */
	int64_t took;	/* milliseconds */
};

#endif
