/* SPDX-License-Identifier: BSD-2-Clause */
/* Binomial, beta and order statistics. */
#include "analysis/path/stats.h"

#include <math.h>
#include <stdlib.h>

#define BETA_ITERATIONS 300
#define BETA_EPSILON 1e-12
#define BISECTIONS 40

double stats_log_choose(uint32_t n, uint32_t k)
{
	if (k > n)
		return -INFINITY;
	return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

double stats_log_binomial_of(double ways, uint32_t s, uint32_t n, double q)
{
	if (s > n)
		return -INFINITY;
	if (q <= 0)
		return s == 0 ? 0 : -INFINITY;
	if (q >= 1)
		return s == n ? 0 : -INFINITY;
	return ways + s * log(q) + (n - s) * log1p(-q);
}

double stats_log_binomial(uint32_t s, uint32_t n, double q)
{
	return stats_log_binomial_of(stats_log_choose(n, s), s, n, q);
}

static double clamp_tiny(double v)
{
	return fabs(v) < 1e-300 ? 1e-300 : v;
}

/* The continued fraction of I_x(a, b) (Abramowitz and Stegun 26.5.8), modified Lentz. */
static double beta_fraction(double a, double b, double x)
{
	double c = 1;
	double d = 1 / clamp_tiny(1 - (a + b) * x / (a + 1));
	double h = d;
	for (int m = 1; m <= BETA_ITERATIONS; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		d = 1 / clamp_tiny(1 + even * d);
		c = clamp_tiny(1 + even / c);
		h *= d * c;
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		d = 1 / clamp_tiny(1 + odd * d);
		c = clamp_tiny(1 + odd / c);
		h *= d * c;
		if (fabs(d * c - 1) < BETA_EPSILON)
			break;
	}
	return h;
}

double stats_beta_inc(double a, double b, double x)
{
	if (x <= 0)
		return 0;
	if (x >= 1)
		return 1;
	double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
	/* The fraction converges fast below the mean; above it, use the symmetry. */
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double stats_beta_quantile(double a, double b, double p)
{
	double low = 0, high = 1;
	for (int i = 0; i < BISECTIONS; i++) {
		double middle = (low + high) / 2;
		if (stats_beta_inc(a, b, middle) < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

double stats_log_slab(uint32_t s, uint32_t n, double q)
{
	if (q <= 0)
		return s == 0 ? 0 : -INFINITY;
	double share = stats_beta_inc((double)s + 1, (double)(n - s) + 1, q);
	if (share <= 0)
		return -INFINITY;
	return log(share) - log(((double)n + 1) * q);
}

double stats_log_add(double a, double b)
{
	if (a < b) {
		double swap = a;
		a = b;
		b = swap;
	}
	if (b == -INFINITY)
		return a;
	return a + log1p(exp(b - a));
}

struct ratio_bound stats_ratio(uint32_t bad, uint32_t n)
{
	struct ratio_bound r = {.ratio = 0, .low = 0, .high = 1, .known = n > 0};
	if (n == 0)
		return r;
	r.ratio = (double)bad / n;
	r.low = bad == 0 ? 0 : stats_beta_quantile(bad, (double)(n - bad) + 1, 0.025);
	r.high = bad == n ? 1 : stats_beta_quantile((double)bad + 1, (double)(n - bad), 0.975);
	return r;
}

int stats_compare_i64(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

int64_t stats_quantile(const int64_t *sorted, size_t count, double q)
{
	if (count == 0)
		return 0;
	size_t rank = (size_t)ceil(q * (double)count);
	if (rank > 0)
		rank--;
	return sorted[rank < count ? rank : count - 1];
}

/* Median absolute step between neighbours in time: the spread without the level. */
static int64_t median_step(const int64_t *values, size_t count)
{
	if (count < 2)
		return 0;
	int64_t *steps = malloc((count - 1) * sizeof *steps);
	if (!steps)
		return 0;
	for (size_t i = 1; i < count; i++) {
		int64_t step; /* stamps of a file may be any */
		bool fits = !__builtin_sub_overflow(values[i], values[i - 1], &step) && step != INT64_MIN;

		steps[i - 1] = fits ? llabs(step) : INT64_MAX;
	}
	qsort(steps, count - 1, sizeof *steps, stats_compare_i64);
	int64_t median = stats_quantile(steps, count - 1, 0.5);
	free(steps);
	return median;
}

struct rtt_summary stats_rtt(int64_t *values, size_t count)
{
	struct rtt_summary r = {.known = count > 0};
	if (count == 0)
		return r;
	if (count == 1) { /* of many destinations most hops are asked once */
		r.min_ns = r.median_ns = r.p95_ns = r.max_ns = values[0];
		return r;
	}
	r.jitter_ns = median_step(values, count);
	qsort(values, count, sizeof *values, stats_compare_i64);
	r.min_ns = values[0];
	r.median_ns = stats_quantile(values, count, 0.5);
	r.p95_ns = stats_quantile(values, count, 0.95);
	r.max_ns = values[count - 1];
	return r;
}
