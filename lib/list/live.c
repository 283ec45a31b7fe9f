#include <stdlib.h>

#include "list/mode.h"
#include "view/text.h"

/* Widths in columns, so that lines that come one by one stand below each other. */
#define TIME_WIDTH   7
#define NUMBER_WIDTH 9
#define NAME_WIDTH   22
#define STATUS_WIDTH 30

struct live {
	const struct page *page;
};

static void *
live_open(const struct page *page)
{
	struct live *l = calloc(1, sizeof *l);

	if (l != NULL)
		l->page = page;
	return l;
}

static int
take(void *arg, const json_t *record, const struct line *line, const struct why *why)
{
	const struct live *l = arg;
	FILE *fp = l->page->fp;
	struct entry e;
	int r = entry_take(&e, record, line, why, &l->page->reader);
	const struct {
		const char *text;
		size_t width;
	} cells[] = {
		{ e.time, TIME_WIDTH },
		{ e.number, NUMBER_WIDTH },
		{ e.name, NAME_WIDTH },
		{ e.status, e.step == NULL ? 0 : STATUS_WIDTH },
		{ e.step, 0 },
	};

	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		view_text_cell(fp, cells[i].text == NULL ? "" : cells[i].text, cells[i].width);
	fputc('\n', fp);
	fflush(fp);
	entry_free(&e);
	return r;
}

static int
finish(void *arg)
{
	(void)arg;
	return 0;
}

const struct mode mode_live = { "live", live_open, take, finish, free };
