/* SPDX-License-Identifier: BSD-2-Clause */
/* Strict YAML text to a tree of nodes. config_yaml.c is the only user of libyaml. */
#ifndef ERPROBE_CONFIG_YAML_H
#define ERPROBE_CONFIG_YAML_H

#include "probe/config/config_node.h"

/* Reads exactly one document. Anchors, aliases, tags, merge keys, keys that are not
 * words, several documents, an empty file and anything beyond the ceilings of
 * config_node.h are complained about. Returns the top node, owned by the pool, or
 * NULL when nothing usable was read (then there was a complaint). */
struct node *yaml_tree(const struct source *source, struct node_pool *pool, struct complaints *c);

#endif
