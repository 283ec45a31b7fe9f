#include <csv.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "csv/mapping.h"
#include "gen/names.h"

#define IN_ROW	    RECORD_ROW "."
#define BIT(form)   (1U << (form))
#define MAPPING_MAX ((size_t)1 << 20)

static const struct {
	const char *name;
	size_t slot;
	unsigned forms; /* that make sense for it */
} members[] = {
	{ RECORD_VISIT_DATE, SLOT_VISIT_DATE, BIT(FORM_DATE) },
	{ RECORD_ID, SLOT_ID, BIT(FORM_TEXT) },
	{ OBJECT_INSURED "." INSURED_INSURER_NUMBER, SLOT_INSURER_NUMBER, BIT(FORM_DIGITS) },
	{ OBJECT_INSURED "." INSURED_SYMBOL, SLOT_SYMBOL, BIT(FORM_TEXT) },
	{ OBJECT_INSURED "." INSURED_NUMBER, SLOT_NUMBER, BIT(FORM_TEXT) },
	{ OBJECT_INSURED, SLOT_SYMBOL_NUMBER, BIT(FORM_SYMBOL_NUMBER) },
	{ OBJECT_INSURED "." INSURED_BRANCH, SLOT_BRANCH, BIT(FORM_TEXT) },
	{ OBJECT_INSURED "." INSURED_BIRTH_DATE, SLOT_BIRTH_DATE, BIT(FORM_DATE) },
	{ OBJECT_INSURED "." INSURED_REFERENCE_NUMBER, SLOT_REFERENCE_NUMBER, BIT(FORM_TEXT) },
	{ OBJECT_INSURED "." INSURED_LIMIT_CERTIFICATE_CONSENT, SLOT_CONSENT, BIT(FORM_YES_IF) },
	{ OBJECT_ELIGIBILITY "." ELIGIBILITY_REASON, SLOT_REASON, BIT(FORM_SKIP_IF) },
};
#define MEMBERS	  (sizeof members / sizeof *members)
#define ROW_FORMS (BIT(FORM_TEXT) | BIT(FORM_DATE) | BIT(FORM_TIME))

static const struct {
	const char *name; /* one that ends in a colon is followed by its values */
	enum form form;
} forms[] = {
	{ "text", FORM_TEXT },
	{ "date", FORM_DATE },
	{ "time", FORM_TIME },
	{ "digits6-8", FORM_DIGITS },
	{ "symbol-number", FORM_SYMBOL_NUMBER },
	{ "skip-if:", FORM_SKIP_IF },
	{ "yes-if:", FORM_YES_IF },
};
#define FORMS (sizeof forms / sizeof *forms)

/* Everything that a mapping has, each piece behind a link to the one before it. */
struct mapping_memory {
	struct mapping_memory *before;
	max_align_t piece[];
};

struct reading {
	struct mapping *mapping;
	struct rule *rules;
	size_t room; /* for rules */
	const char **row_names;
	struct buf cells[3]; /* header, member, form */
	size_t n, row;
	const char *name;
	struct why *why;
	int failed;
};

const char *
slot_member(size_t slot)
{
	for (size_t i = 0; i < MEMBERS; i++)
		if (members[i].slot == slot)
			return members[i].name;
	return RECORD_ROW;
}

int
header_fold(struct buf *out, const char *s, size_t n)
{
	size_t kept = out->len;

	if (text_fold(out, s, n) == -1)
		return -1;
	for (size_t i = kept; i < out->len; i++)
		if (strchr(" \t\r\n", out->data[i]) == NULL)
			out->data[kept++] = out->data[i];
	out->len = kept;
	return buf_add(out, "", 0);
}

/* Cleared memory that the mapping keeps. NULL without any. */
static void *
keep(struct mapping *m, size_t n)
{
	struct mapping_memory *memory = calloc(1, sizeof *memory + n);

	if (memory == NULL)
		return NULL;
	memory->before = m->memory;
	m->memory = memory;
	return memory->piece;
}

static const char *
keep_text(struct mapping *m, const char *s)
{
	size_t n = strlen(s) + 1;
	char *kept = keep(m, n);

	return kept == NULL ? NULL : memcpy(kept, s, n);
}

static const char *
keep_folded(struct mapping *m, const char *s, int (*fold)(struct buf *, const char *, size_t))
{
	const char *kept = NULL;
	struct buf b;

	buf_init(&b, 4 * strlen(s) + 1);
	if (fold(&b, s, strlen(s)) == 0)
		kept = keep_text(m, b.data);
	buf_free(&b);
	return kept;
}

static const char *
reason_word(const char *word)
{
	for (const struct word_row *w = words_eligibility_reason; w->word != NULL; w++)
		if (strcmp(w->word, word) == 0)
			return w->word;
	return NULL;
}

