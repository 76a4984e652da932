/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/period/period_report.h"
#include "analysis/value/json_out.h"

/* Not json_time(): a report may be asked for from the epoch on, which is no missing time. */
static void instant(struct json_out *j, const char *key, struct wall_ns t)
{
	char text[WALL_TEXT_MAX];

	json_text(j, key, wall_text(t, text));
}

static void share(struct json_out *j, const char *key, double value)
{
	if (value < 0)
		json_null(j, key);
	else
		json_number(j, key, value);
}

static void count(struct json_out *j, const struct period_count *c)
{
	json_int(j, "runs", c->runs);
	json_int(j, "healthy", c->healthy);
	json_int(j, "degraded", c->degraded);
	json_int(j, "fault", c->fault);
	json_int(j, "undetermined", c->undetermined);
	share(j, "availability", period_works(c));
	share(j, "redundancy", period_redundant(c));
}

static void segment(struct json_out *j, enum domain d, const struct period_segment *s)
{
	json_object(j, NULL);
	json_text(j, "domain", domain_name(d));
	json_object(j, "added_latency_us");
	json_int(j, "runs", s->timed);
	json_int_or_null(j, "mean", s->timed > 0, s->added_us);
	json_int_or_null(j, "min", s->timed > 0, s->least_us);
	json_int_or_null(j, "max", s->timed > 0, s->most_us);
	json_object_end(j);
	json_object(j, "loss");
	json_int(j, "runs", s->measured);
	share(j, "mean", s->measured > 0 ? s->loss : -1);
	share(j, "max", s->measured > 0 ? s->worst_loss : -1);
	json_object_end(j);
	json_object_end(j);
}

static void links(struct json_out *j, const struct period_circuit *c)
{
	json_array(j, "links");
	for (int l = 0; l < LINKS; l++) {
		if (!c->links[l].present)
			continue;
		json_object(j, NULL);
		json_text(j, "name", link_name((enum link_id)l));
		count(j, &c->links[l].count);
		json_array(j, "segments");
		for (int d = DOMAIN_CORPORATE; d < DOMAINS; d++)
			segment(j, (enum domain)d, &c->links[l].segments[d]);
		json_array_end(j);
		json_object_end(j);
	}
	json_array_end(j);
}

static void blame(struct json_out *j, const struct period_circuit *c)
{
	json_array(j, "blame");
	for (int d = DOMAIN_NONE; d < DOMAINS; d++) {
		const struct period_blame *b = &c->blame[d];

		if (b->incidents == 0)
			continue;
		json_object(j, NULL);
		json_text(j, "domain", d == DOMAIN_NONE ? NULL : domain_name((enum domain)d));
		json_int(j, "incidents", b->incidents);
		json_int(j, "fault_us", b->fault_us);
		json_int(j, "degraded_us", b->degraded_us);
		json_int(j, "planned_us", b->planned_us);
		json_object_end(j);
	}
	json_array_end(j);
}

static void months(struct json_out *j, const struct period_circuit *c)
{
	struct period_month m;
	size_t day = 0;

	json_array(j, "months");
	while (period_month(c, &day, &m)) {
		json_object(j, NULL);
		json_text(j, "month", m.name);
		count(j, &m.count);
		json_object(j, "wan_added_latency_us");
		json_int_or_null(j, "primary", m.wan_us[0] >= 0, m.wan_us[0]);
		json_int_or_null(j, "secondary", m.wan_us[1] >= 0, m.wan_us[1]);
		json_object_end(j);
		json_object_end(j);
	}
	json_array_end(j);
}

static void circuit(struct json_out *j, const struct period_circuit *c)
{
	const struct history_sum *s = &c->sum;
	const struct period_count all = {s->runs, s->healthy, s->degraded, s->fault, s->undetermined};

	json_object(j, NULL);
	json_text(j, "name", c->name);
	count(j, &all);
	json_int(j, "failed", s->lost);
	json_int(j, "incidents", s->incidents);
	json_int(j, "path_changes", c->path_changes);
	json_int(j, "azure_changes", c->azure_changes);
	links(j, c);
	blame(j, c);
	months(j, c);
	json_object_end(j);
}

void period_json(const struct period_view *v, bool compact, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, compact);
	json_object(&j, NULL);
	json_text(&j, "schema", "erprobe.report/1");
	json_text(&j, "tool", v->tool);
	json_text(&j, "host", v->host);
	instant(&j, "since", v->since);
	instant(&j, "until", v->until);
	instant(&j, "made_at", v->made_at);
	json_array(&j, "circuits");
	for (size_t i = 0; i < v->count; i++)
		circuit(&j, &v->circuits[i]);
	json_array_end(&j);
	history_json_items(&j, v->items, v->item_count, v->cut);
	json_object_end(&j);
	json_finish(&j);
}
