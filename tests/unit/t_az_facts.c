/* SPDX-License-Identifier: BSD-2-Clause */
/* az_facts and what `erprobe state` makes of them: absent told from no, and no remark too many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/value/az_facts.h"
#include "probe/state/judge.h"

static struct az_snapshot s;
static struct plan_circuit plan;
static struct judgement j;
static const struct wall_ns now = {INT64_C(1764003723000000000)}; /* 2025-11-24T17:02:03Z */

static int setup(void **state)
{
	(void)state;
	memset(&s, 0, sizeof(s));
	memset(&plan, 0, sizeof(plan));
	plan.links[0].asn = plan.links[1].asn = plan.links[0].vlan = plan.links[1].vlan = -1;
	s.done_at = now;
	s.circuit.part.read = AZ_OK;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	az_snapshot_free(&s);
	return 0;
}

static void set(struct az_text *t, const char *text)
{
	memset(t, 0, sizeof(*t));
	t->present = text != NULL;
	if (text)
		snprintf(t->text, sizeof(t->text), "%s", text);
}

#define ROWS(table, n) ((table).part.read = AZ_OK, (table).count = (n), (table).rows = calloc((n), sizeof(*(table).rows)))

static bool said(const char *words, enum state_status weight)
{
	judge_snapshot(&plan, &s, &j);
	for (size_t i = 0; i < j.count; i++)
		if (strstr(j.findings[i].what, words))
			return j.findings[i].weight == weight;
	return false;
}

static void reads_numbers_and_words(void **state)
{
	static const struct { const char *text; double value; } good[] = {
		{"0", 0}, {"-3.5", -3.5}, {"100.0", 100}, {"1e3", 1000}, {"25E-1", 2.5}, {".5", 0.5}, {"12345678901", 12345678901.0}};
	static const char *const bad[] = {"", "-", ".", "1.2.3", "NaN", "5 %", "1e", "1e999", "e5", " 1"};
	struct az_text t;
	double v;
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		set(&t, good[i].text);
		assert_true(az_text_number(&t, &v));
		assert_float_equal(v, good[i].value, 1e-6);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set(&t, bad[i]);
		if (az_text_number(&t, &v))
			fail_msg("%s is no number", bad[i]);
	}
	set(&t, "primary-IPv4");
	assert_int_equal(az_text_link(&t), LINK_PRIMARY);
	set(&t, "Seco");
	assert_int_equal(az_text_link(&t), LINK_NULL);
	set(&t, " 65515 65010 I\n");
	assert_int_equal(az_first_as(&t), 65515);
	set(&t, "12076-65010");
	assert_int_equal(az_first_as(&t), 12076);
	set(&t, "I");
	assert_int_equal(az_first_as(&t), -1);
}

static void knows_running_tests(void **state)
{
	const struct az_failover_test *which = NULL;
	(void)state;
	assert_int_equal(az_failover_test(&s, LINK_PRIMARY, NULL), AZ_FACT_UNKNOWN);
	ROWS(s.failover_tests, 2);
	set(&s.failover_tests.rows[0].link, "Primary");
	set(&s.failover_tests.rows[0].status, "Completed");
	set(&s.failover_tests.rows[1].link, "Secondary");
	set(&s.failover_tests.rows[1].status, "Running");
	assert_int_equal(az_failover_test(&s, LINK_PRIMARY, NULL), AZ_FACT_NO);
	assert_int_equal(az_failover_test(&s, LINK_SECONDARY, &which), AZ_FACT_YES);
	assert_ptr_equal(which, &s.failover_tests.rows[1]);
	set(&s.failover_tests.rows[0].link, "Secondary"); /* one that starts stands before the one that runs */
	set(&s.failover_tests.rows[0].status, "Starting");
	assert_int_equal(az_failover_test(&s, LINK_SECONDARY, &which), AZ_FACT_YES);
	assert_ptr_equal(which, &s.failover_tests.rows[1]);
	set(&s.failover_tests.rows[1].status, "Stopping");
	assert_int_equal(az_failover_test(&s, LINK_SECONDARY, &which), AZ_FACT_YES);
	assert_ptr_equal(which, &s.failover_tests.rows[0]);
	set(&s.failover_tests.rows[1].status, "Running");
	assert_true(said("a link failover test", STATE_DEGRADED));
}

static void event(struct az_event *e, const char *kind, const char *began, const char *ended, const char *region)
{
	set(&e->id, "T-1");
	set(&e->kind, kind);
	set(&e->began, began);
	set(&e->ended, ended);
	set(&e->region, region);
}

