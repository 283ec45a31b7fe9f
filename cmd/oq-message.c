/* oq-message: files of the OQS interface to records and back. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/random.h"
#include "base/restrain.h"
#include "options/options.h"
#include "options/words.h"
#include "oqs/anonymise.h"
#include "oqs/decode.h"
#include "oqs/encode.h"
#include "oqs/put.h"
#include "oqs/raw.h"
#include "pipe/lines.h"
#include "pipe/output.h"
#include "pipe/record.h"

#define TOOL "oq-message"

struct options {
	const char *at, *type, *encoding, *request, *dir, *facility, *summary, *fail_on;
	int64_t max_line;
	int unknown;
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
	ROW(T, "unknown", 0, NULL, OPTION_FLAG, unknown, NULL, NULL, 0,
	    N_("decode lists what the table does not know, without values, instead of records")),
	ROW(T, "dir", 'd', "DIR", OPTION_DIR, dir, NULL, NULL, 0,
	    N_("anonymise writes here, each sample under a name of its own")),
	ROW_FACILITY(T),
	ROW_MAX_LINE(T),
	ROW_SUMMARY(T),
	ROW_FAIL_ON(T),
};
#undef T

static const struct verb verbs[] = {
	{ "decode", "FILE...", N_("messages become records") },
	{ "encode", "", N_("the records on standard input become one message") },
	{ "anonymise", "FILE...", N_("real messages become samples with other people in them") },
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
	json_t *strange;	 /* --unknown: how often, by what */
	struct oqs_anonymiser anonymiser;
	int local; /* a file could not be read at all */
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

/* One more of this path, or of this flag. Indexes are left out. */
static void
count_strange(json_t *strange, const char *text)
{
	char name[512];
	size_t n = 0;
	json_t *old;

	for (; *text != '\0' && n + 1 < sizeof name; text++)
		if (*text != '[')
			name[n++] = *text;
		else
			text += strcspn(text, "]") - (strchr(text, ']') == NULL);
	name[n] = '\0';
	old = json_object_get(strange, name);
	json_object_set_new(strange, name, json_integer(json_integer_value(old) + 1));
}

static void
count_flags(json_t *strange, const json_t *flags)
{
	static const char *const told[] = { FLAG_UNKNOWN_CODE, FLAG_MALFORMED };
	json_t *flag;
	size_t i;

	json_array_foreach (flags, i, flag) {
		for (size_t k = 0; k < sizeof told / sizeof *told; k++)
			if (strncmp(json_string_value(flag), told[k], strlen(told[k])) == 0)
				count_strange(strange, json_string_value(flag));
	}
}

/* Instead of a record, its part in the list of what the table does not know. */
static int
note_strange(void *arg, const json_t *record)
{
	struct world *w = arg;
	const json_t *oqs = json_object_get(record, RECORD_OQS);
	const json_t *aside = json_object_get(oqs, OQS_SET_ASIDE);
	json_t *entry;
	size_t i;

	json_array_foreach (json_object_get(oqs, OQS_UNKNOWN), i, entry) {
		count_strange(w->strange, json_string_value(json_object_get(entry, UNKNOWN_PATH)));
	}
	count_flags(w->strange, json_object_get(oqs, OQS_FLAGS));
	count_flags(w->strange,
	    json_object_get(json_object_get(record, OBJECT_ELIGIBILITY), ELIGIBILITY_FLAGS));
	count_flags(w->strange,
	    json_object_get(json_object_get(aside, OBJECT_ELIGIBILITY), ELIGIBILITY_FLAGS));
	w->tally.read++;
	tally_add(&w->tally, VERDICT_YES);
	return 0;
}

/* The list: a line each, with how often it came. Its lines are no records and are not counted. */
static void
list_strange(struct world *w)
{
	struct tally apart = { 0 };
	struct output *out = output_open(STDOUT_FILENO, TOOL, OQS_RECORD_MAX, &apart);
	struct why why;
	const char *name;
	json_t *count;

	if (out == NULL) {
		w->local = 1;
		return;
	}
	json_object_foreach (w->strange, name, count) {
		json_t *line = json_pack("{ss sO}", UNKNOWN_PATH, name, "count", count);

		buf_reset(&w->text);
		oqs_put(&w->text, line);
		output_record(out, w->text.data, w->text.len, VERDICT_YES);
		json_decref(line);
	}
	if (output_close(out, &why) == -1) {
		why_print(&why, TOOL);
		w->local = 1;
	}
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
	struct oqs_decoding d = { .judge = w->judge,
		.found = &found,
		.each = w->o->unknown ? note_strange : emit,
		.arg = w };
	struct missing missing = { w, &found };
	struct oqs_decoding asked = {
		.judge = w->judge, .found = &again, .each = emit_missing, .arg = &missing
	};
	struct why why;
	int r;

	if (w->o->request != NULL)
		d.request = &w->asked;
	r = decode_file(w, path, &d, &why);
	if (r == 0 && w->o->request != NULL && !w->o->unknown)
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
	if (w->o->unknown)
		list_strange(w);
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

static int
write_file(void *arg, const char *text, size_t n)
{
	return fwrite(text, 1, n, arg) == n ? 0 : -1;
}

/* Where the sample of a file goes: below --dir, under a name that tells nothing. */
static int
open_sample(struct world *w, const char *path, struct whole *sample, struct why *why)
{
	const char *slash = strrchr(path, '/');
	struct buf name;
	int r;

	buf_init(&name, 4096);
	buf_addf(&name, "%s/", w->o->dir);
	oqs_disguise_name(&name, w->anonymiser.key, slash == NULL ? path : slash + 1);
	if (buf_failed(&name)) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: the name is too long", w->o->dir);
		r = -1;
	} else {
		r = whole_open(sample, name.data, 0600, why);
	}
	buf_free(&name);
	return r;
}

