#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "gen/names.h"
#include "subsidy/exhibit.h"

#define BYTES_MAX      ((size_t)64 << 20) /* of a document that is made here */
#define NAME_MAX_BYTES 120		  /* of a counterparty in a name: 40 characters */

const char *const exhibit_words[N_EXHIBITS] = {
	[EXHIBIT_RECEIPT] = DOCUMENT_KIND_RECEIPT,
	[EXHIBIT_BREAKDOWN] = DOCUMENT_KIND_BREAKDOWN,
	[EXHIBIT_REPORT] = DOCUMENT_KIND_REPORT,
	[EXHIBIT_CONTRACT] = DOCUMENT_KIND_CONTRACT,
};

/* To whom a report of completion goes. */
static const char agency[] = "社会保険診療報酬支払基金";

void
exhibits_free(struct exhibits *all)
{
	for (size_t i = 0; i < all->n; i++)
		buf_free(&all->exhibits[i].bytes);
	free(all->exhibits);
	*all = (struct exhibits){ 0 };
}

/* --- what a exhibit is ----------------------------------------------------------------------------- */

static int
lacks(long supplier, const char *member, struct why *why)
{
	char pointer[96];

	if (supplier == NOWHERE)
		snprintf(pointer, sizeof pointer, "/%s", member);
	else
		snprintf(
		    pointer, sizeof pointer, "/" PROJECT_SUPPLIERS "/%ld/%s", supplier, member);
	why_set(why, ERR_SUBSIDY_FACT_MISSING, pointer, NULL);
	return -1;
}

static struct exhibit *
new_exhibit(struct exhibits *all, struct why *why)
{
	struct exhibit *p;

	if (all->n == all->room) {
		size_t room = all->room == 0 ? 16 : 2 * all->room;

		if ((p = reallocarray(all->exhibits, room, sizeof *p)) == NULL) {
			why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
			return NULL;
		}
		all->exhibits = p;
		all->room = room;
	}
	p = &all->exhibits[all->n++];
	*p = (struct exhibit){ .supplier = NOWHERE };
	buf_init(&p->bytes, BYTES_MAX);
	return p;
}

/* What stands on a exhibit of a supplier. The contract is for what was paid in the end. 0 or -1. */
static int
describe(struct exhibit *exhibit, const struct project *p, struct why *why)
{
	const struct supplier *s = &p->suppliers[exhibit->supplier];

	exhibit->counterparty = s->name;
	exhibit->yen = s->total != UNSAID && exhibit->kind != EXHIBIT_BREAKDOWN ? s->total : s->sum;
	exhibit->day = s->issued_on != UNSAID ? s->issued_on : s->paid_on;
	if (s->name == NULL || *s->name == '\0')
		return lacks(exhibit->supplier, SUPPLIER_NAME, why);
	if (exhibit->kind == EXHIBIT_CONTRACT) {
		exhibit->day = p->vendor_contract_on;
		if (exhibit->day == UNSAID)
			return lacks(NOWHERE, PROJECT_VENDOR_CONTRACT_ON, why);
	}
	return exhibit->day == UNSAID ? lacks(exhibit->supplier, SUPPLIER_RECEIPT_ISSUED_ON, why)
				      : 0;
}

struct exhibit *
exhibits_add(struct exhibits *all, const struct project *p, const struct assessment *a,
    enum exhibit_kind kind, long supplier, const char *ending, struct why *why)
{
	struct exhibit *exhibit = new_exhibit(all, why);

	if (exhibit == NULL)
		return NULL;
	exhibit->kind = kind;
	exhibit->supplier = supplier;
	snprintf(exhibit->ending, sizeof exhibit->ending, "%s", ending);
	if (supplier != NOWHERE)
		return describe(exhibit, p, why) == -1 ? NULL : exhibit;
	exhibit->counterparty = agency;
	exhibit->yen = a->eligible;
	exhibit->day = p->project_completed_on;
	if (exhibit->day != UNSAID)
		return exhibit;
	lacks(NOWHERE, PROJECT_PROJECT_COMPLETED_ON, why);
	return NULL;
}

