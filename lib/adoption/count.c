#include <stdlib.h>
#include <string.h>

#include "adoption/count.h"
#include "adoption/decimal.h"
#include "gen/names.h"
#include "model/prefecture.h"
#include "pipe/record.h"

#define PLACES_PUBLISHED 1 /* behind the point of a rate */
#define NEVER		 INT64_MAX

enum stage { APPLIED, READY, OPERATING, STAGES };
enum type { HOSPITAL, MEDICAL, DENTAL, PHARMACY, ALL, TYPES };

static const struct {
	const char *word, *member;
} stages[STAGES] = {
	[APPLIED] = { ADOPTION_STAGE_APPLIED, FACILITY_READER_APPLIED_ON },
	[READY] = { ADOPTION_STAGE_READY, FACILITY_READY_ON },
	[OPERATING] = { ADOPTION_STAGE_OPERATING, FACILITY_OPERATION_STARTED_ON },
};

static const char *const types[TYPES] = { "hospital", "clinic_medical", "clinic_dental", "pharmacy",
	"all" };

static const struct {
	const char *class;
	enum type type;
} classes[] = {
	{ "hospital", HOSPITAL },
	{ "hospital_large", HOSPITAL },
	{ "clinic_medical", MEDICAL },
	{ "clinic_occupational", MEDICAL },
	{ "clinic_dental", DENTAL },
	{ "pharmacy", PHARMACY },
	{ "pharmacy_large_chain", PHARMACY },
};

enum mandate { MANDATED, NOT_MANDATED, UNSAID };

/* What one line says. */
struct facility {
	enum type type;
	enum mandate mandate;
	int64_t reached[STAGES]; /* days since 1970-01-01, or NEVER */
	int in_order;
	const char *prefecture, *municipality; /* "" when not said */
};

/* Of one place and kind, on one day, at one stage. */
struct reached {
	int64_t all, mandated;
};

struct sum {
	int64_t total, mandated, unsaid;
	struct reached *reached; /* by day and stage */
};

struct place {
	char *prefecture, *municipality;
	struct sum types[TYPES];
};

struct counting {
	enum count_by by;
	int64_t days[COUNT_DAYS_MAX];
	size_t n_days;
	struct place **places; /* by name */
	size_t n;
};

struct counting *
counting_new(enum count_by by, const struct date *days, size_t n_days)
{
	struct counting *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	c->by = by;
	c->n_days = n_days;
	for (size_t i = 0; i < n_days; i++)
		c->days[i] = date_days(days[i]);
	if ((c->places = calloc(COUNT_PLACES_MAX, sizeof *c->places)) != NULL)
		return c;
	free(c);
	return NULL;
}

static void
place_free(struct place *p)
{
	if (p == NULL)
		return;
	free(p->prefecture);
	free(p->municipality);
	free(p->types[0].reached);
	free(p);
}

void
counting_free(struct counting *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		place_free(c->places[i]);
	free(c->places);
	free(c);
}

/* --- a line ---------------------------------------------------------------------------------- */

/* A text of the line, "" when absent. 0, or -1 with why: it is none. */
static int
take_text(const json_t *line, const char *name, const char **text, struct why *why)
{
	const json_t *member = json_object_get(line, name);
	char pointer[64];

	*text = "";
	if (member == NULL || (*text = record_text(line, name)) != NULL)
		return 0;
	snprintf(pointer, sizeof pointer, "/%s", name);
	why_set(why, ERR_MEMBER_MALFORMED, pointer, "not a text");
	return -1;
}

static int
take_day(const json_t *line, const char *name, int64_t *day, struct why *why)
{
	const char *text;
	char pointer[64];
	struct date d;

	*day = NEVER;
	if (take_text(line, name, &text, why) == -1)
		return -1;
	if (*text == '\0')
		return 0;
	if (date_parse(text, &d)) {
		*day = date_days(d);
		return 0;
	}
	snprintf(pointer, sizeof pointer, "/%s", name);
	why_set(why, ERR_MEMBER_MALFORMED, pointer, "not a date");
	return -1;
}

/* By its class, else by the third digit of its code. 0, or -1 with why. */
static int
take_type(const char *class, const char *code, enum type *type, struct why *why)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strcmp(classes[i].class, class) == 0) {
			*type = classes[i].type;
			return 0;
		}
	*type = strnlen(code, 3) == 3 && code[2] == '3' ? DENTAL : PHARMACY;
	if (*class == '\0' && strnlen(code, 3) == 3 && (code[2] == '3' || code[2] == '4'))
		return 0;
	why_set(why, ERR_FACILITY_TYPE_MISSING, "/" FACILITY_FACILITY_CLASS, NULL);
	return -1;
}

static int
take_mandate(const char *mode, enum mandate *mandate, struct why *why)
{
	static const struct {
		const char *mode;
		enum mandate mandate;
	} modes[] = { { FACILITY_CLAIMS_MODE_ONLINE, MANDATED },
		{ FACILITY_CLAIMS_MODE_DISC, MANDATED },
		{ FACILITY_CLAIMS_MODE_PAPER, NOT_MANDATED }, { "", UNSAID } };

	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (strcmp(modes[i].mode, mode) == 0) {
			*mandate = modes[i].mandate;
			return 0;
		}
	why_set(why, ERR_MEMBER_MALFORMED, "/" FACILITY_CLAIMS_MODE, "online, disc or paper");
	return -1;
}

