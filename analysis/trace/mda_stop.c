/* SPDX-License-Identifier: BSD-2-Clause */
/* How many flows are enough. */
#include "analysis/trace/mda.h"

#include "analysis/path/stats.h"

#include <math.h>

/* Inclusion and exclusion over the sets that were missed:
 *
 *   sum over i = 1..k of (-1)^(i+1) C(k, i) ((k - i) / k)^n
 *
 * Where the result is small the terms fall fast, and nothing is lost to cancellation;
 * where it is not, the sum is cut to 1. */
double mda_miss(uint16_t k, uint16_t n)
{
	double sum = 0;

	if (k < 2)
		return 0;
	/* Fewer draws than there are. */
	if (n < k)
		return 1;
	for (uint16_t i = 1; i < k; i++) {
		double term = exp(stats_log_choose(k, i) + n * log1p(-(double)i / k));
		sum += i % 2 == 1 ? term : -term;
	}
	return fmax(0, fmin(1, sum));
}

uint16_t mda_stop(uint16_t k, double eps, uint16_t most)
{
	uint16_t low = k, high = most;

	/* The chance falls with n. */
	while (low < high) {
		uint16_t middle = (uint16_t)(low + (high - low) / 2);
		if (mda_miss((uint16_t)(k + 1), middle) <= eps)
			high = middle;
		else
			low = (uint16_t)(middle + 1);
	}
	return low < most ? low : most;
}
