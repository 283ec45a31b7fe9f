/* oq-reference: registers our own keys of patients (照会番号) at the centre. */
#include "ask/command.h"

struct options {
	struct asker asker;
};

static const struct option_row rows[] = {
	ASKER_ROWS_FIRST,
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
	const struct asking_command asking = { .command = &command, .service = &service_reference };

	return asker_run(&asking, &o.asker, n, argv);
}
