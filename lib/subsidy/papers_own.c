/* The papers that stay in the house: the check sheet, the duties, the worksheet for the accountant. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "subsidy/papers.h"
#include "subsidy/text.h"

/* In the order of figures[]. */
static const char *const figure_names[N_FIGURES] = {
	"補助対象の事業費（①の合計）",
	"上限までの事業費",
	"補助金額",
	"うち通常の補助の分",
	"うち差額（別途の補助）の分",
	"通常の補助率による額（未確認）",
};

static void
draw_facility(const struct sketch *s)
{
	static const struct column columns[] = { { "", 0 }, { "", 0 } };
	static const int shares[] = { 28, 72 };
	const struct assessment *a = s->assessment;
	struct sheet sheet;

	sheet_init(&sheet, columns, 2);
	sheet_row(&sheet, 0);
	sheet_put(&sheet, "医療機関等");
	sheet_putf(
	    &sheet, "%s　%s", s->project->code, s->project->name == NULL ? "" : s->project->name);
	sheet_row(&sheet, 0);
	sheet_put(&sheet, "区分・適用");
	sheet_putf(&sheet, "%s　%s", class_name(a->facility_class),
	    a->rule == NULL ? "" : a->rule->cite.row);
	pdf_table(s->forms->pdf, &sheet, shares);
	sheet_free(&sheet);
}

/* --- the check sheet ------------------------------------------------------------------------------- */

/* What is typed into the portal, in the order of its screen: digits without separators. */
static void
draw_portal(const struct sketch *s)
{
	static const struct column columns[] = { { "画面の項目", 0 }, { "入力・選択する値", 0 },
		{ "入力済み", 0 } };
	static const int shares[] = { 30, 55, 15 };
	const struct form_field *f;
	struct sheet sheet;
	size_t at = 0;

	pdf_text(s->forms->pdf, PDF_HEADING, "1. 転記表（ポータルの画面の順）");
	sheet_init(&sheet, columns, 3);
	while ((f = next_field(s->forms, "portal", &at)) != NULL) {
		sheet_row(&sheet, 0);
		sheet_put(&sheet, f->label);
		if (f->source == SOURCE_FIGURE && figure_of(s->assessment, f->figure) != UNSAID)
			sheet_putf(&sheet, "%" PRId64, figure_of(s->assessment, f->figure));
		else
			sheet_put(&sheet, f->source == SOURCE_TEXT ? f->text : NULL);
		sheet_put(&sheet, "□");
	}
	pdf_table(s->forms->pdf, &sheet, shares);
	sheet_free(&sheet);
}

static void
draw_figures(const struct sketch *s, const char *heading)
{
	static const struct column columns[] = { { "", 0 }, { "円", COLUMN_RIGHT } };
	static const int shares[] = { 65, 35 };
	struct sheet sheet;

	pdf_text(s->forms->pdf, PDF_HEADING, heading);
	sheet_init(&sheet, columns, 2);
	for (size_t i = 0; i < N_FIGURES; i++) {
		int64_t yen = figure_of(s->assessment, &figures[i]);

		if (yen == UNSAID)
			continue;
		sheet_row(&sheet, 0);
		sheet_put(&sheet, figure_names[i]);
		put_yen(&sheet, yen);
	}
	pdf_table(s->forms->pdf, &sheet, shares);
	sheet_free(&sheet);
	if (s->assessment->difference > 0)
		pdf_text(s->forms->pdf, PDF_SMALL,
		    "差額（別途の補助）の申請の様式と、申請が 1 回か 2 回かは公表されていません。"
		    "支払基金に確かめてください。");
}

