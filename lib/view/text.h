/* Text for a terminal or a plain printer: columns aligned, wide characters counted as two. */
#ifndef OQ_VIEW_TEXT_H
#define OQ_VIEW_TEXT_H

#include "view/form.h"

extern const struct view_form view_text;

/* Prints the text and blanks up to a width in columns, for lines that come one by one. */
void view_text_cell(FILE *, const char *, size_t width);

#endif
