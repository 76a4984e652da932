/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of faults: every row complete, every letter known where it is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/catalogue/catalogue.h"
#include "analysis/diagnose/hypotheses.h"
#include "analysis/diagnose/likelihood.h"

#include <math.h>
#include <string.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))
#define SCOPE(s) (1u << (s))

/* The faults that can be told, whose they are and who must act. `scopes`: the rows. */
static const struct { const char *id; enum domain domain; enum contact contact; unsigned handoffs, scopes; } want[] = {
    {"none", DOMAIN_NONE, CONTACT_NONE, ON_ALL, SCOPE(SCOPE_NONE)},
    {"corp.local-link", DOMAIN_CORPORATE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"corp.path-down", DOMAIN_CORPORATE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_SHARED) | SCOPE(SCOPE_LINK)},
    {"corp.path-loss", DOMAIN_CORPORATE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"corp.path-partial", DOMAIN_CORPORATE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"wan.policer", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK)},
    {"wan.partial", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK)},
    {"corp.path-latency", DOMAIN_CORPORATE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"wan.reroute", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK)},
    {"azure.gateway-latency", DOMAIN_AZURE, CONTACT_MICROSOFT, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"corp.mtu", DOMAIN_CORPORATE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_SHARED) | SCOPE(SCOPE_LINK)},
    {"corp.return-path", DOMAIN_CORPORATE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"wan.flap", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK)},
    {"corp.acl", DOMAIN_CORPORATE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_SERVICE)},
    {"corp.edge-down", DOMAIN_CORPORATE, CONTACT_YOU, ON_L2, SCOPE(SCOPE_LINK)},
    {"corp.edge-forwarding", DOMAIN_CORPORATE, CONTACT_YOU, ON_L2, SCOPE(SCOPE_LINK)},
    {"corp.edge-bgp", DOMAIN_CORPORATE, CONTACT_YOU, ON_L2, SCOPE(SCOPE_LINK) | SCOPE(SCOPE_BOTH)},
    {"corp.no-advertisement", DOMAIN_CORPORATE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_LINK) | SCOPE(SCOPE_BOTH)},
    {"wan.not-provisioned", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_BOTH)},
    {"wan.circuit-down", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK)},
    {"wan.both-down", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_BOTH)},
    {"wan.edge-down", DOMAIN_WAN, CONTACT_PROVIDER, ON_L3, SCOPE(SCOPE_LINK)},
    {"wan.edge-bgp", DOMAIN_WAN, CONTACT_PROVIDER, ON_L3, SCOPE(SCOPE_LINK) | SCOPE(SCOPE_BOTH)},
    {"wan.path-down", DOMAIN_WAN, CONTACT_PROVIDER, ON_L3, SCOPE(SCOPE_LINK)},
    {"wan.loss", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK)},
    {"wan.latency", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK)},
    {"wan.mtu", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK) | SCOPE(SCOPE_BOTH)},
    {"wan.jitter", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK)},
    {"wan.filter", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK_SERVICE)},
    {"wan.blackhole", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK)},
    {"azure.circuit-disabled", DOMAIN_AZURE, CONTACT_MICROSOFT, ON_ALL, SCOPE(SCOPE_BOTH)},
    {"azure.peering-disabled", DOMAIN_AZURE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_BOTH)},
    {"azure.peering-config", DOMAIN_AZURE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_LINK)},
    {"azure.msee-down", DOMAIN_AZURE, CONTACT_MICROSOFT, ON_ALL, SCOPE(SCOPE_LINK)},
    {"corp.bgp-prefix-limit", DOMAIN_CORPORATE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_LINK) | SCOPE(SCOPE_BOTH)},
    {"azure.qos-drop", DOMAIN_AZURE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"azure.route-limit", DOMAIN_AZURE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"azure.route-filter", DOMAIN_AZURE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_BOTH)},
    {"azure.prefix-validation", DOMAIN_AZURE, CONTACT_MICROSOFT, ON_ALL, SCOPE(SCOPE_BOTH)},
    {"wan.vlan", DOMAIN_WAN, CONTACT_PROVIDER, ON_ALL, SCOPE(SCOPE_LINK)},
    {"azure.port-disabled", DOMAIN_AZURE, CONTACT_YOU, ON_L2, SCOPE(SCOPE_LINK)},
    {"azure.maintenance", DOMAIN_AZURE, CONTACT_MICROSOFT, ON_ALL, SCOPE(SCOPE_LINK)},
    {"azure.failover-test", DOMAIN_AZURE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_LINK)},
    {"azure.gateway-down", DOMAIN_AZURE, CONTACT_MICROSOFT, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"azure.gateway-loss", DOMAIN_AZURE, CONTACT_MICROSOFT, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"azure.network-down", DOMAIN_AZURE, CONTACT_MICROSOFT, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"azure.network-latency", DOMAIN_AZURE, CONTACT_MICROSOFT, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"azure.network-loss", DOMAIN_AZURE, CONTACT_MICROSOFT, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"azure.no-routes", DOMAIN_AZURE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_SHARED)},
    {"azure.udr", DOMAIN_AZURE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_TARGET)},
    {"azure.nsg", DOMAIN_AZURE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_TARGET_SERVICE)},
    {"azure.target-down", DOMAIN_AZURE, CONTACT_YOU, ON_ALL, SCOPE(SCOPE_TARGET)},
};

