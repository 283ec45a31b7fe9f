/*
 * Charts as SVG, in one file without script or anything fetched: bars, dots, lines. Knows nothing
 * of what it draws.
 *
 * Colours follow the reader's (prefers-color-scheme), and series differ in more than colour. Room
 * for words is reckoned from their columns, wide characters counted as two, and the picture is as
 * large as they need. Who cannot see it is told by <title> and <desc>.
 */
#ifndef OQ_VIEW_SVG_H
#define OQ_VIEW_SVG_H

#include <stdio.h>

#include "view/sheet.h"

#define SVG_SERIES 5 /* at most, the columns behind the first */

struct svg_page {
	const char *title, *lang;  /* lang: of the words, "ja" or "en" */
	const char *unit;	   /* what the numbers are */
	const char *when, *source; /* below the title, a line each */
	const char *description;
};

/*
 * Each draws a sheet whose first column holds names and whose others are series of decimals, named
 * by the columns' titles. An empty cell is no value. Nothing of it is kept; whether the stream
 * took it all is for the caller to ask. Returns 1, or 0 and nothing is written: a cell that is no
 * decimal of 0 or more, more than SVG_SERIES, no row with a value, or (lines) a name that is no day.
 */
int svg_bars(FILE *, const struct svg_page *, const struct sheet *);
int svg_dots(FILE *, const struct svg_page *, const struct sheet *);
/* Names are days, in order; where a value is missing the line goes on to the next. */
int svg_lines(FILE *, const struct svg_page *, const struct sheet *);

#endif
