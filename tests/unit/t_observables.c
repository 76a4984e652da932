/* SPDX-License-Identifier: BSD-2-Clause */
/* Records into groups of traffic: who should answer, who says why not. */
#include "tests/unit/diagnose_judge.h"

#include <math.h>

static void a_healthy_circuit(void **state)
{
	struct judged j;
	size_t flows = 0;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 10);
	judged_see(&j);
	for (uint8_t l = 0; l < LINKS; l++) {
		assert_int_equal(need(&j, GROUP_EDGE, l, 0, 0, 0)->answered, 14); /* 10, and TTLs 3 to 6 */
		assert_int_equal(need(&j, GROUP_MSEE, l, 0, 0, 0)->answered, 13);
		assert_int_equal(need(&j, GROUP_BGP, l, 0, 179, 0)->answered, 10);
		assert_int_equal(need(&j, GROUP_BGP, l, 0, 179, 0)->refused, 10);
		assert_int_equal(need(&j, GROUP_MSEE_HOP, l, 0, 443, 0)->answered, 4);
		assert_int_equal(need(&j, GROUP_HOP, l, 3, 0, 0)->answered, 5); /* at the edge: the MSEE's own flow, two pings each */
		for (uint16_t t = 0; t < 2; t++) {
			const struct traffic_group *g = need(&j, GROUP_TARGET, l, 0, 443, t);
			assert_int_equal(g->sent, 22);
			assert_int_equal(g->answered, 22);
			assert_int_equal(g->flow_count, 2);
			assert_int_equal(g->refused, 0);
			assert_int_equal(g->unreach, UNREACH_NONE);
			flows += g->flow_count;
		}
	}
	assert_int_equal(flows, 8);
	/* Hops before the fork are shared. */
	assert_int_equal(need(&j, GROUP_HOP, LINK_ANY, 1, 0, 0)->domain, DOMAIN_CORPORATE);
	assert_null(judged_group(&j, GROUP_HOP, P, 2, 0, 0));
	/* The gateway is silent by nature, and no hop behind the MSEE is looked at. */
	for (size_t i = 0; i < j.seen.group_count; i++)
		assert_true(j.seen.groups[i].hop <= 4);
	for (int l = 0; l < LINKS; l++) {
		assert_true(j.seen.links[l].expected);
		assert_int_equal(j.seen.links[l].use[FAM4], USE_YES);
		assert_int_equal(j.seen.links[l].delay, DELAY_SAME);
	}
	assert_true(j.seen.families[FAM4] && !j.seen.families[FAM6]);
	assert_false(j.seen.nothing_left);
	assert_false(j.seen.neighbour_dead);
	assert_true(j.seen.own_loss == 0);
	judged_free(&j);
}

static void sums_are_kept(void **state)
{
	struct judged j;
	uint32_t counted = 0;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	j.w.way[FAM4][S].dead_from = 4;
	world_run(&j.w, 7);
	judged_see(&j);
	for (size_t i = 0; i < j.seen.group_count; i++) {
		const struct traffic_group *g = &j.seen.groups[i];
		uint32_t sent = 0, answered = 0;
		for (uint8_t k = 0; k < g->flow_count; k++) {
			sent += g->flows[k].sent;
			answered += g->flows[k].answered;
		}
		assert_int_equal(sent, g->sent);
		assert_int_equal(answered, g->answered);
		assert_true(g->answered <= g->sent && g->refused <= g->answered && g->last_run <= g->sent - g->answered);
		counted += g->sent;
	}
	assert_true(counted <= j.w.seen.count);
	judged_free(&j);
}

/* Answers come before and after an outage: what the last run says. */
static void runs_at_the_end(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 5);
	j.w.way[FAM4][P].dead_from = 4;
	for (int i = 0; i < 6; i++)
		world_probe(&j.w, MSEE1, FULL);
	observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms + 5000));
	judged_see(&j);
	assert_int_equal(need(&j, GROUP_MSEE, P, 0, 0, 0)->last_run, 6);
	assert_int_equal(need(&j, GROUP_MSEE, S, 0, 0, 0)->last_run, 0);
	judged_forget(&j);
	j.w.way[FAM4][P].dead_from = 0;
	world_probe(&j.w, MSEE1, FULL);
	judged_see(&j);
	assert_int_equal(need(&j, GROUP_MSEE, P, 0, 0, 0)->last_run, 0);
	judged_free(&j);
}