static void the_catalogue_has_its_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(want); i++) {
		unsigned scopes = 0, handoffs = 0;
		for (size_t k = 0; k < fault_row_count; k++) {
			const struct fault_row *r = &fault_rows[k];
			if (strcmp(r->id, want[i].id) != 0)
				continue;
			scopes |= SCOPE(r->scope);
			handoffs |= r->handoffs;
			if (r->domain != want[i].domain || fault_contact(r) != want[i].contact)
				fail_msg("%s: another domain or contact", r->id);
		}
		if ((scopes & want[i].scopes) != want[i].scopes || handoffs != want[i].handoffs)
			fail_msg("%s: scopes %x, handoffs %x", want[i].id, scopes, handoffs);
		assert_ptr_equal(fault_find(want[i].id)->domain == want[i].domain ? want[i].id : NULL, want[i].id);
	}
	assert_null(fault_find("wan.unheard-of"));
	assert_null(fault_find(""));
	assert_string_equal(fault_rows[0].id, "none"); /* the posterior takes the first for "no fault" */
}

/* Behind a Microsoft peering is no gateway and no virtual network, and behind a private one nothing else. */
static void rows_fit_the_peering(void **state)
{
	static const struct { const char *id; bool private, microsoft; } rows[] = {
	    {"none", true, true}, {"wan.loss", true, true}, {"azure.nsg", true, true}, {"azure.target-down", true, true}, {"azure.qos-drop", true, true},
	    {"azure.no-routes", true, true}, {"azure.gateway-down", true, false}, {"azure.gateway-latency", true, false}, {"azure.gateway-loss", true, false},
	    {"azure.route-limit", true, false}, {"azure.udr", true, false}, {"azure.network-down", false, true}, {"azure.network-latency", false, true},
	    {"azure.network-loss", false, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool fits[2] = {false, false};
		for (size_t k = 0; k < fault_row_count; k++)
			for (int p = 0; p < 2 && strcmp(fault_rows[k].id, rows[i].id) == 0; p++)
				fits[p] = fits[p] || fault_row_fits(&fault_rows[k], HANDOFF_L2, (enum peering_type)p);
		if (fits[PEERING_PRIVATE] != rows[i].private || fits[PEERING_MICROSOFT] != rows[i].microsoft)
			fail_msg("%s: private %d, Microsoft %d", rows[i].id, fits[PEERING_PRIVATE], fits[PEERING_MICROSOFT]);
	}
	assert_false(fault_row_fits(fault_find("corp.edge-down"), HANDOFF_L3, PEERING_MICROSOFT));
	assert_true(fault_row_fits(fault_find("corp.edge-down"), HANDOFF_DIRECT, PEERING_MICROSOFT));
}

/* An id has its domain in front, fits the result, and no place and scope twice unless the
 * wire differs, or what Azure says. */
static void ids(void **state)
{
	static const char *const fronts[DOMAINS] = {"none", "corp.", "wan.", "azure."};

	(void)state;
	for (size_t i = 0; i < fault_row_count; i++) {
		const struct fault_row *r = &fault_rows[i];
		assert_true(r->domain < DOMAINS);
		assert_true(strlen(r->id) < FAULT_ID_MAX);
		if (strncmp(r->id, fronts[r->domain], strlen(fronts[r->domain])) != 0)
			fail_msg("%s in domain %d", r->id, (int)r->domain);
		for (size_t k = 0; k < i; k++)
			if (strcmp(r->id, fault_rows[k].id) == 0 && r->scope == fault_rows[k].scope && r->place == fault_rows[k].place &&
			    (r->handoffs & fault_rows[k].handoffs) && r->msee == fault_rows[k].msee && r->target == fault_rows[k].target &&
			    r->session == fault_rows[k].session && memcmp(r->says, fault_rows[k].says, sizeof r->says) == 0)
				fail_msg("%s stands twice with one scope and place", r->id);
	}
}

static void texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < fault_row_count; i++) {
		const struct fault_text *t = fault_text_find(fault_rows[i].id);
		if (!t)
			fail_msg("%s has no text", fault_rows[i].id);
		assert_true(strlen(t->title) > 10 && strlen(t->meaning) > 10);
		/* Evidence and summary stand in bounded sentences, and never as a format. */
		assert_true(strlen(t->title) < SENTENCE_MAX / 2);
		assert_null(strchr(t->title, '%'));
		if (fault_rows[i].scope == SCOPE_NONE)
			continue;
		if (!t->steps[0] || strlen(t->decided_by) < 3)
			fail_msg("%s says neither what to do nor what would decide", fault_rows[i].id);
		for (size_t k = 0; k < STEPS_MAX && t->steps[k]; k++)
			assert_true(strlen(t->steps[k]) > 10 && strlen(t->steps[k]) < SENTENCE_MAX);
	}
	assert_null(fault_text_find("wan.unheard-of"));
	assert_string_equal(fault_title("wan.unheard-of", HANDOFF_L2), "wan.unheard-of");
	/* What may be said of a circuit of ExpressRoute Direct speaks of no provider. */
	for (size_t i = 0; i < fault_row_count; i++) {
		assert_string_equal(fault_title(fault_rows[i].id, HANDOFF_L3), fault_text_find(fault_rows[i].id)->title);
		if ((fault_rows[i].handoffs & ON_L2) && strstr(fault_title(fault_rows[i].id, HANDOFF_DIRECT), "provider"))
			fail_msg("%s: \"%s\" of ExpressRoute Direct", fault_rows[i].id, fault_title(fault_rows[i].id, HANDOFF_DIRECT));
	}
}

