#include "model/covering.h"
#include "gen/names.h"
#include "model/status.h"

/* The date of a member: 1, 0 if it is not there, -1 if it cannot be read. */
static int
date_member(const json_t *policy, const char *name, struct date *d)
{
	const json_t *v = json_object_get(policy, name);

	if (v == NULL)
		return 0;
	return json_is_string(v) && date_parse(json_string_value(v), d) ? 1 : -1;
}

int
policy_covers(const json_t *policy, struct date day)
{
	struct date from, to;
	int has_from = date_member(policy, POLICY_ACQUIRED_ON, &from);
	int has_to = date_member(policy, POLICY_LOST_ON, &to);

	if (has_from == -1 || has_to == -1)
		return -1;
	if (has_from && date_days(day) < date_days(from))
		return 0;
	return !has_to || date_days(day) < date_days(to);
}

int
covering_write(json_t *eligibility, struct date day)
{
	const char *status = json_string_value(json_object_get(eligibility, ELIGIBILITY_STATUS));
	int valid = status_verdict(status) == VERDICT_YES, told = 1;
	json_t *covering = json_array(), *policy;
	size_t i;

	json_array_foreach (json_object_get(eligibility, ELIGIBILITY_POLICIES), i, policy) {
		int covers = valid ? policy_covers(policy, day) : 0;

		if (covers == 1)
			json_array_append_new(covering, json_integer((json_int_t)i));
		told &= covers != -1;
	}
	if (json_object_set_new(eligibility, ELIGIBILITY_COVERING, covering) == -1)
		return -1;
	return told;
}
