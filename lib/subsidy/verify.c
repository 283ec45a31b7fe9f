#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exit.h"
#include "gen/names.h"
#include "options/words.h"
#include "pipe/record.h"
#include "subsidy/package.h"
#include "subsidy/text.h"
#include "subsidy/verify.h"
#include "subsidy/write.h"

static const char *const signature_words[] = {
	[CMS_GOOD] = PACKAGE_SIGNATURE_GOOD,
	[CMS_UNKNOWN_SIGNER] = PACKAGE_SIGNATURE_UNKNOWN_SIGNER,
	[CMS_NOT_TRUSTED] = PACKAGE_SIGNATURE_NOT_TRUSTED,
	[CMS_BAD] = PACKAGE_SIGNATURE_BAD,
};

static const struct {
	const char *member, *said;
} faults[N_FAULTS] = {
	[FAULT_CHANGED] = { PACKAGE_CHANGED, N_("changed") },
	[FAULT_MISSING] = { PACKAGE_MISSING, N_("missing") },
	[FAULT_UNPROVEN] = { PACKAGE_UNPROVEN, N_("unproven") },
};

/* One package being looked at. */
struct looking {
	const struct verifier *v;
	struct unpacked unpacked;
	struct proof proof;
	json_t *record; /* NULL: it cannot be read */
	struct project project;
	struct assessment assessment;
	const struct figure *differing[N_FIGURES];
	size_t n_differing;
	struct judgement *judgements;
	size_t n_judgements;
	struct why *why;
};

