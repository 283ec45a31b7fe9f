#include <stdio.h>
#include <string.h>

#include "gen/names.h"
#include "hub/answer.h"
#include "hub/services.h"
#include "model/insured.h"
#include "model/query.h"

#define LINES_TYPE	 "application/x-ndjson"
#define MEDICAL_BODY_MAX ((int64_t)256 << 10)
#define LINES_MAX	 256 /* of any service */

static const struct service services[] = {
	{ "POST", "/v1/verify", "facility", LINES_MAX, SERVICE_BODY_MAX, verify_serve,
	    verify_repeat },
	{ "POST", "/v1/query", "facility", 16, MEDICAL_BODY_MAX, query_serve, query_repeat },
	{ "POST", "/v1/consent", "facility", 16, MEDICAL_BODY_MAX, consent_serve, consent_tell },
	{ "POST", "/v1/self", "kiosk", 1, MEDICAL_BODY_MAX, self_serve, NULL },
	{ "GET", "/v1/hello", NULL, 0, 0, hello_serve, NULL },
};

#define NONE ((struct refusal){ 0 })

/* Checks of the head, in the order in which they are told. */
static struct refusal
check_encoding(const struct service *s, const struct http_request *r)
{
	(void)s;
	if (r->content_encoding.n == 0 || http_is(&r->content_encoding, "identity"))
		return NONE;
	return (struct refusal){ HTTP_UNSUPPORTED_TYPE, "",
		"a body with a Content-Encoding is not taken", "" };
}

static struct refusal
check_length(const struct service *s, const struct http_request *r)
{
	if (r->transfer_encoding.s == NULL && (r->content_length >= 0 || s->lines == 0))
		return NONE;
	return (struct refusal){ HTTP_LENGTH_REQUIRED, "", "say the Content-Length", "" };
}

static struct refusal
check_type(const struct service *s, const struct http_request *r)
{
	if (s->lines == 0 || http_is_type(&r->content_type, LINES_TYPE))
		return NONE;
	return (struct refusal){ HTTP_UNSUPPORTED_TYPE, "", "the Content-Type is " LINES_TYPE, "" };
}

static struct refusal
check_bytes(const struct service *s, const struct http_request *r)
{
	if (r->content_length <= s->bytes)
		return NONE;
	return (struct refusal){ HTTP_TOO_LARGE, "", "the body is over the limit", "" };
}

static struct refusal
check_lane(const struct service *s, const struct http_request *r)
{
	(void)s;
	if (r->lane.n == 0 || http_is(&r->lane, "desk") || http_is(&r->lane, "batch"))
		return NONE;
	return (struct refusal){ HTTP_BAD_REQUEST, "", "Oq-Lane is desk or batch", "" };
}

static struct refusal
check_operator(const struct service *s, const struct http_request *r)
{
	(void)s;
	if (r->who.n < WHO_SIZE)
		return NONE;
	return (struct refusal){ HTTP_BAD_REQUEST, "", "Oq-Operator is too long", "" };
}

static struct refusal (*const checks[])(const struct service *, const struct http_request *) = {
	check_encoding,
	check_length,
	check_type,
	check_bytes,
	check_lane,
	check_operator,
};

const struct service *
service_find(const struct http_request *r, struct refusal *refusal)
{
	const struct service *s = NULL;

	*refusal = (struct refusal){ HTTP_NOT_FOUND, "", "there is no such service here", "" };
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (!http_is(&r->path, services[i].path))
			continue;
		if (http_is(&r->method, services[i].method)) {
			s = &services[i];
			break;
		}
		*refusal = (struct refusal){ HTTP_METHOD_NOT_ALLOWED, "", services[i].method,
			services[i].lines > 0 ? "Allow: POST\r\n" : "Allow: GET\r\n" };
	}
	if (s == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		*refusal = checks[i](s, r);
		if (refusal->status != 0)
			return NULL;
	}
	return s;
}

/* The lines of a body, without their line feeds. */
struct body_lines {
	size_t n; /* one more than the service takes where there are too many */
	struct {
		size_t at, len;
	} lines[LINES_MAX];
};

/* The last may lack its line feed. */
static void
find_lines(const struct service *s, const struct request *r, struct body_lines *found)
{
	const char *body = r->body;

	found->n = 0;
	for (size_t at = 0; at < r->body_len && found->n <= s->lines; found->n++) {
		const char *lf = memchr(body + at, '\n', r->body_len - at);
		size_t len = lf == NULL ? r->body_len - at : (size_t)(lf - body) - at;

		if (found->n < s->lines) {
			found->lines[found->n].at = at;
			found->lines[found->n].len = len;
		}
		at += len + 1;
	}
}

/* Role, rights and revocation are looked up on every request. */
static struct refusal
check_credential(const struct service *s, struct request *r)
{
	switch (credential_find(r->people, r->fingerprint, &r->credential, NULL)) {
	case 1:
		break;
	case 0:
		return (struct refusal){ HTTP_FORBIDDEN, error_rows[ERR_FACILITY_UNKNOWN].code,
			"the hub does not know this certificate", "" };
	default:
		return (struct refusal){ HTTP_UNAVAILABLE, "", "the store could not be read",
			"Retry-After: 5\r\n" };
	}
	if (r->credential.revoked_at != 0)
		return (struct refusal){ HTTP_FORBIDDEN, error_rows[ERR_FACILITY_REVOKED].code,
			"the certificate is revoked", "" };
	if (s->role != NULL && strcmp(s->role, r->credential.role) != 0)
		return (struct refusal){ HTTP_FORBIDDEN, error_rows[ERR_ROLE_REFUSED].code,
			"the certificate has another role", "" };
	return NONE;
}

