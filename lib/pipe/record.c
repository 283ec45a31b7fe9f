#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit.h"
#include "base/text.h"
#include "gen/names.h"
#include "pipe/record.h"
#include "pipe/scan.h"
#include "pipe/tame.h"

/* jansson's word for what is wrong, and ours. What has no row is not JSON. */
static const struct {
	enum json_error_code code;
	enum error_id id;
} codes[] = {
	{ json_error_duplicate_key, ERR_DUPLICATE_MEMBER },
	{ json_error_stack_overflow, ERR_NESTED_TOO_DEEP },
	{ json_error_out_of_memory, ERR_OUT_OF_MEMORY },
};

static enum error_id
error_of(const json_error_t *e)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].code == json_error_code(e))
			return codes[i].id;
	return ERR_NOT_JSON;
}

/* Why jansson refused the text, without the values that it quotes. */
static void
explain(const struct line *line, const json_error_t *e, struct why *why)
{
	const char *near = strstr(e->text, " near ");
	size_t n = near == NULL ? strlen(e->text) : (size_t)(near - e->text), bad;

	if (json_error_code(e) == json_error_duplicate_key)
		n = strlen(e->text); /* it quotes a name only */
	if (!utf8_valid(line->text, line->len, &bad))
		why_set(why, ERR_NOT_UTF_8, NULL, "byte %zu", bad + 1);
	else if (e->position > 0)
		why_set(why, error_of(e), NULL, "byte %d: %.*s", e->position, (int)n, e->text);
	else
		why_set(why, error_of(e), NULL, "%.*s", (int)n, e->text);
}

/* Is the text only refused for what foreign data may hold and jansson's tree can not? */
static int
untamed(const json_error_t *e)
{
	switch (json_error_code(e)) {
	case json_error_numeric_overflow:
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return 1;
	default:
		return 0;
	}
}

/* An error as jansson would make it. */
static void
set_error(json_error_t *e, enum json_error_code code, const char *text)
{
	snprintf(e->text, sizeof e->text, "%s", text);
	e->text[sizeof e->text - 1] = (char)code;
}

/*
 * A failure has no position: it would be one in the tamed text. "1e309" becomes 22 characters,
 * and nothing grows more.
 */
static json_t *
load_tamed(const struct line *line, size_t flags, json_error_t *e)
{
	struct buf tamed;
	json_t *json = NULL;

	buf_init(&tamed, 5 * line->len);
	if (tame(&tamed, line->text, line->len) == 0) {
		json = json_loadb(tamed.data, tamed.len, flags | JSON_ALLOW_NUL, e);
	} else {
		set_error(e, json_error_out_of_memory, "no memory");
	}
	e->position = 0;
	buf_free(&tamed);
	return json;
}

/* Any JSON value, or NULL with *e. */
static json_t *
load(const struct line *line, json_error_t *e)
{
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
	const char *nul = memchr(line->text, '\0', line->len);
	json_t *json;

	if (nul != NULL) { /* jansson overlooks one that follows a number or a word */
		set_error(e, json_error_invalid_syntax, "a NUL");
		e->position = (int)(nul - line->text) + 1;
		return NULL;
	}
	json = json_loadb(line->text, line->len, flags, e);
	return json == NULL && untamed(e) ? load_tamed(line, flags, e) : json;
}

json_t *
record_parse(const struct line *line, struct why *why)
{
	const char *end = line->text + line->len;
	json_error_t e;
	json_t *json;

	if (line->over) {
		why_set(why, ERR_LINE_TOO_LONG, NULL, "%llu bytes, at most %zu (--max-line)",
		    (unsigned long long)line->bytes, line->len);
		return NULL;
	}
	if (scan_blank(line->text, end) == end) {
		why_set(why, ERR_BLANK_LINE, NULL, NULL);
		return NULL;
	}
	json = load(line, &e);
	if (json == NULL) {
		explain(line, &e, why);
	} else if (!json_is_object(json)) {
		why_set(why, ERR_NOT_AN_OBJECT, NULL, NULL);
		json_decref(json);
		json = NULL;
	}
	return json;
}

const char *
record_text(const json_t *object, const char *name)
{
	const json_t *text = json_object_get(object, name);
	const char *s = json_string_value(text);

	return s != NULL && strlen(s) == json_string_length(text) ? s : NULL;
}

int
record_holds(const json_t *array, const char *text)
{
	json_t *item;
	size_t i;

	json_array_foreach (array, i, item) {
		const char *word = json_string_value(item);

		if (word != NULL && strcmp(word, text) == 0)
			return 1;
	}
	return 0;
}

int
record_stopped(const json_t *record, const char *tool, int retry_unknown)
{
	const json_t *error = json_object_get(record, RECORD_ERROR);
	const char *by, *retry;

	if (error == NULL || json_is_null(error))
		return 0;
	by = record_text(error, ERROR_TOOL);
	retry = record_text(error, ERROR_RETRY);
	return !retry_unknown || by == NULL || strcmp(by, tool) != 0 || retry == NULL ||
	       strcmp(retry, ERROR_RETRY_NEVER) == 0;
}

static void *
strict(size_t n)
{
	void *p = malloc(n);

	if (p == NULL)
		err(EXIT_LOCAL, NULL);
	return p;
}

void
record_memory_strict(void)
{
	json_set_alloc_funcs(strict, free);
}
