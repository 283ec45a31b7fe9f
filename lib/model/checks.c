#include <string.h>

#include "base/text.h"
#include "model/checks.h"
#include "model/digits.h"

#define SYMBOL_MAX    20  /* characters (oqs-interface.md 3.4) */
#define REFERENCE_MAX 50  /* (oqs-interface.md 2.5) */
#define OLDEST_EVER   130 /* years; the oldest person ever known reached 122 */

int
check_digit(const char *digits, size_t n)
{
	int sum = 0, twice = 1;

	while (n-- > 0) {
		int product = (digits[n] - '0') << twice;

		sum += product / 10 + product % 10;
		twice = !twice;
	}
	return (10 - sum % 10) % 10;
}

int
check_insurer_number(const char *number, struct why *why)
{
	char digits[DIGITS_SIZE];
	size_t n = digits_half(number, digits);
	int right;

	if (n != 6 && n != 8) {
		if (n == 0)
			why_set(why, ERR_INSURER_NUMBER_LENGTH, NULL, "it is not made of digits");
		else
			why_set(why, ERR_INSURER_NUMBER_LENGTH, NULL, "it has %zu digits", n);
		return 0;
	}
	right = check_digit(digits, n - 1);
	if (digits[n - 1] == '0' + right)
		return 1;
	why_set(why, ERR_INSURER_NUMBER_CHECK_DIGIT, NULL,
	    "%.*s would end in %d, not in %c; any digit may be the wrong one", (int)n - 1, digits,
	    right, digits[n - 1]);
	return 0;
}

int
check_institution_code(const char *code, const char **flag, struct why *why)
{
	*flag = NULL;
	if (strlen(code) != 10 || strspn(code, "0123456789") != 10) {
		why_set(why, ERR_INSTITUTION_CODE_MALFORMED, NULL, "give all ten, zeros too");
		return 0;
	}
	/* Never a refusal: old codes of some prefectures, and the operator's own samples, fail. */
	if (code[9] != '0' + check_digit(code, 9))
		*flag = "institution-code-check-digit";
	return 1;
}

int
check_branch(const char *branch, struct why *why)
{
	char digits[DIGITS_SIZE];

	if (digits_half(branch, digits) == 2)
		return 1;
	why_set(why, ERR_BRANCH_MALFORMED, NULL, "leave it out if the document has none");
	return 0;
}

/*
 * What no printer puts on paper: controls, format characters that only steer a display, and the
 * sign that some conversion lost a character. User-defined characters do stand on cards.
 */
static int
unprintable(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0000, 0x001f },
		{ 0x007f, 0x009f },
		{ 0x200b, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2060, 0x206f },
		{ 0xfeff, 0xfeff },
		{ 0xfff0, 0xffff },
	};

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return 1;
	return 0;
}

static int
check_on_paper(const char *s, size_t most, enum error_id id, struct why *why)
{
	size_t left = strlen(s), characters = 0, blanks = 0;

	while (left > 0) {
		uint32_t c;
		size_t n = utf8_next(s, left, &c);

		if (n == 0 || unprintable(c)) {
			why_set(
			    why, id, NULL, "character %zu cannot stand on paper", characters + 1);
			return 0;
		}
		blanks += c == ' ' || c == 0x3000;
		characters++;
		s += n;
		left -= n;
	}
	if (characters == blanks) {
		why_set(why, id, NULL, "it is blank");
		return 0;
	}
	if (characters > most) {
		why_set(why, id, NULL, "it has %zu characters, at most %zu go", characters, most);
		return 0;
	}
	return 1;
}

int
check_symbol(const char *symbol, struct why *why)
{
	return check_on_paper(symbol, SYMBOL_MAX, ERR_SYMBOL_MALFORMED, why);
}

/*
 * The number of the late-stage elderly has eight digits, but a shorter one is let through: leading
 * zeros do not distinguish, and spreadsheets eat them.
 */
int
check_number(const char *number, struct why *why)
{
	return check_on_paper(number, SYMBOL_MAX, ERR_NUMBER_MALFORMED, why);
}

int
check_reference_number(const char *number, struct why *why)
{
	return check_on_paper(number, REFERENCE_MAX, ERR_REFERENCE_NUMBER_MALFORMED, why);
}

int
check_birth_date(const char *text, struct date day, struct why *why)
{
	struct date birth;

	if (!date_parse(text, &birth)) {
		why_set(why, ERR_BIRTH_DATE_MALFORMED, NULL, "write it YYYY-MM-DD");
		return 0;
	}
	if (date_days(birth) > date_days(day)) {
		why_set(why, ERR_BIRTH_DATE_IMPLAUSIBLE, NULL, "it is after the visit");
		return 0;
	}
	if (date_age(birth, day, 0) > OLDEST_EVER) {
		why_set(why, ERR_BIRTH_DATE_IMPLAUSIBLE, NULL,
		    "it is over %d years before the visit", OLDEST_EVER);
		return 0;
	}
	return 1;
}
