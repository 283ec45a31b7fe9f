/* Symbol and number that stand in one cell (記号・番号). */
#ifndef OQ_CSV_PAIR_H
#define OQ_CSV_PAIR_H

#include "table/decode.h"

/*
 * Tells them apart where that is safe: at the only middle dot, else the only stroke, colon or
 * comma, else the only blank; several of a kind side by side are one. Never at a hyphen: symbols
 * have hyphens of their own.
 * Returns 1 with both, trimmed, pointing into s (without a NUL behind them); 0 if it is not safe
 * or one of them would be blank.
 */
int pair_split(const char *s, struct cell *symbol, struct cell *number);

#endif
