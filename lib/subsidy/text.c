#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "options/words.h"
#include "subsidy/text.h"

static const char *const figure_words[N_FIGURES] = {
	N_("eligible cost"),
	N_("cost up to the cap"),
	N_("subsidy"),
	N_("basic part"),
	N_("difference part"),
	N_("by the basic rate, not confirmed"),
};

static const char *const step_sentences[N_STEPS] = {
	[STEP_RECEIPT] = N_("receipt and its lines"),
	[STEP_LINE] = N_("line with tax"),
	[STEP_SPREAD] = N_("after discounts and tax"),
	[STEP_OWN_COST] = N_("at own cost"),
	[STEP_COUNTED] = N_("of this, eligible"),
	[STEP_CLASS] = N_("class by prescriptions"),
	[STEP_REGIME] = N_("regime"),
	[STEP_ELIGIBLE] = N_("sum of what is eligible"),
	[STEP_CAP] = N_("up to the cost cap"),
	[STEP_RATE] = N_("times the rate"),
	[STEP_ROUNDING] = N_("cut down to whole thousands"),
	[STEP_SUBSIDY_CAP] = N_("the subsidy's cap"),
	[STEP_BASE] = N_("basic part"),
	[STEP_DIFFERENCE] = N_("difference part"),
	[STEP_FALLBACK] = N_("by the basic rate, not confirmed"),
	[STEP_REFUSAL] = N_("refused"),
	[STEP_WARNING] = N_("mind"),
};

static const struct {
	const char *regime, *name;
} regimes[] = {
	{ "R0", N_("special of the acceleration plan") },
	{ "R1", N_("basic subsidy") },
	{ "R1D", N_("basic subsidy and the difference") },
	{ "R2", N_("expanded subsidy") },
};

static const char *
regime_name(const char *regime)
{
	for (size_t i = 0; i < sizeof regimes / sizeof *regimes; i++)
		if (strcmp(regimes[i].regime, regime) == 0)
			return _(regimes[i].name);
	return "";
}

void
text_yen(struct buf *out, int64_t yen)
{
	char digits[32];
	int n = snprintf(digits, sizeof digits, "%" PRId64, yen < 0 ? -yen : yen);

	if (yen < 0)
		buf_addc(out, '-');
	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			buf_addc(out, ',');
		buf_addc(out, digits[i]);
	}
}

static void
add_yen(struct buf *out, int64_t yen)
{
	text_yen(out, yen);
	buf_adds(out, _(" yen"));
}

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

