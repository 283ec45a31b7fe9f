#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "gen/names.h"

/*
 * Copies at most n - 1 bytes and does not end inside a character of UTF-8.
 */
static void
copy_text(char *to, size_t n, const char *from)
{
	size_t len = from == NULL ? 0 : strlen(from);

	if (len >= n)
		for (len = n - 1; len > 0 && ((unsigned char)from[len] & 0xc0) == 0x80;)
			len--;
	if (len > 0)
		memcpy(to, from, len);
	to[len] = '\0';
}

void
why_set(struct why *why, enum error_id id, const char *pointer, const char *fmt, ...)
{
	char detail[2 * sizeof why->detail];
	va_list ap;

	if (why == NULL)
		return;
	*why = (struct why){ .id = id };
	copy_text(why->pointer, sizeof why->pointer, pointer);
	if (fmt == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(detail, sizeof detail, fmt, ap);
	va_end(ap);
	copy_text(why->detail, sizeof why->detail, detail);
}

void
why_upstream(struct why *why, const char *code, const char *message)
{
	if (why == NULL)
		return;
	copy_text(why->upstream_code, sizeof why->upstream_code, code);
	copy_text(why->upstream_message, sizeof why->upstream_message, message);
}

const char *
why_code(const struct why *why)
{
	return error_rows[why->id].code;
}

const char *
why_sentence(const struct why *why, int japanese)
{
	for (const struct next_row *row = next_rows; row->word != NULL; row++)
		if (strcmp(row->word, error_rows[why->id].next) == 0)
			return japanese ? row->ja : row->en;
	return "";
}

enum error_id
error_find(const char *code)
{
	for (int id = ERR_NONE + 1; code != NULL && id < ERR_END; id++)
		if (strcmp(error_rows[id].code, code) == 0)
			return (enum error_id)id;
	return ERR_NONE;
}

static void
add_member(struct buf *out, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	buf_addf(out, ",\"%s\":", name);
	buf_addjson(out, text, strlen(text));
}

int
why_json(struct buf *out, const struct why *why, const char *tool)
{
	const struct error_row *row = &error_rows[why->id];

	buf_adds(out, "{\"" ERROR_TOOL "\":");
	buf_addjson(out, tool, strlen(tool));
	add_member(out, ERROR_CODE, row->code);
	add_member(out, ERROR_TITLE, row->title);
	add_member(out, ERROR_DETAIL, why->detail);
	add_member(out, ERROR_POINTER, why->pointer);
	add_member(out, ERROR_ACTOR, row->actor);
	add_member(out, ERROR_NEXT, row->next);
	add_member(out, ERROR_RETRY, row->retry);
	if (why->upstream_code[0] != '\0' || why->upstream_message[0] != '\0') {
		buf_adds(out, ",\"" ERROR_UPSTREAM "\":{\"code\":");
		buf_addjson(out, why->upstream_code, strlen(why->upstream_code));
		add_member(out, "message", why->upstream_message);
		buf_addc(out, '}');
	}
	buf_addc(out, '}');
	return buf_failed(out) ? -1 : 0;
}

void
why_print(const struct why *why, const char *tool)
{
	fprintf(stderr, "%s: %s", tool, error_rows[why->id].title);
	if (why->detail[0] != '\0')
		fprintf(stderr, ": %s", why->detail);
	fprintf(stderr, "\n%s: %s\n", tool, why_sentence(why, 0));
}
