/* The one line that the desk sees (--say): 有効 架空健康保険協会 本人 2026-10-05. */
#ifndef OQ_ASK_DESK_H
#define OQ_ASK_DESK_H

#include <jansson.h>

#include "base/error.h"
#include "options/tty.h"

/* Says an answer. visit_date may be NULL. */
void desk_answer(struct tty *, const json_t *eligibility);
/* Says that there is none, and what to do. */
void desk_failure(struct tty *, const struct why *);

#endif
