/*
 * Makes booking-mapping.c when oq is built: what oq-from-csv knows of booking.csv before it starts.
 * Reading it took it longer than anything else did that is done for an empty list.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "csv/mapping.h"

/* As a string of C. Octal escapes end after three digits, whatever follows. */
static void
put_string(const char *s)
{
	putchar('"');
	for (; *s != '\0'; s++)
		if (*s < ' ' || *s > '~' || strchr("\"\\?", *s) != NULL)
			printf("\\%03o", (unsigned char)*s);
		else
			putchar(*s);
	putchar('"');
}

/* Each choices gets the number of the first rule that has it. */
static size_t
first_with(const struct mapping *m, const struct choices *c)
{
	size_t i = 0;

	while (m->rules[i].choices != c)
		i++;
	return i;
}

static void
put_choices(const struct choices *c, size_t number)
{
	printf("static const struct choice items_%zu[] = {\n", number);
	for (const struct choice *item = c->items; item < c->items + c->n; item++) {
		printf("\t{ ");
		put_string(item->text);
		printf(", %d, ", item->prefix);
		if (item->word == NULL)
			printf("NULL");
		else
			put_string(item->word);
		printf(" },\n");
	}
	printf("};\nstatic const struct choices choices_%zu = { ", number);
	put_string(c->form);
	printf(", items_%zu, %zu };\n\n", number, c->n);
}

static void
put_rule(const struct mapping *m, const struct rule *rule)
{
	printf("\t{ ");
	put_string(rule->header);
	printf(", %zu, %d, ", rule->slot, (int)rule->form);
	if (rule->choices == NULL)
		printf("NULL },\n");
	else
		printf("&choices_%zu },\n", first_with(m, rule->choices));
}

static void
put_mapping(const struct mapping *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->rules[i].choices != NULL && first_with(m, m->rules[i].choices) == i)
			put_choices(m->rules[i].choices, i);
	printf("static const struct rule rules[] = {\n");
	for (size_t i = 0; i < m->n; i++)
		put_rule(m, &m->rules[i]);
	printf("};\n\nstatic const char *const row_names[] = {\n");
	for (size_t i = 0; i < m->n_row_names; i++) {
		putchar('\t');
		put_string(m->row_names[i]);
		printf(",\n");
	}
	printf("};\n\nconst struct mapping booking_mapping = { rules, %zu, row_names, %zu, %zu, "
	       "NULL };\n",
	    m->n, m->n_row_names, m->slots);
}

int
main(void)
{
	struct mapping m;
	struct why why;

	if (mapping_parse(&m, (const char *)booking_text, booking_text_size, "booking.csv", &why) ==
	    -1)
		errx(1, "%s", why.detail);
	printf("#include \"csv/mapping.h\"\n\n");
	put_mapping(&m);
	mapping_free(&m);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
