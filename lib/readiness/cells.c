#include <string.h>

#include "readiness/cells.h"

int
cell_has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; n > 0 && (p = strstr(p, word)) != NULL; p += n)
		if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return 1;
	return 0;
}

struct date
months_later(struct date d, long months)
{
	long month = d.month - 1 + months;

	d.year += (int)(month / 12);
	d.month = (int)(month % 12) + 1;
	while (!date_exists(d))
		d.day--;
	return d;
}
