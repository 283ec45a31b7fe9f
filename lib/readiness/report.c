#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "gen/names.h"
#include "options/words.h"
#include "readiness/report.h"
#include "view/text.h"

#define RECORD_MAX ((size_t)64 << 10)
#define LABEL	   32 /* columns */

enum verdict
report_verdict(enum found found)
{
	static const enum verdict verdicts[FOUNDS] = {
		[FOUND_OK] = VERDICT_YES,
		[FOUND_NOTICE] = VERDICT_YES,
		[FOUND_UNKNOWN] = VERDICT_UNKNOWN,
		[FOUND_FAIL] = VERDICT_NO,
	};

	return verdicts[found];
}

static void
put(struct buf *out, const char *name, const char *text)
{
	if (*text == '\0' || buf_failed(out))
		return;
	buf_addf(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",", name);
	buf_addjson(out, text, strlen(text));
}

static void
put_telephone(struct buf *out, const struct contacts *contacts, const char *actor)
{
	struct contact found[CONTACTS_MAX];
	size_t n = contacts_for(contacts, actor, clock_now(), found);

	if (n == 0)
		return;
	buf_adds(out, ",\"" READINESS_TELEPHONE "\":[");
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, i == 0 ? "{" : ",{");
		put(out, TELEPHONE_WHO, found[i].who);
		put(out, TELEPHONE_WHO_JA, found[i].who_ja);
		put(out, TELEPHONE_NUMBER, found[i].number);
		put(out, TELEPHONE_HOURS, found[i].hours);
		put(out, TELEPHONE_OPEN, found[i].open);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

static void
put_why(struct buf *out, const struct why *why, const struct contacts *contacts)
{
	const struct error_row *row = &error_rows[why->id];

	put(out, READINESS_CODE, row->code);
	put(out, READINESS_TITLE, row->title);
	put(out, READINESS_DETAIL, why->detail);
	put(out, READINESS_ACTOR, row->actor);
	put(out, READINESS_NEXT, row->next);
	put(out, READINESS_NEXT_EN, why_sentence(why, 0));
	put(out, READINESS_NEXT_JA, why_sentence(why, 1));
	if (why->id != ERR_STEP_NOT_REACHED)
		put_telephone(out, contacts, row->actor);
}

int
report_records(const struct probe *p, const struct contacts *contacts, struct output *output)
{
	char now[TIME_SIZE];
	struct buf out;
	int failed = 0;

	buf_init(&out, RECORD_MAX);
	time_format(clock_now(), now);
	for (int i = 0; i < STAGES && !failed; i++) {
		const struct finding *f = &p->findings[i];

		if (!probe_has(p, (enum stage)i))
			continue;
		buf_reset(&out);
		buf_adds(&out, "{\"" RECORD_READINESS "\":{");
		put(&out, READINESS_STEP, stage_rows[i].name);
		put(&out, READINESS_RESULT, found_words[f->found]);
		put(&out, READINESS_AT, now);
		buf_addf(&out, ",\"" READINESS_MILLISECONDS "\":%lld", (long long)f->took);
		if (f->why.id != ERR_NONE)
			put_why(&out, &f->why, contacts);
		buf_adds(&out, "}}");
		failed = buf_failed(&out) ||
			 output_record(output, out.data, out.len, report_verdict(f->found)) == -1;
	}
	buf_free(&out);
	return failed ? -1 : 0;
}

/* How a word of the list looks: what is well is quiet. */
static const char *
mark(enum found found)
{
	static const char *const marks[FOUNDS] = {
		[FOUND_OK] = N_("ok"),
		[FOUND_NOTICE] = N_("note"),
		[FOUND_UNKNOWN] = N_("?"),
		[FOUND_FAIL] = N_("BROKEN"),
	};

	return _(marks[found]);
}

static void
print_step(const struct probe *p, enum stage stage, FILE *fp)
{
	const struct finding *f = &p->findings[stage];

	view_text_cell(fp, mark(f->found), 8);
	view_text_cell(fp, _(stage_rows[stage].label), f->why.id == ERR_NONE ? 0 : LABEL);
	if (f->why.id == ERR_NONE) {
		fputc('\n', fp);
		return;
	}
	view_print(fp, _(error_rows[f->why.id].title));
	if (f->why.id == ERR_STEP_NOT_REACHED) {
		fputc('\n', fp);
		return;
	}
	if (f->why.detail[0] != '\0') {
		fputs(": ", fp);
		view_print(fp, f->why.detail);
	}
	fputs("\n        ", fp);
	view_print(fp, why_sentence(&f->why, words_japanese()));
	fputc('\n', fp);
}

