#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/area.h"
#include "hub/disaster.h"
#include "hub/put.h"
#include "store/day.h"

#define RECORD_MAX ((size_t)16384)
#define FOUND	   1 /* what the functions called for each return to end it */

/* The word for how a window stands, and why it could not be opened. */
struct standing {
	const char *state, *reason;
};

static struct standing
standing_of(const struct window *w, uint32_t today)
{
	if (w->closed_at != 0)
		return (struct standing){ WINDOW_STATE_CLOSED, NULL };
	if (w->from == 0 || w->to == 0)
		return (struct standing){ WINDOW_STATE_NOT_OPENED, WINDOW_REASON_NO_DATES };
	if (area_count(w->area).clear == 0)
		return (struct standing){ WINDOW_STATE_NOT_OPENED, WINDOW_REASON_AREA_UNCLEAR };
	if (today < w->from)
		return (struct standing){ WINDOW_STATE_TO_COME, NULL };
	return (struct standing){ today > w->to ? WINDOW_STATE_OVER : WINDOW_STATE_OPEN, NULL };
}

static void
put_kinds(struct buf *out, const char *kinds)
{
	char copy[WINDOW_KINDS_SIZE], *save = NULL;
	const char *before = "";

	snprintf(copy, sizeof copy, "%s", kinds);
	buf_adds(out, ",\"" WINDOW_KINDS "\":[");
	for (char *w = strtok_r(copy, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save)) {
		buf_addf(out, "%s\"%s\"", before, w);
		before = ",";
	}
	buf_addc(out, ']');
}

struct listing {
	struct output *out;
	struct buf record;
	uint32_t today;
};

static void
listing_begin(struct listing *l, struct output *out)
{
	*l = (struct listing){ .out = out, .today = day_of(date_today()) };
	buf_init(&l->record, RECORD_MAX);
}

/* A failed output is told by whoever closes it; there is no use in going on. */
static int
list_window(const struct window *w, void *arg)
{
	struct listing *l = arg;
	struct buf *out = &l->record;
	struct standing standing = standing_of(w, l->today);
	size_t unclear = area_count(w->area).unclear;

	buf_reset(out);
	buf_addf(out, "{\"" WINDOW_ID "\":%" PRId64, w->id);
	put_member(out, WINDOW_EVENT, w->event);
	put_member(out, WINDOW_AREA, w->area);
	put_kinds(out, w->kinds);
	put_day(out, WINDOW_FROM, w->from);
	put_day(out, WINDOW_TO, w->to);
	put_member(out, WINDOW_STATE, standing.state);
	put_member(out, WINDOW_REASON, standing.reason);
	if (unclear > 0)
		buf_addf(out, ",\"" WINDOW_UNCLEAR "\":%zu", unclear);
	put_time(out, WINDOW_RECORDED_AT, w->recorded_at);
	put_time(out, WINDOW_CLOSED_AT, w->closed_at);
	buf_addc(out, '}');
	return output_record(l->out, out->data, out->len, VERDICT_YES) == -1 ? FOUND : 0;
}

static int
refuse(struct why *why, enum error_id id, const char *detail)
{
	why_set(why, id, NULL, "%s", detail);
	return -1;
}

static int
copy_text(char *to, size_t size, const char *from)
{
	return (size_t)snprintf(to, size, "%s", from == NULL ? "" : from) < size;
}

/* A day that may be absent: "". 1 or 0. */
static int
read_day(const char *text, uint32_t *day)
{
	struct date d;

	*day = 0;
	if (text == NULL || *text == '\0')
		return 1;
	if (!date_parse(text, &d))
		return 0;
	*day = day_of(d);
	return 1;
}

/* 0, or -1 with why. */
static int
make_window(const struct disaster_plan *p, struct window *w, struct why *why)
{
	*w = (struct window){ .recorded_at = clock_now() };
	if (!copy_text(w->event, sizeof w->event, p->event) ||
	    !copy_text(w->area, sizeof w->area, p->area) ||
	    !copy_text(w->kinds, sizeof w->kinds, p->kinds) || !area_kinds_valid(w->kinds))
		return refuse(why, ERR_WINDOW_MALFORMED,
		    "kinds are medical, dental, pharmacy, nursing; no text is longer than 511 "
		    "bytes");
	if (!read_day(p->from, &w->from) || !read_day(p->to, &w->to) ||
	    (w->from != 0 && w->to != 0 && w->to < w->from))
		return refuse(why, ERR_WINDOW_MALFORMED, "the last day is before the first");
	return 0;
}

