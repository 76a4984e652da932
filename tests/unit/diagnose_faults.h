/* SPDX-License-Identifier: BSD-2-Clause */
/* Circuits with one thing wrong, as the wire and Azure show it: for the tests of the
 * posterior and the verdict. Noise and time are the simulator's business (tests/sim). */
#ifndef ERPROBE_DIAGNOSE_FAULTS_H
#define ERPROBE_DIAGNOSE_FAULTS_H

#include "tests/unit/diagnose_judge.h"

/* Flows of world_standard; the controls' come after them. */
enum {
	F_EDGE1, F_MSEE1, F_BGP1, F_EDGE2, F_MSEE2, F_BGP2,
	F_PING_A, F_TCP_A = F_PING_A + 4, F_PING_B = F_TCP_A + 4, F_TCP_B = F_PING_B + 4, F_CONTROL = F_TCP_B + 4
};

struct fault_case {
	const char *id;          /* "" = healthy */
	uint8_t link;            /* verdict's link */
	enum status status;
	void (*make)(struct judged *j);
	bool needs_azure;        /* the wire alone cannot tell it from its neighbours */
};

static inline void fault_azure_row(struct judged *j, int link, const char *mac, const char *state)
{
	azure_text(&j->a.arp[link][0].mac, mac);
	azure_text(&j->a.bgp[link][0].state, state);
}

/* All target traffic now takes the other link. */
static inline void fault_move(struct judged *j, uint8_t away_from)
{
	for (int f = F_PING_A; f < F_CONTROL; f++)
		j->w.takes[f] = (uint8_t)(1 - away_from);
}

/* The router `from` answers what it cannot forward, a few times: errors are limited. */
static inline void fault_errors(struct judged *j, uint16_t flow, uint8_t code, const char *from)
{
	for (int i = 0; i < 3; i++)
		world_error(&j->w, flow, FULL, 3, code, from);
}

static inline void make_none(struct judged *j)
{
	(void)j;
}

/* An MSEE that ignores pings and port 179, and hops that answer when they like. */
static inline void make_unwilling(struct judged *j)
{
	j->w.silent[F_MSEE1] = j->w.silent[F_BGP1] = j->w.silent[F_BGP2] = true;
	j->w.way[FAM4][0].hop[2] = j->w.way[FAM4][1].hop[2] = "";
	j->w.a_target_ignores_ping = true;
}

static inline void make_circuit_down(struct judged *j)
{
	j->w.way[FAM4][1].dead_from = 4;
	fault_azure_row(j, 1, "Incomplete", "Active");
	fault_move(j, 1);
	fault_errors(j, F_MSEE2, 1, "10.10.4.1");
}

static inline void make_both_down(struct judged *j)
{
	for (int l = 0; l < LINKS; l++) {
		j->w.way[FAM4][l].dead_from = 4;
		fault_azure_row(j, l, "Incomplete", "Active");
		fault_errors(j, l ? F_MSEE2 : F_MSEE1, 1, l ? "10.10.4.1" : "10.10.3.1");
	}
	fault_errors(j, F_TCP_A, 0, "10.10.2.2");
	fault_errors(j, F_TCP_B, 0, "10.10.2.2");
}

static inline void make_not_provisioned(struct judged *j)
{
	make_both_down(j);
	azure_text(&j->a.s.circuit.provider_state, "NotProvisioned");
}

static inline void make_circuit_disabled(struct judged *j)
{
	make_both_down(j);
	azure_text(&j->a.s.circuit.circuit_state, "Disabled");
}

static inline void make_peering_disabled(struct judged *j)
{
	make_both_down(j);
	azure_text(&j->a.s.peering.state, "Disabled");
}

static inline void make_edge_down(struct judged *j)
{
	j->w.way[FAM4][0].dead_from = 3;
	fault_azure_row(j, 0, "Incomplete", "Active");
	fault_move(j, 0);
	fault_errors(j, F_EDGE1, 1, "10.10.2.2");
}

