/* SPDX-License-Identifier: BSD-2-Clause */
/* What routers and ends say of traffic that does not get through: unreachable errors and refusals. */
#include "tests/unit/diagnose_judge.h"

/* Who says it, and what it means. Types 3 (IPv4) and 1 (IPv6). */
static void unreachable_errors(void **state)
{
	static const struct { enum handoff handoff; uint8_t code; const char *from; enum unreach want; } rows[] = {
	    {HANDOFF_L2, 1, "10.10.3.1", UNREACH_HOST_EDGE},    {HANDOFF_L2, 1, "172.16.3.1", UNREACH_HOST_EDGE},
	    {HANDOFF_L2, 7, "10.10.3.1", UNREACH_HOST_EDGE},    {HANDOFF_L2, 1, "10.10.2.2", UNREACH_HOST_CORP},
	    {HANDOFF_L2, 0, "10.10.2.2", UNREACH_NET},          {HANDOFF_L2, 0, "10.10.3.1", UNREACH_NET},
	    {HANDOFF_L2, 6, "10.10.2.2", UNREACH_NET},          {HANDOFF_L2, 5, "10.10.2.2", UNREACH_NET},
	    {HANDOFF_L3, 1, "172.16.1.1", UNREACH_HOST_WAN},    {HANDOFF_L3, 0, "172.16.1.1", UNREACH_NET_WAN},
	    {HANDOFF_L2, 1, "172.16.4.2", UNREACH_AZURE},       {HANDOFF_L2, 0, "10.100.0.1", UNREACH_AZURE},
	    {HANDOFF_L2, 9, "10.10.2.2", UNREACH_ADMIN_CORP},   {HANDOFF_L2, 10, "10.10.3.1", UNREACH_ADMIN_CORP},
	    {HANDOFF_L2, 13, "172.16.1.1", UNREACH_ADMIN_WAN},  {HANDOFF_L2, 13, "10.100.0.1", UNREACH_ADMIN_AZURE},
	    {HANDOFF_L2, 3, "10.10.2.2", UNREACH_ADMIN_CORP},   {HANDOFF_L2, 3, "172.16.1.1", UNREACH_ADMIN_WAN},
	    {HANDOFF_L2, 4, "10.10.2.2", UNREACH_NONE},         {HANDOFF_L2, 11, "10.10.2.2", UNREACH_NONE}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, rows[i].handoff);
		world_run(&j.w, 2);
		for (int k = 0; k < 3; k++)
			world_error(&j.w, MSEE1, FULL, 3, rows[i].code, rows[i].from);
		judged_see(&j);
		const struct traffic_group *g = need(&j, GROUP_MSEE, P, 0, 0, 0);
		if (g->unreach != rows[i].want)
			fail_msg("3/%u from %s is '%s'", rows[i].code, rows[i].from, unreach_text(g->unreach));
		assert_int_equal(g->unreach_count, rows[i].want == UNREACH_NONE ? 0 : 3);
		assert_int_equal(g->last_run, 3); /* an error is no answer */
		judged_free(&j);
	}
}

/* An edge that answers nothing, but reports by its inner address: it stands behind all routers that were met. */
static void an_edge_that_only_reports(void **state)
{
	static const struct { enum handoff handoff; const char *second, *from; enum unreach want; } rows[] = {
	    {HANDOFF_L2, "10.10.2.2", "10.10.4.1", UNREACH_HOST_EDGE}, {HANDOFF_L2, "10.10.2.2", "10.10.2.2", UNREACH_HOST_CORP},
	    {HANDOFF_L2, "", "10.10.4.1", UNREACH_HOST_CORP}, /* it may be the router that was not met */
	    {HANDOFF_L3, "10.10.2.2", "10.10.4.1", UNREACH_HOST_CORP}}; /* there the edge is the provider's */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, rows[i].handoff);
		j.w.way[FAM4][P].hop[2] = j.w.way[FAM4][S].hop[2] = rows[i].second;
		j.w.way[FAM4][S].dead_from = 3;
		world_run(&j.w, 2);
		for (int k = 0; k < 3; k++)
			world_error(&j.w, MSEE2, FULL, 3, 1, rows[i].from);
		judged_see(&j);
		if (need(&j, GROUP_MSEE, S, 0, 0, 0)->unreach != rows[i].want)
			fail_msg("row %zu: from %s is '%s'", i, rows[i].from, unreach_text(need(&j, GROUP_MSEE, S, 0, 0, 0)->unreach));
		judged_free(&j);
	}
}

