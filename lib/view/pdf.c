#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/form.h"
#include "view/pdf.h"

#define FAMILY "IPAexGothic"

/* Points: A4, its margins, a box for one digit, the room around the text of a cell. */
#define WIDTH  595.28
#define HEIGHT 841.89
#define MARGIN 51.0
#define FOOT   30.0
#define INNER  (WIDTH - 2 * MARGIN)
#define BOX    16.0
#define PAD    4.0
#define LEAD   4.0
#define RULE   0.5

struct pdf {
	PangoFontMap *fonts;
	PangoContext *context;
	PangoLayout *layout;
	struct buf text; /* of one cell, as it may be shown */
	/* The document being drawn. */
	const struct pdf_paper *paper;
	struct buf bytes;
	cairo_surface_t *surface;
	cairo_t *cr;
	double y;
	int page;
	int lacking, no_memory;
};

static const struct type {
	double points;
	PangoAlignment align;
} types[] = {
	[PDF_TITLE] = { 16, PANGO_ALIGN_CENTER },
	[PDF_HEADING] = { 11, PANGO_ALIGN_LEFT },
	[PDF_LINE] = { 9.5, PANGO_ALIGN_LEFT },
	[PDF_RIGHT] = { 9.5, PANGO_ALIGN_RIGHT },
	[PDF_SMALL] = { 7.5, PANGO_ALIGN_LEFT },
};

/* --- fonts ------------------------------------------------------------------------------------ */

static const char **font_directories;

/* Is the family there, or does fontconfig put another in its place? */
static int
family_there(void)
{
	FcPattern *wanted = FcNameParse((const FcChar8 *)FAMILY), *got = NULL;
	FcChar8 *family = NULL;
	FcResult result;
	int there = 0;

	if (wanted != NULL && FcConfigSubstitute(NULL, wanted, FcMatchPattern)) {
		FcDefaultSubstitute(wanted);
		got = FcFontMatch(NULL, wanted, &result);
	}
	for (int i = 0; !there && got != NULL &&
			FcPatternGetString(got, FC_FAMILY, i, &family) == FcResultMatch;
	     i++)
		there = strcmp((const char *)family, FAMILY) == 0;
	if (got != NULL)
		FcPatternDestroy(got);
	if (wanted != NULL)
		FcPatternDestroy(wanted);
	return there;
}

/* Where fonts stand, as an array of our own. 0, or -1 without memory. */
static int
list_directories(void)
{
	FcStrList *list = FcConfigGetFontDirs(NULL);
	FcChar8 *directory;
	size_t n = 0;

	while (list != NULL && (directory = FcStrListNext(list)) != NULL) {
		const char **grown = reallocarray(font_directories, n + 2, sizeof *grown);

		if (grown == NULL)
			break;
		font_directories = grown;
		font_directories[n] = strdup((const char *)directory);
		font_directories[n + 1] = NULL;
		if (font_directories[n++] == NULL)
			break;
	}
	if (list != NULL)
		FcStrListDone(list);
	return n > 0 && font_directories[n - 1] != NULL ? 0 : -1;
}

int
pdf_fonts(const char *const **directories, struct why *why)
{
	if (!FcInit() || !FcConfigSetRescanInterval(NULL, 0)) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "fontconfig");
		return -1;
	}
	if (!family_there()) {
		why_set(why, ERR_FONT_MISSING, NULL, "%s", FAMILY);
		return -1;
	}
	if (list_directories() == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	*directories = font_directories;
	return 0;
}

/*
 * Without FcFini(): threads of pango may still hold what it asserts that nobody holds. What fontconfig
 * knows lasts as long as the process.
 */
void
pdf_fonts_forget(void)
{
	for (const char **d = font_directories; d != NULL && *d != NULL; d++)
		free((void *)(uintptr_t)*d);
	free(font_directories);
	font_directories = NULL;
}

/* --- text -------------------------------------------------------------------------------------- */