static void priors(void **state)
{
	double sum = 0;

	(void)state;
	for (size_t i = 0; i < fault_row_count; i++) {
		assert_true(fault_rows[i].prior > 0 && fault_rows[i].prior < 1);
		bool gated = memchr(fault_rows[i].says, 'X', sizeof fault_rows[i].says) || fault_rows[i].usual || fault_rows[i].flap || fault_rows[i].delay == 'R' ||
		             fault_rows[i].target == 'P' || (fault_rows[i].place == AT_HOST && fault_rows[i].scope != SCOPE_SHARED);
		if (!gated) /* those are tried where their sign was seen */
			sum += fault_rows[i].prior;
		if (i > 0)
			assert_true(fault_rows[i].prior < fault_rows[0].prior / 5); /* health is the rule */
	}
	assert_true(sum > .9 && sum < 1.2);
}

static void places_and_handoffs(void **state)
{
	(void)state;
	for (size_t i = 0; i < fault_row_count; i++) {
		const struct fault_row *r = &fault_rows[i];
		assert_true(r->handoffs & ON_ALL);
		if (r->place == AT_PROVIDER) /* there are provider hops with l3 alone */
			assert_int_equal(r->handoffs, ON_L3);
		if (r->place == AT_EDGE) /* whose the edge is, the handoff says */
			assert_int_equal(r->domain, r->handoffs == ON_L3 ? DOMAIN_WAN : DOMAIN_CORPORATE);
		if (r->scope == SCOPE_TARGET || r->scope == SCOPE_TARGET_SERVICE)
			assert_int_equal(r->place, r->domain == DOMAIN_AZURE ? AT_TARGET : AT_HOST); /* this host itself keeps it back */
		if (r->domain == DOMAIN_WAN)
			assert_int_equal(r->contact, CONTACT_PROVIDER);
		/* What is nearer than a dead place still answers. */
		if (r->place >= AT_WAN)
			assert_int_equal(r->edge, 'A');
		if (r->place >= AT_GATEWAY)
			assert_true(r->msee == 'A' && r->bgp == 'A');
	}
}