/* The ending of a file's name, with its dot, if it is a plain one. */
static void
take_ending(const char *file, char out[static 12])
{
	const char *slash = strrchr(file, '/'), *dot = strrchr(file, '.');
	size_t n = 0;

	*out = '\0';
	if (dot == NULL || (slash != NULL && dot < slash))
		return;
	for (const char *c = dot + 1; *c != '\0'; c++, n++)
		if (n == 8 || !((*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') ||
				  (*c >= 'a' && *c <= 'z')))
			return;
	if (n > 0)
		memcpy(out, dot, n + 2);
}

int
exhibits_collect(struct exhibits *all, const struct project *p, struct why *why)
{
	static const struct {
		enum exhibit_kind kind;
		size_t at;
		const char *member;
	} files[] = {
		{ EXHIBIT_RECEIPT, offsetof(struct supplier, receipt_file), SUPPLIER_RECEIPT_FILE },
		{ EXHIBIT_CONTRACT, offsetof(struct supplier, contract_file),
		    SUPPLIER_CONTRACT_FILE },
	};

	for (size_t i = 0; i < p->n_suppliers; i++)
		for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
			const char *file =
			    *(const char *const *)((const char *)&p->suppliers[i] + files[f].at);
			struct exhibit *exhibit;

			if (file == NULL || *file == '\0')
				continue;
			exhibit = exhibits_add(all, p, NULL, files[f].kind, (long)i, "", why);
			if (exhibit == NULL)
				return -1;
			exhibit->file = file;
			exhibit->member = files[f].member;
			take_ending(file, exhibit->ending);
		}
	return 0;
}

/* --- how it is called ----------------------------------------------------------------------------- */

void
name_part(struct buf *out, const char *text, size_t max)
{
	static const char minded[] = "/\\:*?\"<>|%";
	const char *end = text + strlen(text), *p = text;
	const size_t start = out->len;
	uint32_t c;

	for (size_t n; p < end && (n = utf8_next(p, (size_t)(end - p), &c)) > 0; p += n) {
		if (out->len - start + n > max)
			break;
		/* A dot in front hides a file; blanks at an end are lost on Windows. */
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c < 0x80 && strchr(minded, (int)c)) ||
		    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
		    (p == text && c == '.') || c == ' ')
			buf_addc(out, '_');
		else
			buf_add(out, p, n);
	}
}

/* "data/receipt/20230310_架空システム_110000_2.pdf" */
static int
write_path(struct exhibit *p, unsigned same, struct why *why)
{
	struct date day = date_of_days(p->day);
	struct buf path;

	buf_over(&path, p->path, sizeof p->path);
	buf_addf(
	    &path, "data/%s/%04d%02d%02d_", exhibit_words[p->kind], day.year, day.month, day.day);
	name_part(&path, p->counterparty, NAME_MAX_BYTES);
	buf_addf(&path, "_%" PRId64, p->yen);
	if (same > 1)
		buf_addf(&path, "_%u", same);
	buf_adds(&path, p->ending);
	if (!buf_failed(&path))
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

/* Is a exhibit before this one called so? Case does not tell files apart everywhere. */
static int
taken(const struct exhibits *all, const struct exhibit *p)
{
	for (const struct exhibit *other = all->exhibits; other < p; other++)
		if (strcasecmp(other->path, p->path) == 0)
			return 1;
	return 0;
}

int
exhibits_name(struct exhibits *all, struct why *why)
{
	for (struct exhibit *p = all->exhibits; p < all->exhibits + all->n; p++) {
		unsigned same = 1;

		do {
			if (write_path(p, same++, why) == -1)
				return -1;
		} while (taken(all, p));
	}
	return 0;
}

/* --- where it is ----------------------------------------------------------------------------------- */

void
exhibit_pointer(const struct exhibit *p, char out[static POINTER_SIZE])
{
	snprintf(out, POINTER_SIZE, "/" PROJECT_SUPPLIERS "/%ld/%s", p->supplier, p->member);
}

int
exhibit_open(const struct exhibit *p, const char *dir, struct why *why)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH };
	int at = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1, error;
	char pointer[POINTER_SIZE];

	if (at != -1)
		fd = (int)syscall(SYS_openat2, at, p->file, &how, sizeof how);
	error = errno;
	if (at != -1)
		close(at);
	if (fd != -1)
		return fd;
	exhibit_pointer(p, pointer);
	why_set(why, ERR_EVIDENCE_UNREADABLE, pointer, "%s",
	    error == EXDEV ? "it is not below --files" : strerror(error));
	return -1;
}