static void unreachable_errors_of_ipv6(void **state)
{
	static const struct { uint8_t code; const char *from; enum unreach want; uint8_t type; } rows[] = {
	    {0, "fd10:10:2::2", UNREACH_NONE, 2}, /* too big: another type with a code 0 */
	    {4, "fd10:10:2::2", UNREACH_ADMIN_CORP, 1},
	    {0, "fd10:10:2::2", UNREACH_NET, 1},       {3, "fd10:10:2::2", UNREACH_HOST_CORP, 1}, {3, "fd00:3::1", UNREACH_HOST_EDGE, 1},
	    {1, "fd10:10:2::2", UNREACH_ADMIN_CORP, 1}, {5, "fd10:10:2::2", UNREACH_ADMIN_CORP, 1}, {6, "fd10:10:2::2", UNREACH_ADMIN_CORP, 1},
	    {3, "fd00:4::2", UNREACH_AZURE, 1}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		memset(&j, 0, sizeof j);
		world_init(&j.w, HANDOFF_L2);
		world_link_flows(&j.w, P, FAM6);
		world_link_flows(&j.w, S, FAM6);
		world_run(&j.w, 2);
		for (int k = 0; k < 3; k++)
			world_error(&j.w, MSEE1, FULL, rows[i].type, rows[i].code, rows[i].from);
		judged_see(&j);
		if (need(&j, GROUP_MSEE, P, 0, 0, 0)->unreach != rows[i].want)
			fail_msg("1/%u from %s is '%s'", rows[i].code, rows[i].from, unreach_text(need(&j, GROUP_MSEE, P, 0, 0, 0)->unreach));
		judged_free(&j);
	}
}

/* An error is yesterday's news once two answers came after it. */
static void answers_refute_errors(void **state)
{
	static const struct { int answers; bool stands; } rows[] = {{0, true}, {1, true}, {2, false}, {5, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 3);
		world_error(&j.w, MSEE1, FULL, 3, 1, "10.10.3.1");
		for (int k = 0; k < rows[i].answers; k++)
			world_probe(&j.w, MSEE1, FULL);
		judged_see(&j);
		assert_int_equal(need(&j, GROUP_MSEE, P, 0, 0, 0)->unreach != UNREACH_NONE, rows[i].stands);
		judged_forget(&j);
		world_error(&j.w, MSEE1, FULL, 3, 1, "10.10.3.1"); /* and again */
		judged_see(&j);
		assert_int_equal(need(&j, GROUP_MSEE, P, 0, 0, 0)->unreach, UNREACH_HOST_EDGE);
		judged_free(&j);
	}
}

/* "No route" to the target: its probes do not reach the hops behind the router, whose
 * silence then means nothing. */
static void hops_behind_a_missing_route(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	j.w.way[FAM4][P].dead_from = j.w.way[FAM4][S].dead_from = 4;
	world_run(&j.w, 3);
	for (uint8_t ttl = 3; ttl < 8; ttl++)
		world_error(&j.w, TCP, ttl, 3, 0, "10.10.2.2");
	judged_see(&j);
	assert_null(judged_group(&j, GROUP_HOP, P, 3, 443, 0));
	assert_null(judged_group(&j, GROUP_HOP, S, 3, 443, 1)); /* the other target is as silent: the same place */
	assert_non_null(judged_group(&j, GROUP_HOP, P, 3, 0, 0)); /* the MSEE's own flow does pass */
	judged_free(&j);
}

/* A reset from nearer than the target is a firewall's; where it stands says whose. */
static void early_resets(void **state)
{
	static const struct { uint8_t at; enum handoff handoff; enum unreach want; } rows[] = {
	    {2, HANDOFF_L2, UNREACH_ADMIN_CORP}, {3, HANDOFF_L2, UNREACH_ADMIN_CORP}, {3, HANDOFF_L3, UNREACH_ADMIN_WAN},
	    {5, HANDOFF_L2, UNREACH_ADMIN_AZURE}, {6, HANDOFF_L2, UNREACH_NONE}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, rows[i].handoff);
		world_run(&j.w, 3);
		world_got(&j.w, world_sent(&j.w, TCP, rows[i].at), ANSWER_RST, "10.101.7.7", 0, 0, 2000);
		judged_see(&j);
		for (uint8_t l = 0; l < LINKS; l++) {
			const struct traffic_group *g = need(&j, GROUP_TARGET, l, 0, 443, 0);
			if (g->unreach != rows[i].want)
				fail_msg("a reset at %u is '%s'", rows[i].at, unreach_text(g->unreach));
			assert_int_equal(ip_addr_equal(&g->unreach_from, &j.w.flows[TCP].dst), rows[i].want != UNREACH_NONE);
			assert_int_equal(need(&j, GROUP_TARGET, l, 0, 443, 1)->unreach, UNREACH_NONE);
			assert_int_equal(need(&j, GROUP_TARGET, l, 0, 0, 0)->unreach, UNREACH_NONE);
		}
		judged_free(&j);
	}
}