/* What waits for its answer, and what came late, counts nowhere. */
static void what_is_open_does_not_count(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 5);
	struct match late = {.cls = MATCH_LATE, .has_probe = true, .probe = world_sent(&j.w, MSEE1, FULL)};
	j.w.now_ms += 4000;
	observations_match(&j.w.seen, &late, world_at(&j.w, j.w.now_ms));
	world_sent(&j.w, MSEE1, FULL);
	judged_see(&j);
	assert_int_equal(need(&j, GROUP_MSEE, P, 0, 0, 0)->sent, 8);
	assert_int_equal(need(&j, GROUP_MSEE, P, 0, 0, 0)->last_run, 0);
	judged_free(&j);
}

/* Of port 179 a SYN counts that also passes GTSM; a plain one does where GTSM drops none, as one that is answered shows. */
static void bgp_probes_of_a_plain_ttl(void **state)
{
	(void)state;
	for (unsigned plain = 0; plain < 2; plain++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		for (int i = 0; i < 4; i++)
			world_sent(&j.w, BGP1, FULL);
		for (unsigned i = 0; i < 3 + plain; i++)
			world_probe(&j.w, BGP1, i < 3 ? PATH_TTL_GTSM : FULL);
		observations_time(&j.w.seen, world_at(&j.w, 5000));
		judged_see(&j);
		assert_int_equal(need(&j, GROUP_BGP, P, 0, 179, 0)->sent * 8 + need(&j, GROUP_BGP, P, 0, 179, 0)->answered, plain ? 68 : 27);
		judged_free(&j);
	}
}

/* Hops that never answered anything are not there; one that answers ping but not TCP is. */
static void unheard_hops(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	j.w.way[FAM4][P].hop[3] = j.w.way[FAM4][S].hop[3] = "";
	world_run(&j.w, 5);
	judged_see(&j);
	assert_null(judged_group(&j, GROUP_HOP, P, 3, 0, 0));
	assert_null(judged_group(&j, GROUP_HOP, P, 3, 443, 0));
	judged_forget(&j);
	world_error(&j.w, MSEE1, 3, 11, 0, "10.10.3.1");
	judged_see(&j);
	assert_int_equal(need(&j, GROUP_HOP, P, 3, 0, 0)->answered, 1);
	const struct traffic_group *tcp = need(&j, GROUP_HOP, P, 3, 443, 0);
	assert_true(tcp->sent > 0 && tcp->answered == 0);
	judged_free(&j);
}

/* A hop that the control alone meets is not shared: beyond it the two ways differ. */
static void hops_of_the_control_alone(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_target(&j.w, "10.10.9.9", 53, true);
	world_target_flows(&j.w, 2, 1);
	world_run(&j.w, 3);
	uint16_t control = STANDARD_FLOWS;
	world_error(&j.w, control, 2, 11, 0, "10.10.8.8"); /* its own way */
	world_error(&j.w, control, 3, 11, 0, "10.10.8.9");
	judged_see(&j);
	assert_int_equal(need(&j, GROUP_CONTROL, LINK_ANY, 0, 0, 2)->hop, 2);
	judged_free(&j);
}

static void flows_that_are_not_located(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	for (int i = 0; i < 5; i++)
		world_probe(&j.w, TCP, FULL);
	judged_see(&j);
	assert_int_equal(need(&j, GROUP_TARGET, LINK_ANY, 0, 443, 0)->answered, 5);
	judged_free(&j);
}