static void knows_when_and_where_events_are(void **state)
{
	struct az_event e = {0};
	struct az_circuit c = {0};
	(void)state;
	event(&e, "PlannedMaintenance", "2025-11-24T16:00:00Z", NULL, "West US 2, North Europe");
	assert_int_equal(az_event_when(&e, now), AZ_EVENT_NOW);
	set(&e.status, "Resolved");
	assert_int_equal(az_event_when(&e, now), AZ_EVENT_OVER);
	set(&e.status, "Active");
	set(&e.ended, "2025-11-24T17:00:00Z");
	assert_int_equal(az_event_when(&e, now), AZ_EVENT_OVER);
	set(&e.ended, "2025-11-24T18:00:00Z");
	set(&e.began, "2025-11-24T17:30:00Z");
	assert_int_equal(az_event_when(&e, now), AZ_EVENT_AHEAD);
	set(&c.location, "westus2");
	assert_true(az_event_is_near(&e, &c));
	set(&c.location, "westus");
	assert_false(az_event_is_near(&e, &c));
	set(&c.location, "northeurope");
	assert_true(az_event_is_near(&e, &c));
	set(&e.region, "Global");
	assert_true(az_event_is_near(&e, &c));
}

static void judges_events(void **state)
{
	(void)state;
	set(&s.circuit.location, "westus");
	ROWS(s.service_events, 2);
	event(&s.service_events.rows[0], "ServiceIssue", "2025-11-24T16:00:00Z", NULL, "East US");
	event(&s.service_events.rows[1], "PlannedMaintenance", "2025-11-24T16:00:00Z", NULL, "West US");
	assert_false(said("ServiceIssue", STATE_HEALTHY)); /* elsewhere */
	assert_true(said("PlannedMaintenance T-1 goes on", STATE_HEALTHY));
	assert_int_equal(j.status, STATE_HEALTHY);
	assert_int_equal(az_event_now(&s, "PlannedMaintenance", now, NULL), AZ_FACT_YES);
	assert_int_equal(az_event_now(&s, "ServiceIssue", now, NULL), AZ_FACT_UNKNOWN); /* the circuit's own were not read */
	ROWS(s.circuit_events, 1);
	event(&s.circuit_events.rows[0], "ServiceIssue", "2025-11-24T16:00:00Z", NULL, "East US");
	assert_true(said("ServiceIssue T-1 goes on", STATE_DEGRADED));
}

static void judges_changes_and_settings(void **state)
{
	(void)state;
	ROWS(s.activity, 2);
	set(&s.activity.rows[0].operation, "Microsoft.Network/expressRouteCircuits/read");
	set(&s.activity.rows[1].operation, "Microsoft.Network/expressRouteCircuits/peerings/write");
	set(&s.activity.rows[1].title, "Create or update peering");
	set(&s.activity.rows[1].status, "Succeeded");
	set(&s.activity.rows[1].caller, "ann@example.com");
	assert_true(said("Create or update peering, Succeeded, at an unknown time by ann@example.com", STATE_HEALTHY));
	assert_int_equal(j.count, 1);
	s.peering.part.read = AZ_OK;
	s.peering.present = true;
	s.peering.vlan = (struct az_int){true, 300};
	plan.links[LINK_SECONDARY].configured = true;
	plan.links[LINK_SECONDARY].vlan = 301;
	assert_true(said("Azure has VLAN 300, the edge is configured with VLAN 301", STATE_DEGRADED));
	set(&s.peering.prefix[LINK_SECONDARY], "172.16.4.0/30");
	ip_addr_parse("172.16.9.1", &plan.links[LINK_SECONDARY].ce[FAM4]);
	assert_true(said("Azure has 172.16.4.0/30 for this link, the edge is configured with 172.16.9.1", STATE_DEGRADED));
	plan.links[LINK_SECONDARY].derived = true; /* then the address is Azure's own */
	assert_false(said("the edge is configured with 172.16.9.1", STATE_DEGRADED));
}

static void light(size_t i, const char *link, const char *dbm)
{
	set(&s.port_light.rows[i].name, "RxLightLevel");
	set(&s.port_light.rows[i].link, link);
	set(&s.port_light.rows[i].average, dbm);
}

