#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "gen/names.h"
#include "subsidy/sheet.h"
#include "subsidy/tables.h"

/* Items that were read: of the facility at hand, or all of them where they are in no order. */
struct held {
	struct entry *entries;
	size_t n, room;
};

struct join {
	struct report *report;
	struct sheet *facilities, *items;
	int streamed;
	struct held held;
	struct entry next; /* streamed: read, but of a later facility */
	int has_next, ended;
	unsigned char *taken; /* not streamed: by entry */
	size_t *owners;	      /* the supplier of each item at hand */
	size_t room_owners;
	struct project project;
	struct why *why;
};

static int
no_memory(struct why *why)
{
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

int
rewindable(int fd, const char *name, struct why *why)
{
	char block[65536];
	ssize_t n = 0;
	int copy;

	if (lseek(fd, 0, SEEK_CUR) != -1)
		return fd;
	if ((copy = memfd_create("oq-subsidy-report", MFD_CLOEXEC)) != -1) {
		while ((n = read(fd, block, sizeof block)) > 0)
			if (write_all(copy, block, (size_t)n) == -1)
				break;
		if (n == 0 && lseek(copy, 0, SEEK_SET) == 0)
			return copy;
		close(copy);
	}
	why_set(why, ERR_INPUT_FAILED, NULL, "%s: %s", name, strerror(errno));
	return -1;
}

/* --- reading ------------------------------------------------------------------------------------- */

/* The next row of a table; broken ones leave at once. 1, 0 at the end, -1 with why. */
static int
next_entry(struct join *j, struct sheet *s, struct entry *e)
{
	struct line line;
	struct why broken = { .id = ERR_NONE };
	enum sheet_result got;

	while ((got = sheet_next(s, e, &line, &broken)) == SHEET_BROKEN) {
		entry_free(e);
		j->report->tally.read++;
		report_broken(j->report, &line, &broken);
	}
	if (got == SHEET_FAILED)
		*j->why = broken;
	return got;
}

static int
hold(struct join *j, const struct entry *e)
{
	struct held *h = &j->held;

	if (h->n == h->room) {
		size_t room = h->room == 0 ? 16 : 2 * h->room;
		struct entry *more = reallocarray(h->entries, room, sizeof *more);

		if (more == NULL)
			return no_memory(j->why);
		h->entries = more;
		h->room = room;
	}
	h->entries[h->n++] = *e;
	return 0;
}

static void
let_go(struct held *h)
{
	for (size_t i = 0; i < h->n; i++)
		entry_free(&h->entries[i]);
	h->n = 0;
}

static int
by_code(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->code, y->code);

	if (order != 0)
		return order;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* All items, by code. 0, or -1 with why. */
static int
hold_all(struct join *j)
{
	struct entry e;
	int got;

	while ((got = next_entry(j, j->items, &e)) == 1)
		if (hold(j, &e) == -1) {
			entry_free(&e);
			return -1;
		}
	if (got == -1)
		return -1;
	if (j->held.n > 0)
		qsort(j->held.entries, j->held.n, sizeof *j->held.entries, by_code);
	if ((j->taken = calloc(j->held.n + 1, 1)) == NULL)
		return no_memory(j->why);
	return 0;
}

/* --- one facility -------------------------------------------------------------------------------- */

static int
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Takes over what one more row says of a member: 1, or 0 if another row said otherwise. */
static int
merge_member(void *to, const void *from, const struct field *f)
{
	const char **text = (const char **)((char *)to + f->at);
	int64_t *number = (int64_t *)((char *)to + f->at);

	if (f->kind == FIELD_TEXT) {
		const char *said = *(const char *const *)((const char *)from + f->at);

		if (said != NULL && *text != NULL && strcmp(*text, said) != 0)
			return 0;
		*text = said != NULL ? said : *text;
	} else {
		int64_t said = *(const int64_t *)((const char *)from + f->at);

		if (said != UNSAID && *number != UNSAID && *number != said)
			return 0;
		*number = said != UNSAID ? said : *number;
	}
	return 1;
}

/* Every row says of its receipt what it knows; what two say must agree. 0, or -1 with why. */
static int
merge(struct supplier *to, const struct supplier *from, const struct entry *e, struct why *why)
{
	char pointer[64];

	for (const struct field *f = supplier_fields; f < supplier_fields + n_supplier_fields;
	     f++) {
		if (merge_member(to, from, f))
			continue;
		snprintf(pointer, sizeof pointer, "/%s", f->flat);
		why_set(why, ERR_SUPPLIER_CONTRADICTED, pointer, "row %" PRIu64 " of the items",
		    e->number);
		return -1;
	}
	return 0;
}

/* The receipt that a row belongs to: by supplier and number. 0 and *owner, or -1 with why. */
static int
find_supplier(struct join *j, const struct entry *e, size_t *owner, struct why *why)
{
	struct project *p = &j->project;
	struct supplier from = { 0 }, *to;

	facts_reset(&from, supplier_fields, n_supplier_fields);
	if (sheet_take(j->items, e, &from, supplier_fields, n_supplier_fields, why) == -1)
		return -1;
	for (size_t i = p->n_suppliers; i-- > 0;)
		if (same(p->suppliers[i].name, from.name) &&
		    same(p->suppliers[i].receipt_no, from.receipt_no)) {
			*owner = i;
			return merge(&p->suppliers[i], &from, e, why);
		}
	if ((to = project_supplier(p)) == NULL)
		return no_memory(why);
	*owner = p->n_suppliers - 1;
	return merge(to, &from, e, why);
}

/* The n items at hand become suppliers with their lines. 0, or -1 with why. */
static int
take_items(struct join *j, const struct entry *entries, size_t n, struct why *why)
{
	struct project *p = &j->project;

	if (n > j->room_owners) {
		size_t *more = reallocarray(j->owners, n, sizeof *more);

		if (more == NULL)
			return no_memory(why);
		j->owners = more;
		j->room_owners = n;
	}
	for (size_t i = 0; i < n; i++)
		if (find_supplier(j, &entries[i], &j->owners[i], why) == -1)
			return -1;
	for (size_t s = 0; s < p->n_suppliers; s++) {
		p->suppliers[s].first = p->n_costs;
		for (size_t i = 0; i < n; i++) {
			struct cost *c;

			if (j->owners[i] != s)
				continue;
			if ((c = project_cost(p, &p->suppliers[s])) == NULL)
				return no_memory(why);
			if (sheet_take(j->items, &entries[i], c, cost_fields, n_cost_fields, why) ==
			    -1)
				return -1;
		}
	}
	return 0;
}

static void
put_facility(struct join *j, const struct entry *facility, const struct entry *items, size_t n)
{
	struct report *r = j->report;
	struct why why = { .id = ERR_NONE };

	r->tally.read++;
	project_reset(&j->project);
	if (sheet_take(j->facilities, facility, &j->project, project_fields, n_project_fields,
		&why) == -1 ||
	    take_items(j, items, n, &why) == -1)
		report_error(r, &j->project, &why);
	else
		report_project(r, &j->project);
}

/* Items of a facility that the other table lacks: one line for all of them. */
static void
put_orphans(struct join *j, const struct entry *first, size_t n)
{
	struct report *r = j->report;
	struct why why;

	r->tally.read++;
	project_reset(&j->project);
	j->project.code = *first->code == '\0' ? NULL : first->code;
	why_set(&why, ERR_ITEMS_WITHOUT_FACILITY, NULL, "%zu rows, the first is row %" PRIu64, n,
	    first->number);
	report_error(r, &j->project, &why);
}

/* --- the join -------------------------------------------------------------------------------------- */

/*
 * Streamed: holds the items of the code, or of the first code before it.
 * 1, 0 if there are none up to the code, -1 with why.
 */
static int
hold_next(struct join *j, const char *code)
{
	int got;

	let_go(&j->held);
	while (!j->ended) {
		if (!j->has_next) {
			if ((got = next_entry(j, j->items, &j->next)) == -1)
				return -1;
			j->ended = got == 0;
			j->has_next = got;
			continue;
		}
		if ((code != NULL && strcmp(j->next.code, code) > 0) ||
		    (j->held.n > 0 && strcmp(j->next.code, j->held.entries[0].code) != 0))
			break;
		if (hold(j, &j->next) == -1)
			return -1;
		j->has_next = 0;
	}
	return j->held.n > 0;
}

/* The facility's items from the stream; those of others before it are orphans. 0, or -1. */
static int
put_streamed(struct join *j, const struct entry *facility)
{
	int got;

	while ((got = hold_next(j, facility->code)) == 1) {
		if (strcmp(j->held.entries[0].code, facility->code) == 0)
			break;
		put_orphans(j, j->held.entries, j->held.n);
	}
	if (got == -1)
		return -1;
	put_facility(j, facility, j->held.entries, j->held.n);
	return 0;
}

static size_t
end_of(const struct held *h, size_t first)
{
	size_t end = first;

	while (end < h->n && strcmp(h->entries[end].code, h->entries[first].code) == 0)
		end++;
	return end;
}

/* The facility's items out of all. */
static void
put_looked_up(struct join *j, const struct entry *facility)
{
	const struct held *h = &j->held;
	size_t low = 0, high = h->n, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(h->entries[middle].code, facility->code) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	end = low;
	if (low < h->n && strcmp(h->entries[low].code, facility->code) == 0)
		end = end_of(h, low);
	memset(j->taken + low, 1, end - low);
	put_facility(j, facility, h->entries + low, end - low);
}

/* What no facility asked for. 0, or -1 with why. */
static int
put_rest(struct join *j)
{
	int got;

	if (j->streamed) {
		while ((got = hold_next(j, NULL)) == 1)
			put_orphans(j, j->held.entries, j->held.n);
		return got;
	}
	for (size_t i = 0, end; i < j->held.n; i = end) {
		end = end_of(&j->held, i);
		if (!j->taken[i])
			put_orphans(j, &j->held.entries[i], end - i);
	}
	return 0;
}

static int
run(struct join *j)
{
	struct entry facility;
	int got = 0, failed = 0;

	if (!j->streamed && hold_all(j) == -1)
		return -1;
	while (!failed && !output_failed(j->report->output) &&
	       (got = next_entry(j, j->facilities, &facility)) == 1) {
		if (j->streamed)
			failed = put_streamed(j, &facility);
		else
			put_looked_up(j, &facility);
		entry_free(&facility);
	}
	return failed == -1 || got == -1 ? -1 : put_rest(j);
}

int
report_tables(struct report *r, const struct table_input *facilities,
    const struct table_input *items, struct why *why)
{
	struct join j = { .report = r, .why = why };
	int failed = -1, grow, also;

	grow = sheet_sorted(facilities->fd, facilities->name, SHEET_FACILITIES, r->max_line, why);
	also =
	    grow == -1 ? -1 : sheet_sorted(items->fd, items->name, SHEET_ITEMS, r->max_line, why);
	if (also == -1)
		return -1;
	j.streamed = grow && also;
	j.facilities =
	    sheet_open(facilities->fd, facilities->name, SHEET_FACILITIES, r->max_line, why);
	if (j.facilities != NULL)
		j.items = sheet_open(items->fd, items->name, SHEET_ITEMS, r->max_line, why);
	if (j.items != NULL)
		failed = run(&j);
	if (j.has_next)
		entry_free(&j.next);
	let_go(&j.held);
	free(j.held.entries);
	free(j.taken);
	free(j.owners);
	project_free(&j.project);
	sheet_close(j.items);
	sheet_close(j.facilities);
	return failed;
}
