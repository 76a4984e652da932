/* SPDX-License-Identifier: BSD-2-Clause */
/* From the posterior to what is said. */
#include "analysis/observables/heard.h"
#include "analysis/verdict/contradict.h"
#include "tests/unit/diagnose_said.h"

#include <math.h>

static void sentences(const struct verdict *v, const char *what)
{
	assert_true(v->summary[0] != '\0' && v->summary[strlen(v->summary) - 1] == '.');
	for (size_t i = 0; i < v->for_count; i++) {
		if (strlen(v->evidence_for[i]) < 12)
			fail_msg("%s: evidence '%s'", what, v->evidence_for[i]);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(v->evidence_for[i], v->evidence_for[k]);
	}
	for (size_t i = 0; i < v->against_count; i++)
		assert_true(strlen(v->evidence_against[i]) >= 12);
	for (size_t i = 0; i < v->step_count; i++)
		assert_true(strlen(v->next_steps[i]) >= 12);
	for (size_t i = 0; i < v->alternative_count; i++) {
		const struct alternative *a = &v->alternatives[i];
		assert_non_null(fault_find(a->fault));
		assert_int_equal(a->domain, fault_find(a->fault)->domain);
		assert_true(a->probability > 0 && a->probability <= 1);
		assert_true(strlen(a->decided_by) > 3);
		assert_false(strcmp(a->fault, v->fault) == 0 && a->link == v->link);
	}
	assert_true(v->for_count <= EVIDENCE_MAX && v->against_count <= EVIDENCE_MAX && v->step_count <= STEPS_MAX && v->alternative_count <= ALTERNATIVES_MAX);
	assert_true(v->confidence >= 0 && v->confidence <= 1 + 1e-9);
}

static void each_case_gets_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		const struct fault_case *c = &fault_cases[i];
		struct said s;
		of_case(&s, i, true);
		const struct verdict *v = &s.r.faults[0];
		if (strcmp(v->fault, c->id) != 0 || v->link != (enum link_id)c->link || v->status != c->status)
			fail_msg("case %zu ('%s'): '%s' on link %d, status %s", i, c->id, v->fault, (int)v->link, status_name(v->status));
		sentences(v, c->id);
		assert_true(v->confidence >= ASKED);
		if (c->id[0] == '\0') {
			assert_int_equal(s.r.fault_count, 0);
			assert_int_equal(v->domain, DOMAIN_NONE);
			assert_int_equal(v->contact, CONTACT_NONE);
			assert_int_equal(v->step_count, 0);
		} else {
			assert_int_equal(s.r.fault_count, 1);
			assert_int_equal(v->domain, fault_find(c->id)->domain);
			assert_int_equal(v->contact, fault_find(c->id)->contact);
			assert_true(v->for_count >= 1);
			assert_true(v->step_count >= 1);
		}
		said_free(&s);
	}
}

static void statuses_of_the_links(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		const struct fault_case *c = &fault_cases[i];
		struct said s;
		of_case(&s, i, true);
		assert_int_equal(s.r.link_count, 2);
		for (size_t l = 0; l < LINKS; l++) {
			bool hit = c->link == LINK_BOTH || c->link == l, quality = c->wire_is_well || strstr(c->id, "loss") || strstr(c->id, "latency");
			bool cut = strcmp(c->id, "corp.path-down") == 0; /* before the links: nothing is seen of them */
			enum status want = cut ? STATUS_UNDETERMINED : !hit ? STATUS_HEALTHY : quality ? STATUS_DEGRADED : STATUS_FAULT;
			if (s.r.links[l].status != want)
				fail_msg("case %zu ('%s'), link %zu: %s", i, c->id, l, status_name(s.r.links[l].status));
		}
		said_free(&s);
	}
}

/* More is asked than there is: nobody is accused, and what would decide is told. */
static void less_than_asked_is_undetermined(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		struct said s;
		of_case(&s, i, false);
		unsay(&s);
		say(&s, 1.5); /* no confidence is that high */
		const struct verdict *v = &s.r.faults[0];
		assert_int_equal(v->status, STATUS_UNDETERMINED);
		assert_int_equal(s.r.fault_count, 0);
		assert_int_equal(v->domain, DOMAIN_NONE);
		assert_string_equal(v->fault, "");
		assert_int_equal(v->link, LINK_NULL);
		sentences(v, fault_cases[i].id);
		assert_true(v->alternative_count >= 1); /* the likeliest stands there */
		assert_true(v->alternatives[0].probability >= v->alternatives[v->alternative_count - 1].probability - 1e-9 || v->alternative_count > 2);
		assert_false(verdict_stands(&s.j.posterior, 1.5));
		for (size_t l = 0; l < LINKS; l++)
			assert_int_not_equal(s.r.links[l].status, STATUS_FAULT);
		if (fault_cases[i].id[0] != '\0')
			assert_true(v->step_count >= 1);
		said_free(&s);
	}
}

