/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorts probe records into groups of traffic. */
#include "analysis/observables/observables.h"

#include "analysis/observables/interruption.h"
#include "analysis/observables/jitter.h"
#include "analysis/observables/own_host.h"
#include "analysis/observables/partial.h"
#include "analysis/observables/shared_delay.h"
#include "analysis/observables/unheard.h"
#include "analysis/observables/unreach.h"
#include "analysis/observables/usual.h"
#include "analysis/path/stats.h"

#include <stdlib.h>
#include <string.h>

/* An unreachable error is yesterday's news once this many answers came after it. */
#define ANSWERS_THAT_REFUTE 2

struct builder {
	struct observables *o;
	const struct path_view *v;
	int32_t *group_of;       /* per record: its group or -1 */
	size_t group_room;       /* places in o->groups */
	int32_t *table;          /* groups by their key: open addressing, -1 = free */
	size_t table_size;       /* a power of two, at least twice the groups */
	uint32_t *answers_since; /* per group: answers after the latest error */
	bool out_of_memory;
	bool *unrouted;          /* per circuit target: a router says that there is no way to it */
	uint8_t no_route[FAMILIES][LINKS]; /* hop that has none to the link's ends: see unreach_end_hops() */
	bool *meets_edge;        /* per plan flow: a probe of it expired at the edge's hop */
	bool msee_speaks[FAMILIES][LINKS]; /* asked itself, over its link */
	bool takes_plain[FAMILIES][LINKS]; /* its BGP port answers also a SYN that does not pass GTSM */
	bool *lives;             /* per plan flow: it answers after the last of its losses */
	bool *half_open;         /* per plan flow: see outages_cover */
	struct link_outages outages[LINKS];
	struct own_flow *own;    /* per plan flow */
	uint8_t fork[FAMILIES];  /* nearest hop that belongs to one link alone; 0 = not known */
};

/* --- which group does a record belong to? --- */

static void find_forks(struct builder *b)
{
	const struct path_view *v = b->v;
	for (size_t i = 0; i < v->address_count; i++) {
		const struct path_address *a = &v->addresses[i];
		int fam = ip_family_index(a->addr.family);
		if (fam < 0 || a->link == LINK_ANY || a->ttl == 0)
			continue;
		if (b->fork[fam] == 0 || a->ttl < b->fork[fam])
			b->fork[fam] = a->ttl;
	}
}

static uint8_t hop_link(const struct builder *b, uint8_t fam, uint8_t hop, uint8_t flow_link)
{
	return b->fork[fam] > 0 && hop < b->fork[fam] ? LINK_ANY : flow_link;
}

/* Flows whose probes come as far as the edge, and MSEEs that answer. */
static void find_met(struct builder *b)
{
	for (size_t i = 0; i < b->v->seen->count; i++) {
		const struct probe_record *r = &b->v->seen->records[i];
		const struct plan_flow *f = &b->v->plan->flows[r->flow];
		int fam = ip_family_index(f->dst.family);
		uint8_t link = b->v->flow_link[r->flow];
		if (f->circuit != b->v->circuit_index || fam < 0 || link >= LINKS)
			continue;
		if (f->role == FLOW_TARGET && r->answer == ANSWER_TIME_EXCEEDED && r->ttl == b->v->distance[fam].edge[link])
			b->meets_edge[r->flow] = true;
		if ((f->role == FLOW_MSEE || f->role == FLOW_BGP_MSEE) && path_is_end_answer(f, r))
			b->msee_speaks[fam][link] = true;
		if (f->role == FLOW_BGP_MSEE && r->ttl == PATH_TTL_FULL && path_is_end_answer(f, r))
			b->takes_plain[fam][link] = true;
	}
}

/* A flow to a target that is silent comes as far as the edge, which reports no missing route, and the MSEE is not heard in any way:
 * then its silence as a hop counts as well. */
static bool is_silent_msee(const struct builder *b, const struct probe_record *r, uint8_t fam)
{
	uint8_t link = b->v->flow_link[r->flow];
	return link < LINKS && b->meets_edge[r->flow] && !b->msee_speaks[fam][link] && r->ttl == b->v->distance[fam].msee[link];
}

