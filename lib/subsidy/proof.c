#include <stdlib.h>
#include <string.h>

#include "subsidy/pack.h"
#include "subsidy/package.h"
#include "subsidy/proof.h"

#define DATA   "data/"
#define DIGEST (HEX_SIZE - 1)
/* A longer list is none of ours: as many lines as there may be files, none longer than a path. */
#define LIST_MAX ((size_t)PACK_FILES * (HEX_SIZE + 1 + EXHIBIT_PATH_SIZE))

/* One package being looked at. */
struct look {
	const struct unpacked *u;
	struct proof *out;
	char *top; /* "1310000011/" */
	size_t n_top;
};

/* Files of the bag itself whose text counts. */
static const char *const read_files[] = { BAG_INFO, BAG_MANIFEST, BAG_TAGS, BAG_SUMS, BAG_SIGNATURE,
	BAG_RECORD };

/* What stands behind the only slash of a name, or NULL. */
static const char *
below_top(const char *name)
{
	const char *slash = strchr(name, '/');

	return slash != NULL && slash != name && strchr(slash + 1, '/') == NULL ? slash + 1 : NULL;
}

int
proof_wants(const char *name)
{
	const char *file = below_top(name);

	for (size_t i = 0; file != NULL && i < sizeof read_files / sizeof *read_files; i++)
		if (strcmp(file, read_files[i]) == 0)
			return 1;
	return 0;
}

/* The directory of the bag, with its slash: where the tag manifest is, or the first file. */
static size_t
find_top(const struct unpacked *u, const char **top)
{
	*top = u->n == 0 ? "" : u->members[0].name;
	for (size_t i = 0; i < u->n; i++) {
		const char *file = below_top(u->members[i].name);

		if (file != NULL && strcmp(file, BAG_TAGS) == 0) {
			*top = u->members[i].name;
			return (size_t)(file - *top);
		}
	}
	return strchr(*top, '/') == NULL ? 0 : (size_t)(strchr(*top, '/') - *top) + 1;
}

/* The member of that name below a directory, n bytes of each. */
static const struct member *
find_below(const struct unpacked *u, const char *top, size_t n_top, const char *file, size_t n)
{
	const struct member *m;
	char name[2 * EXHIBIT_PATH_SIZE];

	if (n_top + n >= sizeof name)
		return NULL;
	memcpy(name, top, n_top);
	memcpy(name + n_top, file, n);
	name[n_top + n] = '\0';
	m = unpacked_find(u, name);
	return m == NULL || m->fault == MEMBER_TWICE ? NULL : m;
}

const struct member *
proof_member(const struct unpacked *u, const char *file)
{
	const char *top;
	size_t n = find_top(u, &top);

	return find_below(u, top, n, file, strlen(file));
}

static const struct member *
member(const struct look *l, const char *file)
{
	return find_below(l->u, l->top, l->n_top, file, strlen(file));
}

/* --- faults ---------------------------------------------------------------------------------------- */

int
proof_doubts(const struct proof *p, const char *file)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->faults[i].file, file) == 0)
			return 1;
	return 0;
}

/* n bytes of the name. Each file is named once. */
static void
add_fault(struct proof *p, enum fault_kind kind, const char *file, size_t n)
{
	char *copy = strndup(file, n);
	struct fault *more = p->faults;

	if (copy != NULL && proof_doubts(p, copy)) {
		free(copy);
		return;
	}
	if (copy != NULL && p->n == p->room) {
		size_t room = p->room == 0 ? 16 : 2 * p->room;

		if ((more = reallocarray(p->faults, room, sizeof *more)) != NULL) {
			p->faults = more;
			p->room = room;
		}
	}
	if (copy == NULL || more == NULL) {
		p->no_memory = 1;
		free(copy);
		return;
	}
	p->faults[p->n++] = (struct fault){ kind, copy };
}

static void
fault(struct look *l, enum fault_kind kind, const char *file)
{
	add_fault(l->out, kind, file, strlen(file));
}

static int
by_file(const void *a, const void *b)
{
	return strcmp(((const struct fault *)a)->file, ((const struct fault *)b)->file);
}

void
proof_free(struct proof *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->faults[i].file);
	free(p->faults);
	*p = (struct proof){ 0 };
}

/* --- lists of digests ------------------------------------------------------------------------------ */

struct line {
	const char *digest, *file;
	size_t n_file;
};

/*
 * The next line at *pos, as sha256sum(1) writes it. 1, 0 at the end, -1 if it is none or there are
 * more than any package has.
 */
static int
next_line(const struct buf *text, size_t *pos, struct line *out)
{
	const char *p, *end;

	if (*pos >= text->len)
		return 0;
	p = text->data + *pos;
	end = memchr(p, '\n', text->len - *pos);
	if (text->len > LIST_MAX || end == NULL || (size_t)(end - p) < DIGEST + 3 ||
	    strspn(p, "0123456789abcdef") != DIGEST || memcmp(p + DIGEST, "  ", 2) != 0)
		return -1;
	*out = (struct line){ p, p + DIGEST + 2, (size_t)(end - p) - DIGEST - 2 };
	*pos = (size_t)(end - text->data) + 1;
	return 1;
}

static int
line_is(const struct line *line, const char *file)
{
	return strlen(file) == line->n_file && memcmp(file, line->file, line->n_file) == 0;
}

