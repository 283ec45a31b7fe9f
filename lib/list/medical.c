#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "list/checkups.h"
#include "list/mode.h"
#include "list/said.h"
#include "options/words.h"
#include "pipe/record.h"

struct medical {
	const struct page *page;
	int begun;
};

static void *
medical_open(const struct page *page)
{
	struct medical *m = calloc(1, sizeof *m);

	if (m != NULL)
		m->page = page;
	return m;
}

/* The object's texts of these names, those that are there, with blanks between them. */
static void
add_texts(struct buf *b, const json_t *object, const char *const *names)
{
	for (; *names != NULL; names++) {
		const char *text = record_text(object, *names);

		if (text != NULL && *text != '\0')
			buf_addf(b, "%s%s", b->len > 0 ? " " : "", said(text));
	}
}

/* Writes what the buffer holds, if anything, and frees it. 0, or -1 when it has failed. */
static int
put_text(const struct page *p, struct buf *b, void (*write)(FILE *, const char *))
{
	int failed = buf_failed(b) != 0;

	if (b->len > 0)
		write(p->fp, b->data);
	buf_free(b);
	return failed ? -1 : 0;
}

static int
print_person(const struct page *p, const json_t *record, const struct line *line)
{
	static const char *const policy[] = { POLICY_NAME, POLICY_KANA, POLICY_BIRTH_DATE,
		POLICY_SEX, NULL };
	static const char *const person[] = { PERSON_NAME, PERSON_KANA, PERSON_BIRTH_DATE,
		PERSON_SEX, NULL };
	struct buf b;

	buf_init(&b, (size_t)64 << 10);
	add_texts(&b, entry_policy(record), policy);
	if (b.len == 0)
		add_texts(
		    &b, json_object_get(json_object_get(record, RECORD_OQS), OQS_PERSON), person);
	if (b.len == 0)
		buf_addf(&b, _("Record %llu"), (unsigned long long)line->number);
	return put_text(p, &b, p->form->chapter);
}

/* When it was asked for, and what makes it less than it looks. */
static int
print_circumstances(const struct page *p, const json_t *medical)
{
	const char *as_of = record_text(medical, MEDICAL_AS_OF);
	char text[TIME_SIZE];
	int64_t at;
	struct buf b;

	buf_init(&b, 4096);
	if (as_of != NULL && time_parse(as_of, &at)) {
		time_format(at, text);
		text[10] = ' ';
		text[16] = '\0';
		buf_addf(&b, _("as of %s"), text);
	}
	if (json_is_true(json_object_get(medical, MEDICAL_REUSED)))
		buf_addf(&b, "%s%s", b.len > 0 ? "; " : "", _("from an earlier answer"));
	if (json_object_get(medical, MEDICAL_DISASTER) != NULL)
		buf_addf(&b, "%s%s", b.len > 0 ? "; " : "", _("shown because of a disaster"));
	return put_text(p, &b, p->form->line);
}

/* The object in the array whose `purpose` is that, or NULL. */
static const json_t *
for_purpose(const json_t *array, const char *purpose)
{
	json_t *object;
	size_t i;

	json_array_foreach (array, i, object) {
		const char *named = record_text(object, REFUSAL_PURPOSE);

		if (named != NULL && strcmp(named, purpose) == 0)
			return object;
	}
	return NULL;
}

/* The file that a purpose was saved in, or NULL. */
static const char *
file_of(const json_t *medical, const char *purpose)
{
	json_t *file;
	size_t i;

	json_array_foreach (json_object_get(medical, MEDICAL_PDF), i, file) {
		if (record_holds(json_object_get(file, PDF_PURPOSES), purpose))
			return record_text(file, PDF_FILE);
	}
	return NULL;
}

/* What is to be done about an error, and the other side's own words about it. */
static void
add_error(struct buf *b, const json_t *error, const struct page *p)
{
	const char *next = record_text(error, ERROR_NEXT);
	const char *message = record_text(json_object_get(error, ERROR_UPSTREAM), NOTICE_MESSAGE);

	buf_addf(
	    b, _("could not be told: %s"), next == NULL ? "" : said_next(next, p->reader.japanese));
	if (message != NULL)
		buf_addf(b, " (%s)", message);
}

/*
 * Says why there is no list for a purpose: refused, failed, in a file, not answered, not asked.
 * Nothing of this is the same as an empty list.
 */
