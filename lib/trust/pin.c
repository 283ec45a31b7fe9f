#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "trust/pin.h"

#define GROUPS	    12
#define GROUP	    5
#define HASH_GROUPS 8  /* of 16 bits */
#define CODE_HEX    24 /* 96 bits */
#define CODE_MAX    64

/* The digits of text without the blanks between; their number, or -1: something else stands there. */
static int
digits(const char *text, size_t len, char out[static GROUPS * GROUP + 1])
{
	int n = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == ' ' || text[i] == '\t')
			continue;
		if (text[i] < '0' || text[i] > '9' || n == GROUPS * GROUP)
			return -1;
		out[n++] = text[i];
	}
	out[n] = '\0';
	return n;
}

/* n decimal digits. */
static int64_t
number(const char *text, int n)
{
	int64_t value = 0;

	while (n-- > 0)
		value = value * 10 + (*text++ - '0');
	return value;
}

static int
read_checkpoint(const char *all, struct pin *p)
{
	struct date day = { .year = (int)number(all, GROUP),
		.month = (int)number(all + GROUP, 3),
		.day = (int)number(all + GROUP + 3, 2) };

	if (!date_exists(day))
		return 0;
	date_format(day, p->date);
	p->of_line = 1;
	p->n = number(all + 2 * GROUP, 2 * GROUP);
	for (int i = 0; i < HASH_GROUPS; i++) {
		int64_t bits = number(all + (4 + i) * GROUP, GROUP);

		if (bits > 0xffff)
			return 0;
		snprintf(p->hash + 4 * i, 5, "%04x", (unsigned)bits);
	}
	return 1;
}

/* 42-3f9a-01bc-..., in any case and with blanks. */
static int
read_code(const char *text, size_t len, struct pin *p)
{
	char squeezed[CODE_MAX], *dash;
	size_t n = 0, hex = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == ' ')
			continue;
		if (n + 1 == sizeof squeezed)
			return 0;
		squeezed[n++] = text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] + 32) : text[i];
	}
	squeezed[n] = '\0';
	p->n = strtoll(squeezed, &dash, 10);
	if (dash == squeezed || *dash != '-' || p->n <= 0)
		return 0;
	for (const char *c = dash; *c != '\0'; c++) {
		if (*c == '-')
			continue;
		if (strchr("0123456789abcdef", *c) == NULL || hex == CODE_HEX)
			return 0;
		p->hash[hex++] = *c;
	}
	return hex == CODE_HEX;
}

/* A token of any type that a ledger holds. */
static int
read_token(const char *token, size_t len, struct pin *p, struct why *why)
{
	struct ledger_entry *e = calloc(1, sizeof *e);
	struct ledger_token *t = malloc(sizeof *t);
	static const enum event_kind tries[] = { EVENT_GIVEN, EVENT_REFUSED, EVENT_WITHDRAWN,
		EVENT_TAKEN_OVER, EVENT_RECOVERED, EVENT_CHECKPOINT };
	struct why first = { .id = ERR_NONE };
	int ok = 0;

	if (e != NULL && t != NULL && len <= JWS_MAX) {
		memcpy(e->token, token, len);
		for (size_t i = 0; i < EVENTS && !ok; i++) {
			e->event = tries[i];
			ok = entry_token(e, t, why);
			if (i == 0)
				first = *why;
		}
	}
	if (ok && hash_hex(token, len, p->hash) == 0)
		p->n = t->n;
	else if (first.id != ERR_NONE)
		*why = first;
	else
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a token");
	free(e);
	free(t);
	return ok;
}

static int
read_record(const char *text, size_t len, struct pin *p, struct why *why)
{
	json_t *record = json_loadb(text, len, JSON_DECODE_ANY, NULL);
	const json_t *consent = json_object_get(record, OBJECT_CONSENT);
	const json_t *receipt =
	    json_is_string(record) ? record : json_object_get(consent, CONSENT_RECEIPT);
	int ok = 0;

	if (json_is_string(receipt))
		ok = read_token(json_string_value(receipt), json_string_length(receipt), p, why);
	else
		why_set(why, ERR_MEMBER_MALFORMED, NULL, "neither checkpoint, code nor receipt");
	json_decref(record);
	return ok;
}

int
pin_read(const char *text, size_t len, struct pin *p, struct why *why)
{
	char all[GROUPS * GROUP + 1];
	int n = digits(text, len, all);

	*p = (struct pin){ 0 };
	if (n == GROUPS * GROUP && read_checkpoint(all, p))
		return 1;
	*p = (struct pin){ 0 };
	if (n == -1 && read_code(text, len, p))
		return 1;
	*p = (struct pin){ 0 };
	if (len > 3 && memcmp(text, "eyJ", 3) == 0)
		return read_token(text, len, p, why);
	return read_record(text, len, p, why);
}

int
pin_holds(const struct pin *p, const struct ledger_entry *e)
{
	char hash[CONSENT_PREV], at[TIME_SIZE];

	if (p->n != e->n)
		return 1;
	time_format(e->at, at);
	if (*p->date != '\0' && strncmp(p->date, at, DATE_SIZE - 1) != 0)
		return 0;
	if (p->of_line)
		memcpy(hash, e->hash, sizeof hash);
	else if (hash_hex(e->token, strlen(e->token), hash) == -1)
		return 0;
	return strncmp(p->hash, hash, strlen(p->hash)) == 0;
}

int
checkpoint_write(struct buf *out, const struct ledger_entry *e)
{
	char at[TIME_SIZE];
	struct date day = { 0 };
	char word[5] = "";

	time_format(e->at, at);
	at[DATE_SIZE - 1] = '\0';
	date_parse(at, &day);
	buf_addf(out, "%05d %03d%02d %05" PRId64 " %05" PRId64, day.year, day.month, day.day,
	    e->n / 100000, e->n % 100000);
	for (size_t i = 0; i < HASH_GROUPS; i++) {
		memcpy(word, e->hash + 4 * i, 4);
		buf_addf(out, " %05lu", strtoul(word, NULL, 16));
	}
	return buf_failed(out) ? -1 : 0;
}

int
code_write(struct buf *out, const struct ledger_entry *e)
{
	char hash[CONSENT_PREV];

	if (hash_hex(e->token, strlen(e->token), hash) == -1)
		return -1;
	buf_addf(out, "%" PRId64, e->n);
	for (size_t i = 0; i < CODE_HEX; i += 4)
		buf_addf(out, "-%.4s", hash + i);
	return buf_failed(out) ? -1 : 0;
}
