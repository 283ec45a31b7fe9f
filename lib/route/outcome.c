#include <jansson.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include "base/clock.h"
#include "base/exit.h"
#include "gen/names.h"
#include "route/outcome.h"

#define PROBLEM_TYPE "type" /* RFC 9457; its other members are named as in our own `error` */

/* Answers of HTTP by status; the first row that fits. A `named` one says itself which it is. */
static const struct status_row {
	long low, high;
	enum course course;
	enum error_id id;
	int named;
} statuses[] = {
	{ 200, 200, COURSE_TAKE, ERR_NONE, 0 },
	{ 403, 403, COURSE_STOP, ERR_FACILITY_UNKNOWN, 1 },
	{ 408, 408, COURSE_AGAIN, ERR_HUB_FAILED, 0 }, /* our question came too slowly */
	{ 413, 413, COURSE_HALVE, ERR_QUESTION_TOO_LARGE, 0 },
	{ 429, 429, COURSE_WAIT, ERR_HUB_BUSY, 0 },
	{ 503, 503, COURSE_WAIT, ERR_HUB_BUSY, 0 },
	{ 500, 599, COURSE_AGAIN, ERR_HUB_FAILED, 0 },
	{ 0, 999, COURSE_STOP, ERR_HUB_INCOMPATIBLE, 0 },
};

/*
 * Alerts of TLS (RFC 8446, 6.2) that are about our certificate, and those that say that the two
 * sides do not speak alike. Every other one may pass.
 */
static const struct alert_row {
	int alert;
	enum error_id id;
	const char *words;
} alerts[] = {
	{ 42, ERR_CERTIFICATE_REFUSED, "it finds our certificate damaged" },
	{ 43, ERR_CERTIFICATE_REFUSED, "it does not take certificates of this kind" },
	{ 44, ERR_CERTIFICATE_REFUSED, "our certificate has been revoked" },
	{ 45, ERR_CERTIFICATE_REFUSED, "our certificate has expired, or is not valid yet" },
	{ 46, ERR_CERTIFICATE_REFUSED, "it does not accept our certificate" },
	{ 48, ERR_CERTIFICATE_REFUSED, "our certificate is not from an authority it knows" },
	{ 49, ERR_CERTIFICATE_REFUSED, "our certificate gives no access" },
	{ 116, ERR_CERTIFICATE_REFUSED, "it wants a certificate: give --cert and --key" },
	{ 40, ERR_HUB_INCOMPATIBLE, "there is no common way to speak TLS" },
	{ 70, ERR_HUB_INCOMPATIBLE, "it does not speak TLS 1.3" },
	{ 71, ERR_HUB_INCOMPATIBLE, "there is no common way to speak TLS" },
};

/* How libcurl's codes are read when no alert explains them; what is not here is COURSE_AGAIN. */
static const struct code_row {
	CURLcode code;
	enum course course;
	enum error_id id;
} codes[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, COURSE_CONNECT, ERR_HUB_UNREACHABLE },
	{ CURLE_COULDNT_CONNECT, COURSE_CONNECT, ERR_HUB_UNREACHABLE },
	{ CURLE_PEER_FAILED_VERIFICATION, COURSE_STOP, ERR_HUB_NOT_TRUSTED },
	{ CURLE_OUT_OF_MEMORY, COURSE_STOP, ERR_OUT_OF_MEMORY },
};

#define OTHER_AUTHORITY "its certificate is not from the authority in --ca"

/*
 * Why a certificate is not to be trusted, where libcurl's words would not help. Out of its time
 * it is more often than not our clock that is wrong.
 */
static const struct verify_row {
	long verify;
	const char *words;
	int time;
} verifies[] = {
	{ X509_V_ERR_CERT_NOT_YET_VALID, "its certificate is not valid yet", 1 },
	{ X509_V_ERR_CERT_HAS_EXPIRED, "its certificate has expired", 1 },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, OTHER_AUTHORITY, 0 },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, OTHER_AUTHORITY, 0 },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, OTHER_AUTHORITY, 0 },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, OTHER_AUTHORITY, 0 },
};

