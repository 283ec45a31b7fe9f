/* oq-message: files of the OQS interface to records and back. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/restrain.h"
#include "options/options.h"
#include "options/words.h"
#include "oqs/decode.h"
#include "oqs/encode.h"
#include "oqs/put.h"
#include "oqs/raw.h"
#include "pipe/lines.h"
#include "pipe/output.h"
#include "pipe/record.h"

#define TOOL "oq-message"

struct options {
	const char *at, *type, *encoding, *request, *facility, *summary, *fail_on;
	int64_t max_line;
};
#define T struct options

static const struct option_row rows[] = {
	ROW(T, "at", 0, "TIME", OPTION_TIME, at, NULL, NULL, 0,
	    N_("judge consents at this moment instead of now")),
	ROW(T, "type", 0, "TYPE", OPTION_TEXT, type, NULL, NULL, 0,
	    N_("what the message is, such as OQSsiquc01res, where the file's name does not say")),
	ROW(T, "encoding", 0, "NAME", OPTION_WORD, encoding, "utf-8 cp932", NULL, 0,
	    N_("how the bytes are encoded, whatever they declare; for encode, what to write")),
	ROW(T, "request", 0, "FILE", OPTION_FILE, request, NULL, NULL, 0,
	    N_("the bulk request that was answered: finds foreign and missing identifiers")),
	ROW_FACILITY(T),
	ROW_MAX_LINE(T),
	ROW_SUMMARY(T),
	ROW_FAIL_ON(T),
};
#undef T

static const struct verb verbs[] = {
	{ "decode", "FILE...", N_("messages become records") },
	{ "encode", "", N_("the records on standard input become one message") },
	{ NULL, NULL, NULL },
};

static const struct command command = {
	.name = TOOL,
	.kind = "source",
	.args = "[FILE ...]",
	.help = N_("Turns files of the OQS interface into records, and records into files"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
	.verbs = verbs,
};

/* All that is open while files run. */
struct world {
	const struct options *o;
	struct output *output;
	struct tally tally;
	struct buf text; /* of the record under way */
	struct oqs_judge judge;
	enum encoding encoding;
	struct oqs_survey asked; /* --request */
	int local;		 /* a file could not be read at all */
};

static int
emit(void *arg, const json_t *record)
{
	struct world *w = arg;
	const json_t *oqs = json_object_get(record, RECORD_OQS);
	int told = json_object_get(oqs, OQS_CONFLICTS) == NULL;

	buf_reset(&w->text);
	if (oqs_put(&w->text, record) == -1)
		return -1;
	w->tally.read++;
	return output_record(
	    w->output, w->text.data, w->text.len, told ? VERDICT_YES : VERDICT_UNKNOWN);
}

static int
failed(struct world *w, const struct why *why)
{
	why_print(why, TOOL);
	w->tally.read++;
	tally_add(&w->tally, VERDICT_UNKNOWN);
	w->local |= why->id == ERR_FILE_UNREADABLE || why->id == ERR_INPUT_FAILED ||
		    why->id == ERR_OUT_OF_MEMORY;
	return -1;
}

/* Opens a file of the interface, or standard input for "-". 0, or -1 with why. */
static int
open_message(const struct world *w, const char *path, struct oqs_input *in, int *fd,
    const struct oqs_message **message, struct why *why)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;

	*message = oqs_message_find(w->o->type == NULL ? name : w->o->type);
	*fd = -1;
	if (*message == NULL) {
		why_set(why, ERR_OQS_TYPE_UNKNOWN, NULL, "%s", name);
		return -1;
	}
	*fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (*fd == -1) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (oqs_input_open(in, *fd, name, w->encoding) == 0)
		return 0;
	*why = in->why;
	oqs_input_close(in);
	close(*fd);
	return -1;
}

/* Decodes one file. 0, 1 when the output has failed, or -1 with why. */
static int
decode_file(struct world *w, const char *path, struct oqs_decoding *d, struct why *why)
{
	const struct oqs_message *message;
	struct oqs_input in;
	int fd, r;

	if (open_message(w, path, &in, &fd, &message, why) == -1)
		return -1;
	r = oqs_decode(message, &in, d, why);
	oqs_input_close(&in);
	close(fd);
	return r;
}

static int
ignore_record(void *arg, const json_t *record)
{
	(void)arg, (void)record;
	return 0;
}

/* What the request asked for. 0, or -1 with why. */
static int
read_request(struct world *w, struct why *why)
{
	struct oqs_decoding d = { .judge = w->judge, .found = &w->asked, .each = ignore_record };

	return w->o->request == NULL ? 0 : decode_file(w, w->o->request, &d, why);
}

struct missing {
	struct world *w;
	const struct oqs_survey *found;
};

/* A record for an identifier of the request that no unit has answered. */
static int
emit_missing(void *arg, const json_t *asked)
{
	const struct missing *m = arg;
	uint64_t id = oqs_survey_id(asked);
	struct why why;
	struct buf error;
	json_t *record;
	int r = 0;

	if (id == 0 || oqs_survey_has(m->found, id))
		return 0;
	why_set(&why, ERR_OQS_IDENTIFIER_MISSING, NULL, "%s", m->w->o->request);
	buf_init(&error, 8192);
	why_json(&error, &why, TOOL);
	record = json_deep_copy(asked);
	json_object_set_new(json_object_get(record, RECORD_OQS), OQS_CONFLICTS,
	    json_pack("[s]", OQS_CONFLICTS_IDENTIFIER_MISSING));
	json_object_set_new(record, RECORD_ERROR,
	    json_loadb(error.data == NULL ? "" : error.data, error.len, 0, NULL));
	r = emit(m->w, record);
	json_decref(record);
	buf_free(&error);
	return r;
}

