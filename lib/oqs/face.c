#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "gen/names.h"
#include "oqs/decode.h"
#include "oqs/face.h"
#include "oqs/raw.h"

#define PREFIX	    "OQSsiquc01res_face_"
#define SUFFIX	    ".xml"
#define TIME_DIGITS 14

/* A file that was seen in one of the folders. */
struct face {
	struct face *next;
	char *name;
	size_t dir;
	int64_t time;	  /* from its name, Unix seconds */
	uint64_t content; /* hash of the last reading */
	int64_t read_at;  /* clock_tick() when this content was read first; 0: not yet */
	int found, done;  /* in this scan; in this run */
};

struct oqs_faces {
	struct oqs_face_options o;
	struct oqs_seen *seen;
	struct face *faces; /* by time, then name */
	struct face *out;   /* handed out, not yet done */
	int inotify;
	int64_t last;
};

/* The time that a face result's name ends with: 1, or 0 when it is no such name. */
static int
name_time(const char *name, int64_t *t)
{
	size_t n = strlen(name), least = strlen(PREFIX) + TIME_DIGITS + strlen(SUFFIX);
	const char *d;
	char text[TIME_SIZE];

	if (n < least || strncasecmp(name, PREFIX, strlen(PREFIX)) != 0 ||
	    strcasecmp(name + n - strlen(SUFFIX), SUFFIX) != 0)
		return 0;
	d = name + n - strlen(SUFFIX) - TIME_DIGITS;
	if (strspn(d, "0123456789") != TIME_DIGITS)
		return 0;
	snprintf(text, sizeof text,
	    "%.4s-%.2s-%.2s"
	    "T%.2s:%.2s:%.2s+09:00",
	    d, d + 4, d + 6, d + 8, d + 10, d + 12);
	return time_parse(text, t);
}

static int
watch(struct oqs_faces *f)
{
	const uint32_t events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MODIFY;

	f->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (size_t i = 0; f->inotify != -1 && i < f->o.n_dirs; i++)
		if (inotify_add_watch(f->inotify, f->o.dirs[i], events) == -1) {
			close(f->inotify); /* the scan is enough */
			f->inotify = -1;
		}
	return f->inotify;
}

static int
readable(const char *dir, struct why *why)
{
	if (access(dir, R_OK | X_OK) == 0)
		return 1;
	why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", dir, strerror(errno));
	return 0;
}

