/* SPDX-License-Identifier: BSD-2-Clause */
/* A circuit and what was seen of it, made by hand: for the tests of paths and of the
 * diagnosis. No frames: probe records are made through observations_match().
 *
 *   us - 10.10.1.1 - 10.10.2.2 - edge = MSEE - gateway (silent) - targets
 * hop      1           2          3     4        5                6
 *
 * Every test says what differs: a way's hops, where it is dead, where a flow goes. */
#ifndef ERPROBE_DIAGNOSE_WORLD_H
#define ERPROBE_DIAGNOSE_WORLD_H

#include "analysis/path/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))

#define WORLD_FLOWS_MAX 2048
#define WORLD_TARGETS_MAX 512
#define WORLD_HOPS 8
#define FULL PATH_TTL_FULL

/* Flows of world_standard(). */
enum { EDGE1, MSEE1, BGP1, EDGE2, MSEE2, BGP2, PING, TCP = PING + 4, PING_B = TCP + 4, TCP_B = PING_B + 4, STANDARD_FLOWS = TCP_B + 4 };
#define P LINK_PRIMARY
#define S LINK_SECONDARY

/* How traffic over one link goes, in one family. */
struct world_way {
	const char *hop[WORLD_HOPS]; /* [ttl]: who answers an expired probe; "" = silent */
	uint8_t edge, msee, end;     /* distances */
	uint8_t dead_from;           /* nothing at this hop or behind it answers; 0 = all lives.
	                                Controls share the way up to hop 2 */
	int64_t extra_us;            /* added to every round trip from the MSEE on */
};

struct world {
	struct plan plan;
	struct plan_circuit circuit;
	struct plan_target targets[WORLD_TARGETS_MAX];
	struct plan_domain domains[6];
	struct plan_flow flows[WORLD_FLOWS_MAX];
	struct observations seen;
	struct world_way way[FAMILIES][LINKS];
	uint8_t takes[WORLD_FLOWS_MAX]; /* link that a flow of LINK_ANY takes */
	bool silent[WORLD_FLOWS_MAX];   /* its end does not answer */
	bool held[WORLD_FLOWS_MAX];     /* this host itself lets none of its probes out: by a packet filter, or by held_by */
	uint8_t held_by;                /* enum send_result of those; 0 = SEND_BLOCKED */
	bool refuses[WORLD_FLOWS_MAX];  /* its end answers a SYN with RST */
	uint8_t reset_from[WORLD_FLOWS_MAX]; /* from this hop on a firewall answers with RST; 0 = none */
	uint8_t lose_every[LINKS];      /* each n-th packet to the MSEE and behind it is lost; 0 = none */
	uint8_t lose_behind_every;      /* the same of what goes on behind the MSEEs, over either */
	uint32_t crossed[LINKS], crossed_behind;
	bool a_target_ignores_ping;     /* all of them do */
	int64_t now_ms;
};

static inline struct ip_addr world_addr(const char *text)
{
	struct ip_addr a = ip_addr_none();

	if (text && text[0] != '\0')
		assert_true(ip_addr_parse(text, &a));
	return a;
}

static inline void world_domain(struct world *w, const char *prefix, enum domain d)
{
	assert_true(ip_prefix_parse(prefix, &w->domains[w->circuit.domain_count].prefix));
	w->domains[w->circuit.domain_count++].domain = d;
}

static inline void world_ways(struct world *w)
{
	static const struct world_way ways[FAMILIES][LINKS] = {
	    {{{"", "10.10.1.1", "10.10.2.2", "10.10.3.1", "172.16.3.2", "", "", ""}, 3, 4, 6, 0, 0},
	     {{"", "10.10.1.1", "10.10.2.2", "10.10.4.1", "172.16.4.2", "", "", ""}, 3, 4, 6, 0, 0}},
	    {{{"", "fd10:10:1::1", "fd10:10:2::2", "fd10:10:3::1", "fd00:3::2", "", "", ""}, 3, 4, 6, 0, 0},
	     {{"", "fd10:10:1::1", "fd10:10:2::2", "fd10:10:4::1", "fd00:4::2", "", "", ""}, 3, 4, 6, 0, 0}}};

	memcpy(w->way, ways, sizeof ways);
}

