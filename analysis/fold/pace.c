/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/fold/pace.h"

#include <math.h>

double pace_burst(double rate)
{
	double burst = rate / 3;
	return burst < 1 ? 1 : burst;
}

bool pace_allows(struct pace *p, double rate, struct wall_ns now)
{
	double burst = pace_burst(rate);
	if (!isfinite(rate))
		return true;
	if (p->at_ns > 0 && now.ns > p->at_ns)
		p->tokens += (double)(now.ns - p->at_ns) / (double)NS_PER_SEC * rate;
	if (p->tokens > burst)
		p->tokens = burst;
	p->at_ns = now.ns;
	return p->tokens >= 1;
}
