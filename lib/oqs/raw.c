#include <stdlib.h>
#include <string.h>

#include "oqs/raw.h"
#include "oqs/value.h"

#define PATH_MAX_BYTES 1024

json_t *
oqs_object_in(json_t *object, const char *name)
{
	json_t *o = json_object_get(object, name);

	if (o == NULL && json_object_set_new(object, name, o = json_object()) == -1)
		return NULL;
	return o;
}

json_t *
oqs_array_in(json_t *object, const char *name)
{
	json_t *a = json_object_get(object, name);

	if (a == NULL && json_object_set_new(object, name, a = json_array()) == -1)
		return NULL;
	return a;
}

void
oqs_flag(json_t *object, const char *word, const char *member)
{
	json_t *flags = oqs_array_in(object, OQS_FLAGS), *flag, *old;
	size_t i;

	flag =
	    json_sprintf("%s%s%s", word, member == NULL ? "" : ":", member == NULL ? "" : member);
	json_array_foreach (flags, i, old) {
		if (json_equal(old, flag)) {
			json_decref(flag);
			return;
		}
	}
	json_array_append_new(flags, flag);
}

int
oqs_raw_begin(struct oqs_raw *raw, const struct oqs_message *message)
{
	json_t *oqs;

	oqs_raw_free(raw);
	raw->records++;
	if ((raw->record = json_object()) == NULL ||
	    (oqs = oqs_object_in(raw->record, RECORD_OQS)) == NULL)
		return -1;
	return json_object_set_new(oqs, OQS_TYPE, json_string(message->type));
}

void
oqs_raw_free(struct oqs_raw *raw)
{
	json_decref(raw->record);
	free(raw->counts);
	*raw = (struct oqs_raw){ .instances = raw->instances, .records = raw->records };
}

static int
no_memory(struct oqs_walk *walk)
{
	why_set(walk->why, ERR_OUT_OF_MEMORY, NULL, "%s", walk->in->name);
	return -1;
}

/* How many of this name the parent instance has had, this one included; 0 without memory. */
static uint64_t
count_name(struct oqs_raw *raw, uint64_t instance, const char *name)
{
	for (size_t i = 0; i < raw->n_counts; i++)
		if (raw->counts[i].instance == instance && raw->counts[i].name == name)
			return ++raw->counts[i].n;
	if (raw->n_counts == raw->room) {
		size_t room = raw->room * 2 + 16;
		struct oqs_count *more = reallocarray(raw->counts, room, sizeof *more);

		if (more == NULL)
			return 0;
		raw->counts = more;
		raw->room = room;
	}
	raw->counts[raw->n_counts++] = (struct oqs_count){ instance, name, 1 };
	return 1;
}

static uint64_t
count_node(struct oqs_node *node, uint64_t instance)
{
	if (node->count_in != instance)
		node->count = 0;
	node->count_in = instance;
	return ++node->count;
}

/*
 * The object that the steps of the node lead to, but for the last `leave`; NULL when something
 * that is no object stands there.
 */
static json_t *
follow(const struct oqs_raw *raw, const struct oqs_node *node, json_t *base, size_t leave)
{
	json_t *o = node->absolute ? raw->record : base;

	for (size_t i = 0; o != NULL && i + leave < node->n_steps; i++)
		o = oqs_object_in(o, node->steps[i]);
	return o;
}

/* May this node hold the member, or has another place it already? Notes the second place. */
static int
place_taken(struct oqs_raw *raw, struct oqs_node *node)
{
	struct oqs_place *place = node->place;
	json_t *oqs;

	if (place->used_in == raw->records)
		return place->used != node;
	place->used_in = raw->records;
	place->used = node;
	if (place->first != node) {
		oqs = oqs_object_in(raw->record, RECORD_OQS);
		json_array_append_new(oqs_array_in(oqs, OQS_PLACES), json_string(node->path));
	}
	return 0;
}

/* The first value below a frame makes it an instance: counted, with an object to write to. */
static int
make_instance(struct oqs_raw *raw, struct oqs_frame *f, const struct oqs_frame *parent)
{
	struct oqs_node *node = f->node;

	f->instance = ++raw->instances;
	if (parent->node == NULL)
		f->node = node = NULL;
	if (node == NULL) {
		f->ordinal = count_name(raw, parent->instance, f->name);
		return f->ordinal == 0 ? -1 : 0;
	}
	f->ordinal = count_node(node, parent->instance);
	if ((f->ordinal > 1 && !node->repeats) ||
	    (node->n_steps > 0 && node->absolute && place_taken(raw, node))) {
		f->node = NULL;
		return 0;
	}
	if (node->row->block == NULL)
		return 0;
	if (node->repeats) {
		json_t *array = follow(raw, node, parent->base, 1);

		array = oqs_array_in(array, oqs_node_member(node));
		f->base = json_object();
		return json_array_append_new(array, f->base);
	}
	f->base = node->n_steps == 0 ? parent->base : follow(raw, node, parent->base, 0);
	return f->base == NULL ? -1 : 0;
}

