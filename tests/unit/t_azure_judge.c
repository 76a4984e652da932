/* SPDX-License-Identifier: BSD-2-Clause */
/* judge: what Azure's words are taken for, and what must never count as a fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probe/state/judge.h"
#include "probe/state/state_text.h"

#define CIRCUIT "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/c-1"

static struct plan_circuit plan;
static struct az_snapshot s;

static void set(struct az_text *t, const char *text)
{
	memset(t, 0, sizeof(*t));
	t->present = text != NULL;
	if (text)
		snprintf(t->text, sizeof(t->text), "%s", text);
}

static void number(struct az_int *i, int64_t value)
{
	i->present = true;
	i->value = value;
}

static void arp_row(int l, size_t i, const char *interface, const char *ip, const char *mac)
{
	set(&s.arp[l].rows[i].interface, interface);
	set(&s.arp[l].rows[i].ip, ip);
	set(&s.arp[l].rows[i].mac, mac);
}

static void bgp_row(int l, size_t i, const char *neighbor, int64_t as, const char *state)
{
	set(&s.bgp[l].rows[i].neighbor, neighbor);
	number(&s.bgp[l].rows[i].as, as);
	set(&s.bgp[l].rows[i].state, state);
	set(&s.bgp[l].rows[i].up_down, "1d14h");
}

static void make_path(int l)
{
	static const char *const ce[] = {"172.16.3.1", "172.16.4.1"}, *const msee[] = {"172.16.3.2", "172.16.4.2"};
	s.arp[l].part.read = s.bgp[l].part.read = s.routes[l].part.read = AZ_OK;
	s.arp[l].rows = calloc(s.arp[l].count = 2, sizeof(*s.arp[l].rows));
	s.bgp[l].rows = calloc(s.bgp[l].count = 3, sizeof(*s.bgp[l].rows));
	arp_row(l, 0, "On-Prem", ce[l], "02cf.2b02.c22b");
	arp_row(l, 1, "Microsoft", msee[l], "02cf.2b02.c22c");
	bgp_row(l, 0, ce[l], 65010, "12");
	bgp_row(l, 1, "10.0.0.12", 65515, "3");
	bgp_row(l, 2, "10.0.0.13", 65515, "3");
}

static void make_gateway(void)
{
	s.gateway.part.read = s.connections.part.read = s.gateway_peers.part.read = AZ_OK;
	set(&s.gateway.provisioning_state, "Succeeded");
	s.connections.rows = calloc(s.connections.count = 1, sizeof(*s.connections.rows));
	set(&s.connections.rows[0].name, "er");
	set(&s.connections.rows[0].status, "Connected");
	set(&s.connections.rows[0].type, "ExpressRoute");
	set(&s.connections.rows[0].circuit_id, CIRCUIT);
	s.gateway_peers.rows = calloc(s.gateway_peers.count = 3, sizeof(*s.gateway_peers.rows));
	for (size_t i = 0; i < 3; i++) {
		number(&s.gateway_peers.rows[i].asn, i < 2 ? 12076 : 65515);
		set(&s.gateway_peers.rows[i].state, i < 2 ? "Connected" : "Connecting"); /* a sibling: healthy */
	}
}

/* A healthy circuit, from which each case departs. */
static int setup(void **state)
{
	(void)state;
	memset(&plan, 0, sizeof(plan));
	snprintf(plan.name, sizeof(plan.name), "c-1");
	snprintf(plan.resource_id, sizeof(plan.resource_id), CIRCUIT);
	snprintf(plan.gateway_id, sizeof(plan.gateway_id), "/gw");
	memset(&s, 0, sizeof(s));
	s.finished = true;
	s.circuit.part.read = s.peering.part.read = s.circuit_stats.part.read = AZ_OK;
	set(&s.circuit.circuit_state, "Enabled");
	set(&s.circuit.provider_state, "Provisioned");
	set(&s.circuit.provisioning_state, "Succeeded");
	s.peering.present = true;
	set(&s.peering.state, "Enabled");
	set(&s.peering.provisioning_state, "Succeeded");
	number(&s.peering.peer_asn, 65010);
	set(&s.peering.prefix[LINK_PRIMARY], "172.16.3.0/30");
	set(&s.peering.prefix[LINK_SECONDARY], "172.16.4.0/30");
	set(&s.peering.advertised_prefixes_state, "NotConfigured"); /* a skeleton on private peerings */
	make_path(LINK_PRIMARY);
	make_path(LINK_SECONDARY);
	make_gateway();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	az_snapshot_free(&s);
	return 0;
}