static void judges_ports(void **state)
{
	double dbm = 0;
	(void)state;
	assert_int_equal(az_port_down(&s, LINK_PRIMARY), AZ_FACT_UNKNOWN);
	ROWS(s.port, 2);
	set(&s.port.rows[0].name, "link1");
	set(&s.port.rows[0].admin_state, "Enabled");
	set(&s.port.rows[1].name, "link2");
	set(&s.port.rows[1].admin_state, "Disabled");
	ROWS(s.port_light, 3);
	light(0, "link1", "-3.5");
	light(1, "link1", "-14.2");
	light(2, "link2", "-40");
	assert_int_equal(az_light_bad(&s, LINK_PRIMARY, &dbm), AZ_FACT_YES);
	assert_float_equal(dbm, -14.2, 0.001);
	assert_int_equal(az_light_bad(&s, LINK_SECONDARY, NULL), AZ_FACT_UNKNOWN); /* shut: there is no light */
	assert_true(said("receives light of -14.2 dBm", STATE_DEGRADED));
	assert_true(said("Microsoft's port of this link is down", STATE_DEGRADED));
	ROWS(s.port_state, 1);
	set(&s.port_state.rows[0].name, "LineProtocol");
	set(&s.port_state.rows[0].link, "link1");
	set(&s.port_state.rows[0].average, "0");
	assert_true(said("Microsoft's port of this link is down", STATE_FAULT)); /* both */
}

static void judges_load_and_limits(void **state)
{
	double bits = 0;
	size_t customer, gateway;
	(void)state;
	assert_int_equal(az_qos_drops(&s, NULL), AZ_FACT_UNKNOWN);
	ROWS(s.drops, 1);
	set(&s.drops.rows[0].highest, "0");
	assert_int_equal(az_qos_drops(&s, NULL), AZ_FACT_NO);
	set(&s.drops.rows[0].highest, "2500.5");
	assert_int_equal(az_qos_drops(&s, &bits), AZ_FACT_YES);
	assert_true(said("dropped up to 2500 bit/s", STATE_DEGRADED) || said("dropped up to 2501 bit/s", STATE_DEGRADED));
	assert_int_equal(az_prefix_limit(&s, PEERING_PRIVATE, FAM4), 0); /* the SKU is not known */
	set(&s.circuit.sku_tier, "Premium");
	assert_int_equal(az_prefix_limit(&s, PEERING_PRIVATE, FAM4), 10000);
	assert_int_equal(az_prefix_limit(&s, PEERING_PRIVATE, FAM6), 100);
	assert_int_equal(az_prefix_limit(&s, PEERING_MICROSOFT, FAM4), 200);
	assert_false(az_route_counts(&s, LINK_PRIMARY, FAM4, &customer, &gateway));
	ROWS(s.routes[LINK_PRIMARY], 900);
	for (size_t i = 0; i < 900; i++) {
		set(&s.routes[LINK_PRIMARY].rows[i].network, "10.0.0.0/24");
		set(&s.routes[LINK_PRIMARY].rows[i].path, "65515 I");
	}
	assert_true(said("announce 900 prefixes; the limit is 1000", STATE_HEALTHY));
}

/* As routers and Azure write them. */
static void reads_ages(void **state)
{
	static const struct { const char *text; double seconds; } rows[] = {
	    {"00:25:24", 1524}, {"01:00:00", 3600}, {"1d12h", 129600}, {"3w4d", 2160000}, {"1y2w", 32745600}, {"1.02:03:04", 93784},
	    {"10:20", 620}, {"02:03:04.5670000", 7384}};
	static const char *const bad[] = {"", "never", "1d12x", "-1d", "00:0a:00", "12", "1d 2h", "99999999999d"};
	struct az_text t = {.present = true};
	double seconds = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set(&t, rows[i].text);
		if (!az_text_age(&t, &seconds) || seconds != rows[i].seconds)
			fail_msg("%s is read as %g", rows[i].text, seconds);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set(&t, bad[i]);
		if (az_text_age(&t, &seconds))
			fail_msg("'%s' is read as %g", bad[i], seconds);
	}
	t.present = false;
	assert_false(az_text_age(&t, &seconds));
}