/* As the line says; else as its code says. */
static const char *
prefecture_of(const char *said, const char *code)
{
	int n;

	if (*said != '\0' || strspn(code, "0123456789") < 2)
		return said;
	n = (code[0] - '0') * 10 + code[1] - '0';
	return n >= 1 && n <= PREFECTURES ? prefectures[n - 1] : "";
}

static int
take_stages(const json_t *line, struct facility *f, struct why *why)
{
	int64_t latest = INT64_MIN, later = NEVER;

	f->in_order = 1;
	for (size_t s = 0; s < STAGES; s++) {
		if (take_day(line, stages[s].member, &f->reached[s], why) == -1)
			return -1;
		if (f->reached[s] == NEVER)
			continue;
		f->in_order &= f->reached[s] >= latest;
		latest = f->reached[s];
	}
	for (size_t s = STAGES; s-- > 0;) {
		if (f->reached[s] > later)
			f->reached[s] = later;
		later = f->reached[s];
	}
	return 0;
}

/* 0, or -1 with why. */
static int
take_facility(const json_t *line, struct facility *f, struct why *why)
{
	const char *code, *class, *mode, *said;

	if (take_text(line, FACILITY_FACILITY_CODE, &code, why) == -1 ||
	    take_text(line, FACILITY_FACILITY_CLASS, &class, why) == -1 ||
	    take_text(line, FACILITY_CLAIMS_MODE, &mode, why) == -1 ||
	    take_text(line, FACILITY_PREFECTURE, &said, why) == -1 ||
	    take_text(line, FACILITY_MUNICIPALITY, &f->municipality, why) == -1)
		return -1;
	f->prefecture = prefecture_of(said, code);
	if (take_type(class, code, &f->type, why) == -1 ||
	    take_mandate(mode, &f->mandate, why) == -1)
		return -1;
	return take_stages(line, f, why);
}

/* --- counting -------------------------------------------------------------------------------- */

static struct place *
place_new(const struct counting *c, const char *prefecture, const char *municipality)
{
	const size_t each = c->n_days * STAGES;
	struct place *p = calloc(1, sizeof *p);

	if (p == NULL)
		return NULL;
	p->prefecture = strdup(prefecture);
	p->municipality = strdup(municipality);
	p->types[0].reached = calloc(TYPES * each, sizeof *p->types[0].reached);
	if (p->prefecture == NULL || p->municipality == NULL || p->types[0].reached == NULL) {
		place_free(p);
		return NULL;
	}
	for (size_t t = 1; t < TYPES; t++)
		p->types[t].reached = p->types[0].reached + t * each;
	return p;
}

static int
compare_place(const struct place *p, const char *prefecture, const char *municipality)
{
	int r = strcmp(p->prefecture, prefecture);

	return r != 0 ? r : strcmp(p->municipality, municipality);
}