/* Status, and the first finding's link and words. */
static void expect(enum state_status status, enum link_id link, const char *words)
{
	struct judgement j;
	judge_snapshot(&plan, &s, &j);
	if (j.status != status)
		fail_msg("status %s, first: %s", state_status_name(j.status), j.count ? j.findings[0].what : "-");
	if (!words) {
		assert_int_equal(j.count, 0);
		return;
	}
	assert_true(j.count > 0);
	if (j.findings[0].link != link || !strstr(j.findings[0].what, words))
		fail_msg("finding %d: %s", j.findings[0].link, j.findings[0].what);
	assert_true(strlen(j.findings[0].means) > 10);
}

static void healthy(void **state)
{
	(void)state;
	expect(STATE_HEALTHY, LINK_NULL, NULL);
}

/* ------------------------------------------------------------------ never a fault */

static void absent_connection_status(void) { set(&s.connections.rows[0].status, NULL); }
static void unknown_connection_status(void) { set(&s.connections.rows[0].status, "Unknown"); }
static void direct(void) { set(&s.circuit.provider_state, NULL); }
static void no_microsoft_row(void) { s.arp[0].count = s.arp[1].count = 1; }
static void empty_tables(void)
{
	for (int l = 0; l < LINKS; l++)
		s.arp[l].count = s.bgp[l].count = s.routes[l].count = 0;
}
static void failed_tables(void)
{
	for (int l = 0; l < LINKS; l++) {
		s.arp[l].part.read = s.bgp[l].part.read = s.routes[l].part.read = AZ_FAILED;
		set(&s.arp[l].rows[0].mac, "Incomplete"); /* of a failed read nothing may be used */
		set(&s.bgp[l].rows[0].state, "Idle");
	}
}
static void failed_connections(void) { s.connections.part.read = AZ_FAILED; s.connections.count = 0; }
static void microsoft_peering(void)
{
	plan.peering = PEERING_MICROSOFT;
	set(&s.peering.advertised_prefixes_state, "Configured");
	s.peering.has_route_filter = true;
	s.connections.count = 0; /* no gateway takes part in it */
	s.bgp[0].count = s.bgp[1].count = 1;
}
static void failed_one_path(void) { s.arp[1].part.read = s.bgp[1].part.read = AZ_FAILED; }
static void failed_circuit(void)
{
	s.circuit.part.read = AZ_FAILED;
	set(&s.circuit.circuit_state, "Disabled"); /* of a failed read nothing may be used */
}
static void no_gateway_peers(void) { s.gateway_peers.count = 0; }
static void unknown_gateway_peers(void) { set(&s.gateway_peers.rows[0].state, "Unknown"); s.gateway_peers.rows[1].state.present = false; }
static void neighbour_not_listed(void) { set(&s.bgp[0].rows[0].neighbor, "172.16.9.9"); }
static void odd_mac(void) { set(&s.arp[0].rows[0].mac, "n/a"); s.bgp[0].part.read = AZ_FAILED; }
static void unknown_words(void)
{
	set(&s.gateway.provisioning_state, "Frobnicating");
	set(&s.connections.rows[0].provisioning_state, "Provisioned");
}
static void other_connections(void)
{
	set(&s.connections.rows[0].circuit_id, CIRCUIT "-other");
	set(&s.connections.rows[0].status, "NotConnected");
	plan.gateway_id[0] = '\0';
}
static void vpn_only_rows(void) { s.bgp[1].part.read = AZ_FAILED; s.bgp[0].count = 1; }

static void never_a_fault(void **state)
{
	static void (*const cases[])(void) = {
		absent_connection_status, unknown_connection_status, direct, no_microsoft_row, empty_tables, failed_tables,
		failed_one_path, failed_circuit, no_gateway_peers, unknown_gateway_peers, neighbour_not_listed, odd_mac, unknown_words,
		other_connections, vpn_only_rows, failed_connections, microsoft_peering,
	};
	teardown(state);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct judgement j;
		setup(state);
		cases[i]();
		judge_snapshot(&plan, &s, &j);
		if (j.status != STATE_HEALTHY)
			fail_msg("case %zu: %s", i, j.findings[0].what);
		teardown(state);
	}
	setup(state);
}

