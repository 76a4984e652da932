/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams take their turns. */
#include "analysis/fold/schedule.h"

#include "analysis/fold/due.h"
#include "analysis/observables/partial.h"

#include <math.h>
#include <stdlib.h>

/* Many flows: not every one can be asked in time, and each look at them costs. Then only
 * those of the first targets look at hops, and a link's own ends come first (due.c). */
#define MANY_FLOWS 600
#define SWEEPING_TARGETS 16

/* What is left of the rate goes by information (due_more()): not for less than that many bits, or where less
 * than that is in doubt, and not out of the last part of the budget. */
#define SURPLUS_BITS 1e-6
#define SURPLUS_DOUBT 0.01
#define SURPLUS_BUDGET 0.75

#define LARGE_UNSEEN_NS NS_PER_SEC /* asked for, but not seen leaving for so long: they did not */

bool schedule_same_end(const struct plan_flow *a, const struct plan_flow *b)
{
	return a->circuit == b->circuit && ip_addr_equal(&a->dst, &b->dst) && a->role == b->role;
}

uint8_t schedule_slot_ttl(int slot, const struct plan_flow *f)
{
	if (f->role == FLOW_NEIGHBOUR || slot == SLOT_GTSM)
		return PATH_TTL_GTSM;
	return slot == SLOT_FULL ? PATH_TTL_FULL : (uint8_t)slot;
}

/* One sweeping flow for each link's own ends, and one for each service of a target. */
static bool does_sweep(const struct plan *p, const struct plan_flow *f)
{
	if (f->role == FLOW_EDGE || f->role == FLOW_MSEE)
		return f->kind == PROBE_ICMP_ECHO;
	if (f->role != FLOW_TARGET && f->role != FLOW_CONTROL && f->role != FLOW_TRACE)
		return false;
	for (size_t i = 0; i < f->id; i++) {
		const struct plan_flow *g = &p->flows[i];
		if (schedule_same_end(f, g) && g->kind == f->kind && g->link == f->link &&
		    (f->role == FLOW_CONTROL || g->dst_port == f->dst_port))
			return false;
	}
	return true;
}

static void fill_paces(struct schedule *s)
{
	double burst = pace_burst(s->plan->limits.hop_rate);
	for (int fam = 0; fam < FAMILIES; fam++)
		for (int ttl = 0; ttl <= PATH_TTL_MAX; ttl++)
			s->hops[fam][ttl].tokens = burst;
	for (size_t i = 0; i < s->plan->flow_count; i++)
		s->ends[i].tokens = burst;
}

struct schedule *schedule_new(const struct plan *p)
{
	struct schedule *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->plan = p;
	s->many = p->flow_count > MANY_FLOWS;
	s->flows = calloc(p->flow_count + 1, sizeof *s->flows);
	s->ends = calloc(p->flow_count + 1, sizeof *s->ends);
	s->large = calloc(p->circuit_count + 1, sizeof *s->large);
	s->dies = calloc(p->flow_count + 1, sizeof *s->dies);
	if (!s->flows || !s->ends || !s->large || !s->dies) {
		schedule_free(s);
		return NULL;
	}
	fill_paces(s);
	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];
		bool late = s->many && f->role == FLOW_TARGET && f->target >= SWEEPING_TARGETS;
		s->flows[i].sweeps = !late && does_sweep(p, f);
		s->flows[i].further = path_is_further_port(p, i);
		s->flows[i].end = i;
		for (size_t k = p->flow_count; k-- > 0;) {
			s->flows[i].siblings = (uint16_t)(s->flows[i].siblings + schedule_same_end(f, &p->flows[k]));
			if (ip_addr_equal(&f->dst, &p->flows[k].dst))
				s->flows[i].end = k; /* the first of them */
		}
	}
	return s;
}

void schedule_free(struct schedule *s)
{
	if (!s)
		return;
	free(s->flows);
	free(s->ends);
	free(s->large);
	free(s->dies);
	half_open_free(&s->half_open);
	free(s);
}

