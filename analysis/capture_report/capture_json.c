/* SPDX-License-Identifier: BSD-2-Clause */
/* erprobe.capture/1. */
#include "analysis/capture_report/capture_report.h"

#include "analysis/record/comment.h"
#include "analysis/render/json_values.h"
#include "analysis/value/json_out.h"

static void path(struct json_out *j, const struct sight_path *p)
{
	json_object(j, NULL);
	json_text(j, "protocol", comment_kind_name(p->kind));
	json_addr(j, "source", &p->src);
	json_addr(j, "destination", &p->dst);
	json_int_or_null(j, "port", p->port > 0, p->port);
	json_time(j, "first_at", p->first);
	json_time(j, "last_at", p->last);
	json_int(j, "probes", p->probes);
	json_int(j, "answered", p->answered);
	json_int(j, "under_way", p->open);
	json_bool(j, "reached", p->reached);
	json_text(j, "end", p->reached ? comment_answer_name(p->end) : NULL);
	json_int_or_null(j, "return_length", p->distance >= 0, p->distance);
	json_array(j, "hops");
	for (size_t i = 0; i < p->hop_count; i++)
		json_hop(j, &p->hops[i]);
	json_array_end(j);
	json_object_end(j);
}

void report_capture_json(const struct capture_report *c, struct strbuf *out)
{
	const struct sight_totals *t = c->totals;
	struct json_out j;

	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_text(&j, "schema", "erprobe.capture/1");
	json_text(&j, "tool", c->tool);
	json_text(&j, "sha256", c->sha256);
	json_int(&j, "bytes", (int64_t)c->bytes);
	json_int(&j, "interfaces", c->interfaces);
	json_time(&j, "first_at", t->first);
	json_time(&j, "last_at", t->last);
	json_object(&j, "frames");
	json_int(&j, "all", (int64_t)(t->frames));
	json_int(&j, "unreadable", (int64_t)t->unreadable);
	json_int(&j, "other_link_types", (int64_t)t->other_links);
	json_int(&j, "probes", (int64_t)t->probes);
	json_int(&j, "second_sights", (int64_t)t->again);
	json_int(&j, "answered", (int64_t)t->answered);
	json_int(&j, "answers", (int64_t)t->answers);
	json_int(&j, "stray_answers", (int64_t)t->strays);
	json_object_end(&j);
	json_array(&j, "paths");
	for (size_t i = 0; i < c->path_count; i++)
		path(&j, &c->paths[i]);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}
