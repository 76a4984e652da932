/* SPDX-License-Identifier: BSD-2-Clause */
/* Letters to numbers: whatever a letter means, its numbers are probabilities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/observables/heard.h"
#include "analysis/diagnose/likelihood.h"
#include "analysis/path/stats.h"

#include <math.h>
#include <string.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))

static void near(double got, double want, double within, const char *what)
{
	if (!(fabs(got - want) <= within))
		fail_msg("%s: %.9g, not %.9g", what, got, want);
}

/* --- tables --- */

static double unreach(int seen, char letter) { return likelihood_unreach((enum unreach)seen, letter); }
static double delay(int seen, char letter) { return likelihood_delay((enum delay_outcome)seen, letter); }
static double shared(int seen, char letter) { return likelihood_shared((enum delay_outcome)seen, letter); }
static double use(int seen, char letter) { return likelihood_use((enum link_use)seen, letter); }
static double az(int seen, char letter) { return likelihood_state((enum az_state)seen, letter); }
static double peering(int seen, char letter) { return likelihood_peering((enum az_peering_state)seen, letter); }
static double arp(int seen, char letter) { return likelihood_arp((enum az_arp_state)seen, letter); }
static double session(int seen, char letter) { return likelihood_session((enum az_session_state)seen, letter); }
static double connection(int seen, char letter) { return likelihood_connection((enum az_connection_state)seen, letter); }
static double heard_session(int seen, char letter) { return likelihood_heard(HEARD_SESSION, (uint8_t)seen, letter); }
static double heard_segment(int seen, char letter) { return likelihood_heard(HEARD_SEGMENT, (uint8_t)seen, letter); }
static double gateway(int seen, char letter) { return likelihood_gateway((enum az_state)seen, letter); }

/* Outcomes first..last; the letter in front is that of health. `unread`: outcome 0 says nothing. */
static const struct table { const char *name; double (*of)(int, char); int first, last; const char *letters; } tables[] = {
    {"unreach", unreach, UNREACH_NONE, UNREACHES - 1, ".hcnNmWwapz?"},
    {"delay", delay, DELAY_SAME, DELAY_REROUTED, ".SRJ?"},
    {"use", use, USE_YES, USE_NO, "Am?"},
    {"state", az, AZ_GOOD, AZ_BAD, ".X?"},
    {"peering", peering, PEERING_ENABLED, PEERING_MISSING, ".X?"},
    {"arp", arp, ARP_COMPLETE, ARP_FAILED_TOO, ".ife?"},
    {"session", session, SESSION_UP, SESSION_BRINGS_NONE, ".dDzfeu?"},
    {"connection", connection, CONNECTION_UP, CONNECTION_MISSING, ".n?"},
    {"gateway", gateway, AZ_GOOD, AZ_BAD, ".g?"},
    {"heard session", heard_session, HEARD_UP, HEARD_SESSIONS - 1, ".epnlmdcbo"},
    {"heard segment", heard_segment, HEARD_AGREES, HEARD_SEGMENTS - 1, ".i"},
    {"shared", shared, DELAY_SAME, DELAY_SLOWER, ".S?"},
};

static void rows_add_up_to_one(void **state)
{
	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++)
		for (const char *letter = tables[t].letters; *letter; letter++) {
			double sum = 0;
			for (int seen = tables[t].first; seen <= tables[t].last; seen++) {
				double p = exp(tables[t].of(seen, *letter));
				if (!(p > 0 && p < 1)) /* nothing is ever certain: one oddity may not decide */
					fail_msg("%s '%c': outcome %d has %g", tables[t].name, *letter, seen, p);
				sum += p;
			}
			if (fabs(sum - 1) > 1e-9)
				fail_msg("%s '%c' adds up to %.6f", tables[t].name, *letter, sum);
		}
}

static void what_was_not_read_says_nothing(void **state)
{
	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++)
		for (const char *letter = tables[t].letters; tables[t].first == 1 && *letter; letter++)
			assert_true(tables[t].of(0, *letter) == 0);
}

/* A letter with no row of its own would quietly mean health. */
static void each_letter_has_its_row(void **state)
{
	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++)
		for (const char *letter = tables[t].letters + 1; *letter; letter++) {
			double apart = 0;
			for (int seen = tables[t].first; seen <= tables[t].last; seen++)
				apart += fabs(exp(tables[t].of(seen, *letter)) - exp(tables[t].of(seen, '.' == tables[t].letters[0] ? '.' : 'A')));
			if (apart < .05)
				fail_msg("%s '%c' is the same as health", tables[t].name, *letter);
		}
}

