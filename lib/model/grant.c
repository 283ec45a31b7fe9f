#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "model/grant.h"

/* The time of a member. 1, or 0 if there is none or it cannot be read. */
static int
time_member(const json_t *grant, const char *name, int64_t *t)
{
	const char *s = json_string_value(json_object_get(grant, name));

	return s != NULL && time_parse(s, t);
}

int
grant_judge(json_t *grant, int timed, int malformed, int contradicted, int64_t at)
{
	const char *decision = json_string_value(json_object_get(grant, GRANT_DECISION));
	int given = decision != NULL && strcmp(decision, GRANT_DECISION_GIVEN) == 0;
	int64_t from = 0, until = 0;
	int has_from = time_member(grant, GRANT_GIVEN_AT, &from);
	int has_until = time_member(grant, GRANT_EXPIRES_AT, &until);
	int complete = has_from && (has_until || !timed), consistent;
	json_t *flags = json_array();
	const struct {
		int raised;
		const char *word;
	} all[] = {
		{ malformed, GRANT_FLAGS_MALFORMED_TIME },
		{ contradicted, GRANT_FLAGS_CONTRADICTED },
		{ given && !complete && !malformed, GRANT_FLAGS_INCOMPLETE },
		{ (!given && (has_from || has_until)) || (has_from && has_until && until <= from),
		    GRANT_FLAGS_INCONSISTENT },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].raised)
			json_array_append_new(flags, json_string(all[i].word));
	consistent = json_array_size(flags) == 0;
	json_object_set_new(grant, GRANT_USABLE,
	    json_boolean(given && complete && consistent && (!has_until || at < until)));
	if (consistent) {
		json_object_del(grant, GRANT_FLAGS);
		json_decref(flags);
		return flags == NULL ? -1 : 0;
	}
	return json_object_set_new(grant, GRANT_FLAGS, flags);
}