static int
print_absence(const struct page *p, const json_t *medical, const char *purpose)
{
	const json_t *refused = for_purpose(json_object_get(medical, MEDICAL_REFUSED), purpose);
	const json_t *failed = for_purpose(json_object_get(medical, MEDICAL_FAILED), purpose);
	const char *decision = record_text(refused, REFUSAL_DECISION);
	struct buf b;

	buf_init(&b, 4096);
	if (refused != NULL)
		buf_addf(&b, _("not shown: %s"), decision == NULL ? "" : said(decision));
	else if (failed != NULL)
		add_error(&b, json_object_get(failed, FAILED_ERROR), p);
	else if (file_of(medical, purpose) != NULL)
		buf_addf(&b, _("saved as a file: %s"), file_of(medical, purpose));
	else if (record_holds(json_object_get(medical, MEDICAL_ASKED), purpose))
		buf_adds(&b, _("could not be told: no answer"));
	else
		buf_adds(&b, _("not asked"));
	return put_text(p, &b, p->form->line);
}

/* The day a drug or treatment counts as of: the most exact of what is there. */
static const char *
day_of(const json_t *entry)
{
	static const char *const names[] = { DRUG_DISPENSED_ON, TREATMENT_DATE, DRUG_PRESCRIBED_ON,
		DRUG_MONTH };
	const char *day = NULL;

	for (size_t i = 0; day == NULL && i < sizeof names / sizeof *names; i++)
		day = record_text(entry, names[i]);
	return day == NULL ? "" : day;
}

static const char *
facility_of(const json_t *entry)
{
	const char *name = record_text(entry, DRUG_FACILITY_NAME);

	if (name == NULL)
		name = record_text(entry, DRUG_FACILITY_CODE);
	return name == NULL ? "" : name;
}

struct dated {
	const json_t *entry;
	size_t order; /* in the list: a prescription's drugs stay as they were written */
};

/* Newest first, then by facility. */
static int
by_date(const void *va, const void *vb)
{
	const struct dated *a = va, *b = vb;
	int r = -strcmp(day_of(a->entry), day_of(b->entry));

	if (r == 0)
		r = strcmp(facility_of(a->entry), facility_of(b->entry));
	return r != 0 ? r : (a->order > b->order) - (a->order < b->order);
}

/* The entries of a list in that order. NULL without memory, or when the list is empty. */
static struct dated *
arrange(const json_t *list)
{
	struct dated *all = calloc(json_array_size(list) + 1, sizeof *all);
	json_t *entry;
	size_t i;

	if (all == NULL)
		return NULL;
	json_array_foreach (list, i, entry)
		all[i] = (struct dated){ entry, i };
	qsort(all, json_array_size(list), sizeof *all, by_date);
	return all;
}

/* Day and facility, where they are not those of the row above. */
static void
put_place(struct sheet *s, const struct dated *all, size_t i)
{
	const char *day = day_of(all[i].entry), *facility = facility_of(all[i].entry);
	int same = i > 0 && strcmp(day, day_of(all[i - 1].entry)) == 0;
	int joined = same && strcmp(facility, facility_of(all[i - 1].entry)) == 0;

	sheet_row(s, joined ? ROW_JOINED : 0);
	sheet_put(s, same ? NULL : day);
	sheet_put(s, joined ? NULL : facility);
}

static void
put_joined(struct sheet *s, const json_t *entry, const char *const *names)
{
	struct buf b;

	buf_init(&b, (size_t)64 << 10);
	add_texts(&b, entry, names);
	sheet_put_buf(s, &b);
}

static void
put_times(struct sheet *s, const json_t *entry)
{
	const json_t *times = json_object_get(entry, DRUG_TIMES);

	if (json_is_integer(times))
		sheet_putf(s, "%lld", (long long)json_integer_value(times));
	else
		sheet_put(s, NULL);
}