/* More flows than a group keeps apart: the last place takes the rest. */
static void many_flows_in_a_group(void **state)
{
	struct judged j;

	(void)state;
	memset(&j, 0, sizeof j);
	world_init(&j.w, HANDOFF_L2);
	world_target(&j.w, "10.101.7.7", 443, false);
	for (int i = 0; i < GROUP_FLOWS_MAX + 6; i++)
		world_flow(&j.w, P, FLOW_TARGET, PROBE_TCP_SYN, 0, "10.101.7.7", 443);
	for (uint16_t f = 0; f < GROUP_FLOWS_MAX + 6; f++)
		world_probe(&j.w, f, FULL);
	judged_see(&j);
	const struct traffic_group *g = need(&j, GROUP_TARGET, P, 0, 443, 0);
	assert_int_equal(g->flow_count, GROUP_FLOWS_MAX);
	assert_int_equal(g->sent, GROUP_FLOWS_MAX + 6);
	assert_int_equal(g->flows[0].sent, 1);
	assert_int_equal(g->flows[GROUP_FLOWS_MAX - 1].sent, 7);
	assert_int_equal(g->flows[GROUP_FLOWS_MAX - 1].answered, 7);
	judged_free(&j);
}

static void refuse(struct judged *j, uint16_t flow, uint8_t result, int times)
{
	for (int i = 0; i < times; i++)
		world_not_sent(&j->w, flow, FULL, result);
}

/* Our own routing table's "no route" is a trouble of this host's; on the edge a statement like a router's (t_own_host.c). */
static void our_own_missing_route(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	refuse(&j, TCP, SEND_NO_ROUTE, 4);
	judged_see(&j);
	const struct traffic_group *g = need(&j, GROUP_TARGET, LINK_ANY, 0, 443, 0);
	assert_int_equal(g->unreach, UNREACH_ADMIN_CORP);
	assert_true(g->own_route);
	assert_int_equal(g->sent, 4);
	assert_int_equal(g->answered, 0);
	assert_int_equal(g->unreach_count, 4);
	assert_int_equal(g->last_run, 4);
	assert_false(ip_addr_is_set(&g->unreach_from));
	assert_false(j.seen.nothing_left);
	judged_free(&j);
}

/* A further source port to a BGP port is not asked then, and not refused. */
static void nothing_leaves(void **state)
{
	static const struct { uint8_t result; bool stuck; } rows[] = {
	    {SEND_NO_ROUTE, true}, {SEND_LINK_DOWN, true}, {SEND_BLOCKED, true}, {SEND_NO_BUFFER, false}, {SEND_REFUSED_RATE, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		world_flow(&j.w, P, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, "172.16.3.2", 179);
		for (uint16_t f = 0; f < STANDARD_FLOWS; f++)
			refuse(&j, f, rows[i].result, 2);
		judged_see(&j);
		assert_int_equal(j.seen.nothing_left, rows[i].stuck);
		judged_free(&j);
		judged_standard(&j, HANDOFF_L2);
		for (uint16_t f = 1; f < STANDARD_FLOWS; f++) /* one flow leaves */
			refuse(&j, f, rows[i].result, 2);
		judged_see(&j);
		assert_false(j.seen.nothing_left);
		judged_free(&j);
	}
}

/* The port goes down in the middle of a run: flows that had nothing more to ask are not refused, and what was answered
 * until then does not make the host well. */
static void nothing_leaves_any_more(void **state)
{
	static const struct { int64_t after_ms; uint16_t flows; bool again, cut, lately; } rows[] = {
	    {600, STANDARD_FLOWS / 2 + 1, false, true, false},
	    {300, STANDARD_FLOWS / 2 + 1, false, false, true}, /* too short a time to tell */
	    {600, 1, false, false, false},               /* one flow that a filter of this host holds back */
	    {600, STANDARD_FLOWS / 2 + 1, true, false, false}, /* over */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 4);
		j.w.now_ms += rows[i].after_ms - 5000; /* that world_run() waits at its end */
		for (uint16_t f = 0; f < rows[i].flows; f++)
			world_not_sent(&j.w, f, FULL, SEND_LINK_DOWN);
		if (rows[i].again)
			world_run(&j.w, 4);
		judged_see(&j);
		assert_int_equal(j.seen.nothing_left, rows[i].cut);
		assert_int_equal(j.seen.left_until.ns > 0, rows[i].cut);
		assert_int_equal(j.seen.refused_lately, rows[i].lately);
		assert_int_equal(j.seen.group_count == 0, rows[i].cut);
		judged_free(&j);
	}
}

static void no_flow_has_a_route(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	for (uint16_t f = 0; f < STANDARD_FLOWS; f++)
		j.w.flows[f].no_route = true;
	judged_see(&j);
	assert_true(j.seen.nothing_left);
	judged_free(&j);
}

