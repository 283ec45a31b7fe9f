#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list/fit.h"
#include "list/mode.h"
#include "model/advice.h"
#include "options/words.h"
#include "view/csv.h"

#define HEAD	    32.0 /* title, counts and headings, in millimetres of paper */
#define STEP_COLUMN 5	 /* of acting_columns: it goes over several lines */

struct member { /* of a household, in which people stand beside each other */
	struct entry entry;
	size_t first; /* the household's first entry, by time */
	int act;      /* somebody in it has to be called */
};

struct sentence {	 /* to be said on the telephone */
	const char *say; /* an entry's */
	char *text;	 /* with the answer in front */
	int certain;
};

struct morning {
	const struct page *page;
	struct member *members;
	size_t n, room;
	uint64_t counts[VERDICT_NOT_ASKED + 1], acting;
	struct sentence *sentences;
	size_t n_sentences;
};

static const struct column acting_columns[] = {
	{ N_("Time"), COLUMN_NARROW },
	{ N_("No."), COLUMN_CODE | COLUMN_NARROW },
	{ N_("Name"), COLUMN_NARROW },
	{ N_("Answer"), COLUMN_NARROW },
	{ N_("Who"), COLUMN_NARROW },
	{ N_("What to do"), 0 },
	{ N_("Telephone"), COLUMN_CODE | COLUMN_NARROW },
	{ N_("Done"), COLUMN_BLANK },
	{ N_("Seal"), COLUMN_BLANK },
};
/* Without numbers, so that many stand beside each other in type that can be read. */
static const struct column well_columns[] = {
	{ N_("Time"), COLUMN_NARROW },
	{ N_("Name"), COLUMN_NARROW },
	{ N_("Seal"), COLUMN_BLANK },
};
static const struct column csv_columns[] = {
	{ N_("Date"), 0 },
	{ N_("Time"), 0 },
	{ N_("No."), COLUMN_CODE },
	{ N_("Name"), 0 },
	{ N_("Kana"), 0 },
	{ N_("Doctor"), 0 },
	{ N_("Household"), 0 },
	{ N_("Answer"), 0 },
	{ N_("Who"), 0 },
	{ N_("What to do"), 0 },
	{ N_("Telephone"), COLUMN_CODE },
	{ N_("What to say"), 0 },
	{ N_("Done"), COLUMN_BLANK },
	{ N_("Seal"), COLUMN_BLANK },
};
#define N_OF(columns) (sizeof(columns) / sizeof *(columns))

static void *
morning_open(const struct page *page)
{
	struct morning *m = calloc(1, sizeof *m);

	if (m != NULL)
		m->page = page;
	return m;
}

static int
take(void *arg, const json_t *record, const struct line *line, const struct why *why)
{
	struct morning *m = arg;
	size_t room = m->room == 0 ? 256 : 2 * m->room;
	struct member *grown;

	if (m->n == m->room) {
		if ((grown = reallocarray(m->members, room, sizeof *grown)) == NULL)
			return -1;
		m->members = grown;
		m->room = room;
	}
	m->members[m->n] = (struct member){ .act = 0 };
	return entry_take(&m->members[m->n++].entry, record, line, why, &m->page->reader);
}

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
by_time(const struct entry *a, const struct entry *b)
{
	int r = compare(date_days(a->day), date_days(b->day));

	r = r != 0 ? r : compare(a->at, b->at);
	return r != 0 ? r : compare((int64_t)a->order, (int64_t)b->order);
}

/* Those without keys are households of their own. A household of another day is another. */
static int
by_household(const void *va, const void *vb)
{
	const struct member *a = va, *b = vb;
	int r = compare(a->entry.household == NULL, b->entry.household == NULL);

	if (r == 0 && a->entry.household != NULL)
		r = strcmp(a->entry.household, b->entry.household);
	return r != 0 ? r : by_time(&a->entry, &b->entry);
}

static int
by_place(const void *va, const void *vb)
{
	const struct member *a = va, *b = vb;
	int r = compare((int64_t)a->first, (int64_t)b->first);

	return r != 0 ? r : by_time(&a->entry, &b->entry);
}

static int
by_time_alone(const void *va, const void *vb)
{
	return by_time(&((const struct member *)va)->entry, &((const struct member *)vb)->entry);
}

static int
together(const struct member *a, const struct member *b)
{
	return a->entry.household != NULL && b->entry.household != NULL &&
	       strcmp(a->entry.household, b->entry.household) == 0 &&
	       date_days(a->entry.day) == date_days(b->entry.day);
}

