#include "hub/pharmacopoeia.h"

#define COUNT(a)  (sizeof(a) / sizeof *(a))
#define INTERNAL  "21"
#define AS_NEEDED "22"
#define EXTERNAL  "23"
#define POLLEN	  (1U << 1 | 1U << 2 | 1U << 3) /* February to April */

static const struct remedy pressure = { "699999011", "架空アムロ錠５ｍｇ「試験」",
	"架空アムロベシル酸塩錠", "1", "錠", "１日１回　朝食後", NULL, INTERNAL, 0 };
static const struct remedy pressure_2 = { "699999012", "架空サルタン錠２０ｍｇ", "架空サルタン錠",
	"1", "錠", "１日１回　朝食後", NULL, INTERNAL, 0 };
static const struct remedy lipids = { "699999013", "架空スタチン錠１０ｍｇ",
	"架空スタチンカルシウム錠", "1", "錠", "１日１回　夕食後", NULL, INTERNAL, 0 };
static const struct remedy sugar = { "699999014", "架空ホルミン錠２５０ｍｇ",
	"架空ホルミン塩酸塩錠", "2", "錠", "１日２回　朝夕食後", NULL, INTERNAL, 0 };
static const struct remedy sugar_2 = { "699999015", "架空グリプチン錠５０ｍｇ", "架空グリプチン錠",
	"1", "錠", "１日１回　朝食後", NULL, INTERNAL, 0 };
static const struct remedy sleep = { "699999016", "架空ゾピクロン錠１ｍｇ", "架空ゾピクロン錠", "1",
	"錠", "１日１回　就寝前", "不眠時", INTERNAL, 0 };
static const struct remedy stomach = { "699999017", "架空プラゾール錠１０ｍｇ", "架空プラゾール錠",
	"1", "錠", "１日１回　朝食後", NULL, INTERNAL, 0 };
static const struct remedy pollen = { "699999018", "架空フェナジン錠６０ｍｇ",
	"架空フェナジン塩酸塩錠", "2", "錠", "１日２回　朝夕食後", NULL, INTERNAL, POLLEN };
static const struct remedy eye_drops = { "699999019", "架空パタノ点眼液０．１％",
	"架空パタノ点眼液", "5", "ｍＬ", "１日４回　点眼", "両眼", EXTERNAL, POLLEN };
static const struct remedy fever = { "699999020", "架空アセトアミ錠２００ｍｇ", "架空アセトアミ錠",
	"2", "錠", "発熱時　１回２錠", "６時間以上あける", AS_NEEDED, 0 };
static const struct remedy cough = { "699999021", "架空メトルファン錠１５ｍｇ",
	"架空メトルファン錠", "3", "錠", "１日３回　毎食後", NULL, INTERNAL, 0 };
static const struct remedy syrup = { "699999022", "架空カルボシロップ５％", "架空カルボシロップ",
	"7.5", "ｍＬ", "１日３回　毎食後", NULL, INTERNAL, 0 };
static const struct remedy plaster = { "699999023", "架空ロキソテープ１００ｍｇ",
	"架空ロキソテープ", "14", "枚", "１日１回　貼付", "腰", EXTERNAL, 0 };
static const struct remedy ache = { "699999024", "架空ロキソ錠６０ｍｇ「髙崎」", "架空ロキソ錠",
	"3", "錠", "１日３回　毎食後", NULL, INTERNAL, 0 };

const struct complaint complaints[] = {
	{ 45, 130, 350, 1, 28, 2, { &pressure, &pressure_2 } },
	{ 45, 130, 200, 2, 28, 1, { &lipids } },
	{ 40, 130, 120, 1, 28, 2, { &sugar, &sugar_2 } },
	{ 60, 130, 100, 1, 28, 1, { &sleep } },
	{ 50, 130, 80, 2, 28, 1, { &stomach } },
	{ 8, 70, 250, 1, 14, 2, { &pollen, &eye_drops } },
	{ 15, 130, 40, 0, 5, 2, { &fever, &cough } },
	{ 0, 14, 90, 0, 5, 2, { &syrup, &fever } },
	{ 30, 130, 25, 0, 7, 2, { &plaster, &ache } },
};

