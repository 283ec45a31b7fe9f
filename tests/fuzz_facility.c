/* Fuzz target: facilities, line by line, counted by place and drawn. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "adoption/chart.h"
#include "adoption/count.h"
#include "pipe/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* One line. Returns 1 if it was counted. */
static int
count(struct counting *c, const struct line *line)
{
	struct why why = { .id = ERR_NONE };
	json_t *record = record_parse(line, &why);
	int counted = record != NULL && counting_add(c, record, &why) != -1;

	json_decref(record);
	return counted;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct date day = { 2022, 9, 4 };
	const struct wanted wanted = { NULL, "all", "operating", NULL };
	struct counting *c = counting_new(COUNT_BY_MUNICIPALITY, &day, 1);
	struct line line = { .number = 1 };
	struct figures f = { 0 };
	char *drawn = NULL;
	size_t size, counted = 0;
	FILE *fp = open_memstream(&drawn, &size);

	if (c == NULL || fp == NULL)
		abort();
	for (size_t at = 0; at < n; at += line.len + 1, line.number++) {
		line.text = (const char *)data + at;
		for (line.len = 0; at + line.len < n && line.text[line.len] != '\n';)
			line.len++;
		line.bytes = line.len;
		counted += (size_t)count(c, &line);
	}
	if (counting_figures(c, &wanted, &f) == -1 ||
	    chart_draw(fp, &f, "a title", NULL) != (counted > 0))
		abort();
	figures_free(&f);
	counting_free(c);
	fclose(fp);
	free(drawn);
	return 0;
}
