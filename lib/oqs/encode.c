#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "oqs/encode.h"
#include "oqs/record.h"
#include "oqs/value.h"
#include "oqs/xmltext.h"

#define POINTER 96
#define NTH_MAX 100000 /* of elements by one name that oqs.unknown may ask for */

/* One record on its way into a document. */
struct writing {
	struct oqs_encoder *enc;
	json_t *raw;
	const json_t *places; /* oqs.places */
	int unpadded;	      /* the insurer number came without its blanks */
	struct why *why;
};

static int
refuse(const struct writing *w, enum error_id id, const char *pointer, const char *what)
{
	why_set(w->why, id, pointer, "%s: %s", w->enc->tree->message->type, what);
	return -1;
}

int
oqs_encode_begin(struct oqs_encoder *enc, const struct oqs_message *message, enum encoding e)
{
	enc->encoding = e;
	enc->records = 0;
	buf_init(&enc->head, OQS_MESSAGE_MAX);
	buf_init(&enc->tail, OQS_MESSAGE_MAX);
	return (enc->tree = oqs_tree_new(message)) == NULL ? -1 : 0;
}

void
oqs_encode_free(struct oqs_encoder *enc)
{
	oqs_tree_free(enc->tree);
	enc->tree = NULL;
	buf_free(&enc->head);
	buf_free(&enc->tail);
}

/* Of several places known for a member, the one that it came from, or else the first. */
static int
is_its_place(const struct writing *w, const struct oqs_node *node)
{
	const struct oqs_node *chosen = node->place->first;
	json_t *path;
	size_t i;

	json_array_foreach (w->places, i, path) {
		for (struct oqs_node *n = w->enc->tree->root; n != NULL; n = oqs_tree_next(n))
			if (n->path != NULL && n->place == node->place &&
			    strcmp(n->path,
				json_string_value(path) == NULL ? "" : json_string_value(path)) ==
				0)
				chosen = n;
	}
	return chosen == node;
}

/* The value that the steps lead to, NULL when there is none; pointer gets its JSON Pointer. */
static json_t *
find_value(const struct writing *w, const struct oqs_node *node, json_t *base, const char *at,
    char pointer[static POINTER])
{
	json_t *v = node->absolute ? w->raw : base;
	size_t used = (size_t)snprintf(pointer, POINTER, "%s", node->absolute ? "" : at);

	for (size_t i = 0; i < node->n_steps; i++) {
		v = json_object_get(v, node->steps[i]);
		if (used < POINTER)
			used +=
			    (size_t)snprintf(pointer + used, POINTER - used, "/%s", node->steps[i]);
	}
	return v;
}

static int
add_leaf(const struct writing *w, const struct oqs_node *node, xmlNodePtr parent, const json_t *v,
    const char *pointer)
{
	struct buf text;
	int r = -1;

	buf_init(&text, OQS_MESSAGE_MAX);
	if (!oqs_value_write(node->row, v, &text)) {
		refuse(
		    w, ERR_OQS_CANNOT_WRITE, pointer, "the member has not the form of its element");
		goto out;
	}
	if (node->row->type == OQS_PADDED && w->unpadded) {
		buf_reset(&text);
		buf_adds(&text, json_string_value(v));
	}
	r = text.len == 0 ? 0
			  : oqs_xml_add(parent, node->name, text.data, text.len, w->enc->encoding,
				pointer, w->why);
out:
	buf_free(&text);
	return r;
}

static int add_children(
    const struct writing *, const struct oqs_node *, xmlNodePtr, json_t *base, const char *at);

/* An element with what stands in it. */
static int
add_block(const struct writing *w, const struct oqs_node *node, xmlNodePtr parent, json_t *base,
    const char *at)
{
	xmlNodePtr element = xmlNewChild(parent, NULL, BAD_CAST node->name, NULL);

	if (element == NULL)
		return refuse(w, ERR_OUT_OF_MEMORY, NULL, "no room for an element");
	return add_children(w, node, element, base, at);
}

static int
add_one(const struct writing *w, const struct oqs_node *node, xmlNodePtr parent, json_t *v,
    const char *pointer)
{
	if (node->row->block == NULL)
		return add_leaf(w, node, parent, v, pointer);
	if (!json_is_object(v) && !json_is_null(v))
		return refuse(w, ERR_OQS_CANNOT_WRITE, pointer, "the member is not an object");
	return add_block(w, node, parent, v, pointer);
}

