#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/sheet.h"

void
sheet_init(struct sheet *s, const struct column *columns, size_t n_columns)
{
	*s = (struct sheet){ .columns = columns, .n_columns = n_columns };
}

void
sheet_free(struct sheet *s)
{
	for (size_t i = 0; i < s->n_rows * s->n_columns; i++)
		free(s->cells[i]);
	free(s->cells);
	free(s->flags);
	sheet_init(s, s->columns, s->n_columns);
}

/* Room for one more row. 0, or -1. */
static int
grow(struct sheet *s)
{
	size_t room = s->room == 0 ? 32 : 2 * s->room;
	char **cells;
	unsigned *flags;

	if (s->n_rows < s->room)
		return 0;
	if ((cells = reallocarray(s->cells, room * s->n_columns, sizeof *cells)) == NULL)
		return -1;
	s->cells = cells;
	if ((flags = reallocarray(s->flags, room, sizeof *flags)) == NULL)
		return -1;
	s->flags = flags;
	s->room = room;
	return 0;
}

void
sheet_row(struct sheet *s, unsigned flags)
{
	if (s->failed || grow(s) == -1) {
		s->failed = 1;
		return;
	}
	memset(s->cells + s->n_rows * s->n_columns, 0, s->n_columns * sizeof *s->cells);
	s->flags[s->n_rows++] = flags;
	s->next = 0;
}

void
sheet_put(struct sheet *s, const char *text)
{
	char **cell;

	if (s->failed || s->next == s->n_columns)
		return;
	cell = &s->cells[(s->n_rows - 1) * s->n_columns + s->next++];
	if (text != NULL && *text != '\0' && (*cell = strdup(text)) == NULL)
		s->failed = 1;
}

void
sheet_putf(struct sheet *s, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n == -1) {
		s->failed = 1;
		return;
	}
	sheet_put(s, text);
	free(text);
}

void
sheet_put_buf(struct sheet *s, struct buf *b)
{
	s->failed |= buf_failed(b) != 0;
	sheet_put(s, b->data);
	buf_free(b);
}

int
sheet_failed(const struct sheet *s)
{
	return s->failed;
}

const char *
sheet_cell(const struct sheet *s, size_t row, size_t column)
{
	const char *text = s->cells[row * s->n_columns + column];

	return text == NULL ? "" : text;
}
