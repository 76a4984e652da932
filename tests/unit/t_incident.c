/* SPDX-License-Identifier: BSD-2-Clause */
/* Incidents out of runs, and when a run asks for a deep one. Each case is a line of runs
 * with the steps that must follow. */
#include "analysis/audit/incident.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct run_record make(char kind, int64_t minute)
{
	struct run_record r = {
		.outcome = kind == 'x' ? RECORD_FAILED : kind == 'i' ? RECORD_INTERRUPTED : RECORD_FINISHED,
		.status = kind == 'h' ? STATUS_HEALTHY : kind == 'u' ? STATUS_UNDETERMINED : STATUS_FAULT,
		.confidence = kind == 'w' ? 0.6 : 0.99,
		.domain = kind == 'h' ? DOMAIN_NONE : DOMAIN_WAN,
		.link = kind == 'h' ? LINK_NULL : LINK_PRIMARY,
		.started_at = {minute * 60 * NS_PER_SEC},
	};

	if (kind == 'f' || kind == 'w')
		snprintf(r.fault, sizeof r.fault, "wan.circuit-down");
	else if (kind == 'g')
		snprintf(r.fault, sizeof r.fault, "wan.loss");
	return r;
}

/* runs: h healthy, f and g two faults, w a fault hardly sure, u undetermined, x failed,
 * i interrupted. steps: '.', o opened, c changed, z closed. */
static void assert_steps(int need, int of, const char *runs, const char *steps)
{
	static const char letters[] = ".ocz";
	const struct incident_rule rule = {(uint8_t)need, (uint8_t)of, 0.9};
	struct incident_state s = {.link = LINK_NULL};
	char got[128] = "";

	assert_int_equal(strlen(runs), strlen(steps));
	for (size_t i = 0; runs[i]; i++) {
		struct run_record r = make(runs[i], (int64_t)i);

		got[i] = letters[incident_take(&s, &rule, &r)];
		got[i + 1] = '\0';
	}
	if (strcmp(got, steps) != 0)
		fail_msg("%d of %d, %s: %s, wanted %s", need, of, runs, got, steps);
}

static void test_steps(void **state)
{
	(void)state;
	assert_steps(2, 3, "hhfhhhh", ".......");  /* one bad run is none */
	assert_steps(2, 3, "hffff", "..o..");
	assert_steps(2, 3, "hfhf", "...o");
	assert_steps(2, 3, "hffhhh", "..o..z");
	assert_steps(2, 3, "ffhfhhh", ".o....z");               /* a flap is one incident */
	assert_steps(2, 3, "ffhfhfhhhhhh", ".o.........z");     /* the third spell: twice as many healthy runs */
	assert_steps(2, 3, "ffhfhfhfhhfhhhhhhhhhhhh", ".o....................z"); /* the fifth: four times */
	/* Slowly, too: each spell is over by the rule, and from the fifth on they are one incident. */
	assert_steps(2, 3, "ffhhhhhhhffhhhhhhhffhhhhhhhffhhhhhhhffhhhhhhhffhhhhhhhffhhhhhhh",
	             ".o..z.....o..z.....o.....z..o.....z..o.........................");
	assert_steps(2, 3, "ffhhhffhhh", ".o..z.o..z");
	assert_steps(1, 1, "hfhf", ".ozo");
	assert_steps(3, 3, "ffhfff", ".....o");
	assert_steps(2, 3, "fwwwhh", "......"); /* unsure verdicts open nothing, */
	assert_steps(2, 3, "ffuxiu", ".o...."); /* and nothing closes without healthy runs */
	assert_steps(2, 3, "ffhuhxhi", ".o....z.");
	assert_steps(2, 3, "ffggg", ".o.c.");
	assert_steps(2, 3, "ffgfgf", ".o...."); /* two names in turn are not a change */
	assert_steps(16, 16, "ffffffffffffffff", "...............o");
}

/* A circuit that rested long begins anew. */
static void test_calm(void **state)
{
	const struct incident_rule rule = {1, 1, 0.9};
	struct incident_state s = {.link = LINK_NULL};
	static const char runs[] = "fhfhfhhhhhhhhhf";
	static const char flapping[] = "....11111111...";

	(void)state;
	for (size_t i = 0; runs[i]; i++) {
		struct run_record r = make(runs[i], (int64_t)i);

		incident_take(&s, &rule, &r);
		if (incident_is_flapping(&s) != (flapping[i] == '1'))
			fail_msg("after run %zu: %d spells, %d healthy runs", i, s.spells, s.calm);
	}
	assert_int_equal(s.spells, 1);
}

