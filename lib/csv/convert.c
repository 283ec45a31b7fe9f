#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv/convert.h"
#include "csv/values.h"
#include "gen/names.h"
#include "model/checks.h"

#define NAME_SHOWN 120 /* bytes of a header in a message */

struct converter {
	const char *tool;
	const struct mapping *mapping;
	const struct columns *columns;
	const struct date *visit_date;
	struct date today;
	struct values values;
	unsigned char *used; /* by column: all of the cell stands in a member */
};

struct converter *
converter_new(const char *tool, const struct mapping *mapping, const struct columns *columns,
    const struct date *visit_date, struct date today)
{
	struct converter *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	*c = (struct converter){
		.tool = tool,
		.mapping = mapping,
		.columns = columns,
		.visit_date = visit_date,
		.today = today,
		.used = calloc(columns->n, 1),
	};
	if (values_init(&c->values, mapping->slots) == 0 && c->used != NULL)
		return c;
	converter_free(c);
	return NULL;
}

void
converter_free(struct converter *c)
{
	if (c == NULL)
		return;
	values_free(&c->values);
	free(c->used);
	free(c);
}

static const struct value *
value_of(const struct converter *c, size_t slot)
{
	return &c->values.items[slot];
}

/* The day of the visit: the row's own, else the one given. 1, or 0 if there is none. */
static int
visit_day(const struct converter *c, struct date *day)
{
	const struct value *own = value_of(c, SLOT_VISIT_DATE);

	if (own->s == NULL && c->visit_date == NULL)
		return 0;
	*day = own->s != NULL ? own->when.day : *c->visit_date;
	return 1;
}

/* The members of `insured` in the order they are written: what each must be. */
static const struct {
	const char *name;
	size_t slot;
	enum error_id missing; /* ERR_NONE: it may be */
	int (*check)(const char *, struct why *);
} members[] = {
	{ INSURED_INSURER_NUMBER, SLOT_INSURER_NUMBER, ERR_INSURER_NUMBER_MISSING,
	    check_insurer_number },
	{ INSURED_SYMBOL, SLOT_SYMBOL, ERR_NONE, check_symbol },
	{ INSURED_NUMBER, SLOT_NUMBER, ERR_NUMBER_MISSING, check_number },
	{ INSURED_BRANCH, SLOT_BRANCH, ERR_NONE, check_branch },
	/* Nothing is asked by it: oq-reference checks it. */
	{ INSURED_REFERENCE_NUMBER, SLOT_REFERENCE_NUMBER, ERR_NONE, NULL },
	{ INSURED_BIRTH_DATE, SLOT_BIRTH_DATE, ERR_BIRTH_DATE_MISSING, NULL }, /* needs the day */
};
#define MEMBERS (sizeof members / sizeof *members)

/* 1, or 0 with why and the column if a cell is to blame. */
static int
check_values(const struct converter *c, struct why *why, const struct value **blamed)
{
	struct date day;

	for (size_t i = 0; i < MEMBERS; i++) {
		const struct value *v = value_of(c, members[i].slot);

		if (v->s == NULL && members[i].missing != ERR_NONE) {
			why_set(why, members[i].missing, NULL, NULL);
			return 0;
		}
		*blamed = v;
		if (v->s != NULL && members[i].check != NULL && !members[i].check(v->s, why))
			return 0;
	}
	if (!visit_day(c, &day))
		day = c->today;
	return check_birth_date((*blamed)->s, day, why);
}

