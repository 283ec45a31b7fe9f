#include <string.h>
#include <unistd.h>

#include "card/apdu.h"

#define FETCHES_MAX 4

static const char *const steps[] = {
	[STEP_START] = "at the start",
	[STEP_WAIT] = "while waiting for a card",
	[STEP_CONNECT] = "while connecting",
	[STEP_APPLICATION] = "while its application was selected",
	[STEP_TOKEN] = "while its label was read",
	[STEP_CERTIFICATE] = "while its certificate was read",
	[STEP_PIN_FILE] = "while the PIN was looked up",
	[STEP_TRIES] = "while the tries were read",
	[STEP_PROMPT] = "while the PIN was asked for",
	[STEP_VERIFY] = "while the PIN was compared: a try may have been spent",
	[STEP_KEY] = "while the key was selected",
	[STEP_SIGN] = "while it signed",
	[STEP_DROP] = "after everything was done",
	[STEP_END] = "after everything was done",
};

static const enum error_id errors[LINKS] = {
	[LINK_OK] = ERR_NONE,
	[LINK_LATER] = ERR_CARD_MISSING,
	[LINK_NO_SERVICE] = ERR_CARD_SERVICE_MISSING,
	[LINK_REFUSED] = ERR_CARD_SERVICE_REFUSED,
	[LINK_NO_READER] = ERR_READER_MISSING,
	[LINK_NO_CARD] = ERR_CARD_MISSING,
	[LINK_HELD] = ERR_READER_HELD,
	[LINK_REMOVED] = ERR_CARD_REMOVED,
	[LINK_RESET] = ERR_CARD_RESET,
	[LINK_FAILED] = ERR_CARD_FAILED,
};

const char *
step_words(enum step step)
{
	return steps[step];
}

void
link_why(enum link link, enum step step, struct why *why)
{
	why_set(why, errors[link], NULL, "%s", steps[step]);
}

static int
exchange(struct channel *c, enum step step, const uint8_t *command, size_t n, struct answer *a,
    struct why *why)
{
	size_t len = sizeof a->data;
	enum link link;

	atomic_store(&c->progress->step, (int)step);
	atomic_fetch_add(&c->progress->commands, 1);
	alarm(c->limit);
	link = c->way->ops->transmit(c->way->self, command, n, a->data, &len);
	alarm(0);
	if (link != LINK_OK) {
		link_why(link, step, why);
		return -1;
	}
	if (len < 2 || len > APDU_DATA + 2) {
		why_set(why, ERR_CARD_ANSWER_MALFORMED, NULL, "%zu bytes %s", len, steps[step]);
		return -1;
	}
	a->len = len - 2;
	a->sw = (unsigned)a->data[len - 2] << 8 | a->data[len - 1];
	return 0;
}

int
apdu(struct channel *c, enum step step, const uint8_t *command, size_t n, size_t most, int flags,
    struct answer *a, struct why *why)
{
	uint8_t again[6 + APDU_DATA], fetch[] = { 0x00, 0xc0, 0x00, 0x00, 0x00 };

	if (exchange(c, step, command, n, a, why) == -1)
		return -1;
	/* T=0 and odd stacks: the length was wrong (repeat), or the data waits (fetch). */
	for (int i = 0; flags == APDU_FETCH && i < FETCHES_MAX; i++) {
		if (a->sw >> 8 == 0x6c && n >= 5 && n < sizeof again) {
			memcpy(again, command, n);
			again[n - 1] = (uint8_t)a->sw;
			if (exchange(c, step, again, n, a, why) == -1)
				return -1;
		} else if (a->sw >> 8 == 0x61) {
			fetch[4] = (uint8_t)a->sw;
			if (exchange(c, step, fetch, sizeof fetch, a, why) == -1)
				return -1;
		} else {
			break;
		}
	}
	if (a->len <= most)
		return 0;
	why_set(why, ERR_CARD_ANSWER_MALFORMED, NULL, "%zu bytes where at most %zu were asked, %s",
	    a->len, most, steps[step]);
	return -1;
}

int
apdu_refused(enum step step, const struct answer *a, struct why *why)
{
	why_set(why, ERR_CARD_REFUSED, NULL, "status word %04X %s", a->sw, steps[step]);
	return -1;
}
