#define OPENSSL_SUPPRESS_DEPRECATED /* EVP costs three times what the hash of three blocks does */
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <stdlib.h>
#include <string.h>

#include "ask/journal.h"
#include "base/file.h"
#include "pipe/record.h"

#define ASK_AT	     (sizeof "{\"" QUESTION_ASK "\":\"" - 1) /* in a question line */
#define QUESTION_MAX ((size_t)64 << 10)
#define CERT_MAX     ((size_t)1 << 20)

/* The ask of a question line while none is known: looking for it comes first. */
static const char no_ask[ASK_SIZE] = "..........................";

int
asked_open(struct asked *a, const struct ask_options *o, const char *route, struct why *why)
{
	struct buf place;
	int r = 0;

	*a = (struct asked){ .journal = o->journal, .service = o->service, .route = route };
	buf_init(&a->question, QUESTION_MAX);
	if (o->journal == NULL)
		return 0;
	buf_init(&place, QUESTION_MAX);
	if (buf_addf(&place, "%s\n%s", route, o->facility) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the journal");
		r = -1;
	} else {
		SHA256((const unsigned char *)place.data, place.len, a->place);
	}
	buf_free(&place);
	return r;
}

void
asked_close(struct asked *a)
{
	buf_free(&a->question);
}

/* The journal is of no use any more; the lines can be asked another time. */
static void
give_up(struct asked *a, const struct why *why)
{
	why_set(
	    &a->failed, ERR_JOURNAL_FAILED, NULL, "%s: %s", error_rows[why->id].title, why->detail);
}

/* The rest, behind the ask, begins with the visit date. */
int
asked_question(struct asked *a, const struct decision *d, struct why *why)
{
	struct buf *q = &a->question;
	size_t rest = ASK_AT + ASK_SIZE - 1;
	SHA256_CTX ctx;

	buf_reset(q);
	if (a->service->write(q, no_ask, d) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a question's key");
		return -1;
	}
	SHA256_Init(&ctx);
	SHA256_Update(&ctx, a->place, sizeof a->place);
	SHA256_Update(&ctx, q->data + rest, q->len - rest);
	SHA256_Final(a->entry.key, &ctx);
	return 0;
}

/* The kept answer's verdict. 0, or -1 with why when it is none: then the journal is damaged. */
static int
read_kept(const struct asked *a, struct decision *d, struct why *why)
{
	const struct line line = { .text = d->given.line, .len = d->given.len };
	json_t *answer = record_parse(&line, why);
	struct question q;
	int r = -1;

	if (answer != NULL && a->service->read(answer, &q, why) == 0 && q.why.id == ERR_NONE) {
		d->verdict = (enum verdict)q.note;
		r = 0;
	} else {
		why_set(why, ERR_JOURNAL_DAMAGED, NULL, "a kept answer is none");
	}
	json_decref(answer);
	return r;
}

/* Will the window be answered, now or later? One that was left open will not. */
static int
is_under_way(const struct asked *a, int64_t window)
{
	if (window == a->filling)
		return 1;
	for (size_t i = 0; i < ASKED_FLYING; i++)
		if (a->flying[i] == window)
			return 1;
	return 0;
}

/* In the list of windows under way, puts one number in another's place. */
static void
replace_flying(struct asked *a, int64_t old, int64_t new)
{
	for (size_t i = 0; i < ASKED_FLYING; i++)
		if (a->flying[i] == old) {
			a->flying[i] = new;
			return;
		}
}

/* Once more only a yes or a no is taken: whoever does not know has to be asked. */
static int
is_of_use(const struct journal_found *f, enum verdict verdict)
{
	return !f->over || verdict == VERDICT_YES || verdict == VERDICT_NO;
}

/* Is it known, and what does that make of the line? 0, or -1 with why. */
static int
look(struct asked *a, struct decision *d, struct why *why)
{
	const struct journal_found *f = &a->found;
	int known;

	if (asked_question(a, d, why) == -1)
		return -1;
	journal_expect(a->journal, a->entry.key);
	ask_new(a->fresh); /* takes as long as memory does; nearly every line needs one */
	if ((known = journal_find(a->journal, a->entry.key, &a->found, why)) == -1)
		return -1;
	if (known && f->state == JOURNAL_ANSWERED) {
		d->given = (struct given){ f->answer, f->len, f->sent_at, f->again };
		if (read_kept(a, d, why) == -1)
			return -1;
		known = is_of_use(f, d->verdict);
	}
	if (known && f->state == JOURNAL_ANSWERED) {
		d->way = WAY_KEPT;
		if (!f->again)
			memcpy(d->name, f->name, sizeof d->name);
		return 0;
	}
	if (known && f->ours && f->state == JOURNAL_SENT && is_under_way(a, f->window)) {
		d->way = WAY_SAME;
		d->window = f->window;
		d->place = f->at;
		return 0;
	}
	a->entry.ask = known ? f->ask : a->fresh;
	a->entry.day = d->day;
	if (known) {
		d->earlier = f->state == JOURNAL_SENT ? EARLIER_SENT : EARLIER_GIVEN_UP;
		memcpy(d->name, f->name, sizeof d->name);
	}
	d->ask = a->entry.ask;
	d->text = &a->question;
	return 0;
}

