/* SPDX-License-Identifier: BSD-2-Clause */
/* Statistics against values computed elsewhere with 30 digits, against closed forms,
 * and against plain sums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/path/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))

static void near(double got, double want, double within, const char *what)
{
	if (!(fabs(got - want) <= within))
		fail_msg("%s: %.12g, not %.12g", what, got, want);
}

static void beta_of_known_values(void **state)
{
	static const struct { double a, b, x, want; } rows[] = {
	    {2, 3, .4, .5248},
	    {.5, .5, .25, 1.0 / 3},
	    {10, 1, .9, .3486784401},
	    {3.5, 7.25, .2, 0.19284161922442},
	    {200, 3, 0.97, 0.0567345369407941},
	    {1, 1000, 0.001, 0.632304575229036},
	    {500, 500, 0.48, 0.102917527306996},
	    {4, 5, 0, 0}, {4, 5, -1, 0}, {4, 5, 1, 1}, {4, 5, 2, 1}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		near(stats_beta_inc(rows[i].a, rows[i].b, rows[i].x), rows[i].want, 1e-11, "beta");
}

/* I_x(a, n-a+1) is the probability of at least a of n. */
static void beta_is_a_binomial_tail(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 25; n++)
		for (uint32_t a = 1; a <= n; a++)
			for (int i = 1; i < 20; i++) {
				double x = i / 20.0, tail = 0;
				for (uint32_t k = a; k <= n; k++)
					tail += exp(stats_log_binomial(k, n, x));
				near(stats_beta_inc(a, n - a + 1, x), tail, 1e-11, "tail");
				near(stats_beta_inc(a, n - a + 1, x) + stats_beta_inc(n - a + 1, a, 1 - x), 1, 1e-12, "symmetry");
			}
}

static void quantiles_invert_beta(void **state)
{
	static const double shapes[] = {.5, 1, 3, 40, 900};

	(void)state;
	near(stats_beta_quantile(1, 10, .95), .2588655509, 1e-9, "no loss in 10: less than 26 %");
	near(stats_beta_quantile(1, 100, .95), .0295130496, 1e-9, "no loss in 100: less than 3 %");
	near(stats_beta_quantile(.5, .5, .3), .2061073739, 1e-9, "arcsine");
	for (size_t a = 0; a < COUNT(shapes); a++)
		for (size_t b = 0; b < COUNT(shapes); b++)
			for (int p = 1; p < 10; p++) {
				double x = stats_beta_quantile(shapes[a], shapes[b], p / 10.0);
				near(stats_beta_inc(shapes[a], shapes[b], x), p / 10.0, 1e-7, "inverse");
			}
}

static void binomials(void **state)
{
	(void)state;
	near(exp(stats_log_choose(52, 5)), 2598960, 1e-4, "choose");
	near(stats_log_choose(7, 0), 0, 1e-12, "choose none");
	near(stats_log_choose(7, 7), 0, 1e-12, "choose all");
	assert_true(stats_log_choose(3, 4) == -INFINITY);
	near(exp(stats_log_binomial(2, 4, .25)), 6 * .0625 * .5625, 1e-12, "binomial");
	/* Certainties are exact, not a logarithm of nothing. */
	static const struct { uint32_t s, n; double q; bool possible; } rows[] = {
	    {0, 9, 0, true}, {1, 9, 0, false}, {0, 9, -.1, true}, {9, 9, 1, true}, {8, 9, 1, false}, {9, 9, 1.5, true},
	    {0, 0, 0, true}, {0, 0, 1, true}};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(stats_log_binomial(rows[i].s, rows[i].n, rows[i].q) == (rows[i].possible ? 0 : -INFINITY));
	assert_true(stats_log_binomial(5, 4, .5) == -INFINITY);
	for (uint32_t n = 0; n < 40; n++) /* to the bit: a verdict is the same whichever is asked */
		for (uint32_t k = 0; k <= n + 1; k++)
			for (int q = 0; q <= 8; q++)
				assert_true(stats_log_binomial_of(stats_log_choose(n, k), k, n, q / 8.0) == stats_log_binomial(k, n, q / 8.0));
	for (uint32_t n = 0; n <= 400; n += 40) {
		double sum = 0;
		for (uint32_t s = 0; s <= n; s++)
			sum += exp(stats_log_binomial(s, n, .37));
		near(sum, 1, 1e-10, "adds up");
	}
}

/* (1/q) * integral from 0 to q of Bin(s; n, g), by Simpson's rule. */
static double slab_by_sums(uint32_t s, uint32_t n, double q)
{
	const int steps = 4000;
	double h = q / steps, sum = 0;

	for (int i = 0; i <= steps; i++)
		sum += exp(stats_log_binomial(s, n, i * h)) * (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2);
	return sum * h / 3 / q;
}

