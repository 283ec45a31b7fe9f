/* Rubbish as records, made into every page for people. */
#include <stdio.h>
#include <stdlib.h>

#include "list/mode.h"
#include "model/advice.h"
#include "pipe/record.h"
#include "view/csv.h"
#include "view/html.h"
#include "view/text.h"

static const struct {
	const struct mode *mode;
	const struct view_form *form;
} pages[] = {
	{ &mode_morning, &view_html },
	{ &mode_morning, &view_text },
	{ &mode_morning, &view_csv },
	{ &mode_live, &view_text },
	{ &mode_month, &view_csv },
	{ &mode_day, &view_html },
	{ &mode_medical, &view_html },
	{ &mode_medical, &view_text },
};

/* All lines of the input, as one page. */
static void
print_page(FILE *fp, const struct table *advice, size_t i, const char *data, size_t n)
{
	const struct page page = { fp, pages[i].form, { advice, ADVICE_TELEPHONE, i % 2 } };
	void *list = pages[i].mode->open(&page);
	struct line line = { .number = 1 };

	for (size_t at = 0; list != NULL && at < n; line.number++) {
		struct why why = { .id = ERR_NONE };
		json_t *record;

		line.text = data + at;
		for (line.len = 0; at + line.len < n && line.text[line.len] != '\n';)
			line.len++;
		line.bytes = line.len;
		at += line.len + 1;
		record = record_parse(&line, &why);
		pages[i].mode->take(list, record, &line, &why);
		json_decref(record);
	}
	if (list != NULL)
		pages[i].mode->finish(list);
	pages[i].mode->close(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct table *advice;
	static FILE *fp;
	struct why why;

	if (fp == NULL && (fp = fopen("/dev/null", "w")) == NULL)
		abort();
	if (advice == NULL && (advice = advice_load("lib/model/next.csv", &why)) == NULL)
		abort();
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		print_page(fp, advice, i, (const char *)data, n);
	return 0;
}