static struct refusal
check_lines(const struct service *s, size_t lines)
{
	if (lines > s->lines)
		return (struct refusal){ HTTP_TOO_LARGE, "", "too many lines", "" };
	if (s->lines > 0 && lines == 0)
		return (struct refusal){ HTTP_BAD_REQUEST, "", "there is no question", "" };
	return NONE;
}

struct job *
service_refuse(const struct refusal *refusal, int keep_alive)
{
	struct job *j = job_new(0);

	if (j != NULL && reply_problem(&j->reply, refusal->status, refusal->code, refusal->detail,
			     refusal->extra, keep_alive) == -1) {
		job_free(j);
		return NULL;
	}
	return j;
}

static struct job *
run_begun(const struct service *s, struct request *r, enum served *served)
{
	struct refusal refusal = check_credential(s, r);
	struct body_lines body;
	struct job *j;

	find_lines(s, r, &body);
	if (refusal.status == 0)
		refusal = check_lines(s, body.n);
	if (refusal.status != 0)
		return service_refuse(&refusal, r->http->keep_alive);
	if ((j = job_new(body.n)) == NULL)
		return NULL;
	for (; j->n < body.n; j->n++) {
		j->lines[j->n].question = (uint32_t)body.lines[j->n].at;
		j->lines[j->n].question_len = (uint32_t)body.lines[j->n].len;
	}
	memcpy(j->facility, r->credential.code, sizeof j->facility);
	snprintf(j->who, sizeof j->who, "%.*s", (int)r->http->who.n, r->http->who.s);
	*served = s->serve(r, j);
	writer_prepare(r->writer, j);
	return j;
}

struct job *
service_run(const struct service *s, struct request *r, enum served *served)
{
	static const struct refusal unreadable = { HTTP_UNAVAILABLE, "",
		"the store could not be read", "Retry-After: 5\r\n" };
	struct job *j;

	*served = SERVED_NOW;
	if (people_begin(r->people, NULL) == -1)
		return service_refuse(&unreadable, r->http->keep_alive);
	j = run_begun(s, r, served);
	people_end(r->people);
	return j;
}

void
line_remember(
    const struct request *r, struct job_line *l, uint8_t format, const void *content, size_t n)
{
	l->made.format = format;
	l->made.digest = writer_digest(r->writer, content, n);
}

void
line_refuse(struct job *j, struct job_line *l, const struct why *why)
{
	char ask[ASK_SIZE];

	ask_unpack(&l->ask, ask);
	l->from = (uint32_t)j->reply.bytes.len;
	answer_refuse(&j->reply.bytes, ask, why);
	l->to = (uint32_t)j->reply.bytes.len;
	l->refused = 1;
	l->result = why_code(why);
}

/* Of what the writer refused. */
static const char *
member_at_fault(const struct job_line *l)
{
	static const struct {
		enum error_id refusal;
		const char *pointer;
	} members[] = {
		{ ERR_ASK_REUSED, "/" QUESTION_ASK },
		{ ERR_PRESENCE_USED, "/" CARD_PRESENCE },
		{ ERR_TOKEN_ISSUER_OTHER, "/" QUESTION_WITHDRAWAL },
	};
	enum error_id refusal = error_find(l->result);

	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (members[i].refusal == refusal)
			return members[i].pointer;
	return "/" OBJECT_CONSENT;
}

static int
repeat_line(const struct service *s, struct request *r, struct job *j, const struct job_line *l,
    struct buf *out, struct why *why)
{
	char ask[ASK_SIZE];

	if (l->kind == LINE_REFUSED) {
		ask_unpack(&l->ask, ask);
		why_set(why, error_find(l->result), member_at_fault(l), NULL);
		return answer_refuse(out, ask, why);
	}
	if (l->kind == LINE_REPLAY || (l->told_after && !l->refused))
		return s->repeat(r, j, l, out, why);
	return buf_add(out, j->reply.bytes.data + l->from, l->to - l->from);
}

int
service_repeat(const struct service *s, struct request *r, struct job *j, struct why *why)
{
	struct reply again;
	int failed = 0;

	if (people_begin(r->people, why) == -1)
		return -1;
	reply_begin(&again, j->reply.bytes.max);
	for (size_t i = 0; i < j->n && !failed; i++)
		failed = repeat_line(s, r, j, &j->lines[i], &again.bytes, why) == -1;
	people_end(r->people);
	if (failed) {
		reply_free(&again);
		return -1;
	}
	reply_free(&j->reply);
	j->reply = again;
	return 0;
}

void
service_limits(struct buf *out)
{
	const char *before = "{";

	for (const struct service *s = services; s < services + sizeof services / sizeof *services;
	     s++) {
		if (s->lines == 0)
			continue;
		buf_addf(out, "%s\"%s\":{\"lines\":%zu,\"bytes\":%lld}", before,
		    strrchr(s->path, '/') + 1, s->lines, (long long)s->bytes);
		before = ",";
	}
	buf_addc(out, '}');
}
