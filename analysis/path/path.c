/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses to links, flows to links, distances. */
#include "analysis/path/path.h"

#include <stdlib.h>
#include <string.h>

static bool is_ours(const struct path_view *v, const struct plan_flow *f)
{
	return f->circuit == v->circuit_index;
}

static struct path_address *address_find(struct path_view *v, const struct ip_addr *a)
{
	for (size_t i = 0; i < v->address_count; i++)
		if (ip_addr_equal(&v->addresses[i].addr, a))
			return &v->addresses[i];
	return NULL;
}

static struct path_address *address_add(struct path_view *v, const struct ip_addr *a)
{
	struct path_address *found = address_find(v, a);
	if (found || !ip_addr_is_set(a) || v->address_count == PATH_ADDRESSES_MAX)
		return found;
	found = &v->addresses[v->address_count++];
	*found = (struct path_address){.addr = *a, .link = LINK_ANY};
	return found;
}

bool path_is_end_answer(const struct plan_flow *f, const struct probe_record *r)
{
	switch (r->answer) {
	case ANSWER_ECHO_REPLY:
	case ANSWER_SYN_ACK:
	case ANSWER_HALF_OPEN:
	case ANSWER_RST:
	case ANSWER_NEIGHBOUR:
		return ip_addr_equal(&r->from, &f->dst);
	case ANSWER_UNREACHABLE: /* port unreachable and its like come from the end itself */
		return ip_addr_equal(&r->from, &f->dst);
	default:
		return false;
	}
}

bool path_is_further_port(const struct plan *p, size_t flow)
{
	const struct plan_flow *f = &p->flows[flow];
	for (size_t i = 0; f->role == FLOW_BGP_MSEE && i < flow; i++) {
		const struct plan_flow *g = &p->flows[i];
		if (g->role == f->role && g->circuit == f->circuit && g->link == f->link && ip_addr_equal(&g->dst, &f->dst))
			return true;
	}
	return false;
}

/* --- distances --- */

static uint8_t *path_target_slot(const struct path_view *v, size_t target, uint8_t link)
{
	return &v->target_distance[target * (LINKS + 1) + (link < LINKS ? link : LINKS)];
}

/* A flow whose link is not known goes as far as the longer of the two. */
uint8_t path_target_distance(const struct path_view *v, size_t target, enum link_id link)
{
	uint8_t own = *path_target_slot(v, target, (uint8_t)link);
	for (uint8_t l = 0; link == LINK_ANY && l < LINKS; l++)
		if (*path_target_slot(v, target, l) > own)
			own = *path_target_slot(v, target, l);
	return own;
}

static uint8_t *distance_slot(struct path_view *v, const struct plan_flow *f)
{
	int fam = ip_family_index(f->dst.family);
	if (fam < 0)
		return NULL;
	switch (f->role) {
	case FLOW_EDGE:
		return f->link < LINKS ? &v->distance[fam].edge[f->link] : NULL;
	case FLOW_MSEE:
	case FLOW_BGP_MSEE:
	case FLOW_BGP_SIGNED:
		return f->link < LINKS ? &v->distance[fam].msee[f->link] : NULL;
	case FLOW_TARGET:
	case FLOW_CONTROL:
		/* The links may be of different length, seen from us. */
		return f->target < v->circuit->target_count ? path_target_slot(v, f->target, v->flow_link[f->id]) : NULL;
	default:
		return NULL;
	}
}

uint8_t path_flow_distance(const struct path_view *v, const struct plan_flow *f)
{
	if ((f->role == FLOW_TARGET || f->role == FLOW_CONTROL) && f->target < v->circuit->target_count)
		return path_target_distance(v, f->target, (enum link_id)v->flow_link[f->id]);
	const uint8_t *slot = distance_slot((struct path_view *)(uintptr_t)v, f);
	return slot ? *slot : 0;
}

/* A TCP reset below the distance that other protocols show is a firewall's, not
 * the end's: so distances come from echo replies and SYN-ACKs where there are any. */
static void learn_distances(struct path_view *v, bool trust_resets, const bool *known)
{
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		if (!is_ours(v, f) || !path_is_end_answer(f, r))
			continue;
		if ((f->role == FLOW_TARGET || f->role == FLOW_CONTROL) && f->target < v->circuit->target_count)
			v->target_answered[f->target] = true;
		if (r->ttl > PATH_TTL_MAX)
			continue;
		if (r->answer == ANSWER_UNREACHABLE || (r->answer == ANSWER_RST) != trust_resets)
			continue;
		uint8_t *slot = distance_slot(v, f);
		if (slot && !known[r->flow] && (*slot == 0 || r->ttl < *slot))
			*slot = r->ttl;
	}
}

