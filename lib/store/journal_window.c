/* Windows of questions and their answers: put in, sent, answered, found again. */
#include <stdio.h>
#include <string.h>

#include "store/journal_private.h"

void
windows_init(struct journal *j)
{
	buf_init(&j->filling.questions, JOURNAL_WINDOW * sizeof(struct journal_record));
	buf_init(&j->filling.names, JOURNAL_WINDOW * (JOURNAL_NAME_SIZE - 1));
	buf_init(&j->loaded.questions, j->filling.questions.max);
	buf_init(&j->loaded.names, j->filling.names.max);
	buf_init(&j->loaded.lines, LINES_MAX);
	buf_init(&j->packed, LINES_MAX);
}

void
windows_free(struct journal *j)
{
	struct buf *const all[] = { &j->filling.questions, &j->filling.names, &j->loaded.questions,
		&j->loaded.names, &j->loaded.lines, &j->packed };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_free(all[i]);
}

static const struct journal_record *
record_at(const struct buf *questions, size_t i)
{
	return (const struct journal_record *)(const void *)questions->data + i;
}

int64_t
journal_add(struct journal *j, const struct journal_question *q, struct why *why)
{
	struct journal_filling *f = &j->filling;
	struct journal_record r;
	char name[JOURNAL_NAME_SIZE] = "";
	int64_t day = date_days(q->day);

	memcpy(r.ask, q->ask, sizeof r.ask);
	memcpy(r.key, q->key, sizeof r.key);
	if (q->name != NULL)
		snprintf(name, sizeof name, "%s", q->name);
	if (buf_add(&f->questions, &r, sizeof r) == -1 ||
	    (q->name != NULL && buf_add(&f->names, name, sizeof name - 1) == -1)) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a window of questions");
		return -1;
	}
	if (f->n == 0 || day > f->last_day)
		f->last_day = day;
	index_put(&j->index, q->key, (uint64_t)f->window << 8 | f->n++);
	return f->window;
}

static int
insert_window(struct journal *j, const char *route, int64_t now, struct why *why)
{
	sqlite3_stmt *stmt = j->stmts[JOURNAL_ADD_WINDOW];
	const struct journal_filling *f = &j->filling;

	sqlite3_bind_int64(stmt, 1, f->window);
	sqlite3_bind_int64(stmt, 2, j->run);
	sqlite3_bind_int64(stmt, 3, now);
	sqlite3_bind_text(stmt, 4, route, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 5, f->last_day);
	sqlite3_bind_blob(stmt, 6, f->questions.data, (int)f->questions.len, SQLITE_STATIC);
	sqlite3_bind_blob(stmt, 7, f->names.data, (int)f->names.len, SQLITE_STATIC);
	return db_done(stmt, why);
}

int
journal_seal(struct journal *j, const char *route, int64_t now, struct why *why)
{
	struct journal_filling *f = &j->filling;

	if (f->n == 0)
		return 0;
	if (journal_begin(j, why) == -1 || insert_window(j, route, now, why) == -1 ||
	    index_flush(j, f->window, why) == -1)
		return -1;
	f->window++;
	f->n = 0;
	buf_reset(&f->questions);
	buf_reset(&f->names);
	return 0;
}

/* A number in ten digits. */
static void
put_number(char *out, size_t value)
{
	for (size_t i = 10; i > 0; i--, value /= 10)
		out[i - 1] = (char)('0' + value % 10);
}

/* 1: the lines are packed, or 0. */
static int
bind_lines(struct journal *j, sqlite3_stmt *stmt, const char *lines, size_t len)
{
	const struct buf *packed = &j->packed;

	if (!lines_pack(lines, len, &j->packed)) {
		sqlite3_bind_blob(stmt, 4, len == 0 ? "" : lines, (int)len, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 5, 0);
		sqlite3_bind_null(stmt, 6);
		return 0;
	}
	sqlite3_bind_blob(stmt, 4, packed->data, (int)packed->len, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 5, (int64_t)len);
	sqlite3_bind_int64(stmt, 6, (int64_t)lines_sum(packed->data, packed->len));
	return 1;
}

/* Is every question answered by a line, in their order, with nothing between? 1 or 0. */
static int
in_order(const struct journal_span *spans, size_t n, const char *lines, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		if (spans[i].at != at || spans[i].len == 0 || spans[i].len >= len - at ||
		    lines[at + spans[i].len] != '\n')
			return 0;
		at += spans[i].len + 1;
	}
	return at == len;
}

