/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/channel/pacer.h"

#include <math.h>

struct pacer pacer_make(double rate, struct mono_ns now)
{
	double size = fmax(1, rate * PACER_BURST_S);

	/* A full bucket and what flows in during a second make up the rate together. */
	return (struct pacer){.refill = isinf(rate) ? rate : rate - (size - 1), .size = size, .tokens = 1, .at = now};
}

size_t pacer_ready(struct pacer *p, struct mono_ns now, size_t most)
{
	double passed_s = (double)mono_since(now, p->at) / (double)NS_PER_SEC;

	if (isinf(p->refill))
		return most;
	if (passed_s > 0) {
		p->tokens = fmin(p->size, p->tokens + passed_s * p->refill);
		p->at = now;
	}
	return p->tokens < (double)most ? (size_t)p->tokens : most;
}

void pacer_take(struct pacer *p, size_t packets)
{
	if (!isinf(p->refill))
		p->tokens -= (double)packets;
}
