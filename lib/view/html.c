#include "view/html.h"

static const char style[] =
    "@page{size:A4;margin:8mm}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:194mm;color:#000;background:#fff;line-height:1.25;\n"
    " font-family:\"IPAexGothic\",\"Noto Sans CJK JP\",\"Yu Gothic\",\"Hiragino "
    "Sans\",\"Meiryo\",sans-serif}\n"
    "h1{font-size:14pt;margin:0 0 1mm}\n"
    "h2{font-size:10pt;margin:1.5mm 0 .3mm;break-after:avoid}\n"
    "h2.c{font-size:13pt;break-before:page}\n"
    "h1+h2.c{break-before:auto}\n"
    "p{font-size:9pt;margin:0 0 .5mm}\n"
    "table{border-collapse:collapse;width:100%;font-size:11pt}\n"
    "thead{display:table-header-group}\n"
    "tr{break-inside:avoid}\n"
    "th,td{text-align:left;vertical-align:top;padding:.4mm 1mm;border-bottom:.2mm solid #888}\n"
    "th{font-weight:normal;font-size:85%;border-bottom:.4mm solid #000}\n"
    ".r{text-align:right}\n"
    ".n{white-space:nowrap}\n"
    ".b{border:.2mm solid #000;min-width:9mm;width:9mm}\n"
    ".w{border:.2mm solid #000;width:45%;height:16mm}\n"
    "td:first-child{white-space:nowrap}\n"
    ".o td:first-child{white-space:normal}\n"
    ".s td{font-weight:bold}\n"
    ".j td{border-top:.2mm dotted #aaa}\n"
    ".j td:first-child{padding-left:2.5mm;border-left:.8mm solid #000}\n"
    ".across{column-gap:3mm}\n"
    ".across th,.across td{padding:.15mm .45mm}\n"
    ".across .b{min-width:4.5mm;width:4.5mm}\n"
    ".across .j td:first-child{padding-left:.45mm;border-left-width:.6mm}\n";

/* '<', '>', '&' and quotes as references. */
static void
put(FILE *fp, const char *text)
{
	static const struct {
		char c;
		const char *reference;
	} references[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" } };
	char c[VIEW_CHARACTER];

	while ((text = view_next(text, c)) != NULL) {
		const char *out = c;

		for (size_t i = 0; i < sizeof references / sizeof *references; i++)
			if (*c == references[i].c)
				out = references[i].reference;
		fputs(out, fp);
	}
}

static void
element(FILE *fp, const char *name, const char *text)
{
	fprintf(fp, "<%s>", name);
	put(fp, text);
	fprintf(fp, "</%s>\n", name);
}

static void
begin(FILE *fp, const char *title, const char *lang)
{
	fprintf(fp,
	    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n",
	    lang);
	element(fp, "title", title);
	fprintf(fp, "<style>\n%s</style>\n</head>\n<body>\n", style);
	element(fp, "h1", title);
}

static void
chapter(FILE *fp, const char *text)
{
	fputs("<h2 class=\"c\">", fp);
	put(fp, text);
	fputs("</h2>\n", fp);
}

static void
heading(FILE *fp, const char *text)
{
	element(fp, "h2", text);
}

static void
line(FILE *fp, const char *text)
{
	element(fp, "p", text);
}

static void
put_cell(FILE *fp, const char *name, const char *text, unsigned flags)
{
	fprintf(fp, "<%s", name);
	if (flags & (COLUMN_RIGHT | COLUMN_BLANK | COLUMN_NARROW))
		fprintf(fp, " class=\"%s%s%s\"", flags & COLUMN_RIGHT ? "r " : "",
		    flags & COLUMN_NARROW ? "n " : "",
		    !(flags & COLUMN_BLANK) ? ""
		    : flags & COLUMN_ROOM   ? "w"
					    : "b");
	fputc('>', fp);
	put(fp, text);
	fprintf(fp, "</%s>", name);
}

static void
put_row(FILE *fp, const struct sheet *s, size_t r)
{
	fputs("<tr", fp);
	if (s->flags[r] != 0)
		fprintf(fp, " class=\"%s%s\"", s->flags[r] & ROW_STRONG ? "s " : "",
		    s->flags[r] & ROW_JOINED ? "j" : "");
	fputc('>', fp);
	for (size_t c = 0; c < s->n_columns; c++)
		put_cell(fp, "td", sheet_cell(s, r, c), s->columns[c].flags);
	fputs("</tr>\n", fp);
}

static void
sheet(FILE *fp, const struct sheet *s)
{
	if (s->across > 1)
		fprintf(fp, "<div class=\"across\" style=\"columns:%d\">\n", s->across);
	fputs("<table", fp);
	if (s->columns[0].flags & COLUMN_WORDS)
		fputs(" class=\"o\"", fp);
	if (s->points > 0)
		fprintf(fp, " style=\"font-size:%.1fpt\"", s->points);
	fputs(">\n<thead><tr>", fp);
	for (size_t c = 0; c < s->n_columns; c++)
		put_cell(
		    fp, "th", s->columns[c].title, s->columns[c].flags & ~(unsigned)COLUMN_BLANK);
	fputs("</tr></thead>\n<tbody>\n", fp);
	for (size_t r = 0; r < s->n_rows; r++)
		put_row(fp, s, r);
	fputs("</tbody>\n</table>\n", fp);
	if (s->across > 1)
		fputs("</div>\n", fp);
}

static void
end(FILE *fp)
{
	fputs("</body>\n</html>\n", fp);
}

const struct view_form view_html = { "html", begin, chapter, heading, line, sheet, end };
