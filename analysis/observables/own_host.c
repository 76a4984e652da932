/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/observables/own_host.h"

#define CUT_NS (500 * NS_PER_MS) /* nothing leaves any more: so long at least, and most of the flows were refused */

bool own_host_stuck(const struct path_view *v, const struct own_flow *own, size_t flow)
{
	const struct flow_refusals *r = &v->seen->refusals[flow];
	bool refused = r->no_route > 0 || r->link_down > 0 || r->blocked > 0;

	/* A refusal is yesterday's news once a probe left after it. */
	return v->plan->flows[flow].no_route || (refused && own[flow].left_at.ns <= r->latest.ns);
}

/* Does this host's word on the one flow hold for the other? Routes are of a target, filters of a service. */
static bool same_word(const struct path_view *v, size_t flow, size_t other, bool filter)
{
	const struct plan_flow *f = &v->plan->flows[flow], *g = &v->plan->flows[other];

	return g->role == FLOW_TARGET && g->circuit == f->circuit && g->target == f->target &&
	       (filter ? g->kind == f->kind && g->dst_port == f->dst_port : ip_addr_equal(&g->dst, &f->dst));
}

static bool is_filtered(const struct flow_refusals *r)
{
	return r->blocked > r->no_route + r->link_down;
}

bool own_host_filters(const struct observables *o, const struct path_view *v, const struct own_flow *own, size_t flow)
{
	if (o->nothing_left || v->plan->flows[flow].role != FLOW_TARGET || !is_filtered(&v->seen->refusals[flow]))
		return false;
	for (size_t i = 0; i < v->plan->flow_count; i++)
		if (same_word(v, flow, i, true) && !own[i].cut && !own_host_stuck(v, own, i))
			return false;
	return true;
}

static bool on_edge(const struct path_view *v, int fam)
{
	return v->circuit->links[LINK_PRIMARY].on_edge[fam] || v->circuit->links[LINK_SECONDARY].on_edge[fam];
}

/* On the edge, where routes come by BGP, that there is none is what any router says; elsewhere it tells how this host is set up, and
 * nothing of what lies beyond. Where probes left shortly before, it may be there again in a moment. */
enum own_route own_host_route(const struct observables *o, const struct path_view *v, const struct own_flow *own, size_t flow)
{
	const struct plan_flow *f = &v->plan->flows[flow];
	int fam = ip_family_index(f->dst.family);
	bool gone = v->seen->refusals[flow].no_route > 0 || f->no_route;

	if (!gone || fam < 0 || !own_host_stuck(v, own, flow))
		return OWN_ROUTE_THERE;
	if (o->nothing_left)
		return OWN_ROUTE_NONE;
	if (f->role == FLOW_TARGET ? !own[flow].cut : own[flow].left_at.ns > 0)
		return OWN_ROUTE_THERE;
	return on_edge(v, fam) ? OWN_ROUTE_NONE : f->role == FLOW_TARGET ? OWN_ROUTE_KEPT_BACK : OWN_ROUTE_THERE;
}

/* A target, or a service of it, that this host lets nothing out to, or not any more. */
static void find_cut_targets(const struct path_view *v, struct own_flow *own)
{
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		const struct flow_refusals *r = &v->seen->refusals[i];
		struct wall_ns left = {0}, refused = {0};
		if (v->plan->flows[i].role != FLOW_TARGET || (r->latest.ns == 0 && !v->plan->flows[i].no_route) || own[i].cut)
			continue;
		for (size_t k = 0; k < v->plan->flow_count; k++) {
			if (!same_word(v, i, k, is_filtered(r)))
				continue;
			left = own[k].left_at.ns > left.ns ? own[k].left_at : left;
			refused = v->seen->refusals[k].latest.ns > refused.ns ? v->seen->refusals[k].latest : refused;
		}
		bool cut = left.ns == 0 || wall_since(refused, left) >= CUT_NS;
		for (size_t k = 0; cut && k < v->plan->flow_count; k++)
			own[k].cut = own[k].cut || same_word(v, i, k, is_filtered(r));
	}
}

/* Further source ports are asked in special cases alone. */
static bool asks(const struct path_view *v, size_t flow)
{
	const struct plan_flow *f = &v->plan->flows[flow];

	return f->circuit == v->circuit_index && f->role != FLOW_NEIGHBOUR && !path_is_further_port(v->plan, flow);
}

/* Does this host still let anything out? Where it stopped in the middle of the run, flows that had nothing more to
 * ask are not stuck: what counts is that for a while most were refused and none left. */
static void find_cut(struct observables *o, const struct path_view *v, const struct own_flow *own)
{
	struct wall_ns left = {0}, refused = {0};
	size_t flows = 0, stuck = 0, since = 0;

	for (size_t i = 0; i < v->plan->flow_count; i++) {
		if (!asks(v, i))
			continue;
		flows++;
		stuck += own_host_stuck(v, own, i);
		if (own[i].left_at.ns > left.ns)
			left = own[i].left_at;
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

void own_host_look(struct observables *o, const struct path_view *v, struct own_flow *own)
{
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		if (r->sent_at.ns > own[r->flow].left_at.ns)
			own[r->flow].left_at = r->sent_at;
	}
	find_cut(o, v, own);
	find_cut_targets(v, own);
	o->neighbour_dead = neighbour_is_dead(v);
}