static void test_opened_at(void **state)
{
	const struct incident_rule rule = {2, 3, 0.9};
	struct incident_state s = {.link = LINK_NULL};
	static const char runs[] = "hhfhf";

	(void)state;
	for (size_t i = 0; runs[i]; i++) {
		struct run_record r = make(runs[i], (int64_t)i);

		incident_take(&s, &rule, &r);
	}
	assert_true(s.open);
	assert_int_equal(s.opened_at.ns, 2 * 60 * NS_PER_SEC);
	assert_string_equal(s.fault, "wan.circuit-down");
}

static void put_hop(struct run_record *r, uint8_t link, const char *address)
{
	struct record_hop *h = &r->hops[r->hop_count++];

	*h = (struct record_hop){.link = link, .family = 4, .ttl = (uint8_t)r->hop_count};
	snprintf(h->address, sizeof h->address, "%s", address);
}

static void test_paths(void **state)
{
	struct run_record r = make('h', 0);
	char text[64];

	(void)state;
	put_hop(&r, LINK_PRIMARY, "10.0.0.1");
	put_hop(&r, LINK_PRIMARY, "");
	put_hop(&r, LINK_SECONDARY, "");
	put_hop(&r, LINK_PRIMARY, "10.0.0.3");
	record_path(&r, LINK_PRIMARY, text, sizeof text);
	assert_string_equal(text, "10.0.0.1 * 10.0.0.3");
	record_path(&r, LINK_SECONDARY, text, sizeof text);
	assert_string_equal(text, "");
	record_path(&r, LINK_PRIMARY, text, 12);
	assert_string_equal(text, "10.0.0.1 *");
	assert_false(record_path_differs("a * c", "a b c"));
	assert_false(record_path_differs("a b", "a b c"));
	assert_true(record_path_differs("a b c", "a x c"));
	assert_true(record_path_differs("a b", "a bb"));
	assert_false(record_path_differs("", "a"));
	assert_false(record_path_differs("a b,c d", "a c,e d"));
	assert_false(record_path_differs("a b,c d", "a b d")); /* one of an edge's addresses, or both */
	assert_true(record_path_differs("a b,c d", "a bb,e d"));
	assert_true(record_path_differs("a b,c", "a x"));
}

/* A hop is all its addresses, in one order; where targets answer the way that all flows take has ended. */
static void test_path_of_many(void **state)
{
	struct run_record a = make('h', 0), b = make('h', 1);
	char was[128], is[128];

	(void)state;
	put_hop(&a, LINK_PRIMARY, "10.0.0.1");
	put_hop(&a, LINK_PRIMARY, "172.16.3.1");
	ip_addr_parse("10.10.11.2", &a.hops[1].others[0]);
	ip_addr_parse("10.10.11.130", &a.hops[1].others[1]);
	put_hop(&a, LINK_PRIMARY, "10.101.7.7");
	a.hops[2].target = true;
	put_hop(&b, LINK_PRIMARY, "10.0.0.1");
	put_hop(&b, LINK_PRIMARY, "10.10.11.2");
	ip_addr_parse("172.16.3.1", &b.hops[1].others[0]);
	put_hop(&b, LINK_PRIMARY, "10.101.7.8");
	b.hops[2].target = true;
	record_path(&a, LINK_PRIMARY, was, sizeof was);
	record_path(&b, LINK_PRIMARY, is, sizeof is);
	assert_string_equal(was, "10.0.0.1 10.10.11.2,10.10.11.130,172.16.3.1");
	assert_string_equal(is, "10.0.0.1 10.10.11.2,172.16.3.1");
	assert_false(record_wants_deep(&a, &b));
}

static void test_wants_deep(void **state)
{
	struct run_record healthy = make('h', 0), fault = make('f', 1), other = make('g', 2), moved = make('h', 3);

	(void)state;
	assert_false(record_wants_deep(NULL, &healthy));
	assert_true(record_wants_deep(NULL, &fault));
	assert_true(record_wants_deep(&healthy, &fault));
	assert_false(record_wants_deep(&fault, &fault));
	assert_true(record_wants_deep(&fault, &other));
	assert_true(record_wants_deep(&fault, &healthy));
	put_hop(&healthy, LINK_PRIMARY, "10.0.0.1");
	put_hop(&moved, LINK_PRIMARY, "10.0.0.2");
	assert_true(record_wants_deep(&healthy, &moved));
	moved.deep = true;
	assert_false(record_wants_deep(&healthy, &moved));
	other.outcome = RECORD_FAILED;
	assert_false(record_wants_deep(&healthy, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_calm),
		cmocka_unit_test(test_opened_at),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_path_of_many),
		cmocka_unit_test(test_wants_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