/* Key of a target's record that expired on the way, or reached the end. */
static bool key_target(const struct builder *b, const struct probe_record *r, const struct plan_flow *f,
                       struct traffic_group *key)
{
	uint8_t fam = key->fam, end = path_flow_distance(b->v, f);
	if (r->ttl > PATH_TTL_MAX || (end > 0 && r->ttl >= end)) {
		key->cls = f->role == FLOW_CONTROL ? GROUP_CONTROL : GROUP_TARGET;
		key->target = f->target;
		key->addr = f->dst;
		if (f->role == FLOW_CONTROL)
			key->link = LINK_ANY;
		return true;
	}
	/* Without a route a probe draws an error, or nothing where errors are limited,
	 * instead of expiring at the hops behind: that is no silence of theirs. */
	if (f->role == FLOW_CONTROL || b->unrouted[f->target] || path_is_end_answer(f, r))
		return false; /* an end's answer from too near is a firewall's, see take_early_reset() */
	/* Nor is it where the target answers nothing at all: perhaps a router drops for
	 * want of a route and says so to somebody else first. */
	if (!b->v->target_answered[f->target] && r->answer == ANSWER_NONE && !is_silent_msee(b, r, fam))
		return false;
	uint8_t msee = 0;
	for (int l = 0; l < LINKS; l++)
		if ((key->link == l || key->link == LINK_ANY) && b->v->distance[fam].msee[l] > msee)
			msee = b->v->distance[fam].msee[l];
	if (msee > 0 && r->ttl > msee)
		return false; /* the gateway and beyond: silent by nature */
	key->hop = r->ttl;
	key->cls = msee > 0 && r->ttl == msee ? GROUP_MSEE_HOP : GROUP_HOP;
	if (key->cls == GROUP_MSEE_HOP && key->link < LINKS)
		key->addr = b->v->circuit->links[key->link].msee[fam];
	key->link = hop_link(b, fam, r->ttl, key->link);
	return true;
}

static bool key_link_end(const struct builder *b, const struct probe_record *r, const struct plan_flow *f,
                         struct traffic_group *key)
{
	uint8_t end = path_flow_distance(b->v, f);
	if (r->ttl > PATH_TTL_MAX || (end > 0 && r->ttl >= end)) {
		key->cls = f->role == FLOW_EDGE ? GROUP_EDGE : GROUP_MSEE;
		key->addr = f->dst;
		return true;
	}
	if (r->answer == ANSWER_NONE && f->link < LINKS && r->ttl == b->no_route[key->fam][f->link])
		return false; /* no silence of the hop's */
	key->cls = GROUP_HOP;
	key->hop = r->ttl;
	key->link = hop_link(b, key->fam, r->ttl, f->link);
	return true;
}

static bool record_key(const struct builder *b, const struct probe_record *r, struct traffic_group *key)
{
	const struct plan_flow *f = &b->v->plan->flows[r->flow];
	int fam = ip_family_index(f->dst.family);
	memset(key, 0, sizeof *key);
	if (f->circuit != b->v->circuit_index || fam < 0 || observations_is_large(r))
		return false;
	key->fam = (uint8_t)fam;
	key->link = b->v->flow_link[r->flow];
	key->kind = f->kind;
	key->port = f->kind == PROBE_TCP_SYN ? f->dst_port : 0;
	switch (f->role) {
	case FLOW_EDGE:
	case FLOW_MSEE:
		return key_link_end(b, r, f, key);
	case FLOW_BGP_MSEE:
		if (r->ttl <= PATH_TTL_MAX)
			return key_link_end(b, r, f, key);
		key->cls = GROUP_BGP;
		key->addr = f->dst;
		return r->ttl == PATH_TTL_GTSM || (key->link < LINKS && b->takes_plain[fam][key->link]); /* a plain one where GTSM drops none */
	case FLOW_TARGET:
	case FLOW_CONTROL:
		return key_target(b, r, f, key);
	case FLOW_NEIGHBOUR:
		key->cls = GROUP_MSEE;
		key->addr = f->dst;
		return f->link < LINKS; /* on the edge: the MSEE itself is asked */
	default:
		return false;
	}
}

static bool same_group(const struct traffic_group *a, const struct traffic_group *b)
{
	return a->cls == b->cls && a->link == b->link && a->fam == b->fam && a->hop == b->hop &&
	       a->kind == b->kind && a->port == b->port &&
	       ((a->cls != GROUP_TARGET && a->cls != GROUP_CONTROL) || a->target == b->target);
}