/* The place of that name, made if there is none. NULL with why. */
static struct place *
place_of(struct counting *c, const struct facility *f, struct why *why)
{
	const char *prefecture = c->by == COUNT_BY_TYPE ? "" : f->prefecture;
	const char *municipality = c->by == COUNT_BY_MUNICIPALITY ? f->municipality : "";
	size_t low = 0, high = c->n;
	struct place *p;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int r = compare_place(c->places[middle], prefecture, municipality);

		if (r == 0)
			return c->places[middle];
		if (r < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (c->n == COUNT_PLACES_MAX) {
		why_set(why, ERR_MEMBER_MALFORMED, "/" FACILITY_MUNICIPALITY, "more than %d places",
		    COUNT_PLACES_MAX);
		return NULL;
	}
	if ((p = place_new(c, prefecture, municipality)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return NULL;
	}
	memmove(c->places + low + 1, c->places + low, (c->n++ - low) * sizeof(struct place *));
	return c->places[low] = p;
}

static void
sum_add(const struct counting *c, struct sum *s, const struct facility *f)
{
	struct reached *r = s->reached;

	s->total++;
	s->mandated += f->mandate == MANDATED;
	s->unsaid += f->mandate == UNSAID;
	for (size_t d = 0; d < c->n_days; d++)
		for (size_t stage = 0; stage < STAGES; stage++, r++)
			if (f->reached[stage] <= c->days[d]) {
				r->all++;
				r->mandated += f->mandate == MANDATED;
			}
}

int
counting_add(struct counting *c, const json_t *line, struct why *why)
{
	struct facility f;
	struct place *p;

	if (take_facility(line, &f, why) == -1 || (p = place_of(c, &f, why)) == NULL)
		return -1;
	sum_add(c, &p->types[f.type], &f);
	sum_add(c, &p->types[ALL], &f);
	return f.in_order;
}

/* --- what it comes to ------------------------------------------------------------------------ */

/* One place at one stage: what is ranked. */
struct standing {
	const struct place *place;
	int64_t count, mandated, total;
	int nameless; /* facilities that do not say where they are: no place, so no rank */
};

/* The greater rate first, compared as fractions; equal ones by name. */
static int
compare_standing(const void *a, const void *b)
{
	const struct standing *x = a, *y = b;
	const int64_t left = x->count * y->total, right = y->count * x->total;

	if (x->nameless != y->nameless)
		return x->nameless - y->nameless;
	if (left != right)
		return left < right ? 1 : -1;
	return compare_place(x->place, y->place->prefecture, y->place->municipality);
}

static void
put_number(struct sheet *s, int64_t n)
{
	sheet_putf(s, "%lld", (long long)n);
}

static void
put_percent(struct sheet *s, int64_t part, int64_t whole)
{
	char text[DECIMAL_SIZE] = "";

	if (whole > 0)
		decimal_format(decimal_percent(part, whole, PLACES_PUBLISHED), text);
	sheet_put(s, text);
}

static void
put_row(const struct counting *c, struct figures *f, size_t day, size_t type, size_t stage,
    const struct standing *at, size_t rank)
{
	const struct sum *sum = &at->place->types[type];
	struct sheet *s = &f->sheet;
	char text[DATE_SIZE];

	date_format(date_of_days(c->days[day]), text);
	sheet_row(s, 0);
	sheet_put(s, text);
	sheet_put(s, types[type]);
	sheet_put(s, stages[stage].word);
	if (c->by != COUNT_BY_TYPE) {
		if (at->nameless)
			sheet_put(s, NULL);
		else
			put_number(s, (int64_t)rank);
		sheet_put(s, at->place->prefecture);
	}
	if (c->by == COUNT_BY_MUNICIPALITY)
		sheet_put(s, at->place->municipality);
	put_number(s, at->count);
	put_number(s, at->total);
	put_number(s, sum->mandated);
	put_number(s, at->mandated);
	put_number(s, sum->unsaid);
	put_percent(s, at->count, at->total);
	put_percent(s, at->count, sum->unsaid > 0 ? 0 : sum->mandated);
}

static int
is_nameless(const struct counting *c, const struct place *p)
{
	return (c->by == COUNT_BY_MUNICIPALITY && *p->municipality == '\0') ||
	       (c->by != COUNT_BY_TYPE && *p->prefecture == '\0');
}

/* The places that have such facilities, by rate. Equal rates have the rank of the first of them. */
static void
put_ranked(const struct counting *c, const struct wanted *w, struct figures *f, size_t day,
    size_t type, size_t stage, struct standing *list)
{
	size_t n = 0, rank = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct sum *sum = &c->places[i]->types[type];
		const struct reached *r = &sum->reached[day * STAGES + stage];

		if (sum->total > 0)
			list[n++] = (struct standing){ c->places[i], r->all, r->mandated,
				sum->total, is_nameless(c, c->places[i]) };
	}
	if (n > 1)
		qsort(list, n, sizeof *list, compare_standing);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 ||
		    list[i].count * list[i - 1].total != list[i - 1].count * list[i].total)
			rank = i + 1;
		if (w->prefecture == NULL || strcmp(w->prefecture, list[i].place->prefecture) == 0)
			put_row(c, f, day, type, stage, &list[i], rank);
	}
}

static int
is_wanted(const char *wanted, const char *word)
{
	return wanted == NULL || strcmp(wanted, word) == 0;
}

int
counting_figures(const struct counting *c, const struct wanted *w, struct figures *f)
{
	enum figure_member members[COLUMNS_MAX] = { FIGURE_AS_OF, FIGURE_FACILITY_TYPE,
		FIGURE_STAGE };
	static const enum figure_member numbers[] = { FIGURE_COUNT, FIGURE_TOTAL, FIGURE_MANDATED,
		FIGURE_MANDATED_COUNT, FIGURE_MODE_UNSAID, FIGURE_PCT_OF_ALL,
		FIGURE_PCT_OF_MANDATED };
	struct standing *list = calloc(c->n + 1, sizeof *list);
	size_t n = 3;

	if (c->by != COUNT_BY_TYPE) {
		members[n++] = FIGURE_RANK;
		members[n++] = FIGURE_PREFECTURE;
	}
	if (c->by == COUNT_BY_MUNICIPALITY)
		members[n++] = FIGURE_MUNICIPALITY;
	memcpy(members + n, numbers, sizeof numbers);
	figures_open(f, members, n + sizeof numbers / sizeof *numbers);
	if (list == NULL)
		return -1;
	for (size_t day = 0; day < c->n_days; day++)
		for (size_t type = 0; type < TYPES; type++)
			for (size_t stage = 0; stage < STAGES; stage++)
				if (is_wanted(w->facility_type, types[type]) &&
				    is_wanted(w->stage, stages[stage].word))
					put_ranked(c, w, f, day, type, stage, list);
	free(list);
	return sheet_failed(&f->sheet) ? -1 : 0;
}