static int
anonymise_one(struct world *w, const char *path, struct why *why)
{
	const struct oqs_message *message;
	struct whole sample = { 0 };
	struct oqs_input in;
	int fd, r = -1;

	if (open_message(w, path, &in, &fd, &message, why) == -1)
		return -1;
	w->anonymiser.write = write_message;
	if (w->o->dir != NULL) {
		if (open_sample(w, path, &sample, why) == -1)
			goto out;
		w->anonymiser.write = write_file;
		w->anonymiser.arg = sample.fp;
	}
	r = oqs_anonymise(message, &in, &w->anonymiser, why);
	if (r == 0 && w->o->dir != NULL)
		r = whole_commit(&sample, why);
out:
	whole_abort(&sample);
	oqs_input_close(&in);
	close(fd);
	return r;
}

static void
anonymise(struct world *w, char **files)
{
	struct why why;

	random_bytes(w->anonymiser.key, sizeof w->anonymiser.key);
	for (; *files != NULL; files++) {
		if (anonymise_one(w, *files, &why) == -1) {
			failed(w, &why);
			w->local |= why.id == ERR_OUTPUT_NOT_WHOLE || why.id == ERR_FILE_UNWRITABLE;
			continue;
		}
		w->tally.read++;
		tally_add(&w->tally, VERDICT_YES);
	}
}

static const struct job {
	const char *name;
	int takes_files;
} jobs[] = {
	{ "decode", 1 },
	{ "encode", 0 },
	{ "anonymise", 1 },
};

/* The job that the operands ask for; a mistake ends with 2. */
static const struct job *
choose_job(const struct options *o, int n, char **operands)
{
	const struct job *job = jobs, *end = jobs + sizeof jobs / sizeof *jobs;

	while (n > 0 && job < end && strcmp(operands[0], job->name) != 0)
		job++;
	if (n == 0 || job == end)
		usage_error(&command, "decode, encode or anonymise?");
	if (o->type != NULL && oqs_message_find(o->type) == NULL)
		usage_error(&command, "--type %s: no such message", o->type);
	if (job->takes_files && n < 2)
		usage_error(&command, "%s needs a FILE, - is standard input", job->name);
	if (!job->takes_files && n > 1)
		usage_error(&command, "%s reads standard input", job->name);
	if (job == &jobs[2] && n > 2 && o->dir == NULL)
		usage_error(&command, "anonymise of several files needs --dir");
	return job;
}

static void
judge_init(struct world *w)
{
	w->judge =
	    (struct oqs_judge){ .tool = TOOL, .facility = w->o->facility, .at = clock_now() };
	if (w->o->at != NULL)
		time_parse(w->o->at, &w->judge.at); /* the option's type has checked it */
}

static void
run(struct world *w, const struct job *job, char **operands)
{
	if (job == &jobs[0])
		decode(w, operands);
	else if (job == &jobs[1])
		encode(w);
	else
		anonymise(w, operands);
}

/* The last door: files may be read, and written where the options say; no network, no programs. */
static int
lock_doors(const struct options *o, struct why *why)
{
	static const char *const everywhere[] = { "/", NULL };
	const char *write[3] = { NULL, NULL, NULL };
	char *copy = o->summary == NULL ? NULL : strdup(o->summary);
	struct profile profile = { .name = TOOL, .read = everywhere, .write = write };
	size_t n = 0;
	int r;

	if (o->dir != NULL)
		write[n++] = o->dir;
	if (copy != NULL)
		write[n++] = dirname(copy);
	if (n > 0)
		profile.may |= MAY_WRITE_FILES;
	words_open();
	r = restrain(&profile, why);
	free(copy);
	return r;
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct world w = { .o = &o };
	struct why why;
	char **operands;
	int n = options_read(&command, argc, argv, &o, &operands), status;
	const struct job *job = choose_job(&o, n, operands);

	record_memory_strict();
	judge_init(&w);
	w.encoding = o.encoding == NULL ? ENCODING_UNKNOWN : encoding_find(o.encoding);
	w.strange = json_object();
	buf_init(&w.text, 2 * OQS_RECORD_MAX);
	w.output = output_open(STDOUT_FILENO, TOOL, (size_t)o.max_line, &w.tally);
	why_set(&why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	if (w.output == NULL || text_ready() == -1 || lock_doors(&o, &why) == -1) {
		why_print(&why, TOOL);
		return EXIT_LOCAL;
	}
	run(&w, job, operands + 1);
	if (output_close(w.output, &why) == -1) {
		why_print(&why, TOOL);
		w.local = 1;
	}
	status = tally_status(&w.tally,
	    strcmp(o.fail_on, "unknown") == 0 ? FAIL_ON_UNKNOWN : FAIL_ON_NEGATIVE, w.local);
	if (o.summary != NULL && tally_summary(&w.tally, TOOL, status, o.summary, &why) == -1) {
		why_print(&why, TOOL);
		status = EXIT_LOCAL;
	}
	tally_print(&w.tally, TOOL);
	oqs_survey_free(&w.asked);
	json_decref(w.strange);
	buf_free(&w.text);
	return status;
}