/* Adds to why on which line and in which column it stands, and points at the cell. */
static void
locate(const struct converter *c, const struct row *row, size_t column, struct why *why)
{
	const char *name = c->columns->items[column].name;
	struct why bare = *why;
	char space[sizeof why->pointer];
	struct buf pointer;
	int shown = (int)strnlen(name, NAME_SHOWN);

	while (shown > 0 && (name[shown] & 0xc0) == 0x80) /* not inside a character */
		shown--;
	buf_over(&pointer, space, sizeof space);
	buf_adds(&pointer, "/" RECORD_ROW "/");
	for (const char *p = name; *p != '\0'; p++)
		if (*p == '~' || *p == '/')
			buf_adds(&pointer, *p == '~' ? "~0" : "~1");
		else
			buf_addc(&pointer, *p);
	why_set(why, bare.id, buf_failed(&pointer) ? NULL : space, "line %" PRIu64 ", %.*s%s%s",
	    row->line, shown, name, bare.detail[0] == '\0' ? "" : ": ", bare.detail);
}

static int
no_insurance(const struct converter *c)
{
	return !value_of(c, SLOT_INSURER_NUMBER)->given && !value_of(c, SLOT_SYMBOL)->given &&
	       !value_of(c, SLOT_NUMBER)->given && !value_of(c, SLOT_SYMBOL_NUMBER)->given;
}

/* What becomes of the row; reason is set for VERDICT_NOT_ASKED, why for VERDICT_UNKNOWN. */
static enum verdict
judge(const struct converter *c, const struct row *row, size_t bad, const char **reason,
    struct why *why)
{
	const struct value *blamed = NULL;

	if (why->id != ERR_NONE) {
		locate(c, row, bad, why);
		return VERDICT_UNKNOWN;
	}
	if (c->values.first.id == ERR_OUT_OF_MEMORY) {
		*why = c->values.first;
		return VERDICT_UNKNOWN;
	}
	*reason = value_of(c, SLOT_REASON)->s;
	if (*reason == NULL && no_insurance(c))
		*reason = ELIGIBILITY_REASON_FIRST_VISIT;
	if (*reason != NULL)
		return VERDICT_NOT_ASKED;
	if (c->values.first.id != ERR_NONE) {
		*why = c->values.first;
		locate(c, row, c->values.bad, why);
		return VERDICT_UNKNOWN;
	}
	if (check_values(c, why, &blamed))
		return VERDICT_YES;
	if (blamed != NULL && blamed->given)
		locate(c, row, blamed->column, why);
	return VERDICT_UNKNOWN;
}

static void
comma(struct buf *out)
{
	if (!buf_failed(out) && out->data[out->len - 1] != '{')
		buf_addc(out, ',');
}

static void
put_name(struct buf *out, const char *name)
{
	comma(out);
	buf_addjson(out, name, strlen(name));
	buf_addc(out, ':');
}

static void
put_text(struct buf *out, const char *name, const char *s, size_t len)
{
	put_name(out, name);
	buf_addjson(out, s, len);
}

/* Writes a value under a name, if there is one; its cell need not stand in `row` then. */
static void
put_value(struct converter *c, struct buf *out, const char *name, size_t slot)
{
	const struct value *v = value_of(c, slot);

	if (v->s == NULL)
		return;
	put_text(out, name, v->s, v->len);
	if (!v->kept)
		c->used[v->column] = 1;
}

static void
put_flags(const struct converter *c, struct buf *out)
{
	static const size_t slots[] = { SLOT_INSURER_NUMBER, SLOT_BRANCH };
	int n = 0;

	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
		const char *flag = value_of(c, slots[i])->flag;

		if (flag == NULL)
			continue;
		if (n++ == 0) {
			put_name(out, INSURED_FLAGS);
			buf_addc(out, '[');
		} else {
			buf_addc(out, ',');
		}
		buf_addjson(out, flag, strlen(flag));
	}
	if (n > 0)
		buf_addc(out, ']');
}