static int
print_drugs(const struct page *p, const json_t *list)
{
	static const char *const amount[] = { DRUG_AMOUNT, DRUG_UNIT, NULL };
	static const char *const usage[] = { DRUG_USAGE, DRUG_INSTRUCTION, NULL };
	const struct column columns[] = { { _("Date"), COLUMN_NARROW }, { _("Facility"), 0 },
		{ _("Drug"), 0 }, { _("Ingredient"), 0 },
		{ _("Amount"), COLUMN_RIGHT | COLUMN_NARROW }, { _("Usage"), 0 },
		{ _("Days or times"), COLUMN_RIGHT }, { _("Told by"), COLUMN_NARROW } };
	struct dated *all = arrange(list);
	struct sheet s;
	int r;

	sheet_init(&s, columns, sizeof columns / sizeof *columns);
	s.points = 9;
	for (size_t i = 0; all != NULL && i < json_array_size(list); i++) {
		const json_t *drug = all[i].entry;

		put_place(&s, all, i);
		sheet_put(&s, record_text(drug, DRUG_NAME));
		sheet_put(&s, record_text(drug, DRUG_INGREDIENT));
		put_joined(&s, drug, amount);
		put_joined(&s, drug, usage);
		put_times(&s, drug);
		sheet_put(&s, said(record_text(drug, DRUG_ORIGIN)));
	}
	r = all == NULL || sheet_failed(&s) ? -1 : 0;
	p->form->sheet(p->fp, &s);
	sheet_free(&s);
	free(all);
	return r;
}

static int
print_treatments(const struct page *p, const json_t *list)
{
	static const char *const amount[] = { TREATMENT_AMOUNT, TREATMENT_UNIT, NULL };
	const struct column columns[] = { { _("Date"), COLUMN_NARROW }, { _("Facility"), 0 },
		{ _("Treatment"), 0 }, { _("Amount"), COLUMN_RIGHT | COLUMN_NARROW },
		{ _("Times"), COLUMN_RIGHT } };
	struct dated *all = arrange(list);
	struct sheet s;
	int r;

	sheet_init(&s, columns, sizeof columns / sizeof *columns);
	s.points = 9;
	for (size_t i = 0; all != NULL && i < json_array_size(list); i++) {
		put_place(&s, all, i);
		sheet_put(&s, record_text(all[i].entry, TREATMENT_NAME));
		put_joined(&s, all[i].entry, amount);
		put_times(&s, all[i].entry);
	}
	r = all == NULL || sheet_failed(&s) ? -1 : 0;
	p->form->sheet(p->fp, &s);
	sheet_free(&s);
	free(all);
	return r;
}

static const struct {
	const char *purpose;
	int (*print)(const struct page *, const json_t *list);
} parts[] = {
	{ MEDICAL_DRUGS, print_drugs },
	{ MEDICAL_TREATMENTS, print_treatments },
	{ MEDICAL_CHECKUPS, checkups_print },
};

/* One purpose: its list, or why there is none. 0, or -1 without memory. */
static int
print_part(const struct page *p, const json_t *medical, size_t i)
{
	const json_t *list = json_object_get(medical, parts[i].purpose);

	p->form->heading(p->fp, said(parts[i].purpose));
	if (!json_is_array(list))
		return print_absence(p, medical, parts[i].purpose);
	if (json_array_size(list) > 0)
		return parts[i].print(p, list);
	p->form->line(p->fp, _("nothing is stored"));
	return 0;
}

/* Why a record has no medical information at all. */
static int
print_nothing(const struct page *p, const json_t *record, const struct why *why)
{
	const json_t *error = json_object_get(record, RECORD_ERROR);
	struct buf b;

	buf_init(&b, 4096);
	if (record == NULL)
		buf_addf(&b, _("could not be told: %s"), why_sentence(why, p->reader.japanese));
	else if (error != NULL)
		add_error(&b, error, p);
	else
		buf_adds(&b, _("no medical information was asked for"));
	return put_text(p, &b, p->form->line);
}

static void
begin(struct medical *m)
{
	const struct page *p = m->page;

	if (!m->begun)
		p->form->begin(
		    p->fp, _("Drugs, treatments and checkups"), p->reader.japanese ? "ja" : "en");
	m->begun = 1;
}

static int
take(void *arg, const json_t *record, const struct line *line, const struct why *why)
{
	struct medical *m = arg;
	const json_t *medical = json_object_get(record, OBJECT_MEDICAL);
	int r;

	begin(m);
	if (print_person(m->page, record, line) == -1)
		return -1;
	if (!json_is_object(medical))
		return print_nothing(m->page, record, why);
	r = print_circumstances(m->page, medical);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (print_part(m->page, medical, i) == -1)
			r = -1;
	return r;
}

static int
finish(void *arg)
{
	struct medical *m = arg;

	begin(m);
	m->page->form->end(m->page->fp);
	return 0;
}

const struct mode mode_medical = { "medical", medical_open, take, finish, free };
