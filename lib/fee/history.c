#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "fee/history.h"

#define MAGIC	  "oq-fee-history "
#define VERSION	  1
#define HEX	  "0123456789abcdef"
#define MONTH_LEN 7 /* "2026-10" */

/* A history being read. */
struct reading {
	FILE *fp;
	const char *name;
	char *line;
	size_t room, number;
	struct limits *limits;
	struct why *why;
};

static int
malformed(struct reading *r, const char *what)
{
	why_set(r->why, ERR_HISTORY_MALFORMED, NULL, "%s:%zu: %s", r->name, r->number, what);
	return -1;
}

static int
no_memory(struct why *why)
{
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

/* The next line without its line feed. 1, 0 at the end, -1 with why. */
static int
next_line(struct reading *r)
{
	ssize_t n;

	errno = 0;
	n = getline(&r->line, &r->room, r->fp);
	r->number++;
	if (n == -1 && feof(r->fp))
		return 0;
	if (n == -1) {
		why_set(r->why, ERR_FILE_UNREADABLE, NULL, "%s: %s", r->name, strerror(errno));
		return -1;
	}
	if (r->line[n - 1] != '\n' || strlen(r->line) != (size_t)n)
		return malformed(r, "this is no line");
	r->line[n - 1] = '\0';
	return 1;
}

/* n hexadecimal digits, and a blank behind them, at *p, which moves on. 1, or 0. */
static int
take_hex(const char **p, unsigned char *out, size_t n)
{
	for (size_t i = 0; i < 2 * n; i++) {
		const char *digit = **p == '\0' ? NULL : strchr(HEX, **p);

		if (digit == NULL)
			return 0;
		out[i / 2] = (unsigned char)(out[i / 2] << 4 | (digit - HEX));
		(*p)++;
	}
	return *(*p)++ == ' ';
}

/* A month, or - for none: all that is left. 1, or 0. */
static int
take_month(const char *p, int32_t *month)
{
	char day[DATE_SIZE];
	struct date d;

	*month = LIMITS_NONE;
	if (strcmp(p, "-") == 0)
		return 1;
	if (strlen(p) != MONTH_LEN)
		return 0;
	snprintf(day, sizeof day, "%s-01", p);
	if (!date_parse(day, &d))
		return 0;
	*month = months_of(date_days(d));
	return 1;
}

/* "oq-fee-history 1 KEY FORGOTTEN". 0, or -1 with why. */
static int
read_head(struct reading *r)
{
	const char *p = r->line;
	int got = next_line(r);
	long version;
	char *end;

	if (got != 1)
		return got == -1 ? -1 : malformed(r, "no first line");
	p = r->line;
	if (strncmp(p, MAGIC, sizeof MAGIC - 1) != 0)
		return malformed(r, "no history of oq-fee");
	version = strtol(p + sizeof MAGIC - 1, &end, 10);
	if (version > VERSION && *end == ' ') {
		why_set(r->why, ERR_STORE_NEWER, NULL, "%s: format %ld", r->name, version);
		return -1;
	}
	p = end + 1;
	if (version != VERSION || *end != ' ' ||
	    !take_hex(&p, r->limits->key, sizeof r->limits->key) ||
	    !take_month(p, &r->limits->forgotten))
		return malformed(r, "its first line");
	return 0;
}

/* "PATIENT DAY GROUP". 0, or -1 with why. */
static int
read_charge(struct reading *r)
{
	unsigned char bytes[sizeof(uint64_t)] = { 0 };
	const char *p = r->line;
	uint64_t patient = 0;
	char day[DATE_SIZE];
	struct date d;
	size_t group;

	if (!take_hex(&p, bytes, sizeof bytes) || strlen(p) < DATE_SIZE || p[DATE_SIZE - 1] != ' ')
		return malformed(r, "no charge");
	memcpy(day, p, DATE_SIZE - 1);
	day[DATE_SIZE - 1] = '\0';
	p += DATE_SIZE;
	if (!date_parse(day, &d) || *p == '\0')
		return malformed(r, "no charge");
	for (size_t i = 0; i < sizeof bytes; i++)
		patient = patient << 8 | bytes[i];
	limits_at(r->limits, date_days(d));
	if ((group = limits_group(r->limits, p)) == SIZE_MAX ||
	    limits_use(r->limits, group, patient, date_days(d)) == -1)
		return no_memory(r->why);
	return 0;
}

/* All charges, and that it is all of them. 0, or -1 with why. */
static int
read_charges(struct reading *r)
{
	char end[32];
	int got;

	for (size_t n = 0; (got = next_line(r)) == 1; n++) {
		if (strncmp(r->line, "end ", 4) != 0) {
			if (read_charge(r) == -1)
				return -1;
			continue;
		}
		snprintf(end, sizeof end, "end %zu", n);
		if (strcmp(r->line, end) != 0)
			return malformed(r, "another number of charges");
		got = next_line(r);
		return got == 1 ? malformed(r, "more than a history") : got;
	}
	return got == -1 ? -1 : malformed(r, "it is cut off");
}

int
history_read(FILE *fp, const char *name, struct limits *limits, struct why *why)
{
	struct reading r = { .fp = fp, .name = name, .limits = limits, .why = why };
	int failed;

	/* Charges lie there in no order of days: none of them is forgotten for that. */
	limits->unordered = 1;
	failed = read_head(&r) == -1 || read_charges(&r) == -1;
	limits->unordered = 0;
	free(r.line);
	return failed ? -1 : 0;
}

/* 0, or -1 with why. */
static int
take_lock(struct history *h, struct why *why)
{
	char *name = NULL;

	if (asprintf(&name, "%s.lock", h->path) == -1)
		return no_memory(why);
	h->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (h->lock == -1)
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", name, strerror(errno));
	free(name);
	if (h->lock == -1)
		return -1;
	if (flock(h->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		why_set(why, ERR_HISTORY_IN_USE, NULL, "%s", h->path);
	else
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s.lock: %s", h->path, strerror(errno));
	return -1;
}

int
history_open(struct history *h, const char *path, struct limits *limits, struct why *why)
{
	FILE *fp;
	int r;

	*h = (struct history){ .path = strdup(path), .lock = -1 };
	if (h->path == NULL)
		return no_memory(why);
	if (take_lock(h, why) == -1)
		return -1;
	if ((fp = fopen(path, "re")) == NULL) {
		if (errno == ENOENT)
			return 0;
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
		return -1;
	}
	r = history_read(fp, path, limits, why);
	fclose(fp);
	return r;
}

static void
write_charges(FILE *fp, const struct limits *l)
{
	char day[DATE_SIZE] = "-";

	fputs(MAGIC "1 ", fp);
	for (size_t i = 0; i < sizeof l->key; i++)
		fprintf(fp, "%02x", l->key[i]);
	if (l->forgotten != LIMITS_NONE) {
		date_format((struct date){ l->forgotten / 12, l->forgotten % 12 + 1, 1 }, day);
		day[MONTH_LEN] = '\0';
	}
	fprintf(fp, " %s\n", day);
	for (size_t i = 0; i < l->room; i++) {
		const struct charge *c = &l->places[i];

		if (c->day == LIMITS_NONE)
			continue;
		date_format(date_of_days(c->day), day);
		fprintf(fp, "%016" PRIx64 " %s %s\n", c->patient, day, l->groups[c->group].name);
	}
	fprintf(fp, "end %zu\n", l->used);
}

int
history_save(const struct history *h, struct limits *l, struct why *why)
{
	struct whole file;

	/* What is kept from one run to the next need not be more than what a line can meet. */
	l->unordered = 0;
	if (limits_forget(l) == -1)
		return no_memory(why);
	if (whole_open(&file, h->path, 0600, why) == -1)
		return -1;
	write_charges(file.fp, l);
	return whole_commit(&file, why);
}

void
history_close(struct history *h)
{
	if (h->path != NULL && h->lock != -1)
		close(h->lock);
	free(h->path);
	*h = (struct history){ .lock = -1 };
}