/* ------------------------------------------------------------------ findings */

static void circuit_disabled(void) { set(&s.circuit.circuit_state, "Disabled"); }
static void not_provisioned(void) { set(&s.circuit.provider_state, "Deprovisioning"); }
static void circuit_failed(void) { set(&s.circuit.provisioning_state, "Failed"); }
static void peering_missing(void) { s.peering.present = false; }
static void peering_disabled(void) { set(&s.peering.state, "Disabled"); }
static void peering_failed(void) { set(&s.peering.provisioning_state, "Failed"); }
static void primary_bgp_down(void) { set(&s.bgp[0].rows[0].state, "Active"); }
static void both_bgp_down(void) { primary_bgp_down(); set(&s.bgp[1].rows[0].state, "Idle"); }
static void secondary_l2_down(void) { set(&s.arp[1].rows[0].mac, "Incomplete"); set(&s.bgp[1].rows[0].state, "Idle"); }
static void secondary_only_microsoft(void)
{
	arp_row(1, 0, "Microsoft", "172.16.4.2", "02cf.2b02.c22c");
	s.arp[1].count = 1;
	s.bgp[1].part.read = AZ_FAILED;
}
static void just_died(void) { set(&s.arp[0].rows[0].mac, "Incomplete"); }
static void announces_nothing(void) { set(&s.bgp[0].rows[0].state, "0"); set(&s.bgp[1].rows[0].state, "0"); }
static void announces_nothing_once(void) { set(&s.bgp[1].rows[0].state, "0"); }
static void not_connected(void) { set(&s.connections.rows[0].status, "NotConnected"); }
static void connecting(void) { set(&s.connections.rows[0].status, "Connecting"); }
static void no_connection(void) { s.connections.count = 0; }
static void gateway_gone(void) { s.gateway.part.read = AZ_FAILED; s.gateway.part.http_status = 404; }
static void gateway_failed(void) { set(&s.gateway.provisioning_state, "Failed"); }
static void peers_down(void) { set(&s.gateway_peers.rows[0].state, "Idle"); set(&s.gateway_peers.rows[1].state, "Connecting"); }
static void one_peer_down(void) { set(&s.gateway_peers.rows[1].state, "Idle"); }
static void one_down_one_unknown(void) { one_peer_down(); set(&s.gateway_peers.rows[0].state, "Unknown"); }
static void gateway_rows_gone(void) { s.bgp[0].count = s.bgp[1].count = 1; }
static void one_gateway_row_down(void) { set(&s.bgp[1].rows[2].state, "Active"); }
static void no_route_filter(void)
{
	plan.peering = PEERING_MICROSOFT;
	set(&s.peering.advertised_prefixes_state, "Configured");
}
static void not_validated(void)
{
	plan.peering = PEERING_MICROSOFT;
	s.peering.has_route_filter = true;
	set(&s.peering.advertised_prefixes_state, "ValidationNeeded");
	both_bgp_down();
}
static void validation_of_more(void)
{
	plan.peering = PEERING_MICROSOFT;
	s.peering.has_route_filter = true;
	set(&s.peering.advertised_prefixes_state, "ValidationNeeded");
}

