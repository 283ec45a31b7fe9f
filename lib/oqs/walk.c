#include <libxml/parser.h>
#include <libxml/xmlreader.h>
#include <string.h>

#include "oqs/walk.h"

/* Blanks between elements are nothing to us: not making nodes of them saves a third of the work. */
#define PARSE_OPTIONS                                                                              \
	(XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC |        \
	    XML_PARSE_NOBLANKS)

static int
on_read(void *arg, char *out, int n)
{
	return (int)oqs_input_read(arg, out, (size_t)n);
}

/* Only what the table knows: a damaged name may hold a piece of a patient's. */
static void
known_path(const struct oqs_walk *walk, char *out, size_t n)
{
	size_t used = (size_t)snprintf(out, n, "XmlMsg");

	for (size_t i = 1; i < walk->depth && walk->frames[i].node != NULL && used < n; i++)
		used += (size_t)snprintf(out + used, n - used, "/%s", walk->frames[i].node->name);
}

/* The reader parses ahead of what it has told: where the parser was. */
static void
parser_path(const struct oqs_walk *walk, const struct _xmlParserCtxt *parser, char *out, size_t n)
{
	const struct oqs_node *at = walk->tree->root;
	size_t used = (size_t)snprintf(out, n, "%s", at->name);

	for (int i = 1; i < parser->nameNr && used < n; i++) {
		for (at = at->child; at != NULL; at = at->next)
			if (strcmp(at->name, (const char *)parser->nameTab[i]) == 0)
				break;
		if (at == NULL)
			return;
		used += (size_t)snprintf(out + used, n - used, "/%s", at->name);
	}
}

int
oqs_walk_refuse(struct oqs_walk *walk, enum error_id id, const char *what)
{
	int line = walk->line, column = walk->column;

	if (line == 0) {
		line = xmlTextReaderGetParserLineNumber(walk->reader);
		column = xmlTextReaderGetParserColumnNumber(walk->reader);
		known_path(walk, walk->where, sizeof walk->where);
	}
	why_set(walk->why, id, NULL, "%s: line %d, column %d, in %s: %s", walk->in->name, line,
	    column, walk->where, what);
	return -1;
}

/*
 * libxml2's own words may quote the document, and with it the patient: only the place is kept. The
 * first error counts; the others follow from it.
 */
static void
on_error(void *arg, xmlErrorPtr error)
{
	struct oqs_walk *walk = arg;

	if (walk->line != 0)
		return;
	walk->line = error->line;
	walk->column = error->int2;
	if (error->ctxt != NULL)
		parser_path(walk, error->ctxt, walk->where, sizeof walk->where);
	else
		known_path(walk, walk->where, sizeof walk->where);
}

static int
blank(const char *s)
{
	return (unsigned char)*s <= ' ' && s[strspn(s, " \t\r\n")] == '\0';
}

static int
tell(struct oqs_walk *walk, const char *suffix, const char *text)
{
	return blank(text) ? 0 : walk->sink->value(walk, suffix, text);
}

/* Text that was collected before a child element began or after one ended. */
static int
tell_stray(struct oqs_walk *walk)
{
	int r = walk->text.len == 0 ? 0 : tell(walk, "#text", walk->text.data);

	buf_reset(&walk->text);
	return r;
}

static int
is_named(struct oqs_node *node, const char *name)
{
	if (node->name_key == NULL && strcmp(node->name, name) == 0)
		node->name_key = name;
	return node->name_key == name;
}

/* The child by that name. Siblings mostly come in the order of the table: it looks there first. */
static struct oqs_node *
child_named(struct oqs_frame *parent, const char *name)
{
	struct oqs_node *next = parent->last == NULL ? parent->node->child : parent->last->next;

	for (struct oqs_node *c = next; c != NULL; c = c->next)
		if (is_named(c, name))
			return parent->last = c;
	for (struct oqs_node *c = parent->node->child; c != next; c = c->next)
		if (is_named(c, name))
			return parent->last = c;
	return NULL;
}

static int
tell_attributes(struct oqs_walk *walk, xmlTextReaderPtr reader)
{
	char suffix[128];
	int r = 0;

	while (r == 0 && xmlTextReaderMoveToNextAttribute(reader) == 1) {
		const char *name = (const char *)xmlTextReaderConstName(reader);
		const char *value = (const char *)xmlTextReaderConstValue(reader);

		if (name == NULL ||
		    (size_t)snprintf(suffix, sizeof suffix, "@%s", name) >= sizeof suffix)
			return oqs_walk_refuse(
			    walk, ERR_OQS_NOT_A_MESSAGE, "an attribute has too long a name");
		r = tell(walk, suffix, value == NULL ? "" : value);
	}
	xmlTextReaderMoveToElement(reader);
	return r;
}