static void the_slab_is_its_integral(void **state)
{
	static const uint32_t trials[] = {1, 2, 10, 60};
	static const double tops[] = {.05, .3, .9, 1};

	(void)state;
	for (size_t t = 0; t < COUNT(trials); t++)
		for (uint32_t s = 0; s <= trials[t]; s += trials[t] > 10 ? 6 : 1)
			for (size_t q = 0; q < COUNT(tops); q++) {
				double want = slab_by_sums(s, trials[t], tops[q]);
				if (want > 1e-12)
					near(exp(stats_log_slab(s, trials[t], tops[q])) / want, 1, 1e-6, "slab");
			}
	near(stats_log_slab(3, 10, 1), -log(11), 1e-12, "every count alike");
	assert_true(stats_log_slab(0, 10, 0) == 0);
	assert_true(stats_log_slab(1, 10, 0) == -INFINITY);
	assert_true(stats_log_slab(4000, 4000, .01) == -INFINITY); /* too small for a number */
}

static void sums_of_logs(void **state)
{
	(void)state;
	near(stats_log_add(log(.2), log(.5)), log(.7), 1e-14, "add");
	near(stats_log_add(-1000, -1000), -1000 + log(2), 1e-12, "far below a double");
	near(stats_log_add(-3, -5000), -3, 1e-14, "negligible");
	assert_true(stats_log_add(-INFINITY, -7) == -7);
	assert_true(stats_log_add(-7, -INFINITY) == -7);
	assert_true(stats_log_add(-INFINITY, -INFINITY) == -INFINITY);
}

static void clopper_pearson(void **state)
{
	static const struct { uint32_t bad, n; double low, high; } rows[] = {
	    {0, 1, 0, 0.975}, {0, 10, 0, 0.3084971078}, {0, 100, 0, 0.03621669265},
	    {3, 100, 0.006229971538, 0.08517605297}, {50, 100, 0.3983211295, 0.6016788705}, {100, 100, 0.9637833074, 1},
	    {1, 3, 0.00840375866, 0.9057006759}, {9, 10, 0.554983883, 0.9974714215}, {17, 400, 0.0249496192, 0.06717611444},
	    {1, 1000, 2.531748748e-05, 0.00555892428}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ratio_bound r = stats_ratio(rows[i].bad, rows[i].n);
		assert_true(r.known);
		near(r.ratio, (double)rows[i].bad / rows[i].n, 1e-15, "ratio");
		near(r.low, rows[i].low, 1e-9, "low");
		near(r.high, rows[i].high, 1e-9, "high");
	}
	struct ratio_bound none = stats_ratio(0, 0);
	assert_false(none.known);
	assert_true(none.low == 0 && none.high == 1);
}

static void nearest_ranks(void **state)
{
	static const int64_t ten[] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
	static const struct { size_t n; double q; int64_t want; } rows[] = {
	    {10, 0, 10}, {10, .1, 10}, {10, .11, 20}, {10, .5, 50}, {10, .51, 60}, {10, .95, 100}, {10, 1, 100}, {10, 1.5, 100},
	    {9, .5, 50}, {1, .5, 10}, {1, 0, 10}, {0, .5, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (stats_quantile(ten, rows[i].n, rows[i].q) != rows[i].want)
			fail_msg("%.2f of %zu is %lld", rows[i].q, rows[i].n, (long long)stats_quantile(ten, rows[i].n, rows[i].q));
}

static void comparing(void **state)
{
	int64_t low = INT64_MIN, high = INT64_MAX, also = INT64_MAX;

	(void)state;
	assert_true(stats_compare_i64(&low, &high) < 0); /* a difference would overflow */
	assert_true(stats_compare_i64(&high, &low) > 0);
	assert_int_equal(stats_compare_i64(&high, &also), 0);
}

static void round_trips(void **state)
{
	int64_t values[] = {50, 10, 40, 20, 30};
	struct rtt_summary r = stats_rtt(values, 5);

	(void)state;
	assert_true(r.known);
	assert_int_equal(r.min_ns, 10);
	assert_int_equal(r.median_ns, 30);
	assert_int_equal(r.p95_ns, 50);
	assert_int_equal(r.max_ns, 50);
	/* Steps in time were 40, 30, 20, 10: not those of the sorted values. */
	assert_int_equal(r.jitter_ns, 20);
	for (size_t i = 1; i < 5; i++)
		assert_true(values[i - 1] < values[i]);
	int64_t one[] = {7};
	r = stats_rtt(one, 1);
	assert_true(r.known && r.min_ns == 7 && r.p95_ns == 7 && r.jitter_ns == 0);
	r = stats_rtt(one, 0);
	assert_false(r.known);
	assert_int_equal(r.max_ns, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(beta_of_known_values),
	    cmocka_unit_test(beta_is_a_binomial_tail),
	    cmocka_unit_test(quantiles_invert_beta),
	    cmocka_unit_test(binomials),
	    cmocka_unit_test(the_slab_is_its_integral),
	    cmocka_unit_test(sums_of_logs),
	    cmocka_unit_test(clopper_pearson),
	    cmocka_unit_test(nearest_ranks),
	    cmocka_unit_test(comparing),
	    cmocka_unit_test(round_trips),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
