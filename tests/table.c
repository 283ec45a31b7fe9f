/*
 * table FILE				number of rows
 * table FILE ROW COLUMN		a cell
 * table FILE find COLUMN VALUE DAY	numbers of the rows in force; VALUE "*" is any
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table/table.h"

static void
find(const struct table *t, char **argv)
{
	const char *value = strcmp(argv[1], "*") == 0 ? NULL : argv[1];
	struct date day;

	if (!date_parse(argv[2], &day)) {
		puts("not a day");
		return;
	}
	for (size_t at = 0; table_find(t, argv[0], value, day, &at); at++)
		printf("%zu\n", at);
}

int
main(int argc, char **argv)
{
	struct table *t;
	struct why why;
	const char *cell;

	if (argc < 2)
		return 2;
	if ((t = table_load(argv[1], &why)) == NULL) {
		why_print(&why, "table");
		return error_rows[why.id].exit;
	}
	if (argc == 6) {
		find(t, argv + 3);
	} else if (argc == 4) {
		cell = table_cell(t, strtoul(argv[2], NULL, 10), argv[3]);
		puts(cell == NULL ? "no such column" : cell);
	} else {
		printf("%zu rows\n", table_rows(t));
	}
	table_free(t);
	return 0;
}