static void what_stands(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		struct said s;
		of_case(&s, i, true);
		assert_true(verdict_stands(&s.j.posterior, ASKED));
		assert_true(verdict_stands(&s.j.posterior, 0));
		assert_int_equal(verdict_stands(&s.j.posterior, s.r.faults[0].confidence + 1e-6), false);
		said_free(&s);
	}
}

static bool mentions(const char (*lines)[SENTENCE_MAX], size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(lines[i], what))
			return true;
	return false;
}

/* With ExpressRoute Direct nobody sells the way between the edges: the steps that speak of a provider say whom they mean. */
static void direct_has_no_provider(void **state)
{
	(void)state;
	size_t seen = 0;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		struct said s;
		of_case(&s, i, true);
		bool provider = s.r.faults[0].contact == CONTACT_PROVIDER;
		assert_false(mentions(s.r.faults[0].next_steps, s.r.faults[0].step_count, "ExpressRoute Direct"));
		unsay(&s);
		s.j.w.circuit.handoff = HANDOFF_DIRECT;
		say(&s, ASKED);
		const struct verdict *v = &s.r.faults[0];
		assert_int_equal(mentions(v->next_steps, v->step_count, "ExpressRoute Direct"), provider);
		assert_true(!provider || (v->step_count >= 2 && strstr(v->next_steps[0], "cross-connect")));
		assert_null(strstr(v->summary, "the provider")); /* what did it is the cross-connect */
		seen += provider;
		said_free(&s);
	}
	assert_true(seen > 3);
}

