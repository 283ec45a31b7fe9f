#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "subsidy/book.h"
#include "subsidy/write.h"
#include "view/xlsx.h"

/* Columns of the lines in a facility's sheet, and of the summary. */
enum { SUPPLIER, ITEM, DETAIL, YEN, STATED, REST, RECEIPT, GAP };
enum { CODE, NAME, CLASS, REGIME, FIRST_FIGURE };
#define FIRST_ROW 1 /* of the summary */

struct book {
	struct xlsx x;
	lxw_worksheet *summary;
	size_t n;		 /* facilities */
	int64_t sums[N_FIGURES]; /* over all of them */
	struct date made;	 /* of the first */
};

/* In the order of figures[]. */
static const char *const figure_heads[N_FIGURES] = { "補助対象の事業費", "上限までの事業費",
	"補助金額", "通常の補助の分", "差額の分", "通常の補助率による額（未確認）" };

/* The name of a column. */
static char
letter(size_t column)
{
	return (char)('A' + column);
}

struct book *
book_open(const char *path, struct why *why)
{
	static const char *const heads[] = { "医療機関コード", "医療機関名", "施設区分", "適用" };
	struct book *b = calloc(1, sizeof *b);

	if (b == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return NULL;
	}
	if (xlsx_open(&b->x, path, why) == -1) {
		book_free(b);
		return NULL;
	}
	b->summary = xlsx_sheet(&b->x, "集計");
	for (size_t i = 0; i < FIRST_FIGURE; i++) {
		xlsx_width(&b->x, b->summary, i, i == NAME ? 40 : 16, b->x.text);
		xlsx_text(&b->x, b->summary, 0, i, heads[i], b->x.head);
	}
	for (size_t i = 0; i < N_FIGURES; i++) {
		xlsx_width(&b->x, b->summary, FIRST_FIGURE + i, 18, b->x.yen);
		xlsx_text(&b->x, b->summary, 0, FIRST_FIGURE + i, figure_heads[i], b->x.head);
	}
	return b;
}

void
book_free(struct book *b)
{
	if (b == NULL)
		return;
	xlsx_abort(&b->x);
	free(b);
}

/* --- the sheet of a facility ----------------------------------------------------------------------- */

/* One sheet being filled from above. */
struct page {
	struct book *book;
	const struct project *p;
	const struct assessment *a;
	lxw_worksheet *sheet;
	size_t row;
	size_t total; /* the row with the sums over all suppliers */
};

static void
put(struct page *g, size_t column, const char *text)
{
	xlsx_text(&g->book->x, g->sheet, g->row, column, text, g->book->x.text);
}

static void
put_head(struct page *g, size_t column, const char *text)
{
	xlsx_text(&g->book->x, g->sheet, g->row, column, text, g->book->x.head);
}

static void
put_yen(struct page *g, size_t column, int64_t yen)
{
	xlsx_number(&g->book->x, g->sheet, g->row, column, yen, g->book->x.yen);
}

static void
begin_page(struct page *g)
{
	static const struct {
		const char *head;
		double width;
	} columns[] = { { "供給者", 30 }, { "項目", 40 }, { "内訳", 40 }, { "税込金額", 15 },
		{ "①補助対象金額", 18 }, { "②補助対象外金額", 18 }, { "領収書の総額", 15 },
		{ "差", 12 } };

	put(g, 0, g->p->code);
	put(g, 1, g->p->name);
	g->row++;
	put(g, 0, class_name(g->a->facility_class));
	put(g, 1, g->a->regime);
	g->row += 2;
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		xlsx_width(&g->book->x, g->sheet, i, columns[i].width, NULL);
		put_head(g, i, columns[i].head);
	}
	g->row++;
}

/*
 * The sums of three columns over rows [from, here). SUBTOTAL passes over others of its kind, so the
 * sum over all suppliers is one formula, whatever number of them.
 */
static void
put_sums(struct page *g, size_t from, int64_t all, int64_t stated)
{
	const int64_t sums[] = { all, stated, all - stated };

	for (size_t i = 0; i < 3; i++)
		xlsx_formula(&g->book->x, g->sheet, g->row, YEN + i, sums[i],
		    "=SUBTOTAL(9,%c%zu:%c%zu)", letter(YEN + i), from + 1, letter(YEN + i), g->row);
}

