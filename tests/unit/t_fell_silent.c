/* SPDX-License-Identifier: BSD-2-Clause */
/* An end that answered, and then none of its latest probes. */
#include "tests/unit/diagnose_judge.h"

#define P LINK_PRIMARY
#define S LINK_SECONDARY
#define MSEE_PING 1    /* flows of world_standard(): of the primary link's MSEE, */
#define TARGET_TCP 10  /* and the first of four to the first target's port */

/* All flows of a service to the end of their way, so many times. */
static void ask(struct judged *j, uint16_t first, uint16_t count, int times)
{
	for (int i = 0; i < times; i++)
		for (uint16_t id = first; id < first + count; id++) {
			world_probe(&j->w, id, FULL);
			j->w.now_ms += 60;
		}
	observations_time(&j->w.seen, world_at(&j->w, j->w.now_ms));
}

static void hush(struct judged *j, uint16_t first, uint16_t count, bool silent)
{
	for (uint16_t id = first; id < first + count; id++)
		j->w.silent[id] = silent;
}

/* Three in a row are reason to wait; five that are lost, over 0.7 s, are dead, and what was answered before is kept apart. */
static void silence_at_the_end(void **state)
{
	static const struct { int asked; bool lately, dead; } rows[] = {{0, false, false}, {2, false, false}, {8, true, false}, {30, true, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 20);
		struct wall_ns began = world_at(&j.w, j.w.now_ms);
		hush(&j, MSEE_PING, 1, true);
		ask(&j, MSEE_PING, 1, rows[i].asked);
		judged_weigh(&j);
		if (j.seen.fell_silent.lately != rows[i].lately || (j.seen.fell_silent.dead_from.ns > 0) != rows[i].dead)
			fail_msg("row %zu: lately %d, dead from %lld", i, j.seen.fell_silent.lately, (long long)j.seen.fell_silent.dead_from.ns);
		assert_true(!rows[i].dead || j.seen.fell_silent.dead_from.ns == began.ns);
		for (size_t k = 0; k < j.seen.group_count; k++) {
			const struct traffic_group *g = &j.seen.groups[k];
			if (g->cls != GROUP_MSEE || g->link != P)
				continue;
			assert_true((g->before_answered >= 20) == rows[i].dead && (g->answered >= 20) != rows[i].dead);
		}
		judged_free(&j);
	}
}

/* What dies as soon as it was asked had no time to answer more than a few: so long no limit is silent. One that missed one before limits. */
static void silence_after_few_answers(void **state)
{
	static const struct { int answered, missed, asked; bool lately, dead; } rows[] = {
	    {2, 0, 2, false, false}, {2, 0, 8, true, false}, {2, 0, 60, true, true}, {1, 0, 60, false, false}, {3, 1, 60, false, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		hush(&j, MSEE_PING, 1, true);
		world_run(&j.w, 1);
		for (size_t k = 0; k < j.w.seen.count; k++)
			j.w.seen.records[k].late = j.w.seen.records[k].flow == MSEE_PING; /* as if not asked */
		for (int k = 0; k < rows[i].missed; k++) {
			hush(&j, MSEE_PING, 1, false);
			ask(&j, MSEE_PING, 1, 1);
			hush(&j, MSEE_PING, 1, true);
			ask(&j, MSEE_PING, 1, 1);
		}
		hush(&j, MSEE_PING, 1, false);
		ask(&j, MSEE_PING, 1, rows[i].answered);
		hush(&j, MSEE_PING, 1, true);
		ask(&j, MSEE_PING, 1, rows[i].asked);
		judged_see(&j);
		if (j.seen.fell_silent.lately != rows[i].lately || (j.seen.fell_silent.dead_from.ns > 0) != rows[i].dead)
			fail_msg("row %zu: lately %d, dead from %lld", i, j.seen.fell_silent.lately, (long long)j.seen.fell_silent.dead_from.ns);
		judged_free(&j);
	}
}

/* An edge's own neighbour is asked once a second, and answers always: it is waited for, and dead after three. */
static void a_neighbour_falls_silent(void **state)
{
	static const struct { int asked; bool waits, dead; } rows[] = {{0, false, false}, {1, false, false}, {2, true, false}, {3, false, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		uint16_t neighbour = world_flow(&j.w, P, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR, 0, "172.16.3.2", 0);
		world_probe(&j.w, neighbour, FULL);
		for (int k = 0; k < rows[i].asked; k++) {
			j.w.now_ms += 1000;
			world_sent(&j.w, neighbour, FULL);
		}
		observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms + 2500));
		judged_see(&j);
		if (j.seen.fell_silent.neighbour != rows[i].waits || (j.seen.fell_silent.dead_from.ns > 0) != rows[i].dead)
			fail_msg("row %zu: waits %d, dead from %lld", i, j.seen.fell_silent.neighbour, (long long)j.seen.fell_silent.dead_from.ns);
		judged_free(&j);
	}
}