/* One VALUE, VALUE* or VALUE=REASON. 0, or -1. */
static int
choice_read(struct mapping *m, struct choice *choice, enum form form, char *value, struct why *why)
{
	char *equals = strrchr(value, '='), *star;

	if (form == FORM_SKIP_IF) {
		if (equals == NULL || (choice->word = reason_word(equals + 1)) == NULL) {
			why_set(why, ERR_MAPPING_MALFORMED, NULL, "%s: write VALUE=REASON", value);
			return -1;
		}
		*equals = '\0';
	}
	if ((star = strrchr(value, '*')) != NULL && star[1] == '\0') {
		choice->prefix = 1;
		*star = '\0';
	}
	if (*value == '\0') {
		why_set(why, ERR_MAPPING_MALFORMED, NULL, "a value is blank");
		return -1;
	}
	return (choice->text = keep_folded(m, value, text_fold)) == NULL ? -1 : 0;
}

/* The values, which are cut up: how many, or -1. There is one item for two bytes. */
static long
choices_fill(struct mapping *m, struct choice *items, enum form form, char *values, struct why *why)
{
	char *save = NULL, *value;
	long n = 0;

	for (value = strtok_r(values, " ", &save); value != NULL;
	     value = strtok_r(NULL, " ", &save))
		if (choice_read(m, &items[n++], form, value, why) == -1)
			return -1;
	return n;
}

static const struct choices *
choices_find(const struct reading *r, const char *form)
{
	for (const struct rule *rule = r->rules; rule < r->rules + r->mapping->n; rule++)
		if (rule->choices != NULL && strcmp(rule->choices->form, form) == 0)
			return rule->choices;
	return NULL;
}

/* The choices of a form, which begin behind n bytes of it. 0, or -1. */
static int
choices_read(struct reading *r, struct rule *rule, const char *form, size_t n, struct why *why)
{
	struct choices *c;
	struct choice *items;
	char *values;
	long filled = -1;

	if ((rule->choices = choices_find(r, form)) != NULL)
		return 0;
	c = keep(r->mapping, sizeof *c);
	items = keep(r->mapping, (strlen(form + n) / 2 + 1) * sizeof *items);
	values = strdup(form + n);
	if (c != NULL && items != NULL && values != NULL &&
	    (c->form = keep_text(r->mapping, form)) != NULL)
		filled = choices_fill(r->mapping, items, rule->form, values, why);
	free(values);
	if (filled == 0)
		why_set(why, ERR_MAPPING_MALFORMED, NULL, "%s has no values", form);
	if (filled <= 0)
		return -1;
	c->items = items;
	c->n = (size_t)filled;
	rule->choices = c;
	return 0;
}

static int
form_read(struct reading *r, struct rule *rule, const char *text, struct why *why)
{
	for (size_t i = 0; i < FORMS; i++) {
		size_t n = strlen(forms[i].name);

		if (strncmp(text, forms[i].name, n) != 0)
			continue;
		rule->form = forms[i].form;
		if (forms[i].name[n - 1] == ':')
			return choices_read(r, rule, text, n, why);
		if (text[n] == '\0')
			return 0;
	}
	why_set(why, ERR_MAPPING_MALFORMED, NULL,
	    "%s is no form: text date time digits6-8 symbol-number skip-if: yes-if:", text);
	return -1;
}

/* The slot of a member of `row`, made when it is new. 0, or -1. */
static int
row_slot(struct reading *r, const char *name, size_t *slot)
{
	const char **more;
	size_t i = 0;

	while (i < r->mapping->n_row_names && strcmp(r->row_names[i], name) != 0)
		i++;
	*slot = SLOT_ROW + i;
	if (i < r->mapping->n_row_names)
		return 0;
	if ((more = reallocarray(r->row_names, i + 1, sizeof *more)) == NULL)
		return -1;
	r->row_names = more;
	if ((more[i] = keep_text(r->mapping, name)) == NULL)
		return -1;
	r->mapping->n_row_names++;
	return 0;
}

/* 0, or -1. The form is read before. */
static int
member_read(
    struct reading *r, struct rule *rule, const char *name, const char *form, struct why *why)
{
	unsigned allowed = 0;

	for (size_t i = 0; i < MEMBERS && allowed == 0; i++)
		if (strcmp(members[i].name, name) == 0) {
			rule->slot = members[i].slot;
			allowed = members[i].forms;
		}
	if (strncmp(name, IN_ROW, strlen(IN_ROW)) == 0 && name[strlen(IN_ROW)] != '\0') {
		if (row_slot(r, name + strlen(IN_ROW), &rule->slot) == -1)
			return -1;
		allowed = ROW_FORMS;
	}
	if (allowed == 0)
		why_set(
		    why, ERR_MAPPING_MALFORMED, NULL, "no member %s is made from a column", name);
	else if ((allowed & BIT(rule->form)) == 0)
		why_set(why, ERR_MAPPING_MALFORMED, NULL, "%s is not read as %s", name, form);
	else
		return 0;
	return -1;
}