/* Resets alone tell of an end that nothing else has shown: the nearest of them. */
static void learn_from_resets(struct path_view *v, bool *known)
{
	for (size_t i = 0; i < v->plan->flow_count; i++)
		known[i] = is_ours(v, &v->plan->flows[i]) && path_flow_distance(v, &v->plan->flows[i]) > 0;
	learn_distances(v, true, known);
}

/* The MSEE also shows itself by an expired probe: the same place, one hop short of
 * nothing. Used where it does not answer probes of its own. */
static void learn_msee_from_expired(struct path_view *v)
{
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		int fam = ip_family_index(f->dst.family);
		if (!is_ours(v, f) || fam < 0 || r->answer != ANSWER_TIME_EXCEEDED)
			continue;
		for (int l = 0; l < LINKS; l++) {
			if (!ip_addr_equal(&r->from, &v->circuit->links[l].msee[fam]))
				continue;
			uint8_t *slot = &v->distance[fam].msee[l];
			if (*slot == 0 || r->ttl < *slot)
				*slot = r->ttl;
		}
	}
}

static void complete_distances(struct path_view *v)
{
	for (int fam = 0; fam < FAMILIES; fam++)
		for (int l = 0; l < LINKS; l++) {
			uint8_t *edge = &v->distance[fam].edge[l], *msee = &v->distance[fam].msee[l];
			if (v->circuit->links[l].on_edge[fam]) {
				*edge = 0;
				*msee = 1;
				continue;
			}
			if (*edge == 0 && *msee > 1)
				*edge = (uint8_t)(*msee - 1);
			if (*msee == 0 && *edge > 0)
				*msee = (uint8_t)(*edge + 1); /* a /30 joins them: nothing is between */
		}
}

/* --- links --- */

static void learn_addresses(struct path_view *v)
{
	for (int l = 0; l < LINKS; l++)
		for (int fam = 0; fam < FAMILIES; fam++) {
			struct path_address *a = address_add(v, &v->circuit->links[l].ce[fam]);
			if (a)
				a->link = (uint8_t)l;
			a = address_add(v, &v->circuit->links[l].msee[fam]);
			if (a)
				a->link = (uint8_t)l;
		}
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		if (!is_ours(v, f) || (r->answer != ANSWER_TIME_EXCEEDED && r->answer != ANSWER_UNREACHABLE))
			continue;
		struct path_address *a = address_add(v, &r->from);
		if (!a)
			continue;
		if (f->link < LINKS)
			a->seen |= (uint8_t)(1u << f->link);
		if (r->answer != ANSWER_TIME_EXCEEDED)
			continue;
		a->roles |= (uint16_t)(1u << f->role);
		if (a->ttl == 0 || r->ttl < a->ttl)
			a->ttl = r->ttl;
	}
}

static bool link_end_answered(const struct path_view *v, int link)
{
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		if (is_ours(v, f) && f->link == link && (f->role == FLOW_EDGE || f->role == FLOW_MSEE) &&
		    path_is_end_answer(f, r))
			return true;
	}
	return false;
}

/* A hop that only one link's own flows met is that link's. Where both met it and
 * only one of the two came through, the other was led astray by a missing route. */
static void settle_addresses(struct path_view *v)
{
	bool through[LINKS] = {link_end_answered(v, 0), link_end_answered(v, 1)};
	uint8_t nearest_fork = 0;
	for (size_t i = 0; i < v->address_count; i++) {
		struct path_address *a = &v->addresses[i];
		if (a->link != LINK_ANY || a->seen == 0)
			continue;
		if (a->seen == 1 || a->seen == 2)
			a->link = a->seen == 1 ? LINK_PRIMARY : LINK_SECONDARY;
		if (a->link != LINK_ANY && a->ttl > 0 && (nearest_fork == 0 || a->ttl < nearest_fork))
			nearest_fork = a->ttl;
	}
	if (through[0] == through[1] || nearest_fork == 0)
		return;
	for (size_t i = 0; i < v->address_count; i++) {
		struct path_address *a = &v->addresses[i];
		if (a->link == LINK_ANY && a->seen == 3 && a->ttl >= nearest_fork)
			a->link = through[0] ? LINK_PRIMARY : LINK_SECONDARY;
	}
}

