/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts of a bundle for people, as they are read: tickets for each audience, the summary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/golden.h"
#include "tests/unit/report_samples.h"

#include "analysis/render/place.h"
#include "analysis/render/words.h"
#include "analysis/report/evidence_text.h"
#include "analysis/ticket/ticket_parts.h"

static const struct report_place place = {"CET", 3600};

static char *ticket(const struct sample *s, enum audience a)
{
	struct strbuf b;

	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	report_ticket(&s->result, a, &place, &b);
	char *text = strbuf_take(&b);
	assert_non_null(text);
	return text;
}

static void golden_tickets(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		for (int a = AUDIENCE_PROVIDER; a < AUDIENCES; a++) {
			struct sample *s = sample_rows[i].make();
			char name[80], *text = ticket(s, (enum audience)a);

			text_format(name, sizeof name, "%s.ticket-%s.txt", sample_rows[i].name, audience_name((enum audience)a));
			golden_compare(name, text);
			free(text);
			sample_free(s);
		}
	}
}

static void golden_summaries(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct sample *s = sample_rows[i].make();
		struct strbuf b;
		char name[80];

		strbuf_init(&b, STRBUF_MAX_DEFAULT);
		report_summary_text(&s->result, &place, &b);
		assert_true(strbuf_ok(&b));
		text_format(name, sizeof name, "%s.summary.txt", sample_rows[i].name);
		golden_compare(name, b.text);
		strbuf_free(&b);
		sample_free(s);
	}
}

/* The same check in both families: which of them dies is half of the finding. */
static void checks_of_both_families_are_told_apart(void **state)
{
	struct sample *s = sample_circuit_down();
	struct link_result *l = &s->result.circuits[0].links[0];

	(void)state;
	assert_true(l->check_count >= 2);
	for (size_t i = 0; i < 2; i++) {
		text_format(l->checks[i].name, sizeof l->checks[i].name, "ping msee");
		l->checks[i].sent = 5;
		l->checks[i].family = i ? IP_V6 : IP_V4;
	}
	for (int a = AUDIENCE_PROVIDER; a < AUDIENCES; a++) {
		char *text = ticket(s, (enum audience)a);
		assert_non_null(strstr(text, "- ping msee (IPv4): "));
		assert_non_null(strstr(text, "- ping msee (IPv6): "));
		free(text);
	}
	for (size_t i = 0; i < l->check_count; i++)
		l->checks[i].family = IP_V4;
	char *text = ticket(s, AUDIENCE_PROVIDER);
	assert_null(strstr(text, "(IPv4)"));
	free(text);
	sample_free(s);
}

/* Answers beside "not decided" would look like a good sign: the summary says how far they came. */
static void what_was_not_decided_is_said(void **state)
{
	struct sample *s = sample_circuit_down();
	struct check_result *c = &s->result.circuits[0].links[0].checks[0];
	struct strbuf b;

	(void)state;
	assert_true(s->result.circuits[0].links[0].check_count > 0);
	text_format(c->name, sizeof c->name, "size");
	text_format(c->outcome, sizeof c->outcome, "not decided");
	text_format(c->detail, sizeof c->detail, "What it was");
	c->sent = c->answered = 2;
	s->result.probes_not_sent = 1;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	report_summary_text(&s->result, &place, &b);
	assert_non_null(strstr(b.text, "not decided, 2 of 2 answered; What it was"));
	char *text = ticket(s, AUDIENCE_PROVIDER);
	assert_non_null(strstr(text, "size: not decided, 2 of 2 answered"));
	assert_non_null(strstr(text, "; no target has"));
	free(text);
	assert_non_null(strstr(b.text, "1 probe could not leave the measuring host."));
	strbuf_free(&b);
	sample_free(s);
}

/* Who is asked for what depends on whose edge holds the /30, and on where the finding lies. */
static void what_is_asked_fits(void **state)
{
	static const struct {
		enum domain domain;
		enum handoff handoff;
		enum audience audience;
		const char *fault, *words;
		enum peering_type peering;
	} rows[] = {
		{DOMAIN_WAN, HANDOFF_L2, AUDIENCE_PROVIDER, "wan.circuit-down", "MAC addresses learned at", PEERING_PRIVATE},
		{DOMAIN_WAN, HANDOFF_L3, AUDIENCE_PROVIDER, "wan.loss", "its BGP session with it", PEERING_PRIVATE},
		{DOMAIN_NONE, HANDOFF_L3, AUDIENCE_PROVIDER, "", "its BGP session with it", PEERING_PRIVATE},
		{DOMAIN_AZURE, HANDOFF_L2, AUDIENCE_PROVIDER, "azure.msee-down", "points behind your network", PEERING_PRIVATE},
		{DOMAIN_CORPORATE, HANDOFF_L2, AUDIENCE_PROVIDER, "corp.edge-down", "points to our own side", PEERING_PRIVATE},
		{DOMAIN_AZURE, HANDOFF_L2, AUDIENCE_MICROSOFT, "azure.msee-down", "check the MSEE ports", PEERING_PRIVATE},
		{DOMAIN_AZURE, HANDOFF_L2, AUDIENCE_MICROSOFT, "azure.gateway-loss", "virtual network gateway", PEERING_PRIVATE},
		{DOMAIN_WAN, HANDOFF_L2, AUDIENCE_MICROSOFT, "wan.circuit-down", "points to the provider", PEERING_PRIVATE},
		{DOMAIN_WAN, HANDOFF_L2, AUDIENCE_INTERNAL, "wan.circuit-down", "MAC addresses learned at", PEERING_PRIVATE},
		{DOMAIN_AZURE, HANDOFF_L2, AUDIENCE_INTERNAL, "azure.gateway-loss", "virtual network gateway", PEERING_PRIVATE},
		{DOMAIN_AZURE, HANDOFF_L2, AUDIENCE_MICROSOFT, "azure.network-loss", "your network between them and the targets", PEERING_MICROSOFT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct sample *s = sample_circuit_down();
		struct verdict *v = &s->result.circuits[0].faults[0];
		char *text;

		s->circuit.handoff = rows[i].handoff;
		s->circuit.peering = rows[i].peering;
		v->domain = rows[i].domain;
		PUT(v->fault, rows[i].fault);
		text = ticket(s, rows[i].audience);
		if (!strstr(text, rows[i].words))
			fail_msg("row %zu has no '%s': %s", i, rows[i].words, text);
		free(text);
		sample_free(s);
	}
}

/* Of addresses the links' own alone, of names the circuit's; nothing of resources for the provider. */
static void nothing_of_others(void **state)
{
	static const char *const theirs[] = {"10.10.", "10.101.", "dc-1", "/subscriptions/", "correlation"};

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct sample *s = sample_rows[i].make();
		char *text = ticket(s, AUDIENCE_PROVIDER);

		for (size_t w = 0; w < sizeof theirs / sizeof theirs[0]; w++) {
			if (strstr(text, theirs[w]))
				fail_msg("%s: %s", theirs[w], text);
		}
		free(text);
		sample_free(s);
	}
}

