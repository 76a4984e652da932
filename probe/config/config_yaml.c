/* SPDX-License-Identifier: BSD-2-Clause */
/* libyaml's events to nodes. The events are used and not its document API because
 * only they still show anchors and tags, which the document API resolves silently. */
#include "probe/config/config_yaml.h"

#include <string.h>
#include <yaml.h>

struct reading {
	yaml_parser_t parser;
	const struct source *source;
	struct node_pool *pool;
	struct complaints *complaints;
	bool stopped; /* nothing more can be read from this file */
};

static struct place place_of(const struct reading *r, yaml_mark_t mark)
{
	return (struct place){r->source, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

static void stop(struct reading *r)
{
	r->stopped = true;
}

/* libyaml's reader (bytes that are no text) knows an offset, no mark. */
static struct place place_of_offset(const struct reading *r, size_t offset)
{
	struct place at = {r->source, 1, 1};
	for (size_t i = 0; i < offset && i < r->source->len; i++) {
		at.column++;
		if (r->source->text[i] == '\n') {
			at.line++;
			at.column = 1;
		}
	}
	return at;
}

static void complain_syntax(struct reading *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "cannot be read";
	if (p->error == YAML_MEMORY_ERROR)
		complain(r->complaints, (struct place){r->source, 0, 0}, "out of memory");
	else if (p->error == YAML_READER_ERROR)
		complain(r->complaints, place_of_offset(r, p->problem_offset), "%s: the file must be UTF-8 text", problem);
	else if (p->context && p->context_mark.line != p->problem_mark.line)
		complain(r->complaints, place_of(r, p->problem_mark), "%s, %s that begins on line %zu", problem, p->context,
		         p->context_mark.line + 1);
	else
		complain(r->complaints, place_of(r, p->problem_mark), "%s%s%s", problem, p->context ? ", " : "",
		         p->context ? p->context : "");
	stop(r);
}

static bool next_event(struct reading *r, yaml_event_t *event)
{
	memset(event, 0, sizeof(*event));
	if (r->stopped)
		return false;
	if (yaml_parser_parse(&r->parser, event))
		return true;
	complain_syntax(r);
	return false;
}

static void refuse_anchor_and_tag(struct reading *r, struct place at, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		complain(r->complaints, at, "anchors (&name) are not allowed; write the value out");
	if (tag)
		complain(r->complaints, at, "tags (!type) are not allowed; every value here has its type already");
}

static struct node *make(struct reading *r, enum node_kind kind, struct place at)
{
	struct node *n = node_new(r->pool, kind, at);
	if (!n) {
		complain(r->complaints, at, "too large: more than %d values, or out of memory", CONFIG_NODES_MAX);
		stop(r);
	}
	return n;
}

static struct node *make_scalar(struct reading *r, const yaml_event_t *event)
{
	struct place at = place_of(r, event->start_mark);
	refuse_anchor_and_tag(r, at, event->data.scalar.anchor, event->data.scalar.tag);
	const char *text = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	/* "\0" in double quotes: no text of ours may hold it. */
	if (memchr(text, '\0', len)) {
		complain(r->complaints, at, "a value must not hold the character NUL");
		return make(r, NODE_BROKEN, at);
	}
	struct node *n = make(r, NODE_SCALAR, at);
	if (!n)
		return NULL;
	n->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (!node_set_text(n, text, len)) {
		complain(r->complaints, at, "out of memory");
		stop(r);
		return NULL;
	}
	return n;
}

static struct node *read_node(struct reading *r, const yaml_event_t *event, int depth);

static void read_list(struct reading *r, struct node *list, int depth)
{
	yaml_event_t event;
	while (next_event(r, &event)) {
		bool end = event.type == YAML_SEQUENCE_END_EVENT;
		struct node *child = end ? NULL : read_node(r, &event, depth + 1);
		yaml_event_delete(&event);
		if (child)
			node_append(list, child);
		if (end)
			return;
	}
}

static void check_key(struct reading *r, const struct node *key)
{
	if (key->kind == NODE_LIST || key->kind == NODE_MAP)
		complain(r->complaints, key->at, "a key must be a word");
	else if (key->kind == NODE_SCALAR && key->plain && strcmp(key->text, "<<") == 0)
		complain(r->complaints, key->at, "merge keys (<<) are not allowed; write the values out");
}

static void read_map(struct reading *r, struct node *map, int depth)
{
	yaml_event_t event;
	while (next_event(r, &event)) {
		bool end = event.type == YAML_MAPPING_END_EVENT;
		struct node *key = end ? NULL : read_node(r, &event, depth + 1);
		yaml_event_delete(&event);
		if (end || !key || !next_event(r, &event))
			return;
		check_key(r, key);
		struct node *value = read_node(r, &event, depth + 1);
		yaml_event_delete(&event);
		if (!value)
			return;
		value->key = key;
		node_append(map, value);
	}
}

static struct node *read_collection(struct reading *r, enum node_kind kind, struct place at, int depth)
{
	if (depth >= CONFIG_DEPTH_MAX) {
		complain(r->complaints, at, "nested more than %d levels deep", CONFIG_DEPTH_MAX);
		stop(r);
		return NULL;
	}
	struct node *n = make(r, kind, at);
	if (!n)
		return NULL;
	if (kind == NODE_LIST)
		read_list(r, n, depth);
	else
		read_map(r, n, depth);
	return r->stopped ? NULL : n;
}

/* The node that begins with this event; NULL when reading had to stop. */
static struct node *read_node(struct reading *r, const yaml_event_t *event, int depth)
{
	struct place at = place_of(r, event->start_mark);
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return make_scalar(r, event);
	case YAML_ALIAS_EVENT:
		complain(r->complaints, at, "aliases (*name) are not allowed; write the value out");
		return make(r, NODE_BROKEN, at);
	case YAML_SEQUENCE_START_EVENT:
		refuse_anchor_and_tag(r, at, event->data.sequence_start.anchor, event->data.sequence_start.tag);
		return read_collection(r, NODE_LIST, at, depth);
	case YAML_MAPPING_START_EVENT:
		refuse_anchor_and_tag(r, at, event->data.mapping_start.anchor, event->data.mapping_start.tag);
		return read_collection(r, NODE_MAP, at, depth);
	default:
		complain(r->complaints, at, "a value was expected here");
		stop(r);
		return NULL;
	}
}

/* What stands between the beginning of the text and the first value. */
static struct node *read_document(struct reading *r)
{
	yaml_event_t event;
	while (next_event(r, &event)) {
		yaml_event_type_t type = event.type;
		struct node *n = NULL;
		if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT && type != YAML_STREAM_END_EVENT)
			n = read_node(r, &event, 0);
		yaml_event_delete(&event);
		if (type == YAML_STREAM_END_EVENT) {
			complain(r->complaints, (struct place){r->source, 1, 1}, "the file is empty; it needs at least 'circuits:'");
			return NULL;
		}
		if (n)
			return n;
	}
	return NULL;
}

