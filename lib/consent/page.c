#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "consent/page.h"

#define TEXT_MAX 2048

/* May a line begin with this? Not with what closes. */
static int
may_begin(const char *text)
{
	static const char *const closing[] = { "。", "、", "」", "）" };

	for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
		if (strncmp(text, closing[i], strlen(closing[i])) == 0)
			return 0;
	return 1;
}

/* The end of the longest piece of text that fits: after a blank, or between wide characters. */
static size_t
piece(const char *text, size_t columns)
{
	size_t at = 0, fits = 0, used = 0;

	while (text[at] != '\0') {
		uint32_t c;
		size_t n = utf8_next(text + at, strlen(text + at), &c);
		size_t wide;

		if (n == 0)
			n = 1;
		wide = text_columns(text + at, n);
		if (used + wide > columns)
			return fits > 0 ? fits : at;
		used += wide;
		at += n;
		if ((c == ' ' || wide == 2 || text[at] == '\0') && may_begin(text + at))
			fits = at;
	}
	return at;
}

/* Paragraph after paragraph, each line indented. */
static void
wrap(struct buf *out, const char *text, size_t indent, size_t columns)
{
	while (*text != '\0') {
		size_t n = piece(text, columns - indent), shown = n;

		if (n == 0)
			break;
		while (shown > 0 && text[shown - 1] == ' ')
			shown--;
		buf_addf(out, "%*s", (int)indent, "");
		buf_add(out, text, shown);
		buf_addc(out, '\n');
		text += n;
	}
}

static void
label(struct buf *out, const struct wording *w, const char *part, const char *value, size_t columns)
{
	wrap(out, wording_name(w, part), 0, columns);
	wrap(out, value, 2, columns);
}

/* "2026-10-05 09:01" */
static void
label_time(struct buf *out, const struct wording *w, const char *part, int64_t t, size_t columns)
{
	char at[TIME_SIZE];

	time_format(t, at);
	at[10] = ' ';
	at[16] = '\0';
	label(out, w, part, at, columns);
}

static void
add_purposes(struct buf *out, const struct consent *c, const struct wording *w, size_t columns)
{
	char line[TEXT_MAX];

	for (enum purpose p = 0; p < PURPOSES; p++) {
		int given = (c->purposes.given & PURPOSE_SET(p)) != 0;

		if (!given && (c->purposes.refused & PURPOSE_SET(p)) == 0)
			continue;
		snprintf(line, sizeof line, "%s: %s", wording_name(w, purpose_rows[p].name),
		    wording_name(w, given ? "given" : "refused"));
		wrap(out, line, 2, columns);
	}
}

int
page_write(struct buf *out, const struct agreement *a, const struct wording *w, size_t columns)
{
	const struct consent *c = &a->token->consent;
	char text[TEXT_MAX];
	struct buf code;

	wrap(out, wording_name(w, "slip"), 0, columns);
	buf_addc(out, '\n');
	label(out, w, "slip-facility", c->facility, columns);
	label_time(out, w, "slip-at", c->issued, columns);
	wrap(out, wording_name(w, "intro"), 0, columns);
	add_purposes(out, c, w, columns);
	label_time(out, w, "slip-until", c->expires, columns);
	if (a->withdrawn_at != 0)
		label_time(out, w, "slip-withdrawn", a->withdrawn_at, columns);
	if (*c->operator!= '\0')
		label(out, w, "slip-oral", c->operator, columns);
	snprintf(text, sizeof text, "%s %s %s", c->text.id, c->text.version, c->text.lang);
	label(out, w, "slip-text", text, columns);
	buf_over(&code, text, sizeof text);
	code_write(&code, a->entry);
	/* In two lines on a slip: after the fourth group. */
	if (columns < code.len + 2) {
		char *cut = text + code.len - 3 * 5;

		wrap(out, wording_name(w, "slip-code"), 0, columns);
		buf_addf(out, "  %.*s\n  %s\n", (int)(cut - text), text, cut + 1);
	} else {
		label(out, w, "slip-code", text, columns);
	}
	buf_addc(out, '\n');
	wrap(out, wording_text(w, "slip"), 0, columns);
	return buf_failed(out) ? -1 : 0;
}