void
asked_look(struct asked *a, struct decision *d)
{
	struct why why;

	if (a->failed.id == ERR_NONE && look(a, d, &why) == 0)
		return;
	if (a->failed.id == ERR_NONE)
		give_up(a, &why);
	d->way = WAY_FAILED;
	d->why = a->failed;
}

const unsigned char *
asked_key(const struct asked *a)
{
	return a->journal == NULL ? NULL : a->entry.key;
}

uint64_t
asked_place(const struct asked *a, const struct decision *d)
{
	return a->journal != NULL && d->way == WAY_KEPT ? journal_place(&a->found) : 0;
}

void
asked_add(struct asked *a, struct batch *b)
{
	const struct question *q = &b->window.questions[b->window.n - 1];
	struct why why;
	int64_t window;

	a->entry.ask = q->ask;
	a->entry.name = q->name[0] == '\0' ? NULL : q->name;
	if ((window = journal_add(a->journal, &a->entry, &why)) != -1)
		b->journal = a->filling = window;
	else
		give_up(a, &why);
}

void
asked_seal(struct asked *a, struct batch *b, int64_t now)
{
	struct why why;

	if (a->failed.id == ERR_NONE && journal_seal(a->journal, a->route, now, &why) == -1)
		give_up(a, &why);
	b->asked = now;
	replace_flying(a, 0, b->journal);
	a->filling = 0;
}

void
asked_refuse(const struct asked *a, struct batch *b)
{
	for (size_t i = 0; i < b->window.n; i++)
		b->window.questions[i].why = a->failed;
}

/* What the journal keeps of a window: answers, not errors, which asking again may cure. */
static void
keep_answers(struct asked *a, const struct batch *b)
{
	struct journal_span spans[WINDOW_LINES];
	const struct window *w = &b->window;
	struct why why;

	for (size_t i = 0; i < w->n; i++) {
		const struct question *q = &w->questions[i];
		int kept = q->answered && q->why.id == ERR_NONE;

		if (q->open)
			return; /* it stays sent: its answer may still be found */
		spans[i] =
		    (struct journal_span){ kept ? q->answer_at : 0, kept ? q->answer_len : 0 };
	}
	if (journal_answered(a->journal, b->journal, clock_now(), w->answers.data, w->answers.len,
		spans, w->n, &why) == -1)
		give_up(a, &why);
}

/* A line equal to one that was asked gets what that one got. */
static void
settle(struct batch *of, struct batch *b, struct item *same)
{
	const struct window *w = &of->window;
	const struct question *q = &w->questions[same->place];
	struct given given = { w->answers.data + q->answer_at, q->answer_len, of->asked, 1 };

	if (q->why.id != ERR_NONE)
		batch_stop(b, same, &q->why);
	else
		batch_give(b, same, &given, (enum verdict)q->note);
}

static void
settle_all(struct batch *of, struct batch *b)
{
	for (size_t i = 0; i < b->n && b->unsettled > 0; i++)
		if (b->items[i].way == WAY_SAME && b->items[i].window == of->journal)
			settle(of, b, &b->items[i]);
}

void
asked_done(struct asked *a, struct batch *b, struct batch *const *batches, size_t n)
{
	replace_flying(a, b->journal, 0);
	if (a->failed.id == ERR_NONE)
		keep_answers(a, b);
	for (size_t i = 0; i < n; i++)
		settle_all(b, batches[i]);
}

int
asked_recall(struct asked *a, int64_t window, size_t place, struct given *given)
{
	struct why why;

	if (a->failed.id == ERR_NONE &&
	    journal_recall(a->journal, window, place, &a->found, &why) == -1)
		give_up(a, &why);
	if (a->failed.id != ERR_NONE)
		return -1;
	given->line = a->found.answer;
	given->len = a->found.len;
	return 0;
}

void
asked_commit(struct asked *a)
{
	struct why why;

	if (a->journal != NULL && a->failed.id == ERR_NONE &&
	    journal_commit(a->journal, &why) == -1)
		give_up(a, &why);
}

int
asked_facility(const char *code, const char *cert, char out[static FACILITY_SIZE], struct why *why)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct buf pem;
	unsigned int n;
	int r = -1;

	buf_init(&pem, CERT_MAX);
	if (code != NULL || cert == NULL) {
		snprintf(out, FACILITY_SIZE, "%s", code == NULL ? "" : code);
		return 0;
	}
	if (file_read(cert, CERT_MAX, &pem, why) == -1)
		goto out;
	if (EVP_Digest(pem.data, pem.len, hash, &n, EVP_sha256(), NULL) != 1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the certificate's hash");
		goto out;
	}
	for (unsigned int i = 0; i < n && 2 * i + 2 < FACILITY_SIZE; i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
	r = 0;
out:
	buf_free(&pem);
	return r;
}
