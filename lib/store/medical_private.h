/* What medical.c and window.c share. */
#ifndef OQ_STORE_MEDICAL_PRIVATE_H
#define OQ_STORE_MEDICAL_PRIVATE_H

#include "store/db.h"
#include "store/medical.h"

enum medical_stmt {
	MEDICAL_DRUGS,
	MEDICAL_CHECKUPS,
	MEDICAL_SET_PLACE,
	MEDICAL_PLACE,
	WINDOW_ADD,
	WINDOW_CLOSE,
	WINDOW_EACH,
	MEDICAL_STMTS,
};

struct medical {
	sqlite3 *db;
	sqlite3_stmt *stmts[MEDICAL_STMTS];
	uint64_t seed;
	int64_t people; /* persons 1 to that are synthetic */
};

#endif