/* What each letter is there to recognise: likelier under it than under health. */
static void letters_recognise_their_fault(void **state)
{
	static const struct { size_t table; char letter; int seen; } rows[] = {
	    {0, 'h', UNREACH_HOST_EDGE}, {0, 'c', UNREACH_HOST_CORP}, {0, 'n', UNREACH_NET},       {0, 'N', UNREACH_NET},
	    {0, 'N', UNREACH_AZURE},     {0, 'w', UNREACH_HOST_WAN},  {0, 'w', UNREACH_NET_WAN},   {0, 'W', UNREACH_HOST_WAN},
	    {0, 'W', UNREACH_HOST_CORP}, {0, 'm', UNREACH_NET},       {0, 'a', UNREACH_ADMIN_CORP}, {0, 'p', UNREACH_ADMIN_WAN},
	    {0, 'z', UNREACH_ADMIN_AZURE}, {1, 'S', DELAY_SLOWER},    {1, 'J', DELAY_JITTER},      {2, 'm', USE_NO},
	    {3, 'X', AZ_BAD},            {4, 'X', PEERING_DISABLED},  {4, 'X', PEERING_MISSING},   {5, 'i', ARP_INCOMPLETE},
	    {5, 'f', ARP_FAILED},        {5, 'e', ARP_EMPTY},         {6, 'd', SESSION_DOWN}, {6, 'D', SESSION_DOWN},      {6, 'z', SESSION_UP_ZERO},
	    {6, 'f', SESSION_FAILED},    {6, 'e', SESSION_EMPTY},     {6, 'D', SESSION_BRINGS_NONE}, {6, 'z', SESSION_BRINGS_NONE}, {7, 'n', CONNECTION_DOWN},   {7, 'n', CONNECTION_MISSING}, {8, 'g', AZ_BAD},
	    {9, 'e', HEARD_SHUT_NEAR},   {9, 'e', HEARD_REFUSED_NEAR}, {9, 'e', HEARD_BAD_AS},     {9, 'p', HEARD_PREFIXES_FAR}, {9, 'n', HEARD_DEAF_FAR},
	    {9, 'n', HEARD_SILENT_NEAR}, {9, 'l', HEARD_DEAF_NEAR},   {9, 'l', HEARD_SILENT_FAR},  {9, 'm', HEARD_SHUT_FAR},     {9, 'd', HEARD_SHUT_FAR},
	    {9, 'd', HEARD_REFUSED_FAR}, {9, 'c', HEARD_BAD_AS},      {9, 'b', HEARD_DEAF_FAR},    {9, 'b', HEARD_DEAF_NEAR},    {9, 'o', HEARD_DEAF_FAR},
	    {10, 'i', HEARD_OTHER_TAGS}, {10, 'i', HEARD_OTHER_MAC}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct table *t = &tables[rows[i].table];
		if (t->of(rows[i].seen, rows[i].letter) - t->of(rows[i].seen, t->letters[0]) < log(3))
			fail_msg("%s '%c' hardly knows outcome %d", t->name, rows[i].letter, rows[i].seen);
	}
	/* A failover test that starts or stops is worth far less than one that runs: the link may be as ever. */
	assert_true(likelihood_says(SAYS_TEST, TEST_RUNS, 'X') - likelihood_says(SAYS_TEST, TEST_RUNS, '.') > log(100));
	assert_in_range((long)exp(likelihood_says(SAYS_TEST, TEST_TURNS, 'X') - likelihood_says(SAYS_TEST, TEST_TURNS, '.')), 3, 30);
	/* An empty table proves nothing: no more than a tenfold turn. */
	assert_true(likelihood_arp(ARP_EMPTY, 'i') - likelihood_arp(ARP_EMPTY, '.') < log(10));
	assert_true(likelihood_session(SESSION_EMPTY, 'd') - likelihood_session(SESSION_EMPTY, '.') < log(10));
	/* One beside which the MSEE has routes, but none of that edge, proves much: whatever ended the session, or what it brings. */
	for (const char *ends = "dDze"; *ends; ends++)
		assert_true(likelihood_session(SESSION_BRINGS_NONE, *ends) - likelihood_session(SESSION_BRINGS_NONE, '.') > log(30));
	assert_true(likelihood_session(SESSION_BRINGS, '.') - likelihood_session(SESSION_BRINGS, 'D') > log(10));
}

