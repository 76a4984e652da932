/* SPDX-License-Identifier: BSD-2-Clause */
/* One address family of a link alone, and both: whose fault that is more likely. */
#include "tests/unit/diagnose_judge.h"

#define EDGE_HOP 3
#define MSEE_HOP 4

/* A circuit of both families, well before. Of these the primary is dead from that hop on, while Azure shows its sessions up. */
static void dies(struct judged *j, enum handoff handoff, bool v4, bool v6)
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
	static const struct { bool v4, v6; double edge_least, edge_most, provider_least, provider_most; } rows[] = {
	    {false, true, .2, .9, .1, .6}, {true, false, .2, .9, .1, .6}, {true, true, 0, .08, .8, 1}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		dies(&j, HANDOFF_L2, rows[i].v4, rows[i].v6);
		double edge = judged_probability(&j, "corp.edge-forwarding", LINK_PRIMARY), theirs = provider(&j);
		if (edge < rows[i].edge_least || edge > rows[i].edge_most || theirs < rows[i].provider_least || theirs > rows[i].provider_most)
			fail_msg("row %zu: the edge %.3f, the provider %.3f", i, edge, theirs);
		judged_free(&j);
	}
}

/* It answers for itself; for all that ends at it or for none of it, which may be its habit unless it answers the other family; behind it
 * nothing answers. */
static void the_edges_own_hop(void **state)
{
	struct judged j;
	struct hypothesis h = {.row = fault_find("corp.edge-forwarding"), .link = LINK_PRIMARY, .families = 1u << FAM4};
	struct traffic_group g = {.cls = GROUP_HOP, .link = LINK_PRIMARY, .fam = FAM4, .kind = PROBE_TCP_SYN, .port = 443, .hop = EDGE_HOP};

	(void)state;
	dies(&j, HANDOFF_L2, true, false);
	assert_int_equal(letter_of_group(&h, &j.seen, &g), 'A');
	for (int fam = FAM4; fam <= FAM6; fam++) {
		for (size_t i = 0; i < j.seen.group_count; i++)
			if (j.seen.groups[i].cls == GROUP_HOP && j.seen.groups[i].hop == EDGE_HOP && j.seen.groups[i].fam == fam)
				j.seen.groups[i].answered = 0;
		assert_int_equal(letter_of_group(&h, &j.seen, &g), fam == FAM4 ? '?' : 'A');
	}
	g.hop = EDGE_HOP + 1;
	assert_int_equal(letter_of_group(&h, &j.seen, &g), 'X');
	g.hop = EDGE_HOP - 1;
	assert_int_equal(letter_of_group(&h, &j.seen, &g), 'A');
	g.hop = EDGE_HOP;
	g.link = LINK_SECONDARY;
	assert_int_equal(letter_of_group(&h, &j.seen, &g), 'A');
	h.row = fault_find("corp.edge-down");
	g.link = LINK_PRIMARY;
	assert_int_equal(letter_of_group(&h, &j.seen, &g), 'X');
	judged_free(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_family_that_dies_alone), cmocka_unit_test(the_edges_own_hop)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