int
journal_answered(struct journal *j, int64_t window, int64_t now, const char *lines, size_t len,
    const struct journal_span *spans, size_t n, struct why *why)
{
	sqlite3_stmt *stmt = j->stmts[JOURNAL_ADD_ANSWER];
	char text[JOURNAL_WINDOW * SPAN_SIZE];

	if (j->loaded.window == window)
		j->loaded.window = 0;
	if (journal_begin(j, why) == -1)
		return -1;
	sqlite3_bind_int64(stmt, 1, window);
	sqlite3_bind_int64(stmt, 2, now);
	if (bind_lines(j, stmt, lines, len) && in_order(spans, n, lines, len))
		n = 0;
	for (size_t i = 0; i < n; i++) {
		put_number(text + i * SPAN_SIZE, spans[i].at);
		put_number(text + i * SPAN_SIZE + SPAN_SIZE / 2, spans[i].len);
	}
	sqlite3_bind_text(stmt, 3, text, (int)(n * SPAN_SIZE), SQLITE_STATIC);
	return db_done(stmt, why);
}

/* 1 and the number, or 0 if these are not ten digits. */
static int
get_number(const char *digits, size_t *value)
{
	*value = 0;
	for (size_t i = 0; i < SPAN_SIZE / 2; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return 0;
		*value = *value * 10 + (size_t)(digits[i] - '0');
	}
	return 1;
}

static int
damaged(int64_t window, struct why *why)
{
	why_set(why, ERR_JOURNAL_DAMAGED, NULL, "window %lld", (long long)window);
	return -1;
}

static int
copy_blob(struct buf *to, sqlite3_stmt *stmt, int column)
{
	buf_reset(to);
	return buf_add(
	    to, sqlite3_column_blob(stmt, column), (size_t)sqlite3_column_bytes(stmt, column));
}

/* The lines of an answer's row, packed or not. 0, or -1. */
static int
copy_lines(struct buf *to, sqlite3_stmt *stmt)
{
	int has_size = sqlite3_data_count(stmt) > ANSWER_SIZE;
	int64_t size = has_size ? sqlite3_column_int64(stmt, ANSWER_SIZE) : 0;
	const void *packed = sqlite3_column_blob(stmt, ANSWER_LINES);
	size_t n = (size_t)sqlite3_column_bytes(stmt, ANSWER_LINES);

	if (size == 0)
		return copy_blob(to, stmt, ANSWER_LINES);
	if ((uint64_t)sqlite3_column_int64(stmt, ANSWER_SUM) != lines_sum(packed, n))
		return -1;
	return lines_unpack(packed, n, size, to);
}

/* The spans of lines one a question. 1 if there are as many, or 0. */
static int
split_lines(struct journal_loaded *l)
{
	size_t at = 0;

	for (size_t i = 0; i < l->n; i++) {
		const char *line, *end;

		if (at == l->lines.len)
			return 0;
		line = l->lines.data + at;
		if ((end = memchr(line, '\n', l->lines.len - at)) == NULL)
			return 0;
		l->spans[i] = (struct journal_span){ at, (size_t)(end - line) };
		at += l->spans[i].len + 1;
	}
	return at == l->lines.len;
}

/* 1, or 0 if they are not n spans of these lines. */
static int
read_spans(struct journal_loaded *l, const char *text, size_t len)
{
	if (len != l->n * SPAN_SIZE)
		return 0;
	for (size_t i = 0; i < l->n; i++, text += SPAN_SIZE) {
		struct journal_span *span = &l->spans[i];

		if (!get_number(text, &span->at) || !get_number(text + SPAN_SIZE / 2, &span->len) ||
		    span->at > l->lines.len || span->len > l->lines.len - span->at)
			return 0;
	}
	return 1;
}

int
window_spans(struct journal_loaded *l, const char *text, size_t len)
{
	return len == 0 ? split_lines(l) : read_spans(l, text, len);
}

/* Lines and spans of an answer's row. 1, or 0: they are damaged. */
static int
copy_answers(struct journal_loaded *l, sqlite3_stmt *stmt)
{
	return copy_lines(&l->lines, stmt) == 0 &&
	       window_spans(l, sqlite3_column_blob(stmt, ANSWER_SPANS),
		   (size_t)sqlite3_column_bytes(stmt, ANSWER_SPANS));
}

/* Steps a bound statement: 1 a row, 0 none, -1 with why. */
static int
step_row(struct journal *j, sqlite3_stmt *stmt, struct why *why)
{
	int step = sqlite3_step(stmt);

	if (step == SQLITE_ROW)
		return 1;
	return step == SQLITE_DONE ? 0 : db_failed(j->db, why);
}

/* A question's row. 1, or 0: it is damaged. */
static int
copy_questions(struct journal_loaded *l, sqlite3_stmt *stmt)
{
	l->run = sqlite3_column_int64(stmt, 0);
	l->sent_at = sqlite3_column_int64(stmt, 1);
	if (copy_blob(&l->questions, stmt, 2) == -1 || copy_blob(&l->names, stmt, 3) == -1)
		return 0;
	l->n = l->questions.len / sizeof(struct journal_record);
	return l->n > 0 && l->n <= JOURNAL_WINDOW &&
	       l->questions.len == l->n * sizeof(struct journal_record) &&
	       (l->names.len == 0 || l->names.len == l->n * (JOURNAL_NAME_SIZE - 1));
}