static int
add_node(const struct writing *w, const struct oqs_node *node, xmlNodePtr parent, json_t *base,
    const char *at)
{
	char pointer[POINTER], item[POINTER + 24];
	json_t *v, *one;
	size_t i;

	if (node->n_steps == 0)
		return add_block(w, node, parent, base, at);
	if (node->absolute && !is_its_place(w, node))
		return 0;
	v = find_value(w, node, base, at, pointer);
	if (v == NULL || json_is_null(v))
		return 0;
	if (!node->repeats)
		return add_one(w, node, parent, v, pointer);
	if (!json_is_array(v))
		return refuse(w, ERR_OQS_CANNOT_WRITE, pointer, "the member is not an array");
	json_array_foreach (v, i, one) {
		snprintf(item, sizeof item, "%s/%zu", pointer, i);
		if (add_one(w, node, parent, one, item) == -1)
			return -1;
	}
	return 0;
}

static int
add_children(const struct writing *w, const struct oqs_node *node, xmlNodePtr parent, json_t *base,
    const char *at)
{
	for (const struct oqs_node *c = node->child; c != NULL; c = c->next)
		if (c->row->type != OQS_UNIT && add_node(w, c, parent, base, at) == -1)
			return -1;
	return 0;
}

/* The n-th child by that name, made together with those before it. NULL without memory. */
static xmlNodePtr
nth_child(xmlNodePtr parent, const char *name, unsigned long n)
{
	for (xmlNodePtr c = parent->children; c != NULL; c = c->next)
		if (c->type == XML_ELEMENT_NODE && strcmp((const char *)c->name, name) == 0 &&
		    --n == 0)
			return c;
	for (; n > 1; n--)
		if (xmlNewChild(parent, NULL, BAD_CAST name, NULL) == NULL)
			return NULL;
	return xmlNewChild(parent, NULL, BAD_CAST name, NULL);
}

/* Splits "Name[2]" in place. 1, or 0 when it is none. */
static int
split_step(char *step, unsigned long *n)
{
	char *bracket = strchr(step, '['), *end;

	*n = 1;
	if (bracket != NULL) {
		*n = strtoul(bracket + 1, &end, 10);
		if (*n == 0 || *n > NTH_MAX || strcmp(end, "]") != 0)
			return 0;
		*bracket = '\0';
	}
	return xmlValidateName(BAD_CAST step, 0) == 0;
}

/* Puts one value of oqs.unknown back to its place below top. path is consumed. */
static int
add_unknown(
    const struct writing *w, xmlNodePtr top, char *path, const json_t *value, const char *pointer)
{
	char *save = NULL, *step = strtok_r(path, "/", &save);
	const char *text = json_string_value(value);
	xmlNodePtr at = top;
	unsigned long n;

	for (; step != NULL && *step != '@' && strcmp(step, "#text") != 0;
	     step = strtok_r(NULL, "/", &save)) {
		if (!split_step(step, &n))
			return refuse(w, ERR_OQS_CANNOT_WRITE, pointer, "the path is none");
		if ((at = nth_child(at, step, n)) == NULL)
			return refuse(w, ERR_OUT_OF_MEMORY, NULL, "no room for an element");
	}
	if (text == NULL)
		return refuse(w, ERR_OQS_CANNOT_WRITE, pointer, "the value is no text");
	if (step == NULL || *step != '@')
		return oqs_xml_text(
		    at, text, json_string_length(value), w->enc->encoding, pointer, w->why);
	if (xmlValidateName(BAD_CAST(step + 1), 0) != 0)
		return refuse(w, ERR_OQS_CANNOT_WRITE, pointer, "the path is none");
	return oqs_xml_attribute(
	    at, step + 1, text, json_string_length(value), w->enc->encoding, pointer, w->why);
}

/* Does the path begin at the file, not at the unit? */
static int
of_file(const char *path)
{
	static const char header[] = "MessageHeader", body[] = "MessageBody";

	return strncmp(path, header, strlen(header)) == 0 ||
	       strncmp(path, body, strlen(body)) == 0 || *path == '@' || *path == '#';
}

