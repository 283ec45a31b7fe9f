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

/* The number that n digits make. */
static int
number(const char *s, size_t n)
{
	int v = 0;

	for (; n > 0; n--)
		v = v * 10 + (*s++ - '0');
	return v;
}

static int
is_day(const char *s)
{
	return date_exists((struct date){ number(s, 4), number(s + 4, 2), number(s + 6, 2) });
}

/* Puts the digits where the form has a 0; everything else stays as in the form. */
static json_t *
spread(const char *s, const char *form)
{
	char text[TIME_SIZE];
	size_t n = 0;

	for (; form[n] != '\0'; n++)
		text[n] = form[n] == '0' ? *s++ : form[n];
	return json_stringn_nocheck(text, n);
}

#define DATE_FORM  "0000-00-00"
#define MONTH_FORM "0000-00"
#define TIME_FORM  "0000-00-00T00:00:00"
#define ZONE	   "+09:00"

static json_t *
read_date(const char *s)
{
	return digits(s, 8) && is_day(s) ? spread(s, DATE_FORM) : NULL;
}

static json_t *
read_month(const char *s)
{
	if (!digits(s, 6) || number(s, 4) == 0 || number(s + 4, 2) == 0 || number(s + 4, 2) > 12)
		return NULL;
	return spread(s, MONTH_FORM);
}

/* A leap second would come back as another time: it has not the form. */
static json_t *
read_time(const char *s)
{
	char text[TIME_SIZE] = TIME_FORM ZONE;

	if (!digits(s, 14) || !is_day(s) || number(s + 8, 2) > 23 || number(s + 10, 2) > 59 ||
	    number(s + 12, 2) > 59)
		return NULL;
	for (char *c = text; *s != '\0'; c++)
		if (*c == '0')
			*c = *s++;
	return json_string_nocheck(text);
}

static json_t *
read_integer(const char *s)
{
	size_t n = strspn(s, "0123456789");
	json_int_t v = 0;

	if (n == 0 || n > INTEGER_DIGITS || s[n] != '\0' || (s[0] == '0' && n > 1))
		return NULL;
	for (; *s != '\0'; s++)
		v = v * 10 + (*s - '0');
	return json_integer(v);
}

static json_t *
read_percent(const char *s)
{
	return digits(s, 3) ? json_integer(number(s, 3)) : NULL;
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
			return json_string_nocheck(words->word);
	return NULL;
}

static json_t *
read_padded(const char *s)
{
	size_t blanks = strlen(PADDING);

	if (strncmp(s, PADDING, blanks) == 0 && digits(s + blanks, SHORT_INSURER))
		s += blanks;
	return json_string_nocheck(s); /* the input is UTF-8: it was checked */
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
		return json_string_nocheck(text);
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
	char local[TIME_SIZE];
	size_t n = s == NULL ? 0 : strlen(s), zone = strlen(ZONE);

	if (n != TIME_SIZE - 1 || strcmp(s + n - zone, ZONE) != 0)
		return 0;
	snprintf(local, sizeof local, "%.*s", (int)(n - zone), s);
	return write_digits(local, TIME_FORM, out);
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
		return write_digits(s, DATE_FORM, out);
	case OQS_TIME:
	case OQS_UNTIL:
		return write_time(s, out);
	case OQS_MONTH:
		return write_digits(s, MONTH_FORM, out);
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