static void
draw_suppliers(const struct sketch *s)
{
	static const struct column columns[] = { { "供給者", 0 }, { "領収書の総額", COLUMN_RIGHT },
		{ "①小計", COLUMN_RIGHT }, { "②小計", COLUMN_RIGHT }, { "①+②", COLUMN_RIGHT },
		{ "差", COLUMN_RIGHT } };
	static const int shares[] = { 26, 16, 15, 15, 15, 13 };
	const struct project *p = s->project;
	int64_t totals[4] = { 0 };
	struct sheet sheet;

	pdf_text(s->forms->pdf, PDF_HEADING, "3. 領収書と内訳書");
	sheet_init(&sheet, columns, 6);
	sheet.points = 8.5;
	for (const struct supplier *i = p->suppliers; i < p->suppliers + p->n_suppliers; i++) {
		int64_t stated = stated_sum(p, i), all = lines_sum(p, i);

		sheet_row(&sheet, 0);
		sheet_put(&sheet, i->name);
		put_yen(&sheet, i->total);
		put_yen(&sheet, stated);
		put_yen(&sheet, all - stated);
		put_yen(&sheet, all);
		put_yen(&sheet, i->total == UNSAID ? UNSAID : all - i->total);
		totals[0] += i->total == UNSAID ? 0 : i->total;
		totals[1] += stated;
		totals[2] += all - stated;
		totals[3] += all;
	}
	sheet_row(&sheet, ROW_STRONG);
	sheet_put(&sheet, "合計");
	for (size_t i = 0; i < 4; i++)
		put_yen(&sheet, totals[i]);
	put_yen(&sheet, totals[3] - totals[0]);
	pdf_table(s->forms->pdf, &sheet, shares);
	sheet_free(&sheet);
}

/* "供給者 2、明細 3": where a finding is, as far as it is somewhere. */
static void
put_place(struct sheet *sheet, const struct step *step)
{
	const struct field *f =
	    step->fact == NULL ? NULL : field_find(project_fields, n_project_fields, step->fact);

	if (step->supplier != NOWHERE && step->line != NOWHERE)
		sheet_putf(sheet, "供給者 %ld、明細 %ld", step->supplier + 1, step->line + 1);
	else if (step->supplier != NOWHERE)
		sheet_putf(sheet, "供給者 %ld", step->supplier + 1);
	else
		sheet_put(sheet, f != NULL ? f->ja : step->fact);
}

static void
draw_findings(const struct sketch *s)
{
	static const struct column columns[] = { { "", 0 }, { "内容", 0 }, { "箇所", 0 } };
	static const int shares[] = { 10, 65, 25 };
	const struct assessment *a = s->assessment;
	struct sheet sheet;

	pdf_text(s->forms->pdf, PDF_HEADING, "4. 差戻しになる点・注意する点");
	sheet_init(&sheet, columns, 3);
	sheet.points = 8.5;
	for (const struct step *i = a->steps; i < a->steps + a->n_steps; i++) {
		if (i->kind != STEP_REFUSAL && i->kind != STEP_WARNING)
			continue;
		sheet_row(&sheet, i->kind == STEP_REFUSAL ? ROW_STRONG : 0);
		sheet_put(&sheet, i->kind == STEP_REFUSAL ? "差戻し" : "注意");
		sheet_putf(&sheet, "%s (%s)", code_sentence_japanese(i->code), i->code);
		put_place(&sheet, i);
	}
	if (sheet.n_rows == 0)
		pdf_text(s->forms->pdf, PDF_LINE, "ありません。");
	else
		pdf_table(s->forms->pdf, &sheet, shares);
	sheet_free(&sheet);
}

static void
draw_deadlines(const struct sketch *s)
{
	static const struct column columns[] = { { "事項", 0 }, { "期限", 0 }, { "日付", 0 } };
	const struct assessment *a = s->assessment;
	struct sheet sheet;

	pdf_text(s->forms->pdf, PDF_HEADING, "5. 期限");
	sheet_init(&sheet, columns, 3);
	for (const struct due *d = a->dues; d < a->dues + a->n_dues; d++) {
		const struct field *f = field_find(project_fields, n_project_fields, d->fact);

		sheet_row(&sheet, 0);
		sheet_put(&sheet, f == NULL ? d->fact : f->ja);
		put_day(&sheet, d->to);
		if (d->given == UNSAID)
			sheet_put(&sheet, "未記入");
		else
			put_day(&sheet, d->given);
	}
	pdf_table(s->forms->pdf, &sheet, NULL);
	sheet_free(&sheet);
}

