#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/random.h"
#include "gen/names.h"
#include "hub/faults.h"
#include "model/insured.h"

#define HEADER	   "requests,fault,value"
#define FILE_MAX   ((size_t)1 << 20)
#define NO_CUT	   INT64_MAX
#define FAULTS_MAX 1000

static const struct {
	const char *name;
	enum fault_kind kind;
	int needs_value;
} kinds[] = {
	{ "slow", FAULT_SLOW, 1 },
	{ "cut", FAULT_CUT, 1 },
	{ "garbled", FAULT_GARBLED, 0 },
	{ "status", FAULT_STATUS, 1 },
	{ "few", FAULT_FEW, 1 },
	{ "doubled", FAULT_DOUBLED, 0 },
	{ "foreign", FAULT_FOREIGN, 0 },
	{ "certificate", FAULT_CERTIFICATE, 0 },
};

struct faults {
	size_t n;
	struct fault rows[FAULTS_MAX];
};

static int
read_range(const char *text, struct fault *f)
{
	char *end;

	if (strcmp(text, "always") == 0) {
		f->first = 1;
		f->last = UINT64_MAX;
		return 1;
	}
	f->first = f->last = strtoull(text, &end, 10);
	if (*end == '-')
		f->last = strtoull(end + 1, &end, 10);
	return *end == '\0' && f->first >= 1 && f->last >= f->first;
}

static int
read_kind(const char *name, struct fault *f, int *needs_value)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(name, kinds[i].name) == 0) {
			f->kind = kinds[i].kind;
			*needs_value = kinds[i].needs_value;
			return 1;
		}
	return 0;
}

/* "503 2": the value, and for a status how long to wait. */
static int
read_value(const char *text, struct fault *f)
{
	char *end;

	f->value = strtol(text, &end, 10);
	f->retry_after = -1;
	if (end == text || f->value < 0)
		return 0;
	if (*end == ' ' && f->kind == FAULT_STATUS)
		f->retry_after = strtol(end + 1, &end, 10);
	return *end == '\0';
}

/* requests,fault[,value] */
static int
read_row(char *line, struct fault *f)
{
	char *requests = strsep(&line, ","), *kind = strsep(&line, ",");
	int needs_value;

	*f = (struct fault){ 0 };
	if (kind == NULL || !read_range(requests, f) || !read_kind(kind, f, &needs_value))
		return 0;
	if (!needs_value)
		return line == NULL || *line == '\0';
	return line != NULL && read_value(line, f);
}

static int
read_rows(struct faults *all, const char *path, char *text, struct why *why)
{
	char *line;

	for (size_t number = 1; (line = strsep(&text, "\n")) != NULL; number++) {
		line[strcspn(line, "\r")] = '\0';
		if (*line == '\0' || *line == '#')
			continue;
		if (number == 1 ? strcmp(line, HEADER) == 0
				: all->n < FAULTS_MAX && read_row(line, &all->rows[all->n])) {
			all->n += number > 1;
			continue;
		}
		why_set(
		    why, ERR_TABLE_MALFORMED, NULL, "%s:%zu: a row is %s", path, number, HEADER);
		return -1;
	}
	return 0;
}

struct faults *
faults_read(const char *path, struct why *why)
{
	struct faults *all = calloc(1, sizeof *all);
	struct buf text;
	int r = -1;

	buf_init(&text, FILE_MAX);
	if (all == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
	else if (file_read(path, FILE_MAX, &text, why) == 0 && buf_addc(&text, '\n') == 0)
		r = read_rows(all, path, text.data, why);
	buf_free(&text);
	if (r == 0)
		return all;
	free(all);
	return NULL;
}

void
faults_free(struct faults *all)
{
	free(all);
}

static struct fault
find(const struct faults *all, uint64_t n, int of_connection)
{
	for (size_t i = 0; all != NULL && i < all->n; i++) {
		const struct fault *f = &all->rows[i];

		if ((f->kind == FAULT_CERTIFICATE) == of_connection && f->first <= n &&
		    n <= f->last)
			return *f;
	}
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
