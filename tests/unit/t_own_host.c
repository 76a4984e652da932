/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes and filters of the measuring host itself: whose word they are, and since when they count. */
#include "tests/unit/diagnose_said.h"

#define RUN_ENDS_MS 5000 /* how long world_run() waits after the last probe */

static void refuse_targets(struct judged *j, uint8_t result, bool tcp_alone)
{
	for (uint16_t f = 0; f < j->w.plan.flow_count; f++) {
		struct event_not_sent e = {.at = world_at(&j->w, j->w.now_ms), .flow = f, .ttl = 64, .result = result};
		if (j->w.flows[f].role == FLOW_TARGET && (!tcp_alone || j->w.flows[f].kind == PROBE_TCP_SYN))
			observations_not_sent(&j->w.seen, &e);
	}
}

/* The target's group of TCP 443, on whichever link it stands; NULL where there is none. */
static const struct traffic_group *target_group(const struct judged *j)
{
	for (size_t i = 0; i < j->seen.group_count; i++)
		if (j->seen.groups[i].cls == GROUP_TARGET && j->seen.groups[i].port == 443 && j->seen.groups[i].unreach != UNREACH_NONE)
			return &j->seen.groups[i];
	return NULL;
}

/* On the edge "no route" is a router's word; elsewhere it is this host's own trouble, and nothing of the network beyond. */
static void whose_word_a_missing_route_is(void **state)
{
	static const uint8_t results[] = {SEND_NO_ROUTE, SEND_ROUTE_GONE};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(results); i++) {
		struct judged j;
		bool edge = i % 2 != 0;
		judged_standard(&j, HANDOFF_L2);
		j.w.circuit.links[P].on_edge[FAM4] = edge;
		refuse_targets(&j, results[i / 2], false);
		judged_see(&j);
		const struct traffic_group *g = target_group(&j);
		assert_non_null(g);
		assert_int_equal(g->unreach, edge ? UNREACH_NET : UNREACH_ADMIN_CORP);
		assert_int_equal(g->own_route, !edge);
		assert_false(j.seen.nothing_left || j.seen.own_filter);
		judged_free(&j);
	}
}

/* What goes in the middle of a run counts from half a second on; and what was answered until then is no loss beside it. */
static void what_goes_in_the_middle(void **state)
{
	static const struct { uint8_t result; int ms; bool tcp_alone, cut; } rows[] = {
	    {SEND_ROUTE_GONE, 100, false, false}, {SEND_ROUTE_GONE, 900, false, true}, {SEND_BLOCKED, 900, true, true}, {SEND_NO_BUFFER, 900, false, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 4);
		j.w.now_ms += rows[i].ms - RUN_ENDS_MS;
		refuse_targets(&j, rows[i].result, rows[i].tcp_alone);
		judged_see(&j);
		const struct traffic_group *g = target_group(&j);
		assert_int_equal(g != NULL, rows[i].cut);
		for (size_t k = 0; k < j.seen.group_count; k++) {
			const struct traffic_group *t = &j.seen.groups[k];
			if (t->cls != GROUP_TARGET || t->port != 443)
				continue;
			assert_int_equal(t->answered == 0, rows[i].cut);
			assert_true(rows[i].cut || t->answered == t->sent);
		}
		assert_int_equal(j.seen.own_filter, rows[i].result == SEND_BLOCKED);
		judged_free(&j);
	}
}

/* Back again: what was refused is yesterday's news, and what was answered before counts as ever. */
static void what_comes_back(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 4);
	j.w.now_ms += 900;
	refuse_targets(&j, SEND_ROUTE_GONE, false);
	j.w.now_ms += 100;
	world_run(&j.w, 4);
	judged_see(&j);
	assert_null(target_group(&j));
	for (size_t k = 0; k < j.seen.group_count; k++)
		assert_int_equal(j.seen.groups[k].answered, j.seen.groups[k].sent);
	judged_free(&j);
}

/* What this host itself keeps back, of one target or of all, is nobody else's fault; and the summary and the first step say so, not that a
 * firewall of the network does it. */
static void what_this_host_keeps_back_is_its_own(void **state)
{
	static const struct { const char *what; uint8_t by; int target; bool tcp_alone; const char *summary, *step; } rows[] = {
	    {"no route to one", SEND_NO_ROUTE, 0, false, "This host itself has no route to target target-0 (10.101.7.7).", "ip route get"},
	    {"no route to any", SEND_NO_ROUTE, -1, false, "This host itself has no route to target target-0 (10.101.7.7) and 1 other.", "ip route get"},
	    {"a filter of one", SEND_BLOCKED, 1, true, "This host's own packet filter lets out nothing of TCP 443 to target target-1 (10.101.7.8).", "nft list ruleset"},
	    {"a filter of all", SEND_BLOCKED, -1, true, "This host's own packet filter lets out nothing of TCP 443 to target target-0 (10.101.7.7) and 1 other.", "nft list ruleset"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said s;
		judged_standard(&s.j, HANDOFF_L2);
		s.j.w.held_by = rows[i].by;
		for (uint16_t f = 0; f < s.j.w.plan.flow_count; f++) {
			const struct plan_flow *flow = &s.j.w.flows[f];
			s.j.w.held[f] = flow->role == FLOW_TARGET && (rows[i].target < 0 || flow->target == rows[i].target) && (!rows[i].tcp_alone || flow->kind == PROBE_TCP_SYN);
		}
		world_run(&s.j.w, 12);
		judged_weigh(&s.j);
		say(&s, .9);
		const struct verdict *v = &s.r.faults[0];
		if (strcmp(v->fault, "corp.acl") != 0 || v->domain != DOMAIN_CORPORATE || strcmp(v->summary, rows[i].summary) != 0 || !strstr(v->next_steps[0], rows[i].step))
			fail_msg("%s: %s %.3f, %s %s", rows[i].what, v->fault, v->confidence, v->summary, v->next_steps[0]);
		assert_true(s.r.fault_count <= 1);
		said_free(&s);
	}
}

/* Whoever else drops something of the same service is not this host. */
static void what_others_drop_too_is_not(void **state)
{
	struct said s;

	(void)state;
	judged_standard(&s.j, HANDOFF_L2);
	for (uint16_t f = 0; f < s.j.w.plan.flow_count; f++) {
		bool asks = s.j.w.flows[f].role == FLOW_TARGET && s.j.w.flows[f].kind == PROBE_TCP_SYN;
		s.j.w.held[f] = asks && s.j.w.flows[f].target == 1;
		s.j.w.reset_from[f] = asks ? 2 : 0;
	}
	world_run(&s.j.w, 12);
	judged_weigh(&s.j);
	s.j.posterior.list[0] = (struct explanation){.count = 1, .probability = 1, .parts = {{.row = fault_find("corp.acl"), .link = LINK_NULL, .families = 1, .kind = PROBE_TCP_SYN, .port = 443, .boundary = 2}}};
	s.j.posterior.count = 1;
	say(&s, .9);
	assert_string_equal(s.r.faults[0].summary, "For TCP 443: a corporate firewall drops or refuses a protocol or port.");
	said_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whose_word_a_missing_route_is),
	    cmocka_unit_test(what_goes_in_the_middle),
	    cmocka_unit_test(what_comes_back),
	    cmocka_unit_test(what_this_host_keeps_back_is_its_own),
	    cmocka_unit_test(what_others_drop_too_is_not),
	};

	return cmocka_run_group_tests_name("own host", tests, NULL, NULL);
}