/* --- groups --- */

static struct traffic_group group(enum group_class cls, uint8_t kind, uint32_t answered, uint32_t sent)
{
	return (struct traffic_group){.cls = cls, .kind = kind, .sent = sent, .answered = answered, .flow_count = 1, .flows = {{0, sent, answered}}};
}

static struct group_likelihood of(const struct traffic_group *g)
{
	struct group_likelihood l;

	likelihood_group(g, MANNER_USUAL, 0, NULL, &l);
	return l;
}

static const char wire_letters[] = "AXmh?cBLl";

/* Over all that may be answered, each letter's likelihoods are one distribution. */
static void counts_add_up_to_one(void **state)
{
	static const enum group_class classes[] = {GROUP_HOP, GROUP_EDGE, GROUP_MSEE, GROUP_MSEE_HOP, GROUP_BGP, GROUP_TARGET, GROUP_CONTROL};
	const uint32_t n = 17;

	(void)state;
	for (size_t c = 0; c < COUNT(classes); c++)
		for (size_t k = 0; wire_letters[k]; k++)
			for (int grid = 0; grid < LOSS_GRID; grid += 11) {
				double sum = 0;
				for (uint32_t s = 0; s <= n; s++) {
					struct traffic_group g = group(classes[c], PROBE_ICMP_ECHO, s, n);
					struct group_likelihood l = of(&g);
					sum += exp(likelihood_of(&l, wire_letters[k], grid));
				}
				if (fabs(sum - 1) > 1e-9)
					fail_msg("class %d '%c' adds up to %.6f", (int)classes[c], wire_letters[k], sum);
			}
}

static void two_flows_add_up_to_one(void **state)
{
	(void)state;
	for (size_t k = 0; wire_letters[k]; k++) {
		double sum = 0;
		for (uint32_t s = 0; s <= 9; s++)
			for (uint32_t t = 0; t <= 6; t++) {
				struct traffic_group g = group(GROUP_TARGET, PROBE_TCP_SYN, s, 9);
				g.flow_count = 2;
				g.flows[1] = (struct group_flow){1, 6, t};
				g.sent = 15;
				g.answered = s + t;
				struct group_likelihood l = of(&g);
				sum += exp(likelihood_of(&l, wire_letters[k], 12));
			}
		near(sum, 1, 1e-9, "two flows");
	}
}

static void letters_pick_their_number(void **state)
{
	struct group_likelihood l = {.alive = 1, .dead = 2, .mixed = 3, .other = 4, .any = 5, .maybe = 6, .no_way_back = 8};

	(void)state;
	for (int i = 0; i < LOSS_GRID; i++) {
		l.loss[i] = 100 + i;
		l.loss_by_return[i] = 200 + i;
	}
	static const struct { char letter; double want; } rows[] = {{'A', 1}, {'X', 2}, {'m', 3}, {'h', 4}, {'?', 5}, {'c', 6}, {'B', 8}, {'L', 107}, {'l', 207}};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(likelihood_of(&l, rows[i].letter, 7) == rows[i].want);
}

/* The more answers, the more it lives and the less it loses. */
static void more_answers_speak_for_life(void **state)
{
	static const enum group_class classes[] = {GROUP_HOP, GROUP_EDGE, GROUP_MSEE, GROUP_BGP, GROUP_TARGET, GROUP_CONTROL};
	const uint32_t n = 40;

	(void)state;
	for (size_t c = 0; c < COUNT(classes); c++) {
		double before = -INFINITY;
		for (uint32_t s = 0; s <= n; s++) {
			struct traffic_group g = group(classes[c], PROBE_TCP_SYN, s, n);
			struct group_likelihood l = of(&g);
			assert_true(isfinite(l.alive) && isfinite(l.dead) && isfinite(l.mixed) && isfinite(l.loss[LOSS_GRID - 1]));
			if (l.alive - l.dead < before - 1e-9)
				fail_msg("class %d: %u answers of %u speak less for life than %u", (int)classes[c], s, n, s - 1);
			before = l.alive - l.dead;
		}
		assert_true(before > 5);
	}
	/* Above what a loss rate leaves, one more answer never speaks for that loss. */
	for (uint32_t s = (uint32_t)(n * (1 - loss_grid(12))) + 1; s < n; s++) {
		struct traffic_group g = group(GROUP_TARGET, PROBE_TCP_SYN, s, n), h = group(GROUP_TARGET, PROBE_TCP_SYN, s + 1, n);
		struct group_likelihood few = of(&g), more = of(&h);
		assert_true(more.alive - more.loss[12] >= few.alive - few.loss[12] - 1e-9);
	}
}

