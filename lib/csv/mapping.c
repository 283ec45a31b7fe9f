#include <csv.h>
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

struct reading {
	struct mapping *mapping;
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

static char *
folded(const char *s, int (*fold)(struct buf *, const char *, size_t))
{
	struct buf b;

	buf_init(&b, 4 * strlen(s) + 1);
	if (fold(&b, s, strlen(s)) == -1)
		buf_free(&b);
	return b.data; /* the caller's from here on */
}

static const char *
reason_word(const char *word)
{
	for (const struct word_row *w = words_eligibility_reason; w->word != NULL; w++)
		if (strcmp(w->word, word) == 0)
			return w->word;
	return NULL;
}

/* One VALUE, VALUE* or VALUE=REASON. */
static int
choice_add(struct choices *choices, enum form form, char *value, struct why *why)
{
	struct choice *more = reallocarray(choices->items, choices->n + 1, sizeof *more);
	struct choice choice = { 0 };
	char *equals = strrchr(value, '='), *star;

	if (more == NULL)
		return -1;
	choices->items = more;
	if (form == FORM_SKIP_IF) {
		if (equals == NULL || (choice.word = reason_word(equals + 1)) == NULL) {
			why_set(why, ERR_MAPPING_MALFORMED, NULL, "%s: write VALUE=REASON", value);
			return -1;
		}
		*equals = '\0';
	}
	if ((star = strrchr(value, '*')) != NULL && star[1] == '\0') {
		choice.prefix = 1;
		*star = '\0';
	}
	if ((choice.text = folded(value, text_fold)) == NULL)
		return -1;
	choices->items[choices->n++] = choice;
	return 0;
}

static int
choices_fill(struct choices *choices, enum form form, const char *values, struct why *why)
{
	char *copy = strdup(values), *save = NULL, *value;
	int failed = copy == NULL;

	for (value = failed ? NULL : strtok_r(copy, " ", &save); value != NULL && !failed;
	     value = strtok_r(NULL, " ", &save))
		failed = choice_add(choices, form, value, why) == -1;
	free(copy);
	if (!failed && choices->n == 0) {
		why_set(why, ERR_MAPPING_MALFORMED, NULL, "%s has no values", choices->text);
		failed = 1;
	}
	return failed ? -1 : 0;
}

/* The choices of a form, which begin behind n bytes of it. 0, or -1. */
static int
choices_read(struct mapping *m, struct rule *rule, const char *form, size_t n, struct why *why)
{
	struct choices *c = m->choices;

	while (c != NULL && strcmp(c->text, form) != 0)
		c = c->next;
	rule->choices = c;
	if (c != NULL)
		return 0;
	if ((c = calloc(1, sizeof *c)) == NULL)
		return -1;
	c->next = m->choices; /* kept at once, so that mapping_free() finds it */
	m->choices = c;
	rule->choices = c;
	if ((c->text = strdup(form)) == NULL)
		return -1;
	return choices_fill(c, rule->form, form + n, why);
}

static int
form_read(struct mapping *m, struct rule *rule, const char *text, struct why *why)
{
	for (size_t i = 0; i < FORMS; i++) {
		size_t n = strlen(forms[i].name);

		if (strncmp(text, forms[i].name, n) != 0)
			continue;
		rule->form = forms[i].form;
		if (forms[i].name[n - 1] == ':')
			return choices_read(m, rule, text, n, why);
		if (text[n] == '\0')
			return 0;
	}
	why_set(why, ERR_MAPPING_MALFORMED, NULL,
	    "%s is no form: text date time digits6-8 symbol-number skip-if: yes-if:", text);
	return -1;
}

/* The slot of a member of `row`, made when it is new. 0, or -1. */
static int
row_slot(struct mapping *m, const char *name, size_t *slot)
{
	char **more;
	size_t i = 0;

	while (i < m->n_row_names && strcmp(m->row_names[i], name) != 0)
		i++;
	*slot = SLOT_ROW + i;
	if (i < m->n_row_names)
		return 0;
	if ((more = reallocarray(m->row_names, i + 1, sizeof *more)) == NULL)
		return -1;
	m->row_names = more;
	if ((m->row_names[i] = strdup(name)) == NULL)
		return -1;
	m->n_row_names++;
	return 0;
}

/* 0, or -1. The form is read before. */
static int
member_read(
    struct mapping *m, struct rule *rule, const char *name, const char *form, struct why *why)
{
	unsigned allowed = 0;

	for (size_t i = 0; i < MEMBERS && allowed == 0; i++)
		if (strcmp(members[i].name, name) == 0) {
			rule->slot = members[i].slot;
			allowed = members[i].forms;
		}
	if (strncmp(name, IN_ROW, strlen(IN_ROW)) == 0 && name[strlen(IN_ROW)] != '\0') {
		if (row_slot(m, name + strlen(IN_ROW), &rule->slot) == -1)
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

/* Room for one more rule, cleared. NULL without memory. */
static struct rule *
rule_room(struct mapping *m)
{
	if (m->n == m->room) {
		size_t room = m->room == 0 ? 256 : 2 * m->room;
		struct rule *more = reallocarray(m->rules, room, sizeof *more);

		if (more == NULL)
			return NULL;
		m->rules = more;
		m->room = room;
	}
	m->rules[m->n] = (struct rule){ 0 };
	return &m->rules[m->n++]; /* counted at once, so that mapping_free() finds it */
}

static int
rule_add(struct mapping *m, const struct buf *cells, struct why *why)
{
	struct rule *rule = rule_room(m);

	if (rule == NULL || (rule->header = folded(cells[0].data, header_fold)) == NULL)
		return -1;
	if (rule->header[0] == '\0') {
		why_set(why, ERR_MAPPING_MALFORMED, NULL, "the header is blank");
		return -1;
	}
	if (form_read(m, rule, cells[2].data, why) == -1)
		return -1;
	return member_read(m, rule, cells[1].data, cells[2].data, why);
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
		return rule_add(r->mapping, r->cells, why);
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
	m->slots = SLOT_ROW + m->n_row_names;
	return r.failed ? -1 : 0;
}

static void
choices_free(struct choices *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->items[i].text);
	free(c->items);
	free(c->text);
	free(c);
}

void
mapping_free(struct mapping *m)
{
	while (m->choices != NULL) {
		struct choices *next = m->choices->next;

		choices_free(m->choices);
		m->choices = next;
	}
	for (size_t i = 0; i < m->n; i++)
		free(m->rules[i].header);
	for (size_t i = 0; i < m->n_row_names; i++)
		free(m->row_names[i]);
	free(m->rules);
	free(m->row_names);
	*m = (struct mapping){ 0 };
}
