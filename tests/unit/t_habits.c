/* SPDX-License-Identifier: BSD-2-Clause */
/* Who should answer, by what the rest of the run says of him, and silence that is told once. */
#include "analysis/diagnose/observed.h"
#include "tests/unit/diagnose_judge.h"

#include <math.h>

/* All that lives takes the primary: of the flows of one port, which are located nowhere, it tells who answers there. */
static void a_hop_of_the_one_link_that_is_taken(void **state)
{
	double alive[2];

	(void)state;
	for (int one = 0; one < 2; one++) {
		struct judged j;
		struct group_likelihood l;
		judged_standard(&j, HANDOFF_L2);
		for (size_t i = 0; i < j.w.plan.flow_count && one; i++)
			j.w.takes[i] = LINK_PRIMARY;
		world_run(&j.w, 20);
		judged_see(&j);
		assert_int_equal(link_use_is_one(&j.seen, FAM4), one);
		const struct traffic_group *heard = NULL;
		for (size_t i = 0; i < j.seen.group_count && !heard; i++) /* ping, of which TCP over the primary is the other */
			if (j.seen.groups[i].cls == GROUP_MSEE_HOP && j.seen.groups[i].link == LINK_PRIMARY && j.seen.groups[i].kind == PROBE_TCP_SYN)
				heard = &j.seen.groups[i];
		assert_non_null(heard);
		struct traffic_group g = *heard;
		g.link = LINK_ANY;
		g.port = 8443;
		g.answered = 0;
		for (uint8_t f = 0; f < g.flow_count; f++)
			g.flows[f].answered = 0;
		for (size_t i = 0; i < j.seen.group_count && !one; i++) /* the secondary's own tells nothing */
			if (j.seen.groups[i].cls == GROUP_MSEE_HOP && j.seen.groups[i].link == LINK_SECONDARY)
				j.seen.groups[i].answered = 0;
		posterior_group(&j.seen, &g, &l);
		alive[one] = l.alive;
		if (one) { /* but where that port lives over flows that are nowhere: those may take the other link */
			struct traffic_group *nowhere = NULL;
			for (size_t i = 0; i < j.seen.group_count && !nowhere; i++)
				if (j.seen.groups[i].cls == GROUP_TARGET && j.seen.groups[i].kind == PROBE_TCP_SYN)
					nowhere = &j.seen.groups[i];
			assert_non_null(nowhere);
			nowhere->link = LINK_ANY;
			nowhere->port = g.port;
			posterior_group(&j.seen, &g, &l);
			assert_true(l.alive > alive[1] + 1);
		}
		judged_free(&j);
	}
	assert_true(alive[1] < alive[0] - 1);
}

/* The more surely it tells of other traffic, the more its silence to one port is worth: a hop that limits nothing that was asked
 * of it answers all. */
static void a_hop_that_answers_all_others(void **state)
{
	static const struct { const char *what; enum group_class cls; uint32_t answered, sent; double least, most; } rows[] = {
	    {"asked little", GROUP_MSEE_HOP, 5, 5, 2.5, 4}, {"answers all", GROUP_MSEE_HOP, 30, 30, 4.5, 6},
	    {"limits its answers", GROUP_MSEE_HOP, 46, 50, 2.5, 4}, {"mute", GROUP_MSEE_HOP, 0, 30, 0, 2.5},
	    {"may be several routers", GROUP_HOP, 30, 30, 2.5, 4.4}};
	const struct traffic_group one = {.cls = GROUP_MSEE_HOP, .link = LINK_PRIMARY, .kind = PROBE_TCP_SYN, .port = 22, .sent = 8, .hop = 4,
	                                  .flow_count = 1, .flows = {{0, 8, 0}}};
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 20);
	judged_see(&j);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct traffic_group pair[] = {one, one};
		struct observables o = j.seen;
		struct group_likelihood here;
		pair[0].cls = pair[1].cls = rows[i].cls;
		pair[1].port = 443;
		pair[1].sent = pair[1].flows[0].sent = rows[i].sent;
		pair[1].answered = pair[1].flows[0].answered = rows[i].answered;
		o.groups = pair;
		o.group_count = COUNT(pair);
		posterior_group(&o, &pair[0], &here);
		if (here.dead - here.alive < rows[i].least || here.dead - here.alive > rows[i].most)
			fail_msg("%s: %.2f", rows[i].what, here.dead - here.alive);
	}
	judged_free(&j);
}

