#include "oqs/decode.h"
#include "gen/names.h"
#include "oqs/raw.h"

struct decoder {
	struct oqs_tree *tree;
	struct oqs_decoding *d;
	struct oqs_raw common, unit;
	int stopped, counts_agree;
};

/* Eligibility results have answers that can disagree; other bulk messages only carry units. */
static int
has_conflicts(const struct decoder *dec)
{
	return dec->tree->unit != NULL && dec->tree->message->kind == OQS_ELIGIBILITY;
}

/* First pass: everything outside units is common to all records; units are only surveyed. */
static int
survey_value(struct oqs_walk *walk, const char *suffix, const char *text)
{
	struct decoder *dec = walk->arg;

	if (walk->unit_depth == 0)
		return oqs_raw_value(&dec->common, walk, suffix, text);
	oqs_survey_value(dec->d->found, walk, suffix, text, 1);
	return 0;
}

static int
survey_unit(struct oqs_walk *walk)
{
	struct decoder *dec = walk->arg;

	oqs_survey_unit(dec->d->found);
	return 0;
}

static int
survey_unit_end(struct oqs_walk *walk)
{
	struct decoder *dec = walk->arg;

	if (oqs_survey_unit_end(dec->d->found) == 0)
		return 0;
	why_set(walk->why, ERR_OUT_OF_MEMORY, NULL, "%s", walk->in->name);
	return -1;
}

static const struct oqs_sink survey_sink = {
	.value = survey_value,
	.unit_begin = survey_unit,
	.unit_end = survey_unit_end,
};

/* Second pass: units become records. */
static int
unit_value(struct oqs_walk *walk, const char *suffix, const char *text)
{
	struct decoder *dec = walk->arg;

	if (walk->unit_depth == 0)
		return 0;
	oqs_survey_value(dec->d->found, walk, suffix, text, 0);
	return oqs_raw_value(&dec->unit, walk, suffix, text);
}

/*
 * A copy of what the file has, for a unit to write in. Objects and arrays that a unit may write in
 * are copied, what is in them is not: nobody changes it.
 */
static json_t *
copy_common(const json_t *common)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)common), *v;
	json_t *oqs = json_copy(json_object_get(common, RECORD_OQS));
	const char *name;

	json_object_set_new(copy, RECORD_OQS, oqs);
	json_object_foreach (json_object_get(common, RECORD_OQS), name, v) {
		if (json_is_array(v))
			json_object_set_new(oqs, name, json_copy(v));
	}
	if ((v = json_object_get(common, OQS_FLAGS)) != NULL)
		json_object_set_new(copy, OQS_FLAGS, json_copy(v));
	return copy;
}

static int
begin_unit(struct oqs_walk *walk)
{
	struct decoder *dec = walk->arg;

	oqs_survey_unit(dec->d->found);
	if (oqs_raw_begin(&dec->unit, dec->tree->message) == 0) {
		json_decref(dec->unit.record);
		if ((dec->unit.record = copy_common(dec->common.record)) != NULL)
			return 0;
	}
	why_set(walk->why, ERR_OUT_OF_MEMORY, NULL, "%s", walk->in->name);
	return -1;
}

static const struct {
	unsigned conflict;
	const char *word;
} conflict_words[] = {
	{ CONFLICT_REPEATED, OQS_CONFLICTS_IDENTIFIER_REPEATED },
	{ CONFLICT_DIFFERS, OQS_CONFLICTS_ANSWERS_DIFFER },
	{ CONFLICT_SAME_KEY, OQS_CONFLICTS_SAME_KEY_IN_SEVERAL_UNITS },
	{ CONFLICT_FOREIGN, OQS_CONFLICTS_FOREIGN_IDENTIFIER },
};

/* Notes what disagrees. Returns the error to set the answer aside for, or ERR_NONE. */
static enum error_id
note_conflicts(const struct decoder *dec, json_t *record, unsigned conflicts)
{
	json_t *oqs = oqs_object_in(record, RECORD_OQS);

	for (size_t i = 0; i < sizeof conflict_words / sizeof *conflict_words; i++)
		if (conflicts & conflict_words[i].conflict)
			json_array_append_new(
			    oqs_array_in(oqs, OQS_CONFLICTS), json_string(conflict_words[i].word));
	if (conflicts & CONFLICT_SAME_KEY)
		oqs_flag(record, OQS_CONFLICTS_SAME_KEY_IN_SEVERAL_UNITS, NULL);
	if (!dec->counts_agree)
		json_array_append_new(
		    oqs_array_in(oqs, OQS_CONFLICTS), json_string(OQS_CONFLICTS_COUNTS_DISAGREE));
	return conflicts & CONFLICT_DIFFERS ? ERR_OQS_ANSWERS_DIFFER : ERR_NONE;
}