static void
put_supplier(struct page *g, const struct supplier *s, int64_t *all, int64_t *stated)
{
	const size_t from = g->row;
	int64_t sum = 0, eligible = 0;

	for (const struct cost *c = g->p->costs + s->first; c < g->p->costs + s->first + s->n;
	     c++) {
		put(g, SUPPLIER, s->name);
		put(g, ITEM, c->kind == NULL ? "値引" : c->kind->ja);
		put(g, DETAIL, c->label);
		put_yen(g, YEN, c->yen);
		put_yen(g, STATED, c->stated);
		xlsx_formula(&g->book->x, g->sheet, g->row, REST, c->yen - c->stated,
		    "=%c%zu-%c%zu", letter(YEN), g->row + 1, letter(STATED), g->row + 1);
		sum += c->yen;
		eligible += c->stated;
		g->row++;
	}
	put_head(g, SUPPLIER, s->name);
	put_head(g, ITEM, "小計");
	if (s->n > 0)
		put_sums(g, from, sum, eligible);
	if (s->total != UNSAID) {
		put_yen(g, RECEIPT, s->total);
		xlsx_formula(&g->book->x, g->sheet, g->row, GAP, sum - s->total, "=%c%zu-%c%zu",
		    letter(YEN), g->row + 1, letter(RECEIPT), g->row + 1);
	}
	*all += sum;
	*stated += eligible;
	g->row++;
}

static void
put_lines(struct page *g)
{
	const size_t from = g->row;
	int64_t all = 0, stated = 0;

	for (size_t i = 0; i < g->p->n_suppliers; i++)
		put_supplier(g, &g->p->suppliers[i], &all, &stated);
	put_head(g, SUPPLIER, "合計");
	if (g->row > from)
		put_sums(g, from, all, stated);
	else
		for (size_t i = 0; i < 3; i++)
			put_yen(g, YEN + i, 0);
	g->total = g->row++;
}

/* --- amounts ------------------------------------------------------------------------------------------ */

/* The rows of a rule, from above: facts of the table, then what comes of them. */
enum {
	RULE_CAP = 1,
	RULE_NUM,
	RULE_DEN,
	RULE_UNIT,
	RULE_MOST,
	RULE_CAPPED,
	RULE_EXACT,
	RULE_CUT,
	RULE_AMOUNT,
	RULE_ROWS
};

/* One rule in a column of its own, `at` being the row of its name. The same steps as assess.c. */
static void
put_rule(struct page *g, size_t at, size_t column, const struct rule *r)
{
	const int64_t facts[] = { [RULE_CAP] = r->cost_cap,
		[RULE_NUM] = r->num,
		[RULE_DEN] = r->den,
		[RULE_UNIT] = r->unit,
		[RULE_MOST] = r->subsidy_cap };
	const int64_t cost = g->a->eligible, capped = cost < r->cost_cap ? cost : r->cost_cap;
	const int64_t exact = share_of(capped, r->num, r->den), cut = exact - exact % r->unit;
	const int full = !r->rounding_known && capped == r->cost_cap;
	const int64_t amount = full || cut > r->subsidy_cap ? r->subsidy_cap : cut;
	struct xlsx *x = &g->book->x;
	const char c = letter(column);

	xlsx_text(x, g->sheet, at, column, r->cite.row, x->text);
	for (size_t i = RULE_CAP; i <= RULE_MOST; i++)
		xlsx_number(x, g->sheet, at + i, column, facts[i], x->yen);
	xlsx_formula(x, g->sheet, at + RULE_CAPPED, column, capped, "=MIN(%c%zu,%c%zu)",
	    letter(STATED), g->total + 1, c, at + RULE_CAP + 1);
	xlsx_formula(x, g->sheet, at + RULE_EXACT, column, exact, "=INT(%c%zu*%c%zu/%c%zu)", c,
	    at + RULE_CAPPED + 1, c, at + RULE_NUM + 1, c, at + RULE_DEN + 1);
	xlsx_formula(x, g->sheet, at + RULE_CUT, column, cut, "=%c%zu-MOD(%c%zu,%c%zu)", c,
	    at + RULE_EXACT + 1, c, at + RULE_EXACT + 1, c, at + RULE_UNIT + 1);
	/* A printed cap that is not the product of the printed base holds where the base is full. */
	if (r->rounding_known)
		xlsx_formula(x, g->sheet, at + RULE_AMOUNT, column, amount, "=MIN(%c%zu,%c%zu)", c,
		    at + RULE_CUT + 1, c, at + RULE_MOST + 1);
	else
		xlsx_formula(x, g->sheet, at + RULE_AMOUNT, column, amount,
		    "=IF(%c%zu=%c%zu,%c%zu,MIN(%c%zu,%c%zu))", c, at + RULE_CAPPED + 1, c,
		    at + RULE_CAP + 1, c, at + RULE_MOST + 1, c, at + RULE_CUT + 1, c,
		    at + RULE_MOST + 1);
}

