/* XML made and written: values checked for what XML and the encoding can hold. */
#ifndef OQ_OQS_XMLTEXT_H
#define OQ_OQS_XMLTEXT_H

#include <libxml/tree.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

/*
 * Each adds text (n bytes of UTF-8) to an element: as a new child element, as text, as an
 * attribute. 0, or -1 with why: a character that XML does not take or the encoding does not have
 * is refused by its number; pointer names the member it came from.
 */
int oqs_xml_add(xmlNodePtr parent, const char *name, const char *text, size_t n, enum encoding,
    const char *pointer, struct why *);
int oqs_xml_text(
    xmlNodePtr, const char *text, size_t n, enum encoding, const char *pointer, struct why *);
int oqs_xml_attribute(xmlNodePtr, const char *name, const char *text, size_t n, enum encoding,
    const char *pointer, struct why *);

/* Removes elements below the node that hold nothing. */
void oqs_xml_prune(xmlNodePtr);

/* Appends the element, indented, a line an element. put_open: only its start tag and line end. */
void oqs_xml_put(struct buf *, xmlNodePtr, int depth, const char *line_end);
void oqs_xml_put_open(struct buf *, xmlNodePtr, int depth, const char *line_end);

/* Appends text with what XML needs escaped. */
void oqs_xml_escape(struct buf *, const char *, size_t n);

#endif
