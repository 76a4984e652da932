/* SPDX-License-Identifier: BSD-2-Clause */
/* A link that goes up and down is told apart from one that is down, one that loses, and a session that flaps. */
#include "tests/unit/diagnose_judge.h"

#include "analysis/observables/outages.h"

/* Rounds to the ends of all paths, about 0.1 s each. */
static void rounds(struct judged *j, int times)
{
	struct world *w = &j->w;

	for (int i = 0; i < times; i++)
		for (uint16_t id = 0; id < w->plan.flow_count; id++)
			if (w->flows[id].role != FLOW_NEIGHBOUR)
				world_probe(w, id, w->flows[id].role == FLOW_BGP_MSEE ? PATH_TTL_GTSM : FULL);
}

static void wait_for_all(struct judged *j)
{
	j->w.now_ms += 5000;
	observations_time(&j->w.seen, world_at(&j->w, j->w.now_ms));
}

static void down_for(struct judged *j, uint8_t link, uint8_t from, int times)
{
	j->w.way[FAM4][link].dead_from = from;
	rounds(j, times);
	j->w.way[FAM4][link].dead_from = 0;
}

/* Up and down, so many times; traffic to the targets dies with the link, or takes the other meanwhile. */
static void flaps(struct judged *j, int times, uint8_t from, bool moves)
{
	uint8_t takes[WORLD_FLOWS_MAX];

	memcpy(takes, j->w.takes, sizeof takes);
	world_run(&j->w, 4);
	for (int i = 0; i < times; i++) {
		for (size_t f = 0; moves && f < j->w.plan.flow_count; f++)
			j->w.takes[f] = j->w.flows[f].link < LINKS ? j->w.takes[f] : (uint8_t)S;
		down_for(j, P, from, 15);
		memcpy(j->w.takes, takes, sizeof takes);
		rounds(j, 15);
	}
	wait_for_all(j);
}

static const struct link_outages *outages(const struct judged *j, uint8_t link)
{
	return &j->seen.links[link].outages;
}

static void a_link_flaps(void **state)
{
	struct judged j;
	char words[SENTENCE_MAX];

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	flaps(&j, 3, 4, false);
	judged_weigh(&j);
	assert_int_equal(outages(&j, P)->count, 3);
	assert_true(outages(&j, P)->list[0].over && outages(&j, P)->forwarding);
	assert_int_equal(outages(&j, S)->count, 0);
	assert_int_equal(outages_seen(outages(&j, P)), FLAP_AGAIN_FORWARDING);
	for (size_t i = 0; i < j.seen.group_count; i++) /* up, it loses nothing */
		assert_int_equal(j.seen.groups[i].answered, j.seen.groups[i].cls == GROUP_HOP ? j.seen.groups[i].answered : j.seen.groups[i].sent);
	assert_true(judged_probability(&j, "wan.flap", P) > .95);
	outages_words(outages(&j, P), P, words, sizeof words);
	assert_int_equal(strncmp(words, "The MSEE of the primary link fell silent 3 times in this run", 60), 0);
	judged_free(&j);
}

static void targets_alone(struct judged *j, bool tcp, int times)
{
	for (int i = 0; i < times; i++)
		for (uint16_t id = 0; id < j->w.plan.flow_count; id++)
			if (j->w.flows[id].role == FLOW_TARGET && (!tcp || j->w.flows[id].kind == PROBE_TCP_SYN))
				world_probe(&j->w, id, FULL);
}

enum at_edge { BEGINS_DOWN, ENDS_UNSEEN, HALF_OPEN, SELDOM_ASKED, ENDS_DOWN, AT_EDGES };

/* What the outages cost at their edges, too. */
static void flaps_at(struct judged *j, enum at_edge edge)
{
	if (edge == BEGINS_DOWN)
		down_for(j, P, 4, 3);
	world_run(&j->w, 4);
	down_for(j, P, 4, 15);
	rounds(j, 15);
	j->w.way[FAM4][P].dead_from = 4;
	if (edge == ENDS_UNSEEN)
		targets_alone(j, false, 6); /* the MSEE was not asked yet */
	j->w.way[FAM4][P].dead_from = 0;
	down_for(j, P, 4, 15);
	for (uint16_t id = 0; edge == HALF_OPEN && id < j->w.plan.flow_count; id++)
		j->w.silent[id] = true;
	targets_alone(j, true, edge == HALF_OPEN); /* they answer with an ACK alone */
	memset(j->w.silent, 0, sizeof j->w.silent);
	rounds(j, 15);
	j->w.way[FAM4][P].dead_from = 4;
	if (edge == SELDOM_ASKED)
		targets_alone(j, false, 15);
	if (edge >= SELDOM_ASKED)
		rounds(j, 4);
	j->w.way[FAM4][P].dead_from = 0;
	if (edge == SELDOM_ASKED)
		rounds(j, 4);
	wait_for_all(j);
}