/* A rule behind those that there are. 0, or -1. */
static int
rule_room(struct reading *r)
{
	struct rule *more;

	if (r->mapping->n < r->room)
		return 0;
	r->room = r->room == 0 ? 256 : 2 * r->room;
	if ((more = reallocarray(r->rules, r->room, sizeof *more)) == NULL)
		return -1;
	r->rules = more;
	return 0;
}

static int
rule_add(struct reading *r, struct why *why)
{
	const char *member = r->cells[1].data, *form = r->cells[2].data;
	struct rule rule = { .header = keep_folded(r->mapping, r->cells[0].data, header_fold) };

	if (rule.header == NULL || rule_room(r) == -1)
		return -1;
	if (rule.header[0] == '\0') {
		why_set(why, ERR_MAPPING_MALFORMED, NULL, "the header is blank");
		return -1;
	}
	if (form_read(r, &rule, form, why) == -1 || member_read(r, &rule, member, form, why) == -1)
		return -1;
	r->rules[r->mapping->n++] = rule;
	return 0;
}

static int
is_title(const struct buf *cells)
{
	return strcmp(cells[0].data, "header") == 0 && strcmp(cells[1].data, "member") == 0 &&
	       strcmp(cells[2].data, "form") == 0;
}

static void
take_cell(void *text, size_t len, void *arg)
{
	struct reading *r = arg;

	if (r->n < 3) {
		buf_reset(&r->cells[r->n]);
		buf_add(&r->cells[r->n], text, len);
		r->failed |= memchr(text, '\0', len) != NULL || buf_failed(&r->cells[r->n]);
	}
	r->n++;
}

/* The title, or a rule. 0, or -1 with why unless there was no memory. */
static int
row_read(struct reading *r, struct why *why)
{
	if (r->n != 3)
		why_set(why, ERR_MAPPING_MALFORMED, NULL, "%zu cells, not 3", r->n);
	else if (r->row > 1)
		return rule_add(r, why);
	else if (is_title(r->cells))
		return 0;
	else
		why_set(why, ERR_MAPPING_MALFORMED, NULL, "it begins with header,member,form");
	return -1;
}

static void
take_row(int end, void *arg)
{
	struct reading *r = arg;
	struct why why = { .id = ERR_NONE };

	(void)end;
	r->row++;
	if (!r->failed && row_read(r, &why) == -1) {
		r->failed = 1;
		if (why.id == ERR_NONE)
			why_set(&why, ERR_OUT_OF_MEMORY, NULL, NULL);
		why_set(r->why, why.id, NULL, "%s: row %zu: %s", r->name, r->row, why.detail);
	}
	r->n = 0;
}

/* A list that is whole, where the mapping keeps all it has. NULL without memory. */
static const void *
keep_list(struct reading *r, const void *list, size_t n, size_t size)
{
	void *kept = n == 0 ? NULL : keep(r->mapping, n * size);

	if (kept != NULL)
		return memcpy(kept, list, n * size);
	if (n > 0 && !r->failed)
		why_set(r->why, ERR_OUT_OF_MEMORY, NULL, NULL);
	r->failed |= n > 0;
	return NULL;
}

/* The lists have all they will have. */
static void
settle(struct reading *r)
{
	struct mapping *m = r->mapping;

	m->rules = keep_list(r, r->rules, m->n, sizeof *r->rules);
	m->row_names = keep_list(r, r->row_names, m->n_row_names, sizeof *r->row_names);
	m->slots = SLOT_ROW + m->n_row_names;
	free(r->rules);
	free(r->row_names);
}

int
mapping_parse(struct mapping *m, const char *text, size_t n, const char *name, struct why *why)
{
	struct reading r = { .mapping = m, .name = name, .why = why };
	struct csv_parser parser;

	*m = (struct mapping){ 0 };
	why_set(why, ERR_MAPPING_MALFORMED, NULL, "%s: not a whole CSV", name);
	for (size_t i = 0; i < 3; i++)
		buf_init(&r.cells[i], MAPPING_MAX);
	csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
	if (csv_parse(&parser, text, n, take_cell, take_row, &r) != n ||
	    csv_fini(&parser, take_cell, take_row, &r) != 0 || r.row == 0)
		r.failed = 1;
	csv_free(&parser);
	for (size_t i = 0; i < 3; i++)
		buf_free(&r.cells[i]);
	settle(&r);
	return r.failed ? -1 : 0;
}

void
mapping_free(struct mapping *m)
{
	while (m->memory != NULL) {
		struct mapping_memory *before = m->memory->before;

		free(m->memory);
		m->memory = before;
	}
	*m = (struct mapping){ 0 };
}
