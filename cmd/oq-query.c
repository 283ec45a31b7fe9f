/* oq-query: asks for medical information that the patient let us see. */
#include "ask/command.h"
#include "ask/query.h"
#include "gen/names.h"

struct options {
	struct asker asker;
	const char *pdf;
	int drugs, treatments, checkups, all_origins, disaster, self;
	int64_t months;
};
#define T struct options

static const struct option_row rows[] = {
	ROW(T, "drugs", 0, NULL, OPTION_FLAG, drugs, NULL, NULL, 0, N_("ask for drugs")),
	ROW(T, "treatments", 0, NULL, OPTION_FLAG, treatments, NULL, NULL, 0,
	    N_("ask for treatments")),
	ROW(T, "checkups", 0, NULL, OPTION_FLAG, checkups, NULL, NULL, 0,
	    N_("ask for specific health checkups")),
	{ "months", 'm', "N", OPTION_COUNT, offsetof(T, months), NULL, "12", 1, 36, 0,
	    N_("months of drugs and treatments, the present one counted") },
	ROW(T, "all-origins", 0, NULL, OPTION_FLAG, all_origins, NULL, NULL, 0,
	    N_("leave a drug as often as claim, dispensing and prescription tell it")),
	ROW(T, "pdf", 0, "DIR", OPTION_DIR, pdf, NULL, NULL, 0,
	    N_("let the terminal make PDFs and save them here, instead of asking for data")),
	ROW(T, "disaster", 0, NULL, OPTION_FLAG, disaster, NULL, NULL, 0,
	    N_("ask without a card, where a disaster lets us")),
	ROW(T, "self", 0, NULL, OPTION_FLAG, self, NULL, NULL, 0,
	    N_("ask at a kiosk for what the card's holder may see: all of it, and who looked")),
	ASKER_ROWS_FIRST,
	ASKER_ROWS_LAST,
};
#undef T

static const struct command command = {
	.name = "oq-query",
	.kind = "filter",
	.args = "",
	.help = N_("Asks for the medical information that each patient let us see, and adds it"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

/* What is asked for. */
static struct query
query_of(const struct options *o)
{
	const struct {
		int wanted;
		const char *purpose;
	} all[QUERY_PURPOSES] = {
		{ o->drugs, PURPOSE_DRUGS },
		{ o->treatments, PURPOSE_TREATMENTS },
		{ o->checkups, PURPOSE_CHECKUPS },
	};
	struct query q = {
		.months = (int)o->months,
		.pdf = o->pdf != NULL,
		.all_origins = o->all_origins,
		.disaster = o->disaster,
	};
	size_t n = 0;

	for (size_t i = 0; i < QUERY_PURPOSES; i++)
		if (all[i].wanted)
			q.purposes[n++] = all[i].purpose;
	return q;
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	char **operands;
	int n = options_read(&command, argc, argv, &o, &operands);
	const struct query query = query_of(&o);
	const struct asking_command asking = {
		.command = &command,
		.service = o.self ? &service_self : &service_query,
		.query = &query,
		.pdf = o.pdf,
	};

	if (o.self && (query.purposes[0] != NULL || o.disaster || o.pdf != NULL))
		usage_error(&command, "%s", _("--self asks for everything: no other purpose"));
	if (query.purposes[0] == NULL && !o.self)
		usage_error(&command, "%s", _("ask for what? --drugs, --treatments, --checkups"));
	return asker_run(&asking, &o.asker, n, argv);
}
