/*
 * Each policy repeats the patient's consents. The record has them once, a grant per purpose; where
 * the policies do not all say the same, the grant keeps what each said.
 */
#include <string.h>

#include "gen/names.h"
#include "model/grant.h"
#include "model/purposes.h"
#include "oqs/raw.h"
#include "oqs/record.h"

static const char *const parts[] = { GRANT_DECISION, GRANT_GIVEN_AT, GRANT_EXPIRES_AT };

/* A copy of the three parts, those that are there. */
static json_t *
parts_of(const json_t *said)
{
	json_t *copy = json_object();

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (json_object_get(said, parts[i]) != NULL)
			json_object_set(copy, parts[i], json_object_get(said, parts[i]));
	return copy;
}

struct gathered {
	json_t *first;	  /* what the first policy that speaks of it said, borrowed */
	size_t n, silent; /* policies that speak of it, and those that do not */
	int differ, malformed;
};

static struct gathered
gather(const json_t *policies, const char *purpose)
{
	struct gathered g = { 0 };
	json_t *policy;
	size_t i;

	json_array_foreach (policies, i, policy) {
		json_t *said =
		    json_object_get(json_object_get(policy, ELIGIBILITY_CONSENTS), purpose);

		if (said == NULL) {
			g.silent++;
			continue;
		}
		g.n++;
		g.malformed |= json_object_get(said, SAID_MALFORMED) != NULL;
		if (g.first == NULL)
			g.first = said;
		else
			g.differ |= !json_equal(g.first, said);
	}
	return g;
}

static json_t *
said_of(const json_t *policies, const char *purpose)
{
	json_t *list = json_array(), *policy;
	size_t i;

	json_array_foreach (policies, i, policy) {
		json_t *said =
		    json_object_get(json_object_get(policy, ELIGIBILITY_CONSENTS), purpose);
		json_t *entry;

		if (said == NULL)
			continue;
		entry = json_pack("{sI}", SAID_POLICY, (json_int_t)i);
		json_object_update(entry, said);
		json_array_append_new(list, entry);
	}
	return list;
}

static int
gather_purpose(json_t *consents, const json_t *policies, size_t p, int all, int64_t at)
{
	struct gathered g = gather(policies, purpose_rows[p].name);
	json_t *grant;

	if (g.n == 0 && !all)
		return 0;
	grant = g.differ ? json_object() : parts_of(g.first);
	if (g.differ)
		json_object_set_new(grant, GRANT_DECISION, json_string(GRANT_DECISION_INVALID));
	else if (json_object_get(grant, GRANT_DECISION) == NULL)
		json_object_set_new(grant, GRANT_DECISION, json_string(GRANT_DECISION_ABSENT));
	if (grant_judge(grant, purpose_rows[p].timed, g.malformed, g.differ, at) == -1) {
		json_decref(grant);
		return -1;
	}
	if (g.differ || (g.n > 0 && g.silent > 0))
		json_object_set_new(grant, GRANT_SAID, said_of(policies, purpose_rows[p].name));
	return json_object_set_new(consents, purpose_rows[p].name, grant);
}

/* Does any policy speak of consents at all? In a bulk result none does. */
static int
any_consents(const json_t *policies)
{
	json_t *policy;
	size_t i;

	json_array_foreach (policies, i, policy) {
		if (json_object_get(policy, ELIGIBILITY_CONSENTS) != NULL)
			return 1;
	}
	return 0;
}

int
oqs_consents_gather(json_t *eligibility, int all, int64_t at)
{
	json_t *policies = json_object_get(eligibility, ELIGIBILITY_POLICIES), *policy;
	json_t *consents = json_object();
	size_t i;

	if (!all && !any_consents(policies))
		return json_object_set_new(eligibility, ELIGIBILITY_CONSENTS, consents);
	for (size_t p = 0; p < POLICY_PURPOSES; p++)
		if (gather_purpose(consents, policies, p, all, at) == -1) {
			json_decref(consents);
			return -1;
		}
	json_array_foreach (policies, i, policy) {
		json_object_del(policy, ELIGIBILITY_CONSENTS);
	}
	return json_object_set_new(eligibility, ELIGIBILITY_CONSENTS, consents);
}

/* Gives one policy what it said of a purpose. */
static int
scatter_to(json_t *policy, const char *purpose, const json_t *said)
{
	if (policy == NULL)
		return 0;
	return json_object_set_new(
	    oqs_object_in(policy, ELIGIBILITY_CONSENTS), purpose, parts_of(said));
}

static int
scatter_purpose(json_t *policies, const char *purpose, const json_t *grant)
{
	const json_t *said = json_object_get(grant, GRANT_SAID), *entry;
	json_t *policy;
	size_t i;
	int r = 0;

	if (said != NULL) {
		json_array_foreach (said, i, entry) {
			json_int_t at = json_integer_value(json_object_get(entry, SAID_POLICY));

			r |= scatter_to(json_array_get(policies, (size_t)at), purpose, entry);
		}
		return r;
	}
	json_array_foreach (policies, i, policy) {
		r |= scatter_to(policy, purpose, grant);
	}
	return r;
}

int
oqs_consents_scatter(json_t *eligibility)
{
	json_t *policies = json_object_get(eligibility, ELIGIBILITY_POLICIES), *grant;
	json_t *consents = json_object_get(eligibility, ELIGIBILITY_CONSENTS);
	const char *purpose;
	int r = 0;

	json_object_foreach (consents, purpose, grant) {
		r |= scatter_purpose(policies, purpose, grant);
	}
	json_object_del(eligibility, ELIGIBILITY_CONSENTS);
	return r;
}
