/* SPDX-License-Identifier: BSD-2-Clause */
/* How probable each explanation is. */
#include "tests/unit/diagnose_faults.h"

#include <math.h>

static void probabilities_are_probabilities(const struct judged *j)
{
	double sum = 0;

	assert_true(j->posterior.count > 0);
	for (size_t i = 0; i < j->posterior.count; i++) {
		const struct explanation *e = &j->posterior.list[i];
		if (!(e->probability >= 0 && e->probability <= 1) || isnan(e->log_score))
			fail_msg("%s has %g (score %g)", e->parts[0].row->id, e->probability, e->log_score);
		assert_true(e->count >= 1 && e->count <= PARTS_MAX);
		assert_true(e->grid >= 0 && e->grid < LOSS_GRID);
		if (i > 0)
			assert_true(e->log_score <= j->posterior.list[i - 1].log_score);
		sum += e->probability;
	}
	assert_true(fabs(sum - 1) < 1e-9);
}

static double of_case(const struct judged *j, const struct fault_case *c)
{
	return c->id[0] == '\0' ? posterior_of_none(&j->posterior) : judged_probability(j, c->id, c->link);
}

static void the_right_fault_leads(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		struct judged j;
		fault_see(&j, &fault_cases[i], true);
		probabilities_are_probabilities(&j);
		if (of_case(&j, &fault_cases[i]) < .8)
			fail_msg("case %zu: '%s' has %.3f, %s leads", i, fault_cases[i].id, of_case(&j, &fault_cases[i]), j.posterior.list[0].parts[0].row->id);
		judged_free(&j);
	}
}

/* Without Azure the wire alone must do where it can; where it cannot tell a fault from
 * its neighbours, it is not well all the same. */
static void without_azure(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		struct judged j;
		fault_see(&j, &fault_cases[i], false);
		probabilities_are_probabilities(&j);
		double none = posterior_of_none(&j.posterior);
		if (!fault_cases[i].needs_azure && of_case(&j, &fault_cases[i]) < .8)
			fail_msg("case %zu: '%s' has %.3f", i, fault_cases[i].id, of_case(&j, &fault_cases[i]));
		if (fault_cases[i].id[0] != '\0' && none > (fault_cases[i].needs_azure ? .5 : .1))
			fail_msg("case %zu: '%s', yet none has %.3f", i, fault_cases[i].id, none);
		judged_free(&j);
	}
}

/* Same input, same bytes. */
static void it_is_repeatable(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i += 3) {
		struct judged j;
		struct posterior again;
		fault_see(&j, &fault_cases[i], true);
		assert_true(posterior_build(&again, &j.seen));
		assert_int_equal(again.count, j.posterior.count);
		for (size_t k = 0; k < again.count; k++) {
			const struct explanation *a = &again.list[k], *b = &j.posterior.list[k];
			assert_int_equal(a->count, b->count);
			assert_int_equal(a->grid, b->grid);
			assert_memory_equal(&a->probability, &b->probability, sizeof a->probability);
			assert_memory_equal(&a->log_score, &b->log_score, sizeof a->log_score);
			for (uint8_t m = 0; m < a->count; m++)
				assert_true(a->parts[m].row == b->parts[m].row && a->parts[m].link == b->parts[m].link && a->parts[m].boundary == b->parts[m].boundary);
		}
		posterior_free(&again);
		judged_free(&j);
	}
}

/* In which order the groups stand is chance. */
static void order_of_groups_does_not_matter(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		struct judged j;
		struct posterior turned;
		fault_see(&j, &fault_cases[i], true);
		for (size_t k = 0; k < j.seen.group_count / 2; k++) {
			struct traffic_group swap = j.seen.groups[k];
			j.seen.groups[k] = j.seen.groups[j.seen.group_count - 1 - k];
			j.seen.groups[j.seen.group_count - 1 - k] = swap;
		}
		assert_true(posterior_build(&turned, &j.seen));
		double before = of_case(&j, &fault_cases[i]), none = posterior_of_none(&j.posterior);
		posterior_free(&j.posterior);
		j.posterior = turned;
		assert_true(fabs(of_case(&j, &fault_cases[i]) - before) < 1e-6);
		assert_true(fabs(posterior_of_none(&j.posterior) - none) < 1e-6);
		judged_free(&j);
	}
}

