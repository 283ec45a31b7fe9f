#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "csv/pair.h"
#include "csv/values.h"
#include "gen/names.h"
#include "model/checks.h"
#include "model/digits.h"

#define FOLD_MAX ((size_t)64 << 20) /* more than the longest row that is taken, as UTF-8 */

int
values_init(struct values *v, size_t slots)
{
	*v = (struct values){ .n = slots };
	buf_init(&v->pair, FOLD_MAX);
	buf_init(&v->fold, FOLD_MAX);
	v->items = calloc(slots, sizeof *v->items);
	return v->items == NULL ? -1 : 0;
}

void
values_free(struct values *v)
{
	free(v->items);
	buf_free(&v->pair);
	buf_free(&v->fold);
}

static void
set(struct value *value, const char *s, size_t len)
{
	value->s = s;
	value->len = len;
}

static void
set_own(struct value *value, const char *s, size_t len)
{
	memcpy(value->own, s, len);
	value->own[len] = '\0';
	set(value, value->own, len);
}

/* Notes what is wrong with a cell; the first one is what the record will say. */
static void
refuse(struct values *v, size_t column, enum error_id id, const char *detail)
{
	if (v->first.id != ERR_NONE)
		return;
	why_set(&v->first, id, NULL, "%s", detail);
	v->bad = column;
}

/* The cell folded, in the scratch; "" without memory, which the record will say before all. */
static const char *
fold(struct values *v, const struct cell *cell)
{
	buf_reset(&v->fold);
	if (text_fold(&v->fold, cell->s, cell->len) == 0 && buf_add(&v->fold, "", 0) == 0)
		return v->fold.data;
	why_set(&v->first, ERR_OUT_OF_MEMORY, NULL, NULL);
	return "";
}

/* 6.13E+06: what a spreadsheet makes of a long number. */
static int
scientific(const char *s)
{
	size_t whole = strspn(s, "0123456789"), n = whole;

	if (whole == 0)
		return 0;
	if (s[n] == '.')
		n += 1 + strspn(s + n + 1, "0123456789");
	return s[n] == 'E' && s[n + 1] == '+' && s[n + 2] != '\0' &&
	       strspn(s + n + 2, "0123456789") == strlen(s + n + 2);
}

static int
refuse_scientific(struct values *v, size_t column, const struct cell *cell)
{
	if (strchr(cell->s, '+') == NULL && strstr(cell->s, "\xef\xbc\x8b") == NULL) /* ＋ */
		return 0;
	if (!scientific(fold(v, cell)))
		return 0;
	refuse(v, column, ERR_SPREADSHEET_NUMBER, "it stands as a power of ten; digits are lost");
	return 1;
}

static void
read_text(struct values *v, const struct rule *rule, struct value *value, const struct cell *cell)
{
	if (rule->slot >= SLOT_SYMBOL && rule->slot <= SLOT_BRANCH &&
	    refuse_scientific(v, value->column, cell))
		return;
	/* Nobody is asked by it, so that it does not cost the row; oq-reference misses it. */
	if (rule->slot == SLOT_REFERENCE_NUMBER && scientific(fold(v, cell)))
		return;
	set(value, cell->s, cell->len);
	if (rule->slot != SLOT_BRANCH)
		return;
	fold(v, cell);
	if (v->fold.len == 1 && v->fold.data[0] >= '0' && v->fold.data[0] <= '9') {
		set_own(value, (const char[]){ '0', v->fold.data[0] }, 2);
		value->kept = 1;
		value->flag = INSURED_FLAGS_BRANCH_ZERO_RESTORED;
	}
}

static void
read_date(struct values *v, const struct rule *rule, struct value *value, const struct cell *cell)
{
	struct when *w = &value->when;
	int birth = rule->slot == SLOT_BIRTH_DATE;

	when_read(cell->s, w);
	if (w->has_day == 1) {
		date_format(w->day, value->own);
		set(value, value->own, DATE_SIZE - 1);
		value->kept = w->rest || (w->has_time && (w->hour != 0 || w->minute != 0));
		w->has_time = 0;
	} else if (rule->slot >= SLOT_ROW) {
		set(value, cell->s, cell->len);
	} else if (w->has_day == 0) {
		refuse(v, value->column, ERR_DATE_UNREADABLE, "");
	} else {
		refuse(v, value->column,
		    birth ? ERR_BIRTH_DATE_MALFORMED : ERR_VISIT_DATE_MALFORMED,
		    "there is no such day");
	}
}

/* Finished by the writer, who knows the day. */
static void
read_time(struct values *v, const struct rule *rule, struct value *value, const struct cell *cell)
{
	(void)v, (void)rule;
	when_read(cell->s, &value->when);
	value->kept = value->when.rest;
	if (value->when.has_time || value->when.has_day != 1)
		set(value, cell->s, cell->len);
}

