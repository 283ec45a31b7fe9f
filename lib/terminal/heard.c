#include "gen/names.h"
#include "pipe/record.h"
#include "terminal/serve.h"

int
terminal_reads(const json_t *answer, struct question *q, struct why *why)
{
	(void)q;
	if (json_is_object(json_object_get(answer, OBJECT_ELIGIBILITY)) ||
	    json_is_object(json_object_get(answer, OBJECT_MEDICAL)) ||
	    json_is_object(json_object_get(answer, RECORD_ERROR)))
		return 0;
	why_set(why, ERR_HUB_FAILED, NULL, "the answer holds neither an answer nor an error");
	return -1;
}

json_t *
terminal_heard(const struct window *w, const struct question *q, const char *member, int *of_person,
    struct why *why)
{
	struct line line = { .number = 1 };
	json_t *answer, *heard, *error;
	enum error_id id;

	*of_person = 0;
	if (!q->answered) {
		*why = q->why;
		return NULL;
	}
	line.text = w->answers.data + q->answer_at;
	line.bytes = line.len = q->answer_len;
	if ((answer = record_parse(&line, why)) == NULL)
		return NULL;
	heard = json_incref(json_object_get(answer, member));
	if (heard == NULL) {
		*of_person = 1;
		error = json_object_get(answer, RECORD_ERROR);
		id = error_find(record_text(error, ERROR_CODE));
		why_set(why, id == ERR_NONE ? ERR_HUB_FAILED : id, NULL, "%s", "");
		why_upstream(why, record_text(error, ERROR_CODE), record_text(error, ERROR_TITLE));
	}
	json_decref(answer);
	return heard;
}
