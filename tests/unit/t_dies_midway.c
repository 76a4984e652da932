/* SPDX-License-Identifier: BSD-2-Clause */
/* What dies in the middle of a run is dead, and loses no share. */
#include "tests/unit/diagnosis_net.h"

/* Something dies just before "healthy" would have been said: its last answers are not missed yet, so that the run goes on; and
 * then it is dead, and loses no share. What Azure said of it before tells nothing. */
static void what_dies_at_the_end(void **state)
{
	static const struct { uint8_t from, link; enum status status; const char *fault, *first; } rows[] = {
		{1, LINK_BOTH, STATUS_FAULT, "corp.path-down", ""}, {3, LINK_SECONDARY, STATUS_UNDETERMINED, "", "wan.circuit-down"},
		{4, LINK_BOTH, STATUS_FAULT, "azure.target-down", ""}};
	static const int64_t before_ms[] = {1000, 300, 150, 60};
	struct net n;
	struct run_result r;

	(void)state;
	net_init(&n);
	int64_t healthy_ms = whole_run(&n, &r);
	assert_int_equal(r.circuits[0].faults[0].status, STATUS_HEALTHY);
	run_result_free(&r);
	net_free(&n);
	for (size_t i = 0; i < COUNT(rows) * COUNT(before_ms); i++) {
		size_t row = i / COUNT(before_ms);
		net_init(&n);
		n.dies_ms = healthy_ms - before_ms[i % COUNT(before_ms)];
		n.dies_from = rows[row].from;
		n.dies_link = rows[row].link;
		int64_t ms = whole_run(&n, &r);
		const struct verdict *v = &r.circuits[0].faults[0];
		if (v->status != rows[row].status || strcmp(v->fault, rows[row].fault) != 0 || ms - n.dies_ms > 9000)
			fail_msg("row %zu, %lld ms: status %d, %s, after %lld ms: %s", row, (long long)n.dies_ms, v->status, v->fault, (long long)ms, v->summary);
		assert_true(v->status != STATUS_FAULT || v->confidence > .97); /* who answered before does not ignore probes */
		if (rows[row].first[0])
			assert_string_equal(v->alternatives[0].fault, rows[row].first);
		run_result_free(&r);
		net_free(&n);
	}
}

/* A death has to be as old as a fault that was there from the start, and no older: then it is said. */
static void a_death_is_said_in_time(void **state)
{
	static const struct { uint8_t from, link; const char *fault; } rows[] = {
		{1, LINK_BOTH, "corp.path-down"}, {2, LINK_BOTH, "corp.path-down"}, {4, LINK_BOTH, "azure.target-down"}};
	enum { DIES_MS = 3000, HARD_MS = 1700, SAID_MS = 4000 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct net n;
		struct run_result r;
		net_init(&n);
		n.dies_ms = DIES_MS;
		n.dies_from = rows[i].from;
		n.dies_link = rows[i].link;
		int64_t took_ms = whole_run(&n, &r) - DIES_MS;
		const struct verdict *v = &r.circuits[0].faults[0];
		if (strcmp(v->fault, rows[i].fault) != 0 || took_ms < HARD_MS || took_ms > SAID_MS)
			fail_msg("row %zu: %s, %lld ms after the death: %s", i, v->fault, (long long)took_ms, v->summary);
		run_result_free(&r);
		net_free(&n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_dies_at_the_end), cmocka_unit_test(a_death_is_said_in_time)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
