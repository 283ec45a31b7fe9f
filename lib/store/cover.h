/*
 * One cover of one person as an insurer registered it (a row of `cover`), and its packed form.
 *
 * Packed, because twenty columns cost a microsecond a row to fetch and one does not. Texts are
 * kept as registered. A text of length 0 is absent.
 */
#ifndef OQ_STORE_COVER_H
#define OQ_STORE_COVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define TEXT_MAX 254

struct text { /* UTF-8, borrowed, not NUL-terminated */
	const char *s;
	size_t n; /* at most TEXT_MAX in a cover */
};

/* 高齢受給者証 is worked out for the day asked: it is reissued every August. */
struct limit {	       /* 限度額適用認定証 */
	uint8_t kind;  /* 1 2 3 of words_limit_kind; 0: none */
	char class[3]; /* "A01" */
	uint32_t issued_on, valid_from, valid_to, long_stay_on;
};

struct disease {	 /* 特定疾病療養受療証 */
	uint8_t disease; /* 1 2 3 */
	uint32_t issued_on, valid_from, valid_to;
	uint32_t self_pay_yen;
};

struct ticket { /* 医療扶助: a standing order; the ticket itself is of the month asked */
	char facility[10];
	uint8_t type;	   /* 1 医療券, 2 調剤券 */
	uint8_t treatment; /* 1 入院 ... 5 訪問看護 */
	uint8_t combined;  /* 1 単独, 2 併用 */
	uint32_t self_pay_yen;
	uint32_t from; /* first day, and no end */
};

#define DISEASES_MAX 3
#define TICKETS_MAX  4

enum cover_flag {
	COVER_PLAIN = 1 << 0,	 /* no text needs an escape in JSON; set by cover_pack() */
	COVER_WITHHELD = 1 << 1, /* address and postal code are withheld (支援措置) */
};

struct cover {
	int64_t person, slot; /* of its row; slot is set by the store */
	uint32_t insurer;     /* row of `insurer` */
	uint8_t flags;
	char card_class[2]; /* "01", "A1" */
	uint8_t relation;   /* 1 2 as on the wire; 0: none. The same for sex, sex2, loss_reason */
	uint8_t sex, sex2, loss_reason;
	uint8_t copay_percent, elderly_percent;					    /* 0: none */
	uint32_t birth_date, acquired_on, lost_on, issued_on, valid_from, valid_to; /* day.h */
	uint32_t postal_code; /* 7 digits; 0: none */
	struct text symbol, number, branch, insured_name, name, name_other, kana, kana_other,
	    address;
	struct text folded_symbol, folded_number; /* as compared */
	struct limit limit;
	size_t n_diseases, n_tickets;
	struct disease diseases[DISEASES_MAX];
	struct ticket tickets[TICKETS_MAX];
};

#define COVER_PACKED_MAX 3072 /* eleven longest texts and the rest */

/* Adds the packed form, all but `person` and `slot`. 0, or -1 when a text is too long or out has failed. */
int cover_pack(struct buf *out, const struct cover *);

/* Reads it; texts point into doc. 1, or 0 if the bytes are none. `person` and `slot` are left alone. */
int cover_unpack(const unsigned char *doc, size_t n, struct cover *);

/* May the text stand in JSON as it is? 1 or 0. */
int text_plain(const struct text *);

/* Does it cover that day? lost_on is the first day without. 1 or 0. */
int cover_includes(const struct cover *, uint32_t day);

#endif