/* --- letters --- */

static double unreach(int seen, char letter) { return likelihood_unreach((enum unreach)seen, letter); }
static double delay(int seen, char letter) { return likelihood_delay((enum delay_outcome)seen, letter); }
static double state_of(int seen, char letter) { return likelihood_state((enum az_state)seen, letter); }
static double peering(int seen, char letter) { return likelihood_peering((enum az_peering_state)seen, letter); }
static double arp(int seen, char letter) { return likelihood_arp((enum az_arp_state)seen, letter); }
static double session(int seen, char letter) { return likelihood_session((enum az_session_state)seen, letter); }
static double connection(int seen, char letter) { return likelihood_connection((enum az_connection_state)seen, letter); }
static double gateway(int seen, char letter) { return likelihood_gateway((enum az_state)seen, letter); }

/* A letter without numbers of its own is given those of health: it would say nothing,
 * and nobody would notice. '\1' is such a letter. */
static bool has_numbers(double (*of)(int, char), int last, char letter)
{
	for (int seen = 1; seen <= last; seen++)
		if (of(seen, letter) != of(seen, '\1'))
			return true;
	return false;
}

static void letters_of_each_column_have_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < fault_row_count; i++) {
		const struct fault_row *r = &fault_rows[i];
		const struct { const char *column; char letter; double (*of)(int, char); int last; } cells[] = {
		    {"icmp_msee", r->icmp_msee, unreach, UNREACHES - 1}, {"icmp_target", r->icmp_target, unreach, UNREACHES - 1},
		    {"delay", r->delay, delay, DELAY_REROUTED},            {"circuit", r->circuit, state_of, AZ_BAD},
		    {"provider", r->provider, state_of, AZ_BAD},         {"peering", r->peering, peering, PEERING_MISSING},
		    {"arp", r->arp, arp, ARP_FAILED_TOO},                    {"session", r->session, session, SESSION_BRINGS_NONE},
		    {"connection", r->connection, connection, CONNECTION_MISSING}, {"gateway", r->gateway, gateway, AZ_BAD},
		    {"settings", r->settings, state_of, AZ_BAD}};
		for (size_t k = 0; k < COUNT(cells); k++)
			if (cells[k].letter != '.' && !has_numbers(cells[k].of, cells[k].last, cells[k].letter))
				fail_msg("%s: '%c' in column %s means nothing there", r->id, cells[k].letter, cells[k].column);
	}
}

/* Of each thing that Azure may say: every letter used has numbers of its own, they are
 * probabilities, and what is not known says nothing. */
