/* The one line that the desk sees (--say): 有効 架空健康保険協会 本人 2026-10-05. */
#ifndef OQ_ASK_DESK_H
#define OQ_ASK_DESK_H

#include "base/error.h"
#include "options/tty.h"

/* Says an answer, given as the JSON text of `eligibility`. */
void desk_answer(struct tty *, const char *eligibility, size_t len);
/* Says that there is none, and what to do. */
void desk_failure(struct tty *, const struct why *);

#endif
