/*
 * Is it us? Walks what a check-in needs, step by step, and says which link is broken and who can mend
 * it. Asks nothing of anybody's insurance: over https: it says hello, and a terminal's folder is only
 * looked at.
 */
#ifndef OQ_READINESS_PROBE_H
#define OQ_READINESS_PROBE_H

#include "card/transport.h"
#include "readiness/stage.h"

struct client;

struct probe_options { /* as the options of oq-readiness(1); times in milliseconds */
	const char *tool;
	const char *via, *facility, *ca, *cert, *key, *card_ca, *reader, *journal, *state;
	const char *terminal_until; /* last day of the terminal's certificate; NULL: not known */
	int pass_fd;
	int64_t timeout;       /* for any one step */
	const struct way *way; /* to the cards; NULL: PC/SC */
};

struct probe {
	const struct probe_options *o;
	struct finding findings[STAGES];
	unsigned char left_out[STAGES]; /* set by the caller: these are no steps */
	int64_t since;			/* when the last step was found */
	long days;			/* left of our certificate, where it could be read */
	int has_days;
	struct client *client; /* to the hub, once the credentials are in order */
	char *journal;	       /* where it is by default; NULL: somebody said where, or why not: */
	struct why no_journal;
};

/*
 * What is to be done before the command locks its doors: finds the journal's place, which is made if
 * need be, as the first run would. p is zeroed; the options outlive it.
 */
void probe_open(struct probe *, const struct probe_options *);
/* Looks at all steps that this way out has. */
void probe_run(struct probe *);
void probe_close(struct probe *);

enum way_out probe_way(const struct probe_options *);
/* Is it a step here? 1 or 0. */
int probe_has(const struct probe *, enum stage);

/* The worst of the findings. */
enum found probe_verdict(const struct probe *);
/* The first step that failed, or STAGES. */
enum stage probe_broken(const struct probe *);

/*
 * For those who look: this step was found so (why: ERR_NONE, or why not), and took what has gone by
 * since the one before.
 */
void probe_found(struct probe *, enum stage, enum found, const struct why *);

/* The groups, each in a file of its own; all of them look at what probe_has(). */
void probe_configuration(struct probe *);
void probe_card(struct probe *);
void probe_credentials(struct probe *);
void probe_hub(struct probe *);
void probe_folder(struct probe *);
void probe_unseen(struct probe *);
void probe_journal(struct probe *);

/* What an hour or a day tells of a certificate: FOUND_OK, NOTICE or FAIL with why. */
enum found probe_days(long days, const char *whose, struct why *);

#endif