static void its_edges_are_no_loss(void **state)
{
	(void)state;
	for (int edge = 0; edge < AT_EDGES; edge++) {
		struct judged j;

		judged_standard(&j, HANDOFF_L2);
		flaps_at(&j, (enum at_edge)edge);
		judged_weigh(&j);
		assert_int_equal(outages(&j, P)->count, 2);
		for (size_t i = 0; i < j.seen.group_count; i++)
			if (j.seen.groups[i].cls != GROUP_HOP && j.seen.groups[i].answered != j.seen.groups[i].sent)
				fail_msg("edge %d, group %zu: %u of %u", edge, i, j.seen.groups[i].answered, j.seen.groups[i].sent);
		assert_true(judged_probability(&j, "wan.flap", P) > .95);
		judged_free(&j);
	}
}

/* Nobody but the session's two ends lost anything: the edge's BGP may be what flaps, and the MSEE may only be slow to
 * answer pings. Nobody is accused of it, on neither hand-off. */
static void a_session_flaps(void **state)
{
	(void)state;
	for (int l3 = 0; l3 <= 1; l3++) {
		struct judged j;
		double flap, bgp;

		judged_standard(&j, l3 ? HANDOFF_L3 : HANDOFF_L2);
		flaps(&j, 3, 4, true);
		judged_weigh(&j);
		assert_int_equal(outages_seen(outages(&j, P)), FLAP_AGAIN);
		flap = judged_probability(&j, "wan.flap", P);
		bgp = judged_probability(&j, l3 ? "wan.edge-bgp" : "corp.edge-bgp", P);
		assert_true(flap > .1 && bgp > .1 && flap + bgp < .9);
		assert_true(judged_probability(&j, "none", LINK_NULL) > .1);
		judged_free(&j);
	}
}

static void once_is_not_again(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	flaps(&j, 1, 4, false);
	judged_weigh(&j);
	assert_int_equal(outages_seen(outages(&j, P)), FLAP_ONCE);
	assert_true(judged_probability(&j, "wan.flap", P) < .9 && judged_probability(&j, "wan.loss", P) < .05);
	judged_free(&j);
}

/* Down since the run's middle: that is no flap, and what dies at its end is one after an outage. */
static void the_last_one(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 4);
	down_for(&j, S, 4, 20);
	wait_for_all(&j);
	judged_see(&j);
	assert_int_equal(outages(&j, S)->count, 0);
	judged_forget(&j);
	rounds(&j, 10);
	down_for(&j, S, 4, 12);
	wait_for_all(&j);
	judged_see(&j);
	assert_int_equal(outages(&j, S)->count, 2);
	assert_true(outages(&j, S)->list[0].over && !outages(&j, S)->list[1].over);
	judged_free(&j);
}

/* The edge was silent as well, or both MSEEs were at once: the way there was interrupted, not this link. */
static void others_are_silent_too(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	flaps(&j, 3, 3, false);
	judged_see(&j);
	assert_int_equal(outages(&j, P)->count, 0);
	judged_free(&j);

	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 4);
	for (int i = 0; i < 3; i++) {
		j.w.way[FAM4][P].dead_from = j.w.way[FAM4][S].dead_from = 4;
		rounds(&j, 15);
		j.w.way[FAM4][P].dead_from = j.w.way[FAM4][S].dead_from = 0;
		rounds(&j, 15);
	}
	wait_for_all(&j);
	judged_see(&j);
	assert_int_equal(outages(&j, P)->count + outages(&j, S)->count, 0);
	judged_free(&j);
}