struct pdf *
pdf_open(void)
{
	struct pdf *p = calloc(1, sizeof *p);
	cairo_font_options_t *options;
	PangoFontDescription *font;

	if (p == NULL)
		return NULL;
	buf_init(&p->text, 1 << 20);
	buf_init(&p->bytes, 64 << 20);
	p->fonts = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(p->fonts), 72);
	p->context = pango_font_map_create_context(p->fonts);
	pango_context_set_language(p->context, pango_language_from_string("ja"));
	/* Whoever draws on a screen hints and rounds; on paper that would move characters. */
	pango_context_set_round_glyph_positions(p->context, FALSE);
	options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(p->context, options);
	cairo_font_options_destroy(options);
	font = pango_font_description_from_string(FAMILY);
	pango_context_set_font_description(p->context, font);
	pango_font_description_free(font);
	p->layout = pango_layout_new(p->context);
	pango_layout_set_auto_dir(p->layout, FALSE);
	pango_layout_set_line_spacing(p->layout, 1.15F);
	pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
	return p;
}

void
pdf_close(struct pdf *p)
{
	if (p == NULL)
		return;
	if (p->cr != NULL)
		cairo_destroy(p->cr);
	if (p->surface != NULL)
		cairo_surface_destroy(p->surface);
	g_object_unref(p->layout);
	g_object_unref(p->context);
	g_object_unref(p->fonts);
	buf_free(&p->text);
	buf_free(&p->bytes);
	free(p);
}

/* Sets the text of the layout, which is then measured or drawn. width 0: one line. */
static void
set_text(struct pdf *p, double points, PangoAlignment align, double width, const char *text)
{
	PangoFontDescription *font =
	    pango_font_description_copy(pango_context_get_font_description(p->context));
	char character[VIEW_CHARACTER];

	buf_reset(&p->text);
	while ((text = view_next(text, character)) != NULL)
		buf_adds(&p->text, character);
	pango_font_description_set_absolute_size(font, points * PANGO_SCALE);
	pango_layout_set_font_description(p->layout, font);
	pango_font_description_free(font);
	pango_layout_set_width(p->layout, width > 0 ? (int)(width * PANGO_SCALE) : -1);
	pango_layout_set_alignment(p->layout, align);
	pango_layout_set_text(p->layout, p->text.len == 0 ? "" : p->text.data, (int)p->text.len);
}

