/* oq-reference: registers our own keys of patients (照会番号) at the centre. */
#include <stddef.h>

#include "ask/bulk.h"
#include "ask/command.h"

struct options {
	struct asker asker;
	struct bulk_asker bulk;
};

static const struct option_row rows[] = {
	ASKER_ROWS_FIRST,
	BULK_ROWS(struct options),
	ASKER_ROWS_LAST,
};

static const struct command command = {
	.name = "oq-reference",
	.kind = "filter",
	.args = "",
	.help =
	    N_("Registers for each record our own key of the patient, and adds what became of it"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	char **operands;
	int n = options_read(&command, argc, argv, &o, &operands);
	const struct bulk_options bulk = bulk_options_of(&o.bulk, &bulk_reference);
	const struct asking_command asking = {
		.command = &command,
		.service = o.bulk.step == NULL ? &service_reference : &service_bulk_reference,
		.bulk = o.bulk.step == NULL ? NULL : &bulk,
	};

	if (o.bulk.step != NULL && o.asker.as_completed)
		usage_error(&command, "%s", _("--bulk or --as-completed, not both"));
	return asker_run(&asking, &o.asker, n, argv);
}