static void
put_insured(struct converter *c, struct buf *out)
{
	put_name(out, OBJECT_INSURED);
	buf_addc(out, '{');
	for (size_t i = 0; i < MEMBERS; i++)
		put_value(c, out, members[i].name, members[i].slot);
	if (value_of(c, SLOT_CONSENT)->s != NULL) {
		put_name(out, INSURED_LIMIT_CERTIFICATE_CONSENT);
		buf_adds(out, value_of(c, SLOT_CONSENT)->s);
	}
	put_flags(c, out);
	buf_addc(out, '}');
	/* Both stood in the cell. */
	if (value_of(c, SLOT_SYMBOL_NUMBER)->s != NULL)
		c->used[value_of(c, SLOT_SYMBOL_NUMBER)->column] = 1;
}

/* A time is written with its day where one is known, as every other time of ours. */
static void
put_time(const struct converter *c, struct value *v)
{
	char day[DATE_SIZE];
	struct date d = v->when.day;
	int n;

	if (v->when.has_day == 1 || visit_day(c, &d)) {
		date_format(d, day);
		n = snprintf(v->own, sizeof v->own, "%sT%02d:%02d:%02d+09:00", day, v->when.hour,
		    v->when.minute, v->when.second);
	} else {
		n = snprintf(v->own, sizeof v->own, "%02d:%02d", v->when.hour, v->when.minute);
	}
	v->s = v->own;
	v->len = (size_t)n;
}

static void
put_row(struct converter *c, struct buf *out, const struct cell *cells)
{
	put_name(out, RECORD_ROW);
	buf_addc(out, '{');
	for (size_t i = 0; i < c->mapping->n_row_names; i++) {
		struct value *v = &c->values.items[SLOT_ROW + i];

		if (v->s != NULL && v->when.has_time)
			put_time(c, v);
		put_value(c, out, c->mapping->row_names[i], SLOT_ROW + i);
	}
	for (size_t i = 0; i < c->columns->n; i++) {
		if (c->used[i] || cells[i].len == 0)
			continue;
		comma(out);
		buf_adds(out, c->columns->items[i].json);
		buf_addc(out, ':');
		buf_addjson(out, cells[i].s, cells[i].len);
	}
	buf_addc(out, '}');
}

static void
put_not_asked(struct buf *out, const char *reason)
{
	put_name(out, OBJECT_ELIGIBILITY);
	buf_addc(out, '{');
	put_text(out, ELIGIBILITY_STATUS, ELIGIBILITY_STATUS_NOT_ASKED,
	    strlen(ELIGIBILITY_STATUS_NOT_ASKED));
	put_text(out, ELIGIBILITY_REASON, reason, strlen(reason));
	buf_addc(out, '}');
}

static void
put_visit_date(struct converter *c, struct buf *out)
{
	char day[DATE_SIZE];
	struct date d;

	if (!visit_day(c, &d))
		return;
	date_format(d, day);
	put_text(out, RECORD_VISIT_DATE, day, DATE_SIZE - 1);
	if (value_of(c, SLOT_VISIT_DATE)->s != NULL && !value_of(c, SLOT_VISIT_DATE)->kept)
		c->used[value_of(c, SLOT_VISIT_DATE)->column] = 1;
}

enum verdict
convert(struct converter *c, const struct row *row, const struct decoder *d, uint64_t seq,
    struct buf *out, struct why *why)
{
	const char *reason = NULL;
	enum verdict verdict;

	values_read(&c->values, c->columns, d->cells);
	verdict = judge(c, row, d->bad, &reason, why);
	memset(c->used, 0, c->columns->n);
	buf_addc(out, '{');
	put_visit_date(c, out);
	put_value(c, out, RECORD_ID, SLOT_ID);
	if (verdict == VERDICT_YES)
		put_insured(c, out);
	put_row(c, out, d->cells);
	if (verdict == VERDICT_NOT_ASKED)
		put_not_asked(out, reason);
	if (verdict == VERDICT_UNKNOWN) {
		put_name(out, RECORD_ERROR);
		why_json(out, why, c->tool);
	}
	put_name(out, RECORD_SEQ);
	buf_addu(out, seq);
	buf_addc(out, '}');
	return verdict;
}
