#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "gen/names.h"
#include "hub/make.h"
#include "hub/population.h"
#include "model/checks.h"
#include "store/audit.h"
#include "store/people.h"
#include "trust/issue.h"

#define INSURER_CODE "06139908" /* a body of fiction.c and its check digit */

_Static_assert(FINGERPRINT_SIZE == CREDENTIAL_SIZE, "one hash");

/* Enters the holder of the certificate. 0, or -1 with why. */
static int
enter(struct people *people, const struct hub_grant *grant, const unsigned char *fingerprint,
    struct why *why)
{
	struct credential c = { .may_attest = grant->may_attest, .added_at = clock_now() };

	snprintf(c.code, sizeof c.code, "%s", grant->code);
	snprintf(c.role, sizeof c.role, "%s", grant->role);
	memcpy(c.fingerprint, fingerprint, sizeof c.fingerprint);
	return credential_add(people, &c, why);
}

static int
admit(struct people *people, const char *dir, const char *file, const struct hub_grant *grant,
    struct why *why)
{
	const struct issue issue = {
		.file = file, .common_name = grant->code, .unit = grant->role, .use = ISSUE_CLIENT
	};
	unsigned char fingerprint[FINGERPRINT_SIZE];

	if (issue_certificate(dir, &issue, fingerprint, why) == -1)
		return -1;
	return enter(people, grant, fingerprint, why);
}

static int
check_code(const struct hub_grant *grant, struct why *why)
{
	const char *flag;

	if (strcmp(grant->role, CREDENTIAL_ROLE_FACILITY) == 0)
		return check_institution_code(grant->code, &flag, why) ? 0 : -1;
	if (strspn(grant->code, "0123456789") == strlen(grant->code) && grant->code[0] != '\0' &&
	    strlen(grant->code) < CODE_SIZE)
		return 0;
	why_set(why, ERR_MEMBER_MALFORMED, NULL, "%s: a code has digits only", grant->code);
	return -1;
}

int
hub_admit(const char *dir, const struct hub_grant *grant, struct why *why)
{
	struct people *people;
	int r;

	if (check_code(grant, why) == -1 || (people = people_open(dir, PEOPLE_WRITE, why)) == NULL)
		return -1;
	r = admit(people, dir, grant->code, grant, why);
	people_close(people);
	return r;
}

static int
make_server_certificate(const struct hub_plan *plan, struct why *why)
{
	const char *const names[] = { "127.0.0.1", "::1", "localhost", plan->name, NULL };
	const struct issue issue = { .file = "server",
		.common_name = plan->name,
		.unit = "hub",
		.use = ISSUE_SERVER,
		.names = names };
	unsigned char fingerprint[FINGERPRINT_SIZE];

	return issue_certificate(plan->dir, &issue, fingerprint, why);
}

static int
fill(const struct hub_plan *plan, struct people *people, struct why *why)
{
	const struct hub_grant facility = { plan->facility, CREDENTIAL_ROLE_FACILITY, 1 };
	const struct hub_grant insurer = { INSURER_CODE, CREDENTIAL_ROLE_INSURER, 0 };

	if (check_code(&facility, why) == -1 ||
	    admit(people, plan->dir, "facility", &facility, why) == -1 ||
	    admit(people, plan->dir, "insurer", &insurer, why) == -1)
		return -1;
	if (plan->people == 0)
		return 0;
	return population_make(people, plan->people, plan->seed, plan->facility, why);
}

int
hub_make(const struct hub_plan *plan, struct why *why)
{
	struct people *people;
	int r;

	if (dir_private(plan->dir, why) == -1 || file_private(plan->dir, why) != 1 ||
	    people_create(plan->dir, plan->name, why) == -1 || audit_create(plan->dir, why) == -1 ||
	    issue_authority(plan->dir, plan->name, why) == -1 ||
	    make_server_certificate(plan, why) == -1 ||
	    (people = people_open(plan->dir, PEOPLE_WRITE, why)) == NULL)
		return -1;
	r = fill(plan, people, why);
	people_close(people);
	return r;
}
