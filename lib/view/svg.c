#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "view/form.h"
#include "view/svg.h"

#define MILLE	    1000 /* values are thousandths */
#define NO_VALUE    (-1)
#define VALUE_MAX   INT64_C(1000000000000)
#define TYPE	    14 /* size of type */
#define TYPE_TITLE  20
#define EDGE	    24 /* of the picture */
#define TICKS	    5  /* about as many lines of a scale */
#define PLOT_HEIGHT 320
#define PLOT_WIDTH  640 /* at least */
#define DOT_ROW	    20
#define BAR	    40
#define GROUP_GAP   28

/* One rule for each series: its colour on paper and on a dark screen. All keep 3:1 to the ground. */
static const char style[] =
    "svg{color-scheme:light dark;font-family:\"Noto Sans CJK JP\",\"Hiragino Sans\",\"Yu Gothic\","
    "\"IPAexGothic\",sans-serif}\n"
    ".g{fill:#fff}.t{fill:#1a1a1a}.q{fill:#555}.l{stroke:#d5d5d5}.b{stroke:#767676}\n"
    ".s0{color:#0b5fa5}.s1{color:#c24a00}.s2{color:#00795a}.s3{color:#a3397a}.s4{color:#5c5c5c}\n"
    ".f{fill:currentColor}.o{fill:none;stroke:currentColor;stroke-width:2}\n"
    ".w{fill:#fff;stroke:currentColor;stroke-width:2}\n"
    "@media(prefers-color-scheme:dark){\n"
    ".g{fill:#14161a}.t{fill:#f0f0f0}.q{fill:#b4b4b4}.l{stroke:#3a3d44}.b{stroke:#8b8f98}\n"
    ".s0{color:#6cb6ff}.s1{color:#ff9d57}.s2{color:#4fd1a5}.s3{color:#f29bcf}.s4{color:#c4c4c4}\n"
    ".w{fill:#14161a}}\n";

/* How a series is told apart without its colour. */
static const char *const dashes[SVG_SERIES] = { "none", "8 4", "2 4", "10 4 2 4", "4 2" };

struct canvas {
	FILE *fp;
	const struct svg_page *page;
	const struct sheet *sheet;
	size_t series;
	int64_t top, step;	     /* of the scale */
	int left, upper, wide, high; /* the plot */
	int width, height;	     /* the picture */
};

/* A decimal of 0 or more as thousandths, further digits dropped; NO_VALUE when empty. 1 or 0. */
static int
read_value(const char *s, int64_t *value)
{
	int64_t v = 0, unit = MILLE;
	int point = 0;

	*value = NO_VALUE;
	if (*s == '\0')
		return 1;
	for (; *s != '\0'; s++) {
		if (*s == '.' && !point) {
			point = 1;
			continue;
		}
		if (*s < '0' || *s > '9' || v > VALUE_MAX)
			return 0;
		if (point)
			unit /= 10;
		v = point ? v + (*s - '0') * unit : v * 10 + (*s - '0') * (int64_t)MILLE;
	}
	*value = v;
	return v <= VALUE_MAX;
}

static int64_t
value_at(const struct canvas *c, size_t row, size_t series)
{
	int64_t v;

	read_value(sheet_cell(c->sheet, row, series + 1), &v);
	return v;
}

/* A round step, 1, 2 or 5 of some power of ten, that divides the scale into about TICKS. */
static void
make_scale(struct canvas *c, int64_t most)
{
	static const int round[] = { 1, 2, 5 };
	int64_t power = 1;
	size_t i = 0;

	while (power * round[i] * TICKS < most)
		if (++i == sizeof round / sizeof *round)
			i = 0, power *= 10;
	c->step = power * round[i];
	c->top = (most + c->step - 1) / c->step * c->step;
}

/* Room that a text takes: half a column is more than most letters need. */
static int
text_width(const char *s, int size)
{
	return (int)(view_columns(s) * (size_t)size * 3 / 5);
}

/* 1, or 0 where the sheet cannot be drawn. */
static int
canvas_open(struct canvas *c, FILE *fp, const struct svg_page *page, const struct sheet *s)
{
	int64_t most = NO_VALUE, v;

	*c = (struct canvas){ .fp = fp, .page = page, .sheet = s, .series = s->n_columns - 1 };
	if (s->n_columns < 2 || c->series > SVG_SERIES)
		return 0;
	for (size_t r = 0; r < s->n_rows; r++)
		for (size_t i = 0; i < c->series; i++) {
			if (!read_value(sheet_cell(s, r, i + 1), &v))
				return 0;
			most = v > most ? v : most;
		}
	if (most == NO_VALUE)
		return 0;
	make_scale(c, most > 0 ? most : MILLE);
	return 1;
}

