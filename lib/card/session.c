#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "card/jpki.h"
#include "card/session.h"
#include "trust/jws.h"
#include "trust/presence.h"

#define SLICE	   200 /* ms: how soon a wait notices that nobody waits for it */
#define HELD_TRIES 50  /* of 20 ms: an earlier reading of ours may be just letting go */
#define HELD_PAUSE 20000

struct session {
	int fd;
	const struct job *job;
	struct channel channel;
	struct readers readers;
	struct buf cert;
	struct idcert id;
	struct message out;
	struct order *order; /* locked memory */
};

static int
say(struct session *s, enum said said)
{
	s->out.said = said;
	return send(s->fd, &s->out, sizeof s->out, MSG_NOSIGNAL) == -1 ? -1 : 0;
}

/* 1 once the parent has closed its end (or sent what it never should while we wait). */
static int
parent_gone(struct session *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static void
set_step(struct session *s, enum step step)
{
	atomic_store(&s->channel.progress->step, (int)step);
}

static int
connect_to(struct session *s, size_t i)
{
	const struct way *way = s->channel.way;
	const char *name = s->readers.reader[i].name;
	enum link link;

	memcpy(s->channel.progress->reader, name, READER_NAME_SIZE);
	s->channel.progress->events = s->readers.reader[i].events;
	set_step(s, STEP_CONNECT);
	for (int tries = 0;; tries++) {
		link = way->ops->connect(way->self, name);
		if (link != LINK_HELD || tries == HELD_TRIES)
			break;
		usleep(HELD_PAUSE);
	}
	if (link == LINK_OK)
		return 0;
	link_why(link, STEP_CONNECT, &s->out.why);
	if (link == LINK_HELD)
		why_set(&s->out.why, ERR_READER_HELD, NULL, "%s", name);
	return -1;
}

/*
 * Several readers hold cards (some have a contact and a contactless slot): which is ours? 0 and
 * *which, or -1 with why: none, or two.
 */
static int
try_each(struct session *s, size_t *which)
{
	const struct way *way = s->channel.way;
	size_t ours = 0;
	struct why why = { 0 };

	for (size_t i = 0; i < s->readers.n; i++) {
		if (!reader_ready(&s->readers, i, &s->job->done))
			continue;
		if (connect_to(s, i) == 0 && jpki_select(&s->channel, &s->out.why) == 0) {
			*which = i;
			ours++;
		} else if (why.id == ERR_NONE || s->out.why.id != ERR_CARD_FOREIGN) {
			why = s->out.why;
		}
		way->ops->power_off(way->self);
	}
	if (ours == 1) {
		s->out.why.id = ERR_NONE;
		return 0;
	}
	s->out.why = why;
	if (ours > 1)
		why_set(&s->out.why, ERR_CARD_AMBIGUOUS, NULL, "%zu cards", ours);
	return -1;
}

static void
why_waited(struct session *s, enum choice choice)
{
	struct buf names;

	buf_init(&names, 320);
	for (size_t i = 0; i < s->readers.n; i++)
		buf_addf(
		    &names, "%s%zu: %s", i > 0 ? ", " : "there are ", i, s->readers.reader[i].name);
	if (choice == CHOICE_NO_CARD)
		why_set(&s->out.why, ERR_CARD_MISSING, NULL, NULL);
	else
		why_set(&s->out.why,
		    choice == CHOICE_AMBIGUOUS ? ERR_READER_AMBIGUOUS : ERR_READER_MISSING, NULL,
		    "%s", names.data == NULL ? "there is none" : names.data);
	buf_free(&names);
}

/*
 * Waits until a reader holds a card that is to be read. 0 and *which, -1 with why, or 1 when the
 * parent is gone.
 */
static int
wait_for_card(struct session *s, size_t *which)
{
	const struct way *way = s->channel.way;
	int64_t until = clock_tick() + s->job->wait, pause = 0;
	enum choice choice, told = CHOICE_ONE;

	set_step(s, STEP_WAIT);
	for (;;) {
		enum link link = way->ops->look(way->self, &s->readers, pause);

		if (link != LINK_OK && link != LINK_LATER) {
			link_why(link, STEP_WAIT, &s->out.why);
			return -1;
		}
		choice = choose_reader(&s->readers, s->job->reader, &s->job->done, which);
		if (choice == CHOICE_ONE)
			return 0;
		if (choice == CHOICE_MANY)
			return try_each(s, which);
		if (parent_gone(s))
			return 1;
		if (choice == CHOICE_AMBIGUOUS || (s->job->wait >= 0 && clock_tick() >= until)) {
			why_waited(s, choice);
			return -1;
		}
		if (choice != told)
			say(s, choice == CHOICE_NO_CARD ? SAID_NO_CARD : SAID_NO_READER);
		told = choice;
		pause = SLICE;
		if (s->job->wait >= 0 && until - clock_tick() < SLICE)
			pause = until > clock_tick() ? until - clock_tick() : 1;
	}
}

/* All of a card that can be judged without its PIN. 0, or -1 with why. */
static int
read_card(struct session *s)
{
	struct facts *f = &s->out.facts;
	struct why *why = &s->out.why;

	f->tries = TRIES_UNKNOWN;
	if (jpki_select(&s->channel, why) == -1 || jpki_label(&s->channel, why) == -1 ||
	    jpki_certificate(&s->channel, &s->cert, why) == -1 ||
	    !idcert_read(&s->id, (const uint8_t *)s->cert.data, s->cert.len, why))
		return -1;
	memcpy(f->serial, s->id.serial, sizeof f->serial);
	memcpy(f->fingerprint, s->id.fingerprint, sizeof f->fingerprint);
	f->not_after = s->id.not_after;
	switch (idcert_check(&s->id, s->job->anchors, clock_now(), why)) {
	case IDCERT_REFUSED:
		return -1;
	case IDCERT_EXPIRED:
		f->expired = 1;
		*why = (struct why){ .id = ERR_NONE };
		break;
	case IDCERT_GOOD:
		break;
	}
	memcpy(f->id, s->id.id, sizeof f->id);
	if (s->job->task == TASK_CERTIFICATE || (f->expired && s->job->task == TASK_SIGN))
		return 0;
	if (s->job->task == TASK_SIGN && !jpki_can(s->id.alg, why))
		return -1;
	return jpki_tries(&s->channel, &s->cert, &f->tries, why);
}

/* May a try be spent? 1, or 0 with why. */
static int
may_try(struct session *s)
{
	int tries = s->out.facts.tries;

	if (tries == 0)
		why_set(&s->out.why, ERR_PIN_BLOCKED, NULL, "no try is left");
	else if (tries == TRIES_UNKNOWN)
		why_set(&s->out.why, ERR_PIN_TRIES_UNKNOWN, NULL, NULL);
	else if (tries == 1 && !s->job->use_last_try)
		why_set(&s->out.why, ERR_PIN_LAST_TRY, NULL, NULL);
	else
		return 1;
	return 0;
}

/* Waits for the PIN. 0, or -1 when the parent is gone. */
static int
take_order(struct session *s)
{
	ssize_t n;

	set_step(s, STEP_PROMPT);
	while ((n = recv(s->fd, s->order, sizeof *s->order, 0)) == -1 && errno == EINTR)
		;
	return n == (ssize_t)sizeof *s->order && s->order->n <= sizeof s->order->claims ? 0 : -1;
}

/* The PIN is compared and the token's bytes are signed: from here on the card is unlocked. */
static int
sign(struct session *s, struct buf *token, uint8_t *signature, size_t *n)
{
	uint8_t digest[ALG_DIGEST_MAX];
	struct why *why = &s->out.why;
	size_t len;
	int r;

	if (jws_begin(token, s->id.alg, PRESENCE_TYPE, (const uint8_t *)s->cert.data, s->cert.len,
		s->order->claims, s->order->n) == -1 ||
	    (len = alg_digest(s->id.alg, token->data, token->len, digest)) == 0) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "token");
		return -1;
	}
	r = jpki_verify(&s->channel, &s->cert, s->out.facts.tries, s->order->pin, why);
	explicit_bzero(s->order->pin, sizeof s->order->pin);
	if (r == -1)
		return -1;
	return jpki_sign(&s->channel, &s->cert, s->id.alg, digest, len, signature, n, why);
}

