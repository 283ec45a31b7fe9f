/*
 * The hub: one GET /v1/hello, whose times tell how far it got. The clock is compared with the hub's
 * in the middle of the round trip.
 */
#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "gen/names.h"
#include "readiness/probe.h"
#include "route/client.h"

#define ANSWER_MAX ((size_t)64 << 10)
#define SKEW	   60 /* seconds: what a token may be off (PROTOCOL 2); beyond it cards are refused */
#define SKEW_SEEN  5 /* a clock that follows a time server is never off by so much */

/* The steps of one request, in order, and when each of them was done. */
static const struct {
	enum stage stage;
	CURLINFO done;
} parts[] = {
	{ STAGE_NAME, CURLINFO_NAMELOOKUP_TIME_T },
	{ STAGE_CONNECTION, CURLINFO_CONNECT_TIME_T },
	{ STAGE_TLS, CURLINFO_APPCONNECT_TIME_T },
	{ STAGE_HUB, CURLINFO_TOTAL_TIME_T },
};
#define PARTS (sizeof parts / sizeof *parts)

/* Which part broke: a hub that refuses our certificate says so only after the handshake. */
static size_t
broken_part(CURL *easy, const struct reply *r, const struct why *why)
{
	curl_off_t done = 0;
	size_t i = 0;

	if (why->id == ERR_CERTIFICATE_REFUSED || why->id == ERR_HUB_NOT_TRUSTED)
		return 2;
	if (r->code == CURLE_COULDNT_RESOLVE_HOST)
		return 0;
	while (
	    i < PARTS - 1 && curl_easy_getinfo(easy, parts[i].done, &done) == CURLE_OK && done > 0)
		i++;
	return i;
}

/* Writes down each part that was got to; the one that broke with why. */
static void
report(struct probe *p, CURL *easy, size_t broken, enum found found, const struct why *why)
{
	curl_off_t before = 0, done = 0;

	for (size_t i = 0; i < PARTS && i <= broken; i++) {
		probe_found(
		    p, parts[i].stage, i == broken ? found : FOUND_OK, i == broken ? why : NULL);
		if (curl_easy_getinfo(easy, parts[i].done, &done) == CURLE_OK && done >= before) {
			p->findings[parts[i].stage].took = (done - before) / 1000;
			before = done;
		}
	}
}

static void
compare_clocks(struct probe *p, const json_t *hello, int64_t middle)
{
	const char *text = json_string_value(json_object_get(hello, HELLO_TIME));
	struct why why = { .id = ERR_NONE };
	enum found found = FOUND_OK;
	int64_t theirs, off;

	if (text == NULL || !time_parse(text, &theirs)) {
		why_set(&why, ERR_CLOCK_NOT_COMPARED, NULL, "the hub does not tell its time");
		found = FOUND_UNKNOWN;
	} else if ((off = middle - theirs) > SKEW_SEEN || off < -SKEW_SEEN) {
		why_set(&why, ERR_CLOCK_OFF, NULL, "%lld seconds %s the hub's",
		    (long long)(off < 0 ? -off : off), off < 0 ? "behind" : "ahead of");
		found = off > SKEW || off < -SKEW ? FOUND_FAIL : FOUND_NOTICE;
	}
	probe_found(p, STAGE_CLOCK, found, &why);
}

static void
judge_hello(struct probe *p, struct post *post, const struct reply *r, int64_t begun)
{
	struct outcome outcome;
	json_t *hello = NULL;

	outcome_judge(r, &outcome);
	if (outcome.course == COURSE_TAKE) {
		hello = json_loadb(post->answer->data == NULL ? "" : post->answer->data,
		    post->answer->len, JSON_REJECT_DUPLICATES, NULL);
		if (hello == NULL)
			why_set(&outcome.why, ERR_HUB_FAILED, NULL, "its greeting is no JSON");
	}
	if (hello == NULL) {
		report(p, post->easy, broken_part(post->easy, r, &outcome.why), FOUND_FAIL,
		    &outcome.why);
		return;
	}
	report(p, post->easy, PARTS - 1, FOUND_OK, NULL);
	compare_clocks(p, hello, (begun + clock_now()) / 2);
	json_decref(hello);
}

void
probe_hub(struct probe *p)
{
	struct buf answer;
	struct post post = { .service = "hello", .answer = &answer }, *done = NULL;
	struct why why = { .id = ERR_NONE };
	int64_t begun = clock_now();
	struct reply reply;

	if (p->client == NULL)
		return;
	buf_init(&answer, ANSWER_MAX);
	if (client_post(p->client, &post, &why) == -1) {
		probe_found(p, STAGE_NAME, FOUND_UNKNOWN, &why);
	} else {
		/* libcurl ends it itself: p->o->timeout went into client_open(). */
		while ((done = client_done(p->client, &reply)) == NULL)
			client_wait(p->client, p->o->timeout, NULL, 0);
		judge_hello(p, done, &reply, begun);
	}
	client_forget(&post);
	buf_free(&answer);
}
