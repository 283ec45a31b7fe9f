#include <string.h>

#include "base/text.h"
#include "model/fold.h"

/* Folds width and hyphens; *start is where the folded text begins, without blanks around. */
static int
fold_trimmed(struct buf *out, const char *s, size_t *start)
{
	size_t skip;

	*start = out->len;
	if (text_fold(out, s, strlen(s)) == -1 || out->data == NULL)
		return buf_failed(out) ? -1 : 0;
	while (out->len > *start && out->data[out->len - 1] == ' ')
		out->len--;
	out->data[out->len] = '\0';
	skip = strspn(out->data + *start, " ");
	memmove(out->data + *start, out->data + *start + skip, out->len - *start - skip + 1);
	out->len -= skip;
	return 0;
}

/* A number of zeros only keeps one. */
static int
fold_unpadded(struct buf *out, const char *s)
{
	size_t start, skip;

	if (fold_trimmed(out, s, &start) == -1)
		return -1;
	if (out->len == start)
		return 0;
	skip = strspn(out->data + start, "0");
	if (skip > 0 && start + skip == out->len)
		skip--;
	memmove(out->data + start, out->data + start + skip, out->len - start - skip + 1);
	out->len -= skip;
	return 0;
}

int
fold_insurer_number(struct buf *out, const char *number)
{
	return fold_unpadded(out, number);
}

int
fold_symbol(struct buf *out, const char *symbol)
{
	size_t start;

	return fold_trimmed(out, symbol, &start);
}

int
fold_number(struct buf *out, const char *number)
{
	return fold_unpadded(out, number);
}
