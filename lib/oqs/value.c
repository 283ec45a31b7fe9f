#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "oqs/value.h"

#define INTEGER_DIGITS 15
#define PADDING	       "  "
#define SHORT_INSURER  6 /* digits of National Health Insurance */

/* n digits and nothing else? */
static int
digits(const char *s, size_t n)
{
	return strlen(s) == n && strspn(s, "0123456789") == n;
}

static int
date_of(const char *s, struct date *d)
{
	char text[DATE_SIZE];

	snprintf(text, sizeof text, "%.4s-%.2s-%.2s", s, s + 4, s + 6);
	return date_parse(text, d);
}

static json_t *
read_date(const char *s)
{
	struct date d;

	if (!digits(s, 8) || !date_of(s, &d))
		return NULL;
	return json_sprintf("%.4s-%.2s-%.2s", s, s + 4, s + 6);
}

static json_t *
read_month(const char *s)
{
	struct date d;
	char day[9];

	if (!digits(s, 6))
		return NULL;
	snprintf(day, sizeof day, "%s01", s);
	return date_of(day, &d) ? json_sprintf("%.4s-%.2s", s, s + 4) : NULL;
}

static json_t *
read_time(const char *s)
{
	struct date d;
	int64_t t;
	char text[TIME_SIZE];

	if (!digits(s, 14) || !date_of(s, &d))
		return NULL;
	snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s+09:00", s, s + 4, s + 6, s + 8,
	    s + 10, s + 12);
	/* a leap second would come back as another time */
	return strcmp(s + 12, "60") < 0 && time_parse(text, &t) ? json_string(text) : NULL;
}

static json_t *
read_integer(const char *s)
{
	size_t n = strspn(s, "0123456789");
	int64_t v;

	if (n == 0 || n > INTEGER_DIGITS || s[n] != '\0' || (s[0] == '0' && n > 1))
		return NULL;
	return sscanf(s, "%" SCNd64, &v) == 1 ? json_integer(v) : NULL;
}

static json_t *
read_percent(const char *s)
{
	int v;

	return digits(s, 3) && sscanf(s, "%d", &v) == 1 ? json_integer(v) : NULL;
}

/* One of two digits, for false and true. */
static json_t *
read_either(const char *s, char no, char yes)
{
	if (strlen(s) != 1 || (s[0] != no && s[0] != yes))
		return NULL;
	return json_boolean(s[0] == yes);
}

static json_t *
read_word(const struct word_row *words, const char *s)
{
	for (; words->word != NULL; words++)
		if (words->code != NULL && strcmp(words->code, s) == 0)
			return json_string(words->word);
	return NULL;
}

static json_t *
read_padded(const char *s)
{
	size_t blanks = strlen(PADDING);

	if (strncmp(s, PADDING, blanks) == 0 && digits(s + blanks, SHORT_INSURER))
		s += blanks;
	return json_string(s);
}

int
oqs_value_unpadded(const struct oqs_row *row, const char *text)
{
	return row->type == OQS_PADDED && digits(text, SHORT_INSURER);
}

json_t *
oqs_value_read(const struct oqs_row *row, const char *text)
{
	switch (row->type) {
	case OQS_TEXT:
	case OQS_CODE:
		return json_string(text);
	case OQS_PADDED:
		return read_padded(text);
	case OQS_WORD:
	case OQS_GRANT:
		return read_word(row->words, text);
	case OQS_DATE:
		return read_date(text);
	case OQS_TIME:
	case OQS_UNTIL:
		return read_time(text);
	case OQS_MONTH:
		return read_month(text);
	case OQS_INTEGER:
		return read_integer(text);
	case OQS_PERCENT:
		return read_percent(text);
	case OQS_FLAG:
		return read_either(text, '0', '1');
	case OQS_OWN:
		return read_either(text, '2', '1');
	case OQS_BLOCK:
	case OQS_UNIT:
		break;
	}
	return NULL;
}

static int
write_word(const struct word_row *words, const char *s, struct buf *out)
{
	for (; s != NULL && words->word != NULL; words++)
		if (strcmp(words->word, s) ==
		    0) /* a word of ours has no code: nothing is written */
			return words->code == NULL || buf_adds(out, words->code) == 0;
	return 0;
}

/* The digits of a date, month or time, if it is written as ours are. */
static int
write_digits(const char *s, const char *form, struct buf *out)
{
	char text[TIME_SIZE];
	size_t n = 0;

	if (s == NULL || strlen(s) != strlen(form))
		return 0;
	for (; *form != '\0'; form++, s++) {
		if (*form != '0' ? *s != *form : *s < '0' || *s > '9')
			return 0;
		if (*form == '0')
			text[n++] = *s;
	}
	return buf_add(out, text, n) == 0;
}

static int
write_time(const char *s, struct buf *out)
{
	static const char zone[] = "+09:00";
	char local[TIME_SIZE];
	size_t n;

	if (s == NULL || (n = strlen(s)) != TIME_SIZE - 1 || strcmp(s + n - 6, zone) != 0)
		return 0;
	snprintf(local, sizeof local, "%.*s", (int)(n - 6), s);
	return write_digits(local, "0000-00-00T00:00:00", out);
}

static int
write_integer(const json_t *v, int width, int64_t most, struct buf *out)
{
	if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > most)
		return 0;
	return buf_addf(out, "%0*" JSON_INTEGER_FORMAT, width, json_integer_value(v)) == 0;
}

static int
write_either(const json_t *v, char no, char yes, struct buf *out)
{
	return json_is_boolean(v) && buf_addc(out, json_is_true(v) ? yes : no) == 0;
}

int
oqs_value_write(const struct oqs_row *row, const json_t *v, struct buf *out)
{
	const char *s = json_string_value(v);

	switch (row->type) {
	case OQS_PADDED:
		if (s != NULL && oqs_value_unpadded(row, s))
			buf_adds(out, PADDING);
		return s != NULL && buf_add(out, s, json_string_length(v)) == 0;
	case OQS_TEXT:
	case OQS_CODE:
		return s != NULL && buf_add(out, s, json_string_length(v)) == 0;
	case OQS_WORD:
	case OQS_GRANT:
		return write_word(row->words, s, out);
	case OQS_DATE:
		return write_digits(s, "0000-00-00", out);
	case OQS_TIME:
	case OQS_UNTIL:
		return write_time(s, out);
	case OQS_MONTH:
		return write_digits(s, "0000-00", out);
	case OQS_INTEGER:
		return write_integer(v, 1, 999999999999999, out);
	case OQS_PERCENT:
		return write_integer(v, 3, 999, out);
	case OQS_FLAG:
		return write_either(v, '0', '1', out);
	case OQS_OWN:
		return write_either(v, '2', '1', out);
	case OQS_BLOCK:
	case OQS_UNIT:
		break;
	}
	return 0;
}

int
oqs_code_known(const struct oqs_row *row, const char *text)
{
	char framed[16];
	int n;

	if (row->codes == NULL)
		return 1;
	n = snprintf(framed, sizeof framed, " %s ", text);
	return n > 2 && (size_t)n < sizeof framed && strchr(text, ' ') == NULL &&
	       strstr(row->codes, framed) != NULL;
}
