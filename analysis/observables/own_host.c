/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/observables/own_host.h"

#define CUT_NS (500 * NS_PER_MS) /* nothing leaves any more: so long at least, and most of the flows were refused */

bool own_host_stuck(const struct path_view *v, const struct wall_ns *left_at, size_t flow)
{
	const struct flow_refusals *r = &v->seen->refusals[flow];
	bool refused = r->no_route > 0 || r->link_down > 0 || r->blocked > 0;

	/* A refusal is yesterday's news once a probe left after it. */
	return v->plan->flows[flow].no_route || (refused && left_at[flow].ns <= r->latest.ns);
}

bool own_host_filters(const struct observables *o, const struct path_view *v, const struct wall_ns *left_at, size_t flow)
{
	const struct flow_refusals *r = &v->seen->refusals[flow];
	const struct plan_flow *f = &v->plan->flows[flow];

	if (o->nothing_left || f->role != FLOW_TARGET || r->blocked <= r->no_route + r->link_down)
		return false;
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		const struct plan_flow *other = &v->plan->flows[i];
		bool same = other->role == FLOW_TARGET && other->circuit == f->circuit && other->target == f->target && other->kind == f->kind &&
		            other->dst_port == f->dst_port;
		if (same && !own_host_stuck(v, left_at, i))
			return false;
	}
	return true;
}

/* Further source ports are asked in special cases alone. */
static bool asks(const struct path_view *v, size_t flow)
{
	const struct plan_flow *f = &v->plan->flows[flow];

	return f->circuit == v->circuit_index && f->role != FLOW_NEIGHBOUR && !path_is_further_port(v->plan, flow);
}

/* Does this host still let anything out? Where it stopped in the middle of the run, flows that had nothing more to
 * ask are not stuck: what counts is that for a while most were refused and none left. */
static void find_cut(struct observables *o, const struct path_view *v, const struct wall_ns *left_at)
{
	struct wall_ns left = {0}, refused = {0};
	size_t flows = 0, stuck = 0, since = 0;

	for (size_t i = 0; i < v->plan->flow_count; i++) {
		if (!asks(v, i))
			continue;
		flows++;
		stuck += own_host_stuck(v, left_at, i);
		if (left_at[i].ns > left.ns)
			left = left_at[i];
		if (v->seen->refusals[i].latest.ns > refused.ns)
			refused = v->seen->refusals[i].latest;
	}
	for (size_t i = 0; i < v->plan->flow_count; i++)
		since += asks(v, i) && v->seen->refusals[i].latest.ns > left.ns;
	bool cut = left.ns > 0 && wall_since(refused, left) >= CUT_NS && 2 * since > flows;
	o->nothing_left = flows > 0 && (stuck == flows || cut);
	o->left_until = cut ? left : (struct wall_ns){0};
	o->refused_lately = left.ns > 0 && !o->nothing_left && since > 1;
}

static bool neighbour_is_dead(const struct path_view *v)
{
	uint32_t asked = 0, neighbours = 0;

	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		if (f->circuit != v->circuit_index || f->role != FLOW_NEIGHBOUR || f->link < LINKS)
			continue;
		enum record_state state = observations_state(v->seen, r);
		asked += state == RECORD_LOST;
		neighbours += state == RECORD_ANSWERED;
	}
	return asked >= 2 && neighbours == 0;
}

void own_host_look(struct observables *o, const struct path_view *v, struct wall_ns *left_at)
{
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		if (r->sent_at.ns > left_at[r->flow].ns)
			left_at[r->flow] = r->sent_at;
	}
	find_cut(o, v, left_at);
	o->neighbour_dead = neighbour_is_dead(v);
}