/* The rule, and beside it the basic one where that counts too. Returns the row of their amounts. */
static size_t
put_rules(struct page *g)
{
	static const char *const heads[RULE_ROWS] = { "規則", "事業費の上限", "補助率の分子",
		"補助率の分母", "切捨ての単位", "補助金の上限", "上限までの事業費",
		"補助率を掛けた額", "切り捨てた額", "補助金額" };
	const size_t at = ++g->row;

	for (size_t i = 0; i < RULE_ROWS; i++)
		xlsx_text(&g->book->x, g->sheet, at + i, 0, heads[i], g->book->x.head);
	put_rule(g, at, 1, g->a->rule);
	if (g->a->two_amounts)
		put_rule(g, at, 2, g->a->base_rule);
	g->row = at + RULE_ROWS + 1;
	return at + RULE_AMOUNT;
}

/* The figures by their names, one below the other. Returns the row of the first. */
static size_t
put_figures(struct page *g, size_t amount)
{
	const struct assessment *a = g->a;
	struct xlsx *x = &g->book->x;
	const size_t refusals = g->row, at = g->row + 1;
	const char base = a->two_amounts && a->fallback == UNSAID ? 'C' : 'B';

	xlsx_text(x, g->sheet, refusals, 0, "差戻しになる点の数", x->head);
	xlsx_number(x, g->sheet, refusals, 1, (int64_t)a->refusals, x->yen);
	for (size_t i = 0; i < N_FIGURES; i++)
		if (figure_of(a, &figures[i]) != UNSAID)
			xlsx_text(x, g->sheet, at + i, 0, figure_heads[i], x->head);
	xlsx_formula(x, g->sheet, at, 1, a->eligible, "=%c%zu", letter(STATED), g->total + 1);
	xlsx_formula(
	    x, g->sheet, at + 1, 1, a->capped, "=B%zu", amount + 1 - (RULE_AMOUNT - RULE_CAPPED));
	xlsx_formula(
	    x, g->sheet, at + 2, 1, a->subsidy, "=IF(B%zu>0,0,B%zu)", refusals + 1, amount + 1);
	xlsx_formula(
	    x, g->sheet, at + 3, 1, a->base, "=IF(B%zu>0,0,%c%zu)", refusals + 1, base, amount + 1);
	xlsx_formula(x, g->sheet, at + 4, 1, a->difference, "=B%zu-B%zu", at + 3, at + 4);
	if (a->fallback != UNSAID)
		xlsx_formula(x, g->sheet, at + 5, 1, a->fallback, "=C%zu", amount + 1);
	return at;
}

/* --- the workbook ---------------------------------------------------------------------------------------- */

/* Does a cell hold it? NULL is nothing. */
static int
fits(const char *text)
{
	return text == NULL || strlen(text) <= XLSX_TEXT_MAX;
}