static inline void world_init(struct world *w, enum handoff handoff)
{
	static const char *const ce[LINKS][FAMILIES] = {{"172.16.3.1", "fd00:3::1"}, {"172.16.4.1", "fd00:4::1"}};
	static const char *const msee[LINKS][FAMILIES] = {{"172.16.3.2", "fd00:3::2"}, {"172.16.4.2", "fd00:4::2"}};

	memset(w, 0, sizeof *w);
	snprintf(w->circuit.name, sizeof w->circuit.name, "frankfurt-1");
	snprintf(w->circuit.resource_id, sizeof w->circuit.resource_id, "/subscriptions/s/circuits/frankfurt-1");
	w->circuit.handoff = handoff;
	w->circuit.domains = w->domains;
	w->circuit.targets = w->targets;
	world_domain(w, "10.10.0.0/16", DOMAIN_CORPORATE);
	world_domain(w, "fd10:10::/32", DOMAIN_CORPORATE);
	world_domain(w, "172.16.1.0/24", DOMAIN_WAN);
	world_domain(w, "10.100.0.0/15", DOMAIN_AZURE);
	for (int l = 0; l < LINKS; l++) {
		struct plan_link *link = &w->circuit.links[l];
		link->configured = true;
		link->asn = link->vlan = -1;
		for (int fam = 0; fam < FAMILIES; fam++) {
			link->ce[fam] = world_addr(ce[l][fam]);
			link->msee[fam] = world_addr(msee[l][fam]);
		}
	}
	w->plan.circuits = &w->circuit;
	w->plan.circuit_count = 1;
	w->plan.flows = w->flows;
	w->plan.started_at.ns = INT64_C(1790000000) * NS_PER_SEC;
	w->plan.limits = (struct plan_limits){.budget = 4000, .rate = 200, .hop_rate = 20, .deadline_s = 60, .azure_deadline_s = 20, .confidence = 0.9};
	world_ways(w);
	assert_true(observations_init(&w->seen, &w->plan));
}

static inline void world_free(struct world *w)
{
	observations_free(&w->seen);
}

/* Adds a target (or, with control, a control) and returns its place. */
static inline uint16_t world_target(struct world *w, const char *address, uint16_t port, bool control)
{
	size_t i = w->circuit.target_count++;

	assert_true(i < WORLD_TARGETS_MAX);
	snprintf(w->targets[i].name, NAME_MAX_LEN, "%s-%zu", control ? "control" : "target", i);
	w->targets[i].address = world_addr(address);
	w->targets[i].tcp[0] = port;
	w->targets[i].tcp_count = port ? 1 : 0;
	w->targets[i].control = control;
	return (uint16_t)i;
}

static inline uint16_t world_flow(struct world *w, uint8_t link, uint8_t role, uint8_t kind, uint16_t target,
                                  const char *dst, uint16_t port)
{
	uint16_t id = (uint16_t)w->plan.flow_count++;
	struct plan_flow *f = &w->flows[id];

	assert_true(id < WORLD_FLOWS_MAX);
	*f = (struct plan_flow){.id = id, .link = link, .role = role, .kind = kind, .target = target, .dst = world_addr(dst), .dst_port = port};
	f->src = world_addr(f->dst.family == IP_V6 ? "fd10:10:1::10" : "10.10.1.10");
	f->src_port = (uint16_t)(40000 + id);
	w->takes[id] = link < LINKS ? link : (uint8_t)(id % LINKS);
	w->seen.refusals = realloc(w->seen.refusals, w->plan.flow_count * sizeof *w->seen.refusals);
	assert_non_null(w->seen.refusals);
	memset(&w->seen.refusals[id], 0, sizeof w->seen.refusals[id]);
	return id;
}

