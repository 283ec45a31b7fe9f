#include "ask/desk.h"
#include "base/buf.h"
#include "model/desk_line.h"
#include "pipe/record.h"

#define DESK_MAX    1024
#define NOT_DERIVED (-1) /* a share is shown where the answer holds it, and not guessed */

static void
say(struct tty *desk, struct buf *line)
{
	buf_addc(line, '\n');
	if (!buf_failed(line))
		tty_say(desk, line->data);
	buf_free(line);
}

void
desk_answer(struct tty *desk, const char *text, size_t len)
{
	const struct line value = { .text = text, .len = len, .bytes = len };
	json_t *eligibility = record_parse(&value, NULL);
	struct buf line;

	buf_init(&line, DESK_MAX);
	desk_line(&line, eligibility, NOT_DERIVED);
	say(desk, &line);
	json_decref(eligibility);
}

void
desk_failure(struct tty *desk, const struct why *why)
{
	struct buf line;

	buf_init(&line, DESK_MAX);
	desk_line_failure(&line, why);
	say(desk, &line);
}
