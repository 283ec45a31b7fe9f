#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oqs/tree.h"

static void
node_free(struct oqs_node *node)
{
	struct oqs_node *next;

	for (; node != NULL; node = next) {
		next = node->next;
		node_free(node->child);
		free(node->path);
		free(node->members);
		free(node);
	}
}

/* Splits the member path of the row into steps. 0, or -1 without memory. */
static int
split_member(struct oqs_node *node)
{
	const char *member = node->row->member;
	char *save = NULL;

	if (member == NULL)
		return 0;
	node->absolute = member[0] == '/';
	if ((node->members = strdup(member)) == NULL)
		return -1;
	for (char *s = strtok_r(node->members, "/", &save); s != NULL && node->n_steps < OQS_STEPS;
	     s = strtok_r(NULL, "/", &save)) {
		if (strcmp(s, "*") == 0)
			node->repeats = 1;
		else
			node->steps[node->n_steps++] = s;
	}
	return 0;
}

static int
leads_to(const struct oqs_node *node, const char *object, const char *member)
{
	return node->absolute && node->n_steps >= 2 && strcmp(node->steps[0], object) == 0 &&
	       (member == NULL || (node->n_steps == 2 && strcmp(node->steps[1], member) == 0));
}

static enum oqs_role
role_of(const struct oqs_node *node)
{
	if (leads_to(node, RECORD_OQS, OQS_ITEM_ID))
		return ROLE_ID;
	if (leads_to(node, OBJECT_INSURED, NULL))
		return ROLE_KEY;
	return leads_to(node, RECORD_OQS, OQS_RESULT) ? ROLE_RESULT : ROLE_ANSWER;
}

static struct oqs_node *
node_new(struct oqs_node *parent, const struct oqs_row *row)
{
	struct oqs_node *node = calloc(1, sizeof *node);
	int short_path = parent->row == NULL || parent->row->type == OQS_UNIT;

	if (node == NULL)
		return NULL;
	node->row = row;
	node->name = row->element;
	node->parent = parent;
	node->own_place.first = node;
	node->place = &node->own_place;
	if (asprintf(&node->path, "%s%s%s", short_path ? "" : parent->path, short_path ? "" : "/",
		row->element) == -1)
		node->path = NULL;
	if (node->path == NULL || split_member(node) == -1) {
		node_free(node);
		return NULL;
	}
	node->role = role_of(node);
	return node;
}

/* Unfolds the block below node. 0, or -1 without memory. */
static int
unfold(struct oqs_tree *tree, struct oqs_node *node, const struct oqs_row *rows)
{
	struct oqs_node **last = &node->child;

	for (; rows->element != NULL; rows++, last = &(*last)->next) {
		if ((*last = node_new(node, rows)) == NULL)
			return -1;
		if (rows->type == OQS_UNIT)
			tree->unit = *last;
		if (rows->block != NULL && unfold(tree, *last, rows->block) == -1)
			return -1;
	}
	return 0;
}

struct oqs_node *
oqs_tree_next(const struct oqs_node *node)
{
	if (node->child != NULL)
		return node->child;
	while (node != NULL && node->next == NULL)
		node = node->parent;
	return node == NULL ? NULL : node->next;
}

/* A member that a record has once, given in two places, shares one oqs_place. */
static void
join_places(struct oqs_tree *tree)
{
	for (struct oqs_node *a = tree->root->child; a != NULL; a = oqs_tree_next(a)) {
		if (!a->absolute || a->place != &a->own_place)
			continue;
		for (struct oqs_node *b = oqs_tree_next(a); b != NULL; b = oqs_tree_next(b))
			if (b->absolute && strcmp(a->row->member, b->row->member) == 0)
				b->place = a->place;
	}
}

struct oqs_tree *
oqs_tree_new(const struct oqs_message *message)
{
	struct oqs_tree *tree = calloc(1, sizeof *tree);

	if (tree == NULL || (tree->root = calloc(1, sizeof *tree->root)) == NULL) {
		free(tree);
		return NULL;
	}
	tree->message = message;
	tree->root->name = "XmlMsg";
	if (unfold(tree, tree->root, message->root) == -1) {
		oqs_tree_free(tree);
		return NULL;
	}
	join_places(tree);
	return tree;
}

void
oqs_tree_free(struct oqs_tree *tree)
{
	if (tree == NULL)
		return;
	node_free(tree->root);
	free(tree);
}

const char *
oqs_node_member(const struct oqs_node *node)
{
	return node->n_steps == 0 ? "" : node->steps[node->n_steps - 1];
}
