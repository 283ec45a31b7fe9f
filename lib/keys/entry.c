#include <string.h>

#include "gen/names.h"
#include "keys/entry.h"

int
entry_elderly(const struct entry *e)
{
	return strlen(e->value[INSURER]) == 8 && strncmp(e->value[INSURER], "39", 2) == 0;
}

static void
put_member(struct buf *out, const char *name, const char *text)
{
	if (*text == '\0')
		return;
	if (out->data[out->len - 1] != '{')
		buf_addc(out, ',');
	buf_addf(out, "\"%s\":", name);
	buf_addjson(out, text, strlen(text));
}

void
entry_record(struct buf *out, const struct entry *e, struct date visit)
{
	char day[DATE_SIZE];

	date_format(visit, day);
	buf_adds(out, "{");
	put_member(out, RECORD_ID, e->value[ID]);
	put_member(out, RECORD_VISIT_DATE, day);
	buf_adds(out, ",\"" OBJECT_INSURED "\":{");
	put_member(out, INSURED_INSURER_NUMBER, e->value[INSURER]);
	put_member(out, INSURED_SYMBOL, e->value[SYMBOL]);
	put_member(out, INSURED_NUMBER, e->value[NUMBER]);
	put_member(out, INSURED_BRANCH, e->value[BRANCH]);
	put_member(out, INSURED_BIRTH_DATE, e->value[BIRTH]);
	buf_adds(out, ",\"" INSURED_LIMIT_CERTIFICATE_CONSENT "\":");
	buf_adds(out, e->value[CONSENT][0] == '\0' ? "false" : "true");
	put_member(out, INSURED_TAKEN_FROM, e->value[TAKEN_FROM]);
	buf_adds(out, "}}\n");
}