/* One link alone: what reaches the targets while its MSEE is silent crosses it. */
static void no_other_way(void **state)
{
	(void)state;
	for (int crossed = 0; crossed < 2; crossed++) {
		struct judged j;

		memset(&j, 0, sizeof j);
		world_init(&j.w, HANDOFF_L2);
		memset(&j.w.circuit.links[S], 0, sizeof j.w.circuit.links[S]);
		world_link_flows(&j.w, P, FAM4);
		world_target(&j.w, "10.101.7.7", 443, false);
		world_target_flows(&j.w, 0, 4);
		for (size_t f = 0; f < j.w.plan.flow_count; f++)
			j.w.takes[f] = P;
		flaps(&j, 3, 4, crossed);
		judged_see(&j);
		assert_int_equal(outages(&j, P)->count, crossed ? 0 : 3);
		judged_free(&j);
	}
}

/* Losses between the outages, or short bursts: it loses, and that is what it is called. */
static void what_loses_does_not_flap(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	j.w.lose_every[P] = 3;
	flaps(&j, 2, 4, false);
	judged_see(&j);
	assert_int_equal(outages(&j, P)->count, 0);
	judged_free(&j);

	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 4);
	for (int i = 0; i < 6; i++) {
		down_for(&j, P, 4, 4);
		rounds(&j, 8);
	}
	wait_for_all(&j);
	judged_weigh(&j);
	assert_int_equal(outages(&j, P)->count, 0);
	assert_true(judged_probability(&j, "wan.loss", P) > .9);
	judged_free(&j);
}

/* All is well now, and Azure has counted. */
static void azure_counted(void **state)
{
	static const struct { const char *metric, *falls, *session; double least, most; } rows[] = {
	    {"ArpAvailability", "4", "01:10:00", .3, .7}, /* the wire, or an edge that was begun again */
	    {"ArpAvailability", "1", "3d04h", 0, .05},
	    {"BgpAvailability", "5", "3d04h", 0, .05}, /* Microsoft's maintenance: the session stood */
	    {"BgpAvailability", "5", "00:03:10", .05, .9}, {"ArpAvailability", "0", "00:03:10", 0, .15}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		struct az_metric m = {0};

		judged_standard(&j, HANDOFF_L2);
		azure_text(&m.name, rows[i].metric);
		azure_text(&m.peer, "Secondary-IPv4");
		azure_text(&m.falls, rows[i].falls);
		j.a.s.metrics = (struct az_metrics){.part.read = AZ_OK, .rows = &m, .count = 1};
		azure_text(&j.a.bgp[S][0].up_down, rows[i].session);
		azure_text(&j.a.bgp[P][0].up_down, "5w2d");
		world_run(&j.w, 30);
		judged_weigh(&j);
		double flap = judged_probability(&j, "wan.flap", S), edge = judged_probability(&j, "corp.edge-down", S);
		if (flap < rows[i].least || flap > rows[i].most || judged_probability(&j, "wan.flap", P) > .01)
			fail_msg("row %zu: %g", i, flap);
		if (i == 0 && edge < .3)
			fail_msg("the edge: %g", edge);
		judged_free(&j);
	}
}

/* An MSEE that ignores pings and answers ARP (on the edge) is asked by ARP alone. */
static void who_ignores_pings_does_not_flap(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	j.w.silent[1] = true; /* the ping flow to the primary's MSEE */
	uint16_t arp = world_flow(&j.w, P, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR, 0, "172.16.3.2", 0);
	world_run(&j.w, 4);
	for (int i = 0; i < 4; i++) {
		rounds(&j, 12); /* more than a second between two answers of ARP */
		world_probe(&j.w, arp, PATH_TTL_GTSM);
	}
	wait_for_all(&j);
	judged_see(&j);
	assert_int_equal(j.w.flows[1].role, FLOW_MSEE);
	assert_int_equal(outages(&j, P)->count, 0);
	judged_free(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_link_flaps),
	    cmocka_unit_test(its_edges_are_no_loss),
	    cmocka_unit_test(a_session_flaps),
	    cmocka_unit_test(once_is_not_again),
	    cmocka_unit_test(the_last_one),
	    cmocka_unit_test(others_are_silent_too),
	    cmocka_unit_test(no_other_way),
	    cmocka_unit_test(what_loses_does_not_flap),
	    cmocka_unit_test(azure_counted),
	    cmocka_unit_test(who_ignores_pings_does_not_flap),
	};

	return cmocka_run_group_tests_name("outages", tests, NULL, NULL);
}