static void evidence_speaks_of_what_was_seen(void **state)
{
	static const struct { size_t at; const char *in_for; } rows[] = {
	    {2, "ARP entry for 172.16.4.1 is incomplete"}, {4, "serviceProviderProvisioningState is NotProvisioned"},
	    {5, "circuitProvisioningState is Disabled"}, {6, "peering's state is Disabled"}, {13, "TCP 443"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said s;
		of_case(&s, rows[i].at, true);
		const struct verdict *v = &s.r.faults[0];
		if (!mentions(v->evidence_for, v->for_count, rows[i].in_for))
			fail_msg("%s: nobody says '%s' but '%s'…", v->fault, rows[i].in_for, v->evidence_for[0]);
		said_free(&s);
	}
}

static void azure_unread_is_said(void **state)
{
	struct said s, healthy, read;

	(void)state;
	of_case(&s, 7, false);
	of_case(&healthy, 0, false);
	of_case(&read, 0, true);
	const struct verdict *v = &s.r.faults[0];
	assert_string_equal(v->fault, "corp.edge-down");
	assert_true(mentions(v->next_steps, v->step_count, "Azure was not read"));
	assert_null(strstr(healthy.r.faults[0].summary, "Azure"));
	assert_non_null(strstr(read.r.faults[0].summary, "Azure"));
	said_free(&s);
	said_free(&healthy);
	said_free(&read);
}

static void between_is(const struct verdict *v, const char *from, const char *to)
{
	struct ip_addr a = world_addr(from), b = world_addr(to);

	if (!ip_addr_equal(&v->segment_from, &a) || !ip_addr_equal(&v->segment_to, &b)) {
		char x[IP_TEXT_MAX], y[IP_TEXT_MAX];
		fail_msg("%s: from %s to %s", v->fault, ip_addr_text(&v->segment_from, x), ip_addr_text(&v->segment_to, y));
	}
}

static void segments_of_faults(void **state)
{
	static const struct { size_t at; const char *from, *to; } rows[] = {
	    {0, "", ""}, {2, "172.16.4.1", "172.16.4.2"}, {7, "10.10.2.2", "172.16.3.1"}, {9, "172.16.3.1", "172.16.3.2"},
	    {11, "172.16.3.2", ""}, {12, "172.16.3.2", "10.101.7.7"}, {13, "172.16.3.2", "10.101.7.7"}, {10, "10.10.1.1", ""}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said s;
		of_case(&s, rows[i].at, true);
		between_is(&s.r.faults[0], rows[i].from, rows[i].to);
		said_free(&s);
	}
}

/* Two faults: each is named, the one that stops a service first. */
static void two_faults(void **state)
{
	struct said s;

	(void)state;
	judged_standard(&s.j, HANDOFF_L2);
	make_loss(&s.j);
	make_nsg(&s.j);
	world_run(&s.j.w, 40);
	judged_weigh(&s.j);
	say(&s, ASKED);
	assert_int_equal(s.r.fault_count, 2);
	assert_string_equal(s.r.faults[0].fault, "azure.nsg");
	assert_int_equal(s.r.faults[0].status, STATUS_FAULT);
	assert_string_equal(s.r.faults[1].fault, "wan.loss");
	assert_int_equal(s.r.faults[1].status, STATUS_DEGRADED);
	assert_int_equal(s.r.faults[1].link, S);
	for (size_t i = 0; i < 2; i++) {
		sentences(&s.r.faults[i], "two faults");
		for (size_t k = 0; k < s.r.faults[i].alternative_count; k++) { /* neither is the other's alternative */
			assert_string_not_equal(s.r.faults[i].alternatives[k].fault, "azure.nsg");
			assert_false(strcmp(s.r.faults[i].alternatives[k].fault, "wan.loss") == 0 && s.r.faults[i].alternatives[k].link == S);
		}
	}
	assert_int_equal(s.r.links[S].status, STATUS_DEGRADED);
	assert_int_equal(s.r.links[P].status, STATUS_HEALTHY);
	said_free(&s);
}

/* The posterior as the test wants it: these explanations and no others. */
static void replace_posterior(struct posterior *p, const struct explanation *list, size_t n)
{
	memcpy(p->list, list, n * sizeof *list);
	p->count = n;
}

static struct hypothesis part(const char *id, uint8_t link)
{
	return (struct hypothesis){.row = fault_find(id), .link = link, .families = 1, .kind = PROBE_TCP_SYN, .port = 443, .boundary = 2};
}

/* Places, families and the like are no part of the statement: what is said is the
 * statement that has most in all, not the explanation that has most alone. */
static void details_are_summed(void **state)
{
	struct explanation list[4] = {{.count = 1, .probability = .4, .parts = {part("wan.loss", P)}}};
	struct said s;

	(void)state;
	for (uint8_t i = 1; i < 4; i++) {
		list[i] = (struct explanation){.count = 1, .probability = .2, .parts = {part("corp.path-loss", LINK_NULL)}};
		list[i].parts[0].boundary = i;
	}
	fault_see(&s.j, &fault_cases[16], true);
	replace_posterior(&s.j.posterior, list, 4);
	say(&s, .5);
	assert_string_equal(s.r.faults[0].fault, "corp.path-loss");
	assert_true(fabs(s.r.faults[0].confidence - .6) < 1e-9);
	assert_string_equal(s.r.faults[0].alternatives[0].fault, "wan.loss");
	assert_true(fabs(s.r.faults[0].alternatives[0].probability - .4) < 1e-9);
	unsay(&s);
	say(&s, .7); /* neither domain has that */
	assert_int_equal(s.r.faults[0].status, STATUS_UNDETERMINED);
	assert_int_equal(s.r.faults[0].alternative_count, 2);
	said_free(&s);
}

/* A dead secondary link is sure, what stands beside it has .6: below the .9 that are asked, and so is not said. */
static void lead_with(struct said *s, struct hypothesis beside)
{
	const struct explanation list[2] = {
	    {.count = 2, .probability = .6, .parts = {part("wan.circuit-down", S), beside}},
	    {.count = 1, .probability = .4, .parts = {part("wan.circuit-down", S)}}};

	replace_posterior(&s->j.posterior, list, 2);
	say(s, .9);
}

/* Of a pair that leads with one of its faults below what is asked the other is said alone; the one that is not said is seen
 * nevertheless, as the likeliest alternative. */
static void what_leads_and_is_not_said(void **state)
{
	struct said s;

	(void)state;
	fault_see(&s.j, &fault_cases[13], true);
	lead_with(&s, part("azure.nsg", LINK_NULL));
	assert_int_equal(s.r.fault_count, 1);
	assert_string_equal(s.r.faults[0].fault, "wan.circuit-down");
	assert_int_equal(s.r.faults[0].alternative_count, 1);
	assert_string_equal(s.r.faults[0].alternatives[0].fault, "azure.nsg");
	assert_true(fabs(s.r.faults[0].alternatives[0].probability - .6) < 1e-9);
	assert_true(s.r.faults[0].alternatives[0].beside);
	unsay(&s);
	say(&s, .5);
	assert_int_equal(s.r.fault_count, 2);
	assert_int_equal(s.r.faults[0].alternative_count + s.r.faults[1].alternative_count, 0);
	said_free(&s);
}

/* What may be true instead of the verdict is told from what may be true beside it: by what is true without the verdict, the
 * likelier first, and together with it no more than one. What is hardly possible beside it is left out. */
static void instead_and_beside(void **state)
{
	const struct explanation list[5] = {
	    {.count = 1, .probability = .86, .parts = {part("wan.circuit-down", S)}},
	    {.count = 2, .probability = .08, .parts = {part("wan.circuit-down", S), part("azure.nsg", LINK_NULL)}},
	    {.count = 2, .probability = .03, .parts = {part("wan.circuit-down", S), part("wan.loss", P)}},
	    {.count = 1, .probability = .01, .parts = {part("azure.msee-down", S)}},
	    {.count = 1, .probability = .02, .parts = {part("corp.edge-down", S)}}};
	const struct verdict *v;
	struct said s;

	(void)state;
	fault_see(&s.j, &fault_cases[13], true);
	replace_posterior(&s.j.posterior, list, COUNT(list));
	say(&s, .9);
	v = &s.r.faults[0];
	assert_string_equal(v->fault, "wan.circuit-down");
	assert_int_equal(v->alternative_count, 3);
	assert_string_equal(v->alternatives[0].fault, "azure.nsg");
	assert_true(v->alternatives[0].beside);
	assert_string_equal(v->alternatives[1].fault, "corp.edge-down");
	assert_false(v->alternatives[1].beside);
	assert_true(fabs(v->alternatives[1].probability - .02) < 1e-9);
	assert_string_equal(v->alternatives[2].fault, "azure.msee-down");
	assert_true(fabs(v->confidence + v->alternatives[1].probability + v->alternatives[2].probability - 1) < 1e-9);
	said_free(&s);
}

/* Of these two the first stands first, whichever part of the explanation it is. */
static void stands_first(size_t seen, struct hypothesis first, enum status first_status, struct hypothesis then)
{
	for (int turned = 0; turned < 2; turned++) {
		const struct explanation e = {.count = 2, .probability = 1, .parts = {turned ? first : then, turned ? then : first}};
		struct said s;

		fault_see(&s.j, &fault_cases[seen], true);
		replace_posterior(&s.j.posterior, &e, 1);
		say(&s, .9);
		assert_int_equal(s.r.fault_count, 2);
		assert_string_equal(s.r.faults[0].fault, first.row->id);
		assert_int_equal(s.r.faults[0].status, first_status);
		assert_string_equal(s.r.faults[1].fault, then.row->id);
		assert_int_equal(s.r.faults[1].status, STATUS_DEGRADED);
		said_free(&s);
	}
}

/* The worse fault stands first; a link that is down beside a blocked port is not what stops the port. Where both leave the
 * service working, what is cut is worse than what is slow or loses packets. */
static void the_worse_fault_first(void **state)
{
	static const char *const beside_nsg[] = {"wan.loss", "wan.circuit-down", "wan.latency"}, *const beside_cut[] = {"wan.loss", "wan.latency", "wan.mtu"};

	(void)state;
	for (size_t i = 0; i < COUNT(beside_nsg); i++)
		stands_first(13, part("azure.nsg", LINK_NULL), STATUS_FAULT, part(beside_nsg[i], S));
	for (size_t i = 0; i < COUNT(beside_cut); i++)
		stands_first(2, part("wan.circuit-down", P), STATUS_DEGRADED, part(beside_cut[i], S));
}

static void a_circuit_of_one_link(void **state)
{
	struct said s;

	(void)state;
	memset(&s, 0, sizeof s);
	world_init(&s.j.w, HANDOFF_DIRECT);
	memset(&s.j.w.circuit.links[P], 0, sizeof s.j.w.circuit.links[P]);
	world_link_flows(&s.j.w, S, FAM4);
	world_run(&s.j.w, 25);
	judged_weigh(&s.j);
	say(&s, ASKED);
	assert_int_equal(s.r.link_count, 1);
	assert_int_equal(s.r.links[0].id, S);
	assert_int_equal(s.r.faults[0].status, STATUS_HEALTHY);
	assert_int_equal(s.r.target_count, 0);
	said_free(&s);
}

/* Nothing to serve, and nothing that would: a whole class of links is dead. */
static void both_links_dead_without_targets(void **state)
{
	struct said s;

	(void)state;
	memset(&s, 0, sizeof s);
	world_init(&s.j.w, HANDOFF_L2);
	azure_healthy(&s.j.a, s.j.w.plan.started_at);
	s.j.azure_read = true;
	for (uint8_t l = 0; l < LINKS; l++) {
		world_link_flows(&s.j.w, l, FAM4);
		s.j.w.way[FAM4][l].dead_from = 4;
		fault_azure_row(&s.j, l, "Incomplete", "Active");
		fault_errors(&s.j, l ? F_MSEE2 : F_MSEE1, 1, l ? "10.10.4.1" : "10.10.3.1");
	}
	world_run(&s.j.w, 25);
	judged_weigh(&s.j);
	say(&s, ASKED);
	assert_string_equal(s.r.faults[0].fault, "wan.both-down");
	assert_int_equal(s.r.faults[0].status, STATUS_FAULT);
	assert_int_equal(s.r.target_count, 0);
	said_free(&s);
}

/* The one link there is has died, and nothing tells of targets: nothing works. */
static void the_only_link_is_dead(void **state)
{
	struct said s;

	(void)state;
	memset(&s, 0, sizeof s);
	world_init(&s.j.w, HANDOFF_L2);
	memset(&s.j.w.circuit.links[S], 0, sizeof s.j.w.circuit.links[S]);
	azure_healthy(&s.j.a, s.j.w.plan.started_at);
	s.j.azure_read = true;
	world_link_flows(&s.j.w, P, FAM4);
	s.j.w.way[FAM4][P].dead_from = 4;
	fault_azure_row(&s.j, P, "Incomplete", "Active");
	fault_errors(&s.j, F_MSEE1, 1, "10.10.3.1");
	world_run(&s.j.w, 25);
	judged_weigh(&s.j);
	say(&s, ASKED);
	assert_string_equal(s.r.faults[0].fault, "wan.circuit-down");
	assert_int_equal(s.r.faults[0].status, STATUS_FAULT);
	assert_null(strstr(s.r.faults[0].summary, "other link"));
	said_free(&s);
}

/* A dead link and a port that was blocked before: both are named. */
static void a_dead_link_beside_a_blocked_port(void **state)
{
	struct said s;

	(void)state;
	judged_standard(&s.j, HANDOFF_L2);
	make_circuit_down(&s.j);
	make_nsg(&s.j);
	world_run(&s.j.w, 25);
	judged_weigh(&s.j);
	say(&s, .9);
	assert_int_equal(s.r.fault_count, 2);
	assert_string_equal(s.r.faults[0].fault, "azure.nsg");
	assert_int_equal(s.r.faults[0].status, STATUS_FAULT);
	assert_string_equal(s.r.faults[1].fault, "wan.circuit-down");
	assert_int_equal(s.r.faults[1].status, STATUS_DEGRADED);
	/* Each has its own reasons. */
	for (size_t i = 0; i < s.r.faults[0].for_count; i++)
		for (size_t k = 0; k < s.r.faults[1].for_count; k++)
			assert_string_not_equal(s.r.faults[0].evidence_for[i], s.r.faults[1].evidence_for[k]);
	assert_true(mentions(s.r.faults[0].evidence_for, s.r.faults[0].for_count, "TCP 443"));
	assert_true(mentions(s.r.faults[1].evidence_for, s.r.faults[1].for_count, "ARP entry"));
	said_free(&s);
}

/* A peering that is disabled while Microsoft's interface stays: ARP is complete, and no
 * router says that the MSEE cannot be reached. */
static void a_disabled_peering_with_its_interface(void **state)
{
	struct said s;

	(void)state;
	judged_standard(&s.j, HANDOFF_L2);
	for (int l = 0; l < LINKS; l++) {
		s.j.w.way[FAM4][l].dead_from = 4;
		fault_azure_row(&s.j, l, "02cf.2b02.c22b", "Idle");
	}
	azure_text(&s.j.a.s.peering.state, "Disabled");
	fault_errors(&s.j, F_TCP_A, 0, "10.10.2.2");
	world_run(&s.j.w, 25);
	judged_weigh(&s.j);
	say(&s, .9);
	assert_string_equal(s.r.faults[0].fault, "azure.peering-disabled");
	assert_int_equal(s.r.faults[0].status, STATUS_FAULT);
	said_free(&s);
}

/* What is not sure enough to be said excuses nothing and marks no link as broken. */
static void what_is_not_said_counts_for_nothing(void **state)
{
	struct said s;

	(void)state;
	fault_see(&s.j, &fault_cases[13], true);
	lead_with(&s, part("azure.nsg", LINK_NULL));
	assert_int_equal(s.r.fault_count, 1);
	assert_string_equal(s.r.faults[0].fault, "wan.circuit-down");
	assert_int_equal(s.r.faults[0].status, STATUS_FAULT); /* a target is unreachable, and nothing said explains it */
	unsay(&s);
	lead_with(&s, part("wan.loss", P));
	assert_int_equal(s.r.links[S].status, STATUS_FAULT);
	assert_int_equal(s.r.links[P].status, STATUS_UNDETERMINED);
	said_free(&s);
}

/* The loss that is said is that of the explanation that is said. */
static void the_loss_of_what_is_said(void **state)
{
	struct explanation list[3] = {{.count = 1, .probability = .4, .parts = {part("wan.loss", P)}, .grid = LOSS_GRID - 1}};
	struct said s;

	(void)state;
	for (uint8_t i = 1; i < 3; i++) {
		list[i] = (struct explanation){.count = 1, .probability = .3, .parts = {part("wan.loss", S)}, .grid = 0};
		list[i].parts[0].traffic = i;
	}
	fault_see(&s.j, &fault_cases[16], true);
	replace_posterior(&s.j.posterior, list, 3);
	say(&s, .5);
	assert_int_equal(s.r.faults[0].link, S);
	assert_non_null(strstr(s.r.faults[0].summary, "(estimated about 1 %"));
	said_free(&s);
}

static void words_of_what_both_links_share(void **state)
{
	static const struct { enum shared_place place; enum delay_outcome outcome; const char *words; } rows[] = {
	    {SHARED_CORPORATE, DELAY_SLOWER, "The way to the edges takes 3.0 ms longer than usual, over each link."},
	    {SHARED_BEYOND, DELAY_SLOWER, "The way from the MSEEs to the targets takes 3.0 ms longer than usual, over each link."},
	    {SHARED_TO_MSEE, DELAY_SLOWER, "The way to the MSEEs takes 3.0 ms longer than usual, over each link; nothing tells whether before the edges or behind them."},
	    {SHARED_TO_MSEE, DELAY_SAME, "The way to the MSEEs takes no longer than usual."},
	    {SHARED_BEYOND, DELAY_SAME, "The way from the MSEEs to the targets takes no longer than usual."}};
	struct judged j;

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 2);
	judged_weigh(&j);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char words[SENTENCE_MAX];
		struct observation ob = {.kind = OBSERVED_SHARED, .link = LINK_NULL, .says = (uint8_t)rows[i].place, .share = 1};
		j.seen.shared[rows[i].place].outcome = rows[i].outcome;
		j.seen.shared[rows[i].place].more_ns = 3 * NS_PER_MS;
		observation_words(&j.seen, &ob, words, sizeof words);
		assert_string_equal(words, rows[i].words);
	}
	judged_free(&j);
}

