/*
 * What invented histories are made of. Drugs, clinics and treatments exist nowhere: the codes begin
 * with 699999 and 199999, which were never given out. Of the checkups' item codes (JLAC10) five are
 * seen in public programs (oqs-interface.md 2.8); the others are recalled and only have the form.
 */
#ifndef OQ_HUB_PHARMACOPOEIA_H
#define OQ_HUB_PHARMACOPOEIA_H

#include <stddef.h>

struct remedy {
	const char *code, *name, *ingredient;
	const char *amount, *unit, *usage, *instruction; /* instruction: NULL for none */
	const char *class;
	unsigned months; /* taken in these only, bit 0 January; 0: always */
};

/* What somebody comes for. */
struct complaint {
	unsigned from_age, to_age;
	unsigned permille; /* of those of that age; acute: of their months */
	unsigned every;	   /* months between visits; 0: acute, comes and goes */
	unsigned days;	   /* the drugs are for, a month */
	size_t n;
	const struct remedy *remedies[2];
};

struct institution {
	const char *code, *name;
};

struct procedure {
	const char *code, *name, *class;
};

struct checkup_word {
	const char *value, *name;
};

/* An item of a checkup: measured, or one of some words. */
struct checkup_item {
	const char *code, *other_code; /* by another method: some laboratories; NULL: all use one */
	const char *name, *type, *unit;
	int men, women, spread; /* in the last of the decimals */
	int decimals, yearly;	/* how much it moves a year */
	const struct checkup_word *words;
	size_t n_words;
};

extern const struct complaint complaints[];
extern const struct institution clinics[], pharmacies[];
extern const struct procedure first_visit, next_visit, examination;
extern const struct checkup_item checkup_items[];
extern const size_t complaints_n, clinics_n, pharmacies_n, checkup_items_n;

/* Item codes that others are worked out from: BMI is not measured. */
#define CODE_HEIGHT "9N001000000000001"
#define CODE_WEIGHT "9N006000000000001"
#define CODE_BMI    "9N011000000000001"
#define CODE_SYSTEM "1.2.392.200119.6.99999" /* invented: the code system of the words */

#endif