static int
decode_one(struct world *w, const char *path)
{
	struct oqs_survey found = { 0 }, again = { 0 };
	struct oqs_decoding d = { .judge = w->judge, .found = &found, .each = emit, .arg = w };
	struct missing missing = { w, &found };
	struct oqs_decoding asked = {
		.judge = w->judge, .found = &again, .each = emit_missing, .arg = &missing
	};
	struct why why;
	int r;

	if (w->o->request != NULL)
		d.request = &w->asked;
	r = decode_file(w, path, &d, &why);
	if (r == 0 && w->o->request != NULL)
		r = decode_file(w, w->o->request, &asked, &why);
	if (r == -1)
		failed(w, &why);
	oqs_survey_free(&found);
	oqs_survey_free(&again);
	return r;
}

/* 0 when all went out, or -1. */
static int
decode(struct world *w, char **files)
{
	struct why why;

	if (read_request(w, &why) == -1)
		return failed(w, &why);
	for (; *files != NULL && !output_failed(w->output); files++)
		decode_one(w, *files);
	return 0;
}

static int
write_message(void *arg, const char *text, size_t n)
{
	(void)arg;
	return write_all(STDOUT_FILENO, text, n);
}

static int
encode_line(struct world *w, struct oqs_encoder *enc, const struct line *line, struct why *why)
{
	json_t *record = record_parse(line, why);
	const char *type;
	const struct oqs_message *message;
	int r = -1;

	if (record == NULL)
		return -1;
	type = record_text(json_object_get(record, RECORD_OQS), OQS_TYPE);
	if (w->o->type != NULL)
		type = w->o->type;
	message = type == NULL ? NULL : oqs_message_find(type);
	if (message == NULL)
		why_set(why, ERR_OQS_TYPE_UNKNOWN, "/" RECORD_OQS "/" OQS_TYPE, "line %llu",
		    (unsigned long long)line->number);
	else if (enc->tree == NULL && oqs_encode_begin(enc, message, w->encoding) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", message->type);
	else if (enc->tree->message != message)
		why_set(why, ERR_OQS_RECORDS_DIFFER, "/" RECORD_OQS "/" OQS_TYPE, "line %llu",
		    (unsigned long long)line->number);
	else
		r = oqs_encode_add(enc, record, why);
	json_decref(record);
	return r;
}

/* A message with a record left out would be another message: the first mistake ends it. */
static int
encode(struct world *w)
{
	struct oqs_encoder enc = { .write = write_message };
	struct lines *lines = lines_open(STDIN_FILENO, (size_t)w->o->max_line);
	struct line line;
	struct why why = { .id = ERR_NONE };
	int r = -1, more = 0;

	if (lines == NULL) {
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return failed(w, &why);
	}
	while ((more = lines_next(lines, &line)) == 1) {
		if (encode_line(w, &enc, &line, &why) == -1)
			goto out;
		w->tally.read++;
		tally_add(&w->tally, VERDICT_YES);
	}
	if (more == -1)
		why_set(&why, ERR_INPUT_FAILED, NULL, "%s", strerror(errno));
	else if (enc.tree == NULL)
		why_set(&why, ERR_OQS_CANNOT_WRITE, NULL, "there was no record");
	else
		r = oqs_encode_end(&enc, &why);
out:
	if (r == -1) {
		failed(w, &why);
		w->local |= why.id == ERR_OUTPUT_NOT_WHOLE || w->tally.read > 1;
	}
	oqs_encode_free(&enc);
	lines_close(lines);
	return r;
}

static void
check_use(const struct options *o, int n, char **operands)
{
	if (n == 0)
		usage_error(&command, "decode or encode?");
	if (o->type != NULL && oqs_message_find(o->type) == NULL)
		usage_error(&command, "--type %s: no such message", o->type);
	if (strcmp(operands[0], "decode") == 0 && n < 2)
		usage_error(&command, "decode needs a FILE, - is standard input");
	if (strcmp(operands[0], "encode") == 0 && n > 1)
		usage_error(&command, "encode reads standard input");
	if (strcmp(operands[0], "decode") != 0 && strcmp(operands[0], "encode") != 0)
		usage_error(&command, "no such job: %s", operands[0]);
}

static void
judge_init(struct world *w)
{
	w->judge =
	    (struct oqs_judge){ .tool = TOOL, .facility = w->o->facility, .at = clock_now() };
	if (w->o->at != NULL)
		time_parse(w->o->at, &w->judge.at); /* the option's type has checked it */
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct world w = { .o = &o };
	struct why why;
	char **operands;
	int n = options_read(&command, argc, argv, &o, &operands), status;

	check_use(&o, n, operands);
	judge_init(&w);
	w.encoding = o.encoding == NULL ? ENCODING_UNKNOWN : encoding_find(o.encoding);
	buf_init(&w.text, 2 * OQS_RECORD_MAX);
	w.output = output_open(STDOUT_FILENO, TOOL, (size_t)o.max_line, &w.tally);
	if (w.output == NULL || text_ready() == -1) {
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		why_print(&why, TOOL);
		return EXIT_LOCAL;
	}
	if (strcmp(operands[0], "decode") == 0)
		decode(&w, operands + 1);
	else
		encode(&w);
	if (output_close(w.output, &why) == -1) {
		why_print(&why, TOOL);
		w.local = 1;
	}
	oqs_survey_free(&w.asked);
	buf_free(&w.text);
	status = tally_status(&w.tally, FAIL_ON_NEGATIVE, w.local);
	tally_print(&w.tally, TOOL);
	return status;
}