static int
emit(struct decoder *dec, json_t *record, int in_unit, unsigned conflicts)
{
	enum error_id distrust = note_conflicts(dec, record, conflicts);

	if (oqs_record_finish(record, dec->tree->message, in_unit, &dec->d->judge, distrust) == -1)
		return -1;
	dec->stopped = dec->d->each(dec->d->arg, record) == -1;
	return 0;
}

static int
end_unit(struct oqs_walk *walk)
{
	struct decoder *dec = walk->arg;
	unsigned conflicts =
	    has_conflicts(dec) ? oqs_survey_conflicts(dec->d->found, dec->d->request) : 0;

	if (emit(dec, dec->unit.record, 1, conflicts) == -1) {
		why_set(walk->why, ERR_OUT_OF_MEMORY, NULL, "%s", walk->in->name);
		return -1;
	}
	return dec->stopped ? -1 : 0;
}

static const struct oqs_sink unit_sink = {
	.value = unit_value,
	.unit_begin = begin_unit,
	.unit_end = end_unit,
};

/* What is known of the file itself. */
static int
note_encoding(struct decoder *dec, const struct oqs_input *in)
{
	json_t *oqs = oqs_object_in(dec->common.record, RECORD_OQS);
	json_t *encoding = oqs_object_in(oqs, OQS_ENCODING);

	if (in->declared[0] != '\0')
		json_object_set_new(encoding, ENCODING_DECLARED, json_string(in->declared));
	return json_object_set_new(
	    encoding, ENCODING_ACTUAL, json_string(encoding_name(in->actual)));
}

static int
first_pass(struct decoder *dec, struct oqs_input *in, struct why *why)
{
	json_t *oqs;

	if (oqs_raw_begin(&dec->common, dec->tree->message) == -1)
		goto memory;
	if (oqs_walk(dec->tree, in, &survey_sink, dec, why) == -1)
		return -1;
	if (note_encoding(dec, in) == -1 || oqs_survey_sort(dec->d->found) == -1)
		goto memory;
	oqs = json_object_get(dec->common.record, RECORD_OQS);
	dec->counts_agree = !has_conflicts(dec) || oqs_survey_counts_agree(dec->d->found,
						       json_object_get(oqs, OQS_COUNTS));
	return 0;
memory:
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", in->name);
	return -1;
}

static int
second_pass(struct decoder *dec, struct oqs_input *in, struct why *why)
{
	dec->unit.instances = dec->common.instances;
	dec->unit.records = dec->common.records;
	if (oqs_input_rewind(in) == -1) {
		*why = in->why;
		return -1;
	}
	if (oqs_walk(dec->tree, in, &unit_sink, dec, why) == -1 && !dec->stopped) {
		if (why->id != ERR_OUT_OF_MEMORY) /* it was whole a moment ago */
			why_set(why, ERR_INPUT_FAILED, NULL,
			    "%s: the file changed while it was read", in->name);
		return -1;
	}
	if (!dec->stopped && oqs_input_unchanged(in) == -1) {
		*why = in->why;
		return -1;
	}
	return 0;
}

int
oqs_decode(const struct oqs_message *message, struct oqs_input *in, struct oqs_decoding *d,
    struct why *why)
{
	struct decoder dec = { .d = d, .tree = oqs_tree_new(message) };
	int r = -1;

	if (dec.tree == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", in->name);
		return -1;
	}
	if (first_pass(&dec, in, why) == -1)
		goto out;
	if (d->found->n > 0)
		r = second_pass(&dec, in, why);
	else if ((r = emit(&dec, dec.common.record, 0, 0)) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", in->name);
	if (r == 0 && dec.stopped)
		r = 1;
out:
	oqs_raw_free(&dec.common);
	oqs_raw_free(&dec.unit);
	oqs_tree_free(dec.tree);
	return r;
}
