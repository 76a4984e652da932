/* SPDX-License-Identifier: BSD-2-Clause */
/* One address family of a link alone, and both: whose fault that is more likely. */
#include "tests/unit/diagnose_judge.h"

#define EDGE_HOP 3
#define MSEE_HOP 4

/* A circuit of both families, well before. Of these the primary is dead behind its edge, whose own hop may be silent, while Azure shows its
 * sessions up. */
static void dies(struct judged *j, enum handoff handoff, bool v4, bool v6, bool silent_hop)
{
	judged_standard(j, handoff);
	world_link_flows(&j->w, LINK_PRIMARY, FAM6);
	world_link_flows(&j->w, LINK_SECONDARY, FAM6);
	world_target_flows(&j->w, world_target(&j->w, "fd10:101:7::7", 443, false), 4);
	azure_bgp_row(&j->a, LINK_PRIMARY, "fd00:3::1", 65010, "4");
	azure_bgp_row(&j->a, LINK_SECONDARY, "fd00:4::1", 65010, "4");
	world_run(&j->w, 2);
	observations_free(&j->w.seen);
	assert_true(observations_init(&j->w.seen, &j->w.plan));
	if (v4)
		j->w.way[FAM4][LINK_PRIMARY].dead_from = MSEE_HOP;
	if (v6)
		j->w.way[FAM6][LINK_PRIMARY].dead_from = MSEE_HOP;
	for (int fam = 0; fam < FAMILIES && silent_hop; fam++)
		j->w.way[fam][LINK_PRIMARY].hop[EDGE_HOP] = "";
	world_run(&j->w, 25);
	judged_weigh(j);
}

/* That a provider is to blame, whatever of it. */
static double provider(const struct judged *j)
{
	static const char *const ids[] = {"wan.blackhole", "wan.circuit-down", "wan.vlan"};
	double sum = 0;

	for (size_t i = 0; i < COUNT(ids); i++)
		sum += judged_probability(j, ids[i], LINK_PRIMARY);
	return sum;
}

/* Who carries Ethernet frames does not look into them: one family that dies alone is no accusation of him. */
static void a_family_that_dies_alone(void **state)
{
	static const struct { bool v4, v6, silent_hop; double edge_least, edge_most, provider_least, provider_most; } rows[] = {
	    {false, true, false, .2, .9, .1, .6}, {true, false, false, .2, .9, .1, .6}, {true, true, false, .001, .08, .9, 1}, {true, true, true, .02, .3, .1, .6}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		dies(&j, HANDOFF_L2, rows[i].v4, rows[i].v6, rows[i].silent_hop);
		double edge = judged_probability(&j, "corp.edge-forwarding", LINK_PRIMARY), theirs = provider(&j);
		if (edge < rows[i].edge_least || edge > rows[i].edge_most || theirs < rows[i].provider_least || theirs > rows[i].provider_most)
			fail_msg("row %zu: the edge %.3f, the provider %.3f", i, edge, theirs);
		judged_free(&j);
	}
}

/* A circuit of one family has no other to tell it by: the provider is the likelier, and the edge is not forgotten. */
static void a_circuit_of_one_family(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	j.w.way[FAM4][LINK_PRIMARY].dead_from = MSEE_HOP;
	world_run(&j.w, 8);
	judged_weigh(&j);
	double edge = judged_probability(&j, "corp.edge-forwarding", LINK_PRIMARY);
	assert_true(edge > .005 && edge < .1);
	assert_true(provider(&j) > .9);
	judged_free(&j);
}

/* It answers for itself; for all that ends at it or for none of it, which may be its habit unless it answers the other family; behind it
 * nothing answers. */
