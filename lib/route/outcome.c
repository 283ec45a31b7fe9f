#include <jansson.h>
#include <openssl/ssl.h>
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
} alerts[] = {
	{ SSL_AD_BAD_CERTIFICATE, ERR_CERTIFICATE_REFUSED },	     /* 42 */
	{ SSL_AD_UNSUPPORTED_CERTIFICATE, ERR_CERTIFICATE_REFUSED }, /* 43 */
	{ SSL_AD_CERTIFICATE_REVOKED, ERR_CERTIFICATE_REFUSED },     /* 44 */
	{ SSL_AD_CERTIFICATE_EXPIRED, ERR_CERTIFICATE_REFUSED },     /* 45 */
	{ SSL_AD_CERTIFICATE_UNKNOWN, ERR_CERTIFICATE_REFUSED },     /* 46 */
	{ SSL_AD_UNKNOWN_CA, ERR_CERTIFICATE_REFUSED },		     /* 48 */
	{ SSL_AD_ACCESS_DENIED, ERR_CERTIFICATE_REFUSED },	     /* 49 */
	{ SSL_AD_CERTIFICATE_REQUIRED, ERR_CERTIFICATE_REFUSED },    /* 116 */
	{ SSL_AD_HANDSHAKE_FAILURE, ERR_HUB_INCOMPATIBLE },	     /* 40 */
	{ SSL_AD_PROTOCOL_VERSION, ERR_HUB_INCOMPATIBLE },	     /* 70 */
	{ SSL_AD_INSUFFICIENT_SECURITY, ERR_HUB_INCOMPATIBLE },	     /* 71 */
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

/* Certificates out of their time: more often than not it is our clock that is wrong. */
static const struct verify_row {
	long verify;
	const char *detail;
} out_of_time[] = {
	{ X509_V_ERR_CERT_NOT_YET_VALID, "its certificate is not valid yet" },
	{ X509_V_ERR_CERT_HAS_EXPIRED, "its certificate has expired" },
};

static void
explain_distrust(const struct reply *r, struct why *why)
{
	char now[TIME_SIZE];

	for (size_t i = 0; i < sizeof out_of_time / sizeof *out_of_time; i++)
		if (out_of_time[i].verify == r->verify) {
			time_format(clock_now(), now);
			why_set(why, ERR_HUB_NOT_TRUSTED, NULL,
			    "%s: check the clock of this machine first, it says %s",
			    out_of_time[i].detail, now);
			return;
		}
	why_set(why, ERR_HUB_NOT_TRUSTED, NULL, "%s", r->words);
}

/* 1 if the hub said in an alert what it does not like, else 0. */
static int
judge_alert(const struct reply *r, struct outcome *o)
{
	for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
		if (alerts[i].alert == r->alert) {
			o->course = COURSE_STOP;
			why_set(&o->why, alerts[i].id, NULL, "TLS alert %d, %s", r->alert,
			    SSL_alert_desc_string_long(r->alert));
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
		why_set(&o->why, ERR_ANSWER_TOO_LARGE, NULL, "%s", "");
	} else if (r->code == CURLE_OK) {
		judge_status(r, o);
	} else if (!judge_alert(r, o)) {
		judge_code(r, o);
	}
}
