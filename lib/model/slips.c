#include <string.h>

#include "model/checks.h"
#include "model/digits.h"
#include "model/slips.h"

struct found {
	struct slip *out;
	size_t n, max;
};

/* Could an insurer have this number? Its place among the digits is law, prefecture, insurer. */
static int
plausible(const char *number)
{
	size_t n = strlen(number);
	const char *prefecture = number + (n == 8 ? 2 : 0);
	int code = (prefecture[0] - '0') * 10 + prefecture[1] - '0';

	return check_digit(number, n - 1) == number[n - 1] - '0' && code >= 1 && code <= 47 &&
	       insurance_kind(number) != NULL;
}

static void
offer(struct found *f, const char *number, int at, int changed)
{
	if (f->n == f->max || !plausible(number))
		return;
	memcpy(f->out[f->n].number, number, strlen(number) + 1);
	f->out[f->n].at = at;
	f->out[f->n].changed = changed;
	f->n++;
}

static void
offer_swapped(struct found *f, char *number, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		char first = number[i], second = number[i + 1];

		if (first == second)
			continue;
		number[i] = second;
		number[i + 1] = first;
		offer(f, number, (int)i, 2);
		number[i] = first;
		number[i + 1] = second;
	}
}

static void
offer_changed(struct found *f, char *number, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char typed = number[i];

		for (number[i] = '0'; number[i] <= '9'; number[i]++)
			if (number[i] != typed)
				offer(f, number, (int)i, 1);
		number[i] = typed;
	}
}

size_t
insurer_number_slips(const char *typed, struct slip *out, size_t max)
{
	struct found f = { out, 0, max };
	char digits[DIGITS_SIZE + 1] = "0";
	size_t n = digits_half(typed, digits + 1);

	if (n == 5 || n == 7)
		offer(&f, digits, 0, 1);
	if (n == 6 || n == 8) {
		offer_swapped(&f, digits + 1, n);
		offer_changed(&f, digits + 1, n);
	}
	return f.n;
}