static void
put_text(FILE *fp, const char *text)
{
	char c[VIEW_CHARACTER];

	while ((text = view_next(text, c)) != NULL)
		switch (*c) {
		case '&':
			fputs("&amp;", fp);
			break;
		case '<':
			fputs("&lt;", fp);
			break;
		case '>':
			fputs("&gt;", fp);
			break;
		case '"':
			fputs("&quot;", fp);
			break;
		default:
			fputs(c, fp);
		}
}

/* Text at a place; class and anchor as in the style. */
static void
put_label(const struct canvas *c, int x, int y, int size, const char *class, const char *anchor,
    const char *text)
{
	fprintf(c->fp, "<text x=\"%d\" y=\"%d\" font-size=\"%d\" class=\"%s\" text-anchor=\"%s\">",
	    x, y, size, class, anchor);
	put_text(c->fp, text);
	fputs("</text>\n", c->fp);
}

static void
put_rule(const struct canvas *c, int x1, int y1, int x2, int y2, const char *class)
{
	fprintf(c->fp, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"%s\"/>\n", x1, y1, x2,
	    y2, class);
}

/* As it was given: thousandths without zeros at the end. */
static void
value_format(int64_t v, char *out, size_t size)
{
	size_t n = (size_t)snprintf(
	    out, size, "%lld.%03lld", (long long)(v / MILLE), (long long)(v % MILLE));

	while (out[n - 1] == '0')
		out[--n] = '\0';
	if (out[n - 1] == '.')
		out[n - 1] = '\0';
}

/* --- the frame ------------------------------------------------------------------------------- */

static int
legend_width(const struct canvas *c, size_t series)
{
	return text_width(c->sheet->columns[series + 1].title, TYPE) + 52;
}

/*
 * The legend's words one after the other, in lines as long as the picture. With draw unset nothing
 * is written. Returns the height.
 */
static int
legend(const struct canvas *c, int y, int draw,
    void (*sample)(const struct canvas *, size_t, int, int))
{
	int x = EDGE, lines = 1;

	for (size_t i = 0; i < c->series; i++) {
		int n = legend_width(c, i);

		if (x > EDGE && x + n > c->width - EDGE) {
			x = EDGE;
			lines++;
		}
		if (draw) {
			int at = y + (lines - 1) * (TYPE + 8);

			sample(c, i, x, at);
			put_label(c, x + 34, at + TYPE - 2, TYPE, "t", "start",
			    c->sheet->columns[i + 1].title);
		}
		x += n;
	}
	return lines * (TYPE + 8);
}

/* The frame's words decide how wide a picture is at least. */
static int
words_width(const struct canvas *c)
{
	int n = text_width(c->page->title, TYPE_TITLE), m = text_width(c->page->when, TYPE);

	n = m > n ? m : n;
	m = text_width(c->page->source, TYPE);
	n = m > n ? m : n;
	m = text_width(c->page->unit, TYPE);
	n = m > n ? m : n;
	for (size_t i = 0; i < c->series; i++) {
		m = legend_width(c, i);
		n = m > n ? m : n;
	}
	return n + 2 * EDGE;
}

/*
 * Title, day, source, legend and unit above a plot of that size with that much room at its left and below
 * it. Sets where the plot is.
 */
static void
begin(struct canvas *c, int left, int wide, int high, int below,
    void (*sample)(const struct canvas *, size_t, int, int))
{
	const struct svg_page *p = c->page;
	int words = words_width(c), y = EDGE + TYPE_TITLE;

	c->left = EDGE + left;
	c->wide = wide;
	c->width = c->left + wide + EDGE + TYPE;
	if (c->width < words) {
		c->wide += words - c->width;
		c->width = words;
	}
	c->high = high;
	c->upper = y + 3 * TYPE + 6 + legend(c, 0, 0, sample) + 2 * TYPE + 16;
	c->height = c->upper + high + below + EDGE;
	fprintf(c->fp,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
	    "height=\"%d\" role=\"img\" aria-labelledby=\"title desc\" xml:lang=\"",
	    c->width, c->height, c->width, c->height);
	put_text(c->fp, p->lang);
	fputs("\">\n<title id=\"title\">", c->fp);
	put_text(c->fp, p->title);
	fputs("</title>\n<desc id=\"desc\">", c->fp);
	put_text(c->fp, p->description);
	fprintf(c->fp, "</desc>\n<style>\n%s</style>\n", style);
	fprintf(c->fp, "<rect width=\"%d\" height=\"%d\" class=\"g\"/>\n", c->width, c->height);
	put_label(c, EDGE, y, TYPE_TITLE, "t", "start", p->title);
	put_label(c, EDGE, y + 2 * TYPE - 4, TYPE, "q", "start", p->when);
	put_label(c, EDGE, y + 3 * TYPE + 2, TYPE, "q", "start", p->source);
	legend(c, y + 4 * TYPE + 4, 1, sample);
	put_label(c, EDGE, c->upper - TYPE - 6, TYPE, "q", "start", p->unit);
}