int
window_load(struct journal *j, int64_t window, struct why *why)
{
	sqlite3_stmt *asked = j->stmts[JOURNAL_GET_WINDOW],
		     *answered = j->stmts[JOURNAL_GET_ANSWER];
	struct journal_loaded *l = &j->loaded;
	int r;

	if (l->window == window)
		return 1;
	l->window = 0;
	sqlite3_bind_int64(asked, 1, window);
	sqlite3_bind_int64(answered, 1, window);
	if ((r = step_row(j, asked, why)) == 1) {
		int whole = copy_questions(l, asked);

		l->answered = step_row(j, answered, why);
		l->answered_at = l->answered == 1 ? sqlite3_column_int64(answered, ANSWER_AT) : 0;
		if (l->answered == -1)
			r = -1;
		else if (!whole || (l->answered && !copy_answers(l, answered)))
			r = damaged(window, why);
		else
			l->window = window;
	}
	sqlite3_reset(asked);
	sqlite3_reset(answered);
	return r;
}

void
window_answer(const struct journal_loaded *l, size_t i, struct journal_found *found)
{
	const struct journal_span *span = &l->spans[i];

	found->state = !l->answered	? JOURNAL_SENT
		       : span->len == 0 ? JOURNAL_GIVEN_UP
					: JOURNAL_ANSWERED;
	if (found->state != JOURNAL_ANSWERED)
		return;
	found->answer = l->lines.data + span->at;
	found->len = span->len;
}

/*
 * Is it of use, and has this run met it? 1, or 0 if its answer is over, and not to be taken once
 * more.
 */
static int
meet(struct journal *j, struct journal_found *found)
{
	struct journal_past *p;

	found->ours = found->again = found->window >= j->end;
	if (found->ours)
		return 1;
	p = &j->past[found->window - j->first];
	found->over = found->state == JOURNAL_ANSWERED && bit(p->over, found->at);
	if (found->over && (j->reuse == 0 || j->loaded.answered_at < j->reuse))
		return 0;
	found->again = found->over || bit(p->met, found->at);
	p->met[found->at / 8] |= (unsigned char)(1 << found->at % 8);
	return 1;
}

/* The texts of a record, and of its name, as they are given out. */
static void
copy_texts(const struct buf *questions, const struct buf *names, struct journal_found *found)
{
	memcpy(found->ask, record_at(questions, found->at)->ask, ASK_SIZE - 1);
	found->ask[ASK_SIZE - 1] = found->name[0] = '\0';
	if (names->len > 0)
		snprintf(found->name, sizeof found->name, "%.*s", JOURNAL_NAME_SIZE - 1,
		    names->data + found->at * (JOURNAL_NAME_SIZE - 1));
}

struct search {
	const unsigned char *key;
	struct journal_found *found;
};

#define OF_NO_USE 2

/* For index_find(): 1 this is it, OF_NO_USE, 0 another one, -1 with why. */
static int
is_question(struct journal *j, uint64_t place, void *arg, struct why *why)
{
	const struct search *s = arg;
	struct journal_found *found = s->found;
	const struct buf *questions = &j->filling.questions, *names = &j->filling.names;
	int r;

	*found = (struct journal_found){ .window = place_window(place), .at = place & 255 };
	if (found->window != j->filling.window) {
		if (found->window < j->first || (r = window_load(j, found->window, why)) == 0)
			return 0;
		if (r == -1)
			return -1;
		questions = &j->loaded.questions;
		names = &j->loaded.names;
	}
	if (found->at >= questions->len / sizeof(struct journal_record) ||
	    memcmp(record_at(questions, found->at)->key, s->key, JOURNAL_KEY_SIZE) != 0)
		return 0;
	copy_texts(questions, names, found);
	if (found->window != j->filling.window) {
		found->sent_at = j->loaded.sent_at;
		window_answer(&j->loaded, found->at, found);
	}
	return meet(j, found) ? 1 : OF_NO_USE;
}

void
journal_expect(const struct journal *j, const unsigned char key[static JOURNAL_KEY_SIZE])
{
	index_expect(&j->index, key);
}

int
journal_find(struct journal *j, const unsigned char key[static JOURNAL_KEY_SIZE],
    struct journal_found *found, struct why *why)
{
	struct search s = { key, found };
	int r = index_find(j, key, is_question, &s, why);

	return r == OF_NO_USE ? 0 : r;
}

int
journal_recall(
    struct journal *j, int64_t window, size_t at, struct journal_found *found, struct why *why)
{
	int r = window_load(j, window, why);

	if (r == -1)
		return -1;
	*found = (struct journal_found){ .window = window, .at = at };
	if (r == 0 || at >= j->loaded.questions.len / sizeof(struct journal_record))
		return damaged(window, why);
	window_answer(&j->loaded, at, found);
	return found->state == JOURNAL_ANSWERED ? 0 : damaged(window, why);
}
