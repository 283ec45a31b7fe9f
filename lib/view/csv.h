/*
 * CSV that a spreadsheet opens with a double click: UTF-8 with a byte order mark, CRLF, quotes
 * where needed. Headings and lines are rows of one cell; who wants a sheet alone writes none. Digits
 * that are a text stand as ="0012", which oq-from-csv(1) reads, too; what would be a formula gets
 * an apostrophe in front.
 */
#ifndef OQ_VIEW_CSV_H
#define OQ_VIEW_CSV_H

#include "view/form.h"

extern const struct view_form view_csv;

#endif