/* What goes into the one file of the upload. */
static void
draw_documents(const struct sketch *s)
{
	static const struct column columns[] = { { "", 0 }, { "書類", 0 }, { "作る人", 0 } };
	static const int shares[] = { 6, 64, 30 };
	const struct project *p = s->project;
	struct sheet sheet;

	pdf_text(s->forms->pdf, PDF_HEADING, "6. そろえる書類");
	sheet_init(&sheet, columns, 3);
	for (const struct supplier *i = p->suppliers; i < p->suppliers + p->n_suppliers; i++) {
		static const char *const documents[] = { "領収書（写）", "領収書内訳書（写）" };

		for (size_t j = 0; j < 2; j++) {
			sheet_row(&sheet, 0);
			sheet_put(&sheet, "□");
			sheet_putf(&sheet, "%s　%s", documents[j], i->name == NULL ? "" : i->name);
			sheet_put(&sheet, "供給者");
		}
	}
	sheet_row(&sheet, 0);
	sheet_put(&sheet, "□");
	sheet_put(&sheet, "オンライン資格確認等事業完了報告書");
	sheet_put(&sheet, "医療機関等");
	pdf_table(s->forms->pdf, &sheet, shares);
	sheet_free(&sheet);
}

void
draw_check(const struct sketch *s)
{
	draw_facility(s);
	draw_portal(s);
	draw_figures(s, "2. 算定");
	draw_suppliers(s);
	draw_findings(s);
	draw_deadlines(s);
	draw_documents(s);
}

/* --- after the payment ------------------------------------------------------------------------------ */

static const char *
confidence_ja(const char *word)
{
	static const char *const words[][2] = { { "confirmed", "確認済み" },
		{ "single-source", "出典は 1 つ" }, { "recalled", "未確認" } };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (word != NULL && strcmp(words[i][0], word) == 0)
			return words[i][1];
	return "";
}

void
draw_duties(const struct sketch *s)
{
	static const struct column columns[] = { { "", 0 }, { "時期", 0 }, { "すること", 0 },
		{ "確かさ", 0 } };
	static const int shares[] = { 5, 25, 55, 15 };
	const struct table *t = s->forms->duties;
	struct sheet sheet;

	draw_facility(s);
	draw_figures(s, "1. 算定");
	pdf_text(s->forms->pdf, PDF_HEADING, "2. すること");
	sheet_init(&sheet, columns, 4);
	for (size_t i = 0; i < table_rows(t); i++) {
		sheet_row(&sheet, 0);
		sheet_put(&sheet, "□");
		sheet_put(&sheet, table_cell(t, i, "when_ja"));
		sheet_put(&sheet, table_cell(t, i, "what_ja"));
		sheet_put(&sheet, confidence_ja(table_cell(t, i, "confidence")));
	}
	pdf_table(s->forms->pdf, &sheet, shares);
	sheet_free(&sheet);
}

/* --- 圧縮記帳 --------------------------------------------------------------------------------------- */

/* The lines so far, and how the grant falls on all of them. */
struct assets {
	struct sheet sheet;
	int64_t cost, counted, grant;
	const struct cost *largest; /* gets what rounding leaves over */
	int64_t left;
};

/* The grant's share of what counts of a line. */
static int64_t
grant_share(const struct assessment *a, const struct cost *line)
{
	return a->eligible <= 0 ? 0 : share_of(a->subsidy, line->counted, a->eligible);
}

