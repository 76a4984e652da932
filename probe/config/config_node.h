/* SPDX-License-Identifier: BSD-2-Clause */
/* A configuration file as a tree that knows the place of everything in it, and the
 * list of complaints about it. Private to probe/config/. */
#ifndef ERPROBE_CONFIG_NODE_H
#define ERPROBE_CONFIG_NODE_H

#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ceilings: far above any real file, low enough that a hostile one costs little. */
#define CONFIG_FILE_BYTES_MAX ((size_t)1 << 20) /* about 4,000 circuits as people write them */
#define CONFIG_DEPTH_MAX 16                     /* ours nest six deep */
#define CONFIG_NODES_MAX 100000
#define CONFIG_COMPLAINTS_MAX 50                /* more on one screen help nobody */

/* The text that positions refer to. Borrowed: the reader owns the text. */
struct source {
	const char *name; /* as errors call it */
	const char *text;
	size_t len;
};

/* A place; line and column count from 1, columns in characters. line 0 = the whole file. */
struct place {
	const struct source *source;
	uint32_t line, column;
};

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP, NODE_BROKEN /* complained about already */ };

struct node {
	enum node_kind kind;
	struct place at;
	char *text;          /* scalar: NUL-terminated, no NUL inside; else NULL */
	size_t len;
	bool plain;          /* scalar written without quotes */
	struct node *key;    /* in a map: the key of this value (a scalar) */
	struct node *first;  /* children of a list or map, in order */
	struct node *last;
	struct node *next;   /* the sibling after this one */
	size_t count;        /* children */
	struct node *made_before; /* the pool's chain */
};

/* Owns all nodes of a tree. Zero it to begin. */
struct node_pool {
	struct node *newest;
	size_t count;
};

/* A zeroed node of this kind; NULL when out of memory or beyond CONFIG_NODES_MAX. */
struct node *node_new(struct node_pool *pool, enum node_kind kind, struct place at);
/* Copies text into a scalar; false when out of memory. */
bool node_set_text(struct node *n, const char *text, size_t len);
void node_append(struct node *parent, struct node *child);
/* The value of a key in a map, the first of several; NULL when absent or not a map. */
const struct node *node_get(const struct node *map, const char *key);
/* An empty value: nothing after the colon, or null, or ~. */
bool node_is_null(const struct node *n);
void node_pool_free(struct node_pool *pool);

/* Where errors go. Zero count to begin. */
struct complaints {
	struct strbuf *out;
	size_t count;
};

/* Adds "file:line:column: error: MESSAGE" and, where no secret can stand there,
 * the line of the file with a caret under the place. The message is made safe for
 * a terminal. Beyond CONFIG_COMPLAINTS_MAX only counts. */
void complain(struct complaints *c, struct place at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
