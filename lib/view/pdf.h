/*
 * A4 pages of text and tables as PDF, in memory. Knows nothing of what it draws.
 *
 * The same text gives the same bytes, as long as the same fonts are installed: nothing of the
 * clock, the locale or the machine gets in, and the day in a document is the caller's. Fonts are
 * embedded. IPAexGothic is taken, and for what it lacks any other font that is there; a character
 * that none has is never drawn as a box, but an error.
 */
#ifndef OQ_VIEW_PDF_H
#define OQ_VIEW_PDF_H

#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "view/sheet.h"

struct pdf;

/*
 * Finds the fonts: call it before restrain(), after which their configuration can no longer be
 * read. Sets *directories to where fonts are read from afterwards, NULL-terminated, which stay
 * until pdf_fonts_forget(). 0, or -1 with why: font-missing, out-of-memory.
 */
int pdf_fonts(const char *const **directories, struct why *why);
void pdf_fonts_forget(void);

/*
 * What draws, one document after the other. It starts a thread that looks for fonts: open it when
 * restrained, so that the thread is, too (MAY_THREAD). NULL without memory.
 */
struct pdf *pdf_open(void);
void pdf_close(struct pdf *);

/* The first character of the text that no font has, or NULL. */
const char *pdf_lacks(struct pdf *, const char *text);

struct pdf_paper {
	const char *title; /* of the document, for a reader's window */
	const char *mark;  /* small, at the top of every page */
	const char *foot;  /* small, at the bottom, with the page's number */
	struct date made;
};

enum pdf_type { PDF_TITLE, PDF_HEADING, PDF_LINE, PDF_RIGHT, PDF_SMALL };

/* Begins a document with its first page; the paper stays the caller's until pdf_end(). */
void pdf_begin(struct pdf *, const struct pdf_paper *);
void pdf_page(struct pdf *);
/* A paragraph, which wraps. */
void pdf_text(struct pdf *, enum pdf_type, const char *text);
/* A word, and behind it each character of the text in a box of its own; '-' is a gap. */
void pdf_boxes(struct pdf *, const char *word, const char *text);
/*
 * A table as wide as the page, its columns by share. Texts wrap; COLUMN_RIGHT is set to the right on
 * one line, smaller where it is too long; a ROW_STRONG stands on grey. Where it goes over a page its head is repeated. `shares` has a number a
 * column, or is NULL: all alike. Without titles there is no head.
 */
void pdf_table(struct pdf *, const struct sheet *, const int *shares);
/* Empty room, in lines. */
void pdf_skip(struct pdf *, double lines);

/*
 * Ends the document and appends its bytes to out. 0, or -1 with why, also for whatever went wrong
 * since pdf_begin(): out-of-memory, answer-too-large, character-without-font.
 */
int pdf_end(struct pdf *, struct buf *out, struct why *why);

#endif