const struct institution clinics[] = {
	{ "4719999999", "架空内科クリニック" },
	{ "4719999988", "架空クリニック" },
	{ "4719999970", "架空総合病院" },
};
const struct institution pharmacies[] = {
	{ "4749999970", "架空薬局例示店" },
	{ "4749999988", "架空薬局試験店" },
};

const struct procedure first_visit = { "199999011", "架空初診料", "11" };
const struct procedure next_visit = { "199999012", "架空再診料", "12" };
const struct procedure examination = { "199999001", "架空血液検査", "60" };

/* The first word is the common one. */
static const struct checkup_word urine[] = {
	{ "1", "（－）" },
	{ "2", "（±）" },
	{ "3", "（＋）" },
};
static const struct checkup_word smoking[] = { { "2", "いいえ" }, { "1", "はい" } };
static const struct checkup_word history[] = {
	{ "2", "特記すべきことなし" },
	{ "1", "特記すべきことあり" },
};
static const struct checkup_word metabolic[] = {
	{ "3", "非該当" },
	{ "2", "予備群該当" },
	{ "1", "基準該当" },
};

#define MEASURED(code, other, name, unit, men, women, spread, decimals, yearly)                    \
	{                                                                                          \
		code, other, name, "PQ", unit, men, women, spread, decimals, yearly, NULL, 0       \
	}
#define WORDED(code, other, name, words)                                                           \
	{                                                                                          \
		code, other, name, "CD", NULL, 0, 0, 0, 0, 0, words, COUNT(words)                  \
	}

const struct checkup_item checkup_items[] = {
	MEASURED(CODE_HEIGHT, NULL, "身長", "cm", 1695, 1565, 80, 1, 0),
	MEASURED(CODE_WEIGHT, NULL, "体重", "kg", 670, 535, 110, 1, 4),
	MEASURED(CODE_BMI, NULL, "ＢＭＩ", "kg/m2", 0, 0, 0, 1, 0),
	MEASURED("9N016160100000001", NULL, "腹囲（実測）", "cm", 855, 810, 90, 1, 4),
	WORDED("9N056000000000011", NULL, "既往歴", history),
	MEASURED("9A751000000000001", NULL, "収縮期血圧（１回目）", "mm[Hg]", 128, 124, 16, 0, 1),
	MEASURED("9A761000000000001", NULL, "拡張期血圧（１回目）", "mm[Hg]", 79, 75, 11, 0, 0),
	MEASURED("3F015000002327101", "3F015000002327201", "中性脂肪", "mg/dl", 120, 95, 55, 0, 2),
	MEASURED("3F070000002327101", "3F070000002327201", "ＨＤＬコレステロール", "mg/dl", 57, 67,
	    14, 0, 0),
	MEASURED("3F077000002327101", "3F077000002327201", "ＬＤＬコレステロール", "mg/dl", 122,
	    124, 30, 0, 1),
	MEASURED("3B035000002327201", NULL, "ＡＳＴ（ＧＯＴ）", "U/l", 25, 22, 8, 0, 0),
	MEASURED("3B045000002327201", NULL, "ＡＬＴ（ＧＰＴ）", "U/l", 26, 19, 11, 0, 0),
	MEASURED("3B090000002327101", NULL, "γ－ＧＴ（γ－ＧＴＰ）", "U/l", 45, 26, 22, 0, 1),
	MEASURED("3D010000001926101", "3D010000002227101", "空腹時血糖", "mg/dl", 99, 94, 13, 0, 1),
	MEASURED("3D046000001920402", "3D046000001906202", "ＨｂＡ１ｃ（ＮＧＳＰ）", "%", 56, 56, 5,
	    1, 1),
	WORDED("1A020000000190111", "1A020000000191111", "尿糖", urine),
	WORDED("1A010000000190111", "1A010000000191111", "尿蛋白", urine),
	WORDED("9N736000000000011", NULL, "喫煙", smoking),
	WORDED("9N501000000000011", NULL, "メタボリックシンドローム判定", metabolic),
};

const size_t complaints_n = COUNT(complaints), clinics_n = COUNT(clinics),
	     pharmacies_n = COUNT(pharmacies), checkup_items_n = COUNT(checkup_items);
