#include <stdlib.h>
#include <string.h>

#include "csv/columns.h"
#include "gen/names.h"

#define COLUMNS_MAX 4096

static int
rule_named(const struct mapping *m, size_t slot)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->rules[i].slot == slot)
			return 1;
	return 0;
}

static const struct binding *
bound(const struct columns *c, size_t slot)
{
	for (size_t i = 0; i < c->n_bindings; i++)
		if (c->bindings[i].rule->slot == slot)
			return &c->bindings[i];
	return NULL;
}

static void
unbind(struct columns *c, size_t slot)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n_bindings; i++)
		if (c->bindings[i].rule->slot != slot)
			c->bindings[kept++] = c->bindings[i];
	c->n_bindings = kept;
}

static int
bind_rule(struct columns *c, const struct rule *rule, const char *const *headers)
{
	size_t i = 0;
	struct binding *more;

	if (rule->slot < SLOT_REASON && bound(c, rule->slot) != NULL)
		return 0;
	while (i < c->n && strcmp(headers[i], rule->header) != 0)
		i++;
	if (i == c->n)
		return 0;
	if ((more = reallocarray(c->bindings, c->n_bindings + 1, sizeof *more)) == NULL)
		return -1;
	c->bindings = more;
	c->bindings[c->n_bindings++] = (struct binding){ rule, i };
	return 0;
}

/* Symbol and number: from two columns or from one, never from one and a half. */
static void
settle_pair(struct columns *c)
{
	if (bound(c, SLOT_SYMBOL_NUMBER) == NULL)
		return;
	if (bound(c, SLOT_SYMBOL) != NULL && bound(c, SLOT_NUMBER) != NULL) {
		unbind(c, SLOT_SYMBOL_NUMBER);
	} else {
		unbind(c, SLOT_SYMBOL);
		unbind(c, SLOT_NUMBER);
	}
}

/* 0, or -1 with why naming every member that is needed and has no column. */
static int
missing_none(const struct columns *c, const struct mapping *m, struct why *why)
{
	static const size_t needed[] = { SLOT_INSURER_NUMBER, SLOT_SYMBOL, SLOT_NUMBER,
		SLOT_BIRTH_DATE };
	char space[sizeof why->detail];
	struct buf list;
	int missing = 0;

	buf_over(&list, space, sizeof space);
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		int in_pair = needed[i] == SLOT_SYMBOL || needed[i] == SLOT_NUMBER;

		if (bound(c, needed[i]) != NULL ||
		    (in_pair && bound(c, SLOT_SYMBOL_NUMBER) != NULL))
			continue;
		/* Late-stage elderly have no symbol: a mapping without one means them. */
		if (needed[i] == SLOT_SYMBOL && !rule_named(m, SLOT_SYMBOL))
			continue;
		buf_addf(&list, "%s%s", missing++ ? ", " : "", slot_member(needed[i]));
	}
	if (missing)
		why_set(why, ERR_COLUMN_MISSING, NULL, "%s", space);
	return missing ? -1 : 0;
}

/* Would two members of `row` have this name? */
static int
name_taken(const struct columns *c, const struct mapping *m, size_t before, const char *name)
{
	for (size_t i = 0; i < c->n_bindings; i++) {
		size_t slot = c->bindings[i].rule->slot;

		if (slot >= SLOT_ROW && strcmp(m->row_names[slot - SLOT_ROW], name) == 0)
			return 1;
	}
	for (size_t i = 0; i < before; i++)
		if (strcmp(c->items[i].name, name) == 0)
			return 1;
	return 0;
}

/* The header as written; "column 7" when it is blank; with " (2)" behind when it was there. */
static int
name_column(struct columns *c, const struct mapping *m, size_t i, const struct cell *header)
{
	struct buf name, json;

	buf_init(&name, header->len + 64);
	buf_init(&json, 6 * header->len + 128);
	for (unsigned k = 1; k == 1 || (!buf_failed(&name) && name_taken(c, m, i, name.data));
	     k++) {
		buf_reset(&name);
		if (header->len > 0)
			buf_add(&name, header->s, header->len);
		else
			buf_addf(&name, "column %zu", i + 1);
		if (k > 1)
			buf_addf(&name, " (%u)", k);
	}
	buf_addjson(&json, name.data == NULL ? "" : name.data, name.len);
	if (buf_failed(&name) || buf_failed(&json)) {
		buf_free(&name);
		buf_free(&json);
		return -1;
	}
	c->items[i] = (struct column){ name.data, json.data };
	return 0;
}

/* The headers as they are compared, in one allocation each. NULL without memory. */
static char **
fold_headers(const struct cell *headers, size_t n)
{
	char **folded = calloc(n, sizeof *folded);
	struct buf b;

	for (size_t i = 0; folded != NULL && i < n; i++) {
		buf_init(&b, 4 * headers[i].len + 1);
		if (header_fold(&b, headers[i].s, headers[i].len) == -1) {
			buf_free(&b);
			while (i-- > 0)
				free(folded[i]);
			free(folded);
			return NULL;
		}
		folded[i] = b.data;
	}
	return folded;
}

static int
bind_all(struct columns *c, const struct mapping *m, const struct cell *headers)
{
	char **folded = fold_headers(headers, c->n);
	int failed = folded == NULL;

	for (size_t i = 0; i < m->n && !failed; i++)
		failed = bind_rule(c, &m->rules[i], (const char *const *)folded) == -1;
	for (size_t i = 0; folded != NULL && i < c->n; i++)
		free(folded[i]);
	free(folded);
	settle_pair(c);
	for (size_t i = 0; i < c->n && !failed; i++)
		failed = name_column(c, m, i, &headers[i]) == -1;
	return failed ? -1 : 0;
}

int
columns_bind(struct columns *c, const struct mapping *m, const struct cell *headers, size_t n,
    struct why *why)
{
	*c = (struct columns){ .n = n };
	if (n > COLUMNS_MAX) {
		why_set(why, ERR_FILE_NOT_CSV, NULL, "the header has %zu cells", n);
		c->n = 0;
		return -1;
	}
	if ((c->items = calloc(n, sizeof *c->items)) == NULL || bind_all(c, m, headers) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	return missing_none(c, m, why);
}

void
columns_free(struct columns *c)
{
	for (size_t i = 0; c->items != NULL && i < c->n; i++) {
		free(c->items[i].name);
		free(c->items[i].json);
	}
	free(c->items);
	free(c->bindings);
	*c = (struct columns){ 0 };
}

int
headers_personal(const struct cell *cells, size_t n)
{
	struct buf folded;
	int found = 0;

	for (size_t i = 0; i < n && !found; i++) {
		buf_init(&folded, 4 * cells[i].len + 1);
		/* Without memory it cannot be told: then it is not shown either. */
		found = header_fold(&folded, cells[i].s, cells[i].len) == -1;
		for (size_t at = 0, run = 0; at < folded.len && !found; at++) {
			run = folded.data[at] >= '0' && folded.data[at] <= '9' ? run + 1 : 0;
			found = run == 4;
		}
		buf_free(&folded);
	}
	return found;
}

void
headers_show(FILE *fp, const struct cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fputs(i == 0 ? "" : ", ", fp);
		for (const char *p = cells[i].s; *p != '\0'; p++)
			fputc((unsigned char)*p < ' ' || *p == '\x7f' ? ' ' : *p, fp);
	}
}
