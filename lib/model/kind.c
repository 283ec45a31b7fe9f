/*
 * Law numbers (法別番号): the first two digits of an eight-digit insurer number. Published lists of
 * several independent sites agree on these rows. They name, they decide nothing.
 */
#include <string.h>

#include "model/checks.h"
#include "model/digits.h"

static const struct insurance_kind kinds[] = {
	{ "01", "全国健康保険協会（協会けんぽ）", "Japan Health Insurance Association" },
	{ "02", "船員保険", "seamen's insurance" },
	{ "03", "日雇特例（一般療養）", "day labourers, general" },
	{ "04", "日雇特例（特別療養費）", "day labourers, special" },
	{ "06", "健康保険組合", "health insurance society" },
	{ "07", "自衛官等", "Self-Defence personnel" },
	{ "12", "生活保護（医療扶助）", "medical aid (public assistance)" },
	{ "31", "国家公務員共済組合", "national public servants' mutual aid" },
	{ "32", "地方公務員等共済組合", "local public servants' mutual aid" },
	{ "33", "警察共済組合", "police mutual aid" },
	{ "34", "公立学校・私立学校共済", "school staff's mutual aid" },
	{ "39", "後期高齢者医療", "late-stage elderly" },
	{ "63", "特例退職（健康保険組合）", "special retired, health insurance society" },
	{ "67", "国民健康保険（退職者医療）", "national health insurance, retired" },
	{ "72", "特例退職（国家公務員共済）", "special retired, national public servants" },
	{ "73", "特例退職（地方公務員等共済）", "special retired, local public servants" },
	{ "74", "特例退職（警察共済）", "special retired, police" },
	{ "75", "特例退職（学校共済）", "special retired, school staff" },
};
static const struct insurance_kind national = { "", "国民健康保険", "national health insurance" };

const struct insurance_kind *
insurance_kind(const char *insurer_number)
{
	char digits[DIGITS_SIZE];
	size_t n = digits_half(insurer_number, digits);

	/* Six digits are padded with zeros on the Web API (oqs-interface.md 3.2). */
	if (n == 6 || (n == 8 && strncmp(digits, "00", 2) == 0))
		return &national;
	for (size_t i = 0; n == 8 && i < sizeof kinds / sizeof *kinds; i++)
		if (strncmp(digits, kinds[i].law, 2) == 0)
			return &kinds[i];
	return NULL;
}