/* A target that ignores pings and loses its port is dead, as one that answered both. */
static void a_service_falls_silent(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	j.w.a_target_ignores_ping = true;
	world_run(&j.w, 20);
	hush(&j, TARGET_TCP, 4, true);
	ask(&j, TARGET_TCP, 4, 8);
	judged_weigh(&j);
	assert_true(j.seen.fell_silent.dead_from.ns > 0);
	judged_free(&j);
}

/* Who limits its answers is silent in turn; who speaks again was not dead; and whoever was silent all along did not die now. */
static void silence_of_habit(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		hush(&j, MSEE_PING, 1, i == 2);
		world_run(&j.w, 20);
		for (int k = 0; i == 0 && k < 20; k++) {
			hush(&j, MSEE_PING, 1, k % 2);
			ask(&j, MSEE_PING, 1, 1);
		}
		hush(&j, MSEE_PING, 1, true);
		ask(&j, MSEE_PING, 1, 20);
		hush(&j, MSEE_PING, 1, i != 1);
		ask(&j, MSEE_PING, 1, 1);
		j.w.now_ms += 5000;
		observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms));
		judged_weigh(&j);
		assert_false(j.seen.fell_silent.lately);
		assert_true(j.seen.fell_silent.dead_from.ns == 0);
		judged_free(&j);
	}
}

/* What this host refuses since some time died for it too. */
static void what_is_refused(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 20);
	j.w.held[MSEE_PING] = true;
	ask(&j, MSEE_PING, 1, 1);
	judged_see(&j);
	assert_true(j.seen.fell_silent.lately);
	judged_free(&j);
}

/* What Azure said of the state of things before the end died weighs nothing, nor what it still calls good so soon after; what it
 * calls bad does. */
static void azures_word_from_before(void **state)
{
	static const struct { bool later, bad, weighs; } rows[] = {{false, false, false}, {false, true, false}, {true, false, false}, {true, true, true}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		(void)state;
		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 20);
		hush(&j, MSEE_PING, 1, true);
		ask(&j, MSEE_PING, 1, 30);
		struct wall_ns read = world_at(&j.w, rows[i].later ? j.w.now_ms : 1000);
		j.a.s.circuit.part.at = read;
		for (int l = 0; l < LINKS; l++) {
			j.a.s.arp[l].part.at = j.a.s.bgp[l].part.at = read;
			if (rows[i].bad) {
				azure_text(&j.a.arp[l][0].mac, "Incomplete");
				azure_text(&j.a.bgp[l][0].state, "Idle");
			}
		}
		judged_see(&j);
		for (int l = 0; l < LINKS; l++)
			assert_true((j.seen.azure.arp_age[l].weight > 0) == rows[i].weighs && (j.seen.azure.session_age[l].weight > 0) == rows[i].weighs);
		assert_true((j.seen.azure.circuit_age.weight > 0) == rows[i].later); /* a state that is set does not lag */
		assert_true(rows[i].later || j.seen.azure.outlived);
		judged_free(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(silence_at_the_end), cmocka_unit_test(silence_after_few_answers), cmocka_unit_test(a_neighbour_falls_silent), cmocka_unit_test(a_service_falls_silent), cmocka_unit_test(silence_of_habit),
		cmocka_unit_test(what_is_refused), cmocka_unit_test(azures_word_from_before)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
