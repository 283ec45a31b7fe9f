/*
 * Fuzz target: a request's bytes and its question lines. The short way to read a question must
 * agree with the long one, a key must fold, and no head may be longer than what came.
 */
#include <stdlib.h>
#include <string.h>

#include "hub/http.h"
#include "hub/question.h"
#include "same_question.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_line(const char *line, size_t n)
{
	struct question usual, any;
	struct cover_key key;
	struct buf scratch;
	struct why why;
	int r = question_read(line, n, &usual, &why);

	if (r != question_read_any(line, n, &any, &why) || !same_question(&usual, &any))
		abort();
	if (r == 0 && why.id != ERR_QUESTION_MALFORMED)
		abort();
	buf_init(&scratch, QUESTION_KEY_ROOM);
	if (r == 1 && question_key(&usual, &scratch, &key, &why) == -1)
		abort();
	buf_free(&scratch);
}

static void
check_head(const char *bytes, size_t n)
{
	struct http_request request;
	int status = http_read_head(bytes, n, &request);

	if (status == HTTP_OK && (request.head_len > n || request.head_len > HTTP_HEAD_MAX ||
				     request.content_length < -1))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Where it ends is where it ends: a byte read behind it is found. */
	char *text = malloc(size == 0 ? 1 : size), *p, *end;

	if (text == NULL)
		abort();
	p = text;
	end = text + size;
	memcpy(text, data, size);
	check_head(text, size);
	while (p < end) {
		char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((lf == NULL ? end : lf) - p);

		check_line(p, n);
		p += n + 1;
	}
	free(text);
	return 0;
}
