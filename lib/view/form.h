/*
 * The forms in which people get to see something: text, CSV, HTML, one file each. A page is begun,
 * gets headings, lines and sheets in the order in which they are read, and is ended; nothing of it
 * is kept. Nothing is allocated; whether the stream took it all is for the caller to ask
 * (ferror).
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

#define VIEW_CHARACTER 5 /* bytes of one in UTF-8, and a NUL */

/*
 * The next character of a text as it may be shown: line feeds and tabs are blanks; '?' stands for
 * other controls (C0, DEL, C1) and for the marks that turn the direction of reading (U+202A to E,
 * U+2066 to 9). Returns what follows it in the text, or NULL at the end.
 */
const char *view_next(const char *text, char out[static VIEW_CHARACTER]);

/* Prints a text so, and how many columns of a terminal it takes so. */
void view_print(FILE *, const char *text);
size_t view_columns(const char *text);

#endif
