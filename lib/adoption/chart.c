#include <stdlib.h>
#include <string.h>

#include "adoption/chart.h"
#include "adoption/decimal.h"
#include "options/words.h"
#include "view/svg.h"

#define TEXT_MAX ((size_t)1 << 20)

/* What makes a picture of figures: the first that fits is taken. */
struct recipe {
	enum figure_member needs, name, series; /* series FIGURE_MEMBERS: one for each value */
	enum figure_member values[3];		/* FIGURE_MEMBERS ends them */
	int days;				/* 1: only of several days, 0: only of one */
	const char *without; /* a series that is no part: the sum of the others */
	const char *unit;
	int (*draw)(FILE *, const struct svg_page *, const struct sheet *);
};

static const struct recipe recipes[] = {
	{ FIGURE_RANK, FIGURE_PREFECTURE, FIGURE_FACILITY_TYPE,
	    { FIGURE_OPERATION_RATE, FIGURE_MEMBERS }, 0, NULL, N_("% of the facilities there"),
	    svg_dots },
	{ FIGURE_RANK, FIGURE_PREFECTURE, FIGURE_STAGE, { FIGURE_PCT_OF_ALL, FIGURE_MEMBERS }, 0,
	    NULL, N_("% of the facilities there"), svg_dots },
	{ FIGURE_MUNICIPALITY, FIGURE_PREFECTURE, FIGURE_MEMBERS,
	    { FIGURE_OPERATION_RATE, FIGURE_APPLICATION_RATE, FIGURE_MEMBERS }, 0, NULL,
	    N_("% of the facilities there"), svg_dots },
	{ FIGURE_CLAIMS_MODE, FIGURE_FACILITY_TYPE, FIGURE_CLAIMS_MODE,
	    { FIGURE_COUNT_10K, FIGURE_MEMBERS }, 0, "total", N_("ten thousand facilities"),
	    svg_bars },
	{ FIGURE_STAGE, FIGURE_FACILITY_TYPE, FIGURE_STAGE, { FIGURE_PCT_OF_ALL, FIGURE_MEMBERS },
	    0, NULL, N_("% of all facilities of that kind"), svg_bars },
	{ FIGURE_STAGE, FIGURE_AS_OF, FIGURE_STAGE, { FIGURE_PCT_OF_ALL, FIGURE_MEMBERS }, 1, NULL,
	    N_("% of all facilities of that kind"), svg_lines },
};

struct drawing {
	const struct figures *f;
	const struct recipe *recipe;
	size_t *order;				 /* rows, as they are to be read */
	size_t series[SVG_SERIES + 1], n_series; /* a row that names each, or a place in values */
	struct column columns[SVG_SERIES + 1];
	struct sheet sheet;
};

static int
same(const struct figures *f, size_t a, size_t b, enum figure_member m)
{
	return strcmp(figures_cell(f, a, m), figures_cell(f, b, m)) == 0;
}

static int
all_same(const struct figures *f, enum figure_member m)
{
	for (size_t r = 1; r < f->sheet.n_rows; r++)
		if (!same(f, r, 0, m))
			return 0;
	return 1;
}

/* Do these figures have what the recipe needs? */
static int
fits(const struct figures *f, const struct recipe *r)
{
	if (f->at[r->needs] == -1 || f->at[r->values[0]] == -1 ||
	    all_same(f, FIGURE_AS_OF) == r->days)
		return 0;
	if (r->draw != svg_bars && !all_same(f, FIGURE_FACILITY_TYPE))
		return 0;
	return r->draw != svg_dots || all_same(f, FIGURE_STAGE);
}

/* --- names, in their order ------------------------------------------------------------------- */

/* Are two rows about one name of the picture? */
static int
same_name(const struct drawing *d, size_t a, size_t b)
{
	return same(d->f, a, b, d->recipe->name) && same(d->f, a, b, FIGURE_MUNICIPALITY);
}

/* The number that a row is ranked by; -1 where there is none. */
static int64_t
rate_of(const struct drawing *d, size_t row)
{
	struct decimal v;

	if (!decimal_read(figures_cell(d->f, row, d->recipe->values[0]), &v))
		return -1;
	return v.digits * decimal_unit(DECIMAL_PLACES - v.places);
}

