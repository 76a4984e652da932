/* SPDX-License-Identifier: BSD-2-Clause */
/* Several faults at once: how probable they are together. */
#include "analysis/diagnose/scoring.h"
#include "tests/unit/diagnose_faults.h"

#include <math.h>

static struct hypothesis fault(const char *id, bool attested)
{
	return (struct hypothesis){.row = fault_find(id), .link = LINK_PRIMARY, .attested = attested, .log_prior = -1};
}

/* What the penalty comes to in all: 0 for none, 1 for one. */
static int times_penalised(const struct hypothesis *parts, uint8_t count)
{
	struct explanation e = {.count = count};

	memcpy(e.parts, parts, count * sizeof *parts);
	return (int)lround((explanation_log_prior(&e) + count) / log(PAIR_PENALTY));
}

static void what_azure_shows_beside_a_dead_service_fits_nothing(void **state)
{
	const struct hypothesis session = fault("corp.edge-bgp", true), guessed = fault("corp.edge-bgp", false), nsg = fault("azure.nsg", false),
	                        target = fault("azure.target-down", false), slow = fault("wan.latency", false), acl = fault("corp.acl", false);

	(void)state;
	assert_int_equal(times_penalised(&nsg, 1), 0);
	assert_int_equal(times_penalised((struct hypothesis[]){nsg, session}, 2), 0);
	assert_int_equal(times_penalised((struct hypothesis[]){session, target}, 2), 0);
	assert_int_equal(times_penalised((struct hypothesis[]){session, acl}, 2), 0); /* or the same service, elsewhere, would be favoured */
	assert_int_equal(times_penalised((struct hypothesis[]){nsg, guessed}, 2), 1);
	assert_int_equal(times_penalised((struct hypothesis[]){nsg, target}, 2), 1);
	assert_int_equal(times_penalised((struct hypothesis[]){session, slow}, 2), 1); /* a delay may be fitted to the wire */
	assert_int_equal(times_penalised((struct hypothesis[]){nsg, target, session}, 3), 1);
	assert_int_equal(times_penalised((struct hypothesis[]){nsg, session, slow}, 3), 2);
}

/* We are the edge: that its session is down shows on the wire by an idle link alone, and Azure says so. A port that a target
 * refuses beside it takes nothing away from that. */
static void a_session_of_the_edge_itself(void **state)
{
	double p[2];

	(void)state;
	for (int refused = 0; refused < 2; refused++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		for (int l = 0; l < LINKS; l++)
			j.w.circuit.links[l].on_edge[FAM4] = true;
		fault_move(&j, LINK_PRIMARY);
		fault_azure_row(&j, LINK_PRIMARY, "02cf.2b02.c22b", "Idle");
		if (refused)
			make_refused(&j);
		world_run(&j.w, 40);
		judged_weigh(&j);
		struct hypothesis session = fault("corp.edge-bgp", false);
		p[refused] = posterior_of_fault(&j.posterior, &session);
		judged_free(&j);
	}
	if (p[0] < .5 || p[1] < p[0] - .02)
		fail_msg("alone %.3f, beside a refused port %.3f", p[0], p[1]);
}

/* Old words attest nothing, and those of the other link nothing of this one. */
static void who_attests(void **state)
{
	static const struct { int link; double weight; bool want; } rows[] = {
	    {LINK_PRIMARY, 1, true}, {LINK_PRIMARY, .3, false}, {LINK_SECONDARY, 1, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		size_t count = 0, met = 0;
		judged_standard(&j, HANDOFF_L2);
		fault_azure_row(&j, rows[i].link, "02cf.2b02.c22b", "Idle");
		world_run(&j.w, 3);
		judged_see(&j);
		j.seen.azure.session_age[rows[i].link].weight = rows[i].weight;
		struct hypothesis *all = hypotheses_list(&j.seen, &count);
		assert_non_null(all);
		for (size_t k = 0; k < count; k++) {
			assert_false(all[k].attested && all[k].row->session != 'd' && all[k].row->session != 'D');
			if (strcmp(all[k].row->id, "corp.edge-bgp") == 0 && all[k].row->session == 'D' && all[k].link == LINK_PRIMARY) {
				assert_int_equal(all[k].attested, rows[i].want);
				met++;
			}
		}
		assert_true(met > 0);
		free(all);
		judged_free(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_azure_shows_beside_a_dead_service_fits_nothing), cmocka_unit_test(a_session_of_the_edge_itself),
		cmocka_unit_test(who_attests)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
