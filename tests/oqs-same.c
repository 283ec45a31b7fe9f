/*
 * Are two messages the same? Siblings sorted by name (stable), empty elements and blanks between
 * elements left out, on both sides. Prints the first difference and ends with 1; 2 if one cannot be read.
 */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct item {
	xmlNodePtr node;
	size_t at;
};

static int
by_name(const void *va, const void *vb)
{
	const struct item *a = va, *b = vb;
	int r = strcmp((const char *)a->node->name, (const char *)b->node->name);

	return r != 0 ? r : (a->at < b->at ? -1 : a->at > b->at);
}

static int
blank(const xmlChar *s)
{
	return s == NULL || s[strspn((const char *)s, " \t\r\n")] == '\0';
}

/* Drops blanks, comments and what holds nothing, and sorts what is left. 1 if it holds anything. */
static int
settle(xmlNodePtr node)
{
	struct item *items;
	size_t n = 0, room = 0;
	xmlNodePtr next;

	for (xmlNodePtr c = node->children; c != NULL; c = c->next)
		room++;
	if ((items = calloc(room + 1, sizeof *items)) == NULL)
		exit(2);
	for (xmlNodePtr c = node->children; c != NULL; c = next) {
		int keep = c->type == XML_ELEMENT_NODE ? settle(c)
			   : c->type == XML_TEXT_NODE  ? !blank(c->content)
						       : 0;

		next = c->next;
		xmlUnlinkNode(c);
		if (keep)
			items[n] = (struct item){ c, n }, n++;
		else
			xmlFreeNode(c);
	}
	qsort(items, n, sizeof *items, by_name);
	for (size_t i = 0; i < n; i++)
		xmlAddChild(node, items[i].node);
	free(items);
	return n > 0 || node->properties != NULL;
}

static int
differ(xmlNodePtr a, xmlNodePtr b, const char *path)
{
	char below[1024];

	if (a == NULL && b == NULL)
		return 0;
	if (a == NULL || b == NULL || a->type != b->type ||
	    strcmp((const char *)a->name, (const char *)b->name) != 0) {
		printf("%s: %s, %s\n", path, a == NULL ? "nothing" : (const char *)a->name,
		    b == NULL ? "nothing" : (const char *)b->name);
		return 1;
	}
	snprintf(below, sizeof below, "%s/%s", path, (const char *)a->name);
	if (a->type == XML_TEXT_NODE &&
	    strcmp((const char *)a->content, (const char *)b->content) != 0) {
		printf("%s: \"%s\", \"%s\"\n", path, (const char *)a->content,
		    (const char *)b->content);
		return 1;
	}
	if (a->type == XML_ELEMENT_NODE)
		for (xmlNodePtr c = a->children, d = b->children; c != NULL || d != NULL;
		     c = c == NULL ? NULL : c->next, d = d == NULL ? NULL : d->next)
			if (differ(c, d, below))
				return 1;
	return 0;
}

/* CP932 where Shift_JIS is declared: read through the name that the converter knows. */
static xmlDocPtr
load(const char *path)
{
	static const char declared[] = "encoding=\"Shift_JIS\"";
	char head[128] = "";
	FILE *fp = fopen(path, "r");
	xmlDocPtr doc;

	if (fp == NULL || fread(head, 1, sizeof head - 1, fp) == 0)
		exit(2);
	fclose(fp);
	doc = xmlReadFile(path, strstr(head, declared) == NULL ? NULL : "CP932",
	    XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	if (doc == NULL)
		exit(2);
	settle(xmlDocGetRootElement(doc));
	return doc;
}

int
main(int argc, char **argv)
{
	xmlDocPtr a, b;
	int r;

	if (argc != 3)
		return 2;
	a = load(argv[1]);
	b = load(argv[2]);
	r = differ(xmlDocGetRootElement(a), xmlDocGetRootElement(b), "");
	xmlFreeDoc(a);
	xmlFreeDoc(b);
	return r;
}
