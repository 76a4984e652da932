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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_dies_at_the_end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
