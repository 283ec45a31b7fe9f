#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "model/share.h"

#define MEDICAL_AID "A1" /* card_class */

/* A cell that is a number; -1 when it is none, or not there. */
static long
number(const struct table *shares, size_t row, const char *column)
{
	const char *cell = table_cell(shares, row, column);
	char *end;
	long n = cell == NULL ? -1 : strtol(cell, &end, 10);

	return cell == NULL || end == cell || *end != '\0' ? -1 : n;
}

int
share_by_age(const json_t *policy, struct date day, const struct table *shares)
{
	const char *class = json_string_value(json_object_get(policy, POLICY_CARD_CLASS));
	const char *birth = json_string_value(json_object_get(policy, POLICY_BIRTH_DATE));
	struct date born;
	int age;

	if (birth == NULL || !date_parse(birth, &born) ||
	    (class != NULL && strcmp(class, MEDICAL_AID) == 0))
		return -1;
	age = date_age(born, day, 0);
	for (size_t at = 0; table_find(shares, "percent", NULL, day, &at); at++)
		if (age >= number(shares, at, "age_from") && age <= number(shares, at, "age_to"))
			return (int)number(shares, at, "percent");
	return -1;
}