static void silence_counts_by_who_is_silent(void **state)
{
	(void)state;
	/* How strongly 30 unanswered probes speak for death. What ignores us by nature says
	 * little, what must answer says much. */
	static const struct { enum group_class cls; uint8_t kind; double least, most; } rows[] = {
	    {GROUP_TARGET, PROBE_TCP_SYN, 3, 12}, {GROUP_EDGE, PROBE_ICMP_ECHO, 2, 4}, {GROUP_MSEE, PROBE_ICMP_ECHO, 1, 2},
	    {GROUP_BGP, PROBE_TCP_SYN, .3, 1},    {GROUP_HOP, PROBE_ICMP_ECHO, 2, 4},  {GROUP_MSEE, PROBE_NEIGHBOUR, 4, 7}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct traffic_group g = group(rows[i].cls, rows[i].kind, 0, 30);
		struct group_likelihood l = of(&g);
		if (l.dead - l.alive < rows[i].least || l.dead - l.alive > rows[i].most)
			fail_msg("class %d: %.2f", (int)rows[i].cls, l.dead - l.alive);
	}
	/* A target may ignore ping while it serves its ports. */
	struct traffic_group g = group(GROUP_TARGET, PROBE_ICMP_ECHO, 0, 30);
	struct group_likelihood beside, alone;
	likelihood_group(&g, MANNER_BESIDE, 0, NULL, &beside);
	likelihood_group(&g, MANNER_USUAL, 0, NULL, &alone);
	assert_true(beside.alive > alone.alive + 2);
	/* That is a target's or control's own right; routers are the same either way. */
	static const enum group_class routers[] = {GROUP_HOP, GROUP_EDGE, GROUP_MSEE, GROUP_MSEE_HOP};
	for (size_t i = 0; i < COUNT(routers); i++) {
		g = group(routers[i], PROBE_ICMP_ECHO, 0, 30);
		likelihood_group(&g, MANNER_BESIDE, 0, NULL, &beside);
		likelihood_group(&g, MANNER_USUAL, 0, NULL, &alone);
		assert_true(beside.alive == alone.alive);
	}
	g = group(GROUP_CONTROL, PROBE_ICMP_ECHO, 0, 30);
	likelihood_group(&g, MANNER_BESIDE, 0, NULL, &beside);
	likelihood_group(&g, MANNER_USUAL, 0, NULL, &alone);
	assert_true(beside.alive > alone.alive + 1);
}

/* A router's limit that is seldom met leaves it near all: two of a hundred that did not come are no loss of the way yet. */
static void a_limit_that_is_seldom_met(void **state)
{
	struct traffic_group hop = group(GROUP_HOP, PROBE_ICMP_ECHO, 96, 98), few = group(GROUP_HOP, PROBE_ICMP_ECHO, 30, 98);
	struct group_likelihood near = of(&hop), half = of(&few);

	(void)state;
	assert_in_range((int)(100 * exp(near.loss[4] - near.alive)), 5 * 100, 40 * 100); /* 2.2 % */
	assert_in_range((int)(100 * exp(half.loss[4] - half.alive)), 90, 110);
}

/* Microsoft's pair is alike: where the one answers all pings, the other limits none of its own; silent it may be. */
static void a_pair_is_alike(void **state)
{
	struct traffic_group some = group(GROUP_MSEE, PROBE_ICMP_ECHO, 50, 100), none = group(GROUP_MSEE, PROBE_ICMP_ECHO, 0, 100);
	struct group_likelihood usual = of(&some), proved, silent;

	(void)state;
	likelihood_group(&some, MANNER_PROVED, 0, NULL, &proved);
	likelihood_group(&none, MANNER_PROVED, 0, NULL, &silent);
	assert_true(proved.alive < usual.alive - .8);
	assert_true(fabs(silent.alive - of(&none).alive) < .1);
}