static int
compare_rows(const void *a, const void *b, void *context)
{
	const struct drawing *d = context;
	const size_t x = *(const size_t *)a, y = *(const size_t *)b;
	const int64_t p = rate_of(d, x), q = rate_of(d, y);

	if (p != q)
		return p < q ? 1 : -1;
	return x < y ? -1 : 1;
}

/* 0, or -1 without memory. */
static int
put_in_order(struct drawing *d)
{
	const size_t n = d->f->sheet.n_rows;

	if ((d->order = calloc(n + 1, sizeof *d->order)) == NULL)
		return -1;
	for (size_t r = 0; r < n; r++)
		d->order[r] = r;
	/* What comes with a rank is in order. */
	if (d->recipe->draw == svg_dots && d->f->at[FIGURE_RANK] == -1)
		qsort_r(d->order, n, sizeof *d->order, compare_rows, d);
	return 0;
}

/* Its rank, as it was published or counted; else by the rate, equal ones alike. */
static void
put_rank(const struct drawing *d, size_t at, struct buf *name)
{
	size_t first = at;

	if (d->f->at[FIGURE_RANK] != -1) {
		buf_adds(name, figures_cell(d->f, d->order[at], FIGURE_RANK));
	} else {
		while (first > 0 && rate_of(d, d->order[first - 1]) == rate_of(d, d->order[at]))
			first--;
		buf_addu(name, first + 1);
	}
	if (name->len > 0)
		buf_adds(name, "  ");
}

static void
put_name(struct drawing *d, size_t at)
{
	const size_t row = d->order[at];
	struct buf name;

	buf_init(&name, TEXT_MAX);
	if (d->recipe->draw == svg_dots)
		put_rank(d, at, &name);
	buf_adds(&name, figure_word(figures_cell(d->f, row, d->recipe->name)));
	if (*figures_cell(d->f, row, FIGURE_MUNICIPALITY) != '\0')
		buf_addf(&name, " %s", figures_cell(d->f, row, FIGURE_MUNICIPALITY));
	sheet_put_buf(&d->sheet, &name);
}

/* --- series ---------------------------------------------------------------------------------- */

/* 1, or 0 where there are too many of them. */
static int
find_series(struct drawing *d)
{
	const struct recipe *r = d->recipe;

	for (size_t i = 0; r->series == FIGURE_MEMBERS && r->values[i] != FIGURE_MEMBERS; i++) {
		d->columns[i + 1].title = figure_title(r->values[i]);
		d->series[d->n_series++] = i;
	}
	for (size_t row = 0; r->series != FIGURE_MEMBERS && row < d->f->sheet.n_rows; row++) {
		const char *word = figures_cell(d->f, row, r->series);
		size_t i = 0;

		while (i < d->n_series && !same(d->f, d->series[i], row, r->series))
			i++;
		if (i < d->n_series || (r->without != NULL && strcmp(r->without, word) == 0))
			continue;
		if (d->n_series == SVG_SERIES)
			return 0;
		d->columns[i + 1].title = figure_word(word);
		d->series[d->n_series++] = row;
	}
	return d->n_series > 0;
}

/* The value of a name in a series; "" when there is none. */
static const char *
value_of(const struct drawing *d, size_t row, size_t series)
{
	const struct recipe *r = d->recipe;

	if (r->series == FIGURE_MEMBERS)
		return figures_cell(d->f, row, r->values[d->series[series]]);
	for (size_t i = 0; i < d->f->sheet.n_rows; i++)
		if (same_name(d, i, row) && same(d->f, i, d->series[series], r->series))
			return figures_cell(d->f, i, r->values[0]);
	return "";
}

/* Is that row the first of its name? */
static int
is_first(const struct drawing *d, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (same_name(d, d->order[i], d->order[at]))
			return 0;
	return 1;
}

static void
make_sheet(struct drawing *d)
{
	d->columns[0].title = figure_title(d->recipe->name);
	sheet_init(&d->sheet, d->columns, d->n_series + 1);
	for (size_t at = 0; at < d->f->sheet.n_rows; at++) {
		if (!is_first(d, at))
			continue;
		sheet_row(&d->sheet, 0);
		put_name(d, at);
		for (size_t i = 0; i < d->n_series; i++)
			sheet_put(&d->sheet, value_of(d, d->order[at], i));
	}
}

/* --- words ----------------------------------------------------------------------------------- */