/* A score is the prior and what each observation says, nothing else. */
static void scores_are_sums(void **state)
{
	struct judged j;
	struct observation *obs = calloc(OBSERVATIONS_ROOM, sizeof *obs);
	size_t looked_at = 0;

	(void)state;
	assert_non_null(obs);
	fault_see(&j, &fault_cases[2], true);
	size_t n = observations_list(&j.seen, obs);
	for (size_t i = 0; i < j.posterior.count; i++) {
		const struct explanation *e = &j.posterior.list[i];
		if (e->count != 1 || strstr(e->parts[0].row->id, "loss"))
			continue;
		double sum = e->parts[0].log_prior;
		for (size_t k = 0; k < n; k++)
			sum += observation_log(&j.posterior, &obs[k], e, 0);
		if (fabs(sum - e->log_score) > 1e-6)
			fail_msg("%s: %.6f is not %.6f", e->parts[0].row->id, e->log_score, sum);
		looked_at++;
	}
	assert_true(looked_at > 30);
	free(obs);
	judged_free(&j);
}

static void each_thing_is_observed_once(void **state)
{
	struct judged j;
	struct observation *obs = calloc(OBSERVATIONS_ROOM, sizeof *obs);
	size_t of[OBSERVED_SETTINGS + 1] = {0}, targets = 0;

	(void)state;
	assert_non_null(obs);
	fault_see(&j, &fault_cases[0], true);
	size_t n = observations_list(&j.seen, obs);
	for (size_t i = 0; i < n; i++) {
		of[obs[i].kind]++;
		assert_true(obs[i].share > 0 && obs[i].share <= 1);
		for (size_t k = 0; k < i; k++)
			assert_false(obs[i].kind == obs[k].kind && obs[i].link == obs[k].link && obs[i].fam == obs[k].fam && obs[i].group == obs[k].group);
	}
	for (size_t i = 0; i < j.seen.group_count; i++)
		targets += j.seen.groups[i].cls == GROUP_TARGET;
	assert_int_equal(of[OBSERVED_GROUP], j.seen.group_count);
	assert_int_equal(of[OBSERVED_REFUSED], targets);
	assert_int_equal(of[OBSERVED_UNREACH_TARGET], targets);
	for (int kind = 0; kind <= OBSERVED_SETTINGS; kind++)
		switch (kind) {
		case OBSERVED_DELAY: case OBSERVED_SETTINGS: case OBSERVED_ARP: case OBSERVED_SESSION: case OBSERVED_USE: case OBSERVED_UNREACH_MSEE:
			assert_int_equal(of[kind], 2);
			break;
		case OBSERVED_HOST: case OBSERVED_CIRCUIT: case OBSERVED_PROVIDER: case OBSERVED_PEERING: case OBSERVED_CONNECTION: case OBSERVED_GATEWAY:
			assert_int_equal(of[kind], 1);
			break;
		default:
			break;
		}
	free(obs);
	judged_free(&j);
}

