#include <string.h>

#include "gen/names.h"
#include "model/purposes.h"

const struct purpose_row purpose_rows[PURPOSES] = {
	[FOR_DRUGS] = { PURPOSE_DRUGS, 1 },
	[FOR_TREATMENTS] = { PURPOSE_TREATMENTS, 1 },
	[FOR_OPERATIONS] = { PURPOSE_OPERATIONS, 1 },
	[FOR_CHECKUPS] = { PURPOSE_CHECKUPS, 1 },
	[FOR_DISEASES] = { PURPOSE_DISEASES, 1 },
	[FOR_INFECTIONS] = { PURPOSE_INFECTIONS, 1 },
	[FOR_ALLERGIES] = { PURPOSE_ALLERGIES, 1 },
	[FOR_CONTRAINDICATIONS] = { PURPOSE_CONTRAINDICATIONS, 1 },
	[FOR_TESTS] = { PURPOSE_TESTS, 1 },
	[FOR_PRESCRIPTIONS] = { PURPOSE_PRESCRIPTIONS, 1 },
	[FOR_LIMIT_CERTIFICATE] = { PURPOSE_LIMIT_CERTIFICATE, 0 },
	[FOR_SPECIFIC_DISEASES] = { PURPOSE_SPECIFIC_DISEASES, 0 },
	[FOR_INSURANCE_USE] = { PURPOSE_INSURANCE_USE, 0 },
};

enum purpose
purpose_find(const char *name, size_t n)
{
	enum purpose p = 0;

	while (p < PURPOSES &&
	       (strlen(purpose_rows[p].name) != n || memcmp(purpose_rows[p].name, name, n) != 0))
		p++;
	return p;
}

int
purposes_write(struct buf *out, const char *name, uint16_t set)
{
	const char *before = "";

	buf_addf(out, "\"%s\":[", name);
	for (enum purpose p = 0; p < PURPOSES; p++) {
		if ((set & PURPOSE_SET(p)) == 0)
			continue;
		buf_addf(out, "%s\"%s\"", before, purpose_rows[p].name);
		before = ",";
	}
	return buf_addc(out, ']');
}