/* Edge, MSEE and BGP flows of a link. */
static inline void world_link_flows(struct world *w, uint8_t link, int fam)
{
	char ce[IP_TEXT_MAX], msee[IP_TEXT_MAX];

	ip_addr_text(&w->circuit.links[link].ce[fam], ce);
	ip_addr_text(&w->circuit.links[link].msee[fam], msee);
	world_flow(w, link, FLOW_EDGE, PROBE_ICMP_ECHO, 0, ce, 0);
	world_flow(w, link, FLOW_MSEE, PROBE_ICMP_ECHO, 0, msee, 0);
	world_flow(w, link, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, msee, 179);
}

/* Ping and TCP flows to a target, `flows` of each; they alternate between the links. */
static inline void world_target_flows(struct world *w, uint16_t target, int flows)
{
	const struct plan_target *t = &w->targets[target];
	char address[IP_TEXT_MAX];
	uint8_t role = t->control ? FLOW_CONTROL : FLOW_TARGET;

	ip_addr_text(&t->address, address);
	for (int i = 0; i < flows; i++)
		world_flow(w, LINK_ANY, role, PROBE_ICMP_ECHO, target, address, 0);
	for (int i = 0; i < flows && t->tcp_count > 0; i++)
		world_flow(w, LINK_ANY, role, PROBE_TCP_SYN, target, address, t->tcp[0]);
}

/* Both links, two targets of one port each: the circuit most tests start from. */
static inline void world_standard(struct world *w, enum handoff handoff)
{
	world_init(w, handoff);
	world_link_flows(w, LINK_PRIMARY, FAM4);
	world_link_flows(w, LINK_SECONDARY, FAM4);
	world_target(w, "10.101.7.7", 443, false);
	world_target(w, "10.101.7.8", 443, false);
	world_target_flows(w, 0, 4);
	world_target_flows(w, 1, 4);
}

/* --- what is seen --- */

static inline struct wall_ns world_at(const struct world *w, int64_t ms)
{
	return wall_add(w->plan.started_at, ms * NS_PER_MS);
}

/* A probe leaves at w->now_ms; its record's place is given back. */
static inline uint32_t world_sent(struct world *w, uint16_t flow, uint8_t ttl)
{
	struct match m = {.cls = MATCH_OUT, .has_probe = true, .probe = (uint32_t)w->seen.count, .flow = flow, .ttl = ttl, .sent_at = world_at(w, w->now_ms)};

	observations_match(&w->seen, &m, m.sent_at);
	return m.probe;
}

static inline void world_got(struct world *w, uint32_t record, enum answer_kind kind, const char *from, uint8_t type,
                             uint8_t code, int64_t rtt_us)
{
	const struct probe_record *r = &w->seen.records[record];
	struct match m = {.cls = MATCH_ANSWER, .has_probe = true, .probe = record, .flow = r->flow, .ttl = r->ttl, .answer = kind, .icmp_type = type, .icmp_code = code, .from = world_addr(from), .rtt_ns = rtt_us * NS_PER_US, .reply_ttl = 60, .answer_seq = 4711};

	observations_match(&w->seen, &m, wall_add(r->sent_at, m.rtt_ns));
}

/* Sends one and answers it with an ICMP error. */
static inline void world_error(struct world *w, uint16_t flow, uint8_t ttl, uint8_t type, uint8_t code, const char *from)
{
	bool expired = w->flows[flow].dst.family == IP_V6 ? type == 3 : type == 11;

	world_got(w, world_sent(w, flow, ttl), expired ? ANSWER_TIME_EXCEEDED : ANSWER_UNREACHABLE, from, type, code, 900);
	w->now_ms += 5;
}

/* This host did not send it; result: enum send_result. */
static inline void world_not_sent(struct world *w, uint16_t flow, uint8_t ttl, uint8_t result)
{
	const struct event_not_sent e = {.at = world_at(w, w->now_ms), .flow = flow, .ttl = ttl, .result = result};

	observations_not_sent(&w->seen, &e);
}