void schedule_paths(struct schedule *s, const struct path_view *v)
{
	uint8_t furthest = 0;
	bool told = !s->many && partial_where(v, s->dies);
	for (size_t i = 0; i < v->address_count; i++)
		if (v->addresses[i].ttl > furthest)
			furthest = v->addresses[i].ttl;
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		if (r->answer != ANSWER_NONE && ip_addr_equal(&r->from, &s->plan->flows[r->flow].dst))
			s->flows[s->flows[r->flow].end].answers = true;
	}
	for (size_t i = 0; i < s->plan->flow_count; i++) {
		const struct plan_flow *f = &s->plan->flows[i];
		int fam = ip_family_index(f->dst.family);
		if (f->circuit != v->circuit_index || fam < 0)
			continue;
		struct flow_state *state = &s->flows[i];
		state->distance = path_flow_distance(v, f);
		state->furthest = furthest;
		state->dies = told && (f->role == FLOW_TARGET || f->role == FLOW_BGP_MSEE) ? s->dies[i] : 0;
		for (int l = 0; l < LINKS; l++) {
			state->edge[l] = v->distance[fam].edge[l];
			state->msee[l] = v->distance[fam].msee[l];
		}
	}
}

static uint32_t large_seen(const struct path_view *v)
{
	uint32_t n = 0;
	for (size_t i = 0; i < v->seen->count; i++)
		n += observations_is_large(&v->seen->records[i]) &&
		     v->plan->flows[v->seen->records[i].flow].circuit == v->circuit_index;
	return n;
}

void schedule_sizes(struct schedule *s, const struct path_view *v)
{
	struct large_turn *t = &s->large[v->circuit_index];
	bool on_the_way = t->asked > large_seen(v) && v->seen->now.ns - t->at_ns < LARGE_UNSEEN_NS;
	if (t->next < t->count || on_the_way)
		return;
	t->next = 0;
	t->count = sizes_next(v, t->wishes, LARGE_TURN_MAX);
}

/* What was asked for, or what the routers at this TTL are seen to answer. */
static double rate_of(const struct schedule *s, size_t flow, int slot)
{
	int fam = ip_family_index(s->plan->flows[flow].dst.family);
	double rate = s->plan->limits.hop_rate;
	return slot < SLOT_FULL && fam >= 0 ? hop_limits_rate(&s->limits, fam, slot, rate) : rate;
}

/* What a probe of this stream costs: 1, and more where the routers answer less than was asked for. */
static double cost_of(const struct schedule *s, size_t flow, int slot)
{
	double rate = rate_of(s, flow, slot);
	return isfinite(rate) && rate > 0 ? s->plan->limits.hop_rate / rate : 1;
}

static void forget_information(struct schedule *s, uint8_t circuit)
{
	for (size_t i = 0; i < s->plan->flow_count; i++)
		for (int k = 0; k < TTL_SLOTS && s->plan->flows[i].circuit == circuit; k++)
			s->flows[i].slots[k].bits = 0;
}

void schedule_inform(struct schedule *s, const struct observables *o, const struct information *i)
{
	if (s->many)
		return;
	forget_information(s, o->path->circuit_index);
	for (size_t g = 0; g < i->count && i->doubt >= SURPLUS_DOUBT; g++)
		for (size_t f = 0; f < s->plan->flow_count && i->bits[g] >= SURPLUS_BITS; f++) {
			uint8_t ttl = information_ttl(o->path, &o->groups[g], f);
			if (ttl == 0 || ttl == PATH_TTL_GTSM)
				continue; /* a BGP port has a rate of its own */
			int slot = ttl == PATH_TTL_FULL ? SLOT_FULL : ttl;
			s->flows[f].slots[slot].bits = i->bits[g] / cost_of(s, f, slot);
		}
}

/* SYNs to BGP ports that did not leave come again: the latest of a flow, which is the one that waited. */
static void take_lost_turns(struct schedule *s, const struct observations *o)
{
	for (size_t i = 0; i < s->plan->flow_count; i++) {
		struct flow_state *state = &s->flows[i];
		if (!plan_asks_bgp_port(&s->plan->flows[i]) || o->refusals[i].turn == state->turns_lost)
			continue;
		state->turns_lost = o->refusals[i].turn;
		struct stream *latest = &state->slots[SLOT_GTSM];
		for (int slot = 1; slot < SLOT_GTSM; slot++)
			latest = state->slots[slot].last_ns > latest->last_ns ? &state->slots[slot] : latest;
		latest->again = latest->asked > 0;
	}
}

/* All probes of a BGP port, signed or not and of whichever TTL, share one SYN a second. */
static bool bgp_may(const struct schedule *s, size_t flow, struct wall_ns now)
{
	const struct plan_flow *f = &s->plan->flows[flow];
	for (size_t i = 0; i < s->plan->flow_count; i++) {
		const struct plan_flow *g = &s->plan->flows[i];
		if (!plan_asks_bgp_port(g) || !ip_addr_equal(&g->dst, &f->dst))
			continue;
		for (int slot = 1; slot <= SLOT_GTSM; slot++)
			if (s->flows[i].slots[slot].asked > 0 && !s->flows[i].slots[slot].again && now.ns - s->flows[i].slots[slot].last_ns < NS_PER_SEC)
				return false;
	}
	return true;
}