/* Every word that a column holds, once. */
static void
put_words(const struct figures *f, enum figure_member m, const char *title, struct buf *out)
{
	const char *before = "";

	for (size_t r = 0; r < f->sheet.n_rows; r++) {
		size_t k = 0;

		while (k < r && !same(f, k, r, m))
			k++;
		if (k < r || *figures_cell(f, r, m) == '\0')
			continue;
		if (*before == '\0' && *title != '\0')
			buf_addf(out, "%s%s: ", out->len > 0 ? " / " : "", title);
		buf_addf(out, "%s%s", before, figure_word(figures_cell(f, r, m)));
		before = ", ";
	}
}

static void
put_when(const struct figures *f, struct buf *out)
{
	buf_addf(out, "%s: %s", figure_title(FIGURE_AS_OF), figures_cell(f, 0, FIGURE_AS_OF));
	if (!all_same(f, FIGURE_AS_OF))
		buf_addf(out, " - %s", figures_cell(f, f->sheet.n_rows - 1, FIGURE_AS_OF));
}

static void
put_source(const struct figures *f, const char *remark, struct buf *out)
{
	put_words(f, FIGURE_SOURCE, figure_title(FIGURE_SOURCE), out);
	put_words(f, FIGURE_CONFIDENCE, figure_title(FIGURE_CONFIDENCE), out);
	if (remark != NULL)
		buf_addf(out, "%s%s", out->len > 0 ? " / " : "", remark);
	buf_adds(out, "");
}

/* The picture in words: every name with its values. */
static void
put_description(const struct drawing *d, const char *when, const char *source, struct buf *out)
{
	buf_addf(out, "%s. %s. %s.", when, source, _(d->recipe->unit));
	for (size_t r = 0; r < d->sheet.n_rows; r++) {
		const char *before = ": ";

		buf_addf(out, " %s", sheet_cell(&d->sheet, r, 0));
		for (size_t i = 1; i <= d->n_series; i++) {
			if (*sheet_cell(&d->sheet, r, i) == '\0')
				continue;
			buf_addf(out, "%s%s %s", before, d->columns[i].title,
			    sheet_cell(&d->sheet, r, i));
			before = ", ";
		}
		buf_addc(out, '.');
	}
}

/* The kind of facility stands in the title where there is but one, and no name tells it. */
static void
put_title(const struct drawing *d, const char *title, struct buf *out)
{
	const char *type = figures_cell(d->f, 0, FIGURE_FACILITY_TYPE);

	buf_adds(out, title);
	if (d->recipe->name != FIGURE_FACILITY_TYPE && *type != '\0')
		buf_addf(out, ": %s", figure_word(type));
}

static int
draw(FILE *fp, struct drawing *d, const char *title, const char *remark)
{
	enum { TITLE, WHEN, SOURCE, DESCRIPTION, TEXTS };
	struct buf text[TEXTS];
	int r = -1, failed;

	for (size_t i = 0; i < TEXTS; i++)
		buf_init(&text[i], TEXT_MAX);
	make_sheet(d);
	put_title(d, title, &text[TITLE]);
	put_when(d->f, &text[WHEN]);
	put_source(d->f, remark, &text[SOURCE]);
	failed = sheet_failed(&d->sheet);
	for (size_t i = 0; i < DESCRIPTION; i++)
		failed |= buf_failed(&text[i]) != 0;
	if (!failed)
		put_description(d, text[WHEN].data, text[SOURCE].data, &text[DESCRIPTION]);
	if (!failed && !buf_failed(&text[DESCRIPTION])) {
		const struct svg_page page = {
			.title = text[TITLE].data,
			.lang = words_japanese() ? "ja" : "en",
			.unit = _(d->recipe->unit),
			.when = text[WHEN].data,
			.source = text[SOURCE].data,
			.description = text[DESCRIPTION].data,
		};
		r = d->recipe->draw(fp, &page, &d->sheet);
	}
	sheet_free(&d->sheet);
	for (size_t i = 0; i < TEXTS; i++)
		buf_free(&text[i]);
	return r;
}

int
chart_draw(FILE *fp, const struct figures *f, const char *title, const char *remark)
{
	struct drawing d = { .f = f, .recipe = recipes };
	int r;

	if (f->sheet.n_rows == 0)
		return 0;
	while (!fits(f, d.recipe))
		if (++d.recipe == recipes + sizeof recipes / sizeof *recipes)
			return 0;
	if (!find_series(&d))
		return 0;
	if (put_in_order(&d) == -1)
		return -1;
	r = draw(fp, &d, title, remark);
	free(d.order);
	return r;
}
