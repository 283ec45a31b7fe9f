#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "gen/names.h"
#include "hub/make.h"
#include "hub/population.h"
#include "model/checks.h"
#include "store/audit.h"
#include "store/medical.h"
#include "store/people.h"
#include "trust/idcert.h"
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

/* 0, or -1 with why. */
static int
place(const char *dir, const struct hub_grant *grant, struct why *why)
{
	struct medical *m = medical_open(dir, MEDICAL_WRITE, why);
	int r = m == NULL ? -1 : medical_set_place(m, grant->code, grant->municipality, why);

	medical_close(m);
	return r;
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
	return r == -1 || grant->municipality == NULL ? r : place(dir, grant, why);
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
	const struct hub_grant facility = { plan->facility, CREDENTIAL_ROLE_FACILITY, 1, NULL };
	const struct hub_grant insurer = { INSURER_CODE, CREDENTIAL_ROLE_INSURER, 0, NULL };

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
	    medical_create(plan->dir, plan->seed, plan->people, why) == -1 ||
	    issue_authority(plan->dir, plan->name, why) == -1 ||
	    issue_card_authority(plan->dir, plan->name, why) == -1 ||
	    make_server_certificate(plan, why) == -1 ||
	    (people = people_open(plan->dir, PEOPLE_WRITE, why)) == NULL)
		return -1;
	r = fill(plan, people, why);
	people_close(people);
	return r;
}

/* Has the person any cover, now or once? 1, 0 with why, or -1 with why. */
static int
is_person(struct people *people, int64_t person, struct why *why)
{
	struct candidates *all = malloc(sizeof *all);
	int r = -1;

	if (all == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "covers");
	else if ((r = people_of(people, person, all, why)) == 0)
		r = all->n > 0;
	if (r == 0)
		why_set(why, ERR_MEMBER_MALFORMED, NULL, "%" PRId64 ": the hub has no such person",
		    person);
	free(all);
	return r;
}

/* What the store keeps of the certificate at `path`. 0, or -1 with why. */
static int
describe(const char *path, const struct anchors *anchors, struct card *card, struct why *why)
{
	struct idcert cert;
	struct buf der;
	int r = -1;

	buf_init(&der, IDCERT_MAX);
	if (file_read(path, IDCERT_MAX, &der, why) == 0 &&
	    idcert_read(&cert, (const uint8_t *)der.data, der.len, why)) {
		if (idcert_check(&cert, anchors, clock_now(), why) != IDCERT_REFUSED) {
			card_hash(cert.id, card->certificate);
			memcpy(card->fingerprint, cert.fingerprint, sizeof card->fingerprint);
			memcpy(card->serial, cert.serial, sizeof card->serial);
			card->not_after = cert.not_after;
			r = 0;
		}
		idcert_free(&cert);
	}
	buf_free(&der);
	return r;
}

static int
issue_to(struct people *people, const char *dir, const char *ca, const struct hub_card *plan,
    struct why *why)
{
	struct card card = { .person = plan->person, .added_at = clock_now() };
	struct anchors *anchors;
	char path[4096];
	int r = -1;

	snprintf(path, sizeof path, "%s/auth.der", plan->out);
	if (issue_card(dir, plan->out, plan->not_after, why) == -1 ||
	    (anchors = anchors_load(ca, why)) == NULL)
		return -1;
	if (describe(path, anchors, &card, why) == 0)
		r = card_add(people, &card, why);
	anchors_free(anchors);
	return r;
}

int
hub_issue_card(const char *dir, const struct hub_card *plan, struct why *why)
{
	struct people *people = people_open(dir, PEOPLE_WRITE, why);
	char ca[4096];
	int r = -1;

	snprintf(ca, sizeof ca, "%s/" HUB_CARD_CA, dir);
	if (people != NULL && is_person(people, plan->person, why) == 1 &&
	    (access(ca, F_OK) == 0 || issue_card_authority(dir, people_name(people), why) == 0))
		r = issue_to(people, dir, ca, plan, why);
	people_close(people);
	return r;
}