/* The card's state is dropped as soon as nothing more is wanted of it, whatever happened. */
static void
let_go(struct session *s)
{
	const struct way *way = s->channel.way;

	jpki_drop(&s->channel);
	way->ops->power_off(way->self);
	set_step(s, STEP_END);
}

/* Nothing leaves that the certificate's key does not confirm: a card may have been exchanged. */
static int
hand_over(struct session *s, struct buf *token, const uint8_t *signature, size_t n)
{
	if (alg_verify(s->id.alg, s->id.key, token->data, token->len, signature, n) != 1) {
		why_set(&s->out.why, ERR_CARD_SIGNATURE_WRONG, NULL, NULL);
		return -1;
	}
	if (jws_end(token, signature, n) == -1 || token->len > sizeof s->out.token) {
		why_set(&s->out.why, ERR_OUT_OF_MEMORY, NULL, "token");
		return -1;
	}
	memcpy(s->out.token, token->data, token->len);
	s->out.n = token->len;
	return say(s, SAID_TOKEN);
}

static void
read_and_sign(struct session *s)
{
	uint8_t signature[JPKI_SIGNATURE];
	size_t n = sizeof signature;
	struct buf token;
	int r = -1;

	buf_init(&token, TOKEN_MAX);
	if (read_card(s) == -1)
		goto out;
	if (s->job->task != TASK_SIGN || s->out.facts.expired) {
		say(s, SAID_CARD);
		goto out;
	}
	if (may_try(s) && say(s, SAID_CARD) == 0 && take_order(s) == 0)
		r = sign(s, &token, signature, &n);
out:
	let_go(s);
	if (r == 0)
		hand_over(s, &token, signature, n);
	buf_free(&token);
}

void
session_run(int fd, const struct job *job, const struct way *way, struct progress *progress)
{
	struct session s = { .fd = fd, .job = job };
	enum link link = way->ops->open(way->self);
	size_t which = 0;
	int waited = 1;

	s.channel = (struct channel){ way, progress, job->limit };
	buf_init(&s.cert, JPKI_CERT_MAX + APDU_DATA);
	s.order =
	    mmap(NULL, sizeof *s.order, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s.order == MAP_FAILED || mlock(s.order, sizeof *s.order) == -1)
		why_set(&s.out.why, ERR_OUT_OF_MEMORY, NULL, "locked memory: %s", strerror(errno));
	else if (link != LINK_OK)
		link_why(link, STEP_START, &s.out.why);
	else
		waited = wait_for_card(&s, &which);
	if (waited == 0) {
		memcpy(s.out.facts.where.reader, s.readers.reader[which].name, READER_NAME_SIZE);
		s.out.facts.where.events = s.readers.reader[which].events;
		if (connect_to(&s, which) == 0)
			read_and_sign(&s);
	}
	if (link == LINK_OK)
		way->ops->close(way->self);
	say(&s, SAID_END);
	if (s.order != MAP_FAILED) {
		explicit_bzero(s.order, sizeof *s.order);
		munmap(s.order, sizeof *s.order);
	}
	idcert_free(&s.id);
	buf_free(&s.cert);
}
