/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/cli/fleet_read.h"

#include "probe/history/history.h"
#include "probe/json/json_in.h"

#include <stdlib.h>
#include <string.h>

#define FOUND_MAX 200000

void fleet_found_free(struct fleet_found *f)
{
	free(f->seen);
	free(f->edges);
	free(f->counts);
	*f = (struct fleet_found){0};
}

/* One more element, zeroed; room is doubled at powers of two. */
static void *grow(void **array, size_t *count, size_t size)
{
	if (*count >= FOUND_MAX)
		return NULL;
	if ((*count & (*count - 1)) == 0) {
		void *more = realloc(*array, (*count == 0 ? 1 : *count * 2) * size);

		if (!more)
			return NULL;
		*array = more;
	}
	memset((char *)*array + *count * size, 0, size);
	return (char *)*array + (*count)++ * size;
}

static void copy(char *dst, size_t size, const struct json_value *v)
{
	const char *text = json_as_text(v);

	text_safe(dst, size, text ? text : "");
}

static struct wall_ns at_us(const struct json_value *v)
{
	int64_t us;

	return (struct wall_ns){json_as_int(v, &us) && us > 0 && us < INT64_MAX / NS_PER_US ? us * NS_PER_US : 0};
}

static void take_seen(const struct json_value *o, struct fleet_seen *s)
{
	char status[16], domain[16], link[16];

	copy(s->edge, sizeof s->edge, json_get(o, "edge"));
	copy(s->circuit, sizeof s->circuit, json_get(o, "circuit"));
	copy(s->id, sizeof s->id, json_get(o, "circuit_id"));
	copy(s->provider, sizeof s->provider, json_get(o, "provider"));
	copy(s->fault, sizeof s->fault, json_get(o, "fault"));
	copy(s->maintenance, sizeof s->maintenance, json_get(o, "maintenance"));
	copy(s->summary, sizeof s->summary, json_get(o, "summary"));
	copy(status, sizeof status, json_get(o, "status"));
	copy(domain, sizeof domain, json_get(o, "domain"));
	copy(link, sizeof link, json_get(o, "link"));
	s->status = history_status(status);
	s->domain = history_domain(domain);
	s->link = history_link(link);
	s->at = at_us(json_get(o, "at_us"));
	if (!json_as_number(json_get(o, "confidence"), &s->confidence) || !(s->confidence >= 0 && s->confidence <= 1))
		s->confidence = 0;
}

static bool take(struct fleet_found *f, const struct json_value *o)
{
	const char *kind = json_as_text(json_get(o, "kind"));
	void *array;

	if (kind && strcmp(kind, "state") == 0) {
		array = f->seen;
		struct fleet_seen *s = grow(&array, &f->seen_count, sizeof *s);

		f->seen = array;
		if (s)
			take_seen(o, s);
		return s != NULL;
	}
	if (kind && strcmp(kind, "edge") == 0) {
		array = f->edges;
		struct fleet_edge *e = grow(&array, &f->edge_count, sizeof *e);

		f->edges = array;
		if (e) {
			copy(e->name, sizeof e->name, json_get(o, "edge"));
			copy(e->version, sizeof e->version, json_get(o, "version"));
			e->seen_at = at_us(json_get(o, "seen_us"));
		}
		return e != NULL;
	}
	if (kind && strcmp(kind, "incidents") == 0) {
		array = f->counts;
		struct fleet_count *c = grow(&array, &f->count_count, sizeof *c);

		f->counts = array;
		if (c) {
			copy(c->id, sizeof c->id, json_get(o, "circuit_id"));
			if (!json_as_int(json_get(o, "count"), &c->incidents) || c->incidents < 0)
				c->incidents = 0;
		}
		return c != NULL;
	}
	return kind != NULL; /* of a newer version: not for us */
}

bool fleet_read(const char *text, size_t len, struct fleet_found *out, char *err, size_t err_size)
{
	*out = (struct fleet_found){0};
	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t line = end ? (size_t)(end - text) - at : len - at;
		char why[200];
		struct json_doc *doc = json_read(text + at, line, why, sizeof why);
		bool ok = doc && take(out, json_root(doc));

		json_doc_free(doc);
		if (!ok) {
			text_format(err, err_size, "the answer of erprobe-export cannot be read");
			return false;
		}
		at += line + 1;
	}
	return true;
}
