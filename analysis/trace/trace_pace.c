/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/trace/trace_pace.h"

#include <math.h>
#include <string.h>

#define BURST_S 0.25
#define RAISE 2.0 /* answers a second for each answer: doubles in less than a second */

struct trace_pace trace_pace_make(double hop_rate, struct mono_ns now)
{
	struct trace_pace p = {.rate = hop_rate > 0 ? hop_rate : TRACE_PACE_FIRST, .learned = !(hop_rate > 0), .at = now};

	p.tokens = fmax(1, p.rate * BURST_S);
	return p;
}

static double rate_here(const struct trace_pace *p)
{
	return p->rate * (p->width > 1 ? p->width : 1);
}

/* A quarter of a second's worth may leave at once; that and what flows in during a second
 * make up the rate together. Of a rate below two, one packet is the least. */
bool trace_pace_ready(struct trace_pace *p, struct mono_ns now)
{
	if (isinf(p->rate))
		return true;
	double rate = rate_here(p);
	double size = fmax(1, rate * BURST_S);
	double refill = rate > 2 ? rate - size : rate;
	double passed_s = (double)mono_since(now, p->at) / (double)NS_PER_SEC;

	if (passed_s > 0) {
		p->tokens = fmin(size, p->tokens + passed_s * refill);
		p->at = now;
	}
	return p->tokens >= 1;
}

void trace_pace_take(struct trace_pace *p)
{
	if (!isinf(p->rate))
		p->tokens -= 1;
}

static void widen(struct trace_pace *p, uint32_t address)
{
	for (uint8_t i = 0; i < p->width; i++)
		if (p->addresses[i] == address)
			return;
	if (p->width < TRACE_PACE_WIDTH)
		p->addresses[p->width++] = address;
}

void trace_pace_answer(struct trace_pace *p, uint32_t address)
{
	widen(p, address);
	p->answered = true;
	if (p->learned)
		p->rate = fmin(p->ceiling > 0 ? p->ceiling : TRACE_PACE_HIGHEST, p->rate + RAISE);
}

void trace_pace_limit(struct trace_pace *p, double rate)
{
	if (!p->learned)
		return;
	p->ceiling = fmax(TRACE_PACE_LOWEST, p->ceiling > 0 ? fmin(p->ceiling, rate) : rate);
	p->rate = fmin(p->rate, p->ceiling);
}

void trace_pace_silence(struct trace_pace *p, struct mono_ns now)
{
	if (!p->learned || !p->answered || (p->slowed && mono_since(now, p->slowed_at) < NS_PER_SEC))
		return;
	p->rate = fmax(TRACE_PACE_LOWEST, p->rate / 2);
	p->slowed = true;
	p->slowed_at = now;
}