/* Only the end may follow. */
static void read_rest(struct reading *r)
{
	yaml_event_t event;
	while (next_event(r, &event)) {
		yaml_event_type_t type = event.type;
		struct place at = place_of(r, event.start_mark);
		yaml_event_delete(&event);
		if (type == YAML_STREAM_END_EVENT)
			return;
		if (type == YAML_DOCUMENT_START_EVENT) {
			complain(r->complaints, at, "a second document begins here; a file holds exactly one");
			return;
		}
	}
}

struct node *yaml_tree(const struct source *source, struct node_pool *pool, struct complaints *c)
{
	struct reading r = {.source = source, .pool = pool, .complaints = c};
	if (source->len > CONFIG_FILE_BYTES_MAX) {
		complain(c, (struct place){source, 0, 0}, "larger than %zu bytes", CONFIG_FILE_BYTES_MAX);
		return NULL;
	}
	if (!yaml_parser_initialize(&r.parser)) {
		complain(c, (struct place){source, 0, 0}, "out of memory");
		return NULL;
	}
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	/* libyaml counts a byte order mark as a column once the encoding is given, and then finds no document there. */
	size_t mark = source->len >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)source->text + mark, source->len - mark);
	struct node *top = read_document(&r);
	if (top)
		read_rest(&r);
	yaml_parser_delete(&r.parser);
	return top;
}