/* By time, and members of a household beside the one who comes first. */
static void
arrange(struct morning *m)
{
	qsort(m->members, m->n, sizeof *m->members, by_time_alone);
	for (size_t i = 0; i < m->n; i++)
		m->members[i].first = i;
	qsort(m->members, m->n, sizeof *m->members, by_household);
	for (size_t i = 0, end; i < m->n; i = end) {
		int act = 0;

		for (end = i;
		     end < m->n && (end == i || together(&m->members[i], &m->members[end])); end++)
			act |= m->members[end].entry.act;
		for (size_t k = i; k < end; k++) {
			m->members[k].first = m->members[i].first;
			m->members[k].act = act;
		}
	}
	qsort(m->members, m->n, sizeof *m->members, by_place);
	for (size_t i = 0; i < m->n; i++) {
		m->counts[m->members[i].entry.verdict]++;
		m->acting += (uint64_t)m->members[i].entry.act;
	}
}

static int
several_days(const struct morning *m)
{
	return m->n > 0 &&
	       date_days(m->members[0].entry.day) != date_days(m->members[m->n - 1].entry.day);
}

/* With the day where the list has more than one. */
static void
put_time(struct sheet *s, const struct entry *e, int with_day)
{
	if (with_day)
		sheet_putf(s, "%d/%d %s", e->day.month, e->day.day, e->time == NULL ? "" : e->time);
	else
		sheet_put(s, e->time);
}

static void
put_acting(struct sheet *s, const struct entry *e, int with_day)
{
	put_time(s, e, with_day);
	sheet_put(s, e->number);
	sheet_put(s, e->name);
	sheet_put(s, e->status);
	sheet_put(s, e->actor);
	sheet_put(s, e->step);
	sheet_put(s, e->phone);
}

static void
put_well(struct sheet *s, const struct entry *e, int with_day)
{
	const char *name = e->name != NULL ? e->name : e->number;

	put_time(s, e, with_day);
	if (e->verdict == VERDICT_YES)
		sheet_put(s, name);
	else
		sheet_putf(s, "%s [%s]", name, e->status);
}

/* The rows of those who have to be called, or of the others. 0, or -1 without memory. */
static int
put_members(struct sheet *s, const struct morning *m, int act)
{
	int with_day = several_days(m);

	for (size_t i = 0; i < m->n; i++) {
		const struct member *one = &m->members[i];
		int joined = i > 0 && m->members[i - 1].first == one->first;

		if (one->act != act)
			continue;
		sheet_row(s, (joined ? ROW_JOINED : 0U) | (one->entry.act ? ROW_STRONG : 0U));
		if (act)
			put_acting(s, &one->entry, with_day);
		else
			put_well(s, &one->entry, with_day);
	}
	return sheet_failed(s) ? -1 : 0;
}

/* Titles of columns in the reader's language. */
static void
say_columns(struct column *out, const struct column *columns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (struct column){ _(columns[i].title), columns[i].flags };
}

/* Is the entry's sentence among those noted? */
static int
is_noted(const struct morning *m, const struct entry *e)
{
	size_t i = 0;

	while (i < m->n_sentences && strcmp(m->sentences[i].say, e->say) != 0)
		i++;
	return i < m->n_sentences;
}

/* Notes each sentence once, under the answer that it is for. 0, or -1 without memory. */
static int
note_sentences(struct morning *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct entry *e = &m->members[i].entry;
		struct sentence *grown;

		if (e->say == NULL || is_noted(m, e))
			continue;
		grown = reallocarray(m->sentences, m->n_sentences + 1, sizeof *grown);
		if (grown == NULL)
			return -1;
		m->sentences = grown;
		grown += m->n_sentences;
		*grown = (struct sentence){ .say = e->say, .certain = e->certain };
		if (asprintf(&grown->text, "%s%s: %s", e->status, e->certain ? "" : " *", e->say) ==
		    -1)
			return -1;
		m->n_sentences++;
	}
	return 0;
}

/* The sentences, which are printed, or only measured. Returns their millimetres of paper. */
static double
say_sentences(const struct morning *m, int print)
{
	const struct page *p = m->page;
	int on_telephone = strcmp(p->reader.place, ADVICE_TELEPHONE) == 0, certain = 1;
	const char *note = _("* from a single source, or as practised: ask when in doubt");
	double taken = 0;

	if (m->n_sentences > 0 && print)
		p->form->heading(
		    p->fp, on_telephone ? _("What to say on the telephone") : _("What to do"));
	for (size_t i = 0; i < m->n_sentences; i++) {
		if (print)
			p->form->line(p->fp, m->sentences[i].text);
		taken += fit_line(m->sentences[i].text);
		certain &= m->sentences[i].certain;
	}
	if (!certain && print)
		p->form->line(p->fp, note);
	return taken + (certain ? 0 : fit_line(note));
}

