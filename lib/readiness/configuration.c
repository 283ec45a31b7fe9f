/* What has been configured: a way out, and who we are. Files are looked at by credentials.c. */
#include "model/checks.h"
#include "readiness/probe.h"
#include "route/route.h"

/* 1 if the code may be one, with a flag in why where its check digit does not fit; else 0. */
static int
check_facility(const char *code, struct why *why)
{
	const char *flag = NULL;

	if (code == NULL)
		return 1;
	if (check_institution_code(code, &flag, why) != 1)
		return 0;
	if (flag != NULL)
		why_set(why, ERR_INSTITUTION_CODE_MALFORMED, NULL, "its check digit does not fit");
	return 1;
}

void
probe_configuration(struct probe *p)
{
	const struct probe_options *o = p->o;
	struct why why = { .id = ERR_NONE };
	enum found found = FOUND_OK;

	if (!probe_has(p, STAGE_CONFIGURATION))
		return;
	if (o->via == NULL) {
		why_set(&why, ERR_ROUTE_UNUSABLE, NULL, "there is no --via");
		found = FOUND_FAIL;
	} else if (!check_facility(o->facility, &why)) {
		found = FOUND_FAIL;
	} else if (why.id != ERR_NONE) {
		found = FOUND_NOTICE;
	} else if (probe_way(o) == WAY_TERMINAL && o->facility == NULL) {
		why_set(&why, ERR_INSTITUTION_CODE_MALFORMED, NULL, "a terminal needs --facility");
		found = FOUND_FAIL;
	}
	probe_found(p, STAGE_CONFIGURATION, found, &why);
}