/* Digits alone count; blanks and hyphens are layout. */
static void
read_digits(struct values *v, const struct rule *rule, struct value *value, const struct cell *cell)
{
	const char *s;
	char digits[16] = "0";
	size_t n = 1;

	(void)rule;
	if (refuse_scientific(v, value->column, cell))
		return;
	for (s = fold(v, cell); *s != '\0' && n < sizeof digits - 1; s++)
		if (strchr(" \t-", *s) == NULL)
			digits[n++] = *s;
	digits[n] = '\0';
	if (*s != '\0') {
		set(value, cell->s, cell->len); /* the check says what is wrong with it */
		return;
	}
	set_own(value, digits + 1, n - 1);
	/* Five or seven digits behind a zero: what a spreadsheet leaves of six or eight. */
	if ((n == 6 || n == 8) && strspn(digits, "0123456789") == n &&
	    check_insurer_number(digits, NULL)) {
		set_own(value, digits, n);
		value->kept = 1;
		value->flag = INSURED_FLAGS_LEADING_ZERO_RESTORED;
	}
}

static const struct choice *
chosen(struct values *v, const struct rule *rule, const struct cell *cell)
{
	const char *s = fold(v, cell);

	for (const struct choice *c = rule->choices->items;
	     c < rule->choices->items + rule->choices->n; c++)
		if (c->prefix ? strncmp(s, c->text, strlen(c->text)) == 0 : strcmp(s, c->text) == 0)
			return c;
	return NULL;
}

static void
read_skip(struct values *v, const struct rule *rule, struct value *value, const struct cell *cell)
{
	const struct choice *c = chosen(v, rule, cell);

	value->kept = 1;
	if (c != NULL)
		set(value, c->word, strlen(c->word));
}

static void
read_yes(struct values *v, const struct rule *rule, struct value *value, const struct cell *cell)
{
	static const char yes[] = "true";

	value->kept = 1;
	if (chosen(v, rule, cell) != NULL)
		set(value, yes, sizeof yes - 1);
}

/* Kept whole; taken apart when the insurer is known. */
static void
read_pair(struct values *v, const struct rule *rule, struct value *value, const struct cell *cell)
{
	(void)rule;
	if (!refuse_scientific(v, value->column, cell))
		set(value, cell->s, cell->len);
}

static void (*const readers[])(
    struct values *, const struct rule *, struct value *, const struct cell *) = {
	[FORM_TEXT] = read_text,
	[FORM_DATE] = read_date,
	[FORM_TIME] = read_time,
	[FORM_DIGITS] = read_digits,
	[FORM_SYMBOL_NUMBER] = read_pair,
	[FORM_SKIP_IF] = read_skip,
	[FORM_YES_IF] = read_yes,
};

/* Late-stage elderly (39) have a number and no symbol. */
static int
without_symbol(const struct value *insurer, const char *pair)
{
	char digits[DIGITS_SIZE];

	return insurer->s != NULL && insurer->len == 8 && strncmp(insurer->s, "39", 2) == 0 &&
	       digits_half(pair, digits) > 0;
}

static void
settle_pair(struct values *v)
{
	const struct value *pair = &v->items[SLOT_SYMBOL_NUMBER];
	struct value *symbol = &v->items[SLOT_SYMBOL], *number = &v->items[SLOT_NUMBER];
	struct cell first, second;

	if (pair->s == NULL)
		return;
	symbol->column = number->column = pair->column;
	symbol->given = number->given = 1;
	if (without_symbol(&v->items[SLOT_INSURER_NUMBER], pair->s)) {
		set(number, pair->s, pair->len);
		return;
	}
	if (!pair_split(pair->s, &first, &second)) {
		refuse(v, pair->column, ERR_SYMBOL_NUMBER_JOINED, "");
		return;
	}
	buf_reset(&v->pair);
	buf_add(&v->pair, first.s, first.len);
	buf_addc(&v->pair, '\0');
	buf_add(&v->pair, second.s, second.len);
	if (buf_failed(&v->pair)) {
		refuse(v, pair->column, ERR_OUT_OF_MEMORY, "");
		return;
	}
	set(symbol, v->pair.data, first.len);
	set(number, v->pair.data + first.len + 1, second.len);
}

void
values_read(struct values *v, const struct columns *columns, const struct cell *cells)
{
	memset(v->items, 0, v->n * sizeof *v->items);
	v->first.id = ERR_NONE;
	for (size_t i = 0; i < columns->n_bindings; i++) {
		const struct binding *b = &columns->bindings[i];
		struct value *value = &v->items[b->rule->slot];
		const struct cell *cell = &cells[b->column];

		if (cell->len == 0 || value->s != NULL)
			continue;
		value->given = 1;
		value->column = b->column;
		readers[b->rule->form](v, b->rule, value, cell);
	}
	settle_pair(v);
}
