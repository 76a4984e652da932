/* SPDX-License-Identifier: BSD-2-Clause */
/* The few statistics that the diagnosis needs. All pure, all in natural logs. */
#ifndef ERPROBE_STATS_H
#define ERPROBE_STATS_H

#include "erprobe/result.h"

#include <stddef.h>
#include <stdint.h>

/* ln C(n, k). */
double stats_log_choose(uint32_t n, uint32_t k);
/* ln P(s successes of n) for success probability q; q = 0 and q = 1 are exact. */
double stats_log_binomial(uint32_t s, uint32_t n, double q);
/* The same, for many q: ways is stats_log_choose(n, s), which costs most of it. */
double stats_log_binomial_of(double ways, uint32_t s, uint32_t n, double q);
/* Regularised incomplete beta function I_x(a, b), a, b > 0 (Lentz's continued fraction). */
double stats_beta_inc(double a, double b, double x);
/* Inverse of stats_beta_inc in x, by bisection to 1e-9. */
double stats_beta_quantile(double a, double b, double p);
/* ln of the mean likelihood of s of n when the answer rate is uniform in [0, q]:
 * (1/q) * integral_0^q Bin(s; n, g) dg = I_q(s+1, n-s+1) / ((n+1) q). */
double stats_log_slab(uint32_t s, uint32_t n, double q);
/* ln(e^a + e^b); either may be -INFINITY. */
double stats_log_add(double a, double b);

/* Clopper-Pearson interval of bad/n at 95 %: ratio with a bound that holds. n = 0: unknown. */
struct ratio_bound stats_ratio(uint32_t bad, uint32_t n);

/* Sorts values in place and summarises them. jitter_ns is the median absolute
 * difference of successive values in their original order. */
struct rtt_summary stats_rtt(int64_t *values, size_t count);
/* q-quantile (0..1) of sorted values, nearest rank; 0 when count is 0. */
int64_t stats_quantile(const int64_t *sorted, size_t count, double q);
/* For qsort over int64_t. */
int stats_compare_i64(const void *a, const void *b);

#endif
