/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/fleet/fleet_report.h"
#include "analysis/render/json_values.h"

static void seen(struct json_out *j, const struct fleet_seen *s)
{
	json_object(j, NULL);
	json_safe_or_null(j, "edge", s->edge);
	json_safe_or_null(j, "circuit", s->circuit);
	json_time(j, "at", s->at);
	json_text(j, "status", status_name(s->status));
	json_text(j, "domain", domain_name(s->domain));
	json_text(j, "link", link_name(s->link));
	json_safe_or_null(j, "fault", s->fault);
	json_number(j, "confidence", s->confidence);
	json_safe_or_null(j, "maintenance", s->maintenance);
	json_safe_or_null(j, "summary", s->summary);
	json_object_end(j);
}

static void circuit(struct json_out *j, const struct fleet_circuit *c)
{
	json_object(j, NULL);
	json_safe_or_null(j, "id", c->first->id);
	json_safe_or_null(j, "name", c->first->circuit);
	json_safe_or_null(j, "provider", c->first->provider);
	json_text(j, "status", status_name(c->status));
	json_text(j, "domain", domain_name(c->domain));
	if (c->bad > 0)
		json_number(j, "confidence", c->confidence);
	else
		json_null(j, "confidence");
	json_bool(j, "corporate_cleared", c->corporate_cleared);
	json_bool(j, "shared_cleared", c->shared_cleared);
	json_bool(j, "planned_maintenance", c->planned);
	json_text(j, "why", c->why[0] ? c->why : NULL);
	json_int(j, "incidents_30d", (int64_t)c->incidents);
	json_array(j, "edges");
	for (size_t i = 0; i < c->edges; i++)
		seen(j, &c->first[i]);
	json_array_end(j);
	json_object_end(j);
}

void fleet_json(const struct fleet_view *v, bool compact, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, compact);
	json_object(&j, NULL);
	json_text(&j, "schema", "erprobe.fleet/1");
	json_time(&j, "at", v->at);
	json_array(&j, "circuits");
	for (size_t i = 0; i < v->count; i++)
		circuit(&j, &v->circuits[i]);
	json_array_end(&j);
	json_array(&j, "edges");
	for (size_t i = 0; i < v->edge_count; i++) {
		json_object(&j, NULL);
		json_safe_or_null(&j, "name", v->edges[i].name);
		json_safe_or_null(&j, "version", v->edges[i].version);
		json_time(&j, "seen_at", v->edges[i].seen_at);
		json_bool(&j, "silent", v->at.ns - v->edges[i].seen_at.ns >= v->since_ns);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}