static void
end(const struct canvas *c)
{
	fputs("</svg>\n", c->fp);
}

static int
across(const struct canvas *c, int64_t v)
{
	return c->left + (int)(v * c->wide / c->top);
}

static int
down(const struct canvas *c, int64_t v)
{
	return c->upper + c->high - (int)(v * c->high / c->top);
}

/* The scale at the left of a plot, with its lines. */
static void
scale_left(const struct canvas *c)
{
	char number[32];

	for (int64_t v = 0; v <= c->top; v += c->step) {
		int y = down(c, v);

		value_format(v, number, sizeof number);
		put_rule(c, c->left, y, c->left + c->wide, y, v == 0 ? "b" : "l");
		put_label(c, c->left - 8, y + 5, TYPE, "q", "end", number);
	}
}

/* How wide its numbers are. */
static int
scale_width(const struct canvas *c)
{
	char number[32];
	int widest = 0;

	for (int64_t v = 0; v <= c->top; v += c->step) {
		int n;

		value_format(v, number, sizeof number);
		n = text_width(number, TYPE);
		widest = n > widest ? n : widest;
	}
	return widest + 8;
}

/* --- bars ------------------------------------------------------------------------------------ */

static void
put_box(const struct canvas *c, size_t series, int x, int y, int wide, int high)
{
	fprintf(c->fp, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"f s%zu\"/>\n", x,
	    y, wide, high, series);
}

static void
sample_box(const struct canvas *c, size_t series, int x, int y)
{
	put_box(c, series, x + 6, y, 20, TYPE);
}

/* A group's bars, each with its value above it, and its name below. */
static void
put_group(const struct canvas *c, size_t row, int x, int wide, int bar)
{
	int bars = (int)c->series * bar, at = x + (wide - bars) / 2;

	for (size_t i = 0; i < c->series; i++, at += bar) {
		int64_t v = value_at(c, row, i);
		int y;

		if (v == NO_VALUE)
			continue;
		y = down(c, v);
		put_box(c, i, at + 2, y, bar - 4, c->upper + c->high - y);
		put_label(c, at + bar / 2, y - 4, TYPE - 2, "t", "middle",
		    sheet_cell(c->sheet, row, i + 1));
	}
	put_label(c, x + wide / 2, c->upper + c->high + TYPE + 8, TYPE, "t", "middle",
	    sheet_cell(c->sheet, row, 0));
}

/* The widest text of some columns of the sheet. */
static int
widest(const struct canvas *c, size_t from, size_t to, int size)
{
	int most = 0;

	for (size_t r = 0; r < c->sheet->n_rows; r++)
		for (size_t i = from; i < to; i++) {
			int n = text_width(sheet_cell(c->sheet, r, i), size);

			most = n > most ? n : most;
		}
	return most;
}

int
svg_bars(FILE *fp, const struct svg_page *page, const struct sheet *s)
{
	struct canvas c;
	int bar, group, name;

	if (!canvas_open(&c, fp, page, s))
		return 0;
	bar = widest(&c, 1, s->n_columns, TYPE - 2) + 6;
	bar = bar < BAR ? BAR : bar;
	group = (int)c.series * bar + GROUP_GAP;
	name = widest(&c, 0, 1, TYPE) + 10;
	group = group < name ? name : group;
	begin(&c, scale_width(&c), group * (int)s->n_rows, PLOT_HEIGHT, TYPE + 12, sample_box);
	scale_left(&c);
	group = c.wide / (int)s->n_rows;
	for (size_t r = 0; r < s->n_rows; r++)
		put_group(&c, r, c.left + (int)r * group, group, bar);
	end(&c);
	return 1;
}

/* --- dots ------------------------------------------------------------------------------------ */

/* The first is full, the others are rings and squares. */
static void
put_dot(const struct canvas *c, size_t series, int x, int y)
{
	if (series < 2)
		fprintf(c->fp, "<circle cx=\"%d\" cy=\"%d\" r=\"5\" class=\"%s s%zu\"/>\n", x, y,
		    series == 0 ? "f" : "w", series);
	else
		fprintf(c->fp,
		    "<rect x=\"%d\" y=\"%d\" width=\"9\" height=\"9\" class=\"%s s%zu\"/>\n", x - 5,
		    y - 5, series == 2 ? "f" : "w", series);
}

static void
sample_dot(const struct canvas *c, size_t series, int x, int y)
{
	put_dot(c, series, x + 20, y + TYPE / 2);
}