static void names_of_services(void **state)
{
	static const struct { uint8_t kind; uint16_t port; const char *want; } rows[] = {
	    {PROBE_TCP_SYN, 443, "TCP 443"}, {PROBE_ICMP_ECHO, 0, "ping"}, {PROBE_NEIGHBOUR, 0, "ARP/ND"}};
	char text[32];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		service_words(rows[i].kind, rows[i].port, text, sizeof text);
		assert_string_equal(text, rows[i].want);
	}
}

/* Whatever is observed can be said. */
static void every_observation_has_words(void **state)
{
	struct observation *obs = calloc(OBSERVATIONS_ROOM, sizeof *obs);

	(void)state;
	assert_non_null(obs);
	for (size_t i = 0; i < COUNT(fault_cases); i++)
		for (int azure = 0; azure < 2; azure++) {
			struct said s;
			of_case(&s, i, azure);
			size_t n = observations_list(&s.j.seen, obs);
			for (size_t k = 0; k < n; k++) {
				char words[SENTENCE_MAX] = "";
				observation_words(&s.j.seen, &obs[k], words, sizeof words);
				size_t len = strlen(words);
				if (len < 12 || words[len - 1] != '.' || strstr(words, "(null)"))
					fail_msg("case %zu, kind %d: '%s'", i, (int)obs[k].kind, words);
			}
			said_free(&s);
		}
	free(obs);
}

