/* oq-record.schema.json: JSON Schema 2020-12 of a record and of each object in it. */
#include <err.h>
#include <string.h>

#include "generate.h"
#include "shape.h"

#define DATE_PATTERN  "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
#define MONTH_PATTERN "^[0-9]{4}-[0-9]{2}$"
#define TIME_PATTERN  "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\\\+09:00$"
#define WORD_PATTERN  "^[a-z0-9]+(-[a-z0-9]+)*$"
#define CODE_PATTERN  "^[A-Z][A-Z0-9_-]*$"
#define FLAG_PATTERN  "^[a-z0-9]+(-[a-z0-9]+)*(:.+)?$"
#define NAME_PATTERN  "^[a-z_]+$"

struct tables {
	struct sheet records, errors, nexts;
};

/* Types of records.csv without their "?", and what they are in JSON Schema. */
static const struct {
	const char *type, *schema;
} types[] = {
	{ "string", "\"type\":\"string\"" },
	{ "integer", "\"type\":\"integer\"" },
	{ "boolean", "\"type\":\"boolean\"" },
	{ "object", "\"type\":\"object\"" },
	{ "array", "\"type\":\"array\"" },
	{ "any scalar", "\"type\":[\"string\",\"number\",\"boolean\",\"null\"]" },
	{ "date", "\"type\":\"string\",\"pattern\":\"" DATE_PATTERN "\"" },
	{ "month", "\"type\":\"string\",\"pattern\":\"" MONTH_PATTERN "\"" },
	{ "time", "\"type\":\"string\",\"pattern\":\"" TIME_PATTERN "\"" },
	{ "word", "\"type\":\"string\",\"pattern\":\"" WORD_PATTERN "\"" },
};

/* Arrays whose items are not objects of ours. */
static const struct {
	const char *object, *member, *items;
} items[] = {
	{ "insured", "flags", "\"type\":\"string\",\"pattern\":\"" FLAG_PATTERN "\"" },
	{ "eligibility", "flags", "\"type\":\"string\",\"pattern\":\"" FLAG_PATTERN "\"" },
	{ "eligibility", "covering", "\"type\":\"integer\",\"minimum\":0" },
	{ "eligibility", "reference_numbers", "\"type\":\"string\"" },
	{ "eligibility", "changed", "\"type\":\"object\"" },
	{ "registration", "flags", "\"type\":\"string\",\"pattern\":\"" FLAG_PATTERN "\"" },
	{ "medical", "asked", "\"type\":\"string\",\"pattern\":\"" NAME_PATTERN "\"" },
	{ "medical", "flags", "\"type\":\"string\",\"pattern\":\"" FLAG_PATTERN "\"" },
	{ "pdf", "purposes", "\"type\":\"string\",\"pattern\":\"" NAME_PATTERN "\"" },
	{ "subsidy", "refusals", "\"type\":\"string\",\"pattern\":\"" CODE_PATTERN "\"" },
	{ "subsidy", "warnings", "\"type\":\"string\",\"pattern\":\"" CODE_PATTERN "\"" },
	{ "package", "changed", "\"type\":\"string\"" },
	{ "package", "missing", "\"type\":\"string\"" },
	{ "package", "unproven", "\"type\":\"string\"" },
	{ "package", "differing", "\"type\":\"string\",\"pattern\":\"" NAME_PATTERN "\"" },
	{ "check", "findings", "\"type\":\"string\",\"pattern\":\"" CODE_PATTERN "\"" },
};

static void
put_enum_word(FILE *fp, const char *code, const char *word, void *arg)
{
	int *first = arg;

	(void)code;
	fputs(*first ? "" : ",", fp);
	put_literal(fp, word);
	*first = 0;
}

static void
put_enum(FILE *fp, const char *words)
{
	int first = 1;

	fputs("\"enum\":[", fp);
	each_word(fp, words, put_enum_word, &first);
	fputc(']', fp);
}

/* An enumeration of every word in a table's column. */
static void
put_enum_column(FILE *fp, const struct sheet *s, const char *column)
{
	fputs("\"enum\":[", fp);
	for (size_t i = 1; i < s->rows; i++) {
		fputs(i == 1 ? "" : ",", fp);
		put_literal(fp, sheet_cell(s, i, column));
	}
	fputc(']', fp);
}

static void
put_type(FILE *fp, const char *cell)
{
	size_t len = strcspn(cell, "?");

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strlen(types[i].type) == len && strncmp(types[i].type, cell, len) == 0) {
			fputs(types[i].schema, fp);
			return;
		}
	errx(1, "records.csv: no such type: %s", cell);
}

static void
put_link(FILE *fp, const struct link *link)
{
	switch (link->holding) {
	case HOLDS_ONE:
		fprintf(fp, "\"$ref\":\"#/$defs/%s\"", link->target);
		break;
	case HOLDS_ARRAY:
		fprintf(fp, "\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/%s\"}", link->target);
		break;
	case HOLDS_MAP:
		fputs("\"$ref\":\"#/$defs/purpose\"", fp);
		break;
	}
}