static void
say_counts(const struct morning *m)
{
	char room[1024], now[TIME_SIZE];
	struct buf line;

	time_format(clock_now(), now);
	now[10] = ' ';
	now[16] = '\0';
	buf_over(&line, room, sizeof room);
	buf_addf(&line,
	    _("%zu bookings: %llu valid, %llu not valid, %llu not known, %llu not asked. To act "
	      "on: %llu"),
	    m->n, (unsigned long long)m->counts[VERDICT_YES],
	    (unsigned long long)m->counts[VERDICT_NO],
	    (unsigned long long)m->counts[VERDICT_UNKNOWN],
	    (unsigned long long)m->counts[VERDICT_NOT_ASKED], (unsigned long long)m->acting);
	buf_adds(&line, " (");
	buf_addf(&line, _("as of %s"), now);
	buf_addc(&line, ')');
	m->page->form->line(m->page->fp, room);
}

static void
begin(const struct morning *m)
{
	char room[512];
	struct buf title;

	buf_over(&title, room, sizeof room);
	buf_adds(&title, _("Insurance of the day's bookings"));
	if (m->n > 0) {
		char day[DATE_SIZE];

		date_format(m->members[0].entry.day, day);
		buf_addf(&title, " %s", day);
		if (several_days(m)) {
			date_format(m->members[m->n - 1].entry.day, day);
			buf_addf(&title, " - %s", day);
		}
	}
	m->page->form->begin(m->page->fp, room, m->page->reader.japanese ? "ja" : "en");
}

/* For paper and screens: first those who have to be called, then all others. */
static int
print_page(struct morning *m)
{
	const struct page *p = m->page;
	struct column acting_titles[N_OF(acting_columns)], well_titles[N_OF(well_columns)];
	struct sheet acting, well;
	int r = 0;

	say_columns(acting_titles, acting_columns, N_OF(acting_columns));
	say_columns(well_titles, well_columns, N_OF(well_columns));
	sheet_init(&acting, acting_titles, N_OF(acting_columns));
	sheet_init(&well, well_titles, N_OF(well_columns));
	if (note_sentences(m) == -1 || put_members(&acting, m, 1) == -1 ||
	    put_members(&well, m, 0) == -1)
		r = -1;
	fit_page(&(struct fit){ &acting, STEP_COLUMN, &well, HEAD + say_sentences(m, 0) });
	begin(m);
	say_counts(m);
	if (acting.n_rows > 0) {
		p->form->heading(p->fp, _("Somebody has to act"));
		p->form->sheet(p->fp, &acting);
	}
	say_sentences(m, 1);
	if (well.n_rows > 0) {
		p->form->heading(p->fp, _("Nothing to do"));
		p->form->sheet(p->fp, &well);
	}
	p->form->end(p->fp);
	sheet_free(&acting);
	sheet_free(&well);
	return r;
}

static void
put_csv(struct sheet *s, const struct entry *e, size_t household)
{
	char day[DATE_SIZE];

	date_format(e->day, day);
	sheet_put(s, day);
	sheet_put(s, e->time);
	sheet_put(s, e->number);
	sheet_put(s, e->name);
	sheet_put(s, e->kana);
	sheet_put(s, e->doctor);
	if (household > 0)
		sheet_putf(s, "%zu", household);
	else
		sheet_put(s, NULL);
	sheet_put(s, e->status);
	sheet_put(s, e->actor);
	sheet_put(s, e->step);
	sheet_put(s, e->phone);
	sheet_put(s, e->say);
}

/* For a spreadsheet: one sheet of all; households of several have a number. */
static int
print_csv(const struct morning *m)
{
	const struct page *p = m->page;
	struct column titles[N_OF(csv_columns)];
	struct sheet s;
	size_t household = 0;
	int r;

	say_columns(titles, csv_columns, N_OF(csv_columns));
	sheet_init(&s, titles, N_OF(csv_columns));
	for (size_t i = 0; i < m->n; i++) {
		size_t first = m->members[i].first;
		int joined = i > 0 && m->members[i - 1].first == first;
		int followed = i + 1 < m->n && m->members[i + 1].first == first;

		household += !joined && followed;
		sheet_row(&s, 0);
		put_csv(&s, &m->members[i].entry, joined || followed ? household : 0);
	}
	r = sheet_failed(&s) ? -1 : 0;
	begin(m);
	p->form->sheet(p->fp, &s);
	p->form->end(p->fp);
	sheet_free(&s);
	return r;
}

static int
finish(void *arg)
{
	struct morning *m = arg;

	if (m->n > 0)
		arrange(m);
	return m->page->form == &view_csv ? print_csv(m) : print_page(m);
}

static void
morning_close(void *arg)
{
	struct morning *m = arg;

	for (size_t i = 0; m != NULL && i < m->n; i++)
		entry_free(&m->members[i].entry);
	for (size_t i = 0; m != NULL && i < m->n_sentences; i++)
		free(m->sentences[i].text);
	if (m != NULL) {
		free(m->sentences);
		free(m->members);
	}
	free(m);
}

const struct mode mode_morning = { NULL, morning_open, take, finish, morning_close };