static void findings(void **state)
{
	static const struct { void (*make)(void); enum state_status status; enum link_id link; const char *words; } cases[] = {
		{circuit_disabled, STATE_FAULT, LINK_NULL, "the circuit is 'Disabled'"},
		{not_provisioned, STATE_FAULT, LINK_NULL, "provider's state is 'Deprovisioning'"},
		{circuit_failed, STATE_DEGRADED, LINK_NULL, "provisioning state is Failed"},
		{peering_missing, STATE_FAULT, LINK_NULL, "has no AzurePrivatePeering"},
		{peering_disabled, STATE_FAULT, LINK_NULL, "the peering is 'Disabled'"},
		{peering_failed, STATE_DEGRADED, LINK_NULL, "peering's provisioning state is Failed"},
		{primary_bgp_down, STATE_DEGRADED, LINK_PRIMARY, "BGP with the edge 172.16.3.1 is Active (1d14h); ARP for it is fine"},
		{both_bgp_down, STATE_FAULT, LINK_PRIMARY, "BGP with the edge 172.16.3.1 is Active"},
		{secondary_l2_down, STATE_DEGRADED, LINK_SECONDARY, "is Idle (1d14h); ARP for it is unanswered"},
		{secondary_only_microsoft, STATE_DEGRADED, LINK_SECONDARY, "ARP for it is unanswered"},
		{just_died, STATE_DEGRADED, LINK_PRIMARY, "unanswered although BGP still stands"},
		{announces_nothing, STATE_FAULT, LINK_PRIMARY, "announces no prefix"},
		{announces_nothing_once, STATE_DEGRADED, LINK_SECONDARY, "announces no prefix"},
		{not_connected, STATE_FAULT, LINK_NULL, "connection er is 'NotConnected'"},
		{connecting, STATE_DEGRADED, LINK_NULL, "connection er is 'Connecting'"},
		{no_connection, STATE_FAULT, LINK_NULL, "no connection to this circuit"},
		{gateway_gone, STATE_FAULT, LINK_NULL, "gateway does not exist"},
		{gateway_failed, STATE_DEGRADED, LINK_NULL, "gateway's provisioning state is Failed"},
		{peers_down, STATE_FAULT, LINK_NULL, "2 of the gateway's 2 BGP sessions"},
		{one_peer_down, STATE_DEGRADED, LINK_NULL, "1 of the gateway's 2 BGP sessions with Microsoft's edge do not stand"},
		{one_down_one_unknown, STATE_DEGRADED, LINK_NULL, "1 of the gateway's 2 BGP sessions with Microsoft's edge do not stand"},
		{gateway_rows_gone, STATE_FAULT, LINK_NULL, "missing among the BGP neighbours of both"},
		{one_gateway_row_down, STATE_DEGRADED, LINK_NULL, "3 of 4 BGP sessions"},
		{no_route_filter, STATE_FAULT, LINK_NULL, "no route filter"},
		{not_validated, STATE_FAULT, LINK_NULL, "'ValidationNeeded'"},
		{validation_of_more, STATE_DEGRADED, LINK_NULL, "'ValidationNeeded'"},
	};
	teardown(state);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setup(state);
		cases[i].make();
		expect(cases[i].status, cases[i].link, cases[i].words);
		teardown(state);
	}
	setup(state);
}

/* A port that is shut heads what follows from it, however many paths are down; of another link's session it is no cause. */
static void a_port_heads_what_follows(void **state)
{
	static const struct { void (*make)(void); const char *shut; enum state_status status; bool follows[LINKS]; } cases[] = {
		{primary_bgp_down, "link1", STATE_DEGRADED, {true, false}},
		{both_bgp_down, "link1", STATE_FAULT, {true, false}},
		{secondary_l2_down, "link2", STATE_DEGRADED, {false, true}},
		{both_bgp_down, "link2", STATE_FAULT, {false, true}},
	};

	struct judgement j;

	teardown(state);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setup(state);
		cases[i].make();
		s.port.part.read = AZ_OK;
		s.port.rows = calloc(s.port.count = 1, sizeof(*s.port.rows));
		set(&s.port.rows[0].name, cases[i].shut);
		set(&s.port.rows[0].admin_state, "Disabled");
		judge_snapshot(&plan, &s, &j);
		assert_int_equal(j.status, cases[i].status);
		assert_string_equal(j.findings[0].what, "Microsoft's port of this link is down");
		assert_int_equal(j.findings[0].weight, cases[i].status);
		for (size_t k = 1; k < j.count; k++) {
			bool bgp = strstr(j.findings[k].what, "BGP with the edge") != NULL;
			if (bgp && (strstr(j.findings[k].means, "follows from the port") != NULL) != cases[i].follows[j.findings[k].link])
				fail_msg("case %zu, link %d: %s", i, (int)j.findings[k].link, j.findings[k].means);
		}
		teardown(state);
	}
	setup(state);
}

static void dual_stack(void **state)
{
	(void)state;
	set(&s.peering.prefix6[0], "2001:db8:0:1::/126");
	s.bgp[0].rows = realloc(s.bgp[0].rows, 4 * sizeof(*s.bgp[0].rows));
	memset(&s.bgp[0].rows[3], 0, sizeof(s.bgp[0].rows[3]));
	s.bgp[0].count = 4;
	bgp_row(0, 3, "2001:DB8:0:1:0::1", 65010, "Active"); /* another spelling of …::1 */
	expect(STATE_DEGRADED, LINK_PRIMARY, "BGP with the edge 2001:db8:0:1::1 is Active");
	bgp_row(0, 3, "2001:db8:0:1::1", 65010, "4");
	expect(STATE_HEALTHY, LINK_NULL, NULL);
	bgp_row(0, 0, "172.16.3.1", 65010, "Idle"); /* IPv4 alone is lost: the path still stands */
	expect(STATE_DEGRADED, LINK_PRIMARY, "BGP with the edge 172.16.3.1 is Idle");
}