/* What a link's own ends drew of errors: of edge, MSEE and BGP port whichever has one. */
static void the_error_of_a_link(void **state)
{
	static const struct { uint16_t flow; uint8_t ttl; } rows[] = {{F_EDGE1, FULL}, {F_MSEE1, FULL}, {F_BGP1, PATH_TTL_GTSM}};
	struct observation *obs = calloc(OBSERVATIONS_ROOM, sizeof *obs);

	(void)state;
	assert_non_null(obs);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		size_t found = 0;
		judged_standard(&j, HANDOFF_L2);
		world_run(&j.w, 3);
		world_error(&j.w, rows[i].flow, rows[i].ttl, 3, 1, "10.10.2.2");
		world_error(&j.w, F_TCP_A, FULL, 3, 0, "10.10.2.2"); /* a target's error is not the link's */
		judged_see(&j);
		size_t n = observations_list(&j.seen, obs);
		for (size_t k = 0; k < n; k++) {
			const struct traffic_group *g = &j.seen.groups[obs[k].group];
			if (obs[k].kind != OBSERVED_UNREACH_MSEE)
				continue;
			assert_true(g->cls == GROUP_EDGE || g->cls == GROUP_MSEE || g->cls == GROUP_BGP);
			assert_int_equal(g->link, obs[k].link);
			assert_int_equal(g->unreach, obs[k].link == LINK_PRIMARY ? UNREACH_HOST_CORP : UNREACH_NONE);
			found++;
		}
		assert_int_equal(found, 2);
		judged_free(&j);
	}
	free(obs);
}

/* Which two faults may stand together: none with itself, with "no fault", with this
 * host's own, and a fault of both links with none of a link. */
static void what_makes_a_pair(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		struct judged j;
		fault_see(&j, &fault_cases[i], true);
		for (size_t k = 0; k < j.posterior.count; k++) {
			const struct explanation *e = &j.posterior.list[k];
			const struct hypothesis *a = &e->parts[0], *b = &e->parts[1];
			if (e->count != 2)
				continue;
			assert_true(a->row->scope != SCOPE_NONE && b->row->scope != SCOPE_NONE);
			assert_true(a->row->place != AT_HOST && b->row->place != AT_HOST);
			assert_false(strcmp(a->row->id, b->row->id) == 0 && a->link == b->link && a->target == b->target && a->port == b->port);
			if (a->link == LINK_BOTH || b->link == LINK_BOTH)
				assert_true(a->link >= LINKS && b->link >= LINKS && a->row->place != b->row->place);
		}
		judged_free(&j);
	}
}

/* Azure's words count for less the older they are. */
static void old_words_weigh_less(void **state)
{
	struct judged j;
	static const struct observation state_of_circuit = {.kind = OBSERVED_CIRCUIT, .link = LINK_NULL, .share = 1};

	(void)state;
	fault_see(&j, &fault_cases[5], true);
	double fresh = observation_log(&j.posterior, &state_of_circuit, &j.posterior.list[j.posterior.count - 1], 0);
	assert_true(fresh < -1);
	j.seen.azure.weight = .25;
	assert_true(fabs(observation_log(&j.posterior, &state_of_circuit, &j.posterior.list[j.posterior.count - 1], 0) - fresh / 4) < 1e-12);
	j.seen.azure.weight = 0;
	assert_true(observation_log(&j.posterior, &state_of_circuit, &j.posterior.list[0], 0) == 0);
	judged_free(&j);
}

static void two_faults_at_once(void **state)
{
	static const struct { void (*make)(struct judged *); const char *id; uint8_t link; } rows[] = {
	    {make_loss, "wan.loss", LINK_SECONDARY}, {make_circuit_down, "wan.circuit-down", LINK_SECONDARY}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		for (int k = 0; k < 6; k++) { /* enough flows that their silence is no chance of routing */
			uint16_t f = world_flow(&j.w, LINK_ANY, FLOW_TARGET, PROBE_TCP_SYN, 0, "10.101.7.7", 443);
			j.w.silent[f] = true;
			j.w.takes[f] = i == 2 ? LINK_PRIMARY : (uint8_t)(k % LINKS);
		}
		rows[i].make(&j);
		make_nsg(&j);
		world_run(&j.w, 40);
		judged_weigh(&j);
		probabilities_are_probabilities(&j);
		if (judged_probability(&j, rows[i].id, rows[i].link) < .9 || judged_probability(&j, "azure.nsg", LINK_NULL) < .5)
			fail_msg("%s %.3f, azure.nsg %.3f", rows[i].id, judged_probability(&j, rows[i].id, rows[i].link), judged_probability(&j, "azure.nsg", LINK_NULL));
		assert_int_equal(j.posterior.list[0].count, 2);
		judged_free(&j);
	}
}

