/* Fuzz target: a project, as accountants' programs write them, assessed without rules of its own. */
#include <stdint.h>
#include <stdlib.h>

#include "pipe/record.h"
#include "subsidy/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Neither more than the costs counted nor less than nothing is ever paid. */
static void
check(const struct assessment *a)
{
	if (a->subsidy < 0 || a->capped > a->eligible || a->base + a->difference != a->subsidy)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rules rules;
	static struct assessment a;
	struct assessor by = { .rules = &rules, .today = 20000, .every_line = 1 };
	struct line line = { .text = (const char *)data, .len = size, .bytes = size };
	struct project p = { 0 };
	struct why why;
	struct buf out;
	json_t *json;

	if (rules.n_rules == 0 && rules_load(&rules, "lib/subsidy", &why) == -1)
		abort();
	if ((json = record_parse(&line, &why)) == NULL)
		return 0;
	project_reset(&p);
	buf_init(&out, (size_t)1 << 24);
	if (project_read(&p, json, &why) == 0 && assess(&by, &p, &a, &why) != -1) {
		check(&a);
		write_subsidy(&out, &by, &a, NULL);
	}
	buf_free(&out);
	project_free(&p);
	json_decref(json);
	return 0;
}