static double share_of(const struct judged *j, enum group_class cls, uint8_t link, uint8_t fam, uint8_t hop)
{
	struct observation *obs = calloc(observations_room(&j->seen), sizeof *obs);
	double share = 0;

	assert_non_null(obs);
	size_t n = observations_list(&j->seen, obs);
	for (size_t i = 0; i < n; i++) {
		const struct traffic_group *g = &j->seen.groups[obs[i].group];
		if (obs[i].kind == OBSERVED_GROUP && g->cls == cls && g->link == link && g->fam == fam && g->hop == hop)
			share = obs[i].share;
	}
	free(obs);
	return share;
}

/* Moves the hop's silent groups of the primary to where nobody knows their link. */
static size_t lose_sight_of(struct judged *j, uint8_t hop)
{
	size_t n = 0;
	for (size_t i = 0; i < j->seen.group_count; i++) {
		struct traffic_group *g = &j->seen.groups[i];
		if (g->cls != GROUP_HOP || g->hop != hop || g->link != LINK_PRIMARY || g->answered > 0)
			continue;
		g->link = LINK_ANY;
		n++;
	}
	return n;
}

/* What ignores pings ignores them in both families, and what tells no expiry tells none, wherever its flows are thought
 * to be, or if that is not known: that is told once. */
static void silence_is_one_habit(void **state)
{
	(void)state;
	for (int one = 0; one < 2; one++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		for (uint8_t l = 0; l < LINKS; l++)
			world_link_flows(&j.w, l, FAM6);
		j.w.way[FAM4][LINK_SECONDARY].dead_from = j.w.way[FAM6][LINK_SECONDARY].dead_from = one ? 4 : 0;
		j.w.way[FAM4][LINK_PRIMARY].hop[3] = "";
		for (size_t i = 0; i < j.w.plan.flow_count && one; i++)
			if (j.w.plan.flows[i].role == FLOW_TARGET)
				j.w.takes[i] = LINK_PRIMARY;
		world_run(&j.w, 20);
		judged_see(&j);
		assert_int_equal(link_use_is_one(&j.seen, FAM4), one);
		if (fabs(share_of(&j, GROUP_MSEE, LINK_SECONDARY, FAM6, 0) - (one ? .5 : 1)) > 1e-9)
			fail_msg("%.3f", share_of(&j, GROUP_MSEE, LINK_SECONDARY, FAM6, 0));
		assert_true(fabs(share_of(&j, GROUP_MSEE, LINK_PRIMARY, FAM4, 0) - 1) < 1e-9);
		size_t lost = lose_sight_of(&j, 3);
		double nowhere = share_of(&j, GROUP_HOP, LINK_ANY, FAM4, 3);
		if (lost < 2 || fabs(nowhere - 1 / (double)lost) > 1e-9)
			fail_msg("%zu groups, %.3f each", lost, nowhere);
		judged_free(&j);
	}
}

/* A router that limits its answers limits them to all traffic: what a second kind of it lacks too is held against health no second
 * time, nor against a loss that is not that large; a loss that explains both is as likely as ever. What its fellows answer well
 * excuses nothing and promises nothing. */
static void a_limit_is_one_habit(void **state)
{
	static const struct { const char *what; uint8_t link, ttl; const char *addr; uint32_t answered; enum manner manner; bool excused; } rows[] = {
	    {"limited too", LINK_PRIMARY, 3, "10.10.3.1", 112, MANNER_PROVED, true},
	    {"clean", LINK_PRIMARY, 3, "10.10.3.1", 120, MANNER_PROVED, false},
	    {"another router's", LINK_PRIMARY, 3, "10.10.3.9", 112, MANNER_PROVED, false},
	    {"of the other link", LINK_SECONDARY, 3, "10.10.3.1", 112, MANNER_USUAL, false},
	    {"another hop's", LINK_PRIMARY, 2, "10.10.3.1", 112, MANNER_USUAL, false}};
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 20);
	judged_see(&j);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct traffic_group of[] = {{.cls = GROUP_HOP, .link = rows[i].link, .hop = rows[i].ttl, .kind = PROBE_ICMP_ECHO, .sent = 120,
		                              .answered = rows[i].answered, .flow_count = 1, .flows = {{0, 120, rows[i].answered}}, .addr = world_addr(rows[i].addr)},
		                             {.cls = GROUP_HOP, .link = LINK_PRIMARY, .hop = 3, .kind = PROBE_TCP_SYN, .port = 443, .sent = 120, .answered = 113,
		                              .flow_count = 1, .flows = {{1, 120, 113}}, .addr = world_addr("10.10.3.1")}};
		struct observables o = j.seen;
		struct group_likelihood beside, alone;
		size_t lossy = 0;
		o.groups = of;
		o.group_count = COUNT(of);
		posterior_group(&o, &of[1], &beside);
		likelihood_group(&of[1], rows[i].manner, o.own_loss, NULL, &alone);
		while (1 - loss_grid((int)lossy) > .94)
			lossy++;
		if (rows[i].excused ? beside.alive < alone.alive + 2 : fabs(beside.alive - alone.alive) > 1e-9)
			fail_msg("%s: %.2f, alone %.2f", rows[i].what, beside.alive, alone.alive);
		if (fabs(beside.loss[lossy] - alone.loss[lossy]) > .1)
			fail_msg("%s, with loss: %.2f, alone %.2f", rows[i].what, beside.loss[lossy], alone.loss[lossy]);
	}
	judged_free(&j);
}