static inline void make_edge_bgp(struct judged *j)
{
	j->w.way[FAM4][0].dead_from = 4;
	fault_azure_row(j, 0, "02cf.2b02.c22b", "Idle");
	fault_move(j, 0);
}

static inline void make_msee_down(struct judged *j)
{
	j->w.way[FAM4][0].dead_from = 4;
	j->a.s.arp[0].part.read = j->a.s.bgp[0].part.read = AZ_FAILED;
	fault_move(j, 0);
	fault_errors(j, F_MSEE1, 1, "10.10.3.1");
}

static inline void make_path_down(struct judged *j)
{
	for (int l = 0; l < LINKS; l++)
		j->w.way[FAM4][l].dead_from = 2;
}

static inline void make_gateway_down(struct judged *j)
{
	for (int l = 0; l < LINKS; l++) {
		j->w.way[FAM4][l].dead_from = 5;
		j->a.s.bgp[l].count = 1;
	}
	azure_text(&j->a.connections[0].status, "NotConnected");
	fault_errors(j, F_TCP_A, 0, "10.10.2.2");
}

static inline void make_target_down(struct judged *j)
{
	for (int i = 0; i < 8; i++)
		j->w.silent[F_PING_A + i] = true;
}

static inline void make_nsg(struct judged *j)
{
	for (int i = 0; i < 4; i++)
		j->w.silent[F_TCP_A + i] = true;
}

static inline void make_refused(struct judged *j)
{
	for (int i = 0; i < 4; i++)
		j->w.refuses[F_TCP_A + i] = true;
}

static inline void make_latency(struct judged *j)
{
	j->w.way[FAM4][1].extra_us = 20000;
}

static inline void make_loss(struct judged *j)
{
	j->w.lose_every[1] = 12;
}

static const struct fault_case fault_cases[] = {
    {"", LINK_NULL, STATUS_HEALTHY, make_none, false},
    {"", LINK_NULL, STATUS_HEALTHY, make_unwilling, false},
    {"wan.circuit-down", LINK_SECONDARY, STATUS_DEGRADED, make_circuit_down, true},
    {"wan.both-down", LINK_BOTH, STATUS_FAULT, make_both_down, true},
    {"wan.not-provisioned", LINK_BOTH, STATUS_FAULT, make_not_provisioned, true},
    {"azure.circuit-disabled", LINK_BOTH, STATUS_FAULT, make_circuit_disabled, true},
    {"azure.peering-disabled", LINK_BOTH, STATUS_FAULT, make_peering_disabled, true},
    {"corp.edge-down", LINK_PRIMARY, STATUS_DEGRADED, make_edge_down, false},
    {"corp.edge-bgp", LINK_PRIMARY, STATUS_DEGRADED, make_edge_bgp, true},
    {"azure.msee-down", LINK_PRIMARY, STATUS_DEGRADED, make_msee_down, true},
    {"corp.path-down", LINK_NULL, STATUS_FAULT, make_path_down, false},
    {"azure.gateway-down", LINK_NULL, STATUS_FAULT, make_gateway_down, true},
    {"azure.target-down", LINK_NULL, STATUS_FAULT, make_target_down, false},
    {"azure.nsg", LINK_NULL, STATUS_FAULT, make_nsg, false},
    {"azure.nsg", LINK_NULL, STATUS_FAULT, make_refused, false},
    {"wan.latency", LINK_SECONDARY, STATUS_DEGRADED, make_latency, false},
    {"wan.loss", LINK_SECONDARY, STATUS_DEGRADED, make_loss, false},
};

/* The case in a circuit with two targets and a control, seen and weighed. */
static inline void fault_see(struct judged *j, const struct fault_case *c, bool azure_read)
{
	judged_standard(j, HANDOFF_L2);
	j->azure_read = azure_read;
	world_target(&j->w, "10.10.9.9", 53, true);
	world_target_flows(&j->w, 2, 2);
	world_run(&j->w, 2); /* it was well before */
	observations_free(&j->w.seen);
	assert_true(observations_init(&j->w.seen, &j->w.plan));
	c->make(j);
	world_run(&j->w, 25);
	judged_weigh(j);
}

#endif