/* What came once was no "1 times". */
static void once_and_several_times(void **state)
{
	static const struct { uint32_t count; const char *end; } rows[] = {{1, "from the edge), once."}, {2, "from the edge), 2 times."}};
	struct observation *obs = calloc(OBSERVATIONS_ROOM, sizeof *obs);

	(void)state;
	assert_non_null(obs);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said s;
		unsigned said = 0;
		of_case(&s, 9, true);
		for (size_t g = 0; g < s.j.seen.group_count; g++)
			s.j.seen.groups[g].unreach_count = rows[i].count;
		size_t n = observations_list(&s.j.seen, obs);
		for (size_t k = 0; k < n; k++) {
			char words[SENTENCE_MAX] = "";
			observation_words(&s.j.seen, &obs[k], words, sizeof words);
			if (!strstr(words, "as unreachable (ICMP"))
				continue;
			said++;
			if (!strstr(words, rows[i].end))
				fail_msg("'%s' does not end with '%s'", words, rows[i].end);
		}
		assert_true(said > 0);
		said_free(&s);
	}
	free(obs);
}

static void make_edge_down_unnoticed(struct judged *j)
{
	make_edge_down(j);
	fault_azure_row(j, 0, "02cf.2b02.c22b", "4");
	j->a.s.bgp[0].part.at = wall_add(j->w.plan.started_at, -4 * NS_PER_SEC);
}

