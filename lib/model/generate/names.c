/* names.h and words.c: every member and word of records.csv as a C name. */
#include <string.h>

#include "generate.h"

struct member {
	const char *object, *name;
};

void
each_word(FILE *fp, const char *words, word_writer *each, void *arg)
{
	char copy[2048], *save = NULL;

	snprintf(copy, sizeof copy, "%s", words);
	for (char *w = strtok_r(copy, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save)) {
		char *equals = strchr(w, '=');

		if (equals != NULL)
			*equals = '\0';
		each(fp, equals == NULL ? NULL : w, equals == NULL ? w : equals + 1, arg);
	}
}

static void
define_word(FILE *fp, const char *code, const char *word, void *arg)
{
	const struct member *m = arg;

	(void)code;
	fputs("#define ", fp);
	put_identifier(fp, m->object);
	fputc('_', fp);
	put_identifier(fp, m->name);
	fputc('_', fp);
	put_identifier(fp, word);
	fputc(' ', fp);
	put_literal(fp, word);
	fputc('\n', fp);
}

static void
table_word(FILE *fp, const char *code, const char *word, void *arg)
{
	(void)arg;
	fputs("\t{ ", fp);
	if (code == NULL)
		fputs("NULL", fp);
	else
		put_literal(fp, code);
	fputs(", ", fp);
	put_literal(fp, word);
	fputs(" },\n", fp);
}

void
write_names_h(FILE *fp, const char *const *paths)
{
	struct sheet s = sheet_read(paths[0]);

	fputs("/* Generated from records.csv. OBJECT_MEMBER \"member\", OBJECT_MEMBER_WORD "
	      "\"word\". */\n"
	      "#ifndef OQ_GEN_NAMES_H\n#define OQ_GEN_NAMES_H\n\n"
	      "/* code is the one on the OQS wire, NULL when the word has none; ends with a NULL "
	      "word. */\n"
	      "struct word_row {\n\tconst char *code, *word;\n};\n\n",
	    fp);
	for (size_t i = 1; i < s.rows; i++) {
		const char *object = sheet_cell(&s, i, "object"),
			   *member = sheet_cell(&s, i, "member");
		const char *words = sheet_cell(&s, i, "words");

		if (row_first(&s, i)) {
			fputs("#define OBJECT_", fp);
			put_identifier(fp, object);
			fprintf(fp, " \"%s\"\n", object);
		}
		fputs("#define ", fp);
		put_identifier(fp, object);
		fputc('_', fp);
		put_identifier(fp, member);
		fprintf(fp, " \"%s\"\n", member);
		if (*words == '\0')
			continue;
		each_word(fp, words, define_word, &(struct member){ object, member });
		fprintf(fp, "extern const struct word_row words_%s_%s[];\n", object, member);
	}
	fputs("\n#endif\n", fp);
}

void
write_words_c(FILE *fp, const char *const *paths)
{
	struct sheet s = sheet_read(paths[0]);

	fputs(
	    "/* Generated from records.csv. */\n#include <stddef.h>\n\n#include \"gen/names.h\"\n",
	    fp);
	for (size_t i = 1; i < s.rows; i++) {
		const char *object = sheet_cell(&s, i, "object"),
			   *member = sheet_cell(&s, i, "member");
		const char *words = sheet_cell(&s, i, "words");

		if (*words == '\0')
			continue;
		fprintf(fp, "\nconst struct word_row words_%s_%s[] = {\n", object, member);
		each_word(fp, words, table_word, NULL);
		fputs("\t{ NULL, NULL },\n};\n", fp);
	}
}
