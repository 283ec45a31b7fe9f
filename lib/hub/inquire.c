#include <string.h>

#include "base/clock.h"
#include "hub/inquire.h"

enum served
inquire(struct request *r, struct job *j, enum inquiry_kind kind, enum audit_kind audited,
    inquiry_answer *answer)
{
	int64_t now = clock_now();

	for (struct job_line *l = j->lines; l < j->lines + j->n; l++) {
		struct inquiry q;
		struct why why;
		int ok;

		l->audited = (uint8_t)audited;
		l->made.answered_at = now;
		l->from = (uint32_t)j->reply.bytes.len;
		ok = inquiry_read(kind, r->body + l->question, l->question_len, &q, &why);
		if (q.ask[0] != '\0')
			ask_pack(q.ask, &l->ask);
		if (!ok || answer(r, j, l, &q, &why) != 1) {
			j->reply.bytes.len = l->from;
			line_refuse(j, l, &why);
		}
		l->to = (uint32_t)j->reply.bytes.len;
		inquiry_free(&q);
	}
	return SERVED_LATER;
}
