#include <string.h>

#include "oqs/xmltext.h"

/* XML 1.0, production Char. */
static int
is_xml(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

/* The first character that cannot be written, or -1 if all can. */
static int64_t
unwritable(const char *s, size_t n, enum encoding e)
{
	struct buf scratch;
	size_t bad = 0;
	uint32_t c = 0;
	int64_t found = -1;

	for (size_t i = 0, step; i < n; i += step) {
		step = utf8_next(s + i, n - i, &c);
		if (step == 0 || !is_xml(c))
			return step == 0 ? 0xfffd : (int64_t)c;
	}
	if (e != ENCODING_CP932)
		return -1;
	buf_init(&scratch, n * 4 + 64);
	if (text_to_cp932(&scratch, s, n, &bad) == -1)
		found = utf8_next(s + bad, n - bad, &c) > 0 ? (int64_t)c : 0xfffd;
	buf_free(&scratch);
	return found;
}

static int
check(const char *s, size_t n, enum encoding e, const char *pointer, struct why *why)
{
	int64_t c = unwritable(s, n, e);

	if (c == -1)
		return 0;
	why_set(why, ERR_CHARACTER_NOT_IN_ENCODING, pointer, "%s: U+%04llX is not in %s", pointer,
	    (unsigned long long)c, encoding_name(e));
	return -1;
}

static int
made(const void *p, struct why *why)
{
	if (p != NULL)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "no room for an element");
	return -1;
}

int
oqs_xml_text(
    xmlNodePtr at, const char *s, size_t n, enum encoding e, const char *pointer, struct why *why)
{
	if (check(s, n, e, pointer, why) == -1)
		return -1;
	return made(xmlAddChild(at, xmlNewTextLen(BAD_CAST s, (int)n)), why);
}

int
oqs_xml_add(xmlNodePtr parent, const char *name, const char *s, size_t n, enum encoding e,
    const char *pointer, struct why *why)
{
	xmlNodePtr child = xmlNewChild(parent, NULL, BAD_CAST name, NULL);

	if (made(child, why) == -1)
		return -1;
	return oqs_xml_text(child, s, n, e, pointer, why);
}

int
oqs_xml_attribute(xmlNodePtr at, const char *name, const char *s, size_t n, enum encoding e,
    const char *pointer, struct why *why)
{
	if (check(s, n, e, pointer, why) == -1)
		return -1;
	return made(xmlNewProp(at, BAD_CAST name, BAD_CAST s), why);
}

void
oqs_xml_prune(xmlNodePtr node)
{
	xmlNodePtr next;

	for (xmlNodePtr c = node->children; c != NULL; c = next) {
		next = c->next;
		if (c->type != XML_ELEMENT_NODE)
			continue;
		oqs_xml_prune(c);
		if (c->children == NULL && c->properties == NULL) {
			xmlUnlinkNode(c);
			xmlFreeNode(c);
		}
	}
}

void
oqs_xml_escape(struct buf *out, const char *s, size_t n)
{
	static const struct {
		char c;
		const char *text;
	} escapes[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
		{ '\r', "&#13;" }, /* a bare one would be read as a line feed */
	};
	const char *end = s + n, *from = s;

	for (; s < end; s++)
		for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
			if (*s == escapes[i].c) {
				buf_add(out, from, (size_t)(s - from));
				buf_adds(out, escapes[i].text);
				from = s + 1;
			}
	buf_add(out, from, (size_t)(end - from));
}

static void
put_tag(struct buf *out, xmlNodePtr node, int depth)
{
	buf_addf(out, "%*s<%s", depth * 2, "", (const char *)node->name);
	for (xmlAttrPtr a = node->properties; a != NULL; a = a->next) {
		const char *value = a->children == NULL ? "" : (const char *)a->children->content;

		buf_addf(out, " %s=\"", (const char *)a->name);
		oqs_xml_escape(out, value, strlen(value));
		buf_addc(out, '"');
	}
	buf_addc(out, '>');
}

void
oqs_xml_put_open(struct buf *out, xmlNodePtr node, int depth, const char *line_end)
{
	put_tag(out, node, depth);
	buf_adds(out, line_end);
}

void
oqs_xml_put(struct buf *out, xmlNodePtr node, int depth, const char *line_end)
{
	int has_elements = 0;

	if (node->type == XML_TEXT_NODE) {
		oqs_xml_escape(
		    out, (const char *)node->content, strlen((const char *)node->content));
		return;
	}
	put_tag(out, node, depth);
	for (xmlNodePtr c = node->children; c != NULL; c = c->next) {
		if (c->type == XML_ELEMENT_NODE && !has_elements)
			buf_adds(out, line_end);
		has_elements |= c->type == XML_ELEMENT_NODE;
		oqs_xml_put(out, c, depth + 1, line_end);
	}
	buf_addf(out, "%*s</%s>%s", has_elements ? depth * 2 : 0, "", (const char *)node->name,
	    line_end);
}
