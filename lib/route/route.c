#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/beside.h"
#include "route/scheme.h"

/* The last one may be NULL itself. */
static const struct scheme_row *const schemes[] = { &https_scheme, &terminal_scheme, NULL };

struct route {
	const struct scheme_row *scheme;
	void *impl;
};

/* What may be asked, and the way that exists where a route cannot. */
static const struct {
	enum ability ability;
	const char *what, *instead;
} abilities[] = {
	{ CAN_NUMBER, "a question by number", "ask over https://HOST/" },
	{ CAN_CARD, "a question by card", "type the number with oq-ask, or ask by number" },
	{ CAN_MEDICAL, "medical information", "ask at the official terminal" },
	{ CAN_DISASTER, "medical information in a disaster",
	    "open the menu 緊急時医療情報・資格確認機能 (災害時医療情報閲覧) on the terminal "
	    "itself" },
	{ CAN_FACE_CONSENT, "a consent in a face reader's result",
	    "ask over terminal:DIR, where the centre holds it" },
	{ CAN_RECEIPT, "a receipt of consent",
	    "let the card be read at the face reader (oq-read-card --face)" },
	{ CAN_SELF, "a person's own data", "send the person to Mynaportal" },
	{ CAN_REGISTER, "a registration", "register at the official terminal" },
	{ CAN_REFERENCE, "reference numbers", "enter them at the official terminal" },
	{ CAN_PDF, "a PDF", "print it at the official terminal" },
	{ CAN_BULK, "a file of bulk questions",
	    "ask without --bulk: a stream of lines is the batch there" },
};

static const struct scheme_row *
find_scheme(const char *via)
{
	for (size_t i = 0; schemes[i] != NULL; i++)
		if (strncasecmp(via, schemes[i]->prefix, strlen(schemes[i]->prefix)) == 0)
			return schemes[i];
	return NULL;
}

struct route *
route_open(const struct route_options *o, struct why *why)
{
	const struct scheme_row *scheme = o->via == NULL ? NULL : find_scheme(o->via);
	struct route *r;

	if (scheme == NULL) {
		if (o->via == NULL)
			why_set(why, ERR_ROUTE_UNUSABLE, NULL, "no --via was given");
		else
			why_set(why, ERR_ROUTE_UNUSABLE, NULL,
			    "--via %s: the ways are https://HOST/ and terminal:DIR", o->via);
		return NULL;
	}
	if ((r = calloc(1, sizeof *r)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return NULL;
	}
	r->scheme = scheme;
	if ((r->impl = scheme->open(o, why)) != NULL)
		return r;
	free(r);
	return NULL;
}

int
route_become(const char *via, const char *name, char *const argv[], struct why *why)
{
	if (&terminal_scheme != NULL || via == NULL ||
	    strncasecmp(via, TERMINAL_PREFIX, strlen(TERMINAL_PREFIX)) != 0)
		return 0;
	return beside_become(name, argv, why);
}

const char *
route_directory(const char *via)
{
	const struct scheme_row *scheme = via == NULL ? NULL : find_scheme(via);

	return scheme != NULL && scheme->directory ? via + strlen(scheme->prefix) : NULL;
}

void
route_close(struct route *r)
{
	if (r == NULL)
		return;
	r->scheme->close(r->impl);
	free(r);
}

const char *
route_name(const struct route *r)
{
	return r->scheme->name(r->impl);
}

int
route_may(const struct route *r, enum ability ability, struct why *why)
{
	const char *what = "this", *instead = "ask another way";

	if ((r->scheme->can & ability) != 0)
		return 1;
	for (size_t i = 0; i < sizeof abilities / sizeof *abilities; i++)
		if (abilities[i].ability == ability) {
			what = abilities[i].what;
			instead = abilities[i].instead;
		}
	why_set(why, ERR_NOT_OVER_THIS_ROUTE, NULL, "%s cannot go over %s; %s", what,
	    r->scheme->prefix, instead);
	return 0;
}

size_t
route_lines(const struct route *r)
{
	return r->scheme->lines;
}

void
route_label(struct route *r, struct question *q)
{
	if (r->scheme->label != NULL)
		r->scheme->label(r->impl, q);
}

void
route_prepare(struct route *r, struct window *w)
{
	if (r->scheme->prepare != NULL)
		r->scheme->prepare(r->impl, w);
}

void
route_handed(struct route *r)
{
	if (r->scheme->handed != NULL)
		r->scheme->handed(r->impl);
}

void
route_forget(struct route *r, const char *name)
{
	if (r->scheme->forget != NULL)
		r->scheme->forget(r->impl, name);
}

int
route_start(struct route *r, struct window *w)
{
	return r->scheme->start(r->impl, w);
}

struct window *
route_work(struct route *r, int64_t timeout, const int *fds, size_t n)
{
	return r->scheme->work(r->impl, timeout, fds, n);
}

const struct why *
route_down(const struct route *r)
{
	return r->scheme->down(r->impl);
}

void
route_stop(struct route *r, int64_t grace)
{
	r->scheme->stop(r->impl, grace);
}

uint64_t
route_count(const struct route *r, const char *what)
{
	return r->scheme->count(r->impl, what);
}
