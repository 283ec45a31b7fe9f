#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/random.h"
#include "base/schedule.h"
#include "gen/names.h"
#include "hub/faults.h"
#include "model/insured.h"

#define NO_CUT INT64_MAX

static const struct schedule_kind kinds[] = {
	{ "slow", FAULT_SLOW, SCHEDULE_NUMBER },
	{ "cut", FAULT_CUT, SCHEDULE_NUMBER },
	{ "garbled", FAULT_GARBLED, SCHEDULE_NOTHING },
	{ "status", FAULT_STATUS, SCHEDULE_NUMBERS },
	{ "few", FAULT_FEW, SCHEDULE_NUMBER },
	{ "doubled", FAULT_DOUBLED, SCHEDULE_NOTHING },
	{ "foreign", FAULT_FOREIGN, SCHEDULE_NOTHING },
	{ "certificate", FAULT_CERTIFICATE, SCHEDULE_NOTHING },
	{ NULL, 0, SCHEDULE_NOTHING },
};

struct faults {
	struct schedule *schedule;
};

struct faults *
faults_read(const char *path, struct why *why)
{
	struct faults *all = calloc(1, sizeof *all);

	if (all == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
	else if ((all->schedule = schedule_read(path, kinds, why)) != NULL)
		return all;
	free(all);
	return NULL;
}

void
faults_free(struct faults *all)
{
	if (all != NULL)
		schedule_free(all->schedule);
	free(all);
}

static struct fault
find(const struct faults *all, uint64_t n, int of_connection)
{
	const struct schedule_row *row = NULL;

	while (all != NULL && (row = schedule_next(all->schedule, n, row)) != NULL)
		if ((row->kind == FAULT_CERTIFICATE) == of_connection)
			return (struct fault){ .kind = (enum fault_kind)row->kind,
				.value = row->value,
				.retry_after = row->second };
	return (struct fault){ 0 };
}

struct fault
fault_of_request(const struct faults *all, uint64_t n)
{
	return find(all, n, 0);
}

int
fault_of_connection(const struct faults *all, uint64_t n)
{
	return find(all, n, 1).kind != FAULT_NONE;
}

static char *
body_of(struct reply *r, size_t *n)
{
	*n = r->bytes.len - HTTP_REPLY_ROOM;
	return r->bytes.data + HTTP_REPLY_ROOM;
}

/* Where the last n lines of the body begin. */
static size_t
before_last_lines(const char *body, size_t len, long n)
{
	for (; len > 0 && n > 0; n--)
		for (len--; len > 0 && body[len - 1] != '\n';)
			len--;
	return len;
}

static void
garble(char *body, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (body[i] == '{' || body[i] == '}')
			body[i] = '<';
}

/* Each answer's ask becomes one that nobody made. */
static void
make_foreign(char *body, size_t n)
{
	static const char member[] = "{\"" QUESTION_ASK "\":\"";
	size_t len = sizeof member - 1;

	for (char *p = body; (p = memmem(p, n - (size_t)(p - body), member, len)) != NULL;) {
		p += len;
		if (n - (size_t)(p - body) < ASK_SIZE)
			return;
		memset(p, 'a', ASK_SIZE - 1);
	}
}

/* Every line twice. */
static int
double_lines(struct reply *r)
{
	struct buf twice;
	size_t n;
	const char *p = body_of(r, &n), *end = p + n;

	buf_init(&twice, r->bytes.max);
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t line = lf == NULL ? (size_t)(end - p) : (size_t)(lf - p) + 1;

		buf_add(&twice, p, line);
		buf_add(&twice, p, line);
		p += line;
	}
	r->bytes.len = HTTP_REPLY_ROOM;
	buf_add(&r->bytes, twice.data, twice.len);
	n = (size_t)buf_failed(&twice);
	buf_free(&twice);
	return n != 0 || buf_failed(&r->bytes) ? -1 : 0;
}

static int
make_status(const struct fault *f, struct reply *r)
{
	char extra[64] = "";

	if (f->retry_after >= 0)
		snprintf(extra, sizeof extra, "Retry-After: %ld\r\n", f->retry_after);
	r->bytes.len = HTTP_REPLY_ROOM;
	return reply_problem(r, (int)f->value, "", "this was asked for with --faults", extra, 1);
}

int64_t
fault_apply(const struct fault *f, struct reply *r)
{
	size_t n;
	char *body = body_of(r, &n);
	int failed = 0;

	switch (f->kind) {
	case FAULT_STATUS:
		failed = make_status(f, r);
		break;
	case FAULT_CUT:
		return HTTP_REPLY_ROOM - (int64_t)r->start + f->value;
	case FAULT_GARBLED:
		garble(body, n);
		break;
	case FAULT_FEW:
		r->bytes.len = HTTP_REPLY_ROOM + before_last_lines(body, n, f->value);
		failed = reply_finish(r, HTTP_OK, "application/x-ndjson", "", 1);
		break;
	case FAULT_DOUBLED:
		failed = double_lines(r) == -1 ||
			 reply_finish(r, HTTP_OK, "application/x-ndjson", "", 1) == -1;
		break;
	case FAULT_FOREIGN:
		make_foreign(body, n);
		break;
	case FAULT_NONE:
	case FAULT_SLOW:
	case FAULT_CERTIFICATE:
		break;
	}
	return failed ? -1 : NO_CUT;
}