/* Microsoft keeps a pair of MSEEs alike: what one ignores is no habit where the other answers it, and may be where that is
 * silent too, or limits what it answers. */
static void an_msee_is_silent_alone(void **state)
{
	static const enum group_class classes[] = {GROUP_MSEE, GROUP_MSEE_HOP, GROUP_BGP};
	static const struct { const char *fellow; uint8_t link; uint32_t answered, own; bool alone; } rows[] = {
	    {"answers", LINK_PRIMARY, 4, 0, true},      {"is silent", LINK_PRIMARY, 0, 0, false}, {"limits", LINK_PRIMARY, 3, 0, false},
	    {"is no other", LINK_SECONDARY, 4, 0, false}, {"answers, as this does", LINK_PRIMARY, 4, 1, false}};
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 20);
	judged_see(&j);
	for (size_t c = 0; c < COUNT(classes); c++)
		for (size_t i = 0; i < COUNT(rows); i++) {
			struct traffic_group pair[] = {{.cls = classes[c], .link = LINK_SECONDARY, .kind = PROBE_ICMP_ECHO, .sent = 4, .answered = rows[i].own,
			                                .flow_count = 1, .flows = {{0, 4, rows[i].own}}},
			                               {.cls = classes[c], .link = rows[i].link, .kind = PROBE_ICMP_ECHO, .sent = 4, .answered = rows[i].answered,
			                                .flow_count = 1, .flows = {{1, 4, rows[i].answered}}}};
			struct observables o = j.seen;
			struct group_likelihood here, usual;
			o.groups = pair;
			o.group_count = COUNT(pair);
			posterior_group(&o, &pair[0], &here);
			likelihood_group(&pair[0], MANNER_USUAL, o.own_loss, NULL, &usual);
			if ((here.alive < usual.alive - .5) != rows[i].alone)
				fail_msg("class %d, the other %s: %.2f and %.2f", (int)classes[c], rows[i].fellow, here.alive, usual.alive);
		}
	judged_free(&j);
}

/* That a filter says nothing is known of it once: the targets' probes through it tell, and the MSEE's tell it no second time. What
 * it does say counts wherever it is heard. */
static void a_filter_says_nothing_once(void **state)
{
	static const struct { bool pinged; enum unreach unreach; char want; } rows[] = {
	    {true, UNREACH_NONE, '.'}, {false, UNREACH_NONE, 'p'}, {true, UNREACH_ADMIN_WAN, 'p'}};
	struct hypothesis pings = {.row = fault_find("wan.filter"), .link = LINK_PRIMARY, .families = 1 << FAM4, .kind = PROBE_ICMP_ECHO};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 10);
		judged_see(&j);
		for (size_t k = 0; k < j.seen.group_count && !rows[i].pinged; k++)
			if (j.seen.groups[k].cls == GROUP_TARGET)
				j.seen.groups[k].kind = PROBE_TCP_SYN;
		struct traffic_group msee = *need(&j, GROUP_MSEE, LINK_PRIMARY, 0, 0, 0);
		msee.unreach = rows[i].unreach;
		assert_int_equal(letter_by_reporter(&pings, &j.seen, &msee, letter_of_unreach_msee(&pings, &msee)), rows[i].want);
		judged_free(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filter_says_nothing_once),
	    cmocka_unit_test(a_hop_that_answers_all_others),
	    cmocka_unit_test(a_hop_of_the_one_link_that_is_taken),
	    cmocka_unit_test(silence_is_one_habit),
	    cmocka_unit_test(a_limit_is_one_habit),
	    cmocka_unit_test(an_msee_is_silent_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
