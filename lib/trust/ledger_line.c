#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "trust/claims.h"
#include "trust/ledger_private.h"

#define FORMAT	   "oq_ledger"
#define FACILITY   "facility"
#define CREATED_AT "created_at"

static int
damaged(struct why *why, const char *what)
{
	why_set(why, ERR_LEDGER_DAMAGED, NULL, "%s", what);
	return 0;
}

int
header_write(struct buf *out, const char *facility, int64_t now)
{
	char at[TIME_SIZE];

	time_format(now, at);
	return buf_addf(out,
	    "{\"" FORMAT "\":%d,\"" FACILITY "\":\"%s\",\"" CREATED_AT "\":\"%s\"}\n",
	    LEDGER_FORMAT, facility, at);
}

int
header_read(const char *line, size_t len, char facility[static 16], struct why *why)
{
	json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *format = json_object_get(object, FORMAT);
	const char *name = json_string_value(json_object_get(object, FACILITY));
	const char *at = json_string_value(json_object_get(object, CREATED_AT));
	int64_t created;
	int ok = 0;

	if (!json_is_integer(format) || json_integer_value(format) < LEDGER_FORMAT)
		damaged(why, "the first line is not that of a ledger");
	else if (json_integer_value(format) > LEDGER_FORMAT)
		why_set(why, ERR_LEDGER_NEWER, NULL, "format %" JSON_INTEGER_FORMAT,
		    json_integer_value(format));
	else if (name == NULL || strlen(name) >= 16 || at == NULL || !time_parse(at, &created) ||
		 json_object_size(object) != 3)
		damaged(why, "the first line is not whole");
	else
		ok = snprintf(facility, 16, "%s", name) > 0;
	json_decref(object);
	return ok;
}

int
entry_write(struct buf *out, int64_t n, int64_t at, enum event_kind event, const char *token)
{
	char time[TIME_SIZE];

	time_format(at, time);
	return buf_addf(out,
	    "{\"" LEDGER_N "\":%" PRId64 ",\"" LEDGER_AT "\":\"%s\",\"" LEDGER_EVENT
	    "\":\"%s\",\"" LEDGER_TOKEN "\":\"%s\"}\n",
	    n, time, ledger_event_words[event], token);
}

/* 1 if the members are there and of their form. */
static int
read_members(const json_t *object, struct ledger_entry *e)
{
	const json_t *n = json_object_get(object, LEDGER_N);
	const char *at = json_string_value(json_object_get(object, LEDGER_AT));
	const char *word = json_string_value(json_object_get(object, LEDGER_EVENT));
	const char *token = json_string_value(json_object_get(object, LEDGER_TOKEN));
	int event = word == NULL ? -1 : claim_word(ledger_event_words, EVENTS, word);

	if (!json_is_integer(n) || at == NULL || !time_parse(at, &e->at) || event == -1 ||
	    token == NULL || strlen(token) > JWS_MAX)
		return 0;
	e->n = json_integer_value(n);
	e->event = (enum event_kind)event;
	memcpy(e->token, token, strlen(token) + 1);
	return 1;
}

int
entry_read(const char *line, size_t len, struct ledger_entry *e, struct why *why)
{
	json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	struct buf again;
	int ok;

	buf_init(&again, LEDGER_LINE_MAX);
	/* What reads the same but is written otherwise has been touched. */
	ok = read_members(object, e) && entry_write(&again, e->n, e->at, e->event, e->token) == 0 &&
	     again.len == len && memcmp(again.data, line, len) == 0 &&
	     hash_hex(line, len, e->hash) == 0;
	buf_free(&again);
	json_decref(object);
	return ok || damaged(why, "the line is not an entry");
}
