/* SPDX-License-Identifier: BSD-2-Clause */
/* erprobe.compare/1. */
#include "analysis/capture_report/pair_report.h"

#include "analysis/record/comment.h"
#include "analysis/report/json_parts.h"
#include "analysis/value/json_out.h"

#include <stdlib.h>
#include <string.h>

static const char *const keys[PAIR_SIDES] = {"a", "b"};

const struct circuit_result *pair_circuit(const struct pair_report *r, const struct circuit_result *a)
{
	const struct run_result *b = r->parts[PAIR_B].result;

	for (size_t i = 0; b && i < b->circuit_count; i++)
		if (strcmp(b->circuits[i].plan->name, a->plan->name) == 0)
			return &b->circuits[i];
	return NULL;
}

static int by_order(const void *x, const void *y)
{
	return sight_path_order(x, y);
}

const struct sight_path *pair_path(const struct pair_report *r, const struct sight_path *a)
{
	const struct pair_part *b = &r->parts[PAIR_B];

	return b->path_count > 0 ? bsearch(a, b->paths, b->path_count, sizeof *a, by_order) : NULL;
}

const struct hop_result *pair_end(const struct sight_path *p)
{
	return p->reached && p->hop_count > 0 ? &p->hops[p->hop_count - 1] : NULL;
}

static void part(struct json_out *j, const char *key, const struct pair_part *p)
{
	json_object(j, key);
	json_text(j, "name", p->name);
	json_text(j, "what", p->what);
	json_text(j, "run_id", p->result ? p->result->plan->run_id : NULL);
	json_time(j, "first_at", p->totals->first);
	json_time(j, "last_at", p->totals->last);
	json_int(j, "frames", (int64_t)p->totals->frames);
	json_int(j, "probes", (int64_t)p->totals->probes);
	json_int(j, "answered", (int64_t)p->totals->answered);
	json_object_end(j);
}

static void link_pair(struct json_out *j, const struct circuit_result *a, const struct circuit_result *b)
{
	json_array(j, "links");
	for (size_t i = 0; i < a->link_count && i < b->link_count; i++) {
		json_object(j, NULL);
		json_text(j, "name", link_name(a->links[i].id));
		json_text(j, keys[PAIR_A], status_name(a->links[i].status));
		json_text(j, keys[PAIR_B], status_name(b->links[i].status));
		json_object_end(j);
	}
	json_array_end(j);
}

static void circuits(struct json_out *j, const struct pair_report *r)
{
	const struct run_result *a = r->parts[PAIR_A].result;

	json_array(j, "circuits");
	for (size_t i = 0; a && i < a->circuit_count; i++) {
		const struct circuit_result *b = pair_circuit(r, &a->circuits[i]);

		if (!b)
			continue;
		json_object(j, NULL);
		json_text(j, "name", b->plan->name);
		json_verdict(j, keys[PAIR_A], &a->circuits[i].faults[0]);
		json_verdict(j, keys[PAIR_B], &b->faults[0]);
		link_pair(j, &a->circuits[i], b);
		json_object_end(j);
	}
	json_array_end(j);
}

static void path_side(struct json_out *j, const char *key, const struct sight_path *p)
{
	const struct hop_result *end = pair_end(p);
	struct rtt_summary none = {.known = false};

	json_object(j, key);
	json_int(j, "probes", p->probes);
	json_int(j, "answered", p->answered);
	json_bool(j, "reached", p->reached);
	json_rtt(j, "rtt_us", end ? &end->rtt : &none);
	json_array(j, "hops");
	for (size_t i = 0; i < p->hop_count; i++)
		json_hop(j, &p->hops[i]);
	json_array_end(j);
	json_object_end(j);
}

static void paths(struct json_out *j, const struct pair_report *r)
{
	json_array(j, "paths");
	for (size_t i = 0; i < r->parts[PAIR_A].path_count; i++) {
		const struct sight_path *a = &r->parts[PAIR_A].paths[i], *b = pair_path(r, a);

		if (!b)
			continue;
		json_object(j, NULL);
		json_text(j, "protocol", comment_kind_name(a->kind));
		json_addr(j, "source", &a->src);
		json_addr(j, "destination", &a->dst);
		json_int_or_null(j, "port", a->port > 0, a->port);
		path_side(j, keys[PAIR_A], a);
		path_side(j, keys[PAIR_B], b);
		json_object_end(j);
	}
	json_array_end(j);
}

static void packets(struct json_out *j, const struct sight_pair *p)
{
	if (p->both == 0) {
		json_null(j, "packets");
		return;
	}
	json_object(j, "packets");
	json_int(j, "both", (int64_t)p->both);
	json_int(j, "only_a", (int64_t)p->only[PAIR_A]);
	json_int(j, "only_b", (int64_t)p->only[PAIR_B]);
	json_int(j, "answered_both", (int64_t)p->answered_both);
	json_int(j, "answered_only_a", (int64_t)p->answered_only[PAIR_A]);
	json_int(j, "answered_only_b", (int64_t)p->answered_only[PAIR_B]);
	json_int(j, "hops_a_to_b", p->hops);
	json_rtt(j, "between_us", &p->between);
	json_rtt(j, "b_later_us", &p->clock);
	json_object_end(j);
}

void report_pair_json(const struct pair_report *r, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_text(&j, "schema", "erprobe.compare/1");
	json_text(&j, "tool", r->tool);
	part(&j, keys[PAIR_A], &r->parts[PAIR_A]);
	part(&j, keys[PAIR_B], &r->parts[PAIR_B]);
	circuits(&j, r);
	packets(&j, &r->packets);
	paths(&j, r);
	json_object_end(&j);
	json_finish(&j);
}