/* Only a place in a table: who chose the addresses can make it slow, not wrong. */
static size_t group_hash(const struct traffic_group *g)
{
	uint32_t h = (uint32_t)g->cls * 31u + g->link;
	h = h * 31u + g->fam;
	h = h * 31u + g->hop;
	h = h * 31u + g->kind;
	h = h * 65599u + g->port;
	if (g->cls == GROUP_TARGET || g->cls == GROUP_CONTROL)
		h = h * 65599u + g->target;
	h *= 2654435761u;
	return h ^ h >> 15;
}

/* Where the key stands in the table, or the free place where it would. */
static size_t table_place(const struct builder *b, const struct traffic_group *key)
{
	size_t at = group_hash(key) & (b->table_size - 1);
	while (b->table[at] >= 0 && !same_group(&b->o->groups[b->table[at]], key))
		at = (at + 1) & (b->table_size - 1);
	return at;
}

static bool grow_groups(struct builder *b)
{
	size_t room = b->group_room ? 2 * b->group_room : 128;
	struct traffic_group *groups = realloc(b->o->groups, room * sizeof *groups);
	if (groups)
		b->o->groups = groups;
	uint32_t *answers = realloc(b->answers_since, room * sizeof *answers);
	if (answers)
		b->answers_since = answers;
	int32_t *table = malloc(4 * room * sizeof *table);
	if (!groups || !answers || !table) {
		free(table);
		return false;
	}
	free(b->table);
	b->table = table;
	b->table_size = 4 * room;
	b->group_room = room;
	for (size_t i = 0; i < b->table_size; i++)
		b->table[i] = -1;
	for (size_t i = 0; i < b->o->group_count; i++)
		b->table[table_place(b, &groups[i])] = (int32_t)i;
	return true;
}

/* The group of this key, made where there is none; -1 without memory. */
static int32_t group_index(struct builder *b, const struct traffic_group *key)
{
	struct observables *o = b->o;
	if (o->group_count == b->group_room && !grow_groups(b)) {
		b->out_of_memory = true;
		return -1;
	}
	size_t at = table_place(b, key);
	if (b->table[at] < 0) {
		b->table[at] = (int32_t)o->group_count;
		b->answers_since[o->group_count] = 0;
		o->groups[o->group_count++] = *key;
	}
	return b->table[at];
}

/* --- what a record adds to its group --- */

static void take_unreach(struct traffic_group *g, const struct path_view *v, const struct probe_record *r)
{
	enum unreach u = unreach_of(v, r);
	if (u == UNREACH_NONE)
		return;
	g->unreach = u;
	g->unreach_count++;
	g->unreach_from = r->from;
	g->unreach_type = r->icmp_type;
	g->unreach_code = r->icmp_code;
}

static void count_flow(struct traffic_group *g, uint16_t flow, bool answered)
{
	uint8_t i = 0;
	while (i < g->flow_count && g->flows[i].flow != flow)
		i++;
	if (i == GROUP_FLOWS_MAX)
		i = GROUP_FLOWS_MAX - 1; /* the last place takes the rest */
	else if (i == g->flow_count)
		g->flows[g->flow_count++].flow = flow;
	g->flows[i].sent++;
	g->flows[i].answered += answered;
}

/* The majority, if there is one (Boyer and Moore). */
static void count_reply_ttl(struct traffic_group *g, uint8_t ttl)
{
	if (g->reply_votes == 0)
		g->reply_ttl = ttl;
	g->reply_votes += g->reply_ttl == ttl ? 1u : -1u;
}

static void take_record(struct builder *b, size_t index, struct traffic_group *g, uint32_t *answers_since)
{
	const struct probe_record *r = &b->v->seen->records[index];
	const struct plan_flow *f = &b->v->plan->flows[r->flow];
	enum record_state state = observations_state(b->v->seen, r);
	if (state == RECORD_WAITING || state == RECORD_SET_ASIDE)
		return;
	if (state == RECORD_UNREACHABLE && (g->cls == GROUP_HOP || g->cls == GROUP_MSEE_HOP))
		return; /* it never got there: says nothing of the hop */
	b->group_of[index] = (int32_t)(g - b->o->groups);
	bool answered = state == RECORD_ANSWERED || (state == RECORD_UNREACHABLE && path_is_end_answer(f, r));
	g->sent++;
	count_flow(g, r->flow, answered);
	if (!answered) {
		g->last_run++;
		if (state == RECORD_UNREACHABLE) {
			take_unreach(g, b->v, r);
			*answers_since = 0;
		}
		return;
	}
	g->last_run = 0;
	g->answered++;
	count_reply_ttl(g, r->reply_ttl);
	if (g->cls == GROUP_HOP && !ip_addr_is_set(&g->addr))
		g->addr = r->from;
	/* The end's own ICMP error in place of a SYN-ACK refuses as a RST does. */
	if (r->answer == ANSWER_RST || (state == RECORD_UNREACHABLE && f->kind == PROBE_TCP_SYN))
		g->refused++;
	if (++*answers_since >= ANSWERS_THAT_REFUTE)
		g->unreach = UNREACH_NONE;
}