static void
share_out(const struct sketch *s, struct assets *all)
{
	const struct project *p = s->project;

	all->left = s->assessment->subsidy;
	for (const struct cost *c = p->costs; c < p->costs + p->n_costs; c++) {
		all->left -= grant_share(s->assessment, c);
		if (all->largest == NULL || c->counted > all->largest->counted)
			all->largest = c;
	}
}

static void
put_asset(
    const struct sketch *s, struct assets *all, const struct supplier *from, const struct cost *c)
{
	int64_t grant = grant_share(s->assessment, c) + (c == all->largest ? all->left : 0);

	sheet_row(&all->sheet, 0);
	sheet_put(&all->sheet, from->name);
	if (c->quantity != UNSAID)
		sheet_putf(&all->sheet, "%s（数量 %" PRId64 "）", c->label, c->quantity);
	else
		sheet_put(&all->sheet, c->label);
	put_yen(&all->sheet, c->net);
	put_yen(&all->sheet, c->counted);
	put_yen(&all->sheet, grant);
	put_yen(&all->sheet, c->net - grant);
	all->cost += c->net;
	all->counted += c->counted;
	all->grant += grant;
}

static void
put_totals(struct assets *all, const char *word, int64_t cost, int64_t counted, int64_t grant)
{
	sheet_row(&all->sheet, ROW_STRONG);
	sheet_put(&all->sheet, word);
	sheet_put(&all->sheet, NULL);
	put_yen(&all->sheet, cost);
	put_yen(&all->sheet, counted);
	put_yen(&all->sheet, grant);
	put_yen(&all->sheet, cost - grant);
}

void
draw_assets(const struct sketch *s)
{
	static const struct column columns[] = { { "供給者", 0 }, { "内訳", 0 },
		{ "取得価額（値引後・税込）", COLUMN_RIGHT }, { "うち補助対象", COLUMN_RIGHT },
		{ "補助金の割当て", COLUMN_RIGHT }, { "差引", COLUMN_RIGHT } };
	static const int shares[] = { 20, 24, 15, 14, 14, 13 };
	const struct limit *limit = &s->forms->rules->limits[LIMIT_FIXED_ASSET];
	const struct project *p = s->project;
	struct assets all = { .cost = 0 };
	int64_t cost = 0;
	char line[256], amount[32];
	struct buf yen;

	pdf_text(
	    s->forms->pdf, PDF_LINE, "税理士に渡すための計算表です。税務の助言ではありません。");
	draw_facility(s);
	buf_over(&yen, amount, sizeof amount);
	text_yen(&yen, limit->value);
	snprintf(line, sizeof line, "1. %s 円以上の行（出典 %s、%s）", amount, limit->cite.source,
	    confidence_ja(limit->cite.confidence));
	pdf_text(s->forms->pdf, PDF_HEADING, line);
	sheet_init(&all.sheet, columns, 6);
	all.sheet.points = 8.5;
	share_out(s, &all);
	for (const struct supplier *i = p->suppliers; i < p->suppliers + p->n_suppliers; i++)
		for (size_t j = 0; j < i->n; j++) {
			const struct cost *c = &p->costs[i->first + j];

			cost += c->net;
			if (c->net >= limit->value)
				put_asset(s, &all, i, c);
		}
	put_totals(&all, "小計", all.cost, all.counted, all.grant);
	put_totals(&all, "その他の行", cost - all.cost, s->assessment->eligible - all.counted,
	    s->assessment->subsidy - all.grant);
	put_totals(&all, "合計", cost, s->assessment->eligible, s->assessment->subsidy);
	pdf_table(s->forms->pdf, &all.sheet, shares);
	sheet_free(&all.sheet);
	pdf_text(s->forms->pdf, PDF_SMALL,
	    "補助金は補助対象の額に比例して割り当て、端数は最も大きい行に寄せています。"
	    "税込経理の額です。税抜経理のとき、数量が 2 以上で 1 つの額が基準に満たないとき、"
	    "固定資産でない行の扱いは税理士が判断します。"
	    "圧縮記帳は交付決定の日の属する年・年度に行います。");
}