static void
explain_distrust(const struct reply *r, struct why *why)
{
	const char *words = r->words;
	char now[TIME_SIZE];
	int of_time = 0;

	for (size_t i = 0; i < sizeof verifies / sizeof *verifies; i++)
		if (verifies[i].verify == r->verify) {
			words = verifies[i].words;
			of_time = verifies[i].time;
		}
	time_format(clock_now(), now);
	if (of_time)
		why_set(why, ERR_HUB_NOT_TRUSTED, NULL,
		    "%s: check the clock of this machine first, it says %s", words, now);
	else
		why_set(why, ERR_HUB_NOT_TRUSTED, NULL, "%s", words);
}

/* 1 if the hub said in an alert what it does not like, else 0. */
static int
judge_alert(const struct reply *r, struct outcome *o)
{
	for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
		if (alerts[i].alert == r->alert) {
			o->course = COURSE_STOP;
			why_set(&o->why, alerts[i].id, NULL, "%s (TLS alert %d)", alerts[i].words,
			    r->alert);
			return 1;
		}
	return 0;
}

static void
judge_code(const struct reply *r, struct outcome *o)
{
	enum error_id id = ERR_HUB_FAILED;

	o->course = COURSE_AGAIN;
	if (r->code == CURLE_OPERATION_TIMEDOUT && !r->begun) {
		o->course = COURSE_CONNECT;
		id = ERR_HUB_UNREACHABLE;
	}
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].code == r->code) {
			o->course = codes[i].course;
			id = codes[i].id;
		}
	if (id == ERR_HUB_NOT_TRUSTED)
		explain_distrust(r, &o->why);
	else
		why_set(&o->why, id, NULL, "%s",
		    r->words[0] != '\0' ? r->words : curl_easy_strerror(r->code));
}

/* The last word of a problem's type: "https://example/problems/role-refused", "urn:x:role-refused". */
static const char *
last_word(const char *type)
{
	size_t n = type == NULL ? 0 : strlen(type);

	while (n > 0 && strchr("/:#", type[n - 1]) == NULL)
		n--;
	return type == NULL ? NULL : type + n;
}

/* What the hub says about a whole request (RFC 9457), kept as it came. */
static void
explain_status(const struct status_row *row, const struct reply *r, struct why *why)
{
	json_t *problem = json_loadb(r->body, r->len, JSON_REJECT_DUPLICATES, NULL);
	const char *code = json_string_value(json_object_get(problem, ERROR_CODE));
	const char *words = json_string_value(json_object_get(problem, ERROR_DETAIL));
	enum error_id id = row->id;
	char number[24];

	snprintf(number, sizeof number, "%ld", r->status);
	if (code == NULL)
		code = last_word(json_string_value(json_object_get(problem, PROBLEM_TYPE)));
	if (words == NULL)
		words = json_string_value(json_object_get(problem, ERROR_TITLE));
	if (row->named && error_rows[error_find(code)].exit == EXIT_CREDENTIALS)
		id = error_find(code);
	why_set(why, id, NULL, "the hub answered %ld", r->status);
	why_upstream(why, code == NULL ? number : code, words);
	json_decref(problem);
}

static void
judge_status(const struct reply *r, struct outcome *o)
{
	const struct status_row *row = statuses;

	while (r->status < row->low || r->status > row->high)
		row++;
	o->course = row->course;
	if (row->course == COURSE_WAIT)
		o->wait = r->retry_after;
	if (row->id != ERR_NONE)
		explain_status(row, r, &o->why);
}

void
outcome_judge(const struct reply *r, struct outcome *o)
{
	*o = (struct outcome){ .wait = -1 };
	if (r->overflow) {
		o->course = COURSE_HALVE;
		why_set(&o->why, ERR_ANSWER_TOO_LARGE, NULL, "more than one window holds");
	} else if (r->code == CURLE_OK) {
		judge_status(r, o);
	} else if (!judge_alert(r, o)) {
		judge_code(r, o);
	}
}
