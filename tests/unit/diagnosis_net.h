/* SPDX-License-Identifier: BSD-2-Clause */
/* A circuit in memory for the tests of the fold: frames, Azure's answers and time go in, as the schedule wishes for probes. */
#ifndef ERPROBE_DIAGNOSIS_NET_H
#define ERPROBE_DIAGNOSIS_NET_H

#include "tests/unit/match_frames.h"

#include "analysis/fold/diagnosis.h"
#include "tests/unit/diagnose_azure.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))
#define FRAMES_MAX 9000
#define STEP_MS 5
#define ANSWER_MS 2

/*   us - 10.10.1.254 - edge = MSEE - target        hops 1 to 4, both links */
struct net {
	struct plan plan;
	struct plan_circuit circuit;
	struct plan_target target;
	struct plan_domain domain;
	struct plan_flow flows[32];
	bool dead[LINKS];       /* the MSEE of the link and all behind it */
	bool silent;            /* nothing answers at all */
	bool filtered;          /* the target's TCP port is silent, its pings are not */
	bool idle;              /* target traffic takes the primary link alone */
	bool unheard[LINKS];    /* the MSEE has no way back over its link; what passes it is answered over the other */
	int64_t cut_ms;         /* from then on nothing leaves this host; 0 = never */
	int64_t dies_ms;        /* from then on nothing beyond hop dies_from - 1 of the link answers, of both links with LINK_BOTH; 0 = never */
	uint8_t dies_from, dies_link;
	uint32_t lose_every, lose_most; /* of what is asked of targets each n-th is lost, so many times in all; 0 = none */
	uint32_t asked;
	struct frame *log;      /* all frames that were folded, in order */
	size_t count;
	uint32_t next_id;
	struct azure azure;
};

static const char *const edges[LINKS] = {"172.16.3.1", "172.16.4.1"}, *const msees[LINKS] = {"172.16.3.2", "172.16.4.2"};

static inline void net_flow(struct net *n, uint8_t link, uint8_t role, uint8_t kind, const char *dst, uint16_t port)
{
	uint16_t id = (uint16_t)n->plan.flow_count++;
	struct plan_flow *f = &n->flows[id];

	assert_true(id < COUNT(n->flows));
	*f = (struct plan_flow){.id = id, .link = link, .role = role, .kind = kind, .src = addr(US), .dst = addr(dst), .src_port = (uint16_t)(40000 + id), .dst_port = port};
	identity_flow(&n->plan, f);
}

static inline void net_init(struct net *n)
{
	memset(n, 0, sizeof *n);
	memcpy(n->plan.key, "0123456789abcdef", RUN_KEY_BYTES);
	n->plan.started_at.ns = INT64_C(1790000000) * NS_PER_SEC;
	n->plan.limits = (struct plan_limits){.budget = 4000, .rate = 200, .hop_rate = 20, .deadline_s = 60, .azure_deadline_s = 20, .confidence = .9};
	n->plan.azure_asked = true;
	n->plan.circuits = &n->circuit;
	n->plan.circuit_count = 1;
	n->plan.flows = n->flows;
	snprintf(n->circuit.name, sizeof n->circuit.name, "frankfurt-1");
	assert_true(ip_prefix_parse("10.10.0.0/16", &n->domain.prefix));
	n->domain.domain = DOMAIN_CORPORATE;
	n->circuit.domains = &n->domain;
	n->circuit.domain_count = 1;
	snprintf(n->target.name, sizeof n->target.name, "app");
	n->target.address = addr(DST);
	n->target.tcp[0] = 443;
	n->target.tcp_count = 1;
	n->circuit.targets = &n->target;
	n->circuit.target_count = 1;
	for (uint8_t l = 0; l < LINKS; l++) {
		n->circuit.links[l] = (struct plan_link){.configured = true, .asn = -1, .vlan = -1};
		n->circuit.links[l].ce[FAM4] = addr(edges[l]);
		n->circuit.links[l].msee[FAM4] = addr(msees[l]);
		net_flow(n, l, FLOW_EDGE, PROBE_ICMP_ECHO, edges[l], 0);
		net_flow(n, l, FLOW_MSEE, PROBE_ICMP_ECHO, msees[l], 0);
		net_flow(n, l, FLOW_BGP_MSEE, PROBE_TCP_SYN, msees[l], 179);
	}
	for (int i = 0; i < 8; i++) {
		net_flow(n, LINK_ANY, FLOW_TARGET, PROBE_ICMP_ECHO, DST, 0);
		net_flow(n, LINK_ANY, FLOW_TARGET, PROBE_TCP_SYN, DST, 443);
	}
	n->log = calloc(FRAMES_MAX, sizeof *n->log);
	assert_non_null(n->log);
	azure_healthy(&n->azure, n->plan.started_at);
}

static inline void net_free(struct net *n)
{
	free(n->log);
}

static inline struct wall_ns at(const struct net *n, int64_t ms)
{
	return wall_add(n->plan.started_at, ms * NS_PER_MS);
}

static inline struct diagnosis *start(const struct net *n)
{
	struct diagnosis *d = diagnosis_new(&n->plan);

	assert_non_null(d);
	return d;
}

static inline enum match_class fold_frame(struct diagnosis *d, const struct frame *f)
{
	struct match m;
	struct event e = {.kind = EVENT_FRAME, .u.frame = f};
	bool foreign = diagnosis_is_foreign(d, f);

	diagnosis_fold(d, &e, &m);
	assert_int_equal(foreign, m.cls == MATCH_FOREIGN);
	return m.cls;
}

