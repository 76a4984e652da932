/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes and filters of the measuring host itself: whose word they are, and since when they count. */
#include "tests/unit/diagnose_judge.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whose_word_a_missing_route_is),
	    cmocka_unit_test(what_goes_in_the_middle),
	    cmocka_unit_test(what_comes_back),
	};

	return cmocka_run_group_tests_name("own host", tests, NULL, NULL);
}