static int
no_memory(struct why *why)
{
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

/* --- the record inside ------------------------------------------------------------------------------ */

/* 0, or -1 with why: it is not there, or is none. */
static int
read_record(struct looking *l)
{
	const struct member *m = proof_member(&l->unpacked, BAG_RECORD);
	struct line line = { .number = 1 };

	if (m == NULL || m->text.len == 0) {
		why_set(l->why, ERR_PACKAGE_MALFORMED, NULL, "%s is missing", BAG_RECORD);
		return -1;
	}
	line.text = m->text.data;
	line.len = m->text.len - (m->text.data[m->text.len - 1] == '\n');
	line.bytes = line.len;
	if ((l->record = record_parse(&line, l->why)) == NULL)
		return -1;
	project_reset(&l->project);
	return project_read(&l->project, l->record, l->why);
}

/* Assesses it as on the day of the package. 0, or -1 with why. */
static int
assess_again(struct looking *l)
{
	const char *day = record_text(l->record, EVIDENCE_ASSESSED_ON);
	struct assessor by = { .rules = l->v->rules };
	struct date d;

	if (day == NULL || !date_parse(day, &d)) {
		why_set(l->why, ERR_MEMBER_MALFORMED, "/" EVIDENCE_ASSESSED_ON, "%s", BAG_RECORD);
		return -1;
	}
	by.today = date_days(d);
	return assess(&by, &l->project, &l->assessment, l->why) == -1 ? -1 : 0;
}

/* Which amounts of the record the rules do not give? Parts of a shared receipt are not known here. */
static void
compare_figures(struct looking *l)
{
	const json_t *subsidy = json_object_get(l->record, OBJECT_SUBSIDY);

	for (size_t i = 0; i < l->project.n_suppliers; i++)
		if (l->project.suppliers[i].shared == 1)
			return;
	for (const struct figure *f = figures; f < figures + N_FIGURES; f++) {
		const json_t *said = json_object_get(subsidy, f->name);
		int64_t is = figure_of(&l->assessment, f);

		if (is == UNSAID ? said != NULL
				 : !json_is_integer(said) || json_integer_value(said) != is)
			l->differing[l->n_differing++] = f;
	}
}

static int
judge_all(struct looking *l)
{
	const struct rules *r = l->v->rules;
	struct case_file c = { r, &l->project, &l->assessment,
		json_object_get(l->record, EVIDENCE_DOCUMENTS) };

	if ((l->judgements = calloc(r->n_checks + 1, sizeof *l->judgements)) == NULL)
		return no_memory(l->why);
	for (size_t i = 0; i < r->n_checks; i++)
		l->judgements[l->n_judgements++] = judge(&c, &r->checks[i]);
	return 0;
}

/* --- the verdict ------------------------------------------------------------------------------------- */

static int
signature_stands(const struct looking *l)
{
	const struct proof *p = &l->proof;

	if (!p->is_signed)
		return l->v->trust == NULL;
	return p->signature == CMS_GOOD || p->signature == CMS_UNKNOWN_SIGNER;
}

static int
is_intact(const struct looking *l)
{
	return l->unpacked.seal == SEAL_HOLDS && l->unpacked.whole && l->proof.n == 0;
}

static enum verdict
verdict_of(const struct looking *l)
{
	enum verdict verdict = VERDICT_YES;

	if (!is_intact(l) || !signature_stands(l) || l->n_differing > 0)
		return VERDICT_NO;
	for (size_t i = 0; i < l->n_judgements; i++) {
		const struct judgement *j = &l->judgements[i];

		if (l->v->rules->checks[i].warns)
			continue;
		if (j->verdict == CHECK_FAIL)
			return VERDICT_NO;
		if (j->verdict == CHECK_UNKNOWN)
			verdict = VERDICT_UNKNOWN;
	}
	return verdict;
}

static const char *
signature_word(const struct looking *l)
{
	return l->proof.is_signed ? signature_words[l->proof.signature] : PACKAGE_SIGNATURE_ABSENT;
}

/* --- as data ----------------------------------------------------------------------------------------- */

static void
write_faults(struct buf *out, const struct proof *p, enum fault_kind kind)
{
	const char *comma = "";

	write_name(out, faults[kind].member);
	buf_addc(out, '[');
	for (size_t i = 0; i < p->n; i++) {
		if (p->faults[i].kind != kind)
			continue;
		buf_adds(out, comma);
		buf_addjson(out, p->faults[i].file, strlen(p->faults[i].file));
		comma = ",";
	}
	buf_addc(out, ']');
}

static void
write_findings(struct buf *out, const struct judgement *j)
{
	const char *comma = "";

	if (j->n_found == 0)
		return;
	write_name(out, CHECK_FINDINGS);
	buf_addc(out, '[');
	for (size_t i = 0; i < j->n_found; i++) {
		buf_addf(out, "%s\"%s\"", comma, j->found[i]->code);
		comma = ",";
	}
	buf_addc(out, ']');
}

static void
write_judgement(struct buf *out, const struct check *c, const struct judgement *j)
{
	buf_addc(out, '{');
	write_text(out, CHECK_ROW, c->cite.row);
	write_text(out, CHECK_CODE, c->code);
	write_text(out, CHECK_MEANING, c->meaning);
	write_text(out, CHECK_SEVERITY, c->warns ? CHECK_SEVERITY_WARN : CHECK_SEVERITY_REJECT);
	write_text(out, CHECK_VERDICT, check_words[j->verdict]);
	write_findings(out, j);
	write_text(out, CHECK_POINTER, *j->pointer == '\0' ? NULL : j->pointer);
	write_text(out, CHECK_SOURCE, c->cite.source);
	write_text(out, CHECK_CONFIDENCE, c->cite.confidence);
	buf_addc(out, '}');
}

static void
write_members(struct buf *out, const struct looking *l)
{
	const struct proof *p = &l->proof;
	const json_t *documents = json_object_get(l->record, EVIDENCE_DOCUMENTS);

	if (l->record != NULL)
		write_facility(out, &l->project, &l->assessment);
	write_name(out, OBJECT_PACKAGE);
	buf_addc(out, '{');
	write_text(out, PACKAGE_FILE, l->v->path);
	if (documents != NULL)
		write_yen(out, PACKAGE_DOCUMENTS, (int64_t)json_array_size(documents));
	write_bool(out, PACKAGE_SEALED, l->unpacked.seal == SEAL_HOLDS);
	write_text(out, PACKAGE_SIGNATURE, signature_word(l));
	if (*p->signer.fingerprint != '\0') {
		write_text(out, PACKAGE_SIGNER, p->signer.name);
		write_text(out, PACKAGE_FINGERPRINT, p->signer.fingerprint);
	}
	for (int kind = 0; kind < N_FAULTS; kind++)
		write_faults(out, p, (enum fault_kind)kind);
	write_name(out, PACKAGE_DIFFERING);
	for (size_t i = 0; i < l->n_differing; i++)
		buf_addf(out, "%s\"%s\"", i == 0 ? "[" : ",", l->differing[i]->name);
	buf_adds(out, l->n_differing == 0 ? "[]" : "]");
	if (l->judgements != NULL) {
		write_name(out, PACKAGE_CHECKS);
		buf_addc(out, '[');
		for (size_t i = 0; i < l->n_judgements; i++) {
			if (i > 0)
				buf_addc(out, ',');
			write_judgement(out, &l->v->rules->checks[i], &l->judgements[i]);
		}
		buf_addc(out, ']');
	}
	buf_addc(out, '}');
}

/* --- for people -------------------------------------------------------------------------------------- */

static const char *
signature_sentence(const struct looking *l)
{
	if (!l->proof.is_signed)
		return _("nobody has signed it");
	switch (l->proof.signature) {
	case CMS_GOOD:
		return _("signed, by the authority");
	case CMS_UNKNOWN_SIGNER:
		return _("signed; --ca would say whether by the authority");
	case CMS_NOT_TRUSTED:
		return _("signed, but not by the authority");
	default:
		return _("the signature is not of these files");
	}
}

static void
say_judgement(struct buf *out, const struct check *c, const struct judgement *j)
{
	static const char *const words[N_CHECK_VERDICTS] = {
		[CHECK_OK] = N_("passes"),
		[CHECK_FAIL] = N_("FAILS"),
		[CHECK_UNKNOWN] = N_("unknown"),
		[CHECK_NOT_JUDGED] = N_("not judged"),
	};

	buf_addf(out, "\n  %s %s: %s", c->cite.row, words_japanese() ? c->meaning : c->code,
	    _(words[j->verdict]));
	if (*j->pointer != '\0' && j->verdict != CHECK_OK)
		buf_addf(out, " (%s)", j->pointer);
}

static void
say_all(struct buf *out, const struct looking *l)
{
	const struct proof *p = &l->proof;

	text_plain(out, l->v->path);
	if (l->record != NULL && l->project.code != NULL) {
		buf_adds(out, ": ");
		text_plain(out, l->project.code);
		buf_addc(out, ' ');
		text_plain(out, l->project.name == NULL ? "" : l->project.name);
	}
	buf_addf(out, "\n  %s",
	    is_intact(l) ? _("whole: every byte is as it was written")
			 : _("NOT WHOLE: it is not as it was written"));
	buf_addf(out, "\n  %s", signature_sentence(l));
	if (*p->signer.name != '\0') {
		buf_adds(out, ": ");
		text_plain(out, p->signer.name);
	}
	for (size_t i = 0; i < p->n; i++) {
		buf_addf(out, "\n  %s: ", _(faults[p->faults[i].kind].said));
		text_plain(out, p->faults[i].file);
	}
	for (size_t i = 0; i < l->n_differing; i++)
		buf_addf(
		    out, "\n  %s: %s", _("the rules give another amount"), l->differing[i]->name);
	for (size_t i = 0; i < l->n_judgements; i++)
		say_judgement(out, &l->v->rules->checks[i], &l->judgements[i]);
}

/* --- all of it --------------------------------------------------------------------------------------- */

/*
 * Without a record that can be assessed only what was changed can be told; where nothing was, the
 * archive is no package of ours.
 */
static int
look_at_record(struct looking *l)
{
	int failed = read_record(l) == -1 || assess_again(l) == -1;

	if (!failed) {
		compare_figures(l);
		return judge_all(l);
	}
	if (is_intact(l) || l->why->id == ERR_OUT_OF_MEMORY)
		return -1;
	json_decref(l->record);
	l->record = NULL;
	return 0;
}

static int
look(struct looking *l, struct buf *out, enum verdict *verdict)
{
	if (proof_make(&l->proof, &l->unpacked, l->v->trust) == -1)
		return no_memory(l->why);
	if (l->unpacked.seal != SEAL_BROKEN && proof_member(&l->unpacked, BAG_MANIFEST) == NULL &&
	    proof_member(&l->unpacked, BAG_TAGS) == NULL) {
		why_set(l->why, ERR_PACKAGE_MALFORMED, NULL, "it has no manifest");
		return -1;
	}
	if (look_at_record(l) == -1)
		return -1;
	*verdict = verdict_of(l);
	if (l->v->format == FORMAT_JSON)
		write_members(out, l);
	else
		say_all(out, l);
	return 0;
}

static void
looking_free(struct looking *l)
{
	free(l->judgements);
	json_decref(l->record);
	project_free(&l->project);
	assessment_free(&l->assessment);
	proof_free(&l->proof);
	unpacked_free(&l->unpacked);
}

int
verify_memory(const struct verifier *v, const void *bytes, size_t n, struct buf *out,
    enum verdict *verdict, struct why *why)
{
	struct looking l = { .v = v, .why = why };
	int failed = unpack_memory(bytes, n, proof_wants, &l.unpacked, why) == -1 ||
		     look(&l, out, verdict) == -1;

	looking_free(&l);
	return failed ? -1 : 0;
}

static int
verify_file(const struct verifier *v, struct buf *out, enum verdict *verdict, struct why *why)
{
	struct looking l = { .v = v, .why = why };
	int failed =
	    unpack_fd(v->fd, proof_wants, &l.unpacked, why) == -1 || look(&l, out, verdict) == -1;

	looking_free(&l);
	return failed ? -1 : 0;
}

void
report_package(struct report *r, const struct verifier *v)
{
	static const struct project nobody;
	enum verdict verdict = VERDICT_UNKNOWN;
	struct why why = { .id = ERR_NONE };

	r->tally.read++;
	buf_reset(&r->record);
	if (v->format == FORMAT_JSON) {
		buf_addc(&r->record, '{');
		write_yen(&r->record, RECORD_SEQ, (int64_t)r->tally.read);
	}
	if (verify_file(v, &r->record, &verdict, &why) == -1) {
		if (error_rows[why.id].exit == EXIT_LOCAL)
			r->local = why;
		report_error(r, &nobody, &why);
		return;
	}
	if (v->format == FORMAT_JSON)
		buf_addc(&r->record, '}');
	if (!buf_failed(&r->record)) {
		output_record(r->output, r->record.data, r->record.len, verdict);
		return;
	}
	why_set(&why, buf_failed(&r->record) == ENOMEM ? ERR_OUT_OF_MEMORY : ERR_ANSWER_TOO_LARGE,
	    NULL, NULL);
	report_error(r, &nobody, &why);
}

struct verifier *
verifier_open(const char *path, const char *ca, const struct rules *rules, enum format format,
    struct why *why)
{
	struct verifier *v = calloc(1, sizeof *v);

	if (v == NULL) {
		no_memory(why);
		return NULL;
	}
	*v = (struct verifier){ .path = path, .rules = rules, .format = format };
	if ((v->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) == -1)
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
	else if (ca == NULL || (v->trust = cms_trust_open(ca, why)) != NULL)
		return v;
	verifier_close(v);
	return NULL;
}

void
verifier_close(struct verifier *v)
{
	if (v == NULL)
		return;
	if (v->fd != -1)
		close(v->fd);
	cms_trust_free(v->trust);
	free(v);
}
