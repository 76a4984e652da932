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
	bool wire_is_well;       /* nothing is dead: only Azure shows that there is something */
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
	j->a.s.circuit_events.part.read = AZ_OK; /* and none: it is no maintenance */
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

/* Nothing comes back from the virtual networks; all that Azure has is well. */
static inline void make_silent_behind(struct judged *j)
{
	for (int l = 0; l < LINKS; l++)
		j->w.way[FAM4][l].dead_from = 5;
}

static inline void make_return_path(struct judged *j)
{
	make_silent_behind(j);
	azure_flows(&j->a, "61000000", "58000000");
}

static inline void make_gateway_dead_in_data(struct judged *j)
{
	make_silent_behind(j);
	azure_flows(&j->a, "61000000", "80");
	azure_learned_path(&j->a, "12076-65010");
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

/* The same wire as edge BGP that is down: what Azure says makes the difference. */
static inline void make_failover_test(struct judged *j)
{
	make_edge_bgp(j);
	azure_test_row(&j->a, "Primary", "BgpDisconnect", "Running");
}

/* All answers, and nothing takes the secondary link. */
static inline void make_maintenance(struct judged *j)
{
	fault_move(j, 1);
	azure_event_row(&j->a, "PlannedMaintenance", "Active");
	azure_route_path(&j->a, 0, "65515 I");
	azure_route_path(&j->a, 1, "12076 12076 65515 I");
}

static inline void make_maintenance_dead(struct judged *j)
{
	make_msee_down(j);
	azure_event_row(&j->a, "PlannedMaintenance", "Active");
}

/* Announced for hours, and nothing is moved: no fault. */
static inline void make_maintenance_idle(struct judged *j)
{
	azure_event_row(&j->a, "PlannedMaintenance", "Active");
	azure_route_path(&j->a, 0, "65515 I");
	azure_route_path(&j->a, 1, "65515 I");
}

/* And the secondary is there for the worst case: that it idles is its design. */
static inline void make_maintenance_standby(struct judged *j)
{
	make_maintenance_idle(j);
	fault_move(j, 1);
}

static inline void make_maintenance_standby_unread(struct judged *j)
{
	azure_event_row(&j->a, "PlannedMaintenance", "Active");
	fault_move(j, 1);
}

static inline void make_test_without_effect(struct judged *j)
{
	azure_test_row(&j->a, "Primary", "BgpDisconnect", "Running");
}

/* Somebody tests one link, and the other one is cut: the test is no excuse. */
static inline void make_circuit_down_beside_a_test(struct judged *j)
{
	make_circuit_down(j);
	azure_test_row(&j->a, "Primary", "ASPathPrepend", "Completed");
	azure_event_row(&j->a, "PlannedMaintenance", "Resolved");
}

static inline void make_port_disabled(struct judged *j)
{
	make_circuit_down(j);
	azure_port_row(&j->a, "link1", "Enabled");
	azure_port_row(&j->a, "link2", "Disabled");
}

/* No light: the way is cut, and it is not the port that is shut. */
static inline void make_circuit_dark(struct judged *j)
{
	make_circuit_down(j);
	azure_port_row(&j->a, "link2", "Enabled");
	azure_light_row(&j->a, "link2", "-38.2");
}

static inline void make_vlan(struct judged *j)
{
	make_circuit_down(j);
	j->w.circuit.links[0].vlan = 100;
	j->w.circuit.links[1].vlan = 101;
}

/* The VLAN differs and traffic passes: somebody changes the tag on the way. */
static inline void make_vlan_translated(struct judged *j)
{
	j->w.circuit.links[0].vlan = j->w.circuit.links[1].vlan = 101;
}

/* Resource Health, light and an issue in the region, and nothing is wrong on the wire. */
static inline void make_azure_gloomy(struct judged *j)
{
	azure_health(&j->a, "Degraded");
	azure_light_row(&j->a, "link1", "-11.0");
	azure_event_row(&j->a, "ServiceIssue", "Active");
}

static inline void make_prefix_limit(struct judged *j)
{
	make_edge_bgp(j);
	azure_text(&j->a.bgp[0][0].state, "Idle (PfxCt)");
}

static inline void make_route_limit(struct judged *j)
{
	make_gateway_down(j);
	azure_announced(&j->a, "1003");
}

static inline void make_qos_drop(struct judged *j)
{
	j->w.lose_behind_every = 5;
	azure_drops(&j->a, "41000000");
}

/* Bits were dropped within the hour, and nothing is lost now. */
static inline void make_drops_before(struct judged *j)
{
	azure_drops(&j->a, "41000000");
	azure_announced(&j->a, "1003");
}

/* Both sessions stand, Azure announces nothing, and there is no other way. */
static inline void make_route_filter(struct judged *j)
{
	j->w.circuit.peering = PEERING_MICROSOFT;
	j->a.s.connections.part.read = AZ_NOT_ASKED;
	for (int l = 0; l < LINKS; l++) {
		j->w.way[FAM4][l].dead_from = 5;
		j->a.s.bgp[l].count = 1;
	}
	fault_errors(j, F_TCP_A, 0, "10.10.2.2");
	fault_errors(j, F_TCP_B, 0, "10.10.2.2");
}

static inline void make_prefix_validation(struct judged *j)
{
	make_route_filter(j);
	j->a.s.peering.has_route_filter = true;
	azure_text(&j->a.s.peering.advertised_prefixes_state, "ValidationNeeded");
	for (int l = 0; l < LINKS; l++) {
		j->w.way[FAM4][l].dead_from = 4;
		fault_azure_row(j, l, "02cf.2b02.c22b", "Idle");
	}
}

/* A prefix waits for its validation, and all that is in use works. */
static inline void make_prefix_waits(struct judged *j)
{
	j->w.circuit.peering = PEERING_MICROSOFT;
	j->a.s.peering.has_route_filter = true;
	azure_text(&j->a.s.peering.advertised_prefixes_state, "ValidationNeeded");
}

/* Behind a Microsoft peering is no gateway, so that none is blamed. */
static inline void behind_microsoft_peering(struct judged *j)
{
	j->w.circuit.peering = PEERING_MICROSOFT;
	j->a.s.connections.part.read = AZ_NOT_ASKED;
	j->a.s.peering.has_route_filter = true;
	for (int l = 0; l < LINKS; l++)
		j->a.s.bgp[l].count = 1;
}

static inline void make_network_down(struct judged *j)
{
	make_gateway_dead_in_data(j);
	behind_microsoft_peering(j);
}

static inline void make_network_loss(struct judged *j)
{
	j->w.lose_behind_every = 5;
	behind_microsoft_peering(j);
}

static const struct fault_case fault_cases[] = {
    {"", LINK_NULL, STATUS_HEALTHY, make_none, false, false},
    {"", LINK_NULL, STATUS_HEALTHY, make_unwilling, false, false},
    {"wan.circuit-down", LINK_SECONDARY, STATUS_DEGRADED, make_circuit_down, true, false},
    {"wan.both-down", LINK_BOTH, STATUS_FAULT, make_both_down, true, false},
    {"wan.not-provisioned", LINK_BOTH, STATUS_FAULT, make_not_provisioned, true, false},
    {"azure.circuit-disabled", LINK_BOTH, STATUS_FAULT, make_circuit_disabled, true, false},
    {"azure.peering-disabled", LINK_BOTH, STATUS_FAULT, make_peering_disabled, true, false},
    {"corp.edge-down", LINK_PRIMARY, STATUS_DEGRADED, make_edge_down, false, false},
    {"corp.edge-bgp", LINK_PRIMARY, STATUS_DEGRADED, make_edge_bgp, true, false},
    {"azure.msee-down", LINK_PRIMARY, STATUS_DEGRADED, make_msee_down, true, false},
    {"corp.path-down", LINK_NULL, STATUS_FAULT, make_path_down, false, false},
    {"azure.gateway-down", LINK_NULL, STATUS_FAULT, make_gateway_down, true, false},
    {"azure.target-down", LINK_NULL, STATUS_FAULT, make_target_down, false, false},
    {"azure.nsg", LINK_NULL, STATUS_FAULT, make_nsg, false, false},
    {"azure.nsg", LINK_NULL, STATUS_FAULT, make_refused, false, false},
    {"wan.latency", LINK_SECONDARY, STATUS_DEGRADED, make_latency, false, false},
    {"wan.loss", LINK_SECONDARY, STATUS_DEGRADED, make_loss, false, false},
    {"azure.failover-test", LINK_PRIMARY, STATUS_DEGRADED, make_failover_test, true, false},
    {"azure.maintenance", LINK_SECONDARY, STATUS_DEGRADED, make_maintenance, true, true},
    {"azure.maintenance", LINK_PRIMARY, STATUS_DEGRADED, make_maintenance_dead, true, false},
    {"", LINK_NULL, STATUS_HEALTHY, make_maintenance_idle, false, false},
    {"", LINK_NULL, STATUS_HEALTHY, make_maintenance_standby, false, false},
    {"", LINK_NULL, STATUS_HEALTHY, make_maintenance_standby_unread, false, false},
    {"", LINK_NULL, STATUS_HEALTHY, make_test_without_effect, false, false},
    {"wan.circuit-down", LINK_SECONDARY, STATUS_DEGRADED, make_circuit_down_beside_a_test, true, false},
    {"azure.port-disabled", LINK_SECONDARY, STATUS_DEGRADED, make_port_disabled, true, false},
    {"wan.circuit-down", LINK_SECONDARY, STATUS_DEGRADED, make_circuit_dark, true, false},
    {"wan.vlan", LINK_SECONDARY, STATUS_DEGRADED, make_vlan, true, false},
    {"", LINK_NULL, STATUS_HEALTHY, make_vlan_translated, false, false},
    {"", LINK_NULL, STATUS_HEALTHY, make_azure_gloomy, false, false},
    {"azure.route-filter", LINK_BOTH, STATUS_FAULT, make_route_filter, true, false},
    {"azure.prefix-validation", LINK_BOTH, STATUS_FAULT, make_prefix_validation, true, false},
    {"", LINK_NULL, STATUS_HEALTHY, make_prefix_waits, false, false},
    {"corp.bgp-prefix-limit", LINK_PRIMARY, STATUS_DEGRADED, make_prefix_limit, true, false},
    {"azure.route-limit", LINK_NULL, STATUS_FAULT, make_route_limit, true, false},
    {"azure.qos-drop", LINK_NULL, STATUS_DEGRADED, make_qos_drop, true, false},
    {"", LINK_NULL, STATUS_HEALTHY, make_drops_before, false, false},
    {"azure.gateway-down", LINK_NULL, STATUS_FAULT, make_gateway_dead_in_data, true, false},
    {"azure.network-down", LINK_NULL, STATUS_FAULT, make_network_down, true, false},
    {"azure.network-loss", LINK_NULL, STATUS_DEGRADED, make_network_loss, false, false},
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