/* A row: its name, a line from its least to its greatest value, and its dots. */
static void
put_dots(const struct canvas *c, size_t row)
{
	int y = c->upper + (int)row * DOT_ROW + DOT_ROW / 2;

	put_label(c, c->left - 10, y + 5, TYPE, "t", "end", sheet_cell(c->sheet, row, 0));
	put_rule(c, c->left, y, c->left + c->wide, y, "l");
	/* The first series is drawn last: where two meet it is on top. */
	for (size_t i = c->series; i-- > 0;) {
		int64_t v = value_at(c, row, i);

		if (v != NO_VALUE)
			put_dot(c, i, across(c, v), y);
	}
}

int
svg_dots(FILE *fp, const struct svg_page *page, const struct sheet *s)
{
	struct canvas c;
	char number[32];

	if (!canvas_open(&c, fp, page, s))
		return 0;
	begin(&c, widest(&c, 0, 1, TYPE) + 10, PLOT_WIDTH, (int)s->n_rows * DOT_ROW, TYPE + 8,
	    sample_dot);
	for (int64_t v = 0; v <= c.top; v += c.step) {
		value_format(v, number, sizeof number);
		put_rule(&c, across(&c, v), c.upper, across(&c, v), c.upper + c.high,
		    v == 0 ? "b" : "l");
		put_label(&c, across(&c, v), c.upper - 4, TYPE, "q", "middle", number);
		put_label(
		    &c, across(&c, v), c.upper + c.high + TYPE + 4, TYPE, "q", "middle", number);
	}
	for (size_t r = 0; r < s->n_rows; r++)
		put_dots(&c, r);
	end(&c);
	return 1;
}

/* --- lines ----------------------------------------------------------------------------------- */

static void
sample_line(const struct canvas *c, size_t series, int x, int y)
{
	fprintf(c->fp, "<path d=\"M%d %dh26\" class=\"o s%zu\" stroke-dasharray=\"%s\"/>\n", x + 4,
	    y + TYPE / 2, series, dashes[series]);
	put_dot(c, series, x + 17, y + TYPE / 2);
}

/* The day of a row; that it is one was seen before. */
static int64_t
day_of(const struct canvas *c, size_t row)
{
	struct date d;

	return date_parse(sheet_cell(c->sheet, row, 0), &d) ? date_days(d) : 0;
}

/* Are all names days, in order? */
static int
days_in_order(const struct canvas *c)
{
	struct date d;

	for (size_t r = 0; r < c->sheet->n_rows; r++)
		if (!date_parse(sheet_cell(c->sheet, r, 0), &d) ||
		    (r > 0 && day_of(c, r) <= day_of(c, r - 1)))
			return 0;
	return 1;
}

static int
when(const struct canvas *c, size_t row)
{
	int64_t first = day_of(c, 0), span = day_of(c, c->sheet->n_rows - 1) - first;

	return span == 0 ? c->left + c->wide / 2
			 : c->left + (int)((day_of(c, row) - first) * c->wide / span);
}

static void
put_line(const struct canvas *c, size_t series)
{
	const char *before = "<path d=\"M";

	for (size_t r = 0; r < c->sheet->n_rows; r++) {
		int64_t v = value_at(c, r, series);

		if (v == NO_VALUE)
			continue;
		fprintf(c->fp, "%s%d %d", before, when(c, r), down(c, v));
		before = "L";
	}
	if (*before == 'L')
		fprintf(c->fp, "\" class=\"o s%zu\" stroke-dasharray=\"%s\"/>\n", series,
		    dashes[series]);
	for (size_t r = 0; r < c->sheet->n_rows; r++)
		if (value_at(c, r, series) != NO_VALUE)
			put_dot(c, series, when(c, r), down(c, value_at(c, r, series)));
}

/* The days below, from the last one back, those left out that have no room. */
static void
put_days(const struct canvas *c)
{
	int left = c->width, room = text_width("2000-01-01", TYPE);

	for (size_t r = c->sheet->n_rows; r-- > 0;) {
		int x = when(c, r);

		put_rule(c, x, c->upper + c->high, x, c->upper + c->high + 5, "b");
		if (x + room / 2 > left)
			continue;
		put_label(c, x, c->upper + c->high + TYPE + 8, TYPE, "q", "middle",
		    sheet_cell(c->sheet, r, 0));
		left = x - room / 2 - 8;
	}
}

int
svg_lines(FILE *fp, const struct svg_page *page, const struct sheet *s)
{
	struct canvas c;

	if (!canvas_open(&c, fp, page, s) || !days_in_order(&c))
		return 0;
	begin(&c, scale_width(&c) + 30, PLOT_WIDTH, PLOT_HEIGHT, TYPE + 12, sample_line);
	c.wide -= 30; /* half of the last day's name */
	scale_left(&c);
	for (size_t i = c.series; i-- > 0;)
		put_line(&c, i);
	put_days(&c);
	end(&c);
	return 1;
}
