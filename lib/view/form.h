/*
 * The forms in which people get to see something: text, CSV, HTML, one file each. A page is begun,
 * gets headings, lines and sheets in the order in which they are read, and is ended; nothing of it
 * is kept. Whether the stream took it all is for the caller to ask (ferror).
 *
 * Text comes from outside: what would steer a terminal, turn the direction of reading, be a formula
 * or be markup does not reach the reader as such.
 */
#ifndef OQ_VIEW_FORM_H
#define OQ_VIEW_FORM_H

#include <stdio.h>

#include "base/buf.h"
#include "view/sheet.h"

struct view_form {
	const char *name; /* "text" */
	/* lang: of the page's words, "ja" or "en". */
	void (*begin)(FILE *, const char *title, const char *lang);
	/* A part that stands alone: on paper it begins a page, unless it is the first. */
	void (*chapter)(FILE *, const char *);
	void (*heading)(FILE *, const char *);
	void (*line)(FILE *, const char *);
	void (*sheet)(FILE *, const struct sheet *);
	void (*end)(FILE *);
};

/*
 * Appends text on one line: line feeds and tabs become blanks; '?' stands for other controls (C0,
 * DEL, C1) and for the marks that turn the direction of reading (U+202A to E, U+2066 to 9). 0, or
 * -1 when out has failed.
 */
int view_clean(struct buf *out, const char *);

#endif