static void nothing_read(void **state)
{
	struct judgement j;
	(void)state;
	az_snapshot_free(&s);
	memset(&s, 0, sizeof(s));
	s.gateway.part.read = AZ_FAILED;
	s.gateway.part.http_status = 404;
	judge_snapshot(&plan, &s, &j);
	assert_int_equal(j.status, STATE_UNREAD);
}

/* A circuit that does not exist leaves its group's connections readable: no health in that. */
static void nothing_of_the_circuit_read(void **state)
{
	struct judgement j;
	(void)state;
	s.circuit.part.read = s.peering.part.read = s.circuit_stats.part.read = AZ_FAILED;
	for (int l = 0; l < LINKS; l++)
		s.arp[l].part.read = s.bgp[l].part.read = s.routes[l].part.read = AZ_FAILED;
	judge_snapshot(&plan, &s, &j);
	assert_int_equal(j.status, STATE_UNREAD);
	set(&s.connections.rows[0].status, "NotConnected");
	judge_snapshot(&plan, &s, &j);
	assert_int_equal(j.status, STATE_FAULT); /* what was read is bad enough */
}

static void findings_are_bounded_and_safe(void **state)
{
	struct judgement j;
	(void)state;
	set(&s.circuit.circuit_state, "Dis\x1b[31mabled\n");
	s.connections.rows = realloc(s.connections.rows, 100 * sizeof(*s.connections.rows));
	for (size_t i = 1; i < 100; i++)
		s.connections.rows[i] = s.connections.rows[0];
	s.connections.count = 100;
	for (size_t i = 0; i < 100; i++)
		set(&s.connections.rows[i].status, "Connecting");
	peers_down(); /* found last, when there is no room any more */
	judge_snapshot(&plan, &s, &j);
	assert_int_equal(j.count, FINDINGS_MAX);
	assert_non_null(strstr(j.findings[0].what, "the circuit is"));
	assert_non_null(strstr(j.findings[1].what, "2 of the gateway's 2")); /* the worst are never those dropped */
	assert_null(strpbrk(j.findings[0].what, "\x1b\n"));
}

/* The text's skeleton; how it reads is looked at by people. */
static void text_shows_what_matters(void **state)
{
	static const char *const parts[] = {"c-1  ! DEGRADED", "172.16.4.0/30", "✗ Idle", "✓ 12 prefixes", "Not healthy",
	                                    "secondary:", "Could not be read", "stats: 500 X"};
	struct text_style style = {.width = 100};
	struct judgement j;
	struct strbuf out;
	(void)state;
	secondary_l2_down();
	set(&s.circuit.service_key, "the-service-key");
	set(&s.circuit.provider_name, "Evil\x1b[2J");
	s.circuit_stats.part.read = AZ_FAILED;
	snprintf(s.circuit_stats.part.operation, sizeof(s.circuit_stats.part.operation), "stats");
	snprintf(s.circuit_stats.part.error, sizeof(s.circuit_stats.part.error), "stats: 500 X");
	judge_snapshot(&plan, &s, &j);
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	state_text(&plan, &s, &j, &style, &out);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strstr(out.text, parts[i]))
			fail_msg("%s is not in:\n%s", parts[i], out.text);
	assert_null(strstr(out.text, "the-service-key"));
	assert_null(strchr(out.text, '\x1b'));
	strbuf_free(&out);
	style.verbose = true;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	state_text(&plan, &s, &j, &style, &out);
	assert_non_null(strstr(out.text, "the-service-key"));
	assert_non_null(strstr(out.text, "02cf.2b02.c22c"));
	strbuf_free(&out);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(healthy), T(never_a_fault), T(findings), T(a_port_heads_what_follows), T(dual_stack), T(nothing_read), T(nothing_of_the_circuit_read), T(findings_are_bounded_and_safe),
		T(text_shows_what_matters),
	};
	return cmocka_run_group_tests_name("azure_judge", tests, NULL, NULL);
}
