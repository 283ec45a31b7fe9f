#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "options/options.h"
#include "subsidy/pack.h"
#include "subsidy/package.h"
#include "subsidy/write.h"
#include "trust/signer.h"

#define TEXT_MAX ((size_t)16 << 20) /* of each file that is made here; a reader takes no more */
#define TAGS_MAX 8

static const char check_script[] = {
#include "gen/check.inc"
};

struct tag {
	const char *name;
	char sha256[HEX_SIZE];
};

/* One package being made. */
struct bag {
	struct parcel *of;
	struct pack *pack;
	const char *top; /* the directory that all of it is in */
	struct tag tags[TAGS_MAX];
	size_t n_tags;
	int64_t bytes; /* of the documents */
	struct why *why;
};

static int
no_memory(struct why *why)
{
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

/* --- documents ------------------------------------------------------------------------------------ */

static int
add_exhibits(struct bag *b)
{
	char name[2 * EXHIBIT_PATH_SIZE];

	for (struct exhibit *p = b->of->exhibits.exhibits;
	     p < b->of->exhibits.exhibits + b->of->exhibits.n; p++) {
		snprintf(name, sizeof name, "%s/%s", b->top, p->path);
		if (exhibit_pack(b->pack, p, b->of->to->o->files, name, p->sha256, b->why) == -1)
			return -1;
	}
	b->bytes = pack_size(b->pack);
	return 0;
}

/* --- what is said of them ------------------------------------------------------------------------- */

static void
write_document(struct buf *out, const struct exhibit *p)
{
	buf_addc(out, '{');
	write_text(out, DOCUMENT_KIND, exhibit_words[p->kind]);
	if (p->supplier != NOWHERE)
		write_yen(out, DOCUMENT_SUPPLIER, p->supplier);
	write_day(out, DOCUMENT_DATE, p->day);
	write_text(out, DOCUMENT_COUNTERPARTY, p->counterparty);
	write_yen(out, DOCUMENT_AMOUNT_YEN, p->yen);
	write_text(out, DOCUMENT_FILE, p->path);
	write_text(out, DOCUMENT_SHA256, p->sha256);
	buf_addc(out, '}');
}

static void
write_amount(struct buf *out, const struct rule *r)
{
	buf_addc(out, '{');
	write_text(out, AMOUNT_ROW, r->cite.row);
	write_yen(out, AMOUNT_COST_CAP_YEN, r->cost_cap);
	write_name(out, AMOUNT_RATE);
	buf_addf(out, "\"%" PRId64 "/%" PRId64 "\"", r->num, r->den);
	write_yen(out, AMOUNT_UNIT_YEN, r->unit);
	write_bool(out, AMOUNT_ROUNDING_KNOWN, r->rounding_known);
	write_yen(out, AMOUNT_SUBSIDY_CAP_YEN, r->subsidy_cap);
	buf_addc(out, '}');
}

static void
write_record(const struct bag *b, struct buf *out)
{
	const struct assessment *a = b->of->assessment;

	buf_addc(out, '{');
	write_project(out, b->of->project);
	write_day(out, EVIDENCE_ASSESSED_ON, b->of->by->today);
	write_name(out, EVIDENCE_AMOUNTS);
	buf_addc(out, '[');
	write_amount(out, a->rule);
	if (a->two_amounts) {
		buf_addc(out, ',');
		write_amount(out, a->base_rule);
	}
	buf_addc(out, ']');
	write_name(out, EVIDENCE_DOCUMENTS);
	buf_addc(out, '[');
	for (size_t i = 0; i < b->of->exhibits.n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		write_document(out, &b->of->exhibits.exhibits[i]);
	}
	buf_addc(out, ']');
	write_name(out, OBJECT_SUBSIDY);
	write_subsidy(out, b->of->by, a, NULL);
	buf_adds(out, "}\n");
}

/* As jq's @csv writes it, by which the check makes it again. */
static void
write_cell(struct buf *out, const char *text)
{
	buf_addc(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	buf_addc(out, '"');
}

static void
write_index(const struct bag *b, struct buf *out)
{
	char day[DATE_SIZE];

	buf_adds(out, "\xef\xbb\xbf"
		      "date,counterparty,amount,kind,file,hash\n");
	for (const struct exhibit *p = b->of->exhibits.exhibits;
	     p < b->of->exhibits.exhibits + b->of->exhibits.n; p++) {
		date_format(date_of_days(p->day), day);
		write_cell(out, day);
		buf_addc(out, ',');
		write_cell(out, p->counterparty);
		buf_addf(out, ",%" PRId64 ",", p->yen);
		write_cell(out, exhibit_words[p->kind]);
		buf_addc(out, ',');
		write_cell(out, p->path);
		buf_addc(out, ',');
		write_cell(out, p->sha256);
		buf_addc(out, '\n');
	}
}

/* --- what BagIt asks for -------------------------------------------------------------------------- */

static void
write_declaration(const struct bag *b, struct buf *out)
{
	(void)b;
	buf_adds(out, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
}

static void
write_line(struct buf *out, const char *label, const char *value)
{
	if (value == NULL)
		return;
	buf_adds(out, label);
	for (; *value != '\0'; value++)
		buf_addc(out, *value == '\n' || *value == '\r' ? ' ' : *value);
	buf_addc(out, '\n');
}

static void
write_info(const struct bag *b, struct buf *out)
{
	char day[DATE_SIZE];

	date_format(date_of_days(b->of->by->today), day);
	write_line(out, "Source-Organization: ", b->of->project->name);
	write_line(out, "External-Identifier: ", b->of->project->code);
	write_line(out, "Bagging-Date: ", day);
	buf_addf(out, "Payload-Oxum: %" PRId64 ".%zu\n", b->bytes, b->of->exhibits.n);
	write_line(out, "Bag-Software-Agent: ", "oq-subsidy-report " OQ_VERSION);
	if (b->of->to->signer != NULL)
		buf_adds(out, BAG_SIGNED);
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(
	    (*(const struct exhibit *const *)a)->path, (*(const struct exhibit *const *)b)->path);
}

static void
write_manifest(const struct bag *b, struct buf *out)
{
	const struct exhibit **sorted = calloc(b->of->exhibits.n + 1, sizeof *sorted);

	if (sorted == NULL) {
		buf_room(out, TEXT_MAX + 1); /* it fails, too */
		return;
	}
	for (size_t i = 0; i < b->of->exhibits.n; i++)
		sorted[i] = &b->of->exhibits.exhibits[i];
	qsort(sorted, b->of->exhibits.n, sizeof *sorted, by_path);
	for (size_t i = 0; i < b->of->exhibits.n; i++)
		buf_addf(out, "%s  %s\n", sorted[i]->sha256, sorted[i]->path);
	free(sorted);
}

static void
write_check(const struct bag *b, struct buf *out)
{
	(void)b;
	buf_add(out, check_script, sizeof check_script);
}

/* --- all of it ------------------------------------------------------------------------------------ */

static int
add_text(struct bag *b, const char *name, const struct buf *text, char hex[static HEX_SIZE])
{
	char path[EXHIBIT_PATH_SIZE];

	snprintf(path, sizeof path, "%s/%s", b->top, name);
	if (buf_failed(text))
		return no_memory(b->why);
	return pack_bytes(b->pack, path, text->data, text->len, hex, b->why);
}

/* Files of the bag itself, in the order in which the tag manifest lists them. */
static int
add_tags(struct bag *b)
{
	static const struct {
		const char *name;
		void (*write)(const struct bag *, struct buf *);
	} files[] = {
		{ BAG_INFO, write_info },
		{ BAG_DECLARATION, write_declaration },
		{ BAG_CHECK, write_check },
		{ BAG_INDEX, write_index },
		{ BAG_MANIFEST, write_manifest },
		{ BAG_RECORD, write_record },
	};
	struct buf text;
	int failed = 0;

	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < sizeof files / sizeof *files && !failed; i++) {
		struct tag *tag = &b->tags[b->n_tags++];

		buf_reset(&text);
		files[i].write(b, &text);
		tag->name = files[i].name;
		failed = add_text(b, tag->name, &text, tag->sha256) == -1;
	}
	buf_free(&text);
	return failed ? -1 : 0;
}

/* The signature of the list of tags. sums is what sha256sum says of it. */
static int
add_signature(struct bag *b, const struct buf *list, struct buf *sums)
{
	char hex[HEX_SIZE];
	struct buf signature;
	int failed;

	if (b->of->to->signer == NULL)
		return 0;
	buf_init(&signature, TEXT_MAX);
	failed = signer_list(b->of->to->signer, list->data, list->len, &signature, b->why) == -1 ||
		 add_text(b, BAG_SIGNATURE, &signature, hex) == -1;
	if (!failed)
		buf_addf(sums, "%s  %s\n", hex, BAG_SIGNATURE);
	buf_free(&signature);
	return failed ? -1 : 0;
}

static int
add_all(struct bag *b)
{
	char hex[HEX_SIZE], ignored[HEX_SIZE];
	struct buf list, sums;
	int failed;

	if (add_exhibits(b) == -1 || add_tags(b) == -1)
		return -1;
	buf_init(&list, TEXT_MAX);
	buf_init(&sums, TEXT_MAX);
	for (size_t i = 0; i < b->n_tags; i++)
		buf_addf(&list, "%s  %s\n", b->tags[i].sha256, b->tags[i].name);
	failed = add_text(b, BAG_TAGS, &list, hex) == -1 || add_signature(b, &list, &sums) == -1;
	if (!failed) {
		buf_addf(&sums, "%s  %s\n", hex, BAG_TAGS);
		failed = add_text(b, BAG_SUMS, &sums, ignored) == -1;
	}
	buf_free(&list);
	buf_free(&sums);
	return failed ? -1 : 0;
}

int
bag_write(struct parcel *of, struct buf *path, char hex[static HEX_SIZE], struct why *why)
{
	struct bag b = { .of = of, .why = why };
	struct buf top;
	char space[64];

	buf_over(&top, space, sizeof space);
	name_part(&top, of->project->code, 40);
	buf_addf(path, "%s/%s.zip", of->to->o->package, space);
	b.top = space;
	if (buf_failed(path))
		return no_memory(why);
	if ((b.pack = pack_open(path->data, why)) == NULL)
		return -1;
	if (add_all(&b) == 0)
		return pack_close(b.pack, 1, hex, why);
	pack_abort(b.pack);
	return -1;
}