static void what_azure_says_has_numbers(void **state)
{
	(void)state;
	for (int which = 0; which < SAYS; which++) {
		bool speaks = false;
		char letters[64] = ".o";
		size_t count = azure_says_of_link((enum azure_says)which) && which == SAYS_DRAIN ? 2 : 1;
		for (size_t i = 0; i < fault_row_count; i++)
			if (fault_rows[i].says[which] != 0)
				letters[count++] = fault_rows[i].says[which];
		for (size_t i = 0; i < count; i++) {
			double sum = 0;
			bool differs = false;
			for (uint8_t seen = 1; seen < 8; seen++) {
				double p = exp(likelihood_says((enum azure_says)which, seen, letters[i]));
				if (which == SAYS_PORT && seen > PORT_DARK)
					continue; /* where its admin state was not read: below */
				if (p < 1 || sum == 0) /* beyond the last outcome all are 1 */
					sum += p;
				differs = differs || p != exp(likelihood_says((enum azure_says)which, seen, '.'));
			}
			if (fabs(sum - 1) > 1e-9)
				fail_msg("says %d, '%c': outcomes add up to %g", which, letters[i], sum);
			if (letters[i] != '.' && !differs)
				fail_msg("says %d: '%c' means nothing there", which, letters[i]);
			speaks = speaks || letters[i] != '.';
			assert_true(likelihood_says((enum azure_says)which, 0, letters[i]) == 0);
		}
		if (!speaks)
			fail_msg("says %d: no row listens", which);
	}
}

/* Of a port whose admin state was not read: its light is bad or well, and what is shut has no line protocol. */
static void a_port_that_is_not_told(void **state)
{
	static const char letters[] = ".Xlgp";

	(void)state;
	for (const char *c = letters; *c; c++) {
		double light = exp(likelihood_says(SAYS_PORT, PORT_DARK_ALONE, *c)) + exp(likelihood_says(SAYS_PORT, PORT_LIT_ALONE, *c));
		double line = exp(likelihood_says(SAYS_PORT, PORT_DOWN_UNTOLD, *c)), told = exp(likelihood_says(SAYS_PORT, PORT_SHUT, *c)) + exp(likelihood_says(SAYS_PORT, PORT_DOWN, *c));
		if (fabs(light - 1) > 1e-9 || fabs(line - told) > .002)
			fail_msg("'%c': %g, %g of %g", *c, light, line, told);
	}
	assert_true(likelihood_says(SAYS_PORT, PORT_DOWN_UNTOLD, 'X') > likelihood_says(SAYS_PORT, PORT_DOWN_UNTOLD, 'l') + 1);
}

/* A letter of the wire that likelihood_of() does not know would mean "alive". 'b' and 'k' are
 * resolved before they get there, and stand for the MSEE alone. */
static void letters_of_the_wire_are_known(void **state)
{
	struct group_likelihood l, *all = &l;

	(void)state;
	for (size_t i = 0; i < sizeof l / sizeof(double); i++)
		((double *)(void *)all)[i] = 7;
	l.alive = 1;
	for (size_t i = 0; i < fault_row_count; i++) {
		const struct fault_row *r = &fault_rows[i];
		const char cells[] = {r->edge, r->msee, r->bgp, r->target, r->other};
		for (size_t k = 0; k < sizeof cells; k++) {
			bool resolved = ((cells[k] == 'b' || cells[k] == 'k') && (k == 1 || k == 2)) || (cells[k] == 'a' && k >= 3);
			if (cells[k] != 'A' && !resolved && likelihood_of(&l, cells[k], 0) == l.alive)
				fail_msg("%s: '%c' is taken for alive", r->id, cells[k]);
		}
	}
}

static void the_healthy_row_is_healthy(void **state)
{
	const struct fault_row *r = fault_find("none");

	(void)state;
	assert_true(r->edge == 'A' && r->msee == 'A' && r->bgp == 'A' && r->target == 'A' && r->other == 'A');
	assert_true(r->icmp_msee == '.' && r->icmp_target == '.' && r->delay == '.');
	assert_true(r->circuit == '.' && r->provider == '.' && r->peering == '.' && r->arp == '.' && r->session == '.');
	assert_true(r->connection == '.' && r->gateway == '.' && r->settings == '.');
	for (int which = 0; which < SAYS; which++)
		assert_int_equal(r->says[which], 0);
}