static inline void pass(struct net *n, struct diagnosis *d, const struct datagram *g, struct wall_ns when)
{
	assert_true(n->count < FRAMES_MAX);
	struct frame *f = &n->log[n->count++];
	frame_of(g, 0, f);
	f->at = when;
	fold_frame(d, f);
}

static inline void fold_azure(struct diagnosis *d, uint8_t circuit, const struct az_snapshot *s)
{
	struct event e = {.kind = EVENT_AZURE, .u.azure = {circuit, s}};

	diagnosis_fold(d, &e, NULL);
}

static inline void fold_end(const struct net *n, struct diagnosis *d, int64_t ms)
{
	struct event e = {.kind = EVENT_END, .u.end = {at(n, ms), END_DECIDED}};

	diagnosis_fold(d, &e, NULL);
}

static inline void fold_not_sent(struct diagnosis *d, const struct probe_wish *wish, struct wall_ns when)
{
	struct event e = {.kind = EVENT_NOT_SENT, .u.not_sent = {.at = when, .flow = wish->flow, .ttl = wish->ttl, .result = SEND_LINK_DOWN}};

	diagnosis_fold(d, &e, NULL);
}

/* The link a flow of LINK_ANY takes: away from a dead one. */
static inline uint8_t way_of(const struct net *n, const struct plan_flow *f)
{
	uint8_t link = f->link < LINKS ? f->link : n->idle ? LINK_PRIMARY : (uint8_t)(f->id / 2 % LINKS);

	return f->link >= LINKS && n->dead[link] ? 1 - link : link;
}

static inline void answer(struct net *n, struct diagnosis *d, const struct plan_flow *f, const struct probe_spec *s, struct wall_ns when)
{
	static const char *const core = "10.10.1.254";
	uint8_t link = way_of(n, f), end = f->role == FLOW_EDGE ? 2 : f->role == FLOW_TARGET ? 4 : 3, reached = s->ttl < end ? s->ttl : end;
	struct datagram probe, g;

	if (n->dies_ms > 0 && when.ns >= at(n, n->dies_ms).ns && (n->dies_link == LINK_BOTH || n->dies_link == link) && reached >= n->dies_from)
		return;
	if (n->silent || (n->dead[link] && reached >= 3) || (n->unheard[link] && reached == 3))
		return;
	if (n->filtered && f->role == FLOW_TARGET && s->kind == PROBE_TCP_SYN && s->ttl >= end)
		return;
	if (n->lose_every > 0 && f->role == FLOW_TARGET && s->ttl >= end && ++n->asked % n->lose_every == 0 && n->asked / n->lose_every <= n->lose_most)
		return;
	if (s->ttl < end) {
		struct ip_addr from = addr(s->ttl == 1 ? core : s->ttl == 2 ? (link ? "10.10.4.1" : "10.10.3.1") : msees[link]);
		spec_datagram(s, &probe);
		icmp_wrap(&g, &from, &s->src, 11, 0, 0, 60, probe.bytes, 28);
	} else if (s->kind == PROBE_ICMP_ECHO) {
		echo_datagram(s, true, &g);
	} else {
		tcp_datagram(&s->dst, &s->src, s->dst_port, s->src_port, 99, s->seq + 1, s->dst_port == 179 ? TCP_RST | TCP_ACK : TCP_SYN | TCP_ACK, 60, 1, 0, &g);
	}
	pass(n, d, &g, when);
	if (s->kind == PROBE_TCP_SYN && s->ttl >= end && s->dst_port != 179) { /* our kernel knows of no connection */
		tcp_datagram(&s->src, &s->dst, s->src_port, s->dst_port, s->seq + 1, 0, TCP_RST, 64, 1, 0, &g);
		pass(n, d, &g, when);
	}
}

/* Sends what is wished for from from_ms to to_ms, or until decided; gives back when. */
static inline int64_t run(struct net *n, struct diagnosis *d, int64_t from_ms, int64_t to_ms)
{
	for (int64_t ms = from_ms; ms < to_ms; ms += STEP_MS) {
		struct probe_wish wish;
		if (diagnosis_next(d, at(n, ms), &wish, 1) == 1 && wish.kind != PROBE_TCP_RST) {
			struct probe_spec s;
			struct datagram g;
			identity_probe(&n->plan, &n->flows[wish.flow], ++n->next_id, wish.index, wish.ttl, wish.size, &s);
			spec_datagram(&s, &g);
			if (n->cut_ms > 0 && ms >= n->cut_ms) {
				fold_not_sent(d, &wish, at(n, ms));
			} else {
				pass(n, d, &g, at(n, ms));
				answer(n, d, &n->flows[wish.flow], &s, at(n, ms + ANSWER_MS));
			}
		}
		if (diagnosis_decided(d, at(n, ms)))
			return ms;
	}
	return to_ms;
}

/* A whole run; gives back when it ended. */
static inline int64_t whole_run(struct net *n, struct run_result *r)
{
	struct diagnosis *d = start(n);

	fold_azure(d, 0, &n->azure.s);
	int64_t ms = run(n, d, 0, 27000);
	fold_end(n, d, ms + 1400);
	assert_true(diagnosis_result(d, r));
	diagnosis_free(d);
	return ms;
}

#endif
