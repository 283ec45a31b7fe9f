#include <string.h>

#include "oqs/anonymise.h"
#include "oqs/walk.h"
#include "oqs/xmltext.h"

#define BLOCK ((size_t)64 << 10)

struct copier {
	struct oqs_anonymiser *a;
	struct buf out; /* UTF-8, not written yet */
	int in_tag;	/* a start tag is not closed yet: attributes may follow */
	enum encoding encoding;
};

static int
ignore_value(struct oqs_walk *walk, const char *suffix, const char *text)
{
	(void)walk, (void)suffix, (void)text;
	return 0;
}

static const struct oqs_sink look_sink = { .value = ignore_value };

static const char *
line_end(const struct copier *c)
{
	return c->encoding == ENCODING_CP932 ? "\r\n" : "\n";
}

/* Hands on what has gathered. 0, or -1 with why. */
static int
flush(struct copier *c, struct why *why)
{
	struct buf bytes;
	size_t bad = 0;
	int r;

	buf_init(&bytes, 4 * c->out.max);
	r = c->encoding == ENCODING_CP932 ? text_to_cp932(&bytes, c->out.data, c->out.len, &bad)
					  : buf_add(&bytes, c->out.data, c->out.len);
	if (r == -1 || buf_failed(&c->out))
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "no room for a value");
	else if ((r = c->a->write(c->a->arg, bytes.data, bytes.len)) == -1)
		why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "%s", "");
	buf_free(&bytes);
	buf_reset(&c->out);
	return r;
}

static void
end_tag(struct copier *c)
{
	if (c->in_tag)
		buf_addc(&c->out, '>');
	c->in_tag = 0;
}

static int
on_open(struct oqs_walk *walk)
{
	struct copier *c = walk->arg;

	end_tag(c);
	if (walk->depth > 1)
		buf_addf(&c->out, "%s%*s", line_end(c), (int)(walk->depth - 1) * 2, "");
	buf_addf(&c->out, "<%s", walk->frames[walk->depth - 1].name);
	c->in_tag = 1;
	return c->out.len < BLOCK ? 0 : flush(c, walk->why);
}

static int
on_close(struct oqs_walk *walk)
{
	struct copier *c = walk->arg;
	const struct oqs_frame *f = &walk->frames[walk->depth - 1];

	if (c->in_tag) {
		buf_adds(&c->out, "/>");
		c->in_tag = 0;
		return 0;
	}
	if (f->has_child)
		buf_addf(&c->out, "%s%*s", line_end(c), (int)(walk->depth - 1) * 2, "");
	return buf_addf(&c->out, "</%s>", f->name);
}

static int
on_value(struct oqs_walk *walk, const char *suffix, const char *text)
{
	struct copier *c = walk->arg;
	const struct oqs_node *node = walk->frames[walk->depth - 1].node;
	int known = suffix == NULL && node != NULL && node->row != NULL && node->row->block == NULL;
	struct buf value;

	buf_init(&value, 4 * OQS_VALUE_MAX);
	if (oqs_disguise(&value, c->a->key, known ? node->row->disguise : DISGUISE_TEXT, text) ==
	    -1) {
		buf_free(&value);
		return oqs_walk_refuse(walk, ERR_OQS_NOT_A_MESSAGE, "a value is too long");
	}
	if (suffix != NULL && *suffix == '@') {
		buf_addf(&c->out, " %s=\"", suffix + 1);
	} else {
		end_tag(c);
	}
	oqs_xml_escape(&c->out, value.data, value.len);
	if (suffix != NULL && *suffix == '@')
		buf_addc(&c->out, '"');
	buf_free(&value);
	return 0;
}

static const struct oqs_sink copy_sink = { .value = on_value, .open = on_open, .close = on_close };

int
oqs_anonymise(const struct oqs_message *message, struct oqs_input *in, struct oqs_anonymiser *a,
    struct why *why)
{
	struct oqs_tree *tree = oqs_tree_new(message);
	struct copier c = { .a = a };
	int r = -1;

	buf_init(&c.out, 8 * OQS_VALUE_MAX);
	if (tree == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", in->name);
		goto out;
	}
	if (oqs_walk(tree, in, &look_sink, &c, why) == -1)
		goto out;
	if (oqs_input_rewind(in) == -1) {
		*why = in->why;
		goto out;
	}
	c.encoding = in->actual;
	buf_addf(&c.out, "<?xml version=\"1.0\" encoding=\"%s\" standalone=\"no\"?>%s",
	    in->declared[0] != '\0' ? in->declared : encoding_name(in->actual), line_end(&c));
	if (oqs_walk(tree, in, &copy_sink, &c, why) == -1)
		goto out;
	buf_adds(&c.out, line_end(&c));
	r = flush(&c, why);
out:
	buf_free(&c.out);
	oqs_tree_free(tree);
	return r;
}