static int
make_instances(struct oqs_raw *raw, struct oqs_walk *walk)
{
	size_t from = walk->unit_depth;

	walk->frames[from].base = raw->record;
	if (walk->frames[from].instance == 0)
		walk->frames[from].instance = ++raw->instances;
	for (size_t i = from + 1; i < walk->depth; i++)
		if (walk->frames[i].instance == 0 &&
		    make_instance(raw, &walk->frames[i], &walk->frames[i - 1]) == -1)
			return no_memory(walk);
	return 0;
}

/* The name by which flags speak of a node: of a consent's parts, the purpose. */
static const char *
spoken(const struct oqs_node *node)
{
	int consent = node->row->type == OQS_GRANT || node->row->type == OQS_UNTIL;

	return consent ? node->steps[node->n_steps - 2] : oqs_node_member(node);
}

/* Adds path and value to oqs.unknown. */
static int
keep_unknown(struct oqs_raw *raw, struct oqs_walk *walk, const char *suffix, const char *text)
{
	json_t *oqs = oqs_object_in(raw->record, RECORD_OQS);
	json_t *unknown = oqs_array_in(oqs, OQS_UNKNOWN);
	struct buf path;
	int r;

	buf_init(&path, PATH_MAX_BYTES);
	for (size_t i = walk->unit_depth + 1; i < walk->depth; i++) {
		buf_addf(&path, "%s%s", path.len == 0 ? "" : "/", walk->frames[i].name);
		if (walk->frames[i].ordinal > 1)
			buf_addf(&path, "[%llu]", (unsigned long long)walk->frames[i].ordinal);
	}
	if (suffix != NULL)
		buf_addf(&path, "%s%s", path.len == 0 ? "" : "/", suffix);
	if (buf_failed(&path)) {
		r = oqs_walk_refuse(walk, ERR_OQS_NOT_A_MESSAGE, "names are too long");
	} else {
		r = json_array_append_new(
		    unknown, json_pack("{ss ss}", UNKNOWN_PATH, path.data == NULL ? "" : path.data,
				 UNKNOWN_VALUE, text));
		if (r == -1)
			no_memory(walk);
	}
	buf_free(&path);
	return r;
}

/* Characters that no font or no register has: seen, kept, flagged. */
static void
flag_characters(json_t *record, const struct oqs_node *node, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
		if (*p == 0xee || (*p == 0xef && p[1] < 0xa4)) /* U+E000 to U+F8FF */
			oqs_flag(record, FLAG_USER_DEFINED, spoken(node));
		if (*p == 0xe2 && p[1] == 0x97 && p[2] == 0x8f) /* U+25CF */
			oqs_flag(record, FLAG_REPLACED, spoken(node));
	}
}

/* A value that has not its form: marks the consent, or what else may not be lost in silence. */
static int
keep_misfit(struct oqs_raw *raw, struct oqs_walk *walk, struct oqs_frame *f, const char *text)
{
	const struct oqs_node *node = f->node;
	int code = node->row->type == OQS_WORD || node->row->type == OQS_GRANT;

	oqs_flag(raw->record, code ? FLAG_UNKNOWN_CODE : FLAG_MALFORMED, spoken(node));
	if (node->row->type == OQS_GRANT)
		json_object_set_new(follow(raw, node, f[-1].base, 1), GRANT_DECISION,
		    json_string(GRANT_DECISION_INVALID));
	if (node->row->type == OQS_UNTIL)
		json_object_set_new(follow(raw, node, f[-1].base, 1), SAID_MALFORMED, json_true());
	return keep_unknown(raw, walk, NULL, text);
}

static int
keep_value(struct oqs_raw *raw, struct oqs_walk *walk, struct oqs_frame *f, const char *text)
{
	const struct oqs_node *node = f->node;
	json_t *v = oqs_value_read(node->row, text), *o;
	int r;

	if (v == NULL)
		return keep_misfit(raw, walk, f, text);
	if (!oqs_code_known(node->row, text))
		oqs_flag(raw->record, FLAG_UNKNOWN_CODE, spoken(node));
	if (oqs_value_unpadded(node->row, text))
		oqs_flag(raw->record, FLAG_UNPADDED, spoken(node));
	flag_characters(raw->record, node, text);
	o = follow(raw, node, f[-1].base, 1);
	if (node->repeats)
		r = json_array_append_new(oqs_array_in(o, oqs_node_member(node)), v);
	else
		r = json_object_set_new_nocheck(o, oqs_node_member(node), v);
	return r == -1 ? no_memory(walk) : 0;
}

int
oqs_raw_value(struct oqs_raw *raw, struct oqs_walk *walk, const char *suffix, const char *text)
{
	struct oqs_frame *f = &walk->frames[walk->depth - 1];

	if ((raw->bytes += strlen(text)) > OQS_RECORD_MAX) {
		why_set(walk->why, ERR_OQS_NOT_A_MESSAGE, NULL,
		    "%s: line %d: one record is too large", walk->in->name, walk->line);
		return -1;
	}
	if (make_instances(raw, walk) == -1)
		return -1;
	if (suffix == NULL && f->node != NULL && f->node->row != NULL &&
	    f->node->row->block == NULL && walk->depth - 1 > walk->unit_depth)
		return keep_value(raw, walk, f, text);
	oqs_flag(raw->record, FLAG_UNKNOWN_ELEMENT, NULL);
	return keep_unknown(raw, walk, suffix, text);
}
