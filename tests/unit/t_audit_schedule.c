/* SPDX-License-Identifier: BSD-2-Clause */
/* When circuits are checked: phases, missed turns, steps of the clock. */
#include "analysis/audit/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define EVERY (300 * NS_PER_SEC)

static const struct wall_ns wall0 = {INT64_C(1795478400) * NS_PER_SEC};
static const struct mono_ns mono0 = {INT64_C(5000) * NS_PER_SEC};

static void test_phase_is_stable_and_spread(void **state)
{
	const struct timetable t = {.every_ns = EVERY};
	int in_tenth[10] = {0};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char name[32];
		struct slot a, b;

		snprintf(name, sizeof name, "circuit-%d", i);
		schedule_begin(&a, &t, name, wall0, mono0);
		/* Started again 1000.5 s later, with another monotonic clock: the same instants. */
		schedule_begin(&b, &t, name, wall_add(wall0, 1000500 * NS_PER_MS), (struct mono_ns){7});
		assert_in_range(a.due.ns - mono0.ns, 1, EVERY);
		assert_int_equal((a.due.ns - mono0.ns - (b.due.ns - 7 + 1000500 * NS_PER_MS)) % EVERY, 0);
		in_tenth[(a.due.ns - mono0.ns - 1) * 10 / EVERY]++;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(in_tenth[i], 60, 140);
}

static void test_no_overlap_and_no_catching_up(void **state)
{
	const struct timetable t = {.every_ns = EVERY};
	struct slot s;
	struct mono_ns first, late;

	(void)state;
	schedule_begin(&s, &t, "a", wall0, mono0);
	first = s.due;
	assert_false(schedule_due(&s, mono_add(first, -1)));
	assert_true(schedule_due(&s, first));
	schedule_started(&s, &t, wall0, first);
	assert_int_equal(mono_since(s.due, first), EVERY);
	/* Its run takes three turns: nothing starts beside it. */
	late = mono_add(first, 3 * EVERY + 5);
	assert_false(schedule_due(&s, late));
	schedule_ended(&s, false);
	assert_true(schedule_due(&s, late));
	schedule_started(&s, &t, wall0, late);
	assert_int_equal(mono_since(s.due, first), 4 * EVERY);
	schedule_ended(&s, false);
	assert_false(schedule_due(&s, mono_add(late, 1)));
}

static void test_deep_comes_at_once_and_keeps_the_turn(void **state)
{
	const struct timetable t = {.every_ns = EVERY};
	struct slot s;
	struct mono_ns first;

	(void)state;
	schedule_begin(&s, &t, "a", wall0, mono0);
	first = s.due;
	schedule_started(&s, &t, wall0, first);
	schedule_ended(&s, true);
	assert_true(schedule_due(&s, mono_add(first, 1)));
	schedule_started(&s, &t, wall0, mono_add(first, 1));
	assert_false(s.deep);
	schedule_ended(&s, false);
	assert_int_equal(mono_since(s.due, first), EVERY);
}

static void test_step_of_the_clock(void **state)
{
	struct timetable every = {.every_ns = EVERY}, cron = {0};
	const char *why;
	struct slot s;
	struct mono_ns due;

	(void)state;
	schedule_begin(&s, &every, "a", wall0, mono0);
	due = s.due;
	schedule_stepped(&s, &every, wall_add(wall0, 7200 * NS_PER_SEC), mono0);
	assert_int_equal(s.due.ns, due.ns);
	assert_true(cron_parse("0 * * * *", &cron.cron, &why));
	/* wall0 is a full hour: the splayed start of this very hour lies ahead. */
	schedule_begin(&s, &cron, "a", wall0, mono0);
	assert_in_range(mono_since(s.due, mono0), 0, 60 * NS_PER_SEC);
	due = s.due;
	schedule_started(&s, &cron, wall_add(wall0, mono_since(due, mono0)), due);
	assert_int_equal(mono_since(s.due, due), 3600 * NS_PER_SEC);
	/* Put back by ten hours and 30 minutes: the next full hour of the new time. */
	schedule_stepped(&s, &cron, wall_add(wall0, -37800 * NS_PER_SEC), mono0);
	assert_in_range(mono_since(s.due, mono0), 1800 * NS_PER_SEC, 1860 * NS_PER_SEC);
	schedule_stepped(&s, &cron, wall_add(wall0, 36000 * NS_PER_SEC + 300 * NS_PER_SEC), mono0);
	assert_in_range(mono_since(s.due, mono0), 3300 * NS_PER_SEC, 3360 * NS_PER_SEC);
}

static void test_short_interval(void **state)
{
	const struct timetable t = {.every_ns = NS_PER_SEC};
	struct slot s;

	(void)state;
	schedule_begin(&s, &t, "a", wall0, mono0);
	assert_in_range(mono_since(s.due, mono0), 1, NS_PER_SEC);
	schedule_begin(&s, &t, "a", (struct wall_ns){-5}, mono0);
	assert_in_range(mono_since(s.due, mono0), 1, NS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phase_is_stable_and_spread),
		cmocka_unit_test(test_no_overlap_and_no_catching_up),
		cmocka_unit_test(test_deep_comes_at_once_and_keeps_the_turn),
		cmocka_unit_test(test_step_of_the_clock),
		cmocka_unit_test(test_short_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