enum link_id path_address_link(const struct path_view *v, const struct ip_addr *a)
{
	const struct path_address *found = address_find((struct path_view *)(uintptr_t)v, a);
	return found ? (enum link_id)found->link : LINK_ANY;
}

/* What a flow met at one distance: an address' place and one more, and whether it met the
 * other link behind it before and since. */
struct met { uint16_t address; bool before, since; };
#define MET_ROOM (PATH_TTL_MAX + 1)

static bool is_link_end(const struct path_view *v, const struct ip_addr *a)
{
	int fam = ip_family_index(a->family);
	for (int l = 0; fam >= 0 && l < LINKS; l++)
		if (ip_addr_equal(a, &v->circuit->links[l].ce[fam]) || ip_addr_equal(a, &v->circuit->links[l].msee[fam]))
			return true;
	return false;
}

/* The hop that one flow meets now: other hop, other link, other hop again, or the other way
 * round, is no move of the flow, so that the nearer of the two belongs to both links. */
static void take_met(const struct path_view *v, struct met *row, uint8_t ttl, uint16_t address, bool *shared)
{
	uint8_t link = v->addresses[address].link;
	if (row[ttl].address == address + 1 && row[ttl].since)
		shared[address] = true;
	row[ttl] = (struct met){.address = (uint16_t)(address + 1)};
	for (uint8_t t = 1; t < MET_ROOM; t++) {
		if (t == ttl || row[t].address == 0 || v->addresses[row[t].address - 1].link == link)
			continue;
		if (t > ttl) {
			row[ttl].before = true;
			continue;
		}
		if (row[t].before)
			shared[row[t].address - 1] = true;
		row[t].since = true;
	}
}

/* What lies as near as a router that both links share, or nearer, is before they part: of equal routers there one
 * that only few flows have met so far looks like one link's. Flows that a missing route led astray share routers
 * behind the fork too: so what both links' own flows met counts where both came through. */
static void drop_before_fork(struct path_view *v, const bool *shared)
{
	bool both_through = link_end_answered(v, 0) && link_end_answered(v, 1);
	uint8_t fork[FAMILIES] = {0}; /* furthest router of both links; 0 = none */
	for (size_t i = 0; i < v->address_count; i++) {
		const struct path_address *a = &v->addresses[i];
		int fam = ip_family_index(a->addr.family);
		bool of_both = shared[i] || (both_through && a->link == LINK_ANY && a->seen == 3);
		if (fam >= 0 && of_both && !is_link_end(v, &a->addr) && a->ttl > fork[fam])
			fork[fam] = a->ttl;
	}
	for (size_t i = 0; i < v->address_count; i++) {
		struct path_address *a = &v->addresses[i];
		int fam = ip_family_index(a->addr.family);
		if (fam >= 0 && !is_link_end(v, &a->addr) && (shared[i] || (a->ttl > 0 && a->ttl <= fork[fam])))
			a->link = LINK_ANY;
	}
}

/* Equal routers before the links part: each link's few flows of its own may have met
 * another of them, which then looks like that link's. */
static bool drop_shared(struct path_view *v)
{
	bool shared[PATH_ADDRESSES_MAX] = {false};
	struct met *met = calloc((v->plan->flow_count + 1) * MET_ROOM, sizeof *met);
	if (!met)
		return false;
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		if (!is_ours(v, f) || f->link != LINK_ANY || r->answer != ANSWER_TIME_EXCEEDED || r->ttl > PATH_TTL_MAX)
			continue;
		const struct path_address *a = address_find(v, &r->from);
		if (a && a->link != LINK_ANY)
			take_met(v, &met[r->flow * MET_ROOM], r->ttl, (uint16_t)(a - v->addresses), shared);
	}
	drop_before_fork(v, shared);
	free(met);
	return true;
}

/* How near each link's own flows found their ends; 0 = never. */
static void learn_own_ends(const struct path_view *v, uint8_t ends[FAMILIES][LINKS])
{
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		int fam = ip_family_index(f->dst.family);
		if (!is_ours(v, f) || fam < 0 || f->link >= LINKS || r->ttl > PATH_TTL_MAX || !path_is_end_answer(f, r))
			continue;
		uint8_t *end = &ends[fam][f->link];
		*end = *end == 0 || r->ttl < *end ? r->ttl : *end;
	}
}

