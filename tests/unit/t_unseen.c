/* SPDX-License-Identifier: BSD-2-Clause */
/* "Healthy" is no surer than what the run could have seen. */
#include "tests/unit/diagnose_said.h"

#include "analysis/fold/stop.h"
#include "analysis/verdict/apart.h"
#include "analysis/verdict/unseen.h"

static struct unseen look(const struct judged *j)
{
	struct unseen u;

	assert_true(unseen_look(&j->posterior, &u));
	return u;
}

/* More probes without a loss: the least that would have shown falls, and "healthy" is surer. */
static void more_probes_see_less(void **state)
{
	double loss[2], odds[2], healthy[2];

	(void)state;
	for (int longer = 0; longer < 2; longer++) {
		struct judged j;

		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, longer ? 80 : 20);
		judged_weigh(&j);
		struct unseen u = look(&j);
		loss[longer] = u.loss[UNSEEN_BEYOND];
		odds[longer] = u.odds;
		healthy[longer] = unseen_healthy(&j.posterior);
		assert_true(healthy[longer] < posterior_of_none(&j.posterior));
		judged_free(&j);
	}
	assert_true(loss[0] > loss[1] && loss[1] >= LOSS_LOWEST);
	assert_true(odds[0] > odds[1] && odds[1] > 0);
	assert_true(healthy[0] < healthy[1] && healthy[1] > .95);
}

/* A live run goes on until a loss of 2 % would have shown. */
static void enough_is_what_shows_two_percent(void **state)
{
	(void)state;
	for (int longer = 0; longer < 2; longer++) {
		struct judged j;

		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, longer ? 80 : 10);
		judged_weigh(&j);
		assert_int_equal(unseen_enough(&j.posterior), longer);
		assert_true(longer ? look(&j).asked < .02 && look(&j).asked > 0 : look(&j).asked > .02);
		judged_free(&j);
	}
}

/* At the last of as many looks as a statement has to stand: is the run over? */
static bool is_over(const struct judged *j, int64_t seconds)
{
	struct stop_moment now = {.elapsed_ns = seconds * NS_PER_SEC, .asked = .9};
	struct look look = {.count = 0};
	bool over = false;

	for (int i = 0; i < 30; i++)
		over = stop_stands(&look, &j->posterior, &now);
	return over;
}

/* Where a loss of 2 % is not yet unlikely, "healthy" is not said as soon as where it is. */
static void a_hint_is_followed_up(void **state)
{
	(void)state;
	for (int hinted = 0; hinted < 2; hinted++) {
		struct judged j;

		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 20);
		j.w.silent[6] = hinted;
		for (int i = 0; i < 2; i++)
			world_probe(&j.w, 6, FULL);
		j.w.silent[6] = false;
		world_run(&j.w, 10);
		judged_weigh(&j);
		assert_string_equal(j.posterior.list[0].parts[0].row->id, "none");
		assert_int_equal(unseen_hinted(&j.posterior), hinted);
		assert_int_equal(is_over(&j, 13), !hinted);
		assert_true(is_over(&j, 20));
		judged_free(&j);
	}
}

/* One probe to the targets is lost: no fault to be named, and less sure than without. */
static void one_loss_is_a_doubt(void **state)
{
	double healthy[2];

	(void)state;
	for (int lost = 0; lost < 2; lost++) {
		struct judged j;

		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 20);
		j.w.silent[6] = lost;
		world_probe(&j.w, 6, FULL);
		j.w.silent[6] = false;
		world_run(&j.w, 20);
		judged_weigh(&j);
		healthy[lost] = unseen_healthy(&j.posterior);
		judged_free(&j);
	}
	assert_true(healthy[1] < healthy[0] - .0003);
	assert_true(healthy[1] > .5);
}

/* Where no target is asked nothing is measured behind the MSEEs, and nothing is said of it. */
static void what_nobody_asked(void **state)
{
	char words[SENTENCE_MAX];
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 40);
	judged_weigh(&j);
	unseen_words(&j.posterior, words, sizeof words);
	assert_non_null(strstr(words, "behind the MSEEs"));
	assert_non_null(strstr(words, "would have shown 19 times in 20: loss of "));
	assert_non_null(strstr(words, "A link slower by up to 5."));
	assert_non_null(strstr(words, "; beside eight healthy runs much less would."));
	for (size_t i = 0; i < j.seen.group_count; i++)
		if (j.seen.groups[i].cls == GROUP_TARGET)
			j.seen.groups[i].sent = j.seen.groups[i].answered = j.seen.groups[i].flow_count = 0;
	posterior_free(&j.posterior);
	assert_true(posterior_build(&j.posterior, &j.seen));
	assert_true(look(&j).loss[UNSEEN_BEYOND] == 0);
	assert_true(look(&j).odds < .02); /* nor is it a doubt: no run there would show it */
	unseen_words(&j.posterior, words, sizeof words);
	assert_null(strstr(words, "behind the MSEEs"));
	judged_free(&j);
}