static double
text_height(struct pdf *p)
{
	int height;

	pango_layout_get_size(p->layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

static double
text_width(struct pdf *p)
{
	int width;

	pango_layout_get_size(p->layout, &width, NULL);
	return (double)width / PANGO_SCALE;
}

static void
show_text(struct pdf *p, double x, double y)
{
	if (pango_layout_get_unknown_glyphs_count(p->layout) > 0)
		p->lacking = 1;
	cairo_move_to(p->cr, x, y);
	pango_cairo_show_layout(p->cr, p->layout);
}

const char *
pdf_lacks(struct pdf *p, const char *text)
{
	char character[VIEW_CHARACTER];
	const char *next;

	set_text(p, types[PDF_LINE].points, PANGO_ALIGN_LEFT, 0, text);
	if (pango_layout_get_unknown_glyphs_count(p->layout) == 0)
		return NULL;
	for (const char *at = text; (next = view_next(at, character)) != NULL; at = next) {
		set_text(p, types[PDF_LINE].points, PANGO_ALIGN_LEFT, 0, character);
		if (pango_layout_get_unknown_glyphs_count(p->layout) > 0)
			return at;
	}
	return text; /* only together: it is lacking all the same */
}

/* --- pages ------------------------------------------------------------------------------------- */

static cairo_status_t
take_bytes(void *to, const unsigned char *bytes, unsigned n)
{
	return buf_add(to, bytes, n) == 0 ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* What stands on every page beside its own text. */
static void
frame_page(struct pdf *p)
{
	char number[16];

	p->y = MARGIN - 2 * LEAD;
	if (p->paper->mark != NULL)
		pdf_text(p, PDF_SMALL, p->paper->mark);
	set_text(p, types[PDF_SMALL].points, PANGO_ALIGN_LEFT, 0, p->paper->foot);
	show_text(p, MARGIN, HEIGHT - FOOT);
	snprintf(number, sizeof number, "%d", ++p->page);
	set_text(p, types[PDF_SMALL].points, PANGO_ALIGN_RIGHT, INNER, number);
	show_text(p, MARGIN, HEIGHT - FOOT);
	p->y += LEAD;
}

void
pdf_begin(struct pdf *p, const struct pdf_paper *paper)
{
	char day[DATE_SIZE], time[TIME_SIZE];

	buf_reset(&p->bytes);
	p->paper = paper;
	p->page = p->lacking = p->no_memory = 0;
	p->surface = cairo_pdf_surface_create_for_stream(take_bytes, &p->bytes, WIDTH, HEIGHT);
	date_format(paper->made, day);
	snprintf(time, sizeof time, "%sT00:00:00+09:00", day);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, time);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, paper->title);
	p->cr = cairo_create(p->surface);
	pango_cairo_update_context(p->cr, p->context);
	cairo_set_line_width(p->cr, RULE);
	frame_page(p);
}

void
pdf_page(struct pdf *p)
{
	cairo_show_page(p->cr);
	frame_page(p);
}

/* A new page where so much does not fit below any more. */
static int
turn_page(struct pdf *p, double height)
{
	if (p->y + height <= HEIGHT - MARGIN)
		return 0;
	pdf_page(p);
	return 1;
}

void
pdf_text(struct pdf *p, enum pdf_type type, const char *text)
{
	const struct type *t = &types[type];

	if (type == PDF_HEADING)
		pdf_skip(p, 0.7);
	set_text(p, t->points, t->align, INNER, text);
	if (type != PDF_SMALL && turn_page(p, text_height(p) + (type == PDF_HEADING ? 60 : 0)))
		set_text(p, t->points, t->align, INNER, text);
	show_text(p, MARGIN, p->y);
	p->y += text_height(p) + LEAD;
}

void
pdf_skip(struct pdf *p, double lines)
{
	p->y += lines * types[PDF_LINE].points;
}

void
pdf_boxes(struct pdf *p, const char *word, const char *text)
{
	const double points = types[PDF_LINE].points, left = 120;
	char character[VIEW_CHARACTER];
	double x = MARGIN + left;

	turn_page(p, BOX);
	set_text(p, points, PANGO_ALIGN_LEFT, left, word);
	show_text(p, MARGIN, p->y + (BOX - text_height(p)) / 2);
	while ((text = view_next(text, character)) != NULL) {
		int gap = strcmp(character, "-") == 0;

		set_text(p, points, PANGO_ALIGN_CENTER, gap ? BOX / 2 : BOX, character);
		show_text(p, x, p->y + (BOX - text_height(p)) / 2);
		if (!gap) {
			cairo_rectangle(p->cr, x, p->y, BOX, BOX);
			cairo_stroke(p->cr);
		}
		x += gap ? BOX / 2 : BOX;
	}
	p->y += BOX + LEAD;
}

/* --- tables ------------------------------------------------------------------------------------ */

struct grid {
	const struct sheet *sheet;
	double points;
	double widths[COLUMNS_MAX];
	int headed;
};

/* The cell's text: of a row, or a title for the head (row n_rows). */
static const char *
cell_text(const struct grid *g, size_t row, size_t column)
{
	return row == g->sheet->n_rows ? g->sheet->columns[column].title
				       : sheet_cell(g->sheet, row, column);
}

/* Sets the text of a cell. What is at the right is a number: never broken, it gets smaller instead. */
static void
set_cell(struct pdf *p, const struct grid *g, size_t row, size_t column)
{
	const int right = (g->sheet->columns[column].flags & COLUMN_RIGHT) != 0;
	const PangoAlignment align = right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
	const double room = g->widths[column] - 2 * PAD;
	const char *text = cell_text(g, row, column);
	double points = g->points, wide;

	if (right && row < g->sheet->n_rows) {
		set_text(p, points, align, 0, text);
		/* A little less than fits: whole units of pango are compared. */
		if ((wide = text_width(p)) > room)
			points *= 0.99 * room / wide;
	}
	set_text(p, points, align, room, text);
}

static double
row_height(struct pdf *p, const struct grid *g, size_t row)
{
	double height = g->points;

	for (size_t i = 0; i < g->sheet->n_columns; i++) {
		set_cell(p, g, row, i);
		if (text_height(p) > height)
			height = text_height(p);
	}
	return height + 2 * PAD;
}

static void
draw_row(struct pdf *p, const struct grid *g, size_t row, double height)
{
	const int head = row == g->sheet->n_rows;
	double x = MARGIN;

	for (size_t i = 0; i < g->sheet->n_columns; i++) {
		cairo_rectangle(p->cr, x, p->y, g->widths[i], height);
		if (head || (g->sheet->flags[row] & ROW_STRONG) != 0) {
			cairo_set_source_rgb(p->cr, 0.92, 0.92, 0.92);
			cairo_fill_preserve(p->cr);
			cairo_set_source_rgb(p->cr, 0, 0, 0);
		}
		cairo_stroke(p->cr);
		set_cell(p, g, row, i);
		show_text(p, x + PAD, p->y + (height - text_height(p)) / 2);
		x += g->widths[i];
	}
	p->y += height;
}

static void
draw_head(struct pdf *p, const struct grid *g)
{
	if (g->headed)
		draw_row(p, g, g->sheet->n_rows, row_height(p, g, g->sheet->n_rows));
}

void
pdf_table(struct pdf *p, const struct sheet *sheet, const int *shares)
{
	struct grid g = { .sheet = sheet };
	int all = 0;

	p->no_memory |= sheet_failed(sheet);
	g.points = sheet->points > 0 ? sheet->points : types[PDF_LINE].points;
	for (size_t i = 0; i < sheet->n_columns; i++) {
		all += shares == NULL ? 1 : shares[i];
		g.headed |= sheet->columns[i].title[0] != '\0';
	}
	for (size_t i = 0; i < sheet->n_columns; i++)
		g.widths[i] = INNER * (shares == NULL ? 1 : shares[i]) / all;
	turn_page(p, g.headed ? row_height(p, &g, sheet->n_rows) * 2 : 0);
	draw_head(p, &g);
	for (size_t row = 0; row < sheet->n_rows; row++) {
		double height = row_height(p, &g, row);

		if (turn_page(p, height))
			draw_head(p, &g);
		draw_row(p, &g, row, height);
	}
	p->y += LEAD;
}

int
pdf_end(struct pdf *p, struct buf *out, struct why *why)
{
	cairo_status_t status;
	enum error_id id = ERR_NONE;

	cairo_show_page(p->cr);
	status = cairo_status(p->cr);
	cairo_destroy(p->cr);
	cairo_surface_finish(p->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(p->surface);
	cairo_surface_destroy(p->surface);
	p->cr = NULL;
	p->surface = NULL;
	if (buf_failed(&p->bytes) == EFBIG)
		id = ERR_ANSWER_TOO_LARGE;
	else if (status != CAIRO_STATUS_SUCCESS || buf_failed(&p->text) != 0 || p->no_memory ||
		 buf_add(out, p->bytes.data, p->bytes.len) == -1)
		id = ERR_OUT_OF_MEMORY;
	else if (p->lacking)
		id = ERR_CHARACTER_WITHOUT_FONT;
	if (id == ERR_NONE)
		return 0;
	why_set(why, id, NULL, "%s", p->paper->title);
	return -1;
}
