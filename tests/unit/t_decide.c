/* SPDX-License-Identifier: BSD-2-Clause */
/* What would decide, and where Azure and the wire contradict each other. */
#include "analysis/verdict/contradict.h"
#include "analysis/verdict/decide.h"
#include "tests/unit/diagnose_said.h"

static const struct fault_case *case_of(const char *id)
{
	for (size_t i = 0; i < COUNT(fault_cases); i++)
		if (strcmp(fault_cases[i].id, id) == 0)
			return &fault_cases[i];
	fail_msg("no case '%s'", id);
	return NULL;
}

/* More is asked than there can be. */
static void undecided(struct said *s, const char *id, bool azure)
{
	fault_see(&s->j, case_of(id), azure);
	s->j.w.plan.azure_asked = azure;
	say(s, 2);
	assert_int_equal(s->r.faults[0].status, STATUS_UNDETERMINED);
	assert_true(s->r.faults[0].decider_count > 0);
}

static void decided_needs_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		struct said s;
		of_case(&s, i, true);
		assert_int_equal(s.r.faults[0].decider_count, 0);
		said_free(&s);
	}
}

static void an_azure_that_was_not_asked(void **state)
{
	(void)state;
	struct said s;
	undecided(&s, "wan.circuit-down", false);
	assert_string_equal(s.r.faults[0].decided_by[0], "Azure's ARP table of the secondary path (Azure was not asked: azure.auth is none).");
	said_free(&s);
}

/* The right that is missing stands in the part's own error. */
static void a_right_that_is_missing(void **state)
{
	(void)state;
	struct said s;
	fault_see(&s.j, case_of("wan.circuit-down"), true);
	s.j.w.plan.azure_asked = true;
	judged_forget(&s.j);
	for (int l = 0; l < LINKS; l++) {
		s.j.a.s.arp[l].part.read = s.j.a.s.bgp[l].part.read = AZ_FAILED;
		snprintf(s.j.a.s.arp[l].part.error, sizeof s.j.a.s.arp[l].part.error, "HTTP 403: lacks arpTables/action");
	}
	judged_weigh(&s.j);
	say(&s, 2);
	assert_string_equal(s.r.faults[0].decided_by[0], "Azure's ARP table of the secondary path (HTTP 403: lacks arpTables/action).");
	said_free(&s);
}

/* Whether a peering that was shut leaves its rows is one unknown, however many tables show them: where neither the circuit's
 * state nor the peering's was read, the provider is not accused for them. */
static void states_that_were_not_read(void **state)
{
	(void)state;
	struct said s;
	bool circuit = false, peering = false;
	fault_see(&s.j, case_of("wan.both-down"), true);
	s.j.w.plan.azure_asked = true;
	judged_forget(&s.j);
	s.j.a.s.circuit.part.read = s.j.a.s.peering.part.read = AZ_FAILED;
	judged_weigh(&s.j);
	say(&s, 0.9);
	const struct verdict *v = &s.r.faults[0];
	assert_int_equal(v->status, STATUS_UNDETERMINED);
	assert_string_equal(v->alternatives[0].fault, "wan.both-down");
	for (size_t i = 0; i < v->decider_count; i++) {
		circuit = circuit || strstr(v->decided_by[i], "Azure's state of the circuit");
		peering = peering || strstr(v->decided_by[i], "Azure's state of the peering");
	}
	assert_true(circuit || peering);
	said_free(&s);
	fault_see(&s.j, case_of("wan.both-down"), true); /* both read, and well */
	say(&s, 0.9);
	assert_string_equal(s.r.faults[0].fault, "wan.both-down");
	assert_true(s.r.faults[0].confidence > 0.97);
	said_free(&s);
}

static void a_border_that_answers(void **state)
{
	(void)state;
	struct said s;
	undecided(&s, "corp.edge-down", true);
	assert_non_null(strstr(s.r.faults[0].decided_by[0], "An answer of the edge 172.16.3.1 (primary) to ping"));
	said_free(&s);
}

/* Nobody is asked for an answer that came. */
static void a_border_that_answered(void **state)
{
	(void)state;
	struct said s;
	undecided(&s, "azure.target-down", true); /* the MSEE answers both, and weighs in what is left open */
	for (size_t k = 0; k < s.r.faults[0].decider_count; k++)
		assert_null(strstr(s.r.faults[0].decided_by[k], "which answers none here"));
	said_free(&s);
}

static void a_longer_run(void **state)
{
	(void)state;
	struct said s;
	undecided(&s, "wan.loss", true);
	assert_non_null(strstr(s.r.faults[0].decided_by[0], "A longer run"));
	said_free(&s);
}

/* All that the two differ in is no longer to be had from here. */
static void another_vantage(void **state)
{
	(void)state;
	struct said s;
	undecided(&s, "wan.circuit-down", true);
	assert_string_equal(s.r.faults[0].runner_up.next.fault, "wan.vlan");
	assert_int_equal(s.r.faults[0].runner_up.pro_count + s.r.faults[0].runner_up.contra_count, 0);
	assert_non_null(strstr(s.r.faults[0].decided_by[0], "Nothing that is seen from here tells the two apart"));
	said_free(&s);
}