/* No two rows that can stand in one circuit may look alike everywhere: nothing could
 * ever tell them apart but their priors. */
static void rows_differ(void **state)
{
	(void)state;
	for (size_t i = 1; i < fault_row_count; i++)
		for (size_t k = 1; k < i; k++) {
			const struct fault_row *a = &fault_rows[i], *b = &fault_rows[k];
			if (!(a->handoffs & b->handoffs) || a->place != b->place || a->scope != b->scope || a->domain == b->domain)
				continue;
			const char x[] = {a->edge, a->msee, a->bgp, a->target, a->other, a->icmp_msee, a->icmp_target, a->delay, a->circuit,
			                  a->provider, a->peering, a->arp, a->session, a->connection, a->gateway, a->settings};
			const char y[] = {b->edge, b->msee, b->bgp, b->target, b->other, b->icmp_msee, b->icmp_target, b->delay, b->circuit,
			                  b->provider, b->peering, b->arp, b->session, b->connection, b->gateway, b->settings};
			if (memcmp(x, y, sizeof x) == 0 && memcmp(a->says, b->says, sizeof a->says) == 0)
				fail_msg("%s and %s cannot be told apart", a->id, b->id);
		}
}

/* When two faults speak at once the louder is heard: any letter beats health, and it
 * does not matter which of the two comes first. */
static void the_stronger_letter(void **state)
{
	static const struct { char a, b, want; } rows[] = {
	    {'A', 'X', 'X'}, {'X', 'L', 'X'}, {'m', 'X', 'X'}, {'L', 'h', 'L'}, {'l', 'L', 'L'}, {'.', 'd', 'd'}, {'?', 'X', 'X'}, {'B', 'X', 'X'},
	    {'B', 'A', 'B'}, {'A', 'A', 'A'}, {'.', '.', '.'}};
	char used[4096];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(letter_stronger(rows[i].a, rows[i].b), rows[i].want);
		assert_int_equal(letter_stronger(rows[i].b, rows[i].a), rows[i].want);
	}
	for (size_t i = 0; i < fault_row_count; i++) {
		const struct fault_row *r = &fault_rows[i];
		const char cells[] = {r->edge, r->msee, r->bgp, r->target, r->other, r->icmp_msee, r->icmp_target, r->delay, r->arp, r->session,
		                      r->connection, r->gateway, r->settings, r->circuit, r->provider, r->peering};
		assert_true(n + sizeof cells <= sizeof used);
		memcpy(used + n, cells, sizeof cells);
		n += sizeof cells;
	}
	for (size_t i = 0; i < n; i++) {
		bool healthy = used[i] == 'A' || used[i] == '.';
		if (!healthy && (letter_stronger('A', used[i]) != used[i] || letter_stronger('.', used[i]) != used[i] || letter_stronger(used[i], '.') != used[i]))
			fail_msg("'%c' has no strength", used[i]);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(letter_stronger(used[i], used[k]), letter_stronger(used[k], used[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_catalogue_has_its_faults),
	    cmocka_unit_test(rows_fit_the_peering),
	    cmocka_unit_test(ids),
	    cmocka_unit_test(texts),
	    cmocka_unit_test(priors),
	    cmocka_unit_test(places_and_handoffs),
	    cmocka_unit_test(letters_of_each_column_have_numbers),
	    cmocka_unit_test(what_azure_says_has_numbers),
		cmocka_unit_test(a_port_that_is_not_told),
	    cmocka_unit_test(letters_of_the_wire_are_known),
	    cmocka_unit_test(the_healthy_row_is_healthy),
	    cmocka_unit_test(rows_differ),
	    cmocka_unit_test(the_stronger_letter),
	};

	return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
