#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "gen/names.h"
#include "subsidy/totals.h"
#include "subsidy/write.h"

#define KEYS_MAX 64 /* there are 47 prefectures, eight classes, a dozen of regimes and programs */

struct total {
	char key[32];
	int64_t facilities, refused, unknown;
	int64_t yen[N_FIGURES];
};

/* One way to divide the facilities. */
struct division {
	struct total items[KEYS_MAX];
	size_t n;
};

enum { BY_CLASS, BY_PREFECTURE, BY_REGIME, N_DIVISIONS };

struct totals {
	struct total all;
	struct division by[N_DIVISIONS];
};

struct totals *
totals_new(void)
{
	return calloc(1, sizeof(struct totals));
}

void
totals_free(struct totals *t)
{
	free(t);
}

/* The total of that key, which stays in order. Beyond the ceiling the last one takes all. */
static struct total *
total_of(struct division *d, const char *key)
{
	size_t i = 0;

	while (i < d->n && strcmp(d->items[i].key, key) < 0)
		i++;
	if (i < d->n && strcmp(d->items[i].key, key) == 0)
		return &d->items[i];
	if (d->n == KEYS_MAX)
		return &d->items[KEYS_MAX - 1];
	memmove(&d->items[i + 1], &d->items[i], (d->n - i) * sizeof *d->items);
	d->n++;
	d->items[i] = (struct total){ 0 };
	snprintf(d->items[i].key, sizeof d->items[i].key, "%s", key);
	return &d->items[i];
}

static void
add(struct total *t, const struct assessment *a, int answer)
{
	t->facilities++;
	t->unknown += answer == -1;
	t->refused += answer == 0;
	for (size_t i = 0; i < N_FIGURES && answer != -1; i++)
		if (figure_of(a, &figures[i]) != UNSAID)
			t->yen[i] += figure_of(a, &figures[i]);
}

/* The two digits that a code begins with, which are the prefecture's. */
static void
prefecture_of(const char *code, char out[static 3])
{
	out[0] = '\0';
	if (code == NULL || strspn(code, "0123456789") != 10 || code[10] != '\0')
		return;
	memcpy(out, code, 2);
	out[2] = '\0';
}

void
totals_add(struct totals *t, const struct project *p, const struct assessment *a, int answer)
{
	const char *facility_class =
	    a->facility_class != NULL ? a->facility_class : p->facility_class;
	char prefecture[3];

	prefecture_of(p->code, prefecture);
	add(&t->all, a, answer);
	add(total_of(&t->by[BY_CLASS], facility_class == NULL ? "" : facility_class), a, answer);
	add(total_of(&t->by[BY_PREFECTURE], prefecture), a, answer);
	add(total_of(&t->by[BY_REGIME], answer == -1 || a->regime == NULL ? "" : a->regime), a,
	    answer);
}

static void
write_total(struct buf *out, const struct total *t, const char *key)
{
	buf_addc(out, '{');
	write_text(out, TOTAL_KEY, key);
	write_yen(out, TOTAL_FACILITIES, t->facilities);
	write_yen(out, TOTAL_REFUSED, t->refused);
	write_yen(out, TOTAL_UNKNOWN, t->unknown);
	for (size_t i = 0; i < N_FIGURES; i++)
		write_yen(out, figures[i].name, t->yen[i]);
	buf_addc(out, '}');
}

int
totals_write(const struct totals *t, const char *path, struct why *why)
{
	static const char *const names[N_DIVISIONS] = { TOTALS_BY_CLASS, TOTALS_BY_PREFECTURE,
		TOTALS_BY_REGIME };
	struct whole file;
	struct buf out;
	int failed = -1;

	buf_init(&out, (size_t)1 << 20);
	buf_addc(&out, '{');
	write_name(&out, TOTALS_ALL);
	write_total(&out, &t->all, NULL);
	for (size_t d = 0; d < N_DIVISIONS; d++) {
		write_name(&out, names[d]);
		buf_addc(&out, '[');
		for (size_t i = 0; i < t->by[d].n; i++) {
			if (i > 0)
				buf_addc(&out, ',');
			write_total(&out, &t->by[d].items[i], t->by[d].items[i].key);
		}
		buf_addc(&out, ']');
	}
	buf_adds(&out, "}\n");
	if (buf_failed(&out)) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	} else if (whole_open(&file, path, 0600, why) == 0) {
		if (fwrite(out.data, 1, out.len, file.fp) == out.len)
			failed = whole_commit(&file, why);
		else
			why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "%s: %s", path, strerror(errno));
		if (failed == -1)
			whole_abort(&file);
	}
	buf_free(&out);
	return failed;
}