/* Whom to telephone about the step, and whether they answer now. */
static void
print_telephone(const struct finding *f, const struct contacts *contacts, FILE *fp)
{
	static const struct {
		const char *word, *said;
	} now[] = {
		{ TELEPHONE_OPEN_OPEN, N_("open now") },
		{ TELEPHONE_OPEN_CLOSED, N_("closed now") },
		{ TELEPHONE_OPEN_OPEN_UNLESS_HOLIDAY, N_("open now, unless today is a holiday") },
		{ TELEPHONE_OPEN_UNKNOWN, N_("hours not known") },
	};
	struct contact found[CONTACTS_MAX];
	size_t n = contacts_for(contacts, error_rows[f->why.id].actor, clock_now(), found);

	for (size_t i = 0; i < n; i++) {
		const char *said = "";

		for (size_t k = 0; k < sizeof now / sizeof *now; k++)
			if (strcmp(now[k].word, found[i].open) == 0)
				said = _(now[k].said);
		fprintf(fp, _("Telephone: %s %s (%s; %s)\n"),
		    words_japanese() ? found[i].who_ja : found[i].who,
		    *found[i].number == '\0' ? _("(no number entered)") : found[i].number,
		    *found[i].hours == '\0' ? "-" : found[i].hours, said);
	}
}

/* The first is the one to mend first; what broke beside it is named, too. */
static void
print_broken(const struct probe *p, enum stage first, FILE *fp)
{
	int also = 0;

	fprintf(fp, _("The link that is broken: %s"), _(stage_rows[first].label));
	for (int i = (int)first + 1; i < STAGES; i++)
		if (probe_has(p, (enum stage)i) && p->findings[i].found == FOUND_FAIL)
			fprintf(fp, also++ == 0 ? _("; also: %s") : ", %s", _(stage_rows[i].label));
	fputc('\n', fp);
}

void
report_text(const struct probe *p, const struct contacts *contacts, FILE *fp)
{
	enum stage broken = probe_broken(p);

	for (int i = 0; i < STAGES; i++)
		if (probe_has(p, (enum stage)i))
			print_step(p, (enum stage)i, fp);
	fputc('\n', fp);
	if (broken != STAGES) {
		print_broken(p, broken, fp);
		print_telephone(&p->findings[broken], contacts, fp);
	} else if (probe_verdict(p) == FOUND_UNKNOWN) {
		fputs(
		    _("Nothing is known to be broken; what has a ? could not be told from here.\n"),
		    fp);
	} else {
		fputs(_("All is well from here.\n"), fp);
	}
}

/* For monitoring: 0 ok, 1 notice, 2 unknown, 3 fail, so that a threshold fits. */
int
report_metrics(const struct probe *p, const char *path, struct why *why)
{
	struct whole file = { 0 };
	int failed;

	if (whole_open(&file, path, 0644, why) == -1)
		return -1;
	fputs("# HELP oq_readiness_step 0 ok, 1 notice, 2 could not be told, 3 broken.\n"
	      "# TYPE oq_readiness_step gauge\n",
	    file.fp);
	for (int i = 0; i < STAGES; i++)
		if (probe_has(p, (enum stage)i))
			fprintf(file.fp, "oq_readiness_step{step=\"%s\"} %d\n", stage_rows[i].name,
			    (int)p->findings[i].found);
	fputs("# TYPE oq_readiness_step_seconds gauge\n", file.fp);
	for (int i = 0; i < STAGES; i++)
		if (probe_has(p, (enum stage)i) && p->findings[i].looked)
			fprintf(file.fp, "oq_readiness_step_seconds{step=\"%s\"} %lld.%03lld\n",
			    stage_rows[i].name, (long long)p->findings[i].took / 1000,
			    (long long)p->findings[i].took % 1000);
	fprintf(file.fp,
	    "# TYPE oq_readiness_worst gauge\noq_readiness_worst %d\n"
	    "# TYPE oq_readiness_time_seconds gauge\noq_readiness_time_seconds %lld\n",
	    (int)probe_verdict(p), (long long)clock_now());
	if (p->has_days)
		fprintf(file.fp,
		    "# TYPE oq_readiness_certificate_days gauge\n"
		    "oq_readiness_certificate_days %ld\n",
		    p->days);
	failed = whole_commit(&file, why);
	whole_abort(&file);
	return failed;
}