static void
put_items(FILE *fp, const char *object, const char *member, const char *words)
{
	if (*words != '\0') {
		fputs(",\"items\":{\"type\":\"string\",", fp);
		put_enum(fp, words);
		fputc('}', fp);
		return;
	}
	for (size_t i = 0; i < sizeof items / sizeof *items; i++)
		if (strcmp(items[i].object, object) == 0 && strcmp(items[i].member, member) == 0) {
			fprintf(fp, ",\"items\":{%s}", items[i].items);
			return;
		}
}

/* Words that have a table of their own: error codes and next steps. 1 if this was one, else 0. */
static int
put_table_words(FILE *fp, const struct tables *t, const char *object, const char *member)
{
	if (strcmp(object, "error") == 0 && strcmp(member, "code") == 0)
		put_enum_column(fp, &t->errors, "code");
	else if (strcmp(member, "next") == 0)
		put_enum_column(fp, &t->nexts, "word");
	else
		return 0;
	return 1;
}

static void
put_member(FILE *fp, const struct tables *t, size_t row)
{
	const char *object = sheet_cell(&t->records, row, "object");
	const char *member = sheet_cell(&t->records, row, "member");
	const char *type = sheet_cell(&t->records, row, "type");
	const char *words = sheet_cell(&t->records, row, "words");
	const struct link *link = link_find(object, member);

	fprintf(fp, "        \"%s\":{", member);
	if (strcmp(object, "purpose") == 0)
		fputs("\"$ref\":\"#/$defs/grant\"", fp);
	else if (link != NULL)
		put_link(fp, link);
	else if (!put_table_words(fp, t, object, member)) {
		int is_array = strncmp(type, "array", 5) == 0;

		put_type(fp, type);
		if (is_array)
			put_items(fp, object, member, words);
		else if (*words != '\0') {
			fputc(',', fp);
			put_enum(fp, words);
		}
	}
	fputs(",\"title\":", fp);
	put_literal(fp, sheet_cell(&t->records, row, "ja"));
	fputs(",\"description\":", fp);
	put_literal(fp, sheet_cell(&t->records, row, "note"));
	fputc('}', fp);
}

/* Members that hold an object and are no row of their own. */
static void
put_bare_links(FILE *fp, const char *object)
{
	for (size_t i = 0; i < n_links; i++) {
		if (strcmp(links[i].object, object) != 0 || links[i].note == NULL)
			continue;
		fprintf(fp, ",\n        \"%s\":{", links[i].member);
		put_link(fp, &links[i]);
		fputs(",\"title\":", fp);
		put_literal(fp, links[i].ja);
		fputs(",\"description\":", fp);
		put_literal(fp, links[i].note);
		fputc('}', fp);
	}
}

static void
put_required(FILE *fp, const struct sheet *s, size_t first, enum presence presence)
{
	int none = 1;

	fputs("\"required\":[", fp);
	for (size_t i = first; i != 0; i = row_next(s, i)) {
		const char *member = sheet_cell(s, i, "member");

		if (member_presence(sheet_cell(s, i, "object"), member, sheet_cell(s, i, "type")) !=
		    presence)
			continue;
		fputs(none ? "" : ",", fp);
		put_literal(fp, member);
		none = 0;
	}
	fputc(']', fp);
}

static void
put_object(FILE *fp, const struct tables *t, size_t first)
{
	const char *object = sheet_cell(&t->records, first, "object");

	fprintf(fp,
	    "    \"%s\":{\n      \"type\":\"object\",\"additionalProperties\":true,\n      ",
	    object);
	put_required(fp, &t->records, first, PRESENT);
	if (strcmp(object, "eligibility") == 0) {
		fputs(",\n      \"if\":{\"properties\":{\"status\":"
		      "{\"enum\":[\"not-asked\",\"pending\"]}}},\n      \"else\":{",
		    fp);
		put_required(fp, &t->records, first, PRESENT_ANSWERED);
		fputc('}', fp);
	}
	fputs(",\n      \"properties\":{\n", fp);
	for (size_t i = first; i != 0; i = row_next(&t->records, i)) {
		fputs(i == first ? "" : ",\n", fp);
		put_member(fp, t, i);
	}
	put_bare_links(fp, object);
	fputs("\n      }\n    }", fp);
}

void
write_schema(FILE *fp, const char *const *paths)
{
	const struct tables t = { sheet_read(paths[0]), sheet_read(paths[1]),
		sheet_read(paths[2]) };

	fputs("{\n  \"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n"
	      "  \"$id\":\"urn:oq:record\",\n  \"title\":\"a record of oq, one line\",\n"
	      "  \"$ref\":\"#/$defs/record\",\n  \"$defs\":{\n",
	    fp);
	for (size_t i = 1; i < t.records.rows; i++) {
		if (!row_first(&t.records, i))
			continue;
		fputs(i == 1 ? "" : ",\n", fp);
		put_object(fp, &t, i);
	}
	fputs("\n  }\n}\n", fp);
}
