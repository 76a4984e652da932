/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/trace/size_search.h"

#include "analysis/path/stats.h"

#include <math.h>

#define LOSS_LEAST 0.02

/* Share of small probes lost at a place, as it is assumed of large ones: never nothing. */
static double size_loss(uint32_t small_sent, uint32_t small_answered)
{
	double loss = 1 - ((double)small_answered + 0.5) / ((double)small_sent + 1);

	return loss < LOSS_LEAST ? LOSS_LEAST : loss;
}

bool size_lost_beyond(uint32_t small_sent, uint32_t small_answered, uint32_t lost, double by_chance)
{
	return small_answered > 0 && lost * log(size_loss(small_sent, small_answered)) < log(by_chance);
}

uint32_t size_tries(uint32_t small_sent, uint32_t small_answered, double by_chance)
{
	return (uint32_t)(log(by_chance) / log(size_loss(small_sent, small_answered))) + 1;
}

size_t size_split(uint16_t carried, uint16_t refused, bool v6, uint16_t out[SIZE_STEPS])
{
	/* The least that must pass, and tunnels. */
	static const uint16_t usual[SIZE_STEPS] = {SIZE_LEAST_V4, SIZE_LEAST_V6, 1400}, beyond[SIZE_STEPS] = {SIZE_LEAST_V6, 1400, 1500};
	unsigned gap = (unsigned)(refused - carried), parts = gap > SIZE_STEPS ? SIZE_STEPS + 1 : gap;
	size_t count = 0;

	if (carried == 0) {
		const uint16_t *list = refused > 1501 ? beyond : usual;
		for (size_t i = v6 && list == usual ? 1 : 0; i < SIZE_STEPS; i++)
			if (list[i] < refused)
				out[count++] = list[i];
		return count;
	}
	for (unsigned i = 1; refused > carried && i < parts; i++)
		out[count++] = (uint16_t)(carried + gap * i / parts);
	return count;
}

double size_loss_chance(uint32_t small_sent, uint32_t small_answered, uint32_t large_sent, uint32_t large_answered)
{
	uint32_t answered = small_answered + large_answered;
	uint32_t least = answered > small_sent ? answered - small_sent : 0;
	double all = stats_log_choose(small_sent + large_sent, answered), sum = 0;

	if (small_sent == 0 || large_sent == 0)
		return 1;
	for (uint32_t k = least; k <= large_answered; k++)
		sum += exp(stats_log_choose(large_sent, k) + stats_log_choose(small_sent, answered - k) - all);
	return sum < 1 ? sum : 1;
}
