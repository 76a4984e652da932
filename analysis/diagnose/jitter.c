/* SPDX-License-Identifier: BSD-2-Clause */
/* Queues on a link, or a control plane that is busy? Both make the MSEE's own answers
 * scatter; only a queue makes what passes the MSEE scatter as well. One flow takes one
 * way there and one back, so what it scatters is no difference of ways; and what the
 * other link's flows scatter is the common ground (Azure's side and our own). */
#include "analysis/diagnose/jitter.h"
#include "analysis/path/stats.h"

#include <math.h>
#include <stdlib.h>

#define FLOW_SAMPLES_MIN 5
#define FLOW_SAMPLES_LOW 3    /* for the fastest of them */
#define FLOW_SAMPLES_MANY 20
#define FLOWS_MIN 3
#define FLOWS_MIN_IDLE 6      /* of the other link, where the link itself carries no target traffic */
/* Flows that cross the link one way alone scatter less than the MSEE's answers, which
 * cross it twice; and quantiles of few samples scatter themselves. */
#define SHARE_OF_WIDTH 0.4
#define SHARE_ALONE 0.55      /* with nothing to compare with: one way scatters 0.61 of what both do, where delays are exponential */
/* The quietest flows show what is common: of the other link's more than half may return over this one. */
#define COMMON_SHARE 0.1
#define TIMES_COMMON 2.5
#define SHARE_OF_WIDTH_MIDDLE 0.25
/* Of pairs with the other link's flows 0.75 scatter more where half of those return over this link, and 0.5 where
 * nothing is wrong: in standard deviations from that (Mann and Whitney) */
#define ABOVE_SURE 1.5
#define ABOVE_NOTHING 0.5
#define TIMES_COMMON_IDLE 3.0
/* All round trips of a link's flows taken together scatter less by chance than any one flow's few: a queue of the
 * link makes them scatter by 0.61 of what the MSEE's answers do, and more than those over the other link, of which
 * at most half come back over this one. */
#define POOL_LEAST 30
#define POOL_SHARE 0.45
#define POOL_NOTHING 0.3
#define POOL_TIMES 1.25

static void take_flow(struct observables *o, size_t flow, int64_t *rtts, size_t n)
{
	if (n < FLOW_SAMPLES_LOW)
		return;
	qsort(rtts, n, sizeof *rtts, stats_compare_i64);
	o->flow_low_ns[flow] = stats_quantile(rtts, n, n >= FLOW_SAMPLES_MANY ? 0.1 : 0.0) + 1; /* 0 = not known */
	if (n >= FLOW_SAMPLES_MIN)
		o->flow_spread_ns[flow] = stats_quantile(rtts, n, 0.8) - stats_quantile(rtts, n, 0.1) + 1;
}

/* rtts: sorted flow by flow, those of flow f from end[f] on. */
static void pool_flows(struct observables *o, const int64_t *rtts, const size_t *end, int link, int fam, int64_t *pool)
{
	const struct plan *p = o->path->plan;
	size_t n = 0;
	for (size_t f = 0; f < p->flow_count; f++) {
		if (end[f + 1] - end[f] < FLOW_SAMPLES_MIN || o->path->flow_link[f] != link || p->flows[f].circuit != o->path->circuit_index ||
		    ip_family_index(p->flows[f].dst.family) != fam)
			continue;
		for (size_t i = end[f]; i < end[f + 1]; i++)
			pool[n++] = rtts[i] - rtts[end[f]];
	}
	if (n < POOL_LEAST)
		return;
	qsort(pool, n, sizeof *pool, stats_compare_i64);
	o->passing_width_ns[link][fam] = stats_quantile(pool, n, 0.8) - stats_quantile(pool, n, 0.1);
}

bool jitter_flows(struct observables *o, const int32_t *group_of)
{
	const struct observations *seen = o->path->seen;
	size_t flows = o->path->plan->flow_count;
	size_t *end = calloc(flows + 2, sizeof *end);
	int64_t *rtts = calloc(2 * (seen->count + 1), sizeof *rtts);
	o->flow_spread_ns = calloc(flows + 1, sizeof *o->flow_spread_ns);
	o->flow_low_ns = calloc(flows + 1, sizeof *o->flow_low_ns);
	bool done = end && rtts && o->flow_spread_ns && o->flow_low_ns;
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
	for (int link = 0; done && link < LINKS; link++)
		for (int fam = 0; fam < FAMILIES; fam++)
			pool_flows(o, rtts, end, link, fam, rtts + seen->count + 1);
	free(end);
	free(rtts);
	return done;
}