/* A port unreachable of the end itself is an answer: it is there. */
static void an_error_of_the_end_is_an_answer(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	for (int k = 0; k < 3; k++)
		world_error(&j.w, MSEE1, FULL, 3, 3, "172.16.3.2");
	judged_see(&j);
	assert_int_equal(need(&j, GROUP_MSEE, P, 0, 0, 0)->answered, 3);
	assert_int_equal(need(&j, GROUP_MSEE, P, 0, 0, 0)->unreach, UNREACH_NONE);
	judged_free(&j);
}

/* A host's own firewall that rejects by ICMP closes the port as a RST does. */
static void an_icmp_refusal_of_the_target(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	for (int k = 0; k < 3; k++)
		world_error(&j.w, TCP, FULL, 3, 13, "10.101.7.7");
	judged_see(&j);
	const struct traffic_group *g = need(&j, GROUP_TARGET, LINK_ANY, 0, 443, 0);
	assert_int_equal(g->answered, 3);
	assert_int_equal(g->refused, 3);
	judged_free(&j);
}

/* This host's own "no route" of the first second is over when answers came after it. */
static void old_refusals_are_forgotten(void **state)
{
	(void)state;
	for (int later = 0; later < 2; later++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		for (uint16_t f = 0; !later && f < STANDARD_FLOWS; f++)
			for (int k = 0; k < 3; k++)
				world_not_sent(&j.w, f, FULL, SEND_NO_ROUTE);
		j.w.now_ms = 1000;
		world_run(&j.w, 4);
		for (uint16_t f = 0; later && f < STANDARD_FLOWS; f++)
			for (int k = 0; k < 3; k++)
				world_not_sent(&j.w, f, FULL, SEND_NO_ROUTE);
		judged_see(&j);
		const struct traffic_group *g = need(&j, GROUP_TARGET, P, 0, 443, 0);
		assert_int_equal(g->last_run, later ? 6 : 0);
		assert_int_equal(g->unreach, later ? UNREACH_NET : UNREACH_NONE);
		assert_int_equal(j.seen.nothing_left, later);
		judged_free(&j);
	}
}

/* What this host's packet filter holds back is a filter's, and so is what it has no route for, under another name. */
static void refusals_of_either_kind(void **state)
{
	static const struct { int blocked, no_route; enum unreach want; } rows[] = {
	    {3, 0, UNREACH_ADMIN_CORP}, {0, 3, UNREACH_ADMIN_CORP}, {1, 2, UNREACH_ADMIN_CORP}, {2, 1, UNREACH_ADMIN_CORP}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 4);
		for (uint16_t f = 0; f < STANDARD_FLOWS; f++) {
			if (j.w.flows[f].role != FLOW_TARGET || j.w.flows[f].kind != PROBE_TCP_SYN)
				continue;
			for (int k = 0; k < rows[i].blocked; k++)
				world_not_sent(&j.w, f, FULL, SEND_BLOCKED);
			for (int k = 0; k < rows[i].no_route; k++)
				world_not_sent(&j.w, f, FULL, SEND_NO_ROUTE);
		}
		judged_see(&j);
		assert_int_equal(need(&j, GROUP_TARGET, P, 0, 443, 0)->unreach, rows[i].want);
		assert_int_equal(j.seen.own_filter, rows[i].blocked > rows[i].no_route);
		judged_free(&j);
	}
}

static void a_targets_own_reset_is_a_refusal(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	for (int k = 0; k < 4; k++)
		j.w.refuses[TCP + k] = true;
	world_run(&j.w, 4);
	judged_see(&j);
	const struct traffic_group *g = need(&j, GROUP_TARGET, P, 0, 443, 0);
	assert_int_equal(g->refused, g->answered);
	assert_int_equal(g->unreach, UNREACH_NONE);
	judged_free(&j);
}

static void texts_of_errors(void **state)
{
	(void)state;
	for (int u = UNREACH_NONE; u < UNREACHES; u++)
		for (int k = UNREACH_NONE; k < u; k++)
			assert_string_not_equal(unreach_text((enum unreach)u), unreach_text((enum unreach)k));
	assert_string_equal(unreach_text(UNREACHES), "nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(unreachable_errors),
	    cmocka_unit_test(an_edge_that_only_reports),
	    cmocka_unit_test(unreachable_errors_of_ipv6),
	    cmocka_unit_test(answers_refute_errors),
	    cmocka_unit_test(hops_behind_a_missing_route),
	    cmocka_unit_test(early_resets),
	    cmocka_unit_test(an_error_of_the_end_is_an_answer),
	    cmocka_unit_test(an_icmp_refusal_of_the_target),
	    cmocka_unit_test(old_refusals_are_forgotten),
	    cmocka_unit_test(refusals_of_either_kind),
	    cmocka_unit_test(a_targets_own_reset_is_a_refusal),
	    cmocka_unit_test(texts_of_errors),
	};

	return cmocka_run_group_tests_name("unreach", tests, NULL, NULL);
}
