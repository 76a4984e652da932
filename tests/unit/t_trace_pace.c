/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast one distance may be asked. */
#include "analysis/trace/trace_pace.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct mono_ns ms(int64_t t)
{
	return (struct mono_ns){t * NS_PER_MS};
}

/* As many as may leave between two moments, looked at each millisecond. */
static unsigned leaving(struct trace_pace *p, int64_t from_ms, int64_t to_ms)
{
	unsigned n = 0;

	for (int64_t t = from_ms; t < to_ms; t++)
		while (n < 100000 && trace_pace_ready(p, ms(t))) {
			trace_pace_take(p);
			n++;
		}
	return n;
}

static void a_fixed_rate_holds(void **state)
{
	static const struct { double rate; unsigned first, later; } rows[] = {
		{1, 1, 1}, {4, 4, 3}, {20, 20, 15}, {1000, 1000, 750}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct trace_pace p = trace_pace_make(rows[i].rate, ms(0));
		unsigned first = leaving(&p, 0, 1000);
		assert_in_range(first, rows[i].later, rows[i].first);
		assert_in_range(leaving(&p, 1000, 2000), rows[i].later - 1, rows[i].later + 1);
		/* Answers do not loosen what was asked for. */
		trace_pace_answer(&p, 1);
		trace_pace_silence(&p, ms(2000));
		assert_true(p.rate == rows[i].rate);
	}
}

static void no_limit_is_none(void **state)
{
	struct trace_pace p = trace_pace_make(INFINITY, ms(0));

	(void)state;
	assert_int_equal(leaving(&p, 0, 1), 100000);
}

static void answers_raise_silence_halves(void **state)
{
	struct trace_pace p = trace_pace_make(0, ms(0));

	(void)state;
	assert_true(p.rate == TRACE_PACE_FIRST);
	/* Of a hop that never answered silence says nothing. */
	trace_pace_silence(&p, ms(10));
	assert_true(p.rate == TRACE_PACE_FIRST);
	for (int i = 0; i < 40; i++)
		trace_pace_answer(&p, 7);
	assert_true(p.rate == 100);
	trace_pace_silence(&p, ms(1000));
	trace_pace_silence(&p, ms(1500));
	assert_true(p.rate == 50);
	trace_pace_silence(&p, ms(2000));
	assert_true(p.rate == 25);
	for (int64_t t = 4000; t < 40000; t += 1000)
		trace_pace_silence(&p, ms(t));
	assert_true(p.rate == TRACE_PACE_LOWEST);
}

static void two_routers_take_twice_as_much(void **state)
{
	struct trace_pace one = trace_pace_make(20, ms(0)), two = one;

	(void)state;
	trace_pace_answer(&one, 1);
	trace_pace_answer(&one, 1);
	trace_pace_answer(&two, 1);
	trace_pace_answer(&two, 2);
	assert_int_equal(one.width, 1);
	assert_int_equal(two.width, 2);
	assert_in_range(leaving(&one, 1000, 2000), 14, 20);
	assert_in_range(leaving(&two, 1000, 2000), 29, 40);
}

/* A fitted limit holds for good, and never loosens what was asked for. */
static void a_fitted_limit_is_kept_below(void **state)
{
	struct trace_pace p = trace_pace_make(0, ms(0)), fixed = trace_pace_make(50, ms(0));

	(void)state;
	trace_pace_limit(&p, 8);
	assert_true(p.rate == 8);
	for (int i = 0; i < 20; i++)
		trace_pace_answer(&p, 1);
	assert_true(p.rate == 8);
	trace_pace_limit(&p, 12);
	assert_true(p.ceiling == 8);
	trace_pace_limit(&p, 0.1);
	assert_true(p.rate == TRACE_PACE_LOWEST);
	trace_pace_limit(&fixed, 8);
	assert_true(fixed.rate == 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fixed_rate_holds),
		cmocka_unit_test(no_limit_is_none), cmocka_unit_test(a_fitted_limit_is_kept_below),
		cmocka_unit_test(answers_raise_silence_halves),
		cmocka_unit_test(two_routers_take_twice_as_much),
	};

	return cmocka_run_group_tests_name("trace_pace", tests, NULL, NULL);
}
