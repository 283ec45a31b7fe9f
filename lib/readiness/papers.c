#include <string.h>

#include "options/words.h"
#include "readiness/papers.h"

#define PAPER  "paper"
#define YES_NO "yes-no" /* of its column answer */

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

void
paper_notice(const struct table *t, const char *facility_name, struct date on,
    const struct view_form *form, FILE *fp)
{
	form->begin(fp, _("Online verification of health insurance"), language());
	for (size_t i = 0; table_find(t, PAPER, "notice", on, &i); i++)
		form->line(fp, text_of(t, i));
	if (facility_name != NULL)
		form->line(fp, facility_name);
	form->end(fp);
}

static int
recalled(const struct table *t, size_t row)
{
	return strcmp(table_cell(t, row, "confidence"), "recalled") == 0;
}

int
paper_questionnaire(const struct table *t, struct date on, const struct view_form *form, FILE *fp)
{
	static const struct column columns[] = { { N_("Question"), 0 }, { N_("Your answer"), 0 },
		{ N_("In detail"), COLUMN_BLANK } };
	struct column said[3];
	struct sheet sheet;
	int marked = 0, failed;

	for (size_t i = 0; i < 3; i++)
		said[i] = (struct column){ _(columns[i].title), columns[i].flags };
	sheet_init(&sheet, said, 3);
	for (size_t i = 0; table_find(t, PAPER, "questionnaire", on, &i); i++) {
		marked |= recalled(t, i);
		sheet_row(&sheet, 0);
		sheet_put(&sheet, text_of(t, i));
		if (strcmp(table_cell(t, i, "answer"), YES_NO) == 0)
			sheet_put(&sheet, _("[ ] yes  [ ] no"));
	}
	failed = sheet_failed(&sheet);
	form->begin(fp, _("Questionnaire"), language());
	form->line(fp, _("Name:                    Date of birth:"));
	form->sheet(fp, &sheet);
	if (marked)
		form->line(fp, _("Draft: the items are recalled, not copied; compare them with "
				 "form 54 (別紙様式54)."));
	form->end(fp);
	sheet_free(&sheet);
	return failed ? -1 : 0;
}