/* A pair must earn its place: with one fault, or none, a second is improbable. */
static void pairs_are_rare(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		struct judged j;
		double pairs = 0;
		fault_see(&j, &fault_cases[i], true);
		for (size_t k = 0; k < j.posterior.count; k++)
			pairs += j.posterior.list[k].count == 2 ? j.posterior.list[k].probability : 0;
		if (pairs > .3)
			fail_msg("case %zu ('%s'): pairs have %.3f", i, fault_cases[i].id, pairs);
		judged_free(&j);
	}
}

static void sums_over_statements(void **state)
{
	struct judged j;

	(void)state;
	fault_see(&j, &fault_cases[2], true);
	for (size_t i = 0; i < j.posterior.count; i++) {
		const struct explanation *e = &j.posterior.list[i];
		double fault = posterior_of_fault(&j.posterior, &e->parts[0]), domain = posterior_of_domain(&j.posterior, &e->parts[0]);
		assert_true(fault >= e->probability - 1e-12 && fault <= 1 + 1e-9);
		assert_true(domain >= fault - 1e-9 && domain <= 1 + 1e-9);
	}
	/* Domain of a link: the other link's faults of that domain do not count. */
	struct hypothesis h = {.row = fault_find("wan.circuit-down"), .link = LINK_PRIMARY};
	assert_true(posterior_of_domain(&j.posterior, &h) < .1);
	h.link = LINK_SECONDARY;
	assert_true(posterior_of_domain(&j.posterior, &h) > .9);
	h.link = LINK_NULL;
	assert_true(posterior_of_domain(&j.posterior, &h) > .9);
	judged_free(&j);
}

static struct explanation of_parts(const char *a, uint8_t link_a, const char *b, uint8_t link_b)
{
	struct explanation e = {.count = 1, .parts = {{.row = fault_find(a), .link = link_a, .port = 443, .kind = PROBE_TCP_SYN, .target = 1}}};

	if (b) {
		e.parts[1] = (struct hypothesis){.row = fault_find(b), .link = link_b, .port = 443, .kind = PROBE_TCP_SYN, .target = 1};
		e.count = 2;
	}
	return e;
}

static void the_same_statement(void **state)
{
	struct explanation a = of_parts("wan.circuit-down", 0, NULL, 0), b = a;

	(void)state;
	b.parts[0].traffic = TRAFFIC_ELSEWHERE; /* details that are no part of the statement */
	b.parts[0].families = 1;
	b.parts[0].boundary = 3;
	b.parts[0].target = 7;
	assert_true(explanation_same(&a, &b));
	b.parts[0].link = 1;
	assert_false(explanation_same(&a, &b));
	b = of_parts("wan.loss", 0, NULL, 0);
	assert_false(explanation_same(&a, &b));
	a = of_parts("azure.nsg", LINK_NULL, NULL, 0);
	b = a;
	assert_true(explanation_same(&a, &b));
	b.parts[0].port = 22;
	assert_false(explanation_same(&a, &b));
	b = a;
	b.parts[0].target = 0;
	assert_false(explanation_same(&a, &b));
	a = of_parts("wan.loss", 0, "azure.nsg", LINK_NULL);
	b = of_parts("azure.nsg", LINK_NULL, "wan.loss", 0); /* in either order */
	assert_true(explanation_same(&a, &b));
	b = of_parts("azure.nsg", LINK_NULL, NULL, 0);
	assert_false(explanation_same(&a, &b));
	assert_false(explanation_same(&b, &a));
}

