/*
 * readiness RECORD CARD-CA	the card's steps of a probe over a recorded session, as records; for
 *				readiness-card.bats
 */
#include <stdio.h>
#include <unistd.h>

#include "card/recorded.h"
#include "readiness/report.h"

int
main(int argc, char **argv)
{
	struct why why = { .id = ERR_NONE };
	struct way way = recorded_play(argc == 3 ? argv[1] : "", &why);
	const struct probe_options options = { .tool = "readiness",
		.card_ca = argc == 3 ? argv[2] : NULL,
		.timeout = 1000,
		.way = &way };
	const struct contacts nobody = { .table = table_load_installed("contacts.csv", &why) };
	struct probe p = { .o = NULL };
	struct tally tally = { 0 };
	struct output *out = output_open(STDOUT_FILENO, "readiness", LINE_MAX_DEFAULT, &tally);

	if (way.self == NULL || nobody.table == NULL || out == NULL) {
		why_print(&why, "readiness");
		return 2;
	}
	probe_open(&p, &options);
	probe_run(&p);
	report_records(&p, &nobody, out);
	output_close(out, &why);
	probe_close(&p);
	recorded_free(&way);
	table_free(nobody.table);
	return 0;
}