/* Who answers the same elsewhere is not taken to be silent by habit. */
static void proved_responders(void **state)
{
	static const struct { enum group_class cls; uint8_t kind; double more; } rows[] = {
	    {GROUP_HOP, PROBE_TCP_SYN, 1}, {GROUP_MSEE_HOP, PROBE_TCP_SYN, 1}, {GROUP_TARGET, PROBE_TCP_SYN, .3}, {GROUP_EDGE, PROBE_ICMP_ECHO, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct traffic_group g = group(rows[i].cls, rows[i].kind, 0, 4);
		struct group_likelihood usual, proved;
		likelihood_group(&g, MANNER_USUAL, 0, NULL, &usual);
		likelihood_group(&g, MANNER_PROVED, 0, NULL, &proved);
		if (usual.alive - proved.alive < rows[i].more)
			fail_msg("class %d: %.2f", (int)rows[i].cls, usual.alive - proved.alive);
	}
}

static void loss_is_found_at_its_rate(void **state)
{
	static const struct { uint32_t lost, sent; } rows[] = {{3, 100}, {20, 200}, {50, 100}, {4, 400}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct traffic_group g = group(GROUP_TARGET, PROBE_TCP_SYN, rows[i].sent - rows[i].lost, rows[i].sent);
		struct group_likelihood l = of(&g);
		int best = 0;
		for (int k = 1; k < LOSS_GRID; k++)
			if (l.loss[k] > l.loss[best])
				best = k;
		double step = loss_grid(1) / loss_grid(0), want = (double)rows[i].lost / rows[i].sent;
		if (loss_grid(best) > want * step || loss_grid(best) < want / step)
			fail_msg("%u of %u lost: %.4f", rows[i].lost, rows[i].sent, loss_grid(best));
		assert_true(l.loss[best] > l.alive);
	}
	struct traffic_group clean = group(GROUP_TARGET, PROBE_TCP_SYN, 400, 400);
	struct group_likelihood l = of(&clean);
	for (int k = 0; k < LOSS_GRID; k++)
		assert_true(l.alive > l.loss[k]);
}

/* Half of the flows return by the lossy link: the other half is clean. */
static void loss_by_the_way_back(void **state)
{
	struct traffic_group g = group(GROUP_TARGET, PROBE_TCP_SYN, 50, 50);

	(void)state;
	g.flow_count = 2;
	g.flows[1] = (struct group_flow){1, 50, 35};
	g.sent = 100;
	g.answered = 85;
	struct group_likelihood l = of(&g);
	double best = -INFINITY, best_return = -INFINITY;
	for (int k = 0; k < LOSS_GRID; k++) {
		best = fmax(best, l.loss[k]);
		best_return = fmax(best_return, l.loss_by_return[k]);
	}
	assert_true(best_return > best && best_return > l.alive);
	/* Anything but a target answers by one way: both letters are the same. */
	g.cls = GROUP_EDGE;
	l = of(&g);
	for (int k = 0; k < LOSS_GRID; k++)
		assert_true(l.loss[k] == l.loss_by_return[k]);
}

/* Some flows dead, some alive: what a change of routing looks like. */
static void flows_that_differ(void **state)
{
	struct traffic_group g = group(GROUP_TARGET, PROBE_TCP_SYN, 30, 30);

	(void)state;
	g.flow_count = 4;
	for (uint16_t i = 1; i < 4; i++)
		g.flows[i] = (struct group_flow){i, 30, i % 2 ? 0 : 30};
	g.sent = 120;
	g.answered = 60;
	struct group_likelihood l = of(&g);
	assert_true(l.mixed > l.alive + 10 && l.mixed > l.dead + 10 && l.other > l.alive + 10);
}

/* What our own capture lost is nobody's fault. */
/* A router that answers nearly all, by its limit: which flows went without is chance, so that
 * many flows make its limit no likelier a loss on the way than one flow does. */
static void a_router_has_one_habit(void **state)
{
	static const enum group_class routers[] = {GROUP_HOP, GROUP_MSEE_HOP};

	(void)state;
	for (size_t c = 0; c < COUNT(routers); c++) {
		struct traffic_group one = group(routers[c], PROBE_ICMP_ECHO, 92, 96), many = one;
		many.flow_count = 4;
		for (uint16_t f = 0; f < 4; f++)
			many.flows[f] = (struct group_flow){f, 24, 23};
		struct group_likelihood a = of(&one), b = of(&many);
		double best_a = -INFINITY, best_b = -INFINITY;
		for (int i = 0; i < LOSS_GRID; i++) {
			best_a = fmax(best_a, a.loss[i]);
			best_b = fmax(best_b, b.loss[i]);
		}
		assert_true(best_a - a.alive > 0);
		assert_true(fabs((best_b - b.alive) - (best_a - a.alive)) < .5);
	}
}

static void our_own_loss_excuses(void **state)
{
	struct traffic_group g = group(GROUP_TARGET, PROBE_TCP_SYN, 90, 100);
	struct group_likelihood clean, excused, wild;

	(void)state;
	likelihood_group(&g, MANNER_USUAL, 0, NULL, &clean);
	likelihood_group(&g, MANNER_USUAL, .1, NULL, &excused);
	likelihood_group(&g, MANNER_USUAL, 7, NULL, &wild); /* out of all bounds: still a number */
	assert_true(excused.alive > clean.alive + 5);
	assert_true(excused.alive > excused.loss[LOSS_GRID / 2]);
	assert_true(isfinite(wild.alive));
}

static void refusals(void **state)
{
	static const struct { enum group_class cls; uint8_t kind; uint32_t refused, answered; bool speaks, of_fault; } rows[] = {
	    {GROUP_TARGET, PROBE_TCP_SYN, 20, 20, true, true},  {GROUP_TARGET, PROBE_TCP_SYN, 11, 20, true, true},
	    {GROUP_TARGET, PROBE_TCP_SYN, 10, 20, true, false}, {GROUP_TARGET, PROBE_TCP_SYN, 0, 20, true, false},
	    {GROUP_TARGET, PROBE_TCP_SYN, 0, 0, false, false},  {GROUP_TARGET, PROBE_ICMP_ECHO, 0, 20, false, false},
	    {GROUP_BGP, PROBE_TCP_SYN, 20, 20, false, false},   {GROUP_CONTROL, PROBE_TCP_SYN, 20, 20, false, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct traffic_group g = group(rows[i].cls, rows[i].kind, rows[i].answered, 20);
		g.refused = rows[i].refused;
		double fault = likelihood_refused(&g, 'X'), healthy = likelihood_refused(&g, 'A');
		if (!rows[i].speaks)
			assert_true(fault == 0 && healthy == 0);
		else
			assert_true(rows[i].of_fault ? fault > healthy + 3 : healthy > fault);
	}
}

static void the_grid_of_loss(void **state)
{
	(void)state;
	near(loss_grid(0), LOSS_LOWEST, 1e-12, "lowest");
	near(loss_grid(LOSS_GRID - 1), LOSS_HIGHEST, 1e-12, "highest");
	for (int i = 1; i < LOSS_GRID; i++)
		near(loss_grid(i) / loss_grid(i - 1), loss_grid(1) / loss_grid(0), 1e-9, "even steps");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_add_up_to_one),
	    cmocka_unit_test(what_was_not_read_says_nothing),
	    cmocka_unit_test(each_letter_has_its_row),
	    cmocka_unit_test(letters_recognise_their_fault),
	    cmocka_unit_test(counts_add_up_to_one),
	    cmocka_unit_test(two_flows_add_up_to_one),
	    cmocka_unit_test(letters_pick_their_number),
	    cmocka_unit_test(more_answers_speak_for_life),
	    cmocka_unit_test(silence_counts_by_who_is_silent),
	    cmocka_unit_test(loss_is_found_at_its_rate),
	    cmocka_unit_test(loss_by_the_way_back),
	    cmocka_unit_test(flows_that_differ),
	    cmocka_unit_test(a_router_has_one_habit),
	    cmocka_unit_test(our_own_loss_excuses),
	    cmocka_unit_test(proved_responders),
	    cmocka_unit_test(a_limit_that_is_seldom_met),
	    cmocka_unit_test(a_pair_is_alike),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(the_grid_of_loss),
	};

	return cmocka_run_group_tests_name("likelihood", tests, NULL, NULL);
}