static int
add_unknowns(const struct writing *w, xmlNodePtr file, xmlNodePtr unit)
{
	json_t *oqs = json_object_get(w->raw, RECORD_OQS), *entry;
	size_t i;

	json_array_foreach (json_object_get(oqs, OQS_UNKNOWN), i, entry) {
		const char *path = json_string_value(json_object_get(entry, UNKNOWN_PATH));
		char pointer[POINTER], *copy;
		int r;

		snprintf(pointer, sizeof pointer, "/" RECORD_OQS "/" OQS_UNKNOWN "/%zu", i);
		if (path == NULL)
			return refuse(w, ERR_OQS_CANNOT_WRITE, pointer, "there is no path");
		if ((copy = strdup(path)) == NULL)
			return refuse(w, ERR_OUT_OF_MEMORY, NULL, "no room for a path");
		r = add_unknown(w, unit == NULL || of_file(path) ? file : unit, copy,
		    json_object_get(entry, UNKNOWN_VALUE), pointer);
		free(copy);
		if (r == -1)
			return -1;
	}
	return 0;
}

/* Has the record a unit of its own? A bulk result that failed or waits has none. */
static int
holds_unit(const json_t *raw, const struct oqs_tree *tree)
{
	const json_t *oqs = json_object_get(raw, RECORD_OQS);

	if (tree->unit == NULL)
		return 0;
	switch (tree->message->kind) {
	case OQS_ELIGIBILITY:
	case OQS_REGISTRATION:
		return json_object_get(oqs, OQS_RESULT) != NULL ||
		       json_object_get(raw, OBJECT_INSURED) != NULL ||
		       json_object_get(oqs, OQS_REFERENCE_NUMBER) != NULL ||
		       json_object_get(oqs, OQS_ITEM_ID) != NULL;
	case OQS_REQUEST:
	case OQS_ACCEPTANCE:
	case OQS_MEDICAL:
		break;
	}
	return json_object_get(raw, OBJECT_INSURED) != NULL;
}

static int
send_text(struct oqs_encoder *enc, const struct buf *text, struct why *why)
{
	struct buf converted;
	size_t bad = 0;
	int r;

	buf_init(&converted, 4 * OQS_MESSAGE_MAX); /* the converter asks for more than it fills */
	if (buf_failed(text))
		r = -1;
	else if (enc->encoding == ENCODING_CP932)
		r = text_to_cp932(&converted, text->data, text->len, &bad);
	else
		r = buf_add(&converted, text->data, text->len);
	if (r == -1)
		why_set(why, ERR_OQS_CANNOT_WRITE, NULL, "%s: one record is too large",
		    enc->tree->message->type);
	else if (enc->write(enc->arg, converted.data, converted.len) == -1) {
		why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "%s", enc->tree->message->type);
		r = -1;
	}
	buf_free(&converted);
	return r;
}

static const char *
line_end(const struct oqs_encoder *enc)
{
	return enc->encoding == ENCODING_CP932 ? "\r\n" : "\n";
}

static void
put_declaration(const struct oqs_encoder *enc, struct buf *out)
{
	buf_addf(out, "<?xml version=\"1.0\" encoding=\"%s\" standalone=\"no\"?>%s",
	    enc->encoding == ENCODING_CP932 ? "Shift_JIS" : "UTF-8", line_end(enc));
}

/*
 * Everything but the units as text: head up to where units go, tail from there. The last thing in
 * the body is where units go.
 */
static void
split_document(const struct oqs_encoder *enc, xmlNodePtr root, struct buf *head, struct buf *tail)
{
	const char *nl = line_end(enc);

	put_declaration(enc, head);
	oqs_xml_put_open(head, root, 0, nl);
	for (xmlNodePtr c = root->children; c != NULL; c = c->next) {
		if (strcmp((const char *)c->name, "MessageBody") != 0 || c->next != NULL) {
			oqs_xml_put(head, c, 1, nl);
			continue;
		}
		oqs_xml_put_open(head, c, 1, nl);
		for (xmlNodePtr b = c->children; b != NULL; b = b->next)
			oqs_xml_put(head, b, 2, nl);
		buf_addf(tail, "  </MessageBody>%s", nl);
	}
	buf_addf(tail, "</XmlMsg>%s", nl);
}