/* A link that nobody can see, no targets, no Azure: nothing is accused. */
static void little_is_known(void **state)
{
	static const struct { uint8_t links; bool targets, azure; } rows[] = {
	    {1, true, true}, {1, true, false}, {1, false, true}, {1, false, false}, {2, false, true}, {2, false, false}, {0, true, false}, {0, true, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		memset(&j, 0, sizeof j);
		world_init(&j.w, HANDOFF_DIRECT);
		azure_healthy(&j.a, j.w.plan.started_at);
		j.azure_read = rows[i].azure;
		for (uint8_t l = 0; l < LINKS; l++) {
			if (l < rows[i].links)
				world_link_flows(&j.w, l, FAM4);
			else
				memset(&j.w.circuit.links[l], 0, sizeof j.w.circuit.links[l]);
		}
		if (rows[i].targets) {
			world_target(&j.w, "10.101.7.7", 443, false);
			world_target_flows(&j.w, 0, 4);
		}
		world_run(&j.w, 25);
		judged_weigh(&j);
		probabilities_are_probabilities(&j);
		if (posterior_of_none(&j.posterior) < .8)
			fail_msg("row %zu: %s leads", i, j.posterior.list[0].parts[0].row->id);
		judged_free(&j);
	}
}

/* Hundreds of targets: none is left out, and a fault of the very last one's last port is
 * told from those before it. */
#define MANY 500

static void every_target_of_many_counts(void **state)
{
	static const uint16_t ports[] = {22, 443, 8443};

	(void)state;
	for (int broken = 0; broken < 2; broken++) {
		struct judged *j = calloc(1, sizeof *j);
		assert_non_null(j);
		world_init(&j->w, HANDOFF_L2);
		world_link_flows(&j->w, LINK_PRIMARY, FAM4);
		world_link_flows(&j->w, LINK_SECONDARY, FAM4);
		for (int t = 0; t < MANY; t++) {
			char address[IP_TEXT_MAX];
			snprintf(address, sizeof address, "10.101.%d.%d", t / 250, t % 250 + 1);
			uint16_t target = world_target(&j->w, address, ports[0], false);
			for (size_t k = 0; k < COUNT(ports); k++) {
				j->w.targets[t].tcp[k] = ports[k];
				world_flow(&j->w, LINK_ANY, FLOW_TARGET, PROBE_TCP_SYN, target, address, ports[k]);
			}
			j->w.targets[t].tcp_count = COUNT(ports);
		}
		j->w.silent[j->w.plan.flow_count - 1] = broken;
		world_run(&j->w, 20);
		judged_weigh(j);
		const struct hypothesis *h = &j->posterior.list[0].parts[0];
		assert_string_equal(h->row->id, broken ? "azure.nsg" : "none");
		if (broken) {
			assert_int_equal(h->target, MANY - 1);
			assert_int_equal(h->port, 8443);
			assert_true(j->posterior.list[0].probability > .8);
		}
		assert_true(j->seen.group_count > MANY * COUNT(ports));
		assert_true(j->posterior.count > MANY * 4);
		judged_free(j);
		free(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_right_fault_leads),
	    cmocka_unit_test(without_azure),
	    cmocka_unit_test(it_is_repeatable),
	    cmocka_unit_test(order_of_groups_does_not_matter),
	    cmocka_unit_test(scores_are_sums),
	    cmocka_unit_test(each_thing_is_observed_once),
	    cmocka_unit_test(the_error_of_a_link),
	    cmocka_unit_test(what_makes_a_pair),
	    cmocka_unit_test(old_words_weigh_less),
	    cmocka_unit_test(two_faults_at_once),
	    cmocka_unit_test(pairs_are_rare),
	    cmocka_unit_test(sums_over_statements),
	    cmocka_unit_test(the_same_statement),
	    cmocka_unit_test(little_is_known),
	    cmocka_unit_test(every_target_of_many_counts),
	};

	return cmocka_run_group_tests_name("posterior", tests, NULL, NULL);
}
