#include <string.h>

#include "base/text.h"
#include "pipe/scan.h"
#include "pipe/splice.h"

struct member {
	const char *name, *name_end; /* with its quotes */
	const char *value, *value_end;
	const char *comma; /* before the member; NULL: it is the first */
};

/* Walks over the members of an object at depth 1. */
struct walk {
	const char *p, *end, *comma;
};

static struct walk
walk_start(const char *object, size_t len)
{
	struct walk w = { .p = object, .end = object + len };

	w.p = scan_blank(w.p, w.end);
	if (w.p < w.end)
		w.p++; /* the brace */
	return w;
}

/* 1 and the next member, or 0 at the closing brace; then w->p stands behind the last value. */
static int
walk_next(struct walk *w, struct member *m)
{
	const char *p = scan_blank(w->p, w->end);

	if (p == w->end || *p != '"')
		return 0;
	*m = (struct member){ .name = p, .comma = w->comma };
	m->name_end = scan_string(p, w->end);
	p = scan_blank(m->name_end, w->end);
	if (p < w->end)
		p++; /* the colon */
	m->value = scan_blank(p, w->end);
	w->p = m->value_end = scan_value(m->value, w->end);
	p = scan_blank(w->p, w->end);
	if (p < w->end && *p == ',') {
		w->comma = p;
		w->p = p + 1;
	}
	return 1;
}

/* Is this the name, with its escapes taken for what they stand for? Compares as it decodes. */
static int
name_is(const struct member *m, const char *name)
{
	const char *p = m->name + 1, *end = m->name_end - 1, *want = name;
	size_t len = strlen(name), n;
	uint32_t c;
	int32_t got;

	if (end < p)
		return 0;
	if ((size_t)(end - p) == len && memcmp(p, name, len) == 0)
		return 1;
	if (memchr(p, '\\', (size_t)(end - p)) == NULL)
		return 0;
	while (p < end && *want != '\0') {
		p = scan_character(p, end, &got);
		n = utf8_next(want, strlen(want), &c);
		if (n == 0 || got != (int32_t)c)
			return 0;
		want += n;
	}
	return p == end && *want == '\0';
}

/* 1 and the member of that name, or 0; then w stands behind the last member. */
static int
find(struct walk *w, const char *name, struct member *m)
{
	while (walk_next(w, m))
		if (name_is(m, name))
			return 1;
	return 0;
}

static int
add_span(struct buf *out, const char *from, const char *to)
{
	return buf_add(out, from, (size_t)(to - from));
}

int
splice_put(struct buf *out, const char *object, size_t len, const char *name, const char *value,
    size_t value_len)
{
	struct walk w = walk_start(object, len);
	const char *first = w.p;
	struct member m;

	if (find(&w, name, &m)) {
		add_span(out, object, m.value);
		buf_add(out, value, value_len);
		return add_span(out, m.value_end, w.end);
	}
	add_span(out, object, w.p);
	if (w.p != first)
		buf_addc(out, ',');
	buf_addjson(out, name, strlen(name));
	buf_addc(out, ':');
	buf_add(out, value, value_len);
	return add_span(out, w.p, w.end);
}

int
splice_drop(struct buf *out, const char *object, size_t len, const char *name)
{
	struct walk w = walk_start(object, len);
	struct member m;

	if (!find(&w, name, &m))
		return buf_add(out, object, len);
	if (m.comma != NULL) {
		add_span(out, object, m.comma);
		return add_span(out, m.value_end, w.end);
	}
	add_span(out, object, m.name);
	return add_span(out, w.comma != NULL ? w.comma + 1 : m.value_end, w.end);
}

int
splice_find(const char *object, size_t len, const char *name, size_t *at, size_t *n)
{
	struct walk w = walk_start(object, len);
	struct member m;

	if (!find(&w, name, &m))
		return 0;
	*at = (size_t)(m.value - object);
	*n = (size_t)(m.value_end - m.value);
	return 1;
}
