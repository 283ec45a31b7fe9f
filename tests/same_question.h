/* Do two ways of reading say the same? Shared by tests/hub.c and tests/fuzz_question.c. */
#ifndef SAME_QUESTION_H
#define SAME_QUESTION_H

#include <string.h>

#include "hub/question.h"

static inline int
same_question(const struct question *a, const struct question *b)
{
	return strcmp(a->ask, b->ask) == 0 && ask_same(&a->packed, &b->packed) &&
	       a->visit_date == b->visit_date &&
	       strcmp(a->insurer_number, b->insurer_number) == 0 &&
	       strcmp(a->symbol, b->symbol) == 0 && strcmp(a->number, b->number) == 0 &&
	       strcmp(a->branch, b->branch) == 0 && a->birth_date == b->birth_date &&
	       a->presence == b->presence && a->presence_len == b->presence_len &&
	       a->consent == b->consent && a->consent_len == b->consent_len &&
	       a->limit_certificate_consent == b->limit_certificate_consent &&
	       strcmp(a->limit_kind, b->limit_kind) == 0 &&
	       strcmp(a->limit_class, b->limit_class) == 0 && a->has_limit == b->has_limit;
}

#endif