/* Of this peering, and of now: what is older says nothing. */
static void reads_flows_and_falls(void **state)
{
	double in, out, falls;

	(void)state;
	assert_false(az_traffic_now(&s, PEERING_PRIVATE, now, &in, &out));
	ROWS(s.traffic, 3);
	for (size_t i = 0; i < 3; i++) {
		set(&s.traffic.rows[i].name, i == 1 ? "BitsOutPerSecond" : "BitsInPerSecond");
		set(&s.traffic.rows[i].peering_type, i == 2 ? "Microsoft" : "Private");
		set(&s.traffic.rows[i].average, i == 1 ? "7" : "5.5");
		set(&s.traffic.rows[i].at, "2025-11-24T16:58:00Z");
	}
	assert_true(az_traffic_now(&s, PEERING_PRIVATE, now, &in, &out));
	assert_true(in == 5.5 && out == 7);
	assert_false(az_traffic_now(&s, PEERING_MICROSOFT, now, &in, &out)); /* one direction alone */
	set(&s.traffic.rows[1].at, "2025-11-24T16:40:00Z");
	assert_false(az_traffic_now(&s, PEERING_PRIVATE, now, &in, &out));
	assert_false(az_availability_falls(&s, PEERING_PRIVATE, LINK_PRIMARY, true, &falls));
	ROWS(s.metrics, 2);
	for (size_t i = 0; i < 2; i++) {
		set(&s.metrics.rows[i].name, "ArpAvailability");
		set(&s.metrics.rows[i].peer, i ? "Primary-IPv6" : "Primary-IPv4");
		set(&s.metrics.rows[i].falls, i ? "2" : "3");
	}
	assert_true(az_availability_falls(&s, PEERING_PRIVATE, LINK_PRIMARY, true, &falls) && falls == 3);
	assert_false(az_availability_falls(&s, PEERING_PRIVATE, LINK_PRIMARY, false, &falls));
	assert_false(az_availability_falls(&s, PEERING_PRIVATE, LINK_SECONDARY, true, &falls));
}

static void judges_the_rest(void **state)
{
	(void)state;
	ROWS(s.reach, 1);
	set(&s.reach.rows[0].name, "to-b");
	set(&s.reach.rows[0].status, "Disconnected");
	assert_true(said("Global Reach connection to-b is 'Disconnected'", STATE_DEGRADED));
	plan.peering = PEERING_MICROSOFT;
	s.peerings.part.read = AZ_OK;
	s.peerings.prefixes = calloc(s.peerings.prefix_count = 2, sizeof(*s.peerings.prefixes));
	set(&s.peerings.prefixes[0].prefix, "203.0.113.0/24");
	set(&s.peerings.prefixes[0].state, "AsnValidationFailed");
	set(&s.peerings.prefixes[1].prefix, "203.0.114.0/24"); /* no state: an older API */
	assert_true(said("public prefix 203.0.113.0/24 is 'AsnValidationFailed'", STATE_DEGRADED));
	assert_false(said("203.0.114.0/24", STATE_DEGRADED));
	ROWS(s.gateway_load, 1);
	set(&s.gateway_load.rows[0].name, "ExpressRouteGatewayCpuUtilization");
	set(&s.gateway_load.rows[0].highest, "97.3");
	assert_false(said("CPU was at 97 %", STATE_DEGRADED)); /* no gateway is behind a Microsoft peering */
	plan.peering = PEERING_PRIVATE;
	assert_true(said("CPU was at 97 %", STATE_DEGRADED));
}

static void counts_the_gateways_sessions(void **state)
{
	static const struct { const char *state; int64_t asn; } rows[] = {
		{"Connected", AZ_MSEE_ASN}, {"Idle", AZ_MSEE_ASN}, {"Unknown", AZ_MSEE_ASN}, {NULL, AZ_MSEE_ASN}, {"Connecting", 65515},
	};
	struct az_gateway_sessions g;

	(void)state;
	assert_false(az_gateway_sessions(&s, &g));
	ROWS(s.gateway_peers, sizeof(rows) / sizeof(rows[0]));
	for (size_t i = 0; i < s.gateway_peers.count; i++) {
		s.gateway_peers.rows[i].asn.present = true;
		s.gateway_peers.rows[i].asn.value = rows[i].asn;
		if (rows[i].state)
			set(&s.gateway_peers.rows[i].state, rows[i].state);
	}
	assert_true(az_gateway_sessions(&s, &g));
	assert_int_equal(g.all, 4);
	assert_int_equal(g.up, 1);
	assert_int_equal(g.unknown, 2);
	assert_true(said("1 of the gateway's 4 BGP sessions with Microsoft's edge do not stand", STATE_DEGRADED));
	plan.peering = PEERING_MICROSOFT;
	assert_false(said("of the gateway's 4 BGP sessions", STATE_DEGRADED));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(reads_numbers_and_words), T(knows_running_tests), T(knows_when_and_where_events_are), T(judges_events),
		T(judges_changes_and_settings), T(judges_ports), T(judges_load_and_limits), T(judges_the_rest),
		T(reads_ages), T(reads_flows_and_falls), T(counts_the_gateways_sessions),
	};
	return cmocka_run_group_tests_name("az_facts", tests, NULL, NULL);
}
