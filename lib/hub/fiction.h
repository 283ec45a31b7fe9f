/*
 * The words that synthetic people are made of. Nobody and no place of this kind exists: the
 * prefecture is called 架空県 and has postal codes that were never given out, and insurers have
 * serial numbers from 900 on.
 */
#ifndef OQ_HUB_FICTION_H
#define OQ_HUB_FICTION_H

#include <stddef.h>

struct fiction_name {
	const char *kanji, *kana; /* kana in half width, as the centre gives it */
};

struct fiction_town {
	const char *name;
	int postal_code; /* of its first district: 0001000 is 1000 */
};

enum fiction_kind {
	FICTION_EMPLOYEES, /* 被用者保険: 01 06 31 .. 34, eight digits */
	FICTION_MUNICIPAL, /* 国民健康保険: six digits */
	FICTION_LATE,	   /* 後期高齢者医療: 39 */
	FICTION_AID,	   /* 生活保護の医療扶助: 12 */
};

struct fiction_insurer {
	const char *body; /* the number without its check digit */
	enum fiction_kind kind;
	const char *name;
};

extern const struct fiction_name fiction_families[], fiction_men[], fiction_women[];
extern const struct fiction_town fiction_towns[];
extern const struct fiction_insurer fiction_insurers[];
extern const size_t fiction_families_n, fiction_men_n, fiction_women_n, fiction_towns_n,
    fiction_insurers_n;

#endif