/* BGP is up by Azure and nothing passes the link: both are said, with the times of both. Azure's is
 * that of this very answer, not of the last one. */
static void a_contradiction_has_both_times(void **state)
{
	struct said s;
	bool found = false;

	(void)state;
	fault_see(&s.j, &(struct fault_case){.make = make_edge_down_unnoticed}, true);
	say(&s, ASKED);
	const struct verdict *v = &s.r.faults[0];
	char at[WALL_TEXT_MAX], as_of[48];
	wall_text(s.j.a.s.bgp[0].part.at, at);
	snprintf(as_of, sizeof as_of, "(Azure as of %.8sZ", at + 11);
	for (size_t i = 0; i < v->against_count; i++)
		found = found || (strstr(v->evidence_against[i], "is established") && strstr(v->evidence_against[i], as_of) &&
		                  strstr(v->evidence_against[i], ", the wire as of "));
	if (!found)
		fail_msg("%s: %zu against, %s", v->fault, v->against_count, v->against_count ? v->evidence_against[0] : "-");
	said_free(&s);
}

/* Azure says that the session of a link that no traffic takes is down. On the wire it was heard to stand, or nothing of it was:
 * that the segment is as it should be says nothing of it. */
static void what_is_heard_contradicts(void **state)
{
	static const struct { uint8_t session, segment; size_t want; } rows[] = {
	    {HEARD_UP, HEARD_NO_SEGMENT, 1}, {HEARD_NO_SESSION, HEARD_NO_SEGMENT, 0}, {HEARD_NO_SESSION, HEARD_AGREES, 0}, {HEARD_SHUT_FAR, HEARD_AGREES, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said s;
		memset(&s, 0, sizeof s);
		judged_standard(&s.j, HANDOFF_L2);
		fault_move(&s.j, S);
		fault_azure_row(&s.j, S, "02cf.2b02.c22b", "Idle");
		world_run(&s.j.w, 25);
		judged_weigh(&s.j);
		s.j.seen.links[S].heard[HEARD_SESSION][FAM4] = rows[i].session;
		s.j.seen.links[S].heard[HEARD_SEGMENT][FAM4] = rows[i].segment;
		say(&s, ASKED);
		contradictions_fill(&s.j.posterior, &s.r);
		if (s.r.contradiction_count != rows[i].want)
			fail_msg("row %zu: %zu, %s", i, s.r.contradiction_count, s.r.contradictions[0].wire);
		if (rows[i].want > 0)
			assert_int_equal(s.r.contradictions[0].link, S);
		said_free(&s);
	}
}

/* The posterior as it would be were this beyond doubt. */
static void be_sure_of(struct posterior *p, const char *id, uint8_t link)
{
	for (size_t i = 0; i < p->count; i++) {
		struct explanation *e = &p->list[i];
		if (e->count != 1 || strcmp(e->parts[0].row->id, id) != 0 || e->parts[0].link != link || e->parts[0].port != 443)
			continue;
		p->list[0] = *e;
		p->list[0].probability = 1;
		p->count = 1;
	}
	assert_int_equal(p->count, 1);
}

/* A port filtered on one link, and all flows of one target happen to take that: the port
 * passes over the other link, where that carries anything. With nothing there it is gone. */
static void a_filter_on_one_link(void **state)
{
	(void)state;
	for (int passive = 0; passive < 2; passive++) {
		struct said s;
		memset(&s, 0, sizeof s);
		judged_standard(&s.j, HANDOFF_L2);
		struct world *w = &s.j.w;
		for (uint16_t f = F_PING_A; f < F_CONTROL; f++) {
			if (passive || (f >= F_TCP_A && f < F_TCP_A + 4))
				w->takes[f] = LINK_SECONDARY;
			w->silent[f] = w->flows[f].kind == PROBE_TCP_SYN && w->takes[f] == LINK_SECONDARY;
		}
		world_run(w, 25);
		judged_weigh(&s.j);
		be_sure_of(&s.j.posterior, "wan.filter", LINK_SECONDARY);
		say(&s, ASKED);
		assert_string_equal(s.r.faults[0].fault, "wan.filter");
		assert_false(s.r.targets[0].reachable);
		assert_int_equal(s.r.faults[0].status, passive ? STATUS_FAULT : STATUS_DEGRADED);
		said_free(&s);
	}
}

/* A packet filter of this host: on one service it is the corporate network's, and named as this host's; where it
 * holds back all, nothing is known but of the host; where it holds back one flow of several, nobody is accused. */
static void a_filter_of_this_host(void **state)
{
	static const struct { int first, end; const char *fault; } rows[] = {
	    {F_TCP_A, F_PING_B, "corp.acl"}, {F_EDGE1, F_CONTROL + 8, "corp.local-link"}, {F_TCP_A, F_TCP_A + 1, ""}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said s;
		memset(&s, 0, sizeof s);
		judged_standard(&s.j, HANDOFF_L2);
		world_target(&s.j.w, "10.10.9.9", 53, true);
		world_target_flows(&s.j.w, 2, 2);
		for (int f = 0; f < (int)s.j.w.plan.flow_count; f++)
			s.j.w.held[f] = (f >= rows[i].first && f < rows[i].end) || (i == 0 && f >= F_TCP_B && f < F_CONTROL);
		world_run(&s.j.w, 25);
		judged_weigh(&s.j);
		say(&s, .9);
		const struct verdict *v = &s.r.faults[0];
		if (strcmp(v->fault, rows[i].fault) != 0)
			fail_msg("row %zu: '%s' %.3f, %s", i, v->fault, v->confidence, v->alternatives[0].fault);
		assert_int_equal(s.j.seen.own_filter, i == 0);
		if (i == 0) {
			assert_int_equal(v->domain, DOMAIN_CORPORATE);
			assert_int_equal(v->status, STATUS_FAULT);
			assert_non_null(strstr(v->summary, "TCP 443"));
			bool told = false;
			for (size_t k = 0; k < v->for_count; k++)
				told = told || strcmp(v->evidence_for[k], "This host's own packet filter lets out nothing of TCP 443 to 10.101.7.7.") == 0;
			assert_true(told);
			assert_int_equal(s.r.links[0].status, STATUS_HEALTHY);
		}
		said_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_filter_of_this_host),
	    cmocka_unit_test(each_case_gets_its_verdict),
	    cmocka_unit_test(statuses_of_the_links),
	    cmocka_unit_test(direct_has_no_provider),
	    cmocka_unit_test(less_than_asked_is_undetermined),
	    cmocka_unit_test(what_stands),
	    cmocka_unit_test(evidence_speaks_of_what_was_seen),
	    cmocka_unit_test(azure_unread_is_said),
	    cmocka_unit_test(segments_of_faults),
	    cmocka_unit_test(two_faults),
	    cmocka_unit_test(details_are_summed),
	    cmocka_unit_test(what_leads_and_is_not_said),
	    cmocka_unit_test(instead_and_beside),
	    cmocka_unit_test(the_worse_fault_first),
	    cmocka_unit_test(both_links_dead_without_targets),
	    cmocka_unit_test(a_circuit_of_one_link),
	    cmocka_unit_test(the_only_link_is_dead),
	    cmocka_unit_test(a_disabled_peering_with_its_interface),
	    cmocka_unit_test(a_dead_link_beside_a_blocked_port),
	    cmocka_unit_test(what_is_not_said_counts_for_nothing),
	    cmocka_unit_test(the_loss_of_what_is_said),
	    cmocka_unit_test(a_contradiction_has_both_times),
	    cmocka_unit_test(what_is_heard_contradicts),
	    cmocka_unit_test(a_filter_on_one_link),
	    cmocka_unit_test(words_of_what_both_links_share),
	    cmocka_unit_test(names_of_services),
	    cmocka_unit_test(every_observation_has_words),
	    cmocka_unit_test(once_and_several_times),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