/* What somebody opens by hand must be open then. */
static int
check_window(const struct window *w, struct why *why)
{
	struct area_count count = area_count(w->area);

	if (w->from == 0 || w->to == 0)
		return refuse(why, ERR_WINDOW_MALFORMED, "it needs a first and a last day");
	if (count.clear == 0 || count.unclear > 0)
		return refuse(why, ERR_WINDOW_MALFORMED,
		    "the area is prefectures and municipalities by name, such as 石川県 "
		    "富山県氷見市");
	return 0;
}

int
disaster_open(const char *dir, const struct disaster_plan *p, struct output *out, struct why *why)
{
	struct medical *m = NULL;
	struct listing l;
	struct window w;
	int r = -1;

	if (make_window(p, &w, why) == -1 || check_window(&w, why) == -1 ||
	    (m = medical_open(dir, MEDICAL_WRITE, why)) == NULL)
		return -1;
	listing_begin(&l, out);
	if ((r = window_add(m, &w, why)) == 0)
		list_window(&w, &l);
	buf_free(&l.record);
	medical_close(m);
	return r;
}

int
disaster_close(const char *dir, int64_t id, struct why *why)
{
	struct medical *m = medical_open(dir, MEDICAL_WRITE, why);
	int r = m == NULL ? -1 : window_close(m, id, clock_now(), why);

	medical_close(m);
	return r;
}

int
disaster_list(const char *dir, struct output *out, struct why *why)
{
	struct medical *m = medical_open(dir, MEDICAL_WRITE, why);
	struct listing l;
	int r;

	if (m == NULL)
		return -1;
	listing_begin(&l, out);
	r = window_each(m, list_window, &l, why);
	buf_free(&l.record);
	medical_close(m);
	return r == -1 ? -1 : 0;
}

static int
is_same(const struct window *w, void *arg)
{
	struct window *wanted = arg;

	if (strcmp(w->event, wanted->event) != 0 || strcmp(w->area, wanted->area) != 0 ||
	    w->from != wanted->from || w->to != wanted->to)
		return 0;
	*wanted = *w;
	return FOUND;
}

/* 0 and the window, entered now or before, or -1 with why. */
static int
load_row(struct medical *m, const struct table *t, size_t row, struct window *w, struct why *why)
{
	const struct disaster_plan plan = { .event = table_cell(t, row, "event"),
		.area = table_cell(t, row, "area"),
		.from = table_cell(t, row, "from"),
		.to = table_cell(t, row, "to") };
	int r;

	if (plan.event == NULL || plan.area == NULL || plan.from == NULL || plan.to == NULL)
		return refuse(why, ERR_WINDOW_MALFORMED, "columns: event, area, from, to");
	if (make_window(&plan, w, why) == -1 || (r = window_each(m, is_same, w, why)) == -1)
		return -1;
	return r == FOUND ? 0 : window_add(m, w, why);
}

int
disaster_load(const char *dir, const struct table *t, struct output *out, struct why *why)
{
	struct medical *m = medical_open(dir, MEDICAL_WRITE, why);
	struct listing l;
	struct window w;
	int r = m == NULL ? -1 : 0;

	listing_begin(&l, out);
	for (size_t row = 0; r == 0 && row < table_rows(t); row++)
		if ((r = load_row(m, t, row, &w, why)) == 0 && list_window(&w, &l) == FOUND)
			break;
	buf_free(&l.record);
	medical_close(m);
	return r;
}

struct search {
	const char *facility, *municipality;
	uint32_t today;
	int place_unknown;
	struct window *found;
};

static int
is_open_for(const struct window *w, void *arg)
{
	struct search *s = arg;
	int there;

	if (strcmp(standing_of(w, s->today).state, WINDOW_STATE_OPEN) != 0 ||
	    !area_kind_fits(w->kinds, s->facility))
		return 0;
	there = area_includes(w->area, s->facility, s->municipality);
	s->place_unknown |= there == -1;
	if (there != 1)
		return 0;
	*s->found = *w;
	return FOUND;
}

int
disaster_find(
    struct medical *m, const char *facility, uint32_t today, struct window *found, struct why *why)
{
	struct search s = { .facility = facility, .today = today, .found = found };
	char place[WINDOW_TEXT_SIZE];
	int r = medical_place(m, facility, place, sizeof place, why);

	if (r == -1)
		return -1;
	s.municipality = r == 1 ? place : NULL;
	if ((r = window_each(m, is_open_for, &s, why)) != 0)
		return r;
	why_set(
	    why, s.place_unknown ? ERR_FACILITY_PLACE_UNKNOWN : ERR_DISASTER_NOT_OPEN, NULL, NULL);
	return 0;
}

static int
is_number(const struct window *w, void *arg)
{
	struct window *wanted = arg;

	if (w->id != wanted->id)
		return 0;
	*wanted = *w;
	return FOUND;
}

int
disaster_get(struct medical *m, int64_t id, struct window *out, struct why *why)
{
	*out = (struct window){ .id = id };
	return window_each(m, is_number, out, why);
}