/* Two links nearly as far apart as two ways may be: the longer one may as well be late. */
static void links_apart_are_a_doubt(void **state)
{
	double odds[2];
	int64_t least[2];

	(void)state;
	for (int apart = 0; apart < 2; apart++) {
		struct judged j;

		judged_standard(&j, HANDOFF_L2);
		j.w.way[FAM4][S].extra_us = apart ? 4000 : 0;
		world_run(&j.w, 40);
		judged_weigh(&j);
		assert_int_equal(j.seen.links[S].delay, DELAY_SAME);
		odds[apart] = look(&j).odds;
		least[apart] = look(&j).slower_ns;
		judged_free(&j);
	}
	assert_true(odds[1] > odds[0] + .01);
	assert_true(least[1] > least[0]);
}

static size_t said_against(const struct verdict *v, const char *words)
{
	size_t n = 0;

	for (size_t i = 0; i < v->against_count; i++)
		n += strstr(v->evidence_against[i], words) != NULL;
	return n;
}

/* By how much they differ, and that a baseline would tell what it means, is said beside "healthy"; nothing of less than a millisecond. */
static void links_apart_are_told(void **state)
{
	static const struct { unsigned extra_us; bool told; } rows[] = {{0, false}, {900, false}, {4000, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said s;

		judged_standard(&s.j, HANDOFF_L2);
		s.j.w.way[FAM4][S].extra_us = rows[i].extra_us;
		world_run(&s.j.w, 40);
		judged_weigh(&s.j);
		say(&s, ASKED);
		assert_int_equal(s.r.faults[0].status, STATUS_HEALTHY);
		assert_int_equal(said_against(&s.r.faults[0], "The secondary link's MSEE answers 4.0 ms later than the other's."), rows[i].told);
		assert_int_equal(said_against(&s.r.faults[0], "a baseline would"), rows[i].told);
		assert_int_equal(s.r.apart.more_ns > 0, rows[i].told);
		if (rows[i].told)
			assert_true(s.r.apart.link == LINK_SECONDARY && s.r.apart.allowed_ns >= 5 * NS_PER_MS);
		s.j.seen.links[S].by_usual = true; /* a baseline tells */
		assert_int_equal(apart_of(&s.j.seen).more_ns, 0);
		said_free(&s);
	}
}

/* Traffic that died for a moment may have been a burst of loss. */
static void a_moment_is_a_doubt(void **state)
{
	double odds[2];

	(void)state;
	for (int gap = 0; gap < 2; gap++) {
		struct judged j;

		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 4);
		j.w.way[FAM4][P].dead_from = gap ? 4 : 0;
		for (int i = 0; i < 2; i++)
			for (uint16_t id = 0; id < j.w.plan.flow_count; id++)
				world_probe(&j.w, id, j.w.flows[id].role == FLOW_BGP_MSEE ? PATH_TTL_GTSM : FULL);
		j.w.way[FAM4][P].dead_from = 0;
		world_run(&j.w, 20);
		j.w.now_ms += 5000;
		observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms));
		judged_weigh(&j);
		assert_true((j.seen.interruption.lost > 0) == (gap == 1));
		odds[gap] = look(&j).odds;
		judged_free(&j);
	}
	assert_true(odds[1] > odds[0] + .05);
}

/* Nothing takes the secondary link: what is asked of its MSEE misses a dead way as often as it is asked by few flows, and one that
 * is silent to what its fellow answers may have met it. */
static void an_idle_link_is_a_doubt(void **state)
{
	static const struct { bool idle, pings, port; } rows[] = {{false, true, true}, {true, true, true}, {true, false, true}, {true, false, false}};
	double odds[COUNT(rows)], healthy[COUNT(rows)];

	(void)state;
	for (size_t row = 0; row < COUNT(rows); row++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 60);
		judged_weigh(&j);
		for (size_t i = 0; i < j.seen.group_count; i++) {
			struct traffic_group *g = &j.seen.groups[i];
			bool crosses = g->cls == GROUP_TARGET || g->cls == GROUP_MSEE_HOP;
			bool mute = (g->cls == GROUP_MSEE && !rows[row].pings) || (g->cls == GROUP_BGP && !rows[row].port);
			if (g->link != S || !rows[row].idle || !(crosses || mute))
				continue;
			g->answered = g->flows[0].answered = 0;
			g->sent = g->flows[0].sent = crosses ? 0 : 6;
			g->flow_count = crosses ? 0 : 1;
		}
		odds[row] = look(&j).odds;
		healthy[row] = unseen_healthy(&j.posterior);
		judged_free(&j);
	}
	assert_true(odds[1] > odds[0] + .025 && odds[2] > odds[1] + .01);
	assert_true(odds[3] < odds[0] + .07); /* and yet no more than what is seldom seen at all */
	assert_true(healthy[0] > .99 && healthy[1] < .97 && healthy[2] < .95 && healthy[3] > .9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(more_probes_see_less),
	    cmocka_unit_test(enough_is_what_shows_two_percent),
	    cmocka_unit_test(a_hint_is_followed_up),
	    cmocka_unit_test(one_loss_is_a_doubt),
	    cmocka_unit_test(what_nobody_asked),
	    cmocka_unit_test(links_apart_are_a_doubt),
	    cmocka_unit_test(links_apart_are_told),
	    cmocka_unit_test(a_moment_is_a_doubt),
	    cmocka_unit_test(an_idle_link_is_a_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
