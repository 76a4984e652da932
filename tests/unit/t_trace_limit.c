/* SPDX-License-Identifier: BSD-2-Clause */
/* Token buckets are found again from what they let through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analysis/trace/trace_limit.h"

#include <math.h>
#include <string.h>

struct bucket { double tokens, size, rate; int64_t at_ms; };

static bool take(struct bucket *b, int64_t ms)
{
	b->tokens = fmin(b->size, b->tokens + (double)(ms - b->at_ms) / 1e3 * b->rate);
	b->at_ms = ms;
	if (b->tokens < 1)
		return false;
	b->tokens -= 1;
	return true;
}

/* Asked every step_ms; silence is told 250 ms late, so behind answers of later probes. */
static void ask(struct trace_limit *l, struct bucket *b, int count, int64_t step_ms)
{
	bool answered[512];

	for (int i = 0; i < count + 250; i++) {
		int64_t now = i * step_ms;
		struct mono_ns at = {now * NS_PER_MS};
		if (i < count) {
			trace_limit_asked(l, at);
			if ((answered[i] = take(b, now)))
				trace_limit_answered(l, at);
		}
		int late = i - (int)(250 / step_ms);
		if (late >= 0 && late < count && !answered[late])
			trace_limit_silent(l, (struct mono_ns){late * step_ms * NS_PER_MS});
	}
}

static void buckets_are_found(void **state)
{
	static const struct { double rate, burst; int64_t step_ms; } rows[] = {
		{10, 6, 20}, {1, 6, 100}, {20, 1, 10}, {5, 10, 50}, {50, 5, 10}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bucket b = {rows[i].burst, rows[i].burst, rows[i].rate, 0};
		struct trace_limit l;
		memset(&l, 0, sizeof l);
		ask(&l, &b, 60, rows[i].step_ms);
		struct trace_limit_fit f = trace_limit_fit(&l);
		assert_true(f.known);
		assert_true(f.rate > 0.6 * rows[i].rate && f.rate < 1.4 * rows[i].rate);
		/* What flows in while the burst lasts lengthens it. */
		assert_in_range(f.burst, rows[i].burst, 2 * rows[i].burst + 1);
	}
}

static void no_limit_is_found_where_none_is(void **state)
{
	struct trace_limit l;
	struct bucket wide = {1e6, 1e6, 1e6, 0}, shut = {0, 1, 0, 0};

	(void)state;
	memset(&l, 0, sizeof l);
	ask(&l, &wide, 200, 10);
	assert_false(trace_limit_fit(&l).known);
	assert_true(l.asked == 200 && l.answered == 200 && l.silent == 0);
	memset(&l, 0, sizeof l);
	ask(&l, &shut, 200, 10);
	assert_false(trace_limit_fit(&l).known);
}

/* What is older than the ring is forgotten; a late word on it changes nothing. */
static void the_ring_turns(void **state)
{
	struct trace_limit l;

	(void)state;
	memset(&l, 0, sizeof l);
	for (int i = 0; i < 200; i++) {
		trace_limit_asked(&l, (struct mono_ns){i * 10 * NS_PER_MS});
		trace_limit_answered(&l, (struct mono_ns){i * 10 * NS_PER_MS});
	}
	trace_limit_silent(&l, (struct mono_ns){0});
	assert_int_equal(l.silent, 1);
	assert_false(trace_limit_fit(&l).known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_are_found), cmocka_unit_test(no_limit_is_found_where_none_is), cmocka_unit_test(the_ring_turns)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