/* Scatter of the target flows that take this link, sorted into out; how many. */
static size_t spreads_of(const struct observables *o, int link, int fam, int64_t *out)
{
	const struct plan *p = o->path->plan;
	size_t n = 0;
	for (size_t f = 0; o->flow_spread_ns && f < p->flow_count; f++)
		if (o->flow_spread_ns[f] > 0 && p->flows[f].circuit == o->path->circuit_index && o->path->flow_link[f] == link &&
		    ip_family_index(p->flows[f].dst.family) == fam)
			out[n++] = o->flow_spread_ns[f];
	qsort(out, n, sizeof *out, stats_compare_i64);
	return n;
}

static bool is_above(int64_t value, double share, int64_t width, double times, int64_t common)
{
	return (double)value > share * (double)width && (double)value > times * (double)common;
}

/* By how many standard deviations more pairs of a flow over this link and one over the other have the former
 * scatter more than chance has it. */
static double sigmas_above(const int64_t *own, size_t n, const int64_t *other, size_t m)
{
	double above = 0, pairs = (double)n * (double)m;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++)
			above += own[i] > other[k] ? 1 : own[i] == other[k] ? .5 : 0;
	return (above / pairs - 0.5) / sqrt((double)(n + m + 1) / (12 * pairs));
}

static enum passing beside_other(const int64_t *own, size_t n, const int64_t *other, size_t m, int64_t width)
{
	int64_t common = m >= FLOWS_MIN ? stats_quantile(other, m, COMMON_SHARE) : 0;
	bool late = is_above(stats_quantile(own, n, 0.75), common > 0 ? SHARE_OF_WIDTH : SHARE_ALONE, width, TIMES_COMMON, common) &&
	            is_above(stats_quantile(own, n, 0.5), SHARE_OF_WIDTH_MIDDLE, width, 0, 0);
	double sigmas = common > 0 ? sigmas_above(own, n, other, m) : ABOVE_SURE;
	if (!late || sigmas < ABOVE_NOTHING)
		return PASSING_STEADY;
	return sigmas < ABOVE_SURE ? PASSING_UNKNOWN : PASSING_SCATTERS;
}

/* All round trips together gainsay a queue that single flows seem to show; where they are too few, no few flows
 * convict one. What is common to both links scatters by itself: squares add up. */
static enum passing beside_pool(const struct observables *o, int link, int fam, int64_t width, enum passing by_flow)
{
	double own = (double)o->passing_width_ns[link][fam], other = (double)o->passing_width_ns[1 - link][fam];
	if (own == 0 || by_flow != PASSING_SCATTERS)
		return by_flow == PASSING_SCATTERS ? PASSING_UNKNOWN : by_flow;
	double share = own > POOL_TIMES * other ? sqrt(own * own - other * other) / (double)width : 0;
	return share > POOL_SHARE ? PASSING_SCATTERS : share > POOL_NOTHING ? PASSING_UNKNOWN : PASSING_STEADY;
}

enum passing jitter_passing(const struct observables *o, int link, int fam, int64_t width)
{
	size_t room = o->path->plan->flow_count + 1;
	int64_t *own = calloc(2 * room, sizeof *own);
	if (!own)
		return PASSING_UNKNOWN;
	int64_t *other = own + room;
	size_t n = spreads_of(o, link, fam, own), m = spreads_of(o, 1 - link, fam, other);
	enum passing passing = PASSING_UNKNOWN;
	if (n >= FLOWS_MIN) {
		passing = beside_pool(o, link, fam, width, beside_other(own, n, other, m, width));
	} else if (m >= FLOWS_MIN_IDLE) { /* some of them return over this link */
		bool late = is_above(stats_quantile(other, m, 0.85), SHARE_OF_WIDTH, width, TIMES_COMMON_IDLE, stats_quantile(other, m, COMMON_SHARE));
		passing = late ? PASSING_SCATTERS : PASSING_STEADY;
	}
	free(own);
	return passing;
}