static struct pace *pace_of(struct schedule *s, size_t flow, int slot)
{
	int fam = ip_family_index(s->plan->flows[flow].dst.family);
	if (slot < SLOT_FULL && fam >= 0)
		return &s->hops[fam][slot];
	return &s->ends[s->flows[flow].end];
}

struct trace_hop_rate schedule_hop_rate(const struct schedule *s, uint8_t link, int fam, int ttl)
{
	return hop_limits_told(&s->limits, link, fam, ttl, s->plan->limits.hop_rate);
}

typedef double wanted(const struct schedule *s, size_t flow, int slot, struct wall_ns now);

/* The stream that is wanted most, and at least so much. */
static bool pick(struct schedule *s, struct wall_ns now, wanted *how, double best, size_t *flow, int *slot)
{
	bool found = false;
	for (size_t i = 0; i < s->plan->flow_count; i++) {
		const struct plan_flow *f = &s->plan->flows[i];
		if (f->no_route && s->flows[i].slots[SLOT_FULL].asked > 0)
			continue;
		for (int k = due_first_slot(s, i); k < TTL_SLOTS; k = due_next_slot(s, i, k)) {
			double w = how(s, i, k, now);
			if (w <= 0 || w < best || (plan_asks_bgp_port(f) && !bgp_may(s, i, now)) ||
			    !pace_allows(pace_of(s, i, k), rate_of(s, i, k), now))
				continue;
			best = w;
			*flow = i;
			*slot = k;
			found = true;
		}
	}
	return found;
}

/* What the turns at hand still ask, as the places' paces allow. */
static size_t add_large(struct schedule *s, struct wall_ns now, struct probe_wish *wishes, size_t max)
{
	size_t n = 0;
	for (size_t c = 0; c < s->plan->circuit_count; c++) {
		struct large_turn *t = &s->large[c];
		while (t->next < t->count && n < max && s->asked < s->plan->limits.budget) {
			const struct size_wish *w = &t->wishes[t->next];
			struct flow_state *state = &s->flows[w->flow];
			struct pace *pace = pace_of(s, w->flow, w->ttl < SLOT_FULL ? w->ttl : SLOT_FULL);
			int slot = w->ttl < SLOT_FULL ? w->ttl : SLOT_FULL;
			if (state->next_index > UINT16_MAX || !pace_allows(pace, rate_of(s, w->flow, slot), now))
				break;
			pace->tokens -= 1;
			wishes[n++] = (struct probe_wish){.flow = w->flow, .kind = s->plan->flows[w->flow].kind, .ttl = w->ttl,
			                                  .size = w->size, .index = (uint16_t)state->next_index++};
			t->at_ns = now.ns;
			t->next++;
			t->asked++;
			s->asked++;
		}
	}
	return n;
}

size_t schedule_next(struct schedule *s, const struct observations *o, struct wall_ns now, struct probe_wish *wishes,
                     size_t max)
{
	size_t n = half_open_resets(&s->half_open, s->plan, o, now, wishes, max);
	hop_limits_take(&s->limits, o);
	take_lost_turns(s, o);
	n += add_large(s, now, wishes + n, max - n);
	size_t flow;
	int slot;
	while (n < max && s->asked < s->plan->limits.budget) {
		bool due = pick(s, now, due_now, 1, &flow, &slot);
		if (!due && !(s->asked < SURPLUS_BUDGET * s->plan->limits.budget && pick(s, now, due_more, 0, &flow, &slot)))
			break;
		struct flow_state *state = &s->flows[flow];
		struct stream *stream = &state->slots[slot];
		const struct plan_flow *f = &s->plan->flows[flow];
		wishes[n++] = (struct probe_wish){.flow = (uint16_t)flow, .kind = f->kind, .ttl = schedule_slot_ttl(slot, f),
		                                  .index = (uint16_t)state->next_index++};
		pace_of(s, flow, slot)->tokens -= 1;
		stream->last_ns = now.ns;
		stream->again = false;
		stream->asked++;
		stream->more += !due;
		stream->expected += due ? 0 : stream->bits;
		s->asked++;
	}
	return n;
}
