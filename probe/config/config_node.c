/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/config/config_node.h"

#include <stdlib.h>
#include <string.h>

struct node *node_new(struct node_pool *pool, enum node_kind kind, struct place at)
{
	if (pool->count >= CONFIG_NODES_MAX)
		return NULL;
	struct node *n = calloc(1, sizeof(*n));
	if (!n)
		return NULL;
	n->kind = kind;
	n->at = at;
	n->made_before = pool->newest;
	pool->newest = n;
	pool->count++;
	return n;
}

bool node_set_text(struct node *n, const char *text, size_t len)
{
	n->text = malloc(len + 1);
	if (!n->text)
		return false;
	if (len > 0)
		memcpy(n->text, text, len);
	n->text[len] = '\0';
	n->len = len;
	return true;
}

void node_append(struct node *parent, struct node *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
	parent->count++;
}

const struct node *node_get(const struct node *map, const char *key)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	for (const struct node *n = map->first; n; n = n->next) {
		if (n->key && n->key->text && strcmp(n->key->text, key) == 0)
			return n;
	}
	return NULL;
}

bool node_is_null(const struct node *n)
{
	if (n->kind != NODE_SCALAR || !n->plain)
		return false;
	return n->len == 0 || strcmp(n->text, "~") == 0 || strcmp(n->text, "null") == 0 ||
	       strcmp(n->text, "Null") == 0 || strcmp(n->text, "NULL") == 0;
}

void node_pool_free(struct node_pool *pool)
{
	struct node *n = pool->newest;
	while (n) {
		struct node *before = n->made_before;
		free(n->text);
		free(n);
		n = before;
	}
	*pool = (struct node_pool){0};
}
