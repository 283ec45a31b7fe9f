#include "view/text.h"

#define GAP	  2  /* blanks between columns */
#define ROOM_MIN  30 /* of one with room for sentences */
#define BLANK_MIN 6  /* of a column that is filled in by hand */

static void
begin(FILE *fp, const char *title, const char *lang)
{
	(void)lang;
	fprintf(fp, "%s\n", title);
}

static void
heading(FILE *fp, const char *text)
{
	fputc('\n', fp);
	view_print(fp, text);
	fputc('\n', fp);
}

static void
chapter(FILE *fp, const char *text)
{
	fputs("\n== ", fp);
	view_print(fp, text);
	fputc('\n', fp);
}

static void
line(FILE *fp, const char *text)
{
	view_print(fp, text);
	fputc('\n', fp);
}

static void
pad(FILE *fp, size_t n)
{
	while (n-- > 0)
		fputc(' ', fp);
}

void
view_text_cell(FILE *fp, const char *text, size_t width)
{
	size_t n = view_columns(text);

	view_print(fp, text);
	pad(fp, n < width ? width - n : 0);
}

static size_t
blank_width(const struct sheet *s, size_t column)
{
	return s->columns[column].flags & COLUMN_ROOM ? ROOM_MIN : BLANK_MIN;
}

static void
measure(const struct sheet *s, size_t widths[static COLUMNS_MAX])
{
	for (size_t c = 0; c < s->n_columns; c++) {
		widths[c] = view_columns(s->columns[c].title);
		if (s->columns[c].flags & COLUMN_BLANK && widths[c] < blank_width(s, c))
			widths[c] = blank_width(s, c);
		for (size_t r = 0; r < s->n_rows; r++) {
			size_t n = view_columns(sheet_cell(s, r, c));

			widths[c] = n > widths[c] ? n : widths[c];
		}
	}
}

/* A cell behind `owed` blanks, which are printed only when something follows. */
static void
put_cell(FILE *fp, const char *text, size_t width, unsigned flags, size_t *owed)
{
	size_t n = view_columns(text), rest = width - n;

	if (flags & COLUMN_RIGHT)
		*owed += rest;
	if (n > 0) {
		pad(fp, *owed);
		view_print(fp, text);
		*owed = 0;
	}
	*owed += (flags & COLUMN_RIGHT ? 0 : rest) + GAP;
}

static void
put_blank(FILE *fp, size_t width, size_t *owed)
{
	pad(fp, *owed);
	for (size_t i = 0; i < width; i++)
		fputc('_', fp);
	*owed = GAP;
}

/* Does a joined row need a mark? Not where its first cell is left empty, which shows it. */
static int
needs_mark(const struct sheet *s)
{
	for (size_t r = 0; r < s->n_rows; r++)
		if (s->flags[r] & ROW_JOINED && *sheet_cell(s, r, 0) != '\0')
			return 1;
	return 0;
}

static void
put_row(FILE *fp, const struct sheet *s, size_t r, const size_t *widths)
{
	size_t owed = 0;

	for (size_t c = 0; c < s->n_columns; c++)
		if (s->columns[c].flags & COLUMN_BLANK)
			put_blank(fp, widths[c], &owed);
		else
			put_cell(fp, sheet_cell(s, r, c), widths[c], s->columns[c].flags, &owed);
	fputc('\n', fp);
}

static void
sheet(FILE *fp, const struct sheet *s)
{
	size_t widths[COLUMNS_MAX], owed = 0;
	int mark = needs_mark(s);

	measure(s, widths);
	fputs(mark ? "  " : "", fp);
	for (size_t c = 0; c < s->n_columns; c++)
		put_cell(fp, s->columns[c].title, widths[c], s->columns[c].flags, &owed);
	fputc('\n', fp);
	for (size_t r = 0; r < s->n_rows; r++) {
		if (mark)
			fputs(s->flags[r] & ROW_JOINED ? "+ " : "  ", fp);
		put_row(fp, s, r, widths);
	}
}

static void
end(FILE *fp)
{
	(void)fp;
}

const struct view_form view_text = { "text", begin, chapter, heading, line, sheet, end };