/* Writes the head with the first record, and compares it with that of every later one. */
static int
send_head(struct writing *w, xmlNodePtr root)
{
	struct oqs_encoder *enc = w->enc;
	struct buf head, tail;
	int r = 0;

	buf_init(&head, OQS_MESSAGE_MAX);
	buf_init(&tail, OQS_MESSAGE_MAX);
	split_document(enc, root, &head, &tail);
	if (enc->records == 0) {
		r = buf_add(&enc->head, head.data, head.len) |
		    buf_add(&enc->tail, tail.data, tail.len);
		r = r == 0 ? send_text(enc, &head, w->why) : -1;
	} else if (head.len != enc->head.len || memcmp(head.data, enc->head.data, head.len) != 0) {
		r = refuse(w, ERR_OQS_RECORDS_DIFFER, "/" RECORD_OQS,
		    "its header is not that of the records before it");
	}
	buf_free(&head);
	buf_free(&tail);
	return r;
}

static int
send_unit(struct writing *w, xmlNodePtr unit)
{
	struct buf text;
	int r;

	buf_init(&text, OQS_MESSAGE_MAX);
	oqs_xml_put(&text, unit, 2, line_end(w->enc));
	r = send_text(w->enc, &text, w->why);
	buf_free(&text);
	return r;
}

static int
send_record(struct writing *w, xmlNodePtr root)
{
	const struct oqs_tree *tree = w->enc->tree;
	int has_unit = holds_unit(w->raw, tree);
	xmlNodePtr unit = NULL;
	int r = -1;

	if (w->enc->records > 0 && !has_unit)
		return refuse(w, ERR_OQS_RECORDS_DIFFER, "/" RECORD_OQS,
		    "this message takes one record only");
	if (has_unit && (unit = xmlNewNode(NULL, BAD_CAST tree->unit->name)) == NULL)
		return refuse(w, ERR_OUT_OF_MEMORY, NULL, "no room for an element");
	if (add_children(w, tree->root, root, w->raw, "") == -1 ||
	    (has_unit && add_children(w, tree->unit, unit, w->raw, "") == -1) ||
	    add_unknowns(w, root, unit) == -1)
		goto out;
	oqs_xml_prune(root);
	nth_child(root, "MessageHeader", 1);
	nth_child(root, "MessageBody", 1);
	if (send_head(w, root) == -1)
		goto out;
	if (has_unit) {
		oqs_xml_prune(unit);
		r = send_unit(w, unit);
	} else {
		r = 0;
	}
out:
	xmlFreeNode(unit);
	return r;
}

/* What the record says it was received in. */
static enum encoding
received_in(const json_t *record)
{
	const json_t *encoding = json_object_get(json_object_get(record, RECORD_OQS), OQS_ENCODING);
	const char *actual = json_string_value(json_object_get(encoding, ENCODING_ACTUAL));
	enum encoding e = actual == NULL ? ENCODING_UNKNOWN : encoding_find(actual);

	return e == ENCODING_UNKNOWN ? ENCODING_UTF8 : e;
}

int
oqs_encode_add(struct oqs_encoder *enc, const json_t *record, struct why *why)
{
	struct writing w = { .enc = enc, .why = why };
	xmlNodePtr root = NULL;
	int r = -1;

	if (enc->encoding == ENCODING_UNKNOWN)
		enc->encoding = received_in(record);
	if ((w.raw = oqs_record_prepare(record, enc->tree->message, &w.unpadded)) == NULL ||
	    (root = xmlNewNode(NULL, BAD_CAST enc->tree->root->name)) == NULL) {
		refuse(&w, ERR_OQS_CANNOT_WRITE, NULL, "the record cannot be taken apart");
		goto out;
	}
	w.places = json_object_get(json_object_get(w.raw, RECORD_OQS), OQS_PLACES);
	if ((r = send_record(&w, root)) == 0)
		enc->records++;
out:
	xmlFreeNode(root);
	json_decref(w.raw);
	return r;
}

int
oqs_encode_end(struct oqs_encoder *enc, struct why *why)
{
	if (enc->records > 0)
		return send_text(enc, &enc->tail, why);
	why_set(why, ERR_OQS_CANNOT_WRITE, NULL, "%s: there was no record for it",
	    enc->tree->message->type);
	return -1;
}
