#include <string.h>

#include "gen/names.h"
#include "options/words.h"
#include "readiness/stage.h"

#define EVERY (WAY_HTTPS | WAY_TERMINAL | WAY_NONE)
/* A presence from a card is of no use to a terminal, which has a reader of its own (DESIGN 5). */
#define READER (WAY_HTTPS | WAY_NONE)

const char *const found_words[FOUNDS] = {
	[FOUND_OK] = READINESS_RESULT_OK,
	[FOUND_NOTICE] = READINESS_RESULT_NOTICE,
	[FOUND_UNKNOWN] = READINESS_RESULT_UNKNOWN,
	[FOUND_FAIL] = READINESS_RESULT_FAIL,
};

const struct stage_row stage_rows[STAGES] = {
	[STAGE_CONFIGURATION] = { "configuration", N_("configuration"), EVERY },
	[STAGE_CARD_SERVICE] = { "card-service", N_("card service (pcscd)"), READER },
	[STAGE_CARD_PERMISSION] = { "card-permission", N_("permission for the card service"),
	    READER },
	[STAGE_READER] = { "reader", N_("card reader"), READER },
	[STAGE_CARD] = { "card", N_("card"), READER },
	[STAGE_AUTHORITY] = { "authority", N_("hub's authority (--ca)"), WAY_HTTPS },
	[STAGE_CERTIFICATE] = { "certificate", N_("our certificate"), WAY_HTTPS },
	[STAGE_KEY] = { "key", N_("our private key"), WAY_HTTPS },
	[STAGE_NAME] = { "name", N_("name of the hub"), WAY_HTTPS },
	[STAGE_CONNECTION] = { "connection", N_("connection to the hub"), WAY_HTTPS },
	[STAGE_TLS] = { "tls", N_("TLS with the hub"), WAY_HTTPS },
	[STAGE_HUB] = { "hub", N_("answer of the hub"), WAY_HTTPS },
	[STAGE_FOLDER] = { "folder", N_("shared folder"), WAY_TERMINAL },
	[STAGE_REQUESTS] = { "requests", N_("leave to write requests"), WAY_TERMINAL },
	[STAGE_SPACE] = { "space", N_("room in the shared folder"), WAY_TERMINAL },
	[STAGE_NEWEST] = { "newest-result", N_("newest result in the folder"), WAY_TERMINAL },
	[STAGE_LINE] = { "line", N_("line of the terminal"), WAY_TERMINAL },
	[STAGE_TERMINAL_CERTIFICATE] = { "terminal-certificate", N_("the terminal's certificate"),
	    WAY_TERMINAL },
	[STAGE_SIGN_IN] = { "sign-in", N_("sign-in on the terminal"), WAY_TERMINAL },
	[STAGE_CLOCK] = { "clock", N_("clock"), WAY_HTTPS | WAY_TERMINAL },
	[STAGE_JOURNAL] = { "journal", N_("journal"), WAY_HTTPS | WAY_TERMINAL },
};

enum stage
stage_find(const char *name)
{
	int i = 0;

	while (i < STAGES && strcmp(stage_rows[i].name, name) != 0)
		i++;
	return (enum stage)i;
}
