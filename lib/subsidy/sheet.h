/*
 * One of the two tables, facilities or items: CSV in either encoding with headers in either
 * language, or flat JSON lines.
 */
#ifndef OQ_SUBSIDY_SHEET_H
#define OQ_SUBSIDY_SHEET_H

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"
#include "pipe/lines.h"
#include "subsidy/facts.h"

struct sheet;

enum sheet_kind { SHEET_FACILITIES, SHEET_ITEMS };

/* A row that was read. It owns its text; entry_free() gives it back. */
struct entry {
	uint64_t number;  /* from 1, without the header */
	const char *code; /* of the facility; "" if it has none */
	json_t *json;	  /* one of the two */
	char *text;	  /* cells of the columns we know, a NUL behind each */
};

/*
 * Reads from fd, which stays the caller's and must be one that can be rewound: from its
 * beginning. NULL with why: file-not-csv, sheet-column-missing (file and headers that are not
 * there are named), input-failed, out-of-memory. name is that of the file.
 */
struct sheet *sheet_open(int fd, const char *name, enum sheet_kind, size_t max_line, struct why *);
void sheet_close(struct sheet *);

enum sheet_result { SHEET_FAILED = -1, SHEET_END = 0, SHEET_ROW = 1, SHEET_BROKEN = 2 };

/*
 * The next row. SHEET_BROKEN with why and *line when it cannot be taken apart (the line stays
 * until the next call); SHEET_FAILED with why.
 */
enum sheet_result sheet_next(struct sheet *, struct entry *, struct line *, struct why *);
void entry_free(struct entry *);

/*
 * Fills what `base` of these fields (project_fields, supplier_fields or cost_fields) has in the
 * row. Its texts are the entry's. 0, or -1 with why.
 */
int sheet_take(const struct sheet *, const struct entry *, void *base, const struct field *,
    size_t n, struct why *);

/* Do the codes only ever grow? 1, 0, or -1 with why. The descriptor is read to its end. */
int sheet_sorted(int fd, const char *name, enum sheet_kind, size_t max_line, struct why *);

#endif
