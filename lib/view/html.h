/*
 * HTML in one file without script or anything fetched, which prints on A4: heads of tables repeat
 * on each page, and no row is cut.
 */
#ifndef OQ_VIEW_HTML_H
#define OQ_VIEW_HTML_H

#include "view/form.h"

extern const struct view_form view_html;

#endif