static void the_first_hop_is_asked(void **state)
{
	static const struct { int lost, answered; bool dead; } rows[] = {{1, 0, false}, {2, 0, true}, {8, 0, true}, {8, 1, false}, {0, 3, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		uint16_t f = world_flow(&j.w, LINK_ANY, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR, 0, "10.10.1.1", 0);
		for (int k = 0; k < rows[i].lost; k++)
			world_sent(&j.w, f, PATH_TTL_GTSM);
		for (int k = 0; k < rows[i].answered; k++)
			world_probe(&j.w, f, PATH_TTL_GTSM);
		observations_time(&j.w.seen, world_at(&j.w, 5000));
		judged_see(&j);
		assert_int_equal(j.seen.neighbour_dead, rows[i].dead);
		judged_free(&j);
	}
}

/* On the edge ARP asks for the MSEE itself: that is the MSEE's group, not the host's. */
static void arp_for_the_msee(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	uint16_t f = world_flow(&j.w, P, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR, 0, "172.16.3.2", 0);
	for (int k = 0; k < 5; k++)
		world_sent(&j.w, f, PATH_TTL_GTSM);
	observations_time(&j.w.seen, world_at(&j.w, 5000));
	judged_see(&j);
	assert_false(j.seen.neighbour_dead);
	bool found = false;
	for (size_t i = 0; i < j.seen.group_count; i++) {
		const struct traffic_group *g = &j.seen.groups[i];
		found = found || (g->cls == GROUP_MSEE && g->kind == PROBE_NEIGHBOUR && g->link == P && g->sent == 5 && g->answered == 0);
	}
	assert_true(found);
	judged_free(&j);
}

/* Which links the flows that may choose do cross; too few say nothing. */
static void use_of_the_links(void **state)
{
	static const struct { uint8_t takes; int probed; enum link_use use[LINKS]; } rows[] = {
	    {P, 16, {USE_YES, USE_NO}}, {S, 16, {USE_NO, USE_YES}}, {P, 6, {USE_YES, USE_NO}}, {P, 5, {USE_UNKNOWN, USE_UNKNOWN}}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		world_probe(&j.w, EDGE1, 3);
		world_error(&j.w, MSEE1, 3, 11, 0, "10.10.3.1");
		world_error(&j.w, MSEE2, 3, 11, 0, "10.10.4.1");
		for (int k = 0; k < rows[i].probed; k++) {
			j.w.takes[PING + k] = rows[i].takes;
			world_probe(&j.w, (uint16_t)(PING + k), 3);
		}
		judged_see(&j);
		for (int l = 0; l < LINKS; l++)
			assert_int_equal(j.seen.links[l].use[FAM4], rows[i].use[l]);
		judged_free(&j);
	}
}

static void our_own_loss(void **state)
{
	/* What the kernel dropped it has counted as received. */
	static const struct { uint64_t received, dropped; double want; } rows[] = {{0, 0, 0}, {1000, 50, .05}, {50, 43, .86}, {7, 43, 1}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		j.counters = (struct event_counters){.received = rows[i].received, .dropped = rows[i].dropped};
		world_run(&j.w, 1);
		judged_see(&j);
		assert_true(fabs(j.seen.own_loss - rows[i].want) < 1e-12);
		judged_free(&j);
	}
}

/* Round trips of a group: the low quantile leaves queues out. */
static void round_trips(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	for (int i = 1; i <= 30; i++) {
		world_got(&j.w, world_sent(&j.w, MSEE1, FULL), ANSWER_ECHO_REPLY, "172.16.3.2", 0, 0, i * 1000);
		if (i <= 10)
			world_got(&j.w, world_sent(&j.w, MSEE2, FULL), ANSWER_ECHO_REPLY, "172.16.4.2", 0, 0, i * 1000);
	}
	judged_see(&j);
	const struct traffic_group *g = need(&j, GROUP_MSEE, P, 0, 0, 0);
	assert_int_equal(g->rtt.min_ns, 1 * NS_PER_MS);
	assert_int_equal(g->low_ns, 3 * NS_PER_MS);
	assert_int_equal(g->rtt.median_ns, 15 * NS_PER_MS);
	assert_int_equal(need(&j, GROUP_MSEE, S, 0, 0, 0)->low_ns, 1 * NS_PER_MS); /* too few for a quantile */
	judged_free(&j);
}

static void controls_tell_where_they_leave_the_path(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_target(&j.w, "10.10.9.9", 53, true);
	world_target_flows(&j.w, 2, 1);
	world_run(&j.w, 4);
	judged_see(&j);
	const struct traffic_group *g = need(&j, GROUP_CONTROL, LINK_ANY, 0, 53, 2);
	assert_int_equal(g->hop, 2);
	assert_int_equal(g->answered, g->sent);
	judged_free(&j);
}

/* Two families are two sets of groups. */
static void families(void **state)
{
	struct judged j;
	size_t of[FAMILIES] = {0, 0};

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_link_flows(&j.w, P, FAM6);
	world_link_flows(&j.w, S, FAM6);
	world_run(&j.w, 2);
	judged_see(&j);
	assert_true(j.seen.families[FAM4] && j.seen.families[FAM6]);
	for (size_t i = 0; i < j.seen.group_count; i++) {
		const struct traffic_group *g = &j.seen.groups[i];
		of[g->fam]++;
		assert_true(!ip_addr_is_set(&g->addr) || ip_family_index(g->addr.family) == g->fam);
	}
	assert_true(of[FAM4] > 10 && of[FAM6] > 8);
	judged_free(&j);
}

/* Flows of another job, and another circuit's, belong to no group. */
static void flows_that_are_not_ours(void **state)
{
	struct judged j;
	struct plan_circuit two[2];

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	two[0] = two[1] = j.w.circuit;
	j.w.plan.circuits = two;
	j.w.plan.circuit_count = 2;
	uint16_t trace = world_flow(&j.w, LINK_ANY, FLOW_TRACE, PROBE_ICMP_ECHO, 0, "10.101.7.7", 0);
	uint16_t other = world_flow(&j.w, P, FLOW_MSEE, PROBE_ICMP_ECHO, 0, "172.16.3.2", 0);
	j.w.flows[other].circuit = 1;
	for (int i = 0; i < 5; i++) {
		world_probe(&j.w, trace, FULL);
		world_probe(&j.w, other, FULL);
		refuse(&j, other, SEND_NO_ROUTE, 1);
	}
	judged_see(&j);
	assert_int_equal(j.seen.group_count, 0);
	judged_free(&j);
}

static void nothing_at_all(void **state)
{
	struct judged j;

	(void)state;
	memset(&j, 0, sizeof j);
	world_init(&j.w, HANDOFF_L2);
	judged_see(&j);
	assert_int_equal(j.seen.group_count, 0);
	assert_false(j.seen.nothing_left);
	/* Azure alone can be a diagnosis, of the families that the links are known to have. */
	assert_true(j.seen.families[FAM4] && j.seen.families[FAM6]);
	judged_free(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_healthy_circuit),
	    cmocka_unit_test(sums_are_kept),
	    cmocka_unit_test(runs_at_the_end),
	    cmocka_unit_test(what_is_open_does_not_count),
	    cmocka_unit_test(bgp_probes_of_a_plain_ttl),
	    cmocka_unit_test(unheard_hops),
	    cmocka_unit_test(hops_of_the_control_alone),
	    cmocka_unit_test(flows_that_are_not_located),
	    cmocka_unit_test(many_flows_in_a_group),
	    cmocka_unit_test(our_own_missing_route),
	    cmocka_unit_test(nothing_leaves),
	    cmocka_unit_test(nothing_leaves_any_more),
	    cmocka_unit_test(no_flow_has_a_route),
	    cmocka_unit_test(the_first_hop_is_asked),
	    cmocka_unit_test(arp_for_the_msee),
	    cmocka_unit_test(use_of_the_links),
	    cmocka_unit_test(our_own_loss),
	    cmocka_unit_test(round_trips),
	    cmocka_unit_test(controls_tell_where_they_leave_the_path),
	    cmocka_unit_test(families),
	    cmocka_unit_test(flows_that_are_not_ours),
	    cmocka_unit_test(nothing_at_all),
	};

	return cmocka_run_group_tests_name("observables", tests, NULL, NULL);
}
