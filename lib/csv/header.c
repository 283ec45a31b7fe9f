#include "csv/header.h"
#include "table/header.h"

int
header_read(struct rows *rows, struct decoder *d, const struct mapping *m, struct columns *columns,
    struct why *why)
{
	return header_cells(rows, d, why) == 0 ? columns_bind(columns, m, d->cells, d->n, why) : -1;
}
