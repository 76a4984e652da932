/* SPDX-License-Identifier: BSD-2-Clause */
/* What target flows' round trips tell, flow by flow: one flow takes one way there and one back, so what it
 * scatters is no difference of ways. */
#include "analysis/observables/jitter.h"

#include "analysis/path/stats.h"

#include <stdlib.h>

#define FLOW_SAMPLES_MIN 5
#define FLOW_SAMPLES_LOW 3    /* for the fastest of them */
#define FLOW_SAMPLES_MANY 20
#define FLOW_LATEST 5         /* the latest of so many are this host's own hiccups as well as anybody's */
#define LEAST_NS (10 * NS_PER_US) /* no clock and no host is steadier */

/* Of an exponential scatter of which the latest are not looked at, the sum of the times above the first is
 * Gamma-distributed, of one shape less than are looked at (Epstein and Sobel 1953). */
static struct flow_scatter scatter_of(const int64_t *sorted, size_t n)
{
	size_t seen = n - n / FLOW_LATEST;
	int64_t total = (int64_t)(n - seen) * (sorted[seen - 1] - sorted[0]), least = (int64_t)(seen - 1) * LEAST_NS;
	for (size_t i = 1; i < seen; i++)
		total += sorted[i] - sorted[0];
	return (struct flow_scatter){.total_ns = (double)(total > least ? total : least), .shape = (uint16_t)(seen - 1)};
}

static void take_flow(struct observables *o, size_t flow, int64_t *rtts, size_t n)
{
	if (n < FLOW_SAMPLES_LOW)
		return;
	qsort(rtts, n, sizeof *rtts, stats_compare_i64);
	o->flow_low_ns[flow] = stats_quantile(rtts, n, n >= FLOW_SAMPLES_MANY ? 0.1 : 0.0) + 1; /* 0 = not known */
	o->flow_scatter[flow] = scatter_of(rtts, n);
	if (n >= FLOW_SAMPLES_MIN)
		o->flow_spread_ns[flow] = stats_quantile(rtts, n, 0.8) - stats_quantile(rtts, n, 0.1) + 1;
}

bool jitter_flows(struct observables *o, const int32_t *group_of)
{
	const struct observations *seen = o->path->seen;
	size_t flows = o->path->plan->flow_count;
	size_t *end = calloc(flows + 2, sizeof *end);
	int64_t *rtts = calloc(seen->count + 1, sizeof *rtts);
	o->flow_spread_ns = calloc(flows + 1, sizeof *o->flow_spread_ns);
	o->flow_low_ns = calloc(flows + 1, sizeof *o->flow_low_ns);
	o->flow_scatter = calloc(flows + 1, sizeof *o->flow_scatter);
	bool done = end && rtts && o->flow_spread_ns && o->flow_low_ns && o->flow_scatter;
	for (int pass = 0; done && pass < 2; pass++) { /* counts the flows' answers, then sorts them in */
		for (size_t i = 0; i < seen->count; i++) {
			const struct probe_record *r = &seen->records[i];
			if (group_of[i] < 0 || o->groups[group_of[i]].cls != GROUP_TARGET || observations_state(seen, r) != RECORD_ANSWERED)
				continue;
			if (pass == 0)
				end[r->flow + 2]++;
			else
				rtts[end[r->flow + 1]++] = r->rtt_ns;
		}
		for (size_t f = 2; pass == 0 && f < flows + 2; f++)
			end[f] += end[f - 1];
	}
	for (size_t f = 0; done && f < flows; f++)
		take_flow(o, f, &rtts[end[f]], end[f + 1] - end[f]);
	free(end);
	free(rtts);
	return done;
}
