#include <string.h>

#include "view/csv.h"

#define MARK "\xef\xbb\xbf"

static void
begin(FILE *fp, const char *title, const char *lang)
{
	(void)title, (void)lang;
	fputs(MARK, fp);
}

static int
is_digits(const char *s)
{
	return *s != '\0' && strspn(s, "0123456789") == strlen(s);
}

/* before: what stands in front of the text, inside the quotes. */
static void
put_quoted(FILE *fp, const char *before, const char *s)
{
	fprintf(fp, "\"%s", before);
	for (; *s != '\0'; s++) {
		if (*s == '"')
			fputc('"', fp);
		fputc(*s, fp);
	}
	fputc('"', fp);
}

static void
put_cell(FILE *fp, const char *text, unsigned flags)
{
	if (flags & COLUMN_CODE && is_digits(text))
		fprintf(fp, "\"=\"\"%s\"\"\"", text);
	else if (*text != '\0' && strchr("=+-@\t\r", *text) != NULL)
		put_quoted(fp, "'", text);
	else if (strpbrk(text, ",\"\r\n") != NULL)
		put_quoted(fp, "", text);
	else
		fputs(text, fp);
}

static void
line(FILE *fp, const char *text)
{
	put_cell(fp, text, 0);
	fputs("\r\n", fp);
}

static void
heading(FILE *fp, const char *text)
{
	fputs("\r\n", fp);
	line(fp, text);
}

static void
sheet(FILE *fp, const struct sheet *s)
{
	for (size_t c = 0; c < s->n_columns; c++) {
		fputs(c == 0 ? "" : ",", fp);
		put_cell(fp, s->columns[c].title, 0);
	}
	fputs("\r\n", fp);
	for (size_t r = 0; r < s->n_rows; r++) {
		for (size_t c = 0; c < s->n_columns; c++) {
			fputs(c == 0 ? "" : ",", fp);
			put_cell(fp, sheet_cell(s, r, c), s->columns[c].flags);
		}
		fputs("\r\n", fp);
	}
}

static void
end(FILE *fp)
{
	(void)fp;
}

const struct view_form view_csv = { "csv", begin, heading, heading, line, sheet, end };