static void the_edges_own_hop(void **state)
{
	struct judged j;
	struct hypothesis h = {.row = fault_find("corp.edge-forwarding"), .link = LINK_PRIMARY, .families = 1u << FAM4};
	struct traffic_group g = {.cls = GROUP_HOP, .link = LINK_PRIMARY, .fam = FAM4, .kind = PROBE_TCP_SYN, .port = 443, .hop = EDGE_HOP};

	(void)state;
	dies(&j, HANDOFF_L2, true, false, false);
	assert_int_equal(letter_of_group(&h, &j.seen, &g), 'A');
	assert_true(odds_of_idle_edge(&h, &j.seen) < 1);
	for (int fam = FAM4; fam <= FAM6; fam++) {
		for (size_t i = 0; i < j.seen.group_count; i++)
			if (j.seen.groups[i].cls == GROUP_HOP && j.seen.groups[i].hop == EDGE_HOP && j.seen.groups[i].fam == fam)
				j.seen.groups[i].answered = 0;
		assert_int_equal(letter_of_group(&h, &j.seen, &g), fam == FAM4 ? '?' : 'A');
		assert_true(fam == FAM4 ? odds_of_idle_edge(&h, &j.seen) == 1 : odds_of_idle_edge(&h, &j.seen) > 1);
	}
	g.hop = EDGE_HOP + 1;
	assert_int_equal(letter_of_group(&h, &j.seen, &g), 'X');
	g.hop = EDGE_HOP - 1;
	assert_int_equal(letter_of_group(&h, &j.seen, &g), 'A');
	g.hop = EDGE_HOP;
	g.link = LINK_SECONDARY;
	assert_int_equal(letter_of_group(&h, &j.seen, &g), 'A');
	h.row = fault_find("corp.edge-down");
	assert_true(odds_of_idle_edge(&h, &j.seen) == 1);
	g.link = LINK_PRIMARY;
	assert_int_equal(letter_of_group(&h, &j.seen, &g), 'X');
	judged_free(&j);
}

/* Is what Azure's counts of the circuit's traffic would favour tried, of answers that are lost on their way back? */
static bool tries_the_way_back(const struct judged *j)
{
	size_t count = 0, tried = 0;
	struct hypothesis *list = hypotheses_list(&j->seen, &count);

	assert_non_null(list);
	for (size_t i = 0; i < count; i++)
		tried += strcmp(list[i].row->id, "corp.return-path") == 0 && list[i].row->says[SAYS_OUT] == 'X';
	free(list);
	return tried > 0;
}

/* One host that is asked in both families is two targets, and is dead alone; answers lost on their way back hit all hosts of a family. */
static void a_host_in_two_families(void **state)
{
	static const struct { const char *what; const char *others[2]; bool others_live; bool way_back; } rows[] = {
	    {"the host alone", {NULL}, false, false},           {"two hosts, dead in IPv4", {"10.101.7.8"}, false, true},
	    {"two, one of them alive", {"10.101.7.8"}, true, false}, {"two hosts, dead in both", {"10.101.7.8", "fd10:101:7::8"}, false, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		memset(&j, 0, sizeof j);
		world_init(&j.w, HANDOFF_L2);
		azure_healthy(&j.a, j.w.plan.started_at);
		for (uint8_t l = 0; l < LINKS; l++) {
			world_link_flows(&j.w, l, FAM4);
			world_link_flows(&j.w, l, FAM6);
		}
		uint16_t first = (uint16_t)j.w.plan.flow_count, second;
		world_target_flows(&j.w, world_target(&j.w, "10.101.7.7", 443, false), 4);
		world_target_flows(&j.w, world_target(&j.w, "fd10:101:7::7", 443, false), 4);
		second = (uint16_t)j.w.plan.flow_count;
		for (size_t k = 0; k < COUNT(rows[i].others) && rows[i].others[k]; k++)
			world_target_flows(&j.w, world_target(&j.w, rows[i].others[k], 443, false), 4);
		for (uint16_t id = first; id < j.w.plan.flow_count; id++)
			j.w.silent[id] = id < second || !rows[i].others_live;
		world_run(&j.w, 12);
		judged_weigh(&j);
		if (tries_the_way_back(&j) != rows[i].way_back)
			fail_msg("%s: corp.return-path %.3f", rows[i].what, judged_probability(&j, "corp.return-path", LINK_NULL));
		judged_free(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_family_that_dies_alone), cmocka_unit_test(a_circuit_of_one_family),
	                                   cmocka_unit_test(the_edges_own_hop), cmocka_unit_test(a_host_in_two_families)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
