/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure's answers are worth once something has died in the run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/observables/azure_view.h"
#include "tests/unit/diagnose_azure.h"

#include <string.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))
#define DIED_S 1000

static struct wall_ns at_s(int64_t s)
{
	return (struct wall_ns){s * NS_PER_SEC};
}

/* All of it was read so long after the death (before: negative), and counts in full but for that. */
static void view_read(struct azure_view *v, int64_t after_s)
{
	const struct azure_age age = {at_s(DIED_S + after_s), 1};

	memset(v, 0, sizeof *v);
	v->circuit_age = v->peering_age = v->connection_age = v->gateway_age = age;
	for (int l = 0; l < LINKS; l++) {
		v->arp_age[l] = v->session_age[l] = age;
		for (int which = 0; which < SAYS; which++)
			v->says_age[which][l] = age;
	}
}

/* That all was well before the death says nothing of now, and what rests on a session says so only once that may have ended; what
 * was amiss before may be why it died, and what was counted of the last hour stays true. */
static void what_is_said_besides(void **state)
{
	enum { HOLD_S = 180, NO = -1 };
	/* From how many seconds after the death it counts as good, or as bad; NO: at any time. */
	static const struct { enum azure_says which; uint8_t good, bad; int good_from_s, bad_from_s; } rows[] = {
		{SAYS_TEST, TEST_NONE, TEST_RUNS, 0, NO}, {SAYS_DRAIN, DRAIN_NONE, DRAIN_HERE, 0, NO}, {SAYS_PORT, PORT_UP, PORT_DARK, 0, NO},
		{SAYS_VLAN, VLAN_AGREES, VLAN_DIFFERS_HERE, 0, NO}, {SAYS_LIMIT, LIMIT_FAR, LIMIT_NEAR, HOLD_S, NO},
		{SAYS_FULL, AZ_GOOD, AZ_BAD, NO, NO}, {SAYS_DROPS, AZ_GOOD, AZ_BAD, NO, NO}, {SAYS_FELL, FELL_NOT, FELL_AGAIN, 0, NO},
		{SAYS_ROUTES, AZ_GOOD, AZ_BAD, HOLD_S, NO}, {SAYS_ADVERTISED, AZ_GOOD, AZ_BAD, HOLD_S, NO},
		{SAYS_OUT, OUT_FLOWS, OUT_STANDS, 0, 0}, {SAYS_MAINTENANCE, AZ_GOOD, AZ_BAD, 0, NO}, {SAYS_ISSUE, AZ_GOOD, AZ_BAD, 0, NO},
		{SAYS_HEALTH, AZ_GOOD, AZ_BAD, HOLD_S, NO}, {SAYS_VNETS, AZ_GOOD, AZ_BAD, 0, NO}};
	static const int64_t after_s[] = {-5, -1, 1, 20, HOLD_S - 1, HOLD_S + 1};

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * COUNT(after_s) * 2; i++) {
		size_t row = i / 2 / COUNT(after_s);
		int64_t after = after_s[i / 2 % COUNT(after_s)];
		bool bad = i % 2;
		int from = bad ? rows[row].bad_from_s : rows[row].good_from_s;
		bool want = from == NO || after >= from;
		struct azure_view v;
		view_read(&v, after);
		for (int l = 0; l < LINKS; l++)
			v.says[rows[row].which][l] = bad ? rows[row].bad : rows[row].good;
		azure_view_since(&v, at_s(DIED_S));
		for (int l = 0; l < LINKS; l++)
			if ((v.says_age[rows[row].which][l].weight > 0) != want)
				fail_msg("row %zu, %s, read %lld s after the death: %g", row, bad ? "bad" : "good", (long long)after, v.says_age[rows[row].which][l].weight);
	}
}

/* A port, its line protocol and its light are read one by one: where any of it was read since the death, what was read before it tells
 * nothing; and that a metric calls it well may be of before. */
static void a_port_is_told_of_since(void **state)
{
	enum { BEFORE_S = DIED_S - 5, SINCE_S = DIED_S + 5 };
	static const struct { const char *admin; bool admin_since; const char *metric, *value; bool metric_since; uint8_t first, want; } rows[] = {
		{"Enabled", false, "LineProtocol", "0", true, PORT_DOWN, PORT_DOWN_UNTOLD}, {"Enabled", true, "LineProtocol", "0", true, PORT_DOWN, PORT_DOWN},
		{"Enabled", false, "LineProtocol", "1", false, PORT_UP, PORT_UP}, {"Enabled", false, "AdminState", "0", true, PORT_UP, PORT_SHUT},
		{"Enabled", false, "AdminState", "1", true, PORT_UP, PORT_UP}, {"Disabled", true, "AdminState", "1", false, PORT_SHUT, PORT_SHUT}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct azure a;
		struct azure_view v;
		azure_healthy(&a, at_s(BEFORE_S));
		azure_port_row(&a, "link1", rows[i].admin);
		azure_port_metric(&a, rows[i].metric, "link1", rows[i].value);
		a.s.port.part.at = at_s(rows[i].admin_since ? SINCE_S : BEFORE_S);
		a.s.port_state.part.at = at_s(rows[i].metric_since ? SINCE_S : BEFORE_S);
		view_read(&v, -5);
		v.now = at_s(SINCE_S + 1);
		v.says[SAYS_PORT][LINK_PRIMARY] = rows[i].first;
		azure_says_since(&v, &a.s, at_s(DIED_S));
		azure_view_since(&v, at_s(DIED_S));
		bool counts = v.says_age[SAYS_PORT][LINK_PRIMARY].weight > 0;
		if (v.says[SAYS_PORT][LINK_PRIMARY] != rows[i].want || counts != (rows[i].want != PORT_UP))
			fail_msg("row %zu: %d, weight %g", i, v.says[SAYS_PORT][LINK_PRIMARY], v.says_age[SAYS_PORT][LINK_PRIMARY].weight);
	}
}

/* Without a death nothing is older than one. */
static void where_nothing_died(void **state)
{
	struct azure_view v, before;

	(void)state;
	view_read(&v, -5);
	for (int which = 0; which < SAYS; which++)
		v.says[which][0] = v.says[which][1] = AZ_GOOD;
	before = v;
	azure_view_since(&v, (struct wall_ns){0});
	assert_memory_equal(&v, &before, sizeof v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_said_besides), cmocka_unit_test(a_port_is_told_of_since), cmocka_unit_test(where_nothing_died)};

	return cmocka_run_group_tests_name("azure_since", tests, NULL, NULL);
}