struct oqs_faces *
oqs_faces_open(const struct oqs_face_options *o, struct oqs_seen *seen, struct why *why)
{
	struct oqs_faces *f;

	for (size_t i = 0; i < o->n_dirs; i++)
		if (!readable(o->dirs[i], why))
			return NULL;
	if ((f = calloc(1, sizeof *f)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", o->dirs[0]);
		return NULL;
	}
	f->o = *o;
	f->seen = seen;
	watch(f);
	return f;
}

static void
face_free(struct face *face)
{
	free(face->name);
	free(face);
}

void
oqs_faces_close(struct oqs_faces *f)
{
	struct face *next;

	if (f == NULL)
		return;
	for (struct face *face = f->faces; face != NULL; face = next) {
		next = face->next;
		face_free(face);
	}
	if (f->inotify != -1)
		close(f->inotify);
	free(f);
}

/* Puts a name into the list, or finds it there. 0, or -1 without memory. */
static int
note(struct oqs_faces *f, size_t dir, const char *name, int64_t t)
{
	struct face **at = &f->faces, *face;

	for (; *at != NULL && (*at)->time <= t; at = &(*at)->next) {
		if ((*at)->time == t && strcmp((*at)->name, name) > 0)
			break;
		if ((*at)->time == t && strcmp((*at)->name, name) == 0) {
			if (!(*at)->found)
				(*at)->dir =
				    dir; /* moved to where the receipt computer keeps them */
			(*at)->found = 1;
			return 0;
		}
	}
	if ((face = calloc(1, sizeof *face)) == NULL || (face->name = strdup(name)) == NULL) {
		free(face);
		return -1;
	}
	face->dir = dir;
	face->time = t;
	face->found = 1;
	face->next = *at;
	*at = face;
	return 0;
}

static int
scan_dir(struct oqs_faces *f, size_t dir, struct why *why)
{
	DIR *d = opendir(f->o.dirs[dir]);
	struct dirent *entry;
	int64_t t;

	if (d == NULL) {
		if (dir > 0)
			return 0; /* where files are moved to may come and go */
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", f->o.dirs[dir], strerror(errno));
		return -1;
	}
	errno = 0;
	/* cppcheck-suppress readdirCalled ; nobody else reads this directory stream */
	while ((entry = readdir(d)) != NULL)
		if (name_time(entry->d_name, &t) && note(f, dir, entry->d_name, t) == -1)
			break;
	closedir(d);
	if (entry == NULL && errno == 0)
		return 0;
	why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", f->o.dirs[dir], strerror(errno));
	return -1;
}

/* Brings the list up to date: what left every folder is forgotten. */
static int
scan(struct oqs_faces *f, struct why *why)
{
	struct face **at = &f->faces, *gone;

	for (struct face *face = f->faces; face != NULL; face = face->next)
		face->found = 0;
	for (size_t i = 0; i < f->o.n_dirs; i++)
		if (scan_dir(f, i, why) == -1)
			return -1;
	while (*at != NULL) {
		if ((*at)->found) {
			at = &(*at)->next;
			continue;
		}
		gone = *at;
		*at = gone->next;
		face_free(gone);
	}
	return 0;
}

static uint64_t
hash_bytes(const char *s, size_t n)
{
	uint64_t h = 14695981039346656037U; /* FNV-1a */

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 1099511628211U;
	return h;
}

/* The path of a face, the caller's, or NULL without memory. */
static char *
path_of(const struct oqs_faces *f, const struct face *face)
{
	char *path;

	return asprintf(&path, "%s/%s", f->o.dirs[face->dir], face->name) == -1 ? NULL : path;
}

/* Reads the file. When it cannot be read, damage says why, and the bytes are none. */
static void
read_face(const struct oqs_faces *f, const struct face *face, struct buf *out, struct why *damage)
{
	char *path = path_of(f, face);

	if (path == NULL)
		why_set(damage, ERR_OUT_OF_MEMORY, NULL, "%s", face->name);
	else if (file_read(path, FACE_FILE_MAX, out, NULL) == -1)
		why_set(damage, ERR_FILE_UNREADABLE, NULL, "%s", face->name);
	free(path);
}

/* Have two readings far enough apart been the same? Notes this one. 1 or 0. */
static int
is_settled(struct face *face, const struct buf *bytes)
{
	uint64_t content = hash_bytes(bytes->data == NULL ? "" : bytes->data, bytes->len);
	int64_t now = clock_tick();

	if (face->read_at == 0 || content != face->content) {
		face->content = content;
		face->read_at = now;
		return 0;
	}
	return now - face->read_at >= FACE_SETTLE;
}

static int
keep_record(void *arg, const json_t *record)
{
	json_t **kept = arg;

	*kept = json_deep_copy(record);
	return *kept == NULL ? -1 : 0;
}

/* The record of the bytes, or NULL with why. */
static json_t *
decode_face(
    const struct oqs_faces *f, const struct face *face, const struct buf *bytes, struct why *why)
{
	struct oqs_survey found = { 0 };
	struct oqs_input in;
	json_t *record = NULL;
	struct oqs_decoding d = {
		.judge = f->o.judge, .found = &found, .each = keep_record, .arg = &record
	};

	if (d.judge.at == 0)
		d.judge.at = clock_now();
	if (oqs_input_memory(&in, bytes->data == NULL ? "" : bytes->data, bytes->len, face->name,
		ENCODING_UNKNOWN) == -1)
		*why = in.why;
	else
		oqs_decode(oqs_message_find(face->name), &in, &d, why);
	oqs_input_close(&in);
	oqs_survey_free(&found);
	return record;
}

/* A record that only says what is wrong with a file. */
static json_t *
broken(const struct oqs_faces *f, const struct why *why)
{
	struct buf error;
	json_t *record = json_object(), *oqs = oqs_object_in(record, RECORD_OQS);

	buf_init(&error, 8192);
	why_json(&error, why, f->o.judge.tool);
	json_object_set_new(oqs, OQS_TYPE, json_string("OQSsiquc01res"));
	json_object_set_new(record, RECORD_ERROR,
	    json_loadb(error.data == NULL ? "" : error.data, error.len, 0, NULL));
	buf_free(&error);
	return record;
}

static const char *
text_in(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* Is it ours? Otherwise the record is replaced by one that says whose it is. */
static json_t *
refuse_foreign(const struct oqs_faces *f, const struct face *face, json_t *record)
{
	const char *code = text_in(json_object_get(record, RECORD_OQS), OQS_INSTITUTION_CODE);
	struct why why;
	json_t *refused;

	if (f->o.facility == NULL || (code != NULL && strcmp(code, f->o.facility) == 0))
		return record;
	why_set(&why, ERR_FOREIGN_INSTITUTION, "/" RECORD_OQS "/" OQS_INSTITUTION_CODE, "%s",
	    face->name);
	refused = broken(f, &why);
	if (code != NULL)
		json_object_set_new(
		    json_object_get(refused, RECORD_OQS), OQS_INSTITUTION_CODE, json_string(code));
	json_decref(record);
	return refused;
}

/* What a card was read for: `card`, and the clinic's own key where the centre sent just one. */
static void
complete(json_t *record)
{
	const json_t *e = json_object_get(record, OBJECT_ELIGIBILITY);
	const json_t *numbers = json_object_get(e, ELIGIBILITY_REFERENCE_NUMBERS);
	const char *source = text_in(e, ELIGIBILITY_SOURCE);
	json_t *card, *at = json_object_get(e, ELIGIBILITY_ANSWERED_AT);

	if (json_array_size(numbers) == 1)
		json_object_set(record, RECORD_ID, json_array_get(numbers, 0));
	if (source == NULL || strcmp(source, ELIGIBILITY_SOURCE_CARD) != 0)
		return;
	card = oqs_object_in(record, OBJECT_CARD);
	json_object_set_new(card, CARD_METHOD, json_string(CARD_METHOD_FACE_READER));
	json_object_set_new(card, CARD_ASSURANCE, json_string(CARD_ASSURANCE_TERMINAL));
	if (at != NULL)
		json_object_set(card, CARD_READ_AT, at);
}

static int
is_wanted(const struct oqs_faces *f, const json_t *record)
{
	const json_t *e = json_object_get(record, OBJECT_ELIGIBILITY);
	json_t *number;
	size_t i;

	if (f->o.reference == NULL)
		return 1;
	json_array_foreach (json_object_get(e, ELIGIBILITY_REFERENCE_NUMBERS), i, number) {
		if (strcmp(json_string_value(number), f->o.reference) == 0)
			return 1;
	}
	return 0;
}

/*
 * Looks at one file. 1 with a record, 0 not now, -1 with why.
 */
static int
try_face(struct oqs_faces *f, struct face *face, json_t **record, struct why *why)
{
	struct why damage = { .id = ERR_NONE };
	struct buf bytes;
	int seen, r = 0;

	buf_init(&bytes, FACE_FILE_MAX);
	read_face(f, face, &bytes, &damage);
	if (!is_settled(face, &bytes))
		goto out;
	seen = oqs_seen_has(f->seen, face->name, face->content, why);
	if (seen == -1 || (seen == 1 && (f->o.since == 0 || face->time < f->o.since))) {
		face->done = seen;
		r = seen == -1 ? -1 : 0;
		goto out;
	}
	if (damage.id == ERR_NONE)
		*record = decode_face(f, face, &bytes, &damage);
	if (*record == NULL) { /* still being written, perhaps, or held by another program */
		if (clock_tick() - face->read_at < FACE_PATIENCE)
			goto out;
		*record = broken(f, &damage);
	} else {
		*record = refuse_foreign(f, face, *record);
	}
	if (!is_wanted(f, *record)) {
		json_decref(*record);
		*record = NULL;
		face->done = 1;
		goto out;
	}
	complete(*record);
	f->out = face;
	r = 1;
out:
	buf_free(&bytes);
	return r;
}

int
oqs_faces_next(struct oqs_faces *f, json_t **record, struct why *why)
{
	*record = NULL;
	if (scan(f, why) == -1)
		return -1;
	for (struct face *face = f->faces; face != NULL; face = face->next) {
		int r = face->done || face->time < f->o.since ? 0 : try_face(f, face, record, why);

		if (r != 0)
			return r;
	}
	return 0;
}

int
oqs_faces_done(struct oqs_faces *f, struct why *why)
{
	struct face *face = f->out;
	char *path;
	int r = 0;

	f->out = NULL;
	face->done = 1;
	f->last = face->time;
	if (oqs_seen_add(f->seen, face->name, face->content, clock_now(), why) == -1)
		return -1;
	if (!f->o.take || face->dir != 0)
		return 0;
	path = path_of(f, face);
	if (path == NULL || (unlink(path) == -1 && errno != ENOENT)) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", face->name, strerror(errno));
		r = -1;
	}
	free(path);
	return r;
}

int
oqs_faces_pending(const struct oqs_faces *f)
{
	for (const struct face *face = f->faces; face != NULL; face = face->next)
		if (!face->done && face->time >= f->o.since)
			return 1;
	return 0;
}

int
oqs_faces_fd(const struct oqs_faces *f)
{
	return f->inotify;
}

void
oqs_faces_drain(struct oqs_faces *f)
{
	char events[4096];

	while (f->inotify != -1 && read(f->inotify, events, sizeof events) > 0)
		;
}

int64_t
oqs_faces_last(const struct oqs_faces *f)
{
	return f->last;
}