/* 0, or -1 with why: no cell holds the text of that member. */
static int
look_at_texts(const struct project *p, struct why *why)
{
	char pointer[96] = "";

	if (!fits(p->name))
		snprintf(pointer, sizeof pointer, "/" PROJECT_FACILITY_NAME);
	else if (!fits(p->code))
		snprintf(pointer, sizeof pointer, "/" PROJECT_FACILITY_CODE);
	for (size_t i = 0; i < p->n_suppliers; i++) {
		const struct supplier *s = &p->suppliers[i];

		if (!fits(s->name))
			snprintf(pointer, sizeof pointer,
			    "/" PROJECT_SUPPLIERS "/%zu/" SUPPLIER_NAME, i);
		for (size_t j = 0; j < s->n; j++)
			if (!fits(p->costs[s->first + j].label))
				snprintf(pointer, sizeof pointer,
				    "/" PROJECT_SUPPLIERS "/%zu/" SUPPLIER_ITEMS "/%zu/" COST_LABEL,
				    i, j);
	}
	if (*pointer == '\0')
		return 0;
	why_set(why, ERR_FORM_TEXT_TOO_LONG, pointer, "a cell holds %d bytes", XLSX_TEXT_MAX);
	return -1;
}

/* "1310000011", or "3" where that is no code, or stands already. */
static void
name_sheet(struct book *b, const struct project *p, char *out, size_t n)
{
	const size_t digits = p->code == NULL ? 0 : strspn(p->code, "0123456789");

	snprintf(out, n, "%zu", b->n);
	if (digits != 10 || p->code[digits] != '\0')
		return;
	if (workbook_get_worksheet_by_name(b->x.workbook, p->code) == NULL)
		snprintf(out, n, "%s", p->code);
}

static void
summarise(struct book *b, const struct page *g, const char *sheet, size_t figures_at)
{
	const size_t row = FIRST_ROW + b->n - 1;

	xlsx_text(&b->x, b->summary, row, CODE, g->p->code, b->x.text);
	xlsx_text(&b->x, b->summary, row, NAME, g->p->name, b->x.text);
	xlsx_text(&b->x, b->summary, row, CLASS, class_name(g->a->facility_class), b->x.text);
	xlsx_text(&b->x, b->summary, row, REGIME, g->a->regime, b->x.text);
	for (size_t i = 0; i < N_FIGURES; i++) {
		int64_t yen = figure_of(g->a, &figures[i]);

		if (yen == UNSAID)
			continue;
		xlsx_formula(&b->x, b->summary, row, FIRST_FIGURE + i, yen, "='%s'!B%zu", sheet,
		    figures_at + i + 1);
		b->sums[i] += yen;
	}
}

int
book_add(struct book *b, const struct project *p, const struct assessment *a, struct why *why)
{
	struct page g = { .book = b, .p = p, .a = a };
	char name[32];

	if (b->n == BOOK_MAX) {
		why_set(why, ERR_BOOK_FULL, NULL, "%d", BOOK_MAX);
		return -1;
	}
	if (look_at_texts(p, why) == -1)
		return -1;
	b->n++;
	if (b->n == 1 && p->application_on != UNSAID)
		b->made = date_of_days(p->application_on);
	name_sheet(b, p, name, sizeof name);
	g.sheet = xlsx_sheet(&b->x, name);
	begin_page(&g);
	put_lines(&g);
	summarise(b, &g, name, put_figures(&g, put_rules(&g)));
	return 0;
}

int
book_write(struct book *b, struct why *why)
{
	const size_t row = FIRST_ROW + b->n;

	xlsx_text(&b->x, b->summary, row, CODE, "合計", b->x.head);
	for (size_t i = 0; i < N_FIGURES && b->n > 0; i++)
		xlsx_formula(&b->x, b->summary, row, FIRST_FIGURE + i, b->sums[i],
		    "=SUM(%c%d:%c%zu)", letter(FIRST_FIGURE + i), FIRST_ROW + 1,
		    letter(FIRST_FIGURE + i), row);
	if (b->summary != NULL)
		worksheet_freeze_panes(b->summary, FIRST_ROW, 0);
	xlsx_made(&b->x, b->made.year == 0 ? date_of_days(0) : b->made);
	return xlsx_commit(&b->x, why);
}
