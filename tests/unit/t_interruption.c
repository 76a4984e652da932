/* SPDX-License-Identifier: BSD-2-Clause */
/* A moment in which traffic died is told apart from a path that loses. */
#include "tests/unit/diagnose_judge.h"

/* Rounds to the ends of all paths, about 0.1 s each. */
static void rounds(struct judged *j, int times)
{
	struct world *w = &j->w;

	for (int i = 0; i < times; i++)
		for (uint16_t id = 0; id < w->plan.flow_count; id++)
			world_probe(w, id, w->flows[id].role == FLOW_BGP_MSEE ? PATH_TTL_GTSM : FULL);
}

/* Some rounds alive, some in which the primary link carries nothing, some alive again. */
static void run_with_gap(struct judged *j, int before, int gap, int after)
{
	world_run(&j->w, before);
	j->w.way[FAM4][P].dead_from = 4;
	rounds(j, gap);
	j->w.way[FAM4][P].dead_from = 0;
	rounds(j, after);
	j->w.now_ms += 5000;
	observations_time(&j->w.seen, world_at(&j->w, j->w.now_ms));
}

static void one_gap_is_no_loss(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	run_with_gap(&j, 4, 2, 20);
	judged_weigh(&j);
	assert_true(j.seen.interruption.lost >= 8);
	assert_true(j.seen.interruption.from.ns > j.w.plan.started_at.ns);
	assert_true(wall_since(j.seen.interruption.to, j.seen.interruption.from) < 3 * NS_PER_SEC);
	for (size_t i = 0; i < j.seen.group_count; i++)
		if (j.seen.groups[i].cls == GROUP_TARGET || j.seen.groups[i].cls == GROUP_MSEE)
			assert_int_equal(j.seen.groups[i].answered, j.seen.groups[i].sent);
	assert_true(judged_probability(&j, "none", LINK_NULL) > 0.9);
	judged_free(&j);
}

/* The same number of losses, spread over the run. */
static void spread_losses_are_loss(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	j.w.lose_every[P] = 13;
	world_run(&j.w, 26);
	judged_weigh(&j);
	assert_int_equal(j.seen.interruption.lost, 0);
	assert_true(judged_probability(&j, "wan.loss", P) > 0.9);
	judged_free(&j);
}

/* As close together as those of one gap, but flows are answered between them. */
static void bursts_are_loss(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 4);
	for (int burst = 0; burst < 5; burst++) {
		j.w.way[FAM4][P].dead_from = 4;
		rounds(&j, 1);
		j.w.way[FAM4][P].dead_from = 0;
		rounds(&j, 1);
	}
	rounds(&j, 40);
	j.w.now_ms += 5000;
	observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms));
	judged_weigh(&j);
	assert_int_equal(j.seen.interruption.lost, 0);
	assert_true(judged_probability(&j, "none", LINK_NULL) < 0.1);
	judged_free(&j);
}

static void what_stays_dead_is_no_interruption(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	run_with_gap(&j, 6, 20, 0);
	judged_see(&j);
	assert_int_equal(j.seen.interruption.lost, 0);
	judged_free(&j);
}

static void long_outages_are_none(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	run_with_gap(&j, 40, 60, 20);
	judged_see(&j);
	assert_int_equal(j.seen.interruption.lost, 0);
	judged_free(&j);
}

/* A link is dead and routing has left it: the few packets that were under way are no loss of what lives. The same few
 * where nothing is dead may be one. */
static void what_was_under_way(void **state)
{
	(void)state;
	for (int dead = 0; dead < 2; dead++) {
		struct judged j;

		judged_standard(&j, HANDOFF_L2);
		for (size_t f = 0; f < j.w.plan.flow_count; f++)
			j.w.takes[f] = j.w.flows[f].link < LINKS ? j.w.takes[f] : (uint8_t)LINK_SECONDARY;
		j.w.way[FAM4][P].dead_from = dead ? 4 : 0;
		world_run(&j.w, 2);
		for (uint16_t id = 6; id < 9; id++) { /* three of the targets' */
			j.w.silent[id] = true;
			world_probe(&j.w, id, FULL);
			j.w.silent[id] = false;
		}
		world_run(&j.w, 40);
		judged_weigh(&j);
		assert_int_equal(j.seen.interruption.lost, dead ? 3 : 0);
		if (dead)
			assert_true(judged_probability(&j, "azure.gateway-loss", LINK_NULL) < .01);
		judged_free(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_gap_is_no_loss),
	    cmocka_unit_test(spread_losses_are_loss),
	    cmocka_unit_test(bursts_are_loss),
	    cmocka_unit_test(what_stays_dead_is_no_interruption),
	    cmocka_unit_test(long_outages_are_none),
	    cmocka_unit_test(what_was_under_way),
	};

	return cmocka_run_group_tests_name("interruption", tests, NULL, NULL);
}
