#include <string.h>

#include "options/words.h"
#include "readiness/papers.h"

#define PAPER	      "paper"
#define KIND_AT	      2	   /* 点数表区分 in an institution code */
#define NOTICE_POINTS 24.0 /* read from some steps away */
#define FORM_POINTS   12.0
#define YES_NO	      "yes-no" /* of its column answer */

static const char *
text_of(const struct table *t, size_t row)
{
	return table_cell(t, row, words_japanese() ? "ja" : "en");
}

static const char *
language(void)
{
	return words_japanese() ? "ja" : "en";
}

void
paper_list(const struct table *t, const char *paper, struct date on, FILE *fp)
{
	for (size_t i = 0; table_find(t, PAPER, paper, on, &i); i++) {
		view_print(fp, text_of(t, i));
		fputc('\n', fp);
	}
}

/* Does the line concern a facility of that code? */
static int
concerns(const struct table *t, size_t row, const char *facility)
{
	const char *kind = table_cell(t, row, "kind");

	return *kind == '\0' || facility == NULL || strlen(facility) <= KIND_AT ||
	       facility[KIND_AT] == *kind;
}

int
paper_notice(const struct table *t, const char *facility, const char *name, struct date on,
    const struct view_form *form, FILE *fp)
{
	static const struct column column = { "", COLUMN_WORDS };
	struct sheet sheet;
	int failed;

	sheet_init(&sheet, &column, 1);
	sheet.points = NOTICE_POINTS;
	for (size_t i = 0; table_find(t, PAPER, "notice", on, &i); i++)
		if (concerns(t, i, facility)) {
			sheet_row(&sheet, 0);
			sheet_put(&sheet, text_of(t, i));
		}
	if (name != NULL) {
		sheet_row(&sheet, ROW_STRONG);
		sheet_put(&sheet, name);
	}
	failed = sheet_failed(&sheet);
	form->begin(fp, _("Online verification of health insurance"), language());
	form->sheet(fp, &sheet);
	form->end(fp);
	sheet_free(&sheet);
	return failed ? -1 : 0;
}

static int
recalled(const struct table *t, size_t row)
{
	return strcmp(table_cell(t, row, "confidence"), "recalled") == 0;
}

int
paper_questionnaire(const struct table *t, struct date on, const struct view_form *form, FILE *fp)
{
	static const struct column columns[] = { { N_("Question"), COLUMN_WORDS },
		{ N_("Your answer"), COLUMN_NARROW },
		{ N_("In detail"), COLUMN_BLANK | COLUMN_ROOM } };
	struct column said[3];
	struct sheet sheet;
	int marked = 0, failed;

	for (size_t i = 0; i < 3; i++)
		said[i] = (struct column){ _(columns[i].title), columns[i].flags };
	sheet_init(&sheet, said, 3);
	sheet.points = FORM_POINTS;
	for (size_t i = 0; table_find(t, PAPER, "questionnaire", on, &i); i++) {
		marked |= recalled(t, i);
		sheet_row(&sheet, 0);
		sheet_put(&sheet, text_of(t, i));
		if (strcmp(table_cell(t, i, "answer"), YES_NO) == 0)
			sheet_put(&sheet, _("[ ] yes  [ ] no"));
	}
	failed = sheet_failed(&sheet);
	form->begin(fp, _("Questionnaire"), language());
	form->line(fp, _("Name: ____________________   Date of birth: ____________________"));
	form->sheet(fp, &sheet);
	if (marked)
		form->line(fp, _("Draft: the items are recalled, not copied; compare them with "
				 "form 54 (別紙様式54)."));
	form->end(fp);
	sheet_free(&sheet);
	return failed ? -1 : 0;
}