/* Which link's end a flow showed last, and when: link and one more, 0 = none; ENDS_OF_BOTH: it moved. */
struct end_met { struct wall_ns at; uint8_t of; };
#define ENDS_OF_BOTH (LINKS + 1)
/* A hop that was asked for no longer before the link's end lies on the same way: so soon flows hardly move. */
#define SAME_WAY_NS (NS_PER_SEC / 2)
#define OWN_TO_OTHER 4 /* of a router of one link: a flow that moved may speak against it */

/* Answers of a router to flows that showed a link's end behind it. */
struct witness { unsigned of[LINKS]; };

static void learn_ends(const struct path_view *v, struct end_met *ends)
{
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		if (!is_ours(v, f) || f->link != LINK_ANY || r->answer != ANSWER_TIME_EXCEEDED || !is_link_end(v, &r->from))
			continue;
		struct end_met *e = &ends[r->flow];
		uint8_t of = (uint8_t)(path_address_link(v, &r->from) + 1);
		*e = (struct end_met){r->sent_at, e->of == 0 || e->of == of ? of : ENDS_OF_BOTH};
	}
}

static void hear_witnesses(const struct path_view *v, const struct end_met *ends, struct witness *w)
{
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct end_met *e = &ends[r->flow];
		if (e->of == 0 || e->of == ENDS_OF_BOTH || r->answer != ANSWER_TIME_EXCEEDED || is_link_end(v, &r->from))
			continue;
		const struct path_address *a = address_find((struct path_view *)(uintptr_t)v, &r->from);
		if (a && wall_since(e->at, r->sent_at) < SAME_WAY_NS)
			w[a - v->addresses].of[e->of - 1]++;
	}
}

/* One that limits its answers may have told few flows of itself: it is no link's where flows passed it and showed the other link's end. */
static bool is_unproven(const struct path_address *a, const struct witness *w)
{
	unsigned there = w->of[1 - a->link];
	return there > 0 && w->of[a->link] < OWN_TO_OTHER * there;
}

/* As far as either link's edge, the links have parted: what no link's own flow met there is the link's whose end alone was
 * shown by what passed it. */
static uint8_t link_by_witness(const struct path_address *a, const uint8_t ends[LINKS], const struct witness *w)
{
	bool parted = (ends[0] > 0 && a->ttl >= ends[0]) || (ends[1] > 0 && a->ttl >= ends[1]);
	if (a->seen != 0 || !parted || (w->of[0] > 0) == (w->of[1] > 0))
		return LINK_ANY;
	return w->of[0] > 0 ? LINK_PRIMARY : LINK_SECONDARY;
}

static bool judge_by_witnesses(struct path_view *v)
{
	uint8_t own[FAMILIES][LINKS] = {{0}};
	struct witness heard[PATH_ADDRESSES_MAX] = {0};
	struct end_met *ends = calloc(v->plan->flow_count + 1, sizeof *ends);
	if (!ends)
		return false;
	learn_own_ends(v, own);
	learn_ends(v, ends);
	hear_witnesses(v, ends, heard);
	for (size_t i = 0; i < v->address_count; i++) {
		struct path_address *a = &v->addresses[i];
		int fam = ip_family_index(a->addr.family);
		if (fam < 0 || a->ttl == 0 || a->ttl > PATH_TTL_MAX || is_link_end(v, &a->addr))
			continue;
		if (a->link == LINK_ANY)
			a->link = link_by_witness(a, own[fam], &heard[i]);
		else if (is_unproven(a, &heard[i]))
			a->link = LINK_ANY;
	}
	free(ends);
	return true;
}

/* Where this host is the edge itself, its own routing decides, and without a sign of
 * the other link its traffic takes its own. */
static uint8_t link_at_start(const struct path_view *v, const struct plan_flow *f)
{
	int fam = ip_family_index(f->dst.family);
	if (f->link != LINK_ANY || f->circuit != v->circuit_index || fam < 0 || f->role != FLOW_TARGET)
		return f->link;
	for (uint8_t l = 0; l < LINKS; l++)
		if (v->circuit->links[l].on_edge[fam] && !v->circuit->links[1 - l].on_edge[fam])
			return l;
	return LINK_ANY;
}

