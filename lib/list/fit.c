#include "list/fit.h"
#include "view/form.h"

/* Millimetres, as the style of html.c has them; a little is kept back for rounding. */
#define PAPER_HEIGHT 278.0
#define PAPER_WIDTH  194.0
#define POINT	     0.3528
#define LEADING	     1.25
#define LARGE_AROUND 1.1 /* above and below a row */
#define SMALL_AROUND 0.6
#define LARGE_BESIDE 2.0 /* left and right of a cell */
#define SMALL_BESIDE 1.3
#define BLANK_LARGE  9.0 /* a column that is filled in by hand */
#define BLANK_SMALL  4.5
#define GAP	     3.8 /* between rows beside each other, with the mark of a household */
#define RUNNING_TEXT 9.0

#define POINTS_MOST  (14 * 4) /* quarters of a point */
#define POINTS_LEAST (8 * 4)
#define LESSER	     2.0 /* points between the large and the small */
#define LESSER_LEAST 6.5
#define ACROSS_MOST  6

/* A column of a terminal is half a full-width character, which is as wide as type is high. */
static double
width_of(size_t columns, double points)
{
	return (double)columns * points * POINT / 2;
}

static size_t
widest(const struct sheet *s, size_t column)
{
	const char *title = s->columns[column].title;
	size_t most = view_columns(title);

	for (size_t r = 0; r < s->n_rows; r++) {
		const char *text = sheet_cell(s, r, column);
		size_t n = view_columns(text);

		most = n > most ? n : most;
	}
	return most;
}

struct measured {     /* in columns of a terminal */
	size_t texts; /* of all columns of text but the one that wraps */
	size_t n_texts, n_blanks;
};

static struct measured
measure(const struct sheet *s, size_t but)
{
	struct measured m = { 0 };

	for (size_t c = 0; c < s->n_columns; c++) {
		if (s->columns[c].flags & COLUMN_BLANK) {
			m.n_blanks++;
			continue;
		}
		m.n_texts++;
		m.texts += c == but ? 0 : widest(s, c);
	}
	return m;
}

static double
height_large(const struct fit *f, const struct measured *m, double points)
{
	double left = PAPER_WIDTH - width_of(m->texts, points) - LARGE_BESIDE * (double)m->n_texts -
		      BLANK_LARGE * (double)m->n_blanks;
	double line = points * POINT * LEADING, height = line + LARGE_AROUND;

	if (left < width_of(12, points)) /* no column is that narrow */
		return PAPER_HEIGHT;
	for (size_t r = 0; r < f->large->n_rows; r++) {
		const char *text = sheet_cell(f->large, r, f->wraps);
		double lines = width_of(view_columns(text), points) / left;

		height += line * (double)(lines <= 1 ? 1 : (int)lines + 1) + LARGE_AROUND;
	}
	return f->large->n_rows == 0 ? 0 : height;
}

static int
across(const struct measured *m, double points)
{
	double width = width_of(m->texts, points) + SMALL_BESIDE * (double)m->n_texts +
		       BLANK_SMALL * (double)m->n_blanks + GAP;
	int n = (int)((PAPER_WIDTH + GAP) / width);

	return n < 1 ? 1 : n > ACROSS_MOST ? ACROSS_MOST : n;
}

static double
height_small(const struct sheet *s, int beside, double points)
{
	size_t rows = (s->n_rows + (size_t)beside - 1) / (size_t)beside + 1;

	return s->n_rows == 0 ? 0 : (double)rows * (points * POINT * LEADING + SMALL_AROUND);
}

static double
lesser(double points)
{
	return points - LESSER < LESSER_LEAST ? LESSER_LEAST : points - LESSER;
}

/* Does all of it fit, so large? */
static int
fits(const struct fit *f, const struct measured *large, const struct measured *small, double points)
{
	double less = lesser(points);

	return f->taken + height_large(f, large, points) +
		   height_small(f->small, across(small, less), less) <=
	       PAPER_HEIGHT;
}

void
fit_page(const struct fit *f)
{
	struct measured large = measure(f->large, f->wraps);
	struct measured small = measure(f->small, f->small->n_columns);
	int quarters = POINTS_MOST;

	while (quarters > POINTS_LEAST && !fits(f, &large, &small, quarters / 4.0))
		quarters--;
	f->large->points = quarters / 4.0;
	f->small->points = lesser(f->large->points);
	f->small->across = across(&small, f->small->points);
}

double
fit_line(const char *text)
{
	double lines = width_of(view_columns(text), RUNNING_TEXT) / PAPER_WIDTH;

	return RUNNING_TEXT * POINT * LEADING * (double)((int)lines + 1) + 0.5;
}