/* A reset that a SYN drew before it could reach the target is a firewall's. */
static void take_early_reset(struct builder *b, const struct probe_record *r)
{
	const struct plan_flow *f = &b->v->plan->flows[r->flow];
	uint8_t end = path_flow_distance(b->v, f);
	if (f->role != FLOW_TARGET || r->answer != ANSWER_RST || end == 0 || r->ttl >= end)
		return;
	enum domain d = path_hop_domain(b->v, (uint8_t)ip_family_index(f->dst.family),
	                                (enum link_id)b->v->flow_link[r->flow], r->ttl, &(struct ip_addr){0});
	for (size_t i = 0; i < b->o->group_count; i++) {
		struct traffic_group *g = &b->o->groups[i];
		if (g->cls != GROUP_TARGET || g->target != f->target || g->kind != f->kind || g->port != f->dst_port ||
		    (g->hop > 0 && g->hop <= r->ttl))
			continue;
		g->hop = r->ttl; /* the nearest that drew one: that is where the firewall sits */
		g->unreach = d == DOMAIN_AZURE ? UNREACH_ADMIN_AZURE : d == DOMAIN_WAN ? UNREACH_ADMIN_WAN : UNREACH_ADMIN_CORP;
		g->unreach_count++;
		g->unreach_from = f->dst;
	}
}

/* Round trips, sorted into groups in one go over the records. */
static bool gather_rtts(struct builder *b)
{
	const struct observations *seen = b->v->seen;
	struct observables *o = b->o;
	size_t *end = calloc(o->group_count + 1, sizeof *end);
	int64_t *rtts = calloc(seen->count + 1, sizeof *rtts);
	if (!end || !rtts) {
		free(end);
		free(rtts);
		return false;
	}
	for (size_t i = 0, at = 0; i < o->group_count; i++) {
		end[i] = at;
		at += o->groups[i].answered;
	}
	for (size_t k = 0; k < seen->count; k++)
		if (b->group_of[k] >= 0 && observations_state(seen, &seen->records[k]) == RECORD_ANSWERED)
			rtts[end[b->group_of[k]]++] = seen->records[k].rtt_ns;
	for (size_t i = 0, at = 0; i < o->group_count; at += o->groups[i].answered, i++) {
		struct traffic_group *g = &o->groups[i];
		size_t n = end[i] - at;
		g->rtt = stats_rtt(&rtts[at], n);
		g->low_ns = stats_quantile(&rtts[at], n, n >= 20 ? 0.1 : 0.0);
		g->high_ns = stats_quantile(&rtts[at], n, 0.8);
	}
	free(end);
	free(rtts);
	return true;
}

/* Hops that control traffic shares with the circuit's: behind those, its silence
 * or answers say nothing of the circuit's path. */
static bool is_shared_hop(const struct path_view *v, const struct probe_record *r)
{
	const uint16_t circuits = 1u << FLOW_EDGE | 1u << FLOW_MSEE | 1u << FLOW_TARGET;
	for (size_t i = 0; i < v->address_count; i++)
		if (ip_addr_equal(&v->addresses[i].addr, &r->from))
			return v->addresses[i].roles & circuits;
	return false;
}

static void place_controls(struct builder *b)
{
	for (size_t i = 0; i < b->o->group_count; i++) {
		struct traffic_group *g = &b->o->groups[i];
		if (g->cls != GROUP_CONTROL)
			continue;
		for (size_t k = 0; k < b->v->seen->count; k++) {
			const struct probe_record *r = &b->v->seen->records[k];
			const struct plan_flow *f = &b->v->plan->flows[r->flow];
			if (f->circuit == b->v->circuit_index && f->role == FLOW_CONTROL && f->target == g->target &&
			    r->answer == ANSWER_TIME_EXCEEDED && r->ttl > g->hop && is_shared_hop(b->v, r))
				g->hop = r->ttl;
		}
	}
}