void
text_plain(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		buf_addc(out, (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text);
}

static void
add_cite(struct buf *out, const struct cite *c)
{
	if (c == NULL)
		return;
	buf_addf(out, "  [%s, %s", c->row, _(c->confidence));
	if (*c->source != '\0')
		buf_addf(out, ", %s", c->source);
	buf_addc(out, ']');
}

/* Supplier and line that a step is of, by name; the header of the member. */
static void
add_place(struct buf *out, const struct project *p, const struct step *s)
{
	const struct supplier *supplier;

	if (s->supplier != NOWHERE && (size_t)s->supplier < p->n_suppliers) {
		supplier = &p->suppliers[s->supplier];
		buf_addc(out, ' ');
		text_plain(out, or_empty(supplier->name));
		if (s->line != NOWHERE) {
			buf_adds(out, " / ");
			text_plain(
			    out, or_empty(p->costs[supplier->first + (size_t)s->line].label));
		}
	}
	if (s->fact != NULL)
		buf_addf(out, " %s", s->fact);
}

static void
add_step(struct buf *out, const struct project *p, const struct step *s)
{
	buf_addf(out, "\n  %s", _(step_sentences[s->kind]));
	if (*s->code != '\0')
		buf_addf(out, " %s (%s)", s->code, code_sentence(s->code));
	if (s->den != 0)
		buf_addf(out, " %" PRId64 "/%" PRId64, s->num, s->den);
	add_place(out, p, s);
	if (s->of_yen != UNSAID || s->yen != UNSAID)
		buf_adds(out, ": ");
	if (s->of_yen != UNSAID) {
		add_yen(out, s->of_yen);
		buf_adds(out, " -> ");
	}
	if (s->yen != UNSAID)
		add_yen(out, s->yen);
	add_cite(out, s->cite);
}

static void
add_head(struct buf *out, const struct project *p, const char *facility_class)
{
	text_plain(out, or_empty(p->code));
	buf_addc(out, ' ');
	text_plain(out, or_empty(p->name));
	if (facility_class != NULL)
		buf_addf(
		    out, " (%s)", words_japanese() ? class_name(facility_class) : facility_class);
}

static void
add_figures(struct buf *out, const struct assessment *a, const struct assessment *was)
{
	for (size_t i = 0; i < N_FIGURES; i++) {
		int64_t now = figure_of(a, &figures[i]);
		int64_t before = was == NULL ? now : figure_of(was, &figures[i]);

		if (now == UNSAID && before == UNSAID)
			continue;
		buf_addf(out, "\n  %s: ", _(figure_words[i]));
		if (before != now) {
			if (before != UNSAID)
				add_yen(out, before);
			buf_adds(out, " -> ");
		}
		if (now != UNSAID)
			add_yen(out, now);
	}
}

/* Is there still something to be done, and time for it? */
static int
is_open(const struct assessor *by, const struct due *d)
{
	return d->given == UNSAID && by->today <= d->to;
}

static void
add_dues(struct buf *out, const struct assessor *by, const struct assessment *a)
{
	for (const struct due *d = a->dues; d < a->dues + a->n_dues; d++) {
		const struct field *f = field_find(project_fields, n_project_fields, d->fact);
		char day[DATE_SIZE];

		if (!is_open(by, d))
			continue;
		date_format(date_of_days(d->to), day);
		buf_adds(out, "\n  ");
		buf_addf(out, _("open until %s, %d days left: %s is missing"), day,
		    (int)(d->to - by->today), words_japanese() && f != NULL ? f->ja : d->fact);
		add_cite(out, d->cite);
	}
}

void
text_facility(struct buf *out, const struct assessor *by, const struct project *p,
    const struct assessment *a, const struct figure *figure, const struct assessment *was)
{
	add_head(out, p, a->facility_class);
	buf_adds(out, ": ");
	if (was != NULL && strcmp(was->regime, a->regime) != 0)
		buf_addf(out, "%s %s -> ", was->regime, regime_name(was->regime));
	buf_addf(out, "%s %s", a->regime, regime_name(a->regime));
	add_figures(out, a, was);
	for (const struct step *s = a->steps; s < a->steps + a->n_steps; s++) {
		if (s->kind == STEP_REFUSAL || s->kind == STEP_WARNING ||
		    (figure != NULL && figure_holds(figure, a, s)))
			add_step(out, p, s);
	}
	add_dues(out, by, a);
}

void
text_error(struct buf *out, const struct project *p, const struct why *why)
{
	add_head(out, p, p->facility_class);
	buf_addf(out, ": %s %s", why_code(why), why->pointer);
	buf_adds(out, "\n  ");
	buf_adds(out, why_sentence(why, words_japanese()));
}

/* --- CSV ---------------------------------------------------------------------------------------- */

static void
add_cell(struct buf *out, const char *text)
{
	/* A spreadsheet takes what begins so for a formula. */
	const char *guard = strchr("=+-@\t\r", *text) != NULL && *text != '\0' ? "'" : "";

	buf_addc(out, '"');
	buf_adds(out, guard);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	buf_adds(out, "\",");
}

void
csv_header(struct buf *out)
{
	static const char *const head[] = { N_("facility code"), N_("facility name"), N_("class"),
		N_("regime") };

	buf_adds(out, "\xef\xbb\xbf");
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		add_cell(out, _(head[i]));
	for (size_t i = 0; i < N_FIGURES; i++)
		add_cell(out, _(figure_words[i]));
	add_cell(out, _("refused"));
	add_cell(out, _("mind"));
	add_cell(out, _("what --if changes"));
	add_cell(out, _("open until, days left, what is missing"));
	add_cell(out, _("could not be assessed"));
	out->len -= out->len > 0;
	buf_addc(out, '\n');
}

static void
add_facility_cells(struct buf *out, const struct project *p, const char *facility_class)
{
	add_cell(out, or_empty(p->code));
	add_cell(out, or_empty(p->name));
	add_cell(out, words_japanese() ? class_name(facility_class) : or_empty(facility_class));
}

static const char *
between(int *n)
{
	return (*n)++ == 0 ? "" : "; ";
}

/* Regime and figures that are others than they were: "R2 -> R1; subsidy 330000 -> 247000". */
static void
add_changes_cell(struct buf *out, const struct assessment *a, const struct assessment *was)
{
	int n = 0;

	buf_addc(out, '"');
	if (was != NULL && strcmp(was->regime, a->regime) != 0)
		buf_addf(out, "%s%s -> %s", between(&n), was->regime, a->regime);
	for (size_t i = 0; was != NULL && i < N_FIGURES; i++) {
		int64_t before = figure_of(was, &figures[i]), now = figure_of(a, &figures[i]);

		if (before == now)
			continue;
		buf_addf(out, "%s%s ", between(&n), _(figure_words[i]));
		if (before != UNSAID)
			buf_addf(out, "%" PRId64 " ", before);
		buf_adds(out, "->");
		if (now != UNSAID)
			buf_addf(out, " %" PRId64, now);
	}
	buf_adds(out, "\",");
}

/* Oldest first, as everywhere: "2023-09-30 12 application_on". */
static void
add_dues_cell(struct buf *out, const struct assessor *by, const struct assessment *a)
{
	int n = 0;

	buf_addc(out, '"');
	for (const struct due *d = a->dues; d < a->dues + a->n_dues; d++) {
		char day[DATE_SIZE];

		if (!is_open(by, d))
			continue;
		date_format(date_of_days(d->to), day);
		buf_addf(out, "%s%s %d %s", between(&n), day, (int)(d->to - by->today), d->fact);
	}
	buf_adds(out, "\",");
}

void
csv_row(struct buf *out, const struct assessor *by, const struct project *p,
    const struct assessment *a, const struct assessment *was)
{
	add_facility_cells(out, p, a->facility_class);
	add_cell(out, a->regime);
	for (size_t i = 0; i < N_FIGURES; i++) {
		if (figure_of(a, &figures[i]) != UNSAID)
			buf_addf(out, "%" PRId64, figure_of(a, &figures[i]));
		buf_addc(out, ',');
	}
	for (enum step_kind kind = STEP_REFUSAL; kind <= STEP_WARNING; kind++) {
		buf_addc(out, '"');
		codes_join(out, a, kind, " ");
		buf_adds(out, "\",");
	}
	add_changes_cell(out, a, was);
	add_dues_cell(out, by, a);
}

void
csv_error_row(struct buf *out, const struct project *p, const struct why *why)
{
	add_facility_cells(out, p, p->facility_class);
	buf_adds(out, ",,,,,,,,,,,");
	buf_addf(out, "\"%s %s\"", why_code(why), why->pointer);
}