static int
close_element(struct oqs_walk *walk)
{
	struct oqs_frame *top = &walk->frames[walk->depth - 1];
	int r;

	if (top->has_child)
		r = tell_stray(walk);
	else
		r = walk->text.len == 0 ? 0 : tell(walk, NULL, walk->text.data);
	buf_reset(&walk->text);
	if (r == 0 && walk->sink->close != NULL)
		r = walk->sink->close(walk);
	if (r == 0 && walk->unit_depth > 0 && walk->unit_depth == walk->depth - 1) {
		if (walk->sink->unit_end != NULL)
			r = walk->sink->unit_end(walk);
		walk->unit_depth = 0;
	}
	walk->depth--;
	return r;
}

static int
open_root(struct oqs_walk *walk, const char *name)
{
	if (strcmp(name, walk->tree->root->name) != 0)
		return oqs_walk_refuse(
		    walk, ERR_OQS_NOT_A_MESSAGE, "the outermost element is another");
	walk->frames[0] =
	    (struct oqs_frame){ .node = walk->tree->root, .name = name, .instance = 1 };
	walk->depth = 1;
	return 0;
}

static int
open_element(struct oqs_walk *walk, xmlTextReaderPtr reader)
{
	const char *name = (const char *)xmlTextReaderConstName(reader);
	int empty = xmlTextReaderIsEmptyElement(reader);
	struct oqs_frame *parent, *top;

	if (name == NULL)
		return oqs_walk_refuse(walk, ERR_OUT_OF_MEMORY, "no room for a name");
	if (walk->depth == OQS_DEPTH)
		return oqs_walk_refuse(walk, ERR_OQS_NOT_A_MESSAGE, "elements are nested too deep");
	if (walk->depth == 0) {
		if (open_root(walk, name) == -1)
			return -1;
	} else {
		parent = &walk->frames[walk->depth - 1];
		parent->has_child = 1;
		if (tell_stray(walk) == -1)
			return -1;
		top = &walk->frames[walk->depth++];
		*top = (struct oqs_frame){
			.node = parent->node == NULL ? NULL : child_named(parent, name),
			.name = name,
		};
		if (top->node != NULL && top->node == walk->tree->unit) {
			walk->unit_depth = walk->depth - 1;
			if (walk->sink->unit_begin != NULL && walk->sink->unit_begin(walk) == -1)
				return -1;
		}
	}
	if (walk->sink->open != NULL && walk->sink->open(walk) == -1)
		return -1;
	if (xmlTextReaderHasAttributes(reader) == 1 && tell_attributes(walk, reader) == -1)
		return -1;
	return empty ? close_element(walk) : 0;
}

static int
add_text(struct oqs_walk *walk, xmlTextReaderPtr reader)
{
	const char *value = (const char *)xmlTextReaderConstValue(reader);

	if (value != NULL && buf_adds(&walk->text, value) == -1)
		return oqs_walk_refuse(walk, ERR_OQS_NOT_A_MESSAGE, "a value is too long");
	return 0;
}

static int
take_node(struct oqs_walk *walk, xmlTextReaderPtr reader)
{
	switch (xmlTextReaderNodeType(reader)) {
	case XML_READER_TYPE_ELEMENT:
		return open_element(walk, reader);
	case XML_READER_TYPE_END_ELEMENT:
		return close_element(walk);
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
	case XML_READER_TYPE_WHITESPACE:
	case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
		return add_text(walk, reader);
	case XML_READER_TYPE_DOCUMENT_TYPE:
	case XML_READER_TYPE_ENTITY_REFERENCE:
		return oqs_walk_refuse(walk, ERR_OQS_HAS_DOCTYPE, "no message has one");
	default: /* comments, processing instructions */
		return 0;
	}
}

static int
take_all(struct oqs_walk *walk, xmlTextReaderPtr reader)
{
	int r;

	while ((r = xmlTextReaderRead(reader)) == 1)
		if (take_node(walk, reader) == -1)
			return -1;
	if (walk->in->why.id != ERR_NONE) { /* the bytes gave out, not the document */
		*walk->why = walk->in->why;
		return -1;
	}
	if (r == -1)
		return oqs_walk_refuse(
		    walk, ERR_OQS_NOT_WELL_FORMED, "the XML is damaged or cut off here");
	return 0;
}

int
oqs_walk(struct oqs_tree *tree, struct oqs_input *in, const struct oqs_sink *sink, void *arg,
    struct why *why)
{
	struct oqs_walk walk = { .tree = tree, .in = in, .sink = sink, .arg = arg, .why = why };
	xmlTextReaderPtr reader = NULL;
	int r = -1;

	buf_init(&walk.text, OQS_VALUE_MAX);
	for (struct oqs_node *n = tree->root; n != NULL; n = oqs_tree_next(n))
		n->name_key = NULL;
	reader = xmlReaderForIO(on_read, NULL, in, NULL, NULL, PARSE_OPTIONS);
	if (reader == NULL) {
		why_set(walk.why, ERR_OUT_OF_MEMORY, NULL, "%s: no XML reader", in->name);
		goto out;
	}
	walk.reader = reader;
	xmlTextReaderSetStructuredErrorHandler(reader, on_error, &walk);
	r = take_all(&walk, reader);
out:
	xmlFreeTextReader(reader);
	buf_free(&walk.text);
	return r;
}