static inline void world_end_answers(struct world *w, uint32_t record, const struct plan_flow *f, int64_t rtt_us)
{
	char dst[IP_TEXT_MAX];
	enum answer_kind kind = f->kind == PROBE_NEIGHBOUR ? ANSWER_NEIGHBOUR :
	                        f->kind != PROBE_TCP_SYN ? ANSWER_ECHO_REPLY :
	                        w->refuses[f->id] || f->dst_port == 179 ? ANSWER_RST : ANSWER_SYN_ACK;

	ip_addr_text(&f->dst, dst);
	if (!w->silent[f->id])
		world_got(w, record, kind, dst, 0, 0, rtt_us);
}

/* One probe, answered (or not) as the way of its link says. Round trips are 1 ms a
 * hop with a little that differs from probe to probe. */
static inline void world_probe(struct world *w, uint16_t flow, uint8_t ttl)
{
	const struct plan_flow *f = &w->flows[flow];
	const struct world_way *way = &w->way[ip_family_index(f->dst.family)][w->takes[flow]];
	if (w->held[flow]) {
		world_not_sent(w, flow, ttl, w->held_by ? w->held_by : SEND_BLOCKED);
		return;
	}
	uint32_t record = world_sent(w, flow, ttl);
	uint8_t end = f->role == FLOW_EDGE ? way->edge : f->role == FLOW_MSEE || f->role == FLOW_BGP_MSEE ? way->msee :
	              f->role == FLOW_CONTROL ? 3 : way->end;
	uint8_t reached = ttl < end ? ttl : end;
	int64_t rtt_us = reached * 1000 + (int64_t)(record * 7 % 13) * 10 + (reached >= way->msee ? way->extra_us : 0);
	char dst[IP_TEXT_MAX];

	w->now_ms += 5;
	ip_addr_text(&f->dst, dst);
	if (reached > way->msee && f->role != FLOW_CONTROL && w->lose_behind_every > 0 && ++w->crossed_behind % w->lose_behind_every == 0)
		return;
	if (reached >= way->msee && f->role != FLOW_CONTROL && w->lose_every[w->takes[flow]] > 0 &&
	    ++w->crossed[w->takes[flow]] % w->lose_every[w->takes[flow]] == 0)
		return;
	if (ttl >= end && w->a_target_ignores_ping && f->role == FLOW_TARGET && f->kind == PROBE_ICMP_ECHO)
		return;
	if (w->reset_from[flow] > 0 && ttl >= w->reset_from[flow])
		world_got(w, record, ANSWER_RST, dst, 0, 0, w->reset_from[flow] * 1000);
	else if (way->dead_from > 0 && reached >= way->dead_from && (f->role != FLOW_CONTROL || way->dead_from <= 2))
		return;
	else if (ttl >= end)
		world_end_answers(w, record, f, rtt_us);
	else if (reached < WORLD_HOPS && way->hop[reached][0] != '\0')
		world_got(w, record, ANSWER_TIME_EXCEEDED, way->hop[reached], f->dst.family == IP_V6 ? 3 : 11, 0, rtt_us);
}

/* Every flow at every hop up to the end and, `times` times, to the end; then enough
 * time passes that nothing waits any more. BGP ports are asked with TTL 255. */
static inline void world_run(struct world *w, int times)
{
	for (uint16_t id = 0; id < w->plan.flow_count; id++) {
		uint8_t role = w->flows[id].role;
		for (uint8_t ttl = 1; ttl <= 6 && role != FLOW_BGP_MSEE && role != FLOW_NEIGHBOUR; ttl++)
			world_probe(w, id, ttl);
	}
	for (int i = 0; i < times; i++)
		for (uint16_t id = 0; id < w->plan.flow_count; id++) {
			uint8_t role = w->flows[id].role;
			world_probe(w, id, role == FLOW_BGP_MSEE || role == FLOW_NEIGHBOUR ? PATH_TTL_GTSM : FULL);
		}
	w->now_ms += 5000;
	observations_time(&w->seen, world_at(w, w->now_ms));
}

#endif