/* Which of the lists may name a file. */
static int
is_document(const struct line *line)
{
	return line->n_file > sizeof DATA - 1 && memcmp(line->file, DATA, sizeof DATA - 1) == 0;
}

static int
is_tag(const struct line *line)
{
	return !is_document(line) && !line_is(line, BAG_TAGS) && !line_is(line, BAG_SUMS) &&
	       !line_is(line, BAG_SIGNATURE);
}

static int
is_last(const struct line *line)
{
	return line_is(line, BAG_TAGS) || line_is(line, BAG_SIGNATURE);
}

static const struct list {
	const char *file;
	int (*names)(const struct line *);
} lists[] = { { BAG_MANIFEST, is_document }, { BAG_TAGS, is_tag }, { BAG_SUMS, is_last } };

/* Are the files those that the list names? A list that is not in form and order was changed. */
static void
look_at_list(struct look *l, const struct list *list)
{
	const struct member *m = member(l, list->file);
	struct line line, before = { 0 };
	size_t pos = 0;
	int got;

	if (m == NULL) {
		fault(l, FAULT_MISSING, list->file);
		return;
	}
	while ((got = next_line(&m->text, &pos, &line)) == 1) {
		const struct member *named =
		    find_below(l->u, l->top, l->n_top, line.file, line.n_file);

		if (!list->names(&line) ||
		    (before.file != NULL &&
			memcmp(before.file, line.file,
			    before.n_file < line.n_file ? before.n_file : line.n_file) > 0))
			fault(l, FAULT_CHANGED, list->file);
		else if (named == NULL)
			add_fault(l->out, FAULT_MISSING, line.file, line.n_file);
		else if (named->fault != MEMBER_SOUND ||
			 memcmp(named->sha256, line.digest, DIGEST) != 0)
			add_fault(l->out, FAULT_CHANGED, line.file, line.n_file);
		before = line;
	}
	if (got == -1)
		fault(l, FAULT_CHANGED, list->file);
}

static int
list_names(const struct look *l, const struct list *list, const char *file)
{
	const struct member *m = member(l, list->file);
	struct line line;
	size_t pos = 0;

	while (m != NULL && next_line(&m->text, &pos, &line) == 1)
		if (line_is(&line, file))
			return 1;
	return 0;
}

/* What no list names. */
static void
look_at_members(struct look *l)
{
	for (size_t i = 0; i < l->u->n; i++) {
		const struct member *m = &l->u->members[i];
		const char *file = m->name + l->n_top;
		int named = 0;

		if (strncmp(m->name, l->top, l->n_top) != 0 || m->fault == MEMBER_TWICE ||
		    m->fault == MEMBER_NO_FILE) {
			fault(l, FAULT_UNPROVEN, m->name);
			continue;
		}
		for (size_t n = 0; n < sizeof lists / sizeof *lists; n++)
			named |= list_names(l, &lists[n], file);
		if (strcmp(file, BAG_SUMS) != 0 && !named)
			fault(l, FAULT_UNPROVEN, file);
		else if (m->fault == MEMBER_DAMAGED)
			fault(l, FAULT_CHANGED, file);
	}
}

/* --- the signature --------------------------------------------------------------------------------- */

static void
look_at_signature(struct look *l, const struct cms_trust *trust)
{
	const struct member *info = member(l, BAG_INFO);
	const struct member *signature = member(l, BAG_SIGNATURE);
	const struct member *list = member(l, BAG_TAGS);
	struct proof *p = l->out;

	p->is_signed =
	    info != NULL && info->text.len > 0 &&
	    memmem(info->text.data, info->text.len, BAG_SIGNED, sizeof BAG_SIGNED - 1) != NULL;
	if (!p->is_signed) {
		if (signature != NULL)
			fault(l, FAULT_UNPROVEN, BAG_SIGNATURE);
		return;
	}
	p->signature = CMS_BAD;
	if (signature == NULL)
		fault(l, FAULT_MISSING, BAG_SIGNATURE);
	else if (list != NULL && signature->text.len > 0 && list->text.len > 0)
		p->signature = cms_verify(trust, signature->text.data, signature->text.len,
		    list->text.data, list->text.len, &p->signer);
	if (p->signature == CMS_UNTOLD)
		p->no_memory = 1;
}

/* What is right by all else was not changed: what says otherwise was. */
static void
look_at_sums(struct look *l)
{
	const struct proof *p = l->out;

	if ((proof_doubts(p, BAG_TAGS) || proof_doubts(p, BAG_SIGNATURE)) &&
	    (p->n == 1 || (p->is_signed && p->signature != CMS_BAD)))
		fault(l, FAULT_CHANGED, BAG_SUMS);
}

int
proof_make(struct proof *out, const struct unpacked *u, const struct cms_trust *trust)
{
	struct look l = { .u = u, .out = out };
	const char *top;

	*out = (struct proof){ 0 };
	l.n_top = find_top(u, &top);
	if ((l.top = strndup(top, l.n_top)) == NULL)
		return -1;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		look_at_list(&l, &lists[i]);
	look_at_members(&l);
	look_at_signature(&l, trust);
	look_at_sums(&l);
	free(l.top);
	if (out->n > 0)
		qsort(out->faults, out->n, sizeof *out->faults, by_file);
	return out->no_memory ? -1 : 0;
}