/* Where a flow was located last. */
struct place { struct wall_ns at; uint8_t ttl; };
/* So long a hop counts more than what is nearer: nearer hops may be shared after all. */
#define NEARER_WAITS_NS (3 * NS_PER_SEC)

/* The most recent answer decides: routing may have changed while we watched. */
static void settle_flows(struct path_view *v, struct place *located)
{
	for (size_t i = 0; i < v->plan->flow_count; i++)
		v->flow_link[i] = link_at_start(v, &v->plan->flows[i]);
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		if (!is_ours(v, f) || f->link != LINK_ANY ||
		    (r->answer != ANSWER_TIME_EXCEEDED && r->answer != ANSWER_UNREACHABLE))
			continue;
		enum link_id link = path_address_link(v, &r->from);
		if (link == LINK_ANY)
			continue;
		struct place *p = &located[r->flow];
		uint8_t hop = r->answer == ANSWER_TIME_EXCEEDED ? r->ttl : 1; /* an error's sender may be anywhere */
		bool other = p->ttl > 0 && v->flow_link[r->flow] != link;
		if (other && hop < p->ttl && !is_link_end(v, &r->from) && wall_since(r->sent_at, p->at) < NEARER_WAITS_NS)
			continue;
		v->flow_moved[r->flow] = v->flow_moved[r->flow] || other;
		*p = (struct place){r->sent_at, hop};
		v->flow_link[r->flow] = (uint8_t)link;
	}
}

bool path_view_build(struct path_view *v, const struct plan *p, uint8_t circuit, const struct observations *o)
{
	memset(v, 0, sizeof *v);
	v->plan = p;
	v->circuit = &p->circuits[circuit];
	v->circuit_index = circuit;
	v->seen = o;
	v->target_distance = calloc((v->circuit->target_count + 1) * (LINKS + 1), 1);
	v->target_answered = calloc(v->circuit->target_count + 1, sizeof *v->target_answered);
	v->flow_link = calloc(p->flow_count + 1, 1);
	v->flow_moved = calloc(p->flow_count + 1, sizeof *v->flow_moved);
	struct place *located = calloc(p->flow_count + 1, sizeof *located);
	bool *known = calloc(p->flow_count + 1, sizeof *known);
	bool done = v->target_distance && v->target_answered && v->flow_link && v->flow_moved && located && known;
	if (done) {
		learn_addresses(v);
		settle_addresses(v);
		done = drop_shared(v) && judge_by_witnesses(v);
	}
	if (done) {
		settle_flows(v, located);
		learn_distances(v, false, known);
		learn_from_resets(v, known);
		learn_msee_from_expired(v);
		complete_distances(v);
	} else {
		path_view_free(v);
	}
	free(located);
	free(known);
	return done;
}

void path_view_free(struct path_view *v)
{
	free(v->target_distance);
	free(v->target_answered);
	free(v->flow_link);
	free(v->flow_moved);
	memset(v, 0, sizeof *v);
}

/* --- hops --- */

uint8_t path_record_hop(const struct path_view *v, const struct probe_record *r)
{
	const struct plan_flow *f = &v->plan->flows[r->flow];
	uint8_t distance = path_flow_distance(v, f);
	if (distance > 0 && r->ttl >= distance)
		return distance;
	return r->ttl <= PATH_TTL_MAX ? r->ttl : 0;
}

enum domain path_hop_domain(const struct path_view *v, uint8_t fam, enum link_id link, uint8_t ttl,
                            const struct ip_addr *a)
{
	enum domain named = ip_addr_is_set(a) ? plan_domain_of(v->circuit, a) : DOMAIN_NONE;
	if (named != DOMAIN_NONE)
		return named;
	bool provider_edge = v->circuit->handoff == HANDOFF_L3;
	for (int l = 0; l < LINKS; l++) {
		if (link != LINK_ANY && link != (enum link_id)l)
			continue;
		uint8_t edge = v->distance[fam].edge[l], msee = v->distance[fam].msee[l];
		if (msee > 0 && ttl >= msee)
			return DOMAIN_AZURE;
		if (edge > 0 && ttl == edge)
			return provider_edge ? DOMAIN_WAN : DOMAIN_CORPORATE;
		if (edge > 0 && ttl < edge)
			return provider_edge ? DOMAIN_NONE : DOMAIN_CORPORATE;
	}
	return DOMAIN_NONE;
}