static void note_links(struct observables *o, const struct path_view *v)
{
	for (int l = 0; l < LINKS; l++) {
		const struct plan_link *link = &v->circuit->links[l];
		o->links[l].expected = link->configured;
		for (int fam = 0; fam < FAMILIES; fam++)
			o->links[l].on_edge[fam] = link->on_edge[fam];
	}
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		int fam = ip_family_index(v->plan->flows[i].dst.family);
		if (v->plan->flows[i].circuit == v->circuit_index && fam >= 0)
			o->families[fam] = true;
	}
	/* Nothing to send: then Azure's word on the links that it knows is all there is. */
	for (int l = 0; l < LINKS && !o->families[FAM4] && !o->families[FAM6]; l++)
		for (int fam = 0; fam < FAMILIES; fam++)
			if (ip_addr_is_set(&v->circuit->links[l].ce[fam]))
				o->families[fam] = true;
	if (!o->families[FAM6])
		o->families[FAM4] = true;
}

/* Our own routing table said no: on the edge the same statement as a router's "no route". Or this host keeps back what it is asked,
 * by its packet filter where other flows leave, or for want of a route: the same as a corporate filter's. */
static void take_own_refusals(struct builder *b)
{
	for (size_t i = 0; i < b->v->plan->flow_count; i++) {
		const struct plan_flow *f = &b->v->plan->flows[i];
		enum own_route route = own_host_route(b->o, b->v, b->own, i);
		bool filtered = own_host_filters(b->o, b->v, b->own, i);
		uint32_t times = filtered ? b->v->seen->refusals[i].blocked : b->v->seen->refusals[i].no_route + (f->no_route ? 3 : 0);
		struct probe_record r = {.flow = (uint16_t)i, .ttl = PATH_TTL_GTSM};
		struct traffic_group key;
		if ((route == OWN_ROUTE_THERE && !filtered) || !own_host_stuck(b->v, b->own, i) || !record_key(b, &r, &key))
			continue;
		int32_t index = group_index(b, &key);
		if (index < 0)
			continue;
		struct traffic_group *g = &b->o->groups[index];
		b->o->own_filter = b->o->own_filter || filtered;
		g->own_route = !filtered && route == OWN_ROUTE_KEPT_BACK;
		g->unreach = filtered || g->own_route ? UNREACH_ADMIN_CORP : UNREACH_NET;
		g->unreach_count += times;
		for (uint32_t k = 0; k < times; k++) {
			g->sent++;
			g->last_run++;
			count_flow(g, (uint16_t)i, false);
		}
	}
}

static void look_at_sizes(struct observables *o, const struct path_view *v)
{
	struct link_size sizes[LINKS][FAMILIES];
	sizes_look(v, sizes);
	for (int l = 0; l < LINKS; l++)
		memcpy(o->links[l].size, sizes[l], sizeof o->links[l].size);
	/* What died in an outage did not die of its size. */
	for (int l = 0; l < LINKS; l++)
		for (int fam = 0; fam < FAMILIES; fam++)
			if (o->links[l].outages.count > 0 && o->links[l].size[fam].outcome == SIZE_DIES)
				o->links[l].size[fam].outcome = SIZE_UNKNOWN;
}

/* What was answered until then does not speak of now, and of who answers at all. */
static void take_before(struct builder *b)
{
	const struct observations *seen = b->v->seen;
	for (size_t i = 0; i < seen->count && seen->records[i].sent_at.ns < b->o->fell_silent.dead_from.ns; i++) {
		struct traffic_group key;
		enum record_state state = observations_state(seen, &seen->records[i]);
		int32_t index = record_key(b, &seen->records[i], &key) ? b->table[table_place(b, &key)] : -1;
		if (index < 0 || (state != RECORD_ANSWERED && state != RECORD_LOST))
			continue;
		b->o->groups[index].before_sent++;
		b->o->groups[index].before_answered += state == RECORD_ANSWERED;
	}
}

/* A link that was gone before may come back: it goes up and down, and its outages say so. */
static void look_at_silence(struct observables *o, const struct path_view *v, const struct link_outages outages[LINKS])
{
	o->fell_silent = fell_silent_look(v);
	if (outages[LINK_PRIMARY].count > 0 || outages[LINK_SECONDARY].count > 0)
		o->fell_silent = (struct fell_silent){.lately = false};
}

