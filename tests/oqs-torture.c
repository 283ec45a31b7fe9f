/*
 * Every byte of a message flipped, and the message cut at every length: never a crash, never a
 * record from a broken file, always an error that names the file and a place, and no patient.
 *
 *	oqs-torture BITS FILE...	BITS: which bits of each byte are flipped, 1 to 255
 *
 * Ends with 1 at the first finding. A second parser, which reads the whole document at once,
 * judges what is broken.
 */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "gen/names.h"
#include "oqs/decode.h"
#include "oqs/put.h"

#define LEAST 4 /* bytes of a value that cannot stand in an error by chance */

struct sample {
	const char *name;
	const struct oqs_message *message;
	struct buf bytes, text; /* as stored; as UTF-8 */
	struct buf secrets;	/* one after the other, each with its NUL */
};

static uint64_t decodings, records, refusals;

static int
count_record(void *arg, const json_t *record)
{
	struct buf text;

	buf_init(&text, (size_t)16 << 20);
	if (oqs_put(&text, record) == -1)
		return -1;
	buf_free(&text);
	++*(int *)arg;
	return 0;
}

/* Would anybody call these bytes whole? 1 or 0. */
static int
is_whole(const char *s, size_t n, enum encoding e)
{
	struct buf text;
	size_t bad;
	xmlDocPtr doc = NULL;
	int whole = 0;

	buf_init(&text, n * 4 + 64);
	if (text_to_utf8(&text, s, n, e, &bad) == 0)
		doc = xmlReadMemory(text.data == NULL ? "" : text.data, (int)text.len, NULL, NULL,
		    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
			XML_PARSE_IGNORE_ENC);
	if (doc != NULL)
		whole = doc->intSubset == NULL &&
			strcmp((const char *)xmlDocGetRootElement(doc)->name, "XmlMsg") == 0;
	xmlFreeDoc(doc);
	buf_free(&text);
	return whole;
}

static int
finding(const struct sample *s, const char *what, size_t at, const struct why *why)
{
	printf("%s: %s (at %zu): %s\n", s->name, what, at, why->detail);
	return -1;
}

static int
names_place(const char *detail)
{
	return strstr(detail, ": line ") != NULL || strstr(detail, ": byte ") != NULL ||
	       strstr(detail, "it is empty") != NULL || strstr(detail, "it declares") != NULL;
}

/* Decodes the bytes and looks at what came of it. 0, or -1 after saying what is wrong. */
static int
try(const struct sample *s, const char *bytes, size_t n, size_t at)
{
	struct oqs_input in;
	struct oqs_survey found = { 0 };
	struct why why = { .id = ERR_NONE };
	int out = 0, r = -1, opened;
	struct oqs_decoding d = { .judge = { .tool = "test", .at = 1790000000 },
		.found = &found,
		.each = count_record,
		.arg = &out };
	enum encoding e;

	opened = oqs_input_memory(&in, bytes, n, s->name, ENCODING_UNKNOWN) == 0;
	if (opened)
		r = oqs_decode(s->message, &in, &d, &why);
	else
		why = in.why;
	e = in.actual;
	oqs_input_close(&in);
	oqs_survey_free(&found);
	decodings++;
	records += (uint64_t)out;
	refusals += r == -1;
	if (r == 0)
		return is_whole(bytes, n, e) && out > 0
			   ? 0
			   : finding(s, "a record from a broken file", at, &why);
	if (out > 0)
		return finding(s, "a record before the error", at, &why);
	if (why.id == ERR_NONE || strncmp(why.detail, s->name, strlen(s->name)) != 0 ||
	    !names_place(why.detail))
		return finding(s, "the error names no place", at, &why);
	for (size_t i = 0; i < s->secrets.len; i += strlen(s->secrets.data + i) + 1)
		if (strstr(why.detail + strlen(s->name), s->secrets.data + i) != NULL)
			return finding(s, "the error names a value", at, &why);
	return 0;
}

/* Every text of the document is a secret, but for short ones, which stand anywhere. */
static void
collect(struct sample *s, xmlNodePtr node)
{
	for (; node != NULL; node = node->next) {
		const char *text = (const char *)node->content;

		if (node->type == XML_TEXT_NODE && !xmlIsBlankNode(node) && strlen(text) >= LEAST)
			buf_add(&s->secrets, text, strlen(text) + 1);
		collect(s, node->children);
	}
}

static int
load(struct sample *s, const char *path)
{
	struct why why;
	xmlDocPtr doc;
	size_t bad;
	const char *slash = strrchr(path, '/');

	s->name = slash == NULL ? path : slash + 1;
	s->message = oqs_message_find(path);
	buf_init(&s->secrets, (size_t)1 << 20);
	buf_init(&s->bytes, (size_t)1 << 20);
	buf_init(&s->text, (size_t)4 << 20);
	if (s->message == NULL || file_read(path, (size_t)1 << 20, &s->bytes, &why) == -1 ||
	    text_to_utf8(&s->text, s->bytes.data, s->bytes.len,
		strstr(s->bytes.data, "Shift_JIS") == NULL ? ENCODING_UTF8 : ENCODING_CP932,
		&bad) == -1)
		return -1;
	doc = xmlReadMemory(s->text.data, (int)s->text.len, NULL, NULL, XML_PARSE_IGNORE_ENC);
	if (doc == NULL)
		return -1;
	collect(s, xmlDocGetRootElement(doc));
	xmlFreeDoc(doc);
	return try(s, s->bytes.data, s->bytes.len, s->bytes.len);
}

static void
unload(struct sample *s)
{
	buf_free(&s->secrets);
	buf_free(&s->bytes);
	buf_free(&s->text);
}

static int
torture(struct sample *s, unsigned bits)
{
	char *b = s->bytes.data;

	for (size_t i = 0; i < s->bytes.len; i++) {
		if (try(s, b, i, i) == -1)
			return -1;
		for (int k = 0; k < 8; k++) {
			int r;

			if ((bits >> k & 1) == 0)
				continue;
			b[i] = (char)(b[i] ^ 1 << k);
			r = try(s, b, s->bytes.len, i);
			b[i] = (char)(b[i] ^ 1 << k);
			if (r == -1)
				return -1;
		}
	}
	return 0;
}

int
main(int argc, char **argv)
{
	int r = argc > 2 ? 0 : 2;

	for (int i = 2; i < argc && r == 0; i++) {
		struct sample s = { 0 };

		if (load(&s, argv[i]) == -1 || torture(&s, (unsigned)atoi(argv[1])) == -1)
			r = 1;
		unload(&s);
	}
	printf("%llu decodings, %llu records, %llu refusals\n", (unsigned long long)decodings,
	    (unsigned long long)records, (unsigned long long)refusals);
	return r;
}