/* A sentence goes to whom all its addresses are known. */
static void strangers_addresses_are_not_said(void **state)
{
	static const struct { const char *sentence; bool provider, microsoft; } rows[] = {
		{"Nothing.", true, true},
		{"1.7 : 1 for: 172.16.3.1 reports 172.16.3.2 (primary) as unreachable (ICMP 3/1: dead).", true, true},
		{"10.10.2.2 reports 172.16.3.2.", false, false},
		{"between hop 1 (10.10.1.1) and hop 2", false, false},
		{"Target app 10.101.7.7: none of 20", false, true},
		{"The last is 10.10.1.1.", false, false},
		{"It is fd10:10:1::10: silent", false, false},
		{"Hop 2 203.0.113.9 answered", true, false},
		{"Hop 2 203.0.113.9 and 10.10.1.1", false, false},
		{"a face, a bad : dead", true, true},
	};
	struct sample *s = sample_healthy();
	struct plan_domain domains[] = {{{at("10.10.0.0"), 16}, DOMAIN_CORPORATE}, {{at("10.101.0.0"), 16}, DOMAIN_AZURE},
	                                {{at("203.0.113.0"), 24}, DOMAIN_WAN}};
	struct circuit_result *c = s->result.circuits;

	(void)state;
	s->circuit.domains = domains;
	s->circuit.domain_count = 3;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (ticket_may_say(c, AUDIENCE_PROVIDER, rows[i].sentence) != rows[i].provider ||
		    ticket_may_say(c, AUDIENCE_MICROSOFT, rows[i].sentence) != rows[i].microsoft)
			fail_msg("%s", rows[i].sentence);
		assert_true(ticket_may_say(c, AUDIENCE_INTERNAL, rows[i].sentence));
	}
	s->circuit.domains = NULL;
	s->circuit.domain_count = 0;
	sample_free(s);
}

static void cell(struct az_text *t, const char *text)
{
	t->present = text[0] != '\0';
	text_format(t->text, sizeof t->text, "%s", text);
}

/* Azure has one column for both: how many prefixes, or the state of a session that does not stand. */
static void a_neighbour_reads_well(void **state)
{
	static const struct { const char *column, *since, *words; } rows[] = {
		{"7", "1d14h", "172.16.3.1 7 prefixes, up 1d14h"}, {"1", "00:00:04", "172.16.3.1 1 prefix, up 00:00:04"},
		{"Active", "00:04:10", "172.16.3.1 Active for 00:04:10"}, {"Idle", "never", "172.16.3.1 Idle, never up"},
		{"Idle", "", "172.16.3.1 Idle"}, {"", "00:04:10", "172.16.3.1 (no state) for 00:04:10"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct az_bgp_row row = {0};
		char words[3 * AZ_TEXT_MAX];

		cell(&row.neighbor, "172.16.3.1");
		cell(&row.state, rows[i].column);
		cell(&row.up_down, rows[i].since);
		assert_string_equal(bgp_row_words(&row, words, sizeof words), rows[i].words);
	}
}

/* What is said of a link has its size; of a target no stranger reads the name. */
static void the_finding_in_a_sentence(void **state)
{
	struct sample *s = sample_circuit_down();
	struct verdict *v = &s->result.circuits[0].faults[0];

	(void)state;
	for (int round = 0; round < 2; round++) {
		text_format(v->summary, sizeof v->summary, "%s", round ? "TCP 443 of target name-of-mine: blocked." : "Packets are lost (about 3 %).");
		v->link = round ? LINK_NULL : LINK_PRIMARY;
		for (int a = AUDIENCE_INTERNAL; a < AUDIENCES; a++) {
			char *text = ticket(s, (enum audience)a);
			bool said = strstr(text, round ? "name-of-mine" : "about 3 %") != NULL;
			if (said != (round == 0 || a == AUDIENCE_INTERNAL))
				fail_msg("round %d, for %s: %s", round, audience_name((enum audience)a), text);
			free(text);
		}
	}
	sample_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_tickets),
		cmocka_unit_test(checks_of_both_families_are_told_apart),
		cmocka_unit_test(what_was_not_decided_is_said), cmocka_unit_test(golden_summaries),
		cmocka_unit_test(what_is_asked_fits),
		cmocka_unit_test(nothing_of_others),
		cmocka_unit_test(strangers_addresses_are_not_said),
		cmocka_unit_test(a_neighbour_reads_well),
		cmocka_unit_test(the_finding_in_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