static const char *decider_of(const struct said *s, const char *fault)
{
	const struct verdict *v = &s->r.faults[0];
	for (size_t i = 0; i < v->alternative_count; i++)
		if (strcmp(v->alternatives[i].fault, fault) == 0)
			return v->alternatives[i].decided_by;
	fail_msg("%s is no alternative", fault);
	return "";
}

/* Nobody is sent to a table of Azure's as if it had not been read. */
static void what_azure_said_already(void **state)
{
	(void)state;
	struct said s;
	undecided(&s, "wan.circuit-down", true);
	assert_non_null(strstr(decider_of(&s, "wan.circuit-down"), "ARP table of this link, and the edge's interface counters; what Azure said in this run leaves it open"));
	assert_null(strstr(decider_of(&s, "wan.vlan"), "leaves it open")); /* nothing of Azure's */
	said_free(&s);
	undecided(&s, "wan.circuit-down", false);
	assert_null(strstr(decider_of(&s, "wan.circuit-down"), "leaves it open"));
	said_free(&s);
}

/* --- contradictions --- */

static void nobody_contradicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++)
		for (int azure = 0; azure < 2; azure++) {
			struct said s;
			of_case(&s, i, azure);
			contradictions_fill(&s.j.posterior, &s.r);
			if (s.r.contradiction_count > 0)
				fail_msg("case %zu ('%s'): %s / %s", i, fault_cases[i].id, s.r.contradictions[0].azure, s.r.contradictions[0].wire);
			said_free(&s);
		}
}

/* Dead on the wire, alive in Azure's tables, which are a minute old. */
static void azure_says_it_lives(void **state)
{
	(void)state;
	struct said s;
	judged_standard(&s.j, HANDOFF_L2);
	s.j.w.way[FAM4][1].dead_from = 4;
	world_run(&s.j.w, 30);
	judged_weigh(&s.j);
	say(&s, ASKED);
	contradictions_fill(&s.j.posterior, &s.r);
	assert_int_equal(s.r.contradiction_count, 2);
	const struct contradiction *c = &s.r.contradictions[0];
	assert_int_equal(c->link, LINK_SECONDARY);
	assert_non_null(strstr(c->azure, "BGP session with 172.16.4.1 is established"));
	assert_non_null(strstr(c->wire, "answered none of"));
	assert_true(c->azure_at.ns > 0 && c->wire_at.ns == s.j.w.seen.now.ns);
	assert_non_null(strstr(s.r.contradictions[1].azure, "ARP entry"));
	said_free(&s);
}

/* And the other way round: traffic crosses what Azure calls down. */
static void azure_says_it_is_dead(void **state)
{
	(void)state;
	struct said s;
	judged_standard(&s.j, HANDOFF_L2);
	fault_azure_row(&s.j, 0, "Incomplete", "Active");
	world_run(&s.j.w, 30);
	judged_weigh(&s.j);
	say(&s, ASKED);
	contradictions_fill(&s.j.posterior, &s.r);
	assert_int_equal(s.r.contradiction_count, 2);
	assert_int_equal(s.r.contradictions[0].link, LINK_PRIMARY);
	assert_non_null(strstr(s.r.contradictions[0].azure, "is not established"));
	assert_non_null(strstr(s.r.contradictions[0].wire, "Target"));
	said_free(&s);
}

/* A state under which nothing could pass, while traffic does: the verdict stands, and the reader sees both. */
static void azure_says_it_is_off(void **state)
{
	(void)state;
	struct said s;
	judged_standard(&s.j, HANDOFF_L2);
	azure_text(&s.j.a.s.circuit.circuit_state, "Disabled");
	world_run(&s.j.w, 30);
	judged_weigh(&s.j);
	say(&s, ASKED);
	contradictions_fill(&s.j.posterior, &s.r);
	const struct verdict *v = &s.r.faults[0];
	assert_int_equal(v->status, STATUS_HEALTHY);
	assert_non_null(strstr(v->summary, "Azure says otherwise"));
	assert_null(strstr(v->summary, "read from Azure"));
	assert_int_equal(v->against_count, 1);
	assert_non_null(strstr(v->evidence_against[0], "circuitProvisioningState is Disabled"));
	assert_int_equal(s.r.contradiction_count, 1);
	assert_non_null(strstr(s.r.contradictions[0].azure, "circuitProvisioningState is Disabled"));
	assert_non_null(strstr(s.r.contradictions[0].wire, "Target"));
	assert_false(s.r.contradictions[0].of_link);
	said_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decided_needs_nothing), cmocka_unit_test(an_azure_that_was_not_asked),
		cmocka_unit_test(a_right_that_is_missing), cmocka_unit_test(states_that_were_not_read),
		cmocka_unit_test(a_border_that_answers), cmocka_unit_test(a_border_that_answered), cmocka_unit_test(a_longer_run),
		cmocka_unit_test(another_vantage), cmocka_unit_test(what_azure_said_already), cmocka_unit_test(nobody_contradicts), cmocka_unit_test(azure_says_it_lives),
		cmocka_unit_test(azure_says_it_is_dead),
		cmocka_unit_test(azure_says_it_is_off)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
