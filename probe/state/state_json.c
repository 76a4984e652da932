/* SPDX-License-Identifier: BSD-2-Clause */
/* The document erprobe.state/1: the snapshot, and what is judged of it. */
#include "probe/state/state_json.h"

#include "analysis/value/json_out.h"
#include "probe/host/build.h"
#include "probe/snapshot/snapshot_json.h"

static void put_findings(struct json_out *j, const struct judgement *g)
{
	json_array(j, "findings");
	for (size_t i = 0; i < g->count; i++) {
		const struct finding *f = &g->findings[i];
		json_object(j, NULL);
		json_text(j, "status", state_status_name(f->weight));
		json_text(j, "link", f->link == LINK_NULL ? NULL : link_name(f->link));
		json_text(j, "what", f->what);
		json_text(j, "means", f->means);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_unread(struct json_out *j, const struct az_snapshot *s)
{
	const struct az_part *parts[AZ_PARTS_MAX];
	size_t count = az_snapshot_parts(s, parts);
	json_array(j, "unread");
	for (size_t i = 0; i < count; i++)
		if (parts[i]->read == AZ_FAILED) {
			json_object(j, NULL);
			json_text(j, "operation", parts[i]->operation);
			json_int(j, "http_status", parts[i]->http_status);
			json_text(j, "error", parts[i]->error);
			json_object_end(j);
		}
	json_array_end(j);
}

static void put_circuit(struct json_out *j, const struct plan_circuit *c, const struct az_snapshot *s,
                        const struct judgement *g)
{
	char as_of[WALL_TEXT_MAX];
	json_object(j, NULL);
	json_text(j, "name", c->name);
	json_text(j, "resource_id", c->resource_id);
	json_text(j, "status", state_status_name(g->status));
	json_bool(j, "available", az_snapshot_available(s));
	json_bool(j, "stale", s->stale);
	json_text(j, "as_of", s->done_at.ns ? wall_text(s->done_at, as_of) : NULL);
	json_text(j, "why_not", s->why_not[0] ? s->why_not : NULL);
	put_findings(j, g);
	put_unread(j, s);
	snapshot_write(j, "snapshot", s);
	json_object_end(j);
}

void state_json(const struct plan_circuit *circuits, const struct az_snapshot *snapshots,
                const struct judgement *judgements, size_t count, enum state_status status, bool compact,
                struct strbuf *out)
{
	struct json_out j;
	json_begin(&j, out, compact);
	json_object(&j, NULL);
	json_text(&j, "schema", STATE_SCHEMA);
	json_text(&j, "tool", build_tool());
	json_text(&j, "status", state_status_name(status));
	json_array(&j, "circuits");
	for (size_t i = 0; i < count; i++)
		put_circuit(&j, &circuits[i], &snapshots[i], &judgements[i]);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}
