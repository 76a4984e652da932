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

/* What the circuit carries may be other networks' traffic, or of the minutes before the fault: it favours a way back that is
 * lost, and accuses nobody of it. */
static void traffic_of_others(void **state)
{
	const struct fault_case c = {"corp.return-path", LINK_NULL, STATUS_UNDETERMINED, make_return_path, true, false};
	struct judged j;

	(void)state;
	fault_see(&j, &c, true);
	if (of_case(&j, &c) < .5 || of_case(&j, &c) > .88 || judged_probability(&j, "azure.gateway-down", LINK_NULL) < .1)
		fail_msg("the way back %.3f, a gateway %.3f", of_case(&j, &c), judged_probability(&j, "azure.gateway-down", LINK_NULL));
	judged_free(&j);
}

/* What it would favour is as common as ever where it was not read: a gateway is not accused for want of it. */
static void traffic_that_was_not_read(void **state)
{
	const struct fault_case c = {"corp.return-path", LINK_NULL, STATUS_UNDETERMINED, make_return_path, true, false};
	struct judged j;

	(void)state;
	fault_see(&j, &c, false);
	if (of_case(&j, &c) < .2 || judged_probability(&j, "azure.gateway-down", LINK_NULL) > .75)
		fail_msg("the way back %.3f, a gateway %.3f", of_case(&j, &c), judged_probability(&j, "azure.gateway-down", LINK_NULL));
	judged_free(&j);
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
		if (fault_cases[i].id[0] != '\0' && !fault_cases[i].wire_is_well && none > (fault_cases[i].needs_azure ? .5 : .1))
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

/* A score is the prior, what each observation of the wire says, and Azure's word as a whole; nothing else. */
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
		double sum = e->parts[0].log_prior, said = 0, before = 0;
		for (size_t k = 0; k < n; k++) {
			*(obs[k].of_azure ? &said : &sum) += observation_log(&j.posterior, &obs[k], e, 0);
			before += obs[k].of_azure ? observation_log(&j.posterior, &obs[k], posterior_none(&j.posterior), 0) : 0;
		}
		sum += azure_word_log(said, before);
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
	size_t of[OBSERVED_FLAP + 1] = {0}, targets = 0;

	(void)state;
	assert_non_null(obs);
	fault_see(&j, &fault_cases[0], true);
	size_t n = observations_list(&j.seen, obs);
	for (size_t i = 0; i < n; i++) {
		of[obs[i].kind]++;
		assert_true(obs[i].share > 0 && obs[i].share <= 1);
		for (size_t k = 0; k < i; k++)
			assert_false(obs[i].kind == obs[k].kind && obs[i].link == obs[k].link && obs[i].fam == obs[k].fam && obs[i].group == obs[k].group && obs[i].says == obs[k].says);
	}
	for (size_t i = 0; i < j.seen.group_count; i++)
		targets += j.seen.groups[i].cls == GROUP_TARGET;
	assert_int_equal(of[OBSERVED_GROUP], j.seen.group_count);
	assert_int_equal(of[OBSERVED_REFUSED], targets);
	assert_int_equal(of[OBSERVED_UNREACH_TARGET], targets);
	for (int kind = 0; kind <= OBSERVED_SIZE; kind++)
		switch (kind) {
		case OBSERVED_DELAY: case OBSERVED_SIZE: case OBSERVED_SETTINGS: case OBSERVED_ARP: case OBSERVED_SESSION: case OBSERVED_USE: case OBSERVED_UNREACH_MSEE:
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
/* BGP of both links is down, layer 2 is well, and Azure says that the peering is enabled:
 * whoever holds the edge is suspected, in either hand-off, and never the peering's state. */
static void sessions_of_both_links(void **state)
{
	static const struct { enum handoff handoff; const char *fault; } rows[] = {
	    {HANDOFF_L2, "corp.edge-bgp"}, {HANDOFF_L3, "wan.edge-bgp"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct judged j;
		judged_standard(&j, rows[i].handoff);
		world_target(&j.w, "10.10.9.9", 53, true);
		world_target_flows(&j.w, 2, 2);
		for (int l = 0; l < LINKS; l++) {
			j.w.way[FAM4][l].dead_from = 4;
			fault_azure_row(&j, l, "02cf.2b02.c22b", "Idle");
		}
		world_run(&j.w, 25);
		judged_weigh(&j);
		assert_string_equal(j.posterior.list[0].parts[0].row->id, rows[i].fault);
		assert_int_equal(j.posterior.list[0].parts[0].link, LINK_BOTH);
		assert_true(judged_probability(&j, "azure.peering-disabled", LINK_BOTH) < 0.1);
		judged_free(&j);
	}
}

static void old_words_weigh_less(void **state)
{
	struct judged j;
	static const struct observation state_of_circuit = {.kind = OBSERVED_CIRCUIT, .link = LINK_NULL, .share = 1};

	(void)state;
	fault_see(&j, &fault_cases[5], true);
	double fresh = observation_log(&j.posterior, &state_of_circuit, &j.posterior.list[j.posterior.count - 1], 0);
	assert_true(fresh < -1);
	j.seen.azure.circuit_age.weight = .25;
	assert_true(fabs(observation_log(&j.posterior, &state_of_circuit, &j.posterior.list[j.posterior.count - 1], 0) - fresh / 4) < 1e-12);
	j.seen.azure.circuit_age.weight = 0;
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

static double domain_of(const struct judged *j, const char *id, uint8_t link)
{
	struct hypothesis h = {.row = fault_find(id), .link = link};

	return posterior_of_domain(&j->posterior, &h);
}

/* The edge's BGP is down, and a target is: of the MSEE's silence a habit would be as good an
 * explanation, of Azure's word and the idle link it is none. */
static void a_target_beside_edge_bgp(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	make_edge_bgp(&j);
	make_target_down(&j);
	azure_health(&j.a, "Available");
	world_run(&j.w, 40);
	judged_weigh(&j);
	if (domain_of(&j, "corp.edge-bgp", LINK_PRIMARY) < .9 || domain_of(&j, "azure.target-down", LINK_NULL) < .9)
		fail_msg("edge %.3f, target %.3f", domain_of(&j, "corp.edge-bgp", LINK_PRIMARY), domain_of(&j, "azure.target-down", LINK_NULL));
	judged_free(&j);
}

/* We are the edge. One host that is down in both families is two targets: with the dead link three
 * faults, which no likely pair begins with, since BGP of the other link would explain both alone, though
 * badly. */
static void a_host_of_two_families_beside_a_dead_link(void **state)
{
	struct judged j;

	(void)state;
	memset(&j, 0, sizeof j);
	world_init(&j.w, HANDOFF_L2);
	azure_healthy(&j.a, j.w.plan.started_at);
	j.azure_read = true;
	fault_azure_row(&j, LINK_SECONDARY, "Incomplete", "Active");
	for (int fam = 0; fam < FAMILIES; fam++)
		for (uint8_t l = 0; l < LINKS; l++) {
			static const char *const msee[FAMILIES][LINKS] = {{"172.16.3.2", "172.16.4.2"}, {"fd00:3::2", "fd00:4::2"}};
			j.w.way[fam][l] = (struct world_way){{"", msee[fam][l], "", "", "", "", "", ""}, 0, 1, 3, l == LINK_SECONDARY, 0};
			j.w.circuit.links[l].on_edge[fam] = true;
			world_flow(&j.w, l, FLOW_MSEE, PROBE_ICMP_ECHO, 0, msee[fam][l], 0);
			world_flow(&j.w, l, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, msee[fam][l], 179);
			world_flow(&j.w, l, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR, 0, msee[fam][l], 0);
		}
	for (uint16_t t = 0; t < 4; t++) {
		static const char *const address[] = {"10.101.7.7", "10.101.7.8", "fd10:101::7", "fd10:101::8"};
		world_target(&j.w, address[t], 443, false);
		world_target_flows(&j.w, t, 8);
		j.w.targets[t].tcp[j.w.targets[t].tcp_count++] = 22;
		for (int i = 0; i < 4; i++)
			world_flow(&j.w, LINK_ANY, FLOW_TARGET, PROBE_TCP_SYN, t, address[t], 22);
	}
	for (uint16_t f = 0; f < j.w.plan.flow_count; f++) {
		const struct plan_flow *flow = &j.w.flows[f];
		if (flow->role == FLOW_TARGET)
			j.w.takes[f] = LINK_PRIMARY;
		j.w.silent[f] = flow->role == FLOW_TARGET && flow->target % 2 == 0;
	}
	world_run(&j.w, 40);
	judged_weigh(&j);
	if (domain_of(&j, "wan.circuit-down", LINK_SECONDARY) < .9 || domain_of(&j, "azure.target-down", LINK_NULL) < .9)
		fail_msg("link %.3f, host %.3f, first %s", domain_of(&j, "wan.circuit-down", LINK_SECONDARY), domain_of(&j, "azure.target-down", LINK_NULL),
		         j.posterior.list[0].parts[0].row->id);
	assert_int_equal(j.posterior.list[0].count, 3);
	judged_free(&j);
}

/* An edge that never answers, and a dead MSEE: that the edge is down explains all, and yet its silence is
 * one habit, not one of pings and one of each kind of hop. Where the router before it says so, it is down. */
static void a_silent_edge_before_a_dead_msee(void **state)
{
	(void)state;
	for (int told = 0; told < 2; told++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		fault_azure_row(&j, LINK_PRIMARY, "Incomplete", "Active");
		j.w.way[FAM4][LINK_PRIMARY].dead_from = 4;
		j.w.way[FAM4][LINK_PRIMARY].hop[3] = "";
		j.w.silent[F_EDGE1] = true;
		fault_move(&j, LINK_PRIMARY);
		if (told)
			fault_errors(&j, F_EDGE1, 1, "10.10.2.2");
		world_run(&j.w, 20);
		judged_weigh(&j);
		double edge = judged_probability(&j, "corp.edge-down", LINK_PRIMARY);
		if (told ? edge < .95 : edge > .95 || edge < .8)
			fail_msg("%d: edge down %.3f, circuit %.3f", told, edge, judged_probability(&j, "wan.circuit-down", LINK_PRIMARY));
		judged_free(&j);
	}
}

/* Loss that only the MSEE's answers meet, since nothing else takes the link. */
static void loss_of_an_idle_link(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	fault_move(&j, LINK_SECONDARY);
	j.w.lose_every[LINK_SECONDARY] = 13;
	world_run(&j.w, 60);
	judged_weigh(&j);
	if (judged_probability(&j, "wan.loss", LINK_SECONDARY) < .75)
		fail_msg("loss %.3f, none %.3f", judged_probability(&j, "wan.loss", LINK_SECONDARY), posterior_of_none(&j.posterior));
	judged_free(&j);
}

/* Loss behind both MSEEs makes neither link the slower one: the delay is a link's own fault. */
static void a_delay_beside_a_lost_answer(void **state)
{
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	make_latency(&j);
	fault_move(&j, LINK_SECONDARY); /* nothing that passes the MSEE there could confirm it */
	world_run(&j.w, 60);
	for (int k = 0; k < 2; k++)
		world_sent(&j.w, F_TCP_A, FULL);
	j.w.now_ms += 5000;
	observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms));
	judged_weigh(&j);
	if (judged_probability(&j, "wan.latency", LINK_SECONDARY) < .9)
		fail_msg("latency %.3f, loss behind %.3f", judged_probability(&j, "wan.latency", LINK_SECONDARY),
		         judged_probability(&j, "azure.gateway-loss", LINK_NULL));
	judged_free(&j);
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

/* A target that answers pings over one link ignores none over the other: a filter of pings
 * there is no habit of the target. One that answers none at all is as it likes to be. */
static void pings_over_one_link_alone(void **state)
{
	(void)state;
	for (int answers = 0; answers < 2; answers++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		for (uint16_t f = 0; f < j.w.plan.flow_count; f++)
			if (j.w.flows[f].kind == PROBE_ICMP_ECHO && (j.w.flows[f].role == FLOW_MSEE || j.w.flows[f].role == FLOW_TARGET))
				j.w.silent[f] = j.w.takes[f] == LINK_SECONDARY || (!answers && j.w.flows[f].role == FLOW_TARGET);
		world_run(&j.w, 12);
		judged_weigh(&j);
		double filter = judged_probability(&j, "wan.filter", LINK_SECONDARY), none = posterior_of_none(&j.posterior);
		if (answers ? filter < .9 : none < .9)
			fail_msg("%d: filter %.3f, none %.3f", answers, filter, none);
		judged_free(&j);
	}
}

/* All of TCP, two ports of it and more, dies on one link; pings pass, Azure's session stands. */
static void a_whole_protocol_is_filtered(void **state)
{
	(void)state;
	for (int handoff = HANDOFF_L2; handoff <= HANDOFF_L3; handoff++) {
		struct judged j;
		judged_standard(&j, (enum handoff)handoff);
		world_target_flows(&j.w, world_target(&j.w, "10.101.7.9", 22, false), 4);
		for (uint16_t f = 0; f < j.w.plan.flow_count; f++)
			if (j.w.flows[f].kind == PROBE_TCP_SYN && j.w.takes[f] == LINK_SECONDARY && j.w.flows[f].role != FLOW_EDGE)
				j.w.silent[f] = true;
		world_run(&j.w, 25);
		judged_weigh(&j);
		const struct hypothesis *first = &j.posterior.list[0].parts[0];
		double filter = judged_probability(&j, "wan.filter", LINK_SECONDARY);
		if (filter < .9 || j.posterior.list[0].count != 1 || first->kind != PROBE_TCP_SYN || first->port != SERVICE_EVERY_PORT)
			fail_msg("handoff %d: filter %.3f, first %s port %u of %u parts", handoff, filter, first->row->id, first->port,
			         j.posterior.list[0].count);
		judged_free(&j);
	}
}

/* Behind what is dead on a link nothing of that link is seen: a few losses of target traffic
 * are no sign of loss there, and keep no verdict waiting. Where we are the edge itself and the
 * MSEE still answers, its losses are seen. */
static void nothing_is_seen_behind_a_dead_link(void **state)
{
	static const struct { void (*make)(struct judged *); const char *id; } rows[] = {
	    {make_msee_down, "azure.msee-down"}, {make_edge_down, "corp.edge-down"}, {make_edge_bgp, "corp.edge-bgp"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		rows[i].make(&j);
		world_run(&j.w, 12);
		for (int k = 0; k < 5; k++) /* lost before routing had moved them, or by a busy host */
			world_sent(&j.w, (uint16_t)(F_TCP_A + k), FULL);
		j.w.now_ms += 5000;
		observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms));
		judged_weigh(&j);
		for (size_t k = 0; k < j.posterior.count; k++) {
			const struct explanation *e = &j.posterior.list[k];
			for (uint8_t a = 0; a < e->count; a++)
				for (uint8_t b = 0; b < e->count; b++)
					if (e->parts[a].link == LINK_PRIMARY && e->parts[a].row->other == 'h' && e->parts[b].link == LINK_PRIMARY &&
					    e->parts[b].row->place == AT_WAN && e->parts[b].row->msee != 'X')
						fail_msg("%s beside %s, %.3f", e->parts[b].row->id, e->parts[a].row->id, e->probability);
		}
		if (judged_probability(&j, rows[i].id, LINK_PRIMARY) < .8)
			fail_msg("%s has %.3f", rows[i].id, judged_probability(&j, rows[i].id, LINK_PRIMARY));
		judged_free(&j);
	}
}

static void losses_are_seen_from_the_edge_itself(void **state)
{
	struct judged j;
	bool found = false;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	j.w.circuit.links[LINK_PRIMARY].on_edge[FAM4] = true;
	make_edge_bgp(&j);
	j.w.way[FAM4][LINK_PRIMARY].dead_from = 0; /* the MSEE knows its neighbour without BGP */
	j.w.lose_every[LINK_PRIMARY] = 7;
	world_run(&j.w, 60);
	judged_weigh(&j);
	for (size_t k = 0; k < j.posterior.count; k++)
		found = found || (j.posterior.list[k].count == 2 && strcmp(j.posterior.list[k].parts[0].row->id, "wan.loss") == 0 &&
		                  strcmp(j.posterior.list[k].parts[1].row->id, "corp.edge-bgp") == 0 && j.posterior.list[k].parts[0].link == LINK_PRIMARY);
	assert_true(found);
	judged_free(&j);
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

/* A hop that tells of other traffic which expires there is not mute for pings, nor for one port, by habit. */
static void a_hop_is_one_responder(void **state)
{
	static const struct { uint8_t kind; uint16_t port; } rows[] = {{PROBE_ICMP_ECHO, 0}, {PROBE_TCP_SYN, 8443}};
	struct judged j;
	size_t tried = 0;

	(void)state;
	fault_see(&j, &fault_cases[0], true);
	for (size_t i = 0; i < j.seen.group_count; i++) {
		const struct traffic_group *heard = &j.seen.groups[i];
		if (heard->cls != GROUP_MSEE_HOP || heard->link >= LINKS || heard->answered < 3 || heard->answered < heard->sent)
			continue;
		for (size_t k = 0; k < COUNT(rows); k++) {
			struct traffic_group g = *heard;
			struct group_likelihood here, usual;
			if (heard->kind == rows[k].kind)
				continue;
			g.kind = rows[k].kind;
			g.port = rows[k].port;
			g.answered = 0;
			for (uint8_t f = 0; f < g.flow_count; f++)
				g.flows[f].answered = 0;
			posterior_group(&j.seen, &g, &here);
			likelihood_group(&g, MANNER_USUAL, j.seen.own_loss, NULL, &usual);
			assert_true(here.alive < usual.alive - .5);
			tried++;
		}
	}
	assert_true(tried > 0);
	judged_free(&j);
}

/* An MSEE is held against the other link's, where that was asked as often and answered all. */
static void an_msee_is_like_its_fellow(void **state)
{
	static const struct { const char *what; enum group_class cls; uint32_t answered, sent; bool proves; } rows[] = {
	    {"answers all", GROUP_MSEE, 100, 100, true}, {"ever", GROUP_MSEE, 200, 200, true}, {"as restless", GROUP_MSEE, 50, 100, false}, {"asked less", GROUP_MSEE, 10, 10, false},
	    {"its port does", GROUP_BGP, 60, 60, true}, {"its port is as restless", GROUP_BGP, 30, 60, false}, {"its port is mute", GROUP_BGP, 0, 60, false}};
	struct traffic_group half = {.cls = GROUP_MSEE, .link = LINK_SECONDARY, .kind = PROBE_ICMP_ECHO, .sent = 100, .answered = 50,
	                                   .flow_count = 1, .flows = {{0, 100, 50}}};
	struct judged j;

	(void)state;
	fault_see(&j, &fault_cases[0], true);
	for (size_t i = 0; i < COUNT(rows); i++) {
		half.cls = rows[i].cls;
		half.kind = half.cls == GROUP_BGP ? PROBE_TCP_SYN : PROBE_ICMP_ECHO;
		struct traffic_group pair[] = {half, half};
		struct observables o = j.seen;
		struct group_likelihood here, usual;
		pair[1].link = LINK_PRIMARY;
		pair[1].sent = rows[i].sent;
		pair[1].answered = rows[i].answered;
		o.groups = pair;
		o.group_count = COUNT(pair);
		posterior_group(&o, &pair[0], &here);
		likelihood_group(&pair[0], MANNER_USUAL, o.own_loss, NULL, &usual);
		if ((here.alive < usual.alive - (rows[i].sent >= 200 ? 1.5 : .8)) != rows[i].proves)
			fail_msg("%s: %.2f and %.2f", rows[i].what, here.alive, usual.alive);
	}
	judged_free(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_right_fault_leads),
	    cmocka_unit_test(without_azure), cmocka_unit_test(traffic_of_others), cmocka_unit_test(traffic_that_was_not_read),
	    cmocka_unit_test(it_is_repeatable),
	    cmocka_unit_test(an_msee_is_like_its_fellow),
	    cmocka_unit_test(order_of_groups_does_not_matter),
	    cmocka_unit_test(scores_are_sums),
	    cmocka_unit_test(each_thing_is_observed_once),
	    cmocka_unit_test(the_error_of_a_link),
	    cmocka_unit_test(what_makes_a_pair),
	    cmocka_unit_test(sessions_of_both_links), cmocka_unit_test(old_words_weigh_less),
	    cmocka_unit_test(two_faults_at_once),
	    cmocka_unit_test(a_target_beside_edge_bgp), cmocka_unit_test(a_host_of_two_families_beside_a_dead_link),
	    cmocka_unit_test(a_silent_edge_before_a_dead_msee), cmocka_unit_test(loss_of_an_idle_link), cmocka_unit_test(a_delay_beside_a_lost_answer),
	    cmocka_unit_test(pairs_are_rare),
	    cmocka_unit_test(pings_over_one_link_alone), cmocka_unit_test(a_whole_protocol_is_filtered),
	    cmocka_unit_test(nothing_is_seen_behind_a_dead_link), cmocka_unit_test(losses_are_seen_from_the_edge_itself),
	    cmocka_unit_test(sums_over_statements),
	    cmocka_unit_test(the_same_statement),
	    cmocka_unit_test(little_is_known),
	    cmocka_unit_test(a_hop_is_one_responder),
	    cmocka_unit_test(every_target_of_many_counts),
	};

	return cmocka_run_group_tests_name("posterior", tests, NULL, NULL);
}
