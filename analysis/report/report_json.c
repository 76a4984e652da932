/* SPDX-License-Identifier: BSD-2-Clause */
/* erprobe.check/1: the whole run as one document. */
#include "analysis/report/report.h"

#include "analysis/match/match.h"
#include "analysis/report/json_parts.h"

#include <math.h>

#define SCHEMA_NAME "erprobe.check/1"

static void clock_state(struct json_out *j, const struct plan_clock *c)
{
	json_clock_begin(j, c);
	if (c->steps > 0) {
		json_int(j, "steps", c->steps);
		json_int(j, "stepped_us", c->stepped_us);
	}
	if (c->stall_us > 0)
		json_int(j, "longest_stall_us", c->stall_us);
	json_object_end(j);
}

/* "max" is no number of packets a second: null. */
static void rate(struct json_out *j, const char *key, double per_second)
{
	json_number(j, key, per_second > 0 ? per_second : (double)INFINITY);
}

static void options(struct json_out *j, const struct plan_limits *l)
{
	json_object(j, "options");
	json_int(j, "budget", l->budget);
	rate(j, "rate", l->rate);
	rate(j, "hop_rate", l->hop_rate);
	json_seconds_us(j, "deadline_us", l->deadline_s);
	json_seconds_us(j, "azure_deadline_us", l->azure_deadline_s);
	json_number(j, "confidence", l->confidence);
	json_object_end(j);
}

static void capture(struct json_out *j, const struct run_result *r)
{
	json_object(j, "capture");
	json_int(j, "received", (int64_t)r->capture_received);
	json_int(j, "dropped", (int64_t)r->capture_dropped);
	json_array(j, "interfaces");
	for (size_t i = 0; i < r->plan->iface_count && i < CHANNEL_IFACES_MAX; i++)
		json_text(j, NULL, r->plan->ifaces[i].name);
	json_array_end(j);
	json_object_end(j);
}

/* What was thought of every frame that came in; failed tests only where some did. */
static void match_counters(struct json_out *j, const struct match_counts *m)
{
	json_object(j, "match");
	json_int(j, "matched", (int64_t)m->matched);
	json_int(j, "duplicate", (int64_t)m->duplicate);
	json_int(j, "late", (int64_t)m->late);
	json_int(j, "forged", (int64_t)m->forged);
	json_int(j, "foreign", (int64_t)m->foreign);
	json_int(j, "malformed", (int64_t)m->malformed);
	json_array(j, "failed_tests");
	for (int t = 0; t < MATCH_TESTS && t < MATCH_TESTS_MAX; t++) {
		if (m->failed[t] == 0)
			continue;
		json_object(j, NULL);
		json_text(j, "test", match_test_name((enum match_test)t));
		json_int(j, "count", (int64_t)m->failed[t]);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void interruption(struct json_out *j, const struct interruption *i)
{
	if (i->lost == 0)
		return;
	json_object(j, "interruption");
	json_time(j, "from", i->from);
	json_time(j, "to", i->to);
	json_int(j, "probes_lost", i->lost);
	json_object_end(j);
}

/* Only where one of them answers later and no baseline tells since when. */
static void links_apart(struct json_out *j, const struct links_apart *a)
{
	if (a->more_ns == 0)
		return;
	json_object(j, "links_apart");
	json_text(j, "link", link_name(a->link));
	json_int(j, "more_us", report_us(a->more_ns));
	json_int(j, "allowed_us", report_us(a->allowed_ns));
	json_text(j, "decided_by", "baseline");
	json_object_end(j);
}

static void contradictions(struct json_out *j, const struct circuit_result *c)
{
	json_array(j, "contradictions");
	for (size_t i = 0; i < c->contradiction_count && i < CONTRADICTIONS_MAX; i++) {
		const struct contradiction *k = &c->contradictions[i];

		json_object(j, NULL);
		json_text(j, "link", link_name(k->link));
		json_text(j, "family", k->fam == FAM6 ? "ipv6" : "ipv4");
		json_text(j, "azure", k->azure);
		json_time(j, "azure_at", k->azure_at);
		json_text(j, "wire", k->wire);
		json_time(j, "wire_at", k->wire_at);
		json_object_end(j);
	}
	json_array_end(j);
}

static void circuit(struct json_out *j, const struct circuit_result *c)
{
	json_object(j, NULL);
	json_text(j, "name", c->plan->name);
	json_text_or_null(j, "resource_id", c->plan->resource_id);
	json_text(j, "peering", peering_name(c->plan->peering));
	json_text(j, "handoff", handoff_name(c->plan->handoff));
	json_int(j, "probes_sent", c->probes_sent);
	interruption(j, &c->interruption);
	json_verdict(j, "verdict", &c->faults[0]);
	json_array(j, "faults");
	for (size_t i = 0; i < c->fault_count && i < FAULTS_MAX; i++)
		json_verdict(j, NULL, &c->faults[i]);
	json_array_end(j);
	contradictions(j, c);
	json_array(j, "links");
	for (size_t i = 0; i < c->link_count && i < LINKS; i++)
		json_link(j, &c->links[i], &c->plan->links[c->links[i].id < LINKS ? c->links[i].id : 0]);
	json_array_end(j);
	json_array(j, "targets");
	for (size_t i = 0; i < c->target_count; i++)
		json_target(j, &c->targets[i]);
	json_array_end(j);
	links_apart(j, &c->apart);
	json_baseline(j, "baseline", c);
	json_azure(j, "azure", &c->azure);
	json_object_end(j);
}

void report_check_json(const struct run_result *r, bool compact, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, compact);
	json_object(&j, NULL);
	json_text(&j, "schema", SCHEMA_NAME);
	json_text(&j, "run_id", r->plan->run_id);
	json_text(&j, "tool", r->plan->tool);
	json_text_or_null(&j, "host", r->plan->host);
	json_time(&j, "started_at", r->plan->started_at);
	json_time(&j, "ended_at", r->ended_at);
	json_text(&j, "end_reason", end_reason_name(r->end_reason));
	clock_state(&j, &r->plan->clock);
	options(&j, &r->plan->limits);
	json_int(&j, "probes_sent", r->probes_sent);
	json_int(&j, "probes_not_sent", r->probes_not_sent);
	json_int(&j, "resets_sent", (int64_t)r->resets_sent);
	capture(&j, r);
	match_counters(&j, &r->match);
	json_array(&j, "circuits");
	for (size_t i = 0; i < r->circuit_count; i++)
		circuit(&j, &r->circuits[i]);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}