static bool sort_records(struct builder *b)
{
	const struct observations *seen = b->v->seen;
	for (size_t i = 0; i < seen->count; i++) {
		struct traffic_group key;
		b->group_of[i] = -1;
		if (b->o->left_until.ns > 0 || b->own[seen->records[i].flow].cut)
			continue; /* what was answered until then does not speak of now */
		if (seen->records[i].sent_at.ns < b->o->fell_silent.dead_from.ns)
			continue; /* likewise */
		if (b->lives[seen->records[i].flow] && interruption_covers(&b->o->interruption, &seen->records[i]))
			continue;
		if (outages_cover(b->outages, b->v, &seen->records[i], b->half_open) || !record_key(b, &seen->records[i], &key))
			continue;
		int32_t index = group_index(b, &key);
		if (index >= 0)
			take_record(b, i, &b->o->groups[index], &b->answers_since[index]);
	}
	take_own_refusals(b);
	take_before(b);
	for (size_t i = 0; i < seen->count; i++)
		take_early_reset(b, &seen->records[i]);
	return !b->out_of_memory && gather_rtts(b) && jitter_flows(b->o, b->group_of);
}

static void builder_free(struct builder *b)
{
	free(b->group_of);
	free(b->unrouted);
	free(b->lives);
	free(b->half_open);
	free(b->meets_edge);
	free(b->table);
	free(b->answers_since);
	free(b->own);
}

/* The kernel counts what it had no room for among what it received (packet(7), PACKET_STATISTICS). */
static double share_lost(const struct event_counters *c)
{
	return c->received == 0 ? 0 : c->dropped >= c->received ? 1 : (double)c->dropped / (double)c->received;
}

bool observables_build(struct observables *o, const struct path_view *v, const struct az_snapshot *snapshot,
                       const struct event_counters *counters)
{
	memset(o, 0, sizeof *o);
	o->path = v;
	o->snapshot = snapshot;
	struct builder b = {.o = o, .v = v};
	b.group_of = calloc(v->seen->count + 1, sizeof *b.group_of);
	b.unrouted = calloc(v->circuit->target_count + 1, sizeof *b.unrouted);
	b.lives = calloc(v->plan->flow_count + 1, sizeof *b.lives);
	b.half_open = calloc(v->plan->flow_count + 1, sizeof *b.half_open);
	b.own = calloc(v->plan->flow_count + 1, sizeof *b.own);
	b.meets_edge = calloc(v->plan->flow_count + 1, sizeof *b.meets_edge);
	bool done = b.group_of && b.unrouted && b.lives && b.half_open && b.own && b.meets_edge && grow_groups(&b) &&
	            interruption_find(v, b.lives, &o->interruption);
	if (done) {
		find_forks(&b);
		find_met(&b);
		unreach_unrouted(v, b.unrouted);
		unreach_end_hops(v, b.no_route);
		outages_find(v, b.outages);
		own_host_look(o, v, b.own);
		look_at_silence(o, v, b.outages);
		done = sort_records(&b);
	}
	if (done)
		place_controls(&b);
	for (int l = 0; l < LINKS; l++)
		o->links[l].outages = b.outages[l];
	builder_free(&b);
	if (!done || !unheard_hops_drop(o, b.msee_speaks)) {
		observables_free(o);
		return false;
	}
	note_links(o, v);
	observables_use(o);
	o->own_loss = share_lost(counters);
	azure_view_build(&o->azure, v->circuit, snapshot, v->seen->now);
	azure_routes_own(&o->azure, v, snapshot);
	azure_says_since(&o->azure, snapshot, o->fell_silent.dead_from);
	azure_view_since(&o->azure, o->fell_silent.dead_from);
	for (size_t i = 0; i < o->group_count; i++)
		if (o->groups[i].cls == GROUP_HOP)
			o->groups[i].domain = path_hop_domain(v, o->groups[i].fam, (enum link_id)o->groups[i].link,
			                                      o->groups[i].hop, &o->groups[i].addr);
	if (!usual_paths(o) || !partial_look(o)) {
		observables_free(o);
		return false;
	}
	observables_delay(o);
	shared_delay_look(o);
	look_at_sizes(o, v);
	return true;
}

void observables_free(struct observables *o)
{
	free(o->groups);
	free(o->flow_low_ns);
	free(o->flow_spread_ns);
	free(o->flow_scatter);
	memset(o, 0, sizeof *o);
}
